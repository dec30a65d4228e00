"""A claim about a training run: what is told, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from isocost.catalog.entries.claims import ClaimEntry, ClaimJob, ClaimPart, ComparedWith
from isocost.engine.records import Stack
from isocost.plan.kinds import GpuHoursStage
from isocost.plan.project.project import Scenario, hardware_of
from isocost.quantities.units import HOURS_PER_DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What somebody says that training a model took; None = it does not tell. Money is USD."""

    text: str = ""
    """In the words it was given in."""
    job: ClaimJob | None = None
    model: str | None = None
    """Name in the catalogue."""
    parameters: float | None = None
    active: float | None = None
    """Parameters used per token of a mixture of experts."""
    sparse: bool = False
    """Whether it is told to be a mixture of experts."""
    tokens: float | None = None
    epochs: float | None = None
    sequence: int | None = None
    precision: str = ""
    accelerator: str | None = None
    """Id in the catalogue."""
    count: float | None = None
    hours: float | None = None
    """Of wall time."""
    gpu_hours: float | None = None
    parts: tuple[ClaimPart, ...] = ()
    """What the hours are made of, where they are told in parts."""
    usd: float | None = None
    usd_per_gpu_hour: float | None = None
    flops: float | None = None
    mfu: float | None = None
    bound: str = ""
    """``at most``, ``at least``: whether the amount is told as a limit."""
    stack: Stack = "open"
    compared: ComparedWith | None = None


def claim_of(entry: ClaimEntry) -> Claim:
    """The claim of a library's entry."""
    hours = entry.hours
    if hours is None and entry.days is not None:
        hours = entry.days * HOURS_PER_DAY
    return Claim(
        text=entry.said,
        job=entry.job,
        model=entry.model or None,
        parameters=entry.parameters,
        active=entry.active,
        tokens=entry.tokens,
        epochs=entry.epochs,
        sequence=entry.sequence,
        precision=entry.precision,
        accelerator=entry.accelerator or None,
        count=entry.count,
        hours=hours,
        gpu_hours=entry.gpu_hours,
        parts=entry.parts,
        usd=entry.usd,
        usd_per_gpu_hour=entry.usd_per_gpu_hour,
        mfu=entry.mfu,
        bound=entry.bound,
        stack=entry.stack,
        compared=entry.compared,
    )


def claim_of_plan(scenario: Scenario) -> Claim | None:
    """The claim that a plan of claimed hours repeats; None where none of its stages is one."""
    stages = [s for s in scenario.stages if isinstance(s, GpuHoursStage) and s.enabled]
    if not stages:
        return None
    parts = tuple(
        ClaimPart(
            line=stage.name,
            count=hardware_of(scenario, stage).count if stage.hours is not None else None,
            hours=stage.hours,
            gpu_hours=stage.gpu_hours,
        )
        for stage in stages
    )
    return Claim(
        job="total",
        model=scenario.model.name,
        parameters=scenario.model.parameters,
        active=scenario.model.active_parameters,
        accelerator=scenario.hardware.accelerator,
        count=scenario.hardware.count,
        parts=parts,
        usd_per_gpu_hour=scenario.price.usd_per_gpu_hour,
        stack=scenario.efficiency.stack,
    )
