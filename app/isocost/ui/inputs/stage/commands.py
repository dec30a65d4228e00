"""What can be done to the list of stages: one undo step each, with words."""

from __future__ import annotations

from isocost.language import tr
from isocost.plan.answer.predicted import predicted
from isocost.plan.inputs.defaults import new_stage
from isocost.plan.kinds import KINDS
from isocost.plan.project import editing
from isocost.plan.project.project import Project, Stage, replace_stage
from isocost.report.findings.next_step import NextStep
from isocost.ui.session.session import Session


def predict_claimed(session: Session) -> None:
    """Put a stage with physics behind it in the place of the selected one, where that is a claim."""
    made = predicted(session.project, session.stage, session.catalog, session.scenario)
    if made is not None:
        at = {"scenario": session.scenario, "stage": session.stage}
        session.apply(
            lambda project: replace_stage(project, made.stage, **at),
            tr("Predict {name}", name=made.stage.name),
        )


def take_step(session: Session, step: NextStep) -> None:
    """Do what a button says that stands where there is nothing to show."""
    commands = StageCommands(session)
    if step.does == "predict":
        predict_claimed(session)
    elif step.does == "add":
        commands.add(step.kind)
    elif step.does == "switch on":
        commands.switch(step.at, True)
    else:
        session.select_stage(step.at)


class StageCommands:
    """Adds, copies, moves, renames, switches and removes stages of the selected scenario."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The scenario's stages."""
        return self._session.current_scenario.stages

    @property
    def selected(self) -> int:
        """Place of the selected stage."""
        return self._session.stage

    def add(self, kind: str) -> None:
        """Put a new stage of a kind after the selected one, and select it."""
        at, scenario = self.selected + 1, self._session.scenario

        def change(project: Project) -> Project:
            return editing.add_stage(project, new_stage(kind, self._session.catalog), at, scenario=scenario)

        self._session.apply(change, tr("Add {label}", label=KINDS[kind].label))
        self._session.select_stage(at)

    def duplicate(self) -> None:
        """Put a copy of the selected stage after it, and select the copy."""
        at, scenario = self.selected, self._session.scenario
        self._session.apply(
            lambda project: editing.duplicate_stage(project, at, scenario=scenario),
            tr("Duplicate {name}", name=self.stages[at].name),
        )
        self._session.select_stage(at + 1)

    @property
    def may_remove(self) -> bool:
        """Whether another stage is left when one goes."""
        return len(self.stages) > 1

    def remove(self) -> None:
        """Remove the selected stage, unless it is the only one."""
        at, scenario = self.selected, self._session.scenario
        if self.may_remove:
            self._session.apply(
                lambda project: editing.remove_stage(project, at, scenario=scenario),
                tr("Remove {name}", name=self.stages[at].name),
            )

    def move(self, at: int, to: int, gesture: object | None = None) -> None:
        """Put a stage at another place; the selection goes with the selected stage."""
        scenario, to = self._session.scenario, min(max(0, to), len(self.stages) - 1)
        if to != at:
            self._session.apply(
                lambda project: editing.move_stage(project, at, to, scenario=scenario),
                tr("Move {name}", name=self.stages[at].name),
                gesture,
            )

    def switch(self, at: int, on: bool) -> None:
        """Let a stage count, or keep it out of the sums."""
        scenario = self._session.scenario
        self._session.apply(
            lambda project: editing.switch_stage(project, at, on, scenario=scenario),
            tr("Switch {word} {name}", word=tr("on") if on else tr("off"), name=self.stages[at].name),
        )

    def rename(self, at: int, name: str) -> None:
        """Call a stage otherwise; an empty name leaves it as it is."""
        scenario = self._session.scenario
        if name.strip():
            self._session.apply(
                lambda project: editing.rename_stage(project, at, name, scenario=scenario),
                tr("Rename {name}", name=self.stages[at].name),
            )
