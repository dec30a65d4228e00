"""The pages of the tab strip, and what the window asks of each.

Making a page imports its charts, which is why it waits until it is wanted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol, cast, overload, runtime_checkable

from PySide6.QtCore import SignalInstance
from PySide6.QtWidgets import QStackedWidget, QWidget

from isocost.language import tr
from isocost.ui.look.theme import Theme
from isocost.ui.look.wardrobe import Worn

if TYPE_CHECKING:
    from isocost.ui.session.session import Session


class PageView(Protocol):
    """What every page of the tab strip can do."""

    def apply_theme(self, theme: Theme) -> None:
        """Redraw in a theme's colours and type."""


@runtime_checkable
class LeadsToInputs(Protocol):
    """A page that leads to inputs wherever they are."""

    field_wanted: SignalInstance
    """Path of an input that is elsewhere."""


@runtime_checkable
class HoldsInputs(Protocol):
    """A page with inputs of its own."""

    def holds(self, path: str) -> bool:
        """Whether an input is on this page."""

    def reveal(self, path: str) -> None:
        """Put the cursor into an input."""


@runtime_checkable
class WornInParts(Protocol):
    """A page that wears the theme part by part."""

    @property
    def worn(self) -> tuple[Worn, ...]:
        """What wears it."""


@runtime_checkable
class TakesPlans(Protocol):
    """A page that a plan of another file can be brought into."""

    plan_wanted: SignalInstance
    """The user is to choose one."""


def worn_by(view: QWidget) -> tuple[Worn, ...]:
    """What wears the theme of a page: its parts, or all of it at once."""
    return view.worn if isinstance(view, WornInParts) else ((view, cast(PageView, view).apply_theme),)


Maker = Callable[["Session", Theme], QWidget]


class Page(NamedTuple):
    """A tab and what makes its page."""

    title: str
    maker: Callable[[], Maker]
    """Imports the page, which takes about as long as making it."""


def _plan() -> Maker:
    from isocost.ui.tabs.plan.page import PlanPage

    return PlanPage


def _scale() -> Maker:
    from isocost.ui.tabs.scale.page import ScalePage

    return ScalePage


def _fit() -> Maker:
    from isocost.ui.tabs.fit.page import FitPage

    return FitPage


def _risk() -> Maker:
    from isocost.ui.tabs.risk.page import RiskPage

    return RiskPage


def _ledger() -> Maker:
    from isocost.ui.tabs.ledger.page import LedgerPage

    return LedgerPage


def _compare() -> Maker:
    from isocost.ui.tabs.compare.page import ComparePage

    return ComparePage


def _claims() -> Maker:
    from isocost.ui.tabs.claims.page import ClaimsPage

    return ClaimsPage


PAGES = (
    Page(tr("Plan"), _plan),
    Page(tr("Scale"), _scale),
    Page(tr("Fit"), _fit),
    Page(tr("Risk"), _risk),
    Page(tr("Ledger"), _ledger),
    Page(tr("Compare"), _compare),
    Page(tr("Claims"), _claims),
)


class Views(Sequence[PageView]):
    """The pages of a window by their place; each is made when it is first asked for."""

    def __init__(self, stack: QStackedWidget, make: Callable[[Page], QWidget]) -> None:
        """``make`` makes a page and does for it what the window does for each."""
        self._stack = stack
        self._make = make
        self._made: dict[int, QWidget] = {}
        self._imported: set[int] = set()
        self._places = [QWidget() for _ in PAGES]
        """What stands where a page is not made yet."""
        for each in self._places:
            stack.addWidget(each)

    def __len__(self) -> int:
        return len(PAGES)

    @overload
    def __getitem__(self, place: int) -> PageView: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[PageView]: ...
    def __getitem__(self, place: int | slice) -> PageView | Sequence[PageView]:
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        at = range(len(self))[place]
        if at not in self._made:
            self._put(at, self._make(PAGES[at]))
        return cast(PageView, self._made[at])

    def _put(self, at: int, view: QWidget) -> None:
        self._made[at] = view
        shown = self._stack.currentIndex()
        self._stack.insertWidget(at, view)
        self._stack.removeWidget(self._places[at])
        self._places[at].deleteLater()
        self._stack.setCurrentIndex(shown)

    @property
    def complete(self) -> bool:
        """Whether all are made."""
        return len(self._made) == len(PAGES)

    def make_next(self) -> bool:
        """Import or make the first page that is not made yet, one after the other; False = all are made."""
        missing = next((at for at in range(len(self)) if at not in self._made), None)
        if missing is None:
            return False
        if missing in self._imported:
            self[missing]
        else:
            PAGES[missing].maker()
            self._imported.add(missing)
        return True
