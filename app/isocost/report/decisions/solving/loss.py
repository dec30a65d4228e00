"""What is said of the loss a plan's model can be expected to reach."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from isocost.language import listed, tr
from isocost.plan.answer.loss import LawLoss, LossReport, OverTraining
from isocost.quantities import (
    format_fixed,
    format_money,
    format_quantity,
    format_share,
    format_significant,
)
from isocost.report.table import Column, Table
from isocost.report.told import Section, Told

NO_MODEL = tr("No stage makes a model: scaling laws say nothing of changing a finished one")
BEYOND = 1.0
"""Times the compute a law was fitted on from which it is stretched."""


def told(title: str, report: LossReport | None) -> Told:
    """The report in every form."""
    columns = Table(_COLUMNS, ())
    if report is None:
        return Told(title, NO_MODEL, (), {"loss": None, "words": [f"{NO_MODEL}."]}, columns)
    rows = tuple(_row(each) for each in report.laws)
    words = tuple(sentences(report))
    return Told(
        title,
        loss_said(report),
        (Section("", words), Section(tr("By each law"), (), Table(_COLUMNS, rows))),
        _tree(report, words),
        Table(_COLUMNS, rows),
    )


def loss_said(report: LossReport) -> str:
    """The loss in a sentence without its full stop."""
    law = next(
        (each for each in report.laws if each.reading.name == report.law and each.low is not None), None
    )
    between = ""
    if law is not None and law.low is not None and law.high is not None:
        between = tr(
            ", 8 chances in 10 from {fixed} to {fixed_2}",
            fixed=format_fixed(law.low, 2),
            fixed_2=format_fixed(law.high, 2),
        )
    return tr(
        "Loss {fixed} nats per token{between}, by {law}",
        fixed=format_fixed(report.loss, 3),
        between=between,
        law=report.law,
    )


def sentences(report: LossReport) -> Iterator[str]:
    """What else there is to say, a sentence each."""
    yield ridge_said(report)
    yield over_training_said(report)
    if report.over_training.demand_tokens > 0.0:
        yield demand_said(report.over_training)
    yield similar_said(report)
    yield spread_said(report)
    if report.repeated_loss is not None and report.repeated_fresh is not None:
        yield (
            tr(
                "With its text repeated the loss is {fixed}, against {fixed_2} on as many different "
                "tokens (another law's figures).",
                fixed=format_fixed(report.repeated_loss, 3),
                fixed_2=format_fixed(report.repeated_fresh, 3),
            )
        )
    if report.mixture:
        yield (
            tr(
                "Counted with the {number} active parameters: the laws were fitted on dense models, "
                "and mixtures of experts do better than that (arXiv 2202.01169).",
                number=_number(report.parameters),
            )
        )


def ridge_said(report: LossReport) -> str:
    """The best split of the plan's compute."""
    best = report.best
    where = {
        "compute-optimal": tr("about where this plan is"),
        "over-trained": tr("a larger model on less text"),
        "under-trained": tr("a smaller model on more text"),
    }[report.regime]
    loss = "" if best.loss is None else tr(": loss {fixed}", fixed=format_fixed(best.loss, 3))
    split = tr(
        "{number} parameters on {number_2} tokens",
        number=_number(best.parameters),
        number_2=_number(best.tokens),
    )
    return tr(
        "Compute-optimal at {number} FLOPs is {split}, {where}{loss}.",
        number=_number(report.compute),
        split=split,
        where=where,
        loss=loss,
    )


def over_training_said(report: LossReport) -> str:
    """What the plan's size costs against the least compute for its loss, and what it saves."""
    found, best = report.over_training, report.over_training.optimal
    if report.regime == "compute-optimal":
        return tr(
            "The same loss takes at least {share} of this compute.",
            share=format_share(1.0 / found.over_optimal),
        )
    split = tr(
        "{number} parameters on {number_2} tokens",
        number=_number(best.parameters),
        number_2=_number(best.tokens),
    )
    share = format_share(1.0 - 1.0 / found.over_optimal, decimals=0)
    extra = tr("{money} ({share} of its rent)", money=format_money(found.extra_usd), share=share)
    if found.break_even_tokens is None:
        return tr(
            "The same loss could be had by {split} for {extra} less, and be served cheaper.",
            split=split,
            extra=extra,
        )
    return tr(
        "Over-training costs {extra} against {split} of the same loss; serving the smaller "
        "model earns it back after {number} tokens.",
        extra=extra,
        split=split,
        number=_number(found.break_even_tokens),
    )


def demand_said(found: OverTraining) -> str:
    """What the plan's own demand makes of it."""
    tokens = _number(found.demand_tokens)
    if found.saved_flops_per_token <= 0.0:
        return tr(
            "Over the {tokens} tokens of the demand it costs {money} more.",
            tokens=tokens,
            money=format_money(-found.demand_saved_usd),
        )
    side = tr("more") if found.demand_saved_usd > found.extra_usd else tr("less")
    saved = format_money(found.demand_saved_usd)
    return tr(
        "Over the {tokens} tokens of the demand serving saves {saved}, {side} than that.",
        tokens=tokens,
        saved=saved,
        side=side,
    )


def similar_said(report: LossReport) -> str:
    """Published models of similar loss."""
    if not report.similar:
        return tr("No published model comes to a similar loss by this law.")
    names = [f"{each.run.model} ({format_fixed(each.loss, 3)})" for each in report.similar]
    return tr("Same class by this law: {names}.", names=listed(names))


def spread_said(report: LossReport) -> str:
    """How far the laws themselves disagree, and how far they are stretched."""
    ratios = sorted(each.reading.tokens_per_parameter for each in report.laws)
    stretched = max(each.reading.extrapolation for each in report.laws if each.reading.name == report.law)
    times = format_significant(stretched, 3)
    beyond = (
        tr("; this is {times} times the compute it was fitted on", times=times) if stretched > BEYOND else ""
    )
    return tr(
        "The laws put the optimum at {ratios:.0f} to {ratios_2:.0f} tokens per parameter here. Their "
        "losses rest on different text: compare models within one law only{beyond}.",
        ratios=ratios[0],
        ratios_2=ratios[-1],
        beyond=beyond,
    )


def _number(value: float) -> str:
    return format_quantity(value, "number")


_COLUMNS = (
    Column(tr("Law"), key="law"),
    Column(tr("Loss"), partial(format_fixed, decimals=3), right=True, key="loss"),
    Column(tr("From"), partial(format_fixed, decimals=2), right=True, key="low"),
    Column(tr("To"), partial(format_fixed, decimals=2), right=True, key="high"),
    Column(tr("Best parameters"), _number, right=True, key="optimal_parameters"),
    Column(tr("Best tokens"), _number, right=True, key="optimal_tokens"),
    Column(
        tr("Compute over least"), partial(format_fixed, decimals=2), right=True, key="compute_over_optimal"
    ),
    Column(tr("Beyond its fit"), partial(format_significant, digits=3), right=True, key="beyond_fit"),
    Column(tr("Source"), key="source"),
)


def _row(each: LawLoss) -> tuple[Any, ...]:
    reading = each.reading
    return (
        reading.name, reading.loss, each.low, each.high, reading.optimal_parameters, reading.optimal_tokens,
        reading.over_optimal, reading.extrapolation, reading.source,
    )  # fmt: skip


def _tree(report: LossReport, words: tuple[str, ...]) -> dict[str, Any]:
    found, names = report.over_training, [column.key for column in _COLUMNS]
    points = zip(*(values.tolist() for values in report.ridge.values()), strict=True)
    return {
        "loss": report.loss,
        "law": report.law,
        "stage": report.stage,
        "parameters": report.parameters,
        "tokens": report.tokens,
        "flops": report.compute,
        "regime": report.regime,
        "laws": [dict(zip(names, _row(each), strict=True)) for each in report.laws],
        "ridge": {
            "parameters": report.best.parameters,
            "tokens": report.best.tokens,
            "loss": report.best.loss,
            "points": [dict(zip(report.ridge, point, strict=True)) for point in points],
        },
        "same_class": [
            {"model": each.run.model, "loss": each.loss, "compute_ratio": each.compute_ratio,
             "source": each.run.source}
            for each in report.similar
        ],
        "over_training": {
            "compute_over_optimal": found.over_optimal,
            "optimal_parameters": found.optimal.parameters,
            "optimal_tokens": found.optimal.tokens,
            "extra_usd": found.extra_usd,
            "saved_flops_per_token": found.saved_flops_per_token,
            "break_even_tokens": found.break_even_tokens,
            "demand_tokens": found.demand_tokens,
            "demand_saved_usd": found.demand_saved_usd,
        },
        "repeated_loss": report.repeated_loss,
        "words": [f"{loss_said(report)}.", *words],
    }  # fmt: skip
