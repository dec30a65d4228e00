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

MFU, GOODPUT, UPDATE = "efficiency.mfu", "efficiency.goodput", "rl.mfu"
SECTION = "efficiency."


def same_work(before: Scenario, accelerator: str, count: int, catalog: Catalog) -> Scenario:
    """A scenario with the same work as it is done elsewhere; hardware and price are left to the caller.

    Claimed hours are of the accelerators they were claimed on: on others they become the hours of equal
    utilization. A typed MFU or goodput is of the plan's cluster: elsewhere it is what the curves take there,
    and a range of it is as wide. Stages that shared one and would differ each hold their own.

    Raises:
        CatalogError: no model has such parameters.
    """
    stages = tuple(_claimed_on(stage, before, accelerator, count, catalog) for stage in before.stages)
    after = _with_updates(replace(before, stages=stages), accelerator, catalog)
    shared = any(map(_shares, after.stages))
    for path, found in _typed_on(before, accelerator, count, catalog).items():
        after = _with_typed(after, path, found)
    if shared and not any(map(_shares, after.stages)):
        after = replace(
            after, ranges=tuple(held for held in after.ranges if not held.path.startswith(SECTION))
        )
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


def _shares(stage: Stage, path: str = "") -> bool:
    """Whether a stage takes its scenario's efficiency, of an input where it uses that."""
    used = uses(stage, path) if path else uses(stage, MFU) or uses(stage, GOODPUT)
    return used and getattr(stage, "efficiency", None) is None


def typed_value(scenario: Scenario, stage: Stage, path: str) -> float | None:
    """What is typed of an input of a stage's efficiency; None = nothing, or the stage has no use for it."""
    value: float | None = getattr(efficiency_of(scenario, stage), path.removeprefix(SECTION))
    return value if uses(stage, path) else None


def _typed_on(
    before: Scenario, accelerator: str, count: int, catalog: Catalog
) -> dict[str, dict[int, float]]:
    """What typed MFUs and goodputs are there: of each, by the place of a stage on shared hardware."""
    typed = {
        at: stage
        for at, stage in enumerate(before.stages)
        if stage.hardware is None
        and any(typed_value(before, stage, path) is not None for path in (MFU, GOODPUT))
    }
    if not typed:
        return {}
    alone, counts = replace(before, stages=tuple(typed.values())), [np.array([count], dtype=np.int64)]
    runs = run_scenario(alone, [accelerator], counts, catalog)
    found: dict[str, dict[int, float]] = {MFU: {}, GOODPUT: {}}
    for (at, stage), (run,) in zip(typed.items(), runs, strict=True):
        for path, there in ((MFU, run.mfu), (GOODPUT, run.goodput)):
            if there is not None and typed_value(before, stage, path) is not None:
                found[path][at] = max(float(there[0]), SMALLEST_MFU)
    return found


def _with_typed(scenario: Scenario, path: str, found: dict[int, float]) -> Scenario:
    """The scenario with what was typed of an input as it is there, by the place of each stage."""
    sharing = [at for at, stage in enumerate(scenario.stages) if _shares(stage, path)]
    values = {found.get(at) for at in sharing}
    if len(values) == 1 and (shared := values.pop()) is not None:
        scenario = _with_shared(scenario, path, shared)
        found = {at: each for at, each in found.items() if at not in sharing}
    for at, each in found.items():
        if each != typed_value(scenario, scenario.stages[at], path):
            scenario = _with_own(scenario, at, path, each)
    return scenario


def _with_shared(scenario: Scenario, path: str, value: float) -> Scenario:
    name = path.removeprefix(SECTION)
    by = value / getattr(scenario.efficiency, name)
    ranges = tuple(_scaled(held, path, by) if held.path == path else held for held in scenario.ranges)
    return replace(scenario, efficiency=replace(scenario.efficiency, **{name: value}), ranges=ranges)


def _with_own(scenario: Scenario, at: int, path: str, value: float) -> Scenario:
    stage = scenario.stages[at]
    efficiency, name = efficiency_of(scenario, stage), path.removeprefix(SECTION)
    by = value / getattr(efficiency, name)
    # A range of one stage's alone stands before that of all.
    known = {held.path: held for held in scenario.ranges}
    if _shares(stage):
        for held in scenario.ranges:
            if held.path.startswith(SECTION):
                own = f"{stage.name}{SEPARATOR}{held.path}"
                known.setdefault(own, replace(held, path=own))
    own = f"{stage.name}{SEPARATOR}{path}"
    if own in known:
        known[own] = _scaled(known[own], own, by)
    changed = replace(stage, efficiency=replace(efficiency, **{name: value}))
    stages = (*scenario.stages[:at], changed, *scenario.stages[at + 1 :])
    return replace(scenario, stages=stages, ranges=tuple(known.values()))


def _scaled(held: InputRange, path: str, by: float) -> InputRange:
    low, high = (min(1.0, end * by) for end in (held.low, held.high))
    mode = None if held.mode is None else min(1.0, held.mode * by)
    return replace(held, path=path, low=low, high=high, mode=mode)
