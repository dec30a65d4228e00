"""The format is as its page says, keeps every digit, and changes a line where an input changes."""

from __future__ import annotations

import difflib
import json
import runpy
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isocost.catalog import load
from isocost.files import ContentError, load_project, parse_project, project_text
from isocost.files.migration import MIGRATIONS, VERSION, current_tree
from isocost.files.tree import dump_tree, parse_tree
from isocost.plan.inputs.table import NUMBERS
from isocost.plan.project.project import get_value, set_value
from tests.files.strategies import numbers
from tests.files.test_loading import GOOD

VERSIONS = Path(__file__).parent / "versions"
PRESETS = sorted((Path(__file__).resolve().parents[2] / "presets").glob("*.yaml"))


def test_the_pages_are_what_the_types_say(repository: Path) -> None:
    tool = runpy.run_path(str(repository / "tools" / "file_format.py"))
    for path, text in ((tool["PAGE"], tool["page"]()), (tool["SCHEMA"], tool["schema_text"]())):
        assert path.read_text(encoding="utf-8") == text, (
            f"run make file-format: {path.name} is of other types"
        )


def test_the_page_names_every_key_of_the_schema(repository: Path) -> None:
    page = (repository / "docs" / "file-format.md").read_text(encoding="utf-8")
    schema = json.loads((repository / "docs" / "plan.schema.json").read_text(encoding="utf-8"))

    def keys(tree):
        if isinstance(tree, dict):
            for name, each in tree.items():
                if name == "properties":
                    yield from each
                yield from keys(each)
        elif isinstance(tree, list):
            for each in tree:
                yield from keys(each)

    inside = {"low", "mode", "high", "shape"}  # of a range, which its example shows
    for key in set(keys(schema)) - inside:
        assert f"| `{key}` |" in page, key


def test_the_example_of_the_page_opens(repository: Path) -> None:
    page = (repository / "docs" / "file-format.md").read_text(encoding="utf-8")
    example = page.partition("```yaml\n")[2].partition("```")[0]
    project = parse_project(example, load())
    assert project_text(project).splitlines()[0] == f"isocost: {VERSION}"


@pytest.mark.parametrize("version", range(1, VERSION + 1))
def test_a_kept_file_of_each_version_opens(version: int) -> None:
    text = (VERSIONS / f"{version}.yaml").read_text(encoding="utf-8")
    assert text.splitlines()[0] == f"isocost: {version}"
    project = parse_project(text, load())
    assert parse_project(project_text(project), load()) == project


def test_versions_go_by_steps_and_a_newer_one_is_refused_in_words() -> None:
    assert set(MIGRATIONS) == set(range(1, VERSION))
    steps = {1: lambda tree: {"b": tree["a"]}, 2: lambda tree: {**tree, "c": "3"}}
    tree = {"isocost": "1", "a": "x"}
    assert current_tree(tree, version=3, migrations=steps) == {"b": "x", "c": "3"}
    with pytest.raises(ContentError, match=r"needs an Isocost newer than .*: the file has version 4"):
        current_tree({"isocost": "4"}, version=3, migrations=steps)


@pytest.mark.parametrize(
    ("key", "near"), [("tokns", "tokens"), ("batch_token", "batch_tokens"), ("sequense", "sequence")]
)
def test_an_unknown_key_is_refused_with_its_place_and_the_nearest(key: str, near: str) -> None:
    text = GOOD.replace("data: {tokens: 2e12}", f"data: {{tokens: 2e12, {key}: 1}}")
    with pytest.raises(
        ContentError, match=rf"stages\[0\].data: unknown key '{key}'; did you mean '{near}'\?"
    ):
        parse_project(text)


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=0.0))
def test_a_number_keeps_its_last_digit(value: float) -> None:
    (written,) = parse_tree(dump_tree({"x": value})).values()
    assert float(written) == value


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("3.99", "3.99"), ("14.8e12", "14.8e+12"), ("62914560", "62.91456e+6"), ("0.1", "0.1"),
        ("1234.5678901234", "1234.5678901234"), ("999999", "999999"), ("1e6", "1.0e+6"),
        ("14800000000001", "14.800000000001e+12"), ("0.000001234", "1.234e-6"), ("100", "100"),
    ],
)  # fmt: skip
def test_numbers_are_written_as_short_as_they_read_back(typed: str, written: str) -> None:
    assert dump_tree({"x": float(typed)}) == f"x: {written}\n"


@pytest.mark.parametrize("path", PRESETS, ids=lambda path: path.stem)
def test_a_preset_saved_unchanged_is_the_same_file(path: Path) -> None:
    assert project_text(load_project(path)) == path.read_text(encoding="utf-8")


BASE = load_project(next(path for path in PRESETS if path.stem == "startup-7b"))
ROOMS = {"data", "model", "hardware", "efficiency", "people", "programme", "storage", "site", "goal"}


def usable(path: str) -> bool:
    """Whether the plan has an input at a path."""
    if path.partition(".")[0] not in ROOMS:
        return False
    try:
        get_value(BASE, path)
    except (AttributeError, LookupError):
        return False
    return True


@settings(max_examples=150)
@given(st.sampled_from([path for path in NUMBERS if usable(path)]).flatmap(
    lambda path: st.tuples(st.just(path), numbers(path, whole=False), numbers(path, whole=False))
))  # fmt: skip
def test_one_input_changed_is_one_line_changed(given_: tuple[str, float, float]) -> None:
    path, first, second = given_
    kind = int if NUMBERS[path].integer else float
    before, after = (
        project_text(set_value(BASE, path, kind(value))).splitlines() for value in (first, second)
    )
    at_default = len(before) != len(after)  # a key at its default is not written
    changed = [line for line in difflib.ndiff(before, after) if line[:1] in "+-"]
    assert len(changed) <= (2 if not at_default else 4), changed
    if not at_default and first != second:
        assert [line.split(":")[0].strip("+- ") for line in changed] == [path.rpartition(".")[2]] * 2
