"""A user's hand on a window: real events, each gesture counted, and eyes that read only what is in sight."""

from __future__ import annotations

from PySide6.QtCore import QEventLoop, QPoint, Qt
from PySide6.QtGui import QFontMetricsF
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QWidget

from isocost.ui.screenshot import settle
from isocost.ui.widgets.cards.card import CardTitle, ChartCard
from isocost.ui.window import Window

CONTROL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)
PLAIN, LEFT = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton


class Hand:
    """A gesture is a click, a drag, a key with what is held, or a text typed with the Enter that takes it."""

    def __init__(self, window: Window) -> None:
        self.window = window
        self.gestures = 0
        window.activateWindow()

    # Gestures

    def key(self, key: Qt.Key, held: Qt.KeyboardModifier = PLAIN) -> None:
        """Press one key where the keyboard is."""
        self.gestures += 1
        QTest.keyClick(self._keyboard(), key, held)
        self.rest()

    def enter(self, text: str, held: Qt.KeyboardModifier = PLAIN) -> None:
        """Type a text into the field that has the keyboard, in place of what is selected, and press Enter."""
        self.gestures += 1
        assert isinstance(self._keyboard(), QLineEdit), f"{self._keyboard()} takes no text"
        QTest.keyClicks(self._keyboard(), text)
        self.rest()
        QTest.keyClick(self._keyboard(), Qt.Key.Key_Return, held)
        self.rest()

    def find(self, text: str, held: Qt.KeyboardModifier = PLAIN) -> None:
        """Ctrl+K, then what is looked for: two gestures."""
        self.key(Qt.Key.Key_K, CONTROL)
        self.enter(text, held)

    def page(self, title: str) -> None:
        """Ctrl and the number of a page."""
        self.key(Qt.Key(Qt.Key.Key_1 + self.window.page_titles.index(title)), CONTROL)

    def click(self, widget: QWidget, at: QPoint | None = None) -> None:
        """Click what is in sight."""
        self.gestures += 1
        place = widget.rect().center() if at is None else at
        self._meets(widget, place)
        QTest.mouseClick(widget, LEFT, pos=place)
        self.rest()

    def drag(self, widget: QWidget, *places: QPoint) -> None:
        """Press at the first place, move over the others and let go at the last."""
        self.gestures += 1
        self._meets(widget, places[0])
        QTest.mousePress(widget, LEFT, pos=places[0])
        for place in places[1:]:
            QTest.mouseMove(widget, place)
            QApplication.processEvents()
        QTest.mouseRelease(widget, LEFT, pos=places[-1])
        self.rest()

    def rest(self) -> None:
        """Wait for all that follows; no gesture."""
        window = self.window
        for _ in range(2):  # what has come lets others ask
            QApplication.processEvents()
            settle(window.session)
            while getattr(window.pages.currentWidget(), "pending", False):
                QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
        QApplication.processEvents()

    # Eyes

    def reads(self, label: QLabel) -> str:
        """What a label says, which must stand whole in the window with nothing over it."""
        self.sees(label)
        text = label.text()
        if isinstance(label, CardTitle):
            assert " ".join(label.lines) == text, f"{text!r} is cut"
        elif not label.wordWrap():
            lines = (QFontMetricsF(label.font()).horizontalAdvance(line) for line in text.split("\n"))
            assert max(lines) <= label.width() + 1, f"{text!r} is cut"
        return text.replace("\N{NO-BREAK SPACE}", " ")

    def card(self, name: str) -> ChartCard:
        """A card of the page on screen, its title in sight."""
        card = self.window.pages.currentWidget().findChild(ChartCard, name)
        assert card is not None
        self.sees(card.title)
        return card

    def title(self, name: str) -> str:
        """The finding of a card."""
        return self.reads(self.card(name).title)

    @property
    def headline(self) -> str:
        """The sentence on top."""
        return self.reads(self.window.headline.sentence)

    def sees(self, widget: QWidget) -> None:
        """Fail unless all of a widget is in sight."""
        assert widget.isVisible(), f"{widget.objectName() or widget} is hidden"
        shown = widget.visibleRegion().boundingRect()
        assert shown == widget.rect(), f"{widget.objectName() or widget}: only {shown} of {widget.rect()}"
        self._meets(widget, widget.rect().center())

    def _meets(self, widget: QWidget, place: QPoint) -> None:
        at = widget.mapTo(self.window, place)
        top = self.window.childAt(at)
        lies = top is widget or (top is not None and widget.isAncestorOf(top))
        assert lies, f"{top} lies over {widget.objectName() or widget} at {place}"

    def _keyboard(self) -> QWidget:
        focused = QApplication.focusWidget()
        return focused if focused is not None and focused.isVisible() else self.window
