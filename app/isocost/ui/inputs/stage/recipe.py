"""Inputs of the kinds of stage, in groups that show what the selected stage's kind uses."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from isocost.language import tr
from isocost.plan.inputs.input import Input
from isocost.plan.inputs.table import NUMBERS
from isocost.plan.kinds import kind_of, uses
from isocost.plan.kinds.kind import InputGroup
from isocost.report.findings.inputs.captions import stage_caption
from isocost.ui.inputs.field_input import EDIT_WIDTH, FieldInput
from isocost.ui.inputs.pickers import Picker
from isocost.ui.inputs.selected import selected
from isocost.ui.inputs.stage.phases import PhaseTable
from isocost.ui.inputs.stage.pickers import StageChoice, TeacherPicker
from isocost.ui.look.theme import Theme
from isocost.ui.session.session import Session
from isocost.ui.widgets.disclosure import Disclosure
from isocost.ui.widgets.labels import plain_label
from isocost.ui.widgets.sections import labelled

CHOICE_WIDTH = 142
PHASES = "phases."
"""Where paths of the phases of a run start."""


class StageInput(FieldInput):
    """A number of a kind of stage; the line below it says where its default comes from."""

    def __init__(self, field: Input, session: Session) -> None:
        super().__init__(field, session)
        self.setFocusProxy(self.edit)

    def context_line(self) -> str:
        """The default's source, or that the value is the user's."""
        return stage_caption(self.field.path, selected(self._session))


class RecipeGroup(QFrame):
    """One group of the selected stage's inputs; made when a stage first uses it."""

    def __init__(self, plan: InputGroup, session: Session) -> None:
        super().__init__()
        self.plan = plan
        self._session = session
        self.fields: dict[str, StageInput] = {}
        self.choices: dict[str, Picker] = {}
        self.phases: PhaseTable | None = None
        self._rows: dict[str, QWidget] = {}
        heading = plain_label(plan.title.upper())
        heading.setProperty("role", "section")
        top = QHBoxLayout()
        top.addWidget(heading)
        top.addStretch(1)
        self.fold: Disclosure | None = None
        if plan.folded:
            name = plan.folded[0].split(".")[0]
            self.fold = Disclosure(f"{name}.details", tr("{title}: more inputs", title=plan.title))
            self.fold.toggled.connect(self.refresh)
            top.addWidget(self.fold)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 2)
        column.setSpacing(6)
        column.addLayout(top)
        for path in plan.every:
            if path.startswith(PHASES) and self.phases is not None:
                continue  # one table holds all of them
            self._rows[path] = row = self._row(path)
            column.addWidget(row)

    def _row(self, path: str) -> QWidget:
        if path.startswith(PHASES):
            self.phases = PhaseTable(self._session)
            return self.phases
        if path in NUMBERS:
            self.fields[path] = field = StageInput(NUMBERS[path], self._session)
            return field
        choice: Picker
        if path == "distillation.teacher":
            choice = TeacherPicker(self._session)
        else:
            choice = StageChoice(self._session, path)
        self.choices[path] = choice
        row = labelled(choice.accessibleName(), choice)
        row.setToolTip(choice.accessibleDescription())
        return row

    def refresh(self) -> None:
        """Show the selected stage's values."""
        stage = self._session.current_stage
        open_ = self.fold is not None and self.fold.isChecked()
        for path, row in self._rows.items():
            wanted = uses(stage, path) and (open_ or path not in self.plan.folded)
            row.setVisible(wanted)
            if wanted:
                self._refresh(path)
        if self.fold is not None:
            self.fold.setVisible(any(uses(stage, path) for path in self.plan.folded))
            if self.fold.isVisibleTo(self):
                self.fold.say(self.plan.summary(stage))

    def _refresh(self, path: str) -> None:
        if path in self.fields:
            self.fields[path].refresh()
        elif path in self.choices:
            choice = self.choices[path]
            if isinstance(choice, StageChoice | TeacherPicker):
                choice.refresh()
        elif self.phases is not None:
            self.phases.refresh()

    def apply_theme(self, theme: Theme) -> None:
        """Redraw icons and grow with the text."""
        for field in self.fields.values():
            field.apply_theme(theme)
        for path, choice in self.choices.items():
            narrow = path.endswith(".precision")
            choice.setFixedWidth(theme.px(EDIT_WIDTH if narrow else CHOICE_WIDTH))
        if self.phases is not None:
            self.phases.apply_theme(theme)
        if self.fold is not None:
            self.fold.apply_theme(theme)


class Recipe(QWidget):
    """The groups of the selected stage's kind, in its order; each wears the theme by itself.

    Those of other kinds of stage stay, out of sight.
    """

    made = Signal(object)
    """Another :class:`RecipeGroup`."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.groups: dict[InputGroup, RecipeGroup] = {}
        self._shown: tuple[InputGroup, ...] = ()
        self.setObjectName("recipe")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)

    def refresh(self) -> None:
        """Show the inputs of the selected stage that bear on it."""
        stage = self._session.current_stage
        kind = kind_of(stage)
        if kind.groups != self._shown:
            self._arrange(kind.groups)
        for plan in kind.groups:
            wanted = any(kind.uses(stage, path) for path in plan.every)
            self.groups[plan].setVisible(wanted)
            if wanted:
                self.groups[plan].refresh()
        self.setVisible(bool(kind.groups))

    def _arrange(self, plans: tuple[InputGroup, ...]) -> None:
        """Put the groups of a kind in its order; kinds share groups, each in a place of its own."""
        for plan in self._shown:
            self.groups[plan].hide()
        for plan in plans:
            if plan not in self.groups:
                self.groups[plan] = made = RecipeGroup(plan, self._session)
                self.made.emit(made)
            self._column.addWidget(self.groups[plan])  # a widget that is there already is moved to the end
        self._shown = plans

    def reveal(self, path: str) -> QWidget | None:
        """Unfold an input of the selected stage; None when it is not one of these."""
        for group in self.groups.values():
            target = group.fields.get(path) or group.choices.get(path)
            if target is not None and uses(self._session.current_stage, path):
                if group.fold is not None and path in group.plan.folded:
                    group.fold.setChecked(True)
                return target
        return None
