"""What would have to be true for a claim to hold, and what its money does buy: both by the estimator."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import msgspec
import numpy as np

from isocost.catalog import Catalog, CatalogError
from isocost.language import tr
from isocost.plan.answer.estimate import stage_estimates
from isocost.plan.answer.results import StageEstimate
from isocost.plan.claims.checks.work import rates_of
from isocost.plan.claims.prediction import Planned, first_in_time, one_stage, price_of
from isocost.plan.claims.terms import SEQUENCE, Terms
from isocost.plan.inputs.defaults import new_stage
from isocost.plan.inputs.table import check
from isocost.plan.physics.counts import obtained, units_of
from isocost.plan.project.choosing import with_hardware
from isocost.plan.project.project import Project
from isocost.plan.values import NO_PRICE, Data, ModelChoice, Tuning
from isocost.quantities import (
    format_count,
    format_duration,
    format_money,
    format_quantity,
    format_significant,
    with_article,
)
from isocost.quantities.units import HOURS_PER_DAY, SECONDS_PER_HOUR

STEPS = 12
"""Steps of solving for what money buys: cost is nearly a power of it, so three or four suffice."""
CLOSE = 0.002
"""Share of the money within which it is spent."""
CENT = 0.01
LEAST_USD = 1.0
"""Bills are in cents: with less nothing can be solved for."""
NEAR = 0.2
"""Share of the money that may be left where the next step would cost too much."""


@dataclass(frozen=True, slots=True)
class Need:
    """One way in which a claim could be true."""

    what: Literal["mfu", "price", "count", "days"]
    value: float
    unit: str
    words: str
    usd: float | None = None
    """What it would cost; None = as told, or no price is known."""
    project: Project | None = None
    """The claim as a plan that is so; None = no plan can be."""


@dataclass(frozen=True, slots=True)
class Buy:
    """One thing that a claim's money buys."""

    kind: Literal["scratch", "full", "lora"]
    model: str
    parameters: float
    tokens: float
    count: int
    days: float
    usd: float
    words: str
    project: Project
    """The plan that costs it."""


def would_need(terms: Terms, plan: Planned | None, catalog: Catalog) -> tuple[Need, ...]:
    """What each part of the claim would have to be, the others kept."""
    return tuple(_needs(terms, plan, catalog))


def _needs(terms: Terms, plan: Planned | None, catalog: Catalog) -> Iterator[Need]:
    if terms.work is not None and terms.gpu_hours is not None and terms.entry is not None:
        for rate in rates_of(terms, catalog)[:1]:
            mfu = terms.work.flops / (rate.peak * terms.gpu_hours.value * SECONDS_PER_HOUR)
            shown = tr(
                "{quantity} of the {format} dense peak",
                quantity=format_quantity(mfu, "share"),
                format=rate.format.upper(),
            )
            yield Need("mfu", mfu, "share", tr("Keep the hours: an MFU of {shown}", shown=shown))
    if plan is None:
        return
    curve, name = plan.curve, terms.accelerator
    if terms.wall_hours is not None:
        days = terms.wall_hours / HOURS_PER_DAY
        at = first_in_time(curve, days)
        if at is not None:
            count, cost = int(curve.counts[at]), _cost(plan, at)
            words = _with_cost(
                tr(
                    "Keep the {duration}: {count} {name}",
                    duration=format_duration(days),
                    count=format_count(count),
                    name=name,
                ),
                cost,
            )
            yield Need("count", float(count), "accelerators", words, cost, _on(plan, count, catalog))
    held = np.flatnonzero(curve.fits)
    if len(held):
        at = int(held[0])
        took, count, cost = float(curve.days[at]), int(curve.counts[at]), _cost(plan, at)
        words = tr(
            "Keep to the fewest that hold it, {count} {name}: {duration}",
            count=format_count(count),
            name=name,
            duration=format_duration(took),
        )
        yield Need("days", took, "days", _with_cost(words, cost), cost, _on(plan, count, catalog))
    if terms.claim.usd is not None and plan.ours.hours.p50 > 0:
        price = terms.claim.usd / plan.ours.hours.p50
        words = tr(
            "Keep the money: {money} an hour of {name} at the speed we estimate",
            money=format_money(price),
            name=name,
        )
        yield Need("price", price, tr("USD per GPU-hour"), words, terms.claim.usd)


def _on(plan: Planned, count: int, catalog: Catalog) -> Project:
    """The claim's plan on another number of its accelerators."""
    accelerator = plan.project.scenarios[0].hardware.accelerator
    return with_hardware(plan.project, accelerator, count, catalog)


def _cost(plan: Planned, at: int) -> float | None:
    return float(plan.curve.cost_usd[at]) if plan.priced else None


def _with_cost(words: str, cost: float | None) -> str:
    return words if cost is None else f"{words}, {format_money(cost)}"


def buys(terms: Terms, catalog: Catalog) -> tuple[Buy, ...]:
    """What the money told buys on the accelerators told: a model from nothing, further training, adapters."""
    if terms.entry is None or terms.usd is None or terms.usd.value < LEAST_USD:
        return ()
    price = price_of(terms, catalog)
    if price.supplier == NO_PRICE:
        return ()
    small, large = catalog.constants.claim_rules.bases.value
    adapted = terms.model if terms.model is not None and terms.job == "pretrain" else ModelChoice(name=large)
    found = (
        _scratch(terms, catalog),
        _tuned(terms, catalog, ModelChoice(name=small), "full"),
        _tuned(terms, catalog, adapted, "lora") or _tuned(terms, catalog, ModelChoice(name=large), "lora"),
    )
    return tuple(each for each in found if each is not None)


def _scratch(terms: Terms, catalog: Catalog) -> Buy | None:
    each = catalog.constants.claim_rules.tokens_per_parameter.value
    stage = new_stage("pretrain", catalog)

    def made(size: float) -> tuple[ModelChoice, Any]:
        return ModelChoice(parameters=size), _reading(stage, each * size)

    found = _spent(terms, catalog, made, 1e9, "model.parameters")
    if found is None:
        return None
    size, result, plan = found
    shown = format_quantity(size, "number", digits=2)
    read = tr(
        "{quantity} tokens, {significant} a parameter",
        quantity=format_quantity(each * size, "number"),
        significant=format_significant(each),
    )
    words = tr("From scratch: {with_article} on {read}", with_article=with_article(shown), read=read)
    return _buy("scratch", shown, size, each * size, result, words, plan)


def _tuned(terms: Terms, catalog: Catalog, model: ModelChoice, method: Literal["full", "lora"]) -> Buy | None:
    stage = msgspec.structs.replace(new_stage("sft", catalog), tuning=Tuning(method=method))
    found = _spent(terms, catalog, lambda tokens: (model, _reading(stage, tokens)), 1e9, "data.tokens")
    if found is None:
        return None
    tokens, result, plan = found
    name = model.name or with_article(format_quantity(model.parameters or 0.0, "number"))
    what = tr("Train every weight of") if method == "full" else tr("LoRA of")
    words = tr(
        "{what} {name}: {quantity} tokens",
        what=what,
        name=name,
        quantity=format_quantity(tokens, "number", digits=2),
    )
    return _buy(method, name, model.parameters or 0.0, tokens, result, words, plan)


def _buy(
    kind: Literal["scratch", "full", "lora"],
    model: str,
    size: float,
    tokens: float,
    result: StageEstimate,
    words: str,
    plan: Project,
) -> Buy:
    on = f"{format_count(result.count)} {result.accelerator_name}"
    words = tr(
        "{words}, {duration} on {on}, {money}",
        words=words,
        duration=format_duration(result.wall_days),
        on=on,
        money=format_money(result.cost_usd),
    )
    return Buy(kind, model, size, tokens, result.count, result.wall_days, result.cost_usd, words, plan)


def _reading(stage: Any, tokens: float) -> Any:
    return msgspec.structs.replace(stage, data=Data(tokens=tokens, sequence=SEQUENCE))


def _spent(
    terms: Terms,
    catalog: Catalog,
    made: Callable[[float], tuple[ModelChoice, Any]],
    start: float,
    path: str,
) -> tuple[float, StageEstimate, Project] | None:
    """The size whose cost is the money, its estimate and its plan; None where none is within a plan's limits.

    On the number told where that holds it, else on the fewest that do.
    """
    assert terms.entry is not None
    assert terms.usd is not None
    price, units = price_of(terms, catalog), units_of(terms.entry, owned=False)
    count = _count_for(terms, price.usd_per_gpu_hour, units, catalog)

    # From nothing the cost goes with the square of the size, further training with the tokens.
    power = 0.5 if path == "model.parameters" else 1.0
    size, best, dear = start, None, math.inf
    for _ in range(STEPS):
        if check(path, size) is not None:
            break
        try:
            model, stage = made(size)
            plan = one_stage(model, terms.entry.spec.id, count, stage, price, terms.claim.stack)
            found = stage_estimates(plan.scenarios[0], catalog)[1][0]
        except (CatalogError, ValueError):
            break
        off = max(found.cost_usd, CENT) / terms.usd.value
        if not found.fits and abs(math.log(off)) < NEAR:
            if found.smallest_count is None:
                break
            count, best, dear = found.smallest_count, None, math.inf
            continue
        if found.cost_usd > terms.usd.value:
            dear = min(dear, size)
        # Batches are whole, so the cost has steps: the most that the money still buys is kept.
        elif found.fits and off > 1.0 - NEAR and (best is None or size > best[0]):
            best = (size, found, plan)
        if 1.0 - CLOSE < off <= 1.0 and found.fits:
            break
        size *= (off / (1.0 - CLOSE / 2.0)) ** -power
        if best is not None and not best[0] < size < dear:
            size = math.sqrt(best[0] * dear) if math.isfinite(dear) else best[0] * (1.0 + CLOSE)
    return best


def _count_for(terms: Terms, price: float, units: tuple[int, ...], catalog: Catalog) -> int:
    """Accelerators to spend the money on: those told, else as many as need no longer than is usual."""
    if terms.count is not None and check("hardware.count", terms.count) is None:
        return obtained(terms.count, units)
    days = catalog.constants.claim_rules.longest_days.value
    assert terms.usd is not None
    wanted = terms.usd.value / price / (days * HOURS_PER_DAY)
    return obtained(min(max(1.0, wanted), 1e5), units)
