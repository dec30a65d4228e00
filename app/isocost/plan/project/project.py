"""The whole state of a session as frozen values: Project > Scenario > Stage.

Stages run one after another. A stage uses its scenario's model, hardware, price and efficiency unless it
carries its own. Paths such as ``hardware.count`` name one value of a stage, wherever it is held.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from isocost.catalog.entries.prices import PriceCard
from isocost.plan.kinds import GpuHoursStage, ModelStage, PretrainStage, Stage
from isocost.plan.project.programme import (
    Api,
    Dataset,
    Demand,
    FineTune,
    Goal,
    Ownership,
    People,
    Programme,
    Schedule,
    Serving,
    Site,
    Storage,
    Supply,
)
from isocost.plan.project.ranges import InputRange
from isocost.plan.values import Currency, Data, Efficiency, Hardware, Layout, ModelChoice, Price, Value

__all__ = [
    "Currency",
    "Data",
    "Efficiency",
    "GpuHoursStage",
    "Hardware",
    "Layout",
    "ModelChoice",
    "Place",
    "PretrainStage",
    "Price",
    "Project",
    "Scenario",
    "Stage",
    "efficiency_of",
    "get_value",
    "hardware_of",
    "holder",
    "layout_of",
    "model_of",
    "price_of",
    "replace_scenario",
    "replace_stage",
    "set_section",
    "set_value",
]


class Scenario(Value, frozen=True, kw_only=True):
    """One way of doing it: what the stages share, what surrounds them, the stages; in a file's order."""

    name: str
    model: ModelChoice = ModelChoice()
    hardware: Hardware
    price: Price
    efficiency: Efficiency = Efficiency()
    layout: Layout = Layout()
    supply: Supply = Supply()
    ownership: Ownership = Ownership()
    site: Site = Site()
    programme: Programme = Programme()
    people: People = People()
    dataset: Dataset = Dataset()
    storage: Storage = Storage()
    schedule: Schedule = Schedule()
    demand: Demand = Demand()
    api: Api = Api()
    finetune: FineTune = FineTune()
    serving: Serving = Serving()
    goal: Goal = Goal()
    ranges: tuple[InputRange, ...] = ()
    """Inputs that are not known; a file writes them as a mapping by path."""
    locked: tuple[str, ...] = ()
    """Paths of inputs that stay as they are when another is solved for; with the stage, as ranges are."""
    stages: tuple[Stage, ...]


class Project(Value, frozen=True, kw_only=True):
    """A document: everything a file holds."""

    name: str
    notes: str = ""
    scenarios: tuple[Scenario, ...]
    prices: tuple[PriceCard, ...] = ()
    """Its author's quotes, and prices of accelerators it has left: one of each supplier on the same terms.
    The first of an accelerator is what that one is compared at."""
    currency: Currency = Currency()


@dataclass(frozen=True, slots=True)
class Place:
    """Which stage of which scenario of a project is meant, from 0."""

    scenario: int = 0
    stage: int = 0
    phase: int = 0
    """Of an RL recipe, for the inputs of its phases."""


def holder(scenario: Scenario, stage: Stage, section: str) -> Value:
    """The value that holds a section (``model``, ``data``, ``hardware``...) for a stage.

    The stage's own section when it has one, else the scenario's; section ``stage`` is the stage itself.
    """
    if section == "stage":
        return stage
    own: Value | None = getattr(stage, section, None)
    return own if own is not None else getattr(scenario, section)


def model_of(scenario: Scenario, stage: Stage) -> ModelChoice:
    """The model a stage works on."""
    own = stage.model if isinstance(stage, ModelStage) else None
    return own or scenario.model


def hardware_of(scenario: Scenario, stage: Stage) -> Hardware:
    """The accelerators a stage runs on."""
    return stage.hardware or scenario.hardware


def price_of(scenario: Scenario, stage: Stage) -> Price:
    """The rent a stage pays."""
    return stage.price or scenario.price


def efficiency_of(scenario: Scenario, stage: Stage) -> Efficiency:
    """How well a stage uses its accelerators."""
    own = stage.efficiency if isinstance(stage, ModelStage) else None
    return own or scenario.efficiency


def layout_of(scenario: Scenario, stage: Stage) -> Layout:
    """The parts of the layout fixed for a stage."""
    own = stage.layout if isinstance(stage, ModelStage) else None
    return own or scenario.layout


def get_value(project: Project, path: str, *, scenario: int = 0, stage: int = 0) -> Any:
    """Value at a path such as ``hardware.count`` of one stage of one scenario."""
    chosen = project.scenarios[scenario]
    section, name = path.split(".")
    return getattr(holder(chosen, chosen.stages[stage], section), name)


def set_value(project: Project, path: str, value: Any, *, scenario: int = 0, stage: int = 0) -> Project:
    """The project with one value replaced, where the stage holds it or else in its scenario."""
    return set_section(
        project, path.split(".")[0], scenario=scenario, stage=stage, **{path.split(".")[1]: value}
    )


def set_section(
    project: Project, section: str, *, scenario: int = 0, stage: int = 0, **values: Any
) -> Project:
    """The project with several values of one section replaced together."""
    chosen = project.scenarios[scenario]
    running = chosen.stages[stage]
    changed = msgspec.structs.replace(holder(chosen, running, section), **values)
    if section == "stage":
        return replace_stage(project, changed, scenario=scenario, stage=stage)
    if getattr(running, section, None) is not None:
        own = msgspec.structs.replace(running, **{section: changed})
        return replace_stage(project, own, scenario=scenario, stage=stage)
    return replace_scenario(project, msgspec.structs.replace(chosen, **{section: changed}), scenario=scenario)


def released(project: Project, *, scenario: int = 0, stage: int = 0) -> Project:
    """The project with every pinned part of a stage's layout left to the search."""
    nothing = dict.fromkeys(Layout.__struct_fields__)
    return set_section(project, "layout", scenario=scenario, stage=stage, **nothing)


def replace_stage(project: Project, changed: Any, *, scenario: int = 0, stage: int = 0) -> Project:
    """The project with one stage replaced."""
    chosen = project.scenarios[scenario]
    stages = (*chosen.stages[:stage], changed, *chosen.stages[stage + 1 :])
    return replace_scenario(project, msgspec.structs.replace(chosen, stages=stages), scenario=scenario)


def replace_scenario(project: Project, changed: Scenario, *, scenario: int = 0) -> Project:
    """The project with one scenario replaced."""
    scenarios = (*project.scenarios[:scenario], changed, *project.scenarios[scenario + 1 :])
    return msgspec.structs.replace(project, scenarios=scenarios)
