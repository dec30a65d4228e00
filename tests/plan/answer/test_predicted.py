"""Claims made again as stages with physics behind them."""

from __future__ import annotations

import pytest

from isocost.plan.answer.estimate import estimate
from isocost.plan.answer.predicted import predicted
from isocost.plan.project.project import replace_stage
from tests.plan.programmes import CATALOG
from tests.report.findings.plans import shipped


@pytest.mark.parametrize(
    ("name", "at", "kind", "words"),
    [
        (
            "deepseek-r1-with-base",
            0,
            "pretrain",
            "Pre-training on 14.8T tokens, as published for DeepSeek-V3",
        ),
        ("deepseek-r1", 0, "rl", "Reinforcement learning with the values a new stage has"),
        ("minimax-m1-rl", 0, "rl", "Reinforcement learning with the values a new stage has"),
    ],
)
def test_a_claim_is_what_its_published_run_is(name: str, at: int, kind: str, words: str):
    project = shipped(name, CATALOG)
    made = predicted(project, at, CATALOG)
    assert made is not None
    assert made.words.startswith(words)
    result = estimate(replace_stage(project, made.stage, stage=at), CATALOG).stages[at]
    assert (result.kind, result.name) == (kind, project.scenarios[0].stages[at].name)
    assert result.cost_usd > 0.0


def test_v3_predicted_from_its_tokens_comes_near_its_claimed_hours():
    project = shipped("deepseek-r1-with-base", CATALOG)
    made = predicted(project, 0, CATALOG)
    assert made is not None
    result = estimate(replace_stage(project, made.stage), CATALOG).stages[0]
    assert 0.5 <= result.gpu_hours / 2.664e6 <= 2.0


def test_only_claims_are_predicted_instead():
    assert predicted(shipped("startup-7b", CATALOG), 0, CATALOG) is None
