"""Ranges of inputs as gestures make them: begun, dragged by an end, dropped; each a step to undo."""

from __future__ import annotations

from isocost.plan.doubt.along import usual_ends
from isocost.plan.doubt.ranged import STILL
from isocost.plan.inputs.range import range_problem
from isocost.plan.inputs.ranging import range_at, range_path, with_ends, without_range
from isocost.plan.inputs.table import NUMBERS
from isocost.plan.project.project import Place
from isocost.plan.project.ranges import InputRange
from isocost.report.findings.inputs.captions import no_range_words, range_words
from isocost.ui.inputs.bindings import place, read
from isocost.ui.session.session import Session


def may_be_ranged(path: str) -> bool:
    """Whether a range of an input is sampled."""
    return NUMBERS[path].section not in STILL


def held_range(session: Session, path: str, at: Place | None = None) -> InputRange | None:
    """The range of an input of the selected stage, or of another."""
    return range_at(session.project, path, at or place(session))


def begin_range(session: Session, path: str) -> None:
    """Give an input of the selected stage the range that is known of it, or a start to drag."""
    value, answer = read(session, path).value, session.answer
    if value is None or answer is None:
        return
    at = place(session)
    found = usual_ends(answer.reckoning, range_path(session.project, path, at), NUMBERS[path], value)
    move_ends(session, path, found.low, found.high)


def move_ends(
    session: Session,
    path: str,
    low: float,
    high: float,
    gesture: object | None = None,
    *,
    at: Place | None = None,
) -> bool:
    """Put the ends of an input's range elsewhere, the plan's value untouched; False where they cannot be."""
    where = at or place(session)
    after = with_ends(session.project, path, low, high, at=where)
    made = range_at(after, path, where)
    if made is None or range_problem(made, NUMBERS[path]):
        return False
    session.apply(
        lambda project: with_ends(project, path, low, high, at=where),
        range_words(NUMBERS[path], low, high),
        gesture,
    )
    return True


def drop_range(session: Session, path: str, *, at: Place | None = None) -> None:
    """Take an input as known."""
    where = at or place(session)
    session.apply(
        lambda project: without_range(project, path, at=where),
        no_range_words(NUMBERS[path]),
    )
