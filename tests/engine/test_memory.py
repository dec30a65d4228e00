from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from isocost.catalog import CatalogError, load
from isocost.catalog.constants.physics.memory import read_memory_profiles
from isocost.engine.architecture import adapter_parameters, parameters
from isocost.engine.arrays import Transformers
from isocost.engine.layout import Layouts
from isocost.engine.records import Workload
from isocost.engine.training.memory import Memory, memory, needs, peak_bytes, usable_bytes
from isocost.engine.training.states import FOUR_BIT, MemoryProfile, StateBytes
from tests.engine import shapes_of_models as models
from tests.engine.machines import H100
from tests.engine.made_shapes import shape_for

GIB = 2.0**30
PLAIN = MemoryProfile(
    gradient_bytes=4.0,
    persistent_gradients=1.0,
    attention_copies=0.0,
    ffn_copies=1.0,
    logit_bytes=4.0,
    working_layers=0.0,
    head_balanced=0.0,
    allocated_bytes=0.0,
    reserve_bytes=0.0,
    communicator_bytes=0.0,
    fragmentation=0.0,
)


def peak(
    model,
    *,
    profile=PLAIN,
    sequence=4096.0,
    method="full",
    optimizer="adamw",
    flash=True,
    precision="bf16",
    update_in_backward=False,
    offload_activations=False,
    whole_logits=False,
    fused_kernels=False,
    wide_experts=False,
    autocast=False,
    **layout,
) -> Memory:
    work = Workload(
        sequence,
        256.0,
        precision,
        method,
        16.0,
        optimizer,
        flash,
        update_in_backward=update_in_backward,
        offload_activations=offload_activations,
        whole_logits=whole_logits,
        fused_kernels=fused_kernels,
        wide_experts=wide_experts,
        autocast=autocast,
    )
    states = StateBytes.of([model], [work], profile)
    layouts = Layouts.of(**{"accelerators": 8, "global_batch": work.global_batch, **layout})
    return memory(Transformers.of([model]), np.array([sequence]), states, layouts, profile)


def test_states_of_mixed_precision_adam_take_eighteen_bytes_a_parameter():
    m = peak(models.LLAMA3_8B, accelerators=1, sharding=0)
    states = (m.weights + m.gradients + m.optimizer).item()
    assert states / parameters(models.LLAMA3_8B).total == pytest.approx(18, rel=1e-3)


@pytest.mark.parametrize(("stage", "bytes_each"), [(0, 18.0), (1, 7.5), (2, 4.0), (3, 2.25)])
def test_zero_stages_spread_optimizer_then_gradients_then_weights(stage, bytes_each):
    m = peak(models.LLAMA3_8B, accelerators=8, sharding=stage, recompute=2)
    states = (m.weights + m.gradients + m.optimizer).item()
    # Norms stand aside of the layer's matrices: a thousandth.
    assert states / parameters(models.LLAMA3_8B).total == pytest.approx(bytes_each, rel=1e-3)


def test_sharding_within_a_node_keeps_a_replica_in_each():
    node = peak(models.LLAMA3_8B, accelerators=64, sharding=3, shard_group=8)
    everywhere = peak(models.LLAMA3_8B, accelerators=64, sharding=3)
    assert node.optimizer / everywhere.optimizer == pytest.approx(8)


@pytest.mark.parametrize(
    ("optimizer", "states"),
    [("adamw", 18), ("adamw-bf16", 8), ("adamw-8bit", 6), ("adamw-8bit-paged", 4), ("muon", 14)],
)
def test_optimizers_differ_in_the_states_they_keep(optimizer, states):
    m = peak(models.LLAMA3_8B, accelerators=1, sharding=0, optimizer=optimizer)
    each = (m.weights + m.gradients + m.optimizer).item() / parameters(models.LLAMA3_8B).total
    assert each == pytest.approx(states, rel=1e-3)


def test_activations_of_gpt3_follow_the_published_formula():
    """Korthikanti et al., arXiv 2205.05198, table 2: s b h L (34 + 5 a s / h) / t with sequence parallelism.

    Of their 34 bytes, 2 + 1 are dropout masks, which nothing trains with any more: 31.
    """
    t, s, b = models.GPT3_175B, 2048.0, 1.0
    m = peak(t, sequence=s, flash=False, accelerators=8, tp=8, sharding=0)
    unit = s * b * t.hidden * t.layers / 8
    assert m.activations.item() == pytest.approx(unit * (32 + 5 * t.heads * s / t.hidden), rel=0.03)
    whole = {"accelerators": 8, "tp": 8, "sharding": 0, "sequence_parallel": False}
    full = peak(t, sequence=s, recompute=2, profile=replace(PLAIN, logit_bytes=1e3), **whole)
    assert full.activations.item() == pytest.approx(2 * s * b * t.hidden * t.layers)


def test_recompute_modes_are_ordered_and_flash_attention_removes_the_quadratic_term():
    none, selective, full = (peak(models.LLAMA3_8B, recompute=mode).activations.item() for mode in (0, 1, 2))
    assert full < 0.1 * selective
    assert selective < 0.85 * none
    unfused = [peak(models.LLAMA3_8B, sequence=s, flash=False).activations.item() for s in (4096.0, 8192.0)]
    fused = [peak(models.LLAMA3_8B, sequence=s).activations.item() for s in (4096.0, 8192.0)]
    assert fused[1] / fused[0] == pytest.approx(2)
    assert unfused[1] / unfused[0] > 3


def test_keeping_every_other_product_stores_less():
    """torchtitan's policy on Llama 3 8B: input, output, queries, values, attention and one inner width."""
    every_second = replace(PLAIN, every_second=1.0)
    held = peak(models.LLAMA3_8B, profile=every_second, recompute=1).activations.item()
    assert held == 32 * 4096 * 2 * (4 * 4096 + 1024 + 14336)
    assert held < 0.75 * peak(models.LLAMA3_8B, recompute=1).activations.item()
    for mode in (0, 2):
        alike = peak(models.LLAMA3_8B, profile=every_second, recompute=mode).activations
        assert alike == peak(models.LLAMA3_8B, recompute=mode).activations


def test_the_gradient_of_the_output_head_counts_where_it_needs_more_than_the_logits():
    """It is made beside the 16-bit gradient of the logits, and widened under ZeRO-3 when that is gone."""
    head, few, many = 4096 * 128256, 256.0, 65536.0
    late = replace(PLAIN, whole_gradient_bytes=6.0)
    for stage, length, bytes_each in ((1, few, 0.0), (3, few, 6.0), (1, many, 0.0), (3, many, 0.0)):
        layout = {"accelerators": 8, "sharding": stage, "sequence": length, "global_batch": 8}
        with_it, without = (peak(models.LLAMA3_8B, profile=each, **layout) for each in (late, PLAIN))
        more = max(bytes_each * head - with_it.logits.item(), 0.0)
        made = max(2.0 * head - 0.5 * with_it.logits.item(), 0.0)
        assert (with_it.buffers - without.buffers).item() == pytest.approx(max(more, made))
    frozen = peak(models.LLAMA3_8B, profile=late, method="lora", sharding=3, sequence=few)
    assert frozen.buffers == peak(models.LLAMA3_8B, method="lora", sharding=3, sequence=few).buffers


def test_pytorch_shards_the_weights_it_updates():
    """12 bytes a parameter before the backward pass, 16 after it, as fms-acceleration measured on 4 A100."""
    shared = replace(PLAIN, sharded_masters=1.0, persistent_gradients=0.0)

    def states(**changes) -> float:
        m = peak(models.LLAMA3_8B, profile=shared, sharding=3, recompute=2, **changes)
        return (m.weights + m.gradients + m.optimizer).item() / parameters(models.LLAMA3_8B).total * 8

    assert states(global_batch=8, microbatch=1, sequence=65536.0) == pytest.approx(12.0, rel=1e-3)
    assert states(global_batch=64, microbatch=1) == pytest.approx(16.0, rel=1e-3)
    assert states(global_batch=64, optimizer="adamw-bf16") == pytest.approx(8.0, rel=1e-3)
    unsharded = peak(models.LLAMA3_8B, profile=shared, sharding=0, recompute=2, accelerators=1)
    assert unsharded.weights.item() == pytest.approx(2 * parameters(models.LLAMA3_8B).total, rel=1e-3)


def test_a_layer_at_work_needs_what_it_recomputes_and_its_gradients():
    """Llama 3 8B, in units of a token's 4,096 values: 17 a layer keeps, and a gradient for each of them."""
    fused = {"fused_kernels": True, "accelerators": 1, "sharding": 0, "sequence": 65536.0}
    unit = 65536.0 * 4096 * 2
    grown = replace(PLAIN, working_layers=1.0)
    layer = 4 + (4096 * 2 + 1024 * 2) / 4096 + 3 * 14336 / 4096
    for mode, stored in ((0, 32 * layer), (2, 32.0)):
        held = peak(models.LLAMA3_8B, profile=grown, recompute=mode, **fused).activations.item() / unit
        recomputed = layer - stored / 32
        assert held == pytest.approx(stored + recomputed + layer)


def test_a_state_space_layer_keeps_its_own_projections():
    hybrid = replace(
        models.LLAMA3_8B,
        attention="hybrid",
        window=256,
        windowed_layers=32,
        state_width=8192,
        state_projected=20000,
    )
    held, plain = (peak(t, recompute=1).activations.item() for t in (hybrid, models.LLAMA3_8B))
    attention = 2 * 4096 + 2 * 1024
    assert held - plain == pytest.approx(32 * 4096 * 2 * (2 * 20000 - attention))


def test_sequence_parallelism_divides_what_tensor_parallelism_leaves_whole():
    without = peak(models.LLAMA3_70B, tp=8, sequence_parallel=False).activations.item()
    with_it = peak(models.LLAMA3_70B, tp=8).activations.item()
    alone = peak(models.LLAMA3_70B).activations.item()
    assert with_it == pytest.approx(alone / 8, rel=0.001)
    assert without > 2 * with_it


def test_the_first_stage_keeps_as_many_microbatches_as_there_are_stages():
    shallow = peak(models.LLAMA3_70B, accelerators=64, tp=8, pp=2, profile=replace(PLAIN, logit_bytes=0))
    deep = peak(models.LLAMA3_70B, accelerators=64, tp=8, pp=8, profile=replace(PLAIN, logit_bytes=0))
    assert deep.activations == pytest.approx(shallow.activations)
    one = peak(
        models.LLAMA3_70B, accelerators=64, tp=8, pp=8, global_batch=1, profile=replace(PLAIN, logit_bytes=0)
    )
    assert one.activations == pytest.approx(shallow.activations / 8)


def test_interleaving_costs_activation_memory():
    plain = peak(models.LLAMA3_70B, accelerators=64, tp=8, pp=8)
    interleaved = peak(models.LLAMA3_70B, accelerators=64, tp=8, pp=8, vp=2)
    assert interleaved.activations / plain.activations == pytest.approx(1 + 7 / 16)


def test_the_last_stage_decides_when_logits_weigh_more_than_microbatches_in_flight():
    wide = replace(models.LLAMA32_1B, vocabulary=1_000_000.0)
    m = peak(wide, accelerators=8, pp=8, recompute=2, microbatch=8)
    assert m.logits.item() == pytest.approx(8 * 4096 * 1e6 * 4)
    narrow = peak(models.LLAMA3_70B, accelerators=64, tp=8, pp=8)
    assert narrow.logits.item() == 0


def test_experts_are_spread_over_expert_parallel_ranks():
    one = peak(models.DEEPSEEK_V3, accelerators=512, pp=16, ep=1, sharding=0)
    many = peak(models.DEEPSEEK_V3, accelerators=512, pp=16, ep=32, sharding=0)
    total = parameters(models.DEEPSEEK_V3).total
    assert one.weights.item() > 2 * total / 16 * 0.95
    assert many.weights < one.weights / 10
    assert many.activations == pytest.approx(one.activations)


def test_wide_experts_are_cut_by_tensor_parallelism_and_narrow_ones_are_not():
    wide = [peak(models.MIXTRAL_8X7B, accelerators=64, tp=tp, sharding=0).weights.item() for tp in (1, 8)]
    narrow = [peak(models.QWEN3_30B_A3B, accelerators=64, tp=tp, sharding=0).weights.item() for tp in (1, 8)]
    assert wide[0] / wide[1] > 7.9
    assert narrow[0] / narrow[1] < 1.1


def test_latent_attention_keeps_its_latents_and_its_heads():
    m = peak(models.DEEPSEEK_V3, accelerators=64, ep=64)
    heads_only = peak(replace(models.DEEPSEEK_V3, q_lora_rank=0.0, kv_lora_rank=0.0), accelerators=64, ep=64)
    assert m.activations > heads_only.activations


def test_adapters_of_llama_8b_have_the_published_size():
    assert adapter_parameters(models.LLAMA3_8B, 16) == pytest.approx(41.9e6, rel=0.002)
    lora = peak(models.LLAMA3_8B, method="lora", accelerators=1, sharding=0)
    assert lora.weights.item() == pytest.approx(2 * 8.03e9, rel=0.001)
    assert (lora.gradients + lora.optimizer).item() == pytest.approx(16 * 41.9e6, rel=0.01)
    # 4-bit weights, with embedding and head left at 16 bits.
    qlora = peak(models.LLAMA3_8B, method="qlora", accelerators=1, sharding=0)
    assert qlora.weights.item() == pytest.approx(5.8e9, rel=0.02)


def test_gradients_that_come_late_only_count_beyond_the_activations_they_replace():
    late = replace(PLAIN, persistent_gradients=0.0)
    once = peak(models.LLAMA32_1B, accelerators=1, sharding=0, global_batch=1, recompute=2, profile=late)
    kept = peak(models.LLAMA32_1B, accelerators=1, sharding=0, global_batch=1, recompute=2)
    freed = (once.activations + once.logits).item()
    assert once.gradients.item() == pytest.approx(kept.gradients.item() - freed)
    accumulating = peak(models.LLAMA32_1B, accelerators=1, sharding=0, global_batch=8, profile=late)
    assert accumulating.gradients == kept.gradients


PUBLISHED_PEAKS = [
    # Ultra-Scale Playbook grid (H100, sequence 4,096): model, tp, pp, dp, microbatch, ZeRO stage, GB.
    ("llama-8b", 4, 1, 8, 1, 1, 31.7),
    ("llama-8b", 2, 4, 8, 1, 1, 32.3),
    ("llama-80b", 8, 8, 4, 1, 1, 37.3),
    ("llama-80b", 16, 4, 4, 1, 1, 25.0),
]
NANOTRON_8B = replace(models.LLAMA3_8B, kv_heads=32.0, vocabulary=131072.0)
NANOTRON_80B = replace(models.LLAMA3_70B, kv_heads=64.0, vocabulary=131072.0)


@pytest.mark.parametrize(("name", "tp", "pp", "dp", "microbatch", "stage", "gb"), PUBLISHED_PEAKS)
def test_measured_peaks_of_the_ultra_scale_grid(name, tp, pp, dp, microbatch, stage, gb):
    model = NANOTRON_8B if name == "llama-8b" else NANOTRON_80B
    profile = load().constants.memory.profiles["nanotron"].record()
    m = peak(
        model,
        profile=profile,
        accelerators=tp * pp * dp,
        tp=tp,
        pp=pp,
        dp=dp,
        microbatch=microbatch,
        sharding=stage,
    )
    assert m.allocated.item() / 1e9 == pytest.approx(gb, rel=0.15)


LLAMA32_3B = replace(models.LLAMA3_8B, layers=28, hidden=3072, heads=24, ffn=8192, tied_embeddings=True)
LADDER = [
    # torchtune's published ladder: one A100, two packed sequences of 4,096, compiled, loss in chunks.
    (42.9, {"recompute": 0}),
    (24.9, {}),
    (23.1, {"update_in_backward": True}),
    (21.8, {"update_in_backward": True, "offload_activations": True}),
    (8.5, {"method": "lora", "offload_activations": True}),
    (4.6, {"method": "qlora", "offload_activations": True}),
]


def fine_tuned(**changes) -> Memory:
    one = {"accelerators": 1, "sharding": 0, "microbatch": 2, "global_batch": 2}
    usual = {"profile": load().constants.memory.for_stack("open"), "optimizer": "adamw-bf16", "recompute": 2}
    return peak(LLAMA32_3B, **one, **{**usual, **changes})


@pytest.mark.parametrize(("gib", "changes"), LADDER)
def test_measured_peaks_of_fine_tuning_llama_3b(gib, changes):
    assert fine_tuned(**changes).allocated.item() / GIB == pytest.approx(gib, rel=0.07)


def test_whole_logits_keep_a_32_bit_copy_and_its_gradient():
    """The rung before chunks: 51.0 GiB against 42.9, eight bytes for each of 8,192 x 128,256 logits."""
    chunks, whole = (fine_tuned(recompute=0, whole_logits=all_at_once) for all_at_once in (False, True))
    assert (whole.logits - chunks.logits).item() == pytest.approx(8.0 * 8192 * 128256)
    assert whole.allocated.item() / GIB == pytest.approx(51.0, rel=0.05)


def test_weights_updated_in_the_backward_pass_leave_no_gradients():
    kept = peak(models.LLAMA3_8B, accelerators=1, sharding=0)
    updated = peak(models.LLAMA3_8B, accelerators=1, sharding=0, update_in_backward=True)
    assert updated.gradients.item() == 0
    assert kept.total - updated.total == pytest.approx(kept.gradients)


def test_offloading_moves_the_inputs_kept_for_full_recomputation_and_nothing_else():
    full, offloaded = (
        peak(models.LLAMA3_8B, recompute=2, offload_activations=away).activations for away in (False, True)
    )
    assert full.item() == 32 * 4096 * 4096 * 2
    assert offloaded.item() == 0
    assert peak(models.LLAMA3_8B, offload_activations=True).activations == peak(models.LLAMA3_8B).activations


QWEN3_14B = replace(models.LLAMA3_8B, layers=40, hidden=5120, heads=40, ffn=17408, vocabulary=151936)


@pytest.mark.parametrize(
    ("gib", "model", "logit_bytes", "layout"),
    [
        # torchtitan pull request 996: 8 H100, sequences of 8,192, selective recomputation. The loss takes the
        # logits in eight chunks: they and their gradient are whole in 16 bits, their logarithms in 32 wait
        # for the backward pass, a chunk has two more tensors in 32. Its allocator took 1.05 times as much.
        (42.26 / 1.05, models.LLAMA3_8B, 9.0, {"microbatch": 1, "global_batch": 8, "recompute": 1}),
        # torchtitan docs/chunked_loss.md: 8 H100, 327,680 tokens a replica, full recomputation.
        (83.56, QWEN3_14B, 2.0, {"tp": 4, "microbatch": 40, "global_batch": 80, "recompute": 2}),
    ],
)
def test_measured_peaks_of_sharded_training(gib, model, logit_bytes, layout):
    profile = replace(load().constants.memory.for_stack("open"), logit_bytes=logit_bytes)
    m = peak(model, profile=profile, sequence=8192.0, accelerators=8, sharding=3, **layout)
    assert m.allocated.item() / GIB == pytest.approx(gib, rel=0.1)


def test_an_80_gb_device_offers_79_gib():
    assert usable_bytes(H100) / GIB == pytest.approx(79.6)


def test_fitting_compares_everything_with_the_capacity():
    m = peak(models.LLAMA3_8B, accelerators=8, sharding=3, recompute=2)
    assert m.fits(m.total).all()
    assert not m.fits(m.total * 0.999).any()


@given(
    st.floats(8.0, 12.5),
    st.sampled_from([1, 2, 4, 8, 16]),
    st.sampled_from([1, 2, 4, 8]),
    st.sampled_from([1, 2, 4]),
    st.integers(0, 2),
    st.integers(0, 3),
)
def test_no_part_is_ever_negative_or_nan_and_more_sharding_never_takes_more(
    size, tp, pp, mb, recompute, stage
):
    model = shape_for(10.0**size, 0.2 * 10.0**size)
    profile = load().constants.memory.for_stack("vendor")
    n = 16 * tp * pp
    parts = peak(
        model,
        profile=profile,
        accelerators=n,
        tp=tp,
        pp=pp,
        microbatch=mb,
        recompute=recompute,
        sharding=stage,
    )
    for f in fields(Memory):
        values = getattr(parts, f.name)
        assert np.isfinite(values).all(), f.name
        assert (values >= 0).all(), f.name
    if stage < 2:
        more = peak(
            model,
            profile=profile,
            accelerators=n,
            tp=tp,
            pp=pp,
            microbatch=mb,
            recompute=recompute,
            sharding=stage + 1,
        )
        assert more.total <= parts.total * (1 + 1e-12)


def test_layouts_of_a_grid_broadcast_to_what_they_cost_one_by_one():
    tp = np.array([1.0, 2.0, 8.0])
    together = peak(models.LLAMA3_70B, accelerators=64, tp=tp, pp=4)
    singly = [peak(models.LLAMA3_70B, accelerators=64, tp=x, pp=4).total.item() for x in tp]
    np.testing.assert_allclose(together.total, singly)


def test_profiles_are_complete_and_named_in_words_when_they_are_not():
    profiles = load().constants.memory
    assert profiles.name_for_framework("NeMo (Megatron-Core)") == "nemo"
    assert profiles.name_for_framework("Megatron-LM") == "megatron-lm"
    assert profiles.name_for_framework("HF Transformers + DeepSpeed", "open") == "deepspeed"
    assert profiles.name_for_framework("TRL + Liger", "open") == "trl"
    assert profiles.name_for_framework("Megatron-DeepSpeed") == "megatron-deepspeed"
    assert profiles.name_for_framework("HF Trainer", "open") == "eager"
    assert profiles.name_for_framework("Accelerate, HF", "open") == "eager"
    assert profiles.name_for_framework("HF Trainer + DeepSpeed", "open") == "deepspeed"
    assert profiles.name_for_framework("somebody's own", "open") == "fsdp"
    recipe = profiles.for_framework("torchtune + compile", "open")
    assert (recipe.optimizer, recipe.recompute) == ("adamw-bf16", "full")
    assert profiles.for_framework("NeMo").recompute is None
    with pytest.raises(CatalogError, match=r"memory\.yaml"):
        read_memory_profiles("stacks: {}")
    told = "reported: {reserved: 1.0, low: 0.9, high: 1.1, source: here}\n"
    text = f"stacks: {{vendor: nowhere}}\nframeworks: {{}}\nprofiles: {{}}\n{told}"
    with pytest.raises(CatalogError, match="'vendor' names the profile 'nowhere'"):
        read_memory_profiles(text)
    with pytest.raises(CatalogError, match="'other' is like 'later', which is not defined before it"):
        read_memory_profiles(f"stacks: {{}}\nframeworks: {{}}\nprofiles: {{other: {{like: later}}}}\n{told}")


@pytest.mark.parametrize("profile", ["megatron", "megatron-lm", "fsdp", "nanotron", "eager", "deepspeed"])
@pytest.mark.parametrize("stage", [0, 1, 3])
@pytest.mark.parametrize("sequence", [64, 4096])
@pytest.mark.parametrize("method", ["full", "qlora"])
@pytest.mark.parametrize("cast", [False, True])
def test_totals_for_searches_are_those_of_the_full_account(profile, stage, sequence, method, cast):
    profile = replace(load().constants.memory.profiles[profile].record(), cached_keys=float(cast))
    model, work = models.DEEPSEEK_V3, Workload(sequence, 64, method=method, autocast=cast)
    states = StateBytes.of([model], [work], profile)
    layouts = Layouts.of(
        accelerators=[64, 128, 2048], global_batch=64, tp=[1, 2, 8], pp=[1, 4, 16], ep=8, sharding=stage
    )
    shapes = Transformers.of([model])
    ends = needs(shapes, np.array([float(sequence)]), states, layouts, profile, (0, 1, 2))
    totals = peak_bytes(ends, layouts.shard_group, layouts.microbatches, profile)
    for mode in (0, 1, 2):
        recompute = np.full(3, mode, dtype=np.int8)
        full = memory(
            shapes, np.array([float(sequence)]), states, replace(layouts, recompute=recompute), profile
        )
        np.testing.assert_allclose(totals[mode], full.total)


def test_frozen_weights_are_kept_in_the_format_they_are_multiplied_in_and_trained_ones_in_16_bits():
    total, tables = parameters(models.LLAMA3_8B).total, 2 * 4096 * 128256
    held = {
        (method, precision): peak(
            models.LLAMA3_8B, method=method, precision=precision, accelerators=1, sharding=0
        ).weights.item()
        for method in ("lora", "full")
        for precision in ("bf16", "fp8")
    }
    assert held["lora", "fp8"] == pytest.approx(total - tables + 2 * tables, rel=1e-3)
    assert held["lora", "bf16"] == held["full", "fp8"] == held["full", "bf16"]


def test_copies_of_weights_in_8_bits_wait_for_the_next_microbatch():
    cached = replace(PLAIN, eight_bit_copies=2.0)
    layers = parameters(models.LLAMA3_8B).total - 2 * 4096 * 128256
    for precision, method, bytes_each in (("fp8", "full", 2.0), ("bf16", "full", 0.0), ("fp8", "lora", 0.0)):
        held, without = (
            peak(
                models.LLAMA3_8B,
                profile=each,
                precision=precision,
                method=method,
                accelerators=1,
                sharding=0,
            ).weights.item()
            for each in (cached, PLAIN)
        )
        assert held - without == pytest.approx(bytes_each * layers, rel=1e-3)


@pytest.mark.parametrize("tp", [1, 2])
def test_a_routed_token_leaves_its_copy_and_its_inner_tensors_at_each_of_its_experts(tp):
    """Two norms' inputs and outputs, queries, attention, keys and values, and two experts of three widths."""
    hidden, narrow = 4096, 14336
    dense, experts = 4 * hidden + 2 * hidden + 2 * 1024, 2 * (hidden + 3 * narrow)
    held = peak(models.MIXTRAL_8X7B, tp=tp, sharding=0, recompute=0).activations.item()
    assert held == pytest.approx(32 * 4096 * 2 * (dense + experts) / tp)


def test_full_sharding_holds_two_layers_whole_for_the_moment():
    """And the output head."""
    head = 4096 * 128256
    layers = parameters(models.LLAMA3_8B).total - 2 * head
    whole = 2 * 2 * layers / 32 + 2 * head
    held = [peak(models.LLAMA3_8B, sharding=stage).buffers.item() for stage in (1, 3)]
    assert held[1] - held[0] == pytest.approx(whole, rel=1e-3)


def test_operators_run_one_by_one_keep_what_kernels_fuse():
    """A norm's input in 32 bits and its result before the weight, and the gate's activation."""
    eager = replace(PLAIN, eager=1.0)

    def more(**changes) -> float:
        both = [peak(models.LLAMA3_8B, profile=each, **changes).activations.item() for each in (eager, PLAIN)]
        return both[0] - both[1]

    tokens = 4096 * 2
    assert more() == pytest.approx(32 * tokens * (4 * 4096 + 14336))
    # Frozen norms need no result, and adapters keep a 16-bit input of their own.
    inputs = 0.75 * (2 * 4096 + 14336)
    assert more(method="lora") == pytest.approx(32 * tokens * (2 * 4096 + 14336 + inputs))
    assert more(recompute=2) == 0.0
    assert more(fused_kernels=True) == 0.0


def test_repeating_attention_alone_keeps_what_it_does_not_write():
    """Megatron-LM's selective recomputation without named modules: nothing beside FlashAttention."""
    core = replace(PLAIN, core_attention=1.0)
    none, selective = (
        peak(models.LLAMA3_8B, profile=core, recompute=mode).activations.item() for mode in (0, 1)
    )
    assert selective == none
    unfused, kept = (
        peak(models.LLAMA3_8B, profile=core, recompute=mode, flash=False).activations.item()
        for mode in (1, 0)
    )
    # The scores of the layer at work alone, where they are more than the loss.
    assert none <= unfused < none + (kept - none) / 32


def test_an_update_that_copies_weights_counts_where_activations_are_fewer():
    """PyTorch's foreach AdamW over 16-bit states: 10 bytes a parameter, as measured of Mistral 7B."""
    copying = replace(PLAIN, update_copies=1.0, persistent_gradients=0.0)
    small, large = (
        peak(
            models.LLAMA3_8B,
            profile=copying,
            optimizer="adamw-bf16",
            sequence=length,
            recompute=2,
            accelerators=1,
            sharding=0,
        )
        for length in (128.0, 65536.0)
    )
    weights = parameters(models.LLAMA3_8B).total
    assert small.total.item() / weights == pytest.approx(10.0, rel=0.01)
    assert large.buffers.item() == 0.0
    limited = replace(copying, update_limit=1e9)
    at_most = peak(models.LLAMA3_8B, profile=limited, sequence=128.0, recompute=2, accelerators=1, sharding=0)
    assert at_most.buffers.item() < 1e9
    paged = peak(
        models.LLAMA3_8B, profile=copying, optimizer="adamw-8bit", sequence=128.0, accelerators=1, sharding=0
    )
    assert paged.buffers.item() == 0.0


def test_buckets_are_held_below_stage_3():
    bucketed = replace(PLAIN, bucket_bytes=2e9)
    for stage, bytes_more in ((0, 0.0), (1, 2e9), (2, 2e9), (3, 0.0)):
        held, without = (
            peak(models.LLAMA3_8B, profile=each, sharding=stage).buffers.item() for each in (bucketed, PLAIN)
        )
        assert held - without == bytes_more


def test_modules_are_gathered_up_to_the_parameters_that_may_be_live():
    limited = replace(PLAIN, live_parameters=1e9)
    layout = {"accelerators": 128, "sharding": 3}
    whole, most = (
        peak(models.DEEPSEEK_V3, profile=each, **layout).buffers.item() for each in (PLAIN, limited)
    )
    assert whole > 40e9
    head = 7168 * 129280
    assert most == pytest.approx(2e9 + 2 * head)
    assert peak(models.LLAMA3_8B, profile=limited, **layout).buffers == (
        peak(models.LLAMA3_8B, profile=PLAIN, **layout).buffers
    )


def test_what_qlora_does_not_quantise_may_be_made_wider():
    widened = replace(PLAIN, widened=1.0)
    changes = {"method": "qlora", "recompute": 2, "accelerators": 1, "sharding": 0}
    wide, plain = (peak(models.LLAMA3_8B, profile=each, **changes) for each in (widened, PLAIN))
    assert (wide.weights - plain.weights).item() == pytest.approx(2 * 2 * 4096 * 128256)
    assert wide.activations.item() == pytest.approx(2 * plain.activations.item())
    # The head makes 32-bit logits, which need no wider copy and have as wide a gradient.
    assert wide.logits.item() == pytest.approx(plain.logits.item() * 4 / 3)
    sharded = {**changes, "accelerators": 8, "sharding": 3}
    assert peak(models.LLAMA3_8B, profile=widened, **sharded).total == (
        peak(models.LLAMA3_8B, **sharded).total
    )
    lora = {**changes, "method": "lora"}
    assert peak(models.LLAMA3_8B, profile=widened, **lora).total == peak(models.LLAMA3_8B, **lora).total


def test_autocast_keeps_weights_and_the_residual_stream_in_32_bits():
    shape, total = models.LLAMA3_8B, parameters(models.LLAMA3_8B).total
    changes = {"accelerators": 8, "sharding": 3, "recompute": 2, "microbatch": 4}
    lora = {**changes, "method": "lora"}
    frozen, plain = (peak(shape, autocast=each, **lora) for each in (True, False))
    assert (frozen.weights - plain.weights).item() == pytest.approx(2 * total / 8, rel=1e-3)
    wide, narrow = (
        peak(shape, autocast=each, profile=replace(PLAIN, sharded_masters=1.0), **changes)
        for each in (True, False)
    )
    assert wide.weights == narrow.weights == 0.0  # the optimizer's are the weights
    # What is gathered is as wide: two layers at once, the output head and its gradient.
    layer, head = 4096 * (2 * 4096 + 2 * 1024 + 3 * 14336), 4096 * 128256
    assert (wide.buffers - narrow.buffers).item() >= 2 * (2 * layer + head) * 0.999
    # The inputs of 32 layers.
    tokens = 4 * 4096
    assert (wide.activations - narrow.activations).item() >= 2 * tokens * 4096 * 32


def test_autocast_keeps_the_cast_weights_of_every_layer_that_is_not_recomputed():
    shape = models.LLAMA3_8B
    layout = {"accelerators": 8, "sharding": 3, "sequence": 1.0, "microbatch": 1}
    kept, again = (peak(shape, autocast=True, recompute=each, **layout) for each in (0, 2))
    layer = 4096 * (2 * 4096 + 2 * 1024 + 3 * 14336)
    assert (kept.activations - again.activations).item() == pytest.approx(2 * 32 * layer, rel=0.01)


def test_keys_and_values_kept_as_for_generating_text():
    """4 GB of a 7B at 4,096 tokens and two sequences (github.com/meta-llama/llama-cookbook/pull/165)."""
    seven = replace(models.LLAMA3_8B, vocabulary=32000, kv_heads=32, ffn=11008)
    layout = {"accelerators": 8, "sharding": 3, "recompute": 2, "microbatch": 2}
    cached, plain = (peak(seven, profile=replace(PLAIN, cached_keys=each), **layout) for each in (1.0, 0.0))
    more = (cached.activations - plain.activations).item()
    assert more == pytest.approx(2 * 2 * 2 * 4096 * 4096 * 32, rel=0.01)


MISTRAL_7B = replace(models.LLAMA3_8B, vocabulary=32000)
LLAMA2_70B = replace(MISTRAL_7B, layers=80, hidden=8192, heads=64, ffn=28672)


@pytest.mark.parametrize(
    ("measured", "model", "method", "accelerators", "microbatch"),
    [
        # foundation-model-stack/fms-acceleration, scripts/benchmarks/refs/a100_80gb.csv: sequences of 4,096,
        # adapters of rank 16, peaks of what is filled, of one card and of two with FSDP.
        (26.11e9, MISTRAL_7B, "lora", 1, 4),
        (22.83e9, MISTRAL_7B, "qlora", 1, 4),
        (40.28e9, MISTRAL_7B, "qlora", 1, 8),
        (21.43e9, MISTRAL_7B, "lora", 2, 4),
        (16.59e9, MISTRAL_7B, "qlora", 2, 4),
        (46.52e9, LLAMA2_70B, "qlora", 2, 2),
    ],
)
def test_measured_peaks_of_adapters(measured, model, method, accelerators, microbatch):
    m = peak(
        model,
        profile=load().constants.memory.profiles["eager"].record(),
        method=method,
        accelerators=accelerators,
        global_batch=accelerators * microbatch,
        microbatch=microbatch,
        sharding=3 if accelerators > 1 else 0,
        recompute=2,
    )
    assert m.allocated.item() == pytest.approx(measured, rel=0.08)


@pytest.mark.parametrize("held", [True, False])
@pytest.mark.parametrize(
    "changes",
    [{"method": "full"}, {"sharding": 2}, {"recompute": 0}, {}],
    ids=["trained", "whole", "kept", ""],
)
def test_gradients_of_the_inputs_of_sharded_frozen_layers_may_wait_for_the_last(held, changes):
    layout = {"method": "lora", "sharding": 3, "recompute": 2, **changes}
    profile = replace(PLAIN, held_inputs=float(held), logit_bytes=0.0)
    m = peak(models.LLAMA3_8B, profile=profile, **layout)
    boundary = 32 * 2 * 4096 * 4096
    waiting = boundary if held and not changes else 0.0
    free = peak(models.LLAMA3_8B, profile=replace(profile, held_inputs=0.0), **layout)
    assert (m.activations - free.activations).item() == pytest.approx(waiting)


def test_embedding_and_head_of_one_unit_are_whole_together():
    root, apart = (
        peak(models.LLAMA3_8B, profile=replace(PLAIN, root_tables=each), sharding=3).buffers.item()
        for each in (1.0, 0.0)
    )
    assert root - apart == 2 * 4096 * 128256


def test_experts_in_one_tensor_escape_what_quantises_linear_layers():
    changes = {"method": "qlora", "recompute": 2, "accelerators": 1, "sharding": 0}
    wide, narrow = (
        peak(models.QWEN3_30B_A3B, wide_experts=each, **changes).weights.item() for each in (True, False)
    )
    experts = 48 * 128 * 3 * 2048 * 768
    assert wide - narrow == pytest.approx((2.0 - FOUR_BIT) * experts)
    dense = [peak(models.LLAMA3_8B, wide_experts=each, **changes).total for each in (True, False)]
    assert dense[0] == dense[1]


def test_copies_of_gradients_wait_in_buckets_only_where_whole_replicas_reduce_them():
    bucketed = replace(PLAIN, bucket_copies=1.0)
    gradients = 4 * parameters(models.LLAMA3_8B).total

    def more(**layout):
        with_them, without = (
            peak(models.LLAMA3_8B, profile=profile, **layout).total.item() for profile in (bucketed, PLAIN)
        )
        return with_them - without

    assert more(accelerators=8, sharding=0) == pytest.approx(gradients, rel=1e-3)
    assert more(accelerators=1, sharding=0) == more(accelerators=8, sharding=1) == 0.0


def test_inputs_that_products_of_4_bit_weights_keep_are_those_of_every_matrix_but_the_output():
    def kept(times, method="qlora"):
        work = Workload(4096.0, 8.0, method=method, quantised_inputs=times)
        states = StateBytes.of([models.LLAMA3_8B], [work], PLAIN)
        layouts = Layouts.of(accelerators=1, global_batch=8.0, sharding=0)
        return memory(
            Transformers.of([models.LLAMA3_8B]), np.array([4096.0]), states, layouts, PLAIN
        ).activations.item()

    inputs = 32 * 4096 * 2 * (2 * 4096 + 14336)
    assert kept(2.0) - kept(0.0) == pytest.approx(2 * inputs)
    assert kept(2.0, "lora") == kept(0.0, "lora")


def test_norms_of_models_without_a_gate_keep_nothing_in_32_bits():
    eager = replace(PLAIN, eager=1.0)

    def more(model):
        with_it, without = (
            peak(model, profile=profile, accelerators=1, sharding=0).activations.item()
            for profile in (eager, PLAIN)
        )
        return with_it - without

    plain = replace(models.LLAMA3_8B, gated=False)
    tokens, layers = 256 * 4096 / 256, 32
    assert more(plain) == 0.0
    # Norms twice, which are trained, and the activation's result.
    assert more(models.LLAMA3_8B) == pytest.approx(layers * tokens * 2 * (4 * 4096 + 14336))


def test_ranks_that_exchange_tokens_need_channels_to_each_other():
    told = replace(PLAIN, exchange_bytes=3.3e9)
    for shape, ep, more in (
        (models.DEEPSEEK_V3, 8, 3.3e9),
        (models.DEEPSEEK_V3, 1, 0.0),
        (models.LLAMA3_8B, 1, 0.0),
    ):
        with_it, without = (peak(shape, profile=each, ep=ep, sharding=1) for each in (told, PLAIN))
        assert (with_it.reserve - without.reserve).item() == pytest.approx(more)
        assert with_it.allocated == without.allocated
