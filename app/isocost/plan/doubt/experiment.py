"""The next experiment: what measuring the most doubtful input would be worth before money is asked for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from isocost.plan.doubt.doubtful import Doubtful
from isocost.plan.doubt.risk import Risk
from isocost.plan.doubt.sampling import order
from isocost.plan.doubt.tornado import Tornado
from isocost.plan.money.arithmetic import cents
from isocost.plan.physics.records import STEP_MODEL, Array
from isocost.quantities import format_count

RUNS = 3
"""Runs of one's own that an experiment on the speed is made of."""
FINDINGS = 50
"""Equally likely findings that are averaged over."""
TIMES = 4
"""Orders of the findings that are averaged over: what is freed is as small as the noise of one."""


@dataclass(frozen=True, slots=True)
class Experiment:
    """What is known better after measuring one input, averaged over what the measurement may find."""

    doubt: Doubtful
    share: float
    """Of the doubt about the cost."""
    learned: float
    """Share of the input's own doubt (of its variance) that the measurement takes away; 1 = all of it."""
    level: float
    """Chance that the ask is enough."""
    ask_usd: float
    """Enough with that chance, as things stand."""
    ask_after_usd: float
    """The same after the measurement, on average over its findings."""
    dearer: float
    """Chance that it finds the programme dearer, so that more must be asked for than now."""
    spread_usd: float
    """From one chance in ten below to one above, as things stand."""
    spread_after_usd: float
    """The same after the measurement, on average."""
    hour_usd: float | None
    """What an hour of the accelerators costs that it is measured on; None = it takes none."""
    accelerators: str = ""
    """Those accelerators: "256 H100"."""

    @property
    def freed_usd(self) -> float:
        """What need not be asked for, on average."""
        return self.ask_usd - self.ask_after_usd


def next_experiment(of: Risk, bars: Tornado) -> Experiment | None:
    """The experiment on the doubt with the largest share; None where nothing is in doubt.

    The error of the step model is measured by runs of one's own, which tell of what all runs of one team have
    in common, as ``isocost calibrate`` takes them; anything else is taken as known exactly afterwards, which
    is the most a measurement can do.
    """
    if not bars.bars or not of.outcomes.cost_usd.max() > of.outcomes.cost_usd.min():
        return None
    chosen = max(bars.bars, key=lambda bar: bar.share)
    doubt, at = chosen.doubt, of.programme.doubts.index(chosen.doubt)
    learned = _learned(of) if doubt.identity == STEP_MODEL else 1.0
    before, after = _measured(of, at, learned)
    low, asked, high = np.quantile(after, (0.1, of.level, 0.9), axis=1)
    now = [float(each) for each in np.quantile(before, (0.1, of.level, 0.9))]
    spread = of.cost_usd.p90 - of.cost_usd.p10
    hour, where = _hour(of, doubt)
    return Experiment(
        doubt,
        chosen.share,
        learned,
        of.level,
        of.ask_usd,
        of.ask_usd - (now[1] - float(asked.mean())),
        float(np.mean(asked > now[1])),
        cents(spread),
        cents(spread - (now[2] - now[0] - float((high - low).mean()))),
        hour,
        where,
    )


def _learned(of: Risk) -> float:
    """Share of the variance of the step model's error that a few runs of one's own take away.

    Of the part s that runs of one team share, n runs leave s w / (n s + w), w the part each has to itself.
    """
    shared = of.programme.on.catalog.constants.accuracy.shared
    own = 1.0 - shared
    return shared * (1.0 - own / (RUNS * shared + own))


def _measured(of: Risk, at: int, learned: float) -> tuple[Array, Array]:
    """(the cost of each sample, and by finding that of the samples which share it)."""
    doubt, n = of.programme.doubts[at], of.samples
    findings = min(FINDINGS, n // 10)
    values, spread = list(of.values), doubt.spread(n)
    middles = ((np.arange(findings) + 0.5) * n / findings).astype(np.intp)
    if learned >= 1.0:
        which = order(doubt.key, n, of.seed) * findings // n
        values[at] = spread[middles[which]]
        return of.outcomes.cost_usd, _by_finding(of.programme.at(values).cost_usd, which, findings)
    parts = []
    for time in range(TIMES):
        found, rest = (order(f"{doubt.key}|{part}|{time}", n, of.seed) for part in ("found", "rest"))
        which = found * findings // n
        values[at] = np.sqrt(learned) * spread[middles[which]] + np.sqrt(1.0 - learned) * spread[rest]
        parts.append(_by_finding(of.programme.at(values).cost_usd, which, findings))
    after = np.concatenate(parts, axis=1)
    return after.reshape(-1), after


def _by_finding(cost: Array, which: NDArray[np.intp], findings: int) -> Array:
    """(findings, samples that share it), a few samples left over."""
    ordered = cost[np.argsort(which, kind="stable")]
    return ordered[: len(cost) // findings * findings].reshape(findings, -1)


def _hour(of: Risk, doubt: Doubtful) -> tuple[float | None, str]:
    """An hour of the accelerators whose speed is in doubt."""
    if doubt.identity != STEP_MODEL:
        return None, ""
    on = of.programme.on
    hours = on.by_stage("stage.gpu_hours")
    most = max((i for i, run in enumerate(on.runs) if run.speed is not None), key=lambda i: hours[i])
    run, rate = on.runs[most], on.by_stage("stage.rate")[most]
    count = int(run.counts[0])
    return rate * count, f"{format_count(count)} {on.catalog.accelerator(run.accelerator).short_name}"
