"""A number worth a place of its own, with its name above and what it refers to below."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from isocost.language import tr
from isocost.report.findings.said import KeyFigure
from isocost.ui.widgets.cards.figures import OPENING, TIP, explain, paint_ring
from isocost.ui.widgets.labels import plain_label, set_text

RING = 6
"""Pixels between a figure and its outline, at both sides."""


class KeyFigureBlock(QWidget):
    """A small label, a figure, and what it refers to; a click or Enter opens what it is made of."""

    def __init__(self) -> None:
        super().__init__()
        self.label, self.value, self.note, self.spread = (plain_label() for _ in range(4))
        self._figure = ""
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)  # painted again as the mouse comes and goes
        column = QVBoxLayout(self)
        column.setContentsMargins(RING, 3, RING, 3)
        column.setSpacing(2)
        for part, role in ((self.label, "quiet"), (self.value, "figure"), (self.note, "quiet"),
                           (self.spread, "quiet")):  # fmt: skip
            part.setProperty("role", role)
            column.addWidget(part)

    def fill(self, figure: KeyFigure) -> None:
        """Show a figure."""
        set_text(self.label, figure.label)
        set_text(self.value, figure.value)
        set_text(self.note, figure.note)
        set_text(self.spread, figure.spread)
        self.spread.setVisible(bool(figure.spread))
        self.setAccessibleName(figure.words)
        if figure.figure != self._figure:
            self._figure = figure.figure
            opens = bool(self._figure)
            self.setFocusPolicy(Qt.FocusPolicy.TabFocus if opens else Qt.FocusPolicy.NoFocus)
            self.setCursor(Qt.CursorShape.PointingHandCursor if opens else Qt.CursorShape.ArrowCursor)
            self.setToolTip(TIP if opens else "")
            self.setAccessibleDescription(tr("Enter opens where it comes from.") if opens else "")

    def figure_at(self, place: QPoint | None) -> str:
        """Key of the figure shown."""
        return self._figure

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._figure and (self.hasFocus() or self.underMouse()):
            painter = QPainter(self)
            paint_ring(painter, QRectF(self.rect()), self.palette().highlight().color())
            painter.end()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton or not explain(self, self._figure):
            super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() not in OPENING or not explain(self, self._figure):
            super().keyPressEvent(event)
