"""What the Fit page says: findings, verdicts and tables made from an estimate and a fit report."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from isocost.evidence.nearest import CLOSE, NearRun
from isocost.plan.answer.fit import NOTHING_PINNED, FitReport, LayoutRow, RoundsFit
from isocost.plan.answer.results import StageEstimate
from isocost.plan.runs.layouts import MIXERS, SHARDING_WORDS, recompute_words
from isocost.plan.runs.records import Breakdown, Part
from isocost.plan.runs.throughput import TYPED
from isocost.quantities import (
    SPACE,
    format_count,
    format_memory,
    format_memory_of,
    format_quantity,
    format_share,
)
from isocost.report.table import Column, Table

USEFUL = ("Matrix multiplies", "Attention", MIXERS, "Generation", "Scoring", "Update")
"""Parts of a step or round that the model's own arithmetic asks for; all others are what running it costs."""

SMALL = 0.005
"""Parts below half a percent are shown as one."""
NOTHING = 0.0005
"""Below this share of the whole even that one would read 0.0 %."""

SAME = 0.0005
"""Layouts whose speeds differ by less are as fast as each other."""

_LOST_TO = {
    "bubble": "bubble",
    "communication": "traffic",
    "recomputation": "recompute",
    "kernels": "kernels",
    "optimizer": "optimizer",
}


def memory_finding(stage: StageEstimate, bill: Breakdown) -> str:
    """The verdict: how much of how much, and what is to spare."""
    return "The pinned layout is impossible" if stage.layout_problem else held_words(bill)


def held_words(bill: Breakdown) -> str:
    """How much of what can be used a bill takes."""
    limit = bill.limit or 0.0
    held = format_memory_of(bill.total, limit)
    if bill.total <= limit:
        return f"{held}: fits, {format_memory(limit - bill.total, digits=2)} free"
    return f"Needs {held}: does not fit"


def memory_subtitle(stage: StageEstimate, bill: Breakdown) -> str:
    """What is drawn, or what would fit."""
    if stage.layout_problem:
        return "Drawn: the layout found without the pins"
    if bill.total <= (bill.limit or 0.0):
        return f"At the peak of a step, on each {stage.accelerator_name}"
    held = " as pinned" if stage.pinned else ""
    if stage.smallest_count is None:
        return f"No count fits{held}: " + ("release a pin" if held else "use accelerators with more memory")
    return f"Smallest count that fits{held}: {format_count(stage.smallest_count)} {stage.accelerator_name}"


def shown_parts(bill: Breakdown) -> tuple[Part, ...]:
    """The parts of a bill worth a bar, in their order; small ones together at the end."""
    least = SMALL * bill.total
    large = tuple(part for part in bill.parts if part.amount >= least)
    rest = sum(part.amount for part in bill.parts if 0 < part.amount < least)
    return (*large, Part("Everything else", rest)) if rest >= NOTHING * bill.total else large


def step_finding(bill: Breakdown) -> str:
    """Where most of the step goes, and the largest part that is not the model's own arithmetic."""
    first = max(bill.parts, key=lambda part: part.amount)
    losses = [part for part in bill.parts if part.name not in USEFUL]
    words = f"{first.amount / bill.total:.0%} of the {seconds(bill.total)} step is {lower(first.name)}"
    words = words.replace("%", f"{SPACE}%", 1)
    worst = max(losses, key=lambda part: part.amount, default=None)
    if worst is None or worst is first:
        return words
    return f"{words}; the largest loss is {lower(worst.name)}"


def step_subtitle(stage: StageEstimate) -> str:
    """What is drawn, and whether a typed MFU overrules it."""
    batch = f" of {format_quantity(stage.batch_tokens, 'number')} tokens" if stage.batch_tokens else ""
    if stage.mfu_source == TYPED and stage.mfu is not None:
        typed = format_quantity(stage.mfu, "share")
        return f"An optimizer step{batch} as predicted; the plan itself uses your MFU of {typed}"
    return f"An optimizer step{batch}. Solid: the model's own arithmetic; pale: what running it costs"


def round_finding(found: RoundsFit) -> str:
    """Where most of a round goes, and what sets the time of the run."""
    first = max(found.round.parts, key=lambda part: part.amount)
    share = format_share(first.amount / found.round.total, decimals=0)
    return f"{share} of a round is {lower(first.name)}; the run is driven by the {found.driver}"


def round_subtitle(found: RoundsFit) -> str:
    """What is drawn."""
    if found.schedule == "synchronous":
        return f"An average round of {seconds(found.round.total)}: its parts take turns"
    return "An average round: generation and update run side by side on accelerators of their own"


def seconds(value: float) -> str:
    """A duration in seconds, of fixed precision: "7.2 s", "120 ms"."""
    if value < 0.9995:
        return f"{value * 1000:.3g}{SPACE}ms"
    return f"{value:.3g}{SPACE}s" if value < 999.5 else f"{value:,.0f}{SPACE}s"


def lower(name: str) -> str:
    """A part's name inside a sentence."""
    return name[0].lower() + name[1:]


def bill_table(bill: Breakdown, unit: str) -> Table:
    """The figures of a bar chart; ``unit`` is bytes or seconds."""
    show = format_memory if unit == "bytes" else seconds
    columns = (Column("part"), Column(unit, show, right=True), Column("share", percent, right=True))
    return Table(columns, tuple((p.name, p.amount, p.amount / bill.total) for p in bill.parts))


def bill_words(bill: Breakdown, unit: str) -> str:
    """A bill as a sentence for those who cannot see it."""
    table = bill_table(bill, unit)
    rows = range(len(table.rows))
    return "; ".join(f"{table.shown(i, 0)} {table.shown(i, 1)}, {table.shown(i, 2)}" for i in rows) + "."


def percent(share: float) -> str:
    """A share with a decimal where it is below a tenth: "47 %", "7.1 %"."""
    return f"{share * 100:.0f}{SPACE}%" if share >= 0.095 else f"{share * 100:.1f}{SPACE}%"


def degrees(row: LayoutRow) -> str:
    """A layout's degrees in the field's shorthand: "TP8 PP16 DP16"."""
    named = ((name.upper(), getattr(row, name)) for name in ("tp", "pp", "vp", "cp", "ep", "dp"))
    return " ".join(f"{word}{value}" for word, value in named if value > 1) or "one accelerator"


def why(row: LayoutRow) -> str:
    """Why a layout is not the best, in a word or two."""
    if row.reason == "best":
        return f"fastest; {format_count(row.idle)} idle" if row.idle else "fastest"
    if row.reason == "memory":
        return "does not fit"
    if row.behind < SAME:
        return "as fast"
    behind = percent(row.behind)
    return f"{behind} {_LOST_TO[row.reason]}" if row.reason in _LOST_TO else f"{behind} pinned"


def layouts_finding(report: FitReport) -> str:
    """Which layout wins, or what the pins cost."""
    if report.problem:
        return "The pinned layout is impossible; these are those of the free search"
    best = next((row for row in report.rows if row.fits), None)
    own = next((row for row in report.rows if row.chosen), None)
    if best is None:
        return f"No layout fits {format_count(report.count)} {report.accelerator}"
    held = own is not None and report.pinned != NOTHING_PINNED
    if own is not None and own.fits and (not held or own.behind < SAME):
        best = own
    if held and own is not None and own is not best:
        other = _told_from(best, own)
        if not own.fits:
            return f"The pinned layout does not fit; {other} does"
        return f"The pinned layout is {percent(own.behind)} slower than {other}"
    others = [row for row in report.rows if row.fits and row is not best]
    if not others:
        return f"{_capital(degrees(best))} is the only one that fits"
    if others[0].behind < SAME:
        return f"{_capital(degrees(best))} is fastest"
    first, second = _told_from(best, others[0]), _told_from(others[0], best)
    return f"{_capital(first)} is fastest; {second} comes within {percent(others[0].behind)}"


def _told_from(row: LayoutRow, other: LayoutRow) -> str:
    """A layout's degrees, with what tells it from another of the same degrees."""
    name = degrees(row)
    if name != degrees(other):
        return name
    if row.sharding != other.sharding:
        return f"{name} {SHARDING_WORDS[row.sharding]}"
    if row.microbatch != other.microbatch:
        return f"{name} of microbatch {row.microbatch}"
    return f"{name} with {recompute_words(row.recompute)}"


def _capital(name: str) -> str:
    return name[0].upper() + name[1:]


def layouts_subtitle(report: FitReport) -> str:
    """What is listed."""
    listed = f"Layouts of {format_count(report.count)} {report.accelerator}"
    if not any(row.fits for row in report.rows):
        return f"{listed}, those that need the least memory first."
    if report.typed_mfu is not None:
        typed = format_quantity(report.typed_mfu, "share")
        return f"{listed} as predicted, per {report.noun}; the plan itself uses your MFU of {typed}"
    return f"{listed}, fastest first; pale ones do not fit. Memory and speed are per {report.noun}."


LAYOUT_COLUMNS = (
    Column("TP", right=True),
    Column("PP", right=True),
    Column("VP", right=True),
    Column("CP", right=True),
    Column("EP", right=True),
    Column("DP", format_count, right=True),
    Column("MBS", right=True),
    Column("Recompute"),
    Column("Sharding"),
    Column("Tokens/s", lambda per_gpu: rate(per_gpu), right=True),
    Column("MFU", lambda share: format_quantity(share, "share"), right=True),
    Column("Memory", format_memory, right=True),
    Column("Loses"),
)
"""Columns of the table of layouts, in the order of :func:`layout_cells`."""

HEADINGS = (
    "Tensor parallel: ranks that share each matrix multiply",
    "Pipeline parallel: stages the layers are dealt to",
    "Virtual pipeline: chunks of layers a stage interleaves",
    "Context parallel: ranks that share one sequence",
    "Expert parallel: ranks that share the experts",
    "Data parallel: replicas",
    "Microbatch: sequences a replica processes at once",
    "What is computed again in the backward pass to save memory",
    "What replicas split between them",
    "Tokens a second of each accelerator",
    "Model FLOPs over the dense peak of the matmul precision",
    "Peak bytes on each accelerator",
    "Speed lost against the fastest layout that fits, and to what",
)
"""What each column means."""


def layout_cells(row: LayoutRow) -> tuple[object, ...]:
    """One layout as plain values, in the order of :data:`LAYOUT_COLUMNS`."""
    return (
        *(row.tp, row.pp, row.vp, row.cp, row.ep, row.dp, row.microbatch),
        row.recompute,
        SHARDING_WORDS[row.sharding],
        row.tokens_per_s_per_gpu,
        row.mfu,
        row.memory_bytes,
        why(row),
    )


def layouts_table(rows: Sequence[LayoutRow]) -> Table:
    """The layouts as drawn."""
    return Table(LAYOUT_COLUMNS, tuple(layout_cells(row) for row in rows))


def rate(value: float) -> str:
    """Tokens a second of one accelerator: "1,234", "31.4"."""
    return format_count(value) if value >= 100 else f"{value:.3g}"


def near_finding(report: FitReport) -> str:
    """How far off we are on the runs listed."""
    if not report.near:
        return "No measured run is anywhere near"
    if report.near[0].distance > CLOSE:
        return "No measured run is close"
    errors = [abs(run.error) for run in report.near]
    if len(errors) == 1:
        return f"{percent(errors[0])} off on the one run near"
    return f"Median {percent(median(errors))} off, worst {percent(max(errors))}"


def near_name(run: NearRun) -> str:
    """What ran on what."""
    return run.run.model + near_place(run)


def near_place(run: NearRun) -> str:
    """On how many of what, after the model's name."""
    return f" · {format_count(run.run.accelerators)} {run.accelerator}"


def near_facts(run: NearRun) -> str:
    """What it got, what we say, and who measured it; short."""
    return f"{rate(run.measured)} → {rate(run.predicted)} · {run.run.source}"


def near_error(run: NearRun) -> str:
    """The signed error: "+6 %"."""
    points = round(run.error * 100)
    sign = "+" if points > 0 else "−" if points < 0 else ""
    return f"{sign}{abs(points)}{SPACE}%"


def near_tip(run: NearRun) -> str:
    """Everything about a run, its reference first."""
    sequence = f"{format_count(run.run.sequence)} tokens a sequence"
    asked = f"{run.run.date}: {sequence}, {run.run.precision.upper()}, {run.stack} stack"
    lines = [run.run.reference, asked, run.layout, run.run.notes]
    return "\n".join(line for line in lines if line)


def near_words(run: NearRun) -> str:
    """One run as a sentence."""
    rates = f"measured {rate(run.measured)}, predicted {rate(run.predicted)} tokens/s each"
    return f"{near_name(run)}: {rates}, error {near_error(run)}, {run.run.source}"


def near_table(runs: Sequence[NearRun]) -> Table:
    """The nearest runs as plain values."""
    names = ("model", "accelerator", "count", "sequence", "precision", "measured_tokens_per_s_per_gpu",
             "predicted_tokens_per_s_per_gpu", "error", "source", "reference")  # fmt: skip
    rows = tuple(
        (
            near.run.model,
            near.accelerator,
            int(near.run.accelerators),
            int(near.run.sequence),
            near.run.precision,
            near.measured,
            near.predicted,
            near.error,
            near.run.source,
            near.run.reference,
        )
        for near in runs
    )
    return Table(tuple(Column(name) for name in names), rows)
