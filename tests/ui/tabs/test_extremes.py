"""Every page stands the ends of every input: nothing fails, and nothing without a logarithm is drawn."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication, QWidget

from isocost.files import load_project
from isocost.plan.inputs.table import NUMBERS
from isocost.report.findings.tabs.plan import FREE
from isocost.ui.look.theme import Theme
from isocost.ui.screenshot import settle
from isocost.ui.session.session import Session
from isocost.ui.tabs.fit.page import FitPage
from isocost.ui.tabs.ledger.page import LedgerPage
from isocost.ui.tabs.plan.page import PlanPage
from tests.ui.conftest import preset
from tests.ui.tabs.conftest import dressed

SETTABLE = {
    "startup-7b": (
        "model.parameters", "data.tokens", "data.sequence", "data.batch_tokens", "hardware.count",
        "price.usd_per_gpu_hour", "efficiency.mfu", "efficiency.goodput",
    ),
    "qlora-8b-on-a-4090": ("data.tokens", "hardware.count", "price.usd_per_gpu_hour"),
    "deepseek-r1": ("stage.hours", "hardware.count", "price.usd_per_gpu_hour"),
}  # fmt: skip
"""Presets with their first stage's inputs that reach its cost."""

CASES = [(name, path) for name, paths in SETTABLE.items() for path in paths]


class Pages:
    """A session with every page of the window on screen."""

    def __init__(self, session: Session, theme: Theme) -> None:
        self.session = session
        self.plan = dressed(PlanPage(session, theme), theme)
        fit, ledger = dressed(FitPage(session, theme), theme), dressed(LedgerPage(session, theme), theme)
        self.all: tuple[QWidget, ...] = (self.plan, fit, ledger)

    def open(self, name: str) -> None:
        self.session.open(load_project(preset(name), self.session.catalog), None)
        self.paint()

    def put(self, path: str, value: float) -> None:
        self.session.set_value(path, int(value) if NUMBERS[path].integer else value, "Try it")
        self.paint()

    def paint(self) -> None:
        settle(self.session)
        QApplication.processEvents()
        for each in self.all:
            each.grab()

    @property
    def texts(self) -> tuple[str, ...]:
        chart, ranking = self.plan.cost_time, self.plan.by_hardware
        return chart.title.text(), chart.nothing.reason.whole, ranking.title.text()


@pytest.fixture
def pages(qtbot, session: Session, theme: Theme) -> Iterator[Pages]:
    made = Pages(session, theme)
    for each in made.all:
        qtbot.addWidget(each)
        each.resize(988, 640)
        each.show()
    return made


@pytest.mark.parametrize(("name", "path"), CASES)
def test_the_ends_of_an_input_are_drawn_or_said(pages: Pages, name: str, path: str):
    pages.open(name)
    field = NUMBERS[path]
    for value in sorted({field.minimum, field.low, field.high, field.maximum}):
        pages.put(path, value)
        plot = pages.plan.cost_time.plot
        if plot.isVisible():
            for _, line in plot.lines.shown():
                assert np.isfinite(line.x).all()
                assert np.isfinite(line.y).all()
            assert np.isfinite([end for span in plot.spans for end in (span.low, span.high)]).all()
        else:
            assert pages.plan.cost_time.nothing.reason.whole


@pytest.mark.parametrize(
    ("name", "path", "value"),
    [("startup-7b", "price.usd_per_gpu_hour", 0.0), ("qlora-8b-on-a-4090", "data.tokens", 1e3)],
)
def test_a_plan_that_costs_nothing_says_so_in_place_of_the_curves(pages: Pages, name, path, value):
    pages.open(name)
    before = pages.session.value(path)
    pages.put(path, value)
    assert pages.session.estimate.total.cost_usd == 0.0
    assert pages.plan.cost_time.nothing.reason.whole == FREE
    assert pages.plan.cost_time.nothing.isVisible()
    assert pages.plan.by_hardware.ranking.rows
    pages.put(path, before)
    assert pages.plan.cost_time.plot.isVisible()
    assert "costs nothing" not in " ".join(pages.texts[::2])
