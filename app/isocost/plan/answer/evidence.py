"""What the prediction of each stage rests on, and the plan's as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from isocost.catalog import Catalog
from isocost.evidence.points import Point
from isocost.evidence.word import Evidence, Rounds, training_evidence, weakest, writing_evidence
from isocost.plan.answer.results import StageEstimate
from isocost.plan.kinds.distillation import Lessons
from isocost.plan.physics.records import StageRun
from isocost.plan.physics.resolve import transformer_of
from isocost.plan.physics.rounds import Recipe
from isocost.plan.physics.serving import Writing
from isocost.plan.physics.throughput import TYPED, Question, work_on
from isocost.plan.values import ModelChoice
from isocost.quantities import remembered_words


def point_of(question: Question, accelerator: str, count: int, catalog: Catalog) -> Point:
    """A searched stage among the measured runs."""
    spec = catalog.accelerator(accelerator).spec
    work = work_on(question, spec, catalog)
    return Point(transformer_of(question.model, catalog), spec, count, work, question.stack)


def stage_evidence(run: StageRun, catalog: Catalog) -> Evidence | None:
    """What a stage's prediction rests on; None where nothing is predicted (typed, claimed, a share)."""
    return weakest(_parts(run, catalog))


def _parts(run: StageRun, catalog: Catalog) -> Iterator[Evidence]:
    """Of its training and of the text generated for it."""
    count = int(run.counts[0])
    if run.speed is not None and run.speed.source != TYPED:
        yield _of_training(run.speed.question, run.accelerator, count, catalog)
    match run.work:
        case Recipe(model=model, plan=plan):
            size = Rounds(count, plan.prompt_tokens + max(phase.cap for phase in plan.phases))
            yield _of_writing(model, run.accelerator, size, catalog)
        case Writing(load=load) | Lessons(teacher=Writing(load=load)):
            yield _of_writing(load.model, run.accelerator, None, catalog)


# Remembered: prices, tokens and goodput move without them.
@remembered_words(1024)
def _of_training(question: Question, accelerator: str, count: int, catalog: Catalog) -> Evidence:
    name = catalog.accelerator(accelerator).short_name
    return training_evidence(point_of(question, accelerator, count, catalog), name, catalog)


@remembered_words(1024)
def _of_writing(writer: ModelChoice, accelerator: str, rounds: Rounds | None, catalog: Catalog) -> Evidence:
    entry = catalog.accelerator(accelerator)
    return writing_evidence(transformer_of(writer, catalog), entry.spec, entry.short_name, catalog, rounds)


def plan_evidence(stages: Sequence[StageEstimate], catalog: Catalog) -> Evidence | None:
    """The weakest of the stages that make up much of the rent; None where nothing much is predicted.

    Args:
        stages: those that count.
    """
    return weighed([(stage.cost_usd, stage.evidence) for stage in stages], catalog)


def weighed(parts: Sequence[tuple[float, Evidence | None]], catalog: Catalog) -> Evidence | None:
    """The weakest of the parts, each with its rent, that make up much of it: see :func:`plan_evidence`."""
    least = catalog.constants.evidence.counts * sum(cost for cost, _ in parts)
    return weakest(found for cost, found in parts if found is not None and cost >= least)
