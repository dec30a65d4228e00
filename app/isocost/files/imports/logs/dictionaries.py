"""Logs whose records are dictionaries: ``trainer_state.json``, lines of JSON, and what a trainer prints.

Hugging Face's trainer and those built on it: axolotl, LLaMA-Factory, ms-swift. Most of their speeds are
averages since the start, which hold the warm-up: the differences between records do not.
"""

from __future__ import annotations

import ast
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from isocost.files.imports.logs.formats import GIBI
from isocost.files.imports.logs.lines import marked_lines, without_rank
from isocost.files.imports.logs.series import MemoryKind, Run, Series, numeric
from isocost.quantities.units import HOURS_PER_DAY, SECONDS_PER_HOUR

Dictionary = Mapping[str, Any]

LONGEST = 20_000
"""Letters of a printed dictionary that is looked at."""
_STEPS = ("step", "current_steps", "global_step/max_steps", "iteration", "global_step")
_MEMORY: Mapping[str, MemoryKind] = {
    "memory(GiB)": "max reserved",
    "memory/max_allocated (GiB)": "max allocated",
    "memory/max_active (GiB)": "max active",
    "memory/device_reserved (GiB)": "max reserved",
    "memory/max_mem_allocated(gib)": "max allocated",
    "memory/max_mem_active(gib)": "max active",
    "memory/device_mem_reserved(gib)": "max reserved",
}
_LOSS = {"loss", "epoch"}
_TRAINER = {"loss", "train_runtime", "train_loss", "learning_rate", "eval_loss"}
SUMMARY = "train_steps_per_second"
"""Stands in the last record alone, which sums up the whole run."""
WHOLE_RUN = "Only the average of the whole run is told: warm-up, evaluation and saving are in it."
_BAR = re.compile(
    r"(?P<before>[^%|]{0,200}?)\s*\d{1,3}%\|[^|]{0,400}\|\s*(?P<done>\d+)/(?P<whole>\d+)\s+"
    r"\[(?P<past>[\d:]+)<[^,\]]{0,40},\s*(?P<rate>\d+(?:\.\d+)?)\s?(?P<unit>s/it|it/s)"
)
_PRINTED = re.compile(r"\{['\"][^{}]{1,19900}\}")


def is_dictionary(held: object) -> bool:
    """Whether something is a record of such a trainer."""
    if not isinstance(held, dict):
        return False
    stepped = any(isinstance(name, str) and name in held for name in _STEPS)
    fast = any(str(name).startswith(("train_speed", "tokens/train_per_sec")) for name in held)
    return fast or (stepped and ("throughput" in held or bool(_TRAINER & {str(name) for name in held})))


def trainer_state(held: Dictionary) -> Series:
    """What the ``trainer_state.json`` of Hugging Face's trainer says."""
    history = held.get("log_history")
    records = [each for each in history if isinstance(each, dict)] if isinstance(history, list) else []
    return _series("hf-trainer", records)


def json_lines(text: str) -> Iterator[Dictionary]:
    """The objects of a file with one a line; lines that are none are left out."""
    for line in marked_lines(text, ("{",)):
        plain = without_rank(line)
        if plain.lstrip().startswith("{") and len(plain) <= LONGEST:
            try:
                held = json.loads(plain)
            except (ValueError, RecursionError):
                continue
            if isinstance(held, dict):
                yield held


def dictionary_lines(records: Sequence[Dictionary]) -> Series:
    """What lines of JSON say."""
    return _series(_format_of(records), records)


def _format_of(records: Sequence[Dictionary]) -> str:
    names = {str(name) for each in records[:50] for name in each}
    if "current_steps" in names:
        return "llama-factory"
    if any(name.startswith("train_speed") for name in names) or "global_step/max_steps" in names:
        return "ms-swift"
    return "axolotl" if any(name.startswith("tokens/") for name in names) else "hf-stdout"


# What a trainer prints


def printed(text: str) -> Series | None:
    """The standard output of a trainer: dictionaries, and a bar that alone has times."""
    records = list(_printed_dictionaries(text))
    series = _series(_format_of(records), records) if records else Series("hf-stdout")
    if any(len(run) for run in series.runs) and WHOLE_RUN not in series.notes:
        return series
    bars = _bars(text)
    if not len(bars):
        return series if records else None
    bars.memory.update(series.run.memory)
    return Series(series.format, runs=[bars])


def _printed_dictionaries(text: str) -> Iterator[Dictionary]:
    for line in marked_lines(text, ("'loss'", "'train_runtime'", '"loss"', "'train_speed", "'tokens/")):
        found = _PRINTED.search(line[:LONGEST])
        if found is None:
            continue
        try:
            held = ast.literal_eval(found[0])
        except (ValueError, SyntaxError, RecursionError, MemoryError, TypeError):
            continue
        if isinstance(held, dict):
            yield {str(name): value for name, value in held.items()}


def _bars(text: str) -> Run:
    """The records of the bar that lasted longest: those of evaluation and of loading are shorter."""
    kept: dict[str, tuple[float, Run]] = {}
    for line in marked_lines(text, ("s/it", "it/s")):
        found = _BAR.match(without_rank(line[:LONGEST]))
        if found is None or found["before"].rstrip().endswith(":"):
            continue
        rate, past = float(found["rate"]), _clock(found["past"])
        if rate <= 0.0 or past is None or len(found["done"]) > 15:
            continue
        seconds = rate if found["unit"] == "s/it" else 1.0 / rate
        longest, run = kept.get(found["whole"], (0.0, Run()))
        run.add({"step": float(found["done"]), "seconds": seconds})
        kept[found["whole"]] = max(longest, past), run
    return max(kept.values(), key=lambda each: each[0])[1] if kept else Run()


def is_printed(text: str) -> bool:
    """Whether a trainer printed something into a text: its loss, or the summary of a run."""
    return any(
        each.keys() >= _LOSS or is_dictionary(each) or SUMMARY in each for each in _printed_dictionaries(text)
    )


def _clock(text: object) -> float | None:
    """Seconds of "2:48", "1:02:48", "1 day, 1:02:48" or "1h 2m 48s"."""
    if not isinstance(text, str) or len(text) > 40:
        return None
    days = re.match(r"(\d{1,4}) days?, ", text)
    parts = (text[days.end() :] if days else text).split(":")
    if len(parts) in (2, 3) and all(re.fullmatch(r"\d{1,6}", each.strip()) for each in parts):
        seconds = sum(60.0**at * float(each) for at, each in enumerate(reversed(parts)))
        return seconds + (float(days[1]) * HOURS_PER_DAY * SECONDS_PER_HOUR if days else 0.0)
    units = re.findall(r"(\d{1,9})\s*([dhms])", text)
    scale = {"d": HOURS_PER_DAY * SECONDS_PER_HOUR, "h": SECONDS_PER_HOUR, "m": 60.0, "s": 1.0}
    return sum(float(many) * scale[unit] for many, unit in units) if units else None


# Records to differences


@dataclass(frozen=True, slots=True)
class _Reached:
    """How far a run was by when."""

    step: float
    seconds: float
    tokens: float | None
    """Of all accelerators."""


def _series(name: str, records: Sequence[Dictionary]) -> Series:
    series = Series(name, drops_first=False)
    run = series.run
    before: _Reached | None = None
    for each in records:
        for key, kind in _MEMORY.items():
            run.uses(kind, (numeric(each.get(key)) or 0.0) * GIBI)
        if SUMMARY in each or "eval_runtime" in each:
            continue
        if (rate := _real_tokens_rate(each)) is not None:
            series.drops_first = True
            step = _step_of(each)
            run.add({"rate": rate, **({} if step is None else {"step": step})})
            continue
        reached = _reached(each)
        if reached is not None:
            if before is not None:
                _add_difference(run, before, reached)
            before = reached
    if not len(run):
        _sum_up(series, records)
    return series


def _step_of(record: Dictionary) -> float | None:
    for name in _STEPS:
        held = record.get(name)
        if isinstance(held, str):
            held = held.partition("/")[0]
        step = numeric(held)
        if step is not None and step >= 0.0:
            return step
    return None


def _reached(record: Dictionary) -> _Reached | None:
    """How far a record says the run was; None where it says no time."""
    step = _step_of(record)
    if not step:
        return None
    tokens = _first(record, ("num_input_tokens_seen", "total_tokens"))
    pace, speed = numeric(record.get("train_speed(s/it)")), numeric(record.get("train_speed(iter/s)"))
    throughput = numeric(record.get("throughput"))
    seconds: float | None = None
    if pace:
        seconds = pace * step
    elif speed:
        seconds = step / speed
    elif throughput and tokens:  # an average since the start, of more digits than the clock beside it
        seconds = tokens / throughput
    else:
        seconds = numeric(record.get("train_runtime")) or _clock(record.get("elapsed_time"))
    return _Reached(step, seconds, tokens) if seconds and seconds > 0.0 else None


def _first(record: Dictionary, names: Sequence[str]) -> float | None:
    return next((found for name in names if (found := numeric(record.get(name)))), None)


def _add_difference(run: Run, before: _Reached, after: _Reached) -> None:
    steps, seconds = after.step - before.step, after.seconds - before.seconds
    if steps < 0.0 or (seconds <= 0.0 and steps > 0.0):
        run.starts.append(len(run))  # a restart: clocks and steps begin anew
        return
    if steps <= 0.0 or seconds <= 0.0:
        return
    values = {"step": after.step, "seconds": seconds / steps}
    if after.tokens is not None and before.tokens is not None and after.tokens > before.tokens:
        made = after.tokens - before.tokens
        values |= {"step_tokens": made / steps, "total_rate": made / seconds}
    run.add(values)


def _real_tokens_rate(record: Dictionary) -> float | None:
    """Tokens a second of one accelerator where axolotl tells those that are trained on alone."""
    rate = numeric(record.get("tokens/train_per_sec_per_gpu"))
    if not rate or rate <= 0.0:
        return None
    whole, trained = numeric(record.get("tokens/total")), numeric(record.get("tokens/trainable"))
    return rate * whole / trained if whole and trained and whole >= trained > 0.0 else rate


def _sum_up(series: Series, records: Sequence[Dictionary]) -> None:
    """Take the summary of the whole run where no record has a time of its own."""
    last = next((each for each in reversed(records) if SUMMARY in each), None)
    rate = None if last is None else numeric(last.get(SUMMARY))
    if not rate or rate <= 0.0 or not math.isfinite(1.0 / rate):
        return
    values = {"seconds": 1.0 / rate}
    assert last is not None
    if (samples := numeric(last.get("train_samples_per_second"))) and samples > 0.0:
        values |= {"sequences_rate": samples, "batch": samples / rate}
    if (step := _step_of(last)) is not None:
        values["step"] = step
    series.run.add(values)
    series.notes.append(WHOLE_RUN)


# A passport, as trainmeter writes it


def is_passport(held: object) -> bool:
    """Whether something is a passport."""
    return (
        isinstance(held, dict)
        and isinstance(held.get("training"), dict)
        and ("tokens_per_s" in held["training"] or "tokens_seen" in held["training"])
        and isinstance(held.get("hardware"), dict)
    )


def passport(held: Mapping[str, Any]) -> Series:
    """What a passport says; its speed is of all accelerators, and a moving average already."""
    series = Series("trainmeter", drops_first=False, averaged=True)
    series.fact("gpus", _held(held, "hardware", "n_gpus") or 0.0)
    series.fact("sequence", _held(held, "model", "seq_len") or 0.0)
    rate, tokens = _held(held, "training", "tokens_per_s"), _held(held, "training", "tokens_per_step")
    mfu = _held(held, "efficiency", "mfu")
    values = {"total_rate": rate, "step_tokens": tokens, "mfu": mfu}
    if rate is not None and rate > 0.0:
        series.run.add({name: value for name, value in values.items() if value is not None and value > 0.0})
    series.notes.append("The speed is a moving average at the end of the run.")
    goodput = _held(held, "efficiency", "goodput")
    if goodput is not None and 0.0 < goodput <= 1.0:
        series.run.facts["goodput"] = goodput
    if _source(held, "topology", "dp") == "assumed":
        series.notes.append("How many copies of the model trained is assumed, so its tokens are doubtful.")
    return series


def _within(held: Mapping[str, Any], section: str, name: str) -> object:
    inside = held.get(section)
    return inside.get(name) if isinstance(inside, dict) else None


def _held(held: Mapping[str, Any], section: str, name: str) -> float | None:
    """A figure, alone or with where it is from."""
    found = _within(held, section, name)
    return numeric(found.get("value") if isinstance(found, dict) else found)


def _source(held: Mapping[str, Any], section: str, name: str) -> object:
    found = _within(held, section, name)
    return found.get("source") if isinstance(found, dict) else None
