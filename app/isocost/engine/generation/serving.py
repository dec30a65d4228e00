"""Tokens a second of a serving deployment in its steady state, and the best way to spread a replica.

Constants of the serving stack are fitted to published benchmarks: ``resources/serving.yaml``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from isocost.engine.arrays import Number
from isocost.engine.generation.deployment import (
    NO_DRAFTS,
    Format,
    Replica,
    ServingConstants,
    Speculation,
)
from isocost.engine.generation.step import linked, sequences_that_fit, step_time
from isocost.engine.records import Accelerator, Transformer

Phase = Literal["output", "decode", "prefill", "user"]
"""Output tokens of a mixed load; of instances that only decode; prompt tokens of those that only prefill;
output tokens of users whose prompts are done."""

MINIMUM_SEQUENCES = 1.0
"""Sequences a replica must hold to be of use: with fewer the model does not fit."""

PREFILL_TOKENS = 16384.0
"""Prompt tokens an accelerator takes in one prefill step when nothing is said (as SGLang's large runs)."""

MOST_TENSOR_PARALLEL = 64.0
"""Tensor parallel beyond this leaves slivers of matrices; no published deployment does it."""

DEGREES = tuple(2.0**i for i in range(9))
"""Accelerators that may share a replica, up to 256: DeepSeek decodes over 144 (open-infra-index, 2025)."""


@dataclass(frozen=True, slots=True)
class Served:
    """Throughput of a replica in its steady state."""

    tokens_per_second_per_gpu: Number
    """Output tokens; input tokens are work, not output."""
    sequences: Number
    """Sequences running at once in the replica; 0 where the model does not fit."""
    tokens_per_second_per_user: Number


def serve(
    t: Transformer,
    a: Accelerator,
    replica: Replica,
    fmt: Format,
    c: ServingConstants,
    *,
    prompt: Number,
    output: Number,
    concurrency: Number | None = None,
    speculation: Speculation = NO_DRAFTS,
    disaggregated: bool = False,
) -> Served:
    """Steady-state throughput when requests of ``prompt`` and ``output`` tokens never run out.

    Finished sequences are replaced at once, so a sequence is half way through on average and some steps
    also prefill the prompts of the sequences that join. ``concurrency`` is sequences over the replica
    (None = all that fit, with room for each to finish). ``disaggregated`` leaves prefill to other replicas.
    A pipeline has a microbatch in each of its stages. Source: continuous batching (Orca, OSDI 2022), prompts
    in chunks beside decoding (Sarathi-Serve, arXiv 2403.02310); steps as ``step_time``.
    """
    # On average half of its output is written, and of the other half a part is kept free.
    kept = prompt + np.asarray(output, float) * (1.0 + c.reserved) / 2.0
    room = sequences_that_fit(t, a, replica, fmt, kept, c)
    running = room if concurrency is None else np.minimum(concurrency, room)
    # What does not fit is timed with one sequence all the same and set to 0 after: arrays mix both.
    fits = running >= MINIMUM_SEQUENCES
    running = np.where(fits, running, MINIMUM_SEQUENCES)
    microbatch = np.maximum(running / replica.pp, MINIMUM_SEQUENCES)
    gained = microbatch * speculation.tokens_per_step
    context = prompt + np.asarray(output, float) / 2.0
    step = step_time(t, a, replica, fmt, c, sequences=microbatch, context=context, speculation=speculation)
    seconds = step.total
    if not disaggregated:
        # A prompt is read in one go, in few steps of many: a mixture's decode steps read few experts, and a
        # prompt's step nearly all. Many prompts share a step, up to what the scheduler takes; attention
        # groups read theirs at the same time.
        joining, groups, read = gained * prompt / output, replica.attention_groups, np.maximum(prompt, 1.0)
        taken = np.clip(joining, np.minimum(read, c.chunk_tokens) * groups, c.chunk_tokens * groups)
        mixed = step_time(
            t, a, replica, fmt, c,
            sequences=microbatch, context=context, prompt_tokens=taken, prompt=read,
            speculation=speculation,
        )  # fmt: skip
        seconds = seconds + joining / taken * (mixed.total - seconds)
    under_way = np.minimum(running / microbatch, replica.pp)
    rate = np.where(fits, gained / seconds * under_way, 0.0)
    return Served(
        tokens_per_second_per_gpu=rate / replica.gpus,
        sequences=np.where(fits, running, 0.0),
        tokens_per_second_per_user=np.where(fits, rate / running, 0.0),
    )


def prefill_rate(
    t: Transformer, a: Accelerator, replica: Replica, fmt: Format, c: ServingConstants, *, prompt: Number,
    batch_tokens: Number,
) -> Number:  # fmt: skip
    """Prompt tokens/s per accelerator of a replica that only prefills.

    ``batch_tokens`` are the prompt tokens each accelerator takes in one step. Source: as ``step_time``.
    """
    tokens = batch_tokens * replica.gpus
    step = step_time(t, a, replica, fmt, c, prompt_tokens=tokens, prompt=prompt)
    return batch_tokens / step.total


def generation_rate(
    t: Transformer,
    a: Accelerator,
    replica: Replica,
    fmt: Format,
    c: ServingConstants,
    *,
    phase: Phase,
    prompt: Number,
    output: Number,
    sequences: Number | None = None,
    cache_hits: Number = 0.0,
    speculation: Speculation = NO_DRAFTS,
) -> Number:
    """Tokens/s per accelerator as a benchmark of ``phase`` counts them; 0 when the model does not fit.

    ``cache_hits`` is the share of counted prompt tokens that were cached and cost nothing. Source: as
    ``step_time``; phases as the tables of ``resources/measured_generation.csv`` count them.
    """
    if phase == "prefill":
        each = PREFILL_TOKENS if sequences is None else sequences * prompt / replica.gpus
        rate = prefill_rate(t, a, replica, fmt, c, prompt=prompt, batch_tokens=each)
        return rate / (1.0 - cache_hits)
    served = serve(
        t, a, replica, fmt, c,
        prompt=prompt, output=output, concurrency=sequences, speculation=speculation,
        disaggregated=phase != "output",
    )  # fmt: skip
    return served.tokens_per_second_per_gpu


def candidate_replicas(t: Transformer, a: Accelerator, gpus: float) -> list[Replica]:
    """Layouts worth trying on up to ``gpus`` accelerators.

    Tensor parallel by powers of two within the linked group (one group more for models that do not fit); for
    mixtures of experts also data-parallel attention over 2 to 256 accelerators that share the experts.
    Source: as published deployments are spread (``resources/measured_generation.csv``).
    """
    powers = [n for n in DEGREES if n <= max(gpus, 1.0)]
    shared = [Replica(tp=n) for n in powers if n <= min(2.0 * linked(a), t.heads, MOST_TENSOR_PARALLEL)]
    wide = [Replica(ep=n) for n in powers if 1.0 < n <= t.experts] if t.is_moe else []
    return shared + wide


def best_replica(
    t: Transformer,
    a: Accelerator,
    fmt: Format,
    c: ServingConstants,
    *,
    prompt: float,
    output: float,
    gpus: float,
    concurrency: float | None = None,
    user_rate: float = 0.0,
    speculation: Speculation = NO_DRAFTS,
) -> tuple[Replica, Served]:
    """The layout with the most output tokens/s per accelerator among ``candidate_replicas``.

    Source: as ``serve``.

    Args:
        gpus: accelerators of the whole deployment; replicas share it.
        concurrency: sequences over the whole deployment (None = as many as fit).
        user_rate: slowest acceptable tokens/s of one sequence; ignored when no layout reaches it.

    Raises:
        ValueError: no layout holds the weights and one sequence.
    """
    tried = candidate_replicas(t, a, gpus)
    together = Replica(np.array([each.tp for each in tried]), np.array([each.ep for each in tried]))
    share = None if concurrency is None else concurrency * together.gpus / gpus
    found = serve(
        t, a, together, fmt, c, prompt=prompt, output=output, concurrency=share, speculation=speculation
    )
    rate, user = np.asarray(found.tokens_per_second_per_gpu), np.asarray(found.tokens_per_second_per_user)
    if not np.any(rate > 0.0):
        raise ValueError(
            f"{t.name} in {fmt.weights} does not fit on {gpus:.0f} x {a.name} with one sequence of "
            f"{prompt + output:.0f} tokens: use more accelerators, more memory each or a narrower format."
        )
    # Fast enough first, then the most tokens: where nothing is fast enough the speed asked for is ignored.
    best = int(np.lexsort((rate, (rate > 0.0) & (user >= user_rate)))[-1])
    sequences = float(np.asarray(found.sequences)[best])
    return tried[best], Served(float(rate[best]), sequences, float(user[best]))
