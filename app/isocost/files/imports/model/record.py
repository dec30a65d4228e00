"""What a model's configuration file says, as a plan and people take it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from msgspec.structs import replace

from isocost.catalog import Catalog
from isocost.files.imports.model.blocks import (
    Attention,
    CompressedAttention,
    Decoder,
    Experts,
    FeedForward,
    LatentAttention,
    Mixer,
)
from isocost.files.imports.model.shape import Planned, planned
from isocost.files.imports.source import Line, Origin
from isocost.plan.inputs.starting import UNTITLED
from isocost.plan.kinds import ModelStage
from isocost.plan.project.project import Place, Project, replace_scenario, replace_stage
from isocost.quantities import format_count, format_quantity

ATTENTION = {Attention: "grouped", LatentAttention: "latent", CompressedAttention: "compressed"}
"""Kinds of attention as JSON has them."""


@dataclass(frozen=True)
class ModelFile:
    """A model as its file describes it."""

    decoder: Decoder
    name: str
    """As the file calls it; empty = it does not."""
    form: str
    """"config.json" or "params.json"."""
    origins: Mapping[str, Origin]
    """Where each fact is from, by its name in ``resources/model_families.yaml``."""
    longest: int | None
    """Tokens it can be used with, which training sequences often are shorter than."""
    has_towers: bool
    """Whether it reads images too."""
    not_understood: tuple[str, ...]
    """What of the file nothing was made of, a sentence each."""

    kind = "model"

    @cached_property
    def planned(self) -> Planned:
        """The model as a plan has it."""
        return planned(self.decoder)

    def as_json(self) -> Mapping[str, object]:
        """Every field by its name in files and commands; what the file does not say is None."""
        d, experts, dense = self.decoder, self._experts, self._dense
        attention = self._attention
        grouped = attention if isinstance(attention, Attention) else None
        return {
            "kind": self.kind,
            "format": self.form,
            "name": self.name or None,
            "family": d.family,
            "parameters": d.parameters,
            "active_parameters": d.active,
            "active_without_lookup": d.active_without_lookup,
            "layers": len(d.layers),
            "hidden": d.hidden,
            "vocabulary": d.vocabulary,
            "tied": d.tied,
            "attention": None if attention is None else ATTENTION[type(attention)],
            "heads": None if attention is None else attention.heads,
            "kv_heads": None if grouped is None else grouped.kv_heads,
            "head_dim": None if grouped is None else grouped.head_dim,
            "window": next((each.window for each in self._windowed), None),
            "windowed_layers": len(self._windowed),
            "linear_layers": sum(_is_linear(each) for each in self._mixers),
            "ffn": None if dense is None else dense.width,
            "moe_layers": self._moe_layers,
            "experts": None if experts is None else experts.count,
            "top_k": None if experts is None else experts.top_k,
            "expert_ffn": None if experts is None else experts.width,
            "shared_expert_ffn": None if experts is None else experts.shared_width,
            "mtp": d.mtp,
            "vision": self.has_towers,
            "longest_sequence": self.longest,
            "not_understood": list(self.not_understood),
            "not_modelled": list(self.planned.stands_in),
        }

    def finding(self) -> str:
        """What the file is in one line, without a full stop."""
        d = self.decoder
        active = f", {_number(d.active)} active" if d.active < d.parameters else ""
        size = f"{_number(d.parameters)} parameters{active}"
        return f"{self.title}: {size}, {len(d.layers):,} layers of {d.hidden:,}"

    @property
    def title(self) -> str:
        """What the model is called: its name, else its family."""
        return self.name or self.decoder.family

    def lines(self) -> Sequence[Line]:
        """What was read, each value with where it is from, in the order shown."""
        d, dense, experts = self.decoder, self._dense, self._experts
        made = [
            self._line("Family", d.family, "file"),
            self._line("Parameters", _count(d.parameters), "reckoned"),
        ]
        if d.active < d.parameters:
            made.append(self._line("Active for each token", _count(d.active), "reckoned"))
        made += [
            self._line("Layers", f"{len(d.layers):,}", self._origin("layers", "pattern", "layer_types")),
            self._line("Hidden size", f"{d.hidden:,}", self._origin("hidden")),
            *self._attention_lines(),
        ]
        if dense is not None and dense.width:
            made.append(self._line("Feed-forward", f"{dense.width:,} wide", self._origin("ffn")))
        if experts is not None:
            shared = f", {experts.shared_width:,} shared" if experts.shared_width else ""
            said = f"{experts.count:,}, {experts.top_k:,} for each token, {experts.width:,} wide{shared}"
            made.append(self._line("Experts", said, self._origin("experts")))
        tables = "one for input and output" if d.tied else "one for input, one for output"
        made += [
            self._line("Vocabulary", f"{d.vocabulary:,}", self._origin("vocabulary")),
            self._line("Embedding tables", tables, self._origin("tied")),
        ]
        if d.mtp:
            said = f"{d.mtp:,}, not in the total"
            made.append(self._line("Multi-token prediction", said, self._origin("mtp")))
        made += [
            self._line("Training tokens", "", "not said"),
            self._line("Training sequence", "", "not said"),
        ]
        made += [self._line("Not modelled", each, "reckoned") for each in self.planned.stands_in]
        return [*made, *(self._line("Not understood", each, "ignored") for each in self.not_understood)]

    def change(self, project: Project, catalog: Catalog, at: Place) -> Project:
        """The project with this model as a stage's, where that has one of its own, else as the plan's.

        A plan that nobody has named yet is called after it.
        """
        if project.name == UNTITLED:
            project = replace(project, name=self.title)
        scenario = project.scenarios[at.scenario]
        stage = scenario.stages[at.stage]
        choice = self.planned.choice
        if isinstance(stage, ModelStage) and stage.model is not None:
            return replace_stage(project, replace(stage, model=choice), scenario=at.scenario, stage=at.stage)
        return replace_scenario(project, replace(scenario, model=choice), scenario=at.scenario)

    @cached_property
    def _mixers(self) -> list[Mixer]:
        return [each for layer in self.decoder.layers for each in layer.mixers]

    @cached_property
    def _attention(self) -> Attention | LatentAttention | CompressedAttention | None:
        kinds = (Attention, LatentAttention, CompressedAttention)
        return next((each for each in self._mixers if isinstance(each, kinds)), None)

    @cached_property
    def _windowed(self) -> list[Attention | LatentAttention | CompressedAttention]:
        kinds = (Attention, LatentAttention, CompressedAttention)
        return [each for each in self._mixers if isinstance(each, kinds) and each.window is not None]

    @cached_property
    def _experts(self) -> Experts | None:
        fed = (each for layer in self.decoder.layers for each in layer.feedforwards)
        return next((each for each in fed if isinstance(each, Experts)), None)

    @cached_property
    def _dense(self) -> FeedForward | None:
        fed = (each for layer in self.decoder.layers for each in layer.feedforwards)
        return next((each for each in fed if isinstance(each, FeedForward)), None)

    @cached_property
    def _moe_layers(self) -> int:
        fed = (layer.feedforwards for layer in self.decoder.layers)
        return sum(any(isinstance(each, Experts) for each in layer) for layer in fed)

    def _attention_lines(self) -> list[Line]:
        """Heads, windows and linear layers."""
        made = []
        attention, windowed = self._attention, self._windowed
        if isinstance(attention, Attention):
            kv = f"{attention.kv_heads:,} of keys and values"
            said = f"{attention.heads:,} heads of {attention.head_dim:,}, {kv}"
            made.append(self._line("Attention", said, self._origin("heads")))
        elif isinstance(attention, LatentAttention):
            said = f"latent, {attention.heads:,} heads, rank {attention.kv_rank:,} of keys and values"
            made.append(self._line("Attention", said, self._origin("kv_rank")))
        elif attention is not None:
            said = f"over compressed tokens, {attention.heads:,} heads of {attention.head_dim:,}"
            made.append(self._line("Attention", said, self._origin("heads")))
        if windowed and not isinstance(attention, CompressedAttention):
            chunked = isinstance(windowed[0], Attention) and windowed[0].chunked
            said = f"{windowed[0].window:,} tokens, in {len(windowed):,} layers"
            made.append(self._line("Chunks" if chunked else "Window", said, self._origin("window")))
        if linear := [each for each in self._mixers if _is_linear(each)]:
            said = f"{len(linear):,} of {_LINEAR[type(linear[0]).__name__]}"
            made.append(
                self._line("Linear layers", said, self._origin("layer_types", "pattern", "full_every"))
            )
        return made

    def _origin(self, *names: str) -> Origin:
        found = [self.origins.get(name) for name in names]
        return "file" if "file" in found else "default"

    @staticmethod
    def _line(label: str, value: str, origin: Origin) -> Line:
        return Line(label, value, origin)


_LINEAR = {
    "DeltaNet": "gated delta rule",
    "KimiDelta": "Kimi delta attention",
    "Mamba2": "Mamba-2",
    "Mamba1": "Mamba",
    "Lightning": "lightning attention",
    "ShortConvolution": "short convolution",
}
"""Linear layers as people call them."""


def _is_linear(mixer: Mixer) -> bool:
    return type(mixer).__name__ in _LINEAR


def _number(value: int) -> str:
    return format_quantity(float(value), "number")


def _count(value: int) -> str:
    return f"{_number(value)} ({format_count(value)})" if value >= 10_000 else format_count(value)
