"""Labels keep clear of each other and of the curves."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from isocost.ui.plot.placing import Box, Clutter, joined, place_near, spread

ROOM = Box(0, 0, 400, 300)


@given(st.lists(st.floats(-50, 350), min_size=1, max_size=18), st.floats(8, 16))
def test_spread_labels_do_not_overlap_and_stay_inside(centres, height):
    moved = spread(centres, height, 0, 300)
    assert len(moved) == len(centres)
    ordered = sorted(moved)
    assert all(b - a >= height - 1e-6 for a, b in pairwise(ordered))
    assert ordered[0] >= height / 2 - 1e-6
    assert ordered[-1] <= 300 - height / 2 + 1e-6
    for (a, before), (b, after) in pairwise(sorted(zip(centres, moved, strict=True))):
        assert a == b or before < after


def test_labels_with_room_stay_where_they_are():
    assert spread([40.0, 200.0, 90.0], 12, 0, 300) == pytest.approx([40.0, 200.0, 90.0])


def test_two_labels_at_one_place_move_apart_equally():
    assert spread([100.0, 100.0], 10, 0, 300) == pytest.approx([95.0, 105.0])


def through(box: Box, line: np.ndarray) -> bool:
    fine = np.linspace(line[0], line[1], 2000)
    inside = (
        (fine[:, 0] > box.left)
        & (fine[:, 0] < box.right)
        & (fine[:, 1] > box.top)
        & (fine[:, 1] < box.bottom)
    )
    return bool(inside.any())


@given(
    x=st.floats(20, 380),
    y=st.floats(20, 280),
    slope=st.floats(-3, 3),
)
def test_a_label_finds_a_place_beside_the_curve_its_point_is_on(x, y, slope):
    line = np.array([[x - 600, y - 600 * slope], [x + 600, y + 600 * slope]])
    clutter = Clutter(ROOM)
    clutter.add_lines(line, weight=40)
    box, covered = place_near((x, y), (90, 32), clutter)
    assert covered == 0
    assert not through(box, line)
    assert box.within(ROOM)


def test_a_label_avoids_other_labels_before_lines():
    clutter = Clutter(ROOM)
    clutter.add_lines(np.array([[0, 150], [400, 150]], dtype=float))
    clutter.take(Box(0, 0, 400, 140))
    box, _ = place_near((200, 150), (80, 30), clutter)
    assert not any(box.overlaps(other) for other in clutter.taken)


def test_a_label_stays_on_its_side_while_its_point_moves():
    clutter = Clutter(ROOM)
    first, _ = place_near((100, 100), (80, 30), clutter)
    offset = (first.left - 100, first.top - 100)
    second, _ = place_near((110, 104), (80, 30), clutter, prefer=offset)
    assert (second.left - 110, second.top - 104) == pytest.approx(offset)


def test_polylines_joined_are_not_connected():
    clutter = Clutter(ROOM)
    clutter.add_lines(
        joined([np.array([[0.0, 10.0], [400.0, 10.0]]), np.array([[0.0, 290.0], [400.0, 290.0]])])
    )
    box, covered = place_near((200, 150), (100, 40), clutter)
    assert covered == 0
    assert box.overlaps(Box(90, 95, 220, 110))
