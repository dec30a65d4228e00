"""What the texts of all frameworks share: their form, names, and what has to divide."""

from __future__ import annotations

from dataclasses import dataclass

from isocost.language import tr
from isocost.report.launch.wanted import Wanted

WIDEST = 96
"""Letters of a line."""

UNEVEN = "num_layers_in_first_pipeline_stage"
"""Megatron-core's field that deals layers out unevenly."""


@dataclass(frozen=True, slots=True)
class Body:
    """Settings of one framework, without the comments in front."""

    name: str
    """Of a file of this form."""
    body: str
    assumed: tuple[str, ...] = ()
    first: str | None = None
    """A line that has to stand before any other."""


def divisions(run: Wanted, uneven: str | None) -> list[str]:
    """What does not divide as frameworks ask for, each as a sentence; ``uneven``: what deals out layers."""
    shape, found = run.shape, []
    if not run.exact:
        return []
    stages = run.pp * run.vp
    if shape.heads % run.tp:
        found.append(
            tr(
                "{heads:.0f} heads do not divide by tp {tp}: choose one that does",
                heads=shape.heads,
                tp=run.tp,
            )
        )
    if uneven is not None and shape.layers % stages:
        found.append(
            tr(
                "{layers:.0f} layers do not divide into {stages} stages: say how many the first and "
                "last have ({uneven})",
                layers=shape.layers,
                stages=stages,
                uneven=uneven,
            )
        )
    if run.ep > 1 and shape.experts % run.ep:
        found.append(
            tr(
                "{experts:.0f} experts do not divide by ep {ep}: choose one that does",
                experts=shape.experts,
                ep=run.ep,
            )
        )
    if run.cp > 1 and run.sequence % (2 * run.cp):
        found.append(
            tr(
                "a sequence of {sequence} does not divide by 2 x cp {cp}: pad it",
                sequence=run.sequence,
                cp=run.cp,
            )
        )
    if run.vp > 1 and run.accumulation % run.pp:
        found.append(
            tr(
                "{accumulation} microbatches do not divide by pp {pp}, as virtual stages want",
                accumulation=run.accumulation,
                pp=run.pp,
            )
        )
    return found


def model_name(run: Wanted) -> str:
    """The model's name for a framework that loads it from the hub."""
    return run.hub or run.model.name or "your-org/your-model"


def named(run: Wanted) -> list[str]:
    """What is to be said of that name."""
    return (
        []
        if run.hub
        else [tr("{model_name} stands for the model's name or folder", model_name=model_name(run))]
    )


def sixteen(run: Wanted) -> str:
    """The 16-bit format beneath a precision; fp32 where there is none."""
    return run.precision if run.precision in ("fp16", "fp32", "tf32") else "bf16"
