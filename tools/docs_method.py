"""Write docs/method.md: how hours and every line of the bill come about, as figures are declared."""

from __future__ import annotations

import re
from collections.abc import Iterator

from docs_markdown import escaped, table

from isocost.catalog import load
from isocost.files import load_project
from isocost.paths import presets
from isocost.plan.answer.estimate import answer
from isocost.plan.explain.figures import Explainer
from isocost.plan.inputs.table import INPUTS
from isocost.plan.money.bill import FIGURES
from isocost.plan.money.explain import Explanation
from isocost.plan.money.figure import BILL, LINES, Figure
from isocost.report.estimate_questions import LATE_WEEKS

GIVEN = {
    "stages": "number of stages",
    "checkpoint_gb": "GB of a checkpoint",
    "weeks_late": "weeks late",
    LINES: "all lines of the bill but the reserve",
    BILL: "all lines of the bill",
    "constants.power_over_nameplate": "draw over nameplate",
}
"""Needs of a figure that are neither figures nor inputs."""
OF_STAGE = {
    "purchase": "purchase price of an accelerator in its server",
    "server_kw": "nameplate of the server behind an accelerator",
    "price": "Price",
    "gpu_hours": "Accelerator-hours",
    "count": "Accelerators",
    "days": "Days",
    "main": "1 for the main run, else 0",
    "shared": "1 on the plan's own accelerators, else 0",
}
"""The same of a stage's accelerators, or of those the plan holds."""
PAID = {
    "start": "at the programme's start",
    "before": "before the first stage",
    "stages": "with the stages",
    "main stages": "with the main run",
    "after": "after the last stage",
    "throughout": "month by month",
    "end": "at the end",
    "as the rest": "as all else is paid",
}


def page() -> str:
    """The whole page."""
    return "\n".join([_opening(), _hours(), _bill()])


def _opening() -> str:
    return """# Method

*Written by `make docs` from the declarations that figures are made of: change those, not this page.*

How a figure comes about, from the top down:

1. **Hours of a stage**: tokens over tokens a second, over goodput, over what whole runs lose beyond it
   ([below](#hours-of-a-stage)).
2. **Tokens a second** come from the time of a step: each matrix product, each pass over memory and each
   message between accelerators of the fastest layout that fits is timed by itself ([The engine](engine.md)).
3. **The bill** is hours times price, and every other line as declared ([below](#the-bill)).
4. **The range** comes from sampling everything a plan does not know 10,000 times through the whole bill;
   see [How sure are we?](questions/doubt.md)
5. **Constants** stand in files of `resources/` with their sources ([Constants](constants.md)). What is
   `fitted` is fitted to published runs by `make calibrate`, never by hand; [Accuracy](accuracy.md) says
   how far off that leaves us.

Any figure of a plan opens in the window by a click, or with `isocost explain`, with these formulas and the
plan's own values in them. Conventions: SI units inside (seconds, bytes, FLOP/s), US dollars, 1 GB = 1e9
bytes, a month = 730 hours, peaks are dense. MFU is against the dense peak of the matrix multiplies' own
number format.
"""


def _hours() -> str:
    """The formulas of the stages, collected from explanations of every preset."""
    catalog = load()
    money = {row.label for row in FIGURES}
    found: dict[tuple[str, str], tuple[str, str]] = {}
    sources: dict[tuple[str, str], str] = {}
    for path in sorted(presets().glob("*.yaml")):
        project = load_project(path, catalog)
        explainer = Explainer(answer(project, catalog), LATE_WEEKS)
        for key in explainer.every_key():
            if key.startswith("stages."):
                for node in _walked(explainer.of(key)):
                    label = _general(node.label)
                    if node.words and label.partition(":")[0] not in money:
                        formula = _worded(node)
                        found.setdefault((label, formula), (node.unit, _by(node.source)))
                    elif not node.words and node.provenance in ("measured", "fitted", "assumed"):
                        sources.setdefault((label, node.provenance), _by(node.source))
    rows = [
        (escaped(label), _code(formula), unit, escaped(source))
        for (label, formula), (unit, source) in sorted(found.items())
    ]
    leaves = [
        (escaped(label), how, escaped(source)) for (label, how), source in sorted(sources.items()) if source
    ]
    return "\n".join(
        [
            "## Hours of a stage\n",
            "Each row is a formula of the explanations; several of one name are for different kinds of stage"
            " or for inputs that were typed. Lists of like parts are shortened to one with an ellipsis.\n",
            table(("figure", "formula", "unit", "by"), rows),
            "What these end in, where it is neither an input nor looked up:\n",
            table(("value", "known as", "source"), leaves),
        ]
    )


def _walked(node: Explanation) -> Iterator[Explanation]:
    yield node
    for each in node.inputs:
        yield from _walked(each)


_OF_ONE = re.compile(r"\b(?:[A-Z]*\d?FP\d+|BF16|TF32|16-bit) dense peak(?: of .+)?")


def _general(label: str) -> str:
    """A label without the accelerator or the format of one plan."""
    return _OF_ONE.sub("dense peak", label)


def _worded(node: Explanation) -> str:
    """A formula with labels in place of values; a run of like parts is cut to its first."""
    words = node.words.replace("2.718281828459045", "e")
    for each in node.inputs:
        words = words.replace(f"{{{each.key}}}", f"[{_general(each.label)}]")
    return re.sub(r"(\[[^\[\]]+\])(?: \+ \[[^\[\]]+\]){3,}", r"\1 + ...", words)


_OF_PLAN = re.compile(r"(?:; )?(?:best of [\d,]+ layouts: .*|(?:your input: )?(?:[TPDCEV]P\d+ ?)+,? .*)$")


def _by(source: str) -> str:
    """A source without the layout of one plan."""
    return _OF_PLAN.sub("", source)


def _code(text: str) -> str:
    return f"`{text.replace('|', '/')}`"


def _bill() -> str:
    rows = [(escaped(row.label), _code(_formula(row)), row.unit, _when(row)) for row in FIGURES]
    return "\n".join(
        [
            "## The bill\n",
            "Every figure of money, energy and time beside the stages. A line of the bill says its part of"
            " the bill and when it is paid; a figure that needs an input exists while that is not zero.\n",
            table(("figure", "formula", "unit", "when"), rows),
        ]
    )


def _formula(row: Figure) -> str:
    labels = {each.key: each.label for each in FIGURES}
    words = row.words
    for name in row.needs:
        owner, _, part = name.partition(".")
        said = labels.get(name) or GIVEN.get(name) or (INPUTS[name].label if name in INPUTS else name)
        if said == name and owner in ("stage", "held"):
            said = OF_STAGE[part]
        words = words.replace(f"{{{name}}}", f"[{said}]")
    return words


def _when(row: Figure) -> str:
    parts = []
    if row.group is not None:
        whose = "line of the bill" if row.of == "bill" else "line of a delay"
        parts.append(f"{whose} ({row.group}), paid {PAID[row.paid.when]}")
    if row.committed:
        parts.append("owed once agreed")
    if row.over == "stage":
        parts.append("for each stage")
    elif row.key.startswith("held."):
        parts.append("of the accelerators held")
    if row.modes:
        parts.append(f"terms: {', '.join(row.modes)}")
    for path in (*row.where, *row.typed):
        parts.append(f"needs *{INPUTS[path].label if path in INPUTS else path}*")
    return "; ".join(parts)
