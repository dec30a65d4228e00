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
    "tpu-v5p",
    "gb200",
    "mi355x",
    "a800-sxm-80gb",
    "h20",
    "b300",
)
"""Accelerators with a style of their own, in the order of the theme's styles."""


COLOURS = 6
"""Styles come in this many colours; those further on repeat them with other dashes."""


class Slots:
    """Hands out the theme's styles; an accelerator keeps its style for as long as it can."""

    def __init__(self) -> None:
        self._kept: dict[str, int] = {}

    def assign(self, named: Iterable[str]) -> dict[str, int]:
        """A style for each of these accelerators, all different up to a dozen.

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
    """The first style nobody wears, in a colour nobody wears while there is one."""
    colours = {slot % COLOURS for slot in worn}
    free = [slot for slot in range(len(USUAL)) if slot not in worn]
    return next((slot for slot in free if slot % COLOURS not in colours), free[0] if free else len(worn))


def series_of(theme: Theme, slots: Mapping[str, int], accelerator: str) -> Series:
    """The accelerator's style, or a plain grey line when it has none."""
    slot = slots.get(accelerator)
    if slot is None:
        return Series(theme.quiet, theme.quiet, ())
    return theme.series[slot % len(theme.series)]
