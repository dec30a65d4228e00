"""The shipped catalogue: every record valid, sourced, dated, and found under every name it goes by."""

from __future__ import annotations

import csv
import math
from datetime import date

import pytest

from isocost.catalog import CatalogError, load
from isocost.catalog.entries.prices import COMMITMENTS, PriceCard, PriceQuote, default_cards
from isocost.catalog.records import ModelEntry
from isocost.catalog.table import read_rows
from isocost.engine.architecture import parameters
from isocost.paths import resource

CATALOG = load()

LOOSE = {
    "Kimi K2": 0.014,  # the report rounds 1.026T up to 1.04T
    "Llama 4 Scout": 0.012,  # the published total holds an image encoder
    "OPT 350M": 0.075,  # its embedding is half as wide, with two projections
    "Gemma 4 E2B": 0.095,  # the published total holds image and audio encoders
    "Gemma 4 E4B": 0.07,  # the published total holds image and audio encoders
}

LOOSE_ACTIVE = {
    "Gemma 4 E4B": 0.035,  # 4.64B without tables by layer, printed as 4.5B
    "DeepSeek-V2-Lite": 0.022,  # 2.45B without the embedding, printed as 2.4B
    "Mistral Small 4 119B-A6B": 0.021,  # 6.63B, printed as 6.5B
}


def aliases(file: str) -> list[tuple[str, str]]:
    with resource(file).open(newline="", encoding="utf-8") as stream:
        return [(row[0], row[1]) for row in list(csv.reader(stream))[1:]]


def half_a_digit(published: float) -> float:
    """Relative half unit of the last digit printed: 7.5e9 is printed with two, so 0.05 / 7.5."""
    digits = f"{published:.9e}".split("e")[0].rstrip("0").rstrip(".").replace(".", "")
    return 0.5 * 10 ** math.floor(math.log10(published)) / 10 ** (len(digits) - 1) / published


@pytest.mark.parametrize(("label", "identifier"), aliases("accelerator_aliases.csv"))
def test_every_accelerator_label_resolves(label, identifier):
    if ";" in identifier:
        with pytest.raises(CatalogError) as caught:
            CATALOG.accelerator(label)
        for key in identifier.split(";"):
            assert CATALOG.accelerator(key).short_name in str(caught.value)
    elif identifier in CATALOG.accelerators:
        assert CATALOG.accelerator(label).spec.id == identifier
    else:
        with pytest.raises(CatalogError, match="no published dense peak"):
            CATALOG.accelerator(label)


@pytest.mark.parametrize(
    ("label", "identifier", "count"),
    [
        ("NVIDIA H200", "h200-sxm", None),
        ("4090", "rtx4090", None),
        ("5090", "rtx5090", None),
        ("3090 Ti", "rtx3090ti", None),
        ("gfx942", "mi300x", None),
        ("GFX-950", "mi355x", None),
        ("MI400", "mi455x", None),
        ("p5.48xlarge", "h100-sxm", 8),
        ("P5.4XLARGE", "h100-sxm", 1),
        ("trn1.32xlarge", "trainium1", 16),
        ("a3-highgpu-8g", "h100-sxm", 8),
        ("Standard ND96isr H100 v5", "h100-sxm", 8),
        ("GH200 480GB", "gh200", None),
        ("H20 141GB", "h20-141gb", None),
    ],
)
def test_names_people_type_and_how_many_an_instance_holds(label, identifier, count):
    assert CATALOG.accelerator(label).spec.id == identifier
    alias = CATALOG.alias(label)
    assert (alias.count if alias else None) == count


def test_a_name_that_says_too_little_is_refused_with_the_candidates():
    with pytest.raises(CatalogError, match="may mean GB200, GB300 or Rubin VR200: name one of them"):
        CATALOG.accelerator("nvl72")


@pytest.mark.parametrize(("label", "name"), aliases("model_aliases.csv"))
def test_every_model_label_resolves(label, name):
    assert CATALOG.model(label).name == name


def test_names_resolve_whatever_their_case_and_separators():
    assert CATALOG.model("llama_3.1-405b").name == "Llama 3.1 405B"
    assert CATALOG.model("DEEPSEEK V3").name == "DeepSeek-V3"
    assert CATALOG.accelerator("h100 sxm").spec.id == "h100-sxm"
    for entry in CATALOG.accelerators.values():
        assert CATALOG.accelerator(entry.spec.name) is entry
        assert CATALOG.accelerator(entry.short_name) is entry
    for name, model in CATALOG.models.items():
        assert CATALOG.model(name) is model


def test_accelerator_figures_are_consistent():
    for entry in CATALOG.accelerators.values():
        spec = entry.spec
        assert spec.peak_flops.get("bf16") or spec.peak_flops.get("fp16"), spec.id
        assert spec.peak_flops.get("fp8", math.inf) >= spec.peak_flops.get("bf16", 0.0) * 0.999, spec.id
        assert spec.server_power_w >= spec.power_w * 0.9, spec.id
        assert 1e9 < spec.memory_bytes < 1e12, spec.id
        assert 1e11 < spec.memory_bandwidth < 1e14, spec.id
        assert spec.scaleup_domain == 1 or spec.scaleup_bandwidth >= spec.scaleout_bandwidth, spec.id
        for kind, rate in entry.measured_flops.items():
            # GeForce cards run above the boost clock their peak is stated at.
            assert rate < spec.peak_flops[kind] * (1.2 if "GeForce" in spec.name else 1.0), spec.id


def test_accelerator_figures_are_sourced_and_dated():
    for entry in CATALOG.accelerators.values():
        needed = {"compute", "memory", "scaleup", "scaleout", "node", "rent", "power", "server"}
        assert needed <= set(entry.sources), entry.spec.id
        assert date.fromisoformat(entry.sources_read)
        if entry.purchase_usd is not None:
            assert entry.purchase_date
            assert entry.purchase_basis
            assert entry.sources["purchase"]
        if entry.measured_flops:
            assert entry.sources["measured"]


@pytest.mark.parametrize(
    ("label", "bf16", "memory", "domain", "node"),
    [
        ("H100", 989.4e12, 80e9, 8, 8),
        ("A100-40GB", 312e12, 40e9, 8, 8),
        ("GB200", 2500e12, 186e9, 72, 4),
        ("TPU-v5e", 197e12, 16e9, 256, 8),
        ("Gaudi3", 1677e12, 128e9, 8, 8),
        ("GH200", 989e12, 96e9, 1, 1),
    ],
)
def test_well_known_figures(label, bf16, memory, domain, node):
    spec = CATALOG.accelerator(label).spec
    assert spec.peak_flops["bf16"] == pytest.approx(bf16, rel=1e-3)
    assert spec.memory_bytes == pytest.approx(memory)
    assert (spec.scaleup_domain, spec.node_size) == (domain, node)


@pytest.mark.parametrize(
    ("label", "units", "noun"),
    [
        ("H100", (1, 2, 4, 8), "GPU"),
        ("TPU-v6e", (1, 4, 8), "chip"),
        ("TPU-v5p", (4,), "chip"),
        ("GB300", (4,), "GPU"),
        ("Trn2", (1, 16), "chip"),
        ("RTX 4090", (1,), "GPU"),
        ("Gaudi3", (8,), "chip"),
    ],
)
def test_what_can_be_rented_below_a_server(label, units, noun):
    entry = CATALOG.accelerator(label)
    assert (entry.rent_units, entry.noun) == (units, noun)


def test_the_largest_unit_of_rent_is_whole_nodes():
    for entry in CATALOG.accelerators.values():
        assert list(entry.rent_units) == sorted(set(entry.rent_units)), entry.spec.id
        assert entry.rent_units[-1] % entry.spec.node_size == 0, entry.spec.id


def test_links_are_per_direction_in_bytes():
    spec = CATALOG.accelerator("h100-sxm").spec
    assert spec.scaleup_bandwidth == pytest.approx(450e9)
    assert spec.scaleout_bandwidth == pytest.approx(50e9)


def test_announced_parts_are_flagged():
    assert CATALOG.accelerator("tpu-8t").announced
    assert not CATALOG.accelerator("rubin").announced
    assert not CATALOG.accelerator("b200").announced


def exact_models() -> list[ModelEntry]:
    return [m for m in CATALOG.models.values() if m.shape == "exact" and m.published_total is not None]


@pytest.mark.parametrize("model", exact_models(), ids=lambda m: m.name)
def test_exact_shapes_count_to_their_published_parameters(model):
    counted = parameters(model.transformer)
    total = model.published_total
    allowed = LOOSE.get(model.name, max(0.01, half_a_digit(total)))
    assert counted.total == pytest.approx(total, rel=allowed)
    if model.published_active is not None:
        active = model.published_active
        # Makers count active parameters with the vocabulary, without the embedding, or without the head too.
        conventions = (counted.active, counted.active_matmul, counted.active_matmul - counted.head)
        allowed = LOOSE_ACTIVE.get(model.name, max(0.02, half_a_digit(active)))
        assert min(abs(count / active - 1) for count in conventions) <= allowed


def test_solved_shapes_count_to_their_size():
    for model in CATALOG.models.values():
        if model.shape in ("size", "hybrid"):
            counted = parameters(model.transformer)
            assert counted.total == pytest.approx(model.published_total, rel=1e-6), model.name
            if model.published_active is not None:
                assert counted.active == pytest.approx(model.published_active, rel=1e-6), model.name


def test_named_models_can_all_be_planned():
    assert len(CATALOG.named_models) > 100
    for model in CATALOG.named_models:
        assert model.organisation, model.name
        assert model.transformer.layers > 0, model.name
    names = {model.name for model in CATALOG.named_models}
    assert {"DeepSeek-V3", "Llama 3.1 405B", "GPT-3 175B", "PaLM 540B"} <= names
    assert not any("proxy" in name or "trunc" in name for name in names)


def test_models_are_sourced_and_dated():
    for model in CATALOG.models.values():
        assert model.source, model.name
        assert date.fromisoformat(model.sources_read)


def test_default_prices_are_what_the_rule_makes_of_the_quotes():
    quotes = list(read_rows(resource("prices.csv"), PriceQuote))
    shipped = list(read_rows(resource("price_cards.csv"), PriceCard))
    assert default_cards(quotes, CATALOG.constants.economics.price_window_days.value) == shipped, (
        "run tools/price_cards.py"
    )


def test_prices_are_sourced_dated_and_of_known_accelerators():
    for key, cards in CATALOG.prices.items():
        assert key in CATALOG.accelerators
        for card in cards:
            assert card.accelerator == key
            assert card.commitment in COMMITMENTS
            assert 0.05 < card.usd_per_gpu_hour < 30
            assert card.source
            assert date.fromisoformat(card.date) <= date(2026, 11, 28)
    for key in CATALOG.accelerators:
        for quote in CATALOG.quotes(key):
            assert quote.source
            assert date.fromisoformat(quote.date)


def test_every_accelerator_with_a_usable_quote_has_a_default_price():
    for key in CATALOG.accelerators:
        usable = [q for q in CATALOG.quotes(key) if q.standing == "listed"]
        if usable:
            assert CATALOG.default_price(key) is not None, key
    assert CATALOG.default_price("h20") is None


def test_no_default_price_is_half_a_year_older_than_another_of_the_same_accelerator():
    for key, cards in CATALOG.prices.items():
        chosen = CATALOG.default_price(key)
        newest = max((card.date for card in cards if card.commitment != "claim"), default=None)
        if chosen is None:
            assert newest is None, key
        else:
            assert (date.fromisoformat(newest) - date.fromisoformat(chosen.date)).days <= 183, key


@pytest.mark.parametrize("label", ["H100", "H200", "B200", "RTX 4090", "L4", "MI300X", "TPU v7", "Trainium2"])
def test_default_prices_of_what_is_rented_are_of_this_year(label):
    chosen = CATALOG.default_price(label)
    assert chosen is not None
    assert chosen.date >= "2026-05"


def test_default_price_prefers_a_specialist_and_obeys_the_terms_asked_for():
    chosen = CATALOG.default_price("H100")
    assert chosen is not None
    assert chosen.commitment == "specialist"
    one_year = CATALOG.default_price("h100-sxm", "one-year")
    listed = CATALOG.default_price("h100-sxm", "hyperscaler")
    assert one_year is not None
    assert listed is not None
    assert max(one_year.usd_per_gpu_hour, chosen.usd_per_gpu_hour) < listed.usd_per_gpu_hour
    assert CATALOG.default_price("tpu-v5e", "marketplace") is None


def test_historic_claims_are_kept():
    claims = [card for card in CATALOG.price_cards("H800") if card.commitment == "claim"]
    deepseek = next(card for card in claims if "DeepSeek-V3" in card.supplier)
    assert (deepseek.usd_per_gpu_hour, deepseek.date[:7]) == (2.0, "2024-12")


def test_runs_name_known_models_and_accelerators():
    assert len(CATALOG.runs) > 200
    for run in CATALOG.runs:
        assert CATALOG.model(run.label).name == run.model == CATALOG.model(run.model).name
        assert run.source, run.label
        assert run.accelerator is None or run.accelerator in CATALOG.accelerators, run.label


def test_trusted_runs_have_a_plausible_utilization():
    checked = 0
    for run in CATALOG.runs:
        if not (run.trusted and run.stage == "pretrain" and run.gpu_hours and run.tokens and run.accelerator):
            continue
        peaks = CATALOG.accelerator(run.accelerator).spec.peak_flops
        available = run.gpu_hours * 3600 * peaks.get("bf16", peaks.get("fp16", 0.0))
        active = run.params_active or parameters(CATALOG.model(run.model).transformer).active
        # A model of a hundred million parameters cannot keep a large part busy: kernels are short.
        least = 0.12 if active > 5e8 else 0.05
        assert least < 6 * active * run.tokens / available < 0.6, run.label
        assert run.evidence != "recalled"
        checked += 1
    assert checked > 50


def test_days_and_count_come_to_the_hours_or_the_note_says_why():
    checked = 0
    for run in CATALOG.runs:
        if not (run.gpu_hours and run.wall_days and run.count):
            continue
        checked += 1
        if abs(run.gpu_hours / (run.wall_days * run.count * 24) - 1.0) > 0.1:
            assert run.note, run.label
            assert not run.trusted or "hours" in run.note, run.label
    assert checked > 100


def test_claimed_cost_is_hours_at_the_claimed_rate_or_the_note_says_why():
    checked = 0
    for run in CATALOG.runs:
        if run.trusted and run.gpu_hours and run.cost_usd and run.usd_per_gpu_hour:
            charged = run.gpu_hours * run.usd_per_gpu_hour
            assert run.note or charged == pytest.approx(run.cost_usd, rel=0.1), run.label
            checked += 1
    assert checked > 10


def test_runs_of_a_model_include_its_descendants():
    labels = {run.label for run in CATALOG.runs_of("DeepSeek-V3")}
    assert {"DeepSeek-V3", "DeepSeek-R1"} <= labels
    hours = {run.stage: run.gpu_hours for run in CATALOG.runs_of("DeepSeek-V3") if run.label == "DeepSeek-V3"}
    assert hours["total"] == hours["pretrain"] + hours["context-extension"] + hours["sft"] == 2_788_000


def test_llama_405b_and_falcon_use_the_published_hours():
    by_label = {run.label: run for run in CATALOG.runs if run.stage == "pretrain"}
    assert by_label["Llama 3.1 405B"].gpu_hours == 30_840_000
    assert by_label["Llama 3.1 405B"].wall_days == pytest.approx(30.84e6 / 16_384 / 24, rel=0.001)
    assert by_label["Falcon-180B"].gpu_hours == 7_000_000
    assert by_label["DeepSeek-V2"].gpu_hours == pytest.approx(172_800 * 8.1)


def test_matmul_ceilings():
    h100 = CATALOG.matmul_ceiling("H100")
    assert h100.measured
    assert h100.share == pytest.approx(0.803, abs=0.001)
    h800 = CATALOG.matmul_ceiling("H800")
    assert not h800.measured
    assert h800.share >= h100.share
    assert CATALOG.matmul_ceiling("h100-sxm", "fp8").share < h100.share
    assert 0.9 < CATALOG.matmul_ceiling("tpu-v4").share <= 1.0
