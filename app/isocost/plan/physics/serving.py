"""A model that writes or only reads text: its best replica, its speed, and the hours the writing takes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from isocost.catalog import Catalog
from isocost.engine.generation.deployment import NO_DRAFTS, Replica, Speculation
from isocost.engine.generation.serving import best_replica, candidate_replicas, prefill_rate
from isocost.engine.generation.step import step_time
from isocost.language import later, tr
from isocost.plan.physics.counts import Counts
from isocost.plan.physics.records import REPLICA, Array, Detail
from isocost.plan.physics.resolve import transformer_of
from isocost.plan.values import GenerationPrecisionName, ModelChoice, ServingStackName
from isocost.quantities import format_count
from isocost.quantities.units import SECONDS_PER_HOUR

WIDEST = 8
"""Replicas span at most 2^8 accelerators, so larger counts only add replicas."""

NOTHING_SAVED = 1.0
"""Parameters a failure of a serving replica loses: it only has to start again."""


@dataclass(frozen=True, slots=True)
class Load:
    """What is served: a model, its formats, and the lengths of a request."""

    model: ModelChoice
    precision: GenerationPrecisionName
    stack: ServingStackName
    prompt: float
    output: float


@dataclass(frozen=True, slots=True)
class Writing:
    """Texts a model writes, or only reads."""

    load: Load
    tokens: float
    """Output tokens, or those read."""
    reads: bool = False


@dataclass(frozen=True, slots=True)
class Serving:
    """The best replica within a power of two of accelerators and what it delivers."""

    replica: Replica
    rate: float
    """Output tokens/s per accelerator of the replica."""
    user_rate: float
    sequences: float
    """At once in the replica."""
    fits: bool
    slow: float
    fast: float


@dataclass(frozen=True, slots=True)
class Written:
    """Answers written on one accelerator at each of its counts (arrays over the counts)."""

    gpu_hours: Array
    """Goodput left out."""
    rate: Array
    """Output tokens/s per accelerator, idle ones included."""
    serving: tuple[Serving, ...]


def write(load: Load, tokens: float, accelerator: str, counts: Counts, catalog: Catalog) -> Written:
    """Accelerator-hours of writing ``tokens`` output tokens at each count."""
    serving = tuple(served(catalog, load, accelerator, power_of(count)) for count in counts)
    spans = np.array([float(each.replica.gpus) for each in serving])
    # Accelerators that do not fill a replica stand idle, and are paid all the same.
    busy = np.maximum(np.floor(counts / spans), 1.0) * spans / np.maximum(counts, spans)
    rate = np.array([each.rate for each in serving]) * busy
    return Written(tokens / rate / SECONDS_PER_HOUR, rate, serving)


def power_of(count: int) -> int:
    """The power of two of accelerators a replica may span at a count."""
    return min(WIDEST, int(math.log2(max(1, count))))


@lru_cache(maxsize=4096)
def served(catalog: Catalog, load: Load, accelerator: str, power: int) -> Serving:
    """The best replica within 2^power accelerators; where none fits, the widest, one sequence at a time."""
    t, a = transformer_of(load.model, catalog), catalog.accelerator(accelerator).spec
    facts = catalog.constants.serving
    constants, fmt = facts.constants(load.stack), facts.format(t, load.precision)
    drafts = Speculation(1.0) if t.mtp_layers > 0 and load.stack == "frontier" else NO_DRAFTS
    try:
        replica, found = best_replica(
            t, a, fmt, constants,
            prompt=load.prompt, output=load.output, gpus=2.0**power, speculation=drafts,
        )  # fmt: skip
    except ValueError:
        replica = max(candidate_replicas(t, a, 2.0**power), key=lambda each: float(each.gpus))
        alone = step_time(t, a, replica, fmt, constants, sequences=1.0, context=load.prompt + load.output / 2)
        rate = 1.0 / float(alone.total)
        return Serving(replica, rate / float(replica.gpus), rate, 0.0, False, 1.0, 1.0)
    spread = facts.spread_of(t, a, replica)
    return Serving(
        replica,
        float(found.tokens_per_second_per_gpu),
        float(found.tokens_per_second_per_user),
        float(found.sequences),
        True,
        max(1.0, 1.0 / spread.p10),
        min(1.0, 1.0 / spread.p90),
    )


def reading_rate(
    load: Load, accelerator: str, counts: Counts, catalog: Catalog
) -> tuple[Array, NDArray[np.bool_]]:
    """(tokens/s per accelerator of a model that only reads texts, whether it fits) at each count."""
    found = [_reading(catalog, load, accelerator, power_of(count)) for count in counts]
    return np.array([rate for rate, _ in found]), np.array([fits for _, fits in found], dtype=bool)


@lru_cache(maxsize=4096)
def _reading(catalog: Catalog, load: Load, accelerator: str, power: int) -> tuple[float, bool]:
    serving = served(catalog, load, accelerator, power)
    t, a = transformer_of(load.model, catalog), catalog.accelerator(accelerator).spec
    facts = catalog.constants.serving
    constants, fmt = facts.constants(load.stack), facts.format(t, load.precision)
    length = load.prompt + load.output
    batch = max(length, 8192.0)
    rate = prefill_rate(t, a, serving.replica, fmt, constants, prompt=length, batch_tokens=batch)
    return float(rate), serving.fits


def details(done: Written, tokens: float, keep_rate: float) -> tuple[Detail, ...]:
    """What the writing comes to, for one count."""
    first = done.serving[0]
    kept = "" if keep_rate >= 1.0 else tr("{keep_rate:.0%} of them are kept", keep_rate=keep_rate)
    at_once = format_count(first.sequences)
    return (
        Detail(later("Tokens written"), tokens, "number", "", kept),
        Detail(
            later("Speed"),
            float(done.rate[0]),
            "count",
            "tokens/s/GPU",
            tr("output; prompts are work, not output"),
        ),
        Detail(later("Of one answer"), first.user_rate, "count", "tokens/s", ""),
        Detail(
            REPLICA, replica_words(first.replica), "", "", tr("{at_once} answers at once", at_once=at_once)
        ),
    )


def replica_words(replica: Replica) -> str:
    """How one copy of a model is spread: "TP8", "EP64, attention data-parallel"."""
    if float(replica.ep) > float(replica.tp):
        return tr("EP{ep:.0f}, data-parallel attention", ep=float(replica.ep))
    return f"TP{float(replica.tp):.0f}" if float(replica.tp) > 1 else tr("one accelerator")
