"""A file somebody brings, opened as a plan of its own."""

from __future__ import annotations

import re
from pathlib import Path

from isocost.catalog import Catalog
from isocost.files.imports.model import ModelReader, config_in
from isocost.files.imports.reading import Imported, read_as
from isocost.files.imports.source import SourceFile
from isocost.plan.inputs.starting import new_project
from isocost.plan.project.project import Place, Project

MODEL_SUFFIX = ".json"
PLAN_SUFFIX = ".isocost"
LOOKED_AT = 64_000
"""Bytes in which a plan's own keys stand."""
_PLAN = re.compile(rb"^\s*[\"']?(isocost|scenarios)[\"']?\s*:", re.MULTILINE)


def is_plan(path: Path) -> bool:
    """Whether a file is to be opened as a plan: by its keys, or to have said why not."""
    if path.suffix.lower() == PLAN_SUFFIX:
        return True
    try:
        if not path.is_file():
            return path.suffix.lower() != MODEL_SUFFIX and not path.is_dir()
        with path.open("rb") as file:
            return _PLAN.search(file.read(LOOKED_AT)) is not None
    except (OSError, ValueError):
        return True


def project_of_model(path: Path, catalog: Catalog) -> Project | None:
    """A new plan of the model in a config.json, or in a folder that holds one; None = this is no model.

    Raises FileError, in one sentence: it is a model's, and cannot be read.
    """
    config = config_in(path)
    if config.suffix.lower() != MODEL_SUFFIX or not config.is_file():
        return None
    if not ModelReader().knows(SourceFile.load(config)):
        return None
    return new_plan(read_as(ModelReader(), config), catalog)


def new_plan(content: Imported, catalog: Catalog) -> Project:
    """A plan with what was read in it, all else at its defaults. Raises NotUnderstoodError: why it cannot."""
    return content.change(new_project(catalog), catalog, Place())
