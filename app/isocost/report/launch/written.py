"""A run in a framework's words, checked by reading it back: what the framework cannot say is a comment."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from isocost.files.imports.settings.reader import SettingsReader
from isocost.files.imports.settings.settled import FIELDS, Settings
from isocost.files.imports.source import Given, NotUnderstoodError, SourceFile
from isocost.language import in_sentence, tr
from isocost.report.launch.body import WIDEST, Body
from isocost.report.launch.targets import LABELS, TARGETS
from isocost.report.launch.wanted import Wanted

LAYOUT = ("tp", "pp", "vp", "cp", "ep", "microbatch", "recompute", "sharding", "offload", "precision")
"""What has to come back as it went."""
BATCH = ("sequence", "global_batch_sequences")
_OWN = {"global_batch_sequences": "batch"}


@dataclass(frozen=True, slots=True)
class Written:
    """Launch settings."""

    target: str
    text: str
    name: str
    """A file name of the form the text is in."""
    unsaid: tuple[str, ...]
    """What the framework has no words for: the text alone is then another layout."""
    assumed: tuple[str, ...]


def written(run: Wanted, target: str) -> Written:
    """A run for one of TARGETS."""
    made = TARGETS[target](run)
    differing = _differing(run, made, {})
    reckoned = {} if "vp" not in differing or not _by_layers(run, made) else {"vp": differing.pop("vp")}
    marks = [f"# isocost: {name} {value} not expressible here" for name, value in differing.items()]
    marks += [f"# isocost: {name} {value} by the layers of a stage" for name, value in reckoned.items()]
    lines = [
        *([made.first] if made.first is not None else []),
        f"# {LABELS[target]}: {_no_mark(run.title)}, {_no_mark(run.stage)}",
        f"# {run.gpus:,} {run.accelerator}: {layout_words(run)}",
        *(tr("# Assumed: {each}.", each=each) for each in (*run.remarks, *made.assumed)),
        *marks,
    ]
    text = "\n".join([*(part for line in lines for part in _wrapped(_one_line(line))), made.body, ""])
    unsaid = tuple(f"{in_sentence(FIELDS[name])} {value}" for name, value in differing.items())
    return Written(target, text, made.name, unsaid, (*run.remarks, *made.assumed))


def _no_mark(name: str) -> str:
    """A plan's name that no reader takes for one of our own marks."""
    return name.replace("isocost:", "isocost")


def _one_line(text: str) -> str:
    """Names of plans are anybody's: what would end a comment is taken out."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _wrapped(line: str) -> list[str]:
    """A comment in lines that fit a page."""
    if not line.startswith("# "):
        return [line]
    return textwrap.wrap(line, WIDEST, subsequent_indent="#   ", break_on_hyphens=False)


def layout_words(run: Wanted) -> str:
    """The layout in a line: "tp 4, pp 2, dp 8; microbatch 1, batch 512 of 8,192 tokens; bf16, zero1..."."""
    degrees = ((name, getattr(run, name)) for name in ("tp", "pp", "vp", "cp", "ep"))
    words = [f"{name} {value}" for name, value in degrees if value > 1] + [f"dp {run.dp}"]
    batch = tr(
        "microbatch {microbatch}, batch {batch:,} of {sequence:,} tokens",
        microbatch=run.microbatch,
        batch=run.batch,
        sequence=run.sequence,
    )
    kept = "" if run.offload == "none" else tr(", {offload} in host memory", offload=run.offload)
    return tr(
        "{list}; {batch}; {precision}, {sharding}{kept}, recompute {recompute}",
        list=", ".join(words),
        batch=batch,
        precision=run.precision,
        sharding=run.sharding,
        kept=kept,
        recompute=run.recompute,
    )


def _differing(run: Wanted, made: Body, marked: Mapping[str, Any]) -> dict[str, Any]:
    """The parts of the layout that do not come back when the text is read; then of length and batch."""
    names = BATCH if marked else LAYOUT
    expected = {each: getattr(run, _OWN.get(each, each)) for each in names}
    found = _read(run, made, marked)
    got = {each: found.get(each) if found is not None else None for each in expected}
    if "vp" in got:
        got["vp"] = got["vp"] or 1
    lost = {each: value for each, value in expected.items() if got[each] != value}
    # What follows from a degree that was lost is not lost itself.
    return lost if marked else {**lost, **_differing(run, made, lost or {"tp": run.tp})}


def _read(run: Wanted, made: Body, marked: Mapping[str, Any]) -> Settings | None:
    marks = "".join(f"# isocost: {name} {value}\n" for name, value in marked.items())
    try:
        return SettingsReader().read(SourceFile(made.name, f"{marks}{made.body}"), Given(gpus=run.gpus))
    except NotUnderstoodError:
        return None


def _by_layers(run: Wanted, made: Body) -> bool:
    """Whether chunks of layers follow from the layers of a stage, once the model is known."""
    found = _read(run, made, {})
    if found is None or found.stage_rule is None:
        return False
    each, first, last = found.stage_rule
    return math.ceil((round(run.shape.layers) + first + last) / each) == run.pp * run.vp
