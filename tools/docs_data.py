"""Write docs/data-sources.md: where every shipped figure was read, and when."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Mapping, Sequence

import yaml
from docs_markdown import escaped, table

from isocost.paths import resource

Row = Mapping[str, str]
_MONTH = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?")


def page() -> str:
    """The whole page."""
    parts = [
        "# Data sources\n\n*Written by `make docs` from `resources/`: change that, not this page.*\n",
        "Where the shipped figures were read, and when. *Dates* are those of the figures, or of the day they"
        " were read where the source has none. Constants have [a page of their own](constants.md)."
        " How default prices are made of quotes is told in [The catalogue](catalog.md#default-prices).\n",
        _overview(),
    ]
    return "\n".join([*parts, *(make() for make in SECTIONS.values())])


def rows_of(file: str) -> list[Row]:
    """The rows of a table of ``resources``."""
    with resource(file).open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def dates(found: Iterable[str]) -> str:
    """The first and the last of some dates; empty = none."""
    known = sorted(date for each in found for date in _MONTH.findall(each)[:1])
    return "" if not known else known[0] if known[0] == known[-1] else f"{known[0]} to {known[-1]}"


FILES = {
    "accelerators.csv": ("accelerators", "sources_read"),
    "prices.csv": ("quotes of accelerators", "date"),
    "api_prices.csv": ("prices by the token", "date"),
    "models.csv": ("shapes of models", "sources_read"),
    "model_releases.csv": ("dates of release", "released"),
    "runs.csv": ("published training runs", "sources_read"),
    "measured_training.csv": ("measured steps of training", "date"),
    "measured_holdout.csv": ("measured steps kept out of every fit", "date"),
    "measured_failures.csv": ("layouts that did not run", "date"),
    "measured_generation.csv": ("measured generation", "date"),
    "measured_rl.csv": ("measured steps of reinforcement learning", "source"),
    "regions.csv": ("grids and electricity", "grid_year"),
    "currencies.csv": ("rates of currencies", "date"),
}


def _overview() -> str:
    rows = []
    for file, (what, column) in FILES.items():
        found = rows_of(file)
        rows.append((f"`{file}`", what, f"{len(found):,}", dates(row[column] for row in found)))
    claims = yaml.safe_load(resource("claims.yaml").read_text(encoding="utf-8"))
    said = dates(str(each.get("sources_read", "")) for each in claims)
    rows.append(("`claims.yaml`", "published claims about training runs", str(len(claims)), said))
    return table(("file", "holds", "entries", "dates"), rows)


def by(file: str, key: str, date: str, source: str | None = None) -> list[tuple[str, str, str, str]]:
    """Entries of a table by one column: its value, how many, their dates, where they were read."""
    grouped: dict[str, list[Row]] = {}
    for row in rows_of(file):
        grouped.setdefault(row[key], []).append(row)
    return [
        (escaped(name), str(len(rows)), dates(row[date] for row in rows),
         _places(row[source] for row in rows) if source else "")
        for name, rows in grouped.items()
    ]  # fmt: skip


MOST = 3
"""Sources named of one group; the rest are counted."""


def _places(sources: Iterable[str]) -> str:
    found = list(dict.fromkeys(each for each in sources if each))
    more = f"; {len(found) - MOST} more" if len(found) > MOST else ""
    return "; ".join(escaped(each) for each in found[:MOST]) + more


def _section(title: str, told: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return f"## {title}\n\n{told}\n\n{table(head, rows)}"


def _accelerators() -> str:
    rows = [
        (escaped(row["name"]), row["sources_read"], row["confidence"], escaped(row["source_compute"]),
         escaped(row["source_power"]))
        for row in rows_of("accelerators.csv")
    ]  # fmt: skip
    return _section(
        "Accelerators",
        "Each group of figures has a source of its own in the file; here are those of the rates and of the"
        " power. *Confidence* is that of the rates.",
        ("accelerator", "read", "confidence", "rates", "power"), rows,
    )  # fmt: skip


def _prices() -> str:
    return _section(
        "Prices of accelerators",
        "Quotes by supplier. `prices.csv` has each with its terms, day and address.",
        ("supplier", "quotes", "dates", "read at"), by("prices.csv", "supplier", "date", "source"),
    )  # fmt: skip


def _apis() -> str:
    return _section(
        "Prices by the token", "By supplier.", ("supplier", "prices", "dates", "read at"),
        by("api_prices.csv", "supplier", "date", "source"),
    )  # fmt: skip


def _models() -> str:
    return _section(
        "Models",
        "Shapes by organisation. `models.csv` has the source of each model.",
        ("organisation", "models", "read", "read at"),
        by("models.csv", "organisation", "sources_read", "source"),
    )  # fmt: skip


def _runs() -> str:
    rows = [
        (escaped(row["label"]), row["date"], {"true": "yes"}.get(row["trusted"], ""), escaped(row["source"]))
        for row in rows_of("runs.csv")
    ]  # fmt: skip
    return _section(
        "Published runs",
        "Whole runs as their makers or others tell them; those *trusted* have hours, tokens and hardware that"
        " agree.",
        ("run", "date", "trusted", "source"), rows,
    )  # fmt: skip


def _measured() -> str:
    files = ("measured_training.csv", "measured_holdout.csv", "measured_failures.csv")
    rows = [row for file in files for row in by(file, "source", "date", "reference")]
    served = by("measured_generation.csv", "framework", "date", "source")
    rl = [(name, count, _dates_of(name), read) for name, count, _, read in
          by("measured_rl.csv", "framework", "source", "source")]  # fmt: skip
    head = ("source", "runs", "dates", "read at")
    return _section(
        "Measured runs", "What the model is fitted to and scored on; see [Accuracy](accuracy.md).", head,
        [*rows, *served, *rl],
    )  # fmt: skip


def _dates_of(name: str) -> str:
    return dates([name])


def _regions() -> str:
    grids = by("regions.csv", "grid_source", "grid_year")
    power = by("regions.csv", "price_source", "price_period")
    rows = [(source, count, when) for source, count, when, _ in (*grids, *power) if source]
    return _section(
        "Grids and electricity", "Carbon and prices of electricity by source.",
        ("source", "regions", "dates"), rows,
    )  # fmt: skip


def _currencies() -> str:
    rows = [row[:3] for row in by("currencies.csv", "source", "date")]
    return _section("Currencies", "Rates by source.", ("source", "currencies", "dates"), rows)


def _claims() -> str:
    claims = yaml.safe_load(resource("claims.yaml").read_text(encoding="utf-8"))
    rows = [
        (escaped(each["name"]), escaped(each["said"]), str(each.get("date", "")), escaped(each["source"]))
        for each in claims
    ]
    return _section(
        "Claims",
        "What others have said that training a model took.",
        ("claim", "said", "date", "source"),
        rows,
    )


SECTIONS: dict[str, Callable[[], str]] = {
    "accelerators": _accelerators,
    "prices": _prices,
    "apis": _apis,
    "models": _models,
    "runs": _runs,
    "measured": _measured,
    "regions": _regions,
    "currencies": _currencies,
    "claims": _claims,
}
