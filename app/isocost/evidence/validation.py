"""The model against measured runs: the published ones that come with the app, or a user's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec
import numpy as np

from isocost.catalog import Catalog, CatalogError
from isocost.catalog.entries.measured_training import held_out_runs, measured_runs
from isocost.engine.arrays import Array
from isocost.evidence.accuracy import (
    MemoryScore,
    RankScore,
    SourceScore,
    macro_average,
    score_memory,
    score_ranking,
    score_sources,
)
from isocost.evidence.points import point_of
from isocost.evidence.predict import fastest, step_seconds
from isocost.evidence.ranges import range_factors
from isocost.evidence.rows.columns import SPEED
from isocost.evidence.rows.completion import complete
from isocost.evidence.rows.measured_rows import RunSpec, run_from_row, run_spec
from isocost.evidence.rows.words import BLANK
from isocost.language import tr
from isocost.quantities.units import GIGA

NAMED_LINES = 5
"""Lines of a table named of those left out for one reason."""

GRID = "Ultra-Scale Playbook (Nanotron)"
"""The source that measured many layouts of each model and count."""


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Scores of the shipped runs that no constant is fitted to."""

    sources: tuple[SourceScore, ...]
    memory: tuple[MemoryScore, ...]
    covered: float
    """Share of a source's runs inside 10-90 % ranges made without it, the mean over these sources."""


@dataclass(frozen=True, slots=True)
class Validation:
    """Every score of one set of measured runs."""

    runs: int
    sources: tuple[SourceScore, ...]
    macro: Mapping[str, float]
    """Mean over trusted sources of the median absolute error, by class of run."""
    left_out: Mapping[str, float]
    """The same with each source left out of the fit; empty for a user's own runs."""
    ranking: tuple[RankScore, ...]
    memory: tuple[MemoryScore, ...]
    called_too_large: float
    """Share of runs that ran of which the model says that they do not fit."""
    covered: float
    """Share of runs inside their 10-90 % range."""
    skipped: tuple[str, ...]
    """Why rows were not scored, a sentence for each reason."""
    never_fitted: HeldOut | None = None
    """Sources kept out of every fit; None for a user's own runs."""


def validate_shipped(catalog: Catalog) -> Validation:
    """Score the published runs that come with the app."""
    specs = [run_spec(run, catalog) for run in measured_runs() if run.tokens_per_s or run.peak_memory_gb]
    shipped = _validated(specs, GRID, dict(catalog.constants.accuracy.macro), (), catalog)
    return replace(shipped, never_fitted=_never_fitted(catalog))


def _never_fitted(catalog: Catalog) -> HeldOut:
    found = _validated([run_spec(run, catalog) for run in held_out_runs()], "", {}, (), catalog)
    return HeldOut(found.sources, found.memory, catalog.constants.accuracy.coverage.never_fitted)


def validate_rows(rows: Sequence[Mapping[str, str]], catalog: Catalog) -> Validation:
    """Score a user's table; every source of it counts.

    Raises:
        ValueError: no row can be scored.
    """
    specs: list[RunSpec] = []
    skipped: dict[str, list[int]] = {}
    for line, row in enumerate(rows, 2):
        try:
            spec = run_from_row(row, catalog)
            if not spec.run.tokens_per_s:
                raise ValueError(_unmeasured(row.get(SPEED, "").strip()))
        except (ValueError, CatalogError) as error:
            skipped.setdefault(str(error), []).append(line)
        else:
            named = msgspec.structs.replace(spec.run, source=spec.run.source or "your runs", use="fit")
            specs.append(replace(spec, run=named))
    if not specs:
        raise ValueError(tr("no row can be scored; {left_out}", left_out=_left_out(skipped)[0]))
    sources = sorted({spec.run.source for spec in specs})
    return _validated(specs, sources[0] if len(sources) == 1 else GRID, {}, _left_out(skipped), catalog)


def _unmeasured(cell: str) -> str:
    """Why a row has no speed to compare with."""
    if cell.casefold() in BLANK:
        return f"{SPEED} is empty: nothing was measured."
    return f"{SPEED} is {cell!r}, no number above 0: nothing to compare with."


def _left_out(skipped: Mapping[str, Sequence[int]]) -> tuple[str, ...]:
    """A sentence for each reason, with the first lines it is true of."""
    told = []
    for reason, lines in skipped.items():
        named = ", ".join(str(line) for line in lines[:NAMED_LINES])
        more = len(lines) - NAMED_LINES
        some = "line" if len(lines) == 1 else "lines"
        told.append(f"{some} {named}{f' and {more:,} more' if more > 0 else ''}: {reason}")
    return tuple(told)


def _validated(
    specs: Sequence[RunSpec],
    grid: str,
    left_out: Mapping[str, float],
    skipped: tuple[str, ...],
    catalog: Catalog,
) -> Validation:
    batch = complete(specs, catalog.constants.memory)
    rates, rows = fastest(batch, step_seconds(batch, catalog.constants.efficiency.record()).total)
    return Validation(
        runs=sum(spec.run.tokens_per_s is not None for spec in specs),
        sources=tuple(score_sources(specs, rates)),
        macro=macro_average(specs, rates),
        left_out=left_out,
        ranking=tuple(score_ranking(specs, rates, grid)),
        memory=tuple(
            score_memory(
                specs,
                batch.memory.allocated[rows] / GIGA,
                catalog.constants.memory,
                batch.memory.pooled[rows] / GIGA,
            )
        ),
        called_too_large=1.0 - float(batch.fits.mean()),
        covered=_covered(specs, rates, catalog),
        skipped=skipped,
    )


def _covered(specs: Sequence[RunSpec], rates: Array, catalog: Catalog) -> float:
    inside = []
    for spec, rate in zip(specs, rates, strict=True):
        if spec.run.tokens_per_s is None:
            continue
        low, high = range_factors(point_of(spec), catalog, layout_known=spec.mapping_given)
        inside.append(low * rate <= spec.run.tokens_per_s <= high * rate)
    return float(np.mean(inside))
