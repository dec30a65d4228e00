"""A layout of the search in words and breakdowns: who shares the work, what fills memory and time."""

from __future__ import annotations

from isocost.catalog import Catalog
from isocost.engine.layout import RECOMPUTE_NAMES, SHARDING_NAMES
from isocost.engine.records import SCHEDULE_CODES, Recompute
from isocost.engine.search.best import BestLayouts
from isocost.language import later, tr
from isocost.plan.physics.records import Breakdown, Part
from isocost.plan.values import Layout

_DEGREES = (("tp", "TP"), ("pp", "PP"), ("vp", "VP"), ("cp", "CP"), ("ep", "EP"), ("dp", "DP"))
_MEMORY = (
    ("weights", later("Weights")),
    ("gradients", later("Gradients")),
    ("optimizer", later("Optimizer")),
    ("activations", later("Activations")),
    ("logits", later("Logits")),
    ("buffers", later("Buffers")),
    ("reserve", later("Reserve")),
)
BUBBLE_PART = later("Pipeline bubble")
"""The part of a step that waits for a pipeline: its bubble, uneven stages, sends between them."""
_STEP = (
    ("matmul", later("Matrix multiplies")),
    ("attention", later("Attention")),
    ("elementwise", later("Elementwise")),
    ("recompute", later("Recompute")),
    ("tensor_comm", later("Tensor-parallel traffic")),
    ("context_comm", later("Context-parallel traffic")),
    ("expert_comm", later("Expert traffic")),
    ("pipeline", BUBBLE_PART),
    ("data_comm", later("Data-parallel traffic")),
    ("host", later("Host")),
    ("optimizer", later("Optimizer")),
    ("straggler", later("Stragglers")),
)
SHARDING_WORDS = {
    "none": "none",
    "zero1": "ZeRO-1",
    "zero2": "ZeRO-2",
    "zero3": "FSDP",
    "hpz": "ZeRO++",
    "zero-offload": "ZeRO-Offload",
    "zero3-offload": "FSDP, offloaded",
    "zero-infinity": "ZeRO-Infinity",
}
SCHEDULE_WORDS = {
    "1f1b": "1F1B",
    "zero-bubble": tr("zero bubble"),
    "zbv": "ZBV",
    "v-half": tr("V-half"),
    "dualpipe": "DualPipe",
}
PIN_WORDS = {
    **dict(_DEGREES[:5]),
    "microbatch": "microbatch",
    "recompute": tr("recompute"),
    "sharding": "sharding",
    "schedule": "schedule",
}
"""The parts of a layout that can be pinned, by what the field calls them."""


def layout_words(best: BestLayouts, at: int) -> str:
    """A layout in the field's shorthand: "TP8 PP16 DP16, microbatch 1, ZeRO-1, selective recompute"."""
    layouts = best.layouts
    degrees = [(word, getattr(layouts, name)[at]) for name, word in _DEGREES]
    words = [" ".join(f"{word}{value:.0f}" for word, value in degrees if value > 1) or tr("one accelerator")]
    words.append(schedule_of(best, at))
    words.append(tr("microbatch {microbatch:.0f}", microbatch=layouts.microbatch[at]))
    sharding = SHARDING_NAMES[layouts.sharding[at]]
    words.append("" if sharding == "none" else SHARDING_WORDS[sharding])
    mode = RECOMPUTE_NAMES[layouts.recompute[at]]
    words.append("" if mode == "none" else tr("{mode} recompute", mode=tr(mode)))
    return ", ".join(word for word in words if word)


def schedule_of(best: BestLayouts, at: int) -> str:
    """The schedule of a layout's pipeline, where it has one and another than 1F1B; empty = it has not."""
    code = int(best.chosen.workload.schedule[0])
    other = code > 0 and best.layouts.pp[at] > 1
    return (
        next(SCHEDULE_WORDS[name] for name, each in SCHEDULE_CODES.items() if each == code) if other else ""
    )


def pinned_words(layout: Layout) -> str:
    """The pinned parts: "TP8 PP16 · microbatch 4 · FSDP"; empty when there are none."""
    pinned = [(word, getattr(layout, name)) for name, word in _DEGREES[:5]]
    words = [" ".join(f"{word}{value}" for word, value in pinned if value is not None)]
    if layout.microbatch is not None:
        words.append(tr("microbatch {microbatch}", microbatch=layout.microbatch))
    if layout.recompute is not None:
        words.append(recompute_words(layout.recompute))
    if layout.sharding is not None:
        words.append(tr("no sharding") if layout.sharding == "none" else SHARDING_WORDS[layout.sharding])
    if layout.schedule is not None:
        words.append(SCHEDULE_WORDS[layout.schedule])
    return " · ".join(word for word in words if word)


def recompute_words(mode: Recompute) -> str:
    """A mode of recomputation: "full recompute", "no recompute"."""
    return tr("no recompute") if mode == "none" else tr("{mode} recompute", mode=tr(mode))


def memory_breakdown(best: BestLayouts, at: int, catalog: Catalog) -> Breakdown:
    """Bytes per accelerator at the peak of a layout, against what can be used."""
    parts = tuple(Part(label, float(getattr(best.memory, name)[at])) for name, label in _MEMORY)
    measured = catalog.constants.memory.reported
    return Breakdown(parts, best.capacity, measured.low, measured.high)


ROUNDING = 1e-12
"""Share of a step below which a part is what floats leave over."""

MIXERS = later("Attention and state space")
"""What mixes tokens in a hybrid's layers."""


def step_breakdown(best: BestLayouts, at: int, *, hybrid: bool = False) -> Breakdown:
    """Seconds of one optimizer step by what they are spent on, largest first."""
    labels = {**dict(_STEP), "attention": MIXERS if hybrid else later("Attention")}
    parts = [Part(label, float(getattr(best.breakdown, name)[at])) for name, label in labels.items()]
    parts.append(Part(later("Nearly full memory"), float(best.pressure[at])))
    # What nearly full memory costs is a difference of sums, whose rounding is no part of a step.
    least = sum(p.amount for p in parts) * ROUNDING
    return Breakdown(tuple(sorted((p for p in parts if p.amount > least), key=lambda p: -p.amount)))


def idle_accelerators(best: BestLayouts, at: int) -> int:
    """Accelerators without work because the batch has no sequences for them."""
    return _unused(best, at) if best.batch_limited[at] else 0


def left_over_accelerators(best: BestLayouts, at: int) -> int:
    """Accelerators without work because no more replicas of the layout go into their number."""
    return 0 if best.batch_limited[at] else _unused(best, at)


def _unused(best: BestLayouts, at: int) -> int:
    used = float(best.layouts.model_parallel[at] * best.layouts.dp[at])
    return max(0, round(float(best.counts[at]) - used))
