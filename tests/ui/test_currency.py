"""Amounts in another currency, in the window: chosen in the menu, typed, taken back."""

from __future__ import annotations

import msgspec
import pytest
from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QAction, QImage, QKeyEvent
from PySide6.QtWidgets import QApplication, QLabel, QMenu

from isocost.plan.values import Currency
from isocost.quantities import format_exact, money_shown_in, plain_spaces, shown_money
from isocost.ui.screenshot import settle
from isocost.ui.tabs.plan.cost_time_plot import CostTimePlot
from isocost.ui.widgets.labels import WrapLabel
from tests.ui.conftest import preset

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

PRICE = "price.usd_per_gpu_hour"


def choose(window, qtbot, code: str) -> None:
    """Take a currency from its menu with the keyboard."""
    action = window.findChild(QAction, f"currency.{code}")
    menu = next(each for each in action.associatedObjects() if isinstance(each, QMenu))
    menu.popup(QPoint(0, 0))
    menu.setActiveAction(action)
    qtbot.keyClick(menu, Qt.Key.Key_Return)
    menu.close()
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is window)
    settle(window.session)


def typed(window, qtbot, path: str, text: str):
    """A field of the inputs with a text typed over its value, still to be applied."""
    field = window.inputs.fields[path]
    field.edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
    field.edit.selectAll()
    for sign in text:
        # Qt's test keys are those of an American keyboard.
        event = QKeyEvent(QEvent.Type.KeyPress, 0, Qt.KeyboardModifier.NoModifier, sign)
        QApplication.sendEvent(field.edit, event)
    return field


def test_a_currency_is_chosen_in_the_menu_shown_everywhere_and_taken_back(window, qtbot):
    session = window.session
    dollars, field = session.estimate, window.inputs.fields[PRICE]
    assert field.edit.text().startswith("$")
    choose(window, qtbot, "EUR")
    unit = session.money[0]
    assert session.project.currency == Currency(
        "EUR", unit.per_usd, session.catalog.constants.currencies["EUR"].source, unit.date
    )
    assert session.estimate.total == dollars.total
    assert window.headline.sentence.text().startswith("€")
    assert f"in EUR at {unit.per_usd:g} per $" in window.headline.doubt.toolTip()
    assert field.edit.text().startswith("€")
    assert plain_spaces(field.slider.accessibleDescription()).startswith("€")
    shown = [label.text() for label in window.headline.findChildren(QLabel) if label.isVisible()]
    shown += [label.whole for label in window.inputs.findChildren(WrapLabel) if label.isVisible()]
    assert not [each for each in shown if "$" in each.replace("per $", "")]
    field.edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    settle(session)
    assert session.project.currency == Currency()
    assert window.headline.sentence.text().startswith("$")
    assert field.edit.text().startswith("$")


def test_the_menu_checks_the_plans_own(window, qtbot):
    choose(window, qtbot, "JPY")
    action = window.findChild(QAction, "currency.JPY")
    menu = next(each for each in action.associatedObjects() if isinstance(each, QMenu))
    menu.popup(QPoint(0, 0))
    assert [each.objectName() for each in menu.actions() if each.isChecked()] == ["currency.JPY"]
    menu.close()


def test_an_amount_typed_in_another_currency_is_converted_and_says_how(window, qtbot):
    field = typed(window, qtbot, PRICE, "€2.10")
    rate = window.session.catalog.constants.currencies["EUR"].unit
    assert "€2.10, EUR at " in field.context.whole
    assert f"{rate.per_usd:g} per $, {rate.date}" in field.context.whole
    qtbot.keyClick(field.edit, Qt.Key.Key_Return)
    settle(window.session)
    assert window.session.value(PRICE) == pytest.approx(2.10 / rate.per_usd)
    assert field.edit.text() == f"${2.10 / rate.per_usd:.2f}"


def test_in_a_plan_in_euros_a_bare_number_is_euros_and_a_dollar_a_dollar(window, qtbot):
    frozen = Currency("EUR", 0.86, "a bank", "2026-11-27")
    window.session.apply(lambda project: with_money(project, frozen), "Amounts in EUR")
    settle(window.session)
    field = typed(window, qtbot, PRICE, "1.72")
    assert plain_spaces(field.context.whole) == "= €1.72 /GPU-h at 0.86 per $, 2026-11-27"
    qtbot.keyClick(field.edit, Qt.Key.Key_Return)
    assert window.session.value(PRICE) == 2.0
    field = typed(window, qtbot, PRICE, "$3")
    assert "= €2.58 /GPU-h: $3, EUR at 0.86 per $" in plain_spaces(field.context.whole)
    qtbot.keyClick(field.edit, Qt.Key.Key_Return)
    assert window.session.value(PRICE) == 3.0


def test_looking_at_a_value_in_another_currency_does_not_change_it(window, qtbot):
    window.session.set_value(PRICE, 1.0 / 3.0, "Price")
    choose(window, qtbot, "CHF")
    field = window.inputs.fields[PRICE]
    field.edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
    qtbot.keyClick(field.edit, Qt.Key.Key_Return)
    qtbot.keyClick(field.edit, Qt.Key.Key_Tab)
    settle(window.session)
    assert window.session.value(PRICE) == 1.0 / 3.0


def test_a_currency_without_a_rate_gets_a_sentence_at_the_field(window, qtbot):
    before = window.session.value(PRICE)
    field = typed(window, qtbot, PRICE, "3 XAU")
    assert field.context.whole.startswith("No rate of 'XAU' is known; write the amount in one of USD, ")
    qtbot.keyClick(field.edit, Qt.Key.Key_Return)
    assert window.session.value(PRICE) == before


def test_another_plan_is_shown_in_its_own_currency(window, qtbot):
    choose(window, qtbot, "GBP")
    assert shown_money().code == "GBP"
    window.session.undo_stack.setClean()  # else the window asks
    window.documents.open(preset("eight-gpu-lab"))
    settle(window.session)
    assert shown_money().is_dollar
    assert window.headline.sentence.text().startswith("$")


def test_the_ledger_and_the_charts_follow(window, qtbot):
    choose(window, qtbot, "EUR")
    at = window.page_titles.index("Ledger")
    window.show_page(at)
    QApplication.processEvents()
    page = window.views[at]
    with money_shown_in(window.session.money[0]):
        told = [card.text_summary for card in page.cards if hasattr(card, "text_summary")]
    titles = [label.text() for label in page.findChildren(QLabel) if label.isVisible()]
    assert any("€" in each for each in titles + told)
    # Sources quote others, in their own currency.
    ours = [each for each in titles + told if "a year" not in each]
    assert not [each for each in ours if "$" in each.replace("per $", "")]


def with_money(project, currency: Currency):
    """The project shown in a currency."""
    return msgspec.structs.replace(project, currency=currency)


def test_the_axis_of_the_plan_follows_though_its_range_stays(window, qtbot):
    plot = window.findChild(CostTimePlot)

    def axis() -> QImage:
        QApplication.processEvents()
        # The labels alone: of title and curves the words and the colours change too.
        return plot.grab(QRect(0, plot.height() // 4, 40, plot.height() // 2)).toImage()

    dollars, spans = axis(), plot.spans
    assert axis() == dollars
    choose(window, qtbot, "EUR")
    assert plot.spans == spans
    assert axis() != dollars
    choose(window, qtbot, "USD")
    assert axis() == dollars


def test_the_price_slider_stops_at_round_amounts_of_the_currency_shown(window, qtbot):
    choose(window, qtbot, "EUR")
    unit, field = window.session.money[0], window.inputs.fields[PRICE]
    qtbot.keyClick(field.slider, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    for _ in range(3):
        settle(window.session)
        price = window.session.value(PRICE)
        assert unit.shown(price) == pytest.approx(round(unit.shown(price), 1), abs=1e-9)
        assert format_exact(price, "money") == f"€{unit.shown(price):.2f}"
        qtbot.keyClick(field.slider, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    for x in range(20, field.slider.width() - 20, 40):
        qtbot.mouseClick(field.slider, Qt.MouseButton.LeftButton, pos=QPoint(x, 8))
        text = format_exact(window.session.value(PRICE), "money")
        assert len(text.lstrip("€0.").replace(".", "").rstrip("0")) <= 3, text
        field.edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
        assert field.edit.text() == text
        field.slider.setFocus()
    tokens = window.inputs.fields["data.tokens"].slider
    qtbot.keyClick(tokens, Qt.Key.Key_Right)
    assert f"{window.session.value('data.tokens'):e}"[0] in "125"
    choose(window, qtbot, "USD")
    # From the middle: the end of the slider is a stop too.
    qtbot.mouseClick(field.slider, Qt.MouseButton.LeftButton, pos=field.slider.rect().center())
    qtbot.keyClick(field.slider, Qt.Key.Key_Right)
    assert f"{window.session.value(PRICE):e}"[0] in "125"
    assert float(f"{window.session.value(PRICE):.1g}") == window.session.value(PRICE)
