"""The declared inputs of a plan.

Widgets, file checks, tooltips and documentation are all made from this one table; a path is the place of the
value in a stage (``section.name``, see :func:`isocost.plan.project.project.holder`).
"""

from __future__ import annotations

from isocost.plan.inputs.field import Field, Quantity
from isocost.plan.inputs.stage_fields import STAGE_FIELDS
from isocost.quantities import format_exact, format_quantity

__all__ = ["FIELDS", "STAGE_FIELDS", "Field", "Quantity", "check", "problem"]

TRILLION = 1e12
LARGEST_SUFFIXED = 1000 * TRILLION
"""From here on other numbers are written with an exponent."""

_ALL = (
    Field(
        "model.parameters", "Parameters", "", "number", 1e6, 1e13, 1e5, 1e15,
        "All weights of the model, every expert counted.", 7e9,
        "a common size of open models (Llama 2 7B, Mistral 7B)", optional=True,
    ),
    Field(
        "model.active_parameters", "Active parameters", "", "number", 1e6, 1e13, 1e5, 1e15,
        "Weights each token passes through; fewer than all of them in a mixture of experts.",
        optional=True,
    ),
    Field(
        "data.tokens", "Tokens", "", "number", 1e8, 1e14, 1e3, 1e17,
        "Tokens trained on, every epoch counted.", 2e12,
        "Llama 2, arXiv 2307.09288: 2T tokens",
    ),
    Field(
        "data.sequence", "Sequence length", "tokens", "count", 512, 1_048_576, 16, 1e8,
        "Tokens in one training sequence; attention grows with it.", 4096,
        "the most common pre-training context of released models", integer=True,
    ),
    Field(
        "data.batch_tokens", "Batch", "tokens", "number", 1e5, 1e9, 16, 1e12,
        "Tokens of one optimizer step over all accelerators; it limits how many can share the work.",
        optional=True,
        default_source="Step Law, arXiv 2503.04715",
    ),
    Field(
        "hardware.count", "Count", "GPUs", "count", 1, 131_072, 1, 131_072,
        "Accelerators used at once, rented in whole nodes; layouts are searched up to 131,072.", 256,
        "a mid-sized training reservation: 32 nodes of 8", integer=True,
    ),
    Field(
        "price.usd_per_gpu_hour", "Price", "$/GPU-h", "money", 0.2, 30.0, 0.0, 1e4,
        "Rent of one accelerator for one hour.",
    ),
    Field(
        "efficiency.mfu", "MFU", "%", "share", 0.02, 0.8, 1e-4, 1.0,
        "Model FLOPs per second over the dense peak of the matmul precision, during a step.",
        optional=True, scale="linear",
    ),
    Field(
        "efficiency.goodput", "Goodput", "%", "share", 0.5, 1.0, 0.01, 1.0,
        "Share of wall time that advances the run; failures, restarts and checkpoints take the rest.",
        optional=True, scale="linear",
    ),
    Field(
        "stage.hours", "Hours", "h", "hours", 0.1, 10_000, 0.0, 1e7,
        "Wall hours claimed on the stage's accelerators.", optional=True,
    ),
    Field(
        "stage.gpu_hours", "GPU-hours", "h", "number", 10, 1e9, 0.0, 1e12,
        "Accelerator-hours as claimed.", optional=True,
    ),
)  # fmt: skip

FIELDS: dict[str, Field] = {each.path: each for each in _ALL}
"""Inputs of every plan by their path; those of a kind of stage are in ``STAGE_FIELDS``."""


def check(path: str, value: float) -> str | None:
    """What is wrong with a value for the input at a path, as a sentence without the place; None = fine."""
    return problem(FIELDS.get(path) or STAGE_FIELDS[path], value)


def problem(field: Field, value: float) -> str | None:
    """What is wrong with a value for an input, as a sentence without the place; None = fine."""
    got = format_exact(value, field.quantity)
    if not field.minimum <= value <= field.maximum:
        low, high = _limit(field, field.minimum), _limit(field, field.maximum)
        return f"{field.label} must lie between {low} and {high}, got {got}."
    if field.integer and value != int(value):
        return f"{field.label} must be a whole number, got {got}."
    return None


def _limit(field: Field, value: float) -> str:
    """A limit as people write it: the largest ones in trillions, not with an exponent."""
    if field.quantity == "number" and value >= LARGEST_SUFFIXED:
        return f"{value / TRILLION:,.0f}T"
    return format_quantity(value, field.quantity, digits=6)
