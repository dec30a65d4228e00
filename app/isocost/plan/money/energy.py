"""Power, energy and emissions: what a site comes to, and the figures of a programme that follow."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from isocost.catalog import Catalog
from isocost.catalog.constants.economics import Region
from isocost.language import tr
from isocost.plan.money.arithmetic import Number
from isocost.plan.money.figure import Figure, by_stage
from isocost.plan.project.programme import Site

WATTS_PER_KW = 1000.0


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """What a site comes to, each figure with its source."""

    pue: float
    """Facility energy over IT energy."""
    pue_source: str
    usd_per_kwh: float
    usd_per_kwh_source: str
    grid_kg_per_kwh: float
    """kg CO2e, location based."""
    grid_source: str
    market_kg_per_kwh: float
    """kg CO2e after contracts and certificates."""
    market_source: str


@dataclass(frozen=True, slots=True)
class Footprint:
    """Power, energy and emissions of the stages that count, together."""

    peak_kw: float
    """Mean draw of the stage that draws most, while it runs; the facility's share included."""
    kwh: float
    usd: float
    """What the energy costs at the site's price."""
    paid_apart: float
    """Share of the energy that is a cost of one's own, beside the machines; rent contains the rest."""
    co2_kg: float
    """Location based: the local grid's mix."""
    co2_market_kg: float
    """Market based: after contracts and certificates."""
    facts: SiteFacts


def site_facts(site: Site, catalog: Catalog) -> SiteFacts:
    """The site's own figures where typed, else its region's and operator's, else the United States'."""
    economics = catalog.constants.economics
    region = catalog.constants.regions.get(site.region)
    operator = economics.operator(site.operator)
    pue, pue_source = _first(site.pue, operator.pue, f"{operator.name}: {operator.source}")
    usd, usd_source = _electricity(site, region, catalog)
    grid = economics.grid_kg_per_kwh
    kg = region.grid_kg_per_kwh if region else grid.value
    place = (region.name, region.grid_year, region.grid_source) if region else _usa(grid.date, grid.source)
    kg, kg_source = _first(site.grid_kg_per_kwh, kg, "{}, {}: {}".format(*place))
    unclaimed = tr("no contract or certificate claimed: the grid's")
    market, market_source = _first(site.market_kg_per_kwh, kg, unclaimed)
    return SiteFacts(pue, pue_source, usd, usd_source, kg, kg_source, market, market_source)


def _first(typed: float | None, usual: float, source: str) -> tuple[float, str]:
    return (usual, source) if typed is None else (typed, tr("your input"))


def _usa(date: str, source: str) -> tuple[str, str, str]:
    return tr("United States"), date, source


def _electricity(site: Site, region: Region | None, catalog: Catalog) -> tuple[float, str]:
    usual = catalog.constants.economics.usd_per_kwh
    known, place = usual.value, _usa(usual.date, usual.source)
    if region is not None and region.price_of:
        region = catalog.constants.regions[region.price_of]
    if region is not None and region.usd_per_kwh is not None:
        known, place = region.usd_per_kwh, (region.name, region.price_period, region.price_source)
    return _first(site.usd_per_kwh, known, "{}, {}: {}".format(*place))


def facility_kw(server_kw: Number, power_over_nameplate: Number, pue: Number) -> Number:
    """Mean facility draw behind one busy accelerator [kW]: server nameplate x typical draw x PUE."""
    return server_kw * power_over_nameplate * pue


def _times(one: Number, other: Number) -> Number:
    return one * other


def _largest(by_stage: Number) -> Number:
    largest: Number = np.max(np.asarray(by_stage), axis=0, initial=0.0)
    return largest


ENERGY = (
    Figure(
        "stage.kw", tr("Draw behind an accelerator"), "kW",
        ("stage.server_kw", "constants.power_over_nameplate", "site.pue"),
        "{stage.server_kw} kW x {constants.power_over_nameplate} x {site.pue}", facility_kw, over="stage",
    ),
    Figure(
        "stage.kwh", tr("Energy"), "kWh", ("stage.kw", "stage.gpu_hours"),
        "{stage.kw} kW x {stage.gpu_hours} GPU-hours", _times, over="stage",
    ),
    Figure(
        "stage.co2_kg", tr("Emissions"), "kg", ("stage.kwh", "site.grid_kg_per_kwh"),
        "{stage.kwh} kWh x {site.grid_kg_per_kwh}", _times, over="stage",
    ),
    Figure(
        "stage.facility_kw", tr("Draw of a stage"), "kW", ("stage.kw", "stage.count"),
        "{stage.kw} kW x {stage.count}", _times, over="stage",
    ),
    Figure(
        "stage.energy_usd", tr("Price of the energy"), "USD", ("stage.kwh", "site.usd_per_kwh"),
        "{stage.kwh} kWh x {site.usd_per_kwh}", _times, over="stage",
    ),
    Figure(
        "stage.co2_market_kg", tr("Emissions, market based"), "kg", ("stage.kwh", "site.market_kg_per_kwh"),
        "{stage.kwh} kWh x {site.market_kg_per_kwh}", _times, over="stage",
    ),
    Figure("energy_kwh", tr("Energy"), "kWh", ("stage.kwh",), "{stage.kwh}", by_stage),
    Figure("energy_usd", tr("Price of the energy"), "USD", ("stage.energy_usd",), "{stage.energy_usd}",
    by_stage),
    Figure("co2_kg", tr("Emissions, location based"), "kg", ("stage.co2_kg",), "{stage.co2_kg}", by_stage),
    Figure(
        "co2_market_kg", tr("Emissions, market based"), "kg", ("stage.co2_market_kg",),
        "{stage.co2_market_kg}",
        by_stage,
    ),
    Figure(
        "peak_kw", tr("Draw of the stage that draws most"), "kW", ("stage.facility_kw",),
        "the larger of 0 and {stage.facility_kw}", _largest,
    ),
)  # fmt: skip
"""Rent already contains what energy costs: none of these is a line of the bill."""
