"""What the Claims tab says holds for every claim of the library."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from isocost.catalog import Catalog, load
from isocost.catalog.entries.claims import shipped_claims
from isocost.files.claims import check_entry
from isocost.plan.answer.estimate import answer
from isocost.plan.claims.checked import Checked, check_claim
from isocost.plan.claims.claim import Claim
from isocost.plan.claims.published import priced_runs
from isocost.plan.claims.reading import read_claim
from isocost.plan.kinds import GpuHoursStage
from isocost.plan.project.project import Hardware, Price, Project, Scenario
from isocost.quantities import plain_spaces
from isocost.report.decisions.claims.left_out import left_table, left_view
from isocost.report.decisions.claims.page import chips, library_row, ours_view, tiles, told_number, word_of
from isocost.report.decisions.claims.runs import runs_table, runs_view
from isocost.report.decisions.claims.verdict import verdict_said
from isocost.report.decisions.claims.ways import claim_scenario, needs_said

CLAIMS = (
    "deepseek-r1-648",
    "deepseek-r1-6m",
    "s1-32b",
    "qwen3-next-80b",
    "gpt-3",
    "gpt-4-altman",
    "titanforge-70b",
    "a",
)
"""With published, assumed and unpriced lines; with dollars, hours and neither; possible and not."""


def new_plan() -> Project:
    """Hours on an accelerator, at a price."""
    scenario = Scenario(
        name="Base",
        hardware=Hardware("h100-sxm", 8),
        price=Price(2.0),
        stages=(GpuHoursStage(name="Hours", gpu_hours=1e5),),
    )
    return Project(name="Plan", scenarios=(scenario,))


@pytest.fixture(scope="module")
def catalog(tmp_path_factory) -> Catalog:
    return load(tmp_path_factory.mktemp("no-user-files"))


def checked(catalog: Catalog, key: str) -> Checked:
    if key == "a":
        return check_claim(read_claim("70B on 15T tokens, 512 H100", catalog).claim, catalog, ways_out=False)
    return check_entry(catalog.claims[key], catalog, ways_out=False)


def test_what_is_told_far_below_ours_is_so_many_times_less_in_every_place(catalog):
    text = "13B model from scratch on 260B tokens on 40 RTX 4090 for 800 dollars"
    found = check_claim(read_claim(text, catalog).claim, catalog, ways_out=False)
    shown = ours_view(found)
    assert shown is not None
    times = f"{shown.span.p50 / 800:.0f} times less"
    assert times in shown.said.finding
    assert f"{times} than we estimate" in verdict_said(found)
    assert any(times in words for words in found.checks[-1].words)


def test_what_our_estimate_rests_on_has_no_address_that_runs_out_of_the_card(catalog):
    for text in (
        "1T mixture with 32B active, 15.5T tokens, 2048 H800, $4.6M",
        "13B on 260B tokens, 40 RTX 4090, $9",
    ):
        shown = ours_view(check_claim(read_claim(text, catalog).claim, catalog, ways_out=False))
        assert shown is not None
        assert "http" not in shown.rests_on
        assert shown.rests_on.count("(") == shown.rests_on.count(")")
        assert re.search(r"an hour \(.*20\d\d-\d\d-\d\d", shown.rests_on), "who asks it, and since when"


@pytest.mark.parametrize("key", CLAIMS)
def test_each_step_starts_where_the_last_one_ends_and_the_total_is_their_sum(catalog, key):
    found = checked(catalog, key)
    view = left_view(found)
    bars = [step for step in view.steps if step.kind not in ("unsaid", "total")]
    for before, after in pairwise(bars):
        assert after.start == before.end
    totals = [step for step in view.steps if step.kind == "total"]
    if totals:
        known = sum(each.usd for each in found.left_out if each.usd is not None)
        assert totals[0].end == pytest.approx(known + (found.told_usd or 0.0))
    assert view.said.finding
    assert len(left_table(view).rows) == len(view.steps)


def test_what_nobody_has_priced_is_never_drawn_as_an_amount(catalog):
    view = left_view(checked(catalog, "a"))
    unsaid = [step for step in view.steps if step.kind == "unsaid"]
    assert unsaid
    assert {step.amount for step in unsaid} == {"?"}
    assert {step.end for step in unsaid} == {0.0}
    lines = {line.line for line in checked(catalog, "a").left_out}
    shown = {name for step in unsaid for name in (step.name, *step.note.split(", "))}
    assert lines <= shown


@pytest.mark.parametrize("key", CLAIMS)
def test_four_tiles_in_order_each_with_its_arithmetic(catalog, key):
    found = tiles(checked(catalog, key))
    assert [tile.name for tile in found] == ["Money", "Memory", "Work", "Sense"]
    assert all(tile.short for tile in found)
    assert all(tile.words for tile in found if tile.name != "Memory")


def test_ours_stands_beside_the_figure_that_is_told(catalog):
    dollars = ours_view(checked(catalog, "s1-32b"))
    assert dollars is not None
    assert (dollars.unit, dollars.told) == ("usd", 50.0)
    assert dollars.span.p10 < dollars.span.p50 < dollars.span.p90
    assert ours_view(checked(catalog, "gpt-4-altman")) is None
    nothing = ours_view(checked(catalog, "a"))
    assert nothing is not None
    assert nothing.told is None
    assert "nothing is told to compare" in nothing.said.finding


def test_ours_within_its_range_is_said_so(catalog):
    view = ours_view(checked(catalog, "gpt-3"))
    assert view is not None
    assert view.told is not None
    assert view.span.p10 <= view.told <= view.span.p90
    assert "within the range of our" in view.said.finding


def test_chips_say_what_was_taken_what_is_missing_and_what_was_not_read(catalog):
    reading = read_claim("70B from scratch, $8,605, 12 elephants", catalog)
    found = check_claim(reading.claim, catalog, ways_out=False)
    states = {chip.words: chip.state for chip in chips(found.terms, reading.unread)}
    assert states["Model 70B, dense"] == "told"
    assert states["On not told: H100 taken"] == "taken"
    assert states["Tokens not told: 1.4T taken"] == "taken"
    assert "missing" in states.values()
    assert any(state == "unread" for state in states.values()) == bool(reading.unread)


@pytest.mark.parametrize("key", shipped_claims())
def test_every_claim_of_the_list_tells_a_number_and_is_found_by_its_name(catalog, key):
    row = library_row(catalog.claims[key])
    assert any(character.isdigit() for character in row.told)
    assert row.found(row.name.upper())


@pytest.mark.parametrize(
    ("claim", "told"),
    [
        (Claim(usd=50.0), "$50"),
        (Claim(usd=27.66), "$27.66"),
        (Claim(usd=534_700.0), "$535K"),
        (Claim(usd=5_576_000.0), "$5.58M"),
        (Claim(gpu_hours=30.8e6), "30.8M h"),
        (Claim(hours=240.0), "10 days"),
        (Claim(), ""),
    ],
)
def test_the_number_told(claim, told):
    assert plain_spaces(told_number(claim)) == told


def test_what_would_have_to_be_true_is_a_plan_that_is_so(catalog):
    said, ways = needs_said(checked(catalog, "titanforge-70b"))
    assert said.finding == "What would have to be true"
    for way in ways:
        if way.scenario is not None:
            assert f"{way.scenario.hardware.count:,} H100" in way.words
    assert sum(way.scenario is not None for way in ways) == 2


def test_a_claim_that_tells_too_little_is_no_plan(catalog):
    found = checked(catalog, "gpt-4-altman")
    assert word_of(found) == "untold"
    assert claim_scenario(found) is None


@pytest.mark.parametrize("key", ["gpt-3", "s1-32b", "gpt-4-altman"])
def test_a_claim_stands_among_published_runs_at_one_price(catalog, key):
    found, plan = checked(catalog, key), answer(new_plan(), catalog)
    view = runs_view(found, plan, catalog)
    price = plan.scenario.price.usd_per_gpu_hour
    own = {dot.kind: dot for dot in view.dots if dot.kind in ("claim", "plan")}
    assert own["plan"].usd == pytest.approx(plan.estimate.total.gpu_hours * price)
    assert ("claim" in own) == (found.terms.gpu_hours is not None and found.terms.entry is not None)
    if "claim" in own:
        kind = "tuned" if key == "s1-32b" else "scratch"
        dearer = [dot for dot in view.dots if dot.kind == kind and dot.usd > own["claim"].usd]
        assert view.said.finding.startswith(f"{len(dearer)} of ")
    assert len(runs_table(view).rows) == len(view.dots)


def test_a_published_run_on_the_plan_s_own_accelerator_costs_its_hours(catalog):
    runs = [run for run in catalog.runs if run.trusted and run.gpu_hours and run.accelerator == "h100-sxm"]
    priced = {(run.label, run.date, run.usd) for run in priced_runs("h100-sxm", 2.0, catalog)}
    assert runs
    assert {(run.label, run.date, run.gpu_hours * 2.0) for run in runs} <= priced


@pytest.mark.parametrize("count_told", [8, 1024])
def test_the_plan_of_a_claim_is_on_what_is_told_or_its_name_says_on_how_many(catalog, count_told):
    """8 H100 hold no 70B in training, 1,024 do."""
    text = f"70B on 1.4T tokens, {count_told} H100, 18 days"
    found = check_claim(read_claim(text, catalog).claim, catalog, ways_out=False)
    made = claim_scenario(found)
    count = made.hardware.count
    if count_told == 1024:
        assert count == count_told
        assert made.name == text
    else:
        assert count > count_told
        assert made.name == f"{text}, on the {count:,} it takes"
