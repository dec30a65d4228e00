"""Project -> plan file."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from isocost.files.errors import ContentError, FileError
from isocost.files.loading import parse_project
from isocost.files.migration import VERSION
from isocost.files.text import os_problem
from isocost.files.tree import dump_tree
from isocost.plan.project.project import Project


def save_project(project: Project, path: Path) -> None:
    """Write a plan file so that a crash leaves either the old file or the new one, never a part.

    The text is read back before anything is replaced: what is saved can be opened. A link stays a link and an
    existing file keeps its permissions. Raises FileError with one sentence.
    """
    text = project_text(project)
    try:
        if parse_project(text) != project:
            raise FileError(path, "the plan was not saved: it would not read back the same.")
    except ContentError as error:
        raise FileError(path, f"the plan was not saved: {error}") from None
    try:
        write_atomically(path, text.encode("utf-8"))
    except (OSError, ValueError) as error:
        raise FileError(path, f"cannot be saved: {os_problem(error)}.") from None


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
        _refuse_special(path)
        probe = _temporary(path)
        with _written_through(probe):
            pass
        os.unlink(probe)
    except (OSError, ValueError) as error:
        raise FileError(path, f"cannot be saved: {os_problem(error)}.") from None


def write_atomically(path: Path, data: bytes) -> None:
    """Put ``data`` at ``path`` in one step, flushed to the disk. Raises OSError."""
    with writing_atomically(path) as file:
        file.write(data)


@contextlib.contextmanager
def writing_atomically(path: Path) -> Iterator[BinaryIO]:
    """A file that takes its place at ``path`` in one step once the block is done, flushed to the disk.

    What is too large to be held at once is written so. Where the block fails nothing changes. Raises OSError.
    """
    target = Path(os.path.realpath(path))
    _refuse_special(target)
    temporary = _temporary(target)
    try:
        with _written_through(temporary) as file:
            yield file
        with contextlib.suppress(FileNotFoundError):
            os.chmod(temporary, stat.S_IMODE(os.stat(target).st_mode))
        os.replace(temporary, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
    _flush_folder(target.parent)


def _refuse_special(path: Path) -> None:
    """Replacing a folder cannot be done; replacing a device or a pipe can, and would destroy it."""
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "Not a regular file")


def _temporary(target: Path) -> Path:
    """A name beside the target that nothing else uses."""
    return target.with_name(f".{target.name[:100]}.{secrets.token_hex(4)}.tmp")


@contextlib.contextmanager
def _written_through(path: Path) -> Iterator[BinaryIO]:
    """A new file whose bytes are on the disk once the block is done."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags, 0o666), "wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    """Make the renaming last; systems that cannot open folders do so by themselves."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
