"""Where runs, measured or planned, lie among each other: sizes, kinds, and distances between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from isocost.catalog import Catalog
from isocost.catalog.entries.measured_training import held_out_runs, measured_runs
from isocost.engine.architecture import parameters
from isocost.engine.records import Accelerator, Method, Precision, Stack, Transformer, Workload
from isocost.evidence.rows.measured_rows import RunSpec, run_spec

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
BITS: dict[Precision, float] = {
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
class Table:
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


@lru_cache(maxsize=2)
def table_of(catalog: Catalog) -> Table:
    """Every usable measured run, those kept out of the fit too."""
    apart = held_out_runs()
    # A run that waits for its host says nothing of one that does not.
    told = [r for r in (*measured_runs(), *apart) if r.use != "skip" and r.offload == "none"]
    runs = [r for r in told if r.tokens_per_s is not None]
    specs = tuple(run_spec(run, catalog) for run in runs)
    never = {run.id for run in apart}
    scales = [(active_of(s.transformer), s.run.accelerators, s.run.sequence) for s in specs]
    return Table(
        specs,
        np.array([run.tokens_per_s for run in runs]),
        np.log2(np.array(scales)).T,
        np.array([total_of(s.transformer) for s in specs]),
        np.log2(np.array([BITS[s.work.precision] for s in specs])),
        np.array([s.run.id not in never for s in specs]),
        {
            "family": np.array([s.accelerator.architecture for s in specs]),
            "part": np.array([s.accelerator.id for s in specs]),
            "kind": np.array([kind_of(s.transformer) for s in specs]),
            "method": np.array([method_of(s.work.method) for s in specs]),
            "stack": np.array([s.stack for s in specs]),
        },
    )


def format_measured(plan: Point, catalog: Catalog) -> bool:
    """Whether runs in the fit multiply in the plan's number format on its architecture."""
    return (plan.accelerator.architecture, BITS[plan.work.precision]) in _formats(catalog)


@lru_cache(maxsize=2)
def _formats(catalog: Catalog) -> frozenset[tuple[str, float]]:
    """Architectures, and bits of the formats that runs in the fit multiply in on each."""
    table = table_of(catalog)
    runs = zip(table.specs, table.fitted.tolist(), strict=True)
    return frozenset((s.accelerator.architecture, BITS[s.work.precision]) for s, fitted in runs if fitted)


def point_of(spec: RunSpec) -> Point:
    """Where a described run lies."""
    return Point(spec.transformer, spec.accelerator, spec.run.accelerators, spec.work, spec.stack)


def distances(plan: Point, table: Table, relatives: Mapping[str, str]) -> Array:
    """How far each measured run is from a plan; 0 = the same, ``relatives`` as in the constants."""
    apart = np.abs(table.scales - scales_of(plan)[:, None])
    distance = np.array(SCALES) @ apart + HALF_WIDTH * np.abs(table.bits - np.log2(BITS[plan.work.precision]))
    family, families = plan.accelerator.architecture, table.labels["family"]
    distance += OTHER_FAMILY * ((families != family) & (families != relatives.get(family, family)))
    for label, value in labels_of(plan).items():
        distance = distance + _APART[label] * (table.labels[label] != value)
    result: Array = distance
    return result


def scales_of(plan: Point) -> Array:
    """Binary logarithms of a plan's active parameters, accelerators and sequence."""
    own: Array = np.log2([active_of(plan.transformer), plan.count, plan.work.sequence])
    return own


def labels_of(plan: Point) -> dict[str, str]:
    """What a plan is, beside its sizes and its number format."""
    return {
        "part": plan.accelerator.id,
        "kind": kind_of(plan.transformer),
        "method": method_of(plan.work.method),
        "stack": plan.stack,
    }


_APART = {"part": OTHER_PART, "kind": OTHER_KIND, "method": OTHER_METHOD, "stack": OTHER_STACK}
"""What each adds to a distance where it differs."""


@lru_cache(maxsize=512)
def active_of(transformer: Transformer) -> float:
    """Parameters a token passes through, counted."""
    return float(parameters(transformer).active)


@lru_cache(maxsize=512)
def total_of(transformer: Transformer) -> float:
    """Parameters in all, counted."""
    return float(parameters(transformer).total)


def kind_of(transformer: Transformer) -> str:
    """``dense``, ``moe`` or ``hybrid``."""
    if transformer.attention == "hybrid":
        return "hybrid"
    return "moe" if transformer.is_moe else "dense"


def method_of(method: Method) -> str:
    """``full`` or ``adapters``."""
    return "full" if method == "full" else "adapters"
