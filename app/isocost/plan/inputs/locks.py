"""Locks: inputs that stay as they are while another is solved for."""

from __future__ import annotations

import msgspec

from isocost.plan.inputs.ranging import range_path
from isocost.plan.project.project import Place, Project, replace_scenario

LOCKABLE = (
    "model.parameters",
    "data.tokens",
    "hardware.count",
    "price.usd_per_gpu_hour",
    "efficiency.mfu",
)
"""Inputs that can be solved for, or that move along with one that is; what a plan is held against is no such
input: a budget moves only where it is asked for."""


def is_locked(project: Project, path: str, at: Place) -> bool:
    """Whether the input that a place shows is to stay as it is; a lock without a stage is of all stages."""
    locked = project.scenarios[at.scenario].locked
    return path in locked or range_path(project, path, at) in locked


def with_lock(project: Project, path: str, locked: bool, *, at: Place) -> Project:
    """The project with the input that a place shows locked, or free."""
    scenario = project.scenarios[at.scenario]
    own = range_path(project, path, at)
    kept = tuple(each for each in scenario.locked if each not in (path, own))
    after = (*kept, own) if locked else kept
    if after == scenario.locked:
        return project
    return replace_scenario(project, msgspec.structs.replace(scenario, locked=after), scenario=at.scenario)
