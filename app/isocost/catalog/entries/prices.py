"""Rental prices with everything needed to judge them, and the rule from quotes to default prices."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

import msgspec

from isocost.language import capital

Usd = Annotated[float, msgspec.Meta(gt=0, le=1e6)]
IsoDay = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}-\d{2}$")]
PartialDate = Annotated[str, msgspec.Meta(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")]
"""An ISO day, month or year."""
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]

Commitment = Literal[
    "marketplace", "single", "specialist", "hyperscaler", "one-year", "capacity-block", "claim"
]
"""Terms of a default price: single cards from many hosts, single accelerators from a cloud, a GPU cloud's
on-demand price, a large cloud's list price, a year's contract, a short reserved block, or the price an
author's cost claim assumes."""

OFFERS: tuple[Commitment, ...] = (
    "specialist",
    "single",
    "hyperscaler",
    "one-year",
    "marketplace",
    "capacity-block",
)
"""Terms anybody can have, in the order a default is looked for."""

COMMITMENTS: tuple[Commitment, ...] = (*OFFERS, "claim")

NO_CLUSTER = ("single", "marketplace")
"""Terms of accelerators without a fast network between them: they say nothing of what a cluster costs."""

TERM_DAYS = {"one-year": 365.0}
"""Days that must be taken, and paid, at least, by the terms that bind for so long."""


class PriceCard(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One price per accelerator-hour, in USD before tax, as a project freezes it."""

    accelerator: str
    """Accelerator id of the catalogue, for example ``h100-sxm``."""
    usd_per_gpu_hour: float
    """USD per accelerator per hour."""
    supplier: str
    """Who asks the price: a cloud, several named clouds, or the author of a published claim."""
    commitment: str
    """Terms: one of ``COMMITMENTS``, or words of the user's own."""
    source: str
    """Where the price was read: page, data set or document."""
    date: str
    """ISO day (or first day of the month) the price was read or published."""
    includes: str = ""
    """What the hour buys besides the accelerator, in words; empty = not stated."""


class PriceQuote(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One price as one supplier asked it on one day: a row of ``resources/prices.csv``."""

    accelerator: Text
    supplier: Text
    usd_per_gpu_hour: Usd
    terms: Literal[
        "on-demand",
        "marketplace",
        "one-year",
        "three-year",
        "long-term",
        "short-term",
        "spot",
        "capacity-block",
        "serverless",
        "managed",
        "claim",
    ]
    tier: Literal["marketplace", "specialist", "hyperscaler", "index", "claim"]
    date: IsoDay
    """Day read; the first day of the window when ``date_precision`` is coarser than a day."""
    date_precision: Literal["day", "month", "year", "window"]
    standing: Literal["listed", "unverified", "variant-unknown", "floor"]
    """Anything but ``listed`` is shown, and never enters a default price."""
    source: Text
    instance: str = ""
    gpus_per_instance: Annotated[int, msgspec.Meta(ge=1, le=100_000)] | None = None
    region: str = ""
    read_via: str = ""
    """The data set the price was taken from, when the supplier's own page was not read."""
    note: str = ""


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


def default_cards(quotes: Iterable[PriceQuote], window_days: float) -> list[PriceCard]:
    """A card for every accelerator and kind of terms the quotes support, sorted by both.

    For each accelerator and kind of terms: drop quotes that are not ``listed``; keep each supplier's newest
    day, and of that day the largest instance, where regions differ in the cheapest; drop suppliers last seen
    more than ``window_days`` before the newest, as the market moves within months, and those that ask for one
    accelerator where others ask for servers of several (on a marketplace single cards are what is offered);
    take the median over suppliers, dated like the middle of their days. Where no cloud asks for more than
    one, the terms are ``single``: they price no cluster. A claim is never averaged: each stands as its author
    wrote it.
    """
    groups: dict[tuple[str, Commitment], list[PriceQuote]] = defaultdict(list)
    for quote in quotes:
        if commitment := commitment_of(quote):
            groups[quote.accelerator, commitment].append(quote)
    cards: list[PriceCard] = []
    for (accelerator, commitment), members in sorted(groups.items()):
        if commitment == "claim":
            cards.extend(
                quoted_card(quote, "claim", quote.note or INCLUDES["claim"])
                for quote in sorted(members, key=lambda quote: quote.date)
            )
        else:
            cards.append(_median_card(accelerator, commitment, members, window_days))
    return cards


def market_of(quotes: Iterable[PriceQuote], commitment: str, window_days: float) -> list[PriceQuote]:
    """What suppliers ask for one accelerator on some terms now: the newest quote of each, cheapest first.

    Wider than what a default price is the median of, since it tells how far prices spread and not where they
    lie: single accelerators count, and so do listings that do not say which variant they are of. Empty for
    terms nobody offers, such as a claim's or words of the user's own.
    """
    if commitment not in OFFERS:
        return []
    # What is called single are on-demand terms of clouds that ask for no more than one.
    meant = ON_DEMAND if commitment == "single" else (commitment,)
    known = (
        quote if quote.standing == "listed" else msgspec.structs.replace(quote, standing="listed")
        for quote in quotes
        if quote.standing in ("listed", "variant-unknown")
    )
    members = [quote for quote in known if commitment_of(quote) in meant]
    return _of_the_window(members, window_days) if members else []


def quoted_card(quote: PriceQuote, commitment: str, includes: str = "") -> PriceCard:
    """A quote as the price it is, on the terms ``commitment``."""
    return PriceCard(
        quote.accelerator,
        quote.usd_per_gpu_hour,
        quote.supplier,
        commitment,
        quote.source,
        quote.date,
        includes,
    )


def _median_card(
    accelerator: str, commitment: Commitment, quotes: list[PriceQuote], window_days: float
) -> PriceCard:
    used = _used(quotes, window_days, singles=commitment == "marketplace")
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


def _used(quotes: list[PriceQuote], window_days: float, *, singles: bool) -> list[PriceQuote]:
    """The quote of each supplier that counts, cheapest first; with ``singles`` single cards do."""
    used = _of_the_window(quotes, window_days)
    servers = used if singles else [quote for quote in used if not _is_single(quote)]
    return servers or used


def _of_the_window(quotes: list[PriceQuote], window_days: float) -> list[PriceQuote]:
    """The newest quote of each supplier seen within a window before the newest of all, cheapest first."""
    latest = newest_by_supplier(quotes)
    newest_day = max(date.fromisoformat(quote.date) for quote in latest)
    used = [q for q in latest if (newest_day - date.fromisoformat(q.date)).days <= window_days]
    return sorted(used, key=lambda quote: (quote.usd_per_gpu_hour, quote.supplier))


def newest_by_supplier(quotes: Iterable[PriceQuote]) -> list[PriceQuote]:
    """Each supplier's newest quote; of one day the largest instance, where regions differ in the cheapest."""
    by_supplier: dict[str, list[PriceQuote]] = defaultdict(list)
    for quote in quotes:
        by_supplier[quote.supplier].append(quote)
    return [_newest(of_one) for of_one in by_supplier.values()]


@dataclass(frozen=True, slots=True)
class TermShare:
    """A price on some terms over that of the same thing of the same supplier by the hour."""

    share: float
    supplier: str
    date: str


def term_share(
    quotes: Sequence[PriceQuote], terms: str, supplier: str, window_days: float
) -> TermShare | None:
    """What terms take off a price, where one supplier asks both; None where none does.

    The newest counts, that of ``supplier`` before any other's; both prices are of one instance and region and
    at most ``window_days`` apart.
    """
    listed = [each for each in quotes if each.standing == "listed" and each.tier not in ("index", "claim")]
    hourly = [quote for quote in listed if quote.terms == "on-demand"]
    found: list[tuple[bool, str, TermShare]] = []
    for quote in listed:
        same = [each for each in hourly if _what(each) == _what(quote) and _apart(each, quote) <= window_days]
        if quote.terms == terms and same:
            beside = min(same, key=lambda each: (_apart(each, quote), each.usd_per_gpu_hour))
            share = TermShare(quote.usd_per_gpu_hour / beside.usd_per_gpu_hour, quote.supplier, quote.date)
            found.append((supplier.startswith(quote.supplier), quote.date, share))
    return max(found, key=lambda each: each[:2])[2] if found else None


def _what(quote: PriceQuote) -> tuple[str, str, str, int | None]:
    return quote.supplier, quote.region, quote.instance, quote.gpus_per_instance


def _apart(one: PriceQuote, other: PriceQuote) -> int:
    return abs((date.fromisoformat(one.date) - date.fromisoformat(other.date)).days)


def _is_single(quote: PriceQuote) -> bool:
    return quote.gpus_per_instance == 1


def _remarks(used: list[PriceQuote]) -> list[str]:
    remarks = []
    if all(quote.date_precision == "window" for quote in used):
        remarks.append("From a snapshot without a day: it may be newer than its date.")
    elif len(used) == 1 and used[0].note:
        remarks.append(f"{capital(used[0].note)}.")
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
