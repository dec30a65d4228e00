"""Choices of the selected stage: words of its recipe, its teacher, and whose model or hardware it uses."""

from __future__ import annotations

from collections.abc import Sequence

from isocost.catalog.records import named_for
from isocost.language import tr
from isocost.plan.inputs.defaults import new_stage
from isocost.plan.inputs.table import starting_number
from isocost.plan.kinds import DistillationStage, GpuHoursStage, kind_of
from isocost.plan.project import editing
from isocost.plan.project.project import ModelChoice, hardware_of
from isocost.quantities import format_quantity
from isocost.ui.inputs.pickers import ChoicePicker, Picker
from isocost.ui.inputs.search import ModelPicker
from isocost.ui.session.session import Session
from isocost.ui.widgets.labels import plain_tip

Sections = tuple[str, ...]


class StageChoice(ChoicePicker):
    """One of a few words; its tooltip says where the default comes from while it is the default."""

    def refresh(self) -> None:
        """Show the project's choice."""
        super().refresh()
        choice = self.choice
        stage = new_stage(kind_of(self._session.current_stage).tag, self._session.catalog)
        usual = getattr(getattr(stage, choice.section), choice.name)
        origin = (
            tr("Default: {default_source}.", default_source=choice.default_source)
            if self.currentData() == usual
            else tr("Your input.")
        )
        self.setToolTip(plain_tip(f"{choice.help}\n{origin}"))


class TeacherPicker(ModelPicker):
    """The model a student learns from."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, "distillation.teacher", custom=False)

    def current_model(self) -> ModelChoice:
        """The stage's teacher."""
        stage = self._session.current_stage
        return stage.distillation.teacher if isinstance(stage, DistillationStage) else ModelChoice()

    def chosen(self) -> tuple[str, str]:
        """The stage's teacher; one of no name by its size."""
        model = self.current_model()
        if model.name is not None:
            return super().chosen()
        size = model.parameters if model.parameters is not None else starting_number("model.parameters")
        return "", tr("{quantity} model", quantity=format_quantity(size, "number"))

    def choose(self, value: str) -> None:
        """Let the stage learn from a model."""
        self._put(value, tr("Teacher {value}", value=value))


_WHOSE = {"model": tr("Whose model"), "efficiency": tr("Whose efficiency"), "hardware": tr("Whose hardware")}


class HolderPicker(Picker):
    """Whether a stage uses its scenario's values or carries its own."""

    def __init__(
        self, session: Session, name: str, help_text: str, ways: Sequence[tuple[str, Sections]]
    ) -> None:
        """``ways`` are the sections held in each way, the one that shares all of them first."""
        super().__init__(session, f"{name}.holder", _WHOSE[name], help_text)
        self._name = name
        self._ways = tuple(ways)
        self._all: Sections = tuple(dict.fromkeys(part for _, sections in ways for part in sections))
        self.flatten()
        for text, sections in ways:
            self.addItem(text, sections)
        self.activated.connect(self._choose)

    def refresh(self) -> None:
        """Show whose values the selected stage uses; nothing to choose while it is the only stage."""
        stage = self._session.current_stage
        held = tuple(name for name in self._all if getattr(stage, name, None) is not None)
        at = next((i for i, (_, sections) in enumerate(self._ways) if set(sections) == set(held)), -1)
        self.setCurrentIndex(at)
        self.setVisible(bool(held) or len(self._session.current_scenario.stages) > 1)

    def _choose(self, index: int) -> None:
        wanted: Sections = self._ways[index][1]
        # Qt tells a choice after the list has flashed: by then another kind of stage may be selected.
        if not all(hasattr(self._session.current_stage, name) for name in self._all):
            return
        given_up = [name for name in self._all if name not in wanted]
        at = {"at": self._session.stage, "scenario": self._session.scenario}
        self._session.apply(
            lambda project: editing.hold_sections(
                editing.release_sections(project, given_up, **at), wanted, **at
            ),
            f"{self._session.current_stage.name}: {self.itemText(index)}",
        )


def model_holder(session: Session) -> HolderPicker:
    """Whose model."""
    text = tr("The model all stages share, or one of this stage's own.")
    return HolderPicker(session, "model", text, ((tr("shared"), ()), (tr("own model"), ("model",))))


def efficiency_holder(session: Session) -> HolderPicker:
    """Whose efficiency."""
    text = tr("The efficiency all stages share, or this stage's own.")
    return HolderPicker(session, "efficiency", text, ((tr("shared"), ()), (tr("own"), ("efficiency",))))


def hardware_holder(session: Session) -> HolderPicker:
    """Whose accelerators and price."""
    text = tr("Accelerators and price all stages share, or this stage's own.")
    ways = (
        (tr("shared"), ()),
        (tr("own price"), ("price",)),
        (tr("own hardware and price"), ("hardware", "price")),
        (tr("own hardware, shared price"), ("hardware",)),
    )
    return HolderPicker(session, "hardware", text, ways)


class ClaimPicker(Picker):
    """Whether a claim is of accelerator-hours or of hours on them; changing keeps the product."""

    def __init__(self, session: Session) -> None:
        text = tr("What is claimed: hours of all accelerators together, or wall hours on those below.")
        super().__init__(session, "stage.claim", tr("What is claimed"), text)
        self.flatten()
        for name in (tr("GPU-hours"), tr("hours on the accelerators")):
            self.addItem(name)
        self.activated.connect(self._choose)

    def refresh(self) -> None:
        """Show what the selected stage claims, of what its accelerators are called."""
        entry = self._session.catalog.accelerator(self._session.value("hardware.accelerator"))
        self.setItemText(0, named_for(entry.noun, tr("GPU-hours")))
        self.setCurrentIndex(0 if self._session.value("stage.hours") is None else 1)

    def _choose(self, index: int) -> None:
        stage = self._session.current_stage
        if not isinstance(stage, GpuHoursStage) or index == (0 if stage.hours is None else 1):
            return
        count = hardware_of(self._session.current_scenario, stage).count
        words = tr("Claimed in {itemtext}", itemtext=self.itemText(index))
        if index == 0:
            values = {"hours": None, "gpu_hours": (stage.hours or 0.0) * count}
        else:
            values = {"hours": (stage.gpu_hours or 0.0) / count, "gpu_hours": None}
        self._session.set_section("stage", words, **values)
