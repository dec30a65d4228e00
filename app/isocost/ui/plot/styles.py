"""The line style of each accelerator: the same in every chart, plan and picture."""

from __future__ import annotations

from collections.abc import Mapping

from isocost.catalog.constants.palette import LineStyle
from isocost.ui.look.theme import Series, Theme


def series_of(theme: Theme, styles: Mapping[str, LineStyle], accelerator: str) -> Series:
    """The accelerator's style on a theme's ground, or a plain grey line when it has none."""
    style = styles.get(accelerator)
    if style is None:
        return Series(theme.quiet, theme.quiet, ())
    shade = style.shade
    if theme.name == "dark":
        return Series(shade.dark, shade.dark, style.dash)
    return Series(shade.light, shade.text or shade.light, style.dash)


BAND = 0.11
"""Strength of a range's colour, the accelerator's own, on its ground."""
