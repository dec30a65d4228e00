"""The kinds of stage a plan is made of: a module each, or for each family, ending in its :class:`Kind`.

A new kind is a module here and its name in the two lists below; inputs it does not share with other kinds are
rows of the table of inputs, and what a new stage starts with beside its defaults is an entry of
``resources/stages.yaml``.
"""

from __future__ import annotations

from isocost.plan.kinds.ablations import ABLATIONS, Ablations, AblationStage
from isocost.plan.kinds.claim import CLAIM, GpuHoursStage
from isocost.plan.kinds.distillation import DISTILLATION, Distillation, DistillationStage
from isocost.plan.kinds.generation import (
    EVALUATION,
    GENERATION,
    EvaluationStage,
    Generation,
    GenerationStage,
)
from isocost.plan.kinds.kind import Kind, ModelStage, StageBase, data_of, tokens_read
from isocost.plan.kinds.preference import PREFERENCE, Preference, PreferenceStage
from isocost.plan.kinds.pretraining import (
    CONTEXT_EXTENSION,
    MID_TRAINING,
    PRETRAINING,
    ContextExtensionStage,
    MidTrainingStage,
    PretrainStage,
)
from isocost.plan.kinds.reinforcement import REINFORCEMENT, Rl, RlStage, RolloutPhase
from isocost.plan.kinds.tuning import SFT, SftStage

__all__ = [
    "KINDS",
    "AblationStage",
    "Ablations",
    "ContextExtensionStage",
    "Distillation",
    "DistillationStage",
    "EvaluationStage",
    "Generation",
    "GenerationStage",
    "GpuHoursStage",
    "Kind",
    "MidTrainingStage",
    "ModelStage",
    "Preference",
    "PreferenceStage",
    "PretrainStage",
    "Rl",
    "RlStage",
    "RolloutPhase",
    "SftStage",
    "Stage",
    "StageBase",
    "data_of",
    "kind_of",
    "tokens_read",
    "uses",
]

KINDS: dict[str, Kind] = {
    kind.tag: kind
    for kind in (
        PRETRAINING,
        CONTEXT_EXTENSION,
        MID_TRAINING,
        SFT,
        PREFERENCE,
        REINFORCEMENT,
        DISTILLATION,
        GENERATION,
        EVALUATION,
        ABLATIONS,
        CLAIM,
    )
}
"""Every kind by its name in a plan file, in the order of a menu."""

Stage = (
    PretrainStage
    | ContextExtensionStage
    | MidTrainingStage
    | SftStage
    | PreferenceStage
    | RlStage
    | DistillationStage
    | GenerationStage
    | EvaluationStage
    | AblationStage
    | GpuHoursStage
)
"""A stage of any of these kinds."""


def kind_of(stage: StageBase) -> Kind:
    """The kind of a stage."""
    return KINDS[str(stage.__struct_config__.tag)]


def uses(stage: StageBase, path: str) -> bool:
    """Whether an input bears on what a stage takes.

    Inputs of what surrounds the run belong to the scenario and to no stage.
    """
    return kind_of(stage).uses(stage, path)
