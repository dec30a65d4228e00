"""What the Plan page says of the accelerators it compares."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from isocost.plan.answer.across.comparison import Published, ranked, worth_showing
from isocost.plan.answer.across.curves import ranking
from isocost.plan.physics.throughput import TYPED
from isocost.quantities import plain_spaces
from isocost.report.findings.tabs.plan import (
    APART,
    IDLE,
    RANGED,
    bar_scale,
    beyond_scale,
    choice_pace,
    choice_tip,
    in_words,
    legend_words,
    not_compared,
    plan_lines,
    point_lines,
    published_lines,
    ranking_finding,
    ranking_said,
    ranking_subtitle,
    ranking_table,
    time_finding,
    time_legend,
    time_said,
    time_subtitle,
    time_summary,
    time_table,
    why_out,
)
from tests.plan.curves import COUNTS, KINDS, comparison, curve, estimate_at

EVERY = tuple(KINDS)


def test_the_finding_names_the_cheapest_for_the_patient_and_the_next_faster():
    plan = comparison(("h800-sxm", "b200"))
    view = worth_showing(plan, 8)
    text = plain_spaces(time_finding(plan, view.front))
    assert text.startswith("H800 is cheapest if you can wait ")
    assert text.endswith(" days, else B200")
    wait = float(text.split("wait ")[1].split(" days")[0])
    h800, b200 = plan.curves
    slower = h800.days >= wait * 1.05
    assert (h800.cost_usd[slower] <= np.interp(-h800.days[slower], -b200.days, b200.cost_usd) * 1.001).all()


def test_the_finding_is_of_the_times_that_are_drawn():
    """From where the chart begins on, it speaks of no time before that."""
    plan = comparison(("h800-sxm", "b200"))
    front = worth_showing(plan, 8).front
    wait = float(plain_spaces(time_finding(plan, front)).split("wait ")[1].split(" days")[0])
    assert time_finding(plan, front, 1.1 * wait) == "H800 is cheapest at any pace shown"
    assert time_finding(plan, front, 0.5 * wait) == time_finding(plan, front)


def test_a_difference_of_a_percent_does_not_make_one_wait():
    plan = comparison(("h800-sxm", "h100-sxm"))
    h800, h100 = plan.curves
    twin = replace(
        h100, days=h800.days, cost_usd=h800.cost_usd * (1 + 0.005 * (-1) ** np.arange(len(COUNTS)))
    )
    plan = replace(plan, others=(twin,))
    assert time_finding(plan, worth_showing(plan, 8).front).endswith("is cheapest at any pace")


def test_a_plan_of_too_few_is_told_the_count_that_is_better_in_every_way():
    """Nothing of its own accelerator within forty times its time is on the front."""
    slow = comparison(("h800-sxm", "b200"))
    active = replace(slow.active, cost_usd=slow.active.cost_usd * slow.active.days)
    plan = replace(slow, active=active, estimate=estimate_at(active, 64), count=64)
    view = worth_showing(plan, 8)
    assert view.front
    assert {segment.accelerator for segment in view.front} == {"b200"}
    assert "would be no slower" in time_finding(plan, view.front)


def test_one_cheapest_at_any_pace_is_said_so():
    plan = comparison(("h800-sxm", "v100"))
    assert time_finding(plan, worth_showing(plan, 8).front) == "H800 is cheapest at any pace"


def test_nothing_that_fits_is_said_so():
    plan = comparison(fits_from=10**9)
    assert time_finding(plan, worth_showing(plan, 8).front) == "No accelerator here can hold this model"
    assert "none will do" in ranking_finding(plan, ranked(plan))


def test_the_summary_tells_plan_and_front():
    plan = comparison()
    text = plain_spaces(time_summary("H800 is cheapest", plan, worth_showing(plan, 8).front))
    assert text.startswith("H800 is cheapest. ")
    assert "The plan: 2,048 H800, 56 days, $5.51M." in text
    assert "H800: $" in text


def test_an_accelerator_that_is_cheapest_at_one_count_alone_is_not_said_from_itself_to_itself():
    view = worth_showing(comparison(), 8)
    one = replace(view.front[0], days=view.front[0].days[:1], cost_usd=view.front[0].cost_usd[:1])
    text = plain_spaces(time_summary("H800 is cheapest", comparison(), (one,)))
    assert " to " not in text.partition("The plan: ")[2]


def test_the_table_has_every_point():
    plan = comparison()
    table = time_table(plan)
    assert len(table.rows) == sum(len(c.counts) for c in plan.curves)
    row = next(r for r in table.rows if r[0] == "B200" and r[1] == 1024)
    b200 = curve("b200")
    at = int(np.flatnonzero(b200.counts == 1024)[0])
    assert row[2:4] == (b200.days[at], b200.cost_usd[at])


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
    segments = worth_showing(plan, 8).front
    assert time_finding(plan, segments).startswith("Shared stages: ")
    assert ranking_finding(plan, ranked(plan)).startswith("Shared stages at 2,048 each: ")


def test_a_plan_past_its_knee_is_told_where_the_curve_turns():
    before = comparison(("h800-sxm", "b200"))
    active = before.active
    past = np.maximum(1.0, active.counts / 8192)
    turning = replace(active, days=active.days * past**2, cost_usd=active.cost_usd * past**2)
    for count, told in ((8192, False), (16384, True), (24576, True)):
        plan = replace(before, active=turning, estimate=estimate_at(turning, count), count=count)
        text = plain_spaces(time_finding(plan, worth_showing(plan, 8).front))
        assert text.startswith("8,192 H800 would be no slower and ") is told
        assert text.endswith(" % cheaper") is told


def test_the_chart_says_its_finding_how_to_read_it_and_both_in_words():
    plan = comparison()
    segments = worth_showing(plan, 8).front
    said = time_said(plan, segments)
    assert said.finding == time_finding(plan, segments)
    assert said.subtitle == "Each line is one accelerator, each place on it a number of them."
    assert said.summary.startswith(time_summary(said.finding, plan, segments))
    assert said.summary.endswith(legend_words(plan, RANGED))
    assert said.summary.startswith(f"{said.finding}. The plan: ")


def test_the_subtitle_says_how_to_read_the_lines():
    plan = comparison()
    typed = replace(plan.estimate, stages=(replace(plan.estimate.stages[0], mfu_source=TYPED),))
    assert time_subtitle(replace(plan, estimate=typed)).startswith(
        "Your MFU, carried on by the model. Each line "
    )
    hours = replace(plan.estimate, stages=(replace(plan.estimate.stages[0], kind="gpu-hours"),))
    assert time_subtitle(replace(plan, estimate=hours)).startswith("The claimed hours on ")
    apart = time_subtitle(replace(plan, apart=1))
    assert apart.startswith("1 of 1 stages keeps its own hardware. ")


def test_the_legend_explains_what_is_drawn_and_nothing_else():
    plan = comparison(fits_from=1)
    marks = [mark for mark, _ in time_legend(plan)]
    assert marks == ["plan", "counts", "front", "band"]
    assert dict(time_legend(plan, ("band", "run")))["run"] == "published run"
    sure = replace(plan, estimate=estimate_at(plan.active, 2048, ranged=False))
    assert "band" not in dict(time_legend(sure))
    assert "unfit" in dict(time_legend(comparison()))
    assert legend_words(plan, RANGED) == (
        "Drawn: the plan, number of H800, cheapest at each speed, 8 in 10 outcomes."
    )


def test_a_plan_off_its_line_says_why():
    before = comparison(("h800-sxm", "b200"))
    assert len(plan_lines(before)) == 2
    active = before.active
    past = np.maximum(1.0, active.counts / 8192)
    turning = replace(active, days=active.days * past**2, cost_usd=active.cost_usd * past**2)
    plan = replace(before, active=turning, estimate=estimate_at(turning, 16384), count=16384)
    assert plan_lines(plan)[2] == "8,192 is cheaper and faster"
    unfit = replace(before, active=replace(active, fits=active.counts > 4096))
    assert plan_lines(unfit)[2] == "does not fit in memory"


def test_the_plans_point_tells_accelerators_time_and_cost():
    assert [plain_spaces(line) for line in plan_lines(comparison())] == ["2,048 H800", "56 days, $5.51M"]


@pytest.mark.parametrize(
    ("name", "count", "told"),
    [
        ("b200", 512, ["512 B200", "95 days, $6.51M", "click to plan with it"]),
        ("h800-sxm", 2048, ["2,048 H800", "56 days, $5.51M", "the plan: drag to change the count"]),
    ],
)
def test_a_point_of_a_curve_tells_what_a_click_on_it_does(name, count, told):
    plan = comparison(EVERY)
    chosen = next(c for c in plan.curves if c.accelerator == name)
    at = int(np.flatnonzero(chosen.counts == count)[0])
    assert [plain_spaces(line) for line in point_lines(plan, chosen, at)] == told


def test_a_point_that_does_not_fit_says_so():
    plan = comparison()
    at = int(np.flatnonzero(plan.active.counts == 40)[0])
    assert point_lines(plan, plan.active, at)[2] == "does not fit in memory"


def test_a_published_run_tells_what_its_source_does():
    run = Published(70.0, 7e6, "Model X", "H800", 2048, "reported", "2024-12")
    assert [plain_spaces(line) for line in published_lines(run)] == [
        "Model X as published",
        "2,048 H800, 70 days, $7M",
        "reported, 2024-12",
    ]
    bare = published_lines(Published(70.0, 7e6, "Model X", ""))
    assert [plain_spaces(line) for line in bare] == ["Model X as published", "70 days, $7M", ""]


def test_a_plan_without_a_choice_of_hardware_says_why():
    plan = comparison()
    assert not_compared(plan) == ""
    assert not_compared(replace(plan, apart=1)) == APART
    empty = np.zeros(len(COUNTS), dtype=bool)
    names = ("counts", "days", "cost_usd", "mfu", "fits")
    nothing = replace(plan.active, **{name: getattr(plan.active, name)[empty] for name in names})
    assert not_compared(replace(plan, active=nothing)) == IDLE


def test_the_ranking_reads_out_every_row():
    plan = comparison(EVERY, deadline_days=8.0)
    choices = ranked(plan)
    said = ranking_said(plan, choices)
    assert said.summary.startswith(f"{said.finding}. {said.subtitle} ")
    for choice in choices:
        assert in_words(choice) in said.summary
    assert in_words(choices[-1]).endswith(", too slow")


def test_a_row_tells_cost_count_and_time():
    choice = ranked(comparison())[0]
    assert plain_spaces(in_words(choice)) == "H800: $5.51M, 2,048 for 56 days"
    assert plain_spaces(choice_pace(choice)) == "2,048 · 56 days"
    assert choice_tip(choice) == f"{in_words(choice)}. Click to plan with it."


def test_a_full_bar_is_the_dearest_but_at_most_three_times_the_cheapest():
    choices = ranked(comparison(("h800-sxm", "h100-sxm")))
    assert bar_scale(choices) == max(choice.cost_usd for choice in choices)
    far = ranked(comparison(EVERY))
    assert bar_scale(far) == 3.0 * min(choice.cost_usd for choice in far)
    assert bar_scale(()) == 0.0


def test_what_a_held_layout_keeps_from_fitting_is_said_so():
    plan = comparison(fits_from=10**9)
    held = replace(plan.estimate.stages[0], pinned=True)
    plan = replace(plan, estimate=replace(plan.estimate, stages=(held,)))
    assert all(why_out(choice) == "does not fit as pinned" for choice in ranked(plan))
    assert point_lines(plan, plan.active, 0)[2] == "does not fit as pinned"
    assert time_finding(plan, ()) == "No accelerator here can hold this model as pinned"


def test_a_bar_too_long_to_draw_says_how_many_times_the_cheapest_it_is():
    choices = ranked(comparison(EVERY))
    cheapest = min(c.cost_usd for c in choices if c.fits and c.in_time)
    dear = replace(choices[0], cost_usd=5.3 * cheapest)
    assert beyond_scale(dear, choices) == "5.3x the cheapest"
    assert dear.cost_usd > bar_scale((*choices, dear))


def test_tables_are_headed_in_words_and_files_by_names_with_units():
    plan = comparison(EVERY)
    for table in (time_table(plan), ranking_table(ranked(plan))):
        assert all(each.name[0].isupper() and "_" not in each.name for each in table.columns)
        assert "cost_usd" in [each.key for each in table.columns]
