"""What the header says beside its sentence: figures, how sure it is, whether it fits, how old prices are."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import msgspec
import pytest

from isocost.plan.answer.estimate import estimate
from isocost.plan.notice import Cure, Notice
from isocost.plan.project.choosing import with_hardware
from isocost.plan.project.programme import People
from isocost.plan.project.project import GpuHoursStage, Hardware, Price, Project, set_value
from isocost.quantities import plain_spaces
from isocost.report.findings.header import (
    Remark,
    by_gravity,
    copied,
    cure_line,
    key_figures,
    remarks,
    remarks_line,
    shown_path,
    title_line,
)
from tests.plan.programmes import priced, scenario
from tests.report.findings.plans import shipped


def test_r1_is_shown_as_its_share_of_the_whole(catalog):
    result = estimate(shipped("deepseek-r1-with-base", catalog), catalog)
    shown = {figure.label: plain_spaces(figure.value) for figure in key_figures(result)}
    assert shown["GPU-hours"] == "2.94M"
    assert shown["DeepSeek-R1"] == "5.0 %"


@pytest.mark.parametrize(
    ("precision", "accelerator", "basis"),
    [("bf16", "h100-sxm", "BF16"), ("fp8", "h100-sxm", "FP8"), ("fp8", "a100-sxm-80gb", "BF16")],
)
def test_an_mfu_names_the_peak_it_is_a_share_of(catalog, precision, accelerator, basis):
    project = shipped("startup-7b", catalog)
    project = set_value(set_value(project, "data.precision", precision), "hardware.accelerator", accelerator)
    shown = {figure.label: figure.note for figure in key_figures(estimate(project, catalog))}
    assert shown["MFU"] == f"of the {basis} dense peak"


@pytest.mark.parametrize(
    ("accelerator", "label", "per"),
    [("h100-sxm", "GPU-hours", "per GPU"), ("tpu-v5p", "Chip-hours", "per chip")],
)
def test_hours_are_those_of_what_is_rented(catalog, accelerator, label, per):
    project = shipped("startup-7b", catalog)
    result = estimate(set_value(project, "hardware.accelerator", accelerator), catalog)
    shown = {figure.label: figure.note for figure in key_figures(result)}
    assert label in shown
    assert shown["Tokens/s"].endswith(per)


def test_the_average_hour_is_rent_without_people():
    cheap = GpuHoursStage(name="Long", hours=300.0)
    dear = GpuHoursStage(name="Short", hours=100.0, hardware=Hardware("b200", 64), price=Price(6.0))
    plan = scenario(count=64, price=2.0, stages=(cheap, dear), people=People(heads=50.0, months=6.0))
    assert key_figures(priced(plan))[0].note == "$3.00 an hour on average"


def priced_as(said) -> tuple[str, str]:
    """The words about the price, and their tone."""
    (told,) = (remark for remark in said if "price" in remark.text)
    return told.text, told.tone


def dated(catalog, day: str):
    project = shipped("startup-7b", catalog)
    scenario = project.scenarios[0]
    price = msgspec.structs.replace(scenario.price, date=day)
    return msgspec.structs.replace(project, scenarios=(msgspec.structs.replace(scenario, price=price),))


@pytest.mark.parametrize(
    ("day", "words", "tone"),
    [
        ("2026-11-23", "price of today", "quiet"),
        ("2026-11-22", "price 1 day old", "quiet"),
        ("2026-10-01", "price 53 days old", "quiet"),
        ("2026-09-01", "price 83 days old", "care"),
        ("2026-05-01", "price 206 days old", "stop"),
        ("", "price without a date", "care"),
    ],
)
def test_the_age_of_the_price_turns_amber_once_there_is_a_newer_one_then_red(catalog, day, words, tone):
    project = dated(catalog, day)
    said = remarks(estimate(project, catalog), project, 0, catalog, date(2026, 11, 23))
    assert priced_as(said) == (words, tone)


def test_what_stands_against_a_plan_comes_first_and_its_hours_last(catalog):
    project = dated(catalog, "2026-05-01")
    said = remarks(estimate(project, catalog), project, 0, catalog, date(2026, 11, 23))
    assert [remark.text.split(" ")[0] for remark in said] == ["price", "Median;", "fits,", "near", "79.5K"]
    assert [remark.opens for remark in said] == ["", "range", "", "evidence", ""]
    large = set_value(set_value(project, "model.parameters", 405e9), "hardware.count", 8)
    said = remarks(estimate(large, catalog), large, 0, catalog, date(2026, 11, 23))
    assert [remark.tone for remark in said][:2] == ["stop", "stop"]


def test_a_claimed_price_tells_its_day(catalog):
    project = shipped("deepseek-v3", catalog)
    said = remarks(estimate(project, catalog), project, 0, catalog, date(2026, 11, 23))
    assert priced_as(said) == ("price as claimed 2024-12-27", "quiet")


def test_a_price_that_nobody_asks_is_said_to_be_none(catalog):
    project = with_hardware(shipped("startup-7b", catalog), "trainium3", 256, catalog)
    said = remarks(estimate(project, catalog), project, 0, catalog, date(2026, 11, 23))
    assert priced_as(said) == ("no price known", "care")


def test_a_path_is_shown_by_its_last_two_parts():
    assert shown_path(Path("/home/someone/plans/r1.yaml")) == str(Path("plans/r1.yaml"))


def test_a_stage_switched_off_adds_nothing_to_the_header(catalog):
    run = GpuHoursStage(name="Run", hours=300.0)
    off = GpuHoursStage(name="Off", hours=100.0, price=Price(9.0, date="2020-01-01"), enabled=False)
    plan = scenario(count=64, price=2.0, stages=(run, off))
    assert key_figures(priced(plan))[0].note == "at $2.00 an hour"
    said = remarks(priced(plan), Project(name="Test", scenarios=(plan,)), 0, catalog, date(2026, 9, 25))
    assert priced_as(said)[0] == "price 5 days old"


def test_the_header_tells_the_utilization_of_the_stage_that_takes_most(catalog):
    result = estimate(shipped("deepseek-r1-first-principles", catalog), catalog)
    most = max(result.stages, key=lambda stage: stage.cost_usd)
    assert most.mfu is None
    labels = [figure.label for figure in key_figures(result)]
    assert "MFU" not in labels
    assert "Tokens/s" not in labels
    # A stage of rounds has no bill of memory: nothing tells which stage is tightest.
    project = shipped("deepseek-r1-first-principles", catalog)
    told = remarks(result, project, 0, catalog, date(2026, 11, 20))
    assert "probably fits" in [remark.text for remark in told]


def test_what_is_copied_is_one_line_with_the_doubt_and_plain_spaces():
    told = (Remark("8 chances in 10: $0.8M to $1M"), Remark("fits, 60\u00a0of 80\u00a0GiB", "fine"))
    line = copied("$900K and 30\u00a0days on 64 H100", told)
    assert line == "$900K and 30 days on 64 H100; 8 chances in 10: $0.8M to $1M; fits, 60 of 80 GiB"
    assert copied("Every stage is switched off", ()) == "Every stage is switched off"
    assert remarks_line(told[:1] * 2) == "8 chances in 10: $0.8M to $1M, 8 chances in 10: $0.8M to $1M"


def test_the_gravest_warning_comes_first_and_one_with_a_cure_before_one_without():
    info, care = Notice("a", "x", "An aside.", "info"), Notice("b", "x", "Take care.", "care")
    cured = Notice("c", "x", "Take care.", "care", Cure(96, 0))
    stop = Notice("d", "x", "Stop.", "stop")
    assert by_gravity((info, care, cured, stop)) == (stop, cured, care, info)
    assert cure_line(cured) == "Use 96: Take care."
    assert cure_line(care) == ""


def test_a_saved_plan_is_named_with_its_file():
    assert title_line("R1", None) == "R1"
    assert title_line("R1", Path("/home/someone/plans/r1.yaml")) == f"R1  ·  {Path('plans/r1.yaml')}"


def test_a_plan_that_does_not_fit_has_no_figures_of_a_run(catalog):
    project = set_value(shipped("startup-7b", catalog), "model.parameters", 405e9)
    project = set_value(project, "hardware.count", 8)
    result = estimate(project, catalog)
    assert key_figures(result) == ()
    told = [remark for remark in remarks(result, project, 0, catalog) if remark.tone == "stop"]
    assert plain_spaces(told[0].text).startswith("does not fit, ")
    assert plain_spaces(told[0].text).endswith(" GiB on each")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("llama-3.1-405b", "extrapolated from measured runs"),
        ("startup-7b", "near measured runs"),
        ("lora-70b-one-node", "a run like it is measured"),
    ],
)
def test_the_doubt_line_says_what_the_prediction_rests_on(catalog, name, words):
    project = shipped(name, catalog)
    assert words in [remark.text for remark in remarks(estimate(project, catalog), project, 0, catalog)]
    claimed = shipped("deepseek-r1", catalog)
    told = remarks(estimate(claimed, catalog), claimed, 0, catalog)
    assert not any("measured" in remark.text for remark in told)
