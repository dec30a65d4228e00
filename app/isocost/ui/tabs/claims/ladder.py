"""The ladder: what sums of money buy today of each kind of training, at the plan's prices and terms."""

from __future__ import annotations

import logging
import math
from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from isocost.language import tr
from isocost.plan.project.project import Scenario
from isocost.plan.solve.case import WishError
from isocost.plan.solve.hardware.ladder import Ladder, ladder
from isocost.quantities import format_budget
from isocost.report.decisions.solving.ladder import LadderView, ladder_view
from isocost.report.table import Table
from isocost.ui.look.theme import Theme
from isocost.ui.plot.base import font_of, made_pen, mixed
from isocost.ui.plot.chart import Drawing, ReadableChart, ReadableWidget
from isocost.ui.session.session import Session
from isocost.ui.widgets.cards.card import ChartCard
from isocost.ui.widgets.labels import FewLines
from isocost.ui.widgets.rows import LEFT, RIGHT, write_text

log = logging.getLogger(__name__)
ROW, HEAD, NAME = 37, 22, 190
"""Pixels of a kind's height, of the sums above them, and of a kind's name where there is room."""
CELL = 54
"""Pixels of an amount with its time: where they have less, the sums stand in several lines."""
NARROWEST, SHARE, WRAPPED = 260, 0.27, 0.42
"""Pixels the table is wide at least, and the share that names take at most, of one line and of several."""
GLANCE_MS, PAUSE_MS = 120, 800
"""In sight before the ladder, which takes seconds, is solved: at first, and after a change of the plan."""
SOLVING = tr("Solving what each sum buys…")


class LadderChart(ReadableChart[LadderView | None]):
    """A table of amounts, each with its time below."""

    expected = (1, 1)
    """Kinds of training and sums there are, before they are solved: who is led to it sees all of it once its
    figures come."""
    wide = 0
    """Pixels of its width on screen, which its height follows from; 0 = it is not there yet."""

    @property
    def parts(self) -> int:
        return len(self.view.steps) if self.view is not None else 0

    def words(self, part: int) -> str:
        return self.view.steps[part].words if self.view is not None else ""

    def part_at(self, at: QPointF, size: QSizeF, theme: Theme) -> int | None:
        if self.view is None:
            return None
        grid = self._grid(size.width(), theme)
        line, down = divmod(at.y(), self._line_height(theme))
        row = int((down - theme.px(HEAD)) // theme.px(ROW))
        along = int((at.x() - grid.name) // grid.cell)
        column = int(line) * grid.across + along
        of_line = down >= theme.px(HEAD) and 0 <= along < grid.across
        inside = of_line and column < len(self.view.budgets) and 0 <= row < len(self.view.kinds)
        return row * len(self.view.budgets) + column if inside else None

    def _grid(self, width: float, theme: Theme) -> Grid:
        """What has room across a table of some width."""
        sums = self._shape[1]
        name = min(float(theme.px(NAME)), SHARE * width)
        if width - name >= sums * theme.px(CELL):
            return Grid(name, (width - name) / sums, sums)
        name = min(float(theme.px(NAME)), WRAPPED * width)
        most = max(1, int((width - name) // theme.px(CELL)))
        across = math.ceil(sums / math.ceil(sums / most))  # about as many in each line
        return Grid(name, (width - name) / across, across)

    def _line_height(self, theme: Theme) -> int:
        return theme.px(HEAD) + self._shape[0] * theme.px(ROW)

    @property
    def _shape(self) -> tuple[int, int]:
        """How many kinds and sums there are."""
        view = self.view
        return self.expected if view is None else (len(view.kinds), max(1, len(view.budgets)))

    def least(self, theme: Theme) -> QSize:
        return QSize(theme.px(NARROWEST), self.wanted(theme).height())

    def wanted(self, theme: Theme) -> QSize:
        sums = self._shape[1]
        across = self._grid(self.wide or theme.px(NAME + sums * CELL), theme).across
        return QSize(theme.px(2 * NARROWEST), math.ceil(sums / across) * self._line_height(theme))

    def draw(self, painter: QPainter, size: QSizeF, theme: Theme, hover: int | None) -> None:
        view = self.view
        if view is None:
            return
        grid = self._grid(size.width(), theme)
        for line, first in enumerate(range(0, len(view.budgets), grid.across)):
            painter.save()
            painter.translate(0.0, float(line * self._line_height(theme)))
            columns = range(first, min(first + grid.across, len(view.budgets)))
            _paint_line(painter, view, columns, grid, size.width(), theme, hover)
            painter.restore()


@dataclass(frozen=True, slots=True)
class Grid:
    """What has room across: pixels of the names and of a sum, and how many sums stand in a line."""

    name: float
    cell: float
    across: int


def _paint_line(
    painter: QPainter,
    view: LadderView,
    columns: range,
    grid: Grid,
    width: float,
    theme: Theme,
    hover: int | None,
) -> None:
    """Some sums with what they buy of each kind, from the origin on."""
    bold, small, quiet = font_of(theme, "small", bold=True), font_of(theme, "small"), font_of(theme, "quiet")
    cell, left, head, row = grid.cell, grid.name, float(theme.px(HEAD)), float(theme.px(ROW))
    painter.setPen(made_pen(theme.line))
    painter.drawLine(QPointF(0, head - 1.5), QPointF(width, head - 1.5))
    for along, column in enumerate(columns):
        place = QRectF(left + along * cell, 0, cell - 6, head - 4)
        budget = format_budget(view.budgets[column])
        write_text(painter, place, budget, bold, theme.text, RIGHT)
    for down, kind in enumerate(view.kinds):
        name, _, unit = kind.partition(" (")
        top = head + down * row
        write_text(painter, QRectF(2, top + 2, left - 6, row / 2), name, small, theme.text, LEFT)
        below = QRectF(2, top + row / 2, left - 6, row / 2 - 3)
        write_text(painter, below, unit.rstrip(")"), quiet, theme.quiet, LEFT)
        for along, column in enumerate(columns):
            part = down * len(view.budgets) + column
            step, room = view.steps[part], QRectF(left + along * cell, top, cell, row)
            if part == hover:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(mixed(theme.accent, theme.panel, 0.10))
                painter.drawRoundedRect(room.adjusted(2, 1, 0, -1), 6, 6)
            upper = QRectF(room.left(), room.top() + 2, cell - 6, row / 2)
            write_text(painter, upper, step.amount, bold, theme.text, RIGHT)
            lower = QRectF(room.left(), room.top() + row / 2, cell - 6, row / 2 - 3)
            write_text(painter, lower, step.time, quiet, theme.quiet, RIGHT)


class LadderWidget(ReadableWidget[LadderView | None]):
    """The table on screen; a click or Enter opens what is pointed at."""

    chosen = Signal(int)
    seen = Signal()
    """It is painted: somebody looks."""

    chart: LadderChart

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.chart.wide = self.width()
        self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        self.seen.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        part = self.chart.part_at(event.position(), QSizeF(self.size()), self.theme)
        if event.button() is Qt.MouseButton.LeftButton and part is not None:
            self.chosen.emit(part)
        else:
            super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.hover is not None:
            self.chosen.emit(self.hover)
        else:
            super().keyPressEvent(event)


class LadderCard(ChartCard):
    """Solved in the worker once somebody scrolls to it, and again after the plan's terms have changed."""

    plan_wanted = Signal(object)
    """A :class:`Scenario`."""

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("claims.ladder", parent)
        self._session = session
        self._solved: tuple[object, ...] = ()
        chart = LadderChart(None)
        rungs = session.catalog.constants.ladder
        chart.expected = len(rungs.kinds), len(rungs.budgets)
        self.chart = LadderWidget(chart, theme, self)
        self.chart.setObjectName("claims.ladder.chart")
        self.chart.setAccessibleName(tr("What sums of money buy"))
        self.explained = FewLines(self)
        self.explained.setProperty("role", "quiet")
        self.body.addWidget(self.chart)
        self.body.addWidget(self.explained)
        self.setTabOrder(self.chart, self.more)
        # What is solved for terms that hold no more is solved again when it is looked at: nothing to drop.
        self._worker = session.worker(self._take, self._report, of_plan=False)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._ask)
        self.chart.said.connect(self.explained.say)
        self.chart.chosen.connect(self._open)
        self.chart.seen.connect(self._look)
        session.project_changed.connect(self.chart.update)
        self.apply_theme(theme)
        self.say(tr("What sums of money buy today"), SOLVING, SOLVING)

    def apply_theme(self, theme: Theme) -> None:
        """Take the theme's type and colours."""
        super().apply_theme(theme)
        self.chart.apply_theme(theme)

    def _terms(self) -> tuple[object, ...]:
        """All of the plan that its ladder depends on."""
        s = self._session.current_scenario
        of_plan = (s.hardware.accelerator, s.price, s.efficiency, s.supply, s.ownership, s.site, s.goal)
        return (*of_plan, self._session.project.prices, self._session.money[0])

    def _look(self) -> None:
        if self._terms() != self._solved and not self._pause.isActive():
            # At first soon; then no sooner than the plan has come to rest.
            self._pause.start(PAUSE_MS if self._solved else GLANCE_MS)

    def _ask(self) -> None:
        if self.chart.visibleRegion().isEmpty():
            return  # it was in sight only while the cards above it found their heights
        self._solved = self._terms()
        session = self._session
        project, catalog, at, owned = (
            session.project, session.catalog, session.scenario, session.current_scenario.supply.owns,
        )  # fmt: skip
        self._worker.request(lambda: ladder(project, catalog, at, date.today(), owned=owned))

    def _take(self, found: Ladder) -> None:
        view = ladder_view(found, self._session.catalog)
        self.say(*view.said)
        self.chart.show_view(view)

    def _report(self, error: Exception) -> None:
        if not isinstance(error, WishError):
            log.warning("No ladder: %s", error, exc_info=error)
        self.chart.show_view(None)
        self.say(
            tr("What sums of money buy today"),
            tr("Not solved: {error}", error=error),
            tr("Not solved: {error}", error=error),
        )

    def _open(self, part: int) -> None:
        view = self.chart.view
        scenario: Scenario | None = view.steps[part].scenario if view is not None else None
        if scenario is not None:
            self.plan_wanted.emit(scenario)

    def drawing(self) -> Drawing | None:
        return self.chart.chart if self.chart.view is not None else None

    def table(self) -> Table:
        return self.chart.view.table if self.chart.view is not None else super().table()
