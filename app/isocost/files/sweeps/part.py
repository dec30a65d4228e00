"""What is done of a sweep, beside the table it will be: a folder that an interrupted one goes on from.

``sweep.json`` says whose it is, ``figures`` holds the parts in their places, ``done`` a line for each part
that is there: its number, the sum of its bytes, its notes. A line is written after its figures, and what does
not add up is worked out again, so that a part is there whole or not at all, whenever the work ended.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
import zlib
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

import msgspec
import numpy as np
from numpy.typing import NDArray

from isocost import __version__
from isocost.catalog import Catalog
from isocost.files.errors import FileError
from isocost.files.keeping.held import lock
from isocost.files.text import os_problem
from isocost.language import tr
from isocost.plan.physics.records import Array
from isocost.plan.project.project import Project
from isocost.plan.sweep.grid import Grid
from isocost.plan.sweep.points import WIDTH, Priced

SUFFIX = ".part"
BYTES = WIDTH * 8
"""Of a point."""
CHECKED = 1_000_000
"""Points looked through at once."""
IDENTITY, FIGURES, DONE = "sweep.json", "figures", "done"
WHAT = {
    "isocost": "another version of Isocost",
    "catalog": "another catalogue of accelerators, models and prices",
    "plan": "another plan, or the plan as it was before it was changed",
    "grid": "other inputs or other values",
}


class Part:
    """The parts of a sweep that are done; a context that lets go of its files and keeps them."""

    def __init__(self, output: Path, project: Project, scenario: int, grid: Grid, catalog: Catalog) -> None:
        """Take up what an interrupted sweep has left, or begin.

        Raises:
            FileError: what is there is of another sweep or in use, or nothing can be written.
        """
        self.folder = output.with_name(f"{output.name}{SUFFIX}")
        self.grid = grid
        self.done: dict[int, tuple[str, ...]] = {}
        """Notes of each part that is done."""
        self._open: list[BinaryIO] = []
        new = not self.folder.exists()
        try:
            self._begin(_identity(project, scenario, grid, catalog))
        except OSError as error:
            self.close()
            if new:  # there was no room even to begin: nothing is to go on from
                shutil.rmtree(self.folder, ignore_errors=True)
            raise FileError(
                self.folder, tr("cannot be written: {os_problem}.", os_problem=os_problem(error))
            ) from None
        except BaseException:
            self.close()
            raise

    def _begin(self, wanted: Mapping[str, str]) -> None:
        self.folder.mkdir(exist_ok=True)
        self._done = self._opened(DONE)
        self._figures = self._opened(FIGURES)
        if not _locked(self._done):
            raise FileError(
                self.folder, tr("another sweep is writing there: wait for it or name another output.")
            )
        self._identify(wanted)
        self._reserve()
        self._read()

    def _opened(self, name: str) -> BinaryIO:
        handle = os.open(self.folder / name, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
        file = os.fdopen(handle, "r+b", buffering=0)
        self._open.append(file)
        return file

    def _identify(self, wanted: Mapping[str, str]) -> None:
        """Refuse what is left of another sweep; say whose this is."""
        path = self.folder / IDENTITY
        try:
            held = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            held = None
        except ValueError:
            held = {}
        if held is None:
            path.write_text(json.dumps(wanted, indent=2) + "\n", encoding="utf-8")
            return
        for name, what in WHAT.items():
            if not isinstance(held, dict) or held.get(name) != wanted[name]:
                raise FileError(
                    self.folder,
                    tr(
                        "what an interrupted sweep has left here is of {what}: go on with that one, begin "
                        "anew with --restart, or name another output.",
                        what=what,
                    ),
                )

    def _reserve(self) -> None:
        """Take the room of all figures now: a disk that is too full is said before the work, not after."""
        size = len(self.grid) * BYTES
        if os.fstat(self._figures.fileno()).st_size < size:
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(self._figures.fileno(), 0, size)
            else:
                os.truncate(self._figures.fileno(), size)

    def _read(self) -> None:
        """Which parts are there whole; a line or figures torn by a crash count for nothing."""
        kept = 0
        self._done.seek(0)
        for line in self._done.read().splitlines(keepends=True):
            found = _line(line)
            if found is None:
                break
            kept += len(line)
            part, checked, notes = found
            if 0 <= part < self.grid.parts and zlib.crc32(self._bytes(part)) == checked:
                self.done[part] = notes
        os.truncate(self._done.fileno(), kept)
        self._done.seek(kept)

    def _bytes(self, part: int) -> bytes:
        self._figures.seek(part * self.grid.part_size * BYTES)
        return self._figures.read(self.grid.part_length(part) * BYTES)

    def keep(self, part: int, priced: Priced) -> None:
        """Put a part in its place. Raises FileError."""
        data = priced.figures.tobytes()
        line = json.dumps([part, zlib.crc32(data), *priced.notes]).encode() + b"\n"
        try:
            self._figures.seek(part * self.grid.part_size * BYTES)
            _write(self._figures, data)
            _write(self._done, line)
        except OSError as error:
            raise FileError(
                self.folder, tr("cannot be written: {os_problem}.", os_problem=os_problem(error))
            ) from None
        self.done[part] = priced.notes

    @property
    def points_done(self) -> int:
        """Points of the parts that are there."""
        return sum(self.grid.part_length(part) for part in self.done)

    @property
    def unpriced(self) -> int:
        """Points of a finished sweep whose cost nobody knows."""
        cost = np.memmap(self.folder / FIGURES, np.float64, "r", shape=(len(self.grid), WIDTH))[:, 0]
        return int(sum(np.isnan(cost[at : at + CHECKED]).sum() for at in range(0, len(cost), CHECKED)))

    def rows(self, at_a_time: int) -> Iterator[tuple[list[NDArray[np.intp]], Array, list[str]]]:
        """All points in the order of their rows, some at a time: places in the axes, figures, notes."""
        held = np.memmap(self.folder / FIGURES, np.float64, "r", shape=(len(self.grid), WIDTH))
        for first in range(0, len(self.grid), at_a_time):
            places, at = self.grid.rows(first, min(first + at_a_time, len(self.grid)))
            figures = np.array(held[at])
            notes = [""] * len(at)
            for row in np.flatnonzero(figures[:, -1] > 0.0).tolist():
                own = self.done[int(at[row]) // self.grid.part_size]
                notes[row] = own[int(figures[row, -1]) - 1]
            yield list(places), figures, notes

    def discard(self) -> None:
        """Take the folder away: the table is there. Raises nothing: what is left says whose it is."""
        self.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def close(self) -> None:
        """Let go of the files."""
        for file in self._open:
            with contextlib.suppress(OSError):
                file.close()
        self._open.clear()

    def __enter__(self) -> Part:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def discard_part(output: Path) -> None:
    """Throw away what an interrupted sweep has left for a table. Raises FileError."""
    folder = output.with_name(f"{output.name}{SUFFIX}")
    if not folder.exists():
        return
    known = {IDENTITY, FIGURES, DONE}
    if not folder.is_dir() or folder.is_symlink() or {each.name for each in folder.iterdir()} - known:
        raise FileError(folder, tr("this is not what a sweep leaves, so it is not thrown away."))
    shutil.rmtree(folder)


def _identity(project: Project, scenario: int, grid: Grid, catalog: Catalog) -> dict[str, str]:
    """Whose a sweep is: what its figures depend on, and the order of its rows."""
    swept = msgspec.structs.replace(project, name="", notes="", scenarios=(project.scenarios[scenario],))
    axes = [(each.key, each.stages, each.values) for each in grid.axes]
    return {
        "isocost": __version__,
        "catalog": catalog.digest,
        "plan": sha256(msgspec.json.encode(swept)).hexdigest(),
        "grid": sha256(json.dumps([axes, grid.part_size]).encode()).hexdigest(),
    }


def _line(line: bytes) -> tuple[int, int, tuple[str, ...]] | None:
    """A line of what is done: the part, the sum of its bytes, its notes; None = torn."""
    if not line.endswith(b"\n"):
        return None
    try:
        found = msgspec.json.decode(line, type=list[int | str])
    except msgspec.DecodeError:
        return None
    part, checked, *notes = found if len(found) >= 2 else (None, None)
    if not isinstance(part, int) or not isinstance(checked, int):
        return None
    return part, checked, tuple(sys.intern(str(each)) for each in notes)


def _write(file: BinaryIO, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[file.write(view) or 0 :]


def _locked(file: BinaryIO) -> bool:
    """Whether this process alone has the file now; the system lets go of it when the process ends."""
    if sys.platform == "win32":
        file.seek(1 << 30)  # beyond all that is written: a lock on a byte keeps others from reading it
    try:
        lock(file.fileno())
    except OSError:
        return False
    return True
