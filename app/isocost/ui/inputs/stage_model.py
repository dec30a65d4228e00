"""The stages as rows: names, switches and shares of the cost."""

from __future__ import annotations

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from isocost.catalog.stage_templates import load_stage_templates
from isocost.plan.results import StageEstimate
from isocost.plan.stage_inputs import kind_of
from isocost.quantities import format_money, format_share
from isocost.ui.inputs.stage_commands import StageCommands
from isocost.ui.session import Session

Index = QModelIndex | QPersistentModelIndex
SMALLEST = 0.001
"""Share of the cost that is told as a number."""
SHARE = Qt.ItemDataRole.UserRole
"""Role of the share of the cost, in words."""


class StageModel(QAbstractListModel):
    """The scenario's stages, as rows."""

    def __init__(self, session: Session, commands: StageCommands) -> None:
        super().__init__()
        self._session = session
        self._commands = commands
        self._rows = len(commands.stages)
        self._painted: tuple[tuple[str, bool, str], ...] = ()

    def refresh(self) -> None:
        """Follow the project or the estimate."""
        rows = len(self._commands.stages)
        if rows != self._rows:
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()
        painted = tuple((s.name, s.enabled, self._share(row)) for row, s in enumerate(self._commands.stages))
        if painted != self._painted:
            self._painted = painted
            self.dataChanged.emit(self.index(0), self.index(rows - 1))

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802 - Qt's name
        return 0 if parent is not None and parent.isValid() else self._rows

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag
        return flags.ItemIsEnabled | flags.ItemIsSelectable | flags.ItemIsEditable | flags.ItemIsUserCheckable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        stages, roles = self._commands.stages, Qt.ItemDataRole
        if not 0 <= index.row() < len(stages):
            return None
        stage = stages[index.row()]
        if role in (roles.DisplayRole, roles.EditRole):
            return stage.name
        if role == roles.CheckStateRole:
            return Qt.CheckState.Checked if stage.enabled else Qt.CheckState.Unchecked
        if role == SHARE:
            return self._share(index.row())
        if role in (roles.ToolTipRole, roles.AccessibleDescriptionRole):
            return self._told(index.row())
        if role == roles.AccessibleTextRole:
            return f"{stage.name}, {self._share(index.row())}"
        return None

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:  # noqa: N802
        if role == Qt.ItemDataRole.CheckStateRole:
            self._commands.switch(index.row(), Qt.CheckState(value) is Qt.CheckState.Checked)
            return True
        if role == Qt.ItemDataRole.EditRole:
            self._commands.rename(index.row(), str(value))
            return True
        return False

    def _share(self, row: int) -> str:
        """Part of the stages' cost, of those that count."""
        if not self._commands.stages[row].enabled:
            return "off"
        found, estimate = estimate_of(self._session, row), self._session.estimate
        if found is None or estimate is None:
            return ""
        whole = sum(each.cost_usd for each in estimate.stages if each.enabled)
        share = found.cost_usd / whole if whole > 0.0 else 0.0
        return f"< {format_share(SMALLEST)}" if 0.0 < share < SMALLEST else format_share(share)

    def _told(self, row: int) -> str:
        stage, found = self._commands.stages[row], estimate_of(self._session, row)
        parts = [load_stage_templates()[kind_of(stage)].label]
        if found is not None:
            parts.append(format_money(found.cost_usd))
        parts += ["counted" if stage.enabled else "off: left out of the sums"]
        return " · ".join(parts)


def estimate_of(session: Session, row: int) -> StageEstimate | None:
    """A stage's part of the newest estimate; None while that is of other stages."""
    stages = session.current_scenario.stages
    if session.estimate is None or len(session.estimate.stages) != len(stages):
        return None
    found = session.estimate.stages[row]
    return found if (found.kind, found.enabled) == (kind_of(stages[row]), stages[row].enabled) else None
