"""The file of an open plan as its window knows it: what it held last, and that no other window has it."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from isocost.files.errors import FileError
from isocost.files.keeping.comments import head_of
from isocost.files.keeping.held import Held
from isocost.files.loading import plan_text
from isocost.paths import user_state


class OnDisk:
    """The file a plan was read from or saved to last; holds it, so that another window can be told."""

    def __init__(self) -> None:
        self.path: Path | None = None
        self.head = ""
        """The comments above the plan."""
        self._seen = ""
        self._held: Held | None = None
        self._holds: Path | None = None

    def take(self, path: Path) -> bool:
        """Hold a file in place of the one before; False = another window holds it, and nothing changed."""
        real = Path(os.path.realpath(path))
        if self._holds == real:
            return True
        try:
            folder = user_state() / "open"
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            name = hashlib.sha256(os.fsencode(os.path.normcase(real))).hexdigest()[:32]
            held = Held.take(folder / f"{name}.held")
        except OSError:  # where nothing can be kept no window knows of another
            self.release()
            return True
        if held is None:
            return False
        self.release()
        self._held, self._holds = held, real
        return True

    def saw(self, path: Path | None, text: str) -> None:
        """What a file holds now; without a path the text is what the plan began from."""
        self.path, self.head, self._seen = path, head_of(text), _digest(text)

    def changed(self) -> bool:
        """Whether the file holds something else than this window read or saved last.

        A file that is gone holds nothing that could be lost.
        """
        if self.path is None:
            return False
        try:
            return _digest(plan_text(self.path)) != self._seen
        except FileError:
            return os.path.lexists(self.path)

    def release(self) -> None:
        """Leave the file to others."""
        if self._held is not None:
            self._held.release()
        self._held = self._holds = None


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
