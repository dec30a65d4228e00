"""How each declared input reads from and writes to the project."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from isocost.plan.answer.results import StageEstimate
from isocost.plan.inputs.fields import FIELDS, Field
from isocost.plan.inputs.stage_inputs import default_of, kind_of
from isocost.plan.project.choosing import price_from
from isocost.plan.project.project import ModelChoice, PretrainStage, model_of
from isocost.plan.runs.resolve import (
    Parameters,
    batch_tokens,
    parameters_of,
    with_custom_parameters,
)
from isocost.quantities import format_quantity
from isocost.ui.session.session import Session


@dataclass(frozen=True, slots=True)
class Reading:
    """What an input shows."""

    value: float | None
    automatic: bool = False
    """Filled in by the estimator, not by the user."""


@dataclass(frozen=True, slots=True)
class Binding:
    """The road between one input and the project."""

    read: Callable[[Session], Reading]
    write: Callable[[Session, float, object], None]
    reset: Callable[[Session, object], None]
    at_default: Callable[[Session], bool]


def binding(path: str) -> Binding:
    """The road of the input at a path."""
    return _SPECIAL.get(path) or plain_binding(FIELDS[path])


def stage_estimate(session: Session) -> StageEstimate | None:
    """The selected stage's part of the newest estimate."""
    estimate = session.estimate
    if estimate is None or session.stage >= len(estimate.stages):
        return None
    found = estimate.stages[session.stage]
    return found if found.kind == kind_of(session.current_stage) else None


def model_parameters(session: Session) -> Parameters:
    """Total and active parameters of the selected stage's model."""
    return parameters_of(_model(session), session.catalog)


def words(field: Field, value: float | None) -> str:
    """The change in words, for the undo menu."""
    if value is None:
        return f"{field.label} automatic"
    return f"{field.label} {format_quantity(value, field.quantity)}"


Fill = Callable[[Session], float | None]
"""What an empty value comes to; None = not known yet."""


def plain_binding(field: Field, fill: Fill | None = None) -> Binding:
    """One stored value; an empty one is automatic, and shown when ``fill`` or the estimate tells it."""
    known = fill or _AUTOMATIC.get(field.path)
    optional = field.optional and field.section != "stage"

    def default(session: Session) -> float | None:
        return None if optional else default_of(session.current_stage, field, session.catalog).value

    def read(session: Session) -> Reading:
        stored = session.value(field.path)
        if stored is not None:
            return Reading(float(stored))
        return Reading(known(session) if known else None, automatic=True)

    def write(session: Session, value: float, gesture: object) -> None:
        stored = int(value) if field.integer else value
        session.set_value(field.path, stored, words(field, value), gesture)

    def reset(session: Session, gesture: object) -> None:
        usual = default(session)
        if optional:
            session.set_value(field.path, None, words(field, None), gesture)
        elif usual is not None:
            write(session, usual, gesture)

    def at_default(session: Session) -> bool:
        usual = default(session)
        return (usual is None and not optional) or bool(session.value(field.path) == usual)

    return Binding(read, write, reset, at_default)


def _automatic_mfu(session: Session) -> float | None:
    result = stage_estimate(session)
    return result.mfu if result else None


def _automatic_goodput(session: Session) -> float | None:
    result = stage_estimate(session)
    return result.goodput if result else None


def _automatic_batch(session: Session) -> float | None:
    stage = session.current_stage
    return batch_tokens(stage.data, session.catalog) if isinstance(stage, PretrainStage) else None


_AUTOMATIC: dict[str, Fill] = {
    "efficiency.mfu": _automatic_mfu,
    "efficiency.goodput": _automatic_goodput,
    "data.batch_tokens": _automatic_batch,
}


def _model(session: Session) -> ModelChoice:
    return model_of(session.current_scenario, session.current_stage)


def _read_total(session: Session) -> Reading:
    return Reading(model_parameters(session).total)


def _write_total(session: Session, value: float, gesture: object) -> None:
    """A total of one's own makes the model custom, with the same share of active parameters."""
    custom = with_custom_parameters(_model(session), session.catalog, value)
    field = FIELDS["model.parameters"]
    _set_model(session, custom, words(field, value), gesture)


def _read_active(session: Session) -> Reading:
    model = _model(session)
    counted = model_parameters(session)
    dense = model.name is None and model.active_parameters is None
    return Reading(counted.active, automatic=dense)


def _write_active(session: Session, value: float, gesture: object) -> None:
    total = model_parameters(session).total
    active = None if value >= total else value
    field = FIELDS["model.active_parameters"]
    _set_model(session, ModelChoice(parameters=total, active_parameters=active), words(field, value), gesture)


def _reset_active(session: Session, gesture: object) -> None:
    total = model_parameters(session).total
    _set_model(session, ModelChoice(parameters=total), "Dense model", gesture)


def _set_model(session: Session, model: ModelChoice, text: str, gesture: object) -> None:
    session.set_section(
        "model",
        text,
        gesture,
        name=model.name,
        parameters=model.parameters,
        active_parameters=model.active_parameters,
    )


def _write_price(session: Session, value: float, gesture: object) -> None:
    """A typed price is the user's own, as of today."""
    session.set_section(
        "price",
        words(FIELDS["price.usd_per_gpu_hour"], value),
        gesture,
        usd_per_gpu_hour=value,
        supplier="your input",
        commitment="typed",
        includes="",
        source="",
        date=date.today().isoformat(),
    )


def _reset_price(session: Session, gesture: object) -> None:
    card = session.catalog.default_price(session.value("hardware.accelerator"))
    if card is not None:
        price = price_from(card)
        values = {name: getattr(price, name) for name in price.__struct_fields__}
        session.set_section("price", "Usual market price", gesture, **values)


def _price_at_default(session: Session) -> bool:
    card = session.catalog.default_price(session.value("hardware.accelerator"))
    return card is None or session.value("price.usd_per_gpu_hour") == card.usd_per_gpu_hour


def _reset_total(session: Session, gesture: object) -> None:
    _write_total(session, FIELDS["model.parameters"].default or 7e9, gesture)


def _total_at_default(session: Session) -> bool:
    model = _model(session)
    return model.name is None and model.parameters == FIELDS["model.parameters"].default


_SPECIAL = {
    "model.parameters": Binding(_read_total, _write_total, _reset_total, _total_at_default),
    "model.active_parameters": Binding(
        _read_active, _write_active, _reset_active, lambda session: _read_active(session).automatic
    ),
    "price.usd_per_gpu_hour": Binding(
        plain_binding(FIELDS["price.usd_per_gpu_hour"]).read, _write_price, _reset_price, _price_at_default
    ),
}
