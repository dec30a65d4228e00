"""The one road from a figure on screen to what it is made of.

Whatever shows a figure of the answer knows its key, as ``isocost explain`` has it, and says :func:`explain`
when it is clicked or Enter is pressed on it. Whoever around it can explain a figure, the window, hears it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from PySide6.QtCore import QEvent, QPoint, QRectF, Qt
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from isocost.language import tr
from isocost.plan.project.project import Project
from isocost.ui.widgets.labels import ClickLabel, plain_tip

FIGURE = int(Qt.ItemDataRole.UserRole) + 1
"""Role of the key of the figure that a row shows."""
OPENING = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
"""Keys that mean a click on a figure."""
RING = 4
"""Pixels between a figure of a sentence and its outline."""
TIP = tr("Open: where this comes from")


@runtime_checkable
class ExplainsFigures(Protocol):
    """The window: shows what a figure is made of."""

    def explain(self, key: str, of: Project | None = None) -> None:
        """Open a figure by its key: of the newest answer, or of a plan that is not the open one."""


@runtime_checkable
class ShowsFigures(Protocol):
    """A widget that shows figures of the answer."""

    def figure_at(self, place: QPoint | None) -> str:
        """Key of the figure at a place, or of the one the keyboard is on (None); empty = there is none."""


def explain(shown_by: QWidget, key: str, of: Project | None = None) -> bool:
    """Open a figure; False where it has no key, or nobody around explains any.

    Args:
        of: the plan whose figure it is; None = the open one.
    """
    around: QWidget | None = shown_by
    while key and around is not None:
        if isinstance(around, ExplainsFigures):
            around.explain(key, of)
            return True
        around = around.parentWidget()
    return False


def paint_ring(painter: QPainter, room: QRectF, colour: QColor) -> None:
    """Outline a figure that the mouse or the keyboard is on."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colour, 1.4))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(room.adjusted(0.7, 0.7, -0.7, -0.7), 4, 4)


class FigureSentence(ClickLabel):
    """A sentence whose figures open: by a click on one, or by Enter on the one that Left and Right lead to.

    A click beside them is that of the whole sentence.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._figures: tuple[tuple[int, str, str], ...] = ()
        self._at: int | None = None
        self._pressed: int | None = None
        self.setMouseTracking(True)
        self.setContentsMargins(RING, 0, RING, 0)

    def show_figures(self, figures: Sequence[tuple[int, str, str]]) -> None:
        """Let figures of the sentence open: the place of the first letter, the text and the key of each."""
        self._figures = tuple(figures)
        self._at = None if self._at is None or not figures else min(self._at, len(figures) - 1)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if figures else Qt.FocusPolicy.NoFocus)
        self._say()
        self.update()

    @property
    def figure_rects(self) -> tuple[QRectF, ...]:
        """Where the figures stand."""
        metrics, room = self.fontMetrics(), self.contentsRect()
        rects = []
        for start, text, _ in self._figures:
            left = room.left() + metrics.horizontalAdvance(self.text()[:start])
            width = metrics.horizontalAdvance(text)
            top = room.center().y() - metrics.height() / 2
            rects.append(QRectF(left - RING, top, width + 2 * RING, metrics.height()))
        return tuple(rects)

    def figure_at(self, place: QPoint | None) -> str:
        """Key of the figure at a place, or of the one the keyboard is on; see :class:`ShowsFigures`."""
        at = self._at if place is None else self._under(place)
        return "" if at is None or at >= len(self._figures) else self._figures[at][2]

    def _under(self, place: QPoint) -> int | None:
        return next((at for at, rect in enumerate(self.figure_rects) if rect.contains(place)), None)

    def _point_at(self, at: int | None) -> None:
        if at != self._at:
            self._at = at
            self._say()
            self.update()

    def _say(self) -> None:
        """Which figure the keyboard is on, for a screen reader."""
        shown = self._figures[self._at][1] if self._at is not None and self._figures else ""
        said = tr("{shown}: Enter opens where it comes from.", shown=shown) if shown else ""
        self.setAccessibleDescription(said or tr("The answer; press Ctrl+Shift+C to copy it"))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._at is None or self._at >= len(self._figures):
            return
        painter = QPainter(self)
        paint_ring(painter, self.figure_rects[self._at], self.palette().highlight().color())
        painter.end()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = self._under(event.position().toPoint())
        self.setCursor(Qt.CursorShape.PointingHandCursor if at is not None else Qt.CursorShape.ArrowCursor)
        self.setToolTip(plain_tip(TIP if at is not None else tr("Click to copy")))
        if at is not None or not self.hasFocus():
            self._point_at(at)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        if not self.hasFocus():
            self._point_at(None)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        key = self.figure_at(event.position().toPoint())
        if event.button() is not Qt.MouseButton.LeftButton or not explain(self, key):
            super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        last = len(self._figures) - 1
        if event.key() in (Qt.Key.Key_Right, Qt.Key.Key_Left) and last >= 0:
            step = 1 if event.key() == Qt.Key.Key_Right else -1
            self._point_at(min(last, max(0, (0 if self._at is None else self._at + step))))
        elif event.key() not in OPENING or not explain(self, self.figure_at(None)):
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        # A window that opens gives its first part the focus, which nobody asked for.
        if self._at is None and event.reason() is not Qt.FocusReason.ActiveWindowFocusReason:
            self._point_at(0)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._point_at(None)
