"""Scores against measured runs, for a terminal and for other programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from isocost import __version__
from isocost.evidence.validation import HeldOut, Validation
from isocost.files.text import csv_text as table_text
from isocost.language import tr
from isocost.quantities import format_share, plain_spaces

_CSV_COLUMNS = ("figure", "source", "trusted", "runs", "median", "p90", "bias")


def text(found: Validation) -> str:
    """Tables by source, averages, order of layouts, memory and ranges."""
    return plain_spaces("\n".join(_lines(found)))


def json_text(found: Validation) -> str:
    """JSON whose keys are extended in later versions and never renamed; errors are shares."""
    return json.dumps({"isocost": __version__, **asdict(found)}, indent=2, allow_nan=False)


def csv_text(found: Validation) -> str:
    """A row per source: throughput first, then memory."""
    return table_text(_CSV_COLUMNS, _rows(found)).rstrip("\n")


def _rows(found: Validation) -> Iterator[tuple[Any, ...]]:
    apart = found.never_fitted
    for score in (*found.sources, *(apart.sources if apart else ())):
        trusted = "yes" if score.trusted else "no"
        yield "throughput", score.source, trusted, score.runs, score.median, score.p90, score.bias
    for peak in (*found.memory, *(apart.memory if apart else ())):
        yield "memory", peak.source, "", peak.runs, peak.median, peak.p90, peak.bias


def _lines(found: Validation) -> Iterator[str]:
    yield tr(
        "Predicted against measured tokens/s per accelerator, {runs:,} runs. * = trusted source.",
        runs=found.runs,
    )
    yield ""
    rows = [
        (f"{'*' if s.trusted else ' '} {s.source}", f"{s.runs:,}", *_errors(s.median, s.p90, s.bias))
        for s in found.sources
    ]
    yield from _table(("  Source", tr("Runs"), tr("Median error"), "90 % within", tr("Bias")), rows)
    yield ""
    yield tr("Mean over trusted sources of the median error")
    averages = [
        (name, format_share(value), format_share(found.left_out[name]) if name in found.left_out else "")
        for name, value in found.macro.items()
    ]
    yield from _table((tr("Runs"), tr("In the fit"), tr("Source left out")), averages)
    if found.ranking:
        spearman = [r.spearman for r in found.ranking]
        loss = [r.loss for r in found.ranking]
        yield ""
        yield (
            tr(
                "Order of layouts, {count} grids of a model and a count: Spearman {median:.2f} in "
                "the median, {spearman:.2f} at least; the layout predicted fastest loses {share} of "
                "the best one's throughput in the median, {share_2} at the 90th percentile.",
                count=len(found.ranking),
                median=np.median(spearman),
                spearman=min(spearman),
                share=format_share(float(np.median(loss))),
                share_2=format_share(float(np.quantile(loss, 0.9))),
            )
        )
    if found.memory:
        yield ""
        yield tr("Peak memory")
        peaks = [(m.source, f"{m.runs:,}", *_errors(m.median, m.p90, m.bias)) for m in found.memory]
        yield from _table(("Source", tr("Runs"), tr("Median error"), "90 % within", tr("Bias")), peaks)
    if found.never_fitted:
        yield ""
        yield from _never_fitted(found.never_fitted)
    yield ""
    yield tr("Called too large though they ran: {share}.", share=format_share(found.called_too_large))
    yield tr("Inside their 10-90 % range: {share}.", share=format_share(found.covered))
    yield from (tr("Not scored: {reason}", reason=reason) for reason in found.skipped)


def _never_fitted(apart: HeldOut) -> Iterator[str]:
    middle = format_share(float(np.median([s.median for s in apart.sources])))
    yield (
        tr(
            "Sources never fitted: {middle} in the median source; {share} of a source's runs "
            "inside 10-90 % ranges made without it.",
            middle=middle,
            share=format_share(apart.covered),
        )
    )
    rows = [(s.source, f"{s.runs:,}", *_errors(s.median, s.p90, s.bias)) for s in apart.sources]
    peaks = [
        (tr("{source}, memory", source=m.source), f"{m.runs:,}", *_errors(m.median, m.p90, m.bias))
        for m in apart.memory
    ]
    yield from _table(("Source", tr("Runs"), tr("Median error"), "90 % within", tr("Bias")), rows + peaks)


def _errors(median: float, p90: float, bias: float) -> tuple[str, str, str]:
    sign = "+" if bias > 0 else ""
    return format_share(median), format_share(p90), f"{sign}{format_share(bias)}"


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(len(row[i]) for row in (headings, *rows)) for i in range(len(headings))]
    for row in (headings, *rows):
        cells = [
            cell.ljust(width) if i == 0 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()
