"""Calibration to a user's own runs."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isocost.evidence.predict import Prediction, correction


def said(rate: float | None) -> Prediction:
    range_ = (None, None) if rate is None else (rate * 0.9, rate * 1.1)
    return Prediction(rate, *range_, None, "given", "")


def corrected(measured, predicted):
    return correction(measured, [said(p) for p in predicted], source="runs.csv", date="2026-11-23")


def test_the_factor_is_the_geometric_mean_of_measured_over_predicted():
    found = corrected([80.0, 90.0, 100.0], [100.0, 100.0, 100.0])
    assert found.factor == pytest.approx((0.8 * 0.9) ** (1 / 3))
    assert found.runs == 3


def test_rows_without_a_speed_or_a_prediction_are_left_out():
    assert corrected([80.0, None, 90.0], [100.0, 100.0, None]).runs == 1


@pytest.mark.parametrize(("measured", "predicted"), [([], []), ([None], [100.0]), ([80.0], [None])])
def test_nothing_to_compare_is_said(measured, predicted):
    with pytest.raises(ValueError, match="no row has both"):
        corrected(measured, predicted)


@given(ratios=st.lists(st.floats(0.3, 3.0), min_size=1, max_size=12))
def test_a_further_run_is_never_certain_and_more_runs_agree_more(ratios):
    found = corrected([100.0 * r for r in ratios], [100.0] * len(ratios))
    assert found.low < found.factor < found.high
    assert math.log(found.high / found.factor) == pytest.approx(math.log(found.factor / found.low))
    twice = corrected([100.0 * r for r in ratios * 2], [100.0] * 2 * len(ratios))
    assert twice.factor == pytest.approx(found.factor)
    if len(set(ratios)) == 1:
        assert twice.high < found.high
