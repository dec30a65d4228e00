"""Which Debian package installed a file."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable


def packages_of(patterns: Iterable[str]) -> dict[str, str]:
    """Every installed file that one of the patterns of ``dpkg -S`` matches -> the package it is of.

    One call, as dpkg reads all of its lists at each.
    """
    asked = sorted(set(patterns))
    if not asked:
        return {}
    told = subprocess.run(["dpkg", "-S", *asked], capture_output=True, text=True, check=False).stdout
    found = {}
    for line in told.splitlines():
        owners, _, path = line.partition(": ")
        found[path] = owners.partition(",")[0].partition(":")[0]
    return found
