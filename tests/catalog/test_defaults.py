"""The figures that inputs start with: each has a day and a source, and stands once."""

from __future__ import annotations

import pytest

from isocost.catalog.constants import defaults
from isocost.catalog.constants.defaults import default_number, default_text, load_counted, load_defaults
from isocost.catalog.errors import CatalogError


def test_every_default_has_a_date_and_a_source():
    for path, known in [*load_defaults().items(), *load_counted().items()]:
        assert known.date[:2] in ("19", "20"), path
        assert len(known.source) > 10, path


def test_numbers_and_texts_are_told_apart():
    assert default_number("api.usd_per_mtok_out") == 0.5
    assert default_text("api.supplier") == "OpenAI"
    with pytest.raises(CatalogError, match="supplier: expected a number, got 'OpenAI'"):
        default_number("api.supplier")
    with pytest.raises(CatalogError, match=r"expected text, got 0\.5"):
        default_text("api.usd_per_mtok_out")
    with pytest.raises(CatalogError, match="wings; give it a value"):
        default_number("people.wings")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("a: {values: {people.heads: 1}, date: '2026'}", "missing required field `source`"),
        ("a: {values: {people.heads: 1}, date: '', source: us}", "length >= 1"),
        (
            "a: {values: {people.heads: 1}, date: '2026', source: us}\n"
            "b: {values: {people.heads: 2}, date: '2026', source: us}",
            "b: people.heads is set by another entry already",
        ),
    ],
)
def test_an_incomplete_or_doubtful_entry_is_refused(tmp_path, monkeypatch, content, said):
    path = tmp_path / "defaults.yaml"
    path.write_text(content, encoding="utf-8")
    monkeypatch.setattr(defaults, "resource", lambda name: path)
    with pytest.raises(CatalogError, match=said):
        load_defaults.__wrapped__()
