"""The phases of a reinforcement-learning run: a small table of steps and response lengths."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QPushButton, QToolButton, QWidget

from isocost.language import tr
from isocost.plan.inputs.defaults import new_stage
from isocost.plan.inputs.input import Input
from isocost.plan.inputs.table import NUMBERS
from isocost.plan.kinds import RlStage, RolloutPhase
from isocost.report.findings.inputs.stages import steps_line
from isocost.ui.inputs.bindings import write
from isocost.ui.look.icons import put_icon
from isocost.ui.look.theme import LIGHT, Theme
from isocost.ui.session.session import Session
from isocost.ui.widgets.fields.edit import QuantityEdit
from isocost.ui.widgets.labels import WrapLabel, plain_label, restyle

COLUMNS = {"steps": tr("Steps"), "mean_start": tr("Mean from"), "mean_end": tr("to"), "cap": tr("Longest")}
LONGEST_LIST = 200
"""Phases a plan may have."""


class PhaseTable(QWidget):
    """A row for each phase; a cell is an exact field. Its object name is the list's path."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._theme: Theme = LIGHT
        self.cells: list[dict[str, QuantityEdit]] = []
        self._removers: list[QToolButton] = []
        self.setObjectName("rl.phases")
        self.setAccessibleName(tr("Phases"))
        self.setAccessibleDescription(
            tr("Parts of the run, one after another, each with its response lengths.")
        )
        self.adder = QPushButton(tr("Add a phase"))
        self.adder.setObjectName("rl.phases.add")
        self.adder.setProperty("role", "disclosure")
        self.adder.setCursor(Qt.CursorShape.PointingHandCursor)
        self.adder.clicked.connect(self._add)
        self.told = WrapLabel()
        self.told.setObjectName("rl.phases.context")
        self.told.setProperty("role", "quiet")
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(4)
        self._grid.setVerticalSpacing(3)
        for column, (name, text) in enumerate(COLUMNS.items()):
            heading = plain_label(text)
            heading.setProperty("role", "quiet")
            heading.setAlignment(Qt.AlignmentFlag.AlignRight)
            heading.setToolTip(_field(name).help)
            self._grid.addWidget(heading, 0, column)
            self._grid.setColumnStretch(column, 1)

    def refresh(self) -> None:
        """Show the project's phases."""
        stage = self._session.current_stage
        if not isinstance(stage, RlStage):
            return
        phases = stage.rl.phases
        while len(self.cells) < len(phases):
            self._add_row(len(self.cells))
        for row, phase in enumerate(phases):
            for name, cell in self.cells[row].items():
                cell.show_value(getattr(phase, name))
        self._place(len(phases))
        self._tell()

    def _add_row(self, row: int) -> None:
        cells = {}
        for column, name in enumerate(COLUMNS):
            field = _field(name)
            cell = QuantityEdit(field)
            cell.setObjectName(f"rl.phases.{row}.{name}")
            cell.setAccessibleName(tr("{label}, phase {row}", label=field.label, row=row + 1))
            cell.setAccessibleDescription(field.help)
            cell.setToolTip(field.help)
            cell.setProperty("role", "cell")
            cell.committed.connect(partial(self._write, row, name))
            cell.said.connect(self._say)
            cells[name] = cell
            self._grid.addWidget(cell, row + 1, column)
        remover = QToolButton()
        remover.setObjectName(f"rl.phases.{row}.remove")
        remover.setAccessibleName(tr("Remove phase {row}", row=row + 1))
        remover.setToolTip(tr("Remove phase {row}", row=row + 1))
        remover.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        put_icon(remover, "close", self._theme.quiet, self._theme.px(12))
        remover.clicked.connect(partial(self._remove, row))
        keep = remover.sizePolicy()
        keep.setRetainSizeWhenHidden(True)
        remover.setSizePolicy(keep)
        self._grid.addWidget(remover, row + 1, len(COLUMNS))
        self.cells.append(cells)
        self._removers.append(remover)

    def _place(self, rows: int) -> None:
        """Rows beyond the phases are hidden; what follows the table is put below it."""
        for row, cells in enumerate(self.cells):
            for cell in cells.values():
                cell.setVisible(row < rows)
            self._removers[row].setVisible(rows > 1 and row < rows)
            policy = self._removers[row].sizePolicy()
            policy.setRetainSizeWhenHidden(row < rows)
            self._removers[row].setSizePolicy(policy)
        below = len(self.cells) + 1
        self._grid.addWidget(self.told, below, 0, 1, len(COLUMNS) - 1)
        self._grid.addWidget(self.adder, below, len(COLUMNS) - 1, 1, 2, Qt.AlignmentFlag.AlignRight)
        self.adder.setEnabled(rows < LONGEST_LIST)

    def _tell(self, message: str = "", *, wrong: bool = False) -> None:
        restyle(self.told, "role", "stop" if wrong else "quiet")
        self.told.say(message or self._summary())

    def _say(self, message: str, wrong: bool) -> None:
        self._tell(message, wrong=wrong)

    def _summary(self) -> str:
        phases = self._phases()
        if phases == new_stage("rl", self._session.catalog).rl.phases:
            return _field("mean_end").default_source
        return steps_line(phases)

    # Changes

    def _phases(self) -> tuple[RolloutPhase, ...]:
        stage = self._session.current_stage
        return stage.rl.phases if isinstance(stage, RlStage) else ()

    def _write(self, row: int, name: str, value: float) -> None:
        if row < len(self._phases()):
            write(
                self._session,
                f"phases.{name}",
                value,
                tr("{label}, phase {row}", label=_field(name).label, row=row + 1),
                phase=row,
            )

    def _add(self) -> None:
        """Go on as the last phase ended."""
        phases = self._phases()
        last = phases[-1]
        following = msgspec.structs.replace(last, mean_start=last.mean_end)
        self._session.set_value("rl.phases", (*phases, following), tr("Add a phase"))

    def _remove(self, row: int) -> None:
        phases = self._phases()
        if len(phases) > 1 and row < len(phases):
            rest = (*phases[:row], *phases[row + 1 :])
            self._session.set_value("rl.phases", rest, tr("Remove phase {row}", row=row + 1))

    def apply_theme(self, theme: Theme) -> None:
        """Redraw the icons."""
        self._theme = theme
        for remover in self._removers:
            put_icon(remover, "close", theme.quiet, theme.px(12))


def _field(name: str) -> Input:
    """The declared input of a column; the heading tells the unit."""
    return replace(NUMBERS[f"phases.{name}"], unit="")
