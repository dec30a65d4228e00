"""Opening, saving and remembering plan files; asks before anything is lost."""

from __future__ import annotations

import os
from mimetypes import guess_type
from pathlib import Path

import msgspec
from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from isocost.files import FileError, load_project, save_project
from isocost.files.keeping.autosave import Copy, Keeper, Origin
from isocost.files.keeping.on_disk import OnDisk
from isocost.files.keeping.writing import backup_of
from isocost.files.loading import is_plan, parsed_plan, plan_text
from isocost.files.saving import project_text
from isocost.language import tr
from isocost.paths import presets
from isocost.plan.inputs.starting import new_project
from isocost.plan.project.project import Project
from isocost.ui.dialogs.errors import show_error
from isocost.ui.session.keeping import Keeping
from isocost.ui.session.session import Session
from isocost.ui.widgets.boxes import Icon, Role, message_box, warning_box
from isocost.ui.widgets.cards.saving import ask_where

FILTER = tr("Isocost plans (*.yaml *.yml *.isocost);;All files (*)")
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
        self.session = session
        self._session = session
        self._window = window
        self._settings = settings
        self._began: Path | None = None
        self._on_disk = OnDisk()
        self.keeping = Keeping(session, self._origin, self)
        self.keeping.failed.connect(lambda sentence: warning_box(window, sentence).open())

    # Opening

    def new(self) -> None:
        """Start a plan from the defaults."""
        if self.may_close():
            self._show(new_project(self._session.catalog), None, "")

    def ask_open(self) -> None:
        """Let the user choose a file to open."""
        name, _ = QFileDialog.getOpenFileName(self._window, tr("Open a plan"), str(self._folder()), FILTER)
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
            text = plan_text(path)
            project = parsed_plan(path, text, self._session.catalog)
        except FileError as error:
            show_error(self._window, str(error))
            self._forget_missing(path)
            return False
        preset = path.resolve().parent == presets().resolve()
        own = None if preset else path
        if own is not None and not self._on_disk.take(own):
            if not self._wants_copy(own):
                return False
            own = None
        self._show(project, own, text, path)
        if own is not None:
            self.remember(own)
        return True

    def _show(self, project: Project, own: Path | None, text: str, began: Path | None = None) -> None:
        """Put a plan on screen. ``text`` is what its file holds, ``began`` the file it was opened from."""
        if own is None:
            self._on_disk.release()
        self._on_disk.saw(own, text)
        self._began = began
        self._session.open(project, own)
        self.opened.emit()

    def _wants_copy(self, path: Path) -> bool:
        told = tr("{name} is open in another window.", name=path.name)
        more = tr("A copy can be opened here; saving it asks for a name of its own.")
        box = message_box(self._window, "open_elsewhere", Icon.Information, told, more)
        copy = box.addButton(tr("Open a copy"), Role.AcceptRole)
        box.setEscapeButton(box.addButton(tr("Do not open it"), Role.RejectRole))
        box.setDefaultButton(copy)
        box.exec()
        return box.clickedButton() is copy

    def go_on_with(self, copy: Copy, keeper: Keeper) -> None:
        """Open what a window that ended had not saved: one step from the plan it began from, to be undone."""
        catalog, origin = self._session.catalog, copy.origin
        project, own, text = new_project(catalog), None, origin.head
        path = origin.path or origin.opened
        if path is not None:
            try:
                text = plan_text(path)
                project = parsed_plan(path, text, catalog)
                own = origin.path if origin.path is not None and self._on_disk.take(origin.path) else None
            except FileError as error:
                show_error(
                    self._window, tr("{error} What was not saved is open without a file.", error=error)
                )
        self._show(project, own, text, origin.opened)
        self.keeping.use(keeper)
        if (wanted := copy.project) is not None:
            self._session.apply(lambda _: wanted, tr("Open the unsaved copy"))

    def close(self) -> None:
        """The window closes, and what it held is saved or not wanted."""
        self.keeping.close()
        self._on_disk.release()

    def end(self) -> None:
        """The window is ended from outside: what is not saved is kept for the next start."""
        self.keeping.keep_now()
        self._on_disk.release()

    def _origin(self) -> Origin:
        return Origin(self._session.path, self._began, self._on_disk.head)

    # Comparing

    def ask_scenario(self) -> None:
        """Let the user choose a file whose plan is to stand beside this one."""
        name, _ = QFileDialog.getOpenFileName(
            self._window, tr("Add a plan as a scenario"), str(self._folder()), FILTER
        )
        if name:
            self.add_scenario(Path(name))

    def add_scenario(self, path: Path) -> bool:
        """Put the scenarios of a file after this plan's, and select the first; on failure say why.

        One whose name is taken goes by that of its plan as well.
        """
        session = self._session
        try:
            other = load_project(path, session.catalog)
        except FileError as error:
            show_error(self._window, str(error))
            return False
        taken = {each.name for each in session.project.scenarios}
        added = [
            msgspec.structs.replace(each, name=f"{other.name}: {each.name}") if each.name in taken else each
            for each in other.scenarios
        ]
        words = (
            tr("Add {name}", name=added[0].name)
            if len(added) == 1
            else tr("Add {count} scenarios of {name}", count=len(added), name=other.name)
        )
        session.open_scenarios(added, words)
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
        proposed = self._folder() / f"{stem.strip() or tr('plan')}{SUFFIX}"
        path = ask_where(self._window, tr("Save the plan"), str(proposed), FILTER, self._named)
        return path is not None and self.write(path)

    def _named(self, typed: Path) -> Path | None:
        path = plan_path(typed)
        if path is None:
            show_error(
                self._window, tr("{name}: a plan is saved as .yaml, .yml or .isocost.", name=typed.name)
            )
        return path

    def write(self, path: Path) -> bool:
        """Save to a file, which becomes the plan's own; on failure say why.

        Where another program wrote the file since, or another window has it open, it is asked about first.
        """
        if path == self._session.path and self._on_disk.changed():
            return self._settle_change(path)
        if path != self._session.path and not self._on_disk.take(path):
            show_error(
                self._window,
                tr(
                    "{name} is open in another window: choose another name, or close it there.",
                    name=path.name,
                ),
            )
            return False
        saved = self._put(path)
        if not saved and (own := self._session.path) != path:
            self._on_disk.release() if own is None else self._on_disk.take(own)
        return saved

    def _put(self, path: Path) -> bool:
        project, head = self._session.project, self._on_disk.head
        try:
            said = save_project(project, path, head)
        except FileError as error:
            show_error(self._window, tr("{error} The plan in this window is as it was.", error=error))
            return False
        self._on_disk.saw(path, head + project_text(project))
        self._session.mark_saved(path)
        self.remember(path)
        if said:
            more = "\n".join(said)
            box = message_box(
                self._window, "saved_but", Icon.Information, tr("{name} is saved.", name=path.name), more
            )
            box.setDefaultButton(box.addButton(tr("Close"), Role.RejectRole))
            box.open()
        return True

    def _settle_change(self, path: Path) -> bool:
        """Ask what is to become of a file that another program changed; whether the plan is saved then."""
        told = tr("{name} was changed by another program since this window read it.", name=path.name)
        more = tr(
            "Overwriting keeps what it holds now as {name}. Reloading is a step that can be undone here.",
            name=backup_of(path).name,
        )
        box = message_box(self._window, "changed_on_disk", Icon.Question, told, more)
        elsewhere = box.addButton(tr("Save as…"), Role.AcceptRole)
        overwrite = box.addButton(tr("Overwrite it"), Role.DestructiveRole)
        reload = box.addButton(tr("Reload it"), Role.DestructiveRole)
        box.setEscapeButton(box.addButton(tr("Keep editing"), Role.RejectRole))
        box.setDefaultButton(elsewhere)
        box.exec()
        chosen = box.clickedButton()
        if chosen is elsewhere:
            return self.save_as()
        if chosen is overwrite:
            return self._put(path)
        if chosen is reload:
            self._reload(path)
        return False

    def _reload(self, path: Path) -> None:
        try:
            text = plan_text(path)
            project = parsed_plan(path, text, self._session.catalog)
        except FileError as error:
            show_error(self._window, str(error))
            return
        self._session.apply(lambda _: project, tr("Reload {name}", name=path.name))
        self._on_disk.saw(path, text)
        self._session.mark_saved(path)

    def may_close(self) -> bool:
        """Whether the open plan may be replaced; asks when that would lose changes."""
        if not self._session.dirty:
            return True
        asked = tr("Save the changes to “{name}”?", name=self._session.project.name)
        box = message_box(self._window, "unsaved", Icon.Question, asked, tr("They are lost otherwise."))
        save = box.addButton(tr("Save plan"), Role.AcceptRole)
        discard = box.addButton(tr("Discard changes"), Role.DestructiveRole)
        box.setEscapeButton(box.addButton(tr("Keep editing"), Role.RejectRole))
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
