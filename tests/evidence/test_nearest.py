"""The measured runs most like a plan, those that no constant is fitted to among them."""

from __future__ import annotations

import pytest

from isocost.catalog import load
from isocost.catalog.entries.measured_training import held_out_runs
from isocost.engine.records import Workload
from isocost.evidence.nearest import Point, beyond, guesses, nearest

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


@pytest.mark.parametrize(
    ("model", "accelerator", "count", "sequence", "said"),
    [
        ("Llama 3.1 8B", "h100-sxm", 64, 8192, ""),
        ("Llama 3.1 405B", "h100-sxm", 100_000, 8192, "100,000 accelerators (at most"),
        ("DeepSeek-V4-Pro", "h100-sxm", 1024, 8192, "1.57T parameters in all (at most"),
        ("DeepSeek-V3", "h100-sxm", 1024, 131_072, "131,072 tokens a sequence (at most"),
        ("DeepSeek-V3", "a100-sxm-80gb", 1024, 8192, "37.6B active parameters (at most 21.4B)"),
        ("DeepSeek-V3", "gaudi2", 1024, 8192, "No mixture of experts was measured on Gaudi."),
    ],
)
def test_a_plan_outside_what_was_measured_says_in_what(model, accelerator, count, sequence, said):
    words = beyond(point(model, accelerator, count, sequence), CATALOG)
    assert (said in words) if said else (words == "")


def test_no_run_lies_beyond_the_measured_ones():
    for run in nearest(point("Llama 3.1 70B", "h100-sxm", 512), CATALOG):
        assert beyond(point("Llama 3.1 70B", "h100-sxm", run.run.accelerators), CATALOG) == ""


def test_a_run_that_waits_for_its_host_is_near_no_plan_that_does_not():
    assert any(run.offload != "none" and run.tokens_per_s for run in held_out_runs())
    found = nearest(point("Qwen3 4B", "h100-sxm", 4, 65_536), CATALOG)
    assert found
    assert all(near.run.offload == "none" for near in found)
