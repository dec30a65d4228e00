"""Whatever range is given of whatever input of whatever plan: it is sampled, or said not to be."""

from __future__ import annotations

import msgspec
import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from isocost.catalog import load
from isocost.files import load_project
from isocost.paths import presets
from isocost.plan.answer.estimate import answer
from isocost.plan.doubt.experiment import next_experiment
from isocost.plan.doubt.risk import risk
from isocost.plan.doubt.tornado import tornado
from isocost.plan.inputs.range import range_problem
from isocost.plan.inputs.table import NUMBERS
from isocost.plan.project.programme import SupplyMode
from isocost.plan.project.ranges import InputRange, RangeShape
from isocost.report.decisions.doubting.doubt import samples_table, told_risk
from isocost.report.decisions.doubting.tornado import told_tornado
from isocost.report.told import FORMS

CATALOG = load()
PLANS = [load_project(file, CATALOG) for file in sorted(presets().glob("*.yaml"))]


@st.composite
def ranged(draw: st.DrawFn):
    """A preset on some terms, with a few ranges."""
    project = draw(st.sampled_from(PLANS))
    scenario = project.scenarios[0]
    mode = draw(st.sampled_from(SupplyMode.__args__))
    found = []
    for path in draw(st.lists(st.sampled_from(list(NUMBERS)), max_size=4, unique=True)):
        declared = NUMBERS[path]
        low = max(declared.minimum, declared.low * draw(st.floats(0.5, 1.0)))
        high = min(declared.maximum, declared.high * draw(st.floats(0.5, 1.0)))
        stage = draw(st.sampled_from(["", *(f"{stage.name}/" for stage in scenario.stages)]))
        held = InputRange(
            path=stage + path,
            low=float(int(low)) if declared.integer else low,
            high=float(int(high)) if declared.integer else high,
            shape=draw(st.sampled_from(RangeShape.__args__)),
        )
        if range_problem(held, declared) is None:
            found.append(held)
    supply = msgspec.structs.replace(scenario.supply, mode=mode)
    changed = msgspec.structs.replace(scenario, supply=supply, ranges=tuple(found))
    return msgspec.structs.replace(project, scenarios=(changed,))


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(ranged())
def test_any_range_is_sampled_or_said_not_to_be(project):
    found = answer(project, CATALOG)
    sampled = risk(found.reckoning, samples=200)
    bars = tornado(sampled)
    for each in (sampled.outcomes.cost_usd, sampled.outcomes.programme_days, sampled.outcomes.gpu_hours):
        assert np.all(np.isfinite(each))
        assert np.all(each >= 0.0)
    doubts = {doubt.path for doubt in sampled.programme.doubts if doubt.whose == "yours"}
    said = " ".join(sampled.programme.problems)
    for held in found.scenario.ranges:
        assert held.path in doubts or f"{held.path}: " in said
    whole = sum(bar.share for bar in bars.bars)
    assert whole == 0.0 or abs(whole - 1.0) < 1e-9
    experiment = next_experiment(sampled, bars)
    for form in FORMS.values():
        assert form(told_risk(sampled, found))
        assert form(told_tornado(bars, experiment, sampled, found))
    assert len(samples_table(sampled).rows) == 200
