"""Tokens a second of a burst: requests that all come at once, timed until the last of them has ended.

Benchmarks of serving that set no rate (``--request-rate inf``) measure this, not a steady state: all prompts
are read first, then a batch that nobody joins drains until the longest answer is written.
"""

from __future__ import annotations

import numpy as np

from isocost.engine.generation.deployment import (
    NO_DRAFTS,
    Format,
    Replica,
    ServingConstants,
    Speculation,
)
from isocost.engine.generation.lengths import Lengths
from isocost.engine.generation.rollout import Round, Trials, rollout_times
from isocost.engine.generation.serving import serve
from isocost.engine.records import Accelerator, Transformer

ALIKE = 0.02
"""Coefficient of variation of answers that were all asked to be of one length: small, not nothing, as a
lognormal without spread has no density."""


def answers_alike(tokens: float) -> Lengths:
    """Lengths of answers that all have ``tokens``."""
    return Lengths(tokens, (1.0 + 5.0 * ALIKE) * tokens, cv=ALIKE, loop_rate=0.0)


def burst_rate(
    t: Transformer,
    a: Accelerator,
    replica: Replica,
    fmt: Format,
    c: ServingConstants,
    *,
    requests: float,
    prompt: float,
    answers: Lengths,
    speculation: Speculation = NO_DRAFTS,
) -> float:
    """Output tokens/s per accelerator of ``requests`` sent to a replica at once; 0 where it does not fit.

    No faster than a load that never ends. Source: as ``rollout_times``, every prompt read for itself.
    """
    layout = (float(np.asarray(degree)) for degree in (replica.gpus, replica.tp, replica.ep, replica.pp))
    job = Round(requests, 1.0, prompt, answers)
    trial = Trials((job,), np.zeros(1, dtype=np.intp), *(np.array([each]) for each in layout))
    seconds = rollout_times(t, a, fmt, c, trial, speculation=speculation).seconds[0]
    rate = requests * answers.mean / seconds / np.asarray(replica.gpus)
    steady = serve(t, a, replica, fmt, c, prompt=prompt, output=answers.mean, speculation=speculation)
    return float(np.minimum(rate, steady.tokens_per_second_per_gpu))
