"""Putting the correction by somebody's own runs into a plan, or into one stage of it."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from isocost.evidence.own_runs import Calibration
from isocost.evidence.predict import OwnRuns
from isocost.language import tr
from isocost.plan.kinds import ModelStage, kind_of
from isocost.plan.project.editing import hold_sections
from isocost.plan.project.project import Project, Scenario, replace_scenario, replace_stage
from isocost.plan.values import Correction, MeasuredSpeed

MOST_RUNS = 200
"""Runs a plan keeps one by one; of more it keeps what they come to."""


def correctable(scenario: Scenario) -> tuple[int, ...]:
    """Places of the stages that are predicted from their model, which a correction changes."""
    return tuple(
        at for at, stage in enumerate(scenario.stages) if kind_of(stage).uses(stage, "efficiency.mfu")
    )


def correction_by(found: OwnRuns, measured: Sequence[MeasuredSpeed] = ()) -> Correction:
    """What runs correct, as a plan keeps it, with the runs where they are few enough."""
    kept = tuple(measured) if len(measured) <= MOST_RUNS else ()
    return Correction(found.factor, found.low, found.high, found.runs, found.source, found.date, kept)


def correction_from(found: Calibration) -> Correction:
    """What a table of runs corrects, as a plan keeps it."""
    measured = [
        MeasuredSpeed(
            tr("{source}, line {line}", source=found.found.source, line=run.line),
            run.measured,
            run.before,
            run.low,
            run.high,
            found.found.date,
        )
        for run in found.runs
        if run.measured and run.before and run.low and run.high
    ]
    return correction_by(found.found, measured)


def with_correction(
    project: Project, found: Correction | None, *, scenario: int = 0, stage: int | None = None
) -> Project:
    """The project with a correction of all its scenario's stages, or of one, which then has an efficiency of
    its own; None = without one. Stages with an efficiency of their own keep theirs unless they are meant.
    """
    chosen = project.scenarios[scenario]
    if stage is None:
        changed = replace(chosen, efficiency=replace(chosen.efficiency, correction=found))
        return replace_scenario(project, changed, scenario=scenario)
    held = hold_sections(project, ("efficiency",), stage, scenario=scenario)
    own = held.scenarios[scenario].stages[stage]
    assert isinstance(own, ModelStage)
    assert own.efficiency is not None
    corrected = replace(own, efficiency=replace(own.efficiency, correction=found))
    return replace_stage(held, corrected, scenario=scenario, stage=stage)
