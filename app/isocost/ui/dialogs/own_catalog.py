"""Adding records of one's own to the catalogue: which file they stand in, and opening it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from isocost.catalog.user import make_own_file, own_file
from isocost.language import tr
from isocost.paths import user_data
from isocost.report.findings.inputs.offers import own_file_words
from isocost.ui.widgets.boxes import Icon, Role, message_box, warning_box


def show_own_catalog(parent: QWidget) -> None:
    """Say where the user's own accelerators, models and prices stand, and offer to open the file."""
    path = own_file(user_data() / "catalog")
    where, how = own_file_words(str(path), there=path.exists())
    box = message_box(parent, "own_catalog", Icon.Information, where, how)
    box.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    file = box.addButton(tr("Open the file"), Role.AcceptRole)
    folder = box.addButton(tr("Show its folder"), Role.AcceptRole)
    box.addButton(tr("Close"), Role.RejectRole)
    file.clicked.connect(lambda: _open(parent, path, path))
    folder.clicked.connect(lambda: _open(parent, path, path.parent))
    box.setDefaultButton(file)
    box.open()


def _open(parent: QWidget, path: Path, shown: Path) -> None:
    """Have the desktop open the file, or its folder; the file is made of examples where there is none."""
    try:
        make_own_file(path)
    except OSError as error:
        sentence = tr(
            "{filename} cannot be written: {strerror}.",
            filename=error.filename or path,
            strerror=error.strerror or error,
        )
        warning_box(parent, sentence).open()
        return
    if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(shown))):
        warning_box(
            parent, tr("No program opens {shown} here: open it in a text editor.", shown=shown)
        ).open()
