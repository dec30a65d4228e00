"""A sentence from which amounts are taken, each once, and what of it makes no sense."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

from isocost.language import tr
from isocost.plan.claims import patterns
from isocost.quantities import Quantity, QuantityError

LARGEST = 1e30
"""Above any amount of anything in a claim, FLOPs included."""
_CALLED = {
    "usd": "money",
    "usd_per_gpu_hour": tr("money an hour"),
    "count": "accelerators",
    "active": tr("active parameters"),
}


class Sentence:
    """What is left of a sentence, what was found in it, and what was not understood."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._found: dict[str, Any] = {}
        self._unread: list[str] = []
        self._problems: list[str] = []

    def _take(self, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        """Every match, each taken out of the text so that nothing reads it again."""
        at = 0
        while (found := pattern.search(self._text, at)) is not None:
            if found.end() == found.start():
                at = found.end() + 1
                if at > len(self._text):
                    return
                continue
            self._drop(found.start(), found.end())
            at = found.end()
            yield found

    def _drop(self, start: int, end: int) -> None:
        """Take a stretch out; what stands on its sides stays apart."""
        self._text = f"{self._text[:start]}{'|' * (end - start)}{self._text[end:]}"

    def _value(
        self, found: re.Match[str], what: str, *, least: float = 0.0, quantity: Quantity = "number"
    ) -> float | None:
        """The amount of a match, the middle of a range; None where it makes no sense, which is said."""
        amounts = []
        for digits, scale in patterns.ends(found):
            amount = self._number(digits, scale, what, quantity)
            if amount is None:
                return None
            amounts.append(amount)
        if not amounts:
            return None
        middle = sum(amounts) / len(amounts)
        if not self._sound(middle, found[0], what, least):
            return None
        if len(amounts) > 1:
            self._problems.append(tr("Of {found!r} the middle is taken.", found=found[0].strip()))
        return middle

    def _number(self, digits: str, scale: str, what: str, quantity: Quantity = "number") -> float | None:
        try:
            value = patterns.number(digits, scale, quantity)
        except QuantityError:
            value = math.inf
        if math.isfinite(value):
            return value
        self._problems.append(
            tr(
                "{what}: {digits}{scale} is not a number we can use; it is left out.",
                what=what,
                digits=digits,
                scale=scale,
            )
        )
        return None

    def _sound(self, value: float, said: str, what: str, least: float) -> bool:
        if least < value <= LARGEST:
            return True
        wrong = tr("too large") if value > LARGEST else tr("not above zero")
        self._problems.append(
            tr("{what}: {said!r} is {wrong}; it is left out.", what=what, said=said.strip(), wrong=wrong)
        )
        return False

    def _keep(self, name: str, value: float | None) -> None:
        """Keep the first value told; a second one is said to be left out."""
        if value is None:
            return
        if name in self._found and self._found[name] != value:
            self._problems.append(
                tr("Two amounts of {get} are told; the first is taken.", get=_CALLED.get(name, name))
            )
            return
        self._found[name] = value
