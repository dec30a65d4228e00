"""What the map of winners says on screen: who wins where the plan is, and where another takes over."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from isocost.catalog import Catalog
from isocost.catalog.constants.palette import LineStyle
from isocost.language import tr
from isocost.plan.answer.across.comparison import styles
from isocost.plan.solve.case import Case
from isocost.plan.solve.hardware.wins import AXES, NOBODY, Axis, Winner, Wins
from isocost.quantities import format_count, format_duration, format_money, format_share
from isocost.report.decisions.choices import caveat_words, marks_words
from isocost.report.decisions.doubting.doubt import chance_said
from isocost.report.decisions.solving.wins import label, rows, spread_words, value_said, winner_name
from isocost.report.findings.said import Said
from isocost.report.table import Table

TITLE = tr("Which accelerator wins where")
WAITING = tr("Comparing accelerators…")
WITHOUT = tr("Without")
KEYS = tr("Arrow keys walk over the map; Enter or a click takes the accelerator that wins there.")
WIDE = 3
"""Cells that a name is wide for each that it is high."""
WORTH_NAMING = 0.015
"""Share of the map from which on a winner is named in it."""
_UNITS: dict[Axis, str] = {
    "price": "",
    "tokens": " tokens",
    "parameters": " parameters",
    "count": tr(" of them"),
    "budget": "",
    "deadline": "",
}


@dataclass(frozen=True, slots=True)
class Region:
    """Where a winner's name stands: the cell furthest from other winners."""

    winner: int
    row: int
    column: int


@dataclass(frozen=True)
class WinsView:
    """The map and how its winners are drawn."""

    found: Wins = field(repr=False)
    own: str
    """The plan's accelerator."""
    own_label: str
    styles: Mapping[str, LineStyle] = field(repr=False)
    regions: tuple[Region, ...]
    cell: tuple[int, int]
    """Row and column of the plan."""

    def name(self, winner: int) -> str:
        """A winner's name, with a mark where its price or speed deserves doubt."""
        return winner_name(self.found.winners[winner])

    def winner(self, row: int, column: int) -> Winner | None:
        """Who wins in a cell."""
        at = int(self.found.place[row, column])
        return None if at == NOBODY else self.found.winners[at]

    def words(self, row: int, column: int) -> str:
        """One cell in a sentence."""
        found = self.found
        where = ", ".join(
            f"{value_said(span.axis, float(values[at]))}{_UNITS[span.axis]}"
            for span, values, at in ((found.x, found.xs, column), (found.y, found.ys, row))
        )
        each = self.winner(row, column)
        if each is None:
            return tr("{where}: nobody does it.", where=where)
        cost = float(found.cost_usd[row, column])
        likely = f" ({spread})" if (spread := spread_words(each, cost)) else ""
        source = ", ".join(
            words for words in (each.card.supplier, each.price_date, caveat_words(each.caveats)) if words
        )
        return (
            f"{where}: {format_count(int(found.count[row, column]))} {each.label}, "
            f"{format_money(cost)}{likely}, "
            f"{format_duration(float(found.span_days[row, column]))} "
            f"({source}){self.rival_words(row, column)}."
        )

    @cached_property
    def doubtful(self) -> NDArray[np.bool_] | None:
        """(ys, xs) whether another may well be cheaper; None = not known."""
        rivals = self.found.rivals
        return None if rivals is None else rivals.chance > DOUBTFUL

    def rival_words(self, row: int, column: int) -> str:
        """Who may be cheaper in a cell, to follow its winner; empty = hardly anybody, or not known."""
        rivals = self.found.rivals
        if rivals is None or rivals.chance[row, column] <= DOUBTFUL:
            return ""
        other = rivals.labels[int(rivals.card[row, column])]
        return tr(
            "; {chance_said} that {other} is cheaper",
            chance_said=chance_said(float(rivals.chance[row, column])),
            other=other,
        )


def view(found: Wins, case: Case) -> WinsView:
    """A map of a plan."""
    hardware = case.scenario.hardware.accelerator
    cells = (_nearest(found.ys, found.plan[1]), _nearest(found.xs, found.plan[0]))
    return WinsView(
        found,
        hardware,
        case.catalog.accelerator(hardware).short_name,
        styles(case.catalog),
        tuple(_regions(found)),
        cells,
    )


def _nearest(values: NDArray[np.float64], value: float) -> int:
    return int(np.argmin(np.abs(np.log(values / value))))


def _regions(found: Wins) -> Iterator[Region]:
    for winner, each in enumerate(found.winners):
        if each.share >= WORTH_NAMING:
            yield Region(winner, *_heart(found.place == winner))
    nobody = found.place == NOBODY
    if nobody.mean() >= WORTH_NAMING:
        yield Region(NOBODY, *_heart(nobody))


def _heart(inside: NDArray[np.bool_]) -> tuple[int, int]:
    """The cell that is left when the edges are taken off as often as can be, the middle one of several."""
    left = np.pad(inside, WIDE)
    while True:
        # A name is wide and low: a row above and below count as much as three cells at the sides.
        smaller = left & np.roll(left, 1, 0) & np.roll(left, -1, 0)
        for by in range(1, WIDE + 1):
            smaller = smaller & np.roll(left, by, 1) & np.roll(left, -by, 1)
        if not smaller.any():
            break
        left = smaller
    rows_left, columns_left = np.nonzero(left)
    middle = np.hypot(rows_left - rows_left.mean(), columns_left - columns_left.mean())
    at = int(np.argmin(middle))
    return int(rows_left[at]) - WIDE, int(columns_left[at]) - WIDE


DOUBTFUL = 0.1
"""Chance of another being cheaper from which on a winner is not certain."""


def said(shown: WinsView, *, ranged: bool = False) -> Said:
    """The map in sentences; ``ranged``: whether figures elsewhere are told with their ranges."""
    head, foot = finding(shown), subtitle(shown, ranged=ranged)
    winners = shown.found.winners
    shares = ", ".join(f"{winner_name(each)} {format_share(each.share, decimals=0)}" for each in winners)
    here = shown.words(*shown.cell)
    told = tr(
        "Shares of the map: {shares}. At the plan: {here}{certain}",
        shares=shares or tr("nobody"),
        here=here,
        certain=_certain(shown),
    )
    return Said(head, foot, f"{head}. {foot} {told} {KEYS}")


def _certain(shown: WinsView) -> str:
    """On how much of the map the winner is certain; empty where that is not known."""
    doubtful, won = shown.doubtful, shown.found.place != NOBODY
    if doubtful is None or not won.any():
        return ""
    share = format_share(1.0 - float(doubtful[won].mean()), decimals=0)
    return tr(
        " On {share} of where any does it the winner is certain: 9 chances in 10 at least.", share=share
    )


def finding(shown: WinsView) -> str:
    """Who wins where the plan is, and where another takes over for good along one of the inputs."""
    found, here = shown.found, shown.winner(*shown.cell)
    if here is None:
        return tr("No accelerator on offer does it where the plan is")
    if len(found.winners) == 1 and not (found.place == NOBODY).any():
        return tr("{label} is the {aim} everywhere on this map", label=here.label, aim=found.aim)
    turn = next(_turns(shown), None)
    return (
        tr("{label} wins; {turn}", label=here.label, turn=turn)
        if turn is not None
        else tr("{label} wins for this plan", label=here.label)
    )


def _turns(shown: WinsView) -> Iterator[str]:
    """Where along an input another wins, from there to the end of the map."""
    found, (row, column) = shown.found, shown.cell
    lines = (
        (found.y.axis, found.ys, found.place[:, column], row),
        (found.x.axis, found.xs, found.place[row], column),
    )
    for axis, values, winners, at in lines:
        for side, beyond in (("below", winners[:at][::-1]), ("above", winners[at + 1 :])):
            other = np.flatnonzero(beyond != winners[at])
            if not len(other) or len(set(beyond[other[0] :].tolist())) > 1 or beyond[-1] == NOBODY:
                continue
            step = int(other[0]) + 1
            first = at - step if side == "below" else at + step
            inner = first + 1 if side == "below" else first - 1
            value = float(f"{math.sqrt(float(values[first]) * float(values[inner])):.2g}")
            each = found.winners[int(beyond[-1])]
            if each.label != found.winners[int(winners[at])].label:
                yield tr(
                    "{label} {side} about {value_said}{units}",
                    label=each.label,
                    side=tr("below") if side == "below" else tr("above"),
                    value_said=value_said(axis, value),
                    units=_UNITS[axis],
                )


def subtitle(shown: WinsView, *, ranged: bool = False) -> str:
    """What winning is, and how to read the map; of ``ranged`` figures, where the winner is not certain."""
    found = shown.found
    axes = {found.x.axis, found.y.axis}
    if found.aim == "fastest":
        what = tr("Fastest within the budget.")
    elif "count" in axes:
        what = tr("Cheapest at each count.")
    else:
        what = tr("Cheapest that does it.")
    varied = tr(" Only {own_label}'s price varies.", own_label=shown.own_label) if "price" in axes else ""
    meant = marks_words(caveat for each in found.winners for caveat in each.caveats)
    marks = f" {meant}." if meant else ""
    aside = ""
    if ranged:
        hatched = found.rivals is not None
        aside = tr(" Hatched: not certain.") if hatched else tr(" Without ranges.")
    return f"{what}{marks}{aside}{varied}"


def axis_title(axis: Axis, shown: WinsView) -> str:
    """What an axis measures."""
    return tr("{own_label} price an hour", own_label=shown.own_label) if axis == "price" else label(axis)


def axes() -> Mapping[Axis, str]:
    """Inputs a map can be drawn over, by name."""
    return {axis: label(axis) for axis in AXES}


def adopted(shown: WinsView, row: int, column: int) -> str:
    """What taking a cell's winner is called; empty where nobody wins."""
    each = shown.winner(row, column)
    if each is None:
        return ""
    return tr(
        "Choose {count} {label}", count=format_count(int(shown.found.count[row, column])), label=each.label
    )


def without_words(names: list[str]) -> str:
    """What the button says of the accelerators left out."""
    return f"{WITHOUT} {', '.join(names)}" if names else f"{WITHOUT}…"


def labels(catalog: Catalog, ids: frozenset[str]) -> list[str]:
    """Accelerators by name, in order."""
    return sorted(catalog.accelerator(each).short_name for each in ids)


def table(shown: WinsView | None) -> Table:
    """Every cell."""
    return rows(shown.found) if shown is not None else Table((), ())
