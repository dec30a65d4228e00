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
