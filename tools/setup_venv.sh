#!/bin/sh
# Make .venv and install Isocost into it: tools/setup_venv.sh runtime|dev|package
# A package is built of what packaging/requirements.lock names, by hash.
# PYTHON=/path/to/python chooses the interpreter.
set -eu
cd "$(dirname "$0")/.."
extra="${1:-runtime}"

say() { printf '%s\n' "$*" >&2; }

supported() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

choose_python() {
    if [ -n "${PYTHON:-}" ]; then
        supported "$PYTHON" && { printf '%s' "$PYTHON"; return; }
        say "PYTHON=$PYTHON is not a working Python 3.11 or newer; name one that is."
        exit 1
    fi
    for candidate in python3 python3.11 python3.12 python3.13 python3.14; do
        supported "$candidate" && { printf '%s' "$candidate"; return; }
    done
    found="$(python3 -c 'import platform; print(platform.python_version())' 2>/dev/null || echo none)"
    say "Isocost needs Python 3.11 or newer (found: $found); install it, or name one: make run PYTHON=/path/to/python3.11"
    exit 1
}

need_venv_module() {
    "$1" -c 'import ensurepip, venv' >/dev/null 2>&1 && return
    package="$("$1" -c 'import sys; print("python3.%d-venv" % sys.version_info[1])')"
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        say "Installing $package with apt-get."
        apt-get update -qq
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" >/dev/null
    else
        say "Python's venv module is missing; install it and call make again:  sudo apt-get install -y $package"
        exit 1
    fi
}

if ! { [ -x .venv/bin/python ] && supported .venv/bin/python && .venv/bin/python -m pip --version >/dev/null 2>&1; }; then
    python="$(choose_python)"
    need_venv_module "$python"
    say "Making .venv with $("$python" --version)."
    rm -rf .venv
    "$python" -m venv .venv
fi

say "Installing Isocost and what it needs into .venv (once; a minute or two)."
install() { .venv/bin/python -m pip install --quiet --disable-pip-version-check "$@"; }
install_all() {
    case "$extra" in
        dev) install --editable ".[dev]" ;;
        package) install --require-hashes --requirement packaging/requirements.lock && install --no-deps --editable . ;;
        *) install --editable . ;;
    esac
}
if ! install_all; then
    say "pip could not install what Isocost needs (its message is above): check the network, then call make again."
    exit 1
fi
