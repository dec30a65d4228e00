"""An accelerator of one's own: typed, saved, in every list at once, changed and removed."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from isocost import paths
from isocost.catalog import load
from isocost.ui.screenshot import settle
from tests.ui.own.dialogs import button, cut_labels, line, opened, press, rest, type_in

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def dialog(window):
    return opened(window, "accelerators")


def fill(qtbot, dialog, **texts):
    for key, text in texts.items():
        type_in(qtbot, line(dialog, key), text)


def said(dialog, key):
    field = dialog.fields[key]
    return field.message.whole if field.message.isVisible() else ""


def test_add_your_own_in_the_picker_opens_the_form(window, qtbot):
    picker = window.inputs.accelerator
    picker.showPopup()
    last = picker.list.lines[-1]
    assert last.cells == ("Add your own…",)
    view = picker.list.view
    index = view.model().index(len(picker.list.lines) - 1, 0)
    view.scrollTo(index)
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualRect(index).center())
    rest(window)
    assert window.findChild(type(opened(window, "accelerators"))).isVisible()


def test_what_is_typed_is_saved_and_used_at_once(window, qtbot, dialog):
    fill(qtbot, dialog, name="H200 in our lab", power_w="600", usd_per_gpu_hour="3.20", source="Our rack")
    assert dialog.like.currentData() == "h200-sxm"
    assert line(dialog, "memory_gb").placeholderText() == "141"
    press(qtbot, window, dialog, "use")
    assert window.session.value("hardware.accelerator") == "h200-in-our-lab"
    assert window.session.value("price.usd_per_gpu_hour") == 3.2
    assert "H200 in our lab" in window.headline.sentence.text()
    assert window.inputs.accelerator.lineEdit().text() == "H200 in our lab"
    assert window.inputs.accelerator.findData("h200-in-our-lab") >= 0
    assert load(paths.user_data() / "catalog").accelerators["h200-in-our-lab"].spec.power_w == 600.0
    window.session.undo_stack.undo()
    rest(window)
    assert window.session.value("hardware.accelerator") != "h200-in-our-lab"


def test_each_mistake_stands_at_its_field_and_nothing_is_saved(window, qtbot, dialog):
    fill(qtbot, dialog, name="H200", memory_gb="-3", bf16_tflops="1,979")
    assert "Is a name of H200" in said(dialog, "name")
    assert "above 0" in said(dialog, "memory_gb")
    assert "sparsity" in said(dialog, "bf16_tflops")
    assert said(dialog, "source") == ""  # not reached yet
    press(qtbot, window, dialog, "save")
    assert "where the figures come from" in said(dialog, "source")
    assert "3 fields" in dialog.message.whole
    assert QApplication.focusWidget() is line(dialog, "name")
    assert not (paths.user_data() / "catalog").exists()
    fill(qtbot, dialog, memory_gb="141")
    assert said(dialog, "memory_gb") == ""


def test_one_is_changed_and_every_plan_that_has_it_follows(window, qtbot, dialog):
    fill(qtbot, dialog, name="Ours", source="Our rack")
    press(qtbot, window, dialog, "use")
    before = window.session.estimate.total.cost_usd
    fill(qtbot, dialog, memory_bandwidth_gb_s="1,000")
    press(qtbot, window, dialog, "save")
    assert window.session.catalog.accelerators["ours"].spec.memory_bandwidth == 1e12
    assert window.session.estimate.total.cost_usd > before
    assert (
        len(load(paths.user_data() / "catalog").accelerators) == len(load(paths.user_data()).accelerators) + 1
    )


def test_one_the_plan_or_its_history_has_is_not_removed(window, qtbot, dialog):
    fill(qtbot, dialog, name="Ours", source="Our rack")
    assert not button(dialog, "remove").isVisible()
    press(qtbot, window, dialog, "use")
    press(qtbot, window, dialog, "remove")
    assert "The plan has Ours" in dialog.message.whole
    window.session.undo_stack.undo()
    rest(window)
    press(qtbot, window, dialog, "remove")
    assert "history" in dialog.message.whole
    window.session.undo_stack.clear()
    press(qtbot, window, dialog, "remove")
    assert "ours" not in window.session.catalog.accelerators
    assert window.inputs.accelerator.findData("ours") < 0
    assert line(dialog, "name").text() == "Ours"
    press(qtbot, window, dialog, "save")  # to have it back
    assert "ours" in window.session.catalog.accelerators


def test_one_written_by_hand_is_shown_and_left_to_its_file(window, qtbot):
    folder = paths.user_data() / "catalog"
    folder.mkdir(parents=True)
    (folder / "own.yaml").write_text(
        "accelerators:\n- {id: hand, like: h100-sxm, name: Hand made, short_name: Hand, source: me}\n- 3\n"
    )
    dialog = opened(window, "accelerators")
    assert "Left out of your files" in dialog.message.whole
    assert [each.row.name for each in dialog.lines.rows] == ["Hand made"]
    place = dialog.list.visualRect(dialog.lines.index(0, 0)).center()
    qtbot.mouseClick(dialog.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert "by hand in own.yaml" in dialog.message.whole
    assert not button(dialog, "remove").isVisible()


def test_a_file_that_cannot_be_written_is_a_sentence(window, qtbot, dialog):
    folder = paths.user_data() / "catalog"
    folder.mkdir(parents=True)
    (folder / "window.yaml").write_text("a: [")
    fill(qtbot, dialog, name="Ours", source="Our rack")
    press(qtbot, window, dialog, "save")
    assert "window.yaml" in dialog.message.whole
    assert dialog.message.property("role") == "stop"
    assert button(dialog, "save").isEnabled()
    assert line(dialog, "name").text() == "Ours"


@pytest.mark.parametrize(("theme", "scale"), [("light", 1.0), ("dark", 1.5)])
def test_nothing_is_cut_with_larger_text(window, qtbot, theme, scale):
    window.themes.choose(theme)
    window.themes.set_scale(scale)
    settle(window.wardrobe)
    dialog = opened(window, "accelerators")
    fill(qtbot, dialog, name="H200", memory_gb="-3", bf16_tflops="1,979")
    press(qtbot, window, dialog, "save")
    assert cut_labels(dialog) == []
    assert dialog.width() <= 1280
