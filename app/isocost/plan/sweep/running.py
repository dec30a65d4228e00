"""A sweep over any executor of ``concurrent.futures``: threads, processes, a cluster."""

from __future__ import annotations

from collections.abc import Container, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Executor, Future, wait
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

import msgspec
import numpy as np
from numpy.typing import NDArray

from isocost import __version__
from isocost.catalog import Catalog, load
from isocost.language import tr
from isocost.plan.project.project import Project
from isocost.plan.sweep.axes import Axis, SweepError
from isocost.plan.sweep.grid import Grid
from isocost.plan.sweep.points import Priced, priced

AHEAD = 3
"""Parts handed out for each worker: so few that memory stays small and an end comes soon."""
WORKERS = 4
"""Taken where an executor does not say how many it has."""


@dataclass(frozen=True, slots=True)
class Task:
    """One part of a sweep, with all that a worker needs to price it."""

    project: Project
    """With the one scenario that is swept."""
    axes: tuple[Axis, ...]
    places: NDArray[np.int32]
    digest: str
    """Of the catalogue it is to be priced with."""
    version: str = __version__
    """Of the Isocost it is to be priced by."""


def sweep(
    project: Project,
    catalog: Catalog,
    axes: Grid | tuple[Axis, ...],
    executor: Executor | None = None,
    *,
    scenario: int = 0,
    done: Container[int] = frozenset(),
    workers: int = WORKERS,
) -> Iterator[tuple[int, Priced]]:
    """Each part of a grid priced, as it gets done, in any order; a part is the same whoever works it out.

    Args:
        executor: where parts are worked out; None = here, one after another. Its workers may be processes
            of other machines: they read the catalogue themselves, once.
        done: parts left out, as they are known already.
        workers: how many the executor has.

    Raises:
        SweepError: a worker has another catalogue, or has ended.
    """
    grid = axes if isinstance(axes, Grid) else Grid(axes)
    alone = msgspec.structs.replace(project, scenarios=(project.scenarios[scenario],))
    _OPEN[catalog.digest] = catalog
    wanted = (part for part in range(grid.parts) if part not in done)
    tasks = ((part, Task(alone, *grid.part(part), catalog.digest)) for part in wanted)
    if executor is None:
        for part, task in tasks:
            yield part, work(task)
        return
    handed: dict[Future[Priced], int] = {}
    try:
        while True:
            for part, task in islice(tasks, workers * AHEAD - len(handed)):
                handed[executor.submit(work, task)] = part
            if not handed:
                return
            for future in wait(handed, return_when=FIRST_COMPLETED).done:
                yield handed.pop(future), _result(future)
    finally:
        for future in handed:
            future.cancel()


def _result(future: Future[Priced]) -> Priced:
    try:
        return future.result()
    except (BrokenExecutor, CancelledError) as error:
        raise SweepError(
            tr(
                "a worker ended before its part was done, perhaps for want of memory; what is done "
                "is kept, and the same command goes on from there."
            )
        ) from error


def work(task: Task) -> Priced:
    """A part priced, by whoever is handed it. Raises SweepError."""
    if task.version != __version__:
        raise SweepError(
            tr(
                "a worker runs Isocost {version}, this sweep {version_2}: install the same there.",
                version=__version__,
                version_2=task.version,
            )
        )
    return priced(task.project, task.axes, task.places, _catalog(task.digest))


_OPEN: dict[str, Catalog] = {}
"""Catalogues of sweeps of this process, for workers that are its threads."""


@lru_cache(maxsize=1)
def _loaded() -> Catalog:
    return load()


def _catalog(digest: str) -> Catalog:
    """The catalogue of a digest: this process's own, or the one on this machine, read once."""
    held = _OPEN.get(digest) or _loaded()
    if held.digest != digest:
        raise SweepError(
            tr(
                "a worker reads another catalogue than this sweep: give its machine the same files "
                "of your own."
            )
        )
    return held
