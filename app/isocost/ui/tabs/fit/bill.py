"""What the cards of memory and of step time share: one bill of the selected stage, painted and as a table."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from isocost.plan.physics.records import Breakdown
from isocost.report.findings.fit import bill_table
from isocost.report.table import Table
from isocost.ui.look.theme import Theme
from isocost.ui.widgets.card import ChartCard


class BillChart(QWidget):
    """Paints a bill; subclasses override ``paintEvent``."""

    def __init__(self, name: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self.bill: Breakdown | None = None
        self.setObjectName(name)

    def set_theme(self, theme: Theme) -> None:
        """Paint from now on in this theme."""
        self.theme = theme
        self.update()

    def show_bill(self, bill: Breakdown | None) -> None:
        """Paint another bill."""
        if bill != self.bill:
            self.bill = bill
            self.update()


class BillCard(ChartCard):
    """A card around the chart of a bill; follows every estimate."""

    def __init__(
        self, name: str, about: str, unit: str, chart: BillChart, theme: Theme, parent: QWidget | None
    ) -> None:
        """``about`` is the title while there is nothing to find; ``unit`` is bytes or seconds."""
        super().__init__(name, parent)
        self.chart = chart
        self._about = about
        self._unit = unit
        self.body.addWidget(chart, 1)
        self.apply_theme(theme)
        self.show_nothing("Estimating…")

    def apply_theme(self, theme: Theme) -> None:
        """Take the theme's type and colours."""
        super().apply_theme(theme)
        self.chart.set_theme(theme)

    def show_nothing(self, why: str) -> None:
        """Leave the chart empty and say why."""
        self.chart.show_bill(None)
        self.say(self._about, why, why)

    def table(self) -> Table:
        return bill_table(self.chart.bill, self._unit) if self.chart.bill is not None else super().table()
