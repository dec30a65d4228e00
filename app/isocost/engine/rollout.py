"""Seconds of one round of rollouts: a batch that starts full and drains until its longest response ends."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from isocost.engine.deployment import NO_DRAFTS, Format, Replica, ServingConstants, Speculation
from isocost.engine.generation import sequences_that_fit, step_time
from isocost.engine.lengths import Lengths, mean_position, survival
from isocost.engine.records import Accelerator, Transformer
from isocost.engine.serving import candidate_replicas

POINTS = 192
"""Points along the response at which a step is timed; 4x as many move a round by less than 0.5 %."""


@dataclass(frozen=True, slots=True)
class Round:
    """One round of rollouts."""

    prompts: float
    """Different prompts."""
    group: float
    """Responses to each prompt."""
    prompt_tokens: float
    """Mean tokens of a prompt; prefilled once a prompt."""
    lengths: Lengths

    @property
    def sequences(self) -> float:
        """Responses of the round."""
        return self.prompts * self.group

    @property
    def tokens(self) -> float:
        """Generated tokens of the round."""
        return self.sequences * self.lengths.mean


@dataclass(frozen=True, slots=True)
class RolloutTime:
    """Seconds of one round on all accelerators, and the two bounds between which it lies."""

    seconds: float
    """Until the last response has ended, prefill included."""
    throughput_bound: float
    """If the batch never drained: all tokens at the rate of the full batch (an ideal asynchronous system)."""
    tail_bound: float
    """The longest response alone on an idle replica: no batch and no number of accelerators goes below it."""
    longest: float
    """Expected tokens of the longest response."""
    replica: Replica
    running: float
    """Sequences an accelerator starts with."""
    waves: float
    """Sequences over those that fit at once; above 1 a queue keeps the batch full until it is empty."""
    tail_rate: float
    """Tokens/s of the longest response when it runs alone."""


def draining_seconds(
    t: Transformer,
    a: Accelerator,
    replica: Replica,
    fmt: Format,
    c: ServingConstants,
    job: Round,
    *,
    started: float,
    replicas: float,
    speculation: Speculation = NO_DRAFTS,
) -> tuple[float, float]:
    """(seconds, expected longest response) of a batch of ``started`` sequences that drains over ``replicas``.

    At position j a share S(j) still runs; the round still runs with probability 1 - (1 - S(j))^started, and
    then at least one sequence does. The step is timed for the mean number running on a replica.
    """
    # Squared spacing: the start, where all run, and the tail, where few do, both need points.
    grid = job.lengths.cap * np.linspace(0.0, 1.0, POINTS) ** 2
    grid[-1] = job.lengths.cap * (1.0 - 1e-9)
    alive = survival(job.lengths, grid)
    still = 1.0 - np.exp(started * np.log1p(-np.minimum(alive, 1.0 - 1e-12)))
    running = np.maximum(started * alive / np.maximum(still, 1e-12) / replicas, 1.0)
    step = step_time(
        t, a, replica, fmt, c, sequences=running, context=job.prompt_tokens + grid, speculation=speculation
    )
    per_token = np.asarray(step.total) / speculation.tokens_per_step
    return float(np.trapezoid(still * per_token, grid)), float(np.trapezoid(still, grid))


def rollout_time(
    t: Transformer,
    a: Accelerator,
    replica: Replica,
    fmt: Format,
    c: ServingConstants,
    job: Round,
    *,
    gpus: float,
    speculation: Speculation = NO_DRAFTS,
) -> RolloutTime | None:
    """Seconds of a round on ``gpus`` accelerators in copies of ``replica``; None when the model does not fit.

    While more sequences wait than fit, the batch stays full; then it drains. The queue's tokens run at the
    full batch's rate, the last batch's as ``draining_seconds``.
    """
    replicas = max(math.floor(gpus / float(replica.gpus) + 1e-9), 0)
    if replicas < 1:
        return None
    context = job.prompt_tokens + mean_position(job.lengths)
    room = float(sequences_that_fit(t, a, replica, fmt, context, c))
    if room < 1.0:
        return None
    each = job.sequences / replicas
    running = min(each, room)
    full = step_time(
        t, a, replica, fmt, c, sequences=max(running, 1.0), context=context, speculation=speculation
    )
    prefill = step_time(
        t, a, replica, fmt, c,
        prompt_tokens=job.prompts * job.prompt_tokens / replicas, prompt=max(job.prompt_tokens, 1.0),
    )  # fmt: skip
    rate = max(running, 1.0) * speculation.tokens_per_step / float(full.total)
    queued = max(each - running, 0.0) * job.lengths.mean / rate
    draining, longest = draining_seconds(
        t, a, replica, fmt, c, job,
        started=running * replicas, replicas=replicas, speculation=speculation,
    )  # fmt: skip
    alone = step_time(
        t, a, replica, fmt, c,
        sequences=1.0, context=job.prompt_tokens + longest / 2.0, speculation=speculation,
    )  # fmt: skip
    tail_rate = speculation.tokens_per_step / float(alone.total)
    return RolloutTime(
        seconds=float(prefill.total) + queued + draining,
        throughput_bound=float(prefill.total) + max(each, 1.0) * job.lengths.mean / rate,
        tail_bound=longest / tail_rate,
        longest=longest,
        replica=replica,
        running=running / float(replica.gpus),
        waves=each / running,
        tail_rate=tail_rate,
    )


def best_rollout(
    t: Transformer,
    a: Accelerator,
    fmt: Format,
    c: ServingConstants,
    job: Round,
    *,
    gpus: float,
    speculation: Speculation = NO_DRAFTS,
    steady: bool = False,
) -> RolloutTime:
    """The round on the layout that ends it first, or with ``steady`` the one with the most tokens/s.

    Raises:
        ValueError: no layout on ``gpus`` accelerators holds the weights and one sequence.
    """
    timed = (
        rollout_time(t, a, replica, fmt, c, job, gpus=gpus, speculation=speculation)
        for replica in candidate_replicas(t, a, gpus)
    )
    possible = [time for time in timed if time is not None]
    if not possible:
        raise ValueError(
            f"{t.name} in {fmt.weights} with a response of {job.lengths.mean:.0f} tokens does not fit on "
            f"{gpus:.0f} x {a.name}: use more accelerators, more memory each or a narrower format."
        )
    return min(possible, key=lambda time: time.throughput_bound if steady else time.seconds)
