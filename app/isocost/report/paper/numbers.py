"""What the page says in numbers: each with its unit, for a spreadsheet and for other programs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from isocost.catalog.records import named_for
from isocost.language import tr
from isocost.plan.answer.chances import Chances
from isocost.plan.answer.estimate import Answer
from isocost.plan.doubt.risk import Risk, Spread
from isocost.plan.money.figure import Unit
from isocost.plan.project.programme import Goal
from isocost.report.decisions.doubting.doubt import reserve_apart


@dataclass(frozen=True, slots=True)
class Number:
    """One figure."""

    label: str
    value: float
    unit: Unit | Literal["share"]
    """A share is of 0..1; empty = a plain number."""
    key: str
    """Its name for other programs."""
    stage: str = ""
    """The stage it is of; empty = of the programme."""


def asked_numbers(found: Answer, chances: Chances) -> Iterator[Number]:
    """The ask, the plan, their ranges and the chances of its goals."""
    of = chances.risk
    cost, total = of.cost_usd, of.with_reserve_usd
    yield Number(tr("The ask"), of.ask_usd, "USD", "ask")
    yield Number(
        tr("Chance that the ask is enough"), 1.0 - of.chance_over(of.ask_usd), "share", "chance_enough"
    )
    yield Number(tr("The plan"), total, "USD", "plan")
    if reserve_apart(of):
        yield Number(tr("Of it reserve"), total - cost.base, "USD", "reserve")
    yield Number(tr("Margin of the ask above the plan"), of.ask_usd - total, "USD", "margin")
    without = tr("Cost without reserve") if reserve_apart(of) else tr("Cost")
    yield from _ends(without, cost, "USD", "cost")
    yield Number(tr("Done in"), of.programme_days.base, "days", "done_in")
    yield from _ends(tr("Done in"), of.programme_days, "days", "done_in")
    yield from _goals(of, found.scenario.goal)
    hours = named_for(found.estimate.noun, tr("GPU-hours"), heading=True)
    yield Number(hours, found.estimate.total.gpu_hours, "h", "gpu_hours")
    yield from _ends(hours, of.spread("gpu_hours"), "h", "gpu_hours")
    yield from _stages(found)


def _ends(label: str, spread: Spread, unit: Unit, key: str) -> Iterator[Number]:
    yield Number(tr("{label}, 1 in 10 below", label=label), spread.p10, unit, f"{key}_p10")
    yield Number(tr("{label}, 1 in 10 above", label=label), spread.p90, unit, f"{key}_p90")


def _goals(of: Risk, goal: Goal) -> Iterator[Number]:
    if goal.budget_usd is not None:
        over = of.chance_over(goal.budget_usd)
        yield Number(tr("Budget"), goal.budget_usd, "USD", "budget")
        yield Number(tr("Chance that it costs more than the budget"), over, "share", "chance_over_budget")
    if goal.deadline_days is not None:
        late = of.chance_late(goal.deadline_days)
        yield Number(tr("Deadline"), goal.deadline_days, "days", "deadline")
        yield Number(tr("Chance that it takes longer than the deadline"), late, "share", "chance_late")
    if goal.budget_usd is not None and goal.deadline_days is not None:
        both = of.chance_both(goal.budget_usd, goal.deadline_days)
        yield Number(tr("Chance that both are held"), both, "share", "chance_both")


def _stages(found: Answer) -> Iterator[Number]:
    for stage in found.estimate.stages:
        if not stage.enabled:
            continue
        yield Number(stage.accelerator_name, stage.count, "", "stage.count", stage.name)
        yield Number(tr("Time"), stage.wall_days, "days", "stage.days", stage.name)
        hours = named_for(stage.noun, tr("GPU-hours"), heading=True)
        yield Number(hours, stage.gpu_hours, "h", "stage.gpu_hours", stage.name)
        if stage.mfu is not None:
            yield Number("MFU", stage.mfu, "share", "stage.mfu", stage.name)
        if stage.goodput is not None:
            yield Number(tr("Goodput"), stage.goodput, "share", "stage.goodput", stage.name)


def ledger_numbers(found: Answer) -> Iterator[Number]:
    """Every declared figure of a plan; those of stages once for each that counts."""
    on = found.reckoning
    stages = [stage.name for stage in found.estimate.stages if stage.enabled]
    for figure in on.values.sheet.rows.values():
        if not figure.over:
            yield Number(figure.label, on[figure.key], figure.unit, figure.key)
            continue
        for stage, value in zip(stages, on.by_stage(figure.key), strict=True):
            yield Number(figure.label, value, figure.unit, figure.key, stage)
