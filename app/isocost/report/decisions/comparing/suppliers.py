"""One run under every supplier's price."""

from __future__ import annotations

from dataclasses import replace

from isocost.language import tr
from isocost.plan.answer.estimate import Answer
from isocost.plan.compare.suppliers import BySupplier, SupplierPrice
from isocost.plan.doubt.beside import ByPrice
from isocost.plan.values import asked_by
from isocost.quantities import SPACE, format_count, format_counted, format_money
from isocost.report.decisions.doubting.doubt import ends_said
from isocost.report.decisions.words import signed_money
from isocost.report.findings.said import Said
from isocost.report.table import Column, Table
from isocost.report.told import Section, Told

THE_PLAN = tr("The plan")
"""What a run is called that has no letter."""

TERMS = {
    "on-demand": tr("on demand"),
    "spot": tr("spot"),
    "one-year": tr("for a year"),
    "capacity-block": tr("reserved for weeks"),
    "marketplace": tr("on marketplaces"),
}


def told(found: BySupplier, answer: Answer) -> Told:
    """A scenario's total at each price, cheapest first."""
    return Told(
        title=f"{answer.project.name}: {answer.scenario.name}",
        finding=suppliers_said(found),
        sections=(Section(tr("Prices"), tuple(notes_said(found)), _shown(found)),),
        tree=_tree(found, answer),
        rows=_rows(found),
    )


def suppliers_said(found: BySupplier) -> str:
    """What the same run costs from the cheapest to the dearest supplier that quotes so many."""
    terms = TERMS.get(found.terms, found.terms)
    if found.owned:
        return tr("The {accelerator} are owned: no rent changes this plan", accelerator=found.accelerator)
    if not found.moves:
        return tr("No price of {accelerator} changes this plan", accelerator=found.accelerator)
    asked = [each for each in found.prices if not each.single]
    if len(asked) == 1:
        return tr(
            "Nobody else's price of {accelerator} {terms} is known",
            accelerator=found.accelerator,
            terms=terms,
        )
    low, high = asked[0], asked[-1]
    held = next(each for each in found.prices if each.own)
    said = tr(
        "{money} to {money_2} under {counted} of {accelerator} {terms}",
        money=format_money(low.total_usd),
        money_2=format_money(high.total_usd),
        counted=format_counted(len(asked), "price"),
        accelerator=found.accelerator,
        terms=terms,
    )
    if low.total_usd < held.total_usd:
        asked_of = asked_by(low.card.supplier) + (f" ({age_words(low)})" if low.stale else "")
        return tr(
            "{said}: {asked_of} would save {money}",
            said=said,
            asked_of=asked_of,
            money=format_money(held.total_usd - low.total_usd),
        )
    return tr("{said}: none is below the plan's own", said=said)


def notes_said(found: BySupplier) -> list[str]:
    """What to know of the prices: ages, single accelerators, what they do not touch."""
    said = []
    stale = sum(each.stale for each in found.prices)
    if stale:
        old = sum(each.old for each in found.prices)
        more = (
            ""
            if not old
            else tr(" by months")
            if old == stale
            else tr(", {count} of them by months", count=format_count(old))
        )
        verb = tr("is") if stale == 1 else tr("are")
        said.append(
            tr(
                "{counted} {verb} out of date{more}: ask again.",
                counted=format_counted(stale, "price"),
                verb=verb,
                more=more,
            )
        )
    if any(each.single for each in found.prices):
        said.append(tr("Prices of single accelerators say nothing of a cluster with a network between them."))
    if found.too_old:
        said.append(
            tr(
                "{counted} left out: their newest price is too old.",
                counted=format_counted(found.too_old, "supplier"),
            )
        )
    return [*said, *_fixed_said(found)]


def _fixed_said(found: BySupplier) -> list[str]:
    """Which stages no price touches, if any."""
    if not found.fixed:
        return []
    return [tr("Not touched, on hardware or at prices of their own: {list}.", list="; ".join(found.fixed))]


def age_words(each: SupplierPrice) -> str:
    """How old a price is, and what to think of it."""
    if each.age_days is None:
        return tr("no day")
    age = format_counted(each.age_days, "day")
    return tr("{age}, old", age=age) if each.old else tr("{age}, stale", age=age) if each.stale else age


def supplier_name(each: SupplierPrice) -> str:
    """Who asks the price, and whether it is the plan's."""
    name = asked_by(each.card.supplier)
    return tr("{supplier} (this plan)", supplier=name) if each.own else name


def card_note(each: SupplierPrice) -> str:
    """What is let at a price, and on which terms."""
    if each.single:
        return tr("single accelerators")
    return each.quoted_as or TERMS.get(each.card.commitment, each.card.commitment)


def card_words(each: SupplierPrice, by_price: ByPrice | None = None) -> str:
    """A price card on one line; ``by_price``: with its range."""
    said = f"{supplier_name(each)}, {card_note(each)}" if card_note(each) else supplier_name(each)
    price = tr(
        "{money} an hour, {age_words}",
        money=format_money(each.card.usd_per_gpu_hour),
        age_words=age_words(each),
    )
    delta = "" if each.own else f", {signed_money(each.delta_usd)}"
    likely = ""
    if by_price is not None:
        beside = tr(" without the reserve") if by_price.without_reserve else ""
        ends = ends_said(*map(format_money, by_price.ends(price_of(each))))
        likely = tr("; 8 chances in 10{beside}: {ends}", beside=beside, ends=ends)
    return tr(
        "{said}: {price}, the programme {money}{delta}{likely}",
        said=said,
        price=price,
        money=format_money(each.total_usd),
        delta=delta,
        likely=likely,
    )


def price_of(each: SupplierPrice) -> float:
    """USD an hour of a price card."""
    return each.card.usd_per_gpu_hour


def cards_said(found: BySupplier, called: str, by_price: ByPrice | None = None) -> Said:
    """What the same run, called by its letter or else the plan, costs under every price card."""
    cards = "; ".join(card_words(each, by_price) for each in cards_shown(found))
    parts = (suppliers_said(found), cards.removesuffix("."), " ".join(card_notes(found)).removesuffix("."))
    summary = "".join(f"{part}. " for part in parts if part).rstrip()
    return Said(_cards_finding(found, called), _cards_how(found, by_price), summary)


def _cards_how(found: BySupplier, by_price: ByPrice | None) -> str:
    """How to read the bars, and what can be done with them; nothing where there are none."""
    others = sum(not each.own for each in cards_shown(found))
    if not found.moves:
        return tr("What renting would cost stands in the Ledger, under rent or buy.") if found.owned else ""
    ends = [] if by_price is None else [by_price.ends(price_of(each)) for each in cards_shown(found)]
    if not any(low < high for low, high in ends):  # nothing but the price is in doubt
        how = tr("Blue follows the price an hour.")
        return tr("{how} A click takes a price over.", how=how) if others else how
    how = tr("Blue follows the price; whiskers: 8 in 10.")
    return tr("{how} The order is certain.", how=how) if others else how


def _cards_finding(found: BySupplier, called: str) -> str:
    """The same as :func:`suppliers_said` where there is little room."""
    shown = cards_shown(found)
    if found.owned or len(shown) < 2:
        return suppliers_said(found)
    low, held = shown[0], next(each for each in shown if each.own)
    span = tr(
        "{money} to {money_2}", money=format_money(low.total_usd), money_2=format_money(shown[-1].total_usd)
    )
    said = tr("{called} at {count} prices: {span}", called=called, count=len(shown), span=span)
    saved = held.total_usd - low.total_usd
    if saved <= 0.0:
        return tr("{said}; none is lower", said=said)
    # A price nobody may ask any more is no saving without a word on its age.
    asked = asked_by(low.card.supplier) + (f" ({age_short(low)})" if low.stale else "")
    return tr("{said}; {asked} saves {money}", said=said, asked=asked, money=format_money(saved))


def cards_shown(found: BySupplier) -> tuple[SupplierPrice, ...]:
    """Prices of as many accelerators as the plan has, and its own; none where none changes anything."""
    if not found.moves:
        return ()
    return tuple(each for each in found.prices if each.own or not each.single)


def card_notes(found: BySupplier) -> list[str]:
    """What to know of the cards that are shown, and of those that are not."""
    if not found.moves:
        return _fixed_said(found)
    shown = cards_shown(found)
    said = notes_said(replace(found, prices=shown))
    if left := len(found.prices) - len(shown):
        prices = format_counted(left, "price")
        said.append(
            tr("Not shown: {prices} of single accelerators, which say nothing of a cluster.", prices=prices)
        )
    return said


def cards_table(found: BySupplier, by_price: ByPrice | None = None) -> Table:
    """Every card with its source; ``by_price``: and its range."""
    table = _rows(found)
    if by_price is None:
        return table
    names = (tr("1 in 10 below"), tr("1 in 10 above"))
    columns = tuple(Column(name, format_money, right=True, key=f"{name} (USD)") for name in names)
    rows = (
        (*row, *by_price.ends(price_of(each))) for row, each in zip(table.rows, found.prices, strict=True)
    )
    return Table((*table.columns, *columns), tuple(rows))


def adopted_words(each: SupplierPrice) -> str:
    """What taking a price over is called in the history."""
    return tr(
        "Price of {supplier}, {money}",
        supplier=each.card.supplier,
        money=format_money(each.card.usd_per_gpu_hour),
    )


def age_short(each: SupplierPrice) -> str:
    """Days since a price was read, where there is little room."""
    return "" if each.age_days is None else f"{format_count(each.age_days)}{SPACE}d"


def _shown(found: BySupplier) -> Table:
    columns = (
        Column(tr("Supplier")),
        Column(tr("Quoted as")),
        Column(tr("Terms")),
        Column(tr("Price"), format_money, right=True),
        Column(tr("Read")),
        Column(tr("Age")),
        Column(tr("Total"), format_money, right=True),
        Column(tr("Against the plan"), signed_money, right=True),
    )
    rows = tuple(
        (
            supplier_name(each),
            each.quoted_as or None,
            tr("single accelerators") if each.single else each.card.commitment or None,
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
        Column(tr("Supplier"), key="supplier"),
        Column(tr("Terms"), key="term"),
        Column(tr("Price"), format_money, right=True, key="usd_per_gpu_hour"),
        Column(tr("Read"), key="date"),
        Column(tr("Days old"), right=True, key="age_days"),
        Column(tr("Total"), format_money, right=True, key="total_usd"),
        Column(tr("Against the plan"), signed_money, right=True, key="delta_usd"),
        Column(tr("Source"), key="source"),
    )
    rows = tuple(
        (
            asked_by(each.card.supplier),
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
