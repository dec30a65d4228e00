"""The Claims page: a published number, or a pasted one, held against what training takes."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QHideEvent, QKeySequence, QResizeEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from isocost.files.claims import predicted_by
from isocost.language import tr
from isocost.plan.answer.estimate import Answer
from isocost.plan.claims.claim import Claim, claim_of
from isocost.plan.claims.terms import terms_of
from isocost.plan.claims.writing import sentence_of
from isocost.plan.project.project import Scenario
from isocost.report.decisions.claims.left_out import left_view
from isocost.report.decisions.claims.page import (
    ClaimRow,
    Word,
    chips,
    currency_said,
    library_row,
    ours_view,
    own_row,
    remarks,
    source_said,
    tiles,
    word_of,
)
from isocost.report.decisions.claims.runs import runs_view
from isocost.report.decisions.claims.verdict import claim_told, judged_said, title_said
from isocost.report.decisions.claims.ways import buys_said, claim_scenario, needs_said, opened_words
from isocost.report.told import markdown_text
from isocost.ui.look.theme import Theme
from isocost.ui.session.follower import Follower
from isocost.ui.session.session import Session
from isocost.ui.tabs.claims.checker import Checker, Outcome
from isocost.ui.tabs.claims.ladder import LadderCard
from isocost.ui.tabs.claims.left_out import LeftOutCard
from isocost.ui.tabs.claims.library import Library
from isocost.ui.tabs.claims.ours import OursCard
from isocost.ui.tabs.claims.runs import RunsCard
from isocost.ui.tabs.claims.verdict import VerdictCard
from isocost.ui.tabs.claims.ways import WaysCard
from isocost.ui.widgets.cards.card import ChartCard
from isocost.ui.widgets.sections import BESIDE, UNLIMITED, CardColumns, ScrollBody, scrolling

MARGIN, GAP = 16, 12
LIBRARY_WIDTH, WIDER, WIDE = 236, 80, 1100
"""Pixels of the library, how many more it may get, and of the page from which on it gets them."""
PART = 0.16
"""Of what the page is wider: what the library gets of it."""
NARROW, FLAT = 430, 0.38
"""Pixels for the verdict below which the library stands above it, and its share of the height then."""
LOWEST = 190
"""Pixels of the library above it at least: a heading with two claims below the field."""
TWO_COLUMNS = 620
"""Pixels from which on the cards below the verdict stand in two columns."""
CHECKING = tr("Checking…")


class ClaimsPage(QWidget):
    """Holds the claims typed by the user and which claim is on screen; verdicts come from the worker."""

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("claims_page")
        self._session, self._theme = session, theme
        self._entries = dict(session.catalog.claims)
        self._own: dict[str, str] = {}
        self._number = 0
        self._found: dict[str, Outcome] = {}
        self._key = next(iter(self._entries), "")
        self._shown: Outcome | None = None
        self._money = session.money[0]
        self._columns = 0
        self.checker = Checker(session, self)
        self.library = Library(theme, self)
        self.verdict = VerdictCard(theme, self)
        self.ours = OursCard(theme, self)
        self.left_out = LeftOutCard(theme, self)
        self.needs = WaysCard("claims.needs", theme, self)
        self.buys = WaysCard("claims.buys", theme, self)
        self.runs = RunsCard(theme, self)
        self.ladder = LadderCard(session, theme, self)
        self._lay_out()
        self._connect()

    @property
    def cards(self) -> tuple[ChartCard, ...]:
        """The cards below the verdict, in reading order."""
        return (self.ours, self.left_out, self.needs, self.buys)

    @property
    def outcome(self) -> Outcome | None:
        """What is on screen; None while the first verdict is awaited."""
        return self._shown

    def _lay_out(self) -> None:
        self._body = ScrollBody()
        self._column = column = QVBoxLayout(self._body)
        column.setContentsMargins(0, 0, 6, 0)
        column.setSpacing(GAP)
        column.addWidget(self.verdict)
        self._beside = CardColumns(GAP)
        column.addLayout(self._beside)
        column.addWidget(self.runs)
        column.addWidget(self.ladder)
        column.addStretch(1)
        self.area = scrolling(self._body, "claims_page.area", self)
        row = QHBoxLayout(self)
        row.setContentsMargins(MARGIN, 12, MARGIN - BESIDE, 14)
        row.setSpacing(GAP)
        self._side = QVBoxLayout()
        row.addLayout(self._side)
        row.addWidget(self.area, 1)
        self._arrange()

    def _connect(self) -> None:
        self.checker.judged.connect(self._take)
        self.library.chosen.connect(self.show_claim)
        self.library.pasted.connect(self.check)
        self.verdict.sentence.pasted.connect(self.check)
        self.library.removed.connect(self._remove)
        self.verdict.edited.connect(self._edit)
        self.verdict.plan_wanted.connect(self._open)
        self.verdict.copy_wanted.connect(self._copy)
        for card in (self.needs, self.buys, self.ladder):
            card.plan_wanted.connect(self._add)
        # Heard wherever the focus is while this page is shown; a field that is typed in pastes for itself.
        QShortcut(QKeySequence(QKeySequence.StandardKey.Paste), self, self.paste)
        self._session.project_changed.connect(self._follow_money)
        self._follower = Follower(self.runs, self._session, ("estimate",), self._show_runs)

    def _arrange(self) -> None:
        """The library at the side and cards in two columns where there is room, else all in a single one."""
        px = self._theme.px
        wide = px(LIBRARY_WIDTH) + round(min(px(WIDER), PART * max(0, self.width() - px(WIDE))))
        room = self.width() - 2 * MARGIN - GAP - wide
        flat = room < px(NARROW)
        if (self.library.parentWidget() is self._body) != flat or self._columns == 0:
            if flat:
                self._column.insertWidget(0, self.library)
            else:
                self._side.addWidget(self.library)
        self.library.lie_flat(flat)
        self.library.setMinimumWidth(0 if flat else wide)
        self.library.setMaximumWidth(UNLIMITED if flat else wide)
        low = max(round(FLAT * self.height()), px(LOWEST))
        self.library.setMinimumHeight(low if flat else 0)
        self.library.setMaximumHeight(low if flat else UNLIMITED)
        if flat:
            room = self.width() - 2 * MARGIN
        columns = 2 if room >= self._theme.px(TWO_COLUMNS) else 1
        if columns == self._columns:
            return
        self._columns = columns
        self._beside.deal(self.cards, columns)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.checker.rest(False)
        if self._shown is None:
            self._begin()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.checker.rest(True)

    def apply_theme(self, theme: Theme) -> None:
        """Take the theme's type and colours."""
        self._theme = theme
        self.library.apply_theme(theme)
        self.verdict.apply_theme(theme)
        for card in (*self.cards, self.runs, self.ladder):
            card.apply_theme(theme)
        self._arrange()

    # Choosing

    def _begin(self) -> None:
        """List everything, show the claim that is chosen, and have the rest judged meanwhile."""
        self._list()
        self.show_claim(self._key)
        self.checker.ask_library([e for e in self._entries.values() if e.id not in self._found])

    def show_claim(self, key: str) -> None:
        """Show a claim of the library or one's own."""
        self._key = key
        self.library.choose(key)
        known = self._found.get(key)
        self.verdict.show_sentence(self._sentence(key))
        if known is not None:
            self._show(known)
        else:
            self._wait()
        if known is None or not known.whole:
            self._ask(key)

    def _sentence(self, key: str) -> str:
        """A claim in words to edit."""
        entry, catalog = self._entries.get(key), self._session.catalog
        if entry is None:
            return self._own.get(key, "")
        return sentence_of(terms_of(claim_of(entry), catalog), catalog)

    def _ask(self, key: str) -> None:
        entry = self._entries.get(key)
        if entry is not None:
            self.checker.ask_entry(entry)
        else:
            self.checker.ask_sentence(key, self._own[key])

    def paste(self) -> None:
        """Make what the clipboard holds a claim of one's own."""
        self.check(QGuiApplication.clipboard().text())

    def check(self, text: str) -> None:
        """Make a sentence a claim of one's own."""
        sentence = " ".join(text.split())
        if sentence:
            self.show_claim(self._own_key(sentence))
            self.verdict.sentence.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.verdict.sentence.selectAll()  # what is pasted next takes its place

    def _own_key(self, sentence: str) -> str:
        """A new claim of the user's, in the list."""
        self._number += 1
        key = tr("yours {number}", number=self._number)
        self._own[key] = sentence
        self.library.search.clear()
        self._list()
        return key

    def _remove(self, key: str) -> None:
        """Take a claim of the user's own from the list; the library's stay."""
        if key not in self._own:
            return
        shown = [*reversed(self._own), *self._entries]
        self._own.pop(key)
        self._found.pop(key, None)
        self._list()
        after = shown.index(key) + 1
        if after < len(shown):
            self.show_claim(shown[after])

    def _edit(self, sentence: str) -> None:
        """Check what is typed: one's own claim, or a new one that began as a claim of the library."""
        if self._key not in self._own:
            # The verdict on the one it began as stands until the new one is there.
            self._key = self._own_key(sentence)
            self.library.choose(self._key)
        self._own[self._key] = sentence
        self.checker.ask_sentence(self._key, sentence)

    def _list(self) -> None:
        rows: list[ClaimRow] = []
        for key, sentence in reversed(self._own.items()):
            outcome = self._found.get(key)
            claim = (
                outcome.checked.terms.claim if outcome is not None and outcome.checked is not None else None
            )
            rows.append(own_row(key, claim or Claim(text=sentence)))
        rows += [library_row(entry) for entry in self._entries.values()]
        self.library.show_rows(rows)
        self.library.choose(self._key)

    # Showing

    def _take(self, outcome: Outcome) -> None:
        """Keep a verdict; show it where it is of the claim on screen, as it now stands."""
        before = self._found.get(outcome.key)
        outdated = outcome.sentence and outcome.sentence != self._own.get(outcome.key)
        if outdated or outcome.money != self._money:
            return
        if before is None or outcome.whole or not before.whole:
            self._found[outcome.key] = outcome
        if outcome.key in self._own:
            self._list()
        self.library.show_words(self._words())
        if outcome.key == self._key and self._found[outcome.key] is outcome:
            self._show(outcome)

    def _words(self) -> dict[str, Word]:
        return {key: word_of(each.checked) for key, each in self._found.items()}

    def _wait(self) -> None:
        """A claim nobody has judged yet."""
        entry = self._entries.get(self._key)
        about = "" if entry is None else f"{entry.name}: “{entry.said}” ({entry.by}, {entry.date})"
        self.verdict.show_verdict(about, CHECKING, None, (), (), "")
        self.verdict.offer(False, False)
        # The ladder too: moved into sight for a moment, it would be solved for nobody.
        for card in (*self.cards, self.runs, self.ladder):
            card.hide()

    def _show(self, outcome: Outcome) -> None:
        self._shown = outcome
        checked = outcome.checked
        if checked is None:
            self._show_unread(outcome)
            return
        entry = checked.entry
        about = "" if entry is None else title_said(checked)
        remark = " ".join((currency_said(checked), *remarks(checked, outcome.problems))).strip()
        source = "" if entry is None else source_said(entry)
        self.verdict.show_verdict(
            about,
            f"{judged_said(checked)}.",
            word_of(checked),
            chips(checked.terms, outcome.unread),
            tiles(checked),
            " ".join(each for each in (remark, source) if each),
        )
        planned = checked.plan is not None or (entry is not None and bool(entry.plan))
        self.verdict.offer(planned, True)
        self.ours.show_ours(ours_view(checked))
        self.left_out.show_left_out(left_view(checked))
        self.needs.show_ways(*needs_said(checked))
        self.buys.show_ways(*buys_said(checked, outcome.whole))
        solving = not outcome.whole and checked.told_usd is not None
        for card in (self.ours, self.left_out, self.runs, self.ladder):
            card.show()
        self._follower.again()
        self.needs.setVisible(bool(checked.needs))
        self.buys.setVisible(bool(checked.buys) or solving)

    def _show_runs(self, answer: Answer) -> None:
        """The claim and the plan among published runs, at the plan's price."""
        checked = self._shown.checked if self._shown is not None else None
        if checked is not None:
            self.runs.show_runs(runs_view(checked, answer, self._session.catalog))

    def _show_unread(self, outcome: Outcome) -> None:
        finding, *more = outcome.problems
        self.verdict.show_verdict("", finding, "untold", (), (), " ".join(more))
        self.verdict.offer(False, False)
        for card in (*self.cards, self.runs):
            card.hide()
        self.ladder.show()

    def _follow_money(self) -> None:
        """Verdicts have amounts in their words: in another currency they are others."""
        if self._session.money[0] == self._money:
            return
        self._money, self._shown = self._session.money[0], None
        self._found.clear()
        if self.isVisible():
            self._begin()

    # Taking it elsewhere

    def _open(self) -> None:
        checked = self._shown.checked if self._shown is not None else None
        if checked is None:
            return
        plan = predicted_by(checked.entry, self._session.catalog) if checked.entry is not None else None
        scenario = claim_scenario(checked, plan)
        if scenario is not None:
            self._add(scenario)

    def _add(self, scenario: Scenario) -> None:
        self._session.open_scenario(scenario, opened_words(scenario))

    def _copy(self) -> None:
        outcome = self._shown
        if outcome is not None and outcome.checked is not None:
            told = claim_told(outcome.checked, outcome.unread, outcome.problems)
            QGuiApplication.clipboard().setText(markdown_text(told))
