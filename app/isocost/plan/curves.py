"""Cost against time for each accelerator: the same arithmetic as the estimate, over many counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from isocost.catalog import Catalog
from isocost.catalog.prices import PriceCard
from isocost.catalog.records import AcceleratorEntry
from isocost.plan.project import Project, Scenario, Stage, price_of
from isocost.plan.resolve import whole_nodes
from isocost.plan.run import Array, run_stage
from isocost.plan.throughput import Counts

LARGEST_COUNT = 131_072
LONGEST_DAYS = 3650.0
SAME_COST = 1e-4
"""Costs closer than this share are the same."""


@dataclass(frozen=True, slots=True)
class CostCurve:
    """A scenario's total if its shared accelerator were this one, at each count (arrays over counts)."""

    accelerator: str
    label: str
    price: PriceCard
    counts: Counts
    days: Array
    cost_usd: Array
    mfu: Array
    """NaN where no stage is trained from its architecture."""
    fits: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class RankedChoice:
    """One accelerator's way of meeting a count or a deadline."""

    accelerator: str
    label: str
    count: int
    days: float
    cost_usd: float
    fits: bool
    in_time: bool


def active_curve(project: Project, catalog: Catalog, scenario: int = 0) -> CostCurve:
    """The curve of the scenario's own accelerator at its own price; the plan's count is one of its points."""
    chosen = project.scenarios[scenario]
    price = chosen.price
    card = PriceCard(
        accelerator=chosen.hardware.accelerator,
        usd_per_gpu_hour=price.usd_per_gpu_hour,
        supplier=price.supplier,
        commitment=price.commitment,
        source=price.source,
        date=price.date,
        includes=price.includes,
    )
    return _curves(chosen, [card], catalog)[0]


def other_curves(project: Project, catalog: Catalog, scenario: int = 0) -> tuple[CostCurve, ...]:
    """Curves of every other accelerator with a price, at the project's frozen price else the catalogue's."""
    chosen = project.scenarios[scenario]
    frozen = {card.accelerator: card for card in project.prices}
    cards = []
    for entry in catalog.accelerators.values():
        card = frozen.get(entry.spec.id) or catalog.default_price(entry.spec.id)
        if card is not None and not entry.announced and entry.spec.id != chosen.hardware.accelerator:
            cards.append(card)
    return _curves(chosen, cards, catalog)


def count_grid(node: int, keep: int) -> Counts:
    """Whole-node counts as clusters are built, from one node up; ``keep`` is among them.

    Doublings of the node with two steps between them: 8, 16, 32, 40, 48, 64, 80, 96, 128...
    """
    doublings = 2.0 ** np.arange(1 + int(np.log2(LARGEST_COUNT / node)))
    grid = np.outer(doublings, (1.0, 1.25, 1.5)).ravel()
    nodes = np.append(grid[(grid % 1 == 0) & (grid * node <= LARGEST_COUNT)], max(1, round(keep / node)))
    return np.unique(nodes.astype(np.int64)) * node


def _curves(scenario: Scenario, cards: Sequence[PriceCard], catalog: Catalog) -> tuple[CostCurve, ...]:
    """The scenario on each card's accelerator, all accelerators of a stage searched at once."""
    entries = [catalog.accelerator(card.accelerator) for card in cards]
    counts = [count_grid(e.spec.node_size, whole_nodes(e.spec, scenario.hardware.count)) for e in entries]
    parts = [_parts(scenario, stage, entries, cards, counts, catalog) for stage in scenario.stages]
    curves = []
    for i, (entry, card) in enumerate(zip(entries, cards, strict=True)):
        own = [part[i] for part in parts]
        days = np.sum([part.days for part in own], axis=0)
        shown = days <= LONGEST_DAYS
        if not shown.any():
            shown[-1] = True
        mfu = next((part.mfu for part in own if part.mfu is not None), np.full(len(days), np.nan))
        fits = np.all([part.fits for part in own], axis=0)
        cost = np.sum([part.cost_usd for part in own], axis=0)
        shape = (counts[i][shown], days[shown], cost[shown], mfu[shown], fits[shown])
        curves.append(CostCurve(entry.spec.id, entry.short_name, card, *shape))
    return tuple(curves)


@dataclass(frozen=True, slots=True)
class _Part:
    """One stage's share of a curve."""

    days: Array
    cost_usd: Array
    mfu: Array | None
    fits: NDArray[np.bool_]


def _parts(
    scenario: Scenario,
    stage: Stage,
    entries: Sequence[AcceleratorEntry],
    cards: Sequence[PriceCard],
    counts: Sequence[Counts],
    catalog: Catalog,
) -> list[_Part]:
    """One stage on every accelerator; a stage with its own hardware does not follow the shared one."""
    if stage.hardware is None:
        runs = run_stage(scenario, stage, [e.spec.id for e in entries], counts, catalog)
        rates = [stage.price.usd_per_gpu_hour if stage.price else card.usd_per_gpu_hour for card in cards]
    else:
        own = catalog.accelerator(stage.hardware.accelerator).spec
        fixed = np.array([whole_nodes(own, stage.hardware.count)], dtype=np.int64)
        runs = run_stage(scenario, stage, [own.id], [fixed], catalog) * len(cards)
        rates = [price_of(scenario, stage).usd_per_gpu_hour] * len(cards)
    parts = []
    for run, rate, asked in zip(runs, rates, counts, strict=True):
        ones = np.ones(len(asked))
        fits = (
            run.speed.best.fits & np.ones(len(asked), dtype=bool)
            if run.speed
            else np.ones(len(asked), dtype=bool)
        )
        mfu = run.speed.mfu * ones if run.speed else None
        parts.append(_Part(run.wall_days * ones, run.gpu_hours * rate * ones, mfu, fits))
    return parts


def pareto_front(curves: Sequence[CostCurve]) -> tuple[Array, Array, tuple[str, ...]]:
    """Days, cost and accelerator of the plans that no other beats on both, in rising days.

    A slower plan that costs the same but for rounding is not beaten: it needs fewer accelerators.
    """
    days = np.concatenate([c.days[c.fits] for c in curves]) if curves else np.empty(0)
    cost = np.concatenate([c.cost_usd[c.fits] for c in curves]) if curves else np.empty(0)
    owner = [c.accelerator for c in curves for _ in range(int(c.fits.sum()))]
    order = np.lexsort((cost, days))
    best = np.minimum.accumulate(cost[order]) if len(order) else np.empty(0)
    keep = [i for n, i in enumerate(order) if n == 0 or cost[i] <= best[n - 1] * (1 + SAME_COST)]
    return days[keep], cost[keep], tuple(owner[i] for i in keep)


def ranking(
    curves: Sequence[CostCurve], *, count: int | None = None, deadline_days: float | None = None
) -> tuple[RankedChoice, ...]:
    """Each accelerator's cost at a count, or its cheapest way to finish by a deadline, cheapest first."""
    choices = [_choice(curve, count, deadline_days) for curve in curves if len(curve.counts)]
    return tuple(sorted(choices, key=lambda c: (not c.fits, not c.in_time, c.cost_usd)))


def _choice(curve: CostCurve, count: int | None, deadline_days: float | None) -> RankedChoice:
    if deadline_days is not None:
        usable = curve.fits & (curve.days <= deadline_days)
        if usable.any():
            at = int(np.flatnonzero(usable)[np.argmin(curve.cost_usd[usable])])
        else:
            at = int(np.argmin(curve.days))
        in_time = bool(usable.any())
    else:
        at = int(np.argmin(np.abs(np.log(curve.counts / max(1, count or 1)))))
        in_time = True
    return RankedChoice(
        curve.accelerator,
        curve.label,
        int(curve.counts[at]),
        float(curve.days[at]),
        float(curve.cost_usd[at]),
        bool(curve.fits[at]),
        in_time,
    )
