"""The system's libraries that Qt needs and a bare system may lack, in words."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

PACKAGES = {
    "libEGL.so.1": ("libegl1", "libglvnd-egl"),
    "libGL.so.1": ("libgl1", "libglvnd-glx"),
    "libgcc_s.so.1": ("libgcc-s1", "libgcc"),
    "libstdc++.so.6": ("libstdc++6", "libstdc++"),
    "libz.so.1": ("zlib1g", "zlib"),
    "libfontconfig.so.1": ("libfontconfig1", "fontconfig"),
    "libfreetype.so.6": ("libfreetype6", "freetype"),
    "libglib-2.0.so.0": ("libglib2.0-0", "glib2"),
    "libgthread-2.0.so.0": ("libglib2.0-0", "glib2"),
    "libxkbcommon.so.0": ("libxkbcommon0", "libxkbcommon"),
    "libdbus-1.so.3": ("libdbus-1-3", "dbus-libs"),
    "libX11.so.6": ("libx11-6", "libX11"),
    "libxcb.so.1": ("libxcb1", "libxcb"),
    "libX11-xcb.so.1": ("libx11-xcb1", "libX11-xcb"),
    "libxcb-cursor.so.0": ("libxcb-cursor0", "xcb-util-cursor"),
    "libxcb-icccm.so.4": ("libxcb-icccm4", "xcb-util-wm"),
    "libxcb-image.so.0": ("libxcb-image0", "xcb-util-image"),
    "libxcb-keysyms.so.1": ("libxcb-keysyms1", "xcb-util-keysyms"),
    "libxcb-randr.so.0": ("libxcb-randr0", "libxcb"),
    "libxcb-render.so.0": ("libxcb-render0", "libxcb"),
    "libxcb-render-util.so.0": ("libxcb-render-util0", "xcb-util-renderutil"),
    "libxcb-shape.so.0": ("libxcb-shape0", "libxcb"),
    "libxcb-shm.so.0": ("libxcb-shm0", "libxcb"),
    "libxcb-sync.so.1": ("libxcb-sync1", "libxcb"),
    "libxcb-util.so.1": ("libxcb-util1", "xcb-util"),
    "libxcb-xfixes.so.0": ("libxcb-xfixes0", "libxcb"),
    "libxcb-xkb.so.1": ("libxcb-xkb1", "libxcb"),
    "libxkbcommon-x11.so.0": ("libxkbcommon-x11-0", "libxkbcommon-x11"),
    "libwayland-client.so.0": ("libwayland-client0", "libwayland-client"),
    "libwayland-cursor.so.0": ("libwayland-cursor0", "libwayland-cursor"),
    "libwayland-egl.so.1": ("libwayland-egl1", "libwayland-egl"),
}
"""What Qt's own libraries are linked to -> the package that holds it on Debian or Ubuntu, and on Fedora."""

_MISSING = re.compile(r"(lib[\w.+-]+\.so[.\d]*): cannot open shared object file")


def missing_library(error: ImportError | OSError) -> str | None:
    """Which libraries an import or a plugin of Qt lacks and what to install, in a sentence; None = none.

    The loader names the first it does not find; whatever else Qt needs here is looked for too, so that one
    line installs it all.
    """
    found = _MISSING.search(str(error))
    if found is None:
        return None
    name = found.group(1)
    if name not in PACKAGES:
        return f"The window needs {name}, which this system lacks; install the package that holds it."
    lacked = {_lacked_by(each) for each in PACKAGES if _belongs_here(each)}
    others = [each for each in PACKAGES if each in lacked and each != name]
    debian, fedora = (
        " ".join(sorted({PACKAGES[each][system] for each in (name, *others)})) for system in (0, 1)
    )
    and_more = f" and {len(others)} more {'library' if len(others) == 1 else 'libraries'}" if others else ""
    return (
        f"The window needs {name}{and_more}, which this system lacks; install {'them' if others else 'it'} "
        f"with: sudo apt install {debian} (Fedora: sudo dnf install {fedora})."
    )


def _belongs_here(library: str) -> bool:
    """Whether the display in use asks for a library; only one kind of display loads those of its name."""
    platforms = _platforms(os.environ)
    return not any(kind in library and kind not in platforms for kind in ("xcb", "wayland"))


def _lacked_by(library: str) -> str | None:
    """What keeps a library from loading: its own absence, or that of one it needs; None = it loads."""
    try:
        ctypes.CDLL(library)
    except OSError as error:
        found = _MISSING.search(str(error))
        return found.group(1) if found else None
    return None


NO_DISPLAY = (
    "There is no display here to open a window on (DISPLAY and WAYLAND_DISPLAY are not set); "
    "isocost estimate FILE says the same without a window."
)


def no_window(environment: Mapping[str, str] = os.environ, system: str = sys.platform) -> str | None:
    """Why no window can open on this system, as a sentence; None = nothing stands in the way.

    Qt ends the whole process where its plugin for the display cannot be loaded, so it is tried before.
    """
    if not system.startswith("linux"):
        return None
    names = _platforms(environment)
    if not names:
        return NO_DISPLAY
    lacking = [_unloadable(name) for name in names]
    return lacking[-1] if all(lacking) else None


def _platforms(environment: Mapping[str, str]) -> list[str]:
    """The kinds of display Qt will try, in its order."""
    asked = environment.get("QT_QPA_PLATFORM", "")
    names = [each.partition(":")[0] for each in asked.split(";") if each]
    displays = {"wayland": "WAYLAND_DISPLAY", "xcb": "DISPLAY"}
    return names or [name for name, variable in displays.items() if environment.get(variable)]


def _unloadable(platform: str) -> str | None:
    """Why Qt's plugin for a display cannot be loaded, in a sentence; None = it can, or nobody can tell."""
    found = importlib.util.find_spec("PySide6")
    packages = found.submodule_search_locations if found is not None else None
    folder = Path(next(iter(packages or [""]))) / "Qt" / "plugins" / "platforms"
    elsewhere = {"QT_PLUGIN_PATH", "QT_QPA_PLATFORM_PLUGIN_PATH"} & set(os.environ)
    if elsewhere or not folder.is_dir():  # a Qt of the system keeps its plugins where it likes
        return None
    plugin = folder / f"libq{platform.partition('-')[0]}.so"  # wayland-egl is a name of wayland's
    if not plugin.is_file():
        held = ", ".join(sorted(each.stem.removeprefix("libq") for each in folder.glob("libq*.so")))
        return f"QT_QPA_PLATFORM asks for {platform}, which Isocost does not bring: it brings {held}."
    try:
        ctypes.CDLL(str(plugin))
    except OSError as error:
        return missing_library(error)
    return None
