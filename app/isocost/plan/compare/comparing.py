"""Scenarios side by side, and why one costs more than another: every cent laid to an input that differs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from isocost.catalog import Catalog
from isocost.plan.answer.estimate import Answer
from isocost.plan.compare.corners import Corners, Move, corners_of
from isocost.plan.compare.differences import Difference, Joined, joined
from isocost.plan.compare.shapley import LARGEST, shapley
from isocost.plan.money.arithmetic import CENTS

ALL = "everything"
"""The one group left where inputs make no plan but together."""
_ROOMS = {
    **dict.fromkeys(("model", "hardware", "efficiency", "layout"), "run"),
    **dict.fromkeys(("price", "supply", "ownership", "site"), "rent"),
    **dict.fromkeys(("programme", "people", "dataset", "storage", "schedule"), "surroundings"),
}
"""Sections taken together where there are still too many."""


@dataclass(frozen=True, slots=True)
class Share:
    """Part of a difference in cost that one input, or one group of them, is to blame for."""

    path: str
    usd: float
    differences: tuple[Difference, ...]
    """One, or those of a group."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One scenario beside another: what differs, and what each difference costs."""

    a: Answer
    b: Answer
    differs: tuple[Difference, ...]
    shares: tuple[Share, ...]
    """Dearest first; they sum to the difference, to the cent."""
    grouped: bool
    """Whether there were too many inputs to lay it to each."""
    corners: Corners

    @property
    def delta_usd(self) -> float:
        """What the second costs more."""
        return round((self.b.estimate.total.cost_usd - self.a.estimate.total.cost_usd) * CENTS) / CENTS


def compared_pair(a: Answer, b: Answer, catalog: Catalog) -> Pair:
    """Two answered scenarios, their difference laid to the inputs that differ.

    Raises:
        CatalogError: one of them cannot be priced.
    """
    sides = joined(a.scenario, b.scenario, catalog)
    active = sorted((each for each in sides.differences if not each.inert), key=lambda each: each.order)
    moves = _moves(active)
    corners, cents = _shared_out(sides, moves, catalog)
    if cents is None:
        moves = [Move(ALL, tuple(active))]
        corners, cents = _shared_out(sides, moves, catalog)
    assert cents is not None
    shares = [Share(m.path, part / CENTS, m.differences) for m, part in zip(moves, cents, strict=True)]
    shares += [Share(each.path, 0.0, (each,)) for each in sides.differences if each.inert]
    shares.sort(key=lambda share: -share.usd)
    grouped = len(moves) < len(active)
    return Pair(a, b, sides.differences, tuple(shares), grouped, corners)


def _shared_out(
    sides: Joined, moves: Sequence[Move], catalog: Catalog
) -> tuple[Corners, tuple[int, ...] | None]:
    corners = corners_of(sides, moves, catalog)
    found = shapley(corners.cents)
    return corners, None if found is None else found.cents


def _moves(active: Sequence[Difference]) -> list[Move]:
    """A move for each input; where there are too many, for each section or stage, or what they are about."""
    moves = [Move(each.path, (each,)) for each in active]
    if len(moves) > LARGEST:
        moves = _grouped(active, {})
    if len(moves) > LARGEST:
        moves = _grouped(active, _ROOMS)
    return moves if len(moves) <= LARGEST else _few(moves)


def _grouped(active: Sequence[Difference], rooms: dict[str, str]) -> list[Move]:
    found: dict[str, list[Difference]] = {}
    for each in active:
        shared = each.place is None
        found.setdefault(rooms.get(each.group, each.group) if shared else each.group, []).append(each)
    return [Move(path, tuple(own)) for path, own in found.items()]


def _few(moves: Sequence[Move]) -> list[Move]:
    """What is shared stays apart; the stages go together."""
    shared = [move for move in moves if move.differences[0].place is None]
    stages = [each for move in moves if move.differences[0].place is not None for each in move.differences]
    return [*shared, Move("stages", tuple(stages))]
