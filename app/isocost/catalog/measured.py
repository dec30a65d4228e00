"""Measured serving points and reinforcement-learning steps, and what the engine predicts for them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

import msgspec

from isocost.catalog.table import read_rows
from isocost.engine.generation.deployment import (
    Format,
    GenerationPrecision,
    Replica,
    ServingConstants,
    Speculation,
)
from isocost.engine.generation.rl import ALGORITHMS, RlPhase, RlPlan
from isocost.engine.generation.serving import generation_rate
from isocost.engine.records import Accelerator, Transformer
from isocost.paths import resource

RL_PROMPT = 130.0
"""Prompt tokens of the mathematics sets used; the releases' tables count prompt and response together."""

RL_GROUP = 16.0
"""Responses to a prompt in the releases' recipes."""


def parse_parallelism(text: str) -> tuple[Replica, float]:
    """(layout, drafts) of a published label such as "TP8", "TP8 EP8 attn-DP", "EP144 decode", "TP8 EP4 MTP3".

    Experts beside tensor parallelism share its accelerators; with data-parallel attention ("attn-DP", "DEP"),
    or where only EP is named, each accelerator attends to its own sequences. "MTP" alone is one draft.
    """
    tp = re.search(r"\bTP\s*=?\s*(\d+)", text)
    ep = re.search(r"\bD?EP\s*=?\s*(\d+)", text) or re.search(r"\b(\d+)-(?:GPU|rank)\b", text)
    wide = ep is not None and (tp is None or "attn-DP" in text or "DEP" in text)
    drafting = re.search(r"(no\s+)?\bMTP\s*=?\s*(\d*)", text)
    drafts = 0.0 if drafting is None or drafting[1] else float(drafting[2] or 1)
    if wide and ep is not None:
        return Replica(tp=1.0, ep=float(ep[1])), drafts
    return Replica(tp=float(tp[1]) if tp else 1.0), drafts


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


@lru_cache(maxsize=1)
def measured_generation() -> tuple[MeasuredGeneration, ...]:
    """The measured serving points."""
    return tuple(read_rows(resource("measured_generation.csv"), MeasuredGeneration))


@lru_cache(maxsize=1)
def measured_rl() -> tuple[MeasuredRl, ...]:
    """The measured reinforcement-learning steps."""
    return tuple(read_rows(resource("measured_rl.csv"), MeasuredRl))


def predicted_rate(row: MeasuredGeneration, t: Transformer, a: Accelerator, c: ServingConstants) -> float:
    """Tokens/s per accelerator predicted for a measured point; 0 when the model does not fit as deployed."""
    return generation_rate(
        t,
        a,
        Replica(row.tp, row.ep),
        Format(row.precision, row.cache),
        c,
        phase=row.phase,
        prompt=row.prompt_tokens,
        output=row.output_tokens,
        sequences=row.sequences,
        cache_hits=row.cache_hits,
        speculation=Speculation(row.drafts),
    )


def measured_plan(row: MeasuredRl) -> RlPlan | None:
    """One step of a measured run as a plan; None when its lengths are not published or it waits for tools."""
    if (
        row.mean_tokens is None
        or row.longest_tokens is None
        or row.sequences is None
        or "agentic" in row.notes
    ):
        return None
    mean = row.mean_tokens - RL_PROMPT
    return RlPlan(
        phases=(RlPhase(1.0, mean, mean, row.longest_tokens - RL_PROMPT),),
        prompts=row.sequences / RL_GROUP,
        group=RL_GROUP,
        prompt_tokens=RL_PROMPT,
        algorithm=ALGORITHMS[row.algorithm],
        schedule=row.schedule,
        replica=None if row.tp is None else Replica(row.tp),
    )
