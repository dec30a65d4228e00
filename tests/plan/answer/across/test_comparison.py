"""What is compared, and which part of it is worth showing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from isocost import paths
from isocost.catalog import load
from isocost.files import load_project
from isocost.plan.answer.across.comparison import (
    CUT,
    JUST,
    compared,
    efficient,
    familiar,
    front,
    in_logarithms,
    next_count,
    published,
    ranked,
    worth_showing,
)
from isocost.plan.answer.across.curves import active_curve, other_curves
from isocost.plan.answer.estimate import estimate
from tests.plan.curves import COUNTS, KINDS, comparison, curve, estimate_at

EVERY = tuple(KINDS)


def test_the_view_holds_the_plan_and_its_range():
    plan = comparison(EVERY)
    view = worth_showing(plan, 8)
    total, spread = plan.estimate.total, plan.estimate.range
    assert view.days[0] <= total.wall_days <= view.days[1]
    assert view.cost[0] <= spread.cost_usd.p10
    assert view.cost[1] >= spread.cost_usd.p90


def test_another_accelerator_that_costs_nothing_is_ranked_but_not_drawn():
    plan = comparison(("h800-sxm", "b200"))
    plan = replace(plan, others=(replace(plan.others[0], cost_usd=plan.others[0].cost_usd * 0.0),))
    assert in_logarithms(plan).others == ()
    assert [choice.accelerator for choice in ranked(plan)] == ["b200", "h800-sxm"]


def test_a_range_that_starts_at_nothing_is_not_drawn():
    plan = comparison()
    known = plan.estimate.range
    low = replace(known, cost_usd=replace(known.cost_usd, p10=0.0))
    assert plan.spread is not None
    assert replace(plan, estimate=replace(plan.estimate, range=low)).spread is None


def test_the_plans_accelerator_is_always_named_and_names_are_few():
    dearest = comparison(("v100", *[name for name in EVERY if name != "v100"]))
    named = worth_showing(dearest, 5).named
    assert named[0] == "v100"
    assert len(named) == len(set(named)) == 5


@given(
    st.floats(0.0, 0.99),
    st.integers(0, len(COUNTS) - 1),
    st.lists(st.floats(0.2, 5.0), min_size=3, max_size=3),
)
def test_what_is_cheapest_where_the_chart_begins_is_on_it(gone, at, dearer):
    plan = comparison(("h800-sxm", "b200", "gb200", "tpu-v5p"))
    # One that is let in large counts only, faster than anything the chart would look at, and dear or cheap.
    large = [replace(c, fits=c.counts >= COUNTS[at]) for c in plan.others]
    others = [replace(c, cost_usd=c.cost_usd * f) for c, f in zip(large, dearer, strict=True)]
    slow = replace(plan.active, days=plan.active.days * 10 ** (3 * gone))
    plan = replace(plan, active=slow, others=tuple(others), estimate=estimate_at(slow, 2048))
    view = worth_showing(plan, 8)
    cheapest = [each for each in front(plan) if each.days[0] <= view.days[0] * JUST][-1:]
    assert {each.accelerator for each in cheapest} <= set(view.named)
    assert all(each.days[-1] >= view.days[0] / JUST for each in cheapest)


def test_everything_on_the_front_is_named():
    plan = comparison(EVERY)
    view = worth_showing(plan, 8)
    assert {segment.accelerator for segment in view.front} <= set(view.named)


def test_familiar_accelerators_are_named_before_merely_cheap_ones_unless_far_dearer():
    plan = replace(comparison(EVERY), familiar=("v100", "h100-sxm"))
    named = worth_showing(plan, 6).named
    assert "h100-sxm" in named
    assert "v100" not in named[:4]


def test_no_plan_on_the_front_is_beaten():
    plan = comparison(EVERY)
    segments = front(plan)
    points = [(d, c) for s in segments for d, c in zip(s.days, s.cost_usd, strict=True)]
    assert points == sorted(points, key=lambda p: p[0])
    for each in plan.curves:
        for days, cost in zip(each.days, each.cost_usd, strict=True):
            assert not any(days < d * (1 - 1e-9) and cost < c * (1 - 1e-3) for d, c in points)


def test_what_does_not_fit_is_not_on_the_front():
    plan = comparison(EVERY, fits_from=512)
    smallest = max(d for s in worth_showing(plan, 8).front for d in s.days)
    longest_fitting = max(float(c.days[c.fits].max()) for c in plan.curves)
    assert smallest <= longest_fitting


def test_a_deadline_on_the_plans_own_day_keeps_the_plan():
    plan = comparison()
    days = plan.estimate.total.wall_days
    choice = next(c for c in ranked(replace(plan, deadline_days=days)) if c.accelerator == "h800-sxm")
    assert choice.in_time
    assert choice.days <= days * JUST


def test_a_plan_without_a_range_has_a_view_too():
    active = curve("h800-sxm")
    plan = replace(comparison(), estimate=estimate_at(active, 2048, ranged=False))
    assert worth_showing(plan, 8).cost[0] > 0


def test_jagged_counts_are_left_out_of_the_line():
    smooth = curve("h800-sxm", fits_from=0)
    bad = (np.arange(len(smooth.counts)) % 3) == 1
    jagged = replace(smooth, days=smooth.days * (1 + 0.9 * bad), cost_usd=smooth.cost_usd * (1 + 0.9 * bad))
    kept = efficient(jagged)
    assert not bad[kept].any()
    assert (np.diff(jagged.days[kept]) > 0).all()
    assert (jagged.cost_usd[kept] <= np.minimum.accumulate(jagged.cost_usd[kept]) * 1.01).all()


def test_a_fitting_count_is_left_out_only_when_another_beats_it():
    each = replace(curve("b200"), cost_usd=curve("b200").cost_usd * (1 + 0.2 * (np.arange(len(COUNTS)) % 2)))
    kept = set(efficient(each).tolist())
    for i in np.flatnonzero(each.fits):
        beaten = (each.days < each.days[i]) & (each.cost_usd < each.cost_usd[i]) & each.fits
        assert int(i) in kept or beaten.any()


def test_what_does_not_fit_goes_on_where_the_fitting_counts_end():
    part = curve("h800-sxm", fits_from=64)
    kept = efficient(part)
    fits = part.fits[kept]
    assert fits.any()
    assert (~fits).any()
    assert part.days[kept][~fits].min() > part.days[kept][fits].max()


def test_more_and_fewer_accelerators_are_the_next_efficient_counts():
    plan = comparison()
    more, fewer = next_count(plan, 1), next_count(plan, -1)
    assert more[0].counts[more[1]] == 2560
    assert fewer[0].counts[fewer[1]] == 1536
    assert next_count(replace(plan, count=10**9), 1) is None


def test_the_range_along_the_plans_line_is_in_view():
    plan = comparison(EVERY)
    view = worth_showing(plan, 6)
    inside = (plan.active.days >= view.days[0]) & (plan.active.days <= view.days[1]) & plan.active.fits
    assert view.cost[0] <= plan.active.cost_usd[inside].min() * plan.spread[0] * 1.001


def test_a_plan_that_does_not_fit_is_not_what_the_view_is_about():
    active = curve("h800-sxm", fits_from=2048)
    plan = replace(comparison(), active=active, estimate=estimate_at(active, 32), count=32)
    assert not plan.possible
    assert worth_showing(plan, 6).days[1] < plan.estimate.total.wall_days


def test_the_accelerator_the_title_names_is_drawn():
    plan = comparison(EVERY)
    for most in (2, 3, 4):
        view = worth_showing(plan, most)
        assert view.front[-1].accelerator in view.named


def test_the_chart_reaches_no_further_than_what_it_draws():
    plan = comparison(EVERY)
    view = worth_showing(plan, 6)
    drawn = [c for c in plan.curves if c.accelerator in view.named]
    latest = max(float(c.days[efficient(c)].max()) for c in drawn)
    assert view.days[1] <= max(latest, plan.estimate.total.wall_days) * (1.0 + 1e-9)


CATALOG = load(paths.presets() / "no-such-folder")


def test_familiar_accelerators_are_those_people_quote():
    names = familiar(CATALOG)
    assert "h100-sxm" in names[:3]
    assert "a40" not in names


def test_published_runs_tell_their_time_and_cost_and_no_run_stands_twice():
    found = published(CATALOG)
    assert any(run.model == "DeepSeek-V3" and run.count == 2048 for run in found)
    assert all(run.days > 0 and run.cost_usd > 0 for run in found)
    assert len({(run.days, run.cost_usd) for run in found}) == len(found)
    assert all(run.run is not None and run.run.trusted for run in found)


@pytest.mark.parametrize(("name", "claimed"), [("deepseek-r1", True), ("startup-7b", False)])
def test_a_plan_of_claimed_hours_is_known_as_one(name, claimed):
    plan = load_project(paths.presets() / f"{name}.yaml")
    shown = compared(
        estimate(plan, CATALOG),
        active_curve(plan, CATALOG),
        other_curves(plan, CATALOG),
        plan.scenarios[0],
        CATALOG,
    )
    assert shown.claimed is claimed


def test_stages_on_hardware_of_their_own_are_counted_apart():
    plan = load_project(paths.presets() / "deepseek-chain.yaml")
    curve_of_plan = active_curve(plan, CATALOG)
    shown = compared(estimate(plan, CATALOG), curve_of_plan, (curve_of_plan,), plan.scenarios[0], CATALOG)
    assert (shown.apart, shown.count, shown.others) == (4, 512, ())


@given(spike=st.floats(1.0, 1e4), count=st.sampled_from(COUNTS[COUNTS >= 64].tolist()))
def test_no_spike_takes_the_chart_from_what_is_near_the_plan(spike: float, count: int):
    plan = comparison(EVERY)
    wild = replace(
        plan.active, cost_usd=np.where(COUNTS > 8192, plan.active.cost_usd * spike, plan.active.cost_usd)
    )
    plan = replace(plan, active=wild, count=count, estimate=estimate_at(wild, count))
    view = worth_showing(plan, 6)
    assert view.cost[0] <= plan.estimate.total.cost_usd <= view.cost[1] <= CUT * plan.estimate.total.cost_usd
