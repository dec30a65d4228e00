"""Cost against time for each accelerator: the same arithmetic as the estimate, over many counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from isocost.catalog import Catalog
from isocost.catalog.entries.prices import PriceCard
from isocost.catalog.records import AcceleratorEntry
from isocost.plan.kinds import ModelStage, Stage, data_of, kind_of
from isocost.plan.money.figure import Values
from isocost.plan.money.ownership import purchase_price
from isocost.plan.money.reckoning import Point, values_of
from isocost.plan.physics.counts import Counts, count_grid, obtained, units_of
from isocost.plan.physics.records import Array
from isocost.plan.physics.resolve import batch_tokens
from isocost.plan.physics.throughput import software_of
from isocost.plan.project.choosing import card_of, is_too_many
from isocost.plan.project.project import Project, Scenario
from isocost.plan.project.runs import run_scenario
from isocost.plan.values import Efficiency

LONGEST_DAYS = 3650.0
COMPARED_DAYS = 540
"""Prices older than this against the catalogue's newest are not compared: the offer may be gone."""
CLUSTER_LINK = 100e9
"""Bytes/s per direction between neighbours below which a part is a card on PCIe, not a cluster's."""
LARGEST_PCIE_COUNT = 64
"""Nobody rents larger clusters of PCIe cards: they are left out of the comparison of larger plans."""
SAME_COST = 1e-4
"""Costs closer than this share are the same."""


@dataclass(frozen=True, slots=True)
class CostCurve:
    """A scenario's total if its shared accelerator were this one, at each count (arrays over counts).

    The scenario's own count is among them however long it takes. Empty when every stage is switched off, or
    takes no time.
    """

    accelerator: str
    label: str
    price: PriceCard
    counts: Counts
    days: Array
    cost_usd: Array
    mfu: Array
    """NaN where no stage is trained from its architecture."""
    fits: NDArray[np.bool_]
    for_sale: bool = True
    """Whether a scenario that owns its accelerators could buy this one; always so where it rents."""

    def at_count(self, count: int) -> int:
        """Index of the count that is rented when this one is asked for: the next one can have."""
        return min(int(np.searchsorted(self.counts, count)), len(self.counts) - 1)


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
    pinned: bool = False
    """Whether its layout is held to the plan's pins."""
    for_sale: bool = True
    """Whether it can be had on the scenario's terms."""


def active_curve(project: Project, catalog: Catalog, scenario: int = 0) -> CostCurve:
    """The curve of the scenario's own accelerator at its own price; the plan's count is one of its points."""
    chosen = project.scenarios[scenario]
    return _curves(chosen, [card_of(chosen)], catalog)[0]


def other_curves(project: Project, catalog: Catalog, scenario: int = 0) -> tuple[CostCurve, ...]:
    """Curves of every other accelerator for rent, at the project's frozen price else the catalogue's.

    Those are left out whose price is no offer but a claim, or says nothing of so many. Where a scenario owns
    its accelerators, those that can be bought need no rent.
    """
    chosen, cards = project.scenarios[scenario], other_cards(project, catalog, scenario)
    return tuple(_as_priced(curve, catalog) for curve in _curves(chosen, cards, catalog))


def other_cards(project: Project, catalog: Catalog, scenario: int = 0) -> list[PriceCard]:
    """The prices of the accelerators that :func:`other_curves` compares."""
    chosen = project.scenarios[scenario]
    owned = chosen.supply.mode == "own"
    frozen = {card.accelerator: card for card in reversed(project.prices)}  # the first of each counts
    return [
        card
        for entry in catalog.accelerators.values()
        if not entry.announced
        and entry.spec.id != chosen.hardware.accelerator
        and (
            (card := _bought(entry, chosen, catalog) if owned else None)
            or (card := frozen.get(entry.spec.id) or current_price(entry.spec.id, catalog))
        )
        and (entry.spec.scaleup_bandwidth >= CLUSTER_LINK or chosen.hardware.count <= LARGEST_PCIE_COUNT)
        and card.commitment != "claim"
        and not is_too_many(chosen.hardware.count, card.commitment, entry)
    ]


def _bought(entry: AcceleratorEntry, scenario: Scenario, catalog: Catalog) -> PriceCard | None:
    """A card for an accelerator that is bought: its hour is reckoned from the purchase price alone."""
    price, source = purchase_price(entry, scenario, catalog)
    if price is None:
        return None
    return PriceCard(entry.spec.id, 0.0, "owned", "owned", source, entry.purchase_date)


def _as_priced(curve: CostCurve, catalog: Catalog) -> CostCurve:
    """The curve up to where its price is an offer: that of single cards ends with the server."""
    entry = catalog.accelerator(curve.accelerator)
    kept = [not is_too_many(int(count), curve.price.commitment, entry) for count in curve.counts]
    if all(kept):
        return curve
    arrays = {name: getattr(curve, name)[kept] for name in ("counts", "days", "cost_usd", "mfu", "fits")}
    return replace(curve, **arrays)


def searched_alike(before: Scenario, after: Scenario, catalog: Catalog) -> bool:
    """Whether one scenario needs no search that the other has not made.

    Tokens, prices, goodput and what surrounds the stages change what a layout costs, not which is the
    fastest; so do tokens only while the batch stays as it is.
    """
    return before is after or _search_of(before, catalog) == _search_of(after, catalog)


def is_quick(scenario: Scenario) -> bool:
    """Whether a scenario is answered within a frame: one search of layouts is; several, or rollouts, not."""
    searched = [stage for stage in scenario.stages if stage.enabled and not kind_of(stage).claimed]
    return len(searched) <= 1 and all(data_of(stage) is not None for stage in searched)


def _search_of(scenario: Scenario, catalog: Catalog) -> tuple[object, ...]:
    """What the searches of a scenario depend on."""
    stages = tuple(_search_of_stage(stage, catalog) for stage in scenario.stages)
    return scenario.model, scenario.hardware, _stack(scenario.efficiency), scenario.layout, stages


def _stack(efficiency: Efficiency) -> Efficiency:
    return msgspec.structs.replace(
        software_of(efficiency), stack=efficiency.stack, matmul_tflops=efficiency.matmul_tflops
    )


def _search_of_stage(stage: Stage, catalog: Catalog) -> Stage:
    changes: dict[str, Any] = {"name": "", "group": "", "note": "", "price": None}
    if (data := data_of(stage)) is not None:
        batch = batch_tokens(data, catalog)
        changes["data"] = msgspec.structs.replace(data, tokens=1.0, batch_tokens=batch)
    if isinstance(stage, ModelStage) and stage.efficiency is not None:
        changes["efficiency"] = _stack(stage.efficiency)
    return msgspec.structs.replace(stage, **changes)


@lru_cache(maxsize=256)
def current_price(accelerator: str, catalog: Catalog, commitment: str | None = None) -> PriceCard | None:
    """The catalogue's price, unless it is so much older than the newest ones that nobody may offer it now.

    With ``commitment`` that on these terms only.
    """
    card = catalog.default_price(accelerator, commitment)
    if card is None or card in catalog.own_prices.get(accelerator, ()):
        return card
    age = date.fromisoformat(_newest_price(catalog)) - date.fromisoformat(card.date)
    return card if age.days <= COMPARED_DAYS else None


@lru_cache(maxsize=4)
def _newest_price(catalog: Catalog) -> str:
    return max(card.date for cards in catalog.prices.values() for card in cards)


def _curves(scenario: Scenario, cards: Sequence[PriceCard], catalog: Catalog) -> tuple[CostCurve, ...]:
    """The scenario on each card's accelerator, all accelerators of a stage searched at once.

    Stages run one after another; one on hardware of its own adds the same at each count.
    """
    if not cards:
        return ()
    entries = [catalog.accelerator(card.accelerator) for card in cards]
    counts = [count_grid(units_of(e, scenario.supply.owns), scenario.hardware.count) for e in entries]
    points, values = reckoned_on(scenario, cards, counts, catalog)
    ends = np.cumsum([len(each) for each in counts])[:-1]
    size = np.ones(sum(len(each) for each in counts))
    days, cost = (np.split(np.asarray(values[key]) * size, ends) for key in ("days", "total"))
    sold = [True] * len(cards)
    if scenario.supply.owns:
        rate, owned = (
            [float(each[0]) for each in np.split(np.asarray(values[key]) * size, ends)]
            for key in ("held.rate", "held.owned_rate")
        )
        cards = [msgspec.structs.replace(c, usd_per_gpu_hour=r) for c, r in zip(cards, rate, strict=True)]
        sold = [not np.isnan(each) for each in owned]
    return tuple(
        _curve(scenario, point, card, days[i], cost[i], sold[i])
        for i, (point, card) in enumerate(zip(points, cards, strict=True))
    )


def reckoned_on(
    scenario: Scenario,
    cards: Sequence[PriceCard],
    counts: Sequence[Counts],
    catalog: Catalog,
    *,
    each_count: bool = False,
) -> tuple[list[Point], Values]:
    """The stages that count, run on each card's accelerator at each of its counts, and what follows.

    Every count of every accelerator is reckoned at once: figures lie side by side along their last axis.
    """
    entries = [catalog.accelerator(card.accelerator) for card in cards]
    counted = msgspec.structs.replace(scenario, stages=tuple(s for s in scenario.stages if s.enabled))
    runs = run_scenario(counted, [e.spec.id for e in entries], counts, catalog, each_count=each_count)
    points = [
        Point(entry, card.usd_per_gpu_hour, counts[i], [each[i] for each in runs])
        for i, (entry, card) in enumerate(zip(entries, cards, strict=True))
    ]
    return points, values_of(counted, points, catalog)


def _curve(
    scenario: Scenario, point: Point, card: PriceCard, days: Array, cost: Array, sold: bool
) -> CostCurve:
    counts, ones = point.counts, np.ones(len(point.counts))
    fits = np.all([run.fits & (ones > 0) for run in point.runs], axis=0) & (ones > 0)
    trained = (run.mfu * ones for run in point.runs if run.mfu is not None)
    mfu = next(trained, np.full(len(counts), np.nan))
    asked = counts == obtained(scenario.hardware.count, units_of(point.accelerator, scenario.supply.owns))
    shown = (days > 0.0) & ((days <= LONGEST_DAYS) | asked)
    shape = (counts[shown], days[shown], cost[shown], mfu[shown], fits[shown])
    return CostCurve(point.accelerator.spec.id, point.accelerator.short_name, card, *shape, sold)


def better_count(curve: CostCurve, count: int, days: float, cost_usd: float, saving: float) -> int | None:
    """Index of a count that is no slower than a plan and saves more than a share of its cost; None if none.

    Of fewer accelerators than the plan's ``count`` the fastest, where the curve turns; of more the cheapest.
    """
    better = (curve.days <= days) & (curve.cost_usd < cost_usd * (1.0 - saving)) & curve.fits
    if not better.any():
        return None
    fewer = better & (curve.counts < count)
    among, by = (fewer, curve.days) if fewer.any() else (better, curve.cost_usd)
    return int(np.flatnonzero(among)[np.argmin(by[among])])


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
    """Each accelerator's cost at a count, or its cheapest way to finish by a deadline, cheapest first.

    A count one cannot have stands for the next one can.
    """
    choices = [_choice(curve, count, deadline_days) for curve in curves if len(curve.counts)]
    return tuple(sorted(choices, key=lambda c: (not c.for_sale, not c.fits, not c.in_time, c.cost_usd)))


def _choice(curve: CostCurve, count: int | None, deadline_days: float | None) -> RankedChoice:
    on_time = True
    if deadline_days is not None:
        at = int(in_time(curve, np.array([deadline_days]))[0])
        on_time = at >= 0
        at = at if on_time else int(np.argmin(curve.days))
    else:
        at = curve.at_count(count or 1)
    return RankedChoice(
        curve.accelerator,
        curve.label,
        int(curve.counts[at]),
        float(curve.days[at]),
        float(curve.cost_usd[at]),
        bool(curve.fits[at]),
        on_time,
        for_sale=curve.for_sale,
    )


def in_time(curve: CostCurve, deadlines: Array) -> NDArray[np.intp]:
    """Index of the cheapest count that fits in memory and keeps each deadline (days); -1 where none does."""
    order = np.argsort(curve.days, kind="stable")
    order = order[curve.fits[order]]
    cost = curve.cost_usd[order]
    cheaper = (
        np.append(True, cost[1:] < np.minimum.accumulate(cost)[:-1]) if len(order) else np.empty(0, bool)
    )
    order = order[cheaper]
    place = np.searchsorted(curve.days[order], deadlines, side="right") - 1
    return np.where(place >= 0, order[place], -1) if len(order) else np.full(len(deadlines), -1)
