"""What a bill buys: costs over sizes and texts, the least loss of each bill, lines of equal loss."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date
from functools import cache

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isocost.catalog import load
from isocost.files import load_project
from isocost.files.presets import find_plan
from isocost.plan.answer.estimate import answer
from isocost.plan.project.programme import Goal
from isocost.plan.project.project import replace_scenario
from isocost.plan.solve.case import Case, losses_of
from isocost.plan.solve.scale import (
    Extent,
    at_place,
    best_for,
    cost_map,
    costs_follow,
    place_of,
    ridge,
    survey,
)
from isocost.quantities import plain_spaces
from isocost.report.findings.tabs.scale import best_words, ground, no_map, point, point_words, said, title

TODAY = date(2026, 11, 29)


def case_of(name="startup-7b", of=None):
    catalog = load()
    return Case(load_project(find_plan(name), catalog), catalog, 0, TODAY, of)


@cache
def surveyed(name="startup-7b", of=None):
    """A plan with the map around it."""
    case = case_of(name, of)
    size, tokens = place_of(case)
    extent = Extent((size / 20, size * 20), (tokens / 20, tokens * 20))
    found = survey(case, extent, case.catalog.constants.laws.law())
    assert found is not None
    return case, found


def total(case):
    return answer(case.project, case.catalog, case.at).estimate.total.cost_usd


@pytest.mark.parametrize(("name", "of"), [("startup-7b", None), ("api-or-own", 1)])
def test_the_map_says_of_the_plans_own_place_what_the_estimate_says(name, of):
    case, found = surveyed(name, of)
    assert found.on.cost(*place_of(case)) == pytest.approx(total(case), rel=0.01)


@settings(max_examples=12, deadline=None)
@given(st.floats(-0.9, 0.9), st.floats(-0.9, 0.9))
def test_another_place_of_the_map_costs_about_what_an_estimate_there_does(across, up):
    case, found = surveyed()
    size, tokens = place_of(case)
    there = size * 10.0**across, tokens * 10.0**up
    asked = at_place(case, found.on.total(there[0]), there[1])
    # Layouts change from one size to the next, and the map is straight between those it looked at.
    assert found.on.cost(*there) == pytest.approx(total(asked), rel=0.05)


@settings(max_examples=60, deadline=None)
@given(st.floats(0.02, 0.98), st.floats(0.02, 0.98))
def test_the_text_a_bill_pays_for_costs_that_bill(across, share):
    _, found = surveyed()
    on = found.on
    size = float(on.sizes[0] * (on.sizes[-1] / on.sizes[0]) ** across)
    row = on.rows(np.array([size]))[0]
    usd = float(row[0] + share * (row[-1] - row[0]))
    assert on.cost(size, on.text(usd, size)) == pytest.approx(usd, rel=1e-6)
    assert math.isnan(on.text(float(row[-1]) * 1.01, size))


@settings(max_examples=40, deadline=None)
@given(st.floats(0.1, 0.9))
def test_no_place_on_a_bills_line_is_lower_in_loss_than_its_best(share):
    _, found = surveyed()
    low, high = found.on.ends
    usd = low * (high / low) ** share
    best = best_for(found.on, found.law, usd, None)
    sizes = np.geomspace(found.on.sizes[0], found.on.sizes[-1], 400)
    texts = found.on.texts(np.array([usd]), sizes)[:, 0]
    losses = losses_of(found.law, sizes[np.isfinite(texts)], texts[np.isfinite(texts)], None)
    if best is None:  # then it lies at an end of what is shown
        assert np.argmin(losses) in (0, 1, 2, len(losses) - 3, len(losses) - 2, len(losses) - 1)
        return
    assert best.loss <= losses.min() + 2e-4
    assert best.loss == pytest.approx(float(losses_of(found.law, best.size, best.tokens, None)))
    assert found.on.cost(best.size, best.tokens) == pytest.approx(usd, rel=1e-6)


def test_more_money_reaches_less_loss_along_the_ridge_and_its_edges_lie_around_it():
    _, found = surveyed()
    line = found.ridge
    known = np.isfinite(line.tokens)
    assert known.sum() > 10
    losses = losses_of(found.law, line.sizes[known], line.tokens[known], None)
    assert (np.diff(losses) < 0.0).all()
    assert (line.low <= line.sizes).all()
    assert (line.sizes <= line.high).all()


def test_a_wider_ridge_is_one_that_may_cost_more():
    _, found = surveyed()
    narrow, wide = (ridge(found.on, found.law, None, within) for within in (1.01, 1.2))
    assert (np.log(wide.high / wide.low).mean()) > 1.5 * np.log(narrow.high / narrow.low).mean()


def test_every_line_of_equal_loss_is_of_that_loss():
    _, found = surveyed()
    assert len(found.losses) >= 4
    for level, sizes, tokens in found.losses:
        there = np.isfinite(tokens)
        losses = losses_of(found.law, sizes[there], tokens[there], None)
        assert np.abs(losses - level).max() < 2e-3


def test_a_map_follows_from_all_but_the_place_of_the_plan_and_its_goal():
    case = case_of()
    follows = costs_follow(case)
    assert costs_follow(at_place(case, 13e9, 5e11)) == follows
    aimed = msgspec.structs.replace(case.scenario, goal=Goal(budget_usd=1e6))
    project = msgspec.structs.replace(case.project, scenarios=(aimed,))
    assert costs_follow(Case(project, case.catalog, 0, TODAY)) == follows
    for path, value in (("price.usd_per_gpu_hour", 3.0), ("hardware.count", 512), ("data.batch_tokens", 2e6)):
        assert costs_follow(case.put(path, value)) != follows


def test_a_mixture_stands_by_its_active_parameters_and_keeps_their_share():
    case = case_of("deepseek-v3")
    size, tokens = place_of(case)
    assert size == pytest.approx(37e9, rel=0.01)
    on = cost_map(case, Extent((size / 2, size * 2), (tokens / 2, tokens * 2)))
    assert on is not None
    assert on.total(size) == pytest.approx(671e9, rel=0.02)
    moved = at_place(case, on.total(2e10), tokens)
    assert moved.parameters * moved.active == pytest.approx(2e10, rel=0.02)


def test_beyond_the_largest_size_that_fits_no_layout_does_and_just_below_it_one_does():
    case = case_of("eight-gpu-lab")
    size, tokens = place_of(case)
    on = cost_map(case, Extent((size, size * 400), (tokens / 3, tokens * 3)))
    assert on is not None
    assert on.most is not None
    sides = [at_place(case, on.most * factor, tokens).reach().fits[0] for factor in (0.9, 1.02)]
    assert sides == [True, False]
    best = best_for(on, case.catalog.constants.laws.law(), on.ends[1] / 3.0, None)
    assert best is None or best.size <= on.most


def test_a_title_tells_the_two_losses_as_the_law_has_them():
    case, found = surveyed()
    result = answer(case.project, case.catalog, 0).estimate
    on = ground(case, found, result.stages[0], result.total.cost_usd)
    there = point(case, on, result.total.cost_usd)
    assert there.best is not None
    assert title(there).endswith(f"loss {there.best.loss:.2f}, not {there.loss:.2f}")
    moved = at_place(case, on.on.total(there.best.size), there.best.tokens)
    settled = point(moved, on, result.total.cost_usd)
    assert "is about the best" in title(settled)
    assert f"{settled.loss:.2f}" in said_of(on, settled)


def test_what_costs_nothing_has_no_map():
    case = case_of()
    free = msgspec.structs.replace(case.scenario.price, usd_per_gpu_hour=0.0)
    scenario = msgspec.structs.replace(case.scenario, price=free)
    case = replace(case, project=replace_scenario(case.project, scenario))
    size, tokens = place_of(case)
    extent = Extent((size / 20, size * 20), (tokens / 20, tokens * 20))
    assert survey(case, extent, case.catalog.constants.laws.law()) is None


def test_a_plan_that_does_not_fit_is_not_the_best_its_bill_buys():
    case = case_of("startup-7b").put("hardware.count", 8).put("model.parameters", 4e11)
    size, tokens = place_of(case)
    extent = Extent((size / 200, size * 2), (tokens / 10, tokens * 20))
    found = survey(case, extent, case.catalog.constants.laws.law())
    assert found is not None
    result = answer(case.project, case.catalog, 0).estimate
    on = ground(case, found, result.stages[0], result.total.cost_usd)
    there = point(case, on, result.total.cost_usd)
    assert there.best is not None
    assert there.loss < there.best.loss
    assert plain_spaces(title(there)).startswith("400B on 2T tokens does not fit; a ")
    assert title(there).endswith(f"tokens does: loss {there.best.loss:.2f}")
    assert point_words(there, held=True)[1] == "does not fit"
    assert best_words(there)[0]
    nothing = replace(there, best=None)
    assert plain_spaces(title(nothing)) == "400B on 2T tokens does not fit"


def said_of(on, there):
    from isocost.report.findings.tabs.scale import ScaleView

    return said(ScaleView(on, there)).summary


@pytest.mark.parametrize(
    ("name", "at", "why"),
    [
        ("api-or-own", 0, "a share of the training"),
        ("lora-70b-one-node", 0, "changes a finished model"),
        ("deepseek-r1", 0, "as claimed"),
        ("minimax-m1-rl", 0, ""),
    ],
)
def test_a_stage_without_a_map_says_why_and_where_there_is_one(name, at, why):
    scenario = case_of(name).scenario
    found = no_map(scenario, at)
    assert found is not None
    assert why in found.reason
    others = [each for each in range(len(scenario.stages)) if no_map(scenario, each) is None]
    if others:
        assert found.step.does == "show"
        assert found.step.at in others
    else:
        assert found.step.words.startswith("Add a stage")
