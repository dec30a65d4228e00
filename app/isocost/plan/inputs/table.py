"""The one table of declared inputs: every number and every choice a plan is made of.

Widgets, file checks and tooltips are all made from it. A path is the place of the value in a stage
(``section.name``, see :func:`isocost.plan.project.project.holder`); ``phases.name`` are the entries of an RL
recipe's list of phases.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import msgspec

from isocost.catalog.constants.defaults import load_counted, load_defaults
from isocost.language import tr
from isocost.plan.inputs.input import Choice, Input, problem
from isocost.plan.inputs.programme_rows import PROGRAMME_ROWS
from isocost.plan.inputs.stage_rows import STAGE_ROWS
from isocost.plan.kinds import KINDS, Rl, RolloutPhase
from isocost.plan.physics.throughput import TYPED
from isocost.plan.project.programme import PREPAID, Supply
from isocost.plan.project.project import Scenario
from isocost.plan.values import Data, Hardware, ModelChoice, Price, Value

OFF = tr("off until it is set")
"""Source of a default of zero: the line it belongs to costs nothing."""


def _records() -> dict[str, type[Value]]:
    """The record behind each section of a plan."""
    # These have no default to tell them by: a plan must give them.
    found: dict[str, type[Value]] = {"data": Data, "hardware": Hardware, "price": Price}
    found["phases"] = RolloutPhase
    owners: list[type[Value]] = [Scenario, *(kind.record for kind in KINDS.values())]
    for owner in owners:
        for name, default in _defaults(owner).items():
            if isinstance(default, Value):
                found.setdefault(name, type(default))
    return found


def _defaults(record: type[Value]) -> dict[str, Any]:
    """What the fields of a record start with, where they need not be given."""
    names, defaults = record.__struct_fields__, record.__struct_defaults__
    given = zip(reversed(names), reversed(defaults), strict=False)  # the last fields are those with defaults
    return {name: default for name, default in given if default is not msgspec.NODEFAULT}


RECORDS = _records()
"""The record behind each section of a plan; the values of section ``stage`` are the stage's own."""


def default_in_plan(path: str) -> Any:
    """What a plan holds at a path where nothing is given; None = nothing, or it must be given."""
    section, name = path.split(".")
    if section == "phases":
        return getattr(Rl().phases[0], name)
    held = _defaults(RECORDS[section]).get(name) if section in RECORDS else None
    return held.name if isinstance(held, ModelChoice) else held


def _joined() -> Iterator[Input | Choice]:
    """The rows with the defaults of their records, and the sources of those that are figures of the world."""
    shipped, counted = load_defaults(), load_counted()
    for row in (*STAGE_ROWS, *PROGRAMME_ROWS):
        default: Any = default_in_plan(row.path) if row.default is None else row.default
        source = row.default_source
        if row.path in shipped:
            source = shipped[row.path].source
        elif isinstance(row, Input) and default == 0.0 and not source:
            source = OFF
        made = replace(row, default=default, default_source=source)
        if isinstance(made, Input) and (first := counted.get(row.path)) is not None:
            made = replace(made, counted=float(first.value), counted_source=first.source)
        yield made


INPUTS: dict[str, Input | Choice] = {each.path: each for each in _joined()}
"""Every declared input by its path, in the order shown."""

NUMBERS: dict[str, Input] = {path: each for path, each in INPUTS.items() if isinstance(each, Input)}
"""Those that are numbers."""

CHOICES: dict[str, Choice] = {path: each for path, each in INPUTS.items() if isinstance(each, Choice)}
"""Those that are words."""


def starting_number(path: str) -> float:
    """The number an input starts with. Raises ValueError when it has no default of its own."""
    default = NUMBERS[path].default
    if default is None:
        raise ValueError(tr("{path} has no default.", path=path))
    return default


def check(path: str, value: float) -> str | None:
    """What is wrong with a value for the input at a path, as a sentence without the place; None = fine."""
    return problem(NUMBERS[path], value)


def origin(path: str, value: float | None) -> str:
    """Where an input's value comes from: the source of its default or of its first count, or the user."""
    declared = NUMBERS[path]
    if value == declared.default:
        return declared.default_source
    return declared.counted_source if value == declared.counted else TYPED


_UNDER: dict[str, tuple[str, ...]] = {
    "supply.discount": ("reserved", "spot", "block"),
    "supply.term_months": ("reserved",),
    "supply.block_days": ("block",),
    "supply.rework": ("spot",),
    "supply.owned_share": ("mixed",),
    "supply.resold": PREPAID,
}
"""Terms under which an input changes anything; without an entry, under all."""


UNDER_SOME_TERMS = tuple(_UNDER)
"""Inputs that change nothing under the terms of most plans."""


def matters(path: str, supply: Supply) -> bool:
    """Whether an input of what surrounds the run changes anything under these terms."""
    return supply.mode in _UNDER.get(path, (supply.mode,))
