"""What the layout search says of one stage at the plan's own count, added to its estimate."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from isocost.catalog import Catalog
from isocost.engine.generation.rl import RlPlan
from isocost.engine.search.best import BestLayouts
from isocost.language import tr
from isocost.plan.answer.results import StageEstimate
from isocost.plan.kinds import kind_of
from isocost.plan.physics.counts import units_of
from isocost.plan.physics.layouts import (
    idle_accelerators,
    layout_words,
    left_over_accelerators,
    memory_breakdown,
    step_breakdown,
)
from isocost.plan.physics.records import StageRun
from isocost.plan.physics.resolve import precision_on, transformer_of
from isocost.plan.physics.rounds import Recipe
from isocost.plan.physics.throughput import smallest_count, throughputs
from isocost.plan.physics.training import FULL
from isocost.plan.project.project import Data, Scenario, Stage, efficiency_of, model_of
from isocost.plan.values import Layout


def with_layout(result: StageEstimate, run: StageRun, owned: bool, catalog: Catalog) -> StageEstimate:
    """The estimate with layout, memory and step; unchanged where the stage was not searched."""
    if run.speed is None:
        return result
    best, asked = run.speed.best, run.speed.question
    units = units_of(catalog.accelerator(run.accelerator), owned)
    precision = precision_on(catalog.accelerator(run.accelerator).spec, asked.data.precision)
    return replace(
        result,
        mfu_basis=tr("{precision} dense peak", precision=precision.upper()),
        mfu_reachable=None if run.speed.reachable is None else float(run.speed.reachable[0]),
        layout=layout_words(best, 0),
        layout_problem=run.speed.problem,
        pinned=asked.layout != Layout(),
        smallest_count=None if best.fits[0] else smallest_count(asked, run.accelerator, units, catalog),
        idle=idle_accelerators(best, 0),
        left_over=left_over_accelerators(best, 0),
        memory=memory_breakdown(best, 0, catalog),
        step=step_breakdown(best, 0, hybrid=transformer_of(asked.model, catalog).attention == "hybrid"),
    )


def with_update(result: StageEstimate, scenario: Scenario, stage: Stage, catalog: Catalog) -> StageEstimate:
    """The estimate with the memory of an update; unchanged where there are no rounds, or none can run."""
    rounds = kind_of(stage).rounds
    recipe = rounds(stage, model_of(scenario, stage), catalog) if rounds is not None else None
    if recipe is None or not result.fits:
        return result
    best = longest_update(scenario, stage, recipe, result.accelerator, result.count, catalog)
    return replace(result, update=memory_breakdown(best, 0, catalog))


def longest_update(
    scenario: Scenario, stage: Stage, recipe: Recipe, accelerator: str, count: int, catalog: Catalog
) -> BestLayouts:
    """The fastest layout of an update in which every response is as long as its cap allows."""
    efficiency, counts = efficiency_of(scenario, stage), np.array([count], dtype=np.int64)
    data = _longest_data(recipe.plan)
    (speed,) = throughputs(recipe.model, data, efficiency, Layout(), (accelerator,), (counts,), catalog, FULL)
    return speed.best


def _longest_data(plan: RlPlan) -> Data:
    """One optimizer step on responses at the cap, in 16 bits as updates are taken."""
    sequence = round(plan.prompt_tokens + max(phase.cap for phase in plan.phases))
    batch = max(1.0, plan.prompts * plan.group / plan.updates_per_round) * sequence
    return Data(tokens=batch, sequence=sequence, batch_tokens=batch, precision="bf16")


def longest_sequence(plan: RlPlan) -> float:
    """Tokens of a prompt and the longest response."""
    return float(_longest_data(plan).sequence)
