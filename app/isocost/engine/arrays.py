"""Many models, accelerators and workloads side by side, as structs of arrays.

The kernels compute on arrays so that one call serves thousands of layouts of one plan (fields of length one,
broadcast) as well as a thousand measured runs of different models (fields of length n).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import cache
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from isocost.engine.architecture import (
    dense_layers,
    expert_width,
    feedforward_layers,
    ffn_matrices,
    parameters,
    query_key_dim,
    state_layers,
    value_dim,
)
from isocost.engine.records import Optimizer, Transformer, Workload

Array = NDArray[np.float64]
Record = TypeVar("Record")


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def change(record: Record, each: Callable[[Any], Any]) -> Record:
    """A record whose every array, also in records and tuples of arrays within it, went through ``each``."""
    kind: Any = type(record)
    values = [getattr(record, name) for name in _names(kind)]
    changed: Record = kind(*[each(v) if isinstance(v, np.ndarray) else _within(v, each) for v in values])
    return changed


def _within(value: Any, each: Callable[[Any], Any]) -> Any:
    return tuple(map(each, value)) if isinstance(value, tuple) else change(value, each)


def pick(record: Record, index: Any) -> Record:
    """The rows at ``index`` of every field; fields of length one stay and broadcast."""
    return change(record, lambda v: v if np.size(v) == 1 else v[index])


def pick_from(record: Record, shape: tuple[int, ...], index: tuple[NDArray[np.intp], ...]) -> Record:
    """The elements at ``index`` of every field as if broadcast to ``shape``, as flat arrays.

    Fields of fewer axes count from the last, as in broadcasting. Positions are worked out once for each shape
    that occurs, which makes this several times faster than indexing broadcast views.
    """
    positions: dict[tuple[int, ...], NDArray[np.intp]] = {}

    def elements(values: NDArray[Any]) -> NDArray[Any]:
        if values.shape not in positions:
            positions[values.shape] = _positions(values.shape, index[len(shape) - values.ndim :])
        return values.reshape(-1).take(positions[values.shape])

    return change(record, elements)


def _positions(shape: tuple[int, ...], index: tuple[NDArray[np.intp], ...]) -> NDArray[np.intp]:
    """Flat positions of ``index`` in an array of ``shape``, whose axes of length one ignore theirs."""
    result = np.zeros(len(index[0]) if index else 1, dtype=np.intp)
    for length, along in zip(shape, index, strict=True):
        if length > 1:
            result = result * length + along
    return result


def columns(record: Record, part: slice) -> Record:
    """The entries of ``part`` along the last axis of every field; fields of length one there stay."""
    return change(record, lambda v: v if v.shape[-1] == 1 else v[..., part])


def expand(record: Record) -> Record:
    """Every field with a trailing axis of length one, to meet arrays of another axis."""
    return change(record, lambda v: v[..., None])


def column(records: Sequence[Record], read: Callable[[Record], Any]) -> Array:
    """One field of every record as a float array."""
    return np.array([read(record) for record in records], dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Shapes:
    """The transformers of each row: layers, widths and parameter counts as arrays of one length."""

    layers: Array
    moe_layers: Array
    hidden: Array
    heads: Array
    kv_heads: Array
    query_key_dim: Array
    value_dim: Array
    ffn: Array
    """Inner width of a dense feed-forward, averaged over the layers without experts."""
    fed_share: Array
    """Layers followed by a feed-forward over all."""
    matrices: Array
    """Matrices of a feed-forward: 3 when gated, else 2."""
    vocabulary: Array
    window: Array
    """Tokens a windowed layer looks back (infinite without windows)."""
    windowed_share: Array
    state_share: Array
    """Layers that mix by a state space over all."""
    state_width: Array
    state_projected: Array
    latent: Array
    """1 for multi-head latent attention, else 0."""
    q_rank: Array
    kv_rank: Array
    rope_dim: Array
    experts: Array
    top_k: Array
    shared_experts: Array
    expert_ffn: Array
    expert_hidden: Array
    """Width of the tokens that routed experts read and write."""
    mtp_layers: Array
    hybrid: Array
    """1 for models whose layers are mostly state-space, else 0."""
    attention_parameters: Array
    dense_parameters: Array
    """Feed-forward of an average layer without experts."""
    moe_parameters: Array
    """Router, shared and routed experts of a layer."""
    routed_parameters: Array
    """Routed experts of a layer."""
    tables: Array
    """Embedding table plus output head, untied or not, as weights that live on the first and last stage."""
    total: Array

    @property
    def layer_parameters(self) -> Array:
        """All parameters of an average layer."""
        moe = self.moe_layers / self.layers
        return self.attention_parameters + (1.0 - moe) * self.dense_parameters + moe * self.moe_parameters

    @classmethod
    def of(cls, models: Sequence[Transformer]) -> Shapes:
        """Gather the models of each row (or the one model of a plan)."""
        counts = [parameters(model) for model in models]
        return cls(
            layers=column(models, lambda t: t.layers),
            moe_layers=column(models, lambda t: t.moe_layers),
            hidden=column(models, lambda t: t.hidden),
            heads=column(models, lambda t: t.heads),
            kv_heads=column(models, lambda t: t.kv_heads),
            query_key_dim=column(models, query_key_dim),
            value_dim=column(models, value_dim),
            ffn=column(models, lambda t: t.ffn * _dense_share(t)),
            fed_share=column(models, lambda t: feedforward_layers(t) / t.layers),
            matrices=column(models, ffn_matrices),
            vocabulary=column(models, lambda t: t.vocabulary),
            window=column(models, lambda t: np.inf if t.window is None else t.window),
            windowed_share=column(models, lambda t: t.windowed_layers / t.layers),
            state_share=column(models, lambda t: state_layers(t) / t.layers),
            state_width=column(models, lambda t: t.state_width),
            state_projected=column(models, lambda t: t.state_projected),
            latent=column(models, lambda t: t.attention == "mla"),
            q_rank=column(models, lambda t: t.q_lora_rank),
            kv_rank=column(models, lambda t: t.kv_lora_rank),
            rope_dim=column(models, lambda t: t.qk_rope_dim),
            experts=column(models, lambda t: t.experts),
            top_k=column(models, lambda t: t.top_k),
            shared_experts=column(models, lambda t: t.shared_experts),
            expert_ffn=column(models, lambda t: t.expert_ffn),
            expert_hidden=column(models, expert_width),
            mtp_layers=column(models, lambda t: t.mtp_layers),
            hybrid=column(models, lambda t: t.attention == "hybrid"),
            attention_parameters=column(counts, lambda c: c.attention_per_layer),
            dense_parameters=column(
                list(zip(counts, models, strict=True)),
                lambda row: row[0].ffn_per_dense_layer * _dense_share(row[1]),
            ),
            moe_parameters=column(counts, lambda c: c.ffn_per_moe_layer),
            routed_parameters=column(
                models, lambda t: t.experts * ffn_matrices(t) * expert_width(t) * t.expert_ffn
            ),
            tables=column(models, lambda t: (1.0 if t.tied_embeddings else 2.0) * t.hidden * t.vocabulary),
            total=column(counts, lambda c: c.total),
        )


def expert_split(model: Shapes | Transformer, tp: Array) -> Array:
    """Tensor-parallel ranks one expert is cut into: experts at least as wide as the model are cut like dense
    feed-forwards (Mixtral, Grok), narrower ones stay whole and the ranks take different tokens, as in
    Megatron-Core.
    """
    return np.where(model.expert_ffn >= model.hidden, tp, 1.0)


def _dense_share(t: Transformer) -> float:
    """Layers with a dense feed-forward over those without experts."""
    without = t.layers - t.moe_layers
    return dense_layers(t) / without if without > 0 else 1.0


@dataclass(frozen=True, slots=True)
class Works:
    """What each row's step does: sequence, batch, number format and method as arrays of one length."""

    sequence: Array
    global_batch: Array
    element_bytes: Array
    """Bytes of a matmul operand: 2, 1 or 0.5."""
    low_precision: Array
    """1 when matmuls run below 16 bits and operands must be cast."""
    block_scaled: Array
    """1 for MXFP8 and NVFP4, whose casts also compute scales of small blocks."""
    frozen: Array
    """1 when the weights are frozen (LoRA, QLoRA): no weight gradients."""
    quantised: Array
    """1 when frozen weights are stored in 4 bits and unpacked for every product (QLoRA)."""
    adapter_rank: Array
    fused_attention: Array
    """1 for FlashAttention-like kernels, 0 when scores are written to memory."""
    state_bytes: Array
    """Optimizer traffic per trained parameter: gradient, master weight and moments, read and written."""
    every_second: Array
    """1 where selective recomputation repeats every second product, as ``MemoryProfile`` says."""

    @classmethod
    def of(cls, works: Sequence[Workload], every_second: Array | float = 0.0) -> Works:
        """Gather the workloads of each row (or the one workload of a plan)."""
        return cls(
            sequence=column(works, lambda w: w.sequence),
            global_batch=column(works, lambda w: w.global_batch),
            element_bytes=column(works, lambda w: ELEMENT_BYTES[w.precision]),
            low_precision=column(works, lambda w: ELEMENT_BYTES[w.precision] < 2.0),
            block_scaled=column(works, lambda w: w.precision in ("mxfp8", "nvfp4")),
            frozen=column(works, lambda w: w.method != "full"),
            quantised=column(works, lambda w: w.method == "qlora"),
            adapter_rank=column(works, lambda w: w.lora_rank if w.method != "full" else 0.0),
            fused_attention=column(works, lambda w: w.flash_attention),
            state_bytes=column(works, lambda w: OPTIMIZER_TRAFFIC[w.optimizer]),
            every_second=np.full(len(works), every_second),
        )


ELEMENT_BYTES = {"fp32": 4.0, "fp16": 2.0, "bf16": 2.0, "fp8": 1.0, "mxfp8": 1.0, "nvfp4": 0.5}

OPTIMIZER_TRAFFIC: dict[Optimizer, float] = {
    "adamw": 34.0,
    "adamw-bf16": 18.0,
    "adamw-8bit": 22.0,
    "adamw-8bit-paged": 22.0,
    "muon": 30.0,
}
"""Bytes an update reads and writes per parameter. AdamW: gradient norm and clip 8, gradient 4, master and two
moments read 12 and written 12, 16-bit weight written 2, less what is fused."""
