"""What can go wrong with a plan file, in words."""

from __future__ import annotations

from pathlib import Path


class FileError(Exception):
    """A file that cannot be read or written; the message is one sentence that names the file."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(f"{path}: {problem}")
        self.path = path
        self.problem = problem
        """The sentence without the file's name."""


class ContentError(ValueError):
    """Content that is not a plan; the message is one sentence that names the place in the file."""


def got(value: object) -> str:
    """A value from a file as an error message shows it: quoted, and never long."""
    if isinstance(value, dict):
        return "a group of keys"
    if isinstance(value, list):
        return "a list"
    text = repr(str(value))
    return text if len(text) <= 60 else f"{text[:56]}...'"
