"""Ranges as people type them, and as files hold them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isocost.catalog import load
from isocost.files.errors import ContentError
from isocost.files.loading import parse_project
from isocost.files.saving import project_text
from isocost.plan.project.ranges import InputRange
from isocost.quantities import QuantityError, parse
from isocost.quantities.ranges import parse_range


@pytest.mark.parametrize(
    ("text", "quantity", "low", "middle", "high"),
    [
        ("2..3", "money", 2.0, None, 3.0),
        ("2 to 3", "money", 2.0, None, 3.0),
        ("$2..$3", "money", 2.0, None, 3.0),
        ("$2.10 - 2.71", "money", 2.1, None, 2.71),
        ("2–3", "money", 2.0, None, 3.0),
        ("30-50 %", "share", 0.3, None, 0.5),
        ("30..50%", "share", 0.3, None, 0.5),
        ("0.3..0.5", "share", 0.3, None, 0.5),
        ("1..2B", "number", 1e9, None, 2e9),
        ("1e9 to 2e9", "number", 1e9, None, 2e9),
        ("1e-3..2e-3", "number", 1e-3, None, 2e-3),
        ("2.5 +- 20 %", "money", 2.0, 2.5, 3.0),
        ("2.5 ± 0.5", "money", 2.0, 2.5, 3.0),
        ("40 % +/- 10 %", "share", 0.36, 0.4, 0.44),
        ("7B..13B", "number", 7e9, None, 13e9),
    ],
)
def test_ranges_are_read_as_written(text, quantity, low, middle, high):
    found = parse_range(text, quantity)
    assert found is not None
    assert found == (pytest.approx(low), middle and pytest.approx(middle), pytest.approx(high))


@pytest.mark.parametrize("text", ["3.99", "7B", "2.5e-3", "-10 %", "*1.2", "$20 - 5", "$20 - 5%", "", "auto"])
def test_what_is_no_range_is_left_to_others(text):
    assert parse_range(text, "money") is None


@pytest.mark.parametrize("text", ["3..2", "2..x", "a to b", "3 +- 0"])
def test_a_range_that_makes_no_sense_gets_a_sentence(text):
    with pytest.raises(QuantityError, match=r"\.$"):
        parse_range(text, "money")


@given(st.floats(1e-6, 1e15), st.floats(1.001, 1e3), st.sampled_from(["..", " to ", " .. ", "…"]))
def test_both_ends_are_what_each_alone_is(low, factor, between):
    high = low * factor
    found = parse_range(f"{low!r}{between}{high!r}", "number")
    assert found == (parse(repr(low), "number"), None, parse(repr(high), "number"))


PLAN = """\
isocost: 1
name: Doubtful
scenarios:
- name: Base
  model: 7B
  hardware: {accelerator: h100-sxm, count: 64}
  price: {usd_per_gpu_hour: 2.5}
  goal: {budget_usd: $300K, deadline_days: 14}
  ranges: %s
  stages:
  - {kind: pretrain, name: Main, data: {tokens: 1T}}
  - {kind: ablations, name: Tries, ablations: {share: 0.3}}
"""


def plan(ranges: str):
    return parse_project(PLAN % ranges, load())


def test_a_file_holds_goal_and_ranges_and_reads_back_the_same():
    found = plan(
        "{efficiency.mfu: {low: 0.3, mode: 40 %, high: 0.5, shape: triangular}, price.usd_per_gpu_hour: 2..3,"
        " Tries/ablations.share: 20-40 %}"
    )
    (chosen,) = found.scenarios
    assert (chosen.goal.budget_usd, chosen.goal.deadline_days) == (300e3, 14.0)
    assert chosen.ranges == (
        InputRange(path="efficiency.mfu", low=0.3, mode=0.4, high=0.5, shape="triangular"),
        InputRange(path="price.usd_per_gpu_hour", low=2.0, high=3.0),
        InputRange(path="Tries/ablations.share", low=0.2, high=0.4),
    )
    assert (chosen.ranges[2].stage, chosen.ranges[2].input) == ("Tries", "ablations.share")
    text = project_text(found)
    assert "price.usd_per_gpu_hour:\n        low: 2\n        high: 3" in text
    assert parse_project(text) == found


@pytest.mark.parametrize(
    ("ranges", "place", "words"),
    [
        ("{efficiency.mf: 1..2}", "ranges.efficiency.mf", "did you mean 'efficiency.mfu'"),
        ("{efficiency.mfu: 0.4}", "ranges.efficiency.mfu", "expected a range such as 2..3"),
        ("{efficiency.mfu: 0.4..7}", "ranges.efficiency.mfu", "not in order"),
        ("{efficiency.mfu: {low: 0.3}}", "ranges.efficiency.mfu", "high is missing"),
        ("{efficiency.mfu: {low: 0.3, high: 0.2}}", "ranges.efficiency.mfu", "low must lie below high"),
        ("{efficiency.mfu: {low: 0.3, high: 0.5, mode: 0.6}}", "ranges.efficiency.mfu", "mode must lie"),
        ("{efficiency.mfu: {low: 0.3, high: 0.5, shape: normal}}", "efficiency.mfu.shape", "unknown value"),
        ("{efficiency.mfu: {low: 0.3, hi: 0.5}}", "ranges.efficiency.mfu", "unknown key 'hi'"),
        ("{efficiency.waste: {low: 0, high: 0.5}}", "ranges.efficiency.waste", "lies above 0"),
        ("{Other/ablations.share: 0.2..0.4}", "ranges.Other/ablations.share", "no stage is called 'Other'"),
        ("[1, 2]", "ranges", "expected paths of inputs"),
    ],
)
def test_a_range_in_a_file_that_makes_no_sense_gets_a_sentence(ranges, place, words):
    with pytest.raises(ContentError) as error:
        plan(ranges)
    assert place in str(error.value)
    assert words in str(error.value)


def test_inputs_of_all_stages_may_be_ranged_and_locked_where_several_stages_have_no_name():
    unnamed = PLAN.replace("name: Main", "name: ''").replace("name: Tries", "name: ''")
    read = parse_project(unnamed % "{hardware.count: 8..16}\n  locked: [hardware.count]", load())
    assert [stage.name for stage in read.scenarios[0].stages] == ["", ""]
    assert read.scenarios[0].locked == ("hardware.count",)


def test_a_range_of_one_stage_needs_a_stage_of_that_name_alone():
    twice = (PLAN % "{Tries/ablations.share: 0.2..0.4}").replace("name: Main", "name: Tries")
    with pytest.raises(ContentError, match=r"ranges\.Tries/ablations\.share: 2 stages are called 'Tries'"):
        parse_project(twice, load())
    parse_project(twice.replace("Tries/ablations.share: 0.2..0.4", ""), load())
