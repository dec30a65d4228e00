"""Two logarithmic axes: values to pixels and back, lines that break, ticks that have room."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRectF

from isocost.ui.plot.frame import LogFrame, path_of
from isocost.ui.plot.ticks import fit_ticks, number_scale

FRAME = LogFrame(QRectF(40.0, 10.0, 600.0, 300.0), (1e8, 1e12), (1e10, 1e14))


@given(st.floats(1e8, 1e12), st.floats(1e10, 1e14))
def test_a_place_comes_back_from_its_pixel(x, y):
    back = FRAME.place(FRAME.at(x, y))
    assert back == pytest.approx((x, y), rel=1e-9)
    assert FRAME.holds(x, y)
    assert FRAME.pixels(np.array([x]), np.array([y]))[0] == pytest.approx(FRAME.at(x, y).toTuple())


def test_more_lies_to_the_right_and_higher():
    assert FRAME.across(1e9) < FRAME.across(2e9)
    assert FRAME.up(1e12) > FRAME.up(2e12)


def test_a_line_is_broken_where_it_is_not_known():
    points = np.array([[0.0, 0.0], [1.0, 1.0], [math.nan, 2.0], [3.0, 3.0], [4.0, 4.0]])
    path = path_of(points)
    kinds = [path.elementAt(at).isMoveTo() for at in range(path.elementCount())]
    assert kinds == [True, False, True, False]


@given(st.floats(4.0, 14.0), st.floats(0.2, 5.0), st.floats(120.0, 900.0))
def test_ticks_of_plain_numbers_are_told_apart(start, decades, length):
    low, high = 10.0**start, 10.0 ** (start + decades)
    ticks = fit_ticks(number_scale, low, high, length, lambda label: 7.0 * len(label), 14.0)
    assert len({tick.label for tick in ticks}) == len(ticks)
    assert all(low <= tick.value <= high for tick in ticks)
