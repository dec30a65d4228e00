"""The road between a declared input and a project: how a value is read, put in, and taken back.

Sliders, exact fields and pickers all take it, so that a price typed by hand, say, is the user's own as of
today wherever it is typed. Pure: a change is a function from one project to the next.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

from isocost.catalog import Catalog
from isocost.catalog.constants.economics import ApiQuote
from isocost.language import tr
from isocost.plan.inputs.defaults import default_of
from isocost.plan.inputs.input import Input
from isocost.plan.inputs.table import CHOICES, NUMBERS, starting_number
from isocost.plan.kinds import RolloutPhase
from isocost.plan.physics.resolve import (
    Parameters,
    impossible_model,
    least_possible_active,
    parameters_of,
    with_custom_parameters,
)
from isocost.plan.project.choosing import price_from, price_on, with_hardware, with_price
from isocost.plan.project.editing import choose_own_accelerator
from isocost.plan.project.project import (
    ModelChoice,
    Place,
    Price,
    Project,
    Stage,
    get_value,
    model_of,
    price_of,
    set_section,
    set_value,
)
from isocost.plan.project.terms import NoSuchTermsError, card_on_terms, is_of_others
from isocost.plan.values import BY_HAND
from isocost.quantities import format_quantity

DENSE = 0.99
"""Active over all weights from which on a model counts as dense: counted shapes rarely give exactly 1."""
ROUNDED = 0.005
"""A total is shown to three digits: as much above it is still all of it."""


Fill = Callable[[], float | None]
"""What an input left empty comes to; None = not known."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What an input shows."""

    value: float | None
    automatic: bool = False
    """Filled in by the estimator, not by the user."""


class Road:
    """The road of one input: a value that is stored as it is."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.section, self.name = path.split(".")

    def put(self, project: Project, at: Place, value: Any, today: date, catalog: Catalog) -> Project:
        """The project with a value put in, and with all that goes with it.

        ``value`` is a number in the input's unit, or what a choice stores; ``today`` dates a typed price.
        """
        return self._with(project, at, **{self.name: value})

    def held(self, project: Project, at: Place) -> Any:
        """The value as it is stored; None = left empty."""
        return get_value(project, self.path, scenario=at.scenario, stage=at.stage)

    def _with(self, project: Project, at: Place, **values: Any) -> Project:
        return set_section(project, self.section, scenario=at.scenario, stage=at.stage, **values)


class NumberRoad(Road):
    """The road of a number, which may be left empty where the estimator fills it in."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.declared: Input = NUMBERS[path]
        # A claim is one of two numbers: the empty one is the other's, and nothing fills it in.
        self._may_be_empty = self.declared.optional and self.section != "stage"

    def put(self, project: Project, at: Place, value: Any, today: date, catalog: Catalog) -> Project:
        return self._store(project, at, value)

    def refused(self, project: Project, at: Place, value: float, catalog: Catalog) -> str:
        """Why the value, allowed by itself, cannot stand beside the plan's others; empty = it can."""
        return ""

    def within(self, project: Project, at: Place, value: float, catalog: Catalog) -> float:
        """Where a slider that was moved to a value stops: at the nearest one the plan's others allow."""
        return value

    def read(self, project: Project, at: Place, catalog: Catalog, fill: Fill) -> Reading:
        """What the input shows: as stored, or as ``fill`` tells where it is left empty."""
        stored = self.held(project, at)
        return Reading(float(stored)) if stored is not None else Reading(fill(), automatic=True)

    def reset(self, project: Project, at: Place, catalog: Catalog) -> Project:
        """The project with the input at its default, or left to be filled in."""
        usual = self._usual(project, at, catalog)
        return self._store(project, at, usual) if usual is not None or self._may_be_empty else project

    def at_default(self, project: Project, at: Place, catalog: Catalog) -> bool:
        """Whether a reset would change nothing."""
        usual = self._usual(project, at, catalog)
        return (usual is None and not self._may_be_empty) or bool(self.held(project, at) == usual)

    def _usual(self, project: Project, at: Place, catalog: Catalog) -> float | None:
        if self._may_be_empty:
            return None
        value = default_of(_stage(project, at), self.declared, catalog).value
        return None if value is None else float(value)

    def _store(self, project: Project, at: Place, value: float | None) -> Project:
        stored = int(value) if self.declared.integer and value is not None else value
        return self._with(project, at, **{self.name: stored})


class _Counts(NumberRoad):
    """Parameters, total or active: together they must be those of a model that can be."""

    def refused(self, project: Project, at: Place, value: float, catalog: Catalog) -> str:
        return impossible_model(_model(self.put(project, at, value, date.min, catalog), at))


class _Total(_Counts):
    """Parameters: a total of one's own makes the model custom, with the same share of active ones."""

    def put(self, project: Project, at: Place, value: Any, today: date, catalog: Catalog) -> Project:
        custom = with_custom_parameters(_model(project, at), catalog, value)
        return self._with(project, at, **_fields(custom))

    def read(self, project: Project, at: Place, catalog: Catalog, fill: Fill) -> Reading:
        return Reading(_counted(project, at, catalog).total)

    def reset(self, project: Project, at: Place, catalog: Catalog) -> Project:
        usual = starting_number(self.path)
        if self.refused(project, at, usual, catalog):  # so sparse only when larger
            return self._with(project, at, **_fields(ModelChoice(parameters=usual)))
        return self.put(project, at, usual, date.min, catalog)

    def at_default(self, project: Project, at: Place, catalog: Catalog) -> bool:
        model = _model(project, at)
        return model.name is None and model.parameters == self.declared.default


class _Active(_Counts):
    """Active parameters: all of them in a dense model."""

    def refused(self, project: Project, at: Place, value: float, catalog: Catalog) -> str:
        total = _counted(project, at, catalog).total
        if value > total * (1.0 + ROUNDED):
            return tr(
                "Active parameters can be no more than all {quantity}.",
                quantity=format_quantity(total, "number"),
            )
        return super().refused(project, at, value, catalog)

    def within(self, project: Project, at: Place, value: float, catalog: Catalog) -> float:
        total = _counted(project, at, catalog).total
        met = min(value, total)
        return least_possible_active(total) if self.refused(project, at, met, catalog) else met

    def put(self, project: Project, at: Place, value: Any, today: date, catalog: Catalog) -> Project:
        total = _counted(project, at, catalog).total
        custom = ModelChoice(parameters=total, active_parameters=None if value >= total else value)
        return self._with(project, at, **_fields(custom))

    def read(self, project: Project, at: Place, catalog: Catalog, fill: Fill) -> Reading:
        return Reading(_counted(project, at, catalog).active, automatic=self.at_default(project, at, catalog))

    def reset(self, project: Project, at: Place, catalog: Catalog) -> Project:
        dense = ModelChoice(parameters=_counted(project, at, catalog).total)
        return self._with(project, at, **_fields(dense))

    def at_default(self, project: Project, at: Place, catalog: Catalog) -> bool:
        model = _model(project, at)
        return model.name is None and model.shape is None and model.active_parameters is None


class _Count(NumberRoad):
    """A count of accelerators: what is typed now replaces what was typed before."""

    def _with(self, project: Project, at: Place, **values: Any) -> Project:
        return super()._with(project, at, typed=None, **values)


class _Rent(NumberRoad):
    """The price of an accelerator: a typed one is the user's own, as of today; the usual one the market's."""

    def put(self, project: Project, at: Place, value: Any, today: date, catalog: Catalog) -> Project:
        own = Price(value, supplier=BY_HAND, commitment="typed", date=today.isoformat())
        return self._with(project, at, **_fields(own))

    def reset(self, project: Project, at: Place, catalog: Catalog) -> Project:
        card = catalog.default_price(_accelerator(project, at))
        return project if card is None else self._with(project, at, **_fields(price_from(card)))

    def at_default(self, project: Project, at: Place, catalog: Catalog) -> bool:
        card = catalog.default_price(_accelerator(project, at))
        return card is None or self.held(project, at) == card.usd_per_gpu_hour


class _Terms(Road):
    """How accelerators are obtained: a price that somebody asks becomes the one asked on the new terms.

    One that was typed stays, and so does one of which no price on the terms is known; notices say so.
    """

    def put(self, project: Project, at: Place, value: Any, today: date, catalog: Catalog) -> Project:
        changed = super().put(project, at, value, today, catalog)
        scenario = changed.scenarios[at.scenario]
        if not is_of_others(scenario.price.commitment, value):
            return changed
        hourly = catalog.default_price(scenario.hardware.accelerator)
        if hourly is None:
            return changed
        try:
            card = card_on_terms(hourly, scenario.hardware.count, value, catalog)
        except NoSuchTermsError:
            return changed
        return with_price(changed, card, at.scenario)


class _TokenPrice(NumberRoad):
    """A price of an API: a typed one is the user's own, as of today."""

    def put(self, project: Project, at: Place, value: Any, today: date, catalog: Catalog) -> Project:
        own = {"model": "", "supplier": BY_HAND, "source": "", "date": today.isoformat()}
        return self._with(project, at, **{self.name: value}, **own)


class _Claim(NumberRoad):
    """Hours or accelerator-hours as claimed: the one typed replaces the other."""

    def put(self, project: Project, at: Place, value: Any, today: date, catalog: Catalog) -> Project:
        return self._with(project, at, **({"hours": None, "gpu_hours": None} | {self.name: value}))


class _Phase(NumberRoad):
    """A number of one phase of an RL recipe, at ``at.phase``."""

    def held(self, project: Project, at: Place) -> Any:
        return getattr(_phases(project, at)[at.phase], self.name)

    def _with(self, project: Project, at: Place, **values: Any) -> Project:
        phases = list(_phases(project, at))
        phases[at.phase] = msgspec.structs.replace(phases[at.phase], **values)
        return set_value(project, "rl.phases", tuple(phases), scenario=at.scenario, stage=at.stage)


class _ModelName(Road):
    """A model of the catalogue; None = one's own, of the size and experts of the model before."""

    def put(self, project: Project, at: Place, value: Any, today: date, catalog: Catalog) -> Project:
        if value is not None:
            return self._with(project, at, **_fields(ModelChoice(name=value)))
        counted = _counted(project, at, catalog)
        active = None if counted.active >= DENSE * counted.total else counted.active
        return self._with(project, at, **_fields(ModelChoice(None, counted.total, active)))


class _Teacher(Road):
    """A model of the catalogue that a student learns from."""

    def put(self, project: Project, at: Place, value: Any, today: date, catalog: Catalog) -> Project:
        return self._with(project, at, teacher=ModelChoice(name=value))


class _Accelerator(Road):
    """An accelerator with its price: the stage's where its hardware is its own, else the scenario's."""

    def put(self, project: Project, at: Place, value: Any, today: date, catalog: Catalog) -> Project:
        scenario, stage = project.scenarios[at.scenario], _stage(project, at)
        if stage.hardware is None:
            return with_hardware(project, value, scenario.hardware.count, catalog, at.scenario)
        price = price_on(project, value, price_of(scenario, stage), catalog)
        return choose_own_accelerator(project, value, price, at.stage, scenario=at.scenario)


class _ApiModel(Road):
    """Somebody else's model, as an :class:`ApiQuote`: its prices come along."""

    def put(self, project: Project, at: Place, value: Any, today: date, catalog: Catalog) -> Project:
        quote: ApiQuote = value
        prices = {"usd_per_mtok_in": quote.usd_per_mtok_in, "usd_per_mtok_out": quote.usd_per_mtok_out}
        return self._with(project, at, model=quote.model, **prices, **_asked_by(quote))


class _Tuner(Road):
    """A host that fine-tunes, as an :class:`ApiQuote`: its price of training comes along."""

    def put(self, project: Project, at: Place, value: Any, today: date, catalog: Catalog) -> Project:
        quote: ApiQuote = value
        return self._with(project, at, usd_per_mtok_trained=quote.usd_per_mtok_in, **_asked_by(quote))


_SPECIAL_NUMBERS: dict[str, type[NumberRoad]] = {
    "model.parameters": _Total,
    "model.active_parameters": _Active,
    "hardware.count": _Count,
    "price.usd_per_gpu_hour": _Rent,
    "api.usd_per_mtok_in": _TokenPrice,
    "api.usd_per_mtok_out": _TokenPrice,
    "stage.hours": _Claim,
    "stage.gpu_hours": _Claim,
    "phases.steps": _Phase,
    "phases.mean_start": _Phase,
    "phases.mean_end": _Phase,
    "phases.cap": _Phase,
}
_SPECIAL_CHOICES: dict[str, type[Road]] = {
    "model.name": _ModelName,
    "supply.mode": _Terms,
    "distillation.teacher": _Teacher,
    "hardware.accelerator": _Accelerator,
    "api.model": _ApiModel,
    "finetune.supplier": _Tuner,
}

NUMBER_ROADS: dict[str, NumberRoad] = {path: _SPECIAL_NUMBERS.get(path, NumberRoad)(path) for path in NUMBERS}
"""The roads of the numbers, by path."""

ROADS: dict[str, Road] = {
    **NUMBER_ROADS,
    **{path: _SPECIAL_CHOICES.get(path, Road)(path) for path in CHOICES},
}
"""The road of every declared input, by path."""


def put(project: Project, path: str, value: Any, *, at: Place, today: date, catalog: Catalog) -> Project:
    """The project with a value put in at a path: see :meth:`Road.put`."""
    return ROADS[path].put(project, at, value, today, catalog)


def refused(project: Project, path: str, value: float, *, at: Place, catalog: Catalog) -> str:
    """Why a number cannot be put in at a path: see :meth:`NumberRoad.refused`."""
    return NUMBER_ROADS[path].refused(project, at, value, catalog)


def within(project: Project, path: str, value: float, *, at: Place, catalog: Catalog) -> float:
    """Where a slider stops at a path: see :meth:`NumberRoad.within`."""
    return NUMBER_ROADS[path].within(project, at, value, catalog)


def _stage(project: Project, at: Place) -> Stage:
    return project.scenarios[at.scenario].stages[at.stage]


def _model(project: Project, at: Place) -> ModelChoice:
    return model_of(project.scenarios[at.scenario], _stage(project, at))


def _counted(project: Project, at: Place, catalog: Catalog) -> Parameters:
    return parameters_of(_model(project, at), catalog)


def _phases(project: Project, at: Place) -> tuple[RolloutPhase, ...]:
    held: tuple[RolloutPhase, ...] = get_value(project, "rl.phases", scenario=at.scenario, stage=at.stage)
    return held


def _accelerator(project: Project, at: Place) -> str:
    held: str = ROADS["hardware.accelerator"].held(project, at)
    return held


def _fields(value: ModelChoice | Price) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__struct_fields__}


def _asked_by(quote: ApiQuote) -> dict[str, str]:
    """Who asks a price, and where and when it was read."""
    return {"supplier": quote.supplier, "source": quote.source, "date": quote.date}
