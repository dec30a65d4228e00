import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from isocost.engine.architecture import (
    adapter_parameters,
    attention_parameters,
    forward_flops_per_token,
    kv_elements_per_token,
    parameters,
    six_nd,
    training_flops_per_token,
    visible_tokens,
)
from isocost.engine.records import Transformer
from tests.engine import shapes_of_models as models
from tests.engine.made_shapes import hybrid_for, shape_for

PUBLISHED = [
    (models.GPT3_175B, 174.6e9, 174.6e9),
    (models.LLAMA3_8B, 8.03e9, 8.03e9),
    (models.LLAMA3_70B, 70.55e9, 70.55e9),
    (models.LLAMA31_405B, 405.85e9, 405.85e9),
    (models.LLAMA32_1B, 1.236e9, 1.236e9),
    (models.PALM_540B, 540.35e9, 540.35e9),
    (models.MIXTRAL_8X7B, 46.7e9, 12.88e9),
    (models.QWEN3_30B_A3B, 30.53e9, 3.35e9),
    (models.DEEPSEEK_V3, 671.03e9, 37.55e9),
]


@pytest.mark.parametrize(("shape", "total", "active"), PUBLISHED, ids=lambda v: getattr(v, "name", ""))
def test_published_models_have_their_published_parameters(shape, total, active):
    count = parameters(shape)
    assert count.total == pytest.approx(total, rel=0.002)
    assert count.active == pytest.approx(active, rel=0.002)


def test_gpt_oss_publishes_active_parameters_without_the_embedding_table():
    count = parameters(models.GPT_OSS_120B)
    assert count.total == pytest.approx(116.8e9, rel=0.002)
    assert count.active_matmul == pytest.approx(5.13e9, rel=0.002)


def test_multi_token_prediction_stays_out_of_the_total_and_in_training_work():
    count = parameters(models.DEEPSEEK_V3)
    without = replace(models.DEEPSEEK_V3, mtp_layers=0)
    assert parameters(without).total == count.total
    # 14B on the model card counts copies of the embedding and the head, which are shared in training.
    assert count.mtp + 2 * count.head == pytest.approx(13.5e9, rel=0.02)
    plain = training_flops_per_token(without, 4096).total
    assert training_flops_per_token(models.DEEPSEEK_V3, 4096).total / plain == pytest.approx(1.04, abs=0.005)


@pytest.mark.parametrize(
    ("active", "tokens", "flops"),
    [
        (175e9, 300e9, 3.15e23),
        (540.35e9, 780e9, 2.53e24),
        (37e9, 14.8e12, 3.29e24),
        (405e9, 15.6e12, 3.79e25),
    ],
)
def test_six_nd_gives_the_published_training_compute(active, tokens, flops):
    assert six_nd(active, tokens) == pytest.approx(flops, rel=0.005)


def test_true_shapes_of_deepseek_v3_cost_a_seventh_more_than_six_nd():
    own = 3 * forward_flops_per_token(models.DEEPSEEK_V3, 4096).total
    assert own / six_nd(37e9, 1) == pytest.approx(1.14, abs=0.02)


def test_forward_work_of_gpt3_matches_the_closed_form_of_its_layers():
    t = models.GPT3_175B
    forward = forward_flops_per_token(t, 2048)
    assert forward.matmul == 2 * (96 * 12 * 12288**2 + 12288 * 50257)
    assert forward.attention == 96 * 4 * 12288 * 1024


def test_a_sliding_window_bounds_attention():
    assert visible_tokens(4096, 8192) == visible_tokens(4096) == 2048
    assert visible_tokens(1_000_000, 128) == pytest.approx(128, rel=1e-3)
    windowed = forward_flops_per_token(models.GPT_OSS_120B, 131072)
    full = forward_flops_per_token(replace(models.GPT_OSS_120B, windowed_layers=0), 131072)
    assert windowed.matmul == full.matmul
    assert windowed.attention == pytest.approx(full.attention / 2, rel=0.01)


def test_latent_attention_caches_sixty_times_less_than_the_heads_it_serves():
    latent = kv_elements_per_token(models.DEEPSEEK_V3)
    assert latent == 61 * 576
    assert kv_elements_per_token(replace(models.DEEPSEEK_V3, attention="mha")) / latent > 50
    assert kv_elements_per_token(models.LLAMA3_70B) == 80 * 2 * 8 * 128


def test_fields_may_be_arrays():
    layers = np.array([16.0, 32.0, 64.0])
    many = replace(models.LLAMA3_8B, layers=layers)
    singles = [parameters(replace(models.LLAMA3_8B, layers=x)).total for x in layers]
    np.testing.assert_allclose(parameters(many).total, singles)
    flops = [training_flops_per_token(replace(models.LLAMA3_8B, layers=x), 8192).total for x in layers]
    np.testing.assert_allclose(training_flops_per_token(many, 8192).total, flops)


def test_a_hybrid_model_keeps_its_published_parameters():
    shape = hybrid_for(56e9)
    assert parameters(shape).total == parameters(shape).active == pytest.approx(56e9)
    assert parameters(hybrid_for(56e9, 5e9)).active == pytest.approx(5e9)
    attention_only = forward_flops_per_token(shape_for(56e9), 65536).attention
    assert forward_flops_per_token(shape, 65536).attention < attention_only / 5


NANO = Transformer(
    "Nemotron 3 Nano",
    29,
    2688,
    32,
    2,
    128,
    1856,
    131072,
    gated=False,
    attention="hybrid",
    window=256,
    windowed_layers=23,
    state_width=4096,
    state_projected=10304,
    moe_layers=23,
    experts=128,
    top_k=6,
    shared_experts=2,
    expert_ffn=1856,
    feedforward_layers=23,
)


def test_a_hybrid_of_known_shape_is_counted_block_by_block():
    states = 23 * 2688 * (10304 + 4096)
    attention = 6 * 2688 * 128 * (2 * 32 + 2 * 2)
    experts = 23 * (2688 * 128 + (128 + 2) * 2 * 2688 * 1856)
    tables, norms = 2 * 2688 * 131072, (2 * 29 + 1) * 2688
    assert parameters(NANO).total == pytest.approx(states + attention + experts + tables + norms)
    assert parameters(NANO).total == pytest.approx(31.6e9, rel=0.005)
    assert parameters(NANO).active == pytest.approx(3.6e9, rel=0.01)


def test_experts_behind_a_projection_are_narrower():
    narrow = replace(NANO, expert_hidden=672)
    wide, thin = parameters(NANO), parameters(narrow)
    assert thin.per_expert == wide.per_expert / 4
    projections = 2 * 2688 * 672
    routed = 128 * (wide.per_expert - thin.per_expert)
    assert wide.ffn_per_moe_layer - thin.ffn_per_moe_layer == pytest.approx(routed - projections)


def test_the_stand_in_of_a_hybrid_mixes_by_states_of_as_many_parameters():
    shape = hybrid_for(5e10)
    assert shape.windowed_layers > 0.8 * shape.layers
    assert parameters(shape).total == pytest.approx(5e10)
    assert shape.hidden * (shape.state_projected + shape.state_width) == pytest.approx(
        attention_parameters(replace(shape, state_width=0.0))
    )


totals = st.floats(min_value=6.0, max_value=13.0).map(lambda e: 10.0**e)


@given(totals)
def test_a_dense_shape_has_exactly_the_parameters_asked_for(total):
    shape = shape_for(total)
    assert parameters(shape).total == pytest.approx(total, rel=1e-9)
    assert not shape.is_moe
    # From the few layers of the smallest models (Pythia 14M: 6 of 128) to hundreds of thousands wide.
    assert 10 < shape.hidden / shape.layers < 200
    assert 0.0 <= shape.tied_embeddings <= 1.0


@given(totals.filter(lambda n: n > 3e9), st.floats(min_value=0.02, max_value=0.99))
def test_a_mixture_has_exactly_the_total_and_active_parameters_asked_for(total, share):
    shape = shape_for(total, total * share)
    count = parameters(shape)
    assert count.total == pytest.approx(total, rel=1e-9)
    assert count.active == pytest.approx(total * share, rel=1e-9)
    assert shape.experts >= shape.top_k


@given(totals, st.floats(min_value=1e-4, max_value=0.2))
def test_shapes_grow_continuously_with_parameters(total, growth):
    small, large = shape_for(total), shape_for(total * (1 + growth))
    for field in ("hidden", "head_dim", "ffn", "vocabulary"):
        before, after = getattr(small, field), getattr(large, field)
        assert before <= after * (1 + 1e-9), field
        assert after / before <= 1 + growth + 1e-9, field
    # Depth, grouping and tied tables are as models of the size have them: two billion parameters are fewer,
    # wider layers than four. Steeper than the square of the size nothing goes.
    for field in ("layers", "heads", "kv_heads"):
        assert abs(math.log(getattr(large, field) / getattr(small, field))) <= 2.0 * math.log1p(growth), field
    assert abs(large.tied_embeddings - small.tied_embeddings) <= growth


@given(totals, st.floats(min_value=1e-3, max_value=1.0))
def test_a_larger_model_computes_more_a_token(total, growth):
    small, large = shape_for(total), shape_for(total * (1 + growth))
    work = [training_flops_per_token(each, 4096).total for each in (small, large)]
    assert work[0] < work[1]


def test_shapes_resemble_the_models_people_train():
    smollm2 = shape_for(134.5e6)
    assert smollm2.layers == pytest.approx(30, rel=0.1)
    assert smollm2.hidden == pytest.approx(576, rel=0.1)
    assert (smollm2.ffn, smollm2.vocabulary) == pytest.approx((1536, 49152), rel=0.1)
    assert smollm2.tied_embeddings > 0.8
    assert shape_for(8e9).hidden == pytest.approx(4096, rel=0.1)
    assert shape_for(8e9).tied_embeddings < 0.3
    assert shape_for(70e9).layers == pytest.approx(80, rel=0.2)
    assert shape_for(671e9, 37e9).hidden == pytest.approx(7168, rel=0.2)
    assert shape_for(671e9, 37e9).experts == pytest.approx(256, rel=0.3)
    assert shape_for(8e9, vocabulary=32000).vocabulary == 32000


@pytest.mark.parametrize("total", [0, -1, float("nan"), float("inf")])
def test_nonsense_totals_are_refused_in_words(total):
    with pytest.raises(ValueError, match="positive number"):
        shape_for(total)


def test_a_mixture_too_sparse_for_its_routers_is_refused_in_words():
    with pytest.raises(ValueError, match="routers alone"):
        shape_for(1e13, 1e6)
    with pytest.raises(ValueError, match="Active parameters"):
        shape_for(1e13, 0)


def test_lora_adapter_of_llama_8b():
    adapters = adapter_parameters(models.LLAMA3_8B, 16.0)
    assert adapters == pytest.approx(41.9e6, rel=0.002)
    assert adapters / parameters(models.LLAMA3_8B).total == pytest.approx(0.0052, abs=1e-4)


@pytest.mark.parametrize(("window", "seen"), [(np.inf, 4_096.0), (8_192.0, 4_096.0), (128.0, 127.0)])
def test_a_query_sees_half_the_sequence_or_its_window(window, seen):
    assert visible_tokens(np.array([8_192.0]), np.array([window]))[0] == pytest.approx(seen)


def test_chunks_are_seen_half_on_average():
    """Llama 4 attends within chunks of 8,192 tokens in three of four layers."""
    assert visible_tokens(8192.0, 8192.0, chunked=True) == visible_tokens(8192.0)
    assert visible_tokens(65_536.0, 8192.0, chunked=True) == 4096.0
    counted = sum(i % 8192 for i in range(20_000)) / 20_000
    assert visible_tokens(20_000.0, 8192.0, chunked=True) == pytest.approx(counted, rel=1e-3)


def test_an_indexer_scores_the_whole_sequence():
    """DeepSeek-V3.2: 64 heads of 128 read everything so that 128 heads of 192 + 128 read 2,048 positions."""
    chosen = replace(
        models.DEEPSEEK_V3,
        window=2048.0,
        windowed_layers=61.0,
        index_layers=61.0,
        index_heads=64.0,
        index_dim=128.0,
    )
    added = parameters(chosen).total - parameters(models.DEEPSEEK_V3).total
    assert added == 61 * (1536 * 64 * 128 + 7168 * (128 + 64))
    work, full = (forward_flops_per_token(t, 131_072.0).attention for t in (chosen, models.DEEPSEEK_V3))
    scores = 2 * 61 * 64 * 128 * 65_536
    assert work == pytest.approx(scores + 2 * 61 * 128 * 320 * (2048 - 2048**2 / 262_144))
    assert work < 0.25 * full
    assert kv_elements_per_token(chosen) == kv_elements_per_token(models.DEEPSEEK_V3) + 61 * 128


def test_heads_of_two_sizes_and_shared_keys():
    """Counted by hand from Gemma 4's configuration: local heads of 256, global ones of 512."""
    local = Transformer(
        "local", 6.0, 1024.0, 8.0, 4.0, 64.0, 4096.0, 1000.0, window=512.0, windowed_layers=5.0
    )
    wide = replace(local, full_head_dim=128.0, full_kv_heads=1.0, full_keys_as_values=True)
    query, keys = 1024 * 64 * 8 * 2, 1024 * 64 * 4 * 2
    assert attention_parameters(local) == query + keys
    assert attention_parameters(wide) * 6 == pytest.approx(5 * (query + keys) + 2 * query + 1024 * 128)
    seen = 5 * (512 - 512**2 / 8192) + 2 * 2048
    assert forward_flops_per_token(wide, 4096.0).attention == pytest.approx(4 * 8 * 64 * seen)
    assert kv_elements_per_token(wide) == pytest.approx(2 * (5 * 4 * 64 + 128))
    shared = replace(local, shared_kv_layers=3.0)
    assert kv_elements_per_token(shared) == kv_elements_per_token(local) / 2
    assert attention_parameters(shared) == pytest.approx(query + keys / 2)


def test_adapters_of_a_mixture_stand_at_every_expert_and_at_the_shared_ones():
    """Rank x (inputs + outputs) of each matrix, counted out: three of each expert, four of attention."""
    hidden, narrow = 4096, 14336
    attention = 2 * (hidden + hidden) + 2 * (hidden + 1024)
    experts = 3 * (hidden + narrow)
    assert adapter_parameters(models.MIXTRAL_8X7B, 16.0) == 16 * 32 * (attention + 8 * experts)
    shared = replace(models.MIXTRAL_8X7B, shared_experts=2.0)
    assert adapter_parameters(shared, 16.0) == 16 * 32 * (attention + 10 * experts)


def test_adapters_of_queries_and_values_alone_are_counted():
    """3,407,872 trainable parameters at rank 8, as PEFT prints them of Llama 3 8B."""
    assert adapter_parameters(models.LLAMA3_8B, 8.0, ("query", "value")) == 3_407_872
    parts = (("query", "key"), ("value", "output"), ("up",), ("down",))
    whole = adapter_parameters(models.MIXTRAL_8X7B, 16.0)
    assert sum(adapter_parameters(models.MIXTRAL_8X7B, 16.0, each) for each in parts) == whole
