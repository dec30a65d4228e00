"""Schedules of a pipeline: what a stage waits for, what it keeps, and what a search makes of that."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from isocost.catalog.catalog import load
from isocost.engine.records import SCHEDULE_CODES, Habits, Pins, Workload
from isocost.engine.search.best import BestLayouts, best_layouts
from isocost.engine.search.precomputed import Constants
from isocost.engine.training.schedules import in_flight, ramp_seconds

CATALOG = load()
WORK = Workload(sequence=8192.0, global_batch=512.0)
PINS = Pins(tp=4, pp=8, vp=1, cp=1, microbatch=1, recompute="none", sharding="zero1")
OTHERS = [name for name in SCHEDULE_CODES if name != "1f1b"]


def searched(
    schedule="1f1b", pins=PINS, model="Llama 3.1 70B", habits=None, stack="vendor", **work
) -> BestLayouts:
    known = CATALOG.constants
    constants = Constants(known.efficiency.record(), known.memory.for_stack(stack), stack)
    if habits is not None:
        constants = replace(constants, habits=habits)
    spec = CATALOG.accelerator("h100-sxm").spec
    asked = replace(WORK, schedule=schedule, **work)
    transformer = CATALOG.model(model).transformer
    return best_layouts(transformer, [asked], [spec], [np.array([256.0])], constants, pins)[0]


def code(name: str) -> np.ndarray:
    return np.array([SCHEDULE_CODES[name]], np.int8)


def test_equal_passes_wait_as_published():
    # T_F = T_B = T_W = 1 (github.com/sail-sg/zero-bubble-pipeline-parallelism, "Comparison of Schedules";
    # V-half arXiv 2405.15362; DualPipe arXiv 2412.19437, table 2: (p / 2 - 1) (F&B + B - 3 W)).
    p, one = np.array([8.0]), np.ones(1)
    waits = {
        name: float(ramp_seconds(code(name), p, one, np.array([3.0]), np.array([2.0]), one)[0])
        for name in SCHEDULE_CODES
    }
    assert waits == {"1f1b": 21.0, "zero-bubble": 7.0, "zbv": 0.0, "v-half": 10.5, "dualpipe": 6.0}


def test_interleaved_chunks_shorten_what_1f1b_waits_for():
    p, passed = np.array([8.0]), np.array([3.0])
    for v in (1.0, 2.0, 4.0):
        waits = ramp_seconds(code("1f1b"), p, np.array([v]), passed, passed, passed)
        assert waits == pytest.approx(21.0 / v)


@given(
    st.sampled_from(list(SCHEDULE_CODES)),
    st.integers(1, 64),
    st.floats(0.01, 10.0),
    st.floats(0.01, 10.0),
    st.floats(0.0, 10.0),
)
def test_no_schedule_waits_less_than_nothing_or_longer_than_1f1b(name, p, forward, inputs, weights):
    backward = inputs + weights
    parts = [np.array([each]) for each in (forward + backward, backward, weights)]
    stages, one = np.array([float(p)]), np.ones(1)
    waits = ramp_seconds(code(name), stages, one, *parts)
    assert 0.0 <= waits <= ramp_seconds(code("1f1b"), stages, one, *parts) + 1e-9


@given(st.sampled_from(list(SCHEDULE_CODES)), st.integers(2, 64))
def test_microbatches_kept_are_those_published(name, p):
    kept = float(in_flight(code(name), np.array([float(p)]), np.ones(1))[0])
    published = {"v-half": min(p / 2 + 1, p), "dualpipe": p + 1}
    assert kept == published.get(name, p)


@pytest.mark.parametrize("name", OTHERS)
def test_without_a_pipeline_every_schedule_is_the_same(name):
    pins = replace(PINS, pp=1, tp=8)
    plain, other = searched(pins=pins), searched(name, pins)
    assert other.seconds == pytest.approx(plain.seconds)
    assert other.memory.total == pytest.approx(plain.memory.total)


@pytest.mark.parametrize("name", ["zero-bubble", "zbv"])
def test_filling_the_bubble_is_faster_than_plain_1f1b_at_its_memory(name):
    plain, other = searched(), searched(name)
    assert float(other.seconds[0]) < float(plain.seconds[0])
    assert other.memory.activations == pytest.approx(plain.memory.activations, rel=0.05)


def test_v_half_keeps_about_half_of_the_activations():
    plain, half = searched(), searched("v-half")
    assert 0.5 < float(half.memory.activations[0] / plain.memory.activations[0]) < 0.7
    assert float(half.seconds[0]) < float(plain.seconds[0])


def test_dualpipe_holds_two_copies_of_weights_and_gradients_and_hides_the_exchange_of_experts():
    pins = Pins(tp=1, pp=8, vp=1, cp=1, ep=32, microbatch=1, sharding="zero1", recompute="full")
    asked = {"pins": pins, "model": "DeepSeek-V3", "stack": "open", "global_batch": 2048.0}
    plain, dual = searched(**asked), searched("dualpipe", habits=Habits(overlapping=True), **asked)
    # Embedding, head and the extra module of the end are on one rank too.
    assert 1.9 < float(dual.memory.weights[0] / plain.memory.weights[0]) < 2.7
    # What compiles hides it by itself since mid-2026; what runs one after the other does not.
    bare = searched(**asked, habits=Habits(exposed=True))
    assert float(dual.breakdown.expert_comm[0]) < 0.7 * float(bare.breakdown.expert_comm[0])
    assert float(dual.breakdown.expert_comm[0]) <= float(plain.breakdown.expert_comm[0])


def test_adapters_have_no_gradients_of_weights_to_fill_a_bubble_with():
    plain = searched(method="lora")
    assert searched("zero-bubble", method="lora").seconds == pytest.approx(plain.seconds, rel=0.01)


@pytest.mark.parametrize("name", OTHERS)
def test_chunks_pinned_beside_a_schedule_that_has_its_own_are_refused_in_words(name):
    with pytest.raises(ValueError, match="VP"):
        searched(name, replace(PINS, vp=2))


@pytest.mark.parametrize("name", OTHERS)
def test_a_search_finds_no_worse_than_any_pinned_number_of_stages(name):
    # The bound of a search must hold for schedules that fill the bubble too.
    free = float(searched(name, Pins(tp=8, cp=1)).seconds[0])
    for pp in (1, 2, 4, 8):
        assert free <= float(searched(name, Pins(tp=8, cp=1, pp=pp)).seconds[0]) * (1.0 + 1e-9)
