"""An estimate for other programs and documents: JSON, CSV and Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from isocost import __version__
from isocost.catalog.records import named_for
from isocost.evidence.word import Evidence
from isocost.files.text import csv_text as table_text
from isocost.language import tr
from isocost.plan.answer.results import Estimate, StageEstimate
from isocost.plan.doubt.span import Range
from isocost.plan.money.ledger import LedgerLine
from isocost.quantities import (
    format_cents,
    format_count,
    format_duration,
    format_rounded,
    format_share,
    plain_spaces,
)
from isocost.report.estimate_questions import Question
from isocost.report.findings.header import currency_words, evidence_line
from isocost.report.forms import json_of
from isocost.report.forms import markdown as md

_CSV_COLUMNS = (
    "stage", "group", "kind", "accelerator", "count", "usd_per_gpu_hour", "gpu_hours", "wall_days",
    "cost_usd", "mfu", "tokens_per_s_per_gpu", "fits", "layout", "energy_kwh", "co2_kg",
    "evidence", "fit",
)  # fmt: skip


def json_text(result: Estimate, asked: Sequence[Question] = ()) -> str:
    """JSON whose keys are extended in later versions and never renamed; absent values are null.

    Figures are USD, as their keys say; ``currency`` is the one that sentences are in.
    """
    tree = _json_tree(result) | {each.key: each.figures for each in asked}
    return json_of(tree)


def csv_text(result: Estimate) -> str:
    """One row a stage, one a line of the ledger beside them and one for the total, for a spreadsheet."""
    return table_text(_CSV_COLUMNS, _csv_rows(result)).rstrip("\n")


def _csv_rows(result: Estimate) -> Iterator[Iterable[Any]]:
    for stage in result.stages:
        if stage.enabled:
            yield _csv_row(stage)
    blank = dict.fromkeys(_CSV_COLUMNS, "")
    for line in result.ledger:
        if line.key and not line.key.startswith("stage."):
            around = {"stage": line.line, "group": line.group, "kind": "ledger"}
            yield (blank | around | {"cost_usd": line.cost_usd}).values()
    total = result.total
    row = blank | {
        "stage": tr("Total"),
        "gpu_hours": total.gpu_hours,
        "wall_days": total.wall_days,
        "cost_usd": total.cost_usd,
        "energy_kwh": total.energy_kwh,
        "co2_kg": total.co2_kg,
    }
    yield row.values()


def markdown_text(result: Estimate, asked: Sequence[Question] = ()) -> str:
    """A heading, the headline, a table of stages, groups, questions beside the bill and warnings."""
    known = "" if result.evidence is None else evidence_line(result.evidence)
    lines = [
        f"## {md(result.project)}: {md(result.scenario)}",
        "",
        f"**{md(result.headline)}.**"
        + "".join(f" {md(words)}." for words in (result.doubt, result.usage, known) if words)
        + (tr(" Amounts {md}.", md=md(words)) if (words := currency_words(result.money)) else ""),
        "",
        tr(
            "| Stage | Cost | {named_for} | Time | Accelerators | MFU | Memory |",
            named_for=named_for(result.noun, tr("GPU-hours"), heading=True),
        ),
        "|---|---:|---:|---:|---|---:|---|",
    ]
    lines += [_markdown_row(stage) for stage in result.stages if stage.enabled]
    total = result.total
    lines.append(
        f"| **Total** | {md(format_cents(total.cost_usd))} | {format_rounded(total.gpu_hours)} "
        f"| {format_duration(total.wall_days)} | | | |"
    )
    if result.groups:
        lines += ["", tr("| Group | Cost | Share |"), "|---|---:|---:|"]
        lines += [
            f"| {md(group.name)} | {md(format_cents(group.cost_usd))} | {format_share(group.share)} |"
            for group in result.groups
        ]
    if len(result.ledger) > len([stage for stage in result.stages if stage.enabled]):
        lines += ["", tr("| Ledger | Cost | Part | Arithmetic |"), "|---|---:|---|---|"]
        lines += [
            f"| {md(line.line)} | {md(format_cents(line.cost_usd))} | {line.group} | {md(line.how)} |"
            for line in result.ledger
        ]
    if result.ledger:
        lines += [
            "",
            *(f"- {md(line.line)}: {md(line.source)}" for line in result.ledger if line.source),
        ]
    for each in asked:
        lines += [
            "",
            f"### {md(each.title)}",
            "",
            *(f"- {md(sentence)}" for sentence in each.sentences),
        ]
    if result.warnings:
        lines += ["", *(f"- `{notice.field}`: {md(notice.message)}" for notice in result.warnings)]
    return plain_spaces("\n".join(lines))


def _json_tree(result: Estimate) -> dict[str, Any]:
    total, span = result.total, result.range
    return {
        "isocost": __version__,
        "project": result.project,
        "scenario": result.scenario,
        "currency": {
            "code": result.money.code,
            "per_usd": result.money.per_usd,
            "date": result.money.date or None,
        },
        "total": {
            "cost_usd": total.cost_usd,
            "gpu_hours": total.gpu_hours,
            "hours_of": result.noun,
            "wall_days": total.wall_days,
            "energy_kwh": total.energy_kwh,
            "co2_kg": total.co2_kg,
        },
        "range": span
        and {
            "cost_usd": _range(span.cost_usd),
            "wall_days": _range(span.wall_days),
            "parts": {part.identity: _range(part.cost_usd) for part in span.parts},
        },
        "fit": result.fit,
        **_json_evidence(result.evidence),
        "stages": [_json_stage(stage) for stage in result.stages if stage.enabled],
        "ledger": [_json_line(line) for line in result.ledger],
        "warnings": [
            {"code": notice.code, "field": notice.field, "message": plain_spaces(notice.message)}
            for notice in result.warnings
        ],
    }


def _json_line(line: LedgerLine) -> dict[str, Any]:
    return {
        "line": line.line,
        "cost_usd": line.cost_usd,
        "key": line.key,
        "group": line.group,
        "how": plain_spaces(line.how),
        "source": line.source,
        "inputs": dict(line.inputs),
    }


def _json_stage(stage: StageEstimate) -> dict[str, Any]:
    return {
        "name": stage.name,
        "kind": stage.kind,
        "cost_usd": stage.cost_usd,
        "gpu_hours": stage.gpu_hours,
        "hours_of": stage.noun,
        "wall_days": stage.wall_days,
        "accelerator": stage.accelerator,
        "count": stage.count,
        "mfu": stage.mfu,
        "goodput": stage.goodput,
        "waste": stage.waste,
        "tokens_per_s_per_gpu": stage.tokens_per_s_per_gpu,
        "fits": stage.fits,
        "fit": stage.fit,
        "layout": stage.layout,
        **_json_memory(stage),
        **_json_evidence(stage.evidence),
    }


def _json_memory(stage: StageEstimate) -> dict[str, Any]:
    """Bytes of an accelerator at the peak of a step: expected, likely from and to, and what can be used."""
    held, word = stage.memory, stage.fit
    if held is None or word is None:
        names = ("bytes", "low_bytes", "high_bytes", "usable_bytes", "fits")
        return {f"memory_{name}": None for name in names}
    return {
        "memory_bytes": held.total,
        "memory_low_bytes": held.total * held.low,
        "memory_high_bytes": held.total * held.high,
        "memory_usable_bytes": held.limit,
        "memory_fits": "close" if word.startswith("probably") else "yes" if word == "fits" else "no",
    }


def _json_evidence(evidence: Evidence | None) -> dict[str, str | None]:
    """The word of a prediction and its reason; null where nothing is predicted."""
    return {
        "evidence": None if evidence is None else evidence.word,
        "evidence_reason": None if evidence is None else evidence.reason,
    }


def _range(span: Range) -> dict[str, float]:
    return {"p10": span.p10, "p50": span.p50, "p90": span.p90}


def _csv_row(stage: StageEstimate) -> list[Any]:
    values = _json_stage(stage) | {
        "stage": stage.name,
        "group": stage.group,
        "usd_per_gpu_hour": stage.usd_per_gpu_hour,
        "energy_kwh": stage.energy_kwh,
        "co2_kg": stage.co2_kg,
        "fits": {True: "yes", False: "no", None: ""}[stage.fits],
    }
    return [values[name] for name in _CSV_COLUMNS]


def _markdown_row(stage: StageEstimate) -> str:
    cells = (
        md(stage.name),
        md(format_cents(stage.cost_usd)),
        format_rounded(stage.gpu_hours),
        format_duration(stage.wall_days),
        f"{format_count(stage.count)} {md(stage.accelerator_name)}",
        "" if stage.mfu is None or not stage.runs else format_share(stage.mfu),
        "" if stage.fit is None else tr(stage.fit),
    )
    return f"| {' | '.join(cells)} |"
