"""Ranges the user gives: which stages hold the input, and the plan with another value in its place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec
import numpy as np

from isocost.catalog import Catalog, CatalogError
from isocost.language import tr
from isocost.plan.inputs.input import Input
from isocost.plan.inputs.roads import NUMBER_ROADS, put, refused
from isocost.plan.inputs.table import NUMBERS
from isocost.plan.kinds import RlStage, Stage, kind_of
from isocost.plan.money.ownership import PURCHASE
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
            problems.append(tr("{path}: {error} The range is not sampled.", path=each.path, error=error))
        else:
            held.append(found)
    return Placed(tuple(held), tuple(problems), scenario)


def _place(on: Reckoning, held: InputRange) -> Held | str:
    """A range in its place, or why it has none."""
    scenario = on.scenario
    declared = NUMBERS[held.input]
    section = declared.section
    if section in STILL:
        return tr("this moves neither the bill nor the calendar, so its range is not sampled.")
    # A range of one stage's alone stands before that of all.
    alone = {each.stage for each in scenario.ranges if each.input == held.input and each.stage}
    stages = stages_of(scenario, held.input, held.stage, frozenset() if held.stage else frozenset(alone))
    if isinstance(stages, str):
        return stages
    if not stages:
        return _held(on, held, declared, ())
    first = scenario.stages[stages[0]]
    if section == "phases" and isinstance(first, RlStage) and len(first.rl.phases) > 1:
        return tr("a recipe of several phases has no single value of this; its range is not sampled.")
    return _held(on, held, declared, stages)


def stages_of(
    scenario: Scenario, path: str, stage: str = "", without: frozenset[str] = frozenset()
) -> tuple[int, ...] | str:
    """Places of the stages that count and that an input bears on; none where it surrounds them all.

    Args:
        stage: name of the stage that is meant alone; empty = all that share the scenario's value.
        without: names of stages that are not among those.

    Returns:
        The places, or why there are none, as a sentence without the input's name.
    """
    section = path.partition(".")[0]
    stages = [i for i, each in enumerate(scenario.stages) if each.enabled]
    if stage:
        named = [i for i in stages if scenario.stages[i].name == stage][:1]
        if not named:
            return tr("no stage that counts is called {stage!r}.", stage=stage)
        uses = _takes(scenario.stages[named[0]], path)
        return tuple(named) if uses else tr("{stage} has no such input.", stage=stage)
    if section in (*SHARED, "price"):
        stages = [i for i in stages if scenario.stages[i].name not in without]
        stages = [i for i in stages if getattr(scenario.stages[i], section, None) is None]
        stages = [i for i in stages if section == "price" or _takes(scenario.stages[i], path)]
        return tuple(stages) or tr("no stage that counts uses it.")
    if hasattr(scenario, section):
        return ()
    stages = [i for i in stages if _takes(scenario.stages[i], path)]
    if len(stages) == 1:
        return tuple(stages)
    names = ", ".join(f"{scenario.stages[i].name}/{path}" for i in stages)
    return tr("say of which stage: {names}.", names=names) if stages else tr("no stage that counts uses it.")


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
    which = tr("geometric middle") if held.low > 0.0 else tr("middle")
    shown = format_quantity(middle, declared.quantity)
    why = tr("the plan has none") if value is None else tr("the plan's value lies outside")
    said = tr(
        "{path}: {why}, so the {which}, {shown}, is taken.", path=held.path, why=why, which=which, shown=shown
    )
    return Held(held, declared, stages, value, middle, f"{said} {measured}".strip())


def _counts_as_measured(scenario: Scenario, held: InputRange, stages: tuple[int, ...]) -> str:
    """That what is sampled rests on a range of MFU, and the plan on a prediction and all its waste."""
    if held.input != "efficiency.mfu":
        return ""
    typed = [efficiency_of(scenario, scenario.stages[at]) for at in stages]
    if all(each.mfu is not None or each.waste is not None for each in typed):
        return ""
    return tr(
        "{path}: a range counts as measured, as a typed MFU does; samples bear less of the "
        "waste of whole runs than the plan, whose MFU is predicted.",
        path=held.path,
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
    PURCHASE: "held.purchase",
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
    value = float(round(value)) if held.declared.integer else value
    alone = Project(name="", scenarios=(scenario,))
    own = bool(held.range.stage)
    changed = with_input(alone, held.declared.path, held.stages, value, catalog, own=own)
    if held.waste is not None:
        changed = with_input(changed, WASTE, held.stages, held.waste, catalog, own=own)
    return changed.scenarios[0]


def with_input(
    project: Project, path: str, stages: tuple[int, ...], value: Any, catalog: Catalog, *, own: bool
) -> Project:
    """The project of one scenario with a value of an input that some of its stages share, or one has alone.

    Args:
        stages: places that the input bears on, see :func:`stages_of`.
        value: a number in the input's unit, or what a choice stores.
        own: whether the one stage gets it alone, whatever the scenario has.

    Raises:
        CatalogError: no model has such parameters.
    """
    (scenario,) = project.scenarios
    section = path.partition(".")[0]
    if not stages and path not in NUMBERS:  # a choice brings prices of its own: terms, a model by the token
        return put(project, path, value, at=Place(0, 0), today=date.min, catalog=catalog)
    if not stages or section == "price":
        return _with(project, _with_surroundings(scenario, path, stages if own else (), value))
    if own and section in SHARED:
        project = _with(project, _with_own(scenario, stages[0], section))
    for at in _holders(project.scenarios[0], stages, section):
        place = Place(0, at)
        if (
            section == "model"
            and path in NUMBERS
            and (why := refused(project, path, value, at=place, catalog=catalog))
        ):
            raise CatalogError(why)
        project = put(project, path, value, at=place, today=date.min, catalog=catalog)
    return project


def _with(project: Project, scenario: Scenario) -> Project:
    return msgspec.structs.replace(project, scenarios=(scenario,))


def _holders(scenario: Scenario, stages: tuple[int, ...], section: str) -> list[int]:
    """Stages at which an input is put in, so that it reaches all that it bears on.

    One of those that share the scenario's, and each that was given its own by a range of another input.
    """
    own = [getattr(scenario.stages[at], section, None) is not None for at in stages]
    sharing = [at for at, alone in zip(stages, own, strict=True) if not alone][:1]
    return sharing + [at for at, alone in zip(stages, own, strict=True) if alone]


def _with_surroundings(scenario: Scenario, path: str, own: tuple[int, ...], value: Any) -> Scenario:
    """The scenario with a value that surrounds its stages; a price may be one stage's ``own``."""
    section, name = path.split(".")
    changed = msgspec.structs.replace(getattr(scenario, section), **{name: value})
    if section != "price" or not own:
        return msgspec.structs.replace(scenario, **{section: changed})
    held = scenario.stages[own[0]].price
    price = changed if held is None else msgspec.structs.replace(held, **{name: value})
    return _with_stage(scenario, own[0], msgspec.structs.replace(scenario.stages[own[0]], price=price))


def _with_own(scenario: Scenario, at: int, section: str) -> Scenario:
    """The scenario whose stage holds a section of its own: the same as the shared one, unless it has one."""
    if getattr(scenario.stages[at], section, None) is not None:
        return scenario
    own = {section: getattr(scenario, section)}
    return _with_stage(scenario, at, msgspec.structs.replace(scenario.stages[at], **own))


def _with_stage(scenario: Scenario, at: int, stage: Stage) -> Scenario:
    stages = (*scenario.stages[:at], stage, *scenario.stages[at + 1 :])
    return msgspec.structs.replace(scenario, stages=stages)
