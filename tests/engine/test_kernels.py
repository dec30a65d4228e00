import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from isocost.engine.training import kernels

size = st.floats(1.0, 1e6)


def test_a_large_product_costs_little_more_than_its_flops():
    exact = 2.0 * 32_768.0**3
    assert exact < kernels.matmul_flops(32_768.0, 32_768.0, 32_768.0) < 1.02 * exact


def test_a_thin_product_wastes_most_of_its_tile():
    exact = 2.0 * 8.0 * 8_192.0 * 8_192.0
    assert kernels.matmul_flops(8.0, 8_192.0, 8_192.0) > 5.0 * exact


def test_a_product_without_columns_is_free():
    assert kernels.matmul_flops(4_096.0, 0.0, 4_096.0) == 0.0


@given(size, size, size)
def test_a_product_never_occupies_less_than_its_flops(rows, columns, inner):
    assert kernels.matmul_flops(rows, columns, inner) >= 2.0 * rows * columns * inner


@given(st.floats(1.0, 256.0), size, size, size)
def test_many_small_products_waste_more_than_one_large(groups, rows, columns, inner):
    together = kernels.matmul_flops(groups * rows, columns, inner)
    apart = kernels.grouped_matmul_flops(np.array([groups]), rows, columns, inner)
    assert apart[0] >= together * (1.0 - 1e-9)


@given(st.floats(1.0, 256.0), size, size, size)
def test_experts_in_one_kernel_share_their_last_wave(groups, rows, columns, inner):
    count = np.array([groups])
    apart = kernels.grouped_matmul_flops(count, rows, columns, inner)[0]
    fused = kernels.grouped_matmul_flops(count, rows, columns, inner, 1.0)[0]
    assert 2.0 * groups * rows * columns * inner <= fused <= apart * (1.0 + 1e-9)


def test_a_gradient_of_narrow_weights_fills_the_multiprocessors_by_splitting_its_sum():
    """A 768 x 2,304 gradient over 65,536 tokens is half a wave, and runs near the rate of large products."""
    exact = 2.0 * 768.0 * 2_304.0 * 65_536.0
    assert kernels.matmul_flops(768.0, 2_304.0, 65_536.0) < 1.25 * exact
    assert kernels.matmul_flops(768.0, 2_304.0, 4_096.0) > 1.9 * exact / 16.0


def test_narrow_heads_cost_more_for_the_same_flops():
    tokens, seen, overhead = np.array([4_096.0]), np.array([2_048.0]), np.array([30.0])
    wide = kernels.attention_flops(
        tokens, seen, np.array([16.0]), np.array([128.0]), np.array([128.0]), overhead
    )
    narrow = kernels.attention_flops(
        tokens, seen, np.array([32.0]), np.array([64.0]), np.array([64.0]), overhead
    )
    assert narrow > 1.05 * wide
