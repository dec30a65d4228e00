"""What a claim leaves out, as steps from what is told to all that is published or reckoned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from isocost.language import tr
from isocost.plan.claims.checked import Checked
from isocost.plan.claims.terms import dollars
from isocost.quantities import format_share
from isocost.report.decisions.claims.verdict import LEAST_SHARE, UNKNOWN
from isocost.report.findings.said import Said
from isocost.report.table import Column, Table

MOST_UNSAID = 4
"""Lines that nobody has priced and that stand each for itself; those beyond share one."""
NOBODY = tr("nobody has said")


@dataclass(frozen=True, slots=True)
class Step:
    """One row: a bar from ``start`` to ``end`` in USD, or a question mark."""

    name: str
    note: str
    kind: Literal["told", "published", "assumed", "unsaid", "total"]
    start: float = 0.0
    end: float = 0.0

    @property
    def amount(self) -> str:
        """The amount in words."""
        return UNKNOWN if self.kind == "unsaid" else dollars(self.end - self.start)

    @property
    def words(self) -> str:
        """The row in a sentence."""
        return f"{self.name}: {self.amount if self.kind != 'unsaid' else NOBODY}. {self.note}".strip()


@dataclass(frozen=True, slots=True)
class LeftView:
    """The steps and what they say."""

    steps: tuple[Step, ...]
    said: Said

    @property
    def full(self) -> float:
        """USD of the longest bar; 0 = there is nothing to compare what is told with."""
        priced = any(step.kind in ("published", "assumed") for step in self.steps)
        return max((step.end for step in self.steps), default=0.0) if priced else 0.0


def left_view(checked: Checked) -> LeftView:
    """What is left out, the published first, the unsaid last."""
    told, left = checked.told_usd, checked.left_out
    priced = sorted(
        (each for each in left if each.usd is not None),
        key=lambda each: (each.kind != "published", -each.usd),  # type: ignore[operator]
    )
    unsaid = [each.line for each in left if each.usd is None]
    steps: list[Step] = []
    at = 0.0
    if told is not None:
        steps.append(Step(tr("What is told"), "", "told", 0.0, told))
        at = told
    for each in priced:
        usd = each.usd or 0.0
        steps.append(Step(each.line, each.source or each.kind, each.kind, at, at + usd))
        at += usd
    for line in unsaid[:MOST_UNSAID] if len(unsaid) > MOST_UNSAID + 1 else unsaid:
        steps.append(Step(line, NOBODY, "unsaid"))
    if len(unsaid) > MOST_UNSAID + 1:
        rest = unsaid[MOST_UNSAID:]
        steps.append(Step(tr("{count} more", count=len(rest)), ", ".join(rest), "unsaid"))
    if priced and told is not None:
        steps.append(Step(tr("All that is known"), _known_note(checked), "total", 0.0, at))
    return LeftView(tuple(steps), _said(checked, bool(priced), steps))


def _known_note(checked: Checked) -> str:
    assumed = any(each.kind == "assumed" and each.usd is not None for each in checked.left_out)
    return tr("published, and reckoned by others") if assumed else tr("as published")


def _said(checked: Checked, priced: bool, steps: list[Step]) -> Said:
    share = checked.left_share
    if not checked.left_out:
        finding, how = (
            tr("Nothing is known to be left out"),
            tr("The claim is of all there is, as far as it tells."),
        )
    elif share is not None and share >= LEAST_SHARE:
        finding = tr("It leaves out {share} of what is published", share=format_share(share, decimals=0))
        how = tr("Solid: published; hatched: assumed; ?: not told.")
    elif priced:
        finding = tr("It leaves out what others have paid for")
        how = tr("Solid: published; hatched: assumed; ?: not told.")
    else:
        finding = tr("Nobody has priced what it leaves out")
        how = tr("?: nobody has said what it cost, and it stays a question.")
    return Said(finding, how, f"{finding}. {' '.join(step.words for step in steps)}")


def left_table(view: LeftView | None) -> Table:
    """The steps as a table."""
    columns = (
        Column(tr("Line")),
        Column(tr("Amount"), dollars, right=True, key="usd"),
        Column(tr("Which is")),
        Column(tr("Where")),
    )
    steps = view.steps if view is not None else ()
    rows = tuple(
        (s.name, None if s.kind == "unsaid" else s.end - s.start, tr(s.kind), s.note or None) for s in steps
    )
    return Table(columns, rows)
