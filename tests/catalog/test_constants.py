"""Constants belong to the catalogue: read when asked for, replaceable, and part of what makes two equal."""

from __future__ import annotations

import msgspec
import pytest

from isocost.catalog import CatalogError, load
from isocost.catalog.constants import all as every
from isocost.catalog.constants.economics import read_economics, read_thresholds
from isocost.catalog.constants.errors.spreads import read_accuracy
from isocost.catalog.constants.physics.efficiency import read_efficiency
from isocost.catalog.constants.physics.reliability import read_reliability
from isocost.catalog.constants.templates import read_stage_templates

MODEL = (
    "models:\n- {name: Ours, shape: size, published_total: 7.0e+9, source: here, sources_read: 2026-11-01}\n"
)


def test_two_loads_of_the_same_files_are_equal_and_hash_alike(tmp_path):
    (tmp_path / "mine.yaml").write_text(MODEL, encoding="utf-8")
    one, two = load(tmp_path), load(tmp_path)
    assert one is not two
    assert one == two
    assert hash(one) == hash(two)
    assert one.digest == two.digest


def test_a_users_file_and_a_change_of_it_make_another_catalogue(tmp_path):
    shipped = load(tmp_path)
    (tmp_path / "mine.yaml").write_text(MODEL, encoding="utf-8")
    first = load(tmp_path)
    (tmp_path / "mine.yaml").write_text(MODEL.replace("7.0e+9", "8.0e+9"), encoding="utf-8")
    assert len({shipped, first, load(tmp_path)}) == 3


def test_a_replaced_constant_makes_another_catalogue():
    shipped = load()
    laws = shipped.constants.laws
    other = shipped.with_constants(laws=msgspec.structs.replace(laws, default="hoffmann"))
    assert other != shipped
    assert other.constants.laws.default == "hoffmann"
    assert shipped.constants.laws is laws
    assert shipped.with_constants() == shipped
    again = shipped.with_constants(laws=msgspec.structs.replace(laws, default="hoffmann"))
    assert (again, hash(again)) == (other, hash(other))


def test_replacing_one_constant_keeps_those_replaced_before():
    shipped = load()
    slower = msgspec.structs.replace(shipped.constants.reliability, default="rsc-1")
    both = shipped.with_constants(reliability=slower).with_constants(thresholds=())
    assert both.constants.reliability.default == "rsc-1"
    assert both.constants.thresholds == ()


def test_a_replaced_record_of_errors_sets_the_ranges():
    shipped = load()
    accuracy = msgspec.structs.replace(shipped.constants.accuracy, unmeasured=3.0)
    assert shipped.with_constants(accuracy=accuracy).constants.spreads.unmeasured == 3.0


def test_nothing_is_read_that_is_not_asked_for(monkeypatch):
    known = load().constants.economics

    def refuse(name):
        raise AssertionError(f"{name} was read")

    monkeypatch.setattr(every, "resource", refuse)
    assert every.AllConstants(economics=known).economics is known
    with pytest.raises(AssertionError, match=r"serving\.yaml was read"):
        _ = every.AllConstants(economics=known).serving


def test_a_name_that_is_none_of_them_is_refused():
    with pytest.raises(TypeError, match="No constants are called economy"):
        load().with_constants(economy=None)


@pytest.mark.parametrize(
    ("read", "text", "said"),
    [
        (read_economics, "{}", r"economics\.yaml: Object missing required field"),
        (read_thresholds, "- {id: a}", r"thresholds\.yaml: Object missing required field"),
        (read_efficiency, "constants: []", r"efficiency\.yaml: Object missing required field `relatives`"),
        (read_reliability, "default: x", r"reliability\.yaml: Object missing required field"),
        (read_accuracy, "spreads: 1", r"accuracy\.yaml: Expected `object`, got `int`"),
        (read_stage_templates, "- {kind: rl, values: {a: 1}}", "without their"),
        (read_economics, "a: *b", r"economics\.yaml line 1: YAML aliases"),
        (read_economics, "a: 1\na: 2", r"economics\.yaml line 2: the key 'a' appears twice"),
        (read_economics, "a: 1\n---\nb: 1", r"economics\.yaml: more than one YAML document"),
        (read_economics, "? [a]\n: 1", r"economics\.yaml line 1: a key must be a word"),
        (read_economics, "a: \x07", r"economics\.yaml: not readable as YAML \(it holds a character"),
    ],
)
def test_a_wrong_file_of_constants_is_named_with_what_is_wrong(read, text, said):
    with pytest.raises(CatalogError, match=said):
        read(text)
