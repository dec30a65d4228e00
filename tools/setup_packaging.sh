#!/bin/sh
# What building the stand-alone app needs besides the virtual environment: binutils, xz, a shared libpython, and xvfb to try it.
set -eu
cd "$(dirname "$0")/.."
[ "$(uname -s)" = Linux ] || exit 0

say() { printf '%s\n' "$*" >&2; }

has_shared_python() {
    .venv/bin/python - <<'PYTHON'
import ctypes.util, sys, sysconfig
from pathlib import Path
name = sysconfig.get_config_var("INSTSONAME") or ""
shared = ".so" in name and (Path(sysconfig.get_config_var("LIBDIR")) / name).exists()
sys.exit(not (shared or ctypes.util.find_library("python%d.%d" % sys.version_info[:2])))
PYTHON
}

needed=""
command -v objdump >/dev/null || needed="$needed binutils"
command -v xz >/dev/null || needed="$needed xz-utils"
has_shared_python || needed="$needed $(.venv/bin/python -c 'import sys; print("libpython3.%d" % sys.version_info[1])')"
wanted="$needed"
command -v xvfb-run >/dev/null || wanted="$wanted xvfb xauth"
[ -n "$wanted" ] || exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    say "Installing$wanted with apt-get."
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $wanted >/dev/null
elif [ -n "$needed" ]; then
    say "Building the stand-alone app needs more; install it and call make package again:  sudo apt-get install -y$wanted"
    exit 1
else
    say "The built app will not be tried on an X display; to have that too:  sudo apt-get install -y$wanted"
fi
