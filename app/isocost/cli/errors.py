"""How a command says that it cannot do what was asked."""

from __future__ import annotations


class UsageError(Exception):
    """A command line that asks for something impossible; the message is one sentence."""
