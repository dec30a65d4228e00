"""What the catalogue offers, found by typing any part of one of its names: a model, an accelerator."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QToolTip

from isocost.catalog.names import normalised
from isocost.language import tr
from isocost.plan.project.project import ModelChoice, model_of
from isocost.quantities import format_count
from isocost.report.findings.inputs.offers import (
    ADD_OWN,
    CUSTOM,
    MODEL_COLUMNS,
    Offer,
    accelerator_columns,
    accelerator_offers,
    holding,
    model_offer,
    model_offers,
    named_accelerator,
    not_taken,
    spelled,
    unknown_accelerator,
    unknown_model,
)
from isocost.report.table import Column
from isocost.ui.dialogs.own_catalog import show_own_catalog
from isocost.ui.inputs.bindings import write
from isocost.ui.inputs.choices import ChoiceList, Line
from isocost.ui.inputs.pickers import ChoicePicker
from isocost.ui.own.opening import open_own
from isocost.ui.session.session import Session
from isocost.ui.widgets.fields.typing import WindowKeys
from isocost.ui.widgets.labels import plain_tip, restyle, shorten

OPENING = (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp, Qt.Key.Key_F4)
"""Keys that open the list: with a list this long nobody wants the next entry unseen."""

SAID_AFTER_MS = 250
"""Qt takes a tip away at the release of the button whose press left the line."""


class SearchPicker(ChoicePicker):
    """A line that finds what is chosen: Enter takes the first that is found, or the line one moved to.

    Escape restores what the plan has. Leaving takes a whole name; anything else is said not to be taken.
    """

    def __init__(self, session: Session, path: str, placeholder: str) -> None:
        super().__init__(session, path)
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setDuplicatesEnabled(True)  # else Enter would look for the text among the items
        self._line = line = _NameLine()
        self.setLineEdit(line)
        self.setCompleter(None)  # type: ignore[arg-type]  # Qt's own would write its guess behind what is typed
        line.setPlaceholderText(placeholder)
        line.setAccessibleName(self.choice.label)
        line.setAccessibleDescription(self.choice.help)
        self.list = ChoiceList(line, self.choice.label)
        self.list.escaped.connect(self._restore)
        self.list.entered.connect(self._enter)
        self.list.chosen.connect(self._take)
        line.textEdited.connect(self._search)
        line.returnPressed.connect(self._enter)
        line.editingFinished.connect(self._leave)
        WindowKeys(line, line.isModified)

    # What a list of its own says

    def chosen(self) -> tuple[str, str]:
        """What the plan has, and how it is written."""
        raise NotImplementedError

    def columns(self) -> tuple[Column, ...]:
        """What is told of each."""
        raise NotImplementedError

    def everything(self) -> list[Line]:
        """All there is to choose from, in groups."""
        raise NotImplementedError

    def found(self, text: str) -> list[Line]:
        """What can be chosen for a text, the likeliest first."""
        raise NotImplementedError

    def unknown(self, text: str) -> str:
        """Why nothing can be chosen by a whole name, in a sentence; empty = something can."""
        raise NotImplementedError

    def add_own(self) -> None:
        """Let the user add one of their own."""
        raise NotImplementedError

    def choose(self, value: str) -> None:
        """Put something into the plan."""
        raise NotImplementedError

    # Lines

    def grouped(self, offers: Iterable[Offer]) -> list[Line]:
        """Offers under the headings of their groups."""
        lines: list[Line] = []
        shown, group = self.chosen()[0], None
        for offer in offers:
            if offer.group != group:
                group = offer.group
                lines.append(Line((group.upper(),), heading=True))
            lines.append(Line(offer.cells, offer.sentence, self._choosing(offer.value), offer.value == shown))
        return lines

    def hit(self, offer: Offer, spelling: str, held: str = "") -> Line:
        """An offer found by one of its spellings, which may hold several."""
        name, *figures = offer.cells
        # An id is nobody's name for it.
        also = "" if spelling == offer.value else spelling
        return Line((spelled(name, also, held), *figures), offer.sentence, self._choosing(offer.value))

    def _choosing(self, value: str) -> Callable[[], None]:
        return partial(self.choose, value)

    # The line

    def refresh(self) -> None:
        """Show what the plan has, unless another name is being typed."""
        if not self._line.isModified():
            self._restore()

    def showPopup(self) -> None:  # noqa: N802 - Qt's name
        """All there is, or what is found for what is being typed."""
        self._line.setFocus(Qt.FocusReason.PopupFocusReason)
        if self._line.isModified():
            self._search(self._line.text())
        else:
            self._line.selectAll()
            self._open(self.everything())

    def hidePopup(self) -> None:  # noqa: N802 - Qt's name
        self.list.close()

    def _open(self, lines: list[Line]) -> None:
        own = Line((ADD_OWN,), choose=self.add_own, command=True)
        self.list.open(self.columns(), [*lines, own], self)

    def _search(self, text: str) -> None:
        self._mark("")
        if not text.strip():
            self._open(self.everything())
            return
        found = self.found(text)
        self._open(found or [Line((self.unknown(text),))])

    def _enter(self) -> None:
        """Take the line one moved to, else the first that is found; a name nobody knows stays, with why."""
        if self.list.take():
            return
        text = self._line.text()
        if not self._line.isModified() or not text.strip():
            self._done()
        elif found := self.found(text):
            self._take(found[0])
        else:
            self._search(text)
            self._mark(self.unknown(text))

    def _take(self, line: Line) -> None:
        self._done()
        if line.choose is not None:
            line.choose()

    def _done(self) -> None:
        self.list.close()
        self._restore()
        self._line.clearFocus()

    def _leave(self) -> None:
        """Take a whole name; what is none is given up rather than kept unseen, and that is said."""
        if self._line.hasFocus() or not self._line.isModified():
            return
        text, found = self._line.text().strip(), self.found(self._line.text())
        if text and found and not self.unknown(text):
            self._take(found[0])
            return
        self._done()
        if text:
            words = not_taken(text, found[0].cells[0] if found else "", self.unknown(text), self._line.text())
            QTimer.singleShot(SAID_AFTER_MS, self, partial(self._say, words))

    def _say(self, words: str) -> None:
        QToolTip.showText(self.mapToGlobal(QPoint(0, self.height())), plain_tip(words), self)

    def _restore(self) -> None:
        self._mark("")
        value, text = self.chosen()
        self.setCurrentIndex(self.findData(value))
        self.setEditText(text)
        self._line.setModified(False)
        self._line.setCursorPosition(0)  # a long name is read from its beginning

    def _mark(self, wrong: str) -> None:
        self.setToolTip(plain_tip(wrong or self.choice.help))
        self._line.setAccessibleDescription(wrong or self.choice.help)
        restyle(self, "wrong", bool(wrong))

    def _choose(self, index: int) -> None:
        self.choose(self.itemData(index))

    def _put(self, value: str | None, words: str) -> None:
        write(self._session, self.choice.path, value, words)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in OPENING:
            self.showPopup()
        elif event.key() == Qt.Key.Key_Escape and self._line.isModified():
            self._restore()
            self._line.selectAll()
        else:
            super().keyPressEvent(event)


class _NameLine(QLineEdit):
    """A line that ends in an ellipsis where a name has no room and nobody types."""

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() is not Qt.FocusReason.PopupFocusReason and not self.isModified():
            self.selectAll()

    def paintEvent(self, event: QPaintEvent) -> None:
        room = self.contentsRect()
        short = shorten(self.text(), self.fontMetrics(), room.width())
        if self.hasFocus() or short == self.text():
            super().paintEvent(event)
            return
        painter = QPainter(self)
        painter.setFont(self.font())
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, short)
        painter.end()


class ModelPicker(SearchPicker):
    """A named model, found by typing any part of its name, or a custom one."""

    def __init__(self, session: Session, path: str = "model.name", *, custom: bool = True) -> None:
        self._custom = custom
        super().__init__(session, path, tr("Search models"))
        if custom:
            self.addItem(CUSTOM, "")
        for entry in session.catalog.named_models:
            self.addItem(entry.name, entry.name)

    def current_model(self) -> ModelChoice:
        """The project's model."""
        return model_of(self._session.current_scenario, self._session.current_stage)

    def chosen(self) -> tuple[str, str]:
        """The project's model."""
        name = self.current_model().name
        if name is None:
            return "", CUSTOM
        # A plan may call it as a model hub does; the list has the catalogue's own names.
        return self._session.catalog.model_names.find(name) or name, name

    def columns(self) -> tuple[Column, ...]:
        """What is told of each model."""
        return MODEL_COLUMNS

    def everything(self) -> list[Line]:
        """All models by maker, a custom one first."""
        own = [self._a_custom_one()] if self._custom else []
        return [*own, *self.grouped(model_offers(self._session.catalog))]

    def found(self, text: str) -> list[Line]:
        """Models with a name or alias that contains the text; a custom one only when it is asked for."""
        catalog = self._session.catalog
        names = catalog.model_names
        lines = []
        for name, spelling in catalog.models_like(text).items():
            # One that is no use to most, as the grid points of a benchmark, is found by its whole name.
            if self.findData(name) >= 0 or (name == names.find(text) and not self.unknown(name)):
                lines.append(self.hit(model_offer(catalog.models[name], catalog), spelling))
        if self._custom and normalised(text) in normalised(CUSTOM):
            lines.append(self._a_custom_one())
        return lines

    def _a_custom_one(self) -> Line:
        return Line((CUSTOM,), choose=self._choosing(""), shown=not self.chosen()[0])

    def unknown(self, text: str) -> str:
        """Why no model can be planned by a name; empty = one can."""
        return unknown_model(text, self._session.catalog)

    def add_own(self) -> None:
        """Lead to the file that models of one's own stand in."""
        show_own_catalog(self.window())

    def choose(self, value: str) -> None:
        """Put a model into the plan; none is a custom one."""
        self._put(value or None, tr("Model {value}", value=value or tr("custom")))


class AcceleratorPicker(SearchPicker):
    """An accelerator, found by typing any part of its names; announced parts are listed on demand."""

    def __init__(self, session: Session) -> None:
        self._announced = False
        super().__init__(session, "hardware.accelerator", tr("Search accelerators"))
        self._fill()
        session.catalog_changed.connect(self._fill)

    def _fill(self) -> None:
        """Hold every accelerator of the catalogue, which may be another than before."""
        self.clear()
        for entry in self._session.catalog.accelerators.values():
            self.addItem(named_accelerator(entry), entry.spec.id)
        self.refresh()

    def chosen(self) -> tuple[str, str]:
        """The project's accelerator."""
        entry = self._session.catalog.accelerator(self._session.value("hardware.accelerator"))
        return entry.spec.id, named_accelerator(entry)

    def columns(self) -> tuple[Column, ...]:
        """What is told of each accelerator."""
        return accelerator_columns(self._session.current_scenario)

    def everything(self) -> list[Line]:
        """All accelerators by maker; announced ones once they were asked for, or while the plan has one."""
        catalog = self._session.catalog
        offers = self._offers()
        hidden = {offer.value for offer in offers if catalog.accelerators[offer.value].announced}
        if self._announced or self.chosen()[0] in hidden:
            hidden = set()
        lines = self.grouped(offer for offer in offers if offer.value not in hidden)
        if hidden:
            words = tr("Show {count} announced parts", count=len(hidden))
            lines.append(Line((words,), choose=self._show_announced, command=True))
        return lines

    def found(self, text: str) -> list[Line]:
        """Accelerators that a text may mean, announced ones too."""
        catalog = self._session.catalog
        offers = {offer.value: offer for offer in self._offers()}
        return [
            self.hit(offers[key], spelling, holding(catalog, spelling))
            for key, spelling in catalog.accelerators_like(text).items()
            if key in offers
        ]

    def unknown(self, text: str) -> str:
        """Why no accelerator can be planned by a name; empty = one can."""
        return unknown_accelerator(text, self._session.catalog)

    def add_own(self) -> None:
        """Open the form for an accelerator of one's own."""
        open_own(self, "accelerators")

    def choose(self, value: str) -> None:
        """Put an accelerator into the plan, in the plan's count."""
        name = self._session.catalog.accelerator(value).short_name
        shared = self._session.current_stage.hardware is None
        count = f"{format_count(self._session.value('hardware.count'))} " if shared else ""
        self._put(value, tr("Choose {count}{name}", count=count, name=name))

    def _offers(self) -> tuple[Offer, ...]:
        session = self._session
        return accelerator_offers(session.project, session.current_scenario, session.catalog)

    def _show_announced(self) -> None:
        self._announced = True
        self.showPopup()
