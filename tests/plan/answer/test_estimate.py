"""The road from a project to its estimate: published arithmetic, invariants, warnings."""

from __future__ import annotations

import math

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isocost.catalog import CatalogError, load
from isocost.files import load_project
from isocost.paths import presets
from isocost.plan.answer.across.curves import active_curve, other_curves, pareto_front, ranking
from isocost.plan.answer.estimate import estimate
from isocost.plan.project.project import (
    Data,
    Efficiency,
    GpuHoursStage,
    Hardware,
    ModelChoice,
    PretrainStage,
    Price,
    Project,
    Scenario,
    get_value,
    replace_scenario,
    set_section,
    set_value,
)
from isocost.plan.project.ranges import InputRange
from isocost.plan.values import Shape
from isocost.quantities import format_duration

CATALOG = load()


def pretrain(
    *,
    tokens: float = 2e12,
    count: int = 256,
    price: float = 3.0,
    accelerator: str = "h100-sxm",
    model: ModelChoice = ModelChoice(parameters=7e9),  # noqa: B008 - frozen
    mfu: float | None = None,
    goodput: float | None = None,
    waste: float | None = None,
    stack: str = "open",
    precision: str = "bf16",
    batch_tokens: float | None = None,
) -> Project:
    data = Data(tokens=tokens, precision=precision, batch_tokens=batch_tokens)
    scenario = Scenario(
        name="Base",
        model=model,
        hardware=Hardware(accelerator, count),
        price=Price(price),
        efficiency=Efficiency(mfu, goodput, waste, stack),
        stages=(PretrainStage(name="Pre-training", data=data),),
    )
    return Project(name="Test", scenarios=(scenario,))


def claimed(**stage: float) -> Project:
    scenario = Scenario(
        name="As claimed",
        hardware=Hardware("h800-sxm", 512),
        price=Price(2.0),
        stages=(GpuHoursStage(name="R1-Zero", **stage),),
    )
    return Project(name="R1", scenarios=(scenario,))


def test_claimed_hours_are_count_times_hours_to_the_cent():
    total = estimate(claimed(hours=198.0), CATALOG).total
    assert total.gpu_hours == 101_376
    assert total.cost_usd == 202_752
    assert total.wall_days == pytest.approx(198 / 24)


def test_claimed_gpu_hours_are_not_rounded_to_nodes_or_slowed_by_goodput():
    total = estimate(claimed(gpu_hours=5000.0), CATALOG).total
    assert total.gpu_hours == 5000
    assert total.cost_usd == 10_000


@pytest.mark.parametrize(
    ("model", "tokens", "expected"),
    [
        ("GPT-3 175B", 300e9, 3.15e23),
        ("PaLM 540B", 780e9, 2.53e24),
        ("DeepSeek-V3", 14.8e12, 3.29e24),
        ("Llama 3.1 405B", 15.6e12, 3.79e25),
    ],
)
def test_six_nd_matches_the_published_arithmetic(model, tokens, expected):
    stage = estimate(pretrain(model=ModelChoice(name=model), tokens=tokens, count=4096), CATALOG).stages[0]
    assert stage.flops.six_nd == pytest.approx(expected, rel=0.012)


def test_deepseek_v3_attention_lifts_our_count_above_six_nd():
    plan = pretrain(model=ModelChoice(name="DeepSeek-V3"), tokens=14.8e12, precision="fp8")
    flops = estimate(plan, CATALOG).stages[0].flops
    assert 1.10 < flops.total / flops.six_nd < 1.18
    assert flops.attention > 0.08 * flops.six_nd


def test_a_typed_mfu_gives_the_textbook_time():
    plan = pretrain(mfu=0.4, goodput=1.0)
    stage = estimate(plan, CATALOG).stages[0]
    peak = CATALOG.accelerator("h100-sxm").spec.peak_flops["bf16"]
    assert stage.gpu_hours == pytest.approx(stage.flops.total / (0.4 * peak) / 3600)
    assert stage.wall_days == pytest.approx(stage.gpu_hours / 256 / 24)


def test_goodput_is_applied_once():
    whole = estimate(pretrain(mfu=0.4, goodput=1.0), CATALOG).total
    half = estimate(pretrain(mfu=0.4, goodput=0.5), CATALOG).total
    assert half.gpu_hours == pytest.approx(2 * whole.gpu_hours)
    assert half.wall_days == pytest.approx(2 * whole.wall_days)


def test_counts_are_rented_in_whole_nodes_and_said_so():
    result = estimate(pretrain(count=100), CATALOG)
    assert result.stages[0].count == 104
    assert any(n.code == "partial-node" and n.field == "hardware.count" for n in result.warnings)


def test_a_sparse_peak_is_caught():
    notices = estimate(pretrain(mfu=0.9), CATALOG).warnings
    assert any(n.code == "mfu-above-measured" and n.severity == "stop" for n in notices)


def test_fewer_tokens_than_parameters_is_said():
    notices = estimate(pretrain(tokens=1e9), CATALOG).warnings
    assert any(n.code == "tokens-below-parameters" for n in notices)


def test_an_unsupported_precision_falls_back_and_says_so():
    notices = estimate(pretrain(accelerator="a100-sxm-80gb", precision="fp8"), CATALOG).warnings
    assert any(n.code == "precision-unsupported" for n in notices)


def test_groups_carry_their_share():
    project = claimed(hours=198.0)
    stages = (
        msgspec.structs.replace(project.scenarios[0].stages[0], group="R1"),
        GpuHoursStage(name="Base", group="V3", gpu_hours=2_788_000.0),
    )
    project = msgspec.structs.replace(
        project, scenarios=(msgspec.structs.replace(project.scenarios[0], stages=stages),)
    )
    groups = {g.name: g for g in estimate(project, CATALOG).groups}
    assert groups["R1"].share == pytest.approx(101_376 / (101_376 + 2_788_000))
    assert math.isclose(sum(g.share for g in groups.values()), 1.0)


@settings(max_examples=30, deadline=None)
@given(
    tokens=st.floats(1e9, 1e14),
    more=st.floats(1.0, 30.0),
    price=st.floats(0.1, 20.0),
    count=st.integers(8, 20_000),
)
def test_more_tokens_or_a_higher_price_never_cost_less(tokens, more, price, count):
    # A longer run has a larger batch where it is left open, and 23 sequences may divide among accelerators
    # that 22 do not divide among.
    batch = estimate(pretrain(tokens=tokens, count=count), CATALOG).stages[0].batch_tokens
    held = {"count": count, "batch_tokens": batch}
    base = estimate(pretrain(tokens=tokens, price=price, **held), CATALOG).total
    longer = estimate(pretrain(tokens=tokens * more, price=price, **held), CATALOG).total
    dearer = estimate(pretrain(tokens=tokens, price=price * more, **held), CATALOG).total
    assert longer.cost_usd >= base.cost_usd
    assert dearer.cost_usd >= base.cost_usd
    assert all(math.isfinite(v) and v >= 0 for v in (base.cost_usd, base.wall_days, base.energy_kwh))


def test_the_curve_passes_through_the_plan():
    plan = pretrain(count=512)
    curve = active_curve(plan, CATALOG)
    total = estimate(plan, CATALOG).total
    at = list(curve.counts).index(512)
    assert curve.cost_usd[at] == pytest.approx(total.cost_usd)
    assert curve.days[at] == pytest.approx(total.wall_days)


def test_the_plans_count_is_on_every_curve_however_long_it_takes():
    plan = pretrain(model=ModelChoice(parameters=671e9), tokens=14.8e12, count=8)
    for curve in (active_curve(plan, CATALOG), *other_curves(plan, CATALOG)):
        assert curve.counts[0] <= max(8, CATALOG.accelerator(curve.accelerator).spec.node_size)
        assert curve.days[0] > 3650
    assert all(choice.count == 8 for choice in ranking([active_curve(plan, CATALOG)], count=8))


def test_a_count_between_whole_nodes_is_compared_at_the_next():
    curve = active_curve(pretrain(count=513), CATALOG)
    assert {512, 520} <= set(curve.counts.tolist())
    assert ranking([curve], count=513)[0].count == 520


def test_the_front_is_beaten_by_nobody():
    plan = pretrain()
    curves = (active_curve(plan, CATALOG), *other_curves(plan, CATALOG))
    days, cost, owners = pareto_front(curves)
    assert len(days) == len(owners) > 0
    assert all(days[i] < days[i + 1] and cost[i] >= cost[i + 1] * (1 - 1e-6) for i in range(len(days) - 1))
    for curve in curves:
        for d, c in zip(curve.days[curve.fits], curve.cost_usd[curve.fits], strict=True):
            assert any(fd <= d and fc <= c for fd, fc in zip(days, cost, strict=True))


def test_ranking_at_a_deadline_prefers_what_finishes():
    plan = pretrain(tokens=15e12, model=ModelChoice(parameters=70e9))
    curves = (active_curve(plan, CATALOG), *other_curves(plan, CATALOG))
    choices = ranking(curves, deadline_days=60)
    assert choices[0].in_time
    assert choices[0].days <= 60
    costs = [c.cost_usd for c in choices if c.in_time and c.fits]
    assert costs == sorted(costs)


def test_other_accelerators_use_the_price_frozen_in_the_project():
    plan = pretrain()
    card = CATALOG.default_price("b200")
    frozen = msgspec.structs.replace(card, usd_per_gpu_hour=card.usd_per_gpu_hour * 3)
    before = {c.accelerator: c for c in other_curves(plan, CATALOG)}["b200"]
    after = {
        c.accelerator: c for c in other_curves(msgspec.structs.replace(plan, prices=(frozen,)), CATALOG)
    }["b200"]
    assert after.cost_usd == pytest.approx(before.cost_usd * 3)


def test_values_are_read_and_set_where_they_are_held():
    plan = pretrain()
    assert get_value(plan, "data.tokens") == 2e12
    moved = set_value(plan, "hardware.count", 1024)
    assert moved.scenarios[0].hardware.count == 1024
    own = set_section(plan, "stage", hardware=Hardware("b200", 64))
    moved = set_value(own, "hardware.count", 128)
    assert moved.scenarios[0].stages[0].hardware.count == 128
    assert moved.scenarios[0].hardware.count == 256


def test_a_whole_run_takes_longer_than_its_steps_by_what_published_runs_waste():
    usual, physics = (estimate(pretrain(**typed), CATALOG) for typed in ({}, {"waste": 0.0}))
    share = CATALOG.constants.whole_runs.by_stack["open"].share
    assert physics.total.gpu_hours / usual.total.gpu_hours == pytest.approx(1.0 - share)
    assert usual.stages[0].waste == pytest.approx(share)
    assert physics.stages[0].waste == 0.0
    assert "of them whole-run waste as usual with an open-source stack" in usual.usage
    assert physics.usage == ""


def test_the_range_says_what_it_is_made_of():
    span = estimate(pretrain(stack="vendor"), CATALOG).range
    assert {part.name for part in span.parts} == {"Step model", "Whole-run waste", "Goodput"}
    for part in span.parts:
        assert span.cost_usd.p10 < part.cost_usd.p10 < span.base_usd < part.cost_usd.p90 < span.cost_usd.p90
    # Independent lognormal factors: their logarithms add up as squares.
    widths = [math.log(part.cost_usd.p90 / span.base_usd) for part in span.parts]
    assert math.hypot(*widths) == pytest.approx(math.log(span.cost_usd.p90 / span.base_usd), rel=0.05)


def test_a_typed_speed_leaves_the_gap_between_published_steps_and_runs_less_goodput():
    seen = CATALOG.constants.economics.run_over_step_mfu.value
    stage = estimate(pretrain(mfu=0.4), CATALOG).stages[0]
    assert stage.goodput * (1.0 - stage.waste) == pytest.approx(seen)
    assert estimate(pretrain(mfu=0.4, goodput=0.8), CATALOG).stages[0].waste == 0.0


def test_a_typed_mfu_and_goodput_leave_no_doubt():
    assert estimate(pretrain(mfu=0.4, goodput=0.95), CATALOG).range is None


def test_a_typed_utilization_few_runs_reach_is_remarked_on_and_a_usual_one_is_not():
    base = load_project(presets() / "startup-7b.yaml")
    predicted = estimate(base, CATALOG).stages[0].mfu
    high = estimate(set_value(base, "efficiency.mfu", round(1.3 * predicted, 3)), CATALOG)
    usual = estimate(set_value(base, "efficiency.mfu", round(predicted, 3)), CATALOG)
    (notice,) = [n for n in high.warnings if n.field == "efficiency.mfu"]
    assert (notice.code, notice.severity) == ("mfu-above-reach", "care")
    assert predicted < high.stages[0].mfu_reachable < 1.3 * predicted
    assert not [n for n in usual.warnings if n.field == "efficiency.mfu"]
    assert estimate(base, CATALOG).stages[0].mfu_reachable is None


def test_a_shape_no_model_can_have_is_refused_in_a_sentence():
    shape = Shape(
        layers=4,
        hidden=64,
        heads=4,
        ffn=128,
        vocabulary=1000,
        experts=8,
        top_k=2,
        expert_ffn=64,
        moe_layers=9,
    )
    with pytest.raises(CatalogError, match=r"shape\.moe_layers: must be at most the 4 layers, got 9"):
        estimate(pretrain(model=ModelChoice(shape=shape)), CATALOG)


def test_what_is_in_doubt_without_any_stage_that_counts_is_told():
    plan = set_value(pretrain(), "people.heads", 3.0)
    ranged = InputRange(path="people.heads", low=2.0, high=5.0)
    scenario = msgspec.structs.replace(
        plan.scenarios[0],
        ranges=(ranged,),
        people=msgspec.structs.replace(plan.scenarios[0].people, months=2.0),
        stages=tuple(msgspec.structs.replace(stage, enabled=False) for stage in plan.scenarios[0].stages),
    )
    found = estimate(replace_scenario(plan, scenario, scenario=0), CATALOG)
    assert found.total.cost_usd > 0.0
    assert found.range.cost_usd.p10 < found.total.cost_usd < found.range.cost_usd.p90


@pytest.mark.parametrize(
    ("code", "path", "share"),
    [
        ("rework-untimed", "supply.rework", 0.08),
        ("failed-runs-untimed", "programme.failed_runs", 0.1),
    ],
)
def test_what_is_paid_for_as_a_share_of_the_rent_and_takes_no_time_says_how_long_it_would(code, path, share):
    plan = set_value(set_section(pretrain(), "supply", mode="spot"), path, share)
    found = estimate(plan, CATALOG)
    said = [notice for notice in found.warnings if notice.code == code]
    assert [notice.field for notice in said] == [path]
    assert format_duration(share * found.total.wall_days) in said[0].message
    without = estimate(set_value(plan, path, 0.0), CATALOG)
    assert code not in [notice.code for notice in without.warnings]
    assert without.total.wall_days == found.total.wall_days
