"""Loads the step-time model's constants from ``resources/efficiency.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from isocost.engine.training.efficiency import Efficiency
from isocost.paths import resource


@dataclass(frozen=True, slots=True)
class Constant:
    """One constant of the step-time model, as documented in the file."""

    name: str
    """Path of the constant, for example ``matmul.Hopper.bf16``."""
    value: float
    unit: str
    kind: Literal["fitted", "assumed"]
    spread: float
    """Standard error of the logarithm (fitted) or its prior width (assumed)."""
    rows: str
    """Which measured runs determine it, or where the assumption comes from."""


@dataclass(frozen=True, slots=True)
class EfficiencyFacts:
    """The constants of the step-time model, and what stands in where nothing was measured."""

    constants: tuple[Constant, ...]
    """Every documented constant, in the order of the file."""
    relatives: Mapping[str, str]
    """Architectures without measured runs, each with the measured relative whose shares it borrows."""

    def record(self) -> Efficiency:
        """The constants as the engine takes them; architectures without runs get their relative's.

        Raises ValueError, naming the constant, when one is missing or unknown.
        """
        return efficiency_of({each.name: each.value for each in self.constants}, self.relatives)


def efficiency_of(values: Mapping[str, float], like: Mapping[str, str]) -> Efficiency:
    """The engine's record from values by path (``matmul.Hopper.bf16``) and borrowed architectures.

    Raises ValueError, naming the constant, when one is missing or unknown.
    """
    tree: dict[str, Any] = {}
    for path, value in values.items():
        *parents, leaf = path.split(".")
        branch = tree
        for parent in parents:
            branch = branch.setdefault(parent, {})
        branch[leaf] = value
    for architecture, relative in like.items():
        for name in ("matmul", "attention", "head_overhead", "introduced"):
            tree[name].setdefault(architecture, tree[name][relative])
    expected = {field.name for field in fields(Efficiency)}
    if tree.keys() != expected:
        wrong = ", ".join(sorted(tree.keys() ^ expected))
        raise ValueError(f"efficiency.yaml: missing or unknown constants: {wrong}.")
    return Efficiency(**tree)


@cache
def load_efficiency(path: Path | None = None) -> EfficiencyFacts:
    """The shipped constants. Raises ValueError for a file that does not list them as documented."""
    path = path or resource("efficiency.yaml")
    with path.open(encoding="utf-8") as file:
        content = yaml.safe_load(file)
    try:
        constants = [Constant(**{**entry, "value": float(entry["value"])}) for entry in content["constants"]]
        return EfficiencyFacts(tuple(constants), dict(content["relatives"]))
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(
            f"{path.name}: constants and relatives must be listed as documented: {error}"
        ) from error
