import contextlib
import threading
from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isocost.catalog import load
from isocost.engine.arrays import Transformers, Workloads
from isocost.engine.layout import Layouts
from isocost.engine.peaks import matmul_peak
from isocost.engine.records import Pins, Workload
from isocost.engine.search import best as searching
from isocost.engine.search.best import best_layouts, smallest_count_that_fits
from isocost.engine.search.candidates import candidates, combinations
from isocost.engine.search.precomputed import Constants
from isocost.engine.search.ranking import ranked_layouts
from isocost.engine.search.space import Space, pressure
from isocost.engine.training.efficiency import machines
from isocost.engine.training.memory import Memory, memory, usable_bytes
from isocost.engine.training.states import StateBytes
from isocost.engine.training.step import StepSeconds, evaluate
from tests.engine import shapes_of_models as models
from tests.engine.machines import A100, H100, RTX_4090
from tests.engine.made_shapes import shape_for

COUNTS = np.array([8.0, 16.0, 64.0, 256.0, 1024.0, 8192.0])


def constants(stack="vendor"):
    return Constants(load().constants.efficiency.record(), load().constants.memory.for_stack(stack), stack)


def best(model, work, accelerator=H100, counts=COUNTS, pins=None, stack="vendor"):
    return best_layouts(model, [work], [accelerator], [counts], constants(stack), pins)[0]


def by_hand(model, work, accelerator, count):
    """The fastest step of every candidate in every recomputation mode, each priced in full."""
    own = constants()
    rows = combinations(model, work, [accelerator], count, Pins())
    found = candidates(model, work, np.array([[count]]), rows)
    flat = Layouts(
        *(
            np.broadcast_to(getattr(found.layouts, f.name), found.valid.shape)[found.valid]
            for f in fields(Layouts)
        )
    )
    flat = flat.take(flat.tp <= accelerator.scaleup_domain)
    shapes, tasks = Transformers.of([model]), Workloads.of([work])
    rates = machines([accelerator], [work.precision], ["vendor"], own.efficiency)
    states = StateBytes.of([model], [work], own.profile)
    capacity = usable_bytes(accelerator)
    seconds = []
    for mode in (0, 1, 2):
        layouts = replace(flat, recompute=np.full(len(flat), mode, dtype=np.int8))
        held = memory(shapes, tasks.sequence, states, layouts, own.profile)
        filled = held.total / capacity
        each = evaluate(shapes, tasks, rates, layouts, filled).total * (1.0 + pressure(filled))
        seconds.append(np.where(held.fits(capacity), each, np.inf))
    return np.min(seconds)


@pytest.mark.parametrize(
    ("model", "work"),
    [
        (models.LLAMA3_8B, Workload(4096, 256)),
        (models.LLAMA3_70B, Workload(8192, 512)),
        (models.LLAMA31_405B, Workload(8192, 1024)),
        (models.QWEN3_30B_A3B, Workload(4096, 512, "fp8")),
        (models.DEEPSEEK_V3, Workload(4096, 3840, "fp8")),
        (shape_for(30e9), Workload(32768, 77.7)),
    ],
    ids=lambda v: getattr(v, "name", ""),
)
def test_the_search_misses_nothing_that_pricing_everything_would_find(model, work):
    found = best(model, work)
    for n, count in enumerate(COUNTS):
        assert found.seconds[n] == pytest.approx(by_hand(model, work, H100, count), rel=1e-9)


@pytest.mark.parametrize(
    ("model", "work", "accelerator"),
    [
        (models.LLAMA3_70B, Workload(8192, 512), H100),
        (models.LLAMA31_405B, Workload(8192, 1024), H100),
        (models.DEEPSEEK_V3, Workload(4096, 3840, "fp8"), H100),
        (models.LLAMA3_70B, Workload(2048, 128, method="qlora"), RTX_4090),
    ],
    ids=lambda v: getattr(v, "name", ""),
)
def test_the_smallest_count_that_fits_fits_and_one_node_less_does_not(model, work, accelerator):
    count = smallest_count_that_fits(model, work, accelerator, constants())
    node = accelerator.node_size
    assert count is not None
    assert count % node == 0
    around = best(model, work, accelerator, np.array([max(count - node, 1), count], dtype=float))
    assert around.fits.tolist() == [count == node, True]


def test_a_model_too_large_for_any_count_is_said_so():
    huge = shape_for(1e13)
    assert smallest_count_that_fits(huge, Workload(4096, 8), RTX_4090, constants(), largest=64) is None


def test_what_is_reported_belongs_to_the_layout_chosen():
    found = best(models.LLAMA3_70B, Workload(8192, 1024))
    assert found.fits.tolist() == [False, True, True, True, True, True]
    np.testing.assert_allclose(
        (found.breakdown.total + found.pressure)[found.fits], found.seconds[found.fits]
    )
    assert (found.memory.total[found.fits] <= found.capacity).all()
    rate = 8192 * 1024 / (found.seconds * COUNTS)
    np.testing.assert_allclose(found.tokens_per_s, rate)
    used = found.layouts.model_parallel * found.layouts.dp
    assert (used <= COUNTS).all()


def test_where_nothing_fits_the_least_need_is_reported():
    found = best(models.LLAMA31_405B, Workload(8192, 1024), counts=np.array([8.0, 64.0, 512.0]))
    assert found.fits.tolist() == [False, False, True]
    assert np.isinf(found.seconds[:2]).all()
    assert (found.tokens_per_s[:2] == 0).all()
    assert (found.memory.total[:2] > found.capacity).all()
    assert found.memory.total[1] < found.memory.total[0]


def test_llama_405b_on_16384_h100_reaches_what_its_authors_report():
    """38-43 % MFU in BF16 on 8,192 to 16,384 H100 (arXiv 2407.21783, table 4)."""
    found = best(models.LLAMA31_405B, Workload(8192, 2048), counts=np.array([16384.0]))
    assert 0.36 < found.mfu[0] < 0.50
    assert found.layouts.tp[0] == 8


def test_beyond_the_batch_accelerators_stand_idle():
    found = best(models.LLAMA3_8B, Workload(8192, 16), counts=np.array([64.0, 100_000.0]))
    assert found.batch_limited.tolist() == [False, True]
    assert found.mfu[1] < 0.01


def test_tried_layouts_are_counted_and_pinning_leaves_fewer():
    free = best(models.LLAMA3_8B, Workload(4096, 256))
    pinned = best(models.LLAMA3_8B, Workload(4096, 256), pins=Pins(tp=2, recompute="none"))
    assert (free.tried > 100).all()
    assert (pinned.tried < free.tried / 3).all()
    assert set(pinned.layouts.tp) == {2}
    assert set(pinned.layouts.recompute) == {0}
    assert (pinned.seconds >= free.seconds * (1 - 1e-9)).all()


def test_accelerators_searched_together_get_what_they_get_alone():
    works = [Workload(4096, 512, "fp8"), Workload(4096, 512), Workload(4096, 512)]
    types = [H100, A100, RTX_4090]
    counts = [COUNTS, COUNTS[:4], np.array([1.0, 2.0, 100.0])]
    together = best_layouts(models.LLAMA3_8B, works, types, counts, constants())
    for found, work, accelerator, own in zip(together, works, types, counts, strict=True):
        alone = best(models.LLAMA3_8B, work, accelerator, own)
        assert found.accelerator == accelerator.id
        assert found.capacity == alone.capacity
        np.testing.assert_array_equal(found.counts, own)
        np.testing.assert_allclose(found.seconds, alone.seconds)
        np.testing.assert_array_equal(found.layouts.tp[found.fits], alone.layouts.tp[found.fits])
        np.testing.assert_allclose(found.memory.total[found.fits], alone.memory.total[found.fits])


def test_tensor_parallel_groups_stay_in_their_domain_unless_pinned():
    lonely = best(models.LLAMA3_8B, Workload(4096, 64), RTX_4090, np.array([64.0]))
    assert lonely.layouts.tp.tolist() == [1]
    forced = best(models.LLAMA3_8B, Workload(4096, 64), RTX_4090, np.array([64.0]), Pins(tp=4))
    assert forced.layouts.tp.tolist() == [4]


def test_quantised_adapters_train_where_full_fine_tuning_does_not_fit():
    one = np.array([1.0])
    full = best(models.LLAMA3_8B, Workload(2048, 2), RTX_4090, one, stack="open")
    qlora = best(models.LLAMA3_8B, Workload(2048, 2, method="qlora"), RTX_4090, one, stack="open")
    assert not full.fits[0]
    assert qlora.fits[0]
    assert 0 < qlora.mfu[0] < 1


def test_a_search_refuses_lists_that_do_not_match():
    with pytest.raises(ValueError, match="one workload"):
        best_layouts(models.LLAMA3_8B, [], [H100], [COUNTS], constants())
    with pytest.raises(ValueError, match="one or more"):
        best(models.LLAMA3_8B, Workload(4096, 64), counts=np.array([0.0]))


def test_formats_an_accelerator_lacks_are_measured_against_its_16_bit_peak():
    assert matmul_peak(H100, "fp8") == H100.peak_flops["fp8"]
    assert matmul_peak(A100, "fp8") == A100.peak_flops["bf16"]
    with pytest.raises(ValueError, match="no dense peak"):
        matmul_peak(replace(H100, peak_flops={}), "bf16")


def test_pressure_starts_late_and_stays_small():
    np.testing.assert_allclose(pressure(np.array([0.0, 0.94, 0.97, 1.0])), [0, 0, 0.025, 0.1])


def test_ranked_layouts_differ_and_say_why_they_lose():
    work = Workload(8192, 1024)
    ranked = ranked_layouts(models.LLAMA3_70B, work, H100, 512, constants())
    single = best(models.LLAMA3_70B, work, counts=np.array([512.0]))
    first = ranked.reasons.index("best")
    assert ranked.seconds[first] == pytest.approx(single.seconds[0])
    assert not ranked.fits[:first].any()
    assert (np.diff(ranked.seconds) >= 0).all()
    assert ranked.reasons.count("best") == 1
    assert len(set(ranked.reasons)) > 2
    rows = ranked.layouts
    keys = set(zip(rows.tp, rows.pp, rows.cp, rows.ep, rows.sharding, ranked.fits, strict=True))
    assert len(keys) == len(ranked)


def test_layouts_that_would_win_but_do_not_fit_are_listed_as_such():
    ranked = ranked_layouts(models.LLAMA3_70B, Workload(8192, 1024), H100, 128, constants())
    unfit = np.array([reason == "memory" for reason in ranked.reasons])
    assert unfit.any()
    np.testing.assert_array_equal(unfit, ~ranked.fits)
    assert (ranked.memory.total[unfit] > ranked.capacity).all()
    none = ranked_layouts(models.LLAMA31_405B, Workload(8192, 1024), H100, 16, constants(), keep=5)
    assert set(none.reasons) == {"memory"}
    assert len(none) <= 5
    assert (np.diff(none.memory.total) >= 0).all()


sizes = st.floats(8.5, 12.0).map(lambda e: 10.0**e)
works = st.builds(
    Workload,
    sequence=st.sampled_from([2048.0, 8192.0, 65536.0]),
    global_batch=st.floats(4.0, 4096.0),
    precision=st.sampled_from(["bf16", "fp8"]),
)
FEW = np.array([8.0, 64.0, 512.0])


def shape(total, moe):
    return shape_for(total, 0.1 * total) if moe else shape_for(total)


@settings(deadline=None, max_examples=40)
@given(
    sizes, st.booleans(), works, st.sampled_from([H100, A100, RTX_4090]), st.sampled_from(["vendor", "open"])
)
def test_nothing_is_nan_or_negative_or_faster_than_the_best_matmul(total, moe, work, accelerator, stack):
    found = best(shape(total, moe), work, accelerator, FEW, stack=stack)
    assert (found.seconds > 0).all()
    assert (found.mfu >= 0).all()
    assert (found.mfu < 0.9).all()
    assert not np.isnan(found.tokens_per_s).any()
    for record in (found.breakdown, found.memory):
        kind = StepSeconds if record is found.breakdown else Memory
        for field in fields(kind):
            values = getattr(record, field.name)
            assert np.isfinite(values).all(), field.name
            assert (values >= -1e-9).all(), field.name


@settings(deadline=None, max_examples=40)
@given(
    sizes,
    st.booleans(),
    works,
    st.sampled_from(["memory_bytes", "memory_bandwidth", "scaleup_bandwidth", "scaleout_bandwidth"]),
    st.floats(1.0, 4.0),
)
def test_a_better_accelerator_is_never_slower(total, moe, work, what, factor):
    better = replace(H100, **{what: getattr(H100, what) * factor})
    before = best(shape(total, moe), work, H100, FEW)
    after = best(shape(total, moe), work, better, FEW)
    assert (after.seconds <= before.seconds * (1 + 1e-9)).all()
    assert (after.fits >= before.fits).all()


@settings(deadline=None, max_examples=40)
@given(sizes, st.booleans(), works, st.floats(1e-4, 2e-3))
def test_the_step_time_of_a_slider_shape_changes_smoothly(total, moe, work, growth):
    """Only where memory runs out may a fifth of a percent more parameters cost more than a few percent."""
    small, large = (best(shape(n, moe), work, H100, FEW) for n in (total, total * (1 + growth)))
    roomy = small.fits & (small.memory.total < 0.93 * small.capacity)
    assert large.fits[roomy].all()
    assert (large.seconds[roomy] / small.seconds[roomy] < 1.05).all()
    both = small.fits & large.fits
    assert (large.seconds[both] / small.seconds[both] > 0.95).all()


@settings(max_examples=30, deadline=None)
@given(
    total=st.floats(3e8, 2e10),
    tp=st.sampled_from([1, 2, 4, 8]),
    pp=st.sampled_from([1, 2]),
    accelerator=st.sampled_from([H100, A100]),
)
def test_at_one_layout_hours_never_fall_as_replicas_share_a_fixed_batch(total, tp, pp, accelerator):
    """Full recomputation and unsharded states keep memory, and so the layout, the same at every count."""
    fixed = Pins(tp=tp, pp=pp, vp=1, cp=1, ep=1, microbatch=1, recompute="full", sharding="none")
    replicas = 2.0 ** np.arange(7)
    found = best(shape_for(total), Workload(2048.0, 512.0), accelerator, tp * pp * replicas, fixed)
    spent = found.counts * found.would_take
    assert np.array_equal(found.layouts.dp, replicas)
    assert (spent[1:] >= spent[:-1] * (1.0 - 1e-9)).all()


@pytest.mark.parametrize(("counts", "turns", "together"), [(200, True, 1), (200, False, 2), (20, True, 2)])
def test_large_searches_take_turns_once_they_are_told_to_and_small_ones_never(
    monkeypatch, counts, turns, together
):
    meeting, at_work, most = threading.Barrier(2), [], []

    class Watched:
        """A space that notes how many are made at once."""

        @staticmethod
        def of(*given):
            at_work.append(None)
            with contextlib.suppress(threading.BrokenBarrierError):
                meeting.wait(30 if together == 2 else 0.2)  # two meet where they can; one alone waits in vain
            most.append(len(at_work))
            at_work.pop()
            return Space.of(*given)

    own = type(searching.TURNS)()
    monkeypatch.setattr(searching, "TURNS", own)
    monkeypatch.setattr(searching, "Space", Watched)
    if turns:
        own.take()
    asked = 8.0 * np.arange(1, counts + 1)
    threads = [
        threading.Thread(target=best, args=(models.LLAMA3_8B, Workload(4096, 256), H100, asked))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(most) == 2
    assert max(most) == together
