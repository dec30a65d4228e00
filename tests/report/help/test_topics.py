"""What has the keyboard has a page: every input, chart, tab and part of the window."""

from __future__ import annotations

import pytest

from isocost.plan.inputs.table import INPUTS
from isocost.report.findings.charts import CHARTS
from isocost.report.help.pages import INDEX, manual, slug
from isocost.report.help.topics import PLACES, WINDOW_PAGE, input_place, place_of


@pytest.mark.parametrize("path", INPUTS)
def test_an_input_has_an_entry(path):
    place = input_place(path)
    assert place in manual().places
    assert place_of([f"{path}.edit", path, "inputs", ""]) == place
    assert place_of([f"solve.{path}"]) == PLACES["solve"]


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_has_an_entry_under_its_tab(name):
    place = place_of(["", f"{name}.plot", name, f"{CHARTS[name].page.lower()}_page"])
    assert place in manual().places
    sections = [each for each in manual().sections if each.page == "window.md"]
    at = next(i for i, each in enumerate(sections) if each.place == place)
    tab = next(each for each in reversed(sections[:at]) if each.level == 2)
    assert tab.place == f"{WINDOW_PAGE}#{slug(CHARTS[name].page)}"


def test_every_other_part_has_a_page():
    assert set(PLACES.values()) <= manual().places


def test_what_is_nearest_to_the_keyboard_is_explained():
    assert place_of(["data.tokens.slider", "inputs"]) == input_place("data.tokens")
    assert place_of(["unheard_of", "scope.people.heads"]) == "window.md#not-in-this-bill"
    assert place_of(["", "unheard_of.part"]) == INDEX
    assert place_of([]) == INDEX
    assert place_of(["rl.phases.1.steps", "rl.phases"]) == input_place("phases.steps")
    assert place_of(["rl.phases.1.remove", "rl.phases"]) == PLACES["rl.phases"]
