"""A switch puts doubt on every tab: figures say how far they may lie from the plan; off, they are plain."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication

from isocost.plan.project.editing import duplicate_scenario
from isocost.quantities import plain_spaces
from isocost.ui.screenshot import settle
from isocost.ui.tabs.compare.page import ComparePage
from isocost.ui.tabs.fit.page import FitPage
from isocost.ui.tabs.ledger.page import LedgerPage
from isocost.ui.tabs.scale.page import ScalePage
from isocost.ui.window import Window
from tests.ui.conftest import preset

LEFT = Qt.MouseButton.LeftButton


def page(window: Window, title: str):
    at = window.page_titles.index(title)
    window.show_page(at)
    settled(window)
    return window.views[at]


def settled(window: Window) -> None:
    """Let everything be worked out, what a page rests with for a moment too."""
    shown = window.views[window.tabs.currentIndex()]
    for _ in range(3):
        QApplication.processEvents()
        settle(window.session)
        while getattr(shown, "pending", False):
            QApplication.processEvents()
    QApplication.processEvents()


def switch(window: Window, qtbot) -> None:
    qtbot.mouseClick(window.ranges, LEFT, pos=QPoint(window.ranges.width() - 10, window.ranges.height() // 2))
    settled(window)


def header_words(window: Window) -> str:
    headline = window.headline
    spreads = [block.spread.text() for block in headline.blocks if not block.isHidden()]
    return plain_spaces(" | ".join((headline.text(), *spreads)))


def test_the_switch_is_mouse_key_and_menu_in_one_and_is_remembered(window, qtbot, make, stored):
    assert window.ranges.isChecked()
    switch(window, qtbot)
    assert not window.session.doubt
    window.activateWindow()
    qtbot.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    assert window.session.doubt
    assert window.ranges.isChecked()
    window.ranges.setFocus()
    qtbot.keyClick(window.ranges, Qt.Key.Key_Space)
    assert not window.session.doubt
    assert not make().session.doubt


def test_figures_on_top_say_their_ranges_and_are_plain_without(window, qtbot):
    settled(window)
    words = header_words(window)
    assert "8 chances in 10: $" in words
    hours = next(block for block in window.headline.blocks if block.label.text() == "GPU-hours")
    assert " to " in hours.spread.text()
    assert "8 chances in 10" in hours.accessibleName()
    height = window.headline.height()
    switch(window, qtbot)
    assert " to " not in header_words(window)
    assert "8 chances in 10" not in hours.accessibleName()
    assert window.headline.height() == height
    switch(window, qtbot)
    before = hours.spread.text()  # while the plan is another, the last ones stand
    edit = window.inputs.fields["data.tokens"].edit
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClicks(edit, "4T")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    QApplication.processEvents()
    assert hours.spread.text()
    settled(window)
    assert hours.spread.text() != before


def test_every_line_of_the_bill_shows_its_range(window, qtbot):
    window.documents.open(preset("api-or-own"))
    ledger: LedgerPage = page(window, "Ledger")
    rows = {row.bar.name.partition(":")[0]: row for row in ledger.waterfall.rows.rows}
    low, high = rows["Pre-training"].spread
    assert low < rows["Pre-training"].bar.cost_usd < high
    assert "8 chances in 10" in ledger.waterfall.rows.index(0).data(Qt.ItemDataRole.ToolTipRole)
    assert rows["Annotation"].spread is rows["Contingency"].spread is None
    assert "1 in 10 above" in [column.name for column in ledger.waterfall.table().columns]
    assert "8 chances in 10" in ledger.calendar.subtitle.text()
    months = range(len(ledger.calendar.plot.view.months))
    assert any(ledger.calendar.plot.view.ends(at) for at in months)
    assert "Total, 1 in 10 above" in [column.name for column in ledger.calendar.table().columns]
    assert "Rent and hours in doubt" in ledger.rent_or_buy.note.whole
    assert any(block.spread.text() for block in ledger.energy.blocks)
    ledger.waterfall.by_technique.click()
    settled(window)
    assert "sampled alike" in ledger.waterfall.accessibleDescription()
    tried = [row for row in ledger.waterfall.rack.rows.rows if row.can]
    assert any(row.likely for row in tried)
    ledger.waterfall.by_line.click()
    switch(window, qtbot)
    assert all(row.spread is None for row in ledger.waterfall.rows.rows)
    assert "chances" not in ledger.waterfall.accessibleDescription()
    assert "chances" not in ledger.calendar.subtitle.text()
    assert not any(ledger.calendar.plot.view.ends(at) for at in months)
    assert ledger.calendar.doubt.isHidden()
    assert "in doubt" not in ledger.rent_or_buy.note.whole
    assert all(line.ends is None for line in ledger.rent_or_buy.plot.view.lines)
    assert not any(block.spread.text() for block in ledger.energy.blocks)


def test_scale_is_shaded_and_fit_says_how_sure_a_speed_is(window, qtbot):
    scale: ScalePage = page(window, "Scale")
    band = scale.isocost.plot.view.ground.band
    assert band is not None
    assert "band" in scale.isocost.plot.view.ground.legend
    panels = {panel.kind: panel for panel in scale.counts.plot.view.panels}
    assert all(panels[kind].factors[0] < 1.0 < panels[kind].factors[1] for kind in panels)
    assert " to " in scale.counts.pointed.whole
    assert scale.wins.plot.view.doubtful is not None
    assert "the winner is certain" in scale.wins.accessibleDescription()
    switch(window, qtbot)
    assert scale.isocost.plot.view.ground.band is None
    assert all(panel.factors is None for panel in scale.counts.plot.view.panels)
    assert " to " not in scale.counts.pointed.whole.partition("the plan")[0]
    assert scale.wins.plot.view.doubtful is None
    assert "certain" not in scale.wins.accessibleDescription()
    switch(window, qtbot)
    fit: FitPage = page(window, "Fit")
    assert "8 in 10: " in fit.step.subtitle.text()
    assert "8 chances in 10 lie" in fit.layouts.accessibleDescription()
    switch(window, qtbot)
    assert "8 in 10" not in fit.step.subtitle.text()
    assert "chances" not in fit.step.subtitle.text() + fit.layouts.accessibleDescription()


def test_scenarios_beside_each_other_show_ranges_and_chances_or_neither(window, qtbot):
    window.session.apply(lambda project: duplicate_scenario(project, 0), "Copy")
    window.session.set_value("hardware.count", 512, "Count")  # figures alike in all stand on one line
    compare: ComparePage = page(window, "Compare")
    view = compare.columns.table_view.columns.view
    labels = [row.label for row in view.rows]
    assert "8 chances in 10" in labels
    days = next(row for row in view.rows if row.label == "On the accelerators")
    assert all(" to " in cell.likely for cell in days.cells)
    assert "8 chances in 10" in view.words(view.rows.index(days), 1)
    cards = compare.suppliers.cards
    assert "8 chances in 10: $" in cards.index(0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert "1 in 10 above" in [column.name for column in compare.suppliers.table().columns]
    switch(window, qtbot)
    assert "chances" not in cards.index(0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert "1 in 10 above" not in [column.name for column in compare.suppliers.table().columns]
    plain = compare.columns.table_view.columns.view
    assert "8 chances in 10" not in [row.label for row in plain.rows]
    assert not any(row.strips for row in plain.rows)
    assert not any(cell.likely for row in plain.rows for cell in row.cells)


def test_beside_the_tabs_the_switch_is_whole_or_gives_way(window):
    for size in (1.0, 1.3, 1.5):
        window.themes.set_scale(size)
        settle(window.wardrobe)
        QApplication.processEvents()
        tabs, ranges = window.tabs, window.ranges
        assert tabs.width() >= tabs.sizeHint().width() or ranges.isHidden()
        if ranges.isVisible():
            assert ranges.width() >= ranges.sizeHint().width()
            assert ranges.height() >= ranges.sizeHint().height()
            right = ranges.mapTo(window, QPoint(ranges.width(), 0)).x()
            assert right <= window.width()
            last = tabs.mapTo(window, tabs.tabRect(tabs.count() - 1).topRight()).x()
            assert last <= ranges.mapTo(window, QPoint(0, 0)).x()
    window.resize(window.minimumSizeHint())
    QApplication.processEvents()
    assert window.ranges.isHidden()
