"""A Plan page on made-up curves, shown and painted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

import pytest
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QApplication

from isocost.ui.look.theme import Dress, Theme, ThemeManager
from isocost.ui.pages import worn_by
from isocost.ui.tabs.claims.page import ClaimsPage
from isocost.ui.tabs.compare.page import ComparePage
from isocost.ui.tabs.fit.page import FitPage
from isocost.ui.tabs.ledger.page import LedgerPage
from isocost.ui.tabs.plan.page import PlanPage
from isocost.ui.tabs.risk.page import RiskPage
from isocost.ui.tabs.scale.page import ScalePage
from tests.ui.tabs.plans import FakeSession

PageOf = TypeVar("PageOf", PlanPage, ScalePage, FitPage, LedgerPage, RiskPage, ClaimsPage, ComparePage)


@pytest.fixture
def themes(qapp: QApplication) -> Iterator[ThemeManager]:
    """Light to begin with; the application is left as it was."""
    before = (qapp.palette(), qapp.font())
    yield ThemeManager("light")
    qapp.setPalette(before[0])
    qapp.setFont(before[1])


@pytest.fixture
def theme(themes: ThemeManager) -> Theme:
    """The theme on screen."""
    return themes.theme


def dressed(page: PageOf, theme: Theme) -> PageOf:
    """The page in a theme, as the window puts it there."""
    for part, restyle in worn_by(page):
        Dress(part, restyle).wear(theme)
    return page


@pytest.fixture
def made_up() -> FakeSession:
    """A session of made-up curves."""
    return FakeSession()


@pytest.fixture
def page(qtbot, theme: Theme, made_up: FakeSession) -> PlanPage:
    """The page as wide as in a window of 1280 pixels, with every curve drawn."""
    made = dressed(PlanPage(made_up, theme), theme)  # type: ignore[arg-type]
    qtbot.addWidget(made)
    made.resize(988, 700)
    made.show()
    qtbot.waitExposed(made)
    made_up.compute()
    QApplication.processEvents()
    return made


@pytest.fixture
def painted(monkeypatch) -> list[str]:
    """The texts that are drawn from now on."""
    texts: list[str] = []
    draw = QPainter.drawText

    def drawn(self, *arguments):
        texts.extend(each for each in arguments if isinstance(each, str))
        return draw(self, *arguments)

    monkeypatch.setattr(QPainter, "drawText", drawn)
    return texts
