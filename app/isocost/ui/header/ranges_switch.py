"""The switch that puts doubt on every tab."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QObject, QSettings
from PySide6.QtWidgets import QWidget

from isocost.report.findings.header import RANGES, RANGES_TIP
from isocost.ui.session.session import Session
from isocost.ui.widgets.labels import plain_tip
from isocost.ui.widgets.switch import Switch

STORED = "ranges"


class RangesSwitch(Switch):
    """Whether every figure that is in doubt says its range; remembered.

    What it stands beside goes first: without room it leaves out its words, then itself; menu and key remain.
    """

    def __init__(self, session: Session, settings: QSettings) -> None:
        super().__init__(RANGES)
        self.setObjectName("ranges")
        self.setAccessibleName(RANGES)
        self.setAccessibleDescription(RANGES_TIP)
        self.setToolTip(plain_tip(RANGES_TIP))
        session.doubt = bool(settings.value(STORED, True, bool))
        self.setChecked(session.doubt)
        self.toggled.connect(partial(setattr, session, "doubt"))
        self.toggled.connect(partial(settings.setValue, STORED))
        session.doubt_shown.connect(self.setChecked)
        self._beside: tuple[QWidget, ...] = ()

    def give_way_to(self, *beside: QWidget) -> None:
        """Take what room these leave in the row that holds them all."""
        self._beside = beside
        for each in (self.parentWidget(), *beside):
            if each is not None:
                each.installEventFilter(self)
        self.fit()

    def fit(self) -> None:
        """Be as wide as there is room."""
        row = self.parentWidget()
        layout = None if row is None else row.layout()
        if row is None or layout is None:
            return
        margins, shown = layout.contentsMargins(), [each for each in self._beside if not each.isHidden()]
        room = row.width() - margins.left() - margins.right() - layout.spacing() * len(shown)
        room -= sum(each.sizeHint().width() for each in shown)
        self.leave_words(room < self.wide(words=True))
        self.setVisible(room >= self.wide(words=False))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide):
            self.fit()
        return False
