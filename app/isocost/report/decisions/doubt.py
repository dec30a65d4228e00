"""Chances, what matters, and what to measure next: the sentences and tables, without Qt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from isocost.catalog.records import named_for
from isocost.plan.answer.estimate import Answer
from isocost.plan.answer.headline import impossible
from isocost.plan.doubt.doubtful import Doubtful
from isocost.plan.doubt.evaluation import FIGURES
from isocost.plan.doubt.experiment import RUNS, Experiment
from isocost.plan.doubt.risk import Risk, Spread
from isocost.plan.doubt.tornado import MEASURE, Tornado
from isocost.plan.project.programme import Goal
from isocost.quantities import (
    SPACE,
    format_count,
    format_duration,
    format_energy,
    format_money,
    format_quantity,
    format_share,
)
from isocost.report.table import Column, Table
from isocost.report.told import Section, Told

_FRACTIONS = {
    (1, 2): "an even chance",
    (1, 3): "one chance in three",
    (2, 3): "two chances in three",
    (1, 4): "one chance in four",
    (3, 4): "three chances in four",
    (1, 5): "one chance in five",
    (2, 5): "two chances in five",
    (3, 5): "three chances in five",
    (4, 5): "four chances in five",
    (1, 10): "one chance in ten",
    (9, 10): "nine chances in ten",
}
ABOUT = 0.0125
"""A chance this close to a simple fraction is called by it."""
EXACT = 0.0005
"""A chance this close is the fraction itself."""
SURE = 0.995
"""From here on a chance of samples is as good as certain, and is not said to be."""
LITTLE = 0.01
"""Share of an ask below which what an experiment frees is little."""


def chance_said(chance: float) -> str:
    """A chance as people count it: "about three chances in four", "32 chances in 100"."""
    if chance > SURE:
        return "more than 99 chances in 100"
    if chance < 1.0 - SURE:
        return "less than one chance in 100"
    (part, whole), words = min(_FRACTIONS.items(), key=lambda each: abs(each[0][0] / each[0][1] - chance))
    away = abs(part / whole - chance)
    if away <= ABOUT:
        return words if away <= EXACT else f"about {words}"
    hundredths = round(chance * 100.0)
    return f"{hundredths} {'chance' if hundredths == 1 else 'chances'} in 100"


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


# Risk


def spread_said(of: Risk) -> str:
    """What the programme may come to."""
    cost, days = of.cost_usd, of.wall_days
    if not cost.p90 > cost.p10 and not days.p90 > days.p10:
        return f"Nothing in this plan is in doubt: {format_money(cost.base)} as it stands"
    money = f"{format_money(cost.p10)} to {format_money(cost.p90)}"
    return f"8 chances in 10 that it costs {money} and runs {_days(days.p10, days.p90)}"


def _days(low: float, high: float) -> str:
    first, last = format_duration(low), format_duration(high)
    if first == last:
        return first
    if first.split(SPACE)[-1] == last.split(SPACE)[-1]:
        first = first.split(SPACE)[0]
    return f"{first} to {last}"


def goal_said(of: Risk, goal: Goal) -> str:
    """The chance of holding what the plan is held against; empty where it is against nothing."""
    budget, days = goal.budget_usd, goal.deadline_days
    if budget is not None and days is not None:
        held, what = of.chance_both(budget, days), f"{format_money(budget)} and {format_duration(days)} are"
    elif budget is not None:
        held, what = 1.0 - of.chance_over(budget), f"{format_money(budget)} is"
    elif days is not None:
        held, what = 1.0 - of.chance_late(days), f"{format_duration(days)} are"
    else:
        return ""
    return f"{_capital(chance_said(held))} that {what} enough"


def base_said(of: Risk) -> str:
    """Where the plan as it stands lies among the samples."""
    cost = of.cost_usd
    if not cost.p90 > cost.p10:
        return ""
    more = chance_said(1.0 - cost.base_percentile / 100.0)
    return f"{_capital(more)} that it costs more than the plan's {format_money(cost.base)}."


def sums_said(of: Risk) -> tuple[str, ...]:
    """The plan, the plan with its reserve, and the ask, each with the chance that it is enough."""
    plan, reserve = of.cost_usd.base, of.with_reserve_usd
    named = [("The plan", plan)]
    if reserve - plan > 0.005 and not of.programme.reserve_ranged:
        named.append(("The plan with its reserve", reserve))
    named.append(("The ask", of.ask_usd))
    return tuple(
        f"{name}: {format_money(usd)}, {chance_said(1.0 - of.chance_over(usd))} that it is enough."
        for name, usd in named
    )


def chances_said(of: Risk, goal: Goal) -> tuple[str, ...]:
    """The chances against budget and deadline, one by one."""
    said = []
    if goal.budget_usd is not None:
        over = chance_said(of.chance_over(goal.budget_usd))
        said.append(f"{_capital(over)} that it costs more than the budget, {format_money(goal.budget_usd)}.")
    if goal.deadline_days is not None:
        late, days = chance_said(of.chance_late(goal.deadline_days)), format_duration(goal.deadline_days)
        said.append(f"{_capital(late)} that it takes longer than the deadline, {days} from its first day.")
    if goal.budget_usd is not None and goal.deadline_days is not None:
        both = chance_said(of.chance_both(goal.budget_usd, goal.deadline_days))
        said.append(f"{_capital(both)} that both are held.")
    return tuple(said)


def conventions_said(of: Risk) -> tuple[str, ...]:
    """How to read the figures."""
    said = [
        f"{format_count(of.samples)} samples of the whole programme (Latin hypercube, seed {of.seed});"
        " the plan itself is computed, not sampled.",
        "Of a range that is typed as two ends, or is ours, 8 chances in 10 lie between: one in ten below,"
        " one in ten above. Even and triangular ranges end at their ends.",
    ]
    if not of.programme.reserve_ranged and of.programme.on.scenario.programme.contingency > 0.0:
        said.append("The reserve is not spent in the samples: it is what is held against them.")
    return tuple(said)


def notes_said(of: Risk, found: Answer | None = None) -> tuple[str, ...]:
    """What must be known of the samples."""
    said = [doubt.said for doubt in of.programme.doubts if doubt.said]
    said += of.programme.problems
    failing = impossible(found.estimate.stages) if found is not None else None
    if failing is not None:
        said.append(f"{failing.name} cannot run as planned: its hours are of the least hungry layout.")
    return tuple(said)


_SPREAD = (("p10", "1 in 10 below"), ("p50", "Middle"), ("p80", "8 in 10 below"), ("p90", "9 in 10 below"))


def _figures(of: Risk, noun: str) -> list[tuple[str, str, Spread]]:
    names = {
        "cost_usd": "Cost",
        "wall_days": "Time of all stages",
        "programme_days": "First day to last",
        "gpu_hours": named_for(noun, "GPU-hours", heading=True),
        "energy_kwh": "Energy",
    }
    return [(key, names[key], of.spread(key)) for key in FIGURES]


def _shown(key: str, value: float) -> str:
    if key == "cost_usd":
        return format_money(value)
    if key == "energy_kwh":
        return format_energy(value)
    return format_duration(value) if key.endswith("days") else format_quantity(value, "number")


def _spread_table(figures: Sequence[tuple[str, str, Spread]]) -> Table:
    """The figures in words: each row has a unit of its own."""
    columns = (
        Column("Figure"),
        *(Column(name, right=True) for _, name in _SPREAD),
        Column("Plan", right=True),
        Column("Below the plan", right=True),
    )
    rows = tuple(
        (
            name,
            *(_shown(key, getattr(spread, part)) for part, _ in _SPREAD),
            _shown(key, spread.base),
            f"{spread.base_percentile:.0f} in 100",
        )
        for key, name, spread in figures
    )
    return Table(columns, rows)


def value_said(doubt: Doubtful, value: float) -> str:
    """A value of what is in doubt, as its input is written."""
    shown = format_quantity(value, doubt.quantity)
    return f"{shown}{SPACE}{doubt.unit}" if doubt.quantity == "number" and doubt.unit else shown


def _doubt_table(doubts: Sequence[Doubtful]) -> Table:
    columns = (
        Column("In doubt"),
        Column("Low", right=True),
        Column("Plan", right=True),
        Column("High", right=True),
        Column("Range"),
        Column("From"),
    )
    rows = []
    for doubt in doubts:
        low, high = sorted((doubt.shown_at(doubt.low), doubt.shown_at(doubt.high)))
        ends = (low, doubt.shown_at(doubt.base), high)
        rows.append((doubt.name, *(value_said(doubt, each) for each in ends), doubt.whose, doubt.source))
    return Table(columns, tuple(rows))


def told_risk(of: Risk, found: Answer) -> Told:
    """The chances of a plan."""
    goal, estimate = found.scenario.goal, found.estimate
    figures = _figures(of, estimate.noun)
    goals = chances_said(of, goal)
    sums = tuple(each for each in (base_said(of), *sums_said(of)) if each)
    sections = [
        Section(sentences=(f"{spread_said(of)}.",) if goals else (), table=_spread_table(figures)),
        Section("Plan, reserve and ask", sums),
        Section("Budget and deadline", goals),
        Section("In doubt", table=_doubt_table(of.programme.doubts)),
        Section("How to read it", (*conventions_said(of), *notes_said(of, found))),
    ]
    kept = tuple(each for each in sections if each.sentences or (each.table and each.table.rows))
    finding = goal_said(of, goal) or spread_said(of)
    words = [finding, *(each for section in kept[1:] for each in section.sentences)]
    return Told(
        f"{estimate.project} | {estimate.scenario}",
        finding,
        kept,
        _risk_tree(of, goal, words),
        _risk_rows(of),
    )


def _risk_rows(of: Risk) -> Table:
    units = {"cost_usd": "USD", "wall_days": "days", "programme_days": "days", "gpu_hours": "h"}
    columns = [
        Column(name) for name in ("figure", "unit", "p10", "p50", "p80", "p90", "base", "base_percentile")
    ]
    rows = []
    for key in FIGURES:
        spread = of.spread(key)
        rows.append((key, units.get(key, "kWh"), *_tree_of(key, spread).values()))
    return Table(tuple(columns), tuple(rows))


def _tree_of(key: str, spread: Spread) -> dict[str, float]:
    """A spread for other programs; the last digits, which processors do not share, are rounded away."""
    digits = 2 if key == "cost_usd" else 6
    return {name: round(getattr(spread, name), digits) for name in Spread.__slots__}


def _risk_tree(of: Risk, goal: Goal, words: Sequence[str]) -> dict[str, Any]:
    budget, days = goal.budget_usd, goal.deadline_days
    both = None if budget is None or days is None else of.chance_both(budget, days)
    return {
        "samples": of.samples,
        "seed": of.seed,
        **{key: _tree_of(key, of.spread(key)) for key in FIGURES},
        "goal": {"budget_usd": budget, "deadline_days": days},
        "chance": {
            "over_budget": None if budget is None else of.chance_over(budget),
            "late": None if days is None else of.chance_late(days),
            "both_held": both,
        },
        "plan_usd": round(of.cost_usd.base, 2),
        "with_reserve_usd": round(of.with_reserve_usd, 2),
        "ask_usd": round(of.ask_usd, 2),
        "doubts": [_doubt_tree(doubt) for doubt in of.programme.doubts],
        "words": list(words),
    }


def _doubt_tree(doubt: Doubtful) -> dict[str, Any]:
    low, high = sorted((doubt.shown_at(doubt.low), doubt.shown_at(doubt.high)))
    return {
        "name": doubt.name,
        "path": doubt.path or None,
        "whose": doubt.whose,
        "source": doubt.source,
        "shape": doubt.shape,
        "low": low,
        "middle": doubt.shown_at(doubt.middle),
        "high": high,
        "base": doubt.shown_at(doubt.base),
        "unit": doubt.unit or doubt.quantity,
    }


def samples_table(of: Risk) -> Table:
    """Every sample: what each doubt was, and what the programme came to."""
    doubts = of.programme.doubts
    inputs = [doubt.shown(values) for doubt, values in zip(doubts, of.values, strict=True)]
    columns = [*(doubt.path or doubt.name for doubt in doubts), *FIGURES]
    figures = [getattr(of.outcomes, key) for key in FIGURES]
    stacked = np.column_stack([*inputs, *figures]) if of.samples else np.empty((0, len(columns)))
    return Table(tuple(Column(name) for name in columns), tuple(map(tuple, stacked.tolist())))


# Tornado


def tornado_said(found: Tornado) -> str:
    """What matters most, in one sentence."""
    if not found.bars:
        return "Nothing in this plan is in doubt"
    first = found.bars[0]
    low, high = sorted((first.cost_low_usd, first.cost_high_usd))
    name = first.doubt.name
    return f"{name} moves the cost most: {format_money(low)} to {format_money(high)} by itself"


def experiment_said(found: Experiment | None) -> tuple[str, ...]:
    """What measuring the most doubtful input would be worth."""
    if found is None:
        return ()
    name, share = found.doubt.name, format_share(found.share, decimals=0)
    ask, after = format_money(found.ask_usd), format_money(found.ask_after_usd)
    said = [f"Most of the doubt about the cost is that of one input: {name}, {share} of it."]
    if found.share < 0.5:
        said = [f"No input has most of the doubt about the cost; {name} has the largest share, {share}."]
    if found.hour_usd is not None:
        what = f"{RUNS} short runs of your own, taken into the plan by isocost calibrate,"
        hour = f"An hour of {found.accelerators} costs {format_money(found.hour_usd)}."
        learned = format_share(found.learned, decimals=0)
        exact = f"They take away {learned} of this input's own doubt: what runs of one team have in common."
    else:
        what = f"Knowing {name[:1].lower()}{name[1:]} exactly"
        hour, exact = "", "This is the most that any measurement of it can do."
    freed = found.freed_usd
    if freed < LITTLE * found.ask_usd:
        said.append(f"{what} would free little of the ask for four chances in five, {ask}.")
    else:
        said.append(
            f"{what} would on average lower the ask for four chances in five from {ask} to {after},"
            f" {format_money(freed)} less."
        )
    said.append(
        f"{_capital(chance_said(found.dearer))} that it finds the programme dearer and raises the ask."
    )
    return tuple(each for each in (*said, exact, hour) if each)


def told_tornado(found: Tornado, experiment: Experiment | None, of: Risk, answered: Answer) -> Told:
    """What matters in a plan."""
    columns = (
        Column("Input"),
        Column("Path"),
        Column("Low", right=True),
        Column("High", right=True),
        Column("Cost at low", format_money, right=True),
        Column("Cost at high", format_money, right=True),
        Column("Share of doubt", lambda share: format_share(share, decimals=0), right=True),
        Column("Range"),
    )
    rows = tuple(
        (
            bar.doubt.name,
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
        f"Each input at its own low and high, the others as planned: {format_money(found.base_usd)}.",
        f"Share of doubt: {MEASURE}.",
    )
    sections = (
        Section("", reading if rows else (), Table(columns, rows)),
        Section("The next experiment", experiment_said(experiment)),
        Section("Beside it", notes_said(of, answered)),
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
