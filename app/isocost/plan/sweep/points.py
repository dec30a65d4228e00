"""What a plan comes to at some points of a grid: physics once for each that share it, money on arrays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from isocost.catalog import Catalog, CatalogError
from isocost.language import capital, tr
from isocost.plan.doubt.ranged import with_input
from isocost.plan.kinds import Stage, kind_of
from isocost.plan.money.figure import by_stage
from isocost.plan.money.ownership import PURCHASE, purchase_price
from isocost.plan.money.reckoning import Point, values_of
from isocost.plan.physics.counts import Counts, obtainable, units_of
from isocost.plan.physics.records import Array, StageRun
from isocost.plan.physics.training import training_hours
from isocost.plan.project.project import Project, hardware_of, price_of
from isocost.plan.project.runs import run_scenario
from isocost.plan.sweep.axes import COUNT, PRICE, TOKENS, Axis
from isocost.plan.values import NO_PRICE

FIGURES = (
    "cost_usd",
    "wall_days",
    "programme_days",
    "gpu_hours",
    "energy_kwh",
    "co2_kg",
    "mfu",
    "accelerators",
)
"""Of each point: the total's figures as ``isocost estimate`` has them in JSON, the days from the programme's
first to its last, the MFU of the first stage that has one, and the accelerators held."""
KEYS = {"cost_usd": "total", "wall_days": "days", "programme_days": "programme_days"}
SUMS = {"gpu_hours": "stage.gpu_hours", "energy_kwh": "stage.kwh", "co2_kg": "stage.co2_kg"}
FITS, NOTE = len(FIGURES), len(FIGURES) + 1
"""Columns after the figures: 1 = fits in memory, 0 = does not, NaN = nobody asked; and which note it has."""
WIDTH = NOTE + 1


@dataclass(frozen=True, slots=True)
class Priced:
    """Points of a grid with what they come to."""

    figures: Array
    """(points, ``WIDTH``): ``FIGURES``, whether it fits, and 1 + the place of its note, 0 = it has none."""
    notes: tuple[str, ...]
    """Why points have no figures, or what has to be known of them, each once."""


def priced(project: Project, axes: Sequence[Axis], places: NDArray[np.int32], catalog: Catalog) -> Priced:
    """A plan's only scenario at some points.

    Args:
        places: (axes, points) place of each point's value in its axis; points that share all values but
            those worked out at once stand together.
    """
    figures = np.full((places.shape[1], WIDTH), np.nan)
    figures[:, NOTE] = 0.0
    notes: dict[str, int] = {}
    searched = [i for i, each in enumerate(axes) if not each.at_once]
    for rows in _alike(places[searched]):
        try:
            found, note = _Block(project, axes, places[:, rows], catalog).figures()
        except (CatalogError, ValueError, ArithmeticError) as error:
            found, note = None, str(error) or type(error).__name__
        if found is not None:
            figures[rows, :NOTE] = found
        if note:
            figures[rows, NOTE] = notes.setdefault(note, len(notes) + 1)
    return Priced(figures, tuple(notes))


def _alike(places: NDArray[np.int32]) -> Iterator[slice]:
    """Runs of points whose places are the same."""
    size = places.shape[1]
    changes = (
        np.flatnonzero((places[:, 1:] != places[:, :-1]).any(axis=0)) + 1 if size > 1 else np.empty(0, int)
    )
    ends = [0, *changes.tolist(), size]
    yield from (slice(first, last) for first, last in pairwise(ends))


class _Block:
    """Points that share their physics, but for the count."""

    def __init__(
        self, project: Project, axes: Sequence[Axis], places: NDArray[np.int32], catalog: Catalog
    ) -> None:
        self.catalog = catalog
        self.size = places.shape[1]
        self.given: dict[str, tuple[Axis, Array]] = {}
        """Values at each point of the axes worked out at once, by the axis."""
        for i in sorted(range(len(axes)), key=lambda i: axes[i].order):
            each = axes[i]
            value = each.values[places[i, 0]]
            if each.at_once:
                values = np.array(each.values, dtype=np.float64)[places[i]]
                self.given[each.key] = each, values
                # A share of 0 has no line in the bill: where any point has one, all are given it.
                value = type(value)(values.max())
            project = with_input(project, each.path, each.stages, value, catalog, own=each.own)
        self.project = project
        (self.scenario,) = project.scenarios

    @property
    def stages(self) -> tuple[Stage, ...]:
        """Those that count."""
        return tuple(stage for stage in self.scenario.stages if stage.enabled)

    def figures(self) -> tuple[Array, str]:
        """(points, figures and fit), and what to know of them. Raises CatalogError, ValueError."""
        scenario, catalog = self.scenario, self.catalog
        if flaw := next((said for each in self.stages if (said := kind_of(each).flaw(each))), ""):
            raise ValueError(flaw)
        counted = msgspec.structs.replace(scenario, stages=self.stages)
        asked = self._of(COUNT, float(scenario.hardware.count)).astype(np.int64)
        counts, at = np.unique(asked, return_inverse=True)
        own = scenario.hardware.accelerator
        runs = [each[0] for each in run_scenario(counted, [own], [counts], catalog, each_count=True)]
        spread = [_at_each(run, at) for run in runs]
        if TOKENS in self.given:
            spread = [self._reading(run) for run in spread]
        held = self._held(runs, counts)[at]
        entry = catalog.accelerator(own)
        point = Point(entry, scenario.price.usd_per_gpu_hour, held, spread)
        values = values_of(counted, (point,), catalog)
        if self.given:
            values = values.again(**self._again(values))
        ones, found = np.ones(self.size), np.full((self.size, NOTE), np.nan)
        for name, key in KEYS.items():
            found[:, FIGURES.index(name)] = np.asarray(values[key]) * ones
        for name, key in SUMS.items():
            found[:, FIGURES.index(name)] = np.asarray(by_stage(values[key])) * ones
        mfu = next((run.mfu for run in spread if run.mfu is not None), None)
        found[:, FIGURES.index("mfu")] = np.nan if mfu is None else mfu * ones
        found[:, FIGURES.index("accelerators")] = held
        fits = [run.fits for run in spread if run.computed]
        if fits:
            found[:, FITS] = np.all([each & (ones > 0.0) for each in fits], axis=0)
        unpriced, said = self._unpriced(found[:, 0])
        found[unpriced, 0] = np.nan
        problem = next((run.speed.problem for run in runs if run.speed is not None), "")
        return found, " ".join(each for each in (said, problem) if each)

    def _of(self, path: str, otherwise: float) -> Array:
        """The value of a shared input at each point."""
        return self.given[path][1] if path in self.given else np.full(self.size, otherwise)

    def _reading(self, run: StageRun) -> StageRun:
        """The plan's one stage with the tokens of each point."""
        assert run.tokens_per_s_per_gpu is not None
        assert run.goodput is not None
        assert run.waste is not None
        tokens = self.given[TOKENS][1]
        hours = training_hours(tokens, run.tokens_per_s_per_gpu, run.goodput, run.waste)
        return replace(run, gpu_hours=hours)

    def _held(self, runs: Sequence[StageRun], counts: Counts) -> Counts:
        """Accelerators the scenario holds: the most that a stage on them takes, as a plan has it."""
        shared = [run.counts for run, each in zip(runs, self.stages, strict=True) if each.hardware is None]
        if shared:
            largest: Counts = np.max(np.broadcast_arrays(*shared, counts)[:-1], axis=0)
            return largest
        entry = self.catalog.accelerator(self.scenario.hardware.accelerator)
        return obtainable(counts, units_of(entry, self.scenario.supply.owns))

    def _again(self, values: Any) -> dict[str, Any]:
        """What figures are given at each point, by the keys of figures."""
        given: dict[str, Any] = {}
        places = [i for i, stage in enumerate(self.scenario.stages) if stage.enabled]
        for axis, taken in self.given.values():
            if axis.path == PRICE:
                rows = np.isin(places, axis.stages)[:, None]
                given["stage.price"] = np.where(rows, taken, given.get("stage.price", values["stage.price"]))
                if not axis.own:
                    given["held.price"] = taken
            elif axis.path == PURCHASE:
                own = self.scenario.hardware.accelerator
                same = [hardware_of(self.scenario, each).accelerator == own for each in self.stages]
                rows = np.array(same, dtype=bool)[:, None]
                given["stage.purchase"] = np.where(rows, taken, values["stage.purchase"])
                given["held.purchase"] = taken
            elif axis.path not in (COUNT, TOKENS):
                given[axis.path] = taken
        return given

    def _unpriced(self, cost: Array) -> tuple[NDArray[np.bool_], str]:
        """Points whose cost nobody knows, and why."""
        scenario = self.scenario
        if not scenario.supply.owns:
            varied = {at for axis, _ in self.given.values() if axis.path == PRICE for at in axis.stages}
            for at, stage in enumerate(scenario.stages):
                if stage.enabled and at not in varied and price_of(scenario, stage).supplier == NO_PRICE:
                    entry = self.catalog.accelerator(hardware_of(scenario, stage).accelerator)
                    return np.ones(self.size, dtype=np.bool_), tr(
                        "No price of {short_name} is known.", short_name=entry.short_name
                    )
        unknown = np.isnan(cost)
        if not unknown.any():
            return unknown, ""
        entries = [self.catalog.accelerator(hardware_of(scenario, each).accelerator) for each in self.stages]
        found = (purchase_price(each, scenario, self.catalog) for each in entries)
        why = next(
            (words for price, words in found if price is None), tr("a figure of its bill is not known")
        )
        return unknown, f"{capital(why)}."


def _at_each(run: StageRun, at: NDArray[np.intp]) -> StageRun:
    """A run at counts repeated as points have them; one of a single count speaks for every point."""
    if len(run.counts) == 1:
        return run
    names = ("counts", "gpu_hours", "fits", "mfu", "tokens_per_s_per_gpu", "goodput", "waste")
    arrays = {name: held for name in names if (held := getattr(run, name)) is not None}
    return replace(run, **{name: held[at] if len(held) > 1 else held for name, held in arrays.items()})
