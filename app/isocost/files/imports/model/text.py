"""The JSON of a configuration file, read with care: bounded, as lenient as the programs that write it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from isocost.files.errors import got
from isocost.files.imports.source import NotUnderstoodError
from isocost.language import tr

LARGEST_CONFIG = 4_000_000
"""Characters: the largest on the hub list the scales of every quantised matrix."""
DEEPEST = 32


def read_object(text: str) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The object a text holds, and the keys that stand in it twice, the last of which counts.

    Numbers may be Infinity and NaN, which transformers writes. Raises NotUnderstoodError naming the place.
    """
    if len(text) > LARGEST_CONFIG:
        raise NotUnderstoodError(
            tr(
                "the text is {count:,} characters long; a configuration has at most {largest_config:,}.",
                count=len(text),
                largest_config=LARGEST_CONFIG,
            )
        )
    if _too_deep(text):
        raise NotUnderstoodError(tr("it is nested more than {deepest} levels deep.", deepest=DEEPEST))
    repeated: list[str] = []

    def made(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            names = [name for name, _ in pairs]
            repeated.extend(sorted({name for name in names if names.count(name) > 1})[:8])
        return found

    try:
        tree = json.loads(text, object_pairs_hook=made, parse_int=_whole)
    except json.JSONDecodeError as error:
        raise NotUnderstoodError(
            tr(
                "line {lineno}, column {colno}: not valid JSON, {said}.",
                lineno=error.lineno,
                colno=error.colno,
                said=_said(error.msg),
            )
        ) from None
    if not isinstance(tree, dict):
        raise NotUnderstoodError(
            tr("expected an object of keys and values in braces, got {got}.", got=got(tree))
        )
    return tree, tuple(repeated)


def _said(message: str) -> str:
    return message[:1].lower() + message[1:].rstrip(".")


def _whole(digits: str) -> float:
    """A number of any length: what has more digits than any count is only known to be large."""
    return int(digits) if len(digits) < 20 else float(digits)


def _too_deep(text: str) -> bool:
    """Whether brackets nest too deep, told without reading what is in them."""
    depth, inside, escaped = 0, False, False
    for letter in text:
        if inside:
            if escaped:
                escaped = False
            elif letter == "\\":
                escaped = True
            elif letter == '"':
                inside = False
        elif letter == '"':
            inside = True
        elif letter in "{[":
            depth += 1
            if depth > DEEPEST:
                return True
        elif letter in "}]":
            depth -= 1
    return False


_OF_TRAINING = {
    "train_iters",
    "train_batch_size",
    "micro_batch_size",
    "global_batch_size",
    "per_device_train_batch_size",
    "tensor_model_parallel_size",
    "learning_rate",
    "lr",
    "zero_optimization",
}
"""Keys of training settings, which may hold a model's shape too."""


def looks_like(tree: Mapping[str, Any]) -> bool:
    """Whether an object is a model's configuration, or says it is an adapter's."""
    if isinstance(tree.get("peft_type"), str):
        return True
    if _OF_TRAINING & tree.keys():
        return False
    if "dim" in tree and ("n_layers" in tree or "n_heads" in tree):
        return True
    named = isinstance(tree.get("model_type"), str) or isinstance(tree.get("architectures"), list)
    width = {"hidden_size", "n_embd", "n_embed", "d_model", "text_config", "llm_config", "language_config"}
    depth = {"num_hidden_layers", "n_layer", "n_layers", "num_layers", "hybrid_override_pattern"}
    sized, deep = bool(width & tree.keys()), bool(depth & tree.keys())
    return (sized and deep) or (named and (sized or deep or "thinker_config" in tree))
