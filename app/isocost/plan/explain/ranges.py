"""The ends of a range as trees: the cost with each doubt alone at its ends, and what samples come to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cached_property
from typing import Any, Literal

import numpy as np

from isocost.language import in_sentence, tr
from isocost.plan.answer.estimate import Answer
from isocost.plan.doubt.evaluation import Programme, programme
from isocost.plan.doubt.sampling import SAMPLES, SEED
from isocost.plan.doubt.span import EstimateRange, part_identities
from isocost.plan.money.explain import Derivations, Explanation, Provenance, given
from isocost.quantities import format_count, format_significant

End = Literal["low", "high"]
Builder = Callable[[], Explanation]

_OUTCOMES = {"cost_usd": (tr("Cost"), "USD"), "wall_days": (tr("Days of all stages"), "days")}
_QUANTILES = {"p10": tr("10th percentile"), "p50": "median", "p90": tr("90th percentile")}
_WHOSE: dict[str, Provenance] = {"measured": "measured", "market": "looked up", "yours": "typed"}
"""How the ends of a doubt are known."""


def range_figures(answer: Answer, money: Derivations) -> Iterator[tuple[str, Builder]]:
    """The ends of cost and days, and of the cost under each doubt alone."""
    span = answer.estimate.range
    if span is None:
        return
    of = _Alone(answer, span, money)
    for quantity in _OUTCOMES:
        for quantile in _QUANTILES:
            yield f"range.{quantity}.{quantile}", _sampled(of, quantity, quantile)
    for at, part in enumerate(span.parts):
        yield f"range.parts.{part.identity}.p10", _part(of, at, "low")
        yield f"range.parts.{part.identity}.p50", of.planned
        yield f"range.parts.{part.identity}.p90", _part(of, at, "high")


def samples_said() -> str:
    """Where the ends of a range come from."""
    source = tr("{count} samples of everything in doubt through the whole bill", count=format_count(SAMPLES))
    return tr("{source} (Latin hypercube, seed {seed})", source=source, seed=SEED)


def _sampled(of: _Alone, quantity: str, quantile: str) -> Builder:
    """What the samples come to: no arithmetic on paper, beside what each doubt alone makes of the cost."""
    label, unit = _OUTCOMES[quantity]

    def build() -> Explanation:
        value = getattr(getattr(of.span, quantity), quantile)
        key, words = (
            f"range.{quantity}.{quantile}",
            tr("{label}, {quantiles} of the samples", label=label, quantiles=_QUANTILES[quantile]),
        )
        node = given(key, words, value, unit, samples_said(), "sampled")
        if quantity != "cost_usd" or quantile == "p50":
            return replace(node, inputs=(of.money.node(of.programme.cost if unit == "USD" else "days"),))
        end: End = "low" if quantile == "p10" else "high"
        moving = [at for at, part in enumerate(of.span.parts) if not part.still]
        return replace(node, inputs=tuple(of.part(at, end) for at in moving))

    return build


def _part(of: _Alone, at: int, end: End) -> Builder:
    return lambda: of.part(at, end)


class _Alone:
    """The cost with one doubt at one of its ends and everything else as planned."""

    def __init__(self, answer: Answer, span: EstimateRange, money: Derivations) -> None:
        self.span = span
        self.money = money
        self._answer = answer

    @cached_property
    def programme(self) -> Programme:
        """The programme with its doubts."""
        return programme(self._answer.reckoning)

    def planned(self) -> Explanation:
        """The cost as planned."""
        return replace(self.money.node(self.programme.cost), label=tr("Cost as planned"))

    def part(self, at: int, end: End) -> Explanation:
        """The cost with one of the parts of the range at its lower or its higher end."""
        part = self.span.parts[at]
        names = part_identities(self.programme)
        if part.identity not in names:  # it gives no range
            return self.planned()
        place = names.index(part.identity)
        cost = self.programme.ends.cost_usd.reshape(-1, 2)[place]
        # More of some inputs is cheaper.
        low = int((np.argmin if end == "low" else np.argmax)(cost)) == 0
        node = self._at(place, "low" if low else "high")
        key = f"range.parts.{part.identity}.{'p10' if end == 'low' else 'p90'}"
        label = (
            tr("Cost with {name} alone in doubt, low end", name=in_sentence(part.name))
            if end == "low"
            else tr("Cost with {name} alone in doubt, high end", name=in_sentence(part.name))
        )
        return replace(node, key=key, label=label)

    def _at(self, place: int, end: End) -> Explanation:
        of, doubt = self.programme, self.programme.doubts[place]
        value = doubt.low if end == "low" else doubt.high
        values = [np.array([value if i == place else each.base]) for i, each in enumerate(of.doubts)]
        moved = of.given(values)
        # Beside a middle of the user's ranges the stages are other than the plan's trees tell.
        trees = self.money if of.middle is of.on else Derivations(of.middle)

        def deeper(name: str, stage: int | None) -> Explanation | None:
            if name in moved:
                planned, now = trees.node(name, stage), _number(moved[name], stage)
                if now != planned.value:
                    at = format_significant(doubt.shown_at(value), 4)
                    label = tr("{label} with {name} at {at}", label=planned.label, name=doubt.name, at=at)
                    key = f"{planned.key}.{end}.{doubt.key}"
                    source = doubt.source or tr("the plan's own range")
                    return given(key, label, now, planned.unit, source, _WHOSE[doubt.whose])
            return trees.deeper(name, stage)

        # Explained by the same words as the plan: a value given stands in place of a figure.
        return Derivations(replace(of.middle, values=of.middle.values.again(**moved)), deeper).node(of.cost)


def _number(value: Any, stage: int | None) -> float:
    found = np.asarray(value, dtype=np.float64).reshape(-1)
    return float(found[stage if stage is not None and len(found) > 1 else 0])
