"""From quotes to default prices: the one rule behind ``resources/price_cards.csv``.

For each accelerator and kind of terms: drop quotes that are not ``listed``; keep each supplier's newest day,
and of that day the largest instance, where regions differ in the cheapest; drop suppliers last seen more
than ``WINDOW_DAYS`` before the newest, and those that ask for one accelerator where others ask for servers of
several (on a marketplace single cards are what is offered); take the median over suppliers, dated like the
middle of their days. Where no cloud asks for more than one, the terms are ``single``: they price no cluster.
A claim is never averaged: each stands as its author wrote it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from isocost.catalog.prices import Commitment, PriceCard, PriceQuote

WINDOW_DAYS = 183
NAMED_SUPPLIERS = 3
PRICE_DECIMALS = 4
ON_DEMAND: tuple[Commitment, ...] = ("specialist", "hyperscaler")

INCLUDES: dict[Commitment, str] = {
    "specialist": "On demand, by the hour, with its share of server and network; storage and egress apart.",
    "hyperscaler": "On-demand list price, by the hour, with its share of server and network.",
    "single": "On demand, by the hour, one accelerator at a time; clusters are quoted apart.",
    "one-year": "Committed and paid for a whole year.",
    "marketplace": "Single cards of many hosts, often without a fast network between servers.",
    "capacity-block": "A block reserved for days or weeks ahead.",
    "claim": "The rate an author assumed; not an offer.",
}


def commitment_of(quote: PriceQuote) -> Commitment | None:
    """The kind of default price a quote can enter; None = none."""
    if quote.standing != "listed":
        return None
    if quote.terms in ("one-year", "capacity-block", "claim", "marketplace"):
        return quote.terms
    if quote.terms != "on-demand":
        return None
    return next((terms for terms in ON_DEMAND if terms == quote.tier), None)


def default_cards(quotes: Iterable[PriceQuote]) -> list[PriceCard]:
    """A card for every accelerator and kind of terms the quotes support, sorted by both."""
    groups: dict[tuple[str, Commitment], list[PriceQuote]] = defaultdict(list)
    for quote in quotes:
        if commitment := commitment_of(quote):
            groups[quote.accelerator, commitment].append(quote)
    cards: list[PriceCard] = []
    for (accelerator, commitment), members in sorted(groups.items()):
        if commitment == "claim":
            cards.extend(_claim(quote) for quote in sorted(members, key=lambda quote: quote.date))
        else:
            cards.append(_median_card(accelerator, commitment, members))
    return cards


def _claim(quote: PriceQuote) -> PriceCard:
    return PriceCard(
        quote.accelerator,
        quote.usd_per_gpu_hour,
        quote.supplier,
        "claim",
        quote.source,
        quote.date,
        quote.note or INCLUDES["claim"],
    )


def _median_card(accelerator: str, commitment: Commitment, quotes: list[PriceQuote]) -> PriceCard:
    used = _used(quotes, singles=commitment == "marketplace")
    lower, upper = used[(len(used) - 1) // 2], used[len(used) // 2]
    days = sorted(quote.date for quote in used)
    if commitment in ON_DEMAND and all(_is_single(quote) for quote in used):
        commitment = "single"
    return PriceCard(
        accelerator,
        round((lower.usd_per_gpu_hour + upper.usd_per_gpu_hour) / 2, PRICE_DECIMALS),
        _suppliers(used, list(dict.fromkeys(quote.supplier for quote in (lower, upper)))),
        commitment,
        _source(used, lower, upper),
        days[(len(days) - 1) // 2],
        " ".join([INCLUDES[commitment], *_remarks(used)]),
    )


def _used(quotes: list[PriceQuote], *, singles: bool) -> list[PriceQuote]:
    """The quote of each supplier that counts, cheapest first; with ``singles`` single cards do."""
    by_supplier: dict[str, list[PriceQuote]] = defaultdict(list)
    for quote in quotes:
        by_supplier[quote.supplier].append(quote)
    latest = [_newest(of_one) for of_one in by_supplier.values()]
    newest_day = max(date.fromisoformat(quote.date) for quote in latest)
    used = [q for q in latest if (newest_day - date.fromisoformat(q.date)).days <= WINDOW_DAYS]
    servers = used if singles else [quote for quote in used if not _is_single(quote)]
    return sorted(servers or used, key=lambda quote: (quote.usd_per_gpu_hour, quote.supplier))


def _is_single(quote: PriceQuote) -> bool:
    return quote.gpus_per_instance == 1


def _remarks(used: list[PriceQuote]) -> list[str]:
    remarks = []
    if all(quote.date_precision == "window" for quote in used):
        remarks.append("From a snapshot without a day: it may be newer than its date.")
    elif len(used) == 1 and used[0].note:
        remarks.append(f"{used[0].note[0].upper()}{used[0].note[1:]}.")
    return remarks


def _newest(quotes: list[PriceQuote]) -> PriceQuote:
    day = max(quote.date for quote in quotes)
    same_day = [quote for quote in quotes if quote.date == day]
    largest = max(quote.gpus_per_instance or 0 for quote in same_day)
    best = [quote for quote in same_day if (quote.gpus_per_instance or 0) == largest]
    return min(best, key=lambda quote: quote.usd_per_gpu_hour)


def _suppliers(used: list[PriceQuote], middle: list[str]) -> str:
    if len(used) == 1:
        return middle[0]
    names = [*middle, *(quote.supplier for quote in used if quote.supplier not in middle)]
    shown = names[:NAMED_SUPPLIERS]
    more = len(used) - len(shown)
    return f"median of {len(used)}: {', '.join(shown)}" + (f" and {more} more" if more else "")


def _source(used: list[PriceQuote], lower: PriceQuote, upper: PriceQuote) -> str:
    places = dict.fromkeys(_place(quote) for quote in (lower, upper))
    low, high = used[0].usd_per_gpu_hour, used[-1].usd_per_gpu_hour
    span = f"; {len(used)} suppliers ask ${low:.2f} to ${high:.2f}" if len(used) > 1 else ""
    return "; ".join(places) + span


def _place(quote: PriceQuote) -> str:
    through = f" (read through {quote.read_via})" if quote.read_via else ""
    return f"{quote.supplier}: {quote.source}{through}"
