"""The questions beside a bill, for every form of an estimate: the window's own sentences and figures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from isocost.language import tr
from isocost.plan.answer.estimate import Answer
from isocost.plan.answer.warnings.badges import Badge, badges, spokesman
from isocost.plan.doubt.risk import risk
from isocost.plan.money.arithmetic import cents
from isocost.plan.money.energy import Footprint
from isocost.plan.money.ledger import Omission
from isocost.plan.money.options import OptionComparison
from isocost.plan.money.rent_or_buy import RentOrBuy
from isocost.plan.money.slip import Slip
from isocost.plan.project.programme import Goal
from isocost.plan.project.project import Scenario
from isocost.report.decisions.doubting.doubt import chances_said
from isocost.report.findings.facts import badges_said, energy_said, energy_sources, never_counted, scope_said
from isocost.report.findings.inputs.choices import (
    options_note,
    options_said,
    options_unanswered,
    rent_note,
    rent_said,
    rent_unanswered,
)
from isocost.report.findings.tabs.ledger import slip_words

LATE_WEEKS = 1.0
"""The delay whose cost is told."""


@dataclass(frozen=True, slots=True)
class Question:
    """One of them."""

    key: str
    """Its name in JSON."""
    title: str
    sentences: tuple[str, ...]
    """What the window says of it, without the last full stop; empty = it was not asked."""
    figures: Any
    """The same as plain values; None = not known, or not asked."""


def questions(answer: Answer) -> tuple[Question, ...]:
    """Budget and deadline where the plan has one, rent or buy, API or own, a delay, what is left out, energy,
    and where the plan stands among others."""
    return tuple(_questions(answer))


def _questions(answer: Answer) -> Iterator[Question]:
    scenario, on = answer.scenario, answer.reckoning
    if scenario.goal != Goal():
        yield _goal(answer)
    bought, options, late = on.rent_or_buy, answer.options, answer.slip(LATE_WEEKS)
    if bought is not None:
        told: tuple[str, ...] = (*rent_said(bought).of(answer.estimate)[:2], rent_note(bought))
    else:
        told = (rent_unanswered(scenario, on.catalog).said.subtitle,)
    yield Question("rent_or_buy", tr("Rent or buy"), told, bought and _rent_or_buy(bought, told[0]))
    told = (options_unanswered().said.subtitle,)
    if options is not None:
        told = (*options_said(options, scenario).of(answer.estimate)[:2], options_note(options, scenario))
    yield Question("api_or_own", tr("API or own"), told, options and _api_or_own(options, scenario, told[0]))
    yield Question("slip", tr("A week late"), (slip_words(late),), _slip(late))
    left = answer.omissions
    told = (*(f"{each.name}: {each.meaning}" for each in left if each.path), never_counted(left))
    yield Question("not_in_this_bill", scope_said(left).finding, told, [_omission(each) for each in left])
    found = on.footprint
    told = (energy_said(found).of(answer.estimate).summary, energy_sources(found))
    yield Question("energy", tr("Energy"), told, _energy(found))
    beside = badges(scenario, answer.estimate.stages, on.catalog, spokesman(scenario))
    told = tuple(f"{each.text}: {each.detail.rstrip('.')}" for each in beside)
    told = told or (tr("Nothing here is trained on text whose amount is known"),)
    yield Question("standing", badges_said(beside).finding, told, [_remark(each) for each in beside])


def _goal(answer: Answer) -> Question:
    """Whether budget and deadline of a plan are held, as chances; a plan that cannot run holds neither."""
    goal = answer.scenario.goal
    sampled = risk(answer.reckoning) if answer.estimate.fits is not False else None
    told: tuple[str, ...] = (tr("A plan that does not fit holds no budget and no deadline"),)
    if sampled is not None:
        told = tuple(each.rstrip(".") for each in chances_said(sampled, goal))
    budget, days = goal.budget_usd, goal.deadline_days
    figures = {
        "budget_usd": budget,
        "deadline_days": days,
        "chance_over_budget": sampled.chance_over(budget) if sampled and budget is not None else None,
        "chance_late": sampled.chance_late(days) if sampled and days is not None else None,
    }
    return Question("goal", tr("Budget and deadline"), told, figures)


def _rent_or_buy(question: RentOrBuy, said: str) -> dict[str, Any]:
    return {
        "verdict": "buy" if question.pays else "rent",
        "said": said,
        "utilization": question.utilization,
        "break_even_utilization": question.break_even_utilization,
        "service_life_months": question.life_months,
        "crossover_month": question.crossover_month,
        "plan_days": question.days,
        "plan_months_at_utilization": question.planned_months,
        "plan_rented_usd": cents(question.planned_usd),
        "plan_bought_usd": cents(question.planned_bought_usd),
        "accelerators": [
            {
                "name": fleet.name,
                "count": fleet.count,
                "rent_usd_per_hour": fleet.rent,
                "price_usd": fleet.owned.capital,
                "price_source": fleet.owned.capital_source,
                "owned_usd_per_used_hour": fleet.owned.per_used_hour,
            }
            for fleet in question.fleets
        ],
        "stages_left_out": list(question.left_out),
    }


def _api_or_own(question: OptionComparison, scenario: Scenario, said: str) -> dict[str, Any]:
    return {
        "said": said,
        "tokens_per_day": scenario.demand.tokens_per_day,
        "months": scenario.demand.months,
        "cheapest": question.cheapest,
        "options": [
            {
                "key": option.key,
                "name": option.name,
                "total_usd": total,
                "upfront_usd": option.upfront_usd,
                "usd_per_month": option.usd_per_month,
                "usd_per_mtok": option.usd_per_mtok,
                "source": option.source,
            }
            for option, total in zip(question.options, question.totals_usd, strict=True)
        ],
        "crossovers": [
            {
                "option": each.dearer_at_start,
                "against": each.cheaper_at_start,
                "cheaper": each.beats,
                "tokens_per_day": each.tokens_per_day,
                "payback_months": each.payback_months,
            }
            for each in question.crossings
        ],
    }


def _slip(late: Slip) -> dict[str, Any]:
    lines = [{"line": line.line, "cost_usd": line.cost_usd} for line in late.lines]
    return {"weeks": late.weeks, "cost_usd": late.total_usd, "lines": lines}


def _omission(each: Omission) -> dict[str, Any]:
    return {"name": each.name, "meaning": each.meaning, "input": each.path or None}


def _remark(each: Badge) -> dict[str, str]:
    return {"key": each.key, "input": each.path, "said": each.text, "why": each.detail, "source": each.source}


def _energy(found: Footprint) -> dict[str, Any]:
    facts = found.facts
    return {
        "kwh": found.kwh,
        "peak_kw": found.peak_kw,
        "cost_usd": cents(found.usd),
        "paid_apart": found.paid_apart > 0.0,
        "co2_kg": found.co2_kg,
        "co2_market_kg": found.co2_market_kg,
        "pue": facts.pue,
        "usd_per_kwh": facts.usd_per_kwh,
        "grid_kg_per_kwh": facts.grid_kg_per_kwh,
        "sources": energy_sources(found),
    }
