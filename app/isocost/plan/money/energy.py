"""Power, energy and emissions of accelerator-hours at a site."""

from __future__ import annotations

from dataclasses import dataclass

from isocost.catalog import Catalog
from isocost.catalog.constants.economics import Economics, Region
from isocost.engine.records import Accelerator
from isocost.plan.project.programme import Site

WATTS_PER_KW = 1000.0


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """What a site comes to, each figure with its source."""

    pue: float
    pue_source: str
    usd_per_kwh: float
    usd_per_kwh_source: str
    grid_kg_per_kwh: float
    grid_source: str
    market_kg_per_kwh: float
    market_source: str


@dataclass(frozen=True, slots=True)
class Energy:
    """Energy at the meter and what it emits."""

    kw: float
    """Mean draw of the whole facility while it runs."""
    kwh: float
    usd: float
    """What the energy costs; rent already contains it."""
    co2_kg: float
    """Location based: the local grid's mix."""
    co2_market_kg: float
    """Market based: after contracts and certificates."""


def site_facts(site: Site, catalog: Catalog) -> SiteFacts:
    """The site's own figures where typed, else its region's and operator's, else the United States'."""
    economics = catalog.constants.economics
    region = catalog.constants.regions.get(site.region)
    operator = economics.operator(site.operator)
    pue, pue_source = _first(site.pue, operator.pue, f"{operator.name}: {operator.source}")
    usd, usd_source = _price(site, region, economics)
    grid = region.grid_kg_per_kwh if region else economics.grid_kg_per_kwh.value
    source = f"{region.name}, {region.grid_year}: {region.grid_source}" if region else _words(economics)
    kg, kg_source = _first(site.grid_kg_per_kwh, grid, source)
    unclaimed = "no contract or certificate claimed: the grid's"
    market, market_source = _first(site.market_kg_per_kwh, kg, unclaimed)
    return SiteFacts(pue, pue_source, usd, usd_source, kg, kg_source, market, market_source)


def _first(typed: float | None, usual: float, source: str) -> tuple[float, str]:
    return (usual, source) if typed is None else (typed, "your input")


def _words(economics: Economics) -> str:
    grid = economics.grid_kg_per_kwh
    return f"United States, {grid.date}: {grid.source}"


def _price(site: Site, region: Region | None, economics: Economics) -> tuple[float, str]:
    if region is not None and region.usd_per_kwh is not None:
        source = f"{region.name}, {region.price_period}: {region.price_source}"
        return _first(site.usd_per_kwh, region.usd_per_kwh, source)
    known = economics.usd_per_kwh
    return _first(site.usd_per_kwh, known.value, f"United States, {known.date}: {known.source}")


def kw_per_accelerator(accelerator: Accelerator, pue: float, catalog: Catalog) -> float:
    """Mean facility draw behind one busy accelerator: server nameplate x typical draw x PUE."""
    server = accelerator.server_power_w / WATTS_PER_KW
    return server * catalog.constants.economics.power_over_nameplate.value * pue


def energy(accelerator: Accelerator, count: float, gpu_hours: float, site: Site, catalog: Catalog) -> Energy:
    """Power of ``count`` busy accelerators, and energy, cost and emissions of ``gpu_hours``."""
    facts = site_facts(site, catalog)
    each = kw_per_accelerator(accelerator, facts.pue, catalog)
    kwh = each * gpu_hours
    return Energy(
        kw=each * count,
        kwh=kwh,
        usd=kwh * facts.usd_per_kwh,
        co2_kg=kwh * facts.grid_kg_per_kwh,
        co2_market_kg=kwh * facts.market_kg_per_kwh,
    )
