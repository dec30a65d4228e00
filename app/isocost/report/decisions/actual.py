"""What is said of a run's record against its plan."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from isocost.language import tr
from isocost.plan.answer.actual import Actual
from isocost.plan.doubt.span import Range
from isocost.quantities import format_duration, format_fixed, format_money, format_quantity, format_share
from isocost.quantities.units import HOURS_PER_DAY
from isocost.report.table import Column, Table
from isocost.report.told import Section, Told

SHOWN = 12
"""Readings in a table for people, the first and the last among them."""
ON_PACE = 0.01
"""Share of the planned pace up to which a run is on it."""


def told(title: str, found: Actual, problems: Sequence[str]) -> Told:
    """The record in every form.

    Args:
        problems: rows that were left out, a sentence each.
    """
    rows = tuple(_rows(found))
    last = len(rows) - 1
    places = sorted({round(last * each / (SHOWN - 1)) for each in range(SHOWN)})
    words = tuple(sentences(found))
    sections = [
        Section("", words),
        Section(tr("Readings"), (), Table(_COLUMNS, tuple(rows[at] for at in places))),
    ]
    if problems:
        sections.append(Section(tr("Not understood"), tuple(problems)))
    tree = _tree(found, rows, words, problems)
    return Told(title, actual_said(found), tuple(sections), tree, Table(_COLUMNS, rows))


def actual_said(found: Actual) -> str:
    """How far it is, at which pace, and when it will be ready, in a sentence without its full stop."""
    so_far = format_duration(found.progress.hours[-1] / HOURS_PER_DAY)
    if found.done:
        return tr(
            "{stage}: done after {so_far}, {pace_said}",
            stage=found.stage,
            so_far=so_far,
            pace_said=pace_said(found),
        )
    ready = format_duration(found.hours.p50 / HOURS_PER_DAY)
    share = format_share(found.share, decimals=0)
    cost = format_money(found.cost_usd.p50)
    return tr(
        "{stage}: {share} done after {so_far}, {pace_said}; ready after {ready} for {cost}",
        stage=found.stage,
        share=share,
        so_far=so_far,
        pace_said=pace_said(found),
        ready=ready,
        cost=cost,
    )


def pace_said(found: Actual) -> str:
    """The pace so far beside the plan's."""
    if abs(found.of_plan - 1.0) < ON_PACE:
        return tr("on the planned pace")
    return tr("at {share} of the planned pace", share=format_share(found.of_plan, decimals=0))


def difference_said(found: Actual) -> str:
    """How the end differs from the plan: "Against the plan: 3.2 days later, $41K more."."""
    days = (found.hours.p50 - found.planned_hours) / HOURS_PER_DAY
    usd = found.programme_usd.p50 - found.programme_planned_usd
    when = tr("on time")
    if abs(days) * HOURS_PER_DAY >= ON_PACE * found.planned_hours:
        when = f"{format_duration(abs(days))} {(tr('later') if days > 0.0 else tr('sooner'))}"
    much = tr("for what was planned")
    if abs(usd) >= ON_PACE * found.programme_planned_usd:
        much = f"{format_money(abs(usd))} {(tr('more') if usd > 0.0 else tr('less'))}"
    return tr("Against the plan: {when}, {much}.", when=when, much=much)


def sentences(found: Actual) -> Iterator[str]:
    """The forecast, a sentence each."""
    pace = tr("{quantity} tokens an hour", quantity=format_quantity(found.pace, "number"))
    planned = format_quantity(found.tokens / found.planned_hours, "number")
    yield difference_said(found)
    yield tr(
        "Pace so far: {pace}, stops and repeats included; planned were {planned}.", pace=pace, planned=planned
    )
    if found.spent_usd is not None and found.planned_usd > 0.0:
        spent = format_money(found.spent_usd)
        so_far = format_money(found.spent_usd / float(found.progress.hours[-1]))
        usual = format_money(found.planned_usd / found.planned_hours)
        yield tr(
            "Spent so far: {spent}, {so_far} an hour; planned were {usual}.",
            spent=spent,
            so_far=so_far,
            usual=usual,
        )
    if not found.done:
        low, high = (format_duration(each / HOURS_PER_DAY) for each in (found.hours.p10, found.hours.p90))
        takes = format_duration(found.planned_hours / HOURS_PER_DAY)
        yield tr(
            "8 chances in 10 that it takes {low} to {high} in all; planned were {takes}.",
            low=low,
            high=high,
            takes=takes,
        )
        cheap, dear = format_money(found.cost_usd.p10), format_money(found.cost_usd.p90)
        yield tr(
            "Its rent then is {cheap} to {dear}; planned were {money}.",
            cheap=cheap,
            dear=dear,
            money=format_money(found.planned_usd),
        )
        total, plan = format_money(found.programme_usd.p50), format_money(found.programme_planned_usd)
        if abs(found.programme_planned_usd - found.planned_usd) > 1.0:
            yield tr("The whole programme comes to {total}; planned were {plan}.", total=total, plan=plan)
    if found.share > 1.0 + ON_PACE:
        yield tr(
            "The run has done {tokens} tokens, more than the plan's {planned}: "
            "hours and rent are of all of them.",
            tokens=format_quantity(float(found.progress.tokens[-1]), "number"),
            planned=format_quantity(found.tokens, "number"),
        )
    if found.finish is not None:
        yield tr(
            "{word} on {finish:%Y-%m-%d}.",
            word=tr("It ended") if found.done else tr("Expected to end"),
            finish=found.finish,
        )
    if found.scatter is not None:
        yield tr(
            "From part to part the pace differs by {share}.",
            share=format_share(math.expm1(found.scatter), decimals=0),
        )
    if found.went_back:
        times = tr("once") if found.went_back == 1 else tr("{went_back} times", went_back=found.went_back)
        yield tr("Progress went back {times}: work done again, which counts in the pace.", times=times)


_COLUMNS = (
    Column(tr("Hours"), partial(format_fixed, decimals=1), right=True, key="hours"),
    Column(tr("Tokens"), lambda value: format_quantity(value, "number"), right=True, key="tokens"),
    Column(tr("Planned"), lambda value: format_quantity(value, "number"), right=True, key="planned_tokens"),
    Column(tr("Done"), lambda value: format_share(value), right=True, key="share"),
    Column(tr("Loss"), partial(format_fixed, decimals=3), right=True, key="loss"),
)


def _rows(found: Actual) -> Iterator[tuple[Any, ...]]:
    read = found.progress
    for hours, tokens, planned, loss in zip(
        read.hours.tolist(),
        read.tokens.tolist(),
        found.planned_tokens.tolist(),
        read.loss.tolist(),
        strict=True,
    ):
        yield hours, tokens, planned, tokens / found.tokens, None if math.isnan(loss) else loss


def _tree(
    found: Actual, rows: Sequence[tuple[Any, ...]], words: Sequence[str], problems: Sequence[str]
) -> dict[str, Any]:
    names = [column.key for column in _COLUMNS]
    return {
        "stage": found.stage,
        "share": found.share,
        "pace_tokens_per_hour": found.pace,
        "planned_tokens_per_hour": found.tokens / found.planned_hours,
        "elapsed_hours": float(found.progress.hours[-1]),
        "rest_hours": _ends(found.rest_hours),
        "hours": _ends(found.hours),
        "planned_hours": found.planned_hours,
        "cost_usd": _ends(found.cost_usd),
        "planned_usd": found.planned_usd,
        "programme_usd": _ends(found.programme_usd),
        "programme_planned_usd": found.programme_planned_usd,
        "spent_usd": found.spent_usd,
        "finish": None if found.finish is None else found.finish.isoformat(timespec="minutes"),
        "scatter": found.scatter,
        "went_back": found.went_back,
        "readings": [dict(zip(names, row, strict=True)) for row in rows],
        "problems": list(problems),
        "words": [f"{actual_said(found)}.", *words],
    }


def _ends(span: Range) -> dict[str, float]:
    return {"p10": span.p10, "p50": span.p50, "p90": span.p90}
