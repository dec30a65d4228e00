"""What commands share that ask a plan backwards: the plan with its goal, and accelerators by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from isocost.cli.arguments import add_format, add_goal, add_plan, add_scenario, add_without, command_parser
from isocost.cli.output import write

if TYPE_CHECKING:
    import argparse

    from isocost.catalog import Catalog
    from isocost.plan.solve.case import Case
    from isocost.report.told import Told

    Answering = Callable[[Case, frozenset[str]], Told]
    """What answers a case, with accelerators left out by id."""


def add_case(parser: argparse.ArgumentParser) -> None:
    """A plan, its goal, accelerators left out, and how the answer is written."""
    add_plan(parser)
    add_scenario(parser)
    add_goal(parser)
    add_without(parser)
    add_format(parser)


def tell(name: str, description: str, arguments: Sequence[str], answer: Answering) -> int:
    """Run a command that asks a case and nothing else, and print what it is told.

    Raises FileError, UsageError, CatalogError.
    """
    parser = command_parser(name, description)
    add_case(parser)
    chosen = parser.parse_args(arguments)
    # Imported late, as what answers is: --help and a mistyped option are answered at once.
    from isocost.cli.plans import refusals
    from isocost.report.told import FORMS

    case, without = asked(chosen)
    with refusals(chosen.file):
        told = answer(case, without)
    write(FORMS[chosen.format](told))
    return 0


def asked(chosen: argparse.Namespace) -> tuple[Case, frozenset[str]]:
    """The plan with its goal, and the accelerators left out, by id.

    Raises FileError, UsageError, CatalogError.
    """
    case = case_of(chosen.file, chosen.scenario, chosen.budget, chosen.deadline)
    return case, named(chosen.without, case.catalog)


def case_of(file: str, scenario: str | None, budget: str | None, deadline: str | None) -> Case:
    """The plan of a file or preset, held against a typed budget and deadline, else its own.

    Raises FileError, UsageError, CatalogError.
    """
    from isocost.cli.plans import open_catalog, open_plan, scenario_index, with_goal
    from isocost.plan.solve.case import Case

    catalog = open_catalog()
    project = open_plan(file, catalog)
    index = scenario_index(project, scenario)
    return Case(with_goal(project, index, budget, deadline), catalog, index, date.today())


def named(text: str | None, catalog: Catalog) -> frozenset[str]:
    """Accelerators listed with commas, by id. Raises CatalogError for an unknown one."""
    names = [] if text is None else [each.strip() for each in text.split(",")]
    return frozenset(catalog.accelerator(each).spec.id for each in names if each)
