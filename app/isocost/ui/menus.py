"""The menu bar: every command with its key, in one place."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, get_args

from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu

from isocost.ui.look.theme import ThemeChoice

if TYPE_CHECKING:
    from isocost.ui.window import Window

TEXT_SIZES = (0.9, 1.0, 1.15, 1.3, 1.5, 2.0)
TITLES = ("&File", "&Edit", "&View", "&Help")
_THEMES = {"system": "Follow the system", "light": "Light", "dark": "Dark"}
Key = QKeySequence.StandardKey | str | None


class Menus:
    """The menus of a window: only their titles until the window is filled."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self._menus = {title: window.menuBar().addMenu(title) for title in TITLES}

    def fill(self) -> None:
        """Add the commands, and keep those that change up to date."""
        window = self._window
        self._build_file()
        self._build_edit()
        self._build_view()
        self._build_help()
        window.documents.recent_changed.connect(self._fill_recent)
        self._fill_recent()

    def _add(self, menu: QMenu, text: str, run: Callable[[], object], key: Key = None) -> QAction:
        action = QAction(text, self._window)
        if key is not None:
            action.setShortcut(QKeySequence(key))
        action.triggered.connect(lambda _=False: run())
        menu.addAction(action)
        return action

    def _build_file(self) -> None:
        window, documents = self._window, self._window.documents
        keys = QKeySequence.StandardKey
        menu = self._menus["&File"]
        self._add(menu, "&New", documents.new, keys.New)
        self._add(menu, "&Open…", documents.ask_open, keys.Open)
        self._recent = menu.addMenu("Open &recent")
        self._add(menu, "&Presets", window.show_gallery, "Ctrl+G")
        menu.addSeparator()
        self._add(menu, "&Save", documents.save, keys.Save)
        self._add(menu, "Save &as…", documents.save_as, "Ctrl+Shift+S")
        self._add(menu, "&Export picture…", window.export_picture, "Ctrl+E")
        menu.addSeparator()
        quit_action = self._add(menu, "&Quit", window.close, "Ctrl+Q")
        quit_action.setMenuRole(QAction.MenuRole.QuitRole)

    def _build_edit(self) -> None:
        window = self._window
        stack = window.session.undo_stack
        menu = self._menus["&Edit"]
        undo = stack.createUndoAction(window, "&Undo")
        undo.setShortcut(QKeySequence(QKeySequence.StandardKey.Undo))
        redo = stack.createRedoAction(window, "&Redo")
        redo.setShortcuts([QKeySequence("Ctrl+Shift+Z"), QKeySequence("Ctrl+Y")])
        menu.addAction(undo)
        menu.addAction(redo)
        menu.addSeparator()
        self._add(menu, "&Copy headline", window.headline.copy, "Ctrl+Shift+C")

    def _build_view(self) -> None:
        window = self._window
        menu = self._menus["&View"]
        for index, page in enumerate(window.page_titles):
            self._add(menu, page, partial(window.show_page, index), f"Ctrl+{index + 1}")
        menu.addSeparator()
        group = QActionGroup(window)
        for choice in get_args(ThemeChoice):
            action = self._add(menu, _THEMES[choice], partial(window.choose_theme, choice))
            action.setObjectName(f"theme.{choice}")
            action.setCheckable(True)
            action.setChecked(window.themes.choice == choice)
            group.addAction(action)
        menu.addSeparator()
        self._add(menu, "Text &larger", lambda: window.step_text(1), QKeySequence.StandardKey.ZoomIn)
        self._add(menu, "Text &smaller", lambda: window.step_text(-1), QKeySequence.StandardKey.ZoomOut)
        self._add(menu, "Text as &designed", lambda: window.step_text(0), "Ctrl+0")

    def _build_help(self) -> None:
        window = self._window
        menu = self._menus["&Help"]
        self._add(menu, "&Keyboard", window.show_keys, QKeySequence.StandardKey.HelpContents)
        about = self._add(menu, "&About Isocost", window.show_about)
        about.setMenuRole(QAction.MenuRole.AboutRole)

    def _fill_recent(self) -> None:
        documents = self._window.documents
        self._recent.clear()
        files = documents.recent()
        self._recent.setEnabled(bool(files))
        for file in files:
            action = self._recent.addAction(file.name)
            action.setToolTip(str(file))
            action.triggered.connect(lambda _=False, chosen=file: documents.open(chosen))
        if files:
            self._recent.addSeparator()
            self._recent.addAction("Forget all").triggered.connect(lambda _=False: documents.forget_all())
