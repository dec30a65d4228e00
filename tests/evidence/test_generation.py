import math

import pytest

from isocost.catalog import CatalogError, load
from isocost.evidence.generation import predict_row

ROW = {
    "model": "Llama 3.1 8B",
    "precision": "FP8",
    "gpu": "H200",
    "n_gpus": "1",
    "parallelism": "TP1",
    "isl": "128",
    "osl": "2048",
    "batch_or_concurrency": "max load (in-flight batching)",
    "metric": "output (mixed prefill+decode)",
    "notes": "",
}


@pytest.fixture(scope="module")
def predict():
    catalog = load()
    return lambda **changes: predict_row({**ROW, **changes}, catalog)


# TensorRT-LLM v0.17 and v0.19 perf-overview: points the constants were not fitted to; tokens/s of all GPUs.
UNSEEN = [
    ("Llama 3.1 70B", "FP8", "H200", 1, 128, 128, 4020.75),
    ("Llama 3.1 70B", "FP8", "H200", 2, 500, 2000, 6848.02),
    ("Llama 3.1 70B", "FP8", "H100", 8, 1000, 1000, 11451.16),
    ("Llama 3.1 70B", "FP8", "H200", 8, 20000, 2000, 1920.45),
    ("Llama 3.1 70B", "FP16", "A100-80", 8, 128, 2048, 5241.5),
    ("Llama 3.1 70B", "FP16", "A100-80", 4, 2048, 128, 325.15),
    ("Llama 3.1 70B", "FP8", "L40S", 4, 500, 2000, 1634.72),
    ("Llama 3.1 405B", "FP8", "H200", 8, 2048, 2048, 2940.62),
    ("Mixtral 8x7B", "FP8", "H100", 4, 128, 2048, 41164.73),
    ("Mixtral 8x7B", "FP8", "H200", 2, 5000, 500, 4223.68),
    ("Mixtral 8x7B", "FP16", "A100-80", 4, 1000, 1000, 7122.84),
    ("Llama 3.3 70B", "FP4", "B200", 2, 128, 128, 17867.66),
]


@pytest.mark.parametrize(("model", "precision", "gpu", "tp", "isl", "osl", "total"), UNSEEN)
def test_points_the_fit_never_saw(predict, model, precision, gpu, tp, isl, osl, total):
    found = predict(
        model=model,
        precision=precision,
        gpu=gpu,
        n_gpus=str(tp),
        parallelism=f"TP{tp}",
        isl=str(isl),
        osl=str(osl),
    )
    assert abs(math.log(found.tokens_per_second_per_gpu * tp / total)) < math.log(1.5)


def test_range_surrounds_the_prediction(predict):
    found = predict()
    assert found.p10 < found.tokens_per_second_per_gpu < found.p90
    assert found.p10 < 26221.0 < found.p90, "TensorRT-LLM v1.0"


def test_a_layout_not_stated_is_chosen_and_said(predict):
    found = predict(model="Llama 3.1 70B", n_gpus="8", parallelism="")
    assert "layout not stated" in found.note
    assert (
        found.tokens_per_second_per_gpu
        >= predict(model="Llama 3.1 70B", n_gpus="8", parallelism="TP8").tokens_per_second_per_gpu
    )


def test_concurrency_is_understood(predict):
    wide = {
        "model": "DeepSeek-V3",
        "gpu": "H100",
        "parallelism": "EP72 (9 nodes), attn-DP",
        "metric": "decode",
    }
    each = predict(batch_or_concurrency="32 per GPU", **wide).tokens_per_second_per_gpu
    together = predict(batch_or_concurrency="2,304", **wide).tokens_per_second_per_gpu
    assert each == pytest.approx(together)
    assert predict(batch_or_concurrency="1").tokens_per_second_per_gpu < 400.0


def test_cache_format_follows_the_notes(predict):
    row = {"model": "DeepSeek-R1", "gpu": "B200", "precision": "FP4", "parallelism": "TP8 EP8 attn-DP"}
    narrow = predict(notes="FP8 KV", **row).tokens_per_second_per_gpu
    assert narrow > predict(notes="FP16 KV", **row).tokens_per_second_per_gpu


def test_totals_count_the_prompt_and_prefill_only_the_prompt(predict):
    output = predict(isl="1000", osl="1000").tokens_per_second_per_gpu
    assert predict(isl="1000", osl="1000", metric="total (input+output)").tokens_per_second_per_gpu == (
        pytest.approx(2.0 * output)
    )
    assert predict(isl="1", osl="1", metric="prefill").tokens_per_second_per_gpu > 3.0 * output


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"precision": "fp3"}, "precision: expected one of"),
        ({"isl": "long"}, "isl: expected a number"),
        ({"isl": "-5"}, "isl: expected a positive number"),
        ({"osl": ""}, "osl: is missing"),
        ({"metric": "latency"}, "metric: expected output"),
        ({"model": "Llama 3.1 405B"}, "does not fit"),
        ({"model": "Llama 3.1 405B", "parallelism": ""}, "does not fit"),
        ({"gpu": "H2OO"}, "H2OO"),
    ],
)
def test_what_is_wrong_is_named(predict, changes, said):
    with pytest.raises(CatalogError, match=said):
        predict(**changes)


def test_a_degree_of_none_is_refused_in_a_sentence(predict):
    with pytest.raises(CatalogError, match="parallelism: expected degrees of 1 or more"):
        predict(parallelism="TP0")


def test_requests_of_a_deployment_are_shared_by_its_replicas(predict):
    one = predict(batch_or_concurrency="64").tokens_per_second_per_gpu
    four = predict(batch_or_concurrency="256", n_gpus="4").tokens_per_second_per_gpu
    assert four == pytest.approx(one)


def test_stages_count_among_the_accelerators(predict):
    row = {"model": "Llama 3.1 70B", "precision": "BF16", "gpu": "H100", "n_gpus": "4"}
    found = predict(parallelism="TP2 PP2", batch_or_concurrency="32", **row)
    assert (
        0.3
        < found.tokens_per_second_per_gpu
        / predict(parallelism="TP4", batch_or_concurrency="32", **row).tokens_per_second_per_gpu
        < 1.0
    )


def test_engines_that_keep_a_wide_cache_read_more_of_it(predict):
    row = {"isl": "8000", "osl": "2000", "batch_or_concurrency": "64"}
    narrow = predict(framework="TensorRT-LLM 1.0", **row).tokens_per_second_per_gpu
    assert predict(framework="vLLM 0.18.0", **row).tokens_per_second_per_gpu < 0.95 * narrow


def test_four_bit_weights_multiplied_in_sixteen_bits_are_slower_at_prompts(predict):
    row = {"model": "Llama 3.3 70B", "gpu": "B200", "isl": "8000", "osl": "100"}
    narrow = predict(precision="NVFP4", **row).tokens_per_second_per_gpu
    assert predict(precision="INT4", **row).tokens_per_second_per_gpu < 0.7 * narrow


def test_a_label_that_prints_the_product_of_degrees_is_read_as_one_server(predict):
    row = {"model": "DeepSeek-R1", "gpu": "B200", "precision": "FP8", "batch_or_concurrency": "16"}
    row |= {"isl": "1024", "osl": "1024", "framework": "SGLang"}
    one = predict(parallelism="TP8", n_gpus="8", **row)
    found = predict(parallelism="TP64 EP8", n_gpus="64", **row)
    assert found.tokens_per_second_per_gpu == pytest.approx(one.tokens_per_second_per_gpu / 8.0)
    assert "8 accelerators" in found.note
    assert predict(parallelism="TP8 EP8", n_gpus="8", **row).note == ""


THEIRS = "github.com/ai-dynamo/aiconfigurator systems/silicon_sample.csv"


def test_a_table_that_prints_products_prints_them_of_small_degrees_too(predict):
    row = {"model": "gpt-oss-120b", "gpu": "H200", "precision": "FP4", "batch_or_concurrency": "16"}
    row |= {"isl": "1024", "osl": "1024", "framework": "TensorRT-LLM"}
    one = predict(parallelism="TP2", n_gpus="2", **row)
    found = predict(parallelism="TP4 EP2", n_gpus="4", source=THEIRS, **row)
    assert found.tokens_per_second_per_gpu == pytest.approx(one.tokens_per_second_per_gpu / 2.0)
    assert predict(parallelism="TP4 EP2", n_gpus="4", **row).note == "", "another's table says what it means"


def test_attention_both_ways_is_printed_as_a_product_too(predict):
    row = {"model": "Kimi K2", "gpu": "B200", "precision": "NVFP4", "batch_or_concurrency": "64"}
    row |= {"isl": "1024", "osl": "1024", "framework": "vLLM 0.17.0"}
    four = predict(parallelism="DP4 EP4", n_gpus="4", **row)
    found = predict(parallelism="DP4 TP4 EP16", n_gpus="16", source=THEIRS, **row)
    assert found.tokens_per_second_per_gpu == pytest.approx(four.tokens_per_second_per_gpu / 4.0)
    assert predict(parallelism="DP4 TP4 EP16", n_gpus="16", **row).note == ""


def test_checkpoints_in_nvfp4_ask_for_a_narrow_cache(predict):
    row = {"model": "Llama 3.3 70B", "gpu": "B200", "parallelism": "TP1", "framework": "vLLM 0.18.0"}
    row |= {"isl": "8000", "osl": "2000", "batch_or_concurrency": "32", "precision": "NVFP4"}
    asked = predict(**row).tokens_per_second_per_gpu
    assert asked == predict(notes="FP8 KV", **row).tokens_per_second_per_gpu
    assert asked > predict(notes="BF16 KV", **row).tokens_per_second_per_gpu


def test_awq_narrows_attention_too_and_fits_where_it_is_said_to(predict):
    row = {
        "model": "Llama 3.3 70B",
        "gpu": "RTX 4090",
        "n_gpus": "2",
        "parallelism": "PP2",
        "notes": "FP8 KV",
    }
    row |= {"isl": "1000", "osl": "1000", "batch_or_concurrency": "max", "framework": "vLLM"}
    measured = 233.95 / 2  # github.com/cloudrift-ai/server-benchmark, 2025-10
    assert abs(math.log(predict(precision="AWQ", **row).tokens_per_second_per_gpu / measured)) < math.log(1.6)


def test_one_request_on_a_consumer_card_is_bound_by_its_memory(predict):
    row = {"model": "Qwen3 8B", "gpu": "RTX 4090", "isl": "100", "osl": "300", "batch_or_concurrency": "1"}
    found = predict(precision="BF16", parallelism="TP1", framework="vLLM", **row)
    assert found.tokens_per_second_per_gpu == pytest.approx(58.7, rel=0.16), "github.com/AlexsJones/llmfit"


def test_weights_released_in_four_bits_stay_so_where_a_table_says_eight(predict):
    row = {"model": "gpt-oss-120b", "gpu": "H100", "n_gpus": "1", "parallelism": "TP1", "isl": "1024"}
    row |= {"osl": "1024", "batch_or_concurrency": "8", "framework": "vLLM"}
    stated = predict(precision="FP8", **row).tokens_per_second_per_gpu
    assert stated == pytest.approx(predict(precision="MXFP4", **row).tokens_per_second_per_gpu, rel=0.2), (
        "117 GB of weights in 8 bits would not fit"
    )


def test_older_software_serves_a_mixture_more_slowly(predict):
    row = {"model": "Qwen3-235B-A22B", "gpu": "H200", "n_gpus": "4", "parallelism": "TP4", "isl": "1024"}
    row |= {"osl": "1024", "batch_or_concurrency": "32", "framework": "SGLang"}
    old, young, undated = (
        predict(date=date, **row).tokens_per_second_per_gpu for date in ("2025-10-01", "2026-06-01", "")
    )
    assert 1.05 < young / old < 1.4
    assert undated == young
    dense = row | {"model": "Llama 3.1 70B"}
    assert predict(date="2025-10-01", **dense) == predict(date="2026-06-01", **dense)


BURST = {
    "model": "Qwen3 14B",
    "precision": "BF16",
    "gpu": "H100",
    "isl": "217",
    "osl": "202",
    "framework": "vLLM",
}


@pytest.mark.parametrize(
    ("load_", "notes", "requests"),
    [
        ("1,000 prompts at once", "", 1000),
        ("burst of 1000 requests", "", 1000),
        ("rate inf", "1000 prompts", 1000),
        ("inf", "", 1000),
        ("request_rate=inf", "", 1000),
        ("1000", "1000 requests at once", 1000),
        ("200 (rate=inf)", "", 200),
        ("200", "all at once", 200),
    ],
)
def test_a_burst_is_read_from_its_words(predict, load_, notes, requests):
    found = predict(**BURST, batch_or_concurrency=load_, notes=notes)
    assert f"{requests:,} requests to a replica at once" in found.note
    steady = predict(**BURST)
    assert steady.note == ""
    assert found.tokens_per_second_per_gpu <= steady.tokens_per_second_per_gpu


@pytest.mark.parametrize(("load_", "notes"), [("32", "rate inf, 1000 prompts"), ("max load", ""), ("", "")])
def test_a_load_whose_number_running_is_stated_is_no_burst(predict, load_, notes):
    assert "at once" not in predict(**BURST, batch_or_concurrency=load_, notes=notes).note


def test_answers_of_sharegpt_vary(predict):
    alike = predict(**BURST, batch_or_concurrency="1000 at once")
    vary = predict(**BURST, batch_or_concurrency="1000 at once", notes="ShareGPT")
    assert vary.tokens_per_second_per_gpu < 0.8 * alike.tokens_per_second_per_gpu
    measured = 3174.0  # vLLM 0.11, gpustack's performance lab
    assert abs(math.log(vary.tokens_per_second_per_gpu / measured)) < math.log(1.5)


def test_a_burst_is_shared_out_over_replicas(predict):
    one = predict(**BURST, batch_or_concurrency="250 at once").tokens_per_second_per_gpu
    four = predict(**BURST, batch_or_concurrency="1000 at once", n_gpus="4").tokens_per_second_per_gpu
    assert four == pytest.approx(one)
