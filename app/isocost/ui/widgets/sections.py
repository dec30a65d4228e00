"""What columns of inputs and cards are laid out with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QScrollBar, QVBoxLayout, QWidget

from isocost.ui.look.theme import Theme
from isocost.ui.widgets.labels import plain_label

if TYPE_CHECKING:  # the gallery is painted before charts are loaded
    from isocost.ui.widgets.cards.card import ChartCard

UNLIMITED = 16_777_215
"""Qt's own limit of a width or a height: no maximum."""

BAR, BESIDE = 8, 14
"""Pixels of an upright scroll bar, and of one with what it keeps from what it scrolls: it stands in the
margin of a page."""


SIDE_SHARE, SIDE_MOST = 0.28, 1.4
"""Share of a page that its side column has, and times its least width that it has at most: words that are cut
at 1280 pixels should not be so at 1920, and what stands in the middle needs the rest more."""


class ScrollBody(QWidget):
    """The body of a scroll area, which tells its height once nested layouts have settled."""

    grown = Signal()
    """The least height was asked for anew."""

    def event(self, event: QEvent) -> bool:
        handled = super().event(event)
        layout = self.layout()
        # Qt's scroll area reads the height before that, and would cut off what came last.
        if event.type() is QEvent.Type.LayoutRequest and layout is not None:
            self.setMinimumHeight(layout.minimumSize().height())
            self.grown.emit()
        return handled


class QuietBar(QScrollBar):
    """An upright scroll bar that keeps its place and shows nothing while there is nothing to scroll."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        # It leaves its ground to what is behind it.
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent, False)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.maximum() > self.minimum():
            super().paintEvent(event)


def keep_bar(area: QScrollArea) -> None:
    """Keep the place of an area's scroll bar, so that what it scrolls is always as wide."""
    area.setVerticalScrollBar(QuietBar(area))
    area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)


def scrolling(body: QWidget, name: str = "", parent: QWidget | None = None) -> QScrollArea:
    """An area that scrolls a body up and down over the ground of what it stands in."""
    area = QScrollArea(parent)
    area.setObjectName(name)
    area.setWidget(body)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    keep_bar(area)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    see_through(area, body)
    return area


def see_through(area: QScrollArea, body: QWidget) -> None:
    """Leave the ground of an area to what it stands in.

    A body that fills its own is painted by itself, and again with what stands on it where that changed too:
    as when a page comes to sight.
    """
    for part in (area.viewport(), body):
        part.setAutoFillBackground(False)


def bring_into_sight(part: QWidget) -> None:
    """Scroll to what the keyboard has come to from outside; Qt does so only from one child to the next."""
    around = part.parentWidget()
    while around is not None:
        if isinstance(around, QScrollArea):
            place = QRect(part.mapTo(around.viewport(), QPoint()), part.size())
            if not around.viewport().rect().contains(place):
                around.ensureWidgetVisible(part)
        around = around.parentWidget()


def hold_width(part: QWidget, pixels: int | None) -> None:
    """Make a part so wide whatever the room; None = as wide as its room."""
    part.setMinimumWidth(pixels or 0)
    part.setMaximumWidth(UNLIMITED if pixels is None else pixels)


def side_width(room: int, least: int) -> int:
    """Pixels of the narrower of two columns: ``least``, and in a large window a part of its ``room``."""
    return max(least, min(round(SIDE_SHARE * room), round(SIDE_MOST * least)))


class CardPage(QScrollArea):
    """A page of cards in a grid, arranged by the room they have; it scrolls where that is too low."""

    def __init__(self, name: str, title: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # what stands on it has the keyboard
        keep_bar(self)
        self._theme = theme
        body = ScrollBody()
        self._grid = QGridLayout(body)
        self._grid.setContentsMargins(16, 12, 16 - BAR, 14)
        self._grid.setSpacing(12)
        self.setWidget(body)
        see_through(self, body)

    @property
    def cards(self) -> tuple[ChartCard, ...]:
        """Every card, in reading order."""
        raise NotImplementedError

    def _arrange(self) -> None:
        """Put the cards into the grid."""
        raise NotImplementedError

    def apply_theme(self, theme: Theme) -> None:
        """Take the theme's type and colours."""
        self._theme = theme
        for card in self.cards:
            card.apply_theme(theme)
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()


class CardColumns(QHBoxLayout):
    """Cards one below the other, or dealt out to two columns in reading order."""

    def __init__(self, gap: int, parent: QWidget | None = None) -> None:
        super().__init__(*([parent] if parent is not None else []))
        self._gap = gap
        self._columns = (QVBoxLayout(), QVBoxLayout())
        for column in self._columns:
            column.setSpacing(gap)
            self.addLayout(column)

    def deal(self, cards: Sequence[QWidget], columns: int) -> None:
        """Arrange cards anew in one column or in two."""
        for column in self._columns:
            while column.takeAt(0) is not None:
                pass
        for at, card in enumerate(cards):
            self._columns[at % columns].addWidget(card)
        self.setSpacing(self._gap if columns > 1 else 0)
        for at, column in enumerate(self._columns):
            column.addStretch(1)
            self.setStretch(at, 1 if at < columns else 0)


def section(title: str, at_right: QWidget | None, *parts: QWidget) -> QFrame:
    """Inputs that belong together under a small heading, with an optional widget at its right."""
    frame = QFrame()
    column = QVBoxLayout(frame)
    column.setContentsMargins(0, 0, 0, 2)
    column.setSpacing(6)
    # Qt's style sheets have no capitals of their own.
    heading = plain_label(title.upper())
    heading.setProperty("role", "section")
    top = QHBoxLayout()
    top.addWidget(heading)
    if at_right is not None:
        top.addStretch(1)
        top.addWidget(at_right)
    column.addLayout(top)
    for part in parts:
        column.addWidget(part)
    return frame


def upright_rule() -> QWidget:
    """A line of one pixel between what stands left and right of it."""
    line = QFrame()
    line.setProperty("role", "rule")
    line.setFixedWidth(1)
    return line


def beside(*parts: QWidget) -> QWidget:
    """Several parts in one line."""
    row = QWidget()
    line = QHBoxLayout(row)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(8)
    for part in parts:
        line.addWidget(part)
    return row


def labelled(label: str, part: QWidget) -> QWidget:
    """A part with its label before it."""
    row = QWidget()
    line = QHBoxLayout(row)
    line.setContentsMargins(0, 0, 0, 0)
    text = plain_label(label)
    text.setBuddy(part)
    line.addWidget(text, 1)
    line.addWidget(part)
    return row
