"""Scenario -> Estimate: the one road every number on screen, on paper and on the command line travels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import msgspec

from isocost.catalog import Catalog
from isocost.plan.answer.across.comparison import Comparison, compared
from isocost.plan.answer.across.curves import CostCurve, active_curve
from isocost.plan.answer.evidence import plan_evidence, stage_evidence
from isocost.plan.answer.fit import FitReport
from isocost.plan.answer.headline import doubt, headline, usage
from isocost.plan.answer.results import (
    Estimate,
    GroupShare,
    StageEstimate,
    Total,
)
from isocost.plan.answer.stage_layout import with_layout, with_update
from isocost.plan.answer.warnings.notices import other_count_is_better, scenario_notices, stage_notices
from isocost.plan.answer.warnings.prices import currency_notices, quote_notices, untimed_notices
from isocost.plan.doubt.risk import risk
from isocost.plan.doubt.span import span_of
from isocost.plan.inputs.table import CHOICES
from isocost.plan.kinds import kind_of
from isocost.plan.money.cashflow import CashMonth, TimelineBar, cash_by_month, timeline
from isocost.plan.money.ledger import Omission, ledger, omissions, programme_total
from isocost.plan.money.options import OptionComparison, compare_options
from isocost.plan.money.reckoning import Reckoning, reckoned
from isocost.plan.money.slip import Slip, slip
from isocost.plan.notice import Notice
from isocost.plan.physics.records import Array, StageRun
from isocost.plan.project.currency import money_of
from isocost.plan.project.project import Project, Scenario, Stage, efficiency_of, replace_scenario
from isocost.plan.project.runs import run_as_planned
from isocost.quantities import MoneyUnit, money_shown_in, shown_money


@dataclass(frozen=True, eq=False)  # arrays in it have no one truth: two answers are alike if they are one
class Answer:
    """Everything a scenario comes to: views, reports and commands are functions of this."""

    project: Project
    at: int
    """Place of the scenario in its project."""
    estimate: Estimate
    reckoning: Reckoning = field(repr=False)
    """Every figure by key."""
    curve: CostCurve = field(repr=False)
    """The scenario on its own accelerator at every count."""
    others: tuple[CostCurve, ...] = field(default=(), repr=False)
    """The same on other accelerators; those of the last answer until its own are searched."""
    awaited: bool = field(default=False, repr=False)
    """Whether others are being searched and none of an earlier answer stand in: nothing is cheapest yet."""
    fit: FitReport | None = field(default=None, repr=False)
    """Layouts and nearest runs of one stage, once somebody has asked for them."""

    @property
    def scenario(self) -> Scenario:
        """What was asked."""
        return self.project.scenarios[self.at]

    def against(self, project: Project) -> Answer | None:
        """The answer of a project that holds the same against another goal; None where more is another.

        No figure depends on what a plan is held against, nor on what is locked in it.
        """
        chosen = project.scenarios[self.at] if self.at < len(project.scenarios) else None
        held = {"goal": self.scenario.goal, "locked": self.scenario.locked}
        if chosen is None or msgspec.structs.replace(chosen, **held) != self.scenario:
            return None
        same = replace_scenario(project, self.scenario, scenario=self.at) == self.project
        return replace(self, project=project) if same else None

    @cached_property
    def comparison(self) -> Comparison:
        """The plan beside every other accelerator, held against its goal."""
        found = compared(
            self.estimate,
            self.curve,
            self.others,
            self.scenario,
            self.reckoning.catalog,
            beside_days=max(0.0, self.reckoning["programme_days"] - self.estimate.total.wall_days),
        )
        return replace(found.against(self.scenario.goal), awaited=self.awaited)

    @cached_property
    def timeline(self) -> tuple[TimelineBar, ...]:
        """When the stages run."""
        return timeline(self.reckoning)

    @cached_property
    def cash(self) -> tuple[CashMonth, ...]:
        """What is paid each month."""
        return cash_by_month(self.reckoning, self.estimate.ledger)

    @cached_property
    def options(self) -> OptionComparison | None:
        """An API, a tuned model and this one side by side; None without a demand."""
        return compare_options(self.scenario, self.estimate.total.cost_usd)

    @cached_property
    def omissions(self) -> tuple[Omission, ...]:
        """What the bill does not contain."""
        with money_shown_in(self.money):
            return omissions(self.scenario, self.reckoning.catalog)

    @property
    def money(self) -> MoneyUnit:
        """The currency its words are in."""
        return money_of(self.project.currency, self.reckoning.catalog)

    def slip(self, weeks: float) -> Slip:
        """What a delay costs."""
        with money_shown_in(self.money):
            return slip(self.reckoning, weeks)


def estimate(project: Project, catalog: Catalog, scenario: int = 0) -> Estimate:
    """What a scenario costs, takes and emits, with its range and its warnings.

    Raises:
        CatalogError: the catalogue has no such accelerator or model, or no model such parameters.
    """
    return answer(project, catalog, scenario).estimate


def answer(project: Project, catalog: Catalog, scenario: int = 0) -> Answer:
    """The answer for a scenario, its words in the project's currency; what is not asked is not worked out.

    Raises:
        CatalogError: the catalogue has no such accelerator or model, or no model such parameters.
    """
    with money_shown_in(money_of(project.currency, catalog)):
        return _answer(project, catalog, scenario)


def _answer(project: Project, catalog: Catalog, scenario: int) -> Answer:
    chosen = project.scenarios[scenario]
    on, stages = stage_estimates(chosen, catalog)
    counted = [stage for stage in stages if stage.enabled]
    lines = ledger(on)
    total = Total(
        programme_total(lines),
        sum((stage.gpu_hours for stage in counted), 0.0),
        on["days"],
        on["energy_kwh"],
        on["co2_kg"],
    )
    span = span_of(risk(on))
    notices: list[Notice] = []
    for stage, result in zip(chosen.stages, stages, strict=True):
        found = stage_notices(chosen, stage, result, catalog) if stage.enabled else ()
        notices += [n for n in found if n not in notices]
    notices += scenario_notices(chosen, catalog)
    notices += untimed_notices(on)
    notices += quote_notices(project.prices, catalog)
    notices += currency_notices(project.currency, catalog)
    curve = active_curve(project, catalog, scenario)
    notices += other_count_is_better(chosen, curve, catalog)
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
        doubt=doubt(counted, span, total),
        usage=next(iter(usage(counted)), ""),
        money=shown_money(),
        evidence=plan_evidence(counted, catalog),
    )
    return Answer(project, scenario, made, on, curve)


def stage_estimates(scenario: Scenario, catalog: Catalog) -> tuple[Reckoning, tuple[StageEstimate, ...]]:
    """The scenario reckoned, and what each stage costs, takes and emits, those switched off included."""
    runs = run_as_planned(scenario, catalog)
    on = reckoned(scenario, runs, catalog)
    # Stages switched off cost nothing, but the list of stages says what they would.
    every = on if len(on.stages) == len(runs) else reckoned(_all_on(scenario), runs, catalog)
    made = tuple(_stage_estimate(every, place, run) for place, run in enumerate(runs))
    return on, tuple(
        replace(each, enabled=stage.enabled) for each, stage in zip(made, scenario.stages, strict=True)
    )


def _all_on(scenario: Scenario) -> Scenario:
    stages = tuple(msgspec.structs.replace(stage, enabled=True) for stage in scenario.stages)
    return msgspec.structs.replace(scenario, stages=stages)


def _stage_estimate(on: Reckoning, place: int, run: StageRun) -> StageEstimate:
    entry, stage = on.catalog.accelerator(run.accelerator), on.scenario.stages[place]
    result = StageEstimate(
        name=stage.name,
        group=stage.group,
        kind=kind_of(stage).tag,
        cost_usd=on.by_stage("stage.rent")[place],
        gpu_hours=float(run.gpu_hours[0]),
        wall_days=float(run.wall_days[0]),
        accelerator=entry.spec.id,
        accelerator_name=entry.short_name,
        count=int(run.counts[0]),
        usd_per_gpu_hour=on.by_stage("stage.rate")[place],
        energy_kwh=on.by_stage("stage.kwh")[place],
        co2_kg=on.by_stage("stage.co2_kg")[place],
        mfu=_first(run.mfu),
        mfu_source=run.mfu_source,
        tokens_per_s_per_gpu=_first(run.tokens_per_s_per_gpu),
        fits=None if run.computed is False else bool(run.fits[0]),
        flops=run.flops,
        goodput=_first(run.goodput),
        waste=_first(run.waste),
        waste_source=run.waste_source,
        wasted_hours=_first(run.wasted) or 0.0,
        stack=_stack_words(on.scenario, stage, run),
        batch_tokens=run.batch_tokens,
        slow=run.slow,
        fast=run.fast,
        details=tuple(each.called(entry.noun) for each in run.details),
        price_source=on.rate_source(stage),
        noun=entry.noun,
        evidence=stage_evidence(run, on.catalog),
    )
    searched = with_layout(result, run, on.scenario.supply.owns, on.catalog)
    return with_update(searched, on.scenario, stage, on.catalog)


def _stack_words(scenario: Scenario, stage: Stage, run: StageRun) -> str:
    """The software a stage's speed is predicted for; nothing where the user typed its MFU."""
    efficiency = efficiency_of(scenario, stage)
    if run.speed is None or efficiency.mfu is not None:
        return ""
    return CHOICES["efficiency.stack"].options[efficiency.stack]


def _first(values: Array | None) -> float | None:
    return None if values is None else float(values[0])


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
