"""Scenarios as columns of a table: rows for the names and what they are, then figures and inputs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QObject, Qt

from isocost.language import tr
from isocost.report.decisions.doubting.beside import Columns, Row
from isocost.ui.widgets.labels import plain_tip
from isocost.ui.widgets.rows import Index, rows_replaced

NAME, STATUS = 0, 1
FIRST = 2
"""Rows of the names and of what they are, and the first one of the figures."""


class ColumnsModel(QAbstractTableModel):
    """Holds what is shown; a name is edited in place."""

    def __init__(self, rename: Callable[[int, str], bool], parent: QObject | None = None) -> None:
        """``rename`` calls a scenario otherwise, and says whether it could."""
        super().__init__(parent)
        self._rename = rename
        self.view: Columns | None = None
        self.selected = 0

    def show(self, view: Columns, selected: int) -> None:
        """Show other columns; ``selected`` is the one on screen in the other tabs."""
        before = self.view
        if before is None or len(before.names) != len(view.names):
            self.beginResetModel()
            self.view, self.selected = view, selected
            self.endResetModel()
            return
        if len(before.rows) == len(view.rows):
            self._replace(before, view, selected)
            return
        rows = [FIRST + len(each.rows) for each in (before, view)]
        with rows_replaced(self, rows[0], rows[1], len(view.names)):
            self.view, self.selected = view, selected

    def _replace(self, before: Columns, view: Columns, selected: int) -> None:
        """Tell only of the cells that changed: painting takes time, and a drag changes one column."""
        heads = (before.names, self.selected) != (view.names, selected)
        self.view, self.selected = view, selected
        for column in range(len(view.names)):
            if heads:
                self.dataChanged.emit(self.index(NAME, column), self.index(STATUS, column))
            for at, (old, new) in enumerate(zip(before.rows, view.rows, strict=True), start=FIRST):
                if old.at(column) != new.at(column) or (new.strips and before.scale != view.scale):
                    self.dataChanged.emit(self.index(at, column), self.index(at, column))
        if [each.label for each in before.rows] != [each.label for each in view.rows]:
            self.headerDataChanged.emit(Qt.Orientation.Vertical, FIRST, self.rowCount() - 1)

    def row(self, at: int) -> Row | None:
        """The figure or input of a row; None of the first two."""
        return self.view.rows[at - FIRST] if self.view is not None and at >= FIRST else None

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802 - Qt's name
        inside = parent is not None and parent.isValid()
        return 0 if inside or self.view is None else FIRST + len(self.view.rows)

    def columnCount(self, parent: Index | None = None) -> int:  # noqa: N802 - Qt's name
        inside = parent is not None and parent.isValid()
        return 0 if inside or self.view is None else len(self.view.names)

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag
        held = flags.ItemIsEnabled | flags.ItemIsSelectable
        return held | flags.ItemIsEditable if index.row() == NAME else held

    def status(self, column: int) -> str:
        """What a scenario is to the others and to the other tabs."""
        said = [tr("pinned: the others against it")] if not column else []
        said += [tr("on screen now")] if column == self.selected else []
        return ", ".join(said) if len(said) < 2 else tr("pinned, on screen now")

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        view, roles = self.view, Qt.ItemDataRole
        if view is None or not index.isValid():
            return None
        at, column = index.row(), index.column()
        row = self.row(at)
        if role in (roles.DisplayRole, roles.EditRole):
            if row is None:
                return view.names[column] if at == NAME else self.status(column)
            return row.cells[column].words if row.cells else ""
        if role == roles.AccessibleTextRole:
            if row is None:
                named = f"{view.letters[column]}, {view.names[column]}"
                said = self.status(column)
                return f"{named}: {said}" if said else named
            return view.words(at - FIRST, column)
        if role == roles.ToolTipRole:
            return plain_tip(self._tip(at, column))
        return None

    def _tip(self, at: int, column: int) -> str:
        assert self.view is not None
        row = self.row(at)
        if row is None:
            return self.view.names[column] if at == NAME else ""
        if row.cells and row.cells[column].tip:
            return row.cells[column].tip
        return "" if row.kind == "heading" else self.view.words(at - FIRST, column)

    def headerData(  # noqa: N802 - Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = int(Qt.ItemDataRole.DisplayRole)
    ) -> Any:
        if self.view is None or role not in (
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.AccessibleTextRole,
        ):
            return None
        if orientation is Qt.Orientation.Horizontal:
            return self.view.names[section] if section < len(self.view.names) else None
        row = self.row(section)
        return row.label if row is not None else ""

    def setData(  # noqa: N802 - Qt's name
        self, index: Index, value: Any, role: int = int(Qt.ItemDataRole.EditRole)
    ) -> bool:
        if role != Qt.ItemDataRole.EditRole or index.row() != NAME:
            return False
        return self._rename(index.column(), str(value))
