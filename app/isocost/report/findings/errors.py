"""What is said of an error that no code expected."""

from __future__ import annotations

from dataclasses import dataclass

LONGEST = 300
"""Letters of an error's own words that stand in the sentence; the details have all."""


@dataclass(frozen=True, slots=True)
class Unexpected:
    """An error in words."""

    happened: str
    sentences: tuple[str, ...]
    details: str
    """Versions and the trace."""
    kept: str
    """Where else it can be read."""

    @property
    def report(self) -> str:
        """All that a report needs."""
        return f"{self.happened}\n\n{self.details}"

    @classmethod
    def of(cls, kind: str, message: str, versions: str, trace: str, log: str, plan_open: bool) -> Unexpected:
        """``log`` is the path of the log that has it too; empty = none is kept."""
        words = " ".join(message.split())
        short = words if len(words) <= LONGEST else f"{words[:LONGEST]}…"
        happened = f"Isocost met an error it did not expect: {kind}{f': {short}' if short else ''}"
        sentences = []
        if plan_open:
            sentences.append("Your plan is still open: save it, then go on.")
        sentences.append("Please report it with the details below; nothing is sent by itself.")
        kept = f"It is also in the log: {log}" if log else "No log can be written here: copy the details."
        return cls(happened, tuple(sentences), f"{versions}\n\n{trace}", kept)
