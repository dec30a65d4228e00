import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isocost.catalog import load
from isocost.catalog.errors import CatalogError
from isocost.engine import goodput as g

FACTS = load().constants.reliability
LLAMA3 = FACTS.record()


def test_llama3_goodput_from_its_published_interruptions():
    result = g.goodput(405.85e9, 16384, LLAMA3)
    assert result.useful == pytest.approx(0.90, abs=0.02)
    assert result.between_failures / 3600.0 == pytest.approx(3.1, abs=0.1)


def test_llama3_rate_is_its_count_of_interruptions():
    rate = 419 / (16384 * 54 / 365.0)
    assert LLAMA3.failures_per_year == pytest.approx(rate, rel=0.005)


@pytest.mark.parametrize(("fleet", "per_1000_node_days"), [("rsc-1", 6.50), ("rsc-2", 2.34)])
def test_rsc_rates(fleet, per_1000_node_days):
    rate = FACTS.record(fleet).failures_per_year
    assert rate == pytest.approx(per_1000_node_days / 1000.0 * 365.0 / 8.0, rel=0.005)


def test_rsc1_projection_for_16k_accelerators():
    rate = FACTS.record("rsc-1").failures_per_year
    assert g.seconds_between_failures(16384, rate) / 3600.0 == pytest.approx(1.8, abs=0.05)


def test_bloom_checkpoint():
    assert g.checkpoint_seconds(176e9, 384, LLAMA3) == pytest.approx(40.0, rel=0.1)


def test_best_interval_follows_young_and_daly():
    assert g.best_interval(40.0, 1e5) == pytest.approx(math.sqrt(2 * 40.0 * 1e5), rel=0.02)
    assert g.best_interval(300.0, 100.0) == 100.0
    assert g.best_interval(40.0, math.inf) == math.inf


@given(st.floats(64, 1e5), st.floats(1e9, 2e12))
def test_no_interval_beats_the_best(count, parameters):
    best = g.goodput(parameters, count, LLAMA3)
    for factor in (0.6, 1.6):
        other = g.goodput(parameters, count, LLAMA3, interval=best.interval_seconds * factor)
        assert other.useful <= best.useful + 1e-9


@given(st.floats(8, 2e5))
def test_shares_add_to_one(count):
    result = g.goodput(70e9, count, LLAMA3)
    parts = (result.useful, result.checkpoints, result.lost, result.restarts)
    assert sum(parts) == pytest.approx(1.0)
    assert min(parts) >= -1e-12


def test_larger_and_less_reliable_clusters_waste_more():
    small, large = g.goodput(70e9, 1024, LLAMA3), g.goodput(70e9, 100_000, LLAMA3)
    worse = g.goodput(70e9, 1024, FACTS.record("rsc-1"))
    assert small.useful > 0.98 > 0.6 > large.useful
    assert worse.useful < small.useful


def test_a_cluster_that_never_fails_pays_only_for_the_checkpoints_asked_for():
    perfect = g.Reliability(0.0, 900.0, 1.5e8, 2e12)
    assert g.goodput(70e9, 1024, perfect).useful == 1.0
    assert g.goodput(70e9, 1024, perfect, interval=3600.0).checkpoints > 0.0


def test_nonsense_is_refused():
    with pytest.raises(ValueError, match="positive"):
        g.goodput(70e9, 0, LLAMA3)
    with pytest.raises(CatalogError, match="no fleet"):
        FACTS.record("atlantis")


def test_a_checkpoint_longer_than_any_stretch_between_failures_leaves_a_number():
    """A model of 1e17 parameters saves for years on accelerators that fail every few minutes."""
    found = g.goodput(1e17, 99_999, LLAMA3)
    assert 0.0 < found.useful < 1e-20


@pytest.mark.parametrize(
    ("field", "value"), [("write_bandwidth", 0.0), ("restart_seconds", -1.0), ("failures_per_year", -1.0)]
)
def test_each_fact_of_a_cluster_has_its_limit(field, value):
    with pytest.raises(ValueError, match="positive"):
        g.goodput(70e9, 1024, replace(LLAMA3, **{field: value}))
