from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isocost.catalog import load
from isocost.engine.arrays import Transformers, Workloads
from isocost.engine.layout import Layouts
from isocost.engine.records import Habits, Transformer, Workload
from isocost.engine.training.efficiency import machines
from isocost.engine.training.step import StepSeconds, evaluate
from tests.engine.machines import A100, H100

LLAMA_8B = Transformer("8B", 32, 4096, 32, 8, 128, 14336, 128256)
LLAMA_70B = Transformer("70B", 80, 8192, 64, 8, 128, 28672, 128256)
MIXTURE = replace(
    LLAMA_8B, name="moe", moe_layers=32, experts=64, top_k=8, expert_ffn=1792, ffn=14336, shared_experts=1
)
MLA = replace(
    LLAMA_8B,
    name="mla",
    attention="mla",
    q_lora_rank=1536,
    kv_lora_rank=512,
    qk_nope_dim=128,
    qk_rope_dim=64,
    v_head_dim=128,
)
WORK = Workload(sequence=8192, global_batch=512)
EFFICIENCY = load().constants.efficiency.record()


def step(
    model=LLAMA_8B, work=WORK, accelerator=H100, stack="vendor", year=None, every_second=0.0, **layout
) -> StepSeconds:
    layout = {"accelerators": 64, "global_batch": work.global_batch, **layout}
    rates = machines([accelerator], [work.precision], [stack], EFFICIENCY, None if year is None else [year])
    return evaluate(Transformers.of([model]), Workloads.of([work], every_second), rates, Layouts.of(**layout))


def total(**kwargs) -> float:
    return float(step(**kwargs).total[0])


def test_the_parts_add_up_and_none_is_negative():
    parts = step(model=LLAMA_70B, tp=4, pp=4, vp=5, cp=2, recompute=1)
    values = [float(getattr(parts, f.name)[0]) for f in fields(parts)]
    assert min(values) >= 0.0
    assert sum(values) == pytest.approx(float(parts.total[0]))


def test_each_kind_of_parallelism_shows_in_its_own_part():
    assert step(tp=4).tensor_comm[0] > step(tp=1).tensor_comm[0] == 0.0
    assert step(cp=4).context_comm[0] > step(cp=1).context_comm[0] == 0.0
    assert step(model=MIXTURE, ep=8).expert_comm[0] > step(model=MIXTURE, ep=1).expert_comm[0] == 0.0
    assert step(pp=4).pipeline[0] > step(pp=1).pipeline[0] == 0.0
    assert step(recompute=2).recompute[0] > step(recompute=1).recompute[0] > step(recompute=0).recompute[0]


def test_full_recomputation_costs_about_a_forward_pass():
    ratio = total(recompute=2) / total(recompute=0)
    assert 1.2 < ratio < 1.4


@pytest.mark.parametrize(
    ("model", "most"), [(LLAMA_8B, 0.6), (MIXTURE, 0.85), (MLA, 0.85)], ids=["dense", "mixture", "latent"]
)
def test_repeating_every_second_product_and_all_of_experts_costs_less_than_repeating_all(model, most):
    def repeated(**options) -> float:
        return step(model=model, tp=2, **options).recompute[0]

    every_second = repeated(every_second=1.0, recompute=1)
    assert repeated(recompute=1) < 0.8 * every_second
    assert 0.2 < every_second / repeated(recompute=2) < most
    for mode in (0, 2):
        assert repeated(every_second=1.0, recompute=mode) == repeated(recompute=mode)


def test_torchtitans_selective_recomputation_costs_what_its_matmuls_do():
    """Llama 2 13B repeats keys, output and one of three inner products: 39 % of a layer's weights."""
    llama2_13b = Transformer("13B", 40, 5120, 40, 40, 128, 13824, 32000)
    own = {"model": llama2_13b, "work": replace(WORK, sequence=4096), "accelerator": A100, "stack": "open"}
    none = step(**own)
    slower = total(**own, every_second=1.0, recompute=1) / float(none.total[0]) - 1.0
    matmuls = 0.39 / 3.0 * float(none.matmul[0] / none.total[0])
    assert matmuls < slower < matmuls + 0.04


def test_eight_bits_gain_less_than_twice():
    assert 1.15 < total() / total(work=replace(WORK, precision="fp8")) < 1.8


def test_tensor_parallel_across_nodes_is_slow():
    assert total(tp=16, model=LLAMA_70B) > 1.15 * total(tp=8, model=LLAMA_70B)


def test_sequence_parallelism_spares_memory_passes():
    assert total(tp=8, sequence_parallel=True) < total(tp=8, sequence_parallel=False)


def test_interleaving_shrinks_the_bubble():
    small = replace(WORK, global_batch=64)
    plain = step(model=LLAMA_70B, work=small, tp=4, pp=8, vp=1)
    interleaved = step(model=LLAMA_70B, work=small, tp=4, pp=8, vp=5)
    assert interleaved.pipeline[0] < 0.5 * plain.pipeline[0]


def test_adapters_train_faster_than_all_weights():
    assert 0.55 < total(work=replace(WORK, method="lora")) / total() < 0.85


def test_unpacking_four_bits_costs_time():
    short = replace(WORK, sequence=2048)
    slower = total(work=replace(short, method="qlora")) / total(work=replace(short, method="lora"))
    assert 1.1 < slower < 2.0


def test_writing_scores_to_memory_is_slower_than_fusing():
    assert total(work=replace(WORK, flash_attention=False)) > 1.3 * total()


def test_research_code_is_slower_than_the_vendors():
    assert total(stack="research", microbatch=2) > 1.1 * total(stack="vendor", microbatch=2)


def test_first_software_on_an_architecture_is_slower():
    assert total(year=2023.0) > 1.05 * total(year=2026.0)


def test_a_state_sharded_in_groups_is_updated_by_more_accelerators():
    everyone, groups = step(sharding=1), step(sharding=1, shard_group=8)
    assert groups.optimizer[0] == pytest.approx(8.0 * everyone.optimizer[0])
    assert step(sharding=1, shard_group=64).total[0] == pytest.approx(everyone.total[0])


def test_groups_that_hold_replicas_of_each_other_add_up_their_gradients():
    small = replace(WORK, global_batch=64)
    within, across = (
        step(work=small, stack="open", sharding=3, shard_group=8, accelerators=n, global_batch=n)
        for n in (8, 64)
    )
    assert across.data_comm[0] > within.data_comm[0]
    for part in ("matmul", "attention", "optimizer"):
        assert getattr(across, part)[0] == pytest.approx(getattr(within, part)[0])


def test_a_windowed_layer_attends_less():
    windowed = replace(LLAMA_8B, window=128, windowed_layers=16)
    assert step(model=windowed).attention[0] < 0.6 * step().attention[0]


def test_an_architecture_nobody_measured_still_has_a_time():
    unknown = replace(H100, architecture="Photonic")
    assert total(accelerator=unknown) == pytest.approx(total())


def test_rows_computed_together_equal_rows_computed_alone():
    tp, pp = [1, 2, 4, 8], [1, 2, 4, 2]
    together = step(tp=tp, pp=pp).total
    alone = [total(tp=a, pp=b) for a, b in zip(tp, pp, strict=True)]
    np.testing.assert_allclose(together, alone)


layouts = st.fixed_dictionaries(
    {
        "tp": st.sampled_from([1, 2, 4, 8, 16]),
        "pp": st.sampled_from([1, 2, 4, 8]),
        "cp": st.sampled_from([1, 2, 4]),
        "microbatch": st.sampled_from([1, 2, 4]),
        "recompute": st.sampled_from([0, 1, 2]),
        "sharding": st.sampled_from([0, 1, 2, 3]),
        "accelerators": st.sampled_from([512, 1024, 4096]),
    }
)
models = st.sampled_from([LLAMA_8B, LLAMA_70B, MIXTURE])
stacks = st.sampled_from(["vendor", "open", "research"])


@settings(max_examples=60, deadline=None)
@given(models, layouts, stacks, st.floats(1.0, 3.0))
@pytest.mark.parametrize("part", ["memory_bandwidth", "scaleup_bandwidth", "scaleout_bandwidth"])
def test_faster_hardware_never_slows_a_layout(part, model, layout, stack, factor):
    better = replace(H100, **{part: getattr(H100, part) * factor})
    before = total(model=model, stack=stack, **layout)
    assert total(model=model, stack=stack, accelerator=better, **layout) <= before * (1.0 + 1e-9)


@settings(max_examples=60, deadline=None)
@given(models, layouts, stacks)
def test_no_layout_beats_the_best_measured_matmul(model, layout, stack):
    seconds = step(model=model, stack=stack, **layout)
    assert np.isfinite(seconds.total).all()
    weights = Transformers.of([model])
    active = weights.layers * (
        weights.attention_parameters
        + (1.0 - weights.moe_layers / weights.layers) * weights.dense_parameters
        + weights.moe_layers
        / weights.layers
        * (weights.moe_parameters - weights.routed_parameters * (1.0 - 8.0 / 64.0 if model.is_moe else 0.0))
    )
    flops = 6.0 * active[0] * WORK.sequence * WORK.global_batch
    assert flops / (seconds.total[0] * layout["accelerators"] * 989e12) < 0.803


@settings(max_examples=40, deadline=None)
@given(models, layouts)
def test_a_larger_batch_never_costs_less(model, layout):
    bigger = replace(WORK, global_batch=2 * WORK.global_batch)
    assert total(model=model, work=bigger, **layout) >= total(model=model, **layout)


def test_the_newest_stack_hides_most_of_the_exchange_between_experts():
    layout = {"model": MIXTURE, "ep": 64, "pp": 4, "accelerators": 256}
    before, since = step(year=2026.0, **layout), step(year=2026.5, **layout)
    assert 0.3 < since.expert_comm[0] / before.expert_comm[0] < 0.5
    assert since.expert_comm[0] > 0.0
    of_open = [float(step(stack="open", year=year, **layout).expert_comm[0]) for year in (2026.0, 2026.5)]
    assert of_open[1] < of_open[0]  # those that compile hide it too
    assert float(step(stack="open", **layout).expert_comm[0]) == pytest.approx(of_open[1])


def test_an_exchange_longer_than_the_layers_shows():
    slow = replace(H100, scaleout_bandwidth=H100.scaleout_bandwidth / 40.0)
    layout = {"model": MIXTURE, "ep": 64, "pp": 4, "accelerators": 256, "accelerator": slow}
    parts = step(**layout)
    kernels = parts.matmul[0] + parts.attention[0] + parts.elementwise[0]
    assert parts.expert_comm[0] > 2.0 * kernels


@given(st.floats(1.0, 4.0), st.sampled_from([1, 8, 16, 64]))
def test_a_faster_network_never_slows_overlapped_experts(factor, ep):
    layout = {"model": MIXTURE, "ep": ep, "accelerators": 256}
    faster = replace(H100, scaleout_bandwidth=H100.scaleout_bandwidth * factor)
    assert total(accelerator=faster, **layout) <= total(**layout) * (1.0 + 1e-9)


@given(st.floats(1.0, 4.0), st.sampled_from([1, 8, 16, 64]))
def test_faster_memory_never_slows_overlapped_experts(factor, ep):
    layout = {"model": MIXTURE, "ep": ep, "accelerators": 256}
    faster = replace(H100, memory_bandwidth=H100.memory_bandwidth * factor)
    assert total(accelerator=faster, **layout) <= total(**layout) * (1.0 + 1e-9)


def test_a_state_space_layer_takes_its_own_projections_and_passes():
    hybrid = replace(LLAMA_8B, attention="hybrid", window=256, windowed_layers=28, state_width=8192)
    wide, narrow = (step(model=replace(hybrid, state_projected=n)) for n in (24000, 18000))
    assert wide.matmul[0] > narrow.matmul[0]
    assert wide.attention[0] > narrow.attention[0]
    attending = step(model=replace(hybrid, state_projected=18000, state_width=0))
    assert narrow.attention[0] > attending.attention[0] + 2.0 * attending.elementwise[0]
    assert attending.attention[0] < 0.3 * step().attention[0]


def test_layers_without_a_feed_forward_neither_compute_nor_gather_for_it():
    half = replace(LLAMA_8B, feedforward_layers=16)
    whole, less = step(tp=4), step(model=half, tp=4)
    assert 0.5 < less.matmul[0] / whole.matmul[0] < 0.7
    assert less.tensor_comm[0] == pytest.approx(0.75 * whole.tensor_comm[0])
    assert less.elementwise[0] < whole.elementwise[0]


def test_tokens_projected_before_they_are_sent_travel_lighter():
    narrow = replace(MIXTURE, expert_hidden=1024)
    layout = {"ep": 64, "accelerators": 256, "year": 2025.0}
    ratio = step(model=narrow, **layout).expert_comm[0] / step(model=MIXTURE, **layout).expert_comm[0]
    assert 0.2 < ratio < 0.4


def test_a_framework_that_overlaps_hides_the_exchange_before_others_do():
    def exchanged(overlapping: bool) -> float:
        habits = Habits(overlapping=overlapping, deduplicated=True)
        rates = machines([H100], ["fp8"], ["vendor"], EFFICIENCY, [2024.5], [habits])
        layout = Layouts.of(accelerators=256, global_batch=512, ep=64)
        work = Workloads.of([replace(WORK, precision="fp8")])
        return float(evaluate(Transformers.of([MIXTURE]), work, rates, layout).expert_comm[0])

    assert exchanged(True) < 0.6 * exchanged(False)


def test_a_token_crosses_once_for_all_experts_of_a_domain_where_the_stack_sees_to_it():
    def exchanged(year: float, deduplicated: bool = False) -> float:
        habits = Habits(deduplicated=deduplicated)
        rates = machines([H100], ["bf16"], ["vendor"], EFFICIENCY, [year], [habits])
        layout = Layouts.of(accelerators=256, global_batch=512, ep=64)
        return float(evaluate(Transformers.of([MIXTURE]), Workloads.of([WORK]), rates, layout).expert_comm[0])

    assert exchanged(2025.5) > 1.2 * exchanged(2025.5, deduplicated=True)
    assert exchanged(2026.0) == pytest.approx(exchanged(2025.5, deduplicated=True))


def test_recomputing_attention_alone_repeats_its_forward_pass():
    layout = Layouts.of(accelerators=64, global_batch=512, recompute=1)
    rates = machines([H100], ["bf16"], ["vendor"], EFFICIENCY)
    llama = Transformers.of([LLAMA_8B])
    whole, core = (
        evaluate(llama, Workloads.of([WORK], core_attention=each), rates, layout) for each in (0.0, 1.0)
    )
    forward = 1.0 / (1.0 + 2.5 / 0.85)
    assert core.recompute[0] == pytest.approx(core.attention[0] * forward, rel=1e-6)
    assert whole.recompute[0] != core.recompute[0]


def repeated(model=LLAMA_8B, work=WORK, mode=2, **habits) -> float:
    """Seconds of recomputation under a framework's habits."""
    layout = Layouts.of(accelerators=64, global_batch=work.global_batch, tp=2, recompute=mode)
    rates = machines([H100], ["bf16"], ["open"], EFFICIENCY, [2026.0], [Habits(**habits)])
    return float(evaluate(Transformers.of([model]), Workloads.of([work]), rates, layout).recompute[0])


def test_recomputation_ends_with_the_last_tensor_a_gradient_needs():
    """The last product of a layer is added to the residual stream, and nothing asks for it again."""
    left = repeated(stops_early=True) / repeated(stops_early=False)
    inner, everything = 4096 * 14336, 4096 * (4096 + 2048 + 4096) + 3 * 4096 * 14336
    # Attention and passes over memory are repeated all the same.
    assert 1.0 - inner / everything < left < 1.0 - 0.6 * inner / everything
    # PyTorch does so where nobody says otherwise; what is not recomputed whole has no such end.
    assert repeated() == repeated(stops_early=True)
    assert repeated(mode=1, stops_early=True) == repeated(mode=1, stops_early=False) > 0.0
    # Gradients of scores need what their experts make of a token.
    assert repeated(MIXTURE, stops_early=True) == repeated(MIXTURE, stops_early=False)


def test_an_adapter_on_the_last_product_comes_after_it():
    for targets, ends in ((("query", "value"), True), (("query", "down"), False)):
        work = replace(WORK, method="lora", lora_targets=frozenset(targets))
        early, whole = (repeated(work=work, stops_early=each) for each in (True, False))
        assert (early < 0.95 * whole) == ends


def test_sharded_weights_and_gradients_are_copied_to_and_from_what_collectives_take():
    """Gathered twice, 2 bytes read and written; gradients of 2 bytes read, and 4 or 2 written (PyTorch)."""

    def seconds(year=2026.0, narrow=False, stack="open", **layout) -> float:
        rates = machines([H100], ["bf16"], [stack], EFFICIENCY, [year], [Habits(narrow_gradients=narrow)])
        bare = replace(rates, copied_weights=np.zeros(1), copied_gradients=np.zeros(1))
        # A step of one microbatch a rank, and a network that never shows.
        layouts = Layouts.of(accelerators=8, global_batch=8, microbatch=1, **layout)
        t, w = Transformers.of([LLAMA_8B]), Workloads.of([replace(WORK, global_batch=8)])
        with_copies, without = (float(evaluate(t, w, each, layouts).total[0]) for each in (rates, bare))
        weights = float((t.layers * t.layer_parameters)[0])
        return (with_copies - without) * float(rates.memory[0]) / weights

    assert seconds(sharding=3) == pytest.approx(4 + 4 + 6, rel=0.03)
    assert seconds(2024.0, sharding=3) == pytest.approx(6, rel=0.03)
    assert seconds(narrow=True, sharding=3) == pytest.approx(4, rel=0.03)
    assert seconds(sharding=1) == seconds(stack="vendor", sharding=3) == 0.0
    assert seconds(sharding=3, shard_group=1) == 0.0


def test_experts_with_biases_pass_through_memory_more_often():
    plain, biased = (step(model=replace(MIXTURE, expert_biases=each), ep=8) for each in (False, True))
    assert biased.elementwise[0] > 1.5 * plain.elementwise[0]
    assert biased.matmul[0] == plain.matmul[0]
    dense = replace(LLAMA_8B, expert_biases=True)
    assert step(model=dense).total[0] == step(model=LLAMA_8B).total[0]


def test_layers_that_are_recomputed_are_launched_again():
    """Where the host sets the pace, a forward pass more takes its launches: 1 + 1.5, or 1 + 1.5 + 1."""
    small = replace(
        LLAMA_8B, hidden=256.0, ffn=512.0, heads=4.0, kv_heads=4.0, head_dim=64.0, vocabulary=1000.0
    )
    work = replace(WORK, sequence=256.0)
    layout = {"model": small, "work": work, "stack": "research", "accelerators": 1, "microbatch": 1}
    none, selective, full = (total(**layout, recompute=mode) for mode in (0, 1, 2))
    assert full / none == pytest.approx(3.5 / 2.5, rel=0.02)
    assert selective / none == pytest.approx(3.0 / 2.5, rel=0.02)


def test_experts_that_are_one_kernel_cast_within_it():
    def casts(year: float) -> float:
        """Seconds of casts alone."""
        free = replace(EFFICIENCY, cast_bytes=dict.fromkeys(EFFICIENCY.cast_bytes, 0.0))
        with_casts, without = (
            evaluate(
                Transformers.of([MIXTURE]),
                Workloads.of([replace(WORK, precision="mxfp8")]),
                machines([H100], ["mxfp8"], ["vendor"], constants, [year]),
                Layouts.of(accelerators=64, global_batch=WORK.global_batch, ep=8),
            ).elementwise[0]
            for constants in (EFFICIENCY, free)
        )
        return float(with_casts - without)

    # Those of attention and of dense layers are kernels of their own.
    assert EFFICIENCY.fused_experts < casts(2026.41) / casts(2026.39) < 0.9


def test_hybrids_neither_hide_the_exchange_nor_fuse_experts():
    hybrid = replace(MIXTURE, attention="hybrid")
    layout = {"model": hybrid, "ep": 64, "accelerators": 256}
    then, now = step(year=2026.39, **layout), step(year=2026.41, **layout)
    assert now.expert_comm[0] == pytest.approx(then.expert_comm[0])


def stalls(**layout) -> float:
    """Seconds a microbatch that only the stalls of research code's pipelines add."""
    rates = {
        seconds: machines([H100], ["bf16"], ["research"], replace(EFFICIENCY, stall=seconds))
        for seconds in (0.0, 1.0)
    }
    rows = Layouts.of(global_batch=512, **layout)
    llama, work = Transformers.of([LLAMA_8B]), Workloads.of([WORK])
    both = [evaluate(llama, work, m, rows).pipeline[0] for m in rates.values()]
    return float((both[1] - both[0]) / rows.microbatches[0])


def test_a_blocked_pipeline_waits_for_each_neighbour_of_a_stage():
    assert stalls(accelerators=512, tp=8, pp=1) == 0.0
    assert stalls(accelerators=512, tp=8, pp=2) == pytest.approx(1.0)
    for stages in (4, 8):
        assert stalls(accelerators=512, tp=8, pp=stages) == pytest.approx(2.0)


def test_pipelines_block_at_large_counts_or_with_tensor_parallel_over_many_nodes():
    assert stalls(accelerators=128, tp=8, pp=2) < 0.01
    assert stalls(accelerators=128, tp=32, pp=2) == pytest.approx(1.0)
    assert stalls(accelerators=128, tp=4, pp=2, sharding=0) == pytest.approx(0.5)


def test_a_stack_that_weighs_the_head_leaves_the_last_stage_fewer_layers():
    """28 layers and a head worth 3.6 of them: 8, 8, 8 and 4 layers, instead of 7 each and the head."""
    model = Transformer("3B", 28, 3072, 32, 32, 96, 8192, 131072)

    def waiting(balanced: float) -> float:
        rates = machines([H100], ["bf16"], ["open"], EFFICIENCY)
        rates = replace(rates, balanced=np.full(1, balanced))
        layout = Layouts.of(accelerators=8, global_batch=256, pp=4)
        parts = evaluate(Transformers.of([model]), Workloads.of([Workload(4096, 256)]), rates, layout)
        return float(parts.pipeline[0] / parts.total[0])

    assert waiting(0.0) > 0.15
    assert waiting(1.0) < 0.5 * waiting(0.0)


def test_a_model_takes_as_long_beside_others_as_alone():
    """What one model lacks (latent projections, shared experts, state spaces) costs it nothing in a batch."""
    hybrid = replace(
        LLAMA_8B, attention="hybrid", window=256, windowed_layers=28, state_width=8192, state_projected=18000
    )
    models = [LLAMA_8B, MLA, MIXTURE, hybrid, replace(MIXTURE, shared_experts=0)]
    rates = machines([H100] * 5, ["fp8"] * 5, ["vendor"] * 5, EFFICIENCY)
    layout = Layouts.of(accelerators=[64] * 5, global_batch=512, tp=2)
    work = replace(WORK, precision="fp8")
    together = evaluate(Transformers.of(models), Workloads.of([work] * 5), rates, layout).total
    alone = [total(model=model, work=work, tp=2) for model in models]
    assert together == pytest.approx(alone, rel=1e-12)
