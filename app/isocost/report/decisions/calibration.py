"""What is said of a model corrected by somebody's own runs."""

from __future__ import annotations

from functools import partial

from isocost.evidence.own_runs import Calibration, OwnRun
from isocost.language import capital, tr
from isocost.plan.answer.results import Estimate
from isocost.plan.project.correcting import correctable
from isocost.plan.project.project import Project, efficiency_of
from isocost.plan.values import Correction
from isocost.quantities import format_counted, format_money, format_quantity, format_share
from isocost.report.decisions.words import signed_share
from isocost.report.table import Column, Table

TITLE = tr("Calibrate by your runs")
HOW = tr(
    "Choose the log of a run, or a CSV file of what your own runs reached. The model "
    "predicts each of them, and what they differ by corrects the plan, with its spread."
)
COLUMNS_WANTED = tr(
    "The log is a trainer's own, as Megatron-LM, torchtitan or Hugging Face's write it. A table's first line "
    "names the columns: model, gpu, n_gpus, seq_len and tokens_per_s_per_gpu; and, where "
    "known, precision, tp, pp, micro_batch, global_batch_seqs, framework."
)
WHOLE = tr("the whole plan")
READING = tr("Predicting every run…")
NOTHING_TO_CORRECT = tr("No stage of this plan is predicted from its model, so nothing is corrected.")
FILE_KINDS = tr("Tables and logs (*.csv *.log *.txt *.out *.json *.jsonl);;All files (*)")


def calibration_said(found: Calibration) -> str:
    """What the runs say of the model, as one sentence without its full stop."""
    own = found.found
    low, high = format_share(own.low), format_share(own.high)
    return tr(
        "{runs} of {count} used: measured is {share} of predicted; weighed against how far such predictions "
        "are usually off, further runs are expected at {expected}, 80 % of them between {low} and {high}",
        runs=own.runs,
        count=format_counted(len(found.runs), "run"),
        share=format_share(found.measured_share),
        expected=format_share(own.factor),
        low=low,
        high=high,
    )


def errors_said(found: Calibration) -> str:
    """How far off the predictions are before and after, as a sentence."""
    before = format_share(found.before, decimals=0)
    if found.after is None:
        return tr(
            "The prediction was {before} off; one run says little of how far off the next will be.",
            before=before,
        )
    after = format_share(found.after, decimals=0)
    return tr(
        "Median error {before} before, {after} after, each run corrected by the others alone.",
        before=before,
        after=after,
    )


def calibration_table(found: Calibration) -> Table:
    """Every run with its prediction before and after, in words; a dash where there is none."""
    columns = (
        Column(tr("Run")),
        Column(tr("Measured"), right=True),
        Column(tr("Predicted"), right=True),
        Column(tr("Off by"), right=True),
        Column(tr("Corrected"), right=True),
        Column(tr("Then off by"), right=True),
        Column(tr("Note")),
    )
    return Table(columns, tuple(_row(run) for run in found.runs))


def _row(run: OwnRun) -> tuple[str, ...]:
    speeds = (run.measured, run.before, run.after)
    measured, before, after = (NOTHING if each is None else _speed(each) for each in speeds)
    errors = (run.error(run.before), run.error(run.after))
    off, then = (NOTHING if each is None else signed_share(each) for each in errors)
    named = "_" in run.note.partition(" ")[0]  # a column is written as it is
    note = run.note if named else capital(run.note)
    return run.name, measured, before, off, after, then, note


_speed = partial(format_quantity, quantity="number", digits=3)
NOTHING = "–"


def stages_to_correct(project: Project, scenario: int) -> tuple[tuple[int, str], ...]:
    """(place, name) of the stages that can be corrected."""
    chosen = project.scenarios[scenario]
    return tuple((at, chosen.stages[at].name) for at in correctable(chosen))


def applied_words(found: Calibration, stage: str) -> str:
    """The step that applies a correction; an empty name = to the whole plan."""
    runs = format_counted(found.found.runs, "run")
    return tr("Correct {stage} by {runs}", stage=stage or tr("the plan"), runs=runs)


def taken_off_words(stage: str) -> str:
    """The step that takes a correction off."""
    return tr("Take the correction off {stage}", stage=stage or tr("the plan"))


def applied_said(
    project: Project, scenario: int, stage: int | None, before: Estimate, after: Estimate
) -> str:
    """What applying did to the plan as estimated, and what it leaves as it is."""
    chosen = project.scenarios[scenario]
    places = correctable(chosen) if stage is None else (stage,)
    stages = [chosen.stages[at] for at in places]
    name = tr("The plan") if stage is None else stages[0].name
    was, now = (format_money(each.total.cost_usd) for each in (before, after))
    said = [tr("{name} is corrected: {before} before, {after} now.", name=name, before=was, after=now)]
    efficiencies = [efficiency_of(chosen, each) for each in stages]
    if any(each.waste is None and each.mfu is None for each in efficiencies):
        said.append(_less_waste(before.stages[places[0]].waste, after.stages[places[0]].waste))
    if stage is None and (
        own := [each.name for each in stages if getattr(each, "efficiency", None) is not None]
    ):
        said.append(tr("{list} has an efficiency of its own, and keeps it.", list=", ".join(own)))
    if typed := [each.name for each, held in zip(stages, efficiencies, strict=True) if held.mfu is not None]:
        said.append(
            tr(
                "The MFU of {list} is typed, which no correction changes: empty it first.",
                list=", ".join(typed),
            )
        )
    return " ".join(said)


def _less_waste(before: float | None, after: float | None) -> str:
    """That a measured speed holds some of what whole runs lose, and how much then remains."""
    if not before or after is None or after >= before:
        return tr("Beside a speed that is measured, whole runs are taken to lose less.")
    return tr(
        "Beside a speed that is measured, whole runs are taken to lose less: whole-run waste is {after} of "
        "the hours instead of {before}.",
        after=format_share(after),
        before=format_share(before),
    )


def correction_of(project: Project, scenario: int, stage: int | None) -> Correction | None:
    """The correction that a plan or one of its stages has."""
    chosen = project.scenarios[scenario]
    if stage is None:
        return chosen.efficiency.correction
    return efficiency_of(chosen, chosen.stages[stage]).correction


def held_said(held: Correction | None) -> str:
    """Which correction is in force; empty = none."""
    if held is None:
        return ""
    source = tr(" of {source}", source=held.source) if held.source else ""
    day = f", {held.date}" if held.date else ""
    return tr(
        "Corrected now: {share} of what is predicted, from {counted}{source}{day}.",
        share=format_share(held.factor),
        counted=format_counted(held.runs, "run"),
        source=source,
        day=day,
    )
