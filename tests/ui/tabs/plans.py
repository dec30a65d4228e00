"""A session that only remembers what it was asked, for tests of the charts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from PySide6.QtCore import QObject, Signal

from isocost.catalog.constants.all import AllConstants
from isocost.plan.answer.across.curves import CostCurve
from isocost.plan.answer.estimate import Answer
from isocost.plan.kinds import PretrainStage
from isocost.plan.project.programme import Goal, Supply
from isocost.plan.project.project import (
    Hardware,
    ModelChoice,
    Price,
    Project,
    Scenario,
    get_value,
    set_section,
)
from isocost.plan.values import Data
from isocost.quantities import DOLLAR
from isocost.ui.session.later import Later
from tests.plan.curves import KINDS, MAKERS, curve, estimate_at


class FakeSession(QObject):
    """A session of made-up curves: choosing hardware is remembered and answered at once."""

    answered = Signal(object)
    failed = Signal(str)
    project_changed = Signal(object)
    selection_changed = Signal()
    doubt_shown = Signal(bool)

    scenario, stage, doubt, money = 0, 0, True, (DOLLAR,)

    def __init__(self, names: tuple[str, ...] = tuple(KINDS)) -> None:
        super().__init__()
        self.names = names
        self.catalog = _Catalog()
        self.chosen: list[tuple[str, int, object]] = []
        self.answer: Answer | None = None
        self.project = _project(names[0])
        self.gestures: list[object] = []
        self.current_scenario = SimpleNamespace(
            hardware=SimpleNamespace(accelerator=names[0], count=2048),
            stages=(),
            goal=Goal(),
            supply=Supply(),
        )

    def compute(self, work: float = 1.0, *, others: bool = True) -> None:
        """Answer anew; without ``others`` their last curves stand, as while they are searched."""
        hardware = self.current_scenario.hardware
        active = curve(hardware.accelerator, work=work)
        known = (*self.answer.others, self.answer.curve) if self.answer else ()
        found = tuple(curve(n, work=work) for n in self.names) if others else known
        self.answer = self._answer(active, tuple(c for c in found if c.accelerator != hardware.accelerator))
        self.answered.emit(self.answer)

    def _answer(self, active: CostCurve, others: tuple[CostCurve, ...]) -> Answer:
        found = estimate_at(active, self.current_scenario.hardware.count)
        on: Any = _Reckoning(programme_days=found.total.wall_days)
        on.catalog = self.catalog
        project: Any = SimpleNamespace(scenarios=(self.current_scenario,))
        return replace(Answer(project, 0, found, on, active), others=others)

    def choose_hardware(self, accelerator: str, count: int, gesture: object | None = None) -> None:
        self.chosen.append((accelerator, count, gesture))
        self.current_scenario.hardware = SimpleNamespace(accelerator=accelerator, count=count)
        self.compute()

    def apply(self, change: Callable[[Project], Project], words: str, gesture: object | None = None) -> None:
        self.project = change(self.project)
        self.gestures.append(gesture)
        self._hold()

    def hold_against(self, **goal: float | None) -> None:
        """Set a budget or a deadline."""
        self.project = set_section(self.project, "goal", **goal)
        self._hold()

    @property
    def deadline_days(self) -> float | None:
        days: float | None = get_value(self.project, "goal.deadline_days")
        return days

    @deadline_days.setter
    def deadline_days(self, days: float | None) -> None:
        self.hold_against(deadline_days=days)

    def _hold(self) -> None:
        self.current_scenario.goal = self.project.scenarios[0].goal
        self.project_changed.emit(self.project)
        if self.answer is not None:
            self.answer = self._answer(self.answer.curve, self.answer.others)
            self.answered.emit(self.answer)

    def later(self, work: Callable[[Answer], Any], follows: Callable[[Answer], object]) -> Later:
        return _Never(work, follows, self)


def _project(accelerator: str) -> Project:
    """A plan whose goal is what is read and written; all else of it is made up."""
    scenario = Scenario(
        name="Base",
        model=ModelChoice(parameters=7e9),
        hardware=Hardware(accelerator, 2048),
        price=Price(usd_per_gpu_hour=2.0),
        stages=(PretrainStage(name="Pre-training", data=Data(tokens=1e12)),),
    )
    return Project(name="Test", scenarios=(scenario,))


class _Never(Later):
    """What never comes: made-up curves have no plan that more could be worked out of."""

    def ask(self, answer: Answer, *chosen: object, rest_ms: int = 0) -> None:
        pass

    def is_done(self, answer: Answer, *chosen: object) -> bool:
        return True

    def is_of(self, answer: Answer, *chosen: object) -> bool:
        return False


class _Reckoning(dict[str, float]):
    """Figures by key."""

    catalog: _Catalog


class _Catalog:
    """A catalogue of the made-up accelerators, none of which people ask about."""

    constants = AllConstants()
    runs = ()
    accelerators: dict[str, object] = {  # noqa: RUF012 - never changed
        name: SimpleNamespace(
            spec=SimpleNamespace(
                id=name, vendor=maker, architecture=architecture, scaleup_domain=1, scaleup_bandwidth=0.0
            )
        )
        for name in KINDS
        for maker, architecture in (MAKERS.get(name, ("NVIDIA", "Hopper")),)
    }
