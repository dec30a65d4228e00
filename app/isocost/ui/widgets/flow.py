"""Widgets set in lines, like words."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLayout, QLayoutItem, QSizePolicy, QWidget


class FlowLayout(QLayout):
    """A layout from left to right, line after line; its owner gives it the height of :meth:`height_for`."""

    def __init__(self, parent: QWidget | None = None, spacing: int = 6) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(spacing)

    def addItem(self, item: QLayoutItem) -> None:  # noqa: N802 - Qt's name
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:  # noqa: N802
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:  # noqa: N802
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:  # noqa: N802
        # Qt has no name for neither.
        return Qt.Orientation(0)

    def height_for(self, width: int) -> int:
        """Height of all lines at a width."""
        return self._arrange(QRect(0, 0, width, 0), place=False)

    def setGeometry(self, rect: QRect) -> None:  # noqa: N802
        super().setGeometry(rect)
        self._arrange(rect, place=True)

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def minimumSize(self) -> QSize:  # noqa: N802
        # Whatever the items ask for: one that is wider than the line is as wide as that.
        return QSize(0, max((item.minimumSize().height() for item in self._items), default=0))

    def _arrange(self, rect: QRect, *, place: bool) -> int:
        """Height used; moves the items when ``place``, to the middle of their line or as they are aligned."""
        top = rect.y()
        for line in self._lines(rect.width()):
            height = max(item.sizeHint().height() for item in line)
            left = rect.x()
            for item in line:
                size = item.sizeHint().boundedTo(QSize(rect.width(), height))
                if place:
                    at_top = item.alignment() & Qt.AlignmentFlag.AlignTop
                    below = 0 if at_top else (height - size.height()) // 2
                    item.setGeometry(QRect(QPoint(left, top + below), size))
                left += size.width() + self.spacing()
            top += height + self.spacing()
        return max(0, top - self.spacing() - rect.y())

    def _lines(self, width: int) -> list[list[QLayoutItem]]:
        """What stands in each line."""
        lines: list[list[QLayoutItem]] = []
        used = 0
        for item in self._items:
            wide = item.sizeHint().width()
            if lines and used + wide <= width:
                lines[-1].append(item)
            else:
                lines.append([item])
                used = 0
            used += wide + self.spacing()
        return lines


class Flow(QWidget):
    """Widgets in lines, as high as they need at their width."""

    def __init__(self, parent: QWidget | None = None, spacing: int = 6) -> None:
        super().__init__(parent)
        self._flow = FlowLayout(self, spacing=spacing)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def hold(self, parts: Sequence[QWidget]) -> None:
        """Hold these in place of the last ones."""
        while (item := self._flow.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for part in parts:
            part.setParent(self)
            self._flow.addWidget(part)
            part.show()
        self.fit()

    def align(self, part: QWidget, side: Qt.AlignmentFlag) -> None:
        """Where a part stands in a line that is higher than it is: in the middle, or at the top."""
        self._flow.setAlignment(part, side)
        self.fit()

    def fit(self) -> None:
        """Take the height they need."""
        self.setFixedHeight(max(1, self._flow.height_for(self.width())))

    def sizeHint(self) -> QSize:
        return QSize(240, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def event(self, event: QEvent) -> bool:
        handled = super().event(event)
        if event.type() is QEvent.Type.LayoutRequest:  # what it holds says something else
            self.fit()
        return handled
