"""Shipped plans with a few values changed, and what they come to."""

from __future__ import annotations

from typing import Any

from isocost import paths
from isocost.catalog import Catalog
from isocost.files import load_project
from isocost.plan.answer.estimate import estimate
from isocost.plan.answer.fit import FitReport, fit_report
from isocost.plan.answer.results import Estimate
from isocost.plan.project.project import Project, set_value


def shipped(name: str, catalog: Catalog, *changes: tuple[str, Any]) -> Project:
    """A preset with these values, each at its path, in its first stage."""
    project = load_project(paths.presets() / f"{name}.yaml", catalog)
    for path, value in changes:
        project = set_value(project, path, value)
    return project


def estimated(name: str, catalog: Catalog, *changes: tuple[str, Any]) -> Estimate:
    """What a preset with these values comes to."""
    return estimate(shipped(name, catalog, *changes), catalog)


def reported(name: str, catalog: Catalog, *changes: tuple[str, Any]) -> FitReport:
    """How the first stage of a preset with these values fits."""
    return fit_report(shipped(name, catalog, *changes), catalog)
