"""The lines of the palette: what was found with the letters that were typed, and what Enter does with it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem, QWidget

from isocost.report.findings.finder import DOES, FinderLine, Kind
from isocost.ui.look.icons import icon
from isocost.ui.look.theme import Theme
from isocost.ui.plot.base import font_of, mixed, text_size
from isocost.ui.widgets.rows import LEFT, RIGHT, ROW, Index, RowDelegate, write_text

HEIGHT, HEADING, SIGN = 42, 26, 16
"""Pixels of a line, of a heading, and of an icon."""
ICONS: dict[Kind, str] = {
    "value": "edit",
    "input": "range",
    "solve": "target",
    "chart": "picture",
    "command": "menu",
    "plan": "gallery",
    "model": "circle",
    "accelerator": "table",
    "figure": "explain",
}


class FinderDelegate(RowDelegate):
    """Paints lines; holds the text that is looked for."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, HEIGHT, parent)
        self.text = ""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        line: FinderLine | None = index.data(ROW)
        heading = line is not None and line.found is None
        return QSize(200, self.theme.px(HEADING if heading else HEIGHT))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        line: FinderLine = index.data(ROW)
        room, theme = QRectF(option.rect), self.theme
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if line.found is None:
            words = room.adjusted(12, theme.px(6), -12, 0)
            write_text(painter, words, line.heading.upper(), font_of(theme, "quiet", bold=True), theme.quiet)
            painter.restore()
            return
        current = bool(option.state & QStyle.StateFlag.State_Selected)
        if current or option.state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(mixed(theme.accent if current else theme.quiet, theme.panel, 0.12))
            painter.drawRoundedRect(room.adjusted(0.5, 1.5, -0.5, -1.5), 6, 6)
        self._paint_found(painter, room, line, current)
        painter.restore()

    def _paint_found(self, painter: QPainter, room: QRectF, line: FinderLine, current: bool) -> None:
        found, theme = line.found, self.theme
        assert found is not None
        size = theme.px(SIGN)
        sign = QRectF(room.left() + 12, room.center().y() - size / 2, size, size)
        icon(ICONS[found.kind], theme.quiet, size).paint(painter, sign.toRect())
        left = sign.right() + 12
        does = DOES[found.kind] if current or not found.value else found.value
        font = self.bold if current else self.small
        width = text_size(font, does)[0] + 4
        right = QRectF(room.right() - 12 - width, room.top(), width, room.height())
        write_text(painter, right, does, font, theme.series[0].text if current else theme.quiet, RIGHT)
        words = QRectF(left, room.top(), right.left() - 12 - left, room.height())
        half = room.height() / 2
        self._paint_name(painter, QRectF(words.left(), room.top() + 4, words.width(), half - 4), found.name)
        below = QRectF(words.left(), room.top() + half, words.width(), half - 4)
        write_text(painter, below, found.note, self.quiet, theme.quiet)

    def _paint_name(self, painter: QPainter, room: QRectF, name: str) -> None:
        """The name, the part of it that was typed in colour."""
        theme, at = self.theme, name.casefold().find(self.text) if self.text else -1
        if at < 0 or text_size(self.bold, name)[0] > room.width():
            write_text(painter, room, name, self.bold, theme.text, LEFT)
            return
        end = at + len(self.text)
        for part, colour in (
            (name[:at], theme.text),
            (name[at:end], theme.series[0].text),
            (name[end:], theme.text),
        ):
            write_text(painter, room, part, self.bold, colour, LEFT)
            room = room.adjusted(text_size(self.bold, part)[0], 0, 0, 0)
