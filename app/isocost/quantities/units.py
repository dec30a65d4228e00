"""Factors between units, each written once: spans of time, decimal prefixes of SI, the binary thousand.

A month is the twelfth part of a year of 365 days, 730 hours: bills by the month do not depend on which.
"""

from __future__ import annotations

SECONDS_PER_HOUR = 3600.0
HOURS_PER_DAY = 24.0
DAYS_PER_WEEK = 7.0
HOURS_PER_MONTH = 730.0
MONTHS_PER_YEAR = 12.0

MINUTES_PER_DAY = 60.0 * HOURS_PER_DAY
HOURS_PER_WEEK = HOURS_PER_DAY * DAYS_PER_WEEK
DAYS_PER_MONTH = HOURS_PER_MONTH / HOURS_PER_DAY
HOURS_PER_YEAR = HOURS_PER_MONTH * MONTHS_PER_YEAR
DAYS_PER_YEAR = HOURS_PER_YEAR / HOURS_PER_DAY
SECONDS_PER_YEAR = HOURS_PER_YEAR * SECONDS_PER_HOUR

KILO = 1e3
MEGA = 1e6
GIGA = 1e9
TERA = 1e12

KIBI = 1024.0
"""The thousand of memory, and of lengths of context: 8K are 8,192 tokens."""

BYTES_PER_GBIT = GIGA / 8.0
"""Networks are sold in gigabits a second."""
