"""Labels whose text never runs out of its place: they shorten it, or break its lines themselves."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from html import escape

from PySide6 import QtGui
from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QEnterEvent,
    QFontMetrics,
    QFontMetricsF,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget


def plain_label(text: str = "", parent: QWidget | None = None) -> QLabel:
    """A label that shows its text letter by letter: left to guess, Qt reads a name with < in it as HTML."""
    made = QLabel(text, parent)
    made.setTextFormat(Qt.TextFormat.PlainText)
    return made


def plain_tip(text: str) -> str:
    """A text as a tip or a dialog shows it letter by letter: Qt guesses its format, and cannot be told."""
    if not QtGui.Qt.mightBeRichText(text):
        return text
    return "<br>".join(escape(line) for line in text.split("\n"))


def words_tip(text: str) -> str:
    """A tip on the abbreviations in a text; empty where there are none. F1 and Help tell more."""
    from isocost.report.help.words import tip_of  # the glossary is read when the mouse first asks for it

    return plain_tip(tip_of(text))


_NUMBER = re.compile(r"[$€£¥]?\d+(?:[.,'’\u00a0\u202f-]?\d+)*[\w%]*(?:[ \u00a0\u202f]%)?")
"""A number with its currency and its unit, as far as they are written together."""


def shorten(text: str, metrics: QFontMetrics | QFontMetricsF, width: float) -> str:
    """A text that ends in an ellipsis where it has no room, never within a number: half of one is another."""
    cut = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(width))
    if cut == text or not cut.endswith("…"):
        return cut
    kept = len(cut) - 1
    for number in _NUMBER.finditer(text):
        if number.start() < kept < number.end():
            return text[: number.start()].rstrip(" (~+−-") + "…"
    return cut


class ClickLabel(QLabel):
    """One line that ends in an ellipsis when there is no room; it can be clicked."""

    clicked = Signal()

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        return QSize(self.fontMetrics().averageCharWidth() * 8, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        room = self.contentsRect()
        shown = shorten(self.text(), self.fontMetrics(), room.width())
        painter.setFont(self.font())
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
        painter.end()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.clicked.emit()


class ElidedLabel(QLabel):
    """One line that never widens its parent; what has no room ends in an ellipsis, whole in the tooltip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        # Else Qt takes the whole text for the width the label needs, and a long finding widens the window.
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def say(self, text: str) -> None:
        """Show another text; nothing is laid out again when it is the same."""
        if text != self.text():
            self.setText(text)
            self._explain()

    @property
    def lines(self) -> list[str]:
        """What is shown of the text."""
        return [shorten(self.text(), QFontMetricsF(self.font()), self.width())]

    @property
    def shortened(self) -> bool:
        """Whether some of the text has no room."""
        return " ".join(self.lines) != self.text()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._explain()

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        if not self.shortened:
            self.setToolTip(words_tip(self.text()))

    def _explain(self) -> None:
        self.setToolTip(plain_tip(self.text() if self.shortened else ""))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().windowText().color())
        painter.drawText(
            self.rect(),
            int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter),
            "\n".join(self.lines),
        )
        painter.end()


_PAUSE = re.compile(r"[:;,](?= )")
SHORT = 0.35
"""Of the longer of two lines that break at a pause: how long the shorter is at least."""


class FewLines(ElidedLabel):
    """One line, and a few more where the text needs them; what has no room then ends in an ellipsis."""

    STILL_MS = 800
    """Without another text before a line that is not needed any more goes: while a slider moves a chart must
    not grow and shrink."""

    def __init__(self, parent: QWidget | None = None, *, most: int = 2, balanced: bool = False) -> None:
        """``most``: lines at most. ``balanced``: so many are of about one length, as in a heading."""
        super().__init__(parent)
        self._most = most
        self._balanced = balanced
        self._kept = 1
        self._held: tuple[tuple[str, int, str], list[str]] = ("", 0, ""), []
        self._still = QTimer(self)
        self._still.setSingleShot(True)
        self._still.setInterval(self.STILL_MS)
        self._still.timeout.connect(self._settle)

    def say(self, text: str) -> None:
        """Show another text; a line it needs comes at once, one it does not need goes later."""
        if text == self.text():
            return
        super().say(text)
        if len(self.lines) > self._kept:
            self._settle()
        else:
            self._still.start()

    @property
    def lines(self) -> list[str]:
        """The text as it is broken; of the last line what has room."""
        now = self.text(), self.width(), self.font().key()
        if now != self._held[0]:  # asked for at every paint, size and change
            self._held = now, self._broken()
        return self._held[1]

    def _broken(self) -> list[str]:
        metrics = QFontMetricsF(self.font())
        broken = broken_lines(self.text(), self.width(), metrics)
        if self._balanced and 1 < len(broken) <= self._most:
            broken = self._balance(broken, metrics)
        rest = " ".join(broken[self._most - 1 :])
        return [*broken[: self._most - 1], *([shorten(rest, metrics, self.width())] if rest else [])]

    def _balance(self, broken: list[str], metrics: QFontMetricsF) -> list[str]:
        """The same lines of about one length: a figure alone on the last one looks like a slip. Two break
        where the sentence pauses, unless that leaves one nearly empty."""
        if len(broken) == 2 and (paused := self._at_pause(metrics)):
            return paused
        narrow, wide = self.width() / len(broken), float(self.width())
        while wide - narrow > 1.0:
            middle = (narrow + wide) / 2
            tried = broken_lines(self.text(), middle, metrics)
            fits = len(tried) == len(broken) and all(
                metrics.horizontalAdvance(each) <= middle for each in tried
            )
            narrow, wide = (narrow, middle) if fits else (middle, wide)
        return broken_lines(self.text(), wide, metrics)

    def _at_pause(self, metrics: QFontMetricsF) -> list[str]:
        """The text as two lines broken after a colon, semicolon or comma; empty where none would do."""
        halves = [
            (self.text()[: at.end()], self.text()[at.end() + 1 :]) for at in _PAUSE.finditer(self.text())
        ]
        wide = [sorted(map(metrics.horizontalAdvance, each)) for each in halves]
        fit = [at for at, (short, long) in enumerate(wide) if long <= self.width() and short >= SHORT * long]
        return list(halves[min(fit, key=lambda at: wide[at][1])]) if fit else []

    def sizeHint(self) -> QSize:
        return QSize(0, max(super().sizeHint().height(), lines_high(self.fontMetrics(), self._kept)))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def _settle(self) -> None:
        self._still.stop()
        needed = len(self.lines)
        if needed != self._kept:
            self._kept = needed
            self.updateGeometry()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._settle()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self._settle()


class WrapLabel(QLabel):
    """A label that breaks its text into as many lines as its width makes of it.

    Unlike a label with word wrap its height does not depend on a width the layout only tries, which a scroll
    area gets wrong when the scroll bar appears.
    """

    def __init__(self, parent: QWidget | None = None, lines: int = 0) -> None:
        """``lines``: keep that height whatever is said, and end longer texts in an ellipsis; 0 = as high as
        the text needs."""
        super().__init__(parent)
        self._whole = ""
        self._kept = lines
        self._told = ""
        self._broken: tuple[str, bool, int, str] | None = None
        if lines:
            self.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._in_full = self._shortened = False
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    @property
    def whole(self) -> str:
        """The text without the line breaks."""
        return self._whole

    @property
    def shortened(self) -> bool:
        """Whether some of the text has no room."""
        return self._shortened

    def say(self, text: str, *, in_full: bool = False) -> None:
        """Show a text; ``in_full``: all of it, even where the height is kept."""
        if (text, in_full) != (self._whole, self._in_full):
            self._whole, self._in_full = text, in_full
            self._break()

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        if self.toolTip() == self._told:  # those that others give stay
            self._told = words_tip(self._whole)
            self.setToolTip(self._told)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.sizeHint().height())

    def sizeHint(self) -> QSize:
        """A line high even when empty, so that nothing jumps when words come."""
        lines = max(1, self._kept, self.text().count("\n") + 1)
        return QSize(0, lines_high(self.fontMetrics(), lines) + 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._break()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        # Larger text in the same width, and the style's font, which comes after the first width.
        if event.type() is QEvent.Type.FontChange:
            self._break()
            self.updateGeometry()

    def _break(self) -> None:
        broken_for = (self._whole, self._in_full, self.width(), self.font().key())
        if broken_for == self._broken:  # each change of font is told several times
            return
        self._broken = broken_for
        broken_up = broken_lines(self._whole, self.width(), self.fontMetrics())
        lines = [part for line in broken_up for part in _cut_up(line, self.width(), self.fontMetrics())]
        self._shortened = bool(self._kept) and not self._in_full and len(lines) > self._kept
        if self._shortened:
            rest = " ".join(lines[self._kept - 1 :])
            lines[self._kept - 1 :] = [shorten(rest, self.fontMetrics(), self.width())]
        broken = "\n".join(lines)
        # A text that is set lays the label out again, which resizes it and leads back here.
        if broken != self.text():
            self.setText(broken)
            # A screen reader would stop at the end of each line.
            self.setAccessibleName(self._whole)


def lines_high(metrics: QFontMetrics, lines: int) -> int:
    """Pixels of so many lines as Qt sets them: at some sizes of text each is one more than it says."""
    return metrics.size(0, "\n".join("X" * lines)).height()


def broken_lines(text: str, width: float, metrics: QFontMetrics | QFontMetricsF) -> list[str]:
    """The text broken at spaces into lines no wider than ``width``, where that can be."""
    if metrics.horizontalAdvance(text) <= width:
        return [text]
    lines: list[str] = []
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and metrics.horizontalAdvance(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _cut_up(word: str, width: float, metrics: QFontMetrics) -> Iterator[str]:
    """A word in parts that have room, the address of a page say; whole where not even a few letters have."""
    while word and width >= 4 * metrics.maxWidth() and metrics.horizontalAdvance(word) > width:
        most = bisect_right(range(1, len(word)), width, key=lambda end: metrics.horizontalAdvance(word[:end]))
        yield word[:most]
        word = word[most:]
    yield word


def restyle(widget: QWidget, name: str, value: object) -> None:
    """Give a widget another of the looks in the style sheet: a property that this names.

    Qt reads one only when it polishes the widget.
    """
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def set_text(label: QLabel, text: str) -> None:
    """Set a label's text only when it differs, so that a drag lays out nothing in vain."""
    if label.text() != text:
        label.setText(text)
