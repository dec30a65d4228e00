"""How a model is deployed to generate tokens: number formats, how one copy is spread, drafting, constants."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from isocost.engine.arrays import Number

GenerationPrecision = Literal["bf16", "fp16", "fp8", "fp4", "int4"]
"""``int4`` narrows weights alone, in groups of 128 (AWQ, GPTQ): products stay at 16 bits."""


@dataclass(frozen=True, slots=True)
class ServingConstants:
    """How closely a serving stack comes to the hardware. Shares are of dense peaks and nominal bandwidths."""

    matmul_efficiency: Mapping[str, float]
    """Share of what a large product reaches on the accelerator, by precision."""
    matmul_factor: float
    """Further factor on all products: kernels of an engine against the best there are."""
    unpacking: float
    """Further factor on products whose weights are stored narrower than they are multiplied in."""
    expert_efficiency: float
    """Further factor on the products of routed experts (grouped, uneven)."""
    attention_efficiency: float
    """Share of the 16-bit peak in attention."""
    weight_bandwidth: float
    """Share of memory bandwidth while dense weights stream in."""
    expert_bandwidth: float
    """The same of routed experts."""
    cache_bandwidth: float
    """Share of memory bandwidth while the key-value cache streams in."""
    link_efficiency: float
    """Share of scale-up bandwidth in a collective."""
    network_efficiency: float
    """Share of scale-out bandwidth in an all-to-all."""
    layer_seconds: float
    """Fixed time of a layer in a step: launches and dependencies, s."""
    expert_layer_seconds: float
    """Further fixed time of a layer with experts: routing, permutation, grouped products, s."""
    latent_layer_seconds: float
    """Further fixed time of a layer with latent attention: projections down to the latent vectors and up
    again, and the products they are absorbed in, s."""
    scaled_layer_seconds: float
    """Further fixed time of a layer with experts in 8 bits, whose activations are scaled by groups, s."""
    unpacked_layer_seconds: float
    """Further fixed time of a layer with experts whose weights are unpacked before they are multiplied, s."""
    index_layer_seconds: float
    """Further fixed time of a layer whose indexer chooses among the cached positions, s."""
    prompt_layer_seconds: float
    """Time of a layer that no step which reads prompts goes below: kernels are launched one by one, s."""
    host_efficiency: float
    """Share of the bandwidth in a collective between cards that reach each other over PCIe only."""
    collective_seconds: float
    """Fixed time of one all-reduce or one direction of an all-to-all over scale-up links, s."""
    host_seconds: float
    """The same over PCIe, s."""
    network_seconds: float
    """One direction of an all-to-all where the group crosses nodes, s."""
    reduce_seconds: float
    """An all-reduce there: its steps wait for each other, s."""
    step_seconds: float
    """Fixed time of a step: scheduler, sampling, host, s."""
    sequence_seconds: float
    """Time of a step for each sequence in it: bookkeeping, sampling, detokenization, s."""
    token_layer_seconds: float
    """Routing and permutation of one token in one expert layer, s."""
    state_token_seconds: float
    """Recurrence of one token in one state-space layer, on top of its products, s."""
    ported: float
    """Time of kernels on accelerators of other makers than the one they are written for first, over what the
    same shares and fixed times would give."""
    memory_share: float
    """Share of the memory that weights and key-value cache may take."""
    reserved: float
    """Part of the output a sequence has yet to write that its place in the cache is kept free for: 1 = all of
    it; pages handed out as they fill leave 0, and sequences put off where they ran out."""
    runtime_bytes: float
    """Memory of the runtime, communication buffers and activations on every accelerator."""
    chunk_tokens: float
    """Prompt tokens a scheduler takes into one step of one attention group."""
    max_sequences: float
    """Sequences a scheduler (one per attention group) runs at once."""
    maturing: float
    """Growth of the time of a mixture's kernels with every year the software is older, as a logarithm."""
    overlap: bool
    """Whether two half batches hide memory traffic behind arithmetic (DeepSeek's production decode)."""
    age: float = 0.0
    """Years the software is older than ``TODAY``."""


@dataclass(frozen=True, slots=True)
class Replica:
    """How one copy of the model is spread; degrees may be arrays."""

    tp: Number = 1.0
    """Accelerators that share each dense matrix and each sequence's attention."""
    ep: Number = 1.0
    """Accelerators that share the experts; above ``tp`` = data-parallel attention."""
    pp: Number = 1.0
    """Stages that each hold a part of the layers and work on other sequences."""

    @property
    def gpus(self) -> Number:
        """Accelerators of one replica."""
        return self.stage * self.pp

    @property
    def stage(self) -> Number:
        """Accelerators that work on a layer together."""
        return np.maximum(self.tp, self.ep)

    @property
    def attention_groups(self) -> Number:
        """Groups of a stage that each attend to their own sequences."""
        return self.stage / self.tp


@dataclass(frozen=True, slots=True)
class Format:
    """Number formats of generation."""

    weights: GenerationPrecision = "bf16"
    cache: GenerationPrecision = "bf16"
    arithmetic: GenerationPrecision | None = None
    """What products run in; None = as the weights, where the accelerator can."""
    blocks: bool = False
    """Whether all 8-bit weights have a scale a block, not only those of experts, which are released so."""


@dataclass(frozen=True, slots=True)
class Speculation:
    """Drafting with multi-token-prediction modules."""

    drafts: float = 0.0
    """Tokens drafted ahead of each verified one; 0 = none."""
    acceptance: float = 0.85
    """Chance that a draft is accepted (85-90 % for DeepSeek-V3, arXiv 2412.19437, section 5.4.3)."""
    fading: float = 0.7
    """Chance of each further draft over the one before: a module made to draft one token goes on from its
    own guess. With 0.7 three drafts gain 2.6 tokens a step, which makes DeepSeek-R1 2.16 times as fast where
    a draft costs what a layer does (TensorRT-LLM, tech blog 2, figure 7)."""

    @property
    def tokens_per_step(self) -> float:
        """Tokens a sequence gains in one step: 1 + a + a (a f) + ... over the drafts (arXiv 2211.17192).

        >>> Speculation(drafts=1.0, acceptance=0.85).tokens_per_step
        1.85
        """
        # A draft counts only if all before it were accepted; a fraction of a draft is a share of steps with
        # one.
        gained, kept, left, chance = 1.0, 1.0, self.drafts, self.acceptance
        while left > 0.0:
            kept *= chance
            gained += min(left, 1.0) * kept
            left, chance = left - 1.0, chance * self.fading
        return gained


NO_DRAFTS = Speculation()

TODAY = 2026.25
"""Date of the software that constants are of, as a year: most mixtures in open engines were measured then."""

OLDEST = 0.5
"""Years beyond which software ages no further: what gained was support of models and parts that were new."""


def aged(c: ServingConstants, date: float | None) -> ServingConstants:
    """``c`` of software of ``date``, a year with its fraction; None = of today."""
    return c if date is None else replace(c, age=min(max(TODAY - date, 0.0), OLDEST))


@dataclass(frozen=True, slots=True)
class StepTime:
    """Seconds of one step, by what they are spent on; parts that hide behind others are reported in full."""

    weights: Number
    """Weights streaming from memory."""
    cache: Number
    """Key-value cache streaming from memory."""
    matmul: Number
    """Products with weights."""
    attention: Number
    """Products of queries with the cache and of prompts with themselves."""
    communication: Number
    """All-reduces and all-to-alls."""
    fixed: Number
    """Layers, collectives and host: independent of the batch."""
    sequences: Number
    """Per-sequence and per-token bookkeeping."""
    total: Number
