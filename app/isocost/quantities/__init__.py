"""Numbers as people write them: "7B", "2.5e23", "$3.99", "40 %", "1,5", "3 weeks" <-> floats.

Values are plain floats: shares lie in 0..1, money is USD, times typed into an ``hours`` field are hours.
Money is written in the currency that is shown (:mod:`isocost.quantities.currency`), dollars unless told, and
numbers with the marks that are shown (:mod:`isocost.quantities.marks`), "1,234.5" unless told.
Reading and writing go through the decimal digits, so nothing is lost: 14.8T is exactly ``14.8e12``.
"""

from isocost.quantities.currency import (
    DOLLAR,
    SPACE,
    MoneyUnit,
    money_shown_in,
    show_money_in,
    shown_money,
)
from isocost.quantities.marks import (
    PLAIN,
    NumberMarks,
    mark_numbers,
    marked,
    number_marks,
    numbers_marked,
    remembered_words,
)
from isocost.quantities.reading import DayError, Quantity, QuantityError, parse, typed_money
from isocost.quantities.writing import (
    format_bytes,
    format_carbon,
    format_cents,
    format_count,
    format_counted,
    format_duration,
    format_energy,
    format_exact,
    format_fixed,
    format_memory,
    format_memory_between,
    format_memory_of,
    format_money,
    format_power,
    format_quantity,
    format_rounded,
    format_share,
    format_significant,
    plain_spaces,
    shown_duration,
    with_article,
    without_idle_cents,
)

__all__ = [
    "DOLLAR",
    "PLAIN",
    "SPACE",
    "DayError",
    "MoneyUnit",
    "NumberMarks",
    "Quantity",
    "QuantityError",
    "format_bytes",
    "format_carbon",
    "format_cents",
    "format_count",
    "format_counted",
    "format_duration",
    "format_energy",
    "format_exact",
    "format_fixed",
    "format_memory",
    "format_memory_between",
    "format_memory_of",
    "format_money",
    "format_power",
    "format_quantity",
    "format_rounded",
    "format_share",
    "format_significant",
    "mark_numbers",
    "marked",
    "money_shown_in",
    "number_marks",
    "numbers_marked",
    "parse",
    "plain_spaces",
    "remembered_words",
    "show_money_in",
    "shown_duration",
    "shown_money",
    "typed_money",
    "with_article",
    "without_idle_cents",
]
