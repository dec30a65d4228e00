"""Two grips on a slider, at the ends of a range: dragged with the mouse, stepped with the keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QWidget

from isocost.ui.widgets.drag import Drag
from isocost.ui.widgets.fields.slider import HANDLE, LogSlider

WIDE, TALL = 10, 16
"""Pixels in which a grip is taken hold of."""
BAR = 3.0
"""Pixels of the bar that is drawn."""
CLEAR = HANDLE + 4.0
"""Pixels between a grip and the slider's handle, so that both can be taken hold of."""
End = Literal["low", "high"]
_DIRECTIONS = {Qt.Key.Key_Right: 1, Qt.Key.Key_Up: 1, Qt.Key.Key_Left: -1, Qt.Key.Key_Down: -1}


class Grip(QWidget):
    """One end of a range on a slider."""

    moved = Signal(float, object)
    """The value the user moved the end to, and the gesture it belongs to."""
    dropped = Signal()
    """The user wants no range."""

    def __init__(self, slider: LogSlider, end: End) -> None:
        super().__init__(slider)
        self._slider = slider
        self.end = end
        self.value = 0.0
        self._grip: float | None = None
        self._drag = Drag(self, self._let_go)
        self._gesture: object = object()
        self.setFixedSize(WIDE, TALL)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.SizeHorCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.hide()

    def show_value(self, value: float) -> None:
        """Stand at a value, clear of the slider's handle."""
        self.value = value
        x, handle = self._slider.x_of(value), self._slider.x_of(self._slider.quantity)
        if abs(x - handle) < CLEAR:
            x = handle - CLEAR if self.end == "low" else handle + CLEAR
        left = round(x - WIDE / 2)
        self.move(min(max(0, left), self._slider.width() - WIDE), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        accent = self.palette().color(QPalette.ColorRole.Accent)
        bar = QRectF((WIDE - BAR) / 2, 2.0, BAR, TALL - 4.0)
        if self.hasFocus() or self.underMouse() or self._grip is not None:
            ring = self.palette().color(QPalette.ColorRole.Accent)
            ring.setAlphaF(0.3)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ring)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0, -0.5, 0), 4, 4)
        # A rim of the ground keeps the bar apart from the band and the track it stands on.
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.AlternateBase), 1.0))
        painter.setBrush(accent)
        painter.drawRoundedRect(bar.adjusted(-0.5, -0.5, 0.5, 0.5), 2, 2)
        painter.end()

    # Events

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton:
            event.ignore()
            return
        self._gesture = self._drag.begin()
        # Taken hold of beside its place it stays under the mouse: it would jump if its middle went there.
        self._grip = self.mapToParent(event.position()).x() - self._slider.x_of(self.value)
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grip is not None:
            self._report(self._slider.value_at(self.mapToParent(event.position()).x() - self._grip))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._drag.end()
        self._let_go()

    def _let_go(self) -> None:
        self._grip = None
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The slider's own would take the value back to its default."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        direction = _DIRECTIONS.get(Qt.Key(event.key()))
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.dropped.emit()
        elif direction is None:
            event.ignore()
        else:
            # A key held down is one gesture, which one undo takes back.
            if not event.isAutoRepeat():
                self._gesture = object()
            fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._report(self._slider.scale.stepped(self.value, direction, fine=fine))

    def _report(self, value: float) -> None:
        if value != self.value:
            self.moved.emit(value, self._gesture)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()


class RangeGrips(QObject):
    """The two ends of the range on a slider; they keep to their sides of the value it shows."""

    moved = Signal(float, float, object)
    """Low and high as the user moved them, and the gesture."""
    dropped = Signal()

    def __init__(self, slider: LogSlider, words: Callable[[End, float], str]) -> None:
        """``words`` say what an end is, for those who cannot see it."""
        super().__init__(slider)
        self._slider = slider
        self._words = words
        self.low, self.high = Grip(slider, "low"), Grip(slider, "high")
        for grip in (self.low, self.high):
            grip.dropped.connect(self.dropped)
        self.low.moved.connect(self._move_low)
        self.high.moved.connect(self._move_high)
        slider.installEventFilter(self)

    def show_range(self, ends: tuple[float, float] | None) -> None:
        """Stand at the ends of a range; None = there is none."""
        self._slider.set_band(ends)
        for grip, at in ((self.low, 0), (self.high, 1)):
            if ends is not None:
                grip.show_value(ends[at])
                grip.setAccessibleName(self._words(grip.end, ends[at]))
            elif grip.hasFocus():
                self._slider.setFocus(Qt.FocusReason.OtherFocusReason)
            grip.setVisible(ends is not None)

    def _move_low(self, value: float, gesture: object) -> None:
        held = self._slider.quantity
        wanted = min(value, held) if self.low.value <= held <= self.high.value else value
        self.moved.emit(wanted, self.high.value, gesture)

    def _move_high(self, value: float, gesture: object) -> None:
        held = self._slider.quantity
        wanted = max(value, held) if self.low.value <= held <= self.high.value else value
        self.moved.emit(self.low.value, wanted, gesture)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Resize and not self.low.isHidden():
            for grip in (self.low, self.high):
                grip.show_value(grip.value)
        return False
