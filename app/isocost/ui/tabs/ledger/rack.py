"""The rack of techniques: a switch each, what all that are on come to, and two ways to keep that."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from isocost.catalog import Catalog
from isocost.language import tr
from isocost.plan.answer.estimate import Answer
from isocost.plan.compare.rack import Rack, possible, rack, with_techniques, with_tried_beside
from isocost.plan.project.project import Project
from isocost.report.decisions.comparing.techniques_card import (
    TITLE,
    WORKING,
    RackRow,
    RackView,
    add_words,
    added_said,
    apply_words,
    rack_table,
    rack_view,
    tried_name,
)
from isocost.report.findings.said import Said
from isocost.report.table import Table
from isocost.ui.look.theme import SPACE, Theme
from isocost.ui.look.wardrobe import lay_out
from isocost.ui.plot.base import made_pen, mixed
from isocost.ui.plot.chart import Drawing
from isocost.ui.session.session import Session
from isocost.ui.widgets.flow import Flow
from isocost.ui.widgets.labels import ElidedLabel, broken_lines, restyle, set_text
from isocost.ui.widgets.rows import RIGHT, ROW, ClickList, Index, Lines, RowDelegate, RowsDrawing, write_text

PAUSE_MS = 100
"""Without another answer before the work begins: a drag keeps the processor to itself."""

HEIGHT, LOW, HEADING, LINE = 60, 42, 32, 16
"""Pixels of a technique's row, of one that has nothing to change here, of a heading, of a line of text."""
TEXT, KNOB_WIDE, KNOB_HIGH = 46, 28, 16
"""Pixels from the left to the words, and of a switch."""
COST, TIME, BAR = 74, 64, 60
"""Pixels of the columns of figures, and of the longest bar to a side."""
WITH_BARS = 560
"""Pixels of a row from which on there is room for bars."""
DIM = 0.62
"""Share of a figure's colour while a newer one is to come."""


class RackDelegate(RowDelegate):
    """Paints a technique on three lines: what it changes and comes to, its catch, who measured it."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(theme, HEIGHT, parent)
        self._full_usd = 0.0
        self._broken: dict[tuple[str, str, str, float], list[str]] = {}
        """Catches as they are broken, at the width of the rows."""
        self.dimmed = False
        """Whether newer figures are to come."""

    def show(self, full_usd: float, *, dimmed: bool) -> None:
        """Paint from now on with bars of ``full_usd`` at most."""
        self._full_usd, self.dimmed = full_usd, dimmed
        self._broken.clear()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        row: RackRow | None = index.data(ROW) if index.isValid() else None
        height = HEIGHT if row is None or (row.id and row.here) else LOW if row.id else HEADING
        more = len(self._catch(row, option.rect.width())) - 1 if row is not None and row.id else 0
        return QSize(200, self.theme.px(height + more * LINE))

    def _catch(self, row: RackRow, width: float) -> list[str]:
        """What there is to know: what has room beside the rest of its line, and what goes on lines below."""
        room = width - self.theme.px(TEXT) - 10
        key = row.id, row.catch, row.likely, room
        if key not in self._broken:
            metrics, bold = QFontMetricsF(self.small if row.here else self.quiet), QFontMetricsF(self.bold)
            name = 0.0 if row.here else bold.horizontalAdvance(row.name) + self.theme.px(10)
            first, *rest = broken_lines(row.catch, room - self._likely(row) - name, metrics)
            lines = broken_lines(" ".join(rest), room, metrics) if rest else []
            self._broken[key] = [first, *lines] if room > 0 else [row.catch]
        return self._broken[key]

    def _likely(self, row: RackRow) -> float:
        """Pixels of the range of what it saves, with what it keeps from the words before it."""
        wide = QFontMetricsF(self.quiet).horizontalAdvance(row.likely) + self.theme.px(10)
        return wide if row.likely else 0.0

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: RackRow = index.data(ROW)
        room, theme = QRectF(option.rect), self.theme
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not row.id:
            line = QRectF(room.left() + 8, room.bottom() - theme.px(22), room.width() - 16, theme.px(18))
            write_text(painter, line, row.name.upper(), self.bold_quiet, theme.quiet)
        else:
            self.paint_ground(painter, room, option.state, chosen=row.on)
            self._paint_row(painter, room, row)
        painter.restore()

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.bold_quiet = theme.font("quiet", bold=True)

    def _paint_row(self, painter: QPainter, room: QRectF, row: RackRow) -> None:
        theme = self.theme
        px = theme.px
        lines = [
            QRectF(
                room.left() + px(TEXT),
                room.top() + px(6) + at * px(LINE),
                room.width() - px(TEXT) - 10,
                px(LINE),
            )
            for at in range(len(self._catch(row, room.width())) + 2)
        ]
        first, *below = self._catch(row, room.width())
        at, font = (2, self.small) if row.here else (1, self.quiet)
        ink = theme.text if row.here and row.can else theme.quiet
        for line, part in zip(lines[at:], below, strict=False):
            write_text(painter, line, part, font, ink)
        write_text(painter, lines[at + len(below)], row.source, self.quiet, theme.quiet)
        if not row.here:
            self._paint_words(painter, lines[0], row, first)
            return
        words = lines[0]
        if row.can:
            self._paint_switch(painter, QPointF(room.left() + 10, lines[0].center().y()), row.on)
            words = self._paint_figures(painter, lines[0], row)
        self._paint_words(painter, words, row, row.change)
        if row.likely:
            tone = theme.care if row.flips else theme.quiet
            write_text(painter, lines[1], row.likely, self.quiet, self._shade(tone), RIGHT)
        write_text(painter, lines[1].adjusted(0, 0, -self._likely(row), 0), first, font, ink)

    def _paint_words(self, painter: QPainter, room: QRectF, row: RackRow, beside: str) -> None:
        """The name, and what is said beside it in what room is left."""
        theme = self.theme
        write_text(painter, room, row.name, self.bold, theme.text if row.can else theme.quiet)
        taken = QFontMetricsF(self.bold).horizontalAdvance(row.name) + theme.px(10)
        left = room.adjusted(taken, 0, 0, 0)
        if beside and left.width() >= theme.px(40):
            write_text(painter, left, beside, self.quiet, theme.quiet)

    def _paint_figures(self, painter: QPainter, line: QRectF, row: RackRow) -> QRectF:
        """Cost, time and a bar at the right; the room that is left of them."""
        theme, px = self.theme, self.theme.px
        time = QRectF(line.right() - px(TIME), line.top(), px(TIME), line.height())
        cost = QRectF(time.left() - px(COST), line.top(), px(COST), line.height())
        usd = row.delta_usd or 0.0
        colour = theme.quiet if not usd else theme.fine if usd < 0 else theme.care
        write_text(painter, cost, row.cost, self.bold, self._shade(colour), RIGHT)
        write_text(painter, time, row.time, self.quiet, self._shade(theme.quiet), RIGHT)
        end = cost.left()
        if line.width() >= px(WITH_BARS) and self._full_usd > 0:
            middle = cost.left() - px(BAR)
            self._paint_bar(painter, QPointF(middle, line.center().y()), usd, colour)
            end = middle - px(BAR)
        return QRectF(line.left(), line.top(), max(0.0, end - line.left() - px(8)), line.height())

    def _paint_bar(self, painter: QPainter, zero: QPointF, usd: float, colour: str) -> None:
        """Savings to the left of nothing, costs to the right; an arrow where a bar goes on."""
        most = float(self.theme.px(BAR))
        long = min(most, most * usd / self._full_usd)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._shade(colour)))
        if usd > self._full_usd:
            tip, foot = zero.x() + most, zero.x() + most - 6
            long -= 8
            corners = [QPointF(tip, zero.y()), QPointF(foot, zero.y() - 5), QPointF(foot, zero.y() + 5)]
            painter.drawPolygon(corners)
        painter.drawRoundedRect(QRectF(zero.x() + min(0.0, long), zero.y() - 4, abs(long), 8), 2, 2)
        painter.setPen(made_pen(self.theme.quiet))
        x = round(zero.x()) + 0.5
        painter.drawLine(QPointF(x, zero.y() - 7), QPointF(x, zero.y() + 7))

    def _paint_switch(self, painter: QPainter, at: QPointF, on: bool) -> None:
        theme = self.theme
        wide, high = theme.px(KNOB_WIDE), theme.px(KNOB_HIGH)
        box = QRectF(at.x(), at.y() - high / 2, wide, high)
        painter.setPen(made_pen(theme.accent if on else theme.quiet))
        painter.setBrush(QColor(theme.accent if on else theme.panel))
        painter.drawRoundedRect(box, high / 2, high / 2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.on_accent if on else theme.quiet))
        centre = box.right() - high / 2 if on else box.left() + high / 2
        painter.drawEllipse(QPointF(centre, at.y()), high / 2 - 3, high / 2 - 3)

    def _shade(self, colour: str) -> str:
        """A colour; nearer to the ground while a newer figure is to come, and still read."""
        return mixed(colour, self.theme.panel, DIM).name() if self.dimmed else colour


class RackLines(Lines[RackRow]):
    """Rows of which those that can be on are read as boxes to check; a heading cannot be reached."""

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        if role == int(Qt.ItemDataRole.CheckStateRole) and index.isValid():
            row = self.rows[index.row()]
            if row.can:
                return Qt.CheckState.Checked if row.on else Qt.CheckState.Unchecked
            return None
        return super().data(index, role)

    def flags(self, index: Index) -> Qt.ItemFlag:
        row = self.rows[index.row()] if index.isValid() and index.row() < len(self.rows) else None
        if row is None or not row.id:
            return Qt.ItemFlag.NoItemFlags
        reached = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return reached | Qt.ItemFlag.ItemIsUserCheckable if row.can else reached


class RackList(ClickList):
    """The rows, headings among them lower than the others."""

    reached = Signal(QRect)
    """The room of the row that the keyboard came to: what the list stands in scrolls, not the list."""

    def __init__(self, name: str, model: RackLines, delegate: RackDelegate, parent: QWidget) -> None:
        super().__init__(name, model, delegate, parent)
        self.setUniformItemSizes(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)

    def scrollTo(  # noqa: N802 - Qt's own
        self, index: Index, hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible
    ) -> None:
        """Tell where the row is."""
        if index.isValid():
            self.reached.emit(self.visualRect(index))

    def show_all(self) -> None:
        """Be as high as the rows, whatever the height of each."""
        super().show_all()
        model, option = self.model(), QStyleOptionViewItem()
        option.rect = self.viewport().rect()
        heights = (
            self.itemDelegate().sizeHint(option, model.index(row, 0)).height()
            for row in range(model.rowCount())
        )
        self.setFixedHeight(max(1, sum(heights)) + 4)
        self.scheduleDelayedItemsLayout()


def _found(answer: Answer, on: tuple[str, ...], ranged: bool) -> Rack:
    """The rack of a plan with those of the chosen techniques on that have something to change."""
    catalog, project = answer.reckoning.catalog, answer.project
    return rack(project, possible(project, on, catalog, answer.at), catalog, answer.at, ranged=ranged)


class RackPanel(QWidget):
    """What stands in the card in place of the bill; tries techniques without changing the plan."""

    changed = Signal()
    """Something else is shown or said."""

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.on: tuple[str, ...] = ()
        """Ids of the techniques that are tried."""
        self.said = Said(TITLE, "", WORKING)
        self.view: RackView | None = None
        self.found = session.later(
            _found,
            lambda answer, on, ranged: (answer.scenario, answer.project.prices, on, ranged),
        )
        self._added = ""
        self.rows = RackLines(lambda row: row.words, self, tip=lambda row: row.tip, more=lambda row: row.more)
        self.delegate = RackDelegate(theme, self)
        self.list = RackList("waterfall.rack", self.rows, self.delegate, self)
        self.head = QFrame(self)
        self._area: QScrollArea | None = None
        self.total, self.delta = QLabel(self), ElidedLabel(self)
        # One line each: rows that moved when a switch is turned would move under the mouse.
        self.note, self.beside = ElidedLabel(self), ElidedLabel(self)
        self.apply, self.add, self.clear = (
            QPushButton(text, self) for text in (tr("Apply"), tr("Add as scenario"), tr("All off"))
        )
        self._name()
        self._lay_out()
        self.list.clicked.connect(self._toggle)
        self.list.reached.connect(self._reveal)
        self.apply.clicked.connect(self._apply)
        self.add.clicked.connect(self._add)
        self.clear.clicked.connect(lambda: self._choose(()))
        self.found.ready.connect(lambda _: self.refresh())
        self.found.failed.connect(self._fail)
        session.doubt_shown.connect(self.refresh)

    def _name(self) -> None:
        for name in ("total", "delta", "note", "beside"):
            getattr(self, name).setObjectName(f"waterfall.rack.{name}")
        for button, name, words in (
            (self.apply, "apply", tr("Make what is tried the plan. One undo takes it back.")),
            (self.add, "add", tr("Put what is tried beside the plan, to be compared.")),
            (self.clear, "clear", tr("Switch every technique off.")),
        ):
            button.setObjectName(f"waterfall.rack.{name}")
            button.setToolTip(words)
            button.setAccessibleDescription(words)
        self.apply.setProperty("role", "primary")
        self.total.setProperty("role", "figure")
        self.total.setTextFormat(Qt.TextFormat.PlainText)
        self.delta.setProperty("role", "fine")
        for label in (self.note, self.beside):
            label.setProperty("role", "small")

    def _lay_out(self) -> None:
        figures = QHBoxLayout()
        figures.setSpacing(3 * SPACE)
        figures.addWidget(self.total)
        figures.addWidget(self.delta, 1)
        self._buttons = Flow(self)
        self._buttons.hold((self.apply, self.add, self.clear))
        rule = QFrame(self)
        rule.setProperty("role", "rule")
        rule.setFixedHeight(1)
        self.head.setProperty("role", "cover")
        above = QVBoxLayout(self.head)
        above.setContentsMargins(0, SPACE, 0, 0)
        above.setSpacing(SPACE)
        above.addLayout(figures)
        above.addWidget(self.note)
        above.addWidget(self.beside)
        above.addSpacing(SPACE)
        above.addWidget(self._buttons)
        above.addSpacing(SPACE)
        above.addWidget(rule)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.head)
        column.addWidget(self.list)
        self.head.raise_()
        for first, then in ((self.apply, self.add), (self.add, self.clear), (self.clear, self.list)):
            self.setTabOrder(first, then)

    # What stays in sight

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._area is None:
            parent = self.parentWidget()
            while parent is not None and not isinstance(parent, QScrollArea):
                parent = parent.parentWidget()
            if parent is not None:
                self._area = parent
                parent.verticalScrollBar().valueChanged.connect(self._pin)
        self._pin()

    def event(self, event: QEvent) -> bool:
        handled = super().event(event)
        # The layout has put everything back to where it stands unscrolled.
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize):
            self._pin()
        return handled

    def _pin(self) -> None:
        """Keep what the tried plan comes to in sight while its techniques are scrolled."""
        if self._area is not None and self.isVisible():
            hidden = -self.mapTo(self._area.viewport(), QPoint()).y()
            self.head.move(0, max(0, min(hidden, self.height() - self.head.height())))

    def _reveal(self, row: QRect) -> None:
        """Scroll a row to where nothing covers it, if it is not there."""
        area = self._area
        if area is None or not self.isVisible():
            return
        top = self.list.viewport().mapTo(area.viewport(), row.topLeft()).y()
        above = top - self.head.height()
        below = top + row.height() - area.viewport().height()
        if above < 0 or below > 0:
            bar = area.verticalScrollBar()
            bar.setValue(bar.value() + (above if above < 0 else below))

    def apply_theme(self, theme: Theme) -> None:
        """Take the theme's type and colours."""
        self.list.apply_theme(theme)
        self.list.show_all()
        self._buttons.fit()

    def drawing(self) -> Drawing | None:
        """The rows, to be taken elsewhere."""
        return RowsDrawing(self.rows, self.delegate) if self.rows.rows else None

    def table(self) -> Table:
        """Every technique as a line."""
        return rack_table(self.found.value, self._session.catalog)

    # What is shown

    def refresh(self) -> None:
        """Show what is known of the newest answer, and ask for the rest; the last values stand meanwhile."""
        answer = self._session.answer
        if answer is None or not self.isVisible():
            return
        if self.found.value is None:  # another document, or another scenario of it
            self.on = ()
            self._added = ""
        chosen = self.on, self._session.doubt
        self.found.ask(answer, *chosen, rest_ms=PAUSE_MS)
        self._show(fresh=self.found.is_of(answer, *chosen))

    def _show(self, *, fresh: bool) -> None:
        found: Rack | None = self.found.value
        if found is None:
            self.view, self.said = None, Said(TITLE, WORKING, WORKING)
            self.rows.show(())
        else:
            self.view = view = rack_view(found, self.on, self._session.catalog)
            self.said = view.said
            self.delegate.show(view.full_usd, dimmed=not fresh)
            self.rows.show(view.rows)
        self._show_total(self.view, fresh=fresh)
        self.list.setAccessibleName(self.said.finding)
        self.list.show_all()
        self.changed.emit()
        lay_out()

    def _show_total(self, view: RackView | None, *, fresh: bool) -> None:
        set_text(self.total, view.total if view is not None else "")
        self.delta.say(view.delta if view is not None else "")
        self.note.say(view.note if view is not None else WORKING)
        self.beside.say((self._added or view.beside) if view is not None else "")
        restyle(self.delta, "role", "care" if view is not None and view.dearer else "fine")
        for label in (self.total, self.delta):
            label.setEnabled(fresh)
        tried = bool(view is not None and view.delta)
        self.apply.setEnabled(fresh and tried)
        self.add.setEnabled(fresh and tried)
        self.clear.setEnabled(bool(self.on))

    def _fail(self, error: Exception) -> None:
        self.said = Said(TITLE, str(error), str(error))
        self.note.say(str(error))
        self.changed.emit()

    # What is done

    def _toggle(self, index: QModelIndex) -> None:
        row: RackRow | None = index.data(ROW)
        if row is not None and row.can:
            without = tuple(each for each in self.on if each != row.id)
            self._choose(without if row.on else (*self.on, row.id))

    def _choose(self, on: tuple[str, ...]) -> None:
        self.on, self._added = on, ""
        self.refresh()

    def _apply(self) -> None:
        """Make the tried plan the plan: one undo step."""
        found, on, at, catalog = self._tried()
        # The button is disabled with the last switch, and would give the keyboard to what comes next.
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)
        self.on, self._added = (), ""

        def change(project: Project) -> Project:
            return with_techniques(project, possible(project, on, catalog, at), catalog, at)

        self._session.apply(change, apply_words(found))

    def _add(self) -> None:
        """Put the tried plan beside the plan, which stays on screen."""
        found, on, at, catalog = self._tried()
        name = tried_name(self._session.current_scenario.name, found)
        self._added = added_said(name)

        def change(project: Project) -> Project:
            return with_tried_beside(project, possible(project, on, catalog, at), name, catalog, at)

        self._session.apply(change, add_words(name))
        self.refresh()

    def _tried(self) -> tuple[Rack, tuple[str, ...], int, Catalog]:
        """What is tried, the techniques on in it, of which scenario. The newest plan may be ahead of it."""
        found: Rack = self.found.value
        on = tuple(each.row.id for each in found.techniques if each.on)
        return found, on, self._session.scenario, self._session.catalog
