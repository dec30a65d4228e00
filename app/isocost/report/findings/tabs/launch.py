"""What the dialog of launch settings says."""

from __future__ import annotations

from isocost.language import listed, tr
from isocost.report.launch import LABELS, Wanted, Written, layout_words

TITLE = tr("Launch settings")
BUTTON = tr("Launch settings…")
BUTTON_TIP = tr("The plan's layout in the words of Megatron-LM, torchtitan, DeepSpeed and others, to copy")
COPIED = tr("Copied.")
NOTHING = tr("This stage has no layout to launch.")


def how(run: Wanted) -> str:
    """The layout that is written, in a line."""
    layout = layout_words(run)
    return tr(
        "{stage} on {gpus:,} {accelerator}: {layout}.",
        stage=run.stage,
        gpus=run.gpus,
        accelerator=run.accelerator,
        layout=layout,
    )


def told(made: Written) -> tuple[str, str]:
    """Whether the framework can say all of the layout, and the tone of that."""
    label = LABELS[made.target]
    if not made.unsaid:
        return tr(
            "{label} can say all of this layout; what was assumed stands in its comments.", label=label
        ), "fine"
    return tr(
        "{label} has no words for {lost}: started like this, it would run another layout.",
        label=label,
        lost=listed(made.unsaid),
    ), "care"
