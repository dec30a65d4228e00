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
from isocost.plan.answer.estimate import estimate
from isocost.plan.answer.results import LedgerLine
from isocost.plan.answer.scope import omissions
from isocost.plan.money.bill import BillBar, bars_by_group, bars_by_line, only_the_run
from isocost.plan.money.energy import energy
from isocost.plan.money.footprint import footprint
from isocost.plan.money.ledger import GROUPS, programme_total
from isocost.plan.money.renting import rent_or_buy_of
from isocost.plan.money.surroundings import cents
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
    before = {each.name for each in omissions(project.scenarios[0])}
    after = {each.name for each in omissions(changed(project, people=People(heads=3)))}
    assert before - after == {"People"}
    assert {"Experiments", "Contingency", "Serving", "Taxes"} <= after
    programme = {each.name for each in omissions(plan(catalog, "smollm3-programme").scenarios[0])}
    assert "Experiments" not in programme


def test_inputs_that_would_count_something_exist(catalog: Catalog):
    scenario = plan(catalog).scenarios[0]
    for each in omissions(scenario):
        if each.path and each.path != "stages":
            section, name = each.path.split(".")
            assert hasattr(getattr(scenario, section), name)


def test_a_programmes_footprint_is_the_sum_of_its_stages(catalog: Catalog):
    project = plan(catalog, "smollm3-programme")
    scenario, result = project.scenarios[0], estimate(project, catalog)
    found = footprint(scenario, result.stages, catalog)
    assert found.kwh == pytest.approx(result.total.energy_kwh)
    assert found.co2_kg == pytest.approx(result.total.co2_kg)
    entry = catalog.accelerator("h100-sxm")
    assert found.peak_kw == pytest.approx(energy(entry.spec, 384, 1.0, Site(), catalog).kw)
    assert found.usd == pytest.approx(found.kwh * found.facts.usd_per_kwh)
    off = tuple(replace(stage, enabled=False) for stage in result.stages)
    assert footprint(scenario, off, catalog).kwh == 0.0


def test_energy_is_paid_apart_only_by_owners(catalog: Catalog):
    project = plan(catalog)
    stages = estimate(project, catalog).stages
    assert not footprint(project.scenarios[0], stages, catalog).paid_apart
    owned = changed(project, supply=Supply(mode="own"))
    assert footprint(owned, stages, catalog).paid_apart


def test_market_based_emissions_follow_contracts(catalog: Catalog):
    project = plan(catalog)
    clean = changed(project, site=Site(market_kg_per_kwh=0.0))
    found = footprint(clean, estimate(project, catalog).stages, catalog)
    assert found.co2_market_kg == 0.0
    assert found.co2_kg > 0.0


def test_rent_is_that_of_the_terms_until_accelerators_are_owned(catalog: Catalog):
    project = plan(catalog)
    price = project.scenarios[0].price.usd_per_gpu_hour
    stages = estimate(project, catalog).stages
    asked = {
        mode: rent_or_buy_of(changed(project, supply=Supply(mode=mode, discount=0.25)), stages, catalog)
        for mode in ("on-demand", "reserved", "own")
    }
    assert asked["on-demand"].rent == price
    assert asked["reserved"].rent == pytest.approx(0.75 * price)
    assert asked["own"].rent == price
    assert asked["reserved"].break_even_utilization > asked["on-demand"].break_even_utilization
    assert asked["on-demand"].count == project.scenarios[0].hardware.count


def test_buying_pays_only_for_a_plan_that_lasts_as_long(catalog: Catalog):
    project = plan(catalog)
    stages = estimate(project, catalog).stages
    choice = rent_or_buy_of(project.scenarios[0], stages, catalog)
    assert choice.planned_hours == pytest.approx(sum(stage.wall_days for stage in stages) * 24.0)
    assert not choice.pays
    # On the line of rent, the plan's place is the plan's own rent.
    rented = np.interp(choice.planned_months, choice.months, choice.rented_usd)
    assert rented == pytest.approx(choice.count * choice.planned_hours * choice.rent)
    longer = tuple(replace(stage, wall_days=stage.wall_days * 1000) for stage in stages)
    assert rent_or_buy_of(project.scenarios[0], longer, catalog).pays


def test_a_dearer_accelerator_pays_back_later(catalog: Catalog):
    project = plan(catalog)
    stages = estimate(project, catalog).stages
    months = [
        rent_or_buy_of(
            changed(project, ownership=Ownership(usd_per_accelerator=usd)), stages, catalog
        ).crossover_month
        for usd in (20_000.0, 40_000.0)
    ]
    assert months[0] < months[1]
