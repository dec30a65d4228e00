"""What a day less costs is said as a price, not as money saved."""

from __future__ import annotations

import re
from datetime import date

import pytest

from isocost.plan.answer.estimate import answer
from isocost.plan.explain.figures import Explainer
from isocost.plan.solve.case import Case
from isocost.plan.solve.knee import knee
from isocost.quantities import plain_spaces
from isocost.report.estimate_questions import LATE_WEEKS
from isocost.report.findings.tabs.counts import said, view
from isocost.report.findings.tabs.plan_offers import next_doubling
from tests.report.findings.plans import shipped


@pytest.mark.parametrize("name", ["qlora-8b-on-a-4090", "startup-7b"])
def test_the_price_of_a_day_less_on_both_sides_of_the_knee(catalog, name):
    project = shipped(name, catalog)
    found = knee(Case(project, catalog, 0, date(2026, 11, 28), 0))
    at = next(i for i, each in enumerate(found.doublings) if each.choice.count == found.knee)
    before, past = found.doublings[at], found.doublings[at + 1]
    shown = plain_spaces(said(view(answer(project, catalog), found), found).subtitle)
    assert "saved" not in shown
    assert re.fullmatch(
        r"((A day|An hour) less: (\$[\d.,KM]+|nothing) by that doubling, \$[\d.,KM]+ by the next\."
        r"|Past it, twice as many are less than [\d.]+ times as fast\.)",
        shown,
    )
    if past.usd_more > 0.0:
        assert ("nothing by" in shown) == (before.usd_more <= 0.0)
        assert ("An hour less" in shown) == (past.choice.span_days < 1.0)


def test_the_cost_with_one_doubt_alone_says_what_it_is(catalog):
    trees = Explainer(answer(shipped("startup-7b", catalog), catalog), LATE_WEEKS)
    parts = [key for key in trees.every_key() if re.fullmatch(r"range\.parts\..*\.p[19]0", key)]
    assert parts
    for key in parts:
        label = trees.of(key).label
        if label != "Cost as planned":  # of a doubt without a range
            assert re.fullmatch(r"Cost with .+ alone in doubt, (low|high) end", label), label
            assert label.endswith("low end") == key.endswith("p10")
    assert sum(trees.of(key).label.startswith("Cost with") for key in parts) >= 4
    assert trees.of("range.parts.Price of H100.p50").label == "Cost as planned"


def test_a_heading_speaks_of_a_knee_only_where_doubling_stops_paying(catalog):
    """Twice the chips of GPT-3's knee cannot be laid out: nothing there stopped paying."""
    project = shipped("gpt-3-175b", catalog)
    found = knee(Case(project, catalog, 0, date(2026, 11, 28), 0))
    shown = view(answer(project, catalog), found)
    assert next_doubling(found) is None
    assert "knee" not in said(shown, found).finding
    assert shown.knee is None


@pytest.mark.parametrize("name", ["llama-3.1-405b", "deepseek-r1-first-principles"])
def test_the_knee_of_the_heading_is_drawn(catalog, name):
    """It is a doubling of the fewest that fit, which may be none of one node."""
    project = shipped(name, catalog)
    found = knee(Case(project, catalog, 0, date(2026, 11, 28), 0))
    shown = view(answer(project, catalog), found)
    assert shown.counts[shown.knee] == found.knee
    assert f"{found.knee:,}" in said(shown, found).finding
