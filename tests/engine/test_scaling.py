import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isocost.catalog import load
from isocost.catalog.constants.physics.laws import read_scaling_laws
from isocost.catalog.errors import CatalogError
from isocost.engine import scaling

LAWS = load().constants.laws


@pytest.mark.parametrize(
    ("law", "compute", "parameters", "tokens", "loss"),
    [
        ("besiroglu", 5.88e23, 7.30e10, 1.34e12, 1.974),
        ("besiroglu", 1e21, 2.78e9, 60e9, 2.306),
        ("besiroglu", 1e23, 29.4e9, 566e9, 2.032),
        ("besiroglu", 3.8e25, 619e9, 10.2e12, 1.892),
        ("hoffmann-printed", 5.88e23, 3.25e10, 3.02e12, 1.930),
        ("hoffmann-printed", 1e21, 1.82e9, 91e9, 2.329),
        ("hoffmann-printed", 1e23, 14.6e9, 1.14e12, 2.005),
        ("hoffmann-printed", 3.8e25, 213e9, 29.7e12, 1.817),
        ("hoffmann", 1e22, 6.34e9, 2.63e11, 2.115),
        ("hoffmann", 1e21, 2.21e9, 75e9, 2.295),
        ("hoffmann", 5.88e23, 40.7e9, 2.41e12, 1.918),
        ("muennighoff", 1e21, 2.92e9, 57e9, 2.345),
        ("muennighoff", 5.88e23, 70.8e9, 1.38e12, 2.024),
    ],
)
def test_compute_optimal_shapes(law, compute, parameters, tokens, loss):
    best = scaling.optimum(LAWS.law(law), compute)
    assert best.parameters == pytest.approx(parameters, rel=0.01)
    assert best.tokens == pytest.approx(tokens, rel=0.01)
    assert best.loss == pytest.approx(loss, abs=0.001)
    assert 6.0 * best.parameters * best.tokens == pytest.approx(compute)


def test_default_law_advises_about_twenty_tokens_a_parameter():
    assert LAWS.law().id == "besiroglu"
    assert scaling.optimum(LAWS.law(), 5.88e23).tokens_per_parameter == pytest.approx(18, abs=0.5)
    assert scaling.parameter_exponent(LAWS.law()) == pytest.approx(0.513, abs=0.001)


@pytest.mark.parametrize(
    ("law", "compute", "parameters", "tokens"),
    [
        ("deepseek", 1e23, 1.96e11 / 6.0, 5.09e11),
        ("deepseek", 1e21, 2.9e9, 57e9),
        ("deepseek", 3.8e25, 737e9, 8.6e12),
        ("llama3", 1e21, 3.0e9, 56e9),
        ("llama3", 1e23, 25e9, 0.67e12),
        ("llama3", 3.8e25, 389e9, 16.3e12),
    ],
)
def test_allocation_laws(law, compute, parameters, tokens):
    best = scaling.allocation(LAWS.allocation_law(law), compute)
    assert best.parameters == pytest.approx(parameters, rel=0.02)
    assert best.tokens == pytest.approx(tokens, rel=0.015)
    assert best.loss is None


def test_llama3_exponent_as_printed_misses_the_papers_own_run():
    printed = scaling.AllocationLaw("p", "p", 0.29, 0.53, 1e22)
    assert scaling.allocation(printed, 3.8e25).tokens == pytest.approx(1.05e13, rel=0.01)


@pytest.mark.parametrize(
    ("epochs", "worth"), [(1, 1.0), (2, 1.97), (4, 3.7257), (8, 6.62), (16, 10.6), (40, 15.2), (100, 16.4)]
)
def test_repeated_data(epochs, worth):
    law = LAWS.law("muennighoff")
    assert law.repeat_data is not None
    got = float(scaling.effective(1.0, float(epochs), law.repeat_data))
    assert got == pytest.approx(worth, rel=0.004)


def test_repeated_data_is_worth_less_than_fresh_and_more_than_none():
    law = LAWS.law("muennighoff")
    fresh = scaling.data_constrained_loss(law, 1e9, 80e9, 80e9)
    repeated = scaling.data_constrained_loss(law, 1e9, 20e9, 80e9)
    once = scaling.data_constrained_loss(law, 1e9, 20e9, 20e9)
    assert fresh < repeated < once


def test_a_law_without_repeats_says_so():
    with pytest.raises(ValueError, match="repeated data"):
        scaling.data_constrained_loss(LAWS.law("besiroglu"), 1e9, 1e10, 4e10)


@given(st.floats(1e20, 1e26))
def test_nothing_beats_the_optimum(compute):
    law = LAWS.law()
    best = scaling.optimum(law, compute)
    for factor in (0.5, 2.0):
        size = best.parameters * factor
        assert scaling.loss(law, size, compute / (6.0 * size)) > best.loss
    assert scaling.compute_over_optimal(law, best.parameters, best.tokens) == pytest.approx(1.0)


def test_price_of_overtraining():
    law = LAWS.law()
    assert 3.0 < scaling.compute_over_optimal(law, 8.03e9, 15e12) < 10.0


def test_tokens_for_loss_inverts_the_law():
    law = LAWS.law()
    target = float(scaling.loss(law, 7e9, 2e12))
    assert scaling.tokens_for_loss(law, 7e9, target) == pytest.approx(2e12)
    assert scaling.tokens_for_loss(law, 1e6, target) == math.inf


@given(st.floats(1e9, 1e14))
def test_inference_aware_optimum_minimises_the_whole_bill(served):
    law = LAWS.law()
    target = 2.0
    best = scaling.inference_aware(law, target, served)

    def bill(size):
        return 6.0 * size * scaling.tokens_for_loss(law, size, target) + 2.0 * size * served

    assert float(scaling.loss(law, best.parameters, best.tokens)) == pytest.approx(target)
    assert bill(best.parameters) <= min(bill(best.parameters * 0.97), bill(best.parameters * 1.03))


def test_inference_shrinks_the_model_and_a_premium_shrinks_it_further():
    law = LAWS.law()
    none = scaling.inference_aware(law, 2.0, 0.0)
    served = scaling.inference_aware(law, 2.0, 1e13)
    dear = scaling.inference_aware(law, 2.0, 1e13, inference_premium=4.0)
    best = scaling.compute_over_optimal(law, none.parameters, none.tokens)
    assert best == pytest.approx(1.0)
    assert dear.parameters < served.parameters < none.parameters
    with pytest.raises(ValueError, match="No model reaches"):
        scaling.inference_aware(law, 1.8, 1e12)


def test_extrapolation_factor():
    assert scaling.extrapolation(LAWS.law().compute_fitted, 1.3e24) == pytest.approx(100.0)


@pytest.mark.parametrize(
    ("law", "where", "rate", "batch"),
    [
        ("deepseek", {"compute": 1e23}, 4.16e-4, 9.74e6),
        ("deepseek", {"compute": 1e21}, 7.4e-4, 2.2e6),
        ("step-law", {"parameters": 7e9, "tokens": 2e12}, 1.02e-3, 6.13e6),
        ("step-law", {"parameters": 1e9, "tokens": 20e9}, 1.0e-3, 0.44e6),
        ("step-law", {"parameters": 70e9, "tokens": 15e12}, 3.7e-4, 19.4e6),
    ],
)
def test_batch_and_rate_laws(law, where, rate, batch):
    found = LAWS.batch_law(law)
    assert found.learning_rate.at(**where) == pytest.approx(rate, rel=0.02)
    assert found.batch.at(**where) == pytest.approx(batch, rel=0.02)


def test_laws_file_complaints_name_what_is_wrong():
    with pytest.raises(CatalogError, match="there are besiroglu"):
        LAWS.law("chinchila")
    with pytest.raises(CatalogError, match=r"scaling_laws\.yaml"):
        read_scaling_laws("default: besiroglu")


@pytest.mark.parametrize("compute", [1e19, 1e22, 1e25])
def test_the_size_that_suits_a_text_is_that_of_the_budget_it_is_best_for(compute):
    best = scaling.optimum(LAWS.law(), compute)
    assert scaling.optimal_parameters_for_tokens(LAWS.law(), best.tokens) == pytest.approx(best.parameters)


def test_a_power_law_takes_what_is_not_given_as_one():
    law = scaling.PowerLaw(2.0, compute=1.0, parameters=2.0, tokens=-0.5)
    assert law.at() == 2.0
    assert law.at(compute=3.0, parameters=5.0, tokens=4.0) == pytest.approx(2.0 * 3.0 * 25.0 / 2.0)


@pytest.mark.parametrize("missing", ["repeat_data", "repeat_parameters"])
def test_half_a_law_of_repeats_is_none(missing):
    with pytest.raises(ValueError, match="repeated data"):
        scaling.data_constrained_loss(replace(LAWS.law("muennighoff"), **{missing: None}), 1e9, 1e9, 2e9)
