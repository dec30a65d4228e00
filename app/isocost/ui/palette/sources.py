"""What there is to find in a window, and what taking it does there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import SignalInstance
from PySide6.QtGui import QAction, QKeySequence

from isocost import paths
from isocost.files import FileError, load_project
from isocost.language import tr
from isocost.plan.project.project import Place, Project, model_of
from isocost.report.findings.finder import (
    Found,
    figures_of,
    found_accelerators,
    found_charts,
    found_figures,
    found_inputs,
    found_models,
    found_plan,
    found_several,
    found_solves,
    found_values,
    made,
    stage_of_input,
    values_of,
)
from isocost.report.findings.inputs.offers import Offer, accelerator_offers
from isocost.report.findings.presets import first_note
from isocost.ui.inputs.bindings import Typed, first_refused, write_together
from isocost.ui.menus import Menus, plain_command

if TYPE_CHECKING:
    from isocost.catalog import Catalog
    from isocost.ui.inputs.column import InputColumn
    from isocost.ui.session.documents import Documents
    from isocost.ui.session.session import Session


class Searched(Protocol):
    """What is asked of the window that things are found in."""

    session: Session
    documents: Documents
    inputs: InputColumn
    menus: Menus
    page_titles: tuple[str, ...]

    def show_workspace(self) -> None:
        """The plan, not the presets."""

    def show_inputs(self) -> None:
        """The plan with its inputs, folded away or not."""

    def show_page(self, index: int) -> None:
        """One page of the tab strip."""

    def show_chart(self, name: str) -> None:
        """A chart with its page, and the keyboard there."""

    def reveal(self, path: str) -> None:
        """Put the cursor into an input."""

    def solve(self, path: str) -> None:
        """Solve the plan for an input."""

    def explain(self, key: str, of: Project | None = None) -> None:
        """Open a figure."""


class WindowFinds:
    """The inputs, commands, plans, models, accelerators and figures of one window."""

    def __init__(self, window: Searched) -> None:
        self._window = window
        session = window.session
        self._plans: tuple[Found, ...] = ()
        self._given: tuple[Found, ...] = ()
        self._charts = found_charts()
        self._offers: tuple[Offer, ...] = ()
        self._explained: tuple[object, tuple[Found, ...]] = (None, ())
        self._reader = session.worker(self._take_plans, lambda _: None, of_plan=False)
        self._figures = session.later(figures_of, lambda answer: answer.estimate)
        self._known: tuple[Project, int, int, tuple[Found, ...]] | None = None

    @property
    def come(self) -> tuple[SignalInstance, SignalInstance]:
        """What tells that some of what takes longer than a frame has come."""
        return self._reader.ready, self._figures.ready

    def begin(self) -> None:
        """Look at the plan as it now is, and ask for what takes longer than a frame."""
        session, catalog = self._window.session, self._window.session.catalog
        scenario = session.current_scenario
        self._given = tuple(self._commands())
        self._offers = accelerator_offers(session.project, scenario, catalog)
        if not self._plans:
            self._reader.request(lambda: _shipped(catalog))
        if session.answer is not None:
            self._figures.ask(session.answer)

    def found(self, text: str) -> Sequence[Found]:
        """Everything that a text may mean, in no order; without a text what has no list of its own."""
        session = self._window.session
        every = [*self._inputs(), *self._solves(), *self._charts, *self._given, *self._recent_files()]
        every += self._plans
        every += self._figures_found()
        scenario = session.current_scenario
        current = model_of(scenario, session.current_stage).name
        if text.strip():
            every += found_values(text, self._inputs(), session.money)
            offered = {each.value for each in self._offers}
            every += found_several(text, self._inputs(), session.money, offered, session.catalog)
            every += found_accelerators(text, self._offers, session.catalog, scenario.hardware.accelerator)
            every += found_models(text, session.catalog, current)
        return every

    def _figures_found(self) -> tuple[Found, ...]:
        figures = self._figures.value
        if figures is not None and self._explained[0] is not figures:
            self._explained = (figures, found_figures(figures))
        return self._explained[1] if figures is not None else ()

    def _inputs(self) -> tuple[Found, ...]:
        session = self._window.session
        at = (session.project, session.scenario, session.stage)
        if self._known is None or self._known[:3] != at:
            self._known = (*at, found_inputs(*at))
        return self._known[3]

    def _solves(self) -> tuple[Found, ...]:
        return found_solves(
            self._window.session.project, self._window.session.scenario, self._window.session.stage
        )

    def _commands(self) -> Iterator[Found]:
        for place, action in self._actions():
            keys = ", ".join(
                key.toString(QKeySequence.SequenceFormat.NativeText) for key in action.shortcuts()
            )
            also = (place, str(action.property("also") or ""))
            yield made("command", _key(place, action), _named(action), place, keys, also)

    def _actions(self) -> Iterator[tuple[str, QAction]]:
        """Every command of the menus and for the stages that can be given now, with where it stands."""
        for place, action in (*self._window.menus.given, *self._window.inputs.stages.given()):
            if action.isEnabled():
                yield place, action

    def _recent_files(self) -> Iterator[Found]:
        for path in self._window.documents.recent():
            yield found_plan(path, path.name, str(path.parent))

    def _take_plans(self, found: tuple[Found, ...]) -> None:
        self._plans = found

    # Taking

    def take(self, found: Found) -> None:
        """Do what Enter means for one of a kind."""
        window, session = self._window, self._window.session
        if found.kind in ("input", "solve"):
            window.show_workspace()
            session.select_stage(self._stage_of(found.key))
            (window.reveal if found.kind == "input" else window.solve)(found.key)
        elif found.kind == "value":
            self._set(found)
        elif found.kind == "command":
            for place, action in self._actions():
                if _key(place, action) == found.key:
                    if all(action is not each for _, each in window.menus.given):
                        window.show_inputs()  # a stage's, which is changed where it is seen
                    action.trigger()
                    return
        elif found.kind == "chart":
            window.show_chart(found.key)
        elif found.kind == "plan":
            window.documents.open(Path(found.key))
        elif found.kind == "model":
            window.show_workspace()
            window.inputs.model.choose(found.key)
        elif found.kind == "accelerator":
            window.show_workspace()
            window.inputs.accelerator.choose(found.key)
        else:
            window.explain(found.key)

    def take_beside(self, found: Found) -> None:
        """Take one in a copy of the plan, which is called after it, and show both, if it changes an input."""
        window, session = self._window, self._window.session
        if not values_of(found):
            self.take(found)
        elif not self._refused(found):
            session.duplicate_scenario(session.scenario, found.name)
            self.take(found)
            window.show_page(window.page_titles.index(tr("Compare")))

    def _set(self, found: Found) -> None:
        """Give inputs their values, unless one cannot stand beside the others."""
        session = self._window.session
        if not self._refused(found):
            session.select_stage(self._stage_of(found.key))
            write_together(session, self._typed(found), found.name)

    def _refused(self, found: Found) -> bool:
        """Whether a value cannot stand beside the others: it is left to its field then."""
        session = self._window.session
        path = first_refused(session, self._typed(found))
        if path:
            session.select_stage(self._stage_of(path))
            self._window.reveal(path)
        return bool(path)

    def _typed(self, found: Found) -> list[Typed]:
        scenario = self._window.session.scenario
        return [(Place(scenario, self._stage_of(path)), path, value) for path, value in values_of(found)]

    def _stage_of(self, path: str) -> int:
        """The stage in which an input stands, the selected one where it may."""
        session = self._window.session
        stage = stage_of_input(session.current_scenario, path, session.stage)
        return session.stage if stage is None else stage


def _shipped(catalog: Catalog) -> tuple[Found, ...]:
    """The plans that are shipped, by name; one that does not open is left to its test."""
    found = []
    for path in sorted(paths.presets().glob("*.yaml")):
        try:
            project = load_project(path, catalog)
        except FileError:
            continue
        found.append(found_plan(path, project.name, first_note(project)))
    return tuple(found)


def _key(place: str, action: QAction) -> str:
    """What tells a command from others of its name."""
    return f"{place}/{_named(action)}"


def _named(action: QAction) -> str:
    return plain_command(str(action.property("command") or action.text()))
