"""The card with the scenarios in columns, and what stands in its place while there is only one."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout, QWidget

from isocost.language import tr
from isocost.report.decisions.doubting.beside import ALONE, Columns
from isocost.report.table import Table
from isocost.ui.look.theme import Theme
from isocost.ui.tabs.compare.columns import ScenarioTable
from isocost.ui.tabs.compare.commands import ScenarioCommands
from isocost.ui.widgets.cards.card import ChartCard
from isocost.ui.widgets.labels import WrapLabel, plain_label
from isocost.ui.widgets.sections import beside

WIDE = 500
"""Pixels from which on the buttons stand beside the title, not below it."""


def add_button(name: str) -> QPushButton:
    """A button that brings in another file's plan."""
    button = QPushButton(tr("Add from a file…"))
    button.setObjectName(name)
    button.setToolTip(tr("Put a plan of another file beside this one (Ctrl+Shift+O)"))
    return button


class ColumnsCard(ChartCard):
    """The scenarios side by side."""

    def __init__(self, theme: Theme, commands: ScenarioCommands, parent: QWidget | None = None) -> None:
        super().__init__("columns", parent)
        self._shown: Columns | None = None
        self.told = WrapLabel(self)
        self.told.setProperty("role", "stop")
        self.told.hide()
        self.copy = QPushButton(tr("Duplicate"), self)
        self.copy.setObjectName("compare.duplicate")
        self.copy.setToolTip(tr("Put a copy of the plan on screen beside it"))
        self.copy.clicked.connect(lambda: commands.duplicate(commands.selected))
        self.add = add_button("compare.add")
        self.table_view = ScenarioTable(theme, commands, self._refuse, self)
        for button in (self.copy, self.add):
            button.setProperty("role", "chip")
        self._buttons = beside(self.copy, self.add)
        self._wide: bool | None = None
        self.body.addWidget(self.told)
        self.body.addWidget(self.table_view)
        self.body.addStretch(1)
        self.apply_theme(theme)

    def show_columns(self, view: Columns, selected: int) -> None:
        """Show the scenarios in place of those before."""
        if self._shown is not None and view.names != self._shown.names:
            self._refuse("")
        self._shown = view
        self.say(*view.said)
        self.table_view.show_columns(view, selected)

    def _refuse(self, why: str) -> None:
        """Say why a name was not taken, until one is."""
        self.told.say(why)
        self.told.setVisible(bool(why))

    def table(self) -> Table:
        return self._shown.table() if self._shown is not None else Table((), ())

    def apply_theme(self, theme: Theme) -> None:
        """Take the theme's type and colours."""
        super().apply_theme(theme)
        self.table_view.apply_theme(theme)
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """Leave the title its room."""
        wide = self.width() >= self.theme.px(WIDE)
        if wide == self._wide:
            return
        self._wide = wide
        if wide:
            self.heading.insertWidget(1, self._buttons, 0, Qt.AlignmentFlag.AlignTop)
        else:
            self.body.insertWidget(0, self._buttons, 0, Qt.AlignmentFlag.AlignLeft)


class Alone(QFrame):
    """What is said of a plan with one scenario, and the ways to a second one."""

    def __init__(self, duplicate: Callable[[], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("compare.alone")
        self.setProperty("role", "card")
        self.title = plain_label(ALONE.finding, self)
        self.title.setProperty("role", "figure")
        self.title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.reason = WrapLabel(self)
        self.reason.setProperty("role", "small")
        self.reason.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.reason.say(ALONE.subtitle)
        self.setAccessibleName(ALONE.summary)
        self.copy = QPushButton(tr("Duplicate this plan to compare"), self)
        self.copy.setObjectName("compare.alone.duplicate")
        self.copy.clicked.connect(lambda: duplicate())
        self.add = add_button("compare.alone.add")
        column = QVBoxLayout(self)
        column.setContentsMargins(40, 36, 40, 36)
        column.setSpacing(10)
        column.addWidget(self.title)
        column.addWidget(self.reason)
        column.addSpacing(6)
        for button in (self.copy, self.add):
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
