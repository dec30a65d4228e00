"""What the world offers: accelerators, prices, models and published runs, each figure with its source."""

from isocost.catalog.catalog import Catalog, load, reload
from isocost.catalog.errors import CatalogError

__all__ = ["Catalog", "CatalogError", "load", "reload"]
