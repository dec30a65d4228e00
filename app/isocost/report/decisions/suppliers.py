"""One run under every supplier's price."""

from __future__ import annotations

from isocost.plan.answer.estimate import Answer
from isocost.plan.answer.notices import AMBER_DAYS, RED_DAYS
from isocost.plan.compare.suppliers import BySupplier, SupplierPrice
from isocost.quantities import format_counted, format_money
from isocost.report.decisions.words import signed_money
from isocost.report.table import Column, Table
from isocost.report.told import Section, Told

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
        more = f", {old} of them older than {RED_DAYS}" if old else ""
        verb = "is" if stale == 1 else "are"
        said.append(f"{format_counted(stale, 'price')} {verb} older than {AMBER_DAYS} days{more}: ask again.")
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


def _name(each: SupplierPrice) -> str:
    return f"{each.card.supplier} (this plan)" if each.own else each.card.supplier


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
            _name(each),
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
    keys = ("supplier", "term", "usd_per_gpu_hour", "date", "age_days", "total_usd", "delta_usd", "source")
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
    return Table(tuple(Column(key) for key in keys), rows)
