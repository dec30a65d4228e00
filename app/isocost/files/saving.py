"""Project -> plan file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from isocost.files.errors import ContentError, FileError
from isocost.files.keeping.comments import comments_inside, head_of
from isocost.files.keeping.writing import (
    ReadOnlyError,
    UnconfirmedError,
    backup_of,
    ensure_writable_there,
    write_atomically,
)
from isocost.files.loading import LARGEST_FILE, parse_project, plan_text
from isocost.files.migration import VERSION
from isocost.files.text import os_problem, too_large
from isocost.files.tree import dump_tree
from isocost.language import tr
from isocost.plan.project.project import Project

__all__ = ["ensure_writable", "project_text", "save_project", "write_atomically"]


def save_project(project: Project, path: Path, head: str | None = None) -> tuple[str, ...]:
    """Write a plan file so that a crash leaves either the old file or the new one, never a part.

    The text is read back before anything is replaced: what is saved can be opened. A link stays a link, an
    existing file keeps its permissions, and what it held stays beside it (``backup_of``). Returns what is to
    be said of what the save could not keep, a sentence each. Raises FileError with one sentence.

    Args:
        head: comments that stand above the plan; None = those of the file that is replaced.
    """
    replaced = _replaced(path)
    text = (head_of(replaced) if head is None else head) + project_text(project)
    try:
        if parse_project(text) != project:
            raise FileError(path, tr("the plan was not saved: it would not read back the same."))
    except ContentError as error:
        raise FileError(path, tr("the plan was not saved: {error}", error=error)) from None
    data = text.encode("utf-8")
    if len(data) > LARGEST_FILE:
        raise FileError(
            path,
            tr("the plan was not saved: {too_large}", too_large=too_large(len(data), LARGEST_FILE, "a plan")),
        )
    try:
        said = write_atomically(path, data, backup=True)
    except UnconfirmedError as error:
        raise FileError(
            path,
            tr(
                "was written, but the disk does not confirm it: {os_problem}. Save it elsewhere too.",
                os_problem=os_problem(error),
            ),
        ) from None
    except (OSError, ValueError) as error:
        raise FileError(path, tr("cannot be saved: {why}.", why=_why(error))) from None
    if replaced and comments_inside(replaced):
        kept = f"{backup_of(path).name} still has the others"
        said = (*said, f"{path.name}: only the comments at its top were kept; {kept}.")
    return said


def _replaced(path: Path) -> str:
    """The text that a save replaces; empty where there is none that can be read."""
    try:
        return plan_text(path)
    except FileError:
        return ""


def project_text(project: Project) -> str:
    """The project as YAML: its version first, defaults left out, plain numbers and US dollars."""
    tree: dict[str, Any] = {"isocost": VERSION, **msgspec.to_builtins(project)}
    for scenario in tree["scenarios"]:
        if "ranges" in scenario:
            scenario["ranges"] = {held.pop("path"): held for held in scenario["ranges"]}
    return dump_tree(tree)


def ensure_writable(path: Path) -> None:
    """Raise FileError, as saving there would, before long work is done for nothing."""
    try:
        ensure_writable_there(path)
    except (OSError, ValueError) as error:
        raise FileError(path, tr("cannot be saved: {why}.", why=_why(error))) from None


def _why(error: Exception) -> str:
    """What keeps a file from being written, and what to do where that is plain."""
    if isinstance(error, ReadOnlyError):
        return "the file is read-only; save under another name"
    return os_problem(error)
