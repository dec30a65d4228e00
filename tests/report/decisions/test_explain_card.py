"""A figure opened: its formula in words and in values, rows that can be told apart, inputs that there are."""

from __future__ import annotations

import pytest

from isocost import paths
from isocost.catalog import load
from isocost.files import load_project
from isocost.plan.answer.estimate import Answer, answer
from isocost.plan.explain.figures import Explainer
from isocost.plan.inputs.table import INPUTS
from isocost.report.decisions.explain_card import GONE, ExplainedCard, card

CATALOG = load()


def answered(name: str) -> Answer:
    return answer(load_project(paths.presets() / f"{name}.yaml", CATALOG), CATALOG)


def opened(told: Answer, key: str, root: str = "", **rows: bool) -> ExplainedCard:
    return card(Explainer(told, 1.0), root or key, key, told, rows)


@pytest.mark.parametrize("name", ["startup-7b", "smollm3-programme", "rent-or-buy-64-h100"])
def test_every_figure_is_told_whole(name):
    told = answered(name)
    trees = Explainer(told, 1.0)
    for key in trees.every_key():
        shown = card(trees, key, key, told, {})
        assert shown.value
        assert "{" not in shown.formula + shown.values
        assert bool(shown.formula) or bool(shown.source), key
        places = [row.place for row in shown.rows]
        assert len(places) == len(set(places))
        for row in shown.rows:
            assert "{" not in row.how
            assert bool(row.change) == (row.input is not None)
            assert row.input is None or row.input.path in INPUTS


def test_a_formula_is_told_in_words_and_in_values():
    shown = opened(answered("startup-7b"), "total.cost_usd")
    assert shown.formula == "accelerator-hours x price of an hour"
    assert shown.values.endswith("GPU-hours x $3.99")
    assert shown.note.startswith("8 chances in 10: $")


def test_a_range_leaves_the_reserve_out_and_says_so():
    assert opened(answered("api-or-own"), "total.cost_usd").note.endswith("without its reserve")


def test_rows_near_the_figure_are_open_at_first_and_others_when_asked_for():
    told = answered("startup-7b")
    closed = opened(told, "total.cost_usd")
    assert {row.level for row in closed.rows} == {0, 1}
    rate = next(row for row in closed.rows if row.key == "stages.0.tokens_per_s_per_gpu")
    deeper = card(Explainer(told, 1.0), "total.cost_usd", "total.cost_usd", told, {rate.place: True})
    assert {row.level for row in deeper.rows} == {0, 1, 2}


def test_a_value_inside_a_tree_opens_from_the_figure_it_is_part_of():
    told = answered("startup-7b")
    whole = Explainer(told, 1.0)
    assert whole.under("total.cost_usd", "stages.0.seconds_between_failures") == whole.of(
        "stages.0.seconds_between_failures"
    )


def test_of_another_plan_nothing_can_be_changed():
    told = answered("startup-7b")
    shown = card(Explainer(told, 1.0), "total.cost_usd", "total.cost_usd", told, {}, open_plan=False)
    assert not any(row.change for row in shown.rows)
    assert "A startup's 7B" in shown.whose


def test_what_is_not_there_is_said():
    assert opened(answered("deepseek-r1"), "stages.0.mfu").label == GONE
