"""Every constant of the estimate in one value, which the catalogue holds and hands on."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TypedDict, Unpack

from isocost.catalog.constants.claim_rules import ClaimRules, read_claim_rules
from isocost.catalog.constants.economics import (
    ApiQuote,
    CurrencyRate,
    Economics,
    Region,
    Threshold,
    read_currencies,
    read_economics,
    read_thresholds,
    region_names,
)
from isocost.catalog.constants.errors.spreads import (
    AccuracyRecord,
    EvidenceRule,
    Spreads,
    read_accuracy,
    read_evidence_rule,
)
from isocost.catalog.constants.errors.translation import Translation, read_translation
from isocost.catalog.constants.errors.whole_runs import WholeRuns, read_whole_runs
from isocost.catalog.constants.gallery import GalleryRules, read_gallery_rules
from isocost.catalog.constants.ladder import LadderRungs, read_ladder
from isocost.catalog.constants.palette import Palette, read_palette
from isocost.catalog.constants.physics.efficiency import EfficiencyFacts, read_efficiency
from isocost.catalog.constants.physics.laws import ScalingLaws, read_scaling_laws
from isocost.catalog.constants.physics.memory import MemoryProfiles, read_memory_profiles
from isocost.catalog.constants.physics.reliability import ReliabilityFacts, read_reliability
from isocost.catalog.constants.physics.serving import ServingFacts, read_serving
from isocost.catalog.constants.techniques import TechniqueRow, read_techniques
from isocost.catalog.constants.templates import StageTemplate, read_stage_templates
from isocost.catalog.names import NameIndex
from isocost.catalog.table import read_rows, read_text
from isocost.language import tr
from isocost.paths import resource


class Replacements(TypedDict, total=False):
    """Constants to stand in place of the shipped ones, by their names in ``AllConstants``."""

    economics: Economics
    regions: Mapping[str, Region]
    currencies: Mapping[str, CurrencyRate]
    api_quotes: tuple[ApiQuote, ...]
    thresholds: tuple[Threshold, ...]
    efficiency: EfficiencyFacts
    memory: MemoryProfiles
    accuracy: AccuracyRecord
    spreads: Spreads
    evidence: EvidenceRule
    serving: ServingFacts
    reliability: ReliabilityFacts
    whole_runs: WholeRuns
    laws: ScalingLaws
    templates: Mapping[str, StageTemplate]
    techniques: tuple[TechniqueRow, ...]
    translation: Translation
    palette: Palette
    claim_rules: ClaimRules
    ladder: LadderRungs
    gallery: GalleryRules


class AllConstants:
    """The shipped constants, each read when it is first asked for, or what stands in its place. Immutable."""

    def __init__(self, **replaced: Unpack[Replacements]) -> None:
        unknown = replaced.keys() - Replacements.__annotations__.keys()
        if unknown:
            raise TypeError(tr("No constants are called {list}.", list=", ".join(sorted(unknown))))
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
        return read_economics(_text("economics.yaml"))

    @cached_property
    def regions(self) -> Mapping[str, Region]:
        """Grids and prices of electricity by the region's id, in the order of the file."""
        return {row.id: row for row in read_rows(resource("regions.csv"), Region)}

    @cached_property
    def region_names(self) -> NameIndex:
        """Every name of a region: "us-tx", "Texas", "us-east-1"."""
        return region_names(self.regions.values())

    @cached_property
    def currencies(self) -> Mapping[str, CurrencyRate]:
        """Currencies with their rates by code, in the order offered."""
        return read_currencies(read_rows(resource("currencies.csv"), CurrencyRate))

    @cached_property
    def api_quotes(self) -> tuple[ApiQuote, ...]:
        """Prices of somebody else's model by the token."""
        return tuple(read_rows(resource("api_prices.csv"), ApiQuote))

    @cached_property
    def thresholds(self) -> tuple[Threshold, ...]:
        """Training compute that rules are tied to, lowest first."""
        return read_thresholds(_text("thresholds.yaml"))

    @cached_property
    def efficiency(self) -> EfficiencyFacts:
        """Constants of the step-time model."""
        return read_efficiency(_text("efficiency.yaml"))

    @cached_property
    def memory(self) -> MemoryProfiles:
        """What frameworks hold in memory."""
        return read_memory_profiles(_text("memory.yaml"))

    @cached_property
    def accuracy(self) -> AccuracyRecord:
        """Errors of the step-time model on runs left out of its fit."""
        return read_accuracy(_text("accuracy.yaml"))

    @cached_property
    def spreads(self) -> Spreads:
        """10-90 % ranges of predicted throughput, from ``accuracy``."""
        return self.accuracy.spreads_of(self.efficiency.relatives)

    @cached_property
    def evidence(self) -> EvidenceRule:
        """When a prediction is called measured, near, extrapolated or guessed."""
        return read_evidence_rule(_text("evidence.yaml"))

    @cached_property
    def serving(self) -> ServingFacts:
        """Constants of generation and reinforcement learning."""
        return read_serving(_text("serving.yaml"))

    @cached_property
    def reliability(self) -> ReliabilityFacts:
        """Failure rates and times of recovery."""
        return read_reliability(_text("reliability.yaml"))

    @cached_property
    def whole_runs(self) -> WholeRuns:
        """What whole runs pay beyond their steps."""
        return read_whole_runs(_text("whole_runs.yaml"))

    @cached_property
    def laws(self) -> ScalingLaws:
        """Laws of loss, allocation and batch size."""
        return read_scaling_laws(_text("scaling_laws.yaml"))

    @cached_property
    def templates(self) -> Mapping[str, StageTemplate]:
        """What a new stage of a kind starts with beside its defaults, by the kind's tag."""
        return read_stage_templates(_text("stages.yaml"))

    @cached_property
    def techniques(self) -> tuple[TechniqueRow, ...]:
        """Ways to spend less, and what was measured of each."""
        return read_techniques(_text("techniques.yaml"))

    @cached_property
    def translation(self) -> Translation:
        """What errors on two accelerators have in common."""
        return read_translation(_text("translation.yaml"))

    @cached_property
    def palette(self) -> Palette:
        """How accelerators are drawn."""
        return read_palette(_text("palette.yaml"))

    @cached_property
    def claim_rules(self) -> ClaimRules:
        """What a claim about a training run is judged by."""
        return read_claim_rules(_text("claim_rules.yaml"))

    @cached_property
    def ladder(self) -> LadderRungs:
        """Sums of money, and what each is asked to buy."""
        return read_ladder(_text("ladder.yaml"))

    @cached_property
    def gallery(self) -> GalleryRules:
        """Which shipped plans stand where in the gallery, and what the tour asks."""
        return read_gallery_rules(_text("gallery.yaml"))


def _text(file: str) -> str:
    return read_text(resource(file))
