"""What the map of winners says holds for every place it speaks of."""

from __future__ import annotations

import re
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from isocost.catalog import load
from isocost.catalog.entries.prices import PriceCard
from isocost.files import load_project
from isocost.files.presets import find_plan
from isocost.plan.solve.case import Case
from isocost.plan.solve.hardware.wins import NOBODY, Span, Winner, Wins, through, wins
from isocost.quantities import parse
from isocost.report.findings.tabs.wins import WinsView, finding, said, table, view

SIZE = 9
LABELS = ("Alpha", "Beta", "Gamma")


def made_up(place, aim="cheapest", stale=()) -> WinsView:
    """A map of budgets against tokens."""
    values = np.geomspace(1e10, 1e14, SIZE)
    winners = tuple(
        Winner(name.lower(), name, name in stale, float((place == at).mean()), "2026-11-01", 2.0,
               PriceCard(name.lower(), 2.0, "Someone", "on-demand", "https://example.org", "2026-11-01"))
        for at, name in enumerate(LABELS)
    )  # fmt: skip
    there = place != NOBODY
    amounts = np.where(there, 1e5, np.inf)
    found = Wins(
        Span("budget"), Span("tokens"), values / 1e6, values, place, amounts, np.where(there, 9.0, np.inf),
        np.where(there, 64, 0), (float(values[4] / 1e6), float(values[4])), winners, aim,
    )  # fmt: skip
    return WinsView(found, "alpha", "Alpha", {}, (), (4, 4))


@given(arrays(np.intp, (SIZE, SIZE), elements=st.integers(-1, 2)), st.integers(0, SIZE), st.integers(-1, 2))
def test_where_another_takes_over_it_wins_all_the_way_to_the_end(place, until, other):
    place = place.copy()
    place[:until, 4] = other
    shown = made_up(place)
    here = shown.winner(4, 4)
    words = finding(shown)
    if here is None:
        assert words == "No accelerator on offer does it where the plan is"
        return
    assert words.startswith(here.label)
    turn = re.search(r"; (\w+) (below|above) about (.+?)( tokens)?$", words)
    if turn is None:
        return
    value = parse(turn[3], "number" if turn[4] else "money")
    values, line = (shown.found.ys, place[:, 4]) if turn[4] else (shown.found.xs, place[4])
    beyond = values < value if turn[2] == "below" else values > value
    assert beyond.any()
    assert {LABELS[at] for at in line[beyond].tolist()} == {turn[1]}
    assert not beyond[4]


def test_an_old_price_is_marked_by_a_star_that_is_explained():
    shown = made_up(np.zeros((SIZE, SIZE), dtype=np.intp), stale=("Alpha",))
    assert shown.name(0) == "Alpha *"
    assert "* old price" in said(shown).subtitle
    assert "old price" in shown.words(0, 0)


def test_a_place_where_nobody_does_it_says_so():
    shown = made_up(np.full((SIZE, SIZE), NOBODY, dtype=np.intp))
    assert shown.words(2, 3).endswith("nobody does it.")
    assert "nobody" in said(shown).summary


@pytest.fixture(scope="module")
def mapped() -> WinsView:
    catalog = load()
    case = Case(load_project(find_plan("startup-7b"), catalog), catalog, 0, date(2026, 11, 29))
    return view(wins(case, Span("deadline"), Span("price"), size=24), case)


def test_every_winner_with_a_part_of_the_map_is_named_inside_it(mapped):
    named = {region.winner for region in mapped.regions}
    assert named == {at for at, each in enumerate(mapped.found.winners) if each.share >= 0.015}
    for region in mapped.regions:
        assert mapped.found.place[region.row, region.column] == region.winner


def test_the_plan_is_in_its_own_cell_and_every_cell_has_a_row(mapped):
    row, column = mapped.cell
    x, y = mapped.found.plan
    assert (mapped.found.xs[column], mapped.found.ys[row]) == (x, y)
    assert len(table(mapped).rows) == mapped.found.place.size
    counts = mapped.found.count
    assert (counts[mapped.found.place != NOBODY] >= 1).all()


@pytest.mark.parametrize("name", ["startup-7b", "deepseek-v3"])
@pytest.mark.parametrize(
    ("x", "y"),
    [("deadline", "price"), ("tokens", "parameters"), ("count", "tokens"), ("parameters", "count")],
)
def test_what_is_read_at_the_plan_is_what_the_plan_comes_to_on_its_winner(name, x, y):
    """Searched for the plan itself, not between the values that the map is searched at."""
    catalog = load()
    case = Case(load_project(find_plan(name), catalog), catalog, 0, date(2026, 11, 29))
    found = wins(case, Span(x), Span(y), size=8)
    shown = view(found, case)
    assert (found.xs[shown.cell[1]], found.ys[shown.cell[0]]) == found.plan
    winner, count = shown.winner(*shown.cell), int(found.count[shown.cell])
    assert winner is not None
    own = case.reach([winner.card])
    at = int(np.flatnonzero(own.counts == count)[0])
    assert found.cost_usd[shown.cell] == pytest.approx(own.cost_usd[at], rel=1e-9)
    assert found.span_days[shown.cell] == pytest.approx(own.span_days[at], rel=1e-9)


@given(st.floats(1e-6, 1e6), st.floats(1e-3, 1e6), st.floats(1.01, 1e6), st.integers(2, 200))
def test_an_axis_keeps_its_ends_rises_and_has_the_plan_among_its_values(low, times, wide, size):
    own, high = low * times, low * wide
    values = through(low, own, high, size)
    assert len(values) == size
    assert (np.diff(values) > 0.0).all()
    assert values[[0, -1]] == pytest.approx([low, high])
    assert size < 3 or not low < own < high or own in values


def test_where_another_may_be_cheaper_by_the_samples_of_both_it_is_told():
    """At equal cost the chance is about even, and falls as the next best becomes dearer."""
    catalog = load()
    case = Case(load_project(find_plan("startup-7b"), catalog), catalog, 0, date(2026, 11, 29))
    ranged = view(wins(case, Span("deadline"), Span("price"), size=24, ranged=True), case)
    rivals, found = ranged.found.rivals, ranged.found
    there = found.place != NOBODY
    assert ((rivals.chance >= 0.0) & (rivals.chance <= 1.0)).all()
    assert rivals.chance.max() > 0.3, "where two take turns"
    labels = np.array([each.label for each in found.winners])
    names = np.array(rivals.labels)[np.maximum(rivals.card, 0)]
    other = there & (rivals.card >= 0)
    assert (labels[found.place[other]] != names[other]).all()
    assert np.array_equal(ranged.doubtful, rivals.chance > 0.1)
    row, column = np.argwhere(ranged.doubtful)[0]
    assert f"that {names[row, column]} is cheaper" in ranged.words(row, column)
    told = said(ranged, ranged=True)
    assert "Hatched: not certain." in told.subtitle
    assert "the winner is certain: 9 chances in 10 at least" in told.summary
    plain = view(wins(case, Span("deadline"), Span("price"), size=24), case)
    assert np.array_equal(plain.found.place, found.place)
    assert plain.doubtful is None
    assert "Hatched" not in said(plain).subtitle


def test_of_the_fastest_within_a_budget_no_chances_are_told():
    shown = made_up(np.zeros((SIZE, SIZE), dtype=np.intp), aim="fastest")
    assert "Without ranges." in said(shown, ranged=True).subtitle
