"""Preference tuning (DPO, ORPO, KTO), and the training of a reward model, on pairs of answers."""

from __future__ import annotations

from typing import Literal

from isocost.language import tr
from isocost.plan.kinds.kind import MODEL, RENTED, SEARCHED, TUNING, InputGroup, Kind, ModelStage, tuned
from isocost.plan.physics.records import Job, StageRun
from isocost.plan.physics.training import Training, train
from isocost.plan.values import Data, PrecisionName, Tuning, Value
from isocost.quantities import format_count


class Preference(Value, frozen=True):
    """Pairs of answers and what is learned from them."""

    objective: Literal["dpo", "orpo", "kto", "reward-model"] = "dpo"
    pairs: float = 100_000.0
    answer_tokens: float = 500.0
    prompt_tokens: float = 200.0
    batch_pairs: float = 128.0
    """Pairs of an optimizer step."""
    precision: PrecisionName = "bf16"


class PreferenceStage(ModelStage, frozen=True, kw_only=True, tag="preference"):
    """Preference tuning (DPO) or the training of a reward model."""

    preference: Preference = Preference()
    tuning: Tuning = Tuning()


FORWARDS = {"dpo": 1.0, "orpo": 0.0, "kto": 3.0, "reward-model": 0.0}
"""Passes over as many tokens as are trained on that train nothing.

The reference of DPO and KTO reads every answer. KTO's estimate of the divergence is made of as many answers
to other prompts, which model and reference read too (arXiv 2402.01306, section 4.1).
"""


def _run(job: Job) -> list[StageRun]:
    """Both answers of a pair are trained on, of KTO two single ones; some objectives read answers besides."""
    stage: PreferenceStage = job.stage
    wanted, tuning = stage.preference, stage.tuning
    each = wanted.answer_tokens + wanted.prompt_tokens
    data = Data(
        tokens=2.0 * wanted.pairs * each * tuning.epochs,
        sequence=max(1, round(each)),
        batch_tokens=2.0 * wanted.batch_pairs * each,
        precision=wanted.precision,
    )
    return train(job, Training(job.model, data, tuning, FORWARDS[wanted.objective]))


PAIRS = InputGroup(
    tr("Pairs"),
    ("preference.objective", "preference.pairs", "preference.answer_tokens"),
    ("preference.prompt_tokens", "preference.batch_pairs", "preference.precision"),
    lambda stage: tr("batch of {count}", count=format_count(stage.preference.batch_pairs)),
)

PREFERENCE = Kind(
    record=PreferenceStage,
    changes_model=True,
    label=tr("Preference tuning"),
    help=tr("DPO, ORPO, KTO, or the training of a reward model, on pairs of answers."),
    group="final run",
    run=_run,
    inputs=(*RENTED, *MODEL, *SEARCHED),
    groups=(PAIRS, TUNING),
    used=tuned,
)
