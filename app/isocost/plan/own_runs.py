"""Calibration to the user's own measured runs: one factor on the predicted speed, and its spread."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from isocost.plan.predict import Prediction
from isocost.plan.values import Correction

PRIOR_RUNS = 2.0
"""Weight of the model's own measured spread against the scatter of the user's runs."""
DECILE = 1.2816
"""Standard deviations from the median to the 10th or 90th percentile of a normal distribution."""


def correction(
    measured: Sequence[float | None], predicted: Sequence[Prediction], *, source: str, date: str
) -> Correction:
    """The factor that centres predictions on the runs that state a speed and could be predicted.

    The runs are taken as lognormal about their mean. The spread of a further run joins their scatter with the
    class's spread as if that were ``PRIOR_RUNS`` more runs, and widens for the few there are.

    Raises:
        ValueError: no row has both a measured speed and a prediction.
    """
    pairs = [
        (math.log(m / p.tokens_per_s), math.log(p.p90 / p.p10) / (2.0 * DECILE))
        for m, p in zip(measured, predicted, strict=True)
        if m and p.tokens_per_s and p.p10 and p.p90
    ]
    if not pairs:
        raise ValueError(
            "no row has both tokens_per_s_per_gpu, as measured, and what a prediction needs "
            "(isocost predict says what is missing)."
        )
    logs = np.array([ratio for ratio, _ in pairs])
    own = float(np.mean(np.square([width for _, width in pairs])))
    n = len(logs)
    variance = (PRIOR_RUNS * own + float(np.sum(np.square(logs - logs.mean())))) / (PRIOR_RUNS + n - 1)
    reach = DECILE * math.sqrt(variance * (1.0 + 1.0 / n))
    factor = float(math.exp(logs.mean()))
    return Correction(factor, factor * math.exp(-reach), factor * math.exp(reach), n, source, date)
