"""What the page for the person who decides says: the ask, its chances, what it rests on, what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from isocost import __version__
from isocost.language import capital, in_sentence, tr
from isocost.plan.answer.chances import Chances
from isocost.plan.answer.estimate import Answer
from isocost.plan.answer.headline import impossible
from isocost.plan.answer.results import Estimate
from isocost.plan.doubt.doubtful import Doubtful
from isocost.plan.doubt.ours import PRICE
from isocost.plan.doubt.risk import Risk
from isocost.plan.kinds import kind_of
from isocost.plan.notice import Notice
from isocost.plan.project.programme import Goal
from isocost.plan.project.project import Scenario
from isocost.quantities import SPACE, format_count, format_duration, format_money, money_shown_in
from isocost.report.decisions.doubting.doubt import (
    chance_said,
    chances_said,
    days_said,
    ends_said,
    in_hundred,
    inside_said,
    reserve_apart,
    settling,
    value_said,
)
from isocost.report.decisions.doubting.tornado import experiment_said
from isocost.report.findings.facts import never_counted
from isocost.report.findings.header import by_gravity, currency_words, fit_words
from isocost.report.findings.said import KeyFigure
from isocost.report.findings.tabs.ledger import slip_words
from isocost.report.findings.tabs.risk import NOTHING
from isocost.report.paper.numbers import Number, asked_numbers
from isocost.report.paper.prices import PricesTable, prices_table
from isocost.report.paper.tables import (
    Beside,
    assumptions_table,
    bill_lines,
    others_table,
    telling,
)
from isocost.report.table import Table

SLIPS = ((28.0, 4.0), (7.0, 1.0))
"""Days of a programme from which on being so many weeks late is priced; a shorter one is not."""
MOST_RISKS = 3
"""Inputs that stand under what could go wrong."""
STEPS = 400
"""Values of an input among which the one is sought that takes the whole ask."""
WORSE = 4.0
"""How far beyond its bad end, as a power of the way there, the input is sought."""
TYPICAL = 0.9
"""Chance that a cost stays below the one that is told as passed once in ten times."""


@dataclass(frozen=True, slots=True)
class Paper:
    """Everything the page says; charts are drawn beside it from the same answer."""

    project: str
    lead: str
    figures: tuple[KeyFigure, ...]
    """None where nothing is asked for."""
    stopped: str
    """Why nothing is asked for, as the plan cannot run or has nothing to run; empty = it can."""
    ask_usd: float
    """0 where nothing is asked for."""
    asked: str
    """The same in words."""
    numbers: tuple[Number, ...]
    """The same and more as numbers; none where nothing is asked for."""
    assumptions: Table
    """What is in doubt, by how far each moves the bill; then what is held fixed."""
    bill: Table
    others: Table
    """The other scenarios of the file; no rows where there are none."""
    prices: PricesTable
    not_in: str
    wrong: tuple[str, ...]
    """What could go wrong, each as a sum in a sentence."""
    next: tuple[str, ...]
    """The next experiment, and when to stop where something measured would tell."""
    notes: tuple[Notice, ...]
    """Warnings of the plan, the gravest first."""
    foot: tuple[str, str]

    @property
    def title(self) -> str:
        """What is asked for, and for which plan."""
        return self.titled(self.project)

    def titled(self, name: str) -> str:
        """The title with another name of the plan, as where there is no room for a long one."""
        if self.stopped:
            return tr("{project}: nothing to ask for yet", project=name)
        return tr("{project}: we ask for {money}", project=name, money=self.asked)


def note_words(notice: Notice) -> str:
    """A warning as a sentence."""
    return f"{capital(notice.message.rstrip('.'))}."


def paper(found: Answer, chances: Chances, beside: Beside, file: str, today: date) -> Paper:
    """The page of an answered plan.

    Args:
        chances: of the same answer, as ``beside`` is; they know how sure the ask is to be enough.
        file: name of the plan's file, as it stands at the foot.
        today: ages of prices count to this day.
    """
    with money_shown_in(found.money):
        return _paper(found, chances, beside, file, today)


def _paper(found: Answer, chances: Chances, beside: Beside, file: str, today: date) -> Paper:
    of, estimate = chances.risk, found.estimate
    runs = not (stopped := _stopped(estimate))
    ask = of.ask_usd if runs else 0.0
    return Paper(
        project=estimate.project,
        lead=_lead(found, chances) if runs else _refusal(stopped),
        figures=tuple(_figures(found, chances)) if runs else (),
        stopped=stopped,
        ask_usd=ask,
        asked=format_money(ask),
        numbers=tuple(asked_numbers(found, chances)) if runs else (),
        assumptions=assumptions_table(found, chances if runs else None),
        bill=bill_lines(found if runs else None),
        others=others_table(beside, ask if runs else None),
        prices=prices_table(found.scenario, found.reckoning.catalog, today),
        not_in=_not_in(found) if runs else "",
        wrong=tuple(_wrong(found, chances)) if runs else (),
        next=tuple(_next(chances)) if runs else (),
        notes=by_gravity(estimate.warnings),
        foot=_foot(found, of, file, today),
    )


def _foot(found: Answer, of: Risk, file: str, today: date) -> tuple[str, str]:
    return (
        tr(
            "{file} · {scenario} · Isocost {version} · {samples} samples, seed {seed}",
            file=file,
            scenario=found.estimate.scenario,
            version=__version__,
            samples=format_count(of.samples),
            seed=of.seed,
        ),
        tr(
            "{isoformat} · sums {currency_words}",
            isoformat=today.isoformat(),
            currency_words=currency_words(found.money) or tr("in US dollars"),
        ),
    )


def _stopped(estimate: Estimate) -> str:
    """The answer of a plan that cannot run, or has nothing to run; empty for one that can."""
    counted = [stage for stage in estimate.stages if stage.enabled]
    return "" if counted and impossible(counted) is None else estimate.headline


def _refusal(stopped: str) -> str:
    return tr("{stopped}. Until the plan can run, no sum of it is one to ask for.", stopped=stopped)


def _lead(found: Answer, chances: Chances) -> str:
    """How sure the ask is, what the plan itself comes to, what is held back, and the chances of its goals."""
    of, goal = chances.risk, found.scenario.goal
    if not chances.in_doubt:
        claimed = tr("Its hours are taken as claimed.") if all_claimed(found.scenario) else ""
        return " ".join(filter(None, (NOTHING, claimed, *_goals_known(of, goal))))
    enough = capital(chance_said(1.0 - of.chance_over(of.ask_usd)))
    sure = tr("{sure} that it is enough.", sure=enough)
    if of.level < TYPICAL:
        passed = format_money(of.cost_usd.p90)
        sure = tr("{sure} that it is enough; one in ten that it passes {passed}.", sure=enough, passed=passed)
    return " ".join((sure, _planned(of), *chances_said(of, goal)))


def _planned(of: Risk) -> str:
    """What the plan comes to, how much of it is reserve, and how far the ask is from it."""
    total, reserve = of.with_reserve_usd, of.with_reserve_usd - of.cost_usd.base
    said = tr("The plan itself comes to {money}", money=format_money(total))
    if reserve_apart(of):
        said += tr(", {money} of it reserve", money=format_money(reserve))
    margin = of.ask_usd - total
    if format_money(of.ask_usd) != format_money(total):
        said += (
            tr("; another {money} is margin for what no plan knows", money=format_money(margin))
            if margin > 0.0
            else tr("; the ask is {money} below it", money=format_money(-margin))
        )
    return f"{said}."


def _goals_known(of: Risk, goal: Goal) -> Iterator[str]:
    """Whether a plan of which nothing is in doubt holds its budget and its deadline."""
    cost, days = of.with_reserve_usd, of.programme_days.base
    if goal.budget_usd is not None:
        budget = format_money(goal.budget_usd)
        yield (
            tr("It is within the budget of {budget}.", budget=budget)
            if cost <= goal.budget_usd
            else tr("It is beyond the budget of {budget}.", budget=budget)
        )
    if goal.deadline_days is not None:
        deadline = format_duration(goal.deadline_days)
        yield (
            tr("It is done within the deadline of {deadline}.", deadline=deadline)
            if days <= goal.deadline_days
            else tr("It takes longer than the deadline of {deadline}.", deadline=deadline)
        )


def all_claimed(scenario: Scenario) -> bool:
    """Whether the hours of every stage that counts are taken as somebody claims them."""
    counted = [stage for stage in scenario.stages if stage.enabled]
    return bool(counted) and all(kind_of(stage).claimed for stage in counted)


def _figures(found: Answer, chances: Chances) -> Iterator[KeyFigure]:
    of, known = chances.risk, tr("taken as known")
    cost, days, goal = of.cost_usd, of.programme_days, found.scenario.goal
    enough = tr("enough in {level} of 100", level=100 - round(100 * of.chance_over(of.ask_usd)))
    yield KeyFigure(tr("The ask"), format_money(of.ask_usd), enough if chances.in_doubt else known)
    # Where a note is broken into lines, its range stays in one.
    ends = ends_said(format_money(cost.p10), format_money(cost.p90)).replace(" ", SPACE)
    likely = tr("8 in 10: {ends}", ends=ends)
    if reserve_apart(of):
        likely = tr("8 in 10 without its reserve: {ends}", ends=ends)
    yield KeyFigure(tr("The plan"), format_money(of.with_reserve_usd), likely if chances.in_doubt else known)
    over = tr("that it costs more than the ask")
    if goal.budget_usd is not None:
        over = tr("that it costs more than the budget, {money}", money=format_money(goal.budget_usd))
    against = of.ask_usd if goal.budget_usd is None else goal.budget_usd
    yield KeyFigure(tr("Overrun"), in_hundred(of.chance_over(against)), over)
    between = tr("as planned")
    if days.p90 > days.p10:
        between = tr("8 in 10: {days_said}", days_said=days_said(days.p10, days.p90))
    yield KeyFigure(tr("Done in"), format_duration(days.base), between)
    if goal.deadline_days is not None:
        longer = tr("that it takes longer than {days}", days=format_duration(goal.deadline_days))
        yield KeyFigure(tr("Late"), in_hundred(of.chance_late(goal.deadline_days)), longer)
    yield _evidence(found)


def _evidence(found: Answer) -> KeyFigure:
    """What the plan's speeds rest on, as the window says it, and whether its memory fits."""
    evidence, fits = found.estimate.evidence, fit_words(found.estimate)
    if evidence is not None:
        return KeyFigure(tr("Evidence"), tr(evidence.word), fits)
    if all_claimed(found.scenario):
        return KeyFigure(tr("Evidence"), tr("claimed"), tr("hours taken as claimed"))
    note = "; ".join(each for each in (tr("nothing is predicted"), fits) if each)
    return KeyFigure(tr("Evidence"), tr("your own"), note)


def _not_in(found: Answer) -> str:
    omissions = found.omissions
    named = "; ".join(each.name for each in omissions if each.path)
    return f"{named}. {never_counted(omissions)}" if named else never_counted(omissions)


def _wrong(found: Answer, chances: Chances) -> Iterator[str]:
    """The inputs that could make it dearest, and being late, each in money."""
    rows = [row for row in telling(chances) if row.ends[1].usd > 0.0]
    for row in sorted(rows, key=lambda row: -row.ends[1].usd)[:MOST_RISKS]:
        worse, measured = row.ends[1], _measured(row.bar.doubt)
        adds = tr(
            "{measured} at {value} adds {more} to the bill.",
            measured=measured,
            value=worse.value,
            more=worse.added.removeprefix("+"),
        )
        # "Goodput: goodput at 98 %" would say one word twice.
        told = measured in (row.short, inside_said(row.bar.doubt))
        yield capital(adds) if told else tr("{name}: {said}", name=row.short, said=adds)
    length = chances.risk.programme_days.base
    weeks = next((weeks for days, weeks in SLIPS if length >= days), 0.0)
    if weeks and (late := found.slip(weeks)).total_usd > 0.0:
        yield tr("{name}: {said}", name=tr("Late"), said=f"{slip_words(late)}.")


def _next(chances: Chances) -> Iterator[str]:
    """What to measure next, and where to stop."""
    yield " ".join(experiment_said(chances.experiment)[1:2]) or tr("Nothing in this plan is left to measure.")
    if stop := _stop(chances):
        yield stop


def _stop(chances: Chances) -> str:
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
    beyond = np.flatnonzero(cost >= chances.risk.ask_usd)
    if not len(beyond) or beyond[0] == 0:
        return ""
    at = value_said(doubt, float(doubt.shown(tried[beyond[:1]])[0]))
    measured = _measured(doubt)
    if reserve_apart(chances.risk):
        return tr(
            "Stop if {measured} turns out at {at}: the plan without its reserve then takes the whole ask.",
            measured=measured,
            at=at,
        )
    return tr(
        "Stop if {measured} turns out at {at}: the plan alone then takes the whole ask.",
        measured=measured,
        at=at,
    )


def _measured(doubt: Doubtful) -> str:
    """What one would measure: the input that settles a doubt, else the doubt itself."""
    declared = settling(doubt)
    if declared is None or doubt.identity.startswith(PRICE):
        return inside_said(doubt)
    return in_sentence(declared.label)
