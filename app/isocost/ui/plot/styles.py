"""The line style of each accelerator: the same in every chart, and no two alike among those named."""

from __future__ import annotations

from collections.abc import Mapping

from isocost.plan.answer.comparison import USUAL
from isocost.ui.look.theme import Series, Theme

COLOURS = len(USUAL)
"""As many can be told apart by colour; styles further on repeat colours with other dashes."""


def series_of(theme: Theme, slots: Mapping[str, int], accelerator: str) -> Series:
    """The accelerator's style, or a plain grey line when it has none."""
    slot = slots.get(accelerator)
    if slot is None:
        return Series(theme.quiet, theme.quiet, ())
    return theme.series[slot % len(theme.series)]
