"""Accelerator-hours of reinforcement learning: rollouts, scoring, update and overhead of every round.

A round generates prompts x group responses, scores them, and takes ``updates_per_round`` optimizer steps. In
long-reasoning runs its wall time is set by the longest response, not by FLOPs, so the estimate carries two
bounds beside it: what throughput alone and what the tail alone would take.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import Literal

import numpy as np

from isocost.engine.architecture import forward_flops_per_token, parameters
from isocost.engine.arrays import Array
from isocost.engine.generation.deployment import (
    Format,
    GenerationPrecision,
    Replica,
    ServingConstants,
    Speculation,
)
from isocost.engine.generation.lengths import Lengths, mean_position
from isocost.engine.generation.rollout import RolloutTime, RolloutTimes, Round, best_rollouts
from isocost.engine.generation.step import WIDE_BYTES, by_host, group_bandwidth, wide_peak
from isocost.engine.records import Accelerator, Transformer
from isocost.quantities.units import SECONDS_PER_HOUR

Schedule = Literal["synchronous", "one-step", "asynchronous"]
"""Rollouts and updates in turn; the next round generated during this update; never waiting for a tail."""

Driver = Literal["longest response", "decode throughput", "training arithmetic", "round overhead"]


@dataclass(frozen=True, slots=True)
class Algorithm:
    """Forward and training passes per generated token, in passes of a policy-sized model."""

    name: str
    old_policy: float = 0.0
    """Recomputed log-probabilities of the policy that sampled."""
    reference: float = 0.0
    """Reference model for a KL term."""
    critic: float = 0.0
    """Critic of this size relative to the policy: one forward and one update."""
    reward_model: float = 0.0
    """Reward or teacher model scoring the response, relative to the policy."""
    epochs: float = 1.0
    """Passes of the update over each round."""


ALGORITHMS: dict[str, Algorithm] = {
    "reinforce": Algorithm("REINFORCE, no KL"),
    "rloo": Algorithm("RLOO, no KL", old_policy=1.0),
    "grpo": Algorithm("GRPO, no KL", old_policy=1.0),
    "grpo-kl": Algorithm("GRPO with a reference model", old_policy=1.0, reference=1.0),
    "dapo": Algorithm("DAPO", old_policy=1.0),
    "cispo": Algorithm("CISPO", old_policy=1.0),
    "ppo": Algorithm("PPO, equal critic and reward model", 1.0, 1.0, 1.0, 1.0),
    "on-policy-distillation": Algorithm("On-policy distillation, equal teacher", reward_model=1.0),
}
"""Published recipes: R1 (arXiv 2501.12948), DAPO (2503.14476), CISPO (2506.13585), PPO (2203.02155)."""


@dataclass(frozen=True, slots=True)
class Multipliers:
    """FLOPs per generated token over active parameters, attention aside."""

    generation: float
    scoring: float
    training: float

    @property
    def total(self) -> float:
        """Everything a generated token costs, in units of active parameters."""
        return self.generation + self.scoring + self.training


@dataclass(frozen=True, slots=True)
class RlStack:
    """Constants a training stack adds to the physics; ranges are low, central, high."""

    name: str
    serving: ServingConstants
    weights: GenerationPrecision
    """Precision rollouts are generated in."""
    cache: GenerationPrecision
    """Precision of the key-value cache."""
    eager_layer_seconds: float
    """Fixed time of a layer in generation whose kernels are launched one by one, not as a captured graph."""
    eager_expert_layer_seconds: float
    """Further fixed time of a layer with experts there."""
    eager_collective_seconds: float
    """Fixed time of an all-reduce there: each is launched when the one before has ended on every rank."""
    memory_colocated: float
    """Share of the memory weights and cache may take where the trainer lives on the same accelerators."""
    drafts: float
    """Tokens drafted by multi-token prediction, for models that have it."""
    mfu_dense: float
    """Share of the dense 16-bit peak while scoring and updating a dense policy, on a part with the FLOPs per
    byte of an H100."""
    mfu_moe: float
    mfu_small: float
    """``mfu_dense`` for policies of either kind below ``SMALL_POLICY`` parameters."""
    waiting_share: float
    """Of the time beside products there, what is launches and links, not memory: as long on any part."""
    overhead_fixed: float
    """Seconds of a round whatever its size: data, logging, switching between generation and training."""
    reward_seconds: float
    """Seconds of a round for each response: rewards and what is done to responses one by one."""
    overhead_seconds: float
    """Weight sync and checkpoint of one round at 7B parameters."""
    overhead_exponent: float
    """Growth of the weight sync with total parameters."""
    overhead_limit: float
    """Longest weight sync, s."""
    unmodelled: tuple[float, float, float]
    """Whole-run time observed over time simulated, low, central and high: stragglers, expert imbalance,
    failures, evaluation. It contains goodput, so none is applied beside it."""


@dataclass(frozen=True, slots=True)
class RlPhase:
    """A stretch of a run with one length cap (staged context has several)."""

    steps: float
    """Optimizer steps."""
    mean_start: float
    """Mean response tokens at its start."""
    mean_end: float
    cap: float
    """Longest response."""


@dataclass(frozen=True, slots=True)
class RlPlan:
    """A reinforcement-learning run."""

    phases: tuple[RlPhase, ...]
    prompts: float
    """Prompts of a rollout round that are trained on."""
    group: float
    """Responses to each."""
    oversampling: float = 1.0
    """Prompts answered for each that is trained on: what dynamic sampling throws away is generated all the
    same (arXiv 2503.14476, section 3.2)."""
    batches: float = 1.0
    """Batches a round's prompts are answered in, one after the other: dynamic sampling answers a batch, sees
    how many prompts are left, and starts the next where they are too few (verl's ``filter_groups``). Each
    waits for its own longest response."""
    updates_per_round: float = 1.0
    """Optimizer steps taken on one round."""
    prompt_tokens: float = 300.0
    algorithm: Algorithm = ALGORITHMS["grpo-kl"]
    cv: float = 0.9
    loop_rate: float = 0.002
    mfu: float | None = None
    """None = the stack's default for the policy."""
    overhead: float | None = None
    """Seconds a round; None = the stack's default for the size."""
    schedule: Schedule = "synchronous"
    generation_share: float | None = None
    """Share of the accelerators that only generate; None = all take turns when synchronous, else the fastest
    split."""
    replica: Replica | None = None
    """Layout of generation; None = the fastest."""
    eager: bool = False
    """Whether generation launches its kernels one by one (vLLM's ``enforce_eager``)."""
    memory_share: float | None = None
    """Share of the memory weights and cache may take beside the trainer; None = the stack's."""


@dataclass(frozen=True, slots=True)
class RlTime:
    """Hours of a run; wall hours unless they say GPU."""

    rounds: float
    tokens: float
    """Generated tokens."""
    generation: float
    scoring: float
    update: float
    overhead: float
    wall: float
    """Simulated: before what the stack leaves unmodelled."""
    gpu_hours: tuple[float, float, float]
    """Low, central, high, with the unmodelled factor."""
    throughput_bound: float
    """GPU-hours if generation ran at full batch throughout and nothing waited: FLOPs and bandwidth alone."""
    tail_bound: float
    """GPU-hours if each round cost its longest response alone, its arithmetic and its overhead."""
    driver: Driver
    rollout: RolloutTime
    """The last round's."""
    context: float
    """Tokens in the cache of one of its responses, prompt and all, on average."""
    tokens_per_second_per_gpu: float
    """Generated tokens over all GPU-seconds, central."""
    utilisation: float
    """(2 + scoring + training) x active parameters x tokens over peak x GPU-seconds, central."""

    @property
    def longest(self) -> float:
        """Tokens of the longest response of the last round."""
        return self.rollout.longest

    @property
    def tail_rate(self) -> float:
        """Tokens/s of that response when it runs alone."""
        return self.rollout.tail_rate


ASYNC_REMAINDER = 1.15
"""Wall time of an asynchronous run over the time its busier half works: staleness limits, weight refresh.
Chosen, and held against the speed-ups of AReaL (2.3-2.8 times, arXiv 2505.24298) and verl (1.9-2.7)."""

ROUNDS_IN_FLIGHT = 4.0
"""Rounds an asynchronous run generates at once: as many steps as its updates may be behind (AReaL loses
nothing to 4 in mathematics, arXiv 2505.24298, section 7; NeMo-RL has been measured at 8)."""

UPDATE_TOKENS = 16384.0
"""Tokens of a microbatch on an accelerator (verl's examples: ppo_max_token_len_per_gpu of 16,384 to 24,000,
measured rounds 10,000 to 20,000)."""

SLICES = 4
"""Lengths grow along a phase; it is timed at this many midpoints."""

MOST_LOOPING = 0.1
"""Share of the generated tokens loops may take. Chosen: who writes little does not loop to the cap."""

SMALL_POLICY = 3e9
"""Parameters below which a policy's matrices are too small for the utilization of larger ones
(``mfu_small``)."""

OVERHEAD_AT = 7e9
"""Parameters of the policy whose weight sync the stack states."""

PEAK = 989.4e12
"""Dense 16-bit FLOP/s of an H100 SXM, the part a stack's utilizations are of."""

RIDGE = PEAK / 3.35e12
"""FLOPs per byte of its memory."""

PURE_MATMUL = 0.91
"""Share of the peak where bytes cost nothing; solved from the four utilizations of ``mfu_on``."""

TAIL_SETS = 0.5
"""Share of generation the longest response alone must take to be called what sets the time. Chosen."""

GENERATION_SHARES = tuple(i / 8.0 for i in range(2, 8))
"""Shares of the accelerators an asynchronous run may give to generation; the fastest is taken (three quarters
in AReaL's best)."""

SYNC_SHARE = 1.0 / 3.0
"""Part of a round's overhead that is weight sync, all that is left when generation has its own accelerators
(24-59 s measured for 235B by MoonshotAI's checkpoint-engine, of 120 s in a run that switches modes)."""


def multipliers(algorithm: Algorithm) -> Multipliers:
    """FLOPs of each part per generated token and active parameter: 2 a forward pass, 6 a trained one.

    >>> multipliers(ALGORITHMS["grpo-kl"]).total, multipliers(ALGORITHMS["ppo"]).total
    (12.0, 22.0)
    """
    forwards = algorithm.old_policy + algorithm.reference + algorithm.critic + algorithm.reward_model
    return Multipliers(2.0, 2.0 * forwards, 6.0 * algorithm.epochs * (1.0 + algorithm.critic))


def default_mfu(stack: RlStack, t: Transformer) -> float:
    """Share of the 16-bit peak in scoring and update when nothing better is known."""
    count = parameters(t)
    if count.total < SMALL_POLICY:
        return stack.mfu_small
    return stack.mfu_moe if t.is_moe else stack.mfu_dense


def mfu_on(a: Accelerator, mfu: float, waiting_share: float) -> float:
    """``mfu``, which is of an H100, on another part: 1 / (1 / e + (1 / mfu - 1 / e) ((1 - w) r + w p)).

    A part of the time goes in step with FLOPs, at e = ``PURE_MATMUL`` of the peak. Of the rest, memory's goes
    with bytes, r the part's FLOPs per byte over an H100's; a share w waits for launches and links, as long on
    any part, p its peak over an H100's. Source: one update at 0.44 of an H100's peak and 0.78-0.83 of an
    H20's, of a mixture at 0.10 and 0.45 (verl_megatron_practice); steps of 8B and 32B that are 1.9-2.1 times
    as fast on GB200, of 2.5 times the peak and 2.4 times the bandwidth (NeMo-RL;
    ``resources/measured_rl.csv``).
    """
    ridge = wide_peak(a) / a.memory_bandwidth / RIDGE
    longer = (1.0 - waiting_share) * ridge + waiting_share * wide_peak(a) / PEAK
    return 1.0 / (1.0 / PURE_MATMUL + max(1.0 / mfu - 1.0 / PURE_MATMUL, 0.0) * longer)


@dataclass(frozen=True, slots=True)
class RoundOverhead:
    """Seconds of a round beside generation and arithmetic."""

    switching: float = 0.0
    """Data, logging, changing between generation and training."""
    rewards: float = 0.0
    """Rewards, and what else is done to responses one by one."""
    sync: float = 0.0
    """New weights on their way to the engine, and a checkpoint."""
    typed: float = 0.0
    """All of it, as the plan has it."""

    @property
    def total(self) -> float:
        """Seconds."""
        return self.switching + self.rewards + self.sync + self.typed


def usual_overhead(stack: RlStack, t: Transformer, responses: float) -> RoundOverhead:
    """What a round of ``responses`` takes beside generation and arithmetic where they take turns.

    A fixed time, one for each response, and a weight sync: that of 7B x (P / 7B)^exponent, up to a limit.
    Source: ``resources/serving.yaml``.
    """
    sync = stack.overhead_seconds * (parameters(t).total / OVERHEAD_AT) ** stack.overhead_exponent
    rewards = stack.reward_seconds * responses
    return RoundOverhead(stack.overhead_fixed, rewards, float(min(sync, stack.overhead_limit)))


def round_overhead(stack: RlStack, t: Transformer, plan: RlPlan) -> RoundOverhead:
    """What a round of a plan takes beside generation and arithmetic.

    Generation with accelerators of its own, which nothing waits for, leaves the sync of weights alone:
    ``SYNC_SHARE`` of what there is otherwise.
    """
    responses = plan.prompts * plan.oversampling * plan.group
    if plan.overhead is None:
        found = usual_overhead(stack, t, responses)
    else:
        found = RoundOverhead(typed=plan.overhead)
    return found if plan.schedule == "synchronous" else RoundOverhead(sync=SYNC_SHARE * found.total)


def arithmetic_seconds(tokens: float, flops_per_token: float, gpus: float, peak: float, mfu: float) -> float:
    """Seconds of ``tokens`` x ``flops_per_token`` FLOPs on ``gpus`` at a share ``mfu`` of ``peak`` [FLOP/s].

    Source: the definition of model FLOPs utilization, arXiv 2204.02311, appendix B.
    """
    return tokens * flops_per_token / (gpus * peak * mfu)


def gathering_seconds(t: Transformer, a: Accelerator, c: ServingConstants, gpus: Array) -> Array:
    """Seconds a token costs an accelerator in a pass because sharded weights come over PCIe.

    In every microbatch each card is sent the 16-bit weights it does not hold; NVLink hides that behind
    arithmetic, PCIe does not. Source: ZeRO's third stage, arXiv 1910.02054; ``UPDATE_TOKENS`` a microbatch.
    """
    if not by_host(a):
        return np.zeros_like(gpus)
    sent = (gpus - 1.0) / gpus * parameters(t).total * WIDE_BYTES
    return sent / group_bandwidth(a, gpus, c) / UPDATE_TOKENS


@dataclass(frozen=True, slots=True)
class _Parts:
    """Seconds of rounds: an array entry for each job (row) and each number of accelerators (column)."""

    generation: Array
    scoring: Array
    update: Array
    overhead: Array
    wall: Array
    throughput_bound: Array
    tail_bound: Array

    def summed(self, rounds: Array) -> dict[str, Array]:
        """Seconds of the whole run by part, ``rounds`` of each job, for each number of accelerators."""
        return {f.name: rounds @ getattr(self, f.name) for f in fields(_Parts)}


@dataclass(frozen=True, slots=True)
class _Run:
    """A policy, its plan, and the jobs the plan's phases are cut into: all a simulation needs."""

    t: Transformer
    a: Accelerator
    plan: RlPlan
    stack: RlStack
    jobs: tuple[Round, ...]
    rounds: Array
    """Rounds of each job."""

    def rollouts(self, gpus: Array, *, colocated: bool = False, steady: bool = False) -> RolloutTimes:
        """Each job on each number of ``gpus``, in the order of a (jobs, gpus) array laid flat.

        ``colocated``: whether the trainer's states stay in the same memory.
        """
        serving = self.stack.serving
        if colocated:
            share = self.plan.memory_share or self.stack.memory_colocated
            serving = replace(serving, memory_share=share)
        if self.plan.eager:
            # Collectives over the network are launched one by one as well, and take what they took beside.
            launched = self.stack.eager_collective_seconds - serving.collective_seconds
            serving = replace(
                serving,
                layer_seconds=self.stack.eager_layer_seconds,
                expert_layer_seconds=self.stack.eager_expert_layer_seconds,
                collective_seconds=self.stack.eager_collective_seconds,
                reduce_seconds=serving.reduce_seconds + launched,
                network_seconds=serving.network_seconds + launched,
                host_seconds=serving.host_seconds + launched,
            )
        drafts = self.stack.drafts if self.t.mtp_layers > 0 else 0.0
        job = np.repeat(np.arange(len(self.jobs)), len(gpus))
        batch = best_rollouts(
            self.t, self.a, Format(self.stack.weights, self.stack.cache), serving,
            self.jobs, job, np.tile(gpus, len(self.jobs)),
            replica=self.plan.replica, speculation=Speculation(drafts), steady=steady,
            in_flight=ROUNDS_IN_FLIGHT * self.plan.batches if steady else 1.0,
        )  # fmt: skip
        return batch.repeated(self.plan.batches)


def _jobs(plan: RlPlan) -> Iterator[tuple[float, Round]]:
    """(rounds, round) at the midpoints of equal parts of each phase."""
    at = (np.arange(SLICES) + 0.5) / SLICES
    for phase in plan.phases:
        rounds = phase.steps / SLICES / plan.updates_per_round
        for mean in (phase.mean_start + at * (phase.mean_end - phase.mean_start)).tolist():
            # Looping responses count in the mean: unlimited, they would take more than all of a short one.
            loops = min(plan.loop_rate, MOST_LOOPING * mean / phase.cap)
            lengths = Lengths(mean, phase.cap, plan.cv, loops)
            prompts = plan.prompts * plan.oversampling / plan.batches
            yield rounds, Round(prompts, plan.group, plan.prompt_tokens, lengths)


def _pass_seconds(run: _Run, gpus: Array) -> Array:
    """Seconds of one forward pass over what a round keeps, (jobs, gpus).

    Arithmetic sees each token's own context, long responses more.
    """
    usual = mfu_on(run.a, default_mfu(run.stack, run.t), run.stack.waiting_share)
    mfu = usual if run.plan.mfu is None else run.plan.mfu
    work = []
    for job in run.jobs:
        # A whole sequence of s tokens sees s / 2 on average: twice the mean position is the s that fits here.
        sequence = job.prompt_tokens + 2.0 * mean_position(job.lengths)
        tokens = run.plan.prompts * run.plan.group * (job.lengths.mean + job.prompt_tokens)
        flops = float(forward_flops_per_token(run.t, sequence).total)
        arithmetic = arithmetic_seconds(tokens, flops, 1.0, wide_peak(run.a), mfu)
        work.append(arithmetic + tokens * gathering_seconds(run.t, run.a, run.stack.serving, gpus))
    return np.asarray(work) / gpus


def _simulated(run: _Run, gpus: Array) -> tuple[_Parts, RolloutTimes]:
    """Every job on each number of ``gpus`` under the plan's schedule, and its rollouts laid flat."""
    work = multipliers(run.plan.algorithm)
    forward = _pass_seconds(run, gpus)
    # A forward pass over the round is 2 FLOPs a parameter and token; the other passes are multiples of it.
    scoring, update = work.scoring / 2.0 * forward, work.training / 2.0 * forward
    arithmetic = scoring + update
    overhead = round_overhead(run.stack, run.t, run.plan).total
    if run.plan.schedule == "synchronous":
        share = run.plan.generation_share or 1.0
        apart = share < 1.0
        rolled = run.rollouts(_set_apart(gpus, share) if apart else gpus, colocated=not apart)
        generation = rolled.seconds.reshape(forward.shape)
        if apart:  # each half waits for the other
            scoring, update, arithmetic = (each / (1.0 - share) for each in (scoring, update, arithmetic))
        wall = generation + arithmetic + overhead
    else:
        rolled, generation, wall = _split(run, gpus, arithmetic, overhead)
    parts = _Parts(
        generation,
        scoring,
        update,
        np.full_like(forward, overhead),
        wall,
        rolled.throughput_bound.reshape(forward.shape) + arithmetic,
        rolled.tail_bound.reshape(forward.shape) + arithmetic + overhead,
    )
    return parts, rolled


def _set_apart(gpus: Array, share: float | Array) -> Array:
    """Accelerators that only generate: their ``share``, and one at least where there are two."""
    own = gpus * share
    return np.where(gpus >= 2.0, np.maximum(own, 1.0), own)


def _split(run: _Run, gpus: Array, arithmetic: Array, overhead: float) -> tuple[RolloutTimes, Array, Array]:
    """(rollouts, their seconds, wall seconds) of rounds whose generation and update have own accelerators.

    ``arithmetic`` is the seconds of scoring and update on all accelerators. Each round is given the share of
    ``GENERATION_SHARES`` that ends it first, unless the plan has one.
    """
    steady = run.plan.schedule == "asynchronous"
    # An asynchronous run never waits for a tail, so its layout is the one with the most tokens, and its
    # rounds take what the full batch would; one step behind, a round still ends with its longest response.
    own = run.plan.generation_share
    shares = np.array(GENERATION_SHARES if own is None else [own])
    rolled = run.rollouts(_set_apart(gpus[:, None], shares).ravel(), steady=steady)
    shape = (*arithmetic.shape, len(shares))
    generation = (rolled.throughput_bound if steady else rolled.seconds).reshape(shape)
    busier = np.maximum(generation, arithmetic[:, :, None] / (1.0 - shares))
    wall = busier * ASYNC_REMAINDER if steady else busier + overhead
    best = np.argmin(wall, axis=2)
    flat = np.arange(best.size) * len(shares) + best.ravel()
    return (
        rolled.take(flat),
        generation.ravel()[flat].reshape(best.shape),
        wall.ravel()[flat].reshape(best.shape),
    )


def _driver(parts: dict[str, float], tail: float) -> Driver:
    """The largest part, which sets the time; generation is told apart by how much of it is one response."""
    arithmetic = parts["scoring"] + parts["update"]
    if parts["generation"] >= max(arithmetic, parts["overhead"]):
        return "longest response" if tail >= TAIL_SETS * parts["generation"] else "decode throughput"
    return "training arithmetic" if arithmetic >= parts["overhead"] else "round overhead"


def rl_times(
    t: Transformer, a: Accelerator, plan: RlPlan, stack: RlStack, *, gpus: Sequence[float]
) -> tuple[RlTime | None, ...]:
    """Hours of a reinforcement-learning run on each number of ``gpus``; None where the policy does not fit.

    Rounds of each phase are simulated at ``SLICES`` mean lengths between its start and its end. The
    simulation leaves things out; ``stack.unmodelled`` says by how much published runs exceeded it. Source:
    stacks ``resources/serving.yaml``, algorithms as ``ALGORITHMS``.

    Raises:
        ValueError: there are no phases, or one's lengths contradict its cap.
    """
    cut = list(_jobs(plan))
    if not cut:
        raise ValueError("A reinforcement-learning run needs at least one phase with steps.")
    run = _Run(t, a, plan, stack, tuple(job for _, job in cut), np.array([rounds for rounds, _ in cut]))
    counts = np.asarray(gpus, float)
    parts, rolled = _simulated(run, counts)
    hours = parts.summed(run.rounds)
    tail = run.rounds @ rolled.tail_bound.reshape(parts.wall.shape)
    # Responses are longest at the end: the last job's rollouts tell the longest one and its speed.
    last = (len(cut) - 1) * len(counts)
    return tuple(
        _time(run, {name: float(values[i]) for name, values in hours.items()}, float(tail[i]),
              rolled.one(last + i), float(count)) if np.isfinite(hours["wall"][i]) else None
        for i, count in enumerate(counts)
    )  # fmt: skip


def _time(run: _Run, seconds: dict[str, float], tail: float, last: RolloutTime, gpus: float) -> RlTime:
    """The answer for one number of accelerators from its seconds by part and its last round."""
    written = (n * job.tokens for n, job in zip(run.rounds.tolist(), run.jobs, strict=True))
    tokens = run.plan.batches * float(sum(written))
    gpu_hours = seconds["wall"] * gpus / SECONDS_PER_HOUR
    low, central, high = (gpu_hours * factor for factor in run.stack.unmodelled)
    work = multipliers(run.plan.algorithm).total * parameters(run.t).active * tokens
    return RlTime(
        rounds=float(run.rounds.sum()),
        tokens=tokens,
        generation=seconds["generation"] / SECONDS_PER_HOUR,
        scoring=seconds["scoring"] / SECONDS_PER_HOUR,
        update=seconds["update"] / SECONDS_PER_HOUR,
        overhead=seconds["overhead"] / SECONDS_PER_HOUR,
        wall=seconds["wall"] / SECONDS_PER_HOUR,
        gpu_hours=(low, central, high),
        throughput_bound=seconds["throughput_bound"] * gpus / SECONDS_PER_HOUR,
        tail_bound=seconds["tail_bound"] * gpus / SECONDS_PER_HOUR,
        driver=_driver(seconds, tail),
        rollout=last,
        context=run.jobs[-1].prompt_tokens + mean_position(run.jobs[-1].lengths),
        tokens_per_second_per_gpu=tokens / (central * SECONDS_PER_HOUR),
        utilisation=work / (central * SECONDS_PER_HOUR * wide_peak(run.a)),
    )
