import pytest

from isocost.engine import finetune as f
from isocost.engine.architecture import adapter_parameters, parameters
from tests.engine import shapes_of_models as models

H100 = 989.4e12
N8B = 8.03e9


def test_lora_adapter_of_llama_8b():
    adapters = adapter_parameters(models.LLAMA3_8B, 16.0)
    assert adapters == pytest.approx(41.9e6, rel=0.002)
    assert adapters / parameters(models.LLAMA3_8B).total == pytest.approx(0.0052, abs=1e-4)


def test_training_multipliers():
    assert f.training_multiplier("full") == 6.0
    assert f.training_multiplier("full", recompute=True) == 8.0
    assert f.training_multiplier("lora") == f.training_multiplier("qlora") == 4.0
    assert f.last_layers_multiplier(0.0) == 2.0
    assert f.last_layers_multiplier(1.0) == 6.0


def test_adapters_are_trained_beside_the_frozen_weights():
    assert f.training_flops(8e9, 1.0, "lora", adapter=1e8) == pytest.approx(4 * 8e9 + 6 * 1e8)
    assert f.training_flops(8e9, 1.0, "full", adapter=1e8) == pytest.approx(6 * 8e9)


def test_dpo_of_8b():
    flops = f.dpo_flops(N8B, 60e3, 1000.0)
    assert flops == pytest.approx(7.7e18, rel=0.005)
    assert f.hours(flops, H100, 0.30) == pytest.approx(7.2, rel=0.01)
    assert f.dpo_flops(N8B, 60e3, 1000.0, reference_cached=True) == pytest.approx(0.75 * flops)


def test_sft_of_8b():
    flops = f.training_flops(N8B, 3e9)
    assert flops == pytest.approx(1.45e20, rel=0.005)
    assert f.hours(flops, H100, 0.30) == pytest.approx(135, rel=0.01)


def test_sft_of_r1():
    flops = f.training_flops(37e9, 10.8e9)
    assert flops == pytest.approx(2.4e21, rel=0.005)
    assert 2500 < f.hours(flops, 989e12, 0.25) < 3200


def test_states_of_70b():
    assert f.adam_state_bytes(70.6e9) == pytest.approx(1130e9, rel=0.001)
    assert f.STATE_BYTES["full"] * 405e9 == pytest.approx(7290e9)
    assert f.STATE_BYTES["qlora-4bit"] * 405e9 == pytest.approx(203e9, rel=0.01)


def test_preference_and_distillation_work():
    assert f.reward_model_flops(1.0, 1.0, 1.0) == 12.0
    assert f.distillation_flops(1.0, 10.0, 1.0) == 26.0
    assert f.on_policy_distillation_flops(1.0, 4.0, 1.0) == 16.0


def test_packing_and_dequantization_cost_time():
    base = f.hours(1e20, H100, 0.3)
    assert f.hours(1e20, H100, 0.3, packing=0.5, slowdown=1.5) == pytest.approx(3.0 * base)


def test_filtering_needs_more_generated_text():
    assert f.generated_for_kept(100.0, 0.25) == 400.0
    with pytest.raises(ValueError, match="share kept"):
        f.generated_for_kept(1.0, 0.0)
