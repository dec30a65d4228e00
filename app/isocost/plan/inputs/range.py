"""What a range of a declared input may be."""

from __future__ import annotations

from isocost.plan.inputs.input import Input, problem
from isocost.plan.project.ranges import InputRange
from isocost.quantities import format_significant


def range_problem(held: InputRange, declared: Input) -> str | None:
    """What is wrong with a range of an input, as a sentence without the place; None = fine."""
    for end in (held.low, held.high, held.mode):
        if end is not None and (wrong := problem(declared, end)):
            return wrong
    if not held.low < held.high:
        ends = f"{format_significant(held.low)} and {format_significant(held.high)}"
        return f"low must lie below high, got {ends}."
    if held.mode is not None and not held.low <= held.mode <= held.high:
        return f"mode must lie between low and high, got {format_significant(held.mode)}."
    if held.shape == "lognormal" and held.low <= 0.0:
        return "a lognormal range lies above 0; write shape: uniform or triangular for one that reaches 0."
    return None
