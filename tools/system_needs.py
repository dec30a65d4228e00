"""What the stand-alone app needs of the Linux it runs on, read from the files of its bundle.

``python tools/system_needs.py dist/isocost`` prints the ``Depends`` field of the Debian package: the C
library at the newest version of a symbol any file asks for, the packages of libraries that files are linked
to and the bundle does not carry, and the data that carried libraries read. Needs ``objdump`` and ``dpkg``.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from debian import packages_of

from isocost.cli.libraries import PACKAGES

READ_BY = {
    "libfontconfig.so.1": "fontconfig-config",
    "libxkbcommon.so.0": "xkb-data",
}
"""Carried library -> the Debian package of the files it reads where it is installed. Qt draws no text without
the first, and takes no key without the second."""
C_LIBRARY = "libc6"
_NEEDED = re.compile(r"^ +NEEDED +(\S+)$", re.MULTILINE)
_GLIBC = re.compile(r" GLIBC_(\d+(?:\.\d+)+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Needs:
    """What a bundle asks of the system."""

    glibc: tuple[int, ...]
    """Newest version of a symbol of the C library, (2, 36) for example."""
    libraries: frozenset[str]
    """Shared libraries its files are linked to and it does not carry, the C library's own among them."""
    carried: frozenset[str]
    """Shared libraries in the bundle."""


def elf_files(bundle: Path) -> list[Path]:
    """Executables and shared libraries below a folder, sorted; links are not followed."""
    files = (path for path in sorted(bundle.rglob("*")) if path.is_file() and not path.is_symlink())
    return [path for path in files if _is_elf(path)]


def _is_elf(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def needs_of(bundle: Path) -> Needs:
    """Read every file of a bundle.

    Raises:
        SystemExit: there is nothing to run in it.
    """
    files = elf_files(bundle)
    if not files:
        raise SystemExit(f"{bundle} holds nothing to run; build it first with: make package")
    told = subprocess.run(
        ["objdump", "--private-headers", *map(str, files)], capture_output=True, text=True, check=True
    ).stdout
    carried = frozenset(path.name for path in bundle.rglob("*.so*"))
    return Needs(
        glibc=max(tuple(map(int, each.split("."))) for each in _GLIBC.findall(told)),
        libraries=frozenset(_NEEDED.findall(told)) - carried,
        carried=carried,
    )


def packages_of_libraries(libraries: Iterable[str]) -> dict[str, str]:
    """Shared library -> the Debian package that holds it on this system.

    Raises:
        SystemExit: none holds one of them.
    """
    found = {
        Path(path).name: package for path, package in packages_of(f"*/{name}" for name in libraries).items()
    }
    if lacking := sorted(set(libraries) - set(found)):
        raise SystemExit(
            f"The bundle needs {', '.join(lacking)}, of no package installed here; install the one that is."
        )
    return found


def depends(needs: Needs) -> list[str]:
    """The packages a Debian system must have for the bundle, as entries of ``Depends``."""
    packages = set(packages_of_libraries(needs.libraries).values()) - {C_LIBRARY}
    data = {package for library, package in READ_BY.items() if library in needs.carried}
    version = ".".join(map(str, needs.glibc))
    return [f"{C_LIBRARY} (>= {version})", *sorted(packages | data)]


def unnamed(needs: Needs) -> list[str]:
    """Libraries beside the C library whose absence the app could not put into words, sorted."""
    packages = packages_of_libraries(needs.libraries)
    return sorted(name for name in needs.libraries if name not in PACKAGES and packages[name] != C_LIBRARY)


def main() -> int:
    """Print the field; an error where the app could not name what is missing."""
    needs = needs_of(Path(sys.argv[1]))
    if silent := unnamed(needs):
        print(f"isocost.cli.libraries does not know {', '.join(silent)}: add them there.", file=sys.stderr)
        return 1
    print(", ".join(depends(needs)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
