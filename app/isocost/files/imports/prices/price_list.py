"""What a catalogue of prices says, and what of it a plan keeps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from isocost.catalog import Catalog
from isocost.catalog.entries.prices import PriceCard
from isocost.files.imports.prices.entries import KINDS, PriceEntry
from isocost.files.imports.source import Line, NotUnderstoodError, one_line
from isocost.files.own import quote_words as said
from isocost.files.own.quotes import MOST_ROWS
from isocost.plan.project.project import Place, Project
from isocost.plan.project.quotes import offer_of, with_quotes
from isocost.quantities import format_counted, format_money

SHOWN = 40
"""Prices shown one by one to people."""


@dataclass(frozen=True, slots=True)
class PriceList:
    """A catalogue of prices."""

    name: str
    """Of the file, or the address it was fetched from."""
    format: str
    rows: int
    prices: tuple[PriceEntry, ...]
    skipped: int
    why: tuple[str, ...]
    """Of rows that were left out, a sentence each."""

    @property
    def kind(self) -> str:
        return "prices"

    def named(self, name: str) -> PriceList:
        """The same prices under another name, which is their source in a plan."""
        return replace(self, name=name)

    def as_json(self) -> dict[str, object]:
        """Every field by its name in commands."""
        return {
            "kind": self.kind,
            "format": self.format,
            "rows": self.rows,
            "prices": [each.as_json() for each in self.prices],
            "skipped": self.skipped,
            "why": list(self.why),
        }

    def finding(self) -> str:
        """What it is in one line, without a full stop."""
        of = format_counted(len({each.accelerator for each in self.prices}), "accelerator")
        return f"{_FORMS[self.format]}: {format_counted(len(self.prices), 'price')} of {of}"

    def lines(self) -> tuple[Line, ...]:
        """The prices a plan would keep, cheapest of each offer, then what is left out and why."""
        kept = self._kept()
        shown = [Line(_title(each), _words(each), "file") for each in kept[:SHOWN]]
        if len(kept) > SHOWN:
            shown.append(Line("Further prices", f"{len(kept) - SHOWN:,}", "file"))
        if any(not each.provider for each in kept):
            shown.append(Line("Supplier", "neither the file nor its folder names one", "not said"))
        if any(not each.date for each in kept):
            shown.append(Line("Day", "today is taken", "not said"))
        unknown = sorted({each.accelerator for each in self.prices if each.part is None})
        shown += [Line(name, "no such part in the catalogue", "ignored") for name in unknown[:SHOWN]]
        shown += [Line(f"Row left out, {where}", reason.strip(), "ignored")
                  for where, _, reason in (each.partition(":") for each in self.why[:SHOWN])]  # fmt: skip
        return tuple(shown)

    def cards(self, today: date) -> tuple[PriceCard, ...]:
        """The cheapest price of each accelerator, supplier and terms, as a plan keeps it."""
        return tuple(self._card(each, today) for each in self._kept())

    def change(self, project: Project, catalog: Catalog, at: Place) -> Project:
        """The project with the prices among those it keeps. Raises NotUnderstoodError: none is usable."""
        cards = self.cards(date.today())
        if not cards:
            raise NotUnderstoodError(self._useless())
        return with_quotes(project, _that_fit(project, cards))

    def _useless(self) -> str:
        if not self.prices:
            return f"no row of it is a price of an accelerator; {self.why[0] if self.why else 'it has none.'}"
        names = ", ".join(sorted({each.accelerator for each in self.prices})[:5])
        return f"none of its accelerators is in the catalogue ({names})."

    def _kept(self) -> list[PriceEntry]:
        cheapest: dict[tuple[object, ...], PriceEntry] = {}
        for each in self.prices:
            if each.part is None or (each.gpus is not None and each.gpus < 1.0):
                continue  # a share of a part that is split says nothing of a cluster
            offer = (each.part, each.provider, each.kind)
            held = cheapest.get(offer)
            if held is None or each.usd_per_gpu_hour < held.usd_per_gpu_hour:
                cheapest[offer] = each
        order = {kind: at for at, kind in enumerate(KINDS)}
        return sorted(cheapest.values(), key=lambda each: order.get(each.kind, len(order)))

    def _card(self, entry: PriceEntry, today: date) -> PriceCard:
        count = entry.gpus
        many = f"{count:g} of them" if count and count > 1.0 else ""
        instance = ", ".join(part for part in (entry.instance, many, entry.region) if part)
        included = "; ".join(part for part in (instance, entry.includes) if part)
        return PriceCard(
            accelerator=entry.part or entry.accelerator,
            usd_per_gpu_hour=round(entry.usd_per_gpu_hour, 6),
            supplier=(entry.provider or said.UNNAMED)[:80],
            commitment=(said.terms_in(said.Rest(entry.kind)) or entry.kind or said.NOT_STATED)[:80],
            source=one_line(entry.source or self.name)[:500],
            date=entry.date or today.isoformat(),
            includes=included[:500],
        )


_FORMS = {
    "skypilot": "SkyPilot's catalogue of prices",
    "gpuhunt": "gpuhunt's catalogue of prices",
    "vantage": "Vantage's list of instances",
    "ours": "A table of prices",
    "quotes": "A table of quotes",
}


def _title(entry: PriceEntry) -> str:
    where = ", ".join(part for part in (entry.provider, entry.kind, entry.instance, entry.region) if part)
    return f"{entry.accelerator} ({where})"


def _words(entry: PriceEntry) -> str:
    return f"{format_money(entry.usd_per_gpu_hour)}/h"


def _that_fit(project: Project, cards: Sequence[PriceCard]) -> Sequence[PriceCard]:
    """As many as a plan holds: those of accelerators that are in it first."""
    here = {
        each.hardware.accelerator
        for scenario in project.scenarios
        for each in (scenario, *scenario.stages)
        if each.hardware is not None
    }
    new = {offer_of(card) for card in cards}
    room = MOST_ROWS - sum(offer_of(card) not in new for card in project.prices)
    if len(cards) <= room:
        return cards
    ranked = sorted(cards, key=lambda card: card.accelerator not in here)[: max(room, 0)]
    kept = {offer_of(card) for card in ranked}
    return [card for card in cards if offer_of(card) in kept]
