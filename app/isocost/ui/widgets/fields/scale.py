"""Where a value sits on a slider, and which values its steps reach; knows no Qt."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from isocost.plan.inputs.input import Input
from isocost.quantities import DOLLAR, MoneyUnit, shown_money

_TINY = 1e-9
"""Relative slack so that 5.000000001 counts as 5 when stepping."""

BENT = (0.0, 1.0 / 3.0, 1.0)
"""Places of the ends and the bend of a scale that has one."""


@dataclass(frozen=True, slots=True)
class Scale:
    """A slider's ends, in the value's own units, and how the way between them is divided."""

    low: float
    high: float
    kind: Literal["log", "linear"] = "log"
    integer: bool = False
    stops: tuple[int, ...] = ()
    """Where dragging and stepping stop, rising: up to the last at these only, above it at its multiples."""
    third: float | None = None
    """The value a third of the way along, where a linear scale bends; None = it does not."""
    money: MoneyUnit = DOLLAR
    """The currency in which dragging and stepping lead to round amounts, of a scale of USD."""

    def position(self, value: float) -> float:
        """Place of a value on the way from low to high, 0..1; values beyond an end are at that end."""
        if self.third is not None:
            share = float(np.interp(value, (self.low, self.third, self.high), BENT))
        elif self.kind == "linear":
            share = (value - self.low) / (self.high - self.low)
        elif value <= 0:
            share = 0.0
        else:
            share = math.log(value / self.low) / math.log(self.high / self.low)
        return min(1.0, max(0.0, share))

    def value(self, position: float) -> float:
        """Value at a place 0..1, not rounded."""
        share = min(1.0, max(0.0, position))
        if self.third is not None:
            return float(np.interp(share, BENT, (self.low, self.third, self.high)))
        if self.kind == "linear":
            return self.low + share * (self.high - self.low)
        return float(self.low * (self.high / self.low) ** share)

    def snapped(self, value: float, resolution: float) -> float:
        """The roundest value no further away than ``resolution`` (0..1), in at most three digits."""
        if not self.money.is_dollar:
            return self._as_shown(value, lambda scale, amount: scale.snapped(amount, resolution))
        if self.kind == "linear":
            step = self._linear_step() / (10 if resolution * 1000 < 1 else 2)
            return self._bounded(round(value / step) * step)
        # Every value within a pixel of the mouse is meant alike, and the roundest of them reads best.
        here = self.position(value)
        candidates = (_significant(value, digits) for digits in (1, 2, 3))
        near = (each for each in candidates if abs(self.position(each) - here) <= resolution)
        rounded = next(near, _significant(value, 3))
        return self._bounded(self._stop(rounded))

    def stepped(self, value: float, steps: int, *, fine: bool = False, page: bool = False) -> float:
        """The value some steps away: 1-2-5 on a logarithmic scale, with smaller and larger ones."""
        if not self.money.is_dollar:
            return self._as_shown(
                value, lambda scale, amount: scale.stepped(amount, steps, fine=fine, page=page)
            )
        if self.kind == "linear":
            step = self._linear_step() * (0.1 if fine else 5 if page else 1)
            target = round((value + steps * step) / step) * step
        elif page:
            target = value * 10.0**steps
        else:
            target = value
            for _ in range(abs(steps)):
                target = self._fine(target, steps) if fine else _one_two_five(target, steps)
        # A value typed beyond an end stays there: a step outwards is not to pull it back in.
        if (value >= self.high and steps > 0) or (value <= self.low and steps < 0):
            return value
        return self._bounded(self._stop(target, steps))

    def _as_shown(self, value: float, moved: Callable[[Scale, float], float]) -> float:
        """Where a move leads on the same scale of the currency shown; an end is the end in USD."""
        shown, third = self.money.shown, self.third
        scale = replace(
            self,
            low=shown(self.low),
            high=shown(self.high),
            third=None if third is None else shown(third),
            money=DOLLAR,
        )
        amount = moved(scale, shown(value))
        if amount == shown(value):
            return value
        usd = self.money.usd(amount)
        return next((end for end in (self.low, self.high) if math.isclose(usd, end, rel_tol=_TINY)), usd)

    def _stop(self, value: float, towards: int = 0) -> float:
        """The nearest stop, or the next one up or down."""
        if not self.stops:
            return value
        last = self.stops[-1]
        if value > last:
            at = value / last
            return last * (math.ceil(at) if towards > 0 else math.floor(at) if towards < 0 else round(at))
        if towards > 0:
            return next(stop for stop in self.stops if stop >= value)
        if towards < 0:
            return next((stop for stop in reversed(self.stops) if stop <= value), self.stops[0])
        return min(self.stops, key=lambda stop: abs(math.log(stop / value)))

    def _fine(self, value: float, direction: int) -> float:
        """One unit of the second significant digit up or down, at least 1 for whole numbers."""
        if value <= 0:
            return self.low
        # Down from a power of ten, the unit is that of the digits below it: from 100 to 99, not to 90.
        below = value * (1 - 1e-6) if direction < 0 else value
        unit = 10.0 ** (math.floor(math.log10(below)) - 1)
        if self.integer:
            unit = max(1.0, unit)
        return _significant((round(value / unit) + (1 if direction > 0 else -1)) * unit, 12)

    def _linear_step(self) -> float:
        wanted = (self.high - self.low) / 60
        power = 10.0 ** math.floor(math.log10(wanted))
        return power * min((1, 2, 5, 10), key=lambda m: abs(math.log(m * power / wanted)))

    def _bounded(self, value: float) -> float:
        bounded = min(self.high, max(self.low, value))
        # Twelve digits drop the rest of binary arithmetic: 3 * 0.1 is 0.3 again, which is what people typed.
        return float(round(bounded)) if self.integer else _significant(bounded, 12)


def scale_of(field: Input) -> Scale:
    """The scale of a declared input, round in the currency shown."""
    money = shown_money() if field.quantity == "money" else DOLLAR
    return Scale(field.low, field.high, field.scale, field.integer, money=money)


def _significant(value: float, digits: int) -> float:
    return float(f"{value:.{digits}g}")


def _one_two_five(value: float, direction: int) -> float:
    """The next 1, 2 or 5 times a power of ten above or below."""
    if value <= 0:
        return 0.0 if direction < 0 else 1.0
    power = math.floor(math.log10(value))
    around = [float(f"{m}e{p}") for p in (power - 1, power, power + 1) for m in (1, 2, 5)]
    if direction > 0:
        return min(each for each in around if each > value * (1 + _TINY))
    return max(each for each in around if each < value * (1 - _TINY))
