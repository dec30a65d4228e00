"""What the page for the person who decides says: the ask, its chances, what it rests on, what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from isocost import __version__
from isocost.language import capital, in_sentence, tr
from isocost.plan.answer.chances import Chances
from isocost.plan.answer.estimate import Answer, answer
from isocost.plan.doubt.doubtful import Doubtful
from isocost.plan.doubt.ours import PRICE
from isocost.plan.doubt.risk import Risk, risk
from isocost.quantities import (
    format_cents,
    format_count,
    format_duration,
    format_money,
    money_shown_in,
)
from isocost.report.decisions.doubt import (
    chance_said,
    days_said,
    ends_said,
    inside_said,
    settling,
    value_said,
)
from isocost.report.decisions.tornado import experiment_said
from isocost.report.findings.facts import never_counted
from isocost.report.findings.header import currency_words, fit_words
from isocost.report.findings.ledger import slip_words
from isocost.report.findings.risk import NOTHING, DoubtRow, doubt_rows
from isocost.report.findings.said import KeyFigure
from isocost.report.paper.prices import prices_table
from isocost.report.table import Column, Table

SLIPS = ((28.0, 4.0), (7.0, 1.0))
"""Days of a programme from which on being so many weeks late is priced; a shorter one is not."""
LITTLE = 0.001
"""Share of the bill below which what an input moves is not told."""
MOST_RISKS = 3
"""Inputs that stand under what could go wrong."""
STEPS = 400
"""Values of an input among which the one is sought that takes the whole ask."""
WORSE = 4.0
"""How far beyond its bad end, as a power of the way there, the input is sought."""


@dataclass(frozen=True, slots=True)
class Paper:
    """Everything the page says; charts are drawn beside it from the same answer."""

    title: str
    lead: str
    figures: tuple[KeyFigure, ...]
    ask_usd: float
    level: float
    """Chance that the ask is enough."""
    assumptions: Table
    """What is in doubt, by how far each moves the bill; then what is held fixed."""
    bill: Table
    others: Table
    """The other scenarios of the file; no rows where there are none."""
    prices: Table
    not_in: str
    wrong: tuple[tuple[str, str], ...]
    """What could go wrong: a word, and the sum in a sentence."""
    now: str
    """The next experiment."""
    stop: str
    """When to stop; empty where nothing measured would tell."""
    notes: tuple[str, ...]
    """Warnings of the plan, a sentence each."""
    foot: tuple[str, str]

    @property
    def risks(self) -> tuple[str, ...]:
        """What could go wrong, a sentence each, after its word where it does not begin with that."""
        return tuple(
            capital(said) if said.casefold().startswith(word.casefold()) else f"{word}: {said}"
            for word, said in self.wrong
        )


Beside = Sequence[tuple[str, Risk]]
"""Every scenario of a file by its name, sampled; none where it has one alone."""


def sampled_beside(found: Answer, chances: Chances) -> Beside:
    """The scenarios of an answered plan's file, each answered and sampled: takes as long as that does."""
    if len(found.project.scenarios) == 1:
        return ()
    catalog = found.reckoning.catalog
    return tuple(
        (tr("{name}, this plan", name=scenario.name), chances.risk)
        if at == found.at
        else (scenario.name, risk(answer(found.project, catalog, at).reckoning))
        for at, scenario in enumerate(found.project.scenarios)
    )


def paper(found: Answer, chances: Chances, beside: Beside, level: float, file: str, today: date) -> Paper:
    """The page of an answered plan.

    Args:
        chances: of the same answer, as ``beside`` is.
        level: chance, from 0 to 1, that what is asked for is enough.
        file: name of the plan's file, as it stands at the foot.
        today: ages of prices count to this day.
    """
    with money_shown_in(found.money):
        return _paper(found, chances, beside, level, file, today)


def _paper(found: Answer, chances: Chances, beside: Beside, level: float, file: str, today: date) -> Paper:
    of, estimate = chances.risk, found.estimate
    ask = float(np.quantile(of.outcomes.cost_usd, level))
    catalog = found.reckoning.catalog
    warnings = tuple(f"{capital(each.message.rstrip('.'))}." for each in estimate.warnings)
    return Paper(
        title=tr("{project}: we ask for {money}", project=estimate.project, money=format_money(ask)),
        lead=_lead(found, of, ask, level) if chances.in_doubt else NOTHING,
        figures=tuple(_figures(found, of, ask, level, in_doubt=chances.in_doubt)),
        ask_usd=ask,
        level=level,
        assumptions=_assumptions(found, chances),
        bill=_bill(found),
        others=_others(beside, ask),
        prices=prices_table(found.scenario, catalog, today),
        not_in=_not_in(found),
        wrong=tuple(_wrong(found, chances)),
        now=" ".join(experiment_said(chances.experiment)[1:2])
        or tr("Nothing in this plan is left to measure."),
        stop=_stop(chances, ask),
        notes=warnings,
        foot=(
            tr(
                "{file} · {scenario} · Isocost {version} · {samples} samples, seed {seed}",
                file=file,
                scenario=estimate.scenario,
                version=__version__,
                samples=format_count(of.samples),
                seed=of.seed,
            ),
            tr(
                "{isoformat} · sums {currency_words}",
                isoformat=today.isoformat(),
                currency_words=currency_words(found.money) or tr("in US dollars"),
            ),
        ),
    )


def _lead(found: Answer, of: Risk, ask: float, level: float) -> str:
    """How sure the ask is, what the plan itself comes to, and what is held back."""
    cost = of.cost_usd
    sure, passed = capital(chance_said(level)), format_money(cost.p90)
    sentences = [
        tr("{sure} that it is enough; one in ten that it passes {passed}.", sure=sure, passed=passed)
    ]
    planned = tr("The plan itself comes to {money}", money=format_money(cost.base))
    margin = ask - cost.base
    if margin > 0.0 and format_money(ask) != format_money(cost.base):
        planned += tr(", and {money} are margin for what no plan knows", money=format_money(margin))
    sentences.append(f"{planned}.")
    goal = found.scenario.goal
    if goal.budget_usd is not None:
        over, budget = of.chance_over(goal.budget_usd), format_money(goal.budget_usd)
        sentences.append(
            tr(
                "{capital} that it costs more than the budget of {budget}.",
                capital=capital(chance_said(over)),
                budget=budget,
            )
        )
    return " ".join(sentences)


def _figures(found: Answer, of: Risk, ask: float, level: float, *, in_doubt: bool) -> Iterator[KeyFigure]:
    cost, days = of.cost_usd, of.programme_days
    budget = found.scenario.goal.budget_usd
    enough = tr("enough in {level} of 100", level=round(100 * level)) if in_doubt else tr("taken as known")
    likely = tr("8 in 10: {ends}", ends=_ends(cost.p10, cost.p90)) if in_doubt else tr("taken as known")
    yield KeyFigure(tr("The ask"), format_money(ask), enough)
    yield KeyFigure(tr("The plan"), format_money(cost.base), likely)
    against = ask if budget is None else budget
    whose = tr("the ask") if budget is None else tr("the budget, {money}", money=format_money(against))
    yield KeyFigure(
        tr("Overrun"),
        tr("{chance_over} in 100", chance_over=round(100 * of.chance_over(against))),
        tr("of {whose}", whose=whose),
    )
    between = (
        tr("8 in 10: {days_said}", days_said=days_said(days.p10, days.p90))
        if days.p90 > days.p10
        else tr("as planned")
    )
    yield KeyFigure(tr("Done in"), format_duration(days.base), between)
    fits = fit_words(found.estimate)
    known = found.estimate.evidence
    nothing = tr("nothing is predicted") if known is None else ""
    note = "; ".join(each for each in (nothing, fits) if each)
    yield KeyFigure(tr("Evidence"), tr("your own") if known is None else tr(known.word), note)


def _ends(low: float, high: float) -> str:
    return ends_said(format_money(low), format_money(high))


def _assumptions(found: Answer, chances: Chances) -> Table:
    """What is in doubt in order of weight; then the shape of the plan, which is held fixed."""
    heads = (
        tr("Assumption"),
        tr("Plan"),
        tr("8 in 10 lie in"),
        tr("Moves the bill by"),
        tr("Where it comes from"),
    )
    rows: list[tuple[str, ...]] = []
    for row in _telling(chances):
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
                f"{row.whose}: {doubt.source}",
            )
        )
    for stage in found.estimate.stages:
        if stage.enabled:
            what = f"{format_count(stage.count)} {stage.accelerator_name}, {format_duration(stage.wall_days)}"
            known = stage.evidence
            basis = "" if known is None else f"{tr(known.word)}: {known.reason}".rstrip(".")
            rows.append((stage.name, what, "", tr("held fixed"), basis))
    return Table(tuple(map(Column, heads)), tuple(rows))


def _telling(chances: Chances) -> tuple[DoubtRow, ...]:
    """What moves the bill by more than a trifle, the widest first."""
    least = LITTLE * chances.risk.cost_usd.base
    return tuple(row for row in doubt_rows(chances) if row.bar.width_usd > least)


def _bill(found: Answer) -> Table:
    """The bill line by line, with its arithmetic and the sources of its inputs."""
    columns = (
        Column(tr("Line")),
        Column(tr("Cost"), format_cents, right=True, key="cost_usd"),
        Column(tr("Part"), key="group"),
        Column(tr("Arithmetic")),
        Column(tr("Sources")),
    )
    lines = found.estimate.ledger
    rows = [(line.line, line.cost_usd, line.group, line.how, line.source or tr("as typed")) for line in lines]
    total = (tr("Programme"), found.estimate.total.cost_usd, "", "", "")
    return Table(columns, (*rows, total))


def _others(beside: Beside, ask: float) -> Table:
    """The file's other scenarios against the same sum."""
    columns = (
        Column(tr("Plan")),
        Column(tr("Cost"), format_money, right=True, key="cost_usd"),
        Column(tr("Over {money}", money=format_money(ask)), right=True, key="chance_over_ask"),
        Column(tr("Start to finish"), format_duration, right=True, key="days"),
    )
    rows = (
        (
            name,
            of.cost_usd.base,
            tr("{chance_over} in 100", chance_over=round(100 * of.chance_over(ask))),
            of.programme_days.base,
        )
        for name, of in beside
    )
    return Table(columns, tuple(rows))


def _not_in(found: Answer) -> str:
    omissions = found.omissions
    named = "; ".join(each.name for each in omissions if each.path)
    return f"{named}. {never_counted(omissions)}" if named else never_counted(omissions)


def _wrong(found: Answer, chances: Chances) -> Iterator[tuple[str, str]]:
    """The inputs that could make it dearest, and being late, each in money."""
    rows = [row for row in _telling(chances) if row.ends[1].usd > 0.0]
    for row in sorted(rows, key=lambda row: -row.ends[1].usd)[:MOST_RISKS]:
        worse = row.ends[1]
        more = format_money(worse.usd)
        yield (
            row.short,
            tr(
                "{measured} at {value} adds {more} to the bill.",
                measured=_measured(row.bar.doubt),
                value=worse.value,
                more=more,
            ),
        )
    length = chances.risk.programme_days.base
    weeks = next((weeks for days, weeks in SLIPS if length >= days), 0.0)
    if weeks and (late := found.slip(weeks)).total_usd > 0.0:
        yield tr("Late"), f"{slip_words(late)}."


def _stop(chances: Chances, ask: float) -> str:
    """The value of what matters most at which the plan, all else as planned, takes the whole ask."""
    bars = chances.tornado.bars
    if not bars:
        return ""
    programme, doubts = chances.risk.programme, chances.risk.programme.doubts
    place = next(i for i, doubt in enumerate(doubts) if doubt is bars[0].doubt)
    doubt = doubts[place]
    dear = doubt.high if bars[0].cost_high_usd >= bars[0].cost_low_usd else doubt.low
    if doubt.scored:
        dear = max(doubt.low, doubt.high)
    tried = doubt.base + (dear - doubt.base) * np.linspace(0.0, WORSE, STEPS)
    values = [np.full(STEPS, each.base) for each in doubts]
    values[place] = tried
    cost = programme.at(values).cost_usd
    beyond = np.flatnonzero(cost >= ask)
    if not len(beyond) or beyond[0] == 0:
        return ""
    at = value_said(doubt, float(doubt.shown(tried[beyond[:1]])[0]))
    return tr(
        "Stop if {measured} turns out at {at}: the plan alone then takes the whole ask.",
        measured=_measured(doubt),
        at=at,
    )


def _measured(doubt: Doubtful) -> str:
    """What one would measure: the input that settles a doubt, else the doubt itself."""
    declared = settling(doubt)
    if declared is None or doubt.identity.startswith(PRICE):
        return inside_said(doubt)
    return in_sentence(declared.label)
