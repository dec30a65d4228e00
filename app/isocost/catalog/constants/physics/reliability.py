"""Failure rates and recovery times of large clusters (``resources/reliability.yaml``)."""

from __future__ import annotations

import msgspec

from isocost.catalog.errors import CatalogError
from isocost.catalog.table import yaml_record
from isocost.engine.goodput import Reliability
from isocost.language import tr


class Fleet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A cluster whose interruptions were published."""

    id: str
    name: str
    failures_per_year: float
    """Unexpected interruptions per accelerator-year."""
    source: str


class Sourced(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One figure with its unit and source."""

    value: float
    unit: str
    source: str


class ReliabilityFacts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the goodput estimate starts from."""

    default: str
    fleets: tuple[Fleet, ...]
    restart_seconds: Sourced
    write_bandwidth: Sourced
    write_bandwidth_limit: Sourced
    blocking_share: Sourced

    def record(self, fleet: str | None = None) -> Reliability:
        """The engine's record with a fleet's failure rate. Raises CatalogError for an unknown fleet."""
        wanted = self.default if fleet is None else fleet
        for known in self.fleets:
            if known.id == wanted:
                return Reliability(
                    failures_per_year=known.failures_per_year,
                    restart_seconds=self.restart_seconds.value,
                    write_bandwidth=self.write_bandwidth.value,
                    write_bandwidth_limit=self.write_bandwidth_limit.value,
                    blocking_share=self.blocking_share.value,
                )
        names = ", ".join(known.id for known in self.fleets)
        raise CatalogError(
            tr("reliability.yaml: no fleet {wanted!r}; there are {names}.", wanted=wanted, names=names)
        )


def read_reliability(text: str) -> ReliabilityFacts:
    """Failure rates and recovery times from YAML. Raises CatalogError naming what is missing or unknown."""
    facts = yaml_record(text, ReliabilityFacts, "reliability.yaml")
    facts.record()
    return facts
