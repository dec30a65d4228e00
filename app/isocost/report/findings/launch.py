"""What the dialog of launch settings says."""

from __future__ import annotations

from isocost.report.launch import LABELS, Wanted, Written, layout_words

TITLE = "Launch settings"
BUTTON = "Launch settings…"
BUTTON_TIP = "The plan's layout in the words of Megatron-LM, torchtitan, DeepSpeed and others, to copy"
COPIED = "Copied."
NOTHING = "This stage has no layout to launch."


def how(run: Wanted) -> str:
    """The layout that is written, in a line."""
    layout = layout_words(run)
    return f"{run.stage} on {run.gpus:,} {run.accelerator}: {layout}."


def told(made: Written) -> tuple[str, str]:
    """Whether the framework can say all of the layout, and the tone of that."""
    label = LABELS[made.target]
    if not made.unsaid:
        return f"{label} can say all of this layout; what was assumed stands in its comments.", "fine"
    lost = made.unsaid
    listed = lost[0] if len(lost) == 1 else f"{', '.join(lost[:-1])} and {lost[-1]}"
    return f"{label} has no words for {listed}: started like this, it would run another layout.", "care"
