"""Measured training throughput of published runs, as shipped.

``resources/measured_training.csv`` holds those the constants are fitted to or were chosen with,
``resources/measured_holdout.csv`` those of sources kept out of every fit.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from isocost.catalog.table import read_rows
from isocost.engine.records import (
    AttentionKernel,
    Method,
    Offload,
    Optimizer,
    Precision,
    Recompute,
    Schedule,
    Sharding,
    Stack,
)
from isocost.paths import resource
from isocost.quantities.units import MONTHS_PER_YEAR

Positive = Annotated[float, msgspec.Meta(gt=0, le=1e15)]
Degree = Annotated[float, msgspec.Meta(ge=1, le=1e6)]

Use = Literal["fit", "rank", "check", "skip"]
"""What a run is good for: ``fit`` constants (trusted sources), ``rank`` (fitted lightly: single snapshots and
research code), ``check`` (outside the averages; fitted at a token weight, or at its source's where other runs
of it are trusted), ``skip`` (never fitted: its own source calls it a regression, or it runs the model of a
published anchor on that anchor's architecture)."""


class MeasuredRun(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One measured point: what ran where, the layout as far as it was stated, and how fast it was."""

    id: str
    source: str
    model: str
    accelerator: str
    accelerators: Positive
    sequence: Positive
    reference: str = ""
    """Where the figure was read."""
    date: str = ""
    """YYYY-MM of the source; decides which generation of software ran."""
    use: Use = "check"
    framework: str = ""
    stack: Stack | None = None
    precision: Precision = "bf16"
    method: Method = "full"
    global_batch: Positive | None = None
    """Sequences a step."""
    microbatch: Positive | None = None
    tp: Degree | None = None
    pp: Degree | None = None
    vp: Degree | None = None
    cp: Degree | None = None
    ep: Degree | None = None
    sharding: Sharding | None = None
    shard_group: Degree | None = None
    offload: Offload = "none"
    """States that wait in the host's memory."""
    sequence_parallel: bool | None = None
    recompute: Recompute | None = None
    recompute_share: Annotated[float, msgspec.Meta(gt=0, le=1)] | None = None
    """Share of the layers that full recomputation repeats; None = what the notes say, else all."""
    fused_attention: bool | None = None
    attention_kernel: AttentionKernel | None = None
    """Where the source names it; else what the framework's name says, or its tier and date."""
    optimizer: Optimizer | None = None
    """None = what the framework's memory profile takes for granted."""
    update_in_backward: bool = False
    offload_activations: bool = False
    whole_logits: bool = False
    lora_rank: Positive = 16.0
    lora_targets: str = ""
    """Modules that have adapters, as people name them; empty = as the framework's recipes have it."""
    document: Positive | None = None
    """Mean tokens of the documents packed into a sequence, where they are masked apart."""
    schedule: Schedule = "1f1b"
    """Of the pipeline."""
    overlap: bool | None = None
    """Whether traffic runs beside computation; None = as the framework's name says."""
    matmul_tflops: Positive | None = None
    """Rate of a large product measured on the part in the run's number format, where it is told."""
    mtp: bool = True
    """False when the model's multi-token-prediction modules were left out."""
    tokens_per_s: Positive | None = None
    """Tokens a second per accelerator."""
    derived: bool = False
    """Whether ``tokens_per_s`` was worked out from printed TFLOPs by the source's own convention."""
    peak_memory_gb: Positive | None = None
    network_gbit_s: Positive | None = None
    """Network between nodes per accelerator and direction, where the source states another than usual."""
    notes: str = ""


@lru_cache(maxsize=4)
def measured_runs(path: Path | None = None) -> tuple[MeasuredRun, ...]:
    """The shipped measured points, in file order. Raises CatalogError naming a wrong row and field.

    What constants are fitted to is among these, and only these.
    """
    return tuple(read_rows(path or resource("measured_training.csv"), MeasuredRun))


@lru_cache(maxsize=4)
def held_out_runs(path: Path | None = None) -> tuple[MeasuredRun, ...]:
    """Runs of sources that no constant is ever fitted to: what a stranger's runs can be expected to show."""
    return tuple(read_rows(path or resource("measured_holdout.csv"), MeasuredRun))


@lru_cache(maxsize=1)
def failed_runs() -> tuple[MeasuredRun, ...]:
    """Layouts a grid of measurements tried that crashed, out of memory for the most part."""
    return tuple(read_rows(resource("measured_failures.csv"), MeasuredRun))


class _LeftOut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A row of ``resources/left_out.csv``."""

    id: str
    log_ratio: float


@lru_cache(maxsize=1)
def left_out_ratios() -> Mapping[str, float]:
    """Logarithm of measured over predicted throughput of each run, its source in no fit; by the run's id.

    Written by tools/left_out.py. Raises CatalogError naming a wrong row and field.
    """
    return {row.id: row.log_ratio for row in read_rows(resource("left_out.csv"), _LeftOut)}


def year_of(date: str) -> float | None:
    """The middle of the month (or year) a date names, as a decimal year; None when it names no year."""
    found = re.search(r"((?:19|20)\d\d)(?:[-/.]?(0[1-9]|1[0-2])(?!\d{3}))?", date)
    if found is None:
        return None
    month = float(found.group(2)) if found.group(2) else 6.5
    return float(found.group(1)) + (month - 0.5) / MONTHS_PER_YEAR


SUBMITTED = "mlperf"
"""In the name of a source whose runs vendors have tuned for it."""

STACK_WORDS: Mapping[str, Stack] = {
    "nanotron": "research",
    "neox": "open",
    "deepspeed": "open",
    "fsdp": "open",
    "composer": "open",
    "torchtune": "open",
    "colossal": "open",
    "megatron-llama": "open",
    "nemo": "vendor",
    "megatron": "vendor",
    "maxtext": "vendor",
    "paxml": "vendor",
    "megascale": "vendor",
    "primus": "vendor",
    "hai-llm": "vendor",
    "pathways": "vendor",
    "jax": "open",
    "levanter": "vendor",
    "neuron": "vendor",
    "mindspeed": "vendor",
    SUBMITTED: "vendor",
    "nvidia": "vendor",
    "titan": "open",
    "internevo": "open",
    "olmo": "open",
    "lightning": "open",
    "litgpt": "open",
    "transformers": "open",
    "accelerate": "open",
    "axolotl": "open",
    "factory": "open",
    "unsloth": "open",
    "alpa": "open",
    "torch": "open",
    "paddle": "open",
}
"""Words in a framework's or source's name that tell its software tier, the first that matches."""

DEFAULT_STACK: Stack = "open"
"""The tier of a run that names no known framework."""


def stack_of(framework: str, source: str = "", *, split: bool = False) -> Stack:
    """The software tier a framework's name means; where it means none, what its source's does; else
    ``DEFAULT_STACK``.

    What is submitted to MLPerf is tuned by its vendor, whatever it is written in. Unnamed code that splits
    matrices or layers over accelerators (``split``) is taken for a tuned stack: it is Megatron's or a large
    laboratory's own.
    """
    if SUBMITTED in source.casefold():
        return "vendor"
    default: Stack = "vendor" if split else DEFAULT_STACK
    names = (framework.casefold(), source.casefold())
    return next((stack for name in names for word, stack in STACK_WORDS.items() if word in name), default)
