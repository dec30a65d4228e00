"""Every figure of an answer by its place in the JSON of ``isocost estimate``, as a tree of its making.

A key is the path of a figure in that JSON with dots between: ``total.cost_usd``, ``stages.0.mfu``,
``ledger.2.cost_usd``. The key of any value inside a tree can be asked for too, such as
``stages.0.checkpoint_seconds``.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from isocost.language import tr
from isocost.plan.answer.estimate import Answer
from isocost.plan.explain.beside import option_figures, rent_or_buy_figures
from isocost.plan.explain.ranges import range_figures
from isocost.plan.explain.stages import HOURS, stage_figures
from isocost.plan.explain.training import Ground, summed
from isocost.plan.kinds import kind_of
from isocost.plan.money.explain import Derivations, Explanation, Provenance, given, worked_out
from isocost.plan.money.reckoning import Reckoning
from isocost.plan.project.project import efficiency_of, hardware_of, model_of

Builder = Callable[[], Explanation]


class UnknownFigureError(KeyError):
    """A key that no figure of the answer has."""

    def __init__(self, key: str, nearest: tuple[str, ...]) -> None:
        super().__init__(key)
        self.key = key
        self.nearest = nearest
        """The keys spelled most alike, at least one."""


class Explainer:
    """The figures of one answer, each explained when it is asked for."""

    def __init__(self, answer: Answer, late_weeks: float) -> None:
        """``late_weeks`` is the delay whose cost is told beside the bill."""
        self._answer = answer
        self._late_weeks = late_weeks
        self._stages: dict[int, dict[str, Explanation]] = {}
        self.money = Derivations(answer.reckoning, self._deeper)
        self._known: dict[str, Builder] = {}
        self._rest = self._declared()

    def every_key(self) -> tuple[str, ...]:
        """The key of every figure, in the order of the JSON."""
        return tuple(self._figures)

    def _find(self, key: str) -> Builder | None:
        """A figure by its key; no more of them are looked for than it takes, as a drag asks for one."""
        while key not in self._known and (found := next(self._rest, None)) is not None:
            self._known[found[0]] = found[1]
        return self._known.get(key)

    def of(self, key: str) -> Explanation:
        """A figure as a tree.

        Raises:
            UnknownFigureError: the answer has no such figure.
        """
        if (build := self._find(key)) is not None:
            # A figure may stand in two places; its tree is that of the place asked about.
            return replace(build(), key=key)
        try:
            return self.money.of(key)
        except KeyError:
            inside = next((node for node in self._every_node() if node.key == key), None)
        if inside is not None:
            return inside
        known = dict.fromkeys((*self._figures, *(node.key for node in self._every_node())))
        near = difflib.get_close_matches(key, known, 3, 0.0)
        raise UnknownFigureError(key, tuple(near))

    def under(self, root: str, key: str) -> Explanation:
        """A value as a tree, sought first in that of the figure ``root``: all others take longer to make.

        Raises:
            UnknownFigureError: the answer has no such value.
        """
        if key != root:
            try:
                inside = next((each for each in _walked([self.of(root)]) if each.key == key), None)
            except UnknownFigureError:
                inside = None
            if inside is not None:
                return inside
        return self.of(key)

    def _every_node(self) -> Iterator[Explanation]:
        """Every value of every tree, each once."""
        return _walked([build() for build in self._figures.values()])

    # Stages

    def stage(self, place: int) -> dict[str, Explanation]:
        """What one of the stages that count takes, by the names of its figures."""
        if place not in self._stages:
            on = self._answer.reckoning
            stage, scenario = on.scenario.stages[on.stages[place]], on.scenario
            ground = Ground(
                f"stages.{place}",
                stage,
                on.runs[place],
                model_of(scenario, stage),
                efficiency_of(scenario, stage),
                hardware_of(scenario, stage).count,
                on.catalog,
            )
            is_share = kind_of(stage).share is not None
            others = [
                self.stage(other)["gpu_hours"]
                for other, index in enumerate(on.stages)
                if is_share and kind_of(scenario.stages[index]).group == "final run"
            ]
            self._stages[place] = stage_figures(ground, others)
        return self._stages[place]

    def _deeper(self, name: str, stage: int | None) -> Explanation | None:
        """What the money takes from the stages."""
        if stage is None:
            return None
        return self.stage(stage).get(name.removeprefix("stage.")) if name in _OF_STAGES else None

    # The places of the JSON

    @property
    def _figures(self) -> Mapping[str, Builder]:
        self._known.update(self._rest)
        return self._known

    def _declared(self) -> Iterator[tuple[str, Builder]]:
        answer, on = self._answer, self._answer.reckoning
        money = self.money
        places = range(len(on.stages))
        yield "currency.per_usd", self._rate
        yield "total.cost_usd", lambda: money.node("total")
        yield "total.gpu_hours", lambda: self._hours()
        for name, key in (("wall_days", "days"), ("energy_kwh", "energy_kwh"), ("co2_kg", "co2_kg")):
            yield f"total.{name}", self._money(key)
        yield from range_figures(answer, money)
        for place in places:
            yield from self._of_stage(place)
        for row, line in enumerate(answer.estimate.ledger):
            yield from self._of_line(f"ledger.{row}", line.key, line.inputs)
        if (bought := on.rent_or_buy) is not None:
            yield from rent_or_buy_figures(bought, money)
        if (options := answer.options) is not None:
            yield from option_figures(options, answer.scenario, money)
        yield from self._slip(on.late(self._late_weeks))
        for name, key in _ENERGY.items():
            yield f"energy.{name}", self._money(key)

    def _rate(self) -> Explanation:
        """What a dollar is worth in the currency that amounts are shown in."""
        unit, held = self._answer.money, self._answer.project.currency
        if unit.is_dollar:
            return given(
                "currency.per_usd", tr("Dollars for a dollar"), 1.0, "", tr("figures are held in dollars")
            )
        if held.per_usd is not None:
            source = held.source or tr("the plan's own rate")
            how: Provenance = "looked up" if held.source else "typed"
        else:
            source, how = self._answer.reckoning.catalog.constants.currencies[unit.code].source, "looked up"
        label = tr("{code} for a dollar", code=unit.code)
        return given("currency.per_usd", label, unit.per_usd, "", f"{source}, {unit.date}".rstrip(", "), how)

    def _money(self, key: str, stage: int | None = None) -> Builder:
        return lambda: self.money.node(key, stage)

    def _hours(self) -> Explanation:
        """Accelerator-hours of all stages that count."""
        parts = [self.stage(place)["gpu_hours"] for place in range(len(self._answer.reckoning.stages))]
        return worked_out("total.gpu_hours", HOURS, "h", summed(parts), *parts)

    def _of_stage(self, place: int) -> Iterator[tuple[str, Builder]]:
        result = [stage for stage in self._answer.estimate.stages if stage.enabled][place]
        at = f"stages.{place}"
        yield f"{at}.cost_usd", self._money("stage.rent", place)
        for name, key in _STAGE.items():
            if getattr(result, name) is not None:
                yield f"{at}.{name}", self._taken(place, key)
        for name in _BESIDE:
            if name in self.stage(place):
                yield f"{at}.{name}", self._taken(place, name)

    def _taken(self, place: int, name: str) -> Builder:
        return lambda: self.stage(place)[name]

    def _of_line(self, at: str, key: str, inputs: Mapping[str, float]) -> Iterator[tuple[str, Builder]]:
        yield f"{at}.cost_usd", lambda: self.money.of(key)
        prefix, _, place = key.partition(".")
        stages = self._answer.reckoning.stages
        stage = stages.index(int(place)) if prefix == "stage" and place.isdigit() else None
        for name in inputs:
            yield f"{at}.inputs.{name}", self._money(name, stage)

    def _slip(self, late: Reckoning) -> Iterator[tuple[str, Builder]]:
        """The figures of being late."""
        weeks, trees = self._late_weeks, Derivations(late, self._deeper)
        source = tr("the delay whose cost is told")
        yield "slip.weeks", lambda: given("slip.weeks", tr("Weeks late"), weeks, "weeks", source, "assumed")
        lines = [f"late.{line.key}" for line in self._answer.slip(weeks).lines]

        def total() -> Explanation:
            parts = [trees.node(key) for key in lines]
            return worked_out("slip.cost_usd", tr("Cost of the delay"), "USD", summed(parts), *parts)

        yield "slip.cost_usd", total
        for row, key in enumerate(lines):
            yield f"slip.lines.{row}.cost_usd", lambda key=key: trees.node(key)  # type: ignore[misc]


def _walked(roots: Sequence[Explanation]) -> Iterator[Explanation]:
    """Every value of some trees, each once."""
    seen: set[int] = set()

    def walk(node: Explanation) -> Iterator[Explanation]:
        if id(node) not in seen:
            seen.add(id(node))
            yield node
            for each in node.inputs:
                yield from walk(each)

    for root in roots:
        yield from walk(root)


_OF_STAGES = frozenset({"stage.gpu_hours", "stage.days", "stage.count"})
_STAGE = {
    "gpu_hours": "gpu_hours",
    "wall_days": "days",
    "count": "count",
    "mfu": "mfu",
    "goodput": "goodput",
    "waste": "waste",
    "tokens_per_s_per_gpu": "tokens_per_s_per_gpu",
}
"""Figures of a stage in the JSON, and what they are called in its trees."""
_BESIDE = (
    "tokens_per_s",
    "memory_bytes",
    "memory_low_bytes",
    "memory_high_bytes",
    "memory_usable_bytes",
    "step_seconds",
)
"""Figures that a stage's trees have and its result holds otherwise, or not."""
_ENERGY = {
    "kwh": "energy_kwh",
    "peak_kw": "peak_kw",
    "cost_usd": "energy_usd",
    "co2_kg": "co2_kg",
    "co2_market_kg": "co2_market_kg",
    "pue": "site.pue",
    "usd_per_kwh": "site.usd_per_kwh",
    "grid_kg_per_kwh": "site.grid_kg_per_kwh",
}
