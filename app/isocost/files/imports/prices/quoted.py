"""Tables of prices of our own form, and any other table of quotes that names an accelerator and its price."""

from __future__ import annotations

import re
from datetime import date

from isocost.catalog import Catalog
from isocost.files.imports.prices.entries import PriceEntry, Rows, figure, usd
from isocost.files.imports.prices.tables import Line, lines_of
from isocost.files.own.quote_words import column_of
from isocost.files.own.quotes import read_quotes
from isocost.quantities import DOLLAR

_OURS = (
    {"gpu_id", "usd_per_gpu_hour", "provider"},
    {"accelerator", "usd_per_gpu_hour", "supplier", "terms"},
)
_KINDS = {
    "one-year": "1-yr reserved", "three-year": "3-yr reserved", "on demand": "on-demand",
    "3 years": "3-yr reserved",
}  # fmt: skip
_DAY = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


def is_ours(heading: list[str]) -> bool:
    """Whether these are the columns of our own tables."""
    return any(columns <= set(heading) for columns in _OURS)


def is_quotes(heading: list[str]) -> bool:
    """Whether some columns name an accelerator and its price."""
    told = {column_of(name) for name in heading}
    return {"accelerator", "price"} <= told


def read_ours(text: str) -> Rows:
    """The prices of our own table; what is no offer (claims, indices) says so in its terms."""
    found = Rows("ours")
    for line in lines_of(text):
        found.read += 1
        label = line.get("gpu_label") or line.get("gpu_id") or line.get("accelerator")
        price = usd(line.get("usd_per_gpu_hour"))
        if not label:
            found.skip(line.place, "it names no accelerator.")
        elif price is None:
            found.skip(line.place, f"{line.get('usd_per_gpu_hour')[:40]!r} is no price.")
        else:
            found.add(_entry(line, label, price))
    return found


def _entry(line: Line, label: str, price: float) -> PriceEntry:
    kind = line.get("kind") or line.get("terms") or "not stated"
    day = line.get("date")
    return PriceEntry(
        accelerator=line.get("gpu_id") or label,
        gpus=figure(line.get("gpus_per_instance")),
        instance=line.get("instance") or None,
        usd_per_gpu_hour=price,
        kind=_KINDS.get(kind, kind),
        region=line.get("region") or None,
        provider=line.get("provider") or line.get("supplier") or None,
        date=f"{day}-01"[:10] if _DAY.fullmatch(day) and len(day) > 4 else "",
        source=line.get("source_url") or line.get("source"),
    )


def read_table(text: str, name: str, catalog: Catalog, today: date) -> Rows:
    """The prices of any other table of quotes."""
    found = Rows("quotes")
    quotes = read_quotes(text, catalog, (DOLLAR,), today, source=name)
    found.read = len(quotes.rows) + quotes.dropped
    for row in quotes.rows:
        if row.card is None:
            found.skip(f"line {row.line}", row.problem)
            continue
        card = row.card
        undated = any("No day" in note for note in row.notes)
        found.add(
            PriceEntry(
                accelerator=card.accelerator,
                gpus=None,
                instance=None,
                usd_per_gpu_hour=card.usd_per_gpu_hour,
                kind=_KINDS.get(card.commitment, card.commitment),
                region=None,
                provider=None if any("supplier" in note for note in row.notes) else card.supplier,
                includes=card.includes,
                date="" if undated else card.date,
                part=card.accelerator,
            )
        )
    if quotes.dropped:
        found.skipped += quotes.dropped
    return found
