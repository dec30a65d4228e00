"""What every stage has, and what a kind of stage is: its record, its runner, its inputs and its words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from isocost.catalog import Catalog
from isocost.catalog.records import AcceleratorEntry
from isocost.language import tr
from isocost.plan.notice import Notice
from isocost.plan.physics.records import Array, Doubt, Job, StageRun
from isocost.plan.physics.rounds import Recipe
from isocost.plan.values import (
    Data,
    Efficiency,
    Hardware,
    Layout,
    ModelChoice,
    Price,
    Tuning,
    Underway,
    Value,
)
from isocost.quantities import format_share


class StageBase(Value, frozen=True, tag_field="kind", kw_only=True):
    """What every stage has."""

    name: str
    group: str = ""
    note: str = ""
    enabled: bool = True
    """Off = kept in the plan, left out of the sums."""
    hardware: Hardware | None = None
    price: Price | None = None


class ModelStage(StageBase, frozen=True, kw_only=True):
    """A stage that works on a model."""

    model: ModelChoice | None = None
    efficiency: Efficiency | None = None
    layout: Layout | None = None
    actual: Underway | None = None
    """How far it is, where it runs already."""


@dataclass(frozen=True, slots=True)
class Basis:
    """The final run that other stages are a share of: those stages together that belong to it and count."""

    hours: Sequence[Array]
    """Accelerator-hours on each accelerator, at each of its counts."""
    wasted: Sequence[Array]
    """Those of them that whole-run waste takes."""
    doubts: tuple[Doubt, ...]
    """Of the planned hours, all stages together."""


@dataclass(frozen=True, slots=True)
class InputGroup:
    """Inputs of a kind under a heading, and those folded away with what the fold says of them."""

    title: str
    paths: tuple[str, ...]
    folded: tuple[str, ...] = ()
    summary: Callable[[Any], str] = lambda stage: ""
    """What the folded inputs of a stage hold, in a few words."""

    @property
    def every(self) -> tuple[str, ...]:
        """Its inputs, those folded away too."""
        return (*self.paths, *self.folded)


@dataclass(frozen=True, slots=True)
class Filled:
    """What an input left empty comes to, and where that comes from."""

    value: float | None
    """None = not known: the answer is still to come, or nobody says."""
    source: str


@dataclass(frozen=True, slots=True)
class Case:
    """A stage at the plan's own count, for its kind to judge."""

    stage: Any
    model: ModelChoice
    accelerator: AcceleratorEntry
    count: int
    units: tuple[int, ...]
    """Counts one can have, as :func:`isocost.plan.physics.counts.units_of`."""
    fits: bool | None
    """None = physics was not asked."""
    catalog: Catalog


def _all(stage: Any, path: str) -> bool:
    return True


@dataclass(frozen=True, eq=False, kw_only=True)
class Kind:
    """A kind of stage. What a new one starts with beside its defaults is ``resources/stages.yaml``'s."""

    record: type[StageBase]
    """What a plan holds of such a stage; its tag is the kind's name in a file."""
    label: str
    help: str
    name: str = ""
    """Of a new stage; empty = the label."""
    group: Literal["final run", "experiments", "data"]
    """The part of the bill. Experiments and failed runs are a share of the final run."""
    run: Callable[[Job], list[StageRun]] | None = None
    """What a stage takes on each accelerator of a job; None = a share of the final run."""
    share: Callable[[Job, Basis], list[StageRun]] | None = None
    """What a stage takes that is a share of the final run."""
    inputs: tuple[str, ...] = ()
    """Inputs shared with other kinds, by path."""
    groups: tuple[InputGroup, ...] = ()
    """Inputs of its own, in the order shown."""
    used: Callable[[Any, str], bool] = _all
    """Whether one of the inputs bears on a stage as it stands, where that depends on its values."""
    filled: Mapping[str, Callable[[Any, ModelChoice, Catalog], Filled]] = field(default_factory=dict)
    """What those of its own inputs come to that may be left empty, from a stage and its model."""
    lows: Mapping[str, float] = field(default_factory=dict)
    """Where sliders start that start lower for this kind than for others."""
    foremost: tuple[str, ...] = ()
    """Inputs that are usually folded away and for this kind never are."""
    rounds: Callable[[Any, ModelChoice, Catalog], Recipe | None] | None = None
    """The rounds of rollouts a stage runs; None = such a stage does not."""
    unsearched: str = tr("This stage is timed in rounds of rollouts, whose layout is not searched.")
    """Why a stage that was not searched has no layout to choose."""
    notices: Callable[[Case], Iterable[Notice]] = lambda case: ()
    """What is unlikely about a stage."""
    flaw: Callable[[Any], str] = lambda stage: ""
    """What is wrong with a stage whose values are each allowed, as the end of a sentence; empty = nothing."""
    claimed: bool = False
    """Whether its hours are somebody's claim: no physics stands behind them, and any count is as claimed."""
    makes_model: bool = False
    """Whether it starts from nothing, so that the size of the model is chosen here."""
    changes_model: bool = False
    """Whether it goes on training a model, which an earlier stage has made or somebody else."""
    begins: bool = False
    """Whether a menu of kinds leaves a gap before it."""

    @property
    def tag(self) -> str:
        """Its name in a plan file: pretrain, sft, rl..."""
        return str(self.record.__struct_config__.tag)

    @cached_property
    def paths(self) -> frozenset[str]:
        """Every input that bears on some stage of the kind."""
        return frozenset((*self.inputs, *(path for group in self.groups for path in group.every)))

    def uses(self, stage: Any, path: str) -> bool:
        """Whether an input bears on what a stage of this kind takes; unused ones need not be shown."""
        return path in self.paths and self.used(stage, path)


def every(section: str, record: type[Value], *left_out: str) -> tuple[str, ...]:
    """The paths of a section's values."""
    return tuple(f"{section}.{name}" for name in record.__struct_fields__ if name not in left_out)


RENTED = (*every("hardware", Hardware, "typed", "named"), "price.usd_per_gpu_hour")
"""Inputs of every stage."""

MODEL = every("model", ModelChoice, "shape")
"""Inputs of a stage that works on a model."""

SEARCHED = (*every("efficiency", Efficiency, "correction"), *every("layout", Layout))
"""Inputs of the layout search; a correction is measured, not typed."""

TUNING = InputGroup(
    tr("Fine-tuning"),
    ("tuning.method", "tuning.rank", "tuning.epochs"),
    ("tuning.targets", "tuning.packing", "tuning.optimizer"),
    lambda stage: tr("{share} packed", share=format_share(stage.tuning.packing)),
)


def tuned(stage: Any, path: str) -> bool:
    """Whether an input of the tuning bears on a stage: adapters have a rank and matrices, whole weights an
    optimizer."""
    tuning: Tuning = stage.tuning
    frozen = tuning.method != "full"
    return {"tuning.rank": frozen, "tuning.targets": frozen, "tuning.optimizer": not frozen}.get(path, True)


def tokens_read(stage: Any) -> float:
    """Tokens a stage trains on, all epochs together; none where it has no text of its own."""
    data, tuning = data_of(stage), getattr(stage, "tuning", None)
    return 0.0 if data is None else data.tokens * (tuning.epochs if tuning is not None else 1.0)


def data_of(stage: Any) -> Data | None:
    """The text a stage trains on; None where it has none of its own."""
    found: Data | None = getattr(stage, "data", None)
    return found
