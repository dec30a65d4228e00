"""Catalogues of prices that others publish, and tables of one's own."""

from isocost.files.imports.prices.price_list import PriceList
from isocost.files.imports.prices.reader import PriceReader

__all__ = ["PriceList", "PriceReader"]
