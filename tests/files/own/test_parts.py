"""Accelerators of one's own: what is typed becomes a record the catalogue takes, or is said to be wrong."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isocost.catalog import load
from isocost.catalog.user import WINDOW_FILE
from isocost.files import FileError
from isocost.files.own.fields import FIELDS, base_text
from isocost.files.own.parts import Draft, check, nearest_part
from isocost.files.own.store import begun_with, own_parts, remove_part, save_part

TODAY = date(2026, 11, 29)
NAMED = {"name": "Ours", "source": "Rack measurements"}


@pytest.fixture(scope="module")
def shipped(tmp_path_factory):
    folder = tmp_path_factory.mktemp("none")
    return load(folder), own_parts(folder).rows


def checked(shipped, typed, like="h100-sxm", own=""):
    catalog, rows = shipped
    return check(Draft(like, typed, own), rows, catalog, TODAY)


def test_what_is_saved_is_in_the_catalogue_with_its_price_and_its_sources(shipped, tmp_path):
    typed = {
        **NAMED,
        "power_w": "600 W",
        "memory_gb": "141",
        "usd_per_gpu_hour": "$3.20",
        "fp8_tflops": "none",
    }
    found = checked(shipped, typed)
    assert found.problems == {}
    save_part(tmp_path, found.record, found.price)
    catalog = load(tmp_path)
    assert catalog.problems == ()
    entry, like = catalog.accelerators["ours"], catalog.accelerators["h100-sxm"]
    assert (entry.spec.power_w, entry.spec.memory_bytes) == (600.0, 141e9)
    assert "fp8" not in entry.spec.peak_flops
    assert entry.spec.peak_flops["bf16"] == like.spec.peak_flops["bf16"]
    assert entry.measured_flops == {"bf16": like.measured_flops["bf16"]}
    assert entry.sources["power"] == entry.sources["memory"] == "Rack measurements"
    assert entry.sources["server"] == like.sources["server"]
    assert catalog.default_price("ours").usd_per_gpu_hour == 3.2


def test_a_saved_one_reads_back_as_it_was_typed_and_saves_again_as_one(shipped, tmp_path):
    found = checked(shipped, {**NAMED, "power_w": "600", "rent_units": "8 16", "usd_per_gpu_hour": "3.2"})
    save_part(tmp_path, found.record, found.price)
    parts = own_parts(tmp_path)
    (own,) = parts.own
    assert own.draft.typed["power_w"] == "600"
    assert own.draft.typed["rent_units"] == "8, 16"
    assert own.draft.typed["usd_per_gpu_hour"] == "$3.20"
    again = check(
        Draft(own.draft.like, {**own.draft.typed, "name": "Renamed"}, own.draft.id),
        parts.rows,
        load(tmp_path),
        TODAY,
    )
    assert again.problems == {}
    save_part(tmp_path, again.record, None)
    catalog = load(tmp_path)
    assert [each.row.name for each in own_parts(tmp_path).own] == ["Renamed"]
    assert catalog.accelerators["ours"].spec.name == "Renamed"
    assert catalog.default_price("ours") is None
    remove_part(tmp_path, "ours")
    assert "ours" not in load(tmp_path).accelerators


def test_a_peak_of_ones_own_leaves_out_what_was_measured_on_the_other(shipped, tmp_path):
    found = checked(shipped, {**NAMED, "bf16_tflops": "800"})
    save_part(tmp_path, found.record, None)
    catalog = load(tmp_path)
    assert catalog.problems == ()
    assert "bf16" not in catalog.accelerators["ours"].measured_flops
    assert not catalog.matmul_ceiling("ours").measured


@pytest.mark.parametrize(
    ("typed", "field", "says"),
    [
        ({"name": "H200"}, "name", "Is a name of H200"),
        ({"short_name": "MI300X"}, "short_name", "MI300X"),
        ({"name": "A name that no chart has any room for"}, "short_name", "20 letters"),
        ({"memory_gb": "-3"}, "memory_gb", "above 0"),
        ({"memory_gb": "lots"}, "memory_gb", "not a number"),
        ({"memory_gb": "1e12"}, "memory_gb", "in range"),
        ({"node_size": "2.5"}, "node_size", "whole number"),
        ({"node_size": "3"}, "scaleup_domain", "whole servers of 3"),
        ({"rent_units": "8, 4"}, "rent_units", "rising counts"),
        ({"rent_units": "1, 2, 5"}, "rent_units", "a multiple of node_size"),
        ({"server_power_w": "200"}, "server_power_w", "Less than the 700 W"),
        ({"sources_read": "yesterday"}, "sources_read", "2026-11-29"),
        ({"source": " "}, "source", "where the figures come from"),
        ({"name": ""}, "name", "Give it a name"),
        ({"usd_per_gpu_hour": "cheap"}, "usd_per_gpu_hour", "an amount of money"),
        ({"vendor": "x" * 300}, "vendor", "letters, these are 300"),
        ({"source": "x" * 5000}, "source", "letters, these are 5000"),
        ({"rent_units": "some"}, "rent_units", "Write counts with commas"),
        ({"sources_read": "2026-02-31"}, "sources_read", "a day of the calendar"),
    ],
)
def test_each_mistake_is_said_at_its_field(shipped, typed, field, says):
    problems = checked(shipped, {**NAMED, **typed}).problems
    assert set(problems) == {field}
    assert says in problems[field]
    assert problems[field].endswith(".")


def test_one_without_any_rate_is_refused(shipped):
    rates = {key: "none" for key in FIELDS if key.endswith("_tflops")}
    assert "one format at least" in checked(shipped, {**NAMED, **rates}).problems["bf16_tflops"]


def test_twice_the_peak_is_asked_about_and_taken(shipped):
    found = checked(shipped, {**NAMED, "fp8_tflops": "3,958"})
    assert found.problems == {}
    assert "sparsity" in found.remarks["fp8_tflops"]
    assert checked(shipped, {**NAMED, "fp8_tflops": "2,500"}).remarks == {}


def test_a_narrower_format_that_is_slower_is_asked_about_and_taken(shipped):
    found = checked(shipped, {**NAMED, "fp8_tflops": "400"})
    assert found.problems == {}
    assert "swapped" in found.remarks["fp8_tflops"]


def test_a_purchase_price_of_ones_own_is_of_the_day_it_was_read(shipped, tmp_path):
    found = checked(shipped, {**NAMED, "purchase_usd": "$31,000", "sources_read": "2026-11-02"})
    assert found.problems == {}
    save_part(tmp_path, found.record, found.price)
    assert load(tmp_path).problems == ()
    (own,) = own_parts(tmp_path).own
    assert (own.row.purchase_usd, str(own.row.purchase_date)) == (31_000.0, "2026-11-02")
    assert own.row.purchase_basis == "as typed"


def test_what_cannot_be_saved_is_said(shipped, tmp_path):
    folder = tmp_path / "file"
    folder.write_text("in the way")
    with pytest.raises(FileError, match="cannot be saved"):
        save_part(folder, checked(shipped, NAMED).record, None)


def test_one_that_is_like_nothing_any_more_is_no_draft(shipped, tmp_path):
    save_part(tmp_path, checked(shipped, NAMED).record, None)
    path = tmp_path / WINDOW_FILE
    path.write_text(path.read_text().replace("like: h100-sxm", "like: gone"))
    parts = own_parts(tmp_path)
    assert parts.own == ()
    assert any("gone" in each for each in parts.problems)


def test_a_server_of_ones_own_size_is_rented_by_its_halves(shipped, tmp_path):
    save_part(tmp_path, checked(shipped, {**NAMED, "node_size": "4"}).record, None)
    row = own_parts(tmp_path).rows["ours"]
    assert base_text(FIELDS["rent_units"], row) == "a server and its halves"
    assert load(tmp_path).accelerators["ours"].rent_units == (1, 2, 4)


@pytest.mark.parametrize(
    ("name", "near"),
    [("H200 in our lab", "h200-sxm"), ("our H100 PCIe, 300 W", "h100-pcie"), ("Quantum 7", None), ("", None)],
)
def test_a_name_tells_what_to_begin_with(shipped, name, near):
    assert nearest_part(name, shipped[0]) == near


def test_records_in_the_files_people_write_are_left_alone(shipped, tmp_path):
    own = tmp_path / "own.yaml"
    own.write_text("accelerators:\n- {id: hand, like: h100-sxm, name: Hand, short_name: Hand, source: me}\n")
    before = own.read_bytes()
    found = check(Draft("hand", {**NAMED, "power_w": "300"}), own_parts(tmp_path).rows, load(tmp_path), TODAY)
    save_part(tmp_path, found.record, found.price)
    parts = own_parts(tmp_path)
    assert [(each.row.id, each.file, each.draft is None) for each in parts.own] == [
        ("hand", "own.yaml", True),
        ("ours", WINDOW_FILE, False),
    ]
    assert load(tmp_path).problems == ()
    assert own.read_bytes() == before


def test_what_others_put_into_the_windows_file_stays(shipped, tmp_path):
    (tmp_path / WINDOW_FILE).write_text(
        "models:\n- {name: M, shape: size, published_total: 7e+9, source: me, sources_read: 2026-11-01}\n"
        "accelerators:\n- {id: broken, like: nothing, name: B, source: me}\n"
    )
    found = checked(shipped, NAMED)
    save_part(tmp_path, found.record, None)
    catalog = load(tmp_path)
    assert "M" in catalog.models
    assert "ours" in catalog.accelerators
    assert any("nothing" in each for each in catalog.problems)
    assert len(own_parts(tmp_path).problems) == 1


@pytest.mark.parametrize("text", ["a: [", "- 1\n", "a: &b 1\n", "a: 1\na: 2\n"])
def test_a_file_the_window_did_not_write_is_not_replaced(shipped, tmp_path, text):
    path = tmp_path / WINDOW_FILE
    path.write_text(text)
    with pytest.raises(FileError, match=WINDOW_FILE):
        save_part(tmp_path, checked(shipped, NAMED).record, None)
    assert path.read_text() == text
    own_parts(tmp_path)


def test_every_accelerator_can_be_begun_with_and_saved_as_it_is(shipped):
    catalog, rows = shipped
    for like in catalog.accelerators:
        assert checked(shipped, NAMED, like).problems == {}, like
        texts = {key: base_text(field, rows[like]) for key, field in FIELDS.items()}
        texts = {key: text for key, text in texts.items() if text and text != "a server and its halves"}
        found = checked(shipped, {**texts, **NAMED}, like)
        assert found.problems == {}, like
        # What was typed as it stood anyway is no figure of one's own.
        assert set(found.record) <= {"id", "like", "name", "short_name", "source", "sources_read", "notes"}


@settings(max_examples=30)
@given(st.dictionaries(st.sampled_from(sorted(FIELDS)), st.text(max_size=30)))
def test_whatever_is_typed_is_a_record_or_a_sentence(shipped, typed):
    found = checked(shipped, typed)
    assert all(text.endswith((".", "?")) for text in (*found.problems.values(), *found.remarks.values()))


def test_one_that_comes_to_be_like_a_later_one_still_reads(shipped, tmp_path):
    for name in ("First", "Second"):
        save_part(tmp_path, checked(shipped, {**NAMED, "name": name}).record, None)
    parts = own_parts(tmp_path)
    again = check(Draft("second", {**NAMED, "name": "First"}, "first"), parts.rows, load(tmp_path), TODAY)
    save_part(tmp_path, again.record, None)
    catalog, parts = load(tmp_path), own_parts(tmp_path)
    assert catalog.problems == ()
    assert [each.row.id for each in parts.own] == ["second", "first"]
    assert [each.row.id for each in begun_with(parts, "second")] == ["first"]
    assert begun_with(parts, "first") == ()
