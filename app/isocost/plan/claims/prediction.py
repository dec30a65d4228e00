"""A claim made into a plan, and what the estimator says of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, cast

import msgspec
import numpy as np

from isocost.catalog import Catalog, CatalogError
from isocost.engine.records import Stack
from isocost.evidence.word import Evidence
from isocost.language import listed, tr
from isocost.plan.answer.across.curves import CostCurve, active_curve
from isocost.plan.answer.estimate import estimate
from isocost.plan.answer.results import Estimate, StageEstimate
from isocost.plan.claims.terms import FROM_NOTHING, SEQUENCE, Amount, Terms
from isocost.plan.doubt.span import Range
from isocost.plan.inputs.defaults import new_stage
from isocost.plan.inputs.table import CHOICES, check
from isocost.plan.kinds.kind import data_of
from isocost.plan.physics.counts import obtained, units_of
from isocost.plan.physics.resolve import batch_tokens
from isocost.plan.project.choosing import price_from, with_hardware
from isocost.plan.project.project import Project, Scenario
from isocost.plan.values import (
    NO_PRICE,
    OF_A_CLAIM,
    Data,
    Efficiency,
    Hardware,
    ModelChoice,
    PrecisionName,
    Price,
    Tuning,
    TuningMethod,
)
from isocost.quantities import format_count, format_money, format_quantity
from isocost.quantities.units import HOURS_PER_DAY

SOME_TOKENS = 1e9
"""Stand in for tokens that are not told where they change nothing that is asked."""


@dataclass(frozen=True, slots=True)
class Ours:
    """Our estimate of what a claim describes."""

    hours: Range
    """Accelerator-hours that 10, 50 and 90 % of outcomes stay at or below."""
    days: Range
    usd: Range | None
    """None = no price of the accelerator is known."""
    count: int
    mfu: float | None
    words: str
    """What it is an estimate of: "512 H800"."""
    rate: str = ""
    """The price an hour costs in it, in words; empty = none is known."""
    evidence: Evidence | None = None
    """What it rests on; None where nothing is predicted."""


@dataclass(frozen=True)
class Planned:
    """A claim as a plan on the accelerators it tells, or on as many as it takes."""

    project: Project
    curve: CostCurve
    """The same at every count."""
    ours: Ours
    priced: bool
    """Whether its costs mean anything."""


def planned(terms: Terms, catalog: Catalog) -> Planned | None:
    """The claim as a plan; None where the model, its text or the accelerator is not known, or it is RL."""
    if terms.model is None or terms.tokens is None or terms.entry is None or terms.job == "rl":
        return None
    try:
        return _planned(terms, catalog)
    except (CatalogError, ValueError):
        # What no model and no accelerator can be is said where the claim is completed.
        return None


def held(terms: Terms, catalog: Catalog) -> StageEstimate | None:
    """The model on the accelerators told, for its memory alone: how much it reads does not change that.

    Of reinforcement learning it is its training alone. None where one of them is not known.
    """
    if terms.model is None or terms.entry is None or terms.count is None:
        return None
    if check("hardware.count", terms.count) is not None:
        return None
    read = terms if terms.tokens is not None else replace(terms, tokens=Amount(SOME_TOKENS, "", told=False))
    count = obtained(terms.count, units_of(terms.entry, owned=False))
    try:
        return estimate(project_of(read, count, catalog), catalog).stages[0]
    except (CatalogError, ValueError):
        return None


def _planned(terms: Terms, catalog: Catalog) -> Planned:
    assert terms.entry is not None
    units = units_of(terms.entry, owned=False)
    told = terms.count if terms.count is not None and check("hardware.count", terms.count) is None else None
    project = project_of(terms, obtained(told, units) if told is not None else units[-1], catalog)
    curve = active_curve(project, catalog)
    found = estimate(project, catalog) if told is not None else None
    stage = found.stages[0] if found is not None else None
    if found is None or not (stage is not None and stage.fits):
        count = _count_taken(terms, curve, catalog)
        project = with_hardware(project, terms.entry.spec.id, count, catalog)
        found = estimate(project, catalog)
    priced = project.scenarios[0].price.supplier != NO_PRICE
    return Planned(project, curve, ours_of(found, priced), priced)


def _count_taken(terms: Terms, curve: CostCurve, catalog: Catalog) -> int:
    """The fewest accelerators that hold the model and finish in the time told; the cheapest where none is.

    Where hours are told and no time, on no fewer than take no longer than is usual for those hours.
    """
    if not len(curve.counts):
        return 1
    held = curve.fits if curve.fits.any() else np.ones(len(curve.counts), dtype=bool)
    if terms.wall_hours is not None:
        at = first_in_time(curve, terms.wall_hours / HOURS_PER_DAY)
        # In no time told can it be done: on as many as finish first.
        best = np.where(held, curve.days, np.inf) if at is None else None
    else:
        longest = catalog.constants.claim_rules.longest_days.value
        short = held & (curve.days <= longest)
        at, best = None, np.where(short if short.any() else held, curve.cost_usd, np.inf)
        if terms.gpu_hours is not None:
            least = terms.gpu_hours.value / (longest * HOURS_PER_DAY)
            enough = held & (curve.counts >= least) & (curve.counts <= curve.counts[int(np.argmin(best))])
            best = np.where(enough, curve.cost_usd, np.inf) if enough.any() else best
    return int(curve.counts[at if best is None else int(np.argmin(best))])


def first_in_time(curve: CostCurve, days: float) -> int | None:
    """Place of the fewest accelerators that hold the model and take no longer; None = no number does."""
    good = np.flatnonzero(curve.fits & (curve.days <= days))
    return int(good[0]) if len(good) else None


def project_of(terms: Terms, count: int, catalog: Catalog, *, batch: float = 1.0) -> Project:
    """The plan of one stage that a claim describes; ``batch`` times the tokens a step that are usual."""
    assert terms.model is not None
    assert terms.tokens is not None
    assert terms.entry is not None
    claim = terms.claim
    stage = new_stage("pretrain" if terms.job in FROM_NOTHING else "sft", catalog)
    formats = CHOICES["data.precision"].options
    data = Data(
        tokens=terms.tokens.value,
        sequence=claim.sequence or SEQUENCE,
        precision=cast(PrecisionName, claim.precision if claim.precision in formats else "bf16"),
    )
    if batch != 1.0:
        data = msgspec.structs.replace(data, batch_tokens=batch * batch_tokens(data, catalog))
    changes: dict[str, Any] = {"data": data}
    if terms.job not in FROM_NOTHING:
        changes["tuning"] = Tuning(method=cast(TuningMethod, terms.job if terms.frozen else "full"))
    stage = msgspec.structs.replace(stage, **changes)
    return one_stage(terms.model, terms.entry.spec.id, count, stage, price_of(terms, catalog), claim.stack)


def one_stage(
    model: ModelChoice, accelerator: str, count: int, stage: Any, price: Price, stack: Stack = "open"
) -> Project:
    """A plan of one stage."""
    scenario = Scenario(
        name="As told",
        model=model,
        hardware=Hardware(accelerator, count),
        price=price,
        efficiency=Efficiency(stack=stack),
        stages=(stage,),
    )
    return Project(name="Claim", scenarios=(scenario,))


def price_of(terms: Terms, catalog: Catalog) -> Price:
    """The price the claim tells or implies, else the catalogue's; without one a number that says nothing."""
    assert terms.entry is not None
    # A limit on the dollars is no price: "under $50" may be any below.
    told = terms.claim.usd_per_gpu_hour is not None or not terms.claim.bound
    if told and terms.price is not None and check("price.usd_per_gpu_hour", terms.price.value) is None:
        return Price(terms.price.value, supplier=OF_A_CLAIM, commitment="claim")
    card = catalog.default_price(terms.entry.spec.id)
    return price_from(card) if card is not None else Price(1.0, supplier=NO_PRICE)


def ours_of(found: Estimate, priced: bool = True) -> Ours:
    """An estimate with its range in hours, days and dollars."""
    total, stage = found.total, found.stages[0]
    days = found.range.wall_days if found.range is not None else Range(*(total.wall_days,) * 3)
    usd = found.range.cost_usd if found.range is not None else Range(*(total.cost_usd,) * 3)
    # The rent follows the hours, so their range is that of the days.
    hours = Range(
        *(total.gpu_hours * each / (total.wall_days or 1.0) for each in (days.p10, days.p50, days.p90))
    )
    words = f"{format_count(stage.count)} {stage.accelerator_name}"
    rate = tr(
        "{money} an hour ({price_source})",
        money=format_money(stage.usd_per_gpu_hour),
        price_source=stage.price_source,
    )
    shown, rate = (usd, rate) if priced else (None, "")
    return Ours(hours, days, shown, stage.count, stage.mfu, words, rate, found.evidence)


@dataclass(frozen=True, slots=True)
class Assumed:
    """Our estimate of a claim under assumptions that it does not exclude and that speed it up."""

    words: str
    """What is assumed: "a tuned vendor stack in FP8"."""
    ours: Ours


def assumed(terms: Terms, plan: Planned, catalog: Catalog) -> Iterator[Assumed]:
    """A claim under what its authors may have had and do not tell, the least assumed first.

    A larger batch, since the usual one leaves many accelerators little to do; the best software and the
    fastest number format known for the hardware; both.
    """
    claim, times = terms.claim, catalog.constants.claim_rules.largest_batch.value
    # Adapters and tuning have batches of their own kind.
    batches = times > 1.0 and terms.job in FROM_NOTHING
    formats = _formats(terms)
    best = replace(terms, claim=replace(claim, stack="vendor", precision=formats or claim.precision))
    stack = tr("a tuned vendor stack") if claim.stack != "vendor" else ""
    recipe = " in ".join(each for each in (stack, formats.upper()) if each)
    if batches:
        yield from _assumed(terms, plan, "", times, catalog)
    if recipe:
        yield from _assumed(best, plan, recipe, 1.0, catalog)
        if batches:
            yield from _assumed(best, plan, recipe, times, catalog)


def _formats(terms: Terms) -> str:
    """The fastest format of matrix multiplies that runs are published in, where none is told."""
    assert terms.entry is not None
    told = terms.claim.precision
    return "fp8" if not told and "fp8" in terms.entry.spec.peak_flops else ""


def _assumed(terms: Terms, plan: Planned, recipe: str, times: float, catalog: Catalog) -> Iterator[Assumed]:
    project = project_of(terms, plan.ours.count, catalog, batch=times)
    try:
        found = estimate(project, catalog)
    except (CatalogError, ValueError):
        return
    if not found.stages[0].fits:
        return
    data = data_of(project.scenarios[0].stages[0])
    assert data is not None
    tokens = batch_tokens(data, catalog)
    large = (
        tr("batches of {quantity} tokens", quantity=format_quantity(tokens, "number", digits=2))
        if times > 1.0
        else ""
    )
    yield Assumed(listed(each for each in (recipe, large) if each), ours_of(found, plan.priced))
