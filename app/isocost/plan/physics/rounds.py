"""Rounds of rollouts, scoring and update, simulated at each count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from isocost.catalog import Catalog
from isocost.engine.architecture import parameters
from isocost.engine.generation.deployment import Format
from isocost.engine.generation.rl import (
    RlPhase,
    RlPlan,
    RlTime,
    RoundOverhead,
    default_mfu,
    mfu_on,
    multipliers,
    rl_times,
    round_overhead,
)
from isocost.engine.generation.step import EngineMemory, engine_memory, wide_peak
from isocost.language import later, tr
from isocost.plan.physics.counts import Counts, obtained, units_of
from isocost.plan.physics.records import DRIVER, GENERATED, Array, Detail, Doubt, Job, StageRun
from isocost.plan.physics.remembered import remembered
from isocost.plan.physics.resolve import transformer_of
from isocost.plan.values import ModelChoice, RlStackName
from isocost.quantities import format_count, format_fixed, format_significant
from isocost.quantities.units import SECONDS_PER_HOUR

ANCHORS = 7
"""Counts of a curve that are simulated; between them hours follow straight lines of the count."""

MOST_HELD = 256
"""Simulated runs that are remembered whole, at 1.3 kB each: those told of."""

MOST_HOURS = 32_768
"""Hours of simulated runs that are remembered, at 40 bytes each: fifty accelerators at each count, of five
stages. With less a ranking that is asked for again would simulate all of them again, for two seconds."""

CRAWL = 0.002
"""Share of the peak an impossible run is priced at: the least of any published run."""

DRIVERS = {
    "longest response": tr("the longest response of each round, not FLOPs: everyone waits for it"),
    "decode throughput": tr("decoding in full batches: memory bandwidth"),
    "training arithmetic": tr("the FLOPs of scoring and update"),
    "round overhead": tr("weight sync, mode switch, rewards and checkpoints between rounds"),
}


@dataclass(frozen=True, slots=True)
class Recipe:
    """A run of rounds, whatever it is on."""

    model: ModelChoice
    plan: RlPlan
    stack: RlStackName


def rounds(job: Job, planned: Recipe) -> list[StageRun]:
    """Accelerator-hours of a run of rounds on each accelerator at each of its counts."""
    low, central, high = job.catalog.constants.serving.rl_stack(planned.stack).unmodelled
    runs = []
    for accelerator, counts in zip(job.accelerators, job.counts, strict=True):
        recipe = recipe_on(accelerator, planned, job.hardware.accelerator, job.catalog)
        at = _anchors(job, accelerator, counts)
        asked = (job.catalog, recipe, accelerator, tuple(counts[at].tolist()))
        told = simulated(*asked) if job.explained else ()
        known = tuple(map(_hours, told)) or _known_hours(*asked)
        hours, fits = _between(job.catalog, recipe, accelerator, counts, at, known)
        runs.append(
            StageRun(
                accelerator,
                counts,
                hours,
                fits,
                tokens_per_s_per_gpu=generated_tokens(recipe.plan) / (hours * SECONDS_PER_HOUR),
                doubts=(Doubt(GENERATED, high / central, low / central),),
                work=recipe,
                details=details(job.catalog, recipe, told[0], int(counts[0])) if told else (),
            )
        )
    return runs


def recipe_on(accelerator: str, recipe: Recipe, planned: str, catalog: Catalog) -> Recipe:
    """A recipe on another accelerator than the planned one, both by id.

    A typed MFU of scoring and update is of the planned one: on another it is as far above or below what is
    usual there, and no higher than its matmuls reach.
    """
    mfu = recipe.plan.mfu
    if mfu is None or accelerator == planned:
        return recipe
    stack = catalog.constants.serving.rl_stack(recipe.stack)
    usual = default_mfu(stack, transformer_of(recipe.model, catalog))
    there, here = (
        mfu_on(catalog.accelerator(each).spec, usual, stack.waiting_share) for each in (accelerator, planned)
    )
    found = min(mfu * there / here, catalog.matmul_ceiling(accelerator).share)
    return replace(recipe, plan=replace(recipe.plan, mfu=found))


def _anchors(job: Job, accelerator: str, counts: Counts) -> NDArray[np.intp]:
    """Places of the counts that are simulated: all, or some even in their order with the plan's own."""
    if job.each_count:
        return np.arange(len(counts))
    own = obtained(job.hardware.count, units_of(job.catalog.accelerator(accelerator), job.owned))
    even = np.linspace(0, len(counts) - 1, min(ANCHORS, len(counts))).round().astype(np.intp)
    return np.union1d(even, np.flatnonzero(counts == own))


def _between(
    catalog: Catalog,
    recipe: Recipe,
    accelerator: str,
    counts: Counts,
    at: NDArray[np.intp],
    known: Sequence[float | None],
) -> tuple[Array, NDArray[np.bool_]]:
    """(accelerator-hours, whether it fits) at each count, from the hours of those simulated."""
    spent = [impossible_hours(catalog, recipe, accelerator) if each is None else each for each in known]
    # Work that is shared out costs the same hours on any count, waiting for the longest response
    # costs them in step with the count: the sum is a line of the count, and none of logarithms.
    hours = np.interp(counts, counts[at], spent)
    # A count between one that fits and one that does not is not offered.
    fits = np.interp(counts, counts[at], [float(each is not None) for each in known]) >= 1.0
    return hours, fits


@remembered(MOST_HELD)
def simulated(
    catalog: Catalog, recipe: Recipe, accelerator: str, counts: tuple[int, ...]
) -> tuple[RlTime | None, ...]:
    """The run on each number of accelerators; None where the policy does not fit.

    A mean that its cap forbids is brought just below it: lengths saturate there.
    """
    return _simulate(catalog, recipe, accelerator, counts)


def _simulate(
    catalog: Catalog, recipe: Recipe, accelerator: str, counts: tuple[int, ...]
) -> tuple[RlTime | None, ...]:
    t, a = transformer_of(recipe.model, catalog), catalog.accelerator(accelerator).spec
    phases = tuple(_within_cap(phase) for phase in recipe.plan.phases)
    stack = catalog.constants.serving.rl_stack(recipe.stack)
    try:
        return rl_times(t, a, replace(recipe.plan, phases=phases), stack, gpus=counts)
    except ValueError:
        return (None,) * len(counts)


@remembered(MOST_HOURS)
def _known_hours(
    catalog: Catalog, recipe: Recipe, accelerator: str, counts: tuple[int, ...]
) -> tuple[float | None, ...]:
    """Accelerator-hours of the run on each number of accelerators alone; None as ``simulated``."""
    return tuple(map(_hours, _simulate(catalog, recipe, accelerator, counts)))


def _hours(done: RlTime | None) -> float | None:
    return None if done is None else done.gpu_hours[1]


def engine_of(catalog: Catalog, recipe: Recipe, accelerator: str, done: RlTime) -> EngineMemory:
    """Bytes of one accelerator while a simulated run generates the longest of its rounds, in full batches."""
    t, a = transformer_of(recipe.model, catalog), catalog.accelerator(accelerator).spec
    stack, last = catalog.constants.serving.rl_stack(recipe.stack), done.rollout
    fmt, serving = Format(stack.weights, stack.cache), stack.serving
    if recipe.plan.schedule == "synchronous" and (recipe.plan.generation_share or 1.0) == 1.0:
        # The trainer's states stay in the same memory.
        serving = replace(serving, memory_share=stack.memory_colocated)
    return engine_memory(t, a, last.replica, fmt, serving, sequences=last.running, context=done.context)


def overhead_of(catalog: Catalog, recipe: Recipe) -> RoundOverhead:
    """What a round takes beside generation and arithmetic, by what it is."""
    stack = catalog.constants.serving.rl_stack(recipe.stack)
    return round_overhead(stack, transformer_of(recipe.model, catalog), recipe.plan)


def _within_cap(phase: RlPhase) -> RlPhase:
    most = 0.95 * phase.cap
    return replace(phase, mean_start=min(phase.mean_start, most), mean_end=min(phase.mean_end, most))


def generated_tokens(plan: RlPlan) -> float:
    """Tokens the policy writes over the run, those thrown away included."""
    rounds = sum(p.steps * (p.mean_start + p.mean_end) / 2.0 for p in map(_within_cap, plan.phases))
    return rounds / plan.updates_per_round * plan.prompts * plan.oversampling * plan.group


def impossible_hours(catalog: Catalog, recipe: Recipe, accelerator: str) -> float:
    """A price for a run that does not fit: its arithmetic at the worst utilization seen anywhere."""
    t, a = transformer_of(recipe.model, catalog), catalog.accelerator(accelerator).spec
    work = multipliers(recipe.plan.algorithm).total * parameters(t).active * generated_tokens(recipe.plan)
    return work / (CRAWL * wide_peak(a)) / SECONDS_PER_HOUR


def details(catalog: Catalog, recipe: Recipe, done: RlTime | None, count: int) -> tuple[Detail, ...]:
    """What drives the run, its two bounds side by side, and how much it writes."""
    if done is None:
        crawl = tr("in generation; priced at {fixed}% of peak", fixed=format_fixed(100.0 * CRAWL, 1))
        return (Detail(later("Policy"), tr("does not fit"), "", "", crawl),)
    low, central, high = catalog.constants.serving.rl_stack(recipe.stack).unmodelled
    share = done.generation / (done.generation + done.scoring + done.update + done.overhead)
    least, usual, most = (format_significant(each) for each in (low, central, high))
    unseen = tr(
        "simulated x {usual} for what no simulation has (failures, stragglers), {least}-{most}",
        usual=usual,
        least=least,
        most=most,
    )
    longest = format_count(done.longest)
    tail = tr(
        "{longest} tokens at {tail_rate:.0f} tokens/s, arithmetic and overhead each round",
        longest=longest,
        tail_rate=done.tail_rate,
    )
    return (
        Detail(DRIVER, tr(done.driver), "", "", DRIVERS[done.driver]),
        Detail(
            later("Throughput-bound"),
            done.throughput_bound,
            "count",
            "GPU-hours",
            tr("full batches, no waiting"),
        ),
        Detail(later("Tail-bound"), done.tail_bound, "count", "GPU-hours", tail),
        Detail(later("Simulated"), done.wall * count, "count", "GPU-hours", unseen),
        Detail(later("Generation"), share, "share", "", tr("of the simulated time")),
        Detail(
            later("Tokens written"),
            done.tokens,
            "number",
            "",
            tr("in {count} rounds", count=format_count(done.rounds)),
        ),
        Detail(
            later("Speed"), done.tokens_per_second_per_gpu, "number", "tokens/s/GPU", tr("over the whole run")
        ),
        Detail(
            later("Utilization"), done.utilisation, "share", "", tr("of the dense 16-bit peak, all phases")
        ),
    )
