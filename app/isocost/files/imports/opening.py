"""A file somebody brings, opened as a plan of its own."""

from __future__ import annotations

from pathlib import Path

from isocost.catalog import Catalog
from isocost.files.imports.model import ModelReader, config_in
from isocost.files.imports.reading import Imported, read_as
from isocost.files.imports.source import SourceFile
from isocost.files.loading import MODEL_SUFFIX
from isocost.plan.inputs.starting import new_project
from isocost.plan.project.project import Place, Project


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
