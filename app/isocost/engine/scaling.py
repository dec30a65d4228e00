"""Scaling laws: loss from parameters and data, and what sizes, data and batches suit each other.

N is parameters, D tokens, C = 6 N D FLOPs, L nats per token; a law's own constants are E (``irreducible``),
A, B, alpha and beta. Constants are those their papers print: ``resources/scaling_laws.yaml``. Losses of
different laws rest on different tokenizers and text: compare them within one law only.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from isocost.engine.architecture import TRAIN_FLOPS
from isocost.engine.arrays import Number
from isocost.quantities import format_significant

FORWARD_FLOPS = 2.0
"""FLOPs per parameter and token served (arXiv 2001.08361, section 2.1)."""


HALVINGS = 200
"""Bisections of a logarithm over ``WIDEST``: to the last digit of a double, and then some, at no cost."""
WIDEST = 40.0
"""Natural logarithms above the smallest model that are searched: 17 orders of magnitude."""


@dataclass(frozen=True, slots=True)
class ParametricLaw:
    """Loss L(N, D) = E + A / N^alpha + B / D^beta (arXiv 2203.15556, equation 2)."""

    id: str
    name: str
    irreducible: float
    a: float
    b: float
    alpha: float
    beta: float
    compute_fitted: float
    """Most compute among the runs it was fitted on, FLOPs."""
    repeat_data: float | None = None
    """Epoch constant R*_D of repeated data, where the law has one (arXiv 2305.16264)."""
    repeat_parameters: float | None = None
    """Epoch constant of parameters beyond what the unique data warrant, R*_N."""
    errors: tuple[float, float, float, float, float] | None = None
    """Standard errors of irreducible, a, b, alpha, beta; correlated, so never drawn one by one."""


@dataclass(frozen=True, slots=True)
class AllocationLaw:
    """Compute-optimal tokens D = tokens_scale x C^tokens_exponent; the model takes the rest."""

    id: str
    name: str
    tokens_scale: float
    tokens_exponent: float
    compute_fitted: float
    flops_per_token_scale: float | None = None
    """With the exponent: M = scale x C^exponent FLOPs per token and N = M / 6; else N = C / 6D."""
    flops_per_token_exponent: float | None = None


@dataclass(frozen=True, slots=True)
class PowerLaw:
    """A product of powers: scale x C^compute x N^parameters x D^tokens."""

    scale: float
    compute: float = 0.0
    parameters: float = 0.0
    tokens: float = 0.0

    def at(self, *, compute: float = 1.0, parameters: float = 1.0, tokens: float = 1.0) -> float:
        """Value of the law for ``compute`` FLOPs, ``parameters`` and ``tokens``; source as its own."""
        return float(self.scale * compute**self.compute * parameters**self.parameters * tokens**self.tokens)


@dataclass(frozen=True, slots=True)
class BatchLaw:
    """Best learning rate and tokens of an optimizer step (arXiv 2401.02954, 2503.04715)."""

    id: str
    name: str
    learning_rate: PowerLaw
    batch: PowerLaw
    """Tokens."""


@dataclass(frozen=True, slots=True)
class Optimum:
    """The best split of a compute budget."""

    parameters: float
    tokens: float
    loss: float | None
    """None where the law speaks of allocation only."""

    @property
    def tokens_per_parameter(self) -> float:
        """D / N."""
        return self.tokens / self.parameters


def loss(law: ParametricLaw, parameters: Number, tokens: Number) -> Number:
    """Loss of a model of ``parameters`` trained on ``tokens`` tokens seen once [nats per token].

    E + A / N^alpha + B / D^beta; arrays broadcast. Source: arXiv 2203.15556, equation 2; constants
    ``resources/scaling_laws.yaml``.

    >>> law = ParametricLaw("besiroglu", "replica", 1.8172, 482.01, 2085.43, 0.3478, 0.3658, 1.3e22)
    >>> round(loss(law, 70e9, 1.4e12), 3)
    1.974
    """
    return law.irreducible + law.a * parameters**-law.alpha + law.b * tokens**-law.beta


def parameter_exponent(law: ParametricLaw) -> float:
    """Exponent with which the best size grows with compute: beta / (alpha + beta)."""
    return law.beta / (law.alpha + law.beta)


def _balance(law: ParametricLaw) -> float:
    """G = (alpha A / beta B)^(1 / (alpha + beta)): where a little more model or data help alike."""
    return float((law.alpha * law.a / (law.beta * law.b)) ** (1.0 / (law.alpha + law.beta)))


def optimum(law: ParametricLaw, compute: float) -> Optimum:
    """The size and data that reach the least loss with ``compute`` FLOPs.

    N* = G (C/6)^a, D* = (C/6)^(1-a) / G with G as in ``_balance`` and a the ``parameter_exponent``. Source:
    arXiv 2203.15556, equation 4.

    >>> law = ParametricLaw("besiroglu", "replica", 1.8172, 482.01, 2085.43, 0.3478, 0.3658, 1.3e22)
    >>> best = optimum(law, 5.88e23)
    >>> f"{best.parameters:.3g} parameters, {best.tokens:.3g} tokens, loss {best.loss:.3f}"
    '7.3e+10 parameters, 1.34e+12 tokens, loss 1.974'
    """
    g = _balance(law)
    exponent = parameter_exponent(law)
    parameters = g * (compute / TRAIN_FLOPS) ** exponent
    tokens = (compute / TRAIN_FLOPS) ** (1.0 - exponent) / g
    return Optimum(parameters, tokens, float(loss(law, parameters, tokens)))


def allocation(law: AllocationLaw, compute: float) -> Optimum:
    """The size and data an allocation law gives ``compute`` FLOPs.

    Source: arXiv 2401.02954, section 3.2 (FLOPs per token); arXiv 2407.21783, section 3.2.1 (tokens).
    """
    tokens = law.tokens_scale * compute**law.tokens_exponent
    if law.flops_per_token_scale is None or law.flops_per_token_exponent is None:
        return Optimum(compute / (TRAIN_FLOPS * tokens), tokens, None)
    per_token = law.flops_per_token_scale * compute**law.flops_per_token_exponent
    return Optimum(per_token / TRAIN_FLOPS, tokens, None)


def extrapolation(compute_fitted: float, compute: float) -> float:
    """How many times beyond its fitted runs a law is asked to speak; at most 1 = within them."""
    return compute / compute_fitted


def tokens_for_loss(law: ParametricLaw, parameters: float, target: float) -> float:
    """Tokens a model of ``parameters`` needs to reach a loss of ``target``: one line of the loss map.

    (B / (L - E - A / N^alpha))^(1 / beta), from ``loss``; infinite if the model never reaches it. Source:
    arXiv 2203.15556, equation 2.
    """
    left = target - law.irreducible - law.a * parameters**-law.alpha
    return math.inf if left <= 0.0 else float((law.b / left) ** (1.0 / law.beta))


def compute_over_optimal(law: ParametricLaw, parameters: float, tokens: float) -> float:
    """Compute spent over the least that reaches the same loss: the price of a size off the optimum.

    The least is 6 (K / (L - E))^(1/gamma), with gamma = alpha beta / (alpha + beta) and K = A G^-alpha + B
    G^beta. Source: arXiv 2203.15556, equation 4, solved for the compute.
    """
    target = float(loss(law, parameters, tokens))
    g = _balance(law)
    gamma = law.alpha * law.beta / (law.alpha + law.beta)
    scale = law.a * g**-law.alpha + law.b * g**law.beta
    least = TRAIN_FLOPS * (scale / (target - law.irreducible)) ** (1.0 / gamma)
    return float(TRAIN_FLOPS * parameters * tokens / least)


def effective(unique: Number, used: Number, half_life: float) -> Number:
    """Worth of ``used`` of something of which only ``unique`` is new: U (1 + R* (1 - e^(-R / R*))).

    R = used / unique - 1 repetitions; nothing is lost below one use. Source: arXiv 2305.16264, equation 5.

    >>> round(float(effective(1e9, 4e9, half_life=15.39)) / 1e9, 2)  # four epochs
    3.73
    """
    # Below one use nothing repeats: the exponential must not make it worth more than it is.
    repeats = np.maximum(np.asarray(used, float) / unique - 1.0, 0.0)
    worth = unique * (1.0 + half_life * (1.0 - np.exp(-repeats / half_life)))
    return np.where(repeats > 0.0, worth, np.asarray(used, float))


def optimal_parameters_for_tokens(law: ParametricLaw, tokens: Number) -> Number:
    """The size for which ``tokens`` tokens are compute-optimal; arrays element by element."""
    g = _balance(law)
    exponent = parameter_exponent(law)
    return g * (tokens * g) ** (exponent / (1.0 - exponent))


def data_constrained_loss(law: ParametricLaw, parameters: Number, unique: float, tokens: Number) -> Number:
    """Loss when ``tokens`` tokens are drawn from ``unique`` different ones, with whole passes repeated.

    Data and parameters beyond what the unique data warrant count as ``effective``; arrays broadcast. Source:
    arXiv 2305.16264, section 3.

    Raises:
        ValueError: the law was not fitted on repeated data.
    """
    if law.repeat_data is None or law.repeat_parameters is None:
        raise ValueError(f"{law.name} says nothing about repeated data; choose a law that does.")
    data = effective(unique, tokens, law.repeat_data)
    warranted = optimal_parameters_for_tokens(law, np.minimum(unique, tokens))
    return loss(law, effective(warranted, parameters, law.repeat_parameters), data)


def inference_aware(
    law: ParametricLaw, target: float, served_tokens: float, inference_premium: float = 1.0
) -> Optimum:
    """The size and data that reach ``target`` for the least training and lifetime inference together.

    Minimises 6 N D + premium x 2 N T over T served tokens (arXiv 2401.00448, equation 2) by bisection on
    alpha A N^-alpha / (beta B D^-beta) = 1 + premium x T / 3D.

    Args:
        inference_premium: price of an inference FLOP over a training FLOP; 1 = FLOPs alone.

    Raises:
        ValueError: no model reaches ``target``.
    """
    reachable = target - law.irreducible
    if reachable <= 0.0:
        wanted, least = format_significant(target), format_significant(law.irreducible)
        raise ValueError(f"No model reaches a loss of {wanted}: {law.name} ends at {least}.")
    # On the logarithm, as sizes span many orders of magnitude. The left side of the condition falls with N
    # and the right side rises, D falling along the target: there is one crossing, and bisection cannot miss
    # it. No smaller model gets there with all the data of the world; a hair above it, so that data stay
    # finite.
    low = math.log((law.a / reachable) ** (1.0 / law.alpha)) + 1e-9
    high = low + WIDEST
    for _ in range(HALVINGS):
        middle = (low + high) / 2.0
        size = math.exp(middle)
        tokens = tokens_for_loss(law, size, target)
        gain = law.alpha * law.a * size**-law.alpha / (law.beta * law.b * tokens**-law.beta)
        premium = inference_premium * FORWARD_FLOPS * served_tokens / (TRAIN_FLOPS * tokens)
        if gain > 1.0 + premium:
            low = middle
        else:
            high = middle
    size = math.exp((low + high) / 2.0)
    return Optimum(size, tokens_for_loss(law, size, target), target)
