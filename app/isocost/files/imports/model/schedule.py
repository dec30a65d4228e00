"""Which block stands in which layer: full, windowed or linear mixers; dense or expert feed-forwards."""

from __future__ import annotations

from typing import Literal

from isocost.files.imports.model.facts import MOST_LAYERS, Facts
from isocost.files.imports.source import NotUnderstoodError
from isocost.language import tr

MixerKind = Literal["full", "window", "chunk", "linear", "ffn", "moe"]

_WORDS: dict[str, MixerKind] = {
    "full_attention": "full",
    "attention": "full",
    "global_attention": "full",
    "indexed_attention": "full",
    "minimax_m3_sparse": "full",
    "sliding_attention": "window",
    "local_attention": "window",
    "chunked_attention": "chunk",
    "linear_attention": "linear",
    "mamba": "linear",
    "mamba2": "linear",
    "conv": "linear",
    "short_conv": "linear",
    "kda": "linear",
    "mlp": "ffn",
    "moe": "moe",
}
"""Kinds of layers as files call them."""
_LETTERS: dict[str, MixerKind] = {"M": "linear", "*": "full", "-": "ffn", "E": "moe"}
"""Of a pattern: Mamba-2, attention, feed-forward, experts (Nemotron-H, Megatron's hybrid pattern)."""
_FEEDFORWARDS = {"dense": False, "mlp": False, "sparse": True, "moe": True, "hash_moe": True}


def layer_count(facts: Facts) -> int:
    """How many layers there are. Raises NotUnderstoodError."""
    return facts.count("layers", 1, MOST_LAYERS)


def mixers(facts: Facts, layers: int) -> list[MixerKind]:
    """What mixes the tokens of each layer. Raises NotUnderstoodError."""
    if (words := facts.words("layer_types")) is not None:
        return _of_words(facts, words, layers)
    if (flags := facts.wholes("linear_flags")) is not None:
        _long_enough(facts, "linear_flags", len(flags), layers)
        return ["full" if each else "linear" for each in flags[:layers]]
    other = _other(facts)
    for name, first in (("full_layers", 0), ("full_from_one", 1)):
        if (full := facts.wholes(name)) is not None:
            return ["full" if i + first in full else other for i in range(layers)]
    if facts.has("full_every") and (every := _list_of_flags(facts, "full_every")) is not None:
        return ["full" if each else other for each in every[:layers]]
    every_nth = facts.whole("full_every") or 0
    if not every_nth:
        whole: MixerKind = other if facts.flag("linear_all") or other != "linear" else "full"
        return _with_first_full(facts, [whole] * layers)
    start = facts.whole("full_from")
    offset = every_nth - 1 if start is None else start
    made: list[MixerKind] = ["full" if i % every_nth == offset else other for i in range(layers)]
    return made


def blocks(facts: Facts) -> list[MixerKind]:
    """The blocks of a model that writes each as a letter or a word. Raises NotUnderstoodError."""
    key, pattern = facts.held("pattern")
    if isinstance(pattern, str) and key:
        plain = pattern.partition("/")[0].replace("|", "").strip()
        unknown = sorted({each for each in plain if each not in _LETTERS})
        if unknown or not plain or len(plain) > MOST_LAYERS:
            raise NotUnderstoodError(
                tr(
                    "{place}{key}: expected letters M, *, - and E, one for each layer",
                    place=facts.place,
                    key=key,
                )
                + (tr("; {unknown!r} is none of them.", unknown=unknown[0]) if unknown else ".")
            )
        facts.held("layers")  # the pattern alone says how many there are
        return [_LETTERS[each] for each in plain]
    words = facts.words("layer_types")
    if words is None:
        raise NotUnderstoodError(facts.missing("pattern"))
    facts.held("layers")
    return _of_words(facts, words, len(words))


def experts_at(facts: Facts, layers: int) -> list[bool]:
    """Whether each layer has experts. Raises NotUnderstoodError."""
    if (words := facts.words("ffn_types")) is not None:
        _long_enough(facts, "ffn_types", len(words), layers)
        for each in words:
            if each not in _FEEDFORWARDS:
                raise NotUnderstoodError(
                    tr(
                        "{place}mlp_layer_types: {each!r} is no kind of feed-forward known here.",
                        place=facts.place,
                        each=each,
                    )
                )
        return [_FEEDFORWARDS[each] for each in words[:layers]]
    if (listed := facts.wholes("expert_layers")) is not None:
        return [i in listed for i in range(layers)]
    if (flags := _list_of_flags(facts, "expert_every")) is not None:
        _long_enough(facts, "expert_every", len(flags), layers)
        return flags[:layers]
    every = facts.whole("expert_every", 1) or 1
    start, first = facts.held("expert_start")[1], facts.count("first_dense")
    offset = every - 1 if start == -1 else (facts.whole("expert_start") or 0) % every
    dense = set(facts.wholes("dense_layers") or ())
    return [i >= first and i % every == offset and i not in dense for i in range(layers)]


def _of_words(facts: Facts, words: list[str], layers: int) -> list[MixerKind]:
    _long_enough(facts, "layer_types", len(words), layers)
    for each in words:
        if each not in _WORDS:
            raise NotUnderstoodError(
                tr(
                    "{place}layer_types: {each!r} is no kind of layer known here.",
                    place=facts.place,
                    each=each,
                )
            )
    kinds = [_WORDS[each] for each in words[:layers]]  # what is beyond are modules for training alone
    if facts.flag("last_full") and kinds[-1] == "window":
        kinds[-1] = "full"
    return kinds


def _other(facts: Facts) -> MixerKind:
    """What stands between layers that see everything."""
    named = facts.word("other_layers")
    if named == "linear":
        return "linear"
    on = "window_flag" not in facts.family.defaults or facts.flag("window_flag")
    if not on or facts.whole("window", 1) is None:
        return "full"
    return "chunk" if named == "chunk" else "window"


def _with_first_full(facts: Facts, kinds: list[MixerKind]) -> list[MixerKind]:
    """The first layers of some families see everything whatever the window."""
    if kinds[0] != "window":
        return kinds
    first = facts.whole("full_first") or 0
    return ["full" if i < first else kind for i, kind in enumerate(kinds)]


def _list_of_flags(facts: Facts, name: str) -> list[bool] | None:
    """A list of zeros and ones in place of a number; None = there is none."""
    value = facts.held(name)[1]
    return [bool(each) for each in facts.wholes(name) or ()] if isinstance(value, list) else None


def _long_enough(facts: Facts, name: str, found: int, layers: int) -> None:
    if found < layers:
        key = facts.held(name)[0]
        raise NotUnderstoodError(
            tr(
                "{place}{key}: names {found:,} layers, but there are {layers:,}.",
                place=facts.place,
                key=key,
                found=found,
                layers=layers,
            )
        )
