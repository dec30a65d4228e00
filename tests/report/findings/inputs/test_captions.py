"""What stands under the inputs: meaning, origin, market prices, what folded groups hold."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec
import pytest

from isocost.catalog import Catalog
from isocost.plan.answer.estimate import answer
from isocost.plan.inputs.defaults import default_of
from isocost.plan.inputs.table import CHOICES, NUMBERS
from isocost.plan.project.programme import (
    Api,
    Dataset,
    Demand,
    People,
    Programme,
    Schedule,
    Site,
    Storage,
    Supply,
)
from isocost.plan.project.project import (
    Layout,
    Place,
    Price,
    Project,
    Scenario,
    replace_stage,
    set_value,
)
from isocost.quantities import format_duration, plain_spaces
from isocost.report.findings.inputs.captions import (
    QUOTE_TERMS,
    Selected,
    api_note,
    caption,
    details_line,
    group_line,
    is_market,
    layout_line,
    precision_note,
    price_origin,
    programme_caption,
    quote_line,
    quote_tick,
    remarks_at,
    short_source,
    stage_caption,
    value_words,
    without_address,
)
from tests.plan.programmes import CATALOG, scenario
from tests.report.findings.plans import shipped


def selected(name: str, catalog: Catalog, *changes: tuple[str, Any], at: int = 0) -> Selected:
    """A stage of a preset with these values in its first stage, answered."""
    project = shipped(name, catalog, *changes)
    return Selected(project, Place(stage=at), catalog, answer(project, catalog))


def unanswered(*scenarios: Scenario) -> Selected:
    """The first stage of made-up scenarios before anything is estimated."""
    return Selected(Project(name="Test", scenarios=scenarios), Place(), CATALOG)


# Captions


@pytest.mark.parametrize(
    ("tokens", "told"),
    [
        (2e12, "286 per active parameter: over-trained"),
        (140e9, "20 per active parameter: near compute-optimal"),
        (50e9, "7.14 per active parameter: under-trained"),
    ],
)
def test_tokens_are_weighed_against_the_compute_optimum(catalog, tokens, told):
    assert caption("data.tokens", selected("startup-7b", catalog, ("data.tokens", tokens))) == told


def test_the_tokens_line_names_the_threshold_reached_and_its_source(catalog):
    chosen = selected("deepseek-v3", catalog)
    assert caption("data.tokens", chosen).endswith("above 1e23 FLOPs")
    assert "European Commission" in remarks_at("data.tokens", chosen)
    assert "same class as" in remarks_at("model.parameters", chosen)
    assert remarks_at("hardware.count", chosen) == ""


def test_a_stage_after_pre_training_tells_where_its_tokens_come_from(catalog):
    chosen = selected("smollm3-programme", catalog, at=2)
    assert caption("data.tokens", chosen).startswith("SmolLM3, ")
    typed = msgspec.structs.replace(chosen.stage, data=msgspec.structs.replace(chosen.stage.data, tokens=9e9))
    other = replace_stage(chosen.project, typed, stage=2)
    assert caption("data.tokens", replace(chosen, project=other)) == "your input"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("startup-7b", "custom shape · 33 layers"),
        ("deepseek-v3", "DeepSeek-V3 · 61 layers · 256 experts · MLA"),
    ],
)
def test_a_model_tells_its_shape(catalog, name, told):
    assert caption("model.parameters", selected(name, catalog)) == told


def test_active_parameters_tell_their_share(catalog):
    dense = caption("model.active_parameters", selected("startup-7b", catalog))
    assert dense == "dense: every weight is used"
    share = caption("model.active_parameters", selected("deepseek-v3", catalog))
    assert plain_spaces(share) == "5.5 % of all weights a token"


def test_a_typed_mfu_is_said_to_be_of_the_plans_accelerators(catalog):
    assert caption("efficiency.mfu", selected("startup-7b", catalog)).startswith("of the BF16 dense peak; DP")
    typed = selected("startup-7b", catalog, ("efficiency.mfu", 0.4))
    assert caption("efficiency.mfu", typed).startswith(
        "of the BF16 dense peak; yours here, elsewhere by the model"
    )


@pytest.mark.parametrize(
    ("path", "value", "automatic", "typed"),
    [
        (
            "efficiency.goodput",
            0.9,
            "usual at this count",
            "your input at this count; empty the field for the estimate",
        ),
        ("data.batch_tokens", 4e6, "from the batch-size scaling law", "tokens of one optimizer step"),
    ],
)
def test_an_automatic_value_tells_what_fills_it_in(catalog, path, value, automatic, typed):
    assert caption(path, selected("startup-7b", catalog, (path, None))).startswith(automatic)
    assert caption(path, selected("startup-7b", catalog, (path, value))) == typed


@pytest.mark.parametrize(
    ("preset", "changes", "told"),
    [
        ("startup-7b", {"hardware.count": 1024}, "128 nodes of 8"),
        ("startup-7b", {"hardware.count": 8}, "1 node of 8"),
        ("startup-7b", {"hardware.count": 4}, "4 of a node of 8"),
        ("startup-7b", {"hardware.count": 1}, "a single GPU"),
        ("startup-7b", {"hardware.accelerator": "tpu-v6e", "hardware.count": 1}, "a single chip"),
        ("startup-7b", {"hardware.count": 3, "supply.mode": "own"}, "3 of a node of 8"),
        ("deepseek-r1", {"hardware.count": 12}, "1 node of 8 and 4 of another"),
        ("qlora-8b-on-a-4090", {}, "rented one by one"),
        ("qlora-8b-on-a-4090", {"supply.mode": "own"}, "bought one by one"),
    ],
)
def test_a_count_tells_its_nodes_to_the_last_accelerator(catalog, preset, changes, told):
    assert caption("hardware.count", selected(preset, catalog, *changes.items())) == told


def test_attention_tells_its_share_of_the_work(catalog):
    assert caption("data.sequence", selected("startup-7b", catalog)).startswith("attention is ")


def test_what_follows_from_the_estimate_is_left_out_before_the_first_one(catalog):
    chosen = replace(selected("startup-7b", catalog), answer=None)
    assert caption("efficiency.mfu", chosen) == ""
    assert caption("data.sequence", chosen) == ""
    assert "FLOPs" not in caption("data.tokens", chosen)
    assert caption("model.name", chosen) == ""


def test_a_claim_tells_its_note(catalog):
    chosen = selected("deepseek-r1-with-base", catalog, at=1)
    assert "Nature supplement" in caption("stage.hours", chosen)
    assert caption("stage.gpu_hours", unanswered(scenario())) == "as claimed; nothing is added"


@pytest.mark.parametrize(
    ("price", "told"),
    [
        (Price(3.99, supplier="Lambda", commitment="on-demand", date="2026-09-20"),
         "Lambda · on-demand · 2026-09-20"),
        (Price(3.99, supplier="Lambda", commitment="one-year"), "Lambda · 1-year"),
        (Price(3.99, supplier="Lambda, spot", commitment="spot"), "Lambda, spot"),
        (Price(1.0, supplier="your input", commitment="typed", date="2026-09-20"), "your input · 2026-09-20"),
    ],
)  # fmt: skip
def test_a_price_tells_who_asks_it_on_which_terms_and_when(price, told):
    assert price_origin(price) == told


def test_a_number_of_the_ledger_tells_its_default_s_source_or_what_it_means_while_off():
    usual = unanswered(scenario())
    set_ = unanswered(scenario(people=People(heads=6.0, usd_per_month=9_000.0)))
    assert programme_caption("people.usd_per_month", usual).startswith("$300K a year")
    assert programme_caption("people.usd_per_month", set_) == "your input"
    assert programme_caption("people.heads", usual) == f"Off. {NUMBERS['people.heads'].help}"
    assert programme_caption("people.heads", set_) == "your input"


def test_an_empty_number_of_the_ledger_tells_what_fills_it_in(catalog):
    chosen = selected("startup-7b", catalog)
    days = format_duration(chosen.answer.reckoning["programme_days"])
    assert programme_caption("people.months", chosen) == f"as long as the programme lasts: {days}"
    before = replace(chosen, answer=None)
    assert programme_caption("people.months", before) == "as long as the programme lasts"
    assert "GPU cloud" in programme_caption("site.pue", chosen)
    assert "https" not in programme_caption("site.pue", chosen)


def test_a_source_is_shown_without_its_address_and_asides():
    assert short_source("Meta, Llama 3 (https://arxiv.org/abs/1) table 4; read in May") == (
        "Meta, Llama 3 table 4"
    )


def test_a_number_of_a_stage_tells_its_kind_s_source_until_it_is_typed(catalog):
    chosen = selected("deepseek-r1-first-principles", catalog)
    usual = default_of(chosen.stage, NUMBERS["rl.cv"], catalog)
    for value, told in ((usual.value, without_address(usual.source)), (usual.value + 1.0, "your input")):
        other = set_value(chosen.project, "rl.cv", value)
        assert stage_caption("rl.cv", replace(chosen, project=other)) == told
    assert stage_caption("rl.mfu", replace(chosen, project=set_value(chosen.project, "rl.mfu", None)))


def test_a_format_an_accelerator_lacks_is_said_with_the_one_used():
    assert precision_note("A100 SXM", "fp8", "bf16") == "A100 SXM has no FP8: BF16 is used."


@pytest.mark.parametrize(
    ("api", "told"),
    [
        (Api(model="gpt-5.5", supplier="OpenAI", source="a page", date="2026-11-01"),
         "Now: gpt-5.5, OpenAI, 2026-11-01."),
        (Api(model="", supplier="your input", source=""), "Now: Your own price, typed."),
    ],
)  # fmt: skip
def test_an_api_tells_whose_price_it_is(api, told):
    assert api_note(api) == told


# Market prices


def test_quotes_are_told_with_price_supplier_day_and_terms(catalog):
    quote = next(quote for quote in catalog.quotes("h100-sxm") if is_market(quote))
    assert quote_line(quote) == f"${quote.usd_per_gpu_hour:,.2f}  {quote.supplier}, {quote.date}"
    assert quote_tick(quote) == f"{quote_line(quote)}, {quote.terms}"
    assert not is_market(msgspec.structs.replace(quote, standing="doubtful"))


def test_every_card_of_the_catalogue_has_a_heading(catalog):
    kinds = {
        card.commitment for identifier in catalog.accelerators for card in catalog.price_cards(identifier)
    }
    assert kinds <= set(QUOTE_TERMS)


# Folded groups


def test_the_training_details_tell_sequence_and_format(catalog):
    stage = shipped("startup-7b", catalog).scenarios[0].stages[0]
    assert details_line(stage.data) == f"{stage.data.sequence:,} context · BF16"


@pytest.mark.parametrize(
    ("pins", "told"),
    [
        (Layout(), "chosen by the search"),
        (Layout(tp=4), "TP4"),
        (Layout(tp=4, microbatch=2), "TP4 · microbatch 2"),
        (Layout(tp=4, pp=2, microbatch=2), "3 parts pinned"),
    ],
)
def test_few_pins_are_named_and_many_counted(pins, told):
    assert layout_line(pins) == told


@pytest.mark.parametrize(
    ("group", "parts", "told"),
    [
        ("people", {}, "off"),
        ("people", {"people": People(heads=6.0)}, "6 at $25K a month"),
        ("programme", {"programme": Programme(failed_runs=0.1)}, "10 % failed"),
        ("programme", {"programme": Programme(0.1, 0.05, 1e5, 0.1)}, "10 % failed · 5 % support +2"),
        ("dataset", {"dataset": Dataset(licences_usd=1e5, annotations=2e5)}, "$100K licences · 200K labels"),
        ("dataset", {"dataset": Dataset(synthetic_tokens=1e9)}, "1B tokens bought"),
        ("storage", {"storage": Storage(terabytes=20.0, checkpoints=5.0)}, "20 TB · 5 checkpoints"),
        ("storage", {"storage": Storage(egress_terabytes=3.0)}, "3 TB out"),
        ("schedule", {}, "no start date"),
        ("schedule", {"schedule": Schedule(start="2027-01-15")}, "from 2027-01-15"),
        ("supply", {}, "on demand"),
        ("supply", {"supply": Supply("mixed")}, "part owned, part rented"),
        ("site", {"site": Site(region="no")}, "Norway · "),
        ("site", {}, "United States · "),
        ("demand", {}, "off"),
        ("demand", {"demand": Demand(tokens_per_day=1e10)}, "10B tokens a day"),
    ],
)
def test_folded_groups_of_the_ledger_say_what_they_hold(group, parts, told):
    said = plain_spaces(group_line(group, scenario(**parts), CATALOG))
    assert said.startswith(told) if told.endswith(" · ") else said == told


def test_owning_tells_years_and_use():
    assert plain_spaces(group_line("ownership", scenario(), CATALOG)).endswith(" used")


def test_every_way_of_supply_has_a_name():
    for mode, name in CHOICES["supply.mode"].options.items():
        assert group_line("supply", scenario(supply=Supply(mode)), CATALOG) == name.lower()


def test_less_than_a_day_is_told_in_hours():
    assert plain_spaces(value_words(NUMBERS["goal.deadline_days"], 0.129)) == "Deadline 3.1 h"
    assert plain_spaces(value_words(NUMBERS["goal.deadline_days"], 29.0)) == "Deadline 29 days"
