"""Quotes as they come: a sentence of a mail, lines of a list, a table of a spreadsheet, a CSV file."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from msgspec.structs import replace

from isocost.catalog import Catalog, CatalogError
from isocost.catalog.entries.prices import PriceCard
from isocost.files.own import quote_words as said
from isocost.files.text import bounded_text
from isocost.language import tr
from isocost.plan.claims.patterns import NAME_WORD
from isocost.quantities import MoneyUnit, QuantityError, format_counted, format_money, money_shown_in, parse

LARGEST_FILE = 2_000_000
MOST_ROWS = 200
"""Prices a plan file holds at most."""
LONGEST_LINE = 500
DEAREST = 1e6
"""USD an hour above which nothing is a price."""
_DELIMITERS = ("\t", ";", "|", ",")
_NAME_WORDS = 6
"""Words of an accelerator's name at most."""


class QuoteError(ValueError):
    """What keeps a quote from being one; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class QuoteRow:
    """A line of what was pasted or imported."""

    line: int
    """From 1."""
    text: str
    card: PriceCard | None
    """None = it cannot be read."""
    problem: str = ""
    notes: tuple[str, ...] = ()
    """What was taken for granted, a sentence each."""


@dataclass(frozen=True, slots=True)
class ReadQuotes:
    """Everything of a text."""

    rows: tuple[QuoteRow, ...]
    unused: tuple[str, ...] = ()
    """Columns that say nothing of a price."""
    dropped: int = 0
    """Lines beyond those that a plan can hold."""

    @property
    def cards(self) -> tuple[PriceCard, ...]:
        """The quotes that were read."""
        return tuple(row.card for row in self.rows if row.card is not None)

    @property
    def wrong(self) -> tuple[QuoteRow, ...]:
        """The lines that were not."""
        return tuple(row for row in self.rows if row.card is None)


def load_quotes(path: Path, catalog: Catalog, money: Sequence[MoneyUnit], today: date) -> ReadQuotes:
    """The quotes of a file of text or CSV. Raises FileError: no such text."""
    text = bounded_text(path, LARGEST_FILE, "a list of quotes", "a CSV file or lines of text")
    return read_quotes(text, catalog, money, today, source=path.name)


def read_quotes(
    text: str, catalog: Catalog, money: Sequence[MoneyUnit], today: date, *, source: str = ""
) -> ReadQuotes:
    """The quotes of a text, a line each; a line that cannot be read says why, and the others stand.

    Args:
        money: currencies an amount may be in, that of an amount without a sign first.
        today: the day of quotes that carry none.
        source: where the text is from; empty = the line itself is kept as its source.
    """
    lines = [(at, line) for at, line in enumerate(text.splitlines(), 1) if line.strip()]
    reader = _Reader(catalog, money, today, source)
    with money_shown_in(money[0]):
        return _read(text, lines, reader)


def _read(text: str, lines: Sequence[tuple[int, str]], reader: _Reader) -> ReadQuotes:
    table = _table(text) if lines else None
    if table is not None:
        rows = [reader.row(at, cells, table) for at, cells in table.rows[:MOST_ROWS]]
        return ReadQuotes(tuple(rows), table.unused, max(0, len(table.rows) - MOST_ROWS))
    rows = [reader.sentence(at, line) for at, line in lines[:MOST_ROWS]]
    return ReadQuotes(tuple(rows), (), max(0, len(lines) - MOST_ROWS))


# Tables


@dataclass(frozen=True, slots=True)
class _Table:
    columns: Mapping[str, int]
    priced: str
    """Heading of the price's column."""
    rows: list[tuple[int, list[str]]]
    unused: tuple[str, ...]


def _table(text: str) -> _Table | None:
    """The text as a table whose first line names its columns; None where it is none."""
    first = next(line for line in text.splitlines() if line.strip())
    for mark in _DELIMITERS:
        if mark not in first:
            continue
        reader = csv.reader(io.StringIO(text.strip("\n"), newline=""), delimiter=mark, skipinitialspace=True)
        try:
            rows = [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
        except csv.Error:
            continue
        heading = rows[0][1] if rows else []
        columns: dict[str, int] = {}
        for at, cell in enumerate(heading):
            what = said.column_of(cell)
            if what is not None and not any(letter.isdigit() for letter in cell):  # else it is no heading
                columns.setdefault(what, at)
        if "accelerator" in columns and "price" in columns:
            unused = tuple(cell.strip() for at, cell in enumerate(heading) if at not in columns.values())
            priced = heading[columns["price"]]
            return _Table(columns, priced, rows[1:], tuple(each for each in unused if each))
    return None


# Sentences


class _Reader:
    """Reads rows and sentences of one text."""

    def __init__(self, catalog: Catalog, money: Sequence[MoneyUnit], today: date, source: str) -> None:
        self._catalog, self._money, self._today, self._source = catalog, money, today, source

    def row(self, line: int, cells: Sequence[str], table: _Table) -> QuoteRow:
        """A row of a table."""
        told = {what: cells[at].strip() if at < len(cells) else "" for what, at in table.columns.items()}
        shown = ", ".join(cell.strip() for cell in cells if cell.strip())
        notes: list[str] = []
        try:
            key, held = self.accelerator(told["accelerator"])
            usd = self.cell_price(told, table.priced, key, held, notes)
            source = told.get("source") or self._source or shown
            card = self._card(
                key,
                usd,
                told.get("supplier", ""),
                self._cell_terms(told),
                self.cell_date(told, notes),
                source,
                self._included(told, key),
                notes,
            )
        except QuoteError as error:
            return QuoteRow(line, shown, None, str(error))
        return QuoteRow(line, shown, card, notes=tuple(notes))

    def sentence(self, line: int, text: str) -> QuoteRow:
        """A quote in words, its parts in any order."""
        shown = " ".join(text.split())
        if len(shown) > LONGEST_LINE:
            return QuoteRow(line, shown[:LONGEST_LINE], None, f"Longer than {LONGEST_LINE} letters.")
        notes: list[str] = []
        try:
            card = self._spoken(text.replace("\t", ", ").strip(), shown, notes)
        except QuoteError as error:
            return QuoteRow(line, shown, None, str(error))
        return QuoteRow(line, shown, card, notes=tuple(notes))

    def _spoken(self, text: str, shown: str, notes: list[str]) -> PriceCard:
        rest = said.Rest(text)
        day = self._spoken_date(rest)
        price = said.price_in(rest.text)
        if price is None:
            raise QuoteError(tr("No price is told: write one such as $2.10/h."))
        rest.take(*price.span)
        terms = said.terms_in(rest)
        count = said.count_in(rest)
        key, held, span = self._named(rest.text)
        rest.take(*span)
        usd = self._usd(price.amount, price.per, price.of_node, key, held, notes)
        if not price.timed:
            notes.append(f"{format_money(usd)} is taken for an hour of one.")
        supplier, others = said.supplier_in(rest)
        included = "; ".join([*([self._many(count, key)] if count else []), *others])
        return self._card(
            key, usd, supplier, terms, day or self._undated(notes), self._source or shown, included, notes
        )

    def _card(
        self,
        key: str,
        usd: float,
        supplier: str,
        terms: str,
        day: str,
        source: str,
        included: str,
        notes: list[str],
    ) -> PriceCard:
        if not supplier:
            notes.append("No supplier is named.")
        return PriceCard(
            key,
            round(priced(usd), 6),
            supplier[:80] or said.UNNAMED,
            terms[:80] or said.NOT_STATED,
            source[:LONGEST_LINE],
            day,
            included[:LONGEST_LINE],
        )

    # Parts

    def accelerator(self, name: str) -> tuple[str, int]:
        """(id, how many the name holds) of what a cell names."""
        if not name:
            raise QuoteError(tr("The accelerator is missing."))
        try:
            key = self._catalog.accelerator(name).spec.id
        except CatalogError as error:
            raise QuoteError(str(error)) from None
        return key, self._holds(name)

    def _holds(self, name: str) -> int:
        alias = self._catalog.alias(name)
        return alias.count if alias is not None and alias.count else 1

    def _named(self, text: str) -> tuple[str, int, tuple[int, int]]:
        """The longest name of an accelerator in a text, with its place."""
        words, names = list(NAME_WORD.finditer(text)), self._catalog.accelerator_names
        doubtful = ""
        for size in range(min(_NAME_WORDS, len(words)), 0, -1):
            for at in range(len(words) - size + 1):
                span = words[at].start(), words[at + size - 1].end()
                phrase = text[span[0] : span[1]]
                if not re.search(r"[A-Za-z]", phrase) or said.is_taken(phrase):
                    continue
                key = names.find(phrase)
                if key is not None and key in self._catalog.accelerators:
                    return key, self._holds(phrase), span
                if names.meanings(phrase):
                    doubtful = doubtful or phrase
        if doubtful:
            self.accelerator(doubtful)  # which says what it may mean
        raise QuoteError(tr("No accelerator is named that is in the catalogue."))

    def _usd(self, amount: str, per: float, of_node: bool, key: str, held: int, notes: list[str]) -> float:
        """USD of one accelerator for an hour, of an amount for ``per`` hours of one or of a server."""
        try:
            usd = parse(amount, "money", money=tuple(self._money)) / per
        except QuantityError as error:
            raise QuoteError(str(error)) from None
        size = self._catalog.accelerators[key].spec.node_size if of_node else held
        if size > 1:
            usd /= size
            notes.append(f"The price of {size} together is divided by {size}.")
        return usd

    def cell_price(
        self, told: Mapping[str, str], heading: str, key: str, held: int, notes: list[str]
    ) -> float:
        cell = told["price"]
        if not cell:
            raise QuoteError(tr("The price is missing."))
        written = said.of_heading(heading, cell)
        found = said.price_in(written) or said.bare_price(written)
        if found is None:
            raise QuoteError(tr("{cell!r} is no price; write 2.10 or $2.10.", cell=cell[:40]))
        amount = found.amount
        if currency := told.get("currency", ""):
            amount = f"{re.sub(said.CURRENCY, '', amount).strip()} {currency.upper()}"
        return self._usd(amount, found.per, found.of_node, key, held, notes)

    def _cell_terms(self, told: Mapping[str, str]) -> str:
        cell = told.get("terms", "")
        return (said.terms_in(said.Rest(cell)) or cell) if cell else ""

    def cell_date(self, told: Mapping[str, str], notes: list[str]) -> str:
        cell = told.get("date", "")
        if not cell:
            return self._undated(notes)
        found = said.date_in(cell)
        if found is None:
            raise QuoteError(tr("{cell!r} is no day; write one such as 2026-11-01.", cell=cell[:40]))
        return self._day(found[0])

    def _spoken_date(self, rest: said.Rest) -> str:
        found = said.date_in(rest.text)
        if found is None:
            return ""
        rest.take(*found[1])
        return self._day(found[0])

    def _day(self, day: date) -> str:
        if day > self._today:
            raise QuoteError(
                tr(
                    "{isoformat} is still to come: write the day the price was asked.",
                    isoformat=day.isoformat(),
                )
            )
        return day.isoformat()

    def _undated(self, notes: list[str]) -> str:
        notes.append("No day is told: today is taken.")
        return self._today.isoformat()

    def _many(self, count: int, key: str) -> str:
        """So many of an accelerator, as people call them."""
        return format_counted(count, self._catalog.accelerators[key].noun)

    def _included(self, told: Mapping[str, str], key: str) -> str:
        counted = told.get("count", "")
        many = self._many(int(counted), key) if counted.isdecimal() and counted != "1" else ""
        parts = [many or counted.removeprefix("1"), told.get("includes", "")]
        return "; ".join(part for part in parts if part)


# One cell

EDITABLE = ("accelerator", "price", "terms", "supplier", "date", "includes")
"""What can be typed over in a quote that was read."""


def edited(
    card: PriceCard, what: str, text: str, catalog: Catalog, money: Sequence[MoneyUnit], today: date
) -> PriceCard:
    """A quote with one of ``EDITABLE`` typed over. Raises QuoteError."""
    text = " ".join(text.split())
    reader = _Reader(catalog, money, today, card.source)
    if what == "accelerator":
        return replace(card, accelerator=reader.accelerator(text)[0])
    if what == "price":
        usd = reader.cell_price({"price": text}, "", card.accelerator, 1, [])
        return replace(card, usd_per_gpu_hour=round(priced(usd), 6))
    if what == "terms":
        return replace(card, commitment=said.terms_in(said.Rest(text)) or text[:80] or said.NOT_STATED)
    if what == "supplier":
        return replace(card, supplier=text[:80] or said.UNNAMED)
    if what == "date":
        return replace(card, date=reader.cell_date({"date": text}, []))
    return replace(card, includes=text[:LONGEST_LINE])


def priced(usd: float) -> float:
    """A price an hour that can be one. Raises QuoteError."""
    if not 0.0 < usd <= DEAREST:
        raise QuoteError(
            tr("{money} an hour is no price: it must be above 0, at most $1M.", money=format_money(usd))
        )
    return usd
