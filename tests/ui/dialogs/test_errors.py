"""What nobody expected is a dialog with the details, not the end."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox

from isocost import __version__
from isocost.ui.dialogs.about import AboutBox, KeyboardMap
from isocost.ui.dialogs.errors import ExceptionDialog, error_box


def caught() -> tuple:
    try:
        raise KeyError("surprise")
    except KeyError as error:
        return type(error), error, error.__traceback__


def test_an_unexpected_error_is_shown_with_versions_and_trace(qapp, caplog):
    seen = []

    def read():
        box = QApplication.activeModalWidget()
        seen.append((box.text(), box.detailedText()))
        box.accept()

    QTimer.singleShot(0, read)
    ExceptionDialog().handle(*caught())
    text, details = seen[0]
    assert "KeyError: 'surprise'" in text
    assert f"Isocost {__version__}" in details
    assert "Traceback" in details
    assert "surprise" in caplog.text


def test_a_second_error_meanwhile_only_goes_to_the_log(qapp, caplog):
    dialog, boxes = ExceptionDialog(), []

    def again():
        dialog.handle(*caught())
        boxes.extend(
            each
            for each in QApplication.topLevelWidgets()
            if isinstance(each, QMessageBox) and each.isVisible()
        )
        QApplication.activeModalWidget().accept()

    QTimer.singleShot(0, again)
    dialog.handle(*caught())
    assert len(boxes) == 1
    assert caplog.text.count("Unexpected error") == 2


def test_a_known_error_has_no_details(qtbot):
    box = error_box(None, "plan.yaml: it is a folder.")
    qtbot.addWidget(box)
    assert box.text() == "plan.yaml: it is a folder."
    assert box.detailedText() == ""


@pytest.mark.parametrize("kind", [AboutBox, KeyboardMap])
def test_the_help_boxes_open_and_close(window, qtbot, kind):
    box = kind(window)
    qtbot.addWidget(box)
    box.show()
    assert box.grab().width() > 200
    box.reject()
    assert not box.isVisible()
