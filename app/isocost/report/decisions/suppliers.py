"""One run under every supplier's price."""

from __future__ import annotations

from dataclasses import replace

from isocost.plan.answer.estimate import Answer
from isocost.plan.compare.suppliers import BySupplier, SupplierPrice
from isocost.plan.doubt.beside import ByPrice
from isocost.quantities import SPACE, format_count, format_counted, format_money
from isocost.report.decisions.doubt import ends_said
from isocost.report.decisions.words import signed_money
from isocost.report.findings.said import Said
from isocost.report.table import Column, Table
from isocost.report.told import Section, Told

THE_PLAN = "The plan"
"""What a run is called that has no letter."""

TERMS = {
    "on-demand": "on demand",
    "spot": "spot",
    "one-year": "for a year",
    "capacity-block": "reserved for weeks",
    "marketplace": "on marketplaces",
}


def told(found: BySupplier, answer: Answer) -> Told:
    """A scenario's total at each price, cheapest first."""
    return Told(
        title=f"{answer.project.name}: {answer.scenario.name}",
        finding=suppliers_said(found),
        sections=(Section("Prices", tuple(notes_said(found)), _shown(found)),),
        tree=_tree(found, answer),
        rows=_rows(found),
    )


def suppliers_said(found: BySupplier) -> str:
    """What the same run costs from the cheapest to the dearest supplier that quotes so many."""
    terms = TERMS.get(found.terms, found.terms)
    if found.owned:
        return f"The {found.accelerator} are owned: no rent changes this plan"
    asked = [each for each in found.prices if not each.single]
    if len(asked) == 1:
        return f"Nobody else's price of {found.accelerator} {terms} is known"
    low, high = asked[0], asked[-1]
    held = next(each for each in found.prices if each.own)
    said = (
        f"{format_money(low.total_usd)} to {format_money(high.total_usd)}"
        f" under {format_counted(len(asked), 'price')} of {found.accelerator} {terms}"
    )
    if low.total_usd < held.total_usd:
        asked_of = f"{low.card.supplier} ({age_words(low)})" if low.stale else low.card.supplier
        return f"{said}: {asked_of} would save {format_money(held.total_usd - low.total_usd)}"
    return f"{said}: none is below the plan's own"


def notes_said(found: BySupplier) -> list[str]:
    """What to know of the prices: ages, single accelerators, what they do not touch."""
    said = []
    stale = sum(each.stale for each in found.prices)
    if stale:
        old = sum(each.old for each in found.prices)
        more = "" if not old else " by months" if old == stale else f", {format_count(old)} of them by months"
        verb = "is" if stale == 1 else "are"
        said.append(f"{format_counted(stale, 'price')} {verb} out of date{more}: ask again.")
    if any(each.single for each in found.prices):
        said.append("Prices of single accelerators say nothing of a cluster with a network between them.")
    if found.too_old:
        said.append(f"{format_counted(found.too_old, 'supplier')} left out: their newest price is too old.")
    if found.fixed:
        said.append(f"Not touched, on hardware or at prices of their own: {'; '.join(found.fixed)}.")
    return said


def age_words(each: SupplierPrice) -> str:
    """How old a price is, and what to think of it."""
    if each.age_days is None:
        return "no day"
    age = format_counted(each.age_days, "day")
    return f"{age}, old" if each.old else f"{age}, stale" if each.stale else age


def supplier_name(each: SupplierPrice) -> str:
    """Who asks the price, and whether it is the plan's."""
    return f"{each.card.supplier} (this plan)" if each.own else each.card.supplier


def card_note(each: SupplierPrice) -> str:
    """What is let at a price, and on which terms."""
    if each.single:
        return "single accelerators"
    return each.quoted_as or TERMS.get(each.card.commitment, each.card.commitment)


def card_words(each: SupplierPrice, by_price: ByPrice | None = None) -> str:
    """A price card on one line; ``by_price``: with its range."""
    said = f"{supplier_name(each)}, {card_note(each)}" if card_note(each) else supplier_name(each)
    price = f"{format_money(each.card.usd_per_gpu_hour)} an hour, {age_words(each)}"
    delta = "" if each.own else f", {signed_money(each.delta_usd)}"
    likely = ""
    if by_price is not None:
        beside = " without the reserve" if by_price.without_reserve else ""
        ends = ends_said(*map(format_money, by_price.ends(price_of(each))))
        likely = f"; 8 chances in 10{beside}: {ends}"
    return f"{said}: {price}, the programme {format_money(each.total_usd)}{delta}{likely}"


def price_of(each: SupplierPrice) -> float:
    """USD an hour of a price card."""
    return each.card.usd_per_gpu_hour


def cards_said(found: BySupplier, called: str, by_price: ByPrice | None = None) -> Said:
    """What the same run, called by its letter or else the plan, costs under every price card."""
    how = "Blue follows the price an hour. A click takes a price over."
    if by_price is not None:
        how = "Blue follows the price; whiskers: 8 in 10. The order is certain."
    cards = "; ".join(card_words(each, by_price) for each in cards_shown(found))
    summary = f"{suppliers_said(found)}. {cards}. {' '.join(card_notes(found))}".strip()
    return Said(_cards_finding(found, called), how, summary)


def _cards_finding(found: BySupplier, called: str) -> str:
    """The same as :func:`suppliers_said` where there is little room."""
    shown = cards_shown(found)
    if found.owned or len(shown) < 2:
        return suppliers_said(found)
    low, held = shown[0], next(each for each in shown if each.own)
    span = f"{format_money(low.total_usd)} to {format_money(shown[-1].total_usd)}"
    said = f"{called} at {len(shown)} prices: {span}"
    saved = held.total_usd - low.total_usd
    if saved <= 0.0:
        return f"{said}; none is lower"
    # A price nobody may ask any more is no saving without a word on its age.
    asked = f"{low.card.supplier} ({age_short(low)})" if low.stale else low.card.supplier
    return f"{said}; {asked} saves {format_money(saved)}"


def cards_shown(found: BySupplier) -> tuple[SupplierPrice, ...]:
    """Prices of as many accelerators as the plan has, and the plan's own."""
    return tuple(each for each in found.prices if each.own or not each.single)


def card_notes(found: BySupplier) -> list[str]:
    """What to know of the cards that are shown, and of those that are not."""
    shown = cards_shown(found)
    said = notes_said(replace(found, prices=shown))
    if left := len(found.prices) - len(shown):
        prices = format_counted(left, "price")
        said.append(f"Not shown: {prices} of single accelerators, which say nothing of a cluster.")
    return said


def cards_table(found: BySupplier, by_price: ByPrice | None = None) -> Table:
    """Every card with its source; ``by_price``: and its range."""
    table = _rows(found)
    if by_price is None:
        return table
    names = ("1 in 10 below", "1 in 10 above")
    columns = tuple(Column(name, format_money, right=True, key=f"{name} (USD)") for name in names)
    rows = (
        (*row, *by_price.ends(price_of(each))) for row, each in zip(table.rows, found.prices, strict=True)
    )
    return Table((*table.columns, *columns), tuple(rows))


def adopted_words(each: SupplierPrice) -> str:
    """What taking a price over is called in the history."""
    return f"Price of {each.card.supplier}, {format_money(each.card.usd_per_gpu_hour)}"


def age_short(each: SupplierPrice) -> str:
    """Days since a price was read, where there is little room."""
    return "" if each.age_days is None else f"{each.age_days}{SPACE}d"


def _shown(found: BySupplier) -> Table:
    columns = (
        Column("Supplier"),
        Column("Quoted as"),
        Column("Terms"),
        Column("Price", format_money, right=True),
        Column("Read"),
        Column("Age"),
        Column("Total", format_money, right=True),
        Column("Against the plan", signed_money, right=True),
    )
    rows = tuple(
        (
            supplier_name(each),
            each.quoted_as or None,
            "single accelerators" if each.single else each.card.commitment or None,
            each.card.usd_per_gpu_hour,
            each.card.date or None,
            age_words(each),
            each.total_usd,
            None if each.own else each.delta_usd,
        )
        for each in found.prices
    )
    return Table(columns, rows)


def _tree(found: BySupplier, answer: Answer) -> dict[str, object]:
    return {
        "accelerator": answer.scenario.hardware.accelerator,
        "terms": found.terms,
        "total_usd": answer.estimate.total.cost_usd,
        "suppliers": [
            {
                "supplier": each.card.supplier,
                "usd_per_gpu_hour": each.card.usd_per_gpu_hour,
                "term": each.card.commitment,
                "date": each.card.date,
                "age_days": each.age_days,
                "stale": each.stale,
                "single": each.single,
                "plan": each.own,
                "total_usd": each.total_usd,
                "delta_usd": each.delta_usd,
                "source": each.card.source,
            }
            for each in found.prices
        ],
        "left_out_as_too_old": found.too_old,
        "stages_not_touched": list(found.fixed),
    }


def _rows(found: BySupplier) -> Table:
    columns = (
        Column("Supplier", key="supplier"),
        Column("Terms", key="term"),
        Column("Price", format_money, right=True, key="usd_per_gpu_hour"),
        Column("Read", key="date"),
        Column("Days old", right=True, key="age_days"),
        Column("Total", format_money, right=True, key="total_usd"),
        Column("Against the plan", signed_money, right=True, key="delta_usd"),
        Column("Source", key="source"),
    )
    rows = tuple(
        (
            each.card.supplier,
            each.card.commitment,
            each.card.usd_per_gpu_hour,
            each.card.date,
            each.age_days,
            each.total_usd,
            each.delta_usd,
            each.card.source,
        )
        for each in found.prices
    )
    return Table(columns, rows)
