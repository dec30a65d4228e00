"""What errors on two accelerators have in common (``resources/translation.yaml``)."""

from __future__ import annotations

import msgspec

from isocost.catalog.constants.errors.spreads import Platform
from isocost.catalog.table import yaml_record


class Common(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What pairs of runs of one piece of work on two accelerators say."""

    share: float
    """Of the variance of their errors, in common."""
    pairs: int
    groups: int
    """Pieces of work on two architectures, which weigh alike."""
    teams: int
    covered: float
    """Share of measured ratios inside the 8 chances in 10 made with it."""
    width: float
    """Half range of a ratio over the wider of its two, logarithms."""


class Translation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The share in common, by what was run."""

    date: str
    source: str
    same_code: dict[Platform, Common]
    """Steps of one team's code, by platform; without an entry, no more is shared than by other code."""
    other_code: Common
    """Steps of two teams' code."""
    rollouts: Common
    """Rounds of reinforcement learning with one team's code."""


def read_translation(text: str) -> Translation:
    """The record from YAML. Raises CatalogError naming what is missing or unknown."""
    return yaml_record(text, Translation, "translation.yaml")
