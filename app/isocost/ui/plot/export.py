"""A drawing as an image, an SVG or a PDF: each is a device of its own on which the same code paints."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QImage,
    QPageSize,
    QPaintDevice,
    QPainter,
    QPdfWriter,
    QPicture,
)
from PySide6.QtSvg import QSvgGenerator

from isocost.ui.look.theme import FAMILY, SPACE, Role, Theme
from isocost.ui.plot.base import font_of
from isocost.ui.plot.chart import Drawing

POINTS = 72
"""Points of a page to an inch."""


def to_image(drawing: Drawing, size: QSize, theme: Theme, scale: float = 1.0) -> QImage:
    """A drawing of ``size`` pixels of the design as an image with ``scale`` times as many a side."""
    image = QImage(size * scale, QImage.Format.Format_ARGB32_Premultiplied)
    # Qt: painting then counts in pixels of the design, and text is made at the sharpness of the image.
    image.setDevicePixelRatio(scale)
    _paint(drawing, image, size, theme)
    return image


def to_svg(drawing: Drawing, size: QSize, theme: Theme, title: str, summary: str = "") -> bytes:
    """A drawing of ``size`` pixels of the design as an SVG document whose texts are text.

    A screen reader reads ``title`` and ``summary`` in its place.
    """
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    # Qt: the default, SVG Tiny 1.2, has no clipping, and curves would run on over the axes.
    generator = QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)
    generator.setOutputDevice(buffer)
    generator.setSize(size)
    generator.setViewBox(QRectF(0, 0, size.width(), size.height()))
    generator.setResolution(_resolution())
    generator.setTitle(title)
    generator.setDescription(summary)
    _paint(drawing, generator, size, _for_readers(theme))
    # Qt names our font alone; a reader without it would take a serif, wider than the room left for it.
    named = f'font-family="{FAMILY}"'.encode()
    others = f'font-family="{FAMILY}, Helvetica, Arial, sans-serif"'.encode()
    return bytes(buffer.data().data()).replace(named, others)


def to_pdf(drawing: Drawing, size: QSize, theme: Theme, title: str, sheet: QPageSize | None = None) -> bytes:
    """A drawing of ``size`` pixels of the design as a PDF document of one page.

    ``sheet`` is the page, which the drawing is as wide as; None = of the drawing's size.
    """
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    # Qt: a PDF starts at 1,200 dots to an inch, where a pen of 1 is a hair and text of 12 a speck.
    writer.setResolution(_resolution())
    points = QSizeF(size) * (POINTS / _resolution())
    own = QPageSize(points, QPageSize.Unit.Point, title, QPageSize.SizeMatchPolicy.ExactMatch)
    writer.setPageSize(sheet or own)
    writer.setPageMargins(QMarginsF())
    writer.setTitle(title)
    writer.setCreator("Isocost")
    scale = 1.0 if sheet is None else sheet.size(QPageSize.Unit.Point).width() / points.width()
    _paint(drawing, writer, size, _for_readers(theme), scale)
    return bytes(buffer.data().data())


def _resolution() -> int:
    """Pixels to an inch: 96 on most systems, 72 on macOS.

    pyqtgraph keeps an axis as a recording, and Qt plays one back larger or smaller on a device of another
    resolution than its own, so that ticks would no longer stand beside the curves.
    """
    return QPicture().logicalDpiX()


def _for_readers(theme: Theme) -> Theme:
    """The theme for a document of text.

    Glyphs that stand for no character, such as digits of one width, cannot be searched or copied in Qt's PDF.
    Qt's SVG does not ask for them, so that texts placed by their width would end elsewhere.
    """
    return replace(theme, printed=True)


def _paint(drawing: Drawing, device: QPaintDevice, size: QSize, theme: Theme, scale: float = 1.0) -> None:
    painter = QPainter(device)
    painter.scale(scale, scale)
    room = QRectF(0, 0, size.width(), size.height())
    # A page may be a pixel larger than asked, as a PDF counts whole points: the ground goes to its edges.
    painter.fillRect(room.adjusted(0, 0, 1, 1), QColor(theme.panel))
    drawing.paint(painter, room, theme)
    painter.end()


MARGIN = 4 * SPACE
"""Pixels around a titled drawing."""

WRAPPED = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap)


@dataclass(frozen=True, slots=True)
class Titled:
    """A drawing below what it shows in words, above a note: a card without what can be clicked."""

    title: str
    subtitle: str
    drawing: Drawing
    note: str = ""

    def paint(self, painter: QPainter, room: QRectF, theme: Theme, hover: int | None = None) -> None:
        """Paint the words at the top and the bottom, and the drawing in what is left between them."""
        inner = room.adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
        inner.setTop(inner.top() + _write(painter, inner, self.title, theme, "card", theme.text) + 2)
        inner.setTop(inner.top() + _write(painter, inner, self.subtitle, theme, "small", theme.quiet))
        inner.setTop(inner.top() + 2 * SPACE)
        if self.note:
            foot = QRectF(inner)
            foot.setTop(inner.bottom() - _height(self.note, inner.width(), theme, "small"))
            _write(painter, foot, self.note, theme, "small", theme.quiet)
            inner.setBottom(foot.top() - 2 * SPACE)
        self.drawing.paint(painter, inner, theme, hover)


def _write(painter: QPainter, room: QRectF, text: str, theme: Theme, role: Role, colour: str) -> float:
    """Pixels of height that a text takes at the top of its room, broken into lines."""
    painter.setFont(font_of(theme, role))
    painter.setPen(QColor(colour))
    painter.drawText(room, WRAPPED, text)
    return _height(text, room.width(), theme, role)


def _height(text: str, width: float, theme: Theme, role: Role) -> float:
    metrics = QFontMetricsF(font_of(theme, role))
    return metrics.boundingRect(QRectF(0, 0, width, 0), WRAPPED, text).height() if text else 0.0
