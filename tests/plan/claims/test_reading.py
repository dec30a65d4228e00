"""Claims read from sentences in any order and free units, and whatever else people paste."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isocost.catalog import load
from isocost.catalog.entries.models import from_scratch
from isocost.plan.claims.claim import Claim
from isocost.plan.claims.reading import read_claim, read_fields
from isocost.plan.claims.sentence import LARGEST

CATALOG = load()


def told(text: str) -> dict[str, object]:
    """What a sentence tells, by field."""
    claim, blank = read_claim(text, CATALOG).claim, Claim()
    names = [name for name in Claim.__dataclass_fields__ if name != "text"]
    return {name: getattr(claim, name) for name in names if getattr(claim, name) != getattr(blank, name)}


BLOOM = {"model": "BLOOM 176B", "accelerator": "a100-sxm-80gb", "gpu_hours": 1_082_990}
TEN_DAYS = {"accelerator": "h100-sxm", "count": 8, "hours": 240}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "70B from scratch, 8 H100, 18 days, $8,605",
            {
                "job": "pretrain",
                "parameters": 70e9,
                "accelerator": "h100-sxm",
                "count": 8,
                "hours": 432,
                "usd": 8605,
            },
        ),
        ("64x8 A100s", {"accelerator": "a100-sxm-80gb", "count": 512}),
        ("64 servers of 8 H800 for 198 hours", {"accelerator": "h800-sxm", "count": 512, "hours": 198}),
        ("64 nodes of H800", {"accelerator": "h800-sxm", "count": 512}),
        ("H100 x 16", {"accelerator": "h100-sxm", "count": 16}),
        (
            "2.788M H800 hours at $2, $5.576M",
            {"accelerator": "h800-sxm", "gpu_hours": 2.788e6, "usd": 5.576e6, "usd_per_gpu_hour": 2},
        ),
        ("$2 an H800-hour", {"accelerator": "h800-sxm", "usd_per_gpu_hour": 2}),
        (
            "70B at $24 per node-hour on 8 H100",
            {"parameters": 70e9, "accelerator": "h100-sxm", "count": 8, "usd_per_gpu_hour": 3},
        ),
        ("671B-A37B on 14.8T tokens", {"parameters": 671e9, "active": 37e9, "tokens": 14.8e12}),
        ("671B total, 37B active", {"parameters": 671e9, "active": 37e9}),
        (
            "LoRA of 1B tokens of a 7B in 5 h on one 4090",
            {
                "job": "lora",
                "parameters": 7e9,
                "tokens": 1e9,
                "hours": 5,
                "accelerator": "rtx4090",
                "count": 1,
            },
        ),
        (
            "Llama 3.1 405B on 15.6T tokens, 16,384 H100, 54 days",
            {
                "model": "Llama 3.1 405B",
                "tokens": 15.6e12,
                "accelerator": "h100-sxm",
                "count": 16384,
                "hours": 1296,
            },
        ),
        (
            "QLoRA of Llama 3 70B, 3 epochs of 50M tokens, 2 x A100 80GB",
            {
                "job": "qlora",
                "model": "Llama 3.1 70B",
                "epochs": 3,
                "tokens": 50e6,
                "accelerator": "a100-sxm-80gb",
                "count": 2,
            },
        ),
        ("70B on 15T", {"parameters": 70e9, "tokens": 15e12}),
        ("104 A100-days", {"accelerator": "a100-sxm-80gb", "gpu_hours": 2496}),
        ("p5.48xlarge for 3 days", {"accelerator": "h100-sxm", "count": 8, "hours": 72}),
        ("1 022 362 A100 hours", {"accelerator": "a100-sxm-80gb", "gpu_hours": 1022362}),
        ("1.022.362 tokens, 2,5 days", {"tokens": 1_022_362, "hours": 60}),
        ("2.5e12 tokens", {"tokens": 2.5e12}),
        ("2.15e25 FLOP at 40 % MFU", {"flops": 2.15e25, "mfu": 0.4}),
        ("under $50", {"usd": 50, "bound": "at most"}),
        ("more than $100 million", {"usd": 100e6, "bound": "at least"}),
        ("$294,000 in FP8", {"usd": 294000, "precision": "fp8"}),
        ("4,096 TPU v4 for two months", {"accelerator": "tpu-v4", "count": 4096, "hours": 1460}),
        ("$15,000 to $30,000", {"usd": 22500}),
        ("between $15,000 and $30,000", {"usd": 22500}),
        ("14 H100 nodes", {"accelerator": "h100-sxm", "count": 112}),
        ("a H100 node for 3 days", {"accelerator": "h100-sxm", "count": 8, "hours": 72}),
        ("41.6 hours on an 8xH100 node", {"accelerator": "h100-sxm", "count": 8, "hours": 41.6}),
        ("two 8xH100 nodes", {"accelerator": "h100-sxm", "count": 16}),
        ("12 x H800 machines", {"accelerator": "h800-sxm", "count": 96}),
        ("DGX H100 x 4", {"accelerator": "h100-sxm", "count": 32}),
        ("8 GB200 NVL72 racks", {"accelerator": "gb200", "count": 576}),
        ("a TPU v4 pod", {"accelerator": "tpu-v4", "count": 4096}),
        ("Moxin-7B: a 7B for $160,000", {"model": "Moxin 7B", "usd": 160_000}),
        ("Llama 3 8B on 15T", {"model": "Llama 3.1 8B", "tokens": 15e12}),
        ("Sarvam 105B", {"model": "Sarvam 105B-A10B"}),
        ("GPT-4: 1.8T parameters, 280B active", {"parameters": 1.8e12, "active": 280e9}),
        ("Hermes 4 405B", {"model": "Llama 3.1 405B", "job": "sft"}),
        ("DeepSeek-R1 for $294,000", {"model": "DeepSeek-V3", "job": "rl", "usd": 294_000}),
        ("R1 cost $294,000 to train", {"model": "DeepSeek-V3", "job": "rl", "usd": 294_000}),
        ("DeepSeek trained R1-Zero for $200K", {"model": "DeepSeek-V3", "job": "rl", "usd": 200_000}),
        ("DeepSeek's R1: $294,000", {"model": "DeepSeek-V3", "job": "rl", "usd": 294_000}),
        ("Light-R1-32B for $1,000", {"model": "Qwen2.5 32B", "job": "sft", "usd": 1_000}),
        ("LoRA of Hermes 4 405B", {"model": "Llama 3.1 405B", "job": "lora"}),
        ("a 1.1T sparse model", {"parameters": 1.1e12, "sparse": True}),
        ("8xA100 (40GB), 12 hours", {"accelerator": "a100-sxm-40gb", "count": 8, "hours": 12}),
        ("16 A100-40G for a week", {"accelerator": "a100-sxm-40gb", "count": 16, "hours": 168}),
        ("8 H100 over a weekend", {"accelerator": "h100-sxm", "count": 8, "hours": 48}),
        ("8 H100 in two weekends", {"accelerator": "h100-sxm", "count": 8, "hours": 96}),
        ("8 H100 over the weekend", {"accelerator": "h100-sxm", "count": 8, "hours": 48}),
        ("half a day on 8 H200", {"accelerator": "h200-sxm", "count": 8, "hours": 12}),
        ("took a couple of days on 8 H100", {"accelerator": "h100-sxm", "count": 8, "hours": 48}),
        (
            "64 H100 for a fortnight, 32K context",
            {"accelerator": "h100-sxm", "count": 64, "hours": 336, "sequence": 32_768},
        ),
        ("4x4090", {"accelerator": "rtx4090", "count": 4}),
        ("GPT-2 (124M) in 90 minutes", {"model": "GPT-2 124M", "hours": 1.5}),
        ("GPT-3 quality, a 30B for $450,000", {"parameters": 30e9, "usd": 450_000}),
        ("a 13B that beats GPT-3", {"parameters": 13e9}),
        ("a 7B: the 7B on 140B tokens", {"parameters": 7e9, "tokens": 140e9}),
        ("1T parameters, 37B of them active", {"parameters": 1e12, "active": 37e9}),
        ("20 peers of 8 B200", {"accelerator": "b200", "count": 160}),
        ("Open-RS 1.5B for $42", {"model": "Qwen2.5 1.5B", "job": "rl", "usd": 42}),
        (
            "nanochat for $100 on 8 h100 in 4 hours",
            {"model": "nanochat d20", "usd": 100, "accelerator": "h100-sxm", "count": 8, "hours": 4},
        ),
        ("we trained mistral large for $22M", {"model": "Mistral Large", "usd": 22e6}),
        ("bert-large in 4 days", {"model": "BERT-Large", "hours": 96}),
        ("a 7B on 2T tokens, 1.5 crore GPU-hours", {"parameters": 7e9, "tokens": 2e12, "gpu_hours": 1.5e7}),
        (
            "BLOOM: 1,082,990 A100 hours at $3",
            {**BLOOM, "usd_per_gpu_hour": 3},
        ),
        ("8 H100 for 10 days at $2.50", {**TEN_DAYS, "usd_per_gpu_hour": 2.5}),
        ("8 H100 for 10 days at $5,000", {**TEN_DAYS, "usd": 5000}),
        ("32B distilled from R1 for $500", {"parameters": 32e9, "usd": 500, "job": "sft"}),
        ("278.8万 H800 hours", {"accelerator": "h800-sxm", "gpu_hours": 2_788_000}),
        ("a 7B for the price of a limo, $100K", {"parameters": 7e9, "usd": 100_000}),
        ("grok-3 200k h100s", {"model": "Grok-3", "accelerator": "h100-sxm", "count": 200_000}),
        ("bloom 1M a100 hours", {"model": "BLOOM 176B", "accelerator": "a100-sxm-80gb", "gpu_hours": 1e6}),
    ],
)
def test_a_sentence_is_understood(text, wanted):
    assert told(text) == wanted


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("€5M for a 30B", "is taken as $"),
        ("¥5M for a 30B", "US dollars"),
        ("-5 days on 8 H100", "not above zero"),
        ("0 H100 for 3 days", "whole number above zero"),
        ("1e500 tokens", "not a number we can use"),
        ("70B, $5M, or rather $6M", "the first is taken"),
        ("4 to 6 hours", "the middle is taken"),
        ("198 h and 80 h", "added up"),
        ("H100 or A100", "Two accelerators"),
        ("14 H100 nodes", "A server is taken as 8"),
        ("Hermes 4 405B for $1M", "made out of Llama 3.1 405B"),
        ("DeepSeek V4, 1T parameters", "is not the size of DeepSeek-V4-Pro, 1.6T"),
        ("GPT-4 with 1.8T parameters", "is not published"),
        ("a rival of GPT-3, 30B", "is what it is compared with"),
    ],
)
def test_what_is_left_out_or_chosen_is_said(text, part):
    assert any(part in problem for problem in read_claim(text, CATALOG).problems)


@pytest.mark.parametrize(
    ("said", "amount", "code"),
    [
        ("3 yuan", 3, "CNY"), ("RMB 3", 3, "CNY"), ("€5M", 5e6, "EUR"), ("CHF 20M", 20e6, "CHF"),
        ("20 million francs", 20e6, "CHF"), ("Rs. 65", 65, "INR"), ("£2.5k", 2500, "GBP"),
    ],
)  # fmt: skip
def test_other_currencies_are_dollars_at_the_rate_of_the_catalogue(said, amount, code):
    rate = CATALOG.constants.currencies[code].unit
    assert told(f"a 7B for {said}")["usd"] == pytest.approx(rate.usd(amount), abs=0.01)
    problems = read_claim(f"a 7B for {said}", CATALOG).problems
    assert any(rate.date in problem for problem in problems)


def test_a_price_in_another_currency_is_a_price():
    euro = CATALOG.constants.currencies["EUR"].unit
    found = told("H100 at €2 to 4 per GPU-hour")
    assert found["usd_per_gpu_hour"] == pytest.approx(euro.usd(3), abs=0.01)
    assert told("between €2M and €4M")["usd"] == pytest.approx(euro.usd(3e6), abs=0.01)


@pytest.mark.parametrize("text", ["we won 3 prizes and try 8 H100", "¥3 on one H100"])
def test_what_may_be_no_amount_or_one_of_two_currencies_is_none(text):
    assert read_claim(text, CATALOG).claim.usd is None


@pytest.mark.parametrize("amount", ["a few tens of millions of dollars", "a few $10M's"])
def test_an_amount_in_words_is_not_read_and_said(amount):
    found = read_claim(f"Claude 3.5 Sonnet cost {amount}", CATALOG)
    assert found.claim.usd is None
    assert found.unread == (amount,)


def test_an_amount_is_taken_whole_or_not_at_all():
    found = read_claim("$294,000 per year, 7B", CATALOG)
    assert found.claim.usd is None
    assert "294,000" in " ".join(found.unread)


def test_figures_that_are_not_understood_are_named():
    assert read_claim("scored 92.5 on MMLU, 7B, 1,900 tokens/s", CATALOG).unread == ("1,900 tokens/s", "92.5")


def test_fields_of_a_file_take_free_units():
    found = read_fields(
        {"model": "70B", "tokens": "1.4T", "accelerator": "H100", "count": 8, "days": 18, "usd": "$8,605"},
        CATALOG,
    ).claim
    assert (found.parameters, found.tokens, found.count, found.hours, found.usd) == (
        70e9,
        1.4e12,
        8,
        432,
        8605,
    )
    assert read_fields({"colour": "red 3", "days": 2}, CATALOG).unread == ("colour: red 3",)


def test_every_accelerator_is_found_under_its_short_name_beside_a_number():
    for key, entry in CATALOG.accelerators.items():
        found = read_claim(f"trained on 8 {entry.short_name} for 3 days", CATALOG).claim
        assert (found.accelerator, found.count, found.hours) == (key, 8, 72), entry.short_name


FRAGMENTS = st.sampled_from(
    ["70B", "8 H100", "$", "$8,605", "18 days", "1e308", "-3", "0", "tokens", "14.8T tokens", "per",
     "GPU-hours",
     "2.788M H800 hours", "x", "64x8", "%", "MFU", "a", "one", "A100s", "/h", "€", "NaN", "inf", "²", "٣",
    "١٢ H100",
     "\x00", "\u202e", "9" * 50, "1,2,3", "1.2.3", "5e-324 tokens", "LoRA", "Llama 3 8B", "of 8", "nodes",
    "to", "~"]
)  # fmt: skip


@given(st.one_of(st.text(max_size=200), st.lists(FRAGMENTS, max_size=12).map(" ".join)))
@settings(max_examples=150, deadline=None)
def test_any_text_is_read_without_raising_and_gives_usable_numbers(text):
    claim = read_claim(text, CATALOG).claim
    for name in (
        "parameters",
        "active",
        "tokens",
        "epochs",
        "count",
        "hours",
        "gpu_hours",
        "usd",
        "flops",
        "mfu",
    ):
        value = getattr(claim, name)
        assert value is None or (math.isfinite(value) and 0 < value <= LARGEST * 1e4), name


def test_a_long_paste_is_cut_and_said():
    found = read_claim("7B " + "1,234 " * 5000, CATALOG)
    assert found.claim.parameters == 7e9
    assert any("first 2,000" in problem for problem in found.problems)


@pytest.mark.parametrize(
    ("text", "job", "model"),
    [
        ("Sky-T1-32B for $450, 19 hours on 8 H100", "sft", "Qwen2.5 32B"),
        ("Zephyr 7B beta on 16 A100 in 4 hours", "sft", "Mistral 7B"),
        ("LIMO 32B on 16 H100", "sft", "Qwen2.5 32B"),
        ("OpenThinker 32B on 128 H100 for 1 day", "sft", "Qwen2.5 32B"),
        ("Tulu 3 70B on 256 H100 for 2 days", "sft", "Llama 3.1 70B"),
        ("zephyr-orpo-141b-A35b-v0.1 on 32 H100", "sft", "Mixtral 8x22B"),
        ("MiniMax-M1 RL took 512 H800", "rl", "MiniMax-M1 456B"),
        ("Open-R1 7B (GRPO) on 8 H100", "rl", "Qwen2.5 7B"),
        ("a DPO of Llama 3.1 8B on 8 H100", "sft", "Llama 3.1 8B"),
        ("Devstral Small pretrained on 8 H100", "pretrain", "Mistral Small 3 24B"),
        ("Marin 8B on 12.7T tokens", None, "Llama 3.1 8B"),
        ("Amber 7B on 1.3T tokens", None, "LLaMA 7B"),
        ("galactica-30b on 450B tokens", None, "OPT 30B"),
        ("Llama 3.1 8B on 15T tokens", None, "Llama 3.1 8B"),
    ],
)
def test_a_model_made_out_of_another_is_not_taken_for_trained_from_scratch(text, job, model):
    claim = read_claim(text, CATALOG).claim
    assert (claim.job, claim.model) == (job, model)


@pytest.mark.parametrize("row", from_scratch(), ids=lambda row: row.pattern)
def test_a_name_said_to_be_trained_from_scratch_has_the_shape_of_another(row):
    names = [name for key in CATALOG.models for name in CATALOG.spellings(key) if row.matches(name)]
    assert names
    assert not any(CATALOG.made_out_of(name) for name in names)


@pytest.mark.parametrize(
    ("text", "flops"),
    [
        ("10^25 FLOP on 20k H100", 1e25),
        ("10**25 FLOPs on 20k H100", 1e25),
        ("10\N{SUPERSCRIPT TWO}\N{SUPERSCRIPT FIVE} FLOP on 20k H100", 1e25),
        ("3.8 x 10^25 FLOPs", 3.8e25),
        ("3.8*10^25 FLOPs", 3.8e25),
        ("3.8\N{MULTIPLICATION SIGN}10\N{SUPERSCRIPT TWO}\N{SUPERSCRIPT FIVE} FLOPs", 3.8e25),
        ("GPT-3, 3640 PF-days", 3640 * 86_400e15),
        ("3,640 petaflop/s-days of GPT-3", 3640 * 86_400e15),
        ("2 EFLOP/s days on H100", 2 * 86_400e18),
    ],
)
def test_work_is_read_however_its_power_of_ten_is_written(text, flops):
    assert told(text)["flops"] == pytest.approx(flops)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Step-3 321B, 20T tokens", {"model": "Step-3 316B-A38B", "tokens": 20e12}),
        ("Step-4 321B, 20T tokens", {"parameters": 321e9, "tokens": 20e12}),
        ("Step 4 321B", {"parameters": 321e9}),
        ("2 048 H100 for 3 days", {"count": 2048}),
        ("Llama-3.1-Nemotron-Ultra-253B on 1,400 H100", {"parameters": 253e9, "active": None}),
        ("100B MoE, 10B active", {"parameters": 100e9, "active": 10e9}),
        ("30B-A3B on 8 H100", {"parameters": 30e9, "active": 3e9}),
        ("Kimi K2 pretraining on H800", {"job": "pretrain"}),
    ],
)
def test_a_name_lends_no_digit_or_letter_to_the_size_behind_it(text, wanted):
    reading = read_claim(text, CATALOG)
    assert {name: getattr(reading.claim, name) for name in wanted} == wanted
    assert not any("not above zero" in problem for problem in reading.problems)
