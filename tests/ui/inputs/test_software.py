"""Kernels, overlap, a measured rate, documents and a schedule in the column of inputs."""

from __future__ import annotations

from PySide6.QtCore import Qt

from isocost.ui.screenshot import settle


def test_the_fold_of_software_sets_what_it_holds_and_says_it(window, qtbot):
    column = window.inputs
    assert column.software.text() == "kernels and overlap as usual"
    assert not column.attention.isVisible()
    qtbot.mouseClick(column.software, Qt.MouseButton.LeftButton)
    column.attention.setFocus()
    qtbot.keyClick(column.attention, Qt.Key.Key_Down)  # from auto to FA2
    column.overlap.setFocus()
    qtbot.keyClick(column.overlap, Qt.Key.Key_Down)
    settle(window.session)
    assert window.session.value("efficiency.attention") == "fa2"
    assert window.session.value("efficiency.overlap") is False
    assert column.software.text() == "FA2 attention · no overlap"
    rate = column.fields["efficiency.matmul_tflops"]
    assert rate.isVisible()
    rate.edit.setFocus()
    rate.edit.selectAll()
    qtbot.keyClicks(rate.edit, "650")
    qtbot.keyClick(rate.edit, Qt.Key.Key_Return)
    settle(window.session)
    assert window.session.value("efficiency.matmul_tflops") == 650.0
    assert column.software.text().endswith("TFLOP/s")


def test_the_column_opens_where_a_notice_points(window):
    for path, fold in (
        ("efficiency.overlap", window.inputs.software),
        ("data.document", window.inputs.details),
        ("layout.schedule", window.inputs.layout_fold),
    ):
        window.inputs.reveal(path)
        assert fold.isChecked()


def test_a_schedule_is_a_pin_that_is_released_with_the_others(window):
    window.inputs.layout_fold.setChecked(True)
    picker = window.inputs.pins.pickers["schedule"]
    assert [picker.itemText(i) for i in range(picker.count())] == [
        "auto", "1F1B", "zero bubble", "ZBV", "V-half", "DualPipe",
    ]  # fmt: skip
    window.session.set_value("layout.schedule", "zbv", "Schedule")
    settle(window.session)
    assert picker.currentText() == "ZBV"
    assert "ZBV" in window.inputs.layout_fold.text()
    window.inputs.pins.release.click()
    assert window.session.value("layout.schedule") is None
