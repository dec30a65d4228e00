"""What is said at the start: of the shipped plans, and of the user's catalogue."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from isocost.catalog import Catalog
from isocost.files import FileError, load_project
from isocost.language import tr
from isocost.plan.answer.estimate import estimate
from isocost.plan.answer.headline import run_words
from isocost.plan.answer.results import Estimate
from isocost.plan.project.project import Project
from isocost.quantities import DOLLAR, format_counted, format_money, money_shown_in

OTHERS = tr("Others")
FEW = 5
"""As many problems are told one by one; the others are counted."""


@dataclass(frozen=True, slots=True)
class Preset:
    """A shipped plan and what it comes to."""

    path: Path
    project: Project
    line: str
    price: str
    cost_usd: float
    detail: str

    @property
    def name(self) -> str:
        """What the plan is called."""
        return self.project.name

    @property
    def words(self) -> str:
        """Name, price and size on one line."""
        return f"{self.name}: {self.price}, {self.detail}"


@dataclass(frozen=True, slots=True)
class Gallery:
    """The shipped plans under their headings, and the scale that their costs stand on."""

    groups: tuple[tuple[str, tuple[Preset, ...]], ...]
    low_usd: float
    high_usd: float

    @property
    def decades(self) -> int:
        """Tenfold steps from one end to the other."""
        return max(1, round(math.log10(self.high_usd / self.low_usd)))

    def place(self, cost_usd: float) -> float:
        """Where a cost stands from one end, 0, to the other, 1."""
        if cost_usd <= self.low_usd:
            return 0.0
        return min(1.0, math.log10(cost_usd / self.low_usd) / self.decades)

    @property
    def scale(self) -> str:
        """What the strip of each card goes from and to."""
        with money_shown_in(DOLLAR):
            ends = [format_money(each).removesuffix(".00") for each in (self.low_usd, self.high_usd)]
        return tr("the strip of each: cost from {ends} to {ends_2}", ends=ends[0], ends_2=ends[1])


def preset_of(path: Path, project: Project, result: Estimate) -> Preset:
    """What is said of one plan: the first paragraph of its notes, its price, time and place."""
    with money_shown_in(result.money):
        price = format_money(result.total.cost_usd)
        detail = run_words([stage for stage in result.stages if stage.enabled], result.total)
    return Preset(path, project, first_note(project), price, result.total.cost_usd, detail)


def first_note(project: Project) -> str:
    """The first paragraph of a plan's notes, on one line."""
    return " ".join(project.notes.strip().split("\n\n")[0].split())


def read_gallery(folder: Path, catalog: Catalog) -> Gallery:
    """Every plan of a folder that opens, in the order of the gallery's shelves; those on none come last.

    One that does not open is left to its test.
    """
    found: dict[str, Preset] = {}
    for path in sorted(folder.glob("*.yaml")):
        try:
            project = load_project(path, catalog)
        except FileError:
            continue
        found[path.stem] = preset_of(path, project, estimate(project, catalog))
    costs = [each.cost_usd for each in found.values() if each.cost_usd > 0.0] or [1.0]
    shelves = [(shelf.name, shelf.plans) for shelf in catalog.constants.gallery.groups]
    placed = {name for _, plans in shelves for name in plans}
    shelves.append((OTHERS, tuple(name for name in found if name not in placed)))
    groups = [(name, tuple(found[each] for each in plans if each in found)) for name, plans in shelves]
    return Gallery(
        tuple((name, presets) for name, presets in groups if presets),
        10.0 ** math.floor(math.log10(min(costs))),
        10.0 ** math.ceil(math.log10(max(costs))),
    )


PRIVATE = tr("Nothing leaves this computer.")
NO_RECENT = tr("Your own plans come first here once you have saved one. {private}", private=PRIVATE)
COVERED = tr("shown after your guess")
OPEN = tr("open behind")


def left_out_words(problems: Sequence[str]) -> str:
    """What of the user's catalogue was left out, in a few lines; every problem is a sentence of its own."""
    told = list(problems[:FEW])
    if len(problems) > FEW:
        told.append(tr("And {counted}.", counted=format_counted(len(problems) - FEW, "other problem")))
    return "\n\n".join([tr("Parts of your catalogue folder are left out; the rest is used."), *told])
