"""Write docs/inputs.md: what every input of a plan means, from the table of inputs itself."""

from __future__ import annotations

from collections.abc import Iterator

from docs_markdown import escaped, table

from isocost.catalog import load
from isocost.plan.doubt.ranged import STILL
from isocost.plan.inputs.defaults import default_of
from isocost.plan.inputs.input import Choice, Input
from isocost.plan.inputs.locks import LOCKABLE
from isocost.plan.inputs.table import INPUTS
from isocost.plan.kinds import KINDS
from isocost.plan.money.bill import FIGURES
from isocost.plan.sweep.axes import SHORT
from isocost.quantities import format_quantity
from isocost.report.help.topics import heading_of

SECTIONS = {
    "model": (
        "Model",
        "Size and shape of the model: they set the FLOPs of a token and what a step must hold.",
    ),
    "data": ("Data", "What is trained on: tokens set the hours, the rest how well accelerators are used."),
    "hardware": ("Hardware", "What it runs on: rate, memory and links, and how many."),
    "price": ("Price", "Hours times the price are the rent, on which most other lines of the bill stand."),
    "efficiency": (
        "Efficiency",
        "How much of the accelerators' rate a run reaches. Left open it is predicted: [method](method.md).",
    ),
    "layout": (
        "Layout",
        "How a model is spread over accelerators. Left open, the fastest layout that fits is searched;"
        " what is typed is held.",
    ),
    "stage": ("Claimed hours", "Hours as somebody else states them: no physics stands behind them."),
    "tuning": ("Fine-tuning", "How a finished model is trained on."),
    "rl": ("Reinforcement learning", "Rounds of written answers, scored, and learned from."),
    "phases": ("Phases of reinforcement learning", "Parts of a run whose answers differ in length."),
    "generation": ("Generation", "Text that the plan's own accelerators write."),
    "distillation": ("Distillation", "A teacher's answers, and a student trained on them."),
    "preference": ("Preference tuning", "Pairs of answers, one of them preferred."),
    "ablations": ("Ablations", "Experiments, as a share of the final run."),
    "programme": ("Programme", "What surrounds the run, as shares of it or once."),
    "people": ("People", "Those who do the work."),
    "dataset": ("Data that is bought", "Text and judgements that cost money."),
    "storage": ("Storage", "What is kept, and what is moved out."),
    "supply": ("How accelerators are obtained", "Terms of the rent; they decide what unused hours cost."),
    "ownership": ("Owned accelerators", "What a purchase costs a year."),
    "site": ("Site and energy", "Where the machines stand. Of rented ones the electricity is in the rent."),
    "schedule": ("Calendar", "Weeks before, between and after the stages, and what being late costs."),
    "goal": ("Budget and deadline", "What the plan is held against; they change no figure of it."),
    "demand": ("Use of the finished model", "How much text it is to read and write, for *API or own*."),
    "api": ("Somebody else's model", "What using an API would cost instead."),
    "finetune": ("Fine-tuning instead", "What tuning an open model would cost instead."),
    "serving": ("Serving", "What running one's own model takes."),
}
"""Heading of each section, and what its inputs have in common; the order is that of the table."""
PHYSICS = ("model", "data", "hardware", "efficiency", "layout", "tuning", "rl", "phases", "generation",
           "distillation", "preference")  # fmt: skip
HOURS = "the hours of its stage, and with them rent, days and energy"
CHANGES = {
    "price": "the rent",
    "stage": HOURS,
    "ablations": HOURS,
    "goal": "no figure of the plan: offers, chances and solutions are held against it",
    "demand": "the comparison *API, fine-tune or train* alone",
    "api": "the comparison *API, fine-tune or train* alone",
    "finetune": "the comparison *API, fine-tune or train* alone",
    "serving": "the comparison *API, fine-tune or train* alone",
    **dict.fromkeys(PHYSICS, HOURS),
}
"""What the inputs of a section change beside the lines of the bill that name them."""
ALSO = {
    "dataset.unique_tokens": "the loss: text that repeats teaches less",
    "ownership.usd_per_accelerator": "*Price with server and network* ([method](method.md#the-bill))",
    "supply.mode": "how the price of an hour comes about, and what hours cost that nobody uses"
    " ([method](method.md#the-bill))",
    "site.region": "what *Electricity* and *Grid intensity* are while they are left open",
    "site.operator": "what *PUE* is while it is left open",
    "schedule.start": "the dates of the calendar and of payments; no sum",
}
"""What inputs change that no line of the bill names."""


def page() -> str:
    """The whole page."""
    sections = list(dict.fromkeys(each.section for each in INPUTS.values()))
    parts = [
        "# Inputs\n\n*Written by `make docs` from the table of inputs: change that, not this page.*\n",
        "Every input of a plan, in the order of the plan file. F1 on an input opens its entry here.\n\n"
        "- **Default** is what a new plan starts with and where that comes from. *Left open* means that"
        " Isocost fills it in: the field then says with what and why.\n"
        "- **Slider** are its ends; typed values may go as far as **allowed**.\n"
        "- The name in `this type` is the input's path, in plan files, on the command line, in Python.\n"
        "- Any number can be a range (`2..3`): eight chances in ten lie between its ends."
        " See [How sure are we?](questions/doubt.md)\n",
    ]
    for section in sections:
        title, told = SECTIONS[section]
        parts.append(f"## {title}\n\n{told}\n")
        parts += [_entry(each) for each in INPUTS.values() if each.section == section]
    return "\n".join(parts)


def _entry(declared: Input | Choice) -> str:
    facts = _number_facts(declared) if isinstance(declared, Input) else _choice_facts(declared)
    rows = [(f"**{name}**", said) for name, said in (*facts, *_shared_facts(declared)) if said]
    told = "\n".join(f"- {name}: {said}" for name, said in rows)
    words = ""
    if isinstance(declared, Choice) and declared.options:
        words = "\n\n" + table(
            ("in a file", "called", "meaning"),
            [
                (f"`{value}`".lower() if isinstance(value, bool) else f"`{value}`", name,
                 declared.meanings.get(str(value), ""))
                for value, name in declared.options.items()
            ],
        ).rstrip()  # fmt: skip
    return f"### {heading_of(declared)}\n\n{escaped(declared.help)}\n\n{told}{words}\n"


def _number_facts(declared: Input) -> Iterator[tuple[str, str]]:
    def said(value: float) -> str:
        return format_quantity(value, declared.quantity, digits=6)

    unit = {"share": "%", "money": declared.unit or "$"}.get(declared.quantity, declared.unit)
    yield "Unit", escaped(unit) + (", whole numbers" if declared.integer and unit else "")
    yield "Slider", f"{said(declared.low)} to {said(declared.high)}; allowed {said(declared.minimum)} to" \
        f" {said(declared.maximum)}"  # fmt: skip
    source = f", {escaped(declared.default_source)}" if declared.default_source else ""
    if declared.default is None:
        yield "Default", (f"left open{source}" if declared.optional else f"none{source}")
    else:
        yield "Default", said(declared.default) + source
    if declared.counted is not None:
        yield "When it is first counted", f"{said(declared.counted)}, {escaped(declared.counted_source)}"
    yield "New stages", _by_kind(declared)


def _by_kind(declared: Input) -> str:
    """Kinds of stage that start with another value than the table's."""
    catalog, found = load(), []
    for tag, kind in KINDS.items():
        if declared.path in kind.paths:
            from isocost.plan.inputs.defaults import new_stage

            default = default_of(new_stage(tag, catalog), declared, catalog)
            if default.value is not None and default.value != declared.default:
                source = f" ({escaped(default.source)})" if default.source else ""
                found.append(
                    f"{kind.label} starts with {format_quantity(default.value, declared.quantity)}{source}"
                )
    return "; ".join(found)


def _choice_facts(declared: Choice) -> Iterator[tuple[str, str]]:
    source = f", {escaped(declared.default_source)}" if declared.default_source else ""
    default = declared.default
    if default is None or default == "":
        yield "Default", f"left open{source}"
    else:
        yield "Default", declared.options.get(default, str(default)) + source


def _shared_facts(declared: Input | Choice) -> Iterator[tuple[str, str]]:
    yield "Changes", "; ".join(filter(None, _changed(declared)))
    kinds = [kind.label for kind in KINDS.values() if declared.path in kind.paths]
    if kinds:
        yield "Stages", "all" if len(kinds) == len(KINDS) else ", ".join(kinds)
    short = [name for name, path in SHORT.items() if path == declared.path]
    can = []
    if isinstance(declared, Input) and declared.section in STILL:
        can.append("takes no range")
    if declared.path in LOCKABLE:
        can.append("can be locked while another input is solved for (L)")
    yield "Also", "; ".join([*can, *(f"`{name}` for short in `isocost sweep`" for name in short)])


def _changed(declared: Input | Choice) -> tuple[str, ...]:
    return CHANGES.get(declared.section, ""), ALSO.get(declared.path, ""), _lines(declared.path)


def _lines(path: str) -> str:
    """The figures of money that name an input."""
    labels = dict.fromkeys(row.label for row in FIGURES if path in (*row.needs, *row.where))
    if not labels:
        return ""
    shown = ", ".join(f"*{label}*" for label in labels)
    return f"{shown} ([method](method.md#the-bill))"
