"""How fast a model trains on each accelerator at each count: the layout search, or the MFU the user typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import msgspec
import numpy as np
from numpy.typing import NDArray

from isocost.catalog import Catalog
from isocost.catalog.efficiency import load_efficiency
from isocost.catalog.memory import load_memory_profiles
from isocost.engine.architecture import training_flops_per_token
from isocost.engine.records import Pins, Stack
from isocost.engine.search import BestLayouts, best_layouts, matmul_peak
from isocost.engine.space import Constants
from isocost.plan.project import Data, Efficiency, Layout, ModelChoice
from isocost.plan.resolve import batch_tokens, transformer_of, workload_of
from isocost.plan.stages import Tuning

Array = NDArray[np.float64]
Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Throughput:
    """Speed at each count of one accelerator type; arrays over the counts."""

    tokens_per_s_per_gpu: Array
    mfu: Array
    """Model FLOPs (true shapes) over the dense peak of the matmul precision, during a step."""
    source: str
    """Where the efficiency comes from, in words."""
    best: BestLayouts
    """The layouts the search found: memory and fit stand even when the MFU is typed."""
    slow: float = 1.0
    """Time at the 90th percentile over the central time."""
    fast: float = 1.0
    """Time at the 10th percentile over the central time."""


def throughputs(
    model: ModelChoice,
    data: Data,
    efficiency: Efficiency,
    layout: Layout,
    accelerators: Sequence[str],
    counts: Sequence[Counts],
    catalog: Catalog,
    tuning: Tuning,
) -> tuple[Throughput, ...]:
    """Tokens per second per accelerator on each accelerator type at each of its counts."""
    keys = tuple(tuple(int(c) for c in each) for each in counts)
    # Only what the search looks at may tell two of its results apart.
    how = Tuning(tuning.method, tuning.rank)
    data = msgspec.structs.replace(data, tokens=1.0, batch_tokens=batch_tokens(data))
    found = _searched(catalog, model, data, efficiency.stack, layout, tuple(accelerators), keys, how)
    return tuple(_throughput(model, data, efficiency, best, catalog, how) for best in found)


@lru_cache(maxsize=64)
def _searched(
    catalog: Catalog,
    model: ModelChoice,
    data: Data,
    stack: Stack,
    layout: Layout,
    accelerators: tuple[str, ...],
    counts: tuple[tuple[int, ...], ...],
    tuning: Tuning,
) -> tuple[BestLayouts, ...]:
    """The search, remembered: price and goodput move without it."""
    specs = [catalog.accelerator(each).spec for each in accelerators]
    return best_layouts(
        transformer_of(model, catalog),
        [workload_of(data, spec, tuning) for spec in specs],
        specs,
        [np.array(each, dtype=np.float64) for each in counts],
        constants(stack),
        pins_of(layout),
    )


@lru_cache(maxsize=4)
def constants(stack: Stack) -> Constants:
    """The fitted constants for a software stack."""
    return Constants(load_efficiency(), load_memory_profiles().for_stack(stack), stack)


def pins_of(layout: Layout) -> Pins:
    """The user's fixed parts of the layout, as the search takes them."""
    return Pins(
        tp=layout.tp,
        pp=layout.pp,
        vp=layout.vp,
        cp=layout.cp,
        ep=layout.ep,
        microbatch=layout.microbatch,
        recompute=layout.recompute,
        sharding=layout.sharding,
    )


def _throughput(
    model: ModelChoice,
    data: Data,
    efficiency: Efficiency,
    best: BestLayouts,
    catalog: Catalog,
    tuning: Tuning,
) -> Throughput:
    spec = catalog.accelerator(best.accelerator).spec
    transformer = transformer_of(model, catalog)
    work = workload_of(data, spec, tuning)
    flops = training_flops_per_token(transformer, work.sequence, frozen=work.method != "full").total
    flops_over_peak = flops / matmul_peak(spec, work.precision)
    if efficiency.mfu is not None:
        mfu = np.full(len(best.counts), efficiency.mfu)
        return Throughput(mfu / flops_over_peak, mfu, "your input", best)
    # Where nothing fits, the speed the least hungry layout would have: the verdict says that it cannot run.
    seconds = np.where(best.fits, best.seconds, best.breakdown.total)
    rate = work.sequence * work.global_batch / (seconds * best.counts)
    prior = catalog.mfu_prior(spec, transformer)
    tried = int(best.tried.max(initial=0))
    source = f"best of {tried:,} layouts"
    return Throughput(
        rate, rate * flops_over_peak, source, best, prior.p50 / prior.p10, prior.p50 / prior.p90
    )
