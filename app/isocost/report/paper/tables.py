"""The tables of the page: what the plan rests on, its bill, and the other scenarios of its file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from isocost.language import tr
from isocost.plan.answer.chances import Chances
from isocost.plan.answer.estimate import Answer, answer
from isocost.plan.answer.headline import impossible
from isocost.plan.doubt.risk import Risk, risk
from isocost.plan.kinds import kind_of
from isocost.quantities import format_cents, format_count, format_duration, format_money
from isocost.report.decisions.doubting.doubt import ends_said, in_hundred, value_said
from isocost.report.findings.tabs.ledger import NAMES
from isocost.report.findings.tabs.risk import DoubtRow, doubt_rows
from isocost.report.table import Column, Table

LITTLE = 0.001
"""Share of the bill below which what an input moves is not told."""


@dataclass(frozen=True, slots=True)
class Other:
    """A scenario of the plan's file beside the plan."""

    name: str
    risk: Risk
    runs: bool
    """Whether it can run; else no sum of it counts."""


Beside = Sequence[Other]
"""Every scenario of a file, sampled; none where it has one alone."""


def sampled_beside(found: Answer, chances: Chances) -> Beside:
    """The scenarios of an answered plan's file, each answered and sampled: takes as long as that does."""
    if len(found.project.scenarios) == 1:
        return ()
    catalog, others = found.reckoning.catalog, []
    for at, scenario in enumerate(found.project.scenarios):
        own = at == found.at
        each = found if own else answer(found.project, catalog, at)
        name = tr("{name}, this plan", name=scenario.name) if own else scenario.name
        sampled = chances.risk if own else risk(each.reckoning)
        others.append(Other(name, sampled, impossible(each.estimate.stages) is None))
    return tuple(others)


def assumptions_table(found: Answer, chances: Chances | None) -> Table:
    """What is in doubt in order of weight; then the shape of the plan, which is held fixed.

    Args:
        chances: None = nothing is asked for, and nothing is assumed.
    """
    heads = (
        tr("Assumption"),
        tr("Plan"),
        tr("8 in 10 lie in"),
        tr("Moves the bill by"),
        tr("From"),
        tr("Source"),
    )
    if chances is None:
        return Table(tuple(map(Column, heads)), ())
    rows: list[tuple[str, ...]] = []
    for row in telling(chances):
        doubt = row.bar.doubt
        low, high = row.at("low"), row.at("high")
        shown = value_said(doubt, float(doubt.shown(np.array([doubt.base]))[0]))
        moves = tr("{added} to {added_2}", added=row.ends[0].added, added_2=row.ends[1].added)
        rows.append(
            (
                row.name,
                shown,
                ends_said(low.value, high.value),
                moves,
                row.whose,
                doubt.source,
            )
        )
    for stage, result in zip(found.scenario.stages, found.estimate.stages, strict=True):
        if result.enabled:
            what = f"{format_count(result.count)} {result.accelerator_name}"
            basis, word = "", tr("typed")
            if result.evidence is not None:
                basis, word = result.evidence.reason, tr(result.evidence.word)
            elif kind_of(stage).claimed:
                basis, word = tr("Hours taken as claimed"), tr("claimed")
            rows.append((result.name, what, "", tr("number held fixed"), word, basis))
    return Table(tuple(map(Column, heads)), tuple(rows))


def telling(chances: Chances) -> tuple[DoubtRow, ...]:
    """What moves the bill by more than a trifle, the widest first."""
    least = LITTLE * chances.risk.cost_usd.base
    return tuple(row for row in doubt_rows(chances) if row.bar.width_usd > least)


def bill_lines(found: Answer | None) -> Table:
    """The bill line by line, with its arithmetic and the sources of its inputs; None = there is none."""
    columns = (
        Column(tr("Line")),
        Column(tr("Cost"), format_cents, right=True, key="cost_usd"),
        Column(tr("Part"), lambda group: NAMES.get(group, ""), key="group"),
        Column(tr("Arithmetic")),
        Column(tr("Sources")),
    )
    if found is None:
        return Table(columns, ())
    lines = found.estimate.ledger
    rows = [(line.line, line.cost_usd, line.group, line.how, line.source or tr("as typed")) for line in lines]
    total = (tr("Programme"), found.estimate.total.cost_usd, "", "", "")
    return Table(columns, (*rows, total))


def others_table(beside: Beside, ask_usd: float | None) -> Table:
    """The file's other scenarios against the same sum; None = nothing is asked for."""
    over = tr("Over the ask") if ask_usd is None else tr("Over {money}", money=format_money(ask_usd))
    columns = (
        Column(tr("Plan")),
        Column(tr("Cost"), _where_it_runs(format_money), right=True, key="cost_usd"),
        Column(over, right=True, key="chance_over_ask"),
        Column(tr("Start to finish"), _where_it_runs(format_duration), right=True, key="days"),
    )
    rows: list[tuple[Any, ...]] = []
    for each in beside:
        if not each.runs:
            rows.append((tr("{name}: cannot run", name=each.name), "", "", ""))
            continue
        of = each.risk
        more = "" if ask_usd is None else in_hundred(of.chance_over(ask_usd))
        rows.append((each.name, of.with_reserve_usd, more, of.programme_days.base))
    return Table(columns, tuple(rows))


def _where_it_runs(show: Callable[[float], str]) -> Callable[[Any], str]:
    return lambda value: "" if value == "" else show(value)
