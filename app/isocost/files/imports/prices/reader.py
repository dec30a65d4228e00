"""The reader of catalogues of prices."""

from __future__ import annotations

import json
from datetime import date

from isocost.catalog import load
from isocost.files.imports.prices import gpuhunt, quoted, skypilot, vantage
from isocost.files.imports.prices.entries import Rows, with_parts
from isocost.files.imports.prices.price_list import PriceList
from isocost.files.imports.prices.providers import day_of, provider_of
from isocost.files.imports.prices.tables import heading_of
from isocost.files.imports.source import Given, NotUnderstoodError, SourceFile
from isocost.language import tr

LARGEST_OBJECT = 64_000_000


class PriceReader:
    """Catalogues of prices."""

    def knows(self, file: SourceFile) -> bool:
        """Whether the file lists prices of accelerators, by its columns or its keys."""
        heading = heading_of(file.text)
        if set(heading) >= skypilot.COLUMNS or set(heading) >= gpuhunt.COLUMNS:
            return True
        if len(heading) > 1 and (quoted.is_ours(heading) or quoted.is_quotes(heading)):
            return True
        return vantage.is_instances(_list(file.text))

    def is_catalogue(self, file: SourceFile) -> bool:
        """Whether the file is a published catalogue rather than somebody's list of quotes."""
        heading = heading_of(file.text)
        listed = set(heading) >= skypilot.COLUMNS or set(heading) >= gpuhunt.COLUMNS
        return listed or quoted.is_ours(heading) or vantage.is_instances(_list(file.text))

    def read(self, file: SourceFile, given: Given) -> PriceList:
        """The prices of the file. Raises NotUnderstoodError."""
        found = _rows(file)
        if not found.read:
            raise NotUnderstoodError(tr("the table has no rows below its column names."))
        prices = with_parts(found.prices.values(), load())
        return PriceList(file.name, found.format, found.read, prices, found.skipped, found.reasons())


def _rows(file: SourceFile) -> Rows:
    heading = set(heading_of(file.text))
    text = file.text.lstrip("\ufeff")
    if heading >= skypilot.COLUMNS:
        return skypilot.read(text, provider_of(file), day_of(file))
    if heading >= gpuhunt.COLUMNS:
        return gpuhunt.read(text, provider_of(file), day_of(file))
    if (instances := _list(text)) is not None:
        return vantage.read(instances)
    if quoted.is_ours(heading_of(text)):
        return quoted.read_ours(text)
    return quoted.read_table(text, file.name, load(), date.today())


def _list(text: str) -> list[object] | None:
    """The list that a file of JSON is; None where it is none."""
    if not text[:200].lstrip("\ufeff\n\r\t ").startswith("[") or len(text) > LARGEST_OBJECT:
        return None
    try:
        held = json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        return None
    return held if isinstance(held, list) else None
