"""The bill as it is drawn, what it leaves out, and what a whole programme emits."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from isocost import paths
from isocost.catalog import Catalog, load
from isocost.files import load_project
from isocost.plan.answer.estimate import answer
from isocost.plan.money.arithmetic import cents
from isocost.plan.money.figure import GROUPS
from isocost.plan.money.ledger import (
    BillBar,
    LedgerLine,
    bars_by_group,
    bars_by_line,
    omissions,
    only_the_run,
    programme_total,
)
from isocost.plan.money.reckoning import Reckoning
from isocost.plan.project.programme import Ownership, People, Site, Supply
from isocost.plan.project.project import Project, Scenario

lines = st.lists(
    st.builds(
        LedgerLine,
        line=st.text(min_size=1, max_size=8),
        cost_usd=st.integers(0, 10**12).map(lambda n: n / 100),
        source=st.just("your input"),
        key=st.uuids().map(str),
        group=st.sampled_from(GROUPS),
    ),
    max_size=12,
).map(tuple)


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """The shipped catalogue alone."""
    return load(tmp_path_factory.mktemp("none"))


def plan(catalog: Catalog, name: str = "startup-7b") -> Project:
    return load_project(paths.presets() / f"{name}.yaml", catalog)


def changed(project: Project, **sections: object) -> Scenario:
    return msgspec.structs.replace(project.scenarios[0], **sections)


def stands(bars: tuple[BillBar, ...], total: float) -> bool:
    """Whether each bar begins where the one before it ends, and the last one ends at the total."""
    ends = [bar.end_usd for bar in bars]
    joined = all(before.end_usd == after.start_usd for before, after in pairwise(bars))
    return joined and (not bars or (bars[0].start_usd == 0.0 and ends[-1] == total))


@given(lines)
def test_bars_add_up_to_the_total_to_the_cent(bill: tuple[LedgerLine, ...]):
    total = programme_total(bill)
    for bars in (bars_by_line(bill), bars_by_group(bill)):
        assert stands(bars, total)
        assert all(bar.cost_usd == cents(bar.end_usd - bar.start_usd) for bar in bars)
        assert not bars or sum(bar.share for bar in bars) == pytest.approx(1.0)
        order = [GROUPS.index(bar.group) for bar in bars]
        assert order == sorted(order)


@given(lines)
def test_lines_that_cost_something_each_have_one_bar(bill: tuple[LedgerLine, ...]):
    drawn = sorted(line.key for bar in bars_by_line(bill) for line in bar.lines)
    assert drawn == sorted(line.key for line in bill if line.cost_usd)
    assert sorted(line.key for bar in bars_by_group(bill) for line in bar.lines) == drawn


def test_only_the_run_tells_rents_from_a_programme():
    run = LedgerLine("Pre-training", 10.0, "x", "stage.0")
    assert only_the_run(bars_by_line((run,)))
    assert not only_the_run(bars_by_line((run, replace(run, key="people", group="people"))))


def test_what_is_counted_is_no_longer_left_out(catalog: Catalog):
    project = plan(catalog)
    before = {each.name for each in omissions(project.scenarios[0], catalog)}
    after = {each.name for each in omissions(changed(project, people=People(heads=3)), catalog)}
    assert before - after == {"People"}
    assert {"Experiments", "Contingency", "Serving", "Taxes"} <= after
    programme = {each.name for each in omissions(plan(catalog, "smollm3-programme").scenarios[0], catalog)}
    assert "Experiments" not in programme


def test_inputs_that_would_count_something_exist(catalog: Catalog):
    scenario = plan(catalog).scenarios[0]
    for each in omissions(scenario, catalog):
        if each.path and each.path != "stages":
            section, name = each.path.split(".")
            assert hasattr(getattr(scenario, section), name)


def test_a_programmes_footprint_is_the_sum_of_its_stages(catalog: Catalog):
    project = plan(catalog, "smollm3-programme")
    result = answer(project, catalog)
    found = result.reckoning.footprint
    assert found.kwh == pytest.approx(result.estimate.total.energy_kwh)
    assert found.kwh == pytest.approx(sum(stage.energy_kwh for stage in result.estimate.stages))
    assert found.co2_kg == pytest.approx(result.estimate.total.co2_kg)
    # 384 H100 of 1.275 kW with their share of the server, at 0.78 of the nameplate and the specialist's PUE.
    assert found.peak_kw == pytest.approx(384 * 1.275 * 0.78 * found.facts.pue)
    assert found.usd == pytest.approx(found.kwh * found.facts.usd_per_kwh)
    stages = tuple(msgspec.structs.replace(s, enabled=False) for s in project.scenarios[0].stages)
    assert on(catalog, changed(project, stages=stages)).footprint.kwh == 0.0


def on(catalog: Catalog, scenario: Scenario) -> Reckoning:
    """The scenario reckoned."""
    return answer(Project(name="Test", scenarios=(scenario,)), catalog).reckoning


def test_energy_is_paid_apart_only_by_owners(catalog: Catalog):
    project = plan(catalog)
    assert not on(catalog, project.scenarios[0]).footprint.paid_apart
    assert on(catalog, changed(project, supply=Supply(mode="own"))).footprint.paid_apart


def test_market_based_emissions_follow_contracts(catalog: Catalog):
    found = on(catalog, changed(plan(catalog), site=Site(market_kg_per_kwh=0.0))).footprint
    assert found.co2_market_kg == 0.0
    assert found.co2_kg > 0.0


def test_rent_is_that_of_the_terms_until_accelerators_are_owned(catalog: Catalog):
    project = plan(catalog)
    price = project.scenarios[0].price.usd_per_gpu_hour
    asked = {
        mode: on(catalog, changed(project, supply=Supply(mode=mode, discount=0.25))).rent_or_buy
        for mode in ("on-demand", "reserved", "own")
    }
    assert asked["on-demand"].fleets[0].rent == pytest.approx(price)
    assert asked["reserved"].fleets[0].rent == pytest.approx(0.75 * price)
    assert asked["own"].fleets[0].rent == pytest.approx(price)
    assert asked["reserved"].break_even_utilization > asked["on-demand"].break_even_utilization
    assert asked["on-demand"].count == project.scenarios[0].hardware.count


def test_buying_pays_only_for_a_plan_that_lasts_as_long(catalog: Catalog):
    project = plan(catalog)
    result = answer(project, catalog)
    choice = result.reckoning.rent_or_buy
    assert choice.days == pytest.approx(sum(stage.wall_days for stage in result.estimate.stages))
    assert choice.planned_usd == pytest.approx(sum(stage.cost_usd for stage in result.estimate.stages))
    assert not choice.pays
    # On both lines, the plan's place is the plan's own sum.
    for line, planned in (
        (choice.rented_usd, choice.planned_usd),
        (choice.bought_usd, choice.planned_bought_usd),
    ):
        assert np.interp(choice.planned_months, choice.months, line) == pytest.approx(planned)
    values = result.reckoning.values
    longer = replace(
        result.reckoning, values=values.again(**{"stage.gpu_hours": values["stage.gpu_hours"] * 1000.0})
    )
    assert longer.rent_or_buy.pays


def test_a_dearer_accelerator_pays_back_later(catalog: Catalog):
    months = [
        on(
            catalog, changed(plan(catalog), ownership=Ownership(usd_per_accelerator=usd))
        ).rent_or_buy.crossover_month
        for usd in (20_000.0, 40_000.0)
    ]
    assert months[0] < months[1]
