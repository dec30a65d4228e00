"""What the Risk page says: a hundred dots, what a safer budget costs, what matters most, what to measure."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from isocost.language import capital, tr
from isocost.plan.answer.chances import DOTS, SAFER, Chances
from isocost.plan.answer.estimate import Answer
from isocost.plan.doubt.experiment import RUNS
from isocost.plan.doubt.risk import Risk
from isocost.plan.doubt.tornado import MEASURE, Bar, Tornado
from isocost.plan.project.programme import Goal
from isocost.quantities import (
    format_budget,
    format_duration,
    format_money,
    format_share,
    shown_money,
    without_idle_cents,
)
from isocost.report.decisions.doubting.doubt import (
    chance_said,
    chances_said,
    conventions_said,
    cost_spread_said,
    days_said,
    goal_said,
    inside_said,
    name_said,
    notes_said,
    reserve_apart,
    spread_said,
    sums_said,
    value_said,
)
from isocost.report.decisions.doubting.tornado import (
    AT_MOST,
    apart_from_plan,
    experiment_reasons,
    experiment_said,
    frees,
    pays,
    tornado_said,
)
from isocost.report.decisions.words import signed_money
from isocost.report.findings.next_step import NextStep
from isocost.report.findings.said import Said
from isocost.report.table import Column, Table

SAMPLING = tr("Sampling the plan…")
NOTHING = tr(
    "Every cost of this plan is taken as known: no speed of it is predicted, and its price stands as it is."
)
NOTHING_RUNS = tr("Every stage is switched off: there is nothing to cost anything.")
_WITH = {
    "predict": tr("Once the stage is predicted, its chances are drawn here."),
    "type": tr("Once an input has a range, such as 2..3 for the price, the chances are drawn here."),
}
SET_BUDGET = tr("Set a budget")
_DIGITS = 6
"""Significant digits of a budget that is taken from the samples; more would be noise."""

# A hundred dots


MarkName = Literal["plan", "reserve", "ask"]


@dataclass(frozen=True, slots=True)
class Mark:
    """A sum that stands below the dots: the plan, the plan with its reserve, or the ask."""

    usd: float
    name: MarkName
    words: str


@dataclass(frozen=True)
class DotsView:
    """A hundred equally likely outcomes, and the budget they are held against; sums in USD."""

    dots: tuple[float, ...]
    """Rising."""
    low: float
    """One chance in ten below."""
    middle: float
    high: float
    """One chance in ten above."""
    marks: tuple[Mark, ...]
    """The plan, its reserve where it has one, and the ask."""
    ask_usd: float
    budget_usd: float | None = None
    within: int = DOTS
    """Dots that stay within the budget, the cheapest."""
    excess_usd: float = 0.0
    """What the others cost beyond it, on average."""
    line: str = tr("Budget")
    """What the line is called."""

    @property
    def over(self) -> int:
        """Dots that cost more than the budget."""
        return len(self.dots) - self.within

    @property
    def pill(self) -> str:
        """What stands on the handle of the line."""
        return SET_BUDGET if self.budget_usd is None else f"{self.line} {format_budget(self.budget_usd)}"

    @property
    def within_words(self) -> str:
        """What stands below their count."""
        return tr("in {dots} stay within it", dots=DOTS)

    @property
    def over_words(self) -> tuple[str, ...]:
        """What stands below the count of the others, a line each."""
        one = self.over == 1
        more = tr("in {dots} costs more", dots=DOTS) if one else tr("in {dots} cost more", dots=DOTS)
        if not self.over or not self.excess_usd:
            return (more,)
        return f"{more},", tr("by {money} on average", money=format_money(self.excess_usd))


def dots_view(found: Chances, budget_usd: float | None) -> DotsView:
    """The dots with the budget among them."""
    risk, cost = found.risk, found.risk.cost_usd
    over = 0.0 if budget_usd is None else risk.chance_over(budget_usd)
    return DotsView(
        tuple(found.dots.tolist()),
        cost.p10,
        cost.p50,
        cost.p90,
        _marks(risk),
        risk.ask_usd,
        budget_usd,
        DOTS - round(DOTS * over),
        0.0 if budget_usd is None else risk.excess_usd(budget_usd),
    )


def _marks(of: Risk) -> tuple[Mark, ...]:
    """The sums that are named, each with the dots that it is enough for."""
    chance = of.cost_usd.base_percentile / 100.0
    marks = [
        _mark(
            "plan",
            tr("plan without reserve") if reserve_apart(of) else tr("plan"),
            of.cost_usd.base,
            tr("enough in {of_dots} of {dots}", of_dots=_of_dots(chance), dots=DOTS),
        )
    ]
    if reserve_apart(of):
        usd = of.with_reserve_usd
        marks.append(
            _mark(
                "reserve",
                tr("with reserve"),
                usd,
                tr("in {of_dots}", of_dots=_of_dots(1.0 - of.chance_over(usd))),
            )
        )
    asked = tr("in {of_dots}", of_dots=_of_dots(1.0 - of.chance_over(of.ask_usd)))
    return (*marks, _mark("ask", tr("ask"), of.ask_usd, asked))


def _mark(name: MarkName, label: str, usd: float, enough: str) -> Mark:
    return Mark(usd, name, f"{label} {format_money(usd)}: {enough}")


def _of_dots(chance: float) -> int:
    return round(DOTS * chance)


def dots_said(found: Chances, view: DotsView) -> Said:
    """The chance that the budget is enough; what the plan may cost where there is none."""
    risk, budget = found.risk, view.budget_usd
    finding = goal_said(risk, Goal(budget_usd=budget)) or cost_spread_said(risk)
    reading = tr("Each dot is one chance in a hundred.")
    how = (
        tr("Drag the line, or type a budget.")
        if budget is not None
        else tr("Set a budget to see its chance.")
    )
    held = chances_said(risk, Goal(budget_usd=budget))
    said = (f"{finding}.", f"{spread_said(risk)}.", *held, *sums_said(risk), *conventions_said(risk))
    return Said(finding, f"{reading} {how}", " ".join(said))


def dots_table(view: DotsView) -> Table:
    """The dots one by one."""
    columns = (
        Column(
            tr("Chance"), lambda at: tr("{at} in {dots} cost no more", at=at, dots=DOTS), key="chance_in_100"
        ),
        Column(tr("Cost"), format_money, right=True, key="cost_usd"),
        Column(tr("Against the budget"), key="within_budget"),
    )
    inside = "" if view.budget_usd is None else tr("within")
    outside = "" if view.budget_usd is None else tr("more")
    rows = ((at + 1, usd, inside if at < view.within else outside) for at, usd in enumerate(view.dots))
    return Table(columns, tuple(rows))


# What a safer budget costs


@dataclass(frozen=True, slots=True)
class SaferRow:
    """A budget that is enough with some chance."""

    chance: str
    """"4 in 5"."""
    budget_usd: float
    more_usd: float | None
    """What it costs more than the one before; None = the first."""
    is_budget: bool
    """Whether it is the plan's own."""
    words: str


_CHANCES = (tr("1 in 2"), tr("2 in 3"), tr("4 in 5"), tr("9 in 10"))


def safer_rows(found: Chances, budget_usd: float | None) -> tuple[SaferRow, ...]:
    """The budgets from an even chance to nine in ten."""
    sums = [rounded_up(usd) for usd in found.safer_usd]
    rows = []
    for at, (chance, label, usd) in enumerate(zip(SAFER, _CHANCES, sums, strict=True)):
        more = usd - sums[at - 1] if at else None
        words = tr(
            "{capital} that {money} is enough", capital=capital(chance_said(chance)), money=format_money(usd)
        )
        words += tr(", {money} more", money=format_money(more)) if more else ""
        rows.append(SaferRow(label, usd, more, budget_usd == usd, words))
    return tuple(rows)


def rounded_up(usd: float) -> float:
    """A sum of the samples as a budget: of few digits in the currency shown, and no less than it was."""
    amount = shown_money().shown(usd)
    if not amount > 0.0:
        return usd
    step = 10.0 ** (math.floor(math.log10(amount)) + 1 - _DIGITS)
    return shown_money().usd(float(f"{math.ceil(amount / step - 1e-9) * step:.{_DIGITS}g}"))


def safer_said(found: Chances) -> Said:
    """What must be asked for, and how the table is read."""
    if not found.in_doubt:
        finding = tr("{money} is what the plan costs", money=format_money(found.risk.ask_usd))
        return Said(finding, "", f"{finding}.")
    finding = tr("{money} is enough in four cases of five", money=format_money(found.risk.ask_usd))
    rows = safer_rows(found, None)
    return Said(
        finding,
        tr("Choose a line to make it the budget."),
        f"{finding}. {'. '.join(row.words for row in rows)}.",
    )


def safer_table(rows: tuple[SaferRow, ...]) -> Table:
    """The budgets with their chances."""
    columns = (
        Column(tr("Chance that it is enough"), key="chance"),
        Column(tr("More than the line before"), format_money, right=True, key="more_usd"),
        Column(tr("Budget"), format_money, right=True, key="budget_usd"),
    )
    return Table(columns, tuple((row.chance, row.more_usd or 0.0, row.budget_usd) for row in rows))


def budget_words(row: SaferRow) -> str:
    """The change that makes a line the budget, for the undo menu."""
    return tr("Budget {money}, enough {chance}", money=format_money(row.budget_usd), chance=row.chance)


# The deadline


@dataclass(frozen=True, slots=True)
class DeadlineView:
    """Days from the first of the programme to its last."""

    low: float
    """One chance in ten below."""
    high: float
    plan: float
    deadline: float | None


def deadline_view(found: Chances, deadline_days: float | None) -> DeadlineView:
    """When the programme is done, against its deadline."""
    days = found.risk.programme_days
    return DeadlineView(days.p10, days.p90, days.base, deadline_days)


def deadline_said(found: Chances, goal: Goal) -> tuple[str, ...]:
    """When it is done, the chance that this is late, and the chance that both lines are held."""
    risk, budget, deadline = found.risk, goal.budget_usd, goal.deadline_days
    days = risk.programme_days
    said = [tr("{duration} in all, from its first day to its last.", duration=format_duration(days.base))]
    if format_duration(days.p10) != format_duration(days.p90):
        span = days_said(days.p10, days.p90)
        said = [
            tr(
                "8 chances in 10: {span} in all; {duration} as planned.",
                span=span,
                duration=format_duration(days.base),
            )
        ]
    if deadline is None:
        return (*said, tr("Type a deadline to see its chance."))
    said.append(
        tr("{capital} that it takes longer.", capital=capital(chance_said(risk.chance_late(deadline))))
    )
    if budget is not None:
        both = capital(chance_said(risk.chance_both(budget, deadline)))
        said.append(tr("{both} that it holds both budget and deadline.", both=both))
    return tuple(said)


# What matters


WHOLE_USD = 100.0
"""A difference from which on its cents are not said."""


Side = Literal["low", "high"]
"""Which end of an input's range."""


@dataclass(frozen=True, slots=True)
class End:
    """One end of a bar: the input's value there, and what it adds to the cost."""

    value: str
    usd: float
    side: Side
    number: float
    """The value itself."""

    @property
    def added(self) -> str:
        """The difference with its sign."""
        # Of sums this large the cents are noise.
        usd = round(self.usd) if abs(self.usd) >= WHOLE_USD else self.usd
        return without_idle_cents(signed_money(usd))


@dataclass(frozen=True, slots=True)
class DoubtRow:
    """A doubt with both its ends, the cheaper first."""

    name: str
    """With its input: "Step model (MFU)"."""
    short: str
    """Without."""
    path: str
    """Of the input that settles it; empty = none does."""
    whose: str
    ends: tuple[End, End]
    share: str
    words: str
    bar: Bar = field(repr=False, compare=False)

    def at(self, side: Side) -> End:
        """One end of the input's range."""
        return next(end for end in self.ends if end.side == side)

    def end_words(self, side: Side) -> str:
        """One end, while it is moved."""
        end = self.at(side)
        return tr(
            "{name}: {value} at its {side} end, {added}.",
            name=self.name,
            value=end.value,
            side=side,
            added=end.added,
        )

    def moved(self, side: Side, number: float, usd: float) -> DoubtRow:
        """The same with an end elsewhere, each still on its own side of the picture."""
        end = End(value_said(self.bar.doubt, number), usd, side, number)
        cheaper, dearer = (end if each.side == side else each for each in self.ends)
        return replace(self, ends=(cheaper, dearer))


def doubt_rows(found: Chances) -> tuple[DoubtRow, ...]:
    """What matters, the widest first; of ours a bar whose ends read alike says nothing."""
    rows = (_doubt_row(bar, found.tornado.middle_usd) for bar in found.tornado.bars)
    return tuple(
        row for row in rows if row.bar.doubt.whose == "yours" or row.ends[0].value != row.ends[1].value
    )


NO_INPUT = tr(
    "No input has this range: it is how far the simulator was off. Where you know the "
    "hours, take the stage as a claim of them."
)
"""Of an error of ours that no input settles."""
MOVE_ENDS = tr("Home and End choose an end, left and right move it, Enter leads to the input.")


def _doubt_row(bar: Bar, middle_usd: float) -> DoubtRow:
    doubt, name = bar.doubt, name_said(bar.doubt)
    low = End(value_said(doubt, bar.low), bar.cost_low_usd - middle_usd, "low", bar.low)
    high = End(value_said(doubt, bar.high), bar.cost_high_usd - middle_usd, "high", bar.high)
    share = _share_said(bar.share)
    words = tr(
        "{name}, {whose}: {value} {added}, {value_2} {added_2}; {share} of the doubt. {capital}.",
        name=name,
        whose=tr(doubt.whose),
        value=low.value,
        added=low.added,
        value_2=high.value,
        added_2=high.added,
        share=share,
        capital=capital(doubt.source),
    )
    if not doubt.path:
        words = f"{words} {NO_INPUT}"
    cheaper, dearer = (low, high) if low.usd <= high.usd else (high, low)
    return DoubtRow(name, doubt.name, doubt.path, tr(doubt.whose), (cheaper, dearer), share, words, bar)


def _share_said(share: float) -> str:
    shown = format_share(share, decimals=0)
    return format_share(0.01, decimals=0).replace("1", "<1") if 0.0 < share < 0.005 else shown


def doubts_said(found: Chances) -> Said:
    """What moves the cost most, and how to read the bars."""
    finding = tornado_said(found.tornado)
    beyond = all(bar.doubt.shape == "lognormal" for bar in found.tornado.bars)
    how = tr("Each bar: that input alone")
    reading = (
        tr("{how}, one chance in ten beyond either end.", how=how)
        if beyond
        else tr("{how} at its low and high.", how=how)
    )
    if any(bar.doubt.path for bar in found.tornado.bars):
        reading = tr("{reading} Drag an end for a range of your own.", reading=reading)
    if not found.tornado.bars:
        return Said(finding, "", f"{finding}.")
    summary = [finding, *(row.words.rstrip(".") for row in doubt_rows(found))]
    return Said(finding, reading, f"{'. '.join(summary)}. {MEASURED}")


MEASURED = tr("Share of the doubt: {measure}.", measure=MEASURE)


def doubts_noted(found: Chances, answered: Answer) -> str:
    """What must be known of bars and dots, as one paragraph."""
    measured = (MEASURED,) if found.tornado.bars else ()
    return " ".join((*_begun(found.tornado), *measured, *notes_said(found.risk, answered)))


def _begun(found: Tornado) -> Iterator[str]:
    """Where the bars begin, where that is not at the plan's cost."""
    if apart_from_plan(found):
        middle, base = format_money(found.middle_usd), format_money(found.base_usd)
        yield tr(
            "The bars begin at {middle}, with every range at its middle; the plan itself comes to {base}.",
            middle=middle,
            base=base,
        )


def doubts_table(found: Chances) -> Table:
    """The bars with their ends."""
    columns = (
        Column(tr("Input")),
        Column(tr("Whose range")),
        Column(tr("Cheaper at"), right=True),
        Column(tr("Saves"), right=True),
        Column(tr("Dearer at"), right=True),
        Column(tr("Costs"), right=True),
        Column(tr("Share of the doubt"), right=True),
    )
    rows = (
        (row.name, row.whose, *(part for end in row.ends for part in (end.value, end.added)), row.share)
        for row in doubt_rows(found)
    )
    return Table(columns, tuple(rows))


# The next experiment


@dataclass(frozen=True, slots=True)
class ExperimentView:
    """What the next experiment would change, and why it is this one."""

    said: Said
    changes: tuple[tuple[str, str], ...]
    """Figures by name: now, and afterwards."""
    reasons: tuple[str, ...]


def experiment_view(found: Chances) -> ExperimentView:
    """The cheapest next experiment: what it would free, in one line."""
    held = found.experiment
    if held is None:
        said = Said(tr("Nothing is left to measure"), "", tr("Nothing in this plan is in doubt."))
        return ExperimentView(said, (), (said.summary,))
    if held.hour_usd is not None:
        what, how = tr("{runs} short runs", runs=RUNS), tr("Of your own: Data, Calibrate by your runs.")
    elif held.doubt.whose == "market":
        what, how = (
            tr("A firm quote"),
            tr("It settles {inside_said}.", inside_said=inside_said(held.doubt)),
        )
    else:
        what, how = (
            tr("Knowing {inside_said}", inside_said=inside_said(held.doubt)),
            AT_MOST,
        )
    finding = tr("{what} would free little", what=what)
    if frees(held):
        finding = tr("{what} can free {money}", what=what, money=format_money(held.freed_usd, digits=2))
        if not pays(held):
            finding = tr("{what} free less than an hour of them costs", what=what)
    changes = (
        (tr("Enough in four cases of five"), _change(held.ask_usd, held.ask_after_usd)),
        (tr("Eight chances in ten span"), _change(held.spread_usd, held.spread_after_usd)),
    )
    said = Said(finding, how, " ".join((f"{finding}.", *experiment_said(held))))
    reasons = tuple(each for each in experiment_reasons(held) if each != how)
    return ExperimentView(said, changes, reasons)


def _change(before_usd: float, after_usd: float) -> str:
    return f"{format_money(before_usd)} → {format_money(after_usd)}"


def experiment_table(found: Chances) -> Table:
    """What is known better afterwards."""
    columns = (Column(tr("Figure")), Column(tr("Now"), format_money, right=True, key="now_usd"),
               Column(tr("Afterwards, on average"), format_money, right=True, key="after_usd"))  # fmt: skip
    held = found.experiment
    if held is None:
        return Table(columns, ())
    rows = (
        (tr("Enough in four cases of five"), held.ask_usd, held.ask_after_usd),
        (tr("From one chance in ten below to one above"), held.spread_usd, held.spread_after_usd),
    )
    return Table(columns, rows)


def nothing_said(found: Chances, step: NextStep) -> tuple[Said, str]:
    """In place of the dots, where the cost is as good as known: what is said, and why with the step out."""
    finding = spread_said(found.risk)
    why = f"{NOTHING} {_WITH[step.does]}" if step.does in _WITH else NOTHING_RUNS
    return Said(finding, "", f"{finding}. {why}"), why
