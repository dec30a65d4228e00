"""Reinforcement learning: rounds of rollouts, rewards, scoring and update."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from isocost.catalog import Catalog
from isocost.engine.generation.rl import ALGORITHMS, RlPhase, RlPlan, default_mfu, usual_overhead
from isocost.engine.training.memory import usable_bytes
from isocost.engine.training.states import adam_state_bytes
from isocost.language import listed, tr
from isocost.plan.kinds.kind import MODEL, RENTED, Case, Filled, InputGroup, Kind, ModelStage, every
from isocost.plan.notice import Notice
from isocost.plan.physics.counts import obtained
from isocost.plan.physics.records import Job, StageRun
from isocost.plan.physics.resolve import parameters_of, transformer_of
from isocost.plan.physics.rounds import Recipe, rounds
from isocost.plan.values import ModelChoice, RlStackName, Value
from isocost.quantities import format_count, format_memory, format_share, format_significant

AlgorithmName = Literal["grpo-kl", "grpo", "ppo", "rloo", "reinforce", "dapo", "cispo"]


class RolloutPhase(Value, frozen=True):
    """Part of an RL run with one cap on the length of a response."""

    steps: float
    mean_start: float
    """Mean response, tokens, at the start of the phase."""
    mean_end: float
    cap: float
    """Longest response, tokens."""


class Rl(Value, frozen=True):
    """A reinforcement-learning recipe."""

    algorithm: AlgorithmName = "grpo-kl"
    stack: RlStackName = "open"
    """Software: a frontier lab's own, or today's open-source frameworks."""
    schedule: Literal["synchronous", "one-step", "asynchronous"] = "synchronous"
    prompts: float = 512.0
    """Prompts of a rollout round that are trained on."""
    group: float = 16.0
    """Responses to each prompt."""
    oversampling: float = 1.0
    """Prompts answered for each that is trained on: DAPO throws away those all answers of which are alike."""
    batches: float = 1.0
    """Batches the prompts of a round are answered in, one after the other."""
    updates_per_round: float = 1.0
    """Optimizer steps taken on one round of rollouts."""
    prompt_tokens: float = 300.0
    phases: tuple[RolloutPhase, ...] = (RolloutPhase(1000.0, 1000.0, 4000.0, 16384.0),)
    cv: float = 0.9
    """Standard deviation of response lengths over their mean."""
    loop_rate: float = 0.002
    """Share of responses that run to the cap."""
    mfu: float | None = None
    """Of scoring and update; None = the stack's default for the policy."""
    overhead: float | None = None
    """Seconds a round beside generation and arithmetic; None = the stack's default for the size."""
    generation_share: float | None = None
    """Share of the accelerators that only generate; None = all take turns when synchronous, else the fastest
    split."""


class RlStage(ModelStage, frozen=True, kw_only=True, tag="rl"):
    """Reinforcement learning: rollouts, rewards, scoring, update, weight sync."""

    rl: Rl = Rl()


def recipe_of(rl: Rl, model: ModelChoice) -> Recipe:
    """The engine's plan of a stage's recipe."""
    phases = tuple(RlPhase(p.steps, p.mean_start, p.mean_end, p.cap) for p in rl.phases)
    plan = RlPlan(
        phases,
        prompts=rl.prompts,
        group=rl.group,
        updates_per_round=rl.updates_per_round,
        prompt_tokens=rl.prompt_tokens,
        algorithm=ALGORITHMS[rl.algorithm],
        cv=rl.cv,
        loop_rate=rl.loop_rate,
        mfu=rl.mfu,
        overhead=rl.overhead,
        schedule=rl.schedule,
        oversampling=rl.oversampling,
        batches=rl.batches,
        generation_share=rl.generation_share,
    )
    return Recipe(model, plan, rl.stack)


def _rounds(stage: RlStage, model: ModelChoice, catalog: Catalog) -> Recipe:
    return recipe_of(stage.rl, model)


def _run(job: Job) -> list[StageRun]:
    return rounds(job, _rounds(job.stage, job.model, job.catalog))


def _notices(case: Case) -> Iterator[Notice]:
    yield from _update_memory(case)
    stage = case.stage
    if not isinstance(stage, RlStage):
        return
    mean, cap = max(
        ((max(p.mean_start, p.mean_end), p.cap) for p in stage.rl.phases), key=lambda p: p[0] / p[1]
    )
    if mean > cap:
        yield Notice(
            "mean-above-cap",
            "phases.cap",
            tr(
                "A mean response of {mean} tokens is longer than the longest, {cap}, where it is cut.",
                mean=format_count(mean),
                cap=format_count(cap),
            ),
        )
    if stage.rl.group <= 1 and stage.rl.algorithm in COMPARING:
        yield Notice(
            "group-of-one",
            "rl.group",
            tr("One answer a prompt has nothing to be compared with: nothing would be learned from it."),
        )


COMPARING = ("grpo", "grpo-kl", "dapo", "rloo", "cispo")
"""Algorithms whose baseline is the other answers of a prompt."""


def _update_memory(case: Case) -> Iterator[Notice]:
    """Whether the policy's training states fit by themselves; rollouts are checked by the simulation."""
    needed = adam_state_bytes(parameters_of(case.model, case.catalog).total)
    spec = case.accelerator.spec
    each = usable_bytes(spec)
    if case.fits and needed / case.count > each:
        yield Notice(
            "update-offloads",
            "hardware.count",
            tr(
                "Weights, gradients and optimizer take {memory} on each of {count} {short_name} with "
                "{memory_2}: the update needs host memory, which makes it slower; {count_2} hold it.",
                memory=format_memory(needed / case.count),
                count=format_count(case.count),
                short_name=case.accelerator.short_name,
                memory_2=format_memory(each),
                count_2=format_count(obtained(needed / each, case.units)),
            ),
        )


def _usual_mfu(stage: RlStage, policy: ModelChoice, catalog: Catalog) -> Filled:
    """The utilization of scoring and update that the recipe's software usually reaches on an H100."""
    serving, profile = catalog.constants.serving, catalog.constants.serving.rl[stage.rl.stack]
    value = default_mfu(serving.rl_stack(stage.rl.stack), transformer_of(policy, catalog))
    figures = (profile.mfu_moe, profile.mfu_dense, profile.mfu_small)
    return Filled(value, next(figure.source for figure in figures if figure.value == value))


def _usual_overhead(stage: RlStage, policy: ModelChoice, catalog: Catalog) -> Filled:
    """The seconds a round of the recipe takes beside generation and arithmetic."""
    serving = catalog.constants.serving
    responses = stage.rl.prompts * stage.rl.oversampling * stage.rl.group
    stack = serving.rl_stack(stage.rl.stack)
    value = usual_overhead(stack, transformer_of(policy, catalog), responses).total
    return Filled(
        value, tr("{source}, scaled to this size", source=serving.rl[stage.rl.stack].overhead_seconds.source)
    )


def _typed(stage: RlStage) -> str:
    """What is typed of an update's efficiency."""
    held = (("MFU", stage.rl.mfu), ("overhead", stage.rl.overhead))
    return listed(name for name, value in held if value is not None) or tr("automatic")


ROLLOUTS = InputGroup(
    tr("Rollouts"),
    (
        "rl.algorithm", "rl.schedule", "rl.stack", "rl.prompts", "rl.group", "rl.oversampling",
        "rl.batches", "rl.updates_per_round", "rl.generation_share",
    ),
)  # fmt: skip
RESPONSES = InputGroup(
    tr("Responses"),
    every("phases", RolloutPhase),
    ("rl.prompt_tokens", "rl.cv", "rl.loop_rate"),
    lambda stage: tr(
        "spread {significant}, {share} loop",
        significant=format_significant(stage.rl.cv),
        share=format_share(stage.rl.loop_rate),
    ),
)
EFFICIENCY = InputGroup(tr("Efficiency"), (), ("rl.mfu", "rl.overhead"), _typed)

REINFORCEMENT = Kind(
    record=RlStage,
    changes_model=True,
    label=tr("Reinforcement learning"),
    help=tr("Rollouts, rewards, scoring and update, round after round."),
    group="final run",
    run=_run,
    inputs=(*RENTED, *MODEL),
    groups=(ROLLOUTS, RESPONSES, EFFICIENCY),
    filled={"rl.mfu": _usual_mfu, "rl.overhead": _usual_overhead},
    rounds=_rounds,
    notices=_notices,
)
