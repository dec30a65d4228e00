"""The passport of a run as trainmeter writes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from isocost.files.imports.logs.series import Series, numeric


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


def _at(held: Mapping[str, Any], section: str, name: str) -> object:
    inside = held.get(section)
    return inside.get(name) if isinstance(inside, dict) else None


def _held(held: Mapping[str, Any], section: str, name: str) -> float | None:
    """A figure, alone or with where it is from."""
    found = _at(held, section, name)
    return numeric(found.get("value") if isinstance(found, dict) else found)


def _source(held: Mapping[str, Any], section: str, name: str) -> object:
    found = _at(held, section, name)
    return found.get("source") if isinstance(found, dict) else None
