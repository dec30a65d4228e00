"""Write packaging/licences.md: what the stand-alone app holds besides Isocost, and on what terms.

Run with ``make licences``. Packages, versions and licences come from what is installed; the closure of
Isocost's own dependencies is what PyInstaller puts into the bundle.
"""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "packaging" / "licences.md"
PROJECT = "isocost"
BESIDE = (
    ("Python", "PSF-2.0", "https://docs.python.org/3/license.html"),
    (
        "PyInstaller's bootloader",
        "GPL-2.0-or-later with an exception for what it starts",
        "https://pyinstaller.org",
    ),
    ("Qt", "LGPL-3.0-only, as shared libraries that may be replaced", "https://www.qt.io/licensing"),
    ("Inter, the typeface", "OFL-1.1", "https://rsms.me/inter"),
)
"""What the bundle holds that is no package."""


def page() -> str:
    """The whole page."""
    rows = [f"| {name} | {version} | {terms} |" for name, version, terms in packages()]
    beside = [f"| {name} | {terms} | {where} |" for name, terms, where in BESIDE]
    return "\n".join(
        [
            "# What the stand-alone app holds",
            "",
            "*Written by `make licences` from what is installed.* Isocost itself is under the MIT licence.",
            "",
            "| package | version | licence |",
            "|---|---|---|",
            *rows,
            "",
            "| beside packages | licence | where |",
            "|---|---|---|",
            *beside,
            "",
        ]
    )


def packages() -> list[tuple[str, str, str]]:
    """Name, version and licence of every package Isocost needs to run, and of what those need."""
    found: dict[str, tuple[str, str, str]] = {}
    waiting = [PROJECT]
    while waiting:
        held = metadata.distribution(waiting.pop())
        key = held.metadata["Name"].casefold()
        if key in found:
            continue
        found[key] = (held.metadata["Name"], held.version, terms_of(held))
        needed = [Requirement(line) for line in held.requires or ()]
        waiting += [
            each.name for each in needed if each.marker is None or each.marker.evaluate({"extra": ""})
        ]
    del found[PROJECT]
    return [found[key] for key in sorted(found)]


def terms_of(held: metadata.Distribution) -> str:
    """The licence a package states: as an expression, else by its classifiers, else in its own words."""
    told = held.metadata
    for stated in told.get_all("License-Expression") or ():
        return str(stated)
    classified = [
        each.rpartition(" :: ")[2]
        for each in told.get_all("Classifier") or ()
        if each.startswith("License ::")
    ]
    if classified:
        return ", ".join(classified)
    own = "".join(told.get_all("License") or ())
    first = re.sub(r"\s+", " ", own.strip().partition("\n")[0])
    if not first:
        raise SystemExit(f"{told['Name']} states no licence: look, and say it here.")
    return first


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
