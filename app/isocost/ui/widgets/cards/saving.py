"""Asking where to save, and before another file is replaced."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from isocost.language import tr
from isocost.ui.widgets.boxes import Icon, Role, message_box


def ask_where(
    parent: QWidget, title: str, proposed: str, kinds: str, named: Callable[[Path], Path | None]
) -> Path | None:
    """The file to save to; None = none was chosen.

    ``named`` makes of the name that was typed the one that is written, with the suffix of its kind; None = it
    refused the name, and said so.
    """
    # Qt's own question has Yes and No for answers, and is about the name before it has its suffix.
    option = QFileDialog.Option.DontConfirmOverwrite
    typed, _ = QFileDialog.getSaveFileName(parent, title, proposed, kinds, "", option)
    path = named(Path(typed)) if typed else None
    if path is None:
        return None
    # macOS asks in any case, about the name as it was typed.
    asked = sys.platform == "darwin" and path == Path(typed)
    return path if asked or not path.is_file() or may_replace(parent, path) else None


def with_suffix(suffix: str) -> Callable[[Path], Path]:
    """Gives a name the suffix of what is written, unless it has it or is a folder's."""

    def named(path: Path) -> Path:
        if path.suffix.lower() == suffix or path.is_dir():
            return path
        return path.with_name(path.name + suffix)

    return named


def may_replace(parent: QWidget, path: Path) -> bool:
    """Whether the user wants a file replaced."""
    what = tr("There is a file of that name in {parent}. What it holds now is lost.", parent=path.parent)
    box = message_box(parent, "replace", Icon.Question, tr("Replace {name}?", name=path.name), what)
    replace = box.addButton(tr("Replace it"), Role.AcceptRole)
    box.setDefaultButton(box.addButton(tr("Keep it"), Role.RejectRole))
    box.exec()
    return box.clickedButton() is replace
