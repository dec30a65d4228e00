#!/bin/sh
# Build sdist and wheel into dist/, and try them where nothing else is: the sdist makes the same wheel, byte by byte, and
# that one works in a fresh environment, another folder and an empty home.
set -eu
cd "$(dirname "$0")/.."
python="$PWD/.venv/bin/python"
version="$("$python" -c 'import isocost; print(isocost.__version__)')"
place="$(mktemp -d)"
trap 'rm -rf "$place"' EXIT
wheel="$PWD/dist/isocost-$version-py3-none-any.whl"
sdist="$PWD/dist/isocost-$version.tar.gz"

"$python" -m hatchling build -d dist
tar -C "$place" -xzf "$sdist"
(cd "$place/isocost-$version" && "$python" -m hatchling build -t wheel -d "$place")
cmp "$wheel" "$place/$(basename "$wheel")"

"$python" -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-compile "$wheel"
mkdir "$place/home"
cd "$place/home"
in_it() { env -i HOME="$PWD" PATH=/usr/bin:/bin LANG=C.UTF-8 QT_QPA_PLATFORM=offscreen "$place/venv/bin/isocost" "$@"; }
[ "$(in_it --version)" = "isocost $version" ]
in_it estimate deepseek-r1 | grep Total
in_it --smoke
echo "$(basename "$wheel") and $(basename "$sdist"): price a preset and open the window in an environment of their own"
