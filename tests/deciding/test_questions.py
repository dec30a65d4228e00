"""The questions users ask most (T1-T12 and more), each answered by a command with a number found by hand.

Hand calculations are from first principles and published constants: 6 N D beside attention, peaks of data
sheets, hours x price, percentiles of the normal distribution. None calls a function of the app's own.
"""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path
from statistics import NormalDist
from typing import Any

import pytest

from .asked import CLAIMED, H100_FLOPS, answered, plan_file, run

# Llama 3.1 8B (arXiv 2407.21783): 32 layers of 4,096; words are looked up in its embedding, not multiplied.
WEIGHTS, LOOKED_UP, LAYERS, HIDDEN = 8.03e9, 128_256 * 4096, 32, 4096
SEQUENCE, TOKENS = 8192, 2e12
PER_TOKEN = 6 * (WEIGHTS - LOOKED_UP) + 6 * LAYERS * SEQUENCE * HIDDEN
"""FLOPs of training on a token: 6 of every weight multiplied, and the causal half of attention."""
MFU, PRICE, COUNT = 0.4, 2.0, 256
HOURS = PER_TOKEN * TOKENS / (MFU * H100_FLOPS) / 3600
COST, DAYS = HOURS * PRICE, HOURS / COUNT / 24

PLAN = """\
isocost: 1
name: Question
scenarios:
- name: Only
  model: {name: Llama 3.1 8B}
  hardware: {accelerator: h100-sxm, count: 256}
  price: {usd_per_gpu_hour: 2, supplier: Somebody, commitment: specialist, date: '2026-11-20'}
  efficiency: {mfu: 0.4, goodput: 1.0, waste: 0.0}
  stages:
  - {kind: pretrain, name: Run, data: {tokens: 2T, sequence: 8192}}
"""
NORMAL = NormalDist()
Z90 = NORMAL.inv_cdf(0.9)


def with_lines(*lines: str) -> str:
    """The plan with more sections in its scenario."""
    return PLAN.replace("  stages:\n", "".join(f"  {line}\n" for line in lines) + "  stages:\n")


def test_t1_what_it_costs_and_how_long_it_takes(capsys, tmp_path):
    told = answered(capsys, "estimate", plan_file(tmp_path, PLAN))["total"]
    assert told["gpu_hours"] == pytest.approx(HOURS, rel=0.005)
    assert told["cost_usd"] == pytest.approx(COST, rel=0.005)
    assert told["wall_days"] == pytest.approx(DAYS, rel=0.005)
    _, out, _ = run(capsys, "estimate", plan_file(tmp_path, PLAN))
    assert out.splitlines()[1].startswith(f"${COST / 1000:.0f}K")


def test_t2_the_best_model_for_300k_and_60_days(capsys, tmp_path):
    """Besiroglu et al. 2024: L = 1.8172 + 482.01 / N^0.3478 + 2085.43 / D^0.3658; C = 6 N D is least so."""
    told = answered(
        capsys, "solve", plan_file(tmp_path, PLAN), "--for", "model", "--budget", "300K", "--deadline", "60"
    )
    compute = 300_000 / PRICE * 3600 * MFU * H100_FLOPS
    a, b, alpha, beta = 482.01, 2085.43, 0.3478, 0.3658
    ratio = (alpha * a / (beta * b)) ** (1 / (alpha + beta))
    size = ratio * (compute / 6) ** (beta / (alpha + beta))
    text = compute / 6 / size
    best = told["estimate"]
    assert 6 * best["parameters"] * best["tokens"] == pytest.approx(compute, rel=0.12)  # attention is beside
    assert best["parameters"] == pytest.approx(size, rel=0.25)  # the loss is flat about its least
    assert best["loss"] == pytest.approx(1.8172 + a / size**alpha + b / text**beta, abs=0.01)
    assert best["cost_usd"] <= 300_000 * 1.001
    assert best["wall_days"] <= 60
    assert told["binding"] == "budget"


def test_t3_whether_it_fits_and_what_would(capsys, tmp_path):
    """70.6B weights with Adam in mixed precision are 16 bytes each: 1.13 TB, of 80 GiB at least 14 H100."""
    large = PLAN.replace("Llama 3.1 8B", "Llama 3.1 70B").replace("count: 256", "count: 8")
    told = answered(capsys, "estimate", plan_file(tmp_path, large))
    assert told["stages"][0]["fits"] is False
    least = 16 * 70.6e9 / (80 * 2**30)
    assert 13 < least < 14
    servers = math.ceil(least / 8)
    words = " ".join(each["message"] for each in told["warnings"])
    assert f"the smallest count that fits is {8 * servers}" in words
    for count, fits in ((8 * servers, True), (8 * (servers - 1), False)):
        again = large.replace("count: 8}", f"count: {count}}}")
        assert answered(capsys, "estimate", plan_file(tmp_path, again))["stages"][0]["fits"] is fits


def test_t4_the_cheapest_accelerator_for_a_date(capsys, tmp_path):
    """Whole servers of H100 for 40 days, and its price per hour of the same work on any other part."""
    told = answered(capsys, "rank", plan_file(tmp_path, PLAN), "--deadline", "40")
    own = next(row for row in told["rows"] if row["accelerator"] == "h100-sxm")
    # 40 % is of 256; of fewer the model predicts a little more, and so it is.
    assert MFU < own["mfu"] < 1.05 * MFU
    assert own["count"] == 8 * math.ceil(HOURS * MFU / own["mfu"] / 40 / 24 / 8)
    assert own["cost_usd"] == pytest.approx(COST * MFU / own["mfu"], rel=0.005)
    first = told["rows"][0]
    assert first["cost_usd"] == min(row["cost_usd"] for row in told["rows"] if row["in_time"])
    # The dense BF16 peak of an MI355X is 2,500 TFLOP/s (AMD's data sheet).
    other = next(row for row in told["rows"] if row["accelerator"] == "mi355x")
    by_hand = PER_TOKEN * TOKENS / (other["mfu"] * 2500e12) / 3600
    assert other["gpu_hours"] == pytest.approx(by_hand, rel=0.02)
    assert other["cost_usd"] == pytest.approx(other["gpu_hours"] * other["usd_per_gpu_hour"], rel=1e-6)
    # It stays first until its hours cost as much as the next one's run.
    second = told["rows"][1]
    assert first["wins_below_usd_per_gpu_hour"] == pytest.approx(
        second["cost_usd"] / first["gpu_hours"], rel=0.02
    )


def test_t5_what_if_mfu_is_only_30_percent(capsys, tmp_path):
    """0.4 / 0.3 = 1.333 times the hours, the days and the rent."""
    other = (
        PLAN.partition("scenarios:\n")[2].replace("name: Only", "name: Slow").replace("mfu: 0.4", "mfu: 0.3")
    )
    told = answered(capsys, "compare", plan_file(tmp_path, PLAN + other), "Only", "Slow")
    assert told["delta_usd"] == pytest.approx(told["total_a_usd"] / 3, abs=0.02)
    assert told["delta_usd"] == pytest.approx(COST / 3, rel=0.005)
    assert [each["path"] for each in told["differs"]] == ["efficiency.mfu"]
    assert [each["path"] for each in told["attribution"]] == ["efficiency.mfu"]
    assert told["attribution"][0]["usd"] == pytest.approx(told["delta_usd"], abs=0.005)


def test_t6_how_sure_we_are(capsys, tmp_path):
    """$2..3 an hour: lognormal about sqrt(6), 8 chances in 10 between. 1,000 hours over $2,700: 24 in 100."""
    text = CLAIMED.replace("  stages:", "  ranges: {price.usd_per_gpu_hour: 2..3}\n  stages:").replace(
        "usd_per_gpu_hour: 2,", "usd_per_gpu_hour: 2.449489743,"
    )
    told = answered(capsys, "risk", plan_file(tmp_path, text), "--budget", "2700")
    middle, sigma = math.log(1000 * math.sqrt(6)), math.log(1.5) / 2 / Z90
    for name, chance in (("p10", 0.1), ("p50", 0.5), ("p80", 0.8), ("p90", 0.9)):
        by_hand = math.exp(middle + sigma * NORMAL.inv_cdf(chance))
        assert told["cost_usd"][name] == pytest.approx(by_hand, rel=0.002)
    over = 1 - NORMAL.cdf((math.log(2700) - middle) / sigma)
    assert told["chance"]["over_budget"] == pytest.approx(over, abs=0.005)
    assert told["cost_usd"]["base"] == pytest.approx(2449.49, abs=0.01)
    assert told["cost_usd"]["base_percentile"] == pytest.approx(50, abs=0.5)


def test_t7_what_the_headline_leaves_out(capsys, tmp_path):
    text = with_lines(
        "programme: {failed_runs: 0.1, setup_usd: 1000, contingency: 0.2}",
        "people: {heads: 2, months: 3, usd_per_month: 5000}",
    ).replace("  stages:\n", "  stages:\n  - {kind: ablations, name: Trials, ablations: {share: 0.25}}\n")
    told = answered(capsys, "estimate", plan_file(tmp_path, text))
    lines = {each["key"]: each["cost_usd"] for each in told["ledger"]}
    assert lines["stage.0"] == pytest.approx(0.25 * COST, rel=0.005)
    assert lines["failed-runs"] == pytest.approx(0.1 * COST, rel=0.005)
    assert lines["people"] == 2 * 3 * 5000
    everything = 1.35 * COST + 30_000 + 1000
    assert lines["contingency"] == pytest.approx(0.2 * everything, rel=0.005)
    assert told["total"]["cost_usd"] == pytest.approx(1.2 * everything, rel=0.005)
    assert told["total"]["cost_usd"] == pytest.approx(sum(lines.values()), abs=0.02)
    assert "Annotation" in [each["name"] for each in told["not_in_this_bill"]]


def test_t8_what_a_week_late_costs(capsys, tmp_path):
    """256 accelerators idle for 168 hours, their reservation used up, and two people for as many."""
    text = with_lines(
        "supply: {mode: reserved, term_months: 0.3}", "people: {heads: 2, months: 3, usd_per_month: 5000}"
    )
    late = answered(capsys, "estimate", plan_file(tmp_path, text))["slip"]
    idle, people = 256 * 168 * 2.0, 2 * 5000 * 168 / 730
    assert {each["line"]: each["cost_usd"] for each in late["lines"]} == {
        "Idle accelerators": pytest.approx(idle),
        "People": pytest.approx(people, abs=0.01),
    }
    assert late["cost_usd"] == pytest.approx(idle + people, abs=0.01)


def test_t9_where_more_accelerators_stop_paying(capsys, tmp_path):
    """Up to the knee twice as many are 1.5 times as fast; the next doubling is not."""
    text = PLAN.replace("  efficiency: {mfu: 0.4, goodput: 1.0, waste: 0.0}\n", "").replace(
        "sequence: 8192}", "sequence: 8192, batch_tokens: 2097152}"
    )
    told = answered(capsys, "solve", plan_file(tmp_path, text), "--for", "count")
    knee = told["value"]
    assert told["binding"] == "returns"
    days = {}
    for count in (knee // 2, knee, 2 * knee):
        again = text.replace("count: 256", f"count: {count}")
        days[count] = answered(capsys, "estimate", plan_file(tmp_path, again))["total"]["wall_days"]
    assert days[knee // 2] / days[knee] >= 1.5
    assert days[knee] / days[2 * knee] < 1.5


def test_t10_rent_or_buy(capsys, tmp_path):
    """$30,000 over four years of 8,760 hours; a used hour draws 78 % of 1.275 kW at a PUE of 1.25, $0.10."""
    text = with_lines(
        "ownership: {usd_per_accelerator: 30000, network_share: 0, years: 4, cost_of_capital: 0, "
        "facility_usd_per_kw_month: 0, upkeep: 0, utilization: 0.8}",
        "site: {usd_per_kwh: 0.1, pue: 1.25}",
    )
    told = answered(capsys, "estimate", plan_file(tmp_path, text))["rent_or_buy"]
    owned, power = 30_000 / (4 * 8760), 1.275 * 0.78 * 1.25 * 0.1
    assert told["break_even_utilization"] == pytest.approx(owned / (PRICE - power), rel=0.002)
    fleet = told["accelerators"][0]
    assert fleet["owned_usd_per_used_hour"] == pytest.approx(owned / 0.8 + power, rel=0.002)
    # Each month of 730 hours at 80 % saves the rent less the power of 584 of them.
    assert told["crossover_month"] == pytest.approx(30_000 / (0.8 * 730 * (PRICE - power)), rel=0.002)
    assert told["verdict"] == "rent"


def test_t11_train_fine_tune_or_an_api(capsys, tmp_path):
    """Over 24 months of 365 / 12 days: an API at $1, a fine-tune of $50,000 at $0.25, one's own at $0.10."""
    text = with_lines(
        "demand: {tokens_per_day: 1e10, months: 24, input_share: 0.5}",
        "api: {usd_per_mtok_in: 1, usd_per_mtok_out: 1}",
        "finetune: {other_usd: 50000, usd_per_mtok_in: 0.25, usd_per_mtok_out: 0.25}",
        "serving: {usd_per_mtok_in: 0.1, usd_per_mtok_out: 0.1, usd_per_month: 0}",
    )
    told = answered(capsys, "estimate", plan_file(tmp_path, text))["api_or_own"]
    totals = {each["key"]: each["total_usd"] for each in told["options"]}
    millions = 1e4 * 24 * 365 / 12
    assert totals["api"] == pytest.approx(millions * 1.0, rel=0.001)
    assert totals["train"] == pytest.approx(COST + millions * 0.1, rel=0.005)
    crossing = next(x for x in told["crossovers"] if (x["option"], x["against"]) == ("train", "api"))
    assert crossing["tokens_per_day"] == pytest.approx(COST / 0.9 / (24 * 365 / 12) * 1e6, rel=0.005)
    assert crossing["payback_months"] == pytest.approx(COST / (0.9 * 1e4 * 365 / 12), rel=0.005)


def test_t12_what_to_send_to_finance(capsys, tmp_path):
    """One page with the ask, what it pays for, the day of each price and what is not in it."""
    plan = plan_file(tmp_path, with_lines("programme: {contingency: 0.2}"))
    code, out, _ = run(capsys, "estimate", plan, "--format", "markdown")
    assert code == 0
    assert f"${1.2 * COST / 1000:.0f}K" in out
    assert "Somebody, 2026-11-20" in out
    assert "costs are not in this bill" in out
    assert "Never counted: serving, earlier research, taxes, overhead" in out
    _, table, _ = run(capsys, "estimate", plan, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(table)))
    assert float(rows[0]["cost_usd"]) == pytest.approx(COST, rel=0.005)


# What each kind of user asks beside these


def test_is_my_token_count_sane_and_above_which_rule(capsys, tmp_path):
    """2T / 8.03B = 249 tokens a parameter; 6 x 8.03e9 x 2e12 = 9.6e22 FLOP, just below the EU's 1e23."""
    plan = plan_file(tmp_path, PLAN)
    standing = {each["key"]: each for each in answered(capsys, "estimate", plan)["standing"]}
    said = standing["tokens-per-parameter"]["said"]
    assert said.startswith(f"{TOKENS / WEIGHTS:.0f} tokens per parameter: over-trained")
    more = plan_file(tmp_path, PLAN.replace("tokens: 2T", "tokens: 2.2T"))
    rules = [each for each in answered(capsys, "estimate", more)["standing"] if "threshold" in each["key"]]
    assert 6 * WEIGHTS * 2.2e12 > 1e23
    assert any(each["said"].startswith("Above 1e23 FLOPs") and each["source"] for each in rules)


def test_how_many_kilowatts_and_how_much_carbon(capsys, tmp_path):
    """78 % of a server's 10.2 kW over eight, at a PUE of 1.25 and 0.4 kg a kWh."""
    text = with_lines("site: {pue: 1.25, grid_kg_per_kwh: 0.4}")
    energy = answered(capsys, "estimate", plan_file(tmp_path, text))["energy"]
    each = 10.2 / 8 * 0.78 * 1.25
    assert energy["peak_kw"] == pytest.approx(COUNT * each, rel=0.002)
    assert energy["kwh"] == pytest.approx(HOURS * each, rel=0.005)
    assert energy["co2_kg"] == pytest.approx(HOURS * each * 0.4, rel=0.005)


def test_what_if_prices_rise_by_a_fifth(capsys, tmp_path):
    other = (
        PLAN.partition("scenarios:\n")[2]
        .replace("name: Only", "name: Dear")
        .replace("hour: 2,", "hour: 2.4,")
    )
    told = answered(capsys, "compare", plan_file(tmp_path, PLAN + other), "Only", "Dear")
    assert told["delta_usd"] == pytest.approx(0.2 * COST, rel=0.005)


def test_which_mfu_we_must_reach(capsys, tmp_path):
    """In 10 days 256 accelerators have 61,440 hours: 40 % x 72,258 / 61,440 = 47 %."""
    told = answered(capsys, "solve", plan_file(tmp_path, PLAN), "--for", "mfu", "--deadline", "10")
    assert told["value"] == pytest.approx(MFU * HOURS / (COUNT * 240), rel=0.005)


def test_which_price_makes_this_work(capsys, tmp_path):
    told = answered(capsys, "solve", plan_file(tmp_path, PLAN), "--for", "price", "--budget", "100K")
    assert told["value"] == pytest.approx(100_000 / HOURS, rel=0.005)


def test_the_largest_model_on_what_one_owns_in_30_days(capsys, tmp_path):
    """Eight cards of one's own for 720 hours at 40 %: 20 tokens a parameter of N = sqrt(C / 120)."""
    text = PLAN.replace("count: 256", "count: 8").replace("  stages:", "  supply: {mode: own}\n  stages:")
    text = text.replace("{name: Llama 3.1 8B}", "{parameters: 1e9}")
    told = answered(
        capsys, "solve", plan_file(tmp_path, text), "--for", "model", "--deadline", "30",
        "--tokens-per-parameter", "20",
    )  # fmt: skip
    compute = 8 * 30 * 86_400 * MFU * H100_FLOPS
    assert told["estimate"]["parameters"] == pytest.approx(math.sqrt(compute / 120), rel=0.1)
    assert told["estimate"]["tokens"] == pytest.approx(20 * told["estimate"]["parameters"], rel=0.01)


def test_is_294_thousand_plausible_and_what_does_it_leave_out(capsys):
    """(512 x 198 + 512 x 80 + 5,000) x $2 = $294,672, beside V3's 2.788M x $2 = $5.576M: 5 % of both."""
    told = answered(capsys, "claim", "deepseek-r1")
    assert told["verdict"] == "reproduces"
    assert told["recomputed"]["usd"] == pytest.approx((512 * 198 + 512 * 80 + 5000) * 2)
    assert told["left_out_share"] == pytest.approx(5.576e6 / (5.576e6 + 294_000), abs=1e-4)


def test_their_hours_on_mine(capsys, tmp_path):
    """At one typed MFU hours go against peaks; predicted, A100 to H100 lies between bandwidth and peak."""
    told = answered(
        capsys, "translate", "--model", "7B", "--tokens", "1T", "--from", "a100-sxm-80gb:64", "--to",
        "h100-sxm:64", "--hours", "1000",
    )  # fmt: skip
    assert 1000 * 312 / 989.4 < told["hours"] < 1000 * 2039 / 3350
    assert told["p10"] < told["hours"] < told["p90"]


def test_what_a_thousand_dollars_buy(capsys):
    """From nothing: the FLOPs of the hours, at no more than 80 % and no less than 15 % of the peak."""
    told = answered(capsys, "ladder", "--on", "h100-sxm")
    rung = next(r for r in told["rungs"] if r["budget_usd"] == 1000 and r["kind"] == "scratch")
    work = 6 * rung["parameters"] * rung["tokens"]
    hours = rung["count"] * rung["wall_days"] * 24
    assert 0.15 < work / (hours * 3600 * H100_FLOPS) < 0.8
    assert rung["fits"]


def test_where_a_number_comes_from(capsys, tmp_path):
    told = answered(capsys, "explain", plan_file(tmp_path, PLAN), "total.cost_usd")
    assert told["value"] == pytest.approx(COST, rel=0.005)
    leaves = list(_leaves(told))
    assert any(each["value"] == PRICE and "Somebody" in str(each["source"]) for each in leaves)
    assert any(each["value"] == MFU and each["provenance"] == "typed" for each in leaves)


def _leaves(tree: dict[str, Any]):
    if not tree["inputs"]:
        yield tree
    for each in tree["inputs"]:
        yield from _leaves(each)


def test_the_loss_of_it(capsys, tmp_path: Path):
    """1.8172 + 482.01 / N^0.3478 + 2085.43 / D^0.3658 (Besiroglu et al. 2024)."""
    told = answered(capsys, "loss", plan_file(tmp_path, PLAN))
    by_hand = 1.8172 + 482.01 / WEIGHTS**0.3478 + 2085.43 / TOKENS**0.3658
    assert any(row["loss"] == pytest.approx(by_hand, abs=0.01) for row in told["laws"] if row["loss"])
