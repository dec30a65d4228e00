"""Work of the kernels of a training step: FLOPs of matrix products and attention, bytes of the rest.

Arguments and results are arrays (or scalars) that broadcast together. Divided by the rates of
``training.efficiency`` they are seconds. Symbols: T tokens of a rank, h hidden size, a heads, d their width.
"""

from __future__ import annotations

import numpy as np

from isocost.engine.arrays import Array

TILE = 128.0
"""Side of the output tile a matmul is cut into (cuBLAS prefers 128 x 256 and 128 x 128); half a tile is
wasted at the edge of each dimension."""

WAVE = 3.5e6
"""Output elements all tiles of one wave cover (108-148 multiprocessors, 128 x 256 each: 3.5e6-4.8e6); on
average half a wave is idle at the end of a product (NVIDIA, Matrix Multiplication Background User's
Guide)."""

SPLIT_DEPTH = 4096.0
"""Inner elements a multiprocessor sums at least where a product whose output fills less than a wave is split
along its inner dimension (split-K of cuBLAS and CUTLASS, stream-K of arXiv 2301.03598). Chosen: shorter sums
are not worth adding up."""

BACKWARD_ATTENTION = 2.5
"""Matmul work of FlashAttention's backward over its forward: five products against two (arXiv 2307.08691)."""

BACKWARD_BYTES = 1.5
"""Bytes of elementwise kernels backward over forward: a gradient and an input read and a gradient written,
for an input read and an output written."""

UNFUSED_FORWARD_BYTES = 13.0
"""Traffic per score written out at 16 bits: product 2, mask and softmax 4, dropout 5, read 2."""

UNFUSED_BACKWARD_BYTES = 17.0
"""Traffic per score in the backward pass. Chosen: two 16-bit tensors more than forward."""

NORM_BYTES = 20.0
"""Traffic of a layer's two norms and two residual additions with dropout, per token and hidden element: ten
16-bit tensors read or written."""

LOGIT_BYTES = 12.0
"""Traffic of a fused loss per logit, all at 16 bits: written, read for maximum and sum, read and overwritten
by its gradient, and read by the two products of the backward pass. Counted, not measured."""

WIDENED_LOGIT_BYTES = 24.0
"""The same of a loss that widens logits first: written at 16 bits, read and widened to 32, maximum,
exponential and sum, gradient written. Counted, not measured."""


def padded(size: Array | float) -> Array | float:
    """Size of a matmul dimension with the average waste of tiles at its edge: size + TILE / 2."""
    return size + TILE / 2.0


def _idle(output: Array | float, inner: Array | float) -> Array | float:
    """Output elements that a product's half-empty last wave is worth: WAVE / 2, less where it is split.

    Gradients of weights have small outputs and sum over all tokens of a microbatch: idle multiprocessors take
    a part of the sum each, the more the less of a wave the output fills.
    """
    parts = 1.0 + np.maximum(inner / SPLIT_DEPTH - 1.0, 0.0) * (WAVE / (WAVE + output))
    return 0.5 * WAVE / parts


def matmul_flops(rows: Array | float, columns: Array | float, inner: Array | float) -> Array:
    """FLOPs a (rows x inner) by (inner x columns) product occupies the tensor cores for, waste included.

    2 k ((m + TILE / 2) (n + TILE / 2) + WAVE / 2): tiles overhang the edges, and the last wave of tiles is
    half empty, less where the sum is split. A product without columns or rows costs nothing. Source: tile and
    wave quantization, NVIDIA, Matrix Multiplication Background User's Guide.

    >>> float(matmul_flops(8192.0, 8192.0, 8192.0)) / (2.0 * 8192.0**3)  # 4 % is waste
    1.040548754484335
    """
    # The average, not the exact waste of a size: efficiency falls smoothly as products shrink, without
    # tables.
    output = padded(rows) * padded(columns)
    work = 2.0 * inner * (output + _idle(output, inner))
    return np.where((np.asarray(rows) > 0) & (np.asarray(columns) > 0), work, 0.0)


def grouped_matmul_flops(
    groups: Array,
    rows: Array | float,
    columns: Array | float,
    inner: Array | float,
    fused: Array | float = 0.0,
) -> Array:
    """FLOPs of ``groups`` products of ``rows`` rows each, as ``matmul_flops``.

    One after another, each ends with a wave half empty; where ``fused`` is 1 they are one kernel, whose tiles
    fill the waves of all. Source: as ``matmul_flops``; grouped kernels of CUTLASS.
    """
    # Slider shapes have fractions of an expert on a rank; even they end one product with a half-empty wave.
    together = np.asarray(fused) > 0
    waves = np.where(together, 1.0, np.maximum(groups, 1.0))
    output = padded(rows) * padded(columns)
    idle = _idle(np.where(together, groups, 1.0) * output, inner)
    work = 2.0 * inner * (groups * output + idle * waves)
    return np.where((np.asarray(rows) > 0) & (np.asarray(columns) > 0), work, 0.0)


def attention_flops(
    tokens: Array, seen: Array, heads: Array, query_key_dim: Array, value_dim: Array, head_overhead: Array
) -> Array:
    """FLOP-equivalents of FlashAttention's forward pass: 2 T (n + TILE / 2) a (d_qk + d_v + o).

    T ``tokens`` are queries that see n keys each on average, ``seen``; a heads have queries and keys of d_qk
    and values of d_v elements. Exponentials count as o = ``head_overhead`` more columns (fitted:
    ``resources/efficiency.yaml``), so narrow heads are slower per FLOP. Source: arXiv 2407.08608.

    >>> float(attention_flops(2048.0, 1024.0, 32.0, 128.0, 128.0, 0.0))
    36507222016.0
    """
    # Exponentials run beside the products at a rate that does not depend on the head's width, hence columns.
    # Blocks on the diagonal of the causal mask are computed whole: half a tile more keys than are visible.
    return 2.0 * tokens * (seen + TILE / 2.0) * heads * (query_key_dim + value_dim + head_overhead)


def norm_bytes(tokens: Array, hidden: Array) -> Array:
    """Bytes a layer's two norms and two residual additions with dropout move forward, at 16 bits."""
    return NORM_BYTES * tokens * hidden


def projection_bytes(tokens: Array, attention_width: Array, ffn_width: Array, matrices: Array) -> Array:
    """Bytes that rotary embedding and the feed-forward's activation move forward, at 16 bits.

    ``attention_width`` is the width of queries plus keys, read and written once; the activation reads one or
    two inner widths and writes one, as many as the feed-forward has ``matrices``. Source: counted per tensor,
    as arXiv 2205.05198 counts activations.
    """
    return tokens * (4.0 * attention_width + 2.0 * matrices * ffn_width)


def state_space_bytes(tokens: Array, width: Array, projected: Array) -> Array:
    """Bytes a state-space layer moves forward between its projections, at 16 bits.

    The convolution reads and writes all columns but the gate's, the scan reads them and writes ``width``, the
    gated norm reads that and the gate and writes. Source: Mamba-2, arXiv 2405.21060.
    """
    mixed = projected - width
    return 2.0 * tokens * (3.0 * mixed + 4.0 * width)


def cross_entropy_bytes(tokens: Array, vocabulary: Array, fused: Array) -> Array:
    """Bytes the loss moves on a (tokens x vocabulary) block of logits, forward and backward.

    ``fused`` is 1 where one kernel computes it.
    """
    return tokens * vocabulary * (WIDENED_LOGIT_BYTES + fused * (LOGIT_BYTES - WIDENED_LOGIT_BYTES))
