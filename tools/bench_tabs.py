"""Drag the tokens slider on every tab, switch between them, open plans; part of ``make bench``.

A step lasts from the mouse's move until the window has nothing left to do but what a worker still searches:
the headline, the inputs and the visible tab have painted. A gap is one turn of the event loop, in which the
window answers nothing: by the clock, and what the processor worked on it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from functools import partial

from bench_window import CHAINS, PRESET, SIZE, mouse, to_and_fro
from measured import percentile
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QSlider
from watching import Faults, Pulse

from isocost import paths
from isocost.catalog import load
from isocost.ui.app import application
from isocost.ui.look.theme import ThemeManager
from isocost.ui.pages import PAGES
from isocost.ui.screenshot import settle
from isocost.ui.speaking import PassingSettings
from isocost.ui.window import Window

FIELD = "data.tokens"
STEPS, ROUNDS = 60, 3
LIMIT_S = 5.0


def until_shown(window: Window, do: Callable[[], None]) -> float:
    """Milliseconds of an action and of everything on the window's own thread that follows from it."""
    app = application()
    shown = False

    def come() -> None:
        nonlocal shown
        shown = True

    window.session.shown.connect(come)
    started = time.perf_counter()
    do()
    asked = window.session.busy
    while asked and not shown and time.perf_counter() - started < LIMIT_S:
        app.processEvents()
    app.processEvents()
    took = time.perf_counter() - started
    window.session.shown.disconnect(come)
    return took * 1e3


def drag(window: Window) -> list[float]:
    """Milliseconds of each step of a drag to and fro."""
    slider = window.findChild(QSlider, f"{FIELD}.slider")
    if slider is None:
        raise SystemExit(f"The window has no {FIELD}.slider to measure.")
    middle = slider.width() / 2
    mouse(slider, QEvent.Type.MouseButtonPress, middle)
    settle(window.session)
    times = []
    for place in to_and_fro(slider, STEPS):
        times.append(until_shown(window, partial(mouse, slider, QEvent.Type.MouseMove, place)))
    mouse(slider, QEvent.Type.MouseButtonRelease, middle)
    settle(window.session)
    return times


def switches(window: Window) -> list[float]:
    """Milliseconds from a tab to the next, all of them some times; the first time of each is not counted."""
    times = []
    for _ in range(ROUNDS):
        for index in range(len(PAGES)):
            times.append(until_shown(window, partial(window.show_page, index)))
            settle(window.session)
    return times


def main() -> None:
    """Print the figures as one JSON line."""
    application()
    window = Window(PassingSettings(), ThemeManager("light"))
    window.fill(load())
    window.resize(*SIZE)
    window.show_workspace()
    window.show()
    window.load_pages()
    faults = Faults(None)
    pulse = Pulse(faults)
    figures = {}
    if not window.documents.open(paths.presets() / PRESET):
        raise SystemExit(f"{PRESET} cannot be opened.")
    for index in range(len(PAGES)):  # as the app does while nothing else is to be done
        window.views[index]
    while window.wardrobe.dress_ahead():
        pass
    for index, page in enumerate(PAGES):
        faults.did(page.title)
        window.show_page(index)
        settle(window.session)
        figures[f"tab_{page.title.lower()}_p95_ms"] = percentile(drag(window), 0.95)
    faults.did("switching")
    figures["tab_switch_ms"] = percentile(switches(window), 0.95)
    for preset in CHAINS:
        faults.did(f"opening {preset}")
        window.session.undo_stack.setClean()
        window.documents.open(paths.presets() / preset)
        settle(window.session)
    longest = pulse.worst[0]
    print(f"The longest: {longest}")
    figures |= {"gui_gap_max_ms": longest.clock_ms, "gui_gap_worked_ms": longest.worked_ms}
    window.session.undo_stack.setClean()
    window.close()
    print(json.dumps({name: round(value, 2) for name, value in figures.items()}))


if __name__ == "__main__":
    main()
