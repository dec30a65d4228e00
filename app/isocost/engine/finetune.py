"""Work of fine-tuning, preference tuning and distillation, per token or per pair of answers.

N is active parameters of the model trained; attention is left out, as in 6 N D. A forward pass costs 2 N, the
gradient of the activations 2 N, the gradient of the weights 2 N.
"""

from __future__ import annotations

from typing import Literal

FORWARD = 2.0
INPUT_GRADIENT = 2.0
WEIGHT_GRADIENT = 2.0

Training = Literal["full", "lora", "qlora"]

STATE_BYTES = {"full": 18.0, "full-bf16": 8.0, "lora": 2.0, "qlora-8bit": 1.0, "qlora-4bit": 0.5}
"""Bytes per parameter of weights, gradients and optimizer states, activations and adapters extra
(LLaMA-Factory's table; full = 16-bit weights and gradients, fp32 master, gradients and two moments)."""

HOUR = 3600.0


def adam_state_bytes(parameters: float, *, gradient_bytes: float = 2.0) -> float:
    """Bytes of mixed-precision AdamW: 16-bit weights, gradients, fp32 master and two moments (16-18 each)."""
    return parameters * (2.0 + gradient_bytes + 4.0 + 8.0)


def training_multiplier(method: Training, *, recompute: bool = False) -> float:
    """FLOPs per trained token over N: 6 in full, 4 with frozen weights, 2 more to recompute."""
    frozen = 0.0 if method == "full" else WEIGHT_GRADIENT
    return FORWARD + INPUT_GRADIENT + WEIGHT_GRADIENT - frozen + (FORWARD if recompute else 0.0)


def training_flops(
    active: float, tokens: float, method: Training = "full", *, adapter: float = 0.0, recompute: bool = False
) -> float:
    """FLOPs of training over ``tokens``; adapters of ``adapter`` parameters are trained in full beside N."""
    trained = training_multiplier("full") * adapter if method != "full" else 0.0
    return tokens * (training_multiplier(method, recompute=recompute) * active + trained)


def last_layers_multiplier(share: float) -> float:
    """FLOPs per token over N when only the last ``share`` of the layers is trained: 2 + 4 x share."""
    return FORWARD + (INPUT_GRADIENT + WEIGHT_GRADIENT) * share


def dpo_flops(active: float, pairs: float, answer_tokens: float, *, reference_cached: bool = False) -> float:
    """FLOPs of direct preference optimization: two answers a pair, 6 N trained and 2 N in the reference each.

    16 N x tokens per answer for each pair; 12 N when the reference's log-probabilities are kept.
    """
    reference = 0.0 if reference_cached else FORWARD
    return pairs * 2.0 * answer_tokens * active * (training_multiplier("full") + reference)


def reward_model_flops(active: float, pairs: float, answer_tokens: float) -> float:
    """FLOPs of training a reward model on pairs: 6 N for each of two answers."""
    return pairs * 2.0 * answer_tokens * active * training_multiplier("full")


def distillation_flops(student: float, teacher: float, tokens: float) -> float:
    """FLOPs of distilling logits over given text: the student trained, the teacher read once."""
    return tokens * (training_multiplier("full") * student + FORWARD * teacher)


def on_policy_distillation_flops(student: float, teacher: float, tokens: float) -> float:
    """FLOPs per generated token x tokens when the teacher scores what the student writes: 8 N + 2 N_teacher.

    FLOPs, not hours: the student's tokens are decoded at a few per cent of peak.
    """
    return tokens * ((FORWARD + training_multiplier("full")) * student + FORWARD * teacher)


def generated_for_kept(kept: float, keep_share: float) -> float:
    """Tokens to generate so that ``kept`` survive a filter that keeps ``keep_share`` of them.

    Raises:
        ValueError: the share is not above 0 and at most 1.
    """
    if not 0.0 < keep_share <= 1.0:
        raise ValueError(f"The share kept must lie above 0 and at most 1, not {keep_share:g}.")
    return kept / keep_share


def hours(flops: float, peak: float, mfu: float, *, packing: float = 1.0, slowdown: float = 1.0) -> float:
    """Accelerator-hours of ``flops`` at a share ``mfu`` of ``peak``.

    Args:
        packing: share of positions that hold tokens (0.95 packed, about 0.35 for unpacked chats).
        slowdown: time over the FLOP estimate (QLoRA's dequantization: 1.2-2 over LoRA).
    """
    return flops / (peak * mfu * packing) * slowdown / HOUR
