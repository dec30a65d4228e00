"""Errors that runs of one piece of work have in common on two accelerators: how sure a translation is.

Hours on one accelerator over hours on another are off by the difference of both errors. What both share
cancels: a model of a step that misjudges a code or a shape misjudges it on both.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from isocost.catalog import Catalog
from isocost.evidence.predict import predict_specs
from isocost.evidence.rows.measured_rows import RunSpec
from isocost.language import tr


@dataclass(frozen=True, slots=True)
class Measured:
    """One run against its prediction."""

    log: float
    """Logarithm of measured over predicted, less what errors of its kind lean by."""
    half: float
    """Logarithm of half its 10-90 % range."""
    architecture: str
    """Of the accelerators: two memory sizes of one part are no other accelerator."""
    work: Hashable
    """What is the same work wherever it runs: model, sequence, number format..."""
    team: Hashable
    """Whose code it is: the source of the run, or its organisation."""


@dataclass(frozen=True, slots=True)
class Pairing:
    """What pairs of runs of the same work say."""

    share: float
    """Of the variance of their errors, what both runs of a pair have in common: the least that remains when
    any one team is left out, so that none makes it alone."""
    pairs: int
    groups: int
    """Pieces of work on two accelerators, which weigh alike."""
    teams: int
    covered: float
    """Share of ratios inside 8 chances in 10, the groups weighing alike."""
    width: float
    """Half range of a ratio over the wider of its two, logarithms, the mean."""


def measured_steps(specs: Sequence[RunSpec], catalog: Catalog) -> list[Measured]:
    """Measured runs against their predictions: the same work is a model at a length, in a format."""
    found = []
    for spec, said in zip(specs, predict_specs(specs, catalog), strict=True):
        rates = (spec.run.tokens_per_s, said.tokens_per_s, said.p10, said.p90)
        measured, rate, low, high = (math.nan if each is None else each for each in rates)
        work = (spec.run.model, spec.run.sequence, spec.run.precision, spec.run.method)
        error, half = math.log(measured / rate), math.log(high / low) / 2.0
        found.append(Measured(error, half, spec.accelerator.architecture, work, spec.run.source))
    return found


def half_of_ratio(mine: float, theirs: float, share: float) -> float:
    """Logarithm of half the 10-90 % range of a ratio of hours, from those of both and the share in common."""
    return math.sqrt(max(0.0, mine**2 + theirs**2 - 2.0 * share * mine * theirs))


def pairing(runs: Sequence[Measured], *, same_team: bool, covering: float = 0.0) -> Pairing:
    """The share in common of runs of the same work on two architectures, by one team or by two.

    With a and b the errors of a pair, E (a - b)^2 = (1 - share) E (a^2 + b^2), each group weighing alike; no
    more than lets ranges of ratios hold ``covering`` of what was measured.

    Raises:
        ValueError: there is no such pair.
    """
    groups: dict[Hashable, list[tuple[Measured, Measured]]] = {}
    for key, pair in _pairs(runs, same_team=same_team):
        groups.setdefault(key, []).append(pair)
    if not groups:
        raise ValueError(tr("No work was measured on two architectures."))
    teams = {side.team for own in groups.values() for pair in own for side in pair}
    without = [
        {key: own for key, own in groups.items() if all(side.team != team for pair in own for side in pair)}
        for team in teams
    ]

    def covered(share: float) -> float:
        return _mean(groups, lambda a, b: float(abs(a.log - b.log) <= half_of_ratio(a.half, b.half, share)))

    share = min((_share(rest) for rest in without if rest), default=_share(groups))
    while share > 0.0 and covered(share) < covering:
        share = max(round(share - 0.01, 2), 0.0)
    return Pairing(
        share,
        sum(len(own) for own in groups.values()),
        len(groups),
        len(teams),
        covered(share),
        _mean(groups, lambda a, b: half_of_ratio(a.half, b.half, share) / max(a.half, b.half)),
    )


def _share(groups: Mapping[Hashable, Sequence[tuple[Measured, Measured]]]) -> float:
    """The share in common that the squares of errors and of their differences tell, 0..1, to two digits."""
    alone = _mean(groups, lambda a, b: a.log**2 + b.log**2)
    apart = _mean(groups, lambda a, b: (a.log - b.log) ** 2)
    return round(float(np.clip(1.0 - apart / alone, 0.0, 1.0)), 2) if alone > 0.0 else 0.0


def _pairs(
    runs: Sequence[Measured], *, same_team: bool
) -> Iterator[tuple[Hashable, tuple[Measured, Measured]]]:
    """Pairs of runs of the same work on two accelerators, with what their group is."""
    by_work: dict[Hashable, list[Measured]] = {}
    for run in runs:
        by_work.setdefault(run.work, []).append(run)
    for work, own in by_work.items():
        for a, b in itertools.combinations(own, 2):
            if (a.team == b.team) != same_team or a.architecture == b.architecture:
                continue
            # One team's runs on these two, or those of two teams: a table of many runs counts once.
            sides = frozenset(((a.architecture, a.team), (b.architecture, b.team)))
            yield (work, sides), (a, b)


def _mean(
    groups: Mapping[Hashable, Sequence[tuple[Measured, Measured]]],
    of: Callable[[Measured, Measured], float],
) -> float:
    return float(np.mean([np.mean([of(a, b) for a, b in own]) for own in groups.values()]))
