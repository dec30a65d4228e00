"""A window with a plan in it, without a display."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QSettings
from PySide6.QtGui import QFont, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

import isocost.ui
from isocost import paths
from isocost.catalog import Catalog, load
from isocost.plan.inputs.starting import new_project
from isocost.ui.app import STYLE, make_window
from isocost.ui.screenshot import settle
from isocost.ui.session.session import Session
from isocost.ui.speaking import PassingSettings, settings
from isocost.ui.window import Window
from tests.conftest import MOVED, move_into
from tests.ui.copies import COPIES, Copies, can_copy, rest, wind_up

READY = pytest.StashKey[tuple[Window, QSettings]]()
"""The window that this process is a copy around, and the settings it was made with."""


def pytest_collection_finish(session: pytest.Session) -> None:
    """Begin the process that tests with an opened window are copies of."""
    config = session.config
    if can_copy(config) and not config.option.collectonly and any(map(_of_window, session.items)):
        # Each copy makes folders beside those of all others, and would else empty the place they are in.
        home = config._tmp_path_factory.getbasetemp() / "home-of-copies"  # type: ignore[attr-defined]
        many = sum(map(_of_window, session.items)) > FEW
        config.stash[COPIES] = copies = Copies(session.items, partial(_make_ready, config, many), home)
        config.add_cleanup(copies.end)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """Run a test with an opened window in a copy of the process that holds one."""
    copies = item.config.stash.get(COPIES, None)
    if copies is None or not _of_window(item):
        return None
    if not copies.run(item, nextitem):
        del item.config.stash[COPIES]
        return None
    return True


def _of_window(item: pytest.Item) -> bool:
    """Whether a test asks for the window; elsewhere an argument of that name is one of attention."""
    return Path(__file__).parent in item.path.parents and window.__name__ in getattr(item, "fixturenames", ())


FEW = 100
"""Tests of a window that are run faster without what takes long in some of them worked out before."""


def _make_ready(config: pytest.Config, many: bool, home: Path) -> None:
    """Open a window in this process, which runs no tests itself; ``many`` copies of it are to come."""
    home.mkdir()
    patched = pytest.MonkeyPatch()
    move_into(home, patched)
    config.stash[MOVED] = home
    QApplication(["isocost", *STYLE])
    for module in walk_packages(isocost.ui.__path__, "isocost.ui."):
        import_module(module.name)
    if many:
        # What takes seconds to work out is remembered by a process: rounds of reinforcement learning, a
        # programme of many stages, and every page of the plan that most tests open.
        other = made_light(PassingSettings())
        for name in ("deepseek-chain", "smollm3-programme", "startup-7b"):
            open_plan(other, patched, name)
        for page in range(len(other.views)):
            other.show_page(page)
            settle(other.session)
        other.close()
        other.deleteLater()
        _delete_closed()
    stored = settings()
    made = made_light(stored)
    open_plan(made, patched)
    rest(made)
    stored.sync()
    config.stash[READY] = made, stored


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """Leave no window to the next test: closed ones linger until told, and each change of theme styles them.

    What a test closed goes before its fixtures put the style back, windows nobody closes for it at the end.
    """
    if READY in item.config.stash:
        return (yield)  # no test comes after it in this process
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
def stored(request: pytest.FixtureRequest) -> QSettings:
    """The settings of this test's own home."""
    ready = request.config.stash.get(READY, None)
    return settings() if ready is None else ready[1]


@pytest.fixture
def make(qtbot, stored: QSettings) -> Callable[[], Window]:
    """Builds windows and closes them without asking."""

    def build() -> Window:
        window = made_light(stored)
        qtbot.addWidget(window, before_close_func=_agree)
        return window

    return build


def made_light(stored: QSettings) -> Window:
    """A window in the light theme, still closed."""
    window = make_window(stored)
    window.themes.choose("light")
    settle(window.wardrobe)
    return window


def _agree(window: Window) -> None:
    """Leave nothing that closing would ask about."""
    window.take_typed()
    window.session.undo_stack.setClean()


@pytest.fixture
def window(
    request: pytest.FixtureRequest, qtbot, make: Callable[[], Window], monkeypatch: pytest.MonkeyPatch
) -> Window:
    """A shown window with a small training preset open and computed; no other accelerator is compared."""
    if (ready := request.config.stash.get(READY, None)) is None:
        made = make()
        open_plan(made, monkeypatch)
    else:
        made, _ = ready
        wind_up(made)
        qtbot.addWidget(made, before_close_func=_agree)
    return made


def open_plan(window: Window, monkeypatch: pytest.MonkeyPatch, name: str = "startup-7b") -> None:
    """Show a window, with a preset open and computed, and no other accelerator compared."""
    monkeypatch.setattr("isocost.ui.session.session.other_curves", lambda *_: ())
    window.resize(1280, 800)
    window.documents.open(preset(name))
    window.show()
    QTest.qWaitForWindowExposed(window)
    window.load_pages()
    settle(window.session)


def preset(name: str) -> Path:
    """Path of a shipped preset."""
    return paths.presets() / f"{name}.yaml"
