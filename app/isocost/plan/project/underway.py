"""What a plan keeps of a stage that runs already."""

from __future__ import annotations

from msgspec.structs import replace

from isocost.plan.kinds import ModelStage, Stage, data_of, tokens_read
from isocost.plan.project.project import Project, Scenario, replace_stage
from isocost.plan.values import Underway


def can_run(stage: Stage) -> bool:
    """Whether a record can be held against a stage: it trains on tokens of its own."""
    return stage.enabled and isinstance(stage, ModelStage) and data_of(stage) is not None


def underway_of(stage: Stage) -> Underway | None:
    """What a plan keeps of a stage that runs; None = nothing."""
    return stage.actual if isinstance(stage, ModelStage) else None


def running_stage(scenario: Scenario) -> int | None:
    """The place of the first stage the plan says how far it is of; None = of none."""
    return next(
        (at for at, stage in enumerate(scenario.stages) if can_run(stage) and underway_of(stage) is not None),
        None,
    )


def with_underway(project: Project, told: Underway | None, *, scenario: int = 0, stage: int = 0) -> Project:
    """The project with what is told of a stage that runs; nothing told = None."""
    held = project.scenarios[scenario].stages[stage]
    assert isinstance(held, ModelStage)
    kept = None if told == Underway() else told
    return replace_stage(project, replace(held, actual=kept), scenario=scenario, stage=stage)


def tokens_done(stage: Stage, told: Underway) -> float | None:
    """Tokens a stage has trained on, as told or as its share of the stage's; None = it is not told."""
    if told.tokens is not None:
        return told.tokens
    return None if told.share is None else told.share * tokens_read(stage)
