"""The table of inputs: complete, within its limits, and the only place of what it says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, get_args, get_origin

import msgspec
import pytest

from isocost.catalog.constants.defaults import load_defaults
from isocost.plan.inputs.input import problem
from isocost.plan.inputs.programme_rows import PROGRAMME_ROWS
from isocost.plan.inputs.stage_rows import STAGE_ROWS
from isocost.plan.inputs.table import (
    CHOICES,
    INPUTS,
    NUMBERS,
    RECORDS,
    check,
    default_in_plan,
    matters,
    starting_number,
)
from isocost.plan.kinds import KINDS
from isocost.plan.physics.counts import LARGEST_COUNT
from isocost.plan.physics.layouts import PIN_WORDS, SHARDING_WORDS
from isocost.plan.project.programme import Supply
from isocost.plan.project.project import Scenario
from isocost.plan.values import Shape
from isocost.quantities import plain_spaces


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("model.parameters", 7.0, "Parameters must lie between 100K and 1,000T, got 7."),
        ("data.batch_tokens", 2e12, "Batch must lie between 16 and 1T, got 2T."),
        ("hardware.count", 2e5, "Count must lie between 1 and 131,072, got 200,000."),
        ("hardware.count", 2.5, "Count must be a whole number, got 2.5."),
        ("price.usd_per_gpu_hour", -1.0, "Price must lie between $0 and $10K, got -$1.00."),
        ("efficiency.mfu", 1.2, "MFU must lie between 0.01 % and 100 %, got 120 %."),
        ("stage.hours", 1e9, "Hours must lie between 0 h and 10M h, got 1000000000 h."),
    ],
)
def test_limits_are_written_as_people_write_numbers(path, value, said):
    assert plain_spaces(check(path, value)) == said


def test_a_count_may_be_what_the_search_covers_and_no_more():
    assert NUMBERS["hardware.count"].maximum == LARGEST_COUNT
    assert check("hardware.count", float(LARGEST_COUNT)) is None


NOT_INPUTS = {
    "efficiency.correction.factor": "measured on the user's own runs",
    "efficiency.correction.low": "measured on the user's own runs",
    "efficiency.correction.high": "measured on the user's own runs",
    "efficiency.correction.runs": "counts the user's own runs",
    **{
        f"efficiency.correction.measured.{name}": "measured on the user's own runs"
        for name in ("measured", "predicted", "low", "high")
    },
    **{
        f"actual.{name}": "told of a run under way beside the plan"
        for name in ("tokens", "share", "hours", "spent_usd")
    },
    "stage.enabled": "a stage is switched on and off in the list of stages",
    "hardware.typed": "what was typed where it cannot be had",
    "price.unnamed": "set where a plan that is read names no price",
    **{f"ranges.{name}": "belongs to another input" for name in ("low", "high", "mode", "shape")},
    **{f"model.shape.{name}": "written in a plan as a whole" for name in Shape.__struct_fields__},
}
"""Numbers and words of a plan that nobody types, and why."""


def _leaves(record: type, where: str) -> Iterator[str]:
    """Every number, switch and word out of a few below a record, by its path."""
    for field in msgspec.structs.fields(record):
        path = f"{where}.{field.name}" if where else field.name
        kinds = [each for each in (get_args(field.type) or (field.type,)) if each is not type(None)]
        for kind in kinds:
            inner = get_args(kind)[0] if get_origin(kind) is tuple else kind
            if isinstance(inner, type) and issubclass(inner, msgspec.Struct):
                yield from _leaves(inner, path)
        words = [each for each in (field.type, *kinds) if get_origin(each) is Literal]
        if words or set(kinds) & {float, int, bool}:
            yield path


def _in_a_plan() -> set[str]:
    """Paths of everything in a scenario that is a number, a switch or a word out of a few."""
    found = {*_leaves(Scenario, "")}
    for kind in KINDS.values():
        leaves = _leaves(kind.record, "")
        found |= {path if "." in path else f"stage.{path}" for path in leaves}
    # Phases stand deeper than their section, and a teacher is a model.
    return {
        path.replace("rl.phases.", "phases.").replace("distillation.teacher.", "model.") for path in found
    }


def test_everything_in_a_plan_is_declared_or_named_as_no_input():
    found = _in_a_plan()
    assert "phases.cap" in found
    assert "efficiency.correction.low" in found
    assert sorted(found - set(INPUTS) - set(NOT_INPUTS)) == []
    assert sorted(set(NOT_INPUTS) - found) == []


@pytest.mark.parametrize("path", INPUTS)
def test_every_input_has_a_place_in_a_plan(path):
    section, name = path.split(".")
    holders = [kind.record for kind in KINDS.values()] if section == "stage" else [RECORDS[section]]
    assert any(name in each.__struct_fields__ for each in holders)


@pytest.mark.parametrize("path", NUMBERS)
def test_an_input_starts_within_its_limits(path):
    declared = NUMBERS[path]
    assert declared.minimum <= declared.low < declared.high <= declared.maximum
    assert declared.default is None or problem(declared, declared.default) is None
    assert declared.label
    assert declared.help.endswith(".")


def test_a_default_stands_once():
    for row in (*STAGE_ROWS, *PROGRAMME_ROWS):
        assert row.default is None or default_in_plan(row.path) is None, f"{row.path} is in its record too"
    shipped = load_defaults()
    rows = {row.path: row for row in (*STAGE_ROWS, *PROGRAMME_ROWS)}
    assert [path for path in shipped if path in rows and rows[path].default_source] == []
    for path, known in shipped.items():
        assert default_in_plan(path) == known.value
        assert path not in INPUTS or INPUTS[path].default_source == known.source


@pytest.mark.parametrize("path", [path for path, choice in CHOICES.items() if choice.options])
def test_the_words_offered_are_those_a_plan_may_hold(path):
    choice = CHOICES[path]
    record = RECORDS[choice.section]
    kind = next(each.type for each in msgspec.structs.fields(record) if each.name == choice.name)
    for each in (kind, *get_args(kind)):
        if get_origin(each) is Literal:
            assert set(choice.options) == set(get_args(each))
    assert choice.optional or choice.default in choice.options
    assert set(choice.meanings) <= set(choice.options)


def test_what_replicas_split_is_called_the_same_in_the_plan_and_in_its_inputs():
    assert CHOICES["layout.sharding"].options == SHARDING_WORDS
    assert [path.split(".")[1] for path in CHOICES if path.startswith("layout.")] == list(PIN_WORDS)


def test_an_input_without_a_default_says_so():
    assert starting_number("hardware.count") == 256
    with pytest.raises(ValueError, match="has no default"):
        starting_number("efficiency.mfu")


@pytest.mark.parametrize(
    ("path", "modes"),
    [
        ("supply.term_months", {"reserved"}),
        ("supply.resold", {"reserved", "block"}),
        ("supply.owned_share", {"mixed"}),
        ("people.heads", set(CHOICES["supply.mode"].options)),
    ],
)
def test_terms_of_supply_tell_which_inputs_matter_under_them(path, modes):
    assert {mode for mode in CHOICES["supply.mode"].options if matters(path, Supply(mode))} == modes
