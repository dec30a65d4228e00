"""A plan written by hand without a price takes the catalogue's, and says so everywhere."""

from __future__ import annotations

import json

import pytest

from isocost.catalog import load
from isocost.cli import main
from isocost.files.errors import ContentError
from isocost.files.loading import parse_project
from isocost.files.saving import project_text
from isocost.plan.answer.estimate import estimate
from isocost.plan.project.choosing import with_hardware
from isocost.plan.project.obtainable import with_obtainable_counts
from isocost.plan.project.project import Hardware

CATALOG = load()
PLAN = """isocost: 1
name: A plan
scenarios:
- name: One
  model: 7B
  hardware: {accelerator: h100-sxm, count: 64}
  stages:
  - {kind: pretrain, name: Run, data: {tokens: 10B}}
"""
SAID = "The plan names no price: the catalogue's for H100 is taken, "


def test_the_price_is_the_catalogues_and_is_frozen():
    project = parse_project(PLAN, CATALOG)
    price, card = project.scenarios[0].price, CATALOG.default_price("h100-sxm")
    assert card is not None
    assert (price.usd_per_gpu_hour, price.supplier, price.date) == (
        card.usd_per_gpu_hour,
        card.supplier,
        card.date,
    )
    assert parse_project(project_text(project), CATALOG) == project


@pytest.mark.parametrize(
    ("hardware", "count"),
    [
        ("{accelerator: h100-sxm, count: 64 nodes}", 512),
        ("{accelerator: NVIDIA GB200, count: 2 racks}", 144),
        ("{accelerator: h100-sxm, count: 4x8}", 32),
        ("{accelerator: h100-sxm, count: 8 servers of 4}", 32),
        ("{accelerator: NVIDIA H100, count: 64 H100}", 64),
        ("{accelerator: tpu-v5p, count: 8 chips}", 8),
    ],
)
def test_a_count_of_nodes_or_racks_is_what_they_hold(hardware, count):
    text = PLAN.replace("{accelerator: h100-sxm, count: 64}", hardware)
    assert parse_project(text, CATALOG).scenarios[0].hardware.count == count


@pytest.mark.parametrize(
    ("data", "tokens"),
    [
        ("{tokens: 1T, batch_tokens: 1024 sequences}", 1024 * 4096),
        ("{tokens: 1T, sequence: 8K, batch_tokens: 512 seqs}", 512 * 8192),
        ("{tokens: 1T, sequence: 8192, batch_tokens: 4M tokens}", 4e6),
    ],
)
def test_a_batch_of_sequences_is_the_tokens_they_hold(data, tokens):
    project = parse_project(PLAN.replace("{tokens: 10B}", data), CATALOG)
    assert project.scenarios[0].stages[0].data.batch_tokens == tokens


@pytest.mark.parametrize(
    ("name", "part", "count"),
    [
        ("8xH100", "h100-sxm", 8),
        ("4 x A100 80G", "a100-sxm-80gb", 4),
        ("H100:8", "h100-sxm", 8),
        ("8 H100", "h100-sxm", 8),
        ("2 3090", "rtx3090", 2),
        ("4 TPU v4", "tpu-v4", 4),
        ("2 GB200 NVL72", "gb200", 144),
        ("2x 4090", "rtx4090", 2),
        ("2 x p5.48xlarge", "h100-sxm", 16),
        ("AWS p5.48xlarge", "h100-sxm", 8),
        ("Google TPU v5p-512", "tpu-v5p", 256),
        ("TPU v5e-8", "tpu-v5e", 8),
        ("2x GB200 NVL72", "gb200", 144),
        ("GB300 NVL72:2", "gb300", 144),
        ("2x H100 NVL", "h100-nvl", 2),
    ],
)
def test_a_name_with_a_number_is_of_so_many(name, part, count):
    hardware = (
        parse_project(
            PLAN.replace("{accelerator: h100-sxm, count: 64}", f'{{accelerator: "{name}"}}'), CATALOG
        )
        .scenarios[0]
        .hardware
    )
    assert hardware.count == count
    assert CATALOG.accelerator(hardware.accelerator).spec.id == part


@pytest.mark.parametrize(
    ("hardware", "told"),
    [
        ("8xH100", False),
        ("8 H100", False),
        ("{accelerator: 8xH100, count: 16}", True),
        ("2 x p5.48xlarge", True),
    ],
)
def test_a_name_with_its_number_needs_no_remark_on_it(hardware, told):
    project = parse_project(PLAN.replace("{accelerator: h100-sxm, count: 64}", hardware), CATALOG)
    assert ("instance-name" in [each.code for each in estimate(project, CATALOG).warnings]) is told


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Radeon RX 6800", r"hardware\.accelerator: No accelerator is called"),
        ("3x Radeon", r"hardware\.accelerator: No accelerator is called"),
        ("m4-max", r"price is missing: no rent of M4 Max is known"),
    ],
)
def test_a_plan_without_a_price_says_what_it_lacks(name, said):
    with pytest.raises(ContentError, match=said):
        parse_project(PLAN.replace("h100-sxm", f'"{name}"'), CATALOG)


def test_racks_of_what_is_not_sold_by_the_rack_are_refused():
    with pytest.raises(ContentError, match=r"hardware\.count: expected a number, got '2 racks'"):
        parse_project(PLAN.replace("count: 64", "count: 2 racks"), CATALOG)


def test_it_is_said_at_the_price():
    said = [n for n in estimate(parse_project(PLAN, CATALOG), CATALOG).warnings if n.message.startswith(SAID)]
    assert [notice.field for notice in said] == ["price.usd_per_gpu_hour"]


def test_a_plan_without_a_price_is_estimated_by_the_command_line(tmp_path, capsys):
    path = tmp_path / "plan.yaml"
    path.write_text(PLAN, encoding="utf-8")
    assert main(["estimate", str(path)]) == 0
    assert SAID in " ".join(capsys.readouterr().out.split())
    assert main(["estimate", str(path), "--format", "json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert any(SAID in json.dumps(each) for each in answer["warnings"])


def test_a_typed_price_is_ones_own():
    typed = PLAN.replace("  stages:", "  price: {usd_per_gpu_hour: 2.5}\n  stages:")
    notices = estimate(parse_project(typed, CATALOG), CATALOG).warnings
    assert not any(notice.message.startswith(SAID) for notice in notices)


def test_a_part_nobody_rents_needs_a_price():
    unpriced = next(key for key in CATALOG.accelerators if CATALOG.default_price(key) is None)
    with pytest.raises(ContentError, match=r"scenarios\[0\]: price is missing"):
        parse_project(PLAN.replace("h100-sxm", unpriced), CATALOG)


def with_(lines: str, accelerator: str = "h100-sxm") -> str:
    """The plan with a line more in its scenario."""
    return PLAN.replace("h100-sxm", accelerator).replace("  stages:", f"  {lines}\n  stages:")


def api_of(words: str):
    return parse_project(with_(f"api: {words}"), CATALOG).scenarios[0].api


def test_prices_and_supplier_of_an_api_follow_its_models_name():
    for quote in CATALOG.constants.api_quotes:
        same = [
            each
            for each in CATALOG.constants.api_quotes
            if each.kind == "inference" and (each.model, each.supplier) == (quote.model, quote.supplier)
        ]
        if quote.kind == "fine-tune" or quote.usd_per_mtok_out is None or len(same) != 1:
            continue
        api = api_of(json.dumps({"model": quote.model, "supplier": quote.supplier}))
        assert (api.usd_per_mtok_in, api.usd_per_mtok_out) == (quote.usd_per_mtok_in, quote.usd_per_mtok_out)
        assert (api.source, api.date) == (quote.source, quote.date)


def test_an_api_named_by_its_model_alone_is_of_who_sells_it():
    api = api_of("{model: GPT-4o}")
    assert (api.model, api.supplier) == ("gpt-4o", "OpenAI")
    assert (api.usd_per_mtok_in, api.usd_per_mtok_out) == (2.5, 10.0)
    assert api_of("{model: deepseek-r1}").supplier == "DeepSeek"


def test_a_withdrawn_api_model_is_said():
    answer = estimate(parse_project(with_("api: {model: deepseek-r1}"), CATALOG), CATALOG)
    assert any(notice.message.startswith("DeepSeek withdrew deepseek-r1") for notice in answer.warnings)


@pytest.mark.parametrize(
    "words", ["{model: claude-opus-99}", "{supplier: Anthropic}", "{model: gpt-4o, supplier: Nobody}"]
)
def test_an_api_nobody_is_known_to_sell_is_refused(words):
    with pytest.raises(ContentError, match=r"scenarios\[0\]\.api: no price of"):
        api_of(words)


def test_prices_typed_for_an_api_are_ones_own():
    api = api_of("{model: mine, usd_per_mtok_in: 0.1, usd_per_mtok_out: 0.5}")
    assert (api.supplier, api.source, api.date) == ("your input", "", "")
    mixed = api_of("{model: gpt-4o, usd_per_mtok_in: 1}")
    assert (mixed.usd_per_mtok_in, mixed.usd_per_mtok_out, mixed.source) == (1.0, 10.0, "")


def test_the_price_of_fine_tuning_follows_its_host():
    project = parse_project(with_("finetune: {supplier: OpenAI}"), CATALOG)
    tune = project.scenarios[0].finetune
    assert (tune.supplier, tune.usd_per_mtok_trained) == ("OpenAI", 3.0)
    assert "openai.com" in tune.source
    assert parse_project(project_text(project), CATALOG) == project
    with pytest.raises(ContentError, match="no price of fine-tuning"):
        parse_project(with_("finetune: {supplier: Foo}"), CATALOG)


@pytest.mark.parametrize(("mode", "terms"), [("spot", "spot"), ("reserved", "one-year")])
def test_a_plan_without_a_price_has_that_of_its_terms(mode, terms):
    usual = parse_project(PLAN, CATALOG).scenarios[0].price
    price = parse_project(with_(f"supply: {{mode: {mode}}}"), CATALOG).scenarios[0].price
    assert price.commitment == terms
    assert price.usd_per_gpu_hour < usual.usd_per_gpu_hour


def test_a_price_of_other_terms_is_said_and_a_typed_one_is_kept():
    unknown = next(
        key
        for key in CATALOG.accelerators
        if CATALOG.default_price(key) is not None and not any(q.terms == "spot" for q in CATALOG.quotes(key))
    )
    answer = estimate(parse_project(with_("supply: {mode: spot}", unknown), CATALOG), CATALOG)
    assert any("is not of these terms" in notice.message for notice in answer.warnings)
    typed = parse_project(with_("supply: {mode: spot}\n  price: {usd_per_gpu_hour: 2.5}"), CATALOG)
    assert typed.scenarios[0].price.usd_per_gpu_hour == 2.5
    assert not any("not of these terms" in n.message for n in estimate(typed, CATALOG).warnings)


@pytest.mark.parametrize("accelerator", ["rtxpro6000", "h20", "m4-max", "h100-sxm"])
def test_what_is_owned_needs_no_rent_and_none_is_spoken_of(accelerator):
    answer = estimate(parse_project(with_("supply: {mode: own}", accelerator), CATALOG), CATALOG)
    assert not any(notice.field == "price.usd_per_gpu_hour" for notice in answer.warnings)


@pytest.mark.parametrize(
    ("typed", "region"),
    [
        ("Norway", "no"), ("NO", "no"), ("iceland", "is"), ("Texas", "us-tx"), ("ERCOT", "grid-ercot"),
        ("us-east-1", "us-va"), ("us-east1", "gcp-us-east1"), ("europe-west4", "gcp-europe-west4"),
        ("Frankfurt", "gcp-europe-west3"), ("Virginia, US", "us-va"),
    ],
)  # fmt: skip
def test_a_region_is_found_by_what_it_is_called(typed, region):
    project = parse_project(with_(f"site: {{region: '{typed}'}}"), CATALOG)
    assert project.scenarios[0].site.region == region


def test_every_region_is_found_by_its_id_and_its_name():
    for region in CATALOG.constants.regions.values():
        assert CATALOG.constants.region_names.find(region.id) == region.id
        assert CATALOG.constants.region_names.find(region.name) == region.id


def test_an_unknown_region_is_said_with_the_nearest():
    answer = estimate(parse_project(with_("site: {region: Norwya}"), CATALOG), CATALOG)
    assert any("'Norwya' is known; did you mean Norway?" in notice.message for notice in answer.warnings)


@pytest.mark.parametrize(
    ("name", "kept"), [("H100", ""), ("NVIDIA H100 80GB HBM3", ""), ("HGX H100", "HGX H100")]
)
def test_a_part_by_any_name_is_the_plans_own(name, kept):
    """What is of the plan's own part (a typed MFU, a typed purchase price) is told by its id."""
    text = PLAN.replace("h100-sxm", f'"{name}"').replace(
        "  stages:",
        "  efficiency: {mfu: 95 %}\n  supply: {mode: own}\n"
        "  ownership: {usd_per_accelerator: 12345}\n  stages:",
    )
    project = parse_project(text, CATALOG)
    assert project.scenarios[0].hardware == Hardware("h100-sxm", 64, named=kept)
    assert parse_project(project_text(project), CATALOG) == project
    found = estimate(project, CATALOG)
    assert found.stages[0].mfu == 0.95
    assert any(notice.code == "mfu-above-measured" for notice in found.warnings)
    assert "your input" in found.stages[0].price_source


def test_a_name_of_several_goes_with_another_part():
    project = parse_project(PLAN.replace("h100-sxm", "p5.48xlarge"), CATALOG)
    assert project.scenarios[0].hardware.named == "p5.48xlarge"
    changed = with_hardware(project, "b200", 64, CATALOG)
    assert with_obtainable_counts(changed, CATALOG).scenarios[0].hardware == Hardware("b200", 64)


CHAIN = (
    PLAN
    + """\
  - {kind: sft, name: Tune, data: {tokens: 10M}, hardware: {accelerator: MI300X, count: 8}}
  - {kind: sft, name: Again, data: {tokens: 10M}, hardware: {accelerator: NVIDIA H100, count: 8}}
"""
)


@pytest.mark.parametrize("mode", ["on-demand", "spot", "reserved"])
def test_a_stage_on_other_accelerators_has_the_catalogues_price_of_those(mode):
    text = CHAIN.replace("  stages:", f"  supply: {{mode: {mode}}}\n  stages:")
    project = parse_project(text, CATALOG)
    first, other, same = project.scenarios[0].stages
    alone = parse_project(text.replace("h100-sxm", "mi300x"), CATALOG).scenarios[0].price
    assert first.price is None
    assert same.price is None  # another name of the same part
    assert other.price == alone
    assert other.price.unnamed
    assert parse_project(project_text(project), CATALOG) == project
    notices = [each.message for each in estimate(project, CATALOG).warnings]
    assert any(SAID.replace("H100", "MI300X") in message for message in notices)


def test_a_stage_on_accelerators_nobody_rents_out_is_refused_by_its_place():
    with pytest.raises(ContentError, match=r"stages\[1\]: price is missing: no rent of M4 Max is known"):
        parse_project(CHAIN.replace("MI300X", "m4-max"), CATALOG)


def test_a_price_shared_with_a_stage_on_other_accelerators_is_said():
    typed = CHAIN.replace("  stages:", "  price: {usd_per_gpu_hour: 2.5}\n  stages:")
    project = parse_project(typed, CATALOG)
    assert [stage.price for stage in project.scenarios[0].stages] == [None, None, None]
    said = [each.message for each in estimate(project, CATALOG).warnings if each.code == "price-of-another"]
    assert said == [
        "Tune runs on MI300X at the price its plan shares, $2.50 an hour, which is that of H100: give the "
        "stage a price of its own."
    ]


def test_a_quote_of_an_instance_of_several_is_not_one_of_one():
    rest = "usd_per_gpu_hour: 98, supplier: S, commitment: spot, source: x, date: 2026-11-01"
    quote = f"prices:\n- {{accelerator: NAME, {rest}}}\n"
    with pytest.raises(
        ContentError, match=r"prices\[0\]\.accelerator: p5\.48xlarge holds 8; write the price of one"
    ):
        parse_project(PLAN + quote.replace("NAME", "p5.48xlarge"), CATALOG)
    assert parse_project(PLAN + quote.replace("NAME", "p5.4xlarge"), CATALOG).prices


def test_an_unknown_model_may_be_given_by_its_size_or_shape():
    with pytest.raises(
        ContentError, match=r"No model is called 'Zzz 9B'.* Or write its parameters, or its shape"
    ):
        parse_project(PLAN.replace("model: 7B", "model: {name: Zzz 9B}"), CATALOG)


@pytest.mark.parametrize(
    "written", ["RunPod", "runpod", "{supplier: RunPod}", "{supplier: RunPod, commitment: on-demand}"]
)
def test_a_price_that_names_a_supplier_is_what_that_one_asks(written):
    text = PLAN.replace("  stages:", f"  price: {written}\n  stages:")
    project = parse_project(text, CATALOG)
    price = project.scenarios[0].price
    asked = [q for q in CATALOG.quotes("h100-sxm") if q.supplier == "RunPod" and q.tier == "specialist"]
    newest = max(asked, key=lambda quote: quote.date)
    assert (price.usd_per_gpu_hour, price.supplier) == (newest.usd_per_gpu_hour, "RunPod")
    assert price.unnamed
    assert parse_project(project_text(project), CATALOG) == project


@pytest.mark.parametrize(("written", "hour"), [("2.5", 2.5), ("$2.50/h", 2.5), ("'3,99'", 3.99)])
def test_a_price_of_one_number_is_that_of_an_hour(written, hour):
    text = PLAN.replace("  stages:", f"  price: {written}\n  stages:")
    price = parse_project(text, CATALOG).scenarios[0].price
    assert (price.usd_per_gpu_hour, price.unnamed) == (hour, False)


def test_a_stage_may_name_a_supplier_too():
    text = CHAIN.replace("count: 8}}", "count: 8}, price: TensorWave}", 1)
    price = parse_project(text, CATALOG).scenarios[0].stages[1].price
    assert price.supplier == "TensorWave"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Nobody", r"\.price: no price of H100 from 'Nobody' on these terms is known; known are Akash, AWS"),
        (
            "{supplier: Lambda, commitment: spot}",
            "from 'Lambda' on these terms is known; known are CoreWeave",
        ),
        ("€3", "expected an amount of US dollars, got '€3'"),
        ("[2]", "expected keys and values, got a list"),
    ],
)
def test_a_price_nobody_asks_says_who_does(written, said):
    with pytest.raises(ContentError, match=said):
        parse_project(PLAN.replace("  stages:", f"  price: {written}\n  stages:"), CATALOG)


def test_hardware_supply_and_site_may_be_one_word():
    long = PLAN.replace("{accelerator: h100-sxm, count: 64}", "{accelerator: h100-sxm, count: 8}")
    long = long.replace("  stages:", "  supply: {mode: spot}\n  site: {region: Norway}\n  stages:")
    short = PLAN.replace("{accelerator: h100-sxm, count: 64}", "8xH100")
    short = short.replace("  stages:", "  supply: spot\n  site: Norway\n  stages:")
    one, other = (parse_project(text, CATALOG).scenarios[0] for text in (long, short))
    assert (one.supply, one.site, one.price) == (other.supply, other.site, other.price)
    assert CATALOG.accelerator(other.hardware.accelerator).spec.id == "h100-sxm"
    assert other.hardware.count == 8
    stage = CHAIN.replace("{accelerator: MI300X, count: 8}", "8x MI300X")
    assert parse_project(stage, CATALOG).scenarios[0].stages[1].hardware.count == 8


@pytest.mark.parametrize(
    "written", ["8x7B", "{parameters: 8x22B}", "{parameters: 8 x 7B, active_parameters: 12.9B}"]
)
def test_a_size_by_experts_is_no_dense_one(written):
    with pytest.raises(ContentError, match="counts experts, which share the rest of their weights"):
        parse_project(PLAN.replace("model: 7B", f"model: {written}"), CATALOG)


def test_a_discount_for_its_terms_is_taken_off_the_price_by_the_hour_once():
    supply = "  supply: {mode: spot, discount: 60%}\n  stages:"
    project = parse_project(PLAN.replace("  stages:", supply), CATALOG)
    card = CATALOG.default_price("h100-sxm")
    assert card is not None
    assert project.scenarios[0].price.usd_per_gpu_hour == card.usd_per_gpu_hour
    assert not [n for n in estimate(project, CATALOG).warnings if n.code == "discount-twice"]
    spot = PLAN.replace("  stages:", supply.replace("  stages:", "  price: CoreWeave\n  stages:"))
    spot = spot.replace("price: CoreWeave", "price: {supplier: CoreWeave, commitment: spot}")
    (said,) = [
        n for n in estimate(parse_project(spot, CATALOG), CATALOG).warnings if n.code == "discount-twice"
    ]
    assert "is of these terms (spot) already, and 60 % more is taken off it" in said.message.replace(
        "\u00a0", " "
    )


@pytest.mark.parametrize(
    ("supply", "said"),
    [
        ("{discount: 30%}", ["Discount changes nothing on these terms (on demand)."]),
        ("{mode: spot, owned_share: 30%}", ["Owned share changes nothing on these terms (spot)."]),
        ("{mode: mixed, owned_share: 30%}", []),
        ("{mode: reserved, term_months: 36}", []),
    ],
)
def test_what_is_typed_of_other_terms_is_said_to_change_nothing(supply, said):
    project = parse_project(PLAN.replace("  stages:", f"  supply: {supply}\n  stages:"), CATALOG)
    told = [n.message for n in estimate(project, CATALOG).warnings if n.code == "unused-terms"]
    assert told == said


@pytest.mark.parametrize(
    ("term", "told"),
    [("", False), (", term_months: 12", False), (", term_months: 3", True), (", term_months: 3 years", True)],
)
def test_a_price_for_a_year_is_not_taken_for_that_of_another_term_in_silence(term, told):
    supply = f"  supply: {{mode: reserved{term}}}\n  stages:"
    found = estimate(parse_project(PLAN.replace("  stages:", supply), CATALOG), CATALOG)
    said = [each.message for each in found.warnings if each.code == "price-of-another-term"]
    assert len(said) == told
    assert all("is of a contract for a year, and the term is " in each for each in said)
