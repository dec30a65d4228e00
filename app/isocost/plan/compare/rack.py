"""The rack of techniques: what each changes on a plan, on top of those that are on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from isocost.catalog import Catalog, CatalogError
from isocost.catalog.constants.techniques import TechniqueRow
from isocost.engine.scaling import loss
from isocost.language import tr
from isocost.plan.answer.estimate import stage_estimates
from isocost.plan.compare.changes import CHANGES, NotHereError
from isocost.plan.compare.differences import Difference, joined
from isocost.plan.doubt.risk import risk
from isocost.plan.inputs.roads import DENSE
from isocost.plan.kinds import data_of, kind_of
from isocost.plan.money.arithmetic import CENTS, in_cents
from isocost.plan.money.reckoning import Reckoning, reckoned
from isocost.plan.physics.layouts import BUBBLE_PART
from isocost.plan.physics.records import Array
from isocost.plan.physics.resolve import parameters_of
from isocost.plan.project.editing import duplicate_scenario, free_name, rename_scenario
from isocost.plan.project.obtainable import with_obtainable_counts
from isocost.plan.project.project import Project, Scenario, model_of
from isocost.plan.project.runs import run_as_planned

BUBBLE = "zero-bubble"
"""The technique that is not modelled and whose most is known: the bubble it would fill."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a plan comes to, as far as techniques move it."""

    total_usd: float
    days: float
    """On the accelerators."""
    programme_days: float
    gpu_hours: float
    fits: bool
    loss: float | None
    """Nats a token by the default law; None where no stage makes a dense model from text of its own."""
    on: Reckoning = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class DeltaRange:
    """What a technique adds to the cost, the plan with it and without it sampled alike; without a reserve."""

    low_usd: float
    """One chance in ten that it adds less."""
    high_usd: float
    """One chance in ten that it adds more."""
    dearer: float
    """Chance that it adds anything."""


@dataclass(frozen=True, slots=True)
class Technique:
    """One technique on this plan."""

    row: TechniqueRow
    on: bool
    why_not: str = ""
    """Why it has nothing to change here, or is not worked out; empty = it has."""
    delta_usd: float | None = None
    """What it adds to the cost on top of the others that are on; None where it has nothing to change."""
    delta_days: float | None = None
    likely: DeltaRange | None = None
    """Where that was asked for."""
    alone_usd: float | None = None
    """What it alone adds to the plan as it stands; only of those that are on."""
    after: Outcome | None = None
    """The plan with those that are on, and this one."""
    before: Outcome | None = None
    """The same without this one."""
    changed: tuple[Difference, ...] = ()
    """The inputs it changes."""
    most_usd: float | None = None
    """Of one that is not modelled: the most it could change the cost by, where that can be told."""
    crowded: bool = False
    """Whether it has something to change on the plan as it stands, and nothing beside those that are on."""


@dataclass(frozen=True, slots=True)
class Rack:
    """Every technique on a plan, and what those that are on come to together."""

    base: Outcome
    """The plan as it stands."""
    together: Outcome
    """With every technique that is on."""
    techniques: tuple[Technique, ...]

    @property
    def combined_usd(self) -> float:
        """What those that are on add to the cost together."""
        return _apart(self.together, self.base)

    @property
    def promised_usd(self) -> float:
        """What they would add one by one: more is saved on paper than together."""
        return round(sum(each.alone_usd or 0.0 for each in self.techniques) * CENTS) / CENTS


def with_technique(project: Project, technique: str, catalog: Catalog, scenario: int = 0) -> Project:
    """The project with a technique's change of inputs; an ordinary change, to be undone as any.

    Raises:
        NotHereError: the plan has nothing it could change.
        KeyError: there is no such technique with a change of inputs.
    """
    rows = {row.id: row for row in catalog.constants.techniques}
    changed = CHANGES[technique](project, scenario, catalog, rows[technique].values)
    return with_obtainable_counts(changed, catalog)


def with_techniques(project: Project, names: Sequence[str], catalog: Catalog, scenario: int = 0) -> Project:
    """The project with several, in the order of the rack whatever theirs. Raises NotHereError, KeyError."""
    for row in catalog.constants.techniques:
        if row.id not in names:
            continue
        try:
            project = with_technique(project, row.id, catalog, scenario)
        except NotHereError as error:
            error.technique = row.id
            raise
    return project


def possible(project: Project, names: Sequence[str], catalog: Catalog, scenario: int = 0) -> tuple[str, ...]:
    """Of techniques that were chosen, those that have something to change here, in the order of the rack."""
    found: list[str] = []
    for row in catalog.constants.techniques:
        if row.id not in names or row.unmodelled:
            continue
        try:
            project = with_technique(project, row.id, catalog, scenario)
        except (NotHereError, CatalogError, ValueError):
            continue
        found.append(row.id)
    return tuple(found)


def with_tried_beside(
    project: Project, names: Sequence[str], name: str, catalog: Catalog, scenario: int = 0
) -> Project:
    """The project with a copy of a scenario right after it that has several techniques on.

    Args:
        name: what the copy is to be called; a number is added where another scenario has it.

    Raises NotHereError, KeyError.
    """
    at = scenario + 1
    tried = with_techniques(duplicate_scenario(project, scenario), names, catalog, at)
    return rename_scenario(tried, at, free_name(name, project.scenarios))


def outcome(project: Project, catalog: Catalog, scenario: int = 0) -> Outcome:
    """What a scenario comes to. Raises CatalogError, ValueError."""
    chosen = project.scenarios[scenario]
    on = reckoned(chosen, run_as_planned(chosen, catalog), catalog)
    return Outcome(
        float(in_cents(on["total"])),
        on["days"],
        on["programme_days"],
        float(sum(run.gpu_hours[0] for run in on.runs)),
        all(bool(run.fits[0]) for run in on.runs),
        predicted_loss(chosen, catalog),
        on,
    )


def predicted_loss(scenario: Scenario, catalog: Catalog) -> float | None:
    """Nats a token that the default law predicts of the largest dense model made from text; None without."""
    found = []
    for stage in scenario.stages:
        data = data_of(stage)
        if not (stage.enabled and kind_of(stage).makes_model and data is not None):
            continue
        counted = parameters_of(model_of(scenario, stage), catalog)
        if counted.active < DENSE * counted.total:
            return None  # the laws are of dense models
        tokens = data.tokens + sum(_later_tokens(scenario))
        found.append(float(loss(catalog.constants.laws.law(), counted.active, tokens)))
    return min(found, default=None)


def _later_tokens(scenario: Scenario) -> list[float]:
    """Tokens of context extensions, which go on with the same text."""
    return [
        data.tokens
        for stage in scenario.stages
        if stage.enabled
        and kind_of(stage).tag == "context-extension"
        and (data := data_of(stage)) is not None
    ]


def rack(
    project: Project, on: Sequence[str], catalog: Catalog, scenario: int = 0, *, ranged: bool = False
) -> Rack:
    """Every technique with its delta on top of those that are on, which come to together what they do.

    Args:
        ranged: whether each delta is sampled too.

    Raises:
        NotHereError: one that is to be on has nothing to change.
        KeyError: one that is to be on is not there, or is not modelled.
        CatalogError: the plan cannot be priced.
    """
    known: dict[Project, Outcome] = {}
    sampled: dict[Project, Array] = {}

    def spread(without: Project, with_it: Project) -> DeltaRange | None:
        for each in (without, with_it) if ranged else ():
            if each not in sampled:
                sampled[each] = risk(come_to(each).on).outcomes.cost_usd
        return _apart_by(sampled[with_it] - sampled[without]) if ranged else None

    def come_to(changed: Project) -> Outcome:
        if changed not in known:
            known[changed] = outcome(changed, catalog, scenario)
        return known[changed]

    held = with_techniques(project, on, catalog, scenario)
    base, together = come_to(project), come_to(held)
    found = []
    for row in catalog.constants.techniques:
        if row.unmodelled:
            most = _without_bubble(held, catalog, scenario) if row.id == BUBBLE else None
            found.append(Technique(row, False, row.unmodelled, most_usd=most))
            continue
        try:
            found.append(_switched(project, row, on, (come_to, spread), catalog, scenario))
        except (NotHereError, CatalogError, ValueError) as error:
            crowded = bool(on) and bool(possible(project, [row.id], catalog, scenario))
            why = _why(error, row, catalog)
            found.append(Technique(row, row.id in on, why, crowded=crowded))
    return Rack(base, together, tuple(found))


def _switched(
    project: Project,
    row: TechniqueRow,
    on: Sequence[str],
    worked: tuple[Callable[[Project], Outcome], Callable[[Project, Project], DeltaRange | None]],
    catalog: Catalog,
    scenario: int,
) -> Technique:
    """One technique on top of the others that are on. Raises NotHereError, CatalogError, ValueError."""
    come_to, spread = worked
    others = [name for name in on if name != row.id]
    without = with_techniques(project, others, catalog, scenario)
    # In the order of the rack, so that nothing depends on which was switched on first.
    with_it = with_techniques(project, [*on, row.id], catalog, scenario)
    before, after = come_to(without), come_to(with_it)
    alone = None
    if row.id in on:
        single = come_to(with_technique(project, row.id, catalog, scenario))
        alone = _apart(single, come_to(project))
    sides = joined(without.scenarios[scenario], with_it.scenarios[scenario], catalog)
    return Technique(
        row,
        row.id in on,
        delta_usd=_apart(after, before),
        delta_days=after.days - before.days,
        likely=spread(without, with_it),
        alone_usd=alone,
        after=after,
        before=before,
        changed=sides.differences,
    )


def _apart(after: Outcome, before: Outcome) -> float:
    """What one costs more, to the cent."""
    return round((after.total_usd - before.total_usd) * CENTS) / CENTS


def _apart_by(usd: Array) -> DeltaRange:
    """The range of what one costs more in each sample."""
    low, high = (float(each) for each in np.quantile(usd, (0.1, 0.9)))
    return DeltaRange(low, high, float((usd > 0.0).mean()))


def _why(error: Exception, row: TechniqueRow, catalog: Catalog) -> str:
    """Why a technique cannot be on: what it lacks itself, or which of those that are on then has nothing."""
    if not isinstance(error, NotHereError) or error.technique in ("", row.id):
        return str(error)
    other = next(each for each in catalog.constants.techniques if each.id == error.technique)
    return tr("Not with {label} on. {error}", label=other.label, error=error)


def _without_bubble(project: Project, catalog: Catalog, scenario: int) -> float:
    """What the plan would cost less if no stage had a pipeline bubble, stages' imbalance and sends included.

    Experiments shrink with the runs they are a share of.
    """
    on, stages = stage_estimates(project.scenarios[scenario], catalog)
    counted = [stages[at] for at in on.stages]
    shares = [
        sum(part.amount for part in stage.step.parts if part.name == BUBBLE_PART) / stage.step.total
        if stage.step is not None and stage.step.total > 0.0
        else 0.0
        for stage in counted
    ]
    own = [kind_of(project.scenarios[scenario].stages[at]).group == "final run" for at in on.stages]
    hours = sum(stage.gpu_hours for stage, mine in zip(counted, own, strict=True) if mine)
    lost = sum(s.gpu_hours * share for s, share, mine in zip(counted, shares, own, strict=True) if mine)
    mean = lost / hours if hours else 0.0
    kept = [
        1.0 - (mean if kind_of(project.scenarios[scenario].stages[at]).share is not None else share)
        for at, share in zip(on.stages, shares, strict=True)
    ]
    left = np.array(kept).reshape(-1, 1)
    keys = ("stage.gpu_hours", "stage.days")
    values = on.values.again(**{key: on.values[key] * left for key in keys})
    return float(in_cents(float(np.asarray(values["total"]).reshape(-1)[0]) - on["total"]))
