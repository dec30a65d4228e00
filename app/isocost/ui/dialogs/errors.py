"""Failures in words: one sentence first, the details for a report on demand."""

from __future__ import annotations

import logging
import sys
import traceback
from types import TracebackType

from PySide6.QtWidgets import QApplication, QMessageBox, QWidget

from isocost.ui.dialogs.about import versions
from isocost.ui.widgets.boxes import warning_box

log = logging.getLogger(__name__)


def show_error(parent: QWidget | None, sentence: str, details: str = "") -> None:
    """Tell the user what went wrong and wait until they have read it."""
    box = error_box(parent, sentence, details)
    box.exec()


def error_box(parent: QWidget | None, sentence: str, details: str = "") -> QMessageBox:
    """The dialog of :func:`show_error`, not yet shown."""
    box = warning_box(parent, sentence)
    if details:
        box.setDetailedText(f"{versions()}\n\n{details}")
    return box


class ExceptionDialog:
    """Replaces Python's last resort: an error no code expected is shown instead of ending the program."""

    def __init__(self) -> None:
        self._showing = False

    def install(self) -> None:
        """Take over ``sys.excepthook``."""
        sys.excepthook = self.handle

    def handle(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """Show one error; more of them while the dialog is open only go to the log."""
        if issubclass(kind, KeyboardInterrupt):
            QApplication.exit(130)
            return
        details = "".join(traceback.format_exception(kind, error, trace))
        log.error("Unexpected error\n%s", details)
        if self._showing or QApplication.instance() is None:
            return
        self._showing = True
        try:
            sentence = (
                f"Isocost met an error it did not expect ({kind.__name__}: {error}). "
                "Your plan is still open; save it, then report the details below."
            )
            show_error(QApplication.activeWindow(), sentence, details)
        finally:
            self._showing = False
