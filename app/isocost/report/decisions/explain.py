"""A figure explained: its formula with values in it, line by line down to inputs and their sources."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from isocost.language import listed, tr
from isocost.plan.explain.training import E_WORDS
from isocost.plan.money.arithmetic import MOST, Factor, read, with_values
from isocost.plan.money.explain import Explanation
from isocost.quantities import (
    DOLLAR,
    PLAIN,
    format_cents,
    format_memory,
    format_quantity,
    marked,
    money_shown_in,
    numbers_marked,
    shown_money,
)
from isocost.report.table import Column, Table
from isocost.report.told import Section, Told

DIGITS, SHARE_DIGITS = 5, 4
"""Significant digits shown, and of a share."""
MILLION = 1e6
STEP = "· "
"""Before a value for each level it lies beneath the figure asked about."""


def told(title: str, node: Explanation, depth: int | None) -> Told:
    """A figure with what it is made of, ``depth`` levels of it; None = all."""
    lines = list(_shown(node, depth))
    columns = (
        Column(tr("Figure")), Column(tr("Value"), right=True), Column(tr("How")), Column(tr("Known"),
        key="provenance"),
        Column(tr("Source")),
    )  # fmt: skip
    shown = tuple(
        (STEP * level + each.label, value_said(each), how_said(each), known_said(each), each.source)
        for level, each in lines
    )
    finding, section = explained_said(node), Section("", (), Table(columns, shown))
    # Values for other programs are dollars, and formulas end in them.
    with money_shown_in(DOLLAR), numbers_marked(PLAIN):
        return Told(title, finding, (section,), tree_of(node, depth), _rows(list(_walked(node, depth))))


def explained_said(node: Explanation) -> str:
    """What a figure comes to and how, in a sentence without its full stop."""
    node = without_steps(node)
    how = how_said(node)
    if how and how != value_said(node):
        return f"{node.label}: {how} = {value_said(node)}"
    return f"{node.label}: {value_said(node)}" + (f", {node.source}" if node.source else "")


def how_said(node: Explanation) -> str:
    """The formula with values in few digits, but so many that, read as written, they come to the value told.

    Empty for a value that is not worked out.
    """
    if not node.words:
        return ""
    texts: dict[str, str] = {}
    for digits in range(DIGITS, MOST + 1):
        written = {each.key: _written(each, digits) for each in node.inputs}
        texts = {key: text for key, (text, _) in written.items()}
        values = {key: value for key, (_, value) in written.items()}
        if not all(map(math.isfinite, values.values())):
            break
        if value_said(replace(node, value=read(node.words, values))) == value_said(node):
            break
    return with_values(node.words.replace(E_WORDS, "e"), texts.__getitem__)


def _written(node: Explanation, digits: int) -> tuple[str, float]:
    """A value as it stands in a formula, in so many significant digits, and what that text stands for."""
    value = node.value
    if not math.isfinite(value):
        return value_said(replace(node, unit="")), value
    if node.unit.startswith("USD"):
        unit, factor = shown_money(), Factor(value, "usd")
        size = math.floor(math.log10(abs(factor.exact))) if factor.exact else 0
        if digits <= (to_cents := size + 1 + unit.digits):
            return format_cents(value), unit.usd(factor.read(to_cents))
        return factor.text(digits), unit.usd(factor.read(digits))
    if node.unit == "share":
        digits = max(SHARE_DIGITS, digits - 1)
        return format_quantity(value, "share", digits=digits), float(f"{value:.{digits}g}")
    if node.unit == "bytes":
        return format_memory(value, digits=digits), value
    return _number(value, digits), float(f"{value:.{digits}g}")


def steps(node: Explanation) -> Iterator[Explanation]:
    """A value, and those that it only takes over, down to the one that is worked out or given."""
    yield node
    while len(node.inputs) == 1 and node.words == f"{{{node.inputs[0].key}}}":
        node = node.inputs[0]
        yield node


def without_steps(node: Explanation) -> Explanation:
    """A value that only takes another over, with that one's formula."""
    *_, same = steps(node)
    return replace(node, words=same.words, inputs=same.inputs, source=same.source, provenance=same.provenance)


def known_said(node: Explanation) -> str:
    """How a value is known, in a word; empty where its formula says it."""
    return "" if node.provenance == "computed" else tr(node.provenance)


def value_said(node: Explanation) -> str:
    """A value with its unit, for people."""
    unit = node.unit
    if unit == "USD":
        return format_cents(node.value)
    if unit == "bytes":  # an accelerator's memory, which is told in the units of its label
        return format_memory(node.value, digits=DIGITS)
    if unit.startswith("USD"):
        return f"{format_quantity(node.value, 'money', digits=4)}{unit.removeprefix('USD')}"
    if unit == "share":
        return format_quantity(node.value, "share", digits=SHARE_DIGITS)
    number = _number(node.value)
    return f"{number} {unit}" if unit else number


def _number(value: float, digits: int = DIGITS) -> str:
    """So many significant digits: 2,048, 0.17301, 14.8T."""
    if not math.isfinite(value) or abs(value) >= MILLION:
        return format_quantity(value, "number", digits=digits)
    rounded = float(f"{value:.{digits}g}")
    decimals = digits - 1 - math.floor(math.log10(abs(rounded))) if rounded else 0
    whole, _, part = f"{rounded:,.{max(0, decimals)}f}".partition(".")
    return marked(f"{whole}.{part}".rstrip("0").rstrip("."))


def list_said(title: str, nodes: Sequence[tuple[str, Explanation]]) -> Told:
    """The figures there are, by the keys they are asked for with."""
    columns = (
        Column(tr("Key")),
        Column(tr("Figure"), key="label"),
        Column(tr("Value"), right=True),
        Column(tr("Unit")),
    )
    rows = tuple((key, node.label, value_said(node), node.unit) for key, node in nodes)
    plain = tuple((key, node.label, node.value, node.unit) for key, node in nodes)
    named = [dict(zip(("key", "label", "value", "unit"), row, strict=True)) for row in plain]
    shown = Table(columns[:3], tuple(row[:3] for row in rows))
    finding = tr("{count} figures can be explained", count=len(rows))
    return Told(title, finding, (Section("", (), shown),), {"figures": named}, _plain(columns, plain))


def _plain(columns: Sequence[Column], rows: tuple[tuple[Any, ...], ...]) -> Table:
    return Table(tuple(Column(column.key or column.name.lower()) for column in columns), rows)


def unknown_said(key: str, nearest: Sequence[str]) -> str:
    """That there is no such figure, and which are spelled alike."""
    return tr(
        "this plan has no figure {key!r}; did you mean {names}? (--list names them all.)",
        key=key,
        names=listed(nearest, "or"),
    )


def tree_of(node: Explanation, depth: int | None) -> dict[str, Any]:
    """The tree for other programs."""
    below = () if depth == 0 else node.inputs
    return {
        "key": node.key,
        "label": node.label,
        "value": node.value,
        "unit": node.unit,
        "formula": node.formula,
        "source": node.source,
        "provenance": node.provenance,
        "inputs": [tree_of(each, None if depth is None else depth - 1) for each in below],
    }


def _walked(node: Explanation, depth: int | None, level: int = 0) -> Iterator[tuple[int, Explanation]]:
    """A value and those beneath it to a depth, each with its level."""
    yield level, node
    for each in node.inputs if depth is None or level < depth else ():
        yield from _walked(each, depth, level + 1)


def _shown(node: Explanation, depth: int | None, level: int = 0) -> Iterator[tuple[int, Explanation]]:
    """The same for people: without values that only take another over."""
    node = without_steps(node)
    yield level, node
    for each in node.inputs if depth is None or level < depth else ():
        yield from _shown(each, depth, level + 1)


def _rows(lines: Sequence[tuple[int, Explanation]]) -> Table:
    names = ("depth", "key", "label", "value", "unit", "formula", "provenance", "source")
    return Table(
        tuple(Column(name) for name in names),
        tuple(
            (level, each.key, each.label, each.value, each.unit, each.formula, each.provenance, each.source)
            for level, each in lines
        ),
    )
