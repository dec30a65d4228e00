"""What the Plan page says of a budget and a deadline: whether the plan keeps them, how their lines move."""

from __future__ import annotations

from isocost.language import in_sentence, listed, tr
from isocost.plan.answer.across.comparison import JUST, Comparison
from isocost.plan.answer.across.curves import CostCurve
from isocost.plan.project.programme import Goal
from isocost.quantities import format_budget, format_count, format_counted, format_duration
from isocost.report.decisions.choices import SAME_TIME, goal_words
from isocost.report.findings.goal import BUDGET, DEADLINE, beyond


def goal_finding(comparison: Comparison) -> str:
    """Whether the plan stays within its goal, and how many accelerators would; empty without a goal.

    Counts between those of the curves may hold what none of them does: of those nothing is said.
    """
    goal = comparison.goal
    if goal == Goal():
        return ""
    limits = goal_words(goal)
    if is_inside(comparison):
        return tr(
            "The plan stays within {limits}; {others}",
            limits=limits,
            others=_others(others_inside(comparison)),
        )
    if not len(inside(comparison.active, comparison)) and not others_inside(comparison):
        return tr("Nothing drawn stays within {limits}", limits=limits)
    return tr("The plan {how_far}; {would}", how_far=how_far(comparison), would=_would(comparison))


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
        return tr("nothing else drawn does")
    return tr("so would {counted}", counted=format_counted(many, "other accelerator"))


def _would(comparison: Comparison) -> str:
    """Who would keep the goal that the plan does not keep."""
    held = tr("hold both") if None not in (comparison.budget_usd, comparison.deadline_days) else tr("hold it")
    own, many = cheapest_inside(comparison), others_inside(comparison)
    others = format_counted(many, "other accelerator")
    if own is None:
        return tr("{others} would {held}", others=others, held=held)
    words = tr(
        "{count} {label} would {held}", count=format_count(own), label=comparison.active.label, held=held
    )
    return tr("{words}, and so would {others}", words=words, others=others) if many else words


def cheapest_inside(comparison: Comparison) -> int | None:
    """The plan's accelerator at the cheapest count that keeps budget and deadline; None where none does."""
    curve, kept = comparison.active, inside(comparison.active, comparison)
    costs = {int(count): float(usd) for count, usd in zip(curve.counts, curve.cost_usd, strict=True)}
    return min(kept, key=costs.__getitem__) if kept else None


def how_far(comparison: Comparison) -> str:
    """By how much the plan breaks its goal: "is $40K over $300K and 3 days later than 14 days"."""
    if not comparison.possible:
        return tr("does not fit in memory")
    total, days = comparison.estimate.total, comparison.deadline_days
    beside = comparison.beside_days
    goal = Goal(comparison.budget_usd, None if days is None else days + beside)
    parts = beyond(total.cost_usd, total.wall_days + beside, goal).values()
    return tr("is {joined}", joined=listed(parts))


def goal_reading(comparison: Comparison) -> str:
    """How to read the lines of a goal; empty without one."""
    goal = comparison.goal
    if goal == Goal():
        return ""
    lines = (
        tr("either dashed line")
        if None not in (goal.budget_usd, goal.deadline_days)
        else tr("the dashed line")
    )
    return tr("Drag {lines}.", lines=lines)


def flag_text(path: str, goal: Goal, beside_days: float = 0.0) -> str:
    """What stands on the flag of a line; of one that is not set what it would be.

    Args:
        beside_days: what a programme takes beside its stages, of which the axis is.
    """
    if path == BUDGET:
        return tr("Budget") if goal.budget_usd is None else format_budget(goal.budget_usd)
    if goal.deadline_days is None:
        return tr("Deadline")
    duration = format_duration(goal.deadline_days)
    return tr("{duration} in all", duration=duration) if beside_days > SAME_TIME else duration


def flag_words(path: str, goal: Goal) -> tuple[str, str]:
    """Name and description of a line for those who move it with the keyboard."""
    name = tr("Budget") if path == BUDGET else tr("Deadline")
    value = goal.budget_usd if path == BUDGET else goal.deadline_days
    keys = tr("Up and down move it") if path == BUDGET else tr("Left and right move it")
    if value is None:
        return tr("No {name}", name=in_sentence(name)), tr(
            "{keys} into the chart, Enter types one.", keys=keys
        )
    return f"{name} {flag_text(path, goal)}", tr(
        "{keys}, with Shift finely; Enter types it, Delete removes it.", keys=keys
    )


def flag_tip(path: str, goal: Goal) -> str:
    """What the mouse can do with a flag."""
    value = goal.budget_usd if path == BUDGET else goal.deadline_days
    if value is None:
        return tr(
            "Drag to set a {word}, double-click to type it",
            word=tr("budget") if path == BUDGET else tr("deadline"),
        )
    return tr("{flag_words}: drag to move it, double-click to type it", flag_words=flag_words(path, goal)[0])


OUT_OF_REACH = {BUDGET: tr("over budget"), DEADLINE: tr("too late")}
"""What stands in the part of the chart beyond a line."""
