"""The gallery: presets as cards with their computed price, the first thing a new user sees."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
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
from isocost.ui.look.theme import Theme
from isocost.ui.session.worker import LatestWorker
from isocost.ui.widgets.labels import plain_label

if TYPE_CHECKING:  # loaded after the window's first paint
    from isocost.catalog import Catalog
    from isocost.report.findings.presets import Preset

COLUMNS = 3
CARD_HEIGHT = 128


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
        self._theme: Theme | None = None
        self._worker = LatestWorker(self)
        self._worker.ready.connect(self._show_presets)
        self._worker.idle.connect(self.settled)
        self.setObjectName("gallery")
        self.setAccessibleName("Presets")
        self.setWidgetResizable(True)
        self._build()

    def _build(self) -> None:
        body = QWidget()
        outer = QHBoxLayout(body)
        outer.setContentsMargins(32, 28, 32, 28)
        column = QVBoxLayout()
        column.setSpacing(6)
        title = plain_label("What would it cost to train?")
        title.setProperty("role", "headline")
        subtitle = plain_label(
            "Start from a run that was published, or from a plan of your own. "
            "Every figure can be changed, and every change can be undone."
        )
        subtitle.setProperty("role", "small")
        subtitle.setWordWrap(True)
        self._grid = QGridLayout()
        self._grid.setSpacing(12)
        for index in range(COLUMNS):
            self._grid.setColumnStretch(index, 1)
        column.addWidget(title)
        column.addWidget(subtitle)
        column.addSpacing(14)
        column.addLayout(self._buttons())
        column.addSpacing(14)
        column.addLayout(self._grid)
        column.addSpacing(10)
        self._recent = QVBoxLayout()
        self._recent.setSpacing(4)
        column.addLayout(self._recent)
        column.addStretch(1)
        holder = QWidget()
        holder.setLayout(column)
        holder.setMaximumWidth(1100)
        outer.addWidget(holder)
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
        """List the files opened lately under the cards."""
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

    def _show_presets(self, presets: tuple[Preset, ...]) -> None:
        for card in self._cards:
            self._grid.removeWidget(card)
            card.deleteLater()
        self._cards = [PresetCard(preset) for preset in presets]
        for index, card in enumerate(self._cards):
            card.clicked.connect(lambda _=False, path=card.preset.path: self.preset_chosen.emit(path))
            self._grid.addWidget(card, index // COLUMNS, index % COLUMNS)
            if self._theme is not None:
                card.apply_theme(self._theme)

    def apply_theme(self, theme: Theme) -> None:
        """Grow the cards with the text."""
        self._theme = theme
        for card in self._cards:
            card.apply_theme(theme)


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
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(4)
        name = _label(preset.name, "card")
        line = _label(preset.line, "small")
        line.setWordWrap(True)
        line.setAlignment(Qt.AlignmentFlag.AlignTop)
        foot = QHBoxLayout()
        foot.addWidget(_label(preset.price, "figure"))
        foot.addStretch(1)
        foot.addWidget(_label(preset.detail, "quiet"), 0, Qt.AlignmentFlag.AlignBottom)
        column.addWidget(name)
        column.addWidget(line, 1)
        column.addLayout(foot)

    def apply_theme(self, theme: Theme) -> None:
        """Keep the card high enough for its text."""
        self.setFixedHeight(theme.px(CARD_HEIGHT))


def _label(text: str, role: str) -> QLabel:
    label = plain_label(text)
    label.setProperty("role", role)
    label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    return label
