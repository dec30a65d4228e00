"""What opens beside the plan or above it: made when it is first asked for, and dressed as it is shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from isocost.ui.dialogs.about import AboutBox, KeyboardMap
from isocost.ui.look.theme import Theme
from isocost.ui.widgets.fields.typing import window_actions

if TYPE_CHECKING:  # each is imported with what it shows, after the first paint
    from isocost.plan.explain.changing import InputPlace
    from isocost.plan.project.project import Project
    from isocost.ui.explain.panel import ExplainPanel
    from isocost.ui.header.headline import Headline
    from isocost.ui.help.window import HelpWindow
    from isocost.ui.inputs.column import InputColumn
    from isocost.ui.own.frame import OwnDialog
    from isocost.ui.own.opening import OwnDialog as OwnDialogName
    from isocost.ui.palette.palette import Palette
    from isocost.ui.session.session import Session
    from isocost.ui.solve.panel import SolvePanel
    from isocost.ui.tour.tour import Tour
    from isocost.ui.widgets.cards.side import SidePanel
    from isocost.ui.window import Window


class Asides:
    """The panels, dialogs and windows of one window."""

    def __init__(self, window: Window, settings: QSettings) -> None:
        self._window, self._settings = window, settings
        self._explainer: ExplainPanel | None = None
        self._solver: SolvePanel | None = None
        self._palette: Palette | None = None
        self._own: dict[OwnDialogName, OwnDialog] = {}
        self._tour: Tour | None = None
        self._help: HelpWindow | None = None

    # Panels, of which one at most stands at the right of the page

    def explain(self, key: str, of: Project | None = None) -> None:
        """Open a figure of the answer, or of another plan: its formula, its inputs, their sources."""
        self._window.show_workspace()
        if self._explainer is None:
            self._explainer = self._make_panel()
        self._wear(self._explainer, self._explainer.apply_theme)
        if of is None:
            self._explainer.open(key)
        else:
            self._explainer.open_of(of, key)

    def _make_panel(self) -> ExplainPanel:
        from isocost.ui.explain.panel import ExplainPanel  # with the charts, which come after the first paint

        made = ExplainPanel(*self._among())
        made.input_wanted.connect(self._reveal_place)
        made.help_wanted.connect(self.help_on)
        self._stand_beside(made)
        return made

    def solve(self, path: str) -> None:
        """Solve the plan for an input of the selected stage."""
        self._window.take_typed()
        self._window.show_workspace()
        if self._solver is None:
            self._solver = self._make_solver()
        self._wear(self._solver, self._solver.apply_theme)
        self._solver.open(path)

    def _make_solver(self) -> SolvePanel:
        from isocost.ui.solve.panel import SolvePanel  # with the charts, which come after the first paint

        made = SolvePanel(*self._among())
        made.input_wanted.connect(self._window.reveal)
        self._stand_beside(made)
        return made

    def _among(self) -> tuple[Session, Theme, QWidget, Headline, InputColumn]:
        """What a panel is of, and what it stands in, under and beside."""
        window = self._window
        return window.session, window.themes.theme, window.workspace, window.headline, window.inputs

    def _stand_beside(self, panel: SidePanel) -> None:
        """Give a panel its room at the right, from the page and from the panel that stood there."""
        panel.room_taken.connect(self._window.give_room)
        panel.appeared.connect(lambda: self._close_others(panel))

    def _close_others(self, panel: SidePanel) -> None:
        for other in (self._explainer, self._solver):
            if other is not None and other is not panel and other.isVisible():
                other.leave()
                panel.place()

    def _reveal_place(self, place: InputPlace) -> None:
        """Put the cursor into an input, of another stage as well."""
        if place.stage is not None:
            self._window.session.select_stage(place.stage)
        self._window.reveal(place.path)

    def leave_figure(self) -> None:
        """Close the figure that is open."""
        if self._explainer is not None:
            self._explainer.leave()

    def place(self) -> None:
        """Stand where the page now ends."""
        for panel in (self._explainer, self._solver):
            if panel is not None:
                panel.place()

    def take_key(self, event: QKeyEvent) -> bool:
        """Use a key that nothing else has used; False = no open panel knows it."""
        return any(panel is not None and panel.take_key(event) for panel in (self._solver, self._explainer))

    # Above the window

    def find_anything(self, text: str = "") -> None:
        """The palette: whatever has a name is found by typing it."""
        if self._palette is None:
            self._palette = self._make_palette()
        self._wear(self._palette, self._palette.apply_theme)
        self._finds.begin()
        self._palette.open(text)

    def _make_palette(self) -> Palette:
        from isocost.ui.palette.palette import Palette
        from isocost.ui.palette.sources import WindowFinds

        self._finds = WindowFinds(self._window)
        made = Palette(self._finds, self._settings, self._window.themes.theme, self._window.workspace)
        made.taken.connect(self._finds.take)
        made.compared.connect(self._finds.take_beside)
        for come in self._finds.come:
            come.connect(made.refresh)
        for each in window_actions(self._window):
            if each is not self._window.menus.find:
                each.triggered.connect(made.give_way)
        return made

    @property
    def tour(self) -> Tour:
        """The three questions, made when they are first asked for."""
        if self._tour is None:
            from isocost.ui.tour.tour import Tour

            self._tour = made = Tour(self._window, self._settings, self._window.motion, self._window)
            for card in (made.banner, made.card):
                self._window.wardrobe.add(card, card.apply_theme).wear(self._window.themes.theme)
            self._window.wardrobe.add(made.ring).wear(self._window.themes.theme)
        return self._tour

    def begin_tour(self) -> None:
        """Ask the questions again, from the first."""
        self._window.take_typed()
        self.tour.begin()

    def open_own(self, dialog: OwnDialogName) -> None:
        """A dialog for what users bring of their own: accelerators, quotes, runs."""
        from isocost.ui.own.dialogs import MADE_BY

        self._window.take_typed()
        self._window.show_workspace()
        if dialog not in self._own:
            self._own[dialog] = MADE_BY[dialog](self._window.session, self._window)
        opened = self._own[dialog]
        self._wear(opened, opened.apply_theme)
        opened.bring()

    def import_files(self, files: Sequence[Path]) -> None:
        """Show what files say, to be put into the plan."""
        from isocost.ui.own.importing import ImportDialog

        self.open_own("import")
        dialog = self._own["import"]
        assert isinstance(dialog, ImportDialog)
        dialog.import_files(files)

    def show_history(self) -> None:
        """Every step of the plan in words; a click on one goes there."""
        from isocost.ui.dialogs.history import History

        self._window.take_typed()
        History(self._window.session.undo_stack, self._window).show()

    def show_about(self) -> None:
        """What this is."""
        AboutBox(self._window).exec()

    def show_help(self) -> None:
        """Help on what has the keyboard; without that, the index."""
        self.help_on(self._topic_at_hand())

    def help_on(self, place: str) -> None:
        """A page of help, at the anchor after a #."""
        if self._help is None:
            from isocost.report.help.pages import manual
            from isocost.ui.help.window import HelpWindow

            self._help = HelpWindow(manual(), self._window.themes.theme, self._window)
            self._help.keys_wanted.connect(self.show_keys)
        self._wear(self._help, self._help.apply_theme)
        self._help.bring(place)

    def _topic_at_hand(self) -> str:
        """The page on what has the keyboard, in a dialog as well."""
        from isocost.report.help.topics import place_of

        part: QWidget | None = QApplication.focusWidget()
        names = []
        while part is not None:
            if part is self._window.tabs:
                part = self._window.pages.currentWidget()
            names.append(part.objectName())
            part = part.parentWidget()
        return place_of(names)

    def show_keys(self) -> None:
        """Every key that does something."""
        KeyboardMap(self._window).exec()

    def _wear(self, part: QWidget, restyle: Callable[[Theme], None]) -> None:
        """Dress a part that is made when it is first asked for, and is not told of themes while closed."""
        worn = self._window.wardrobe.worn_by(part) or self._window.wardrobe.add(part, restyle)
        worn.wear(self._window.themes.theme)
