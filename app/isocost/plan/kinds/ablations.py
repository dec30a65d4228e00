"""Ablations and pilot runs, as a share of the final run."""

from __future__ import annotations

import numpy as np

from isocost.language import later, tr
from isocost.plan.kinds.kind import RENTED, Basis, InputGroup, Kind, StageBase
from isocost.plan.physics.records import Detail, Job, StageRun
from isocost.plan.values import Value


class Ablations(Value, frozen=True):
    """Experiments before and around the main run."""

    share: float = 0.5
    """Of the accelerator-hours of the scenario's training stages."""


class AblationStage(StageBase, frozen=True, kw_only=True, tag="ablations"):
    """Ablations and pilot runs as a share of the main run; explicit ones are stages of their own kind."""

    ablations: Ablations = Ablations()


def _share(job: Job, basis: Basis) -> list[StageRun]:
    """They are run as well or as badly as what they prepare."""
    stage: AblationStage = job.stage
    share = stage.ablations.share
    runs = []
    each = zip(job.accelerators, job.counts, basis.hours, basis.wasted, strict=True)
    for accelerator, counts, hours, wasted in each:
        shape = np.broadcast_shapes(hours.shape, counts.shape)
        taken, lost = (np.broadcast_to(share * part, shape).copy() for part in (hours, wasted))
        details: tuple[Detail, ...] = ()
        if job.explained:
            details = (
                Detail(
                    later("Training they prepare"),
                    float(hours[0]),
                    "number",
                    "GPU-hours",
                    tr("of this scenario"),
                ),
                Detail(later("Share of it"), share, "share", "", tr("of the training it prepares")),
            )
        runs.append(
            StageRun(
                accelerator,
                counts,
                taken,
                np.ones(len(taken), dtype=bool),
                computed=False,
                wasted=lost,
                doubts=basis.doubts,
                details=details,
            )
        )
    return runs


ABLATIONS = Kind(
    record=AblationStage,
    label=tr("Ablations"),
    help=tr("Experiments and pilot runs, as a share of the training."),
    group="experiments",
    share=_share,
    inputs=RENTED,
    groups=(InputGroup(tr("Experiments"), ("ablations.share",)),),
    unsearched=tr(
        "The hours of this stage are a share of the training it prepares, which is fitted instead."
    ),
)
