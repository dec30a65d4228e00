"""What a ranking of accelerators says, and where it changes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from isocost.plan.answer.deadlines import ABOUT_AS_CHEAP, Reign
from isocost.plan.solve.case import Case
from isocost.plan.solve.hardware.ranks import Ranked, Ranking
from isocost.quantities import format_duration, format_money, format_share, shown_duration
from isocost.report.decisions.choices import (
    agreeing,
    chance_words,
    choice_tree,
    cost_words,
    hardware_words,
    price_date,
    supplier_of,
    title_of,
)
from isocost.report.table import Column, Table
from isocost.report.told import Section, Told


def ranked(found: Ranking, case: Case) -> Told:
    """The ranking in every form."""
    table = _table(found, case.goal.deadline_days is not None)
    return Told(
        title_of(case),
        finding(found, case),
        (
            Section("", tuple(_sentences(found, case))),
            Section("Accelerators", table=table),
            Section(
                "About the cheapest", tuple(words for each in found.reigns if (words := reign_words(each)))
            ),
        ),
        _tree(found, case),
        table,
    )


def finding(found: Ranking, case: Case) -> str:
    """Who is the cheapest, and how much dearer the next is."""
    if not found.rows:
        return "No accelerator on offer can hold this model"
    first, deadline = found.rows[0], case.goal.deadline_days
    by = "at the plan's count" if deadline is None else f"in {format_duration(deadline)}"
    if not first.in_time:
        return (
            f"No accelerator does it {by}: the fastest, {hardware_words(first.choice)}, "
            f"takes {format_duration(first.choice.span_days)}"
        )
    do = agreeing(first.choice, "do")
    said = f"{hardware_words(first.choice)} {do} it {by} for the least: {cost_words(first.choice)}"
    second = next((row for row in found.rows[1:] if row.in_time), None)
    if second is None:
        return f"{said}; no other does"
    more = second.choice.cost_usd / max(first.choice.cost_usd, 1e-9) - 1.0
    return f"{said}; {second.choice.label} is {format_share(more, decimals=0)} dearer"


def _sentences(found: Ranking, case: Case) -> Iterator[str]:
    first = found.rows[0] if found.rows else None
    if first is None or not first.in_time:
        return
    name = first.choice.label
    if first.wins_below is not None and len(found.rows) > 1:
        yield (
            f"{name} stays the cheapest up to {format_money(first.wins_below)} an hour; "
            f"it is {format_money(first.choice.price.usd_per_gpu_hour)}."
        )
    if found.mfu_lost is not None and first.choice.mfu is not None:
        yield (
            f"And down to an MFU of {format_share(found.mfu_lost)}, slower at every count alike; "
            f"{format_share(first.choice.mfu)} is predicted."
        )
    if first.stale:
        yield f"The price of {name} is of {first.choice.price.date}: it may be gone."
    if not first.within_budget:
        yield f"That is beyond the budget of {format_money(case.goal.budget_usd or 0.0)}."


def reign_words(reign: Reign) -> str:
    """For which deadlines an accelerator is about the cheapest.

    Ends are rounded inwards, for the words to hold for every deadline they name; empty where none is left.
    """
    since = format_duration(shown_duration(reign.since))
    if math.isinf(reign.until):
        return f"{reign.label} from {since} on"
    until = format_duration(shown_duration(reign.until, least=False))
    if shown_duration(reign.since) >= shown_duration(reign.until, least=False):
        return ""
    return f"{reign.label} from {since} to {until}"


def _table(found: Ranking, timed: bool) -> Table:
    columns = (
        Column("Hardware"),
        Column("Cost", format_money, right=True, key="cost_usd"),
        Column("Time", format_duration, right=True, key="programme_days"),
        Column("In time", lambda v: "yes" if v else "no", key="in_time"),
        Column("Chance", chance_words, right=True, key="chance"),
        Column("Evidence", key="evidence"),
        Column("An hour", format_money, right=True, key="usd_per_gpu_hour"),
        Column("Cheapest below", format_money, right=True, key="wins_below_usd_per_gpu_hour"),
        Column("Supplier", key="supplier"),
        Column("Price of", key="price_date"),
    )
    return Table(columns, tuple(_row(row, timed) for row in found.rows))


def _row(row: Ranked, timed: bool) -> tuple[Any, ...]:
    return (
        hardware_words(row.choice),
        row.choice.cost_usd,
        row.choice.span_days,
        row.in_time if timed else None,
        row.choice.chance,
        row.choice.evidence,
        row.choice.usd_per_hour,
        row.wins_below,
        supplier_of(row.choice),
        f"{price_date(row.choice)}{', stale' if row.stale else ''}",
    )


def _tree(found: Ranking, case: Case) -> dict[str, Any]:
    return {
        "deadline_days": case.goal.deadline_days,
        "budget_usd": case.goal.budget_usd,
        "rows": [
            {
                **choice_tree(row.choice),
                "in_time": row.in_time,
                "within_budget": row.within_budget,
                "chance": row.choice.chance,
                "evidence": row.choice.evidence,
                "stale": row.stale,
                "wins_below_usd_per_gpu_hour": row.wins_below,
            }
            for row in found.rows
        ],
        "about_as_cheap": ABOUT_AS_CHEAP,
        "flips": [
            {
                "accelerator": each.accelerator,
                "from_days": each.since,
                "to_days": None if math.isinf(each.until) else each.until,
            }
            for each in found.reigns
        ],
        "winner_mfu_lost": found.mfu_lost,
    }
