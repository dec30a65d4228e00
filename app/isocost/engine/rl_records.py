"""What a reinforcement-learning run is made of: algorithm, lengths, schedule, stack, and its hours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from isocost.engine.deployment import GenerationPrecision, Replica, ServingConstants

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
    """What a training stack adds to the physics; ranges are low, central, high."""

    name: str
    serving: ServingConstants
    weights: GenerationPrecision
    """Precision rollouts are generated in."""
    cache: GenerationPrecision
    """Precision of the key-value cache."""
    drafts: float
    """Tokens drafted by multi-token prediction, for models that have it."""
    mfu_dense: float
    """Share of the dense 16-bit peak while scoring and updating a dense policy."""
    mfu_moe: float
    mfu_small: float
    """The same for policies below 3B parameters."""
    overhead_seconds: float
    """Weight sync, mode switch, rewards and checkpoint of one round at 7B parameters."""
    overhead_exponent: float
    """Growth of that overhead with total parameters."""
    overhead_limit: float
    """Longest round overhead, s."""
    unmodelled: tuple[float, float, float]
    """Whole-run time observed over time simulated, low, central and high: stragglers, expert imbalance,
    failures, evaluation. It contains goodput, so none is applied beside it."""


@dataclass(frozen=True, slots=True)
class RlPhase:
    """Part of a run with one length cap (staged context has several)."""

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
    """Prompts of a rollout round."""
    group: float
    """Responses to each."""
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
    replica: Replica | None = None
    """Layout of generation; None = the fastest."""


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
    longest: float
    """Tokens of the longest response of the last round."""
    tail_rate: float
    """Tokens/s of that response when it runs alone."""
    tokens_per_second_per_gpu: float
    """Generated tokens over all GPU-seconds, central."""
    utilisation: float
    """(2 + scoring + training) x active parameters x tokens over peak x GPU-seconds, central."""
