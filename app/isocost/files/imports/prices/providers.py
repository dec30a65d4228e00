"""Who asks the prices of a catalogue: a catalogue's own files say it by their name or their folder alone."""

from __future__ import annotations

import re

from isocost.files.imports.source import SourceFile

KNOWN = (
    "aws", "azure", "gcp", "lambda", "runpod", "oci", "ibm", "cudo", "fluidstack", "vast", "vastai",
    "paperspace", "do", "nebius", "scp", "vsphere", "hyperbolic", "shadeform", "seeweb", "primeintellect",
    "mithril", "datacrunch", "verda", "crusoe", "tensordock", "vultr", "hotaisle", "digitalocean",
    "cloudrift", "amddevcloud", "lambdalabs", "yotta", "slurm", "together", "coreweave",
)  # fmt: skip
"""Clouds by the names of the folders of SkyPilot's catalogue and of the files of gpuhunt's."""
MARKETS = ("vast", "vastai", "tensordock")
"""Where many hosts offer one machine each."""


def provider_of(file: SourceFile) -> str | None:
    """The cloud that a file's name or its folder names; None = neither does."""
    words = re.split(r"[^a-z0-9]+", file.name.casefold().partition(".")[0])
    for word in (*words, file.folder.casefold()):
        if word in KNOWN:
            return word
    return None


def day_of(file: SourceFile) -> str:
    """The day that a folder such as 20260412-1 names; empty = it names none."""
    found = re.match(r"(20\d\d)(0[1-9]|1[0-2])([0-2]\d|3[01])(?:-\d{1,4})?$", file.folder)
    return f"{found[1]}-{found[2]}-{found[3]}" if found else ""
