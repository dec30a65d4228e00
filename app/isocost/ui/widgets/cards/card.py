"""The frame every chart sits in: a title that states the finding, a subtitle that says what is drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QCursor,
    QFontMetricsF,
    QGuiApplication,
    QImage,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QMoveEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from isocost.language import tr
from isocost.plan.project.project import Project
from isocost.quantities import PLAIN, numbers_marked
from isocost.report.table import Table, write_csv
from isocost.ui.look.theme import SPACE, Theme
from isocost.ui.plot.chart import Drawing
from isocost.ui.plot.export import Titled, to_image, to_pdf, to_svg
from isocost.ui.widgets.boxes import warning_box
from isocost.ui.widgets.cards.figures import OPENING, ShowsFigures, explain
from isocost.ui.widgets.cards.saving import ask_where, with_suffix
from isocost.ui.widgets.cards.table import TableDialog, TableOver
from isocost.ui.widgets.labels import FewLines

LOW = 110
"""Pixels of a chart below which no table can be read in its place."""
PICTURE_SCALE = 2.0
"""Pixels of a copied picture per pixel on screen, so that it stays sharp on a slide."""


TITLE_LINES = 4
"""Of a finding at most; more than two are needed with the largest text."""


class CardTitle(FewLines):
    """A finding, on more lines where it needs them; where its figure can be explained, a click or Enter opens
    that."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, most=TITLE_LINES, balanced=True)
        self._figure = ""
        self._of: Project | None = None
        self.setMouseTracking(True)

    def set_figure(self, key: str, of: Project | None = None) -> None:
        """Let the figure of a key open, of another plan than the open one; empty = nothing opens."""
        self._of = of
        if key != self._figure:
            self._figure = key
            self.setFocusPolicy(Qt.FocusPolicy.TabFocus if key else Qt.FocusPolicy.NoFocus)
            self.setAccessibleDescription(tr("Enter opens where it comes from.") if key else "")

    def figure_at(self, place: QPoint | None) -> str:
        """Key of the figure that the finding is about."""
        return self._figure

    @property
    def _words(self) -> QRectF:
        metrics = QFontMetricsF(self.font())
        width = max((metrics.horizontalAdvance(each) for each in self.lines), default=0.0)
        return QRectF(0, 0, min(width + 2, self.width()), self.height())

    def _is_on(self, place: QPointF) -> bool:
        return bool(self._figure) and self._words.contains(place)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._figure and (self.hasFocus() or self._is_on(QPointF(self.mapFromGlobal(QCursor.pos())))):
            painter = QPainter(self)
            painter.setPen(QPen(self.palette().highlight().color(), 2.0 if self.hasFocus() else 1.0))
            words = self._words
            painter.drawLine(words.bottomLeft() - QPointF(0, 1), words.bottomRight() - QPointF(0, 1))
            painter.end()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        on = self._is_on(event.position())
        self.setCursor(Qt.CursorShape.PointingHandCursor if on else Qt.CursorShape.ArrowCursor)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        left = event.button() is Qt.MouseButton.LeftButton
        if not (left and self._is_on(event.position()) and explain(self, self._figure, self._of)):
            super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() not in OPENING or not explain(self, self._figure, self._of):
            super().keyPressEvent(event)


class ChartCard(QFrame):
    """A rounded card with title, subtitle, one chart, and a menu to take the chart elsewhere.

    Subclasses fill ``body`` and override :meth:`table`, and :meth:`drawing` where a chart paints itself.
    """

    theme: Theme
    """What the card is drawn in; subclasses give one at the end of their making."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setProperty("role", "card")
        self.title = CardTitle(self)
        self.subtitle = FewLines(self, most=3)
        self.subtitle.setProperty("role", "small")
        self._sought = False
        self._sought_from: QWidget | None = None
        self._over: TableOver | None = None
        self._charted: QWidget | None = None
        self._figure = self._meant = ""
        self._low = 0
        self._of: Project | None = None
        self.menu = self._menu()
        self.more = QToolButton(self)
        self.more.setText("⋯")
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more.setMenu(self.menu)
        self.more.setToolTip(tr("Copy, export or read this chart as a table"))
        self.more.setAccessibleName(tr("Chart menu"))
        self.more.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.heading = heading = QHBoxLayout()
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

    def drawing(self) -> Drawing | None:
        """The chart without what can be clicked; None while there is none, and of a card made of widgets."""
        return None

    def drawn_size(self) -> QSize:
        """Pixels of the chart with its words where it is taken elsewhere."""
        return self.size()

    def footnote(self) -> str:
        """What is said below the chart where it is taken elsewhere."""
        return ""

    def explains(self, key: str, *, by_title: bool = True, of: Project | None = None) -> None:
        """Let the card's menu, and its title where that is about it, open a figure; empty = it has none.

        ``of`` is the plan whose figure it is; None = the open one.
        """
        self._figure, self._of = key, of
        self.title.set_figure(key if by_title else "", of)

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
        # Words set again are announced again, and a screen reader may read them at every step of a drag.
        if summary != self.accessibleDescription():
            self.setAccessibleDescription(summary)
        if title != self.accessibleName():
            self.setAccessibleName(title)
        if self.table_shown:  # once the card has all that it is shown
            QTimer.singleShot(0, self, self._follow_table)

    def _follow_table(self) -> None:
        if self.table_shown:
            self._fill_table()

    def hold_height(self, pixels: int) -> None:
        """Be so high at least, and higher where what it holds needs that."""
        if pixels != self._low:
            self._low = pixels
            self.updateGeometry()

    def minimumSizeHint(self) -> QSize:
        return super().minimumSizeHint().expandedTo(QSize(0, self._low))

    def apply_theme(self, theme: Theme) -> None:
        """Take the theme's type; colours come from the style sheet."""
        self.theme = theme
        self.title.setFont(theme.font("card"))

    # Being looked for

    def seek(self) -> None:
        """Come into sight with the keyboard, and stay there while cards above it find their heights.

        A card that is still to be filled does once it shows, unless the keyboard was led elsewhere meanwhile.
        """
        self._sought_from = QApplication.focusWidget()
        if self.isVisible():
            self._arrive()

    def _arrive(self) -> None:
        self._sought, self._sought_from = True, None
        self._come_into_sight()
        inside = [each for each in self.findChildren(QWidget) if each not in (self.title, self.more)]
        for each in (*inside, self.title, self.more):
            if each.focusPolicy() & Qt.FocusPolicy.TabFocus and each.isVisible() and each.isEnabled():
                each.setFocus(Qt.FocusReason.ShortcutFocusReason)
                return

    def _come_into_sight(self) -> None:
        part: QWidget = self
        while (above := part.parentWidget()) is not None:
            if isinstance(area := above.parentWidget(), QScrollArea):
                area.verticalScrollBar().setValue(self.mapTo(part, QPoint(0, 0)).y() - SPACE)
                return
            part = above

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._sought_from is not None and self._sought_from is QApplication.focusWidget():
            QTimer.singleShot(0, self, self._arrive)
        self._sought_from = None

    def moveEvent(self, event: QMoveEvent) -> None:
        """Moved in its page, not with it: what is above has another height."""
        super().moveEvent(event)
        if self._sought:
            self._sought = self.isAncestorOf(QApplication.focusWidget() or self)
            if self._sought:  # once all have their places
                QTimer.singleShot(0, self, self._come_into_sight)

    # Taking the chart elsewhere

    def picture(self) -> QImage:
        """The whole card as a picture, twice as sharp as on screen."""
        titled = self._titled()
        return (
            self._grabbed()
            if titled is None
            else to_image(titled, self.drawn_size(), self.theme, PICTURE_SCALE)
        )

    def _titled(self) -> Titled | None:
        """The chart with its words; None where there is no chart."""
        drawing = self.drawing()
        if drawing is None:
            return None
        return Titled(self.title.text(), self.subtitle.text(), drawing, self.footnote())

    def _grabbed(self) -> QImage:
        """The card's widgets as they stand on screen, without the button of the menu."""
        image = QImage(self.size() * PICTURE_SCALE, QImage.Format.Format_ARGB32_Premultiplied)
        image.setDevicePixelRatio(PICTURE_SCALE)
        # Qt leaves the memory of an image as it found it, and nothing paints outside the round corners.
        image.fill(Qt.GlobalColor.transparent)
        # Hidden, the button leaves its room to the title: Qt lays widgets out before it renders them.
        self.more.hide()
        self.render(image, QPoint())
        self.more.show()
        return image

    def copy_picture(self) -> None:
        """Put the picture on the clipboard."""
        QGuiApplication.clipboard().setImage(self.picture())

    def export_svg(self) -> None:
        """Ask for a file and draw the chart into it, to be edited or shown at any size."""
        titled = self._titled()
        if titled is not None:
            words = (self.title.text(), self.accessibleDescription())
            made = partial(to_svg, titled, self.drawn_size(), self.theme, *words)
            self._export("SVG pictures", ".svg", lambda path: path.write_bytes(made()))

    def export_pdf(self) -> None:
        """Ask for a file and draw the chart into it, on a page of its size."""
        titled = self._titled()
        if titled is not None:
            made = partial(to_pdf, titled, self.drawn_size(), self.theme, self.title.text())
            self._export("PDF documents", ".pdf", lambda path: path.write_bytes(made()))

    def export_data(self) -> None:
        """Ask for a file and write the table as CSV."""
        self.export_table(self.objectName(), self.table)

    def export_table(self, name: str, table: Callable[[], Table]) -> None:
        """Ask for a file, proposed as ``name``, and write a table as CSV."""

        def write(path: Path) -> None:
            with numbers_marked(PLAIN):  # what words a table has are read by other programs too
                write_csv(path, table())

        self._export(tr("Comma-separated values"), ".csv", write, name)

    def _export(self, kind: str, suffix: str, write: Callable[[Path], object], name: str = "") -> None:
        """Ask for a file and write it; say in words when it cannot be written."""
        proposed = f"{name or self.objectName()}{suffix}"
        path = ask_where(self, tr("Export"), proposed, f"{kind} (*{suffix})", with_suffix(suffix))
        if path is None:
            return
        try:
            write(path)
        except OSError as error:
            text = tr(
                "{path} could not be written: {strerror}. Choose another place.",
                path=path,
                strerror=error.strerror,
            )
            warning_box(self, text).exec()

    @property
    def table_shown(self) -> bool:
        """Whether the table stands in the chart's place."""
        return self._over is not None

    def toggle_table(self) -> None:
        """Put the table and the summary in the chart's place, or the chart back; the keyboard goes there.

        Where the chart is too low for a table that opens in a window of its own.
        """
        if not self.table_shown and self.body.geometry().height() < self.theme.px(LOW):
            self.show_table()
            return
        if self._over is not None:
            self._over.uncover()
            self._over = None
            target: QWidget = self._charted or self.more
        else:
            focused = QApplication.focusWidget()
            self._charted = focused if focused is not None and self.isAncestorOf(focused) else None
            self._over = TableOver(self.body, self)
            self._fill_table()
            target = self._over.table
        target.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _fill_table(self) -> None:
        if self._over is not None:
            self._over.show_table(self.title.text(), self.accessibleDescription(), self.table())

    def show_table(self) -> TableDialog:
        """Open the table in a window of its own."""
        dialog = TableDialog(self.title.text(), self.table(), self)
        dialog.show()
        return dialog

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self._meant = self._figure_meant(event)
        # Not exec, which would run an event loop inside this event.
        self.menu.popup(event.globalPos())

    def _figure_meant(self, event: QContextMenuEvent) -> str:
        """Key of the figure under the mouse, or of the one the keyboard is on; else the title's."""
        by_key = event.reason() is QContextMenuEvent.Reason.Keyboard
        part = QApplication.focusWidget() if by_key else self.childAt(event.pos())
        while part is not None and part is not self:
            if isinstance(part, ShowsFigures):
                place = None if by_key else part.mapFrom(self, event.pos())
                if key := part.figure_at(place):
                    return key
            part = part.parentWidget()
        return self._figure

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        self._opening = QAction(tr("Explain"), self)
        self._opening.triggered.connect(lambda: explain(self, self._meant or self._figure, self._of))
        menu.addAction(self._opening)
        for text, slot in (
            (tr("Copy as picture"), self.copy_picture),
            (tr("Export as SVG…"), self.export_svg),
            (tr("Export as PDF…"), self.export_pdf),
            (tr("Export data…"), self.export_data),
            (tr("Show as table"), self.show_table),
        ):
            action = QAction(text, self)
            action.triggered.connect(slot)
            menu.addAction(action)
        copy, *vectors = menu.actions()[1:4]
        copy.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        # Every card has this shortcut, which Qt finds ambiguous unless it belongs to the card with the focus;
        # to belong there, the action must be the card's own as well as the menu's.
        copy.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.addAction(copy)
        menu.aboutToShow.connect(lambda: self._offer(vectors))
        menu.aboutToHide.connect(self._forget)
        return menu

    def _offer(self, vectors: Sequence[QAction]) -> None:
        """Only a chart that paints itself can be drawn into an SVG or a PDF."""
        drawn = self.drawing() is not None
        for action in vectors:
            action.setVisible(drawn)
        self._opening.setVisible(bool(self._meant or self._figure))

    def _forget(self) -> None:
        # A menu hides before it tells which of its commands was chosen.
        QTimer.singleShot(0, self, self._mean_none)

    def _mean_none(self) -> None:
        self._meant = ""
