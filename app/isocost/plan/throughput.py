"""How fast a model trains on an accelerator at each count, from what the user typed or from the prior."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from isocost.catalog import Catalog
from isocost.catalog.economics import load_economics
from isocost.engine.architecture import training_flops_per_token
from isocost.engine.records import Accelerator, Transformer, Workload
from isocost.plan.project import Efficiency
from isocost.plan.resolve import counts_of, peak_flops

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Throughput:
    """Speed at each count of accelerators."""

    tokens_per_s_per_gpu: Array
    mfu: Array
    """Model FLOPs (true shapes) over the dense peak of the matmul precision, during a step."""
    source: str
    """Where the efficiency comes from, in words."""
    slow: float = 1.0
    """Time at the 90th percentile over the central time."""
    fast: float = 1.0
    """Time at the 10th percentile over the central time."""


def throughput(
    transformer: Transformer,
    workload: Workload,
    accelerator: Accelerator,
    counts: NDArray[np.int64],
    efficiency: Efficiency,
    catalog: Catalog,
) -> Throughput:
    """Tokens per second per accelerator at each of ``counts``."""
    flops = training_flops_per_token(transformer, workload.sequence).total
    peak = peak_flops(accelerator, workload.precision)
    if efficiency.mfu is not None:
        mfu = np.full(len(counts), efficiency.mfu)
        return Throughput(mfu * peak / flops, mfu, "your input")
    prior = catalog.mfu_prior(accelerator, transformer)
    six_n = 6.0 * counts_of(transformer).active
    bf16 = peak_flops(accelerator, "bf16") if accelerator.peak_flops.get("bf16") else peak
    # Priors are whole-run figures; a step runs faster, and goodput is applied once, later.
    speed = prior.p50 / load_economics().run_over_step_mfu.value * bf16 / six_n
    rate = np.full(len(counts), speed)
    source = f"median of {prior.n} published runs, {prior.label}"
    return Throughput(rate, rate * flops / peak, source, prior.p50 / prior.p10, prior.p50 / prior.p90)
