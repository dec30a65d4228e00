"""What can be done where there is nothing to show, as a button says it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from isocost.language import tr
from isocost.plan.kinds import KINDS
from isocost.plan.project.project import Scenario


@dataclass(frozen=True, slots=True)
class NextStep:
    """One step that would give something to show; each can be undone or gone back from."""

    words: str
    does: Literal["show", "switch on", "predict", "add", "type"]
    at: int = 0
    """The stage that is shown or switched on."""
    kind: str = ""
    """The kind of stage that is added."""
    path: str = ""
    """The input that the cursor comes to."""


PREDICT = NextStep(tr("Predict it instead"), "predict")
RANGE = NextStep(tr("Give the price a range"), "type", path="price.usd_per_gpu_hour")


def show(scenario: Scenario, at: int) -> NextStep:
    """Show another stage."""
    return NextStep(tr("Show {name}", name=scenario.stages[at].name), "show", at)


def switch_on(scenario: Scenario, at: int = 0) -> NextStep:
    """Let a stage count again."""
    return NextStep(tr("Switch {name} on", name=scenario.stages[at].name), "switch on", at)


def add_model() -> NextStep:
    """Add a stage that makes a model from nothing."""
    kind = next(tag for tag, each in KINDS.items() if each.makes_model)
    return NextStep(tr("Add a stage: {label}", label=KINDS[kind].label), "add", kind=kind)


def nothing_runs(scenario: Scenario) -> NextStep | None:
    """The step out of a scenario of which every stage is off; None = one counts."""
    if not scenario.stages or any(stage.enabled for stage in scenario.stages):
        return None
    return switch_on(scenario)
