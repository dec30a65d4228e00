"""Hold what ``make package`` made against how large it may be, and record it in ``build/bench.json``."""

from __future__ import annotations

import sys
from pathlib import Path

from measured import ROOT, record

UNPACKED_MB = 210
PACKED_MB = 60
"""The most that a bundle, and an archive of it, may take (1e6 bytes)."""
ARCHIVES = ("*.deb", "*.tar.xz", "*.AppImage", "*-setup.exe", "*.dmg")


def folder_megabytes(folder: Path) -> float:
    """Size of the files of ``folder`` in MB (1e6 bytes), links not followed."""
    return sum(p.lstat().st_size for p in folder.rglob("*") if p.is_file() and not p.is_symlink()) / 1e6


def main() -> int:
    """Measure everything in dist; an error when something is larger than it may be."""
    dist = ROOT / "dist"
    archives = sorted(path for pattern in ARCHIVES for path in dist.glob(pattern))
    sizes = {path.name: path.stat().st_size / 1e6 for path in archives}
    unpacked = folder_megabytes(dist / "isocost")
    record({"frozen_mb": unpacked} | {f"packed{Path(name).suffix}_mb": size for name, size in sizes.items()})
    large = [
        f"{name} has {size:.0f} MB, {PACKED_MB} allowed" for name, size in sizes.items() if size > PACKED_MB
    ]
    if unpacked > UNPACKED_MB:
        large.append(f"dist/isocost has {unpacked:.0f} MB, {UNPACKED_MB} allowed")
    for each in large:
        print(f"Too large: {each}.", file=sys.stderr)
    return 1 if large else 0


if __name__ == "__main__":
    sys.exit(main())
