"""Whatever has a name is found by any spelling of it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isocost import paths
from isocost.catalog import load
from isocost.files import load_project
from isocost.plan.answer.estimate import answer
from isocost.quantities import DOLLAR
from isocost.report.findings.finder import (
    Found,
    figures_of,
    found_accelerators,
    found_charts,
    found_figures,
    found_inputs,
    found_models,
    found_several,
    found_values,
    lines_of,
    made,
    search,
    values_of,
)
from isocost.report.findings.inputs.offers import accelerator_offers

CATALOG = load()
PROJECT = load_project(paths.presets() / "startup-7b.yaml", CATALOG)
INPUTS = found_inputs(PROJECT, 0, 0)
THINGS = (
    *INPUTS,
    made("command", "Export picture", "Export picture", "File"),
    made("plan", "a.yaml", "A startup's 7B"),
    made("figure", "total.cost_usd", "Programme"),
)


def names(text: str, recent: tuple[str, ...] = ()) -> list[str]:
    return [each.name for each in search(text, THINGS, recent)]


@pytest.mark.parametrize("text", ["mfu", "MFU", " m f u", "Export", "export pic", "picture", "expic"])
def test_case_blanks_and_parts_do_not_matter(text):
    assert names(text)[0] in ("MFU", "Export picture")


def test_the_whole_name_comes_before_names_that_begin_so():
    first, second, *_ = names("price")
    assert first == "Price"
    assert second.startswith("Price of")


def test_what_was_taken_lately_comes_first_among_as_good_ones():
    later = next(each for each in INPUTS if each.name == "Price of storage")
    assert names("price of")[0] != later.name
    assert names("price of", (later.id,))[0] == later.name


def test_of_accelerators_called_alike_the_one_most_are_asked_for_comes_first():
    scenario = PROJECT.scenarios[0]
    offers = accelerator_offers(PROJECT, scenario, CATALOG)
    for text, first in (
        ("h100", "H100 SXM5 80GB"),
        ("a100", "A100 SXM4 80GB"),
        ("H100 NVL", "H100 NVL 94GB"),
    ):
        found = search(text, tuple(found_accelerators(text, offers, CATALOG, "b200")), ())
        assert found[0].name == first
        assert not any(each.name in each.note for each in found)


def test_where_a_figure_stands_is_told_in_words():
    told = found_figures(figures_of(answer(PROJECT, CATALOG)))
    assert len(told) > 50
    assert {each.note for each in told} >= {"stage 1", "rent or buy", "range"}
    for each in told:
        assert re.fullmatch(r"[a-z ]*( \d+)?", each.note), each


def test_a_slip_of_the_finger_is_forgiven():
    assert "Goodput" in names("godput")
    assert names("zzzzzzzz") == []


def test_without_a_text_what_was_taken_lately_stands_apart():
    found = search("", THINGS, ("input:efficiency.mfu",))
    lines = lines_of(found, 1)
    assert [lines[0].heading, lines[1].found and lines[1].found.key] == ["Recent", "efficiency.mfu"]
    assert lines[2].heading == "Commands"
    assert [each.key for each in found].count("efficiency.mfu") == 1


@given(st.text(max_size=30))
def test_any_text_finds_each_thing_once_and_kind_by_kind(text):
    found = search(text, THINGS, ())
    assert len({each.id for each in found}) == len(found)
    kinds = [each.kind for each in found]
    assert kinds == sorted(kinds, key=kinds.index)


@given(st.text(max_size=30))
def test_any_text_behind_a_name_sets_what_can_be_or_nothing(text):
    for each in found_values(f"mfu {text}", INPUTS, (DOLLAR,)):
        assert each.key != "efficiency.mfu" or 0.0 < each.number <= 1.0


def values(text: str) -> list[tuple[str, float]]:
    return [(each.key, each.number) for each in found_values(text, INPUTS, (DOLLAR,))]


def test_values_are_read_as_their_fields_read_them():
    assert ("efficiency.mfu", 0.4) in values("MFU 40 %")
    assert ("price.usd_per_gpu_hour", 3.49) in values("price $3.49")
    assert ("price.usd_per_gpu_hour", 3.49) in values("price 3,49")
    assert values("mfu 4000 %") == []
    assert values("mfu") == []
    assert values("llama 3.1 8b") == []


def test_an_input_of_no_stage_is_not_there():
    assert isinstance(INPUTS[0], Found)
    paths_there = {each.key for each in INPUTS}
    assert "rl.prompts" not in paths_there
    assert "data.tokens" in paths_there


SEVERAL = [
    ("7B parameters, 2T tokens", {"model.parameters": 7e9, "data.tokens": 2e12}),
    ("budget 300K and deadline 60 days", {"goal.budget_usd": 3e5, "goal.deadline_days": 60.0}),
    ("1,024 H100", {"hardware.accelerator": "h100-sxm", "hardware.count": 1024.0}),
    (
        "8x H200; price 3,49",
        {"hardware.accelerator": "h200-sxm", "hardware.count": 8.0, "price.usd_per_gpu_hour": 3.49},
    ),
    (
        "13B, 1T, 64 H200",
        {
            "model.parameters": 13e9,
            "data.tokens": 1e12,
            "hardware.accelerator": "h200-sxm",
            "hardware.count": 64.0,
        },
    ),
    ("Llama 3.1 8B, tokens 3T", {"model.name": "Llama 3.1 8B", "data.tokens": 3e12}),
]


def several(text: str) -> list[Found]:
    offered = {each.value for each in accelerator_offers(PROJECT, PROJECT.scenarios[0], CATALOG)}
    return list(found_several(text, INPUTS, (DOLLAR,), offered, CATALOG))


@pytest.mark.parametrize(("text", "values"), SEVERAL)
def test_several_values_are_read_from_one_line(text, values):
    (found,) = several(text)
    assert dict(values_of(found)) == values


@pytest.mark.parametrize(
    "text",
    [
        "price 3",
        "H200",
        "7B",
        "price 3, price 4",
        "tokens 2T and nonsense",
        "H100, H200",
        "count 0, price 2",
        "",
    ],
)
def test_nothing_is_set_unless_every_piece_is_understood_once(text):
    assert several(text) == []


@given(st.text(max_size=60))
def test_any_line_is_read_without_an_error(text):
    for found in several(text):
        assert len({path for path, _ in values_of(found)}) == len(values_of(found))


def test_a_number_may_stand_before_its_name():
    assert values("2T tokens")[0] == ("data.tokens", 2e12)


@pytest.mark.parametrize("text", ["finance", "which gpu is cheapest", "Which GPU is cheapest?"])
def test_a_question_finds_the_chart_that_answers_it(text):
    found = search(text, (*INPUTS, *found_charts()), ())
    assert found
    assert found[0].kind == "chart"


@pytest.mark.parametrize(
    ("text", "name"), [("llama 405", "Llama 3.1 405B"), ("deepseek 671b", "DeepSeek-V3.2")]
)
def test_words_apart_find_a_model(text, name):
    assert search(text, list(found_models(text, CATALOG, None)), ())[0].key == name
