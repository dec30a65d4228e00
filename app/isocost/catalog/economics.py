"""Sourced constants of money and energy that are not prices (``resources/economics.yaml``)."""

from __future__ import annotations

from functools import lru_cache

import msgspec
import yaml

from isocost.paths import resource


class Constant(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One figure with its unit, the date it held and where it comes from."""

    value: float
    unit: str
    date: str
    source: str


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A figure that depends on another: (x, y) points in rising x."""

    points: tuple[tuple[float, float], ...]
    unit: str
    date: str
    source: str


class Economics(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Every constant the estimate uses beside prices and physics."""

    goodput_by_count: Table
    run_over_step_mfu: Constant
    power_over_nameplate: Constant
    pue: Constant
    grid_kg_per_kwh: Constant


@lru_cache(maxsize=1)
def load_economics() -> Economics:
    """The shipped constants, validated."""
    text = resource("economics.yaml").read_text(encoding="utf-8")
    return msgspec.convert(yaml.safe_load(text), Economics)
