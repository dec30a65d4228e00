"""What is worth showing, and the sentences about it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from isocost.plan.answer.comparison import (
    JUST,
    USUAL,
    Slots,
    efficient,
    front,
    in_logarithms,
    next_count,
    ranked,
    worth_showing,
)
from isocost.plan.answer.curves import ranking
from isocost.quantities import plain_spaces
from isocost.report.findings.plan import (
    ranking_finding,
    ranking_subtitle,
    ranking_table,
    time_finding,
    time_summary,
    time_table,
)
from isocost.ui.plot.styles import COLOURS, series_of
from tests.ui.tabs.plans import COUNTS, KINDS, comparison, curve, estimate_at

EVERY = tuple(KINDS)


def test_the_view_holds_the_plan_and_its_range():
    plan = comparison(EVERY)
    view = worth_showing(plan, 8, Slots())
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
    named = worth_showing(dearest, 5, Slots()).named
    assert named[0] == "v100"
    assert len(named) == len(set(named)) == 5


def test_everything_on_the_front_is_named():
    plan = comparison(EVERY)
    view = worth_showing(plan, 8, Slots())
    assert {segment.accelerator for segment in view.front} <= set(view.named)


def test_familiar_accelerators_are_named_before_merely_cheap_ones_unless_far_dearer():
    plan = replace(comparison(EVERY), familiar=("v100", "h100-sxm"))
    named = worth_showing(plan, 6, Slots()).named
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
    smallest = max(d for s in worth_showing(plan, 8, Slots()).front for d in s.days)
    longest_fitting = max(float(c.days[c.fits].max()) for c in plan.curves)
    assert smallest <= longest_fitting


def test_the_finding_names_the_cheapest_for_the_patient_and_the_next_faster():
    plan = comparison(("h800-sxm", "b200"))
    view = worth_showing(plan, 8, Slots())
    text = plain_spaces(time_finding(plan, view.front))
    assert text.startswith("H800 is cheapest if you can wait ")
    assert text.endswith(" days, else B200")
    wait = float(text.split("wait ")[1].split(" days")[0])
    h800, b200 = plan.curves
    slower = h800.days >= wait * 1.05
    assert (h800.cost_usd[slower] <= np.interp(-h800.days[slower], -b200.days, b200.cost_usd) * 1.001).all()


def test_a_difference_of_a_percent_does_not_make_one_wait():
    plan = comparison(("h800-sxm", "h100-sxm"))
    h800, h100 = plan.curves
    twin = replace(
        h100, days=h800.days, cost_usd=h800.cost_usd * (1 + 0.005 * (-1) ** np.arange(len(COUNTS)))
    )
    plan = replace(plan, others=(twin,))
    assert time_finding(plan, worth_showing(plan, 8, Slots()).front).endswith("is cheapest at any pace shown")


def test_a_plan_of_too_few_is_told_the_count_that_is_better_in_every_way():
    """Nothing of its own accelerator within forty times its time is on the front."""
    slow = comparison(("h800-sxm", "b200"))
    active = replace(slow.active, cost_usd=slow.active.cost_usd * slow.active.days)
    plan = replace(slow, active=active, estimate=estimate_at(active, 64), count=64)
    view = worth_showing(plan, 8, Slots())
    assert view.front
    assert {segment.accelerator for segment in view.front} == {"b200"}
    assert "would be no slower" in time_finding(plan, view.front)


def test_one_cheapest_at_any_pace_is_said_so():
    plan = comparison(("h800-sxm", "v100"))
    assert time_finding(plan, worth_showing(plan, 8, Slots()).front) == "H800 is cheapest at any pace shown"


def test_nothing_that_fits_is_said_so():
    plan = comparison(fits_from=10**9)
    assert (
        time_finding(plan, worth_showing(plan, 8, Slots()).front) == "No accelerator here can hold this model"
    )
    assert "none will do" in ranking_finding(plan, ranked(plan))


def test_the_summary_tells_plan_and_front():
    plan = comparison()
    text = plain_spaces(time_summary(plan, worth_showing(plan, 8, Slots()).front))
    assert "The plan: 2,048 H800, 56 days, $5.51M." in text
    assert "H800: $" in text


def test_the_table_has_every_point():
    plan = comparison()
    table = time_table(plan)
    assert len(table.rows) == sum(len(c.counts) for c in plan.curves)
    row = next(r for r in table.rows if r[0] == "B200" and r[1] == 1024)
    b200 = curve("b200")
    at = int(np.flatnonzero(b200.counts == 1024)[0])
    assert row[2:4] == (b200.days[at], b200.cost_usd[at])


def test_a_deadline_on_the_plans_own_day_keeps_the_plan():
    plan = comparison()
    days = plan.estimate.total.wall_days
    choice = next(c for c in ranked(replace(plan, deadline_days=days)) if c.accelerator == "h800-sxm")
    assert choice.in_time
    assert choice.days <= days * JUST


def test_the_ranking_is_the_plans_own():
    plan = comparison(EVERY)
    assert ranked(plan) == ranking(plan.curves, count=2048)
    table = ranking_table(ranked(plan))
    assert [row[3] for row in table.rows] == sorted(row[3] for row in table.rows)


@pytest.mark.parametrize(
    ("deadline", "start"), [(None, "At 2,048 each: H800, then B200"), (60.0, "Within 60 days: ")]
)
def test_the_ranking_states_its_finding(deadline, start):
    plan = comparison(deadline_days=deadline)
    assert plain_spaces(ranking_finding(plan, ranked(plan))).startswith(start)


def test_the_ranking_says_where_the_plan_stands():
    plan = comparison(("h100-sxm", "h800-sxm", "b200"))
    assert ranking_subtitle(plan, ranked(plan)) == "One count, times differ; H100 is 3rd of 3."


def test_rows_of_other_counts_are_not_said_to_be_at_the_plans():
    b200 = curve("b200")
    wider = replace(b200, counts=b200.counts * 9)
    plan = replace(comparison(("h800-sxm",)), others=(wider,), count=96)
    assert [choice.count for choice in ranked(plan)] == [96, 288]
    assert ranking_finding(plan, ranked(plan)).startswith("From 96 each: ")
    assert "Whole nodes" in ranking_subtitle(plan, ranked(plan))


def test_titles_say_that_they_are_about_the_shared_stages_alone():
    plan = replace(comparison(), apart=1)
    segments = worth_showing(plan, 8, Slots()).front
    assert time_finding(plan, segments).startswith("Shared stages: ")
    assert ranking_finding(plan, ranked(plan)).startswith("Shared stages at 2,048 each: ")


def test_a_plan_past_its_knee_is_told_where_the_curve_turns():
    before = comparison(("h800-sxm", "b200"))
    active = before.active
    past = np.maximum(1.0, active.counts / 8192)
    turning = replace(active, days=active.days * past**2, cost_usd=active.cost_usd * past**2)
    for count, told in ((8192, False), (16384, True), (24576, True)):
        plan = replace(before, active=turning, estimate=estimate_at(turning, count), count=count)
        text = plain_spaces(time_finding(plan, worth_showing(plan, 8, Slots()).front))
        assert text.startswith("8,192 H800 would be no slower and ") is told
        assert text.endswith(" % cheaper") is told


def test_a_plan_without_a_range_has_a_view_too():
    active = curve("h800-sxm")
    plan = replace(comparison(), estimate=estimate_at(active, 2048, ranged=False))
    assert worth_showing(plan, 8, Slots()).cost[0] > 0


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


def test_as_many_accelerators_as_there_are_colours_are_told_apart_by_colour(themes):
    slots = Slots()
    first = slots.assign(("gb200", "tpu-v6e", "a40", "l40s", "gh200", "b300"))
    second = slots.assign(("gb200", "h800-sxm", "a40", "h200-sxm", "gh200", "b300"))
    for assigned in (first, second):
        colours = {series_of(themes.theme, assigned, name).line for name in assigned}
        assert len(colours) == len(assigned) == COLOURS


def test_the_range_along_the_plans_line_is_in_view():
    plan = comparison(EVERY)
    view = worth_showing(plan, 6, Slots())
    inside = (plan.active.days >= view.days[0]) & (plan.active.days <= view.days[1]) & plan.active.fits
    assert view.cost[0] <= plan.active.cost_usd[inside].min() * plan.spread[0] * 1.001


def test_a_plan_that_does_not_fit_is_not_what_the_view_is_about():
    active = curve("h800-sxm", fits_from=2048)
    plan = replace(comparison(), active=active, estimate=estimate_at(active, 32), count=32)
    assert not plan.possible
    assert worth_showing(plan, 6, Slots()).days[1] < plan.estimate.total.wall_days


def test_usual_accelerators_always_wear_their_own_style():
    slots = Slots()
    first = slots.assign(("gaudi3", "h100-sxm"))
    second = slots.assign(("h800-sxm", "gaudi3", "tpu-v4", "h100-sxm"))
    assert first["h100-sxm"] == second["h100-sxm"] == USUAL.index("h100-sxm")
    assert len(set(second.values())) == 4


def test_others_keep_their_style_unless_a_usual_one_needs_it():
    slots = Slots()
    before = slots.assign(("gaudi3",))["gaudi3"]
    assert slots.assign(("gaudi3", "tpu-v4"))["gaudi3"] == before
    owner = USUAL[before]
    after = slots.assign(("gaudi3", owner))
    assert after[owner] == before
    assert after["gaudi3"] != before


def test_the_accelerator_the_title_names_is_drawn():
    plan = comparison(EVERY)
    for most in (2, 3, 4):
        view = worth_showing(plan, most, Slots())
        assert view.front[-1].accelerator in view.named


def test_the_chart_reaches_no_further_than_what_it_draws():
    plan = comparison(EVERY)
    view = worth_showing(plan, 6, Slots())
    drawn = [c for c in plan.curves if c.accelerator in view.named]
    latest = max(float(c.days[efficient(c)].max()) for c in drawn)
    assert view.days[1] <= max(latest, plan.estimate.total.wall_days) * (1.0 + 1e-9)
