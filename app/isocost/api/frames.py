"""Records as columns: for pandas where it is installed, and for whatever else takes columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from functools import singledispatch
from typing import TYPE_CHECKING, Any

import numpy as np

from isocost.api.asking import Chances
from isocost.api.plans import PlanError
from isocost.api.sweeping import Sweep
from isocost.evidence.generation import GenerationPrediction
from isocost.evidence.predict import Prediction
from isocost.plan.answer.across.curves import CostCurve
from isocost.plan.answer.results import Estimate
from isocost.plan.doubt.evaluation import FIGURES as OUTCOMES
from isocost.plan.money.explain import Explanation
from isocost.plan.solve.solution import Solution
from isocost.plan.sweep.points import FIGURES

if TYPE_CHECKING:
    import pandas

Columns = dict[str, Any]

STAGE = (
    "name", "group", "kind", "enabled", "accelerator", "count", "usd_per_gpu_hour", "gpu_hours", "wall_days",
    "cost_usd", "mfu", "tokens_per_s_per_gpu", "goodput", "waste", "fits", "layout", "energy_kwh", "co2_kg",
)  # fmt: skip
"""Of an estimate: figures of each stage."""
CHOICE = ("accelerator", "count", "cost_usd", "wall_days", "span_days", "gpu_hours", "mfu", "fits")
"""Of a solution: what each value that was tried comes to."""
EXPLAINED = ("key", "label", "value", "unit", "formula", "provenance", "source")


def to_frame(result: Any) -> pandas.DataFrame:
    """A result as a pandas frame; needs pandas, which Isocost does not install.

    Args:
        result: an estimate (a row a stage), a curve or several (a row a count), a solution (a row a value
            that was tried), risk (a row a sample), an explanation (a row a value, ``level`` beneath the
            figure), a sweep (a row a point), predictions (a row a run).

    Raises:
        ImportError: pandas is not installed.
        PlanError: it is none of these.
    """
    try:
        import pandas
    except ImportError as error:
        raise ImportError("to_frame needs pandas: pip install pandas; to_columns does without.") from error
    return pandas.DataFrame(to_columns(result))


def to_columns(result: Any) -> Columns:
    """The same as columns of one length, by name: lists and arrays, for any library of tables.

    >>> import isocost
    >>> columns = isocost.to_columns(isocost.estimate("startup-7b"))
    >>> columns["name"], columns["accelerator"]
    (['Pre-training'], ['h100-sxm'])
    """
    return _columns(result)


@singledispatch
def _columns(result: Any) -> Columns:
    if isinstance(result, Sequence) and result:
        kind = type(result[0])
        if issubclass(kind, CostCurve) and all(isinstance(each, kind) for each in result):
            parts = [_columns(each) for each in result]
            return {name: np.concatenate([each[name] for each in parts]) for name in parts[0]}
        if issubclass(kind, Prediction | GenerationPrediction):
            names = [each.name for each in fields(kind)]
            return {name: [getattr(each, name) for each in result] for name in names}
    raise PlanError(f"a {type(result).__name__} is no result that makes a table.")


@_columns.register
def _(result: Estimate) -> Columns:
    return {name: [getattr(each, name) for each in result.stages] for name in STAGE}


@_columns.register
def _(result: CostCurve) -> Columns:
    size = len(result.counts)
    return {
        "accelerator": np.full(size, result.accelerator, dtype=object),
        "count": result.counts,
        "usd_per_gpu_hour": np.full(size, result.price.usd_per_gpu_hour),
        "days": result.days,
        "cost_usd": result.cost_usd,
        "mfu": result.mfu,
        "fits": result.fits,
    }


@_columns.register
def _(result: Solution) -> Columns:
    tried = result.scan
    found: Columns = {"value": [each.value for each in tried], "feasible": [each.feasible for each in tried]}
    return found | {name: [getattr(each.choice, name) for each in tried] for name in CHOICE}


@_columns.register
def _(result: Chances) -> Columns:
    return {name: getattr(result.sampled.outcomes, name) for name in OUTCOMES}


@_columns.register
def _(result: Explanation) -> Columns:
    rows = list(_walked(result, 0))
    found: Columns = {"level": [level for level, _ in rows]}
    return found | {name: [getattr(each, name) for _, each in rows] for name in EXPLAINED}


@_columns.register
def _(result: Sweep) -> Columns:
    figures: Mapping[str, Any] = {name: getattr(result, name) for name in (*FIGURES, "fits")}
    return {**result.inputs, **figures, "note": list(result.note)}


def _walked(node: Explanation, level: int) -> Iterator[tuple[int, Explanation]]:
    yield level, node
    for each in node.inputs:
        yield from _walked(each, level + 1)
