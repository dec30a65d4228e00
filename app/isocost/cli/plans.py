"""What commands share: opening a plan and choosing one of its scenarios."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from isocost.catalog import Catalog, load
from isocost.cli.arguments import number_of
from isocost.cli.errors import UsageError
from isocost.files import load_project
from isocost.files.loading import is_plan
from isocost.files.presets import find_plan
from isocost.files.schema import nearest_or_all
from isocost.plan.answer.estimate import Answer, answer
from isocost.plan.project.currency import money_of
from isocost.plan.project.project import Project, replace_scenario
from isocost.quantities import show_money_in


def open_catalog() -> Catalog:
    """The catalogue; what of the user's own files is left out is said on standard error."""
    catalog = load()
    for problem in catalog.problems:
        print(f"isocost: {problem} It is left out.", file=sys.stderr)
    return catalog


def open_plan(text: str, catalog: Catalog, *, shown: bool = True) -> Project:
    """The plan in a file or preset, its names checked against the catalogue. Raises FileError.

    A model's config.json is taken as the model of a new plan; what that assumes is said on standard error.

    Args:
        shown: whether amounts are written, and read where they name none, in its currency from now on.
    """
    path = find_plan(text)
    project = (None if is_plan(path) else _of_model(path, catalog)) or load_project(path, catalog)
    if shown:
        show_money_in(money_of(project.currency, catalog))
    return project


def _of_model(path: Path, catalog: Catalog) -> Project | None:
    """A new plan of a model's config.json, whose assumptions are said; None = the file is no model."""
    # Imported late: it takes a quarter of a second to get ready, and no plan needs it.
    from isocost.files.imports.opening import project_of_model
    from isocost.report.imported import assumed

    project = project_of_model(path, catalog)
    if project is not None:
        print(f"isocost: {assumed(path.name, project, catalog)}", file=sys.stderr)
    return project


@contextmanager
def refusals(file: str) -> Iterator[None]:
    """What a plan cannot be asked inside the block, said as a trouble of its file: UsageError."""
    try:
        yield
    except ValueError as error:
        raise UsageError(f"{file}: {error}") from error


def answered(
    file: str, scenario: str | None, budget: str | None = None, deadline: str | None = None
) -> Answer:
    """What a plan's scenario comes to, held against a typed goal or its own. Raises FileError, UsageError."""
    catalog = open_catalog()
    project = open_plan(file, catalog)
    index = scenario_index(project, scenario)
    with refusals(file):
        return answer(with_goal(project, index, budget, deadline), catalog, index)


def title_of(found: Answer) -> str:
    """The plan and the scenario that an answer is of."""
    return f"{found.project.name} | {found.scenario.name}"


def with_goal(project: Project, index: int, budget: str | None, deadline: str | None) -> Project:
    """The plan held against a typed budget and deadline, each the plan's own where none is typed.

    Raises UsageError.
    """
    chosen = project.scenarios[index]
    typed: dict[str, float] = {}
    if budget is not None:
        typed["budget_usd"] = number_of("--budget", budget, "goal.budget_usd")
    if deadline is not None:
        typed["deadline_days"] = number_of("--deadline", deadline, "goal.deadline_days")
    goal = msgspec.structs.replace(chosen.goal, **typed)
    return replace_scenario(project, msgspec.structs.replace(chosen, goal=goal), scenario=index)


def scenario_index(project: Project, name: str | None) -> int:
    """Place of the named scenario, the first without a name. Raises UsageError."""
    if name is None:
        return 0
    names = [scenario.name for scenario in project.scenarios]
    if name not in names:
        raise UsageError(f"--scenario: unknown scenario {name!r}; {nearest_or_all(name, names)}")
    return names.index(name)
