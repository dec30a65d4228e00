"""Copies of plans that are not saved yet: a file for each window, which outlives it where it does not close.

A copy is a plan file whose first line tells, in a comment, what it is a copy of. Beside it lies a file that
its window holds as long as it lives: a copy nobody holds was left by a crash.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import time
from dataclasses import dataclass
from pathlib import Path

from isocost.catalog import Catalog
from isocost.files.errors import ContentError, FileError
from isocost.files.keeping.comments import head_of
from isocost.files.keeping.held import Held
from isocost.files.keeping.writing import clear_abandoned, write_atomically
from isocost.files.loading import load_project, parse_project, plan_text
from isocost.files.saving import project_text
from isocost.paths import user_state
from isocost.plan.project.project import Project

PLANS, HELD = ".yaml", ".held"
_LATEST = 1e11
"""Seconds since the epoch that no clock tells for the next three thousand years."""
_MARK = "# isocost copy: "
_TOLD = (
    "# Isocost keeps this copy of a plan that was not saved, and offers it at its next start.\n"
    "# It is a plan file, and can be opened as it is.\n"
)


@dataclass(frozen=True, slots=True)
class Origin:
    """What a copy is a copy of."""

    path: Path | None = None
    """The plan's own file; None = it was never saved."""
    opened: Path | None = None
    """The file it was opened from, which may be a preset; None = it began as a new plan."""
    head: str = ""
    """The comments above it."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy that its window has left."""

    file: Path
    kept_at: float
    """Seconds since the epoch."""
    origin: Origin
    project: Project | None
    """The plan; None = it cannot be read."""
    problem: str = ""
    """Why it cannot, in one sentence."""


def copies_folder() -> Path:
    """Where the copies of all windows lie (not created)."""
    return user_state() / "autosave"


class Keeper:
    """The copy of one window. Its methods may be called on any thread, one at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: Held | None = None
        self._file: Path | None = None

    @property
    def file(self) -> Path | None:
        """The copy; None before the first and after the last."""
        return self._file

    def keep(self, project: Project, origin: Origin) -> None:
        """Put a plan in place of the copy before, in one step. Raises OSError."""
        if self._file is None or self._held is None:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            file = self._folder / f"{os.getpid()}-{secrets.token_hex(6)}{PLANS}"
            self._held = Held.take(file.with_suffix(HELD))
            self._file = file
        text = _first_line(origin) + _TOLD + origin.head + project_text(project)
        write_atomically(self._file, text.encode("utf-8"), private=True)

    def adopt(self, copy: Copy) -> bool:
        """Go on with a copy another window left, as this one's own; False = a third took it, or it is gone.

        Raises OSError.
        """
        held = Held.take(copy.file.with_suffix(HELD))
        if held is None:
            return False
        if not copy.file.exists():
            held.release()
            return False
        self.drop()
        self._held, self._file = held, copy.file
        return True

    def drop(self) -> None:
        """Remove the copy: what it holds is saved, or nobody wants it."""
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.unlink()
        self.leave()

    def leave(self) -> None:
        """Let go of the copy, and leave it to the next start."""
        if self._held is not None:
            self._held.release()
        self._file = self._held = None


def left_copies(folder: Path, catalog: Catalog) -> list[Copy]:
    """The copies that no window holds any more, the newest first; what killed windows left beside goes."""
    clear_abandoned(folder)
    try:
        names = [each for each in folder.iterdir() if not each.name.startswith(".")]
    except OSError:
        return []
    files = [each for each in names if each.suffix == PLANS]
    for each in names:
        if each.suffix == HELD and each.with_suffix(PLANS) not in files:
            _is_left(each)  # which removes it
    found = [_read(each, catalog) for each in files if _is_left(each)]
    return sorted(found, key=lambda copy: copy.kept_at, reverse=True)


def offered_copies(folder: Path, catalog: Catalog) -> list[tuple[Copy, Project | None]]:
    """The copies worth offering with the plan each began from (None = a new one), the newest first.

    One whose own file holds the same plan by now was saved at the last moment: it is removed.
    """
    offered: list[tuple[Copy, Project | None]] = []
    for copy in left_copies(folder, catalog):
        base = _began_from(copy.origin, catalog)
        if copy.origin.path is not None and base is not None and base == copy.project:
            with contextlib.suppress(OSError):
                remove_copy(copy)
            continue
        offered.append((copy, base))
    return offered


def _began_from(origin: Origin, catalog: Catalog) -> Project | None:
    path = origin.path or origin.opened
    if path is None:
        return None
    try:
        return load_project(path, catalog)
    except FileError:
        return None


def remove_copy(copy: Copy) -> None:
    """Throw a copy away, for good. Raises OSError."""
    copy.file.unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        copy.file.with_suffix(HELD).unlink()


def _is_left(file: Path) -> bool:
    path = file.with_suffix(HELD)
    if not path.exists():
        return True
    try:
        held = Held.take(path)
    except OSError:
        return True
    if held is None:
        return False
    held.release()
    return True


def _first_line(origin: Origin) -> str:
    paths = {
        "path": None if origin.path is None else str(origin.path),
        "opened": None if origin.opened is None else str(origin.opened),
    }
    return f"{_MARK}{json.dumps({'kept_at': time.time(), **paths})}\n"


def _read(file: Path, catalog: Catalog) -> Copy:
    kept_at, origin = 0.0, Origin()
    with contextlib.suppress(OSError):
        kept_at = file.stat().st_mtime
    try:
        text = plan_text(file)
        kept_at, origin = _told(text, kept_at)
        return Copy(file, kept_at, origin, parse_project(text, catalog))
    except FileError as error:
        return Copy(file, kept_at, origin, None, error.problem)
    except ContentError as error:
        return Copy(file, kept_at, origin, None, str(error))


def _told(text: str, kept_at: float) -> tuple[float, Origin]:
    """When a copy was kept and of what, as its first line tells; what is told otherwise is not believed."""
    first, _, rest = text.partition("\n")
    if not first.startswith(_MARK):
        return kept_at, Origin(head=head_of(text))
    head = head_of(rest.removeprefix(_TOLD))
    try:
        told = json.loads(first.removeprefix(_MARK))
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        return kept_at, Origin(head=head)
    at = told.get("kept_at")
    if isinstance(at, int | float) and 0.0 <= at < _LATEST:
        kept_at = float(at)
    return kept_at, Origin(_path(told.get("path")), _path(told.get("opened")), head)


def _path(told: object) -> Path | None:
    return Path(told) if isinstance(told, str) and told and "\0" not in told else None
