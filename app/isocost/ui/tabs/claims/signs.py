"""The sign and the colour of a verdict and of a check; a word stands beside both."""

from __future__ import annotations

from isocost.plan.claims.checks.check import Status
from isocost.report.decisions.claims.page import Word
from isocost.ui.look.theme import Theme

_SIGNS: dict[Word, str] = {
    "reproduces": "check",
    "plausible": "circle",
    "doubtful": "warning",
    "impossible": "error",
    "untold": "help",
}
_ROLES: dict[Status, str] = {
    "holds": "fine",
    "doubtful": "care",
    "impossible": "stop",
    "unknown": "small",
}


def sign(word: Word) -> str:
    """Name of a verdict's icon."""
    return _SIGNS[word]


def colour(word: Word | Status, theme: Theme) -> str:
    """Of a verdict or a check's outcome: red is for what cannot be, amber for what does not agree."""
    inks = {
        "reproduces": theme.fine,
        "holds": theme.fine,
        "doubtful": theme.care,
        "impossible": theme.stop,
    }
    return inks.get(word, theme.quiet)


def status_role(status: Status) -> str:
    """Role of the words of a check's outcome in the style sheet."""
    return _ROLES[status]
