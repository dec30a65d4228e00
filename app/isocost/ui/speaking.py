"""The language of the window, chosen before any module of the window that says something is read."""

from __future__ import annotations

import os

from PySide6.QtCore import QLocale, QSettings, QTemporaryDir

from isocost import paths
from isocost.language import choose_language

ORGANIZATION = "Isocost"
SYSTEM = "system"
SETTING = "language"
VARIABLE = "ISOCOST_LANGUAGE"
"""The environment's word for a language, which wins over the choice and the system's."""
NAMES = {"en": "English", "de": "Deutsch"}
"""Languages as those who speak them call them."""


def settings() -> QSettings:
    """The user's settings, as a text file on every system."""
    return QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, ORGANIZATION, "Isocost")


class PassingSettings(QSettings):
    """Settings of a window that remembers nothing: in a folder that goes with them.

    Never in the null device: Qt writes settings into a file of its own and puts that in the place of the old
    one, so root's would leave no null device.
    """

    def __init__(self) -> None:
        self._folder = QTemporaryDir()
        super().__init__(self._folder.filePath("settings.ini"), QSettings.Format.IniFormat)


def chosen_language(stored: QSettings) -> str:
    """What the user asked for: two letters, or to follow the system."""
    choice = str(stored.value(SETTING, SYSTEM))
    return choice if choice in NAMES else SYSTEM


def speak(stored: QSettings) -> None:
    """Say all that is said from now on in the user's language."""
    choice = os.environ.get(VARIABLE) or chosen_language(stored)
    if choice == SYSTEM:
        choice = (QLocale.system().uiLanguages() or [""])[0]
    choose_language(choice, paths.resource("languages"))
