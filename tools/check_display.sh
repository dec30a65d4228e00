#!/bin/sh
# Stop with a sentence when there is no display to open a window on.
[ "$(uname -s)" = Linux ] || exit 0
[ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] && exit 0
echo "No display: DISPLAY and WAYLAND_DISPLAY are both empty, so run this in a desktop session (or: xvfb-run make run)," \
    "or price a plan without a window: .venv/bin/isocost estimate presets/deepseek-v3.yaml" >&2
exit 1
