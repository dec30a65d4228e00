"""What the Plan page has to say about a comparison: findings, summaries and tables."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from isocost.language import tr
from isocost.plan.answer.across.comparison import SAME, Comparison, FrontSegment, Published
from isocost.plan.answer.across.curves import CostCurve, RankedChoice
from isocost.plan.answer.across.deadlines import Deadlines, Reign
from isocost.plan.claims.published import as_published
from isocost.plan.physics.throughput import TYPED
from isocost.plan.project.programme import Goal
from isocost.plan.project.terms import apart_from
from isocost.plan.solve.hardware.ranks import Sureness
from isocost.quantities import (
    SPACE,
    format_count,
    format_duration,
    format_fixed,
    format_money,
    format_share,
    format_significant,
    shown_duration,
    shown_money,
)
from isocost.report.decisions.choices import SAME_TIME, caveat_words, likely_heading, marks_words, starred
from isocost.report.decisions.doubting.doubt import ends_said
from isocost.report.decisions.solving.rank import CLAIMED
from isocost.report.findings.said import Said
from isocost.report.findings.tabs.plan_goal import goal_finding, goal_reading
from isocost.report.table import Column, Table

FREE = tr("This plan costs nothing, to the cent: there is no cost to draw against time.")
IDLE = tr("Every stage is switched off, or takes no time: there is nothing to compare.")
APART = tr("Every stage has hardware of its own: there is no shared accelerator or count to choose.")

LONGEST = 3.0
"""Times the cheapest a bar may be long; longer ones are broken off, so that the others stay apart."""


def not_compared(comparison: Comparison) -> str:
    """Why there is no hardware to choose, as a sentence; empty where there is."""
    if not len(comparison.active.counts):
        return IDLE
    every = sum(stage.enabled for stage in comparison.estimate.stages)
    return APART if comparison.apart == every else ""


# Cost against time

LegendMark = Literal["plan", "counts", "front", "band", "out", "knee", "ghost", "run", "unfit"]
"""What is drawn beside the lines."""
LegendKey = tuple[LegendMark, str]
"""A mark and what it stands for."""
RANGED: tuple[LegendMark, ...] = ("band",)
"""What is drawn beside lines that have nothing else beside them."""


def time_said(
    comparison: Comparison,
    segments: Sequence[FrontSegment],
    marks: Collection[LegendMark] = RANGED,
    since: float = 0.0,
) -> Said:
    """What the chart of cost against time says, held against a goal where there is one.

    Args:
        since: days from which on it is drawn.
        marks: as :func:`time_legend` has them.
    """
    cheapest, held = time_finding(comparison, segments, since), goal_finding(comparison)
    read = " ".join(filter(None, (goal_reading(comparison), time_subtitle(comparison))))
    summary = [f"{held}." if held else "", time_summary(cheapest, comparison, segments)]
    return Said(held or cheapest, read, " ".join((*filter(None, summary), legend_words(comparison, marks))))


def time_finding(comparison: Comparison, segments: Sequence[FrontSegment], since: float = 0.0) -> str:
    """That another count is better in every way, else which accelerators are cheapest: at any pace, or at
    those from ``since`` days on, where none before that is drawn."""
    if comparison.awaited:
        return tr("Cost against time")
    finding = _better_count(comparison) or _cheapest_finding(segments, comparison.curves, since)
    if not segments and comparison.pinned:
        finding += tr(" as pinned")
    return tr("Shared stages: {finding}", finding=finding) if comparison.apart else finding


def _better_count(comparison: Comparison) -> str:
    """Which count of the plan's accelerator is as fast and costs notably less; empty if none is."""
    curve = comparison.active
    at = comparison.better_count()
    if at is None:
        return ""
    saved = format_share(1.0 - curve.cost_usd[at] / comparison.estimate.total.cost_usd, decimals=0)
    return tr(
        "{count} {label} would be no slower and {saved} cheaper",
        count=format_count(curve.counts[at]),
        label=curve.label,
        saved=saved,
    )


def _cheapest_finding(
    segments: Sequence[FrontSegment], curves: Sequence[CostCurve], drawn_since: float
) -> str:
    """Which accelerator is cheapest for those who can wait, from when on, and what to take otherwise.

    It says of each deadline what the ranking would, but for differences too small to matter.
    """
    ranked_at = Deadlines(curves)
    shown = ranked_at.reign(segments[-1].accelerator, segments[-1].days[-1]) if segments else None
    if shown is None:
        return tr("No accelerator here can hold this model")
    if shown.since <= ranked_at.shortest:
        if math.isinf(shown.until):
            return tr("{label} is cheapest at any pace", label=shown.label)
        return tr(
            "{label} is cheapest up to {duration}", label=shown.label, duration=format_duration(_ends(shown))
        )
    if shown.since <= drawn_since and math.isinf(shown.until):
        return tr("{label} is cheapest at any pace shown", label=shown.label)
    # A time is rounded up as far as it is shown, for the words to hold from the shown one on.
    since = shown_duration(shown.since)
    if math.isinf(shown.until):
        words = tr(
            "{label} is cheapest if you can wait {duration}",
            label=shown.label,
            duration=format_duration(since),
        )
    else:
        if since >= _ends(shown):
            return tr("Which accelerator is cheapest depends on the time you have")
        words = tr("{label} is cheapest from {span}", label=shown.label, span=_span(since, _ends(shown)))
    return f"{words}, {_else(ranked_at, since, shown)}"


def _else(ranked_at: Deadlines, since: float, shown: Reign) -> str:
    """Who is cheapest at deadlines too short for the first: for the longest stretch of them."""
    earlier = [
        each
        for each in ranked_at.before(shown)
        if each.accelerator != shown.accelerator and _begins(each, ranked_at) < min(since, _ends(each))
    ]
    if not earlier:
        return tr("else others")
    longest = max(earlier, key=lambda each: min(each.until, shown.since) / each.since)
    to_the_end, any_shorter = longest.until >= shown.since, longest.since <= ranked_at.shortest
    if any_shorter:
        return (
            tr("else {label}", label=longest.label)
            if to_the_end
            else tr("{label} up to {duration}", label=longest.label, duration=format_duration(_ends(longest)))
        )
    begins = _begins(longest, ranked_at)
    span = format_duration(begins) if to_the_end else _span(begins, _ends(longest))
    return tr("{label} from {span}", label=longest.label, span=span)


def _span(since: float, until: float) -> str:
    """Two times, of one unit where they have one: "2.2 to 7.4 days"."""
    first, last = format_duration(since), format_duration(until)
    number, _, unit = first.partition(SPACE)
    return tr("{number} to {last}", number=number if last.endswith(unit) else first, last=last)


def _begins(reign: Reign, ranked_at: Deadlines) -> float:
    return 0.0 if reign.since <= ranked_at.shortest else shown_duration(reign.since)


def _ends(reign: Reign) -> float:
    return reign.until if math.isinf(reign.until) else shown_duration(reign.until, least=False)


def time_subtitle(comparison: Comparison) -> str:
    """How to read the picture."""
    words = CLAIMED
    short = tr("Claimed hours at equal utilization.")
    if not comparison.claimed:
        typed = any(stage.enabled and stage.mfu_source == TYPED for stage in comparison.estimate.stages)
        pace = tr("Your MFU, carried on by the model. ") if typed else ""
        short = tr("{pace}Each line is one accelerator.", pace=pace)
        words = tr("{pace}Each line is one accelerator, each place on it a number of them.", pace=pace)
    if comparison.apart:
        stages = sum(stage.enabled for stage in comparison.estimate.stages)
        keep = tr("keeps its") if comparison.apart == 1 else tr("keep their")
        return tr(
            "{apart} of {stages} stages {keep} own hardware. {short}",
            apart=comparison.apart,
            stages=stages,
            keep=keep,
            short=short,
        )
    return words


def time_axes(comparison: Comparison) -> tuple[str, str]:
    """What the axes of cost against time are: time is that of the stages, which a programme outlasts."""
    unit = "US$" if shown_money().is_dollar else shown_money().code
    across = tr("Time to finish (log scale)")
    if comparison.beside_days > SAME_TIME:
        more = format_duration(comparison.beside_days)
        across = tr("Time of the stages (log scale); the programme takes {more} longer", more=more)
    return across, tr("Cost of the plan, {unit} (log scale)", unit=unit)


"""What is measured across and up."""


def time_legend(comparison: Comparison, marks: Collection[LegendMark] = RANGED) -> tuple[LegendKey, ...]:
    """What is drawn and what it stands for.

    Args:
        marks: those beside the lines that are drawn: the range, the knee, other scenarios, published runs.
    """
    keys: list[LegendKey] = [("plan", tr("the plan"))]
    if comparison.depends_on_hardware:
        keys.append(("counts", tr("number of {label}", label=comparison.active.label)))
    if not comparison.awaited and (comparison.active.fits.any() or comparison.others):
        keys.append(("front", tr("cheapest at each speed")))
    if "band" in marks and comparison.spread is not None and comparison.depends_on_hardware:
        keys.append(("band", tr("8 in 10 outcomes")))
    if comparison.goal != Goal():
        keys.append(("out", tr("out of reach")))
    if comparison.depends_on_hardware and not comparison.active.fits.all():
        keys.append(("unfit", tr("does not fit")))
    others: tuple[LegendKey, ...] = (
        ("knee", tr("doubling stops paying")), ("ghost", tr("other scenario")), ("run", tr("published run")),
    )  # fmt: skip
    return (*keys, *(key for key in others if key[0] in marks))


def legend_words(comparison: Comparison, marks: Collection[LegendMark]) -> str:
    """What is drawn beside the lines, for those who cannot see it."""
    return tr("Drawn: {list}.", list=", ".join((text for _, text in time_legend(comparison, marks))))


def time_summary(finding: str, comparison: Comparison, segments: Sequence[FrontSegment]) -> str:
    """The cost and time chart in sentences, for those who cannot see it; ``finding`` = what it shows."""
    total = comparison.estimate.total
    words = [
        f"{finding}.",
        tr(
            "The plan: {count} {label}, {duration}, {money}.",
            count=format_count(comparison.rented),
            label=comparison.active.label,
            duration=format_duration(total.wall_days),
            money=format_money(total.cost_usd),
        ),
    ]
    words += (_segment_words(each) for each in segments)
    return " ".join(words)


def _segment_words(segment: FrontSegment) -> str:
    """What an accelerator costs where it is cheapest at each speed, from its fastest count to its last."""
    first, last = (
        tr("{money} in {duration}", money=format_money(usd), duration=format_duration(days))
        for usd, days in ((segment.cost_usd[end], segment.days[end]) for end in (0, -1))
    )
    if first == last:
        return f"{segment.label}: {first}."
    return tr("{label}: {first} to {last}.", label=segment.label, first=first, last=last)


def plan_lines(comparison: Comparison) -> tuple[str, ...]:
    """What stands beside the plan's point: its accelerators, its time and cost, and what is wrong with it."""
    total = comparison.estimate.total
    lines = (
        f"{format_count(comparison.rented)} {comparison.active.label}",
        f"{format_duration(total.wall_days)}, {format_money(total.cost_usd)}",
    )
    why = _why_off(comparison)
    return (*lines, why) if why else lines


def _why_off(comparison: Comparison) -> str:
    """Why the plan's point lies off the line of its accelerator; empty where it does not."""
    if not comparison.possible:
        return tr("does not fit as pinned") if comparison.pinned else tr("does not fit in memory")
    at = comparison.better_count()
    if at is None:
        # The line leaves out what is dearer at all: its point needs a reason where nothing is worth changing.
        at = comparison.better_count(SAME - 1.0)
    if at is None:
        return ""
    faster = comparison.active.days[at] * SAME < comparison.estimate.total.wall_days
    return tr(
        "{count} is cheaper{word}",
        count=format_count(comparison.active.counts[at]),
        word=tr(" and faster") if faster else "",
    )


def up_to(curve: CostCurve, points: NDArray[np.intp]) -> str:
    """How far a line goes on beyond the chart: to its dearest point."""
    dearest = int(points[np.argmax(curve.cost_usd[points])])
    return tr(
        "{label} to {money} at {count}",
        label=curve.label,
        money=format_money(curve.cost_usd[dearest]),
        count=format_count(curve.counts[dearest]),
    )


def point_lines(comparison: Comparison, curve: CostCurve, at: int) -> tuple[str, str, str]:
    """What one point of a curve is: its accelerators, its time and cost, what a click on it does."""
    here = curve is comparison.active and int(curve.counts[at]) == comparison.rented
    doing = tr("the plan: drag to change the count") if here else tr("click to plan with it")
    return (
        f"{format_count(curve.counts[at])} {curve.label}",
        f"{format_duration(curve.days[at])}, {format_money(curve.cost_usd[at])}",
        doing
        if curve.fits[at]
        else tr("does not fit {word}", word=tr("as pinned") if comparison.pinned else tr("in memory")),
    )


def published_lines(run: Published) -> tuple[str, str, str]:
    """What a published run's mark is: whose, with what, how far to trust it, and whether it can be opened."""
    count = f"{format_count(run.count)} " if run.count else ""
    facts = (count + run.accelerator, format_duration(run.days), format_money(run.cost_usd))
    return (
        tr("{model} as published", model=run.model),
        ", ".join(fact for fact in facts if fact),
        ", ".join(words for words in (run.cost_kind, run.date, _opening(run)) if words),
    )


def _opening(run: Published) -> str:
    opens = run.run is not None and as_published(run.run) is not None
    return tr("click to open it as a scenario") if opens else ""


def time_table(comparison: Comparison) -> Table:
    """Every point of every curve."""
    columns = (
        Column(tr("Accelerator"), key="accelerator"),
        Column(tr("How many"), format_count, right=True, key="count"),
        Column(tr("Time"), format_duration, right=True, key="days"),
        Column(tr("Cost"), format_money, right=True, key="cost_usd"),
        Column(tr("Price of an hour"), format_money, right=True, key="usd_per_gpu_hour"),
        Column("MFU", lambda share: f"{format_fixed(100.0 * share, 1)}%", right=True, key="mfu"),
        Column(tr("Can run"), lambda fits: tr("yes") if fits else tr("no"), key="fits"),
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


# Cost by hardware

NOT_ASKED: Mapping[str, Sureness] = MappingProxyType({})
AS_PLANNED, NOT_ON_OFFER = tr("nothing of it is in doubt"), tr("not known: not on offer for so long")
"""Why a row has no range."""


def ranking_said(
    comparison: Comparison, choices: Sequence[RankedChoice], sureness: Mapping[str, Sureness] = NOT_ASKED
) -> Said:
    """What the ranking of accelerators says; ``sureness``: how far to trust each, once it is known."""
    finding, subtitle = ranking_finding(comparison, choices), ranking_subtitle(comparison, choices)
    shown = [sureness[choice.accelerator] for choice in choices if choice.accelerator in sureness]
    if meant := marks_words(caveat for each in shown for caveat in each.caveats):
        subtitle = f"{subtitle} {meant}."
    others = (curve.price for curve in comparison.others)
    if apart_from(comparison.active.price, comparison.supply, others):
        subtitle = tr("{subtitle} Others are at their price by the hour.", subtitle=subtitle)
    rows = ". ".join(in_words(choice, sureness) for choice in choices)
    return Said(finding, subtitle, f"{finding}. {subtitle} {rows}.")


def ranking_finding(comparison: Comparison, choices: Sequence[RankedChoice]) -> str:
    """The first two, at what they are compared at."""
    if comparison.awaited:
        return tr("Comparing accelerators…")
    usable = [choice.label for choice in choices if not why_out(choice)]
    if comparison.deadline_days is not None:
        place = tr(
            "Within {duration}", duration=format_duration(comparison.deadline_days + comparison.beside_days)
        )
    else:
        place = tr(
            "{word} {count} each",
            word=tr("At") if _alike(comparison, choices) else tr("From"),
            count=format_count(comparison.count),
        )
        if comparison.apart:
            place = tr("Shared stages {place}", place=place[:1].lower() + place[1:])
    if not usable:
        return tr("{place}: none will do", place=place)
    return (
        tr("{place}: {usable}, then {usable_2}", place=place, usable=usable[0], usable_2=usable[1])
        if len(usable) > 1
        else tr("{place}: only {usable}", place=place, usable=usable[0])
    )


def _alike(comparison: Comparison, choices: Sequence[RankedChoice]) -> bool:
    """Whether every choice takes the count asked for, not the next of its whole nodes."""
    return all(choice.count == comparison.count for choice in choices)


def ranking_subtitle(comparison: Comparison, choices: Sequence[RankedChoice]) -> str:
    """What is compared, and where the plan's accelerator stands."""
    what = tr("Cheapest count in time")
    if comparison.beside_days > SAME_TIME:
        what = tr(
            "Cheapest count in {duration} of stages",
            duration=format_duration(comparison.deadline_days or 0.0),
        )
    if comparison.deadline_days is None:
        what = tr(
            "{word}, times differ", word=tr("One count") if _alike(comparison, choices) else tr("Whole nodes")
        )
    names = [choice.accelerator for choice in choices]
    if len(names) < 2 or comparison.active.accelerator not in names:
        return f"{what}."
    place = names.index(comparison.active.accelerator)
    if out := why_out(choices[place]):
        return f"{what}; {comparison.active.label} {out}."
    return tr(
        "{what}; {label} is {ordinal} of {count}.",
        what=what,
        label=comparison.active.label,
        ordinal=_ordinal(place + 1),
        count=len(names),
    )


def _ordinal(number: int) -> str:
    ordinals = {
        1: tr("{number}st", number=number),
        2: tr("{number}nd", number=number),
        3: tr("{number}rd", number=number),
    }
    other = tr("{number}th", number=number)
    return other if number % 100 in (11, 12, 13) else ordinals.get(number % 10, other)


def why_out(choice: RankedChoice) -> str:
    """Why a choice is out, in a few words; empty when it is in."""
    if not choice.for_sale:
        return tr("no purchase price")
    if not choice.fits:
        return tr("does not fit as pinned") if choice.pinned else tr("does not fit")
    return "" if choice.in_time else tr("too slow")


def in_words(choice: RankedChoice, sureness: Mapping[str, Sureness] = NOT_ASKED) -> str:
    """One row as a sentence: "H800: $5.33M (8 in 10: $4.1M to $7M), 2,048 for 56 days"."""
    likely = range_of(choice, sureness)
    words = f"{choice.label}: {format_money(choice.cost_usd)}"
    if likely and likely != AS_PLANNED:
        apart = _reserve_apart(sureness)
        within = (
            tr("8 in 10 without its reserve: {ends}", ends=likely)
            if apart
            else tr("8 in 10: {ends}", ends=likely)
        )
        words += f" ({within})"
    words += f", {format_count(choice.count)}"
    words += tr(" for {duration}", duration=format_duration(choice.days))
    return ", ".join(each for each in (words, why_out(choice), why_marked(choice, sureness)) if each)


def range_of(choice: RankedChoice, sureness: Mapping[str, Sureness]) -> str:
    """Where 8 chances in 10 of a row's cost lie, or why it has no range; empty where nobody has asked."""
    if why_out(choice) or not any(each.ranged for each in sureness.values()):
        return ""
    known = sureness.get(choice.accelerator)
    if known is None:
        return NOT_ON_OFFER
    if known.spread is None:
        return AS_PLANNED
    return ends_said(*(format_money(choice.cost_usd * each) for each in known.spread))


def _reserve_apart(sureness: Mapping[str, Sureness]) -> bool:
    return any(each.without_reserve for each in sureness.values())


def why_marked(choice: RankedChoice, sureness: Mapping[str, Sureness]) -> str:
    """Why a row's name carries a mark; empty where it does not."""
    known = sureness.get(choice.accelerator)
    return "" if known is None else caveat_words(known.caveats)


def row_name(choice: RankedChoice, sureness: Mapping[str, Sureness]) -> str:
    """A row's name, with its mark where price or speed deserve doubt."""
    known = sureness.get(choice.accelerator)
    return choice.label if known is None else starred(choice.label, known.caveats)


def choice_pace(choice: RankedChoice) -> str:
    """How many and how long, under a row's name."""
    return f"{format_count(choice.count)} · {format_duration(choice.days)}"


def choice_tip(choice: RankedChoice, sureness: Mapping[str, Sureness] = NOT_ASKED) -> str:
    """One row as a sentence, and what a click on it does."""
    return tr("{in_words}. Click to plan with it.", in_words=in_words(choice, sureness))


def bar_scale(choices: Sequence[RankedChoice]) -> float:
    """USD of a full bar: the dearest possible choice, at most three times the cheapest that is not free."""
    possible = (choice.cost_usd for choice in choices if not why_out(choice))
    costs = [cost for cost in possible if cost > 0]
    return min(max(costs), LONGEST * min(costs)) if costs else 0.0


def beyond_scale(choice: RankedChoice, choices: Sequence[RankedChoice]) -> str:
    """What stands in the gap of a bar too long to draw: its cost over the cheapest, "5.3x the cheapest"."""
    costs = [c.cost_usd for c in choices if c.fits and c.in_time and c.cost_usd > 0]
    return (
        tr("{significant}x the cheapest", significant=format_significant(choice.cost_usd / min(costs), 3))
        if costs
        else ""
    )


def ranking_table(choices: Sequence[RankedChoice], sureness: Mapping[str, Sureness] = NOT_ASKED) -> Table:
    """The ranking as drawn."""
    columns = (
        Column(tr("Accelerator"), key="accelerator"),
        Column(tr("How many"), format_count, right=True, key="count"),
        Column(tr("Time"), format_duration, right=True, key="days"),
        Column(tr("Cost"), format_money, right=True, key="cost_usd"),
        Column(likely_heading(without_reserve=_reserve_apart(sureness)), right=True, key="range"),
        Column(tr("Verdict"), lambda text: text or tr("possible"), key="verdict"),
        Column(tr("Mark"), key="mark"),
    )
    rows = tuple(
        (c.label, c.count, c.days, c.cost_usd, range_of(c, sureness), why_out(c), why_marked(c, sureness))
        for c in choices
    )
    return Table(columns, rows)
