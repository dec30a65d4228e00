"""The list beside a page of help: all pages under their headings, or what a search has found."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QAbstractListModel, QModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QStyle, QStyleOptionViewItem, QWidget

from isocost.language import tr
from isocost.report.help.pages import Hit, Manual
from isocost.ui.look.theme import Theme
from isocost.ui.plot.base import mixed
from isocost.ui.widgets.rows import ROW, Index, RowDelegate, write_text

PAGE, FOUND, HEADING = 28, 46, 34
"""Pixels of a page's line, of one of a search, and of a heading."""
SIDE = 10
"""Pixels beside the text of a line."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line."""

    title: str
    place: str = ""
    """What it opens; empty = a heading."""
    note: str = ""
    """A second line: where it stands and the words around it."""

    @property
    def height(self) -> int:
        """Pixels of the design."""
        return FOUND if self.note else PAGE if self.place else HEADING


class _Entries(QAbstractListModel):
    """The lines as Qt asks for them; a screen reader hears both of a line's texts."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.entries: tuple[Entry, ...] = ()

    def show_entries(self, entries: tuple[Entry, ...]) -> None:
        self.beginResetModel()
        self.entries = entries
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008 - Qt's
        return 0 if parent.isValid() else len(self.entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        entry = self.entries[index.row()]
        if role == ROW:
            return entry
        if role == Qt.ItemDataRole.AccessibleTextRole or role == Qt.ItemDataRole.DisplayRole:
            return f"{entry.title}. {entry.note}" if entry.note else entry.title
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag
        return (
            flags.ItemIsEnabled | flags.ItemIsSelectable
            if self.entries[index.row()].place
            else flags.NoItemFlags
        )


class _Painter(RowDelegate):
    """Paints lines."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(theme, PAGE, parent)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        entry: Entry = index.data(ROW)
        return QSize(100, self.theme.px(entry.height))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        entry: Entry = index.data(ROW)
        room, theme = QRectF(option.rect), self.theme
        inside = room.adjusted(SIDE, 0, -SIDE, 0)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not entry.place:
            write_text(painter, inside.adjusted(0, theme.px(8), 0, 0), entry.title, self.quiet, theme.quiet)
            painter.restore()
            return
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if selected or option.state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(mixed(theme.accent if selected else theme.quiet, theme.panel, 0.12))
            painter.drawRoundedRect(room.adjusted(0.5, 1.5, -0.5, -1.5), 6, 6)
        font = self.bold if selected or entry.note else self.small
        if entry.note:
            half = room.height() / 2
            inside.setHeight(half - 2)
            inside.translate(0, theme.px(4))
            below = inside.translated(0, half - theme.px(5))
            write_text(painter, below, entry.note, self.quiet, theme.quiet)
        write_text(painter, inside, entry.title, font, theme.series[0].text if selected else theme.text)
        painter.restore()


class Contents(QListView):
    """The list; says which page is wanted."""

    wanted = Signal(str)
    left_at_top = Signal()
    """Up was pressed on the first line."""

    def __init__(self, manual: Manual, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._manual = manual
        self._entries = _Entries(self)
        self._painter = _Painter(theme, self)
        self.setModel(self._entries)
        self.setItemDelegate(self._painter)
        self.setObjectName("help.contents")
        self.setAccessibleName(tr("Pages of help"))
        self.setProperty("role", "plain")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.clicked.connect(lambda index: self._open(index.row()))
        self.show_pages()

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The lines shown."""
        return self._entries.entries

    def show_pages(self, now: str = "") -> None:
        """All pages under the headings of the index, the one that is open marked."""
        made: list[Entry] = []
        for group in self._manual.groups:
            if len(group.pages) > 1:
                made.append(Entry(group.title))
            made += [Entry(title, name) for name, title in group.pages]
        if tuple(made) != self.entries:
            self._entries.show_entries(tuple(made))
        self.mark(now)

    def mark(self, name: str) -> None:
        """Mark the line of a page, where there is one."""
        for row, entry in enumerate(self.entries):
            if entry.place == name:
                self.setCurrentIndex(self._entries.index(row))
                return
        self.clearSelection()

    def show_hits(self, hits: list[Hit]) -> None:
        """What was looked for; the first is marked."""
        made = [Entry(tr("Nothing is found.") if not hits else tr("Found"))]
        for hit in hits:
            section = hit.section
            note = (
                hit.extract if section.level == 1 else f"{self._manual.title(section.page)} · {hit.extract}"
            )
            made.append(Entry(section.title, section.place, note or "·"))
        self._entries.show_entries(tuple(made))
        if hits:
            self.setCurrentIndex(self._entries.index(1))

    def open_current(self) -> None:
        """Open the marked line."""
        self._open(self.currentIndex().row())

    def _open(self, row: int) -> None:
        if 0 <= row < len(self.entries) and (place := self.entries[row].place):
            self.wanted.emit(place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        first = next((row for row, each in enumerate(self.entries) if each.place), 0)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.open_current()
        elif event.key() == Qt.Key.Key_Up and self.currentIndex().row() <= first:
            self.left_at_top.emit()
        else:
            super().keyPressEvent(event)

    def apply_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        self._painter.set_theme(theme)
        self._entries.layoutChanged.emit()
