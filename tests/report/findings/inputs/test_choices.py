"""What the questions beside the bill come to, in words."""

from __future__ import annotations

from msgspec.structs import replace

from isocost.files.loading import parse_project
from isocost.plan.answer.estimate import answer
from isocost.plan.project.project import Hardware
from isocost.plan.values import NO_PRICE, Price
from isocost.quantities import plain_spaces
from isocost.report.findings.inputs.choices import (
    options_at,
    options_note,
    options_said,
    options_table,
    options_unanswered,
    options_view,
    rent_at,
    rent_note,
    rent_said,
    rent_table,
    rent_unanswered,
    rent_view,
)
from tests.report.findings.plans import shipped


def rent(catalog):
    """Rent or buy for a shipped programme, and the days it uses."""
    project = shipped("api-or-own", catalog)
    result = answer(project, catalog)
    return result.reckoning.rent_or_buy, result.estimate.total.wall_days


def options(catalog):
    """The options of a shipped plan, and its scenario."""
    project = shipped("api-or-own", catalog)
    return answer(project, catalog).options, project.scenarios[0]


def test_rent_or_buy_says_when_buying_pays_and_how_long_the_plan_is(catalog):
    question, days = rent(catalog)
    said = rent_said(question)
    filled = question.planned_months * 730 / 24
    assert (
        plain_spaces(said.finding) == f"Rent: this plan fills {filled:.0f} days, buying pays after 28 months"
    )
    assert f"This plan's {days:.0f} days of use cost $" in plain_spaces(rent_note(question))
    assert "H100: " in said.subtitle
    assert "breaks even at 47.3" in rent_note(question)
    assert said.summary == f"{said.finding}. {said.subtitle} {rent_note(question)}"


TWO_KINDS = """
isocost: 1
name: Two kinds
scenarios:
  - name: A
    model: {name: Llama 3.1 8B}
    hardware: {accelerator: h200-sxm, count: 32}
    stages:
      - {kind: pretrain, name: Long, data: {tokens: 40B, sequence: 8192, batch_tokens: 4M}}
      - {kind: pretrain, name: Next, hardware: 16xB200, data: {tokens: 400B, sequence: 8K, batch_tokens: 4M}}
"""


def test_of_several_kinds_that_take_turns_the_rent_of_all_is_not_said_to_be_the_time(catalog):
    question = answer(parse_project(TWO_KINDS, catalog), catalog).reckoning.rent_or_buy
    assert question.planned_months * 730 / 24 * 0.8 < question.days  # the rent of all of them for less time
    note = plain_spaces(rent_note(question))
    assert f"This plan's {question.days:.0f} days of use, some of them at a time, cost $" in note
    assert f"(the rent of {question.planned_months * 730 / 24:.0f} days of all of them at 80 % use)" in note


def test_the_lines_of_renting_and_buying_are_named_and_read_month_by_month(catalog):
    question, _ = rent(catalog)
    view = rent_view(question)
    assert [line.name for line in view.lines] == ["Rent", "Buy", "Buy, then sell"]
    assert {mark.label for mark in view.marks} == {"this plan", "month 28"}
    assert view.say(0).startswith("By month 0: rented $0, bought ")
    assert view.say(1) == rent_at(question, 1)
    assert len(rent_table(question).rows) == len(question.months)
    assert rent_table(None).rows == ()


def test_the_options_say_which_is_cheapest_and_where_training_pays(catalog):
    question, chosen = options(catalog)
    said = options_said(question, chosen)
    assert said.finding == "Fine-tuning is cheapest at 10B tokens a day"
    assert "Training beats the API from " in options_note(question, chosen)
    assert said.summary.endswith(options_note(question, chosen))


def test_the_lines_of_the_options_are_read_at_each_demand(catalog):
    question, chosen = options(catalog)
    view = options_view(question, chosen)
    assert {line.name for line in view.lines} == {"API", "Fine-tune", "Train"}
    assert view.here == 10e9
    assert len(view.marks) == 2
    at = int((abs(view.x - 10e9)).argmin())
    assert view.say(at) == options_at(question, at)
    assert len(options_table(question).rows) == len(question.tokens_per_day)
    assert options_table(None).rows == ()


def test_a_question_without_its_input_leads_to_it(catalog):
    rented = shipped("api-or-own", catalog).scenarios[0]
    pods = replace(rented, hardware=Hardware("tpu-v6e", 8))
    lacking = rent_unanswered(pods, catalog)
    assert lacking.said.finding == "Rent or buy?"
    assert lacking.said.subtitle == "No purchase price is known for TPU v6e."
    assert lacking.path == "ownership.usd_per_accelerator"
    alone = replace(rented, hardware=Hardware("m4-max", 1), price=Price(0.0, NO_PRICE))
    lacking = rent_unanswered(alone, catalog)
    assert lacking.said.subtitle == "No rent of M4 Max is known."
    assert lacking.path == "supply.mode"
    assert options_unanswered().path == "demand.tokens_per_day"
    assert options_unanswered().said.finding == "API, fine-tune or train?"
