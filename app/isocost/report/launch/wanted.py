"""What a stage of a plan wants of a framework: its layout, its batch, its model, in whole numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from isocost.catalog import Catalog
from isocost.catalog.names import normalised
from isocost.engine.records import Transformer
from isocost.language import tr
from isocost.plan.answer.fit import FitReport
from isocost.plan.kinds import Stage, tokens_read
from isocost.plan.kinds.preference import PreferenceStage
from isocost.plan.kinds.reinforcement import Rl, RlStage
from isocost.plan.physics.resolve import batch_tokens, transformer_of
from isocost.plan.project.project import Layout, ModelChoice, hardware_of, layout_of, model_of
from isocost.plan.values import Tuning
from isocost.quantities import format_count

OFFLOADED: dict[str, tuple[str, str]] = {
    "zero-offload": ("zero2", "optimizer"),
    "zero3-offload": ("zero3", "optimizer"),
    "zero-infinity": ("zero3", "parameters"),
}
"""Sharding of a plan that keeps states in the host's memory: what is split, and what is kept there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A run as a framework has to be told of it."""

    title: str
    """The plan and its stage."""
    stage: str
    accelerator: str
    gpus: int
    """Accelerators that work."""
    per_node: int
    tp: int
    pp: int
    vp: int
    cp: int
    ep: int
    dp: int
    microbatch: int
    batch: int
    """Sequences of an optimizer step, a whole number of microbatches on every replica."""
    sequence: int
    tokens: float | None
    """None = the stage's length is not counted in tokens of text."""
    precision: str
    recompute: str
    sharding: str
    """none, zero1, zero2 or zero3."""
    offload: str
    model: ModelChoice
    shape: Transformer
    hub: str | None = None
    """The model's name on the hub, where the catalogue has it."""
    tuning: Tuning | None = None
    rl: Rl | None = None
    remarks: tuple[str, ...] = ()
    """What was assumed, in sentences without a full stop."""

    @property
    def nodes(self) -> int:
        """Nodes of ``per_node`` accelerators."""
        return max(self.gpus // self.per_node, 1)

    @property
    def exact(self) -> bool:
        """Whether ``shape`` is the model's own; of a model known by its size alone it is a likely one."""
        return self.model.name is not None or self.model.shape is not None

    @property
    def accumulation(self) -> int:
        """Microbatches of a replica in a step."""
        return self.batch // (self.microbatch * self.dp)

    @property
    def steps(self) -> int | None:
        """Optimizer steps; None where tokens do not count them."""
        return None if self.tokens is None else max(round(self.tokens / (self.batch * self.sequence)), 1)


def wanted(report: FitReport, project: str, catalog: Catalog) -> Wanted | None:
    """What the stage of a fit report wants, of the project of a name; None for stages that train nothing by a
    layout."""
    found = _layout(report)
    if found is None:
        return None
    layout, idle = found
    chosen = report.scenario
    stage = chosen.stages[report.place]
    model = model_of(chosen, stage)
    spec = catalog.accelerator(hardware_of(chosen, stage).accelerator).spec
    tp, pp, cp = layout.tp or 1, layout.pp or 1, layout.cp or 1
    dp = max((report.count - idle) // (tp * pp * cp), 1)
    used = dp * tp * pp * cp
    sequence, batch, precision = _work(stage, report, catalog)
    each = (layout.microbatch or 1) * dp
    # A batch that is no number of sequences is about that large; one that is waits for its last microbatch.
    steps = math.ceil(batch / each) if batch.is_integer() else round(batch / each)
    whole = max(steps, 1) * each
    sharding, offload, remarks = _states(layout, layout_of(chosen, stage))
    if used != report.count:
        remarks.append(
            tr(
                "{count} of {count_2} stand idle",
                count=format_count(report.count - used),
                count_2=format_count(report.count),
            )
        )
    if not math.isclose(whole, batch, rel_tol=1e-6):
        remarks.append(
            tr(
                "the plan's batch of {batch:,.6g} sequences is {whole} in whole microbatches",
                batch=batch,
                whole=format_count(whole),
            )
        )
    if isinstance(stage, PreferenceStage):
        remarks.append(tr("a pair of answers counts as two sequences; trainers of pairs count pairs"))
    return Wanted(
        title=f"{project} | {chosen.name}",
        stage=stage.name,
        accelerator=report.accelerator,
        gpus=used,
        per_node=math.gcd(used, max(int(spec.node_size), 1)),
        tp=tp,
        pp=pp,
        vp=layout.vp or 1,
        cp=cp,
        ep=layout.ep or 1,
        dp=dp,
        microbatch=layout.microbatch or 1,
        batch=whole,
        sequence=sequence,
        tokens=None if isinstance(stage, RlStage | PreferenceStage) else tokens_read(stage),
        precision=precision,
        recompute=layout.recompute or "none",
        sharding=sharding,
        offload=offload,
        model=model,
        shape=transformer_of(model, catalog),
        hub=_hub_name(model, catalog),
        tuning=getattr(stage, "tuning", None),
        rl=stage.rl if isinstance(stage, RlStage) else None,
        remarks=tuple(remarks),
    )


def _hub_name(model: ModelChoice, catalog: Catalog) -> str | None:
    """The owner and name on the hub of a model of the catalogue; None where none is spelled like it."""
    if model.name is None:
        return None
    wanted_name = normalised(catalog.model(model.name).name)
    spellings = (each for each in catalog.spellings(model.name) if each.count("/") == 1)
    return next((each for each in spellings if normalised(each.partition("/")[2]) == wanted_name), None)


def _layout(report: FitReport) -> tuple[Layout, int] | None:
    """The layout the plan uses, and the accelerators it leaves idle."""
    if report.rounds is not None:
        return report.rounds.pins, 0
    row = next((each for each in report.rows if each.chosen), None)
    return None if row is None else (row.pins, row.idle)


def _work(stage: Stage, report: FitReport, catalog: Catalog) -> tuple[int, float, str]:
    """Tokens of a sequence, sequences of a step, precision."""
    if isinstance(stage, RlStage):
        longest = report.rounds.longest if report.rounds is not None else 1.0
        rl = stage.rl
        return round(longest), max(rl.prompts * rl.group / rl.updates_per_round, 1.0), "bf16"
    if isinstance(stage, PreferenceStage):
        each = stage.preference
        length = max(round(each.answer_tokens + each.prompt_tokens), 1)
        return length, max(2.0 * each.batch_pairs, 1.0), each.precision
    data: Any = getattr(stage, "data", None)
    if data is None:  # distillation, whose own text is one answer a sequence
        lessons: Any = getattr(stage, "distillation", None)
        length = max(round(lessons.prompt_tokens + lessons.answer_tokens), 1)
        return length, max(float(lessons.batch), 1.0), str(lessons.precision)
    return data.sequence, max(batch_tokens(data, catalog) / data.sequence, 1.0), data.precision


def _states(layout: Layout, pinned: Layout) -> tuple[str, str, list[str]]:
    """What replicas split, what is kept in the host's memory, and what is to be said of it."""
    held = pinned.sharding
    if held in OFFLOADED:
        return (*OFFLOADED[held], [])
    if held == "hpz":
        return "zero3", "none", [tr("ZeRO++'s second copy of the weights within a node is not written")]
    return layout.sharding or "none", "none", []
