"""A window with a plan in it, without a display."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QSettings
from PySide6.QtGui import QFont, QPalette
from PySide6.QtWidgets import QApplication

from isocost import paths
from isocost.catalog import Catalog, load
from isocost.plan.inputs.starting import new_project
from isocost.ui.app import STYLE, make_window
from isocost.ui.screenshot import settle
from isocost.ui.session.session import Session
from isocost.ui.speaking import settings
from isocost.ui.window import Window


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown() -> Iterator[None]:
    """Leave no window to the next test: closed ones linger until told, and each change of theme styles them.

    What a test closed goes before its fixtures put the style back, windows nobody closes for it at the end.
    """
    _delete_closed()
    yield
    for each in QApplication.topLevelWidgets():
        if isinstance(each, Window):
            each.deleteLater()
        elif each.isVisible():
            each.hide()  # a tip or a menu left open would take the mouse of the next test
    _delete_closed()
    application = QApplication.instance()
    if isinstance(application, QApplication) and (plain := application.property(PLAIN)) is not None:
        for now, then, wear in zip(
            _worn(application), plain, (QApplication.setFont, QApplication.setPalette), strict=True
        ):
            if now != then:
                wear(then)


PLAIN = "isocost.tests.plain"
"""Property of the application that keeps what it wore before any window."""


@pytest.fixture(scope="session")
def qapp_args() -> list[str]:
    """What pytest-qt makes the application with: the style that ours has."""
    return ["isocost", *STYLE]


@pytest.fixture(scope="session")
def qapp(qapp: QApplication) -> QApplication:
    """The application, which remembers the font and the palette it began with: each test begins with them."""
    qapp.setProperty(PLAIN, _worn(qapp))
    return qapp


def _worn(application: QApplication) -> tuple[QFont, QPalette]:
    return application.font(), application.palette()


def _delete_closed() -> None:
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture(scope="session")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """The shipped catalogue alone, read once."""
    return load(tmp_path_factory.mktemp("no-user-files"))


@pytest.fixture
def session(qapp: object, catalog: Catalog) -> Iterator[Session]:
    """A session on a new plan, without a window."""
    made = Session(new_project(catalog), catalog)
    yield made
    made.close()


@pytest.fixture
def stored() -> QSettings:
    """The settings of this test's own home."""
    return settings()


@pytest.fixture
def make(qtbot, stored: QSettings) -> Callable[[], Window]:
    """Builds windows and closes them without asking."""

    def build() -> Window:
        window = make_window(stored)
        window.themes.choose("light")
        settle(window.wardrobe)
        qtbot.addWidget(window, before_close_func=_agree)
        return window

    return build


def _agree(window: Window) -> None:
    """Leave nothing that closing would ask about."""
    window.take_typed()
    window.session.undo_stack.setClean()


@pytest.fixture
def window(make: Callable[[], Window], qtbot, monkeypatch: pytest.MonkeyPatch) -> Window:
    """A shown window with a small training preset open and computed; no other accelerator is compared."""
    monkeypatch.setattr("isocost.ui.session.session.other_curves", lambda *_: ())
    made = make()
    made.resize(1280, 800)
    made.documents.open(preset("startup-7b"))
    made.show()
    qtbot.waitExposed(made)
    made.load_pages()
    settle(made.session)
    return made


def preset(name: str) -> Path:
    """Path of a shipped preset."""
    return paths.presets() / f"{name}.yaml"
