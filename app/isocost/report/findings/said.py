"""The three things every view says."""

from __future__ import annotations

from typing import NamedTuple


class Said(NamedTuple):
    """What a view says of what it shows."""

    finding: str
    """A claim, which stands as the title; it holds for everything shown."""
    subtitle: str
    """How to read the picture."""
    summary: str
    """Both and the figures as sentences, for those who cannot see the picture."""
