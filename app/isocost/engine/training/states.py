"""Bytes per parameter and per activation of training states: optimizers, precisions, adapters, frameworks.

Mixed-precision AdamW keeps 16 bytes a parameter (arXiv 1910.02054, section 3.1); the tables here say what
other optimizers, formats and frameworks make of them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from isocost.engine.architecture import adapter_parameters, parameters
from isocost.engine.arrays import Array, Matrices, array_of
from isocost.engine.records import SCHEDULE_CODES, Optimizer, Precision, Transformer, Workload
from isocost.quantities import format_significant

SIXTEEN_BIT = 2.0
THIRTY_TWO_BIT = 4.0
FOUR_BIT = 4.127 / 8.0
"""Bytes per weight in NF4 and of its double-quantised scales, 0.127 bits (arXiv 2305.14314, section 3)."""

OPTIMIZER_BYTES: dict[Optimizer, float] = {
    "adamw": 12.0,
    "adamw-bf16": 4.0,
    "adamw-8bit": 2.0,
    "adamw-8bit-paged": 0.0,
    "muon": 8.0,
    "lion": 8.0,
    "adafactor": 4.0,
    "sgd": 4.0,
}
"""Bytes per trained parameter: 32-bit master weight with two moments (Muon, arXiv 2502.16982, and Lion, arXiv
2302.06675: one; SGD without momentum: none), or 16- or 8-bit moments alone (arXiv 2110.02861). Adafactor
keeps a row and a column of its second moment, which come to nothing (arXiv 1804.04235). Paged moments need
not be on the accelerator at all (arXiv 2305.14314)."""

ADAPTER_INPUT = 0.5
"""Bytes kept of an input of a frozen layer: it has no weight gradient, only the adapters' inputs stay. Chosen
so that published LoRA layouts fit without recomputation, as they ran."""

WHOLE_LOGIT = 10.0
"""Bytes per logit of a compiled loss that is neither fused nor in chunks: 16-bit, a 32-bit copy and its
gradient. Chunks save 8.3 of them in torchtune's table of optimizations."""

FUSED_LOGIT = 0.0
"""Bytes per logit of a loss that one kernel computes in chunks, the output head's product in it: a chunk has
about as many as its input has values (Liger's, arXiv 2410.10989, section 3.2), less than a layer at work."""

UPDATE_BYTES: dict[Optimizer, float] = {"adamw": 4.0, "adamw-bf16": 2.0}
"""Bytes of a copy of a weight in the format an optimizer keeps its moments in; others update weight by
weight in kernels of their own."""

MASTER_BYTES: dict[Optimizer, float] = {
    name: 0.0 if name.startswith("adamw-") else 4.0 for name in OPTIMIZER_BYTES
}
"""Of these, a 32-bit master weight: weights that are trained in 32 bits are it themselves."""

PURE_16_BIT = ("adamw-bf16", "adamw-8bit", "adamw-8bit-paged")
"""Optimizers that update the 16-bit weights themselves and keep 16-bit gradients."""

EIGHT_BIT = ("fp8", "mxfp8", "nvfp4")
"""Formats whose matmul inputs are stored in 8 bits (NVFP4 keeps the backward pass's inputs in 8)."""


@dataclass(frozen=True, slots=True)
class MemoryProfile:
    """Memory a training framework keeps beyond the arithmetic; fitted to measured peaks."""

    gradient_bytes: float
    """Bytes per trained parameter, unsharded: 4 for a 32-bit buffer, more with 16-bit gradients beside it.
    Training in fp16, or with an optimizer that updates 16-bit weights, keeps 2."""
    persistent_gradients: float
    """1 if gradient buffers live throughout, 0 if gradients appear as the backward pass frees activations
    (then they only coexist with the activations of a later microbatch)."""
    attention_copies: float
    """Times queries and keys are kept again (rotary embedding, packing) beyond the projection's output."""
    ffn_copies: float
    """Inner-width tensors an activation function keeps beyond its inputs (1 = the product only)."""
    logit_bytes: float
    """Bytes per logit of its usual loss: 16-bit, 32-bit copy, gradient; fewer where fused or in chunks."""
    working_layers: float
    """Layers' worth of gradients alive while a layer runs backward, beside the tensors it has stored or
    recomputed. They follow the loss, so the larger of them and the logits counts."""
    head_balanced: float
    """1 if layers are dealt to stages counting the output head as work, 0 if every stage gets alike."""
    allocated_bytes: float
    """Held whatever the model: workspaces of the math library, small buffers."""
    reserve_bytes: float
    """Outside the allocator: device context."""
    communicator_bytes: float
    """The same, of communication buffers, where there is another accelerator."""
    fragmentation: float
    """Share of activations lost between blocks of the allocator; counts towards fitting only."""
    whole_gradient_bytes: float = 0.0
    """Bytes per weight of the gradient of a layer, or of the output head, that is whole under ZeRO-3 until it
    is reduced: 2, and 4 more where it is widened for that. 0 where products add to the gradients that live
    throughout, and the output head's takes no room for the moment either."""
    sharded_masters: float = 0.0
    """1 where ZeRO-3 shards the 32-bit weights the optimizer updates and gathers them in 16 bits, so that no
    16-bit copy waits beside them and sharded gradients have 32 bits (PyTorch's FSDP)."""
    every_second: float = 0.0
    """1 if selective recomputation keeps attention, the outputs of every other product and what ranks
    exchange for their experts, and repeats the rest, experts whole; 0 if it keeps those of all products and
    repeats what lies between them."""
    core_attention: float = 0.0
    """1 if selective recomputation repeats attention alone and keeps all else, as it was first described
    (arXiv 2205.05198)."""
    whole_logit_bytes: float = WHOLE_LOGIT
    """Bytes per logit where its loss takes all at once though it can take fewer."""
    split_logit_bytes: float = 0.0
    """The same where tensor parallelism splits the vocabulary, if more (0 = as ``whole_logit_bytes``)."""
    pipeline_gradient_bytes: float = 0.0
    """Bytes per trained parameter of gradients in a pipeline, where they are more: PyTorch's add up whole and
    in 32 bits over all microbatches (torchtitan's ``reshard_after_forward`` and ``reduce_dtype``)."""
    eight_bit_copies: float = 0.0
    """Bytes per trained weight of copies in 8 bits that wait for the next microbatch, where products are of
    8 bits: one, and one more transposed (Transformer Engine's ``is_first_microbatch``)."""
    eager: float = 0.0
    """1 where operators run one by one: an RMSNorm keeps its input in 32 bits and, where its weight is
    trained, its result once more; a gate keeps its activation's result; an adapter has a 16-bit input of its
    own."""
    update_copies: float = 0.0
    """Copies of the trained weights, in the optimizer's format, that AdamW's update makes when activations
    are gone: PyTorch's ``foreach`` takes the roots of all second moments at once, ZeRO widens gradients."""
    update_limit: float = math.inf
    """Bytes these come to at most (DeepSpeed updates ``sub_group_size`` parameters at a time)."""
    foreach: float = 0.0
    """1 where AdamW's update goes over all weights operator by operator (PyTorch's ``foreach``)."""
    bucket_bytes: float = 0.0
    """Held by the buckets in which ZeRO reduces gradients and gathers updated weights, below its stage 3."""
    bucket_copies: float = 0.0
    """Copies of all gradients in the buckets in which whole replicas reduce them (PyTorch's DDP, unless
    ``gradient_as_bucket_view``)."""
    live_parameters: float = math.inf
    """Parameters whole at once at most under ZeRO-3 (DeepSpeed's ``stage3_max_live_parameters``)."""
    widened: float = 0.0
    """1 where QLoRA's weights that are not quantised are made 32-bit, and with them the residual stream
    (PEFT's ``prepare_model_for_kbit_training``), unless they are sharded."""
    held_inputs: float = 0.0
    """1 where the inputs of sharded frozen layers that are recomputed stay, and their gradients with them,
    until the backward pass has ended: PyTorch's FSDP hooks on to them to know when to free such a layer's
    weights (``_register_post_backward_reshard_only_hook``) and lets go at the end, and what a reentrant
    checkpoint hands it are leaves that keep their gradients."""
    root_tables: float = 0.0
    """1 where embedding and head are one unit of FSDP, whole from the first layer to the last: the root's."""
    viewed_values: float = 0.0
    """1 where operators run one by one and values are a view of queries, keys and values in one, which stays
    with them beside rotated copies."""
    adapter_outputs: float = 0.0
    """Times what adapters add to the outputs of their matrices is kept in 16 bits."""
    adapter_masks: float = 0.0
    """Bytes per value of an adapter's input of the mask of the dropout before it."""
    exchange_bytes: float = 0.0
    """Outside the allocator too: channels of an all-to-all to every rank, where experts are shared out."""
    cached_keys: float = 0.0
    """1 where keys and values of all layers stay until the step has ended, as for generating text
    (Transformers' ``use_cache``, which only its own checkpoints switch off)."""
    gradients_apart: float = 0.0
    """1 where an allocator has the sharded gradients of ZeRO-3 in a pool of their own, as PyTorch's has those
    of FSDP: what activations leave free is of another stream than the one gradients are scattered in."""
    gathered_logits: float = 0.0
    """1 where every rank of tensor parallelism gathers the whole vocabulary's logits for the loss."""


@dataclass(frozen=True, slots=True)
class StateBytes:
    """Bytes per parameter of the training states of each row; arrays of one length."""

    weights: Array
    """Bytes per parameter of the layers."""
    expert_weights: Array
    """The same of routed experts."""
    table_weights: Array
    """Bytes per parameter of embedding and head, which are not quantised."""
    gradients: Array
    """Bytes per trained parameter; 0 where each weight is updated as its gradient appears."""
    sharded_gradients: Array
    """The same under ZeRO-3."""
    optimizer: Array
    trained: Array
    """Trained over all parameters: 1, or the adapters' share."""
    activation_bytes: Array
    """Bytes of a stored activation."""
    input_bytes: Array
    """Bytes of a stored input of a linear layer: what its weight gradient needs. Kept in the matmul's own
    format below 16 bits; frozen weights have no gradient, only the adapters' inputs stay."""
    read: Matrices
    """Matrices whose input is kept: those trained, or that have an adapter."""
    logit_bytes: Array
    """Bytes per logit of the loss."""
    split_logit_bytes: Array
    """The same where tensor parallelism splits the vocabulary."""
    kept_inputs: Array
    """Share of the layer inputs kept for full recomputation that stays on the accelerator: 0 if offloaded."""
    repeated: Array
    """Share of the layers that full recomputation repeats; the others keep their activations."""
    fused_attention: Array
    updated_here: Array
    """1 where optimizer states are on the accelerator, 0 where the host holds them and does the update."""
    kept_here: Array
    """1 where sharded weights are, 0 where they come from the host for every pass."""
    copied: Array
    """1 where sharded weights are kept beside those the optimizer updates, 0 where they are the same."""
    update: Array
    """Bytes per trained parameter that the update needs beside the states."""
    widened: Array
    """1 where what QLoRA does not quantise is 32-bit (``MemoryProfile.widened``)."""
    eager: Array
    """1 where operators run one by one (``MemoryProfile.eager``)."""
    quantised_inputs: Array
    """Times QLoRA's products keep inputs that no gradient needs."""
    autocast: Array
    """1 where weights and residual stream are 32-bit beside 16-bit products (``Workload.autocast``)."""
    schedule: NDArray[np.int8]
    """Code of the pipeline's schedule, 0 for 1F1B (``training.schedules``)."""

    @classmethod
    def of(
        cls, models: Sequence[Transformer], works: Sequence[Workload], profile: MemoryProfile
    ) -> StateBytes:
        """States of each model trained as its workload says (sequences of one length).

        Source: arXiv 1910.02054 and 2305.14314; what frameworks add, ``resources/memory.yaml``.
        """
        split = profile.split_logit_bytes or profile.whole_logit_bytes
        return cls(
            weights=array_of(works, lambda w: _weight_bytes(w, profile)),
            expert_weights=array_of(
                works, lambda w: SIXTEEN_BIT if w.experts_unquantised else _weight_bytes(w, profile)
            ),
            table_weights=array_of(works, _table_bytes),
            gradients=array_of(works, lambda w: _gradient_bytes(w, profile)),
            sharded_gradients=array_of(
                works,
                lambda w: THIRTY_TWO_BIT if _masters_shared(w, profile) else _gradient_bytes(w, profile),
            ),
            optimizer=array_of(works, _optimizer_bytes),
            trained=np.array([_trained_share(t, w) for t, w in zip(models, works, strict=True)]),
            activation_bytes=array_of(works, lambda w: _operand_bytes(w.precision)),
            input_bytes=array_of(works, lambda w: _input_bytes(w, _eager(w, profile))),
            read=Matrices.trained(works),
            logit_bytes=array_of(works, lambda w: _logit_bytes(w, profile, profile.whole_logit_bytes)),
            split_logit_bytes=array_of(works, lambda w: _logit_bytes(w, profile, split)),
            kept_inputs=array_of(works, lambda w: not w.offload_activations),
            repeated=array_of(works, lambda w: w.recompute_share),
            fused_attention=array_of(works, lambda w: w.flash_attention),
            updated_here=array_of(works, lambda w: w.offload == "none"),
            kept_here=array_of(works, lambda w: w.offload != "states"),
            copied=array_of(works, lambda w: not _masters_shared(w, profile)),
            update=array_of(works, lambda w: profile.update_copies * UPDATE_BYTES.get(w.optimizer, 0.0)),
            widened=array_of(works, lambda w: w.method == "qlora" and profile.widened > 0),
            eager=array_of(works, lambda w: _eager(w, profile)),
            quantised_inputs=array_of(works, lambda w: w.quantised_inputs * (w.method == "qlora")),
            autocast=array_of(works, lambda w: w.autocast),
            schedule=np.array([SCHEDULE_CODES[w.schedule] for w in works], np.int8),
        )


def _masters_shared(work: Workload, profile: MemoryProfile) -> bool:
    """Whether the weights ZeRO-3 shards are those in 32 bits that the optimizer updates."""
    wide = work.method == "full" and work.optimizer not in PURE_16_BIT and work.offload == "none"
    if _wide(work.precision):
        return False
    return (profile.sharded_masters > 0 or work.autocast) and wide and not work.update_in_backward


def _eager(work: Workload, profile: MemoryProfile) -> bool:
    """Whether operators run one by one."""
    return profile.eager > 0 and not (work.fused_kernels or work.compiled)


def _logit_bytes(work: Workload, profile: MemoryProfile, whole: float) -> float:
    """Bytes per logit of the loss; ``whole`` are those of all at once."""
    if work.fused_kernels:
        return FUSED_LOGIT
    return max(profile.logit_bytes, whole * work.whole_logits)


def _weight_bytes(work: Workload, profile: MemoryProfile) -> float:
    """Bytes of a stored weight: frozen ones are kept in the format they are multiplied in."""
    if work.method == "qlora":
        return FOUR_BIT
    if _wide(work.precision):
        return THIRTY_TWO_BIT
    narrow = work.precision in EIGHT_BIT
    if work.method == "lora":
        return THIRTY_TWO_BIT if work.autocast else 1.0 if narrow else SIXTEEN_BIT
    # Trained weights are held in 16 bits even where they are multiplied in 8: they are cast on the way.
    return SIXTEEN_BIT + profile.eight_bit_copies * narrow


def _table_bytes(work: Workload) -> float:
    """Bytes of a stored weight of embedding and head, which are neither quantised nor cast to 8 bits."""
    wide = _wide(work.precision) or (work.autocast and work.method != "full")
    return THIRTY_TWO_BIT if wide else SIXTEEN_BIT


def _optimizer_bytes(work: Workload) -> float:
    """Bytes of an optimizer's states per trained parameter: of a mixed precision with 32-bit weights."""
    held = OPTIMIZER_BYTES[work.optimizer]
    full = work.method == "full" and _wide(work.precision)
    return held - MASTER_BYTES[work.optimizer] if full else held


def _gradient_bytes(work: Workload, profile: MemoryProfile) -> float:
    """Bytes of a gradient that waits for the optimizer's step."""
    if work.update_in_backward:
        return 0.0
    # What updates 16-bit weights has no use for wider gradients.
    if work.autocast or _wide(work.precision):
        return THIRTY_TWO_BIT
    narrow = work.optimizer in PURE_16_BIT or work.precision == "fp16"
    return SIXTEEN_BIT if narrow else profile.gradient_bytes


def _operand_bytes(precision: Precision) -> float:
    """Bytes of a tensor between kernels: 16 bits below 32, whatever the matmuls multiply in."""
    return THIRTY_TWO_BIT if _wide(precision) else SIXTEEN_BIT


def _wide(precision: Precision) -> bool:
    """Whether weights, gradients and what lies between kernels are of 32 bits alone."""
    return precision in ("fp32", "tf32")


def _input_bytes(work: Workload, eager: bool) -> float:
    """Bytes of the input a linear layer keeps for its weight gradient."""
    if work.method != "full":
        return SIXTEEN_BIT if eager else ADAPTER_INPUT
    return 1.0 if work.precision in EIGHT_BIT else _operand_bytes(work.precision)


def _trained_share(t: Transformer, work: Workload) -> float:
    """Trained parameters over all: 1, or the adapters' share."""
    if work.method == "full":
        return 1.0
    return adapter_parameters(t, work.lora_rank, work.lora_targets) / parameters(t).total


def adam_state_bytes(parameters: float) -> float:
    """Bytes of mixed-precision AdamW: 16-bit weights and gradients, 32-bit master and two moments.

    Source: arXiv 1910.02054, section 3.1.

    >>> adam_state_bytes(70e9)
    1120000000000.0
    """
    return parameters * (2.0 * SIXTEEN_BIT + OPTIMIZER_BYTES["adamw"])


def generated_for_kept(kept: float, keep_share: float) -> float:
    """Tokens to generate so that ``kept`` survive a filter that keeps ``keep_share`` of them.

    >>> generated_for_kept(1e9, keep_share=0.25)
    4000000000.0

    Raises:
        ValueError: the share is not above 0 and at most 1.
    """
    if not 0.0 < keep_share <= 1.0:
        raise ValueError(
            f"The share kept must lie above 0 and at most 1, not {format_significant(keep_share)}."
        )
    return kept / keep_share
