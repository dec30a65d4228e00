"""How a stage of rollout rounds fits: memory of its update, and where the time of a round goes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from isocost.catalog import Catalog
from isocost.engine.rl_records import Driver, RlPlan, Schedule
from isocost.plan.layouts import layout_words, memory_bill
from isocost.plan.project import Data, Layout, Scenario, Stage, efficiency_of, model_of
from isocost.plan.results import Bill, Part
from isocost.plan.runs.records import SECONDS_PER_HOUR
from isocost.plan.runs.reinforced import Recipe, recipe_of, recipe_on_policy, simulated
from isocost.plan.runs.training import FULL
from isocost.plan.stages import DistillationStage, RlStage
from isocost.plan.throughput import throughputs


@dataclass(frozen=True, slots=True)
class RoundsFit:
    """A stage that generates, scores and updates in rounds."""

    memory: Bill
    """Bytes per accelerator of an update in which every response is as long as its cap allows; reference,
    reward and generating copies left out."""
    layout: str
    """Of that update: the fastest the search finds, in the field's shorthand."""
    longest: float
    """Tokens of a prompt and the longest response."""
    round: Bill
    """Seconds of an average round by what they are spent on, largest first."""
    driver: Driver
    schedule: Schedule


def rounds_fit(
    scenario: Scenario, stage: Stage, accelerator: str, count: int, catalog: Catalog
) -> RoundsFit | None:
    """None for stages without rounds, and where the policy does not fit in generation."""
    recipe = _recipe(scenario, stage, catalog)
    if recipe is None:
        return None
    (done,) = simulated(catalog, recipe, accelerator, (count,))
    if done is None:
        return None
    hours = {
        "Generation": done.generation,
        "Scoring": done.scoring,
        "Update": done.update,
        "Weight sync and other overhead": done.overhead,
    }
    parts = [Part(name, each * SECONDS_PER_HOUR / done.rounds) for name, each in hours.items() if each > 0.0]
    data = _longest_update(recipe.plan)
    efficiency, counts = efficiency_of(scenario, stage), np.array([count], dtype=np.int64)
    (speed,) = throughputs(recipe.model, data, efficiency, Layout(), (accelerator,), (counts,), catalog, FULL)
    return RoundsFit(
        memory_bill(speed.best, 0),
        layout_words(speed.best, 0),
        float(data.sequence),
        Bill(tuple(sorted(parts, key=lambda part: -part.amount))),
        done.driver,
        recipe.plan.schedule,
    )


def _recipe(scenario: Scenario, stage: Stage, catalog: Catalog) -> Recipe | None:
    if isinstance(stage, RlStage):
        return recipe_of(stage.rl, model_of(scenario, stage))
    if isinstance(stage, DistillationStage) and stage.distillation.method == "on-policy":
        return recipe_on_policy(stage, model_of(scenario, stage), catalog)
    return None


def _longest_update(plan: RlPlan) -> Data:
    """One optimizer step on responses at the cap, in 16 bits as updates are taken."""
    sequence = round(plan.prompt_tokens + max(phase.cap for phase in plan.phases))
    batch = max(1.0, plan.prompts * plan.group / plan.updates_per_round) * sequence
    return Data(tokens=batch, sequence=sequence, batch_tokens=batch, precision="bf16")
