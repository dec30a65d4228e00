"""A figure opened in the window: its formula in words and in values, and what each value of it rests on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from isocost.language import in_sentence, tr
from isocost.plan.answer.estimate import Answer
from isocost.plan.answer.results import Estimate
from isocost.plan.doubt.span import Range
from isocost.plan.explain.changing import InputPlace, input_of
from isocost.plan.explain.figures import Explainer, UnknownFigureError
from isocost.plan.explain.ranges import samples_said
from isocost.plan.explain.training import E_WORDS
from isocost.plan.money.arithmetic import with_values
from isocost.plan.money.explain import Explanation, Provenance, given
from isocost.plan.money.reckoning import Reckoning
from isocost.quantities import format_duration, format_money
from isocost.report.decisions.explain import how_said, steps, told, value_said, without_steps
from isocost.report.told import text

SHOWN = 2
"""Levels beneath the figure that are open at first."""
CENT = 0.01
FEW = 6
"""Values up to which a sum is written out."""
OTHER = tr("another plan than the open one")
GONE = tr("This plan has no such figure any more")
GONE_NOTE = tr("What it was part of is switched off or left out. Back leads to the figure before it.")


@dataclass(frozen=True, slots=True)
class ValueRow:
    """A value that the figure is made of, as a row of the tree."""

    key: str
    place: str
    """The keys from the figure down to it: where it stands in the tree."""
    level: int
    label: str
    value: str
    provenance: Provenance
    how: str
    """Its formula with values, or its source."""
    inputs: int
    """Values beneath it."""
    open: bool
    """Whether those are shown."""
    change: str
    """What leads to its input, in words; empty where nobody types it."""
    input: InputPlace | None

    @property
    def words(self) -> str:
        """All of it, for those who cannot see the row."""
        return f"{self.label}: {self.value}, {tr(self.provenance)}. {self.how}".rstrip(". ")


@dataclass(frozen=True, slots=True)
class ExplainedCard:
    """One figure, opened."""

    key: str
    label: str
    value: str
    note: str
    """How it is known, or how far it may be off."""
    formula: str
    """In words; empty for a value that is not worked out."""
    values: str
    """The formula with its values."""
    source: str
    """Where a value that is not worked out comes from, or what the formula is by."""
    change: str
    input: InputPlace | None
    whose: str
    """Of which plan it is, where that is not the open one."""
    rows: tuple[ValueRow, ...]

    @property
    def words(self) -> str:
        """What a screen reader says of it."""
        told = (f"{self.label}: {self.value}", self.note, self.values and f"= {self.values}", self.source)
        return ". ".join(each for each in told if each)


def card(
    trees: Explainer,
    root: str,
    key: str,
    told: Answer,
    opened: Mapping[str, bool],
    *,
    open_plan: bool = True,
) -> ExplainedCard:
    """A value of the tree of the figure ``root``, with what it is made of.

    Args:
        told: the answer whose figures the trees are.
        opened: rows that were opened or closed, by their place; others are open near the figure.
        open_plan: whether it is that of the open plan, whose inputs can be changed.
    """
    on = told.reckoning if open_plan else None
    try:
        found = trees.under(root, key)
    except UnknownFigureError:
        return ExplainedCard(key, GONE, "", GONE_NOTE, "", "", "", "", None, "", ())
    node = without_steps(found)
    change, place = _change(found, on)
    formula = formula_said(node)
    values = how_said(node) if "{" in node.words and not _is_long_sum(node) else ""
    return ExplainedCard(
        key, node.label, value_said(node), _note(node, told.estimate), formula, values, node.source,
        change, place, "" if open_plan else f"{OTHER}: {told.project.name}, {told.scenario.name}",
        (*_rows(node, on, opened, 0, ""), *_doubt(trees, key, told, on, opened)),
    )  # fmt: skip


_UNIT = re.compile(r"({[^{}]+}) [A-Za-z-]+(?= [x/+*^-]|\)|$)")
"""What a value is counted in, behind its place: its name says so already."""


def formula_said(node: Explanation) -> str:
    """The formula with the names of its values in their places; empty for a value that is not worked out."""
    if _is_long_sum(node):
        return tr("the sum of these {count}", count=len(node.inputs))
    names = {each.key: in_sentence(each.label) for each in node.inputs}
    words = _UNIT.sub(r"\1", node.words.replace(E_WORDS, "e"))
    return with_values(words, names.__getitem__)


def _is_long_sum(node: Explanation) -> bool:
    return len(node.inputs) > FEW and node.words == " + ".join(f"{{{each.key}}}" for each in node.inputs)


def _note(node: Explanation, estimate: Estimate) -> str:
    span = estimate.range
    if span is not None and node.key == "total.cost_usd":
        low, high = format_money(span.cost_usd.p10), format_money(span.cost_usd.p90)
        reserve = "" if abs(span.base_usd - node.value) < CENT else tr(" without its reserve")
        return tr("8 chances in 10: {low} to {high}{reserve}", low=low, high=high, reserve=reserve)
    if span is not None and node.key == "total.wall_days":
        low, high = (format_duration(days) for days in (span.wall_days.p10, span.wall_days.p90))
        return tr("8 chances in 10: {low} to {high}", low=low, high=high)
    return tr(node.provenance)


def _change(node: Explanation, on: Reckoning | None) -> tuple[str, InputPlace | None]:
    """What leads to the input of a value, and which that is; nothing does in another plan (None)."""
    if on is None:
        return "", None
    place = next((found for each in steps(node) if (found := input_of(each, on)) is not None), None)
    if place is None:
        return "", None
    estimated = without_steps(node).provenance in ("computed", "fitted", "measured")
    return (tr("Type your own") if estimated else tr("Change")), place


def _rows(
    node: Explanation, on: Reckoning | None, opened: Mapping[str, bool], level: int, above: str
) -> Iterator[ValueRow]:
    """The values beneath a figure, each followed by those beneath it while they are shown."""
    for held in node.inputs:
        each, place = without_steps(held), f"{above}/{held.key}"
        shown = bool(each.inputs) and opened.get(place, level + 1 < SHOWN)
        change, into = _change(held, on)
        yield ValueRow(
            each.key, place, level, each.label, value_said(each), each.provenance,
            how_said(each) or each.source, len(each.inputs), shown, change, into,
        )  # fmt: skip
        if shown:
            yield from _rows(each, on, opened, level + 1, place)


def _doubt(
    trees: Explainer, key: str, told: Answer, on: Reckoning | None, opened: Mapping[str, bool]
) -> Iterator[ValueRow]:
    """The ends of the range of a figure that has one."""
    span = told.estimate.range
    measures = {"total.cost_usd": "cost_usd", "total.wall_days": "wall_days"}
    if span is None or key not in measures:
        return
    known: Range = getattr(span, measures[key])
    for end, label in (("p10", tr("10th percentile")), ("p90", tr("90th percentile"))):
        of = f"range.{measures[key]}.{end}"
        place = f"/{of}"
        shown = opened.get(place, False)
        unit = "USD" if key == "total.cost_usd" else "days"
        value = value_said(given(of, label, getattr(known, end), unit, "", "sampled"))
        # What it is made of takes long to work out, and a drag asks for it at every step.
        yield ValueRow(of, place, 0, label, value, "sampled", samples_said(), 1, shown, "", None)
        if shown:
            yield from _rows(without_steps(trees.of(of)), on, opened, 1, place)


def copied_text(title: str, node: Explanation) -> str:
    """A figure with all it is made of and every source, as text to paste."""
    return text(told(title, node, None))


def not_explained(error: Exception) -> str:
    """Why a figure of another plan does not open."""
    return tr("It cannot be explained: {error}", error=error or type(error).__name__)
