"""``isocost risk``: chances checked by hand, where a hand can."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from isocost.cli import main

from .plans import with_waste_typed

Z90 = NormalDist().inv_cdf(0.9)

CLAIM = """\
isocost: 1
name: Claim
scenarios:
  - name: A
    hardware: {{accelerator: h100-sxm, count: 8}}
    price: {{usd_per_gpu_hour: 3}}
{more}
    stages:
      - kind: gpu-hours
        name: Run
        gpu_hours: 1000
"""


def plan(folder: Path, more: str = "", text: str = CLAIM) -> str:
    """A plan file of 1,000 accelerator-hours at $3, with more lines of its scenario."""
    file = folder / "plan.yaml"
    file.write_text(text.format(more=more and f"    {more}"), encoding="utf-8")
    return str(file)


def told(capsys, *arguments: str) -> dict:
    assert main([*arguments, "--format", "json"]) == 0
    return json.loads(capsys.readouterr().out)


def refused(capsys, *arguments: str) -> str:
    assert main(list(arguments)) == 2
    said = capsys.readouterr()
    assert not said.out
    assert said.err.startswith("isocost: ")
    assert said.err.count("\n") == 1
    return said.err


def test_a_price_of_two_ends_has_8_chances_in_10_between_them(capsys, tmp_path):
    file = plan(tmp_path, "ranges: {price.usd_per_gpu_hour: 2..4}")
    found = told(capsys, "risk", file, "--budget", "3500")
    cost = found["cost_usd"]
    assert cost["base"] == 3000.0
    assert cost["p10"] == pytest.approx(2000, rel=1e-3)
    assert cost["p50"] == pytest.approx(3000, rel=1e-3)
    assert cost["p90"] == pytest.approx(4000, rel=1e-3)
    # Above the median 4/3 is 1.28 standard deviations away: 3,500 is log(7/6)/log(4/3) of that.
    away = Z90 * math.log(3500 / 3000) / math.log(4 / 3)
    assert found["chance"]["over_budget"] == pytest.approx(1.0 - NormalDist().cdf(away), abs=2e-4)
    assert cost["base_percentile"] == pytest.approx(50.0)
    assert found["wall_days"]["p10"] == found["wall_days"]["p90"] == pytest.approx(1000 / 8 / 24)


def test_a_triangle_ends_at_its_ends(capsys, tmp_path):
    held = "ranges: {price.usd_per_gpu_hour: {low: 2, mode: 3, high: 6, shape: triangular}}"
    found = told(capsys, "risk", plan(tmp_path, held), "--budget", "5000")
    # The area of the triangle above $5: (6 - 5)^2 / ((6 - 2) (6 - 3)).
    assert found["chance"]["over_budget"] == pytest.approx(1 / 12, abs=2e-4)
    # A quarter of it lies below the mode, the plan's own price.
    assert found["cost_usd"]["base_percentile"] == pytest.approx(25.0, abs=0.05)
    assert "three chances in four that it costs more" in " ".join(found["words"])


def test_independent_doubts_join_as_the_root_of_their_squares(capsys, tmp_path):
    held = "ranges: {price.usd_per_gpu_hour: {low: 2, mode: 3, high: 4.5}, stage.gpu_hours: 500..2000}"
    found = told(capsys, "risk", plan(tmp_path, held))
    both = math.exp(math.hypot(math.log(1.5), math.log(2.0)))
    assert found["cost_usd"]["p90"] == pytest.approx(3000 * both, rel=0.02)
    assert found["cost_usd"]["p10"] == pytest.approx(3000 / both, rel=0.02)
    assert found["gpu_hours"]["p90"] == pytest.approx(2000, rel=1e-3)
    assert found["wall_days"]["p90"] == pytest.approx(2000 / 8 / 24, rel=1e-3)


def test_budget_and_deadline_are_held_jointly(capsys, tmp_path):
    # Cost and time both follow the hours: holding both is holding the harder one.
    file = plan(tmp_path, "ranges: {stage.gpu_hours: 500..2000}")
    found = told(capsys, "risk", file, "--budget", "3600", "--deadline", str(1500 / 8 / 24))
    chance = found["chance"]
    assert chance["over_budget"] > chance["late"] > 0.0
    assert chance["both_held"] == pytest.approx(1.0 - chance["over_budget"])
    # Cost follows the price alone and time the hours alone: the chances multiply.
    free = "ranges: {stage.gpu_hours: 500..2000, price.usd_per_gpu_hour: {low: 2, mode: 3, high: 4.5}}"
    hours = told(capsys, "risk", plan(tmp_path, free), "--budget", "1e9", "--deadline", "6")["chance"]
    assert hours["both_held"] == pytest.approx(1.0 - hours["late"])


def test_the_deadline_counts_the_whole_programme(capsys, tmp_path):
    more = "schedule: {preparation_weeks: 2}\n    ranges: {stage.gpu_hours: 500..2000}"
    found = told(capsys, "risk", plan(tmp_path, more), "--deadline", "20")
    # 20 days less two weeks are 6 days of 8 accelerators: 1,152 of the hours.
    away = Z90 * math.log(1152 / 1000) / math.log(2)
    assert found["chance"]["late"] == pytest.approx(1.0 - NormalDist().cdf(away), abs=2e-4)
    assert found["programme_days"]["base"] == pytest.approx(found["wall_days"]["base"] + 14)


def test_the_reserve_is_held_against_the_spread_not_sampled_with_it(capsys, tmp_path):
    more = "programme: {contingency: 0.2}\n    ranges: {price.usd_per_gpu_hour: {low: 2, mode: 3, high: 4.5}}"
    found = told(capsys, "risk", plan(tmp_path, more))
    assert (found["plan_usd"], found["with_reserve_usd"]) == (3000.0, 3600.0)
    assert found["cost_usd"]["p90"] == pytest.approx(4500, rel=1e-3)
    assert found["ask_usd"] == found["cost_usd"]["p80"]
    given = more.replace("ranges: {", "ranges: {programme.contingency: 10-40 %, ")
    sampled = told(capsys, "risk", plan(tmp_path, given))
    assert sampled["cost_usd"]["base"] == 3600.0
    # Its median is the plan's 20 %, its sides differ: 1.1 to 1.4 of what everything else comes to.
    assert 1.1 * 2000 < sampled["cost_usd"]["p10"] < sampled["cost_usd"]["p50"] < 1.4 * 3000
    assert sampled["cost_usd"]["p90"] > 1.2 * 4500


def test_ablations_move_with_the_final_run(capsys, tmp_path):
    stages = "      - {{kind: ablations, name: Ablations, ablations: {{share: 0.5}}}}\n"
    more = "ranges: {stage.gpu_hours: 500..2000, ablations.share: {low: 0, high: 1, shape: uniform}}"
    table = tmp_path / "samples.csv"
    options = ("--samples", "2000", "--csv", str(table))
    found = told(capsys, "risk", plan(tmp_path, more, CLAIM + stages), *options)
    assert found["gpu_hours"]["base"] == 1500.0
    with table.open(encoding="utf-8") as file:
        rows = [{key: float(value) for key, value in row.items()} for row in csv.DictReader(file)]
    assert len(rows) == found["samples"] == 2000
    for row in rows[:50]:
        hours = row["stage.gpu_hours"] * (1.0 + row["ablations.share"])
        assert row["gpu_hours"] == pytest.approx(hours)
        assert row["cost_usd"] == pytest.approx(3.0 * hours, abs=0.02)
    assert max(row["ablations.share"] for row in rows) <= 1.0
    shares = np.array([[row["stage.gpu_hours"], row["ablations.share"]] for row in rows])
    assert abs(np.corrcoef(shares.T)[0, 1]) < 0.1


def test_one_error_of_the_model_moves_every_stage_it_predicts(capsys, tmp_path):
    """SmolLM3's stages all share it, so what is left of the range is that of one stage."""
    found = told(capsys, "risk", with_waste_typed("startup-7b", tmp_path))
    step = next(doubt for doubt in found["doubts"] if doubt["name"] == "Step model")
    assert step["whose"] == "measured"
    # Nothing else moves the hours of this plan by more than a promille: time goes against MFU.
    for low, high in (("p10", "high"), ("p90", "low")):
        slower = step["base"] / step[high]
        assert found["wall_days"][low] / found["wall_days"]["base"] == pytest.approx(slower, rel=2e-3)
    whole = told(capsys, "risk", "smollm3-programme")
    names = [doubt["name"] for doubt in whole["doubts"]]
    assert names == ["Step model", "Whole-run waste", "Goodput", "Ablations", "Price of H100"]


def test_doubts_of_ours_are_there_with_their_source(capsys):
    found = {doubt["name"]: doubt for doubt in told(capsys, "risk", "api-or-own")["doubts"]}
    price = found["Price of H100"]
    assert (price["whose"], price["base"], price["path"]) == ("market", 3.99, "price.usd_per_gpu_hour")
    assert (price["low"], price["high"]) == (pytest.approx(3.25, abs=0.01), pytest.approx(5.11, abs=0.01))
    assert "14 suppliers" in price["source"]
    assert (found["Ablations"]["low"], found["Ablations"]["high"]) == (0.15, pytest.approx(1.0))
    assert all(doubt["source"] for doubt in found.values())
    # Llama's plan is on a price that few ask for: it may hold or rise.
    low = {doubt["name"]: doubt for doubt in told(capsys, "risk", "llama-3.1-405b")["doubts"]}
    assert low["Price of H100"]["low"] == low["Price of H100"]["base"] < price["low"]
    assert "Price of H800" not in str(told(capsys, "risk", "deepseek-r1-first-principles")["doubts"])


@pytest.mark.parametrize(
    ("more", "gone"),
    [
        ("efficiency: {mfu: 0.4, goodput: 0.95, waste: 0.1}", {"Step model", "Goodput", "Whole-run waste"}),
        ("ranges: {efficiency.mfu: 30-50 %}", {"Step model"}),
        ("ranges: {efficiency.goodput: {low: 0.9, high: 0.99}}", {"Goodput"}),
        ("ranges: {efficiency.waste: 5-20 %}", {"Whole-run waste"}),
        ("efficiency: {stack: vendor, waste: 0.1}", {"Whole-run waste"}),
    ],
)
def test_what_is_typed_or_ranged_replaces_our_doubt_of_it(more, gone, capsys, tmp_path):
    text = CLAIM.partition("      - kind: gpu-hours")[0] + (
        "      - {{kind: pretrain, name: Run, data: {{tokens: 2e11, batch_tokens: 1e6}}}}\n"
    )
    found = told(capsys, "risk", plan(tmp_path, more, text))
    assert not gone & {doubt["name"] for doubt in found["doubts"] if doubt["whose"] != "yours"}
    assert not any(doubt["name"].startswith("Price") for doubt in found["doubts"])  # typed in the file


@pytest.mark.parametrize(
    ("held", "said"),
    [
        (
            "{price.usd_per_gpu_hour: 4..6}",
            "the plan's value lies outside, so the geometric middle, $4.90, is taken",
        ),
        ("{demand.months: 12..36}", "moves neither the bill nor the calendar"),
        ("{Off/stage.gpu_hours: 1..2}", "no stage that counts is called 'Off'"),
        ("{efficiency.mfu: 30-50 %}", "no stage that counts uses it"),
        ("{ownership.years: 3..6}", "changes nothing in the plan as it stands"),
        ("{Run/tuning.rank: 8..32}", "Run has no such input"),
    ],
)
def test_what_is_understood_but_not_sampled_is_said(held, said, capsys, tmp_path):
    off = "      - {{kind: gpu-hours, name: 'Off', gpu_hours: 10, enabled: false}}\n"
    file = plan(tmp_path, f"ranges: {held}", CLAIM + off)
    for form in ("text", "markdown"):
        assert main(["risk", file, "--format", form]) == 0
        assert said in capsys.readouterr().out.replace("\\_", "_").replace("\\", "")
    assert said in " ".join(told(capsys, "risk", file)["words"])


def test_an_input_that_several_stages_hold_is_asked_for_by_stage(capsys, tmp_path):
    stages = "      - {{kind: gpu-hours, name: More, gpu_hours: 10}}\n"
    text = CLAIM + stages
    found = told(capsys, "risk", plan(tmp_path, "ranges: {stage.gpu_hours: 1..20}", text))
    assert "say of which stage: Run/stage.gpu_hours, More/stage.gpu_hours." in " ".join(found["words"])
    found = told(capsys, "risk", plan(tmp_path, "ranges: {More/stage.gpu_hours: 5..20}", text))
    assert found["gpu_hours"]["p90"] == pytest.approx(1020, rel=1e-4)
    assert found["doubts"][0]["path"] == "More/stage.gpu_hours"


def test_without_doubt_every_sample_is_the_plan(capsys):
    found = told(capsys, "risk", "deepseek-r1", "--budget", "294672", "--deadline", "365")
    cost = found["cost_usd"]
    assert cost["p10"] == cost["p90"] == cost["base"] == 294672.0
    assert found["chance"] == {"over_budget": 0.0, "late": 0.0, "both_held": 1.0}
    assert main(["risk", "deepseek-r1"]) == 0
    assert "Nothing in this plan is in doubt: $295K as it stands" in capsys.readouterr().out


def test_the_same_seed_gives_the_same_digits_and_another_does_not(capsys, tmp_path):
    file = plan(tmp_path, "ranges: {price.usd_per_gpu_hour: 2..4, stage.gpu_hours: 500..2000}")
    first = told(capsys, "risk", file, "--samples", "1000")
    assert first == told(capsys, "risk", file, "--samples", "1000", "--seed", "7")
    assert first["cost_usd"] != told(capsys, "risk", file, "--samples", "1000", "--seed", "8")["cost_usd"]
    # Written down once: numpy's PCG64 and the standard library's normal quantiles are the same everywhere.
    assert first["cost_usd"] == DIGITS


DIGITS = {
    "p10": 1362.98,
    "p50": 2911.04,
    "p80": 4810.0,
    "p90": 6459.07,
    "base": 3000.0,
    "base_percentile": 51.7,
}


def test_every_form_says_the_same(capsys, tmp_path):
    file = plan(tmp_path, "ranges: {price.usd_per_gpu_hour: 2..4}\n    goal: {budget_usd: 3500}")
    tree = told(capsys, "risk", file)
    for form in ("text", "markdown"):
        assert main(["risk", file, "--format", form]) == 0
        said = capsys.readouterr().out.replace("\\", "")
        assert tree["words"][0] in said
        assert "P90" not in said
    assert main(["risk", file, "--format", "csv"]) == 0
    rows = list(csv.DictReader(capsys.readouterr().out.splitlines()))
    assert float(rows[0]["p90"]) == tree["cost_usd"]["p90"]
    assert [row["figure"] for row in rows] == [
        "cost_usd", "wall_days", "programme_days", "gpu_hours", "energy_kwh",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "options",
    [
        ("--samples", "99"),
        ("--samples", "ten"),
        ("--samples", "1e4"),
        ("--seed", "-1"),
        ("--seed", "1.5"),
        ("--budget", "much"),
        ("--budget", "0"),
        ("--deadline", "soon"),
        ("--scenario", "B"),
        ("--csv", "/no/such/folder/samples.csv"),
        ("--format", "xml"),
        ("--what",),
    ],
)
def test_what_cannot_be_done_is_one_sentence(options, capsys, tmp_path):
    refused(capsys, "risk", plan(tmp_path), *options)


def test_samples_do_not_replace_the_plan(capsys, tmp_path):
    file = plan(tmp_path)
    assert "is the table itself" in refused(capsys, "risk", file, "--csv", file)
    assert Path(file).read_text(encoding="utf-8").startswith("isocost: 1")


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.floats(0.1, 50.0),
    st.floats(1.01, 20.0),
    st.sampled_from(["lognormal", "uniform", "triangular"]),
    st.sampled_from(
        [
            "price.usd_per_gpu_hour",
            "stage.gpu_hours",
            "people.heads",
            "storage.terabytes",
            "programme.setup_usd",
        ]
    ),
)
def test_any_range_is_sampled_within_what_its_shape_allows(tmp_path_factory, low, wider, shape, path):
    from isocost.catalog import load
    from isocost.files import load_project
    from isocost.plan.answer.estimate import answer
    from isocost.plan.doubt.risk import risk

    held = f"ranges: {{{path}: {{low: {low!r}, high: {low * wider!r}, shape: {shape}}}}}"
    catalog = load()
    project = load_project(Path(plan(tmp_path_factory.mktemp("plan"), held)), catalog)
    found = risk(answer(project, catalog).reckoning, samples=200)
    (doubt,) = found.programme.doubts
    (values,) = found.values
    inside = np.mean((values >= low) & (values <= low * wider * (1 + 1e-12)))
    assert inside == pytest.approx(0.8 if shape == "lognormal" else 1.0, abs=0.01)
    assert np.all(np.isfinite(found.outcomes.cost_usd))
    # The closed form at the plan's own value is the plan.
    if doubt.base == pytest.approx(doubt.middle):
        still = found.programme.at([np.array([doubt.base])])
        assert still.cost_usd[0] == pytest.approx(found.programme.base.cost_usd[0], abs=0.02)


SIZED = """\
isocost: 1
name: Sized
scenarios:
  - name: A
    model: {{parameters: 30e9, active_parameters: 20e9}}
    hardware: {{accelerator: h100-sxm, count: 8}}
    price: {{usd_per_gpu_hour: 3}}
{more}
    stages:
      - {{kind: pretrain, name: Run, data: {{tokens: 1e11}}}}
"""


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("ranges: {model.parameters: 20e9..2e12}", "model.parameters: the plan does not fit at "),
        (
            "ranges: {model.active_parameters: 5e9..300e9}",
            "part of the range is left out: Active parameters can",
        ),
        ("ranges: {model.active_parameters: 50e9..300e9}", "no more than all 30B. The range is not sampled."),
    ],
)
def test_where_in_a_range_there_is_no_plan_is_said(more, said, capsys, tmp_path):
    found = told(capsys, "risk", plan(tmp_path, more, SIZED))
    assert said in " ".join(found["words"])
    assert math.isfinite(found["cost_usd"]["p90"])


def test_a_range_from_the_least_that_an_input_may_be_has_chances(capsys, tmp_path):
    """Nodes beyond a limit are cut to it, beside the range's own end: no slope is between those two."""
    text = SIZED.replace("{{parameters: 30e9, active_parameters: 20e9}}", "{{parameters: 7e9}}")
    held = "layout: {tp: 8}\n    ranges: {model.parameters: 1e5..1e12}"
    found = told(capsys, "risk", plan(tmp_path, held, text))
    cost = found["cost_usd"]
    assert 0.0 < cost["p10"] < cost["base"] < cost["p90"] < math.inf


def test_an_estimate_says_that_ranges_are_not_in_its_own(capsys, tmp_path):
    ranged = plan(tmp_path, "ranges: {price.usd_per_gpu_hour: 2..3}")
    assert main(["estimate", ranged]) == 0
    assert "Your range is in what is said of chances" in capsys.readouterr().out


def test_a_range_of_a_predicted_mfu_says_which_waste_its_samples_bear(capsys, tmp_path):
    text = "\n".join(
        [
            "isocost: 1", "name: Ranged", "scenarios:", "- name: Only", "  model: {parameters: 7e9}",
            "  hardware: {accelerator: h100-sxm, count: 64}", "  price: {usd_per_gpu_hour: 2}", "  stages:",
            "  - {kind: pretrain, name: Run, data: {tokens: 1e11, sequence: 4096, batch_tokens: 4194304}}",
            "  ranges: {efficiency.mfu: 35-55 %}", "",
        ]
    )  # fmt: skip
    path = tmp_path / "mfu.yaml"
    path.write_text(text, encoding="utf-8")
    # About the prediction it stands in place of its error alone; beside it, it is another speed.
    assert not any("counts as measured" in line for line in told(capsys, "risk", str(path))["words"])
    path.write_text(text.replace("35-55 %", "10-15 %"), encoding="utf-8")
    words = told(capsys, "risk", str(path))["words"]
    assert any("a range counts as measured" in line for line in words)
    path.write_text(text.replace("  price:", "  efficiency: {mfu: 0.4}\n  price:"), encoding="utf-8")
    assert not any("counts as measured" in line for line in told(capsys, "risk", str(path))["words"])
