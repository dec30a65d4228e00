"""Measured serving points and reinforcement-learning steps of published runs, as shipped."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import msgspec

from isocost.catalog.table import read_rows
from isocost.engine.generation.deployment import GenerationPrecision
from isocost.paths import resource


class MeasuredGeneration(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One measured serving point (``resources/measured_generation.csv``)."""

    model: str
    family: str
    accelerator: str
    precision: GenerationPrecision
    cache: GenerationPrecision
    gpus: float
    tp: float
    ep: float
    drafts: float
    prompt_tokens: float
    output_tokens: float
    phase: Literal["output", "decode", "prefill", "user"]
    """What was counted: output tokens of a mixed load, of decode instances, of one user; or prompt tokens."""
    tokens_per_second_per_gpu: float
    framework: str
    date: str
    source: str
    sequences: float | None = None
    """Running at once over the replica; None = as many as fit."""
    cache_hits: float = 0.0
    """Share of the prompt tokens counted that were found in a cache, not computed."""
    notes: str = ""
    arithmetic: GenerationPrecision | None = None
    """What products run in where that is not what the weights are stored in."""
    apart: bool = False
    """Whether the point is kept from every fit, and only scores it."""


class MeasuredRl(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One measured reinforcement-learning step (``resources/measured_rl.csv``)."""

    model: str
    accelerator: str
    gpus: float
    algorithm: str
    schedule: Literal["synchronous", "one-step", "asynchronous"]
    weights: GenerationPrecision
    step_seconds: float
    framework: str
    source: str
    longest_tokens: float | None = None
    mean_tokens: float | None = None
    """Prompt and response together; None = not published."""
    sequences: float | None = None
    updates_per_round: float | None = None
    tp: float | None = None
    generation_seconds: float | None = None
    notes: str = ""
    scoring_seconds: float | None = None
    update_seconds: float | None = None
    apart: bool = False
    """Whether the step is kept from every fit, and only scores it."""


@lru_cache(maxsize=1)
def measured_generation() -> tuple[MeasuredGeneration, ...]:
    """The measured serving points."""
    return tuple(read_rows(resource("measured_generation.csv"), MeasuredGeneration))


@lru_cache(maxsize=1)
def measured_rl() -> tuple[MeasuredRl, ...]:
    """The measured reinforcement-learning steps."""
    return tuple(read_rows(resource("measured_rl.csv"), MeasuredRl))
