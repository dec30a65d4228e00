"""The work of a scenario on other accelerators, or on more or fewer: what was told of its own ones alone."""

from __future__ import annotations

import numpy as np
from msgspec.structs import replace

from isocost.catalog import Catalog
from isocost.plan.kinds import GpuHoursStage, RlStage, Stage, uses
from isocost.plan.kinds.claim import hours_on
from isocost.plan.kinds.reinforcement import recipe_of
from isocost.plan.physics.rounds import recipe_on
from isocost.plan.project.project import Scenario, efficiency_of, model_of
from isocost.plan.project.ranges import SEPARATOR, InputRange
from isocost.plan.project.runs import run_scenario
from isocost.plan.values import SMALLEST_MFU

MFU, UPDATE = "efficiency.mfu", "rl.mfu"


def same_work(before: Scenario, accelerator: str, count: int, catalog: Catalog) -> Scenario:
    """A scenario with the same work as it is done elsewhere; hardware and price are left to the caller.

    Claimed hours are of the accelerators they were claimed on: on others they become the hours of equal
    utilization. A typed MFU is of the plan's cluster: elsewhere it is what the curves take there, and a range
    of it is as wide. Stages that shared one and would differ each hold their own.

    Raises:
        CatalogError: no model has such parameters.
    """
    stages = tuple(_claimed_on(stage, before, accelerator, count, catalog) for stage in before.stages)
    after = _with_updates(replace(before, stages=stages), accelerator, catalog)
    stages, found = after.stages, _mfus_on(before, accelerator, count, catalog)
    sharing = [at for at, stage in enumerate(stages) if _shares(stage)]
    values = {found.get(at) for at in sharing}
    if len(values) == 1 and (mfu := values.pop()) is not None:
        after = _with_shared_mfu(after, mfu)
        found = {at: each for at, each in found.items() if at not in sharing}
    for at, each in found.items():
        if each != efficiency_of(after, stages[at]).mfu:
            after = _with_own_mfu(after, at, each)
    if sharing and not any(_shares(stage) for stage in after.stages):
        after = replace(after, ranges=tuple(held for held in after.ranges if held.path != MFU))
    return after


def _claimed_on(stage: Stage, before: Scenario, accelerator: str, count: int, catalog: Catalog) -> Stage:
    held = before.hardware
    same = accelerator == held.accelerator and count == held.count
    if not isinstance(stage, GpuHoursStage) or stage.hardware is not None or same:
        return stage
    if stage.gpu_hours is not None and accelerator == held.accelerator:
        return stage
    return replace(stage, hours=None, gpu_hours=hours_on(stage, held, accelerator, catalog))


def _with_updates(scenario: Scenario, accelerator: str, catalog: Catalog) -> Scenario:
    """The scenario with the typed MFUs of reinforcement learning's updates as they are there."""
    stages, ranges = list(scenario.stages), list(scenario.ranges)
    for at, stage in enumerate(stages):
        if not isinstance(stage, RlStage) or stage.hardware is not None or stage.rl.mfu is None:
            continue
        recipe = recipe_of(stage.rl, model_of(scenario, stage))
        mfu = recipe_on(accelerator, recipe, scenario.hardware.accelerator, catalog).plan.mfu
        assert mfu is not None
        stages[at] = replace(stage, rl=replace(stage.rl, mfu=mfu))
        by = mfu / stage.rl.mfu
        ranges = [
            _scaled(held, held.path, by) if held.input == UPDATE and held.stage in ("", stage.name) else held
            for held in ranges
        ]
    return replace(scenario, stages=tuple(stages), ranges=tuple(ranges))


def _shares(stage: Stage) -> bool:
    """Whether a stage takes its scenario's MFU."""
    return uses(stage, MFU) and getattr(stage, "efficiency", None) is None


def _mfus_on(before: Scenario, accelerator: str, count: int, catalog: Catalog) -> dict[int, float]:
    """What typed MFUs are there, by the place of each stage that has one and is on shared hardware."""
    typed = {
        at: stage
        for at, stage in enumerate(before.stages)
        if stage.hardware is None and uses(stage, MFU) and efficiency_of(before, stage).mfu is not None
    }
    if not typed:
        return {}
    alone, counts = replace(before, stages=tuple(typed.values())), [np.array([count], dtype=np.int64)]
    runs = run_scenario(alone, [accelerator], counts, catalog)
    found = {at: each.mfu for at, (each,) in zip(typed, runs, strict=True)}
    return {at: max(float(mfu[0]), SMALLEST_MFU) for at, mfu in found.items() if mfu is not None}


def _with_shared_mfu(scenario: Scenario, mfu: float) -> Scenario:
    efficiency = scenario.efficiency
    assert efficiency.mfu is not None
    by = mfu / efficiency.mfu
    ranges = tuple(_scaled(held, MFU, by) if held.path == MFU else held for held in scenario.ranges)
    return replace(scenario, efficiency=replace(efficiency, mfu=mfu), ranges=ranges)


def _with_own_mfu(scenario: Scenario, at: int, mfu: float) -> Scenario:
    stage = scenario.stages[at]
    efficiency = efficiency_of(scenario, stage)
    assert efficiency.mfu is not None
    own, by = f"{stage.name}{SEPARATOR}{MFU}", mfu / efficiency.mfu
    # A range of one stage's alone stands before that of all.
    known = {held.path: held for held in scenario.ranges if held.path == own or _shares(stage)}
    ranges = tuple(held for held in scenario.ranges if held.path != own)
    if (wide := known.get(own) or known.get(MFU)) is not None:
        ranges += (_scaled(wide, own, by),)
    changed = replace(stage, efficiency=replace(efficiency, mfu=mfu))
    stages = (*scenario.stages[:at], changed, *scenario.stages[at + 1 :])
    return replace(scenario, stages=stages, ranges=ranges)


def _scaled(held: InputRange, path: str, by: float) -> InputRange:
    mode = None if held.mode is None else held.mode * by
    return replace(held, path=path, low=held.low * by, high=held.high * by, mode=mode)
