"""What the Plan page says of a budget and a deadline: whether the plan keeps them, how their lines move."""

from __future__ import annotations

from isocost.language import in_sentence
from isocost.plan.answer.comparison import JUST, Comparison
from isocost.plan.answer.curves import CostCurve
from isocost.plan.project.programme import Goal
from isocost.quantities import format_count, format_counted, format_duration, format_money
from isocost.report.decisions.choices import SAME_TIME, goal_words, joined

BUDGET, DEADLINE = "goal.budget_usd", "goal.deadline_days"
"""Paths of what a plan is held against."""


def goal_finding(comparison: Comparison) -> str:
    """Whether the plan stays within its goal, and how many accelerators would; empty without a goal.

    Counts between those of the curves may hold what none of them does: of those nothing is said.
    """
    goal = comparison.goal
    if goal == Goal():
        return ""
    limits = goal_words(goal)
    if is_inside(comparison):
        return f"The plan stays within {limits}; {_others(others_inside(comparison))}"
    if not len(inside(comparison.active, comparison)) and not others_inside(comparison):
        return f"Nothing drawn stays within {limits}"
    return f"The plan {how_far(comparison)}; {_would(comparison)}"


def is_inside(comparison: Comparison) -> bool:
    """Whether the plan as it stands fits and keeps its budget and its deadline."""
    total, budget, deadline = comparison.estimate.total, comparison.budget_usd, comparison.deadline_days
    paid = budget is None or total.cost_usd <= budget * JUST
    return comparison.possible and paid and (deadline is None or total.wall_days <= deadline * JUST)


def inside(curve: CostCurve, comparison: Comparison) -> tuple[int, ...]:
    """The counts of an accelerator that fit and keep budget and deadline."""
    budget, deadline = comparison.budget_usd, comparison.deadline_days
    kept = curve.fits.copy()
    if budget is not None:
        kept &= curve.cost_usd <= budget * JUST
    if deadline is not None:
        kept &= curve.days <= deadline * JUST
    return tuple(curve.counts[kept].tolist())


def others_inside(comparison: Comparison) -> int:
    """How many other accelerators have such a count."""
    return sum(bool(inside(curve, comparison)) for curve in comparison.others)


def _others(many: int) -> str:
    if not many:
        return "nothing else drawn does"
    return f"so would {format_counted(many, 'other accelerator')}"


def _would(comparison: Comparison) -> str:
    """Who would keep the goal that the plan does not keep."""
    held = "hold both" if None not in (comparison.budget_usd, comparison.deadline_days) else "hold it"
    own, many = cheapest_inside(comparison), others_inside(comparison)
    others = format_counted(many, "other accelerator")
    if own is None:
        return f"{others} would {held}"
    words = f"{format_count(own)} {comparison.active.label} would {held}"
    return f"{words}, and so would {others}" if many else words


def cheapest_inside(comparison: Comparison) -> int | None:
    """The plan's accelerator at the cheapest count that keeps budget and deadline; None where none does."""
    curve, kept = comparison.active, inside(comparison.active, comparison)
    costs = {int(count): float(usd) for count, usd in zip(curve.counts, curve.cost_usd, strict=True)}
    return min(kept, key=costs.__getitem__) if kept else None


def how_far(comparison: Comparison) -> str:
    """By how much the plan breaks its goal: "is $40K over $300K and 3 days later than 14 days"."""
    if not comparison.possible:
        return "does not fit in memory"
    total, parts = comparison.estimate.total, []
    budget, deadline = comparison.budget_usd, comparison.deadline_days
    if budget is not None and total.cost_usd > budget * JUST:
        parts.append(f"{format_money(total.cost_usd - budget)} over {format_money(budget)}")
    if deadline is not None and total.wall_days > deadline * JUST:
        limit = format_duration(deadline + comparison.beside_days)
        parts.append(f"{format_duration(total.wall_days - deadline)} later than {limit}")
    return f"is {joined(parts)}"


def goal_reading(comparison: Comparison) -> str:
    """How to read the lines of a goal; empty without one."""
    goal = comparison.goal
    if goal == Goal():
        return ""
    lines = "either dashed line" if None not in (goal.budget_usd, goal.deadline_days) else "the dashed line"
    words = f"Drag {lines}."
    if goal.deadline_days is not None and comparison.beside_days > SAME_TIME:
        words += (
            f" The deadline is of the whole programme, {format_duration(comparison.beside_days)} longer than"
            " its stages."
        )
    return words


def flag_text(path: str, goal: Goal) -> str:
    """What stands on the flag of a line; of one that is not set what it would be."""
    if path == BUDGET:
        return "Budget" if goal.budget_usd is None else format_money(goal.budget_usd)
    return "Deadline" if goal.deadline_days is None else format_duration(goal.deadline_days)


def flag_words(path: str, goal: Goal) -> tuple[str, str]:
    """Name and description of a line for those who move it with the keyboard."""
    name = "Budget" if path == BUDGET else "Deadline"
    value = goal.budget_usd if path == BUDGET else goal.deadline_days
    keys = "Up and down move it" if path == BUDGET else "Left and right move it"
    if value is None:
        return f"No {in_sentence(name)}", f"{keys} into the chart, Enter types one."
    return f"{name} {flag_text(path, goal)}", f"{keys}, with Shift finely; Enter types it, Delete removes it."


def flag_tip(path: str, goal: Goal) -> str:
    """What the mouse can do with a flag."""
    value = goal.budget_usd if path == BUDGET else goal.deadline_days
    if value is None:
        return f"Drag to set a {'budget' if path == BUDGET else 'deadline'}, double-click to type it"
    return f"{flag_words(path, goal)[0]}: drag to move it, double-click to type it"


OUT_OF_REACH = {BUDGET: "over budget", DEADLINE: "too late"}
"""What stands in the part of the chart beyond a line."""
