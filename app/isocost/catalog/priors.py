"""What utilization to expect before any physics: published runs by class (``resources/priors.yaml``)."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Literal

import msgspec

from isocost.catalog.prices import IsoDay, Text
from isocost.catalog.records import MfuPrior
from isocost.catalog.table import checked, read_yaml
from isocost.paths import resource

Share = Annotated[float, msgspec.Meta(gt=0, lt=1)]
Factor = Annotated[float, msgspec.Meta(gt=0, le=3)]
Kind = Literal["dense", "moe"]


class PriorClass(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A class with runs of its own."""

    key: Text
    label: Text
    architectures: tuple[Text, ...]
    kind: Kind
    n: Annotated[int, msgspec.Meta(ge=1)]
    p10: Share
    p25: Share
    p50: Share
    p75: Share
    p90: Share
    source: Text
    date: IsoDay


class Relative(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A class without runs: another's, its centre moved by ``scale``, widened by ``spread`` in logarithms."""

    architectures: tuple[Text, ...]
    kind: Kind
    label: Text
    like: Text
    scale: Factor
    spread: Annotated[float, msgspec.Meta(ge=1, le=3)]
    reason: Text
    n: Annotated[int, msgspec.Meta(ge=1)] | None = None
    """Runs behind ``scale``, if any; otherwise those of ``like`` count."""


class Priors(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    classes: tuple[PriorClass, ...]
    relatives: tuple[Relative, ...]
    otherwise: tuple[Relative, ...]
    """For architectures named nowhere, one per kind."""


@lru_cache(maxsize=1)
def load_priors() -> Priors:
    """The shipped priors, validated."""
    path = resource("priors.yaml")
    return checked(read_yaml(path), Priors, path.name)


@lru_cache(maxsize=64)
def mfu_prior(architecture: str, is_moe: bool) -> MfuPrior:
    """The prior of a class: its own runs', or its nearest relative's, flagged ``inherited`` and wider."""
    priors = load_priors()
    kind: Kind = "moe" if is_moe else "dense"
    for known in priors.classes:
        if architecture in known.architectures and known.kind == kind:
            return _own(known)
    for relative in priors.relatives:
        if architecture in relative.architectures and relative.kind == kind:
            return _inherited(relative, priors)
    return _inherited(next(rule for rule in priors.otherwise if rule.kind == kind), priors)


def _own(known: PriorClass) -> MfuPrior:
    return MfuPrior(
        known.key,
        known.label,
        known.n,
        known.p10,
        known.p25,
        known.p50,
        known.p75,
        known.p90,
        inherited=False,
        source=known.source,
        date=known.date,
    )


def _inherited(rule: Relative, priors: Priors) -> MfuPrior:
    base = next(known for known in priors.classes if known.key == rule.like)
    centre = base.p50 * rule.scale
    low10, low25, high75, high90 = (
        min(0.95, centre * (quantile / base.p50) ** rule.spread)
        for quantile in (base.p10, base.p25, base.p75, base.p90)
    )
    return MfuPrior(
        f"like-{base.key}",
        rule.label,
        rule.n or base.n,
        low10,
        low25,
        centre,
        high75,
        high90,
        inherited=True,
        source=f"{base.source}. {rule.reason}",
        date=base.date,
    )
