"""Power, energy and emissions of accelerator-hours at a site."""

from __future__ import annotations

from dataclasses import dataclass

from isocost.catalog.constants.economics import Region, load_economics, load_regions
from isocost.engine.records import Accelerator
from isocost.plan.project.programme import Site
from isocost.quantities.units import KILO


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


def site_facts(site: Site) -> SiteFacts:
    """The site's own figures where typed, else its region's and operator's, else the United States'."""
    economics = load_economics()
    region = load_regions().get(site.region)
    operator = economics.operator(site.operator)
    pue, pue_source = _first(site.pue, operator.pue, f"{operator.name}: {operator.source}")
    usd, usd_source = _price(site, region)
    grid = region.grid_kg_per_kwh if region else economics.grid_kg_per_kwh.value
    source = f"{region.name}, {region.grid_year}: {region.grid_source}" if region else _words()
    kg, kg_source = _first(site.grid_kg_per_kwh, grid, source)
    unclaimed = "no contract or certificate claimed: the grid's"
    market, market_source = _first(site.market_kg_per_kwh, kg, unclaimed)
    return SiteFacts(pue, pue_source, usd, usd_source, kg, kg_source, market, market_source)


def _first(typed: float | None, usual: float, source: str) -> tuple[float, str]:
    return (usual, source) if typed is None else (typed, "your input")


def _words() -> str:
    grid = load_economics().grid_kg_per_kwh
    return f"United States, {grid.date}: {grid.source}"


def _price(site: Site, region: Region | None) -> tuple[float, str]:
    if region is not None and region.usd_per_kwh is not None:
        source = f"{region.name}, {region.price_period}: {region.price_source}"
        return _first(site.usd_per_kwh, region.usd_per_kwh, source)
    known = load_economics().usd_per_kwh
    return _first(site.usd_per_kwh, known.value, f"United States, {known.date}: {known.source}")


def kw_per_accelerator(accelerator: Accelerator, pue: float) -> float:
    """Mean facility draw behind one busy accelerator: server nameplate x typical draw x PUE."""
    server = accelerator.server_power_w / KILO
    return server * load_economics().power_over_nameplate.value * pue


def energy(accelerator: Accelerator, count: float, gpu_hours: float, site: Site) -> Energy:
    """Power of ``count`` busy accelerators, and energy, cost and emissions of ``gpu_hours``."""
    facts = site_facts(site)
    each = kw_per_accelerator(accelerator, facts.pue)
    kwh = each * gpu_hours
    return Energy(
        kw=each * count,
        kwh=kwh,
        usd=kwh * facts.usd_per_kwh,
        co2_kg=kwh * facts.grid_kg_per_kwh,
        co2_market_kg=kwh * facts.market_kg_per_kwh,
    )
