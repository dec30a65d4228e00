"""The library of claims: what each tells and how it comes off; typing finds, the arrow keys walk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QPainter, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QStyleOptionViewItem, QVBoxLayout, QWidget

from isocost.language import capital, tr
from isocost.report.decisions.claims.page import MEANINGS, NOT_YET, WORDS, ClaimRow, Word, row_words
from isocost.ui.look.icons import icon
from isocost.ui.look.theme import Theme
from isocost.ui.plot.base import text_size
from isocost.ui.tabs.claims.signs import colour, sign
from isocost.ui.widgets.labels import WrapLabel, plain_label
from isocost.ui.widgets.rows import RIGHT, ROW, Index, Lines, RowDelegate, RowList, write_text
from isocost.ui.widgets.whole_rows import WholeRows

HEIGHT, HEADING = 36, 26
"""Pixels of a row and of a group's heading."""
ICON = 14
WALKED = (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp)
"""Keys that the search field leaves to the list below it."""


class LibraryModel(Lines[ClaimRow | str]):
    """Claims under the headings of their groups; a heading is a plain text."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(self._said, parent, tip=lambda line: "" if isinstance(line, str) else line.said)
        self.words: Mapping[str, Word] = {}

    def _said(self, line: ClaimRow | str) -> str:
        return capital(line) if isinstance(line, str) else row_words(line, self.words.get(line.key))

    def show_claims(self, rows: Sequence[ClaimRow]) -> None:
        """Replace the claims, headings before each group; the list goes back to its top."""
        lines: list[ClaimRow | str] = []
        for row in rows:
            if not lines or not isinstance(lines[-1], ClaimRow) or lines[-1].group != row.group:
                lines.append(tr(row.group))
            lines.append(row)
        if tuple(lines) != self.rows:
            self.beginResetModel()
            self.rows = tuple(lines)
            self.endResetModel()

    def judge(self, words: Mapping[str, Word]) -> None:
        """Show other verdicts."""
        self.words = words
        if self.rows:  # none that is listed has the text that is looked for
            self.dataChanged.emit(self.index(0), self.index(len(self.rows) - 1))

    def place(self, key: str) -> QModelIndex:
        """Where a claim stands; invalid where it is not shown."""
        for at, line in enumerate(self.rows):
            if isinstance(line, ClaimRow) and line.key == key:
                return self.index(at)
        return QModelIndex()

    def flags(self, index: Index) -> Qt.ItemFlag:
        # A list steps over what cannot be chosen: arrow keys lead from claim to claim.
        return super().flags(index) if isinstance(index.data(ROW), ClaimRow) else Qt.ItemFlag.NoItemFlags


class LibraryDelegate(RowDelegate):
    """Paints a claim in two lines: its name with the number told, its verdict below."""

    def __init__(self, theme: Theme, model: LibraryModel, parent: QObject | None = None) -> None:
        super().__init__(theme, HEIGHT, parent)
        self._model = model
        self.chosen = ""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(160, self.theme.px(HEIGHT if isinstance(index.data(ROW), ClaimRow) else HEADING))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        line, row, theme = index.data(ROW), QRectF(option.rect), self.theme
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if isinstance(line, str):
            heading = theme.font("quiet", bold=True)
            write_text(painter, row.adjusted(8, theme.px(6), -8, 0), line.upper(), heading, theme.quiet)
            painter.restore()
            return
        self.paint_ground(painter, row, option.state, chosen=line.key == self.chosen)
        word = self._model.words.get(line.key)
        half, left = row.height() / 2, row.left() + theme.px(ICON) + 16
        if word is not None:
            top = round(row.top() + half / 2 - theme.px(ICON) / 2 + 3)
            place = QRect(QPoint(round(row.left()) + 8, top), QSize(theme.px(ICON), theme.px(ICON)))
            icon(sign(word), colour(word, theme), theme.px(ICON)).paint(painter, place)
        above = QRectF(left, row.top() + 3, row.right() - left - 8, half - 2)
        below = QRectF(left, row.top() + half, row.right() - left - 8, half - 3)
        font = self.bold if line.key == self.chosen else self.small
        taken = text_size(self.bold, line.told)[0] + 7
        # Names that are told apart by their ends are read whole: the number makes room, below.
        beside = text_size(self.bold, line.name)[0] + taken <= above.width()
        write_text(painter, above.adjusted(0, 0, -taken if beside else 0, 0), line.name, font, theme.text)
        number = above if beside else below
        write_text(painter, number, line.told, self.bold, theme.text, RIGHT)
        said, ink = (NOT_YET, theme.quiet) if word is None else (WORDS[word], colour(word, theme))
        write_text(painter, below, said, self.quiet, ink)
        painter.restore()


class _SearchLine(QLineEdit):
    """What is typed narrows the list; what is pasted is a claim, as is at Enter what no claim has in it."""

    pasted = Signal(str)
    walked = Signal(object)
    """A key for the list."""
    entered = Signal(str)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Paste):
            self.pasted.emit(QGuiApplication.clipboard().text())
        elif event.key() in WALKED:
            self.walked.emit(event)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit(self.text())
        else:
            super().keyPressEvent(event)


class Library(QFrame):
    """The card with the search field, the list and what its signs mean."""

    chosen = Signal(str)
    """Key of a claim."""
    pasted = Signal(str)
    """A sentence pasted into the search field."""
    removed = Signal(str)
    """Key of a claim that is to go."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("claims.library")
        self.setProperty("role", "card")
        self.search = _SearchLine(self)
        self.search.setObjectName("claims.search")
        self.search.setPlaceholderText(tr("Find, or paste a sentence"))
        self.search.setAccessibleName(tr("Find a claim"))
        self.search.setClearButtonEnabled(True)
        self.model = LibraryModel(self)
        self._delegate = LibraryDelegate(theme, self.model, self)
        self.list = RowList("claims.list", self.model, self._delegate, self)
        self.list.setUniformItemSizes(False)
        self.list.setAccessibleName(tr("Claims"))
        self.none = WrapLabel(self)
        self.none.setProperty("role", "small")
        self.none.setObjectName("claims.none")
        self._rows: tuple[ClaimRow, ...] = ()
        self._key = ""
        self._lay_out()
        self.search.textChanged.connect(self._filter)
        self.search.pasted.connect(self.pasted)
        remove = QShortcut(QKeySequence(QKeySequence.StandardKey.Delete), self.list, self._remove)
        remove.setContext(Qt.ShortcutContext.WidgetShortcut)
        self.search.walked.connect(lambda event: self.list.keyPressEvent(event))
        self.search.entered.connect(self._enter)
        self.list.selectionModel().currentChanged.connect(self._move)
        self.apply_theme(theme)

    def _enter(self, text: str) -> None:
        """Check a sentence that came by another road than the key for pasting, as the field's own menu."""
        if text.strip() and not self.model.rowCount():
            self.pasted.emit(text)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 12, 8, 10)
        column.setSpacing(6)
        column.addWidget(self.search)
        column.addWidget(self.none)
        self._room = WholeRows(self.list, self)
        column.addWidget(self._room, 1)
        self.legend: list[QWidget] = []
        self._legend: list[tuple[Word, Any]] = []
        for word, meaning in MEANINGS:
            line, picture = QHBoxLayout(), plain_label(parent=self)
            line.setContentsMargins(8, 0, 4, 0)
            line.setSpacing(8)
            text = plain_label(meaning, self)
            self.legend += [picture, text]
            text.setProperty("role", "quiet")
            line.addWidget(picture)
            line.addWidget(text, 1)
            column.addLayout(line)
            self._legend.append((word, picture))

    def apply_theme(self, theme: Theme) -> None:
        """Take the theme's type and colours."""
        self._theme = theme
        for word, picture in self._legend:
            size = theme.px(12)
            ratio = self.devicePixelRatioF()
            picture.setPixmap(icon(sign(word), colour(word, theme), size).pixmap(QSize(size, size), ratio))
        self.list.apply_theme(theme)
        self._room.arrange()

    def lie_flat(self, flat: bool) -> None:
        """Leave out what the signs mean, where the list has little height."""
        for part in self.legend:
            part.setVisible(not flat)

    def show_rows(self, rows: Sequence[ClaimRow]) -> None:
        """List these claims, as far as they are searched for."""
        self._rows = tuple(rows)
        self._filter()

    def show_words(self, words: Mapping[str, Word]) -> None:
        """Show the verdicts that are there."""
        self.model.judge(words)

    def choose(self, key: str) -> None:
        """Mark a claim as the one on screen, without telling."""
        self._key = self._delegate.chosen = key
        self._mark()

    def _mark(self) -> None:
        place = self.model.place(self._key)
        if place.isValid() and place != self.list.currentIndex():
            self.list.setCurrentIndex(place)
            if place.row() == 1:  # its heading belongs to it
                self.list.scrollToTop()
        self.list.viewport().update()

    def _move(self, index: QModelIndex) -> None:
        row = index.data(ROW)
        if isinstance(row, ClaimRow) and row.key != self._key:
            self._key = self._delegate.chosen = row.key
            self.list.viewport().update()
            self.chosen.emit(row.key)

    def _remove(self) -> None:
        self.removed.emit(self._key)

    def _filter(self) -> None:
        typed = self.search.text()
        shown = [row for row in self._rows if row.found(typed)]
        self.model.show_claims(shown)
        self._room.arrange()
        self.none.setVisible(not shown)
        self.none.say(tr("No claim has “{typed}” in it. Enter checks it as a sentence.", typed=typed))
        self._mark()

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.DevicePixelRatioChange:
            self.apply_theme(self._theme)
        return super().event(event)
