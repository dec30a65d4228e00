"""The one fast way to draw a plot here: held ranges, prepared logarithms, an opaque grid, reused items.

Drawing follows what was measured to be quick in pyqtgraph: axes of fixed size regenerate only when their
range does, ranges move in steps and rarely, the grid is opaque and lies under the curves, curves get finite
logarithms and skip every check, and text is painted by hand on top of the scene.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFocusEvent, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QGraphicsView, QStyleOptionGraphicsItem, QWidget

from isocost.quantities import shown_money
from isocost.ui.look.theme import Role, Theme
from isocost.ui.plot.chart import paint_focus
from isocost.ui.plot.placing import Points
from isocost.ui.plot.ticks import Scale, fit_ticks

STEP = 0.1
"""Decades between the places a range may end."""

SLACK = 0.25
"""Decades of empty room a range keeps before it closes up."""


@lru_cache(maxsize=256)
def mixed(colour: str, ground: str, share: float) -> QColor:
    """A colour laid on a ground at an opacity of ``share``: opaque itself, which paints many times faster."""
    above, below = QColor(colour), QColor(ground)
    return QColor(
        round(below.red() + (above.red() - below.red()) * share),
        round(below.green() + (above.green() - below.green()) * share),
        round(below.blue() + (above.blue() - below.blue()) * share),
    )


def made_pen(colour: QColor | str, width: float = 1.0, dash: tuple[float, ...] = ()) -> QPen:
    """A round pen; dashes are in pen widths."""
    pen = QPen(QColor(colour), width)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    # A round cap makes each dash a pen's width longer, and the short gaps between them would close.
    pen.setCapStyle(Qt.PenCapStyle.FlatCap if dash else Qt.PenCapStyle.RoundCap)
    if dash:
        pen.setDashPattern(list(dash))
    return pen


@dataclass(frozen=True, slots=True)
class Span:
    """Two ends of a range, in decades."""

    low: float
    high: float

    @property
    def size(self) -> float:
        """Decades between the ends."""
        return self.high - self.low


def snapped(low: float, high: float, current: Span | None, least: float) -> Span:
    """A range around the data that ends on steps and is at least ``least`` decades long.

    The current range stays while it holds the data without wasting room, so that axes stand still in a drag.
    """
    short = max(0.0, least - (high - low))
    # The hair keeps an end that lies on a step where it is: 0.3 / 0.1 is a little less than 3.
    wanted = Span(
        math.floor((low - short / 2) / STEP + 1e-9) * STEP, math.ceil((high + short / 2) / STEP - 1e-9) * STEP
    )
    if current is None:
        return wanted
    holds = current.low <= low and current.high >= high
    tight = current.low >= wanted.low - SLACK and current.high <= wanted.high + SLACK
    return current if holds and tight else wanted


class HumanAxis(pg.AxisItem):  # type: ignore[misc]
    """A logarithmic axis with ticks in words; its data are decades."""

    def __init__(self, orientation: str, scale: Scale, gap: float) -> None:
        super().__init__(orientation)
        self._levels = scale
        self._gap = gap
        self._metrics: QFontMetricsF | None = None
        self._labels: dict[float, str] = {}
        # pyqtgraph would divide by a thousand and write "kUSD", on values that are decades.
        self.enableAutoSIPrefix(False)
        length = 0 if orientation == "left" else 4
        # Opaque: a grid of 60 translucent lines takes 4.4 ms to paint, of opaque ones 0.4. And no label is
        # hidden by pyqtgraph, since ticks are chosen by the room their labels have.
        self.setStyle(tickAlpha=255, tickLength=length, tickTextOffset=8, hideOverlappingLabels=False)
        self.setGrid(255 if orientation == "left" else False)

    def apply_theme(self, theme: Theme, size: int) -> None:
        """Take the theme's type and colours, and a fixed width or height in pixels."""
        font = theme.font("quiet")
        self._metrics = QFontMetricsF(font)
        self.setTickFont(font)
        self.setPen(made_pen(theme.line))
        self.setTickPen(made_pen(theme.grid if self.orientation == "left" else theme.line))
        self.setTextPen(made_pen(theme.quiet))
        # An axis as wide as its labels would move the whole plot when one gains a digit during a drag.
        (self.setWidth if self.orientation == "left" else self.setHeight)(size)

    @property
    def labels(self) -> Mapping[float, str]:
        """The words of the ticks as they were last drawn, by place in decades."""
        return self._labels

    def extent(self, label: str) -> float:
        """Pixels a label takes along this axis."""
        if self._metrics is None:
            return 0.0
        upright = self.orientation == "left"
        return self._metrics.height() if upright else self._metrics.horizontalAdvance(label)

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[None, list[float]]]:
        ticks = fit_ticks(self._levels, 10.0**low, 10.0**high, size, self.extent, self._gap)
        # pyqtgraph asks for the words of just these values next, so they need not be made twice.
        self._labels = {math.log10(tick.value): tick.label for tick in ticks}
        return [(None, list(self._labels))]

    def tickStrings(self, values: list[float], scale: float, spacing: float | None) -> list[str]:
        return [self._labels[value] for value in values]


class LogPlot(pg.PlotWidget):  # type: ignore[misc]
    """A plot of two logarithmic quantities moved by its data only, never by the wheel or the mouse."""

    def __init__(self, across: Scale, up: Scale, parent: QWidget | None = None) -> None:
        self.across = HumanAxis("bottom", across, gap=14)
        self.up = HumanAxis("left", up, gap=36)
        super().__init__(parent, background=None, axisItems={"bottom": self.across, "left": self.up})
        # Whoever changes the plot asks for one repaint; the scene would ask for another in the next round.
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.NoViewportUpdate)
        # pyqtgraph keeps the background, but the range painted into ours changes with every step.
        self.setCacheMode(QGraphicsView.CacheModeFlag.CacheNone)
        for axis in (self.across, self.up):
            # Above the curves, where pyqtgraph has it, an opaque grid would make them look dashed.
            axis.setZValue(-1)
        self.plotItem.setMenuEnabled(False)
        self.plotItem.hideButtons()
        self.plotItem.layout.setSpacing(0)
        self.box = self.plotItem.getViewBox()
        self.box.setMouseEnabled(False, False)
        # Finding the extent of the data after each change takes longer than drawing it.
        self.box.disableAutoRange()
        self.box.setDefaultPadding(0)
        self._x: Span | None = None
        self._y: Span | None = None
        self._money = shown_money()
        self._margins = (0.0, 0.0, 0.0)
        self._drawn_in: Theme | None = None
        self._reached = False
        # Qt then asks the parent, which is the card and has the menu.
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)

    def apply_theme(self, theme: Theme) -> None:
        """Take the theme's type and colours."""
        self._drawn_in = theme
        self.setBackground(theme.panel)
        self.up.apply_theme(theme, theme.px(56))
        self.across.apply_theme(theme, theme.px(28))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._reached and self._drawn_in is not None:
            painter = QPainter(self.viewport())
            paint_focus(painter, QRectF(self.viewport().rect()), self._drawn_in)
            painter.end()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._reached = event.reason() is not Qt.FocusReason.MouseFocusReason
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._reached = False
        self.viewport().update()

    def set_margins(self, top: float, right: float, bottom: float) -> None:
        """Pixels beside the plot for labels painted by hand."""
        if (top, right, bottom) != self._margins:
            self._margins = (top, right, bottom)
            self.plotItem.layout.setContentsMargins(0, top, right, bottom)
            # Left to the event loop, the plot would move only after texts were placed on it.
            self.plotItem.layout.activate()

    def hold(self, x: tuple[float, float], y: tuple[float, float], least: tuple[float, float]) -> None:
        """Show at least these ranges (in decades); the plot moves only when they leave the present one."""
        self.show_spans(snapped(*x, self._x, least[0]), snapped(*y, self._y, least[1]))

    def show_spans(self, x: Span, y: Span) -> None:
        """Show exactly these ranges."""
        # Setting a range makes pyqtgraph place ticks again even where it is the old one: 20 to 30 ms a frame.
        if (x, y) != (self._x, self._y):
            self._x, self._y = x, y
            self.box.setRange(xRange=(x.low, x.high), yRange=(y.low, y.high), padding=0)
        if shown_money() != self._money:
            self._money = shown_money()
            # pyqtgraph keeps the drawing of an axis as long as its range, whatever its labels would be now.
            for axis in (self.across, self.up):
                axis.picture = None
                axis.update()

    @property
    def spans(self) -> tuple[Span, Span]:
        """The ranges shown, across and up, in decades."""
        return self._x or Span(0.0, 1.0), self._y or Span(0.0, 1.0)

    def holds(self, x: float, y: float) -> bool:
        """Whether a point given in decades is within the ranges shown."""
        across, up = self.spans
        return across.low <= x <= across.high and up.low <= y <= up.high

    def area(self) -> QRectF:
        """The plot inside its axes, in pixels of the widget."""
        return QRectF(self.box.sceneBoundingRect())

    def pixels(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> Points:
        """Pixel positions, shape (n, 2), of points given in decades."""
        across, up = self.spans
        area = self.area()
        found = np.empty((len(x), 2))
        found[:, 0] = area.left() + (x - across.low) * (area.width() / across.size)
        found[:, 1] = area.bottom() - (y - up.low) * (area.height() / up.size)
        return found

    def decades_across(self, pixel: float) -> float:
        """The value at a horizontal pixel position, in decades."""
        across, _ = self.spans
        area = self.area()
        return across.low + (pixel - area.left()) * across.size / max(1.0, area.width())

    def wheelEvent(self, event: QWheelEvent) -> None:
        # An ignored wheel goes on to the page, which scrolls.
        event.ignore()

    def twin(self, theme: Theme) -> LogPlot:
        """Another plot of the same things in a theme, a child of this one that is never shown."""
        raise NotImplementedError

    def paint(self, painter: QPainter, room: QRectF, theme: Theme, hover: int | None = None) -> None:
        """Paint the plot in another size and theme, while the one on screen stays as it is.

        A scene has one size and its items one theme, so it is a twin of the plot that is painted. Nothing in
        it is pointed at.
        """
        twin = self.twin(theme)
        # Qt shows a child together with its parent, unless it was hidden on purpose.
        twin.hide()
        twin.resize(room.size().toSize())
        # Qt tells a widget its size only when it is shown, and pyqtgraph moves its items just before a paint.
        twin.resizeEvent(None)
        twin.plotItem.layout.activate()
        twin.scene().prepareForPaint()
        painter.save()
        painter.translate(room.topLeft())
        twin._paint_layers(painter)
        painter.restore()
        # Not left to the garbage collector: that may run in a worker, and widgets die on the window's thread.
        twin.deleteLater()

    def _paint_layers(self, painter: QPainter) -> None:
        """Paint what the view paints, in its order.

        Qt's own render does so inside a clip, and its SVG does not return to an outer clip from an inner one:
        what follows a clipped curve would stay clipped. So here no clip is inside another.
        """
        whole = QRectF(self.rect())
        self.drawBackground(painter, whole)
        for item in self.scene().items(Qt.SortOrder.AscendingOrder):
            if isinstance(item, HumanAxis | Curve) and item.isVisible():
                painter.save()
                if isinstance(item, Curve):
                    painter.setClipRect(self.area())
                painter.setTransform(item.sceneTransform(), True)
                item.paint(painter, None, None)
                painter.restore()
        self.drawForeground(painter, whole)


class Curve(pg.PlotCurveItem):  # type: ignore[misc]
    """A curve that trusts its data: finite decades, or NaN between its parts."""

    def __init__(self, plot: LogPlot) -> None:
        super().__init__(skipFiniteCheck=True, pen=None)
        self._box = plot.box

    def draw(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> None:
        """Take other data. Saying what is joined makes paths several times faster than splitting at NaN."""
        there = np.isfinite(y)
        # A point that is joined to nothing leaves no mark, so its place may be any that is finite.
        joined = there & np.append(there[1:], False)
        self.setData(np.where(there, x, 0.0), np.where(there, y, 0.0), connect=joined.astype(np.int32))

    def boundingRect(self) -> QRectF:
        """The whole plot, which clips: the extent of the data is slow to find and nobody needs it."""
        return QRectF(self._box.viewRect())

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem | None, widget: QWidget | None = None
    ) -> None:
        """Draw in pixels, with a pen of pixels.

        pyqtgraph draws in decades, which are not as long across as up, with a cosmetic pen. Such a pen counts
        pixels of the device, so that its width depends on the screen, and in an SVG it is an attribute that
        few programs follow.
        """
        to_pixels = self.sceneTransform()
        painter.save()
        painter.setTransform(to_pixels.inverted()[0], True)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self.opts["pen"])
        painter.drawPath(to_pixels.map(self.getPath()))
        painter.restore()


def added_curve(plot: LogPlot, z: float = 0.0) -> Curve:
    """A new curve on a plot."""
    curve = Curve(plot)
    curve.setZValue(z)
    plot.plotItem.addItem(curve, ignoreBounds=True)
    return curve


_fonts: dict[tuple[float, bool, Role, bool], QFont] = {}


def font_of(theme: Theme, role: Role, *, bold: bool = False) -> QFont:
    """The theme's font for a role, made once for each text size: painting asks for it many times a frame."""
    key = (theme.scale, theme.printed, role, bold)
    if key not in _fonts:
        _fonts[key] = theme.font(role, bold=bold)
    return _fonts[key]


def text_size(font: QFont, text: str) -> tuple[float, float]:
    """Width and height of one line of text in pixels."""
    metrics = QFontMetricsF(font)
    return metrics.horizontalAdvance(text), metrics.height()
