"""The measured runs nearest to a plan's stages, for a terminal and for other programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from isocost import __version__
from isocost.evidence.nearest import NearRun
from isocost.language import tr
from isocost.plan.answer.fit import FitReport
from isocost.quantities import format_count, format_rounded, marked

_HEADINGS = (
    tr("Model"),
    "Accelerators",
    tr("Sequence"),
    tr("Format"),
    tr("Measured"),
    tr("Predicted"),
    tr("Error"),
    "Source",
)
_RIGHT = frozenset(_HEADINGS[2:3] + _HEADINGS[4:7])


def text(reports: Sequence[FitReport]) -> str:
    """Each searched stage with its nearest runs, their references and what is guessed."""
    searched = [report for report in reports if report.searched]
    if not searched:
        return tr(
            "No stage of this plan trains with a layout of its own, so no measured run compares with it."
        )
    return "\n\n".join("\n".join(_stage(report)) for report in searched)


def json_text(reports: Sequence[FitReport]) -> str:
    """JSON whose keys are extended in later versions and never renamed; rates are per accelerator."""
    stages = [
        {
            "stage": report.stage,
            "accelerator": report.accelerator,
            "count": report.count,
            "runs": [_tree(near) for near in report.near],
            "guesses": list(report.guesses),
            "beyond": report.beyond,
        }
        for report in reports
        if report.searched
    ]
    return json.dumps({"isocost": __version__, "stages": stages}, indent=2, allow_nan=False)


def _stage(report: FitReport) -> Iterator[str]:
    yield tr(
        "{stage} on {count} {accelerator}",
        stage=report.stage,
        count=format_count(report.count),
        accelerator=report.accelerator,
    )
    if not report.near:
        yield tr("No measured run is anywhere near this plan.")
    else:
        if not report.near[0].close:
            yield tr("No measured run is close to this plan; the nearest are:")
        yield tr("Tokens/s are per accelerator.")
        yield from _table([_row(near) for near in report.near])
        yield from dict.fromkeys(f"{near.run.source}: {near.run.reference}" for near in report.near)
    if report.beyond:
        yield report.beyond
    yield from (tr("Guessed: {sentence}", sentence=sentence) for sentence in report.guesses)


def _row(near: NearRun) -> tuple[str, ...]:
    run = near.run
    return (
        run.model,
        f"{format_count(run.accelerators)} {near.accelerator}",
        format_count(run.sequence),
        run.precision,
        _rate(near.measured),
        _rate(near.predicted),
        marked(f"{near.error:+.1%}"),
        run.source,
    )


def _rate(value: float) -> str:
    return format_rounded(value)


def _table(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(_HEADINGS, *rows, strict=True)]
    for row in (_HEADINGS, *rows):
        cells = [
            cell.rjust(width) if heading in _RIGHT else cell.ljust(width)
            for cell, width, heading in zip(row, widths, _HEADINGS, strict=True)
        ]
        yield "  ".join(cells).rstrip()


def _tree(near: NearRun) -> dict[str, Any]:
    run = near.run
    return {
        "id": run.id,
        "model": run.model,
        "accelerator": near.accelerator,
        "count": int(run.accelerators),
        "sequence": int(run.sequence),
        "precision": run.precision,
        "stack": near.stack,
        "layout": near.layout,
        "measured_tokens_per_s_per_gpu": near.measured,
        "predicted_tokens_per_s_per_gpu": near.predicted,
        "error": near.error,
        "distance": near.distance,
        "source": run.source,
        "reference": run.reference,
        "date": run.date,
    }
