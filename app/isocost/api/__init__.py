"""Isocost from Python: plans in, frozen records out, the same numbers as in the window and the terminal."""

from isocost.api.asking import (
    Chances,
    curves,
    estimate,
    explain,
    figures,
    import_file,
    predict,
    risk,
    solve,
)
from isocost.api.frames import to_columns, to_frame
from isocost.api.plans import Plan, PlanError, load, presets
from isocost.api.sweeping import Sweep, sweep
from isocost.catalog import CatalogError
from isocost.files import FileError
from isocost.plan.money.explain import Explanation
from isocost.plan.solve.case import WishError
from isocost.plan.sweep.axes import SweepError

__all__ = [
    "CatalogError",
    "Chances",
    "Explanation",
    "FileError",
    "Plan",
    "PlanError",
    "Sweep",
    "SweepError",
    "WishError",
    "curves",
    "estimate",
    "explain",
    "figures",
    "import_file",
    "load",
    "predict",
    "presets",
    "risk",
    "solve",
    "sweep",
    "to_columns",
    "to_frame",
]
