"""The blocks a language model is built of, each counted to the last weight that frameworks make of it.

The widths are those of a configuration file, the counts those of the tensors a checkpoint holds. ``d`` below
is the hidden size. Sources: the modelling code of transformers 5.24 and of the models' own repositories.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, Protocol


class Mixer(Protocol):
    """What lets tokens look at one another."""

    def weights(self, d: int) -> int:
        """Parameters at a hidden size."""


@dataclass(frozen=True, slots=True)
class Attention:
    """Grouped-query attention; multi-head and multi-query are its ends."""

    heads: int
    kv_heads: int
    head_dim: int
    window: int | None = None
    """Tokens it looks back; None = all."""
    chunked: bool = False
    """Whether it sees its own chunk of ``window`` tokens instead."""
    qkv_bias: bool = False
    out_bias: bool = False
    qk_norm: Literal["none", "head", "heads", "whole"] = "none"
    """A norm of queries and of keys: one head wide, one for each head, or over all heads at once."""
    output_gate: bool = False
    """Whether queries come with a gate of the output as wide as they are."""
    sinks: bool = False
    """Whether each head has a learned sink."""
    keys_as_values: bool = False
    own_kv: bool = True
    """False where it attends to an earlier layer's keys and values."""

    def weights(self, d: int) -> int:
        """Parameters: projections, biases, norms, sinks."""
        q, kv = self.heads * self.head_dim, self.kv_heads * self.head_dim * self.own_kv
        columns = (2 if self.output_gate else 1) * q + (1 if self.keys_as_values else 2) * kv
        norms = {
            "none": 0,
            "head": (2 if self.own_kv else 1) * self.head_dim,
            "heads": q + kv,
            "whole": q + kv,
        }[self.qk_norm]
        biases = columns * self.qkv_bias + d * self.out_bias
        return d * columns + q * d + biases + norms + self.heads * self.sinks


@dataclass(frozen=True, slots=True)
class Indexer:
    """What scores all positions so that attention sees only the best (DeepSeek-V3.2)."""

    heads: int
    head_dim: int
    chosen: int
    """Positions that attention sees."""

    def weights(self, d: int, q_rank: int) -> int:
        """Parameters: queries from latent ones, one key with its norm, a weight for each head."""
        return (
            (q_rank or d) * self.heads * self.head_dim + d * (self.head_dim + self.heads) + 2 * self.head_dim
        )


@dataclass(frozen=True, slots=True)
class LatentAttention:
    """Multi-head latent attention (arXiv 2405.04434)."""

    heads: int
    q_rank: int
    """0 = queries are projected at once."""
    kv_rank: int
    nope: int
    rope: int
    value: int
    bias: bool = False
    """On the projections to the latent vectors and on the output."""
    indexer: Indexer | None = None
    window: int | None = None
    output_gate: bool = False

    def weights(self, d: int) -> int:
        """Parameters: down- and up-projections, their norms, the indexer."""
        q = self.heads * (self.nope + self.rope)
        queries = d * self.q_rank + self.q_rank + self.q_rank * q if self.q_rank else d * q
        keys = d * (self.kv_rank + self.rope) + self.kv_rank
        keys += self.kv_rank * self.heads * (self.nope + self.value)
        out = self.heads * self.value * d * (2 if self.output_gate else 1)
        biases = (self.q_rank + self.kv_rank + self.rope + d) if self.bias else 0
        index = self.indexer.weights(d, self.q_rank) if self.indexer is not None else 0
        return queries + keys + out + biases + index


@dataclass(frozen=True, slots=True)
class CompressedAttention:
    """DeepSeek-V4's attention: one shared key and value, over the nearest tokens and over compressed ones."""

    heads: int
    head_dim: int
    q_rank: int
    out_groups: int
    out_rank: int
    window: int
    ratio: int
    """Tokens that are compressed into one; 0 = only the window is seen."""
    indexer: Indexer | None = None
    """Where only some of the compressed ones are seen."""

    def weights(self, d: int) -> int:
        """Parameters: latent queries, the shared key, the grouped output, the compressor, the indexer."""
        q = self.heads * self.head_dim
        own = self.heads + d * self.q_rank + self.q_rank + self.q_rank * q + d * self.head_dim + self.head_dim
        own += q * self.out_rank + self.out_groups * self.out_rank * d
        if not self.ratio:
            return own
        if self.indexer is None:
            return own + self.ratio * self.head_dim + 2 * d * self.head_dim + self.head_dim
        w, heads = self.indexer.head_dim, self.indexer.heads
        compressor = 2 * self.ratio * self.head_dim + 4 * d * self.head_dim + self.head_dim
        return own + compressor + 2 * self.ratio * w + 4 * d * w + w + self.q_rank * heads * w + d * heads


@dataclass(frozen=True, slots=True)
class DeltaNet:
    """Gated DeltaNet (arXiv 2412.06464): the linear layers of Qwen3-Next and Qwen3.5."""

    key_heads: int
    value_heads: int
    key_dim: int
    value_dim: int
    conv: int

    @property
    def width(self) -> int:
        """What the output projection reads."""
        return self.value_heads * self.value_dim

    def weights(self, d: int) -> int:
        """Parameters: keys, queries, values, gate, two numbers a head; convolution, decay, norm, output."""
        k, u = self.key_heads * self.key_dim, self.width
        projected = d * (2 * k + 2 * u + 2 * self.value_heads)
        return projected + (2 * k + u) * self.conv + 2 * self.value_heads + self.value_dim + u * d


@dataclass(frozen=True, slots=True)
class KimiDelta:
    """Kimi Delta Attention (arXiv 2510.26692)."""

    heads: int
    head_dim: int
    conv: int

    @property
    def width(self) -> int:
        """What the output projection reads."""
        return self.heads * self.head_dim

    def weights(self, d: int) -> int:
        """Parameters: q, k, v, convolutions, decay and gate through a head's width, output."""
        p = self.width
        low_rank = 2 * (d * self.head_dim + self.head_dim * p)
        return (
            3 * d * p + 3 * p * self.conv + p + self.heads + low_rank + d * self.heads + self.head_dim + p * d
        )


@dataclass(frozen=True, slots=True)
class Mamba2:
    """A state-space layer of Mamba-2 (arXiv 2405.21060)."""

    heads: int
    head_dim: int
    groups: int
    state: int
    conv: int
    conv_bias: bool = True
    bias: bool = False
    norm: bool = True

    @property
    def width(self) -> int:
        """What the output projection reads."""
        return self.heads * self.head_dim

    def weights(self, d: int) -> int:
        """Parameters: gate, values, keys, queries, step; convolution; decay, skip, step's bias; output."""
        inner = self.width
        convolved = inner + 2 * self.groups * self.state
        projected = d * (inner + convolved + self.heads)
        biases = (inner + convolved + self.heads + d) * self.bias + convolved * self.conv_bias
        return projected + convolved * self.conv + biases + 3 * self.heads + inner * self.norm + inner * d


@dataclass(frozen=True, slots=True)
class Mamba1:
    """A state-space layer of Mamba (arXiv 2312.00752)."""

    width: int
    """Inner, what the output projection reads."""
    state: int
    step_rank: int
    conv: int
    conv_bias: bool = True
    bias: bool = False
    norms: bool = False
    """Of step, keys and queries (Jamba)."""

    def weights(self, d: int) -> int:
        """Parameters: values and gate; convolution; step, keys and queries; decay and skip; output."""
        inner, small = self.width, self.step_rank + 2 * self.state
        projected = 2 * d * inner + inner * self.conv + inner * self.conv_bias + (2 * inner + d) * self.bias
        step = inner * small + self.step_rank * inner + inner
        return projected + step + inner * self.state + inner + inner * d + small * self.norms


@dataclass(frozen=True, slots=True)
class Lightning:
    """Lightning attention (arXiv 2401.04658): the linear layers of MiniMax-Text-01 and M1."""

    heads: int
    head_dim: int

    @property
    def width(self) -> int:
        """What the output projection reads."""
        return self.heads * self.head_dim

    def weights(self, d: int) -> int:
        """Parameters: q, k, v, output gate, output, a norm."""
        return 5 * d * self.width + self.width


@dataclass(frozen=True, slots=True)
class ShortConvolution:
    """A gated short convolution (LFM2)."""

    conv: int
    bias: bool = False

    def weights(self, d: int) -> int:
        """Parameters: values with two gates, the convolution, output."""
        return 3 * d * d + d * self.conv + d * d + 5 * d * self.bias


@dataclass(frozen=True, slots=True)
class FeedForward:
    """A feed-forward every token meets."""

    width: int
    gated: bool = True
    """Three matrices instead of two."""
    bias: bool = False
    extra: int = 0
    """Weights beside the matrices: a learned activation's."""

    def weights(self, d: int) -> int:
        """Parameters."""
        rising = 2 if self.gated else 1
        biases = (rising * self.width + d) * self.bias
        return (rising + 1) * d * self.width + biases + self.extra


@dataclass(frozen=True, slots=True)
class Experts:
    """A mixture of experts, with what all of its tokens meet beside them."""

    count: int
    top_k: int
    width: int
    gated: bool = True
    bias: bool = False
    router_bias: bool = False
    shared_width: int = 0
    """Of the experts every token meets, together."""
    shared_gate: bool = False
    latent: int = 0
    """Width tokens are projected to before they are sent to experts; 0 = not."""
    extra: int = 0
    """Weights beside those: norms and scales of the block."""
    shared_bias: bool = False

    def expert(self, d: int) -> int:
        """Parameters of one routed expert."""
        return FeedForward(self.width, self.gated, self.bias).weights(self.latent or d)

    def weights(self, d: int) -> int:
        """Parameters, all experts included."""
        shared = (
            FeedForward(self.shared_width, self.gated, self.shared_bias).weights(d)
            if self.shared_width
            else 0
        )
        router = self.count * (d + self.router_bias) + 2 * d * self.latent
        return router + shared + d * self.shared_gate + self.extra + self.count * self.expert(d)

    def asleep(self, d: int) -> int:
        """Parameters of the experts one token does not meet."""
        return (self.count - self.top_k) * self.expert(d)


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer: what mixes tokens (several side by side, or nothing), then feed-forwards."""

    mixers: tuple[Mixer, ...]
    feedforwards: tuple[FeedForward | Experts, ...] = ()
    others: int = 0
    """Norms and whatever else it holds, in parameters."""

    def weights(self, d: int) -> int:
        """Parameters."""
        return sum(each.weights(d) for each in (*self.mixers, *self.feedforwards)) + self.others

    def asleep(self, d: int) -> int:
        """Parameters one token does not meet."""
        return sum(each.asleep(d) for each in self.feedforwards if isinstance(each, Experts))


@dataclass(frozen=True)
class Decoder:
    """A whole language model; nothing in it is rounded."""

    family: str
    """``model_type`` of the text model, as the file has it."""
    hidden: int
    vocabulary: int
    tied: bool
    layers: tuple[Layer, ...]
    positions: int = 0
    """Rows of a learned table of positions."""
    embedding_width: int = 0
    """Width of the embedding where it is not the hidden size: two projections lie between; 0 = the same."""
    layer_tables: int = 0
    """Parameters of embeddings looked up anew in every layer."""
    layer_table_width: int = 0
    others: int = 0
    """Final norm, norms of embeddings, biases of the head and the like."""
    mtp: int = 0
    """Multi-token-prediction modules; not counted in the total, as on model cards."""

    @property
    def table(self) -> int:
        """Parameters of the embedding."""
        return self.vocabulary * (self.embedding_width or self.hidden)

    @cached_property
    def kinds(self) -> Mapping[Layer, int]:
        """How many layers there are of each kind: a few kinds make up all of them."""
        # By identity first: thousands of layers are a few objects, and to hash one takes a while.
        same = {id(each): each for each in self.layers}
        found: Counter[Layer] = Counter()
        for key, times in Counter(map(id, self.layers)).items():
            found[same[key]] += times
        return found

    @cached_property
    def parameters(self) -> int:
        """All of them."""
        tables = self.table * (1 if self.tied else 2) + self.positions * self.hidden + self.layer_tables
        projections = 2 * self.hidden * self.embedding_width
        layers = sum(each.weights(self.hidden) * times for each, times in self.kinds.items())
        return tables + projections + self.others + layers

    @cached_property
    def active(self) -> int:
        """Those one token meets, tables included."""
        return self.parameters - sum(each.asleep(self.hidden) * times for each, times in self.kinds.items())

    @property
    def active_without_lookup(self) -> int:
        """Those one token is multiplied with: without tables that are only looked up."""
        looked_up = self.positions * self.hidden + self.layer_tables
        return self.active - looked_up - (0 if self.tied else self.table)
