"""The road from any widget to the dialogs for what users bring of their own."""

from __future__ import annotations

from typing import Literal, Protocol, runtime_checkable

from PySide6.QtWidgets import QWidget

OwnDialog = Literal["accelerators", "quotes", "calibrate", "actual", "import", "report"]


@runtime_checkable
class OpensOwn(Protocol):
    """The window: has a dialog for each."""

    def open_own(self, dialog: OwnDialog) -> None:
        """Show a dialog, or bring the one that is open to the front."""


def open_own(asked_by: QWidget, dialog: OwnDialog) -> None:
    """Open a dialog of the window that a widget is in; nothing where it is in none."""
    around: QWidget | None = asked_by
    while around is not None:
        if isinstance(around, OpensOwn):
            around.open_own(dialog)
            return
        around = around.parentWidget()
