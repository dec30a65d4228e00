"""Scenario -> Estimate: the one road every number on screen, on paper and on the command line travels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from isocost.catalog import Catalog
from isocost.catalog.economics import load_economics
from isocost.engine.architecture import training_flops_per_token
from isocost.engine.records import Accelerator
from isocost.plan.layouts import layout_words, memory_bill, step_bill
from isocost.plan.notices import stage_notices
from isocost.plan.project import (
    GpuHoursStage,
    PretrainStage,
    Project,
    Scenario,
    Stage,
    hardware_of,
    model_of,
    price_of,
)
from isocost.plan.resolve import batch_tokens, parameters_of, transformer_of, whole_nodes
from isocost.plan.results import (
    Estimate,
    EstimateRange,
    FlopCount,
    GroupShare,
    LedgerLine,
    Notice,
    Range,
    StageEstimate,
    Total,
)
from isocost.plan.run import run_stage
from isocost.quantities import format_count, format_duration, format_money


def estimate(project: Project, catalog: Catalog, scenario: int = 0) -> Estimate:
    """What a scenario costs, takes and emits, with its range and its warnings.

    Raises:
        CatalogError: the plan names an accelerator or model the catalogue does not have.
    """
    chosen = project.scenarios[scenario]
    stages = tuple(estimate_stage(chosen, stage, catalog) for stage in chosen.stages)
    total = Total(*(sum(getattr(s, name) for s in stages) for name in Total.__slots__))
    span = _range(stages, total)
    notices: list[Notice] = []
    for stage, result in zip(chosen.stages, stages, strict=True):
        notices += [n for n in stage_notices(chosen, stage, result, catalog) if n not in notices]
    return Estimate(
        project=project.name,
        scenario=chosen.name,
        stages=stages,
        total=total,
        range=span,
        ledger=tuple(
            _ledger_line(chosen, stage, each) for stage, each in zip(chosen.stages, stages, strict=True)
        ),
        groups=_groups(stages, total),
        warnings=tuple(notices),
        headline=_headline(stages, total),
        doubt=f"90 % chance at or below {format_money(span.cost_usd.p90)}" if span else "",
    )


def estimate_stage(scenario: Scenario, stage: Stage, catalog: Catalog) -> StageEstimate:
    """What one stage costs, takes and emits."""
    hardware = hardware_of(scenario, stage)
    entry = catalog.accelerator(hardware.accelerator)
    accelerator = entry.spec
    claimed = isinstance(stage, GpuHoursStage)
    count = hardware.count if claimed else whole_nodes(accelerator, hardware.count)
    run = run_stage(scenario, stage, [accelerator.id], [np.array([count], dtype=np.int64)], catalog)[0]
    gpu_hours = float(run.gpu_hours[0])
    price = price_of(scenario, stage).usd_per_gpu_hour
    kwh = energy_kwh(accelerator, gpu_hours)
    result = StageEstimate(
        name=stage.name,
        group=stage.group,
        kind="gpu-hours" if claimed else "pretrain",
        cost_usd=gpu_hours * price,
        gpu_hours=gpu_hours,
        wall_days=float(run.wall_days[0]),
        accelerator=accelerator.id,
        accelerator_name=entry.short_name,
        count=count,
        usd_per_gpu_hour=price,
        energy_kwh=kwh,
        co2_kg=kwh * load_economics().grid_kg_per_kwh.value,
    )
    if run.speed is None or run.goodput is None or not isinstance(stage, PretrainStage):
        return result
    return replace(
        result,
        mfu=float(run.speed.mfu[0]),
        mfu_source=run.speed.source,
        tokens_per_s_per_gpu=float(run.speed.tokens_per_s_per_gpu[0]),
        fits=bool(run.speed.best.fits[0]),
        layout=layout_words(run.speed.best, 0),
        memory=memory_bill(run.speed.best, 0),
        step=step_bill(run.speed.best, 0),
        flops=flop_count(scenario, stage, catalog),
        goodput=float(run.goodput[0]),
        batch_tokens=batch_tokens(stage.data),
        slow=run.speed.slow,
        fast=run.speed.fast,
    )


def flop_count(scenario: Scenario, stage: PretrainStage, catalog: Catalog) -> FlopCount:
    """Training FLOPs of a stage from the model's true shapes, beside the 6ND people quote."""
    model = model_of(scenario, stage)
    per_token = training_flops_per_token(transformer_of(model, catalog), float(stage.data.sequence))
    tokens = stage.data.tokens
    active = parameters_of(model, catalog).active
    return FlopCount(
        float(per_token.matmul) * tokens, float(per_token.attention) * tokens, 6.0 * active * tokens
    )


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


def _ledger_line(scenario: Scenario, stage: Stage, result: StageEstimate) -> LedgerLine:
    price = price_of(scenario, stage)
    source = ", ".join(part for part in (price.supplier, price.date, price.source) if part)
    return LedgerLine(f"{result.name}: {result.accelerator_name} rent", result.cost_usd, source)


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
    places = list(dict.fromkeys(f"{format_count(s.count)} {s.accelerator_name}" for s in stages))
    where = places[0] if len(places) == 1 else " and ".join((", ".join(places[:-1]), places[-1]))
    return f"{format_money(total.cost_usd)} and {format_duration(total.wall_days)} on {where}"
