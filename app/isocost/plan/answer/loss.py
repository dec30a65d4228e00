"""The loss a plan's model can be expected to reach under each law, and what its size costs and saves."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from isocost.catalog import Catalog
from isocost.catalog.records import PublishedRun
from isocost.engine.architecture import TRAIN_FLOPS
from isocost.engine.scaling import (
    FORWARD_FLOPS,
    Optimum,
    ParametricLaw,
    compute_over_optimal,
    data_constrained_loss,
    loss,
    optimum,
)
from isocost.plan.answer.estimate import Answer
from isocost.plan.answer.warnings.badges import (
    SAME_CLASS,
    LawReading,
    Regime,
    law_readings,
    spokesman,
    training_regime,
)
from isocost.plan.kinds import data_of, kind_of
from isocost.plan.physics.resolve import parameters_of, transformer_of
from isocost.plan.project.project import model_of
from isocost.quantities import within_factor
from isocost.quantities.units import DAYS_PER_MONTH

EIGHT_IN_TEN = 1.2816
"""Standard errors to either side between which 8 of 10 outcomes of a normal distribution lie."""
RIDGE_DECADES = 1.0
"""The ridge is told this far to both sides of the plan's compute."""
RIDGE_POINTS = 9
LISTED = 3
"""Published models named at most."""

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LawLoss:
    """One law's reading of the plan, with how sure the law itself is."""

    reading: LawReading
    low: float | None
    """8 chances in 10 that the loss lies from here to ``high``, by the standard error printed of the law's
    irreducible loss; None where no error is printed, or the law says no loss."""
    high: float | None


@dataclass(frozen=True, slots=True)
class Similar:
    """A published model whose loss, by the same law, is the plan's or nearly so."""

    run: PublishedRun
    loss: float
    compute_ratio: float
    """Least compute for the plan's loss over the least for its."""


@dataclass(frozen=True, slots=True)
class OverTraining:
    """What a size off the optimum costs and saves, at the plan's own price of a FLOP."""

    optimal: Optimum
    """The size and tokens that reach the same loss for the least compute."""
    over_optimal: float
    """Compute spent over that."""
    extra_usd: float
    """Of the stage's rent."""
    saved_flops_per_token: float
    """Serving a token takes so many FLOPs less than the optimal size would; below 0 = more."""
    break_even_tokens: float | None
    """Tokens served until the extra is earned back; None = never."""
    demand_tokens: float
    """Tokens the plan says it will serve."""
    demand_saved_usd: float
    """What they save, an inference FLOP at the price of a training FLOP."""


@dataclass(frozen=True, slots=True)
class LossReport:
    """The loss of the stage that makes a plan's model."""

    stage: str
    parameters: float
    """Active ones."""
    tokens: float
    compute: float
    """6 N D."""
    regime: Regime
    law: str
    """Name of the law by which all below is said."""
    loss: float
    mixture: bool
    """Whether it is a mixture of experts: the laws were fitted on dense models."""
    laws: tuple[LawLoss, ...]
    best: Optimum
    """Of the plan's compute."""
    ridge: Mapping[str, Array] = field(repr=False)
    """Compute, parameters, tokens and loss along the ridge."""
    similar: tuple[Similar, ...]
    over_training: OverTraining
    repeated_loss: float | None
    """Where text is repeated, by the law that knows of it."""
    repeated_fresh: float | None
    """By that law, were all of it different."""


def loss_report(answer: Answer) -> LossReport | None:
    """The loss of the stage that makes a plan's model; None where none does: laws say nothing of a change."""
    scenario, catalog = answer.scenario, answer.reckoning.catalog
    at = spokesman(scenario)
    stage = scenario.stages[at]
    data = data_of(stage)
    if data is None or not kind_of(stage).makes_model or not stage.enabled:
        return None
    model = model_of(scenario, stage)
    size, tokens = parameters_of(model, catalog).active, data.tokens
    laws = catalog.constants.laws
    law = laws.law()
    compute = TRAIN_FLOPS * size * tokens
    rent = answer.estimate.stages[at].cost_usd
    served = scenario.demand.tokens_per_day * scenario.demand.months * DAYS_PER_MONTH
    repeated, fresh = _repeated(size, tokens, scenario.dataset.unique_tokens, catalog)
    return LossReport(
        stage=stage.name,
        parameters=size,
        tokens=tokens,
        compute=compute,
        regime=training_regime(size, tokens, catalog),
        law=law.name,
        loss=float(loss(law, size, tokens)),
        mixture=transformer_of(model, catalog).is_moe,
        laws=_laws(size, tokens, catalog),
        best=optimum(law, compute),
        ridge=_ridge(law, compute),
        similar=_similar(law, size, tokens, model.name, catalog),
        over_training=over_training(law, size, tokens, rent, served),
        repeated_loss=repeated,
        repeated_fresh=fresh,
    )


def _laws(size: float, tokens: float, catalog: Catalog) -> tuple[LawLoss, ...]:
    """Every law's reading with its own spread."""
    # A law's constants err together: inside its fit it is surer than its irreducible loss alone, which is all
    # that is left far beyond.
    errors = {row.name: row.errors for row in catalog.constants.laws.parametric}
    found = []
    for reading in law_readings(size, tokens, catalog):
        known = errors.get(reading.name)
        if known is None or reading.loss is None:
            found.append(LawLoss(reading, None, None))
        else:
            by = EIGHT_IN_TEN * known[0]
            found.append(LawLoss(reading, reading.loss - by, reading.loss + by))
    return tuple(found)


def _ridge(law: ParametricLaw, compute: float) -> dict[str, Array]:
    """The best split of computes around the plan's."""
    budgets = compute * np.logspace(-RIDGE_DECADES, RIDGE_DECADES, RIDGE_POINTS)
    best = [optimum(law, float(each)) for each in budgets]
    return {
        "flops": budgets,
        "parameters": np.array([each.parameters for each in best]),
        "tokens": np.array([each.tokens for each in best]),
        "loss": np.array([each.loss for each in best]),
    }


def _similar(
    law: ParametricLaw, size: float, tokens: float, own: str | None, catalog: Catalog
) -> tuple[Similar, ...]:
    """Published models of the same class in the least compute for their loss, the most alike first."""
    least = _least_compute(law, size, tokens)
    found: dict[str, Similar] = {}
    for run in catalog.runs:
        if run.stage != "pretrain" or not run.trusted or not run.params_active or not run.tokens:
            continue
        ratio = least / _least_compute(law, run.params_active, run.tokens)
        if run.model != own and within_factor(ratio, SAME_CLASS):
            found.setdefault(run.model, Similar(run, float(loss(law, run.params_active, run.tokens)), ratio))
    return tuple(sorted(found.values(), key=lambda each: abs(math.log(each.compute_ratio)))[:LISTED])


def _least_compute(law: ParametricLaw, size: float, tokens: float) -> float:
    return TRAIN_FLOPS * size * tokens / compute_over_optimal(law, size, tokens)


def over_training(
    law: ParametricLaw, size: float, tokens: float, rent_usd: float, served_tokens: float
) -> OverTraining:
    """What ``size`` parameters on ``tokens`` tokens cost beyond the least for their loss, and save served.

    Args:
        rent_usd: of the stage that trains them.
        served_tokens: tokens the model will read and write over its life; 0 = not known.
    """
    compute = TRAIN_FLOPS * size * tokens
    over = compute_over_optimal(law, size, tokens)
    best = optimum(law, compute / over)
    usd_per_flop = rent_usd / compute
    extra = rent_usd * (1.0 - 1.0 / over)
    saved = FORWARD_FLOPS * (best.parameters - size)
    even = extra / usd_per_flop / saved if saved > 0.0 and usd_per_flop > 0.0 else None
    return OverTraining(best, over, extra, saved, even, served_tokens, served_tokens * saved * usd_per_flop)


def _repeated(
    size: float, tokens: float, unique: float | None, catalog: Catalog
) -> tuple[float | None, float | None]:
    """(loss with the text repeated, loss were it all different), by the law that knows of repetition."""
    if unique is None or unique >= tokens:
        return None, None
    law = next(row.record() for row in catalog.constants.laws.parametric if row.repeat_data is not None)
    return float(data_constrained_loss(law, size, unique, tokens)), float(loss(law, size, tokens))
