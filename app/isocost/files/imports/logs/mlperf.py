"""Logs of MLPerf training: an object a line behind ``:::MLLOG``."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from isocost.files.imports.logs.lines import marked_lines
from isocost.files.imports.logs.series import Series, numeric

MARK = ":::MLLOG"
LONGEST = 20_000
SEQUENCE = {"llama2_70b_lora": 8192.0}
"""Tokens of a sequence of benchmarks whose logs do not say, as their rules fix it (MLPerf training v5.1)."""
_PLATFORM = re.compile(r"(\d{1,7})\s?x(?:[^x]*?\dx(\d{1,4})(?!\d))?")
_STEP_TIMES = ("train_step_time", "step_time", "train_step_timing in s")


def events(text: str) -> Iterator[Mapping[str, Any]]:
    """Every event, in order; lines cut short are left out."""
    for line in marked_lines(text, (MARK,)):
        _, _, held = line[:LONGEST].partition(MARK)
        try:
            event = json.loads(held)
        except (ValueError, RecursionError):
            continue
        if isinstance(event, dict) and isinstance(event.get("key"), str):
            yield event


def mlperf(text: str) -> Series:
    """What an MLPerf log says: step times as tracked, else speeds as tracked, else the blocks of training."""
    series = Series("mlperf")
    blocks = _Blocks()
    for event in events(text):
        key, value = event["key"], event.get("value")
        metadata = event.get("metadata")
        told = metadata if isinstance(metadata, dict) else {}
        if key in ("submission_platform", "global_batch_size", "max_sequence_length", "submission_benchmark"):
            _fact(series, key, value)
        elif key == "tracked_stats" and isinstance(value, dict):
            _tracked(series, value, told)
        elif key in ("block_start", "block_stop"):
            blocks.take(key, numeric(event.get("time_ms")), told)
    if not any(len(run) for run in series.runs):
        for values in blocks.steps(series.run.facts.get("batch")):
            series.run.add(values)
    return series


def _fact(series: Series, key: str, value: object) -> None:
    if key == "submission_platform" and isinstance(value, str):
        found = _PLATFORM.match(value.strip()[:200])
        if found is not None:
            series.fact("gpus", float(found[1]) * float(found[2] or 1))
    elif key == "submission_benchmark":
        known = SEQUENCE.get(str(value))
        if known is not None and "sequence" not in series.run.facts:
            series.fact("sequence", known)
            series.notes.append(f"The sequence is {known:,.0f} tokens by the rules of {value}.")
    elif (figure := numeric(value)) is not None:
        series.fact("batch" if key == "global_batch_size" else "sequence", figure)


def _tracked(series: Series, value: Mapping[str, Any], told: Mapping[str, Any]) -> None:
    step = numeric(told.get("step"))
    place = {} if step is None else {"step": step}
    seconds = next((found for name in _STEP_TIMES if (found := numeric(value.get(name)))), None)
    if seconds is not None and seconds > 0.0:
        series.run.add({"seconds": seconds, **place})
    elif (rate := numeric(value.get("throughput"))) and rate > 0.0:
        series.run.add({"sequences_rate": rate, **place})


class _Blocks:
    """Stretches of training between evaluations, by the clock."""

    def __init__(self) -> None:
        self._begun: tuple[float, Mapping[str, Any]] | None = None
        self._lasted: list[tuple[float, float | None, float | None, float | None]] = []

    def take(self, key: str, time_ms: float | None, told: Mapping[str, Any]) -> None:
        """A block begins or ends."""
        if time_ms is None:
            return
        if key == "block_start":
            self._begun = time_ms, told
            return
        if self._begun is None:
            return
        started, first = self._begun
        self._begun = None
        before, after = (numeric(each.get("samples_count")) for each in (first, told))
        samples = after
        if after is not None and before is not None and after > before:
            samples = after - before  # else the count is of the block, not of the run
        steps = (numeric(told.get("step")), numeric(first.get("step")))
        went = None if steps[0] is None or steps[1] is None else steps[0] - steps[1]
        self._lasted.append(((time_ms - started) / 1e3, samples, went, steps[0]))

    def steps(self, batch: float | None) -> Iterator[dict[str, float]]:
        """A record a block."""
        for seconds, samples, went, step in self._lasted:
            if seconds <= 0.0:
                continue
            place = {} if step is None else {"step": step}
            if batch and went and went > 0.0:
                yield {"seconds": seconds / went, **place}
            elif samples and samples > 0.0:
                yield {"sequences_rate": samples / seconds, **place}
