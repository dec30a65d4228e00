"""Choices that surround a run: how accelerators are obtained, where they stand, when it starts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit

from isocost.catalog.constants.economics import ApiQuote
from isocost.language import tr
from isocost.plan.inputs.table import CHOICES
from isocost.quantities import format_money
from isocost.report.findings.inputs.captions import OWN_PRICE, api_note
from isocost.ui.inputs.bindings import write
from isocost.ui.inputs.pickers import ChoicePicker, Picker
from isocost.ui.session.session import Session
from isocost.ui.widgets.fields.typing import WindowKeys
from isocost.ui.widgets.labels import plain_tip, restyle

_KINDS = {
    "country": tr("Countries"),
    "state": tr("States"),
    "cloud region": tr("Cloud regions"),
    "grid zone": tr("Grid operators"),
}


class RegionPicker(ChoicePicker):
    """A place with its grid and price of electricity."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, "site.region")
        self.addItem("US average", "")
        kind = ""
        for region in session.catalog.constants.regions.values():
            if region.kind != kind:
                kind = region.kind
                self._add_heading(_KINDS[kind].upper())
            self.addItem(region.name, region.id)


class OperatorPicker(ChoicePicker):
    """Who runs the machine room."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, "site.operator")
        for operator in session.catalog.constants.economics.pue_by_operator:
            self.addItem(operator.name, operator.id)


class ApiPicker(ChoicePicker):
    """Somebody else's model by the token, from the shipped quotes."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, "api.model")
        self.addItem(OWN_PRICE)
        quotes = [
            q
            for q in session.catalog.constants.api_quotes
            if q.kind == "inference" and q.usd_per_mtok_out is not None and q.asked_on(date.today())
        ]
        for supplier in dict.fromkeys(quote.supplier for quote in quotes):
            self._add_heading(supplier.upper())
            for quote in quotes:
                if quote.supplier == supplier:
                    self.addItem(quote.model, quote)

    def refresh(self) -> None:
        """Show the plan's model, or that its price was typed."""
        api = self._session.current_scenario.api
        at = _find(self, lambda quote: (quote.model, quote.supplier) == (api.model, api.supplier))
        # A model that is sold no more is not on offer, and is still what the plan is priced with.
        self.setItemText(0, OWN_PRICE if at >= 0 or not api.model else api.model)
        self.setCurrentIndex(max(0, at))
        self.setToolTip(plain_tip(f"{self.accessibleDescription()}\n{api_note(api)}"))

    def _choose(self, index: int) -> None:
        quote = self.itemData(index)
        if not isinstance(quote, ApiQuote):
            self.refresh()
            return
        self._write(index, tr("API model {model}", model=quote.model))


class FineTunePicker(ChoicePicker):
    """A host that fine-tunes, from the shipped quotes."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, "finetune.supplier")
        self.addItem(OWN_PRICE)
        for quote in session.catalog.constants.api_quotes:
            if quote.kind == "fine-tune" and quote.asked_on(date.today()):
                self.addItem("", quote)

    def refresh(self) -> None:
        """Show the quote the plan's price is from, and every price in the currency shown."""
        for place in range(1, self.count()):
            quote = self.itemData(place)
            price = format_money(quote.usd_per_mtok_in)
            self.setItemText(place, f"{price} {quote.supplier}, {quote.model}")
        tune = self._session.current_scenario.finetune
        wanted = (tune.supplier, tune.usd_per_mtok_trained)
        at = _find(self, lambda quote: (quote.supplier, quote.usd_per_mtok_in) == wanted)
        self.setCurrentIndex(max(0, at))

    def _choose(self, index: int) -> None:
        quote = self.itemData(index)
        if not isinstance(quote, ApiQuote):
            self.refresh()
            return
        self._write(index, tr("Fine-tuned by {supplier}", supplier=quote.supplier))


class StartEdit(QLineEdit):
    """The day the programme starts, as 2027-01-15; empty = months are numbered."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._help = CHOICES["schedule.start"].help
        self.setObjectName("schedule.start")
        self.setAccessibleName(CHOICES["schedule.start"].label)
        self.setAccessibleDescription(self._help)
        self.setToolTip(self._help)
        self.setPlaceholderText("year-month-day")
        self.setProperty("role", "quantity")
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.textEdited.connect(lambda _: self._mark(not self._valid()))
        self.editingFinished.connect(self._apply)
        self.returnPressed.connect(self.clearFocus)
        WindowKeys(self, self.isModified)

    def refresh(self) -> None:
        """Show the project's day, unless the user is typing another."""
        if not self.isModified():
            self.setText(self._session.current_scenario.schedule.start)
            self._mark(wrong=False)

    def _valid(self) -> bool:
        text = self.text().strip()
        try:
            return not text or bool(date.fromisoformat(text))
        except ValueError:
            return False

    def _apply(self) -> None:
        """Take a day, or what was there before when it is none."""
        if self.isModified() and self._valid():
            self.setModified(False)
            text = self.text().strip()
            day = date.fromisoformat(text).isoformat() if text else ""
            write(
                self._session,
                "schedule.start",
                day,
                tr("Start {day}", day=day) if day else tr("No start date"),
            )
        self.setModified(False)
        self.refresh()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.isModified():
            self.setModified(False)
            self.refresh()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not self._valid():
            self._mark(wrong=True)
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() is not Qt.FocusReason.PopupFocusReason:
            self._apply()

    def _mark(self, wrong: bool) -> None:
        if bool(self.property("wrong")) != wrong:
            self.setToolTip(
                tr("Write a day of the calendar, year first: 2027-01-15.") if wrong else self._help
            )
            restyle(self, "wrong", wrong)


def _find(picker: Picker, wanted: Callable[[ApiQuote], bool]) -> int:
    """Place of the first quote that is wanted; -1 = none is."""
    for index in range(picker.count()):
        quote = picker.itemData(index)
        if isinstance(quote, ApiQuote) and wanted(quote):
            return index
    return -1
