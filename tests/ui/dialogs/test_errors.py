"""What nobody expected is a dialog with the details, not the end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel

from isocost import __version__
from isocost.ui.dialogs.about import AboutBox, KeyboardMap
from isocost.ui.dialogs.errors import ExceptionDialog, UnexpectedErrorDialog, error_box
from isocost.ui.widgets.labels import WrapLabel


def caught() -> tuple:
    try:
        raise KeyError("surprise")
    except KeyError as error:
        return type(error), error, error.__traceback__


@pytest.fixture
def errors(qapp) -> Iterator[ExceptionDialog]:
    """The road of errors, with no dialog left open."""
    made = ExceptionDialog()
    yield made
    for each in open_dialogs():
        each.close()


def open_dialogs() -> list[UnexpectedErrorDialog]:
    shown = QApplication.topLevelWidgets()
    return [each for each in shown if isinstance(each, UnexpectedErrorDialog) and each.isVisible()]


def shown(qtbot) -> UnexpectedErrorDialog:
    qtbot.waitUntil(lambda: bool(open_dialogs()))
    return open_dialogs()[0]


def words(dialog: UnexpectedErrorDialog) -> str:
    labels = dialog.findChildren(QLabel)
    return "\n".join(each.whole if isinstance(each, WrapLabel) else each.text() for each in labels)


def test_an_unexpected_error_is_shown_with_versions_and_trace(errors, qtbot, caplog):
    errors.handle(*caught())
    dialog = shown(qtbot)
    assert "KeyError: 'surprise'" in words(dialog)
    assert "still open" not in words(dialog)  # there is no window with a plan
    assert f"Isocost {__version__}" in dialog.details.toPlainText()
    assert "Traceback" in dialog.details.toPlainText()
    assert "surprise" in caplog.text
    qtbot.mouseClick(dialog.copy, Qt.MouseButton.LeftButton)
    copied = QApplication.clipboard().text()
    assert copied.startswith("Isocost met an error")
    assert "Traceback" in copied


def test_the_plan_is_said_to_be_open_where_it_is_and_it_stays(errors, window, qtbot):
    errors.plan_is_open = lambda: window.filled and window.isVisible()
    before = window.session.project
    errors.handle(*caught())
    dialog = shown(qtbot)
    assert "Your plan is still open" in words(dialog)
    assert dialog.grab().width() > 400
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not open_dialogs())
    assert window.session.project == before


def test_errors_meanwhile_only_go_to_the_log(errors, qtbot, caplog):
    errors.handle(*caught())
    shown(qtbot)
    for _ in range(3):
        errors.handle(RuntimeError, RuntimeError("another"), None)
    qtbot.wait(20)
    assert len(open_dialogs()) == 1
    assert "another" in caplog.text


def test_an_error_of_each_paint_neither_keeps_the_window_shut_nor_fills_the_log(errors, qtbot, caplog):
    failure = caught()
    errors.handle(*failure)
    qtbot.keyClick(shown(qtbot), Qt.Key.Key_Escape)
    for _ in range(500):
        errors.handle(*failure)
    qtbot.wait(20)
    assert not open_dialogs()
    assert caplog.text.count("Traceback") == 1
    assert "100 times: KeyError" in caplog.text
    errors.handle(ValueError, ValueError("something else"), None)
    assert "something else" in words(shown(qtbot))


@pytest.mark.parametrize("fails", ["__init__", "open"])
def test_an_error_while_an_error_is_shown_ends_in_the_log(errors, qtbot, caplog, monkeypatch, fails):
    def broken(*_: object) -> None:
        raise RuntimeError("no dialog today")

    monkeypatch.setattr(UnexpectedErrorDialog, fails, broken)
    errors.handle(*caught())
    qtbot.waitUntil(lambda: "no dialog today" in caplog.text)
    assert "surprise" in caplog.text
    monkeypatch.undo()
    errors.handle(ValueError, ValueError("the next one"), None)
    assert "the next one" in words(shown(qtbot))


class Unprintable(Exception):  # noqa: N818 - what it is called is not read
    def __str__(self) -> str:
        raise RuntimeError("no words")


def test_an_error_that_cannot_be_put_into_words_does_no_harm(errors, caplog):
    errors.handle(Unprintable, Unprintable(), None)
    assert "could not be shown" in caplog.text


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
