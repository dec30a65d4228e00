"""Many models and workloads side by side, as structs of arrays, and how to select from such structs.

A struct of arrays is a frozen record whose fields are arrays of one length, a row for each case. Kernels
compute on them so that one call serves thousands of layouts of one plan (fields of length one, which
broadcast) as well as a thousand measured runs of different models (fields of length n).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import cache, lru_cache, partial
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from isocost.engine.architecture import (
    dense_layers,
    expert_width,
    feedforward_layers,
    ffn_matrices,
    full_head_ratio,
    mean_head_ratio,
    mean_kv_width,
    parameters,
    query_key_dim,
    state_layers,
    value_dim,
    windowed_share,
)
from isocost.engine.records import (
    ADAPTED_MATRICES,
    SCHEDULE_CODES,
    AdaptedMatrix,
    Optimizer,
    Transformer,
    Workload,
)

Array = NDArray[np.float64]
Number = float | Array
"""A float, or an array that broadcasts with the others of a call."""

Record = TypeVar("Record")

ELEMENT_BYTES = {"fp32": 4.0, "tf32": 4.0, "fp16": 2.0, "bf16": 2.0, "fp8": 1.0, "mxfp8": 1.0, "nvfp4": 0.5}
"""Bytes of a matmul operand by number format."""

BLOCK_SCALED = ("mxfp8", "nvfp4")
"""Number formats with a scale for every small block of operands."""

OPTIMIZER_TRAFFIC: dict[Optimizer, float] = {
    "adamw": 34.0,
    "adamw-bf16": 18.0,
    "adamw-8bit": 22.0,
    "adamw-8bit-paged": 22.0,
    "muon": 30.0,
    "lion": 26.0,
    "adafactor": 22.0,
    "sgd": 18.0,
}
"""Bytes an update reads and writes per parameter. AdamW: gradient norm and clip 8, gradient 4, master and two
moments read 12 and written 12, 16-bit weight written 2, less what is fused. Each 32-bit moment less saves 8;
Adafactor reads the gradient once more for its sums of rows and columns. Counted."""

FOREACH_TRAFFIC: dict[Optimizer, float] = {"adamw": 52.0, "adamw-bf16": 26.0}
"""Bytes more a parameter where the update goes over all weights operator by operator: 20 values read and
written in place of 7 (decay 2, first moment 3, second moment 2 and 3, its root 2, correction 2, epsilon 2,
step 4; ``_multi_tensor_adamw``, torch/optim/adamw.py). Counted."""


@cache
def _names(kind: Any) -> tuple[str, ...]:
    # ``dataclasses.fields`` builds a new tuple at every call; a search asks thousands of times.
    return tuple(field.name for field in fields(kind))


def map_arrays(record: Record, each: Callable[[Any], Any]) -> Record:
    """A record whose every array, also in records and tuples of arrays within it, went through ``each``."""
    # Positional, without the checks of ``dataclasses.replace``: a search maps records of some forty fields
    # for each of its chunks.
    kind: Any = type(record)
    values = [getattr(record, name) for name in _names(kind)]
    mapped: Record = kind(*[each(v) if isinstance(v, np.ndarray) else _within(v, each) for v in values])
    return mapped


def _within(value: Any, each: Callable[[Any], Any]) -> Any:
    return tuple(map(each, value)) if isinstance(value, tuple) else map_arrays(value, each)


def take_rows(record: Record, index: Any) -> Record:
    """The rows at ``index`` of every field; fields of length one stay and broadcast."""
    return map_arrays(record, lambda v: v if np.size(v) == 1 else v[index])


def take_elements(record: Record, shape: tuple[int, ...], index: tuple[NDArray[np.intp], ...]) -> Record:
    """The elements at ``index`` of every field as if broadcast to ``shape``, as flat arrays.

    Fields of fewer axes count from the last, as in broadcasting.
    """
    # Positions are worked out once for each shape that occurs, and taken from the flat array: indexing
    # broadcast views, whose strides are zero, takes several times as long.
    positions: dict[tuple[int, ...], NDArray[np.intp]] = {}

    def elements(values: NDArray[Any]) -> NDArray[Any]:
        if values.shape not in positions:
            positions[values.shape] = _positions(values.shape, index[len(shape) - values.ndim :])
        return values.reshape(-1).take(positions[values.shape])

    return map_arrays(record, elements)


def _positions(shape: tuple[int, ...], index: tuple[NDArray[np.intp], ...]) -> NDArray[np.intp]:
    """Flat positions of ``index`` in an array of ``shape``, whose axes of length one ignore theirs."""
    result = np.zeros(len(index[0]) if index else 1, dtype=np.intp)
    for length, along in zip(shape, index, strict=True):
        if length > 1:
            result = result * length + along
    return result


def take_last_axis(record: Record, part: slice | NDArray[np.intp]) -> Record:
    """The entries of ``part`` along the last axis of every field; fields of length one there stay."""
    return map_arrays(record, lambda v: v if v.shape[-1] == 1 else v[..., part])


def add_last_axis(record: Record) -> Record:
    """Every field with a trailing axis of length one, to meet arrays of another axis."""
    return map_arrays(record, lambda v: v[..., None])


def array_of(records: Sequence[Record], read: Callable[[Record], Any]) -> Array:
    """One field of every record as a float array.

    >>> array_of(["7B", "70B"], len)
    array([2., 3.])
    """
    return np.array([read(record) for record in records], dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Transformers:
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
    chunked: Array
    """1 where a windowed layer sees its chunk alone, else 0."""
    windowed_share: Array
    full_width: Array
    """Width of the heads of layers without a window over ``query_key_dim``, which is averaged over layers."""
    windowed_width: Array
    """The same of layers with one."""
    index_width: Array
    """Heads times width of the indexers of an average layer (0 = none)."""
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
    expert_biases: Array
    """1 where experts have biases."""
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
    def of(cls, models: Sequence[Transformer]) -> Transformers:
        """Gather the models of each row (or the one model of a plan)."""
        counts = [parameters(model) for model in models]
        return cls(
            layers=array_of(models, lambda t: t.layers),
            moe_layers=array_of(models, lambda t: t.moe_layers),
            hidden=array_of(models, lambda t: t.hidden),
            heads=array_of(models, lambda t: t.heads),
            kv_heads=array_of(models, _kv_heads),
            query_key_dim=array_of(models, lambda t: query_key_dim(t) * mean_head_ratio(t)),
            value_dim=array_of(models, lambda t: value_dim(t) * mean_head_ratio(t)),
            ffn=array_of(models, lambda t: t.ffn * _dense_share(t)),
            fed_share=array_of(models, lambda t: feedforward_layers(t) / t.layers),
            matrices=array_of(models, ffn_matrices),
            vocabulary=array_of(models, lambda t: t.vocabulary),
            # Infinity instead of None: the shorter of window and sequence then needs no branch.
            window=array_of(models, lambda t: np.inf if t.window is None else t.window),
            chunked=array_of(models, lambda t: t.chunked),
            windowed_share=array_of(models, windowed_share),
            full_width=array_of(models, lambda t: full_head_ratio(t) / mean_head_ratio(t)),
            windowed_width=array_of(models, lambda t: 1.0 / mean_head_ratio(t)),
            index_width=array_of(models, lambda t: t.index_layers / t.layers * t.index_heads * t.index_dim),
            state_share=array_of(models, lambda t: state_layers(t) / t.layers),
            state_width=array_of(models, lambda t: t.state_width),
            state_projected=array_of(models, lambda t: t.state_projected),
            latent=array_of(models, lambda t: t.attention == "mla"),
            q_rank=array_of(models, lambda t: t.q_lora_rank),
            kv_rank=array_of(models, lambda t: t.kv_lora_rank),
            rope_dim=array_of(models, lambda t: t.qk_rope_dim),
            experts=array_of(models, lambda t: t.experts),
            top_k=array_of(models, lambda t: t.top_k),
            shared_experts=array_of(models, lambda t: t.shared_experts),
            expert_ffn=array_of(models, lambda t: t.expert_ffn),
            expert_biases=array_of(models, lambda t: t.expert_biases),
            expert_hidden=array_of(models, expert_width),
            mtp_layers=array_of(models, lambda t: t.mtp_layers),
            hybrid=array_of(models, lambda t: t.attention == "hybrid"),
            attention_parameters=array_of(counts, lambda c: c.attention_per_layer),
            dense_parameters=array_of(
                list(zip(counts, models, strict=True)),
                lambda row: row[0].ffn_per_dense_layer * _dense_share(row[1]),
            ),
            moe_parameters=array_of(counts, lambda c: c.ffn_per_moe_layer),
            routed_parameters=array_of(
                models, lambda t: t.experts * ffn_matrices(t) * expert_width(t) * t.expert_ffn
            ),
            tables=array_of(models, _tables),
            total=array_of(counts, lambda c: c.total),
        )


def _kv_heads(t: Transformer) -> float:
    """Key-value heads of an average layer, of the average width."""
    if not (t.full_kv_heads or t.full_head_dim or t.shared_kv_layers):
        return t.kv_heads
    return mean_kv_width(t) / (t.head_dim * mean_head_ratio(t))


def _tables(t: Transformer) -> float:
    """Embedding table and output head, tied or not, and tables by layer."""
    wide = (2.0 - t.tied_embeddings) * t.hidden
    return (wide + t.layers * t.layer_table_width) * t.vocabulary


def _dense_share(t: Transformer) -> float:
    """Layers with a dense feed-forward over those without experts."""
    without = t.layers - t.moe_layers
    return dense_layers(t) / without if without > 0 else 1.0


@dataclass(frozen=True, slots=True)
class Matrices:
    """1 for each matrix of a layer that something is true of, else 0, in order of ``ADAPTED_MATRICES``."""

    query: Array
    key: Array
    value: Array
    output: Array
    up: Array
    down: Array

    @classmethod
    def adapted(cls, works: Sequence[Workload]) -> Matrices:
        """Those that have adapters: none where the weights themselves are trained."""
        return _matrices(tuple(frozenset() if w.method == "full" else w.lora_targets for w in works))

    @classmethod
    def trained(cls, works: Sequence[Workload]) -> Matrices:
        """Those that are trained themselves or by an adapter."""
        every = frozenset(ADAPTED_MATRICES)
        return _matrices(tuple(every if w.method == "full" else w.lora_targets for w in works))

    @property
    def latent(self) -> Array:
        """Keys and values that share their projections."""
        return np.maximum(self.key, self.value)

    @property
    def attention_input(self) -> Array:
        """Any of those that read a layer's input."""
        return np.maximum(self.query, self.latent)

    def count(self, inwards: Array) -> Array:
        """How many there are in a layer with so many matrices into its feed-forward."""
        return self.query + self.key + self.value + self.output + inwards * self.up + self.down


@lru_cache(maxsize=128)
def _matrices(chosen: tuple[frozenset[AdaptedMatrix], ...]) -> Matrices:
    """Those of some workloads: there are few kinds of one and many records, which share their arrays."""
    return Matrices(*(array_of(chosen, partial(_contains, each)) for each in ADAPTED_MATRICES))


def _contains(matrix: AdaptedMatrix, chosen: frozenset[AdaptedMatrix]) -> bool:
    return matrix in chosen


@dataclass(frozen=True, slots=True)
class Workloads:
    """Steps of each row: sequence, batch, number format and method as arrays of one length."""

    sequence: Array
    document: Array
    """Tokens attention sees at most: of the sequence, or of the packed documents it is made of."""
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
    wide_experts: Array
    """1 where experts are not among them."""
    adapted: Matrices
    """Those that have adapters."""
    fused_attention: Array
    """1 for FlashAttention-like kernels, 0 when scores are written to memory."""
    state_bytes: Array
    """Optimizer traffic per trained parameter: gradient, master weight and moments, read and written."""
    host_updates: Array
    """1 where the host holds the optimizer's states and updates the weights, else 0."""
    host_weights: Array
    """1 where it holds the weights too, which come from it for every pass."""
    core_attention: Array
    """1 where selective recomputation repeats attention alone, as ``MemoryProfile`` says."""
    widened: Array
    """1 where the residual stream is 32-bit beside 16-bit products, as ``MemoryProfile`` says."""
    autocast: Array
    """1 where weights are 32-bit too, and cast for every product (``Workload.autocast``)."""
    every_second: Array
    """1 where selective recomputation repeats every second product, as ``MemoryProfile`` says."""
    repeated: Array
    """Share of the layers that full recomputation repeats."""
    schedule: NDArray[np.int8]
    """Code of the pipeline's schedule, 0 for 1F1B (``training.schedules``)."""

    @classmethod
    def of(
        cls,
        works: Sequence[Workload],
        every_second: Array | float = 0.0,
        core_attention: Array | float = 0.0,
        widened: Array | float = 0.0,
        foreach: Array | float = 0.0,
    ) -> Workloads:
        """Gather the workloads of each row (or the one workload of a plan)."""
        updated = array_of(works, lambda w: w.offload == "none")
        autocast = array_of(works, lambda w: w.autocast)
        more = array_of(works, lambda w: FOREACH_TRAFFIC.get(w.optimizer, 0.0)) * foreach
        return cls(
            sequence=array_of(works, lambda w: w.sequence),
            document=array_of(works, lambda w: min(w.sequence, w.document)),
            global_batch=array_of(works, lambda w: w.global_batch),
            element_bytes=array_of(works, lambda w: ELEMENT_BYTES[w.precision]),
            low_precision=array_of(works, lambda w: ELEMENT_BYTES[w.precision] < 2.0),
            block_scaled=array_of(works, lambda w: w.precision in BLOCK_SCALED),
            frozen=array_of(works, lambda w: w.method != "full"),
            quantised=array_of(works, lambda w: w.method == "qlora"),
            wide_experts=array_of(works, lambda w: w.experts_unquantised),
            adapted=Matrices.adapted(works),
            fused_attention=array_of(works, lambda w: w.flash_attention),
            state_bytes=(array_of(works, lambda w: OPTIMIZER_TRAFFIC[w.optimizer]) + more) * updated,
            host_updates=array_of(works, lambda w: w.offload != "none"),
            host_weights=array_of(works, lambda w: w.offload == "states"),
            core_attention=np.full(len(works), core_attention),
            widened=np.maximum(autocast, widened),
            autocast=autocast,
            every_second=np.full(len(works), every_second),
            repeated=array_of(works, lambda w: w.recompute_share),
            schedule=np.array([SCHEDULE_CODES[w.schedule] for w in works], np.int8),
        )
