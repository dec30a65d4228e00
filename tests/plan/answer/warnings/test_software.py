"""Kernels, overlap, a measured rate, packed documents and a schedule as inputs of a plan."""

from __future__ import annotations

import pytest

from isocost.catalog.catalog import load
from isocost.files.loading import load_project
from isocost.paths import presets
from isocost.plan.answer.across.curves import searched_alike
from isocost.plan.answer.estimate import estimate
from isocost.plan.project.project import Project, set_value

CATALOG = load()
PLAN = load_project(presets() / "startup-7b.yaml")


def told(project: Project, **values) -> tuple[float, dict[str, str]]:
    """Tokens a second per accelerator, and the notices by their codes."""
    for path, value in values.items():
        project = set_value(project, path.replace("__", "."), value)
    found = estimate(project, CATALOG)
    stage = found.stages[0]
    return float(stage.tokens_per_s_per_gpu), {each.code: each.message for each in found.warnings}


def test_what_is_left_open_is_as_it_was():
    usual, _ = told(PLAN)
    as_default = {
        "efficiency__attention": None,
        "efficiency__overlap": True,
        "efficiency__matmul_tflops": None,
    }
    assert told(PLAN, **as_default, data__document=None, layout__schedule=None)[0] == usual


def test_kernels_of_attention_are_as_fast_as_their_order_says():
    long = set_value(PLAN, "data.sequence", 16384)
    speed = {name: told(long, efficiency__attention=name)[0] for name in ("unfused", "fa2", "tuned")}
    assert speed["unfused"] < speed["fa2"] < speed["tuned"]


def test_shorter_documents_are_never_slower():
    long = set_value(PLAN, "data.sequence", 32768)
    speeds = [told(long, data__document=each)[0] for each in (None, 32768, 16384, 4096, 512)]
    assert speeds == sorted(speeds)
    assert speeds[0] == speeds[1] < speeds[-1]


def test_traffic_that_waits_takes_longer():
    assert told(PLAN, efficiency__overlap=False)[0] < told(PLAN)[0]


def test_a_faster_measured_product_is_a_faster_run_and_its_usual_rate_changes_little():
    rates = (300.0, 500.0, 700.0, 900.0)
    speeds = [told(PLAN, efficiency__matmul_tflops=each)[0] for each in rates]
    assert speeds == sorted(speeds)
    # 0.803 of 989 TFLOP/s on H100, 0.892 of that in open-source stacks (resources/efficiency.yaml).
    assert told(PLAN, efficiency__matmul_tflops=709.0)[0] == pytest.approx(told(PLAN)[0], rel=0.01)


def test_a_rate_above_the_peak_is_refused_in_words_and_computed_at_the_peak():
    speed, notices = told(PLAN, efficiency__matmul_tflops=1979.0)
    assert speed == told(PLAN, efficiency__matmul_tflops=989.5)[0]
    assert "above the dense BF16 peak" in notices["matmul-above-peak"]
    assert "matmul-above-peak" not in told(PLAN, efficiency__matmul_tflops=700.0)[1]


def test_a_measured_rate_is_of_the_planned_accelerator_alone():
    other = set_value(PLAN, "efficiency.matmul_tflops", 400.0)
    assert not searched_alike(PLAN.scenarios[0], other.scenarios[0], CATALOG)


def test_what_changes_nothing_is_said():
    _, notices = told(PLAN, data__document=8192, layout__schedule="zbv", layout__pp=1)
    assert "fill a sequence" in notices["documents-fill-sequence"]
    assert "no pipeline" in notices["schedule-without-pipeline"]
    _, notices = told(PLAN, layout__schedule="dualpipe", layout__pp=3)
    assert "under dualpipe" in notices["layout-impossible"]
    assert "schedule-without-pipeline" not in notices
    speed, notices = told(PLAN, efficiency__mfu=0.4, efficiency__overlap=False)
    assert speed == pytest.approx(told(PLAN, efficiency__mfu=0.4)[0])
    assert "typed MFU" in notices["idle-beside-mfu"]


def test_a_kernel_nobody_measured_on_a_part_is_said():
    _, notices = told(PLAN, hardware__accelerator="tpu-v5p", efficiency__attention="fa2")
    assert "TPU" in notices["kernel-unmeasured"]


def test_the_schedule_is_a_word_of_the_layout_where_there_is_a_pipeline():
    pinned = {"layout__pp": 4, "layout__tp": 2, "hardware__count": 64}
    for project, word in ((PLAN, "1F1B"), (set_value(PLAN, "layout.schedule", "zbv"), "ZBV")):
        for path, value in pinned.items():
            project = set_value(project, path.replace("__", "."), value)
        stage = estimate(project, CATALOG).stages[0]
        assert ("ZBV" in stage.layout) == (word == "ZBV")


def test_the_words_of_the_efficiency_name_what_was_typed():
    project = set_value(set_value(PLAN, "efficiency.matmul_tflops", 650.0), "efficiency.overlap", False)
    source = estimate(project, CATALOG).stages[0].mfu_source
    assert "no overlap" in source
    assert "650 TFLOP/s measured" in source
