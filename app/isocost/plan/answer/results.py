"""What an estimate says: frozen figures that every view, report and command reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from isocost.catalog.records import shared_noun
from isocost.evidence.word import Evidence
from isocost.language import tr
from isocost.plan.doubt.span import EstimateRange
from isocost.plan.kinds import Stage, kind_of
from isocost.plan.money.ledger import LedgerLine
from isocost.plan.notice import Notice
from isocost.plan.physics.fitting import FitWord, fit_word, gravest
from isocost.plan.physics.records import Breakdown, Detail, FlopCount
from isocost.plan.physics.throughput import TYPED
from isocost.quantities import DOLLAR, MoneyUnit


@dataclass(frozen=True, slots=True)
class StageEstimate:
    """What one stage takes."""

    name: str
    group: str
    kind: str
    """As in a plan file: pretrain, sft, rl, gpu-hours..."""
    cost_usd: float
    gpu_hours: float
    wall_days: float
    accelerator: str
    accelerator_name: str
    count: int
    usd_per_gpu_hour: float
    energy_kwh: float
    co2_kg: float
    mfu: float | None = None
    mfu_basis: str = tr("dense peak")
    """What the MFU is a share of: "FP8 dense peak"."""
    mfu_source: str = ""
    mfu_reachable: float | None = None
    """Beside a typed MFU, what nine in ten runs like it stay below."""
    tokens_per_s_per_gpu: float | None = None
    fits: bool | None = None
    """Whether it can run; how sure that is, ``fit`` says."""
    layout: str | None = None
    layout_problem: str = ""
    """Why the pinned layout is impossible; the figures are then those of the layout found without pins."""
    smallest_count: int | None = None
    """Where it does not fit: the fewest accelerators that hold it as pinned, None when no number does."""
    pinned: bool = False
    """Whether parts of the layout are held by the user."""
    idle: int = 0
    """Accelerators without work because the batch has no sequences for them."""
    left_over: int = 0
    """Accelerators without work because no more replicas of the layout go into their number."""
    memory: Breakdown | None = None
    """Bytes per accelerator at the peak, against what can be used."""
    update: Breakdown | None = None
    """The same of the update of a stage of rounds, with every response as long as its cap allows."""
    step: Breakdown | None = None
    """Seconds of one optimizer step."""
    flops: FlopCount | None = None
    goodput: float | None = None
    waste: float | None = None
    """Share of the hours that whole runs lose beyond goodput; None where no steps are predicted."""
    waste_source: str = ""
    wasted_hours: float = 0.0
    """Of its hours, those that whole-run waste takes, or that a share of such hours holds."""
    stack: str = ""
    """Software its speed is predicted for, in words; empty where it is not."""
    batch_tokens: float | None = None
    slow: float = 1.0
    """Cost and time at the 90th percentile over the central ones."""
    fast: float = 1.0
    enabled: bool = True
    """Whether it counts in the sums."""
    details: tuple[Detail, ...] = ()
    noun: str = "GPU"
    """What one of its accelerators is called: "GPU", "chip"."""
    price_source: str = ""
    """Who asks this rent, when and where it stands."""
    evidence: Evidence | None = None
    """What its prediction rests on; None where nothing is predicted: typed, claimed, a share of others."""

    @property
    def held(self) -> Breakdown | None:
        """What fills an accelerator: at the peak of a step, or of an update; None where it is not known."""
        return self.memory or self.update

    @property
    def fit(self) -> FitWord | None:
        """Whether its memory is enough; None where nothing has to fit."""
        if self.fits is None:
            return None
        word: FitWord = "fits" if self.held is None else fit_word(self.held, runs=self.memory is None)
        if not self.fits and word != "probably does not fit":
            return "does not fit"
        return word

    @property
    def runs(self) -> bool:
        """Whether its speed is that of a run: something fits, or may, or the speed was typed."""
        return self.fit != "does not fit" or self.mfu_source == TYPED


@dataclass(frozen=True, slots=True)
class Total:
    """Sums over the stages that count, which run one after another."""

    cost_usd: float
    gpu_hours: float
    wall_days: float
    energy_kwh: float
    co2_kg: float


@dataclass(frozen=True, slots=True)
class GroupShare:
    """Stages that belong together, and their part of the whole."""

    name: str
    cost_usd: float
    gpu_hours: float
    share: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """Everything a scenario comes to; views are functions of this."""

    project: str
    scenario: str
    stages: tuple[StageEstimate, ...]
    total: Total
    range: EstimateRange | None
    ledger: tuple[LedgerLine, ...]
    groups: tuple[GroupShare, ...]
    warnings: tuple[Notice, ...]
    headline: str
    doubt: str
    usage: str = ""
    """Hours, the part of them that is waste, and the software: what the figures rest on, in a few words."""
    money: MoneyUnit = DOLLAR
    """The currency its words are in; its figures are USD."""
    evidence: Evidence | None = None
    """Of the stage that makes up much of the rent and is the least firm; None where none is predicted."""

    @property
    def fits(self) -> bool | None:
        """Whether every stage that counts can run; None where nothing has to fit."""
        known = [stage.fits for stage in self.stages if stage.enabled and stage.fits is not None]
        return all(known) if known else None

    @property
    def runs(self) -> bool:
        """Whether the speed of every stage that counts is that of a run."""
        return all(stage.runs for stage in self.stages if stage.enabled)

    @property
    def fit(self) -> FitWord | None:
        """Whether the memory of every stage that counts is enough, by the gravest of them."""
        return gravest(stage.fit for stage in self.stages if stage.enabled)

    @property
    def noun(self) -> str:
        """What one of the accelerators of all stages that count is called: "GPU", "chip", "accelerator"."""
        return shared_noun(stage.noun for stage in self.stages if stage.enabled)


def result_of(stages: Sequence[Stage], estimate: Estimate | None, at: int) -> StageEstimate | None:
    """A stage's part of an estimate; None while that is of other stages."""
    if estimate is None or len(estimate.stages) != len(stages):
        return None
    found = estimate.stages[at]
    return found if (found.kind, found.enabled) == (kind_of(stages[at]).tag, stages[at].enabled) else None
