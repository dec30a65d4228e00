"""Only the newest request matters."""

from __future__ import annotations

import gc
import sys
import threading
import weakref
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QThread
from shiboken6 import delete

from isocost.ui.session.memory import DUE
from isocost.ui.session.worker import LatestWorker


@pytest.fixture
def worker(qapp):
    made = LatestWorker()
    yield made
    made.close()


def test_requests_while_busy_collapse_into_the_newest(worker, qtbot):
    gate, ran = threading.Event(), []

    def first():
        gate.wait(10)
        ran.append(0)
        return 0

    def work(number):
        ran.append(number)
        return number

    results = []
    worker.ready.connect(results.append)
    worker.request(first)
    for number in range(1, 50):
        worker.request(lambda number=number: work(number))
    assert worker.busy
    with qtbot.waitSignal(worker.idle):
        gate.set()
    assert ran == [0, 49]
    assert results == [0, 49]
    assert not worker.busy


def test_discarded_work_is_not_delivered(worker, qtbot):
    gate, results = threading.Event(), []
    worker.ready.connect(results.append)
    worker.request(lambda: gate.wait(10))
    worker.discard()
    with qtbot.waitSignal(worker.idle):
        gate.set()
    assert results == []
    with qtbot.waitSignal(worker.ready) as delivered:
        worker.request(lambda: "next")
    assert delivered.args == ["next"]


def test_work_runs_beside_and_results_arrive_on_the_thread_of_the_window(worker, qtbot, qapp):
    places = []
    worker.ready.connect(lambda _: places.append(QThread.currentThread()))
    with qtbot.waitSignal(worker.ready) as delivered:
        worker.request(threading.get_ident)
    assert delivered.args[0] != threading.get_ident()
    assert places == [qapp.thread()]


def test_an_error_is_delivered_as_itself(worker, qtbot):
    with qtbot.waitSignal(worker.failed) as said:
        worker.request(lambda: 1 / 0)
    assert isinstance(said.args[0], ZeroDivisionError)


def test_nothing_is_delivered_after_closing(qapp, qtbot):
    worker, results = LatestWorker(), []
    worker.ready.connect(results.append)
    worker.request(lambda: 1)
    worker.close()
    worker.request(lambda: 2)
    qapp.processEvents()
    assert results == []


class Held(QObject):
    """A part of a window that only the collection of garbage destroys; notes the thread it happens on."""

    def __init__(self, places: list[int]) -> None:
        super().__init__()
        self._places = places
        self.itself = self

    def __del__(self) -> None:
        self._places.append(threading.get_ident())


def test_what_work_makes_python_collect_is_destroyed_on_the_thread_of_the_window(worker, qtbot):
    places: list[int] = []
    for _ in range(20):
        Held(places)

    def work() -> int:
        return sum(len(each) for each in [[number] for number in range(200_000)])

    with qtbot.waitSignal(worker.ready):
        worker.request(work)
    assert gc.isenabled()
    gc.collect()
    assert set(places) == {threading.get_ident()}


@pytest.mark.parametrize("end", [LatestWorker.close, delete])
def test_a_worker_that_ends_at_work_leaves_collection_on(qapp, end):
    made = LatestWorker()
    made.request(lambda: [[number] for number in range(100_000)])
    assert not gc.isenabled()
    end(made)
    assert gc.isenabled()


def test_work_that_has_ended_is_forgotten_with_all_it_was_given(worker, qtbot):
    class Given:
        """What a work computes on."""

        def compute(self):
            return sum(range(10_000))  # done before the thread that asked has the interpreter again

    given = [Given() for _ in range(200)]
    alive = weakref.WeakSet(given)

    def go_on(_):
        if given:
            worker.request(given.pop().compute)

    worker.ready.connect(go_on)  # at once, while the thread is still awake
    worker.request(given.pop().compute)
    qtbot.waitUntil(lambda: not given and not worker.busy)
    worker.close()  # until then the thread may hold the newest
    gc.collect()
    assert not alive


def test_nothing_is_collected_until_the_thread_has_let_go_of_its_work(worker, qtbot):
    on = []

    class Given:
        """What a work computes on."""

        def compute(self):
            return None

        def __del__(self):
            on.append(gc.isenabled())

    left = 300

    def go_on(_):
        nonlocal left
        left -= 1
        if left:
            worker.request(Given().compute)

    worker.ready.connect(go_on)
    worker.request(Given().compute)
    qtbot.waitUntil(lambda: not left and not worker.busy)
    worker.close()
    assert len(on) == 300
    assert not any(on)


def test_a_pause_collects_what_would_else_be_collected_in_the_midst_of_a_drag(worker, qtbot):
    class Loop:
        """Garbage that only a collection of everything finds, once it is old."""

        def __init__(self):
            self.itself = self

    old = Loop()
    gc.collect()
    alive = weakref.WeakSet([old])
    del old
    for _ in range(DUE):
        gc.collect(1)  # as Python does by itself while objects come and go
    worker.request(lambda: 1)
    qtbot.waitUntil(lambda: not alive)


def _resident_mb() -> float:
    (line,) = (
        each for each in Path("/proc/self/status").read_text().splitlines() if each.startswith("VmRSS")
    )
    return int(line.split()[1]) / 1024


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is told where /proc tells it")
def test_what_work_freed_goes_back_to_the_system_when_nothing_more_is_asked(worker, qtbot):
    kept: list[bytearray] = []

    def work() -> None:
        blocks = [bytearray(4096) for _ in range(20_000)]
        kept.extend(blocks[::500])  # between which the heap cannot shrink at its end

    results = []
    worker.ready.connect(results.append)
    before = _resident_mb()
    worker.request(work)
    qtbot.waitUntil(lambda: len(results) == 1)
    qtbot.waitUntil(lambda: _resident_mb() < before + 20)
