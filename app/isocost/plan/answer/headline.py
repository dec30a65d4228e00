"""The answer in one sentence: what it costs and takes, or why it cannot run."""

from __future__ import annotations

from collections.abc import Sequence

from isocost.catalog.records import shared_noun
from isocost.language import listed, tr
from isocost.plan.answer.results import StageEstimate, Total
from isocost.plan.doubt.span import EstimateRange
from isocost.plan.physics.throughput import TYPED
from isocost.quantities import format_count, format_duration, format_money, format_quantity, format_share


def headline(stages: Sequence[StageEstimate], total: Total) -> str:
    """The answer for the stages that count."""
    if not stages:
        return tr("Every stage is switched off")
    failing = impossible(stages)
    if failing is not None:
        return _refusal(failing, alone=len(stages) == 1)
    joined = tr(" in all, ") if _has_surroundings(stages, total) else tr(" and ")
    return f"{format_money(total.cost_usd)}{joined}{run_words(stages, total)}"


MEDIAN = 5.0
"""Samples in 100 by which a plan may lie beside the middle of its range and still be called its median."""


def doubt(stages: Sequence[StageEstimate], span: EstimateRange | None, total: Total) -> str:
    """How sure the answer is; empty where it leaves no doubt, or there is none."""
    if span is None or impossible(stages) is not None:
        return ""
    low, high = format_money(span.cost_usd.p10), format_money(span.cost_usd.p90)
    if low == high:
        return ""
    reserve = "" if abs(span.base_usd - total.cost_usd) < 0.01 else tr(" without its reserve")
    said = tr("8 chances in 10: {low} to {high}{reserve}", low=low, high=high, reserve=reserve)
    beside = span.base_percentile - 50.0
    if abs(beside) <= MEDIAN:
        return tr("Median{reserve}; {said}", reserve=reserve, said=said.removesuffix(reserve))
    likely = min(9, round(5.0 + abs(beside) / 10.0))
    return tr(
        "{said}; {likely} in 10 that it costs {word}",
        said=said,
        likely=likely,
        word=tr("less") if beside > 0.0 else tr("more"),
    )


def usage(stages: Sequence[StageEstimate]) -> tuple[str, ...]:
    """The hours, how many of them are whole-run waste, and the software they are predicted for.

    In all its words, then ever shorter; empty where nothing is wasted.
    """
    wasted = sum(stage.wasted_hours for stage in stages)
    if impossible(stages) is not None or wasted < LEAST_WASTED:
        return ()
    hours, noun = sum(stage.gpu_hours for stage in stages), shared_noun(stage.noun for stage in stages)
    stacks = list(dict.fromkeys(stage.stack for stage in stages if stage.stack and stage.waste))
    on = tr(" with {article}", article=_article(stacks[0])) if len(stacks) == 1 else ""
    typed = [stage.waste_source == TYPED for stage in stages if stage.waste]
    how = tr("as typed,") if all(typed) else tr("partly as typed,") if any(typed) else tr("as usual")
    whole = tr(
        "{hours} {noun}-hours, {hours_2} of them whole-run waste {how}{on}",
        hours=_hours(hours),
        noun=noun,
        hours_2=_hours(wasted),
        how=how,
        on=on,
    ).rstrip(",")
    brief = tr(
        "{hours} of {hours_2} {noun}-hours waste", hours=_hours(wasted), hours_2=_hours(hours), noun=noun
    )
    briefest = tr("waste {share} of hours", share=format_share(wasted / hours, decimals=0))
    return (whole, *([f"{brief}, {stacks[0]}"] if on else []), brief, briefest)


LEAST_WASTED = 0.5
"""Hours from which waste is worth a word."""


def _hours(value: float) -> str:
    return format_quantity(value, "number") if value >= 1e4 else format_count(value)


def _article(name: str) -> str:
    if name.endswith("code"):
        return name
    return tr("an {stack}", stack=name) if name[0] in "aeiou" else tr("a {stack}", stack=name)


def run_words(stages: Sequence[StageEstimate], total: Total) -> str:
    """Time and place of the runs; with their own cost where the total holds more than their rent."""
    places = list(dict.fromkeys(_place(stage) for stage in stages))
    run = tr("{duration} on {where}", duration=format_duration(total.wall_days), where=listed(places))
    return (
        tr("{money} of it for {run}", money=format_money(_rent(stages)), run=run)
        if _has_surroundings(stages, total)
        else run
    )


def impossible(stages: Sequence[StageEstimate]) -> StageEstimate | None:
    """The first stage that counts and cannot run; None = all can."""
    return next((stage for stage in stages if stage.enabled and stage.fits is False), None)


def _refusal(stage: StageEstimate, *, alone: bool) -> str:
    name = "" if alone else f"{stage.name}: "
    if stage.layout_problem:
        return tr("{name}Impossible as pinned on {place}", name=name, place=_place(stage))
    smallest = stage.smallest_count
    cure = tr("; the smallest count is {count}", count=format_count(smallest)) if smallest is not None else ""
    held = tr(" as pinned") if stage.pinned else ""
    return tr("{name}Does not fit {place}{held}{cure}", name=name, place=_place(stage), held=held, cure=cure)


def _place(stage: StageEstimate) -> str:
    return f"{format_count(stage.count)} {stage.accelerator_name}"


def _rent(stages: Sequence[StageEstimate]) -> float:
    return sum(stage.cost_usd for stage in stages)


def _has_surroundings(stages: Sequence[StageEstimate], total: Total) -> bool:
    return round(total.cost_usd - _rent(stages), 2) > 0.0
