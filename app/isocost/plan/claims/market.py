"""What an accelerator-hour has been asked for: what a claim's price is held against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from isocost.catalog import Catalog
from isocost.catalog.entries.prices import PriceQuote
from isocost.language import tr
from isocost.quantities import format_money


@dataclass(frozen=True, slots=True)
class Market:
    """Prices of one accelerator, USD an hour: those of its newest quotes, and all there ever were."""

    low: float
    high: float
    suppliers: int
    newest: str
    """ISO day."""
    lowest: float
    highest: float
    claimed: tuple[float, ...]
    """What authors of claims assumed."""

    @property
    def words(self) -> str:
        """The newest quotes in a few words."""
        span = tr("{money} to {money_2}", money=format_money(self.low), money_2=format_money(self.high))
        asked = span if self.low != self.high else format_money(self.low)
        who = (
            tr("{suppliers} suppliers ask", suppliers=self.suppliers)
            if self.suppliers > 1
            else tr("one supplier asks")
        )
        return tr("{who} {asked} (newest of {newest})", who=who, asked=asked, newest=self.newest)


def market_of(accelerator: str, catalog: Catalog) -> Market | None:
    """The market of an accelerator; None where nobody's price is known.

    Claims are part of all there ever were, and no offer: not of the newest.
    """
    quotes = [quote for quote in catalog.quotes(accelerator) if quote.standing == "listed"]
    offers = [quote for quote in quotes if quote.tier != "claim"]
    if not offers:
        return None
    window = catalog.constants.economics.price_window_days.value
    newest = max(date.fromisoformat(quote.date) for quote in offers)
    recent = _newest([q for q in offers if (newest - date.fromisoformat(q.date)).days <= window])
    each = [quote.usd_per_gpu_hour for quote in recent]
    ever = [quote.usd_per_gpu_hour for quote in quotes]
    suppliers = len({quote.supplier for quote in recent})
    claimed = tuple(quote.usd_per_gpu_hour for quote in quotes if quote.tier == "claim")
    return Market(min(each), max(each), suppliers, newest.isoformat(), min(ever), max(ever), claimed)


def _newest(quotes: Sequence[PriceQuote]) -> list[PriceQuote]:
    """Of each supplier and its terms the newest day's."""
    days: dict[tuple[str, str], str] = {}
    for quote in quotes:
        key = (quote.supplier, quote.terms)
        days[key] = max(days.get(key, ""), quote.date)
    return [quote for quote in quotes if quote.date == days[quote.supplier, quote.terms]]
