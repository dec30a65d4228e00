"""A configuration file -> the model it describes."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from isocost.catalog.entries.model_families import Family, ModelFamilies, model_families
from isocost.files.errors import got
from isocost.files.imports.model.building import build
from isocost.files.imports.model.facts import Facts
from isocost.files.imports.model.record import ModelFile
from isocost.files.imports.model.text import looks_like, read_object
from isocost.files.imports.source import Given, NotUnderstoodError, SourceFile, one_line
from isocost.language import tr

_INSIDE = ("text_config", "llm_config", "language_config")
"""Where the text model of a model of several kinds of input stands."""
_TOWERS = {
    "vision_config": "an image encoder",
    "visual": "an image encoder",
    "vit_config": "an image encoder",
    "vision_encoder": "an image encoder",
    "vision_tower": "an image encoder",
    "audio_config": "an audio encoder",
    "audio_processor": "an audio encoder",
    "speech_config": "an audio encoder",
    "talker_config": "a speech decoder",
    "token2wav_config": "a speech decoder",
    "projector_config": "a projector between encoder and text model",
    "image_embd_layer": "an image encoder",
    "embd_layer": "encoders of images and speech",
}
LONGEST_NAME = 80
MOST_NAMED = 12
"""Keys named in one sentence; of more the number is said."""
PARAMS = "params.json"


class ModelReader:
    """Models: config.json of the hub, params.json of Meta's and Mistral's checkpoints."""

    def knows(self, file: SourceFile) -> bool:
        """Whether the content is a model's configuration, whole or broken off; never raises."""
        start = file.text.lstrip()[:1]
        if start != "{":
            return False
        try:
            tree, _ = read_object(file.text)
        except NotUnderstoodError:
            head = file.text[:20_000]
            marks = ('"model_type"', '"architectures"', '"hidden_size"', '"peft_type"')
            return file.name.lower() == "config.json" or sum(mark in head for mark in marks) > 1
        return looks_like(tree)

    def read(self, file: SourceFile, given: Given) -> ModelFile:
        """The model. Raises NotUnderstoodError: what is missing or wrong, and where."""
        tree, repeated = read_object(file.text)
        return read_model(tree, repeated)


def read_model(tree: Mapping[str, Any], repeated: tuple[str, ...] = ()) -> ModelFile:
    """The model that an object describes. Raises NotUnderstoodError."""
    if isinstance(tree.get("peft_type"), str):
        raise NotUnderstoodError(_adapter(tree))
    families = model_families()
    inner, place = _text_model(tree)
    family, name, doubts = _family(families, inner, tree, place)
    if family.refused:
        raise NotUnderstoodError(
            tr(
                "{place}model_type: {name!r} is built of blocks that cannot be counted yet; make a "
                "plan with its parameters instead.",
                place=place,
                name=name,
            )
        )
    held = dict(inner)
    if place and "tie_word_embeddings" not in inner and tree.get("tie_word_embeddings") is not None:
        held["tie_word_embeddings"] = tree["tie_word_embeddings"]
    facts = Facts(held, family, place)
    decoder = build(facts, one_line(name)[:LONGEST_NAME] or "unknown")
    doubts += [f"{key} stands twice; the last counts." for key in repeated]
    if family.name == PARAMS and not facts.has("tied"):
        doubts.append(
            "Whether input and output share one table does not stand in params.json: two are counted."
        )
    towers = _towers(tree) | _towers(inner)
    doubts += [f"{key}: {what} is not counted." for key, what in towers.items()]
    doubts += _unknown_keys(facts, families, place)
    return ModelFile(
        decoder=decoder,
        name=_name(tree),
        form=PARAMS if family.name == PARAMS else "config.json",
        origins=dict(facts.origins),
        longest=_longest(inner),
        has_towers=any(
            each in ("an image encoder", "encoders of images and speech") for each in towers.values()
        ),
        not_understood=tuple(doubts),
    )


def _adapter(tree: Mapping[str, Any]) -> str:
    rank, base = tree.get("r"), tree.get("base_model_name_or_path")
    of = f" of rank {rank}" if isinstance(rank, int) else ""
    model = f" ({got(base)})" if isinstance(base, str) and base else ""
    return (
        f"peft_type: this is an adapter{of}, not a model: import the config.json of its base model{model}, "
        "then choose LoRA in the plan."
    )


def _text_model(tree: Mapping[str, Any]) -> tuple[Mapping[str, Any], str]:
    """The object that describes the text model, and where it stands."""
    thinker = tree.get("thinker_config")
    if isinstance(thinker, dict):
        inner, place = _text_model(thinker)
        return inner, f"thinker_config.{place}"
    for key in _INSIDE:
        inside = tree.get(key)
        if isinstance(inside, dict) and inside:
            return inside, f"{key}."
    return tree, ""


def _family(
    families: ModelFamilies, inner: Mapping[str, Any], outer: Mapping[str, Any], place: str
) -> tuple[Family, str, list[str]]:
    """The family a model is read by, what the file calls it, and what is to be said of that."""
    named = inner.get("model_type")
    if named is not None and not isinstance(named, str):
        raise NotUnderstoodError(
            tr("{place}model_type: expected a word, got {got}.", place=place, got=got(named))
        )
    outside = outer.get("model_type")
    candidates = [named] if named else [f"{outside}_text", outside] if isinstance(outside, str) else []
    for name in candidates:
        if name and (family := families.family(name)) is not None:
            return family, name, []
    for tree in (inner, outer):
        classes = tree.get("architectures")
        for each in classes if isinstance(classes, list) else []:
            found = families.of_architecture(each) if isinstance(each, str) else None
            if found is not None and (family := families.family(found)) is not None:
                return family, named or found, [] if not named else [_by_class(named, each, place)]
    if "dim" in inner and ("n_layers" in inner or "n_heads" in inner):
        family = families.family(PARAMS)
        assert family is not None
        return family, "params.json", []
    name = named or (outside if isinstance(outside, str) else "") or "unknown"
    said = f"{place}model_type: {got(name)} is not known" if named else "model_type is missing"
    return families.unknown, name, [f"{said}: it was read by its keys, as a model built like Llama."]


def _by_class(named: str, architecture: str, place: str) -> str:
    return f"{place}model_type: {got(named)} is not known: it was read as {architecture}."


def _name(tree: Mapping[str, Any]) -> str:
    """What the model is called, where the file says so; never a path of somebody's machine."""
    found = tree.get("_name_or_path")
    if not isinstance(found, str):
        return ""
    name = one_line(found.replace("\\", "/").rstrip("/").rpartition("/")[2])[:LONGEST_NAME]
    return name if name not in (".", "..") else ""


def _longest(tree: Mapping[str, Any]) -> int | None:
    for key in (
        "max_position_embeddings",
        "max_seq_len",
        "max_sequence_length",
        "model_max_length",
        "n_positions",
    ):
        value = tree.get(key)
        if type(value) is int and 0 < value < 10**9:
            return value
    return None


def _towers(tree: Mapping[str, Any]) -> dict[str, str]:
    """Parts beside the text model, by the keys they stand under."""
    found = {key: what for key, what in _TOWERS.items() if isinstance(tree.get(key), dict | str)}
    others = [
        key
        for key, value in tree.items()
        if key.endswith("_config")
        and isinstance(value, dict)
        and key not in (*_INSIDE, *_TOWERS, "thinker_config", "quantization_config", "compression_config")
        and isinstance(value.get("model_type", value.get("hidden_size")), str | int)
    ]
    return found | dict.fromkeys(others, "another part of the model")


def _unknown_keys(facts: Facts, families: ModelFamilies, place: str) -> list[str]:
    """A sentence on the keys that nothing is known of: one of them may change the shape."""
    known = {key.partition(".")[0] for keys in facts.family.keys.values() for key in keys}
    known |= {*_INSIDE, *_TOWERS}
    unknown = sorted(
        key
        for key in facts.unused()
        if key not in known
        and not any(fnmatchcase(key, pattern) for pattern in families.harmless)
        and facts.tree[key] not in (None, False)
    )
    if not unknown:
        return []
    shown = ", ".join(got(key)[1:-1] for key in unknown[:MOST_NAMED])
    more = f" and {len(unknown) - MOST_NAMED} more" if len(unknown) > MOST_NAMED else ""
    of = f"In {place.rstrip('.')}: " if place else ""
    noun = "key is" if len(unknown) == 1 else "keys are"
    return [
        f"{of}{len(unknown)} {noun} not known here and was not counted: {shown}{more}.".replace(
            "keys are not known here and was", "keys are not known here and were"
        )
    ]


def config_in(path: Path) -> Path:
    """The configuration in a folder of a model's files, or the path itself where it is no folder."""
    for name in ("config.json", PARAMS):
        if path.is_dir() and (path / name).is_file():
            return path / name
    return path
