"""What a programme costs beside the rent of its stages, as arithmetic on numbers or on arrays over counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from isocost.catalog import Catalog
from isocost.engine.goodput import CHECKPOINT_BYTES
from isocost.plan.project.programme import Dataset, People, Programme, Schedule, Storage
from isocost.plan.project.project import Scenario, Stage, model_of
from isocost.plan.project.stages import ModelStage
from isocost.plan.runs.resolve import parameters_of
from isocost.quantities.units import DAYS_PER_MONTH, DAYS_PER_WEEK, GIGA, HOURS_PER_DAY, MEGA

Number = float | NDArray[np.float64]

GB_PER_TB = 1000.0
CENTS = 100

EXPERIMENT_KINDS = frozenset({"ablations", "evaluation"})
DATA_KINDS = frozenset({"generation"})


@dataclass(frozen=True, slots=True)
class Basis:
    """What the surroundings are reckoned on; numbers or arrays of one shape."""

    rent: Number
    """USD of all stages."""
    main_rent: Number
    """USD without experiments and bought or generated data."""
    days: Number
    """Wall days of all stages."""
    shared_days: Number
    """Wall days of the stages on the scenario's own accelerators."""
    count: Number
    """The scenario's accelerators."""
    rate: Number
    """USD per hour of one of them under the scenario's terms."""
    stages: int
    checkpoint_gb: float
    """One full checkpoint of the largest model."""


def kind_of(stage: Stage) -> str:
    """The kind of a stage as a plan file names it."""
    return str(stage.__struct_config__.tag)


def basis(
    scenario: Scenario,
    stages: Sequence[Stage],
    costs: Sequence[Number],
    days: Sequence[Number],
    count: Number,
    rate: Number,
    catalog: Catalog,
) -> Basis:
    """The basis from the rent and days of the stages that count."""
    main = [c for s, c in zip(stages, costs, strict=True) if kind_of(s) not in EXPERIMENT_KINDS | DATA_KINDS]
    shared = [d for s, d in zip(stages, days, strict=True) if s.hardware is None]
    return Basis(
        rent=sum(costs, 0.0),
        main_rent=sum(main, 0.0),
        days=sum(days, 0.0),
        shared_days=sum(shared, 0.0),
        count=count,
        rate=rate,
        stages=len(stages),
        checkpoint_gb=checkpoint_gb(scenario, stages, catalog) if scenario.storage.checkpoints else 0.0,
    )


def checkpoint_gb(scenario: Scenario, stages: Sequence[Stage], catalog: Catalog) -> float:
    """GB of a full checkpoint of the largest model trained: weights, master copy and moments."""
    models = [model_of(scenario, s) for s in stages if isinstance(s, ModelStage)] or [scenario.model]
    return max(parameters_of(m, catalog).total for m in models) * CHECKPOINT_BYTES / GIGA


def programme_days(scenario: Scenario, on: Basis) -> Number:
    """Days from the start of preparation to the end of the wrap-up."""
    schedule = scenario.schedule
    waits = schedule.preparation_weeks + schedule.wrap_up_weeks + schedule.gap_weeks * max(on.stages - 1, 0)
    return on.days + DAYS_PER_WEEK * waits


def stored_gb(scenario: Scenario, on: Basis) -> float:
    """GB on fast storage, checkpoints included."""
    return scenario.storage.terabytes * GB_PER_TB + scenario.storage.checkpoints * on.checkpoint_gb


def unused_days(scenario: Scenario, on: Basis) -> Number:
    """Days the scenario's accelerators are paid for beyond the work there is for them."""
    supply = scenario.supply
    working = np.asarray(on.shared_days)
    if supply.mode == "reserved":
        paid = np.asarray(supply.term_months * DAYS_PER_MONTH)
    elif supply.mode == "block":
        paid = np.maximum(np.ceil(working), supply.block_days)
    else:
        return 0.0 * on.shared_days
    return np.where(working > 0.0, np.maximum(paid - working, 0.0), 0.0)


def surroundings(scenario: Scenario, on: Basis) -> Mapping[str, Number]:
    """USD of everything but the stages' rent, by key; contingency is a share of all before it."""
    p, data, storage = scenario.programme, scenario.dataset, scenario.storage
    months = programme_days(scenario, on) / DAYS_PER_MONTH
    people_months = months if scenario.people.months is None else scenario.people.months
    storage_months = months if storage.months is None else storage.months
    hours = unused_days(scenario, on) * HOURS_PER_DAY
    spot = scenario.supply.rework if scenario.supply.mode == "spot" else 0.0
    amounts: dict[str, Number] = {
        "failed-runs": p.failed_runs * on.main_rent,
        "interruptions": spot * on.rent,
        "unused": hours * on.count * on.rate * (1.0 - scenario.supply.resold),
        "licences": data.licences_usd,
        "annotations": data.annotations * data.usd_per_annotation,
        "synthetic": data.synthetic_tokens / MEGA * data.usd_per_synthetic_mtok,
        "people": scenario.people.heads * people_months * scenario.people.usd_per_month,
        "storage": stored_gb(scenario, on) * storage_months * storage.usd_per_gb_month,
        "egress": storage.egress_terabytes * GB_PER_TB * storage.usd_per_egress_gb,
        "support": p.support * on.rent,
        "setup": p.setup_usd,
    }
    amounts["contingency"] = p.contingency * (on.rent + sum(amounts.values(), 0.0))
    return amounts


def rent_only(scenario: Scenario) -> bool:
    """Whether nothing surrounds the stages: the usual case while a slider moves."""
    return (
        scenario.programme == Programme()
        and scenario.people == People()
        and scenario.dataset == Dataset()
        and scenario.storage == Storage()
        and scenario.schedule == Schedule()
        and scenario.supply.mode not in ("reserved", "block", "spot")
    )


def programme_cost(scenario: Scenario, on: Basis) -> Number:
    """USD of the whole programme, each line in whole cents as in its ledger; the rent as it is given."""
    if rent_only(scenario):
        return on.rent
    return on.rent + sum((in_cents(usd) for usd in surroundings(scenario, on).values()), 0.0)


def in_cents(usd: Number) -> Number:
    """Rounded to the cent."""
    rounded: NDArray[np.float64] = np.rint(np.asarray(usd, dtype=np.float64) * CENTS) / CENTS
    return rounded


def cents(usd: float) -> float:
    """One amount rounded to the cent."""
    return float(in_cents(usd))
