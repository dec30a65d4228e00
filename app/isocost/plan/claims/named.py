"""What the name of a model tells beside itself: its size, and whether it was made out of another."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from isocost.catalog import Catalog, CatalogError
from isocost.catalog.entries.claims import ClaimJob
from isocost.catalog.names import normalised
from isocost.catalog.records import PublishedRun
from isocost.plan.claims import patterns
from isocost.plan.physics.resolve import parameters_of
from isocost.plan.values import ModelChoice
from isocost.quantities import within_factor


@dataclass(frozen=True, slots=True)
class Size:
    """Parameters of a named model."""

    total: float
    active: float


def size_of(model: str, catalog: Catalog) -> Size | None:
    """The size of a model of the catalogue; None where it has never been published."""
    try:
        counted = parameters_of(ModelChoice(name=model), catalog)
    except (CatalogError, ValueError):
        return None
    return Size(counted.total, counted.active)


def same_size(told: float, published: float, catalog: Catalog) -> bool:
    """Whether an amount is a model's size, as names round it."""
    return within_factor(told / published, catalog.constants.claim_rules.same_size.value)


_IN_BRACKETS = re.compile(r"\s*\(.*")


@dataclass(frozen=True, slots=True)
class Origin:
    """What a model was made out of, and how."""

    model: str
    job: ClaimJob


def further(name: str, catalog: Catalog) -> Origin | None:
    """What a model of this name was made out of; None = nothing, as far as the catalogue knows."""
    called = normalised(name.rpartition("/")[2])
    made = _made(catalog)
    run = made.get(called) or next((made[each] for each in made if _is_release(called, each)), None)
    if run is not None:
        return Origin(run.model, _done(run))
    other = catalog.made_out_of(name)
    return Origin(other, job_in(name) or "sft") if other else None


_RELEASE = re.compile(r"(?:alpha|beta|preview|v[0-9.]+)+")
"""What tells one release of a model from the next, as normalised names have it."""


def _is_release(name: str, other: str) -> bool:
    """Whether one name is the other with a release behind it."""
    short, long = sorted((name, other), key=len)
    return long.startswith(short) and _RELEASE.fullmatch(long[len(short) :]) is not None


@lru_cache(maxsize=4)
def _made(catalog: Catalog) -> Mapping[str, PublishedRun]:
    """Runs that made one model out of another, by what the new one is called."""
    called: dict[str, list[PublishedRun]] = {}
    for run in catalog.runs:
        called.setdefault(normalised(_IN_BRACKETS.sub("", run.label)), []).append(run)
    found: dict[str, PublishedRun] = {}
    for name, runs in called.items():
        if any(normalised(run.model) == name or run.stage == "pretrain" for run in runs):
            continue
        stages = ("sft", "rl", "total")
        made = [run for run in runs if run.stage in stages and run.model in catalog.models]
        # Where its stages are told apart, one of them says more than their sum.
        made = sorted((run for run in made if run.model != run.label), key=lambda run: run.stage == "total")
        if made:
            found[name] = made[0]
    return found


def job_in(name: str, *, even_from_scratch: bool = False) -> ClaimJob | None:
    """What a name says was done: "7B GRPO"; None = nothing of it."""
    for words, job in patterns.JOBS:
        pattern = rf"(?<![A-Za-z])(?:{words})(?![A-Za-z])"
        if (job != "pretrain" or even_from_scratch) and re.search(pattern, name, re.IGNORECASE):
            return job
    return None


def _done(run: PublishedRun) -> ClaimJob:
    """What was done in a run of an existing model: as its label says, else its stage."""
    return job_in(run.label) or cast(ClaimJob, run.stage)
