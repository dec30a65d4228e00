"""Names are found by words apart, and by whole numbers only."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isocost.catalog import load

CATALOG = load()
NAMED = {entry.name for entry in CATALOG.named_models}


def models(text: str) -> list[str]:
    return [name for name in CATALOG.models_like(text) if name in NAMED]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("qwen 32", "Qwen3 32B"), ("llama 70", "Llama 3.1 70B"), ("llama 405", "Llama 3.1 405B"),
        ("llama 405b", "Llama 3.1 405B"), ("qwen 8b", "Qwen3 8B"), ("mixtral 22b", "Mixtral 8x22B"),
        ("phi 14b", "Phi-4 14B"), ("qwen coder 32b", "Qwen2.5 32B"), ("405", "Llama 3.1 405B"),
        ("meta 405b", "Llama 3.1 405B"), ("deepseek 671b", "DeepSeek-V3.2"),
    ],
)  # fmt: skip
def test_words_and_whole_numbers_find_a_model(text, first):
    assert models(text)[0] == first


@pytest.mark.parametrize(
    ("maker", "part"),
    [("apple", "m4-max"), ("google", "tpu-v6e"), ("intel", "gaudi3"), ("amazon", "trainium2"),
     ("huawei", "ascend-910c"), ("aws", "trainium2")],
)  # fmt: skip
def test_a_maker_finds_its_accelerators(maker, part):
    assert part in CATALOG.accelerators_like(maker)


@given(st.sampled_from(sorted(NAMED)))
def test_a_whole_name_finds_its_model_first(name):
    assert models(name)[0] == name
    assert models(name.casefold())[0] == name


@given(st.text(max_size=40))
def test_any_text_is_searched(text):
    found = CATALOG.models_like(text)
    assert set(found) <= set(CATALOG.models)
