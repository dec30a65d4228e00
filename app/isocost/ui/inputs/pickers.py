"""Drop-downs for declared choices: software, a number format, and what others build on."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QStandardItemModel, QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QListView,
    QSizePolicy,
    QStyledItemDelegate,
    QStyleOptionComboBox,
    QStyleOptionViewItem,
)

from isocost.language import tr
from isocost.plan.inputs.table import CHOICES
from isocost.plan.kinds import data_of
from isocost.plan.physics.resolve import precision_on
from isocost.report.findings.inputs.captions import precision_note
from isocost.ui.inputs.bindings import write
from isocost.ui.look.icons import icon
from isocost.ui.session.session import Session
from isocost.ui.widgets.labels import plain_tip, shorten

LIST_FRAME = 10
"""Pixels that the frame of a drop-down's list takes, as in the style sheet."""

GAP, FRAME = 5, 28
"""Pixels beside words and arrow of a drop-down without a frame, and of one with it."""
LEAST_WORDS = 5
"""Letters that one without a frame shows at least."""

_Index = QModelIndex | QPersistentModelIndex


class DropDown(QComboBox):
    """A list to choose from, drawn as every one here; the wheel changes it only while it has focus."""

    def __init__(self, name: str, label: str, help_text: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(label)
        self.setAccessibleDescription(help_text)
        self.setToolTip(help_text)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self.setMaxVisibleItems(16)
        self.setItemDelegate(_Entries(self))
        entries = self.view()
        entries.setTextElideMode(Qt.TextElideMode.ElideRight)
        if isinstance(entries, QListView):
            # Else Qt asks the style sheet for the size of each entry at every change of theme or text, in
            # closed lists as well: those of the ledger hold a thousand.
            entries.setUniformItemSizes(True)

    def flatten(self) -> None:
        """Go without a frame, as wide as what is chosen: the arrow stands beside its words. Where that has no
        room, narrower, as what it stands in would be cut."""
        self.setProperty("role", "flat")
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.currentTextChanged.connect(self.updateGeometry)

    @property
    def flat(self) -> bool:
        """Whether it has no frame."""
        return bool(self.property("role") == "flat")

    @property
    def arrow(self) -> int:
        """Pixels of the arrow, which grows with the words."""
        return self.fontMetrics().ascent() + 1

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        if self.flat:
            hint.setWidth(self.fontMetrics().horizontalAdvance(self.currentText()) + self.arrow + GAP)
        return hint

    def minimumSizeHint(self) -> QSize:
        if not self.flat:
            return super().minimumSizeHint()
        least = min(self.sizeHint().width(), LEAST_WORDS * self.fontMetrics().averageCharWidth() + self.arrow)
        return QSize(least, self.sizeHint().height())

    def initStyleOption(self, option: QStyleOptionComboBox) -> None:  # noqa: N802 - Qt's name
        """What is chosen ends in an ellipsis where it has no room."""
        super().initStyleOption(option)
        beside = self.arrow + (0 if self.flat else FRAME)
        option.currentText = shorten(self.currentText(), self.fontMetrics(), self.width() - beside)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def showPopup(self) -> None:  # noqa: N802 - Qt's name
        """Open the list, as wide as its longest entry and inside the screen."""
        view, screen = self.view(), self.screen().availableGeometry()
        bar = view.verticalScrollBar().sizeHint().width() if self.count() > self.maxVisibleItems() else 0
        view.setMinimumWidth(min(screen.width(), view.sizeHintForColumn(0) + bar + LIST_FRAME))
        super().showPopup()
        shown = view.window()
        shown.move(min(shown.x(), screen.right() + 1 - shown.width()), shown.y())

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        colour = self.palette().color(QPalette.ColorRole.PlaceholderText).name()
        painter = QPainter(self)
        size = self.arrow
        place = QRect(self.width() - size - (0 if self.flat else 8), (self.height() - size) // 2, size, size)
        icon("chevron-down", colour, size).paint(painter, place)
        painter.end()


class Picker(DropDown):
    """A drop-down of a value of the plan."""

    def __init__(self, session: Session, path: str, label: str, help_text: str) -> None:
        super().__init__(path, label, help_text)
        self._session = session

    def _add_heading(self, text: str) -> None:
        """A line that names a group and cannot be chosen."""
        self.addItem(text)
        model = self.model()
        assert isinstance(model, QStandardItemModel)
        item = model.item(self.count() - 1)
        item.setFlags(Qt.ItemFlag.NoItemFlags)


class _Entries(QStyledItemDelegate):
    """Entries of a list with the style sheet's padding, which Qt's own for drop-downs knows nothing of."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: _Index) -> None:  # noqa: N802 - Qt's name
        super().initStyleOption(option, index)
        # Qt writes the list in the font of the box, which is bold.
        option.font = option.widget.font()


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


AUTO = tr("auto")


class OptionalPicker(ChoicePicker):
    """A declared choice that may be left open."""

    def __init__(self, session: Session, path: str) -> None:
        super().__init__(session, path)
        self.insertItem(0, AUTO, None)
        for row in range(1, self.count()):
            self.setItemData(row, self.choice.meanings.get(self.itemData(row)), Qt.ItemDataRole.ToolTipRole)


class StackPicker(ChoicePicker):
    """The software the run is written in: it decides how much of the hardware's speed is reached."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, "efficiency.stack")
        self.flatten()
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
        self._write(index, tr("Precision {itemtext}", itemtext=self.itemText(index)))
