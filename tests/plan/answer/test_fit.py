"""How a plan fits: layouts side by side, what is said when none does, and the measured runs nearby."""

from __future__ import annotations

import math
from dataclasses import fields, is_dataclass, replace
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isocost.catalog import load
from isocost.evidence.nearest import FAR, OF_ONE_MODEL
from isocost.files import load_project
from isocost.paths import presets
from isocost.plan.answer.across.curves import other_curves
from isocost.plan.answer.estimate import estimate
from isocost.plan.answer.fit import TRAINER, EngineFit, fit_report
from isocost.plan.answer.warnings.notices import does_not_fit
from isocost.plan.kinds import Rl, RlStage, RolloutPhase, SftStage
from isocost.plan.notice import Cure
from isocost.plan.physics.layouts import pinned_words
from isocost.plan.project.project import (
    Data,
    Efficiency,
    GpuHoursStage,
    Hardware,
    Layout,
    ModelChoice,
    PretrainStage,
    Price,
    Project,
    Scenario,
    released,
    set_section,
    set_value,
)
from isocost.plan.values import Tuning

CATALOG = load()
SEVEN = ModelChoice(parameters=7e9)
NODE = 8


def plan(
    model: ModelChoice = SEVEN,
    *,
    accelerator: str = "h100-sxm",
    count: int = 64,
    batch: float | None = 4e6,
    sequence: int = 4096,
    layout: Layout = Layout(),  # noqa: B008 - frozen
    stage: Any = None,
) -> Project:
    data = Data(tokens=1e12, sequence=sequence, batch_tokens=batch)
    return Project(
        name="Test",
        scenarios=(
            Scenario(
                name="Base",
                model=model,
                hardware=Hardware(accelerator, count),
                price=Price(2.0, date=""),
                efficiency=Efficiency(stack="vendor"),
                layout=layout,
                stages=(stage or PretrainStage(name="Training", data=data),),
            ),
        ),
    )


def codes(project: Project) -> dict[str, Any]:
    return {notice.code: notice for notice in estimate(project, CATALOG).warnings}


def numbers(value: Any) -> list[float]:
    """Every number anywhere in a result."""
    if isinstance(value, bool) or value is None:
        return []
    if isinstance(value, int | float):
        return [float(value)]
    if isinstance(value, tuple):
        return [number for each in value for number in numbers(each)]
    if is_dataclass(value):
        return [number for field in fields(value) for number in numbers(getattr(value, field.name))]
    return []


# What is said when it does not fit


def test_the_smallest_count_named_fits_and_one_node_fewer_does_not():
    project = plan(ModelChoice(name="Llama 3.1 405B"), count=64)
    notice = codes(project)["does-not-fit"]
    stage = estimate(project, CATALOG).stages[0]
    smallest = stage.smallest_count
    assert stage.fits is False
    assert (notice.severity, notice.field) == ("stop", "hardware.count")
    assert f"{smallest:,}" in notice.message
    at = estimate(set_value(project, "hardware.count", smallest), CATALOG).stages[0]
    below = estimate(set_value(project, "hardware.count", smallest - NODE), CATALOG).stages[0]
    assert at.fits
    assert at.smallest_count is None
    assert not below.fits


def test_what_no_number_can_hold_as_pinned_is_cured_by_releasing_the_pins():
    project = plan(
        ModelChoice(parameters=3e10), count=64, layout=Layout(tp=1, pp=1, cp=1, ep=1, sharding="none")
    )
    assert estimate(project, CATALOG).stages[0].smallest_count is None
    notice = codes(project)["does-not-fit"]
    assert "as pinned" in notice.message
    assert "release a pin" in notice.message
    assert notice.cure == Cure(None, 0)
    freed = released(project)
    assert estimate(freed, CATALOG).stages[0].fits
    assert not estimate(freed, CATALOG).stages[0].pinned


def test_a_stage_no_number_can_hold_needs_larger_memory():
    project = plan(ModelChoice(parameters=1e12), count=8, layout=Layout())
    result = estimate(project, CATALOG).stages[0]
    unheld = replace(result, fits=False, smallest_count=None)
    assert "use ones with more memory" in does_not_fit("Training", unheld)


def test_only_a_few_layouts_that_do_not_fit_stand_above_the_best():
    report = fit_report(load_project(presets() / "deepseek-v3.yaml"), CATALOG)
    best = next(i for i, row in enumerate(report.rows) if row.fits)
    assert sum(not row.fits for row in report.rows[:best]) <= 3


def test_one_replica_is_listed_once_however_its_states_would_be_shared():
    report = fit_report(load_project(presets() / "qlora-8b-on-a-4090.yaml"), CATALOG)
    alone = [row for row in report.rows if row.dp * row.cp == 1]
    degrees = [(row.tp, row.pp, row.ep, row.fits) for row in alone]
    assert len(degrees) == len(set(degrees)) >= 1


def test_a_typed_utilization_holds_for_others_as_far_as_their_matmuls_reach():
    project = set_value(plan(ModelChoice(parameters=7e9), count=64), "efficiency.mfu", 0.7)
    assert estimate(project, CATALOG).stages[0].mfu == 0.7
    curves = {curve.accelerator: curve for curve in other_curves(project, CATALOG)}
    ceiling = CATALOG.matmul_ceiling("mi300x").share
    assert ceiling < 0.7
    assert curves["mi300x"].mfu.max() == pytest.approx(ceiling)


@pytest.mark.parametrize(
    ("model", "method", "accelerator", "count", "fits"),
    [
        # torchtune: 16.2 and 7.4 GiB for an 8B; Unsloth: a 70B in 41 GB; in full 16 bytes a parameter.
        ("Llama 3.1 8B", "lora", "rtx4090", 1, True),
        ("Llama 3.1 8B", "qlora", "rtx4090", 1, True),
        ("Llama 3.1 8B", "lora", "rtx3090", 1, True),
        ("Llama 3.1 8B", "full", "rtx4090", 4, False),
        ("Llama 3.1 8B", "full", "h100-sxm", 8, True),
        ("Llama 3.1 70B", "qlora", "rtx6000ada", 4, True),
        ("Llama 3.1 70B", "qlora", "rtx4090", 1, False),
        ("Llama 3.1 70B", "lora", "a100-sxm-80gb", 8, True),
        ("Llama 3.1 70B", "full", "h100-sxm", 8, False),
        ("Llama 3.1 405B", "qlora", "a100-sxm-80gb", 8, True),
    ],
)
@pytest.mark.parametrize("stack", ["vendor", "open"])
def test_fine_tunes_fit_where_they_are_known_to(model, method, accelerator, count, fits, stack):
    data = Data(tokens=1e7, sequence=2048, batch_tokens=32_768.0)
    tune = SftStage(name="Tune", data=data, tuning=Tuning(method=method))
    project = plan(ModelChoice(name=model), accelerator=accelerator, count=count, stage=tune)
    project = set_value(project, "efficiency.stack", stack)
    assert estimate(project, CATALOG).stages[0].fits is fits


@pytest.mark.parametrize(("optimizer", "smallest"), [("adamw", 3), ("adamw-bf16", 2), ("adamw-8bit", 1)])
def test_an_optimizer_that_keeps_less_needs_fewer_cards(optimizer, smallest):
    """States of 16, 8 and 6 bytes a parameter: 51, 26 and 19 GB of a 3B on cards of 24 GB."""
    data = Data(tokens=1e7, sequence=2048, batch_tokens=32_768.0)
    tune = SftStage(name="Tune", data=data, tuning=Tuning(optimizer=optimizer))
    project = plan(ModelChoice(name="Llama 3.2 3B"), accelerator="rtx4090", count=smallest, stage=tune)
    project = set_value(project, "efficiency.stack", "open")
    assert estimate(project, CATALOG).stages[0].fits
    if smallest > 1:
        fewer = estimate(set_value(project, "hardware.count", smallest - 1), CATALOG).stages[0]
        assert fewer.fits is False
        assert fewer.smallest_count == smallest


def test_more_replicas_than_sequences_leaves_accelerators_idle():
    alone = Layout(tp=1, pp=1, cp=1)
    small = plan(count=64, batch=16 * 4096.0, layout=alone)
    assert estimate(small, CATALOG).stages[0].idle == 48
    notice = codes(small)["batch-limited"]
    assert notice.field == "data.batch_tokens"
    assert "48" in notice.message
    assert "batch-limited" not in codes(plan(count=64, batch=64 * 4096.0, layout=alone))


@pytest.mark.parametrize(("tp", "crosses"), [(8, False), (16, True)])
def test_tensor_parallel_beyond_a_node_is_pointed_out(tp, crosses):
    assert ("crosses-domain" in codes(plan(layout=Layout(tp=tp)))) is crosses


@pytest.mark.parametrize(
    ("layout", "field"),
    [
        (Layout(ep=8), "layout.ep"),
        (Layout(tp=2, microbatch=100_000), "layout.microbatch"),
        (Layout(tp=8, pp=16), "layout.tp"),
    ],
)
def test_impossible_pins_stop_the_plan_but_not_its_numbers(layout, field):
    project = plan(layout=layout)
    stage = estimate(project, CATALOG).stages[0]
    free = estimate(plan(), CATALOG).stages[0]
    notice = codes(project)["layout-impossible"]
    assert (notice.severity, notice.field) == ("stop", field)
    assert "does-not-fit" not in codes(project)
    assert stage.fits is False
    assert stage.tokens_per_s_per_gpu == free.tokens_per_s_per_gpu
    assert stage.memory == free.memory


pins = st.builds(
    Layout,
    tp=st.sampled_from([None, 1, 3, 8, 64]),
    pp=st.sampled_from([None, 1, 5, 16, 500]),
    vp=st.sampled_from([None, 1, 4]),
    cp=st.sampled_from([None, 1, 4, 64]),
    ep=st.sampled_from([None, 1, 7, 32]),
    microbatch=st.sampled_from([None, 1, 16, 4096]),
    recompute=st.sampled_from([None, "none", "full"]),
    sharding=st.sampled_from([None, "none", "zero1", "zero3"]),
)
models = st.sampled_from([SEVEN, ModelChoice(parameters=1e6), ModelChoice(name="DeepSeek-V3")])


@settings(max_examples=60, deadline=None)
@given(layout=pins, model=models, count=st.sampled_from([1, 8, 72, 4096]), accelerator=st.sampled_from(
    ["h100-sxm", "gb200", "tpu-v5e", "rtx4090"]))  # fmt: skip
def test_whatever_is_pinned_every_number_is_finite_and_what_cannot_run_is_stopped(
    layout, model, count, accelerator
):
    project = plan(model, accelerator=accelerator, count=count, layout=layout)
    result = estimate(project, CATALOG)
    stage = result.stages[0]
    assert all(math.isfinite(number) for number in numbers(result))
    assert 0 < stage.mfu < 1
    stopped = {notice.code for notice in result.warnings if notice.severity == "stop"}
    assert bool(stage.fits) is not bool(stopped & {"does-not-fit", "layout-impossible"})


# The layouts side by side


def test_the_first_row_that_fits_is_the_plan():
    project = plan()
    report = fit_report(project, CATALOG)
    stage = estimate(project, CATALOG).stages[0]
    own = next(row for row in report.rows if row.fits)
    assert own.chosen
    assert own.reason == "best"
    assert own.tokens_per_s_per_gpu == pytest.approx(stage.tokens_per_s_per_gpu)
    assert own.mfu == pytest.approx(stage.mfu)
    assert own.memory_bytes == pytest.approx(stage.memory.total)
    assert sum(row.chosen for row in report.rows) == 1


def test_rows_fall_in_speed_and_say_whether_they_fit():
    report = fit_report(plan(ModelChoice(name="Llama 3.1 70B")), CATALOG)
    rates = [row.tokens_per_s_per_gpu for row in report.rows]
    assert rates == sorted(rates, reverse=True)
    assert len(rates) > 5
    for row in report.rows:
        assert row.fits == (row.memory_bytes <= report.capacity_bytes)
        assert row.fits == (row.reason != "memory")
        assert row.tp * row.pp * row.cp * row.dp <= report.count


@pytest.mark.parametrize("at", [1, 3])
def test_pinning_a_row_makes_it_the_plan(at):
    project = plan()
    row = [each for each in fit_report(project, CATALOG).rows if each.fits][at]
    held = set_section(project, "layout", **msgspec.structs.asdict(row.pins))
    report = fit_report(held, CATALOG)
    stage = estimate(held, CATALOG).stages[0]
    assert stage.tokens_per_s_per_gpu == pytest.approx(row.tokens_per_s_per_gpu)
    assert [each.pins for each in report.rows if each.chosen] == [row.pins]
    assert len(report.rows) > 5, "the others stay in sight"


def test_a_pinned_layout_far_from_the_best_joins_the_list_with_what_it_costs():
    report = fit_report(plan(layout=Layout(tp=8, pp=4, microbatch=1, recompute="full")), CATALOG)
    own = next(row for row in report.rows if row.chosen)
    best = next(row for row in report.rows if row.reason == "best")
    assert own.reason == "pinned"
    assert (own.tp, own.pp, own.microbatch, own.recompute) == (8, 4, 1, "full")
    assert own.behind == pytest.approx(1 - own.tokens_per_s_per_gpu / best.tokens_per_s_per_gpu)
    assert own.behind > 0.1


def test_impossible_pins_leave_the_free_search_in_the_list():
    report = fit_report(plan(layout=Layout(ep=8)), CATALOG)
    assert report.problem
    assert [row.pins for row in report.rows] == [row.pins for row in fit_report(plan(), CATALOG).rows]
    assert not any(row.chosen for row in report.rows)


def test_speeds_of_a_fine_tune_leave_padding_out():
    data = Data(tokens=1e9, batch_tokens=1e6)
    half = SftStage(name="Tune", data=data, tuning=Tuning(packing=0.5))
    project = plan(stage=half)
    own = next(row for row in fit_report(project, CATALOG).rows if row.chosen)
    stage = estimate(project, CATALOG).stages[0]
    assert own.tokens_per_s_per_gpu == pytest.approx(stage.tokens_per_s_per_gpu)


def test_rounds_show_the_memory_of_an_update_and_the_parts_of_a_round():
    longest = RolloutPhase(100.0, 1000.0, 2000.0, 32_768.0)
    short = RolloutPhase(100.0, 1000.0, 2000.0, 4096.0)
    for phase in (longest, short):
        stage = RlStage(name="RL", rl=Rl(phases=(phase,), prompt_tokens=300.0))
        project = plan(stage=stage, count=64)
        rounds = fit_report(project, CATALOG).rounds
        result = estimate(project, CATALOG).stages[0]
        simulated = next(fact for fact in result.details if fact.label == "Simulated")
        wall = float(simulated.value) * 3600.0 / result.count / 100.0
        assert rounds.round.total == pytest.approx(wall)
        assert rounds.longest == phase.cap + 300.0
        assert rounds.memory.total < rounds.memory.limit


def engine(count: int = 64, model: ModelChoice | None = None, **rl: Any) -> EngineFit:
    stage = RlStage(name="RL", rl=Rl(phases=(RolloutPhase(100.0, 1000.0, 2000.0, 8192.0),), **rl))
    rounds = fit_report(plan(*([] if model is None else [model]), stage=stage, count=count), CATALOG).rounds
    assert rounds is not None
    return rounds.engine


def test_engine_and_trainer_share_an_accelerator_as_memory_allows():
    """A 7B's states on 64 H100 leave an engine all it wants; those of a 70B on 16 have to go."""
    roomy = engine()
    assert roomy.turns in ("beside", "sleeps")
    assert {part.name: part.amount for part in roomy.memory.parts}[TRAINER] == roomy.resting
    assert roomy.gpus == 64.0
    assert roomy.memory.total <= roomy.memory.limit
    large = engine(16, ModelChoice(name="Llama 3.1 70B"))
    assert large.turns == "offloads"
    assert TRAINER not in {part.name for part in large.memory.parts}
    assert large.host == pytest.approx(8.0 * large.resting)
    # Weights, moments and 32-bit weights of 70.6B: 14 bytes each over 16 accelerators, gradients left out.
    assert large.resting == pytest.approx(70.6e9 * 14.0 / 16.0, rel=0.25)


def test_an_engine_with_accelerators_of_its_own_has_no_trainer_beside_it():
    apart = engine(generation_share=0.25)
    assert (apart.turns, apart.gpus) == ("apart", 16.0)
    assert TRAINER not in {part.name for part in apart.memory.parts}


def test_hours_as_claimed_have_nothing_to_fit():
    report = fit_report(plan(stage=GpuHoursStage(name="Claimed", hours=10.0)), CATALOG)
    assert not report.searched
    assert report.rows == ()
    assert report.near == ()


# Measured runs


def test_a_plan_that_was_measured_finds_itself():
    project = plan(ModelChoice(name="Llama 3.1 405B"), count=2048, sequence=8192, batch=8e6)
    near = fit_report(project, CATALOG).near
    assert near[0].distance == 0
    assert (near[0].run.model, near[0].run.accelerators) == ("Llama 3.1 405B", 2048)
    assert near[0].error == pytest.approx(near[0].predicted / near[0].run.tokens_per_s - 1)
    assert near[0].run.reference


def test_near_runs_come_in_order_and_differ():
    near = fit_report(plan(), CATALOG).near
    distances = [run.distance for run in near]
    assert distances == sorted(distances)
    assert distances[-1] < FAR
    parts = [(run.run.model, run.accelerator) for run in near]
    assert all(parts.count(part) <= OF_ONE_MODEL for part in parts)
    assert len({(run.run.model, run.accelerator, run.run.accelerators) for run in near}) == len(near)


def test_a_mixture_of_experts_is_compared_with_its_like():
    near = fit_report(plan(ModelChoice(name="DeepSeek-V3"), count=1024), CATALOG).near
    assert all(CATALOG.model(run.run.model).transformer.is_moe for run in near[:3])


def test_borrowed_efficiencies_are_named_and_measured_ones_are_not():
    guessed = fit_report(plan(accelerator="mi355x"), CATALOG).guesses
    assert len(guessed) == 1
    assert "MI355X" in guessed[0]
    assert "CDNA3" in guessed[0]
    assert fit_report(plan(), CATALOG).guesses == ()


@pytest.mark.parametrize("name", ["DeepSeek-V3", "Llama 3.1 70B", "Llama 3.1 405B"])
def test_the_parts_of_a_step_take_as_long_as_the_tokens_do(name):
    stage = estimate(plan(ModelChoice(name=name), count=512), CATALOG).stages[0]
    assert stage.step.total == pytest.approx(stage.batch_tokens / (stage.tokens_per_s_per_gpu * stage.count))


@pytest.mark.parametrize(
    ("pins", "words"),
    [
        (Layout(), ""),
        (Layout(vp=2, schedule="dualpipe"), "VP2 · DualPipe"),
        (Layout(cp=2, recompute="full", sharding="zero3"), "CP2 · full recompute · FSDP"),
        (
            Layout(tp=8, pp=16, microbatch=4, recompute="none", sharding="none", schedule="zero-bubble"),
            "TP8 PP16 · microbatch 4 · no recompute · no sharding · zero bubble",
        ),
    ],
)
def test_what_is_pinned_is_said_in_the_field_s_shorthand(pins, words):
    assert pinned_words(pins) == words


@pytest.mark.parametrize(
    ("count", "layout", "field", "said"),
    [
        (8, Layout(pp=3), "layout.pp", "on 6 of the 8 H100; the others are paid and idle: release a pin"),
        (8, Layout(cp=3), "layout.cp", "on 6 of the 8 H100; the others are paid and idle: release a pin"),
        (8, Layout(pp=2), "", ""),
        (8, Layout(), "", ""),
    ],
)
def test_accelerators_a_layout_leaves_over_are_said(count, layout, field, said):
    project = plan(ModelChoice(name="Llama 3.1 8B"), count=count, layout=layout)
    found = codes(project).get("layout-leaves-idle")
    assert (found.field if found else "", said in (found.message if found else "")) == (field, True)
