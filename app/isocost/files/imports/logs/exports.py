"""Curves exported as CSV: charts and histories of Weights & Biases, scalars of TensorBoard."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from isocost.files.imports.logs.formats import GIBI
from isocost.files.imports.logs.series import Array, MemoryKind, Run, Series, number
from isocost.quantities import format_counted

Row = Sequence[str]

TAGS: tuple[tuple[str, str, float], ...] = (
    ("time_metrics/end_to_end(s)", "seconds", 1.0),
    ("perf/time_per_step", "seconds", 1.0),
    ("train_step_timing in s", "seconds", 1.0),
    ("train_step_timing", "seconds", 1.0),
    ("perf/step_time_seconds", "seconds", 1.0),
    ("iteration-time", "seconds", 1.0),
    ("iteration_time", "seconds", 1.0),
    ("train/dt", "seconds", 1.0),
    ("throughput(tps)", "rate", 1.0),
    ("throughput/device/tps", "rate", 1.0),
    ("perf/per_device_tokens_per_sec", "rate", 1.0),
    ("perf/throughput", "rate", 1.0),
    ("train/tok_per_sec", "total_rate", 1.0),
    ("mfu(%)", "mfu", 0.01),
)
"""What the curves of frameworks hold, by their names in small letters; the first that fits."""
_SPEED = re.compile(
    r"(?:tokens?|toks?)[ _/.-]*(?:per|/)[ _]*s(?:ec(?:ond)?s?)?(?![a-z])|(?<![a-z])tps(?![a-z])"
)
_OF_ONE = re.compile(r"gpu|device|rank|chip|core")
"""Of curves under other names: tokens a second by their own words, and whether of one accelerator."""
_NOT_ALONE = ("perf/throughput",)
"""Of reinforcement learning: a step writes text as well."""
AVERAGE = "train_tokens_per_second"
_MEMORY: tuple[tuple[str, MemoryKind, float], ...] = (
    ("memory/max_reserved(gib)", "max reserved", GIBI),
    ("memory/max_active(gib)", "max active", GIBI),
    ("perf/max_memory_allocated_gb", "max allocated", GIBI),
    ("perf/max_memory_reserved_gb", "max reserved", GIBI),
)
_DRIVER = re.compile(r"system/gpu\.\d{1,4}\.memoryallocatedbytes")
_AXES = ("step", "relative time (process)", "relative time (wall)", "wall time", "train/global_step")
AGREE = 0.02
"""Share by which a curve's values may differ from the time between its points to be that time."""
LARGEST_CELL = 131_072


def heading_of(text: str) -> list[str]:
    """The names of the columns of a CSV file, in small letters; empty where its first line is none."""
    line = text[: text.find("\n") if "\n" in text else len(text)][:LARGEST_CELL].strip("\ufeff\r ")
    try:
        return [cell.strip().casefold() for cell in next(csv.reader([line]), [])]
    except csv.Error:
        return []


def is_tensorboard(heading: Sequence[str]) -> bool:
    """Whether these are the columns of TensorBoard's export."""
    return list(heading[:3]) == ["wall time", "step", "value"]


def is_history(heading: Sequence[str]) -> bool:
    """Whether these are the columns of a history of Weights & Biases."""
    return "_step" in heading and ("_runtime" in heading or "_timestamp" in heading)


def is_chart(heading: Sequence[str]) -> bool:
    """Whether these are the columns of a chart of Weights & Biases: a run and a curve each."""
    return len(heading) > 1 and heading[0] in _AXES and any(" - " in name for name in heading[1:])


def is_export(heading: Sequence[str]) -> bool:
    """Whether these are the columns of any export."""
    return is_tensorboard(heading) or is_history(heading) or is_chart(heading)


def export(text: str, file: str) -> Series:
    """What an exported CSV says; ``file`` is its name, which alone names TensorBoard's curve."""
    heading = heading_of(text)
    if is_tensorboard(heading):
        return _tensorboard(text, file)
    return _history(text, heading) if is_history(heading) else _chart(text, heading)


def _rows(text: str) -> Iterator[Row]:
    """The rows below the heading; what is no CSV ends them."""
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        next(reader, None)
        yield from reader
    except csv.Error:
        return


def _tag(name: str) -> tuple[str, str, float] | None:
    """(name, column, scale) of the curve that a name ends in or holds."""
    small = name.casefold()
    known = next((each for each in TAGS if small.endswith(each[0])), None) or next(
        (each for each in TAGS if each[0] in small), None
    )
    if known is None and _SPEED.search(small) and not small.endswith(AVERAGE):
        return small, "rate" if _OF_ONE.search(small) else "total_rate", 1.0
    return known


def _tensorboard(text: str, file: str) -> Series:
    """One curve: by its file's name, else the time between its points."""
    wall, steps, values = [], [], []
    for row in _rows(text):
        cells = [number(cell.strip()) for cell in row[:3]]
        if len(cells) == 3 and cells[0] is not None and cells[1] is not None:
            wall.append(cells[0])
            steps.append(cells[1])
            values.append(np.nan if cells[2] is None else cells[2])
    series = Series("tensorboard-csv")
    if not wall:
        return series
    spans, went = np.diff(np.array(wall)), np.diff(np.array(steps))
    between = np.full(len(wall), np.nan)
    between[1:] = np.divide(spans, went, out=np.full(len(went), np.nan), where=went > 0.0)
    held, tag = np.array(values), _tag(file)
    if tag is not None and tag[1] != "mfu" and np.isfinite(held).any():
        column, told = tag[1], held * tag[2]
        series.trains = tag[0] not in _NOT_ALONE
    elif _agree(held, between):
        column, told = "seconds", held
    else:
        column, told = "seconds", between
        series.notes.append("The curve is no speed: the time between its points is taken for that of steps.")
    for step, value in zip(steps, told.tolist(), strict=True):
        if value > 0.0 and value < np.inf:
            series.run.add({"step": step, column: value})
    return series


def _agree(values: Array, between: Array) -> bool:
    """Whether a curve holds the seconds of its steps, by the clock beside it."""
    both = np.isfinite(values) & np.isfinite(between)
    if both.sum() < 2:
        return False
    typical = float(np.median(between[both]))
    return typical > 0.0 and abs(float(np.median(values[both])) / typical - 1.0) < AGREE


def _chart(text: str, heading: Sequence[str]) -> Series:
    """Curves of one or several runs side by side: the run with the most values is read."""
    series = Series("wandb-csv")
    curves: dict[str, list[tuple[int, str]]] = {}
    for at, name in enumerate(heading[1:], 1):
        run, mark, curve = name.rpartition(" - ")
        if mark and not curve.endswith(("__min", "__max")):
            curves.setdefault(run, []).append((at, curve))
    rows = list(_rows(text))
    runs = {name: _curves(rows, 0, places) for name, places in curves.items()}
    if not runs:
        return series
    name = max(runs, key=lambda each: len(runs[each]))
    series.runs = [runs[name]]
    told = [curve for _, curve in curves[name]]
    _say_of_curves(series, told)
    if len(runs) > 1:
        series.notes.append(f"{format_counted(len(runs), 'run')} stand side by side; {name} is read.")
    return series


def _say_of_curves(series: Series, names: Sequence[str]) -> None:
    known = [tag for name in names if (tag := _tag(name)) is not None]
    series.trains = not any(tag[0] in _NOT_ALONE for tag in known)
    if not series.trains:
        series.notes.append("The speed is of a step of reinforcement learning, text written in it as well.")
    if any(name.endswith(AVERAGE) for name in names):
        series.notes.append(f"{AVERAGE} is an average since the start, which holds the warm-up.")
    elif any(tag not in TAGS and tag[1] == "total_rate" for tag in known):
        series.notes.append("Its tokens a second are taken for the whole run's, as no accelerator is named.")
    elif not known:
        series.notes.append("None of its curves is a speed that is known.")


def _curves(rows: Sequence[Row], axis: int, places: Sequence[tuple[int, str]]) -> Run:
    """The columns of one run."""
    run = Run()
    memory = [(at, *found) for at, name in places if (found := _memory_of(name)) is not None]
    tagged = [(at, *tag[1:]) for at, name in places if (tag := _tag(name)) is not None]
    for row in rows:
        for at, kind, scale in memory:
            run.uses(kind, (_cell(row, at) or 0.0) * scale)
        values = {
            column: value * scale for at, column, scale in tagged if (value := _cell(row, at) or 0.0) > 0.0
        }
        if values.keys() - {"mfu"}:
            step = _cell(row, axis)
            run.add(values if step is None else {**values, "step": step})
    return run


def _memory_of(name: str) -> tuple[MemoryKind, float] | None:
    small = name.casefold()
    if _DRIVER.fullmatch(small):
        return "driver", 1.0
    return next(((kind, scale) for tag, kind, scale in _MEMORY if small.endswith(tag)), None)


def _cell(row: Row, at: int) -> float | None:
    return number(row[at].strip()) if at < len(row) else None


def _history(text: str, heading: Sequence[str]) -> Series:
    """A run's history: its curves of speed, else the time between its steps."""
    series = Series("wandb-history-csv")
    names: Mapping[str, int] = {name: at for at, name in reversed(list(enumerate(heading)))}
    axis = next((names[each] for each in ("train/global_step", "global_step") if each in names), None)
    rows = list(_rows(text))
    run = _curves(rows, names["_step"] if axis is None else axis, [(at, name) for name, at in names.items()])
    if len(run):
        _say_of_curves(series, list(names))
        series.runs = [run]
        return series
    clock = names.get("_runtime", names.get("_timestamp"))
    if axis is None or clock is None:
        series.notes.append("It names no step of training: _step counts what was logged.")
        return series
    before: tuple[float, float] | None = None
    timed = Run(memory=run.memory)
    for row in rows:
        step, seconds = _cell(row, axis), _cell(row, clock)
        if step is None or seconds is None:
            continue
        if before is not None and step > before[0] and seconds > before[1]:
            timed.add({"step": step, "seconds": (seconds - before[1]) / (step - before[0])})
        if before is None or step != before[0]:
            before = step, seconds
    series.runs, series.drops_first = [timed], False
    return series
