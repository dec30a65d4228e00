"""What every mixture of two scenarios costs: money in arrays, physics searched once for all that share it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from isocost.catalog import Catalog, CatalogError
from isocost.plan.compare.differences import Difference, Joined
from isocost.plan.inputs.table import NUMBERS
from isocost.plan.money.arithmetic import CENTS
from isocost.plan.money.ownership import PURCHASE
from isocost.plan.money.reckoning import Reckoning, reckoned
from isocost.plan.physics.records import StageRun
from isocost.plan.project.project import Scenario
from isocost.plan.project.runs import run_as_planned

_READ_AS_THEY_ARE = ("programme", "people", "dataset", "storage", "schedule", "supply", "ownership")
"""Sections whose numbers figures read by their path: any of them may be an array."""
_RESOLVED = (PURCHASE, "storage.checkpoints")
"""Of those, what decides more than its own value."""
_MONEY = ("price", "site", *_READ_AS_THEY_ARE)
"""Sections that no layout and no hours depend on; whether accelerators are owned does, by their counts."""


@dataclass(frozen=True, slots=True)
class Move:
    """Inputs that go over from one side to the other together."""

    path: str
    differences: tuple[Difference, ...]

    @property
    def plain(self) -> bool:
        """Whether it only changes numbers that figures read as they are."""
        return all(
            each.place is None
            and each.path in NUMBERS
            and each.section in _READ_AS_THEY_ARE
            and each.path not in _RESOLVED
            and isinstance(each.a, int | float)
            and isinstance(each.b, int | float)
            for each in self.differences
        )


@dataclass(frozen=True, slots=True)
class Corners:
    """Every mixture of two scenarios."""

    cents: tuple[int | None, ...]
    """Total of each, by the bits of the moves made; None = there is no such plan."""
    searched: int
    """Plans whose physics was worked out."""
    misfits: int
    """Corners that do not fit in memory: priced by their arithmetic all the same."""
    unpriced: str = ""
    """Why the first corner without a price has none."""

    @property
    def missing(self) -> int:
        """Corners without a price."""
        return sum(each is None for each in self.cents)


def corners_of(sides: Joined, moves: Sequence[Move], catalog: Catalog) -> Corners:
    """What the first scenario costs with each choice of the moves made."""
    plain = [i for i, move in enumerate(moves) if move.plain]
    other = [i for i, move in enumerate(moves) if not move.plain]
    arrays = _plain_values([moves[i] for i in plain])
    runs = _Runs(catalog)
    inner = _numbers(plain)
    cents: list[int | None] = [None] * 2 ** len(moves)
    misfits, unpriced = 0, ""
    for made in range(2 ** len(other)):
        taken = [moves[i] for place, i in enumerate(other) if made >> place & 1]
        at = sum(1 << i for place, i in enumerate(other) if made >> place & 1)
        mixture = sides.mixed(each for move in taken for each in move.differences)
        try:
            on = reckoned(mixture, runs.of(mixture), catalog)
            totals = _totals(on, arrays, len(inner))
        except (CatalogError, ValueError) as error:
            unpriced = unpriced or str(error)
            continue
        misfits += 0 if all(bool(run.fits[0]) for run in on.runs) else len(inner)
        for number, total in zip(inner, totals, strict=True):
            if math.isfinite(total):
                cents[at | number] = round(total * CENTS)
    return Corners(tuple(cents), len(runs.known), misfits, unpriced)


def _numbers(places: Sequence[int]) -> list[int]:
    """The bits of every choice of some moves, in the order of their arrays."""
    return [
        sum(1 << place for i, place in enumerate(places) if made >> i & 1) for made in range(2 ** len(places))
    ]


def _plain_values(moves: Sequence[Move]) -> dict[str, np.ndarray]:
    """Every input that only figures read, at every choice of the moves."""
    made = np.arange(2 ** len(moves))
    return {
        each.path: np.where(made >> i & 1 == 1, float(each.b), float(each.a))
        for i, move in enumerate(moves)
        for each in move.differences
    }


def _totals(on: Reckoning, arrays: dict[str, np.ndarray], corners: int) -> list[float]:
    values = on.values.again(**arrays) if arrays else on.values
    total = np.asarray(values["total"], dtype=np.float64).reshape(-1)
    found: list[float] = np.broadcast_to(total, (corners,)).tolist()
    return found


class _Runs:
    """Stages run on their accelerators, once for all mixtures that differ in money alone."""

    def __init__(self, catalog: Catalog) -> None:
        self.known: dict[tuple[object, ...], list[StageRun]] = {}
        self._catalog = catalog

    def of(self, scenario: Scenario) -> list[StageRun]:
        """What each stage takes. Raises CatalogError, ValueError."""
        key = tuple(
            getattr(scenario, name) for name in scenario.__struct_fields__ if name not in ("name", *_MONEY)
        )
        key = (*key, scenario.supply.owns)
        if key not in self.known:
            self.known[key] = run_as_planned(scenario, self._catalog)
        return self.known[key]
