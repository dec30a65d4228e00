"""How tests use the dialogs of one's own: as people do, by keys and clicks."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QWidget

from isocost.ui.own.frame import OwnDialog
from isocost.ui.screenshot import settle
from isocost.ui.window import Window


def opened(window: Window, name: str) -> OwnDialog:
    """A dialog once it has read what it shows."""
    window.open_own(name)  # type: ignore[arg-type]
    rest(window)
    return next(each for each in window.findChildren(OwnDialog) if each.isVisible())


def rest(window: Window) -> None:
    """Until nothing is worked at any more."""
    for _ in range(2):
        settle(window.session)
        QApplication.processEvents()


def button(dialog: QWidget, name: str) -> QPushButton:
    found = dialog.findChild(QPushButton, f"{dialog.objectName()}.{name}")
    assert found is not None, name
    return found


def press(qtbot, window: Window, dialog: QWidget, name: str) -> None:
    """Click a button, and wait for what it does."""
    qtbot.mouseClick(button(dialog, name), Qt.MouseButton.LeftButton)
    rest(window)


def line(dialog: QWidget, key: str) -> QLineEdit:
    found = dialog.findChild(QLineEdit, f"{dialog.objectName()}.{key}")
    assert found is not None, key
    return found


def type_in(qtbot, edit: QLineEdit, text: str) -> None:
    """Type over what stands in a field and go on to the next."""
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClick(edit, Qt.Key.Key_Delete)
    qtbot.keyClicks(edit, text)
    qtbot.keyClick(edit, Qt.Key.Key_Tab)


def cut_labels(dialog: QWidget) -> list[str]:
    """Texts of labels that have less room than they need, or reach over another one."""
    shown = [each for each in dialog.findChildren(QLabel) if each.isVisible() and each.text()]
    places = {each: QRect(each.mapTo(dialog, QPoint(0, 0)), each.size()) for each in shown}
    cut = []
    for each, place in places.items():
        widest = max(each.fontMetrics().horizontalAdvance(text) for text in each.text().split("\n"))
        high = each.height() < each.sizeHint().height()
        over = any(
            place.intersects(other)
            for one, other in places.items()
            if one is not each and one.parent() is each.parent()
        )
        if (widest > each.width() + 1 and not each.wordWrap()) or high or over:
            cut.append(each.text())
    return cut
