"""One run under every price that suppliers ask for its accelerator."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from isocost.catalog import Catalog
from isocost.catalog.entries.prices import PriceCard, PriceQuote, newest_by_supplier, quoted_card
from isocost.plan.answer.across.curves import COMPARED_DAYS
from isocost.plan.answer.estimate import Answer
from isocost.plan.answer.warnings.ages import newest_price, price_age_days, staleness
from isocost.plan.money.arithmetic import CENTS
from isocost.plan.project.choosing import card_of, is_too_many, price_from
from isocost.plan.project.programme import Supply

ON_DEMAND = "on-demand"
_OF_MODE = {"spot": "spot", "reserved": "one-year", "block": "capacity-block"}
_OF_COMMITMENT = {"marketplace": "marketplace", "one-year": "one-year", "capacity-block": "capacity-block"}


@dataclass(frozen=True, slots=True)
class SupplierPrice:
    """The run at one supplier's price."""

    card: PriceCard
    total_usd: float
    delta_usd: float
    """Over the plan as it stands."""
    age_days: int | None
    """Since the price was read; None where it carries no day."""
    single: bool = False
    """Whether it is asked for single accelerators, and so says nothing of as many as the plan has."""
    own: bool = False
    """Whether it is the price the plan holds."""
    quoted_as: str = ""
    """What is let at that price: an instance, a region."""
    stale: bool = False
    """Whether it is out of date: see :func:`isocost.plan.answer.warnings.ages.staleness`."""
    old: bool = False
    """Whether it is so old that it is out of date whatever is known beside it."""


@dataclass(frozen=True, slots=True)
class BySupplier:
    """One run under several prices."""

    accelerator: str
    """As people call it."""
    terms: str
    """As quotes call them: on-demand, spot, one-year..."""
    prices: tuple[SupplierPrice, ...]
    """The plan's own among them, cheapest first."""
    too_old: int
    """Suppliers left out because what they asked is ``COMPARED_DAYS`` older than the newest."""
    fixed: tuple[str, ...]
    """Stages that no price of the plan's accelerator touches."""
    owned: bool
    """Whether the accelerators are owned, so that their rent changes nothing."""
    still_usd: float = 0.0
    """What the run would cost if the accelerators were free: what no price of them moves."""

    @property
    def moves(self) -> bool:
        """Whether the bill follows a price of the accelerator by as much as a cent."""
        return any(each.total_usd >= self.still_usd + 1.0 / CENTS for each in self.prices)


def priced_by_suppliers(answer: Answer, catalog: Catalog, today: date | None = None) -> BySupplier:
    """A scenario at the newest price of each supplier of its accelerator, on the plan's own terms.

    What is doubtful or of another variant is no offer and stays out; prices of the user's own files and the
    quotes the plan keeps are in.
    """
    today = today or date.today()
    scenario = answer.scenario
    entry = catalog.accelerator(scenario.hardware.accelerator)
    terms = _terms(scenario.supply, scenario.price.commitment)
    quotes = newest_by_supplier(
        quote
        for quote in catalog.quotes(entry.spec.id)
        if quote.standing == "listed" and quote.terms == terms and quote.tier not in ("index", "claim")
    )
    newest = date.fromisoformat(max((quote.date for quote in quotes), default=today.isoformat()))
    recent = [quote for quote in quotes if (newest - date.fromisoformat(quote.date)).days <= COMPARED_DAYS]
    offers = [(quoted_card(quote, quote.tier), quote) for quote in recent]
    plan = card_of(scenario)
    theirs = [(card, None) for card in (*catalog.own_prices.get(entry.spec.id, ()), *_quoted(answer, plan))]
    every: list[tuple[PriceCard, PriceQuote | None]] = [(plan, None), *theirs]
    every += [(card, quote) for card, quote in offers if not _same(card, plan)]
    prices = _priced(answer, every, today)
    return BySupplier(
        entry.short_name,
        terms,
        tuple(sorted(prices, key=lambda each: (each.total_usd, not each.own, each.card.supplier))),
        len(quotes) - len(recent),
        tuple(_fixed(answer)),
        owned=scenario.supply.mode == "own" and answer.reckoning.owned is not None,
        still_usd=_totals(answer, [0.0])[0],
    )


def _priced(
    answer: Answer, every: Sequence[tuple[PriceCard, PriceQuote | None]], today: date
) -> Iterator[SupplierPrice]:
    """The run at each price, the plan's own first."""
    catalog = answer.reckoning.catalog
    oldest = catalog.constants.economics.price_old_days.value
    entry = catalog.accelerator(answer.scenario.hardware.accelerator)
    cluster = is_too_many(int(answer.reckoning["held.count"]), "single", entry)
    totals = _totals(answer, [card.usd_per_gpu_hour for card, _ in every])
    for at, ((card, quote), total) in enumerate(zip(every, totals, strict=True)):
        let = () if quote is None else (quote.instance, quote.region)
        price = price_from(card)
        newest = newest_price(price, entry.spec.id, catalog)
        age = price_age_days(price, today)
        stale = staleness(price, newest, catalog, today) is not None
        yield SupplierPrice(
            card,
            total,
            round((total - totals[0]) * CENTS) / CENTS,
            age,
            single=cluster and quote is not None and quote.gpus_per_instance == 1,
            own=at == 0,
            quoted_as=", ".join(part for part in let if part),
            stale=stale,
            old=stale and age is not None and age > oldest,
        )


def _quoted(answer: Answer, plan: PriceCard) -> Iterator[PriceCard]:
    """Quotes of the plan's accelerator that the plan keeps beside the price it pays; no market's median."""
    catalog = answer.reckoning.catalog
    market = catalog.price_cards(plan.accelerator)
    for card in answer.project.prices:
        if card.accelerator == plan.accelerator and card not in market and not _same(card, plan):
            yield card


def _terms(supply: Supply, commitment: str) -> str:
    """The terms of quotes that stand beside the plan's price.

    Where terms are a discount on the price, the price itself is that of an hour on demand.
    """
    if supply.discount == 0.0 and supply.mode in _OF_MODE:
        return _OF_MODE[supply.mode]
    return _OF_COMMITMENT.get(commitment, ON_DEMAND)


def _same(card: PriceCard, plan: PriceCard) -> bool:
    """Whether a quote is the one the plan holds: a supplier's name may have words after it."""
    return card.usd_per_gpu_hour == plan.usd_per_gpu_hour and plan.supplier.startswith(card.supplier)


def _fixed(answer: Answer) -> Iterator[str]:
    for at in answer.reckoning.stages:
        stage = answer.scenario.stages[at]
        if stage.hardware is not None or stage.price is not None:
            yield stage.name


def _totals(answer: Answer, prices: Iterable[float]) -> list[float]:
    """The bill at each price of the plan's accelerator, all in one evaluation."""
    on, asked = answer.reckoning, np.array(list(prices))
    stages = [answer.scenario.stages[at] for at in on.stages]
    follows = np.array([s.hardware is None and s.price is None for s in stages], dtype=bool).reshape(-1, 1)
    held = np.asarray(on.values["stage.price"])
    given = {"stage.price": np.where(follows, asked, held), "held.price": asked}
    totals: list[float] = np.broadcast_to(on.values.again(**given)["total"], asked.shape).tolist()
    return totals
