"""A file that one process holds, and nobody any more once that process has died, however it died."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    def lock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


class Held:
    """The system's own lock on a file: unlike the number of a process it is given to nobody else later."""

    def __init__(self, path: Path, handle: int) -> None:
        self._path = path
        self._handle = handle

    @classmethod
    def take(cls, path: Path) -> Held | None:
        """Hold a file, which is made where it is missing; None = another holds it. Raises OSError."""
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            lock(handle)
        except (BlockingIOError, PermissionError):
            os.close(handle)
            return None
        except OSError:
            pass  # a file system without locks: then nobody is told apart, and what is kept is offered
        return cls(path, handle)

    def release(self) -> None:
        """Let it go, and remove the file."""
        with contextlib.suppress(OSError):
            os.unlink(self._path)
        with contextlib.suppress(OSError):
            os.close(self._handle)
            if sys.platform == "win32":
                os.unlink(self._path)  # which no system of that kind does to an open file
