"""A copy of what is not saved, kept while one works and removed once it is saved."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from isocost.files.keeping.autosave import Keeper, Origin, copies_folder
from isocost.files.text import os_problem
from isocost.language import tr
from isocost.ui.session.session import Session
from isocost.ui.session.worker import LatestWorker

KEEP_MS = 4000
"""From an edit to its copy, however many follow it."""
log = logging.getLogger(__name__)


class Keeping(QObject):
    """Watches a session and keeps its plan, off the thread of the window."""

    failed = Signal(str)
    """No copy can be kept, and why; told once until one can be again."""

    def __init__(self, session: Session, origin: Callable[[], Origin], parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._origin = origin
        self._keeper = Keeper(copies_folder())
        self._told = False
        self._ended = False
        self._worker = LatestWorker(self)
        self._worker.failed.connect(self._fail)
        self._worker.ready.connect(self._kept)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(KEEP_MS)
        self._timer.timeout.connect(self._keep)
        session.project_changed.connect(self._touched)
        session.dirty_changed.connect(self._dirty)

    @property
    def busy(self) -> bool:
        """Whether a copy is still to be written or removed."""
        return self._timer.isActive() or self._worker.busy

    @property
    def ended(self) -> bool:
        """Whether the window is on its way out, and nothing is lost by it."""
        return self._ended

    def use(self, keeper: Keeper) -> None:
        """Go on with a copy that another window left."""
        self._keeper, before = keeper, self._keeper
        self._worker.request(before.drop)

    def keep_soon(self) -> None:
        """Keep what is not saved as soon as the thread of work is free: the desktop may log off."""
        if not self._ended:
            self._keep()

    def keep_now(self) -> bool:
        """Keep what is not saved at once, and leave the copy to the next start: the window is ending.

        False = it could not be kept. Nothing is kept after it.
        """
        if self._ended:
            return True
        self._ended = True
        self._timer.stop()
        self._worker.close()
        if not self._session.dirty:
            self._keeper.drop()
            return True
        try:
            self._keeper.keep(self._session.project, self._origin())
        except (OSError, ValueError) as error:
            log.error("The plan could not be kept: %s", error)
            return False
        finally:
            self._keeper.leave()
        return True

    def close(self) -> None:
        """The window closes and nothing in it is wanted any more: no copy stays."""
        if not self._ended:
            self._ended = True
            self._timer.stop()
            self._worker.close()
            self._keeper.drop()

    def _touched(self, _: object) -> None:
        if not self._timer.isActive() and not self._ended:
            self._timer.start()

    def _dirty(self, dirty: bool) -> None:
        if not dirty and not self._ended:
            self._timer.stop()
            self._worker.request(self._keeper.drop)

    def _keep(self) -> None:
        if self._session.dirty:
            self._worker.request(partial(self._keeper.keep, self._session.project, self._origin()))

    def _kept(self, _: object) -> None:
        self._told = False

    def _fail(self, error: Exception) -> None:
        log.warning("No copy of the plan is kept: %s", error)
        if not self._told:
            self._told = True
            why = os_problem(error)
            self.failed.emit(
                tr("No copy of unsaved changes can be kept: {why}. Save the plan to be safe.", why=why)
            )
