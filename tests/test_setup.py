"""What the set-up scripts say when a machine lacks something."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the scripts serve Linux")


def script(repository, name, *arguments, **environment):
    kept = {key: value for key, value in os.environ.items() if key not in ("DISPLAY", "WAYLAND_DISPLAY")}
    return subprocess.run(
        ["sh", str(repository / "tools" / name), *arguments],
        env=kept | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_a_display_one_sentence_says_what_to_do_instead(repository):
    run = script(repository, "check_display.sh")
    assert run.returncode != 0
    assert len(run.stderr.splitlines()) == 1
    assert "isocost estimate" in run.stderr


@pytest.mark.parametrize("variable", ["DISPLAY", "WAYLAND_DISPLAY"])
def test_with_a_display_nothing_is_said(variable, repository):
    run = script(repository, "check_display.sh", **{variable: ":0"})
    assert (run.returncode, run.stderr) == (0, "")


def test_libraries_of_what_a_platform_loads_later_are_installed_too(repository, tmp_path):
    """The machine lacks one library, to which no platform itself is linked but a plugin of one is."""
    tools = {
        "ldd": 'case "$1" in *wayland-egl.so) echo "libwayland-egl.so.1 => not found" ;; esac',
        "id": "echo 1000",
        "apt-get": "exit 1",
    }
    for name, body in tools.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{body}\n", "utf-8")
        (tmp_path / name).chmod(0o755)
    path = f"{tmp_path}:{os.environ['PATH']}"
    run = script(repository, "setup_libraries.sh", "offscreen", "xcb", "wayland", PATH=path)
    assert run.returncode == 1
    assert run.stderr.splitlines()[-1].strip().endswith("apt-get install -y libwayland-egl1'")
    assert script(repository, "setup_libraries.sh", "offscreen", "xcb", PATH=path).returncode == 0
