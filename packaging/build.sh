#!/bin/sh
# Build the stand-alone app into dist/, try it, and wrap it: a tar.xz everywhere, a .deb where dpkg-deb exists. The AppImage,
# the Windows installer and the macOS image are made of the same folder by scripts of their own (packaging/README.md).
set -eu
cd "$(dirname "$0")/.."

# The same sources make the same files: the time in archives is that of the last commit.
SOURCE_DATE_EPOCH="${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}"
export SOURCE_DATE_EPOCH PYTHONHASHSEED=0

python=.venv/bin/python
[ -x "$python" ] || python=.venv/Scripts/python
mkdir -p build
"$python" -m PyInstaller --noconfirm --clean --log-level ERROR --distpath dist --workpath build/pyinstaller packaging/isocost.spec
"$python" tools/licences.py dist/isocost/licences
"$python" tools/smoke.py
[ "$(uname -s)" = Linux ] || exit 0

version="$("$python" -c 'import isocost; print(isocost.__version__)')"
archive="dist/isocost-$version-linux-$(uname -m).tar.xz"
tar -C dist --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner -cf - isocost | xz -6 -T0 >"$archive"
echo "$archive"
if command -v dpkg-deb >/dev/null; then
    sh packaging/linux/deb.sh
fi
"$python" tools/sizes.py
