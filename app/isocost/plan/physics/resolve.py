"""From what the user typed to what the engine computes on: shapes, workloads, defaults."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

import numpy as np
from numpy.typing import NDArray

from isocost.catalog import Catalog, CatalogError
from isocost.catalog.constants.physics.shapes import usual_shapes
from isocost.catalog.vocabulary import vocabulary
from isocost.engine.architecture import adapter_parameters, parameters
from isocost.engine.goodput import goodput
from isocost.engine.records import (
    ADAPTED_MATRICES,
    Accelerator,
    AdaptedMatrix,
    Method,
    Offload,
    Optimizer,
    Precision,
    Transformer,
    Workload,
)
from isocost.engine.shapes import least_active, shape_for
from isocost.language import tr
from isocost.plan.physics.shape import shape_flaw, transformer_of_shape
from isocost.plan.values import Data, Efficiency, Layout, ModelChoice, Tuning, TuningTargets
from isocost.quantities import format_quantity

BATCH_LAW = "step-law"
"""The law that sets the batch when nobody does."""

# Blocks of numbers with a scale each came with the 4-bit rate: parts without one have plain FP8 alone.
_SIXTEEN_BITS: tuple[tuple[Precision, str], ...] = (("bf16", "bf16"), ("fp16", "fp16"), ("fp32", "fp32"))
_FORMATS: dict[str, tuple[tuple[Precision, str], ...]] = {
    "mxfp4": (("nvfp4", "fp4"), ("mxfp8", "fp4"), ("fp8", "fp8"), *_SIXTEEN_BITS),
    "nvfp4": (("nvfp4", "fp4"), ("mxfp8", "fp4"), ("fp8", "fp8"), *_SIXTEEN_BITS),
    "mxfp8": (("mxfp8", "fp4"), ("fp8", "fp8"), *_SIXTEEN_BITS),
    "fp8": (("fp8", "fp8"), *_SIXTEEN_BITS),
    "bf16": _SIXTEEN_BITS,
    "bf16-true": _SIXTEEN_BITS,
    "fp16": (("fp16", "fp16"), ("bf16", "bf16"), ("fp32", "fp32")),
    "tf32": (("tf32", "tf32"), ("fp32", "fp32"), ("bf16", "bf16"), ("fp16", "fp16")),
    "fp32": (("fp32", "fp32"), ("tf32", "tf32"), ("bf16", "bf16"), ("fp16", "fp16")),
}


@dataclass(frozen=True, slots=True)
class Parameters:
    """Parameter counts as people quote them."""

    total: float
    active: float


def transformer_of(model: ModelChoice, catalog: Catalog) -> Transformer:
    """The shape behind a model choice: its own, that of its name, else a plausible one for the counts.

    Raises:
        CatalogError: the name is not in the catalogue, or no model has such counts or such a shape.
    """
    if model.shape is not None:
        if (flaw := shape_flaw(model)) is not None:
            raise CatalogError(flaw)
        return transformer_of_shape(model.shape)
    if model.name is not None:
        return catalog.model(model.name).transformer
    counts = _typed(model)
    try:
        return _shape(counts.total, counts.active)
    except ValueError:
        raise CatalogError(impossible_model(model)) from None


def impossible_model(model: ModelChoice) -> str:
    """Why no model has the parameters typed, as a sentence; empty = one has, or the catalogue names it."""
    if model.name is not None or model.shape is not None:
        return ""
    counts = _typed(model)
    try:
        _shape(counts.total, counts.active)
    except ValueError:
        total, active = (format_quantity(each, "number") for each in (counts.total, counts.active))
        least = format_quantity(least_possible_active(counts.total), "number")
        return tr(
            "{active} active of {total} parameters cannot be built: the routers that choose "
            "among so many experts would take more than that. At {total}, active parameters must "
            "be at least {least}.",
            active=active,
            total=total,
            least=least,
        )
    return ""


def least_possible_active(total: float) -> float:
    """The least active parameters of a model of a total, rounded up to the three digits it is said in."""
    least = least_active(total, usual_shapes())
    digit = 10.0 ** (math.floor(math.log10(least)) - 2)
    return min(total, float(f"{math.ceil(least / digit) * digit:.3g}"))


def _typed(model: ModelChoice) -> Parameters:
    """The counts of a custom model; more active ones than there are mean that all are."""
    total = model.parameters if model.parameters is not None else 7e9
    return Parameters(
        total, total if model.active_parameters is None else min(total, model.active_parameters)
    )


@lru_cache(maxsize=256)
def _shape(total: float, active: float) -> Transformer:
    return shape_for(total, usual_shapes(), active if active < total else None)


def parameters_of(model: ModelChoice, catalog: Catalog) -> Parameters:
    """Total and active parameters: as typed, or as published where a named model says so, else as counted."""
    if model.name is None and model.shape is None:
        return _typed(model)
    counted = _counted(transformer_of(model, catalog))
    if model.name is None:
        return counted
    entry = catalog.model(model.name)
    total = entry.published_total or counted.total
    dense = entry.published_active is None and counted.active > 0.9 * counted.total
    return Parameters(total, entry.published_active or (total if dense else counted.active))


@lru_cache(maxsize=512)
def _counted(transformer: Transformer) -> Parameters:
    counted = parameters(transformer)
    return Parameters(float(counted.total), float(counted.active))


def batch_tokens(data: Data, catalog: Catalog) -> float:
    """Tokens an optimizer step: typed, or the batch-size scaling law, of a sequence at least."""
    if data.batch_tokens is not None:
        return data.batch_tokens
    law = catalog.constants.laws.batch_law(BATCH_LAW).batch
    return max(float(data.sequence), law.at(tokens=data.tokens))


_OFFLOADS: dict[str, Offload] = {"zero-offload": "optimizer", "zero3-offload": "states"}
"""What waits in the host's memory, by a plan's word for sharding."""


ADAPTED: dict[TuningTargets, tuple[AdaptedMatrix, ...]] = {
    "all-linear": ADAPTED_MATRICES,
    "attention": ("query", "key", "value", "output"),
    "query-value": ("query", "value"),
}
"""Matrices that have adapters, by a plan's word for them."""


def adapters_of(t: Transformer, tuning: Tuning) -> float:
    """Parameters of the adapters of a fine-tune."""
    return float(adapter_parameters(t, tuning.rank, ADAPTED[tuning.targets]))


def workload_of(
    data: Data,
    accelerator: Accelerator,
    catalog: Catalog,
    tuning: Tuning | None = None,
    layout: Layout | None = None,
    *,
    fused: bool = True,
) -> Workload:
    """What one step does on an accelerator, in the best number format it supports; no tuning = in full.

    ``fused`` says whether attention keeps its scores out of memory.
    """
    tuned = tuning or Tuning()
    words = vocabulary()
    optimizer = words.computed("tuning.optimizer", tuned.optimizer)
    # Weights in 16 bits throughout leave no 32-bit copy to an optimizer that would keep one.
    pure = data.precision == "bf16-true" and optimizer == "adamw"
    return Workload(
        sequence=float(data.sequence),
        global_batch=max(1.0, batch_tokens(data, catalog) / data.sequence),
        precision=precision_on(accelerator, data.precision),
        method=cast(Method, words.computed("tuning.method", tuned.method)),
        lora_rank=tuned.rank,
        lora_targets=frozenset(ADAPTED[tuned.targets]),
        optimizer="adamw-bf16" if pure else cast(Optimizer, optimizer),
        offload=_OFFLOADS.get(layout.sharding or "none", "none") if layout is not None else "none",
        document=math.inf if data.document is None else float(data.document),
        flash_attention=fused,
        schedule=(layout.schedule if layout is not None else None) or "1f1b",
    )


def attended_tokens(data: Data) -> float:
    """Tokens of a sequence that attention sees at most: its own, or a packed document's."""
    return float(data.sequence if data.document is None else min(data.sequence, data.document))


def precision_on(accelerator: Accelerator, wanted: str) -> Precision:
    """The wanted number format, or the nearest wider one the accelerator has."""
    for precision, key in _FORMATS[wanted]:
        if accelerator.peak_flops.get(key):
            return precision
    return "fp32"


def goodput_at(
    efficiency: Efficiency, saved: float, counts: NDArray[np.int64], catalog: Catalog, planned: int
) -> NDArray[np.float64]:
    """Share of wall time that advances the run at each count: typed, or what failures leave of it.

    A typed one is of the planned count. What it loses there beyond the model's failures it loses at any
    count; where it loses less, failures cost as much less elsewhere.

    Args:
        saved: parameters a checkpoint holds; failures come at the rate of Llama 3's cluster.
        planned: accelerators of the plan.
    """
    usual = _goodputs(saved, tuple(counts.tolist()), catalog)
    if efficiency.goodput is None:
        return usual
    # Hours lost for each that counts.
    lost, model = 1.0 / efficiency.goodput - 1.0, 1.0 / usual - 1.0
    there = 1.0 / _goodput(saved, planned, catalog) - 1.0
    found = model + (lost - there) if lost >= there else model * (lost / there)
    return np.where(counts == planned, efficiency.goodput, 1.0 / (1.0 + found))


@lru_cache(maxsize=512)
def _goodputs(saved: float, counts: tuple[int, ...], catalog: Catalog) -> NDArray[np.float64]:
    """The same for one set of counts, remembered: a curve asks for the same ones at every step of a drag."""
    found = np.array([_goodput(saved, count, catalog) for count in counts])
    found.setflags(write=False)  # everybody is given the same
    return found


@lru_cache(maxsize=8192)
def _goodput(saved: float, count: int, catalog: Catalog) -> float:
    return goodput(saved, count, catalog.constants.reliability.record()).useful


def with_custom_parameters(model: ModelChoice, catalog: Catalog, total: float) -> ModelChoice:
    """The model with another total and the same ratio of active to total; a name becomes custom."""
    counted = parameters_of(model, catalog)
    active = None if counted.active >= 0.99 * counted.total else total * counted.active / counted.total
    return ModelChoice(parameters=total, active_parameters=active)
