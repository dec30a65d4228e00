"""The strip of stages: all of them in a small list; the selected one's inputs are below."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QVBoxLayout, QWidget

from isocost.language import tr
from isocost.plan.kinds import KINDS
from isocost.report.findings.inputs.stages import size_line
from isocost.ui.inputs.selected import selected_result
from isocost.ui.inputs.stage.commands import StageCommands
from isocost.ui.inputs.stage.list import ROW, StageList
from isocost.ui.look.icons import put_icon
from isocost.ui.look.theme import Theme
from isocost.ui.session.session import Session
from isocost.ui.widgets.labels import WrapLabel, plain_label, plain_tip

MOST_ROWS = 7
"""Rows in sight at once; further ones scroll."""


class StageStrip(QWidget):
    """Heading, list and commands of the scenario's stages."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._rows = 1
        self._row = ROW
        self.commands = StageCommands(session)
        self.list = StageList(session, self.commands)
        self.add_button = QToolButton()
        self.more_button = QToolButton()
        self.told = WrapLabel()
        self._given: list[tuple[str, QAction]] = []
        self.setObjectName("stages")
        self.setAccessibleName(tr("Stages"))
        self._name_parts()
        self._build_actions()
        self._lay_out()
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.customContextMenuRequested.connect(self._open_menu)

    def _name_parts(self) -> None:
        buttons = (
            (self.add_button, "add", tr("Add a stage")),
            (self.more_button, "more", tr("More commands for the selected stage")),
        )
        for button, name, words in buttons:
            button.setObjectName(f"stages.{name}")
            button.setAccessibleName(words)
            button.setToolTip(plain_tip(words))
            button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.told.setObjectName("stages.told")
        self.told.setProperty("role", "quiet")

    def _build_actions(self) -> None:
        commands = self.commands
        self.adding = QMenu(tr("Add"), self)
        self.adding.setToolTipsVisible(True)
        for tag, kind in KINDS.items():
            if kind.begins:
                self.adding.addSeparator()
            action = self.adding.addAction(kind.label)
            action.setObjectName(f"stages.add.{tag}")
            action.setToolTip(kind.help)
            action.setProperty("also", f"{tag}, {kind.help}")  # what it is found by
            action.triggered.connect(lambda _=False, chosen=tag: self._add(chosen))
            self._given.append((tr("Add a stage"), action))
        self.menu = QMenu(tr("Stage"), self)
        self.renaming = self._action(tr("Rename"), "F2", self.list.rename)
        self.switching = self._action(tr("Switch off"), "Space", self._switch)
        self.duplicating = self._action(tr("Duplicate"), "Ctrl+D", commands.duplicate)
        self.rising = self._action(tr("Move up"), "Alt+Up", partial(self._move, -1))
        self.sinking = self._action(tr("Move down"), "Alt+Down", partial(self._move, 1))
        self.menu.addSeparator()
        self.removing = self._action(tr("Remove"), "Del", commands.remove)
        self.menu.addSeparator()
        self.menu.addMenu(self.adding)
        self.menu.aboutToShow.connect(self._prepare)
        self.add_button.setMenu(self.adding)
        self.more_button.setMenu(self.menu)

    def _action(self, text: str, key: str, run: Callable[[], None]) -> QAction:
        """A command of the menu; its key works while the list has focus."""
        action = QAction(text, self)
        action.setShortcut(QKeySequence(key))
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.setShortcutVisibleInContextMenu(True)
        action.triggered.connect(lambda _=False: run())
        self.menu.addAction(action)
        self._given.append((tr("Stage"), action))
        if key in ("Ctrl+D", "Del"):  # the list itself knows the other keys
            self.list.addAction(action)
        return action

    def _lay_out(self) -> None:
        heading = plain_label(tr("Stages").upper())
        heading.setProperty("role", "section")
        heading.setBuddy(self.list)
        top = QHBoxLayout()
        top.setSpacing(2)
        top.addWidget(heading)
        top.addStretch(1)
        top.addWidget(self.add_button)
        top.addWidget(self.more_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 4)
        column.setSpacing(2)
        column.addLayout(top)
        column.addWidget(self.list)
        column.addWidget(self.told)

    def refresh(self) -> None:
        """Show the project's stages, the selected one and what it comes to."""
        self.list.refresh()
        rows = len(self.commands.stages)
        if rows != self._rows:
            self._rows = rows
            self.fit()
        self.told.say(self._words())
        self.told.setVisible(rows > 1)

    def _words(self) -> str:
        """The selected stage's kind, size and driver."""
        found = selected_result(self._session)
        return size_line(found) if found is not None else ""

    def fit(self) -> None:
        """Take the height the rows need."""
        self.list.setFixedHeight(min(self._rows, MOST_ROWS) * self._row)

    def apply_theme(self, theme: Theme) -> None:
        """Redraw the icons and grow with the text."""
        put_icon(self.add_button, "plus", theme.quiet, theme.px(14))
        put_icon(self.more_button, "more", theme.quiet, theme.px(14))
        self._row = self.list.delegate.row = theme.px(ROW)
        self.list.doItemsLayout()
        self.fit()

    # Commands

    def _add(self, kind: str) -> None:
        self.commands.add(kind)
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def _switch(self) -> None:
        at = self.commands.selected
        self.commands.switch(at, not self.commands.stages[at].enabled)

    def _move(self, by: int) -> None:
        at = self.commands.selected
        self.commands.move(at, at + by)

    def given(self) -> Sequence[tuple[str, QAction]]:
        """Every command for stages, with what it is for; those that cannot be given now are disabled."""
        self._prepare()
        return self._given

    def _open_menu(self, place: QPoint) -> None:
        self.menu.popup(self.list.viewport().mapToGlobal(place))

    def _prepare(self) -> None:
        """Offer what can be done to the selected stage."""
        at, stages = self.commands.selected, self.commands.stages
        self.switching.setText(tr("Switch off") if stages[at].enabled else tr("Switch on"))
        self.removing.setEnabled(self.commands.may_remove)
        self.rising.setEnabled(at > 0)
        self.sinking.setEnabled(at < len(stages) - 1)
