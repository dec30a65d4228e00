"""A measured run beside the stage of a plan that it is of, and the correction it gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import msgspec

from isocost.catalog import Catalog
from isocost.catalog.entries.measured_training import MeasuredRun
from isocost.catalog.errors import CatalogError
from isocost.evidence.own_runs import Calibration, OwnRun
from isocost.evidence.predict import OwnRuns, Prediction, correction, over_peak
from isocost.evidence.rows.measured_rows import RunSpec, refuse_impossible, run_spec
from isocost.evidence.table import predict_described
from isocost.language import tr
from isocost.plan.kinds import ModelStage, Stage, data_of
from isocost.plan.physics.resolve import batch_tokens, transformer_of, workload_of
from isocost.plan.project.correcting import correctable, correction_by, with_correction
from isocost.plan.project.project import (
    Project,
    Scenario,
    efficiency_of,
    hardware_of,
    layout_of,
    model_of,
    set_value,
)
from isocost.plan.values import Correction, MeasuredSpeed
from isocost.quantities import format_significant

SAME = 0.01
"""Share by which batches may differ and be the same."""
DEGREES = ("tp", "pp", "vp", "cp", "ep", "microbatch")


class NotComparableError(ValueError):
    """A run that no stage of a plan can be held against; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What is known of a run beside its speed; None = nobody says, and the plan's stage is taken."""

    gpus: float | None = None
    sequence: float | None = None
    """Tokens."""
    batch: float | None = None
    """Sequences of a step."""
    degrees: Mapping[str, float] = field(default_factory=dict)
    """Of ``DEGREES``; empty = the plan's, or the search's."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A measured run beside its prediction."""

    stage: int
    """Place in the scenario."""
    speed: MeasuredSpeed
    before: Correction | None
    """What corrected the stage before."""
    after: Correction
    replaced: int
    """Runs of a correction that were not kept one by one, and whose place this one takes."""


def stage_of(scenario: Scenario, facts: RunFacts, catalog: Catalog, wanted: int = 0) -> int:
    """The place of the stage a run is of: the one most of its facts fit, else the wanted, else the first.

    Raises NotComparableError: no stage trains on tokens of its own and is predicted from its model.
    """
    known = [
        at
        for at in correctable(scenario)
        if scenario.stages[at].enabled and data_of(scenario.stages[at]) is not None
    ]
    if not known:
        raise NotComparableError(
            tr("no stage of this plan trains on tokens and is predicted from its model.")
        )

    def fit(at: int) -> float:
        stage = facts_of(scenario, scenario.stages[at], catalog)
        pairs = ((facts.gpus, stage.gpus), (facts.sequence, stage.sequence), (facts.batch, stage.batch))
        same = sum(1.0 for a, b in pairs if a and b and abs(a / b - 1.0) <= SAME)
        return same + (0.5 if at == wanted else 0.0)

    return max(known, key=lambda at: (fit(at), -at))


def facts_of(scenario: Scenario, stage: Stage, catalog: Catalog) -> RunFacts:
    """What a stage of a plan says of the runs it is made of."""
    data = data_of(stage)
    gpus = float(hardware_of(scenario, stage).count)
    if data is None:
        return RunFacts(gpus)
    return RunFacts(gpus, float(data.sequence), batch_tokens(data, catalog) / data.sequence)


def measured(
    project: Project,
    speed: float,
    facts: RunFacts,
    catalog: Catalog,
    *,
    source: str,
    date: str,
    scenario: int = 0,
    stage: int = 0,
) -> Measured:
    """A run's speed beside what is predicted of its stage as the run was made, and what it corrects.

    Runs that the stage's correction holds already stay; one of the same source is replaced.

    Args:
        speed: tokens a second per accelerator in the steady state.

    Raises:
        NotComparableError: what the run says cannot have been, or cannot be predicted.
    """
    chosen = project.scenarios[scenario]
    spec = _spec(chosen, chosen.stages[stage], facts, catalog)
    if times := over_peak(spec, speed):
        raise NotComparableError(
            tr(
                "{significant} times the peak of {name} would be needed for {name_2} at this speed: "
                "the run is of another model, batch or count.",
                significant=format_significant(times, 2),
                name=spec.accelerator.name,
                name_2=chosen.stages[stage].name,
            )
        )
    found = predict_described([spec], catalog)[0]
    if found.tokens_per_s is None or found.p10 is None or found.p90 is None:
        raise NotComparableError(tr("the run cannot be predicted: {note}", note=found.note))
    new = MeasuredSpeed(source, speed, found.tokens_per_s, found.p10, found.p90, date)
    before = efficiency_of(chosen, chosen.stages[stage]).correction
    held = before.measured if before is not None else ()
    speeds = (*(each for each in held if each.source != source), new)
    own = correction(
        [each.measured for each in speeds],
        [Prediction(each.predicted, each.low, each.high, None, "given", "") for each in speeds],
        shared=catalog.constants.accuracy.shared,
        source=", ".join(dict.fromkeys(each.source for each in speeds))[:200],
        date=date,
    )
    replaced = before.runs if before is not None and not before.measured else 0
    return Measured(stage, new, before, correction_by(own, speeds), replaced)


def with_measured(
    project: Project, found: Measured, *, scenario: int = 0, goodput: float | None = None
) -> Project:
    """The project corrected by a measured run: its stage, or all of it where it has but one such stage.

    A goodput that was measured is taken where none is typed.
    """
    chosen = project.scenarios[scenario]
    stage = chosen.stages[found.stage]
    own = isinstance(stage, ModelStage) and stage.efficiency is not None
    alone = len(correctable(chosen)) == 1 and not own
    at = None if alone else found.stage
    after = with_correction(project, found.after, scenario=scenario, stage=at)
    held = efficiency_of(after.scenarios[scenario], after.scenarios[scenario].stages[found.stage])
    if goodput is None or held.goodput is not None:
        return after
    return set_value(after, "efficiency.goodput", goodput, scenario=scenario, stage=found.stage)


def as_calibration(found: Measured) -> Calibration:
    """The runs that a stage is corrected by, this one last, as a table of them."""
    after = found.after
    runs = tuple(
        OwnRun(
            at,
            each.source,
            each.measured,
            each.predicted,
            each.predicted * after.factor,
            "" if each is not found.speed else tr("the log that was opened"),
            each.low,
            each.high,
        )
        for at, each in enumerate(after.measured or (found.speed,), 1)
    )
    return Calibration(
        runs, OwnRuns(after.factor, after.low, after.high, after.runs, after.source, after.date)
    )


def _spec(scenario: Scenario, stage: Stage, facts: RunFacts, catalog: Catalog) -> RunSpec:
    """The stage as the run was made: on its accelerators, in its batch and layout."""
    data = data_of(stage)
    assert data is not None
    own = facts_of(scenario, stage, catalog)
    gpus, sequence = facts.gpus or own.gpus, facts.sequence or own.sequence
    batch = facts.batch or own.batch
    assert gpus is not None
    assert sequence is not None
    assert batch is not None
    layout = layout_of(scenario, stage)
    pinned = {name: float(held) for name in DEGREES if (held := getattr(layout, name)) is not None}
    degrees = facts.degrees or pinned
    entry = catalog.accelerator(hardware_of(scenario, stage).accelerator)
    asked = msgspec.structs.replace(data, sequence=int(sequence), batch_tokens=batch * sequence)
    try:
        transformer = transformer_of(model_of(scenario, stage), catalog)
        work = workload_of(asked, entry.spec, catalog, getattr(stage, "tuning", None), layout)
        run = MeasuredRun(
            id="",
            source="",
            model=transformer.name,
            accelerator=entry.spec.id,
            accelerators=gpus,
            sequence=sequence,
            stack=efficiency_of(scenario, stage).stack,
            precision=work.precision,
            method=work.method,
            global_batch=batch,
            microbatch=degrees.get("microbatch"),
            tp=degrees.get("tp"),
            pp=degrees.get("pp"),
            vp=degrees.get("vp"),
            cp=degrees.get("cp"),
            ep=degrees.get("ep") if transformer.is_moe else None,
            recompute=layout.recompute,
        )
        spec = replace(run_spec(run, catalog, transformer), work=work)
        refuse_impossible(spec)
    except (ValueError, CatalogError) as error:
        raise NotComparableError(str(error)) from None
    return spec
