"""Plans from Python: opened, changed, saved."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from isocost.catalog import Catalog
from isocost.catalog import load as load_catalog
from isocost.files import load_project, save_project
from isocost.files.presets import find_plan, preset_paths
from isocost.files.schema import nearest_or_all
from isocost.plan.answer.estimate import Answer, answer
from isocost.plan.doubt.ranged import with_input
from isocost.plan.inputs.roads import ROADS, put
from isocost.plan.project.currency import money_of
from isocost.plan.project.obtainable import with_obtainable_counts
from isocost.plan.project.project import Place, Project, Scenario, replace_scenario
from isocost.plan.sweep.axes import PRICE, Axis, SweepError, addressed, axis, typed_axis
from isocost.quantities import money_shown_in


class PlanError(ValueError):
    """A question that a plan has no answer to; the message is one sentence."""


@dataclass(frozen=True)
class Plan:
    """A plan with the scenario that is asked about; immutable, a change is another plan.

    >>> import isocost
    >>> plan = isocost.load("startup-7b")
    >>> plan.get("hardware.accelerator"), plan.get("hardware.count")
    ('h100-sxm', 256)
    >>> plan.change({"hardware.count": 13}).get("hardware.count")  # whole servers of 8
    16
    """

    project: Project
    """Everything a plan file holds."""
    at: int = 0
    """Place of the scenario in the project."""
    catalog: Catalog = field(default_factory=load_catalog, repr=False)
    """Accelerators, prices, models and every constant it is reckoned with."""

    @property
    def name(self) -> str:
        """What the plan is called."""
        return self.project.name

    @property
    def scenarios(self) -> tuple[str, ...]:
        """Names of its scenarios."""
        return tuple(each.name for each in self.project.scenarios)

    @property
    def scenario(self) -> Scenario:
        """The scenario that is asked about."""
        return self.project.scenarios[self.at]

    @property
    def stages(self) -> tuple[str, ...]:
        """Names of that scenario's stages, in their order."""
        return tuple(each.name for each in self.scenario.stages)

    def of(self, scenario: str) -> Plan:
        """The same plan, asked about another of its scenarios. Raises PlanError for an unknown name."""
        if scenario not in self.scenarios:
            known = nearest_or_all(scenario, self.scenarios)
            raise PlanError(f"unknown scenario {scenario!r}; {known}")
        return replace(self, at=self.scenarios.index(scenario))

    def get(self, key: str) -> Any:
        """The value of an input as the plan holds it; None = left for the estimator to fill in.

        Args:
            key: path of the input (``data.tokens``), after a stage's name and a slash where that stage alone
                is meant, or a short name: ``tokens``, ``parameters``, ``count``, ``price``, ``mfu``,
                ``accelerator``.

        Returns:
            A number in the input's unit (tokens, accelerators, USD, shares of 1...) or a word.

        Raises:
            SweepError: there is no such input, or no stage that counts uses it.
        """
        _, path, stages = addressed(self.scenario, key)
        return ROADS[path].held(self.project, self._place(stages))

    def change(self, values: Mapping[str, Any]) -> Plan:
        """The plan with other values of some inputs, as if they had been typed in the window.

        What goes with a value comes along: an accelerator brings its price, a count becomes one that can be
        had. Choices are put in before numbers.

        Args:
            values: by key, as :meth:`get` has them; numbers in the input's unit, or text as people type it
                (``"70B"``, ``"2 weeks"``, ``"40 %"``).

        Raises:
            SweepError: there is no such input, no stage uses it, or the value cannot be.
            CatalogError: no model has such parameters.
        """
        axes = [
            axis_of(self, key, value if isinstance(value, str) else [value]) for key, value in values.items()
        ]
        project = self.project
        for each in sorted(axes, key=lambda each: each.order):
            alone = msgspec.structs.replace(project, scenarios=(project.scenarios[self.at],))
            value = each.values[0]
            made = with_input(alone, each.path, each.stages, value, self.catalog, own=each.own)
            kept = msgspec.structs.replace(project, prices=made.prices)
            project = replace_scenario(kept, made.scenarios[0], scenario=self.at)
            if each.path == PRICE:  # it is the user's own from now on, as of today
                place = self._place(each.stages)
                project = put(project, PRICE, value, at=place, today=date.today(), catalog=self.catalog)
        return replace(self, project=with_obtainable_counts(project, self.catalog))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write a plan file, atomically. Raises FileError."""
        save_project(self.project, Path(path))

    def answer(self) -> Answer:
        """Everything the scenario comes to, as the window has it: what other functions take parts of."""
        return answer(self.project, self.catalog, self.at)

    def _place(self, stages: tuple[int, ...]) -> Place:
        return Place(self.at, stages[0] if stages else 0)


def axis_of(plan: Plan, key: str, values: Any) -> Axis:
    """An axis over numbers or words, or as it is typed (``"1T..10T:50"``). Raises SweepError."""
    with money_shown_in(money_of(plan.project.currency, plan.catalog)):
        if isinstance(values, str):
            return typed_axis(plan.scenario, f"{key}={values}", plan.catalog)
        try:
            listed = list(values)
        except TypeError:
            raise SweepError(f"{key}: expected values, got {values!r}.") from None
        return axis(plan.scenario, key, listed, plan.catalog)


def load(
    plan: str | os.PathLike[str], scenario: str | None = None, *, catalog: Catalog | None = None
) -> Plan:
    """A plan from a file, or a preset by its name.

    >>> import isocost
    >>> isocost.load("startup-7b").stages
    ('Pre-training',)
    >>> isocost.load("startup-7bb")
    Traceback (most recent call last):
    isocost.files.errors.FileError: startup-7bb: there is no such file or preset; did you mean startup-7b?

    Args:
        plan: path of a YAML file, or the name of a preset.
        scenario: name of the scenario that is asked about; None = the first.
        catalog: what it is reckoned with; None = what ships with Isocost and the user's own files.

    Raises:
        FileError: it cannot be read, or is no plan; the message names the place.
        PlanError: the plan has no such scenario.
    """
    known = load_catalog() if catalog is None else catalog
    found = Plan(load_project(find_plan(os.fspath(plan)), known), 0, known)
    return found if scenario is None else found.of(scenario)


def presets() -> tuple[str, ...]:
    """Names of the plans that ship with Isocost.

    >>> import isocost
    >>> "deepseek-v3" in isocost.presets()
    True
    """
    return tuple(path.stem for path in preset_paths())


def opened(plan: Plan | str | os.PathLike[str], scenario: str | None = None) -> Plan:
    """The plan someone means: one that is open, a file, a preset."""
    if not isinstance(plan, Plan):
        return load(plan, scenario)
    return plan if scenario is None else plan.of(scenario)
