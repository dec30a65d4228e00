"""One input of the column: label, exact field, slider, reset, and a line of context."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QHelpEvent, QShowEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QToolButton, QWidget

from isocost.language import in_sentence, tr
from isocost.plan.inputs.input import Input
from isocost.plan.inputs.roads import Reading
from isocost.quantities import MoneyUnit, format_quantity, shown_money
from isocost.report.findings.inputs.captions import caption, remarks_at
from isocost.ui.inputs.bindings import (
    at_default,
    range_line,
    range_said,
    read,
    refused,
    reset,
    within,
    write_number,
    write_range,
    write_typed,
)
from isocost.ui.inputs.range_handle import RangeHandle
from isocost.ui.inputs.selected import selected
from isocost.ui.look.icons import put_icon
from isocost.ui.look.theme import Theme
from isocost.ui.session.session import Session
from isocost.ui.widgets.fields.edit import QuantityEdit
from isocost.ui.widgets.fields.scale import scale_of
from isocost.ui.widgets.fields.slider import LogSlider
from isocost.ui.widgets.labels import WrapLabel, plain_label, plain_tip, restyle

EDIT_WIDTH = 128
CAPTION_LINES = 2


class FieldInput(QWidget):
    """Everything about one declared field; its object name is the field's path."""

    edit_width = EDIT_WIDTH

    def __init__(self, field: Input, session: Session) -> None:
        super().__init__()
        self.field = field
        self._session = session
        self._reading: tuple[Reading, MoneyUnit] | None = None
        self._message = ""
        self._wrong = False
        self.setObjectName(field.path)
        self.setToolTip(plain_tip(_tooltip(field)))
        self.label = plain_label(field.label)
        self.edit = QuantityEdit(field)
        self.slider = LogSlider(scale_of(field))
        # A slider that is dragged says other words at each step, and must not move away under the mouse.
        self.context = WrapLabel(lines=CAPTION_LINES)
        self.reset_button = QToolButton()
        self.ranging = RangeHandle(field, session, self.edit, self.slider, self)
        self._name_parts()
        self._lay_out()
        self._connect()

    def _name_parts(self) -> None:
        field = self.field
        self.label.setBuddy(self.edit)
        self.setAccessibleName(field.label)
        self.setAccessibleDescription(field.help)
        for part, kind in ((self.edit, "edit"), (self.slider, "slider"), (self.reset_button, "reset")):
            part.setObjectName(f"{field.path}.{kind}")
            part.setAccessibleDescription(field.help)
        self.edit.setAccessibleName(field.label)
        self.slider.setAccessibleName(tr("{label}, slider", label=field.label))
        self.reset_button.setAccessibleName(tr("Reset {label}", label=in_sentence(field.label)))
        self.reset_button.setToolTip(_reset_tip(field))
        self.context.setObjectName(f"{field.path}.context")
        self.context.setProperty("role", "quiet")

    def _lay_out(self) -> None:
        self.edit.setFixedWidth(self.edit_width)
        self.reset_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        keep = self.reset_button.sizePolicy()
        keep.setRetainSizeWhenHidden(True)
        self.reset_button.setSizePolicy(keep)
        self.label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        top = QHBoxLayout()
        top.setSpacing(4)
        top.addWidget(self.label)
        self.beside_label = top
        top.addWidget(self.edit)
        middle = QHBoxLayout()
        middle.setSpacing(4)
        middle.addWidget(self.slider)
        middle.addWidget(self.ranging.button)
        middle.addWidget(self.reset_button)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(2)
        grid.addLayout(top, 0, 0)
        grid.addLayout(middle, 1, 0)
        grid.addWidget(self.context, 2, 0)

    def _connect(self) -> None:
        session, path = self._session, self.field.path
        self.slider.moved.connect(self._move)
        self.slider.reset.connect(lambda gesture: reset(session, path, gesture))
        self.edit.refuse(lambda value: refused(session, path, value))
        self.edit.take_currencies(lambda: session.money)
        self.edit.take_ranges(lambda ends: range_said(session, path, ends))
        self.edit.committed.connect(lambda value: write_typed(session, path, value))
        self.edit.ranged.connect(lambda ends: write_range(session, path, ends))
        self.edit.cleared.connect(self.reset)
        self.edit.said.connect(self._say)
        self.reset_button.clicked.connect(self.reset)

    def _move(self, value: float, gesture: object) -> None:
        """Follow the slider as far as the plan can; beyond, the handle stays and the reason is said."""
        session, path = self._session, self.field.path
        reached = within(session, path, value)
        wrong = refused(session, path, reached)
        self._say(wrong, bool(wrong))
        if not wrong:
            write_number(session, path, reached, gesture)

    def reset(self) -> None:
        """Back to the default, or to automatic."""
        reset(self._session, self.field.path)

    def refresh(self) -> None:
        """Show the project's value; called after every change and every estimate."""
        reading = read(self._session, self.field.path)
        if (reading, shown_money()) != self._reading:
            self._reading = reading, shown_money()
            if self.slider.scale.money != (money := scale_of(self.field).money):
                self.slider.set_scale(replace(self.slider.scale, money=money))
            self._show(reading)
        self.ranging.refresh(reading.value)
        self.reset_button.setVisible(not at_default(self._session, self.field.path))
        self._show_context()

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what changed out of sight."""
        super().showEvent(event)
        self.refresh()

    def _show(self, reading: Reading) -> None:
        if not self.edit.isModified():  # what was wrong with another value
            self._message, self._wrong = "", False
        self.edit.show_value(reading.value, automatic=reading.automatic)
        if reading.value is not None:
            self.slider.show_value(reading.value, automatic=reading.automatic)
            shown = format_quantity(reading.value, self.field.quantity)
            text = tr("automatic, {shown}", shown=shown) if reading.automatic else shown
            self.slider.setAccessibleDescription(f"{f'{text} {self.edit.unit}'.strip()}. {self.field.help}")

    def set_noun(self, noun: str) -> None:
        """Count, and say, something else than the field's GPUs."""
        self.edit.set_noun(noun)
        self._reading = None
        self.refresh()

    def set_stops(self, stops: tuple[int, ...]) -> None:
        """Let dragging stop at what one can have only: see ``Scale.stops``."""
        self.slider.set_scale(replace(self.slider.scale, stops=stops))

    def set_low(self, low: float) -> None:
        """Start the slider elsewhere than the declared end."""
        if self.slider.scale.low != low:
            self.slider.set_scale(replace(self.slider.scale, low=low))

    def _say(self, message: str, wrong: bool) -> None:
        self._message = message
        self._wrong = wrong
        self._show_context()

    def _show_context(self) -> None:
        restyle(self.context, "role", "stop" if self._wrong else "quiet")
        told = self._message or range_line(self._session, self.field.path) or self.context_line()
        self.context.say(told, in_full=bool(self._message))

    def event(self, event: QEvent) -> bool:
        """What is remarked of the value is worked out when the mouse asks for it, not at every step."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            over = self.context.geometry().contains(event.pos())
            remarked = remarks_at(self.field.path, selected(self._session)) if over else ""
            cut = self.context.whole if over and self.context.shortened else ""
            self.setToolTip(plain_tip("\n\n".join(filter(None, (cut, remarked))) or _tooltip(self.field)))
        return super().event(event)

    def context_line(self) -> str:
        """What the value means here and where it comes from; empty when there is nothing to add."""
        return caption(self.field.path, selected(self._session))

    def apply_theme(self, theme: Theme) -> None:
        """Redraw the icon and grow with the text."""
        put_icon(self.reset_button, "reset", theme.quiet, theme.px(14))
        self.edit.setFixedWidth(theme.px(self.edit_width))
        self.ranging.apply_theme(theme)

    def focus(self) -> None:
        """Put the cursor into the exact field."""
        self.edit.setFocus(Qt.FocusReason.ShortcutFocusReason)


def _tooltip(field: Input) -> str:
    source = (
        tr("\nDefault: {default_source}.", default_source=field.default_source)
        if field.default_source
        else ""
    )
    return f"{field.help}{source}"


def _reset_tip(field: Input) -> str:
    if field.section == "price":
        return tr("Back to the usual market price")
    return tr("Back to automatic") if field.optional and field.default is None else tr("Back to the default")
