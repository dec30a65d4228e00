"""What the list of stages says of each: its share of the cost, what drives it, what is typed of it."""

from __future__ import annotations

from collections.abc import Sequence

from isocost.catalog.records import named_for
from isocost.language import tr
from isocost.plan.answer.results import Estimate, StageEstimate, result_of
from isocost.plan.kinds import KINDS, RolloutPhase, Stage, kind_of
from isocost.plan.physics.records import DRIVER, Detail
from isocost.quantities import (
    format_duration,
    format_money,
    format_quantity,
    format_rounded,
    format_share,
)

SMALLEST = 0.001
"""Share of the cost that is told as a number."""


def cost_share(stages: Sequence[Stage], estimate: Estimate | None, at: int) -> str:
    """A stage's part of what the stages that count cost; empty while it is not known."""
    if not stages[at].enabled:
        return tr("off")
    found = result_of(stages, estimate, at)
    if found is None or estimate is None:
        return ""
    whole = sum(each.cost_usd for each in estimate.stages if each.enabled)
    share = found.cost_usd / whole if whole > 0.0 else 0.0
    return f"< {format_share(SMALLEST)}" if 0.0 < share < SMALLEST else format_share(share)


def row_in_words(stages: Sequence[Stage], estimate: Estimate | None, at: int) -> str:
    """A row of the list, for those who cannot see it."""
    return f"{stages[at].name}, {cost_share(stages, estimate, at)}"


def row_tip(stages: Sequence[Stage], estimate: Estimate | None, at: int) -> str:
    """A stage's kind, cost, and whether it counts."""
    found = result_of(stages, estimate, at)
    cost = [format_money(found.cost_usd)] if found is not None else []
    counted = tr("counted") if stages[at].enabled else tr("off: left out of the sums")
    return " · ".join([kind_of(stages[at]).label, *cost, counted])


def size_line(found: StageEstimate) -> str:
    """A stage's kind, size and driver."""
    hours = f"{format_rounded(found.gpu_hours)} {named_for(found.noun, tr('GPU-hours'))}"
    parts = [KINDS[found.kind].label, f"{hours}, {format_duration(found.wall_days)}"]
    driver = next((each for each in found.details if each.label == DRIVER), None)
    if driver is not None:
        parts.append(tr("driven by the {value}", value=driver.value))
    return " · ".join(parts)


def detail_value(detail: Detail) -> str:
    """A fact's value with its unit."""
    if isinstance(detail.value, str) or not detail.quantity:
        return str(detail.value)
    unit = tr(detail.unit) if detail.unit else ""
    return f"{format_quantity(detail.value, detail.quantity)} {unit}".strip()


def detail_in_words(detail: Detail) -> str:
    """A fact on one line."""
    return f"{tr(detail.label)}: {detail_value(detail)}. {detail.note}"


# What folded groups of a stage's inputs hold


def notes_line(stage: Stage) -> str:
    """Which of group and note are written."""
    if stage.group and stage.note:
        return tr("group and note")
    return tr("group") if stage.group else tr("note") if stage.note else tr("none")


def steps_line(phases: Sequence[RolloutPhase]) -> str:
    """How long a run of several phases is."""
    return tr("{quantity} steps", quantity=format_quantity(sum(each.steps for each in phases), "count"))
