"""Facts of a configuration -> the decoder they describe, block by block."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Literal, cast

from isocost.files.imports.model.blocks import (
    Attention,
    CompressedAttention,
    Decoder,
    Experts,
    FeedForward,
    Indexer,
    LatentAttention,
    Layer,
    Mixer,
)
from isocost.files.imports.model.facts import Facts
from isocost.files.imports.model.linear import linear_mixer
from isocost.files.imports.model.schedule import MixerKind, blocks, experts_at, layer_count, mixers
from isocost.files.imports.source import NotUnderstoodError
from isocost.language import tr

_NORM_WEIGHTS = {"rms": 1, "layer": 2, "layer-weight": 1, "none": 0}
"""Parameters of a norm over the hidden size it is as wide as."""
FEWEST_STREAM_MAPS = 3


def build(facts: Facts, family: str) -> Decoder:
    """The decoder a configuration describes. Raises NotUnderstoodError naming the key at fault."""
    hidden = facts.count("hidden", 1)
    vocabulary = facts.count("vocabulary", 1)
    layers = _layers(facts, hidden)
    norm = _NORM_WEIGHTS[facts.word("norm")] * hidden
    last = facts.flag("final_norm") and ("pre_norm" not in facts.family.defaults or facts.flag("pre_norm"))
    others = norm * (last + facts.flag("embedding_norm")) + vocabulary * facts.flag("head_bias")
    narrow = facts.whole("embedding_width", 1)
    positions = facts.whole("positions") or 0
    decoder = Decoder(
        family=family,
        hidden=hidden,
        vocabulary=vocabulary,
        tied=facts.flag("tied"),
        layers=tuple(layers),
        positions=positions + facts.count("positions_added") if positions else 0,
        embedding_width=0 if narrow in (None, hidden) else narrow,
        others=others,
        mtp=facts.whole("mtp") or 0,
    )
    if facts.word("mixers") == "gemma4":
        return _with_layer_tables(facts, decoder)
    if facts.word("mixers") == "compressed":
        return _with_streams(facts, decoder)
    return decoder


def _layers(facts: Facts, hidden: int) -> list[Layer]:
    norms = facts.count("norms") * _NORM_WEIGHTS[facts.word("norm")] * hidden
    how = facts.word("mixers")
    if how == "blocks":
        return [_block(facts, kind, hidden, norms) for kind in blocks(facts)]
    count = layer_count(facts)
    if how == "states":
        return [Layer((linear_mixer(facts, hidden),), (), norms)] * count
    if how == "falcon":
        norms = _falcon_norms(facts) * 2 * hidden
    elif "parallel" in facts.family.defaults and facts.flag("parallel"):
        norms //= 2  # one norm serves attention and feed-forward beside it
    at = experts_at(facts, count) if _has_experts(facts) else [False] * count
    dense = None if all(at) else _dense(facts, hidden)
    experts = _experts(facts, hidden) if any(at) else None
    made: dict[tuple[MixerKind, bool], Layer] = {}
    if how == "compressed":
        return [Layer((each,), (_one_of(experts, dense),), norms) for each in _compressed(facts, count)]
    if how == "gemma4":
        return _gemma4(facts, count, hidden, norms)
    kinds = mixers(facts, count)
    own_indexers = _indexers(facts, count)
    layers: list[Layer] = []
    for i, kind in enumerate(kinds):
        if (kind, at[i]) not in made:
            found = _mixers(facts, kind, hidden)
            made[kind, at[i]] = Layer(found, (_one_of(experts if at[i] else dense, None),), norms)
        layers.append(made[kind, at[i]] if own_indexers[i] else _without_indexer(made[kind, at[i]]))
    return layers


def _one_of(
    first: FeedForward | Experts | None, second: FeedForward | Experts | None
) -> FeedForward | Experts:
    found = first if first is not None else second
    assert found is not None
    return found


def _block(facts: Facts, kind: MixerKind, hidden: int, norms: int) -> Layer:
    """A layer that is one block alone."""
    if kind == "moe":
        return Layer((), (_experts(facts, hidden),), norms)
    if kind == "ffn":
        return Layer((), (_dense(facts, hidden),), norms)
    return Layer(_mixers(facts, kind, hidden), (), norms)


def _mixers(facts: Facts, kind: MixerKind, hidden: int) -> tuple[Mixer, ...]:
    if kind == "linear":
        return (linear_mixer(facts, hidden),)
    if facts.whole("kv_rank", 1) is not None:
        return (_latent(facts, kind),)
    attention = _attention(facts, kind, hidden)
    return (attention, linear_mixer(facts, hidden)) if facts.word("mixers") == "both" else (attention,)


def _heads(facts: Facts, hidden: int) -> tuple[int, int, int]:
    """Heads of queries, of keys and values, and their width. Raises NotUnderstoodError."""
    heads = facts.count("heads", 1)
    kv_heads = facts.whole("kv_heads", 1) or heads
    if "kv_flag" in facts.family.defaults and not facts.flag("kv_flag"):
        kv_heads = heads
    if "one_kv" in facts.family.defaults:
        new = "new_block" in facts.family.defaults and facts.flag("new_block")
        kv_heads = kv_heads if new else 1 if facts.flag("one_kv") else heads
    width = facts.whole("head_dim", 1)
    if kv_heads > heads or heads % kv_heads:
        key = facts.held("kv_heads")[0] or "num_key_value_heads"
        raise NotUnderstoodError(
            tr(
                "{place}{key}: must divide the {heads:,} heads, got {kv_heads:,}.",
                place=facts.place,
                key=key,
                heads=heads,
                kv_heads=kv_heads,
            )
        )
    if width is None:
        if hidden < heads:
            raise NotUnderstoodError(
                tr(
                    "{place}head_dim: is missing; {heads:,} heads share {hidden:,}.",
                    place=facts.place,
                    heads=heads,
                    hidden=hidden,
                )
            )
        width = hidden // heads
    return heads, kv_heads, width


def _attention(facts: Facts, kind: MixerKind, hidden: int) -> Attention:
    heads, kv_heads, width = _heads(facts, hidden)
    norm = facts.word("qk_norm")
    if "qk_norm_flag" in facts.family.defaults:
        norm = facts.word("qk_norm_kind") if facts.flag("qk_norm_flag") else "none"
    return Attention(
        heads=heads,
        kv_heads=kv_heads,
        head_dim=width,
        window=facts.whole("window", 1) if kind in ("window", "chunk") else None,
        chunked=kind == "chunk",
        qkv_bias=facts.flag("qkv_bias"),
        out_bias=facts.flag("out_bias"),
        qk_norm=cast(Literal["none", "head", "heads", "whole"], norm),
        output_gate=facts.flag("output_gate"),
        sinks=facts.flag("sinks"),
    )


def _latent(facts: Facts, kind: MixerKind) -> LatentAttention:
    heads = facts.count("index_heads")
    return LatentAttention(
        heads=facts.count("heads", 1),
        q_rank=facts.whole("q_rank") or 0,
        kv_rank=facts.count("kv_rank", 1),
        nope=facts.count("nope", 1),
        rope=facts.count("rope"),
        value=facts.count("value", 1),
        bias=facts.flag("qkv_bias"),
        indexer=_indexer(facts) if heads else None,
        window=facts.whole("window", 1) if kind == "window" else None,
    )


def _indexer(facts: Facts) -> Indexer:
    return Indexer(facts.count("index_heads", 1), facts.count("index_dim", 1), facts.count("index_chosen", 1))


def _indexers(facts: Facts, layers: int) -> list[bool]:
    """Whether each layer has an indexer of its own, where it would have one at all."""
    key, value = facts.held("indexer_types")
    if key and isinstance(value, str):
        own = [each == "F" for each in value]
    elif (words := facts.words("indexer_types")) is not None:
        own = [each == "full" for each in words]
    else:
        every = max(facts.whole("indexer_every") or 1, 1)
        skipped = facts.whole("indexer_skipped") or 0
        # As GLM-5's own configuration counts: the first layers have one each, then one of every few.
        own = [max(i - skipped + 1, 0) % every == 0 for i in range(layers)]
    return own + [True] * (layers - len(own))


def _without_indexer(layer: Layer) -> Layer:
    found = tuple(
        replace(each, indexer=None) if isinstance(each, LatentAttention) else each for each in layer.mixers
    )
    return replace(layer, mixers=found)


def _compressed(facts: Facts, layers: int) -> list[CompressedAttention]:
    """DeepSeek-V4's attention of each layer: how many tokens are compressed into one."""
    ratios = facts.wholes("ratios")
    if ratios is None:
        words = facts.words("layer_types")
        known = {
            "compressed_sparse_attention": 4,
            "heavily_compressed_attention": 128,
            "sliding_attention": 0,
        }
        if words is None:
            # The class's own schedule: heavily compressed twice, then every other layer.
            ratios = [128 if i < 2 or i % 2 else 4 for i in range(layers)]
        else:
            ratios = [known.get(each, 0) for each in words]
    if len(ratios) < layers:
        raise NotUnderstoodError(
            tr(
                "{place}compress_ratios: names {count:,} layers, but there are {layers:,}.",
                place=facts.place,
                count=len(ratios),
                layers=layers,
            )
        )
    indexer = _indexer(facts)
    one = CompressedAttention(
        heads=facts.count("heads", 1),
        head_dim=facts.count("head_dim", 1),
        q_rank=facts.count("q_rank", 1),
        out_groups=facts.count("out_groups", 1),
        out_rank=facts.count("out_rank", 1),
        window=facts.count("window", 1),
        ratio=0,
    )
    kinds = {
        ratio: replace(one, ratio=ratio, indexer=indexer if ratio == 4 else None) for ratio in set(ratios)
    }
    return [kinds[ratio] for ratio in ratios[:layers]]


def _with_streams(facts: Facts, decoder: Decoder) -> Decoder:
    """The residual streams of DeepSeek-V4 (hyper-connections): maps at attention, feed-forward and end."""
    m, d = facts.count("streams", 1), decoder.hidden
    maps = m * (m + 2)
    each = 2 * (m * d * maps + maps + FEWEST_STREAM_MAPS)
    kinds = {layer: replace(layer, others=layer.others + each) for layer in decoder.kinds}
    layers = tuple(kinds[layer] for layer in decoder.layers)
    return replace(decoder, layers=layers, others=decoder.others + m * m * d + m + 1)


def _gemma4(facts: Facts, layers: int, hidden: int, norms: int) -> list[Layer]:
    """Gemma 4: other heads where everything is seen, keys shared by the last layers, experts beside."""
    kinds = mixers(facts, layers)
    heads, kv_heads, width = _heads(facts, hidden)
    merged = facts.flag("full_keys_as_values")
    full_kv = facts.whole("full_kv_heads", 1) if merged else None
    local = Attention(heads, kv_heads, width, facts.whole("window", 1), qk_norm="head")
    full = Attention(
        heads, full_kv or kv_heads, facts.count("full_head_dim", 1), qk_norm="head", keys_as_values=merged
    )
    shared = facts.count("shared_kv")
    table, experts = facts.count("table_width"), None
    if facts.flag("expert_flag"):
        # Three norms more, a scale of the router's input and one of each expert.
        made = _experts(facts, hidden)
        experts = replace(made, extra=4 * hidden + made.count)
    others = norms + (2 * hidden * table + hidden if table else 0)
    result = []
    for i, kind in enumerate(kinds):
        reuses = i >= layers - shared
        attention = replace(full if kind == "full" else local, own_kv=not reuses)
        wide = 2 if reuses and facts.flag("double_wide") else 1
        dense = FeedForward(facts.count("ffn", 1) * wide)
        result.append(Layer((attention,), (dense,) if experts is None else (dense, experts), others))
    return result


def _with_layer_tables(facts: Facts, decoder: Decoder) -> Decoder:
    width, layers = facts.count("table_width"), len(decoder.layers)
    if not width:
        return decoder
    return replace(
        decoder,
        layer_tables=facts.count("table_vocabulary", 1) * layers * width,
        layer_table_width=width,
        others=decoder.others + layers * decoder.hidden * width + width,
    )


def _falcon_norms(facts: Facts) -> int:
    """Norms of a layer of Falcon: attention and feed-forward side by side may share one."""
    if (stated := facts.whole("norms_stated", 1)) is not None:
        return stated
    return 2 if facts.flag("new_block") or not facts.flag("parallel") else 1


def _has_experts(facts: Facts) -> bool:
    on = "expert_flag" not in facts.family.defaults or facts.flag("expert_flag")
    return on and bool(facts.whole("experts"))


def _dense(facts: Facts, hidden: int) -> FeedForward:
    width = facts.whole("ffn", 1)
    if width is None and "ffn_times" in facts.family.defaults:
        width = round(facts.number("ffn_times") * hidden)
    elif "ffn_multiple" in facts.family.defaults:
        width = _rounded_width(facts, hidden, width)
    if width is None:
        raise NotUnderstoodError(facts.missing("ffn"))
    if facts.flag("gate_halves"):
        width //= 2
    return FeedForward(width, facts.flag("gated"), facts.flag("ffn_bias"), facts.count("activation_weights"))


def _rounded_width(facts: Facts, hidden: int, stated: int | None) -> int:
    """A width as Meta's and Liquid's code rounds it: two thirds of four times, up to a multiple."""
    adjusted = "ffn_adjusted" not in facts.family.defaults or facts.flag("ffn_adjusted")
    if stated is not None and ("ffn_adjusted" not in facts.family.defaults or not adjusted):
        return stated
    width = 2 * (4 * hidden if stated is None else stated) // 3
    width = int(facts.number("ffn_factor") * width)
    multiple = facts.count("ffn_multiple", 1)
    return multiple * math.ceil(width / multiple)


def _experts(facts: Facts, hidden: int) -> Experts:
    count, top_k = facts.count("experts", 1), facts.count("top_k", 1)
    if top_k > count:
        key = facts.held("top_k")[0] or "num_experts_per_tok"
        raise NotUnderstoodError(
            tr(
                "{place}{key}: must be at most the {count:,} experts, got {top_k:,}.",
                place=facts.place,
                key=key,
                count=count,
                top_k=top_k,
            )
        )
    width = facts.whole("expert_ffn", 1) or facts.count("ffn", 1)
    shared = facts.whole("shared_ffn")
    shared_count = facts.whole("shared_experts") or 0
    if shared is None:
        shared = shared_count * width
    return Experts(
        count=count,
        top_k=top_k,
        width=width,
        gated=facts.flag("gated"),
        bias=facts.flag("expert_bias"),
        router_bias=facts.flag("router_bias"),
        shared_width=shared,
        shared_gate=facts.flag("shared_gate") and shared > 0,
        latent=facts.whole("expert_latent") or 0,
        shared_bias=facts.flag("ffn_bias"),
    )
