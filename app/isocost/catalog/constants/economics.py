"""Sourced facts of money, energy and rules that are not prices of accelerators."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Literal, TypeVar

import msgspec
import yaml

from isocost.catalog.errors import CatalogError
from isocost.catalog.prices import IsoDay, Text
from isocost.catalog.table import read_rows
from isocost.paths import resource

Record = TypeVar("Record")


class Constant(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One figure with its unit, the date it held and where it comes from."""

    value: float
    unit: str
    date: str
    source: str


class Spread(Constant, frozen=True, forbid_unknown_fields=True, kw_only=True):
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

    run_over_step_mfu: Spread
    power_over_nameplate: Constant
    pue: Constant
    grid_kg_per_kwh: Constant
    pue_by_operator: tuple[Operator, ...]
    usd_per_kwh: Constant
    server_over_card: Constant
    whole_system_words: Words
    value_kept_per_year: Constant

    def operator(self, id: str) -> Operator:
        """The operator of an id. Raises CatalogError for an unknown one."""
        for known in self.pue_by_operator:
            if known.id == id:
                return known
        names = ", ".join(known.id for known in self.pue_by_operator)
        raise CatalogError(f"economics.yaml: no operator {id!r}; there are {names}.")


class Region(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A place with its grid and price of electricity (``resources/regions.csv``)."""

    id: Text
    name: Text
    kind: Literal["country", "state", "cloud region"]
    grid_kg_per_kwh: Annotated[float, msgspec.Meta(ge=0, le=2)]
    """kg CO2e per kWh, location based."""
    grid_year: Text
    grid_source: Text
    usd_per_kwh: Annotated[float, msgspec.Meta(gt=0, le=2)] | None = None
    """For large customers; None = not known."""
    price_period: str = ""
    price_source: str = ""


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
    read_via: str = ""
    note: str = ""


class Threshold(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An amount of training compute that a rule is tied to (``resources/thresholds.yaml``)."""

    id: str
    flops: float
    name: str
    meaning: str
    applies_from: IsoDay
    source: str
    read: IsoDay


@lru_cache(maxsize=1)
def load_economics() -> Economics:
    """The shipped constants, validated."""
    return _read_yaml("economics.yaml", Economics)


@lru_cache(maxsize=1)
def load_regions() -> Mapping[str, Region]:
    """Every region by its id, in the order of the file."""
    return {row.id: row for row in read_rows(resource("regions.csv"), Region)}


@lru_cache(maxsize=1)
def load_api_quotes() -> tuple[ApiQuote, ...]:
    """Every token price, in the order of the file."""
    return tuple(read_rows(resource("api_prices.csv"), ApiQuote))


@lru_cache(maxsize=1)
def load_thresholds() -> tuple[Threshold, ...]:
    """Compute thresholds, lowest first."""
    return tuple(sorted(_read_yaml("thresholds.yaml", tuple[Threshold, ...]), key=lambda each: each.flops))


def _read_yaml(name: str, kind: type[Record]) -> Record:
    try:
        return msgspec.convert(yaml.safe_load(resource(name).read_text(encoding="utf-8")), kind)
    except (msgspec.ValidationError, yaml.YAMLError) as error:
        raise CatalogError(f"{name}: {error}") from error
