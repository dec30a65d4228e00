"""What the Plan page has to say about a comparison: findings, summaries and tables."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from isocost.plan.answer.comparison import JUST, Comparison, FrontSegment, efficient
from isocost.plan.answer.curves import CostCurve, RankedChoice
from isocost.plan.runs.throughput import TYPED
from isocost.quantities import format_count, format_duration, format_money, format_share
from isocost.report.table import Column, Table

NOTABLE = 0.05
"""A saving of a smaller share is no reason to change the plan."""

ABOUT_AS_CHEAP = 1.02
"""Costs this close are no reason to prefer one accelerator to another."""


def time_finding(comparison: Comparison, segments: Sequence[FrontSegment]) -> str:
    """That another count is better in every way, else which accelerators are cheapest."""
    finding = _better_count(comparison) or _cheapest_finding(segments, comparison.curves)
    return f"Shared stages: {finding}" if comparison.apart else finding


def _better_count(comparison: Comparison) -> str:
    """Which count of the plan's accelerator is as fast and costs less; empty if none is.

    Of fewer accelerators the fastest, where the curve turns; of more the cheapest.
    """
    curve, total = comparison.active, comparison.estimate.total
    better = (curve.days <= total.wall_days) & (curve.cost_usd < total.cost_usd * (1 - NOTABLE)) & curve.fits
    if not comparison.possible or not better.any():
        return ""
    fewer = better & (curve.counts < comparison.rented)
    among, by = (fewer, curve.days) if fewer.any() else (better, curve.cost_usd)
    at = int(np.flatnonzero(among)[np.argmin(by[among])])
    saved = format_share(1.0 - curve.cost_usd[at] / total.cost_usd, decimals=0)
    return f"{format_count(curve.counts[at])} {curve.label} would be no slower and {saved} cheaper"


def _cheapest_finding(segments: Sequence[FrontSegment], curves: Sequence[CostCurve]) -> str:
    """Which accelerator is cheapest for those who can wait, from when on, and what to take otherwise."""
    if not segments:
        return "No accelerator here can hold this model"
    best = segments[-1]
    wait = _cheapest_from(next(c for c in curves if c.accelerator == best.accelerator), segments)
    faster = dict.fromkeys(s.label for s in reversed(segments) if s.days[0] < wait and s.label != best.label)
    if not faster:
        return f"{best.label} is cheapest at any pace shown"
    nearest, *rest = faster
    words = f"{best.label} is cheapest if you can wait {format_duration(wait)}, else {nearest}"
    return f"{words} or others" if rest else words


def _cheapest_from(curve: CostCurve, segments: Sequence[FrontSegment]) -> float:
    """Days from which on a curve stays about as cheap as the front."""
    days = np.array([day for segment in segments for day in segment.days])
    cost = np.minimum.accumulate([each for segment in segments for each in segment.cost_usd])
    points = efficient(curve)
    points = points[curve.fits[points] & (curve.days[points] >= days[0])]
    front = cost[np.searchsorted(days, curve.days[points] * JUST, side="right") - 1]
    dearer = np.flatnonzero(curve.cost_usd[points] > front * ABOUT_AS_CHEAP)
    first = dearer[-1] + 1 if len(dearer) else 0
    return float(curve.days[points[min(first, len(points) - 1)]])


def time_subtitle(comparison: Comparison, *, diamonds: bool) -> str:
    """What is drawn; ``diamonds`` when published runs are."""
    words = "The claimed hours on each accelerator at equal utilization of its 16-bit peak."
    if not comparison.claimed:
        shaded = comparison.spread is not None and comparison.depends_on_hardware
        typed = any(stage.enabled and stage.mfu_source == TYPED for stage in comparison.estimate.stages)
        words = "Your MFU on each. " * typed + "Dots: counts. Broad: Pareto front."
        words += " Shaded: 80 % range." * shaded + " Diamonds: published." * diamonds
    if comparison.apart:
        stages = sum(stage.enabled for stage in comparison.estimate.stages)
        return f"{comparison.apart} of {stages} stages keep their own hardware. {words}"
    return words


def time_summary(comparison: Comparison, segments: Sequence[FrontSegment]) -> str:
    """The cost and time chart in sentences, for those who cannot see it."""
    total = comparison.estimate.total
    words = [
        f"{time_finding(comparison, segments)}.",
        f"The plan: {format_count(comparison.rented)} {comparison.active.label},"
        f" {format_duration(total.wall_days)}, {format_money(total.cost_usd)}.",
    ]
    for segment in segments:
        words.append(
            f"{segment.label}: {format_money(segment.cost_usd[0])} in {format_duration(segment.days[0])}"
            f" to {format_money(segment.cost_usd[-1])} in {format_duration(segment.days[-1])}."
        )
    return " ".join(words)


def time_table(comparison: Comparison) -> Table:
    """Every point of every curve."""
    columns = (
        Column("accelerator"),
        Column("count", format_count, right=True),
        Column("days", format_duration, right=True),
        Column("cost_usd", format_money, right=True),
        Column("usd_per_gpu_hour", format_money, right=True),
        Column("mfu", lambda share: f"{share:.1%}", right=True),
        Column("fits", lambda fits: "fits" if fits else "does not fit"),
    )
    rows = tuple(
        (
            curve.label,
            int(curve.counts[i]),
            float(curve.days[i]),
            float(curve.cost_usd[i]),
            curve.price.usd_per_gpu_hour,
            None if math.isnan(curve.mfu[i]) else float(curve.mfu[i]),
            bool(curve.fits[i]),
        )
        for curve in comparison.curves
        for i in range(len(curve.counts))
    )
    return Table(columns, rows)


def ranking_finding(comparison: Comparison, choices: Sequence[RankedChoice]) -> str:
    """The first two, at what they are compared at."""
    usable = [choice.label for choice in choices if choice.fits and choice.in_time]
    if comparison.deadline_days is not None:
        place = f"Within {format_duration(comparison.deadline_days)}"
    else:
        place = f"{'At' if _alike(comparison, choices) else 'From'} {format_count(comparison.count)} each"
        if comparison.apart:
            place = f"Shared stages {place[0].lower()}{place[1:]}"
    if not usable:
        return f"{place}: none will do"
    return f"{place}: {usable[0]}, then {usable[1]}" if len(usable) > 1 else f"{place}: only {usable[0]}"


def _alike(comparison: Comparison, choices: Sequence[RankedChoice]) -> bool:
    """Whether every choice takes the count asked for, not the next of its whole nodes."""
    return all(choice.count == comparison.count for choice in choices)


def ranking_subtitle(comparison: Comparison, choices: Sequence[RankedChoice]) -> str:
    """What is compared, and where the plan's accelerator stands."""
    what = "Cheapest count in time"
    if comparison.deadline_days is None:
        what = f"{'One count' if _alike(comparison, choices) else 'Whole nodes'}, times differ"
    names = [choice.accelerator for choice in choices]
    if len(names) < 2 or comparison.active.accelerator not in names:
        return f"{what}."
    place = names.index(comparison.active.accelerator)
    if verdict(choices[place]):
        return f"{what}; {comparison.active.label} {verdict(choices[place])}."
    return f"{what}; {comparison.active.label} is {_ordinal(place + 1)} of {len(names)}."


def _ordinal(number: int) -> str:
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def verdict(choice: RankedChoice) -> str:
    """Why a choice is out, in a few words; empty when it is in."""
    if not choice.fits:
        return "does not fit"
    return "" if choice.in_time else "too slow"


def in_words(choice: RankedChoice) -> str:
    """One row as a sentence: "H800: $5.33M, 2,048 for 54 days"."""
    words = f"{choice.label}: {format_money(choice.cost_usd)}, {format_count(choice.count)}"
    words += f" for {format_duration(choice.days)}"
    reason = verdict(choice)
    return f"{words}, {reason}" if reason else words


def ranking_table(choices: Sequence[RankedChoice]) -> Table:
    """The ranking as drawn."""
    columns = (
        Column("accelerator"),
        Column("count", format_count, right=True),
        Column("days", format_duration, right=True),
        Column("cost_usd", format_money, right=True),
        Column("verdict", lambda text: text or "possible"),
    )
    rows = tuple((c.label, c.count, c.days, c.cost_usd, verdict(c)) for c in choices)
    return Table(columns, rows)
