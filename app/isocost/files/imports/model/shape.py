"""A decoder -> the model of a plan: the nearest shape that the engine prices, and what stands in for what.

A layer of the engine has one mixer; models of other builds become as many layers as they have mixers, which
have the same weights and the same work. What a shape cannot hold of the weights of mixers (gates, norms,
biases, convolutions) is carried by the columns of their state-space layers' input.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from isocost.engine.architecture import attention_parameters, parameters
from isocost.engine.shapes import HYBRID_CHUNK
from isocost.files.imports.model.blocks import (
    Attention,
    CompressedAttention,
    Decoder,
    Experts,
    FeedForward,
    LatentAttention,
    Mamba1,
    Mixer,
    ShortConvolution,
)
from isocost.language import tr
from isocost.plan.physics.shape import shape_flaw, transformer_of_shape
from isocost.plan.values import ModelChoice, Shape
from isocost.quantities import marked

LARGEST_GAP = 0.005
"""Share of the parameters by which a plan may be off before that is said."""
MAMBA1_CHUNK = 64
"""Tokens whose products stand for the work of Mamba-1's recurrence: the catalogue's, of Jamba (derived)."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A model as a plan has it."""

    choice: ModelChoice
    stands_in: tuple[str, ...] = ()
    """What is only approximated, a sentence each."""


def planned(decoder: Decoder) -> Planned:
    """The model of a plan; where no shape can say it, one of as many parameters."""
    said: list[str] = []
    fields = _fields(decoder, said)
    if fields is not None:
        shape = Shape(**fields)
        choice = ModelChoice(shape=shape)
        if shape_flaw(choice) is None:
            counted = parameters(transformer_of_shape(shape)).total
            if abs(counted / decoder.parameters - 1.0) > LARGEST_GAP:
                said.append(
                    tr(
                        "A plan counts {share} parameters: its shape has no place for all parts of this "
                        "model.",
                        share=marked(f"{counted / decoder.parameters - 1.0:+.1%}"),
                    )
                )
            return Planned(choice, tuple(said))
    active = decoder.active if decoder.active < decoder.parameters else None
    choice = ModelChoice(
        parameters=float(decoder.parameters), active_parameters=None if active is None else float(active)
    )
    return Planned(
        choice, (tr("A plan takes a usual shape of as many parameters: this one cannot be written in it."),)
    )


def _fields(decoder: Decoder, said: list[str]) -> dict[str, Any] | None:
    """The fields of the shape, what is left out 0 or None; None = there is no such shape."""
    mixers = [each for layer in decoder.layers for each in layer.mixers]
    fields: dict[str, Any] = {
        "layers": len(mixers),
        "hidden": decoder.hidden,
        "vocabulary": decoder.vocabulary,
        "tied_embeddings": decoder.tied,
        "learned_positions": decoder.positions,
        "layer_table_width": decoder.layer_table_width,
        "mtp_layers": decoder.mtp,
    }
    if not mixers or not _feed(decoder, fields, len(mixers), said):
        return None
    states = [each for each in mixers if _state_width(each, decoder.hidden)]
    seeing = [each for each in mixers if not _state_width(each, decoder.hidden)]
    _attend(seeing, fields, said)
    if states:
        _add_states(decoder, states, fields, said)
    return _given(fields)


def _feed(decoder: Decoder, fields: dict[str, Any], mixers: int, said: list[str]) -> bool:
    """Fill in the feed-forwards; False = there is none."""
    feedforwards = [layer.feedforwards for layer in decoder.layers if layer.feedforwards]
    mixtures = [[e for e in each if isinstance(e, Experts)] for each in feedforwards]
    experts = [each[0] for each in mixtures if each]
    dense = [
        sum(e.width for e in each if isinstance(e, FeedForward))
        for each, mixture in zip(feedforwards, mixtures, strict=True)
        if not mixture
    ]
    if not feedforwards or len(feedforwards) > mixers:
        return False
    fields["feedforward_layers"] = len(feedforwards) if len(feedforwards) != mixers else None
    first = feedforwards[0][0]
    fields["gated"] = first.gated
    if dense and len(set(dense)) > 1:
        said.append("Feed-forwards of several widths are planned at their mean.")
    fields["ffn"] = round(sum(dense) / len(dense)) if dense else experts[0].width
    if experts:
        one = experts[0]
        beside = sum(
            e.width for e in next(each for each in feedforwards if one in each) if isinstance(e, FeedForward)
        )
        fields["moe_layers"] = len(experts) if len(experts) != mixers else None
        fields["experts"], fields["top_k"], fields["expert_ffn"] = one.count, one.top_k, one.width
        fields["shared_experts"] = (one.shared_width + beside) / one.width
        fields["expert_hidden"], fields["expert_biases"] = one.latent, one.bias
    return True


def _attend(mixers: Sequence[Mixer], fields: dict[str, Any], said: list[str]) -> None:
    """Fill in the attention, of one kind in all layers; where there is none a head of one stands for it."""
    grouped = [each for each in mixers if isinstance(each, Attention)]
    latent = [each for each in mixers if isinstance(each, LatentAttention)]
    compressed = [each for each in mixers if isinstance(each, CompressedAttention)]
    if compressed:
        _compressed(compressed, fields, said)
    elif latent:
        _latent(latent, fields)
    elif grouped:
        _grouped(grouped, fields)
    else:
        fields["heads"] = fields["kv_heads"] = 1
        fields["head_dim"] = 1


def _grouped(mixers: Sequence[Attention], fields: dict[str, Any]) -> None:
    windowed = [each for each in mixers if each.window is not None]
    full = [each for each in mixers if each.window is None]
    usual = (windowed or full)[0]
    fields |= {"heads": usual.heads, "kv_heads": usual.kv_heads, "head_dim": usual.head_dim}
    if windowed:
        fields["window"], fields["chunked"] = usual.window, usual.chunked
        fields["windowed_layers"] = len(windowed) if full else None
    if windowed and full:
        wide = full[0]
        fields["full_head_dim"] = wide.head_dim if wide.head_dim != usual.head_dim else None
        fields["full_kv_heads"] = wide.kv_heads if wide.kv_heads != usual.kv_heads else None
        fields["full_keys_as_values"] = wide.keys_as_values
    fields["shared_kv_layers"] = sum(not each.own_kv for each in mixers)


def _latent(mixers: Sequence[LatentAttention], fields: dict[str, Any]) -> None:
    one = mixers[0]
    indexed = [each for each in mixers if each.indexer is not None]
    windowed = [each for each in mixers if each.window is not None]
    fields |= {
        "heads": one.heads,
        "head_dim": one.nope + one.rope,
        "q_lora_rank": one.q_rank,
        "kv_lora_rank": one.kv_rank,
        "qk_nope_dim": one.nope,
        "qk_rope_dim": one.rope,
        "v_head_dim": one.value,
    }
    if indexed:
        indexer = indexed[0].indexer
        assert indexer is not None
        # Layers without an indexer of their own attend to another's choice.
        fields |= {"window": indexer.chosen, "windowed_layers": None, "index_layers": len(indexed)}
        fields |= {"index_heads": indexer.heads, "index_dim": indexer.head_dim}
    elif windowed:
        fields |= {"window": windowed[0].window}
        fields["windowed_layers"] = len(windowed) if len(windowed) < len(mixers) else None


def _compressed(mixers: Sequence[CompressedAttention], fields: dict[str, Any], said: list[str]) -> None:
    """Latent attention of as many weights stands in for attention over compressed tokens."""
    one, d = mixers[0], fields["hidden"]
    rope = min(64, one.head_dim // 2)
    rank = one.head_dim - rope
    q = one.heads * one.head_dim
    fixed = one.q_rank * (d + q) + d * (rank + rope) + rank * one.heads * rank
    left = sum(each.weights(d) * times for each, times in Counter(mixers).items()) / len(mixers) - fixed
    chosen = max((each.indexer.chosen for each in mixers if each.indexer is not None), default=0)
    fields |= {
        "heads": one.heads,
        "head_dim": one.head_dim,
        "q_lora_rank": one.q_rank,
        "kv_lora_rank": rank,
        "qk_nope_dim": rank,
        "qk_rope_dim": rope,
        "v_head_dim": max(1, round(left / (one.heads * (rank + d)))),
        "window": one.window + chosen,
    }
    said.append(
        "Attention over compressed tokens: latent attention of as many weights stands in, "
        "so its work is rough."
    )


def _state_width(mixer: Mixer, hidden: int) -> int:
    """What the output projection of a linear layer reads; 0 = it is attention."""
    if isinstance(mixer, ShortConvolution):
        return hidden
    return int(getattr(mixer, "width", 0))


def _add_states(decoder: Decoder, states: Sequence[Mixer], fields: dict[str, Any], said: list[str]) -> None:
    """Fill in linear layers, and let the columns of their input carry what has no place elsewhere."""
    d = decoder.hidden
    if fields.get("window"):
        said.append("Windows of the attention layers are left out beside linear layers: they see everything.")
    for name in ("chunked", "windowed_layers", "full_head_dim", "full_kv_heads", "index_layers"):
        fields.pop(name, None)
    one = states[0]
    fields["window"] = MAMBA1_CHUNK if isinstance(one, Mamba1) else round(HYBRID_CHUNK)
    if isinstance(one, ShortConvolution):
        fields["window"] = one.conv
    fields["windowed_layers"] = len(states)
    fields["state_width"] = _state_width(one, d)
    fields["state_projected"] = 1
    weights = sum(each.weights(d) * times for layer, times in decoder.kinds.items() for each in layer.mixers)
    trial = transformer_of_shape(Shape(**_given(fields)))
    missing = weights - trial.layers * attention_parameters(trial)
    fields["state_projected"] = max(1, round(1 + missing / (len(states) * d)))
    said.append(
        f"The recurrence of linear layers: a window of {fields['window']} tokens stands for its work."
    )


def _given(fields: dict[str, Any]) -> dict[str, Any]:
    """Fields without those that say nothing."""
    return {name: value for name, value in fields.items() if value not in (0, None) or name == "gated"}
