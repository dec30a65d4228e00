"""Names as people type them: case, separators, owners, storage formats, dates."""

from __future__ import annotations

import csv
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isocost.catalog import CatalogError, load
from isocost.engine.architecture import parameters
from isocost.files.loading import parse_project
from isocost.paths import resource

CATALOG = load()
with resource("model_hub_names.csv").open(newline="", encoding="utf-8") as _stream:
    HUB = [(row["label"], row["model"]) for row in csv.DictReader(_stream)]


def test_every_hub_name_resolves():
    assert len(HUB) == 730
    assert [label for label, model in HUB if CATALOG.model(label).name != model] == []


@pytest.mark.parametrize(
    ("typed", "model"),
    [
        ("Qwen/Qwen3-8B", "Qwen3 8B"),
        ("meta-llama/Llama-3.1-8B", "Llama 3.1 8B"),
        ("meta-llama/Llama-3.1-8B-Instruct", "Llama 3.1 8B"),
        ("Qwen/Qwen3-4B-Instruct-2507", "Qwen3 4B"),
        ("Qwen/Qwen3-30B-A3B-Thinking-2507-FP8", "Qwen3-30B-A3B"),
        ("unsloth/Meta-Llama-3.1-8B-bnb-4bit", "Llama 3.1 8B"),
        ("unsloth/Qwen3-4B-Instruct-2507-unsloth-bnb-4bit", "Qwen3 4B"),
        ("unsloth/Mistral-Small-24B-Instruct-2501-bnb-4bit", "Mistral Small 3 24B"),
        ("bartowski/Qwen2.5-Coder-32B-Instruct-GGUF", "Qwen2.5 32B"),
        ("nvidia/Llama-3.1-70B-Instruct-FP8", "Llama 3.1 70B"),
        ("QwQ-32B", "Qwen2.5 32B"),
        ("deepseek-ai/DeepSeek-R1-Distill-Llama-70B", "Llama 3.1 70B"),
        ("mistralai/Mistral-7B-v0.3", "Mistral 7B v0.3"),
        ("mistralai/Mistral-7B-Instruct-v0.2", "Mistral 7B"),
        ("google/gemma-2b", "Gemma 2B"),
        ("zai-org/GLM-4.6", "GLM-4.5"),
        ("gpt2", "GPT-2 124M"),
        ("openai-community/gpt2", "GPT-2 124M"),
        ("GPT-2", "GPT-2 1.5B"),
        ("gpt2-xl", "GPT-2 1.5B"),
    ],
)
def test_names_people_type(typed, model):
    assert CATALOG.model(typed).name == model


def test_gpt2_is_the_smallest():
    assert parameters(CATALOG.model("gpt2").transformer).total == pytest.approx(124e6, rel=0.005)


@given(st.sampled_from(HUB), st.randoms(use_true_random=False))
def test_case_never_matters(pair: tuple[str, str], chance: random.Random):
    label, model = pair
    shuffled = "".join(letter.upper() if chance.random() < 0.5 else letter.lower() for letter in label)
    assert CATALOG.model(f" {shuffled} ").name == model


STORED = ("", "-bnb-4bit", "-GGUF", "-AWQ", "-FP8", "-unsloth-bnb-4bit", "-Q4_K_M", "-BF16-GGUF")


@given(st.sampled_from(HUB), st.sampled_from(("unsloth", "RedHatAI", "me")), st.sampled_from(STORED))
def test_storage_and_owner_never_matter(pair: tuple[str, str], owner: str, stored: str):
    label, model = pair
    bare = label.rpartition("/")[2]
    if meant(bare) == model:
        assert CATALOG.model(f"{owner}/{bare}{stored}").name == model


def meant(text: str) -> str:
    """The model a text means, or the sentence that none is called so."""
    try:
        return CATALOG.model(text).name
    except CatalogError as error:
        return str(error)


@given(st.text(max_size=30))
def test_any_text_is_a_model_or_a_sentence(text: str):
    said = meant(text)
    assert said in CATALOG.models or said.startswith("No model is called")


def test_an_unknown_name_is_told_its_nearest():
    with pytest.raises(CatalogError, match=r"did you mean .*Qwen3.8B"):
        CATALOG.model("Qwen/Qwen3-8.B")


def test_a_search_finds_hub_names():
    assert "Qwen/Qwen3-8B" in CATALOG.spellings("Qwen3 8B")


PLAN = """isocost: 1
name: A plan
scenarios:
- name: One
  model: {model}
  hardware: {{accelerator: h100-sxm, count: 8}}
  price: {{usd_per_gpu_hour: 2.0}}
  stages:
  - {{kind: pretrain, name: Run, data: {{tokens: 1B}}}}
"""


def test_a_plan_names_its_model_in_one_word():
    assert (
        parse_project(PLAN.format(model="Qwen/Qwen3-8B"), CATALOG).scenarios[0].model.name == "Qwen/Qwen3-8B"
    )
    assert parse_project(PLAN.format(model="13B"), CATALOG).scenarios[0].model.parameters == 13e9
    with pytest.raises(ValueError, match=r"scenarios\[0\].model.name: No model is called"):
        parse_project(PLAN.format(model="someone/foo"), CATALOG)
