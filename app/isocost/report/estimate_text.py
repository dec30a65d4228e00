"""An estimate as plain text for a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from isocost.catalog.records import named_for
from isocost.language import in_sentence, tr
from isocost.plan.answer.results import Estimate, StageEstimate
from isocost.plan.physics.records import Breakdown, Detail, FlopCount
from isocost.quantities import (
    format_cents,
    format_count,
    format_duration,
    format_memory,
    format_memory_between,
    format_memory_of,
    format_money,
    format_quantity,
    format_rounded,
    format_share,
    marked,
    plain_spaces,
)
from isocost.report.decisions.doubting.doubt import days_said
from isocost.report.estimate_questions import Question
from isocost.report.findings.header import currency_words, evidence_line, range_rows
from isocost.report.findings.said import fitted_words
from isocost.report.forms import aligned

KG_PER_TONNE = 1000.0
LARGEST_PARTS = 4
WORTH_EXPLAINING = 0.005
"""Differences from 6ND below half a percent are not explained."""
_WORDS = frozenset(
    {"Stage", "Accelerators", "Memory", "Layout", "Evidence", "Ledger", "Part", "Arithmetic", "Source"}
)
"""Headings of columns of text; the others hold figures."""
_STAGE_HEADINGS = (
    "Stage",
    tr("Cost"),
    "GPU-hours",
    tr("Time"),
    "Accelerators",
    "MFU",
    "Tokens/s/GPU",
    "Memory",
    "Layout",
    "Evidence",
)


def text(result: Estimate, asked: Sequence[Question] = ()) -> str:
    """The whole estimate: headline, totals, stages, groups, work, prices, questions beside it, warnings."""
    counted = [stage for stage in result.stages if stage.enabled]
    known = "" if result.evidence is None else evidence_line(result.evidence)
    sections = [
        [
            f"{result.project} | {result.scenario}",
            result.headline,
            *(words for words in (result.doubt, result.usage, known) if words),
            *([tr("Amounts {words}", words=words)] if (words := currency_words(result.money)) else []),
        ],
        list(_total(result)),
        aligned(
            [named_for(result.noun, each, heading=True) for each in _STAGE_HEADINGS],
            [_stage_row(stage) for stage in counted],
            _WORDS,
        ),
        [tr("Switched off: {name}", name=stage.name) for stage in result.stages if not stage.enabled],
        [
            f"{group.name}: {format_cents(group.cost_usd)}, {format_share(group.share)}"
            for group in result.groups
        ],
        _ledger(result, len(counted)),
        [line for stage in counted for line in _work(stage)],
        *([f"{stage.name}:", *_details(stage)] for stage in counted if stage.details),
        list(dict.fromkeys(_price(stage) for stage in counted)),
        *([f"{each.title}:", *(f"  {sentence}" for sentence in each.sentences)] for each in asked),
        [f"{notice.field}: {notice.message}" for notice in result.warnings],
    ]
    return plain_spaces("\n\n".join("\n".join(section) for section in sections if section))


def work_sentence(flops: FlopCount) -> str:
    """The FLOPs of a stage beside 6ND, and why the two differ."""
    ours, quoted = format_quantity(flops.total, "number"), format_quantity(flops.six_nd, "number")
    attention = flops.attention / flops.six_nd
    matmul = flops.matmul / flops.six_nd - 1
    reasons = [tr("attention over the sequence adds {share}", share=format_share(attention))]
    if flops.frozen:
        reasons.append(tr("frozen weights have no gradients, which takes away a third"))
    elif flops.reference:
        reasons.append(tr("the reference model reads every token too, a third more"))
    elif matmul > WORTH_EXPLAINING:
        reasons.append(
            tr(
                "layers used in training only (multi-token prediction) add {share}",
                share=format_share(matmul),
            )
        )
    elif matmul < -WORTH_EXPLAINING:
        reasons.append(
            tr("embedding look-ups, which multiply nothing, take away {share}", share=format_share(-matmul))
        )
    difference = flops.total / flops.six_nd - 1
    return tr(
        "{ours} FLOPs; 6ND says {quoted} ({marked} %): {list}.",
        ours=ours,
        quoted=quoted,
        marked=marked(f"{difference * 100:+.1f}"),
        list=", ".join(reasons),
    )


def _total(result: Estimate) -> Iterator[str]:
    total = result.total
    hours = f"{_rounded(total.gpu_hours)} {named_for(result.noun, tr('GPU-hours'))}"
    bill = tr("Total: {cents} for {hours}", cents=format_cents(total.cost_usd), hours=hours)
    yield fitted_words(result, bill)
    if result.range is not None:
        cost, days = result.range.cost_usd, result.range.wall_days
        yield (
            tr(
                "Range: 8 chances in 10 that it costs {money} to {money_2}, as many that it runs {days_said}",
                money=format_money(cost.p10),
                money_2=format_money(cost.p90),
                days_said=days_said(days.p10, days.p90),
            )
        )
        if result.range.parts:
            made_of = "; ".join(f"{name} {ends}" for name, ends in range_rows(result.range))
            yield tr("The range of the cost is made of: {made_of}", made_of=made_of)
    energy = tr(
        "Energy: {rounded} kWh, {rounded_2} t CO2e",
        rounded=_rounded(total.energy_kwh),
        rounded_2=_rounded(total.co2_kg / KG_PER_TONNE),
    )
    yield fitted_words(result, energy)


def _rounded(value: float) -> str:
    return format_count(value) if value >= 100 else format_quantity(value, "number")


def _stage_row(stage: StageEstimate) -> tuple[str, ...]:
    return (
        stage.name,
        format_cents(stage.cost_usd),
        _rounded(stage.gpu_hours),
        format_duration(stage.wall_days),
        f"{format_count(stage.count)} {stage.accelerator_name}",
        "" if stage.mfu is None or not stage.runs else format_share(stage.mfu),
        ""
        if stage.tokens_per_s_per_gpu is None or not stage.runs
        else format_count(stage.tokens_per_s_per_gpu),
        "" if stage.fit is None else tr(stage.fit),
        stage.layout or "",
        "" if stage.evidence is None else stage.evidence.word,
    )


def _work(stage: StageEstimate) -> Iterator[str]:
    if stage.flops is not None:
        yield f"{stage.name}: {work_sentence(stage.flops)}"
    # Pins that make every layout impossible leave memory enough, and have a notice of their own.
    if stage.mfu is not None and not stage.runs and stage.held is not None and stage.held.too_much:
        yield tr(
            "{name}: no layout fits; cost and time are what the one that needs the least memory would come "
            "to, had the accelerators that much.",
            name=stage.name,
        )
    elif stage.mfu is not None and stage.runs:
        goodput = "" if stage.goodput is None else tr("; goodput {share}", share=format_share(stage.goodput))
        if stage.waste:
            goodput += tr(
                "; whole-run waste {share}, {waste_source}",
                share=format_share(stage.waste),
                waste_source=stage.waste_source,
            )
        share = tr("{share} of the {mfu_basis}", share=format_share(stage.mfu), mfu_basis=stage.mfu_basis)
        yield f"{stage.name}: MFU {share}, {stage.mfu_source}{goodput}."
    if stage.held is not None:
        total, limit = stage.held.total, stage.held.limit
        held = (
            format_memory(total)
            if limit is None
            else tr("{memory_of} usable", memory_of=format_memory_of(total, limit))
        )
        likely = ""
        if stage.held.low < stage.held.high:
            ends = (total * stage.held.low, total * stage.held.high)
            likely = tr(", likely {memory_between}", memory_between=format_memory_between(*ends, digits=2))
        parts = _largest(stage.held, format_memory)
        yield tr(
            "{name}: {held} on each accelerator{likely}: {parts}.",
            name=stage.name,
            held=held,
            likely=likely,
            parts=parts,
        )
    if stage.step is not None and stage.step.total > 0 and stage.runs:
        whole = stage.step.total
        parts = _largest(stage.step, lambda seconds: format_share(seconds / whole, decimals=0))
        taken = format_rounded(whole)
        yield tr(
            "{name}: a step takes {taken} s as predicted: {parts}.", name=stage.name, taken=taken, parts=parts
        )


def _largest(breakdown: Breakdown, shown: Callable[[float], str]) -> str:
    """The largest parts of a breakdown, largest first."""
    parts = sorted(breakdown.parts, key=lambda part: part.amount, reverse=True)[:LARGEST_PARTS]
    return ", ".join(f"{in_sentence(part.label)} {shown(part.amount)}" for part in parts if part.amount > 0)


def _details(stage: StageEstimate) -> Iterator[str]:
    """The facts of a stage, one a line, labels and values aligned."""
    values = [detail_value(detail) for detail in stage.details]
    label = max(len(tr(detail.label)) for detail in stage.details)
    width = max(len(value) for value in values)
    for detail, value in zip(stage.details, values, strict=True):
        yield f"  {tr(detail.label).ljust(label)}  {value.ljust(width)}  {detail.note}".rstrip()


def detail_value(detail: Detail) -> str:
    """A fact's value with its unit: "33,021 GPU-hours", "longest response"."""
    if isinstance(detail.value, str) or detail.quantity == "":
        return str(detail.value)
    shown = format_quantity(detail.value, detail.quantity)
    return f"{shown} {detail.unit}" if detail.unit else shown


def _price(stage: StageEstimate) -> str:
    """The rent of a stage with its source."""
    hour = named_for(stage.noun, "GPU-hour")
    rate = tr(
        "Price: {money} per {hour} on {accelerator_name}",
        money=format_money(stage.usd_per_gpu_hour),
        hour=hour,
        accelerator_name=stage.accelerator_name,
    )
    return f"{rate}: {stage.price_source}" if stage.price_source else rate


def _ledger(result: Estimate, stages: int) -> list[str]:
    """The bill line by line, when it holds more than the stages' rents."""
    if len(result.ledger) <= stages:
        return []
    rows: list[tuple[str, ...]] = [
        (each.line, format_cents(each.cost_usd), each.group, each.how) for each in result.ledger
    ]
    rows.append((tr("Programme"), format_cents(result.total.cost_usd), "", ""))
    sources = [f"{each.line}: {each.source}" for each in result.ledger[stages:] if each.source]
    return [*aligned(("Ledger", tr("Cost"), "Part", "Arithmetic"), rows, _WORDS), "", *sources]
