"""Why one scenario costs more than another, as steps from the one total to the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from isocost.catalog import Catalog
from isocost.language import tr
from isocost.plan.compare.comparing import ALL, Pair, Share
from isocost.quantities import format_cents, format_money
from isocost.report.decisions.comparing.compare import (
    ALIKE,
    FIRST,
    MOST,
    change_words,
    how_said,
    is_inert,
    share_label,
    why_section,
)
from isocost.report.decisions.words import signed_money, signed_share, unsigned_share
from isocost.report.findings.said import Said
from isocost.report.table import Table

CLOSE = 0.6
"""Of the highest level: where all steps stay above it, the bars begin at a higher sum than nothing."""
ROOM = 0.6
"""Of the steps' extent: what the bars of both totals then show below the lowest."""


@dataclass(frozen=True, slots=True)
class Step:
    """A total, or what an input adds to the sum before it, in USD."""

    label: str
    change: str
    """From one value to the other."""
    start: float
    end: float
    share: float | None = None
    """Of the first total; None of a total, and where that is nothing."""
    letter: str = ""
    """Of a scenario whose total it is."""
    path: str = ""
    """Of the input; empty of a total and of a group of inputs."""

    @property
    def usd(self) -> float:
        """What it adds; of a total, all of it."""
        return self.end - self.start

    @property
    def amount(self) -> str:
        """What it adds, in words."""
        return format_money(self.usd) if self.letter else signed_money(self.usd)

    @property
    def words(self) -> str:
        """All of it on one line."""
        change = f", {self.change}" if self.change else ""
        share = f", {signed_share(self.share)}" if self.share is not None else ""
        exact = format_cents(self.usd)
        return f"{self.label}{change}: {exact if self.letter or self.usd <= 0 else f'+{exact}'}{share}"


@dataclass(frozen=True, slots=True)
class Why:
    """Steps from the first total to the other."""

    steps: tuple[Step, ...]
    floor: float
    """Sum in USD at which the bars begin."""
    ceiling: float
    said: Said
    notes: tuple[str, ...]
    exact: Table


def why(pair: Pair, names: Sequence[str], letter: str, catalog: Catalog) -> Why:
    """The steps of a pair.

    Args:
        names: of the first and the other.
        letter: of the other.
    """
    totals = [each.estimate.total.cost_usd for each in (pair.a, pair.b)]
    steps = [Step(names[0], "", 0.0, totals[0], letter=FIRST)]
    level = totals[0]
    for each in pair.shares:
        if not is_inert(each):
            share = each.usd / totals[0] if totals[0] else None
            path = each.differences[0].path if len(each.differences) == 1 else ""
            label, change = share_label(each), change_words(each, catalog)
            steps.append(Step(label, change, level, level + each.usd, share, path=path))
            level += each.usd
    steps.append(Step(names[1], "", 0.0, totals[1], letter=letter))
    levels = [step.end for step in steps]
    low, high = min(levels), max(levels)
    # Small steps between large totals would be hairlines on a scale from nothing.
    raised = high - low > 0.0 and low > CLOSE * high
    floor = max(0.0, low - ROOM * (high - low)) if raised else min(0.0, low)
    exact = why_section(pair, letter, catalog).table or Table((), ())
    return Why(tuple(steps), floor, high, _said(pair, letter, floor), tuple(how_said(pair)[1:]), exact)


def _said(pair: Pair, letter: str, floor: float) -> Said:
    delta, total = pair.delta_usd, pair.a.estimate.total.cost_usd
    how = tr("Each input's mean share over all orders of change; they add up to the cent.")
    if floor > 0.0:
        how = tr("Bars begin at {money}. {how}", money=format_money(floor), how=how)
    if not pair.differs:
        finding = tr("{letter} is a copy of {first} so far", letter=letter, first=FIRST)
        return Said(
            finding, tr("Change an input on the left: its share of the difference comes here."), finding
        )
    if abs(delta) < ALIKE:
        return Said(
            tr("{letter} costs the same as {first}", letter=letter, first=FIRST),
            how,
            tr("{letter} costs the same as {first}", letter=letter, first=FIRST),
        )
    far = unsigned_share(delta / total) if total else format_money(abs(delta))
    finding = tr(
        "Why {letter} costs {far} {word} than {first}{because}",
        letter=letter,
        far=far,
        word=tr("more") if delta > 0 else tr("less"),
        first=FIRST,
        because=_because(pair),
    )
    shares = "; ".join(f"{share_label(s)} {signed_money(s.usd)}" for s in pair.shares if not is_inert(s))
    return Said(finding, how, f"{finding}. {shares}. {how}")


def _because(pair: Pair) -> str:
    """The input that makes most of a difference, else the two that weigh most in its direction."""
    same_way = sorted((s for s in pair.shares if s.usd * pair.delta_usd > 0), key=_weight, reverse=True)
    if not same_way or same_way[0].path == ALL:
        return ""
    if len(same_way) == 1 or _weight(same_way[0]) > MOST * sum(map(_weight, same_way)):
        return f": {tr('mostly ') * (len(same_way) > 1)}{share_label(same_way[0])}"
    return tr(
        ": {share_label} and {share_label_2}",
        share_label=share_label(same_way[0]),
        share_label_2=share_label(same_way[1]),
    )


def _weight(share: Share) -> float:
    return abs(share.usd)
