"""The system's libraries that Qt needs and a bare system may lack, in words."""

from __future__ import annotations

import re

PACKAGES = {
    "libEGL.so.1": ("libegl1", "libglvnd-egl"),
    "libGL.so.1": ("libgl1", "libglvnd-glx"),
    "libfontconfig.so.1": ("libfontconfig1", "fontconfig"),
    "libfreetype.so.6": ("libfreetype6", "freetype"),
    "libglib-2.0.so.0": ("libglib2.0-0", "glib2"),
    "libgthread-2.0.so.0": ("libglib2.0-0", "glib2"),
    "libxkbcommon.so.0": ("libxkbcommon0", "libxkbcommon"),
    "libdbus-1.so.3": ("libdbus-1-3", "dbus-libs"),
    "libX11.so.6": ("libx11-6", "libX11"),
    "libxcb.so.1": ("libxcb1", "libxcb"),
}
"""What Qt's own libraries are linked to -> the package that holds it on Debian or Ubuntu, and on Fedora."""

_MISSING = re.compile(r"(lib[\w.+-]+\.so[.\d]*): cannot open shared object file")


def missing_library(error: ImportError) -> str | None:
    """Which library of the system an import lacks and what to install, in a sentence; None = neither."""
    found = _MISSING.search(str(error))
    if found is None:
        return None
    name = found.group(1)
    said = f"The window needs {name}, which this system lacks"
    if name not in PACKAGES:
        return f"{said}; install the package that holds it."
    debian, fedora = PACKAGES[name]
    return f"{said}; install it with: sudo apt install {debian} (Fedora: sudo dnf install {fedora})."
