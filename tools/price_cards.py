"""Rewrite resources/price_cards.csv from the quotes of resources/prices.csv, by catalog/prices.py."""

from __future__ import annotations

import csv
import sys

from isocost.catalog.constants.economics import read_economics
from isocost.catalog.entries.prices import PriceCard, PriceQuote, default_cards
from isocost.catalog.table import read_rows, read_text
from isocost.paths import resource


def main() -> int:
    """Write the file; returns the exit code."""
    window = read_economics(read_text(resource("economics.yaml"))).price_window_days.value
    cards = default_cards(read_rows(resource("prices.csv"), PriceQuote), window)
    with resource("price_cards.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(PriceCard.__struct_fields__)
        for card in cards:
            writer.writerow(getattr(card, name) for name in PriceCard.__struct_fields__)
    return 0


if __name__ == "__main__":
    sys.exit(main())
