"""Which colour a group of the bill wears, in the waterfall and in the calendar alike."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor

from isocost.plan.results import LedgerGroup
from isocost.ui.theme import Theme

_SLOTS: dict[LedgerGroup, int] = {
    "final run": 0,
    "failures": 1,
    "experiments": 2,
    "data": 3,
    "people": 5,
    "infrastructure": 4,
}
"""Places among the theme's series; contingency is hatched instead."""


def group_colour(theme: Theme, group: LedgerGroup) -> str:
    """A group's colour."""
    slot = _SLOTS.get(group)
    return theme.quiet if slot is None else theme.series[slot].line


def group_brush(theme: Theme, group: LedgerGroup) -> QBrush:
    """A group's fill: a reserve that may never be spent is hatched."""
    if group == "contingency":
        return QBrush(QColor(theme.quiet), Qt.BrushStyle.BDiagPattern)
    return QBrush(QColor(group_colour(theme, group)))
