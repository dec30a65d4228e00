"""The shipped presets and what each comes to."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from isocost.catalog import Catalog
from isocost.files import FileError, load_project
from isocost.plan.estimate import estimate
from isocost.plan.headline import run_words
from isocost.quantities import format_money


@dataclass(frozen=True, slots=True)
class Preset:
    """A shipped project and what it comes to."""

    path: Path
    name: str
    line: str
    price: str
    detail: str


def read_presets(folder: Path, catalog: Catalog) -> tuple[Preset, ...]:
    """Every preset that opens, the cheapest first; one that does not open is left to its test."""
    found: list[tuple[float, Preset]] = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            project = load_project(path, catalog)
        except FileError:
            continue
        result = estimate(project, catalog)
        counted = [stage for stage in result.stages if stage.enabled]
        preset = Preset(
            path=path,
            name=project.name,
            line=" ".join(project.notes.strip().split("\n\n")[0].split()),
            price=format_money(result.total.cost_usd),
            detail=run_words(counted, result.total),
        )
        found.append((result.total.cost_usd, preset))
    return tuple(preset for _, preset in sorted(found, key=lambda pair: pair[0]))
