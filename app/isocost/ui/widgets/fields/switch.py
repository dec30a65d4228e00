"""A switch: words, and a track whose knob is left or right."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QSizePolicy, QWidget

from isocost.ui.look.theme import LIGHT, Theme
from isocost.ui.plot.base import font_of, text_size

TRACK, TALL, GAP, MARGIN = 28, 16, 8, 4
"""Pixels of the track's width and height, between it and the words, and around both."""


class Switch(QCheckBox):
    """A choice of on and off that holds for more than what lies beside it."""

    def __init__(self, words: str, parent: QWidget | None = None) -> None:
        super().__init__(words, parent)
        self._theme: Theme = LIGHT
        self.wordless = False
        """Whether its track stands alone."""
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def apply_theme(self, theme: Theme) -> None:
        """Take the theme's type and colours."""
        self._theme = theme
        self.updateGeometry()
        self.update()

    def leave_words(self, out: bool) -> None:
        """Show the track alone, or with its words."""
        if out != self.wordless:
            self.wordless = out
            self.updateGeometry()
            self.update()

    def wide(self, *, words: bool) -> int:
        """Pixels it takes with its words, or without."""
        track = self._theme.px(TRACK) + 2 * MARGIN
        if not words:
            return track
        return (
            round(text_size(font_of(self._theme, "small"), self.text())[0]) + self._theme.px(GAP) + track + 1
        )

    def sizeHint(self) -> QSize:
        return QSize(self.wide(words=not self.wordless), self._theme.px(TALL) + 2 * MARGIN)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def hitButton(self, place: QPoint) -> bool:  # noqa: N802 - Qt's name
        return self.rect().contains(place)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, on = self._theme, self.isChecked()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tall, wide = theme.px(TALL), theme.px(TRACK)
        track = QRectF(self.width() - MARGIN - wide, (self.height() - tall) / 2, wide, tall)
        painter.setFont(font_of(theme, "small"))
        painter.setPen(QColor(theme.text if on or self.underMouse() else theme.quiet))
        words = QRectF(MARGIN, 0, track.left() - MARGIN, self.height())
        if not self.wordless:
            side = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
            painter.drawText(words, side, self.text())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.accent if on else theme.quiet))
        painter.drawRoundedRect(track, tall / 2, tall / 2)
        knob = tall / 2 - 2.0
        x = track.right() - tall / 2 if on else track.left() + tall / 2
        painter.setBrush(QColor(theme.on_accent if on else theme.panel))
        painter.drawEllipse(QPointF(x, track.center().y()), knob, knob)
        if self.hasFocus():
            painter.setPen(QPen(QColor(theme.accent), 1.4))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.7, 0.7, -0.7, -0.7), 6, 6)
        painter.end()
