"""Any two inputs at their ends: the plan is priced, or what cannot be is refused where it is typed."""

from __future__ import annotations

import math
from dataclasses import astuple
from datetime import date
from functools import partial

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isocost.catalog import Catalog, CatalogError, load
from isocost.plan.answer.automatic import automatic
from isocost.plan.answer.estimate import Answer, answer
from isocost.plan.explain.figures import Explainer
from isocost.plan.inputs.defaults import new_stage
from isocost.plan.inputs.roads import NUMBER_ROADS, put, refused, within
from isocost.plan.inputs.table import NUMBERS
from isocost.plan.kinds import KINDS
from isocost.plan.physics.resolve import impossible_model
from isocost.plan.project.project import Hardware, ModelChoice, Place, Price, Project, Scenario, model_of
from isocost.report.estimate_text import text
from isocost.report.findings.inputs.captions import Selected, caption, remarks_at

CATALOG: Catalog = load()
AT = Place(0, 0)
TODAY = date(2026, 11, 28)
SURROUNDINGS = tuple(
    path
    for path in NUMBERS
    if path.split(".")[0] in Scenario.__struct_fields__ and path.split(".")[0] not in ("model", "efficiency")
)
SUPPLIES = ("on-demand", "reserved", "spot", "block", "own", "mixed")


def plan(tag: str, model: ModelChoice) -> Project:
    """One stage of a kind, with a run to be a share of where it needs one."""
    stages = (new_stage(tag, CATALOG),)
    if KINDS[tag].share is not None:
        stages = (*stages, new_stage("pretrain", CATALOG))
    scenario = Scenario(
        name="Base", model=model, hardware=Hardware("h100-sxm", 256), price=Price(2.0), stages=stages
    )
    return Project(name="Ends", scenarios=(scenario,))


def value_at(project: Project, path: str, value: float) -> Project:
    return put(project, path, value, at=AT, today=TODAY, catalog=CATALOG)


def ends(paths: tuple[str, ...]) -> st.SearchStrategy[tuple[str, float]]:
    def each(path: str) -> st.SearchStrategy[tuple[str, float]]:
        field = NUMBERS[path]
        limits = sorted({field.minimum, field.low, field.high, field.maximum})
        return st.sampled_from([(path, value) for value in limits])

    return st.sampled_from(paths).flatmap(each)


def read_all(project: Project, paths: tuple[str, ...], found: Answer | None) -> None:
    """As the window reads every input shown, whether there is an answer or not."""
    chosen = Selected(project, AT, CATALOG, found)
    for path in paths:
        known = partial(automatic, project, path, at=AT, catalog=CATALOG, answer=found)
        reading = NUMBER_ROADS[path].read(
            project, AT, CATALOG, lambda known=known: filled.value if (filled := known()) else None
        )
        assert reading.value is None or math.isfinite(reading.value)
        NUMBER_ROADS[path].at_default(project, AT, CATALOG)
        caption(path, chosen)
        remarks_at(path, chosen)


def finite(found: Answer) -> bool:
    span = found.estimate.range
    figures = [*astuple(found.estimate.total), *(astuple(span.cost_usd) if span else ())]
    return all(math.isfinite(each) and each >= 0.0 for each in figures)


@pytest.mark.parametrize("model", [ModelChoice(parameters=7e9), ModelChoice(name="DeepSeek-V3")])
@pytest.mark.parametrize("tag", KINDS)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_two_inputs_of_a_stage_at_their_ends_are_priced_or_refused(tag: str, model: ModelChoice, data):
    paths = tuple(path for path in NUMBERS if path in KINDS[tag].paths)
    project = plan(tag, model)
    for path, value in (data.draw(ends(paths)), data.draw(ends(paths))):
        before, project = project, value_at(project, path, value)
        # What a slider reaches instead is never refused.
        if path == "model.active_parameters":
            reached = within(before, path, value, at=AT, catalog=CATALOG)
            assert not refused(before, path, reached, at=AT, catalog=CATALOG)
    scenario = project.scenarios[0]
    if impossible_model(model_of(scenario, scenario.stages[0])):
        with pytest.raises(CatalogError, match="cannot be built"):
            answer(project, CATALOG)
        read_all(project, paths, None)
        return
    found = answer(project, CATALOG)
    assert finite(found)
    assert text(found.estimate)
    read_all(project, paths, found)


@settings(max_examples=80, deadline=None)
@given(supply=st.sampled_from(SUPPLIES), first=ends(SURROUNDINGS), second=ends(SURROUNDINGS))
def test_two_inputs_around_the_stages_at_their_ends_are_priced(supply, first, second):
    project = plan("pretrain", ModelChoice(parameters=7e9))
    scenario = project.scenarios[0]
    scenario = msgspec.structs.replace(scenario, supply=msgspec.structs.replace(scenario.supply, mode=supply))
    project = msgspec.structs.replace(project, scenarios=(scenario,))
    for path, value in (first, second):
        project = value_at(project, path, value)
    found = answer(project, CATALOG)
    assert finite(found)
    assert text(found.estimate)
    assert found.cash is not None
    assert found.slip(2.0) is not None
    assert Explainer(found, 1.0).of("total.cost_usd").value == pytest.approx(found.estimate.total.cost_usd)
    assert found.timeline
    read_all(project, SURROUNDINGS, found)


@pytest.mark.parametrize(("total", "active"), [(671e9, 100e6), (1e12, 1e9), (70e9, 100e6), (7e9, 10e6)])
def test_too_few_active_parameters_are_refused_with_the_least_there_can_be(total: float, active: float):
    project = plan("pretrain", ModelChoice(parameters=total))
    path = "model.active_parameters"
    wrong = refused(project, path, active, at=AT, catalog=CATALOG)
    assert "cannot be built" in wrong
    least = within(project, path, active, at=AT, catalog=CATALOG)
    assert active < least < 0.01 * total
    assert not refused(project, path, least, at=AT, catalog=CATALOG)
    assert answer(value_at(project, path, least), CATALOG).estimate.total.cost_usd > 0.0


def test_more_active_than_total_parameters_are_refused():
    project = plan("pretrain", ModelChoice(parameters=7e9))
    path = "model.active_parameters"
    assert refused(project, path, 8e9, at=AT, catalog=CATALOG) == (
        "Active parameters can be no more than all 7B."
    )
    assert not refused(project, path, 7e9, at=AT, catalog=CATALOG)
