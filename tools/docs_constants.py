"""Write docs/constants.md: every constant with its value, its unit and its source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import yaml
from docs_markdown import escaped, table

from isocost.paths import resource

CONSTANTS = {
    "efficiency.yaml": "Step time",
    "memory.yaml": "Memory",
    "serving.yaml": "Generation and reinforcement learning",
    "reliability.yaml": "Failures and checkpoints",
    "usual_shapes.yaml": "Shapes by size",
    "whole_runs.yaml": "Whole runs",
    "accuracy.yaml": "Errors of the step-time model",
    "evidence.yaml": "The word beside a prediction",
    "scaling_laws.yaml": "Laws of loss, allocation and batch",
    "economics.yaml": "Money and energy",
    "defaults.yaml": "Where inputs start",
    "stages.yaml": "Where stages start",
    "translation.yaml": "Hours on other hardware",
    "claim_rules.yaml": "What claims are judged by",
    "thresholds.yaml": "Thresholds of compute",
    "ladder.yaml": "The ladder",
}
"""Files of constants, in the order shown."""


def page() -> str:
    """The whole page."""
    parts = [
        "# Constants\n\n*Written by `make docs` from `resources/`: change that, not this page.*\n",
        "`fitted` is fitted to measured runs; `assumed` is what its source or a reason says. Prices, models"
        " and accelerators are data, not constants: see [Data sources](data-sources.md).\n",
    ]
    for file, title in CONSTANTS.items():
        tree = yaml.safe_load(resource(file).read_text(encoding="utf-8"))
        rows = list(_figures(tree, ()))
        parts.append(f"## {title}\n\n`resources/{file}`\n")
        parts.append(table(("constant", "value", "unit or kind", "source"), rows))
    return "\n".join(parts)


_META = ("source", "unit", "date", "kind", "rows", "read", "fitted_on", "sources_read")
"""What is said of a constant, which is none itself; a count of rows is one."""
_LONG = 90
"""Letters of a text that is a sentence for the window, not a constant."""


def _figures(tree: Any, at: tuple[str, ...], around: str = "") -> Iterator[tuple[str, str, str, str]]:
    """Rows of a file: every value with the nearest source above it."""
    if isinstance(tree, Mapping):
        source = _source(tree) or around
        if "value" in tree:
            shown = _shown(tree["value"])
            if "low" in tree and "high" in tree:
                shown += f" ({_shown(tree['low'])} to {_shown(tree['high'])})"
            kind = ", ".join(str(tree[each]) for each in ("unit", "kind") if each in tree)
            name = (*at[:-1], str(tree["name"])) if "name" in tree else at
            yield f"`{'.'.join(name)}`", shown, escaped(kind), escaped(source)
            return
        named = str(tree.get("id") or tree.get("name") or "")
        where = (*at[:-1], named) if named and at and at[-1].isdigit() else at
        for key, each in tree.items():
            if not _is_said(key, each) and key not in ("id", "name"):
                yield from _figures(each, (*where, str(key)), source)
    elif isinstance(tree, list):
        if all(not isinstance(each, Mapping | list) for each in tree):
            yield f"`{'.'.join(at)}`", ", ".join(map(_shown, tree)), "", escaped(around)
        else:
            for number, each in enumerate(tree):
                yield from _figures(each, (*at, str(number)), around)
    elif not (isinstance(tree, str) and len(tree) > _LONG):
        yield f"`{'.'.join(at)}`", _shown(tree), "", escaped(around)


def _is_said(key: str, value: Any) -> bool:
    return key in _META and not isinstance(value, int | float)


def _source(tree: Mapping[str, Any]) -> str:
    said = next((tree[each] for each in ("source", "rows") if isinstance(tree.get(each), str)), "")
    date = str(tree.get("date") or tree.get("read") or "")
    return f"{said} ({date})" if said and date and date not in said else said


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, list):
        return ", ".join(map(_shown, value))
    return escaped(str(value))
