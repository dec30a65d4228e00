"""Reading a log line by line as one of the formats."""

from __future__ import annotations

import math

from isocost.files.imports.logs.formats import FOLLOWING, LINE_FORMATS, Figure, LineFormat
from isocost.files.imports.logs.lines import marked_lines, rank_of
from isocost.files.imports.logs.series import MEMORY_KINDS, Run, Series, number

MOST_RECORDS = 60_000
"""Records of a log that are read; of more, every second, third... is, which moves no median."""
TELLING = ("seconds", "rate", "total_rate", "sequences_rate")
"""Columns one of which a record must have."""


def series_in(text: str) -> Series | None:
    """What the lines of a log say; None where they are of no format that is known.

    The first format with two records or more is taken, else the first with one.
    """
    single: Series | None = None
    for form in LINE_FORMATS:
        if form.mark in text and (found := _Scan(form, text).series()) is not None:
            if max(len(run) for run in found.runs) > 1:
                return found
            single = single or found
    return single


def has_record(text: str) -> bool:
    """Whether any line of a text is a record of a format that is known."""
    return any(_Scan(form, text).tells() for form in LINE_FORMATS if form.mark in text)


class _Scan:
    """One pass over a text in one format."""

    def __init__(self, form: LineFormat, text: str) -> None:
        self._form, self._text = form, text
        name = next((name for mark, name in form.variants if mark in text), form.name)
        self._found = Series(name, warm_up=form.warm_up, trains=form.trains)
        if form.note:
            self._found.notes.append(form.note)
        self._rank: str | None = None
        self._begun: dict[str, float] | None = None
        self._following = FOLLOWING.get(form.name)
        self._micro = _Microbatches() if form.per_microbatch else None
        self._facts: dict[str, list[Figure]] = {}
        for mark, figure in form.facts:
            self._facts.setdefault(mark, []).append(figure)
        follows = (form.follows,) if form.follows else ()
        self._marks = tuple(dict.fromkeys((form.mark, *follows, *self._facts)))
        self._every = 1 if form.per_microbatch else 1 + text.count(form.mark) // MOST_RECORDS
        self._met = 0
        self._numbered = any(figure.what == "step" for figure in form.figures)

    def series(self) -> Series | None:
        """Everything the text says; None where it has no record."""
        for line in marked_lines(self._text, self._marks):
            self._read(line)
        self._end_record()
        found = self._found
        found.runs = [run for run in found.runs if len(run)]
        for run in found.runs:
            _complete(run)
        return found if found.runs else None

    def tells(self) -> bool:
        """Whether the text has a record; read no further than to the first."""
        for line in marked_lines(self._text, self._marks):
            self._read(line)
            if len(self._found.run):
                return True
        self._end_record()
        return bool(len(self._found.run))

    def _read(self, line: str) -> None:
        form = self._form
        if self._begun is not None and form.mark in line:
            self._end_record()
        for mark, figures in self._facts.items():
            if mark in line:
                for figure in figures:
                    self._tell(figure.what, _value(figure, line))
        if form.mark in line:
            self._met += 1
            if self._every == 1 or self._met % self._every == 1:
                self._record(line)
        if self._following is not None and self._begun is not None and form.follows in line:
            value = _value(self._following, line)
            if value:
                self._begun.setdefault(self._following.what, value)

    def _record(self, line: str) -> None:
        values: dict[str, float] = {}
        for figure in self._form.figures:
            value = _value(figure, line)
            if value is None:
                continue
            if figure.what in MEMORY_KINDS:
                self._tell(figure.what, value)
            elif value > 0.0 or figure.what in ("step", "iteration"):
                values[figure.what] = value
        if self._is_of_another(line):
            return
        if self._following is None:
            self._add(values)
        else:
            self._begun = values

    def _is_of_another(self, line: str) -> bool:
        """Whether another process wrote a line than the one whose records are kept."""
        rank = rank_of(line)
        if rank is not None and self._rank is None:
            self._rank = rank
        return rank is not None and rank != self._rank

    def _end_record(self) -> None:
        if self._begun is not None:
            values, self._begun = self._begun, None
            self._add(values)

    def _add(self, values: dict[str, float]) -> None:
        if not any(name in values for name in TELLING) or (self._numbered and "step" not in values):
            return
        whole = values if self._micro is None else self._micro.whole_step(values)
        if whole is not None:
            self._found.run.add(whole)

    def _tell(self, what: str, value: float | None) -> None:
        for kind in MEMORY_KINDS:
            if what == kind:
                self._found.run.uses(kind, value or 0.0)
                return
        if value is not None:
            self._found.fact(what, value)


class _Microbatches:
    """Lines of single microbatches, added up to steps."""

    def __init__(self) -> None:
        self._iteration: float | None = None
        self._step: float | None = None
        self._seconds = 0.0

    def whole_step(self, values: dict[str, float]) -> dict[str, float] | None:
        """The record of the step that a microbatch ends; None while it goes on."""
        iteration, step = values.get("iteration", math.nan), values["step"]
        before, last = self._iteration, self._step
        gap = iteration - before if before is not None and iteration > before else 1.0
        self._iteration, self._step = iteration, step
        if last is None or step < last:
            self._seconds = 0.0
            return None
        self._seconds += values["seconds"] * gap
        if step == last:
            return None
        whole = {"step": step, "seconds": self._seconds / (step - last)}
        self._seconds = 0.0
        return whole


def _value(figure: Figure, line: str) -> float | None:
    """A figure of a line, in its unit; None where it does not stand there."""
    found = figure.pattern.search(line)
    value = number(found[found.lastindex or 0]) if found is not None else None
    return None if value is None else value * figure.scale


def _complete(run: Run) -> None:
    """Fill in what a log says in another way: the batch, as the growth of the sequences seen."""
    seen, steps, batch = (run.columns[name] for name in ("seen", "step", "batch"))
    if all(math.isnan(each) for each in batch):
        for at in range(1, len(run)):
            grown, went = seen[at] - seen[at - 1], steps[at] - steps[at - 1]
            if grown > 0.0 and went > 0.0:
                batch[at] = grown / went
