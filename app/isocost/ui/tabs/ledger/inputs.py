"""What surrounds the run, as inputs in foldable groups."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from isocost.language import tr
from isocost.plan.inputs.table import CHOICES, NUMBERS, matters
from isocost.report.findings.inputs.captions import group_line, programme_caption
from isocost.ui.inputs.field_input import FieldInput
from isocost.ui.inputs.pickers import ChoicePicker
from isocost.ui.inputs.selected import selected
from isocost.ui.look.theme import Theme
from isocost.ui.look.wardrobe import Worn
from isocost.ui.session.session import Session
from isocost.ui.tabs.ledger.pickers import (
    ApiPicker,
    FineTunePicker,
    OperatorPicker,
    RegionPicker,
    StartEdit,
)
from isocost.ui.widgets.disclosure import Disclosure
from isocost.ui.widgets.labels import plain_label, shorten
from isocost.ui.widgets.sections import ScrollBody, labelled, scrolling

EDIT_WIDTH = 148


class ProgrammeInput(FieldInput):
    """One declared input of the ledger; the context line says where its value comes from."""

    edit_width = EDIT_WIDTH

    def context_line(self) -> str:
        """Where the value comes from: the user, or the source of its default; what it means while off."""
        return programme_caption(self.field.path, selected(self._session))


WIDTH = 344
MARGIN = 16


@dataclass(frozen=True, slots=True)
class GroupPlan:
    """A heading and the sections of the scenario below it; some paths are told apart by name."""

    name: str
    label: str
    paths: tuple[str, ...]
    """Sections (``people``) and single inputs (``programme.support``), in order."""


GROUPS = (
    GroupPlan("people", tr("People"), ("people",)),
    GroupPlan("programme", tr("Failures, reserve"), ("programme",)),
    GroupPlan("dataset", tr("Data"), ("dataset",)),
    GroupPlan("storage", tr("Storage"), ("storage",)),
    GroupPlan("schedule", tr("Calendar"), ("schedule.start", "schedule", "schedule.keep_reserved")),
    GroupPlan("supply", tr("How it is obtained"), ("supply.mode", "supply")),
    GroupPlan("ownership", tr("If you own it"), ("ownership",)),
    GroupPlan("site", tr("Site and energy"), ("site.region", "site.operator", "site")),
    GroupPlan("demand", tr("Use: API or own"), ("demand", "api.model", "api", "finetune.supplier", "finetune",
                                            "serving")),
)  # fmt: skip

ChoiceWidget = ChoicePicker | StartEdit

_MADE_BY: dict[str, Callable[[Session], ChoiceWidget]] = {
    "site.region": RegionPicker,
    "site.operator": OperatorPicker,
    "schedule.start": StartEdit,
    "api.model": ApiPicker,
    "finetune.supplier": FineTunePicker,
}
"""Choices with a widget of their own; the others offer the words of the table."""

_SHORT = {"api.model": tr("Compared with"), "finetune.supplier": tr("Tuned by")}
"""Labels that would not fit beside their choice."""


class _Fold(Disclosure):
    """A fold as wide as its row; its summary stands at the right and ends in an ellipsis without room."""

    def __init__(self, name: str, label: str) -> None:
        super().__init__(name, label)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def say(self, summary: str) -> None:
        """What the folded inputs hold."""
        super().say(summary)
        self.setAccessibleDescription(summary)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        alive = self.underMouse() or self.hasFocus()
        colour = self._theme.accent if alive else self._theme.quiet
        size = self.iconSize().width()
        room = self.rect().adjusted(0, 0, -size - 6, 0)
        painter.setPen(QColor(colour))
        shown = shorten(self.text(), self.fontMetrics(), room.width())
        painter.drawText(room, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), shown)
        self.icon().paint(painter, self.width() - size, (self.height() - size) // 2, size, size)
        painter.end()


class Group(QFrame):
    """A heading that says in a few words what is set, and the inputs it unfolds."""

    def __init__(self, plan: GroupPlan, session: Session, theme: Theme) -> None:
        super().__init__()
        self.plan = plan
        self._session = session
        self._theme = theme
        self.fields: dict[str, ProgrammeInput] = {}
        self.choices: dict[str, ChoiceWidget] = {}
        self.fold = _Fold(f"programme.{plan.name}", tr("{label}: inputs of the ledger", label=plan.label))
        self._rows: dict[str, QWidget] = {}
        heading = plain_label(plan.label.upper())
        heading.setProperty("role", "section")
        heading.setBuddy(self.fold)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(heading)
        top.addWidget(self.fold, 1)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 4)
        self._column.setSpacing(6)
        self._column.addLayout(top)
        self.fold.toggled.connect(self.refresh)
        self.apply_theme(theme)

    def _fill(self) -> None:
        """Make the inputs when they are unfolded first: most never are, and each is a dozen widgets."""
        if not self._rows:
            for path in _expanded(self.plan.paths):
                self._add(path)
            self.apply_theme(self._theme)

    def _add(self, path: str) -> None:
        if path in NUMBERS:
            self.fields[path] = field = ProgrammeInput(NUMBERS[path], self._session)
            row: QWidget = field
        else:
            make = _MADE_BY.get(path)
            choice = make(self._session) if make else ChoicePicker(self._session, path)
            self.choices[path] = choice
            row = labelled(_SHORT.get(path, CHOICES[path].label), choice)
        self._rows[path] = row
        row.setVisible(False)
        self._column.addWidget(row)

    def refresh(self) -> None:
        """Show the project; what is folded away is left alone until it is unfolded."""
        scenario = self._session.current_scenario
        self.fold.say(group_line(self.plan.name, scenario, self._session.catalog))
        shown = self.fold.isChecked()
        if shown:
            self._fill()
        for path, row in self._rows.items():
            row.setVisible(shown and matters(path, scenario.supply))
        if not shown:
            return
        for choice in self.choices.values():
            choice.refresh()
        for path, field in self.fields.items():
            if matters(path, scenario.supply):
                field.refresh()

    def apply_theme(self, theme: Theme) -> None:
        """Redraw the arrow and grow with the text."""
        self._theme = theme
        self.fold.apply_theme(theme)
        for each in self.fields.values():
            each.apply_theme(theme)
        for path, choice in self.choices.items():
            narrow = path in ("schedule.start", "schedule.keep_reserved")
            choice.setFixedWidth(theme.px(EDIT_WIDTH if narrow else 178))


class ProgrammeInputs(QFrame):
    """Every input of the ledger; rests while hidden."""

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("programme_inputs")
        self.setAccessibleName(tr("Inputs of the ledger"))
        self._session = session
        self._stale = True
        self.title = plain_label(tr("What surrounds the run"))
        self.title.setProperty("role", "card")
        self.subtitle = plain_label(tr("Costs nothing until you set it."))
        self.subtitle.setProperty("role", "small")
        self.groups = {plan.name: Group(plan, session, theme) for plan in GROUPS}
        # Beneath them, not around: what is put on a frame Qt puts on all that is in it.
        self._ground = QFrame(self)
        self._ground.setProperty("role", "card")
        self._lay_out()
        session.project_changed.connect(self.refresh)
        session.selection_changed.connect(self.refresh)
        session.answered.connect(self.refresh)

    def _lay_out(self) -> None:
        body = ScrollBody()
        column = QVBoxLayout(body)
        column.setContentsMargins(MARGIN, 0, MARGIN - 4, 12)
        column.setSpacing(8)
        for group in self.groups.values():
            column.addWidget(group)
        column.addStretch(1)
        self.area = scrolling(body)
        self.groups["people"].fold.setChecked(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 13, 5, 5)
        layout.setSpacing(2)
        for label in (self.title, self.subtitle):
            label.setContentsMargins(MARGIN, 0, MARGIN, 0)
            layout.addWidget(label)
        layout.addSpacing(10)
        layout.addWidget(self.area, 1)

    @property
    def worn(self) -> tuple[Worn, ...]:
        """Each group by itself, and what stands around them; the page gives the width."""
        around = (self._ground, self.title, self.subtitle, self.area.verticalScrollBar())
        return (
            *((part, None) for part in around),
            *((group, group.apply_theme) for group in self.groups.values()),
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._ground.resize(event.size())

    def refresh(self) -> None:
        """Show the newest project."""
        self._stale = not self.isVisible()
        if not self._stale:
            for group in self.groups.values():
                group.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self.refresh()

    def holds(self, path: str) -> bool:
        """Whether an input is one of these."""
        return any(path in _expanded(plan.paths) for plan in GROUPS)

    def reveal(self, path: str) -> bool:
        """Unfold an input, scroll to it and put the cursor there; False when it is not one of these."""
        for group in self.groups.values():
            if path not in _expanded(group.plan.paths):
                continue
            group.fold.setChecked(True)
            field = group.fields.get(path)
            target = field or group.choices[path]
            self.area.ensureWidgetVisible(target, 0, 40)
            if field is not None:
                field.focus()
            else:
                target.setFocus(Qt.FocusReason.ShortcutFocusReason)
            return True
        return False


def _expanded(paths: Iterable[str]) -> Iterable[str]:
    """Single inputs by name, sections as all their numbers."""
    for path in paths:
        if "." in path:
            yield path
        else:
            yield from (each for each in NUMBERS if each.startswith(f"{path}."))
