"""Chances of a plan: the sentences and tables, without Qt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from isocost.catalog.records import named_for
from isocost.language import capital, in_sentence, tr
from isocost.plan.answer.estimate import Answer
from isocost.plan.answer.headline import impossible
from isocost.plan.doubt.doubtful import Doubtful
from isocost.plan.doubt.evaluation import FIGURES
from isocost.plan.doubt.ours import PRICE
from isocost.plan.doubt.risk import Risk, Spread
from isocost.plan.inputs.input import Input
from isocost.plan.inputs.table import NUMBERS
from isocost.plan.physics.records import STEP_MODEL
from isocost.plan.project.programme import Goal
from isocost.plan.project.ranges import SEPARATOR
from isocost.quantities import (
    SPACE,
    format_budget,
    format_count,
    format_duration,
    format_energy,
    format_money,
    format_quantity,
)
from isocost.report.table import Column, Table
from isocost.report.told import Section, Told

_FRACTIONS = {
    (1, 2): tr("an even chance"),
    (1, 3): tr("one chance in three"),
    (2, 3): tr("two chances in three"),
    (1, 4): tr("one chance in four"),
    (3, 4): tr("three chances in four"),
    (1, 5): tr("one chance in five"),
    (2, 5): tr("two chances in five"),
    (3, 5): tr("three chances in five"),
    (4, 5): tr("four chances in five"),
    (1, 10): tr("one chance in ten"),
    (9, 10): tr("nine chances in ten"),
}
ABOUT = 0.0125
"""A chance this close to a simple fraction is called by it."""
EXACT = 0.0005
"""A chance this close is the fraction itself."""
SURE = 0.995
"""From here on a chance of samples is as good as certain, and is not said to be."""


def chance_said(chance: float) -> str:
    """A chance as people count it: "about three chances in four", "32 chances in 100"."""
    if chance > SURE:
        return tr("more than 99 chances in 100")
    if chance < 1.0 - SURE:
        return tr("less than one chance in 100")
    (part, whole), words = min(_FRACTIONS.items(), key=lambda each: abs(each[0][0] / each[0][1] - chance))
    away = abs(part / whole - chance)
    if away <= ABOUT:
        return words if away <= EXACT else tr("about {words}", words=words)
    hundredths = round(chance * 100.0)
    return tr(
        "{hundredths} {word} in 100",
        hundredths=hundredths,
        word=tr("chance") if hundredths == 1 else tr("chances"),
    )


def in_hundred(chance: float) -> str:
    """A chance as it is counted: "68 in 100"; never none and never certain, since it is of samples."""
    if chance > SURE:
        return tr("more than 99 in{space}100", space=SPACE)
    if chance < 1.0 - SURE:
        return tr("less than 1 in{space}100", space=SPACE)
    return tr("{hundredths} in{space}100", hundredths=round(chance * 100.0), space=SPACE)


# Risk


def spread_said(of: Risk) -> str:
    """What the programme may come to."""
    cost, days = of.cost_usd, of.wall_days
    if not cost.p90 > cost.p10 and not days.p90 > days.p10:
        return tr("Nothing in this plan is in doubt: {money} as it stands", money=format_money(cost.base))
    return tr(
        "{cost_spread_said}, as many that it runs {days_said}",
        cost_spread_said=cost_spread_said(of),
        days_said=days_said(days.p10, days.p90),
    )


def cost_spread_said(of: Risk) -> str:
    """What the programme may cost."""
    cost = of.cost_usd
    return tr(
        "8 chances in 10 that it costs {money} to {money_2}",
        money=format_money(cost.p10),
        money_2=format_money(cost.p90),
    )


def days_said(low: float, high: float) -> str:
    """Two spans of time in days, the unit said once where it is one."""
    return ends_said(format_duration(low), format_duration(high))


def ends_said(low: str, high: str) -> str:
    """Both ends of a range as they are written, the unit said once where it is one."""
    if low == high:
        return low
    first, _, unit = low.rpartition(SPACE)
    return tr(
        "{first} to {high}", first=first if first and unit == high.rpartition(SPACE)[2] else low, high=high
    )


def goal_said(of: Risk, goal: Goal) -> str:
    """The chance of holding what the plan is held against; empty where it is against nothing."""
    budget, days = goal.budget_usd, goal.deadline_days
    if budget is not None and days is not None:
        held, what = (
            of.chance_both(budget, days),
            tr("{money} and {duration} are", money=format_budget(budget), duration=format_duration(days)),
        )
    elif budget is not None:
        held, what = 1.0 - of.chance_over(budget), tr("{money} is", money=format_budget(budget))
    elif days is not None:
        held, what = 1.0 - of.chance_late(days), tr("{duration} are", duration=format_duration(days))
    else:
        return ""
    return tr("{capital} that {what} enough", capital=capital(chance_said(held)), what=what)


def base_said(of: Risk) -> str:
    """Where the plan as it stands lies among the samples."""
    cost = of.cost_usd
    if not cost.p90 > cost.p10:
        return ""
    more = chance_said(1.0 - cost.base_percentile / 100.0)
    plan = tr("The plan without its reserve") if reserve_apart(of) else tr("The plan")
    money = format_money(cost.base)
    return tr("{name}: {money}; {more} that it costs more.", name=plan, money=money, more=more)


def reserve_apart(of: Risk) -> bool:
    """Whether the plan has a reserve that is held against the samples, not sampled with them."""
    return not of.programme.reserve_ranged and of.programme.on.scenario.programme.contingency > 0.0


def sums_said(of: Risk) -> tuple[str, ...]:
    """The plan, the plan with its reserve, and the ask; empty where nothing is in doubt."""
    plan, reserve = base_said(of), of.with_reserve_usd
    if not plan:
        return ()
    named = [(tr("The ask"), of.ask_usd)]
    if reserve_apart(of):
        named.insert(0, (tr("The plan with its reserve"), reserve))
    enough = (
        tr(
            "{name}: {money}; {chance_said} that it is enough.",
            name=name,
            money=format_money(usd),
            chance_said=chance_said(1.0 - of.chance_over(usd)),
        )
        for name, usd in named
    )
    return (plan, *enough)


def chances_said(of: Risk, goal: Goal) -> tuple[str, ...]:
    """The chances against budget and deadline, one by one."""
    said = []
    if goal.budget_usd is not None:
        over = chance_said(of.chance_over(goal.budget_usd))
        said.append(
            tr(
                "{capital} that it costs more than the budget, {money}.",
                capital=capital(over),
                money=format_budget(goal.budget_usd),
            )
        )
    if goal.deadline_days is not None:
        late, days = chance_said(of.chance_late(goal.deadline_days)), format_duration(goal.deadline_days)
        said.append(
            tr(
                "{capital} that it takes longer than the deadline, {days} from its first day.",
                capital=capital(late),
                days=days,
            )
        )
    if goal.budget_usd is not None and goal.deadline_days is not None:
        both = chance_said(of.chance_both(goal.budget_usd, goal.deadline_days))
        said.append(tr("{capital} that both are held.", capital=capital(both)))
    return tuple(said)


def conventions_said(of: Risk) -> tuple[str, ...]:
    """How to read the figures."""
    said = [
        tr(
            "{count} samples of the whole programme (Latin hypercube, seed {seed}); the plan "
            "itself is computed, not sampled.",
            count=format_count(of.samples),
            seed=of.seed,
        ),
        tr(
            "Of a range that is typed as two ends, or is ours, 8 chances in 10 lie between: one "
            "in ten below, one in ten above. Even and triangular ranges end at their ends."
        ),
    ]
    if reserve_apart(of):
        said.append(tr("The reserve is not spent in the samples: it is what is held against them."))
    return tuple(said)


def notes_said(of: Risk, found: Answer) -> tuple[str, ...]:
    """What must be known of the samples."""
    said = [doubt.said for doubt in of.programme.doubts if doubt.said]
    said += of.programme.problems
    failing = impossible(found.estimate.stages)
    if failing is not None:
        said.append(
            tr("{name} cannot run as planned: its hours are of the least hungry layout.", name=failing.name)
        )
    return tuple(said)


_SPREAD = (
    ("p10", tr("1 in 10 below")),
    ("p50", tr("Middle")),
    ("p80", tr("8 in 10 below")),
    ("p90", tr("9 in 10 below")),
)


def _figures(of: Risk, noun: str) -> list[tuple[str, str, Spread]]:
    names = {
        "cost_usd": tr("Cost"),
        "wall_days": tr("Time of all stages"),
        "programme_days": tr("First day to last"),
        "gpu_hours": named_for(noun, tr("GPU-hours"), heading=True),
        "energy_kwh": tr("Energy"),
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
        Column(tr("Figure")),
        *(Column(name, right=True) for _, name in _SPREAD),
        Column(tr("Plan"), right=True),
        Column(tr("Below the plan"), right=True),
    )
    rows = tuple(
        (
            name,
            *(_shown(key, getattr(spread, part)) for part, _ in _SPREAD),
            _shown(key, spread.base),
            tr("{base_percentile:.0f} in 100", base_percentile=spread.base_percentile),
        )
        for key, name, spread in figures
    )
    return Table(columns, rows)


def value_said(doubt: Doubtful, value: float) -> str:
    """A value of what is in doubt, as its input is written."""
    shown = format_quantity(value, doubt.quantity)
    return f"{shown}{SPACE}{tr(doubt.unit)}" if doubt.quantity == "number" and doubt.unit else shown


def inside_said(doubt: Doubtful) -> str:
    """A doubt within a sentence: "goodput", "the price of H100", but "MFU"."""
    plain = in_sentence(doubt.name)
    return tr("the {plain}", plain=plain) if doubt.identity.startswith((PRICE, STEP_MODEL)) else plain


def settling(doubt: Doubtful) -> Input | None:
    """The input that settles a doubt; None = no number of the plan does."""
    return NUMBERS.get(doubt.path.rpartition(SEPARATOR)[2])


def name_said(doubt: Doubtful) -> str:
    """A doubt with the input its values are of: "Step model (MFU)"."""
    declared = settling(doubt)
    if declared is None or declared.label in doubt.name or doubt.name in declared.label:
        return doubt.name
    return f"{doubt.name} ({in_sentence(declared.label)})"


def _doubt_table(doubts: Sequence[Doubtful]) -> Table:
    columns = (
        Column(tr("In doubt")),
        Column(tr("Low"), right=True),
        Column(tr("Plan"), right=True),
        Column(tr("High"), right=True),
        Column(tr("Range")),
        Column(tr("From")),
    )
    rows = []
    for doubt in doubts:
        low, high = sorted((doubt.shown_at(doubt.low), doubt.shown_at(doubt.high)))
        ends = (low, doubt.shown_in_plan, high)
        rows.append(
            (name_said(doubt), *(value_said(doubt, each) for each in ends), doubt.whose, doubt.source)
        )
    return Table(columns, tuple(rows))


def told_risk(of: Risk, found: Answer) -> Told:
    """The chances of a plan."""
    goal, estimate = found.scenario.goal, found.estimate
    figures = _figures(of, estimate.noun)
    goals = chances_said(of, goal)
    sections = [
        Section(sentences=(f"{spread_said(of)}.",) if goals else (), table=_spread_table(figures)),
        Section(tr("Plan, reserve and ask"), sums_said(of)),
        Section(tr("Budget and deadline"), goals),
        Section(tr("In doubt"), table=_doubt_table(of.programme.doubts)),
        Section(tr("How to read it"), (*conventions_said(of), *notes_said(of, found))),
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
        rows.append((key, units.get(key, "kWh"), *spread_tree(key, spread).values()))
    return Table(tuple(columns), tuple(rows))


def spread_tree(key: str, spread: Spread) -> dict[str, float]:
    """A spread for other programs; the last digits, which processors do not share, are rounded away."""
    digits = 2 if key == "cost_usd" else 6
    return {name: round(getattr(spread, name), digits) for name in Spread.__slots__}


def _risk_tree(of: Risk, goal: Goal, words: Sequence[str]) -> dict[str, Any]:
    budget, days = goal.budget_usd, goal.deadline_days
    both = None if budget is None or days is None else of.chance_both(budget, days)
    return {
        "samples": of.samples,
        "seed": of.seed,
        **{key: spread_tree(key, of.spread(key)) for key in FIGURES},
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
        "base": doubt.shown_in_plan,
        "unit": doubt.unit or doubt.quantity,
    }


def samples_table(of: Risk) -> Table:
    """Every sample: what each doubt was, and what the programme came to."""
    doubts = of.programme.doubts
    inputs = [doubt.shown(values) for doubt, values in zip(doubts, of.values, strict=True)]
    columns = [*(doubt.path or doubt.identity for doubt in doubts), *FIGURES]
    figures = [getattr(of.outcomes, key) for key in FIGURES]
    stacked = np.column_stack([*inputs, *figures])
    return Table(tuple(Column(name) for name in columns), tuple(map(tuple, stacked.tolist())))
