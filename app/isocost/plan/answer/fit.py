"""How a stage fits its accelerators: the layouts worth choosing between, and how far to trust them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Literal

import msgspec
import numpy as np

from isocost.catalog import Catalog
from isocost.engine.architecture import training_flops_per_token
from isocost.engine.generation.rl import Driver, RlTime, RoundOverhead, Schedule
from isocost.engine.generation.step import EngineMemory
from isocost.engine.layout import RECOMPUTE_NAMES, SHARDING_NAMES
from isocost.engine.peaks import matmul_peak
from isocost.engine.records import Recompute, Sharding
from isocost.engine.search.best import BestLayouts
from isocost.engine.search.ranking import RankedLayouts, Reason, ranked_layouts
from isocost.evidence.nearest import NearRun, beyond, guesses, nearest
from isocost.evidence.points import Point
from isocost.language import later
from isocost.plan.answer.evidence import point_of
from isocost.plan.answer.stage_layout import longest_sequence, longest_update
from isocost.plan.kinds import kind_of
from isocost.plan.physics.layouts import layout_words, memory_breakdown
from isocost.plan.physics.records import Breakdown, Part, StageRun
from isocost.plan.physics.rounds import engine_of, overhead_of, simulated
from isocost.plan.physics.serving import replica_words
from isocost.plan.physics.throughput import TYPED, Question, Throughput, constants, pins_of
from isocost.plan.project.project import Layout, Project, Scenario, Stage, model_of
from isocost.plan.project.runs import run_scenario
from isocost.quantities.units import SECONDS_PER_HOUR

Turns = Literal["beside", "sleeps", "offloads", "apart"]
"""How engine and trainer share an accelerator: both at once; the engine empty during an update; the trainer's
states in the host's memory while it generates; not at all, each on accelerators of its own."""

TRAINER = later("Trainer's states")
"""What stays of the trainer between two updates: weights and optimizer."""
RESTING = (later("Weights"), later("Optimizer"))


@dataclass(frozen=True, slots=True)
class EngineFit:
    """The engine that generates, while it writes the longest rollouts of its stage."""

    memory: Breakdown
    """Bytes of an accelerator while it generates, with what stays of the trainer's."""
    turns: Turns
    resting: float
    """Bytes of an accelerator that the trainer's states take between updates."""
    host: float
    """Bytes of a server's own memory that they take where they wait there."""
    copy: str
    """How one copy of the model is spread, in the field's shorthand."""
    running: float
    """Responses a copy writes at once while the batch is full."""
    context: float
    """Tokens in the cache of one of them, prompt and all, on average."""
    gpus: float
    """Accelerators that generate."""


@dataclass(frozen=True, slots=True)
class RoundsFit:
    """A stage that generates, scores and updates in rounds."""

    memory: Breakdown
    """Bytes per accelerator of an update in which every response is as long as its cap allows; reference,
    reward and generating copies left out."""
    layout: str
    """Of that update: the fastest the search finds, in the field's shorthand."""
    pins: Layout
    """The same with every part fixed."""
    longest: float
    """Tokens of a prompt and the longest response."""
    round: Breakdown
    """Seconds of an average round by what they are spent on, largest first."""
    driver: Driver
    schedule: Schedule
    engine: EngineFit


def rounds_fit(
    scenario: Scenario, stage: Stage, accelerator: str, count: int, catalog: Catalog
) -> RoundsFit | None:
    """None for stages without rounds, and where the policy does not fit in generation."""
    rounds = kind_of(stage).rounds
    recipe = rounds(stage, model_of(scenario, stage), catalog) if rounds is not None else None
    if recipe is None:
        return None
    (done,) = simulated(catalog, recipe, accelerator, (count,))
    if done is None:
        return None
    parts = _round_parts(done, overhead_of(catalog, recipe))
    best = longest_update(scenario, stage, recipe, accelerator, count, catalog)
    memory = memory_breakdown(best, 0, catalog)
    return RoundsFit(
        memory,
        layout_words(best, 0),
        _all_pinned(best),
        longest_sequence(recipe.plan),
        Breakdown(tuple(sorted(parts, key=lambda part: -part.amount))),
        done.driver,
        recipe.plan.schedule,
        _engine_fit(memory, engine_of(catalog, recipe, accelerator, done), done, accelerator, count, catalog),
    )


def _round_parts(done: RlTime, overhead: RoundOverhead) -> list[Part]:
    """Seconds of an average round by what they are spent on."""
    hours = {
        later("Generation"): done.generation,
        later("Scoring"): done.scoring,
        later("Update"): done.update,
    }
    seconds = {name: each * SECONDS_PER_HOUR / done.rounds for name, each in hours.items()}
    # A frontier lab's constants, and what is left beside a busy engine, are one sum of all of it.
    lumped = overhead.switching == overhead.rewards == 0.0
    seconds |= {
        later("Rewards"): overhead.rewards,
        later("Weight transfer and other overhead")
        if lumped
        else later("Weight transfer, checkpoint"): overhead.sync,
        later("Switching, data, logs"): overhead.switching,
        later("Overhead as typed"): overhead.typed,
    }
    return [Part(name, each) for name, each in seconds.items() if each > 0.0]


def _engine_fit(
    update: Breakdown, held: EngineMemory, done: RlTime, accelerator: str, count: int, catalog: Catalog
) -> EngineFit:
    """The engine beside the trainer, who needs ``update`` at the peak of an update."""
    spec, last, limit = catalog.accelerator(accelerator).spec, done.rollout, update.limit or 0.0
    parts = [
        Part(later("Weights"), float(held.weights)),
        Part(later("Key-value cache"), float(held.cache)),
        Part(later("Cache to spare"), float(held.spare)),
        Part(later("Runtime"), float(held.runtime)),
    ]
    engine = sum(part.amount for part in parts)
    resting = sum(part.amount for part in update.parts if part.name in RESTING)
    turns: Turns = "offloads"
    if last.gpus < count:
        turns = "apart"
    elif update.total + engine <= limit:
        turns = "beside"
    elif resting + engine <= limit:
        turns = "sleeps"
    if turns in ("beside", "sleeps"):
        parts.insert(0, Part(TRAINER, resting))
    shown = tuple(part for part in parts if part.amount > 0.0)
    server = min(count, max(spec.node_size, 1))
    return EngineFit(
        Breakdown(shown, limit), turns, resting, resting * server, replica_words(last.replica),
        last.running, done.context, last.gpus,
    )  # fmt: skip


def _all_pinned(best: BestLayouts) -> Layout:
    """The layout a search found, with every part fixed."""
    layouts = best.layouts
    degrees: dict[str, Any] = {
        name: round(float(getattr(layouts, name)[0])) for name in _DEGREES if name != "dp"
    }
    names = (RECOMPUTE_NAMES[layouts.recompute[0]], SHARDING_NAMES[layouts.sharding[0]])
    return Layout(**degrees, recompute=names[0], sharding=names[1])


NOTHING_PINNED = Layout()

LISTED = 12
"""Layouts that fit in the table; some that do not join them."""
PINNED = 6
"""Layouts under the pins that join them."""
UNFIT = 3
"""Layouts listed that would be faster than the best but do not fit."""


@dataclass(frozen=True, slots=True)
class LayoutRow:
    """One layout: who shares the work, how fast it is, and why it is not the best."""

    tp: int
    pp: int
    vp: int
    cp: int
    ep: int
    dp: int
    microbatch: int
    recompute: Recompute
    sharding: Sharding
    tokens_per_s_per_gpu: float
    mfu: float
    memory_bytes: float
    fits: bool
    reason: Reason | Literal["pinned"]
    """``best``, ``memory`` (does not fit), or the part of its step that costs most beyond the best's;
    ``pinned`` for one that is in the list only because the user fixed it."""
    behind: float
    """Share of the best fitting layout's speed it lacks; negative where it would be faster."""
    chosen: bool
    """Whether the plan uses it."""
    idle: int = 0
    """Accelerators it leaves without work."""

    @property
    def pins(self) -> Layout:
        """This layout with every part fixed."""
        return Layout(
            tp=self.tp,
            pp=self.pp,
            vp=self.vp,
            cp=self.cp,
            ep=self.ep,
            microbatch=self.microbatch,
            recompute=self.recompute,
            sharding=self.sharding,
        )


@dataclass(frozen=True, slots=True)
class FitReport:
    """What the search found for one stage, and the evidence behind it."""

    scenario: Scenario
    """What it was searched for, which may have been edited since."""
    place: int
    """Of the stage in it."""
    accelerator: str
    """Short name."""
    count: int
    searched: bool
    """False for stages without a layout of their own: rollouts, generation, hours taken as claimed."""
    rows: tuple[LayoutRow, ...] = ()
    """Fastest first, of all layouts; the best of those that keep what is pinned are among them."""
    pinned: Layout = NOTHING_PINNED
    typed_mfu: float | None = None
    """The plan's MFU where the user typed one: the rows are as predicted all the same."""
    noun: str = "GPU"
    """What one of the accelerators is called."""
    problem: str = ""
    """Why the pinned layout is impossible; the rows are then those of the search left free."""
    capacity_bytes: float = 0.0
    near: tuple[NearRun, ...] = ()
    guesses: tuple[str, ...] = ()
    """Efficiencies that no measured run has determined, in sentences."""
    beyond: str = ""
    """In what the plan lies outside every measured run of its kind, in a sentence."""
    rounds: RoundsFit | None = None
    """What is known of a stage of rollout rounds, which has no layout of its own."""

    @property
    def stage(self) -> str:
        """The stage's name."""
        return self.scenario.stages[self.place].name


def fit_report(project: Project, catalog: Catalog, scenario: int = 0, stage: int = 0) -> FitReport:
    """The layouts of one stage side by side, the measured runs nearest to it, and what is guessed.

    Raises CatalogError where the estimate would.
    """
    chosen = project.scenarios[scenario]
    asked = chosen.stages[stage]
    run = _run_of(chosen, stage, catalog)
    entry = catalog.accelerator(run.accelerator)
    count = int(run.counts[0])
    if run.speed is None:
        rounds = rounds_fit(chosen, asked, run.accelerator, count, catalog)
        return FitReport(chosen, stage, entry.short_name, count, searched=False, rounds=rounds)
    question = run.speed.question
    plan = point_of(question, run.accelerator, count, catalog)
    per_step = float(run.tokens_per_s_per_gpu[0] / run.speed.tokens_per_s_per_gpu[0])  # type: ignore[index]
    return FitReport(
        chosen,
        stage,
        entry.short_name,
        count,
        searched=True,
        rows=_rows(run.speed, plan, catalog, per_step),
        pinned=question.layout,
        typed_mfu=float(run.speed.mfu[0]) if run.speed.source == TYPED else None,
        noun=entry.noun,
        problem=run.speed.problem,
        capacity_bytes=run.speed.best.capacity,
        near=nearest(plan, catalog),
        guesses=guesses(plan, entry.short_name, catalog),
        beyond=beyond(plan, catalog),
    )


def _run_of(scenario: Scenario, stage: int, catalog: Catalog) -> StageRun:
    """One stage at the plan's own count; what it needs from the others does not change its layout."""
    alone = msgspec.structs.replace(scenario, stages=(scenario.stages[stage],))
    hardware = scenario.hardware
    counts = [np.array([hardware.count], dtype=np.int64)]
    return run_scenario(alone, [hardware.accelerator], counts, catalog)[0][0]


def _rows(speed: Throughput, plan: Point, catalog: Catalog, per_step: float) -> tuple[LayoutRow, ...]:
    """The table: the search left free, joined by the best of the layouts the pins allow."""
    question, best = speed.question, speed.best
    accelerator, count = plan.accelerator.id, int(plan.count)
    free = _made(_ranked(question, accelerator, count, NOTHING_PINNED, catalog), plan, per_step)
    rows = _without_many_unfit(free)
    if speed.problem:
        return rows
    held, shown = free, 0
    if question.layout != NOTHING_PINNED:
        held = _made(_ranked(question, accelerator, count, question.layout, catalog), plan, per_step)
        shown = PINNED
    own = next((row for row in held if _describes(row, best)), None)
    own = own or next((row for row in held if row.fits), held[0])
    rows = _joined(rows, [own, *held[:shown]])
    return tuple(replace(row, chosen=row.pins == own.pins) for row in rows)


def _describes(row: LayoutRow, best: BestLayouts) -> bool:
    """Whether a row is the layout the plan's own search found: of equally fast ones it may take another."""
    layouts = best.layouts
    same = all(getattr(row, name) == round(float(getattr(layouts, name)[0])) for name in _DEGREES)
    names = (RECOMPUTE_NAMES[layouts.recompute[0]], SHARDING_NAMES[layouts.sharding[0]])
    return same and (row.recompute, row.sharding) == names


def _joined(rows: tuple[LayoutRow, ...], held: Sequence[LayoutRow]) -> tuple[LayoutRow, ...]:
    """The rows with those of ``held`` that are missing, each in its place by speed."""
    best = next((row for row in rows if row.fits), rows[0])
    listed = {row.pins for row in rows}
    missing: dict[Layout, LayoutRow] = {}
    for row in held:
        if row.pins not in listed:
            reason: Literal["memory", "pinned"] = "pinned" if row.fits else "memory"
            behind = 1.0 - row.tokens_per_s_per_gpu / best.tokens_per_s_per_gpu
            missing.setdefault(row.pins, replace(row, reason=reason, behind=behind))
    if not missing:
        return rows
    return tuple(sorted((*rows, *missing.values()), key=lambda row: -row.tokens_per_s_per_gpu))


def _without_many_unfit(rows: tuple[LayoutRow, ...]) -> tuple[LayoutRow, ...]:
    """The rows with only the fastest few that do not fit above the best that does."""
    best = next((i for i, row in enumerate(rows) if row.fits), None)
    return rows if best is None or best <= UNFIT else (*rows[:UNFIT], *rows[best:])


@lru_cache(maxsize=32)
def _ranked(
    question: Question, accelerator: str, count: int, pins: Layout, catalog: Catalog
) -> RankedLayouts:
    """The ranking, remembered: price, goodput and tokens move without it."""
    plan = point_of(question, accelerator, count, catalog)
    return ranked_layouts(
        plan.transformer,
        plan.work,
        plan.accelerator,
        count,
        constants(question, catalog),
        pins_of(pins),
        LISTED,
    )


def _made(ranked: RankedLayouts, plan: Point, per_step: float) -> tuple[LayoutRow, ...]:
    """Rows of figures; ``per_step`` is the share of a step's tokens that count, padding left out."""
    layouts, work = ranked.layouts, plan.work
    flops = training_flops_per_token(plan.transformer, work.attended, frozen=work.method != "full").total
    over_peak = float(flops) / matmul_peak(plan.accelerator, work.precision)
    rates = work.sequence * work.global_batch / (ranked.seconds * plan.count)
    best = float(rates[ranked.fits].max(initial=0.0)) or float(rates[0])
    table = zip(*(getattr(layouts, name).round().astype(int).tolist() for name in _DEGREES), strict=True)
    return tuple(
        LayoutRow(
            tp=tp,
            pp=pp,
            vp=vp,
            cp=cp,
            ep=ep,
            dp=dp,
            microbatch=microbatch,
            recompute=RECOMPUTE_NAMES[layouts.recompute[i]],
            sharding=SHARDING_NAMES[layouts.sharding[i]],
            tokens_per_s_per_gpu=float(rates[i]) * per_step,
            mfu=float(rates[i]) * over_peak,
            memory_bytes=float(ranked.memory.total[i]),
            fits=bool(ranked.fits[i]),
            reason=ranked.reasons[i],
            behind=1.0 - float(rates[i]) / best,
            chosen=False,
            idle=max(0, round(plan.count) - tp * pp * cp * dp),
        )
        for i, (tp, pp, vp, cp, ep, dp, microbatch) in enumerate(table)
    )


_DEGREES = ("tp", "pp", "vp", "cp", "ep", "dp", "microbatch")
