"""Batch sizes and learning rates that suit a run, what a larger batch costs, and what more time buys."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PowerLaw:
    """value = scale x C^compute x N^parameters x D^tokens."""

    scale: float
    compute: float = 0.0
    parameters: float = 0.0
    tokens: float = 0.0

    def at(self, *, compute: float = 1.0, parameters: float = 1.0, tokens: float = 1.0) -> float:
        """Its value for ``compute`` FLOPs, ``parameters`` and ``tokens``."""
        return float(self.scale * compute**self.compute * parameters**self.parameters * tokens**self.tokens)


@dataclass(frozen=True, slots=True)
class BatchLaw:
    """Best learning rate and tokens of an optimizer step."""

    id: str
    name: str
    learning_rate: PowerLaw
    batch: PowerLaw


def critical_batch_tokens(loss: float, scale: float, exponent: float) -> float:
    """Batch, in tokens, beyond which data parallelism pays less than half: scale / L^(1 / exponent)."""
    return float(scale / loss ** (1.0 / exponent))


def tokens_over_minimum(batch: float, critical: float) -> float:
    """Tokens to a given loss at ``batch`` over those at a tiny one: 1 + B / B_crit (arXiv 1812.06162)."""
    return 1.0 + batch / critical


def steps_over_minimum(batch: float, critical: float) -> float:
    """Steps to a given loss at ``batch`` over those at a boundless one: 1 + B_crit / B (arXiv 1812.06162)."""
    return 1.0 + critical / batch


def algorithmic_gain(months: float, halving_months: float) -> float:
    """Times less compute the same loss needs after ``months`` of better methods: 2^(months / halving)."""
    return float(2.0 ** (months / halving_months))


def rl_pass_rate(compute: float, start: float, ceiling: float, middle: float, steepness: float) -> float:
    """Pass rate after ``compute`` accelerator-hours of RL: a sigmoid in log compute (arXiv 2510.13786).

    start + (ceiling - start) / (1 + (middle / compute)^steepness).
    """
    return float(start + (ceiling - start) / (1.0 + (middle / compute) ** steepness))


def rl_hours_for_gain(share: float, middle: float, steepness: float) -> float:
    """Accelerator-hours that reach a ``share`` f of the gain: middle x (f / (1 - f))^(1 / steepness)."""
    return float(middle * (share / (1.0 - share)) ** (1.0 / steepness))
