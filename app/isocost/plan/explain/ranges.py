"""The ends of a range as trees: the figure with every doubt at one end, and with each doubt alone."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Literal

from isocost.plan.answer.estimate import Answer
from isocost.plan.explain.training import E_WORDS
from isocost.plan.money.explain import Derivations, Explanation, given, worked_out
from isocost.plan.physics.records import Doubt, StageRun

End = Literal["p10", "p90"]
Builder = Callable[[], Explanation]


def range_figures(answer: Answer, money: Derivations) -> Iterator[tuple[str, Builder]]:
    """The ends of cost and days, and of the cost under each doubt alone."""
    if answer.estimate.range is None:
        return
    for quantity, figure in (("cost_usd", "total"), ("wall_days", "days")):
        for end in ("p10", "p50", "p90"):
            yield f"range.{quantity}.{end}", _built(answer, money, figure, end, None)
    for part in answer.estimate.range.parts:
        for end in ("p10", "p50", "p90"):
            yield f"range.parts.{part.name}.{end}", _built(answer, money, "total", end, part.name)


def _built(answer: Answer, money: Derivations, figure: str, end: str, alone: str | None) -> Builder:
    def build() -> Explanation:
        if end == "p50":
            return money.node(figure)
        node = _moved(answer, money, "p10" if end == "p10" else "p90", alone).node(figure)
        only = "" if alone is None else f", {alone} alone"
        return replace(node, label=f"{node.label}, {_PERCENTILE[end]} percentile{only}")

    return build


_PERCENTILE = {"p10": "10th", "p90": "90th"}


def _moved(answer: Answer, money: Derivations, end: End, alone: str | None) -> Derivations:
    """The figures of the programme when its doubts are at one end, or one of them alone is."""
    on = answer.reckoning
    factors = [_factor(run, place, end, alone) for place, run in enumerate(on.runs)]
    column = [[factor.value] for factor in factors]
    moved = {key: on.values[key] * column for key in ("stage.rent", "stage.days")}

    def deeper(name: str, stage: int | None) -> Explanation | None:
        if name not in moved or stage is None:
            return None
        planned, factor = money.node(name, stage), factors[stage]
        label = f"{planned.label} at the {_PERCENTILE[end]} percentile"
        key = f"{planned.key}.{end}" if alone is None else f"{planned.key}.{end}.{alone}"
        return worked_out(key, label, planned.unit, "{0} x {1}", planned, factor)

    # Explained by the same words as the plan: a value given stands in place of a figure.
    return Derivations(replace(on, values=on.values.again(**moved)), deeper)


def _factor(run: StageRun, place: int, end: End, alone: str | None) -> Explanation:
    """The factor on a stage's hours: independent lognormal doubts together, or one of them alone."""
    doubts: Sequence[Doubt] = [each for each in run.doubts if alone in (None, each.name)]
    name = f"stages.{place}.factor.{end}"
    label = f"Factor on its hours at the {_PERCENTILE[end]} percentile"
    parts = [_logarithm(doubt, place, end) for doubt in doubts]
    if not parts:
        return given(name, label, 1.0, "", "no doubt of its own", "typed")
    sign = "0 - " if end == "p10" else ""
    squares = " + ".join(f"{{{at}}} ^ 2" for at in range(len(parts)))
    words = f"{E_WORDS} ^ ({sign}({squares}) ^ 0.5)"
    return worked_out(name, label, "", words, *parts, source="independent lognormal factors")


def _logarithm(doubt: Doubt, place: int, end: End) -> Explanation:
    """The logarithm of one doubt's factor."""
    value = abs(math.log(doubt.fast if end == "p10" else doubt.slow))
    name = f"stages.{place}.doubt.{doubt.name.lower().replace(' ', '_').replace('-', '_')}.{end}"
    source = "errors on runs left out of the fit, and hours of published runs (docs/accuracy.md)"
    return given(name, f"{doubt.name}: logarithm of its factor", value, "", source, "measured")
