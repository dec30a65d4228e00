"""Share of paid time that trains: failures, the work they undo, restarts, checkpoints.

Failures are taken as independent and at a constant rate per accelerator (exponential times between them).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from isocost.quantities.units import SECONDS_PER_YEAR

CHECKPOINT_BYTES = 14.0
"""Bytes per parameter of a mixed-precision AdamW checkpoint: bf16 weights, fp32 master, two moments
(arXiv 1910.02054); BLOOM-176B wrote 13."""


@dataclass(frozen=True, slots=True)
class Reliability:
    """How often a cluster fails and how it recovers."""

    failures_per_year: float
    """Unexpected interruptions per accelerator-year."""
    restart_seconds: float
    """Seconds from a failure until training runs again: detection, replacement, relaunch, reload."""
    write_bandwidth: float
    """Checkpoint bytes/s per accelerator."""
    write_bandwidth_limit: float
    """Checkpoint bytes/s the storage takes from all of them."""
    blocking_share: float = 1.0
    """Share of a checkpoint's write during which training stands still (asynchronous writers: less)."""


@dataclass(frozen=True, slots=True)
class Goodput:
    """Paid time of a run by where it goes: shares that add to 1."""

    useful: float
    """Training that counts: the goodput."""
    checkpoints: float
    lost: float
    """Work done again since the last checkpoint."""
    restarts: float
    interval_seconds: float
    """Training time between checkpoints."""
    between_failures: float
    """Mean seconds between failures of the whole job."""


def seconds_between_failures(count: float, failures_per_year: float) -> float:
    """Mean seconds between failures of a job on ``count`` accelerators: year / (count x rate).

    Llama 3's 16,384 accelerators were interrupted 419 times in 54 days, every three hours:

    >>> round(seconds_between_failures(16384.0, 0.173) / 3600.0, 2)
    3.09
    """
    return math.inf if failures_per_year <= 0.0 else SECONDS_PER_YEAR / (count * failures_per_year)


def checkpoint_seconds(parameters: float, count: float, r: Reliability) -> float:
    """Seconds training stands still while ``count`` accelerators write a checkpoint of ``parameters``.

    Source: bandwidths ``resources/reliability.yaml``, bytes a parameter ``CHECKPOINT_BYTES``.
    """
    # Small jobs are limited by what each accelerator can send, large ones by what the storage takes.
    bandwidth = min(count * r.write_bandwidth, r.write_bandwidth_limit)
    return parameters * CHECKPOINT_BYTES / bandwidth * r.blocking_share


def best_interval(checkpoint: float, between_failures: float) -> float:
    """Training seconds between checkpoints that lose least, Daly's higher order of Young's sqrt(2 C M).

    sqrt(2 C M) (1 + sqrt(C / 2M) / 3 + (C / 2M) / 9) - C for C < 2M, else M, with C seconds a checkpoint and
    M between failures. Infinite when nothing fails. Source: Daly 2006, doi 10.1016/j.future.2004.11.016.

    >>> round(best_interval(40.0, 100_000.0), 1)  # Young's is 2,828.4
    2801.8
    """
    if math.isinf(between_failures):
        return math.inf
    if checkpoint >= 2.0 * between_failures:
        return between_failures
    ratio = checkpoint / (2.0 * between_failures)
    young = math.sqrt(2.0 * checkpoint * between_failures)
    return young * (1.0 + math.sqrt(ratio) / 3.0 + ratio / 9.0) - checkpoint


HOPELESS = 60.0
"""Times as long as failures are apart that a stretch and its checkpoint count at most: e^60 is 10^26."""


def goodput(
    parameters: float,
    count: float,
    r: Reliability,
    *,
    interval: float | None = None,
) -> Goodput:
    """Share of time a run on ``count`` accelerators spends training, and where the rest goes.

    Between failures M apart a stretch of tau useful seconds and its checkpoint C takes
    M e^(R/M) (e^((tau + C)/M) - 1) seconds, restarts R included. Source: Daly 2006, equation 20,
    doi 10.1016/j.future.2004.11.016; rates ``resources/reliability.yaml``.

    Args:
        parameters: total parameters of the checkpoint.
        interval: useful seconds between checkpoints; None = the best.

    Raises:
        ValueError: a rate, time or bandwidth is not positive.
    """
    if count <= 0 or r.write_bandwidth <= 0 or r.restart_seconds < 0 or r.failures_per_year < 0:
        raise ValueError("Reliability needs a positive count and bandwidth, and no negative rate or time.")
    mtbf = seconds_between_failures(count, r.failures_per_year)
    checkpoint = checkpoint_seconds(parameters, count, r)
    tau = best_interval(checkpoint, mtbf) if interval is None else interval
    if math.isinf(mtbf):
        cost = 0.0 if math.isinf(tau) else checkpoint / (tau + checkpoint)
        return Goodput(1.0 - cost, cost, 0.0, 0.0, tau, mtbf)
    # A run that fails so often never ends; its hours stay numbers.
    again, saved = (min(x / mtbf, HOPELESS) for x in (r.restart_seconds, tau + checkpoint))
    # expm1 keeps its digits where failures are rare and the exponent is tiny.
    stretch = mtbf * math.exp(again) * math.expm1(saved)
    useful, saving = tau / stretch, checkpoint / stretch
    # One failure every M of wall time costs a restart; the rest of what is missing is work done again.
    restarts = min(r.restart_seconds / mtbf, 1.0 - useful - saving)
    return Goodput(
        useful=useful,
        checkpoints=saving,
        lost=1.0 - useful - saving - restarts,
        restarts=restarts,
        interval_seconds=tau,
        between_failures=mtbf,
    )
