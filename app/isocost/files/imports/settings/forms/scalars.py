"""One written value -> a plain one: numbers as YAML 1.2 has them, true and false, null."""

from __future__ import annotations

import math
import re
from typing import Any

_WHOLE = re.compile(r"[-+]?\d[\d_]{0,40}")
_DECIMAL = re.compile(r"[-+]?(\d[\d_]{0,40}\.?\d{0,40}|\.\d{1,40})([eE][-+]?\d{1,4})?")
_WORDS: dict[str, Any] = {
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
    "null": None, "None": None, "~": None, "none": "none",
}  # fmt: skip


def scalar(text: str) -> Any:
    """A number, true, false or None where the text is one, else the text without spaces around it."""
    text = text.strip()
    if text in _WORDS:
        return _WORDS[text]
    if _WHOLE.fullmatch(text):
        return int(text.replace("_", ""))
    if _DECIMAL.fullmatch(text):
        value = float(text.replace("_", ""))
        return value if math.isfinite(value) else text
    return text
