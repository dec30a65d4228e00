"""The shipped line icons in a theme's colours."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton

from isocost import paths

_SHARPEST = 3
"""Largest device pixel ratio drawn for."""


@lru_cache(maxsize=128)
def icon(name: str, colour: str, size: int = 16) -> QIcon:
    """A named glyph of ``resources/icons`` drawn in one colour."""
    source = paths.resource("icons", f"{name}.svg").read_text(encoding="utf-8")
    # Qt's renderer cannot be told what currentColor is.
    renderer = QSvgRenderer(QByteArray(source.replace("currentColor", colour).encode()))
    made = QIcon()
    # From one pixmap Qt would make those of sharper screens by enlarging it.
    for ratio in range(1, _SHARPEST + 1):
        pixmap = QPixmap(QSize(size, size) * ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        renderer.render(painter, QRectF(0, 0, size * ratio, size * ratio))
        painter.end()
        pixmap.setDevicePixelRatio(ratio)
        made.addPixmap(pixmap)
    return made


def put_icon(button: QAbstractButton, name: str, colour: str, size: int) -> None:
    """Give a button a glyph of so many pixels, and room for it: Qt's own room does not grow with the text."""
    button.setIcon(icon(name, colour, size))
    button.setIconSize(QSize(size, size))


def app_icon() -> QIcon:
    """The application's own icon."""
    return QIcon(str(paths.resource("icons", "isocost.svg")))
