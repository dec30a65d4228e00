"""What matters, and what to measure next: the sentences and tables, without Qt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from isocost.language import capital, tr
from isocost.plan.answer.estimate import Answer
from isocost.plan.doubt.doubtful import Doubtful
from isocost.plan.doubt.experiment import RUNS, Experiment
from isocost.plan.doubt.risk import Risk
from isocost.plan.doubt.tornado import MEASURE, Tornado
from isocost.quantities import format_money, format_share
from isocost.report.decisions.doubting.doubt import (
    chance_said,
    inside_said,
    name_said,
    notes_said,
    value_said,
)
from isocost.report.table import Column, Table
from isocost.report.told import Section, Told

SAME = 0.005
"""Share by which two sums may differ and be told as one."""
LITTLE = 0.01
"""Share of an ask below which what an experiment frees is little."""
AT_MOST = tr("This is the most that any measurement of it can do.")


def tornado_said(found: Tornado) -> str:
    """What matters most, in one sentence."""
    if not found.bars:
        return tr("Nothing in this plan is in doubt")
    first = found.bars[0]
    low, high = sorted((first.cost_low_usd, first.cost_high_usd))
    said = {
        "name": inside_said(first.doubt),
        "money": format_money(low),
        "money_2": format_money(high),
    }
    most = max(found.bars, key=lambda bar: bar.share)
    if most.share > first.share:  # of a range that is wide, and seldom far from the plan
        return tr(
            "What moves the cost furthest is {name}: {money} to {money_2}; the largest part of the doubt is "
            "{most}",
            most=inside_said(most.doubt),
            **said,
        )
    return tr("What moves the cost most is {name}: {money} to {money_2} by itself", **said)


def _settled(doubt: Doubtful) -> str:
    """What it would be to know an input exactly."""
    if doubt.whose == "market":
        return tr("A firm quote, which settles {inside_said},", inside_said=inside_said(doubt))
    return tr(
        "Knowing {word}{inside_said} exactly",
        word="" if doubt.path else tr("the hours of "),
        inside_said=inside_said(doubt),
    )


def experiment_said(found: Experiment | None) -> tuple[str, ...]:
    """What measuring the most doubtful input would be worth."""
    if found is None:
        return ()
    ask, after = format_money(found.ask_usd), format_money(found.ask_after_usd)
    what = _settled(found.doubt)
    if found.hour_usd is not None:
        what = tr("{runs} short runs of your own, taken into the plan by isocost calibrate,", runs=RUNS)
    level = chance_said(found.level)
    freed = tr("{what} would free little of the ask for {level}, {ask}.", what=what, level=level, ask=ask)
    if frees(found):
        freed = tr(
            "{what} would on average lower the ask for {level} from {ask} to {after}, about {money} less.",
            what=what,
            level=level,
            ask=ask,
            after=after,
            money=format_money(found.freed_usd, digits=2),
        )
        if not pays(found):
            freed = f"{freed} {dearer_said(found)}"
    first, *reasons = experiment_reasons(found)
    return (first, freed, *reasons)


def frees(found: Experiment) -> bool:
    """Whether an experiment frees more than little."""
    return found.freed_usd >= LITTLE * found.ask_usd


def pays(found: Experiment) -> bool:
    """Whether what an experiment frees is more than an hour of its accelerators, where it takes any."""
    return found.hour_usd is None or found.freed_usd > found.hour_usd


def dearer_said(found: Experiment) -> str:
    """What to know of an experiment that does not pay."""
    return tr(
        "That is less than an hour of {accelerators} costs: it pays for a larger plan to come.",
        accelerators=found.accelerators,
    )


def experiment_reasons(found: Experiment) -> tuple[str, ...]:
    """Why it is this one, what it may find, and what it takes, a sentence each."""
    name, share = inside_said(found.doubt), format_share(found.share, decimals=0)
    most = tr(
        "Most of the doubt about the cost is that of one input: {name}, {share} of it.",
        name=name,
        share=share,
    )
    if found.share < 0.5:
        most = tr(
            "No input has most of the doubt about the cost; {name} has the largest part, {share}.",
            name=name,
            share=share,
        )
    often = capital(chance_said(found.dearer))
    dearer = tr("{often} that they find the programme dearer and raise the ask.", often=often)
    if found.hour_usd is None:
        dearer = tr("{capital} that it finds the programme dearer and raises the ask.", capital=often)
        return most, dearer, AT_MOST
    learned = format_share(found.learned, decimals=0)
    exact = tr(
        "They take away {learned} of its variance: what runs of one team have in common.", learned=learned
    )
    return (
        most,
        dearer,
        exact,
        tr(
            "An hour of {accelerators} costs {money}.",
            accelerators=found.accelerators,
            money=format_money(found.hour_usd),
        ),
    )


def apart_from_plan(found: Tornado) -> bool:
    """Whether the bars stand about another sum than the plan's."""
    return found.base_usd > 0.0 and abs(found.middle_usd / found.base_usd - 1.0) > SAME


def _plan_said(found: Tornado) -> Iterator[str]:
    """That the bars stand about another sum than the plan's, where they do."""
    if apart_from_plan(found):
        yield tr(
            "The plan itself comes to {money}: why, stands beside it below.",
            money=format_money(found.base_usd),
        )


def told_tornado(found: Tornado, experiment: Experiment | None, of: Risk, answered: Answer) -> Told:
    """What matters in a plan."""
    columns = (
        Column(tr("Input")),
        Column(tr("Path")),
        Column(tr("Low"), right=True),
        Column(tr("High"), right=True),
        Column(tr("Cost at low"), format_money, right=True),
        Column(tr("Cost at high"), format_money, right=True),
        Column(tr("Share of doubt"), lambda share: format_share(share, decimals=0), right=True),
        Column(tr("Range")),
    )
    rows = tuple(
        (
            name_said(bar.doubt),
            bar.doubt.path,
            value_said(bar.doubt, bar.low),
            value_said(bar.doubt, bar.high),
            bar.cost_low_usd,
            bar.cost_high_usd,
            bar.share,
            bar.doubt.whose,
        )
        for bar in found.bars
    )
    reading = (
        tr(
            "Each input at its own low and high, the others as planned: {money}.",
            money=format_money(found.middle_usd),
        ),
        *_plan_said(found),
        tr("Share of doubt: {measure}.", measure=MEASURE),
    )
    sections = (
        Section("", reading if rows else (), Table(columns, rows)),
        Section(tr("The next experiment"), experiment_said(experiment)),
        Section(tr("Beside it"), notes_said(of, answered)),
    )
    kept = tuple(each for each in sections if each.sentences or (each.table and each.table.rows))
    estimate = answered.estimate
    finding = tornado_said(found)
    words = [finding, *(each for section in kept for each in section.sentences)]
    return Told(
        f"{estimate.project} | {estimate.scenario}",
        finding,
        kept,
        _tornado_tree(found, experiment, words),
        _tornado_rows(found),
    )


def _bars(found: Tornado) -> Iterator[Mapping[str, Any]]:
    for bar in found.bars:
        yield {
            "path": bar.doubt.path or None,
            "name": bar.doubt.name,
            "whose": bar.doubt.whose,
            "low": bar.low,
            "high": bar.high,
            "unit": bar.doubt.unit or bar.doubt.quantity,
            "cost_low_usd": round(bar.cost_low_usd, 2),
            "cost_high_usd": round(bar.cost_high_usd, 2),
            "days_low": round(bar.days_low, 6),
            "days_high": round(bar.days_high, 6),
            "share": round(bar.share, 6),
        }


def _tornado_tree(found: Tornado, experiment: Experiment | None, words: Sequence[str]) -> dict[str, Any]:
    return {
        "base_usd": round(found.base_usd, 2),
        "rows": list(_bars(found)),
        "share_measure": MEASURE,
        "experiment": None if experiment is None else _experiment_tree(experiment),
        "words": list(words),
    }


def _experiment_tree(found: Experiment) -> dict[str, Any]:
    return {
        "path": found.doubt.path or None,
        "name": found.doubt.name,
        "share": round(found.share, 6),
        "learned": round(found.learned, 6),
        "ask_usd": round(found.ask_usd, 2),
        "ask_after_usd": round(found.ask_after_usd, 2),
        "freed_usd": round(found.freed_usd, 2),
        "chance_dearer": found.dearer,
        "spread_usd": round(found.spread_usd, 2),
        "spread_after_usd": round(found.spread_after_usd, 2),
        "hour_usd": None if found.hour_usd is None else round(found.hour_usd, 2),
    }


def _tornado_rows(found: Tornado) -> Table:
    rows = [tuple(bar.values()) for bar in _bars(found)]
    names = (
        "path", "name", "whose", "low", "high", "unit", "cost_low_usd", "cost_high_usd", "days_low",
        "days_high", "share",
    )  # fmt: skip
    return Table(tuple(Column(name) for name in names), tuple(rows))
