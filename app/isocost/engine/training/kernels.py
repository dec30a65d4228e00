"""Seconds of the kernels a transformer's training step is made of: matmul, attention, memory passes.

Arguments and results are arrays (or scalars) that broadcast together. FLOP counts follow
``engine.architecture``; efficiencies come from ``engine.efficiency``.
"""

from __future__ import annotations

import numpy as np

from isocost.engine.arrays import Array

TILE = 128.0
"""Side of the output tile a matmul is cut into; half a tile is wasted at the edge of each dimension."""

WAVE = 3.5e6
"""Output elements all tiles of one wave cover (108-148 multiprocessors, 128 x 256 each); on average half a
wave is idle at the end of a product."""

BACKWARD_ATTENTION = 2.5
"""Matmul work of FlashAttention's backward over its forward: five products against two (arXiv 2307.08691)."""

UNFUSED_FORWARD_BYTES = 13.0
"""Traffic per score written out at 16 bits: product 2, mask and softmax 4, dropout 5, read 2."""

UNFUSED_BACKWARD_BYTES = 17.0


def padded(size: Array | float) -> Array | float:
    """A matmul dimension with the average waste of tiles at its edge: size + TILE / 2."""
    return size + TILE / 2.0


def matmul_flops(rows: Array | float, columns: Array | float, inner: Array | float) -> Array:
    """FLOPs a (rows x inner) by (inner x columns) product occupies the tensor cores for, waste included.

    A product without columns or rows costs nothing. Tiles overhang the edges (``TILE``) and the last wave of
    tiles is half empty on average (``WAVE``).
    """
    work = 2.0 * inner * (padded(rows) * padded(columns) + 0.5 * WAVE)
    return np.where((np.asarray(rows) > 0) & (np.asarray(columns) > 0), work, 0.0)


def grouped_matmul_flops(
    groups: Array,
    rows: Array | float,
    columns: Array | float,
    inner: Array | float,
    fused: Array | float = 0.0,
) -> Array:
    """As ``matmul_flops`` for ``groups`` products of ``rows`` rows each.

    One after another, each ends with a wave half empty; where ``fused`` is 1 they are one kernel, whose tiles
    fill the waves of all.
    """
    waves = np.where(np.asarray(fused) > 0, 1.0, np.maximum(groups, 1.0))
    work = 2.0 * inner * (groups * padded(rows) * padded(columns) + 0.5 * WAVE * waves)
    return np.where((np.asarray(rows) > 0) & (np.asarray(columns) > 0), work, 0.0)


def attention_flops(
    tokens: Array, seen: Array, heads: Array, query_key_dim: Array, value_dim: Array, head_overhead: Array
) -> Array:
    """FLOP-equivalents of FlashAttention's forward over ``tokens`` queries that see ``seen`` keys each.

    Exponentials run beside the products at a rate that does not depend on the head's width; they are counted
    as ``head_overhead`` extra columns, so narrow heads are slower per FLOP (arXiv 2407.08608). The diagonal
    blocks of the causal mask are computed whole: half a tile more keys.
    """
    return 2.0 * tokens * (seen + TILE / 2.0) * heads * (query_key_dim + value_dim + head_overhead)


def visible(sequence: Array, window: Array) -> Array:
    """Keys a query sees on average under a causal mask and a window: w - w^2 / 2s, or s / 2 without."""
    reach = np.minimum(window, sequence)
    return reach - reach * reach / (2.0 * sequence)


def norm_bytes(tokens: Array, hidden: Array) -> Array:
    """Forward traffic of a layer's two norms and two residual additions with dropout, 16-bit."""
    return 20.0 * tokens * hidden


def projection_bytes(tokens: Array, attention_width: Array, ffn_width: Array, matrices: Array) -> Array:
    """Forward traffic of rotary embedding on queries and keys and of the feed-forward's activation, 16-bit.

    ``attention_width`` is the width of queries plus keys; the activation reads one or two inner widths and
    writes one.
    """
    return tokens * (4.0 * attention_width + 2.0 * matrices * ffn_width)


def state_space_bytes(tokens: Array, width: Array, projected: Array) -> Array:
    """Forward traffic of a state-space layer between its projections, 16-bit (Mamba-2, arXiv 2405.21060).

    The convolution reads and writes all columns but the gate's, the scan reads them and writes ``width``, the
    gated norm reads that and the gate and writes.
    """
    mixed = projected - width
    return 2.0 * tokens * (3.0 * mixed + 4.0 * width)


def cross_entropy_bytes(tokens: Array, vocabulary: Array) -> Array:
    """Traffic of the loss on a (tokens x vocabulary) block of logits.

    Written at 16 bits, read and widened to 32, maximum, exponential and sum, gradient written: about 24
    bytes a logit unfused.
    """
    return 24.0 * tokens * vocabulary
