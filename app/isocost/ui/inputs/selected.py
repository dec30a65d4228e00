"""The selected stage as what is said of inputs needs it."""

from __future__ import annotations

from isocost.plan.answer.results import StageEstimate, result_of
from isocost.report.findings.inputs.captions import Selected
from isocost.ui.inputs.bindings import place
from isocost.ui.session.session import Session


def selected(session: Session) -> Selected:
    """The stage whose inputs are shown."""
    return Selected(session.project, place(session), session.catalog, session.answer)


def selected_result(session: Session) -> StageEstimate | None:
    """What the newest answer says of it; None while that is of other stages, or counts others."""
    return result_of(session.current_scenario.stages, session.estimate, session.stage)


def selected_figure(session: Session, name: str) -> str:
    """Key by which one of its figures is explained; empty where it is switched off and counts nowhere."""
    stages = session.current_scenario.stages
    counted = [at for at, stage in enumerate(stages) if stage.enabled]
    return f"stages.{counted.index(session.stage)}.{name}" if session.stage in counted else ""
