"""The declared inputs of the kinds of stage, as in :mod:`isocost.plan.inputs.fields`.

Paths are ``section.name`` of a stage; ``phases.name`` are the entries of an RL recipe's list of phases.
"""

from __future__ import annotations

from isocost.plan.inputs.field import Field

_R1 = "DeepSeek-R1, arXiv 2501.12948v2"

_ALL = (
    Field(
        "tuning.rank", "Adapter rank", "", "count", 1, 256, 1, 8192,
        "Rank of the low-rank adapters of LoRA and QLoRA.", 16.0,
        "the rank of most published recipes; rank 1 is enough for RL (LoRA Without Regret)",
    ),
    Field(
        "tuning.epochs", "Epochs", "", "number", 1, 10, 0.01, 1000,
        "Times the data is trained on.", 1.0, "your data once", scale="linear",
    ),
    Field(
        "tuning.packing", "Packing", "%", "share", 0.2, 1.0, 0.01, 1.0,
        "Share of each batch that is real tokens: 95 % packed, about 35 % for unpacked chats.", 0.95,
        "packed sequences; torchtune measured 3.4x the speed of unpacked chats", scale="linear",
    ),
    Field(
        "preference.pairs", "Pairs", "", "number", 1e3, 1e7, 1, 1e12,
        "Pairs of a better and a worse answer.", 100_000.0, "the order of UltraFeedback and Tulu 3",
    ),
    Field(
        "preference.answer_tokens", "Answer", "tokens", "count", 50, 10_000, 1, 1e7,
        "Mean tokens of one answer.", 500.0, "chat answers",
    ),
    Field(
        "preference.prompt_tokens", "Prompt", "tokens", "count", 0, 10_000, 0, 1e7,
        "Mean tokens of the prompt before it; read with each answer.", 200.0, "chat prompts", scale="linear",
    ),
    Field(
        "preference.batch_pairs", "Batch", "pairs", "count", 16, 1024, 1, 1e7,
        "Pairs of one optimizer step.", 128.0, "Tulu 3, arXiv 2411.15124",
    ),
    Field(
        "rl.prompts", "Prompts a round", "", "count", 16, 8192, 1, 1e6,
        "Different prompts answered before the policy is updated.", 512.0, f"{_R1}: 8,192 answers a round",
    ),
    Field(
        "rl.group", "Answers a prompt", "", "count", 1, 128, 1, 1e5,
        "Answers sampled for each prompt, compared with each other.", 16.0, _R1,
    ),
    Field(
        "rl.updates_per_round", "Updates a round", "", "count", 1, 64, 1, 1e5,
        "Optimizer steps taken on one round of rollouts.", 1.0, "strictly on-policy",
    ),
    Field(
        "rl.prompt_tokens", "Prompt", "tokens", "count", 0, 10_000, 0, 1e7,
        "Mean tokens of a prompt.", 300.0, f"{_R1}: 122-420 by domain", scale="linear",
    ),
    Field(
        "rl.cv", "Spread of lengths", "", "number", 0.1, 2.0, 0.05, 4.0,
        "Standard deviation of response lengths over their mean; it makes the tail.", 0.9,
        "0.6-0.9 in reasoning runs", scale="linear",
    ),
    Field(
        "rl.loop_rate", "Looping", "%", "share", 0.0, 0.02, 0.0, 0.5,
        "Share of responses that never stop and run into the cap.", 0.002, "assumption: 0.1-0.5 %",
        scale="linear",
    ),
    Field(
        "rl.mfu", "MFU of the update", "%", "share", 0.05, 0.5, 1e-3, 1.0,
        "Share of the dense 16-bit peak in scoring and update.", optional=True, scale="linear",
        default_source="the stack's, by size and kind of the policy",
    ),
    Field(
        "rl.overhead", "Round overhead", "s", "number", 1, 600, 0.0, 1e6,
        "Seconds of a round beside generation and arithmetic: weight sync, mode switch, rewards.",
        optional=True, default_source="the stack's: 10 s at 7B to 120 s at 200B and more",
    ),
    Field(
        "phases.steps", "Steps", "", "count", 10, 20_000, 0.01, 1e9,
        "Optimizer steps of the phase.", 1000.0, "an open reasoning recipe",
    ),
    Field(
        "phases.mean_start", "Mean length at start", "tokens", "count", 100, 50_000, 1, 1e7,
        "Mean tokens of a response when the phase starts.", 1000.0, "an instruction-tuned model",
    ),
    Field(
        "phases.mean_end", "Mean length at end", "tokens", "count", 100, 50_000, 1, 1e7,
        "Mean tokens of a response when the phase ends.", 4000.0, "an open reasoning recipe",
    ),
    Field(
        "phases.cap", "Longest response", "tokens", "count", 1024, 131_072, 2, 1e8,
        "Tokens after which a response is cut off; the round waits for the longest.", 16_384.0,
        "an open reasoning recipe",
    ),
    Field(
        "distillation.samples", "Answers", "", "number", 1e3, 1e7, 1, 1e12,
        "Answers the student learns from.", 800_000.0, _R1,
    ),
    Field(
        "distillation.prompt_tokens", "Prompt", "tokens", "count", 0, 10_000, 0, 1e7,
        "Mean tokens of a prompt.", 300.0, f"{_R1}: 122-420 by domain", scale="linear",
    ),
    Field(
        "distillation.answer_tokens", "Answer", "tokens", "count", 100, 50_000, 1, 1e7,
        "Mean tokens of an answer.", 5000.0, f"{_R1}: 5,355 over 804,745 samples",
    ),
    Field(
        "distillation.keep_rate", "Kept", "%", "share", 0.05, 1.0, 1e-4, 1.0,
        "Share of generated answers good enough to keep.", 0.25, "assumption: one in four is right",
        scale="linear",
    ),
    Field(
        "distillation.batch", "Batch", "answers", "count", 16, 2048, 1, 1e7,
        "Answers of one optimizer step.", 128.0, _R1,
    ),
    Field(
        "distillation.longest_tokens", "Longest answer", "tokens", "count", 1024, 131_072, 2, 1e8,
        "Tokens after which the student's own answer is cut off.", 16_384.0, "an open reasoning recipe",
    ),
    Field(
        "generation.samples", "Answers kept", "", "number", 1e3, 1e9, 1, 1e15,
        "Answers that come out of it.", 1_000_000.0, "a synthetic data set of ordinary size",
    ),
    Field(
        "generation.prompt_tokens", "Prompt", "tokens", "count", 10, 32_768, 1, 1e7,
        "Mean tokens of a prompt.", 500.0, "an instruction with some context",
    ),
    Field(
        "generation.answer_tokens", "Answer", "tokens", "count", 10, 32_768, 1, 1e7,
        "Mean tokens of an answer.", 1000.0, "a paragraph of reasoning and an answer",
    ),
    Field(
        "generation.keep_rate", "Kept", "%", "share", 0.05, 1.0, 1e-4, 1.0,
        "Share of answers that pass the filter.", 1.0, "nothing is thrown away", scale="linear",
    ),
    Field(
        "ablations.share", "Share of the training", "%", "share", 0.0, 3.0, 0.0, 100.0,
        "Accelerator-hours of experiments over those of the plan's training stages.", 0.5,
        "SmolLM3: ablations and debugging took 58 % of the main run (The Smol Training Playbook)",
        scale="linear",
    ),
)  # fmt: skip

STAGE_FIELDS: dict[str, Field] = {each.path: each for each in _ALL}
"""Inputs of the kinds of stage by their path."""
