"""What the measured runs nearest to a plan say of its prediction."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from isocost.evidence.nearest import NearRun
from isocost.plan.answer.fit import FitReport
from isocost.quantities import SPACE, format_count
from isocost.report.findings.fit import percent
from isocost.report.findings.layouts import rate
from isocost.report.findings.said import Said
from isocost.report.table import Column, Table

FAR_OFF = 0.2
"""Share of the measured speed from which on an error is marked."""

OWN_RUNS = "Compare with your own runs…"


def near_said(report: FitReport) -> Said:
    """What the list of measured runs says."""
    finding = near_finding(report)
    runs = ". ".join(near_words(run) for run in report.near)
    subtitle = f"Measured → predicted tokens/s per {report.noun}"
    return Said(finding, subtitle, f"{finding}. {runs}. {near_doubts(report)}".strip())


def near_doubts(report: FitReport) -> str:
    """What no measured run covers: sizes beyond theirs, efficiencies guessed; empty where nothing is."""
    return " ".join(sentence for sentence in (report.beyond, *report.guesses) if sentence)


def near_finding(report: FitReport) -> str:
    """How far off we are on the runs listed."""
    if not report.near:
        return "No measured run is anywhere near"
    if not report.near[0].close:
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
    return error_words(run.error)


def error_words(error: float) -> str:
    """An error relative to what was measured, with its sign: "+6 %"."""
    points = round(error * 100)
    sign = "+" if points > 0 else "−" if points < 0 else ""
    return f"{sign}{abs(points)}{SPACE}%"


def far_off(run: NearRun) -> bool:
    """Whether its error is worth a mark."""
    return abs(run.error) >= FAR_OFF


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
    columns = (
        Column("Model", key="model"),
        Column("Accelerator", key="accelerator"),
        Column("How many", format_count, right=True, key="count"),
        Column("Sequence", format_count, right=True, key="sequence"),
        Column("Precision", key="precision"),
        Column("Measured tokens/s per GPU", rate, right=True, key="measured_tokens_per_s_per_gpu"),
        Column("Estimated tokens/s per GPU", rate, right=True, key="predicted_tokens_per_s_per_gpu"),
        Column("Error", error_words, right=True, key="error"),
        Column("Source", key="source"),
        Column("Reference", key="reference"),
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
