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
    assert len(HUB) == 1021
    assert [label for label, model in HUB if CATALOG.model(label).name != model] == []


@pytest.mark.parametrize(
    ("kind", "typed", "part"),
    [
        ("model", "facebook/bart-large", "no decoder that reads from left to right"),
        ("model", "microsoft/deberta-v3-large", "an encoder of its kind is not modelled"),
        ("model", "black-forest-labs/FLUX.1-dev", "it makes pictures or film"),
        ("model", "openai/whisper-large-v3", "it hears or speaks"),
        ("model", "o3-mini", "OpenAI has not published its size"),
        ("model", "GPT-5", "OpenAI has not published its size"),
        ("model", "Claude Opus 4.5", "Anthropic has not published its size"),
        ("accelerator", "H100 MIG 1g.10gb", "a slice of a card (MIG) is not modelled"),
        ("accelerator", "3g.20gb", "a slice of a card (MIG) is not modelled"),
        ("accelerator", "Tesla P100", "no matrix units for 16 bits"),
        ("accelerator", "GTX 1080 Ti", "no matrix units for 16 bits"),
        ("accelerator", "cuda", "name its model"),
        ("accelerator", "Groq LPU", "built for inference"),
        ("accelerator", "Gaudi 1", "its figures are not in the catalogue"),
        ("accelerator", "AMD Instinct MI100", "half as fast as its fp16"),
        ("accelerator", "MI300A", "its figures are not in the catalogue"),
    ],
)
def test_what_is_known_and_cannot_be_planned_says_why(kind, typed, part):
    with pytest.raises(CatalogError) as refusal:
        getattr(CATALOG, kind)(typed)
    assert part in str(refusal.value)
    assert "did you mean" not in str(refusal.value)
    assert "known are" not in str(refusal.value)


@pytest.mark.parametrize(
    ("typed", "accelerator"),
    [
        ("Colab A100", "a100-sxm-40gb"),
        ("Colab T4", "t4"),
        ("NVIDIA TITAN RTX", "titan-rtx"),
        ("NVIDIA RTX A4500", "rtx-a4500"),
    ],
)
def test_accelerators_of_one_desk_are_found(typed, accelerator):
    assert CATALOG.accelerator(typed).spec.id == accelerator


@pytest.mark.parametrize(
    ("typed", "part"),
    [
        ("bert-base-uncased", "its attention looks both ways"),
        ("BERT-Large", "its attention looks both ways"),
        ("answerdotai/ModernBERT-large", "its 10 whole layers looks both ways"),
        ("google/flan-t5-xxl", "its encoder or its decoder, not both"),
        ("NLLB-200 54B", "its encoder or its decoder, not both"),
        ("microsoft/bitnet-b1.58-2B-4T", "rounding of its weights"),
        ("stepfun-ai/step3", "its encoder of pictures"),
        ("state-spaces/mamba-2.8b", "its state-space layers"),
    ],
)
def test_what_is_no_plain_decoder_says_what_is_not_modelled(typed, part):
    assert part in CATALOG.model(typed).unmodelled


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


@pytest.mark.parametrize(
    ("typed", "model"),
    [
        ("LLM360/K2-Think", "Qwen2.5 32B"), ("RedHatAI/Qwen3-8B-quantized.w4a16", "Qwen3 8B"),
        ("nvidia/Llama-3.1-8B-Instruct-FP4", "Llama 3.1 8B"), ("mlx-community/Qwen3-8B-6bit", "Qwen3 8B"),
        ("Qwen3-8B-IQ4_XS", "Qwen3 8B"), ("Qwen3-8B-Q4_K_M.gguf", "Qwen3 8B"),
        ("amd/Llama-3.1-8B-Instruct-FP8-KV", "Llama 3.1 8B"), ("01-ai/Yi-34B-200K", "Yi 34B"),
        ("llama3.1:8b", "Llama 3.1 8B"), ("deepseek-r1:7b", "Qwen2.5 7B"), ("qwen3:32b", "Qwen3 32B"),
        ("deepseek-ai/DeepSeek-V3.1-Terminus", "DeepSeek-V3"), ("Qwen/Qwen1.5-7B", "Qwen1.5 7B"),
        ("deepseek-ai/DeepSeek-V3.2-Speciale", "DeepSeek-V3.2"),
        ("microsoft/Phi-3-medium-128k-instruct", "Phi-3 medium 14B"),
    ],
)  # fmt: skip
def test_names_of_hubs_and_files_are_models(typed, model):
    assert load().model(typed).name == model


@pytest.mark.parametrize("typed", ["LLM360/K2-V2", "nanochat-v2"])
def test_another_version_is_another_model(typed):
    with pytest.raises(CatalogError):
        load().model(typed)


@pytest.mark.parametrize(
    ("typed", "part", "count"),
    [
        ("Apple M4 Max", "m4-max", None), ("NVIDIA H200 141GB HBM3e", "h200-sxm", None),
        ("Tesla V100", "v100-sxm2-32gb", None), ("geforce 4090", "rtx4090", None),
        ("GH200 144GB", "gh200", None), ("nvidia-h100-80gb", "h100-sxm", None),
        ("3060 12GB", "rtx3060", None),
        ("g5.2xlarge", "a10g", 1), ("ct5lp-hightpu-4t", "tpu-v5e", 4), ("v5litepod-8", "tpu-v5e", 8),
        ("g6.4xlarge", "l4", 1), ("g6e.24xlarge", "l40s", 4), ("ml.g6e.2xlarge", "l40s", 1),
        ("a2-ultragpu-4g", "a100-sxm-80gb", 4), ("g2-standard-48", "l4", 4),
        ("g4-standard-192", "rtxpro6000-server", 4),
        ("Standard_NC48ads_A100_v4", "a100-pcie-80gb", 2), ("NC64as_T4_v3", "t4", 4),
        ("H100-SXM-4-80G", "h100-sxm", 4),
        ("BM.GPU3.8", "v100-sxm2-16gb", 8), ("gpu_4x_h100_sxm5", "h100-sxm", 4), ("L40S-2-48G", "l40s", 2),
        ("ecs.gn7e-c16g1.32xlarge", "a100-sxm-80gb", 8), ("gx3-64x320x4l4", "l4", 4), ("v3-8", "tpu-v3", 4),
        ("v5p-768", "tpu-v5p", 384), ("TPU v3-2048", "tpu-v3", 1024), ("v6e-24", "tpu-v6e", 24),
        ("2x v5p-768", "tpu-v5p", 768),
        ("v5p-128", "tpu-v5p", 64), ("v4-8", "tpu-v4", 4), ("gpu_1x_a100", "a100-pcie-40gb", 1),
        ("Standard_NC6s_v3", "v100-sxm2-16gb", 1),
    ],
)  # fmt: skip
def test_parts_and_instances_by_what_they_are_called(typed, part, count):
    catalog = load()
    assert catalog.accelerator(typed).spec.id == part
    alias = catalog.alias(typed)
    assert (alias.count if alias is not None else None) == count


@pytest.mark.parametrize("typed", ["NVIDIA H100 94GB", "3060 48GB"])
def test_a_part_with_other_memory_is_another_part(typed):
    with pytest.raises(CatalogError):
        load().accelerator(typed)


@pytest.mark.parametrize(("typed", "never"), [("3070", "b300"), ("3060 16GB", "MI300X"), ("llama3", "33B")])
def test_a_name_is_not_suggested_for_another_number(typed, never):
    catalog = load()
    find = catalog.model if typed == "llama3" else catalog.accelerator
    with pytest.raises(CatalogError) as refused:
        find(typed)
    assert never not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("meta-llama/Llama-3.2-90B-Vision", "Llama 3.2 Vision 90B"),
        ("deepseek-ai/deepseek-math-7b-rl", "DeepSeek LLM 7B"),
        ("MiMo", None),
        ("meta-llama/Llama-3.2-91B-Vision", None),
    ],
)
def test_a_base_is_found_by_the_name_of_its_fine_tune_where_it_tells_a_size(name, meant):
    assert load().model_names.find(name) == meant


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("a100-80gb-sxm", "a100-sxm-80gb"),
        ("A100-40GB-PCIe", "a100-pcie-40gb"),
        ("H100 80GB SXM5", "h100-sxm"),
        ("PCIe H100 80GB", "h100-pcie"),
        ("H200 141GB SXM", "h200-sxm"),
        ("V100-32GB-SXM2", "v100-sxm2-32gb"),
        ("L40S 48GB PCIe", "l40s"),
    ],
)
def test_words_of_a_name_stand_in_any_order(name, key):
    assert load().accelerator(name).spec.id == key


def test_a_memory_the_part_does_not_have_is_no_name_of_it_wherever_it_stands():
    with pytest.raises(CatalogError):
        load().accelerator("H200 80GB SXM")


@pytest.mark.parametrize("name", ["v5p-9", "v9-8", "H100-8", "v3-8x"])
def test_a_slice_of_no_size_or_of_no_tpu_is_none(name):
    with pytest.raises(CatalogError, match="No accelerator is called"):
        CATALOG.accelerator(name)


def test_the_kind_of_memory_tells_cards_of_one_size_apart():
    assert CATALOG.accelerator("NVIDIA H100 80GB HBM2e").spec.id == "h100-pcie"
    assert CATALOG.accelerator("NVIDIA H100 80GB HBM3").spec.id == "h100-sxm"


def test_a_rack_named_by_its_dies_says_so():
    named = CATALOG.alias("Vera Rubin NVL144")
    assert named is not None
    assert "counts dies" in named.note


@pytest.mark.parametrize(
    ("typed", "model"),
    [
        ("huihui-ai/DeepSeek-R1-Distill-Qwen-14B-abliterated", "Qwen2.5 14B"),
        ("huihui-ai/Qwen3-8B-abliterated-v2", "Qwen3 8B"),
        ("Qwen3-30B-A3B-Instruct-2507-UD-Q4_K_XL", "Qwen3-30B-A3B"),
        ("RedHatAI/Llama-3.3-70B-Instruct-FP8-block", "Llama 3.1 70B"),
        ("nvidia/DeepSeek-R1-0528-FP4-v2", "DeepSeek-V3"),
        ("mlx-community/Qwen3-8B-4bit-DWQ", "Qwen3 8B"),
        ("Intel/Qwen3-8B-int4-AutoRound", "Qwen3 8B"),
        ("meta-llama/Llama-3.1-8B-Instruct-QLORA_INT4_EO8", "Llama 3.1 8B"),
        ("moonshotai/Kimi-Dev-72B", "Qwen2.5 72B"),
        ("deepseek-ai/DeepSeek-Prover-V2-671B", "DeepSeek-V3"),
        ("openai/gpt-oss-safeguard-20b", "gpt-oss-20b"),
        ("google/codegemma-7b-it", "Gemma 7B"),
        ("PrimeIntellect/INTELLECT-2", "Qwen2.5 32B"),
        ("teknium/OpenHermes-2.5-Mistral-7B", "Mistral 7B"),
        ("mosaicml/mpt-7b-storywriter", "MPT-7B"),
        ("Chinchilla", "Chinchilla 70B"),
        ("phi4-mini", "Phi-4 mini 3.8B"),
    ],
)
def test_tunes_and_roundings_have_the_shape_of_what_they_are_of(typed, model):
    assert CATALOG.model(typed).name == model
