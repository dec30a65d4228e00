"""The kinds of stage a plan is made of. Each uses its scenario's model, hardware, price... or its own."""

from __future__ import annotations

from typing import Literal

from isocost.plan.project.values import (
    Data,
    Efficiency,
    Hardware,
    Layout,
    ModelChoice,
    PrecisionName,
    Price,
    Value,
)

TuningMethod = Literal["full", "lora", "qlora"]
TuningOptimizer = Literal["adamw", "adamw-bf16", "adamw-8bit"]
AlgorithmName = Literal["grpo-kl", "grpo", "ppo", "rloo", "reinforce", "dapo", "cispo"]
RlStackName = Literal["frontier", "open"]
ServingStackName = Literal["vendor", "frontier"]
GenerationPrecisionName = Literal["bf16", "fp8", "fp4"]


class StageBase(Value, frozen=True, tag_field="kind", kw_only=True):
    """What every stage has."""

    name: str
    group: str = ""
    note: str = ""
    enabled: bool = True
    """Off = kept in the plan, left out of the sums."""
    hardware: Hardware | None = None
    price: Price | None = None


class GpuHoursStage(StageBase, frozen=True, kw_only=True, tag="gpu-hours"):
    """Accelerator-hours taken as claimed: either hours on the stage's accelerators, or their product."""

    hours: float | None = None
    gpu_hours: float | None = None


class ModelStage(StageBase, frozen=True, kw_only=True):
    """A stage that works on a model with the training stack."""

    model: ModelChoice | None = None
    efficiency: Efficiency | None = None
    layout: Layout | None = None


class PretrainStage(ModelStage, frozen=True, kw_only=True, tag="pretrain"):
    """Training a model from its architecture and tokens."""

    data: Data


class ContextExtensionStage(PretrainStage, frozen=True, kw_only=True, tag="context-extension"):
    """More training at a longer context, where attention dominates."""


class MidTrainingStage(PretrainStage, frozen=True, kw_only=True, tag="mid-training"):
    """More training on better data at the same context."""


class Tuning(Value, frozen=True):
    """How a fine-tune touches the weights and fills its batches."""

    method: TuningMethod = "full"
    rank: float = 16.0
    """Of the low-rank adapters."""
    epochs: float = 1.0
    packing: float = 0.95
    """Share of each batch that is real tokens: 0.95 packed, about 0.35 for unpacked chats."""
    optimizer: TuningOptimizer = "adamw"
    """Of all weights: 32-bit master weights and moments, or 16-bit weights with 16- or 8-bit moments."""


class SftStage(PretrainStage, frozen=True, kw_only=True, tag="sft"):
    """Supervised fine-tuning: full, LoRA or QLoRA; ``data.tokens`` are the tokens of one epoch."""

    tuning: Tuning = Tuning()


class Preference(Value, frozen=True):
    """Pairs of answers and what is learned from them."""

    objective: Literal["dpo", "reward-model"] = "dpo"
    pairs: float = 100_000.0
    answer_tokens: float = 500.0
    prompt_tokens: float = 200.0
    batch_pairs: float = 128.0
    """Pairs of an optimizer step."""
    precision: PrecisionName = "bf16"


class PreferenceStage(ModelStage, frozen=True, kw_only=True, tag="preference"):
    """Preference tuning (DPO) or the training of a reward model."""

    preference: Preference = Preference()
    tuning: Tuning = Tuning()


class RolloutPhase(Value, frozen=True):
    """Part of an RL run with one cap on the length of a response."""

    steps: float
    mean_start: float
    """Mean response, tokens, at the start of the phase."""
    mean_end: float
    cap: float
    """Longest response, tokens."""


class Rl(Value, frozen=True):
    """A reinforcement-learning recipe."""

    algorithm: AlgorithmName = "grpo-kl"
    stack: RlStackName = "open"
    """Software: a frontier lab's own, or today's open-source frameworks."""
    schedule: Literal["synchronous", "one-step", "asynchronous"] = "synchronous"
    prompts: float = 512.0
    """Prompts of a rollout round."""
    group: float = 16.0
    """Responses to each prompt."""
    updates_per_round: float = 1.0
    """Optimizer steps taken on one round of rollouts."""
    prompt_tokens: float = 300.0
    phases: tuple[RolloutPhase, ...] = (RolloutPhase(1000.0, 1000.0, 4000.0, 16384.0),)
    cv: float = 0.9
    """Standard deviation of response lengths over their mean."""
    loop_rate: float = 0.002
    """Share of responses that run to the cap."""
    mfu: float | None = None
    """Of scoring and update; None = the stack's default for the policy."""
    overhead: float | None = None
    """Seconds a round beside generation and arithmetic; None = the stack's default for the size."""


class RlStage(ModelStage, frozen=True, kw_only=True, tag="rl"):
    """Reinforcement learning: rollouts, rewards, scoring, update, weight sync."""

    rl: Rl = Rl()


class Distillation(Value, frozen=True):
    """Teaching the stage's model, the student, from a larger one."""

    method: Literal["logits", "sequences", "on-policy"] = "sequences"
    """Teacher's logits on given text, training on text it wrote, or on the student's own text."""
    teacher: ModelChoice = ModelChoice(name="DeepSeek-R1")
    samples: float = 800_000.0
    """Answers the student learns from."""
    prompt_tokens: float = 300.0
    answer_tokens: float = 5_000.0
    keep_rate: float = 0.25
    """Share of generated answers good enough to keep (sequences)."""
    generate: bool = True
    """Whether the teacher's text is generated here or already exists (sequences)."""
    batch: float = 128.0
    """Answers of an optimizer step."""
    longest_tokens: float = 16_384.0
    """Longest answer the student may write (on-policy)."""
    stack: RlStackName = "open"
    """Software of the student's rollouts (on-policy)."""
    precision: PrecisionName = "bf16"


class DistillationStage(ModelStage, frozen=True, kw_only=True, tag="distillation"):
    """Distillation: the teacher's forward passes or generation, and the student's training."""

    distillation: Distillation = Distillation()
    tuning: Tuning = Tuning(epochs=2.0)


class Generation(Value, frozen=True):
    """Text written by a model: synthetic data, rejection sampling, evaluation."""

    samples: float = 1_000_000.0
    """Answers kept."""
    prompt_tokens: float = 500.0
    answer_tokens: float = 1_000.0
    keep_rate: float = 1.0
    """Share of answers generated that are kept."""
    precision: GenerationPrecisionName = "fp8"
    stack: ServingStackName = "vendor"
    """Software: the vendor's tuned serving, or a frontier lab's own."""


class GenerationStage(ModelStage, frozen=True, kw_only=True, tag="generation"):
    """Pure generation of data."""

    generation: Generation = Generation()


class EvaluationStage(GenerationStage, frozen=True, kw_only=True, tag="evaluation"):
    """Generation to measure a model."""


class Ablations(Value, frozen=True):
    """Experiments before and around the main run."""

    share: float = 0.5
    """Of the accelerator-hours of the scenario's training stages."""


class AblationStage(StageBase, frozen=True, kw_only=True, tag="ablations"):
    """Ablations and pilot runs as a share of the main run; explicit ones are stages of their own kind."""

    ablations: Ablations = Ablations()


Stage = (
    PretrainStage
    | GpuHoursStage
    | ContextExtensionStage
    | MidTrainingStage
    | SftStage
    | PreferenceStage
    | RlStage
    | DistillationStage
    | GenerationStage
    | EvaluationStage
    | AblationStage
)
