"""What commands share that ask a plan backwards: the plan with its goal, and accelerators by name."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from isocost.catalog import Catalog
    from isocost.plan.solve.case import Case


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
