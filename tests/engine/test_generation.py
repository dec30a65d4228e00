from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from isocost.catalog import load
from isocost.catalog.constants.physics.serving import read_serving
from isocost.catalog.entries.measured_generation import measured_generation
from isocost.catalog.errors import CatalogError
from isocost.engine.architecture import kv_elements_per_token
from isocost.engine.generation import step as g
from isocost.engine.generation.deployment import Format, Replica, Speculation
from isocost.engine.generation.serving import (
    best_replica,
    candidate_replicas,
    generation_rate,
    prefill_rate,
    serve,
)
from isocost.evidence.generation import parse_parallelism, predicted_rates
from tests.engine import shapes_of_models as models
from tests.engine.machines import H100

H800 = replace(H100, id="h800-sxm", name="H800 SXM", scaleup_bandwidth=200e9)
V3 = models.DEEPSEEK_V3
VENDOR = load().constants.serving.constants("vendor")
OPEN = load().constants.serving.constants("open")
FRONTIER = load().constants.serving.constants("frontier")
FP8 = Format("fp8", "bf16")
BF16 = Format()
MTP = Speculation(1.0, 0.85)


def decode(ep, per_gpu, context, **more):
    step = g.step_time(
        V3, H800, Replica(ep=ep), FP8, FRONTIER, sequences=per_gpu * ep, context=context, **more
    )
    return float(step.total)


def test_deepseek_production_decode():
    seconds = decode(144.0, 88.0, 4989.0)
    assert seconds == pytest.approx(49.2e-3, rel=0.002)
    assert 88.0 / seconds == pytest.approx(1788.0, rel=0.002)
    assert 88.0 / seconds == pytest.approx(1850.0, rel=0.05), "published"


def test_where_deepseeks_decode_step_goes():
    step = g.step_time(V3, H800, Replica(ep=144.0), FP8, FRONTIER, sequences=88.0 * 144, context=4989.0)
    assert float(step.weights) == pytest.approx(9.2e-3, rel=0.01)
    assert float(step.cache) == pytest.approx(13.2e-3, rel=0.01)
    assert float(step.matmul + step.attention) == pytest.approx(20.2e-3, rel=0.01)
    assert float(step.communication) == pytest.approx(21.9e-3, rel=0.01)
    assert float(step.fixed) == pytest.approx(4.9e-3, rel=0.01)


@pytest.mark.parametrize(
    ("per_gpu", "context", "milliseconds", "rate", "with_mtp"),
    [(16, 7000, 23.9, 42, 64), (4, 12000, 19.0, 53, 89), (1, 20000, 16.8, 60, 104)],
)
def test_r1_rollout_decode(per_gpu, context, milliseconds, rate, with_mtp):
    seconds = decode(64.0, float(per_gpu), float(context))
    assert seconds * 1e3 == pytest.approx(milliseconds, rel=0.005)
    assert 1.0 / seconds == pytest.approx(rate, rel=0.01)
    drafted = decode(64.0, float(per_gpu), float(context), speculation=MTP)
    assert MTP.tokens_per_step / drafted == pytest.approx(with_mtp, rel=0.05)


def test_weights_of_wide_expert_parallelism():
    assert float(g.expert_parameters(V3)) == pytest.approx(653.9e9, rel=1e-3)
    dense, experts = g.weight_bytes_read(V3, Replica(ep=64.0), "fp8", 1e6)
    assert float(dense + experts) == pytest.approx(27.3e9, rel=0.005)


@pytest.mark.parametrize(
    ("model", "elements"),
    [
        (models.LLAMA3_8B, 65_536),
        (models.LLAMA3_70B, 163_840),
        (models.LLAMA31_405B, 258_048),
        (models.QWEN3_30B_A3B, 49_152),
        (V3, 35_136),
    ],
)
def test_cache_of_a_token(model, elements):
    assert kv_elements_per_token(model) == elements
    assert float(g.cache_bytes_per_sequence(model, 1.0, "bf16")) == 2 * elements


def test_cache_of_windowed_layers_stops_at_the_window():
    oss = models.GPT_OSS_120B
    short, long = (float(g.cache_bytes_per_sequence(oss, c, "bf16")) for c in (128.0, 10_128.0))
    per_layer = 2.0 * kv_elements_per_token(oss) / oss.layers
    assert long - short == pytest.approx(10_000 * 18 * per_layer)


def test_absorbed_attention_costs_more_arithmetic_than_plain():
    assert float(g.decode_attention_flops(V3, 1000.0)) == pytest.approx(2 * 128 * 1088 * 61 * 1000)
    assert float(g.decode_attention_flops(models.LLAMA3_8B, 1000.0)) == pytest.approx(
        4 * 32 * 128 * 32 * 1000
    )


def test_expert_coverage():
    assert float(g.expert_coverage(V3, 1.0)) == pytest.approx(8 / 256)
    assert float(g.expert_coverage(V3, 3 * 256 / 8)) > 0.95
    assert float(g.expert_coverage(models.LLAMA3_8B, 1.0)) == 1.0


def test_key_value_heads_divide_only_as_far_as_they_go():
    assert float(g.cache_split(models.QWEN3_30B_A3B, 8.0)) == 4.0
    assert float(g.cache_split(V3, 8.0)) == 1.0


def test_formats_the_chip_lacks_save_memory_not_arithmetic():
    a100 = replace(H100, peak_flops={"bf16": 312e12})
    assert g.generating_peak(a100, "fp8") == (312e12, "bf16")
    assert g.generating_peak(H100, "fp4") == (H100.peak_flops["bf16"], "bf16"), "MXFP4 on Hopper"
    with pytest.raises(ValueError, match="16-bit"):
        g.generating_peak(replace(H100, peak_flops={"fp32": 1e12}), "bf16")


@given(st.floats(1, 2000), st.floats(64, 60_000))
def test_steps_grow_with_batch_and_context_and_throughput_grows_with_batch(sequences, context):
    def total(n, c):
        return float(
            g.step_time(models.LLAMA3_70B, H100, Replica(8.0), BF16, VENDOR, sequences=n, context=c).total
        )

    base = total(sequences, context)
    assert total(sequences * 1.5, context) > base
    assert total(sequences, context * 1.5) > base
    assert sequences * 1.5 / total(sequences * 1.5, context) > sequences / base


def test_a_lone_sequence_waits_for_the_weights():
    step = g.step_time(models.LLAMA3_8B, H100, Replica(), BF16, VENDOR, sequences=1.0, context=500.0)
    assert float(step.weights) > 0.5 * float(step.total)


def test_arrays_give_what_their_elements_give():
    batch = np.array([1.0, 16.0, 256.0])
    together = g.step_time(V3, H800, Replica(ep=64.0), FP8, FRONTIER, sequences=batch, context=2000.0).total
    alone = [
        float(g.step_time(V3, H800, Replica(ep=64.0), FP8, FRONTIER, sequences=b, context=2000.0).total)
        for b in batch
    ]
    assert np.asarray(together) == pytest.approx(alone)


def test_four_bit_mixtures_keep_their_attention_wide():
    """gpt-oss-120b in MXFP4 is a file of 65 GB; all of it in four bits would be 63."""
    oss = models.GPT_OSS_120B
    held = float(g.weight_bytes_held(oss, Replica(), "fp4"))
    assert 65e9 < held < 72e9
    assert g.attention_precision(models.LLAMA3_70B, "fp4") == "fp4"


def test_a_prompt_among_few_requests_does_not_make_every_step_read_all_experts():
    """gpt-oss-20b, H100, one request of 1,834 and 108 tokens: 281 tokens/s in decode, about 264 in all."""
    catalog = load()
    t, a = catalog.model("gpt-oss-20b").transformer, catalog.accelerator("h100-sxm").spec
    served = serve(
        t, a, Replica(), Format("fp4", "bf16"), VENDOR, prompt=1834.0, output=108.0, concurrency=1.0
    )
    assert float(served.tokens_per_second_per_gpu) == pytest.approx(264.0, rel=0.2)


def test_one_request_on_a_consumer_card_streams_the_weights():
    """Qwen3-8B in 16 bits on an RTX 4090: 58.7 tokens/s (llmfit, pull request 1046)."""
    catalog = load()
    t, a = catalog.model("Qwen3-8B").transformer, catalog.accelerator("rtx4090").spec
    served = serve(t, a, Replica(), BF16, VENDOR, prompt=128.0, output=512.0, concurrency=1.0)
    assert float(served.tokens_per_second_per_gpu) == pytest.approx(58.7, rel=0.16)


def test_stages_hold_more_and_are_no_faster_alone():
    def at(replica, concurrency):
        served = serve(
            models.LLAMA3_70B, H100, replica, BF16, VENDOR,
            prompt=1000.0, output=1000.0, concurrency=concurrency,
        )  # fmt: skip
        return float(served.tokens_per_second_per_user), float(served.sequences)

    assert at(Replica(1.0), 8.0) == (0.0, 0.0), "141 GB do not fit into 80"
    assert at(Replica(1.0, pp=2.0), None)[1] > 8.0
    assert at(Replica(4.0), 1.0)[0] > 1.5 * at(Replica(2.0, pp=2.0), 1.0)[0]
    small = serve(models.LLAMA3_8B, H100, Replica(), BF16, VENDOR, prompt=99.0, output=99.0, concurrency=8.0)
    twice = serve(
        models.LLAMA3_8B, H100, Replica(pp=2.0), BF16, VENDOR, prompt=99.0, output=99.0, concurrency=16.0
    )
    assert float(twice.tokens_per_second_per_gpu) == pytest.approx(float(small.tokens_per_second_per_gpu))


def test_text_without_a_prompt_only_decodes():
    both = [
        float(
            serve(
                models.GPT_OSS_120B, H100, Replica(2.0), Format("fp4", "bf16"), VENDOR,
                prompt=0.0, output=500.0, concurrency=8.0, disaggregated=alone,
            ).tokens_per_second_per_gpu
        )
        for alone in (False, True)
    ]  # fmt: skip
    assert both[0] > 0.0
    assert both[0] == pytest.approx(both[1])


@pytest.mark.parametrize("prompt", [100.0, 1024.0, 8192.0, 40_000.0])
@pytest.mark.parametrize("concurrency", [1.0, 7.0, 500.0])
def test_longer_prompts_never_speed_up_output(prompt, concurrency):
    def rate(length):
        return float(
            serve(
                models.QWEN3_30B_A3B, H100, Replica(2.0), BF16, VENDOR,
                prompt=length, output=700.0, concurrency=concurrency,
            ).tokens_per_second_per_gpu
        )  # fmt: skip

    assert rate(1.2 * prompt) < rate(prompt)


def test_speculation():
    assert Speculation(0.0).tokens_per_step == 1.0
    assert MTP.tokens_per_step == pytest.approx(1.85)
    assert Speculation(3.0, 0.5, fading=1.0).tokens_per_step == pytest.approx(1.875)
    assert Speculation(1.5).tokens_per_step == pytest.approx(1.85 + 0.5 * 0.85 * 0.595)


def test_three_drafts_make_r1_as_much_faster_as_published():
    """2.16 times at one request, 1,024 in and 2,048 out, eight B200 (TensorRT-LLM, tech blog 2, figure 7)."""
    b200 = load().accelerator("b200").spec
    plain, drafted = (
        float(
            serve(
                V3, b200, Replica(8.0), Format("fp4", "fp8"), VENDOR,
                prompt=1024.0, output=2048.0, concurrency=1.0, speculation=Speculation(drafts),
            ).tokens_per_second_per_user
        )
        for drafts in (0.0, 3.0)
    )  # fmt: skip
    assert drafted / plain == pytest.approx(2.16, rel=0.1)


def test_drafts_pay_at_small_batches_and_less_at_large_ones():
    def gain(per_gpu):
        return 1.85 * decode(64.0, per_gpu, 4000.0) / decode(64.0, per_gpu, 4000.0, speculation=MTP)

    assert gain(2.0) == pytest.approx(1.6, abs=0.2), "SGLang measured +60 % at two requests per GPU"
    assert 0.9 < gain(128.0) < 1.2, "and +14 % at 128"


def test_memory_limits_concurrency():
    fits = float(g.sequences_that_fit(models.LLAMA3_70B, H100, Replica(8.0), BF16, 8192.0, VENDOR))
    longer = float(g.sequences_that_fit(models.LLAMA3_70B, H100, Replica(8.0), BF16, 16384.0, VENDOR))
    assert fits == pytest.approx(2.0 * longer)
    assert float(g.sequences_that_fit(models.LLAMA3_70B, H100, Replica(1.0), BF16, 8192.0, VENDOR)) == 0.0


def test_what_does_not_fit_serves_nothing():
    served = serve(models.LLAMA31_405B, H100, Replica(4.0), BF16, VENDOR, prompt=1000.0, output=1000.0)
    assert float(served.tokens_per_second_per_gpu) == 0.0
    with pytest.raises(ValueError, match="does not fit on 4 x H100"):
        best_replica(models.LLAMA31_405B, H100, BF16, VENDOR, prompt=1000.0, output=1000.0, gpus=4.0)


def test_long_prompts_cost_output():
    def rate(prompt, disaggregated=False):
        return float(
            serve(
                models.LLAMA3_8B, H100, Replica(), BF16, VENDOR,
                prompt=prompt, output=500.0, concurrency=64.0, disaggregated=disaggregated,
            ).tokens_per_second_per_gpu
        )  # fmt: skip

    assert rate(4000.0) < rate(500.0)
    assert rate(4000.0, disaggregated=True) > rate(4000.0)


def test_best_layout_is_no_worse_than_any_candidate():
    best, served = best_replica(V3, H800, FP8, FRONTIER, prompt=2000.0, output=1000.0, gpus=256.0)
    assert float(best.ep) > 8.0, "a mixture this large is served by wide expert parallelism"
    for other in candidate_replicas(V3, H800, 256.0):
        rate = serve(V3, H800, other, FP8, FRONTIER, prompt=2000.0, output=1000.0).tokens_per_second_per_gpu
        assert float(served.tokens_per_second_per_gpu) >= float(rate)


def test_a_wanted_speed_per_user_narrows_the_choice():
    model, load_ = models.LLAMA3_70B, {"prompt": 1000.0, "output": 1000.0, "gpus": 8.0, "concurrency": 32.0}
    fast = best_replica(model, H100, BF16, VENDOR, user_rate=40.0, **load_)[1]
    cheap = best_replica(model, H100, BF16, VENDOR, **load_)[1]
    assert float(fast.tokens_per_second_per_user) >= 40.0
    assert float(cheap.tokens_per_second_per_gpu) >= float(fast.tokens_per_second_per_gpu)


def test_prefill_runs_near_the_matmul_limit():
    rate = float(
        prefill_rate(
            models.LLAMA3_70B,
            H100,
            Replica(4.0),
            Format("fp8", "fp8"),
            VENDOR,
            prompt=2048.0,
            batch_tokens=8192.0,
        )
    )
    assert 0.3 < rate * 2 * 70e9 / 1979e12 < 0.6
    cached = generation_rate(
        models.LLAMA3_70B, H100, Replica(4.0), Format("fp8", "fp8"), VENDOR,
        phase="prefill", prompt=2048.0, output=1.0, cache_hits=0.5,
    )  # fmt: skip
    assert cached > 1.8 * rate


@pytest.mark.parametrize(
    ("text", "tp", "ep", "drafts"),
    [
        ("TP1", 1, 1, 0),
        ("TP8 EP2 MTP3", 8, 1, 3),
        ("TP8 EP8 attn-DP", 1, 8, 0),
        ("EP144 decode (18 nodes), MTP in service", 1, 144, 1),
        ("TP16 baseline", 16, 1, 0),
        ("8-GPU decode instance", 1, 8, 0),
        ("4-rank prefill; NVFP4 MoE", 1, 4, 0),
        ("TP8 on 8xB300, no MTP", 8, 1, 0),
        ("TP8 on 8xB300, MTP=1", 8, 1, 1),
        ("disaggregated DEP2 prefill", 1, 2, 0),
        ("DP8 EP8", 1, 8, 0),
        ("DP4 TP4 EP16", 4, 16, 0),
    ],
)
def test_published_layout_labels(text, tp, ep, drafts):
    replica, drafted = parse_parallelism(text)
    assert (replica.tp, max(replica.ep, 1.0), drafted) == (tp, ep, drafts)


def test_stages_of_a_label():
    assert parse_parallelism("TP2 PP4") == (Replica(2.0, pp=4.0), 0.0)
    assert float(parse_parallelism("PP2")[0].gpus) == 2.0


@pytest.mark.parametrize("apart", [False, True])
def test_measured_throughput_is_predicted(apart):
    accuracy = load().constants.serving.accuracy
    score = accuracy.kept_apart if apart else accuracy.in_sample
    rows = [row for row in measured_generation() if row.apart == apart]
    rates = predicted_rates(rows, load(), {"vendor": VENDOR, "open": OPEN})
    errors = np.log(rates / [row.tokens_per_second_per_gpu for row in rows])
    assert len(errors) == score.rows
    assert np.median(np.abs(np.expm1(errors))) == pytest.approx(score.median_error, abs=0.002)
    assert np.exp(np.median(np.abs(errors))) <= (1.22 if apart else 1.15)
    assert np.mean(np.abs(errors) < np.log(2.0)) >= 0.92


def test_groups_never_seen_are_predicted():
    accuracy = load().constants.serving.accuracy
    assert accuracy.pairs_held_out.median_factor <= 1.2
    assert accuracy.pairs_held_out.within_2x >= 0.92
    for held_out in (accuracy.generations_held_out, accuracy.families_held_out):
        assert held_out.median_factor <= 1.25
        assert held_out.within_2x >= 0.90


def test_models_whose_8_bit_checkpoints_have_a_scale_a_block_are_known():
    """Qwen/Qwen3-32B-FP8 has blocks of 128 x 128, NVIDIA's of Llama a scale a matrix."""
    serving = load().constants.serving
    named = {name: serving.format(load().model(name).transformer, "fp8") for name in serving.blocks.models}
    assert all(fmt.blocks for fmt in named.values()), "each is a model of the catalogue"
    assert not serving.format(load().model("Llama 3.1 8B").transformer, "fp8").blocks


def test_spreads_widen_with_ignorance():
    serving = load().constants.serving
    dense = serving.spread_of(models.LLAMA3_8B, H100, Replica())
    mixture = serving.spread_of(models.QWEN3_30B_A3B, H100, Replica())
    wide = serving.spread_of(V3, H100, Replica(ep=32.0))
    unseen = serving.spread_of(models.LLAMA3_8B, replace(H100, architecture="TPU"), Replica())
    assert [s.p10 < 1.0 < s.p90 for s in (dense, mixture, wide, unseen)] == [True] * 4
    assert dense.p90 / dense.p10 < min(s.p90 / s.p10 for s in (mixture, wide, unseen))


def fixed_of(t, a, fmt):
    return float(g.step_time(t, a, Replica(8.0), fmt, VENDOR, sequences=1.0, context=100.0).fixed)


def test_layers_wait_for_as_many_kernels_as_they_have():
    h100, b200 = (load().accelerator(name).spec for name in ("h100-sxm", "b200"))
    oss = models.GPT_OSS_120B
    assert fixed_of(V3, b200, Format("fp8")) > fixed_of(V3, b200, Format("fp4")), "activations are scaled"
    assert fixed_of(oss, h100, Format("fp4")) > fixed_of(oss, b200, Format("fp4")), "weights are unpacked"
    dense = models.LLAMA3_70B
    assert fixed_of(dense, h100, Format("fp8")) == fixed_of(dense, h100, BF16), "scales of whole matrices"
    scaled = fixed_of(dense, h100, Format("fp8", blocks=True)) - fixed_of(dense, h100, Format("fp8"))
    assert scaled == pytest.approx(dense.layers * VENDOR.scaled_layer_seconds)
    assert fixed_of(dense, h100, Format("bf16", blocks=True)) == fixed_of(dense, h100, BF16)
    plain = replace(V3, attention="gqa", kv_heads=8.0)
    assert fixed_of(V3, b200, BF16) - fixed_of(plain, b200, BF16) == pytest.approx(
        V3.layers * VENDOR.latent_layer_seconds
    )
    sparse = replace(V3, index_layers=V3.layers, index_heads=64.0, index_dim=128.0)
    assert fixed_of(sparse, b200, BF16) > fixed_of(V3, b200, BF16)


@pytest.mark.parametrize(("tokens", "held_up"), [(64.0, True), (65_536.0, False)])
def test_no_step_that_reads_prompts_is_shorter_than_its_launches(tokens, held_up):
    t = models.LLAMA3_8B
    step, free = (
        float(g.step_time(t, H100, Replica(), FP8, c, prompt_tokens=tokens, prompt=tokens).total)
        for c in (VENDOR, replace(VENDOR, prompt_layer_seconds=0.0))
    )
    assert (step > free) is held_up
    if held_up:
        assert step == pytest.approx(t.layers * VENDOR.prompt_layer_seconds, rel=0.01)


PARTS = ("h100-sxm", "b200", "gb300", "mi300x", "a100-sxm-80gb", "rtx4090", "gb10", "gaudi3", "tpu-v6e")
SHAPES = ("Llama 3.1 8B", "Llama 3.1 70B", "gpt-oss-20b", "Qwen3-30B-A3B", "DeepSeek-V3", "GLM-5")


@given(
    st.sampled_from(SHAPES),
    st.sampled_from(PARTS),
    st.sampled_from(("bf16", "fp8", "fp4")),
    st.sampled_from((1.0, 2.0, 8.0, 16.0)),
    st.sampled_from((VENDOR, OPEN)),
    st.floats(16, 30_000),
    st.floats(16, 30_000),
)
def test_nothing_is_faster_than_its_memory_or_its_arithmetic(model, part, weights, tp, c, prompt, output):
    t, a = load().model(model).transformer, load().accelerator(part).spec
    replica, fmt, running = Replica(tp), Format(weights), np.array([1.0, 4.0, 16.0, 64.0, 256.0, 1024.0])
    found = serve(t, a, replica, fmt, c, prompt=prompt, output=output, concurrency=running)
    rate, user = np.asarray(found.tokens_per_second_per_gpu), np.asarray(found.tokens_per_second_per_user)
    fits = rate > 0.0
    if not fits.any():
        return
    read = sum(float(each) for each in g.weight_bytes_read(t, replica, weights, 1.0))
    assert user[fits].max() * read <= a.memory_bandwidth
    work = 2.0 * g.counted(t).active_matmul * (1.0 + prompt / output)
    assert rate.max() * work <= max(a.peak_flops.values())
    assert np.all(np.diff(rate[fits]) >= -0.03 * rate[fits][:-1]), "more at once is hardly slower"
    assert np.all(np.diff(user[fits]) <= 1e-9), "and no faster for each"


def test_spreads_narrow_beside_measured_runs():
    catalog = load()
    serving = catalog.constants.serving
    for model, near, far in (("Llama 3.1 70B", "h200-sxm", "mi300x"), ("gpt-oss-120b", "h200-sxm", "mi300x")):
        t = catalog.model(model).transformer
        beside, away = (
            serving.spread_of(t, catalog.accelerator(name).spec, Replica()) for name in (near, far)
        )
        assert beside.p90 / beside.p10 < away.p90 / away.p10


def test_serving_file_complaints_name_what_is_wrong():
    with pytest.raises(CatalogError, match=r"serving\.yaml"):
        read_serving("serving: {}")


def test_a_recurrent_state_is_held_and_read_and_written_back():
    hybrid = load().model("Qwen3.5-27B").transformer
    state = 48 * 6144 * 128 * 4.0
    assert g.state_bytes(hybrid) == pytest.approx(state)
    attention = 16 * 2 * 4 * 256 * 2.0  # bytes a token of its full-attention layers
    assert float(g.cache_bytes_per_sequence(hybrid, 1000.0, "bf16")) == pytest.approx(
        state + 1000 * attention
    )
    assert float(g.cache_bytes_read(hybrid, 1000.0, "bf16")) == pytest.approx(2 * state + 1000 * attention)
    assert g.state_bytes(models.LLAMA3_8B) == 0.0


def test_products_follow_what_the_part_was_measured_to_reach():
    cool = replace(H100, measured_flops={"bf16": 0.8 * H100.peak_flops["bf16"]})
    hot = replace(H100, measured_flops={"bf16": 0.4 * H100.peak_flops["bf16"]})
    assert g.matmul_rate(cool, "bf16", VENDOR) == pytest.approx(2.0 * g.matmul_rate(hot, "bf16", VENDOR))
    assert g.matmul_rate(cool, "fp8", VENDOR) == pytest.approx(2.0 * g.matmul_rate(hot, "fp8", VENDOR))
    assert g.reached(H100, "bf16") == g.REACHED


def test_cards_without_a_fast_link_meet_over_pcie():
    bridged = replace(H100, scaleup_domain=2)
    card = replace(H100, scaleup_bandwidth=32e9)
    pair, four = (float(g.group_bandwidth(bridged, n, OPEN)) for n in (2.0, 4.0))
    assert four < 0.1 * pair, "beyond the bridge"
    assert four == pytest.approx(float(g.group_bandwidth(card, 4.0, OPEN)))
    slow, fast = (
        float(g.step_time(models.LLAMA3_70B, a, Replica(4.0), FP8, OPEN, sequences=1.0, context=500.0).total)
        for a in (card, H100)
    )
    assert slow - fast > 0.8 * 160 * (OPEN.host_seconds - OPEN.collective_seconds), "80 layers, two each"


def test_an_all_reduce_uses_every_network_card_of_a_server():
    over = float(g.reducing_bandwidth(H100, 16.0, VENDOR))
    assert over == pytest.approx(8.0 * float(g.group_bandwidth(H100, 16.0, VENDOR)), rel=0.3)
    assert over <= float(g.group_bandwidth(H100, 8.0, VENDOR))


def test_open_engines_are_slower_when_full_and_alike_when_idle():
    def rate(c, n):
        served = serve(
            models.LLAMA3_8B, H100, Replica(), BF16, c, prompt=1000.0, output=1000.0, concurrency=n
        )
        return float(served.tokens_per_second_per_gpu)

    assert rate(OPEN, 1.0) == pytest.approx(rate(VENDOR, 1.0), rel=0.15)
    assert rate(OPEN, 256.0) < 0.9 * rate(VENDOR, 256.0)


def test_pages_handed_out_as_they_fill_hold_more_sequences():
    held = [
        float(
            serve(
                models.LLAMA3_70B, H100, Replica(4.0), FP8, replace(VENDOR, reserved=share),
                prompt=100.0, output=4000.0,
            ).sequences
        )
        for share in (1.0, 0.0)
    ]  # fmt: skip
    assert held[1] == pytest.approx(held[0] * 4100.0 / 2100.0)


def test_weights_that_unpack_are_slower_where_arithmetic_binds():
    def seconds(weights, tokens):
        return float(
            g.matmul_seconds(models.LLAMA3_70B, H100, Replica(), Format(weights), OPEN, tokens=tokens)
        )

    assert seconds("int4", 4096.0) > 1.15 * seconds("bf16", 4096.0)
    assert seconds("int4", 4096.0) == pytest.approx(seconds("fp4", 4096.0)), "Hopper multiplies neither"


@given(
    tp=st.sampled_from([1.0, 2.0, 8.0]),
    used=st.floats(0.05, 1.0),
    context=st.floats(500.0, 32_000.0),
)
def test_the_engine_takes_what_it_was_given_room_for(tp, used, context):
    """Weights, cache and runtime come to what the most sequences that fit need, however many run."""
    shape, replica = models.LLAMA3_8B, Replica(tp)
    most = float(g.sequences_that_fit(shape, H100, replica, BF16, context, VENDOR))
    held = g.engine_memory(shape, H100, replica, BF16, VENDOR, sequences=used * most, context=context)
    taken = H100.memory_bytes * g.LABEL_BYTES * VENDOR.memory_share
    assert float(held.cache + held.spare) == pytest.approx(taken - float(held.weights) - VENDOR.runtime_bytes)
    assert float(held.weights) == pytest.approx(2.0 * 8.03e9 / tp, rel=0.01)
    # 32 layers of 8 heads of 128, keys and values, 2 bytes each: 131,072 bytes a token.
    assert float(held.cache) == pytest.approx(used * most * context * 131_072.0 / tp)
