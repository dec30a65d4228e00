"""What the plan is held against: an exact field without a slider, since the chart beside it is one."""

from __future__ import annotations

from isocost.language import in_sentence, tr
from isocost.plan.inputs.roads import Reading
from isocost.plan.inputs.table import NUMBERS
from isocost.ui.inputs.field_input import FieldInput
from isocost.ui.inputs.marks import InputMarks
from isocost.ui.look.theme import Theme
from isocost.ui.session.session import Session


class GoalInput(FieldInput):
    """The budget or the deadline; left empty the plan is held against none."""

    edit_width = 132

    def __init__(self, path: str, session: Session, *, marked: bool = True) -> None:
        """``marked``: whether it can be locked and solved for where it stands."""
        super().__init__(NUMBERS[path], session)
        nothing = tr("No {label}", label=in_sentence(self.field.label))
        self.edit.setPlaceholderText(tr("none"))
        self.edit.say_empty(tr("Empty means {nothing}.", nothing=in_sentence(nothing)))
        self.reset_button.setToolTip(nothing)
        self.reset_button.setAccessibleName(nothing)
        self.slider.hide()
        self.beside_label.addWidget(self.reset_button)
        self.marks = InputMarks(self, session) if marked else None

    def apply_theme(self, theme: Theme) -> None:
        super().apply_theme(theme)
        if self.marks is not None:
            self.marks.apply_theme(theme)

    def _show(self, reading: Reading) -> None:
        # Nothing fills in what the plan is held against.
        super()._show(Reading(reading.value))

    def _show_context(self) -> None:
        super()._show_context()
        # What it means is said below the charts, so that the line is for what is being typed.
        self.context.setVisible(bool(self.context.whole))
