"""The title over cost against time says of every deadline what the ranking beside it does."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isocost import paths
from isocost.catalog import Catalog, load
from isocost.files import load_project
from isocost.files.presets import preset_paths
from isocost.plan.answer.across.comparison import Comparison, front, in_logarithms, ranked, worth_showing
from isocost.plan.answer.across.curves import RankedChoice, other_curves
from isocost.plan.answer.across.deadlines import ABOUT_AS_CHEAP
from isocost.plan.answer.estimate import answer
from isocost.plan.answer.results import Estimate
from isocost.plan.inputs.defaults import new_stage
from isocost.plan.inputs.starting import new_project
from isocost.plan.project.editing import add_stage
from isocost.plan.project.project import Project
from isocost.quantities import format_duration, parse, plain_spaces, shown_duration
from isocost.report.findings.tabs.plan import time_finding
from tests.plan.curves import KINDS, comparison

SOME = r"([\d.,]+(?: \w+)?)"
SPAN = r"([\d.,]+ \w+)"
FIRST = re.compile(
    rf"(.+?) is cheapest (?:at any pace|up to {SPAN}|if you can wait {SPAN}|from {SOME} to {SPAN})(?:, (.+))?"
)
NEXT = re.compile(rf"else others|else (.+)|(.+) up to {SPAN}|(.+?) from {SOME}(?: to {SPAN})?")
DAYS = {"min": 1 / 1440, "h": 1 / 24, "days": 1.0, "years": 365.0}


@lru_cache(maxsize=1)
def catalog() -> Catalog:
    return load(paths.presets() / "no-such-folder")


def compared(project: Project, scenario: int) -> Comparison:
    found = replace(answer(project, catalog(), scenario), others=other_curves(project, catalog(), scenario))
    drawn = in_logarithms(found.comparison)
    assert drawn is not None
    return drawn


@lru_cache(maxsize=1)
def preset(path: Path) -> tuple[Comparison, ...]:
    """Every scenario of a preset."""
    project = load_project(path, catalog())
    return tuple(compared(project, at) for at in range(len(project.scenarios)))


def days(text: str, until: str | None = None) -> float:
    """Days of a time as shown; one without a unit has that of the time it goes on to."""
    number, unit = (
        (text if " " in text else f"{text} {(until or '').split(' ')[-1]}").replace(",", "").split(" ")
    )
    return float(number) * DAYS[unit]


def claims(text: str) -> list[tuple[str, float, float]]:
    """The accelerators a title names, each with the deadlines it is said to be cheapest at, in days."""
    words = FIRST.fullmatch(plain_spaces(text).removeprefix("Shared stages: "))
    assert words is not None, text
    first, up_to, wait, since, until, rest = words.groups()
    begins = days(wait or since or "0 h", until)
    found = [(first, begins, days(up_to or until or "inf h"))]
    if rest is not None:
        after = NEXT.fullmatch(rest)
        assert after is not None, text
        other, early, early_until, second, second_since, second_until = after.groups()
        if name := other or early or second:
            ends = days(early_until or second_until or "inf h")
            found.append((name, days(second_since or "0 h", second_until), min(ends, begins * (1 - 1e-6))))
    return found


def winners(choices: tuple[RankedChoice, ...]) -> set[str]:
    """The cheapest that keep the deadline, and those that cost next to nothing more."""
    possible = [choice for choice in choices if choice.fits and choice.in_time]
    least = min((choice.cost_usd for choice in possible), default=0.0)
    return {choice.label for choice in possible if choice.cost_usd <= least * ABOUT_AS_CHEAP}


def title_of(plan: Comparison) -> str:
    return time_finding(plan, worth_showing(plan, 6).front)


def instant(plan: Comparison) -> Estimate:
    """The plan's estimate as if it took no time, so that no other count is as fast."""
    return replace(plan.estimate, total=replace(plan.estimate.total, wall_days=1e-9))


def check(plan: Comparison, title: str, deadline: float) -> None:
    """Whoever the title names for a deadline is among the cheapest of the ranking at it."""
    told = winners(ranked(replace(plan, deadline_days=deadline)))
    for label, since, until in claims(title):
        if told and since * (1 - 1e-9) <= deadline <= until * (1 + 1e-9):
            assert label in told, (title, deadline, told)


deadlines = st.floats(-3.2, 3.6).map(lambda decades: shown_duration(10.0**decades))
"""Days that can be shown as they are: nobody can set, or read, any between."""


@pytest.mark.parametrize("path", preset_paths(), ids=lambda path: path.stem)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_no_preset_is_told_another_winner_than_the_ranking_names(path: Path, data: st.DataObject) -> None:
    plan = data.draw(st.sampled_from(range(len(preset(path)))).map(preset(path).__getitem__))
    # A count of its own that is better in every way is the title then; what it says otherwise holds too.
    plan = replace(plan, estimate=instant(plan))
    near = st.sampled_from(sorted(plan.active.days.tolist())).map(shown_duration)
    check(plan, title_of(plan), data.draw(deadlines | near))


@settings(max_examples=100, deadline=None)
@given(
    names=st.lists(st.sampled_from(sorted(KINDS)), min_size=1, max_size=6, unique=True),
    bends=st.lists(st.floats(-0.5, 0.5), min_size=6, max_size=6),
    deadline=deadlines,
)
def test_nor_is_any_plan(names: list[str], bends: list[float], deadline: float) -> None:
    """Costs that turn up or down with time, so that winners change more than once."""
    plan = comparison(tuple(names))
    curves = [
        replace(c, cost_usd=c.cost_usd * c.days**bend) for c, bend in zip(plan.curves, bends, strict=False)
    ]
    plan = replace(plan, active=curves[0], others=tuple(curves[1:]))
    check(plan, time_finding(replace(plan, estimate=instant(plan)), front(plan)), deadline)


def test_four_days_for_the_new_plan_with_a_stage_of_reinforcement_learning() -> None:
    project = new_project(catalog())
    plan = compared(add_stage(project, new_stage("rl", catalog()), 1), 0)
    title = title_of(plan)
    check(plan, title, 4.0)
    assert len(claims(title)) == 2


@given(st.floats(-4.0, 4.5).map(lambda decades: 10.0**decades))
def test_a_shown_duration_is_no_shorter_or_no_longer_and_reads_back(span: float) -> None:
    for least in (True, False):
        shown = shown_duration(span, least=least)
        assert shown >= span * (1 - 1e-9) if least else shown <= span * (1 + 1e-9)
        if shown >= 1 / 1440:
            assert parse(format_duration(shown), "hours") == pytest.approx(shown * 24, rel=1e-6)
