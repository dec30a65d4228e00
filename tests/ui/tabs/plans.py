"""A session that only remembers what it was asked, for tests of the charts."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

from PySide6.QtCore import QObject, Signal

from isocost.catalog.constants.all import AllConstants
from isocost.plan.answer.curves import CostCurve
from isocost.plan.answer.estimate import Answer
from tests.plan.curves import KINDS, MAKERS, curve, estimate_at


class FakeSession(QObject):
    """A session of made-up curves: choosing hardware is remembered and answered at once."""

    answered = Signal(object)
    failed = Signal(str)

    def __init__(self, names: tuple[str, ...] = tuple(KINDS)) -> None:
        super().__init__()
        self.names = names
        self.catalog = _Catalog()
        self.chosen: list[tuple[str, int, object]] = []
        self.answer: Answer | None = None
        self._deadline: float | None = None
        self.current_scenario = SimpleNamespace(
            hardware=SimpleNamespace(accelerator=names[0], count=2048), stages=()
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
        return replace(
            Answer(
                SimpleNamespace(scenarios=(self.current_scenario,)),  # type: ignore[arg-type]
                0,
                estimate_at(active, self.current_scenario.hardware.count),
                SimpleNamespace(catalog=self.catalog),  # type: ignore[arg-type]
                active,
            ),
            others=others,
            deadline_days=self._deadline,
        )

    def choose_hardware(self, accelerator: str, count: int, gesture: object | None = None) -> None:
        self.chosen.append((accelerator, count, gesture))
        self.current_scenario.hardware = SimpleNamespace(accelerator=accelerator, count=count)
        self.compute()

    @property
    def deadline_days(self) -> float | None:
        return self._deadline

    @deadline_days.setter
    def deadline_days(self, days: float | None) -> None:
        self._deadline = days
        if self.answer is not None:
            self.answer = replace(self.answer, deadline_days=days)
            self.answered.emit(self.answer)


class _Catalog:
    """A catalogue of the made-up accelerators, none of which people ask about."""

    constants = AllConstants()
    accelerators: dict[str, object] = {  # noqa: RUF012 - never changed
        name: SimpleNamespace(
            spec=SimpleNamespace(
                id=name, vendor=maker, architecture=architecture, scaleup_domain=1, scaleup_bandwidth=0.0
            )
        )
        for name in KINDS
        for maker, architecture in (MAKERS.get(name, ("NVIDIA", "Hopper")),)
    }
