"""The strip of stages: one chip each, the selected one's inputs are below."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QPushButton, QSizePolicy, QWidget

from isocost.ui.flow import FlowLayout
from isocost.ui.session import Session


class StageStrip(QWidget):
    """Chips of the scenario's stages; hidden while there is only one."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._names: tuple[str, ...] = ()
        self._group = QButtonGroup(self)
        self._group.idClicked.connect(session.select_stage)
        self._flow = FlowLayout(self)
        self.setObjectName("stages")
        self.setAccessibleName("Stages")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def refresh(self) -> None:
        """Show the project's stages and the selected one."""
        names = tuple(stage.name for stage in self._session.current_scenario.stages)
        if names != self._names:
            self._names = names
            self._rebuild()
        self.setVisible(len(names) > 1)
        chosen = self._group.button(self._session.stage)
        if chosen is not None:
            chosen.setChecked(True)

    def _rebuild(self) -> None:
        for button in self._group.buttons():
            self._group.removeButton(button)
            self._flow.removeWidget(button)
            button.deleteLater()
        for index, name in enumerate(self._names):
            chip = QPushButton(name)
            chip.setCheckable(True)
            chip.setProperty("role", "chip")
            chip.setObjectName(f"stages.{index}")
            chip.setAccessibleName(f"Stage {name}")
            self._group.addButton(chip, index)
            self._flow.addWidget(chip)
        self.fit()

    def fit(self) -> None:
        """Take the height the chips need at this width."""
        self.setFixedHeight(max(1, self._flow.height_for(self.width())))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()
