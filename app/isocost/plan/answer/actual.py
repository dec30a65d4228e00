"""A run's record against its plan: the pace so far, and what the rest will take, cost and be sure of."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from isocost.evidence.predict import DECILE
from isocost.language import tr
from isocost.plan.answer.estimate import Answer
from isocost.plan.answer.results import StageEstimate
from isocost.plan.answer.warnings.badges import spokesman
from isocost.plan.doubt.span import Range
from isocost.plan.kinds import data_of, tokens_read
from isocost.plan.money.cashflow import timeline
from isocost.quantities.units import HOURS_PER_DAY, SECONDS_PER_HOUR

LEAST = 1e-9
"""Hours of a part, and tokens an hour, below which a record shows no progress."""
BLOCKS = (16, 8, 4, 2, 1)
"""Parts of equal time a record is cut into, the most in each of which there is progress: readings a minute
apart are not as many independent ones."""
LONGEST_YEARS = 1000.0
"""A finish beyond this is no date."""

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run was, by when; arrays over readings."""

    hours: Array
    """Since the run's start, rising."""
    tokens: Array
    loss: Array
    """NaN where it was not read."""


@dataclass(frozen=True, slots=True)
class Actual:
    """A stage of a plan beside the run that is under way."""

    stage: str
    at: int
    """Place of the stage in the scenario."""
    progress: Progress
    planned_tokens: Array
    """Tokens the plan had by each reading."""
    tokens: float
    """Of the whole stage."""
    planned_hours: float
    pace: float
    """Tokens an hour so far, stops and repeats included."""
    rest_hours: Range
    hours: Range
    """From start to end."""
    cost_usd: Range
    """Rent of the stage; where it is told what was spent, the rest at what an hour has cost so far."""
    planned_usd: float
    programme_usd: Range
    programme_planned_usd: float
    scatter: float | None
    """Standard deviation of the logarithm of the pace from part to part; None where one part tells none."""
    went_back: int
    """Readings with less progress than the one before: work done again."""
    finish: datetime | None
    """When the stage ends at the median; None where no date is known."""
    spent_usd: float | None = None
    """On the stage so far; None = nobody tells, and its hours cost what is planned."""

    @property
    def share(self) -> float:
        """Of the tokens, done."""
        return float(self.progress.tokens[-1] / self.tokens)

    @property
    def done(self) -> bool:
        """Whether nothing remains."""
        return self.share >= 1.0

    @property
    def of_plan(self) -> float:
        """The pace so far over the planned one."""
        return self.pace * self.planned_hours / self.tokens


class NoRunError(ValueError):
    """There is no stage to hold a record against, or no pace in it; the message is a sentence."""


def trained_stage(answer: Answer, name: str | None) -> int:
    """The place of the stage a record is of. Raises NoRunError."""
    stages = answer.scenario.stages
    known = [stage.name for stage in stages if stage.enabled and data_of(stage) is not None]
    if not known:
        raise NoRunError(tr("no stage of this plan trains on tokens of its own."))
    if name is None:
        return spokesman(answer.scenario)
    if name not in known:
        raise NoRunError(
            tr(
                "no stage that trains is called {name!r}; there are {list}.",
                name=name[:60],
                list=", ".join(known),
            )
        )
    return next(at for at, stage in enumerate(stages) if stage.name == name and stage.enabled)


def actual(
    answer: Answer, at: int, progress: Progress, start: datetime | None, spent_usd: float | None = None
) -> Actual:
    """A run's progress against a stage of the plan.

    The rest is forecast at a pace between the plan's and the record's, each weighed by how sure it is: the
    plan by its range, the record by the scatter of its parts. The range of the rest is what is left of both.
    Progress made before the first reading is taken to have been made at the record's own pace.

    Raises:
        NoRunError: the record shows no progress.
    """
    result = answer.estimate.stages[at]
    tokens = tokens_read(answer.scenario.stages[at])
    planned = result.wall_days * HOURS_PER_DAY
    lasted = float(progress.hours[-1] - progress.hours[0])
    made = float(progress.tokens[-1] - progress.tokens[0])
    if lasted <= 0.0 or made <= 0.0 or planned <= 0.0 or tokens <= 0.0:
        raise NoRunError(tr("the record shows no progress over time, so there is no pace to tell."))
    paces = _paces(progress)
    before = float(progress.tokens[0]) * lasted / made - float(progress.hours[0])
    progress = replace(progress, hours=progress.hours + before)
    start = _earlier(start, before)
    hours, done = float(progress.hours[-1]), float(progress.tokens[-1])
    rest, scatter = _rest(max(tokens - done, 0.0), tokens / planned, _doubt(result), paces, hours)
    whole = Range(*(hours + each for each in (rest.p10, rest.p50, rest.p90)))
    ends = [each / planned for each in (whole.p10, whole.p50, whole.p90)]
    dearer = 1.0
    if spent_usd is not None and result.cost_usd > 0.0:
        dearer = (spent_usd / hours) / (result.cost_usd / planned)
    rents = [dearer * each for each in ends]
    programme = _programme(answer, at, ends, rents)
    return Actual(
        stage=result.name,
        at=at,
        progress=progress,
        planned_tokens=np.minimum(progress.hours / planned, 1.0) * tokens,
        tokens=tokens,
        planned_hours=planned,
        pace=made / lasted,
        rest_hours=rest,
        hours=whole,
        cost_usd=Range(*(result.cost_usd * each for each in rents)),
        planned_usd=result.cost_usd,
        programme_usd=programme,
        programme_planned_usd=answer.estimate.total.cost_usd,
        scatter=scatter,
        went_back=int(np.sum(np.diff(progress.tokens) < 0.0)),
        finish=_finish(answer, at, start, whole.p50),
        spent_usd=spent_usd,
    )


def typed_progress(tokens: float, hours: float) -> Progress:
    """What somebody types of a run: so many tokens since its start. Raises NoRunError."""
    if not (math.isfinite(tokens) and math.isfinite(hours) and tokens > 0.0 and hours > 0.0):
        raise NoRunError(tr("tell how many tokens were done, and after how long: both above 0."))
    return progress_of([hours], [tokens], [None], [None], [None], None, from_start=True)


def progress_of(
    hours: Sequence[float],
    tokens: Sequence[float | None],
    steps: Sequence[float | None],
    rates: Sequence[float | None],
    losses: Sequence[float | None],
    batch_tokens: float | None,
    *,
    from_start: bool,
) -> Progress:
    """Readings as arrays: tokens as read, else steps x the plan's batch, else the speeds added up.

    Args:
        rates: tokens a second of all accelerators.
        from_start: whether hours count from the run's start, when nothing was done.

    Raises:
        NoRunError: steps are read and the plan has no batch.
    """
    at = np.array(hours, dtype=np.float64)
    done = np.empty(len(at))
    so_far, before = 0.0, 0.0 if from_start else float(at[0])
    for row, (count, step, rate) in enumerate(zip(tokens, steps, rates, strict=True)):
        if count is not None:
            so_far = count
        elif step is not None:
            if batch_tokens is None:
                raise NoRunError(tr("the record counts steps, and this stage has no batch to count them in."))
            so_far = step * batch_tokens
        elif rate is not None:
            so_far += rate * (float(at[row]) - before) * SECONDS_PER_HOUR
        done[row], before = so_far, float(at[row])
    lost = np.array([math.nan if each is None else each for each in losses])
    if from_start and at[0] > 0.0:
        at, done = np.concatenate([[0.0], at]), np.concatenate([[0.0], done])
        lost = np.concatenate([[math.nan], lost])
    return Progress(at, done, lost)


def _doubt(result: StageEstimate) -> float:
    """Standard deviation of the logarithm of the planned hours."""
    return math.log(result.slow / result.fast) / (2.0 * DECILE)


def _paces(progress: Progress) -> Array:
    """Tokens an hour in parts of equal time, as many as all show progress."""
    first, last = float(progress.hours[0]), float(progress.hours[-1])
    for parts in BLOCKS:
        if parts > max(1, len(progress.hours) - 1):
            continue
        edges = np.linspace(first, last, parts + 1)
        done = np.diff(np.interp(edges, progress.hours, progress.tokens))
        spans = np.diff(edges)
        # A record may hold any number: the paces of some are beyond what can be reckoned with.
        if (spans > LEAST).all() and (done > LEAST * spans).all() and (done < spans / LEAST**3).all():
            return np.asarray(done / spans, dtype=np.float64)
    raise NoRunError(tr("the record shows no progress over time, so there is no pace to tell."))


def _rest(
    left: float, planned: float, doubt: float, paces: Array, elapsed: float
) -> tuple[Range, float | None]:
    """(hours of ``left`` tokens, scatter of the pace) from the ``planned`` pace, its doubt and the parts.

    Logarithms of paces are normal: the run's own about the plan's, with the plan's doubt; each part's about
    the run's. The scatter of parts starts from the plan's doubt as from one part more.
    """
    logs, n = np.log(paces), len(paces)
    if left <= 0.0:
        return Range(0.0, 0.0, 0.0), float(np.std(logs)) if n > 1 else None
    deviations = float(np.sum(np.square(logs - logs.mean())))
    # A plan that is typed in all its parts has no doubt of its own: then the record alone speaks.
    within = (doubt**2 + deviations) / n if doubt > 0.0 else deviations / max(n - 1, 1)
    kept = 0.0 if doubt <= 0.0 else within / (n * doubt**2 + within)
    centre = kept * math.log(planned) + (1.0 - kept) * float(logs.mean())
    known = kept * doubt**2 if doubt > 0.0 else within / n
    median = left / math.exp(centre)
    parts_left = max(median / (elapsed / n), 1.0)
    reach = DECILE * math.sqrt(known + within / parts_left)
    spread = float(np.std(logs)) if n > 1 else None
    return Range(median * math.exp(-reach), median, median * math.exp(reach)), spread


def _programme(answer: Answer, at: int, ends: Sequence[float], rents: Sequence[float]) -> Range:
    """The whole programme when this stage takes and costs so many times what is planned, the others as
    planned."""
    on = answer.reckoning
    moved = {}
    for key, times in (("stage.rent", rents), ("stage.days", ends)):
        factors = np.ones((len(on.stages), len(ends)))
        factors[on.stages.index(at)] = times
        moved[key] = on.values[key] * factors
    return Range(*np.asarray(on.values.again(**moved)["total"]).tolist())


def _earlier(start: datetime | None, hours: float) -> datetime | None:
    """So many hours before; None beyond the calendar."""
    try:
        return None if start is None else start - timedelta(hours=hours)
    except OverflowError:
        return None


def _finish(answer: Answer, at: int, start: datetime | None, hours: float) -> datetime | None:
    """When the stage ends: from the record's own dates, else from the programme's calendar."""
    if start is None:
        bar = next(bar for bar in timeline(answer.reckoning) if bar.stage == at)
        start = None if bar.start is None else datetime(bar.start.year, bar.start.month, bar.start.day)
    if start is None or hours > LONGEST_YEARS * 365.0 * HOURS_PER_DAY:
        return None
    try:
        return start + timedelta(hours=hours)
    except OverflowError:
        return None
