import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from isocost.engine.layout import Layouts
from isocost.engine.records import Pins, Workload
from isocost.engine.search.candidates import ENDLESS, candidates, combinations
from tests.engine import shapes_of_models as models
from tests.engine.machines import H100
from tests.engine.made_shapes import shape_for

WORK = Workload(4096, 1024)


def grid(model, counts, work=WORK, pins=None):
    pins = pins or Pins()
    rows = combinations(model, work, [H100], float(max(counts)), pins)
    found = candidates(model, work, np.array([counts], dtype=float), rows)
    shape = found.valid.shape
    flat = {
        name: np.broadcast_to(getattr(found.layouts, name), shape)[found.valid]
        for name in Layouts.__dataclass_fields__
    }
    return Layouts(**flat)


def test_what_a_layout_leaves_out_follows_from_the_rest():
    one = Layouts.of(accelerators=[64, 100], global_batch=1000, tp=8, pp=2, microbatch=2)
    assert one.dp.tolist() == [4, 6]
    assert one.model_parallel.tolist() == [16, 16]
    assert one.microbatches.tolist() == [125, 84]
    assert one.shard_group.tolist() == [4, 6]
    assert one.sequence_parallel.all()
    assert not Layouts.of(accelerators=8, global_batch=8).sequence_parallel.any()


def test_experts_are_replicated_over_the_ranks_that_do_not_share_them():
    layout = Layouts.of(accelerators=64, global_batch=64, tp=2, cp=2, ep=8)
    assert layout.expert_replicas.tolist() == [8]


def test_rows_are_taken_by_index_and_mask():
    many = Layouts.of(accelerators=[8, 16, 32], global_batch=64)
    assert many.take([2, 0]).accelerators.tolist() == [32, 8]
    assert len(many.take(many.accelerators > 8)) == 2


@pytest.mark.parametrize(
    "model",
    [models.LLAMA3_8B, models.LLAMA31_405B, models.DEEPSEEK_V3, models.QWEN3_30B_A3B],
    ids=lambda m: m.name,
)
def test_named_models_are_only_split_into_whole_parts(model):
    layouts = grid(model, [8, 64, 72, 1000, 4096])
    assert (model.heads % layouts.tp == 0).all()
    if model.attention != "mla":
        assert ((model.kv_heads % layouts.tp == 0) | (layouts.tp % model.kv_heads == 0)).all()
    if model.is_moe:
        assert (model.experts % layouts.ep == 0).all()
        assert ((layouts.tp * layouts.cp * layouts.dp) % layouts.ep == 0).all()
    assert (layouts.pp * layouts.vp <= model.layers).all()
    for name in ("dp", "microbatches"):
        values = getattr(layouts, name)
        assert (values == np.round(values)).all()
    assert (layouts.model_parallel * layouts.dp <= layouts.accelerators).all()
    assert (layouts.dp * layouts.microbatch * layouts.microbatches >= WORK.global_batch).all()


@given(
    st.floats(8.0, 12.0),
    st.booleans(),
    st.integers(1, 50_000),
    st.floats(1.0, 20_000.0),
    st.sampled_from([2048.0, 8192.0, 131072.0]),
)
def test_slider_shapes_use_every_accelerator_until_the_batch_runs_out(size, moe, count, batch, sequence):
    total = 10.0**size
    model = shape_for(total, 0.1 * total if moe else None)
    layouts = grid(model, [count], Workload(sequence, batch))
    assert len(layouts)
    assert (layouts.tp <= model.heads + 1).all()
    # A batch that is about so large keeps a replica more at work, though not all the time.
    assert (layouts.dp <= np.ceil(batch / layouts.microbatch) * (1 + 1e-9)).all()
    at_once = layouts.dp * layouts.microbatch
    np.testing.assert_allclose(at_once * layouts.microbatches, np.maximum(at_once, batch))
    used = layouts.model_parallel * layouts.dp
    limited = at_once >= batch * (1 - 1e-9)
    assert (limited | (used >= count * (1 - 1e-9))).all()


def test_pins_are_obeyed():
    pins = Pins(
        tp=4, pp=5, vp=2, cp=2, microbatch=2, sharding="zero2", recompute="full", sequence_parallel=False
    )
    layouts = grid(models.LLAMA3_70B, [80, 400], pins=pins)
    assert set(layouts.tp) == {4}
    assert set(layouts.pp) == {5}
    assert set(layouts.vp) == {2}
    assert set(layouts.cp) == {2}
    assert set(layouts.microbatch) == {2}
    assert set(layouts.sharding) == {2}
    assert set(layouts.recompute) == {2}
    assert not layouts.sequence_parallel.any()
    assert set(layouts.dp) == {2, 10}


@pytest.mark.parametrize(
    ("pins", "words"),
    [
        (Pins(tp=3), "with TP as pinned"),
        (Pins(pp=200), "with PP, VP as pinned"),
        (Pins(ep=8), "with EP as pinned"),
        (Pins(microbatch=4096), "with microbatch as pinned"),
        (Pins(tp=8, pp=64), "needs at least 512 accelerators; 64 were given"),
    ],
)
def test_impossible_pins_are_named(pins, words):
    with pytest.raises(ValueError, match=words):
        grid(models.LLAMA3_70B, [64], pins=pins)


def test_long_sequences_bring_context_parallelism_and_short_ones_do_not():
    assert set(grid(models.LLAMA3_8B, [64]).cp) == {1}
    assert set(grid(models.LLAMA3_8B, [64], Workload(32768, 64)).cp) == {1, 2, 4, 8}


def test_rows_without_a_count_hold_one_microbatch_and_endless_replicas():
    rows = combinations(models.LLAMA3_8B, WORK, [H100], 64.0, Pins())
    assert set(rows.dp) == {ENDLESS}
    assert set(rows.microbatches) == {1}
    first_pipelined = int(np.argmax(rows.pp > 1))
    assert (rows.pp[:first_pipelined] == 1).all()
    assert (rows.pp[first_pipelined:] > 1).all()
