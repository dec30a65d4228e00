"""Answers are remembered while they hold little enough together."""

from __future__ import annotations

from isocost.plan.physics.remembered import remembered


def asked_of(most: int):
    """A function that is remembered, and what it was really called with."""
    calls: list[int] = []

    @remembered(most)
    def zeros(length: int) -> tuple[int, ...]:
        calls.append(length)
        return (0,) * length

    return zeros, calls


def test_the_same_question_is_answered_once_with_the_same_object():
    zeros, calls = asked_of(10)
    assert zeros(3) is zeros(3)
    assert calls == [3]


def test_many_short_answers_are_kept_where_few_long_ones_are():
    zeros, calls = asked_of(10)
    for length in (1, 2, 3, 4, 1, 2, 3, 4):
        zeros(length)
    assert calls == [1, 2, 3, 4]
    for length in (7, 7, 4):  # beside 7 there is no room for 4
        zeros(length)
    assert calls == [1, 2, 3, 4, 7, 4]


def test_the_one_asked_for_last_stays():
    zeros, calls = asked_of(6)
    for length in (2, 3, 2, 4, 2):
        zeros(length)
    assert calls == [2, 3, 4]


def test_what_is_longer_than_all_that_is_kept_is_still_answered():
    zeros, calls = asked_of(2)
    assert zeros(5) == zeros(5) == (0,) * 5
    assert calls == [5, 5]
