"""The range of one input, in its field and on its slider: begun and dropped by button, key or menu."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QSizePolicy, QToolButton, QWidget

from isocost.language import in_sentence
from isocost.plan.doubt.along import histogram
from isocost.plan.doubt.factors import FigureRanges
from isocost.plan.inputs.input import Input
from isocost.plan.inputs.ranging import range_path
from isocost.plan.project.ranges import InputRange
from isocost.report.findings.inputs.captions import DROP_RANGE, MAKE_RANGE, end_words
from isocost.ui.inputs.bindings import place
from isocost.ui.inputs.ranges import begin_range, drop_range, held_range, may_be_ranged, move_ends
from isocost.ui.look.icons import put_icon
from isocost.ui.look.theme import Theme
from isocost.ui.session.session import Session
from isocost.ui.widgets.fields.edit import QuantityEdit
from isocost.ui.widgets.fields.grips import RangeGrips
from isocost.ui.widgets.fields.slider import LogSlider

KEY = "R"
_COMINGS = (QEvent.Type.Enter, QEvent.Type.Leave, QEvent.Type.FocusIn, QEvent.Type.FocusOut)
"""Of the mouse or the keyboard."""


class RangeHandle(QObject):
    """A button beside the slider, two grips on it, a small picture in the field, a line of the menu."""

    def __init__(
        self, field: Input, session: Session, edit: QuantityEdit, slider: LogSlider, around: QWidget
    ) -> None:
        """``around`` is the input they are parts of."""
        super().__init__(around)
        self._field, self._session = field, session
        self._edit, self._slider, self._around = edit, slider, around
        self._held: tuple[InputRange | None, float | None] | None = None
        self._theme: Theme | None = None
        self.button = QToolButton(around)
        self.button.setObjectName(f"{field.path}.range")
        self._possible = may_be_ranged(field.path)
        keep = QSizePolicy()
        keep.setRetainSizeWhenHidden(self._possible)
        self.button.setSizePolicy(keep)
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.hide()
        self.grips = RangeGrips(slider, lambda end, value: end_words(field, end, value))
        for grip in (self.grips.low, self.grips.high):
            grip.setObjectName(f"{field.path}.{grip.end}")
        self.action = QAction(MAKE_RANGE, around)
        if self._possible:
            self._connect()

    def _connect(self) -> None:
        path, session = self._field.path, self._session
        self.action.setShortcut(QKeySequence(KEY))
        self.action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.action.triggered.connect(self.toggle)
        self._around.addAction(self.action)
        self._around.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self._edit.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._edit.customContextMenuRequested.connect(self._open_menu)
        self.button.clicked.connect(self.toggle)
        self.grips.dropped.connect(self.toggle)
        self.grips.moved.connect(lambda low, high, gesture: move_ends(session, path, low, high, gesture))
        session.ranges.ready.connect(self._show_ours)
        session.doubt_shown.connect(self._show_ours)
        for part in (self._around, self._edit, self._slider, self.button):
            part.installEventFilter(self)

    @property
    def ranged(self) -> bool:
        """Whether the input has a range."""
        return self._held is not None and self._held[0] is not None

    def toggle(self) -> None:
        """Make a range of the plan's value, or take the value as known again."""
        if not self._around.isVisibleTo(self._around.window()):  # another kind of stage has no such input
            return
        (drop_range if self.ranged else begin_range)(self._session, self._field.path)

    def refresh(self, value: float | None) -> None:
        """Show the newest project's range, around what the input shows."""
        if not self._possible:
            return
        held, ranged = held_range(self._session, self._field.path), self.ranged
        if (held, value) != self._held:
            new, self._held = self._held is None, (held, value)
            ends = None if held is None else (held.low, held.high)
            self.grips.show_range(ends)
            self._edit.show_range(() if held is None else histogram(held, value))
            if new or ranged != self.ranged:
                self._say()
            self._show_ours()
        self._show_button()

    def _show_ours(self) -> None:
        """Shade the track where a value that the user takes as known is in doubt by what others saw."""
        session = self._session
        if self._held is None or self._held[0] is not None or not self._slider.isVisible():
            return
        found: FigureRanges | None = session.ranges.value if session.doubt else None
        path = range_path(session.project, self._field.path, place(session))
        self._slider.set_band(None if found is None else found.of_input(path, self._held[1]))

    def apply_theme(self, theme: Theme) -> None:
        """Draw the button in the theme's colours."""
        self._theme = theme
        self._draw()

    def _say(self) -> None:
        words = DROP_RANGE if self.ranged else MAKE_RANGE
        self.action.setText(words)
        self.button.setToolTip(f"{words} ({KEY})")
        self.button.setAccessibleName(f"{words}: {in_sentence(self._field.label)}")
        self._draw()

    def _draw(self) -> None:
        if self._theme is not None:
            colour = self._theme.accent if self.ranged else self._theme.quiet
            put_icon(self.button, "range", colour, self._theme.px(14))

    def _show_button(self) -> None:
        """The button shows while the input has a range, the mouse or the keyboard."""
        near = self._around.underMouse() or self._around.isAncestorOf(
            self._around.window().focusWidget() or self._around.window()
        )
        self.button.setVisible(self.ranged or (near and self._held is not None and self._held[1] is not None))

    def _open_menu(self, at: QPoint) -> None:
        menu = self._edit.createStandardContextMenu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addSeparator()
        menu.addActions(self._around.actions())
        menu.popup(self._edit.mapToGlobal(at))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _COMINGS:
            self._show_button()
        return False
