"""Nothing moves where nothing is to move."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPropertyAnimation, QSettings, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QWidget

import isocost.ui
from isocost.ui.look.motion import Motion


@pytest.fixture
def part(qtbot) -> QWidget:
    """A part on show within another, which is kept by its child."""
    over = QWidget()
    made = QWidget(over)
    over.resize(400, 300)
    qtbot.addWidget(over)
    over.show()
    qtbot.waitExposed(over)
    made.over = over
    return made


def test_with_less_motion_a_part_is_there_at_once(part, stored: QSettings):
    motion = Motion(stored)
    motion.choose("reduced")
    motion.glide(part, QPoint(100, 50))
    assert part.pos() == QPoint(100, 50)
    assert part.findChild(QPropertyAnimation) is None


def test_with_all_of_it_a_part_glides_to_its_place_and_may_be_sent_elsewhere(part, stored, qtbot):
    motion = Motion(stored)
    motion.choose("full")
    motion.glide(part, QPoint(100, 50))
    assert part.pos() != QPoint(100, 50)
    motion.glide(part, QPoint(200, 80))
    qtbot.waitUntil(lambda: part.pos() == QPoint(200, 80), timeout=3000)
    motion.glide(part, QPoint(10, 10))
    motion.choose("reduced")
    motion.glide(part, QPoint(30, 30))
    assert part.pos() == QPoint(30, 30)


def test_the_choice_is_remembered_and_a_wrong_one_is_none(stored):
    Motion(stored).choose("reduced")
    assert Motion(stored).reduced
    stored.setValue("motion", "sideways")
    assert Motion(stored).choice == "system"


def test_menus_and_tips_move_only_as_far_as_the_system_lets_them(stored, monkeypatch):
    fade = Qt.UIEffect.UI_FadeTooltip
    told: dict[Qt.UIEffect, bool] = {}
    monkeypatch.setattr(QApplication, "isEffectEnabled", lambda effect: effect is fade)
    monkeypatch.setattr(QApplication, "setEffectEnabled", lambda effect, on=True: told.update({effect: on}))
    motion = Motion(stored)
    motion.choose("full")
    assert [effect for effect, on in told.items() if on] == [fade]
    motion.choose("reduced")
    assert not any(told.values())


@pytest.mark.parametrize(
    ("system", "effects", "still"), [("win32", False, True), ("win32", True, False), ("linux", False, False)]
)
def test_the_system_is_followed_where_qt_tells(stored, monkeypatch, system, effects, still):
    monkeypatch.setattr("sys.platform", system)
    monkeypatch.setattr(QApplication, "isEffectEnabled", lambda _: effects)
    assert Motion(stored).reduced is still


def test_the_view_menu_has_it(window):
    action = window.findChild(QAction, "motion.reduced")
    action.trigger()
    assert action.isChecked()
    assert window.motion.reduced


def test_nothing_else_in_the_window_makes_an_animation():
    moving = ("QPropertyAnimation", "QVariantAnimation", "QTimeLine", "QMovie", "QSequentialAnimationGroup")
    root = Path(isocost.ui.__file__).parent
    found = [
        str(path.relative_to(root))
        for path in root.rglob("*.py")
        if any(each in path.read_text(encoding="utf-8") for each in moving)
    ]
    assert found == ["look/motion.py"]
