"""The plans the app ships."""

from __future__ import annotations

import re
from pathlib import Path

from isocost import paths
from isocost.catalog.names import nearest_name
from isocost.files.errors import FileError
from isocost.language import tr
from isocost.plan.project.project import Project


def preset_paths() -> tuple[Path, ...]:
    """Files of the shipped plans, in the order of their names."""
    return tuple(sorted(paths.presets().glob("*.yaml"), key=lambda path: path.stem))


def summary(project: Project) -> str:
    """What a plan is about, in one line: the first of its notes."""
    return project.notes.strip().partition("\n")[0]


def find_plan(text: str) -> Path:
    """The plan file someone means: a path, else the name of a preset (``deepseek-r1``).

    Raises FileError when there is neither.
    """
    path = Path(text)
    name = text.removesuffix(".yaml")
    if not re.fullmatch(r"[\w.-]+", name) or _exists(path):
        return path
    presets = {preset.stem: preset for preset in preset_paths()}
    if name in presets:
        return presets[name]
    if near := nearest_name(name, presets):
        raise FileError(path, tr("there is no such file or preset; did you mean {near}?", near=near))
    raise FileError(path, tr("there is no such file or preset; presets are {list}.", list=", ".join(presets)))


def _exists(path: Path) -> bool:
    """Whether anything is there, were it a broken link; names the system cannot hold are not."""
    try:
        return path.is_symlink() or path.exists()
    except OSError:
        return False
