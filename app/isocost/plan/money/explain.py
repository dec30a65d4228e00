"""A figure as a tree of arithmetic: its formula with values in it, down to inputs with their sources."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from isocost.catalog.records import named_for
from isocost.language import tr
from isocost.plan.inputs.input import Input
from isocost.plan.inputs.table import NUMBERS, OFF
from isocost.plan.money.arithmetic import Factor, Form, money_amount, on_paper, places, read
from isocost.plan.money.figure import BILL, LINES, Figure
from isocost.plan.money.reckoning import Reckoning
from isocost.plan.physics.throughput import TYPED
from isocost.plan.project.project import hardware_of
from isocost.quantities import format_significant

Provenance = Literal["computed", "typed", "looked up", "measured", "fitted", "assumed", "sampled"]
"""How a value is known: by its formula, from the plan, from a source, from runs, from a fit, from nobody,
from samples."""

_PLACE_OF = re.compile(r"{(\d+)}")

EXACT = 10
"""Significant digits to which a formula, read as it is written, comes to its value."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """One value of a derivation."""

    key: str
    label: str
    value: float
    unit: str
    words: str
    """Arithmetic with a place for each of ``inputs`` by its key; empty for a value that is not worked out."""
    source: str
    """Where a value that is not worked out comes from, or what the formula is by."""
    provenance: Provenance
    inputs: tuple[Explanation, ...] = ()

    @property
    def formula(self) -> str:
        """The arithmetic with the values of ``inputs`` in it, which comes to ``value`` as it is written."""
        if not self.words:
            return ""
        if not all(math.isfinite(each.value) for each in self.inputs):
            return re.sub(r"{[^{}]+}", "?", self.words)
        factors = {each.key: [Factor(each.value, _form_of(each))] for each in self.inputs}
        return on_paper(self.words, factors, lambda value: f"{value:.{EXACT}g}")[0]


def worked_out(
    key: str, label: str, unit: str, words: str, *inputs: Explanation, source: str = ""
) -> Explanation:
    """A value that its words come to: ``{0}`` in them is the place of the first input.

    Raises ValueError where they are no arithmetic.
    """
    words = _PLACE_OF.sub(lambda place: f"{{{inputs[int(place[1])].key}}}", words)
    value = read(words, {each.key: each.value for each in inputs})
    return Explanation(key, label, value, unit, words, source, "computed", inputs)


def given(
    key: str, label: str, value: float, unit: str, source: str, provenance: Provenance = "looked up"
) -> Explanation:
    """A value that is not worked out here."""
    return Explanation(key, label, value, unit, "", source, provenance)


def _form_of(node: Explanation) -> Form:
    return "usd" if node.unit.startswith("USD") else "share" if node.unit == "share" else "number"


def explained(on: Reckoning, key: str) -> Explanation:
    """Where a figure of money comes from; ``stage.0`` is the rent of the scenario's first stage.

    Raises:
        KeyError: there is no such figure in this plan.
    """
    return Derivations(on).of(key)


def arithmetic(on: Reckoning, figure: Figure, stage: int | None = None) -> tuple[str, str]:
    """A figure's words with its values, in enough digits, and what they come to.

    Args:
        stage: which of the stages that count, for a figure by stage.
    """
    written = figure.words
    if figure.unknown and any(math.isnan(value) for name in figure.needs for value in _of(on, name, stage)):
        written = figure.unknown
    noun = _noun(on, stage)
    words, said = named_for(noun, written), named_for(noun, tr(written))
    factors = {
        name: [Factor(value, _form(on, name)) for value in _of(on, name, stage)] for name in places(words)
    }
    return on_paper(words, factors, money_amount if figure.unit == "USD" else _as_shown, said)


def _noun(on: Reckoning, stage: int | None) -> str:
    """What the accelerators of a stage are called; of no one stage, the plan's own."""
    hardware = (
        on.scenario.hardware
        if stage is None
        else hardware_of(on.scenario, on.scenario.stages[on.stages[stage]])
    )
    return on.catalog.accelerator(hardware.accelerator).noun


def _as_shown(value: float) -> str:
    return format_significant(value, 6)


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


Deeper = Callable[[str, int | None], Explanation | None]
"""What a value that no figure works out is made of, by its name and stage; None = nothing more is known."""


@dataclass(frozen=True)
class Derivations:
    """The figures of a reckoning as trees, each made once."""

    on: Reckoning
    deeper: Deeper = lambda name, stage: None
    _made: dict[tuple[str, int | None], Explanation] = field(default_factory=dict, repr=False)

    def of(self, key: str) -> Explanation:
        """A figure, an input or a line by its key. Raises KeyError for none of these."""
        prefix, _, place = key.partition(".")
        if prefix == "stage" and place.isdigit() and int(place) in self.on.stages:
            return self.node("stage.rent", self.on.stages.index(int(place)))
        if key not in self.on.values.sheet.rows:
            raise KeyError(key)
        return self.node(key)

    def node(self, name: str, stage: int | None = None) -> Explanation:
        """A figure or a value it needs; of a value by stage that of one of the stages that count."""
        place = stage if name.startswith("stage.") else None
        if (name, place) not in self._made:
            self._made[name, place] = self._node(name, place)
        return self._made[name, place]

    def _node(self, name: str, stage: int | None) -> Explanation:
        row = self.on.values.sheet.rows.get(name)
        key = name if stage is None else f"stages.{stage}.{name.removeprefix('stage.')}"
        found = self.deeper(name, stage)
        if found is not None:
            return found
        value = _of(self.on, name, stage)[0]
        if row is None:
            return self._leaf(key, name, stage, value)
        words = row.words
        if row.unknown and any(math.isnan(v) for need in row.needs for v in _of(self.on, need, stage)):
            words = row.unknown
        needed = {need: self._needed(need, row, stage) for need in places(words)}
        inputs = {each.key: each for several in needed.values() for each in several}
        label = row.label
        if stage is not None and len(self.on.stages) > 1:
            label = f"{label}: {self.on.scenario.stages[self.on.stages[stage]].name}"
        return Explanation(
            key, label, value, row.unit,
            _with_keys(named_for(_noun(self.on, stage), words), needed), "", "computed",
            tuple(inputs.values()),
        )  # fmt: skip

    def _needed(self, need: str, row: Figure, stage: int | None) -> list[Explanation]:
        """What stands in one place of a figure's words: a value, or one of each stage or line."""
        if need in (LINES, BILL):
            lines = self.on.values.sheet.lines
            return [self.node(x.key) for x in lines if need == BILL or x.group != "contingency"]
        if need.startswith("stage.") and row.over != "stage":
            return [self.node(need, place) for place in range(len(self.on.stages))]
        return [self.node(need, stage)]

    def _leaf(self, key: str, name: str, stage: int | None, value: float) -> Explanation:
        declared = NUMBERS.get(name)
        label, unit = _VALUES.get(name.rpartition(".")[2], (name.rpartition(".")[2].replace("_", " "), ""))
        if declared is not None:
            label, unit = declared.label, unit_of(declared)
        source = self.on.source_of(name, stage)
        return given(key, label, float(np.float64(value)), unit, source, provenance_of(name, source))


def unit_of(declared: Input) -> str:
    """The unit of an input's plain value: what is typed in per cent is a share of 1."""
    return "share" if declared.quantity == "share" else declared.unit.replace("$", "USD")


_VALUES = {
    "gpu_hours": (tr("Accelerator-hours"), "h"),
    "days": (tr("Days"), "days"),
    "count": (tr("Accelerators"), ""),
    "price": (tr("Price of an hour"), "USD/h"),
    "purchase": (tr("Purchase price"), "USD"),
    "server_kw": (tr("Draw of its part of the server"), "kW"),
    "main": (tr("Whether it is the main run"), ""),
    "shared": (tr("Whether it runs on the plan's own accelerators"), ""),
    "stages": (tr("Stages"), ""),
    "weeks_late": (tr("Weeks late"), "weeks"),
    "checkpoint_gb": (tr("Size of a checkpoint"), "GB"),
    "power_over_nameplate": (tr("Mean draw over nameplate"), ""),
}
"""Labels and units of values that are neither figures nor inputs."""


def provenance_of(name: str, source: str) -> Provenance:
    """How a value that is not worked out is known, from where it stands and its source."""
    if source.startswith(TYPED) or source == tr("this plan"):  # a typed price has its day behind
        return "typed"
    if name.startswith("constants."):
        return "measured"
    if name.startswith("site.") or name not in NUMBERS:
        return "looked up"
    return "assumed" if source == OFF or not source else "looked up"


_LARGEST = re.compile(r"the larger of 0 and {(stage\.[^{}]+)}")


def _with_keys(words: str, needed: Mapping[str, list[Explanation]]) -> str:
    """Words whose places are the keys of what stands there: one of several stages or lines is their sum."""
    # The largest of several stages is no sum: "the larger of A and the larger of B and C".
    if (found := _LARGEST.search(words)) and len(needed[found[1]]) > 1:
        *first, last = (f"{{{each.key}}}" for each in needed[found[1]])
        return "".join(f"the larger of {each} and " for each in first) + last
    for name, several in needed.items():
        words = words if several else words.replace(f" + {{{name}}}", "")
        words = words.replace(f"{{{name}}}", " + ".join(f"{{{each.key}}}" for each in several) or "0")
    return words
