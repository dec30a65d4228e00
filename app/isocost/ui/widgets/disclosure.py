"""A quiet line that unfolds inputs few people change."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget

from isocost.ui.look.icons import put_icon
from isocost.ui.look.theme import LIGHT, Theme


class Disclosure(QPushButton):
    """A button that shows and hides widgets; its text says what they hold while they are folded away."""

    def __init__(self, name: str, label: str) -> None:
        super().__init__()
        self._parts: list[QWidget] = []
        self._theme: Theme = LIGHT
        self.setObjectName(name)
        self.setAccessibleName(label)
        self.setToolTip(label)
        self.setCheckable(True)
        self.setProperty("role", "disclosure")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        # Qt puts an icon before the text; the arrow belongs after it.
        self.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self.toggled.connect(self._unfold)

    def add(self, part: QWidget) -> None:
        """Fold a widget away until asked for."""
        self._parts.append(part)
        part.setVisible(self.isChecked())

    def say(self, summary: str) -> None:
        """What the folded inputs hold."""
        if summary != self.text():
            self.setText(summary)

    def apply_theme(self, theme: Theme) -> None:
        """Redraw the arrow."""
        self._theme = theme
        self._unfold(self.isChecked())

    def _unfold(self, open_: bool) -> None:
        put_icon(self, "chevron-up" if open_ else "chevron-down", self._theme.quiet, self._theme.px(12))
        for part in self._parts:
            part.setVisible(open_)
