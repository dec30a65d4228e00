"""Ranges of predicted speeds: narrow beside measured runs, wide far from all of them."""

from __future__ import annotations

import math

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from isocost.catalog.catalog import load
from isocost.catalog.constants.errors.spreads import run_class
from isocost.catalog.entries.measured_training import held_out_runs, left_out_ratios, measured_runs
from isocost.engine.records import Workload
from isocost.evidence.points import Point, distances, scales_of, table_of
from isocost.evidence.ranges import UNSEEN, range_factors, weighted_ends

CATALOG = load()
RULE = CATALOG.constants.evidence


def plan(model="Llama 3.1 8B", accelerator="h100-sxm", stack="vendor", count=256.0, **work) -> Point:
    spec = CATALOG.accelerator(accelerator).spec
    asked = Workload(**({"sequence": 8192.0, "global_batch": 512.0} | work))
    return Point(CATALOG.model(model).transformer, spec, count, asked, stack)


def ends(runs: list[tuple[float, int, float]]) -> tuple[float, float]:
    """Ends that runs give, each with its error, its source and its distance."""
    errors, owner, away = (np.array(each) for each in zip(*runs, strict=True)) if runs else ([], [], [])
    sources = int(max(owner, default=-1)) + 1
    return weighted_ends(np.array(errors), np.array(owner, np.intp), sources, np.array(away), RULE)


def test_without_runs_a_range_is_that_of_its_class():
    assert ends([]) == pytest.approx((1.0, 1.0), rel=0.05)
    assert ends([(3.0, 0, 40.0), (-3.0, 1, 40.0)]) == pytest.approx((1.0, 1.0), rel=0.05)


@given(st.lists(st.tuples(st.floats(-0.3, 0.3), st.integers(0, 5), st.floats(0.0, 8.0)), max_size=60))
def test_runs_that_agree_with_the_prediction_never_widen_its_range(runs):
    usual = ends([])
    low, high = ends(runs)
    assert RULE.least <= low <= usual[0] + 1e-9
    assert RULE.least <= high <= usual[1] + 1e-9
    further = ends([*runs, (0.0, 6, 0.0)])
    assert further[0] <= low + 1e-9
    assert further[1] <= high + 1e-9


def test_sources_weigh_alike_however_many_runs_they_have():
    few = [(0.0, source, 0.0) for source in range(3) for _ in range(20)]
    many = few + [(0.0, 0, 0.0)] * 2000
    assert ends(many) == pytest.approx(ends(few), rel=0.05)


def test_nearer_runs_say_more():
    widths = [
        sum(ends([(0.0, s, away) for s in range(4) for _ in range(9)])) for away in (0.0, 1.0, 2.0, 4.0)
    ]
    assert widths == sorted(widths)
    assert widths[0] < 0.75 * widths[-1]


def test_a_range_does_not_depend_on_the_number_of_accelerators():
    few, many = (range_factors(plan(count=count), CATALOG) for count in (8.0, 100_000.0))
    assert few == pytest.approx(many, rel=1e-9)


def test_a_plan_far_from_all_runs_has_a_wider_range_than_one_beside_them():
    beside = range_factors(plan(stack="open"), CATALOG)
    far = range_factors(plan(stack="open", sequence=4.0e6), CATALOG)
    assert far[1] / far[0] > 1.1 * beside[1] / beside[0]


def test_what_is_left_unsaid_of_a_layout_widens_a_range():
    known, unknown = (range_factors(plan(), CATALOG, layout_known=each) for each in (True, False))
    assert unknown[0] < known[0] < 1.0 < known[1] < unknown[1]


def test_a_wider_class_is_a_wider_range():
    record = CATALOG.constants.accuracy
    wide = {name: msgspec.structs.replace(each, low=each.low**2) for name, each in record.spreads.items()}
    other = CATALOG.with_constants(accuracy=msgspec.structs.replace(record, spreads=wide))
    assert range_factors(plan(), other)[0] < range_factors(plan(), CATALOG)[0]


def test_a_borrowed_share_widens_a_range_and_runs_of_its_lender_do_not_narrow_it():
    """MI250X borrows MI300X's shares: what those got says nothing of how far off they are there."""
    lender, borrower = (range_factors(plan(accelerator=each), CATALOG) for each in ("mi300x", "mi250x"))
    own = CATALOG.constants.spreads.by_class["elsewhere dense-16bit"]
    least = 0.9 * CATALOG.constants.spreads.unmeasured * math.log(own.high / own.low)
    assert math.log(borrower[1] / borrower[0]) > least > math.log(lender[1] / lender[0])


def test_a_number_format_without_runs_on_its_architecture_widens_a_range():
    """No run in the fit multiplies in 32 bits on Hopper; 4 bits are measured on Blackwell."""
    asked = plan(precision="fp32")
    certain = CATALOG.with_constants(evidence=msgspec.structs.replace(RULE, new_format=1.0))
    wider, narrower = (np.log(range_factors(asked, each)) for each in (CATALOG, certain))
    assert wider == pytest.approx(RULE.new_format * narrower, rel=0.1)
    measured = plan(accelerator="b200", precision="nvfp4")
    assert range_factors(measured, CATALOG) == pytest.approx(range_factors(measured, certain), rel=1e-3)


def test_every_measured_run_says_how_far_off_it_is_without_its_source():
    named = {run.id for run in (*measured_runs(), *held_out_runs()) if run.tokens_per_s}
    assert set(left_out_ratios()) == named
    assert np.median(np.abs(list(left_out_ratios().values()))) < 0.12


def test_ranges_made_without_a_source_hold_about_four_of_five_of_its_runs():
    """By source, and apart for those beside other sources' runs and those further from them."""
    table, spreads = table_of(CATALOG), CATALOG.constants.spreads
    multiples = []
    for spec in table.specs:
        own = spreads.by_class[run_class(spec.transformer, spec.work, spec.accelerator, spec.stack)]
        width = spreads.width(spec.accelerator, layout_known=spec.mapping_given)
        error = left_out_ratios()[spec.run.id] / width
        multiples.append(error / math.log(own.high if error > 0.0 else 1.0 / own.low))
    errors = np.array(multiples)
    names, owner = np.unique([spec.run.source for spec in table.specs], return_inverse=True)
    held: dict[bool, list[float]] = {True: [], False: []}
    for source in range(len(names)):
        others = owner != source
        inside: dict[bool, list[bool]] = {True: [], False: []}
        own_rows = np.flatnonzero(owner == source)
        for i in own_rows[:: max(len(own_rows) // 6, 1)]:
            spec = table.specs[i]
            at = Point(spec.transformer, spec.accelerator, 1.0, spec.work, spec.stack)
            away = distances(at, table, CATALOG.constants.efficiency.relatives)
            away = away - 0.3 * np.abs(table.scales[1] - scales_of(at)[1])
            low, high = weighted_ends(errors[others], owner[others], len(names), away[others], RULE)
            beyond = 1.0 + RULE.further * max(float(away[others].min()) - RULE.beside, 0.0)
            inside[bool(away[others].min() <= RULE.beside)].append(
                -low * beyond <= errors[i] <= high * beyond
            )
        for near, found in inside.items():
            if found:
                held[near].append(float(np.mean(found)))
    assert 0.75 < np.mean(held[True]) < 0.88
    assert 0.7 < np.mean(held[False]) < 0.92


def test_the_unseen_source_scatters_as_its_class_does():
    assert np.quantile(UNSEEN, [0.0, 1.0]) == pytest.approx([-1.28, 1.28])
    assert UNSEEN.mean() == pytest.approx(0.0)
