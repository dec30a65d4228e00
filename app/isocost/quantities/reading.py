"""From typed text to a number."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Literal

from isocost.language import listed, tr
from isocost.quantities.currency import DOLLAR, MoneyUnit
from isocost.quantities.expressions import evaluate
from isocost.quantities.marks import PLAIN, marked, number_marks
from isocost.quantities.units import (
    HOURS_PER_DAY,
    HOURS_PER_MONTH,
    HOURS_PER_WEEK,
    HOURS_PER_YEAR,
    KIBI,
    SECONDS_PER_HOUR,
)

Quantity = Literal["number", "count", "length", "money", "share", "hours"]
"""How a value is typed and shown: 7B | 2,048 | 8K = 8,192 tokens | $3.99 | 40 % | 198 h."""
WHOLE: tuple[Quantity, ...] = ("count", "length")
"""What comes in whole ones."""

LONGEST_TEXT = 80

_SCALES = {
    "k": 3, "thousand": 3,
    "m": 6, "mn": 6, "million": 6,
    "b": 9, "bn": 9, "g": 9, "billion": 9,
    "t": 12, "tn": 12, "trillion": 12,
}  # fmt: skip

_HOURS = {
    "s": 1 / SECONDS_PER_HOUR, "sec": 1 / SECONDS_PER_HOUR, "second": 1 / SECONDS_PER_HOUR,
    "min": 1 / 60, "minute": 1 / 60,
    "h": 1.0, "hr": 1.0, "hour": 1.0,
    "d": HOURS_PER_DAY, "day": HOURS_PER_DAY,
    "w": HOURS_PER_WEEK, "wk": HOURS_PER_WEEK, "week": HOURS_PER_WEEK,
    "month": HOURS_PER_MONTH,
    "y": HOURS_PER_YEAR, "yr": HOURS_PER_YEAR, "year": HOURS_PER_YEAR,
}  # fmt: skip

_EXAMPLES: dict[Quantity, tuple[str, ...]] = {
    "number": ("7B", "2.5e23", "1,000,000"),
    "count": ("8", "2,048", "16K"),
    "length": ("2,048", "8K"),
    "money": ("$3.99", "$1.2M"),
    "share": ("40 %", "0.4"),
    "hours": ("198 h", "54 days", "3 weeks"),
}

_SWAPPED = str.maketrans(".,", ",.")
_TYPOGRAPHY = str.maketrans("\u00a0\u202f\u2009\u2007\t−×·’", "     -**'")
"""Typographic spaces and signs, and what they stand for."""
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")

_DIGITS = r"(?P<minus>[+-]?)\s*(?P<digits>[0-9][0-9.,'_ ]*|[.,][0-9]+)(?P<exponent>[eE][+-]?[0-9]{1,6})?\s*"
_NUMBER = re.compile(_DIGITS)
_GROUPED = "[0-9]{{1,3}}(?:{0}[0-9]{{3}})+"
_GROUPED_IN_PAIRS = f"(?:{_GROUPED}|[0-9]{{{{1,2}}}}(?:{{0}}[0-9]{{{{2}}}})*{{0}}[0-9]{{{{3}}}})"
"""Whole digits with their groups, for the mark between them."""
_TIME_SPAN = re.compile(_DIGITS + r"(?P<scale>[A-Za-z]*)(?:\s+(?P<unit>[A-Za-z]+))?[\s,]*")
_POWER_OF_TEN = re.compile(r"\s*[*x]\s*10\^([+-]?[0-9]{1,6})")
_SUPERSCRIPT_POWER = re.compile(r"10([⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)")
_PER_CENT = re.compile(r"\s*(?:%|per\s?cent|pct)$", re.IGNORECASE)
_POWER = re.compile(r"(?<![\d.,])([0-9]{1,4})\s*(?:\^|\*\*)\s*([0-9]{1,2})(?![\d.,])")
"""A power of a whole number, as batches and contexts are told: 2^20, 2**17."""
_PER_HOUR = re.compile(
    r"(?:/|per)\s*(?:(?:gpu|chip|accelerator)\s*[-/ ]?)?\s*(?:h|hr|hour)s?$", re.IGNORECASE
)
_OTHER_CURRENCY = re.compile(r"[€£¥₹₩₽₿₫₦₴]|(?<![A-Za-z])(?:[A-Z]{3}|eur|gbp|jpy|cny|rmb)(?![A-Za-z])")
"""Signs and codes that may be another currency's."""
_ONLY_DOLLARS = (DOLLAR,)
_TIMES = re.compile(r"(?<=[0-9A-Za-z%)\s])(?<!\b0)[xX](?=\s*[0-9(])")
"""A product as people write it: "4x8", "2K x 8"; after a zero alone it opens another kind of number."""
_FACTOR = re.compile(r"(?:(?P<sign>[*/])\s*(?P<after>.+)|(?P<before>[0-9.,]+)\s*[x*])")
_DAY = re.compile(
    r"(?:19|20)[0-9]{2}([-/.])(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12][0-9]|3[01])"
    r"|(?:0?[1-9]|[12][0-9]|3[01])([-/.])(?:0?[1-9]|[12][0-9]|3[01])\2(?:19|20)[0-9]{2}"
)
"""A day with its numbers set against each other as in no sum: 2026-12-31, 31.12.2026, 12/31/2026."""
_MONTH = re.compile(r"20[0-9]{2}-(?:0[1-9]|1[0-2])")
_BREAK = re.compile(r"[\s-]+|(?<=[A-Za-z])(?=[0-9])")
"""Between the words of a name, where people write a space, a hyphen or nothing: RTX 4090, rtx4090."""
_CHANGE = re.compile(r"(?P<sign>[+-])\s*(?P<percent>[0-9.,]+)\s*%")


class QuantityError(ValueError):
    """Text that is not a number of the wanted kind; the message is one sentence for the user."""


class DayError(QuantityError):
    """A day of the calendar where a number is wanted."""


def parse(
    text: str,
    quantity: Quantity,
    *,
    current: float | None = None,
    unit: str | tuple[str, ...] = "",
    money: Sequence[MoneyUnit] = _ONLY_DOLLARS,
    several: Mapping[str, float] | None = None,
) -> float:
    """Read a number as people type it.

    Accepts suffixes (7B, 15T, 16K), exponents (2.5e23, 2.5 x 10^23), either decimal mark, grouped thousands,
    a dollar sign for money, a percent sign for shares and time units for hours. A length of text counts K as
    1,024 tokens and M as 1,024 of those, as contexts are named: 8K is 8,192. One comma followed by
    exactly three digits groups thousands (1,500 = 1500); otherwise it is a decimal comma (1,5; 0,125). Where
    numbers are shown with a decimal comma, point and comma change places in this: 1.500 is 1500, 1,500 is 1.5
    and 1.5 stays 1.5. A share above 1 without a percent sign is taken as per cent. ``unit`` names words that
    may follow the number ("GPUs"). Money may be of any of the currencies ``money``, of the first where none
    is named, and comes to USD at their rates. ``several`` names what may be counted instead
    and how many each is: with "node": 8 "64 nodes" are 512 and "64 nodes of 4" 256, with "H100": 1 the same
    goes for "64 H100" and "64 H100 nodes".

    Arithmetic is worked out (``7B*2``, ``=3e9+4e9``, ``$20 - 5%``, ``16 x 8``), and a span of time is turned
    into the field's unit where that is another one ("2 years" of months).

    With ``current``, also edits relative to it: ``*1.2``, ``/2``, ``1.5x``, ``+10%``, ``-10%``.

    Returns the value: shares in 0..1, money in USD, times in hours. Raises QuantityError with one sentence.
    """
    cleaned = _cleaned(text, quantity)
    if several:
        cleaned = _held(tuple(several)).sub(lambda found: _times(found, several), cleaned)
    if _DAY.fullmatch(cleaned) or (_hours_of(unit) is not None and _MONTH.fullmatch(cleaned)):
        raise DayError(
            tr(
                "{text!r} is a day of the calendar; write a number, for example {examples}.",
                text=cleaned,
                examples=_examples("hours" if _hours_of(unit) is not None else quantity),
            )
        )
    edited = _relative(cleaned, quantity, current)
    if edited is not None:
        return edited
    try:
        value = _amount(cleaned, quantity, unit, tuple(money))
    except QuantityError as error:
        return _worked_out(cleaned, quantity, unit, tuple(money), error)
    if quantity in WHOLE and value != int(value):
        raise QuantityError(tr("A count must be a whole number, got {marked}.", marked=marked(f"{value:g}")))
    return value


@lru_cache(maxsize=16)
def _held(names: tuple[str, ...]) -> re.Pattern[str]:
    """What holds several things after its number: "64 nodes", "8 servers of 4", "2 boxes x 8"."""
    words = sorted((_BREAK.split(each) for each in names), key=lambda each: -sum(map(len, each)))
    longest = "|".join(r"[\s-]*".join(map(re.escape, each)) for each in words)
    return re.compile(
        rf"(?<=[0-9A-Za-z)])(?:\s*x\s*|\s+|\s*-?(?![0-9]))(?P<name>{longest})(?:e?s)?(?![A-Za-z0-9])"
        r"(?P<each>\s*(?:of|with|each with|x|\*)\s*(?=[0-9(]))?",
        re.IGNORECASE,
    )


def _times(found: re.Match[str], several: Mapping[str, float]) -> str:
    """A factor in the place of what holds several things; how many may be told behind it."""
    return "*" if found["each"] else f"*{_each(found, several):.0f}"


def _each(found: re.Match[str], several: Mapping[str, float]) -> float:
    """How many each of what was counted is."""
    return next(each for name, each in several.items() if _folded(name) == _folded(found["name"]))


def _folded(name: str) -> str:
    return _BREAK.sub("", name).lower()


def named_several(text: str, several: Mapping[str, float]) -> tuple[str, float] | None:
    """What holds several that a text counts without telling how many, and that number; None = nothing."""
    if not several:
        return None
    found = (each for each in _held(tuple(several)).finditer(text.translate(_TYPOGRAPHY)) if not each["each"])
    told = ((each["name"], _each(each, several)) for each in found)
    return next((each for each in told if each[1] > 1), None)


def typed_money(text: str, money: Sequence[MoneyUnit]) -> MoneyUnit:
    """The currency that an amount is typed in: the one it names first, else the first of ``money``."""
    found = _spelled(tuple(money))[0].search(text.translate(_TYPOGRAPHY))
    return _spelled(tuple(money))[1][found[0].lower()] if found else money[0]


@lru_cache(maxsize=16)
def _spelled(money: tuple[MoneyUnit, ...]) -> tuple[re.Pattern[str], Mapping[str, MoneyUnit]]:
    """(What names one of the currencies, which of them each spelling names): the first ones go before."""
    known: dict[str, MoneyUnit] = {}
    for unit in money:
        # "¥" is the yuan's too, where amounts are shown in yuan.
        bare = unit.symbol.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ") if unit is money[0] else ""
        for spelling in (unit.code, unit.symbol, *unit.spellings, *([bare] if bare not in ("", "$") else [])):
            known.setdefault(spelling.lower(), unit)
    longest = sorted(known, key=len, reverse=True)
    parts = [
        rf"(?<![A-Za-z]){re.escape(each)}(?![A-Za-z])" if each[-1].isalpha() else re.escape(each)
        for each in longest
    ]
    return re.compile("|".join(parts), re.IGNORECASE), known


def _money(text: str, unit: str | tuple[str, ...], money: tuple[MoneyUnit, ...]) -> float:
    """USD of an amount in one of the currencies."""
    bare = _PER_HOUR.sub("", text)
    rest = _spelled(money)[0].sub("", bare, count=1).strip()
    try:
        return typed_money(bare, money).usd(_plain(rest, "money", unit))
    except QuantityError:
        if other := _OTHER_CURRENCY.search(rest):
            raise QuantityError(_no_rate(other[0], money)) from None
        raise


def _no_rate(named: str, money: tuple[MoneyUnit, ...]) -> str:
    if money == _ONLY_DOLLARS:
        example = marked(_EXAMPLES["money"][0])
        return tr(
            "Money is entered in US dollars; convert the amount first, for example {example}.",
            example=example,
        )
    codes = ", ".join(each.code for each in money)
    return tr("No rate of {named!r} is known; write the amount in one of {codes}.", named=named, codes=codes)


def _amount(
    text: str, quantity: Quantity, unit: str | tuple[str, ...], money: tuple[MoneyUnit, ...]
) -> float:
    """A single amount of a kind."""
    if quantity == "hours":
        return _duration(text)
    if quantity == "money":
        return _money(text, unit, money)
    if quantity == "share":
        return _share(text, unit)
    hours = _hours_of(unit)
    try:
        return _plain(text, quantity, unit)
    except QuantityError:
        if hours is None:
            raise
        return float(f"{_duration(text) / hours:.12g}")


def _hours_of(unit: str | tuple[str, ...]) -> float | None:
    """Hours of the field's unit; None = it is no span of time."""
    for name in (unit,) if isinstance(unit, str) else unit:
        if name and (hours := _HOURS.get(name, _HOURS.get(name.removesuffix("s")))) is not None:
            return hours
    return None


def _worked_out(
    text: str,
    quantity: Quantity,
    unit: str | tuple[str, ...],
    money: tuple[MoneyUnit, ...],
    wrong: QuantityError,
) -> float:
    """The value of an expression; raises ``wrong``, or what its arithmetic lacks, when it is none."""
    text = _TIMES.sub("*", text)
    unknown = quantity == "money" and _OTHER_CURRENCY.search(_spelled(money)[0].sub("", text))
    if unknown or not re.search(r"^=|[-+*/(]", text):
        raise wrong

    def plain(part: str) -> float:
        return _plain(part, "length" if quantity == "length" else "number", "")

    def amount(part: str) -> float:
        return _amount(part, quantity, unit, money)

    def as_quantity(size: float) -> float:
        if quantity == "money":
            return money[0].usd(size)
        return size / 100 if quantity == "share" and size > 1 else size

    try:
        value = evaluate(text, plain=plain, quantity=amount, as_quantity=as_quantity)
    except ValueError:
        raise wrong from None
    return float(round(value)) if quantity in WHOLE else value


def _cleaned(text: str, quantity: Quantity) -> str:
    if len(text) > LONGEST_TEXT:
        raise QuantityError(
            tr(
                "A number has at most {longest_text} characters; write for example {examples}.",
                longest_text=LONGEST_TEXT,
                examples=_examples(quantity),
            )
        )
    cleaned = text.translate(_TYPOGRAPHY).strip()
    cleaned = _SUPERSCRIPT_POWER.sub(lambda match: "10^" + match[1].translate(_SUPERSCRIPTS), cleaned)
    cleaned = _POWER_OF_TEN.sub(r"e\1", cleaned)
    cleaned = _POWER.sub(lambda match: str(int(match[1]) ** int(match[2])), cleaned)
    if not cleaned:
        raise QuantityError(
            tr("Nothing is written here; write for example {examples}.", examples=_examples(quantity))
        )
    return cleaned


def _relative(text: str, quantity: Quantity, current: float | None) -> float | None:
    """The current value changed by a typed factor or percentage; None when the text is not such an edit."""
    change, factor_edit = _CHANGE.fullmatch(text), _FACTOR.fullmatch(text)
    if not (change or factor_edit):
        return None
    if current is None and change and quantity == "share":
        return None
    if current is None:
        raise QuantityError(
            tr(
                "{text!r} changes a value, and there is none yet; write for example {examples}.",
                text=text,
                examples=_examples(quantity),
            )
        )
    if change:
        percent = _plain(change["percent"], "number", "")
        factor = 1 + (percent if change["sign"] == "+" else -percent) / 100
    else:
        assert factor_edit is not None
        factor = _plain(factor_edit["after"] or factor_edit["before"], "number", "")
        if factor_edit["sign"] == "/":
            if factor == 0:
                raise QuantityError(tr("A value cannot be divided by zero."))
            factor = 1 / factor
    result = current * factor
    if not math.isfinite(result):
        raise QuantityError(tr("{text!r} makes the value too large.", text=text))
    return float(round(result)) if quantity in WHOLE else float(f"{result:.12g}")


def _plain(text: str, quantity: Quantity, unit: str | tuple[str, ...], shift: int = 0) -> float:
    """A single number with an optional scale suffix and unit words, times 10 to the ``shift``."""
    match = _NUMBER.match(text)
    if not match:
        raise _not_understood(text, quantity)
    words = _without_unit(text[match.end() :], unit)
    if words and words.lower() not in _SCALES:
        raise _not_understood(text, quantity)
    power = _SCALES.get(words.lower(), 0)
    if quantity == "length":
        return _value(match, shift, text, quantity) * KIBI ** (power // 3)
    return _value(match, shift + power, text, quantity)


def _value(match: re.Match[str], power: int, text: str, quantity: Quantity) -> float:
    """The float nearest to the decimal number matched, times 10 to the ``power``."""
    digits = _one_decimal_point(match["digits"].strip())
    if digits is None:
        raise QuantityError(
            tr(
                "The separators of {text!r} are ambiguous; write for example {examples}.",
                text=text,
                examples=_examples(quantity),
            )
        )
    exponent = int((match["exponent"] or "e0")[1:]) + power
    value = float(f"{match['minus']}{digits}e{exponent}")
    if not math.isfinite(value):
        raise QuantityError(tr("{text!r} is too large.", text=text))
    if value == 0 and digits.strip("0."):
        raise QuantityError(tr("{text!r} is too small.", text=text))
    return value


def _one_decimal_point(mantissa: str) -> str | None:
    """Digits with a decimal point at most, from grouped digits with either decimal mark; None = ambiguous."""
    marks = number_marks()
    if marks.decimal == ",":  # point and comma then mean what the other one does elsewhere
        mantissa = mantissa.translate(_SWAPPED)
    grouped = _GROUPED if marks.higher == PLAIN.higher else _GROUPED_IN_PAIRS
    for mark in " '_":
        if mark in mantissa:
            if not re.fullmatch(rf"{grouped.format(mark)}(?:[.,][0-9]*)?", mantissa):
                return None
            return mantissa.replace(mark, "").replace(",", ".")
    dots, commas = mantissa.count("."), mantissa.count(",")
    if dots and commas:
        decimal = "." if mantissa.rindex(".") > mantissa.rindex(",") else ","
        group = "," if decimal == "." else "."
    elif commas == 1 and not re.fullmatch(r"[1-9][0-9]{0,2},[0-9]{3}", mantissa):
        decimal, group = ",", "."
    elif commas:
        decimal, group = ".", ","
    elif dots > 1:
        decimal, group = ",", "."
    else:
        return mantissa
    whole, _, fraction = mantissa.partition(decimal)
    if group in whole and not re.fullmatch(grouped.format(rf"\{group}"), whole):
        return None
    if not re.fullmatch(r"[0-9]*", fraction):
        return None
    return f"{whole.replace(group, '')}.{fraction}"


def _without_unit(words: str, unit: str | tuple[str, ...]) -> str:
    """What follows a number, without the unit words the field allows."""
    rest = words.strip()
    for name in (unit,) if isinstance(unit, str) else unit:
        stem = name.strip().removesuffix("s")
        tail = rf"(?:^|\s|(?<=[KMBGTkmbgt])){re.escape(stem)}s?$"
        if stem and (found := re.search(tail, rest, re.IGNORECASE)):
            return rest[: found.start()].strip()
    return rest


def _share(text: str, unit: str | tuple[str, ...]) -> float:
    bare = _PER_CENT.sub("", text)
    if bare != text:
        return _plain(bare, "share", unit, shift=-2)
    value = _plain(text, "share", unit)
    return _plain(text, "share", unit, shift=-2) if value > 1 else value


def _duration(text: str) -> float:
    """Hours of one or more numbers with time units: "198", "54 days", "2 d 5 h", "10K h"."""
    total, position = 0.0, 0
    while position < len(text):
        span = _TIME_SPAN.match(text, position)
        # A sign between two is arithmetic; of several each has its unit, as none can be told from another's.
        if not span or (position and span["minus"]):
            raise _not_understood(text, "hours")
        bare = not span["unit"] and (not span["scale"] or span["scale"].lower() in _SCALES)
        if bare and (position or span.end() < len(text)):
            raise _not_understood(text, "hours")
        power, hours = _time_unit(span["scale"], span["unit"], text)
        total += _value(span, power, text, "hours") * hours
        position = span.end()
    return total


def _time_unit(scale: str, unit: str | None, text: str) -> tuple[int, float]:
    """Power of ten and hours of the words after a number: none (hours), "weeks", "K" or "K", "h"."""
    if scale == "m":
        raise QuantityError(tr("{text!r} may mean minutes or millions; write min or M.", text=text))
    if unit is None and scale.lower() not in _SCALES:
        scale, unit = "", scale
    lower = (unit or "h").lower()
    hours = _HOURS.get(lower, _HOURS.get(lower.removesuffix("s")))
    if hours is None or (scale and scale.lower() not in _SCALES):
        raise _not_understood(text, "hours")
    return _SCALES.get(scale.lower(), 0), hours


def _examples(quantity: Quantity) -> str:
    """Texts that are read, in the marks of here and now: "8, 2,048 or 16K"."""
    return listed((marked(each) for each in _EXAMPLES[quantity]), "or")


def _not_understood(text: str, quantity: Quantity) -> QuantityError:
    what = {"money": tr("an amount of money"), "share": "a share", "hours": "a time"}.get(
        quantity, "a number"
    )
    return QuantityError(
        tr(
            "{text!r} is not {what}; write for example {examples}.",
            text=text,
            what=what,
            examples=_examples(quantity),
        )
    )
