"""The pages of the tab strip, and what the window asks of each.

Making a page imports its charts, which is why it waits until the window was painted first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, Protocol, runtime_checkable

from PySide6.QtCore import SignalInstance
from PySide6.QtWidgets import QWidget

from isocost.ui.look.theme import Theme

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
class HoldsInputs(LeadsToInputs, Protocol):
    """A page with inputs of its own."""

    def holds(self, path: str) -> bool:
        """Whether an input is on this page."""

    def reveal(self, path: str) -> None:
        """Put the cursor into an input."""


@runtime_checkable
class TakesPlans(Protocol):
    """A page that a plan of another file can be brought into."""

    plan_wanted: SignalInstance
    """The user is to choose one."""


class Page(NamedTuple):
    """A tab and how its page is made."""

    title: str
    make: Callable[[Session, Theme], QWidget]


def _make_plan(session: Session, theme: Theme) -> QWidget:
    from isocost.ui.tabs.plan.page import PlanPage

    return PlanPage(session, theme)


def _make_scale(session: Session, theme: Theme) -> QWidget:
    from isocost.ui.tabs.scale.page import ScalePage

    return ScalePage(session, theme)


def _make_fit(session: Session, theme: Theme) -> QWidget:
    from isocost.ui.tabs.fit.page import FitPage

    return FitPage(session, theme)


def _make_risk(session: Session, theme: Theme) -> QWidget:
    from isocost.ui.tabs.risk.page import RiskPage

    return RiskPage(session, theme)


def _make_ledger(session: Session, theme: Theme) -> QWidget:
    from isocost.ui.tabs.ledger.page import LedgerPage

    return LedgerPage(session, theme)


def _make_compare(session: Session, theme: Theme) -> QWidget:
    from isocost.ui.tabs.compare.page import ComparePage

    return ComparePage(session, theme)


def _make_claims(session: Session, theme: Theme) -> QWidget:
    from isocost.ui.tabs.claims.page import ClaimsPage

    return ClaimsPage(session, theme)


PAGES = (
    Page("Plan", _make_plan),
    Page("Scale", _make_scale),
    Page("Fit", _make_fit),
    Page("Risk", _make_risk),
    Page("Ledger", _make_ledger),
    Page("Compare", _make_compare),
    Page("Claims", _make_claims),
)
