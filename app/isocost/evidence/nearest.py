"""The measured runs most like a plan: what they got, and what we predict for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from isocost.catalog import Catalog
from isocost.catalog.measured_training import MeasuredRun, held_out_runs, measured_runs
from isocost.engine.architecture import parameters
from isocost.engine.records import Accelerator, Method, Precision, Stack, Transformer, Workload
from isocost.evidence.measured_rows import RunSpec, run_spec
from isocost.evidence.predict import predict_specs
from isocost.quantities import format_count, format_quantity

Array = NDArray[np.float64]

SCALES = (1.0, 0.3, 0.4)
"""Distance of one doubling of active parameters, accelerators and sequence: speed a GPU follows them so."""
OTHER_FAMILY = 3.0
"""Distance between runs on different architectures, whose kernels are not the same."""
OTHER_PART = 0.7
"""Between accelerators of one architecture."""
OTHER_KIND = 3.0
"""Between dense models and mixtures of experts."""
OTHER_METHOD = 3.0
"""Between training all weights and adapters."""
OTHER_STACK = 1.0
HALF_WIDTH = 1.0
"""For each halving of the number format."""
FAR = 6.0
"""From here on a run says little about a plan: six doublings of the model, or another kind elsewhere."""
SAME = 1.02
"""Factor up to which a plan is no larger than a run: one model's shapes are counted differently."""
LONG = 1e6
"""From here on numbers are abbreviated."""
OF_ONE_MODEL = 2
"""Runs of one model on one accelerator that are listed at most: others would add little."""

_KINDS = {"dense": "dense model", "moe": "mixture of experts", "hybrid": "hybrid model"}
_BITS: dict[Precision, float] = {
    "fp32": 32,
    "tf32": 32,
    "fp16": 16,
    "bf16": 16,
    "fp8": 8,
    "mxfp8": 8,
    "nvfp4": 4,
}


@dataclass(frozen=True, slots=True)
class Point:
    """Where a run, measured or planned, lies among the others."""

    transformer: Transformer
    accelerator: Accelerator
    count: float
    work: Workload
    stack: Stack


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


@dataclass(frozen=True, slots=True)
class _Table:
    """Every usable measured run, as arrays over runs."""

    specs: tuple[RunSpec, ...]
    measured: Array
    """Tokens a second per accelerator."""
    scales: Array
    """Binary logarithms of active parameters, accelerators and sequence; (3, runs)."""
    totals: Array
    """Parameters, idle experts included."""
    bits: Array
    fitted: NDArray[np.bool_]
    """False for runs held out of every fit: they are shown but determine no constant."""
    labels: dict[str, NDArray[np.str_]]


def nearest(plan: Point, catalog: Catalog, keep: int = 6) -> tuple[NearRun, ...]:
    """The measured runs most like a plan, nearest first; fewer than ``keep`` where others are too far.

    Of several layouts measured for one run, the fastest.
    """
    table = _table(catalog)
    distance = _distances(plan, table, catalog.constants.efficiency.relatives)
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
    specs = [_table(catalog).specs[i] for i in rows]
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
        return (f"{name} borrows {relative}'s shares of its peaks; no runs on {family} are in the fit.",)
    found = []
    if not format_measured(plan, catalog):
        precision = plan.work.precision.upper()
        found.append(f"{name}'s {precision} matmuls are a guess; no runs in the fit use it on {family}.")
    assumed = {constant.name for constant in known.constants if constant.kind == "assumed"}
    if f"attention.{family}" in assumed:
        found.append(f"{name}'s share of its peak in attention is assumed; no runs on {family} tell it.")
    return tuple(found)


def format_measured(plan: Point, catalog: Catalog) -> bool:
    """Whether runs in the fit multiply in the plan's number format on its architecture."""
    table, family = _table(catalog), plan.accelerator.architecture
    same = (table.labels["family"] == family) & (table.bits == np.log2(_BITS[plan.work.precision]))
    return bool((table.fitted & same).any())


def alike(plan: Point, catalog: Catalog) -> NearRun | None:
    """The fastest measured run whose every size is the plan's within ``evidence.alike``; None = none is.

    Sizes are parameters (active and in all), accelerators and tokens a sequence. Accelerator, kind of model,
    method, number format and software are the plan's own.
    """
    table = _table(catalog)
    within = np.log2(catalog.constants.evidence.alike)
    sizes = np.abs(table.scales - _scales(plan)[:, None]) <= within
    total = np.abs(np.log2(table.totals / _total(plan.transformer))) <= within
    same = sizes.all(axis=0) & total & (table.bits == np.log2(_BITS[plan.work.precision]))
    for label, value in _labels(plan).items():
        same &= table.labels[label] == value
    found = np.flatnonzero(same)
    if not len(found):
        return None
    fastest = int(found[table.measured[found].argmax()])
    distance = _distances(plan, table, catalog.constants.efficiency.relatives)
    return _near_run(fastest, float(distance[fastest]), catalog)


def closest(plan: Point, catalog: Catalog) -> tuple[MeasuredRun, float]:
    """The measured run nearest to a plan, the fastest of several as near, and its distance."""
    table = _table(catalog)
    distance = _distances(plan, table, catalog.constants.efficiency.relatives)
    as_near = np.flatnonzero(distance == distance.min())
    first = int(as_near[table.measured[as_near].argmax()])
    return table.specs[first].run, float(distance[first])


def beyond(plan: Point, catalog: Catalog) -> str:
    """In what a plan lies outside every measured run of its kind and architecture, in a sentence.

    Empty where it lies inside. An architecture without runs is held against the one it borrows from.
    """
    table = _table(catalog)
    relatives = catalog.constants.efficiency.relatives
    family = relatives.get(plan.accelerator.architecture, plan.accelerator.architecture)
    kind = _kind(plan.transformer)
    alike = (table.labels["family"] == family) & (table.labels["kind"] == kind)
    if not alike.any():
        return f"No {_KINDS[kind]} was measured on {family}."
    active, count, sequence = 2.0 ** table.scales[:, alike]
    size = "active parameters" if kind == "moe" else "parameters"
    sides = [
        (_active(plan.transformer), active, size),
        (plan.count, count, "accelerators"),
        (plan.work.sequence, sequence, "tokens a sequence"),
    ]
    if kind == "moe":
        sides.append((_total(plan.transformer), table.totals[alike], "parameters in all"))
    outside = [words for own, seen, unit in sides if (words := _outside(own, seen, unit))]
    return f"Beyond every {_KINDS[kind]} measured on {family}: {', '.join(outside)}." if outside else ""


def _outside(own: float, seen: Array, unit: str) -> str:
    least, most = float(seen.min()), float(seen.max())
    if least / SAME <= own <= most * SAME:
        return ""
    limit = f"at most {_short(most)}" if own > most else f"at least {_short(least)}"
    return f"{_short(own)} {unit} ({limit})"


def _short(value: float) -> str:
    return format_count(value) if value < LONG else format_quantity(value, "number")


@lru_cache(maxsize=2)
def _table(catalog: Catalog) -> _Table:
    apart = held_out_runs()
    runs = [r for r in (*measured_runs(), *apart) if r.use != "skip" and r.tokens_per_s is not None]
    specs = tuple(run_spec(run, catalog) for run in runs)
    never = {run.id for run in apart}
    scales = [(_active(s.transformer), s.run.accelerators, s.run.sequence) for s in specs]
    return _Table(
        specs,
        np.array([run.tokens_per_s for run in runs]),
        np.log2(np.array(scales)).T,
        np.array([_total(s.transformer) for s in specs]),
        np.log2(np.array([_BITS[s.work.precision] for s in specs])),
        np.array([s.run.id not in never for s in specs]),
        {
            "family": np.array([s.accelerator.architecture for s in specs]),
            "part": np.array([s.accelerator.id for s in specs]),
            "kind": np.array([_kind(s.transformer) for s in specs]),
            "method": np.array([_method(s.work.method) for s in specs]),
            "stack": np.array([s.stack for s in specs]),
        },
    )


def _distances(plan: Point, table: _Table, relatives: Mapping[str, str]) -> Array:
    apart = np.abs(table.scales - _scales(plan)[:, None])
    distance = np.array(SCALES) @ apart + HALF_WIDTH * np.abs(
        table.bits - np.log2(_BITS[plan.work.precision])
    )
    family, families = plan.accelerator.architecture, table.labels["family"]
    distance += OTHER_FAMILY * ((families != family) & (families != relatives.get(family, family)))
    for label, value in _labels(plan).items():
        distance = distance + _APART[label] * (table.labels[label] != value)
    result: Array = distance
    return result


def _scales(plan: Point) -> Array:
    """Binary logarithms of a plan's active parameters, accelerators and sequence."""
    own: Array = np.log2([_active(plan.transformer), plan.count, plan.work.sequence])
    return own


def _labels(plan: Point) -> dict[str, str]:
    """What a plan is, beside its sizes and its number format."""
    return {
        "part": plan.accelerator.id,
        "kind": _kind(plan.transformer),
        "method": _method(plan.work.method),
        "stack": plan.stack,
    }


_APART = {"part": OTHER_PART, "kind": OTHER_KIND, "method": OTHER_METHOD, "stack": OTHER_STACK}
"""What each adds to a distance where it differs."""


@lru_cache(maxsize=512)
def _active(transformer: Transformer) -> float:
    return float(parameters(transformer).active)


@lru_cache(maxsize=512)
def _total(transformer: Transformer) -> float:
    return float(parameters(transformer).total)


def _kind(transformer: Transformer) -> str:
    if transformer.attention == "hybrid":
        return "hybrid"
    return "moe" if transformer.is_moe else "dense"


def _method(method: Method) -> str:
    return "full" if method == "full" else "adapters"
