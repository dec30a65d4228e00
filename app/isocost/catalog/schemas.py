"""Schemas of what commands print as JSON (``resources/schemas``, a YAML file for each command)."""

from __future__ import annotations

from typing import Any

from isocost.catalog.table import read_text, yaml_content
from isocost.paths import resource

DIALECT = "https://json-schema.org/draft/2020-12/schema"
"""The JSON Schema that they are written in."""


def output_names() -> tuple[str, ...]:
    """The commands whose JSON has a schema."""
    return tuple(sorted(path.stem for path in resource("schemas").glob("*.yaml")))


def output_schema(name: str) -> dict[str, Any]:
    """The schema of what a command of ``output_names`` prints. Raises CatalogError for a broken file."""
    file = f"schemas/{name}.yaml"
    return {"$schema": DIALECT, **yaml_content(read_text(resource(file)), file)}
