"""A figure is declared once: value, words, line of the bill, cash, scope and explanation come from its row.

Values are floats or arrays: one point, the counts of a curve, samples of a range. Figures ``over="stage"``
have the stages that count as their first axis.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache, reduce
from graphlib import CycleError, TopologicalSorter
from operator import add
from typing import Any, Literal, get_args

import numpy as np

from isocost.language import tr
from isocost.plan.money.arithmetic import Number, in_cents

LedgerGroup = Literal[
    "final run", "failures", "experiments", "data", "people", "infrastructure", "contingency"
]
GROUPS: tuple[LedgerGroup, ...] = get_args(LedgerGroup)
"""Parts of a bill, from the final run outwards."""

Unit = Literal[
    "USD", "USD/h", "USD/year", "USD/kWh", "h", "days", "weeks", "months", "GB", "Mtok", "kW", "kWh", "kg", ""
]
"""Of a figure; empty = a plain number."""

LINES = "lines"
"""Needed by what is a share of everything else: the sum of all lines of the bill but the contingency's."""
BILL = "bill"
"""The sum of all lines of the bill, each in whole cents."""


@dataclass(frozen=True, slots=True)
class Paid:
    """When a line is paid."""

    when: Literal["start", "before", "stages", "main stages", "after", "throughout", "end", "as the rest"]
    """At the programme's start, before the first stage, with the stages' rents (all, or the main run's),
    after the last stage, as long as something lasts, at the end, or month by month as everything else is."""
    lasting: str = ""
    """Key of the figure that says how long (days after the stages, months throughout)."""


# Compared by identity: rows are declared once, and a tuple of all of them is the key of a cache.
@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """One figure: what it is called and needs, how it is worked out and worded, where it stands on the bill.

    Rows of one key are alternatives: the first whose conditions hold is taken.
    """

    key: str
    label: str
    unit: Unit
    needs: tuple[str, ...]
    """Keys of other figures, or paths of inputs; ``LINES`` for the sum of the bill."""
    words: str
    """The arithmetic with a place for each need; see :mod:`isocost.plan.money.arithmetic`."""
    compute: Callable[..., Number]
    """Takes the needs in their order."""
    over: Literal["", "stage"] = ""
    """``stage``: one value for each stage that counts, along the first axis."""
    unknown: str = ""
    """The arithmetic where a value it needs is not known (NaN)."""
    where: tuple[str, ...] = ()
    """Inputs of which one at least must not be zero, else there is no such figure."""
    typed: tuple[str, ...] = ()
    """Optional inputs that must have been given."""
    modes: tuple[str, ...] = ()
    """Ways of obtaining accelerators under which it exists; empty = all."""
    group: LedgerGroup | None = None
    """Part of the bill it is a line of; None = a step on the way."""
    inputs: tuple[str, ...] = ()
    """Inputs whose origin is the line's source."""
    missing: str = ""
    """What the bill lacks where the figure does not exist, for the list of what is left out."""
    counted_with: tuple[LedgerGroup, ...] = ()
    """Groups of stages that count the same thing: with one of them it is not left out."""
    of: Literal["bill", "delay"] = "bill"
    """Whose line it is: the programme's, or that of being late."""
    paid: Paid = Paid("start")
    committed: bool = False
    """Whether it is owed once agreed, whatever is then used."""


def whose(owner: str, rows: Iterable[Figure], over: Literal["", "stage"] = "") -> tuple[Figure, ...]:
    """Rows written for ``its.``, as those of an owner: ``stage.rate`` of ``its.rate``."""

    def named(text: str) -> str:
        return text.replace("{its.", f"{{{owner}.") if "{" in text else text.replace("its.", f"{owner}.", 1)

    return tuple(
        replace(
            row,
            key=named(row.key),
            needs=tuple(named(name) for name in row.needs),
            words=named(row.words),
            unknown=named(row.unknown),
            over=over,
        )
        for row in rows
    )


def total(parts: Iterable[Number]) -> Number:
    """The sum from first to last: the same digits on every machine and version of Python."""
    return reduce(add, parts, 0.0)


def by_stage(figure: Number) -> Number:
    """The sum of a figure over the stages (its first axis)."""
    return total(list(np.asarray(figure)))


GIVEN = ("stages", "checkpoint_gb", "weeks_late")
"""What is neither a figure nor an input: counted from the plan."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The figures that exist under some inputs."""

    lines: tuple[Figure, ...]
    """Those that are lines of the bill, in the order declared."""
    late: tuple[Figure, ...]
    """The same of what a delay costs."""
    rows: Mapping[str, Figure]
    """By key."""
    declared: tuple[Figure, ...]
    """All rows, those that do not exist here included."""
    conditions: frozenset[str]
    """Inputs that decide which of them exist."""


def sheet(figures: tuple[Figure, ...], read: Callable[[str], Any]) -> Sheet:
    """The figures that exist with the inputs that ``read`` gives by their path.

    Raises:
        ValueError: a figure needs one that nobody declares, or two need each other.
    """
    mode = read("supply.mode")
    return _sheet(figures, tuple([_exists(figures[i], read, mode) for i in _conditional(figures)]))


@lru_cache(maxsize=8)
def _conditional(figures: tuple[Figure, ...]) -> tuple[int, ...]:
    """Places of the rows that do not always exist."""
    return tuple(i for i, row in enumerate(figures) if row.modes or row.typed or row.where)


def _exists(figure: Figure, read: Callable[[str], Any], mode: str) -> bool:
    if figure.modes and mode not in figure.modes:
        return False
    for path in figure.typed:
        if read(path) is None:
            return False
    return not figure.where or any(_is_set(read(path)) for path in figure.where)


def _is_set(value: Any) -> bool:
    return bool(value.any()) if isinstance(value, np.ndarray) else bool(value)


@lru_cache(maxsize=256)
def _sheet(figures: tuple[Figure, ...], existing: tuple[bool, ...]) -> Sheet:
    absent = {i for i, exists in zip(_conditional(figures), existing, strict=True) if not exists}
    rows: dict[str, Figure] = {}
    for i, figure in enumerate(figures):
        # Of the alternatives of one key the first that exists is taken: the usual case stands last.
        if i not in absent:
            rows.setdefault(figure.key, figure)
    lines, late = (
        tuple(row for row in rows.values() if row.group is not None and row.of == owner)
        for owner in ("bill", "delay")
    )
    summed = [line.key for line in lines if line.group != "contingency"]
    declared = {figure.key for figure in figures}
    for row in rows.values():
        for name in row.needs:
            if name in declared and name not in rows:
                raise ValueError(
                    tr(
                        "{key} needs {name}, which does not exist under the same conditions.",
                        key=row.key,
                        name=name,
                    )
                )
            if name not in declared and "." not in name and name not in (LINES, BILL, *GIVEN):
                raise ValueError(tr("{key} needs {name}, which nobody declares.", key=row.key, name=name))
    graph = {
        row.key: [name for name in row.needs if name in rows] + (summed if LINES in row.needs else [])
        for row in rows.values()
    }
    # Values are worked out when asked for, so no order is needed; this only finds circles, before any is.
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        raise ValueError(
            tr("Figures need each other in a circle: {list}.", list=" -> ".join(error.args[1]))
        ) from error
    conditions = frozenset(path for row in figures for path in (*row.where, *row.typed)) | {"supply.mode"}
    return Sheet(lines, late, rows, figures, conditions)


class Values(dict[str, Any]):
    """Values by key: those given, and each figure when it is first asked for, from what it needs.

    What is given stands, also in place of a figure; an input not given is read from where the plan holds it.
    """

    def __init__(self, given: Mapping[str, Any], known: Sheet, read: Callable[[str], Any]) -> None:
        """``read`` gives the value of an input by its path; ``known`` are the figures that exist."""
        super().__init__(given)
        self._read = read
        self.sheet = known

    def __missing__(self, key: str) -> Any:
        row = self.sheet.rows.get(key)
        if row is not None:
            value = row.compute(*[self[name] for name in row.needs])
        elif key == BILL:
            value = total(in_cents(self[line.key]) for line in self.sheet.lines)
        elif key == LINES:
            value = total(self[line.key] for line in self.sheet.lines if line.group != "contingency")
        else:
            value = self._read(key)
        self[key] = value
        return value

    def again(self, **given: Any) -> Values:
        """The same inputs with other values given; every figure is worked out anew."""
        known, rows = self.sheet, self.sheet.rows
        inputs = {k: v for k, v in self.items() if k not in rows and k not in (LINES, BILL)}
        # Samples of a share that is zero in the plan bring its line into being.
        if not known.conditions.isdisjoint(given):
            known = sheet(known.declared, lambda path: given[path] if path in given else self[path])
        return Values({**inputs, **given}, known, self._read)
