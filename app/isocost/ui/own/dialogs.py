"""Every dialog that stands beside the plan, by the name it is opened by; each is imported when it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtWidgets import QWidget

from isocost.ui.own.frame import OwnDialog
from isocost.ui.own.opening import OwnDialog as Name
from isocost.ui.session.session import Session


def _accelerators(session: Session, window: QWidget) -> OwnDialog:
    from isocost.ui.own.accelerators import AcceleratorsDialog

    return AcceleratorsDialog(session, window)


def _quotes(session: Session, window: QWidget) -> OwnDialog:
    from isocost.ui.own.quotes import QuotesDialog

    return QuotesDialog(session, window)


def _calibrate(session: Session, window: QWidget) -> OwnDialog:
    from isocost.ui.own.calibrate import CalibrateDialog

    return CalibrateDialog(session, window)


def _actual(session: Session, window: QWidget) -> OwnDialog:
    from isocost.ui.own.actual import ActualDialog

    return ActualDialog(session, window)


def _importing(session: Session, window: QWidget) -> OwnDialog:
    from isocost.ui.own.importing import ImportDialog

    return ImportDialog(session, window)


def _report(session: Session, window: QWidget) -> OwnDialog:
    from isocost.ui.paper.dialog import ReportDialog

    return ReportDialog(session, window)


MADE_BY: Mapping[Name, Callable[[Session, QWidget], OwnDialog]] = {
    "accelerators": _accelerators,
    "quotes": _quotes,
    "calibrate": _calibrate,
    "actual": _actual,
    "import": _importing,
    "report": _report,
}
