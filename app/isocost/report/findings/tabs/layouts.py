"""What the table of layouts says: which wins, why the others do not, and what is pinned."""

from __future__ import annotations

from collections.abc import Sequence

from isocost.language import capital, tr
from isocost.plan.answer.fit import NOTHING_PINNED, FitReport, LayoutRow
from isocost.plan.doubt.factors import Factors
from isocost.plan.physics.layouts import SHARDING_WORDS, pinned_words, recompute_words
from isocost.quantities import (
    format_count,
    format_memory,
    format_quantity,
    format_rounded,
    format_significant,
)
from isocost.report.findings.said import Said
from isocost.report.findings.tabs.fit import percent
from isocost.report.table import Column, Table

SAME = 0.0005
"""Layouts whose speeds differ by less are as fast as each other."""

UNPINNED = tr("Nothing is pinned: click a layout to hold the plan to it.")

_LOST_TO = {
    "bubble": tr("bubble"),
    "communication": tr("traffic"),
    "recomputation": tr("recompute"),
    "kernels": tr("kernels"),
    "optimizer": tr("optimizer"),
}


def layouts_said(report: FitReport, likely: Factors | None = None) -> Said:
    """What the table of layouts says; ``likely``: how far speeds may lie from those predicted, if shown."""
    finding = layouts_finding(report)
    rows = ". ".join(f"{degrees(row)}: {why_behind(row)}" for row in report.rows)
    subtitle = layouts_subtitle(report, likely)
    return Said(finding, subtitle, f"{finding}. {subtitle} {rows}.")


def pins_line(report: FitReport) -> str:
    """What the plan is held to, or how to hold it to something."""
    held = pinned_words(report.pinned)
    return tr("Pinned: {held}", held=held) if held else UNPINNED


def not_searched(error: object) -> str:
    """Why the layouts could not be compared."""
    return tr("The layouts could not be compared: {error}", error=error)


def degrees(row: LayoutRow) -> str:
    """A layout's degrees in the field's shorthand: "TP8 PP16 DP16"."""
    named = ((name.upper(), getattr(row, name)) for name in ("tp", "pp", "vp", "cp", "ep", "dp"))
    return " ".join(f"{word}{value}" for word, value in named if value > 1) or tr("one accelerator")


def why_behind(row: LayoutRow) -> str:
    """Why a layout is not the best, in a word or two."""
    if row.reason == "best":
        return tr("fastest; {count} idle", count=format_count(row.idle)) if row.idle else tr("fastest")
    if row.reason == "memory":
        return tr("does not fit")
    if row.behind < SAME:
        return tr("as fast")
    behind = percent(row.behind)
    return (
        f"{behind} {_LOST_TO[row.reason]}" if row.reason in _LOST_TO else tr("{behind} pinned", behind=behind)
    )


def layouts_finding(report: FitReport) -> str:
    """Which layout wins, or what the pins cost."""
    if report.problem:
        return tr("The pinned layout is impossible; these are those of the free search")
    best = next((row for row in report.rows if row.fits), None)
    own = next((row for row in report.rows if row.chosen), None)
    if best is None:
        return tr(
            "No layout fits {count} {accelerator}",
            count=format_count(report.count),
            accelerator=report.accelerator,
        )
    held = own is not None and report.pinned != NOTHING_PINNED
    if own is not None and own.fits and (not held or own.behind < SAME):
        best = own
    if held and own is not None and own is not best:
        other = _told_from(best, own)
        if not own.fits:
            return tr("The pinned layout does not fit; {other} does", other=other)
        return tr(
            "The pinned layout is {percent} slower than {other}", percent=percent(own.behind), other=other
        )
    others = [row for row in report.rows if row.fits and row is not best]
    if not others:
        return tr("Only one layout fits: {degrees}", degrees=degrees(best))
    if others[0].behind < SAME:
        return tr("{capital} is fastest", capital=capital(degrees(best)))
    first, second = _told_from(best, others[0]), _told_from(others[0], best)
    return tr(
        "{capital} is fastest; {second} is {percent} slower",
        capital=capital(first),
        second=second,
        percent=percent(others[0].behind),
    )


def _told_from(row: LayoutRow, other: LayoutRow) -> str:
    """A layout's degrees, with what tells it from another of the same degrees."""
    name = degrees(row)
    if name != degrees(other):
        return name
    if row.sharding != other.sharding:
        return f"{name} {SHARDING_WORDS[row.sharding]}"
    if row.microbatch != other.microbatch:
        return tr("{name} of microbatch {microbatch}", name=name, microbatch=row.microbatch)
    return tr("{name} with {recompute_words}", name=name, recompute_words=recompute_words(row.recompute))


def layouts_subtitle(report: FitReport, likely: Factors | None = None) -> str:
    """What is listed, and how sure its speeds are."""
    listed = tr(
        "Layouts of {count} {accelerator}", count=format_count(report.count), accelerator=report.accelerator
    )
    if not any(row.fits for row in report.rows):
        return tr("{listed}, those that need the least memory first.", listed=listed)
    if report.typed_mfu is not None:
        typed = format_quantity(report.typed_mfu, "share")
        return tr(
            "{listed} as predicted, per {noun}; the plan itself uses your MFU of {typed}",
            listed=listed,
            noun=report.noun,
            typed=typed,
        )
    if likely is not None:
        low, high = (format_significant(each, 2) for each in likely)
        sure = tr("8 chances in 10 lie {low} to {high} times the speed", low=low, high=high)
        return tr("Fastest first, per {noun}; {sure}. Pale ones do not fit.", noun=report.noun, sure=sure)
    return tr(
        "{listed}, fastest first; pale ones do not fit. Memory and speed are per {noun}.",
        listed=listed,
        noun=report.noun,
    )


LAYOUT_COLUMNS = (
    Column("TP", right=True),
    Column("PP", right=True),
    Column("VP", right=True),
    Column("CP", right=True),
    Column("EP", right=True),
    Column("DP", format_count, right=True),
    Column("MBS", right=True),
    Column(tr("Recompute")),
    Column(tr("Sharding")),
    Column("Tokens/s", lambda per_gpu: rate(per_gpu), right=True),
    Column("MFU", lambda share: format_quantity(share, "share"), right=True),
    Column(tr("Memory"), format_memory, right=True),
    Column(tr("Loses")),
)
"""Columns of the table of layouts, in the order of :func:`layout_cells`."""

HEADINGS = (
    tr("Tensor parallel: ranks that share each matrix multiply"),
    tr("Pipeline parallel: stages the layers are dealt to"),
    tr("Virtual pipeline: chunks of layers a stage interleaves"),
    tr("Context parallel: ranks that share one sequence"),
    tr("Expert parallel: ranks that share the experts"),
    tr("Data parallel: replicas"),
    tr("Microbatch: sequences a replica processes at once"),
    tr("What is computed again in the backward pass to save memory"),
    tr("What replicas split between them"),
    tr("Tokens a second of each accelerator"),
    tr("Model FLOPs over the dense peak of the matmul precision"),
    tr("Peak bytes on each accelerator"),
    tr("Speed lost against the fastest layout that fits, and to what"),
)
"""What each column means."""


def layout_cells(row: LayoutRow) -> tuple[object, ...]:
    """One layout as plain values, in the order of :data:`LAYOUT_COLUMNS`."""
    return (
        *(row.tp, row.pp, row.vp, row.cp, row.ep, row.dp, row.microbatch),
        tr(row.recompute),
        SHARDING_WORDS[row.sharding],
        row.tokens_per_s_per_gpu,
        row.mfu,
        row.memory_bytes,
        why_behind(row),
    )


def cell_in_words(row: LayoutRow, column: int) -> str:
    """One cell with its column's name; one that does not fit says so in every cell."""
    shown = LAYOUT_COLUMNS[column]
    fits = "" if row.fits else tr(", does not fit")
    return f"{shown.name} {shown.show(layout_cells(row)[column])}{fits}"


def layout_tip(row: LayoutRow) -> str:
    """A layout, why it is not the best, and what a click on it does."""
    idle = tr(", {count} idle", count=format_count(row.idle)) if row.idle else ""
    return tr(
        "{degrees}{idle}: {why_behind}. Click to hold the plan to it.",
        degrees=degrees(row),
        idle=idle,
        why_behind=why_behind(row),
    )


def layouts_table(rows: Sequence[LayoutRow]) -> Table:
    """The layouts as drawn."""
    return Table(LAYOUT_COLUMNS, tuple(layout_cells(row) for row in rows))


def rate(value: float) -> str:
    """Tokens a second of one accelerator: "1,234", "31.4"."""
    return format_rounded(value)
