"""Ranges of figures are those of the samples that chances are counted in; an input along its values."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isocost import paths
from isocost.catalog import Catalog, load
from isocost.files import load_project
from isocost.plan.answer.chances import chances, figure_ranges
from isocost.plan.answer.estimate import Answer, answer
from isocost.plan.doubt.along import BARS, along, histogram, usual_ends
from isocost.plan.doubt.factors import figure_factors
from isocost.plan.doubt.risk import Risk, risk
from isocost.plan.inputs.ranging import range_at, with_ends, without_range
from isocost.plan.inputs.table import NUMBERS
from isocost.plan.project.project import Place
from isocost.plan.project.ranges import InputRange

MFU, PRICE = "efficiency.mfu", "price.usd_per_gpu_hour"


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    return load(tmp_path_factory.mktemp("no-user-files"))


def of(name: str, catalog: Catalog) -> Answer:
    return answer(load_project(paths.presets() / f"{name}.yaml", catalog), catalog)


@pytest.fixture(scope="module")
def answered(catalog: Catalog) -> Answer:
    """A programme of two stages, with people and a reserve."""
    return of("api-or-own", catalog)


@pytest.fixture(scope="module")
def sampled(answered: Answer) -> Risk:
    return risk(answered.reckoning)


def test_totals_lie_where_the_samples_do(answered: Answer, sampled: Risk):
    ranges, total = figure_ranges(answered), answered.estimate.total
    for key, planned, name in (
        ("total.wall_days", total.wall_days, "wall_days"),
        ("total.gpu_hours", total.gpu_hours, "gpu_hours"),
        ("programme_days", answered.reckoning["programme_days"], "programme_days"),
    ):
        spread = sampled.spread(name)
        assert ranges.of(key, planned) == pytest.approx((spread.p10, spread.p90))


def test_the_lines_of_the_bill_are_sampled_together_and_its_reserve_is_not(answered: Answer, sampled: Risk):
    found = figure_factors(sampled).factors
    figures = sampled.programme.figures(sampled.values)
    rent = np.asarray(figures["stage.rent"])
    planned = answered.reckoning.by_stage("stage.rent")
    for at in range(len(planned)):
        assert found[f"stage.{at}"] == pytest.approx(np.quantile(rent[at] / planned[at], (0.1, 0.9)))
    assert "contingency" not in found
    assert "annotation" not in found  # a typed sum is known
    people = answered.reckoning["people"]
    assert found["people"] == pytest.approx(np.quantile(figures["people"] / people, (0.1, 0.9)))
    # Of a group of one line the range is that line's.
    assert found["group.people"] == found["people"]


def test_speed_is_as_much_in_doubt_as_the_tornado_says(answered: Answer):
    found = chances(answered)
    bar = next(bar for bar in found.tornado.bars if bar.doubt.path == MFU)
    at = next(i for i, run in enumerate(answered.reckoning.runs) if run.mfu is not None)
    planned = float(answered.reckoning.runs[at].mfu[0])
    ranges = figure_ranges(answered)
    assert ranges.of(f"stages.{at}.mfu", planned) == pytest.approx((bar.low, bar.high), rel=2e-3)
    low, high = ranges.factors[f"stages.{at}.step_seconds"]
    assert (1.0 / high, 1.0 / low) == pytest.approx(ranges.factors[f"stages.{at}.mfu"], rel=2e-3)


def test_of_a_plan_without_doubt_nothing_has_a_range(catalog: Catalog):
    ranges = figure_ranges(of("deepseek-r1", catalog))
    assert not ranges.in_doubt
    assert ranges.of("total.gpu_hours", 1.0) is None


def test_a_programme_along_an_input_passes_through_the_plan_and_the_ends_of_its_bar(answered: Answer):
    found = chances(answered)
    middle = found.tornado.middle_usd
    for bar in found.tornado.bars:
        way = along(found.risk, bar.doubt)
        assert way.cost_at(way.base) == pytest.approx(middle, rel=1e-6)
        assert way.cost_at(bar.low) == pytest.approx(bar.cost_low_usd, rel=1e-3)
        assert way.cost_at(bar.high) == pytest.approx(bar.cost_high_usd, rel=1e-3)


@settings(max_examples=30)
@given(usd=st.floats(1e3, 1e8), upwards=st.booleans())
def test_a_value_of_a_cost_is_on_its_side_of_the_plan_and_costs_that_where_it_can(
    answered: Answer, sampled: Risk, usd: float, upwards: bool
):
    doubt = next(each for each in sampled.programme.doubts if each.path == PRICE)
    way = along(sampled, doubt)
    value = way.value_at(usd, upwards=upwards)
    assert value >= way.base if upwards else value <= way.base
    reached = way.cost_at(value)
    side = way.cost_usd[way.values >= way.base] if upwards else way.cost_usd[way.values <= way.base]
    assert reached == pytest.approx(min(max(usd, side.min()), side.max()), rel=1e-6)


ends = st.tuples(st.floats(1e-3, 1e3), st.floats(1.01, 50.0))


@settings(max_examples=40)
@given(ends=ends, share=st.floats(-0.5, 1.5), shape=st.sampled_from(["lognormal", "uniform", "triangular"]))
def test_the_picture_of_a_range_has_its_highest_bar_at_one(ends, share: float, shape):
    low, high = ends[0], ends[0] * ends[1]
    held = InputRange(path=PRICE, low=low, high=high, shape=shape)
    bars = histogram(held, low + share * (high - low))
    assert len(bars) == BARS
    assert max(bars) == 1.0
    assert min(bars) >= 0.0
    if shape == "uniform":
        assert min(bars) > 0.8


def test_a_range_starts_where_others_were_or_about_the_plans_value(answered: Answer):
    on = answered.reckoning
    market = usual_ends(on, PRICE, NUMBERS[PRICE], 3.99)
    assert market.low < 3.99 < market.high
    assert "suppliers" in market.source
    path = "Pre-training/data.tokens"
    start = on.catalog.constants.economics.first_range
    found = usual_ends(on, path, NUMBERS["data.tokens"], 2e12)
    assert (found.low, found.high) == (2e12 / (1.0 + start.value), 2e12 * (1.0 + start.value))
    few = usual_ends(on, "hardware.count", NUMBERS["hardware.count"], 1.0)
    assert (few.low, few.high) == (1.0, 2.0)


@pytest.mark.parametrize(("name", "stage"), [("api-or-own", 1), ("llama-3.1-405b", 0)])
def test_our_own_range_of_a_predicted_mfu_given_by_the_user_changes_no_chance(
    catalog: Catalog, name: str, stage: int
):
    ours = of(name, catalog)
    before = risk(ours.reckoning)
    doubt = next(each for each in before.programme.doubts if each.path == MFU)
    low, high = sorted((doubt.shown_at(doubt.low), doubt.shown_at(doubt.high)))
    project = with_ends(ours.project, MFU, low, high, at=Place(0, stage))
    after = risk(answer(project, catalog).reckoning)
    assert any(each.whose == "yours" and each.path == MFU for each in after.programme.doubts)
    assert len(after.programme.doubts) == len(before.programme.doubts)
    assert after.cost_usd.base == before.cost_usd.base
    for percentile in ("p10", "p50", "p90"):
        same = getattr(before.cost_usd, percentile)
        assert getattr(after.cost_usd, percentile) == pytest.approx(same, rel=0.02)


def test_ends_are_moved_in_their_shape_and_the_plans_value_stays(answered: Answer):
    at, project = Place(0, 1), answered.project
    made = with_ends(project, PRICE, 3.0, 5.0, at=at)
    held = range_at(made, PRICE, at)
    assert held is not None
    assert (held.path, held.shape) == (PRICE, "lognormal")
    even = with_ends(with_ends(project, "programme.failed_runs", 0.0, 0.2, at=at), "programme.failed_runs",
                     0.05, 0.3, at=at)  # fmt: skip
    held = range_at(even, "programme.failed_runs", at)
    assert held is not None
    assert (held.low, held.high, held.shape) == (0.05, 0.3, "uniform")
    assert len(even.scenarios[0].ranges) == 1
    assert even.scenarios[0].programme == project.scenarios[0].programme
    assert without_range(even, "programme.failed_runs", at=at) == project
