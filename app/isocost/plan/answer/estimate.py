"""Scenario -> Estimate: the one road every number on screen, on paper and on the command line travels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from isocost.catalog import Catalog
from isocost.plan.answer.curves import CostCurve, active_curve
from isocost.plan.answer.headline import doubt, headline
from isocost.plan.answer.notices import scenario_notices, smaller_count, stage_notices
from isocost.plan.answer.results import (
    Estimate,
    EstimateRange,
    GroupShare,
    Notice,
    Range,
    StageEstimate,
    Total,
)
from isocost.plan.money.energy import energy
from isocost.plan.money.ledger import cost_range, ledger, programme_total
from isocost.plan.money.supply import rate_of
from isocost.plan.money.surroundings import cents
from isocost.plan.project.project import Project, Scenario, Stage
from isocost.plan.runs import Array, StageRun, run_scenario
from isocost.plan.runs.stage_layout import with_layout


def estimate(project: Project, catalog: Catalog, scenario: int = 0) -> Estimate:
    """What a scenario costs, takes and emits, with its range and its warnings.

    Raises:
        CatalogError: the plan names an accelerator or model the catalogue does not have.
    """
    return estimate_with_curve(project, catalog, scenario)[0]


def estimate_with_curve(project: Project, catalog: Catalog, scenario: int = 0) -> tuple[Estimate, CostCurve]:
    """The estimate, and the scenario's own curve, which its warnings look at: each is computed once.

    Raises:
        CatalogError: the plan names an accelerator or model the catalogue does not have.
    """
    chosen = project.scenarios[scenario]
    stages = stage_estimates(chosen, catalog)
    counted = [stage for stage in stages if stage.enabled]
    lines = ledger(chosen, stages, catalog)
    total = Total(*(sum((getattr(s, name) for s in counted), 0.0) for name in Total.__slots__))
    total = replace(total, cost_usd=programme_total(lines))
    span = _range(counted, total, cost_range(chosen, stages, catalog))
    notices: list[Notice] = []
    for stage, result in zip(chosen.stages, stages, strict=True):
        found = stage_notices(chosen, stage, result, catalog) if stage.enabled else ()
        notices += [n for n in found if n not in notices]
    notices += scenario_notices(chosen, catalog)
    curve = active_curve(project, catalog, scenario)
    notices += smaller_count(chosen, curve, catalog)
    made = Estimate(
        project=project.name,
        scenario=chosen.name,
        stages=stages,
        total=total,
        range=span,
        ledger=lines,
        groups=_groups(counted, total),
        warnings=tuple(notices),
        headline=headline(counted, total),
        doubt=doubt(counted, span),
    )
    return made, curve


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
    count = int(run.counts[0])
    rate = rate_of(scenario, stage, catalog)
    used = energy(entry.spec, count, gpu_hours, scenario.site, catalog)
    result = StageEstimate(
        name=stage.name,
        group=stage.group,
        kind=str(stage.__struct_config__.tag),
        cost_usd=cents(gpu_hours * rate.usd),
        gpu_hours=gpu_hours,
        wall_days=float(run.wall_days[0]),
        accelerator=entry.spec.id,
        accelerator_name=entry.short_name,
        count=count,
        usd_per_gpu_hour=rate.usd,
        energy_kwh=used.kwh,
        co2_kg=used.co2_kg,
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
        price_source=rate.source,
        noun=entry.noun,
    )
    return with_layout(result, run, catalog)


def _first(values: Array | None) -> float | None:
    return None if values is None else float(values[0])


def _range(stages: Sequence[StageEstimate], total: Total, costs: tuple[float, float]) -> EstimateRange | None:
    """Sum of the stages' own ranges, taken as moving together: one model predicts them all."""
    if all(s.slow == 1.0 and s.fast == 1.0 for s in stages):
        return None
    low, high = costs
    return EstimateRange(
        Range(low, total.cost_usd, high),
        Range(
            sum(s.wall_days * s.fast for s in stages),
            total.wall_days,
            sum(s.wall_days * s.slow for s in stages),
        ),
    )


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
