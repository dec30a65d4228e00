"""Memory profiles of training frameworks (``resources/memory.yaml``)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import msgspec

from isocost.catalog.errors import CatalogError
from isocost.catalog.table import checked, yaml_content
from isocost.engine.records import ADAPTED_MATRICES, AdaptedMatrix, Method, Optimizer, Recompute, Stack
from isocost.engine.training.states import WHOLE_LOGIT, MemoryProfile
from isocost.language import tr


class SourcedProfile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A profile as the file holds it: the record's fields and where they come from."""

    source: str
    gradient_bytes: float
    persistent_gradients: float
    attention_copies: float
    ffn_copies: float
    logit_bytes: float
    working_layers: float
    head_balanced: float
    allocated_bytes: float
    reserve_bytes: float
    communicator_bytes: float
    fragmentation: float
    whole_gradient_bytes: float = 0.0
    sharded_masters: float = 0.0
    every_second: float = 0.0
    core_attention: float = 0.0
    whole_logit_bytes: float = WHOLE_LOGIT
    split_logit_bytes: float = 0.0
    pipeline_gradient_bytes: float = 0.0
    eight_bit_copies: float = 0.0
    eager: float = 0.0
    update_copies: float = 0.0
    update_limit: float = math.inf
    foreach: float = 0.0
    bucket_bytes: float = 0.0
    bucket_copies: float = 0.0
    live_parameters: float = math.inf
    widened: float = 0.0
    held_inputs: float = 0.0
    root_tables: float = 0.0
    viewed_values: float = 0.0
    adapter_outputs: float = 0.0
    adapter_masks: float = 0.0
    exchange_bytes: float = 0.0
    cached_keys: float = 0.0
    gradients_apart: float = 0.0
    gathered_logits: float = 0.0
    optimizer: Optimizer = "adamw"
    """Of runs that do not say theirs."""
    optimizer_alone: Optimizer | None = None
    """Of runs that do not say theirs, hold all states on every accelerator and would not fit otherwise: code
    that trains a checkpoint's 16-bit weights as they are unless it is told to widen them."""
    recompute: Recompute | None = None
    """The same; None = the least that fits."""
    lora_targets: tuple[AdaptedMatrix, ...] = ADAPTED_MATRICES
    """Matrices that have adapters in runs that do not say which."""
    reserved: float | None = None
    """What an allocator takes over what it fills, where it is known of this framework (``Reported``)."""
    whole_logits_until: float = 0.0
    """Decimal year until which its loss kept all logits (0 = as ``logit_bytes`` says at any time)."""
    uncompiled_whole: bool = False
    """Whether it keeps them at any time where nothing is compiled."""
    fused_update_from: float = math.inf
    """Decimal year from which AdamW's update is one kernel, that needs no copies."""
    quantised_inputs: float = 0.0
    """Times the products of QLoRA's 4-bit weights kept their inputs in 16 bits, which no gradient needs."""
    quantised_inputs_until: float = 0.0
    """Decimal year until which they did."""
    offload_activations: bool = False
    """Whether runs that do not say what they recompute keep layer inputs on the host."""

    def keeps_all_logits(self, compiled: bool, year: float) -> bool:
        """Whether its loss kept all logits, by whether a compiler made its kernels and when it ran."""
        return year < self.whole_logits_until or (self.uncompiled_whole and not compiled)

    def inputs_of_quantised(self, method: Method, year: float) -> float:
        """Times products of 4-bit weights kept inputs that no gradient needs."""
        return self.quantised_inputs if method == "qlora" and year < self.quantised_inputs_until else 0.0

    def outside(self, accelerators: float, experts_over: float = 1.0) -> float:
        """Bytes of a device that its allocator does not count, of a run on so many accelerators and with its
        experts shared out over so many."""
        exchanging = self.exchange_bytes if experts_over > 1 else 0.0
        return self.reserve_bytes + exchanging + (self.communicator_bytes if accelerators > 1 else 0.0)

    def record(self) -> MemoryProfile:
        """The profile the engine computes with."""
        return MemoryProfile(**{f.name: getattr(self, f.name) for f in fields(MemoryProfile)})


class Reported(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What measured peaks are beside the arithmetic's, over all frameworks."""

    reserved: float
    """Bytes an allocator takes from the device over those its tensors fill at the peak."""
    low: float
    """Measured over predicted: one peak in twenty is below."""
    high: float
    """One in twenty is above."""
    source: str


class MemoryProfiles(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Every profile, and which one a software tier or a framework's name means."""

    stacks: dict[Stack, str]
    frameworks: dict[str, str]
    profiles: dict[str, SourcedProfile]
    reported: Reported

    def for_stack(self, stack: Stack) -> MemoryProfile:
        """The profile a plan on this software tier uses."""
        return self.profiles[self.stacks[stack]].record()

    def name_for_framework(self, framework: str, stack: Stack = "vendor") -> str:
        """The profile a published run's framework means, by the first known word in its name."""
        words = f"{framework.lower()} "
        return next((name for word, name in self.frameworks.items() if word in words), self.stacks[stack])

    def reserved(self, framework: str, stack: Stack = "vendor") -> float:
        """Bytes an allocator takes from the device over those its tensors fill at the peak."""
        return self.for_framework(framework, stack).reserved or self.reported.reserved

    def for_framework(self, framework: str, stack: Stack = "vendor") -> SourcedProfile:
        """The profile a published run's framework means, with what its recipes do when a run does not say."""
        return self.profiles[self.name_for_framework(framework, stack)]


def read_memory_profiles(text: str) -> MemoryProfiles:
    """Profiles from YAML. Raises CatalogError naming what is missing, unknown or points nowhere."""
    content = yaml_content(text, "memory.yaml")
    if isinstance(content, dict) and isinstance(profiles := content.get("profiles"), dict):
        content["profiles"] = {name: _completed(name, profiles) for name in profiles}
    result = checked(content, MemoryProfiles, "memory.yaml")
    for user, name in (*result.stacks.items(), *result.frameworks.items()):
        if name not in result.profiles:
            raise CatalogError(
                tr(
                    "memory.yaml: {user!r} names the profile {name!r}, which is not defined.",
                    user=user,
                    name=name,
                )
            )
    return result


def _completed(name: str, profiles: Mapping[str, Any]) -> Any:
    """A profile with what it takes from the one it is like. Raises CatalogError where that is not defined."""
    own = profiles[name]
    if not isinstance(own, dict) or "like" not in own:
        return own
    other = own["like"]
    # Each may be like an earlier one alone, so that no two can be like each other.
    earlier = list(profiles)[: list(profiles).index(name)]
    if other not in earlier:
        raise CatalogError(
            tr(
                "memory.yaml: {name!r} is like {other!r}, which is not defined before it.",
                name=name,
                other=other,
            )
        )
    return {**_completed(other, profiles), **{key: value for key, value in own.items() if key != "like"}}
