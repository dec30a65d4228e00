"""A scenario reckoned: its stages' hours, prices and inputs by key, and every figure that follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocost.catalog import Catalog
from isocost.catalog.records import AcceleratorEntry
from isocost.engine.goodput import CHECKPOINT_BYTES
from isocost.language import tr
from isocost.plan.inputs.table import NUMBERS, origin
from isocost.plan.kinds import ModelStage, kind_of
from isocost.plan.money import bill
from isocost.plan.money.arithmetic import Number
from isocost.plan.money.energy import WATTS_PER_KW, Footprint, site_facts
from isocost.plan.money.figure import Figure, Sheet, Values, sheet
from isocost.plan.money.ownership import OwnedRate, purchase_price
from isocost.plan.money.rent_or_buy import Fleet, RentOrBuy, rent_or_buy
from isocost.plan.money.supply import price_words, rate_words
from isocost.plan.physics.counts import Counts
from isocost.plan.physics.records import StageRun
from isocost.plan.physics.resolve import parameters_of
from isocost.plan.project.project import Scenario, Stage, hardware_of, model_of, price_of
from isocost.plan.values import NO_PRICE, Price
from isocost.quantities.units import GIGA

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Point:
    """The scenario on one accelerator: its price, and each stage that counts, run at one or more counts."""

    accelerator: AcceleratorEntry
    usd_per_gpu_hour: float
    """Rent of the accelerator for stages that have no price of their own."""
    counts: Counts
    """Accelerators the scenario holds, at each count."""
    runs: Sequence[StageRun]
    """One of each stage that counts; of one entry where it does not follow the counts."""


@dataclass(frozen=True)
class Reckoning:
    """Every figure of a scenario by key, worked out when it is asked for."""

    scenario: Scenario
    catalog: Catalog
    stages: tuple[int, ...]
    """Places in the scenario of the stages that count: the first axis of figures by stage."""
    runs: tuple[StageRun, ...]
    """What each of them takes."""
    values: Values

    def __getitem__(self, key: str) -> float:
        """A figure of the whole programme, as a number."""
        return float(np.asarray(self.values[key]).reshape(-1)[0])

    def by_stage(self, key: str) -> tuple[float, ...]:
        """A figure of each stage that counts."""
        value = np.asarray(self.values[key], dtype=np.float64)
        return tuple(float(each) for each in np.broadcast_to(value.T, (1, len(self.stages)))[0])

    def late(self, weeks: float) -> Reckoning:
        """The same programme that ends some weeks later."""
        return replace(self, values=self.values.again(weeks_late=weeks))

    @cached_property
    def footprint(self) -> Footprint:
        """Power, energy and emissions at the scenario's site."""
        return Footprint(
            peak_kw=self["peak_kw"],
            kwh=self["energy_kwh"],
            usd=self["energy_usd"],
            paid_apart=self.scenario.supply.share_owned,
            co2_kg=self["co2_kg"],
            co2_market_kg=self["co2_market_kg"],
            facts=site_facts(self.scenario.site, self.catalog),
        )

    @cached_property
    def owned(self) -> OwnedRate | None:
        """What the scenario's accelerator costs to own; None when no purchase price is typed or known."""
        return self._owned("held", self.catalog.accelerator(self.scenario.hardware.accelerator), None)

    def _owned(self, whose: str, entry: AcceleratorEntry, stage: int | None) -> OwnedRate | None:
        """The same of the accelerators held, or of one of the stages that count."""
        price, source = purchase_price(entry, self.scenario, self.catalog)
        if price is None:
            return None

        def value(name: str) -> float:
            key = f"{whose}.{name}"
            return self[key] if stage is None else self.by_stage(key)[stage]

        return OwnedRate(
            capital=value("capital"),
            capital_source=source,
            write_off=value("write_off"),
            interest=value("interest"),
            facility=value("facility"),
            upkeep=value("upkeep"),
            energy=value("power"),
            fixed=value("fixed"),
            per_used_hour=value("owned_rate"),
            utilization=self.scenario.ownership.utilization,
        )

    @cached_property
    def rent_or_buy(self) -> RentOrBuy | None:
        """The accelerators of every stage that counts at the rent of its terms against bought ones.

        For accelerators that are owned already the rent is the price. Where no stage counts it is those the
        scenario holds. None when none of them has a rent and a purchase price, typed or known.
        """
        fleets, left_out, days = self._fleets()
        if not fleets:
            return None
        kept = self.catalog.constants.economics.value_kept_per_year.value
        return rent_or_buy(fleets, self.scenario.ownership, kept, days=days, left_out=left_out)

    def _fleets(self) -> tuple[list[Fleet], list[str], float]:
        """Accelerators by type that can be bought, stages on others, and the days of the stages covered."""
        rent = "price" if self.scenario.supply.owns else "rate"
        if not self.runs:
            entry = self.catalog.accelerator(self.scenario.hardware.accelerator)
            rented = self.scenario.price.supplier != NO_PRICE
            count, held = self.scenario.hardware.count, self.owned if rented else None
            alone = [Fleet(entry.short_name, count, self[f"held.{rent}"], held, 0.0)] if held else []
            return alone, [], 0.0
        groups: dict[str, list[int]] = {}
        for at, run in enumerate(self.runs):
            groups.setdefault(run.accelerator, []).append(at)
        rates, hours, days = (self.by_stage(f"stage.{name}") for name in (rent, "gpu_hours", "days"))
        fleets, left_out, covered = [], [], 0.0
        for accelerator, places in groups.items():
            entry = self.catalog.accelerator(accelerator)
            owned = self._owned("stage", entry, places[0])
            stages = [self.scenario.stages[self.stages[at]] for at in places]
            # What stands for a rent nobody asks is no rent to buy against.
            if owned is None or any(price_of(self.scenario, each).supplier == NO_PRICE for each in stages):
                left_out += [each.name for each in stages]
                continue
            used = sum(hours[at] for at in places)
            paid = sum(hours[at] * rates[at] for at in places)
            count = max(int(self.runs[at].counts[0]) for at in places)
            # One rate is itself, to the last digit, also of hours too few to divide by.
            differ = len({rates[at] for at in places}) > 1
            rate = paid / used if differ and used > 0.0 else rates[places[0]]
            fleets.append(Fleet(entry.short_name, count, rate, owned, used, tuple(places)))
            covered += sum(days[at] for at in places)
        return fleets, left_out, covered

    @cached_property
    def sources(self) -> Mapping[str, str]:
        """Where the values that are no inputs of the user come from, by key."""
        facts = site_facts(self.scenario.site, self.catalog)
        nameplate = self.catalog.constants.economics.power_over_nameplate
        return {
            "site.pue": facts.pue_source,
            "site.usd_per_kwh": facts.usd_per_kwh_source,
            "site.grid_kg_per_kwh": facts.grid_source,
            "site.market_kg_per_kwh": facts.market_source,
            "constants.power_over_nameplate": f"{nameplate.source}, {nameplate.date}",
            "checkpoint_gb": tr("14 bytes a parameter of the largest model (arXiv 1910.02054)"),
            "stages": tr("this plan"),
            "held.count": tr("this plan"),
            "held.price": price_words(self.scenario.price),
        }

    def source_of(self, key: str, stage: int | None = None) -> str:
        """Where a value that is no figure comes from.

        Args:
            stage: which of the stages that count, for a value by stage.
        """
        if key in self.sources:
            return self.sources[key]
        if key in NUMBERS and "." in key and not key.startswith("stage."):
            return origin(key, self.values[key])
        if stage is not None:
            return self._stage_source(key, stage)
        return tr("this plan")

    def _stage_source(self, key: str, stage: int) -> str:
        run, chosen = self.runs[stage], self.scenario.stages[self.stages[stage]]
        entry = self.catalog.accelerator(run.accelerator)
        if key == "stage.price":
            return price_words(price_of(self.scenario, chosen)) or tr("your input")
        if key == "stage.purchase":
            return purchase_price(entry, self.scenario, self.catalog)[1]
        if key == "stage.server_kw":
            return entry.sources.get("server", "") or entry.sources.get("power", "")
        if key in ("stage.gpu_hours", "stage.days"):
            return run.mfu_source or (
                tr("simulated") if run.computed else tr("as claimed, or a share of the rest")
            )
        return tr("this plan")

    def rate_source(self, stage: Stage) -> str:
        """Where the price of a stage's hour comes from."""
        entry = self.catalog.accelerator(hardware_of(self.scenario, stage).accelerator)
        purchase, words = purchase_price(entry, self.scenario, self.catalog)
        price = price_of(self.scenario, stage)
        return rate_words(self.scenario, price, purchase, words)


def reckoned(scenario: Scenario, runs: Sequence[StageRun], catalog: Catalog) -> Reckoning:
    """The scenario at its own count.

    Args:
        runs: what each stage takes, those switched off included.
    """
    counted = tuple(i for i, stage in enumerate(scenario.stages) if stage.enabled)
    taken = tuple(runs[i] for i in counted)
    # A claimed count is taken as it stands, others are whole nodes: what is held is the largest of them.
    shared = [int(runs[i].counts[0]) for i in counted if scenario.stages[i].hardware is None]
    held = np.array([max(shared, default=scenario.hardware.count)], dtype=np.int64)
    entry = catalog.accelerator(scenario.hardware.accelerator)
    point = Point(entry, scenario.price.usd_per_gpu_hour, held, taken)
    return Reckoning(scenario, catalog, counted, taken, values_of(scenario, (point,), catalog))


def values_of(scenario: Scenario, points: Sequence[Point], catalog: Catalog) -> Values:
    """Inputs and figures of a scenario at every count of every point, side by side along the last axis.

    Figures by stage have the stages that count along their first axis.
    """
    stages = [stage for stage in scenario.stages if stage.enabled]
    lengths = [len(point.counts) for point in points]
    facts = site_facts(scenario.site, catalog)

    def side_by_side(parts: Sequence[Number]) -> Array:
        """A value of each point at each of its counts."""
        if len(parts) == 1:
            return np.broadcast_to(parts[0], lengths[0])
        if all(isinstance(each, float) for each in parts):
            return np.repeat(np.array(parts), lengths)
        # Broadcasting takes longer than all else here: what has its length already is left alone.
        sized = (
            each if isinstance(each, np.ndarray) and len(each) == n else np.broadcast_to(each, n)
            for each, n in zip(parts, lengths, strict=True)
        )
        return np.concatenate(list(sized))

    def by_stage(rows: Sequence[Sequence[Number]]) -> Array:
        """(stages, counts) of a value per stage and point."""
        return np.array([side_by_side(row) for row in rows]).reshape(len(rows), sum(lengths))

    # Rents of owned accelerators are worked out at every point alike; where none is for sale it is NaN.
    held = [_held(point.accelerator, point.usd_per_gpu_hour, scenario, catalog) for point in points]
    own = [[_stage_terms(scenario, stage, point, catalog) for point in points] for stage in stages]
    runs = [[point.runs[i] for point in points] for i in range(len(stages))]
    values: dict[str, Any] = {
        "stage.gpu_hours": by_stage([[run.gpu_hours for run in row] for row in runs]),
        "stage.days": by_stage([[run.wall_days for run in row] for row in runs]),
        "stage.count": by_stage([[run.counts.astype(np.float64) for run in row] for row in runs]),
        # One column: whether a stage is the main run is the same at every count.
        "stage.main": _flags([kind_of(stage).group == "final run" for stage in stages]),
        "stage.shared": _flags([stage.hardware is None for stage in stages]),
        "stages": float(len(stages)),
        "held.count": side_by_side([point.counts.astype(np.float64) for point in points]),
        "weeks_late": 0.0,
        "checkpoint_gb": _checkpoint_gb(scenario, stages, catalog) if scenario.storage.checkpoints else 0.0,
        "site.pue": facts.pue,
        "site.usd_per_kwh": facts.usd_per_kwh,
        "site.grid_kg_per_kwh": facts.grid_kg_per_kwh,
        "site.market_kg_per_kwh": facts.market_kg_per_kwh,
        "constants.power_over_nameplate": catalog.constants.economics.power_over_nameplate.value,
    }
    for place, name in enumerate(("price", "purchase", "server_kw")):
        values[f"stage.{name}"] = by_stage([[terms[place] for terms in row] for row in own])
        values[f"held.{name}"] = np.repeat([terms[place] for terms in held], lengths)
    return Values(values, _sheet_of(bill.FIGURES, scenario), lambda path: _input(scenario, path))


@lru_cache(maxsize=64)
def _sheet_of(figures: tuple[Figure, ...], scenario: Scenario) -> Sheet:
    """The figures that exist in a scenario: the plan, its curve and those of others ask one after another."""
    return sheet(figures, lambda path: _input(scenario, path))


def _input(scenario: Scenario, path: str) -> Any:
    section, name = path.split(".")
    return getattr(getattr(scenario, section), name)


def _flags(flags: Sequence[bool]) -> Array:
    return np.array(flags, dtype=np.float64).reshape(-1, 1)


def _held(
    entry: AcceleratorEntry, price: float, scenario: Scenario, catalog: Catalog
) -> tuple[float, float, float]:
    """(rent, purchase price or NaN, kW of its part of the server) of an accelerator."""
    purchase = purchase_price(entry, scenario, catalog)[0]
    return price, float("nan") if purchase is None else purchase, entry.spec.server_power_w / WATTS_PER_KW


def _stage_terms(
    scenario: Scenario, stage: Stage, point: Point, catalog: Catalog
) -> tuple[float, float, float]:
    """The terms of a stage: its own accelerator and price, or the point's."""
    entry = point.accelerator if stage.hardware is None else catalog.accelerator(stage.hardware.accelerator)
    follows = stage.hardware is None and stage.price is None
    price: Price = price_of(scenario, stage)
    return _held(entry, point.usd_per_gpu_hour if follows else price.usd_per_gpu_hour, scenario, catalog)


def _checkpoint_gb(scenario: Scenario, stages: Sequence[Stage], catalog: Catalog) -> float:
    """GB of a full checkpoint of the largest model trained: weights, master copy and moments."""
    models = [model_of(scenario, s) for s in stages if isinstance(s, ModelStage)] or [scenario.model]
    return max(parameters_of(m, catalog).total for m in models) * CHECKPOINT_BYTES / GIGA
