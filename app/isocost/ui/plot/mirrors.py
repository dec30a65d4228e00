"""pyqtgraph, imported without every class of Qt being made.

PySide makes a class when its name is first looked up. pyqtgraph keeps mirrors of three of its modules and
copies every name into them, which makes all 750 of them with their enumerations at once: a tenth of a second
of each start, and 8 MB. The mirrors put in their place look a name up when it is used.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from PySide6 import QtCore, QtGui, QtWidgets

MIRRORED = (QtCore, QtGui, QtWidgets)


class _Mirror(ModuleType):
    """A module whose names are those of another, unless they were set on itself."""

    def __init__(self, name: str, source: ModuleType) -> None:
        super().__init__(name)
        self._source = source

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._source, name)
        setattr(self, name, value)  # drawing asks for the same few thousands of times a second
        return value


@contextmanager
def _without_names(modules: tuple[ModuleType, ...]) -> Iterator[None]:
    """Let ``dir`` list nothing of ``modules`` meanwhile."""
    # PySide's modules have one of their own, which tells the names of classes not made yet.
    told = [vars(module).get("__dir__") for module in modules]
    for module in modules:
        vars(module)["__dir__"] = list
    try:
        yield
    finally:
        for module, names in zip(modules, told, strict=True):
            if names is None:
                del vars(module)["__dir__"]
            else:
                vars(module)["__dir__"] = names


def import_pyqtgraph() -> None:
    """Import it with such mirrors; nothing is to be done where it was imported before."""
    if "pyqtgraph" in sys.modules:
        return
    for source in MIRRORED:
        name = f"pyqtgraph.Qt.{source.__name__.rpartition('.')[2]}"
        sys.modules[name] = _Mirror(name, source)
    with _without_names(MIRRORED):
        import pyqtgraph  # noqa: F401
