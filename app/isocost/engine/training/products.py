"""Seconds of the linear layers a transformer is made of: products, casts and what adapters add to them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from isocost.engine.arrays import Array, Workloads
from isocost.engine.training import kernels
from isocost.engine.training.efficiency import Machines

CAST_WEIGHT_BYTES = 6.0
"""Bytes a weight of 32 bits moves when a pass casts it to 16: read and written."""


@dataclass(frozen=True, slots=True)
class Product:
    """Forward and backward cost of one weight matrix."""

    forward: Array
    backward: Array
    forward_casts: Array
    backward_casts: Array

    def __add__(self, other: Product) -> Product:
        return Product(
            self.forward + other.forward,
            self.backward + other.backward,
            self.forward_casts + other.forward_casts,
            self.backward_casts + other.backward_casts,
        )

    def scaled(self, factor: Array | float) -> Product:
        """Every part times ``factor``."""
        return Product(
            self.forward * factor,
            self.backward * factor,
            self.forward_casts * factor,
            self.backward_casts * factor,
        )

    def with_casts(self, left: Array) -> Product:
        """The same with ``left`` of its casts."""
        return Product(self.forward, self.backward, self.forward_casts * left, self.backward_casts * left)


def product(
    rows: Array,
    columns: Array,
    inner: Array,
    works: Workloads,
    machines: Machines,
    adapted: Array | float,
    groups: Array | None = None,
    fused: Array | float = 0.0,
) -> Product:
    """Seconds of a linear layer: (rows x inner) by (inner x columns), once or for each of ``groups`` experts.

    Each product takes its FLOPs over the sustained rate plus its bytes over the memory's: a soft roofline.
    Forward is one product, backward two (of the input and of the weight), frozen weights one. ``adapted`` is
    the share of the columns that have an adapter, ``fused`` 1 where groups are one kernel. Without rows or
    columns there is no layer: nothing is read.

    Source: rates ``resources/efficiency.yaml``; casts below 16 bits arXiv 2209.05433 and 2310.10537; adapters
    arXiv 2106.09685; 4-bit weights arXiv 2305.14314.
    """
    exists = np.where((np.asarray(rows) > 0) & (np.asarray(columns) > 0), 1.0, 0.0)
    count = exists if groups is None else groups * exists
    efficiency = 1.0 if groups is None else machines.grouped

    def seconds(m: Array, n: Array, k: Array, traffic: Array) -> Array:
        # The sum, not the longer of the two: efficiency falls smoothly with size, without a table of sizes.
        flops = kernels.grouped_matmul_flops(count, m, n, k, fused)
        return flops / (machines.matmul * efficiency) + traffic * count / machines.memory

    eb = works.element_bytes
    # Operands are read in the matmul's format; results are written in 16 bits whatever it is.
    weights = inner * columns
    ins, outs = rows * inner, rows * columns
    forward = seconds(rows, columns, inner, eb * (ins + weights) + 2.0 * outs)
    data = seconds(rows, inner, columns, eb * (outs + weights) + 2.0 * ins)
    weight = seconds(inner, columns, rows, eb * (ins + outs) + machines.gradient_traffic * weights)
    unpack = works.quantised * machines.dequantise * weights * count / machines.memory
    there, back = (
        adapted * each * count / machines.memory for each in _adapter_bytes(rows, inner, columns, machines)
    )
    anew = machines.wide_gathers * cast_traffic(works, machines)
    cast = (works.autocast * CAST_WEIGHT_BYTES + anew) * weights * count / machines.memory
    # Without weight gradients operands need no transposed copy. Weights are cast once a step (``_update`` of
    # ``training.step``), activations and their gradients in every pass.
    per_pass = cast_traffic(works, machines) * np.where(works.frozen > 0, 0.5, 1.0) * count / machines.memory
    return Product(
        forward=forward + unpack,
        backward=data + np.where(works.frozen > 0, 0.0, weight) + unpack,
        forward_casts=per_pass * ins + there + cast,
        backward_casts=per_pass * outs + back + anew * weights * count / machines.memory,
    )


def cast_traffic(works: Workloads, machines: Machines) -> Array:
    """Bytes moved to cast one element below 16 bits, with what its block's scales take; 0 in 16 bits.

    Source: arXiv 2209.05433 and 2310.10537; constants ``resources/efficiency.yaml``.
    """
    return works.low_precision * machines.cast_bytes * (1.0 + machines.block_casts * works.block_scaled)


def _adapter_bytes(rows: Array, inner: Array, columns: Array, machines: Machines) -> tuple[Array, Array]:
    """Bytes a low-rank adapter adds to a linear layer forward and backward: input and output passed again.

    Operator by operator the second product writes 16 bits, scaling reads and writes them, and the sum reads
    two and writes one: six times the output (``result + lora_B(lora_A(x)) * scaling`` of PEFT's layer).
    Backward scaling reads and writes the output's gradient, the second product reads that twice, the first
    reads the input and writes its gradient, and a sum adds that to the layer's own: four times the output,
    five the input. Fused: at one byte an element each time, half of 16 bits: chosen, not measured.
    """
    fused = rows * (1.0 * inner + 2.0 * columns)
    there, back = rows * (2.0 * inner + 12.0 * columns), rows * (10.0 * inner + 8.0 * columns)
    return fused + machines.eager * (there - fused), 2.0 * fused + machines.eager * (back - 2.0 * fused)
