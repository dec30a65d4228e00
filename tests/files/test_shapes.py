"""Exact shapes written in a plan file."""

from __future__ import annotations

import pytest

from isocost.catalog import load
from isocost.engine.architecture import parameters
from isocost.files.errors import ContentError
from isocost.files.loading import parse_project
from isocost.files.saving import project_text
from isocost.plan.answer.estimate import estimate
from isocost.plan.physics.resolve import transformer_of

CATALOG = load()
SMALL = "layers: 30, hidden: 576, heads: 9, kv_heads: 3, ffn: 1536, vocabulary: 49152, tied_embeddings: true"
MIXTRAL = "layers: 32, hidden: 4096, heads: 32, kv_heads: 8, ffn: 14336, vocabulary: 32000"


def plan(shape: str, extra: str = "") -> str:
    return f"""isocost: 1
name: A plan
scenarios:
- name: One
  model: {{{extra}shape: {{{shape}}}}}
  hardware: {{accelerator: h100-sxm, count: 64}}
  price: {{usd_per_gpu_hour: 2.0}}
  stages:
  - {{kind: pretrain, name: Run, data: {{tokens: 2T, sequence: 2048, batch_tokens: 1M}}}}
"""


def total(shape: str) -> float:
    choice = parse_project(plan(shape), CATALOG).scenarios[0].model
    return float(parameters(transformer_of(choice, CATALOG)).total)


def test_a_shape_counts_to_its_parameters():
    assert total(SMALL) == pytest.approx(134.5e6, rel=0.001)
    mixture = f"{MIXTRAL}, experts: 8, top_k: 2, expert_ffn: 14336"
    assert total(mixture) == pytest.approx(46.7e9, rel=0.001)


def test_a_shape_is_estimated_and_saved_as_written():
    project = parse_project(plan(SMALL), CATALOG)
    assert parse_project(project_text(project), CATALOG) == project
    named = parse_project(plan(SMALL).replace(f"{{shape: {{{SMALL}}}}}", "SmolLM2 135M"), CATALOG)
    hours = [estimate(each, CATALOG).stages[0].gpu_hours for each in (project, named)]
    assert hours[0] == pytest.approx(hours[1], rel=1e-6)


@pytest.mark.parametrize(
    ("shape", "said"),
    [
        (
            SMALL.replace("kv_heads: 3", "kv_heads: 4"),
            "kv_heads: must divide the 9 heads, got 4.",
        ),
        (SMALL.replace("layers: 30, ", ""), "model.shape: layers is missing."),
        (SMALL.replace("heads: 9, kv_heads: 3", "heads: 7"), "576 does not divide into 7 heads."),
        (f"{SMALL}, top_k: 2", "model.shape.experts: is missing, but top_k is given."),
        (f"{SMALL}, experts: 8, top_k: 2", "model.shape.expert_ffn: is missing; experts need it."),
        (f"{SMALL}, experts: 8, top_k: 9, expert_ffn: 64", "must be at most the 8 experts, got 9."),
        (f"{SMALL}, windowed_layers: 31, window: 128", "must be at most the 30 layers, got 31."),
        (SMALL.replace("layers: 30", "layers: 0"), "expected a whole number"),
        (SMALL.replace("layers: 30", "layers: 1e8").replace("1536", "9e7"), "parameters; 100K to 1,000T"),
        (f"{SMALL}, rope: 1", "unknown key 'rope'"),
    ],
)
def test_a_shape_that_cannot_be_is_refused_in_words(shape, said):
    with pytest.raises(ContentError) as refused:
        parse_project(plan(shape), CATALOG)
    assert said in str(refused.value)
    assert str(refused.value).startswith("scenarios[0].model")


def test_a_shape_and_a_size_are_not_both_taken():
    with pytest.raises(ContentError, match="a shape says it all"):
        parse_project(plan(SMALL, "parameters: 7B, "), CATALOG)
