"""Market quotes beside the price: ticks under the slider, and a menu to take one."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtWidgets import QMenu, QToolButton

from isocost.catalog.entries.prices import PriceCard
from isocost.language import tr
from isocost.plan.project.choosing import price_from
from isocost.report.findings.inputs.captions import (
    ADD_QUOTE,
    NO_QUOTES,
    QUOTE_TERMS,
    YOUR_QUOTES,
    is_market,
    quote_line,
    quote_tick,
)
from isocost.ui.own.opening import open_own
from isocost.ui.session.session import Session
from isocost.ui.widgets.fields.slider import Tick
from isocost.ui.widgets.labels import plain_tip


class QuotesButton(QToolButton):
    """Opens the prices known for the selected accelerator; choosing one freezes it into the project."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.setObjectName("price.quotes")
        self.setAccessibleName(tr("Market prices"))
        self.setToolTip(tr("Take a market price"))
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        menu.aboutToShow.connect(self._fill)
        self.setMenu(menu)

    def cards(self) -> tuple[PriceCard, ...]:
        """The usual price of each kind of terms for the selected accelerator."""
        return tuple(self._session.catalog.price_cards(self._session.value("hardware.accelerator")))

    def ticks(self) -> list[Tick]:
        """A mark for each supplier's newest listed price."""
        quotes = self._session.catalog.quotes(self._session.value("hardware.accelerator"))
        newest = {(quote.supplier, quote.terms): quote for quote in quotes if is_market(quote)}
        market = [Tick(quote.usd_per_gpu_hour, quote_tick(quote)) for quote in newest.values()]
        return [*market, *(Tick(card.usd_per_gpu_hour, quote_line(card)) for card in self.kept())]

    def kept(self) -> tuple[PriceCard, ...]:
        """The plan's own quotes of the selected accelerator; what the market asks is not among them."""
        key, market = self._session.value("hardware.accelerator"), self.cards()
        every = self._session.project.prices
        return tuple(card for card in every if card.accelerator == key and card not in market)

    def _fill(self) -> None:
        menu = self.menu()
        menu.clear()
        cards = self.cards()
        if kept := self.kept():
            self._add_group(menu, YOUR_QUOTES, kept)
        if not cards and not kept:
            menu.addAction(NO_QUOTES).setEnabled(False)
        for terms, heading in QUOTE_TERMS.items():
            offered = [card for card in cards if card.commitment == terms]
            if offered:
                self._add_group(menu, heading, offered)
        menu.addSeparator()
        menu.addAction(ADD_QUOTE).triggered.connect(lambda _=False: open_own(self, "quotes"))

    def _add_group(self, menu: QMenu, heading: str, cards: Iterable[PriceCard]) -> None:
        if menu.actions():
            menu.addSeparator()
        menu.addAction(heading.upper()).setEnabled(False)
        for card in cards:
            action = menu.addAction(quote_line(card))
            action.setToolTip(plain_tip(card.source))
            action.triggered.connect(lambda _=False, chosen=card: self._take(chosen))

    def _take(self, card: PriceCard) -> None:
        price = price_from(card)
        values = {name: getattr(price, name) for name in price.__struct_fields__}
        self._session.set_section("price", tr("Price {quote_line}", quote_line=quote_line(card)), **values)
