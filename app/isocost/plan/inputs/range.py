"""What a range of a declared input may be."""

from __future__ import annotations

from isocost.language import tr
from isocost.plan.inputs.input import Input, problem
from isocost.plan.project.ranges import InputRange
from isocost.quantities import format_significant


def range_problem(held: InputRange, declared: Input) -> str | None:
    """What is wrong with a range of an input, as a sentence without the place; None = fine."""
    for end in (held.low, held.high, held.mode):
        if end is not None and (wrong := problem(declared, end)):
            return wrong
    if not held.low < held.high:
        ends = tr(
            "{significant} and {significant_2}",
            significant=format_significant(held.low),
            significant_2=format_significant(held.high),
        )
        return tr("low must lie below high, got {ends}.", ends=ends)
    if held.mode is not None and not held.low <= held.mode <= held.high:
        return tr(
            "mode must lie between low and high, got {significant}.",
            significant=format_significant(held.mode),
        )
    if held.shape == "lognormal" and held.low <= 0.0:
        return tr(
            "a lognormal range lies above 0; write shape: uniform or triangular for one that reaches 0."
        )
    return None
