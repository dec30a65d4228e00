"""What a plan says of its software and its pipeline that bears on nothing, or cannot be."""

from __future__ import annotations

from collections.abc import Iterator

from isocost.catalog import Catalog
from isocost.catalog.records import AcceleratorEntry
from isocost.engine.peaks import matmul_peak
from isocost.language import tr
from isocost.plan.answer.results import StageEstimate
from isocost.plan.inputs.table import INPUTS
from isocost.plan.kinds import Stage, data_of, uses
from isocost.plan.notice import Notice
from isocost.plan.physics.layouts import SCHEDULE_WORDS
from isocost.plan.physics.resolve import precision_on
from isocost.plan.project.project import Scenario, efficiency_of, hardware_of, layout_of
from isocost.plan.values import Efficiency
from isocost.quantities import format_count, format_significant
from isocost.quantities.units import TERA

_PATHS = ("efficiency.attention", "efficiency.overlap", "efficiency.matmul_tflops")


def software_notices(
    scenario: Scenario, stage: Stage, result: StageEstimate, catalog: Catalog
) -> Iterator[Notice]:
    """Every warning about kernels, overlap, a measured rate, packed documents and a schedule of a stage."""
    efficiency = efficiency_of(scenario, stage)
    entry = catalog.accelerator(hardware_of(scenario, stage).accelerator)
    if uses(stage, "efficiency.mfu") and efficiency.mfu is not None:
        yield from _beside_mfu(efficiency)
    elif uses(stage, "efficiency.matmul_tflops"):
        yield from _rate(efficiency, stage, entry)
        yield from _kernel(efficiency, entry, catalog)
    yield from _documents(stage)
    schedule = layout_of(scenario, stage).schedule
    if result.layout_problem or not result.layout:
        return
    if schedule not in (None, "1f1b") and " PP" not in f" {result.layout}":
        yield Notice(
            "schedule-without-pipeline",
            "layout.schedule",
            tr(
                "The layout used has no pipeline, {layout}: the schedule {schedule_words} changes "
                "nothing. Pin the stages of a pipeline, or leave the schedule open.",
                layout=result.layout,
                schedule_words=SCHEDULE_WORDS[schedule],
            ),
            "info",
        )


def _beside_mfu(efficiency: Efficiency) -> Iterator[Notice]:
    """What a typed MFU makes idle."""
    for path in _PATHS:
        declared, name = INPUTS[path], path.split(".")[1]
        if getattr(efficiency, name) != declared.default:
            yield Notice(
                "idle-beside-mfu",
                path,
                tr(
                    "{label} changes nothing beside a typed MFU, which holds whatever the software does: "
                    "empty the MFU, or leave this open.",
                    label=declared.label,
                ),
                "info",
            )


def _rate(efficiency: Efficiency, stage: Stage, entry: AcceleratorEntry) -> Iterator[Notice]:
    """A measured rate that no product can have had."""
    if efficiency.matmul_tflops is None or (data := data_of(stage)) is None:
        return
    precision = precision_on(entry.spec, data.precision)
    peak = matmul_peak(entry.spec, precision) / TERA
    if efficiency.matmul_tflops > peak:
        yield Notice(
            "matmul-above-peak",
            "efficiency.matmul_tflops",
            tr(
                "{significant} TFLOP/s is above the dense {precision} peak of {short_name}, "
                "{significant_2}: the peak is computed with. Was a sparse rate, or one of another "
                "number format, meant?",
                significant=format_significant(efficiency.matmul_tflops),
                precision=precision.upper(),
                short_name=entry.short_name,
                significant_2=format_significant(peak),
            ),
            "stop",
        )


def _kernel(efficiency: Efficiency, entry: AcceleratorEntry, catalog: Catalog) -> Iterator[Notice]:
    """A kernel that a part does not run, or whose rate on it nobody has measured."""
    architecture = entry.spec.architecture
    if efficiency.attention == "masked":
        if entry.spec.vendor != "NVIDIA":
            yield Notice(
                "kernel-unmeasured",
                "efficiency.attention",
                tr(
                    "Attention that is handed a mask has not been measured on {architecture}: what the mask "
                    "hides is computed too, at the rate of its own kernels.",
                    architecture=architecture,
                ),
                "info",
            )
        return
    if efficiency.attention != "fa2":
        return
    if architecture in (*catalog.constants.efficiency.record().attention_fa2, "Ampere", "Ada"):
        return
    yield Notice(
        "kernel-unmeasured",
        "efficiency.attention",
        tr(
            "FlashAttention-2 has not been measured on {architecture}: attention is computed at "
            "the rate of its own kernels.",
            architecture=architecture,
        ),
        "info",
    )


def _documents(stage: Stage) -> Iterator[Notice]:
    """Documents as long as the sequence, which packing does not cut."""
    data = data_of(stage)
    if data is not None and data.document is not None and data.document >= data.sequence:
        yield Notice(
            "documents-fill-sequence",
            "data.document",
            tr(
                "Documents of {count} tokens fill a sequence of {count_2}: attention goes across the "
                "whole sequence.",
                count=format_count(data.document),
                count_2=format_count(data.sequence),
            ),
            "info",
        )
