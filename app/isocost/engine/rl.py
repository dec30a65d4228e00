"""Accelerator-hours of reinforcement learning: rollouts, scoring, update and overhead of every round.

A round generates prompts x group responses, scores them, and takes ``updates_per_round`` optimizer steps. In
long-reasoning runs its wall time is set by the longest response, not by FLOPs, so the estimate carries two
bounds beside it: what throughput alone and what the tail alone would take.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from isocost.engine.architecture import forward_flops_per_token, parameters
from isocost.engine.deployment import Format, Speculation
from isocost.engine.generation import wide_peak
from isocost.engine.lengths import Lengths, mean_position
from isocost.engine.records import Accelerator, Transformer
from isocost.engine.rl_records import (
    Algorithm,
    Driver,
    Multipliers,
    RlPhase,
    RlPlan,
    RlStack,
    RlTime,
)
from isocost.engine.rollout import RolloutTime, Round, best_rollout, rollout_time

ASYNC_REMAINDER = 1.15
"""Wall time of an asynchronous run over the time its busier half works: staleness limits, weight refresh."""

SLICES = 4
"""Lengths grow along a phase; it is timed at this many midpoints."""


MOST_LOOPING = 0.1
"""Share of the generated tokens loops may take: a policy that writes little does not loop to the cap."""

GENERATION_SHARES = tuple(i / 8.0 for i in range(2, 8))
"""Shares of the accelerators an asynchronous run may give to generation; the fastest is taken."""

SYNC_SHARE = 1.0 / 3.0
"""Part of a round's overhead that is weight sync, all that is left when generation has its own accelerators
(24-59 s measured for 235B by MoonshotAI's checkpoint-engine, of 120 s in a run that switches modes)."""


def multipliers(algorithm: Algorithm) -> Multipliers:
    """2 for each forward pass, 6 for each trained pass: 12 in all for GRPO with a reference, 22 for PPO."""
    forwards = algorithm.old_policy + algorithm.reference + algorithm.critic + algorithm.reward_model
    return Multipliers(2.0, 2.0 * forwards, 6.0 * algorithm.epochs * (1.0 + algorithm.critic))


def default_mfu(stack: RlStack, t: Transformer) -> float:
    """Share of the 16-bit peak in scoring and update when nothing better is known."""
    count = parameters(t)
    if count.total < 3e9:
        return stack.mfu_small
    return stack.mfu_moe if t.is_moe else stack.mfu_dense


def round_overhead_seconds(stack: RlStack, t: Transformer) -> float:
    """Seconds of a round beside generation and arithmetic: that of 7B x (P / 7B)^exponent, limited."""
    scaled = stack.overhead_seconds * (parameters(t).total / 7e9) ** stack.overhead_exponent
    return float(min(scaled, stack.overhead_limit))


def arithmetic_seconds(tokens: float, flops_per_token: float, gpus: float, peak: float, mfu: float) -> float:
    """Seconds of ``tokens`` x ``flops_per_token`` FLOPs on ``gpus`` at a share ``mfu`` of ``peak``."""
    return tokens * flops_per_token / (gpus * peak * mfu)


def closed_form_hours(
    rounds: float, longest: float, rate: float, arithmetic: float, overhead: float
) -> float:
    """Wall hours of like rounds bound by their tail: longest / rate + arithmetic + overhead seconds each."""
    return rounds * (longest / rate + arithmetic + overhead) / 3600.0


@dataclass(frozen=True, slots=True)
class _Parts:
    """Seconds of one round, or of many added up."""

    generation: float
    scoring: float
    update: float
    overhead: float
    wall: float
    throughput_bound: float
    tail_bound: float

    def __add__(self, other: _Parts) -> _Parts:
        return _Parts(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(_Parts)))

    def times(self, rounds: float) -> _Parts:
        return _Parts(*(rounds * getattr(self, f.name) for f in fields(_Parts)))


def _slices(phase: RlPhase) -> list[tuple[float, float]]:
    """(steps, mean length) at the midpoints of equal parts of a phase."""
    at = (np.arange(SLICES) + 0.5) / SLICES
    means = phase.mean_start + at * (phase.mean_end - phase.mean_start)
    return [(phase.steps / SLICES, float(mean)) for mean in means]


def _rollout(
    t: Transformer, a: Accelerator, fmt: Format, plan: RlPlan, stack: RlStack, job: Round, *, gpus: float
) -> RolloutTime:
    """The round's rollouts on the plan's layout, or the fastest.

    Raises:
        ValueError: nothing fits.
    """
    drafts = stack.drafts if t.mtp_layers > 0 else 0.0
    speculation = Speculation(drafts)
    if plan.replica is None:
        steady = plan.schedule == "asynchronous"
        return best_rollout(t, a, fmt, stack.serving, job, gpus=gpus, speculation=speculation, steady=steady)
    timed = rollout_time(t, a, plan.replica, fmt, stack.serving, job, gpus=gpus, speculation=speculation)
    if timed is None:
        raise ValueError(
            f"{t.name} in {fmt.weights} does not fit on {float(plan.replica.gpus):.0f} x {a.name} "
            f"(of {gpus:.0f}) with one response: widen the generation layout or add accelerators."
        )
    return timed


def _split(
    t: Transformer,
    a: Accelerator,
    fmt: Format,
    plan: RlPlan,
    stack: RlStack,
    job: Round,
    gpus: float,
    arithmetic: float,
    overhead: float,
) -> tuple[RolloutTime, float, float]:
    """(rollouts, their seconds, wall seconds) of a round whose generation and update have own accelerators.

    ``arithmetic`` is the seconds of scoring and update on all accelerators.

    Raises:
        ValueError: the policy fits on no share of them.
    """
    steady = plan.schedule == "asynchronous"
    found: list[tuple[float, float, RolloutTime]] = []
    problem: ValueError | None = None
    for share in GENERATION_SHARES:
        try:
            rolled = _rollout(t, a, fmt, plan, stack, job, gpus=gpus * share)
        except ValueError as error:
            problem = error
            continue
        generation = rolled.throughput_bound if steady else rolled.seconds
        busier = max(generation, arithmetic / (1.0 - share))
        found.append((busier * ASYNC_REMAINDER if steady else busier + overhead, generation, rolled))
    if not found:
        raise problem if problem is not None else ValueError("No accelerators to generate on.")
    wall, generation, rolled = min(found, key=lambda entry: entry[0])
    return rolled, generation, wall


def _round(
    t: Transformer, a: Accelerator, fmt: Format, plan: RlPlan, stack: RlStack, job: Round, *, gpus: float
) -> tuple[_Parts, RolloutTime]:
    """One round under the plan's schedule. Arithmetic sees each token's own context, long responses more."""
    work = multipliers(plan.algorithm)
    sequence = job.prompt_tokens + 2.0 * mean_position(job.lengths)
    forward = forward_flops_per_token(t, sequence).total
    mfu = default_mfu(stack, t) if plan.mfu is None else plan.mfu
    tokens = job.sequences * (job.lengths.mean + job.prompt_tokens)
    pass_seconds = arithmetic_seconds(tokens, forward, gpus, wide_peak(a), mfu)
    scoring, update = work.scoring / 2.0 * pass_seconds, work.training / 2.0 * pass_seconds
    overhead = round_overhead_seconds(stack, t) if plan.overhead is None else plan.overhead
    if plan.schedule == "synchronous":
        rolled = _rollout(t, a, fmt, plan, stack, job, gpus=gpus)
        generation = rolled.seconds
        wall = generation + scoring + update + overhead
    else:
        overhead = SYNC_SHARE * overhead
        rolled, generation, wall = _split(t, a, fmt, plan, stack, job, gpus, scoring + update, overhead)
    arithmetic = scoring + update
    parts = _Parts(
        generation,
        scoring,
        update,
        overhead,
        wall,
        rolled.throughput_bound + arithmetic,
        rolled.tail_bound + arithmetic + overhead,
    )
    return parts, rolled


def _driver(parts: _Parts, tail: float) -> Driver:
    """What sets the time: the largest part, generation told apart by how much of it is one response."""
    arithmetic = parts.scoring + parts.update
    if parts.generation >= max(arithmetic, parts.overhead):
        return "longest response" if tail >= 0.5 * parts.generation else "decode throughput"
    return "training arithmetic" if arithmetic >= parts.overhead else "round overhead"


def rl_time(t: Transformer, a: Accelerator, plan: RlPlan, stack: RlStack, *, gpus: float) -> RlTime:
    """Hours of a reinforcement-learning run on ``gpus`` accelerators.

    Rounds of each phase are simulated at ``SLICES`` mean lengths between its start and its end. The
    simulation leaves things out; ``stack.unmodelled`` says by how much published runs exceeded it.

    Raises:
        ValueError: the policy does not fit, or a phase's lengths contradict its cap.
    """
    fmt = Format(stack.weights, stack.cache)
    total = _Parts(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    rounds = tokens = tail = 0.0
    rolled: RolloutTime | None = None
    for phase in plan.phases:
        for steps, mean in _slices(phase):
            loops = min(plan.loop_rate, MOST_LOOPING * mean / phase.cap)
            lengths = Lengths(mean, phase.cap, plan.cv, loops)
            job = Round(plan.prompts, plan.group, plan.prompt_tokens, lengths)
            parts, rolled = _round(t, a, fmt, plan, stack, job, gpus=gpus)
            count = steps / plan.updates_per_round
            total = total + parts.times(count)
            rounds += count
            tokens += count * job.tokens
            tail += count * rolled.tail_bound
    if rolled is None:
        raise ValueError("A reinforcement-learning run needs at least one phase with steps.")
    low, central, high = (total.wall * gpus / 3600.0 * factor for factor in stack.unmodelled)
    work = multipliers(plan.algorithm).total * parameters(t).active * tokens
    return RlTime(
        rounds=rounds,
        tokens=tokens,
        generation=total.generation / 3600.0,
        scoring=total.scoring / 3600.0,
        update=total.update / 3600.0,
        overhead=total.overhead / 3600.0,
        wall=total.wall / 3600.0,
        gpu_hours=(low, central, high),
        throughput_bound=total.throughput_bound * gpus / 3600.0,
        tail_bound=total.tail_bound * gpus / 3600.0,
        driver=_driver(total, tail),
        longest=rolled.longest,
        tail_rate=rolled.tail_rate,
        tokens_per_second_per_gpu=tokens / (central * 3600.0),
        utilisation=work / (central * 3600.0 * wide_peak(a)),
    )
