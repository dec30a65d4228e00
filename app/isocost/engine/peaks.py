"""Dense peaks of an accelerator by number format, and which of them stands in for a format it lacks."""

from __future__ import annotations

from collections.abc import Mapping

from isocost.engine.records import Accelerator, Precision

PEAK_FORMAT: Mapping[Precision, str] = {
    "fp32": "fp32", "tf32": "tf32", "fp16": "bf16", "bf16": "bf16",
    "fp8": "fp8", "mxfp8": "fp8", "nvfp4": "fp4",
}  # fmt: skip
"""The peak each number format of training is multiplied at."""

WIDER = {
    "fp32": ("fp32", "tf32"),
    "tf32": ("tf32", "fp32"),
    "fp8": ("fp8", "bf16", "fp16"),
    "fp4": ("fp4", "fp8", "bf16", "fp16"),
}
"""Formats to look for in turn: operands that a part cannot multiply as they are, are widened first."""
SIXTEEN_BIT = ("bf16", "fp16", "fp32")
"""Formats to look for in turn for either 16-bit one; parts before tensor cores have 32 bits alone."""


def dense_peak(a: Accelerator, format_: str) -> tuple[float, str]:
    """Dense peak in FLOP/s for a number format, and the format it is of: the next wider one if it has none.

    Raises:
        ValueError: the accelerator lists no peak that could serve.
    """
    for name in WIDER.get(format_, SIXTEEN_BIT):
        if name in a.peak_flops:
            return a.peak_flops[name], name
    raise ValueError(f"{a.name} has no dense peak for matrix multiplies.")


def matmul_peak(accelerator: Accelerator, precision: Precision) -> float:
    """Dense peak in FLOP/s that MFU is held against: of a number format, else of 16 bits.

    Raises:
        ValueError: the accelerator lists no peak that could serve.
    """
    for name in (PEAK_FORMAT[precision], *SIXTEEN_BIT):
        if name in accelerator.peak_flops:
            return accelerator.peak_flops[name]
    raise ValueError(f"{accelerator.name} has no dense peak for matrix multiplies.")
