"""A slider for values that span decades: a thin track, market ticks, 1-2-5 steps from the keyboard."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QSlider, QToolTip, QWidget

from isocost.ui.widgets.drag import Drag
from isocost.ui.widgets.fields.scale import Scale
from isocost.ui.widgets.labels import plain_tip

HANDLE = 6.0
"""Radius of the handle, and the margin that keeps it inside at both ends."""
TRACK = 4.0
TICK_ROOM = 9
RESOLUTION = 1000
"""Positions of the integer slider that assistive technology sees."""
WHEEL_PAUSE_MS = 500
"""Wheel turns closer together than this are one gesture."""


class Tick(NamedTuple):
    """A mark under the track: a value known to exist, for example a market quote."""

    value: float
    label: str


class LogSlider(QSlider):
    """A horizontal slider over a :class:`Scale`; it shows a value and reports where the user moves it."""

    moved = Signal(float, object)
    """The value the user moved to, and the gesture it belongs to."""
    reset = Signal(object)
    """Double click: the user wants the default, with the gesture."""

    def __init__(self, scale: Scale, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._scale = scale
        self._value = scale.low
        self._automatic = False
        self._ticks: tuple[Tick, ...] = ()
        self._band: tuple[float, float] | None = None
        self._gesture: object = object()
        self._grip: float | None = None
        self._drag = Drag(self, self._let_go)
        self._last_wheel = -WHEEL_PAUSE_MS
        self._showing = False
        self.setRange(0, RESOLUTION)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        # Our own moves do not go through Qt's integer value; assistive technology knows no other.
        self.valueChanged.connect(self._placed_by_others)

    # Properties

    @property
    def scale(self) -> Scale:
        """Ends and division of the track."""
        return self._scale

    def set_scale(self, scale: Scale) -> None:
        """Replace the ends or the division."""
        self._scale = scale
        self.show_value(self._value, automatic=self._automatic)

    @property
    def quantity(self) -> float:
        """The value shown; it may lie beyond the ends."""
        return self._value

    def show_value(self, value: float, *, automatic: bool = False) -> None:
        """Show a value; an automatic one is drawn lighter. Reports nothing."""
        self._value = value
        self._automatic = automatic
        # Qt reports this as it would a move by the user: the flag tells them apart.
        self._showing = True
        self.setValue(round(self._scale.position(value) * RESOLUTION))
        self._showing = False
        self.update()

    def set_ticks(self, ticks: Sequence[Tick]) -> None:
        """Marks under the track; hovering one tells its label."""
        had = bool(self._ticks)
        self._ticks = tuple(ticks)
        if had != bool(self._ticks):
            self.updateGeometry()
        self.update()

    @property
    def ticks(self) -> tuple[Tick, ...]:
        """The marks under the track."""
        return self._ticks

    def set_band(self, band: tuple[float, float] | None) -> None:
        """Shade the track between two values: the range the value may turn out to have."""
        self._band = band
        self.update()

    # Geometry

    def sizeHint(self) -> QSize:
        return QSize(180, 16 + (TICK_ROOM if self._ticks else 0))

    def minimumSizeHint(self) -> QSize:
        return QSize(80, self.sizeHint().height())

    def x_of(self, value: float) -> float:
        """Horizontal place of a value in the widget."""
        return HANDLE + 1 + self._scale.position(value) * self._length()

    def value_at(self, x: float) -> float:
        """The roundest value at a horizontal place."""
        position = (x - HANDLE - 1) / self._length()
        return self._scale.snapped(self._scale.value(position), 1 / self._length())

    def _length(self) -> float:
        return max(1.0, self.width() - 2 * (HANDLE + 1))

    def _middle(self) -> float:
        return 8.0

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        colours = self.palette()
        accent = colours.color(QPalette.ColorRole.Accent if self.isEnabled() else QPalette.ColorRole.Mid)
        self._paint_track(painter, colours, accent)
        self._paint_ticks(painter, colours)
        self._paint_handle(painter, colours, accent)
        painter.end()

    def _paint_track(self, painter: QPainter, colours: QPalette, accent: QColor) -> None:
        top, at = self._middle() - TRACK / 2, self.x_of(self._value)
        left, right = HANDLE + 1, self.width() - HANDLE - 1
        painter.setBrush(colours.color(QPalette.ColorRole.Midlight))
        painter.drawRoundedRect(QRectF(left, top, right - left, TRACK), 2, 2)
        if self._band is not None:
            start, end = self.x_of(self._band[0]), self.x_of(self._band[1])
            painter.setBrush(_faded(accent, 0.3))
            painter.drawRoundedRect(QRectF(start, top - 2, end - start, TRACK + 4), 3, 3)
        painter.setBrush(_faded(accent, 0.45) if self._automatic else accent)
        painter.drawRoundedRect(QRectF(left, top, at - left, TRACK), 2, 2)

    def _paint_ticks(self, painter: QPainter, colours: QPalette) -> None:
        pen = QPen(colours.color(QPalette.ColorRole.PlaceholderText), 1.0)
        painter.setPen(pen)
        top = self._middle() + HANDLE + 3
        for tick in self._ticks:
            # A line of one pixel is sharp only in the middle of a column of pixels.
            x = round(self.x_of(tick.value)) + 0.5
            painter.drawLine(QPointF(x, top), QPointF(x, top + 4))

    def _paint_handle(self, painter: QPainter, colours: QPalette, accent: QColor) -> None:
        centre = QPointF(self.x_of(self._value), self._middle())
        if self.hasFocus():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(_faded(accent, 0.3))
            painter.drawEllipse(centre, HANDLE + 2, HANDLE + 2)
        filled = self._grip is not None
        painter.setPen(QPen(_faded(accent, 0.7) if self._automatic else accent, 2.0))
        painter.setBrush(accent if filled else colours.color(QPalette.ColorRole.AlternateBase))
        painter.drawEllipse(centre, HANDLE - 1, HANDLE - 1)

    # Mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton:
            event.ignore()
            return
        self._gesture = self._drag.begin()
        x, handle = event.position().x(), self.x_of(self._value)
        # Where the handle is gripped it stays under the mouse: it would jump if its centre went there.
        on_handle = abs(x - handle) <= HANDLE + 2
        self._grip = x - handle if on_handle else 0.0
        if not on_handle:
            self._move_to(x)
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grip is not None:
            self._move_to(event.position().x() - self._grip)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._drag.end()
        self._let_go()

    def _let_go(self) -> None:
        self._grip = None
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The first click may have moved the value: the reset joins its gesture, so one undo takes both."""
        if event.button() is Qt.MouseButton.LeftButton:
            self.reset.emit(self._gesture)

    def wheelEvent(self, event: QWheelEvent) -> None:
        # Shift on macOS and Alt elsewhere turn the wheel sideways.
        turns = event.angleDelta().y() or event.angleDelta().x()
        # A page scrolled past the mouse must not change what lies under it.
        if not self.hasFocus() or turns == 0:
            event.ignore()
            return
        now = int(event.timestamp())
        if now - self._last_wheel > WHEEL_PAUSE_MS:
            self._gesture = object()
        self._last_wheel = now
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        self._report(self._scale.stepped(self._value, 1 if turns > 0 else -1, fine=not shift))
        event.accept()

    def _move_to(self, x: float) -> None:
        self._report(self.value_at(x))

    # Keyboard

    def keyPressEvent(self, event: QKeyEvent) -> None:
        target = self._target(event)
        if target is None:
            event.ignore()
            return
        # A key held down is one gesture, which one undo takes back.
        if not event.isAutoRepeat():
            self._gesture = object()
        self._report(target)

    def _target(self, event: QKeyEvent) -> float | None:
        """Where a key leads; None = not a key of ours."""
        key, fine = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if key in (Qt.Key.Key_Right, Qt.Key.Key_Up):
            return self._scale.stepped(self._value, 1, fine=fine)
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Down):
            return self._scale.stepped(self._value, -1, fine=fine)
        if key == Qt.Key.Key_PageUp:
            return self._scale.stepped(self._value, 1, page=True)
        if key == Qt.Key.Key_PageDown:
            return self._scale.stepped(self._value, -1, page=True)
        if key == Qt.Key.Key_Home:
            return self._scale.low
        if key == Qt.Key.Key_End:
            return self._scale.high
        return None

    # Others

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            # A tick is one pixel wide, and a mouse seldom rests on it.
            near = [tick for tick in self._ticks if abs(self.x_of(tick.value) - event.x()) <= 4]
            if near and event.y() > self._middle() + HANDLE:
                QToolTip.showText(event.globalPos(), plain_tip("\n".join(tick.label for tick in near)), self)
                return True
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def _placed_by_others(self, position: int) -> None:
        """Assistive technology sets the integer position directly."""
        if not self._showing:
            self._gesture = object()
            self._report(self._scale.snapped(self._scale.value(position / RESOLUTION), 1 / RESOLUTION))

    def _report(self, value: float) -> None:
        if value != self._value or self._automatic:
            self.moved.emit(value, self._gesture)


def _faded(colour: QColor, share: float) -> QColor:
    faded = QColor(colour)
    faded.setAlphaF(share)
    return faded
