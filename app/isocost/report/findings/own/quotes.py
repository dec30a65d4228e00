"""What is said of the quotes a plan keeps, in the table they are typed, pasted and imported into."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from isocost.catalog import Catalog
from isocost.catalog.entries.prices import PriceCard
from isocost.files.own.quotes import EDITABLE, MOST_ROWS, ReadQuotes
from isocost.language import tr
from isocost.plan.project.choosing import price_from
from isocost.plan.project.project import Project
from isocost.plan.project.quotes import first_quote
from isocost.quantities import format_counted, format_money
from isocost.report.findings.inputs.captions import QUOTE_TERMS
from isocost.report.table import Column

TITLE = tr("Quotes")
HOW = tr(
    "What suppliers ask you. The plan keeps them; the one in use is what its accelerator "
    "is ranked at, and what the plan pays for its own."
)
EXAMPLE = tr("H100 SXM $2.10/h, 64 GPUs, 1 year reserved, Lambda, 2026-11-01")
PASTE = tr("Type or paste one, a line of a mail or a block of a spreadsheet: {example}", example=EXAMPLE)
NONE_YET = tr(
    "None yet. Type or paste one above, or import a CSV file, whose first line names its "
    "columns: GPU, price, provider, terms, date; or a catalogue of SkyPilot, gpuhunt or "
    "Vantage."
)
FILE_KINDS = tr("Tables, text and catalogues (*.csv *.tsv *.txt *.json);;All files (*)")
ADDRESS = tr("https://… of a catalogue of prices (SkyPilot, gpuhunt, Vantage, a CSV of quotes)")
FETCH_HELP = tr(
    "Type an address that begins with https://. It alone is asked, once, when you press Fetch; nothing of "
    "the plan is sent."
)
PAID, COMPARED = tr("plan pays it"), tr("ranked at it")

COLUMNS = (
    Column(tr("In use")),
    Column(tr("Accelerator")),
    Column(tr("An hour"), right=True),
    Column(tr("Terms")),
    Column(tr("Supplier")),
    Column(tr("Asked on")),
    Column(tr("Includes")),
)
TYPED = ("", *EDITABLE)
"""What of a quote each column holds; empty = it cannot be typed over."""


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """A quote as a line of the table."""

    card: PriceCard
    use: str
    """What the plan does with it; empty = nothing."""
    cells: tuple[str, ...]

    @property
    def words(self) -> str:
        """All of it, for those who hear it."""
        return ", ".join(cell for cell in self.cells if cell)


def quote_lines(project: Project, scenario: int, catalog: Catalog) -> tuple[QuoteLine, ...]:
    """The quotes of a plan, those of an accelerator together, the one in use first."""
    order = list(dict.fromkeys(card.accelerator for card in project.prices))
    cards = sorted(project.prices, key=lambda card: order.index(card.accelerator))
    return tuple(_line(card, project, scenario, catalog) for card in cards)


def _line(card: PriceCard, project: Project, scenario: int, catalog: Catalog) -> QuoteLine:
    chosen = project.scenarios[scenario]
    if chosen.hardware.accelerator == card.accelerator:
        use = PAID if price_from(card) == chosen.price else ""
    else:
        use = COMPARED if first_quote(project, card.accelerator) == card else ""
    name = catalog.accelerator(card.accelerator).short_name
    terms = terms_words(card.commitment)
    price = format_money(card.usd_per_gpu_hour)
    return QuoteLine(card, use, (use, name, price, terms, card.supplier, card.date, card.includes))


def terms_words(commitment: str) -> str:
    """Terms as people call them: "Committed for a year"."""
    return QUOTE_TERMS.get(commitment, commitment)


def understood(read: ReadQuotes, catalog: Catalog) -> str:
    """What a text was understood as: one quote in full, several by their number."""
    cards = read.cards
    if not cards:
        return ""
    notes = _noted(read)
    if len(cards) > 1:
        return tr("{counted} read.{notes}", counted=format_counted(len(cards), "quote"), notes=notes)
    (card,) = cards
    parts = (
        catalog.accelerator(card.accelerator).spec.name,
        tr("{money} an hour", money=format_money(card.usd_per_gpu_hour)),
        terms_words(card.commitment),
        card.supplier,
        card.date,
        card.includes,
    )
    return tr("Read as {list}.{notes}", list=" · ".join(part for part in parts if part), notes=notes)


def _noted(read: ReadQuotes) -> str:
    """What was taken for granted; of many lines how often."""
    counts: dict[str, int] = {}
    for row in read.rows:
        for note in row.notes if row.card is not None else ():
            counts[note] = counts.get(note, 0) + 1
    several = len(read.cards) > 1
    told = [
        tr("{note} ({count} times).", note=note[:-1], count=count) if several else note
        for note, count in counts.items()
    ]
    if read.unused:
        told.append(tr("Not used: column {list}.", list=", ".join(read.unused)))
    if read.dropped:
        told.append(
            tr(
                "{counted} beyond the {most_rows} a plan holds left out.",
                counted=format_counted(read.dropped, "line"),
                most_rows=MOST_ROWS,
            )
        )
    return f" {' '.join(told)}" if told else ""


def not_understood(read: ReadQuotes) -> str:
    """Why lines could not be read: the first ones by their place, the rest by their number."""
    wrong = read.wrong
    if len(read.rows) == 1 and wrong:
        return wrong[0].problem
    shown = [tr("Line {line}: {problem}", line=row.line, problem=row.problem) for row in wrong[:NAMED]]
    more = len(wrong) - len(shown)
    return " ".join(
        [*shown, *([tr("And {counted} more.", counted=format_counted(more, "line"))] if more else [])]
    )


NAMED = 3
"""Lines that cannot be read are named, up to so many."""


def added_words(cards: Sequence[PriceCard], catalog: Catalog) -> str:
    """The step that adds quotes."""
    if len(cards) == 1:
        return tr("Add quote {one_quote}", one_quote=one_quote(cards[0], catalog))
    return tr("Add {counted}", counted=format_counted(len(cards), "quote"))


def removed_words(cards: Sequence[PriceCard], catalog: Catalog) -> str:
    """The step that removes quotes."""
    if len(cards) == 1:
        return tr("Remove quote {one_quote}", one_quote=one_quote(cards[0], catalog))
    return tr("Remove {counted}", counted=format_counted(len(cards), "quote"))


def used_words(card: PriceCard, catalog: Catalog) -> str:
    """The step that uses a quote."""
    return tr("Use quote {one_quote}", one_quote=one_quote(card, catalog))


def changed_words(card: PriceCard, catalog: Catalog) -> str:
    """The step that types over a part of a quote."""
    return tr("Quote {one_quote}", one_quote=one_quote(card, catalog))


def one_quote(card: PriceCard, catalog: Catalog) -> str:
    """A quote in a few words: "H100 $2.10, Lambda"."""
    name = catalog.accelerator(card.accelerator).short_name
    return f"{name} {format_money(card.usd_per_gpu_hour)}, {card.supplier}"


def added_said(cards: Sequence[PriceCard], project: Project, scenario: int, catalog: Catalog) -> str:
    """What adding quotes did, and what it left to be done."""
    held = project.scenarios[scenario].hardware.accelerator
    said = (
        tr("Added.")
        if len(cards) == 1
        else tr("{counted} added.", counted=format_counted(len(cards), "quote"))
    )
    if any(card.accelerator == held for card in cards):
        name = catalog.accelerator(held).short_name
        pays = format_money(project.scenarios[scenario].price.usd_per_gpu_hour)
        return tr(
            "{said} The plan still pays {pays} for {name}: choose a quote and press Use.",
            said=said,
            pays=pays,
            name=name,
        )
    return tr("{said} The ranking follows.", said=said)


def left_words(count: int) -> str:
    """That lines which could not be read are left in the box."""
    stay = tr("stays") if count == 1 else tr("stay")
    return tr(
        "{counted} could not be read and {stay} in the box.", counted=format_counted(count, "line"), stay=stay
    )


def too_many(count: int) -> str:
    """Why no more quotes are added."""
    return tr(
        "A plan holds {most_rows} quotes; with these it would have {count}. Remove some first.",
        most_rows=MOST_ROWS,
        count=count,
    )
