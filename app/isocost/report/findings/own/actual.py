"""What is said of a run under way where it is typed or imported beside the plan."""

from __future__ import annotations

from dataclasses import dataclass

from isocost.language import tr
from isocost.plan.answer.actual import Actual
from isocost.plan.answer.estimate import Answer
from isocost.plan.doubt.span import Range
from isocost.plan.kinds import data_of, tokens_read
from isocost.plan.values import Underway
from isocost.quantities import (
    QuantityError,
    format_duration,
    format_exact,
    format_money,
    parse,
)
from isocost.quantities.units import HOURS_PER_DAY

TITLE = tr("Plan against actual")
HOW = tr(
    "Tell how far a run is: where it will end, and how that differs from the plan, which keeps what you tell."
)
RECORD_COLUMNS = tr(
    "A record is the log of a trainer, or a CSV file with a column of time (hours, days, seconds or date) "
    "and one of progress (tokens, step, or tokens_per_s of all accelerators)."
)
TYPE_FIRST = tr("Type how much is done and after how long, or import a record.")
FILE_KINDS = tr("Records and logs (*.csv *.log *.txt *.out *.json *.jsonl);;All files (*)")
DONE, AFTER, SPENT = tr("Done"), tr("After"), tr("Spent")
HELP = {
    DONE: tr("Tokens so far, such as 900B, or a share of the stage's, such as 45 %."),
    AFTER: tr("Time since the stage began, stops included: 6 days, 140 h."),
    SPENT: tr("On this stage so far; empty = its hours at the planned price."),
}


class TypedError(ValueError):
    """Text that cannot be read; ``field`` says whose, the message why."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(why)
        self.field = field


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed of a run."""

    tokens: float
    hours: float
    spent_usd: float | None


def told_underway(done: str, after: str, spent: str) -> Underway:
    """What was typed of a run, as a plan keeps it; what is blank is not told. Raises TypedError."""
    hours = _number(AFTER, after, "hours") if after.strip() else None
    if not done.strip():
        return Underway(hours=hours, spent_usd=read_spent(spent))
    if done.strip().endswith("%"):
        return Underway(share=_number(DONE, done, "share"), hours=hours, spent_usd=read_spent(spent))
    return Underway(tokens=_tokens(done), hours=hours, spent_usd=read_spent(spent))


def underway_texts(told: Underway | None) -> tuple[str, str, str]:
    """What a plan keeps of a run as it is typed: done, after, spent."""
    if told is None:
        return "", "", ""
    done = "" if told.tokens is None else format_exact(told.tokens)
    if told.share is not None:
        done = format_exact(told.share, "share")
    after = "" if told.hours is None else _time_typed(told.hours)
    return done, after, "" if told.spent_usd is None else format_exact(told.spent_usd, "money")


def _time_typed(hours: float) -> str:
    days = hours / HOURS_PER_DAY
    return (
        tr("{exact} days", exact=format_exact(days))
        if days == int(days) and days > 1.0
        else f"{format_exact(hours)} h"
    )


def stored_words(stage: str) -> str:
    """The step that keeps what was typed of a run."""
    return tr("Tell how far {stage} is", stage=stage)


def stages_under_way(answer: Answer) -> tuple[tuple[int, str], ...]:
    """(place, name) of the stages that train on tokens of their own."""
    stages = enumerate(answer.scenario.stages)
    return tuple((at, stage.name) for at, stage in stages if stage.enabled and data_of(stage) is not None)


def read_typed(answer: Answer, at: int, done: str, after: str, spent: str) -> Typed | None:
    """What was typed of a stage; None while one of the two that are needed is blank. Raises TypedError."""
    spent_usd = read_spent(spent)
    tokens = _done(answer, at, done) if done.strip() else None
    hours = _number(AFTER, after, "hours") if after.strip() else None
    return None if tokens is None or hours is None else Typed(tokens, hours, spent_usd)


def read_spent(text: str) -> float | None:
    """What was spent, USD; None = it is left open. Raises TypedError."""
    return _number(SPENT, text, "money") if text.strip() else None


def _done(answer: Answer, at: int, text: str) -> float:
    if text.strip().endswith("%"):
        return _number(DONE, text, "share") * tokens_read(answer.scenario.stages[at])
    return _tokens(text)


def _tokens(text: str) -> float:
    try:
        value = parse(text, "number", unit="tokens")
    except QuantityError as error:
        raise TypedError(DONE, str(error)) from None
    if not value > 0.0:
        raise TypedError(DONE, tr("Must be above 0."))
    return value


def _number(field: str, text: str, quantity: str) -> float:
    try:
        value = parse(text, quantity)  # type: ignore[arg-type]
    except QuantityError as error:
        raise TypedError(field, str(error)) from None
    if not value > 0.0:
        raise TypedError(field, tr("Must be above 0."))
    return value


@dataclass(frozen=True, slots=True)
class Bar:
    """A planned amount beside what it comes to."""

    name: str
    planned: float
    so_far: float
    comes_to: Range
    planned_words: str
    comes_words: str


def bars(found: Actual) -> tuple[Bar, Bar]:
    """The time and the rent of the stage, as planned and as they come out."""
    hours = float(found.progress.hours[-1])
    spent = found.spent_usd
    if spent is None:
        spent = found.cost_usd.p50 * hours / found.hours.p50
    return (
        Bar(
            tr("Time"), found.planned_hours, hours, found.hours,
            format_duration(found.planned_hours / HOURS_PER_DAY), _time(found.hours),
        ),
        Bar(
            tr("Rent"), found.planned_usd, spent, found.cost_usd,
            format_money(found.planned_usd), _money(found.cost_usd),
        ),
    )  # fmt: skip


def _time(span: Range) -> str:
    low, middle, high = (format_duration(each / HOURS_PER_DAY) for each in (span.p10, span.p50, span.p90))
    return middle if low == high else tr("{middle}; {low} to {high}", middle=middle, low=low, high=high)


def _money(span: Range) -> str:
    low, middle, high = (format_money(each) for each in (span.p10, span.p50, span.p90))
    return middle if low == high else tr("{middle}; {low} to {high}", middle=middle, low=low, high=high)


def bars_said(found: Actual) -> str:
    """The bars in words."""
    told = (
        tr(
            "{name}: planned {planned_words}, comes to {comes_words}.",
            name=bar.name,
            planned_words=bar.planned_words,
            comes_words=bar.comes_words,
        )
        for bar in bars(found)
    )
    return " ".join(told)
