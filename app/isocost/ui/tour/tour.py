"""The tour of a window: asks, waits for a guess, shows the answer in the plan itself."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, QPoint, QRect, QSettings, QSize, QTimer
from PySide6.QtWidgets import QTabBar, QWidget
from shiboken6 import isValid

from isocost import paths
from isocost.files import FileError, load_project
from isocost.language import tr
from isocost.report.findings.tour import Question, question
from isocost.ui.dialogs.gallery import Gallery
from isocost.ui.look.motion import Motion
from isocost.ui.look.theme import Theme
from isocost.ui.tour.card import Ring, TourCard, beside

if TYPE_CHECKING:
    from isocost.catalog import Catalog
    from isocost.catalog.constants.gallery import TourStep
    from isocost.plan.project.project import Project
    from isocost.ui.header.headline import Headline
    from isocost.ui.inputs.column import InputColumn
    from isocost.ui.session.documents import Documents
    from isocost.ui.session.session import Session

log = logging.getLogger(__name__)
SEEN = "tour/seen"
FOLLOW_MS = 60
"""Between two looks where what a card points at has gone: it scrolls and is laid out anew by others."""
COUNT = "hardware.count"
DOTS = "risk.dots"


class Toured(Protocol):
    """What the tour asks of the window."""

    session: Session
    documents: Documents
    headline: Headline
    inputs: InputColumn
    gallery: Gallery
    workspace: QWidget
    tabs: QTabBar
    page_titles: tuple[str, ...]

    def show_gallery(self) -> None:
        """The presets."""

    def show_page(self, index: int) -> None:
        """One page of the tab strip."""

    def reveal(self, path: str) -> None:
        """Put the cursor into an input."""


class Tour(QObject):
    """The steps in their order: the first is asked above the presets, others beside what they are about."""

    def __init__(self, window: Toured, settings: QSettings, motion: Motion, parent: QObject) -> None:
        super().__init__(parent)
        self._window, self._settings, self._motion = window, settings, motion
        self._steps = window.session.catalog.constants.gallery.tour
        self._at: int | None = None
        self._question: Question | None = None
        self._guess: float | None = None
        self._typing = False
        self._changed: Project | None = None
        """The plan as an answer made it."""
        self._worker = window.session.worker(self._take, self._fail, of_plan=False)
        self.banner = TourCard("tour.first", wide=True)
        self.card = TourCard("tour", wide=False)
        self.card.setParent(window.workspace)
        self.ring = Ring(window.workspace)
        window.gallery.put_above(self.banner)
        for card in (self.banner, self.card):
            card.guessed.connect(self._answer)
            card.next_wanted.connect(self.go_on)
            card.skipped.connect(self.leave)
        self._follow = QTimer(self)
        self._follow.setInterval(FOLLOW_MS)
        self._follow.timeout.connect(self._place)

    # Going through it

    @property
    def seen(self) -> bool:
        """Whether it was gone through or skipped before."""
        return str(self._settings.value(SEEN, "false")).lower() == "true"

    @property
    def step(self) -> TourStep | None:
        """What is asked now; None = nothing."""
        return None if self._at is None else self._steps[self._at]

    @property
    def shown(self) -> TourCard:
        """The card of the step."""
        return self.banner if self._at == 0 else self.card

    def begin(self) -> None:
        """Ask the first question above the presets, from wherever the window is."""
        self._window.show_gallery()
        self._start(0, typing=True)

    def offer(self) -> None:
        """Begin at the first start, the keyboard left where it is."""
        if not self.seen and self._at is None:
            self._start(0)

    def go_on(self) -> None:
        """Ask the next question, or end after the last; what the answer changed in the plan is taken back."""
        session = self._window.session
        if self._changed is not None and session.project == self._changed:
            session.undo_stack.undo()
        self._changed = None
        if self._at is None or self._at + 1 >= len(self._steps):
            self.leave()
            return
        following = self._steps[self._at + 1]
        if not self._has_open(following) and not self._window.documents.open(_path(following.plan)):
            return  # the plan that is open has something to save: the tour waits
        self._start(self._at + 1, typing=True)

    def leave(self) -> None:
        """End, and not begin by itself again; what it did to a plan can be undone."""
        keyboard = self._has_keyboard(self.shown)
        self._at = self._question = self._guess = None
        self._settings.setValue(SEEN, True)
        self._window.gallery.cover(frozenset())
        self._follow.stop()
        for part in (self.banner, self.card, self.ring):
            part.hide()
        if keyboard:
            (self._window.gallery if self._window.gallery.isVisible() else self._window.tabs).setFocus()

    def _has_keyboard(self, card: TourCard) -> bool:
        focused = card.window().focusWidget()
        return focused is not None and card.isAncestorOf(focused)

    def _start(self, at: int, *, typing: bool = False) -> None:
        """``typing``: the keyboard is to come to the guess once it can be typed."""
        self._at, self._question, self._guess, self._typing = at, None, None, typing
        step, catalog = self._steps[at], self._window.session.catalog
        self._window.gallery.cover(frozenset(step.covers))
        (self.card if at == 0 else self.banner).hide()
        self.shown.wait(self._words)
        if at == 0:
            self.ring.hide()
            self._follow.stop()
            self.banner.show()
        else:
            self._window.show_page(0)
            self._point()
        self._worker.request(lambda: _asked(step, catalog))

    @property
    def _words(self) -> str:
        return tr("{at} of {count}", at=(self._at or 0) + 1, count=len(self._steps))

    def _take(self, made: Question) -> None:
        if self._at is None:
            return
        self._question = made
        self.shown.ask(made, self._words)
        if self._typing:
            self.shown.take_focus()
        self._place()

    def _fail(self, error: Exception) -> None:
        """Nothing is asked that cannot be answered: a plan of the tour does not open, say."""
        log.warning("No tour: %s", error, exc_info=error)
        self.leave()

    def _answer(self, guess: float) -> None:
        if self._question is None or self._at is None:
            return
        self._guess = guess
        self._window.gallery.cover(frozenset())
        self.shown.answer(self._question, guess, last=self._at + 1 == len(self._steps))
        if self._question.count is not None and self._has_open(self._steps[self._at]):
            words = tr(
                "Tour: {count:,} in place of {value:,}",
                count=self._question.count,
                value=self._window.session.value(COUNT),
            )
            self._window.session.set_value(COUNT, self._question.count, words)
            self._changed = self._window.session.project
        if self._at > 0:
            if self._steps[self._at].asks == "budget":
                self._window.show_page(self._window.page_titles.index(tr("Risk")))
            self._point()
            self.shown.take_focus()

    def _has_open(self, step: TourStep) -> bool:
        """Whether the plan of a step is the open one, as far as what it asks goes."""
        session = self._window.session
        try:
            return session.project == load_project(_path(step.plan), session.catalog)
        except FileError:
            return False

    # Pointing

    def _point(self) -> None:
        """Stand beside what the step is about, and stay there."""
        if self.step is not None and self.step.asks == "count" and self._guess is None:
            self._window.reveal(COUNT)
        self._follow.start()
        self._place()

    @property
    def target(self) -> QWidget | None:
        """What the card points at: an input, or where its answer is seen."""
        if self.step is None:
            return None
        if self.step.asks == "count" and self._guess is None:
            return self._window.inputs.fields.get(COUNT)
        if self.step.asks == "budget" and self._guess is not None:
            return self._window.workspace.findChild(QWidget, DOTS)
        return self._window.headline.sentence

    def _place(self) -> None:
        target, over = self.target, self._window.workspace
        if self._at in (None, 0) or self._window.gallery.isVisible():
            self.ring.hide()
            self.card.hide()
            return
        if target is None or not isValid(target) or not target.isVisible():
            self.ring.hide()
            return
        seen = QRect(target.mapTo(over, QPoint(0, 0)), target.size()).intersected(over.rect())
        around = seen.adjusted(-5, -5, 5, 5)
        if self.ring.geometry() != around:
            self.ring.setGeometry(around)
        for part in (self.ring, self.card):
            if part.isHidden():
                part.show()
                part.raise_()
        size = QSize(self.card.width(), self.card.sizeHint().height())
        if size != self.card.size():
            self.card.resize(size)
        place = beside(around, size, over.rect())
        if place.topLeft() != self.card.pos():
            self._motion.glide(self.card, place.topLeft())

    def apply_theme(self, theme: Theme) -> None:
        """Grow with the text."""
        for card in (self.banner, self.card):
            card.apply_theme(theme)


def _path(name: str) -> Path:
    return paths.presets() / f"{name}.yaml"


def _asked(step: TourStep, catalog: Catalog) -> Question:
    """A question with its answer, in the worker."""
    project = load_project(_path(step.plan), catalog)
    whole = load_project(_path(step.whole), catalog) if step.whole else None
    return question(step, project, whole, catalog)
