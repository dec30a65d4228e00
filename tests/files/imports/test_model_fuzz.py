"""Configurations that nobody would write: a sentence or a model, never a traceback, never without end."""

from __future__ import annotations

import contextlib
import json
import random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from isocost.catalog import load
from isocost.catalog.entries.model_families import model_families
from isocost.files.imports import Given, NotUnderstoodError, SourceFile
from isocost.files.imports.model import ModelFile, ModelReader, read_model
from isocost.files.loading import parse_project
from isocost.files.saving import project_text
from isocost.plan.inputs.starting import new_project
from isocost.plan.physics.shape import shape_flaw
from isocost.plan.project.project import Place
from tests.files.imports.public import MODELS

CATALOG = load()
FAMILIES = model_families()
TYPES = sorted(FAMILIES.names)
KEYS = sorted(
    {
        key
        for name in TYPES
        for keys in (FAMILIES.family(name) or FAMILIES.unknown).keys.values()
        for key in keys
    }
    | {"text_config", "vision_config", "architectures", "rope_scaling", "_name_or_path", "thinker_config"}
)
WORDS = [
    "full_attention",
    "sliding_attention",
    "linear_attention",
    "mamba",
    "moe",
    "auto",
    "",
    "dense",
    "M*-E",
]
NUMBERS = st.one_of(
    st.integers(-2, 200),
    st.integers(),
    st.sampled_from([2**31, 10**15, 10**40, 1e308, 0.5, 4096.0, float("inf"), float("nan"), -0.0]),
    st.floats(),
)
LEAVES = st.one_of(st.none(), st.booleans(), NUMBERS, st.sampled_from([*WORDS, *TYPES]), st.text(max_size=8))
VALUES = st.one_of(
    LEAVES, LEAVES, st.lists(LEAVES, max_size=6), st.dictionaries(st.sampled_from(KEYS), LEAVES, max_size=4)
)


def checked(tree: dict[str, Any]) -> ModelFile | None:
    """Read a configuration and put it into a plan; None = it is refused in a sentence that names a place."""
    try:
        found = read_model(tree)
    except NotUnderstoodError as refused:
        said = str(refused)
        assert said.endswith(".")
        assert ":" in said
        assert len(said) < 400
        return None
    told = found.as_json()
    assert 0 < told["active_parameters"] <= told["parameters"]
    json.dumps(told, allow_nan=False)
    assert all(line.label and isinstance(line.value, str) for line in found.lines())
    assert found.finding()
    shape_flaw(found.planned.choice)
    return found


@pytest.mark.filterwarnings("error")
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    kind=st.sampled_from(TYPES),
    changes=st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=6),
    at=st.integers(0, len(MODELS) - 1),
    swap=st.booleans(),
)
def test_any_key_may_hold_anything(kind, changes, at, swap):
    tree = dict(MODELS[at].config) | changes
    checked(tree | {"model_type": kind} if swap else tree)


@settings(max_examples=60, deadline=None)
@given(data=st.data(), at=st.integers(0, len(MODELS) - 1))
def test_small_changes_of_real_configurations_make_plans_that_save(data, at):
    tree = dict(MODELS[at].config)
    numbers = sorted(key for key, value in tree.items() if type(value) is int)
    for key in data.draw(st.lists(st.sampled_from(numbers), max_size=3)) if numbers else []:
        tree[key] = data.draw(st.integers(0, 3 * tree[key] + 2))
    found = checked(tree)
    if found is not None and 2e5 < found.decoder.parameters < 9e14:
        project = found.change(new_project(CATALOG), CATALOG, Place())
        assert parse_project(project_text(project), CATALOG) == project


@pytest.mark.parametrize("seed", range(12))
def test_bytes_that_were_changed_are_read_or_refused(seed):
    chance = random.Random(seed)
    for _ in range(25):
        text = mutated(json.dumps(chance.choice(MODELS).config), chance)
        read_text(text)


def mutated(text: str, chance: random.Random) -> str:
    """A text with some of its bytes changed, repeated, left out or cut."""
    data = bytearray(text.encode("utf-8"))
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(data) or 1)
        what = chance.randrange(5)
        if what == 0:
            data[at : at + 1] = bytes([chance.randrange(256)])
        elif what == 1:
            data[at:at] = chance.choice(
                [b"9" * 40, b"[" * 60, b'"', b"-", b"e400", b"\\u0000", b"null", b"{"]
            )
        elif what == 2:
            del data[at : at + chance.randint(1, 40)]
        elif what == 3:
            data[at:at] = data[at : at + 60]
        else:
            del data[at:]
    return data.decode("utf-8", "replace")


def read_text(text: str) -> None:
    """Read a text as a file's: a model, or a sentence."""
    file, reader = SourceFile("config.json", text), ModelReader()
    reader.knows(file)
    with contextlib.suppress(NotUnderstoodError):
        found = reader.read(file, Given())
        found.as_json()
        found.lines()


@settings(max_examples=60, deadline=None)
@given(name=st.text(max_size=200), kind=st.text(max_size=200), key=st.text(max_size=60))
def test_names_of_any_letters_make_plans_that_save(name, kind, key):
    found = checked(dict(MODELS[0].config) | {"_name_or_path": name, "model_type": kind, key: 7})
    if found is not None:
        project = found.change(new_project(CATALOG), CATALOG, Place())
        assert parse_project(project_text(project), CATALOG) == project
        assert all("\n" not in each for each in found.not_understood)
