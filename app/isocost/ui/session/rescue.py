"""Offering, at the start and on demand, the plans that were not saved when a window ended."""

from __future__ import annotations

import time
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from isocost.files.keeping.autosave import Copy, Keeper, copies_folder, offered_copies, remove_copy
from isocost.files.text import os_problem
from isocost.language import tr
from isocost.plan.project.project import Project
from isocost.report.findings.recovery import copy_said
from isocost.ui.dialogs.errors import show_error
from isocost.ui.dialogs.recovery import Recovery
from isocost.ui.session.documents import Documents
from isocost.ui.session.worker import LatestWorker
from isocost.ui.widgets.boxes import Icon, Role, message_box

Offered = list[tuple[Copy, Project | None]]


class Rescue(QObject):
    """The copies windows left, shown once they are read."""

    looked = Signal(int)
    """How many were found."""

    def __init__(self, documents: Documents, window: QWidget) -> None:
        super().__init__(window)
        self._documents = documents
        self._window = window
        self._even_none = False
        self._worker = LatestWorker(self)
        self._worker.ready.connect(self._offer)
        self.dialog: Recovery | None = None

    def offer(self, *, even_none: bool = False) -> None:
        """Look for copies, off the window's thread, and show them; ``even_none``: or say there is none."""
        self._even_none = even_none
        self._worker.request(partial(offered_copies, copies_folder(), self._documents.session.catalog))

    def close(self) -> None:
        """Look for nothing any more."""
        self._worker.close()

    def _offer(self, offered: Offered) -> None:
        self.looked.emit(len(offered))
        if self.dialog is not None or not (offered or self._even_none):
            return
        catalog, now = self._documents.session.catalog, time.time()
        said = [(copy, copy_said(copy, base, catalog, now)) for copy, base in offered]
        self.dialog = Recovery(said, self._window)
        self.dialog.opened.connect(self._open)
        self.dialog.unwanted.connect(self._throw_away)
        self.dialog.finished.connect(self._forget)
        self.dialog.open()

    def _forget(self) -> None:
        self.dialog = None

    def _open(self, copy: Copy) -> None:
        if not self._documents.may_close():
            return
        keeper = Keeper(copies_folder())
        try:
            taken = keeper.adopt(copy)
        except OSError as error:
            show_error(
                self._window, tr("The copy cannot be opened: {os_problem}.", os_problem=os_problem(error))
            )
            return
        if self.dialog is not None:
            self.dialog.drop(copy)
            self.dialog.accept()
        if not taken:
            show_error(self._window, tr("Another window has opened this copy by now."))
            return
        self._documents.go_on_with(copy, keeper)

    def _throw_away(self, copy: Copy) -> None:
        name = copy.project.name if copy.project is not None else copy.file.name
        asked = tr("Throw away the copy of “{name}”?", name=name)
        box = message_box(self.dialog, "throw_away", Icon.Question, asked, tr("It cannot be got back."))
        away = box.addButton(tr("Throw it away"), Role.DestructiveRole)
        box.setDefaultButton(box.addButton(tr("Keep it"), Role.RejectRole))
        box.exec()
        if box.clickedButton() is not away:
            return
        try:
            remove_copy(copy)
        except OSError as error:
            show_error(
                self._window,
                tr("{file} cannot be removed: {os_problem}.", file=copy.file, os_problem=os_problem(error)),
            )
            return
        if self.dialog is not None:
            self.dialog.drop(copy)
