"""The column of inputs folded away, so that the page has the whole width."""

from __future__ import annotations

from PySide6.QtCore import QSettings, Qt, Signal
from PySide6.QtWidgets import QApplication, QSizePolicy, QToolButton, QWidget

from isocost.language import tr
from isocost.ui.look.icons import put_icon
from isocost.ui.look.theme import Theme
from isocost.ui.widgets.fields.typing import leave
from isocost.ui.widgets.keys import FOLD_KEY
from isocost.ui.widgets.labels import plain_tip

STORED = "inputs_folded"
WIDTH = 20


class FoldedInputs(QToolButton):
    """The strip that stands in the inputs' place while they are folded away, and brings them back; whether
    they are is remembered."""

    folded = Signal(bool)

    def __init__(self, inputs: QWidget, settings: QSettings, parent: QWidget) -> None:
        super().__init__(parent)
        self._inputs, self._settings = inputs, settings
        self.setObjectName("inputs.unfold")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tr("Show the inputs"))
        self.setToolTip(plain_tip(tr("Show the inputs ({key})", key=FOLD_KEY)))
        self.clicked.connect(lambda: self.fold(False))
        self._show(bool(settings.value(STORED, False, bool)))

    @property
    def are_folded(self) -> bool:
        """Whether the inputs are away."""
        return self._inputs.isHidden()

    def fold(self, folded: bool) -> None:
        """Put the inputs away, what is typed in them taken, or back; the keyboard goes along."""
        if folded == self.are_folded:
            return
        focused = QApplication.focusWidget()
        left = folded and focused is not None and self._inputs.isAncestorOf(focused)
        back = not folded and focused is self
        if left:
            leave(focused)
        self._show(folded)
        self._settings.setValue(STORED, folded)
        if left:
            self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        elif back:
            self._first().setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.folded.emit(folded)

    def _first(self) -> QWidget:
        """An input that the Tab key leads to."""
        inside = self._inputs.findChildren(QWidget)
        tabbed = (
            each for each in inside if each.focusPolicy() & Qt.FocusPolicy.TabFocus and each.isVisible()
        )
        return next(tabbed, self._inputs)

    def _show(self, folded: bool) -> None:
        self.setVisible(folded)
        self._inputs.setVisible(not folded)

    def apply_theme(self, theme: Theme) -> None:
        """Grow with the text."""
        self.setFixedWidth(theme.px(WIDTH))
        put_icon(self, "chevron-right", theme.quiet, theme.px(14))
