"""How the parts of a quote are written: prices, terms, counts, days, suppliers, the columns of a table."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from isocost.catalog.entries.prices import COMMITMENTS
from isocost.quantities.units import HOURS_PER_DAY, HOURS_PER_MONTH, HOURS_PER_WEEK, HOURS_PER_YEAR

UNNAMED = "your quote"
NOT_STATED = "terms not stated"
TAKEN = "\x00"
"""Stands where a part was read, so that nothing reads it again."""

_CODES = "USD|EUR|GBP|CHF|JPY|CNY|RMB|INR|CAD|AUD|SEK|NOK|DKK|KRW|SGD"
CURRENCY = rf"(?:US\$|[$€£¥₹₩]|(?<![A-Za-z])(?:{_CODES})(?![A-Za-z]))"
_NUMBER = r"(?<![A-Za-z0-9.])[0-9][0-9.,']*(?<![.,'])\s?[kK]?(?![A-Za-z0-9])"
_ONE = r"(?:gpu|chip|card|accelerator|device|unit)s?"
_NODE = r"(?:node|server|instance|machine|box|host|system)s?"
_TIMES = {
    "hour": 1.0, "hr": 1.0, "h": 1.0, "day": HOURS_PER_DAY, "week": HOURS_PER_WEEK,
    "month": HOURS_PER_MONTH, "mo": HOURS_PER_MONTH, "year": HOURS_PER_YEAR, "yr": HOURS_PER_YEAR,
}  # fmt: skip
_PER = (
    rf"(?:\s*(?:/|per\b|an?\b|each\b)?\s*(?:(?P<of>{_ONE}|{_NODE}|[A-Z]{{1,3}}[0-9]{{2,4}}[A-Z]?)\b)?"
    r"\s*(?:/|-|per\b|an?\b)?\s*(?P<time>hours?|hrs?|h|days?|weeks?|months?|mo|years?|yr|hourly|monthly)"
    r"(?![A-Za-z])(?:\s*(?:/|per\b)\s*(?P<of_after>" + _ONE + "|" + _NODE + r"))?)"
)
_PRICE = (
    re.compile(rf"(?P<amount>{CURRENCY}\s?{_NUMBER}){_PER}", re.IGNORECASE),
    re.compile(rf"(?P<amount>{_NUMBER}\s?{CURRENCY}){_PER}", re.IGNORECASE),
    re.compile(rf"(?P<amount>{_NUMBER})(?=\s*(?:/|per\b)){_PER}", re.IGNORECASE),
    re.compile(rf"(?P<amount>{CURRENCY}\s?{_NUMBER}|{_NUMBER}\s?{CURRENCY})", re.IGNORECASE),
)
_BARE = re.compile(rf"\s*(?P<amount>{_NUMBER})\s*")

_NO_NAME = re.compile(rf"(?:{_ONE}|{_NODE}|tpus?|at|for|of|on|the|from|by)", re.IGNORECASE)
_MANY = r"(?P<count>(?<![A-Za-z0-9.])[0-9][0-9,']*\s?[kK]?)"
_COUNT = re.compile(rf"{_MANY}\s*(?:x\b|×|(?:of\s+)?{_ONE}\b|tpus?\b)", re.IGNORECASE)
_TERMS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(rf"(?<![A-Za-z])(?:{words})(?![A-Za-z])", re.IGNORECASE), terms)
    for words, terms in (
        (r"spot|pre-?emptible|interruptible", "spot"),
        (r"market-?place", "marketplace"),
        (r"capacity[- ]?blocks?(?: reserved)?", "capacity-block"),
        (r"on[- ]?demand|pay[- ]as[- ]you[- ]go|payg|hourly", "on demand"),
    )
)
_BOUND = r"(?:[- ]?(?:long\s)?(?:reserved|reservation|commit(?:ted|ment)?|contract|term|plan))?"
_SPAN = re.compile(
    rf"(?<![A-Za-z0-9.])(?:reserved\s(?:for\s)?)?(?P<many>[0-9]{{1,3}}|one|two|three|an?)[- ]?"
    rf"(?P<unit>years?|yrs?|y|months?|mos?|weeks?){_BOUND}(?![A-Za-z])",
    re.IGNORECASE,
)
_YEARLY = re.compile(r"(?<![A-Za-z])(?:annual|yearly)(?:ly)?" + _BOUND + r"(?![A-Za-z])", re.IGNORECASE)
_RESERVED = re.compile(r"(?<![A-Za-z])(?:reserved|committed|contract)(?![A-Za-z])", re.IGNORECASE)
_COUNTED = {"one": 1, "a": 1, "an": 1, "two": 2, "three": 3}

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"(?P<month>(?:{'|'.join(_MONTHS)})[a-z]{{0,6}})\.?"
_NTH = r"(?<![0-9])(?P<d>[0-9]{1,2})(?:st|nd|rd|th)?"
_DAYS = (
    re.compile(r"(?<![0-9])(?P<y>20[0-9]{2})[-/.](?P<m>[0-9]{1,2})[-/.](?P<d>[0-9]{1,2})(?![0-9])"),
    re.compile(rf"{_NTH}\s+{_MONTH},?\s+(?P<y>20[0-9]{{2}})", re.IGNORECASE),
    re.compile(rf"{_MONTH}\s+{_NTH},?\s+(?P<y>20[0-9]{{2}})", re.IGNORECASE),
    re.compile(r"(?<![0-9])(?P<d>[0-9]{1,2})\.(?P<m>[0-9]{1,2})\.(?P<y>20[0-9]{2})(?![0-9])"),
)
_AROUND = r"from|at|by|with|for|via|of|on|and|quote[sd]?|offer(?:ed|s)?|asks?"
_LEADING = re.compile(rf"^(?:(?:{_AROUND})\b|[@:\-–—&.])\s*", re.IGNORECASE)
_TRAILING = re.compile(rf"\s*(?:\b(?:{_AROUND}|in|is|an?|per)|[@:\-–—&/.(]+)$", re.IGNORECASE)
_BETWEEN = re.compile(rf"[,;|{TAKEN}()\[\]]+")

_WHOLE = {
    "count": "count gpus chips gpucount ngpus numgpus numberofgpus quantity qty number mingpus minimum",
    "currency": "currency ccy",
    "accelerator": "type model",
    "date": "asof when",
}
_WITH = {
    "price": "price rate cost usd eur hourly",
    "accelerator": "accelerator gpu chip hardware sku device instance",
    "supplier": "supplier provider vendor cloud company seller",
    "terms": "terms term commitment commit contract tier reservation",
    "date": "date day read quoted",
    "source": "source url link reference",
    "includes": "notes note includes included comment comments remarks region location",
}
_WHOLE_NAMES = {name: what for what, names in _WHOLE.items() for name in names.split()}
"""Names of columns, without anything but letters; and below words one of which tells what a column holds."""
_WITH_WORDS = {word: what for what, words in _WITH.items() for word in words.split()}


class Rest:
    """What of a text is still to be read."""

    def __init__(self, text: str) -> None:
        self.text = text

    def take(self, start: int, end: int) -> None:
        """Leave out a part that was read."""
        self.text = f"{self.text[:start]}{TAKEN * (end - start)}{self.text[end:]}"


@dataclass(frozen=True, slots=True)
class FoundPrice:
    """A price where it stands in a text."""

    amount: str
    """With its currency, where one is written."""
    per: float
    """Hours it is for."""
    of_node: bool
    """Whether it is a whole server's."""
    span: tuple[int, int]
    timed: bool
    """Whether a time was written."""


def column_of(heading: str) -> str | None:
    """What a column holds by its name; None = nothing of a quote."""
    words = re.findall(r"[a-z]+", heading.casefold().replace("$", " usd "))
    if (whole := _WHOLE_NAMES.get("".join(words))) is not None:
        return whole
    told = {_WITH_WORDS[word] for word in words if word in _WITH_WORDS}
    return next((what for what in _WITH if what in told), None)


def of_heading(heading: str, cell: str) -> str:
    """A cell of the price's column with what its heading says of all: a currency, a server, a time."""
    text, said = cell, heading.replace("_", " ")
    if not re.search(CURRENCY, cell, re.IGNORECASE) and (found := re.search(CURRENCY, said, re.IGNORECASE)):
        text = f"{cell} {found[0].upper()}"
    if (time := re.search(r"\b(?:day|week|month|year)", said, re.IGNORECASE)) is not None:
        node = re.search(rf"\b{_NODE}\b", said, re.IGNORECASE)
        return f"{text} per {'node ' if node else ''}{time[0]}"
    return f"{text} per node hour" if re.search(rf"\b{_NODE}\b", said, re.IGNORECASE) else text


def price_in(text: str) -> FoundPrice | None:
    """The price in a text, one for a span of time before any other amount; None = there is none."""
    for at, pattern in enumerate(_PRICE):
        found = pattern.search(text)
        if found is None:
            continue
        if at == len(_PRICE) - 1:
            return FoundPrice(found["amount"].strip(), 1.0, False, found.span(), False)
        of = found["of"] or found["of_after"] or ""
        time = found["time"].casefold().removesuffix("ly")
        hours = _TIMES.get(time) or _TIMES[time.removesuffix("s")]
        node = re.fullmatch(_NODE, of, re.IGNORECASE) is not None
        return FoundPrice(found["amount"].strip(), hours, node, found.span(), True)
    return None


def bare_price(text: str) -> FoundPrice | None:
    """A number alone, as a cell of a column of prices has it."""
    found = _BARE.fullmatch(text)
    return None if found is None else FoundPrice(found["amount"].strip(), 1.0, False, found.span(), True)


def terms_in(rest: Rest) -> str:
    """The terms in a text, as the catalogue calls them where it does; empty = none are told."""
    stripped = rest.text.strip().casefold()
    if stripped in COMMITMENTS:
        return stripped
    span = _SPAN.search(rest.text)
    if span is not None:
        rest.take(*span.span())
        return _spanned(span["many"].casefold(), span["unit"].casefold())
    if (yearly := _YEARLY.search(rest.text)) is not None:
        rest.take(*yearly.span())
        return "one-year"
    for pattern, terms in _TERMS:
        if (found := pattern.search(rest.text)) is not None:
            rest.take(*found.span())
            return terms
    if (reserved := _RESERVED.search(rest.text)) is not None:
        rest.take(*reserved.span())
        return "reserved"
    return ""


def _spanned(many: str, unit: str) -> str:
    count = _COUNTED.get(many) or int(many)
    if unit.startswith("w"):
        return f"{count} weeks" if count != 1 else "one week"
    months = count * 12 if unit.startswith("y") else count
    if months == 12:
        return "one-year"
    if months % 12:
        return f"{months} months" if months != 1 else "one month"
    return f"{months // 12} years"


def count_in(rest: Rest) -> int:
    """How many accelerators a text speaks of; 0 = it does not say."""
    found = _COUNT.search(rest.text)
    if found is None:
        return 0
    digits = re.sub(r"[,'\s]", "", found["count"]).casefold()
    number = int(digits.removesuffix("k")) * (1000 if digits.endswith("k") else 1)
    rest.take(*found.span())
    return number


def is_taken(phrase: str) -> bool:
    """Whether a phrase is a word around names, and none itself."""
    return _NO_NAME.fullmatch(phrase) is not None


def supplier_in(rest: Rest) -> tuple[str, list[str]]:
    """(who asks the price, what else is said) of what is left of a text."""
    parts = [part for part in (_trimmed(each) for each in _BETWEEN.split(rest.text)) if part]
    named = next((at for at, part in enumerate(parts) if re.search(r"[A-Za-z]", part)), None)
    if named is None:
        return "", parts
    return parts[named], [*parts[:named], *parts[named + 1 :]]


def _trimmed(part: str) -> str:
    text = part.strip(" \t'\"“”")
    while (shorter := _TRAILING.sub("", _LEADING.sub("", text)).strip()) != text:
        text = shorter
    return text


def date_in(text: str) -> tuple[date, tuple[int, int]] | None:
    """The day in a text, with its place; None = there is none of the calendar."""
    for pattern in _DAYS:
        for found in pattern.finditer(text):
            groups = found.groupdict()
            month = groups.get("m") or str(_MONTHS.index(groups["month"][:3].casefold()) + 1)
            try:
                return date(int(found["y"]), int(month), int(found["d"])), found.span()
            except ValueError:
                continue
    return None
