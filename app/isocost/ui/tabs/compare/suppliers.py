"""One run under every supplier's price: a row each, and a click adopts it."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyleOptionViewItem, QWidget

from isocost.language import tr
from isocost.plan.answer.results import Estimate
from isocost.plan.compare.suppliers import BySupplier, SupplierPrice
from isocost.plan.doubt.beside import ByPrice
from isocost.plan.values import asked_by
from isocost.quantities import format_money
from isocost.report.decisions.comparing.suppliers import (
    age_short,
    card_note,
    card_notes,
    card_words,
    cards_said,
    cards_shown,
    cards_table,
    price_of,
    supplier_name,
)
from isocost.report.table import Table
from isocost.ui.look.theme import Theme
from isocost.ui.plot.base import made_pen, mixed, text_size
from isocost.ui.plot.chart import Drawing
from isocost.ui.widgets.cards.card import ChartCard
from isocost.ui.widgets.labels import WrapLabel
from isocost.ui.widgets.rows import (
    RIGHT,
    ROW,
    BarDelegate,
    ClickList,
    Index,
    Lines,
    RowsDrawing,
    write_text,
)

HEIGHT = 24
PRICE, AGE, TOTAL, APART = 58, 44, 62, 12
"""Pixels of a row's height, of its columns of figures, and between a price and how old it is."""
WORDS, LEAST_NOTE = 0.7, 60
"""Part of what the figures leave that words may have beside the bars, and pixels below which what is let is
left out."""
SLIM = 470
"""Pixels of a row below which what is let has no room."""


class CardDelegate(BarDelegate):
    """Paints a price card; holds the scale and what no price moves."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        self._still, self._full = 0.0, 0.0
        self._ends: dict[float, tuple[float, float]] = {}
        self._cards: tuple[SupplierPrice, ...] = ()
        self._measured: tuple[float, float, float, float] | None = None
        super().__init__(theme, HEIGHT, parent)

    def show(self, found: BySupplier, by_price: ByPrice | None) -> None:
        """Paint from now on for these cards; ``by_price``: with their ranges."""
        self._cards = cards = tuple(cards_shown(found))
        self._measured = None
        self._still = found.still_usd
        prices = {price_of(each) for each in cards} if by_price is not None else set()
        self._ends = {usd: by_price.ends(usd) for usd in prices} if by_price is not None else {}
        highest = [high for _, high in self._ends.values()]
        self._full = max([*(each.total_usd for each in cards), *highest], default=0.0)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        card: SupplierPrice = index.data(ROW)
        row, theme = QRectF(option.rect), self.theme
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.paint_ground(painter, row, option.state, chosen=card.own)

        line, beneath = self.rooms(row)

        def column(right: float, wide: float) -> QRectF:
            return QRectF(right - wide, line.top(), wide, line.height())

        total = column(line.right() - 8, theme.px(TOTAL))
        age = column(total.left(), self._age())
        price = column(age.left(), theme.px(PRICE))
        room = self._room(row.width())
        most = room * WORDS if beneath is None else room
        named, noted = self._widths(most, slim=row.width() < theme.px(SLIM))
        name = QRectF(line.left() + 8, line.top(), named, line.height())
        note = QRectF(name.right() + 8, line.top(), noted, line.height())
        bold = self.bold if card.own else self.small
        shown = supplier_name(card)
        if text_size(bold, shown)[0] > named:  # its ground says that it is the plan's
            shown = asked_by(card.card.supplier)
        write_text(painter, name, shown, bold, theme.text)
        write_text(painter, note, card_note(card), self.quiet, theme.quiet)
        write_text(painter, price, format_money(card.card.usd_per_gpu_hour), self.small, theme.quiet, RIGHT)
        ink = theme.stop if card.old else theme.care if card.stale else theme.quiet
        write_text(painter, age, age_short(card), self.quiet, ink, RIGHT)
        write_text(painter, total, format_money(card.total_usd), self.bold, theme.text, RIGHT)
        left = note.right() + 8
        if beneath is None:
            beneath = QRectF(left, line.top(), max(16.0, price.left() - left - 8), line.height())
        bars = QRectF(beneath.left(), beneath.center().y() - 6, beneath.width(), 12)
        self._paint_bar(painter, bars, card)
        painter.restore()

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self._measured = None

    def _widest(self) -> tuple[float, float, float, float]:
        """Pixels of what is let, of names with what is said of the plan's and without, and of ages."""

        def widest(words: Callable[[SupplierPrice], str], font: QFont) -> float:
            return max((text_size(font, words(each))[0] for each in self._cards), default=0.0)

        if self._measured is None:
            self._measured = (
                widest(card_note, self.quiet),
                widest(supplier_name, self.bold),
                widest(lambda each: asked_by(each.card.supplier), self.bold),
                widest(age_short, self.quiet),
            )
        return self._measured

    def _age(self) -> float:
        """Pixels of the column of ages."""
        return max(float(self.theme.px(AGE)), self._widest()[3] + APART)

    def _room(self, width: float) -> float:
        """Pixels of the words and the bar, in rows as wide as that."""
        return width - 32 - self.theme.px(TOTAL) - self._age() - self.theme.px(PRICE)

    def is_beneath(self, width: float) -> bool:
        return self._widest()[2] > self._room(width) * WORDS

    def _widths(self, most: float, *, slim: bool) -> tuple[float, float]:
        """Pixels of the names and of what is let, as wide as they are but no wider than ``most``; that a
        price is the plan's is told where all has room."""
        note, names, bare, _ = self._widest()
        notes = 0.0 if slim else note + 8
        if names + notes > most:
            names = min(most, bare)
        left = math.ceil(min(notes, most - names)) - 8
        return math.ceil(names), left if left >= self.theme.px(LEAST_NOTE) else 0.0

    def _paint_bar(self, painter: QPainter, room: QRectF, card: SupplierPrice) -> None:
        if self._full <= 0.0:
            return
        theme, per_usd = self.theme, room.width() / self._full
        still = max(0.0, min(self._still, card.total_usd))
        follows = QRectF(
            room.left() + still * per_usd, room.top(), (card.total_usd - still) * per_usd, room.height()
        )
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(mixed(theme.quiet, theme.panel, 0.45))
        painter.drawRoundedRect(QRectF(room.left(), room.top(), still * per_usd, room.height()), 3, 3)
        painter.setBrush(QColor(theme.series[0].line))
        if follows.width() > 1.0:  # a narrower one, cut by the gap, would be drawn the other way round
            painter.drawRoundedRect(follows.adjusted(1 if still else 0, 0, 0, 0), 3, 3)
        if (ends := self._ends.get(price_of(card))) is not None and ends[0] < ends[1]:
            low, high = (room.left() + usd * per_usd for usd in ends)
            middle = room.center().y()
            for colour, broad in ((theme.panel, 3.4), (theme.text, 1.4)):
                painter.setPen(made_pen(colour, broad))
                painter.drawLine(QPointF(low, middle), QPointF(high, middle))
                for x in (low, high):
                    painter.drawLine(QPointF(x, middle - 3.5), QPointF(x, middle + 3.5))


class SuppliersCard(ChartCard):
    """The card of all price cards known for the plan's accelerator."""

    adopted = Signal(object)
    """The :class:`SupplierPrice` to take over."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("suppliers", parent)
        self._found: BySupplier | None = None
        self._by_price: ByPrice | None = None
        self.cards: Lines[SupplierPrice] = Lines(lambda each: card_words(each, self._by_price), self)
        self._delegate = CardDelegate(theme, self)
        self.list = ClickList("suppliers.list", self.cards, self._delegate, self)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.list.viewport().setCursor(Qt.CursorShape.PointingHandCursor)
        self.list.setAccessibleDescription(tr("Enter takes the price over into the plan."))
        self.list.clicked.connect(self._adopt)
        self.notes = WrapLabel(self)
        self.notes.setProperty("role", "quiet")
        self.body.addWidget(self.list)
        self.body.addWidget(self.notes)
        self.body.addStretch(1)
        self.apply_theme(theme)
        self.say(tr("Suppliers"), tr("Comparing…"), tr("Comparing…"))

    def show_cards(
        self, found: BySupplier, called: str, estimate: Estimate, by_price: ByPrice | None = None
    ) -> None:
        """Draw the cards of a run, by what it is called, in place of the last ones; with their ranges."""
        self._found, self._by_price = found, by_price
        said = cards_said(found, called, by_price).of(estimate)
        self.say(*said)
        self._delegate.show(found, by_price)
        self.cards.show(cards_shown(found))
        self.list.setAccessibleName(said.finding)
        self.list.setVisible(bool(self.cards.rows))
        notes = " ".join(card_notes(found))
        self.notes.say(notes)
        self.notes.setVisible(bool(notes))
        self.list.show_all()

    def drawing(self) -> Drawing | None:
        return RowsDrawing(self.cards, self._delegate) if self.cards.rows else None

    def footnote(self) -> str:
        return self.notes.whole

    def table(self) -> Table:
        return cards_table(self._found, self._by_price) if self._found is not None else Table((), ())

    def apply_theme(self, theme: Theme) -> None:
        """Take the theme's type and colours."""
        super().apply_theme(theme)
        self.list.apply_theme(theme)
        self.list.show_all()

    def _adopt(self, index: QModelIndex) -> None:
        card: SupplierPrice = index.data(ROW)
        if not card.own:
            self.adopted.emit(card)
