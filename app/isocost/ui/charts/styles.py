"""Which line style an accelerator wears: one in every chart, and no two alike among those named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from isocost.ui.theme import Series, Theme

USUAL = (
    "h800-sxm",
    "h100-sxm",
    "b200",
    "mi300x",
    "a100-sxm-80gb",
    "h200-sxm",
)
"""Accelerators with a colour of their own, in the order of the theme's."""

COLOURS = len(USUAL)
"""As many can be told apart by colour; styles further on repeat colours with other dashes."""


class Slots:
    """Hands out the theme's styles; an accelerator keeps its style for as long as it can."""

    def __init__(self) -> None:
        self._kept: dict[str, int] = {}

    def assign(self, named: Iterable[str]) -> dict[str, int]:
        """A style for each of these accelerators, in different colours while there are enough.

        The usual ones always wear their own. Others keep what they wore before unless it is taken, else get
        the first that is free.
        """
        names = list(named)
        worn = {name: USUAL.index(name) for name in names if name in USUAL}
        for name in names:
            if name in worn:
                continue
            slot = self._kept.get(name)
            if slot is None or slot in worn.values():
                slot = _free(set(worn.values()))
            worn[name] = self._kept[name] = slot
        return worn


def _free(worn: set[int]) -> int:
    """The first style nobody wears."""
    return next(slot for slot in range(len(worn) + 1) if slot not in worn)


def series_of(theme: Theme, slots: Mapping[str, int], accelerator: str) -> Series:
    """The accelerator's style, or a plain grey line when it has none."""
    slot = slots.get(accelerator)
    if slot is None:
        return Series(theme.quiet, theme.quiet, ())
    return theme.series[slot % len(theme.series)]
