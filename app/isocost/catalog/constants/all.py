"""Every constant of the estimate in one value, which the catalogue holds and hands on."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TypedDict, Unpack

from isocost.catalog.constants.economics import (
    ApiQuote,
    Economics,
    Region,
    Threshold,
    load_api_quotes,
    load_economics,
    load_regions,
    load_thresholds,
)
from isocost.catalog.constants.efficiency import EfficiencyFacts, load_efficiency
from isocost.catalog.constants.laws import ScalingLaws, load_scaling_laws
from isocost.catalog.constants.memory import MemoryProfiles, load_memory_profiles
from isocost.catalog.constants.reliability import ReliabilityFacts, load_reliability
from isocost.catalog.constants.serving import Serving, load_serving
from isocost.catalog.constants.spreads import AccuracyRecord, Spreads, load_accuracy
from isocost.catalog.constants.templates import StageTemplate, load_stage_templates


class Replacements(TypedDict, total=False):
    """Constants to stand in place of the shipped ones, by their names in ``AllConstants``."""

    economics: Economics
    regions: Mapping[str, Region]
    api_quotes: tuple[ApiQuote, ...]
    thresholds: tuple[Threshold, ...]
    efficiency: EfficiencyFacts
    memory: MemoryProfiles
    accuracy: AccuracyRecord
    spreads: Spreads
    serving: Serving
    reliability: ReliabilityFacts
    laws: ScalingLaws
    templates: Mapping[str, StageTemplate]


class AllConstants:
    """The shipped constants, each read when it is first asked for, or what stands in its place. Immutable."""

    def __init__(self, **replaced: Unpack[Replacements]) -> None:
        unknown = replaced.keys() - Replacements.__annotations__.keys()
        if unknown:
            raise TypeError(f"No constants are called {', '.join(sorted(unknown))}.")
        self.replaced = replaced
        # A cached property is not asked when the instance already holds a value of its name.
        self.__dict__.update(replaced)

    def but(self, **others: Unpack[Replacements]) -> AllConstants:
        """These constants with others in place of some."""
        kept: Replacements = {**self.replaced, **others}
        return AllConstants(**kept)

    @cached_property
    def economics(self) -> Economics:
        """Facts of money, energy and rules that are not prices of accelerators."""
        return load_economics()

    @cached_property
    def regions(self) -> Mapping[str, Region]:
        """Grids and prices of electricity by the region's id, in the order of the file."""
        return load_regions()

    @cached_property
    def api_quotes(self) -> tuple[ApiQuote, ...]:
        """Prices of somebody else's model by the token."""
        return load_api_quotes()

    @cached_property
    def thresholds(self) -> tuple[Threshold, ...]:
        """Training compute that rules are tied to, lowest first."""
        return load_thresholds()

    @cached_property
    def efficiency(self) -> EfficiencyFacts:
        """Constants of the step-time model."""
        return load_efficiency()

    @cached_property
    def memory(self) -> MemoryProfiles:
        """What frameworks hold in memory."""
        return load_memory_profiles()

    @cached_property
    def accuracy(self) -> AccuracyRecord:
        """Errors of the step-time model on runs left out of its fit."""
        return load_accuracy()

    @cached_property
    def spreads(self) -> Spreads:
        """10-90 % ranges of predicted throughput, from ``accuracy``."""
        return self.accuracy.spreads_of(self.efficiency.relatives)

    @cached_property
    def serving(self) -> Serving:
        """Constants of generation and reinforcement learning."""
        return load_serving()

    @cached_property
    def reliability(self) -> ReliabilityFacts:
        """Failure rates and times of recovery."""
        return load_reliability()

    @cached_property
    def laws(self) -> ScalingLaws:
        """Laws of loss, allocation and batch size."""
        return load_scaling_laws()

    @cached_property
    def templates(self) -> Mapping[str, StageTemplate]:
        """What a new stage of each kind starts with, by its tag, in the order they are offered."""
        return load_stage_templates()
