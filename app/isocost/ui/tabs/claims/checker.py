"""Judging claims in the worker: the one on screen first, then the library, one after another."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import QObject, Signal

from isocost.catalog import Catalog, CatalogError
from isocost.catalog.entries.claims import ClaimEntry
from isocost.files import FileError
from isocost.files.claims import check_entry
from isocost.language import tr
from isocost.plan.claims.checked import Checked, check_claim
from isocost.plan.claims.reading import read_claim
from isocost.quantities import DOLLAR, MoneyUnit, money_shown_in
from isocost.report.decisions.claims.page import NOTHING_READ, read_nothing
from isocost.ui.session.session import Session

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Outcome:
    """What came of judging a claim."""

    key: str
    """Which claim it is of."""
    sentence: str
    """The words it was read from; empty = a claim of the library."""
    checked: Checked | None
    whole: bool = True
    """Whether what the money does buy was looked for."""
    unread: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    """What was left out, or why there is no verdict: a sentence each."""
    money: MoneyUnit = DOLLAR
    """What its amounts are written in."""


class Checker(QObject):
    """Hands over one verdict at a time; a newer question comes before everything that waits."""

    judged = Signal(object)
    """An :class:`Outcome`."""

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._left: deque[ClaimEntry] = deque()
        self._resting = True
        # A claim is of nobody's plan: another one on screen changes nothing of its verdict.
        self._worker = session.worker(self._take, self._report, of_plan=False)

    def ask_entry(self, entry: ClaimEntry) -> None:
        """Judge a claim of the library with all that follows from it."""
        self._ask(partial(_of_entry, entry, self._session.catalog, True), entry.id)

    def ask_sentence(self, key: str, sentence: str) -> None:
        """Judge the claim of a sentence."""
        self._ask(partial(_of_sentence, key, sentence, self._session.catalog), key, sentence)

    def ask_library(self, entries: Sequence[ClaimEntry]) -> None:
        """Judge these in their order whenever nothing else is asked."""
        self._left = deque(entries)
        self._go_on()

    def rest(self, resting: bool) -> None:
        """Leave the library alone while nobody looks, or go on with it."""
        self._resting = resting
        self._go_on()

    def _ask(self, work: Callable[[], Outcome], key: str, sentence: str = "") -> None:
        # What a thread writes amounts in is its own, and verdicts have amounts in their words.
        money = self._session.money[0]
        self._worker.request(partial(_judged, work, key, sentence, money))

    def _take(self, outcome: Outcome) -> None:
        self.judged.emit(outcome)
        self._go_on()

    def _report(self, error: Exception) -> None:
        log.error("A claim could not be judged: %s", error, exc_info=error)
        self._go_on()

    def _go_on(self) -> None:
        # While something runs or waits, its end leads here again.
        if self._left and not self._resting and not self._worker.busy:
            entry = self._left.popleft()
            self._ask(partial(_of_entry, entry, self._session.catalog, False), entry.id)


def _judged(work: Callable[[], Outcome], key: str, sentence: str, money: MoneyUnit) -> Outcome:
    """What the work finds, its amounts in a currency; where it fails, which claim that was of and why."""
    try:
        with money_shown_in(money):
            return replace(work(), money=money)
    except (CatalogError, FileError) as error:
        return Outcome(key, sentence, None, problems=(str(error),), money=money)
    except Exception as error:  # whatever the engine refuses is said in the tab, which stays usable
        log.warning("No verdict on %s: %s", key, error, exc_info=error)
        why = tr("The check failed: {error}.", error=error or type(error).__name__)
        return Outcome(key, sentence, None, problems=(why,), money=money)


def _of_entry(entry: ClaimEntry, catalog: Catalog, whole: bool) -> Outcome:
    return Outcome(entry.id, "", check_entry(entry, catalog, ways_out=whole), whole)


def _of_sentence(key: str, sentence: str, catalog: Catalog) -> Outcome:
    reading = read_claim(sentence, catalog)
    if read_nothing(reading):
        return Outcome(key, sentence, None, unread=reading.unread, problems=(NOTHING_READ, *reading.problems))
    checked = check_claim(reading.claim, catalog)
    return Outcome(key, sentence, checked, unread=reading.unread, problems=reading.problems)
