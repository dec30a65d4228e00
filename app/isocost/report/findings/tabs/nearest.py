"""What the measured runs nearest to a plan say of its prediction."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from isocost.evidence.nearest import NearRun
from isocost.language import tr
from isocost.plan.answer.fit import FitReport
from isocost.quantities import SPACE, format_count, marked
from isocost.report.findings.said import Said
from isocost.report.findings.tabs.fit import percent
from isocost.report.findings.tabs.layouts import rate
from isocost.report.table import Column, Table

FAR_OFF = 0.2
"""Share of the measured speed from which on an error is marked."""

OWN_RUNS = tr("Compare with your own runs…")


def near_said(report: FitReport) -> Said:
    """What the list of measured runs says."""
    finding = near_finding(report)
    runs = ". ".join(near_words(run) for run in report.near)
    subtitle = tr("Measured → predicted tokens/s per {noun}", noun=report.noun)
    return Said(finding, subtitle, f"{finding}. {runs}. {near_doubts(report)}".strip())


def near_doubts(report: FitReport) -> str:
    """What no measured run covers: sizes beyond theirs, efficiencies guessed; empty where nothing is."""
    return " ".join(sentence for sentence in (report.beyond, *report.guesses) if sentence)


def near_finding(report: FitReport) -> str:
    """How far off we are on the runs listed."""
    if not report.near:
        return tr("No measured run is anywhere near")
    if not report.near[0].close:
        return tr("No measured run is close")
    errors = [abs(run.error) for run in report.near]
    if len(errors) == 1:
        return tr("{percent} off on the one run near", percent=percent(errors[0]))
    return tr(
        "Median {percent} off, worst {percent_2}",
        percent=percent(median(errors)),
        percent_2=percent(max(errors)),
    )


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
    return error_words(run.error)


def error_words(error: float) -> str:
    """An error relative to what was measured, with its sign: "+6 %"."""
    points = round(error * 100)
    sign = "+" if points > 0 else ""
    return f"{sign}{marked(str(points))}{SPACE}%"


def far_off(run: NearRun) -> bool:
    """Whether its error is worth a mark."""
    return abs(run.error) >= FAR_OFF


def near_tip(run: NearRun) -> str:
    """Everything about a run, its reference first."""
    sequence = tr("{count} tokens a sequence", count=format_count(run.run.sequence))
    asked = tr(
        "{date}: {sequence}, {precision}, {stack} stack",
        date=run.run.date,
        sequence=sequence,
        precision=run.run.precision.upper(),
        stack=run.stack,
    )
    lines = [run.run.reference, asked, run.layout, run.run.notes]
    return "\n".join(line for line in lines if line)


def near_words(run: NearRun) -> str:
    """One run as a sentence."""
    rates = tr(
        "measured {rate}, predicted {rate_2} tokens/s each",
        rate=rate(run.measured),
        rate_2=rate(run.predicted),
    )
    return tr(
        "{near_name}: {rates}, error {near_error}, {source}",
        near_name=near_name(run),
        rates=rates,
        near_error=near_error(run),
        source=run.run.source,
    )


def near_table(runs: Sequence[NearRun]) -> Table:
    """The nearest runs as plain values."""
    columns = (
        Column(tr("Model"), key="model"),
        Column(tr("Accelerator"), key="accelerator"),
        Column(tr("How many"), format_count, right=True, key="count"),
        Column(tr("Sequence"), format_count, right=True, key="sequence"),
        Column(tr("Precision"), key="precision"),
        Column(tr("Measured tokens/s per GPU"), rate, right=True, key="measured_tokens_per_s_per_gpu"),
        Column(tr("Estimated tokens/s per GPU"), rate, right=True, key="predicted_tokens_per_s_per_gpu"),
        Column(tr("Error"), error_words, right=True, key="error"),
        Column(tr("Source"), key="source"),
        Column(tr("Reference"), key="reference"),
    )
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
    return Table(columns, rows)
