"""Isocost: what it costs to train a language model, why, and how sure the answer is.

>>> import isocost
>>> plan = isocost.load("startup-7b")
>>> isocost.estimate(plan).total.cost_usd > 0
True

Everything named here is read when it is first asked for: ``import isocost`` alone loads nothing.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

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
    "__version__",
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


def __getattr__(name: str) -> Any:
    if name in __all__:
        return getattr(import_module("isocost.api"), name)
    raise AttributeError(f"module 'isocost' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
