"""The window as a picture, drawn without a display."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal, Protocol

from PySide6.QtCore import QEventLoop, QSize, QTimer, SignalInstance

from isocost.catalog import load
from isocost.files import FileError
from isocost.language import tr
from isocost.quantities import PRINTED, mark_numbers
from isocost.ui.app import application, use_offscreen
from isocost.ui.look.theme import ThemeManager
from isocost.ui.pages import PAGES
from isocost.ui.speaking import PassingSettings
from isocost.ui.window import Window

PATIENCE_MS = 30_000


def render(
    project_path: Path | None,
    out: Path,
    theme: Literal["light", "dark"] = "light",
    size: tuple[int, int] = (1280, 800),
    scale: float = 1.0,
    page: str | None = None,
) -> None:
    """Draw a plan, or the gallery when there is none, into a PNG file of ``size`` times ``scale`` pixels.

    ``page`` is the title of the tab to show; None = the first.

    Raises:
        FileError: the plan cannot be read or the picture not be written.
    """
    use_offscreen()
    os.environ["QT_SCALE_FACTOR"] = f"{scale:g}"
    from isocost.files import load_project

    application()
    mark_numbers(PRINTED)
    catalog = load()
    project = load_project(project_path, catalog) if project_path is not None else None
    window = Window(PassingSettings(), ThemeManager(theme))
    window.fill(catalog)
    window.resize(QSize(*size))
    window.show_workspace()
    window.show()
    window.load_pages()
    if project is not None:
        if page is not None:
            window.show_page(page_titles().index(page))
        window.session.open(project, project_path)
        settle(window.session)
    else:
        window.show_first()
        settle(window.gallery)
        settle(window.session)
    window.resize(QSize(*size))
    application().processEvents()
    saved = window.grab().save(str(out))
    window.session.close()
    window.gallery.close_worker()
    window.deleteLater()
    if not saved:
        raise FileError(out, tr("the picture cannot be written there."))


def page_titles() -> tuple[str, ...]:
    """The tabs of the window, in order."""
    return tuple(each.title for each in PAGES)


class Settling(Protocol):
    """Something that works beside the window and says when it is done."""

    @property
    def busy(self) -> bool:
        """Whether anything is still to come."""

    @property
    def settled(self) -> SignalInstance:
        """Sent when nothing is."""


def settle(work: Settling, patience_ms: int = PATIENCE_MS) -> bool:
    """Let the window run until the work is done and shown; False when out of patience."""
    loop = QEventLoop()
    work.settled.connect(loop.quit)
    patience = QTimer(loop)  # goes with the loop, which QTimer.singleShot would keep until patience ends
    patience.setSingleShot(True)
    patience.timeout.connect(loop.quit)
    patience.start(patience_ms)
    while work.busy and patience.isActive():  # what hears that all is done may ask for more
        loop.exec()
    return not work.busy
