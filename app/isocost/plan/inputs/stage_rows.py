"""Rows of the table of inputs: what every run has, and what each kind of stage has of its own.

A default stands here only where its record in :mod:`isocost.plan.project` must be given one; see
:mod:`isocost.plan.inputs.table` for the others.
"""

from __future__ import annotations

from isocost.language import tr
from isocost.plan.inputs.input import Choice, Input
from isocost.plan.physics.layouts import SCHEDULE_WORDS, SHARDING_WORDS
from isocost.plan.physics.throughput import ATTENTION_WORDS
from isocost.plan.values import SMALLEST_MFU

_R1 = "DeepSeek-R1, arXiv 2501.12948v2"
_RECIPES = tr("what published post-training recipes do")
_SERVED = tr("what published serving benchmarks use")
_FORMAT_HELP = tr("Number format of the matrix multiplies.")

_TRAINING_FORMATS = {
    "bf16": "BF16", "bf16-true": tr("BF16, weights too"), "fp16": "FP16", "fp8": "FP8", "mxfp8": "MXFP8",
    "nvfp4": "NVFP4", "mxfp4": "MXFP4", "tf32": "TF32", "fp32": "FP32",
}  # fmt: skip
_RL_STACKS = {"open": tr("open source"), "frontier": tr("frontier lab")}
_RL_STACK_HELP = tr("Software: today's open-source frameworks, or a frontier lab's own.")
_RL_STACK_SOURCE = tr("most runs outside a few laboratories")

_POWERS = (1, 2, 4, 8, 16, 32, 64)


def _degrees(*usual: int) -> dict[int, str]:
    """What a part of the layout is usually set to; a plan may hold any whole number."""
    return {each: str(each) for each in usual}


_RUN = (
    Input(
        "model.parameters", tr("Parameters"), "", "number", 1e6, 1e13, 1e5, 1e15,
        tr("All weights of the model, every expert counted."),
        tr("a common size of open models (Llama 2 7B, Mistral 7B)"), default=7e9, optional=True,
    ),
    Input(
        "model.active_parameters", tr("Active parameters"), "", "number", 1e6, 1e13, 1e5, 1e15,
        tr("Weights each token passes through; fewer than all of them in a mixture of experts."),
        optional=True,
    ),
    Input(
        "data.tokens", tr("Tokens"), "", "number", 1e8, 1e14, 1e3, 1e17,
        tr("Tokens trained on, every epoch counted."),
        "Llama 2, arXiv 2307.09288: 2T tokens", default=2e12,
    ),
    Input(
        "data.sequence", tr("Sequence length"), "tokens", "length", 512, 1_048_576, 16, 1e8,
        tr("Tokens in one training sequence, its context length; attention grows with it."),
        tr("the most common pre-training context of released models"), integer=True,
    ),
    Input(
        "data.batch_tokens", tr("Batch"), "tokens", "number", 1e5, 1e9, 16, 1e12,
        tr(
            "Tokens of one optimizer step over all accelerators; it limits how many can share "
            "the work."
        ),
        optional=True,
        default_source="Step Law, arXiv 2503.04715",
    ),
    Input(
        "data.document", tr("Mean document"), "tokens", "count", 64, 131_072, 1, 1e8,
        tr(
            "Mean tokens of the documents packed into a sequence, where attention stays within "
            "each; empty = it goes across the whole sequence."
        ),
        optional=True, integer=True, default_source=tr("attention across the whole sequence"),
    ),
    Input(
        "hardware.count", tr("Count"), "GPUs", "count", 1, 131_072, 1, 131_072,
        tr(
            "Accelerators used at once, rented in whole nodes; layouts are searched up to "
            "131,072."
        ),
        tr("a mid-sized training reservation: 32 nodes of 8"), default=256, integer=True,
    ),
    Input(
        "price.usd_per_gpu_hour", tr("Price"), "$/GPU-h", "money", 0.2, 30.0, 0.0, 1e4,
        tr("Rent of one accelerator for one hour."),
    ),
    Input(
        "efficiency.mfu", "MFU", "%", "share", 0.02, 0.8, SMALLEST_MFU, 1.0,
        tr(
            "Model FLOPs per second over the dense peak of the matmul precision, during a step. One that is "
            "typed counts as measured: less whole-run waste is added beside it than beside a predicted one."
        ),
        optional=True, scale="linear",
    ),
    Input(
        "efficiency.goodput", tr("Goodput"), "%", "share", 0.5, 1.0, 0.01, 1.0,
        tr(
            "Share of wall time that advances the run; failures, restarts and checkpoints take "
            "the rest."
        ),
        optional=True, scale="linear",
    ),
    Input(
        "efficiency.waste", tr("Whole-run waste"), "%", "share", 0.0, 0.7, 0.0, 0.95,
        tr(
            "Share of the hours paid that whole runs lose beyond goodput: slow phases, repeated "
            "parts, evaluation, layouts and software short of the best. 0 % is physics alone."
        ),
        optional=True, scale="linear",
    ),
    Input(
        "efficiency.matmul_tflops", tr("Measured matmul"), "TFLOP/s", "number", 10, 10_000, 0.1, 1e6,
        tr(
            "Rate of a large matrix multiply (8,192 a side or more) measured on the planned "
            "accelerator in the run's number format, in place of what runs on it reach; other "
            "accelerators keep theirs."
        ),
        optional=True, default_source=tr("what runs on the architecture reach"),
    ),
    Input(
        "stage.hours", tr("Hours"), "h", "hours", 0.1, 10_000, 0.0, 1e7,
        tr("Wall hours claimed on the stage's accelerators."), optional=True,
    ),
    Input(
        "stage.gpu_hours", "GPU-hours", "h", "number", 10, 1e9, 0.0, 1e12,
        tr("Accelerator-hours as claimed."), optional=True,
    ),
)  # fmt: skip

_RUN_CHOICES = (
    Choice("model.name", tr("Model"), tr("A model of the catalogue, or one of your own size."),
    optional=True),
    Choice(
        "data.precision", tr("Precision"),
        tr("Number format of the matrix multiplies; the accelerator's nearest one is used."),
        _TRAINING_FORMATS,
    ),
    Choice(
        "hardware.accelerator", tr("Accelerator"),
        tr("The accelerator type; its price follows unless you type one."),
        default_source=tr("what most training runs are priced on"), default="h100-sxm",
    ),
    Choice(
        "efficiency.stack", tr("Software"),
        tr("How well tuned the training software is; measured on published runs of each kind."),
        {"vendor": tr("tuned vendor stack"), "open": tr("open-source stack"),
        "research": tr("research code")},
        meanings={
            "vendor": tr(
                "Vendor stack: the maker's own recipes, such as Megatron-Core or MaxText, tuned for "
                "the part."
            ),
            "open": tr(
                "Open-source stack: good code such as FSDP, DeepSpeed or Composer, configured but "
                "not tuned."
            ),
            "research": tr("Research code: easy to change, with little fused or overlapped."),
        },
    ),
)  # fmt: skip

_SOFTWARE = (
    Choice(
        "efficiency.attention", tr("Attention kernel"),
        tr(
            "The kernel attention is computed by; it decides how much of a long sequence's time "
            "it takes."
        ),
        ATTENTION_WORDS, optional=True, default_source=tr("what the software and its date have"),
        meanings={
            "fa2": tr(
                "FA2: FlashAttention-2, written for Ampere; it runs on later GPUs, at a half or a "
                "quarter of what they can."
            ),
            "tuned": tr("Tuned: written for the part, such as FlashAttention-3 and 4, cuDNN's or AITER's."),
            "masked": tr(
                "Masked: attention is handed a mask, as Transformers does of padded batches; no "
                "FlashAttention takes one, and what takes it computes the masked half too."
            ),
            "unfused": tr("Unfused: scores are written to memory and read again, as before FlashAttention."),
        },
    ),
    Choice(
        "efficiency.overlap", tr("Overlap"),
        tr(
            "Whether traffic between accelerators runs beside computation, or computation waits "
            "for all of it."
        ),
        {True: tr("on"), False: tr("off")}, tr("what the software does"),
    ),
)  # fmt: skip

_LAYOUT = (
    Choice(
        "layout.tp", tr("Tensor parallel"),
        tr("Ranks that share each matrix multiply; best within one node."),
        _degrees(1, 2, 4, 8, 16), optional=True,
    ),
    Choice(
        "layout.pp", tr("Pipeline parallel"),
        tr("Stages the layers are dealt to; more stages leave larger bubbles."), _degrees(*_POWERS),
        optional=True,
    ),
    Choice(
        "layout.vp", tr("Virtual pipeline"),
        tr("Chunks of layers a stage interleaves: smaller bubbles, more traffic."), _degrees(1, 2, 3, 4, 6,
        8),
        optional=True,
    ),
    Choice(
        "layout.cp", tr("Context parallel"), tr("Ranks that share one sequence; for long contexts."),
        _degrees(*_POWERS), optional=True,
    ),
    Choice(
        "layout.ep", tr("Expert parallel"), tr("Ranks that share the experts of a mixture."),
        _degrees(*_POWERS, 128), optional=True,
    ),
    Choice(
        "layout.microbatch", tr("Microbatch"),
        tr("Sequences a replica processes at once; larger ones need more memory."), _degrees(1, 2, 4, 8, 16,
        32),
        optional=True,
    ),
    Choice(
        "layout.recompute", tr("Recompute"),
        tr("What is computed again in the backward pass to save memory."),
        {"none": "none", "selective": "selective", "full": "full"}, optional=True,
    ),
    Choice(
        "layout.sharding", tr("Sharding"),
        tr("What the replicas split: optimizer states, gradients, weights."),
        SHARDING_WORDS, optional=True,
    ),
    Choice(
        "layout.schedule", tr("Schedule"),
        tr(
            "The order in which pipeline stages run forward and backward passes; it bears on a "
            "pipeline alone."
        ),
        SCHEDULE_WORDS, optional=True,
        meanings={
            "1f1b": tr("1F1B: one forward, one backward; interleaved where chunks make the bubble smaller."),
            "zero-bubble": tr("Zero bubble (ZB1P): weight gradients fill the wait, at the memory of 1F1B."),
            "zbv": tr("ZBV: two chunks in a V leave almost no bubble, at twice the traffic between stages."),
            "v-half": tr("V-half: half the activations and half the bubble of 1F1B, at twice the traffic."),
            "dualpipe": tr("DualPipe: fed from both ends, expert traffic hidden, two copies of the weights."),
        },
    ),
)  # fmt: skip

_KINDS = (
    Input(
        "tuning.rank", tr("Adapter rank"), "", "count", 1, 256, 1, 8192,
        tr("Rank of the low-rank adapters of LoRA and QLoRA."),
        tr("the rank of most published recipes; rank 1 is enough for RL (LoRA Without Regret)"),
    ),
    Input(
        "tuning.epochs", tr("Epochs"), "", "number", 1, 10, 0.01, 1000,
        tr("Times the data is trained on."), tr("your data once"), scale="linear",
    ),
    Input(
        "tuning.packing", tr("Packing"), "%", "share", 0.2, 1.0, 0.01, 1.0,
        tr("Share of each batch that is real tokens: 95 % packed, about 35 % for unpacked chats."),
        tr("packed sequences; torchtune measured 3.4x the speed of unpacked chats"), scale="linear",
    ),
    Input(
        "preference.pairs", tr("Pairs"), "", "number", 1e3, 1e7, 1, 1e12,
        tr("Pairs of a better and a worse answer."), tr("the order of UltraFeedback and Tulu 3"),
    ),
    Input(
        "preference.answer_tokens", tr("Answer"), "tokens", "count", 50, 10_000, 1, 1e7,
        tr("Mean tokens of one answer."), tr("chat answers"),
    ),
    Input(
        "preference.prompt_tokens", tr("Prompt"), "tokens", "count", 0, 10_000, 0, 1e7,
        tr("Mean tokens of the prompt before it; read with each answer."), tr("chat prompts"), scale="linear",
    ),
    Input(
        "preference.batch_pairs", tr("Batch"), "pairs", "count", 16, 1024, 1, 1e7,
        tr("Pairs of one optimizer step."), "Tulu 3, arXiv 2411.15124",
    ),
    Input(
        "rl.prompts", tr("Prompts a round"), "", "count", 16, 8192, 1, 1e6,
        tr("Different prompts of a round that the policy is updated on."), tr("{r1}: 8,192 answers a round",
        r1=_R1),
    ),
    Input(
        "rl.oversampling", tr("Oversampling"), "", "number", 1.0, 4.0, 1.0, 100.0,
        tr(
            "Prompts answered for each that is trained on; DAPO throws away those whose answers "
            "are all right or all wrong."
        ), tr("every prompt is used"), scale="linear",
    ),
    Input(
        "rl.batches", tr("Sampling batches"), "", "count", 1, 10, 1, 1000,
        tr(
            "Batches the prompts of a round are answered in, one after the other, each waiting for its "
            "longest answer; DAPO starts another where too few prompts are left."
        ), tr("all prompts at once"), scale="linear",
    ),
    Input(
        "rl.group", tr("Answers a prompt"), "", "count", 1, 128, 1, 1e5,
        tr("Answers sampled for each prompt, compared with each other."), _R1,
    ),
    Input(
        "rl.updates_per_round", tr("Updates a round"), "", "count", 1, 64, 1, 1e5,
        tr("Optimizer steps taken on one round of rollouts."), tr("strictly on-policy"),
    ),
    Input(
        "rl.prompt_tokens", tr("Prompt"), "tokens", "count", 0, 10_000, 0, 1e7,
        tr("Mean tokens of a prompt."), tr("{r1}: 122-420 by domain", r1=_R1), scale="linear",
    ),
    Input(
        "rl.cv", tr("Spread of lengths"), "", "number", 0.1, 2.0, 0.05, 4.0,
        tr("Standard deviation of response lengths over their mean; it makes the tail."),
        tr("0.6-0.9 in reasoning runs"), scale="linear",
    ),
    Input(
        "rl.loop_rate", tr("Looping"), "%", "share", 0.0, 0.02, 0.0, 0.5,
        tr("Share of responses that never stop and run into the cap."), "assumption: 0.1-0.5 %",
        scale="linear",
    ),
    Input(
        "rl.mfu", tr("MFU of the update"), "%", "share", 0.05, 0.5, 1e-3, 1.0,
        tr("Share of the dense 16-bit peak in scoring and update."), optional=True, scale="linear",
        default_source=tr("the stack's, by size and kind of the policy and the part's FLOPs per byte"),
    ),
    Input(
        "rl.overhead", tr("Round overhead"), "s", "number", 1, 600, 0.0, 1e6,
        tr(
            "Seconds of a round beside generation and arithmetic: weight sync, mode switch, "
            "rewards."
        ),
        optional=True, default_source=tr("the stack's, by size of the policy and answers of a round"),
    ),
    Input(
        "rl.generation_share", tr("Generation share"), "%", "share", 0.1, 0.9, 0.01, 0.99,
        tr(
            "Share of the accelerators set apart for generation; the others only score and "
            "update."
        ),
        optional=True, scale="linear",
        default_source=tr("all take turns; with other schedules the split that ends a round first"),
    ),
    Input(
        "phases.steps", tr("Steps"), "", "count", 10, 20_000, 0.01, 1e9,
        tr("Optimizer steps of the phase."), tr("an open reasoning recipe"),
    ),
    Input(
        "phases.mean_start", tr("Mean length at start"), "tokens", "count", 100, 50_000, 1, 1e7,
        tr("Mean tokens of a response when the phase starts."), tr("an instruction-tuned model"),
    ),
    Input(
        "phases.mean_end", tr("Mean length at end"), "tokens", "count", 100, 50_000, 1, 1e7,
        tr("Mean tokens of a response when the phase ends."), tr("an open reasoning recipe"),
    ),
    Input(
        "phases.cap", tr("Longest response"), "tokens", "length", 1024, 131_072, 2, 1e8,
        tr("Tokens after which a response is cut off; the round waits for the longest."),
        tr("an open reasoning recipe"),
    ),
    Input(
        "distillation.samples", tr("Answers"), "", "number", 1e3, 1e7, 1, 1e12,
        tr("Answers the student learns from."), _R1,
    ),
    Input(
        "distillation.prompt_tokens", tr("Prompt"), "tokens", "count", 0, 10_000, 0, 1e7,
        tr("Mean tokens of a prompt."), tr("{r1}: 122-420 by domain", r1=_R1), scale="linear",
    ),
    Input(
        "distillation.answer_tokens", tr("Answer"), "tokens", "count", 100, 50_000, 1, 1e7,
        tr("Mean tokens of an answer."), tr("{r1}: 5,355 over 804,745 samples", r1=_R1),
    ),
    Input(
        "distillation.keep_rate", tr("Kept"), "%", "share", 0.05, 1.0, 1e-4, 1.0,
        tr("Share of generated answers good enough to keep."), tr("assumption: one in four is right"),
        scale="linear",
    ),
    Input(
        "distillation.batch", tr("Batch"), "answers", "count", 16, 2048, 1, 1e7,
        tr("Answers of one optimizer step."), _R1,
    ),
    Input(
        "distillation.longest_tokens", tr("Longest answer"), "tokens", "length", 1024, 131_072, 2, 1e8,
        tr("Tokens after which the student's own answer is cut off."), tr("an open reasoning recipe"),
    ),
    Input(
        "generation.samples", tr("Answers kept"), "", "number", 1e3, 1e9, 1, 1e15,
        tr("Answers that come out of it."), tr("a synthetic data set of ordinary size"),
    ),
    Input(
        "generation.prompt_tokens", tr("Prompt"), "tokens", "count", 10, 32_768, 1, 1e7,
        tr("Mean tokens of a prompt."), tr("an instruction with some context"),
    ),
    Input(
        "generation.answer_tokens", tr("Answer"), "tokens", "count", 10, 32_768, 1, 1e7,
        tr("Mean tokens of an answer."), tr("a paragraph of reasoning and an answer"),
    ),
    Input(
        "generation.keep_rate", tr("Kept"), "%", "share", 0.05, 1.0, 1e-4, 1.0,
        tr("Share of answers that pass the filter."), tr("nothing is thrown away"), scale="linear",
    ),
    Input(
        "ablations.share", tr("Share of training"), "%", "share", 0.0, 3.0, 0.0, 100.0,
        tr("Accelerator-hours of experiments over those of the plan's training stages."),
        tr(
            "SmolLM3: ablations and debugging took 58 % of the main run (The Smol Training "
            "Playbook)"
        ),
        scale="linear",
    ),
)  # fmt: skip

_KIND_CHOICES = (
    Choice(
        "tuning.method", tr("Method"),
        tr(
            "Every weight, adapters of low rank beside frozen weights, or adapters beside "
            "weights in 4 bits."
        ),
        {
            "full": tr("every weight"), "lora": "LoRA", "dora": "DoRA",
            "lora-8bit": tr("LoRA, 8-bit weights"), "qlora": "QLoRA",
        },
        _RECIPES,
    ),
    Choice(
        "tuning.targets", tr("Adapted matrices"),
        tr("Matrices of every layer that have adapters, those of all experts too."),
        {
            "all-linear": tr("all"), "attention": tr("of attention"),
            "query-value": tr("queries and values"),
        },
        _RECIPES,
        meanings={
            "all-linear": tr("Queries, keys, values, output and the feed-forward."),
            "attention": tr("Queries, keys, values and output, not the feed-forward."),
            "query-value": tr("The two that the first recipes adapted (arXiv 2106.09685)."),
        },
    ),
    Choice(
        "tuning.optimizer", tr("Optimizer"),
        tr(
            "Bytes it keeps of a weight: 32-bit copy and two moments 12, one 8, none 4; moments "
            "alone 4 or 2."
        ),
        {
            "adamw": tr("AdamW, 32-bit"), "adamw-paged": tr("AdamW, paged"),
            "adamw-bf16": tr("AdamW, 16-bit"),
            "adamw-8bit": tr("AdamW, 8-bit"), "adamw-8bit-paged": tr("AdamW, 8-bit, paged"), "muon": "Muon",
            "lion": "Lion", "adafactor": "Adafactor", "sgd": "SGD",
        },
        _RECIPES,
    ),
    Choice(
        "preference.objective", tr("Objective"),
        tr("Direct preference optimisation, or a model that scores."),
        {"dpo": "DPO", "orpo": "ORPO", "kto": "KTO", "reward-model": tr("reward model")},
        "Tulu 3, arXiv 2411.15124",
        meanings={
            "dpo": tr("A frozen copy of the model reads both answers of a pair too."),
            "orpo": tr("Both answers of a pair, without a frozen copy of the model; SimPO and CPO too."),
            "kto": tr("Single answers, two of them to a pair; as many to other prompts are read besides."),
        },
    ),
    Choice(
        "preference.precision", tr("Precision"), _FORMAT_HELP, _TRAINING_FORMATS, _RECIPES,
    ),
    Choice(
        "rl.algorithm", tr("Algorithm"),
        tr(
            "It sets who reads each response again: the old policy, a reference, a critic, a "
            "reward model."
        ),
        {
            "grpo-kl": "GRPO + KL", "grpo": "GRPO", "ppo": "PPO", "rloo": "RLOO", "reinforce": "REINFORCE",
            "dapo": "DAPO", "cispo": "CISPO",
        },
        _R1,
    ),
    Choice("rl.stack", tr("Software"), _RL_STACK_HELP, _RL_STACKS, _RL_STACK_SOURCE),
    Choice(
        "rl.schedule", tr("Schedule"),
        tr(
            "Rollouts and updates in turn, the next round beside this update, or never waiting "
            "for the longest."
        ),
        {"synchronous": tr("in turn"), "one-step": tr("one step ahead"), "asynchronous": tr("asynchronous")},
        _R1,
    ),
    Choice(
        "distillation.method", tr("Method"),
        tr(
            "Training on the teacher's text, on its logits for given text, or on its marks for "
            "own text."
        ),
        {"sequences": tr("teacher's text"), "logits": tr("teacher's logits"),
        "on-policy": tr("student's own text")},
        _R1,
    ),
    Choice(
        "distillation.teacher", tr("Teacher"), tr("The model whose text or logits the student learns from."),
        default_source=_R1,
    ),
    Choice(
        "distillation.generate", tr("Teacher's text"),
        tr("Written in this stage and paid for, or there already."),
        {True: tr("written here"), False: tr("exists already")}, tr("the dearer case"),
    ),
    Choice("distillation.stack", tr("Software"), _RL_STACK_HELP, _RL_STACKS, _RL_STACK_SOURCE),
    Choice(
        "distillation.precision", tr("Precision"), _FORMAT_HELP, _TRAINING_FORMATS, _RECIPES,
    ),
    Choice(
        "generation.precision", tr("Precision"), tr("Number format the model is served in."),
        {"bf16": "BF16", "fp8": "FP8", "fp4": "FP4"}, _SERVED,
    ),
    Choice(
        "generation.stack", tr("Software"), tr("The vendor's tuned serving, or a frontier lab's own."),
        {"vendor": "vendor's", "frontier": tr("frontier lab")}, _SERVED,
    ),
)  # fmt: skip

STAGE_ROWS: tuple[Input | Choice, ...] = (*_RUN, *_RUN_CHOICES, *_SOFTWARE, *_LAYOUT, *_KINDS, *_KIND_CHOICES)
"""Rows of a stage, in the order shown."""
