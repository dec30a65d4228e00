"""Ranges the user gives: which stages hold the input, and the plan with another value in its place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import msgspec
import numpy as np

from isocost.catalog import Catalog, CatalogError
from isocost.plan.inputs.input import Input
from isocost.plan.inputs.roads import NUMBER_ROADS, put, refused
from isocost.plan.inputs.table import NUMBERS
from isocost.plan.kinds import RlStage, Stage, kind_of
from isocost.plan.money.reckoning import Reckoning
from isocost.plan.project.project import Place, Project, Scenario, efficiency_of, model_of
from isocost.plan.project.ranges import InputRange
from isocost.quantities import format_quantity

SHARED = ("model", "hardware", "efficiency")
"""Sections a scenario holds for those stages that have none of their own."""
WASTE = "efficiency.waste"
"""What whole runs lose beyond their steps."""
STILL = ("demand", "api", "finetune", "serving", "goal")
"""Sections that move neither the bill nor the calendar."""


@dataclass(frozen=True, slots=True)
class Held:
    """A range with the place of its input in the plan."""

    range: InputRange
    declared: Input
    stages: tuple[int, ...]
    """Places in the scenario of the stages that it bears on; empty = it surrounds them all."""
    value: float | None
    """What the plan takes: as it holds it, or as the estimator fills it in; None = it takes none."""
    middle: float
    """Median of a lognormal, likeliest value of a triangle."""
    said: str = ""
    """What of it differs from the plan's value, and why."""
    waste: float | None = None
    """Of a range of MFU about what is predicted: the waste of whole runs that the plan bears, and keeps.

    Such a range stands in place of the prediction's error alone. None = the waste is that beside a typed MFU.
    """

    @property
    def predicted(self) -> bool:
        """Whether it is about a prediction, which then stays the plan's."""
        return self.waste is not None

    @property
    def base(self) -> float:
        """The value that stands for the plan's own."""
        return self.middle if self.value is None else self.value


@dataclass(frozen=True, slots=True)
class Placed:
    """Ranges that can be sampled, and a sentence on each that cannot."""

    held: tuple[Held, ...]
    problems: tuple[str, ...]
    middle: Scenario
    """The scenario with every range that is sampled at its middle."""


def placed(on: Reckoning) -> Placed:
    """The ranges of a scenario, each with the stages that hold its input, but for those that cannot be."""
    scenario = on.scenario
    held: list[Held] = []
    problems: list[str] = []
    for each in on.scenario.ranges:
        found = _place(on, each)
        if isinstance(found, str):
            problems.append(f"{each.path}: {found}")
            continue
        try:
            if not found.predicted:
                scenario = with_value(scenario, found, found.middle, on.catalog)
        except CatalogError as error:
            problems.append(f"{each.path}: {error} The range is not sampled.")
        else:
            held.append(found)
    return Placed(tuple(held), tuple(problems), scenario)


def _place(on: Reckoning, held: InputRange) -> Held | str:
    """A range in its place, or why it has none."""
    scenario = on.scenario
    declared = NUMBERS[held.input]
    section = declared.section
    if section in STILL:
        return "this moves neither the bill nor the calendar, so its range is not sampled."
    stages = [i for i, stage in enumerate(scenario.stages) if stage.enabled]
    if held.stage:
        named = [i for i in stages if scenario.stages[i].name == held.stage]
        if not named:
            return f"no stage that counts is called {held.stage!r}."
        stages = named[:1]
        if not _takes(scenario.stages[stages[0]], held.input):
            return f"{held.stage} has no such input."
    elif section in (*SHARED, "price"):
        # A range of one stage's alone stands before that of all.
        alone = {each.stage for each in scenario.ranges if each.input == held.input and each.stage}
        stages = [i for i in stages if scenario.stages[i].name not in alone]
        stages = [i for i in stages if getattr(scenario.stages[i], section, None) is None]
        stages = [i for i in stages if section == "price" or _takes(scenario.stages[i], held.input)]
        if not stages:
            return "no stage that counts uses it."
    elif hasattr(scenario, section):
        return _held(on, held, declared, ())
    else:
        stages = [i for i in stages if _takes(scenario.stages[i], held.input)]
        if len(stages) != 1:
            names = ", ".join(f"{scenario.stages[i].name}/{held.input}" for i in stages)
            return f"say of which stage: {names}." if stages else "no stage that counts uses it."
    first = scenario.stages[stages[0]]
    if section == "phases" and isinstance(first, RlStage) and len(first.rl.phases) > 1:
        return "a recipe of several phases has no single value of this; its range is not sampled."
    return _held(on, held, declared, tuple(stages))


def _takes(stage: Stage, path: str) -> bool:
    """Whether an input bears on what a stage takes."""
    return kind_of(stage).uses(stage, path)


def _held(on: Reckoning, held: InputRange, declared: Input, stages: tuple[int, ...]) -> Held:
    value = _value(on, declared, stages)
    wanted, middle = value if held.mode is None else held.mode, held.middle(value)
    measured = _counts_as_measured(on.scenario, held, stages)
    if wanted is not None and middle == wanted:
        if measured and middle == value:
            waste = _filled(on, WASTE, stages[0])
            return Held(held, declared, stages, value, middle, waste=waste)
        return Held(held, declared, stages, value, middle, measured)
    which = "geometric middle" if held.low > 0.0 else "middle"
    shown = format_quantity(middle, declared.quantity)
    why = "the plan has none" if value is None else "the plan's value lies outside"
    said = f"{held.path}: {why}, so the {which}, {shown}, is taken."
    return Held(held, declared, stages, value, middle, f"{said} {measured}".strip())


def _counts_as_measured(scenario: Scenario, held: InputRange, stages: tuple[int, ...]) -> str:
    """That what is sampled rests on a range of MFU, and the plan on a prediction and all its waste."""
    if held.input != "efficiency.mfu":
        return ""
    typed = [efficiency_of(scenario, scenario.stages[at]) for at in stages]
    if all(each.mfu is not None or each.waste is not None for each in typed):
        return ""
    return (
        f"{held.path}: a range counts as measured, as a typed MFU does; samples bear less of the waste of "
        "whole runs than the plan, whose MFU is predicted."
    )


def _value(on: Reckoning, declared: Input, stages: tuple[int, ...]) -> float | None:
    """The number the plan takes."""
    path = declared.path
    if stages:
        alone = Project(name="", scenarios=(on.scenario,))
        return (
            NUMBER_ROADS[path]
            .read(alone, Place(0, stages[0]), on.catalog, lambda: _filled(on, path, stages[0]))
            .value
        )
    found = getattr(getattr(on.scenario, declared.section), declared.name)
    return _as_reckoned(on, path) if found is None else float(found)


def _filled(on: Reckoning, path: str, at: int) -> float | None:
    """What a stage takes of an input that is left to the estimator."""
    stage, run = on.scenario.stages[at], on.runs[on.stages.index(at)]
    if (usual := kind_of(stage).filled.get(path)) is not None:
        return usual(stage, model_of(on.scenario, stage), on.catalog).value
    found = {
        "efficiency.mfu": run.mfu,
        "efficiency.goodput": run.goodput,
        "efficiency.waste": run.waste,
        "data.batch_tokens": run.batch_tokens,
    }.get(path)
    return None if found is None else float(np.asarray(found).reshape(-1)[0])


KEYS = {
    "people.months": "people_months",
    "storage.months": "storage_months",
    "ownership.usd_per_accelerator": "held.purchase",
}
"""Figures that stand in for inputs left empty, where their key is not the path."""


def _as_reckoned(on: Reckoning, path: str) -> float | None:
    """What the bill takes of an input that is left empty."""
    value = on.values[KEYS.get(path, path)]
    found = None if value is None else float(np.asarray(value).reshape(-1)[0])
    return None if found is None or np.isnan(found) else found


def with_value(scenario: Scenario, held: Held, value: float, catalog: Catalog) -> Scenario:
    """The scenario with a value in place of the plan's.

    Raises:
        CatalogError: no model has such parameters.
    """
    path, section = held.declared.path, held.declared.section
    value = float(round(value)) if held.declared.integer else value
    if not held.stages or section == "price":
        return _with_surroundings(scenario, held, value)
    if held.range.stage and section in SHARED:
        scenario = _with_own(scenario, held.stages[0], section)
    for at in _holders(scenario, held):
        alone = Project(name="", scenarios=(scenario,))
        place = Place(0, at)
        if section == "model" and (why := refused(alone, path, value, at=place, catalog=catalog)):
            raise CatalogError(why)
        changed = put(alone, path, value, at=place, today=date.min, catalog=catalog)
        if held.waste is not None:
            changed = put(changed, WASTE, held.waste, at=place, today=date.min, catalog=catalog)
        scenario = changed.scenarios[0]
    return scenario


def _holders(scenario: Scenario, held: Held) -> list[int]:
    """Stages at which an input is put in, so that it reaches all that it bears on.

    One of those that share the scenario's, and each that was given its own by a range of another input.
    """
    own = [getattr(scenario.stages[at], held.declared.section, None) is not None for at in held.stages]
    sharing = [at for at, alone in zip(held.stages, own, strict=True) if not alone][:1]
    return sharing + [at for at, alone in zip(held.stages, own, strict=True) if alone]


def _with_surroundings(scenario: Scenario, held: Held, value: float) -> Scenario:
    section, name = held.declared.section, held.declared.name
    changed = msgspec.structs.replace(getattr(scenario, section), **{name: value})
    if section != "price" or not held.range.stage:
        return msgspec.structs.replace(scenario, **{section: changed})
    at = held.stages[0]
    own = scenario.stages[at].price
    price = changed if own is None else msgspec.structs.replace(own, **{name: value})
    return _with_stage(scenario, at, msgspec.structs.replace(scenario.stages[at], price=price))


def _with_own(scenario: Scenario, at: int, section: str) -> Scenario:
    """The scenario whose stage holds a section of its own: the same as the shared one, unless it has one."""
    if getattr(scenario.stages[at], section, None) is not None:
        return scenario
    own = {section: getattr(scenario, section)}
    return _with_stage(scenario, at, msgspec.structs.replace(scenario.stages[at], **own))


def _with_stage(scenario: Scenario, at: int, stage: Stage) -> Scenario:
    stages = (*scenario.stages[:at], stage, *scenario.stages[at + 1 :])
    return msgspec.structs.replace(scenario, stages=stages)
