"""Power, energy and emissions of a whole programme, with where each figure comes from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from isocost.catalog import Catalog
from isocost.plan.answer.results import StageEstimate
from isocost.plan.money.energy import SiteFacts, energy, site_facts
from isocost.plan.project.project import Scenario


@dataclass(frozen=True, slots=True)
class Footprint:
    """The stages that count, together."""

    peak_kw: float
    """Mean draw of the stage that draws most, while it runs; the facility's share included."""
    kwh: float
    usd: float
    """What the energy costs at the site's price."""
    paid_apart: bool
    """Whether the energy is a cost of one's own; rent already contains it."""
    co2_kg: float
    """Location based: the local grid's mix."""
    co2_market_kg: float
    """Market based: after contracts and certificates."""
    facts: SiteFacts


def footprint(scenario: Scenario, results: Sequence[StageEstimate], catalog: Catalog) -> Footprint:
    """What the stages that count draw, use and emit at the scenario's site."""
    each = [
        energy(catalog.accelerator(r.accelerator).spec, r.count, r.gpu_hours, scenario.site, catalog)
        for r in results
        if r.enabled
    ]
    return Footprint(
        peak_kw=max((e.kw for e in each), default=0.0),
        kwh=sum(e.kwh for e in each),
        usd=sum(e.usd for e in each),
        paid_apart=scenario.supply.mode in ("own", "mixed"),
        co2_kg=sum(e.co2_kg for e in each),
        co2_market_kg=sum(e.co2_market_kg for e in each),
        facts=site_facts(scenario.site, catalog),
    )
