"""The other scenarios of a plan, each as one point of cost and time."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from isocost.catalog import CatalogError
from isocost.language import tr
from isocost.plan.answer.estimate import Answer
from isocost.plan.compare.rack import outcome
from isocost.plan.project.programme import Goal
from isocost.quantities import format_count


@dataclass(frozen=True, slots=True)
class Ghost:
    """Another scenario of the plan."""

    at: int
    """Its place in the project."""
    name: str
    hardware: str
    days: float
    cost_usd: float


def ghosts(of: Answer) -> tuple[Ghost, ...]:
    """The other scenarios of an answer's project that can be priced."""
    found = []
    for at, scenario in enumerate(of.project.scenarios):
        if at == of.at:
            continue
        try:
            total = outcome(of.project, of.reckoning.catalog, at)
        except CatalogError:
            continue  # the Compare page says why
        label = of.reckoning.catalog.accelerator(scenario.hardware.accelerator).short_name
        hardware = f"{format_count(scenario.hardware.count)} {label}"
        name = scenario.name or tr("Scenario {at}", at=at + 1)
        found.append(Ghost(at, name, hardware, total.days, total.total_usd))
    return tuple(found)


def ghosts_follow(of: Answer) -> tuple[object, ...]:
    """What those follow from."""
    scenarios = enumerate(of.project.scenarios)
    others = tuple(msgspec.structs.replace(each, goal=Goal()) for at, each in scenarios if at != of.at)
    return of.at, others, of.money
