"""What each value of a range makes of a programme: its hours searched anew, or an input of its bill."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from isocost.catalog import CatalogError
from isocost.language import tr
from isocost.plan.doubt.doubtful import Doubtful, Effect
from isocost.plan.doubt.ours import is_share
from isocost.plan.doubt.ranged import Held, with_value
from isocost.plan.doubt.sampling import Z90, split_lognormal
from isocost.plan.kinds import kind_of
from isocost.plan.money.ownership import PURCHASE
from isocost.plan.money.reckoning import Reckoning, reckoned
from isocost.plan.physics.counts import count_grid, obtainable, obtained, units_of
from isocost.plan.physics.records import Array
from isocost.plan.project.project import hardware_of
from isocost.plan.project.runs import run_as_planned
from isocost.quantities import format_quantity

NODES = (-3.1, -2.2, -Z90, -Z90 / 2, 0.0, Z90 / 2, Z90, 2.2, 3.1)
"""Standard deviations from the middle at which layouts are searched: one sample in 500 lies beyond.

Between them logarithms follow straight lines. A range that ends at its ends has as many, evenly.
"""


def doubt_of(held: Held, on: Reckoning) -> tuple[Doubtful, str]:
    """A range as a doubt of a programme reckoned with every range at its middle, and what to know of it."""
    declared, ranged = held.declared, held.range
    problem = ""
    if not held.stages or declared.section == "price":
        effect = _of_sheet(held, on)
    else:
        effect, problem = _searched(held, on)
    prefix = f"{ranged.stage}: " if ranged.stage else ""
    made = Doubtful(
        name=f"{prefix}{declared.label}",
        identity=ranged.path,
        path=ranged.path,
        whose="yours",
        source=tr("your range"),
        low=ranged.low,
        middle=held.middle,
        high=ranged.high,
        base=held.base,
        shape=ranged.shape,
        minimum=declared.minimum,
        maximum=declared.maximum,
        effect=effect,
        quantity=declared.quantity,
        unit=declared.unit,
        whole=declared.integer,
        said=held.said,
    )
    return made, problem


def _of_sheet(held: Held, on: Reckoning) -> Callable[[Array], Effect]:
    """The effect of an input that the bill reads."""
    path, scenario = held.declared.path, on.scenario
    if path == "price.usd_per_gpu_hour":
        rows = np.isin(on.stages, held.stages)[:, None]
        shared = not held.range.stage
        middle = held.middle

        def priced(values: Array) -> Effect:
            factor = values / middle
            return Effect(price=np.where(rows, factor, 1.0), held_price=factor if shared else 1.0)

        return priced
    if path == PURCHASE:
        own = scenario.hardware.accelerator
        same = np.array([hardware_of(scenario, scenario.stages[at]).accelerator == own for at in on.stages])
        others = np.asarray(on.values["stage.purchase"])

        def bought(values: Array) -> Effect:
            rows = np.where(same[:, None], values, others)
            return Effect(given={"stage.purchase": rows, "held.purchase": values})

        return bought
    return lambda values: Effect(given={path: values})


LINEAR = ("ablations.share", "stage.hours", "stage.gpu_hours")
"""Inputs that hours are in proportion to, and that may be 0."""
EXACT = (*LINEAR, "efficiency.mfu", "efficiency.goodput", "efficiency.waste")
"""Inputs whose hours lie on one line, so that two nodes tell all."""


@dataclass(frozen=True, slots=True)
class _Nodes:
    """A programme at some values of an input, rising."""

    values: list[float]
    hours: Array
    """(values, stages that count)."""
    checkpoint_gb: Array
    """(values, 1) of a full checkpoint of the largest model."""
    misfits: list[float]
    """Values at which it does not fit."""
    problem: str
    """Why some values could not be worked out, as a sentence; empty = all could."""


def _nodes(held: Held, on: Reckoning, wanted: Sequence[float]) -> _Nodes:
    values, hours, stored, misfits, problem = [], [], [], [], ""
    for value in sorted(set(wanted)):
        try:
            scenario = with_value(on.scenario, held, value, on.catalog)
            runs = run_as_planned(scenario, on.catalog)
        except CatalogError as error:
            problem = str(error)
            continue
        values.append(value)
        hours.append([float(runs[at].gpu_hours[0]) for at in on.stages])
        stored.append([reckoned(scenario, runs, on.catalog)["checkpoint_gb"]])
        if not all(bool(runs[at].fits[0]) for at in on.stages):
            misfits.append(value)
    return _Nodes(values, np.array(hours), np.array(stored), misfits, problem)


def _searched(held: Held, on: Reckoning) -> tuple[Callable[[Array], Effect], str]:
    """The effect of an input that stages read: their hours at its nodes, searched anew, and between them."""
    path = held.declared.path
    if path == "hardware.count":
        return _counted(held, on)
    found = _nodes(held, on, [*_node_values(held), held.middle, held.base])
    if held.middle not in found.values:
        return (lambda values: Effect()), f"{held.range.path}: {found.problem}"
    at, middle = np.array(found.values), found.values.index(held.middle)
    factors, stored = _factors(found.hours, middle, on), found.checkpoint_gb
    kept = np.all(stored > 0.0) and np.any(stored != stored[0])

    def effect(values: Array) -> Effect:
        given = {"checkpoint_gb": between(path, at, stored, values)[0]} if kept else {}
        return Effect(between(path, at, factors, values), given=given)

    return effect, _misfit(held, found)


def _counted(held: Held, on: Reckoning) -> tuple[Callable[[Array], Effect], str]:
    """The effect of a count of accelerators: of those one can have."""
    entry = on.catalog.accelerator(hardware_of(on.scenario, on.scenario.stages[held.stages[0]]).accelerator)
    units = units_of(entry, on.scenario.supply.owns)
    ends = [obtained(value, units) for value in _node_values(held)]
    middle, base = (float(obtained(value, units)) for value in (held.middle, held.base))
    # Counts as clusters are built are searched all at once; between them some accelerators idle.
    grid = count_grid(units, int(middle))
    inside = grid[(grid >= min(ends)) & (grid <= max(ends))].tolist()
    low, high = (float(obtained(end, units)) for end in (held.range.low, held.range.high))
    found = _nodes(held, on, [*map(float, inside), low, high, middle, base])
    at, factors = np.array(found.values), _factors(found.hours, found.values.index(middle), on)
    follows = np.isin(on.stages, held.stages)[:, None]
    counts = np.asarray(on.values["stage.count"])

    def effect(values: Array) -> Effect:
        had = obtainable(np.ceil(values).astype(np.int64), units).astype(float)
        given = {} if held.range.stage else {"held.count": had}
        return Effect(
            between("hardware.count", at, factors, had), np.where(follows, had, counts), given=given
        )

    return effect, _misfit(held, found)


def _node_values(held: Held) -> list[float]:
    """Values of an input where its hours are worked out; the ends of its range are among them."""
    declared, ranged = held.declared, held.range
    exact = declared.path in EXACT
    if ranged.shape == "lognormal":
        scores = np.array([-Z90, Z90] if exact else NODES)
        found = split_lognormal(scores, ranged.low, held.middle, ranged.high)
        # To the last digit: beside a limit that others are cut to, two nodes a rounding apart have no slope.
        found[scores == -Z90], found[scores == Z90] = ranged.low, ranged.high
    else:
        spaced = np.linspace if ranged.low <= 0.0 or declared.path in LINEAR else np.geomspace
        found = spaced(ranged.low, ranged.high, 2 if exact else len(NODES))
        found[[0, -1]] = ranged.low, ranged.high
    found = np.clip(found, declared.minimum, declared.maximum)
    return [float(each) for each in (np.rint(found) if declared.integer else found)]


def _factors(hours: Array, middle: int, on: Reckoning) -> Array:
    """(nodes, stages) factors on hours; of a share of the final run, beside what the final run does to it."""
    stages = [on.scenario.stages[at] for at in on.stages]
    shares = np.array([is_share(stage) for stage in stages])
    final = hours[:, [kind_of(stage).group == "final run" for stage in stages]].sum(axis=1)
    own = np.where(shares, hours / np.where(final > 0.0, final, 1.0)[:, None], hours)
    factors: Array = np.where(own[middle] > 0.0, own / np.where(own[middle] > 0.0, own[middle], 1.0), 1.0)
    return factors


def between(path: str, nodes: Array, factors: Array, values: Array) -> Array:
    """(stages, values) factors on hours at values of an input, from those at its nodes.

    Logarithms follow straight lines, beyond the last node too; what is in proportion follows as it is.
    """
    if path in LINEAR:
        return np.maximum(_lines(nodes, factors, values), 0.0)
    if path == "efficiency.waste":  # hours go with what is left of them
        nodes, values = 1.0 - nodes, 1.0 - values
        nodes, factors = nodes[::-1], factors[::-1]
    # A node of nothing, such as no prompt tokens, has no logarithm: the values themselves are as good there.
    scale = np.log if nodes[0] > 0.0 else np.asarray
    return np.exp(_lines(scale(nodes), np.log(factors), scale(values)))


def _lines(nodes: Array, heights: Array, values: Array) -> Array:
    """(stages, values) on straight lines between (nodes, stages) heights, continued beyond the last ones."""
    if len(nodes) == 1:
        return np.repeat(heights.T, len(values), axis=1)
    left = np.clip(np.searchsorted(nodes, values) - 1, 0, len(nodes) - 2)
    part = (values - nodes[left]) / (nodes[left + 1] - nodes[left])
    rows = heights.T
    found: Array = rows[:, left] * (1.0 - part) + rows[:, left + 1] * part
    return found


def _misfit(held: Held, found: _Nodes) -> str:
    """Where in its range a plan cannot be, or does not fit, as a sentence; empty = nowhere, or everywhere."""
    if found.problem:
        return tr(
            "{path}: part of the range is left out: {problem}", path=held.range.path, problem=found.problem
        )
    if not found.misfits or len(found.misfits) == len(found.values):
        return ""
    shown = ", ".join(format_quantity(each, held.declared.quantity) for each in found.misfits)
    hungry = tr("hours there are of the least hungry layout")
    return tr(
        "{path}: the plan does not fit at {shown}; {hungry}.",
        path=held.range.path,
        shown=shown,
        hungry=hungry,
    )
