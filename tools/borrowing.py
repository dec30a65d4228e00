"""Measure what it costs to borrow shares of a peak: how much wider a range must be to hold as many runs.

    python tools/borrowing.py

Each measured architecture is predicted with the shares of each other, and each format below 16 bits with the
share its architecture reaches in 16. Beside it stand the errors under their own shares, every source left out
of the fit (``resources/left_out.csv``). Pairs weigh alike, and sources within a pair. The factors are copied
to tools/ranges.py (``UNMEASURED``) and ``resources/evidence.yaml`` (``new_format``).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from isocost.catalog import Catalog, load
from isocost.catalog.constants.errors.spreads import run_class
from isocost.catalog.constants.physics.efficiency import efficiency_of
from isocost.catalog.entries.measured_training import left_out_ratios
from isocost.engine.peaks import PEAK_FORMAT
from isocost.engine.training.constants import Efficiency
from isocost.engine.training.efficiency import SIXTEEN_BITS
from isocost.evidence.points import table_of
from isocost.evidence.predict import fastest, step_seconds
from isocost.evidence.rows.completion import complete
from isocost.evidence.rows.measured_rows import RunSpec

BY_ARCHITECTURE = ("matmul", "attention", "head_overhead")
"""Constants that each architecture has of its own."""
POWERS = np.arange(1.0, 4.01, 0.05)

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Pair:
    """Runs predicted with borrowed shares; errors in multiples of their class's range."""

    name: str
    sources: NDArray[np.str_]
    own: Array
    borrowed: Array

    def held(self, errors: Array, power: float) -> float:
        """Share of a source's runs within a power of the range of their class, the mean over sources."""
        inside = np.abs(errors) <= power
        return float(np.mean([inside[self.sources == each].mean() for each in set(self.sources.tolist())]))


def of_part(path: str, names: set[str]) -> bool:
    """Whether a constant is of one of ``names``, architectures or parts, under any stack."""
    kind, owner = (*path.split("."), "")[:2]
    return kind in BY_ARCHITECTURE and (owner in names or owner.rsplit("-", 1)[0] in names)


def with_shares_of(values: Mapping[str, float], architecture: str, parts: set[str], other: str) -> Efficiency:
    """The constants with those of an architecture, and of its parts, replaced by another's."""
    changed = {path: value for path, value in values.items() if not of_part(path, {architecture} | parts)}
    changed |= {
        path.replace(f".{other}", f".{architecture}", 1): value
        for path, value in values.items()
        if of_part(path, {other}) and path.split(".")[1] == other
    }
    return efficiency_of(changed, load().constants.efficiency.relatives)


def with_wide_share(
    values: Mapping[str, float], architecture: str, parts: set[str], format_: str
) -> Efficiency:
    """The constants with an architecture's share in a format that of its 16-bit products."""
    changed = dict(values)
    for path in values:
        wide = path.removesuffix(f".{format_}") + ".bf16"
        if path.endswith(f".{format_}") and of_part(path, {architecture} | parts) and wide in values:
            changed[path] = values[wide]
    return efficiency_of(changed, load().constants.efficiency.relatives)


def pair(name: str, specs: list[RunSpec], borrowed: Efficiency, catalog: Catalog) -> Pair:
    """Errors of runs left out, as they are and with borrowed shares."""
    constants, ratios = catalog.constants, left_out_ratios()
    batch, spreads = complete(specs, constants.memory), constants.spreads
    usual, _ = fastest(batch, step_seconds(batch, constants.efficiency.record()).total)
    other, _ = fastest(batch, step_seconds(batch, borrowed).total)

    def multiples(shift: Array) -> Array:
        found = []
        for spec, moved in zip(specs, shift.tolist(), strict=True):
            ends = spreads.by_class[run_class(spec.transformer, spec.work, spec.accelerator, spec.stack)]
            width = 1.0 if spec.mapping_given else spreads.unstated
            found.append(ends.multiple((ratios[spec.run.id] + moved) / width))
        return np.array(found)

    sources = np.array([spec.run.source for spec in specs])
    return Pair(name, sources, multiples(np.zeros(len(specs))), multiples(np.log(usual / other)))


def pairs(catalog: Catalog) -> Iterator[tuple[str, Pair]]:
    """Every architecture with the shares of every other, and every narrow format with those of 16 bits."""
    known, ratios = catalog.constants.efficiency, left_out_ratios()
    values = {each.name: each.value for each in known.constants}
    runs: dict[str, list[RunSpec]] = {}
    for spec in table_of(catalog).specs:
        family = spec.accelerator.architecture
        usable = spec.stack != "research" and not math.isnan(ratios.get(spec.run.id, math.nan))
        if usable and family not in known.relatives:
            runs.setdefault(family, []).append(spec)
    for family, specs in sorted(runs.items()):
        parts = {spec.accelerator.id for spec in specs}
        for other in sorted(set(runs) - {family}):
            shares = with_shares_of(values, family, parts, other)
            yield "architecture", pair(f"{family} with shares of {other}", specs, shares, catalog)
        formats = {spec.work.precision: PEAK_FORMAT[spec.work.precision] for spec in specs}
        for format_ in sorted({each for both in formats.items() for each in both} - {*SIXTEEN_BITS, "fp32"}):
            if f"matmul.{family}.{format_}" in values:
                own = [
                    each for each in specs if format_ in (each.work.precision, formats[each.work.precision])
                ]
                shares = with_wide_share(values, family, parts, format_)
                yield "format", pair(f"{family} in {format_} with its share in 16 bits", own, shares, catalog)


def main() -> None:
    """Print every pair, and the power of a range that holds as many runs as own shares do."""
    found: dict[str, list[Pair]] = {}
    for kind, each in pairs(load()):
        found.setdefault(kind, []).append(each)
        own, borrowed = each.held(each.own, 1.0), each.held(each.borrowed, 1.0)
        print(f"{each.name:48s} own {own:4.0%}  borrowed {borrowed:4.0%}")
    for kind, every in found.items():
        usual = float(np.mean([each.held(each.own, 1.0) for each in every]))
        held = np.array([np.mean([each.held(each.borrowed, power) for each in every]) for power in POWERS])
        enough = float(POWERS[np.argmax(held >= usual)])
        print(f"another {kind}: own shares hold {usual:.0%}; borrowed, the power {enough:.2f} holds as many")


if __name__ == "__main__":
    main()
