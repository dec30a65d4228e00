"""The page as a document: PDF with text that can be selected, HTML with its charts as SVG."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from PySide6.QtCore import QSize
from PySide6.QtGui import QImage, QPageSize

from isocost.plan.answer.chances import Chances
from isocost.plan.answer.estimate import Answer
from isocost.quantities import money_shown_in
from isocost.report.paper.content import Paper
from isocost.report.paper.forms import PLAIN, html_text
from isocost.ui.look.theme import LIGHT, Theme, load_fonts
from isocost.ui.paper.charts import Picture, pictures
from isocost.ui.paper.sheet import Sheet
from isocost.ui.plot.export import Titled, to_image, to_pdf, to_svg

Format = Literal["A4", "Letter"]
SIZES: dict[Format, tuple[QPageSize.PageSizeId, QSize]] = {
    "A4": (QPageSize.PageSizeId.A4, QSize(794, 1123)),
    "Letter": (QPageSize.PageSizeId.Letter, QSize(816, 1056)),
}
"""Each with its pixels of 1/96 inch."""
CHART = QSize(460, 320)
"""Pixels of a chart of the HTML."""
TEXT = 0.86
"""Size of type against the screen's."""


def paper_theme() -> Theme:
    """The light theme in the type of a page; its glyphs can be searched and copied."""
    load_fonts()
    return replace(LIGHT, scale=TEXT, printed=True)


def document(suffix: str, found: Answer, chances: Chances, page: Paper, size: Format = "A4") -> bytes:
    """The page in the form that a suffix of ``NAMES`` names; an application must be there."""
    if suffix in PLAIN:
        return PLAIN[suffix](page, found)
    if suffix == ".pdf":
        return pdf(found, chances, page, size)
    return html(found, chances, page).encode("utf-8")


def pdf(found: Answer, chances: Chances, page: Paper, size: Format = "A4") -> bytes:
    """The page as a PDF document of one sheet; an application must be there."""
    theme, (name, pixels) = paper_theme(), SIZES[size]
    with money_shown_in(found.money):
        return to_pdf(_sheet(found, chances, page, theme), pixels, theme, page.title, QPageSize(name))


def image(found: Answer, chances: Chances, page: Paper, size: Format, scale: float) -> QImage:
    """The page as it is printed, with ``scale`` times as many pixels a side."""
    theme, (_, pixels) = paper_theme(), SIZES[size]
    with money_shown_in(found.money):
        return to_image(_sheet(found, chances, page, theme), pixels, theme, scale)


def _sheet(found: Answer, chances: Chances, page: Paper, theme: Theme) -> Sheet:
    return Sheet(page, tuple(pictures(found, chances, page, theme)))


def html(found: Answer, chances: Chances, page: Paper) -> str:
    """The page as one HTML file; an application must be there."""
    theme = replace(paper_theme(), scale=1.0)
    with money_shown_in(found.money):
        drawn = {each.title: _svg(each, theme) for each in pictures(found, chances, page, theme)}
    return html_text(page, drawn)


def _svg(picture: Picture, theme: Theme) -> str:
    titled = Titled(picture.title, picture.how, picture.drawing)
    return to_svg(titled, CHART, theme, picture.title).decode("utf-8")
