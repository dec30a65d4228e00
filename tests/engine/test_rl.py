import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from isocost.catalog import load
from isocost.catalog.entries.measured_generation import measured_rl
from isocost.engine.generation import lengths as ln
from isocost.engine.generation.deployment import Format, Replica
from isocost.engine.generation.rl import (
    ALGORITHMS,
    Algorithm,
    RlPhase,
    RlPlan,
    arithmetic_seconds,
    default_mfu,
    mfu_on,
    multipliers,
    rl_times,
    round_overhead,
    usual_overhead,
)
from isocost.engine.generation.rollout import Round, Trials, best_rollouts, uneven
from isocost.evidence.generation import measured_plan
from tests.engine import shapes_of_models as models
from tests.engine.machines import H100

H800 = replace(H100, id="h800-sxm", name="H800 SXM", scaleup_bandwidth=200e9)
V3 = models.DEEPSEEK_V3
FRONTIER = load().constants.serving.rl_stack("frontier")
OPEN = load().constants.serving.rl_stack("open")

# arXiv 2501.12948v2, appendix B; mean lengths read off its figure.
R1_ZERO = RlPlan(
    phases=(RlPhase(8200.0, 500.0, 9000.0, 32768.0), RlPhase(2200.0, 12000.0, 18000.0, 65536.0)),
    prompts=512.0,
    group=16.0,
    updates_per_round=16.0,
)
R1_ZERO_HOURS = 101e3


def hours(t, a, plan, stack, *, gpus):
    (found,) = rl_times(t, a, plan, stack, gpus=[gpus])
    return found


@pytest.fixture(scope="module")
def r1_zero():
    return hours(V3, H800, R1_ZERO, FRONTIER, gpus=512.0)


def test_r1_zero_is_predicted(r1_zero):
    low, central, high = r1_zero.gpu_hours
    assert 0.7 <= central / R1_ZERO_HOURS <= 1.4
    assert low < R1_ZERO_HOURS < high


def test_r1_zero_is_driven_by_its_longest_responses(r1_zero):
    assert r1_zero.driver == "longest response"
    assert r1_zero.rounds == pytest.approx(650.0)
    assert r1_zero.tokens == pytest.approx(36e9, rel=0.1)
    assert r1_zero.longest == pytest.approx(65536.0, rel=0.01), "the cap is reached in every round"
    assert r1_zero.throughput_bound < 0.6 * r1_zero.tail_bound < r1_zero.gpu_hours[1]


def test_no_constant_of_the_frontier_stack_comes_from_r1():
    source = load().constants.serving.rl["frontier"].unmodelled.source
    assert "Nemotron" in source
    assert "NeMo-RL" in source
    assert FRONTIER.unmodelled[1] == pytest.approx(
        math.sqrt(FRONTIER.unmodelled[0] * FRONTIER.unmodelled[2]), rel=0.01
    )


def test_r1_step_costs_what_its_hours_allow():
    plan = replace(R1_ZERO, phases=(RlPhase(16.0, 9000.0, 9000.0, 32768.0),))
    step = hours(V3, H800, plan, FRONTIER, gpus=512.0)
    raw = step.wall * 512.0 / 16.0
    assert 5.5 < raw < 9.0


def test_more_accelerators_do_not_shorten_the_tail():
    few = hours(V3, H800, R1_ZERO, FRONTIER, gpus=512.0)
    many = hours(V3, H800, R1_ZERO, FRONTIER, gpus=2048.0)
    assert many.generation > 0.75 * few.generation
    assert many.gpu_hours[1] > 2.5 * few.gpu_hours[1]


@pytest.fixture(scope="module")
def steps():
    """Every measured step with published lengths: (row, predicted over measured seconds)."""
    catalog = load()
    found = []
    for row in measured_rl():
        plan = measured_plan(row)
        if plan is None:
            continue
        t, a = catalog.model(row.model).transformer, catalog.accelerator(row.accelerator).spec
        time = hours(t, a, plan, replace(OPEN, weights=row.weights), gpus=row.gpus)
        found.append((row, time.wall * 3600.0 / row.step_seconds))
    return found


def test_open_source_steps_are_predicted(steps):
    errors = np.abs(np.log([ratio for row, ratio in steps if not row.apart]))
    assert len(errors) > 50
    assert np.exp(np.median(errors)) <= 1.15
    assert np.mean(errors < math.log(2.0)) > 0.9


def test_open_source_steps_lie_in_their_range(steps):
    low, _, high = OPEN.unmodelled
    whole_run = 1.0 / 0.92
    inside = [low <= whole_run / ratio <= high for row, ratio in steps if not row.apart]
    assert np.mean(inside) >= 0.80, "eight of ten of policies left out: more of those fitted"
    assert high / low < 2.6, "a range that holds all says nothing"


def test_steps_no_fit_saw_are_predicted(steps):
    """verl_megatron_practice on H20, another recipe, and a 235B whose rollouts crawled (3,360 of 4,410 s)."""
    apart = {
        (row.model, row.accelerator, row.gpus, row.tp): ratio
        for row, ratio in steps
        if row.apart and row.longest_tokens < 10_000 and "verl" in row.framework
    }
    assert len(apart) == 5
    assert all(abs(math.log(ratio)) < math.log(1.7) for ratio in apart.values()), apart


def test_older_releases_of_what_was_fitted_are_predicted(steps):
    """NeMo-RL 0.4 and 0.5: what was fitted of another release, or on another schedule."""
    older = np.log([ratio for row, ratio in steps if row.apart and "NeMo" in row.framework])
    assert len(older) == 19
    assert np.exp(np.median(np.abs(older))) < 1.25
    assert np.all(np.abs(older) < math.log(2.0))


def test_rounds_are_split_as_their_recipes_split_them(steps):
    """NeMo-RL's recipes give half of the nodes to generation one step behind, 8 of 24 eight steps behind."""
    split = [(row, ratio) for row, ratio in steps if row.schedule != "synchronous"]
    shares = {row.schedule: plan.generation_share for row, _ in split if (plan := measured_plan(row))}
    assert shares == {"one-step": 0.5, "asynchronous": pytest.approx(1.0 / 3.0, abs=1e-3)}
    small = [ratio for row, ratio in split if row.model == "Qwen3-30B-A3B"]
    assert np.median(small) > 0.84, "the fastest split made them a fifth too fast"


def test_rounds_of_long_responses_are_predicted_where_what_is_thrown_away_is_told(steps):
    """Caps of 20K on H20, opened after the fit; three times as many prompts answered as trained on."""
    long = np.array([ratio for row, ratio in steps if row.apart and row.longest_tokens > 10_000])
    assert len(long) == 16
    assert 0.7 < np.exp(np.median(np.log(long))) < 1.1
    assert np.exp(np.median(np.abs(np.log(long)))) < 1.4
    low, _, high = OPEN.unmodelled
    inside = [low <= 1.0 / 0.92 / ratio <= high for row, ratio in steps if row.apart]
    assert np.mean(inside) >= 0.75


def test_collectives_launched_one_by_one_lengthen_rounds_of_tensor_parallel_rollouts():
    longer = []
    for tp in (1.0, 4.0):
        plan = replace(R1_ZERO, replica=Replica(tp))
        captured, eager = (
            hours(models.LLAMA3_8B, H800, replace(plan, eager=each), OPEN, gpus=32.0).generation
            for each in (False, True)
        )
        longer.append(eager / captured)
    assert longer[1] > 1.1 * longer[0], "one accelerator waits for nobody"


@pytest.mark.parametrize(
    ("algorithm", "total"),
    [
        (ALGORITHMS["reinforce"], 8.0),
        (ALGORITHMS["rloo"], 10.0),
        (ALGORITHMS["grpo"], 10.0),
        (ALGORITHMS["grpo-kl"], 12.0),
        (ALGORITHMS["ppo"], 22.0),
        (ALGORITHMS["on-policy-distillation"], 10.0),
        (Algorithm("GRPO, two epochs", 1.0, 1.0, epochs=2.0), 18.0),
        (Algorithm("distillation from a teacher four times as large", reward_model=4.0), 16.0),
    ],
)
def test_multipliers(algorithm, total):
    assert multipliers(algorithm).total == total


def test_throughput_bound_of_r1_zero_by_hand():
    generation = 36.2e9 / 1850.0 / 3600.0
    arithmetic = arithmetic_seconds(36.2e9, 4.57e11, 1.0, 989e12, 0.25) / 3600.0
    assert generation == pytest.approx(5.4e3, rel=0.01)
    assert arithmetic == pytest.approx(18.6e3, rel=0.01)


def test_defaults_by_size():
    assert default_mfu(OPEN, V3) < default_mfu(OPEN, models.LLAMA3_8B)
    assert default_mfu(OPEN, models.LLAMA32_1B) == OPEN.mfu_small


def test_overhead_of_a_round_is_tens_of_seconds_even_of_small_policies():
    """verl_megatron_practice, 7B, 8,192 responses: 16-43 s beside generation, scoring and update."""
    assert 16.0 < usual_overhead(OPEN, models.LLAMA3_8B, 8192.0).total < 43.0
    assert 10.0 < usual_overhead(OPEN, models.LLAMA32_1B, 8192.0).total < 30.0
    assert usual_overhead(OPEN, V3, 512.0).total < 110.0, "NeMo-RL: 134 s a step, generation and all"


@pytest.mark.parametrize("waiting", [0.0, OPEN.waiting_share, 1.0])
def test_an_update_reaches_more_of_the_peak_where_arithmetic_is_slow(waiting):
    """verl_megatron_practice: 0.44 of an H100's peak is 0.78-0.83 of an H20's; a mixture 0.10 and 0.45."""
    h20 = load().accelerator("h20").spec
    assert mfu_on(H100, 0.44, waiting) == pytest.approx(0.44, rel=0.01)
    assert 0.75 < mfu_on(h20, 0.44, waiting) < 0.86
    assert 0.40 < mfu_on(h20, 0.10, waiting) < 0.50


def test_a_part_with_more_arithmetic_updates_faster_but_not_in_step():
    gb200 = load().accelerator("gb200").spec
    peaks = gb200.peak_flops["bf16"] / H100.peak_flops["bf16"]
    assert 1.0 < peaks * mfu_on(gb200, 0.33, OPEN.waiting_share) / 0.33 < peaks


def test_discarded_prompts_cost_generation_and_no_update():
    every = hours(models.LLAMA3_8B, H100, MATH, OPEN, gpus=64.0)
    kept = hours(models.LLAMA3_8B, H100, replace(MATH, oversampling=2.0), OPEN, gpus=64.0)
    assert kept.update == pytest.approx(every.update)
    assert kept.tokens == pytest.approx(2.0 * every.tokens)
    assert kept.generation > 1.1 * every.generation
    assert kept.overhead > every.overhead, "rewards of what is thrown away"


def test_batches_one_after_the_other_each_wait_for_their_longest_response():
    thrice = replace(MATH, oversampling=3.0)
    at_once = hours(models.LLAMA3_8B, H100, thrice, OPEN, gpus=64.0)
    in_turn = hours(models.LLAMA3_8B, H100, replace(thrice, batches=3.0), OPEN, gpus=64.0)
    one = hours(models.LLAMA3_8B, H100, MATH, OPEN, gpus=64.0)
    assert in_turn.generation == pytest.approx(3.0 * one.generation)
    assert in_turn.generation > 1.5 * at_once.generation
    assert in_turn.tokens == pytest.approx(at_once.tokens)
    assert (in_turn.update, in_turn.overhead) == pytest.approx((at_once.update, at_once.overhead))
    never = [
        hours(models.LLAMA3_8B, H100, replace(thrice, batches=n, schedule="asynchronous"), OPEN, gpus=64.0)
        for n in (1.0, 3.0)
    ]
    assert never[1].generation == pytest.approx(never[0].generation, rel=0.05), "nothing waits"


def test_the_engine_with_most_to_write_ends_a_round_with_a_queue():
    """verl_megatron_practice, 20K on H20: the slowest of 8 engines takes 1.08-1.20 times as long."""
    lengths = ln.Lengths(3300.0, 20480.0)
    job = Round(1536.0, 16.0, 130.0, lengths)
    tp = np.array([32.0, 4.0, 1.0])
    trials = Trials((job,), np.zeros(3, dtype=np.intp), np.full(3, 32.0), tp, np.ones(3), np.ones(3))
    alone, eight, many = uneven(trials, 32.0 / tp)
    assert alone == pytest.approx(0.0, abs=1e-9), "one engine waits for nobody"
    assert 0.05 < eight < 0.2
    assert many > eight


@given(
    st.floats(300.0, 6000.0), st.floats(1.3, 8.0), st.sampled_from([1.0, 2.0, 8.0]), st.floats(8.0, 1024.0)
)
def test_a_round_takes_at_least_its_longest_response_and_at_most_more_with_a_higher_cap(
    mean, above, tp, prompts
):
    rounds = [
        hours(
            models.LLAMA3_8B, H100,
            RlPlan((RlPhase(1.0, mean, mean, cap),), prompts, 16.0, replica=Replica(tp), loop_rate=0.01),
            OPEN, gpus=8.0,
        )
        for cap in (above * mean, 2.0 * above * mean)
    ]  # fmt: skip
    for found in rounds:
        alone = found.rollout.longest / found.rollout.tail_rate / 3600.0
        assert found.generation >= 0.9 * alone, "no batch writes it faster than it writes itself"
        assert found.rollout.throughput_bound / 3600.0 <= 1.001 * found.generation
    assert rounds[1].generation >= 0.999 * rounds[0].generation


@pytest.mark.parametrize("schedule", ["synchronous", "one-step", "asynchronous"])
def test_accelerators_set_apart_leave_fewer_for_the_update(schedule):
    plan = replace(MATH, schedule=schedule)
    alone = hours(models.LLAMA3_8B, H100, replace(plan, generation_share=0.125), OPEN, gpus=64.0)
    even = hours(models.LLAMA3_8B, H100, replace(plan, generation_share=0.5), OPEN, gpus=64.0)
    free = hours(models.LLAMA3_8B, H100, plan, OPEN, gpus=64.0)
    assert alone.generation > even.generation
    one_of_eight = replace(plan, generation_share=0.05)
    assert hours(models.LLAMA3_8B, H100, one_of_eight, OPEN, gpus=8.0) is not None, "one card at least"
    assert hours(models.LLAMA3_8B, H100, one_of_eight, OPEN, gpus=1.0) is None
    assert free.wall <= 1.001 * min(alone.wall, even.wall), "the best of all splits, or no split"


MATH = RlPlan((RlPhase(100.0, 3000.0, 3000.0, 16384.0),), 128.0, 16.0)


def test_asynchrony_hides_the_tail():
    together = hours(models.LLAMA3_8B, H100, MATH, OPEN, gpus=64.0)
    apart = hours(models.LLAMA3_8B, H100, replace(MATH, schedule="asynchronous"), OPEN, gpus=64.0)
    assert 1.2 < together.wall / apart.wall < 3.0, "AReaL 2.3-2.8x, verl 1.9-2.7x on 7B"


def test_staged_context_is_cheaper_than_starting_long():
    staged = replace(
        MATH,
        phases=(RlPhase(50.0, 1500.0, 2000.0, 8192.0), RlPhase(50.0, 3000.0, 4000.0, 24576.0)),
    )
    single = replace(MATH, phases=(RlPhase(100.0, 3500.0, 4000.0, 24576.0),))
    small = {"gpus": 64.0}
    assert hours(models.LLAMA3_8B, H100, staged, OPEN, **small).wall < (
        hours(models.LLAMA3_8B, H100, single, OPEN, **small).wall
    )


def test_parts_of_a_synchronous_run_are_its_whole():
    time = hours(models.LLAMA3_8B, H100, MATH, OPEN, gpus=64.0)
    assert time.generation + time.scoring + time.update + time.overhead == pytest.approx(time.wall)
    assert time.tokens == pytest.approx(100 * 128 * 16 * 3000)
    assert 0.002 < time.utilisation < 0.25


def test_the_callers_mfu_and_overhead_count():
    base = hours(models.LLAMA3_8B, H100, replace(MATH, mfu=0.3, overhead=0.0), OPEN, gpus=64.0)
    slow = hours(models.LLAMA3_8B, H100, replace(MATH, mfu=0.15, overhead=36.0), OPEN, gpus=64.0)
    assert slow.update == pytest.approx(2.0 * base.update)
    assert slow.overhead - base.overhead == pytest.approx(1.0)


def test_what_does_not_fit_has_no_hours():
    assert hours(V3, H800, R1_ZERO, FRONTIER, gpus=4.0) is None
    assert hours(V3, H800, replace(R1_ZERO, replica=Replica(1.0)), FRONTIER, gpus=512.0) is None
    assert hours(models.LLAMA31_405B, H100, replace(MATH, schedule="one-step"), OPEN, gpus=8.0) is None


def test_a_run_without_phases_is_refused():
    with pytest.raises(ValueError, match="at least one phase"):
        hours(models.LLAMA3_8B, H100, replace(MATH, phases=()), OPEN, gpus=8.0)


def test_lognormal_of_r1_zero():
    mu, sigma = ln.lognormal(7000.0, 0.9)
    assert mu == pytest.approx(8.557, abs=0.001)
    assert sigma == pytest.approx(0.770, abs=0.001)


@given(st.floats(500.0, 30_000.0), st.floats(0.2, 1.2), st.floats(0.0, 0.004))
def test_the_mean_of_the_lengths_is_the_mean_asked_for(mean, cv, loops):
    lengths = ln.Lengths(mean, 32768.0, cv, loops)
    grid = np.linspace(0.0, 32768.0, 8001)
    assert np.trapezoid(ln.survival(lengths, grid), grid) == pytest.approx(mean, rel=0.002)


def test_loops_reach_the_cap_and_nothing_passes_it():
    lengths = ln.Lengths(2000.0, 32768.0, 0.5, 0.002)
    alive = ln.survival(lengths, np.array([32000.0, 32768.0]))
    assert alive[0] == pytest.approx(0.002, rel=0.05)
    assert alive[1] == 0.0


def test_impossible_lengths_are_named():
    with pytest.raises(ValueError, match="between 0 and the longest"):
        ln.location(ln.Lengths(5000.0, 4000.0))
    with pytest.raises(ValueError, match="looping"):
        ln.location(ln.Lengths(100.0, 32768.0, 0.9, 0.01))


def test_normal_distribution():
    assert ln.normal_cdf(np.array([-1.96, 0.0, 1.96])) == pytest.approx([0.025, 0.5, 0.975], abs=1e-4)


def job(group=16.0, mean=3000.0):
    return Round(128.0, group, 300.0, ln.Lengths(mean, 16384.0))


def rolled(gpus, group=16.0, replica=None):
    first = np.zeros(1, dtype=np.intp)
    return best_rollouts(
        models.LLAMA3_8B, H100, Format(), OPEN.serving, [job(group)], first, np.array([gpus]), replica=replica
    ).one(0)


def test_a_round_lies_between_its_bounds():
    time = rolled(32.0)
    assert max(time.throughput_bound, time.tail_bound) <= time.seconds * 1.001
    assert time.seconds <= (time.throughput_bound + time.tail_bound) * 1.2
    assert time.longest == pytest.approx(16384.0, rel=0.03)


def test_a_round_beyond_memory_queues():
    few = rolled(8.0, 512.0, Replica(1.0))
    double = rolled(8.0, 1024.0, Replica(1.0))
    assert few.waves > 2.0
    assert double.waves == pytest.approx(2.0 * few.waves)
    assert 1.8 < double.seconds / few.seconds <= 2.0


def test_larger_rounds_cost_less_per_token():
    small = rolled(64.0, 4.0)
    large = rolled(64.0, 32.0)
    assert large.seconds < 4.0 * small.seconds


def test_an_update_waits_for_sharded_weights_over_pcie_only():
    cards = replace(H100, scaleup_bandwidth=32e9)
    plan = replace(MATH, replica=Replica(1.0))
    linked, waiting = (hours(models.LLAMA3_8B, a, plan, OPEN, gpus=8.0) for a in (H100, cards))
    sent = 7.0 / 8.0 * 16.06e9 / (32e9 * OPEN.serving.host_efficiency)
    tokens = waiting.tokens * (1.0 + MATH.prompt_tokens / 3000.0)
    passes = 3.0 * tokens / 8.0 / 16384.0
    assert waiting.update - linked.update == pytest.approx(passes * sent / 3600.0, rel=0.02)


def test_an_asynchronous_run_keeps_rounds_in_flight():
    small = replace(MATH, prompts=32.0, schedule="asynchronous", generation_share=0.75)
    few, many = (
        hours(models.LLAMA3_8B, H100, replace(small, prompts=n), OPEN, gpus=32.0) for n in (32.0, 128.0)
    )
    assert many.generation > 2.0 * few.generation, "four small rounds at once fill no more than one large"


def test_a_trainer_in_the_same_memory_leaves_less_for_generation():
    crowded, free = (replace(OPEN, memory_colocated=share) for share in (0.3, 0.9))
    full = replace(MATH, prompts=2048.0)
    tight, wide = (hours(models.LLAMA3_8B, H100, full, stack, gpus=8.0) for stack in (crowded, free))
    assert tight.generation > 1.1 * wide.generation
    apart = replace(full, generation_share=0.5)
    assert hours(models.LLAMA3_8B, H100, apart, crowded, gpus=8.0).generation == pytest.approx(
        hours(models.LLAMA3_8B, H100, apart, free, gpus=8.0).generation
    )


def test_collectives_launched_one_by_one_are_no_faster_over_the_network():
    """An all-reduce over two nodes takes what it takes within one, launches and all, and more."""
    plan = replace(R1_ZERO, eager=True)
    within, beyond = (
        hours(models.LLAMA3_8B, H100, replace(plan, replica=Replica(tp)), OPEN, gpus=64.0).tail_rate
        for tp in (8.0, 16.0)
    )
    assert beyond < within


def test_kernels_launched_one_by_one_slow_the_tail_of_a_mixture():
    plan = replace(MATH, prompts=32.0)
    eager, captured = (
        hours(models.QWEN3_30B_A3B, H100, replace(plan, eager=e), OPEN, gpus=8.0) for e in (1, 0)
    )
    assert 1.3 < eager.generation / captured.generation < 5.0
    assert eager.update == captured.update


def test_verl_of_2025_is_measured_without_captured_graphs():
    plans = {row.framework.split()[0]: plan for row in measured_rl() if (plan := measured_plan(row))}
    assert plans["verl"].eager
    assert not plans["NeMo-RL"].eager


def test_what_a_round_takes_beside_is_what_it_is_made_of():
    plan = RlPlan(phases=(RlPhase(100.0, 1000.0, 2000.0, 8192.0),), prompts=64.0, group=8.0)
    usual = round_overhead(OPEN, models.LLAMA3_8B, plan)
    assert usual.rewards == pytest.approx(OPEN.reward_seconds * 512.0)
    assert usual.total == pytest.approx(usual.switching + usual.rewards + usual.sync)
    found = hours(models.LLAMA3_8B, H100, plan, OPEN, gpus=64.0)
    assert found.overhead * 3600.0 / found.rounds == pytest.approx(usual.total)
    ahead = round_overhead(OPEN, models.LLAMA3_8B, replace(plan, schedule="one-step"))
    assert (ahead.sync, ahead.switching, ahead.rewards) == (pytest.approx(usual.total / 3.0), 0.0, 0.0)
    assert round_overhead(OPEN, models.LLAMA3_8B, replace(plan, overhead=9.0)).typed == 9.0


def test_accelerators_set_apart_for_generation_are_told():
    plan = RlPlan(phases=(RlPhase(100.0, 1000.0, 2000.0, 8192.0),), prompts=64.0, group=8.0)
    assert hours(models.LLAMA3_8B, H100, plan, OPEN, gpus=64.0).rollout.gpus == 64.0
    apart = replace(plan, generation_share=0.25)
    assert hours(models.LLAMA3_8B, H100, apart, OPEN, gpus=64.0).rollout.gpus == 16.0


def test_bounds_lie_below_what_a_run_takes():
    found = hours(models.LLAMA3_8B, H100, MATH, OPEN, gpus=64.0)
    assert 0.0 < found.tail_bound < found.gpu_hours[1]
    assert 0.0 < found.throughput_bound < found.gpu_hours[1]
