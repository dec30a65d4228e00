"""What the questions beside the bill come to, in words, lines and tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from isocost.catalog import Catalog
from isocost.language import capital, tr
from isocost.plan.doubt.beside import Buying
from isocost.plan.money.options import Crossing, OptionComparison
from isocost.plan.money.ownership import PURCHASE
from isocost.plan.money.rent_or_buy import RentOrBuy
from isocost.plan.project.project import Scenario
from isocost.plan.values import NO_PRICE
from isocost.quantities import (
    SPACE,
    format_cents,
    format_count,
    format_counted,
    format_duration,
    format_fixed,
    format_money,
    format_quantity,
    format_significant,
)
from isocost.quantities.units import DAYS_PER_MONTH, MONTHS_PER_YEAR
from isocost.report.decisions.doubting.doubt import chance_said, ends_said
from isocost.report.findings.said import Said
from isocost.report.table import Column, Table

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class NamedLine:
    """One line: its name stands at its end."""

    name: str
    y: Array
    slot: int
    """Place among the theme's series."""
    dash: tuple[float, ...] = ()
    bold: bool = False
    ends: tuple[float, float] | None = None
    """8 chances in 10 of it, times its own values; None = known, or not shown."""


@dataclass(frozen=True, slots=True)
class Crossover:
    """A place worth marking, with a few words."""

    x: float
    label: str


@dataclass(frozen=True, slots=True)
class LinesView:
    """What the plot draws; money up."""

    x: Array = field(default_factory=lambda: np.empty(0))
    lines: tuple[NamedLine, ...] = ()
    marks: tuple[Crossover, ...] = ()
    here: float | None = None
    """Where the plan is."""
    logarithmic: bool = False
    ticks: Callable[[float], str] = str
    """A value of x on the axis."""
    say: Callable[[int], str] = lambda index: ""
    """What the lines come to at a place of ``x``, in words."""


DEMAND = "demand.tokens_per_day"
SHORTEST, BEYOND = 36, 1.8
"""Months drawn at least, and how far past the crossover."""

_NAMES = {"api": "API", "fine-tune": tr("Fine-tune"), "train": tr("Train")}
_SLOTS = {"api": 1, "fine-tune": 3, "train": 0}
_DASHES: dict[str, tuple[float, ...]] = {"api": (), "fine-tune": (5.0, 2.5), "train": ()}
_PLACES = {"from": tr("from"), "until": tr("up to")}
_DOING = {"api": tr("the API"), "fine-tune": tr("fine-tuning"), "train": tr("training")}


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A question that lacks an input, and the way to it."""

    said: Said
    note: str
    button: str
    path: str
    """The input that would answer it."""


def rent_unanswered(scenario: Scenario, catalog: Catalog) -> Unanswered:
    """Rent or buy, where no purchase price is known, or no rent."""
    accelerator = catalog.accelerator(scenario.hardware.accelerator).short_name
    if scenario.price.supplier == NO_PRICE:
        return _unanswered(
            tr("Rent or buy?"),
            tr("No rent of {accelerator} is known.", accelerator=accelerator),
            tr("On rented terms, type what an hour of one would cost."),
            tr("Set the terms"),
            "supply.mode",
        )
    return _unanswered(
        tr("Rent or buy?"),
        tr("No purchase price is known for {accelerator}.", accelerator=accelerator),
        tr("Type what one would cost with its share of the server."),
        tr("Set a purchase price"),
        PURCHASE,
    )


def options_unanswered() -> Unanswered:
    """API, fine-tune or train, where no demand is given."""
    return _unanswered(
        tr("API, fine-tune or train?"),
        tr("Say how much the finished model would be used."),
        tr("With tokens a day, this compares the plan with a model by the token and with a tuned one."),
        tr("Set tokens a day"),
        DEMAND,
    )


def _unanswered(finding: str, subtitle: str, note: str, button: str, path: str) -> Unanswered:
    return Unanswered(Said(finding, subtitle, f"{finding}. {subtitle}"), note, button, path)


def _months(months: float) -> str:
    return format_counted(round(months), "month")


# Rent or buy

SHORT = 3.0
"""Months below which a time is told in days."""


def rent_said(question: RentOrBuy, buying: Buying | None = None) -> Said:
    """What the lines of renting and buying say; ``buying``: with their doubt."""
    finding, subtitle = rent_finding(question), rent_subtitle(question)
    return Said(finding, subtitle, f"{finding}. {subtitle} {rent_note(question, buying)}")


def rent_finding(question: RentOrBuy) -> str:
    """Whether to rent or to buy, since when buying pays and how long the plan is."""
    pays = question.crossover_month
    if pays is None:
        life, used = _life(question), format_quantity(question.utilization, "share")
        return tr("Rent: at {used} use buying does not pay within {life}", used=used, life=life)
    if not question.planned_months:
        return tr("Buying pays after {time} of use", time=_time(pays))
    planned, crossed = _times(question.planned_months, pays)
    if question.pays:
        return tr("Buy: it pays after {crossed}, this plan fills {planned}", crossed=crossed, planned=planned)
    return tr(
        "Rent: this plan fills {planned}, buying pays after {crossed}", planned=planned, crossed=crossed
    )


def _life(question: RentOrBuy) -> str:
    years = question.life_months / MONTHS_PER_YEAR
    return (
        tr("{number} year", number=format_significant(years, 3))
        if years == 1
        else tr("{number} years", number=format_significant(years, 3))
    )


def _time(months: float) -> str:
    return _months(months) if months >= SHORT else format_duration(months * DAYS_PER_MONTH)


def _times(one: float, other: float) -> tuple[str, str]:
    """Two times, finer where they would read the same."""
    short = _time(one), _time(other)
    finer = (
        tr("{fixed} months", fixed=format_fixed(one, 3)),
        tr("{fixed} months", fixed=format_fixed(other, 3)),
    )
    return short if short[0] != short[1] else finer


def rent_subtitle(question: RentOrBuy) -> str:
    """What is compared, and for which stages."""
    used = format_quantity(question.utilization, "share")
    told = "; ".join(
        tr(
            "{count} {name}: {money} an hour rented, or {money_2} each bought with server and network",
            count=format_count(fleet.count),
            name=fleet.name,
            money=format_money(fleet.rent),
            money_2=format_money(fleet.owned.capital),
        )
        for fleet in question.fleets
    )
    return tr("{told}; {used} of hours used.{left_out}", told=told, used=used, left_out=_left_out(question))


def _left_out(question: RentOrBuy) -> str:
    if not question.left_out:
        return ""
    return tr(
        " Without {list}: no rent or no purchase price is known there.", list=", ".join(question.left_out)
    )


def rent_note(question: RentOrBuy, buying: Buying | None = None) -> str:
    """What the plan's own hours cost either way, from which use owning is cheaper, and how sure that is."""
    even, life = question.break_even_utilization, _life(question)
    if even is None:
        said = tr("Owning never breaks even at this rent within {life}, even when always used.", life=life)
    else:
        share = format_quantity(even, "share")
        said = tr(
            "Owning breaks even at {share} utilization over {life}, interest included.",
            share=share,
            life=life,
        )
    told = [_alone(question) if question.planned_months else "", said, buying_words(question, buying)]
    return " ".join(each for each in told if each)


def buying_words(question: RentOrBuy, buying: Buying | None) -> str:
    """How sure the verdict is, rent and hours in doubt; empty where neither is, or doubt is not shown."""
    if buying is None or buying.rent[0] == buying.rent[1]:
        return ""
    flips = 1.0 - buying.pays if question.pays else buying.pays
    chance = chance_said(flips)
    told = (
        tr("Rent and hours in doubt, {chance} that renting is better after all", chance=chance)
        if question.pays
        else tr("Rent and hours in doubt, {chance} that buying is better after all", chance=chance)
    )
    low, high = buying.month
    if np.isinf(low):
        told += tr("; buying hardly ever pays")
    elif np.isinf(high):
        told += tr("; buying pays after {time} at the earliest", time=_time(low))
    else:
        between = ends_said(*(_time(each).replace(" ", SPACE) for each in (low, high)))
        told += tr("; 8 chances in 10 that buying pays after {between}", between=between)
    never = (
        tr(", {chance_said} that it never does", chance_said=chance_said(buying.never))
        if buying.never > NEVER
        else ""
    )
    return tr("{told}{never}. What owning costs is taken as planned.", told=told, never=never)


NEVER = 0.01
"""Chance of never from which on it is worth a word."""


def _alone(question: RentOrBuy) -> str:
    """The plan's own hours, both ways."""
    rented, bought = format_money(question.planned_usd), format_money(question.planned_bought_usd)
    share, filled = format_quantity(question.utilization, "share"), _time(question.planned_months)
    duration = format_duration(question.days)
    if len(question.fleets) == 1:
        said = tr(
            "This plan's {duration} of use cost {rented} rented, {bought} bought ({filled} at {share} use).",
            duration=duration,
            rented=rented,
            bought=bought,
            filled=filled,
            share=share,
        )
    else:  # not all of them run all the time: by their rents it is less than the plan takes
        said = tr(
            "This plan's {duration} of use, some of them at a time, cost {rented} rented, {bought} bought "
            "(the rent of {filled} of all of them at {share} use).",
            duration=duration,
            rented=rented,
            bought=bought,
            filled=filled,
            share=share,
        )
    if question.pays or question.crossover_month is None:
        return said
    return tr(
        "{said} Buying pays only where other work fills {share} of the hours until then.",
        said=said,
        share=share,
    )


def rent_view(question: RentOrBuy, buying: Buying | None = None) -> LinesView:
    """The two lines up to some time after they cross and the plan ends, and what stopping would cost.

    Where they never cross they are drawn for all the years that is said of.
    """
    crossing = question.crossover_month
    turned = question.life_months / BEYOND if crossing is None else crossing
    last = max(SHORTEST, round(max(turned, question.planned_months) * BEYOND))
    part = slice(0, min(last + 1, len(question.months)))
    planned = question.planned_months
    marks: tuple[Crossover, ...] = ()
    if question.crossover_month is not None:
        marks = (
            Crossover(
                question.crossover_month,
                tr("month {crossover_month:.0f}", crossover_month=question.crossover_month),
            ),
        )
    if 0.0 < planned <= question.life_months:
        marks = (Crossover(planned, tr("this plan")), *marks)
    lines = (
        NamedLine(tr("Rent"), question.rented_usd[part], 1, ends=None if buying is None else buying.rent),
        NamedLine(tr("Buy"), question.bought_usd[part], 0, bold=True),
        NamedLine(tr("Buy, then sell"), question.resold_usd[part], 0, (1.2, 2.2)),
    )
    return LinesView(
        x=question.months[part],
        lines=lines,
        marks=marks,
        ticks=lambda month: f"{month:.0f}" if month else tr("Month 0"),
        say=lambda at: rent_at(question, at),
    )


def rent_at(question: RentOrBuy, month: int) -> str:
    """The money spent either way by a month, by its place in ``months``."""
    rented, bought, resold = (
        format_money(float(each[month]))
        for each in (question.rented_usd, question.bought_usd, question.resold_usd)
    )
    at = format_significant(question.months[month], 3)
    return tr(
        "By month {at}: rented {rented}, bought {bought}, {resold} if then sold",
        at=at,
        rented=rented,
        bought=bought,
        resold=resold,
    )


def _money(name: str) -> Column:
    return Column(name, format_cents, right=True, key=f"{name} (USD)")


def rent_table(question: RentOrBuy | None) -> Table:
    """Money spent by each month."""
    columns = (
        Column(tr("Month"), lambda month: format_significant(month, 3), right=True),
        *(_money(name) for name in (tr("Rent"), tr("Buy"), tr("Buy, then sell"))),
    )
    if question is None:
        return Table(columns, ())
    rows = zip(question.months, question.rented_usd, question.bought_usd, question.resold_usd, strict=True)
    return Table(columns, tuple(tuple(float(value) for value in row) for row in rows))


# API, fine-tune or train


def options_said(question: OptionComparison, scenario: Scenario) -> Said:
    """What the lines of the options say."""
    finding, subtitle = options_finding(question, scenario), options_subtitle(scenario)
    return Said(finding, subtitle, f"{finding}. {subtitle} {options_note(question, scenario)}")


def options_finding(question: OptionComparison, scenario: Scenario) -> str:
    """Which option is cheapest for the demand asked about."""
    tokens = format_quantity(scenario.demand.tokens_per_day, "number")
    best = _DOING[question.cheapest]
    return tr("{best} is cheapest at {tokens} tokens a day", best=capital(best), tokens=tokens)


def options_subtitle(scenario: Scenario) -> str:
    """What is drawn."""
    months = format_quantity(scenario.demand.months, "number")
    read = format_quantity(scenario.demand.input_share, "share")
    return tr(
        "Total over {months} months against tokens a day, {read} of them read.", months=months, read=read
    )


def options_note(question: OptionComparison, scenario: Scenario) -> str:
    """Totals at the demand asked about, and when training pays."""
    totals = "; ".join(
        f"{_NAMES[option.key]} {format_money(usd)}"
        for option, usd in zip(question.options, question.totals_usd, strict=True)
    )
    against = _of_training(question)
    return f"{totals}. " + " ".join(_crossing_words(each, scenario.demand.months) for each in against)


def _of_training(question: OptionComparison) -> list[Crossing]:
    """Where training and another option cost the same, whichever is the dearer to start."""
    return [c for c in question.crossings if "train" in (c.dearer_at_start, c.cheaper_at_start)]


def _crossing_words(crossing: Crossing, months: float) -> str:
    dearer, cheaper = _DOING[crossing.dearer_at_start], _DOING[crossing.cheaper_at_start]
    begins = capital(dearer)
    if crossing.beats == "never":
        return tr("{begins} never beats {cheaper}.", begins=begins, cheaper=cheaper)
    paid = crossing.payback_months
    back = ""
    if paid is not None:
        soon = paid <= months
        back = (
            tr(", and pays back in {time}", time=_time(paid))
            if soon
            else tr("; now it would take {time}", time=_time(paid))
        )
    if crossing.tokens_per_day is None:
        return tr(
            "{begins} beats {cheaper} at any number of tokens{back}.",
            begins=begins,
            cheaper=cheaper,
            back=back,
        )
    tokens = format_quantity(crossing.tokens_per_day, "number")
    return tr(
        "{begins} beats {cheaper} {places} {tokens} tokens a day{back}.",
        begins=begins,
        cheaper=cheaper,
        places=_PLACES[crossing.beats],
        tokens=tokens,
        back=back,
    )


def options_view(question: OptionComparison, scenario: Scenario) -> LinesView:
    """A line for each option, and where training overtakes another."""
    lines = tuple(
        NamedLine(
            _NAMES[option.key],
            np.maximum(curve, 1e-2),
            _SLOTS[option.key],
            _DASHES[option.key],
            bold=option.key == question.cheapest,
        )
        for option, curve in zip(question.options, question.curves_usd, strict=True)
    )
    marks = tuple(
        Crossover(
            each.tokens_per_day,
            tr("{quantity} a day", quantity=format_quantity(each.tokens_per_day, "number", digits=2)),
        )
        for each in _of_training(question)
        if each.tokens_per_day is not None
    )
    return LinesView(
        x=question.tokens_per_day,
        lines=lines,
        marks=marks,
        here=scenario.demand.tokens_per_day,
        logarithmic=True,
        ticks=lambda tokens: format_quantity(tokens, "number"),
        say=lambda at: options_at(question, at),
    )


def options_at(question: OptionComparison, at: int) -> str:
    """The totals at one demand."""
    tokens = format_quantity(float(question.tokens_per_day[at]), "number")
    totals = ", ".join(
        f"{_NAMES[option.key]} {format_money(float(curve[at]))}"
        for option, curve in zip(question.options, question.curves_usd, strict=True)
    )
    return tr("At {tokens} tokens a day: {totals}", tokens=tokens, totals=totals)


def options_table(question: OptionComparison | None) -> Table:
    """Totals by demand."""
    names = tuple(_NAMES.values())
    columns = (
        Column(tr("Tokens a day"), lambda tokens: format_quantity(tokens, "number"), right=True),
        *(_money(name) for name in names),
    )
    if question is None:
        return Table(columns, ())
    rows = zip(question.tokens_per_day, *question.curves_usd, strict=True)
    return Table(columns, tuple(tuple(float(value) for value in row) for row in rows))
