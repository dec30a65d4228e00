"""The answer on top, and what stands against it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from isocost.files import load_project
from isocost.plan.answer.estimate import estimate
from isocost.plan.project.choosing import with_hardware
from isocost.plan.project.editing import switch_stage
from isocost.plan.project.programme import People
from isocost.plan.project.project import GpuHoursStage, Hardware, Layout, Price, Project, set_value
from isocost.quantities import plain_spaces
from isocost.report.findings.header import figures, format_carbon, format_energy, remarks, shown_path
from isocost.ui.screenshot import settle
from tests.plan.programmes import priced, scenario
from tests.ui.conftest import preset


@pytest.mark.parametrize(
    ("kwh", "text"), [(0.5, "0.5 kWh"), (850, "850 kWh"), (74_700, "74.7 MWh"), (3.02e6, "3.02 GWh")]
)
def test_energy_is_written_in_fitting_units(kwh, text):
    assert plain_spaces(format_energy(kwh)) == text


@pytest.mark.parametrize(
    ("kg", "text"), [(640, "640 kg CO₂"), (27_600, "27.6 t CO₂"), (1.11e6, "1,110 t CO₂")]
)
def test_carbon_is_written_in_fitting_units(kg, text):
    assert plain_spaces(format_carbon(kg)) == text


def test_r1_is_shown_as_its_share_of_the_whole(catalog):
    result = estimate(load_project(preset("deepseek-r1-with-base"), catalog), catalog)
    shown = {figure.label: plain_spaces(figure.value) for figure in figures(result)}
    assert shown["GPU-hours"] == "2.94M"
    assert shown["DeepSeek-R1"] == "5.0 %"


@pytest.mark.parametrize(
    ("precision", "accelerator", "basis"),
    [("bf16", "h100-sxm", "BF16"), ("fp8", "h100-sxm", "FP8"), ("fp8", "a100-sxm-80gb", "BF16")],
)
def test_an_mfu_names_the_peak_it_is_a_share_of(catalog, precision, accelerator, basis):
    project = load_project(preset("startup-7b"), catalog)
    project = set_value(set_value(project, "data.precision", precision), "hardware.accelerator", accelerator)
    shown = {figure.label: figure.note for figure in figures(estimate(project, catalog))}
    assert shown["MFU"] == f"of the {basis} dense peak"


@pytest.mark.parametrize(
    ("accelerator", "label", "per"),
    [("h100-sxm", "GPU-hours", "per GPU"), ("tpu-v5p", "Chip-hours", "per chip")],
)
def test_hours_are_those_of_what_is_rented(catalog, accelerator, label, per):
    project = load_project(preset("startup-7b"), catalog)
    result = estimate(set_value(project, "hardware.accelerator", accelerator), catalog)
    shown = {figure.label: figure.note for figure in figures(result)}
    assert label in shown
    assert shown["Tokens/s"].endswith(per)


def test_the_average_hour_is_rent_without_people():
    cheap = GpuHoursStage(name="Long", hours=300.0)
    dear = GpuHoursStage(name="Short", hours=100.0, hardware=Hardware("b200", 64), price=Price(6.0))
    plan = scenario(count=64, price=2.0, stages=(cheap, dear), people=People(heads=50.0, months=6.0))
    assert figures(priced(plan))[0].note == "$3.00 an hour on average"


def dated(catalog, day: str):
    project = load_project(preset("startup-7b"), catalog)
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
    assert (said[-1].text, said[-1].tone) == (words, tone)


def test_a_claimed_price_tells_its_day(catalog):
    project = load_project(preset("deepseek-v3"), catalog)
    said = remarks(estimate(project, catalog), project, 0, catalog, date(2026, 11, 23))
    assert (said[-1].text, said[-1].tone) == ("price as claimed 2024-12-27", "quiet")


def test_a_price_that_nobody_asks_is_said_to_be_none(catalog):
    project = with_hardware(load_project(preset("startup-7b"), catalog), "trainium2", 256, catalog)
    said = remarks(estimate(project, catalog), project, 0, catalog, date(2026, 11, 23))
    assert (said[-1].text, said[-1].tone) == ("no price known", "care")


def test_a_path_is_shown_by_its_last_two_parts():
    assert shown_path(Path("/home/someone/plans/r1.yaml")) == str(Path("plans/r1.yaml"))


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_a_click_copies_the_answer_with_its_doubt(window, qtbot):
    qtbot.mouseClick(window.headline.sentence, Qt.MouseButton.LeftButton)
    copied = QGuiApplication.clipboard().text()
    assert copied.startswith(plain_spaces(window.session.estimate.headline))
    assert "90 % chance at or below $" in copied
    assert "\N{NO-BREAK SPACE}" not in copied


def test_a_warning_leads_to_the_input_at_fault(window, qtbot):
    window.session.set_value("efficiency.mfu", 0.99, "MFU")
    settle(window.session)
    line = window.headline.warnings
    assert line.notices[0].code == "mfu-above-measured"
    qtbot.mouseClick(line.first, Qt.MouseButton.LeftButton)
    assert window.inputs.fields["efficiency.mfu"].edit.hasFocus()


def test_warnings_of_folded_inputs_unfold_them(window):
    window.headline.field_wanted.emit("data.batch_tokens")
    assert window.inputs.details.isChecked()
    assert window.inputs.fields["data.batch_tokens"].edit.hasFocus()


def test_the_gravest_warning_comes_first_and_the_others_are_a_click_away(window):
    window.session.set_value("data.tokens", 1e9, "Tokens")
    window.session.set_value("efficiency.mfu", 0.99, "MFU")
    settle(window.session)
    line = window.headline.warnings
    assert [notice.severity for notice in line.notices] == sorted(
        (notice.severity for notice in line.notices), key=["stop", "care", "info"].index
    )
    assert line.more.isVisible()
    assert len(line.menu.actions()) == len(line.notices)


def test_without_warnings_the_line_says_so_and_keeps_its_height(window):
    line = window.headline.warnings
    height = line.height()
    assert line.first.text() == "No warnings"
    window.session.set_value("efficiency.mfu", 0.99, "MFU")
    window.session.set_value("data.tokens", 1e9, "Tokens")
    settle(window.session)
    assert line.more.isVisible()
    assert line.height() == height


def test_a_refused_project_says_why_where_the_answer_would_be(window, monkeypatch):
    from isocost.ui.session import session as module

    monkeypatch.setattr(module, "answer", lambda *_: 1 / 0)
    window.session.refresh()
    settle(window.session)
    assert window.headline.sentence.text() == "No estimate"
    assert "division by zero" in window.headline.doubt.text()
    assert not any(block.isVisible() for block in window.headline.blocks)


def test_a_plan_that_cannot_run_shows_no_figures_of_a_run(window):
    window.session.set_value("model.parameters", 405e9, "Parameters")
    window.session.set_value("hardware.count", 8, "Count")
    settle(window.session)
    assert window.headline.sentence.text().startswith("Does not fit 8 H100; the smallest count is")
    assert "GiB on each" in window.headline.text()
    assert "chance" not in window.headline.text()
    assert not any(block.isVisible() for block in window.headline.blocks)


def test_the_cure_of_a_warning_is_one_click_and_one_step_to_undo(window, qtbot):
    window.session.set_value("hardware.count", 131_072, "Count")
    settle(window.session)
    line = window.headline.warnings
    assert line.notices[0].code == "past-the-knee"
    steps = window.session.undo_stack.count()
    qtbot.mouseClick(line.cure, Qt.MouseButton.LeftButton)
    assert window.session.value("hardware.count") == line.notices[0].cure.value < 131_072
    assert window.session.undo_stack.count() == steps + 1
    settle(window.session)
    assert not line.cure.isVisible()


def test_with_every_stage_off_the_header_says_only_that(window):
    window.session.apply(lambda project: switch_stage(project, 0, False), "Switch off")
    settle(window.session)
    assert window.headline.text() == "Every stage is switched off"
    assert not any(block.isVisible() for block in window.headline.blocks)
    assert not window.headline.doubt.text()


def test_a_stage_switched_off_adds_nothing_to_the_header(catalog):
    run = GpuHoursStage(name="Run", hours=300.0)
    off = GpuHoursStage(name="Off", hours=100.0, price=Price(9.0, date="2020-01-01"), enabled=False)
    plan = scenario(count=64, price=2.0, stages=(run, off))
    assert figures(priced(plan))[0].note == "at $2.00 an hour"
    said = remarks(priced(plan), Project(name="Test", scenarios=(plan,)), 0, catalog, date(2026, 9, 25))
    assert said[-1].text == "price 5 days old"


def test_pins_that_do_not_fit_are_released_in_one_click(window, qtbot):
    held = {"tp": 1, "pp": 1, "cp": 1, "sharding": "none", "recompute": "none"}
    window.session.set_section("layout", "Pin", None, **held)
    window.session.set_value("model.parameters", 70e9, "Parameters")
    settle(window.session)
    line = window.headline.warnings
    assert window.headline.sentence.text().startswith("Does not fit ")
    assert "as pinned" in window.headline.sentence.text()
    assert line.cure.text() == "Let the search choose"
    steps = window.session.undo_stack.count()
    qtbot.mouseClick(line.cure, Qt.MouseButton.LeftButton)
    settle(window.session)
    assert window.session.current_scenario.layout == Layout()
    assert window.session.undo_stack.count() == steps + 1
    assert not window.headline.sentence.text().endswith("as pinned")


def test_the_header_tells_the_utilization_of_the_stage_that_takes_most(catalog):
    result = estimate(load_project(preset("deepseek-r1-first-principles"), catalog), catalog)
    most = max(result.stages, key=lambda stage: stage.cost_usd)
    assert most.mfu is None
    labels = [figure.label for figure in figures(result)]
    assert "MFU" not in labels
    assert "Tokens/s" not in labels
    # A stage of rounds has no bill of memory: nothing tells which stage is tightest.
    project = load_project(preset("deepseek-r1-first-principles"), catalog)
    assert "fits" in [remark.text for remark in remarks(result, project, 0, catalog, date(2026, 11, 20))]
