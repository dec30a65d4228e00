"""What the rules of several frameworks share."""

from __future__ import annotations

import re
from collections.abc import Iterator

from isocost.catalog.vocabulary import vocabulary
from isocost.files.imports.settings.run import Run
from isocost.files.imports.settings.shape import Architecture, architecture
from isocost.plan.inputs.table import CHOICES

COPIES = "states are split within groups that hold copies of the model; a plan splits them over all"
STAGES = {0: "none", 1: "zero1", 2: "zero2", 3: "zero3"}
"""DeepSpeed's numbers."""


def put_optimizer(run: Run, usual: str | None = None) -> None:
    """The optimizer in a plan's word; a word that no plan has is kept and named."""
    named = run.word("optimizer")
    found = run.trainer.words["optimizer"].get(named)
    if found is None and named:
        run.note(f"optimizer {named[:40]}: is not computed; a plan has AdamW's states in its place")
    run.put("optimizer", found or named or usual, "optimizer")


def put_architecture(run: Run, *, grouped: bool = True) -> Architecture | None:
    """Put the shape that a file's own keys come to, and hand it back; None = they come to none."""
    if (found := architecture(run, grouped=grouped)) is not None:
        run.extra["architecture"] = found
        run.model.update(found.as_json())
    return found


def whole_world(run: Run, product: int) -> None:
    """Put the accelerators that degrees come to; where a file says others, the contradiction is named."""
    if run.count("gpus") is None:
        run.put("gpus", product, origin="reckoned")
    elif run.count("gpus") != product:
        run.problems.append(
            f"the degrees are those of {product:,} accelerators, not of {run.count('gpus'):,}."
        )


def told(run: Run) -> str:
    """What the program of a command is named to do beside following examples: dpo, kto, rm; empty = nothing.

    Of "trl kto", "trl/scripts/online_dpo.py" or "openrlhf.cli.train_rm" the whole name, else the first of its
    parts that is the word of an objective, or of what no fine-tune is.
    """
    return next(filter(_meant, _names(run)), "")


def _names(run: Run) -> Iterator[str]:
    for program in run.extra.get("programs", ()):
        whole = re.split(r"[\s/.]", re.sub(r"\.(?:py|sh)\Z", "", program))[-1].lower().removeprefix("train_")
        yield from (whole, *re.split(r"[_-]", whole))


def _meant(word: str) -> bool:
    row = vocabulary().row("tuning.method", word)
    return bool(objective_of(word)) or (row is not None and bool(row.refused))


def objective_of(word: str) -> str:
    """A plan's objective of preference tuning by a framework's word; empty = it is none."""
    row = vocabulary().row("preference.objective", word)
    return row.value if row is not None else word if word in CHOICES["preference.objective"].options else ""


def put_told(run: Run, word: str, *of: str) -> None:
    """What a framework is told to do beside following examples.

    A word that is no objective stays as a method: none that a plan has, and the settings are refused with it.
    """
    objective = objective_of(word)
    if not objective:
        run.put("method", word, *of)
        run.note(f"{word[:40]}: what it does beside following examples is not read from this file")
        return
    run.extra["task"], run.extra["pairs"] = "sft", objective
    if word not in (objective, "rm", "reward"):
        run.note(f"{word[:40]}: reckoned as {objective}, which has its work")
    if objective == "kto":
        run.note("a batch counts single answers, two of them to a pair of the plan's")
    else:
        run.note("a batch counts pairs of answers, two sequences each")
