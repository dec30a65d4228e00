"""Scaling laws: what sizes, data and batches suit each other."""

from __future__ import annotations


def optimal_batch_tokens(tokens: float) -> float:
    """Tokens of the best optimizer step for a run over ``tokens`` tokens.

    Step Law, B = 0.58 D^0.571, fitted on 3,700 models (arXiv 2503.04715).
    """
    return float(0.58 * tokens**0.571)
