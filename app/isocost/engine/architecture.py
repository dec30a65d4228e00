"""A transformer's parameters and floating-point work, counted from its true shapes.

Every function is plain arithmetic over the fields of ``Transformer``, so it serves whole-number models, the
smooth shapes of a slider and fields that are numpy arrays of one length alike.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import overload

import numpy as np
from numpy.typing import NDArray

from isocost.engine.records import ADAPTED_MATRICES, AdaptedMatrix, Transformer

TRAIN_FLOPS = 6.0
"""FLOPs per parameter and trained token: 2 forward, 4 backward (arXiv 2001.08361, section 2.1)."""

MTP_PROJECTION = 2.0
"""A multi-token-prediction module joins two hidden vectors into one: 2h x h (arXiv 2412.19437, eq. 21)."""

NORMS_PER_LAYER = 2.0
"""One before attention and one before the feed-forward."""

BACKWARD = 2.0
"""Backward over forward work: one product for the input's gradient, one for the weight's."""


@dataclass(frozen=True, slots=True)
class ParameterCount:
    """Parameters of a transformer, by part. Biases are ignored; all are plain counts."""

    total: float
    """Everything a checkpoint holds, without multi-token-prediction modules (the published convention)."""
    active: float
    """Parameters one token meets, embedding table and head included; equal to ``total`` for a dense model."""
    embedding: float
    """Input embedding, learned position tables and tables by layer."""
    head: float
    """Output projection as a matrix multiply; part of ``total`` only when it is not tied to the embedding."""
    attention_per_layer: float
    ffn_per_dense_layer: float
    ffn_per_moe_layer: float
    """Router, projections to the experts' width, shared experts and all routed experts of one layer."""
    per_expert: float
    norms_per_layer: float
    mtp: float
    """All multi-token-prediction modules (embedding and head are shared with the model); not in ``total``."""
    mtp_active: float

    @property
    def active_matmul(self) -> float:
        """Active parameters that multiply: the head in, the embedding look-up out.

        Some publishers (gpt-oss, for one) print this as their active count.
        """
        return self.active - self.embedding


@dataclass(frozen=True, slots=True)
class Flops:
    """Floating-point operations per token; a multiply-add is two."""

    matmul: float
    """Products with weights, the head included."""
    attention: float
    """Products of queries with keys and of scores with values; only positions a token may see are counted."""

    @property
    def total(self) -> float:
        """Weights and attention together."""
        return self.matmul + self.attention


def query_key_dim(t: Transformer) -> float:
    """Width of one head's query and key."""
    return t.qk_nope_dim + t.qk_rope_dim if t.attention == "mla" else t.head_dim


def value_dim(t: Transformer) -> float:
    """Width of one head's value."""
    return t.v_head_dim if t.attention == "mla" else t.head_dim


def ffn_matrices(t: Transformer) -> float:
    """Matrices of one feed-forward: three when gated (gate, up, down), else two."""
    return 3.0 if t.gated else 2.0


def feedforward_layers(t: Transformer) -> float:
    """Layers followed by a feed-forward."""
    return t.layers if t.feedforward_layers is None else t.feedforward_layers


def dense_layers(t: Transformer) -> float:
    """Layers followed by a feed-forward without experts."""
    return feedforward_layers(t) - t.moe_layers


def state_layers(t: Transformer) -> float:
    """Layers that mix tokens by a state space of known shape."""
    return t.windowed_layers if t.state_width else 0.0


def expert_width(t: Transformer) -> float:
    """Width of the tokens that routed experts read and write."""
    return t.expert_hidden if t.expert_hidden else t.hidden


def full_head_ratio(t: Transformer) -> float:
    """Width of the heads of layers without a window over that of the others."""
    return t.full_head_dim / t.head_dim if t.full_head_dim else 1.0


def windowed_share(t: Transformer) -> float:
    """Layers with a window over all."""
    return t.windowed_layers / t.layers if t.windowed_layers else 0.0


def mean_head_ratio(t: Transformer) -> float:
    """Width of a head, averaged over layers, over that of windowed layers."""
    return windowed_share(t) + (1.0 - windowed_share(t)) * full_head_ratio(t)


def own_kv_share(t: Transformer) -> float:
    """Layers with keys and values of their own over all."""
    return 1.0 - t.shared_kv_layers / t.layers if t.shared_kv_layers else 1.0


def mean_kv_width(t: Transformer) -> float:
    """Columns of keys, averaged over layers, those that take an earlier layer's included as none."""
    full = (t.full_kv_heads or t.kv_heads) * (t.full_head_dim or t.head_dim)
    share = windowed_share(t)
    return own_kv_share(t) * (share * t.kv_heads * t.head_dim + (1.0 - share) * full)


def index_parameters(t: Transformer) -> float:
    """Weights of one indexer: queries from the latent ones, one key, a weight for each head.

    Source: DeepSeek-V3.2-Exp, section 2.1, and its inference code. Without latent queries they come from the
    hidden vector.
    """
    source = t.q_lora_rank if t.q_lora_rank > 0 else t.hidden
    return source * t.index_heads * t.index_dim + t.hidden * (t.index_dim + t.index_heads)


def attention_parameters(t: Transformer) -> float:
    """Projection weights of an average attention layer, its part of indexers and of tables by layer included.

    Grouped-query: q, k, v and output projections. Multi-head latent attention (arXiv 2405.04434): down- and
    up-projections of queries and of keys/values, the rotary key, and the output projection. In a hybrid, of
    the average of attention and state-space layers (Mamba-2, arXiv 2405.21060: input and output projection).
    """
    if t.index_layers or t.layer_table_width:
        rest = replace(t, index_layers=0.0, layer_table_width=0.0)
        # A token's row passes a gate of the hidden size and comes back; one projection feeds all layers.
        tables = 3.0 * t.hidden * t.layer_table_width
        return attention_parameters(rest) + t.index_layers / t.layers * index_parameters(t) + tables
    if t.state_width:
        states = t.hidden * (t.state_projected + t.state_width)
        share = state_layers(t) / t.layers
        return share * states + (1.0 - share) * attention_parameters(replace(t, state_width=0.0))
    if t.attention != "mla":
        keys = mean_kv_width(t)
        merged = (1.0 - windowed_share(t)) * (t.full_kv_heads or t.kv_heads) * (t.full_head_dim or t.head_dim)
        values = keys - merged * own_kv_share(t) if t.full_keys_as_values else keys
        return t.hidden * (2.0 * t.heads * t.head_dim * mean_head_ratio(t) + keys + values)
    query_width = t.heads * query_key_dim(t)
    queries = t.q_lora_rank * (t.hidden + query_width) if t.q_lora_rank > 0 else t.hidden * query_width
    keys_values = t.hidden * (t.kv_lora_rank + t.qk_rope_dim) + t.kv_lora_rank * t.heads * (
        t.qk_nope_dim + t.v_head_dim
    )
    return queries + keys_values + t.heads * t.v_head_dim * t.hidden


def parameters(t: Transformer) -> ParameterCount:
    """Parameters of a transformer, counted matrix by matrix.

    Llama 3.1 8B, to the last of the parameters its checkpoint holds:

    >>> llama = Transformer("Llama 3.1 8B", 32.0, 4096.0, 32.0, 8.0, 128.0, 14336.0, 128256.0)
    >>> parameters(llama).total
    8030261248.0
    """
    attention = attention_parameters(t)
    dense_ffn = ffn_matrices(t) * t.hidden * t.ffn
    expert = ffn_matrices(t) * expert_width(t) * t.expert_ffn
    shared = t.shared_experts * ffn_matrices(t) * t.hidden * t.expert_ffn
    router = t.hidden * (t.experts + 2.0 * t.expert_hidden)
    moe_ffn = router + shared + t.experts * expert
    moe_active = router + shared + t.top_k * expert
    # Latent queries and latent keys and values have a norm each.
    norms = NORMS_PER_LAYER * t.hidden + (t.q_lora_rank + t.kv_lora_rank if t.attention == "mla" else 0.0)
    tables = t.hidden * (t.vocabulary + t.learned_positions)
    by_layer = t.vocabulary * t.layers * t.layer_table_width
    head = t.hidden * t.vocabulary
    common = tables + by_layer + (1.0 - t.tied_embeddings) * head + t.hidden
    trunk = common + t.layers * (attention + norms) + dense_layers(t) * dense_ffn
    total = trunk + t.moe_layers * moe_ffn
    # A tied head multiplies the same table again: the token meets one table, the matmul happens all the same.
    active = trunk + t.moe_layers * moe_active
    # Beside the layer it adds, a module has a projection and norms of the vectors it joins and of its output.
    joint = attention + norms + 3.0 * t.hidden + MTP_PROJECTION * t.hidden * t.hidden
    return ParameterCount(
        total=total,
        active=active,
        embedding=by_layer + tables - t.tied_embeddings * head,
        head=head,
        attention_per_layer=attention,
        ffn_per_dense_layer=dense_ffn,
        ffn_per_moe_layer=moe_ffn,
        per_expert=expert,
        norms_per_layer=norms,
        mtp=t.mtp_layers * (joint + (moe_ffn if t.is_moe else dense_ffn)),
        mtp_active=t.mtp_layers * (joint + (moe_active if t.is_moe else dense_ffn)),
    )


@overload
def visible_tokens(sequence: float, window: float | None = None, chunked: bool = False) -> float: ...
@overload
def visible_tokens(
    sequence: NDArray[np.float64], window: NDArray[np.float64], chunked: NDArray[np.float64] | float = 0.0
) -> NDArray[np.float64]: ...
def visible_tokens(
    sequence: float | NDArray[np.float64],
    window: float | NDArray[np.float64] | None = None,
    chunked: bool | float | NDArray[np.float64] = False,
) -> float | NDArray[np.float64]:
    """Positions a token attends to on average under a causal mask, within a sliding window or a chunk if any.

    Half the sequence without a window; with one of w tokens, w - w^2 / 2s: the first w tokens see less than
    w. The w positions an indexer chooses count alike. In chunks of w tokens half of each chunk: n of them and
    a rest of r see (n w^2 + r^2) / 2s. Source: counted (arXiv 2004.05150 for sliding windows; Llama 4's
    ``attention_chunk_size``).

    >>> visible_tokens(8192.0), visible_tokens(8192.0, window=1024.0)
    (4096.0, 960.0)
    >>> visible_tokens(8192.0, window=1024.0, chunked=True)
    512.0
    """
    if window is None:
        return sequence / 2.0
    reach = np.minimum(window, sequence)
    sliding = reach - reach * reach / (2.0 * sequence)
    if not np.any(chunked):
        return sliding if np.ndim(sliding) else float(sliding)
    whole = np.floor(sequence / reach)
    rest = sequence - whole * reach
    inside = (whole * reach * reach + rest * rest) / (2.0 * sequence)
    result: NDArray[np.float64] = np.where(chunked, inside, sliding)
    return result if np.ndim(result) else float(result)


def index_flops(t: Transformer, seen: float) -> float:
    """Work of one token's indexers, which score all ``seen`` positions [FLOPs]: 2 heads x width x positions.

    Source: DeepSeek-V3.2-Exp, equation 1.
    """
    return 2.0 * t.index_layers * t.index_heads * t.index_dim * seen


def forward_flops_per_token(t: Transformer, sequence: float, *, training: bool = False) -> Flops:
    """Work of one token's forward pass in a sequence of ``sequence`` tokens [FLOPs per token].

    2 N for the N active parameters that multiply, and 2 a (d_qk + d_v) n in each layer for a heads that see n
    positions on average: only visible ones count, so the causal half. Embedding look-ups and norms are free;
    the head counts. With ``training``, multi-token-prediction modules are included: each is one more layer,
    its joining projection and one more pass through the head. Source: arXiv 2001.08361, table 1, with the
    true shapes; arXiv 2412.19437, section 2.2, for the modules.
    """
    count = parameters(t)
    # Norms have parameters but no products.
    weights = count.active_matmul - t.layers * count.norms_per_layer - t.hidden
    layers = t.layers
    if training:
        weights = weights + count.mtp_active + t.mtp_layers * count.head
        layers = layers + t.mtp_layers
    # The modules attend to the whole sequence, whatever the layers of the model do.
    full_layers = layers - t.windowed_layers
    seen = full_layers * full_head_ratio(t) * visible_tokens(sequence)
    seen = seen + t.windowed_layers * visible_tokens(sequence, t.window, t.chunked)
    attention = 2.0 * t.heads * (query_key_dim(t) + value_dim(t)) * seen
    return Flops(matmul=2.0 * weights, attention=attention + index_flops(t, visible_tokens(sequence)))


def training_flops_per_token(t: Transformer, sequence: float, *, frozen: bool = False) -> Flops:
    """Forward and backward work of one trained token [FLOPs per token]; recomputation is not counted.

    ``frozen`` weights (adapters, arXiv 2106.09685) need no weight gradients: their backward products are half
    as many. Source: backward twice forward, arXiv 2001.08361, section 2.1.
    """
    forward = forward_flops_per_token(t, sequence, training=True)
    backward = BACKWARD / 2.0 if frozen else BACKWARD
    return Flops((1.0 + backward) * forward.matmul, (1.0 + BACKWARD) * forward.attention)


def six_nd(active: float, tokens: float) -> float:
    """Training FLOPs in the usual shorthand, 6 N D: active parameters times tokens (arXiv 2001.08361).

    >>> six_nd(8e9, 15e12)
    7.2e+23
    """
    return TRAIN_FLOPS * active * tokens


def adapter_parameters(
    t: Transformer, rank: float, targets: Collection[AdaptedMatrix] = ADAPTED_MATRICES
) -> float:
    """Parameters of low-rank adapters (arXiv 2106.09685): rank x (inputs + outputs) of each matrix.

    ``targets`` are the matrices adapted, those of each expert included; embedding, head and router are not.
    Latent keys and values share their projections, adapted where either is; a state space's input counts as
    queries, its output as attention's.

    >>> llama = Transformer("Llama 3.1 8B", 32.0, 4096.0, 32.0, 8.0, 128.0, 14336.0, 128256.0)
    >>> adapter_parameters(llama, rank=16.0)
    41943040.0
    """
    h, query = t.hidden, t.heads * query_key_dim(t)
    out = t.heads * value_dim(t)
    q, k, v, o, up, down = (float(each in targets) for each in ADAPTED_MATRICES)
    if t.attention == "mla":
        latent = h + 2.0 * t.kv_lora_rank + t.qk_rope_dim + t.heads * (t.qk_nope_dim + t.v_head_dim)
        queries = h + 2.0 * t.q_lora_rank + query if t.q_lora_rank > 0 else h + query
        attention = q * queries + max(k, v) * latent + o * (out + h)
    else:
        ratio = mean_head_ratio(t)
        attention = q * (h + query * ratio) + (k + v) * (h + mean_kv_width(t)) + o * (out * ratio + h)
    states = state_layers(t)
    mixed = q * (h + t.state_projected) + o * (t.state_width + h)
    mixers = (t.layers - states) * attention + states * mixed
    matrices = up * (ffn_matrices(t) - 1.0) + down
    experts = t.experts * (expert_width(t) + t.expert_ffn) + t.shared_experts * (h + t.expert_ffn)
    return rank * (mixers + matrices * (dense_layers(t) * (h + t.ffn) + t.moe_layers * experts))


def kv_elements_per_token(t: Transformer) -> float:
    """Numbers a key-value cache keeps for each token over all layers (latent vectors under MLA).

    >>> llama = Transformer("Llama 3.1 8B", 32.0, 4096.0, 32.0, 8.0, 128.0, 14336.0, 128256.0)
    >>> kv_elements_per_token(llama)
    65536.0
    """
    per_layer = t.kv_lora_rank + t.qk_rope_dim if t.attention == "mla" else 2.0 * mean_kv_width(t)
    return per_layer * t.layers + t.index_layers * t.index_dim
