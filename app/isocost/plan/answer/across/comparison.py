"""What the Plan page compares, and which part of it is worth showing."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from isocost.catalog import Catalog
from isocost.catalog.constants.palette import LineStyle
from isocost.catalog.records import PublishedRun
from isocost.plan.answer.across.curves import (
    CLUSTER_LINK,
    CostCurve,
    RankedChoice,
    better_count,
    pareto_front,
    ranking,
)
from isocost.plan.answer.results import Estimate
from isocost.plan.kinds import KINDS
from isocost.plan.project.programme import Goal, Supply
from isocost.plan.project.project import Scenario

FASTER, SLOWER = 40.0, 12.0
"""How many times faster and slower than the plan the chart looks."""

DEARER = 4.0
"""How many times the cheapest cost the chart shows at least, when there is something to show."""

CUT = 2.5
"""How many times the plan's cost the chart ends at the latest: what lies beyond is marked as going on."""

COMPARABLE = 2.0
"""How many times the cheapest a familiar accelerator may cost to be named before cheaper ones."""

CHEAPEST = 2
"""How many of the cheapest are named before familiar ones."""

SAME = 1.005
"""Costs within half a percent are the same to the eye."""

JUST = 1.0 + 1e-6
"""A deadline holds plans that end on it, rounding aside."""

PAIR = 2
"""Accelerators joined by a bridge."""


@dataclass(frozen=True, slots=True)
class Published:
    """A published run with its time and its claimed cost."""

    days: float
    cost_usd: float
    model: str
    accelerator: str
    """As its makers call it."""
    count: int | None = None
    cost_kind: str = ""
    """Who says what it cost: "reported", or whose estimate."""
    date: str = ""
    """ISO month."""
    run: PublishedRun | None = None
    """Its row of the catalogue."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The plan, its own curve and the other accelerators' curves."""

    estimate: Estimate
    active: CostCurve
    others: tuple[CostCurve, ...]
    count: int
    """Accelerators asked for, for the stages without hardware of their own."""
    saving: float
    """Share of the cost from which another count is notably cheaper."""
    apart: int = 0
    """Stages with hardware of their own, which no other choice changes."""
    budget_usd: float | None = None
    """What the plan may cost; None = there is no budget."""
    deadline_days: float | None = None
    """Days its stages may take: the deadline less ``beside_days``; None = there is no deadline."""
    beside_days: float = 0.0
    """Days of the programme beside those of its stages, the same on every accelerator."""
    supply: Supply = field(default_factory=Supply)
    """How the plan obtains its accelerators."""

    familiar: tuple[str, ...] = ()
    """Accelerators people ask about, the most asked first: named on the chart before others."""
    published: tuple[Published, ...] = ()
    """Real runs from nothing whose time and cost are known."""
    styles: Mapping[str, LineStyle] = field(default_factory=dict)
    """How each accelerator is drawn, by its id."""
    unsold: tuple[CostCurve, ...] = ()
    """Other accelerators that the scenario would own and nobody sells: listed, and compared with nothing."""
    awaited: bool = False
    """Whether the others are yet to come, so that none can be called the cheapest."""

    def against(self, goal: Goal) -> Comparison:
        """The same held against a budget and a deadline, which move no curve."""
        days = None if goal.deadline_days is None else goal.deadline_days - self.beside_days
        if (goal.budget_usd, days) == (self.budget_usd, self.deadline_days):
            return self
        return replace(self, budget_usd=goal.budget_usd, deadline_days=days)

    def with_curves(self, curves: Iterable[CostCurve]) -> Comparison:
        """The same with these curves in place of those of their accelerators, or beside the others."""
        given = {curve.accelerator: curve for curve in curves}
        if not given:
            return self
        active = given.pop(self.active.accelerator, self.active)
        others = [given.pop(curve.accelerator, curve) for curve in self.others]
        return replace(self, active=active, others=(*others, *given.values()))

    @property
    def goal(self) -> Goal:
        """What the plan is held against."""
        days = self.deadline_days
        return Goal(self.budget_usd, None if days is None else days + self.beside_days)

    @property
    def curves(self) -> tuple[CostCurve, ...]:
        """Every curve, the plan's own first."""
        return (self.active, *self.others)

    @property
    def rented(self) -> int:
        """Accelerators the plan runs on: whole nodes."""
        return int(self.active.counts[self.active.at_count(self.count)])

    @property
    def possible(self) -> bool:
        """Whether the plan fits in memory."""
        return bool(self.active.fits[self.active.at_count(self.count)])

    @property
    def pinned(self) -> bool:
        """Whether a layout is held, which every other accelerator then has to take too."""
        return any(stage.enabled and stage.pinned for stage in self.estimate.stages)

    @property
    def claimed(self) -> bool:
        """Whether every stage is taken as claimed: other accelerators then do the same work as well used."""
        kinds = [KINDS[stage.kind] for stage in self.estimate.stages if stage.enabled]
        return bool(kinds) and all(kind.claimed for kind in kinds)

    @property
    def spread(self) -> tuple[float, float] | None:
        """The 10th and 90th percentile of the cost as shares of the plan's own; None without a range."""
        known, cost = self.estimate.range, self.estimate.total.cost_usd
        if known is None or min(known.cost_usd.p10, cost) <= 0.0:
            return None
        return known.cost_usd.p10 / cost, known.cost_usd.p90 / cost

    def better_count(self, saving: float | None = None) -> int | None:
        """Index on the plan's own curve of a count no slower and cheaper by a share; left out, notably."""
        total = self.estimate.total
        if not self.possible:
            return None
        least = self.saving if saving is None else saving
        return better_count(self.active, self.rented, total.wall_days, total.cost_usd, least)

    @property
    def depends_on_hardware(self) -> bool:
        """Whether another count would change anything; not so when every stage names its own hardware."""
        days = self.active.days
        return len(days) > 1 and float(np.ptp(days)) > 1e-9 * float(days.max())


def compared(
    estimate: Estimate,
    active: CostCurve,
    others: Iterable[CostCurve],
    scenario: Scenario,
    catalog: Catalog,
    *,
    beside_days: float = 0.0,
) -> Comparison:
    """A scenario beside the accelerators it does not use; curves without a count are left out.

    Args:
        beside_days: of the programme, beside those of its stages.
    """
    others = [c for c in others if c.accelerator != active.accelerator and len(c.counts)]
    return Comparison(
        estimate=estimate,
        active=active,
        others=tuple(c for c in others if c.for_sale),
        count=scenario.hardware.count,
        saving=catalog.constants.economics.notable_saving.value,
        apart=sum(stage.enabled and stage.hardware is not None for stage in scenario.stages),
        beside_days=beside_days,
        supply=scenario.supply,
        familiar=familiar(catalog),
        published=published(catalog),
        styles=styles(catalog),
        unsold=tuple(c for c in others if not c.for_sale),
    )


@lru_cache(maxsize=4)
def familiar(catalog: Catalog) -> tuple[str, ...]:
    """Accelerators built to train together, those with the most price quotes first."""
    specs = [entry.spec for entry in catalog.accelerators.values()]
    linked = [s.id for s in specs if s.scaleup_domain > PAIR and s.scaleup_bandwidth >= CLUSTER_LINK]
    return tuple(sorted(linked, key=lambda accelerator: -len(catalog.quotes(accelerator))))


@lru_cache(maxsize=4)
def styles(catalog: Catalog) -> Mapping[str, LineStyle]:
    """How each accelerator of the catalogue is drawn."""
    specs = [entry.spec for entry in catalog.accelerators.values()]
    return {s.id: catalog.constants.palette.style(s.id, s.vendor, s.architecture) for s in specs}


@lru_cache(maxsize=4)
def published(catalog: Catalog) -> tuple[Published, ...]:
    """Trusted published runs from nothing that state both their time and their cost."""
    found: dict[tuple[float, float], Published] = {}
    for run in catalog.runs:
        if run.trusted and run.stage in ("pretrain", "total") and run.wall_days and run.cost_usd:
            found[run.wall_days, run.cost_usd] = Published(
                run.wall_days,
                run.cost_usd,
                run.model,
                run.accelerator_label,
                run.count,
                run.cost_kind,
                run.date,
                run,
            )
    return tuple(found.values())


@dataclass(frozen=True, slots=True)
class FrontSegment:
    """A stretch of the Pareto front held by one accelerator, in rising days."""

    accelerator: str
    label: str
    days: tuple[float, ...]
    cost_usd: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class View:
    """What is worth showing: a part of the plane in days and USD, names, and the Pareto front."""

    days: tuple[float, float]
    cost: tuple[float, float]
    named: tuple[str, ...]
    """Accelerators that get a colour and a name."""
    front: tuple[FrontSegment, ...]
    """Its part in those times; all of it where there is none."""
    styles: Mapping[str, LineStyle]
    """How each named accelerator is drawn."""


def in_logarithms(comparison: Comparison) -> Comparison | None:
    """The comparison without what costs nothing, which has no logarithm; None when the plan itself does."""
    total = comparison.estimate.total
    active = _with_cost(comparison.active)
    if not (total.wall_days > 0 and total.cost_usd > 0 and len(active.counts)):
        return None
    others = tuple(curve for each in comparison.others if len((curve := _with_cost(each)).counts))
    return replace(comparison, active=active, others=others)


def _with_cost(curve: CostCurve) -> CostCurve:
    costs = curve.cost_usd > 0
    return curve if costs.all() else _part(curve, costs)


def worth_showing(comparison: Comparison, most: int, also: Sequence[str] = ()) -> View:
    """The plan and what is around it in time, with at most ``most`` accelerators named.

    Args:
        also: accelerators that are named before others, beside the plan's own.
    """
    total, (low_share, high_share) = comparison.estimate.total, comparison.spread or (1.0, 1.0)
    every = np.concatenate([c.days[c.fits] for c in comparison.curves])
    first, last = (float(every.min()), float(every.max())) if len(every) else (total.wall_days,) * 2
    days = max(first, min(_possible_days(comparison), last))
    every_pace = front(comparison)
    around = (_standing(every_pace, max(first, days / FASTER)), min(last, days * SLOWER))
    seen = {c.accelerator: part for c in comparison.curves if (part := _fitting(c, around)).fits.any()}
    cheapest = {name: float(curve.cost_usd.min()) for name, curve in seen.items()}
    segments = tuple(piece for s in every_pace if (piece := _between(s, around)).days)
    named = _named(comparison, [*also, *(s.accelerator for s in reversed(segments))], cheapest, most)
    drawn = [_part(seen[name], _among(seen[name])) for name in named if name in seen]
    low = min([total.cost_usd, *(cheapest[name] for name in named if name in cheapest)])
    least = min(total.cost_usd, cheapest.get(comparison.active.accelerator, total.cost_usd))
    dearest = max((float(c.cost_usd.max()) for c in drawn), default=total.cost_usd)
    return View(
        (
            min([days, *(float(c.days.min()) for c in drawn)]),
            max([days, *(float(c.days.max()) for c in drawn)]),
        ),
        (
            min(low, least * low_share),
            min(
                max(total.cost_usd * max(1.05, high_share), min(low * DEARER, dearest)),
                CUT * (total.cost_usd if comparison.possible else low),
            ),
        ),
        named,
        () if comparison.awaited else segments or every_pace,
        {name: comparison.styles[name] for name in named},
    )


def _standing(front: Sequence[FrontSegment], begin: float) -> float:
    """Where the chart begins, for what is cheapest at its beginning to be on it.

    That may be a count faster than any time asked about, of an accelerator with no slower one.
    """
    before = [segment for segment in front if segment.days[0] <= begin * JUST]
    if not before or before[-1].days[-1] > begin / JUST:
        return begin
    return before[-1].days[-1]


def _possible_days(comparison: Comparison) -> float:
    """The plan's time; where it does not fit in memory, that of the slowest efficient count that does."""
    active, days = comparison.active, comparison.estimate.total.wall_days
    if comparison.possible:
        return days
    possible = active.days[(points := efficient(active))[active.fits[points]]]
    return min(days, float(possible.max())) if len(possible) else days


def _named(
    comparison: Comparison, leading: Sequence[str], cheapest: Mapping[str, float], most: int
) -> tuple[str, ...]:
    """The plan's accelerator, those on the front, the cheapest, the familiar ones that are not far dearer.

    ``leading`` are those asked for and on the front, the cheapest first: the one a title names is drawn.
    """
    limit = COMPARABLE * min(cheapest.values(), default=0.0)
    names = [comparison.active.accelerator]
    names += leading
    by_cost = sorted(cheapest, key=cheapest.__getitem__)
    names += by_cost[:CHEAPEST]
    names += [name for name in comparison.familiar if cheapest.get(name, np.inf) <= limit]
    names += by_cost
    return tuple(dict.fromkeys(names))[:most]


def front(comparison: Comparison) -> tuple[FrontSegment, ...]:
    """Plans that no other beats on both cost and time, joined by accelerator."""
    labels = {c.accelerator: c.label for c in comparison.curves}
    days, cost, owners = pareto_front(comparison.curves)
    segments: list[FrontSegment] = []
    at = 0
    for owner, members in groupby(owners):
        part = slice(at, at := at + len(list(members)))
        segments.append(
            FrontSegment(owner, labels[owner], tuple(days[part].tolist()), tuple(cost[part].tolist()))
        )
    return tuple(segments)


def _between(segment: FrontSegment, days: tuple[float, float]) -> FrontSegment:
    """The part of a stretch of the front between two times, ends included."""
    pairs = zip(segment.days, segment.cost_usd, strict=True)
    kept = [(day, cost) for day, cost in pairs if days[0] / JUST <= day <= days[1] * JUST]
    return replace(segment, days=tuple(d for d, _ in kept), cost_usd=tuple(c for _, c in kept))


def efficient(curve: CostCurve) -> NDArray[np.intp]:
    """Indices, in rising days, of the counts that no other count of the same accelerator beats.

    Counts that divide the batch badly cost more and take longer than a neighbour: nobody would choose them,
    and drawn they would only make the curve jagged. Counts that do not fit are judged among themselves, and
    only those that go on beyond the fitting ones are kept.
    """
    order = np.argsort(curve.days, kind="stable")
    fits = order[curve.fits[order]]
    kept = _unbeaten(fits, curve)
    rest = order[~curve.fits[order]]
    if len(kept):
        first, last = curve.days[kept[0]], curve.days[kept[-1]]
        slower, faster = rest[curve.days[rest] > last], rest[curve.days[rest] < first]
        return np.concatenate((_unbeaten(faster, curve), kept, _unbeaten(slower, curve)))
    return _unbeaten(rest, curve)


def _unbeaten(order: NDArray[np.intp], curve: CostCurve) -> NDArray[np.intp]:
    """Of points in rising days, those that cost no more than every faster one."""
    cost = curve.cost_usd[order]
    return order[cost <= np.minimum.accumulate(cost) * SAME] if len(order) else order


def next_count(comparison: Comparison, step: int) -> tuple[CostCurve, int] | None:
    """The plan's curve and the index of the next efficient count: more accelerators (1) or fewer (-1)."""
    curve = comparison.active
    counts = np.sort(curve.counts[efficient(curve)])
    beyond = counts[counts > comparison.rented] if step > 0 else counts[counts < comparison.rented][::-1]
    return (curve, int(np.flatnonzero(curve.counts == beyond[0])[0])) if len(beyond) else None


def next_curve(comparison: Comparison, *, dearer: bool) -> tuple[CostCurve, int] | None:
    """The accelerator just above or below the plan in cost, at the count closest to the plan's time."""
    total = comparison.estimate.total
    best: tuple[float, CostCurve, int] | None = None
    for curve in comparison.others:
        points = efficient(curve)
        at = int(points[np.argmin(np.abs(np.log(curve.days[points] / total.wall_days)))])
        ratio = float(curve.cost_usd[at]) / max(total.cost_usd, 1e-9)
        beyond = ratio > 1 if dearer else ratio < 1
        if beyond and curve.fits[at] and (best is None or abs(math.log(ratio)) < best[0]):
            best = (abs(math.log(ratio)), curve, at)
    return best[1:] if best else None


def _fitting(curve: CostCurve, days: tuple[float, float]) -> CostCurve:
    """What fits in memory of a curve between two times, ends included."""
    return _part(curve, curve.fits & (curve.days >= days[0] / JUST) & (curve.days <= days[1] * JUST))


def _among(curve: CostCurve) -> NDArray[np.bool_]:
    """Which points of a curve are efficient: the others are not drawn."""
    drawn = np.zeros(len(curve.counts), dtype=np.bool_)
    drawn[efficient(curve)] = True
    return drawn


def _part(curve: CostCurve, part: NDArray[np.bool_]) -> CostCurve:
    return replace(
        curve,
        counts=curve.counts[part],
        days=curve.days[part],
        cost_usd=curve.cost_usd[part],
        mfu=curve.mfu[part],
        fits=curve.fits[part],
    )


def ranked(comparison: Comparison) -> tuple[RankedChoice, ...]:
    """Accelerators at the plan's count, or at their cheapest within the deadline; cheapest first."""
    curves = (*comparison.curves, *comparison.unsold)
    if comparison.deadline_days is not None:
        choices = ranking(curves, deadline_days=comparison.deadline_days * JUST)
    else:
        choices = ranking(curves, count=comparison.count)
    return tuple(replace(each, pinned=True) for each in choices) if comparison.pinned else choices
