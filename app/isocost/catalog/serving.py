"""Constants of generation and reinforcement learning (``serving.yaml``), and the points behind them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

import msgspec
import yaml

from isocost.catalog.errors import CatalogError
from isocost.catalog.table import read_rows
from isocost.engine.deployment import GenerationPrecision, Replica, ServingConstants
from isocost.engine.records import Accelerator, Transformer
from isocost.engine.rl_records import RlStack
from isocost.paths import resource

RL_FIGURES = (
    "drafts",
    "mfu_dense",
    "mfu_moe",
    "mfu_small",
    "overhead_seconds",
    "overhead_exponent",
    "overhead_limit",
)

StackName = Literal["frontier", "open"]
SpreadName = Literal["dense", "moe", "wide", "unmeasured"]


class Figure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One constant with where it comes from."""

    value: float
    unit: str
    kind: Literal["fitted", "published", "assumed"]
    source: str
    """Document, or which measured points determine it."""
    prior: float | None = None
    """Value expected before fitting; a fitted figure only."""
    width: float | None = None
    """Standard deviation of the prior's logarithm."""
    spread: float | None = None
    """Standard error of the fitted value's logarithm."""


class Profile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A serving stack, figure by figure; the fields are those of ``ServingConstants``."""

    matmul_efficiency: dict[str, Figure]
    expert_efficiency: Figure
    attention_efficiency: Figure
    weight_bandwidth: Figure
    cache_bandwidth: Figure
    link_efficiency: Figure
    network_efficiency: Figure
    layer_seconds: Figure
    collective_seconds: Figure
    step_seconds: Figure
    sequence_seconds: Figure
    token_layer_seconds: Figure
    memory_share: Figure
    runtime_bytes: Figure
    max_sequences: Figure
    overlap: bool

    def record(self) -> ServingConstants:
        """The constants the engine computes with."""
        values = {
            name: getattr(self, name).value
            for name in self.__struct_fields__
            if name not in ("matmul_efficiency", "overlap")
        }
        shares = {name: figure.value for name, figure in self.matmul_efficiency.items()}
        return ServingConstants(matmul_efficiency=shares, overlap=self.overlap, **values)


class Range(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Low, central and high of a factor."""

    low: float
    central: float
    high: float
    source: str


class RlProfile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A reinforcement-learning stack; the fields are those of ``RlStack``."""

    serving: str
    """Serving stack it generates with."""
    weights: GenerationPrecision
    cache: GenerationPrecision
    drafts: Figure
    mfu_dense: Figure
    mfu_moe: Figure
    mfu_small: Figure
    overhead_seconds: Figure
    overhead_exponent: Figure
    overhead_limit: Figure
    unmodelled: Range


class Spread(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Measured over predicted throughput of rows the fit had not seen."""

    p10: float
    p50: float
    p90: float
    rows: int
    source: str


class Serving(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything ``resources/serving.yaml`` holds."""

    serving: dict[str, Profile]
    rl: dict[StackName, RlProfile]
    spreads: dict[SpreadName, Spread]
    measured_architectures: tuple[str, ...]
    """Accelerator families the fitted figures have seen."""

    def constants(self, name: str = "vendor") -> ServingConstants:
        """The constants of a serving stack: ``vendor`` (fitted) or ``frontier`` (DeepSeek's production)."""
        return self.serving[name].record()

    def rl_stack(self, name: StackName) -> RlStack:
        """A reinforcement-learning stack as the engine takes it."""
        profile = self.rl[name]
        figures = {field: getattr(profile, field).value for field in RL_FIGURES}
        return RlStack(
            name=name,
            serving=self.constants(profile.serving),
            weights=profile.weights,
            cache=profile.cache,
            unmodelled=(profile.unmodelled.low, profile.unmodelled.central, profile.unmodelled.high),
            **figures,
        )

    def spread_of(self, t: Transformer, a: Accelerator, replica: Replica) -> Spread:
        """The errors of predictions like this one: by kind of model and layout, or of unmeasured hardware."""
        if a.architecture not in self.measured_architectures:
            return self.spreads["unmeasured"]
        if t.is_moe and float(replica.gpus) > float(replica.tp):
            return self.spreads["wide"]
        return self.spreads["moe" if t.is_moe else "dense"]


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
def load_serving() -> Serving:
    """The shipped constants, validated."""
    return read_serving(resource("serving.yaml").read_text(encoding="utf-8"))


def read_serving(text: str) -> Serving:
    """Constants from YAML. Raises CatalogError naming what is missing, unknown or points nowhere."""
    try:
        result = msgspec.convert(yaml.safe_load(text), Serving)
    except (msgspec.ValidationError, yaml.YAMLError) as error:
        raise CatalogError(f"serving.yaml: {error}") from error
    for name, profile in result.rl.items():
        if profile.serving not in result.serving:
            raise CatalogError(
                f"serving.yaml, rl.{name}.serving: {profile.serving!r} is not a serving stack."
            )
    return result


@lru_cache(maxsize=1)
def measured_generation() -> tuple[MeasuredGeneration, ...]:
    """The measured serving points."""
    return tuple(read_rows(resource("measured_generation.csv"), MeasuredGeneration))


@lru_cache(maxsize=1)
def measured_rl() -> tuple[MeasuredRl, ...]:
    """The measured reinforcement-learning steps."""
    return tuple(read_rows(resource("measured_rl.csv"), MeasuredRl))
