"""Bytes and tokens of fine-tuning that no layout settles: the states of AdamW, text that a filter thins."""

from __future__ import annotations


def adam_state_bytes(parameters: float) -> float:
    """Bytes of mixed-precision AdamW: 16-bit weights and gradients, fp32 master and two moments."""
    return parameters * (2.0 + 2.0 + 4.0 + 8.0)


def generated_for_kept(kept: float, keep_share: float) -> float:
    """Tokens to generate so that ``kept`` survive a filter that keeps ``keep_share`` of them.

    Raises:
        ValueError: the share is not above 0 and at most 1.
    """
    if not 0.0 < keep_share <= 1.0:
        raise ValueError(f"The share kept must lie above 0 and at most 1, not {keep_share:g}.")
    return kept / keep_share
