"""Choices from the catalogue: a named model, an accelerator, a number format."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPalette, QStandardItemModel, QWheelEvent
from PySide6.QtWidgets import QComboBox, QCompleter

from isocost.plan.project.choosing import price_on
from isocost.plan.project.editing import choose_own_accelerator
from isocost.plan.project.project import ModelChoice, PretrainStage, model_of, price_of
from isocost.plan.runs.resolve import precision_on
from isocost.report.findings.inputs import precision_note
from isocost.ui.inputs.bindings import model_parameters
from isocost.ui.look.icons import icon
from isocost.ui.session.session import Session

CUSTOM = "Custom model"
ANNOUNCED = "announced"
PRECISIONS = {
    "bf16": "BF16",
    "fp16": "FP16",
    "fp8": "FP8",
    "mxfp8": "MXFP8",
    "nvfp4": "NVFP4",
    "fp32": "FP32",
}

STACKS = {"vendor": "tuned vendor stack", "open": "open-source stack", "research": "research code"}

STACK_MEANINGS = {
    "vendor": "Vendor stack: the maker's own recipes, such as Megatron-Core or MaxText, tuned for the part.",
    "open": "Open-source stack: good code such as FSDP, DeepSpeed or Composer, configured but not tuned.",
    "research": "Research code: easy to change, with little fused or overlapped.",
}
"""What each kind of software is; one sentence each."""


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


class ModelPicker(Picker):
    """A named model, found by typing any part of its name, or a custom one."""

    def __init__(
        self,
        session: Session,
        path: str = "model.name",
        label: str = "Model",
        help_text: str = "A model of the catalogue, or one of your own size.",
        *,
        custom: bool = True,
    ) -> None:
        super().__init__(session, path, label, help_text)
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        if custom:
            self.addItem(CUSTOM)
        maker = ""
        for entry in session.catalog.named_models:
            if entry.organisation != maker:
                maker = entry.organisation
                self._add_heading(maker.upper())
            self.addItem(entry.name, entry.name)
        completer = QCompleter(self.model(), self)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        self.setCompleter(completer)
        line = self.lineEdit()
        assert line is not None
        line.setPlaceholderText("Search models")
        line.setAccessibleName(label)
        line.editingFinished.connect(self.refresh)
        self.activated.connect(self._choose)

    def current_model(self) -> ModelChoice:
        """The project's model."""
        return model_of(self._session.current_scenario, self._session.current_stage)

    def refresh(self) -> None:
        """Show the project's model."""
        name = self.current_model().name
        at = self.findData(name) if name is not None else 0
        if at < 0:
            at = self.findText(name or CUSTOM, Qt.MatchFlag.MatchFixedString)
        self.setCurrentIndex(max(0, at))
        self.setEditText(name or CUSTOM)

    def _choose(self, index: int) -> None:
        name = self.itemData(index)
        if name is not None:
            values = {"name": name, "parameters": None, "active_parameters": None}
        else:
            counted = model_parameters(self._session)
            dense = counted.active >= 0.99 * counted.total
            active = None if dense else counted.active
            values = {"name": None, "parameters": counted.total, "active_parameters": active}
        self._session.set_section("model", f"Model {name or 'custom'}", **values)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.refresh()
        super().keyPressEvent(event)


class AcceleratorPicker(Picker):
    """An accelerator of the catalogue, grouped by maker; announced parts are shown on demand."""

    def __init__(self, session: Session) -> None:
        help_text = "The accelerator type; its price follows unless you type one."
        super().__init__(session, "hardware.accelerator", "Accelerator", help_text)
        self._announced = False
        self._fill()
        self.activated.connect(self._choose)

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
            self._take(chosen)

    def _take(self, accelerator: str) -> None:
        """A stage with hardware of its own keeps it apart from the scenario's."""
        session = self._session
        if session.current_stage.hardware is None:
            session.choose_hardware(accelerator, session.value("hardware.count"))
            return
        at = {"scenario": session.scenario, "at": session.stage}
        held = price_of(session.current_scenario, session.current_stage)
        price = price_on(session.project, accelerator, held, session.catalog)
        name = session.catalog.accelerator(accelerator).short_name
        session.apply(
            lambda project: choose_own_accelerator(project, accelerator, price, **at), f"Choose {name}"
        )


class StackPicker(Picker):
    """The software the run is written in: it decides how much of the hardware's speed is reached."""

    def __init__(self, session: Session) -> None:
        help_text = "How well tuned the training software is; measured on published runs of each kind."
        super().__init__(session, "efficiency.stack", "Software", help_text)
        self.setProperty("role", "flat")
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        for key, name in STACKS.items():
            self.addItem(name, key)
            self.setItemData(self.count() - 1, STACK_MEANINGS[key], Qt.ItemDataRole.ToolTipRole)
        self.activated.connect(
            lambda index: session.set_value(
                "efficiency.stack", self.itemData(index), f"Software: {self.itemText(index)}"
            )
        )

    def refresh(self) -> None:
        """Show the project's software and say what it means."""
        chosen = self._session.value("efficiency.stack")
        self.setCurrentIndex(self.findData(chosen))
        self.setToolTip(f"{STACK_MEANINGS[chosen]} {self.accessibleDescription()}")


class PrecisionPicker(Picker):
    """The number format of the matrix multiplies."""

    def __init__(self, session: Session) -> None:
        help_text = "Number format of the matrix multiplies; the accelerator's nearest one is used."
        super().__init__(session, "data.precision", "Precision", help_text)
        for key, name in PRECISIONS.items():
            self.addItem(name, key)
        self.activated.connect(
            lambda index: session.set_value(
                "data.precision", self.itemData(index), f"Precision {self.itemText(index)}"
            )
        )

    def refresh(self) -> None:
        """Show the project's format, and the one used instead when the accelerator lacks it."""
        stage = self._session.current_stage
        if not isinstance(stage, PretrainStage):
            return
        self.setCurrentIndex(self.findData(stage.data.precision))
        spec = self._session.catalog.accelerator(self._session.value("hardware.accelerator")).spec
        used = precision_on(spec, stage.data.precision)
        note = precision_note(spec.name, stage.data.precision, used)
        self.setToolTip(self.accessibleDescription() if used == stage.data.precision else note)
