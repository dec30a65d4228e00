"""The history in words: a click or a key goes to a step."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QUndoView

from isocost.ui.dialogs.history import AS_OPENED, History
from isocost.ui.screenshot import settle


def test_a_click_on_a_step_goes_there_and_back(window, qtbot):
    first = window.session.project
    window.session.set_value("data.tokens", 3e12, "Tokens 3T")
    window.session.set_value("efficiency.mfu", 0.4, "MFU 40 %")
    last = window.session.project
    window.activateWindow()
    qtbot.keyClick(window, Qt.Key.Key_H, Qt.KeyboardModifier.ControlModifier)
    history = window.findChild(History)
    view = history.findChild(QUndoView)
    model = view.model()
    assert [model.index(at, 0).data() for at in range(3)] == [AS_OPENED, "Tokens 3T", "MFU 40 %"]
    assert view.currentIndex().row() == 2

    def click(at: int) -> None:
        place = view.visualRect(model.index(at, 0)).center()
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)

    click(0)
    assert window.session.project == first
    click(2)
    assert window.session.project == last
    qtbot.keyClick(view, Qt.Key.Key_Up)
    assert window.session.value("data.tokens") == 3e12
    assert window.session.value("efficiency.mfu") is None
    settle(window.session)
    qtbot.keyClick(history, Qt.Key.Key_Escape)
    QApplication.processEvents()
    assert not any(each.isVisible() for each in window.findChildren(History))
