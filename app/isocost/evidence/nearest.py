"""The measured runs most like a plan: what they got, and what we predict for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from isocost.catalog import Catalog
from isocost.catalog.entries.measured_training import MeasuredRun
from isocost.engine.records import Stack
from isocost.evidence.points import (
    BITS,
    Array,
    Point,
    active_of,
    distances,
    format_measured,
    kind_of,
    labels_of,
    scales_of,
    table_of,
    total_of,
)
from isocost.evidence.predict import predict_specs
from isocost.language import tr
from isocost.quantities import format_count, format_quantity

FAR = 6.0
"""From here on a run says little about a plan: six doublings of the model, or another kind elsewhere."""
SAME = 1.02
"""Factor up to which a plan is no larger than a run: one model's shapes are counted differently."""
LONG = 1e6
"""From here on numbers are abbreviated."""
OF_ONE_MODEL = 2
"""Runs of one model on one accelerator that are listed at most: others would add little."""

_KINDS = {"dense": tr("dense model"), "moe": "mixture of experts", "hybrid": tr("hybrid model")}


@dataclass(frozen=True, slots=True)
class NearRun:
    """A measured run, and what we predict for it with the layout it states."""

    run: MeasuredRun
    accelerator: str
    """Short name."""
    stack: Stack
    measured: float
    """Tokens a second per accelerator."""
    predicted: float
    p10: float
    """Of the prediction: one measured run in ten is slower."""
    p90: float
    layout: str
    """In the field's shorthand; searched where the run does not state it."""
    distance: float
    """0 = the same run; from ``FAR`` on it says little."""
    close: bool
    """Whether it is much like the plan."""

    @property
    def error(self) -> float:
        """Predicted over measured, less one: positive = predicted too fast."""
        return self.predicted / self.measured - 1.0


def nearest(plan: Point, catalog: Catalog, keep: int = 6) -> tuple[NearRun, ...]:
    """The measured runs most like a plan, nearest first; fewer than ``keep`` where others are too far.

    Of several layouts measured for one run, the fastest.
    """
    table = table_of(catalog)
    distance = distances(plan, table, catalog.constants.efficiency.relatives)
    chosen: dict[tuple[str, str, float], int] = {}
    for i in np.lexsort((-table.measured, distance)):
        spec = table.specs[i]
        if distance[i] >= FAR or len(chosen) == keep:
            break
        key = (spec.run.model, spec.accelerator.id, spec.run.accelerators)
        if sum(other[:2] == key[:2] for other in chosen) < OF_ONE_MODEL:
            chosen.setdefault(key, int(i))
    rows = list(chosen.values())
    near = _near_runs(rows, [float(distance[i]) for i in rows], catalog)
    return tuple(run for run in near if run is not None)


def _near_runs(rows: Sequence[int], distances: Sequence[float], catalog: Catalog) -> list[NearRun | None]:
    """Rows of the table with what we predict for them; None where no layout of theirs can be priced."""
    specs = [table_of(catalog).specs[i] for i in rows]
    close = catalog.constants.evidence.close
    return [
        None
        if found.tokens_per_s is None or found.p10 is None or found.p90 is None
        else NearRun(
            run=spec.run,
            accelerator=catalog.accelerator(spec.accelerator.id).short_name,
            stack=spec.stack,
            measured=spec.run.tokens_per_s or 0.0,
            predicted=found.tokens_per_s,
            p10=found.p10,
            p90=found.p90,
            layout=found.layout,
            distance=distance,
            close=distance <= close,
        )
        for spec, distance, found in zip(specs, distances, predict_specs(specs, catalog), strict=True)
    ]


@lru_cache(maxsize=256)
def _near_run(row: int, distance: float, catalog: Catalog) -> NearRun | None:
    """One row of the table, remembered: a plan that moves meets it again."""
    return _near_runs([row], [distance], catalog)[0]


def guesses(plan: Point, name: str, catalog: Catalog) -> tuple[str, ...]:
    """The efficiencies behind a prediction that no measured training run has determined, in sentences.

    ``name`` is what the accelerator is called. Empty where runs on its architecture determine them.
    """
    family, known = plan.accelerator.architecture, catalog.constants.efficiency
    relative = known.relatives.get(family)
    if relative is not None:
        return (
            tr(
                "{name} borrows {relative}'s shares of its peaks; no runs on {family} are in the fit.",
                name=name,
                relative=relative,
                family=family,
            ),
        )
    found = []
    if not format_measured(plan, catalog):
        precision = plan.work.precision.upper()
        found.append(
            tr(
                "{name}'s {precision} matmuls are a guess; no runs in the fit use it on {family}.",
                name=name,
                precision=precision,
                family=family,
            )
        )
    assumed = {constant.name for constant in known.constants if constant.kind == "assumed"}
    if f"attention.{family}" in assumed:
        found.append(
            tr(
                "{name}'s share of its peak in attention is assumed; no runs on {family} tell it.",
                name=name,
                family=family,
            )
        )
    return tuple(found)


def alike(plan: Point, catalog: Catalog) -> NearRun | None:
    """The fastest measured run whose every size is the plan's within ``evidence.alike``; None = none is.

    Sizes are parameters (active and in all), accelerators and tokens a sequence. Accelerator, kind of model,
    method, number format and software are the plan's own.
    """
    table = table_of(catalog)
    within = np.log2(catalog.constants.evidence.alike)
    sizes = np.abs(table.scales - scales_of(plan)[:, None]) <= within
    total = np.abs(np.log2(table.totals / total_of(plan.transformer))) <= within
    same = sizes.all(axis=0) & total & (table.bits == np.log2(BITS[plan.work.precision]))
    for label, value in labels_of(plan).items():
        same &= table.labels[label] == value
    found = np.flatnonzero(same)
    if not len(found):
        return None
    fastest = int(found[table.measured[found].argmax()])
    distance = distances(plan, table, catalog.constants.efficiency.relatives)
    return _near_run(fastest, float(distance[fastest]), catalog)


def closest(plan: Point, catalog: Catalog) -> tuple[MeasuredRun, float]:
    """The measured run nearest to a plan, the fastest of several as near, and its distance."""
    table = table_of(catalog)
    distance = distances(plan, table, catalog.constants.efficiency.relatives)
    as_near = np.flatnonzero(distance == distance.min())
    first = int(as_near[table.measured[as_near].argmax()])
    return table.specs[first].run, float(distance[first])


def beyond(plan: Point, catalog: Catalog) -> str:
    """In what a plan lies outside every measured run of its kind and architecture, in a sentence.

    Empty where it lies inside. An architecture without runs is held against the one it borrows from.
    """
    table = table_of(catalog)
    relatives = catalog.constants.efficiency.relatives
    family = relatives.get(plan.accelerator.architecture, plan.accelerator.architecture)
    kind = kind_of(plan.transformer)
    alike = (table.labels["family"] == family) & (table.labels["kind"] == kind)
    if not alike.any():
        return tr("No {kinds} was measured on {family}.", kinds=_KINDS[kind], family=family)
    active, count, sequence = 2.0 ** table.scales[:, alike]
    size = tr("active parameters") if kind == "moe" else tr("parameters")
    sides = [
        (active_of(plan.transformer), active, size),
        (plan.count, count, "accelerators"),
        (plan.work.sequence, sequence, tr("tokens a sequence")),
    ]
    if kind == "moe":
        sides.append((total_of(plan.transformer), table.totals[alike], tr("parameters in all")))
    outside = [words for own, seen, unit in sides if (words := _outside(own, seen, unit))]
    return (
        tr(
            "Beyond every {kinds} measured on {family}: {list}.",
            kinds=_KINDS[kind],
            family=family,
            list=", ".join(outside),
        )
        if outside
        else ""
    )


def _outside(own: float, seen: Array, unit: str) -> str:
    least, most = float(seen.min()), float(seen.max())
    if least / SAME <= own <= most * SAME:
        return ""
    limit = (
        tr("at most {short}", short=_short(most))
        if own > most
        else tr("at least {short}", short=_short(least))
    )
    return f"{_short(own)} {unit.removesuffix('s') if own == 1.0 else unit} ({limit})"


def _short(value: float) -> str:
    return format_count(value) if value < LONG else format_quantity(value, "number")
