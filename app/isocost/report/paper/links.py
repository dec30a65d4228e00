"""Addresses within a text: where they begin and end, and where they lead."""

from __future__ import annotations

import re
from collections.abc import Iterator

_ADDRESS = re.compile(r"https?://[^\s()<>\"]*[^\s()<>\".,;:!?]|arXiv[ :](\d{4}\.\d{4,5})")
"""An address of the web, without the mark that ends its sentence, or a paper's number."""


def linked(text: str) -> Iterator[tuple[str, str]]:
    """A text in parts, each with the address it leads to; empty = none. Joined they are the text."""
    end = 0
    for found in _ADDRESS.finditer(text):
        if found.start() > end:
            yield text[end : found.start()], ""
        paper = found.group(1)
        yield found.group(), f"https://arxiv.org/abs/{paper}" if paper else found.group()
        end = found.end()
    if end < len(text):
        yield text[end:], ""
