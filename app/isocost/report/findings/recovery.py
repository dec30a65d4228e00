"""What is said of copies of plans that were not saved when a window ended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

from isocost.catalog import Catalog
from isocost.files.keeping.autosave import Copy
from isocost.language import tr
from isocost.plan.compare.differences import joined
from isocost.plan.project.project import Project, Scenario
from isocost.quantities import format_count, format_counted
from isocost.report.decisions.words import input_label, value_words

MOST_CHANGES = 8
"""Lines of what differs; the rest is counted."""
TITLE = tr("Unsaved plans")
KEPT = tr("A copy you do not open is kept, and offered again at the next start.")
NOTHING = tr("No copy of an unsaved plan is kept.")
MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0


@dataclass(frozen=True, slots=True)
class CopySaid:
    """A copy in words."""

    name: str
    when: str
    of: str
    """The file it is a copy of."""
    changes: tuple[str, ...]
    """What differs from that file, a line each."""

    @property
    def words(self) -> str:
        """All of it, for who hears it read."""
        return ". ".join((self.name, self.when, self.of, *self.changes))


def found_said(count: int) -> str:
    """How many were found, and why."""
    if count == 1:
        return tr("Isocost ended before a plan was saved; a copy was kept.")
    return tr("Isocost ended before plans were saved; {count} copies were kept.", count=format_count(count))


def copy_said(copy: Copy, base: Project | None, catalog: Catalog, now: float) -> CopySaid:
    """A copy beside the plan it began from. ``now`` is in seconds since the epoch."""
    of = _of(copy, base)
    if copy.project is None:
        unread = tr("It cannot be read: {problem}", problem=copy.problem)
        return CopySaid(
            copy.file.name, _when(copy, now), of, (unread, tr("It stays at {file}.", file=copy.file))
        )
    changes = differences_said(base, copy.project, catalog) if base is not None else ()
    return CopySaid(copy.project.name or tr("Untitled plan"), _when(copy, now), of, changes)


def _of(copy: Copy, base: Project | None) -> str:
    path = copy.origin.path
    if path is not None:
        gone = "" if base is not None else tr(", which cannot be read any more")
        return tr("Changes to {path}{gone}", path=path, gone=gone)
    opened = copy.origin.opened
    return (
        tr("Never saved; begun from {stem}", stem=_stem(opened)) if opened is not None else tr("Never saved")
    )


def _stem(path: Path) -> str:
    return path.stem or str(path)


def _when(copy: Copy, now: float) -> str:
    at = datetime.fromtimestamp(copy.kept_at)
    age = max(0.0, now - copy.kept_at)
    if age < MINUTE:
        ago = tr("less than a minute ago")
    elif age < HOUR:
        ago = tr("{counted} ago", counted=format_counted(int(age / MINUTE), "minute"))
    elif age < DAY:
        ago = tr("{counted} ago", counted=format_counted(int(age / HOUR), "hour"))
    else:
        ago = tr("{counted} ago", counted=format_counted(int(age / DAY), "day"))
    return tr("Kept {at:%Y-%m-%d %H:%M}, {ago}", at=at, ago=ago)


def differences_said(before: Project, after: Project, catalog: Catalog) -> tuple[str, ...]:
    """What one plan has otherwise than another, a line each, and how many more where there are many."""
    lines = list(islice(_lines(before, after, catalog), 1000))
    if not lines:
        return (tr("Nothing that a plan holds differs."),)
    if len(lines) <= MOST_CHANGES:
        return tuple(lines)
    rest = len(lines) - MOST_CHANGES + 1
    return (*lines[: MOST_CHANGES - 1], tr("and {count} more.", count=format_count(rest)))


def _lines(before: Project, after: Project, catalog: Catalog) -> Iterator[str]:
    if before.name != after.name:
        yield tr("Name: {name} -> {name_2}", name=before.name, name_2=after.name)
    was = {scenario.name: scenario for scenario in before.scenarios}
    now = {scenario.name: scenario for scenario in after.scenarios}
    many = len(was) > 1 or len(now) > 1
    for name, scenario in now.items():
        if name not in was:
            yield tr("Scenario added: {name}", name=name)
            continue
        for line in _of_scenario(was[name], scenario, catalog):
            yield f"{name}: {line}" if many else line
    for name in was:
        if name not in now:
            yield tr("Scenario removed: {name}", name=name)
    for label, changed in (
        (tr("Notes"), before.notes != after.notes),
        (tr("Currency"), before.currency != after.currency),
        (tr("Frozen prices"), before.prices != after.prices),
    ):
        if changed:
            yield tr("{label} changed", label=label)


def _of_scenario(before: Scenario, after: Scenario, catalog: Catalog) -> Iterator[str]:
    for each in joined(before, after, catalog).differences:
        values = (value_words(each.path, value, catalog) for value in (each.a, each.b))
        yield f"{input_label(each.path, lone=each.lone)}: {' -> '.join(values)}"
    if before.locked != after.locked:
        yield tr("Locks changed")
