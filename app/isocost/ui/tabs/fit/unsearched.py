"""What the Fit page says of a stage whose layout is not searched."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QVBoxLayout, QWidget

from isocost.plan.answer.fit import RoundsFit
from isocost.plan.answer.results import StageEstimate
from isocost.quantities import format_count
from isocost.ui.widgets.labels import WrapLabel

ALL_OFF = "Every stage is switched off, so nothing runs and nothing has to fit."

_WHY = {
    "gpu-hours": "The hours of this stage are taken as claimed: no layout, memory or step is behind them.",
    "ablations": "The hours of this stage are a share of the training it prepares, which is fitted instead.",
    "generation": "This stage only writes text: no gradients, no optimizer, no training layout.",
    "evaluation": "This stage only writes text: no gradients, no optimizer, no training layout.",
}
_ROUNDS = "This stage is timed in rounds of rollouts, whose layout is not searched."


def rounds_words(found: RoundsFit) -> str:
    """What the two cards of a stage of rounds hold, and what they leave out."""
    return (
        f"Memory is that of an update in which every prompt and response together are "
        f"{format_count(found.longest)} tokens long, laid out as {found.layout}. "
        "Copies that generate, score or give rewards are not in it. The layout is the fastest our search "
        "finds for such an update; the stage's own time comes from simulating its rounds."
    )


class UnsearchedStage(QFrame):
    """Why a stage has no layouts to compare, what is known of it, and the way to a stage that has some."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("fit.empty")
        self.title = QLabel(self)
        self.title.setProperty("role", "figure")
        self.title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.reason = WrapLabel(self)
        self.reason.setProperty("role", "small")
        self.reason.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.wanted = QPushButton(self)
        self.wanted.setObjectName("fit.empty.show")
        column = QVBoxLayout(self)
        column.setContentsMargins(80, 24, 80, 24)
        column.setSpacing(8)
        column.addStretch(1)
        column.addWidget(self.title)
        column.addWidget(self.reason)
        column.addSpacing(8)
        column.addWidget(self.wanted, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(2)

    def show_off(self) -> None:
        """Say that nothing runs."""
        self._say("Nothing to fit", ALL_OFF, "")

    def show_stage(self, stage: StageEstimate, other: str) -> None:
        """Say why a stage has no fit, and offer another stage that has one (empty = none)."""
        facts = {fact.label: fact for fact in stage.details}
        reason = _WHY.get(stage.kind, _ROUNDS)
        if (copy := facts.get("Replica")) is not None:
            reason += f" A copy of the model spans {copy.value}: {copy.note}."
        self._say(f"{stage.name}: no layout to choose", reason, other)

    def show_rounds(self, stage: StageEstimate, found: RoundsFit, other: str) -> None:
        """Say what the cards above hold."""
        self._say(f"{stage.name}: rounds, not one layout", rounds_words(found), other)

    def _say(self, title: str, reason: str, other: str) -> None:
        self.title.setText(title)
        self.reason.say(reason)
        self.setAccessibleName(f"{title}. {reason}")
        self.wanted.setVisible(bool(other))
        self.wanted.setText(f"Show {other}")
