"""What the Claims tab says: the library, a claim as it was understood, its checks, ours beside the told."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from isocost.catalog.entries.claims import ClaimEntry
from isocost.language import capital, tr
from isocost.plan.claims.checked import Checked, Verdict
from isocost.plan.claims.checks.check import FAR_LESS, Status
from isocost.plan.claims.claim import Claim, claim_of
from isocost.plan.claims.reading import Reading
from isocost.plan.claims.terms import JOBS, Terms, as_told, dollars
from isocost.plan.doubt.span import Range
from isocost.plan.project.project import Project
from isocost.quantities import (
    DOLLAR,
    format_count,
    format_duration,
    format_money,
    format_quantity,
    format_share,
    format_significant,
    money_shown_in,
    shown_money,
    without_idle_cents,
)
from isocost.quantities.units import HOURS_PER_DAY
from isocost.report.decisions.claims.verdict import HEADINGS, rests_said, story_said, understood_said
from isocost.report.findings.said import Said

Unit = Literal["usd", "hours", "days"]
"""Of the figure that is told and estimated."""
Word = Verdict | Literal["untold"]
"""A verdict, or that too little is told for one."""

WORDS: dict[Word, str] = {
    "reproduces": tr("reproduces"),
    "plausible": tr("plausible"),
    "doubtful": tr("doubtful"),
    "impossible": tr("impossible"),
    "untold": tr("too little told"),
}
MEANINGS: tuple[tuple[Word, str], ...] = (
    ("reproduces", tr("the arithmetic gives the number")),
    ("plausible", tr("nothing speaks against it")),
    ("doubtful", tr("its numbers do not agree")),
    ("impossible", tr("cannot be as told")),
    ("untold", tr("too little told to check it")),
)
"""What each sign of the library stands for."""
NOT_YET = "…"
"""In place of a verdict that is still to come."""
YOURS = "yours"
EXAMPLE = tr("7B on 2T tokens, 64 H100, 30 days")
NOTHING_READ = tr("Nothing of a claim is understood yet. Write for example “{example}”.", example=EXAMPLE)
LONGEST_NAME = 60
SHORT_FROM = 1e5
"""USD from which on the list rounds to thousands, to leave room for names."""


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """A claim in the list."""

    key: str
    """Id in the library, or what the page calls one's own."""
    name: str
    told: str
    """The number it tells."""
    group: str
    said: str
    """In its own words, with who says so."""

    def found(self, typed: str) -> bool:
        """Whether every word typed is somewhere in it."""
        where = f"{self.name} {self.told} {self.group} {self.said}".lower()
        return all(word in where for word in typed.lower().split())


def library_row(entry: ClaimEntry) -> ClaimRow:
    """A claim of the library in the list."""
    said = f"“{entry.said}” ({entry.by}, {entry.date})"
    return ClaimRow(entry.id, entry.name, told_number(claim_of(entry)), entry.group, said)


def own_row(key: str, claim: Claim) -> ClaimRow:
    """A user's own claim in the list."""
    text = " ".join(claim.text.split())
    name = claim.model or text or tr("Your claim")
    return ClaimRow(key, name[:LONGEST_NAME], told_number(claim), YOURS, text)


def told_number(claim: Claim) -> str:
    """The number a claim is about: dollars as told, else hours, a share of another's work, days, text."""
    if claim.usd is not None:
        with money_shown_in(DOLLAR):
            shown = dollars(claim.usd) if claim.usd < SHORT_FROM else format_money(claim.usd)
        return without_idle_cents(shown)
    hours = claim.gpu_hours
    if hours is None and claim.parts:
        hours = sum(p.gpu_hours or (p.count or 0) * (p.hours or 0.0) for p in claim.parts) or None
    if hours is not None:
        return f"{format_quantity(hours, 'number', digits=3)} h"
    if claim.compared is not None:
        return format_share(claim.compared.share)
    if claim.hours is not None:
        return format_duration(claim.hours / HOURS_PER_DAY)
    if claim.tokens is not None:
        return tr("{quantity} tokens", quantity=format_quantity(claim.tokens, "number"))
    return ""


def word_of(checked: Checked | None) -> Word:
    """The verdict in a word; None = nothing was understood."""
    if checked is None or all(check.status == "unknown" for check in checked.checks):
        return "untold"
    return checked.verdict


def row_words(row: ClaimRow, word: Word | None) -> str:
    """A row as one sentence, for those who cannot see it."""
    verdict = tr("not checked yet") if word is None else WORDS[word]
    return ", ".join(each for each in (row.name, row.told, verdict) if each)


@dataclass(frozen=True, slots=True)
class Chip:
    """One part of a claim as it was understood."""

    name: str
    value: str
    state: Literal["told", "taken", "missing", "unread"]
    tip: str = ""

    @property
    def words(self) -> str:
        """The part in one line."""
        return f"{self.name} {self.value}".strip()


def chips(terms: Terms, unread: Sequence[str] = ()) -> tuple[Chip, ...]:
    """What was understood, what was taken where nothing is told, what is missing, what was not read."""
    told = (Chip(name, value, "told") for name, value in understood_said(terms))
    unknown = (
        Chip(tr("Not read:"), each, "unread", tr("“{each}” is not understood.", each=each)) for each in unread
    )
    return (*told, *_taken(terms), *_missing(terms), *unknown)


def _taken(terms: Terms) -> Iterator[Chip]:
    claim, tips = terms.claim, terms.taken
    if claim.job is None and terms.counted is not None:
        yield Chip(
            tr("Job"), tr("not told: {jobs} taken", jobs=JOBS[terms.job]), "taken", tips.get("job", "")
        )
    if claim.accelerator is None and terms.entry is not None:
        yield Chip(
            tr("On"),
            tr("not told: {accelerator} taken", accelerator=terms.accelerator),
            "taken",
            tips.get("accelerator", ""),
        )
    if terms.tokens is not None and not terms.tokens.told:
        text = format_quantity(terms.tokens.value, "number")
        yield Chip(tr("Tokens"), tr("not told: {text} taken", text=text), "taken", tips.get("tokens", ""))


def _missing(terms: Terms) -> Iterator[Chip]:
    names = {
        "the model's size": (tr("Model"), terms.counted is None),
        "active parameters": (tr("Active"), terms.counted is None),
        "tokens": (tr("Tokens"), terms.tokens is None),
        "the accelerator": (tr("Hardware"), terms.entry is None),
        "GPU-hours, or a number of GPUs and a time": (f"{terms.noun}-hours", True),
        "dollars": (tr("Money"), True),
    }
    for each in terms.missing:
        name, nothing_taken = names.get(each, (tr(each), True))
        if nothing_taken:
            yield Chip(
                name, tr("not told"), "missing", tr("Tell {each} and more can be checked.", each=tr(each))
            )


@dataclass(frozen=True, slots=True)
class Tile:
    """One of the four checks."""

    name: str
    question: str
    short: str
    status: Status
    words: str


def tiles(checked: Checked) -> tuple[Tile, ...]:
    """The checks in their order: money, memory, work, sense."""
    found = []
    for check in checked.checks:
        name, _, question = HEADINGS[check.name].partition(": ")
        question = capital(question)
        words = " ".join(check.words)
        found.append(Tile(name, question, check.short, check.status, words))
    return tuple(found)


def remarks(checked: Checked, problems: Sequence[str]) -> tuple[str, ...]:
    """What of the sentence was left out and why, and what may have happened."""
    said = tuple(dict.fromkeys((*problems, *checked.terms.problems)))
    return (*said, *(story_said(slip.words) for slip in checked.slips))


def currency_said(checked: Checked) -> str:
    """That what is told in dollars is shown in the plan's currency, at which rate; empty = in dollars."""
    money = shown_money()
    if money.is_dollar or checked.terms.claim.usd is None:
        return ""
    return tr(
        "Told in dollars; shown in {code} at {rate_words}.", code=money.code, rate_words=money.rate_words
    )


def source_said(entry: ClaimEntry) -> str:
    """Where a claim of the library stands."""
    return tr(
        "{source}; read {sources_read}. {note}",
        source=entry.source,
        sources_read=entry.sources_read,
        note=entry.note,
    ).strip()


@dataclass(frozen=True, slots=True)
class OursView:
    """Our estimate beside what is told: one figure of both."""

    told: float | None
    span: Range
    unit: Unit
    said: Said
    rests_on: str
    """What it rests on, a paragraph."""
    plan: Project | None = None
    """The plan that the estimate is of."""

    @property
    def figure(self) -> str:
        """Key by which the estimate is explained, of that plan."""
        if self.unit == "hours":  # of which there are no samples
            return "total.gpu_hours"
        measure = "cost_usd" if self.unit == "usd" else "wall_days"
        return f"range.{measure}.p50" if self.span.p10 < self.span.p90 else f"total.{measure}"

    def shown(self, value: float) -> str:
        """A value of the figure in words."""
        return _shown(value, self.unit)

    @property
    def told_words(self) -> str:
        """What is told in words; empty where nothing is."""
        return "" if self.told is None else _told(self.told, self.unit)


def _told(value: float, unit: Unit) -> str:
    return as_told(value, format_money) if unit == "usd" else _shown(value, unit)


def _shown(value: float, unit: Unit) -> str:
    if unit == "usd":
        return format_money(value)
    if unit == "days":
        return format_duration(value)
    return f"{format_quantity(value, 'number', digits=3)} h"


_ADDRESS = re.compile(r"[,:] https?://[^\s)]+")
"""Of a source: it has a place of its own, and is too long for a line of a card."""
_READ_AT = re.compile(r" \((?=[^()]*https?://)(?:[^()]|\([^()]*\))*\)")
"""Where a source was read, in brackets that may hold brackets."""


def ours_view(checked: Checked) -> OursView | None:
    """Ours beside the told number; None = we have no estimate."""
    ours, terms = checked.ours, checked.terms
    if ours is None:
        return None
    told: float | None = None
    span: Range = ours.hours
    unit: Unit = "hours"
    if checked.told_usd is not None and ours.usd is not None:
        told, span, unit = checked.told_usd, ours.usd, "usd"
    elif terms.gpu_hours is not None:
        told = terms.gpu_hours.value
    elif terms.wall_hours is not None and terms.count is not None:
        told, span, unit = terms.wall_hours / HOURS_PER_DAY, ours.days, "days"
    elif ours.usd is not None:
        span, unit = ours.usd, "usd"
    finding = _ours_finding(told, span, unit)
    rate = tr("; at {rate}", rate=ours.rate) if unit == "usd" and ours.rate else ""
    subtitle, on = (
        tr("Bar: 8 chances in 10. Diamond: the middle."),
        tr("On {words}{sub}.", words=ours.words, sub=_READ_AT.sub("", _ADDRESS.sub("", rate))),
    )
    ends = tr(
        "8 chances in 10 between {shown} and {shown_2}",
        shown=_shown(span.p10, unit),
        shown_2=_shown(span.p90, unit),
    )
    summary = f"{finding}. {ends}. {on} {subtitle}"
    rests_on = " ".join((on, *rests_said(checked)))
    return OursView(told, span, unit, Said(finding, subtitle, summary), rests_on, checked.ours_plan)


def _ours_finding(told: float | None, span: Range, unit: Unit) -> str:
    ours = _shown(span.p50, unit)
    if told is None:
        return tr("We estimate {ours}; nothing is told to compare", ours=ours)
    shown, ratio = _told(told, unit), told / (span.p50 or 1.0)
    if span.p10 <= told <= span.p90:
        return tr("Told {shown}, within the range of our {ours}", shown=shown, ours=ours)
    if ratio < FAR_LESS:
        return tr(
            "Told {shown}, {count} times less than our {ours}",
            shown=shown,
            count=format_count(1.0 / ratio),
            ours=ours,
        )
    times = format_significant(ratio, 2) if ratio < 100 else format_count(ratio)
    return tr("Told {shown}, {times} times our {ours}", shown=shown, times=times, ours=ours)


def read_nothing(reading: Reading) -> bool:
    """Whether nothing of a sentence was understood."""
    return reading.claim == Claim(text=reading.claim.text)
