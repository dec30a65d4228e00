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


def further(name: str, catalog: Catalog) -> PublishedRun | None:
    """The published run that made a model of this name out of another; None = it is no such model's."""
    return _made(catalog).get(normalised(name.rpartition("/")[2]))


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


def job_of(run: PublishedRun) -> ClaimJob:
    """What was done in a run of an existing model: as its label says, else its stage."""
    for words, job in patterns.JOBS:
        if job != "pretrain" and re.search(rf"\b(?:{words})(?![A-Za-z])", run.label, re.IGNORECASE):
            return job
    return cast(ClaimJob, run.stage)
