"""Seconds of one round of rollouts: a batch that starts full and drains until its longest response ends.

Rounds are timed many at once, an entry for each round on a layout and a number of accelerators: a run needs
thousands of them. That the longest response, not FLOPs, sets the time of long-reasoning rounds is what
published runs show (arXiv 2501.12948, appendix B; verl's and NeMo-RL's tables,
``resources/measured_rl.csv``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from statistics import NormalDist
from typing import cast

import numpy as np
from numpy.typing import NDArray

from isocost.engine.arrays import Array
from isocost.engine.generation.deployment import NO_DRAFTS, Format, Replica, ServingConstants, Speculation
from isocost.engine.generation.lengths import Lengths, mean_position, survival, variation
from isocost.engine.generation.serving import candidate_replicas
from isocost.engine.generation.step import sequences_that_fit, step_time
from isocost.engine.records import Accelerator, Transformer


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
    """Seconds until the last response has ended, prefill included."""
    throughput_bound: float
    """If the batch never drained: all tokens at the rate of the full batch (an ideal asynchronous system)."""
    tail_bound: float
    """The longest response alone on an idle replica: no batch and no number of accelerators goes below it."""
    longest: float
    """Expected tokens of the longest response."""
    replica: Replica
    gpus: float
    """Accelerators that generate."""
    running: float
    """Responses a replica runs at once while the batch is full."""
    waves: float
    """Sequences over those that fit at once; above 1 a queue keeps the batch full until it is empty."""
    tail_rate: float
    """Tokens/s of the longest response when it runs alone."""


@dataclass(frozen=True, slots=True)
class RolloutTimes:
    """Many rounds, fields as of ``RolloutTime``: an entry for each trial, infinite where nothing fits."""

    seconds: Array
    throughput_bound: Array
    tail_bound: Array
    longest: Array
    tp: Array
    ep: Array
    pp: Array
    gpus: Array
    running: Array
    waves: Array
    tail_rate: Array

    def take(self, rows: NDArray[np.intp]) -> RolloutTimes:
        """The entries at ``rows``."""
        return RolloutTimes(*(getattr(self, f.name)[rows] for f in fields(RolloutTimes)))

    def repeated(self, batches: float) -> RolloutTimes:
        """The entries of as many batches, one after the other."""
        return replace(
            self,
            seconds=self.seconds * batches,
            throughput_bound=self.throughput_bound * batches,
            tail_bound=self.tail_bound * batches,
        )

    def one(self, row: int) -> RolloutTime:
        """The entry of ``row`` as plain numbers."""
        at = {f.name: float(getattr(self, f.name)[row]) for f in fields(RolloutTimes)}
        replica = Replica(at.pop("tp"), at.pop("ep"), at.pop("pp"))
        return RolloutTime(replica=replica, **at)


@dataclass(frozen=True, slots=True)
class Trials:
    """Rounds to time, an entry each: which of ``jobs``, on how many accelerators, on which layout."""

    jobs: tuple[Round, ...]
    job: NDArray[np.intp]
    """Position in ``jobs``."""
    gpus: Array
    tp: Array
    ep: Array
    pp: Array

    @property
    def replica(self) -> Replica:
        """The layouts, an entry each."""
        return Replica(self.tp, self.ep, self.pp)

    def of(self, values: Sequence[float]) -> Array:
        """A value of each job, spread over its trials."""
        return np.asarray(values, float)[self.job]

    def take(self, rows: NDArray[np.intp]) -> Trials:
        """The trials at ``rows``."""
        layout = (column[rows] for column in (self.gpus, self.tp, self.ep, self.pp))
        return Trials(self.jobs, self.job[rows], *layout)

    def __len__(self) -> int:
        return len(self.job)


POINTS = 192
"""Points along the response at which a step is timed; 4x as many move a round by less than 0.5 %."""

CHUNK = 256
"""Trials drained at once."""
# With ``POINTS`` each, an array of them takes 384 KiB. Measured (2 cores, 1 MiB of L2, 2026-11-29), 640
# rounds of a 671B policy take 129 ms in chunks of 16, 84 ms in these, 100 ms in chunks of 1,024 and 142 ms
# all at once.


def draining_seconds(
    t: Transformer,
    a: Accelerator,
    fmt: Format,
    c: ServingConstants,
    trials: Trials,
    *,
    started: Array,
    replicas: Array,
    speculation: Speculation = NO_DRAFTS,
) -> tuple[Array, Array]:
    """(seconds, expected longest response) of batches of ``started`` sequences that drain over ``replicas``.

    At position j a share S(j) still runs; the round still runs with probability 1 - (1 - S(j))^started, and
    then at least one sequence does. The step is timed for the mean number running on a replica. Source: order
    statistics of independent lengths; steps as ``step_time``.
    """
    # Squared spacing: the start, where all run, and the tail, where few do, both need points.
    spacing = np.linspace(0.0, 1.0, POINTS) ** 2
    # Just short of the cap: at it nothing runs any more, and the last interval would count half of the loops.
    spacing[-1] = 1.0 - 1e-9
    grids = np.array([job.lengths.cap * spacing for job in trials.jobs])
    shares = np.array([survival(job.lengths, grid) for job, grid in zip(trials.jobs, grids, strict=True)])
    prompts = trials.of([job.prompt_tokens for job in trials.jobs])
    seconds, longest = np.empty(len(trials)), np.empty(len(trials))
    for start in range(0, len(trials), CHUNK):
        at = slice(start, start + CHUNK)
        grid, alive = grids[trials.job[at]], shares[trials.job[at]]
        # (1 - S)^n in logarithms: with thousands of sequences and few survivors the power loses its digits.
        still = 1.0 - np.exp(started[at, None] * np.log1p(-np.minimum(alive, 1.0 - 1e-12)))
        running = started[at, None] * alive / np.maximum(still, 1e-12) / replicas[at, None]
        # Of a pipeline each stage works on its share of them.
        microbatch = np.maximum(running / trials.pp[at, None], 1.0)
        step = step_time(
            t, a, Replica(trials.tp[at, None], trials.ep[at, None]), fmt, c,
            sequences=microbatch, context=prompts[at, None] + grid, speculation=speculation,
        )  # fmt: skip
        per_token = np.asarray(step.total) / speculation.tokens_per_step
        seconds[at] = np.trapezoid(still * per_token, grid, axis=1)
        longest[at] = np.trapezoid(still, grid, axis=1)
    return seconds, longest


def uneven(trials: Trials, replicas: Array) -> Array:
    """Tokens of the replica that has most to write over those of the mean one, less 1.

    Each is handed whole prompts at the start, and responses to one prompt are about as long: what it has to
    write varies by the coefficient of variation of the lengths over the root of its prompts. Source: the most
    of n normal variables, G. Blom, Statistical Estimates and Transformed Beta-Variables, 1958.
    """
    prompts = np.maximum(trials.of([job.prompts for job in trials.jobs]) / replicas, 1.0)
    varying = trials.of([variation(job.lengths) for job in trials.jobs]) / np.sqrt(prompts)
    counts, which = np.unique(replicas, return_inverse=True)
    most = np.array([NormalDist().inv_cdf((n - 0.375) / (n + 0.25)) for n in counts.tolist()])
    result: Array = varying * most[which]
    return result


def rollout_times(
    t: Transformer,
    a: Accelerator,
    fmt: Format,
    c: ServingConstants,
    trials: Trials,
    *,
    speculation: Speculation = NO_DRAFTS,
    in_flight: float = 1.0,
) -> RolloutTimes:
    """Seconds of each trial's round, its throughput bound with ``in_flight`` rounds generated at once.

    While more sequences wait than fit, the batch stays full; then it drains. The queue's tokens run at the
    full batch's rate, the last batch's as ``draining_seconds``. Source: steps as ``step_time``.
    """
    replicas = np.floor(trials.gpus / np.asarray(trials.replica.gpus) + 1e-9)
    context = trials.of([job.prompt_tokens + mean_position(job.lengths) for job in trials.jobs])
    room = np.asarray(sequences_that_fit(t, a, trials.replica, fmt, context, c), float)
    fitting = np.flatnonzero((replicas >= 1.0) & (room >= 1.0))
    result = RolloutTimes(*(np.full(len(trials), np.inf) for _ in fields(RolloutTimes)))
    if len(fitting) == 0:
        return result
    timed = _fitting_times(
        t, a, fmt, c, trials.take(fitting), replicas[fitting], room[fitting], context[fitting], speculation,
        in_flight,
    )  # fmt: skip
    for f in fields(RolloutTimes):
        getattr(result, f.name)[fitting] = getattr(timed, f.name)
    return result


def _fitting_times(
    t: Transformer,
    a: Accelerator,
    fmt: Format,
    c: ServingConstants,
    trials: Trials,
    replicas: Array,
    room: Array,
    context: Array,
    speculation: Speculation,
    in_flight: float,
) -> RolloutTimes:
    """Times of trials that all fit, with ``room`` for sequences in each of their ``replicas``."""
    replica = trials.replica
    mean = trials.of([job.lengths.mean for job in trials.jobs])
    prompt = trials.of([job.prompt_tokens for job in trials.jobs])
    each = trials.of([job.sequences for job in trials.jobs]) / replicas
    running = np.minimum(each, room)
    batch = np.maximum(np.minimum(each * in_flight, room), 1.0)
    microbatch = np.maximum(batch / trials.pp, 1.0)
    full = step_time(t, a, replica, fmt, c, sequences=microbatch, context=context, speculation=speculation)
    # Prefill once for each prompt: the responses of a group share its cache.
    read = trials.of([job.prompts * job.prompt_tokens for job in trials.jobs]) / replicas
    # A scheduler takes so many prompt tokens into a step, each attention group its own.
    taken = np.maximum(np.minimum(read, c.chunk_tokens * replica.attention_groups), 1.0)
    reading = step_time(t, a, replica, fmt, c, prompt_tokens=taken, prompt=np.maximum(prompt, 1.0))
    prefill = (read / taken + trials.pp - 1.0) / trials.pp * reading.total
    rate = batch * speculation.tokens_per_step / np.asarray(full.total)
    # With one round in flight the batch that waits is the one that runs. The round waits for the engine with
    # most to write.
    most = 1.0 + uneven(trials, replicas)
    queued = np.maximum(each - running, 0.0) * most * mean / rate
    draining, longest = draining_seconds(
        t, a, fmt, c, trials, started=running * replicas, replicas=replicas, speculation=speculation
    )
    # On average the longest response is half written.
    alone = step_time(
        t, a, replica, fmt, c, sequences=1.0, context=prompt + longest / 2.0, speculation=speculation
    )
    tail_rate = speculation.tokens_per_step / np.asarray(alone.total)
    return RolloutTimes(
        seconds=prefill + queued + draining,
        throughput_bound=prefill + np.maximum(each, 1.0) * mean / rate,
        tail_bound=longest / tail_rate,
        longest=longest,
        tp=trials.tp,
        ep=trials.ep,
        pp=trials.pp,
        gpus=trials.gpus,
        running=running,
        waves=each / running,
        tail_rate=tail_rate,
    )


def best_rollouts(
    t: Transformer,
    a: Accelerator,
    fmt: Format,
    c: ServingConstants,
    jobs: Sequence[Round],
    job: NDArray[np.intp],
    gpus: Array,
    *,
    replica: Replica | None = None,
    speculation: Speculation = NO_DRAFTS,
    steady: bool = False,
    in_flight: float = 1.0,
) -> RolloutTimes:
    """Times of rounds ``jobs[job]`` on ``gpus`` accelerators, each on the layout that ends it first.

    ``job`` and ``gpus`` are arrays alike. Source: steps as ``step_time``, layouts as ``candidate_replicas``.

    Args:
        replica: the layout to use instead of the best.
        steady: take the layout with the most tokens/s instead.
        in_flight: rounds generated at once.

    Returns:
        An entry for each pair; infinite where nothing holds the weights and one sequence.
    """
    choices = {count: _choices(t, a, count, replica) for count in np.unique(gpus).tolist()}
    sizes = np.array([len(choices[count]) for count in gpus.tolist()])
    parts = []
    for pairs in _in_parts(sizes):
        layouts = np.array([layout for count in gpus[pairs].tolist() for layout in choices[count]])
        owner = np.repeat(pairs, sizes[pairs])
        trials = Trials(tuple(jobs), job[owner], gpus[owner], *layouts.T)
        timed = rollout_times(t, a, fmt, c, trials, speculation=speculation, in_flight=in_flight)
        key = timed.throughput_bound if steady else timed.seconds
        parts.append(timed.take(_least(key, sizes[pairs])))
    columns = (np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(RolloutTimes))
    return RolloutTimes(*columns)


MOST_TRIALS = 16_384
"""Trials timed at once: all layouts of all counts of one search came to 140,000, which held 54 MB."""


def _in_parts(sizes: NDArray[np.intp]) -> list[NDArray[np.intp]]:
    """Positions of pairs, some in each part, so that no part has many more trials than are timed at once."""
    part = np.cumsum(sizes) // MOST_TRIALS
    return np.split(np.arange(len(sizes)), np.flatnonzero(np.diff(part)) + 1)


def _least(key: Array, sizes: NDArray[np.intp]) -> NDArray[np.intp]:
    """Where the least key of each stretch is, of as many as ``sizes`` say."""
    starts = np.cumsum(sizes) - sizes
    least = [int(np.argmin(key[start : start + size])) for start, size in zip(starts, sizes, strict=True)]
    return starts + np.array(least, dtype=np.intp)


def _choices(
    t: Transformer, a: Accelerator, gpus: float, replica: Replica | None
) -> list[tuple[float, float, float]]:
    found = candidate_replicas(t, a, gpus) if replica is None else [replica]
    return [(cast(float, each.tp), cast(float, each.ep), cast(float, each.pp)) for each in found]
