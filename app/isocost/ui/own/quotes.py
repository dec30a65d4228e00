"""Quotes: typed, pasted or imported, kept in the plan, and one of each accelerator in use."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from isocost.catalog.entries.prices import PriceCard
from isocost.files.imports.own import quotes_in
from isocost.files.imports.prices import PriceList
from isocost.files.imports.source import NotUnderstoodError
from isocost.files.own.quotes import MOST_ROWS, QuoteError, ReadQuotes, edited, read_quotes
from isocost.language import tr
from isocost.plan.project.choosing import price_from, with_price, with_quote_used
from isocost.plan.project.project import Place, Project
from isocost.plan.project.quotes import with_changed_quote, with_quotes, without_quotes
from isocost.report.decisions.importing import prices_said
from isocost.report.findings.own import quotes as words
from isocost.ui.look.theme import Theme
from isocost.ui.own.frame import OwnDialog, page_of_words
from isocost.ui.own.quote_table import QuoteModel, QuoteTable
from isocost.ui.session.session import Session
from isocost.ui.widgets.labels import WrapLabel, plain_tip

if TYPE_CHECKING:
    from isocost.files.imports.fetching import Fetched

NAME = "own_quotes"
BOX = 64
"""Pixels of the box that is typed and pasted into."""
PAUSE_MS = 120
"""Without a key before what is typed is read."""


class QuotesDialog(OwnDialog):
    """The plan's quotes."""

    size_wanted = (860, 600)

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(session, NAME, words.TITLE, words.HOW, parent)
        self.box = _Box()
        self.box.setObjectName(f"{NAME}.box")
        self.box.setPlaceholderText(words.PASTE)
        self.box.setAccessibleName(tr("A quote, or lines of them"))
        self.add = QPushButton(tr("Add"))
        self.import_ = QPushButton(tr("Import a file…"))
        self.address = QLineEdit()
        self.fetch = QPushButton(tr("Fetch"))
        self.understood, self.wrong = WrapLabel(), WrapLabel()
        self.model = QuoteModel(self)
        self.table = QuoteTable(self.model, self)
        self.nothing = WrapLabel()
        self._read: ReadQuotes | None = None
        self._adding = False
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._worker = session.worker(self._take, self._fail, of_plan=False)
        self._files = session.worker(self._take_file, self._fail, of_plan=False)
        self._fetching = session.worker(self._take_fetched, self._fail, of_plan=False)
        self._name_parts()
        self._lay_out_parts()
        self.remove = self.add_button("remove", tr("Remove"))
        self.use = self.add_button("use", tr("Use"), primary=True)
        self._connect()

    def _name_parts(self) -> None:
        self.address.setObjectName(f"{NAME}.address")
        self.address.setPlaceholderText(words.ADDRESS)
        self.address.setAccessibleName(tr("Address of a catalogue of prices"))
        self.address.setToolTip(plain_tip(words.FETCH_HELP))
        for button, name in ((self.add, "add"), (self.import_, "import"), (self.fetch, "fetch")):
            button.setObjectName(f"{NAME}.{name}")
            button.setAutoDefault(False)
        self.table.setObjectName(f"{NAME}.table")
        self.understood.setObjectName(f"{NAME}.understood")
        self.understood.setProperty("role", "fine")
        self.wrong.setObjectName(f"{NAME}.wrong")
        self.wrong.setProperty("role", "stop")
        self.nothing.setProperty("role", "small")
        self.nothing.say(words.NONE_YET)

    def _lay_out_parts(self) -> None:
        side = QVBoxLayout()
        side.setSpacing(8)
        for button in (self.add, self.import_):
            side.addWidget(button)
        side.addStretch(1)
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(self.box, 1)
        top.addLayout(side)
        self.body.addLayout(top)
        line = QHBoxLayout()
        line.setSpacing(12)
        line.addWidget(self.address, 1)
        line.addWidget(self.fetch)
        self.body.addLayout(line)
        for part in (self.understood, self.wrong):
            self.body.addWidget(part)
            part.hide()
        empty = page_of_words(self.nothing)
        self.pages = QStackedWidget()
        for page in (self.table, empty):
            self.pages.addWidget(page)
        self.body.addWidget(self.pages, 1)

    def _connect(self) -> None:
        self.box.textChanged.connect(self._pause.start)
        self.box.entered.connect(self._add)
        self._pause.timeout.connect(self._ask)
        self.add.clicked.connect(self._add)
        self.import_.clicked.connect(self._import)
        self.fetch.clicked.connect(self._fetch)
        self.address.returnPressed.connect(self._fetch)
        self.model.typed.connect(self._type_over)
        self.table.use_wanted.connect(self._use)
        self.table.remove_wanted.connect(self._remove)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._show_buttons())
        self.use.clicked.connect(self._use)
        self.remove.clicked.connect(self._remove)
        for signal in (self.session.project_changed, self.session.selection_changed):
            signal.connect(lambda *_: self._refresh())
        self.session.catalog_changed.connect(self._refresh)

    def apply_theme(self, theme: Theme) -> None:
        super().apply_theme(theme)
        self.box.setFixedHeight(theme.px(BOX))
        self.table.apply_theme(theme)

    def arrive(self) -> None:
        self.say("")
        self._refresh()
        self.box.setFocus(Qt.FocusReason.OtherFocusReason)

    def _refresh(self) -> None:
        """Show the plan's quotes while anybody looks."""
        if not self.isVisible():
            return
        session = self.session
        lines = words.quote_lines(session.project, session.scenario, session.catalog)
        if lines != self.model.rows:
            self.model.show(lines)
            self.table.fit()
        self.pages.setCurrentIndex(0 if lines else 1)
        self._show_buttons()

    def _show_buttons(self) -> None:
        chosen = self.table.chosen
        self.use.setEnabled(len(chosen) == 1)
        self.remove.setEnabled(bool(chosen))

    # Reading what is typed

    def _ask(self) -> None:
        text = self.box.toPlainText()
        if not text.strip():
            self._show_read(None)
            return
        self._worker.request(self._reading(text))

    def _reading(self, text: str) -> Callable[[], ReadQuotes]:
        session = self.session
        return partial(read_quotes, text, session.catalog, session.money, date.today())

    def _take(self, read: ReadQuotes) -> None:
        self._show_read(read)
        if self._adding:
            self._adding = False
            self._keep(read)

    def _show_read(self, read: ReadQuotes | None) -> None:
        self._read = read
        fine = "" if read is None else words.understood(read, self.session.catalog)
        wrong = "" if read is None else words.not_understood(read)
        for label, text in ((self.understood, fine), (self.wrong, wrong)):
            label.setVisible(bool(text))
            label.say(text)

    def _fail(self, error: Exception) -> None:
        self._adding = False
        self.waiting(False)
        self.fetch.setEnabled(True)
        self._show_buttons()
        self.say(str(error), "stop")

    # Changing the plan

    def _add(self) -> None:
        """Keep what the box says, once all of it is read."""
        if not self.box.toPlainText().strip():
            self.say(tr("Type or paste a quote first, such as {example}", example=words.EXAMPLE), "care")
            self.box.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self._adding = True
        self._pause.stop()
        self._ask()

    def _keep(self, read: ReadQuotes) -> None:
        """Put quotes into the plan as one step; lines that could not be read stay in the box."""
        cards, session = read.cards, self.session
        if not cards:
            self.say("")
            return
        after = with_quotes(session.project, cards)
        if len(after.prices) > MOST_ROWS:
            self.say(words.too_many(len(after.prices)), "stop")
            return
        session.apply(lambda project: with_quotes(project, cards), words.added_words(cards, session.catalog))
        self.box.setPlainText("\n".join(row.text for row in read.wrong))
        self._pause.stop()
        self._show_read(ReadQuotes(read.wrong) if read.wrong else None)
        said = words.added_said(cards, session.project, session.scenario, session.catalog)
        left = f" {words.left_words(len(read.wrong))}" if read.wrong else ""
        self.say(f"{said}{left}", "care" if read.wrong else "fine")
        self.table.choose(cards[0])

    def _import(self) -> None:
        """Let the user choose a file of quotes."""
        name, _ = QFileDialog.getOpenFileName(self, tr("Import quotes"), str(Path.home()), words.FILE_KINDS)
        if name:
            session = self.session
            self.waiting(True)
            self._files.request(partial(quotes_in, Path(name), session.catalog, session.money, date.today()))

    def _take_file(self, read: ReadQuotes | PriceList) -> None:
        self.waiting(False)
        self._show_buttons()
        if isinstance(read, PriceList):
            self._keep_prices(read)
        else:
            self._show_read(read)
            self._keep(read)

    def _fetch(self) -> None:
        """Ask for the prices at the address that is typed: that address alone, when the button is pressed."""
        # With it come the modules of the network, which take longer to import than a dialog to open.
        from isocost.files.imports.fetching import FetchError, checked_address, fetch_prices

        try:
            address = checked_address(self.address.text())
        except FetchError as error:
            self.say(str(error) if self.address.text().strip() else words.FETCH_HELP, "care")
            self.address.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.waiting(True)
        self.fetch.setEnabled(False)
        self.say(tr("Fetching {address}…", address=address))
        self._fetching.request(partial(fetch_prices, address))

    def _take_fetched(self, found: Fetched) -> None:
        self.waiting(False)
        self.fetch.setEnabled(True)
        self._show_buttons()
        self._keep_prices(found.prices, found.said())

    def _keep_prices(self, found: PriceList, said: str = "") -> None:
        """Put the prices of a catalogue into the plan as one step, the cheapest of each offer."""
        session = self.session
        before, catalog = session.project, session.catalog
        at = Place(session.scenario, session.stage)
        try:
            found.change(before, catalog, at)
        except NotUnderstoodError as problem:
            self.say(f"{said} {found.name}: {problem}".strip(), "stop")
            return
        cards = found.cards(date.today())
        session.apply(lambda project: found.change(project, catalog, at), words.added_words(cards, catalog))
        self.say(" ".join([said, *prices_said(found, before, session.project)]).strip(), "fine")
        self.table.choose(cards[0])

    def _type_over(self, card: PriceCard, what: str, text: str) -> None:
        """Take what is typed into a cell; what it cannot be is said, and the cell stays as it was."""
        session = self.session
        try:
            after = edited(card, what, text, session.catalog, session.money, date.today())
        except QuoteError as error:
            self.say(str(error), "stop")
            return
        at = session.scenario

        def change(project: Project) -> Project:
            changed = with_changed_quote(project, card, after)
            held = project.scenarios[at]
            paid = held.price == price_from(card) and held.hardware.accelerator == after.accelerator
            return with_price(changed, after, at) if paid else changed

        session.apply(change, words.changed_words(after, session.catalog))
        self.say("")

    def _use(self) -> None:
        chosen, session = self.table.chosen, self.session
        if len(chosen) != 1:
            return
        (card,), at = chosen, session.scenario
        said = words.used_words(card, session.catalog)
        session.apply(lambda project: with_quote_used(project, card, at), said)
        self.table.choose(card)
        self.say("")

    def _remove(self) -> None:
        cards = self.table.chosen
        if cards:
            said = words.removed_words(cards, self.session.catalog)
            self.session.apply(lambda project: without_quotes(project, cards), said)
            self.say("")


class _Box(QPlainTextEdit):
    """Where quotes are typed and pasted: Enter adds them, Shift+Enter begins another line."""

    entered = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setTabChangesFocus(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.entered.emit()
        else:
            super().keyPressEvent(event)
