"""Two ways out of a claim: what would have to be true, and what its money does buy; each opens as a plan."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from isocost.language import tr
from isocost.report.decisions.claims.ways import Way
from isocost.report.findings.said import Said
from isocost.report.table import Column, Table
from isocost.ui.look.theme import SPACE, Theme
from isocost.ui.widgets.cards.card import ChartCard
from isocost.ui.widgets.labels import WrapLabel


class _Line(QWidget):
    """A sentence and, at its right, the button that opens it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.words = WrapLabel(self)
        self.words.setProperty("role", "arithmetic")
        self.open = QPushButton(tr("Open"), self)
        self.open.setProperty("role", "link")
        self.open.setProperty("tone", "go")
        self.open.setCursor(Qt.CursorShape.PointingHandCursor)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 4, 0, 4)
        line.setSpacing(3 * SPACE)
        line.addWidget(self.words, 1)
        line.addWidget(self.open, 0, Qt.AlignmentFlag.AlignTop)

    def show_way(self, way: Way) -> None:
        """Say another one."""
        self.words.say(way.words)
        self.open.setVisible(way.scenario is not None)
        self.open.setAccessibleName(tr("Open as a plan: {words}", words=way.words))
        self.open.setToolTip(tr("Add it to the plan as a scenario"))


class WaysCard(ChartCard):
    """A few sentences, each with its plan."""

    plan_wanted = Signal(object)
    """A :class:`Scenario`."""

    def __init__(self, name: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self.lines: list[_Line] = []
        self._ways: tuple[Way, ...] = ()
        self.body.setSpacing(0)
        self.apply_theme(theme)

    def show_ways(self, said: Said, ways: Sequence[Way]) -> None:
        """Show these in place of the last ones."""
        self.say(*said)
        self._ways = tuple(ways)
        while len(self.lines) < len(ways):
            line = _Line(self)
            line.open.clicked.connect(partial(self._open, len(self.lines)))
            line.open.setObjectName(f"{self.objectName()}.open.{len(self.lines)}")
            self.lines.append(line)
            self.body.insertWidget(len(self.lines) - 1, line)
            if len(self.lines) == 1:
                self.body.addStretch(1)
        for at, line in enumerate(self.lines):
            line.setVisible(at < len(ways))
            if at < len(ways):
                line.show_way(ways[at])

    def _open(self, at: int) -> None:
        if at < len(self._ways):  # one may be let go of when fewer have taken its place
            self.plan_wanted.emit(self._ways[at].scenario)

    def table(self) -> Table:
        return Table((Column(self.title.text()),), tuple((way.words,) for way in self._ways))
