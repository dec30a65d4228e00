"""What can be computed and makes no sense is said; longer sequences are never the faster ones."""

from __future__ import annotations

from typing import Any

import pytest

from isocost.catalog import load
from isocost.plan.answer.estimate import estimate
from isocost.plan.answer.results import Estimate
from isocost.plan.kinds.reinforcement import Rl, RlStage, RolloutPhase
from isocost.plan.kinds.tuning import SftStage
from isocost.plan.project.project import Data, Hardware, ModelChoice, PretrainStage, Price, Project, Scenario
from isocost.plan.values import Tuning

CATALOG = load()


def priced(model: ModelChoice, accelerator: str = "h100-sxm", count: int = 64, **data: Any) -> Estimate:
    stage = PretrainStage(name="Run", data=Data(**({"tokens": 1e12} | data)))
    hardware = Hardware(accelerator, count)
    scenario = Scenario(name="Base", model=model, hardware=hardware, price=Price(2.0), stages=(stage,))
    return estimate(Project(name="Nonsense", scenarios=(scenario,)), CATALOG)


def said(found: Estimate, code: str) -> str:
    return "\n".join(notice.message for notice in found.warnings if notice.code == code)


@pytest.mark.parametrize(
    ("accelerator", "wanted", "used"),
    [
        ("h100-sxm", "nvfp4", "H100 has no NVFP4; the estimate uses FP8."),
        ("h100-sxm", "mxfp8", "H100 has no MXFP8; the estimate uses FP8."),
        ("rtx4090", "mxfp8", "the estimate uses FP8."),
        ("mi300x", "nvfp4", "the estimate uses FP8."),
        ("a100-sxm-80gb", "mxfp8", "the estimate uses BF16."),
        ("b200", "mxfp8", ""),
        ("b200", "nvfp4", ""),
    ],
)
def test_the_format_used_is_one_the_accelerator_has(accelerator: str, wanted: str, used: str):
    told = said(priced(ModelChoice(parameters=7e9), accelerator, precision=wanted), "precision-unsupported")
    assert told.endswith(used)
    assert bool(told) is bool(used)


def test_a_batch_below_one_sequence_is_said():
    small = priced(ModelChoice(parameters=7e9), sequence=8192, batch_tokens=1000.0)
    assert "less than one sequence of 8,192" in said(small, "batch-below-sequence")
    whole = priced(ModelChoice(parameters=7e9), sequence=8192, batch_tokens=8192.0 * 64)
    assert not said(whole, "batch-below-sequence")


def test_more_active_than_total_parameters_are_said():
    found = priced(ModelChoice(parameters=7e9, active_parameters=9e9))
    assert "More active parameters, 9B, than the model has, 7B" in said(found, "active-above-total")
    assert not said(priced(ModelChoice(parameters=7e9, active_parameters=1e9)), "active-above-total")


@pytest.mark.parametrize(
    ("method", "rank", "wide"), [("lora", 4096, True), ("qlora", 64, False), ("full", 4096, False)]
)
def test_adapters_as_wide_as_their_layers_are_said(method: Any, rank: float, wide: bool):
    tuned = SftStage(name="Tuning", data=Data(tokens=1e8), tuning=Tuning(method=method, rank=rank))
    model, hardware = ModelChoice(name="Llama 3.1 8B"), Hardware("h100-sxm", 8)
    scenario = Scenario(name="Base", model=model, hardware=hardware, price=Price(2.0), stages=(tuned,))
    found = estimate(Project(name="Nonsense", scenarios=(scenario,)), CATALOG)
    assert ("layers, 4,096 wide" in said(found, "rank-above-width")) is wide


def test_a_run_of_thousands_of_years_and_one_of_a_second_are_said():
    long = priced(ModelChoice(parameters=1e12), count=8, tokens=1e15)
    assert "longer than the" in said(long, "longer-than-hardware")
    short = priced(ModelChoice(parameters=1e6), tokens=1e3)
    assert "less than a minute" in said(short, "over-at-once")
    usual = priced(ModelChoice(parameters=7e9))
    assert not said(usual, "longer-than-hardware") + said(usual, "over-at-once")


@pytest.mark.parametrize(
    ("model", "count"),
    [("Llama 3.1 8B", 8), ("Llama 3.1 8B", 64), ("Llama 3.1 70B", 256), ("DeepSeek-V3", 2048)],
)
def test_longer_sequences_are_never_faster(model: str, count: int):
    lengths = (2048, 4096, 8192, 16_384, 32_768, 65_536, 131_072)
    found = [
        priced(ModelChoice(name=model), count=count, sequence=each, batch_tokens=2.0**23).stages[0]
        for each in lengths
    ]
    # Where nothing fits the layout shown is the smallest, and its speed is nobody's.
    rates = [each.tokens_per_s_per_gpu for each in found if each.fits]
    assert len(rates) >= 4
    assert rates == sorted(rates, reverse=True)


@pytest.mark.parametrize(
    ("recipe", "code", "words"),
    [
        (
            Rl(phases=(RolloutPhase(100, 9000, 20_000, 8192),)),
            "mean-above-cap",
            "20,000 tokens is longer than",
        ),
        (Rl(algorithm="grpo", group=1), "group-of-one", "nothing to be compared with"),
        (Rl(algorithm="rloo", group=1), "group-of-one", "nothing to be compared with"),
        (Rl(algorithm="ppo", group=1), "group-of-one", ""),
        (Rl(), "mean-above-cap", ""),
    ],
)
def test_recipes_that_cannot_be_are_said(recipe: Rl, code: str, words: str):
    hardware, stage = Hardware("h100-sxm", 64), RlStage(name="RL", rl=recipe)
    model = ModelChoice(name="Llama 3.1 8B")
    scenario = Scenario(name="Base", model=model, hardware=hardware, price=Price(2.0), stages=(stage,))
    found = said(estimate(Project(name="Nonsense", scenarios=(scenario,)), CATALOG), code)
    assert (words in found) if words else not found
