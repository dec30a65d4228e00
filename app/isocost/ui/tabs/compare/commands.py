"""What can be done to a plan's scenarios: one undo step each, with words."""

from __future__ import annotations

from isocost.language import tr
from isocost.plan.project import editing
from isocost.plan.project.project import Scenario
from isocost.ui.session.session import Session


class ScenarioCommands:
    """Copies, moves, renames, opens and removes scenarios, and pins one as the base of the others."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @property
    def scenarios(self) -> tuple[Scenario, ...]:
        """The plan's scenarios; the first is what the others are compared with."""
        return self._session.project.scenarios

    @property
    def selected(self) -> int:
        """Place of the one on screen."""
        return self._session.scenario

    def open(self, at: int) -> None:
        """Show a scenario in the other tabs and the inputs."""
        self._session.select_scenario(at)

    def pin(self, at: int) -> None:
        """Compare all others with this one, which becomes the first."""
        if at:
            name = self.scenarios[at].name
            self._session.apply(
                lambda project: editing.move_scenario(project, at, 0), tr("Pin {name}", name=name)
            )

    def duplicate(self, at: int) -> None:
        """Put a copy of a scenario after it, and show the copy."""
        self._session.duplicate_scenario(at)

    @property
    def may_remove(self) -> bool:
        """Whether another scenario is left when one goes."""
        return len(self.scenarios) > 1

    def remove(self, at: int) -> None:
        """Remove a scenario, unless it is the only one."""
        if self.may_remove:
            name = self.scenarios[at].name
            self._session.apply(
                lambda project: editing.remove_scenario(project, at), tr("Remove {name}", name=name)
            )

    def move(self, at: int, to: int, gesture: object | None = None) -> int:
        """Put a scenario at another place; where it then stands."""
        to = min(max(0, to), len(self.scenarios) - 1)
        if to != at:
            name = self.scenarios[at].name
            self._session.apply(
                lambda project: editing.move_scenario(project, at, to), tr("Move {name}", name=name), gesture
            )
        return to

    def rename(self, at: int, name: str) -> str:
        """Call a scenario otherwise; why not, where it cannot be called that."""
        before = self.scenarios[at].name
        try:
            self._session.apply(
                lambda project: editing.rename_scenario(project, at, name),
                tr("Rename {before}", before=before),
            )
        except ValueError as refused:
            return str(refused)
        return ""
