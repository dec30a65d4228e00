"""Which of a plan's scenarios is on screen."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QComboBox

from isocost.language import tr
from isocost.ui.inputs.pickers import Picker
from isocost.ui.session.session import Session


class ScenarioPicker(Picker):
    """The scenarios of the plan by name; hidden while there is only one."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, "scenario", tr("Scenario"), tr("Which of the plan's scenarios is shown."))
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.activated.connect(session.select_scenario)
        session.project_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the plan's scenarios and the one selected."""
        names = [scenario.name for scenario in self._session.project.scenarios]
        if names != [self.itemText(i) for i in range(self.count())]:
            with QSignalBlocker(self):
                self.clear()
                self.addItems(names)
        self.setCurrentIndex(self._session.scenario)
        self.setVisible(len(names) > 1)
