#!/bin/sh
# Build wheel and sdist into dist/, and try each where nothing else is: a fresh environment, another folder, an empty home.
set -eu
cd "$(dirname "$0")/.."
python="$PWD/.venv/bin/python"
version="$("$python" -c 'import isocost; print(isocost.__version__)')"
place="$(mktemp -d)"
trap 'rm -rf "$place"' EXIT

rm -f dist/isocost-"$version"*.whl dist/isocost-"$version".tar.gz
"$python" -m hatchling build -d dist
for built in dist/isocost-"$version"*.whl dist/isocost-"$version".tar.gz; do
    environment="$place/$(basename "$built")"
    mkdir -p "$environment/home"
    "$python" -m venv "$environment/venv"
    "$environment/venv/bin/python" -m pip install --quiet --disable-pip-version-check "$PWD/$built"
    (
        cd "$environment/home"
        in_it() { env -i HOME="$PWD" PATH=/usr/bin:/bin LANG=C.UTF-8 QT_QPA_PLATFORM=offscreen "$environment/venv/bin/$@"; }
        [ "$(in_it isocost --version)" = "isocost $version" ]
        in_it isocost estimate deepseek-r1 >estimate.txt
        grep -q '[0-9]' estimate.txt
        in_it isocost --smoke
    )
    echo "$built: priced a preset and opened the window in an environment of its own"
done
