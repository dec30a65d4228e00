"""The column of inputs: always in sight, always about the selected stage."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from isocost.catalog.records import named_for
from isocost.language import tr
from isocost.plan.answer.estimate import Answer
from isocost.plan.answer.results import Estimate
from isocost.plan.inputs.defaults import slider_low
from isocost.plan.inputs.locks import LOCKABLE
from isocost.plan.inputs.roads import DENSE
from isocost.plan.inputs.table import NUMBERS
from isocost.plan.kinds import Stage, data_of, kind_of, uses
from isocost.plan.money.ownership import PURCHASE
from isocost.plan.physics.counts import counted_by, units_of
from isocost.plan.project.project import efficiency_of
from isocost.plan.values import Data, sequences_of
from isocost.quantities import shown_money
from isocost.report.findings.inputs.captions import details_line, layout_line, prices_shown, software_line
from isocost.ui.inputs.bindings import model_parameters
from isocost.ui.inputs.field_input import EDIT_WIDTH, FieldInput
from isocost.ui.inputs.marks import InputMarks
from isocost.ui.inputs.pickers import ChoicePicker, OptionalPicker, Picker, PrecisionPicker, StackPicker
from isocost.ui.inputs.quotes import QuotesButton
from isocost.ui.inputs.search import AcceleratorPicker, ModelPicker
from isocost.ui.inputs.selected import selected
from isocost.ui.inputs.stage.layout import LayoutPins, pins_of
from isocost.ui.inputs.stage.notes import StageNotes
from isocost.ui.inputs.stage.pickers import (
    ClaimPicker,
    efficiency_holder,
    hardware_holder,
    model_holder,
)
from isocost.ui.inputs.stage.recipe import Recipe
from isocost.ui.inputs.stage.strip import StageStrip
from isocost.ui.inputs.stage.why import WhyCard
from isocost.ui.look.icons import put_icon
from isocost.ui.look.theme import Theme, palette
from isocost.ui.session.session import Session
from isocost.ui.widgets.disclosure import Disclosure
from isocost.ui.widgets.sections import ScrollBody, beside, keep_bar, labelled, section

WIDTH = 292
MARGIN = 16

_FROM_THE_ESTIMATE = (
    "efficiency.mfu",
    "efficiency.goodput",
    "efficiency.waste",
    "data.tokens",
    "data.sequence",
    "data.batch_tokens",
    "model.parameters",
)
_SECTIONS = ("model", "data", "hardware", "price", "efficiency", "stage")
_DETAILS = ("data.sequence", "data.batch_tokens", "data.document", "data.precision")
_SOFTWARE = ("efficiency.attention", "efficiency.overlap", "efficiency.matmul_tflops")


class InputColumn(QScrollArea):
    """Every input of the selected stage, in the order people think of them."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.setObjectName("inputs")
        self.setAccessibleName(tr("Inputs"))
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        keep_bar(self)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.fields = {
            path: FieldInput(field, session)
            for path, field in NUMBERS.items()
            if field.section in _SECTIONS or path == PURCHASE
        }
        self.stages = StageStrip(session)
        self.recipe = Recipe(session)
        self.why = WhyCard(session)
        self.notes = StageNotes(session)
        self.claim = ClaimPicker(session)
        self.holders = (model_holder(session), hardware_holder(session), efficiency_holder(session))
        self.quotes = QuotesButton(session)
        self.model = ModelPicker(session)
        self.accelerator = AcceleratorPicker(session)
        self.precision = PrecisionPicker(session)
        self.stack = StackPicker(session)
        self.attention = OptionalPicker(session, "efficiency.attention")
        self.overlap = ChoicePicker(session, "efficiency.overlap")
        self.pins = LayoutPins(session)
        self._market_of: tuple[object, ...] = ()
        self._shown: Estimate | None = None
        self._build()
        session.project_changed.connect(self.refresh)
        session.selection_changed.connect(self.refresh)
        session.answered.connect(self._refresh_automatic)
        for fold in (self.details, self.software, self.layout_fold):
            fold.toggled.connect(self.refresh)
        self.refresh()

    def _build(self) -> None:
        self._body = body = ScrollBody()
        # A palette, because a style sheet would be put on all that is in it again, which takes its time.
        body.setAutoFillBackground(True)
        body.setBackgroundRole(QPalette.ColorRole.Light)
        column = QVBoxLayout(body)
        column.setContentsMargins(MARGIN, 10, MARGIN, 12)
        column.setSpacing(6)
        self.details = Disclosure("data.details", tr("Training details: sequence, batch and precision"))
        precision = labelled(tr("Precision"), self.precision)
        for part in (*(self.fields[path] for path in _DETAILS if path in self.fields), precision):
            self.details.add(part)
        self._model_section = section(tr("Model"), self.holders[0], self.model, *self._fields("model"))
        self._data_section = section(tr("Data"), self.details, *self._fields("data"), precision)
        self._claim_section = section(tr("Claim"), self.claim, *self._fields("stage"))
        self._price_row()
        self.marks = {
            path: InputMarks(self.fields[path], self._session) for path in LOCKABLE if path in self.fields
        }
        parts = (each for name in ("hardware", "price", "ownership") for each in self._fields(name))
        hardware = (self.accelerator, *parts)
        software = beside(self.holders[2], self.stack)
        self.software = Disclosure("efficiency.details", tr("Software: kernels, overlap and a measured rate"))
        kernels = (labelled(tr("Attention"), self.attention), labelled(tr("Overlap"), self.overlap))
        measured = self.fields["efficiency.matmul_tflops"]
        for part in (*kernels, measured):
            self.software.add(part)
        plain = [each for each in self._fields("efficiency") if each is not measured]
        self._efficiency_section = section(
            tr("Efficiency"), software, *plain, self.software, *kernels, measured
        )
        self.layout_fold = Disclosure("layout.details", tr("Layout: parts that are pinned"))
        self.layout_fold.add(self.pins)
        self._layout_section = section(tr("Layout"), self.layout_fold, self.pins)
        self.sections = (
            self.stages,
            self._model_section,
            self._data_section,
            self._claim_section,
            section(tr("Hardware"), self.holders[1], *hardware),
            self._efficiency_section,
            self._layout_section,
            self.why,
            self.notes,
        )
        """What wears the theme, part by part; the column itself takes it from the palette."""
        for part in self.sections:
            column.addWidget(part)
        column.insertWidget(column.indexOf(self._claim_section) + 1, self.recipe)
        column.addStretch(1)
        self.setWidget(body)

    def _fields(self, section: str) -> tuple[QWidget, ...]:
        return tuple(each for each in self.fields.values() if each.field.section == section)

    def _price_row(self) -> None:
        price = self.fields["price.usd_per_gpu_hour"]
        price.beside_label.insertWidget(1, self.quotes)

    def apply_theme(self, theme: Theme) -> None:
        """Widen with the text, so that nothing is cut."""
        self.setFixedWidth(theme.px(WIDTH))
        self._body.setPalette(palette(theme))  # Qt hands none on to what has worn a style sheet
        for each in self.fields.values():
            each.apply_theme(theme)
        for marks in self.marks.values():
            marks.apply_theme(theme)
        for part in (self.stages, self.notes):
            part.apply_theme(theme)
        self.details.apply_theme(theme)
        self.software.apply_theme(theme)
        self.layout_fold.apply_theme(theme)
        self.pins.apply_theme(theme)
        put_icon(self.quotes, "chevron-down", theme.quiet, theme.px(14))
        for picker in (self.precision, self.attention, self.overlap):
            picker.setFixedWidth(theme.px(EDIT_WIDTH))

    def refresh(self) -> None:
        """Show the newest project's selected stage."""
        stage = self._session.current_stage
        for part in (self.stages, self.recipe, self.why, self.notes, *self.holders):
            part.refresh()
        self._show_for(stage)
        self.accelerator.refresh()
        self._refresh_market()
        if uses(stage, "model.name"):
            self.model.refresh()
            self.stack.refresh()
        if uses(stage, "layout.tp"):
            self._refresh_layout()
            self._refresh_software()
        if (data := data_of(stage)) is not None:
            self.precision.refresh()
            self._refresh_details(stage, data)
        for path, each in self.fields.items():
            if self._belongs(path, stage) and each.isVisibleTo(self):
                each.refresh()  # one that is folded away does when it comes to sight

    def _belongs(self, path: str, stage: Stage) -> bool:
        return path == PURCHASE or uses(stage, path)

    def _show_for(self, stage: Stage) -> None:
        self._model_section.setVisible(uses(stage, "model.name"))
        self._efficiency_section.setVisible(uses(stage, "efficiency.goodput"))
        self.stack.setVisible(uses(stage, "efficiency.stack"))
        self.software.setVisible(uses(stage, "efficiency.attention"))
        self._show_size(stage)
        self._layout_section.setVisible(uses(stage, "layout.tp"))
        self._data_section.setVisible(uses(stage, "data.tokens"))
        claimed = kind_of(stage).claimed
        self._claim_section.setVisible(claimed)
        if claimed:
            self.claim.refresh()
        rented, bought = prices_shown(selected(self._session))
        self.fields["price.usd_per_gpu_hour"].setVisible(rented)
        self.fields[PURCHASE].setVisible(bought)
        for path in ("stage.hours", "stage.gpu_hours", "efficiency.mfu"):
            self.fields[path].setVisible(self._belongs(path, stage))

    def _refresh_details(self, stage: Stage, data: Data) -> None:
        """What the folded inputs hold, in one line; a dense model has no active parameters apart."""
        self.details.say(details_line(data))
        self.fields["data.batch_tokens"].edit.take_several(sequences_of(data.sequence))
        for path in ("data.tokens", "data.batch_tokens"):
            self.fields[path].set_low(slider_low(stage, NUMBERS[path]))
        kind = kind_of(stage)
        foremost = "data.sequence" in kind.foremost
        self.fields["data.sequence"].setVisible(foremost or self.details.isChecked())
        if self.details.isChecked() and kind.makes_model:
            self.fields["model.active_parameters"].setVisible(True)

    def _show_size(self, stage: Stage) -> None:
        """The model's size; after pre-training a named model's is its name's, and takes no room."""
        if uses(stage, "model.parameters"):
            sized = kind_of(stage).makes_model or self._session.value("model.name") is None
            counted = model_parameters(self._session)
            mixture = counted.active < DENSE * counted.total
            self.fields["model.parameters"].setVisible(sized)
            active = self.fields["model.active_parameters"]
            # Dragged to its end it makes the model dense: it may not go from under the hand.
            focused = QApplication.focusWidget()
            held = focused is not None and active.isAncestorOf(focused)
            active.setVisible(sized and (mixture or held))

    def _refresh_layout(self) -> None:
        """The pins, and in one line how many there are."""
        if self.layout_fold.isChecked():
            self.pins.refresh()
        self.layout_fold.say(layout_line(pins_of(self._session)))

    def _refresh_software(self) -> None:
        """Kernels, overlap and a measured rate, and in one line which of them are set."""
        self.attention.refresh()
        self.overlap.refresh()
        self.software.say(
            software_line(efficiency_of(self._session.current_scenario, self._session.current_stage))
        )

    def _refresh_market(self) -> None:
        """Ticks and stops follow the accelerator, whether it is one's own, and the currency shown."""
        accelerator, owned = (
            self._session.value("hardware.accelerator"),
            self._session.current_scenario.supply.owns,
        )
        market = (accelerator, owned, shown_money(), self._session.catalog, self.quotes.kept())
        if market == self._market_of:
            return
        self._market_of = market
        self.fields["price.usd_per_gpu_hour"].slider.set_ticks(self.quotes.ticks())
        entry = self._session.catalog.accelerator(accelerator)
        for path in ("hardware.count", "price.usd_per_gpu_hour"):
            self.fields[path].set_noun(entry.noun)
        self.fields["hardware.count"].set_stops(units_of(entry, owned))
        self.fields["hardware.count"].edit.take_several(counted_by(entry, self._session.catalog))
        hours = self.fields["stage.gpu_hours"]
        hours.label.setText(named_for(entry.noun, hours.field.label, heading=True))

    def _refresh_automatic(self, answer: Answer) -> None:
        """What follows from an answer; the parts of it that come later tell the inputs nothing."""
        if answer.estimate is self._shown:
            return
        self._shown = answer.estimate
        self.stages.refresh()
        self.why.refresh()
        stage = self._session.current_stage
        for path in _FROM_THE_ESTIMATE:
            if self._belongs(path, stage) and self.fields[path].isVisibleTo(self):
                self.fields[path].refresh()

    def reveal(self, path: str) -> None:
        """Scroll an input into sight and put the cursor there."""
        if path in _DETAILS:
            self.details.setChecked(True)
        if path in _SOFTWARE:
            self.software.setChecked(True)
        if path.startswith("layout."):
            self.layout_fold.setChecked(True)
        pickers: dict[str, Picker] = {each.objectName(): each for each in self.findChildren(Picker)}
        folded = self.recipe.reveal(path)
        if folded is not None:
            self.ensureWidgetVisible(folded, 0, 24)
            folded.setFocus(Qt.FocusReason.ShortcutFocusReason)  # a field hands it to its line
        elif path in self.fields:
            self.ensureWidgetVisible(self.fields[path], 0, 24)
            self.fields[path].focus()
        elif path in pickers:
            self.ensureWidgetVisible(pickers[path], 0, 24)
            pickers[path].setFocus(Qt.FocusReason.ShortcutFocusReason)
