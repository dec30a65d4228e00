"""The panel that solves the plan for one input: the answer, its scan, what moves along; Enter takes it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from isocost.catalog import CatalogError
from isocost.language import in_sentence, tr
from isocost.plan.answer.results import result_of
from isocost.plan.inputs.locks import is_locked
from isocost.plan.inputs.table import NUMBERS
from isocost.plan.solve.asking.asked import Asked, asked, case_asked, proposed
from isocost.plan.solve.asking.tried import taken, tried
from isocost.plan.solve.case import WishError
from isocost.plan.solve.solution import PATHS
from isocost.report.decisions.solving.fields import (
    LOOKING,
    OtherWay,
    Solving,
    asking_words,
    proposal_words,
    solving,
    wanting_words,
)
from isocost.ui.inputs.bindings import place, write_number
from isocost.ui.inputs.goal_input import GoalInput
from isocost.ui.inputs.marks import toggle_lock
from isocost.ui.look.icons import icon, put_icon
from isocost.ui.look.theme import Theme
from isocost.ui.session.follower import Follower
from isocost.ui.session.session import Change, Session
from isocost.ui.solve.card import ScanCard, Ways
from isocost.ui.solve.track import ScanTrack
from isocost.ui.widgets.cards.side import SidePanel
from isocost.ui.widgets.flow import Flow
from isocost.ui.widgets.labels import ElidedLabel, WrapLabel, plain_label, restyle
from isocost.ui.widgets.sections import ScrollBody, scrolling

if TYPE_CHECKING:
    from isocost.plan.answer.estimate import Answer
    from isocost.ui.inputs.column import InputColumn

log = logging.getLogger(__name__)
GOALS = (PATHS["budget"], PATHS["deadline"])
MARGIN, GOAL_WIDTH, EDIT_WIDTH = 20, 208, 104
"""Pixels beside the parts, of a line of the goal and of its field."""
PAUSE_MS = 60
"""Without another answer before it is solved again: a drag keeps the processor for itself."""
KEYS = tr("Enter take   Esc close")


def _follows(answer: Answer, stage: int, path: str) -> object:
    """What an answer follows from."""
    return answer.scenario, answer.project.prices, stage, path


class SolvePanel(SidePanel):
    """Follows the plan while it is open; nothing of the plan changes until the answer is taken."""

    input_wanted = Signal(str)
    """The input that was solved for is to get the cursor: its answer was taken."""

    def __init__(
        self, session: Session, theme: Theme, within: QWidget, below: QWidget, inputs: InputColumn
    ) -> None:
        super().__init__(theme, within, below, inputs)
        self._session, self._inputs = session, inputs
        self._path = ""
        self._asked: Asked | None = None
        self._refused = ""
        self._chosen: int | None = None
        self._track: ScanTrack | None = None
        self.setObjectName("solve")
        self.setAccessibleName(tr("Solve for an input"))
        self.later = session.later(solving, _follows)
        self._make_parts(theme)
        self._lay_out()
        self._connect()
        self.apply_theme(theme)

    # Building

    def _make_parts(self, theme: Theme) -> None:
        self.caption = plain_label(parent=self)
        self.caption.setProperty("role", "small")
        self.sign = QLabel(self)
        self.close_button = QToolButton(self)
        self.close_button.setObjectName("solve.close")
        self.close_button.setAccessibleName(tr("Discard"))
        self.close_button.setToolTip(tr("Discard (Esc)"))
        self.close_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.value, self.line, self.state = WrapLabel(self), WrapLabel(self), WrapLabel(self)
        self.value.setProperty("role", "headline")
        self.value.setObjectName("solve.value")
        self.line.setProperty("role", "small")
        self.state.setProperty("role", "small")
        self.goals = tuple(_Goal(path, self._session, self) for path in GOALS)
        self.locks = {path: self._lock_chip(path) for path in (PATHS["tokens"], PATHS["count"])}
        self.card = ScanCard(theme, self)
        self.ways = Ways(theme, self)
        self.more = WrapLabel(self)
        self.more.setProperty("role", "small")
        self.take_button = QPushButton(self)
        self.take_button.setObjectName("solve.take")
        self.take_button.setProperty("role", "primary")
        self.discard_button = QPushButton(tr("Discard"), self)
        self.discard_button.setObjectName("solve.discard")

    def _lock_chip(self, path: str) -> QPushButton:
        chip = QPushButton(NUMBERS[path].label, self)
        chip.setObjectName(f"solve.lock.{path}")
        chip.setProperty("role", "part")
        chip.setCheckable(True)
        chip.setCursor(Qt.CursorShape.PointingHandCursor)
        return chip

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(MARGIN, 0, MARGIN - 6, 0)
        top.setSpacing(6)
        top.addWidget(self.sign)
        top.addWidget(self.caption, 1)
        top.addWidget(self.close_button)
        self.along = QWidget(self)
        chips = QHBoxLayout(self.along)
        chips.setContentsMargins(0, 0, 0, 0)
        chips.setSpacing(6)
        self.along_label = plain_label(tr("Moves too, unless locked:"))
        self.along_label.setProperty("role", "small")
        chips.addWidget(self.along_label)
        for chip in self.locks.values():
            chips.addWidget(chip)
        chips.addStretch(1)
        body = ScrollBody()
        column = QVBoxLayout(body)
        column.setContentsMargins(MARGIN, 0, MARGIN - 8, 8)
        column.setSpacing(8)
        for part in (self.value, self.line, self.state):
            column.addWidget(part)
        self.held = Flow(self, spacing=16)
        self.held.hold(self.goals)
        for goal in self.goals:
            self.held.align(goal, Qt.AlignmentFlag.AlignTop)
        column.addWidget(self.held)
        column.addWidget(self.along)
        column.addWidget(self.card, 1)
        column.addWidget(self.ways)
        column.addWidget(self.more)
        column.addStretch(0)
        self.area = scrolling(body, "solve.area", self)
        foot = QFrame(self)
        foot.setProperty("role", "foot")
        row = QHBoxLayout(foot)
        row.setContentsMargins(MARGIN, 10, MARGIN, 10)
        row.setSpacing(8)
        self.keys = ElidedLabel(foot)
        self.keys.say(KEYS)
        self.keys.setProperty("role", "quiet")
        row.addWidget(self.take_button)
        row.addWidget(self.discard_button)
        row.addWidget(self.keys, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 10, 0, 0)
        whole.setSpacing(8)
        whole.addLayout(top)
        whole.addWidget(self.area, 1)
        whole.addWidget(foot)

    def _connect(self) -> None:
        session = self._session
        self._follower = Follower(self, session, ("project", "estimate"), self._ask)
        session.project_changed.connect(self._show_at_once)
        session.selection_changed.connect(self._follow_stage)
        self.later.ready.connect(lambda _: self._come())
        self.later.failed.connect(self._fail)
        self.close_button.clicked.connect(self.leave)
        self.discard_button.clicked.connect(self.leave)
        self.take_button.clicked.connect(self.take)
        self.card.plot.chosen.connect(self._choose)
        self.ways.chosen.connect(self._take_way)
        for path, chip in self.locks.items():
            chip.clicked.connect(lambda _=False, path=path: toggle_lock(session, path))

    def apply_theme(self, theme: Theme) -> None:
        """Take the theme's type and colours."""
        self._theme = theme
        self.sign.setPixmap(icon("target", theme.accent, theme.px(16)).pixmap(theme.px(16), theme.px(16)))
        put_icon(self.close_button, "close", theme.quiet, theme.px(16))
        for goal in self.goals:
            goal.apply_theme(theme)
            goal.setFixedWidth(theme.px(GOAL_WIDTH))
        self.held.fit()
        self.card.apply_theme(theme)
        self.ways.apply_theme(theme)
        self._show_locks()
        self._draw_track()
        self.place()

    # Opening and closing

    def open(self, path: str) -> None:
        """Solve for an input of the selected stage; the keyboard comes here."""
        if path != self._path:
            self._path, self._chosen = path, None
            self.later.discard()
        self.appear()
        self.area.verticalScrollBar().setValue(0)
        self._follower.again()
        self._show()
        wanted = self._wanted()
        if wanted is not None:
            wanted.input.focus()
        else:
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def leave(self) -> None:
        """Discard the answer: the plan is as it was."""
        super().leave()
        self._path, self._asked, self._chosen = "", None, None
        self.later.discard()
        self._draw_track()

    def _follow_stage(self) -> None:
        self._chosen = None
        if self.isVisible():
            self._follower.again()
            self._show()

    # Asking

    def _ask(self, answer: Answer) -> None:
        """Ask the newest plan, where what it is held against is known."""
        if result_of(self._session.current_scenario.stages, answer.estimate, self._session.stage) is None:
            return  # a stage that was added is selected before its plan is answered
        question = answer, self._session.stage, self._path
        failed = self.later.is_done(*question) and not self.later.is_of(*question)
        try:
            self._asked = asked(case_asked(answer, self._session.stage), self._path)
            self._refused = self._refused if failed else ""
        except (WishError, CatalogError) as error:
            self._asked, self._refused = None, str(error)
        if self._asked is not None and not self._asked.missing:
            rest = PAUSE_MS if self.later.value is not None else 0
            self.later.ask(*question, rest_ms=rest)
        self._show()

    def _come(self) -> None:
        """Show what has come; a value that was chosen of the scan before is chosen no longer."""
        self._chosen, self._refused = None, ""
        self._show()
        if self.hasFocus() and self.card.isVisible():
            self.card.plot.setFocus(Qt.FocusReason.OtherFocusReason)

    def _fail(self, error: Exception) -> None:
        if not isinstance(error, WishError | CatalogError):
            log.warning("Not solved: %s", error, exc_info=error)
        self._refused = str(error) or type(error).__name__
        self._show()

    @property
    def found(self) -> Solving | None:
        """The answer that stands, of this input and stage; perhaps of the plan before the last edit."""
        found: Solving | None = self.later.value
        mine = found is not None and found.asked.path == self._path and not self._refused
        return found if mine and self._asked is not None and not self._asked.missing else None

    @property
    def is_current(self) -> bool:
        """Whether that is the answer of the plan as it is now."""
        answer, session = self._session.answer, self._session
        return (
            answer is not None
            and answer.project == session.project
            and self.found is not None
            and self.later.is_of(answer, session.stage, self._path)
        )

    # Showing

    def _show_at_once(self) -> None:
        if self.isVisible():
            self._show()

    def _wanted(self) -> _Goal | None:
        """The first field that is to be filled in; None = nothing is missing."""
        missing = () if self._asked is None else self._asked.missing
        return next((goal for goal in self.goals if goal.path in missing), None)

    def _show(self) -> None:
        found, now = self.found, self._asked
        answered = found is not None and found.point(self._chosen) is not None
        self.caption.setText(asking_words(now, self._path, answered=answered) if self._path else "")
        self._show_goals()
        self._show_locks()
        headline = "" if found is None else found.headline(self._chosen)
        self.value.say(headline)
        self.value.setVisible(bool(headline))
        self.line.say("" if found is None else found.line(self._chosen))
        self.line.setVisible(found is not None)
        self._show_state(found)
        self.card.setVisible(found is not None and len(found.points) > 0)
        if found is not None:
            self.card.show_scan(found, self._chosen)
        self.ways.show_ways(
            () if found is None else found.others, feasible=found is not None and found.at is not None
        )
        self.more.say("" if found is None else " ".join(found.more))
        self.more.setVisible(found is not None)
        words = tr("Nothing to take") if found is None else found.take_words(self._chosen)
        self.take_button.setText(words)
        self.take_button.setEnabled(
            found is not None and found.point(self._chosen) is not None and self.is_current
        )
        self.setAccessibleDescription("" if found is None else found.said.summary)
        self._draw_track()

    def _show_state(self, found: Solving | None) -> None:
        """Why there is no answer yet, or what one is to say first."""
        words, role = "", "small"
        if self._refused:
            words, role = self._refused, "care"
        elif self._asked is not None and self._asked.missing:
            words = wanting_words(self._asked)
        elif found is None:
            words = LOOKING
        restyle(self.state, "role", role)
        self.state.say(words)
        self.state.setVisible(bool(words))

    def _show_goals(self) -> None:
        answer, now = self._session.answer, self._asked
        missing = () if now is None else now.missing
        proposal = proposed(answer) if answer is not None and missing else None
        for goal in self.goals:
            asked_for = now is not None and PATHS.get(now.wish.unknown) == goal.path
            goal.setVisible(bool(self._path) and not asked_for)
            words = (
                "" if proposal is None or goal.path not in missing else proposal_words(goal.path, proposal)
            )
            goal.refresh(words, None if proposal is None else proposal)

    def _show_locks(self) -> None:
        along = () if self._asked is None else self._asked.along
        self.along.setVisible(bool(along))
        at = place(self._session)
        for path, chip in self.locks.items():
            locked = is_locked(self._session.project, path, at)
            chip.setVisible(path in along)
            chip.setChecked(locked)
            colour = self._theme.text if locked else self._theme.quiet
            put_icon(chip, "lock" if locked else "unlock", colour, self._theme.px(14))
            label = NUMBERS[path].label
            chip.setToolTip(
                tr("{label} stays as it is: click to free it", label=label)
                if locked
                else tr("Click to keep {label}", label=in_sentence(label))
            )
            chip.setAccessibleName(f"{label}, {(tr('locked') if locked else tr('moves along'))}")

    def _draw_track(self) -> None:
        """The scan on the slider of the input, where it has one."""
        for path, marks in self._inputs.marks.items():
            marks.show_solving(path == self._path and not self.isHidden())
        field, found = self._inputs.fields.get(self._path), self.found
        if field is None or found is None or self.isHidden():
            self._lift_track()
            return
        if self._track is None or self._track.parent() is not field.slider:
            self._lift_track()
            self._track = ScanTrack(field.slider, self._theme)
            self._track.chosen.connect(self._choose)
        at = found.at if self._chosen is None else self._chosen
        self._track.show_scan(found, at, self._theme)

    def _lift_track(self) -> None:
        if self._track is not None:
            self._track.hide()
            self._track.deleteLater()
            self._track = None

    # Taking

    def _choose(self, at: int) -> None:
        self._chosen = at
        self._show()

    def take(self) -> None:
        """Put the answer, or the value that was chosen, into the plan: one step of undo."""
        found = self.found
        point = None if found is None else found.point(self._chosen)
        if found is None or point is None or not self.is_current:
            return
        case, wish = tried(found.case, found.asked.wish, point), found.asked.wish
        if self._chosen is None:
            case = found.solution.case
        self._apply(lambda project: taken(project, case, wish, point), found.step(self._chosen))

    def _take_way(self, way: OtherWay) -> None:
        found = self.found
        if found is not None and self.is_current:
            wish = found.asked.wish
            self._apply(lambda project: taken(project, way.case, wish, None), way.step)

    def _apply(self, change: Change, words: str) -> None:
        path = self._path
        self.leave()
        self._session.apply(change, words)
        if path in self._inputs.fields:
            self.input_wanted.emit(path)

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The panel's keys, wherever in it the keyboard is, and those that a field beside it leaves over."""
        if not self.take_key(event):
            super().keyPressEvent(event)

    def take_key(self, event: QKeyEvent) -> bool:
        """Do what a key means to an open panel; False = nothing."""
        if self.isHidden():
            return False
        typing = isinstance(QApplication.focusWidget(), QLineEdit)
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not typing and self._holds_keyboard():
            self.take()
        else:
            return False
        return True

    def _holds_keyboard(self) -> bool:
        focused = QApplication.focusWidget()
        return focused is None or focused is self or self.isAncestorOf(focused)


class _Goal(QWidget):
    """A line of the goal in the panel: its field, and where it is missing a value to begin with."""

    def __init__(self, path: str, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self.path, self._session = path, session
        self._value: float | None = None
        self.input = GoalInput(path, session, marked=False)
        self.input.edit_width = EDIT_WIDTH
        for part in (self.input, *self.input.findChildren(QWidget)):
            if part.objectName():
                part.setObjectName(f"solve.{part.objectName()}")
        self.start = QPushButton(self)
        self.start.setObjectName(f"solve.start.{path}")
        self.start.setProperty("role", "link")
        self.start.setProperty("tone", "go")
        self.start.setCursor(Qt.CursorShape.PointingHandCursor)
        self.start.clicked.connect(self._begin)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.input)
        column.addWidget(self.start)

    def apply_theme(self, theme: Theme) -> None:
        """Grow with the text."""
        self.input.apply_theme(theme)

    def refresh(self, words: str, proposal: object) -> None:
        """Show the project's value, or what it may begin with."""
        self.input.refresh()
        self._value = getattr(proposal, self.path.partition(".")[2], None)
        self.start.setText(words)
        self.start.setVisible(bool(words))

    def _begin(self) -> None:
        if self._value is not None:
            write_number(self._session, self.path, self._value)
