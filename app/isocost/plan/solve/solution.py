"""What is asked of a plan backwards, and what the answer holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from isocost.plan.project.programme import Goal
from isocost.plan.solve.case import Case, Choice

Unknown = Literal[
    "model", "tokens", "parameters", "count", "accelerator", "price", "mfu", "budget", "deadline"
]
UNKNOWNS: tuple[Unknown, ...] = get_args(Unknown)

Limit = Literal["budget", "deadline", "memory", "batch", "supply", "range", "returns"]
"""What can hold an answer where it is; ``supply`` = nobody sells it so, ``range`` = the input's own end,
``returns`` = twice as many are hardly faster."""

UNITS: dict[Unknown, str] = {
    "model": "parameters",
    "tokens": "tokens",
    "parameters": "parameters",
    "count": "accelerators",
    "accelerator": "",
    "price": "USD/h",
    "mfu": "share",
    "budget": "USD",
    "deadline": "days",
}


PATHS: dict[Unknown, str] = {
    "tokens": "data.tokens",
    "parameters": "model.parameters",
    "count": "hardware.count",
    "price": "price.usd_per_gpu_hour",
    "mfu": "efficiency.mfu",
    "budget": "goal.budget_usd",
    "deadline": "goal.deadline_days",
}
"""Of the unknowns that are one number, the input it stands in."""


def held_against(unknown: Unknown, goal: Goal) -> Goal:
    """What an answer is held against: not against the budget or the deadline that is asked for."""
    return Goal(
        None if unknown == "budget" else goal.budget_usd,
        None if unknown == "deadline" else goal.deadline_days,
    )


@dataclass(frozen=True, slots=True)
class Wish:
    """Which input is unknown; all others are as the plan has them."""

    unknown: Unknown
    law: str | None = None
    """Law of loss, by its id; None = the usual one."""
    tokens_per_parameter: float | None = None
    """Tokens that follow the model's size, per active parameter; None = they stay, or are free too."""
    keep_count: bool = False
    """Whether the plan's count stays where it would be free: always so of accelerators one owns."""
    any_accelerator: bool = False
    """Whether every accelerator on offer is looked at where the plan's own would be."""


@dataclass(frozen=True, slots=True)
class ScanPoint:
    """One value that was tried, and what the plan is with it."""

    value: float | int | str
    choice: Choice
    feasible: bool
    sold: bool = True
    """Whether so many can be had on the price's terms."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another plan: one that is possible where the wish is not, or another size for the same bill."""

    changed: Literal["count", "accelerator", "budget", "deadline", "both", "tokens", "size"]
    choice: Choice
    case: Case


@dataclass(frozen=True, slots=True)
class Solution:
    """The answer to a wish."""

    wish: Wish
    value: float | int | str | None
    """None = no value does it."""
    feasible: bool
    binding: tuple[Limit, ...]
    """What holds the value where it is; of an impossible wish what its nearest breaks, the worst first."""
    choice: Choice | None
    """The plan with the value in it; of an impossible wish the nearest that was looked at."""
    case: Case
    """The same as a project to open."""
    scan: tuple[ScanPoint, ...]
    crossings: tuple[float, ...]
    """Every value at which the limits begin or cease to be kept."""
    alternatives: tuple[Alternative, ...]

    @property
    def unit(self) -> str:
        """Of ``value``, for other programs."""
        return UNITS[self.wish.unknown]
