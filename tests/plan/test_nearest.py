"""The measured runs most like a plan, those that no constant is fitted to among them."""

from __future__ import annotations

import pytest

from isocost.catalog import load
from isocost.catalog.measured_training import held_out_runs
from isocost.engine.records import Workload
from isocost.plan.nearest import Point, guesses, nearest

CATALOG = load()


def point(model: str, accelerator: str, count: float = 8, sequence: float = 8192) -> Point:
    work = Workload(sequence=sequence, global_batch=64.0)
    chip = CATALOG.accelerator(accelerator).spec
    return Point(CATALOG.model(model).transformer, chip, count, work, "open")


@pytest.fixture(scope="module")
def apart():
    return {run.id for run in held_out_runs()}


def test_runs_kept_out_of_the_fit_are_shown_beside_a_plan_they_are_like(apart):
    near = nearest(point("Qwen3 8B", "mi350x"), CATALOG)
    assert near[0].run.accelerator == "mi350x"
    assert near[0].run.id in apart
    assert near[0].run.tokens_per_s == near[0].measured


def test_an_architecture_without_runs_is_compared_with_the_one_it_borrows_from():
    families = {
        CATALOG.accelerator(near.run.accelerator).spec.architecture
        for near in nearest(point("Llama 3.1 8B", "mi355x"), CATALOG)
    }
    assert "CDNA3" in families


def test_runs_kept_out_of_the_fit_determine_nothing():
    """They exist for MI350X, but its shares are still another's."""
    assert any(run.accelerator == "mi350x" for run in held_out_runs())
    (guess,) = guesses(point("Qwen3 8B", "mi350x"), "MI350X", CATALOG)
    assert "CDNA3" in guess
    assert "in the fit" in guess
