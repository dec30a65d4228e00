"""Whether the accelerators told hold the model as it is trained."""

from __future__ import annotations

from isocost.catalog import Catalog
from isocost.language import tr
from isocost.plan.claims.checks.check import Check, not_known
from isocost.plan.claims.prediction import Planned, held
from isocost.plan.claims.terms import Terms
from isocost.quantities import format_count, format_memory_of


def memory(terms: Terms, plan: Planned | None, catalog: Catalog) -> Check:
    """Whether the accelerators told hold the model as it is trained."""
    stage = held(terms, catalog)
    if stage is None and plan is None:
        why = not_known(terms) or tr("How many accelerators is not told.")
        return Check("memory", "unknown", tr("not checked"), (why,))
    if stage is None:
        curve = plan.curve if plan is not None else None
        fits = [] if curve is None else curve.counts[curve.fits].tolist()
        least = (
            tr(
                " {count} {accelerator} at least would hold it.",
                count=format_count(fits[0]),
                accelerator=terms.accelerator,
            )
            if fits
            else ""
        )
        return Check(
            "memory",
            "unknown",
            tr("number not told"),
            (tr("How many accelerators is not told.{least}", least=least),),
        )
    needs = ""
    if stage.memory is not None and stage.memory.limit is not None:
        used = format_memory_of(stage.memory.total, stage.memory.limit)
        on = tr("each of {count}", count=format_count(stage.count)) if stage.count > 1 else tr("one")
        needs = tr("{used} on {on} {accelerator}", used=used, on=on, accelerator=terms.accelerator)
    if terms.job == "rl":
        needs = tr(
            "{needs} for its training alone; the engine that writes its text needs room beside that",
            needs=needs,
        )
    if needs and stage.count != terms.count and terms.count is not None:
        needs = tr("{needs}, as they are rented, not {count}", needs=needs, count=format_count(terms.count))
    if stage.fits and stage.fit is not None:
        return Check("memory", "holds", tr(stage.fit), (f"{needs}.",) if needs else ())
    enough = tr("no number of them would do")
    if stage.smallest_count is not None:
        enough = tr(
            "{count} {accelerator} at least",
            count=format_count(stage.smallest_count),
            accelerator=terms.accelerator,
        )
    return Check(
        "memory",
        "doubtful",
        tr("does not fit"),
        (
            tr(
                "{needs}: {enough}, or slow offloading to the host's memory, which is not modelled here.",
                needs=needs,
                enough=enough,
            ),
        ),
    )
