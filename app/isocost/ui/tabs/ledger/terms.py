"""What the folded groups of the ledger's inputs say, and which inputs matter under which terms."""

from __future__ import annotations

from collections.abc import Callable

from isocost.catalog import Catalog
from isocost.plan.project.project import Scenario
from isocost.quantities import SPACE, format_money, format_quantity
from isocost.ui.tabs.ledger.pickers import supply_words

OFF = "off"

_TERMS: dict[str, tuple[str, ...]] = {
    "supply.discount": ("reserved", "spot", "block"),
    "supply.term_months": ("reserved",),
    "supply.block_days": ("block",),
    "supply.rework": ("spot",),
    "supply.owned_share": ("mixed",),
    "supply.resold": ("reserved", "block"),
}
"""Terms under which an input changes anything."""


def belongs(path: str, scenario: Scenario) -> bool:
    """Whether an input changes anything under the scenario's terms."""
    return scenario.supply.mode in _TERMS.get(path, (scenario.supply.mode,))


def _people(scenario: Scenario) -> str:
    heads = scenario.people.heads
    if not heads:
        return OFF
    rate = format_money(scenario.people.usd_per_month)
    return f"{format_quantity(heads, 'number')} at {rate} a month"


def _programme(scenario: Scenario) -> str:
    p = scenario.programme
    parts = [
        f"{format_quantity(share, 'share')} {name}"
        for name, share in (("failed", p.failed_runs), ("support", p.support), ("reserve", p.contingency))
        if share
    ]
    if p.setup_usd:
        parts.append(f"{format_money(p.setup_usd)} setup")
    return _joined(parts)


def _dataset(scenario: Scenario) -> str:
    data = scenario.dataset
    parts = [f"{format_money(data.licences_usd)} licences"] if data.licences_usd else []
    parts += [f"{format_quantity(data.annotations, 'number')} labels"] if data.annotations else []
    tokens = data.synthetic_tokens
    parts += [f"{format_quantity(tokens, 'number')} tokens bought"] if tokens else []
    return _joined(parts)


def _storage(scenario: Scenario) -> str:
    kept = scenario.storage
    parts = [f"{format_quantity(kept.terabytes, 'number')}{SPACE}TB"] if kept.terabytes else []
    count = format_quantity(kept.checkpoints, "number")
    parts += [f"{count} checkpoints"] if kept.checkpoints else []
    moved = format_quantity(kept.egress_terabytes, "number")
    parts += [f"{moved}{SPACE}TB out"] if kept.egress_terabytes else []
    return _joined(parts)


def _schedule(scenario: Scenario) -> str:
    return f"from {scenario.schedule.start}" if scenario.schedule.start else "no start date"


def _ownership(scenario: Scenario) -> str:
    own = scenario.ownership
    used = format_quantity(own.utilization, "share")
    return f"{format_quantity(own.years, 'number')} years, {used} used"


def _site(scenario: Scenario, catalog: Catalog) -> str:
    site = scenario.site
    region = catalog.constants.regions.get(site.region)
    place = region.name.split(" (")[0] if region else "United States"
    return f"{place} · {catalog.constants.economics.operator(site.operator).name}"


def _demand(scenario: Scenario) -> str:
    tokens = scenario.demand.tokens_per_day
    return f"{format_quantity(tokens, 'number')} tokens a day" if tokens else OFF


def _joined(parts: list[str]) -> str:
    """At most two of the parts, and how many more there are."""
    if not parts:
        return OFF
    more = f" +{len(parts) - 2}" if len(parts) > 2 else ""
    return " · ".join(parts[:2]) + more


_SUMMARIES: dict[str, Callable[[Scenario], str]] = {
    "people": _people,
    "programme": _programme,
    "dataset": _dataset,
    "storage": _storage,
    "schedule": _schedule,
    "supply": supply_words,
    "ownership": _ownership,
    "demand": _demand,
}
"""What each group holds that needs no catalogue."""


def summary(group: str, scenario: Scenario, catalog: Catalog) -> str:
    """What a group of inputs holds, in a few words."""
    return _site(scenario, catalog) if group == "site" else _SUMMARIES[group](scenario)
