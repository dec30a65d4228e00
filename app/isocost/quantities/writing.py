"""From a number to text for display and for editing."""

from __future__ import annotations

import math
from decimal import Decimal

from isocost.language import tr
from isocost.quantities.currency import SPACE, MoneyUnit, shown_money
from isocost.quantities.marks import NARROW_SPACE, marked, number_marks
from isocost.quantities.reading import WHOLE, Quantity
from isocost.quantities.units import DAYS_PER_YEAR, HOURS_PER_DAY, KILO, MINUTES_PER_DAY

_SUFFIXES = ((12, "T"), (9, "B"), (6, "M"), (3, "K"))
_BYTES = ((15, "PB"), (12, "TB"), (9, "GB"), (6, "MB"), (3, "kB"))
_MEMORY = ((50, "PiB"), (40, "TiB"), (30, "GiB"), (20, "MiB"), (10, "KiB"), (0, "B"))
_FLOAT_DIGITS = 17
"""Significant digits that tell every float from its neighbours."""


def format_quantity(value: float, quantity: Quantity, *, digits: int = 3) -> str:
    """Short text for display: "7B", "2,048", "$5.33M", "34.6 %", "198 h"; ``digits`` significant digits."""
    if not math.isfinite(value):
        return _not_finite(value)
    if quantity in WHOLE:
        return format_count(value)
    if quantity == "money":
        return format_money(value, digits=digits)
    if quantity == "share":
        return f"{_significant(float(Decimal(repr(float(value))).scaleb(2)), digits)}{SPACE}%"
    if quantity == "hours":
        return f"{_hours(value, digits)}{SPACE}h"
    return _scaled(value, digits, _SUFFIXES)


def format_exact(value: float, quantity: Quantity = "number") -> str:
    """Shortest text that :func:`parse` reads back as exactly the same float; for editing and for files."""
    if not math.isfinite(value):
        return _not_finite(value)
    exact = Decimal(repr(float(value)))
    if quantity == "share":
        return f"{_digits(exact.scaleb(2))}{SPACE}%"
    if quantity == "hours":
        return f"{_digits(exact)}{SPACE}h"
    if quantity in WHOLE:
        return _grouped(exact)
    if quantity == "money":
        return _exact_money(float(value), shown_money())
    for power, suffix in _SUFFIXES:
        if Decimal(10) ** power <= abs(exact) < Decimal("1e15"):
            return f"{_digits(exact.scaleb(-power))}{suffix}"
    return _digits(exact)


def format_money(value: float, *, digits: int = 3) -> str:
    """USD for display, in the currency shown: "$0.42", "$3.99", "$7,500", "$295K", "€5.33M"."""
    if not math.isfinite(value):
        return _not_finite(value)
    unit = shown_money()
    size = abs(unit.shown(value))
    return f"{_sign(value)}{unit.prefix}{_amount(size, unit, digits)}"


def _sign(value: float) -> str:
    """Before the currency of an amount."""
    return number_marks().minus if value < 0 else ""


def _amount(size: float, unit: MoneyUnit, digits: int) -> str:
    """A sum of a currency without its sign, short."""
    rounded = _rounded(size, digits)
    if rounded >= 1e4:
        return _scaled(size, digits, _SUFFIXES)
    if size >= 999.995:
        return format_count(size)
    if size == 0:
        return "0"
    if not unit.digits:
        return _significant(size, digits)
    if size >= 1:
        return format_fixed(size, unit.digits)
    text = _significant(size, digits)
    return format_fixed(rounded, 2) if len(text) < len("0.42") else text


def _exact_money(usd: float, unit: MoneyUnit) -> str:
    """The shortest sum of a currency that is read as exactly these USD."""
    size = _shortest(abs(usd), unit)
    cents = f"{size:.{unit.digits}f}"
    lossless = size < Decimal("1e15") and Decimal(cents) == size
    text = format_fixed(size, unit.digits) if lossless else _digits(size)
    return f"{_sign(usd)}{unit.prefix}{text}"


def _shortest(usd: float, unit: MoneyUnit) -> Decimal:
    """The sum of a currency in the fewest digits that come to a float of USD again.

    Of USD in more than a dozen digits there may be none: floats then lie closer together than such sums.
    """
    if unit.is_dollar:
        return Decimal(repr(usd))
    whole = Decimal(repr(usd)) * Decimal(repr(unit.per_usd))
    for digits in range(1, _FLOAT_DIGITS):
        text = f"{whole:.{digits}e}"
        if unit.usd(float(text)) == usd:
            return Decimal(text)
    return Decimal(f"{whole:.{_FLOAT_DIGITS - 1}e}")


def format_cents(value: float) -> str:
    """USD to the cent of the currency shown: "$294,672.00"."""
    if not math.isfinite(value):
        return _not_finite(value)
    unit = shown_money()
    return f"{_sign(value)}{unit.prefix}{format_fixed(abs(unit.shown(value)), unit.digits)}"


def without_idle_cents(amount: str) -> str:
    """An amount of money without its cents where there are none: "$20" of "$20.00"."""
    return amount.removesuffix(marked(".00"))


def format_budget(usd: float) -> str:
    """A sum that somebody sets, which is seldom one of cents: "$500", "$300K", "$12.50"."""
    return without_idle_cents(format_money(usd))


def format_share(value: float, *, decimals: int = 1) -> str:
    """A share of 0..1 in per cent with a fixed number of decimals: "5.0 %"."""
    return f"{marked(f'{value * 100:.{decimals}f}')}{SPACE}%" if math.isfinite(value) else _not_finite(value)


def format_count(value: float) -> str:
    """A whole number with its thousands grouped: "2,048"."""
    return marked(f"{value:,.0f}") if math.isfinite(value) else _not_finite(value)


def format_fixed(value: float | Decimal, decimals: int) -> str:
    """A number with a fixed number of decimals, its thousands grouped: "2.50", "1,234.5"."""
    return marked(f"{value:,.{decimals}f}") if math.isfinite(value) else _not_finite(float(value))


def format_significant(value: float, digits: int = 6) -> str:
    """A number in at most so many significant digits, its thousands not grouped: "2.5", "1234.5", "3e-07"."""
    return marked(f"{value:.{digits}g}") if math.isfinite(value) else _not_finite(value)


def format_rounded(value: float) -> str:
    """Three significant digits, and whole numbers from a hundred on: "0.123", "45.6", "2,048"."""
    return format_count(value) if abs(value) >= 100 else format_significant(value, 3)


def format_counted(value: float, noun: str) -> str:
    """A whole number of things by their English singular: "1 layer", "2,048 GPUs"."""
    number = format_count(value)
    return f"{number} {tr(noun if number == '1' else f'{noun}s')}"


def with_article(size: str) -> str:
    """A size with the article it is spoken with: "a 7B", "an 8B", "an 11B"."""
    vowel = size.startswith(("8", "11", "18")) and not size.startswith(("110", "180"))
    return tr("an {size}", size=size) if vowel else tr("a {size}", size=size)


def format_bytes(value: float, *, digits: int = 3) -> str:
    """Bytes in decimal units (GB = 1e9): "80 GB", "1.34 TB"."""
    if not math.isfinite(value):
        return _not_finite(value)
    text = _scaled(value, digits, _BYTES)
    number = text.rstrip("kBMGTP")
    return f"{number}{SPACE}{text[len(number) :] or 'B'}"


def format_memory(value: float, *, digits: int = 3) -> str:
    """Bytes of an accelerator's memory in binary units (GiB = 2^30 bytes): "79.6 GiB", "1.34 TiB".

    The GB of a device's label are GiB: an "80 GB" card holds 79.6 GiB, which would read 85.5 in decimal GB.
    """
    if not math.isfinite(value):
        return _not_finite(value)
    size, unit = _memory_unit(value, digits)
    return f"{_significant(value / size, digits)}{SPACE}{unit}"


def format_memory_of(held: float, limit: float, *, digits: int = 3) -> str:
    """Bytes held of those there are: "71.3 of 79.6 GiB", far more of them in a unit of their own."""
    first, second = _memory_pair(held, limit, digits)
    return tr("{first} of {second}", first=first, second=second)


def format_memory_between(low: float, high: float, *, digits: int = 3) -> str:
    """Where bytes lie: "57.7 to 88.4 GiB"."""
    first, second = _memory_pair(low, high, digits)
    return tr("{first} to {second}", first=first, second=second)


def _memory_pair(first: float, second: float, digits: int) -> tuple[str, str]:
    finite = math.isfinite(first) and math.isfinite(second)
    if not finite or _memory_unit(first, digits)[0] > _memory_unit(second, digits)[0]:
        return format_memory(first, digits=digits), format_memory(second, digits=digits)
    size, _ = _memory_unit(second, digits)
    return _significant(first / size, digits), format_memory(second, digits=digits)


BELOW_HOURS, BELOW_DAYS, BELOW_YEARS = 59.5, 47.5, 729.5
"""Minutes, hours and days up to which a span is shown in that unit."""
TENTHS_OF_DAYS = 9.95
"""Days up to which tenths of them are shown."""


def format_duration(days: float) -> str:
    """A time span given in days: "12 min", "7 h", "5.4 days", "54 days", "2.1 years"."""
    if not math.isfinite(days):
        return _not_finite(days)
    minutes, hours = days * MINUTES_PER_DAY, days * HOURS_PER_DAY
    if 0 < minutes < BELOW_HOURS:
        return f"{max(minutes, 1):.0f}{SPACE}min"
    if hours < BELOW_DAYS:
        return f"{_significant(max(hours, 1.0) if hours else 0.0, 2)}{SPACE}h"
    if days < TENTHS_OF_DAYS:
        return tr("{days}{space}days", days=_significant(days, 2), space=SPACE)
    if days < BELOW_YEARS:
        return tr("{days}{space}days", days=f"{days:.0f}", space=SPACE)
    years = days / DAYS_PER_YEAR
    shown = _significant(years, 2) if years < 99.5 else _scaled(years, 2, _SUFFIXES)
    return tr("{years}{space}years", years=shown, space=SPACE)


def shown_duration(days: float, *, least: bool = True) -> float:
    """The span in days that :func:`format_duration` shows in full and that is next to this one.

    ``least`` = not shorter than it, else not longer: what holds from a time on is not to be said of less.
    """
    for _ in range(2):  # rounded, a span may belong to the next unit, which is rounded to other steps
        unit, value = duration_unit(days)
        step = (
            1.0
            if unit == 1.0 / MINUTES_PER_DAY or (unit == 1.0 and value >= TENTHS_OF_DAYS)
            else _step(value)
        )
        steps = value / step
        days = (math.ceil(steps - 1e-9) if least else math.floor(steps + 1e-9)) * step * unit
    return days


def duration_unit(days: float) -> tuple[float, float]:
    """Days of the unit that a span is shown in, and how many there are."""
    if days * MINUTES_PER_DAY < BELOW_HOURS:
        return 1.0 / MINUTES_PER_DAY, days * MINUTES_PER_DAY
    if days * HOURS_PER_DAY < BELOW_DAYS:
        return 1.0 / HOURS_PER_DAY, days * HOURS_PER_DAY
    return (1.0, days) if days < BELOW_YEARS else (DAYS_PER_YEAR, days / DAYS_PER_YEAR)


def _step(value: float) -> float:
    """The last of two significant digits."""
    return 10.0 ** (math.floor(math.log10(value) + 1e-12) - 1)


def format_energy(kwh: float) -> str:
    """Electric energy: "850 kWh", "3.02 GWh"."""
    for size, unit in ((1e9, "TWh"), (1e6, "GWh"), (1e3, "MWh")):
        if kwh >= size:
            return f"{format_rounded(kwh / size)}{SPACE}{unit}"
    return f"{format_rounded(kwh)}{SPACE}kWh"


def format_carbon(kilograms: float) -> str:
    """Mass of carbon dioxide: "640 kg CO₂", "1,110 t CO₂"."""
    if kilograms >= KILO:
        tonnes = kilograms / KILO
        return f"{format_rounded(tonnes)}{SPACE}t CO₂"
    return tr("{rounded}{space}kg CO₂", rounded=format_rounded(kilograms), space=SPACE)


def format_power(kw: float) -> str:
    """Electric power: "850 kW", "3.02 MW"."""
    if kw >= KILO:
        return f"{format_quantity(kw / KILO, 'number')}{SPACE}MW"
    return f"{format_quantity(kw, 'number')}{SPACE}kW"


def plain_spaces(text: str) -> str:
    """The text with ordinary spaces, for terminals, CSV and comparison."""
    return text.replace(SPACE, " ").replace(NARROW_SPACE, " ")


def _not_finite(value: float) -> str:
    return tr("unknown") if math.isnan(value) else "∞" if value > 0 else marked("-∞")


def _rounded(value: float, digits: int) -> float:
    return float(f"{value:.{digits}g}") if digits > 0 else value


def _digits(value: Decimal) -> str:
    """A decimal as digits, or with an exponent when that is much shorter: "14.8", "2.5e23"."""
    if value == 0:
        return "0"
    value = value.normalize()
    if -7 < value.adjusted() < 15:
        return marked(f"{value:f}")
    mantissa, _, exponent = f"{value:e}".partition("e")
    return marked(f"{mantissa}e{int(exponent)}")


def _grouped(value: Decimal) -> str:
    """A decimal with grouped thousands, or with an exponent when it is very long."""
    text = _digits(value)
    return text if "e" in text or abs(value) < 1000 else marked(f"{value.normalize():,f}")


def _memory_unit(value: float, digits: int) -> tuple[float, str]:
    """Bytes and name of the largest binary unit of which, once rounded, there is one at least."""
    sizes = [(2.0**power, name) for power, name in _MEMORY]
    return next((unit for unit in sizes if abs(_rounded(value / unit[0], digits)) >= 1), sizes[-1])


def _significant(value: float, digits: int) -> str:
    """At most ``digits`` significant digits, no trailing zeros; whole numbers are never cut."""
    rounded = _rounded(value, digits)
    whole = 10**digits <= abs(rounded) < 1e15
    return format_count(value) if whole else _digits(Decimal(repr(rounded)))


def _scaled(value: float, digits: int, suffixes: tuple[tuple[int, str], ...]) -> str:
    """Significant digits with the suffix of the rounded size, so 999.96B is 1T."""
    rounded = Decimal(f"{value:.{digits}g}")
    if abs(rounded) >= Decimal(1000).scaleb(suffixes[0][0]):
        return _digits(rounded)
    for power, suffix in suffixes:
        if abs(rounded) >= Decimal(1).scaleb(power):
            return f"{_digits(rounded.scaleb(-power))}{suffix}"
    return _digits(rounded)


def _hours(value: float, digits: int) -> str:
    if abs(value) >= 1e6:
        return _scaled(value, digits, _SUFFIXES)
    return format_count(value) if abs(value) >= 999.5 else _significant(value, digits)
