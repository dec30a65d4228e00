"""Play with the window at random: a hand that knows nothing clicks, drags, types and opens everything.

    .venv/bin/python tools/monkey.py --seed 7 --events 1500
    .venv/bin/python tools/monkey.py --edits --events 10000

Shipped plans are opened in turn. After each stretch all is undone, which must give the plan as it was opened,
and done again. Prints exceptions and warnings with what came before them, the longest time the window did not
answer and how memory grew; ends with 1 where a fault was met. Writes into a temporary folder alone.

With ``--edits`` the hand changes inputs, undoes and turns pages only, and what the process holds resident is
printed ten times on the way, as the system counts it: nothing is collected or given back before.
"""

from __future__ import annotations

import argparse
import faulthandler
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, get_args

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
HOME = tempfile.TemporaryDirectory(prefix="monkey")
for _name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "ISOCOST_DATA"):
    os.environ[_name] = HOME.name

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QAction, QContextMenuEvent, QDesktopServices, QHelpEvent, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QAbstractSlider,
    QApplication,
    QComboBox,
    QDialog,
    QFileDialog,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QSlider,
    QTextEdit,
    QWidget,
)
from shiboken6 import isValid
from watching import Faults, Pulse, memory_mb, resident_mb

from isocost import paths
from isocost.ui.app import application, make_window
from isocost.ui.look.theme import ThemeChoice
from isocost.ui.screenshot import settle
from isocost.ui.speaking import settings
from isocost.ui.widgets.fields.edit import QuantityEdit
from isocost.ui.window import Window

PLANS = (
    "startup-7b", "deepseek-chain", "deepseek-r1", "lora-70b-one-node", "rent-or-buy-64-h100",
    "minimax-m1-rl", "qlora-8b-on-a-4090", "api-or-own", "smollm3-programme",
)  # fmt: skip
"""Plans of every kind: one stage and many, claimed and computed, rented and owned."""
TEXTS = (
    "7B", "70b", "1e12", "15T", "$3.99", "1,5", "0", "-1", "nonsense", "1..2", "2 ± 10 %", "*1.2", "40 %",
    "1e30", "1", "", "3 h", "12/4", "H200", "8x7B", "llama", "DeepSeek trained R1 for $294,000", "∞",
    "9" * 40,
)  # fmt: skip
"""What people type, and what they had better not."""
CHANGES = ("*1.2", "*0.8", "*3", "/2")
"""Typed into a number they give another one, whatever it was."""
SIZE = (1280, 800)
STRETCH = 150
"""Events on one plan before all is undone."""
STUCK_S = 120
PATIENCE_MS = 60_000
TOLD = 10
"""Times that memory is told while inputs are edited."""
WARM = 0.2
"""The share of the events after which memory is measured first: by then every page was made."""

Key, Mod, Button, Kind = Qt.Key, Qt.KeyboardModifier, Qt.MouseButton, QEvent.Type
PLAIN_KEYS = (
    Key.Key_Left, Key.Key_Right, Key.Key_Up, Key.Key_Down, Key.Key_PageUp, Key.Key_PageDown, Key.Key_Home,
    Key.Key_End, Key.Key_Return, Key.Key_Space, Key.Key_Escape, Key.Key_Tab, Key.Key_Backtab, Key.Key_Delete,
    Key.Key_Backspace, Key.Key_1, Key.Key_2, Key.Key_3, Key.Key_E, Key.Key_F2, Key.Key_Menu,
)  # fmt: skip
SLIDER_KEYS = (Key.Key_Left, Key.Key_Right, Key.Key_PageUp, Key.Key_PageDown)
SHORTCUTS = (
    *[(Key.Key_Z, Mod.ControlModifier)] * 4, *[(Key.Key_Y, Mod.ControlModifier)] * 3,
    *[(Key(Key.Key_1 + page), Mod.ControlModifier) for page in range(7)],
    *[(each, Mod.ControlModifier) for each in (
        Key.Key_B, Key.Key_C, Key.Key_F, Key.Key_G, Key.Key_H, Key.Key_I, Key.Key_K, Key.Key_S, Key.Key_T)],
    (Key.Key_C, Mod.ControlModifier | Mod.ShiftModifier),
)  # fmt: skip


class Monkey:
    """The hand, on one window."""

    def __init__(self, window: Window, chance: random.Random, faults: Faults, *, edits: bool = False) -> None:
        self.window, self.chance, self.faults = window, chance, faults
        self.pulse = Pulse(faults)
        self.first = window.session.project
        self._opened = False
        every: dict[Callable[[], None], int] = {
            self.click: 34, self.drag: 14, self.wheel: 6, self.hover: 6, self.press: 16, self.type: 8,
            self.shortcut: 8, self.page: 4, self.undo: 4, self.look: 3, self.stage: 1, self.command: 2,
        }  # fmt: skip
        self._acts = {self.edit: 60, self.undo: 30, self.page: 5, self.stage: 2} if edits else every
        self._problem = ""
        window.documents.opened.connect(self._note_opened)
        window.session.failed.connect(self._note_problem)
        # Begun again each time: one that repeats is not heard in a dialog that its own click has opened, and
        # what QTimer.singleShot is given stays in memory.
        self._next = QTimer(singleShot=True, interval=15)
        self._next.timeout.connect(self._play_in_dialogs)
        self._next.start()

    def _note_opened(self) -> None:
        self._opened = True

    def _note_problem(self, words: str) -> None:
        self._problem = words

    # A stretch

    def begin(self) -> None:
        """Open one of the plans."""
        name = self.chance.choice(PLANS)
        self.faults.did(f"open {name}")
        self.window.session.undo_stack.setClean()
        if not self.window.documents.open(paths.presets() / f"{name}.yaml"):
            self.faults.meet("plan", f"{name} does not open")
        self.first = self.window.session.project
        settle(self.window.session, PATIENCE_MS)
        self._opened = False

    def act(self) -> None:
        """One event, and what the window makes of it."""
        acts, weights = zip(*self._acts.items(), strict=True)
        faulthandler.dump_traceback_later(STUCK_S, exit=True)
        self.pulse.turn()
        self.chance.choices(acts, weights)[0]()
        self._turn()
        self._play_in_popups()
        if self.chance.random() < 0.05:
            settle(self.window.session, PATIENCE_MS)
        self.pulse.rest()
        faulthandler.cancel_dump_traceback_later()

    def end(self) -> None:
        """Undo everything, and do it again."""
        session, stack = self.window.session, self.window.session.undo_stack
        self._close_dialogs()
        self.window.take_typed()
        if not settle(session, PATIENCE_MS):
            self.faults.meet("unsettled", "busy for a minute: at work were")
            faulthandler.dump_traceback(sys.stdout)
        if session.answer is not None and not self._problem and session.answer.project != session.project:
            self.faults.meet("stale", "the answer on screen is of another plan")
        if self._opened:
            return
        steps, newest = stack.index(), session.project
        stack.setIndex(0)
        if session.project != self.first:
            self.faults.meet("undo", _difference(self.first, session.project))
        stack.setIndex(steps)
        if session.project != newest:
            self.faults.meet("redo", _difference(newest, session.project))
        settle(session, PATIENCE_MS)

    def memory_mb(self) -> float | None:
        """Memory of the window as it was opened: at its first size, nothing above it, nothing copied."""
        self._close_dialogs()
        QApplication.clipboard().clear()
        self.window.resize(*SIZE)
        self.window.show_page(0)
        settle(self.window.session, PATIENCE_MS)
        self._turn()
        return memory_mb()

    def _turn(self) -> None:
        self.pulse.turn()
        QApplication.processEvents()
        # What was closed outside of an event goes when the loop of a program turns, and here none does.
        QApplication.sendPostedEvents(None, Kind.DeferredDelete.value)
        self.pulse.turn()

    # Where

    def _widgets(self) -> list[QWidget]:
        """All that a hand can reach: of the window, and of dialogs that leave it free."""
        return [
            each
            for each in QApplication.allWidgets()
            if isValid(each) and each.isVisible() and min(each.width(), each.height()) > 2
            and (each.window() is self.window or isinstance(each.window(), QDialog))
        ]  # fmt: skip

    def _place(self, within: QWidget | None = None) -> tuple[QWidget, QPoint]:
        """A widget and a place in it: what lies somewhere in the window, or any one, or a useful one."""
        chance, window = self.chance, self.window if within is None else within
        if chance.random() < 0.5:
            place = QPoint(chance.randrange(window.width()), chance.randrange(window.height()))
            hit = window.childAt(place)
            if hit is not None:
                return hit, hit.mapFrom(window, place)
        pool = self._widgets() if within is None else [*within.findChildren(QWidget), within]
        useful = (QAbstractButton, QLineEdit, QAbstractSlider, QComboBox, QAbstractScrollArea)
        if chance.random() < 0.5:
            pool = [
                each
                for each in pool
                if isinstance(each, useful) or each.focusPolicy() != Qt.FocusPolicy.NoFocus
            ] or pool
        taken = chance.choice([each for each in pool if each.width() > 0 and each.height() > 0] or [window])
        if isinstance(taken, QAbstractScrollArea) and chance.random() < 0.8:
            taken = taken.viewport()
        return taken, QPoint(
            chance.randrange(max(1, taken.width())), chance.randrange(max(1, taken.height()))
        )

    # Acts

    def click(self, within: QWidget | None = None) -> None:
        """Once, twice, or with the right button."""
        chance = self.chance
        widget, place = self._place(within)
        if not _reachable(widget):
            return
        how = chance.choices(("click", "double click", "right click"), (30, 4, 4))[0]
        self.faults.did(f"{how} {_named(widget)} {place.x()},{place.y()}")
        button = Button.RightButton if how == "right click" else Button.LeftButton
        held = chance.choice([Mod.NoModifier] * 6 + [Mod.ShiftModifier, Mod.ControlModifier])
        self._mouse(widget, Kind.MouseMove, place, Button.NoButton, Button.NoButton)
        _focus(widget)
        self._mouse(widget, Kind.MouseButtonPress, place, button, button, held)
        self._mouse(widget, Kind.MouseButtonRelease, place, button, Button.NoButton, held)
        if how == "double click":
            self._mouse(widget, Kind.MouseButtonDblClick, place, button, button, held)
            self._mouse(widget, Kind.MouseButtonRelease, place, button, Button.NoButton, held)
        if how == "right click" and isValid(widget):
            reason = QContextMenuEvent.Reason.Mouse
            self._send(widget, QContextMenuEvent(reason, place, widget.mapToGlobal(place)))

    def drag(self) -> None:
        """Press, move, at times with a key meanwhile, let go."""
        chance = self.chance
        widget, place = self._place()
        if not _reachable(widget):
            return
        self.faults.did(f"drag {_named(widget)}")
        left = Button.LeftButton
        self._mouse(widget, Kind.MouseMove, place, Button.NoButton, Button.NoButton)
        self._mouse(widget, Kind.MouseButtonPress, place, left, left)
        for _ in range(chance.randint(1, 8)):
            place += QPoint(chance.randint(-60, 60), chance.randint(-40, 40))
            self._mouse(widget, Kind.MouseMove, place, Button.NoButton, left)
            if chance.random() < 0.6:
                self._turn()
            if chance.random() < 0.05:
                self._key(
                    *chance.choice([(Key.Key_Escape, Mod.NoModifier), (Key.Key_Z, Mod.ControlModifier)])
                )
        self._mouse(widget, Kind.MouseButtonRelease, place, left, Button.NoButton)

    def wheel(self) -> None:
        """Up or down, at times with Ctrl."""
        widget, place = self._place()
        if not _reachable(widget):
            return
        self.faults.did(f"wheel {_named(widget)}")
        turned = QPoint(0, self.chance.choice([-480, -120, 120, 480]))
        held = self.chance.choice([Mod.NoModifier, Mod.ControlModifier])
        event = QWheelEvent(
            QPointF(place), QPointF(widget.mapToGlobal(place)), QPoint(), turned, Button.NoButton, held,
            Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        self._send(widget, event)

    def hover(self) -> None:
        """Point at something, at times for long enough to be told."""
        widget, place = self._place()
        self.faults.did(f"hover {_named(widget)}")
        self._mouse(widget, Kind.MouseMove, place, Button.NoButton, Button.NoButton)
        if self.chance.random() < 0.3 and isValid(widget):
            self._send(widget, QHelpEvent(Kind.ToolTip, place, widget.mapToGlobal(place)))

    def press(self) -> None:
        """One key, wherever the keyboard is."""
        held = self.chance.choice([Mod.NoModifier] * 6 + [Mod.ShiftModifier, Mod.AltModifier])
        self._key(self.chance.choice(PLAIN_KEYS), held)

    def type(self, within: QWidget | None = None) -> None:
        """A text into a field, taken, left or given up."""
        chance = self.chance
        pool = self._widgets() if within is None else within.findChildren(QWidget)
        fields = [each for each in pool if isinstance(each, (QLineEdit, QPlainTextEdit, QTextEdit))]
        fields = [each for each in fields if each.isEnabled() and each.isVisible()]
        field: QWidget = self._focused()
        if fields and (field is self.window or chance.random() < 0.7):
            field = chance.choice(fields)
        field.setFocus(Qt.FocusReason.MouseFocusReason)
        text = chance.choice(TEXTS)
        self.faults.did(f"type {text!r} into {_named(field)}")
        if chance.random() < 0.7:
            QTest.keyClick(field, Key.Key_A, Mod.ControlModifier)
        for letter in text:
            self.pulse.turn()
            QTest.sendKeyEvent(
                QTest.KeyAction.Click,
                self._focused(),
                Key(0),
                letter,
                Mod.NoModifier,
            )
        if chance.random() < 0.7:
            self._key(chance.choice([Key.Key_Return, Key.Key_Tab, Key.Key_Escape]))

    def edit(self) -> None:
        """Another value of an input in sight: by its slider, from its list or typed."""
        chance = self.chance
        wanted = chance.choices((QSlider, QComboBox, QuantityEdit), (6, 2, 2))[0]
        pool = [each for each in self._widgets() if isinstance(each, wanted) and each.isEnabled()]
        if not pool:
            return
        field = chance.choice(pool)
        if isinstance(field, QuantityEdit):
            self.faults.did(f"change {_named(field)}")
            field.setFocus(Qt.FocusReason.MouseFocusReason)
            QTest.keyClick(field, Key.Key_A, Mod.ControlModifier)
            QTest.keyClicks(field, chance.choice(CHANGES))
            self._key(Key.Key_Return, on=field)
            return
        keys = SLIDER_KEYS if isinstance(field, QSlider) else (Key.Key_Up, Key.Key_Down)
        for _ in range(chance.randint(1, 4)):
            if _reachable(field):  # another choice may bring other inputs
                self._key(chance.choice(keys), on=field)
                self._turn()

    def shortcut(self) -> None:
        """A key of the menus."""
        self._key(*self.chance.choice(SHORTCUTS))

    def page(self) -> None:
        """One of the tabs."""
        at = self.chance.randrange(self.window.tabs.count())
        self.faults.did(f"tab {at}")
        self.window.show_workspace()
        QTest.mouseClick(self.window.tabs, Button.LeftButton, pos=self.window.tabs.tabRect(at).center())

    def undo(self) -> None:
        """Some steps back or forth."""
        for _ in range(self.chance.randint(1, 6)):
            self._key(Key.Key_Z if self.chance.random() < 0.6 else Key.Key_Y, Mod.ControlModifier)

    def look(self) -> None:
        """Another theme, text size or size of the window."""
        chance, window = self.chance, self.window
        what = chance.randrange(3)
        if what == 0:
            theme = chance.choice(get_args(ThemeChoice))
            self.faults.did(f"theme {theme}")
            window.choose_theme(theme)
        elif what == 1:
            step = chance.choice((-1, 0, 1))
            self.faults.did(f"text {step}")
            window.step_text(step)
        else:
            size = chance.choice(((1280, 800), (1920, 1080), (1280, 720), (1440, 900)))
            self.faults.did(f"size {size}")
            window.resize(*size)

    def stage(self) -> None:
        """Another stage."""
        at = self.chance.randrange(len(self.window.session.current_scenario.stages))
        self.faults.did(f"stage {at}")
        self.window.session.select_stage(at)

    def command(self) -> None:
        """Any command of the window that can be given."""
        actions = [
            each
            for each in self.window.findChildren(QAction)
            if each.isEnabled() and each.isVisible() and each.text() and not each.isSeparator()
            and each.associatedObjects()  # some of pyqtgraph's stand in no menu
        ]  # fmt: skip
        taken = self.chance.choice(actions)
        self.faults.did(f"command {taken.text()}")
        taken.trigger()

    # Inside of what lies above the window

    def _play_in_popups(self) -> None:
        """Move, take or leave, until no list is open."""
        for turn in range(10):
            popup = QApplication.activePopupWidget()
            if popup is None:
                return
            if turn == 9:
                popup.close()
                return
            self._key(
                self.chance.choices((Key.Key_Down, Key.Key_Up, Key.Key_Return, Key.Key_Escape), (3, 2, 3, 2))[
                    0
                ],
                on=popup,
            )
            self._turn()

    def _play_in_dialogs(self) -> None:
        """A dialog turns the event loop itself until it is closed: the hand goes on from there."""
        self._next.start()
        self._play_in_popups()
        box = QApplication.activeModalWidget()
        if box is None:
            return
        if box.objectName() == "error" or self.chance.random() < 0.4:
            self.faults.did(f"close {_named(box)}")
            box.close()
        else:
            self.chance.choice((self.click, self.type))(box)

    def _close_dialogs(self) -> None:
        for each in QApplication.topLevelWidgets():
            if each.isVisible() and isinstance(each, (QDialog, QMenu)):
                each.close()
        self._turn()

    # Sending

    def _key(
        self, key: Qt.Key, held: Qt.KeyboardModifier = Mod.NoModifier, on: QWidget | None = None
    ) -> None:
        target = on or self._focused()
        self.faults.did(f"{held.name} {key.name} on {_named(target)}")
        self.pulse.turn()
        QTest.keyClick(target, key, held)

    def _focused(self) -> QWidget:
        """Where the keyboard is. Without a display a list that has closed keeps it."""
        for each in (QApplication.focusWidget(), self.window.focusWidget()):
            if each is not None and each.isVisible():
                return each
        return self.window

    def _mouse(
        self, widget: QWidget, kind: QEvent.Type, place: QPoint, button: Qt.MouseButton, held: Qt.MouseButton,
        keys: Qt.KeyboardModifier = Mod.NoModifier,
    ) -> None:  # fmt: skip
        if isValid(widget):
            at = QPointF(widget.mapToGlobal(place))
            self._send(widget, QMouseEvent(kind, QPointF(place), at, button, held, keys))

    def _send(self, widget: QWidget, event: QEvent) -> None:
        self.pulse.turn()  # no hand sends two events in one turn: letters of a text are thirty
        QApplication.sendEvent(widget, event)


def _reachable(widget: QWidget) -> bool:
    return isValid(widget) and widget.isEnabled() and widget.isVisible()


def _focus(widget: QWidget) -> None:
    """Give the keyboard to what is clicked, as Qt does for a true click."""
    at: QWidget | None = widget
    while at is not None and not at.focusPolicy() & Qt.FocusPolicy.ClickFocus:
        at = at.parentWidget()
    if at is not None and at.isEnabled():
        at.setFocus(Qt.FocusReason.MouseFocusReason)


def _named(widget: QWidget) -> str:
    parts: list[str] = []
    at: QWidget | None = widget
    while at is not None and len(parts) < 3:
        parts.append(at.objectName() or type(at).__name__)
        at = at.parentWidget()
    return "/".join(parts)


def _difference(wanted: Any, found: Any) -> str:
    parts = [
        f"{name}: {getattr(found, name)!r}\ninstead of {getattr(wanted, name)!r}"
        for name in wanted.__struct_fields__
        if getattr(found, name) != getattr(wanted, name)
    ]
    return "\n".join(parts)


def keep_to(folder: Path, chance: random.Random) -> None:
    """Let no dialog of the system open: files are read and written in a folder, or none is chosen."""

    def choose(*_: object, **__: object) -> tuple[str, str]:
        name = chance.choice(("plan.yaml", "other.yaml", "table.csv", "picture.png", "drawing.svg", "", ""))
        return (str(folder / name) if name else "", "")

    QFileDialog.getOpenFileName = staticmethod(choose)  # type: ignore[method-assign]
    QFileDialog.getSaveFileName = staticmethod(choose)  # type: ignore[method-assign]

    def opened(_: QUrl | str) -> bool:
        return True

    QDesktopServices.openUrl = staticmethod(opened)  # type: ignore[method-assign]


def new_window() -> Window:
    """A window with every page made, which cannot be quit."""
    application().setQuitOnLastWindowClosed(False)
    window = make_window(settings())
    window.resize(*SIZE)
    window.show()
    window.show_workspace()
    QTest.qWaitForWindowExposed(window)
    window.load_pages()
    for action in window.findChildren(QAction):
        if action.menuRole() == QAction.MenuRole.QuitRole:
            action.setEnabled(False)
    for at in range(window.tabs.count()):
        window.show_page(at)
        QApplication.processEvents()
    window.show_page(0)
    window.make_ahead()
    return window


def play(seed: int, events: int, trace: IO[str] | None, *, edits: bool = False) -> int:
    """All of it, or of edits alone; the number of faults."""
    chance = random.Random(seed)
    faults = Faults(trace)
    keep_to(Path(HOME.name), chance)
    application()
    window = new_window()
    monkey = Monkey(window, chance, faults, edits=edits)
    started, before = time.monotonic(), None
    for event in range(events):
        if event % STRETCH == 0:
            if event:
                monkey.end()
            monkey.begin()
            if before is None and event >= WARM * events:
                before = monkey.memory_mb()
        monkey.act()
        if edits and (event + 1) % max(1, events // TOLD) == 0 and (held := resident_mb()) is not None:
            print(f"{held:.0f} MB resident after {event + 1} edits", flush=True)
    monkey.end()
    monkey.begin()
    after = monkey.memory_mb()
    print(f"{events} events of seed {seed} in {time.monotonic() - started:.0f} s")
    for gap in monkey.pulse.worst:
        print(gap)
    if before is not None and after is not None:
        print(f"memory {before:.0f} MB after {WARM:.0%}, {after:.0f} MB at the end: {after - before:+.1f} MB")
    window.session.undo_stack.setClean()
    window.close()
    print(f"faults: {dict(faults.met) or 'none'}", flush=True)
    return faults.met.total()


def main() -> None:
    """Read the command line and play."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--events", type=int, default=20_000)
    parser.add_argument("--edits", action="store_true", help="change inputs, undo and turn pages alone")
    parser.add_argument("--trace", type=argparse.FileType("w", bufsize=1), help="write each event here first")
    asked = parser.parse_args()
    faulthandler.enable()
    sys.exit(bool(play(asked.seed, asked.events, asked.trace, edits=asked.edits)))


if __name__ == "__main__":
    main()
