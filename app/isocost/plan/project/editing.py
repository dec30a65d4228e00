"""Changes of the lists of scenarios and of stages: pure functions from one project to the next.

Both are named by their place (from 0). A place there is not raises IndexError.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

import msgspec

from isocost.language import tr
from isocost.plan.kinds import Stage
from isocost.plan.project.project import Project, Scenario, replace_scenario, replace_stage
from isocost.plan.project.ranges import SEPARATOR
from isocost.plan.values import Price

Listed = TypeVar("Listed", Scenario, Stage)


class Named(Protocol):
    """Anything with a name that no other of its list should have."""

    @property
    def name(self) -> str:
        """What it is called."""


def add_scenario(project: Project, scenario: Scenario, at: int) -> Project:
    """The project with a scenario put at a place, under a name no other scenario has."""
    every = project.scenarios
    named = msgspec.structs.replace(scenario, name=free_name(scenario.name, every))
    return _with_scenarios(project, (*every[:at], named, *every[at:]))


def duplicate_scenario(project: Project, at: int, name: str = "") -> Project:
    """The project with a copy of a scenario right after it, called otherwise where a name is given."""
    copied = _scenario(project, at)
    return add_scenario(project, msgspec.structs.replace(copied, name=name or copied.name), at + 1)


def remove_scenario(project: Project, at: int) -> Project:
    """The project without a scenario.

    Raises:
        ValueError: it is the only one.
    """
    _scenario(project, at)
    if len(project.scenarios) == 1:
        raise ValueError(tr("A plan needs at least one scenario."))
    return _with_scenarios(project, (*project.scenarios[:at], *project.scenarios[at + 1 :]))


def move_scenario(project: Project, at: int, to: int) -> Project:
    """The project with a scenario at another place; beyond an end means at the end.

    The first one is what all others are compared with.
    """
    moved = _scenario(project, at)
    others = [*project.scenarios[:at], *project.scenarios[at + 1 :]]
    others.insert(max(0, to), moved)
    return _with_scenarios(project, others)


def rename_scenario(project: Project, at: int, name: str) -> Project:
    """The project with a scenario under another name; spaces around it are dropped.

    Raises:
        ValueError: nothing is left of the name, or another scenario has it.
    """
    wanted, renamed = " ".join(name.split()), _scenario(project, at)
    if not wanted:
        raise ValueError(tr("A scenario needs a name."))
    if any(each.name == wanted for place, each in enumerate(project.scenarios) if place != at):
        raise ValueError(tr("Another scenario is called {wanted}; choose a name of its own.", wanted=wanted))
    return replace_scenario(project, msgspec.structs.replace(renamed, name=wanted), scenario=at)


def add_stage(project: Project, stage: Stage, at: int, *, scenario: int = 0) -> Project:
    """The project with a stage put at a place, under a name no other stage has."""
    stages = project.scenarios[scenario].stages
    named = msgspec.structs.replace(stage, name=free_name(stage.name, stages))
    return _with_stages(project, (*stages[:at], named, *stages[at:]), scenario)


def duplicate_stage(project: Project, at: int, *, scenario: int = 0) -> Project:
    """The project with a copy of a stage right after it."""
    return add_stage(project, _stage(project, at, scenario), at + 1, scenario=scenario)


def remove_stage(project: Project, at: int, *, scenario: int = 0) -> Project:
    """The project without a stage.

    Raises:
        ValueError: it is the only one.
    """
    _stage(project, at, scenario)
    stages = project.scenarios[scenario].stages
    if len(stages) == 1:
        raise ValueError(tr("A plan needs at least one stage; switch it off instead."))
    after = _with_stages(project, (*stages[:at], *stages[at + 1 :]), scenario)
    return _followed_by_name(after, stages[at], None, scenario)


def move_stage(project: Project, at: int, to: int, *, scenario: int = 0) -> Project:
    """The project with a stage taken from one place and put at another; beyond an end means at the end."""
    moved = _stage(project, at, scenario)
    others = list(project.scenarios[scenario].stages)
    del others[at]
    others.insert(max(0, to), moved)
    return _with_stages(project, others, scenario)


def switch_stage(project: Project, at: int, on: bool, *, scenario: int = 0) -> Project:
    """The project with a stage in the sums, or kept out of them."""
    changed = msgspec.structs.replace(_stage(project, at, scenario), enabled=on)
    return replace_stage(project, changed, scenario=scenario, stage=at)


def rename_stage(project: Project, at: int, name: str, *, scenario: int = 0) -> Project:
    """The project with a stage under another name, with a number behind it where another stage has it: ranges
    and locks are of a stage by its name. Spaces around it are dropped.

    Raises:
        ValueError: nothing is left of the name.
    """
    wanted, before = " ".join(name.split()), _stage(project, at, scenario)
    if not wanted:
        raise ValueError(tr("A stage needs a name."))
    stages = project.scenarios[scenario].stages
    wanted = free_name(wanted, [each for place, each in enumerate(stages) if place != at])
    changed = msgspec.structs.replace(before, name=wanted)
    return _followed_by_name(
        replace_stage(project, changed, scenario=scenario, stage=at), before, wanted, scenario
    )


def hold_sections(project: Project, sections: Iterable[str], at: int, *, scenario: int = 0) -> Project:
    """The project with sections (``model``, ``hardware``, ``price``, ``efficiency``) a stage's own.

    They start as the scenario's; a section the stage holds already stays as it is.
    """
    chosen, stage = project.scenarios[scenario], _stage(project, at, scenario)
    copied = {name: getattr(chosen, name) for name in sections if getattr(stage, name) is None}
    changed = msgspec.structs.replace(stage, **copied)
    return replace_stage(project, changed, scenario=scenario, stage=at)


def release_sections(project: Project, sections: Iterable[str], at: int, *, scenario: int = 0) -> Project:
    """The project with a stage using its scenario's sections again."""
    changed = msgspec.structs.replace(_stage(project, at, scenario), **dict.fromkeys(sections))
    return replace_stage(project, changed, scenario=scenario, stage=at)


def choose_own_accelerator(
    project: Project, accelerator: str, price: Price, at: int, *, scenario: int = 0
) -> Project:
    """The project with another accelerator in a stage's own hardware, and its own price with it.

    Raises:
        ValueError: the stage uses its scenario's hardware.
    """
    stage = _stage(project, at, scenario)
    if stage.hardware is None:
        raise ValueError(tr("{name} has no hardware of its own.", name=stage.name))
    hardware = msgspec.structs.replace(stage.hardware, accelerator=accelerator, typed=None)
    changed = msgspec.structs.replace(stage, hardware=hardware, price=price)
    return replace_stage(project, changed, scenario=scenario, stage=at)


def free_name(name: str, others: Iterable[Named]) -> str:
    """The name, with the first number from 2 on that none of the others has after it where it is taken."""
    taken = {each.name for each in others}
    stem, _, number = name.rpartition(" ")
    base = stem if stem and number.isdigit() and name in taken else name
    number_from, wanted = 2, name
    while wanted in taken:
        wanted = f"{base} {number_from}"
        number_from += 1
    return wanted


def followed(before: Sequence[Listed], at: int, after: Sequence[Listed]) -> int:
    """Where the stage or scenario selected in one list is in another, for keeping it selected.

    One that is in neither of its places has been edited or removed: the place stays.
    """
    chosen = before[at]
    if at < len(after) and (after[at] == chosen or chosen not in after):
        return at
    return after.index(chosen) if chosen in after else len(after) - 1


def _followed_by_name(project: Project, stage: Stage, name: str | None, scenario: int) -> Project:
    """The project whose ranges and locks of a stage's own inputs follow it to another name, or go with it.

    Where another stage has its old name they stay: a name is all they are tied to.
    """
    chosen = project.scenarios[scenario]
    if any(each.name == stage.name for each in chosen.stages):
        return project
    own = f"{stage.name}{SEPARATOR}"

    def moved(path: str) -> str | None:
        if not path.startswith(own):
            return path
        return None if name is None else f"{name}{SEPARATOR}{path.removeprefix(own)}"

    ranges = tuple(
        msgspec.structs.replace(held, path=path)
        for held in chosen.ranges
        if (path := moved(held.path)) is not None
    )
    locked = tuple(path for each in chosen.locked if (path := moved(each)) is not None)
    if (ranges, locked) == (chosen.ranges, chosen.locked):
        return project
    return replace_scenario(
        project, msgspec.structs.replace(chosen, ranges=ranges, locked=locked), scenario=scenario
    )


def _scenario(project: Project, at: int) -> Scenario:
    if at < 0:
        raise IndexError(tr("There is no scenario {at}.", at=at))
    return project.scenarios[at]


def _with_scenarios(project: Project, scenarios: Iterable[Scenario]) -> Project:
    return msgspec.structs.replace(project, scenarios=tuple(scenarios))


def _stage(project: Project, at: int, scenario: int) -> Stage:
    if at < 0:
        raise IndexError(tr("There is no stage {at}.", at=at))
    return project.scenarios[scenario].stages[at]


def _with_stages(project: Project, stages: Iterable[Stage], scenario: int) -> Project:
    changed = msgspec.structs.replace(project.scenarios[scenario], stages=tuple(stages))
    return replace_scenario(project, changed, scenario=scenario)
