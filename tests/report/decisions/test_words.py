"""Values of inputs are said in the language of the window, with their units."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from isocost.catalog import load
from isocost.language import choose_language
from isocost.paths import resource
from isocost.plan.project.ranges import InputRange
from isocost.quantities import plain_spaces
from isocost.report.decisions.words import value_words


@pytest.fixture
def german() -> Iterator[None]:
    choose_language("de", resource("languages"))
    yield
    choose_language("en", resource("languages"))


@pytest.mark.usefixtures("german")
def test_a_value_its_unit_and_its_range_are_said_in_the_language():
    catalog = load()
    assert plain_spaces(value_words("data.batch_tokens", 65_536, catalog)) == "65.5K Tokens"
    ranged = InputRange(path="data.batch_tokens", low=1e6, high=2e6)
    assert plain_spaces(value_words("data.batch_tokens", ranged, catalog)) == "1M Tokens bis 2M Tokens"
