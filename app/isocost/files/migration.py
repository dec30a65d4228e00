"""The version of a plan file, and the way from older versions to this one."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from isocost import __version__
from isocost.catalog.yaml_text import Tree
from isocost.files.errors import ContentError, got
from isocost.language import tr

VERSION = 1
"""What this app writes, under the key ``isocost``."""

Migration = Callable[[dict[str, Tree]], dict[str, Tree]]

MIGRATIONS: Mapping[int, Migration] = {}
"""From each older version to the next; none is older than 1."""


def current_tree(
    tree: Tree, *, version: int = VERSION, migrations: Mapping[int, Migration] = MIGRATIONS
) -> dict[str, Tree]:
    """The tree as this version writes it, without its version key.

    Raises ContentError when the tree is no plan or comes from a newer app.
    """
    if not isinstance(tree, dict):
        raise ContentError(
            tr(
                "expected keys and values such as 'isocost: {version}', got {got}.",
                version=version,
                got=got(tree),
            )
        )
    if "isocost" not in tree:
        raise ContentError(
            tr("not an Isocost plan: the key 'isocost: {version}' is missing.", version=version)
        )
    written = _version(tree["isocost"])
    if written > version:
        raise ContentError(
            tr(
                "needs an Isocost newer than {version}: the file has version {written}, and this app "
                "reads versions up to {version_2}.",
                version=__version__,
                written=written,
                version_2=version,
            )
        )
    current = {key: value for key, value in tree.items() if key != "isocost"}
    for step in range(written, version):
        current = migrations[step](current)
    return current


def _version(value: Tree) -> int:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 7 and int(value) >= 1:
        return int(value)
    raise ContentError(
        tr("isocost: expected a file version such as {version}, got {got}.", version=VERSION, got=got(value))
    )
