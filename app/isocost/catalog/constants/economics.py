"""Sourced facts of money, energy and rules that are not prices of accelerators."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Literal

import msgspec

from isocost.catalog.entries.prices import IsoDay, Text
from isocost.catalog.errors import CatalogError
from isocost.catalog.names import NameIndex
from isocost.catalog.table import yaml_record
from isocost.language import tr
from isocost.quantities import MoneyUnit


class DatedFigure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One figure with its unit, the date it held and where it comes from."""

    value: float
    unit: str
    date: str
    source: str


class VaryingFigure(DatedFigure, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A figure that varies: ``value`` is the median."""

    low: float
    """10th percentile."""
    high: float
    """90th percentile."""


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words that decide something, with where they stand."""

    value: tuple[str, ...]
    unit: str
    date: str
    source: str


class Operator(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of operator of machine rooms."""

    id: str
    name: str
    pue: float
    """Facility energy over IT energy."""
    date: str
    source: str


class Economics(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Every constant the estimate uses beside prices and physics (``resources/economics.yaml``)."""

    run_over_step_mfu: VaryingFigure
    power_over_nameplate: DatedFigure
    grid_kg_per_kwh: DatedFigure
    pue_by_operator: tuple[Operator, ...]
    usd_per_kwh: DatedFigure
    server_over_card: DatedFigure
    whole_system_words: Words
    not_sold_words: Words
    value_kept_per_year: DatedFigure
    notable_saving: DatedFigure
    """Share of a plan's cost from which another count is named as the better one."""
    first_range: DatedFigure
    """Share about the plan's value at which a range starts where nothing is known of others."""
    price_stale_days: DatedFigure
    """A price older than this is out of date where a newer one is known or it was typed."""
    price_old_days: DatedFigure
    """A price older than this is out of date whatever is known."""
    odd_price_factor: DatedFigure
    """A price this many times above or below all that are known is asked about."""
    price_window_days: DatedFigure
    """A supplier last seen this long before the newest says nothing of today's price."""
    price_default_days: DatedFigure
    """Terms whose price is this much older than another's of the same accelerator are no default."""
    price_spread_suppliers: DatedFigure
    """Fewer suppliers of an accelerator on the same terms say nothing of how far prices spread."""
    ablations_share: VaryingFigure

    def operator(self, id: str) -> Operator:
        """The operator of an id. Raises CatalogError for an unknown one."""
        for known in self.pue_by_operator:
            if known.id == id:
                return known
        names = ", ".join(known.id for known in self.pue_by_operator)
        raise CatalogError(tr("economics.yaml: no operator {id!r}; there are {names}.", id=id, names=names))


class Region(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A place with its grid and price of electricity (``resources/regions.csv``)."""

    id: Text
    name: Text
    kind: Literal["country", "state", "cloud region", "grid zone"]
    """A grid zone is the area of one operator, nearer to a hall in it than the mean of a state."""
    grid_kg_per_kwh: Annotated[float, msgspec.Meta(ge=0, le=2)]
    """kg CO2e per kWh, location based."""
    grid_year: Text
    grid_source: Text
    usd_per_kwh: Annotated[float, msgspec.Meta(gt=0, le=2)] | None = None
    """For large customers; None = not known."""
    price_period: str = ""
    price_source: str = ""
    also: str = ""
    """Other names, with semicolons between: clouds' own for a region whose grid this is."""
    price_of: str = ""
    """Id of the place around it whose price of electricity is taken, where it has none of its own."""

    @property
    def names(self) -> tuple[tuple[str, ...], ...]:
        """Everything it is called, what is nobody else's first, what is only a part of its name last."""
        short = _COUNTRY_AFTER.sub("", self.name)
        inside = _IN_BRACKETS.search(self.name)
        parts = () if inside is None else (self.name[: inside.start()], *re.split(r",\s*", inside[1]))
        cloud = (_OF_A_CLOUD.sub("", self.id),) if self.kind == "cloud region" else ()
        every = ((self.id,), (self.name, short), (*self.also.split(";"), *cloud), parts)
        return tuple(tuple(name.strip() for name in names if name.strip()) for names in every)


_COUNTRY_AFTER = re.compile(r", [A-Z]{2}$")
_IN_BRACKETS = re.compile(r"\(([^)]*)\)")
_OF_A_CLOUD = re.compile(r"^[a-z]+-")


def region_names(regions: Iterable[Region]) -> NameIndex:
    """Regions by everything they are called; a name that several share is the first one's."""
    index, taken = NameIndex("region"), set[str]()
    named = [
        (place, name, region.id)
        for region in regions
        for place, names in enumerate(region.names)
        for name in names
    ]
    for _, name, region in sorted(named, key=lambda each: each[0]):
        if name.casefold() not in taken:
            # Of one cloud us-east1, of another us-east-1.
            index.add_exactly(name, region)
            taken.add(name.casefold())
    return index


class CurrencyRate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A currency with what the euro was worth in it (``resources/currencies.csv``)."""

    code: Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{3}$")]
    """ISO 4217."""
    name: Text
    symbol: Text
    """Tells it from all others: "CN¥"."""
    digits: Annotated[int, msgspec.Meta(ge=0, le=4)]
    per_eur: Annotated[float, msgspec.Meta(gt=0, le=1e9)]
    """As central banks publish them."""
    date: IsoDay
    confidence: Literal["high", "medium", "low"]
    source: Text
    spellings: str = ""
    """Other words for it, with spaces between."""
    usd_per_eur: float = 1.0
    """Of the same day; from the row of the dollar."""

    @property
    def unit(self) -> MoneyUnit:
        """How amounts are written in it; rates are published in five digits."""
        per_usd = float(f"{self.per_eur / self.usd_per_eur:.5g}")
        words = tuple(self.spellings.split())
        return MoneyUnit(self.code, self.symbol, self.digits, per_usd, self.date, words)


def read_currencies(rows: Iterable[CurrencyRate]) -> Mapping[str, CurrencyRate]:
    """The currencies by code, each beside the dollar of its day.

    Raises:
        CatalogError: a currency has no dollar of the same day beside it.
    """
    listed = list(rows)
    dollars = {row.date: row.per_eur for row in listed if row.code == "USD"}
    for row in listed:
        if row.date not in dollars:
            raise CatalogError(
                tr(
                    "currencies.csv: no rate of USD on {date}, the day of {code}.",
                    date=row.date,
                    code=row.code,
                )
            )
    return {row.code: msgspec.structs.replace(row, usd_per_eur=dollars[row.date]) for row in listed}


class ApiQuote(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Price of a million tokens on one day (``resources/api_prices.csv``)."""

    model: Text
    supplier: Text
    kind: Literal["inference", "fine-tune"]
    """``fine-tune``: per million tokens trained on, lowest price first, highest second."""
    usd_per_mtok_in: Annotated[float, msgspec.Meta(ge=0, le=1e5)]
    date: IsoDay
    date_precision: Literal["day", "month"]
    source: Text
    usd_per_mtok_out: Annotated[float, msgspec.Meta(ge=0, le=1e5)] | None = None
    start_date: IsoDay | None = None
    """First day of the price, where it was announced ahead."""
    end_date: IsoDay | None = None
    """Last day the model is sold at the price, passed or announced; None = none is known."""
    read_via: str = ""
    note: str = ""

    def asked_on(self, day: datetime.date) -> bool:
        """Whether the price is asked on a day, as far as is known."""
        text = day.isoformat()
        return (self.start_date or text) <= text <= (self.end_date or text)


class Threshold(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An amount of training compute that a rule is tied to (``resources/thresholds.yaml``)."""

    id: str
    flops: float
    name: str
    meaning: str
    applies_from: IsoDay
    source: str
    read: IsoDay
    counts: Literal["training", "change", "all"] = "training"
    """Whose compute: the training of a model; a change made to another's model; or both together."""
    change_share: float | None = None
    """Of a ``change``: the share of the original's compute that counts; ``flops`` where that is unknown."""
    original_flops: float = 0.0
    """Of a ``change``: the rule is about originals trained with more than this."""


def read_economics(text: str) -> Economics:
    """Economics from YAML. Raises CatalogError naming what is missing or unknown."""
    return yaml_record(text, Economics, "economics.yaml")


def read_thresholds(text: str) -> tuple[Threshold, ...]:
    """Compute thresholds from YAML, lowest first. Raises CatalogError."""
    return tuple(sorted(yaml_record(text, tuple[Threshold, ...], "thresholds.yaml"), key=lambda t: t.flops))
