"""Which page of help explains what has the keyboard, by the names that parts of the window have."""

from __future__ import annotations

import re
from collections.abc import Iterable

from isocost.plan.inputs.input import Choice, Input
from isocost.plan.inputs.table import INPUTS
from isocost.report.findings.charts import CHARTS
from isocost.report.help.pages import INDEX, manual, slug

INPUTS_PAGE, WINDOW_PAGE = "inputs.md", "window.md"
_PHASE = re.compile(r"^rl\.phases\.\d+\.(?!remove)")
"""How the inputs of one phase of a run are named in the window."""

PLACES = {
    "header": "window.md#headline",
    "headline": "window.md#headline",
    "warnings": "window.md#headline",
    "ranges": "questions/doubt.md",
    "inputs": "window.md#inputs",
    "gallery": "start.md",
    "tour": "start.md",
    "explain": "window.md#a-figure-opened",
    "solve": "questions/best-model.md",
    "palette": "window.md#find-anything",
    "history": "window.md#undo-and-history",
    "recovery": "reliability.md#after-a-crash",
    "report": "questions/report.md",
    "launch": "questions/fit.md#settings-to-start-with",
    "own_accelerators": "catalog.md#your-own-files",
    "own_quotes": "catalog.md#quotes-of-a-plan",
    "own_calibration": "questions/doubt.md#your-own-runs",
    "own_actual": "questions/slip.md#a-run-under-way",
    "own_import": "window.md#bring-files-in",
    "price.quotes": "catalog.md#quotes-of-a-plan",
    "rl.phases": "inputs.md#phases-of-reinforcement-learning",
    "offers": "questions/best-model.md#three-offers",
    "compare": "window.md#compare",
    "claims": "questions/claims.md",
    "badge": "window.md#where-this-run-stands",
    "plan_page": "window.md#plan",
    "scale_page": "window.md#scale",
    "fit_page": "window.md#fit",
    "risk_page": "window.md#risk",
    "ledger_page": "window.md#ledger",
    "compare_page": "window.md#compare",
    "claims_page": "window.md#claims",
}
"""Parts that are neither an input nor a chart, by how their names begin."""


def heading_of(declared: Input | Choice) -> str:
    """The heading of an input's entry: its label and its path."""
    return f"{declared.label} `{declared.path}`"


def input_place(path: str) -> str:
    """Where an input is explained. Raises KeyError where there is none."""
    # Its heading ends in its path; the label before it is English, whatever the window speaks.
    ending = f"-{slug(INPUTS[path].path)}"
    pages = (each for each in manual().sections if each.page == INPUTS_PAGE)
    return next(each.place for each in pages if each.anchor.endswith(ending))


def place_of(names: Iterable[str]) -> str:
    """Where help is on what is named first, else on what that stands in; nothing known is the index.

    Args:
        names: of a part of the window and of all around it, from the inside out.
    """
    return next((place for name in names if (place := _known(name))), INDEX)


def _known(name: str) -> str:
    """A place for a name, or for what it begins with: ``data.tokens.edit`` is of ``data.tokens``."""
    name = _PHASE.sub("phases.", name)
    while name:
        if name in INPUTS:
            return input_place(name)
        if name in CHARTS:
            return f"{WINDOW_PAGE}#{slug(CHARTS[name].name)}"
        if name in PLACES:
            return PLACES[name]
        name = name.rpartition(".")[0]
    return ""
