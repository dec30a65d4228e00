"""Supervised fine-tuning: full, LoRA or QLoRA."""

from __future__ import annotations

import msgspec

from isocost.language import tr
from isocost.plan.kinds.kind import MODEL, RENTED, SEARCHED, TUNING, Kind, tokens_read, tuned
from isocost.plan.kinds.pretraining import DATA, PretrainStage
from isocost.plan.physics.records import Job, StageRun
from isocost.plan.physics.resolve import batch_tokens
from isocost.plan.physics.training import Training, train
from isocost.plan.values import Tuning


class SftStage(PretrainStage, frozen=True, kw_only=True, tag="sft"):
    """Supervised fine-tuning: full, LoRA or QLoRA; ``data.tokens`` are the tokens of one epoch."""

    tuning: Tuning = Tuning()


def _run(job: Job) -> list[StageRun]:
    """Every epoch is trained on."""
    stage: SftStage = job.stage
    # The batch stays that of one epoch.
    batch = batch_tokens(stage.data, job.catalog)
    data = msgspec.structs.replace(stage.data, tokens=tokens_read(stage), batch_tokens=batch)
    return train(job, Training(job.model, data, stage.tuning))


SFT = Kind(
    record=SftStage,
    changes_model=True,
    label=tr("Supervised fine-tuning"),
    help=tr("Training on examples of answers; full, LoRA or QLoRA."),
    group="final run",
    run=_run,
    inputs=(*RENTED, *MODEL, *DATA, *SEARCHED),
    groups=(TUNING,),
    used=tuned,
    lows={"data.tokens": 1e5, "data.batch_tokens": 1e3},
    begins=True,
)
