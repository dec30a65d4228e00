"""The word beside a prediction, by the rule of ``resources/evidence.yaml``."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isocost.catalog import load
from isocost.engine.records import Precision, Stack, Workload
from isocost.evidence.nearest import Point, alike
from isocost.evidence.word import WORDS, Evidence, Rounds, training_evidence, weakest, writing_evidence

CATALOG = load()


def point(
    model: str = "Llama 3.1 8B",
    accelerator: str = "h100-sxm-96gb-500w",
    count: float = 8,
    sequence: float = 8192,
    precision: Precision = "bf16",
    stack: Stack = "open",
) -> Point:
    work = Workload(sequence=sequence, global_batch=64.0, precision=precision)
    chip = CATALOG.accelerator(accelerator).spec
    return Point(CATALOG.model(model).transformer, chip, count, work, stack)


def training(plan: Point, catalog=CATALOG) -> Evidence:
    return training_evidence(plan, "H100", catalog)


@pytest.mark.parametrize(
    ("plan", "word", "said"),
    [
        (point(), "measured", "Llama 3.1 8B on 8 H100"),
        (point(count=8.7), "measured", "Llama 3.1 8B on 8 H100"),
        (point(count=9.0), "near", "Nearest measured"),
        (point(sequence=8192 * 1.11), "near", "Nearest measured"),
        (point("Llama 3.1 405B", count=16_384), "extrapolated", "16,384 accelerators (at most 11,616)"),
        (point("DeepSeek-V4-Pro", count=2048), "extrapolated", "1.57T parameters in all"),
        (point(accelerator="mi355x"), "guessed", "CDNA3"),
        (point(accelerator="a100-sxm-80gb", precision="fp8"), "guessed", "FP8"),
    ],
)
def test_each_word_has_its_condition(plan, word, said):
    found = training(plan)
    assert found.word == word
    assert said in found.reason
    assert found.reason.endswith(".")


def test_a_run_far_outside_our_range_is_near_at_most():
    """Another run of the same sizes that we miss by far is no measure of our prediction."""
    plan = point()
    run = alike(plan, CATALOG)
    assert run is not None
    assert run.p10 <= run.measured <= run.p90
    narrow = {
        name: msgspec.structs.replace(each, low=0.999, high=1.001)
        for name, each in CATALOG.constants.accuracy.spreads.items()
    }
    accuracy = msgspec.structs.replace(CATALOG.constants.accuracy, spreads=narrow)
    sure = CATALOG.with_constants(
        accuracy=accuracy, spreads=accuracy.spreads_of(CATALOG.constants.efficiency.relatives)
    )
    found = training(plan, sure)
    assert found.word == "near"
    assert "outside our range" in found.reason


def test_thresholds_are_the_catalogues():
    rule = msgspec.structs.replace(CATALOG.constants.evidence, alike=1.01, close=0.01)
    strict = CATALOG.with_constants(evidence=rule)
    assert training(point(count=8.5), CATALOG).word == "measured"
    assert training(point(count=8.5, sequence=8000), strict).word == "extrapolated"


def written(model: str, accelerator: str, rounds: Rounds | None = None) -> Evidence:
    chip = CATALOG.accelerator(accelerator)
    return writing_evidence(CATALOG.model(model).transformer, chip.spec, chip.short_name, CATALOG, rounds)


def test_generated_text_goes_by_its_own_benchmarks():
    assert written("Llama 3.1 8B", "h200-sxm").word == "measured"
    assert written("Llama 3.1 8B", "tpu-v5p").word == "guessed"
    assert written("Qwen3 14B", "h100-sxm").word == "measured"
    assert written("Gemma 2 27B", "h100-sxm").word == "near"


def test_rounds_go_by_count_and_longest_response_too():
    assert written("DeepSeek-V3", "h100-sxm", Rounds(256, 1536)).word == "measured"
    assert written("DeepSeek-V3", "h100-sxm", Rounds(384, 1536)).word == "near"
    far = written("DeepSeek-V3", "h100-sxm", Rounds(256, 1e6))
    assert far.word == "extrapolated"
    assert "1,000,000 tokens a response" in far.reason


def test_of_several_the_least_firm_is_told():
    assert weakest([]) is None
    several = [Evidence(word, word) for word in ("near", "guessed", "measured")]
    assert weakest(several).word == "guessed"


@settings(max_examples=40, deadline=None)
@given(
    model=st.sampled_from(["Llama 3.1 8B", "DeepSeek-V3", "Qwen3 30B-A3B"]),
    accelerator=st.sampled_from(sorted(CATALOG.accelerators)),
    count=st.floats(1, 200_000),
    sequence=st.floats(128, 1e6),
)
def test_every_plan_has_a_word_and_a_sentence(model, accelerator, count, sequence):
    found = training(point(model, accelerator, count, sequence))
    assert found.word in WORDS
    assert found.reason.endswith(".")
