"""The frame every chart sits in: a title that states the finding, a subtitle that says what is drawn."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QFontMetricsF,
    QGuiApplication,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QMessageBox,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from isocost.report.table import Table, write_csv
from isocost.ui.look.theme import SPACE, Theme
from isocost.ui.widgets.table import TableDialog

PICTURE_SCALE = 2.0
"""Pixels of a copied picture per pixel on screen, so that it stays sharp on a slide."""


class ElidedLabel(QLabel):
    """One line that never widens its parent; what has no room ends in an ellipsis, whole in the tooltip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def say(self, text: str) -> None:
        """Show another text; nothing is laid out again when it is the same."""
        if text != self.text():
            self.setText(text)
            self._explain()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._explain()

    def _explain(self) -> None:
        self.setToolTip(self.text() if self._elided() != self.text() else "")

    def _elided(self) -> str:
        return QFontMetricsF(self.font()).elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().windowText().color())
        painter.drawText(
            self.rect(), int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), self._elided()
        )
        painter.end()


class ChartCard(QFrame):
    """A rounded card with title, subtitle, one chart, and a menu to take the chart elsewhere.

    Subclasses fill ``body`` and override :meth:`table`.
    """

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setProperty("role", "card")
        self.title = ElidedLabel(self)
        self.subtitle = ElidedLabel(self)
        self.subtitle.setProperty("role", "small")
        self.menu = self._menu()
        self.more = QToolButton(self)
        self.more.setText("⋯")
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more.setMenu(self.menu)
        self.more.setToolTip("Copy, export or read this chart as a table")
        self.more.setAccessibleName("Chart menu")
        self.more.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        heading = QHBoxLayout()
        heading.setSpacing(SPACE)
        heading.addWidget(self.title, 1)
        heading.addWidget(self.more)
        self.body = QVBoxLayout()
        self.body.setSpacing(SPACE)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 12, 12)
        layout.setSpacing(2)
        layout.addLayout(heading)
        layout.addWidget(self.subtitle)
        layout.addSpacing(2 * SPACE)
        layout.addLayout(self.body, 1)

    def table(self) -> Table:
        """The figures drawn."""
        return Table((), ())

    def choice_chip(self, text: str, name: str) -> QPushButton:
        """A chip of this card of which only one is down at a time; ``name`` is its objectName."""
        chip = QPushButton(text, self)
        chip.setObjectName(name)
        chip.setProperty("role", "chip")
        chip.setCheckable(True)
        chip.setAutoExclusive(True)
        return chip

    def say(self, title: str, subtitle: str, summary: str) -> None:
        """State the finding, what is drawn, and both in words for a screen reader."""
        self.title.say(title)
        self.subtitle.say(subtitle)
        if summary != self.accessibleDescription():
            self.setAccessibleDescription(summary)
        if title != self.accessibleName():
            self.setAccessibleName(title)

    def apply_theme(self, theme: Theme) -> None:
        """Take the theme's type; colours come from the style sheet."""
        self.title.setFont(theme.font("card"))

    def picture(self) -> QPixmap:
        """The whole card as a picture, twice as sharp as on screen."""
        pixmap = QPixmap(self.size() * PICTURE_SCALE)
        pixmap.setDevicePixelRatio(PICTURE_SCALE)
        pixmap.fill(Qt.GlobalColor.transparent)
        self.more.hide()
        self.render(pixmap, QPoint())
        self.more.show()
        return pixmap

    def copy_picture(self) -> None:
        """Put the picture on the clipboard."""
        QGuiApplication.clipboard().setPixmap(self.picture())

    def export_data(self) -> None:
        """Ask for a file and write the table as CSV; say in words when the file cannot be written."""
        chosen, _ = QFileDialog.getSaveFileName(
            self, "Export data", f"{self.objectName()}.csv", "Comma-separated values (*.csv)"
        )
        if not chosen:
            return
        try:
            write_csv(Path(chosen), self.table())
        except OSError as error:
            QMessageBox.warning(
                self,
                "Not exported",
                f"{chosen} could not be written: {error.strerror}. Choose another place.",
            )

    def show_table(self) -> TableDialog:
        """Open the table in a window of its own."""
        dialog = TableDialog(self.title.text(), self.table(), self)
        dialog.show()
        return dialog

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu.popup(event.globalPos())

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        for text, slot in (
            ("Copy as picture", self.copy_picture),
            ("Export data…", self.export_data),
            ("Show as table", self.show_table),
        ):
            action = QAction(text, self)
            action.triggered.connect(slot)
            menu.addAction(action)
        menu.actions()[0].setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        menu.actions()[0].setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.addAction(menu.actions()[0])
        return menu
