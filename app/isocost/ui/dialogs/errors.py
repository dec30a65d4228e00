"""Failures in words: one sentence first, the details for a report on demand."""

from __future__ import annotations

import logging
import sys
import time
import traceback
from collections.abc import Callable
from types import TracebackType

from PySide6.QtCore import QObject, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QHBoxLayout,
    QMessageBox,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from isocost.exit_codes import INTERRUPTED
from isocost.language import tr
from isocost.report.findings.errors import Unexpected
from isocost.ui.dialogs.about import versions
from isocost.ui.log import log_path
from isocost.ui.widgets.boxes import warning_box
from isocost.ui.widgets.labels import WrapLabel, plain_label

log = logging.getLogger(__name__)
QUIET_S = 3.0
"""Seconds after its dialog was closed in which the same error opens no other: one that comes with each paint
would keep the window shut."""
SIZE = (640, 460)


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


class UnexpectedErrorDialog(QDialog):
    """What happened, whether the plan is safe, and all that a report needs, to be copied."""

    def __init__(self, told: Unexpected, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("unexpected")
        self.setWindowTitle(tr("Isocost: an unexpected error"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._told = told
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(10)
        title = WrapLabel()
        title.setProperty("role", "card")
        title.say(told.happened)
        column.addWidget(title)
        for sentence in told.sentences:
            line = WrapLabel()
            line.say(sentence)
            column.addWidget(line)
        self.details = QPlainTextEdit(told.details)
        self.details.setObjectName("unexpected.details")
        self.details.setAccessibleName(tr("Details for a report"))
        self.details.setReadOnly(True)
        self.details.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.details.setTabChangesFocus(True)
        column.addWidget(self.details, 1)
        self.kept = plain_label(told.kept)
        self.kept.setProperty("role", "small")
        self.kept.setWordWrap(True)
        self.kept.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        column.addWidget(self.kept)
        column.addLayout(self._buttons())
        self.resize(*SIZE)
        self.closing.setFocus()

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        self.copy = QPushButton(tr("Copy the details"))
        self.copy.setObjectName("unexpected.copy")
        self.copy.clicked.connect(self._copy)
        self.folder = QPushButton(tr("Open the log's folder"))
        self.folder.setObjectName("unexpected.folder")
        self.folder.clicked.connect(_open_logs)
        self.folder.setVisible(log_path() is not None)
        self.closing = QPushButton(tr("Close"))
        self.closing.setObjectName("unexpected.close")
        self.closing.setDefault(True)
        self.closing.clicked.connect(self.accept)
        row.addWidget(self.copy)
        row.addWidget(self.folder)
        row.addStretch(1)
        row.addWidget(self.closing)
        return row

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._told.report)
        self.copy.setText(tr("Copied"))


def _open_logs() -> None:
    if (path := log_path()) is not None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))


class ExceptionDialog(QObject):
    """Replaces Python's last resort: an error no code expected is shown instead of ending the program."""

    _met = Signal()
    """Queued: a dialog may not open inside the paint or the event that failed."""

    def __init__(self) -> None:
        super().__init__()
        self.plan_is_open: Callable[[], bool] = lambda: False
        """Whether there is a window with a plan in it."""
        self._waiting: Unexpected | None = None
        self._shown: UnexpectedErrorDialog | None = None
        self._last = ""
        self._times = 0
        self._closed_at = 0.0
        self._met.connect(self._show, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """Take over ``sys.excepthook``."""
        sys.excepthook = self.handle

    def handle(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """Log an error and show it once nothing else is under way; never raises, whatever fails here."""
        if issubclass(kind, KeyboardInterrupt):
            QApplication.exit(INTERRUPTED)
            return
        try:
            self._take(kind, error, trace)
        except Exception:
            # Told where it can still be told: an error of this road may not come down it again.
            log.critical(tr("An error could not be shown"), exc_info=True)

    def _take(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        details = "".join(traceback.format_exception(kind, error, trace))
        again = details == self._last
        self._times = self._times + 1 if again else 1
        self._last = details
        if again:  # at each paint, say: the first is written whole, the others are counted
            if self._times in (10, 100, 1000):
                log.error("%d times: %s", self._times, kind.__name__)
        else:
            log.error("Unexpected error\n%s", details)
        if self._shown is not None or self._waiting is not None or QApplication.instance() is None:
            return
        if again and time.monotonic() - self._closed_at < QUIET_S:
            return
        told = (kind.__name__, str(error), versions(), details)
        self._waiting = Unexpected.of(*told, str(log_path() or ""), self.plan_is_open())
        self._met.emit()

    def _show(self) -> None:
        told, self._waiting = self._waiting, None
        if told is None or self._shown is not None:
            return
        try:
            dialog = UnexpectedErrorDialog(told, QApplication.activeWindow())
            dialog.finished.connect(self._forget)
            self._shown = dialog
            dialog.open()
        except Exception:
            self._shown = None
            log.critical(tr("An error could not be shown"), exc_info=True)

    def _forget(self) -> None:
        self._shown = None
        self._closed_at = time.monotonic()
