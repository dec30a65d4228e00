"""Reports of an estimate, whatever is in it."""

from __future__ import annotations

import csv
import io
import json
import math
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from isocost.catalog import Catalog, CatalogError, load
from isocost.catalog.records import named_for
from isocost.plan.answer.estimate import answer, estimate
from isocost.plan.answer.results import Estimate, GroupShare, StageEstimate, Total
from isocost.plan.doubt.span import EstimateRange, Range
from isocost.plan.money.ledger import LedgerLine
from isocost.plan.notice import Notice
from isocost.plan.physics.records import Breakdown, FlopCount, Part
from isocost.plan.project.choosing import with_hardware
from isocost.plan.project.project import Hardware, ModelChoice, Project, replace_stage
from isocost.quantities import plain_spaces
from isocost.report.estimate_questions import questions
from isocost.report.estimate_tables import csv_text, json_text, markdown_text
from isocost.report.estimate_text import text, work_sentence
from isocost.report.findings.header import key_figures
from tests.files.strategies import PROJECTS
from tests.report.findings.plans import estimated, shipped

STAGE = StageEstimate(
    name="Pre-training",
    group="Base",
    kind="pretrain",
    cost_usd=5_328_000.0,
    gpu_hours=2_664_000.0,
    wall_days=54.2,
    accelerator="h800-sxm",
    accelerator_name="H800",
    count=2048,
    usd_per_gpu_hour=2.0,
    energy_kwh=3e6,
    co2_kg=1e6,
    price_source="assumed by DeepSeek, 2024-12-27",
    mfu=0.39,
    mfu_source="your input",
    tokens_per_s_per_gpu=1543.2,
    fits=True,
    layout="tp 1, pp 16, ep 64",
    memory=Breakdown((Part("Weights", 2e9), Part("Activations", 60e9), Part("Buffers", 0.0)), 76e9),
    step=Breakdown((Part("Attention", 5.0), Part("Matrix multiplies", 15.0))),
    flops=FlopCount(3.3e24, 0.45e24, 3.29e24),
    goodput=0.95,
    batch_tokens=62.9e6,
)
ESTIMATE = Estimate(
    project="V3",
    scenario="Base",
    stages=(STAGE,),
    total=Total(5_328_000.0, 2_664_000.0, 54.2, 3e6, 1e6),
    range=EstimateRange(Range(4.9e6, 5.3e6, 6.4e6), Range(50.0, 54.2, 65.0), 5.3e6, 50.0),
    ledger=(LedgerLine("Pre-training: H800 rent", 5_328_000.0, "assumed by DeepSeek, 2024-12-27"),),
    groups=(GroupShare("Base", 5_328_000.0, 2_664_000.0, 1.0),),
    warnings=(Notice("price-stale", "price.usd_per_gpu_hour", "The price is 99 days old."),),
    headline="$5.33M and 54\u00a0days on 2,048 H800",
    doubt="8 chances in 10: $4.9M to $6.4M",
)


def test_text_in_full() -> None:
    assert text(ESTIMATE) == (
        "V3 | Base\n"
        "$5.33M and 54 days on 2,048 H800\n"
        "8 chances in 10: $4.9M to $6.4M\n"
        "\n"
        "Total: $5,328,000.00 for 2,664,000 GPU-hours\n"
        "Range: 8 chances in 10 that it costs $4.9M to $6.4M, as many that it runs 50 to 65 days\n"
        "Energy: 3,000,000 kWh, 1,000 t CO2e\n"
        "\n"
        "Stage                  Cost  GPU-hours     Time  Accelerators     MFU  Tokens/s/GPU  Memory  "
        "Layout\n"
        "Pre-training  $5,328,000.00  2,664,000  54 days  2,048 H800    39.0 %         1,543  fits    "
        "tp 1, pp 16, ep 64\n"
        "\n"
        "Base: $5,328,000.00, 100.0 %\n"
        "\n"
        "Pre-training: 3.75e24 FLOPs; 6ND says 3.29e24 (+14.0 %): attention over the sequence adds 13.7 %.\n"
        "Pre-training: MFU 39.0 % of the dense peak, your input; goodput 95.0 %.\n"
        "Pre-training: 57.7 of 70.8 GiB usable on each accelerator: activations 55.9 GiB, weights 1.86 GiB.\n"
        "Pre-training: a step takes 20 s as predicted: matrix multiplies 75 %, attention 25 %.\n"
        "\n"
        "Price: $2.00 per GPU-hour on H800: assumed by DeepSeek, 2024-12-27\n"
        "\n"
        "price.usd_per_gpu_hour: The price is 99 days old."
    )


@pytest.mark.parametrize(
    ("matmul", "reason"),
    [
        (0.96, "embedding look-ups, which multiply nothing, take away 4.0 %"),
        (1.02, "layers used in training only (multi-token prediction) add 2.0 %"),
    ],
)
def test_the_difference_from_6nd_has_reasons(matmul: float, reason: str) -> None:
    sentence = plain_spaces(work_sentence(FlopCount(matmul * 1e24, 0.03e24, 1e24)))
    assert f"6ND says 1e24 ({(matmul + 0.03 - 1) * 100:+.1f} %)" in sentence
    assert "attention over the sequence adds 3.0 %" in sentence
    assert reason in sentence


def test_numbers_json_does_not_have_are_null() -> None:
    stage = replace(STAGE, wall_days=math.inf, tokens_per_s_per_gpu=math.nan, layout=None, fits=None)
    tree = json.loads(json_text(replace(ESTIMATE, stages=(stage,), range=None)))
    assert tree["range"] is None
    assert tree["stages"][0]["wall_days"] is None
    assert tree["stages"][0]["tokens_per_s_per_gpu"] is None
    assert tree["stages"][0]["fits"] is None


@lru_cache(maxsize=1)
def catalog() -> Catalog:
    return load(Path("no-such-folder"))


@st.composite
def priceable(draw: st.DrawFn) -> Project:
    """Any plan a file can hold, on accelerators and models the catalogue has."""
    accelerators = st.sampled_from(sorted(catalog().accelerators))
    sized = [name for name, entry in catalog().models.items() if entry.exact or entry.published_total]
    models = st.sampled_from([None, *sorted(sized)])

    def known(value):
        if isinstance(value, tuple):
            return tuple(known(item) for item in value)
        if not isinstance(value, msgspec.Struct):
            return value
        parts = {name: known(getattr(value, name)) for name in value.__struct_fields__}
        if isinstance(value, Hardware):
            parts["accelerator"] = draw(accelerators)
        if isinstance(value, ModelChoice):
            parts["name"] = draw(models)
        return type(value)(**parts)

    return known(msgspec.structs.replace(draw(PROJECTS), prices=()))


@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(project=priceable())
def test_any_plan_is_priced_and_reported_or_refused_in_a_sentence(project: Project) -> None:
    try:
        result = estimate(project, catalog())
    except (CatalogError, ValueError) as error:
        sentence = str(error)
    else:
        sentence = ""
        check_reports(result)
    assert sentence == "" or sentence.endswith(".")


def check_reports(result: Estimate) -> None:
    tree = json.loads(json_text(result))
    assert tree["total"]["cost_usd"] is not None
    rows = list(csv.reader(io.StringIO(csv_text(result))))
    assert len(rows) == len(result.ledger) + 2
    assert {len(row) for row in rows} == {17}
    table = [line for line in markdown_text(result).split("\n") if line.startswith("|")]
    assert len(table) >= sum(stage.enabled for stage in result.stages) + 3
    assert text(result)


def test_what_is_no_gpu_is_not_called_one():
    for name, noun in (("palm-540b", "chip"), ("startup-7b", "GPU")):
        result = estimated(name, catalog())
        for told in (text(result), markdown_text(result)):
            assert ("GPU" in told) is (noun == "GPU")
            assert named_for(noun, "GPU-hours", heading=True) in told
        assert json.loads(json_text(result))["total"]["hours_of"] == noun
        assert f"{noun}-hours x $" in result.ledger[0].how
        assert key_figures(result)[0].label == named_for(noun, "GPU-hours", heading=True)


def test_json_tells_where_the_memory_of_a_step_likely_lies():
    (stage,) = json.loads(json_text(estimated("startup-7b", catalog())))["stages"]
    assert stage["memory_low_bytes"] < stage["memory_bytes"] < stage["memory_high_bytes"]
    close = stage["memory_low_bytes"] <= stage["memory_usable_bytes"] < stage["memory_high_bytes"]
    assert stage["memory_fits"] == ("close" if close else "yes" if stage["fits"] else "no")


def test_a_plan_on_gpus_and_chips_counts_accelerators():
    project = shipped("deepseek-r1", catalog())
    first = msgspec.structs.replace(project.scenarios[0].stages[0], hardware=Hardware("tpu-v6e", 256))
    assert "Accelerator-hours" in text(estimate(replace_stage(project, first), catalog()))


@pytest.mark.parametrize(
    ("hours", "said"), [(0.108, "0.108"), (6.14, "6.14"), (99.99, "100"), (1234.5, "1,234")]
)
def test_a_few_hours_are_not_rounded_to_none(hours, said):
    few = replace(ESTIMATE, total=replace(ESTIMATE.total, gpu_hours=hours))
    assert f"for {said} GPU-hours" in plain_spaces(text(few))


@pytest.mark.parametrize("sequence", [1024, 4096, 65_536])
def test_of_what_does_not_fit_no_speed_is_shown(sequence):
    """Its layout is the one of least memory, whose speed follows what it gathers, not the sequences."""
    catalog = load()
    project = shipped("deepseek-v3", catalog)
    stage = project.scenarios[0].stages[0]
    data = msgspec.structs.replace(stage.data, sequence=sequence)
    small = msgspec.structs.replace(stage, hardware=Hardware("h100-sxm", 64), data=data, layout=None)
    project = replace_stage(project, small, scenario=0, stage=0)
    result = estimate(project, catalog)
    assert result.stages[0].fit == "does not fit"
    for said in (text(result), markdown_text(result)):
        assert "MFU 1" not in said
        assert f"{result.stages[0].mfu:.1%}".replace("%", " %") not in plain_spaces(said)
    assert "no layout fits; cost and time are what" in text(result)
    assert "if it fitted" in text(result)
    assert "a step takes" not in text(result)


def test_questions_beside_a_plan_that_does_not_fit_are_answered_as_if_it_did():
    catalog = load()
    plan = shipped("api-or-own", catalog)
    answers = [
        {
            each.key: each
            for each in questions(answer(with_hardware(plan, "h100-sxm", count, catalog), catalog))
        }
        for count in (8, 1)
    ]
    for key in ("rent_or_buy", "api_or_own", "energy"):
        assert "if it fitted" not in " ".join(answers[0][key].sentences)
        assert "if it fitted" in " ".join(answers[1][key].sentences)
    assert answers[1]["rent_or_buy"].figures["said"].endswith(", if it fitted")


@pytest.mark.parametrize("name", ["deepseek-chain", "rent-or-buy-64-h100", "api-or-own"])
def test_sums_are_written_to_the_cent_wherever_they_stand(name):
    """Rates may have more digits; sums have none beyond the cents of the bill."""
    found = answer(shipped(name, catalog()), catalog())
    written = json.loads(json_text(found.estimate, questions(found)))
    spans = [written["range"]["cost_usd"], *written["range"]["parts"].values()]
    bought = written.get("rent_or_buy", {})
    sums = [
        written["energy"]["cost_usd"],
        *(usd for span in spans for usd in span.values()),
        *(bought[key] for key in ("plan_rented_usd", "plan_bought_usd") if key in bought),
    ]
    assert [each for each in sums if each != round(each, 2)] == []
