"""A programme on every accelerator and count it might run on: cost, time and fit, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from isocost.catalog import Catalog
from isocost.catalog.entries.prices import NO_CLUSTER, PriceCard
from isocost.plan.answer.across.curves import CostCurve, reckoned_on
from isocost.plan.money.figure import Values
from isocost.plan.money.reckoning import Point
from isocost.plan.physics.counts import LARGEST_COUNT, Counts, count_grid, units_of
from isocost.plan.physics.records import Array, StageRun
from isocost.plan.project.project import Scenario

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Reach:
    """A scenario's whole programme at each count of each card's accelerator: flat arrays over such points."""

    scenario: Scenario
    cards: tuple[PriceCard, ...]
    labels: tuple[str, ...]
    which: NDArray[np.intp]
    """Place of its card."""
    counts: Counts
    days: Array
    """Of all stages, one after another."""
    span_days: Array
    """From the first day of the programme to its last: what a deadline is held against."""
    cost_usd: Array
    gpu_hours: Array
    mfu: Array
    """NaN where no stage is trained from its architecture."""
    fits: Flags
    fed: Flags
    """Whether the batches have sequences for all of them, but for ``IDLE`` of the hours."""
    sold: Flags
    """Whether it can be had on the scenario's terms, so many of them too."""
    points: tuple[Point, ...] = field(repr=False)
    """Each card's accelerator with the runs of the stages that count."""
    values: Values = field(repr=False)

    def __len__(self) -> int:
        return len(self.counts)

    @property
    def apart_days(self) -> float:
        """Days of the programme beside those of its stages: the same on every accelerator."""
        return float(self.span_days[0] - self.days[0]) if len(self) else 0.0

    @cached_property
    def prices(self) -> Array:
        """USD of an accelerator-hour at each point, as its card asks."""
        return np.array([card.usd_per_gpu_hour for card in self.cards])[self.which]

    @cached_property
    def rates(self) -> Array:
        """The same on the scenario's terms; of one's own accelerators what an hour costs to own."""
        return np.asarray(self.values["held.rate"]) * np.ones(len(self))

    def runs_at(self, at: int) -> tuple[StageRun, ...]:
        """What each stage that counts takes at one point."""
        card = int(self.which[at])
        place = at - int(np.searchsorted(self.which, card))
        return tuple(run.at(place) for run in self.points[card].runs)

    def at_pace(self, pace: float) -> tuple[Array, Array]:
        """Cost and span where every stage takes ``pace`` times its hours."""
        moved = {key: self.values[key] * pace for key in ("stage.rent", "stage.days")}
        values, ones = self.values.again(**moved), np.ones(len(self))
        return np.asarray(values["total"]) * ones, np.asarray(values["programme_days"]) * ones

    def at_price(self) -> tuple[Array, Array]:
        """Cost as a straight line of the price: what it is at none, and its rise per USD an hour.

        Prices of stages with terms of their own stay.
        """
        stages = [stage for stage in self.scenario.stages if stage.enabled]
        follows = np.array([[stage.hardware is None and stage.price is None] for stage in stages])
        free = self.values.again(
            **{
                "stage.price": np.where(follows, 0.0, self.values["stage.price"]),
                "held.price": self.values["held.price"] * 0.0,
            }
        )
        without = np.asarray(free["total"]) * np.ones(len(self))
        rise: Array = (self.cost_usd - without) / np.maximum(self.prices, 1e-300)
        return without, rise

    def chosen(self, keep: Flags) -> tuple[CostCurve, ...]:
        """The points kept as a curve for each card, in the order of the cards; its days are the stages'."""
        return tuple(
            CostCurve(
                card.accelerator,
                self.labels[i],
                card,
                self.counts[at],
                self.days[at],
                self.cost_usd[at],
                self.mfu[at],
                self.fits[at],
            )
            for i, card in enumerate(self.cards)
            if len(at := np.flatnonzero((self.which == i) & keep))
        )


def reach(
    scenario: Scenario,
    cards: Sequence[PriceCard],
    catalog: Catalog,
    counts: Sequence[Counts] | None = None,
) -> Reach:
    """The scenario's programme on each card's accelerator.

    Args:
        counts: of each card's accelerator, those one can have; None = as clusters are built, the plan's own
            among them.

    Raises:
        CatalogError: no model has such parameters.
    """
    entries = [catalog.accelerator(card.accelerator) for card in cards]
    owns = scenario.supply.owns
    if counts is None:
        counts = [count_grid(units_of(entry, owns), scenario.hardware.count) for entry in entries]
    points, values = reckoned_on(scenario, cards, counts, catalog, each_count=True)
    lengths = [len(each) for each in counts]
    which = np.repeat(np.arange(len(cards)), lengths)
    flat = np.concatenate(list(counts))
    ones = np.ones(len(flat))
    # A price of single ones rents out no cluster; of one's own it is no price at all.
    most = [
        entry.spec.node_size if card.commitment in NO_CLUSTER and not owns else LARGEST_COUNT
        for card, entry in zip(cards, entries, strict=True)
    ]
    sold = flat <= np.array(most)[which]
    if owns:
        sold &= ~np.isnan(np.asarray(values["held.owned_rate"]) * ones)
    return Reach(
        scenario,
        tuple(cards),
        tuple(entry.short_name for entry in entries),
        which,
        flat,
        np.asarray(values["days"]) * ones,
        np.asarray(values["programme_days"]) * ones,
        np.asarray(values["total"]) * ones,
        np.sum(np.asarray(values["stage.gpu_hours"]), axis=0) * ones,
        np.concatenate([_mfu(point) for point in points]),
        np.concatenate([_all(point, [run.fits for run in point.runs]) for point in points]),
        np.concatenate([_fed(point) for point in points]),
        sold,
        tuple(points),
        values,
    )


def _all(point: Point, flags: Sequence[Flags]) -> Flags:
    """Where all stages say yes; a stage of one entry speaks for every count."""
    found = np.ones(len(point.counts), dtype=np.bool_)
    for each in flags:
        found &= each
    return found


def _mfu(point: Point) -> Array:
    ones = np.ones(len(point.counts))
    return next((run.mfu * ones for run in point.runs if run.mfu is not None), np.full(len(ones), np.nan))


IDLE = 0.1
"""Share of the hours that stages with fewer sequences than accelerators may have and still be called fed."""


def _fed(point: Point) -> Flags:
    """Whether the stages that count have sequences for every accelerator: a small one may leave some idle.

    It is an answer for people, not a limit: what idles is in the hours, the time and the cost of every count.
    """
    ones = np.ones(len(point.counts))
    hours = [run.gpu_hours * ones for run in point.runs]
    idle = sum(np.where(_is_fed(run), 0.0, each) for run, each in zip(point.runs, hours, strict=True))
    fed: Flags = np.asarray(idle * ones <= IDLE * sum(hours, 0.0 * ones))
    return fed


def _is_fed(run: StageRun) -> Flags:
    """Whether every accelerator of a stage has sequences to work on."""
    if run.speed is None:
        return np.ones(1, dtype=np.bool_)
    searches = run.speed.searches
    starts = np.cumsum([0, *(len(each.counts) for each in searches)])
    limited = np.concatenate([each.batch_limited for each in searches])
    fed: Flags = ~limited[starts[run.speed.places[0]] + run.speed.places[1]]
    return fed


WHOLE = 512
"""Servers up to which every number of them is looked at."""


def every_count(accelerator: str, owned: bool, most: int, catalog: Catalog) -> Counts:
    """Each count one can have up to ``WHOLE`` servers, then those of the usual grid, up to ``most``."""
    units = units_of(catalog.accelerator(accelerator), owned)
    whole = np.arange(1, WHOLE + 1, dtype=np.int64) * units[-1]
    counts = np.unique(np.concatenate([units, whole, count_grid(units, units[-1])]))
    return counts[counts <= min(most, LARGEST_COUNT)]
