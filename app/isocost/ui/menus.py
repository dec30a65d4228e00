"""The menu bar: every command with its key, in one place."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Protocol, get_args

from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from isocost.language import later, tr
from isocost.ui.look.motion import Motion, MotionChoice
from isocost.ui.look.theme import ThemeChoice, ThemeManager
from isocost.ui.speaking import NAMES, SYSTEM
from isocost.ui.widgets.keys import FOLD_KEY, LOCK_KEY, SOLVE_KEY, TABLE_KEY
from isocost.ui.widgets.labels import plain_tip

if TYPE_CHECKING:  # imported when the window is filled
    from isocost.plan.project.project import Project
    from isocost.ui.header.headline import Headline
    from isocost.ui.inputs.folding import FoldedInputs
    from isocost.ui.own.opening import OwnDialog
    from isocost.ui.session.documents import Documents
    from isocost.ui.session.rescue import Rescue
    from isocost.ui.session.session import Session

TEXT_SIZES = (0.9, 1.0, 1.15, 1.3, 1.5, 2.0)
TITLES = (later("&File"), later("&Edit"), later("&View"), later("&Data"), later("&Help"))
_THEMES = {"system": tr("Follow the system"), "light": tr("Light"), "dark": tr("Dark")}
_MOTION = {"system": tr("As the system"), "reduced": tr("Reduced"), "full": tr("Full")}
Key = QKeySequence.StandardKey | str | None


def plain_command(text: str) -> str:
    """A command's name without the mark of its letter."""
    return text.replace("&&", "\0").replace("&", "").replace("\0", "&").rstrip("…")


class Opens(Protocol):
    """What the menus can open above the window."""

    def find_anything(self) -> None:
        """The palette over the window."""

    def show_history(self) -> None:
        """Every step of the plan in words."""

    def begin_tour(self) -> None:
        """The three questions, from the first."""

    def show_help(self) -> None:
        """The page of help on what has the keyboard."""

    def show_keys(self) -> None:
        """Every key that does something."""

    def show_about(self) -> None:
        """What this is."""


class Commands(Protocol):
    """What the menus can ask of the window."""

    session: Session
    documents: Documents
    rescue: Rescue
    headline: Headline
    themes: ThemeManager
    motion: Motion
    fold: FoldedInputs
    page_titles: tuple[str, ...]

    @property
    def asides(self) -> Opens:
        """What opens beside the plan or above it."""

    @property
    def language(self) -> str:
        """The language that was chosen, or that the system's is followed."""

    def choose_language(self, choice: str) -> None:
        """Another language from the next start on."""

    def take_typed(self) -> None:
        """Apply what is being typed."""

    def open_own(self, dialog: OwnDialog) -> None:
        """A dialog for what users bring of their own."""

    def explain(self, key: str, of: Project | None = None) -> None:
        """Open a figure of the answer, or of another plan."""

    def solve_input(self) -> None:
        """Solve the plan for the input that has the keyboard."""

    def lock_input(self) -> None:
        """Lock the input that has the keyboard, or unlock it."""

    def duplicate_plan(self) -> None:
        """A copy of the plan, and both side by side."""

    def fold_inputs(self) -> None:
        """Give the inputs' room to the page, or bring them back."""

    def toggle_table(self) -> None:
        """A chart as a table, or back."""

    def show_gallery(self) -> None:
        """The presets instead of the plan."""

    def show_page(self, index: int) -> None:
        """One page of the tab strip."""

    def export_picture(self) -> None:
        """Save what the window shows."""

    def choose_theme(self, choice: ThemeChoice) -> None:
        """Light, dark or as the system."""

    def choose_currency(self, code: str) -> None:
        """Show the plan's amounts in another currency."""

    def step_text(self, step: int) -> None:
        """Larger or smaller text, or the design's."""


class Menus:
    """The menus of a window: only their titles until the window is filled."""

    def __init__(self, window: QMainWindow, commands: Commands) -> None:
        self._window = window
        self._commands = commands
        self._menus = {title: window.menuBar().addMenu(tr(title)) for title in TITLES}
        self.given: list[tuple[str, QAction]] = []
        """Every command with the menu it stands in. Nobody asks the menus for them: a menu that an action is
        asked for is gone, for Python, with that action."""

    def fill(self) -> None:
        """Add the commands, and keep those that change up to date."""
        window = self._commands
        self._build_file()
        self._build_edit()
        self._build_view()
        self._build_data()
        self._build_help()
        window.documents.recent_changed.connect(self._fill_recent)
        self._fill_recent()

    def _add(
        self, menu: QMenu, text: str, run: Callable[[], object], key: Key = None, also: str = ""
    ) -> QAction:
        """Add a command; ``also``: other words it is found by."""
        action = QAction(text, self._window)
        action.setProperty("also", also)
        if key is not None:
            action.setShortcut(QKeySequence(key))
        # A menu takes no focus from a field, nor does a key: what is typed there would be left out.
        about_the_plan = menu in [self._menus[title] for title in ("&File", "&Edit", "&Data")]
        if about_the_plan:
            action.triggered.connect(self._commands.take_typed)
        action.triggered.connect(lambda _=False: run())
        self._put(menu, action)
        return action

    def _put(self, menu: QMenu, action: QAction) -> None:
        menu.addAction(action)
        self.given.append((plain_command(menu.title()), action))

    def _build_file(self) -> None:
        window, documents = self._commands, self._commands.documents
        keys = QKeySequence.StandardKey
        menu = self._menus["&File"]
        self._add(menu, tr("&New"), documents.new, keys.New)
        self._add(menu, tr("&Open…"), documents.ask_open, keys.Open)
        self.recent = menu.addMenu(tr("Open &recent"))
        self._add(menu, tr("&Add as a scenario…"), documents.ask_scenario, "Ctrl+Shift+O")
        self._add(menu, tr("&Import…"), partial(window.open_own, "import"), "Ctrl+Shift+I", "CSV")
        self._add(menu, tr("&Presets"), window.show_gallery, "Ctrl+G", tr("gallery, examples"))
        menu.addSeparator()
        self._add(menu, tr("&Save"), documents.save, keys.Save)
        self._add(menu, tr("Save &as…"), documents.save_as, "Ctrl+Shift+S")
        self._add(menu, tr("&Unsaved plans…"), lambda: window.rescue.offer(even_none=True))
        self._add(menu, tr("&Export picture…"), window.export_picture, "Ctrl+E")
        self._add(menu, tr("&Report…"), partial(window.open_own, "report"), "Ctrl+Shift+R", tr("print, PDF"))
        menu.addSeparator()
        quit_action = self._add(menu, tr("&Quit"), self._window.close, "Ctrl+Q")
        quit_action.setMenuRole(QAction.MenuRole.QuitRole)

    def _build_edit(self) -> None:
        window = self._commands
        stack = window.session.undo_stack
        menu = self._menus["&Edit"]
        undo = stack.createUndoAction(self._window, tr("&Undo"))
        undo.setShortcut(QKeySequence(QKeySequence.StandardKey.Undo))
        redo = stack.createRedoAction(self._window, tr("&Redo"))
        redo.setShortcuts([QKeySequence("Ctrl+Shift+Z"), QKeySequence("Ctrl+Y")])
        for action, command in ((undo, tr("Undo")), (redo, tr("Redo"))):
            action.setProperty("command", command)  # the text goes on with what would be undone
            self._put(menu, action)
        self._add(menu, tr("&History…"), window.asides.show_history, "Ctrl+H")
        menu.addSeparator()
        self._add(menu, tr("&Lock or unlock the input"), window.lock_input, LOCK_KEY)
        self._add(menu, tr("&Solve for the input…"), window.solve_input, SOLVE_KEY)
        self._add(menu, tr("Duplicate this plan to compare"), window.duplicate_plan, also=tr("scenario"))
        menu.addSeparator()
        self._add(menu, tr("&Copy headline"), window.headline.copy, "Ctrl+Shift+C")
        self._add(menu, tr("Copy the &estimate"), window.headline.copy_estimate, "Ctrl+Shift+E")

    def _build_view(self) -> None:
        window = self._commands
        menu = self._menus["&View"]
        for index, page in enumerate(window.page_titles):
            self._add(menu, page, partial(window.show_page, index), f"Ctrl+{index + 1}")
        menu.addSeparator()
        self.find = self._add(menu, tr("&Find anything…"), window.asides.find_anything, "Ctrl+K")
        self._add(menu, tr("Chart as &table"), window.toggle_table, TABLE_KEY, tr("data, CSV"))
        self._build_ranges(menu)
        self._build_fold(menu)
        self._add(menu, tr("&Explain the cost"), partial(window.explain, "total.cost_usd"), "Ctrl+I")
        menu.addSeparator()
        group = QActionGroup(self._window)
        for choice in get_args(ThemeChoice):
            choose = partial(window.choose_theme, choice)
            action = self._add(menu, _THEMES[choice], choose, also=tr("theme, colours"))
            action.setObjectName(f"theme.{choice}")
            action.setCheckable(True)
            action.setChecked(window.themes.choice == choice)
            group.addAction(action)
        self._build_motion(menu.addMenu(tr("&Motion")))
        menu.addSeparator()
        self._build_currencies(menu.addMenu(tr("&Currency")))
        self._build_languages(menu.addMenu(tr("&Language")))
        menu.addSeparator()
        keys, also = QKeySequence.StandardKey, tr("font size, zoom")
        self._add(menu, tr("Text &larger"), lambda: window.step_text(1), keys.ZoomIn, also)
        self._add(menu, tr("Text &smaller"), lambda: window.step_text(-1), keys.ZoomOut, also)
        self._add(menu, tr("Text as &designed"), lambda: window.step_text(0), "Ctrl+0", also)

    def _build_ranges(self, menu: QMenu) -> None:
        """Whether figures show their ranges."""
        session = self._commands.session

        def switch() -> None:
            session.doubt = not session.doubt

        action = self._add(menu, tr("&Ranges on every tab"), switch, "Ctrl+R")
        action.setCheckable(True)
        action.setChecked(session.doubt)
        session.doubt_shown.connect(action.setChecked)

    def _build_fold(self, menu: QMenu) -> None:
        """Whether the inputs are folded away."""
        window = self._commands
        words = tr("Fold the &inputs away")
        action = self._add(menu, words, window.fold_inputs, FOLD_KEY, tr("column, hide, show"))
        action.setCheckable(True)
        action.setChecked(window.fold.are_folded)
        window.fold.folded.connect(action.setChecked)

    def _build_motion(self, menu: QMenu) -> None:
        motion = self._commands.motion
        group = QActionGroup(self._window)
        for choice in get_args(MotionChoice):
            action = self._add(menu, _MOTION[choice], partial(motion.choose, choice))
            action.setObjectName(f"motion.{choice}")
            action.setCheckable(True)
            action.setChecked(motion.choice == choice)
            group.addAction(action)

    def _build_languages(self, menu: QMenu) -> None:
        window = self._commands
        group = QActionGroup(self._window)
        for choice, name in ((SYSTEM, tr("The system's language")), *NAMES.items()):
            choose = partial(window.choose_language, choice)
            in_english = "" if choice == SYSTEM else QLocale.languageToString(QLocale(choice).language())
            action = self._add(menu, name, choose, also=in_english)
            action.setObjectName(f"language.{choice}")
            action.setCheckable(True)
            action.setChecked(window.language == choice)
            group.addAction(action)

    def _build_currencies(self, menu: QMenu) -> None:
        """Every currency there is a rate of, with its rate; the plan's own is checked when the menu opens."""
        from isocost.report.findings.header import currency_line  # not before the window is there

        window = self._commands
        actions = {}
        for currency in window.session.catalog.constants.currencies.values():
            choose = partial(window.choose_currency, currency.code)
            actions[currency.code] = action = self._add(menu, currency_line(currency), choose)
            action.setObjectName(f"currency.{currency.code}")
            action.setToolTip(plain_tip(currency.source))
            action.setCheckable(True)
        menu.setToolTipsVisible(True)

        def check() -> None:
            for code, action in actions.items():
                action.setChecked(code == window.session.money[0].code)

        menu.aboutToShow.connect(check)

    def _build_data(self) -> None:
        """What users bring of their own."""
        menu = self._menus["&Data"]
        self._add(menu, tr("Your &accelerators…"), partial(self._commands.open_own, "accelerators"))
        self._add(menu, tr("&Quotes…"), partial(self._commands.open_own, "quotes"), "Ctrl+Shift+Q")
        self._add(menu, tr("&Calibrate by your runs…"), partial(self._commands.open_own, "calibrate"))
        self._add(menu, tr("Plan against act&ual…"), partial(self._commands.open_own, "actual"))

    def _build_help(self) -> None:
        window = self._commands
        menu = self._menus["&Help"]
        # Of the whole application: a dialog has pages of help as well.
        contents = self._add(
            menu, tr("Isocost &Help"), window.asides.show_help, QKeySequence.StandardKey.HelpContents
        )
        contents.setShortcutContext(Qt.ShortcutContext.ApplicationShortcut)
        self._add(menu, tr("&Tour: three questions"), window.asides.begin_tour)
        self._add(menu, tr("&Keyboard shortcuts"), window.asides.show_keys, "Ctrl+F1")
        about = self._add(menu, tr("&About Isocost"), window.asides.show_about)
        about.setMenuRole(QAction.MenuRole.AboutRole)

    def _fill_recent(self) -> None:
        documents = self._commands.documents
        self.recent.clear()
        files = documents.recent()
        self.recent.setEnabled(bool(files))
        for file in files:
            action = self.recent.addAction(file.name.replace("&", "&&"))  # else it marks a shortcut
            action.setToolTip(plain_tip(str(file)))
            action.triggered.connect(lambda _=False, chosen=file: documents.open(chosen))
        if files:
            self.recent.addSeparator()
            self.recent.addAction(tr("Forget all")).triggered.connect(lambda _=False: documents.forget_all())
