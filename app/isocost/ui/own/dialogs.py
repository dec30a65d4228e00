"""Every dialog that stands beside the plan, by the name it is opened by."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtWidgets import QWidget

from isocost.ui.own.accelerators import AcceleratorsDialog
from isocost.ui.own.actual import ActualDialog
from isocost.ui.own.calibrate import CalibrateDialog
from isocost.ui.own.frame import OwnDialog
from isocost.ui.own.importing import ImportDialog
from isocost.ui.own.opening import OwnDialog as Name
from isocost.ui.own.quotes import QuotesDialog
from isocost.ui.paper.dialog import ReportDialog
from isocost.ui.session.session import Session

MADE_BY: Mapping[Name, Callable[[Session, QWidget], OwnDialog]] = {
    "accelerators": AcceleratorsDialog,
    "quotes": QuotesDialog,
    "calibrate": CalibrateDialog,
    "actual": ActualDialog,
    "import": ImportDialog,
    "report": ReportDialog,
}
