"""What is said of a log or of prices that were put into a plan: how it was before, and how it is now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from isocost.catalog import Catalog
from isocost.files.errors import FileError
from isocost.files.imports.logs import RunLog
from isocost.files.imports.logs.run_log import Beside
from isocost.files.imports.prices import PriceList
from isocost.files.imports.reading import Brought, Imported
from isocost.files.imports.source import NotUnderstoodError
from isocost.language import listed, tr
from isocost.plan.kinds import data_of
from isocost.plan.project.project import Place, Project, efficiency_of, hardware_of
from isocost.plan.values import Correction
from isocost.quantities import format_counted, format_rounded, format_share
from isocost.report.decisions.words import signed_share


def put_in(
    found: Sequence[Brought], project: Project, catalog: Catalog, at: Place
) -> tuple[Project, tuple[str, ...]]:
    """The project with every file in it, and what that changed in sentences.

    Raises FileError: a file cannot go into it, and why.
    """
    said: list[str] = []
    # Settings first: of a new plan they make the stage that all the others are put into.
    for each in sorted(found, key=lambda one: one.content.kind != "settings"):
        try:
            before, project = project, each.content.change(project, catalog, at)
            said += put_said(each.content, before, project, catalog, at)
        except NotUnderstoodError as problem:
            raise FileError(each.paths[0], str(problem)) from None
    return project, tuple(said)


def put_said(content: Imported, before: Project, after: Project, catalog: Catalog, at: Place) -> list[str]:
    """What putting an import into a plan has changed, a sentence each; empty = nothing is to be said.

    Args:
        at: the place that was asked for.
    """
    if isinstance(content, RunLog):
        return list(log_said(content.beside(before, catalog, at), before, after, at))
    if isinstance(content, PriceList):
        return list(prices_said(content, before, after))
    return []


def log_said(beside: Beside, before: Project, after: Project, at: Place) -> Iterator[str]:
    """What a log says of the stage it is of, and what it corrects."""
    speed, found = beside.found.speed, beside.found
    measured, predicted = format_rounded(speed.measured), format_rounded(speed.predicted)
    yield (
        tr(
            "{stage}: measured {measured} tokens/s per accelerator, predicted {predicted}; the "
            "prediction is {signed_share} off.",
            stage=beside.stage,
            measured=measured,
            predicted=predicted,
            signed_share=signed_share(speed.predicted / speed.measured - 1.0),
        )
    )
    yield tr(
        "Corrected before: {correction_words}; now: {correction_words_2}.",
        correction_words=correction_words(found.before),
        correction_words_2=correction_words(found.after),
    )
    if beside.taken:
        scenario = before.scenarios[at.scenario]
        stage = scenario.stages[found.stage]
        data = data_of(stage)
        words = {
            "gpus": format_counted(hardware_of(scenario, stage).count, "accelerator"),
            "sequence": tr(
                "{counted} a sequence",
                counted=format_counted(data.sequence if data is not None else 0, "token"),
            ),
            "batch": tr("its batch"),
        }
        taken = listed([words[name] for name in beside.taken])
        yield tr("The log does not say them, so the plan's are taken: {taken}.", taken=taken)
    if found.replaced:
        yield (
            tr(
                "The plan's correction by {counted} is replaced: its runs are not kept one by one.",
                counted=format_counted(found.replaced, "run"),
            )
        )
    yield from _efficiency_said(before, after, found.stage, at)


def _efficiency_said(before: Project, after: Project, stage: int, at: Place) -> Iterator[str]:
    """What else of the stage's efficiency bears on it."""
    held, now = (
        efficiency_of(each.scenarios[at.scenario], each.scenarios[at.scenario].stages[stage])
        for each in (before, after)
    )
    if now.goodput is not None and held.goodput is None:
        yield tr("Goodput is {share} now, as measured.", share=format_share(now.goodput))
    if now.mfu is not None:
        yield tr("The MFU of this stage is typed, which no correction changes: empty it first.")


def correction_words(held: Correction | None) -> str:
    """A correction in a few words: "61 % of what is predicted, by 1 run (80 % of further: 43 to 87 %)"."""
    if held is None:
        return tr("not at all")
    low, high = format_share(held.low, decimals=0), format_share(held.high, decimals=0)
    factor = format_share(held.factor, decimals=0)
    runs = format_counted(held.runs, "run")
    return tr(
        "{factor} of what is predicted, by {runs} (80 % of further ones between {low} and {high})",
        factor=factor,
        runs=runs,
        low=low,
        high=high,
    )


def prices_said(content: PriceList, before: Project, after: Project) -> Iterator[str]:
    """How many prices a plan has taken, and which it could not."""
    new = set(after.prices) - set(before.prices)
    parts = {card.accelerator for card in new}
    of = format_counted(len(parts), "accelerator")
    yield tr("{counted} of {of} put into the plan.", counted=format_counted(len(new), "price"), of=of)
    taken = set(after.prices)
    left = [card for card in content.cards(date.today()) if card not in taken]
    if left:
        yield tr(
            "{counted} more are left out: a plan holds no more.", counted=format_counted(len(left), "price")
        )
    unknown = sorted({each.accelerator for each in content.prices if each.part is None})
    if unknown:
        more = tr(" and {count} more", count=len(unknown) - 8) if len(unknown) > 8 else ""
        yield tr("Not in the catalogue, and left out: {list}{more}.", list=", ".join(unknown[:8]), more=more)
    if content.skipped:
        yield tr(
            "{counted} without a price of an accelerator left out.",
            counted=format_counted(content.skipped, "row"),
        )
