"""Inputs that a sweep varies: how they are named, and which values each takes."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from isocost.catalog import Catalog, CatalogError
from isocost.catalog.names import nearest_name
from isocost.catalog.vocabulary import vocabulary
from isocost.language import tr
from isocost.plan.doubt.ranged import STILL, stages_of
from isocost.plan.inputs.input import Choice, Input, problem
from isocost.plan.inputs.table import INPUTS, NUMBERS
from isocost.plan.kinds import PretrainStage, RlStage, kind_of
from isocost.plan.project.elsewhere import GOODPUT, MFU
from isocost.plan.project.project import Scenario, efficiency_of
from isocost.plan.project.ranges import SEPARATOR
from isocost.plan.solve.solution import PATHS
from isocost.quantities import DOLLAR, QuantityError, format_count, shown_money

MOST_VALUES = 1_000_000
"""Of one axis."""
DIGITS = 12
"""Significant digits of values that are spaced between two ends: the same on every machine."""
SHORT: dict[str, str] = {
    **{name: path for name, path in PATHS.items() if not path.startswith("goal.")},
    "accelerator": "hardware.accelerator",
}
"""Inputs by the words other commands have for them."""
COUNT, PRICE, TOKENS = PATHS["count"], PATHS["price"], PATHS["tokens"]
MODELS = ("model.name", "distillation.teacher")
"""Choices among the catalogue's models."""
AUTOMATIC = "auto"
"""Typed for an optional choice: left to the search."""

Spacing = Literal["log", "linear"]


class SweepError(ValueError):
    """A sweep that cannot be, as one sentence."""


@dataclass(frozen=True, slots=True)
class Axis:
    """One input of a plan and the values it takes."""

    key: str
    """As a range is addressed: ``data.tokens``, or ``Ablations/ablations.share`` of one stage alone."""
    path: str
    """Of the input in the table of inputs."""
    stages: tuple[int, ...]
    """Places of the stages that it bears on; none = it surrounds them all."""
    values: tuple[Any, ...]
    """In the order of the rows: numbers in the input's unit, or what a choice stores."""
    at_once: bool
    """Whether all its values are worked out on arrays: of the bill, prices, the count, tokens read once."""

    @property
    def own(self) -> bool:
        """Whether it is one stage's alone."""
        return SEPARATOR in self.key

    @property
    def is_number(self) -> bool:
        """Whether its values are numbers, not words."""
        return self.path in NUMBERS

    @property
    def order(self) -> tuple[bool, int, bool]:
        """When its value is put into a plan: choices first, which bring prices and sizes of their own."""
        return self.is_number, _PLACES[self.path], self.own


def typed_axis(scenario: Scenario, text: str, catalog: Catalog) -> Axis:
    """An axis as it is typed: ``key=lo..hi:n``, ``key=lo..hi:n:linear`` or ``key=a,b,c``.

    Spaced as the input's own slider is where no spacing is typed. Raises SweepError.
    """
    key, equals, values = (part.strip() for part in text.rpartition("="))  # names of stages may hold one
    if not equals or not values:
        raise SweepError(tr("{text!r}: an axis is typed as KEY=LOW..HIGH:N or KEY=A,B,C.", text=text))
    declared = INPUTS[_path(scenario, key)]
    if ".." in values and isinstance(declared, Input):
        return axis(scenario, key, _between(key, values, declared), catalog)
    return axis(scenario, key, [_read(key, each.strip(), declared) for each in values.split(",")], catalog)


def axis(scenario: Scenario, key: str, values: Sequence[Any], catalog: Catalog) -> Axis:
    """An axis over values of an input, each checked as a plan file's is.

    Args:
        key: an input's path, after a stage's name and a slash where that stage alone is meant; or one of
            the short names ``tokens``, ``parameters``, ``count``, ``price``, ``mfu``, ``accelerator``.
        values: numbers in the input's unit (tokens, accelerators, USD, shares of 1...), words of a choice.

    Raises:
        SweepError: there is no such input, no stage uses it, or a value cannot be.
    """
    full, path, stages = addressed(scenario, key)
    declared = INPUTS[path]
    if not values:
        raise SweepError(tr("{key}: at least one value is needed.", key=key))
    if len(values) > MOST_VALUES:
        raise SweepError(
            tr(
                "{key}: at most {count} values, got {count_2}.",
                key=key,
                count=format_count(MOST_VALUES),
                count_2=format_count(len(values)),
            )
        )
    if isinstance(declared, Input):
        taken: list[Any] = [_number(key, each, declared) for each in values]
    else:
        taken = [_word(key, each, declared, catalog) for each in values]
    if len(set(taken)) < len(taken):
        twice = next(each for each, times in Counter(taken).items() if times > 1)
        raise SweepError(tr("{key}: {twice} is there twice.", key=key, twice=twice))
    return Axis(full, path, stages, tuple(taken), _at_once(scenario, path, stages, own=SEPARATOR in full))


def addressed(scenario: Scenario, key: str) -> tuple[str, str, tuple[int, ...]]:
    """A key in full, the path of its input, and the places of the stages it bears on. Raises SweepError."""
    path = _path(scenario, key)
    stage = key.rpartition(SEPARATOR)[0]
    stages = stages_of(scenario, path, stage)
    if isinstance(stages, str):
        raise SweepError(f"{key}: {stages}")
    if INPUTS[path].section == "phases" and len(_phases(scenario, stages[0])) > 1:
        raise SweepError(tr("{key}: a recipe of several phases has no single value of this.", key=key))
    return (f"{stage}{SEPARATOR}{path}" if stage else path), path, stages


def _at_once(scenario: Scenario, path: str, stages: tuple[int, ...], *, own: bool) -> bool:
    if path not in NUMBERS:
        return False
    if path == COUNT:
        # Hours that somebody claims, and what somebody typed of a run, are of the count they stand beside.
        held = [scenario.stages[at] for at in stages]
        return not own and not any(
            kind_of(each).claimed or efficiency_of(scenario, each).of_its_count for each in held
        )
    return not stages or path == PRICE or (path == TOKENS and _is_all_reading(scenario, stages))


def beside_one_another(axes: Sequence[Axis]) -> tuple[Axis, ...]:
    """Axes of one sweep: counts are worked out one by one where what is of its count is varied too."""
    of_its_count = any(each.path in (MFU, GOODPUT) for each in axes)
    return tuple(
        replace(each, at_once=False) if of_its_count and each.path == COUNT else each for each in axes
    )


def _is_all_reading(scenario: Scenario, stages: tuple[int, ...]) -> bool:
    """Whether hours follow tokens alone: of one stage that reads each once, in batches of a typed size."""
    stage = scenario.stages[stages[0]]
    counted = sum(each.enabled for each in scenario.stages)
    if not isinstance(stage, PretrainStage) or hasattr(stage, "tuning"):  # which may have epochs
        return False
    return counted == 1 and stage.data.batch_tokens is not None


def _path(scenario: Scenario, key: str) -> str:
    """The path of an input as it is named. Raises SweepError with the nearest name."""
    stage, _, name = key.rpartition(SEPARATOR)
    path = SHORT.get(name, name)
    if path not in INPUTS or INPUTS[path].section in STILL:
        if path in INPUTS:
            raise SweepError(tr("{key}: this moves neither the bill nor the calendar.", key=key))
        near = nearest_name(name, [*SHORT, *(each for each in INPUTS if INPUTS[each].section not in STILL)])
        wanted = (
            tr("did you mean {near!r}?", near=near)
            if near
            else tr("inputs are named as in plan files: data.tokens.")
        )
        raise SweepError(tr("unknown input {name!r}; {wanted}", name=name[:60], wanted=wanted))
    names = [each.name for each in scenario.stages]
    if stage and stage not in names:
        near = nearest_name(stage, names)
        known = (
            tr("did you mean {near!r}?", near=near)
            if near
            else tr("known are {list}.", list=", ".join(names))
        )
        raise SweepError(
            tr("{key}: no stage is called {stage!r}; {known}", key=key[:80], stage=stage[:60], known=known)
        )
    return path


def _phases(scenario: Scenario, stage: int) -> tuple[Any, ...]:
    held = scenario.stages[stage]
    return held.rl.phases if isinstance(held, RlStage) else ()


def _between(key: str, text: str, declared: Input) -> list[float]:
    """``lo..hi:n`` with the spacing after another colon."""
    ends, *rest = (part.strip() for part in text.split(":"))
    first, _, last = ends.partition("..")
    if not rest or len(rest) > 2:
        raise SweepError(
            tr("{key}: how many values? A range is typed as LOW..HIGH:N, got {text!r}.", key=key, text=text)
        )
    if not (rest[0].isascii() and rest[0].isdigit()) or not 2 <= int(rest[0][:9]) <= MOST_VALUES:
        most = format_count(MOST_VALUES)
        raise SweepError(
            tr(
                "{key}: N must be a whole number from 2 to {most}, got {rest!r}.",
                key=key,
                most=most,
                rest=rest[0][:40],
            )
        )
    spacing = rest[1] if len(rest) > 1 else declared.scale
    if spacing not in ("log", "linear"):
        raise SweepError(
            tr("{key}: values are spaced log or linear, got {spacing!r}.", key=key, spacing=spacing[:40])
        )
    low, high = _read(key, first.strip(), declared), _read(key, last.strip(), declared)
    for end in (low, high):
        _number(key, end, declared)
    return spaced(key, low, high, int(rest[0]), "log" if spacing == "log" else "linear", declared.integer)


def spaced(
    key: str, low: float, high: float, count: int, spacing: Spacing, whole: bool = False
) -> list[float]:
    """Values from one end to the other, both among them; whole ones each once. Raises SweepError."""
    if not low < high:
        raise SweepError(
            tr("{key}: the ends must rise, got {low:g} and {high:g}.", key=key, low=low, high=high)
        )
    if spacing == "log" and not low > 0.0:
        raise SweepError(
            tr(
                "{key}: a log spacing starts above 0; type {low:g}..{high:g}:{count}:linear.",
                key=key,
                low=low,
                high=high,
                count=count,
            )
        )
    made = (np.geomspace if spacing == "log" else np.linspace)(low, high, count).tolist()
    if whole:
        return [float(each) for each in dict.fromkeys(round(value) for value in made)]
    return [low, *(float(f"{value:.{DIGITS}g}") for value in made[1:-1]), high]


def _read(key: str, text: str, declared: Input | Choice) -> Any:
    """A typed value: a number as it is typed in the window, or a word."""
    if isinstance(declared, Choice):
        return text
    try:
        return declared.read(text, money=(shown_money(), DOLLAR))
    except QuantityError as error:
        raise SweepError(f"{key}: {error}") from None


def _number(key: str, value: Any, declared: Input) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        raise SweepError(tr("{key}: expected a number, got {value!r}.", key=key, value=str(value)[:40]))
    number = float(value)
    if not math.isfinite(number):
        raise SweepError(tr("{key}: expected a finite number, got {value}.", key=key, value=value))
    possible = declared.minimum <= number <= declared.maximum and (not declared.integer or number % 1 == 0)
    if not possible and (wrong := problem(declared, number)):  # worded for each, which takes its time
        raise SweepError(f"{key}: {wrong}")
    return int(number) if declared.integer else number


def _word(key: str, value: Any, declared: Choice, catalog: Catalog) -> Any:
    """What a choice stores for a word: an id of the catalogue, a word of plans, a degree, true or false."""
    path = declared.path
    try:
        if path == "hardware.accelerator":
            return catalog.accelerator(str(value)).spec.id
        if path in MODELS:
            return catalog.model(str(value)).name
    except CatalogError as error:
        raise SweepError(f"{key}: {error}") from None
    if value is None or value == AUTOMATIC:
        if declared.optional:
            return None
        raise SweepError(tr("{key}: this cannot be left to the search.", key=key))
    known = {str(each).casefold(): each for each in declared.options}
    if all(type(each) is int for each in declared.options) and str(value).isdigit():
        return int(value)
    meant = vocabulary().row(path, str(value))
    if meant is not None and meant.refused:
        raise SweepError(
            tr(
                "{key}: {value!r} is not taken: {refused}",
                key=key,
                value=str(value)[:40],
                refused=meant.refused,
            )
        )
    spellings = [str(value), *((meant.word, meant.value) if meant is not None else ())]
    for each in spellings:
        if each.casefold() in known:
            return known[each.casefold()]
    near = nearest_name(str(value), list(known))
    wanted = (
        tr("did you mean {near!r}?", near=near) if near else tr("known are {list}.", list=", ".join(known))
    )
    raise SweepError(
        tr("{key}: unknown value {value!r}; {wanted}", key=key, value=str(value)[:40], wanted=wanted)
    )


_PLACES = {path: place for place, path in enumerate(INPUTS)}
