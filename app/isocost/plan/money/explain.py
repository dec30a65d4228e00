"""A figure as a tree of arithmetic: its formula with values in it, down to inputs with their sources."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from isocost.catalog.records import named_for
from isocost.plan.inputs.table import NUMBERS
from isocost.plan.money.arithmetic import Factor, Form, money_amount, on_paper, places
from isocost.plan.money.figure import BILL, LINES, Figure
from isocost.plan.money.reckoning import Reckoning
from isocost.plan.project.project import hardware_of


@dataclass(frozen=True, slots=True)
class Explanation:
    """One value of a derivation."""

    key: str
    label: str
    value: float
    unit: str
    formula: str
    """Arithmetic with the values of ``inputs`` in it; empty for a value that is not worked out."""
    source: str
    """Where a value that is not worked out comes from."""
    inputs: tuple[Explanation, ...]


def explained(on: Reckoning, key: str) -> Explanation:
    """Where a figure comes from; ``stage.0`` is the rent of the scenario's first stage.

    Raises:
        KeyError: there is no such figure in this plan.
    """
    prefix, _, place = key.partition(".")
    if prefix == "stage" and place.isdigit():
        return _node(on, "stage.rent", on.stages.index(int(place)))
    if key not in on.values.sheet.rows:
        raise KeyError(key)
    return _node(on, key, None)


def arithmetic(on: Reckoning, figure: Figure, stage: int | None = None) -> tuple[str, str]:
    """A figure's words with its values, in enough digits, and what they come to.

    Args:
        stage: which of the stages that count, for a figure by stage.
    """
    words = named_for(_noun(on, stage), figure.words)
    if figure.unknown and any(math.isnan(value) for name in figure.needs for value in _of(on, name, stage)):
        words = figure.unknown
    factors = {
        name: [Factor(value, _form(on, name)) for value in _of(on, name, stage)] for name in places(words)
    }
    return on_paper(words, factors, money_amount if figure.unit == "USD" else _as_shown)


def _noun(on: Reckoning, stage: int | None) -> str:
    """What the accelerators of a stage are called; of no one stage, the plan's own."""
    hardware = (
        on.scenario.hardware
        if stage is None
        else hardware_of(on.scenario, on.scenario.stages[on.stages[stage]])
    )
    return on.catalog.accelerator(hardware.accelerator).noun


def _as_shown(value: float) -> str:
    return f"{value:.6g}"


def _of(on: Reckoning, name: str, stage: int | None) -> tuple[float, ...]:
    """The value of a name; of a value by stage the one asked about, or all of them."""
    if not name.startswith("stage."):
        return (on[name],)
    every = on.by_stage(name)
    return every if stage is None else (every[stage],)


def _form(on: Reckoning, name: str) -> Form:
    row = on.values.sheet.rows.get(name)
    if row is not None:
        return "usd" if row.unit.startswith("USD") else "share" if row.key.endswith("_share") else "number"
    declared = NUMBERS.get(name)
    if name in (LINES, BILL) or name.endswith((".price", ".purchase")):
        return "usd"
    if declared is None:
        return "number"
    return {"money": "usd", "share": "share"}.get(declared.quantity, "number")  # type: ignore[return-value]


def _node(on: Reckoning, name: str, stage: int | None) -> Explanation:
    row = on.values.sheet.rows.get(name)
    value = _of(on, name, stage)[0] if stage is not None or not name.startswith("stage.") else math.nan
    if row is None:
        return _leaf(on, name, stage, value)
    inside: list[Explanation] = []
    for need in row.needs:
        if need in (LINES, BILL):
            lines = on.values.sheet.lines
            summed = [x.key for x in lines if need == BILL or x.group != "contingency"]
            inside += [_node(on, key, None) for key in summed]
        elif need.startswith("stage.") and row.over != "stage":
            inside += [_node(on, need, place) for place in range(len(on.stages))]
        else:
            inside.append(_node(on, need, stage))
    return Explanation(name, row.label, value, row.unit, arithmetic(on, row, stage)[0], "", tuple(inside))


def _leaf(on: Reckoning, name: str, stage: int | None, value: float) -> Explanation:
    declared = NUMBERS.get(name)
    label = declared.label if declared is not None else name.rpartition(".")[2].replace("_", " ")
    unit = declared.unit if declared is not None else ""
    return Explanation(name, label, float(np.float64(value)), unit, "", on.source_of(name, stage), ())
