"""What the stand-alone app holds besides Isocost, and on what terms.

``make licences`` writes the list, packaging/licences.md: packages, versions and licences come from what is
installed; the closure of Isocost's own dependencies is what PyInstaller puts into the bundle.
``tools/licences.py FOLDER``, a step of ``make package``, writes the texts of all of it into a folder, and
fails where the bundle holds a package or a library of the system without one.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
import sysconfig
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from debian import packages_of
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "packaging" / "licences.md"
BUNDLED = ROOT / "build" / "bundled.json"
"""What PyInstaller put into the bundle: pairs of name and source, written by packaging/isocost.spec."""
KEPT = ROOT / "packaging" / "licences"
COMMON = Path("/usr/share/common-licenses")
"""Texts that Debian's own records name and do not repeat."""
PROJECT = "isocost"
BUILDER = "pyinstaller"
LGPL = (KEPT / "LGPL-3.0.txt", KEPT / "GPL-3.0.txt")  # the one adds to the other and is not whole without it
WITHOUT_TEXT = {"PySide6_Essentials": LGPL, "shiboken6": LGPL}
"""Packages whose wheels hold no text of their licence -> where it is."""


@dataclass(frozen=True, slots=True)
class Beside:
    """Something the bundle holds that is no package."""

    name: str
    terms: str
    where: str
    texts: tuple[Path, ...]


def _python_text() -> Path:
    """Python's own licence: beside the library on Unix, at the root on Windows."""
    places = (Path(sysconfig.get_path("stdlib")) / "LICENSE.txt", Path(sys.base_prefix) / "LICENSE.txt")
    return next((place for place in places if place.is_file()), places[0])


BESIDE = (
    Beside("Python", "PSF-2.0", "https://docs.python.org/3/license.html", (_python_text(),)),
    Beside(
        "Qt",
        "LGPL-3.0-only, as shared libraries that may be replaced",
        "https://www.qt.io/licensing",
        (*LGPL, KEPT / "Qt-third-party.txt"),
    ),
    Beside("ICU", "Unicode-DFS-2016", "https://icu.unicode.org", (KEPT / "ICU.txt",)),
    Beside("Inter", "OFL-1.1", "https://rsms.me/inter", (ROOT / "resources" / "fonts" / "OFL.txt",)),
)
BOOTLOADER = (
    "PyInstaller's bootloader",
    "GPL-2.0-or-later with an exception for what it starts",
    "https://pyinstaller.org",
)


def page() -> str:
    """The whole page."""
    rows = [f"| {name} | {version} | {terms} |" for name, version, terms in packages()]
    others = [(each.name, each.terms, each.where) for each in BESIDE]
    beside = [f"| {name} | {terms} | {where} |" for name, terms, where in (*others, BOOTLOADER)]
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


def texts_of(held: metadata.Distribution) -> list[str]:
    """The licence texts of an installed package: those in its wheel, else the ones kept here.

    Raises:
        SystemExit: there is none.
    """
    name = held.metadata["Name"]
    own = [
        each
        for each in held.files or ()
        if ".dist-info" in each.parts[0] and re.match(r"(?i)(licen[cs]e|copying|notice)", each.name)
    ]
    paths = [Path(str(held.locate_file(each))) for each in sorted(own)] or list(WITHOUT_TEXT.get(name, ()))
    if not paths:
        raise SystemExit(f"{name} brings no text of its licence: keep one in {KEPT} and name it here.")
    return [path.read_text(encoding="utf-8", errors="replace") for path in paths]


def package_texts() -> dict[str, str]:
    """What is to be said of each package of the bundle, its texts whole, by the package's name."""
    found = {}
    for name, version, terms in [*packages(), (BUILDER, metadata.version(BUILDER), BOOTLOADER[1])]:
        texts = texts_of(metadata.distribution(name))
        found[name] = "\n\n".join([f"{name} {version}: {terms}", *texts])
    return found


def beside_texts() -> dict[str, str]:
    """What is to be said of all that is neither a package nor of the system, by name."""
    return {
        each.name: "\n\n".join(
            [f"{each.name}: {each.terms}", *(path.read_text("utf-8") for path in each.texts)]
        )
        for each in BESIDE
    }


def system_texts(sources: list[Path]) -> dict[str, str]:
    """Debian's records of the packages libraries of the system are from, by package, and the texts they name.

    Raises:
        SystemExit: a library is of no package, or its package has no record.
    """
    if not shutil.which("dpkg"):
        print(
            f"No dpkg here: {len(sources)} libraries of the system go without their texts.",
            file=sys.stderr,
        )
        return {}
    # Debian 12 and Ubuntu 22.04 record some libraries below /lib, where they no longer are.
    places = {source: (str(source), str(source).removeprefix("/usr")) for source in sources}
    owners = packages_of(place for each in places.values() for place in each)
    libraries: dict[str, list[str]] = {}
    for source, each in places.items():
        package = next((owners[place] for place in each if place in owners), None)
        if package is None:
            raise SystemExit(
                f"{source} is bundled, and of no package that dpkg knows: its terms are not known."
            )
        libraries.setdefault(package, []).append(source.name)
    found = {}
    for package, names in libraries.items():
        record = Path("/usr/share/doc") / package / "copyright"
        if not record.is_file():
            raise SystemExit(f"{', '.join(names)} of {package} is bundled, and {record} does not exist.")
        said = record.read_text(encoding="utf-8", errors="replace")
        found[package] = f"{', '.join(sorted(names))}, of Debian's package {package}\n\n{said}"
    named = re.findall(r"/usr/share/common-licenses/([\w.-]*\w)", "".join(found.values()))
    return found | {name: (COMMON / name).read_text("utf-8") for name in named if (COMMON / name).is_file()}


def sorted_out(bundled: list[tuple[str, str]]) -> tuple[set[str], list[Path]]:
    """The packages that files of a bundle are from, in lower case, and its libraries of the system.

    ``bundled`` are pairs of name and source; what is Isocost's own or Python's is left out.
    """
    site = Path(sysconfig.get_path("purelib")).resolve()
    owners = metadata.packages_distributions()
    distributions: set[str] = set()
    system: list[Path] = []
    pythons = [Path(place).resolve() for place in (sys.base_prefix, sysconfig.get_path("stdlib"))]
    # A Python of the system lies in /usr, and so does everything else.
    own = [ROOT, *(each for each in pythons if len(each.parts) > 2)]
    for _, source in bundled:
        path = Path(source).resolve()
        if path.is_relative_to(site):
            top = path.relative_to(site).parts[0]
            module = top.removesuffix(".libs").partition(".")[0]
            distributions |= {each.casefold() for each in owners.get(module, [module])}
        elif ".so" in path.name and not any(map(path.is_relative_to, own)):
            system.append(path)
    return distributions, system


def write_texts(folder: Path) -> None:
    """Write every text of the bundle, a file each, and the list of them.

    Raises:
        SystemExit: the bundle holds something whose terms are not known.
    """
    bundled = [(name, source) for name, source in json.loads(BUNDLED.read_text(encoding="utf-8"))]
    distributions, system = sorted_out(bundled)
    known = {name.casefold() for name, _, _ in packages()} | {PROJECT, BUILDER}
    if strange := sorted(distributions - known):
        raise SystemExit(
            f"The bundle holds {', '.join(strange)}, which Isocost does not ask for: exclude it."
        )
    folder.mkdir(parents=True, exist_ok=True)
    texts = package_texts() | beside_texts() | system_texts(system)
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    (folder / "README.md").write_text(page(), encoding="utf-8")
    print(f"{len(texts)} licence texts in {folder}")


def main() -> None:
    """Write the list, or the texts into the folder named on the command line."""
    if len(sys.argv) > 1:
        write_texts(Path(sys.argv[1]))
    else:
        PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
