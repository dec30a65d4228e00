"""A session that only remembers what it was asked, for tests of the charts."""

from __future__ import annotations

from types import SimpleNamespace

from PySide6.QtCore import QObject, Signal

from isocost.plan.answer.curves import CostCurve
from isocost.plan.answer.results import Estimate
from tests.plan.curves import KINDS, curve, estimate_at


class FakeSession(QObject):
    """A session of made-up curves: choosing hardware is remembered and answered at once."""

    estimate_changed = Signal(object)
    curves_changed = Signal(object)
    deadline_changed = Signal(object)
    failed = Signal(str)

    def __init__(self, names: tuple[str, ...] = tuple(KINDS)) -> None:
        super().__init__()
        self.names = names
        self.catalog = _Catalog()
        self.chosen: list[tuple[str, int, object]] = []
        self.estimate: Estimate | None = None
        self.active_curve: CostCurve | None = None
        self.curves: tuple[CostCurve, ...] = ()
        self._deadline: float | None = None
        self.current_scenario = SimpleNamespace(
            hardware=SimpleNamespace(accelerator=names[0], count=2048), stages=()
        )

    def compute(self, work: float = 1.0, *, others: bool = True) -> None:
        hardware = self.current_scenario.hardware
        self.active_curve = curve(hardware.accelerator, work=work)
        self.estimate = estimate_at(self.active_curve, hardware.count)
        self.estimate_changed.emit(self.estimate)
        if others:
            self.curves = tuple(curve(n, work=work) for n in self.names if n != hardware.accelerator)
            self.curves_changed.emit(self.curves)

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
        self.deadline_changed.emit(days)


class _Catalog:
    """A catalogue without anything in it."""

    accelerators: dict[str, object] = {}  # noqa: RUF012 - never changed
