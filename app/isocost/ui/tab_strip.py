"""The strip of tabs, with the switch of ranges and the scenarios' drop-down where they leave room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QGridLayout, QTabBar, QWidget

from isocost.language import tr
from isocost.ui.look.stylesheet import ARROW_ROOM

if TYPE_CHECKING:  # loaded after the window's first paint
    from isocost.ui.header.ranges_switch import RangesSwitch

MARGIN_LEFT, MARGIN_RIGHT, BETWEEN = 18, 16, 16
SPARED = 14
"""Pixels less that each tab keeps from the next where there is no room, as in the style sheet."""
BOLD = 8
"""Pixels that the selected tab may be wider than it tells: a pixel too few, and Qt lets the tabs scroll."""
LEAST_LETTERS = 10
"""Of a scenario's name that stand beside the tabs at least."""


class TabStrip(QWidget):
    """All tabs in sight at any size of text, as far as the window is wide enough for them alone."""

    def __init__(self, titles: Sequence[str]) -> None:
        super().__init__()
        self.tabs = QTabBar()
        self.tabs.setObjectName("tabs")
        self.tabs.setAccessibleName(tr("Pages"))
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setProperty("tight", False)
        for title in titles:
            self.tabs.addTab(title)
        self._chooser: QComboBox | None = None
        self._ranges: RangesSwitch | None = None
        self._now: tuple[bool, bool, int] | None = None
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(MARGIN_LEFT, 0, MARGIN_RIGHT, 0)
        self._grid.setHorizontalSpacing(BETWEEN // 2)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(0, 1)
        self._grid.addWidget(self.tabs, 0, 0)

    def add_beside(self, ranges: RangesSwitch, chooser: QComboBox) -> None:
        """Put a switch and a drop-down beside the tabs, which the Tab key reaches after them."""
        self.tabs.setParent(None)  # put back last, the Tab key reaches them after the inputs
        self._grid.addWidget(self.tabs, 0, 0)
        self._chooser, self._ranges = chooser, ranges
        self._grid.addWidget(ranges, 0, 1)
        self._grid.addWidget(chooser, 0, 2)
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def event(self, event: QEvent) -> bool:
        # The drop-down comes and goes with a second scenario, and larger text widens both.
        if event.type() is QEvent.Type.LayoutRequest:
            self._arrange()
        return super().event(event)

    def _arrange(self) -> None:
        """All in one line; without room the tabs stand closer, and then the others below them.

        The drop-down is cut first, then the switch leaves out its word. Where there are no scenarios to
        choose from it goes without room: menu and key remain.
        """
        room = self.width() - MARGIN_LEFT - MARGIN_RIGHT
        apart = SPARED * self.tabs.count()
        close = self.tabs.sizeHint().width() + BOLD - (0 if self.tabs.property("tight") else apart)
        chooser, ranges = self._chooser, self._ranges
        wanted = least = 0
        if chooser is not None and not chooser.isHidden():
            wanted = chooser.sizeHint().width()
            least = min(wanted, LEAST_LETTERS * chooser.fontMetrics().averageCharWidth() + ARROW_ROOM)
        switch = ranges.wide(words=False) + BETWEEN if ranges is not None else 0
        needed = switch + (least + BETWEEN if wanted else 0)
        below = bool(wanted) and close + needed > room
        tight = close + apart + (0 if below else needed) > room
        left = room if below else room - BETWEEN - close - (0 if tight else apart)
        # A name is cut, and told whole on Compare and by the tip, before the switch loses its word.
        named = ranges.wide(words=True) + BETWEEN if ranges is not None else 0
        width = min(wanted, max(0, left - switch), max(least, left - named))
        self._take(below, tight, width)
        if ranges is not None:
            ranges.fit(left - (width + BETWEEN if wanted else 0))

    def _take(self, below: bool, tight: bool, width: int) -> None:
        if (below, tight, width) == self._now:
            return
        self._now = (below, tight, width)
        if tight != self.tabs.property("tight"):
            self.tabs.setProperty("tight", tight)
            self.tabs.style().polish(self.tabs)
            # Told nothing, the strip keeps the widths it gave its tabs, and paints them with the new margins.
            QCoreApplication.sendEvent(self.tabs, QEvent(QEvent.Type.StyleChange))
        self._grid.addWidget(self.tabs, 0, 0, 1, 3 if below else 1)
        if self._ranges is not None:
            self._grid.addWidget(self._ranges, int(below), 1)
        if self._chooser is not None and width > 0:
            self._chooser.setFixedWidth(width)
            place = (1, 0) if below else (0, 2)
            self._grid.addWidget(self._chooser, *place, Qt.AlignmentFlag.AlignLeft)
