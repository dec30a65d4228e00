"""Somebody who waits is answered from what is remembered, and of the rest with few searches."""

from __future__ import annotations

import threading

import pytest

from isocost.catalog import load
from isocost.plan.answer.estimate import answer
from isocost.plan.inputs.starting import new_project
from isocost.plan.physics.at_once import NotAtOnce, at_once
from isocost.plan.project.project import set_value

CATALOG = load()


def plan(parameters: float):
    return set_value(new_project(CATALOG), "model.parameters", parameters)


def test_what_was_searched_is_answered_where_nothing_may_be_searched():
    known, other = plan(7.1e9), plan(7.2e9)
    found = answer(known, CATALOG)
    with at_once(0):
        assert answer(set_value(known, "price.usd_per_gpu_hour", 3.1), CATALOG).estimate.total.cost_usd > 0.0
        with pytest.raises(NotAtOnce):
            answer(other, CATALOG)
        assert answer(known, CATALOG).estimate == found.estimate
    answer(other, CATALOG)
    with at_once(0):
        answer(other, CATALOG)


def test_an_ordinary_step_needs_no_more_than_the_curve_and_the_count_beside_it():
    with at_once(2):
        answer(set_value(plan(7.3e9), "hardware.count", 88), CATALOG)


def test_other_threads_search_what_they_need():
    ended = []
    with at_once(0):
        beside = threading.Thread(target=lambda: ended.append(answer(plan(7.4e9), CATALOG)))
        beside.start()
        beside.join()
        assert answer(plan(7.4e9), CATALOG).estimate == ended[0].estimate
