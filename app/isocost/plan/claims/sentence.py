"""A sentence from which amounts are taken, each once, and what of it makes no sense."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

from isocost.language import tr
from isocost.quantities import PLAIN, QuantityError, numbers_marked, parse

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

    def _value(self, found: re.Match[str], what: str, *, least: float = 0.0) -> float | None:
        """The amount of a match, the middle of a range; None where it makes no sense, which is said."""
        groups = found.groupdict()
        suffix = "" if groups.get("low") is not None else "2"
        low, high = groups.get(f"low{suffix}"), groups.get(f"high{suffix}")
        if low is None:
            return None
        scale_high = groups.get(f"high{suffix}_scale") or ""
        scale_low = groups.get(f"low{suffix}_scale") or (scale_high if high is not None else "")
        first = self._number(low, scale_low, what)
        if first is None or high is None:
            return first if first is None or self._sound(first, found[0], what, least) else None
        second = self._number(high, scale_high, what)
        if second is None:
            return None
        middle = (first + second) / 2.0
        if not self._sound(middle, found[0], what, least):
            return None
        self._problems.append(tr("Of {found!r} the middle is taken.", found=found[0].strip()))
        return middle

    def _number(self, digits: str, scale: str, what: str) -> float | None:
        try:
            with numbers_marked(PLAIN):  # claims are sentences in English, whatever the system's language
                value = parse(f"{digits}{scale}".replace(" ", ""), "number")
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
