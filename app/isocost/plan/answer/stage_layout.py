"""What the layout search says of one stage at the plan's own count, added to its estimate."""

from __future__ import annotations

from dataclasses import replace

from isocost.catalog import Catalog
from isocost.language import tr
from isocost.plan.answer.results import StageEstimate
from isocost.plan.physics.counts import units_of
from isocost.plan.physics.layouts import idle_accelerators, layout_words, memory_breakdown, step_breakdown
from isocost.plan.physics.records import StageRun
from isocost.plan.physics.resolve import precision_on, transformer_of
from isocost.plan.physics.throughput import smallest_count
from isocost.plan.values import Layout


def with_layout(result: StageEstimate, run: StageRun, owned: bool, catalog: Catalog) -> StageEstimate:
    """The estimate with layout, memory and step; unchanged where the stage was not searched."""
    if run.speed is None:
        return result
    best, asked = run.speed.best, run.speed.question
    units = units_of(catalog.accelerator(run.accelerator), owned)
    precision = precision_on(catalog.accelerator(run.accelerator).spec, asked.data.precision)
    return replace(
        result,
        mfu_basis=tr("{precision} dense peak", precision=precision.upper()),
        mfu_reachable=None if run.speed.reachable is None else float(run.speed.reachable[0]),
        layout=layout_words(best, 0),
        layout_problem=run.speed.problem,
        pinned=asked.layout != Layout(),
        smallest_count=None if best.fits[0] else smallest_count(asked, run.accelerator, units, catalog),
        idle=idle_accelerators(best, 0),
        memory=memory_breakdown(best, 0, catalog),
        step=step_breakdown(best, 0, hybrid=transformer_of(asked.model, catalog).attention == "hybrid"),
    )
