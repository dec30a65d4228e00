"""Choices from the catalogue: a named model, an accelerator, a number format."""

from __future__ import annotations

from PySide6.QtCore import QRect, QStringListModel, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPalette, QStandardItemModel, QWheelEvent
from PySide6.QtWidgets import QComboBox, QCompleter, QLineEdit, QListView

from isocost.catalog.names import normalised
from isocost.plan.inputs.table import CHOICES
from isocost.plan.kinds import data_of
from isocost.plan.physics.resolve import precision_on
from isocost.plan.project.project import ModelChoice, model_of
from isocost.report.findings.inputs import precision_note
from isocost.ui.inputs.bindings import write
from isocost.ui.look.icons import icon
from isocost.ui.session.session import Session
from isocost.ui.widgets.labels import plain_tip
from isocost.ui.widgets.typing import WindowKeys

CUSTOM = "Custom model"
ANNOUNCED = "announced"


class Picker(QComboBox):
    """A drop-down that the wheel changes only while it has focus."""

    def __init__(self, session: Session, path: str, label: str, help_text: str) -> None:
        super().__init__()
        self._session = session
        self.setObjectName(path)
        self.setAccessibleName(label)
        self.setAccessibleDescription(help_text)
        self.setToolTip(help_text)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self.setMaxVisibleItems(16)
        listed = self.view()
        assert isinstance(listed, QListView)
        # At each change of font Qt would measure every entry of a list nobody sees, hundreds for models.
        listed.setUniformItemSizes(True)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        colour = self.palette().color(QPalette.ColorRole.PlaceholderText).name()
        painter = QPainter(self)
        flat = self.property("role") == "flat"
        size = 12 if flat else 14
        place = QRect(self.width() - size - (0 if flat else 8), (self.height() - size) // 2, size, size)
        icon("chevron-down", colour, size).paint(painter, place)
        painter.end()

    def _add_heading(self, text: str) -> None:
        """A line that names a group and cannot be chosen."""
        self.addItem(text)
        model = self.model()
        assert isinstance(model, QStandardItemModel)
        item = model.item(self.count() - 1)
        item.setFlags(Qt.ItemFlag.NoItemFlags)


class ChoicePicker(Picker):
    """A declared choice, with its words in the order offered."""

    def __init__(self, session: Session, path: str) -> None:
        self.choice = CHOICES[path]
        super().__init__(session, path, self.choice.label, self.choice.help)
        for value, name in self.choice.options.items():
            self.addItem(name, value)
        self.activated.connect(self._choose)

    def refresh(self) -> None:
        """Show the project's choice."""
        value = self._session.value(self.choice.path)
        self.setCurrentIndex(next((i for i in range(self.count()) if self.itemData(i) == value), -1))

    def _choose(self, index: int) -> None:
        self._write(index, f"{self.choice.label}: {self.itemText(index)}")

    def _write(self, index: int, words: str) -> None:
        write(self._session, self.choice.path, self.itemData(index), words)


class SearchPicker(ChoicePicker):
    """A choice found by typing any part of one of its names: Enter takes the first that is found."""

    def __init__(self, session: Session, path: str, placeholder: str) -> None:
        super().__init__(session, path)
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self._hits = QStringListModel(self)
        self._finder = QCompleter(self._hits, self)
        self._finder.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self._finder.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._finder.setMaxVisibleItems(12)
        self._finder.activated.connect(self._take)
        self._line = line = QLineEdit()
        self.setLineEdit(line)
        # The box's own completer compares texts; this one's list is what was found.
        line.setCompleter(self._finder)
        line.setPlaceholderText(placeholder)
        line.setAccessibleName(self.choice.label)
        line.textEdited.connect(self._search)
        line.returnPressed.connect(self._take_first)
        line.editingFinished.connect(self.refresh)
        WindowKeys(line, line.isModified)

    def found(self, text: str) -> list[str]:
        """Names of what can be chosen for a text, the likeliest first."""
        raise NotImplementedError

    def _search(self, text: str) -> None:
        self._hits.setStringList(self.found(text))
        # Qt leaves this list without a parent, and so without the style sheet of those around.
        listed = self._finder.popup()
        if listed is not None and listed.parent() is not self:
            listed.setParent(self, Qt.WindowType.Popup)

    def _take_first(self) -> None:
        if self._line.isModified() and (hits := self.found(self._line.text())):
            self._take(hits[0])
        self._line.clearFocus()

    def _take(self, name: str) -> None:
        if (shown := self._finder.popup()) is not None:
            shown.hide()
        self._line.setModified(False)
        self._choose(self.findText(name, Qt.MatchFlag.MatchExactly))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.refresh()
        super().keyPressEvent(event)


class ModelPicker(SearchPicker):
    """A named model, found by typing any part of its name, or a custom one."""

    def __init__(self, session: Session, path: str = "model.name", *, custom: bool = True) -> None:
        super().__init__(session, path, "Search models")
        if custom:
            self.addItem(CUSTOM)
        maker = ""
        for entry in session.catalog.named_models:
            if entry.organisation != maker:
                maker = entry.organisation
                self._add_heading(maker.upper())
            self.addItem(entry.name, entry.name)

    def found(self, text: str) -> list[str]:
        """Models with a name or alias that contains the text; a custom one only when it is asked for."""
        names = [
            name for name in self._session.catalog.model_names.containing(text) if self.findData(name) >= 0
        ]
        custom = self.itemText(0) == CUSTOM and normalised(text) in normalised(CUSTOM)
        return [*names, CUSTOM] if custom else names

    def current_model(self) -> ModelChoice:
        """The project's model."""
        return model_of(self._session.current_scenario, self._session.current_stage)

    def refresh(self) -> None:
        """Show the project's model."""
        name = self.current_model().name
        # A plan may call it as a model hub does; the list has the catalogue's own names.
        known = self._session.catalog.model_names.find(name) if name is not None else None
        at = self.findData(known or name) if name is not None else 0
        if at < 0:
            at = self.findText(name or CUSTOM, Qt.MatchFlag.MatchFixedString)
        self.setCurrentIndex(max(0, at))
        self.setEditText(name or CUSTOM)

    def _choose(self, index: int) -> None:
        self._write(index, f"Model {self.itemData(index) or 'custom'}")


class AcceleratorPicker(ChoicePicker):
    """An accelerator of the catalogue, grouped by maker; announced parts are shown on demand."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, "hardware.accelerator")
        self._announced = False
        self._fill()

    def refresh(self) -> None:
        """Show the project's accelerator."""
        chosen = self._session.value("hardware.accelerator")
        entry = self._session.catalog.accelerator(chosen)
        if entry.announced and not self._announced:
            self._announced = True
            self._fill()
        self.setCurrentIndex(self.findData(entry.spec.id))

    def _fill(self) -> None:
        self.clear()
        makers: dict[str, list[tuple[str, str]]] = {}
        hidden = 0
        for entry in self._session.catalog.accelerators.values():
            if entry.announced and not self._announced:
                hidden += 1
                continue
            name = f"{entry.spec.name} (announced)" if entry.announced else entry.spec.name
            makers.setdefault(entry.spec.vendor, []).append((name, entry.spec.id))
        for maker, entries in makers.items():
            self._add_heading(maker.upper())
            for name, identifier in entries:
                self.addItem(name, identifier)
        if hidden:
            self.insertSeparator(self.count())
            self.addItem(f"Show {hidden} announced parts", ANNOUNCED)

    def _choose(self, index: int) -> None:
        chosen = self.itemData(index)
        if chosen == ANNOUNCED:
            self._announced = True
            self._fill()
            self.refresh()
            self.showPopup()
        elif chosen is not None:
            name = self._session.catalog.accelerator(chosen).short_name
            shared = self._session.current_stage.hardware is None
            count = f"{self._session.value('hardware.count'):,} " if shared else ""
            self._write(index, f"Choose {count}{name}")


class StackPicker(ChoicePicker):
    """The software the run is written in: it decides how much of the hardware's speed is reached."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, "efficiency.stack")
        self.setProperty("role", "flat")
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        for row, meaning in enumerate(self.choice.meanings.values()):
            self.setItemData(row, meaning, Qt.ItemDataRole.ToolTipRole)

    def refresh(self) -> None:
        """Show the project's software and say what it means."""
        super().refresh()
        self.setToolTip(f"{self.choice.meanings[self.currentData()]} {self.choice.help}")


class PrecisionPicker(ChoicePicker):
    """The number format of the matrix multiplies."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, "data.precision")

    def refresh(self) -> None:
        """Show the project's format, and the one used instead when the accelerator lacks it."""
        data = data_of(self._session.current_stage)
        if data is None:
            return
        super().refresh()
        spec = self._session.catalog.accelerator(self._session.value("hardware.accelerator")).spec
        used = precision_on(spec, data.precision)
        note = precision_note(spec.name, data.precision, used)
        self.setToolTip(plain_tip(self.choice.help if used == data.precision else note))

    def _choose(self, index: int) -> None:
        self._write(index, f"Precision {self.itemText(index)}")
