"""The gallery: presets as cards with their computed price, the first thing a new user sees."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
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
from isocost.ui.look.theme import LIGHT, Theme
from isocost.ui.session.worker import LatestWorker
from isocost.ui.widgets.labels import WrapLabel, plain_label
from isocost.ui.widgets.sections import ScrollBody

if TYPE_CHECKING:  # loaded after the window's first paint
    from isocost.catalog import Catalog
    from isocost.report.findings.presets import Preset

COLUMNS = 3
"""At most so many cards beside each other."""
MARGIN, GAP = 32, 12
WIDEST, CARD_WIDTH, CARD_HEIGHT = 1100, 280, 128
"""The widest the cards get together, and the least one is wide and high, in pixels of the design."""


class Gallery(QScrollArea):
    """Cards of the presets; choosing one opens it as a new, unsaved plan."""

    preset_chosen = Signal(object)
    """Path of a preset."""
    blank_chosen = Signal()
    open_wanted = Signal()
    recent_chosen = Signal(object)
    settled = Signal()
    """The cards are on show."""

    def __init__(self) -> None:
        super().__init__()
        self._cards: list[PresetCard] = []
        self._theme: Theme = LIGHT
        self._columns = 0
        self._worker = LatestWorker(self)
        self._worker.ready.connect(self._show_presets)
        self._worker.idle.connect(self.settled)
        self.setObjectName("gallery")
        self.setAccessibleName("Presets")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its cards have the keyboard
        self.setWidgetResizable(True)
        self._build()

    def _build(self) -> None:
        body = ScrollBody()
        outer = QHBoxLayout(body)
        outer.setContentsMargins(MARGIN, 28, MARGIN, 28)
        column = QVBoxLayout()
        column.setSpacing(6)
        title = plain_label("What would it cost to train?")
        title.setProperty("role", "headline")
        subtitle = _wrapped(
            "Start from a run that was published, or from a plan of your own. "
            "Every figure can be changed, and every change can be undone.",
            "small",
        )
        self._grid = QGridLayout()
        self._grid.setSpacing(GAP)
        column.addWidget(title)
        column.addWidget(subtitle)
        column.addSpacing(14)
        column.addLayout(self._buttons())
        column.addSpacing(14)
        self._recent = QVBoxLayout()
        self._recent.setSpacing(4)
        column.addLayout(self._recent)
        column.addLayout(self._grid)
        column.addStretch(1)
        self._holder = QWidget()
        self._holder.setLayout(column)
        outer.addWidget(self._holder)
        self.setWidget(body)
        for ground in (body, self.viewport()):  # the window shows through and so knows it was painted
            ground.setAutoFillBackground(False)

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        self.blank = QPushButton("New plan")
        self.blank.setObjectName("gallery.new")
        self.blank.setDefault(True)
        self.blank.clicked.connect(self.blank_chosen)
        self.open = QPushButton("Open a file…")
        self.open.setObjectName("gallery.open")
        self.open.clicked.connect(self.open_wanted)
        row.addWidget(self.blank)
        row.addWidget(self.open)
        row.addStretch(1)
        return row

    def load(self, catalog: Catalog) -> None:
        """Read and price the presets beside the window's thread."""
        from isocost.report.findings.presets import read_presets

        folder = paths.presets()
        self._worker.request(lambda: read_presets(folder, catalog))

    def close_worker(self) -> None:
        """Stop pricing; call before the window goes."""
        self._worker.close()

    @property
    def busy(self) -> bool:
        """Whether prices are still to come."""
        return self._worker.busy

    @property
    def cards(self) -> Sequence[PresetCard]:
        """The cards on show."""
        return self._cards

    def show_recent(self, files: Sequence[Path]) -> None:
        """List the files opened lately above the presets."""
        while item := self._recent.takeAt(0):
            if widget := item.widget():
                widget.deleteLater()
        if not files:
            return
        heading = plain_label("RECENT")
        heading.setProperty("role", "section")
        self._recent.addWidget(heading)
        for file in files:
            link = QPushButton(f"{file.name}  ·  {file.parent}".replace("&", "&&"))  # else a shortcut
            link.setProperty("role", "link")
            link.setProperty("severity", "info")
            link.setCursor(Qt.CursorShape.PointingHandCursor)
            link.clicked.connect(lambda _=False, chosen=file: self.recent_chosen.emit(chosen))
            self._recent.addWidget(link)
        self._recent.addSpacing(10)

    def _show_presets(self, presets: tuple[Preset, ...]) -> None:
        for card in self._cards:
            self._grid.removeWidget(card)
            card.deleteLater()
        self._cards = [PresetCard(preset) for preset in presets]
        for card in self._cards:
            card.clicked.connect(lambda _=False, path=card.preset.path: self.preset_chosen.emit(path))
            card.apply_theme(self._theme)
        self._columns = 0
        self._arrange()

    def apply_theme(self, theme: Theme) -> None:
        """Grow the cards with the text."""
        self._theme = theme
        self._holder.setMaximumWidth(theme.px(WIDEST))
        for card in self._cards:
            card.apply_theme(theme)
        self._arrange()

    def _arrange(self) -> None:
        """As many cards beside each other as have room for their words."""
        room = min(self.viewport().width() - 2 * MARGIN, self._theme.px(WIDEST))
        columns = max(1, min(COLUMNS, (room + GAP) // (self._theme.px(CARD_WIDTH) + GAP)))
        if columns == self._columns:
            return
        self._columns = columns
        for index in range(COLUMNS):
            self._grid.setColumnStretch(index, int(index < columns))
        for index, card in enumerate(self._cards):
            self._grid.addWidget(card, index // columns, index % columns)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()


class PresetCard(QPushButton):
    """One preset: its name, a line about it, its price."""

    def __init__(self, preset: Preset) -> None:
        super().__init__()
        self.preset = preset
        self.setObjectName(f"gallery.{preset.path.stem}")
        self.setProperty("role", "card")
        self.setAccessibleName(preset.words)
        self.setAccessibleDescription(preset.line)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._least = CARD_HEIGHT
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(4)
        name = _wrapped(preset.name, "card")
        line = _wrapped(preset.line, "small")
        foot = QHBoxLayout()
        foot.addWidget(_label(preset.price, "figure"))
        foot.addStretch(1)
        foot.addWidget(_label(preset.detail, "quiet"), 0, Qt.AlignmentFlag.AlignBottom)
        column.addWidget(name)
        column.addWidget(line)
        column.addStretch(1)
        column.addLayout(foot)

    def sizeHint(self) -> QSize:
        """Of what stands in the card; a button asks only for a text of its own."""
        hint = super().sizeHint() if (layout := self.layout()) is None else layout.sizeHint()
        return hint.expandedTo(QSize(0, self._least))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.sizeHint().height())

    def apply_theme(self, theme: Theme) -> None:
        """Keep cards of few words as high as the others."""
        self._least = theme.px(CARD_HEIGHT)
        self.updateGeometry()


def _wrapped(text: str, role: str) -> WrapLabel:
    label = WrapLabel()
    label.setProperty("role", role)
    label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    label.say(text)
    return label


def _label(text: str, role: str) -> QLabel:
    label = plain_label(text)
    label.setProperty("role", role)
    label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    return label
