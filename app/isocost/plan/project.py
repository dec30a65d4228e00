"""The whole state of a session as frozen values: Project > Scenario > Stage.

Stages run one after another. A stage uses its scenario's model, hardware, price and efficiency unless it
carries its own. Paths such as ``hardware.count`` name one value of a stage, wherever it is held.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from isocost.catalog.prices import PriceCard

PrecisionName = Literal["fp32", "fp16", "bf16", "fp8", "mxfp8", "nvfp4"]
StackName = Literal["vendor", "open", "research"]


class _Value(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Base of everything in a project: immutable, compared by value, unknown keys refused."""


class ModelChoice(_Value, frozen=True):
    """A named model of the catalogue, or a custom one given by its parameter counts."""

    name: str | None = None
    parameters: float | None = None
    """Total parameters of a custom model."""
    active_parameters: float | None = None
    """Parameters used per token of a custom mixture of experts; None = dense."""


class Data(_Value, frozen=True):
    """What is trained on."""

    tokens: float
    sequence: int = 4096
    batch_tokens: float | None = None
    """Tokens an optimizer step; None = from the batch-size scaling law."""
    precision: PrecisionName = "bf16"


class Hardware(_Value, frozen=True):
    """Which accelerators and how many."""

    accelerator: str
    count: int


class Price(_Value, frozen=True):
    """The rent of one accelerator, frozen with where it came from."""

    usd_per_gpu_hour: float
    supplier: str = "your input"
    commitment: str = ""
    includes: str = ""
    source: str = ""
    date: str = ""
    """Day the price was read, ISO 8601."""


class Efficiency(_Value, frozen=True):
    """How well the hardware is used; None = estimated."""

    mfu: float | None = None
    """Model FLOP utilization of a step, against the dense peak of the matmul precision."""
    goodput: float | None = None
    """Share of wall time that advances the run: the rest is failures, restarts, checkpoints, evaluation."""
    stack: StackName = "vendor"
    """Software: the vendor's tuned stack, good open-source code, or research code."""


class Layout(_Value, frozen=True):
    """Parts of the parallel layout the user has fixed; None = the search chooses."""

    tp: int | None = None
    pp: int | None = None
    vp: int | None = None
    cp: int | None = None
    ep: int | None = None
    microbatch: int | None = None
    recompute: Literal["none", "selective", "full"] | None = None
    sharding: Literal["none", "zero1", "zero2", "zero3"] | None = None


class PretrainStage(_Value, frozen=True, tag_field="kind", tag="pretrain", kw_only=True):
    """Training a model from its architecture and tokens."""

    name: str
    group: str = ""
    note: str = ""
    data: Data
    model: ModelChoice | None = None
    hardware: Hardware | None = None
    price: Price | None = None
    efficiency: Efficiency | None = None
    layout: Layout | None = None


class GpuHoursStage(_Value, frozen=True, tag_field="kind", tag="gpu-hours", kw_only=True):
    """Accelerator-hours taken as claimed: either hours on the stage's accelerators, or their product."""

    name: str
    group: str = ""
    note: str = ""
    hours: float | None = None
    gpu_hours: float | None = None
    hardware: Hardware | None = None
    price: Price | None = None


Stage = PretrainStage | GpuHoursStage


class Scenario(_Value, frozen=True, kw_only=True):
    """One way of doing it: what the stages share, and the stages."""

    name: str
    hardware: Hardware
    price: Price
    stages: tuple[Stage, ...]
    model: ModelChoice = ModelChoice()
    efficiency: Efficiency = Efficiency()
    layout: Layout = Layout()


class Currency(_Value, frozen=True):
    """Display currency with a rate frozen on a day; stored values stay in USD."""

    code: str = "USD"
    per_usd: float = 1.0
    source: str = ""
    date: str = ""


class Project(_Value, frozen=True, kw_only=True):
    """A document: everything a file holds."""

    name: str
    notes: str = ""
    scenarios: tuple[Scenario, ...]
    prices: tuple[PriceCard, ...] = ()
    """Prices of other accelerators, frozen for comparison: at most one each."""
    currency: Currency = Currency()


def holder(scenario: Scenario, stage: Stage, section: str) -> _Value:
    """The value that holds a section (``model``, ``data``, ``hardware``...) for a stage.

    The stage's own section when it has one, else the scenario's; section ``stage`` is the stage itself.
    """
    if section == "stage":
        return stage
    own: _Value | None = getattr(stage, section, None)
    return own if own is not None else getattr(scenario, section)


def model_of(scenario: Scenario, stage: Stage) -> ModelChoice:
    """The model a stage works on."""
    own = stage.model if isinstance(stage, PretrainStage) else None
    return own or scenario.model


def hardware_of(scenario: Scenario, stage: Stage) -> Hardware:
    """The accelerators a stage runs on."""
    return stage.hardware or scenario.hardware


def price_of(scenario: Scenario, stage: Stage) -> Price:
    """The rent a stage pays."""
    return stage.price or scenario.price


def efficiency_of(scenario: Scenario, stage: Stage) -> Efficiency:
    """How well a stage uses its accelerators."""
    own = stage.efficiency if isinstance(stage, PretrainStage) else None
    return own or scenario.efficiency


def layout_of(scenario: Scenario, stage: Stage) -> Layout:
    """The parts of the layout fixed for a stage."""
    own = stage.layout if isinstance(stage, PretrainStage) else None
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


def replace_stage(project: Project, changed: Any, *, scenario: int = 0, stage: int = 0) -> Project:
    """The project with one stage replaced."""
    chosen = project.scenarios[scenario]
    stages = (*chosen.stages[:stage], changed, *chosen.stages[stage + 1 :])
    return replace_scenario(project, msgspec.structs.replace(chosen, stages=stages), scenario=scenario)


def replace_scenario(project: Project, changed: Scenario, *, scenario: int = 0) -> Project:
    """The project with one scenario replaced."""
    scenarios = (*project.scenarios[:scenario], changed, *project.scenarios[scenario + 1 :])
    return msgspec.structs.replace(project, scenarios=scenarios)
