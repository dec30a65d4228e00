"""What the rules of several frameworks share."""

from __future__ import annotations

from isocost.files.imports.settings.run import Run

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
