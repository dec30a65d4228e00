"""A table of somebody's own runs against the model: each predicted before and after its correction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from isocost.catalog.catalog import Catalog
from isocost.evidence.predict import OwnRuns, Prediction, correction
from isocost.evidence.rows.columns import SPEED
from isocost.evidence.rows.words import number
from isocost.evidence.table import predict

REASONS = 3
"""Rows that are named where none can be used."""
NEEDED = ("model", "gpu", "n_gpus", "seq_len", SPEED)
"""Columns without which a table says nothing."""


@dataclass(frozen=True, slots=True)
class OwnRun:
    """A row of the table."""

    line: int
    """Of the file, whose first line names the columns."""
    name: str
    """Model, count and accelerator, as the row has them."""
    measured: float | None
    """Tokens a second per accelerator; None = not stated, not a number, or more than the part can do."""
    before: float | None
    """As the model predicts it; None = it cannot (``note`` says why)."""
    after: float | None
    """Corrected by the other runs alone, so that it is a test of the correction; None = there is no other."""
    note: str
    low: float | None = None
    """10th percentile of the prediction; None = it cannot be predicted."""
    high: float | None = None

    @property
    def used(self) -> bool:
        """Whether it tells of the correction."""
        return bool(self.measured and self.before)

    def error(self, predicted: float | None) -> float | None:
        """How far a prediction is off, as a share of what was measured."""
        return predicted / self.measured - 1.0 if predicted and self.measured else None


@dataclass(frozen=True, slots=True)
class Calibration:
    """What a table of runs says of the model."""

    runs: tuple[OwnRun, ...]
    found: OwnRuns

    @property
    def measured_share(self) -> float:
        """Measured over predicted speed, the median of the runs used; the correction is nearer to what others
        of its class differ by, the more so the fewer runs there are."""
        return float(
            np.median([run.measured / run.before for run in self.runs if run.measured and run.before])
        )

    @property
    def before(self) -> float:
        """Median absolute error of the predictions, as a share."""
        return self._median([run.error(run.before) for run in self.runs])

    @property
    def after(self) -> float | None:
        """The same, each run corrected by the others; None where there is only one."""
        return self._median([run.error(run.after) for run in self.runs]) if self.found.runs > 1 else None

    def _median(self, errors: Sequence[float | None]) -> float:
        return float(np.median([abs(error) for error in errors if error is not None]))


def calibrated(rows: Sequence[Mapping[str, str]], catalog: Catalog, *, source: str, date: str) -> Calibration:
    """The correction a table of runs gives, and what every row of it says.

    Args:
        rows: with the columns of :func:`isocost.evidence.table.predict` and ``tokens_per_s_per_gpu``.

    Raises:
        ValueError: no row has both a measured speed and a prediction; of the first rows it says why.
    """
    measured, wrong = _measured(rows)
    predicted = predict(rows, catalog)
    _leave_out_impossible(measured, predicted, wrong)
    shared = catalog.constants.accuracy.shared

    def from_runs(places: Sequence[int]) -> OwnRuns:
        some = [(measured[at], predicted[at]) for at in places]
        return correction([m for m, _ in some], [p for _, p in some], shared=shared, source=source, date=date)

    used = [at for at, run in enumerate(predicted) if measured[at] and run.tokens_per_s]
    if not used:
        raise ValueError(_unusable(measured, predicted, wrong))
    found = from_runs(range(len(rows)))
    factors = (
        {at: from_runs([one for one in used if one != at]).factor for at in used} if found.runs > 1 else {}
    )
    runs = (
        _run(line, row, measured[line - 2], predicted[line - 2], wrong.get(line), factors.get(line - 2))
        for line, row in enumerate(rows, 2)
    )
    return Calibration(tuple(runs), found)


def _measured(rows: Sequence[Mapping[str, str]]) -> tuple[list[float | None], dict[int, str]]:
    """(speed of each row, what is wrong with it by line)."""
    speeds: list[float | None] = []
    wrong: dict[int, str] = {}
    for line, row in enumerate(rows, 2):
        try:
            speeds.append(number(row.get(SPEED, ""), SPEED))
        except ValueError:
            got = row[SPEED].strip()[:40]
            wrong[line] = f"line {line}, {SPEED}: expected a number above 0, got {got!r}."
            speeds.append(None)
    return speeds, wrong


def _leave_out_impossible(
    measured: list[float | None], predicted: Sequence[Prediction], wrong: dict[int, str]
) -> None:
    """Take speeds that no such part can reach from those measured: they tell of a slip, not of the model."""
    for line, (speed, run) in enumerate(zip(measured, predicted, strict=True), 2):
        if speed is not None and run.over_peak is not None:
            wrong[line] = (
                f"line {line}, {SPEED}: {speed:g} is {run.over_peak:.2g} times what the peak of the part "
                "allows in that precision; expected the tokens of one accelerator."
            )
            measured[line - 2] = None


def _said(measured: float | None, predicted: Prediction) -> str:
    """What is to be said of a row whose speed is no wrong one."""
    return predicted.note if predicted.tokens_per_s is None or measured else "No speed was measured."


def _unusable(
    measured: Sequence[float | None], predicted: Sequence[Prediction], wrong: Mapping[int, str]
) -> str:
    """Why no row tells of a correction: what is wrong with the first ones."""
    first = list(enumerate(zip(measured, predicted, strict=True), 2))[:REASONS]
    whys = (wrong.get(line) or f"line {line}: {_said(*row)}" for line, row in first)
    return f"no row has both {SPEED}, as measured, and what a prediction needs: {' '.join(whys)}"


def wrong_speeds(rows: Sequence[Mapping[str, str]]) -> tuple[str, ...]:
    """What is wrong with the measured speeds of a table, a sentence each."""
    return tuple(_measured(rows)[1].values())


def _run(
    line: int,
    row: Mapping[str, str],
    measured: float | None,
    predicted: Prediction,
    wrong: str | None,
    factor: float | None,
) -> OwnRun:
    parts = (row.get("model", "").strip(), f"{row.get('n_gpus', '').strip()} {row.get('gpu', '').strip()}")
    before = predicted.tokens_per_s
    note = wrong or _said(measured, predicted)
    after = before * factor if before and factor else None
    name = ", ".join(part for part in parts if part.strip())
    return OwnRun(line, name, measured, before, after, note, predicted.p10, predicted.p90)
