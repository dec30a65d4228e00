"""The declared choices of the kinds of stage: inputs whose value is one of a few words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Choice:
    """One input with its words; a path is as in :mod:`isocost.plan.inputs.fields`."""

    path: str
    label: str
    help: str
    options: Mapping[str, str] | Mapping[bool, str]
    """What is stored -> how it is called, in the order offered."""
    default_source: str = ""

    @property
    def section(self) -> str:
        """The part of the stage the value lives in."""
        return self.path.split(".")[0]

    @property
    def name(self) -> str:
        """The value's name within its section."""
        return self.path.split(".")[1]


TRAINING_FORMATS = {
    "bf16": "BF16", "fp16": "FP16", "fp8": "FP8", "mxfp8": "MXFP8", "nvfp4": "NVFP4", "fp32": "FP32",
}  # fmt: skip
_RL_STACKS = {"open": "open source", "frontier": "frontier lab"}
_RL_STACK_HELP = "Software: today's open-source frameworks, or a frontier lab's own."
_RL_STACK_SOURCE = "most runs outside a few laboratories"

_ALL = (
    Choice(
        "tuning.method", "Method",
        "Every weight, adapters of low rank beside frozen weights, or adapters beside weights in 4 bits.",
        {"full": "every weight", "lora": "LoRA", "qlora": "QLoRA"},
        "what published post-training recipes do",
    ),
    Choice(
        "tuning.optimizer", "Optimizer",
        "What it keeps of each weight: 32-bit copy and moments, 12 bytes; or moments alone, 4 or 2.",
        {"adamw": "AdamW, 32-bit", "adamw-bf16": "AdamW, 16-bit", "adamw-8bit": "AdamW, 8-bit"},
        "what published post-training recipes do",
    ),
    Choice(
        "preference.objective", "Objective", "Direct preference optimisation, or a model that scores.",
        {"dpo": "DPO", "reward-model": "reward model"}, "Tulu 3, arXiv 2411.15124",
    ),
    Choice(
        "preference.precision", "Precision", "Number format of the matrix multiplies.", TRAINING_FORMATS,
        "what published post-training recipes do",
    ),
    Choice(
        "rl.algorithm", "Algorithm",
        "It sets who reads each response again: the old policy, a reference, a critic, a reward model.",
        {
            "grpo-kl": "GRPO + KL", "grpo": "GRPO", "ppo": "PPO", "rloo": "RLOO", "reinforce": "REINFORCE",
            "dapo": "DAPO", "cispo": "CISPO",
        },
        "DeepSeek-R1, arXiv 2501.12948v2",
    ),
    Choice("rl.stack", "Software", _RL_STACK_HELP, _RL_STACKS, _RL_STACK_SOURCE),
    Choice(
        "rl.schedule", "Schedule",
        "Rollouts and updates in turn, the next round beside this update, or never waiting for the longest.",
        {"synchronous": "in turn", "one-step": "one step ahead", "asynchronous": "asynchronous"},
        "DeepSeek-R1, arXiv 2501.12948v2",
    ),
    Choice(
        "distillation.method", "Method",
        "Training on the teacher's text, on its logits for given text, or on its marks for own text.",
        {"sequences": "teacher's text", "logits": "teacher's logits", "on-policy": "student's own text"},
        "DeepSeek-R1, arXiv 2501.12948v2",
    ),
    Choice(
        "distillation.generate", "Teacher's text", "Written in this stage and paid for, or there already.",
        {True: "written here", False: "exists already"}, "the dearer case",
    ),
    Choice("distillation.stack", "Software", _RL_STACK_HELP, _RL_STACKS, _RL_STACK_SOURCE),
    Choice(
        "distillation.precision", "Precision", "Number format of the matrix multiplies.", TRAINING_FORMATS,
        "what published post-training recipes do",
    ),
    Choice(
        "generation.precision", "Precision", "Number format the model is served in.",
        {"bf16": "BF16", "fp8": "FP8", "fp4": "FP4"}, "what published serving benchmarks use",
    ),
    Choice(
        "generation.stack", "Software", "The vendor's tuned serving, or a frontier lab's own.",
        {"vendor": "vendor's", "frontier": "frontier lab"}, "what published serving benchmarks use",
    ),
)  # fmt: skip

STAGE_CHOICES: dict[str, Choice] = {each.path: each for each in _ALL}
"""Choices of the kinds of stage by their path."""
