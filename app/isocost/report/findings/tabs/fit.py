"""What the Fit page says of a stage's memory and of the time of its steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from isocost.language import capital, in_sentence, later, tr
from isocost.plan.answer.fit import EngineFit, RoundsFit
from isocost.plan.answer.results import StageEstimate
from isocost.plan.doubt.factors import FigureRanges
from isocost.plan.kinds import KINDS
from isocost.plan.physics.fitting import FitWord, fit_word
from isocost.plan.physics.layouts import MIXERS
from isocost.plan.physics.records import REPLICA, Breakdown, Part
from isocost.plan.physics.throughput import TYPED
from isocost.quantities import (
    SPACE,
    format_count,
    format_memory,
    format_memory_between,
    format_memory_of,
    format_quantity,
    format_share,
    format_significant,
)
from isocost.report.findings.said import Said, spread_of
from isocost.report.table import Column, Table

USEFUL = (
    later("Matrix multiplies"),
    later("Attention"),
    MIXERS,
    later("Generation"),
    later("Scoring"),
    later("Update"),
)
"""Parts of a step or round that the model's own arithmetic asks for; all others are what running it costs."""

SMALL = 0.005
"""Parts below half a percent are shown as one."""
NOTHING = 0.0005
"""Below this share of the whole even that one would read 0.0 %."""

NO_MEMORY = tr("This stage has no memory of its own to show")
NO_STEP = tr("This stage has no optimizer step of its own to show")
ALL_OFF = tr("Every stage is switched off, so nothing runs and nothing has to fit.")


# Memory


@dataclass(frozen=True, slots=True)
class MemoryLabel:
    """A line of text beside the bar of an accelerator's memory."""

    text: str
    value: str
    at: float
    """Bytes from the foot of the bar to what it names."""
    names: Literal["part", "free", "limit"] = "part"
    part: str = ""
    """The name of the part it names."""


def memory_said(stage: StageEstimate, breakdown: Breakdown) -> Said:
    """What the bar of a stage's memory says."""
    finding, subtitle = memory_finding(stage, breakdown), memory_subtitle(stage, breakdown)
    return Said(finding, subtitle, f"{finding}. {subtitle}: {breakdown_words(breakdown, 'bytes')}")


def rounds_memory_said(stage: StageEstimate, found: RoundsFit) -> Said:
    """What the bar of an update's memory says, for a stage of rounds."""
    finding = held_words(found.memory, stage.fit)
    longest = format_count(found.longest)
    subtitle = tr(
        "Likely {likely_words} at {longest} tokens a sequence",
        likely_words=likely_words(found.memory),
        longest=longest,
    )
    return Said(finding, subtitle, f"{finding}. {subtitle}: {breakdown_words(found.memory, 'bytes')}")


def engine_said(found: RoundsFit) -> Said:
    """What the bar of the engine that generates says, and how it and the trainer share an accelerator."""
    engine = found.engine
    held = format_memory_of(engine.memory.total, engine.memory.limit or 0.0)
    finding = {
        "beside": tr("{held} to generate, the trainer beside it", held=held),
        "sleeps": tr("{held} to generate; the engine sleeps in updates", held=held),
        "offloads": tr("{held} to generate; the trainer waits in host memory", held=held),
        "apart": tr("{held} on the {count} that only generate", held=held, count=format_count(engine.gpus)),
    }[engine.turns]
    spread, each = engine.copy.partition(",")[0], format_count(engine.context)
    subtitle = tr(
        "{spread}: {count} answers at once, {each} tokens each",
        spread=spread,
        count=format_count(engine.running),
        each=each,
    )
    subtitle = capital(subtitle)
    told = f"{finding}. {subtitle}. {turns_words(engine)}".rstrip()
    return Said(finding, subtitle, f"{told} {breakdown_words(engine.memory, 'bytes')}")


def turns_words(engine: EngineFit) -> str:
    """How engine and trainer share an accelerator, in a sentence; empty where they do not."""
    waits = format_memory(engine.resting, digits=2)
    if engine.turns == "beside":
        return tr(
            "Engine and trainer, {waits} of weights and optimizer between updates, stay side by side.",
            waits=waits,
        )
    if engine.turns == "sleeps":
        return tr(
            "Engine and update do not fit side by side: the engine gives its memory back for each update."
        )
    if engine.turns == "offloads":
        host = format_memory(engine.host, digits=2)
        return tr(
            "Beside the engine there is no room for the trainer's {waits} of weights and "
            "optimizer: while it generates they wait in host memory, {host} a server.",
            waits=waits,
            host=host,
        )
    return ""


def memory_finding(stage: StageEstimate, breakdown: Breakdown) -> str:
    """How much of how much, and what is to spare."""
    return tr("The pinned layout is impossible") if stage.layout_problem else held_words(breakdown, stage.fit)


def held_words(breakdown: Breakdown, word: FitWord | None) -> str:
    """How much of what can be used a breakdown takes, and the verdict on its stage."""
    limit = breakdown.limit or 0.0
    held, surely = format_memory_of(breakdown.total, limit), tr(word or fit_word(breakdown))
    if breakdown.total <= limit:
        if word == "does not fit":
            return tr("{held} to train, but what generates does not fit", held=held)
        return tr(
            "{held}: {surely}, {memory} free",
            held=held,
            surely=surely,
            memory=format_memory(limit - breakdown.total, digits=2),
        )
    return tr("Needs {held}: {surely}", held=held, surely=surely)


def likely_words(breakdown: Breakdown) -> str:
    """Where nine measured peaks in ten would lie: "57.4 to 87.1 GiB".

    As exact as what can be used is told: 79.5 rounded to 80 would lie above the 79.6 that it fits in.
    """
    return format_memory_between(breakdown.total * breakdown.low, breakdown.total * breakdown.high)


def memory_subtitle(stage: StageEstimate, breakdown: Breakdown) -> str:
    """What is drawn, or what would fit."""
    if stage.layout_problem:
        return tr("Drawn: the layout found without the pins")
    if breakdown.total <= (breakdown.limit or 0.0):
        return tr("Likely {likely_words} at the peak of a step", likely_words=likely_words(breakdown))
    held = tr(" as pinned") if stage.pinned else ""
    likely = tr("Likely {likely_words}. ", likely_words=likely_words(breakdown)) if breakdown.close else ""
    if stage.smallest_count is None:
        remedy = tr("release a pin") if held else tr("use accelerators with more memory")
        return tr("{likely}No count fits{held}: {remedy}", likely=likely, held=held, remedy=remedy)
    smallest = f"{format_count(stage.smallest_count)} {stage.accelerator_name}"
    return tr(
        "{likely}Smallest count that fits{held}: {smallest}", likely=likely, held=held, smallest=smallest
    )


def shown_parts(breakdown: Breakdown) -> tuple[Part, ...]:
    """The parts of a breakdown worth a bar, in their order; small ones together at the end."""
    least = SMALL * breakdown.total
    large = tuple(part for part in breakdown.parts if part.amount >= least)
    rest = sum(part.amount for part in breakdown.parts if 0 < part.amount < least)
    return (*large, Part(later("Everything else"), rest)) if rest >= NOTHING * breakdown.total else large


def memory_labels(breakdown: Breakdown) -> tuple[MemoryLabel, ...]:
    """The lines beside the bar, from its foot upwards: the parts, what is free, what can be used."""
    found, below, limit = [], 0.0, breakdown.limit or 0.0
    for part in shown_parts(breakdown):
        found.append(
            MemoryLabel(part.label, format_memory(part.amount), below + part.amount / 2, part=part.name)
        )
        below += part.amount
    if breakdown.total < limit:
        found.append(
            MemoryLabel(tr("Free"), format_memory(limit - breakdown.total), (below + limit) / 2, "free")
        )
    found.append(MemoryLabel(tr("Usable"), format_memory(limit), limit, "limit"))
    return tuple(found)


# Time of a step or of a round


def step_said(
    stage: StageEstimate, breakdown: Breakdown, ranges: FigureRanges | None = None, figure: str = ""
) -> Said:
    """What the bars of an optimizer step say.

    Args:
        ranges: those of figures that are shown; ``figure``: the key of a step's time among them.
    """
    finding, subtitle = step_finding(breakdown), step_subtitle(stage)
    likely, parts = spread_of(ranges, figure, breakdown.total, seconds), breakdown_words(breakdown, "seconds")
    if not likely:
        return Said(finding, subtitle, f"{finding}. {parts}")
    sure = tr("8 in 10: {likely}", likely=likely)
    return Said(
        finding,
        f"{subtitle}. {sure}",
        tr(
            "{finding}. 8 chances in 10 that a step takes {likely}. {parts}",
            finding=finding,
            likely=likely,
            parts=parts,
        ),
    )


def rounds_step_said(found: RoundsFit) -> Said:
    """What the bars of a round say."""
    finding = round_finding(found)
    return Said(finding, round_subtitle(found), f"{finding}. {breakdown_words(found.round, 'seconds')}")


def step_finding(breakdown: Breakdown) -> str:
    """Where most of the step goes, and the largest part that is not the model's own arithmetic."""
    first = max(breakdown.parts, key=lambda part: part.amount)
    losses = [part for part in breakdown.parts if part.name not in USEFUL and part.amount > 0.0]
    total = breakdown.total
    words = tr(
        "{amount:.0%} of the {seconds} step is {name}",
        amount=first.amount / total,
        seconds=seconds(total),
        name=in_sentence(first.label),
    )
    words = words.replace("%", f"{SPACE}%", 1)
    worst = max(losses, key=lambda part: part.amount, default=None)
    if worst is None or worst is first:
        return words
    return tr("{words}; the largest loss is {name}", words=words, name=in_sentence(worst.label))


def step_subtitle(stage: StageEstimate) -> str:
    """What is drawn, and whether a typed MFU overrules it."""
    batch = (
        tr(" of {quantity} tokens", quantity=format_quantity(stage.batch_tokens, "number"))
        if stage.batch_tokens
        else ""
    )
    if stage.mfu_source == TYPED and stage.mfu is not None:
        typed = format_quantity(stage.mfu, "share")
        return tr(
            "An optimizer step{batch} as predicted; the plan itself uses your MFU of {typed}",
            batch=batch,
            typed=typed,
        )
    return tr("A step{batch}. Solid: the model's arithmetic; pale: what running it costs", batch=batch)


def round_finding(found: RoundsFit) -> str:
    """Where most of a round goes, and what sets the time of the run."""
    first = max(found.round.parts, key=lambda part: part.amount)
    share = format_share(first.amount / found.round.total, decimals=0)
    return tr(
        "{share} of a round is {name}; the run is driven by the {driver}",
        share=share,
        name=in_sentence(first.label),
        driver=tr(found.driver),
    )


def round_subtitle(found: RoundsFit) -> str:
    """What is drawn."""
    if found.schedule == "synchronous":
        return tr("An average round of {seconds}: its parts take turns", seconds=seconds(found.round.total))
    return tr("An average round: generation and update run side by side on accelerators of their own")


def seconds(value: float) -> str:
    """A duration in seconds, of fixed precision: "7.2 s", "120 ms"."""
    if value < 0.9995:
        return f"{format_significant(value * 1000, 3)}{SPACE}ms"
    return f"{format_significant(value, 3)}{SPACE}s" if value < 999.5 else f"{format_count(value)}{SPACE}s"


def step_share(amount: float, total: float) -> str:
    """A part's share of the step, beside its bar: "47.3 %"."""
    return format_share(amount / total)


# Either as figures


def breakdown_table(breakdown: Breakdown, unit: str) -> Table:
    """The figures of a bar chart; ``unit`` is bytes or seconds."""
    show = format_memory if unit == "bytes" else seconds
    columns = (
        Column(tr("Part"), key="part"),
        Column(tr("Memory") if unit == "bytes" else tr("Time"), show, right=True, key=unit),
        Column(tr("Share"), percent, right=True, key="share"),
    )
    return Table(columns, tuple((p.label, p.amount, p.amount / breakdown.total) for p in breakdown.parts))


def breakdown_words(breakdown: Breakdown, unit: str) -> str:
    """A breakdown as a sentence for those who cannot see it."""
    table = breakdown_table(breakdown, unit)
    rows = range(len(table.rows))
    return "; ".join(f"{table.shown(i, 0)} {table.shown(i, 1)}, {table.shown(i, 2)}" for i in rows) + "."


def percent(share: float) -> str:
    """A share with a decimal where it is below a tenth: "47 %", "7.1 %"."""
    return format_share(share, decimals=0 if share >= 0.095 else 1)


# Stages without a layout to choose


def in_rounds(stage: StageEstimate) -> bool:
    """Whether a stage without a layout of its own is simulated round by round."""
    return stage.memory is None and KINDS[stage.kind].rounds is not None


def dearest_searched(stages: Sequence[StageEstimate]) -> int | None:
    """Index of the dearest stage that has a layout, of those that count if there is one."""
    found = [i for i, stage in enumerate(stages) if stage.memory is not None]
    return max(found, key=lambda i: (stages[i].enabled, stages[i].cost_usd), default=None)


def nothing_runs() -> Said:
    """What stands in place of a fit while every stage is off."""
    return _instead(tr("Nothing to fit"), ALL_OFF)


def unsearched(stage: StageEstimate) -> Said:
    """Why a stage has no fit, and what is known of it."""
    reason = KINDS[stage.kind].unsearched
    facts = {fact.label: fact for fact in stage.details}
    if (copy := facts.get(REPLICA)) is not None:
        reason += tr(" A copy of the model spans {value}: {note}.", value=copy.value, note=copy.note)
    return _instead(tr("{name}: no layout to choose", name=stage.name), reason)


def unsearched_rounds(stage: StageEstimate, found: RoundsFit) -> Said:
    """What the two charts of a stage of rounds hold, and what they leave out."""
    return _instead(
        tr("{name}: rounds, not one layout", name=stage.name),
        tr(
            "Memory is that of an update in which every prompt and response together are {count} "
            "tokens long, laid out as {layout}. The layout is the fastest our search finds for "
            "such an update; the stage's own time comes from simulating its rounds. "
            "{turns_words} Copies that score or give rewards are in neither bar.",
            count=format_count(found.longest),
            layout=found.layout,
            turns_words=turns_words(found.engine),
        ),
    )


def _instead(title: str, reason: str) -> Said:
    return Said(title, reason, f"{title}. {reason}")
