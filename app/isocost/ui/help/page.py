"""One page of help: its Markdown in the theme's type and colours, its pictures as wide as the page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import Any, NamedTuple

from PySide6.QtCore import QPoint, QRectF, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QImage,
    QResizeEvent,
    QTextBlock,
    QTextBlockFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextFrameFormat,
    QTextLength,
    QTextTable,
)
from PySide6.QtWidgets import QFrame, QTextBrowser, QWidget

from isocost.language import tr
from isocost.report.help.pages import Manual, sections_of, with_breaks
from isocost.ui.look.theme import Role, Theme

MARGIN = 28
"""Pixels of the design beside a page's text."""
HEADINGS: tuple[Role, ...] = ("headline", "figure", "card")
"""Type of a first, second and deeper heading."""
LINE = 140
"""Height of a line of text, as a percentage of its font's."""
PICTURE = "\N{OBJECT REPLACEMENT CHARACTER}"
"""Text of a paragraph that is a picture."""
SAMPLED, LONGEST = 24, 60
"""Rows of a table that are looked at for the widths of its columns, and letters of a cell that count."""
WIDER = 1.25
"""Width of the letters of a bold heading or of code over that of others."""
STILL_MS = 120
"""Without another change of width before pictures are drawn anew."""
FOR = {"dark": ("-light.", "-dark.")}
"""What the name of a picture has, and what that of a theme has in its place."""


class Standing(NamedTuple):
    """A place on a page, the same in every size of text."""

    block: int = 0
    """Number of the paragraph at the top."""
    share: float = 0.0
    """How much of it is above the top."""


TOP = Standing()


class HelpPage(QTextBrowser):
    """Shows a page, and says which is wanted when a link is clicked."""

    wanted = Signal(str)
    """A page, with the anchor after a #: ``questions/cost.md#on-your-own``; or an address of the web."""

    def __init__(self, manual: Manual, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._manual = manual
        self._theme = theme
        self._drawn = 0
        self._shown: QTextDocument | None = None
        self._gone = ("", 0)
        """The heading last gone to, and where that was."""
        self._places: dict[str, int] = {}
        self.name = ""
        self.setObjectName("help.page")
        self.setAccessibleName(tr("Page of help"))
        self.setProperty("role", "page")
        self.setOpenLinks(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUndoRedoEnabled(False)
        self.anchorClicked.connect(lambda url: self.wanted.emit(self.resolved(url.toString())))
        self._still = QTimer(self)
        self._still.setSingleShot(True)
        self._still.setInterval(STILL_MS)
        self._still.timeout.connect(self._draw_pictures)

    def resolved(self, target: str) -> str:
        """Where a link of this page leads, as a page of the manual."""
        if "://" in target:
            return target
        page, sign, anchor = target.partition("#")
        return f"{normpath(join(dirname(self.name), page)) if page else self.name}{sign}{anchor}"

    # Showing

    def open(self, name: str) -> None:
        """Show a page from its top.

        Raises:
            OSError: there is no such page.
        """
        text = self._manual.text(name)
        self.name = name
        self.setDocumentTitle(name)
        self._show(text)

    def _show(self, text: str) -> None:
        # A document that is shown would be laid out anew at each change of its formats.
        made = QTextDocument(self)
        made.setDefaultFont(self._theme.font())
        made.setDocumentMargin(self._theme.px(MARGIN))
        made.setMarkdown(with_breaks(text))
        dresser = _Dresser(made, self._theme)
        dresser.dress([each.anchor for each in sections_of("", text)])
        self._places = dresser.places
        before, self._shown = self._shown, made
        self._drawn = self._picture_width()
        self.setDocument(made)
        if before is not None:
            before.deleteLater()

    def go(self, anchor: str) -> None:
        """Bring a heading to the top; without one the page is at its top."""
        self.stand(Standing(self._places.get(anchor, 0)))
        self._gone = (anchor, self.verticalScrollBar().value())

    @property
    def standing(self) -> Standing:
        """How far the page is read."""
        block = self.cursorForPosition(QPoint(self._theme.px(MARGIN), 1)).block()
        lies, value = self._lies(block), self.verticalScrollBar().value()
        return Standing(block.blockNumber(), (value - lies.top()) / max(1.0, lies.height())) if value else TOP

    def stand(self, at: Standing) -> None:
        """Bring a place to the top."""
        lies = self._lies(self.document().findBlockByNumber(at.block)) if at != TOP else QRectF()
        bar, down = self.verticalScrollBar(), round(lies.top() + at.share * lies.height())
        # What lies below is laid out later, in pauses: the bar does not reach down yet.
        bar.setMaximum(max(bar.maximum(), down))
        bar.setValue(down)

    def _lies(self, block: QTextBlock) -> QRectF:
        """Where a paragraph lies; lays out all above it and no more: a page may be long."""
        return self.document().documentLayout().blockBoundingRect(block)

    def apply_theme(self, theme: Theme) -> None:
        """Show the page in another theme, where it was."""
        self._theme = theme
        if self.name:
            self._again()

    def rest(self) -> None:
        """Hold no page any more."""
        self.name = ""
        self._show("")

    def _again(self) -> None:
        at = self.standing
        self._show(self._manual.text(self.name))
        self.stand(at)

    # Pictures

    def _picture_width(self) -> int:
        return max(1, self.viewport().width() - 2 * self._theme.px(MARGIN) - 4)

    def loadResource(self, kind: int, url: QUrl | str) -> Any:  # noqa: N802 - Qt's name
        """A picture of the page, as wide as the page at most, and sharp on its screen."""
        path = self._manual.folder / self.resolved(QUrl(url).toString())
        image = QImage(str(self._themed(path)))
        if image.isNull():
            return None
        ratio = self.devicePixelRatioF()
        width = min(round(self._picture_width() * ratio), image.width())
        drawn = image.scaledToWidth(width, Qt.TransformationMode.SmoothTransformation)
        drawn.setDevicePixelRatio(ratio)
        return drawn

    def _themed(self, path: Path) -> Path:
        """The picture of the theme, where there is one."""
        if self._theme.name in FOR and (other := path.with_name(path.name.replace(*FOR["dark"]))).is_file():
            return other
        return path

    def resizeEvent(self, event: QResizeEvent) -> None:
        stays = self._gone[0] and self.verticalScrollBar().value() == self._gone[1]
        super().resizeEvent(event)
        if stays:  # its heading is elsewhere now
            self.go(self._gone[0])
        if self.name and self._picture_width() != self._drawn:
            self._still.start()

    def _draw_pictures(self) -> None:
        if self.name and "![" in self._manual.text(self.name) and self._picture_width() != self._drawn:
            self._again()


class _Dresser:
    """Gives a document made of Markdown the type and colours of a theme."""

    def __init__(self, document: QTextDocument, theme: Theme) -> None:
        self._document = document
        self._theme = theme
        self.places: dict[str, int] = {}
        """Number of the block of each heading by its anchor."""

    def dress(self, anchors: list[str]) -> None:
        """``anchors`` are of the headings, in their order."""
        cursor = QTextCursor(self._document)
        cursor.beginEditBlock()
        left = iter(anchors)
        tables = []
        at = self._document.rootFrame().begin()
        while not at.atEnd():
            # A table's blocks are left as they are: thousands of them would take a second to format.
            if isinstance(table := at.currentFrame(), QTextTable):
                tables.append(table)
            elif (block := at.currentBlock()).isValid():
                self._block(block, left)
            at += 1
        cursor.endEditBlock()
        for table in tables:
            self._table(table)

    def _block(self, block: QTextBlock, left: Iterator[str]) -> None:
        made = block.blockFormat()
        if level := made.headingLevel():
            self._heading(block, level, next(left, ""))
        elif _is_code(block):
            self._code(block)
        else:
            self._paragraph(block)

    def _format(self, block: QTextBlock, made: QTextBlockFormat) -> QTextCursor:
        cursor = QTextCursor(block)
        cursor.mergeBlockFormat(made)
        return cursor

    def _heading(self, block: QTextBlock, level: int, anchor: str) -> None:
        theme, made = self._theme, QTextBlockFormat()
        made.setTopMargin(theme.px((0, 26, 20)[min(level, 3) - 1]))
        made.setBottomMargin(theme.px(6))
        self._format(block, made)
        self._letters(block, theme.font(HEADINGS[min(level, 3) - 1]))
        self.places[anchor] = block.blockNumber()

    def _letters(self, block: QTextBlock, font: QFont) -> None:
        """A heading's type; code in it is smaller, and quieter than the rest."""
        fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        fixed.setPixelSize(self._theme.font("small").pixelSize())
        parts = []
        at = block.begin()
        while not at.atEnd():
            parts.append(at.fragment())
            at += 1
        for place, length, made in [(each.position(), each.length(), each.charFormat()) for each in parts]:
            literal = made.fontFixedPitch()
            # Merged it would stay, and is taken before any size in pixels.
            made.clearProperty(QTextFormat.Property.FontSizeAdjustment.value)
            made.setFont(fixed if literal else font)
            if literal:
                made.setForeground(QColor(self._theme.quiet))
            cursor = QTextCursor(self._document)
            cursor.setPosition(place)
            cursor.setPosition(place + length, QTextCursor.MoveMode.KeepAnchor)
            cursor.setCharFormat(made)

    def _paragraph(self, block: QTextBlock) -> None:
        theme, made = self._theme, QTextBlockFormat()
        # Of a picture the line is as high as it: more would be a gap beneath.
        line = 100 if block.text() == PICTURE else LINE
        made.setLineHeight(line, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        made.setBottomMargin(theme.px(4 if block.textList() is not None else 9))
        made.setTopMargin(0)
        self._format(block, made)

    def _code(self, block: QTextBlock) -> None:
        theme, made = self._theme, QTextBlockFormat()
        made.setBackground(QColor(theme.field))
        made.setNonBreakableLines(False)  # else a long command makes the page wider than the window
        made.setLeftMargin(theme.px(12))
        if not _is_code(block.next()):
            made.setBottomMargin(theme.px(12))
        # No more: between lines that are apart the ground of the page would show.
        made.setLineHeight(100, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        self._format(block, made)

    def _table(self, table: QTextTable) -> None:
        theme, made = self._theme, table.format()
        made.setBorder(1)
        made.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
        made.setBorderBrush(QColor(theme.line))
        made.setBorderCollapse(True)
        made.setCellPadding(theme.px(5))
        made.setCellSpacing(0)
        made.setTopMargin(theme.px(2))
        made.setBottomMargin(theme.px(12))
        made.setWidth(QTextLength(QTextLength.Type.PercentageLength, 99))
        made.setColumnWidthConstraints(self._widths(table))
        table.setFormat(made)
        self._head(table)

    def _widths(self, table: QTextTable) -> list[QTextLength]:
        """A column is wide as its texts are long: Qt's own widths leave formulas the room of a unit."""
        weights = []
        rows = [*range(0, table.rows(), max(1, table.rows() // SAMPLED))]
        for column in range(table.columns()):
            texts = [table.cellAt(row, column).firstCursorPosition().block().text() for row in rows]
            words = max(len(word) for text in texts for word in (*text.split(), ""))
            mean = sum(min(len(text), LONGEST) for text in texts) / len(texts)
            weights.append(max(mean, WIDER * words) + 3)
        shares = [100.0 * each / sum(weights) for each in weights]
        return [QTextLength(QTextLength.Type.PercentageLength, share) for share in shares]

    def _head(self, table: QTextTable) -> None:
        for column in range(table.columns()):
            cell = table.cellAt(0, column)
            made = cell.format()
            made.setBackground(QColor(self._theme.field))
            cell.setFormat(made)


def _is_code(block: QTextBlock) -> bool:
    """Whether a paragraph is a line of fenced code."""
    return block.isValid() and block.blockFormat().hasProperty(QTextFormat.Property.BlockCodeFence)
