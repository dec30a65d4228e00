"""The one reader of YAML: what a tree holds, and what its scalars are read as."""

from __future__ import annotations

import datetime

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from isocost.catalog.yaml_text import Unquoted, YamlError, parse_yaml, typed
from isocost.paths import resource

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), max_size=8),
    lambda each: (
        st.lists(each, max_size=3) | st.dictionaries(st.text("abcdef", min_size=1), each, max_size=3)
    ),
    max_leaves=12,
)


def test_scalars_stay_text_and_know_whether_they_were_quoted():
    tree = parse_yaml("a: 7e10\nb: '7'\nc: ~\n", deepest=1)
    assert tree == {"a": "7e10", "b": "7", "c": "~"}
    assert isinstance(tree, dict)
    assert [isinstance(value, Unquoted) for value in tree.values()] == [True, False, True]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1_000", 1000), ("1.5e+8", 1.5e8), ("yes", True), ("null", None), ("'12'", "12"), ("7B", "7B"),
        ("2026-11-23", datetime.date(2026, 11, 23)), ("2026-13-45", "2026-13-45"), ("=", "="), ("<<", "<<"),
    ],
)  # fmt: skip
def test_catalogue_files_take_yamls_types(text, value):
    assert typed(parse_yaml(f"a: {text}", deepest=1)) == {"a": value}


@given(VALUES)
def test_what_yaml_writes_is_read_back(value):
    text = yaml.dump({"a": value}, Dumper=Plain, allow_unicode=True)
    assert typed(parse_yaml(text, deepest=99)) == {"a": value}


class Plain(yaml.SafeDumper):
    def ignore_aliases(self, data):
        return True


@pytest.mark.parametrize("path", sorted(resource().glob("*.yaml")), ids=lambda path: path.name)
def test_shipped_files_are_what_any_reader_of_yaml_sees(path):
    text = path.read_text(encoding="utf-8")
    assert typed(parse_yaml(text, deepest=8)) == yaml.safe_load(text)


@pytest.mark.parametrize(("text", "fits"), [("[[1]]", True), ("[[[]]]", False), ("a: {b: c}", True)])
def test_collections_may_be_as_deep_as_allowed(text, fits):
    if fits:
        parse_yaml(text, deepest=2)
    else:
        with pytest.raises(YamlError) as caught:
            parse_yaml(text, deepest=2)
        assert (caught.value.flaw, caught.value.line) == ("depth", 1)
