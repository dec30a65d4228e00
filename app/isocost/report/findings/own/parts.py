"""What is said of accelerators of one's own, in the form that adds them."""

from __future__ import annotations

from collections.abc import Sequence

from isocost.catalog import Catalog
from isocost.files.own.store import OwnPart
from isocost.language import tr
from isocost.quantities import SPACE, format_count, format_counted, format_significant

TITLE = tr("Your accelerators")
HOW = tr(
    "Begin with one that is known: its figures stand in grey until you type yours. What "
    "is saved is in every list at once, and in every plan from then on."
)
NEW = tr("A new accelerator")
NONE_YET = tr("None yet. Type what you know of yours at the right; the rest is taken from one like it.")
LIKE = tr("Begin with")
LIKE_HELP = tr("The accelerator whose figures stand where you type none: one of the same family.")


def part_line(part: OwnPart) -> str:
    """What an accelerator is, on the line beneath its name."""
    if part.draft is None:
        return tr("written by hand in {file}", file=part.file)
    row = part.row
    memory = f"{format_significant(row.memory_gb)}{SPACE}GB"
    rate = row.bf16_tflops or row.fp16_tflops
    return memory if rate is None else f"{memory}, {format_count(rate)} TFLOP/s"


def part_words(part: OwnPart) -> str:
    """An accelerator of the list, for those who hear it."""
    return f"{part.row.name}: {part_line(part)}"


def written_by_hand(part: OwnPart) -> str:
    """Why the form does not change an accelerator."""
    return tr(
        "{name} is written by hand in {file}: change it there, and start Isocost again.",
        name=part.row.name,
        file=part.file,
    )


def saved(name: str, *, again: bool) -> str:
    """That an accelerator was saved."""
    return (
        tr("{name} is changed, in every plan that has it.", name=name)
        if again
        else tr("{name} is in every list now.", name=name)
    )


def removed(name: str) -> str:
    """That an accelerator was removed, and how to have it back."""
    return tr("{name} is removed. What it was still stands in the form: save it to have it back.", name=name)


def not_removed(name: str, *, in_plan: bool) -> str:
    """Why an accelerator cannot be removed."""
    if in_plan:
        return tr("The plan has {name}: choose another accelerator first.", name=name)
    return tr(
        "A step of this plan’s history has {name}: save the plan, open it again, then remove it.", name=name
    )


def begun_from(name: str, others: Sequence[str]) -> str:
    """Why an accelerator cannot be removed that others begin with."""
    return tr(
        "{list} {word} with {name}: remove that first.",
        list=", ".join(others),
        word=tr("begins") if len(others) == 1 else tr("begin"),
        name=name,
    )


def wrong_fields(count: int) -> str:
    """That nothing was saved, as fields are wrong."""
    return tr("Not saved yet: {counted} to put right.", counted=format_counted(count, "field"))


def own_problems(problems: Sequence[str]) -> str:
    """What of the user's files is left out; empty = nothing is."""
    if not problems:
        return ""
    more = tr(" And {count} more.", count=len(problems) - 1) if len(problems) > 1 else ""
    return tr("Left out of your files: {problems}{more}", problems=problems[0], more=more)


def likes(catalog: Catalog) -> tuple[tuple[str, str], ...]:
    """(id, name) of every accelerator one can begin with, by maker, the newest of each first."""
    entries = list(catalog.accelerators.values())
    makers = list(dict.fromkeys(entry.spec.vendor for entry in entries))
    by_day = sorted(entries, key=lambda entry: entry.release_date, reverse=True)
    by_maker = sorted(by_day, key=lambda entry: makers.index(entry.spec.vendor))
    return tuple((entry.spec.id, entry.spec.name) for entry in by_maker)
