#!/bin/sh
# Make dist/Isocost-VERSION-MACHINE.AppImage of dist/isocost, with appimagetool from the path or from APPIMAGETOOL.
# Without one the folder it would be made of stays in build/Isocost.AppDir. Neither is on the package index nor in Debian:
# the release workflow fetches it.
set -eu
cd "$(dirname "$0")/../.."
root=build/Isocost.AppDir

sh packaging/linux/tree.sh "$root"
# The format wants a program, a desktop entry and its icon at the top.
ln -s usr/bin/isocost "$root/AppRun"
cp packaging/linux/isocost.desktop "$root/"
cp packaging/linux/icons/256x256/apps/isocost.png "$root/"
ln -s isocost.png "$root/.DirIcon"

tool="${APPIMAGETOOL:-$(command -v appimagetool || true)}"
if [ -z "$tool" ]; then
    echo "$root is laid out; appimagetool, which would make one file of it, is not here (APPIMAGETOOL=/path/to/it)."
    exit 0
fi
version="$(.venv/bin/python -c 'import isocost; print(isocost.__version__)')"
machine="$(uname -m)"
# It is an AppImage itself, and machines that build have no FUSE to mount it with.
ARCH="$machine" APPIMAGE_EXTRACT_AND_RUN=1 "$tool" --no-appstream "$root" "dist/Isocost-$version-$machine.AppImage"
rm -rf "$root"
echo "dist/Isocost-$version-$machine.AppImage"
