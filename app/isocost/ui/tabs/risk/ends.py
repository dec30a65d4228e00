"""The bars on screen: each a button, its two ends dragged or stepped to become the input's range."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget

from isocost.plan.answer.chances import Chances
from isocost.plan.doubt.along import Along, along
from isocost.plan.inputs.input import Input
from isocost.plan.inputs.table import NUMBERS
from isocost.plan.project.ranges import SEPARATOR
from isocost.report.findings.tabs.risk import DoubtRow, Side
from isocost.ui.look.theme import Theme
from isocost.ui.tabs.risk.picking import PickWidget
from isocost.ui.tabs.risk.tornado import Places, TornadoChart, TornadoView
from isocost.ui.widgets.drag import Drag
from isocost.ui.widgets.fields.scale import scale_of

DIGITS = 3
"""Significant digits of an end that is dragged; more are beyond what a mouse can mean."""
_SIDES: dict[Qt.Key, int] = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: 1}
_STEPS: dict[Qt.Key, int] = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


@dataclass(frozen=True, slots=True)
class Held:
    """An end that is being moved."""

    at: int
    """Its row."""
    side: Side
    along: Along
    grip: float = 0.0
    """Pixels from the end to where the mouse took hold of it."""


class TornadoRows(PickWidget[TornadoView]):
    """The bars; what is dragged is drawn at once, and becomes the range when it is let go of."""

    end_moved = Signal(object, str, float, object)
    """A row, which end of its range the user moved, to which value, and the gesture."""
    dropped = Signal(object)
    """A row whose range the user wants no more."""

    chart: TornadoChart

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(TornadoChart(TornadoView()), theme, parent)
        self._chances: Chances | None = None
        self._held: Held | None = None
        self._drag = Drag(self, self._let_go)
        self._newest: tuple[tuple[DoubtRow, ...], Chances | None] | None = None
        self._gesture: object = object()

    def show_rows(self, rows: tuple[DoubtRow, ...], found: Chances | None) -> None:
        """Draw other bars in place of the last ones, the same one pointed at; when a drag has ended."""
        if self._held is not None:
            self._newest = rows, found
            return
        at = self.hover
        pointed = self.chart.rows[at] if at is not None and at < len(self.chart.rows) else None
        self._chances = found
        self.show_view(replace(self.view, rows=rows, scaled_to=()))
        if pointed is not None:
            super()._point_at(_same(rows, pointed))
            if self.hover is not None:
                self.said.emit(self.chart.words(self.hover))

    def _point_at(self, part: int | None) -> None:
        if part != self.hover and self._held is None:
            self._mark(None)
        super()._point_at(part)

    def _mark(self, side: Side | None) -> None:
        if side != self.view.marked:
            self.show_view(replace(self.view, marked=side))

    # Mouse

    @property
    def _places(self) -> Places:
        return self.chart.places(float(self.width()), self.theme)

    def _end_at(self, place: QPointF) -> tuple[int, Side] | None:
        at = self._row_at(place)
        side = None if at is None else self._places.side_at(at, place.x())
        return None if at is None or side is None else (at, side)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        end = self._end_at(event.position()) if event.button() is Qt.MouseButton.LeftButton else None
        if end is None or self._chances is None:
            super().mousePressEvent(event)
            return
        at, side = end
        row = self.chart.rows[at]
        grip = event.position().x() - self._places.end(at, row.at(side)).x()
        self._held = Held(at, side, along(self._chances.risk, row.bar.doubt), grip)
        self._drag.begin()
        self.show_view(replace(self.view, marked=side, scaled_to=self.chart.rows))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        held = self._held
        if held is None:
            super().mouseMoveEvent(event)
            if self._end_at(event.position()) is not None:
                self.setCursor(Qt.CursorShape.SizeHorCursor)
            elif self.hover is not None:
                self.setCursor(Qt.CursorShape.PointingHandCursor)
            return
        row = self.chart.rows[held.at]
        usd = self._places.usd(event.position().x() - held.grip, row.at(held.side))
        self._preview(held, self._value_at(held, usd))

    def _value_at(self, held: Held, added_usd: float) -> float:
        """The value of the input with which that is added to the cost, in few digits."""
        assert self._chances is not None
        usd = self._chances.tornado.middle_usd + added_usd
        value = held.along.value_at(usd, upwards=held.side == "high")
        return _within(held, self.chart.rows[held.at], float(f"{value:.{DIGITS}g}"))

    def _preview(self, held: Held, value: float) -> None:
        """Draw an end elsewhere, as long as it is not the input's range."""
        assert self._chances is not None
        row = self.chart.rows[held.at]
        if value == row.at(held.side).number:
            return
        usd = held.along.cost_at(value) - self._chances.tornado.middle_usd
        moved = row.moved(held.side, value, usd)
        rows = tuple(moved if at == held.at else each for at, each in enumerate(self.chart.rows))
        self.show_view(replace(self.view, rows=rows))
        self.said.emit(moved.end_words(held.side))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        held = self._held
        if held is None:
            super().mouseReleaseEvent(event)
            return
        self._drag.end()
        self._held = None
        before, row = self.view.scaled_to[held.at], self.chart.rows[held.at]
        if row.at(held.side) != before.at(held.side):
            self.end_moved.emit(row, held.side, row.at(held.side).number, object())
        newest, self._newest = self._newest, None
        if newest is not None:
            self.show_rows(*newest)

    def _let_go(self) -> None:
        """Show the bars as they were: what was dragged has become no range yet."""
        self._held = None
        newest, self._newest = self._newest, None
        self.show_rows(*(newest or (self.view.scaled_to, self._chances)))

    def leaveEvent(self, event: QEvent) -> None:
        if self._held is None:
            super().leaveEvent(event)

    # Keyboard

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, at = Qt.Key(event.key()), self.hover
        row = None if at is None else self.chart.rows[at]
        if at is None or row is None or not row.path or self._chances is None:
            super().keyPressEvent(event)
        elif key in _SIDES:
            side = row.ends[_SIDES[key]].side
            self._mark(side)
            self.said.emit(row.end_words(side))
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.dropped.emit(row)
        elif key in _STEPS:
            # A key held down is one gesture, which one undo takes back.
            if not event.isAutoRepeat():
                self._gesture = object()
            fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._step(at, row, _STEPS[key], fine=fine)
        else:
            super().keyPressEvent(event)

    def _step(self, at: int, row: DoubtRow, rightwards: int, *, fine: bool) -> None:
        """Move the marked end, or else the dearer one, by a step of its input's slider."""
        assert self._chances is not None
        side = self.view.marked or row.ends[1].side
        self._mark(side)
        held = Held(at, side, along(self._chances.risk, row.bar.doubt))
        dearer_is_higher = row.bar.cost_high_usd >= row.bar.cost_low_usd
        steps = rightwards if dearer_is_higher else -rightwards
        number = row.at(side).number
        value = _within(held, row, scale_of(_declared(row)).stepped(number, steps, fine=fine))
        if value != number:
            self._preview(held, value)
            self.end_moved.emit(self.chart.rows[at], side, value, self._gesture)


def _declared(row: DoubtRow) -> Input:
    """The input that settles a doubt."""
    return NUMBERS[row.path.rpartition(SEPARATOR)[2]]


def _within(held: Held, row: DoubtRow, value: float) -> float:
    """An end on its own side of what the plan takes, and no further than its input goes."""
    declared, base = _declared(row), held.along.base
    if held.side == "high":
        return min(declared.maximum, max(value, base))
    return max(declared.minimum, min(value, base))


def _same(rows: tuple[DoubtRow, ...], pointed: DoubtRow) -> int | None:
    """The row of an input among others, whoever's its range is; None = it is in doubt no more."""
    by_path = [row.path for row in rows]
    if pointed.path in by_path:
        return by_path.index(pointed.path)
    by_input = [path.rpartition(SEPARATOR)[2] for path in by_path]
    declared = pointed.path.rpartition(SEPARATOR)[2]
    return by_input.index(declared) if declared in by_input else None
