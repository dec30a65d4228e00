"""The window: the only place that imports Qt."""

import PySide6.QtCore  # noqa: F401 - brings what reads sources

from isocost.ui.session.memory import keep_no_sources

keep_no_sources()  # before any other module of the window is imported
