"""Hours on one kind of accelerator as hours on another, at the efficiency predicted of each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from isocost.catalog import Catalog
from isocost.catalog.constants.errors.spreads import platform_of
from isocost.catalog.constants.errors.translation import Common
from isocost.engine.records import Stack
from isocost.evidence.pairs import half_of_ratio
from isocost.language import tr
from isocost.plan.answer.estimate import stage_estimates
from isocost.plan.answer.predicted import predicted
from isocost.plan.answer.results import StageEstimate
from isocost.plan.kinds import GpuHoursStage, ModelStage, Stage
from isocost.plan.physics.records import GENERATED, Doubt, StageRun
from isocost.plan.physics.throughput import TYPED
from isocost.plan.project.project import Project, Scenario, hardware_of, replace_stage
from isocost.plan.values import Efficiency, Hardware
from isocost.quantities.units import HOURS_PER_DAY


@dataclass(frozen=True, slots=True)
class Half:
    """One stage on one kind of accelerator."""

    result: StageEstimate
    half: float
    """Logarithm of half the range of its hours."""

    @property
    def hours(self) -> float:
        """Wall hours as predicted."""
        return self.result.wall_days * HOURS_PER_DAY


@dataclass(frozen=True, slots=True)
class StageTranslation:
    """One stage there and here."""

    name: str
    theirs: Half
    mine: Half
    from_hours: float
    """Wall hours it took there: as told, as claimed, or as predicted."""
    half: float
    """Logarithm of half the range of the ratio."""
    why: str = ""
    """What a stage of claimed hours is predicted as."""

    @property
    def hours(self) -> float:
        """Wall hours here."""
        return self.from_hours * self.mine.hours / self.theirs.hours


@dataclass(frozen=True, slots=True)
class Translated:
    """Somebody's hours on one's own accelerators."""

    stages: tuple[StageTranslation, ...]
    told: bool
    """Whether the hours there were told or claimed; else they are predicted too."""
    basis: str
    """What is known of the errors both have in common: a field of the catalogue's ``translation``; of the
    stage that takes most hours."""
    common: Common
    """The share of their variance, and the pairs behind it."""
    asked: Hardware
    """What was asked for here."""
    wasted: bool
    """Whether the hours predicted hold what whole runs lose beyond their steps."""
    typed_mfu: bool
    """Whether the plan has a typed MFU, which is not used: each is predicted."""

    @property
    def from_hours(self) -> float:
        """Wall hours there."""
        return sum(each.from_hours for each in self.stages)

    @property
    def hours(self) -> float:
        """Wall hours here."""
        return sum(each.hours for each in self.stages)

    @property
    def ends(self) -> tuple[float, float]:
        """Hours here that 8 chances in 10 lie between: all stages are off together."""
        low, high = (sum(each.hours * math.exp(s * each.half) for each in self.stages) for s in (-1.0, 1.0))
        return low, high

    @property
    def ratio(self) -> float:
        """Hours here over hours there."""
        return self.hours / self.from_hours if self.from_hours else math.nan

    def half_of(self, side: str) -> float:
        """Logarithm of half the range of all hours predicted ``theirs`` or ``mine``."""
        sides: list[Half] = [getattr(each, side) for each in self.stages]
        total = sum(each.hours for each in sides)
        high = sum(each.hours * math.exp(each.half) for each in sides)
        return math.log(high / total) if total > 0.0 else 0.0

    @property
    def half(self) -> float:
        """Logarithm of half the range of the ratio."""
        return math.log(self.ends[1] / self.hours) if self.hours > 0.0 else 0.0


def translate(
    project: Project,
    to: Hardware,
    catalog: Catalog,
    *,
    scenario: int = 0,
    stages: Sequence[int] | None = None,
    hours: float | None = None,
    same_code: bool = True,
) -> Translated:
    """What a scenario's stages take on other accelerators.

    Args:
        to: the accelerators here; any number of them, as if they were one's own.
        stages: places of the stages meant; None = all that count.
        hours: wall hours all of them took there; None = as each claims, else as predicted.
        same_code: whether the code there is run here too, so that its errors come along.

    Raises:
        CatalogError: the catalogue has no such accelerator or model.
        ValueError: there is no such stage, or it takes no time.
    """
    chosen = project.scenarios[scenario]
    places = [at for at, stage in enumerate(chosen.stages) if stage.enabled] if stages is None else stages
    if not places:
        raise ValueError(tr("No stage counts; there is nothing to translate."))
    made, words = _with_physics(project, places, catalog, scenario)
    typed = any(_efficiency(made.scenarios[scenario], at).mfu is not None for at in places)
    there = _alone(made.scenarios[scenario], places)
    sides = zip(_halves(there, catalog), _halves(_moved(there, to), catalog), strict=True)
    # Experiments of no share, say, take no time and have no ratio.
    pairs = [(at, theirs, mine) for at, (theirs, mine) in enumerate(sides) if theirs[0].hours > 0.0]
    if not pairs:
        raise ValueError(tr("No stage takes any time there; there is nothing to translate."))
    total = sum(theirs[0].hours for _, theirs, _ in pairs)
    found, known, claimed = [], [], False
    for at, (theirs, run), (mine, own) in pairs:
        claim = _claimed(chosen, chosen.stages[places[at]])
        claimed = claimed or claim is not None
        took = theirs.hours if claim is None else claim
        took = took if hours is None else hours * theirs.hours / total
        known.append(_in_common(run, own, _efficiency(there, at).stack, same_code, catalog))
        half = _half_of_pair(run.doubts, own.doubts, known[-1][1].share)
        found.append(StageTranslation(chosen.stages[places[at]].name, theirs, mine, took, half, words[at]))
    longest = max(range(len(found)), key=lambda place: found[place].from_hours)
    wasted = any(_with_waste(run) for _, (_, run), _ in pairs)
    told = hours is not None or claimed
    return Translated(tuple(found), told, *known[longest], to, wasted, typed)


def _with_physics(
    project: Project, places: Sequence[int], catalog: Catalog, scenario: int
) -> tuple[Project, list[str]]:
    """The project with stages of claimed hours made again from their model, and what each is then."""
    words = []
    for place in places:
        found = predicted(project, place, catalog, scenario)
        words.append("" if found is None else found.words)
        if found is not None:
            project = replace_stage(project, found.stage, scenario=scenario, stage=place)
    return project, words


def _efficiency(scenario: Scenario, at: int) -> Efficiency:
    stage = scenario.stages[at]
    own = stage.efficiency if isinstance(stage, ModelStage) else None
    return own or scenario.efficiency


def _alone(scenario: Scenario, places: Sequence[int]) -> Scenario:
    """The scenario with some of its stages, each at the efficiency predicted."""
    stages = tuple(_untyped(scenario.stages[at]) for at in places)
    efficiency = msgspec.structs.replace(scenario.efficiency, mfu=None)
    return msgspec.structs.replace(scenario, stages=stages, efficiency=efficiency)


def _untyped(stage: Stage) -> Stage:
    stage = msgspec.structs.replace(stage, enabled=True)
    if isinstance(stage, ModelStage) and stage.efficiency is not None:
        return msgspec.structs.replace(stage, efficiency=msgspec.structs.replace(stage.efficiency, mfu=None))
    return stage


def _moved(scenario: Scenario, to: Hardware) -> Scenario:
    """The scenario on other accelerators of one's own, of which any number can be had."""
    stages = tuple(msgspec.structs.replace(each, hardware=None, price=None) for each in scenario.stages)
    supply = msgspec.structs.replace(scenario.supply, mode="own")
    return msgspec.structs.replace(scenario, hardware=to, stages=stages, supply=supply)


def _halves(scenario: Scenario, catalog: Catalog) -> list[tuple[Half, StageRun]]:
    """Each stage's result and range."""
    on, results = stage_estimates(scenario, catalog)
    return [
        (Half(result, math.log(run.slow / run.fast) / 2.0), run)
        for result, run in zip(results, on.runs, strict=True)
    ]


def _claimed(scenario: Scenario, stage: Stage) -> float | None:
    """Wall hours a stage claims; None where they are predicted."""
    if not isinstance(stage, GpuHoursStage):
        return None
    if stage.hours is not None:
        return stage.hours
    return (stage.gpu_hours or 0.0) / hardware_of(scenario, stage).count


def _in_common(
    there: StageRun, here: StageRun, stack: Stack, same_code: bool, catalog: Catalog
) -> tuple[str, Common]:
    """What is known of the errors both runs have in common: by their code, platform and kind.

    From one platform to another the software below the code is another: no more is taken as shared than by
    two teams' code. What whole runs lose beyond their steps is taken to come along with the code.
    """
    known = catalog.constants.translation
    specs = (catalog.accelerator(run.accelerator).spec for run in (there, here))
    mine, theirs = (platform_of(spec, stack) for spec in specs)
    steps = None if mine is None or mine != theirs else known.same_code.get(mine)
    if not same_code or steps is None:
        return "other_code", known.other_code
    if any(doubt.name == GENERATED for doubt in there.doubts):
        return "rollouts", known.rollouts
    return "same_code", steps


def _with_waste(run: StageRun) -> bool:
    """Whether its hours hold what whole runs waste, as others did."""
    stated = run.waste_source == TYPED
    return not stated and run.waste is not None and float(run.waste[0]) > 0.0


def _half_of_pair(there: Sequence[Doubt], here: Sequence[Doubt], share: float) -> float:
    """Logarithm of half the range of a ratio: each doubt of one name is shared in part, names are apart."""
    names = dict.fromkeys(doubt.name for doubt in (*there, *here))
    parts = [half_of_ratio(_half_of(there, name), _half_of(here, name), share) for name in names]
    return math.hypot(*parts)


def _half_of(doubts: Sequence[Doubt], name: str) -> float:
    return sum(math.log(each.slow / each.fast) / 2.0 for each in doubts if each.name == name)
