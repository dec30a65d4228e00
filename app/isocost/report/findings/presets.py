"""What is said at the start: of the shipped plans, and of the user's catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from isocost.catalog import Catalog
from isocost.files import FileError, load_project
from isocost.plan.answer.estimate import estimate
from isocost.plan.answer.headline import run_words
from isocost.plan.answer.results import Estimate
from isocost.plan.project.project import Project
from isocost.quantities import format_counted, format_money, money_shown_in

FEW = 5
"""As many problems are told one by one; the others are counted."""


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
    with money_shown_in(result.money):
        price = format_money(result.total.cost_usd)
        detail = run_words([stage for stage in result.stages if stage.enabled], result.total)
    return Preset(path=path, name=project.name, line=first_note(project), price=price, detail=detail)


def first_note(project: Project) -> str:
    """The first paragraph of a plan's notes, on one line."""
    return " ".join(project.notes.strip().split("\n\n")[0].split())


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


def left_out_words(problems: Sequence[str]) -> str:
    """What of the user's catalogue was left out, in a few lines; every problem is a sentence of its own."""
    told = list(problems[:FEW])
    if len(problems) > FEW:
        told.append(f"And {format_counted(len(problems) - FEW, 'other problem')}.")
    return "\n\n".join(["Parts of your catalogue folder are left out; the rest is used.", *told])
