"""Opening, saving and remembering plan files; asks before anything is lost."""

from __future__ import annotations

import os
from mimetypes import guess_type
from pathlib import Path

import msgspec
from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from isocost.files import FileError, load_project, save_project
from isocost.files.imports.opening import is_plan
from isocost.paths import presets
from isocost.plan.inputs.starting import new_project
from isocost.ui.dialogs.errors import show_error
from isocost.ui.session.session import Session
from isocost.ui.widgets.boxes import Icon, Role, message_box
from isocost.ui.widgets.saving import ask_where

FILTER = "Isocost plans (*.yaml *.yml *.isocost);;All files (*)"
SUFFIX = ".yaml"
PLAN_SUFFIXES = (SUFFIX, ".yml", ".isocost")
MOST_RECENT = 8


def plan_path(typed: Path) -> Path | None:
    """A name as a plan's, with the usual suffix where it has none; None = something else's name."""
    if typed.suffix.lower() in PLAN_SUFFIXES:
        return typed
    # "plan v1.2" has no suffix that means anything, "plan.png" has.
    if guess_type(typed.name)[0] is not None:
        return None
    return typed.with_name(f"{typed.name}{SUFFIX}")


class Documents(QObject):
    """The file side of one window."""

    opened = Signal()
    """A document is on screen now."""
    recent_changed = Signal()
    import_wanted = Signal(list)
    """Paths of files that are no plans by their names: what they say is to be put into this one."""

    def __init__(self, session: Session, window: QWidget, settings: QSettings) -> None:
        super().__init__(window)
        self._session = session
        self._window = window
        self._settings = settings

    # Opening

    def new(self) -> None:
        """Start a plan from the defaults."""
        if self.may_close():
            self._session.open(new_project(self._session.catalog), None)
            self.opened.emit()

    def ask_open(self) -> None:
        """Let the user choose a file to open."""
        name, _ = QFileDialog.getOpenFileName(self._window, "Open a plan", str(self._folder()), FILTER)
        if name:
            self.open(Path(name))

    def open(self, path: Path) -> bool:
        """Open a file; on failure say why and leave the open plan as it is.

        A shipped preset opens without a path, so that saving asks where and never writes into the app.
        What is no plan by name and content, such as a model's config.json, is shown to be imported.
        """
        if path.suffix.lower() not in PLAN_SUFFIXES and not is_plan(path):
            self.import_wanted.emit([path])
            return True
        if not self.may_close():
            return False
        try:
            project = load_project(path, self._session.catalog)
        except FileError as error:
            show_error(self._window, str(error))
            self._forget_missing(path)
            return False
        preset = path.resolve().parent == presets().resolve()
        self._session.open(project, None if preset else path)
        if not preset:
            self.remember(path)
        self.opened.emit()
        return True

    # Comparing

    def ask_scenario(self) -> None:
        """Let the user choose a file whose plan is to stand beside this one."""
        name, _ = QFileDialog.getOpenFileName(
            self._window, "Add a plan as a scenario", str(self._folder()), FILTER
        )
        if name:
            self.add_scenario(Path(name))

    def add_scenario(self, path: Path) -> bool:
        """Put the first scenario of a file after this plan's, and select it; on failure say why.

        Where its name is taken it goes by that of its plan as well.
        """
        session = self._session
        try:
            other = load_project(path, session.catalog)
        except FileError as error:
            show_error(self._window, str(error))
            return False
        added = other.scenarios[0]
        if any(each.name == added.name for each in session.project.scenarios):
            added = msgspec.structs.replace(added, name=f"{other.name}: {added.name}")
        session.open_scenario(added, f"Add {added.name}")
        self.opened.emit()
        return True

    # Saving

    def save(self) -> bool:
        """Save to the plan's file, or ask where when it has none."""
        path = self._session.path
        return self.write(path) if path is not None else self.save_as()

    def save_as(self) -> bool:
        """Ask for a file and save there."""
        stem = "".join(c if c.isalnum() or c in " -_." else "-" for c in self._session.project.name)
        proposed = self._folder() / f"{stem.strip() or 'plan'}{SUFFIX}"
        path = ask_where(self._window, "Save the plan", str(proposed), FILTER, self._named)
        return path is not None and self.write(path)

    def _named(self, typed: Path) -> Path | None:
        path = plan_path(typed)
        if path is None:
            show_error(self._window, f"{typed.name}: a plan is saved as .yaml, .yml or .isocost.")
        return path

    def write(self, path: Path) -> bool:
        """Save to a file, which becomes the plan's own; on failure say why."""
        try:
            save_project(self._session.project, path)
        except FileError as error:
            show_error(self._window, str(error))
            return False
        self._session.mark_saved(path)
        self.remember(path)
        return True

    def may_close(self) -> bool:
        """Whether the open plan may be replaced; asks when that would lose changes."""
        if not self._session.dirty:
            return True
        asked = f"Save the changes to “{self._session.project.name}”?"
        box = message_box(self._window, "unsaved", Icon.Question, asked, "They are lost otherwise.")
        save = box.addButton("Save plan", Role.AcceptRole)
        discard = box.addButton("Discard changes", Role.DestructiveRole)
        box.setEscapeButton(box.addButton("Keep editing", Role.RejectRole))
        box.setDefaultButton(save)
        box.exec()
        if box.clickedButton() is save:
            return self.save()
        return box.clickedButton() is discard

    # Recent files

    def recent(self) -> list[Path]:
        """Files opened or saved lately, the newest first.

        None is looked at: one on a drive that does not answer would hold up the window.
        """
        stored = self._settings.value("recent", [])
        names = stored if isinstance(stored, list) else [stored]
        known = [name for name in names if isinstance(name, str) and name.strip() and "\0" not in name]
        return [Path(name) for name in known[:MOST_RECENT]]

    def remember(self, path: Path) -> None:
        """Put a file on top of the recent ones."""
        newest = path.resolve()
        others = [each for each in self.recent() if each != newest]
        kept = [newest, *others][:MOST_RECENT]
        self._settings.setValue("recent", [str(each) for each in kept])
        self.recent_changed.emit()

    def _forget_missing(self, path: Path) -> None:
        """Take a file off the recent ones that is not there any more."""
        recent = self.recent()
        if path in recent and not os.path.exists(path):
            self._settings.setValue("recent", [str(each) for each in recent if each != path])
            self.recent_changed.emit()

    def forget_all(self) -> None:
        """Empty the list of recent files."""
        self._settings.setValue("recent", [])
        self.recent_changed.emit()

    def _folder(self) -> Path:
        path = self._session.path
        recent = self.recent()
        return path.parent if path else recent[0].parent if recent else Path.home()
