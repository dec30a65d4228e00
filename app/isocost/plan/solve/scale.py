"""What a bill buys over sizes of model and amounts of text: lines of equal cost, least loss on each."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np

from isocost.catalog import CatalogError
from isocost.engine.scaling import ParametricLaw
from isocost.language import tr
from isocost.plan.kinds import ModelStage, data_of
from isocost.plan.physics.records import Array
from isocost.plan.physics.resolve import batch_tokens, parameters_of
from isocost.plan.project.programme import PREPAID, Goal
from isocost.plan.project.project import Scenario, model_of
from isocost.plan.solve.case import Case, losses_of, with_text
from isocost.plan.values import ModelChoice

SIZES, TEXTS = 25, 5
"""Sizes and amounts of text at which a plan is estimated; between them costs are straight."""
FINER = 8
"""So many times as many texts are estimated on terms that are paid in steps, of which costs are no straight
lines, each in batches of the nearest of the others."""
ALONG = 241
"""Points of a line of equal cost."""
COSTS = 49
"""Bills whose least loss is looked for."""
HAIR = 1e-7
"""Share of a bill that is none."""
FEWEST = 6
"""Bills with a best of their own that a ridge is drawn through at least."""
NEAR = 1.02
"""So near to the largest size that fits a best one is held there by memory."""
HALVINGS = 6
"""Bisections of the largest size that fits: to about one part in a hundred."""
DIGITS = 3
"""Sizes are told to so many digits, so they are taken to as many."""
TEXT_DIGITS = 5
"""Digits of tokens that hold a bill: more than are told, so that it stays what it was as it is told."""


@dataclass(frozen=True, slots=True)
class Extent:
    """The part of the map that is looked at."""

    sizes: tuple[float, float]
    """Active parameters."""
    tokens: tuple[float, float]


@dataclass(frozen=True)
class CostMap:
    """What a whole programme costs with other models and other amounts of text in one of its stages."""

    sizes: Array
    """Active parameters, rising: those each token passes through, which is what laws of loss count."""
    totals: Array
    """All parameters of the same models."""
    tokens: Array
    cost_usd: Array
    """(sizes, tokens)."""
    most: float | None
    """Active parameters beyond which the model does not fit on the plan's accelerators; None = not within
    these sizes."""

    def rows(self, sizes: Array) -> Array:
        """(sizes, tokens) of cost at other sizes; NaN beyond those that were looked at."""
        at = np.interp(sizes, self.sizes, np.arange(len(self.sizes)), left=np.nan, right=np.nan)
        low = np.clip(np.nan_to_num(at), 0, len(self.sizes) - 2).astype(np.intp)
        # Straight between sizes as in the text: what a programme costs beside the run is then kept exactly.
        share = (at - low)[:, None]
        rows: Array = self.cost_usd[low] * (1.0 - share) + self.cost_usd[low + 1] * share
        return rows

    def total(self, size: float) -> float:
        """All parameters of the model with so many active ones."""
        return float(np.exp(np.interp(math.log(size), np.log(self.sizes), np.log(self.totals))))

    def cost(self, size: float, tokens: float) -> float:
        """USD of one place; NaN beyond the map."""
        row = self.rows(np.array([size]))[0]
        return float(np.interp(tokens, self.tokens, row, left=np.nan, right=np.nan))

    def texts(self, usd: Array, sizes: Array) -> Array:
        """(sizes, bills) of the most tokens a bill pays for at a size; NaN where that is beyond the map."""
        rows = np.maximum.accumulate(self.rows(sizes), axis=1)
        # What is paid for anyway, a year of reserved accelerators say, pays for all the text that it has time
        # for: a hair of slope leads to the end of such a stretch, and never beyond what was estimated.
        rows = rows * (1.0 + HAIR * np.linspace(0.0, 1.0, len(self.tokens)))
        found = [np.interp(usd * (1.0 + HAIR), row, self.tokens, left=np.nan, right=np.nan) for row in rows]
        return np.where(np.isfinite(rows[:, :1]), np.array(found), np.nan)

    def text(self, usd: float, size: float) -> float:
        """Tokens that a bill pays for at one size; NaN beyond the map."""
        return float(self.texts(np.array([usd]), np.array([size]))[0, 0])

    def along(self) -> Array:
        """Sizes at which lines are drawn."""
        return np.geomspace(self.sizes[0], self.sizes[-1], ALONG)

    @property
    def ends(self) -> tuple[float, float]:
        """The least and the most a place of the map costs."""
        return float(self.cost_usd.min()), float(self.cost_usd.max())


@dataclass(frozen=True, slots=True)
class Best:
    """The model a bill is best spent on, on the plan's own accelerators."""

    size: float
    """Active parameters."""
    tokens: float
    loss: float


@dataclass(frozen=True, slots=True)
class Ridge:
    """Where money reaches the least loss, for each of rising bills; arrays over these."""

    usd: Array
    sizes: Array
    tokens: Array
    low: Array
    """Sizes from here to ``high`` cost hardly more for the loss they reach: by no more than the share that
    the catalogue's laws call optimal."""
    low_tokens: Array
    high: Array
    high_tokens: Array


def place_of(case: Case) -> tuple[float, float]:
    """Active parameters and tokens of the plan. Raises ValueError where it makes no model."""
    size, tokens = case.parameters, case.tokens
    if size is None or tokens is None:
        raise ValueError(tr("A plan that trains no model of its own has no place on the map."))
    return size * case.active, tokens


def at_place(case: Case, total: float, tokens: float) -> Case:
    """The case with another model and other text; the model it has stays what it is where its size does.

    Raises CatalogError where no model has such parameters.
    """
    own = case.parameters
    sized = case if own is not None and math.isclose(own, total) else case.put("model.parameters", total)
    return with_text(sized, tokens, None)


def costs_follow(case: Case) -> object:
    """What a map follows from: the scenario without the size and the text of its stage, and its goal."""
    scenario, stage = case.scenario, case.stage
    counted = parameters_of(model_of(scenario, stage), case.catalog)
    # The share of active parameters is reckoned anew at every size, and its last digits move.
    model = ModelChoice(parameters=1.0, active_parameters=round(counted.active / counted.total, 6))
    data = data_of(stage)
    assert data is not None  # a stage without text has no map
    changes: dict[str, Any] = {"data": msgspec.structs.replace(data, tokens=1.0)}
    own = isinstance(stage, ModelStage) and stage.model is not None
    if own:
        changes["model"] = model
    stages = list(scenario.stages)
    stages[case.stage_at] = msgspec.structs.replace(stage, **changes)
    neutral: Scenario = msgspec.structs.replace(
        scenario, stages=tuple(stages), goal=Goal(), model=scenario.model if own else model
    )
    return neutral, case.stage_at


def cost_map(case: Case, extent: Extent) -> CostMap | None:
    """The plan estimated with other sizes and texts; None where no model of its kind has such sizes."""
    texts = list(_texts_of(case, extent))
    rows = [row for size in np.geomspace(*extent.sizes, SIZES) if (row := _row(case, float(size), texts))]
    # Limits of the input make neighbours of sizes beyond them.
    kept = [row for at, row in enumerate(rows) if not at or row.size > rows[at - 1].size * (1.0 + 1e-6)]
    if len(kept) < 2:
        return None
    return CostMap(
        np.array([row.size for row in kept]),
        np.array([row.total for row in kept]),
        np.array([tokens for tokens, _ in texts]),
        np.array([row.cost_usd for row in kept]),
        _most(case, kept, texts[len(texts) // 2]),
    )


def _texts_of(case: Case, extent: Extent) -> Iterator[_Text]:
    """Amounts of text to estimate, rising, each with the batch it is read in."""
    nodes = np.geomspace(*extent.tokens, TEXTS).tolist()
    batches = []
    for tokens in nodes:
        data = data_of(with_text(case, tokens, None).stage)
        assert data is not None  # a stage without text has no map
        batches.append(batch_tokens(data, case.catalog))
    finer = FINER if case.scenario.supply.mode in PREPAID else 1
    every = np.geomspace(*extent.tokens, (TEXTS - 1) * finer + 1).tolist()
    for at, tokens in enumerate(every):
        yield tokens, batches[round(at / finer)]


_Text = tuple[float, float]
"""Tokens, and those of a batch."""


@dataclass(frozen=True, slots=True)
class _Row:
    size: float
    total: float
    cost_usd: list[float]
    fits: bool


def _row(case: Case, size: float, texts: list[_Text]) -> _Row | None:
    """One size with each text; None where there is no such model."""
    try:
        sized = case.put("model.parameters", size / case.active)
        found = [with_text(sized, tokens, batch).reach() for tokens, batch in texts]
    except CatalogError:
        return None
    total = sized.parameters or 0.0
    costs = [float(each.cost_usd[0]) for each in found]
    return _Row(total * sized.active, total, costs, bool(found[len(found) // 2].fits[0]))


def _most(case: Case, rows: list[_Row], text: _Text) -> float | None:
    """Active parameters from which on no layout fits; None where all these sizes do."""
    first = next((at for at, row in enumerate(rows) if not row.fits), None)
    if first is None:
        return None
    if first == 0:
        return rows[0].size
    low, high = rows[first - 1].size, rows[first].size
    for _ in range(HALVINGS):
        middle = _row(case, math.sqrt(low * high), [text])
        if middle is None:
            break
        low, high = (middle.size, high) if middle.fits else (low, middle.size)
    return high


def best_for(on: CostMap, law: ParametricLaw, usd: float, unique: float | None) -> Best | None:
    """The size and the text of least loss for a bill, of those that fit; None where the map has none."""
    sizes = on.along()
    found = _least(sizes, *_losses(on, law, np.array([usd]), unique, sizes))
    size, tokens = (float(each[0]) for each in found)
    if not math.isfinite(size):
        return None
    size = float(f"{size:.{DIGITS}g}")
    tokens = on.text(usd, size)
    if not math.isfinite(tokens):
        return None
    return Best(size, tokens, float(losses_of(law, size, tokens, unique)))


def ridge(on: CostMap, law: ParametricLaw, unique: float | None, within: float) -> Ridge | None:
    """The least loss of every bill, and the sizes whose loss costs at most ``within`` times the least for it.

    Smooth in the bill, as layouts are not. Bills whose best size is at an end of the map, or the largest that
    fits, are left out: a better one may be beyond. None where few bills have their best within the map.
    """
    sizes, usd = on.along(), np.geomspace(*on.ends, COSTS)
    texts, losses = _losses(on, law, usd, unique, sizes)
    best, best_texts = _least(sizes, texts, losses)
    most = math.inf if on.most is None else on.most
    inner = np.isfinite(best) & (best < most / NEAR)
    if inner.sum() < FEWEST:
        return None
    usd, losses, logs = usd[inner], losses[:, inner], np.log(usd[inner])
    reached = np.asarray(losses_of(law, best[inner], best_texts[inner], unique))
    # The least loss that a bill smaller by that factor reaches: whoever reaches it is within.
    enough = np.interp(logs - math.log(within), logs, reached)
    inside = losses <= enough
    low, high = np.argmax(inside, axis=0), len(sizes) - 1 - np.argmax(inside[::-1], axis=0)
    curves = [np.minimum(_smooth(logs, each), most) for each in (best[inner], sizes[low], sizes[high])]
    (middle, middle_texts), first, last = ((each, _texts(on, usd, each)) for each in curves)
    return Ridge(usd, middle, middle_texts, *first, *last)


def _smooth(logs: Array, sizes: Array) -> Array:
    """Sizes over the logarithm of the bill, as a parabola of logarithms."""
    fitted: Array = np.exp(np.polyval(np.polyfit(logs, np.log(sizes), 2), logs))
    return fitted


def _texts(on: CostMap, usd: Array, sizes: Array) -> Array:
    """Tokens that each bill pays for at a size of its own."""
    return on.texts(usd, sizes)[np.arange(len(usd)), np.arange(len(usd))]


def _losses(
    on: CostMap, law: ParametricLaw, usd: Array, unique: float | None, sizes: Array
) -> tuple[Array, Array]:
    """(sizes, bills) of tokens and of loss; the loss is infinite where a place is beyond the map or does not
    fit."""
    texts = on.texts(usd, sizes)
    there = np.isfinite(texts)
    losses = np.asarray(losses_of(law, sizes[:, None], np.where(there, texts, 1.0), unique))
    usable = there & (sizes[:, None] < (math.inf if on.most is None else on.most))
    return texts, np.where(usable, losses, np.inf)


def _least(sizes: Array, texts: Array, losses: Array) -> tuple[Array, Array]:
    """Size and tokens of the least loss of each bill; NaN where it is at an end of what the map shows of it.

    Where the largest model that fits is the best of those that do, it is the answer.

    Args:
        texts, losses: as ``_losses`` has them.
    """
    at, bills = np.argmin(losses, axis=0), np.arange(losses.shape[1])
    finite = np.isfinite(losses)
    first = np.argmax(finite, axis=0)
    last = len(sizes) - 1 - np.argmax(finite[::-1], axis=0)
    # Where the line goes on beyond the last place, memory ends it there and not the map.
    by_memory = (last < len(sizes) - 1) & np.isfinite(texts[np.minimum(last + 1, len(sizes) - 1), bills])
    inner = finite.any(axis=0) & (at > first) & ((at < last) | by_memory)
    size = np.where(inner, sizes[at], np.nan)
    tokens = np.where(inner, texts[at, bills], np.nan)
    return size, tokens


def loss_lines(
    law: ParametricLaw, unique: float | None, extent: Extent, levels: Array
) -> Iterator[tuple[float, Array, Array]]:
    """Each loss that is reached somewhere on the map: sizes and tokens of its line, NaN where it is not."""
    sizes, tokens = np.geomspace(*extent.sizes, ALONG), np.geomspace(*extent.tokens, ALONG)
    grid = np.asarray(losses_of(law, sizes[:, None], tokens[None, :], unique))
    falling, texts = -np.minimum.accumulate(grid, axis=1), np.log(tokens)
    for level in levels:
        found = np.array([np.interp(-level, row, texts, left=np.nan, right=np.nan) for row in falling])
        if np.isfinite(found).sum() > 1:
            yield float(level), sizes, np.exp(found)


@dataclass(frozen=True)
class Survey:
    """What stands still while a plan moves over its map: costs, equal losses, where money does best."""

    extent: Extent
    law: ParametricLaw
    on: CostMap
    ridge: Ridge | None
    losses: tuple[tuple[float, Array, Array], ...]
    """Level, sizes and tokens of each."""


GAP = 0.22
"""Two lines of equal loss differ by about this share of what the loss has left to fall."""
STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0)
MOST_LINES = 40


def survey(case: Case, extent: Extent, law: ParametricLaw) -> Survey | None:
    """The map of a plan; None where no model of its kind has such sizes, or where they cost nothing."""
    on = cost_map(case, extent)
    if on is None or on.ends[0] <= 0.0:
        return None
    unique = case.scenario.dataset.unique_tokens
    within = case.catalog.constants.laws.optimal_within.compute
    # What is paid in steps has no best size for a bill between them.
    found = None if case.scenario.supply.mode in PREPAID else ridge(on, law, unique, within)
    levels = np.array(list(_levels(law, unique, extent)))
    return Survey(extent, law, on, found, tuple(loss_lines(law, unique, extent, levels)))


def _levels(law: ParametricLaw, unique: float | None, extent: Extent) -> Iterator[float]:
    """Round losses between the corners of the map, closer together where they have little left to fall."""
    worst, best = np.asarray(losses_of(law, np.array(extent.sizes), np.array(extent.tokens), unique)).tolist()
    at = best
    for _ in range(MOST_LINES):
        gap = GAP * (at - law.irreducible)
        step = max((each for each in STEPS if each <= gap), default=STEPS[0])
        at = round((math.floor(at / step + 1e-9) + 1) * step, 4)
        if at >= worst:
            return
        yield at
