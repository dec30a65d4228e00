"""Starting the window."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path
from typing import cast, get_args

from PySide6.QtCore import QEvent, QObject, QSettings, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication

from isocost import __version__
from isocost.catalog import load
from isocost.ui.panels.errors import ExceptionDialog
from isocost.ui.theme import Choice, ThemeManager
from isocost.ui.window import Window

ORGANIZATION = "Isocost"
_HARMLESS = ("This plugin does not support propagateSizeHints",)
"""Said by Qt's offscreen platform at every layout change."""


def application() -> QApplication:
    """The one application object, named so that settings and the desktop find it."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    made = QApplication(sys.argv[:1])
    made.setOrganizationName(ORGANIZATION)
    made.setApplicationName("Isocost")
    made.setApplicationDisplayName("Isocost")
    made.setApplicationVersion(__version__)
    made.setDesktopFileName("isocost")
    qInstallMessageHandler(_log_qt)
    return made


def settings() -> QSettings:
    """The user's settings, as a text file on every system."""
    return QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, ORGANIZATION, "Isocost")


def make_window(stored: QSettings) -> Window:
    """A window in the user's own theme and text size."""
    choice = str(stored.value("theme", "system"))
    if choice not in get_args(Choice):
        choice = "system"
    try:
        scale = min(2.0, max(0.9, float(str(stored.value("text_size", 1.0)))))
    except ValueError:
        scale = 1.0
    themes = ThemeManager(cast(Choice, choice), scale, application())
    return Window(load(), stored, themes)


def run(path: Path | None = None) -> int:
    """Open the window, on a plan or on the gallery, and stay until it closes; returns the exit code."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    app = application()
    ExceptionDialog().install()
    window = make_window(settings())
    opener = FileOpener(window)
    app.installEventFilter(opener)
    if path is None:
        window.show_gallery()
    else:
        window.show_workspace()
    window.show()
    if path is not None and not window.documents.open(path):
        window.show_gallery()
    return app.exec()


class FileOpener(QObject):
    """macOS hands over a double-clicked file as an event."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QFileOpenEvent):
            self._window.documents.open(Path(event.file()))
            return True
        return super().eventFilter(watched, event)


def _log_qt(kind: QtMsgType, context: object, message: str) -> None:
    """Qt's own messages go to the log, less what is known to mean nothing."""
    if not message.startswith(_HARMLESS):
        level = logging.DEBUG if kind in (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg) else logging.WARNING
        logging.getLogger("qt").log(level, message)


def use_offscreen() -> None:
    """Draw without a display; call before :func:`application`."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
