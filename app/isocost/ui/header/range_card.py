"""What a range is made of: each doubt with the ends that it alone gives the cost."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QWidget

from isocost.language import tr


class RangeCard(QFrame):
    """A small card that stands until something else is clicked."""

    def __init__(self, rows: Sequence[tuple[str, str]], parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("headline.range")
        self.setProperty("role", "popup")
        self.setAccessibleName(tr("What the range is made of"))
        grid = QGridLayout(self)
        grid.setContentsMargins(14, 10, 14, 12)
        grid.setHorizontalSpacing(24)
        heading = QLabel("10 TO 90 % OF OUTCOMES")
        heading.setProperty("role", "section")
        grid.addWidget(heading, 0, 0, 1, 2)
        for place, (name, ends) in enumerate(rows, 1):
            value = QLabel(ends)
            value.setProperty("role", "fact")
            grid.addWidget(QLabel(name), place, 0)
            grid.addWidget(value, place, 1, Qt.AlignmentFlag.AlignRight)

    def stand_below(self, widget: QWidget) -> None:
        """Open under a widget, from its left edge."""
        self.move(widget.mapToGlobal(QPoint(0, widget.height() + 4)))
        self.show()
