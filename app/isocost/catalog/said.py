"""What of the shipped tables is said to people: the words of these fields are put into the chosen language.

Sources, titles and what others have said stay as they were published.
"""

from __future__ import annotations

from typing import Any

from isocost.language import tr

SAID: dict[str, tuple[str, ...]] = {
    "techniques.yaml": ("label", "catch", "unmodelled", "figure", "subject"),
    "gallery.yaml": ("name",),
    "thresholds.yaml": ("name", "meaning"),
    "economics.yaml": ("name",),
    "ladder.yaml": ("name",),
    "claims.yaml": ("line", "includes"),
    "defaults.yaml": ("source",),
}
"""By file the keys whose values are said, wherever in the file they stand."""
NAMED = ("model",)
"""Keys under which names of the catalogue stand, by which things are found in any language."""


def in_language(tree: Any, file: str) -> Any:
    """The content of a shipped file with what it says in the chosen language."""
    keys = SAID.get(file, ())
    return _translated(tree, keys) if keys else tree


def _translated(tree: Any, keys: tuple[str, ...], said: bool = False) -> Any:
    if isinstance(tree, dict):
        return {
            key: value if key in NAMED else _translated(value, keys, key in keys)
            for key, value in tree.items()
        }
    if isinstance(tree, list):
        return [_translated(value, keys, said) for value in tree]
    return tr(tree) if said and isinstance(tree, str) and tree else tree
