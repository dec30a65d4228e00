"""The claim on screen: its sentence, what was understood, the verdict, four checks in a fixed order."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from isocost.language import tr
from isocost.report.decisions.claims.page import Chip, Tile, Word
from isocost.ui.look.icons import icon
from isocost.ui.look.theme import SPACE, Theme
from isocost.ui.tabs.claims.signs import colour, sign, status_role
from isocost.ui.widgets.fields.typing import WindowKeys
from isocost.ui.widgets.flow import FlowLayout
from isocost.ui.widgets.labels import WrapLabel, plain_label, plain_tip, restyle, set_text, shorten

PAUSE_MS = 350
"""Without a key before what is typed is checked."""
FOUR_ABREAST, BUTTONS_BESIDE = 960, 640
"""Pixels from which on the four checks stand in one line, and the buttons beside what is told."""
SIGN, EDGE = 22, 2
"""Pixels of the verdict's sign, and of the line at the left of a check."""
EDGES = 26
"""Pixels of a chip at both sides of its words."""
LINES = 5
"""Of a check's arithmetic before the rest is asked for."""


class Chips(QWidget):
    """Parts of a claim in lines like words; a click edits one."""

    wanted = Signal(str)
    """The value of a part."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("claims.chips")
        self._flow = FlowLayout(self, spacing=6)
        self._shown: tuple[Chip, ...] = ()
        self.buttons: list[QPushButton] = []

    def show_chips(self, chips: Sequence[Chip]) -> None:
        """Show these parts; dashed is what the claim does not tell."""
        if tuple(chips) == self._shown:
            return
        self._shown = tuple(chips)
        # Used again, chips neither flicker nor lose the keyboard.
        while len(self.buttons) < len(chips):
            button = QPushButton(self)
            button.setProperty("role", "part")
            button.clicked.connect(partial(self._ask, len(self.buttons)))
            self.buttons.append(button)
            self._flow.addWidget(button)
        for at, button in enumerate(self.buttons):
            button.setVisible(at < len(chips))
            if at < len(chips):
                self._dress(button, chips[at])
        self._fit()

    def _dress(self, button: QPushButton, chip: Chip) -> None:
        button.setAccessibleName(chip.words)
        button.setToolTip(plain_tip(chip.tip or tr("Edit this part of the sentence")))
        restyle(button, "tone", "told" if chip.state == "told" else "open")

    def _ask(self, at: int) -> None:
        if at < len(self._shown):  # one may be let go of when a sentence of fewer parts has taken its place
            self.wanted.emit(self._shown[at].value if self._shown[at].state == "told" else "")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def refit(self) -> None:
        """Find the height again, after the size of text changed."""
        self._fit()

    def _fit(self) -> None:
        for button, chip in zip(self.buttons, self._shown, strict=False):  # those no longer shown follow
            words = shorten(chip.words, button.fontMetrics(), max(EDGES, self.width() - EDGES))
            button.setText(words.replace("&", "&&"))  # an ampersand would be read as a key
        self.setFixedHeight(max(1, self._flow.height_for(self.width())))


class CheckTile(QFrame):
    """One check: its name, the outcome in its colour, the arithmetic."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("claims.check")
        self.name, self.short, self.words = plain_label(), plain_label(), WrapLabel(lines=LINES)
        self.name.setProperty("role", "small")
        self.short.setProperty("strong", "true")
        self.words.setProperty("role", "arithmetic")
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 0, 4, 0)
        column.setSpacing(2)
        for part in (self.name, self.short, self.words):
            column.addWidget(part)
        column.addStretch(1)
        self._tile: Tile | None = None
        self._edge = ""
        self._whole = False

    def unfold(self, whole: bool) -> None:
        """Show all of the arithmetic, or its beginning."""
        self._whole = whole
        self.words.say(self.words.whole, in_full=whole)

    def show_tile(self, tile: Tile, theme: Theme) -> None:
        """Show a check."""
        self._tile = tile
        self._edge = theme.line if tile.status == "unknown" else colour(tile.status, theme)
        restyle(self.short, "role", status_role(tile.status))
        self.update()
        set_text(self.name, tile.name)
        set_text(self.short, tile.short)
        self.words.say(tile.words, in_full=self._whole)
        self.setToolTip(plain_tip(tile.question))
        self.setAccessibleName(f"{tile.name}: {tile.question} {tile.short}")
        self.setAccessibleDescription(tile.words)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.fillRect(0, 0, EDGE, self.height(), QColor(self._edge))
        painter.end()

    def apply_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        if self._tile is not None:
            self.show_tile(self._tile, theme)


class SentenceLine(QLineEdit):
    """The claim in words; a sentence pasted in place of all of it is another claim."""

    pasted = Signal(str)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Paste) and self.selectedText() == self.text():
            self.pasted.emit(QGuiApplication.clipboard().text())
        else:
            super().keyPressEvent(event)


class VerdictCard(QFrame):
    """The card at the top of the tab; holds no verdict of its own."""

    edited = Signal(str)
    """The sentence, once typing pauses."""
    plan_wanted = Signal()
    copy_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("claims.verdict")
        self.setProperty("role", "card")
        self._theme = theme
        self._word: Word | None = None
        self.sentence = SentenceLine(self)
        self.sentence.setObjectName("claims.sentence")
        self.sentence.setProperty("role", "quantity")
        self.sentence.setPlaceholderText(tr("70B from scratch, 8 H100, 18 days, $8,605"))
        self.sentence.setAccessibleName(tr("The claim in a sentence"))
        self.sentence.setAccessibleDescription(
            tr("Model, tokens, hardware, time and money in any order and units.")
        )
        self._taken = ""
        WindowKeys(self.sentence, lambda: self.sentence.text() != self._taken)
        self.open = QPushButton(tr("Open as a plan"), self)
        self.open.setObjectName("claims.open")
        self.open.setProperty("role", "primary")
        self.copy = QPushButton(tr("Copy as Markdown"), self)
        self.copy.setObjectName("claims.copy")
        self.about = WrapLabel(self)
        self.about.setObjectName("claims.about")
        self.about.setProperty("role", "small")
        self.chips = Chips(self)
        self.sign = plain_label(parent=self)
        self.verdict = WrapLabel(self)
        self.verdict.setObjectName("claims.finding")
        self.verdict.setProperty("role", "verdict")
        self.tiles = tuple(CheckTile(self) for _ in range(4))
        self.more = QPushButton(self)
        self.more.setObjectName("claims.more")
        self.more.setProperty("role", "link")
        self.more.setProperty("tone", "go")
        self.more.setCheckable(True)
        self.more.toggled.connect(self._unfold)
        self.remark = WrapLabel(self)
        self.remark.setObjectName("claims.remark")
        self.remark.setProperty("role", "small")
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._lay_out()
        self.sentence.textEdited.connect(lambda: self._pause.start())
        self.sentence.returnPressed.connect(self._enter)
        self._pause.timeout.connect(self._tell)
        self.open.clicked.connect(self.plan_wanted)
        self.copy.clicked.connect(self.copy_wanted)
        self.chips.wanted.connect(self.edit_part)

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(2 * SPACE)
        buttons.addStretch(1)
        buttons.addWidget(self.copy)
        buttons.addWidget(self.open)
        self._top = QHBoxLayout()
        self._top.setSpacing(2 * SPACE)
        self._top.addWidget(self.about, 1)
        self._top.addLayout(buttons)
        line = QHBoxLayout()
        line.setSpacing(2 * SPACE)
        line.addWidget(self.sign, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.verdict, 1)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(12)
        self._abreast = 0
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        column.addLayout(self._top)
        column.addWidget(self.sentence)
        column.addWidget(self.chips)
        column.addSpacing(2)
        column.addLayout(line)
        column.addLayout(self._grid)
        column.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.remark)
        self._arrange()

    def _arrange(self) -> None:
        """Four checks in a line where there is room, else two and two; the buttons beside or below."""
        way = QBoxLayout.Direction
        beside = self.width() >= self._theme.px(BUTTONS_BESIDE)
        self._top.setDirection(way.LeftToRight if beside else way.TopToBottom)
        abreast = 4 if self.width() >= self._theme.px(FOUR_ABREAST) else 2
        if abreast == self._abreast:
            return
        self._abreast = abreast
        for at, tile in enumerate(self.tiles):
            self._grid.addWidget(tile, at // abreast, at % abreast)
        for column in range(4):
            self._grid.setColumnStretch(column, 1 if column < abreast else 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()
        self._offer_more()

    def _unfold(self, whole: bool) -> None:
        for tile in self.tiles:
            tile.unfold(whole)
        self._offer_more()

    def _offer_more(self) -> None:
        """Offer the rest of the arithmetic where some has no room."""
        whole = self.more.isChecked()
        cut = any(tile.isVisibleTo(self) and tile.words.shortened for tile in self.tiles)
        shown = any(tile.isVisibleTo(self) for tile in self.tiles)
        self.more.setText(tr("Less of the arithmetic") if whole else tr("All of the arithmetic"))
        self.more.setVisible(shown and (whole or cut))

    def apply_theme(self, theme: Theme) -> None:
        """Take the theme's type and colours."""
        self._theme = theme
        for tile in self.tiles:
            tile.apply_theme(theme)
        self._show_sign()
        self.chips.refit()
        self._arrange()

    # Showing

    def show_sentence(self, sentence: str) -> None:
        """Put another claim's words into the field; what is being typed is not touched."""
        self._pause.stop()
        self._taken = sentence
        if sentence != self.sentence.text():
            self.sentence.setText(sentence)
            self.sentence.setCursorPosition(0)

    def show_verdict(
        self,
        about: str,
        finding: str,
        word: Word | None,
        chips: Sequence[Chip],
        tiles: Sequence[Tile],
        remark: str,
    ) -> None:
        """Show what came of a claim; without checks, what stands in their place is ``finding``."""
        self.about.say(about)
        self.about.setVisible(bool(about))
        self.chips.show_chips(chips)
        self.chips.setVisible(bool(chips))
        self.verdict.say(finding)
        self._word = word
        self._show_sign()
        for at, tile in enumerate(self.tiles):
            tile.setVisible(at < len(tiles))
            if at < len(tiles):
                tile.show_tile(tiles[at], self._theme)
        self._offer_more()
        self.remark.say(remark)
        self.remark.setVisible(bool(remark))
        self.setAccessibleName(finding)
        self.setAccessibleDescription(" ".join(f"{each.name}: {each.short}." for each in tiles))

    def offer(self, plan: bool, copy: bool) -> None:
        """Whether there is a plan to open, and anything to copy."""
        self.open.setEnabled(plan)
        tip = tr("Add it to the plan as a scenario") if plan else tr("It tells too little for a plan")
        self.open.setToolTip(tip)
        self.copy.setEnabled(copy)

    def _show_sign(self) -> None:
        self.sign.setVisible(self._word is not None)
        if self._word is not None:
            size = self._theme.px(SIGN)
            made = icon(sign(self._word), colour(self._word, self._theme), size)
            self.sign.setPixmap(made.pixmap(QSize(size, size), self.devicePixelRatioF()))

    # Editing

    def edit_part(self, value: str) -> None:
        """Put the cursor on a part of the sentence, or at its end where it has no such part."""
        self.sentence.setFocus(Qt.FocusReason.OtherFocusReason)
        words = value.split(", ")[0].split()
        at = self.sentence.text().lower().find(words[0].lower()) if words else -1
        if at >= 0:
            self.sentence.setSelection(at, len(words[0]))
        else:
            self.sentence.end(False)

    def _enter(self) -> None:
        self._pause.stop()
        self._tell()

    def _tell(self) -> None:
        if self.sentence.text() != self._taken:
            self._taken = self.sentence.text()
            self.edited.emit(self._taken)
