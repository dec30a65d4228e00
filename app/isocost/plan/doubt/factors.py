"""How far each figure of a plan may lie from what is planned, by the samples of the plan's chances."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from isocost.plan.doubt.beside import RESERVE, Beside
from isocost.plan.doubt.risk import Risk
from isocost.plan.kinds import kind_of
from isocost.plan.money.figure import GROUPS, LedgerGroup
from isocost.plan.physics.records import Array
from isocost.plan.project.programme import Goal
from isocost.plan.project.ranges import SEPARATOR

SURE = 1e-4
"""Share of a figure below which its range is none."""
MFU = "efficiency.mfu"
TOTALS = {
    "total.wall_days": "wall_days",
    "programme_days": "programme_days",
    "total.gpu_hours": "gpu_hours",
    "total.energy_kwh": "energy_kwh",
    "energy.kwh": "energy_kwh",
}
"""Outcomes of the samples by the key that explains them."""


class Factors(NamedTuple):
    """Times its planned value that a figure stays at or below with 1 and with 9 chances in 10."""

    low: float
    high: float

    def of(self, planned: float) -> tuple[float, float]:
        """The range of a figure."""
        return planned * self.low, planned * self.high


@dataclass(frozen=True, slots=True)
class Against:
    """Costs and days of a sampled plan over what is planned, to hold budget and deadline against."""

    cost: Array = field(repr=False)
    days: Array = field(repr=False)

    def chance(self, goal: Goal, cost_usd: float, programme_days: float) -> float:
        """Chance, from 0 to 1, that a plan of such cost and days holds what a goal has."""
        held = np.ones(len(self.cost), dtype=bool)
        if goal.budget_usd is not None:
            held &= self.cost * cost_usd <= goal.budget_usd
        if goal.deadline_days is not None:
            held &= self.days * programme_days <= goal.deadline_days
        return float(np.mean(held))


@dataclass(frozen=True)
class FigureRanges:
    """The figures that are in doubt, by the keys that explain them.

    Factors, so that while a plan is dragged the last ones stand for the newest one's until its own have come.
    """

    factors: Mapping[str, Factors] = field(repr=False)
    in_doubt: bool
    """Whether anything of the plan is."""
    ours: Mapping[str, tuple[float, float]] = field(default_factory=dict, repr=False)
    """8 chances in 10 of inputs whose range is not the user's, by the path that ranges have."""
    beside: Beside = field(default_factory=Beside, repr=False)
    """What the same samples make of cash, of buying and of other prices."""
    against: Against | None = field(default=None, repr=False)
    """The same samples to hold budget and deadline against; None = nothing is in doubt."""

    def of(self, key: str, planned: float) -> tuple[float, float] | None:
        """8 chances in 10 of a figure; None = it is as good as known."""
        found = self.factors.get(key)
        return None if found is None else found.of(planned)

    def of_input(self, path: str, planned: float | None) -> tuple[float, float] | None:
        """8 chances in 10 of an input that the user takes as known, where they are about what the plan takes.

        Args:
            path: as ranges have it: with the stage, where it is one stage's alone.
        """
        ends = (each for own, each in self.ours.items() if path == own or path.endswith(f"{SEPARATOR}{own}"))
        found = next(ends, None)
        if found is None or planned is None or not found[0] <= planned <= found[1]:
            return None
        return found


def figure_factors(of: Risk) -> FigureRanges:
    """The factors of every figure of a sampled plan: totals, lines of the bill and their groups, speeds."""
    if not of.values:
        return FigureRanges({}, False)
    found: dict[str, Factors] = {}
    for key, planned, samples in (*_totals(of), *_bill(of), *_speeds(of)):
        if planned > 0.0 and (factors := _factors(samples / planned)) is not None:
            found[key] = factors
    ours = {}
    for doubt in of.programme.doubts:
        if doubt.path and doubt.whose != "yours":
            low, high = sorted((doubt.shown_at(doubt.low), doubt.shown_at(doubt.high)))
            ours[doubt.path] = low, high
    return FigureRanges(found, True, ours, against=_against(of))


def _against(of: Risk) -> Against | None:
    cost, days = of.with_reserve_usd, float(of.programme.base.programme_days[0])
    if not cost > 0.0 or not days > 0.0:
        return None
    return Against(of.outcomes.cost_usd / cost, of.outcomes.programme_days / days)


def _factors(shares: Array) -> Factors | None:
    low, high = (float(each) for each in np.quantile(shares, (0.1, 0.9)))
    return Factors(low, high) if high - low > SURE else None


Sampled = Iterator[tuple[str, float, Array]]
"""Key of a figure, what is planned, and its samples."""


def _totals(of: Risk) -> Sampled:
    for key, name in TOTALS.items():
        yield key, float(getattr(of.programme.base, name)[0]), getattr(of.outcomes, name)


def _bill(of: Risk) -> Sampled:
    """Emissions, lines and groups of the bill; the reserve only where the user gives a range of it."""
    on, figures = of.programme.on, of.programme.figures(of.values)
    rent = np.asarray(figures["stage.rent"], dtype=np.float64)
    planned = on.by_stage("stage.rent")
    lines: list[tuple[str, LedgerGroup, float, Array]] = [
        (f"stage.{place}", kind_of(on.scenario.stages[place]).group, planned[at], rent[at])
        for at, place in enumerate(on.stages)
    ]
    yield "rent", sum(planned), rent.sum(axis=0) + np.zeros(of.samples)
    for figure in on.values.sheet.lines:
        if figure.group is not None and (figure.key != RESERVE or of.programme.reserve_ranged):
            samples = np.asarray(figures[figure.key], dtype=np.float64).reshape(-1)
            lines.append((figure.key, figure.group, on[figure.key], samples))
    yield "energy.co2_kg", on["co2_kg"], np.asarray(figures["co2_kg"], dtype=np.float64).reshape(-1)
    for key, _, usd, samples in lines:
        yield key, usd, samples
    for group in GROUPS:
        own = [(usd, samples) for _, name, usd, samples in lines if name == group]
        yield f"group.{group}", sum(usd for usd, _ in own), sum(samples for _, samples in own) + np.zeros(1)


def _speeds(of: Risk) -> Sampled:
    """MFU of each stage that counts, as its doubts have it; a speed goes with it."""
    runs = zip(of.programme.on.runs, of.programme.middle.runs, strict=True)
    for at, (run, middle) in enumerate(runs):
        if run.mfu is None or middle.mfu is None:
            continue
        planned, speed = float(run.mfu[0]), np.full(of.samples, float(middle.mfu[0]))
        for doubt, values in zip(of.programme.doubts, of.values, strict=True):
            if doubt.path.endswith(MFU):
                hours = np.atleast_2d(np.asarray(doubt.effect(values).hours))
                speed = speed / hours[at if len(hours) > 1 else 0]
        shares = np.minimum(speed, 1.0)
        yield f"stages.{at}.mfu", planned, shares
        yield f"stages.{at}.tokens_per_s", planned, shares
        yield f"stages.{at}.step_seconds", 1.0, planned / shares
