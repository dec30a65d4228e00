"""The forms results are written in: aligned text, JSON and Markdown."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Container, Sequence
from typing import Any

from isocost.quantities import plain_spaces

_MARKDOWN_MARKS = re.compile(r"([\\`*_{}\[\]<>|#$~])")


def aligned(headings: Sequence[str], rows: Sequence[Sequence[str]], left: Container[str]) -> list[str]:
    """Lines of aligned columns; columns without any value are left out.

    Args:
        left: headings of columns of words, which stand to the left; figures stand to the right.
    """
    kept = [i for i in range(len(headings)) if any(row[i] for row in rows)]
    lines = [[row[i] for i in kept] for row in (headings, *rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(kept))]
    to_left = {place for place, i in enumerate(kept) if headings[i] in left}
    return [
        "  ".join(
            cell.ljust(width) if place in to_left else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    ]


def markdown(text: str) -> str:
    """Text that Markdown shows as it is."""
    return _MARKDOWN_MARKS.sub(r"\\\1", text)


def json_of(tree: Any) -> str:
    """JSON of plain values, with plain spaces; null stands for numbers JSON does not have."""
    return json.dumps(_finite(tree), indent=2, allow_nan=False)


def _finite(value: Any) -> Any:
    if isinstance(value, str):
        return plain_spaces(value)
    if isinstance(value, dict):
        return {key: _finite(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
