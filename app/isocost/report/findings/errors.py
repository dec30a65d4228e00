"""What is said of an error that no code expected."""

from __future__ import annotations

from dataclasses import dataclass

from isocost.language import tr

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
        happened = tr(
            "Isocost met an error it did not expect: {kind}{value}",
            kind=kind,
            value=f": {short}" if short else "",
        )
        sentences = []
        if plan_open:
            sentences.append(tr("Your plan is still open: save it, then go on."))
        sentences.append(tr("Please report it with the details below; nothing is sent by itself."))
        kept = (
            tr("It is also in the log: {log}", log=log)
            if log
            else tr("No log can be written here: copy the details.")
        )
        return cls(happened, tuple(sentences), f"{versions}\n\n{trace}", kept)
