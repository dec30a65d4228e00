"""What is wrong with a catalogue record or a name, said in one sentence."""

from __future__ import annotations


class CatalogError(Exception):
    """A record the catalogue cannot take, or a name it does not have; ``str`` is a sentence for the user."""
