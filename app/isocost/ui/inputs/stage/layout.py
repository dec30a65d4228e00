"""The parts of the parallel layout, each chosen by the search or fixed by the user."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QPushButton, QWidget

from isocost.language import in_sentence, tr
from isocost.plan.inputs.table import CHOICES
from isocost.plan.notice import RELEASE
from isocost.plan.physics.layouts import PIN_WORDS
from isocost.plan.project.project import layout_of, released
from isocost.plan.values import Layout
from isocost.ui.inputs.pickers import AUTO, OptionalPicker
from isocost.ui.look.theme import LIGHT, Theme
from isocost.ui.session.session import Session
from isocost.ui.widgets.labels import WrapLabel, plain_label

_SHORT = {"tp": "TP", "pp": "PP", "vp": "VP", "cp": "CP", "ep": "EP", "microbatch": "MBS"}
"""Labels of those that stand two in a row."""
_LONG = ("recompute", "sharding", "schedule")
"""Those that take a row each."""


def shown(name: str, value: int | str | None) -> str:
    """A part's value in the field's words."""
    if value is None:
        return AUTO
    return CHOICES[f"layout.{name}"].options.get(value, str(value))


class PinPicker(OptionalPicker):
    """One part of the layout: automatic, or a value."""

    def __init__(self, session: Session, name: str) -> None:
        super().__init__(session, f"layout.{name}")
        self._name = name
        told = f"{self.choice.label}: {in_sentence(self.choice.help)}"
        self.setAccessibleDescription(told)
        self.setToolTip(told)
        self.setMinimumContentsLength(4)

    def refresh(self) -> None:
        """Show the project's value, adding it when it is an unusual one."""
        value = self._session.value(self.choice.path)
        if value is not None and self.findData(value) < 0:
            self.addItem(shown(self._name, value), value)
        self.setCurrentIndex(self.findData(value) if value is not None else 0)

    def _choose(self, index: int) -> None:
        self._write(index, f"{PIN_WORDS[self._name]} {shown(self._name, self.itemData(index))}")


class LayoutPins(QWidget):
    """All parts of the layout, what the software stack means, and the way back to the search."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.setObjectName("layout")
        self.pickers: dict[str, PinPicker] = {}
        self._theme: Theme = LIGHT
        self.meaning = WrapLabel(self)
        self.meaning.setProperty("role", "quiet")
        self.release = QPushButton(RELEASE)
        self.release.setObjectName("layout.release")
        self.release.setProperty("role", "chip")
        self.release.clicked.connect(lambda: release(session))

    def _fill(self) -> None:
        """Make the choices when they are unfolded first: each has a list of its own, and few pin any."""
        if self.pickers:
            return
        self.pickers = {name: PinPicker(self._session, name) for name in Layout.__struct_fields__}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        for at, name in enumerate(_SHORT):
            self._add(grid, name, _SHORT[name], at // 2, 2 * (at % 2), 1)
        for at, name in enumerate(_LONG):
            self._add(grid, name, CHOICES[f"layout.{name}"].label, 3 + at, 0, 2)
        last = 3 + len(_LONG)
        grid.addWidget(self.release, last, 0, 1, 4, Qt.AlignmentFlag.AlignLeft)
        grid.addWidget(self.meaning, last + 1, 0, 1, 4)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        for part in self.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
            part.show()  # else Qt shows them a round later, when the column is laid out already
        self.apply_theme(self._theme)

    def _add(self, grid: QGridLayout, name: str, text: str, row: int, column: int, span: int) -> None:
        label = plain_label(text)
        label.setBuddy(self.pickers[name])
        label.setToolTip(self.pickers[name].toolTip())
        grid.addWidget(label, row, column, 1, span)
        grid.addWidget(self.pickers[name], row, column + span, 1, 1 if span == 1 else 2)

    def refresh(self) -> None:
        """Show the project's pins; called while they are unfolded."""
        self._fill()
        for picker in self.pickers.values():
            picker.refresh()
        self.release.setEnabled(pins_of(self._session) != Layout())
        self.meaning.say(CHOICES["efficiency.stack"].meanings[self._session.value("efficiency.stack")])

    def apply_theme(self, theme: Theme) -> None:
        """Grow with the text."""
        self._theme = theme
        for picker in self.pickers.values():
            picker.setMinimumWidth(theme.px(72))


def pins_of(session: Session) -> Layout:
    """What is fixed in the selected stage's layout."""
    return layout_of(session.current_scenario, session.current_stage)


def release(session: Session) -> None:
    """Let the search choose every part again; one step."""
    at = {"scenario": session.scenario, "stage": session.stage}
    session.apply(lambda project: released(project, **at), tr("{release} the layout", release=RELEASE))
