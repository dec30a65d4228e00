"""How likely a choice of hardware keeps budget and deadline, what that rests on, and how slow it may be."""

from __future__ import annotations

import math
from dataclasses import replace

import msgspec

from isocost.plan.answer.evidence import stage_evidence, weighed
from isocost.plan.doubt.risk import Risk, risk
from isocost.plan.doubt.span import span_of
from isocost.plan.money.reckoning import reckoned
from isocost.plan.project.programme import Goal
from isocost.plan.solve.case import WITHIN, Case, Choice
from isocost.plan.solve.reach import Reach

EVEN = 0.5
WIDEST = 1e6
HALVINGS = 60


def judged(case: Case, on: Reach, at: int) -> Choice:
    """A point as a choice: its range, the chance that budget and deadline both hold, its evidence word."""
    choice, goal, chance = case.choice(on, at), case.goal, None
    sampled = sampled_at(case, on, at)
    there = sampled.programme.on
    found = [stage_evidence(run, case.catalog) for run in there.runs]
    evidence = weighed(list(zip(there.by_stage("stage.rent"), found, strict=True)), case.catalog)
    if goal != Goal():
        budget = math.inf if goal.budget_usd is None else goal.budget_usd
        days = math.inf if goal.deadline_days is None else goal.deadline_days
        chance = sampled.chance_both(budget, days)
    span = span_of(sampled)
    return replace(
        choice,
        low_usd=None if span is None else span.cost_usd.p10,
        high_usd=None if span is None else span.cost_usd.p90,
        chance=chance,
        evidence=None if evidence is None else evidence.word,
    )


def spread_of(choice: Choice) -> tuple[float, float] | None:
    """10th and 90th percentile of a judged choice's cost over the planned; None = nothing is in doubt."""
    if choice.low_usd is None or choice.high_usd is None or not choice.cost_usd > 0.0:
        return None
    return choice.low_usd / choice.cost_usd, choice.high_usd / choice.cost_usd


def sampled_at(case: Case, on: Reach, at: int) -> Risk:
    """A point with everything that is not known of it sampled: the stages that count, there."""
    scenario = case.on(on.cards[int(on.which[at])], int(on.counts[at])).scenario
    stages = tuple(stage for stage in scenario.stages if stage.enabled)
    there = msgspec.structs.replace(scenario, stages=stages)
    return risk(reckoned(there, on.runs_at(at), case.catalog))


def pace_kept(on: Reach, goal: Goal, at: int = 0) -> float | None:
    """Times its predicted hours that a point may take within budget and deadline; None = no pace does."""

    def held(pace: float) -> bool:
        cost, days = on.at_pace(pace)
        paid = goal.budget_usd is None or cost[at] <= goal.budget_usd * WITHIN
        return bool(paid and (goal.deadline_days is None or days[at] <= goal.deadline_days * WITHIN))

    low, high = 1.0 / WIDEST, WIDEST
    if not held(low):
        return None
    if held(high):
        return high
    for _ in range(HALVINGS):
        middle = math.sqrt(low * high)
        low, high = (middle, high) if held(middle) else (low, middle)
    return low
