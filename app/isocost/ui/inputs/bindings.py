"""The declared inputs of the selected stage: how the window reads them, changes them and names the change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from isocost.language import tr
from isocost.plan.answer.automatic import automatic
from isocost.plan.doubt.ranged import STILL
from isocost.plan.inputs import roads
from isocost.plan.inputs.range import range_problem
from isocost.plan.inputs.ranging import (
    Ends,
    made_range,
    middle_of,
    range_at,
    range_path,
    with_range,
    without_range,
)
from isocost.plan.inputs.roads import NUMBER_ROADS, Reading, put
from isocost.plan.inputs.table import NUMBERS
from isocost.plan.kinds.kind import Filled
from isocost.plan.physics.resolve import Parameters, parameters_of
from isocost.plan.project.project import Place, Project, model_of
from isocost.report.findings.inputs.captions import range_caption, range_words, value_words
from isocost.ui.session.session import Session
from isocost.ui.session.step import Step

_RESET_WORDS = {
    "model.active_parameters": tr("Dense model"),
    "price.usd_per_gpu_hour": tr("Usual market price"),
    "goal.budget_usd": tr("No budget"),
    "goal.deadline_days": tr("No deadline"),
}
"""What the undo menu calls a way back that is to no number of its own."""


def place(session: Session) -> Place:
    """Where the selected stage stands."""
    return Place(session.scenario, session.stage)


def read(session: Session, path: str) -> Reading:
    """What a number of the selected stage shows."""

    def fill() -> float | None:
        known = filled(session, path)
        return known.value if known is not None else None

    return NUMBER_ROADS[path].read(session.project, place(session), session.catalog, fill)


def filled(session: Session, path: str) -> Filled | None:
    """What an input comes to when it is left empty; None when nothing fills it in."""
    at, catalog = place(session), session.catalog
    return automatic(session.project, path, at=at, catalog=catalog, answer=session.answer)


def at_default(session: Session, path: str) -> bool:
    """Whether there is nothing to take back."""
    if range_at(session.project, path, place(session)) is not None:
        return False
    return NUMBER_ROADS[path].at_default(session.project, place(session), session.catalog)


def write(
    session: Session, path: str, value: Any, words: str, gesture: object | None = None, *, phase: int = 0
) -> None:
    """Put a value into the selected stage; one step of undo called ``words``."""
    at = Place(session.scenario, session.stage, phase)
    today, catalog = date.today(), session.catalog
    session.apply(
        lambda project: put(project, path, value, at=at, today=today, catalog=catalog), words, gesture
    )


def refused(session: Session, path: str, value: float) -> str:
    """Why a number cannot stand beside the selected stage's others; empty = it can."""
    return roads.refused(session.project, path, value, at=place(session), catalog=session.catalog)


def within(session: Session, path: str, value: float) -> float:
    """Where a slider moved to a value stops: the selected stage's other values may set it an end."""
    return roads.within(session.project, path, value, at=place(session), catalog=session.catalog)


def write_number(session: Session, path: str, value: float, gesture: object | None = None) -> None:
    """Put a number into the selected stage, named after itself."""
    write(session, path, value, value_words(NUMBERS[path], value), gesture)


def write_typed(session: Session, path: str, value: float) -> None:
    """Put a number into the selected stage that is typed in full: it is in doubt no longer."""
    write_together(session, [(place(session), path, value)], value_words(NUMBERS[path], value))


Typed = tuple[Place, str, float | str]
"""Where a value goes, the path of its input, and a number, or what a choice stores."""


def write_together(session: Session, values: Sequence[Typed], named: str) -> None:
    """Put values that are typed in full into the plan, one after another: one step of undo."""
    today, catalog = date.today(), session.catalog

    def change(project: Project) -> Project:
        for at, path, value in values:
            known = without_range(project, path, at=at) if path in NUMBERS else project
            project = put(known, path, value, at=at, today=today, catalog=catalog)
        return project

    session.apply(change, named)


def first_refused(session: Session, values: Sequence[Typed]) -> str:
    """Path of the first number that cannot stand beside the plan's others; empty = all can."""
    project, today, catalog = session.project, date.today(), session.catalog
    for at, path, value in values:
        if path in NUMBERS and roads.refused(project, path, float(value), at=at, catalog=catalog):
            return path
        project = put(project, path, value, at=at, today=today, catalog=catalog)
    return ""


def write_range(session: Session, path: str, ends: Ends) -> None:
    """Give an input of the selected stage a range: one step of undo."""
    at, today, catalog = place(session), date.today(), session.catalog
    value = read(session, path).value
    session.apply(
        lambda project: with_range(project, path, ends, value, at=at, today=today, catalog=catalog),
        range_words(NUMBERS[path], ends[0], ends[2]),
    )


def range_said(session: Session, path: str, ends: Ends) -> tuple[str, bool]:
    """What a range of an input means; or, with True, why it cannot be."""
    declared, at = NUMBERS[path], place(session)
    if declared.section in STILL:
        return tr(
            "{label} moves neither the bill nor the calendar: type one number.", label=declared.label
        ), True
    held = made_range(range_path(session.project, path, at), ends)
    middle = middle_of(ends, read(session, path).value, declared)
    if wrong := range_problem(held, declared) or refused(session, path, middle):
        return wrong, True
    return range_caption(held, middle), False


def range_line(session: Session, path: str) -> str:
    """The range an input of the selected stage has, in words; empty = none."""
    held = range_at(session.project, path, place(session))
    return "" if held is None else range_caption(held)


def take_back(session: Session, gesture: object) -> None:
    """Put back what was before a gesture, which then is no step of undo."""
    stack = session.undo_stack
    step = stack.command(stack.index() - 1) if stack.index() else None
    if isinstance(step, Step) and step.gesture is gesture:
        before = step.before
        session.apply(lambda _: before, step.text(), gesture)


def reset(session: Session, path: str, gesture: object | None = None) -> None:
    """Take a number back to its default, or leave it to be filled in."""
    at = place(session)
    road = NUMBER_ROADS[path]
    known = without_range(session.project, path, at=at)
    after = road.reset(known, at, session.catalog)
    named = _RESET_WORDS.get(path) or value_words(NUMBERS[path], road.held(after, at))
    session.apply(lambda _: after, named, gesture)


def model_parameters(session: Session) -> Parameters:
    """Total and active parameters of the selected stage's model."""
    return parameters_of(model_of(session.current_scenario, session.current_stage), session.catalog)
