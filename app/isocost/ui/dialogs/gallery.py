"""The gallery: plans lately open, then the shipped ones with what they come to, the first thing one sees."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QEnterEvent, QFocusEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from isocost import paths
from isocost.language import tr
from isocost.ui.look.theme import LIGHT, Theme
from isocost.ui.session.worker import LatestWorker
from isocost.ui.widgets.labels import ClickLabel, WrapLabel, plain_label, plain_tip
from isocost.ui.widgets.sections import ScrollBody

if TYPE_CHECKING:  # loaded after the window's first paint
    from isocost.catalog import Catalog
    from isocost.plan.project.project import Project
    from isocost.report.findings.presets import Gallery as Shelves
    from isocost.report.findings.presets import Preset

COLUMNS = 4
"""At most so many cards beside each other."""
MARGIN, GAP = 32, 10
WIDEST, CARD_WIDTH, CLOSE = 1216, 262, 224
"""The widest the cards get together, the least one is wide, and where one would stand alone otherwise, in
pixels of the design."""
STRIP = 12
"""Pixels of the strip that a card's cost stands on."""


class Gallery(QScrollArea):
    """Cards of plans; choosing a shipped one opens it as a new, unsaved plan."""

    preset_chosen = Signal(object)
    """Path of a preset."""
    blank_chosen = Signal()
    open_wanted = Signal()
    find_wanted = Signal()
    recent_chosen = Signal(object)
    settled = Signal()
    """The cards are on show."""

    def __init__(self) -> None:
        super().__init__()
        self._sections: list[_Section] = []
        self._covered: frozenset[str] = frozenset()
        self._open: Project | None = None
        self._theme: Theme = LIGHT
        self._worker = LatestWorker(self)
        self._worker.ready.connect(self._show_shelves)
        self._worker.idle.connect(self.settled)
        self.setObjectName("gallery")
        self.setAccessibleName(tr("Presets"))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its cards have the keyboard
        self.setWidgetResizable(True)
        self._build()

    def _build(self) -> None:
        body = ScrollBody()
        outer = QHBoxLayout(body)
        outer.setContentsMargins(MARGIN, 18, MARGIN, 14)
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._head())
        column.addSpacing(10)
        self._above = QVBoxLayout()
        self._above.setContentsMargins(0, 2, 0, 4)
        column.addLayout(self._above)
        self.recent = _Section(tr("Recent").upper())
        self.recent.setObjectName("gallery.recent")
        self.recent.hide()
        column.addWidget(self.recent)
        self._shelves = QVBoxLayout()
        self._shelves.setSpacing(0)
        column.addLayout(self._shelves)
        column.addSpacing(6)
        self.foot = WrapLabel()
        self.foot.setProperty("role", "small")
        column.addWidget(self.foot)
        column.addStretch(1)
        self._holder = QWidget()
        self._holder.setLayout(column)
        outer.addWidget(self._holder)
        ground = QWidget()
        self.setViewport(ground)
        self.setWidget(body)
        for part in (body, ground):  # the window shows through and so knows it was painted
            part.setAutoFillBackground(False)

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        words = QVBoxLayout()
        words.setSpacing(2)
        title = WrapLabel()
        title.setProperty("role", "headline")
        title.say(tr("What would it cost to train?"))
        subtitle = WrapLabel()
        subtitle.setProperty("role", "small")
        subtitle.say(
            tr("Start from a published run or your own idea. Every figure opens, every change can be undone.")
        )
        words.addWidget(title)
        words.addWidget(subtitle)
        row.addLayout(words, 1)
        self.finder = _button(tr("Find anything…"), "gallery.find")
        self.finder.clicked.connect(self.find_wanted)
        self.open = _button(tr("Open a file…"), "gallery.open")
        self.open.clicked.connect(self.open_wanted)
        self.blank = _button(tr("New plan"), "gallery.new")
        self.blank.setDefault(True)
        self.blank.clicked.connect(self.blank_chosen)
        for button in (self.finder, self.open, self.blank):
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        return row

    # What is on show

    def load(self, catalog: Catalog, open_plan: Project) -> None:
        """Read and price the shipped plans beside the window's thread; the open one is marked."""
        from isocost.report.findings.presets import NO_RECENT, PRIVATE, read_gallery

        self._open = open_plan
        self._mark()
        self.foot.say(PRIVATE if self.recent.cards else NO_RECENT)
        folder = paths.presets()
        self._worker.request(lambda: read_gallery(folder, catalog))

    def close_worker(self) -> None:
        """Stop pricing; call before the window goes."""
        self._worker.close()

    @property
    def busy(self) -> bool:
        """Whether prices are still to come."""
        return self._worker.busy

    @property
    def cards(self) -> Sequence[PresetCard]:
        """The cards of shipped plans on show."""
        every = (card for section in self._sections for card in section.cards)
        return [card for card in every if isinstance(card, PresetCard)]

    def put_above(self, part: QWidget) -> None:
        """Give a part its place above all cards."""
        self._above.addWidget(part)

    def cover(self, names: frozenset[str]) -> None:
        """Keep back what the plans of some names come to, until others are given."""
        self._covered = names
        self._mark()

    def show_recent(self, files: Sequence[Path]) -> None:
        """Show the files opened lately before the shipped plans, as many as one line has room for.

        None is looked at: one on a drive that does not answer would hold up the window.
        """
        cards = [RecentCard(file) for file in files[:COLUMNS]]
        for card in cards:
            card.clicked.connect(lambda _=False, chosen=card.path: self.recent_chosen.emit(chosen))
        self.recent.show_cards(cards)
        self.recent.setVisible(bool(cards))
        self._arrange()
        self._order()

    def _show_shelves(self, shelves: Shelves) -> None:
        focused = self.focusWidget() if self.isAncestorOf(QApplication.focusWidget() or self) else None
        sought = focused is self.finder or isinstance(focused, PresetCard)
        while item := self._shelves.takeAt(0):
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        self._sections = []
        for place, (name, presets) in enumerate(shelves.groups):
            section = _Section(name.upper(), shelves.scale if place == 0 else "")
            cards = [PresetCard(preset, shelves) for preset in presets]
            for card in cards:
                card.clicked.connect(lambda _=False, path=card.preset.path: self.preset_chosen.emit(path))
                card.pointed.connect(self._tell)
            section.show_cards(cards)
            self._sections.append(section)
            self._shelves.addWidget(section)
            section.show()  # at once, not at the next event: what is hidden takes no keyboard
        self._mark()
        self.apply_theme(self._theme)
        self._order()
        if sought:
            self.seek()

    def _order(self) -> None:
        """Tab goes through what is seen from above; cards are made anew, and Qt puts what is new last."""
        above = [item.widget() for at in range(self._above.count()) if (item := self._above.itemAt(at))]
        asked = [part for each in above if each is not None for part in each.findChildren(QWidget)]
        parts = [each for each in asked if each.focusPolicy() & Qt.FocusPolicy.TabFocus]
        for before, after in pairwise([self.blank, *parts, *self.recent.cards, *self.cards]):
            QWidget.setTabOrder(before, after)

    def seek(self) -> None:
        """Come with the keyboard: to the first card, or the first button until there are any."""
        first = next(iter([*self.recent.cards, *self.cards]), self.finder)
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _mark(self) -> None:
        for card in self.cards:
            card.mark(
                covered=card.preset.path.stem in self._covered, is_open=card.preset.project == self._open
            )

    def _tell(self, line: str) -> None:
        self.foot.say(line)

    # Its place

    def apply_theme(self, theme: Theme) -> None:
        """Grow the cards with the text."""
        self._theme = theme
        self._holder.setMaximumWidth(theme.px(WIDEST))
        for card in self.cards:
            card.apply_theme(theme)
        self._arrange()

    def _arrange(self) -> None:
        """As many cards beside each other as have room for their words."""
        px = self._theme.px
        room = min(self.viewport().width() - 2 * MARGIN, px(WIDEST))
        columns = max(1, min(COLUMNS, (room + GAP) // (px(CARD_WIDTH) + GAP)))
        closer = (room + GAP) // (columns + 1) - GAP >= px(CLOSE)
        beside = columns
        for section in reversed(self._sections):
            alone = len(section.cards) > columns > 1 and len(section.cards) % columns == 1
            beside = columns + 1 if alone and closer else columns
            section.arrange(beside)
        self.recent.arrange(beside)  # as the first presets below them: one grid

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()


class _Section(QWidget):
    """A heading and the cards beneath it."""

    def __init__(self, heading: str, note: str = "") -> None:
        super().__init__()
        self.cards: list[QPushButton] = []
        self._blanks: list[QWidget] = []
        self._columns = 0
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 6, 0, 6)
        column.setSpacing(6)
        row = QHBoxLayout()
        for text, role in ((heading, "section"), (note, "quiet")):
            label = plain_label(text)
            label.setProperty("role", role)
            row.addWidget(label)
            if role == "section":
                row.addStretch(1)
        column.addLayout(row)
        self._grid = QGridLayout()
        self._grid.setSpacing(GAP)
        column.addLayout(self._grid)

    def show_cards(self, cards: Sequence[QPushButton]) -> None:
        """Show these cards in place of others."""
        for card in self.cards:
            self._grid.removeWidget(card)
            card.hide()
            card.deleteLater()
        self.cards = list(cards)
        self._columns = 0

    def arrange(self, columns: int) -> None:
        """So many cards beside each other."""
        if columns == self._columns:
            return
        self._columns = columns
        for index in range(COLUMNS + 1):
            self._grid.setColumnStretch(index, int(index < columns))
        for index, card in enumerate(self.cards):
            self._grid.addWidget(card, index // columns, index % columns)
        # Of a column that holds nothing Qt gives the room to the others.
        while len(self._blanks) < columns - len(self.cards):
            self._blanks.append(QWidget())
        for index, blank in enumerate(self._blanks):
            self._grid.removeWidget(blank)
            column = len(self.cards) + index
            if column < columns:  # first put in its place: shown before, it would be a window of its own
                self._grid.addWidget(blank, 0, column)
            blank.setVisible(column < columns)


class _Card(QPushButton):
    """A button as high as what stands in it."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("role", "card")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(14, 9, 14, 9)
        self.column.setSpacing(3)

    def sizeHint(self) -> QSize:
        """Of what stands in the card; a button asks only for a text of its own."""
        return self.column.sizeHint()

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.sizeHint().height())


class RecentCard(_Card):
    """A file opened lately: its name and where it is."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"gallery.recent.{path.name}")
        self.path = path
        self.setAccessibleName(f"{path.name}, {path.parent}")
        for text, role in ((path.name, "fact"), (str(path.parent), "quiet")):
            self.column.addWidget(_passive(ClickLabel(text), role))


class PresetCard(_Card):
    """One shipped plan: its name, what it comes to, and where that lies beside the others."""

    pointed = Signal(str)
    """A line about it, when the mouse or the keyboard comes to it."""

    def __init__(self, preset: Preset, shelves: Shelves) -> None:
        super().__init__(f"gallery.{preset.path.stem}")
        self.preset = preset
        self._covered = False
        name = WrapLabel()
        name.say(preset.name)
        top = QHBoxLayout()
        top.addWidget(_passive(name, "fact"), 1)
        self._open = _passive(plain_label(), "go")
        top.addWidget(self._open, 0, Qt.AlignmentFlag.AlignTop)
        self._price = _passive(plain_label(preset.price), "fact")
        detail = WrapLabel()
        detail.say(f"· {preset.detail}")
        self._detail = _passive(detail, "quiet")
        figures = QHBoxLayout()
        figures.setSpacing(4)
        figures.addWidget(self._price, 0, Qt.AlignmentFlag.AlignTop)
        figures.addWidget(self._detail, 1)
        self._strip = CostStrip(shelves.place(preset.cost_usd), shelves.decades)
        self.column.addLayout(top)
        self.column.addLayout(figures)
        self.column.addStretch(1)
        self.column.addWidget(self._strip)
        self.mark(covered=False, is_open=False)

    def mark(self, *, covered: bool, is_open: bool) -> None:
        """Keep back what it comes to, and say that it is the plan that is open."""
        from isocost.report.findings.presets import COVERED, OPEN

        self._covered = covered
        self._price.setProperty("role", "go" if covered else "fact")
        self._price.style().polish(self._price)
        self._price.setText(COVERED if covered else self.preset.price)
        self._detail.setVisible(not covered)
        self._strip.show_dot(not covered)
        self._open.setText(OPEN if is_open else "")
        self._open.setVisible(is_open)
        said = f"{self.preset.name}: {COVERED}" if covered else self.preset.words
        self.setAccessibleName(f"{said}, {OPEN}" if is_open else said)
        self.setToolTip("" if covered else plain_tip(self.preset.words))
        self.setAccessibleDescription("" if covered else self.preset.line)

    def apply_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self._strip.apply_theme(theme)

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self._point()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._point()

    def _point(self) -> None:
        if not self._covered:
            self.pointed.emit(self.preset.line)


class CostStrip(QWidget):
    """Where a cost lies between the cheapest and the dearest, by decades."""

    def __init__(self, place: float, decades: int) -> None:
        super().__init__()
        self._place, self._decades = place, decades
        self._dot = True
        self._theme: Theme = LIGHT
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFixedHeight(STRIP)

    def show_dot(self, shown: bool) -> None:
        """With the dot or without."""
        self._dot = shown
        self.update()

    def apply_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self._theme = theme
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle, left, width = self.height() / 2, 4.0, self.width() - 8.0
        painter.setPen(QPen(QColor(self._theme.track), 1.5))
        painter.drawLine(QPointF(left, middle), QPointF(left + width, middle))
        for decade in range(self._decades + 1):
            x = left + width * decade / self._decades
            painter.drawLine(QPointF(x, middle - 2.5), QPointF(x, middle + 2.5))
        if self._dot:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self._theme.accent))
            painter.drawEllipse(QPointF(left + width * self._place, middle), 4.0, 4.0)
        painter.end()


def _button(text: str, name: str) -> QPushButton:
    made = QPushButton(text)
    made.setObjectName(name)
    return made


def _passive(label: QLabel, role: str) -> QLabel:
    """A label that leaves the mouse to its card."""
    label.setProperty("role", role)
    label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    return label
