"""Doubts that are ours: there by default, named, each with its source."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache, partial

import numpy as np
from numpy.typing import NDArray

from isocost.catalog import Catalog
from isocost.catalog.constants.economics import VaryingFigure
from isocost.catalog.entries.prices import market_of
from isocost.engine.goodput import goodput
from isocost.engine.peaks import PEAK_FORMAT
from isocost.language import later, tr
from isocost.plan.doubt.doubtful import Doubtful, Effect, factor_of_scores
from isocost.plan.doubt.sampling import Z90
from isocost.plan.kinds import Stage, kind_of
from isocost.plan.kinds.ablations import AblationStage
from isocost.plan.money.reckoning import Reckoning
from isocost.plan.physics.records import STEP_MODEL, WASTE, Array, StageRun
from isocost.plan.physics.resolve import adapters_of, parameters_of, transformer_of
from isocost.plan.physics.serving import NOTHING_SAVED
from isocost.plan.physics.throughput import work_on
from isocost.plan.project.project import Price, Scenario, efficiency_of, hardware_of, model_of, price_of
from isocost.plan.project.ranges import SEPARATOR
from isocost.plan.values import BY_HAND
from isocost.quantities import format_quantity

GOODPUT, ABLATIONS, PRICE = later("Goodput"), later("Ablations"), "Price of "
"""What doubts are that no stage carries of itself: of prices, what it begins with."""
SELDOM = 2.326
"""Standard normal score that one sample in a hundred lies beyond."""
LEAST = 1e-4
"""Spread, as a share of hours, below which a doubt is none."""

Ranged = Callable[[str, int], bool]
"""Whether the user gives a range of the input at a path as the n-th stage that counts holds it."""


def own_doubts(on: Reckoning, ranged: Ranged) -> Iterator[Doubtful]:
    """Every doubt of ours about a programme; those that change nothing, or are the user's, are left out."""
    for name in dict.fromkeys(doubt.name for run in on.runs for doubt in run.doubts):
        yield from _of_runs(on, name, ranged)
    yield from _of_goodput(on)
    yield from _of_ablations(on, ranged)
    yield from _of_market(on, ranged)


def is_share(stage: Stage) -> bool:
    """Whether a stage's hours are a share of the final run's, and move with them."""
    return kind_of(stage).share is not None


def _stages(on: Reckoning) -> list[Stage]:
    """The stages that count."""
    return [on.scenario.stages[at] for at in on.stages]


# Errors on hours


def _of_runs(on: Reckoning, name: str, ranged: Ranged) -> Iterator[Doubtful]:
    """An error of the models of hours: one of a name moves all stages it is in together.

    A range of a predicted MFU that the user gives stands in place of the step model's error.
    """
    slow, fast, least = np.ones(len(on.runs)), np.ones(len(on.runs)), np.zeros(len(on.runs))
    for i, (run, stage) in enumerate(zip(on.runs, _stages(on), strict=True)):
        for doubt in run.doubts:
            theirs = name == STEP_MODEL and ranged("efficiency.mfu", i)
            if doubt.name == name and not is_share(stage) and not theirs:
                slow[i], fast[i] = doubt.slow, doubt.fast
                least[i] = _least_hours(run, name, on.catalog)
    for made, run in _on_hours(on, slow, fast, name, least):
        if name == STEP_MODEL and run.mfu is not None and run.speed is not None:
            corrected, mfu = run.speed.corrected, float(run.mfu[0])
            known = (
                tr("{corrected} runs of yours", corrected=corrected)
                if corrected
                else tr("measured runs left out of its fit")
            )
            source = tr("the step model's error on {known}", known=known)
            yield replace(
                _as_share(made, "efficiency.mfu", source, _over(mfu)), said=_held_by_matmul(run, on.catalog)
            )
        elif name == WASTE and run.waste is not None:
            yield _as_share(made, "efficiency.waste", run.waste_source, _lost(float(run.waste[0])))
        else:
            yield replace(made, source=tr("hours of published runs over hours simulated"))


def _least_hours(run: StageRun, name: str, catalog: Catalog) -> float:
    """The factor on a stage's hours that no error of ours goes below: physics allows no less."""
    if name == WASTE and run.waste is not None:
        return float(1.0 - run.waste[0])
    if name == STEP_MODEL and run.mfu is not None:
        return min(1.0, float(run.mfu[0]) / _best_matmul(run, catalog))
    return 0.0


def _best_matmul(run: StageRun, catalog: Catalog) -> float:
    """The largest share of the peak that MFU is held against which a matrix multiply reaches."""
    precision = "bf16"
    if run.speed is not None:
        spec, question = catalog.accelerator(run.accelerator).spec, run.speed.question
        found = PEAK_FORMAT[work_on(question, spec, catalog).precision]
        precision = found if found in spec.peak_flops else precision
    return catalog.matmul_ceiling(run.accelerator, precision).share


def _held_by_matmul(run: StageRun, catalog: Catalog) -> str:
    """That samples of MFU end at the best matmul, as a sentence; empty where few come so far."""
    doubt = next(each for each in run.doubts if each.name == STEP_MODEL)
    least = _least_hours(run, STEP_MODEL, catalog)
    if doubt.fast ** (SELDOM / Z90) >= least:
        return ""
    name, share = catalog.accelerator(run.accelerator).short_name, _best_matmul(run, catalog)
    return tr(
        "MFU: none is taken above {quantity}, the best matmul measured on {name} or parts like it.",
        quantity=format_quantity(share, "share"),
        name=name,
    )


def _as_share(made: Doubtful, path: str, source: str, value: Callable[[Array], Array]) -> Doubtful:
    """A doubt of hours, shown as the share in the input at a path: its value at factors on the hours."""
    factors = made.shown
    return replace(
        made,
        path=path,
        source=source,
        shown=lambda scores: value(factors(scores)),
        quantity="share",
        unit="",
    )


def _on_hours(
    on: Reckoning, slow: Array, fast: Array, name: str, least: Array | None = None
) -> Iterator[tuple[Doubtful, StageRun]]:
    """A doubt of factors on the hours of each stage, and the stage it moves most; none where it moves none.

    It is shown as the factor on that stage's hours. No factor is below ``least``.
    """
    least = np.zeros(len(on.runs)) if least is None else least
    moved = slow / fast - 1.0
    if not np.any(moved > LEAST):
        return
    most = int(np.argmax(np.where(moved > LEAST, on.by_stage("stage.gpu_hours"), -1.0)))

    def factors(scores: Array, rows: Sequence[int] | NDArray[np.intp]) -> Array:
        found = factor_of_scores(slow[rows], fast[rows], scores)
        return found if not least.any() else np.maximum(found, least[rows][:, None])

    yield (
        Doubtful(
            name=tr(name),
            identity=name,
            path="",
            whose="measured",
            source="",
            low=-Z90,
            middle=0.0,
            high=Z90,
            base=0.0,
            scored=True,
            effect=lambda scores: Effect(hours=factors(scores, np.arange(len(slow)))),
            shown=lambda scores: factors(scores, [most])[0],
            unit=later("x hours"),
        ),
        on.runs[most],
    )


def _over(share: float) -> Callable[[Array], Array]:
    """A share that hours go against, at factors on the hours."""
    return lambda factors: np.minimum(1.0, share / factors)


def _lost(waste: float) -> Callable[[Array], Array]:
    """The share of hours that is lost, at factors on all of them."""
    return lambda factors: np.maximum(0.0, 1.0 - (1.0 - waste) / factors)


# Goodput


def _of_goodput(on: Reckoning) -> Iterator[Doubtful]:
    """Failures at the rates of the clusters that published theirs, from the best to the worst."""
    known = on.catalog.constants.reliability
    ranked = sorted(known.fleets, key=lambda fleet: fleet.failures_per_year)
    slow, fast = np.ones(len(on.runs)), np.ones(len(on.runs))
    for i, (run, stage) in enumerate(zip(on.runs, _stages(on), strict=True)):
        if run.goodput is None or efficiency_of(on.scenario, stage).goodput is not None:
            continue
        count, saved = float(run.counts[0]), _saved(on.scenario, stage, run, on.catalog)
        rates = [goodput(saved, count, known.record(fleet.id)).useful for fleet in (ranked[0], ranked[-1])]
        best, usual, worst = (
            _paid(on, stage, run, each) for each in (rates[0], float(run.goodput[0]), rates[1])
        )
        slow[i], fast[i] = max(1.0, usual / worst), min(1.0, usual / best)
    first, last = (each.name.partition(",")[0] for each in (ranked[0], ranked[-1]))
    source = tr(
        "failures at the rates of {first} at best and {last} at worst ({source})",
        first=first,
        last=last,
        source=ranked[-1].source,
    )
    for made, run in _on_hours(on, slow, fast, GOODPUT):
        usual = float(run.goodput[0]) if run.goodput is not None else 1.0
        yield _as_share(made, "efficiency.goodput", source, _over(usual))


def _saved(scenario: Scenario, stage: Stage, run: StageRun, catalog: Catalog) -> float:
    """Parameters a checkpoint of a stage holds."""
    if run.speed is None:
        return NOTHING_SAVED
    model, tuning = model_of(scenario, stage), run.speed.question.tuning
    if tuning.method != "full":
        return adapters_of(transformer_of(model, catalog), tuning)
    return parameters_of(model, catalog).total


def _paid(on: Reckoning, stage: Stage, run: StageRun, useful: float) -> float:
    """Share of the hours paid that advance a run whose goodput is this.

    Beside a known speed, goodput is part of a gap between steps and whole runs that was measured as one.
    """
    typed = efficiency_of(on.scenario, stage)
    known = run.speed is not None and (typed.mfu is not None or run.speed.corrected > 0)
    if known and typed.waste is None:
        return min(useful, on.catalog.constants.economics.run_over_step_mfu.value)
    return useful


# Ablations


def _of_ablations(on: Reckoning, ranged: Ranged) -> Iterator[Doubtful]:
    """Experiments may come to more or less of the final run than was planned, as they did elsewhere."""
    seen: VaryingFigure = on.catalog.constants.economics.ablations_share
    path, stages = "ablations.share", _stages(on)
    ours = [is_share(stage) and not ranged(path, i) for i, stage in enumerate(stages)]
    slow, fast = (np.where(ours, end / seen.value, 1.0) for end in (seen.high, seen.low))
    source = f"{seen.source}, {seen.date}"
    alone = sum(is_share(stage) for stage in stages) == 1
    for made, run in _on_hours(on, slow, fast, ABLATIONS):
        most = stages[on.runs.index(run)]
        assert isinstance(most, AblationStage)
        where = path if alone else f"{most.name}{SEPARATOR}{path}"
        yield _as_share(made, where, source, partial(np.multiply, most.ablations.share))


# Prices


def _of_market(on: Reckoning, ranged: Ranged) -> Iterator[Doubtful]:
    """What others ask for the same accelerator on the same terms, where the price is not the user's own."""
    path, stages, scenario = "price.usd_per_gpu_hour", _stages(on), on.scenario
    groups: dict[tuple[str, float, str], list[int]] = {}
    for i, stage in enumerate(stages):
        price = price_of(scenario, stage)
        if not ranged(path, i) and _paid_as_rent(on, i):
            # Without a price of its own a stage pays the scenario's, whatever it runs on.
            hardware = scenario.hardware if stage.price is None else hardware_of(scenario, stage)
            key = (hardware.accelerator, price.usd_per_gpu_hour, price.commitment)
            groups.setdefault(key, []).append(i)
    for (accelerator, usd, _), places in groups.items():
        stage = stages[places[0]]
        market = _market(price_of(scenario, stage), accelerator, on.catalog)
        if market is None:
            continue
        low, high, words = market
        rows = np.isin(np.arange(len(stages)), places)[:, None]
        own = scenario.hardware.accelerator == accelerator and price_of(scenario, stage) == scenario.price
        name = on.catalog.accelerator(accelerator).short_name
        yield Doubtful(
            name=tr("Price of {accelerator}", accelerator=name),
            identity=f"{PRICE}{name}",
            path=path if stage.price is None else f"{stage.name}{SEPARATOR}{path}",
            whose="market",
            source=words,
            low=min(low, usd),
            middle=usd,
            high=max(high, usd),
            base=usd,
            effect=_priced(usd, rows, own),
            quantity="money",
            unit=tr("an hour"),
            said=_outside(name, usd, low, high),
        )


def _outside(accelerator: str, usd: float, low: float, high: float) -> str:
    """What is taken of a price that is not among those usually asked, as a sentence; empty where it is."""
    if low <= usd <= high:
        return ""
    where = tr("below") if usd < low else tr("above")
    then = tr("to hold or to rise") if usd < low else tr("to hold or to fall")
    return tr(
        "Price of {accelerator}: the plan's lies {where} what 8 in 10 suppliers ask; it is taken {then}.",
        accelerator=accelerator,
        where=where,
        then=then,
    )


def _priced(usd: float, rows: NDArray[np.bool_], held: bool) -> Callable[[Array], Effect]:
    """The effect of prices in place of one."""

    def effect(values: Array) -> Effect:
        factor = values / usd
        return Effect(price=np.where(rows, factor, 1.0), held_price=factor if held else 1.0)

    return effect


def _paid_as_rent(on: Reckoning, place: int) -> bool:
    """Whether a stage's rent is what it pays."""
    rent = on.by_stage("stage.price")[place]
    bought = not np.isnan(on.by_stage("stage.purchase")[place])
    return rent > 0.0 and not (on.scenario.supply.mode == "own" and bought)


def _market(price: Price, accelerator: str, catalog: Catalog) -> tuple[float, float, str] | None:
    """(10th percentile, 90th, words) of what suppliers ask now; None where the price is nobody's quote."""
    return None if price.supplier == BY_HAND else _asked(accelerator, price.commitment, catalog)


# Remembered: a drag asks at every step.
@lru_cache(maxsize=256)
def _asked(accelerator: str, commitment: str, catalog: Catalog) -> tuple[float, float, str] | None:
    """The same on terms; None where too few suppliers ask a price, or all the same one."""
    economics = catalog.constants.economics
    quotes = market_of(catalog.quotes(accelerator), commitment, economics.price_window_days.value)
    if len(quotes) < economics.price_spread_suppliers.value:
        return None
    asked = [quote.usd_per_gpu_hour for quote in quotes]
    low, high = (float(each) for each in np.percentile(asked, (10.0, 90.0)))
    if not low < high:
        return None
    days = sorted(quote.date for quote in quotes)
    terms = "" if commitment == "specialist" else f" ({commitment})"
    return (
        low,
        high,
        tr(
            "what {count} suppliers{terms} asked from {days} to {days_2}",
            count=len(quotes),
            terms=terms,
            days=days[0],
            days_2=days[-1],
        ),
    )
