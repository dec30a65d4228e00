"""Scenario -> Estimate: the one road every number on screen, on paper and on the command line travels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from isocost.catalog import Catalog
from isocost.catalog.economics import load_economics
from isocost.engine.records import Accelerator
from isocost.plan.notices import stage_notices
from isocost.plan.project import Project, Scenario, Stage, price_of
from isocost.plan.results import (
    Estimate,
    EstimateRange,
    GroupShare,
    LedgerLine,
    Notice,
    Range,
    StageEstimate,
    Total,
)
from isocost.plan.runs import Array, StageRun, run_scenario
from isocost.plan.stage_layout import with_layout
from isocost.quantities import format_count, format_duration, format_money


def estimate(project: Project, catalog: Catalog, scenario: int = 0) -> Estimate:
    """What a scenario costs, takes and emits, with its range and its warnings.

    Raises:
        CatalogError: the plan names an accelerator or model the catalogue does not have.
    """
    chosen = project.scenarios[scenario]
    stages = stage_estimates(chosen, catalog)
    counted = [stage for stage in stages if stage.enabled]
    total = Total(*(sum((getattr(s, name) for s in counted), 0.0) for name in Total.__slots__))
    span = _range(counted, total)
    notices: list[Notice] = []
    for stage, result in zip(chosen.stages, stages, strict=True):
        found = stage_notices(chosen, stage, result, catalog) if stage.enabled else ()
        notices += [n for n in found if n not in notices]
    return Estimate(
        project=project.name,
        scenario=chosen.name,
        stages=stages,
        total=total,
        range=span,
        ledger=tuple(_ledger_line(each) for each in counted),
        groups=_groups(counted, total),
        warnings=tuple(notices),
        headline=_headline(counted, total),
        doubt=f"90 % chance at or below {format_money(span.cost_usd.p90)}" if span else "",
    )


def stage_estimates(scenario: Scenario, catalog: Catalog) -> tuple[StageEstimate, ...]:
    """What each stage costs, takes and emits, those switched off included."""
    shared = scenario.hardware
    runs = run_scenario(scenario, [shared.accelerator], [np.array([shared.count], dtype=np.int64)], catalog)
    return tuple(
        _stage_estimate(scenario, stage, each[0], catalog)
        for stage, each in zip(scenario.stages, runs, strict=True)
    )


def _stage_estimate(scenario: Scenario, stage: Stage, run: StageRun, catalog: Catalog) -> StageEstimate:
    entry = catalog.accelerator(run.accelerator)
    gpu_hours = float(run.gpu_hours[0])
    price = price_of(scenario, stage)
    kwh = energy_kwh(entry.spec, gpu_hours)
    result = StageEstimate(
        name=stage.name,
        group=stage.group,
        kind=str(stage.__struct_config__.tag),
        cost_usd=gpu_hours * price.usd_per_gpu_hour,
        gpu_hours=gpu_hours,
        wall_days=float(run.wall_days[0]),
        accelerator=entry.spec.id,
        accelerator_name=entry.short_name,
        count=int(run.counts[0]),
        usd_per_gpu_hour=price.usd_per_gpu_hour,
        energy_kwh=kwh,
        co2_kg=kwh * load_economics().grid_kg_per_kwh.value,
        mfu=_first(run.mfu),
        mfu_source=run.mfu_source,
        tokens_per_s_per_gpu=_first(run.tokens_per_s_per_gpu),
        fits=None if run.computed is False else bool(run.fits[0]),
        flops=run.flops,
        goodput=_first(run.goodput),
        batch_tokens=run.batch_tokens,
        slow=run.slow,
        fast=run.fast,
        enabled=stage.enabled,
        details=run.details,
        price_source=", ".join(part for part in (price.supplier, price.date, price.source) if part),
    )
    return with_layout(result, run, catalog)


def _first(values: Array | None) -> float | None:
    return None if values is None else float(values[0])


def energy_kwh(accelerator: Accelerator, gpu_hours: float) -> float:
    """Energy at the meter: server nameplate x typical draw x PUE x hours."""
    economics = load_economics()
    kw = accelerator.server_power_w / 1000.0 * economics.power_over_nameplate.value
    return kw * economics.pue.value * gpu_hours


def _range(stages: Sequence[StageEstimate], total: Total) -> EstimateRange | None:
    """Sum of the stages' own ranges, taken as moving together: one model predicts them all."""
    if all(s.slow == 1.0 and s.fast == 1.0 for s in stages):
        return None

    def spread(values: Sequence[float], middle: float) -> Range:
        low = sum(v * s.fast for v, s in zip(values, stages, strict=True))
        high = sum(v * s.slow for v, s in zip(values, stages, strict=True))
        return Range(low, middle, high)

    return EstimateRange(
        spread([s.cost_usd for s in stages], total.cost_usd),
        spread([s.wall_days for s in stages], total.wall_days),
    )


def _ledger_line(result: StageEstimate) -> LedgerLine:
    return LedgerLine(f"{result.name}: {result.accelerator_name} rent", result.cost_usd, result.price_source)


def _groups(stages: Sequence[StageEstimate], total: Total) -> tuple[GroupShare, ...]:
    """Named groups in the order they first appear, with their share of the cost."""
    names = dict.fromkeys(s.group for s in stages if s.group)
    groups = []
    for name in names:
        inside = [s for s in stages if s.group == name]
        cost = sum(s.cost_usd for s in inside)
        share = cost / total.cost_usd if total.cost_usd else 0.0
        groups.append(GroupShare(name, cost, sum(s.gpu_hours for s in inside), share))
    return tuple(groups)


def _headline(stages: Sequence[StageEstimate], total: Total) -> str:
    if not stages:
        return "Every stage is switched off"
    places = list(dict.fromkeys(f"{format_count(s.count)} {s.accelerator_name}" for s in stages))
    where = places[0] if len(places) == 1 else " and ".join((", ".join(places[:-1]), places[-1]))
    return f"{format_money(total.cost_usd)} and {format_duration(total.wall_days)} on {where}"
