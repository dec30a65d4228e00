"""Two published figures that no constant was fitted to."""

import pytest

from isocost.catalog import load
from isocost.catalog.measured_training import MeasuredRun
from isocost.engine.architecture import training_flops_per_token
from isocost.plan.measured_rows import run_spec
from isocost.plan.predict import predict_specs


def test_deepseek_v3_takes_about_180_thousand_h800_hours_a_trillion_tokens():
    run = MeasuredRun(
        id="v3",
        source="anchor",
        model="DeepSeek-V3",
        accelerator="h800-sxm",
        accelerators=2048.0,
        sequence=4096.0,
        precision="fp8",
        stack="vendor",
        tp=1.0,
        pp=16.0,
        ep=64.0,
        microbatch=1.0,
        global_batch=15360.0,
        sharding="zero1",
    )
    prediction = predict_specs([run_spec(run, load())])[0]
    hours = 1e12 / prediction.tokens_per_s / 3600.0
    assert hours == pytest.approx(180e3, rel=0.25)


@pytest.mark.parametrize(("accelerators", "batch", "cp", "low", "high"), [(16384.0, 2048.0, 1.0, 0.35, 0.46)])
def test_llama_405b_on_16384_h100_reaches_its_published_utilization(accelerators, batch, cp, low, high):
    run = MeasuredRun(
        id="405b",
        source="anchor",
        model="Llama 3.1 405B",
        accelerator="h100-sxm",
        accelerators=accelerators,
        sequence=8192.0,
        precision="bf16",
        stack="vendor",
        date="2024-05",
        tp=8.0,
        pp=16.0,
        cp=cp,
        microbatch=1.0,
        global_batch=batch,
    )
    spec = run_spec(run, load())
    prediction = predict_specs([spec])[0]
    flops = training_flops_per_token(spec.transformer, 8192.0).total
    assert low < prediction.tokens_per_s * flops / 989.4e12 < high
