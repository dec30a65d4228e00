"""`isocost techniques`: each an ordinary change of inputs, worked out on the plan and together."""

from __future__ import annotations

import csv
import io
import itertools
import re

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isocost import paths
from isocost.catalog import load
from isocost.catalog.constants.techniques import read_techniques
from isocost.catalog.entries.prices import term_share
from isocost.catalog.errors import CatalogError
from isocost.cli.plans import open_plan
from isocost.files.loading import parse_project
from isocost.files.saving import project_text
from isocost.plan.answer.estimate import estimate
from isocost.plan.compare.changes import CHANGES, NotHereError
from isocost.plan.compare.rack import (
    outcome,
    possible,
    rack,
    with_technique,
    with_techniques,
    with_tried_beside,
)
from isocost.plan.kinds import GpuHoursStage
from isocost.plan.project.project import set_value
from isocost.report.decisions.comparing.techniques_card import rack_table, rack_view

from .plans import CLAIMED, run, run_json, written

CATALOG = load()
ROWS = {row.id: row for row in CATALOG.constants.techniques}
TUNED = """\
isocost: 1
name: Tuned
scenarios:
- name: All
  model: {name: Llama 3.1 8B}
  hardware: {accelerator: h100-sxm, count: 64}
  price: {usd_per_gpu_hour: 2, supplier: First, commitment: specialist, date: '2026-11-01'}
  stages:
  - {kind: ablations, name: Trials}
  - {kind: pretrain, name: Training, data: {tokens: 1T, sequence: 8192}}
  - {kind: sft, name: Tuning, data: {tokens: 1B}, tuning: {packing: 0.35}}
  - {kind: rl, name: Learning, rl: {algorithm: ppo}}
"""
"""A plan that every technique but two has something to change in."""


def by_id(told):
    return {each["id"]: each for each in told["techniques"]}


def test_spot_on_claimed_hours_by_hand(capsys, tmp_path):
    plan = written(tmp_path, CLAIMED.replace("count: 8", "count: 64"))
    told = by_id(run_json(capsys, "techniques", plan))

    # Of spot prices of servers CoreWeave's is the newest; 8 % is done again, a tenth held in reserve.
    quote = next(q for q in CATALOG.quotes("h100-sxm") if q.supplier == "CoreWeave" and q.terms == "spot")
    assert (quote.usd_per_gpu_hour, quote.date) == (2.4638, "2026-09-20")
    rent = 1000 * 2.4638
    assert told["spot"]["delta_usd"] == pytest.approx(rent * 1.08 * 1.1 - 2200, abs=0.01)
    assert told["spot"]["delta_days"] == 0.0
    assert [each["path"] for each in told["spot"]["changes"]] == ["price.usd_per_gpu_hour", "supply.mode"]
    assert told["lora"] | {"why_not": ""} == told["lora"] | {"why_not": "", "applies": False}
    assert told["lora"]["why_not"] == "It needs a stage of the kind supervised fine-tuning."


def test_a_switch_is_the_same_change_made_by_hand(capsys):
    told = by_id(run_json(capsys, "techniques", "api-or-own"))
    project = open_plan("api-or-own", CATALOG)
    before = estimate(project, CATALOG).total
    for technique, path, value in (
        ("fp8", "data.precision", "fp8"),
        ("vendor-stack", "efficiency.stack", "vendor"),
        ("recompute", "layout.recompute", "full"),
        ("fewer-tokens", "data.tokens", 1.5e12),
        ("larger-batch", "data.batch_tokens", 2 * 4.194304e6),
    ):
        after = estimate(set_value(project, path, value, stage=1), CATALOG).total
        assert told[technique]["delta_usd"] == round(after.cost_usd - before.cost_usd, 2), technique
        assert told[technique]["delta_days"] == pytest.approx(after.wall_days - before.wall_days)
    # Besiroglu et al., arXiv 2404.10102: E + A / N^0.3478 + B / D^0.3658 of 8B on 2T and on 1.5T tokens.
    for key, tokens in (("loss_before", 2e12), ("loss_after", 1.5e12)):
        expected = 1.8172 + 482.01 / 8e9**0.3478 + 2085.43 / tokens**0.3658
        assert told["fewer-tokens"][key] == pytest.approx(expected, abs=1e-3)


def test_together_is_worked_out_and_not_added(capsys):
    told = run_json(capsys, "techniques", "api-or-own", "--on", "spot, fp8,short-context-first")
    assert told["on"] == ["fp8", "short-context-first", "spot"]
    project = open_plan("api-or-own", CATALOG)
    changed = with_techniques(project, told["on"], CATALOG)
    base, together = estimate(project, CATALOG).total.cost_usd, estimate(changed, CATALOG).total.cost_usd
    assert told["combined_usd"] == round(together - base, 2)
    rows = by_id(told)
    alone = [rows[name]["alone_usd"] for name in told["on"]]
    assert told["one_by_one_usd"] == round(sum(alone), 2)
    assert told["one_by_one_usd"] < told["combined_usd"] < min(alone)
    # What is on saves less on top of the others than alone.
    assert all(rows[name]["alone_usd"] < rows[name]["delta_usd"] < 0.0 for name in told["on"])


@settings(deadline=None, max_examples=6)
@given(st.permutations(["spot", "fp8", "open-weights", "fewer-ablations"]))
def test_the_order_they_are_switched_on_in_changes_nothing(names):
    project = open_plan("api-or-own", CATALOG)
    ordered = with_techniques(project, sorted(names), CATALOG)
    assert with_techniques(project, names, CATALOG) == ordered


@pytest.fixture(scope="module")
def tuned():
    return parse_project(TUNED, CATALOG)


@pytest.mark.parametrize("technique", sorted(CHANGES))
def test_every_change_leaves_a_plan_that_can_be_saved_and_priced(technique, tuned):
    """The file of the changed plan gives the same plan, and the plan before is not touched."""
    before = project_text(tuned)
    if technique in ("fp4", "cheaper-region"):
        words = "H100 has no NVFP4." if technique == "fp4" else "The rent holds the electricity."
        with pytest.raises(NotHereError, match=words):
            with_technique(tuned, technique, CATALOG)
        return
    changed = with_technique(tuned, technique, CATALOG)
    assert changed != tuned
    assert project_text(tuned) == before
    assert parse_project(project_text(changed), CATALOG) == changed
    assert outcome(changed, CATALOG).total_usd == estimate(changed, CATALOG).total.cost_usd


def test_what_is_narrower_or_owned_can_be_switched_on(tuned):
    other = set_value(set_value(tuned, "hardware.accelerator", "b200"), "supply.mode", "own")
    assert with_technique(other, "fp4", CATALOG).scenarios[0].stages[1].data.precision == "nvfp4"
    region = with_technique(other, "cheaper-region", CATALOG).scenarios[0].site.region
    prices = {key: each.usd_per_kwh for key, each in CATALOG.constants.regions.items() if each.usd_per_kwh}
    assert prices[region] == min(prices.values())


AGAIN = {
    "asynchronous-rollouts": "Rollouts are asynchronous already.",
    "critic-free": "No reinforcement learning here has a critic.",
    "fewer-ablations": "Experiments take no larger share already.",
    "fp8": "Every stage is in FP8 or narrower already.",
    "lora": "Adapters are trained already.",
    "open-weights": "It needs a stage of the kind pre-training.",
    "packing": "The batches are packed already.",
    "qlora": "Adapters are trained already.",
    "recompute": "Everything is recomputed already.",
    "sparse": "The model is a mixture of experts already.",
    "vendor-stack": "The software is the vendor's already.",
}


@pytest.mark.parametrize("technique", AGAIN)
def test_what_is_done_has_nothing_more_to_change(technique, tuned):
    once = with_technique(tuned, technique, CATALOG)
    with pytest.raises(NotHereError, match=f"^{re.escape(AGAIN[technique])}$"):
        with_technique(once, technique, CATALOG)


SETTLED = "{factor: 0.9, low: 0.8, high: 1.0, runs: 12, source: runs.csv}"
LACKING = {
    "fp8": (("h100-sxm", "a100-sxm-80gb"), "A100 80GB has no FP8."),
    "vendor-stack": (
        ("  stages:", f"  efficiency: {{correction: {SETTLED}}}\n  stages:"),
        "The speed is corrected by runs of yours, on your software.",
    ),
    "larger-batch": (
        (
            "sequence: 8192}}\n  - {kind: sft, name: Tuning, data: {tokens: 1B}",
            "sequence: 8192, batch_tokens: 6e11}}\n"
            "  - {kind: sft, name: Tuning, data: {tokens: 1B, batch_tokens: 6e8}",
        ),
        "The batch is all the text there is.",
    ),
    "fewer-tokens": (
        ("tokens: 1T", "tokens: 1B"),
        "It would be under-trained: a smaller model is the better saving.",
    ),
    "open-weights": (("tokens: 1T", "tokens: 1B"), "The training is no longer than going on with a model"),
    "cheaper-region": (
        ("  stages:", "  supply: {mode: own}\n  site: {usd_per_kwh: 0.1}\n  stages:"),
        "The price of electricity is typed.",
    ),
    "cheaper-accelerator": (
        ("  stages:", "  supply: {mode: spot}\n  stages:"),
        "Others are not priced on these terms.",
    ),
    "distillation": (
        ("{name: Llama 3.1 8B}", "{parameters: 2e12}"),
        "the teacher, is no larger than this model.",
    ),
    "short-context-first": (
        ("sequence: 8192", "sequence: 2048"),
        "No pre-training reads more than 4,096 tokens at once.",
    ),
}


@pytest.mark.parametrize("technique", LACKING)
def test_where_there_is_nothing_to_change_the_reason_is_said(technique):
    (old, new), said = LACKING[technique]
    assert old in TUNED
    plan = parse_project(TUNED.replace(old, new), CATALOG)
    with pytest.raises(NotHereError) as reason:
        with_technique(plan, technique, CATALOG)
    assert said in str(reason.value)


def test_a_region_where_electricity_is_cheapest_stays(tuned):
    owned = set_value(tuned, "supply.mode", "own")
    moved = with_technique(owned, "cheaper-region", CATALOG)
    regions = [each for each in CATALOG.constants.regions.values() if each.usd_per_kwh is not None]
    assert moved.scenarios[0].site.region in {
        each.id for each in regions if each.usd_per_kwh == min(one.usd_per_kwh for one in regions)
    }
    with pytest.raises(NotHereError, match="where electricity is cheapest already"):
        with_technique(moved, "cheaper-region", CATALOG)


def test_a_price_that_a_claim_assumed_is_no_offer():
    plan = parse_project(TUNED.replace("commitment: specialist", "commitment: claim"), CATALOG)
    with pytest.raises(NotHereError, match="what a claim assumed"):
        with_technique(plan, "cheaper-accelerator", CATALOG)


def test_a_model_of_a_stage_of_its_own_is_made_a_mixture_there(tuned):
    model = "{kind: pretrain, name: Training, model: {name: Llama 3.1 8B},"
    plan = parse_project(TUNED.replace("{kind: pretrain, name: Training,", model), CATALOG)
    changed = with_technique(plan, "sparse", CATALOG).scenarios[0]
    assert changed.model == plan.scenarios[0].model
    assert changed.stages[1].model == with_technique(tuned, "sparse", CATALOG).scenarios[0].model


def test_tokens_are_dealt_to_two_stages_and_none_is_lost(tuned):
    stages = with_technique(tuned, "short-context-first", CATALOG).scenarios[0].stages
    first, rest = (stage for stage in stages if stage.name.startswith("Training"))
    assert (first.data.sequence, rest.data.sequence) == (4096, 8192)
    assert first.data.tokens + rest.data.tokens == pytest.approx(1e12)
    assert first.data.batch_tokens == rest.data.batch_tokens


def test_a_mixture_is_scaled_as_its_authors_found_it_equal(tuned):
    # DeepSeekMoE: 16.4B, 2.8B of them active, against a dense 6.91B; here the dense model has 8.03B.
    made = with_technique(tuned, "sparse", CATALOG).scenarios[0].model
    assert made.parameters == pytest.approx(8.03e9 * 16.4 / 6.91, rel=5e-3)
    assert made.active_parameters == pytest.approx(8.03e9 * 2.8 / 6.91, rel=5e-3)


def test_a_typed_mfu_answers_to_no_technique(tuned):
    typed = set_value(tuned, "efficiency.mfu", 0.4)
    for technique in ("fp8", "recompute", "vendor-stack", "larger-batch", "sparse"):
        with pytest.raises(NotHereError, match="The MFU is typed"):
            with_technique(typed, technique, CATALOG)


def test_one_that_leaves_another_with_nothing_says_which(capsys):
    told = by_id(run_json(capsys, "techniques", "llama-3.1-405b", "--on", "spot"))
    assert told["one-year"]["why_not"] == "The accelerators are had on terms of their own: spot."
    assert told["cheaper-accelerator"]["why_not"].startswith("Not with Spot on. No spot price of as many")


def test_the_most_a_schedule_could_save_is_its_bubble(capsys):
    told = by_id(run_json(capsys, "techniques", "deepseek-v3"))["zero-bubble"]
    (stage,) = estimate(open_plan("deepseek-v3", CATALOG), CATALOG).stages
    share = next(p.amount for p in stage.step.parts if p.name == "Pipeline bubble") / stage.step.total
    assert not told["modelled"]
    assert told["delta_usd"] is None
    assert told["at_most_usd"] == pytest.approx(-stage.cost_usd * share, abs=0.02)
    # No pipeline, nothing to fill.
    assert by_id(run_json(capsys, "techniques", "api-or-own"))["zero-bubble"]["at_most_usd"] == 0.0


def test_every_technique_has_words_and_a_change_or_a_reason():
    assert {name for name, row in ROWS.items() if not row.unmodelled} == set(CHANGES)
    assert all(row.catch.endswith(".") for row in ROWS.values())


def test_a_technique_named_twice_is_refused():
    source = "{figure: f, subject: o, source: s, date: '2026'}"
    row = f"{{id: a, label: A, group: same, catch: C, sources: [{source}]}}"
    assert [each.id for each in read_techniques(f"- {row}")] == ["a"]
    with pytest.raises(CatalogError, match=r"techniques\.yaml: a is there twice\."):
        read_techniques(f"- {row}\n- {row}")


@pytest.mark.parametrize(
    ("on", "said"),
    [
        ("spott", "--on: unknown technique 'spott'; did you mean 'spot'?"),
        ("muon", "--on muon: it is not modelled. No law of loss here knows the optimizer"),
        ("fp8,lora", "--on lora: It needs a stage of the kind supervised fine-tuning."),
        ("spot,one-year", "--on one-year: The accelerators are had on terms of their own: spot."),
    ],
)
def test_what_cannot_be_on_is_one_sentence(capsys, on, said):
    code, out, err = run(capsys, "techniques", "api-or-own", "--on", on)
    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1


def test_every_form_says_it(capsys, tmp_path):
    plan = written(tmp_path, CLAIMED)
    code, out, _ = run(capsys, "techniques", plan, "--on", "spot", "--scenario", "After")
    assert code == 0
    assert "Spot: " in out.splitlines()[1]
    rows = csv.DictReader(io.StringIO(run(capsys, "techniques", plan, "--format", "csv")[1]))
    assert [row["id"] for row in rows] == list(ROWS)
    assert "| Spot |" in run(capsys, "techniques", plan, "--format", "markdown")[1]


@pytest.mark.parametrize("preset", sorted(each.stem for each in paths.presets().glob("*.yaml"))[::4])
def test_the_rack_answers_for_shipped_plans(preset):
    project = open_plan(preset, CATALOG)
    found = rack(project, [], CATALOG)
    assert found.base.total_usd == estimate(project, CATALOG).total.cost_usd
    assert found.combined_usd == 0.0
    for each in found.techniques:
        assert (each.after is None) == bool(each.why_not)
    groups = itertools.groupby(sorted(each.row.group for each in found.techniques))
    assert [name for name, _ in groups] == ["another", "same"]


def test_a_year_takes_off_what_one_supplier_asks_less_for_it(capsys, tmp_path):
    """GCP asked $11.06 for an H100 by the hour and $7.67 for a year of it on one day: 31 % less."""
    text = CLAIMED.replace("gpu_hours: 1000", "gpu_hours: 70080")
    tree = run_json(capsys, "techniques", written(tmp_path, text), "--scenario", "Before")
    year = by_id(tree)["one-year"]
    price = next(each for each in year["changes"] if each["path"] == "price.usd_per_gpu_hour")
    assert price["after"].startswith("$1.39 (First, less the 31 % that GCP takes off for a year (2025-03)")
    # 8 accelerators for the 8,760 hours of a year: all of it used, with a tenth held in reserve.
    assert year["delta_usd"] == pytest.approx(70_080 * 1.1 * 2 * (7.67 / 11.06 - 1), rel=0.001)


def test_terms_are_compared_within_one_offer():
    """Another instance, region or year of a supplier says nothing of what terms take off."""
    quotes = [quote for quote in CATALOG.quotes("h100-sxm") if quote.supplier == "Azure"]
    assert any(quote.terms == "one-year" for quote in quotes)
    assert term_share(quotes, "one-year", "", 92) is None
    wider = term_share(quotes, "one-year", "", 110)
    assert wider is not None
    assert wider.share == pytest.approx(7.866 / 12.29)


def test_what_is_tried_is_put_beside_the_plan_under_a_free_name():
    project = open_plan("api-or-own", CATALOG)
    once = with_tried_beside(project, ["spot", "fp8"], "Tried", CATALOG)
    twice = with_tried_beside(once, ["spot"], "Tried", CATALOG)
    assert once.scenarios[0] == project.scenarios[0]
    assert [each.name for each in once.scenarios[1:]] == ["Tried"]
    assert sorted(each.name for each in twice.scenarios[1:]) == ["Tried", "Tried 2"]
    alone = with_techniques(project, ["fp8", "spot"], CATALOG)
    assert outcome(once, CATALOG, 1) == outcome(alone, CATALOG)


def test_of_those_chosen_what_has_something_to_change_stays_in_the_order_of_the_rack():
    project = open_plan("api-or-own", CATALOG)
    assert possible(project, ["spot", "lora", "muon", "fp8", "one-year"], CATALOG) == ("fp8", "spot")


def test_what_another_excludes_is_told_from_what_the_plan_lacks():
    project = open_plan("api-or-own", CATALOG)
    crowded = {each.row.id: each.crowded for each in rack(project, ["spot"], CATALOG).techniques}
    assert crowded["one-year"]
    assert not crowded["lora"]
    assert not any(each.crowded for each in rack(project, [], CATALOG).techniques)


def test_what_a_technique_saves_is_told_with_its_range_and_how_often_it_costs_more():
    project = open_plan("startup-7b", CATALOG)
    ranged = {each.row.id: each for each in rack(project, (), CATALOG, ranged=True).techniques}
    plain = {each.row.id: each for each in rack(project, (), CATALOG).techniques}
    assert {id: each.delta_usd for id, each in ranged.items()} == {
        id: each.delta_usd for id, each in plain.items()
    }
    assert all(each.likely is None for each in plain.values())
    sampled = [each for each in ranged.values() if each.after is not None]
    assert sampled
    for each in sampled:
        assert each.likely.low_usd <= each.likely.high_usd
        assert 0.0 <= each.likely.dearer <= 1.0
    fp8 = ranged["fp8"]
    assert fp8.likely.low_usd < fp8.delta_usd < fp8.likely.high_usd
    found = rack(project, (), CATALOG, ranged=True)
    rows = {row.id: row for row in rack_view(found, (), CATALOG).rows}
    assert rows["fp8"].likely_words.startswith("8 chances in 10: ")
    assert ("chance" in rows["fp8"].flips) is (fp8.likely.dearer >= 0.01)
    table = rack_table(found, CATALOG)
    assert [each.name for each in table.columns][4:6] == ["1 in 10 below", "1 in 10 above"]


def test_claimed_hours_move_to_the_cheaper_accelerator_as_the_work_they_are(tuned):
    """What another accelerator makes the bill cheaper by is of all stages, the claimed one too."""
    claimed = GpuHoursStage(name="Claimed", hours=100.0)
    chosen = msgspec.structs.replace(tuned.scenarios[0], stages=(*tuned.scenarios[0].stages, claimed))
    plan = msgspec.structs.replace(tuned, scenarios=(chosen,))
    moved = with_technique(plan, "cheaper-accelerator", CATALOG).scenarios[0]
    assert moved.hardware.accelerator != chosen.hardware.accelerator
    here, there = (
        CATALOG.accelerator(each.hardware.accelerator).spec.peak_flops["bf16"] for each in (chosen, moved)
    )
    assert moved.stages[-1].gpu_hours == pytest.approx(100.0 * chosen.hardware.count * here / there)
