"""What whole runs pay beyond their steps, as published runs went (``resources/whole_runs.yaml``)."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from isocost.catalog.table import yaml_record
from isocost.engine.records import Stack


class Waste(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Hours of published runs against their steps as predicted for one kind of software."""

    share: float
    """Of the hours paid: neither steps that count, as predicted, nor failures as goodput counts them."""
    spread: float
    """Factor on the hours at the 90th percentile, and 1 over it at the 10th, beside the step model's own."""
    centre: float
    """Median of hours paid over predicted, each run's organisation left out of the share it is given."""
    typical: float
    """Factor that half of those runs are off by at most."""
    covered: float
    """Share of those runs inside their 10-90 % range."""


class WholeRuns(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The default of whole-run waste, and the runs it was learned from."""

    runs: int
    organisations: int
    date: str
    """Newest month among the runs, ISO."""
    source: str
    by_stack: Mapping[Stack, Waste]


def read_whole_runs(text: str) -> WholeRuns:
    """The record from YAML. Raises CatalogError naming what is missing or unknown."""
    return yaml_record(text, WholeRuns, "whole_runs.yaml")
