"""Measured serving points and reinforcement-learning steps of published runs, as shipped."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

import msgspec

from isocost.catalog.constants.physics.serving import EngineName
from isocost.catalog.table import read_rows
from isocost.engine.generation.deployment import GenerationPrecision
from isocost.paths import resource

OPEN_ENGINES = (
    "vllm",
    "sglang",
    "lmdeploy",
    "tgi",
    "transformers",
    "text-generation-inference",
    "mlc",
    "ollama",
)
"""How the names of open engines begin."""


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
    pp: float = 1.0
    """Stages of a pipeline."""
    sequences: float | None = None
    """Running at once over the replica; None = as many as fit."""
    requests: float | None = None
    """Sent to the replica all at once and timed until the last had ended; None = a load that went on."""
    longest_tokens: float | None = None
    """Most output tokens of an answer where their lengths vary about ``output_tokens``."""
    cache_hits: float = 0.0
    """Share of the prompt tokens counted that were found in a cache, not computed."""
    notes: str = ""
    arithmetic: GenerationPrecision | None = None
    """What products run in where that is not what the weights are stored in."""
    apart: bool = False
    """Whether the point is kept from every fit, and only scores it."""

    @property
    def engine(self) -> EngineName:
        """Whose engine generated."""
        return engine_of(self.framework, alone=self.phase in ("prefill", "decode"))


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
    """Responses of a round that are trained on."""
    batch_sequences: float | None = None
    """Responses of each batch that was generated; None = as many as are trained on."""
    batches: float = 1.0
    """Batches generated, one after the other, until enough prompts were left."""
    updates_per_round: float | None = None
    tp: float | None = None
    memory_share: float | None = None
    """Of the accelerators' memory, what the engine was given for weights and cache; None = not published."""
    generation_share: float | None = None
    """Of the accelerators, those that only generate; None = not published, or all take turns."""
    generation_seconds: float | None = None
    notes: str = ""
    scoring_seconds: float | None = None
    update_seconds: float | None = None
    apart: bool = False
    """Whether the step is kept from every fit, and only scores it."""


def dated(text: str) -> float | None:
    """A year with its fraction of "2026-03-25" or "2026-03"; None where the month is not told.

    >>> dated("2025-07"), dated("2026"), dated("")
    (2025.5, None, None)
    """
    found = re.match(r"(20\d\d)-(\d\d)\b", text)
    return None if found is None else int(found[1]) + (int(found[2]) - 1) / 12.0


def engine_of(framework: str, *, alone: bool = False) -> EngineName:
    """The kind of engine a framework is by its name; a vendor's where none is stated.

    Instances that only read prompts or only decode (``alone``) are tuned like a vendor's whatever the engine:
    their kernels are written for that (DeepEP, DeepGEMM), and the host's work is hidden.

    >>> engine_of("vLLM 0.18.0"), engine_of("TensorRT-LLM 1.2"), engine_of("SGLang", alone=True)
    ('open', 'vendor', 'vendor')
    """
    return "open" if framework.lower().startswith(OPEN_ENGINES) and not alone else "vendor"


@lru_cache(maxsize=1)
def measured_generation() -> tuple[MeasuredGeneration, ...]:
    """The measured serving points."""
    return tuple(read_rows(resource("measured_generation.csv"), MeasuredGeneration))


@lru_cache(maxsize=1)
def measured_rl() -> tuple[MeasuredRl, ...]:
    """The measured reinforcement-learning steps."""
    return tuple(read_rows(resource("measured_rl.csv"), MeasuredRl))
