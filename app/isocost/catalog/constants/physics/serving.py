"""Constants of generation and reinforcement learning (``resources/serving.yaml``)."""

from __future__ import annotations

from typing import Literal

import msgspec

from isocost.catalog.errors import CatalogError
from isocost.catalog.table import yaml_record
from isocost.engine.generation.deployment import (
    Format,
    GenerationPrecision,
    Replica,
    ServingConstants,
)
from isocost.engine.generation.rl import RlStack
from isocost.engine.records import Accelerator, Transformer
from isocost.language import tr

RL_FIGURES = (
    "eager_layer_seconds",
    "eager_expert_layer_seconds",
    "eager_collective_seconds",
    "memory_colocated",
    "drafts",
    "mfu_dense",
    "mfu_moe",
    "mfu_small",
    "waiting_share",
    "overhead_fixed",
    "reward_seconds",
    "overhead_seconds",
    "overhead_exponent",
    "overhead_limit",
)

RolloutFigure = Literal[
    "layer_seconds",
    "expert_layer_seconds",
    "collective_seconds",
    "step_seconds",
    "sequence_seconds",
    "max_sequences",
]
OpenFigure = Literal[
    "weight_bandwidth",
    "matmul_factor",
    "expert_efficiency",
    "expert_bandwidth",
    "attention_efficiency",
    "host_efficiency",
    "host_seconds",
    "reduce_seconds",
    "layer_seconds",
    "expert_layer_seconds",
    "latent_layer_seconds",
    "sequence_seconds",
    "token_layer_seconds",
    "step_seconds",
    "reserved",
    "max_sequences",
    "maturing",
]
"""What may differ in engines of a community from a vendor's own."""
EngineName = Literal["vendor", "open"]
"""TensorRT-LLM and others that a maker of accelerators writes for its own, or vLLM, SGLang and the like."""

RlStackName = Literal["frontier", "open"]
KindName = Literal["dense", "moe", "wide"]
SpreadName = Literal[KindName, "unmeasured"]


class SourcedFigure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
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

    matmul_efficiency: dict[str, SourcedFigure]
    matmul_factor: SourcedFigure
    unpacking: SourcedFigure
    expert_efficiency: SourcedFigure
    attention_efficiency: SourcedFigure
    weight_bandwidth: SourcedFigure
    expert_bandwidth: SourcedFigure
    cache_bandwidth: SourcedFigure
    link_efficiency: SourcedFigure
    host_efficiency: SourcedFigure
    network_efficiency: SourcedFigure
    layer_seconds: SourcedFigure
    expert_layer_seconds: SourcedFigure
    latent_layer_seconds: SourcedFigure
    scaled_layer_seconds: SourcedFigure
    unpacked_layer_seconds: SourcedFigure
    index_layer_seconds: SourcedFigure
    prompt_layer_seconds: SourcedFigure
    collective_seconds: SourcedFigure
    host_seconds: SourcedFigure
    network_seconds: SourcedFigure
    reduce_seconds: SourcedFigure
    step_seconds: SourcedFigure
    sequence_seconds: SourcedFigure
    token_layer_seconds: SourcedFigure
    state_token_seconds: SourcedFigure
    ported: SourcedFigure
    memory_share: SourcedFigure
    reserved: SourcedFigure
    runtime_bytes: SourcedFigure
    chunk_tokens: SourcedFigure
    max_sequences: SourcedFigure
    maturing: SourcedFigure
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


class FactorRange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Low, central and high of a factor."""

    low: float
    central: float
    high: float
    source: str


class RlProfile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A reinforcement-learning stack; the fields are those of ``RlStack``."""

    serving: str
    """Serving stack it generates with."""
    rollouts: dict[RolloutFigure, SourcedFigure]
    """Figures of that stack which differ where it runs inside a trainer."""
    weights: GenerationPrecision
    cache: GenerationPrecision
    eager_layer_seconds: SourcedFigure
    eager_expert_layer_seconds: SourcedFigure
    eager_collective_seconds: SourcedFigure
    memory_colocated: SourcedFigure
    drafts: SourcedFigure
    mfu_dense: SourcedFigure
    mfu_moe: SourcedFigure
    mfu_small: SourcedFigure
    waiting_share: SourcedFigure
    overhead_fixed: SourcedFigure
    reward_seconds: SourcedFigure
    overhead_seconds: SourcedFigure
    overhead_exponent: SourcedFigure
    overhead_limit: SourcedFigure
    unmodelled: FactorRange


class ErrorRange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Measured over predicted throughput of rows the fit had not seen."""

    p10: float
    p50: float
    p90: float
    rows: int
    source: str


class ReleasedFormat(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The format a model's weights were released in, which no engine widens in memory."""

    weights: GenerationPrecision
    source: str


class BlockScales(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Dense models whose makers' own 8-bit checkpoints have a scale for every block of a weight."""

    models: frozenset[str]
    source: str


class GenerationScore(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How well a set of measured rows is predicted."""

    median_error: float
    """Median of |predicted / measured - 1|."""
    median_factor: float
    """Median factor by which predictions miss, up or down."""
    within_2x: float
    """Share of rows predicted within a factor of two."""
    rows: int


class GenerationScores(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Scores on the rows fitted, and on groups the fit had not seen."""

    in_sample: GenerationScore
    pairs_held_out: GenerationScore
    """Every model and accelerator by a fit that never saw them together."""
    generations_held_out: GenerationScore
    families_held_out: GenerationScore
    kept_apart: GenerationScore
    """Rows no fit ever saw."""


class ServingFacts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything ``resources/serving.yaml`` holds."""

    serving: dict[str, Profile]
    open: dict[OpenFigure, SourcedFigure]
    """Figures of the vendor's profile that differ in open engines."""
    released: dict[str, ReleasedFormat]
    """Models whose weights came out in a narrow format, by name."""
    blocks: BlockScales
    rl: dict[RlStackName, RlProfile]
    spreads: dict[SpreadName, ErrorRange]
    spreads_beside: dict[KindName, ErrorRange]
    """The errors on models that were measured on the very accelerator, and fitted."""
    measured_pairs: frozenset[tuple[str, str]]
    """Models and accelerators that the fitted figures have seen together."""
    accuracy: GenerationScores
    measured_architectures: tuple[str, ...]
    """Accelerator families the fitted figures have seen."""

    def constants(self, name: str = "vendor") -> ServingConstants:
        """The constants of a serving stack: ``vendor`` and ``open`` engines (fitted), or ``frontier``
        (DeepSeek's production)."""
        return self._profile(name).record()

    def format(
        self,
        t: Transformer,
        weights: GenerationPrecision,
        cache: GenerationPrecision = "bf16",
        arithmetic: GenerationPrecision | None = None,
    ) -> Format:
        """The formats a model is generated in, 8-bit weights scaled as its maker's checkpoint has them."""
        return Format(weights, cache, arithmetic, blocks=t.name in self.blocks.models)

    def _profile(self, name: str) -> Profile:
        if name == "open":
            return msgspec.structs.replace(self.serving["vendor"], **self.open)
        return self.serving[name]

    def rl_stack(self, name: RlStackName) -> RlStack:
        """A reinforcement-learning stack as the engine takes it."""
        profile = self.rl[name]
        figures = {field: getattr(profile, field).value for field in RL_FIGURES}
        return RlStack(
            name=name,
            serving=msgspec.structs.replace(self._profile(profile.serving), **profile.rollouts).record(),
            weights=profile.weights,
            cache=profile.cache,
            unmodelled=(profile.unmodelled.low, profile.unmodelled.central, profile.unmodelled.high),
            **figures,
        )

    def spread_of(self, t: Transformer, a: Accelerator, replica: Replica) -> ErrorRange:
        """The errors of predictions like this one, by kind of model and layout: beside measured runs of the
        model on the accelerator, away from them, or on hardware of an architecture that was never measured.
        """
        if a.architecture not in self.measured_architectures:
            return self.spreads["unmeasured"]
        kind: KindName = "moe" if t.is_moe else "dense"
        if t.is_moe and float(replica.stage) > float(replica.tp):
            kind = "wide"
        beside = (t.name, a.id) in self.measured_pairs
        return self.spreads_beside[kind] if beside else self.spreads[kind]


def read_serving(text: str) -> ServingFacts:
    """Constants from YAML. Raises CatalogError naming what is missing, unknown or points nowhere."""
    result = yaml_record(text, ServingFacts, "serving.yaml")
    for name, profile in result.rl.items():
        if profile.serving not in (*result.serving, "open"):
            raise CatalogError(
                tr(
                    "serving.yaml, rl.{name}.serving: {serving!r} is not a serving stack.",
                    name=name,
                    serving=profile.serving,
                )
            )
    return result
