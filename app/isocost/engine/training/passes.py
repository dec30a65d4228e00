"""Seconds of a layer's passes by what they are spent on, and how a microbatch is divided."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from isocost.engine.arrays import Array

BACKWARD_LAUNCHES = 1.5
"""Launches of a layer's backward pass over its forward pass. Chosen: a product needs two backward, most other
kernels one."""

SELECTIVE_LAUNCHES = 0.5
"""Launches of what selective recomputation repeats, over those of a forward pass: norms and activations, or
every second product. Chosen: about half of the kernels."""


@dataclass(frozen=True, slots=True)
class Split:
    """How one microbatch's layer is divided: arrays of one length (or one)."""

    tp: Array
    cp: Array
    ep: Array
    microbatch: Array
    """Sequences a microbatch."""
    sequence_parallel: Array
    """1 where norms and residuals are divided by ``tp`` too."""


@dataclass(frozen=True, slots=True)
class Seconds:
    """Seconds of one pass, by what they are spent on."""

    matmul: Array
    attention: Array
    """Attention itself; of a state-space layer, convolution and scan."""
    elementwise: Array
    """Norms, activations, casts, routing and permutation: bound by memory."""
    tensor_comm: Array
    context_comm: Array
    expert_comm: Array

    @property
    def total(self) -> Array:
        """All parts together."""
        return (
            self.matmul
            + self.attention
            + self.elementwise
            + self.tensor_comm
            + self.context_comm
            + self.expert_comm
        )

    def __add__(self, other: Seconds) -> Seconds:
        return Seconds(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(Seconds)))

    def scaled(self, factor: Array | float) -> Seconds:
        """Every part times ``factor``."""
        return Seconds(*(getattr(self, f.name) * factor for f in fields(Seconds)))


@dataclass(frozen=True, slots=True)
class LayerSeconds:
    """One average layer and the head, for one microbatch."""

    forward: Seconds
    backward: Seconds
    selective: Seconds
    """Seconds selective recomputation adds to the backward pass."""
    head: Seconds
    """Output projection and loss, forward and backward."""
    host: Array
    """Seconds the host needs to launch a layer's forward pass."""
    weights: Array
    """Seconds of gradients of weights within ``backward``; worked out for schedules that move them alone."""
    repeated: Array
    """Share of the layers that full recomputation repeats."""
    unrepeated: Array
    """Seconds of the forward pass of these that it leaves out: what comes after all that gradients need."""

    def recomputed(self, mode: NDArray[np.int8] | int) -> Array:
        """Seconds a recomputation mode (0 none, 1 selective, 2 full) adds to the backward pass."""
        full = (self.forward.total - self.unrepeated) * self.repeated
        return np.where(np.equal(mode, 2), full, np.where(np.equal(mode, 1), self.selective.total, 0.0))

    def passes(self, mode: NDArray[np.int8] | int) -> Passes:
        """Seconds of each pass under a recomputation mode."""
        return Passes(
            forward=self.forward.total,
            backward=self.backward.total + self.recomputed(mode),
            head=self.head.total,
            host=self.host,
            host_backward=self.host * (BACKWARD_LAUNCHES + self.relaunched(mode)),
            weights=self.weights,
        )

    def relaunched(self, mode: NDArray[np.int8] | int) -> Array:
        """Launches a recomputation mode repeats in the backward pass, over those of a forward pass."""
        return np.where(
            np.equal(mode, 2), self.repeated, np.where(np.equal(mode, 1), SELECTIVE_LAUNCHES, 0.0)
        )


@dataclass(frozen=True, slots=True)
class Passes:
    """Seconds of one microbatch in a layer and the head, all kernels and collectives together."""

    forward: Array
    backward: Array
    """Recomputation included."""
    head: Array
    """Output projection and loss, forward and backward."""
    host: Array
    """Seconds the host needs to launch a layer's forward pass."""
    host_backward: Array
    """The same of its backward pass, recomputation included."""
    weights: Array
    """Those of the gradients of weights within ``backward``, as ``LayerSeconds`` has them."""
