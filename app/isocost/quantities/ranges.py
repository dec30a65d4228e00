"""Ranges as people write them: "2..3", "2 to 3", "30-50 %", "2.5 +- 20 %"."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from isocost.language import tr
from isocost.quantities.currency import DOLLAR, MoneyUnit
from isocost.quantities.reading import Quantity, QuantityError, parse

_ENDS = re.compile(r"(?P<low>.+?)\s*(?:\.\.+|…|\bto\b|–|—)\s*(?P<high>.+)", re.IGNORECASE)
_HYPHEN = re.compile(r"(?P<low>[^-]*[0-9][^-]*?)\s*-\s*(?P<high>[^-]*[0-9][^-]*)")
_AROUND = re.compile(r"(?P<middle>.+?)\s*(?:\+-|\+/-|±)\s*(?P<by>.+)")
_PERCENT = re.compile(r"(?P<percent>[0-9.,]+)\s*%")
_TAIL = re.compile(r"[0-9.,'’_\s]+(?:[eE][-+]?[0-9]+)?(?P<words>[^0-9.,'’_\s].*)?")


def parse_range(
    text: str,
    quantity: Quantity,
    *,
    unit: str | tuple[str, ...] = "",
    money: Sequence[MoneyUnit] = (DOLLAR,),
) -> tuple[float, float | None, float] | None:
    """(low, middle, high) of a range as people type it; None where the text is no range.

    ``2..3``, ``2 to 3``, ``30-50 %`` give two ends and no middle, ``2.5 +- 20 %`` and ``2.5 +- 0.5`` all
    three. A suffix or unit that only follows the second end is meant for both: ``30-50 %``, ``1..2B``. A
    percentage after +- is of the middle, in fields of shares too: ``40 % +- 10 %`` is 36 to 44 %.
    ``money``: the currencies of :func:`parse`.

    Raises:
        QuantityError: an end is no value of that kind, or the ends are not in order.
    """

    def read(end: str) -> float:
        return parse(end, quantity, unit=unit, money=money)

    if around := _AROUND.fullmatch(text.strip()):
        middle = read(around["middle"])
        if percent := _PERCENT.fullmatch(around["by"].strip()):
            by = middle * parse(percent["percent"], "number") / 100.0
        else:
            by = read(around["by"])
        return _ordered(middle - by, middle, middle + by, text)
    if ends := _ENDS.fullmatch(text.strip()):
        low, high = _both(ends, read)
        return _ordered(low, None, high, text)
    if ends := _HYPHEN.fullmatch(text.strip()):
        try:
            low, high = _both(ends, read)
        except QuantityError:
            return None
        # What goes down is a subtraction: "20 - 5".
        return (low, None, high) if low < high else None
    return None


def _both(ends: re.Match[str], read: Callable[[str], float]) -> tuple[float, float]:
    """The values of two ends; what follows the second alone is meant for the first too."""
    low, high = ends["low"], ends["high"]
    bare, tail = _TAIL.fullmatch(low.strip().lstrip("$")), _TAIL.fullmatch(high.strip().lstrip("$"))
    if bare is not None and not bare["words"] and tail is not None and tail["words"]:
        low = f"{low} {tail['words']}"
    return read(low), read(high)


def _ordered(low: float, middle: float | None, high: float, text: str) -> tuple[float, float | None, float]:
    if not low < high:
        raise QuantityError(
            tr("The ends of {text!r} are not in order; write the lower one first.", text=text)
        )
    return low, middle, high
