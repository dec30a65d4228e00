#!/bin/sh
# Check that the system libraries Qt loads are there: tools/setup_libraries.sh offscreen|xcb|wayland...
# Installs the missing ones with apt-get when root; otherwise prints the line that does, and stops.
set -eu
cd "$(dirname "$0")/.."
[ "$(uname -s)" = Linux ] || exit 0

say() { printf '%s\n' "$*" >&2; }

qt="$(.venv/bin/python -c 'import importlib.util as u; print(u.find_spec("PySide6").submodule_search_locations[0])')"

missing_libraries() {
    {
        for module in QtCore QtGui QtWidgets QtSvg; do
            ldd "$qt/$module.abi3.so"
        done
        for platform in "$@"; do
            ldd "$qt/Qt/plugins/platforms/libq$platform.so"
            # What a platform loads later (xcbglintegrations, wayland-shell-integration...) is linked to more.
            for plugin in "$qt/Qt/plugins/$platform"*/*.so; do
                case "$plugin" in */*-server/* | */\*.so) ;; *) ldd "$plugin" ;; esac
            done
        done
    } | awk '/not found/ {print $1}' | sort -u
}

package_of() {
    case "$1" in
        libEGL.so*) echo libegl1 ;;
        libGL.so* | libGLX.so*) echo libgl1 ;;
        libOpenGL.so*) echo libopengl0 ;;
        libfontconfig.so*) echo libfontconfig1 ;;
        libfreetype.so*) echo libfreetype6 ;;
        libglib-2.0.so* | libgthread-2.0.so* | libgobject-2.0.so* | libgio-2.0.so*) echo libglib2.0-0 ;;
        libdbus-1.so*) echo libdbus-1-3 ;;
        libxkbcommon.so*) echo libxkbcommon0 ;;
        libxkbcommon-x11.so*) echo libxkbcommon-x11-0 ;;
        libX11.so*) echo libx11-6 ;;
        libX11-xcb.so*) echo libx11-xcb1 ;;
        libxcb.so*) echo libxcb1 ;;
        libxcb-cursor.so*) echo libxcb-cursor0 ;;
        libxcb-icccm.so*) echo libxcb-icccm4 ;;
        libxcb-image.so*) echo libxcb-image0 ;;
        libxcb-keysyms.so*) echo libxcb-keysyms1 ;;
        libxcb-randr.so*) echo libxcb-randr0 ;;
        libxcb-render.so*) echo libxcb-render0 ;;
        libxcb-render-util.so*) echo libxcb-render-util0 ;;
        libxcb-shape.so*) echo libxcb-shape0 ;;
        libxcb-shm.so*) echo libxcb-shm0 ;;
        libxcb-sync.so*) echo libxcb-sync1 ;;
        libxcb-util.so*) echo libxcb-util1 ;;
        libxcb-xfixes.so*) echo libxcb-xfixes0 ;;
        libxcb-xkb.so*) echo libxcb-xkb1 ;;
        libwayland-client.so*) echo libwayland-client0 ;;
        libwayland-cursor.so*) echo libwayland-cursor0 ;;
        libwayland-egl.so*) echo libwayland-egl1 ;;
        libz.so*) echo zlib1g ;;
        libzstd.so*) echo libzstd1 ;;
        *) echo "$1" ;;
    esac
}

missing="$(missing_libraries "$@")"
[ -n "$missing" ] || exit 0

packages="$(for library in $missing; do package_of "$library"; done | sort -u | paste -sd ' ' -)"
line="apt-get update && apt-get install -y $packages"
if ! command -v apt-get >/dev/null; then
    say "Qt needs system libraries that are missing; install the packages that hold them and call make again: $(echo $missing)"
    exit 1
fi
if [ "$(id -u)" != 0 ]; then
    say "Qt needs system libraries that are missing. Install them and call make again:"
    say "  sudo sh -c '$line'"
    exit 1
fi
say "Installing the system libraries Qt needs: $packages"
if ! { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages >/dev/null; }; then
    say "apt-get failed. Install the libraries and call make again:  $line"
    exit 1
fi
missing="$(missing_libraries "$@")"
if [ -n "$missing" ]; then
    say "Qt still misses system libraries: $(echo $missing)"
    exit 1
fi
