"""A batch nobody typed is about as large as a law has it, not a number that replicas share badly."""

from __future__ import annotations

import pytest

from isocost.catalog import load
from isocost.plan.answer.estimate import answer
from isocost.plan.answer.results import Estimate
from isocost.plan.kinds import PretrainStage
from isocost.plan.project.project import Hardware, ModelChoice, Price, Project, Scenario
from isocost.plan.values import Data

CATALOG = load()


def trained(
    tokens: float, *, model: str, count: int, sequence: int, batch_tokens: float | None = None
) -> Estimate:
    data = Data(tokens, sequence=sequence, batch_tokens=batch_tokens)
    chosen = Scenario(
        name="Base",
        model=ModelChoice(model),
        hardware=Hardware("h100-sxm", count),
        price=Price(2.0),
        stages=(PretrainStage(name="Run", data=data),),
    )
    return answer(Project(name="Test", scenarios=(chosen,)), CATALOG).estimate


@pytest.mark.parametrize(
    ("model", "count", "sequence"),
    [("Llama 3.1 8B", 32, 4096), ("Llama 3.1 8B", 512, 8192), ("gemma-3-27b-it", 256, 65536)],
)
def test_a_little_more_text_never_takes_much_longer_a_token(model, count, sequence):
    tokens = [1e9 * 1.12**n for n in range(55)]
    hours = [trained(each, model=model, count=count, sequence=sequence).total.gpu_hours for each in tokens]
    for few, more, some, longer in zip(tokens, tokens[1:], hours, hours[1:], strict=False):
        assert 0.98 * some < longer <= 1.03 * some * more / few


def test_a_count_that_shares_the_batch_of_the_law_better_is_no_advice():
    of = trained(1e9, model="Llama 3.1 8B", count=32, sequence=4096)
    assert "better-count" not in [each.code for each in of.warnings]


def test_round_tokens_are_about_so_many_sequences():
    """4M tokens are 976.6 sequences of 4,096: nobody trains on those, and 4,194,304 are what is meant."""
    meant, said = (
        trained(1e11, model="Llama 3.1 8B", count=64, sequence=4096, batch_tokens=batch).total.gpu_hours
        for batch in (2**22, 4e6)
    )
    assert said == pytest.approx(meant, rel=0.01)
