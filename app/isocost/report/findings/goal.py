"""Whether a plan holds its budget and its deadline, by how much it does not, with which chance it does."""

from __future__ import annotations

from dataclasses import dataclass

from isocost.language import listed, tr
from isocost.plan.answer.across.comparison import JUST
from isocost.plan.answer.estimate import Answer
from isocost.plan.answer.headline import impossible
from isocost.plan.doubt.factors import FigureRanges
from isocost.plan.project.programme import Goal
from isocost.quantities import format_budget, format_duration, format_money
from isocost.report.decisions.choices import goal_words
from isocost.report.decisions.doubting.doubt import chance_said

BUDGET, DEADLINE = "goal.budget_usd", "goal.deadline_days"
"""Paths of what a plan is held against."""


@dataclass(frozen=True, slots=True)
class GoalLine:
    """A plan against what it is held against, in one line."""

    words: str
    broken: str = ""
    """Path of the line that the plan as it stands breaks; empty = none."""


def goal_line(answer: Answer, ranges: FigureRanges | None = None) -> GoalLine | None:
    """Whether a plan stays within budget and deadline, ``ranges``: and with which chance.

    None = it is held against nothing, or cannot run.
    """
    goal, estimate = answer.scenario.goal, answer.estimate
    counted = [stage for stage in estimate.stages if stage.enabled]
    if goal == Goal() or not counted or impossible(counted) is not None:
        return None
    cost, days = estimate.total.cost_usd, answer.reckoning["programme_days"]
    over = beyond(cost, days, goal)
    limits = goal_words(goal)
    said = listed(over.values()) if over else tr("within {limits}", limits=limits)
    words = tr("The plan is {said}", said=said)
    if ranges is not None and ranges.against is not None:
        chance = chance_said(ranges.against.chance(goal, cost, days))
        words = tr("{words}: {chance} that it holds {limits}", words=words, chance=chance, limits=limits)
    return GoalLine(words, next(iter(over), ""))


def beyond(cost_usd: float, programme_days: float, goal: Goal) -> dict[str, str]:
    """By how much each line of a goal is broken, in words by its path: "$40K over $300K"."""
    over, budget, deadline = dict[str, str](), goal.budget_usd, goal.deadline_days
    if budget is not None and cost_usd > budget * JUST:
        money, limit = format_money(cost_usd - budget), format_budget(budget)
        over[BUDGET] = tr("{money} over {money_2}", money=money, money_2=limit)
    if deadline is not None and programme_days > deadline * JUST:
        late, limit = format_duration(programme_days - deadline), format_duration(deadline)
        over[DEADLINE] = tr("{duration} later than {limit}", duration=late, limit=limit)
    return over
