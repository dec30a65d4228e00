"""The values a plan is made of: what is trained, on what, at which price, how well used."""

from __future__ import annotations

from typing import Literal

import msgspec

from isocost.language import later, tr

PrecisionName = Literal["fp32", "tf32", "fp16", "bf16", "bf16-true", "fp8", "mxfp8", "mxfp4", "nvfp4"]
StackName = Literal["vendor", "open", "research"]
TuningMethod = Literal["full", "lora", "dora", "lora-8bit", "qlora"]
TuningTargets = Literal["all-linear", "attention", "query-value"]
TuningOptimizer = Literal[
    "adamw",
    "adamw-paged",
    "adamw-bf16",
    "adamw-8bit",
    "adamw-8bit-paged",
    "muon",
    "lion",
    "adafactor",
    "sgd",
]
ShardingName = Literal[
    "none", "zero1", "zero2", "zero3", "hpz", "zero-offload", "zero3-offload", "zero-infinity"
]
AttentionName = Literal["fa2", "tuned", "masked", "unfused"]
ScheduleName = Literal["1f1b", "zero-bubble", "zbv", "v-half", "dualpipe"]
RlStackName = Literal["frontier", "open"]
ServingStackName = Literal["vendor", "frontier"]
GenerationPrecisionName = Literal["bf16", "fp8", "fp4"]


class Value(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Base of everything in a project: immutable, compared by value, unknown keys refused."""


class Shape(Value, frozen=True, kw_only=True):
    """A transformer written out, as its configuration file has it; what is left out is usual."""

    layers: int
    hidden: int
    heads: int
    ffn: int
    """Inner width of a dense feed-forward."""
    vocabulary: int
    kv_heads: int | None = None
    """None = as many as heads."""
    head_dim: int | None = None
    """None = the hidden size over the heads."""
    gated: bool = True
    """SwiGLU or GeGLU: three matrices a feed-forward instead of two."""
    tied_embeddings: bool = False
    window: int | None = None
    """Tokens a layer with a window looks back; of state-space layers those it mixes at a time."""
    windowed_layers: int | None = None
    """None = all, where there is a window."""
    chunked: bool = False
    """Whether a layer with a window sees its own chunk of tokens, not the last ones."""
    index_layers: int | None = None
    """Layers with an indexer, whose choice of positions the window is."""
    index_heads: int | None = None
    index_dim: int | None = None
    full_head_dim: int | None = None
    """Of layers without a window; None = as in the others."""
    full_kv_heads: int | None = None
    full_keys_as_values: bool = False
    """Whether layers without a window use their keys as values."""
    shared_kv_layers: int | None = None
    """Layers that attend to an earlier layer's keys and values."""
    layer_table_width: int | None = None
    """Of a second embedding, looked up anew in every layer."""
    state_width: int | None = None
    """Inner width of state-space layers, which are then those with the window."""
    state_projected: int | None = None
    """Columns of their input projection."""
    q_lora_rank: int | None = None
    kv_lora_rank: int | None = None
    """Of latent attention, which a shape has if it has this."""
    qk_nope_dim: int | None = None
    qk_rope_dim: int | None = None
    v_head_dim: int | None = None
    experts: int | None = None
    top_k: int | None = None
    """Experts a token is sent to."""
    shared_experts: float | None = None
    """Experts every token meets; a part of one where those are narrower."""
    expert_ffn: int | None = None
    expert_biases: bool = False
    """Whether the experts' matrices have biases."""
    expert_hidden: int | None = None
    """Width tokens are projected to before they are sent to experts."""
    moe_layers: int | None = None
    """Layers with experts; None = all, where there are any."""
    feedforward_layers: int | None = None
    """Layers followed by a feed-forward; None = all."""
    mtp_layers: int | None = None
    """Multi-token-prediction modules, which are trained beside the model."""
    learned_positions: int | None = None
    """Rows of a learned table of positions."""


class ModelChoice(Value, frozen=True):
    """A named model of the catalogue, or a custom one given by its parameter counts or its exact shape."""

    name: str | None = None
    parameters: float | None = None
    """Total parameters of a custom model."""
    active_parameters: float | None = None
    """Parameters used per token of a custom mixture of experts; None = dense."""
    shape: Shape | None = None
    """Of a custom model, instead of its parameters."""


class Data(Value, frozen=True):
    """What is trained on."""

    tokens: float
    sequence: int = 4096
    batch_tokens: float | None = None
    """Tokens an optimizer step; None = from the batch-size scaling law."""
    precision: PrecisionName = "bf16"
    document: int | None = None
    """Mean tokens of the documents packed into a sequence, where attention stays within each; None = it goes
    across the whole sequence."""


def sequences_of(length: float) -> dict[str, float]:
    """Tokens of what a batch may be told in instead, for sequences of a length in tokens."""
    return {"sequence": length, "seq": length}


class Tuning(Value, frozen=True):
    """How a fine-tune touches the weights and fills its batches."""

    method: TuningMethod = "full"
    rank: float = 16.0
    """Of the low-rank adapters."""
    targets: TuningTargets = "all-linear"
    """Matrices of a layer that have adapters."""
    epochs: float = 1.0
    packing: float = 0.95
    """Share of each batch that is real tokens: 0.95 packed, about 0.35 for unpacked chats."""
    optimizer: TuningOptimizer = "adamw"
    """Of all trained weights: what it keeps of each beside the weight."""


class Hardware(Value, frozen=True):
    """Which accelerators and how many."""

    accelerator: str
    count: int
    typed: int | None = None
    """What was asked for where one cannot have that many and ``count`` stands for it; None = the same."""
    named: str = ""
    """Name it was given that says more than which part it is (an instance of several); empty = none."""


BY_HAND, NO_PRICE, OF_A_CLAIM = later("your input"), later("no price known"), later("the claim")
"""Suppliers of prices that nobody asks: one that was typed, a number left in its place until one is, what a
claim tells or implies. A plan keeps them in English, whatever language it was made in; ``asked_by`` says
them."""


def asked_by(supplier: str) -> str:
    """Who asks a price, in the chosen language; a supplier's name stays as it is."""
    return tr(supplier) if supplier in (BY_HAND, NO_PRICE, OF_A_CLAIM) else supplier


class Price(Value, frozen=True):
    """The rent of one accelerator, frozen with where it came from."""

    usd_per_gpu_hour: float
    supplier: str = BY_HAND
    commitment: str = ""
    includes: str = ""
    source: str = ""
    date: str = ""
    """Day the price was read, ISO 8601."""
    unnamed: bool = False
    """Whether a plan that named none was given the catalogue's."""


class MeasuredSpeed(Value, frozen=True):
    """A run of the user's own beside what was predicted of it; tokens a second per accelerator."""

    source: str
    """The file it was read from, or the run's name."""
    measured: float
    predicted: float
    low: float
    """10th percentile of what was predicted."""
    high: float
    """90th percentile."""
    date: str = ""
    """Day it was held against the model, ISO 8601."""


class Correction(Value, frozen=True):
    """How the user's own runs compare with the model: measured over predicted throughput."""

    factor: float
    low: float
    """10th percentile expected of a further run, as a factor on the uncorrected prediction."""
    high: float
    """90th percentile."""
    runs: int
    source: str = ""
    date: str = ""
    measured: tuple[MeasuredSpeed, ...] = ()
    """The runs it is from, to which further ones can be added; empty = they are not kept."""


SMALLEST_MFU = 1e-4
"""Below it is no training, and nothing to divide by."""


class Efficiency(Value, frozen=True):
    """How well the hardware is used; None = estimated."""

    mfu: float | None = None
    """Model FLOP utilization of a step, against the dense peak of the matmul precision, on the accelerators
    beside it and as many of them: elsewhere it is as far above or below the model's."""
    goodput: float | None = None
    """Share of wall time that advances the run: the rest is failures, restarts, checkpoints, evaluation. Of
    as many accelerators as beside it: with more or fewer, what failures take of it is more or less."""
    waste: float | None = None
    """Share of the hours paid that whole runs lose beyond goodput: slow phases, repeated parts, evaluation,
    layouts short of the best. None = as published runs on this software did; 0 = physics alone."""
    stack: StackName = "open"
    """Software: the vendor's tuned stack, good open-source code, or research code."""
    attention: AttentionName | None = None
    """The kernel of attention; None = what the software and its date have."""
    overlap: bool = True
    """Whether traffic runs beside computation, as far as the software does it; False = it all waits."""
    matmul_tflops: float | None = None
    """TFLOP/s of a large product, measured on the plan's accelerator in the run's number format; None = as
    runs on its architecture reach."""
    correction: Correction | None = None
    """From the user's own measured runs; applied to the predicted speed, not to a typed MFU."""

    @property
    def of_its_count(self) -> bool:
        """Whether something typed is of as many accelerators as beside it: at other counts it is another."""
        return self.mfu is not None or self.goodput is not None


class Layout(Value, frozen=True):
    """Parts of the parallel layout the user has fixed; None = the search chooses."""

    tp: int | None = None
    pp: int | None = None
    vp: int | None = None
    cp: int | None = None
    ep: int | None = None
    microbatch: int | None = None
    recompute: Literal["none", "selective", "full"] | None = None
    sharding: ShardingName | None = None
    schedule: ScheduleName | None = None
    """Of the pipeline; None = 1F1B, interleaved where that is faster."""


class Underway(Value, frozen=True):
    """How far a stage is that runs already, as its owner tells; None = not told."""

    tokens: float | None = None
    """Trained on so far."""
    share: float | None = None
    """Of the stage's tokens, where that is what was told."""
    hours: float | None = None
    """Since the stage began, stops included."""
    spent_usd: float | None = None
    """On the stage so far; None = its hours at the planned price."""


class Currency(Value, frozen=True):
    """Display currency with a rate frozen on a day; stored values stay in USD."""

    code: str = "USD"
    """ISO 4217."""
    per_usd: float | None = None
    """Units of it for one USD; None = as the catalogue has it, from day to day."""
    source: str = ""
    date: str = ""
