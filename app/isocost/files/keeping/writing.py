"""Bytes -> a file, in one step: a crash leaves the old file or the new one, whole, never a part."""

from __future__ import annotations

import contextlib
import errno
import os
import platform
import re
import secrets
import stat
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, ParamSpec, TypeVar

from isocost.language import tr

Given = ParamSpec("Given")
Found = TypeVar("Found")

LONGEST_NAME = 255
"""Bytes of a file's name on every file system in use; some count UTF-16 instead, which is never more."""
BACKUP = ".bak"
ABANDONED_S = 86_400.0
"""Age from which a temporary file of another machine is nobody's; those of this one are known by their
process."""
_TRIES = 100
"""Of one call that a signal interrupts: a hundred in a row are no signals."""
_UNFLUSHED = {errno.EINVAL, errno.ENOTSUP, errno.EBADF, errno.EROFS, errno.EISDIR}
"""Said of flushing a folder by file systems that cannot, and need not."""


class UnconfirmedError(OSError):
    """The new file is in its place, but the disk does not confirm that it will last."""


class ReadOnlyError(PermissionError):
    """The file may not be written, by its own permissions."""


def write_atomically(
    path: Path, data: bytes, *, backup: bool = False, private: bool = False
) -> tuple[str, ...]:
    """Put ``data`` at ``path`` in one step, flushed to the disk; returns the other names it parted from.

    A link stays a link, and a file that is there keeps its permissions, owner and attributes. It loses other
    names it has on the disk (hard links), which keep what it held; how many is in words what is returned.

    Args:
        backup: whether what the file held stays beside it, as ``backup_of(path)``.
        private: whether a new file is for its owner alone.

    Raises:
        OSError: nothing was changed; of it, UnconfirmedError: all was, and the disk answered with an error.
    """
    with _taking_place(path, 0o600 if private else 0o666) as (temporary, mode, before, target):
        _write_through(temporary, data, mode, before, target)
        if backup and before is not None:
            _back_up(target, data)
    return _parted(before, target)


@contextlib.contextmanager
def writing_atomically(path: Path) -> Iterator[BinaryIO]:
    """A file that takes its place at ``path`` in one step once the block is done, flushed to the disk.

    What is too large to be held at once is written so; where the block fails nothing changes. Raises OSError,
    as :func:`write_atomically` does.
    """
    with _taking_place(path, 0o666) as place, os.fdopen(_created(*place), "wb") as file:
        yield file
        file.flush()
        _again(os.fsync, file.fileno())


@contextlib.contextmanager
def _taking_place(path: Path, mode: int) -> Iterator[tuple[Path, int, os.stat_result | None, Path]]:
    """A temporary file that takes its place once the block is done; where that fails nothing changes.

    Yields the temporary file, its permissions (``mode`` where there is no file yet), the file that is there,
    and its place.
    """
    target = Path(_again(os.path.realpath, path))
    clear_abandoned(target.parent, target)
    before = _standing(target)
    temporary = _temporary(target)
    try:
        yield temporary, mode if before is None else stat.S_IMODE(before.st_mode), before, target
        _again(os.replace, temporary, target)
    except BaseException:
        with contextlib.suppress(OSError):
            _again(os.unlink, temporary)
        raise
    _flush_folder(target.parent)


def ensure_writable_there(path: Path) -> None:
    """Raise OSError, as :func:`write_atomically` would, before long work is done for nothing."""
    target = Path(_again(os.path.realpath, path))
    before = _standing(target)
    probe = _temporary(target)
    try:
        _write_through(probe, b"", 0o600, before, target)
    finally:
        with contextlib.suppress(FileNotFoundError):
            _again(os.unlink, probe)


def backup_of(path: Path) -> Path:
    """Where what a file held before its last save stands: ``plan.yaml.bak``."""
    return path.with_name(_cut(path.name, LONGEST_NAME - len(BACKUP)) + BACKUP)


def clear_abandoned(folder: Path, target: Path | None = None) -> None:
    """Remove temporary files of a folder that nobody will finish: those of writers that were killed.

    ``target``: those of this file alone; None = of all.
    """
    stem = r"\..*\." if target is None else re.escape(f".{_stem(target)}.")
    ours = re.compile(stem + r"([0-9a-f]{8})-(\d+)-[0-9a-f]{8}\.tmp", re.DOTALL)
    for entry in _listed(folder):
        named = ours.fullmatch(entry.name)
        if named is not None and _is_abandoned(entry, named[1], int(named[2])):
            with contextlib.suppress(OSError):
                _again(os.unlink, entry.path)


def _listed(folder: Path) -> Iterator[os.DirEntry[str]]:
    # A folder that may be written into need not be one that may be read.
    with contextlib.suppress(OSError), _again(os.scandir, folder) as entries:
        yield from entries


def _is_abandoned(entry: os.DirEntry[str], machine: str, process: int) -> bool:
    if machine == _machine() and process != os.getpid():
        return not is_running(process)
    try:
        return time.time() - entry.stat(follow_symlinks=False).st_mtime > ABANDONED_S
    except OSError:
        return False


def is_running(process: int) -> bool:
    """Whether a process of this machine is there; where that cannot be asked, it is."""
    if os.name != "posix":
        return True  # os.kill would end it; and its open file cannot be removed anyway
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True


def _machine() -> str:
    """A name of this machine in eight letters."""
    return f"{zlib.crc32(platform.node().encode('utf-8', 'replace')):08x}"


def _standing(target: Path) -> os.stat_result | None:
    """The file that is to be replaced; None = there is none. Raises OSError: it may not be.

    Replacing a folder cannot be done; replacing a device or a pipe can, and would destroy it. What may not be
    written could be replaced too, by whoever may write to its folder, and is not.
    """
    try:
        held = _again(os.stat, target)
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(held.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not stat.S_ISREG(held.st_mode):
        raise OSError(errno.EINVAL, tr("Not a regular file"))
    # An administrator may write whatever the permissions say; they say what is wanted all the same.
    if not held.st_mode & 0o222 or not _again(os.access, target, os.W_OK):
        raise ReadOnlyError(errno.EACCES, tr("The file is read-only"))
    return held


def _stem(target: Path) -> str:
    """As much of a name as leaves room for the rest of a temporary one."""
    return _cut(target.name, 100)


def _cut(name: str, most: int) -> str:
    """The beginning of a name, at most so many bytes, of whole letters."""
    held = os.fsencode(name)
    return name if len(held) <= most else held[:most].decode("utf-8", "ignore")


def _temporary(target: Path) -> Path:
    """A name beside the target that nothing else uses, and that tells whose it is."""
    return target.with_name(f".{_stem(target)}.{_machine()}-{os.getpid()}-{secrets.token_hex(4)}.tmp")


def _created(path: Path, mode: int, like: os.stat_result | None, target: Path) -> int:
    """A new file, open, that is never more open to others than the one it replaces."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    handle = _again(os.open, path, flags, mode & 0o777)
    try:
        if like is not None:
            _take_over(handle, mode, like, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.close(handle)
        raise
    return handle


def _write_through(path: Path, data: bytes, mode: int, like: os.stat_result | None, target: Path) -> None:
    """Write a new file, and flush it to the disk."""
    handle = _created(path, mode, like, target)
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[_again(os.write, handle, rest) :]
        _again(os.fsync, handle)
    except BaseException:
        with contextlib.suppress(OSError):
            os.close(handle)
        raise
    with contextlib.suppress(InterruptedError):  # closed all the same: once more would close another's
        os.close(handle)


def _take_over(handle: int, mode: int, like: os.stat_result, target: Path) -> None:
    """Give a file the owner, group, permissions and attributes of the one it replaces, as far as one may."""
    if not hasattr(os, "fchmod"):
        return
    mine = _again(os.fstat, handle)
    if mine.st_gid != like.st_gid or mine.st_uid != like.st_uid:
        for owner in (like.st_uid, -1):
            try:
                _again(os.fchown, handle, owner, like.st_gid)
                break
            except PermissionError:
                continue
        else:  # what its group might do, another group may not
            mode = mode & ~0o070 | (mode & 0o007) << 3
    if stat.S_IMODE(_again(os.fstat, handle).st_mode) != mode:  # where it is the disk's own, none can be set
        _again(os.fchmod, handle, mode)
    _copy_attributes(handle, target)


def _copy_attributes(handle: int, target: Path) -> None:
    """Access lists and labels of the file that is replaced; those that may not be set are left out."""
    if not hasattr(os, "listxattr"):
        return
    with contextlib.suppress(OSError):
        for name in _again(os.listxattr, target):
            with contextlib.suppress(OSError):
                os.setxattr(handle, name, _again(os.getxattr, target, name))


def _back_up(target: Path, data: bytes) -> None:
    """Keep what the target holds under the name of its backup, in one step as well.

    A second name for the same file costs no room; where the disk has none such, it is copied. A backup that
    cannot be made keeps nobody from saving.
    """
    kept = backup_of(target)
    with contextlib.suppress(OSError):
        if _holds(target, data) or (os.path.lexists(kept) and not kept.is_file()):
            return
        other = _temporary(target)
        try:
            _name_also(target, other)
            os.replace(other, kept)
        finally:
            with contextlib.suppress(OSError):
                os.unlink(other)  # where both were the same file already, renaming does nothing


def _name_also(target: Path, other: Path) -> None:
    try:
        os.link(target, other)
    except OSError:
        held = os.stat(target)
        _write_through(other, target.read_bytes(), stat.S_IMODE(held.st_mode), held, target)


def _holds(target: Path, data: bytes) -> bool:
    """Whether a file holds these bytes already: saved twice, what was before both stays in the backup."""
    return os.stat(target).st_size == len(data) and target.read_bytes() == data


def _flush_folder(folder: Path) -> None:
    """Make the renaming last; systems that cannot open or flush folders do so by themselves."""
    try:
        handle = _again(os.open, folder, os.O_RDONLY)
    except OSError:
        return
    try:
        _again(os.fsync, handle)
    except OSError as error:
        if error.errno not in _UNFLUSHED:
            raise UnconfirmedError(error.errno, error.strerror) from None
    finally:
        with contextlib.suppress(OSError):
            os.close(handle)


def _parted(before: os.stat_result | None, target: Path) -> tuple[str, ...]:
    """What is to be said of other names the replaced file has."""
    if before is None or before.st_nlink < 2:
        return ()
    others = before.st_nlink - 1
    with contextlib.suppress(OSError):
        kept = os.stat(backup_of(target))
        if (kept.st_dev, kept.st_ino) == (before.st_dev, before.st_ino):
            others = kept.st_nlink - 1
    if not others:
        return ()
    names = "another name" if others == 1 else f"{others} other names"
    keeps = "it keeps" if others == 1 else "they keep"
    return (f"{target.name} had {names} on this disk (hard links): {keeps} what was there before.",)


def _again(call: Callable[Given, Found], *given: Given.args, **named: Given.kwargs) -> Found:
    """A call of the system, made again where a signal came in between."""
    for _ in range(_TRIES):
        try:
            return call(*given, **named)
        except InterruptedError:
            continue
    return call(*given, **named)
