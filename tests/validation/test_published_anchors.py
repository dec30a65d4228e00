"""Two published figures that no constant was fitted to."""

import pytest

from isocost.catalog import load
from isocost.catalog.entries.measured_training import MeasuredRun
from isocost.engine.architecture import training_flops_per_token
from isocost.evidence.predict import predict_specs
from isocost.evidence.rows.measured_rows import run_spec


def predicted(**row):
    catalog = load()
    spec = run_spec(MeasuredRun(id="anchor", source="anchor", stack="vendor", microbatch=1.0, **row), catalog)
    return spec, predict_specs([spec], catalog)[0].tokens_per_s


DEEPSEEK_V3 = {
    "model": "DeepSeek-V3",
    "accelerator": "h800-sxm",
    "accelerators": 2048.0,
    "sequence": 4096.0,
    "precision": "fp8",
    "global_batch": 15360.0,
}


@pytest.mark.parametrize(
    ("told", "within"),
    [({}, 0.25), ({"framework": "HAI-LLM (DualPipe)", "date": "2024-12", "pp": 16.0, "ep": 64.0}, 0.2)],
    ids=["architecture", "framework, date and layout"],
)
def test_deepseek_v3_takes_about_180_thousand_h800_hours_a_trillion_tokens(told, within):
    _, rate = predicted(**DEEPSEEK_V3, **told)
    assert 1e12 / rate / 3600.0 == pytest.approx(180e3, rel=within)


def test_llama_405b_on_16384_h100_reaches_about_its_published_41_percent():
    spec, rate = predicted(
        model="Llama 3.1 405B",
        accelerator="h100-sxm",
        accelerators=16384.0,
        sequence=8192.0,
        date="2024-05",
        tp=8.0,
        pp=16.0,
        global_batch=2048.0,
    )
    flops = training_flops_per_token(spec.transformer, 8192.0).total
    assert rate * flops / 989.4e12 == pytest.approx(0.41, rel=0.15)
