"""Try the frozen app: start it, let it open a preset, paint, save and quit, and read everything it printed.

Runs once without a display and, where xvfb-run exists, once on a virtual X display. Fails on any loader or Qt
message. Records the time to first paint, beside that of the sources, and the most memory it took in
``build/bench.json``.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from measured import ROOT, record

RUNS = 3
LIMIT_S = 60
FAULTS = re.compile(
    r"ModuleNotFoundError|ImportError|Traceback|Fatal Python error|FileNotFoundError"
    r"|[Cc]ould not load the Qt platform plugin|no Qt platform plugin could be initialized"
    r"|error while loading shared libraries|cannot open shared object file|Failed to execute script"
    r"|\bQ[A-Z]\w+::|\bqt\.\w+|Cannot mix incompatible Qt|^Warning"
)


class SmokeError(Exception):
    """The frozen app did not do what it should."""


def launch(command: list[str], platform: str) -> dict[str, float]:
    """Run the app's self-check and return the figures it printed.

    Raises:
        SmokeError: it failed, printed a fault or printed no figures.
    """
    with tempfile.TemporaryDirectory() as home:
        environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("PYTHON", "QT_", "VIRTUAL_ENV"))
        }
        environment |= {"HOME": home, "XDG_RUNTIME_DIR": home, "QT_QPA_PLATFORM": platform}
        environment["ISOCOST_STARTED"] = repr(time.time())
        run = subprocess.run(
            [*command, "--smoke"], env=environment, capture_output=True, text=True, timeout=LIMIT_S, cwd=home
        )
    output = run.stdout + run.stderr
    faults = [line for line in output.splitlines() if FAULTS.search(line)]
    if run.returncode or faults:
        raise SmokeError(f"{platform}: exit code {run.returncode}\n{output}")
    try:
        figures = json.loads(run.stdout.strip().splitlines()[-1])
    except (IndexError, ValueError) as error:
        raise SmokeError(f"{platform}: no figures printed\n{output}") from error
    return dict(figures)


def paints(command: list[str]) -> float:
    """Milliseconds to first paint without a display, the median of some runs."""
    return statistics.median(launch(command, "offscreen")["first_paint_ms"] for _ in range(RUNS))


def peak_megabytes() -> float | None:
    """The most memory a program started from here has held, in MB (1e6 bytes); None on Windows."""
    if sys.platform == "win32":
        return None
    import resource

    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6


def main() -> int:
    """Check ``dist/isocost`` or the executable named on the command line."""
    suffix = ".exe" if sys.platform == "win32" else ""
    app = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "dist" / "isocost" / f"isocost{suffix}"
    if not app.is_file():
        print(f"{app} does not exist; build it first with: make package", file=sys.stderr)
        return 1
    try:
        figures = {"frozen_first_paint_ms": paints([str(app)])}
        print("frozen app, offscreen: paints, saves and quits without a fault")
        if peak := peak_megabytes():
            figures["frozen_peak_mb"] = peak
        if shutil.which("xvfb-run"):
            launch(["xvfb-run", "-a", str(app)], "xcb")
            print("frozen app, X display: paints, saves and quits without a fault")
        else:
            print("frozen app, X display: not tried, xvfb-run is not installed (apt-get install xvfb xauth)")
        figures["source_first_paint_ms"] = paints([sys.executable, "-m", "isocost.cli"])
    except (SmokeError, subprocess.TimeoutExpired) as error:
        print(f"The frozen app failed its check. {error}", file=sys.stderr)
        return 1
    record(figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
