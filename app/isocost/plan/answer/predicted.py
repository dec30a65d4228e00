"""A stage of claimed hours made again from its model and its text, for the estimate to predict."""

from __future__ import annotations

import math
from dataclasses import dataclass

import msgspec

from isocost.catalog import Catalog
from isocost.catalog.records import PublishedRun
from isocost.language import tr
from isocost.plan.inputs.defaults import new_stage
from isocost.plan.inputs.table import CHOICES
from isocost.plan.kinds import KINDS, GpuHoursStage, Stage, data_of
from isocost.plan.project.project import Project, hardware_of, model_of
from isocost.quantities import format_quantity, within_factor

_KINDS = {
    "pretrain": "pretrain",
    "total": "pretrain",
    "context-extension": "context-extension",
    "sft": "sft",
    "rl": "rl",
    "data-generation": "generation",
    "distill": "distillation",
}
"""The kind of stage that a published run is."""
ABOUT = 1.1
"""A claim and a published run within this factor in hours are taken for the same."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """A stage that takes a claim's place, and where it comes from."""

    stage: Stage
    words: str
    """What it is, as a sentence."""


def predicted(project: Project, at: int, catalog: Catalog, scenario: int = 0) -> Prediction | None:
    """The stage of a kind with physics behind it that a claimed one stands for; None for other stages.

    It is what the published run of the same model and about as many hours is, else pre-training; where that
    run's text is not published it starts as any new stage of its kind.
    """
    chosen = project.scenarios[scenario]
    claimed = chosen.stages[at]
    if not isinstance(claimed, GpuHoursStage):
        return None
    model = model_of(chosen, claimed)
    hours = claimed.gpu_hours or (claimed.hours or 0.0) * hardware_of(chosen, claimed).count
    runs = catalog.runs_of(model.name) if model.name is not None else ()
    run = _like(runs, hours)
    kind = KINDS[_KINDS[run.stage] if run is not None else "pretrain"]
    made = new_stage(kind.tag, catalog)
    words = tr("{label} with the values a new stage has, as its own are not published.", label=kind.label)
    if run is not None and run.tokens and data_of(made) is not None:
        formats = CHOICES["data.precision"].options
        told = next((name for name in formats if name == run.precision.lower()), made.data.precision)
        data = msgspec.structs.replace(made.data, tokens=run.tokens, precision=told)
        made = msgspec.structs.replace(made, data=data)
        tokens = format_quantity(run.tokens, "number")
        words = tr(
            "{label} on {tokens} tokens, as published for {label_2} ({source}).",
            label=kind.label,
            tokens=tokens,
            label_2=run.label,
            source=run.source,
        )
    kept = {
        name: getattr(claimed, name) for name in ("name", "group", "note", "enabled", "hardware", "price")
    }
    return Prediction(msgspec.structs.replace(made, **kept), words)


def _like(runs: tuple[PublishedRun, ...], hours: float) -> PublishedRun | None:
    """The published run nearest in hours; None where none is near."""
    near = [
        (abs(math.log(hours / run.gpu_hours)), at)
        for at, run in enumerate(runs)
        if run.trusted and run.gpu_hours and hours > 0.0 and within_factor(hours / run.gpu_hours, ABOUT)
    ]
    return runs[min(near)[1]] if near else None
