"""A chart paints itself on any painter, in any theme and size; a widget shows it and lets people point."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import ClassVar, Generic, Protocol, TypeVar, final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from isocost.ui.look.theme import Theme

View = TypeVar("View")
"""The figures a chart draws, as a frozen value."""


class Drawing(Protocol):
    """Anything that goes to the screen, an image, an SVG or a PDF by the same code."""

    def paint(self, painter: QPainter, room: QRectF, theme: Theme, hover: int | None = None) -> None:
        """Paint into ``room``, in pixels of the design, on a ground of ``theme.panel``.

        ``hover`` is the part pointed at; None = none.
        """


class Chart(ABC, Generic[View]):
    """A picture of a view. It keeps nothing else: what it paints follows from the view and the arguments."""

    def __init__(self, view: View) -> None:
        self.view = view

    @final
    def paint(self, painter: QPainter, room: QRectF, theme: Theme, hover: int | None = None) -> None:
        """Paint into a room of any painter; see :class:`Drawing`."""
        painter.save()
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.translate(room.topLeft())
            self.draw(painter, room.size(), theme, hover)
        finally:
            painter.restore()

    @abstractmethod
    def draw(self, painter: QPainter, size: QSizeF, theme: Theme, hover: int | None) -> None:
        """Paint from the origin on, no further than ``size``."""

    @abstractmethod
    def least(self, theme: Theme) -> QSize:
        """Pixels below which the chart cannot be read."""

    def wanted(self, theme: Theme) -> QSize:
        """Pixels of a chart whose height follows from its figures; an invalid size = it fills its room."""
        return QSize()


class ReadableChart(Chart[View]):
    """A chart of parts in an order, each of which says in words what it is."""

    steps: ClassVar[Mapping[Qt.Key, int]] = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}
    """How many parts further a key leads."""

    greets: ClassVar[bool] = False
    """Whether the first part is read as soon as the keyboard arrives, before any key."""

    @property
    @abstractmethod
    def parts(self) -> int:
        """How many parts there are."""

    @property
    def first(self) -> int:
        """The part the keyboard begins at."""
        return 0

    @abstractmethod
    def part_at(self, at: QPointF, size: QSizeF, theme: Theme) -> int | None:
        """The part meant by pointing at a place of a chart of this size; None = none."""

    @abstractmethod
    def words(self, part: int) -> str:
        """What a part is."""


class Told(Protocol):
    """A figure that says in words what it is."""

    @property
    def words(self) -> str: ...


class RowsChart(ReadableChart[View]):
    """Rows of one height below each other; the keys that lead up and down read them."""

    steps: ClassVar[Mapping[Qt.Key, int]] = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
    greets: ClassVar[bool] = True

    row_height: ClassVar[int]
    """Pixels of a row at the design's text size."""

    @property
    @abstractmethod
    def rows(self) -> Sequence[Told]:
        """The rows from the top."""

    @abstractmethod
    def top(self, theme: Theme) -> float:
        """Pixels above the first row."""

    @property
    def parts(self) -> int:
        return len(self.rows)

    def words(self, part: int) -> str:
        return self.rows[part].words

    def part_at(self, at: QPointF, size: QSizeF, theme: Theme) -> int | None:
        row = int((at.y() - self.top(theme)) // theme.px(self.row_height))
        return row if 0 <= row < self.parts else None


def paint_focus(painter: QPainter, room: QRectF, theme: Theme) -> None:
    """Outline a chart that has the keyboard and does not show it by a part of its own."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(theme.accent), 2.0))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(room.adjusted(1, 1, -1, -1), 5, 5)
    painter.restore()


class ChartWidget(QWidget, Generic[View]):
    """A chart on screen."""

    def __init__(self, chart: Chart[View], theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chart = chart
        self.theme = theme
        self._reached = False
        if chart.wanted(theme).isValid():
            self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def view(self) -> View:
        """What is drawn."""
        return self.chart.view

    @property
    def hover(self) -> int | None:
        """The part pointed at."""
        return None

    def show_view(self, view: View) -> None:
        """Draw another view in place of the last one."""
        before = self.chart.wanted(self.theme)
        self.chart.view = view
        if self.chart.wanted(self.theme) != before:
            self.updateGeometry()
        self.update()

    def apply_theme(self, theme: Theme) -> None:
        """Draw from now on in this theme."""
        self.theme = theme
        # Qt asks for sizes again only when told, and the size of text is part of a theme.
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return self.chart.wanted(self.theme)

    def minimumSizeHint(self) -> QSize:
        return self.chart.least(self.theme)

    def paintEvent(self, event: QPaintEvent) -> None:
        # The whole chart, whatever part of it the event asks for: Qt clips what is not needed.
        painter = QPainter(self)
        try:
            self.chart.paint(painter, QRectF(self.rect()), self.theme, self.hover)
            self.paint_focus(painter)
        finally:
            # Left to the garbage collector, or to an error, the painter outlives the event, and Qt crashes.
            painter.end()

    def paint_focus(self, painter: QPainter) -> None:
        """Show that the keyboard is here, unless the part pointed at does."""
        if self._reached and self.hover is None:
            paint_focus(painter, QRectF(self.rect()), self.theme)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._reached = event.reason() is not Qt.FocusReason.MouseFocusReason
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._reached = False
        self.update()


class ReadableWidget(ChartWidget[View]):
    """A chart on screen whose parts are read by pointing at them or stepping through them with the keys."""

    said = Signal(str)
    """What the part pointed at is; empty = none."""

    chart: ReadableChart[View]

    def __init__(self, chart: ReadableChart[View], theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(chart, theme, parent)
        self._at: int | None = None
        # Without tracking Qt reports the mouse only while a button is down.
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    @property
    def hover(self) -> int | None:
        return self._at

    def show_view(self, view: View) -> None:
        super().show_view(view)
        if self._at is not None and self._at >= self.chart.parts:
            self._point_at(None)

    def _point_at(self, part: int | None) -> None:
        if part != self._at:
            self._at = part
            self.said.emit("" if part is None else self.chart.words(part))
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point_at(self.chart.part_at(event.position(), QSizeF(self.size()), self.theme))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        if not self.hasFocus():
            self._point_at(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = self.chart.steps.get(Qt.Key(event.key()))
        if step is None or not self.chart.parts:
            # Qt's own handler ignores the key, which hands it on: the page around then scrolls.
            super().keyPressEvent(event)
            return
        at = self.chart.first if self._at is None else self._at + step
        self._point_at(min(self.chart.parts - 1, max(0, at)))

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        # A click brings the focus too, but it has pointed at something already.
        by_mouse = event.reason() is Qt.FocusReason.MouseFocusReason
        if self.chart.greets and self._at is None and self.chart.parts and not by_mouse:
            self._point_at(self.chart.first)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._point_at(None)
