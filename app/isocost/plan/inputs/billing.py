"""Counting what a bill leaves out: a first value with its source, until one's own is known."""

from __future__ import annotations

from isocost.catalog import Catalog
from isocost.plan.inputs.defaults import new_stage
from isocost.plan.inputs.table import NUMBERS
from isocost.plan.project.editing import add_stage
from isocost.plan.project.project import Project, set_value

EXPERIMENTS = "ablations"
"""Kind of the stage that counts experiments."""
STAGES = "stages"
"""Path of what a stage counts; other costs are counted by an input."""


def counted(project: Project, path: str, catalog: Catalog, *, scenario: int = 0) -> Project:
    """The project with a cost that was off counted: its input at the shipped figure, or a stage at the end.

    A cost nothing is known of stays as it is.
    """
    if path == STAGES:
        end = len(project.scenarios[scenario].stages)
        return add_stage(project, new_stage(EXPERIMENTS, catalog), end, scenario=scenario)
    first = NUMBERS[path].counted
    return project if first is None else set_value(project, path, first, scenario=scenario)
