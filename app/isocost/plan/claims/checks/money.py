"""Whether hours times price give the dollars told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from isocost.catalog import Catalog
from isocost.language import tr
from isocost.plan.claims.checks.check import Check, bounded
from isocost.plan.claims.market import market_of
from isocost.plan.claims.terms import Terms, as_told, dollars
from isocost.quantities import format_fixed, format_money, within_factor


def money(terms: Terms, catalog: Catalog) -> Check:
    """Whether hours times price give the dollars told, or dollars over hours a price that is asked."""
    claim, hours, rules = terms.claim, terms.gpu_hours, catalog.constants.claim_rules
    if claim.usd is None:
        sums = terms.usd.words if terms.usd is not None else ""
        if terms.price is not None and terms.entry is not None:
            asked = _on_the_market(terms, sums or terms.price.words, catalog)
            return replace(asked, reproduces=False)  # no money is told that could be
        return Check(
            "money",
            "unknown",
            tr("no dollars told"),
            (f"{sums}." if sums else tr("No amount of money is told."),),
        )
    if hours is None:
        return Check(
            "money",
            "unknown",
            tr("no hours told"),
            (tr("No hours are told that the money could be held against."),),
        )
    rate = claim.usd_per_gpu_hour
    if rate is None:
        assert terms.price is not None
        return _on_the_market(terms, f"{hours.words}; {terms.price.words}", catalog)
    if hours.follows and terms.price is not None:  # hours that were made of the money prove nothing of it
        asked = _on_the_market(terms, f"{hours.words}; {terms.price.words}", catalog)
        return replace(asked, reproduces=False)
    made = hours.value * rate
    ratio = claim.usd / made
    sums = f"{hours.words}; x {format_money(rate)} = {dollars(made)}"
    told = tr(
        "{sums}. Told: {dollars}, {fixed} times that.",
        sums=sums,
        dollars=as_told(claim.usd),
        fixed=format_fixed(ratio, 2),
    )
    words = (told, *_today(terms, catalog))
    if within_factor(ratio, rules.same_amount.value):
        return Check("money", "holds", tr("adds up"), words, ratio, reproduces=True, outcome="sums")
    if bounded(claim.bound, ratio):
        return Check(
            "money", "holds", tr("within its limit"), words, ratio, reproduces=True, outcome="bounded"
        )
    if within_factor(ratio, rules.about_the_same.value):
        return Check("money", "holds", tr("about adds up"), words, ratio, outcome="sums")
    return Check("money", "doubtful", tr("does not add up"), words, ratio)


def _today(terms: Terms, catalog: Catalog) -> Iterator[str]:
    """The hours told at what an hour of the accelerator costs now."""
    card = catalog.default_price(terms.entry.spec.id) if terms.entry is not None else None
    if card is not None and terms.gpu_hours is not None:
        cost = dollars(terms.gpu_hours.value * card.usd_per_gpu_hour)
        price = tr(
            "{money} an hour ({supplier}, {date})",
            money=format_money(card.usd_per_gpu_hour),
            supplier=card.supplier,
            date=card.date,
        )
        yield tr("The same hours at the newest usual price, {price}, cost {cost}.", price=price, cost=cost)


def _on_the_market(terms: Terms, sums: str, catalog: Catalog) -> Check:
    """The price of an hour, told or implied, against what is asked; ``sums`` say where it comes from."""
    assert terms.price is not None
    price, about = terms.price.value, catalog.constants.claim_rules.about_the_same.value
    market = market_of(terms.entry.spec.id, catalog) if terms.entry is not None else None
    if market is None:
        whose = (
            tr("Nobody's price of {name} is known.", name=terms.accelerator)
            if terms.entry is not None
            else tr("The accelerator is not told, or not in the catalogue, and so its price is not known.")
        )
        return Check("money", "unknown", tr("no price known"), (f"{sums}. {whose}",))
    asked = f"{sums}; {market.words}."
    card = catalog.default_price(terms.entry.spec.id) if terms.entry is not None else None
    usual = card.usd_per_gpu_hour if card is not None else market.low
    ratio = price / usual
    if bounded(terms.claim.bound, ratio):
        return Check(
            "money", "holds", tr("within its limit"), (asked,), ratio, reproduces=True, outcome="bounded"
        )
    same = catalog.constants.claim_rules.same_amount.value
    assumed = next((each for each in market.claimed if within_factor(price / each, same)), None)
    if assumed is not None:
        said = (asked, tr("Authors of claims assume {money}.", money=format_money(assumed)))
        return Check("money", "holds", tr("adds up as claims do"), said, price / assumed, reproduces=True)
    if market.low <= price <= market.high:
        # Quotes are wide: only near the usual one is it the same number.
        return Check(
            "money",
            "holds",
            tr("adds up"),
            (asked,),
            ratio,
            reproduces=within_factor(ratio, about),
            outcome="asked",
        )
    ever = tr(
        "Ever asked: {money} to {money_2}.",
        money=format_money(market.lowest),
        money_2=format_money(market.highest),
    )
    if market.lowest / about <= price <= market.highest * about:
        where = tr("below") if price < market.low else tr("above")
        said = (asked, tr("That is {where} the newest prices. {ever}", where=where, ever=ever))
        return Check("money", "holds", tr("{where} the newest prices", where=where), said, ratio)
    if price < market.low:
        return Check(
            "money",
            "doubtful",
            tr("too cheap"),
            (asked, tr("Nobody asks so little. {ever}", ever=ever)),
            ratio,
            outcome="priced",
        )
    return Check(
        "money",
        "doubtful",
        tr("too dear"),
        (asked, tr("Nobody asks so much. {ever}", ever=ever)),
        ratio,
        outcome="priced",
    )
