"""The column of inputs: typing, resetting, choosing, and what each line says."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QToolButton

from isocost.plan.project.project import GpuHoursStage
from isocost.quantities import plain_spaces
from isocost.report.findings.inputs.captions import PURCHASE, caption
from isocost.ui.inputs.bindings import write, write_number
from isocost.ui.inputs.selected import selected
from isocost.ui.screenshot import settle
from isocost.ui.widgets.fields.edit import QuantityEdit
from isocost.ui.widgets.fields.slider import LogSlider
from tests.ui.conftest import preset


def enter(window, qtbot, path: str, text: str) -> QuantityEdit:
    """Type a text into the exact field of an input and press Enter."""
    edit = window.findChild(QuantityEdit, f"{path}.edit")
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClicks(edit, text)
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    return edit


def said(window, path: str) -> str:
    return window.inputs.fields[path].context.whole


@pytest.mark.parametrize(
    ("path", "text", "value"),
    [
        ("data.tokens", "15T", 15e12),
        ("data.tokens", "2T tokens", 2e12),
        ("model.parameters", "8B params", 8e9),
        ("model.parameters", "8B parameters", 8e9),
        ("efficiency.mfu", "41 percent", 0.41),
        ("data.tokens", "1.5e12", 1.5e12),
        ("data.tokens", "*1.5", 3e12),
        ("model.parameters", "70B", 70e9),
        ("hardware.count", "1,024", 1024),
        ("hardware.count", "2K", 2000),
        ("price.usd_per_gpu_hour", "$2.40", 2.4),
        ("price.usd_per_gpu_hour", "1,5", 1.5),
        ("efficiency.mfu", "45 %", 0.45),
        ("efficiency.mfu", "38", 0.38),
        ("efficiency.goodput", "90%", 0.9),
        ("data.batch_tokens", "16M", 16e6),
        ("data.sequence", "8192", 8192),
    ],
)
def test_typed_values_reach_the_project(window, qtbot, path, text, value):
    window.inputs.details.setChecked(True)
    enter(window, qtbot, path, text)
    assert window.session.value(path) == pytest.approx(value, rel=1e-12)
    slider = window.findChild(LogSlider, f"{path}.slider")
    assert slider.quantity == pytest.approx(value, rel=0.01)


def test_what_was_understood_is_said_while_typing(window, qtbot):
    edit = window.findChild(QuantityEdit, "data.tokens.edit")
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClicks(edit, "15T")
    assert said(window, "data.tokens") == "= 15,000,000,000,000 tokens"
    assert window.session.value("data.tokens") == 2e12


@pytest.mark.parametrize(
    ("accelerator", "text", "understood"),
    [
        ("h100-sxm", "1", "= 1 GPU"),
        ("h100-sxm", "512", "= 512 GPUs"),
        ("tpu-v5p", "512", "= 512 chips"),
        ("trainium1", "1 chip", "= 1 chip"),
        ("tpu-v5p", "512 GPUs", "= 512 chips"),
        ("h100-sxm", "64 nodes", "= 512 GPUs, 8 per node"),
        ("h100-sxm", "4x8", "= 32 GPUs"),
        ("gb300", "2 racks", "= 144 GPUs, 72 per rack"),
        ("gb300", "18 servers", "= 72 GPUs, 4 per server"),
        ("tpu-v5p", "2 hosts", "= 8 chips, 4 per host"),
        ("trainium1", "4 instances of 16", "= 64 chips"),
        ("h100-sxm", "64 H100", "= 64 GPUs"),
        ("h100-sxm", "64 x H100 SXM", "= 64 GPUs"),
        ("h100-sxm", "16x NVIDIA H100s", "= 16 GPUs"),
        ("h100-sxm", "14 H100 nodes", "= 112 GPUs, 8 per node"),
        ("h100-sxm", "16 HGX H100 nodes", "= 128 GPUs, 8 per HGX H100 node"),
        ("h100-sxm", "2 p5.48xlarge", "= 16 GPUs, 8 per p5.48xlarge"),
        ("tpu-v5p", "64 TPU v5p", "= 64 chips"),
    ],
)
def test_accelerators_are_counted_by_their_own_name(window, qtbot, accelerator, text, understood):
    window.session.choose_hardware(accelerator, 256)
    edit = window.findChild(QuantityEdit, "hardware.count.edit")
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClicks(edit, text)
    assert said(window, "hardware.count") == understood


def test_a_batch_is_told_in_sequences_of_the_length_it_has(window, qtbot):
    enter(window, qtbot, "data.sequence", "8192")
    enter(window, qtbot, "data.batch_tokens", "1024 sequences")
    assert window.session.value("data.batch_tokens") == 1024 * 8192


@pytest.mark.parametrize(
    ("path", "text", "understood"),
    [
        ("goal.budget_usd", "1.04M/0.9229", "= $1,126,882.65"),
        ("price.usd_per_gpu_hour", "98.32/8 + 1/7", "= $12.4329 /GPU-h"),
        ("price.usd_per_gpu_hour", "3.9875", "= $3.9875 /GPU-h"),
        ("efficiency.goodput", "=2/3", "= 66.6667 %"),
    ],
)
def test_what_a_sum_comes_to_is_said_in_the_digits_that_tell_it(window, qtbot, path, text, understood):
    window.inputs.details.setChecked(True)
    edit = window.findChild(QuantityEdit, f"{path}.edit")
    told: list[str] = []
    edit.said.connect(lambda words, wrong: told.append(words))
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClicks(edit, text)
    assert plain_spaces(told[-1]) == understood


@pytest.mark.parametrize(
    ("text", "count", "told"),
    [
        ("9", 16, "for 9 typed: 2 nodes of 8"),
        ("3", 4, "for 3 typed: 4 of a node of 8"),
        ("8", 8, "1 node of 8"),
    ],
)
def test_a_count_nobody_rents_is_said_where_it_was_typed(window, qtbot, text, count, told):
    enter(window, qtbot, "hardware.count", text)
    assert window.session.value("hardware.count") == count
    assert said(window, "hardware.count") == told


@pytest.mark.parametrize(
    ("accelerator", "text"), [("h100-sxm", "2 racks"), ("rtx4090", "2 servers"), ("h100-sxm", "64 H200")]
)
def test_a_count_of_what_holds_nobody_knows_how_many_is_refused(window, qtbot, accelerator, text):
    window.session.choose_hardware(accelerator, 8)
    enter(window, qtbot, "hardware.count", text)
    assert window.session.value("hardware.count") == 8
    assert "is not a number" in said(window, "hardware.count")


def test_a_slider_reads_out_its_value_with_its_unit_once(window):
    slider = window.findChild(LogSlider, "efficiency.goodput.slider")
    settle(window.session)
    assert plain_spaces(slider.accessibleDescription()).startswith("automatic, 99.")
    assert "% %" not in plain_spaces(slider.accessibleDescription())
    price = window.findChild(LogSlider, "price.usd_per_gpu_hour.slider").accessibleDescription()
    assert price.startswith("$3.99 /GPU-h. Rent")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("data.tokens", "lots"),
        ("hardware.count", "-8"),
        ("efficiency.mfu", "140%"),
        ("hardware.count", "0"),
        ("model.parameters", "8x7B"),
    ],
)
def test_a_wrong_value_is_said_under_the_field_and_changes_nothing(window, qtbot, path, text):
    before = window.session.project
    edit = enter(window, qtbot, path, text)
    assert window.session.project is before
    assert said(window, path).endswith(".")
    assert edit.property("wrong") is True
    assert window.inputs.fields[path].context.property("role") == "stop"


def test_escape_restores_the_value(window, qtbot):
    edit = window.findChild(QuantityEdit, "data.tokens.edit")
    edit.setFocus()
    qtbot.keyClicks(edit, "9")
    qtbot.keyClick(edit, Qt.Key.Key_Escape)
    assert not edit.isModified()
    assert "2T" in edit.text()
    assert window.session.value("data.tokens") == 2e12


@pytest.mark.parametrize(
    ("path", "value", "shown"),
    [
        ("model.parameters", 7.000000000000619e9, "7B"),
        ("efficiency.mfu", 0.44912345678, "44.9123 %"),
        ("data.tokens", 1_234_567_890_123.0, "1.23457T"),
        ("hardware.count", 131_064, "131,064"),
        ("price.usd_per_gpu_hour", 1234.56, "$1,234.56"),
    ],
)
def test_a_value_is_edited_without_digits_nobody_typed_and_kept_when_nobody_types(
    window, qtbot, path, value, shown
):
    window.session.set_value(path, value, "Change")
    settle(window.session)
    before = window.session.project
    edit = window.findChild(QuantityEdit, f"{path}.edit")
    edit.setFocus()
    assert plain_spaces(edit.text()) == shown
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    window.findChild(QuantityEdit, "efficiency.goodput.edit").setFocus()
    assert window.session.project is before


@pytest.mark.parametrize("path", ["data.tokens", "efficiency.mfu", "hardware.count"])
def test_what_a_value_means_stands_under_its_input_and_follows_it(window, path):
    settle(window.session)
    before = said(window, path)
    assert before == caption(path, selected(window.session))
    window.session.set_value(path, {"efficiency.mfu": 0.4}.get(path, 512), "Change")
    settle(window.session)
    assert said(window, path) == caption(path, selected(window.session)) != before


def test_leaving_a_field_applies_it(window, qtbot):
    edit = window.findChild(QuantityEdit, "data.tokens.edit")
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClicks(edit, "3T")
    window.findChild(QuantityEdit, "hardware.count.edit").setFocus()
    assert window.session.value("data.tokens") == 3e12


def test_an_automatic_value_becomes_typed_and_automatic_again(window, qtbot):
    edit = window.findChild(QuantityEdit, "efficiency.mfu.edit")
    slider = window.findChild(LogSlider, "efficiency.mfu.slider")
    assert edit.text().startswith("auto ")
    slider.setFocus()
    qtbot.keyClick(slider, Qt.Key.Key_Right)
    typed = window.session.value("efficiency.mfu")
    assert typed == pytest.approx(slider.quantity)
    assert not edit.text().startswith("auto")
    enter(window, qtbot, "efficiency.mfu", "auto")
    assert window.session.value("efficiency.mfu") is None


def test_the_reset_button_and_a_double_click_restore_the_default(window, qtbot):
    enter(window, qtbot, "data.tokens", "9T")
    button = window.findChild(QToolButton, "data.tokens.reset")
    assert button.isVisible()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert window.session.value("data.tokens") == 2e12
    assert not button.isVisible()
    enter(window, qtbot, "data.tokens", "9T")
    slider = window.findChild(LogSlider, "data.tokens.slider")
    qtbot.mouseDClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(round(slider.x_of(9e12)), 8))
    assert window.session.value("data.tokens") == 2e12


def test_a_named_model_brings_its_size_and_a_typed_size_makes_it_custom(window, qtbot):
    picker = window.inputs.model
    picker.setCurrentIndex(picker.findText("DeepSeek-V3"))
    picker.activated.emit(picker.currentIndex())
    assert window.inputs.fields["model.parameters"].slider.quantity == pytest.approx(671e9, rel=0.01)
    assert window.inputs.fields["model.active_parameters"].isVisible()
    enter(window, qtbot, "model.parameters", "300B")
    assert picker.currentText() == "Custom model"
    assert window.session.value("model.name") is None
    assert window.session.value("model.active_parameters") == pytest.approx(300e9 * 37 / 671, rel=0.02)


def test_another_accelerator_comes_with_its_price_and_keeps_the_old_one_for_the_way_back(window):
    typed = window.session.value("price.usd_per_gpu_hour")
    picker = window.inputs.accelerator
    picker.activated.emit(picker.findData("a100-sxm-80gb") if picker.findData("a100-sxm-80gb") >= 0 else 1)
    assert window.session.value("hardware.accelerator") != "h100-sxm"
    assert window.session.value("price.source")
    picker.activated.emit(picker.findData("h100-sxm"))
    assert window.session.value("price.usd_per_gpu_hour") == typed


def test_market_prices_are_ticks_and_a_menu_with_source_and_date(window):
    assert window.findChild(LogSlider, "price.usd_per_gpu_hour.slider").ticks
    menu = window.inputs.quotes.menu()
    menu.aboutToShow.emit()
    assert "SPECIALIST CLOUD" in [action.text() for action in menu.actions()]
    offers = [action for action in menu.actions() if action.isEnabled() and not action.isSeparator()]
    offers[0].trigger()
    price = window.session.current_scenario.price
    assert f"${price.usd_per_gpu_hour:.2f}" in offers[0].text()
    assert price.source
    assert price.date in said(window, "price.usd_per_gpu_hour")


def test_a_typed_price_is_the_users_own(window, qtbot):
    enter(window, qtbot, "price.usd_per_gpu_hour", "1.23")
    price = window.session.current_scenario.price
    assert (price.supplier, price.source) == ("your input", "")


def test_a_claimed_stage_shows_its_hours_and_a_click_selects_another(window, qtbot):
    window.documents.open(preset("deepseek-r1-with-base"))
    settle(window.session)
    strip = window.inputs.stages
    assert strip.isVisible()
    assert window.inputs.fields["stage.gpu_hours"].isVisible()
    assert not window.inputs.fields["data.tokens"].isVisible()
    second = strip.list.visualRect(strip.list.model().index(1, 0)).center()
    qtbot.mouseClick(strip.list.viewport(), Qt.MouseButton.LeftButton, pos=second)
    stage = window.session.current_stage
    assert isinstance(stage, GpuHoursStage)
    assert stage.name == "R1-Zero RL"
    assert window.inputs.fields["stage.hours"].slider.quantity == 198
    assert "Nature supplement" in said(window, "stage.hours")


def test_an_unsupported_number_format_is_said(window):
    picker = window.inputs.precision
    picker.activated.emit(picker.findData("nvfp4"))
    settle(window.session)
    assert any(notice.code == "precision-unsupported" for notice in window.headline.warnings.notices)
    assert "BF16" in picker.toolTip() or "FP8" in picker.toolTip()


def test_pointing_at_the_line_below_an_input_tells_what_laws_say_of_its_value(window):
    field = window.inputs.fields["data.tokens"]

    def pointed_at(place: QPoint) -> str:
        QApplication.sendEvent(field, QHelpEvent(QEvent.Type.ToolTip, place, field.mapToGlobal(place)))
        return field.toolTip()

    before = pointed_at(field.context.geometry().center())
    assert "tokens per parameter" in before
    assert pointed_at(field.label.pos()).startswith(field.field.help)
    window.session.set_value("data.tokens", 3e13, "More tokens")
    settle(window.session)
    assert pointed_at(field.context.geometry().center()) != before


def test_a_model_called_as_on_a_hub_is_shown_as_typed(window):
    write(window.session, "model.name", "Qwen/Qwen3-8B", "Model")
    picker = window.inputs.model
    assert picker.currentText() == "Qwen/Qwen3-8B"
    assert picker.currentData() == "Qwen3 8B"


def test_an_owned_plan_shows_its_purchase_price_in_place_of_the_rent(window, qtbot):
    window.documents.open(preset("rent-or-buy-64-h100"))
    settle(window.session)
    rent, bought = (window.inputs.fields[path] for path in ("price.usd_per_gpu_hour", PURCHASE))
    assert (rent.isVisible(), bought.isVisible()) == (True, False)
    window.session.select_scenario(1)
    settle(window.session)
    assert (rent.isVisible(), bought.isVisible()) == (False, True)
    assert (plain_spaces(bought.edit.text()), bought.context.whole) == ("$33.8K", "bought; your input")
    write(window.session, PURCHASE, None, "Purchase price")
    settle(window.session)
    assert plain_spaces(bought.edit.text()).startswith("auto $")
    assert bought.context.whole.startswith("bought; bare card")
    before = window.session.estimate.total.cost_usd
    bought.edit.setFocus()
    bought.edit.selectAll()
    qtbot.keyClicks(bought.edit, "20K")
    qtbot.keyClick(bought.edit, Qt.Key.Key_Return)
    settle(window.session)
    assert window.session.current_scenario.ownership.usd_per_accelerator == 20_000.0
    assert window.session.estimate.total.cost_usd < before
    assert bought.context.whole == "bought; your input"
    # What nobody sells is rented until a price is typed: both bear on it.
    window.session.choose_hardware("tpu-v6e", 64)
    settle(window.session)
    assert (rent.isVisible(), bought.isVisible()) == (True, True)
    assert bought.context.whole == "TPU v6e is not for sale; taken as rented"


def test_an_input_that_was_folded_away_shows_what_changed_meanwhile(window):
    edit = window.findChild(QuantityEdit, "data.sequence.edit")
    window.inputs.details.setChecked(True)
    window.inputs.details.setChecked(False)
    write_number(window.session, "data.sequence", 16384.0)
    settle(window.session)
    assert not edit.isVisible()
    window.inputs.details.setChecked(True)
    assert edit.text() == "16,384"


@pytest.mark.parametrize(
    ("accelerator", "noun"), [("tpu-v5p", "chips"), ("h100-sxm", "GPUs"), ("trainium1", "chips")]
)
def test_a_slider_tells_a_reader_what_it_counts(window, accelerator, noun):
    window.session.choose_hardware("trainium2" if accelerator == "h100-sxm" else "h100-sxm", 256)
    window.session.choose_hardware(accelerator, 256)
    settle(window.session)
    told = window.findChild(LogSlider, "hardware.count.slider").accessibleDescription()
    assert told.startswith(f"256 {noun}. ")
