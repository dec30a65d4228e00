"""An exact field: typed as people write numbers, with what was understood or what is wrong said in words."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from PySide6.QtCore import QEvent, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFont, QKeyEvent, QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from isocost.language import later, listed, tr
from isocost.plan.inputs.input import Input, problem
from isocost.plan.inputs.ranging import Ends
from isocost.quantities import (
    DOLLAR,
    WHOLE,
    MoneyUnit,
    QuantityError,
    format_count,
    format_exact,
    format_quantity,
    format_significant,
    named_several,
    shown_money,
    typed_money,
)
from isocost.quantities.ranges import parse_range
from isocost.ui.widgets.fields.typing import WindowKeys
from isocost.ui.widgets.labels import restyle

_PAINTED_UNITS = {
    "$/GPU-h": "/GPU-h",
    "$/kW-month": "/kW-mo",
    "$/GB-month": "/GB-mo",
    "$/kWh": "/kWh",
    "$/Mtok": "/Mtok",
    "$/month": later("/month"),
    "$/week": later("/week"),
    "$/GB": "/GB",
    "$": "",
    "%": "",
    "h": "",
}
"""Units drawn after the text; the others are part of the text itself."""


def _painted(unit: str) -> str:
    unit = _PAINTED_UNITS.get(unit, unit)
    return tr(unit) if unit else ""


EDITED_DIGITS = 6
"""Significant digits of a measured value while it is edited."""
WHOLE_DIGITS = 12
"""Of whole numbers and money, which lose none that count."""

FINEST = 0.01
"""An automatic number below this one is shown as less than it."""

PADDING = 9
"""Pixels between the text and the edge, frame included."""

GAP = 5
"""Pixels between the picture of a range and the text."""


class QuantityEdit(QLineEdit):
    """A line for one value of a field: Enter applies and leaves it, Escape restores, ``*1.2`` is a factor."""

    committed = Signal(float)
    """A valid value was entered."""
    ranged = Signal(object)
    """A range was entered: its low end, its middle or None, its high end."""
    cleared = Signal()
    """An optional value was emptied: back to automatic."""
    said = Signal(str, bool)
    """What was understood, or (True) what is wrong; empty = nothing to say."""

    def __init__(self, field: Input, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._field = field
        self._value: float | None = None
        self._automatic = False
        self._roomy = False
        self._bars: tuple[float, ...] = ()
        self._pictured = False
        self._empty_words = tr("Empty means automatic.")
        self._refused: Callable[[float], str] = lambda value: ""
        self._range_said: Callable[[Ends], tuple[str, bool]] | None = None
        self._several: Mapping[str, float] = {}
        self._currencies: Callable[[], tuple[MoneyUnit, ...]] = lambda: (shown_money(),)
        self._unit = _painted(field.unit)
        self.setProperty("role", "quantity")
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        # Qt sends this for typing alone, and textChanged for what the program writes as well.
        self.textEdited.connect(self._explain)
        self.textChanged.connect(self._make_room)
        WindowKeys(self, self.isModified)

    def show_value(self, value: float | None, *, automatic: bool = False) -> None:
        """Show a value, unless the user is typing another."""
        self._value = value
        self._automatic = automatic
        if not self.isModified():
            self._restore()

    def refuse(self, refused: Callable[[float], str]) -> None:
        """Take no value that ``refused`` has a sentence against, nor what the field itself cannot have."""
        self._refused = refused

    def take_ranges(self, said: Callable[[Ends], tuple[str, bool]]) -> None:
        """Take ranges too: ``said`` gives what one means, or (with True) what is wrong with it."""
        self._range_said = said

    def say_empty(self, words: str) -> None:
        """Say what an emptied value means, where that is not that it is filled in."""
        self._empty_words = words

    def take_currencies(self, currencies: Callable[[], tuple[MoneyUnit, ...]]) -> None:
        """Take amounts in other currencies too: ``currencies`` gives those known, the one shown first."""
        self._currencies = currencies

    def take_several(self, several: Mapping[str, float]) -> None:
        """Take counts of what else the field's things are told in: its name, and how many each holds."""
        self._several = several

    def set_noun(self, noun: str) -> None:
        """Count something else than the field's GPUs."""
        self._unit = _painted(self._field.unit).replace("GPU", noun)
        self._make_room()
        self.update()

    def show_range(self, bars: tuple[float, ...]) -> None:
        """Draw how likely values are before the number, where it has room; no heights = it is known."""
        if bars != self._bars:
            self._bars = bars
            self._make_room()
            self.update()

    @property
    def pictured(self) -> bool:
        """Whether a range is drawn."""
        return self._pictured

    @property
    def unit(self) -> str:
        """What is written after the value."""
        return singular(self._unit) if self._value == 1 else self._unit

    def _restore(self) -> None:
        self._mark(wrong=False)
        self.setText(self._text())
        self.setModified(False)

    def _text(self) -> str:
        if self._value is None:
            return tr("auto") if self._automatic else ""
        # While it is edited a value has its digits: applied again, the short form would round it.
        if self.hasFocus() and not self._automatic:
            return _editable(self._value, self._field)
        short = format_quantity(self._value, self._field.quantity)
        if self._automatic and 0.0 < self._value < FINEST and self._field.quantity == "number":
            short = f"<{format_significant(FINEST)}"
        return tr("auto {short}", short=short) if self._automatic else short

    def _read(self) -> float:
        """The value typed.

        Raises:
            QuantityError: it is no number, or not one the field can have.
        """
        value = self._field.read(
            self.text(),
            current=self._value,
            unit=self._unit,
            money=self._currencies(),
            several=self._several,
        )
        # A whole number times 1.2 need not be whole: it is rounded rather than refused.
        if self._field.integer and value != int(value):
            value = float(round(value))
        if wrong := problem(self._field, value) or self._refused(value):
            raise QuantityError(wrong)
        return value

    def _read_range(self) -> tuple[Ends, str] | None:
        """The range typed, and what it means; None = what is typed is none.

        Raises:
            QuantityError: it is a range that the field cannot have.
        """
        if self._range_said is None:
            return None
        units, money = (*self._field.words, self._unit), self._currencies()
        ends = parse_range(self.text(), self._field.quantity, unit=units, money=money)
        if ends is None:
            return None
        words, wrong = self._range_said(ends)
        if wrong:
            raise QuantityError(words)
        return ends, words

    def _explain(self) -> None:
        try:
            if ranged := self._read_range():
                self._mark(wrong=False)
                self.said.emit(ranged[1], False)
                return
            value = self._read()
        except QuantityError as problem:
            self._mark(wrong=not self._emptied())
            self.said.emit(self._empty_words if self._emptied() else str(problem), not self._emptied())
        else:
            self._mark(wrong=False)
            proof = f"{self._held_words()}{self._rate_words()}"
            self.said.emit(f"= {_spelled(value, self._field, self._unit)}{proof}", False)

    def _held_words(self) -> str:
        """How many each of what was counted holds, where that was not typed; else nothing."""
        named = named_several(self.text(), self._several)
        return tr(", {each} per {name}", each=format_count(named[1]), name=named[0]) if named else ""

    def _rate_words(self) -> str:
        """The currency that was typed and its rate, where it is not the dollar; else nothing."""
        if self._field.quantity != "money":
            return ""
        shown, typed = shown_money(), typed_money(self.text(), self._currencies())
        if shown == typed:
            return "" if typed.is_dollar else tr(" at {rate_words}", rate_words=typed.rate_words)
        rates = listed(
            tr("{code} at {rate_words}", code=each.code, rate_words=each.rate_words)
            for each in (typed, shown)
            if not each.is_dollar
        )
        return f": {self.text().strip()}, {rates}"

    def _emptied(self) -> bool:
        return self._field.optional and self.text().strip().lower() in ("", "auto")

    def _apply(self) -> bool:
        """Hand over what was typed; False when it cannot be."""
        if self._emptied():
            self._done()
            self.cleared.emit()
            return True
        try:
            ranged = self._read_range()
            value = self._read() if ranged is None else 0.0
        except QuantityError as problem:
            self.said.emit(str(problem), True)
            return False
        self._done()
        if ranged is None:
            self.committed.emit(value)
        else:
            self.ranged.emit(ranged[0])
        return True

    def _done(self) -> None:
        self.setModified(False)
        self._mark(wrong=False)
        self.said.emit("", False)

    def _give_up(self) -> None:
        self._restore()
        self.said.emit("", False)

    def _mark(self, *, wrong: bool) -> None:
        restyle(self, "wrong", wrong)

    # Events

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            # The keys then are the window's again: undo, the pages, what a number key does on one.
            if not self.isModified() or self._apply():
                self.clearFocus()
        elif event.key() == Qt.Key.Key_Escape and self.isModified():
            self._give_up()
            self.selectAll()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if not self.isModified():
            self._restore()
            self.selectAll()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Leaving applies what can be applied; a value that is wrong is given up rather than kept unseen."""
        super().focusOutEvent(event)
        # A menu takes the focus as well, the edit's own with Paste among them: nobody left.
        if event.reason() is Qt.FocusReason.PopupFocusReason:
            return
        if self.isModified() and not self._apply():
            self._give_up()
        self._restore()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self._make_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        if self._pictured:
            self._paint_range(painter)
        if self._roomy and self.text():
            self._paint_unit(painter)
        painter.end()

    def _paint_unit(self, painter: QPainter) -> None:
        font = painter.font()
        # A painter begins with the font of the widget, which the style sheet made bold for the number.
        font.setWeight(QFont.Weight.Normal)
        painter.setFont(font)
        painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
        room = QRect(0, 0, self.width() - PADDING, self.height())
        painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self.unit)

    def _paint_range(self, painter: QPainter) -> None:
        """How likely each part of the range is, as small bars on one foot."""
        metrics = self.fontMetrics()
        height, foot = metrics.ascent(), (self.height() + metrics.ascent()) / 2
        step = (self._picture_width() - GAP) / len(self._bars)
        painter.setPen(Qt.PenStyle.NoPen)
        colour = self.palette().color(QPalette.ColorRole.Accent)
        colour.setAlphaF(0.55)
        painter.setBrush(colour)
        for at, share in enumerate(self._bars):
            tall = max(1.0, share * height)
            painter.drawRect(QRectF(PADDING + at * step, foot - tall, max(1.0, step - 0.5), tall))

    def _picture_width(self) -> int:
        """Pixels of the picture of a range, in proportion to the text, with its distance."""
        return round(1.5 * self.fontMetrics().height()) + GAP

    def _make_room(self) -> None:
        """Keep the text clear of what is painted beside it, at any size; a long one takes its place."""
        metrics = self.fontMetrics()
        needed = metrics.horizontalAdvance(self._unit) + 4
        taken = metrics.horizontalAdvance(self.text()) + 2 * PADDING
        picture = self._picture_width() if self._bars else 0
        self._pictured = bool(self._bars) and taken + picture <= self.width()
        taken += picture if self._pictured else 0
        # The unit is painted beside the text, which Qt knows nothing of: without a margin they would overlap.
        self._roomy = bool(self._unit and self.text()) and taken + needed <= self.width()
        left, right = picture if self._pictured else 0, needed if self._roomy else 0
        if (self.textMargins().left(), self.textMargins().right()) != (left, right):
            self.setTextMargins(left, 0, right, 0)


def _editable(value: float, field: Input) -> str:
    """A value to type over, without the digits of a computation; untouched, the value itself stays."""
    digits = WHOLE_DIGITS if field.quantity in (*WHOLE, "money") else EDITED_DIGITS
    # Money is rounded as it is shown: of a sum in another currency its USD may have every digit.
    money = shown_money() if field.quantity == "money" else DOLLAR
    return format_exact(money.usd(float(f"{money.shown(value):.{digits}g}")), field.quantity)


def singular(things: str) -> str:
    """What one of them is called: "GPU" of "GPUs", "prompt a round" of "prompts a round"."""
    if things == tr("people"):
        return tr("person")
    first, space, rest = things.partition(" ")
    one = first[:-1] if first.endswith("s") and len(first) > len("s") else first
    return f"{one}{space}{rest}"


def _spelled(value: float, field: Input, unit: str) -> str:
    """A value in full digits with its unit, as proof of what was understood."""
    if field.quantity in ("number", *WHOLE):
        whole = 1 <= abs(value) < 1e18 and value == int(value)
        written = format_count(value) if whole else format_significant(value)
        things = unit or field.unit or field.label.lower()
        return f"{written} {singular(things) if value == 1 else things}"
    return f"{format_exact(_rounded(value, field), field.quantity)} {unit}".strip()


def _rounded(value: float, field: Input) -> float:
    """A value to the digits that tell it, money to the cent at least: a sum has every digit of a float."""
    money = shown_money()
    size = money.shown(value) if field.quantity == "money" else value
    places = EDITED_DIGITS - 1 - (math.floor(math.log10(abs(size))) if size else 0)
    if field.quantity != "money":
        return round(size, places)
    return money.usd(round(size, max(places, money.digits)))
