"""Pre-training, and its continuation at a longer context or on better data."""

from __future__ import annotations

from collections.abc import Iterator

from isocost.language import tr
from isocost.plan.kinds.kind import MODEL, RENTED, SEARCHED, Case, Kind, ModelStage, every
from isocost.plan.notice import Notice
from isocost.plan.physics.records import Job, StageRun
from isocost.plan.physics.resolve import parameters_of
from isocost.plan.physics.training import Training, train
from isocost.plan.values import Data
from isocost.quantities import format_quantity


class PretrainStage(ModelStage, frozen=True, kw_only=True, tag="pretrain"):
    """Training a model from its architecture and tokens."""

    data: Data


class ContextExtensionStage(PretrainStage, frozen=True, kw_only=True, tag="context-extension"):
    """More training at a longer context, where attention dominates."""


class MidTrainingStage(PretrainStage, frozen=True, kw_only=True, tag="mid-training"):
    """More training on better data at the same context."""


def _run(job: Job) -> list[StageRun]:
    """Every token is read once."""
    return train(job, Training(job.model, job.stage.data))


def _too_little_data(case: Case) -> Iterator[Notice]:
    counted = parameters_of(case.model, case.catalog)
    if case.stage.data.tokens < counted.active:
        yield Notice(
            "tokens-below-parameters",
            "data.tokens",
            tr(
                "Fewer tokens than active parameters: the model would be far from trained; 20 per "
                "parameter would be {quantity}.",
                quantity=format_quantity(20 * counted.active, "number"),
            ),
        )


DATA = every("data", Data)
_INPUTS = (*RENTED, *MODEL, *DATA, *SEARCHED)

PRETRAINING = Kind(
    record=PretrainStage,
    label=tr("Pre-training"),
    help=tr("A model trained from its architecture and tokens."),
    group="final run",
    run=_run,
    inputs=_INPUTS,
    notices=_too_little_data,
    makes_model=True,
)

CONTEXT_EXTENSION = Kind(
    record=ContextExtensionStage,
    label=tr("Context extension"),
    help=tr("More training at a longer context, where attention counts."),
    group="final run",
    run=_run,
    inputs=_INPUTS,
    foremost=("data.sequence",),
    changes_model=True,
    begins=True,
)

MID_TRAINING = Kind(
    record=MidTrainingStage,
    label=tr("Mid-training"),
    help=tr("More training on better data at the same context."),
    group="final run",
    run=_run,
    inputs=_INPUTS,
    changes_model=True,
)
