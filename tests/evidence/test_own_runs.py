"""Calibration to a user's own runs."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from isocost.evidence.predict import Prediction, correction


def said(rate: float | None) -> Prediction:
    range_ = (None, None) if rate is None else (rate * 0.9, rate * 1.1)
    return Prediction(rate, *range_, None, "given", "")


SHARED = 0.6


def corrected(measured, predicted):
    said_of = [said(p) for p in predicted]
    return correction(measured, said_of, shared=SHARED, source="runs.csv", date="2026-11-23")


def width(found):
    return math.log(found.high / found.low)


PRIOR = math.log(1.1 / 0.9)


def test_runs_move_the_centre_part_of_the_way_and_many_runs_all_of_it():
    mean = (0.8 * 0.9) ** (1 / 3)
    found = corrected([80.0, 90.0, 100.0], [100.0, 100.0, 100.0])
    assert mean < found.factor < 1.0
    assert found.runs == 3
    assert corrected([80.0, 90.0, 100.0] * 200, [100.0] * 600).factor == pytest.approx(mean, rel=0.01)


def test_one_run_moves_it_by_the_share_that_a_teams_runs_have_in_common():
    found = corrected([80.0], [100.0])
    assert math.log(found.factor) == pytest.approx(SHARED * math.log(0.8))
    # b w / (b + w) + w, in the variance before it.
    assert width(found) / PRIOR == pytest.approx(math.sqrt(SHARED * (1.0 - SHARED) + 1.0 - SHARED))


def test_rows_without_a_speed_or_a_prediction_are_left_out():
    assert corrected([80.0, None, 90.0], [100.0, 100.0, None]).runs == 1


@pytest.mark.parametrize(("measured", "predicted"), [([], []), ([None], [100.0]), ([80.0], [None])])
def test_nothing_to_compare_is_said(measured, predicted):
    with pytest.raises(ValueError, match="no row has both"):
        corrected(measured, predicted)


@given(runs=st.integers(1, 12), low=st.floats(0.3, 1.0), high=st.floats(1.0, 2.0))
def test_runs_that_are_as_predicted_leave_the_prediction_where_it_is(runs, low, high):
    assume(high > low)
    lopsided = [Prediction(100.0, 100.0 * low, 100.0 * high, None, "given", "")] * runs
    found = correction([100.0] * runs, lopsided, shared=SHARED, source="runs.csv", date="2026-11-23")
    assert found.factor == pytest.approx(1.0)


@given(ratios=st.lists(st.floats(0.3, 3.0), min_size=1, max_size=12))
def test_evidence_never_widens_the_range_and_a_further_run_is_never_certain(ratios):
    found = corrected([100.0 * r for r in ratios], [100.0] * len(ratios))
    assert found.low < found.factor < found.high
    assert width(found) <= PRIOR * (1.0 + 1e-9)


@given(ratio=st.floats(0.3, 3.0), runs=st.integers(1, 20))
def test_another_run_that_agrees_narrows_the_range(ratio, runs):
    fewer = corrected([100.0 * ratio] * runs, [100.0] * runs)
    more = corrected([100.0 * ratio] * (runs + 1), [100.0] * (runs + 1))
    assert width(more) < width(fewer)


@given(ratio=st.floats(0.3, 3.0), factor=st.floats(1.1, 3.0))
def test_a_run_that_disagrees_moves_the_centre_towards_it(ratio, factor):
    assume(abs(ratio - 1.0) > 0.01)
    one = corrected([100.0 * ratio], [100.0])
    assert one.factor < corrected([100.0 * ratio * factor], [100.0]).factor
