"""What a plan's size, data and compute mean: beside scaling laws, published models and rules."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from isocost.catalog import Catalog
from isocost.catalog.constants.economics import Threshold
from isocost.catalog.records import PublishedRun
from isocost.engine.architecture import TRAIN_FLOPS
from isocost.engine.scaling import (
    Optimum,
    allocation,
    compute_over_optimal,
    data_constrained_loss,
    effective,
    extrapolation,
    inference_aware,
    loss,
    optimum,
)
from isocost.language import tr
from isocost.plan.answer.results import StageEstimate
from isocost.plan.kinds import data_of, kind_of, tokens_read
from isocost.plan.physics.resolve import parameters_of
from isocost.plan.project.project import Scenario, model_of
from isocost.quantities import (
    format_fixed,
    format_quantity,
    format_rounded,
    format_share,
    format_significant,
    within_factor,
)
from isocost.quantities.units import DAYS_PER_MONTH

SAME_CLASS = 3.0
"""Runs within this factor in compute are of one class."""
CLOSE_TO_RULE = 0.8
"""Share of a rule's compute from which it is named: attention and experiments may add what is missing."""
WORN_OUT_EPOCHS = 4.0
"""Passes over the same text up to which repetition costs little (arXiv 2305.16264)."""
BASIS = tr("6 x active parameters x tokens")
"""How every remark counts training compute: what published runs tell allows no finer count."""


Regime = Literal["under-trained", "compute-optimal", "over-trained"]
"""How many tokens a model is trained on for its size."""

NEAR_OPTIMAL = tr("near compute-optimal")
"""Near, as a law's own optimum is one ratio and what is called so are all that cost little more."""

_REGIMES: dict[Regime, str] = {
    "under-trained": tr("under-trained for its size"),
    "compute-optimal": NEAR_OPTIMAL,
    "over-trained": tr("over-trained for serving"),
}


@dataclass(frozen=True, slots=True)
class Badge:
    """A short remark at an input."""

    key: str
    path: str
    """Input it stands beside."""
    text: str
    """A few words."""
    detail: str
    """A sentence that explains it."""
    source: str
    tone: Literal["info", "care"] = "info"


@dataclass(frozen=True, slots=True)
class LawReading:
    """What one scaling law says of a model and its compute."""

    name: str
    loss: float | None
    """Nats per token of the plan's model; None where the law speaks of allocation only."""
    optimal_parameters: float
    optimal_tokens: float
    over_optimal: float | None
    """Compute spent over the least that reaches the same loss."""
    extrapolation: float
    """Plan's compute over the largest the law was fitted on; above 1 the law is stretched."""
    source: str

    @property
    def tokens_per_parameter(self) -> float:
        """The law's best ratio for this compute."""
        return self.optimal_tokens / self.optimal_parameters


@dataclass(frozen=True, slots=True)
class Peer:
    """A published run of about the same compute."""

    run: PublishedRun
    flops: float
    ratio: float
    """Plan's compute over the run's."""


def badges(
    scenario: Scenario, results: Sequence[StageEstimate], catalog: Catalog, stage: int = 0
) -> tuple[Badge, ...]:
    """Every remark about a stage that trains from tokens, and about the programme's compute."""
    chosen = scenario.stages[stage]
    found: list[Badge] = []
    if (data := data_of(chosen)) is not None and not kind_of(chosen).makes_model:
        found += _beside_base(scenario, stage, catalog)
    elif data is not None:
        counted = parameters_of(model_of(scenario, chosen), catalog)
        size, tokens = counted.active, data.tokens
        found += _tokens(size, tokens, catalog)
        found += _repetition(scenario, size, tokens, catalog)
        found += _serving(scenario, size, tokens, catalog)
        found += _peer(TRAIN_FLOPS * size * tokens, catalog)
    flops, base = training_flops(results), original(scenario, results, catalog)
    found += _rules(flops, catalog) if base is None else _rules_of_a_change(flops, base, catalog)
    return tuple(found)


def spokesman(scenario: Scenario) -> int:
    """The stage whose tokens say where a plan stands: the one that makes a model, else the first that trains.

    Of several that make one, the first of the largest amount of text.
    """
    trained = [
        (kind_of(each).makes_model, data.tokens, -at)
        for at, each in enumerate(scenario.stages)
        if each.enabled and (data := data_of(each)) is not None
    ]
    return -max(trained)[2] if trained else 0


def _beside_base(scenario: Scenario, at: int, catalog: Catalog) -> Iterator[Badge]:
    """How much text a stage that changes a model adds to what that was trained on."""
    chosen = scenario.stages[at]
    run = kind_of(chosen)
    model, tokens = model_of(scenario, chosen), tokens_read(chosen)
    made = [
        data.tokens
        for each in scenario.stages
        if each.enabled and kind_of(each).makes_model and model_of(scenario, each) == model
        if (data := data_of(each)) is not None
    ]
    runs = catalog.runs_of(model.name) if model.name is not None and not made else ()
    published = {r.tokens: r for r in runs if r.stage == "pretrain" and r.trusted and r.tokens}
    if not made and not published:
        return
    base = sum(made) or max(published)
    whose = (
        tr("this plan's pre-training")
        if made
        else tr("the pre-training of {model}", model=published[base].model)
    )
    source = tr("This plan's own stages.") if made else published[base].source
    share = tokens / base
    yield Badge(
        "beside-base",
        "data.tokens",
        tr(
            "{quantity} tokens, {quantity_2} of {whose}",
            quantity=format_quantity(tokens, "number"),
            quantity_2=format_quantity(share, "share", digits=2),
            whose=whose,
        ),
        tr(
            "{label} changes a finished model: scaling laws of training from nothing say nothing "
            "of it. The base was trained on {quantity} tokens.",
            label=run.label,
            quantity=format_quantity(base, "number"),
        ),
        source,
    )


def training_flops(results: Sequence[StageEstimate]) -> float:
    """FLOPs of the stages that train, on the basis of every remark."""
    return math.fsum(r.flops.six_nd for r in results if r.enabled and r.flops is not None)


@dataclass(frozen=True, slots=True)
class Original:
    """The finished model that a plan without pre-training changes."""

    name: str
    flops: float | None
    """What its own pre-training took; None = its tokens are not published."""
    source: str


def original(scenario: Scenario, results: Sequence[StageEstimate], catalog: Catalog) -> Original | None:
    """The model that a plan trains on; None = it makes its own, trains nothing, or is not estimated yet."""
    if not results:
        return None
    running = [s for s, r in zip(scenario.stages, results, strict=True) if r.enabled]
    trained = [s for s, r in zip(scenario.stages, results, strict=True) if r.enabled and r.flops is not None]
    if not trained or any(kind_of(stage).makes_model for stage in running):
        return None
    model = model_of(scenario, trained[0])
    if model.name is None:
        return Original(tr("the original"), None, "")
    runs = [
        run
        for run in catalog.runs_of(model.name)
        if run.stage == "pretrain" and run.trusted and run.params_active and run.tokens
    ]
    name = catalog.model(model.name).name
    if not runs:
        return Original(name, None, "")
    flops = [TRAIN_FLOPS * (run.params_active or 0.0) * (run.tokens or 0.0) for run in runs]
    at = flops.index(max(flops))
    return Original(name, flops[at], f"{runs[at].label}: {runs[at].source}")


def law_readings(parameters: float, tokens: float, catalog: Catalog) -> tuple[LawReading, ...]:
    """What each law says of ``parameters`` trained on ``tokens``; losses of different laws do not compare."""
    laws = catalog.constants.laws
    compute = TRAIN_FLOPS * parameters * tokens
    readings = []
    for row in laws.parametric:
        law = row.record()
        best = optimum(law, compute)
        spent = compute_over_optimal(law, parameters, tokens)
        said = float(loss(law, parameters, tokens))
        stretch = extrapolation(law.compute_fitted, compute)
        readings.append(LawReading(row.name, said, best.parameters, best.tokens, spent, stretch, row.source))
    for rule in laws.allocation:
        split: Optimum = allocation(rule.record(), compute)
        stretch = extrapolation(rule.compute_fitted, compute)
        readings.append(
            LawReading(rule.name, None, split.parameters, split.tokens, None, stretch, rule.source)
        )
    return tuple(readings)


def training_regime(size: float, tokens: float, catalog: Catalog) -> Regime:
    """Whether a model of ``size`` parameters is trained on fewer or more tokens than the default law advises.

    That is so where its loss could be had for notably less compute.
    """
    laws = catalog.constants.laws
    law = laws.law()
    if compute_over_optimal(law, size, tokens) <= laws.optimal_within.compute:
        return "compute-optimal"
    best = optimum(law, TRAIN_FLOPS * size * tokens)
    return "over-trained" if tokens / size > best.tokens_per_parameter else "under-trained"


@lru_cache(maxsize=64)
def nearest_peer(flops: float, catalog: Catalog) -> Peer | None:
    """The trusted published pre-training run nearest in compute, 6 x active parameters x tokens."""
    peers = [
        Peer(run, own, flops / own)
        for run in catalog.runs
        if run.trusted and run.stage == "pretrain" and run.params_active and run.tokens
        for own in (TRAIN_FLOPS * run.params_active * run.tokens,)
    ]
    return min(peers, key=lambda peer: abs(math.log(peer.ratio)), default=None) if flops > 0.0 else None


def thresholds_reached(flops: float, catalog: Catalog) -> tuple[Threshold, ...]:
    """The compute thresholds that training a model with so much exceeds, lowest first."""
    return tuple(
        each for each in catalog.constants.thresholds if each.counts != "change" and flops > each.flops
    )


def _tokens(size: float, tokens: float, catalog: Catalog) -> Iterator[Badge]:
    law = catalog.constants.laws.law()
    compute = TRAIN_FLOPS * size * tokens
    best, ratio = optimum(law, compute), tokens / size
    extra = (compute_over_optimal(law, size, tokens) - 1.0) * 100.0
    word = _REGIMES[training_regime(size, tokens, catalog)]
    stretch = extrapolation(law.compute_fitted, compute)
    beyond = (
        tr(" That is {fixed} times the compute the law was fitted on.", fixed=format_fixed(stretch, 1))
        if stretch > 1.0
        else ""
    )
    ratios = sorted(reading.tokens_per_parameter for reading in law_readings(size, tokens, catalog))
    split = tr(
        "{quantity} parameters on {quantity_2} tokens",
        quantity=format_quantity(best.parameters, "number"),
        quantity_2=format_quantity(best.tokens, "number"),
    )
    detail = tr(
        "{name} puts the optimum of this compute at {split}; this size spends {extra:.0f} % "
        "more than the least for its loss, and up to {near} counts as near it. The laws put the optimum "
        "at {ratios:.0f} to {ratios_2:.0f} tokens per parameter.{beyond}",
        name=law.name,
        split=split,
        extra=extra,
        near=format_share(catalog.constants.laws.optimal_within.compute - 1.0, decimals=0),
        ratios=ratios[0],
        ratios_2=ratios[-1],
        beyond=beyond,
    )
    text = tr("{quantity} tokens per parameter: {word}", quantity=format_rounded(ratio), word=word)
    yield Badge("tokens-per-parameter", "data.tokens", text, detail, _law_source(catalog))


def _repetition(scenario: Scenario, size: float, tokens: float, catalog: Catalog) -> Iterator[Badge]:
    unique = scenario.dataset.unique_tokens
    if unique is None or unique >= tokens:
        return
    row = next(row for row in catalog.constants.laws.parametric if row.repeat_data is not None)
    law = row.record()
    assert law.repeat_data is not None
    worth = float(effective(unique, tokens, law.repeat_data))
    epochs = tokens / unique
    said = float(data_constrained_loss(law, size, unique, tokens))
    fresh = float(loss(law, size, tokens))
    yield Badge(
        "repeated-data",
        "dataset.unique_tokens",
        tr(
            "{fixed} epochs, worth {quantity} fresh tokens",
            fixed=format_fixed(epochs, 1),
            quantity=format_quantity(worth, "number"),
        ),
        tr(
            "Loss {fixed} against {fixed_2} on as many different tokens; up to "
            "{worn_out_epochs:.0f} passes cost little.",
            fixed=format_fixed(said, 3),
            fixed_2=format_fixed(fresh, 3),
            worn_out_epochs=WORN_OUT_EPOCHS,
        ),
        row.source,
        "care" if epochs > WORN_OUT_EPOCHS else "info",
    )


def _serving(scenario: Scenario, size: float, tokens: float, catalog: Catalog) -> Iterator[Badge]:
    served = scenario.demand.tokens_per_day * scenario.demand.months * DAYS_PER_MONTH
    if served <= 0.0:
        return
    law = catalog.constants.laws.law()
    best = inference_aware(law, float(loss(law, size, tokens)), served)
    yield Badge(
        "inference-aware",
        "data.tokens",
        tr(
            "To serve that much: {quantity} on {quantity_2} tokens",
            quantity=format_quantity(best.parameters, "number"),
            quantity_2=format_quantity(best.tokens, "number"),
        ),
        tr(
            "The least training and serving together that reaches the same loss, over {quantity} "
            "tokens served.",
            quantity=format_quantity(served, "number"),
        ),
        "arXiv 2401.00448, equation 2, with " + law.name,
    )


def _peer(flops: float, catalog: Catalog) -> Iterator[Badge]:
    peer = nearest_peer(flops, catalog)
    if peer is None:
        return
    near = within_factor(peer.ratio, SAME_CLASS)
    said = tr("same class as") if near else tr("nearest published run:")
    yield Badge(
        "peer",
        "model.parameters",
        tr(
            "{quantity} FLOPs (6ND), {said} {label}",
            quantity=format_quantity(flops, "number"),
            said=said,
            label=peer.run.label,
        ),
        tr(
            "{label} ({organisation}, {date}) took {quantity} FLOPs, {basis}; this stage {fixed} times that.",
            label=peer.run.label,
            organisation=peer.run.organisation,
            date=peer.run.date,
            quantity=format_quantity(peer.flops, "number"),
            basis=BASIS,
            fixed=format_fixed(peer.ratio, 2),
        ),
        peer.run.source,
    )


def _rules(flops: float, catalog: Catalog) -> Iterator[Badge]:
    detail = tr(
        "All training stages together take {quantity} FLOPs, {basis}.",
        quantity=format_quantity(flops, "number"),
        basis=BASIS,
    )
    for rule in catalog.constants.thresholds:
        if rule.counts != "change":
            yield from _reached(rule, flops, detail)


def _reached(rule: Threshold, flops: float, detail: str) -> Iterator[Badge]:
    """That an amount of compute is above a rule's or close to it; nothing where it is far below."""
    if flops > CLOSE_TO_RULE * rule.flops:
        side = tr("Above") if flops > rule.flops else tr("Close to")
        yield _rule_badge(
            rule,
            tr("{side} {power} FLOPs: {name}", side=side, power=_power(rule.flops), name=rule.name),
            detail,
            "care",
        )


def _rules_of_a_change(flops: float, base: Original, catalog: Catalog) -> Iterator[Badge]:
    """What rules say of fine-tuning: EU guidelines ask for its share of the original, others for the sum."""
    total = flops + (base.flops or 0.0)
    both = tr(
        "{name} and its training here take {quantity} FLOPs, {basis}.",
        name=base.name,
        quantity=format_quantity(total, "number"),
        basis=BASIS,
    )
    for rule in catalog.constants.thresholds:
        if rule.counts == "all":
            yield from _reached(rule, total, both)
        if rule.counts == "change" and _is_about(rule, base, catalog):
            yield _share_badge(flops, base, rule)


def _is_about(rule: Threshold, base: Original, catalog: Catalog) -> bool:
    """Whether the original is of a rule's class and no stricter one; an unknown one is of the first."""
    changes = [each for each in catalog.constants.thresholds if each.counts == "change"]
    if base.flops is None:
        return rule.original_flops == min(each.original_flops for each in changes)
    classes = [each.original_flops for each in changes if base.flops > each.original_flops]
    return bool(classes) and rule.original_flops == max(classes)


def _share_badge(flops: float, base: Original, rule: Threshold) -> Badge:
    spent = tr(
        "The training stages take {quantity} FLOPs, {basis}",
        quantity=format_quantity(flops, "number"),
        basis=BASIS,
    )
    if base.flops is None or rule.change_share is None:
        limit = rule.flops
        against = tr("{power} FLOPs", power=_power(limit))
        detail = tr(
            "{spent}; the FLOPs of {name} are not published, so {against} is the measure.",
            spent=spent,
            name=base.name,
            against=against,
        )
    else:
        limit = rule.change_share * base.flops
        against = (
            tr("a third of {name}'s compute", name=base.name)
            if abs(rule.change_share - 1 / 3) < 0.01
            else (tr("{share} of {name}'s compute", share=format_share(rule.change_share), name=base.name))
        )
        took = format_quantity(base.flops, "number")
        part = format_significant(flops / base.flops, 2)
        detail = tr(
            "{spent}: {part} of the {took} of {name} ({source}).",
            spent=spent,
            part=part,
            took=took,
            name=base.name,
            source=base.source,
        )
    above = flops > limit
    close = above or flops > CLOSE_TO_RULE * limit
    side = tr("Above") if above else tr("Close to") if close else tr("Below")
    return _rule_badge(rule, f"{side} {against}: {rule.name}", detail, "care" if close else "info")


def _rule_badge(rule: Threshold, text: str, detail: str, tone: Literal["info", "care"]) -> Badge:
    return Badge(f"threshold-{rule.id}", "data.tokens", text, f"{detail} {_law(rule)}", rule.source, tone)


def _law(rule: Threshold) -> str:
    read = tr("text read {read}: check it before relying on it.", read=rule.read)
    return tr(
        "{meaning} In force from {applies_from}; {read}",
        meaning=rule.meaning,
        applies_from=rule.applies_from,
        read=read,
    )


def _power(flops: float) -> str:
    return format_significant(flops, 2).replace("e+", "e")


def _law_source(catalog: Catalog) -> str:
    laws = catalog.constants.laws
    return next(row.source for row in laws.parametric if row.id == laws.default)
