"""Processes that price parts of a sweep: as many as this process may use, and none left when it fails."""

from __future__ import annotations

import os

import pytest

from isocost.plan.sweep.pool import cores, processes


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="no such call here")
def test_cores_are_those_this_process_may_use(monkeypatch: pytest.MonkeyPatch) -> None:
    assert cores() == len(os.sched_getaffinity(0))
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {3})
    assert cores() == 1


@pytest.mark.parametrize(("told", "taken"), [(6, 6), (None, 1)])
def test_where_that_cannot_be_asked_they_are_all(
    monkeypatch: pytest.MonkeyPatch, told: int | None, taken: int
) -> None:
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: told)
    assert cores() == taken


def test_a_failure_ends_the_pool_and_is_told() -> None:
    with pytest.raises(ValueError, match="a part went wrong"), processes(1) as pool:
        raise ValueError("a part went wrong")
    with pytest.raises(RuntimeError, match="after shutdown"):
        pool.submit(int)
