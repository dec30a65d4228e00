"""Drag sliders of an offscreen window and time each step to its paint; part of ``make bench``.

Tokens change the bill but not the best layouts; parameters change the model, and with it every layout. The
chains are programmes of several stages, which are searched in a worker: there a step is over when the event
loop is free again, with whatever answer has come painted.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Iterator

from measured import percentile
from PySide6.QtCore import QEvent, QEventLoop, QObject, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QSlider, QWidget

from isocost import paths
from isocost.catalog import load
from isocost.ui.app import application
from isocost.ui.look.theme import ThemeManager
from isocost.ui.screenshot import settle
from isocost.ui.speaking import PassingSettings
from isocost.ui.window import Window

PRESET = "deepseek-v3.yaml"
CHAINS = ("deepseek-chain.yaml", "smollm3-programme.yaml")
CHAIN_FIELDS = ("data.tokens", "model.parameters", "hardware.count")
CHAIN_STEPS = 60
FRAME_S = 1 / 60
SIZE = (1400, 900)
STEPS = 200
PIXELS = 2.0
LIMIT_S = 5.0


class PaintClock(QObject):
    """Notes when watched widgets paint, once an estimate newer than :meth:`restart` is there."""

    def __init__(self, window: Window, watched: dict[str, QWidget]) -> None:
        super().__init__()
        self._names = {id(widget): name for name, widget in watched.items()}
        self._session = window.session
        self._before = window.session.answer
        self.painted: dict[str, float] = {}
        for widget in watched.values():
            widget.installEventFilter(self)

    def restart(self) -> None:
        """Forget the last step."""
        self._before = self._session.answer
        self.painted = {}

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self._session.answer is not self._before and event.type() is QEvent.Type.Paint:
            self.painted.setdefault(self._names[id(watched)], time.perf_counter())
        return False


def mouse(slider: QSlider, kind: QEvent.Type, x: float) -> None:
    """Send a mouse event with the left button held, as a hand at ``x`` would."""
    place = QPointF(x, 8.0)
    left = Qt.MouseButton.LeftButton
    button = Qt.MouseButton.NoButton if kind is QEvent.Type.MouseMove else left
    held = Qt.MouseButton.NoButton if kind is QEvent.Type.MouseButtonRelease else left
    event = QMouseEvent(
        kind, place, QPointF(slider.mapToGlobal(place)), button, held, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(slider, event)


def to_and_fro(slider: QSlider, steps: int) -> Iterator[float]:
    """Places of a hand that drags to and fro about the middle, over half of the slider."""
    middle, reach = slider.width() / 2, int(slider.width() / 4 / PIXELS)
    for step in range(steps):
        yield middle + PIXELS * (abs((step + reach) % (4 * reach) - 2 * reach) - reach)


def drag(window: Window, field: str) -> dict[str, list[float]]:
    """Milliseconds from each mouse move to the headline's paint and to the finished paint of the tab."""
    app = application()
    slider = window.findChild(QSlider, f"{field}.slider")
    plot = window.findChild(QAbstractScrollArea, "cost_time.plot")
    if slider is None or plot is None:
        raise SystemExit(f"The window has no {field}.slider or no cost_time.plot to measure.")
    clock = PaintClock(window, {"headline": window.headline.sentence, "tab": plot.viewport()})
    middle = slider.width() / 2
    times: dict[str, list[float]] = {"headline": [], "tab": []}
    watchdog = QTimer()  # wakes the wait below when a step paints nothing
    watchdog.start(1000)
    mouse(slider, QEvent.Type.MouseButtonPress, middle)
    settle(window.session)
    for place in to_and_fro(slider, STEPS):
        clock.restart()
        started = time.perf_counter()
        mouse(slider, QEvent.Type.MouseMove, place)
        while "tab" not in clock.painted and time.perf_counter() - started < LIMIT_S:
            app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
        if "tab" not in clock.painted:
            continue
        times["tab"].append((time.perf_counter() - started) * 1e3)
        if "headline" in clock.painted:
            times["headline"].append((clock.painted["headline"] - started) * 1e3)
    mouse(slider, QEvent.Type.MouseButtonRelease, middle)
    if len(times["tab"]) < STEPS * 0.9 or len(times["headline"]) < STEPS * 0.5:
        raise SystemExit(f"The window painted only {len(times['tab'])} of {STEPS} steps of the drag.")
    return times


def calls_per_step(window: Window) -> int:
    """Python functions called for one press of an arrow key on the tokens slider, all of it painted."""
    slider = window.findChild(QSlider, "data.tokens.slider")
    assert slider is not None
    counted = 0

    def count(frame: object, event: str, argument: object) -> None:
        nonlocal counted
        counted += event == "call"

    QTest.keyClick(slider, Qt.Key.Key_Right)
    settle(window.session)
    sys.setprofile(count)
    QTest.keyClick(slider, Qt.Key.Key_Right)
    settle(window.session)
    sys.setprofile(None)
    return counted


def drag_chain(window: Window, field: str) -> list[float]:
    """Milliseconds the window was busy after each mouse move of a drag at 60 moves a second."""
    app = application()
    slider = window.findChild(QSlider, f"{field}.slider")
    if slider is None or not slider.isVisible():
        return []
    middle = slider.width() / 2
    busy = []
    mouse(slider, QEvent.Type.MouseButtonPress, middle)
    for place in to_and_fro(slider, CHAIN_STEPS):
        started = time.perf_counter()
        mouse(slider, QEvent.Type.MouseMove, place)
        longest = 0.0
        while time.perf_counter() - started < FRAME_S:
            before = time.perf_counter()
            app.processEvents()
            longest = max(longest, time.perf_counter() - before)
        busy.append(max(longest, time.perf_counter() - started - FRAME_S) * 1e3)
    mouse(slider, QEvent.Type.MouseButtonRelease, middle)
    settle(window.session)
    return busy


def chains(window: Window) -> list[float]:
    """The same over the programmes of several stages and the inputs that make new layouts."""
    busy: list[float] = []
    for preset in CHAINS:
        window.session.undo_stack.setClean()
        if not window.documents.open(paths.presets() / preset):
            raise SystemExit(f"{preset} cannot be opened.")
        settle(window.session)
        stages = window.session.current_scenario.stages
        window.session.select_stage(next(i for i, stage in enumerate(stages) if hasattr(stage, "data")))
        settle(window.session)
        for field in CHAIN_FIELDS:
            busy += drag_chain(window, field)
    return busy


def main() -> None:
    """Print the figures as one JSON line."""
    application()
    window = Window(PassingSettings(), ThemeManager("light"))
    window.fill(load())
    window.resize(*SIZE)
    window.show_workspace()
    window.show()
    window.load_pages()
    if not window.documents.open(paths.presets() / PRESET):
        raise SystemExit(f"{PRESET} cannot be opened.")
    settle(window.session)
    times = drag(window, "data.tokens")
    settle(window.session)
    searched = drag(window, "model.parameters")
    settle(window.session)
    calls = calls_per_step(window)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    chained = chains(window)
    window.session.undo_stack.setClean()
    window.close()
    figures = {
        "drag_p50_ms": percentile(times["tab"], 0.50),
        "drag_p95_ms": percentile(times["tab"], 0.95),
        "headline_p95_ms": percentile(times["headline"], 0.95),
        "drag_model_p50_ms": percentile(searched["tab"], 0.50),
        "drag_model_p95_ms": percentile(searched["tab"], 0.95),
        "drag_chain_p95_ms": percentile(chained, 0.95),
        "calls_per_step": calls,
        "rss_mb": peak / (1e6 if sys.platform == "darwin" else 1e3),
    }
    print(json.dumps({name: round(value, 2) for name, value in figures.items()}))


if __name__ == "__main__":
    main()
