"""Writing results to standard output."""

from __future__ import annotations

import contextlib
import os
import sys

from isocost.cli.errors import UsageError


def write(text: str) -> None:
    """Print a result, all of it, now.

    Raises UsageError when it cannot be written, BrokenPipeError when the reader has left.
    """
    try:
        print(_encodable(text), flush=True)
    except BrokenPipeError:
        silence()
        raise
    except OSError as error:
        silence()
        reason = (error.strerror or "unknown trouble").lower()
        raise UsageError(f"the output cannot be written: {reason}.") from error


def silence() -> None:
    """Send what is left in the buffer nowhere, so that Python does not complain about it when it quits."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _encodable(text: str) -> str:
    """The text with a question mark for every letter the terminal's encoding lacks."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    return text.encode(encoding, "replace").decode(encoding)
