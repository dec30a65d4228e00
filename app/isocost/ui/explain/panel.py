"""The panel that opens a figure: it stands over the right edge of the page and follows every edit."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from html import escape

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCursor, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from isocost.language import tr
from isocost.plan.answer.estimate import Answer, answer
from isocost.plan.explain.figures import Explainer
from isocost.plan.explain.following import followed_key
from isocost.plan.project.project import Project
from isocost.report.decisions.explain_card import ExplainedCard, ValueRow, card, copied_text, not_explained
from isocost.report.estimate_questions import LATE_WEEKS
from isocost.report.help.pages import Section
from isocost.report.help.words import entries_in, short
from isocost.ui.dialogs.errors import show_error
from isocost.ui.explain.tree import ValueTree
from isocost.ui.look.icons import put_icon
from isocost.ui.look.theme import Theme
from isocost.ui.session.follower import Follower
from isocost.ui.session.session import Session
from isocost.ui.widgets.cards.side import SidePanel
from isocost.ui.widgets.labels import ElidedLabel, WrapLabel, plain_label, plain_tip, set_text

log = logging.getLogger(__name__)
ROOMY = 360
"""Pixels of height from which on a formula stands in words as well."""
MARGIN = 20
KEYS = tr("↑↓ move   Enter open   E change   Alt+← back   Esc close")


@dataclass(slots=True)
class Visit:
    """A figure that was opened."""

    root: str
    """Key of the figure whose tree it stands in."""
    key: str
    of: Answer | None = None
    """Of another plan than the open one; None = the newest answer."""
    known: Answer | None = None
    """The answer that the keys are of, where that is not another plan's; None = the first that shows it."""
    opened: dict[str, bool] = field(default_factory=dict)
    """Rows of its tree that were opened or closed."""
    row: int = -1
    """The row the keyboard was on when another figure was opened."""

    @property
    def opens(self) -> tuple[object, ...]:
        """The figure and its plan: what two visits to the same one have alike."""
        return (self.key, None) if self.of is None else (self.key, self.of.project, self.of.at)


def word_link(term: str, place: str, colour: str) -> str:
    """An abbreviation as a quiet link to its entry."""
    return f'<a href="{escape(place)}" style="color: {colour}">{escape(term)}</a>'


class ExplainPanel(SidePanel):
    """One figure with what it is made of; those opened before it are a step back."""

    input_wanted = Signal(object)
    """The :class:`InputPlace` that is to get the cursor."""
    help_wanted = Signal(str)
    """A place of help is to be opened."""

    def __init__(
        self, session: Session, theme: Theme, within: QWidget, below: QWidget, beside: QWidget
    ) -> None:
        """For its place see :class:`SidePanel`."""
        super().__init__(theme, within, below, beside)
        self._session = session
        self._trail: list[Visit] = []
        self._at = -1
        self._trees: tuple[Answer, Explainer] | None = None
        self._entries: dict[str, Section] = {}
        self.shown: ExplainedCard | None = None
        self.setObjectName("explain")
        self.setAccessibleName(tr("Where a figure comes from"))
        self._make_parts(theme)
        self._lay_out()
        self._connect()
        self.apply_theme(theme)
        self._asker = session.worker(self._open_answered, self._say_why, of_plan=False)
        self._follower = Follower(self, session, ("estimate",), self._show)

    # Building

    def _make_parts(self, theme: Theme) -> None:
        self.back_button = self._tool("explain.back", tr("Back"), tr("The figure before (Alt+Left)"))
        self.forward_button = self._tool("explain.forward", tr("Forward"), tr("The figure after (Alt+Right)"))
        self.close_button = self._tool("explain.close", tr("Close"), tr("Close (Esc)"))
        self.copy_button = QPushButton(tr("Copy with sources"), self)
        self.copy_button.setToolTip(tr("Copy the figure, what it is made of and the sources (Ctrl+C)"))
        self.change_button = QPushButton(self)
        for button, name in ((self.copy_button, "explain.copy"), (self.change_button, "explain.change")):
            button.setObjectName(name)
            button.setProperty("role", "link")
            button.setProperty("tone", "go")
            button.setCursor(Qt.CursorShape.PointingHandCursor)
        self.value = plain_label(parent=self)
        self.value.setProperty("role", "headline")
        self.value.setObjectName("explain.value")
        self.value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.name, self.formula, self.values, self.source = (WrapLabel(self) for _ in range(4))
        for label, role in ((self.name, "small"), (self.formula, "small"), (self.source, "small")):
            label.setProperty("role", role)
        self.values.setProperty("strong", True)
        self.words = QLabel(self)
        self.words.setObjectName("explain.words")
        self.words.setProperty("role", "small")
        self.words.setTextFormat(Qt.TextFormat.RichText)
        self.words.setWordWrap(True)
        self.words.setTextInteractionFlags(
            Qt.TextInteractionFlag.LinksAccessibleByMouse | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
        )
        self.tree = ValueTree(theme, self)

    def _tool(self, name: str, says: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(name)
        button.setAccessibleName(says)
        button.setToolTip(tip)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        caption = QLabel(tr("Where this comes from"))
        caption.setProperty("role", "small")
        for part in (self.back_button, self.forward_button, caption):
            top.addWidget(part)
        top.addStretch(1)
        top.addWidget(self.close_button)
        self.box = QFrame(self)
        self.box.setProperty("role", "inset")
        inside = QVBoxLayout(self.box)
        inside.setContentsMargins(12, 9, 12, 9)
        inside.setSpacing(5)
        inside.addWidget(self.formula)
        inside.addWidget(self.values)
        head = QVBoxLayout()
        head.setContentsMargins(MARGIN, 0, MARGIN, 0)
        head.setSpacing(4)
        beneath = (self.box, self.source, self.words, self.change_button)
        for layout_or_part in (self.value, self.name, None, *beneath):
            if layout_or_part is None:
                head.addSpacing(4)
            else:
                head.addWidget(layout_or_part)
        foot = QFrame(self)
        foot.setProperty("role", "foot")
        self.keys = ElidedLabel(foot)
        self.keys.say(KEYS)
        self.keys.setProperty("role", "quiet")
        row = QHBoxLayout(foot)
        row.setContentsMargins(MARGIN, 8, MARGIN, 8)
        row.addWidget(self.keys, 1)
        row.addWidget(self.copy_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 10, 0, 0)
        column.setSpacing(8)
        top.setContentsMargins(MARGIN - 4, 0, MARGIN - 6, 0)
        column.addLayout(top)
        column.addLayout(head)
        inner = QHBoxLayout()
        inner.setContentsMargins(MARGIN - 10, 0, MARGIN - 10, 0)
        inner.addWidget(self.tree)
        column.addLayout(inner, 1)
        column.addWidget(foot)

    def _connect(self) -> None:
        self.back_button.clicked.connect(self.back)
        self.forward_button.clicked.connect(self.forward)
        self.close_button.clicked.connect(self.leave)
        self.copy_button.clicked.connect(self.copy)
        self.change_button.clicked.connect(lambda: self._change(None))
        self.words.linkActivated.connect(self.help_wanted)
        self.words.linkHovered.connect(self._tell_word)
        self.tree.opened.connect(self._open_row)
        self.tree.folded.connect(self._fold)
        self.tree.change_wanted.connect(self._change)

    def apply_theme(self, theme: Theme) -> None:
        """Take the theme's type and colours."""
        self._theme = theme
        pictures = ((self.back_button, "chevron-left"), (self.forward_button, "chevron-right"))
        for button, picture in (*pictures, (self.close_button, "close")):
            put_icon(button, picture, theme.quiet, theme.px(16))
        self.tree.apply_theme(theme)
        self.place()

    # Opening

    @property
    def visit(self) -> Visit | None:
        """The figure that is open."""
        return self._trail[self._at] if self._at >= 0 else None

    def open(self, key: str) -> None:
        """Open a figure by its key; the keyboard goes to what it is made of."""
        self._asker.discard()
        self._visit(Visit(key, key))

    def open_of(self, plan: Project, key: str) -> None:
        """Open a figure of a plan that is not the open one, once its answer has been worked out."""
        catalog = self._session.catalog
        self._asker.request(lambda: (key, answer(plan, catalog)))

    def _open_answered(self, found: tuple[str, Answer]) -> None:
        key, of = found
        self._visit(Visit(key, key, of))

    def _open_row(self, row: ValueRow) -> None:
        now = self.visit
        if now is not None:
            root = row.key if row.key.startswith("range.") else now.root
            self._visit(Visit(root, row.key, now.of))

    def _visit(self, visit: Visit) -> None:
        now = self.visit
        if now is not None and now.opens == visit.opens and not self.isHidden():
            visit = now
        else:
            if now is not None:
                now.row = self.tree.currentIndex().row()
            self._trail[self._at + 1 :] = [visit]
            self._at = len(self._trail) - 1
        self._show_visit(visit)

    def back(self) -> None:
        """The figure that was open before this one."""
        self._step(-1)

    def forward(self) -> None:
        """The figure one went back from."""
        self._step(1)

    def _step(self, by: int) -> None:
        if 0 <= self._at + by < len(self._trail):
            self._at += by
            self._show_visit(self._trail[self._at])

    def _show_visit(self, visit: Visit) -> None:
        self.appear()
        self._follower.again()
        at = self.tree.rows.index(max(0, visit.row), 0)
        self.tree.setCurrentIndex(at)
        self.tree.scrollTo(at)
        self.tree.setFocus(Qt.FocusReason.OtherFocusReason)

    def leave(self) -> None:
        """Close; the keyboard goes back to where the figure was opened."""
        super().leave()
        self._trail, self._at, self._trees = [], -1, None

    def _say_why(self, error: Exception) -> None:
        log.warning("No explanation: %s", error, exc_info=error)
        show_error(self, not_explained(error))

    # Showing

    def _explainer(self, answer: Answer) -> Explainer:
        if self._trees is None or self._trees[0] is not answer:
            self._trees = (answer, Explainer(answer, LATE_WEEKS))
        return self._trees[1]

    def _show(self, newest: Answer) -> None:
        """Show the figure as it is in the newest answer, or in that of its own plan."""
        visit = self.visit
        if visit is None:
            return
        told = visit.of or newest
        keys = self._keys(visit, newest)
        found = card(self._explainer(told), *keys, told, visit.opened, open_plan=visit.of is None)
        self.shown = found
        self.value.setText(found.value or found.label)
        notes = (found.label if found.value else "", found.note, found.whose)
        self.name.say("  ·  ".join(each for each in notes if each))
        self.formula.say(found.formula)
        values = found.values and f"= {found.values}"
        for label, text in ((self.values, values), (self.source, found.source)):
            label.say(text)
            label.setVisible(bool(text))
        self._fit()
        self.change_button.setText(found.change)
        self.change_button.setVisible(bool(found.change))
        self.tree.show_rows(found.rows)
        self._show_words(found)
        self.setAccessibleDescription(found.words)
        self.back_button.setEnabled(self._at > 0)
        self.forward_button.setEnabled(self._at < len(self._trail) - 1)
        self.copy_button.setEnabled(bool(found.value))

    def _show_words(self, found: ExplainedCard) -> None:
        """Every abbreviation in sight as a link to what the glossary says of it."""
        told = (found.label, found.value, found.note, found.formula, found.values, found.source)
        rows = (f"{row.label}\n{row.value}\n{row.how}" for row in found.rows)
        entries = entries_in((*told, *rows))
        self._entries = {each.place: each for each in entries.values()}
        links = (word_link(term, each.place, self._theme.quiet) for term, each in entries.items())
        set_text(self.words, tr("Words: {links}", links=" · ".join(links)) if entries else "")
        self.words.setVisible(bool(entries))

    def _tell_word(self, place: str) -> None:
        """What an abbreviation under the mouse means, beside it."""
        entry = self._entries.get(place)
        QToolTip.showText(QCursor.pos(), plain_tip(short(entry)) if entry is not None else "", self.words)

    def _keys(self, visit: Visit, newest: Answer) -> tuple[str, str]:
        """The keys of a figure and of its tree by now; none while its stage is switched off."""
        if visit.of is not None:
            return visit.root, visit.key
        root, key = (followed_key(each, visit.known or newest, newest) for each in (visit.root, visit.key))
        if root is None or key is None:
            return "", ""  # the visit keeps its own: undone, the edit brings the figure back
        visit.root, visit.key, visit.known = root, key, newest
        return root, key

    def _fold(self, row: ValueRow, opened: bool) -> None:
        if self.visit is not None:
            self.visit.opened[row.place] = opened
            self._follower.again()

    def _change(self, row: ValueRow | None) -> None:
        place = row.input if row is not None else self.shown.input if self.shown is not None else None
        if place is not None:
            self.input_wanted.emit(place)

    def copy(self) -> None:
        """Put the figure on the clipboard with all it is made of."""
        visit, newest = self.visit, self._session.answer
        if visit is not None and newest is not None and self.shown is not None and self.shown.value:
            told = visit.of or newest
            node = self._explainer(told).under(visit.root, visit.key)
            QGuiApplication.clipboard().setText(copied_text(told.project.name, node))

    # Its place

    def place(self) -> None:
        """Stand at the right edge, the rows with the room that is left."""
        super().place()
        if not self.isHidden():
            self._fit()

    def _fit(self) -> None:
        """The formula in words gives its room to the rows where there is little: that in values stays."""
        found = self.shown
        if found is not None:
            roomy = self.height() >= self._theme.px(ROOMY) or not found.values
            self.formula.setVisible(bool(found.formula) and roomy)
            self.box.setVisible(bool(found.formula or found.values))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The panel's keys, wherever in it the keyboard is, and those that a field beside it leaves over."""
        if not self.take_key(event):
            super().keyPressEvent(event)

    def take_key(self, event: QKeyEvent) -> bool:
        """Do what a key means to an open panel; False = nothing."""
        alt = event.modifiers() == Qt.KeyboardModifier.AltModifier
        if self.isHidden():
            return False
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        elif alt and event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._step(-1 if event.key() == Qt.Key.Key_Left else 1)
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        else:
            return False
        return True
