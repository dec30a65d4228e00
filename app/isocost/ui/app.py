"""Starting the window; imports at the top are only what its first paint needs."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path
from typing import cast, get_args

from PySide6.QtCore import QEvent, QLocale, QObject, QSettings, QTimer, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid

from isocost import __version__
from isocost.language import tr
from isocost.quantities import MINUS, PRINTED, NumberMarks, mark_numbers
from isocost.quantities.marks import NARROW_SPACE
from isocost.ui.dialogs.errors import ExceptionDialog, show_error
from isocost.ui.ending import Ending, display_lost
from isocost.ui.look.theme import ThemeChoice, ThemeManager
from isocost.ui.session.memory import share_heaps
from isocost.ui.speaking import ORGANIZATION, settings
from isocost.ui.widgets.boxes import warning_box
from isocost.ui.window import Window

SWITCH_S = 0.0005
"""Seconds a worker may hold the interpreter while the window waits for it. Python's own 5 ms are a third of a
frame, and a paint asks for the interpreter many times: a drag beside a search stuttered."""
STYLE = ("-style", "Fusion")
"""Fusion takes every colour from the palette; native styles paint some controls as they like. Told like this,
not asked for: whoever is handed a style has Python make its 580 constants, a twentieth of a start."""
_HARMLESS = ("This plugin does not support propagateSizeHints",)
"""Said by Qt's offscreen platform at every layout change."""


def application() -> QApplication:
    """The one application object, named so that settings and the desktop find it."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    share_heaps()
    made = QApplication([*sys.argv[:1], *STYLE])
    sys.setswitchinterval(SWITCH_S)
    made.setOrganizationName(ORGANIZATION)
    made.setApplicationName("Isocost")
    made.setApplicationDisplayName("Isocost")
    made.setApplicationVersion(__version__)
    made.setDesktopFileName("isocost")
    qInstallMessageHandler(_log_qt)
    return made


def readable_settings() -> tuple[QSettings, str]:
    """The user's settings, and what is to be said of them: damaged ones are set aside, and the defaults hold.

    The damaged file stays beside the new one.
    """
    stored = settings()
    stored.allKeys()  # else they are read when first asked for a value
    path = Path(stored.fileName())
    if stored.status() is QSettings.Status.AccessError:
        return stored, tr(
            "The settings in {path} cannot be read: the defaults hold, and none is remembered.", path=path
        )
    if stored.status() is QSettings.Status.NoError:
        return stored, ""
    aside = path.with_name(f"{path.name}.broken")
    try:
        path.replace(aside)
    except OSError:
        return stored, tr("The settings in {path} are damaged: the defaults hold.", path=path)
    return settings(), tr(
        "The settings were damaged: the defaults hold. What there was is in {aside}.", aside=aside
    )


def marks_of(locale: QLocale) -> NumberMarks:
    """The marks a locale writes numbers with; those of print where its digits are others than ours.

    Of the system's locale those are meant that are set for numbers (LC_NUMERIC), whatever the language.
    """
    decimal, group = locale.decimalPoint(), locale.groupSeparator()
    if decimal not in (".", ",") or locale.zeroDigit() != "0":
        return PRINTED
    if group not in ("", ".", ",", "'", "’") or group == decimal:
        group = NARROW_SPACE  # of whatever width the locale's is
    thousands, millions = locale.toString(1_234), locale.toString(1_234_567)
    grouped = len(millions) > len("1234567")  # the locale C groups nothing: nobody told
    return NumberMarks(
        decimal,
        group,
        most_ungrouped=4 if grouped and len(thousands) == len("1234") else 3,
        higher=2 if grouped and millions.startswith("12") else 3,
        minus=MINUS,
    )


def make_window(stored: QSettings) -> Window:
    """A window in the user's own theme and text size, with a new plan in it."""
    from isocost.catalog import load

    window = make_frame(stored)
    window.fill(load())
    return window


def make_frame(stored: QSettings) -> Window:
    """A window in the user's own theme and text size, still to be filled."""
    choice = str(stored.value("theme", "system"))
    if choice not in get_args(ThemeChoice):
        choice = "system"
    try:
        scale = min(2.0, max(0.9, float(str(stored.value("text_size", 1.0)))))
    except ValueError:
        scale = 1.0
    themes = ThemeManager(cast(ThemeChoice, choice), scale, application())
    return Window(stored, themes)


def run(path: Path | None = None) -> int:
    """Open the window, on a plan or on the gallery, and stay until it closes; returns the exit code."""
    app = application()
    mark_numbers(marks_of(QLocale.system()))
    errors = ExceptionDialog()
    errors.install()
    stored, damaged = readable_settings()
    window = make_frame(stored)
    ending = Ending(window)
    errors.plan_is_open = lambda: isValid(window) and window.filled and window.isVisible()
    opener = FileOpener(window, path)
    if sys.platform == "darwin":  # only there files are handed over, and it would see every event there is
        app.installEventFilter(opener)
    for begin in (ending.install, opener.start):
        window.centre.painted.connect(lambda begin=begin: QTimer.singleShot(0, begin))
    window.pages_loaded.connect(window.make_ahead)
    if path is not None:
        window.show_workspace()
    window.show()
    if damaged:
        warning_box(window, damaged).open()
    try:
        return app.exec()
    finally:
        ending.uninstall()


class FileOpener(QObject):
    """Opens the file named at the start, and those that macOS hands over as an event when double-clicked."""

    def __init__(self, window: Window, first: Path | None = None) -> None:
        super().__init__(window)
        self._window = window
        self._first = first

    def start(self) -> None:
        """Fill the window, and show the first file, or the gallery when there is none that opens."""
        from isocost.catalog import CatalogError, load
        from isocost.report.findings.presets import left_out_words

        try:
            catalog = load()
        except (CatalogError, OSError) as error:
            # Started from a desktop nobody reads what is printed.
            show_error(self._window, tr("Isocost cannot start: {error}", error=error))
            QApplication.exit(1)
            return
        self._window.fill(catalog)
        if catalog.problems:
            show_error(self._window, left_out_words(catalog.problems), "\n".join(catalog.problems))
        if self._first is None or not self._window.documents.open(self._first):
            self._window.show_first()
        self._window.rescue.offer()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QFileOpenEvent):
            path = Path(event.file())
            if self._window.filled:
                self._window.documents.open(path)
            else:
                self._first = path
            return True
        return super().eventFilter(watched, event)


def _log_qt(kind: QtMsgType, context: object, message: str) -> None:
    """Qt's own messages go to the log, less what is known to mean nothing."""
    display_lost(message)
    if not message.startswith(_HARMLESS):
        level = logging.DEBUG if kind in (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg) else logging.WARNING
        logging.getLogger("qt").log(level, message)


def use_offscreen() -> None:
    """Draw without a display; call before :func:`application`."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
