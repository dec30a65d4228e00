"""Measure what a user feels, print it and merge it into ``build/bench.json`` (``make bench``).

========================  ================================================================================
drag_p50_ms, drag_p95_ms  a step of the tokens slider, until the visible tab has painted; 1400 x 900
headline_p95_ms           the same step, until the headline has painted
drag_model_p50_ms, p95    a step of the parameters slider, which makes another model and searches every layout
first_paint_ms            process start to the window's first paint
bare_qt_first_paint_ms    the same for a window of one label: what Qt alone costs on this machine
drag_chain_p95_ms         how long the window is busy after a step of tokens, parameters or count on
                          programmes of several stages, whose layouts are searched in a worker
calls_per_step            Python functions called for one press of an arrow key on the tokens slider
tab_<name>_p95_ms         a step of the tokens slider while that tab shows, until all has painted
tab_switch_ms             95th percentile from one tab to another, each made before
gui_gap_max_ms, _worked_  the longest the window did not answer in all that and in opening programmes: by the
                          clock, and the processor time of it
rss_mb                    largest resident memory of the drags
estimate_ms, _seven_, _nine_
                          the whole answer of a plan of one, seven and nine stages, tokens moving
samples_10k_ms            the bill of a nine-stage programme on 10,000 samples
monte_carlo_ms            every doubt of that programme found and sampled 10,000 times, processor time
tornado_ms                its tornado and shares of the doubt, processor time
active_curve_ms           95th percentile of the plan's own curve: every count, every layout
catalogue_ms              median of every other accelerator's curve
solve_ms, _cold_ms        CPU of the best model for a budget and a deadline; layouts remembered, and not
ladder_ms                 CPU of the ladder of budgets on every accelerator, layouts remembered
wins_ms                   CPU of a map of winners, 60 by 60 over parameters and deadline, nothing remembered
layouts_per_s             layouts the search compares a second, on one core; most fall to a bound, unpriced
layouts_in_full_per_s     layouts priced in full a second, on one core
========================  ================================================================================
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence

from measured import ROOT, record

STARTS = 7
LIMIT_S = 300

BARE_WINDOW = """
import os, time
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLabel
class Label(QLabel):
    def paintEvent(self, event):
        super().paintEvent(event)
        started = float(os.environ["ISOCOST_STARTED"])
        print('{"first_paint_ms": %.1f}' % ((time.time() - started) * 1e3), flush=True)
        QTimer.singleShot(0, app.quit)
app = QApplication([])
label = Label("Isocost")
label.resize(1400, 900)
label.show()
app.exec()
"""


def measure(command: Sequence[str]) -> dict[str, float]:
    """Run a Python program without a display, in a home of its own; the figures its last line prints."""
    with tempfile.TemporaryDirectory() as home:
        kept = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
        environment = kept | {  # an installed app is compiled
            "HOME": home,
            "XDG_RUNTIME_DIR": home,
            "XDG_CONFIG_HOME": home,
            "ISOCOST_DATA": home,
            "QT_QPA_PLATFORM": "offscreen",
            "QT_SCALE_FACTOR": "1",
            "OMP_NUM_THREADS": "1",
            "ISOCOST_STARTED": repr(time.time()),
        }
        run = subprocess.run(
            [sys.executable, *command],
            env=environment,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            timeout=LIMIT_S,
            check=True,
        )
    return dict(json.loads(run.stdout.strip().splitlines()[-1]))


def first_paints() -> dict[str, float]:
    """Median time from process start to first paint, ours and a bare window's, taken in turns."""
    ours, bare = [], []
    for _ in range(STARTS):
        bare.append(measure(["-c", BARE_WINDOW])["first_paint_ms"])
        ours.append(measure(["-m", "isocost.cli", "--smoke"])["first_paint_ms"])
    return {"first_paint_ms": statistics.median(ours), "bare_qt_first_paint_ms": statistics.median(bare)}


def main() -> None:
    """Run every measurement."""
    record(first_paints())
    record(measure(["tools/bench_window.py"]))
    record(measure(["tools/bench_tabs.py"]))
    record(measure(["tools/bench_plan.py"]))
    record(measure(["tools/bench_engine.py"]))
    record(measure(["tools/bench_solve.py"]))


if __name__ == "__main__":
    main()
