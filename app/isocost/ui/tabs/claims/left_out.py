"""What a claim leaves out: each amount a bar that starts where the last one ends, or a question mark."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter
from PySide6.QtWidgets import QWidget

from isocost.report.decisions.claims.left_out import LeftView, Step, left_table
from isocost.report.table import Table
from isocost.ui.look.theme import Theme
from isocost.ui.plot.base import font_of, made_pen, mixed, text_size
from isocost.ui.plot.chart import Drawing, ReadableWidget, RowsChart
from isocost.ui.widgets.cards.card import ChartCard
from isocost.ui.widgets.labels import FewLines
from isocost.ui.widgets.rows import RIGHT, write_text

ROW, TOP = 35, 2
"""Pixels of a row of two lines, and above the first."""
AMOUNT, QUESTION = 82, 24
"""Pixels of an amount at least, and of the question mark in the place of one."""
NAMES = (0.46, 0.6)
"""Part of a row with a bar that its words have, and that they may have where the longest name needs it."""
LEAST = 2.0
"""Pixels a bar is wide at least, so that every amount is seen."""


class LeftOutChart(RowsChart[LeftView | None]):
    """The steps from top to bottom."""

    row_height = ROW

    @property
    def rows(self) -> tuple[Step, ...]:
        return self.view.steps if self.view is not None else ()

    def top(self, theme: Theme) -> float:
        return TOP

    def least(self, theme: Theme) -> QSize:
        return QSize(theme.px(240), self.wanted(theme).height())

    def wanted(self, theme: Theme) -> QSize:
        return QSize(theme.px(300), TOP + max(1, self.parts) * theme.px(ROW))

    def draw(self, painter: QPainter, size: QSizeF, theme: Theme, hover: int | None) -> None:
        view = self.view
        if view is None:
            return
        widths = _name_width(view, size.width(), theme), _amount_width(view, theme)
        for at, step in enumerate(view.steps):
            row = QRectF(0, TOP + at * theme.px(ROW), size.width(), theme.px(ROW))
            if at == hover:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(mixed(theme.quiet, theme.panel, 0.08))
                painter.drawRoundedRect(row.adjusted(0, 1, 0, -1), 6, 6)
            leads_on = at + 1 < len(view.steps) and view.steps[at + 1].kind != "unsaid"
            _paint_row(painter, view, step, row, theme, leads_on, widths)


def _drawn(view: LeftView, step: Step) -> bool:
    return step.kind != "unsaid" and view.full > 0


def _name_width(view: LeftView, width: float, theme: Theme) -> float:
    """Pixels of the words beside bars: as wide as the longest name where that leaves the bars enough."""
    bold = font_of(theme, "small", bold=True)
    longest = max((text_size(bold, each.name)[0] for each in view.steps if _drawn(view, each)), default=0.0)
    least, most = (width * part for part in NAMES)
    return min(max(least, longest + 12), most)


def _amount_width(view: LeftView, theme: Theme) -> float:
    """Pixels of the amounts: an amount cut short would be another one."""
    bold = font_of(theme, "small", bold=True)
    longest = max((text_size(bold, each.amount)[0] for each in view.steps), default=0.0)
    return max(float(theme.px(AMOUNT)), longest + 8)


def _paint_row(
    painter: QPainter,
    view: LeftView,
    step: Step,
    row: QRectF,
    theme: Theme,
    leads_on: bool,
    widths: tuple[float, float],
) -> None:
    named, counted = widths
    strong = step.kind in ("told", "total")
    bold, small, quiet = (
        font_of(theme, "small", bold=True),
        font_of(theme, "small"),
        font_of(theme, "quiet"),
    )
    if step.kind == "total":
        painter.setPen(made_pen(theme.line))
        painter.drawLine(row.topLeft() + QPointF(0, 0.5), row.topRight() + QPointF(0, 0.5))
    amount = QRectF(row.right() - counted, row.top(), counted - 4, row.height())
    drawn = _drawn(view, step)
    beside = theme.px(QUESTION) if step.kind == "unsaid" else counted
    name_width = named if drawn else row.width() - beside
    half = row.height() / 2
    name = QRectF(row.left() + 4, row.top() + 2, name_width - 8, half if step.note else row.height() - 4)
    write_text(painter, name, step.name, bold if strong else small, theme.text)
    if step.note:
        write_text(
            painter,
            QRectF(name.left(), row.top() + half, name.width(), half - 3),
            step.note,
            quiet,
            theme.quiet,
        )
    ink = theme.care if step.kind == "unsaid" else theme.text
    write_text(painter, amount, step.amount, bold, ink, RIGHT)
    if drawn:
        bars = QRectF(
            row.left() + name_width, row.top(), amount.left() - row.left() - name_width - 6, row.height()
        )
        _paint_bar(painter, step, bars, view.full, theme, leads_on)


def _paint_bar(
    painter: QPainter, step: Step, room: QRectF, full: float, theme: Theme, leads_on: bool
) -> None:
    per_usd = room.width() / full
    start, end = room.left() + step.start * per_usd, room.left() + step.end * per_usd
    middle, half = room.center().y(), float(theme.px(6))
    box = QRectF(min(start, room.right() - LEAST), middle - half, max(LEAST, end - start), 2 * half)
    colours = {"told": theme.series[1].line, "published": theme.series[0].line, "total": theme.quiet}
    if step.kind == "assumed":
        painter.setPen(made_pen(theme.quiet))
        painter.setBrush(QBrush(QColor(theme.quiet), Qt.BrushStyle.BDiagPattern))
    else:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours[step.kind]))
    painter.drawRoundedRect(box, 3, 3)
    if leads_on:
        painter.setPen(made_pen(theme.track))
        x = round(end) - 0.5
        painter.drawLine(QPointF(x, middle + half), QPointF(x, room.bottom() + room.height() / 2 - half))


class LeftOutCard(ChartCard):
    """The card around the steps; the whole of the one pointed at stands below."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("claims.left_out", parent)
        self.chart = ReadableWidget(LeftOutChart(None), theme, self)
        self.chart.setObjectName("claims.left_out.chart")
        self.explained = FewLines(self)
        self.explained.setProperty("role", "quiet")
        self.chart.said.connect(self.explained.say)
        self.body.addWidget(self.chart)
        self.body.addWidget(self.explained)
        self.body.addStretch(1)
        self.setTabOrder(self.chart, self.more)
        self.apply_theme(theme)

    def apply_theme(self, theme: Theme) -> None:
        """Take the theme's type and colours."""
        super().apply_theme(theme)
        self.chart.apply_theme(theme)

    def show_left_out(self, view: LeftView) -> None:
        """Draw what another claim leaves out."""
        self.say(*view.said)
        self.chart.setAccessibleName(view.said.finding)
        self.chart.setVisible(bool(view.steps))
        if view != self.chart.view:
            self.chart.show_view(view)
            self.explained.say("")

    def drawing(self) -> Drawing | None:
        return self.chart.chart if self.chart.view is not None and self.chart.view.steps else None

    def table(self) -> Table:
        return left_table(self.chart.view)
