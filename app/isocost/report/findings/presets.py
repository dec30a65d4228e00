"""What the gallery says of the shipped plans."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from isocost.catalog import Catalog
from isocost.files import FileError, load_project
from isocost.plan.answer.estimate import estimate
from isocost.plan.answer.headline import run_words
from isocost.plan.answer.results import Estimate
from isocost.plan.project.project import Project
from isocost.quantities import format_money


@dataclass(frozen=True, slots=True)
class Preset:
    """A shipped plan and what it comes to."""

    path: Path
    name: str
    line: str
    price: str
    detail: str

    @property
    def words(self) -> str:
        """Name, price and size on one line."""
        return f"{self.name}: {self.price}, {self.detail}"


def preset_of(path: Path, project: Project, result: Estimate) -> Preset:
    """What is said of one plan: the first paragraph of its notes, its price, time and place."""
    return Preset(
        path=path,
        name=project.name,
        line=" ".join(project.notes.strip().split("\n\n")[0].split()),
        price=format_money(result.total.cost_usd),
        detail=run_words([stage for stage in result.stages if stage.enabled], result.total),
    )


def read_presets(folder: Path, catalog: Catalog) -> tuple[Preset, ...]:
    """Every preset that opens, the cheapest first; one that does not open is left to its test."""
    found: list[tuple[float, Preset]] = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            project = load_project(path, catalog)
        except FileError:
            continue
        result = estimate(project, catalog)
        found.append((result.total.cost_usd, preset_of(path, project, result)))
    return tuple(preset for _, preset in sorted(found, key=lambda pair: pair[0]))
