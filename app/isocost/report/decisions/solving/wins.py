"""What a map of winners says."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial
from string import ascii_uppercase
from typing import Any

import numpy as np

from isocost.language import tr
from isocost.plan.inputs.table import NUMBERS
from isocost.plan.solve.case import Case
from isocost.plan.solve.hardware.wins import NOBODY, PATHS, Axis, Winner, Wins
from isocost.quantities import (
    format_duration,
    format_money,
    format_quantity,
    format_share,
    format_significant,
)
from isocost.report.decisions.choices import (
    caveat_words,
    likely_heading,
    starred,
    terms_words,
    title_of,
    typed_words,
)
from isocost.report.decisions.doubting.doubt import ends_said
from isocost.report.table import Column, Table
from isocost.report.told import Section, Told

ROWS, COLUMNS = 15, 60
"""Of the map in letters."""
BLANK = "."


def mapped(found: Wins, case: Case) -> Told:
    """The map in every form; as text a letter stands for each winner."""
    sections = [
        Section("", (*_sentences(found), *typed_words(case), *filter(None, [terms_words(case)]))),
        Section(
            tr(
                "{label} upwards, {label_2} to the right",
                label=label(found.y.axis),
                label_2=label(found.x.axis),
            ),
            tuple(_letters(found)),
        ),
        Section(tr("Winners"), table=_legend(found)),
    ]
    return Told(title_of(case), finding(found), tuple(sections), _tree(found), rows(found))


def finding(found: Wins) -> str:
    """Who wins most of the map."""
    if not found.winners:
        return tr("No accelerator does it anywhere on this map")
    first = found.winners[0]
    aim = tr("cheapest") if found.aim == "cheapest" else tr("fastest")
    everywhere = not (found.place != 0).any()
    if everywhere:
        return tr("{label} is the {aim} everywhere on this map", label=first.label, aim=aim)
    share = format_share(first.share, decimals=0)
    return tr("{label} is the {aim} on {share} of this map", label=first.label, aim=aim, share=share)


def label(axis: Axis) -> str:
    return NUMBERS[PATHS[axis]].label


def value_said(axis: Axis, value: float) -> str:
    if axis == "deadline":
        return format_duration(value)
    if axis in ("budget", "price"):
        return format_money(value)
    return format_quantity(value, NUMBERS[PATHS[axis]].quantity)


def _sentences(found: Wins) -> Iterator[str]:
    for span, values in ((found.x, found.xs), (found.y, found.ys)):
        ends = tr(
            "{value_said} to {value_said_2}",
            value_said=value_said(span.axis, float(values[0])),
            value_said_2=value_said(span.axis, float(values[-1])),
        )
        yield tr("{label} from {ends}, by nearly equal factors.", label=label(span.axis), ends=ends)
    if found.aim == "fastest":
        yield tr("No deadline is set: the fastest within the budget wins.")
    nobody = float((found.place == NOBODY).mean())
    if nobody > 0.0:
        yield tr(
            "On {share} of it, marked {blank}, no accelerator on offer does it.",
            share=format_share(nobody, decimals=0),
            blank=BLANK,
        )
    for each in found.winners:
        if each.caveats:
            yield tr("{name}: {caveats}.", name=winner_name(each), caveats=caveat_words(each.caveats))


def letter(at: int) -> str:
    """Of the winner at a place."""
    return ascii_uppercase[at] if at < len(ascii_uppercase) else "?"


def _letters(found: Wins) -> Iterator[str]:
    rows = np.unique(np.linspace(0, len(found.ys) - 1, min(ROWS, len(found.ys))).round().astype(int))
    columns = np.unique(np.linspace(0, len(found.xs) - 1, min(COLUMNS, len(found.xs))).round().astype(int))
    width = max(len(value_said(found.y.axis, float(found.ys[row]))) for row in rows)
    for row in rows[::-1]:
        marks = "".join(BLANK if (at := found.place[row, c]) == NOBODY else letter(int(at)) for c in columns)
        yield f"{value_said(found.y.axis, float(found.ys[row])):>{width}}  {marks}"


def _legend(found: Wins) -> Table:
    columns = (
        Column(tr("Letter")),
        Column(tr("Accelerator")),
        Column(tr("Share"), lambda v: format_share(v, decimals=1), right=True),
        Column(tr("An hour"), format_money, right=True),
        Column(tr("8 in 10 without reserve") if found.without_reserve else tr("8 in 10 of its cost")),
        Column(tr("Price of")),
    )
    rows = [
        (
            letter(at),
            winner_name(each),
            each.share,
            each.usd_per_gpu_hour or None,
            _times(each),
            each.price_date,
        )
        for at, each in enumerate(found.winners)
    ]
    return Table(columns, tuple(rows))


def winner_name(winner: Winner) -> str:
    """A winner's name, with a mark where its price or speed deserves doubt."""
    return starred(winner.label, winner.caveats)


def spread_words(winner: Winner, cost_usd: float) -> str:
    """Where 8 chances in 10 of a winner's cost lie; empty where that is not known."""
    if winner.spread is None:
        return ""
    low, high = (format_money(cost_usd * each) for each in winner.spread)
    return tr("8 in 10: {ends}", ends=ends_said(low, high))


def _times(winner: Winner) -> str:
    """The same as factors of its cost, or that nothing is in doubt."""
    if winner.spread is None:
        return tr("as planned")
    low, high = (format_significant(each, 2) for each in winner.spread)
    return tr("{low} to {high} times", low=low, high=high)


def _tree(found: Wins) -> dict[str, Any]:
    def grid(values: Any) -> list[list[float | None]]:
        return [[float(v) if math.isfinite(v) else None for v in row] for row in values]

    names = [each.accelerator for each in found.winners]
    return {
        "aim": found.aim,
        "x": {"axis": found.x.axis, "path": PATHS[found.x.axis], "values": found.xs.tolist()},
        "y": {"axis": found.y.axis, "path": PATHS[found.y.axis], "values": found.ys.tolist()},
        "winner": [[None if at == NOBODY else names[at] for at in row] for row in found.place.tolist()],
        "cost_usd": grid(found.cost_usd),
        "programme_days": grid(found.span_days),
        "winners": [
            {
                "accelerator": each.accelerator,
                "share": each.share,
                "stale": each.stale,
                "one_supplier": each.only is not None,
                "evidence": each.evidence,
                "p10_over_cost": None if each.spread is None else each.spread[0],
                "p90_over_cost": None if each.spread is None else each.spread[1],
                "usd_per_gpu_hour": each.usd_per_gpu_hour,
                "price_date": each.price_date,
            }
            for each in found.winners
        ],
    }


def rows(found: Wins) -> Table:
    columns = (
        Column(label(found.x.axis), partial(value_said, found.x.axis), right=True, key=PATHS[found.x.axis]),
        Column(label(found.y.axis), partial(value_said, found.y.axis), right=True, key=PATHS[found.y.axis]),
        Column(tr("Accelerator"), key="accelerator"),
        Column(tr("Cost"), format_money, right=True, key="cost_usd"),
        Column(tr("Time"), format_duration, right=True, key="programme_days"),
        Column(tr("Price"), lambda stale: tr("stale") if stale else tr("current"), key="stale"),
        Column(likely_heading(without_reserve=found.without_reserve), key="range"),
        Column(tr("Mark"), key="mark"),
    )
    rows: list[tuple[Any, ...]] = []
    said: dict[tuple[int, float], tuple[str, str]] = {}  # most of ten thousand cells cost what others do
    for row, y in enumerate(found.ys.tolist()):
        for column, x in enumerate(found.xs.tolist()):
            at = int(found.place[row, column])
            if at == NOBODY:
                rows.append((x, y, None, None, None, None, None, None))
                continue
            each = found.winners[at]
            cost, days = float(found.cost_usd[row, column]), float(found.span_days[row, column])
            if (at, cost) not in said:
                said[at, cost] = spread_words(each, cost), caveat_words(each.caveats)
            rows.append((x, y, each.accelerator, cost, days, each.stale, *said[at, cost]))
    return Table(columns, tuple(rows))
