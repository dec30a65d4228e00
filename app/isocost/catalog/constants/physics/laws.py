"""Scaling laws and their sources (``resources/scaling_laws.yaml``)."""

from __future__ import annotations

from dataclasses import fields
from typing import Annotated

import msgspec

from isocost.catalog.errors import CatalogError
from isocost.catalog.table import yaml_record
from isocost.engine.scaling import AllocationLaw, BatchLaw, ParametricLaw, PowerLaw
from isocost.language import tr


class ParametricRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A law of loss; fields as ``ParametricLaw``, with where it holds and where it stands."""

    id: str
    name: str
    irreducible: float
    a: float
    b: float
    alpha: float
    beta: float
    compute_fitted: float
    fitted_on: str
    source: str
    repeat_data: float | None = None
    repeat_parameters: float | None = None
    errors: tuple[float, float, float, float, float] | None = None

    def record(self) -> ParametricLaw:
        """The law the engine computes with."""
        return ParametricLaw(**{f.name: getattr(self, f.name) for f in fields(ParametricLaw)})


class AllocationRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A law of allocation; fields as ``AllocationLaw``."""

    id: str
    name: str
    tokens_scale: float
    tokens_exponent: float
    compute_fitted: float
    fitted_on: str
    source: str
    flops_per_token_scale: float | None = None
    flops_per_token_exponent: float | None = None

    def record(self) -> AllocationLaw:
        """The law the engine computes with."""
        return AllocationLaw(**{f.name: getattr(self, f.name) for f in fields(AllocationLaw)})


class PowerRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A product of powers of compute, parameters and tokens."""

    scale: float
    compute: float = 0.0
    parameters: float = 0.0
    tokens: float = 0.0

    def record(self) -> PowerLaw:
        """The law the engine computes with."""
        return PowerLaw(self.scale, self.compute, self.parameters, self.tokens)


class BatchRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A law of batch and learning rate."""

    id: str
    name: str
    learning_rate: PowerRow
    batch: PowerRow
    fitted_on: str
    source: str

    def record(self) -> BatchLaw:
        """The law the engine computes with."""
        return BatchLaw(self.id, self.name, self.learning_rate.record(), self.batch.record())


class Margin(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How near to a law's optimum still counts as there."""

    compute: Annotated[float, msgspec.Meta(gt=1.0)]
    """Compute spent over the least that reaches the same loss."""
    source: Annotated[str, msgspec.Meta(min_length=1)]


class ScalingLaws(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Every law the app offers."""

    default: str
    optimal_within: Margin
    parametric: tuple[ParametricRow, ...]
    allocation: tuple[AllocationRow, ...]
    batch: tuple[BatchRow, ...]

    def law(self, id: str | None = None) -> ParametricLaw:
        """The parametric law of an id, or the default. Raises CatalogError for an unknown one."""
        wanted = self.default if id is None else id
        for row in self.parametric:
            if row.id == wanted:
                return row.record()
        raise CatalogError(
            tr("scaling_laws.yaml: no law {wanted!r}; there are ", wanted=wanted)
            + ", ".join(row.id for row in self.parametric)
            + "."
        )

    def allocation_law(self, id: str) -> AllocationLaw:
        """The allocation law of an id. Raises CatalogError for an unknown one."""
        for row in self.allocation:
            if row.id == id:
                return row.record()
        raise CatalogError(
            tr("scaling_laws.yaml: no allocation {id!r}; there are ", id=id)
            + ", ".join(row.id for row in self.allocation)
            + "."
        )

    def batch_law(self, id: str) -> BatchLaw:
        """The batch law of an id. Raises CatalogError for an unknown one."""
        for row in self.batch:
            if row.id == id:
                return row.record()
        raise CatalogError(
            tr("scaling_laws.yaml: no batch law {id!r}; there are ", id=id)
            + ", ".join(row.id for row in self.batch)
            + "."
        )


def read_scaling_laws(text: str) -> ScalingLaws:
    """Laws from YAML. Raises CatalogError naming what is missing, unknown or points nowhere."""
    laws = yaml_record(text, ScalingLaws, "scaling_laws.yaml")
    laws.law()
    return laws
