"""Inputs of the kinds of stage, in groups that show what the selected stage's kind uses."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from isocost.plan.inputs.input import Input
from isocost.plan.inputs.kinds import uses
from isocost.plan.inputs.table import NUMBERS
from isocost.report.findings.inputs import stage_caption
from isocost.report.findings.stages import folded_line
from isocost.ui.inputs.field_input import EDIT_WIDTH, FieldInput
from isocost.ui.inputs.pickers import Picker
from isocost.ui.inputs.selected import selected
from isocost.ui.inputs.stage.phases import PhaseTable
from isocost.ui.inputs.stage.pickers import StageChoice, TeacherPicker
from isocost.ui.look.theme import LIGHT, Theme
from isocost.ui.session.session import Session
from isocost.ui.widgets.disclosure import Disclosure
from isocost.ui.widgets.sections import labelled

CHOICE_WIDTH = 142


@dataclass(frozen=True, slots=True)
class GroupPlan:
    """A heading, the inputs below it, and those folded away."""

    title: str
    paths: tuple[str, ...]
    folded: tuple[str, ...] = ()


GROUPS = (
    GroupPlan(
        "Pairs", ("preference.objective", "preference.pairs", "preference.answer_tokens"),
        ("preference.prompt_tokens", "preference.batch_pairs", "preference.precision"),
    ),
    GroupPlan(
        "Rollouts",
        ("rl.algorithm", "rl.schedule", "rl.stack", "rl.prompts", "rl.group", "rl.updates_per_round"),
    ),
    GroupPlan(
        "Responses", ("rl.phases",), ("rl.prompt_tokens", "rl.cv", "rl.loop_rate"),
    ),
    GroupPlan("Efficiency", (), ("rl.mfu", "rl.overhead")),
    GroupPlan(
        "Distillation",
        (
            "distillation.method", "distillation.teacher", "distillation.samples",
            "distillation.answer_tokens", "distillation.longest_tokens", "distillation.generate",
            "distillation.keep_rate",
        ),
        ("distillation.prompt_tokens", "distillation.batch", "distillation.precision", "distillation.stack"),
    ),
    GroupPlan(
        "Fine-tuning", ("tuning.method", "tuning.rank", "tuning.epochs"),
        ("tuning.packing", "tuning.optimizer"),
    ),
    GroupPlan(
        "Answers", ("generation.samples", "generation.answer_tokens", "generation.keep_rate"),
        ("generation.prompt_tokens", "generation.precision", "generation.stack"),
    ),
    GroupPlan("Experiments", ("ablations.share",)),
)  # fmt: skip


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

    def __init__(self, plan: GroupPlan, session: Session, theme: Theme) -> None:
        super().__init__()
        self.plan = plan
        self._session = session
        self.fields: dict[str, StageInput] = {}
        self.choices: dict[str, Picker] = {}
        self.phases: PhaseTable | None = None
        self._rows: dict[str, QWidget] = {}
        heading = QLabel(plan.title.upper())
        heading.setProperty("role", "section")
        top = QHBoxLayout()
        top.addWidget(heading)
        top.addStretch(1)
        self.fold: Disclosure | None = None
        if plan.folded:
            name = plan.folded[0].split(".")[0]
            self.fold = Disclosure(f"{name}.details", f"{plan.title}: more inputs")
            self.fold.toggled.connect(self.refresh)
            top.addWidget(self.fold)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 2)
        column.setSpacing(6)
        column.addLayout(top)
        for path in (*plan.paths, *plan.folded):
            self._rows[path] = row = self._row(path)
            column.addWidget(row)
        self.apply_theme(theme)

    def _row(self, path: str) -> QWidget:
        if path == "rl.phases":
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
                self.fold.say(folded_line(self.plan.title, stage))

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
    """All groups the selected stage uses, in order."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._theme: Theme = LIGHT
        self.groups: dict[str, RecipeGroup] = {}
        self.setObjectName("recipe")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        self._places = {plan.title: place for place, plan in enumerate(GROUPS)}

    def refresh(self) -> None:
        """Show the groups of the selected stage's kind."""
        stage = self._session.current_stage
        shown = False
        for plan in GROUPS:
            wanted = any(uses(stage, path) for path in (*plan.paths, *plan.folded))
            if wanted and plan.title not in self.groups:
                self._make(plan)
            if plan.title in self.groups:
                group = self.groups[plan.title]
                group.setVisible(wanted)
                if wanted:
                    group.refresh()
            shown = shown or wanted
        self.setVisible(shown)

    def _make(self, plan: GroupPlan) -> None:
        before = sum(self._places[title] < self._places[plan.title] for title in self.groups)
        group = RecipeGroup(plan, self._session, self._theme)
        self.groups[plan.title] = group
        self._column.insertWidget(before, group)

    def reveal(self, path: str) -> QWidget | None:
        """Unfold an input of the selected stage; None when it is not one of these."""
        for group in self.groups.values():
            target = group.fields.get(path) or group.choices.get(path)
            if target is not None and uses(self._session.current_stage, path):
                if group.fold is not None and path in group.plan.folded:
                    group.fold.setChecked(True)
                return target
        return None

    def apply_theme(self, theme: Theme) -> None:
        """Redraw icons and grow with the text."""
        self._theme = theme
        for group in self.groups.values():
            group.apply_theme(theme)
