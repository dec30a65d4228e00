"""Constants of the step-time model (``resources/efficiency.yaml``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Literal

import msgspec

from isocost.catalog.table import yaml_record
from isocost.engine.training.constants import Efficiency
from isocost.language import tr


class Constant(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
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


class EfficiencyFacts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The constants of the step-time model, and what stands in where nothing was measured."""

    constants: tuple[Constant, ...]
    """Every documented constant, in the order of the file."""
    relatives: dict[str, str]
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
        raise ValueError(tr("efficiency.yaml: missing or unknown constants: {wrong}.", wrong=wrong))
    return Efficiency(**tree)


def read_efficiency(text: str) -> EfficiencyFacts:
    """The constants from YAML. Raises CatalogError naming what is missing or unknown."""
    return yaml_record(text, EfficiencyFacts, "efficiency.yaml")
