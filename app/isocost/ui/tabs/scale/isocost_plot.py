"""The map of size against text on screen: dragging the plan, stepping it by keys, pointing at models."""

from __future__ import annotations

import math
from typing import NamedTuple

from PySide6.QtCore import QEvent, QPointF, QSizeF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QWidget

from isocost.report.findings.tabs.scale import Ground, ScaleView, best_words
from isocost.ui.look.theme import Theme
from isocost.ui.plot.chart import ChartWidget
from isocost.ui.tabs.scale.isocost_chart import IsocostChart, best_at
from isocost.ui.tabs.scale.isocost_places import Places, places
from isocost.ui.widgets.drag import Drag

REACH, SNAP = 15.0, 46.0
"""Pixels within which the plan is meant, and from its line up to which a drag stays on it."""
STEP = 1.05
"""Times larger or smaller a key makes the model, or the text."""
_ALONG = {Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1}
_FREE = {
    Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, 1), Qt.Key.Key_Down: (0, -1),
}  # fmt: skip


class _Still(NamedTuple):
    """What stands still, painted for a size, a theme and a screen."""

    ground: Ground
    key: object
    pixmap: QPixmap


class IsocostPlot(ChartWidget[ScaleView | None]):
    """The picture; what stands still is painted once, and the plan over it as often as it moves."""

    along = Signal(float, object)
    """Active parameters of a place on the line of the bill, and the gesture the move is part of."""
    freely = Signal(float, float, object)
    """Active parameters, tokens and the gesture."""
    released = Signal()
    """A drag has ended."""
    best_wanted = Signal()
    model_wanted = Signal(int, QPointF)
    """A published model, and where its dot is."""

    chart: IsocostChart

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(IsocostChart(None), theme, parent)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._over: int | None = None
        self._gesture: object = None
        self._pressed = False
        self._held = Drag(self, self._let_go)
        self._still: _Still | None = None

    @property
    def hover(self) -> int | None:
        return self._over

    @property
    def dragging(self) -> bool:
        """Whether the plan is held by the mouse."""
        return self._gesture is not None

    @property
    def places(self) -> Places | None:
        """Where everything stands; None while there is nothing to draw."""
        if self.view is None:
            return None
        return places(self.view.ground, QSizeF(self.size()), self.theme)

    @property
    def plan_at(self) -> QPointF:
        """Pixel of the plan."""
        at = self.places
        if at is None or self.view is None:
            return QPointF()
        return at.at(self.view.point.size, self.view.point.tokens)

    @property
    def ring_at(self) -> QPointF | None:
        """Pixel of the least loss for the plan's bill; None where the plan is there, or it is not shown."""
        at = self.places
        if at is None or self.view is None or not best_words(self.view.point)[0]:
            return None
        return best_at(at, self.view.point)

    def show_view(self, view: ScaleView | None) -> None:
        before = self.view
        super().show_view(view)
        if before is None or view is None or view.ground.models != before.ground.models:
            self._point_at(None)

    def _point_at(self, model: int | None) -> None:
        if model != self._over:
            self._over = model
            self.update()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self.view is not None:
            painter.drawPixmap(0, 0, self._ground())
            self.chart.draw_point(painter, QSizeF(self.size()), self.theme, self.hover)
        self.paint_focus(painter)
        painter.end()

    def _ground(self) -> QPixmap:
        """What stands still, painted again only where it is another."""
        assert self.view is not None
        ratio = self.devicePixelRatioF()
        key = (self.size().toTuple(), self.theme, ratio)
        before = self._still
        if before is None or before.ground is not self.view.ground or before.key != key:
            pixmap = QPixmap(self.size() * ratio)
            pixmap.setDevicePixelRatio(ratio)
            pixmap.fill(Qt.GlobalColor.transparent)
            painter = QPainter(pixmap)
            self.chart.draw_ground(painter, QSizeF(self.size()), self.theme)
            painter.end()
            self._still = before = _Still(self.view.ground, key, pixmap)
        return before.pixmap

    # Mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton or self.places is None:
            event.ignore()
            return
        at, self._pressed = event.position(), True
        if _away(at, self.plan_at) <= REACH:
            self._point_at(None)
            self._gesture = self._held.begin()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        if self.dragging:
            self._drag(at, free=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        else:
            self._hover(at)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton or not self._pressed:
            return
        at, dragged = event.position(), self.dragging
        self._held.end()
        self._let_go()
        self._hover(at)
        if dragged:
            return
        if self._over is not None:
            self.model_wanted.emit(self._over, self._model_at(self._over))
        elif (ring := self.ring_at) is not None and _away(at, ring) <= REACH:
            self.best_wanted.emit()

    def _let_go(self) -> None:
        dragged, self._gesture, self._pressed = self.dragging, None, False
        if dragged:
            self.unsetCursor()
            self.released.emit()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        if not self.dragging:
            self._point_at(None)

    def _hover(self, at: QPointF) -> None:
        found = self.places
        if found is None:
            return
        on_plan, ring = _away(at, self.plan_at) <= REACH, self.ring_at
        on_ring = ring is not None and _away(at, ring) <= REACH
        self._point_at(None if on_plan or on_ring else found.model_at(at))
        other = on_ring or self._over is not None
        resting = Qt.CursorShape.PointingHandCursor if other else Qt.CursorShape.ArrowCursor
        self.setCursor(Qt.CursorShape.OpenHandCursor if on_plan else resting)

    def _drag(self, at: QPointF, *, free: bool) -> None:
        """Along the line while the mouse is near it; anywhere with Shift, or further away."""
        found = self.places
        assert found is not None
        near = found.on_bill(at)
        if not free and near is not None and near[1] <= self.theme.px(SNAP):
            self.along.emit(near[0], self._gesture)
            return
        area = found.frame.area
        inside = QPointF(
            min(max(at.x(), area.left()), area.right()), min(max(at.y(), area.top()), area.bottom())
        )
        self.freely.emit(*found.frame.place(inside), self._gesture)

    def _model_at(self, model: int) -> QPointF:
        found = self.places
        assert found is not None
        return QPointF(*found.models[model].tolist())

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, view = Qt.Key(event.key()), self.view
        if view is None or not self._step(key, bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)):
            super().keyPressEvent(event)

    def _step(self, key: Qt.Key, free: bool) -> bool:
        """Whether a key does something here, which it then has done."""
        assert self.view is not None
        point, models = self.view.point, self.view.ground.models
        if key in _FREE and free:
            across, up = _FREE[key]
            self.freely.emit(point.size * STEP**across, point.tokens * STEP**up, object())
        elif key in _ALONG:
            self.along.emit(point.size * STEP ** _ALONG[key], object())
        elif key in (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp) and models:
            step = 1 if key == Qt.Key.Key_PageDown else -1
            self._point_at(0 if self._over is None else (self._over + step) % len(models))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self._over is not None:
                self.model_wanted.emit(self._over, self._model_at(self._over))
            elif self.ring_at is not None:
                self.best_wanted.emit()
        elif key == Qt.Key.Key_Escape and self._over is not None:
            self._point_at(None)
        else:
            return False
        return True

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() is not Qt.FocusReason.PopupFocusReason:
            self._point_at(None)


def _away(one: QPointF, other: QPointF) -> float:
    return math.hypot(one.x() - other.x(), one.y() - other.y())
