"""The switch that puts doubt on every tab."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSettings

from isocost.report.findings.header import RANGES, RANGES_TIP
from isocost.ui.session.session import Session
from isocost.ui.widgets.fields.switch import Switch
from isocost.ui.widgets.labels import plain_tip

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

    def fit(self, room: int) -> None:
        """Be as wide as there is room: without it leave out the words, then itself."""
        self.leave_words(room < self.wide(words=True))
        self.setVisible(room >= self.wide(words=False))
