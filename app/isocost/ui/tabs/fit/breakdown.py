"""What the cards of memory and of step time share: one breakdown of a stage, painted and as a table."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from isocost.language import tr
from isocost.plan.physics.records import Breakdown
from isocost.report.findings.tabs.fit import breakdown_table
from isocost.report.table import Table
from isocost.ui.look.theme import Theme
from isocost.ui.plot.chart import Chart, ChartWidget, Drawing
from isocost.ui.widgets.cards.card import ChartCard


class BreakdownWidget(ChartWidget[Breakdown | None]):
    """A chart of a breakdown on screen."""

    def show_breakdown(self, breakdown: Breakdown | None) -> None:
        """Paint another breakdown."""
        if breakdown != self.view:
            self.show_view(breakdown)


class BreakdownCard(ChartCard):
    """A card around the chart of a breakdown; follows every estimate."""

    def __init__(
        self,
        name: str,
        about: str,
        unit: str,
        chart: Chart[Breakdown | None],
        theme: Theme,
        parent: QWidget | None,
    ) -> None:
        """``about`` is the title while there is nothing to find; ``unit`` is bytes or seconds."""
        super().__init__(name, parent)
        self.chart = BreakdownWidget(chart, theme, self)
        self.chart.setObjectName(f"{name}.chart")
        self._about = about
        self._unit = unit
        self.body.addWidget(self.chart, 1)
        self.apply_theme(theme)
        self.show_nothing(tr("Estimating…"))

    def apply_theme(self, theme: Theme) -> None:
        """Take the theme's type and colours."""
        super().apply_theme(theme)
        self.chart.apply_theme(theme)

    def show_nothing(self, why: str) -> None:
        """Leave the chart empty and say why."""
        self.explains("")
        self.chart.show_breakdown(None)
        self.say(self._about, why, why)

    def drawing(self) -> Drawing | None:
        return self.chart.chart if self.chart.view is not None else None

    def table(self) -> Table:
        shown = self.chart.view
        return breakdown_table(shown, self._unit) if shown is not None else super().table()
