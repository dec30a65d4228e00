"""Parallel layouts as a struct of arrays: how accelerators share one training step.

``tp`` x ``cp`` x ``pp`` x ``dp`` of the ``accelerators`` work, the rest (fewer than one replica) stand idle.
Expert parallelism takes its ranks from the same devices: ``ep`` of the ``tp`` x ``cp`` x ``dp`` that hold one
pipeline stage share the experts. Experts narrower than the model stay whole; wider ones are also cut over
``tp``, like a dense feed-forward (``expert_split``).
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from isocost.engine.arrays import Array, Transformers
from isocost.engine.records import Recompute, Sharding, Transformer

RECOMPUTE_CODES: dict[Recompute, int] = {"none": 0, "selective": 1, "full": 2}
SHARDING_CODES: dict[Sharding, int] = {"none": 0, "zero1": 1, "zero2": 2, "zero3": 3}
RECOMPUTE_NAMES: tuple[Recompute, ...] = ("none", "selective", "full")
SHARDING_NAMES: tuple[Sharding, ...] = ("none", "zero1", "zero2", "zero3")


@dataclass(frozen=True, slots=True)
class Layouts:
    """Many layouts of one training step: arrays of one length, a row each.

    Degrees are floats so that they enter arithmetic as they are; slider shapes may hold fractions of
    ``microbatches``. Whole-number models hold whole numbers throughout.
    """

    accelerators: Array
    """Devices paid for."""
    tp: Array
    """Tensor parallel."""
    pp: Array
    """Pipeline stages."""
    vp: Array
    """Model chunks a stage interleaves (1 = plain 1F1B)."""
    cp: Array
    """Context parallel: devices that share one sequence."""
    ep: Array
    """Expert parallel."""
    dp: Array
    """Data parallel replicas."""
    microbatch: Array
    """Sequences a replica processes at once."""
    microbatches: Array
    """Microbatches a replica processes in one step (gradient accumulation)."""
    recompute: NDArray[np.int8]
    """0 none, 1 selective (attention and cheap elementwise), 2 full (each layer from its input)."""
    sharding: NDArray[np.int8]
    """0 none, 1 optimizer states (ZeRO-1), 2 and gradients (ZeRO-2), 3 and weights (ZeRO-3, FSDP)."""
    shard_group: Array
    """Devices over which ``sharding`` spreads states: dp * cp, or fewer when groups hold replicas."""
    sequence_parallel: NDArray[np.bool_]
    """Whether norms and dropout are split along the sequence within the tensor-parallel group."""

    def __len__(self) -> int:
        return len(self.tp)

    @property
    def model_parallel(self) -> Array:
        """Devices that hold one replica: tp * pp * cp."""
        return self.tp * self.pp * self.cp

    @property
    def expert_replicas(self) -> Array:
        """Ranks that hold the same expert: tp * cp * dp / ep, at least one."""
        return np.maximum(self.tp * self.cp * self.dp / self.ep, 1.0)

    def take(self, rows: Any) -> Layouts:
        """The layouts at ``rows`` (an index array, a boolean mask or a slice)."""
        return Layouts(*(getattr(self, f.name)[rows] for f in fields(self)))

    @staticmethod
    def of(
        *,
        accelerators: ArrayLike,
        global_batch: ArrayLike,
        tp: ArrayLike = 1,
        pp: ArrayLike = 1,
        vp: ArrayLike = 1,
        cp: ArrayLike = 1,
        ep: ArrayLike = 1,
        dp: ArrayLike | None = None,
        microbatch: ArrayLike = 1,
        recompute: ArrayLike = 0,
        sharding: ArrayLike = 1,
        shard_group: ArrayLike | None = None,
        sequence_parallel: ArrayLike | None = None,
    ) -> Layouts:
        """Layouts from scalars or arrays that broadcast to one length; what is left out follows.

        ``dp`` becomes the replicas that fit in ``accelerators``, ``microbatches`` what covers the batch
        (rounded up), ``shard_group`` all of dp * cp, ``sequence_parallel`` whether tp > 1: Megatron-LM's
        conventions (arXiv 2205.05198; groups as in arXiv 1910.02054).

        >>> layout = Layouts.of(accelerators=2048, global_batch=1024, tp=8, pp=4)
        >>> float(layout.dp[0]), float(layout.microbatches[0])
        (64.0, 16.0)
        """
        n, batch, tp_, pp_, vp_, cp_, ep_, mb, rc, sh = np.broadcast_arrays(
            *(np.atleast_1d(np.asarray(a, float)) for a in (accelerators, global_batch, tp, pp, vp, cp, ep)),
            *(np.atleast_1d(np.asarray(a, float)) for a in (microbatch, recompute, sharding)),
        )
        replicas = np.maximum(np.floor(n / (tp_ * pp_ * cp_)), 1.0) if dp is None else dp
        dp_ = np.array(np.broadcast_to(np.asarray(replicas, float), n.shape))
        # Context-parallel ranks hold the same weights as data-parallel ones, so states are spread over both.
        group = dp_ * cp_ if shard_group is None else np.broadcast_to(np.asarray(shard_group, float), n.shape)
        parallel = tp_ > 1 if sequence_parallel is None else np.broadcast_to(sequence_parallel, n.shape)
        return Layouts(
            accelerators=np.array(n),
            tp=np.array(tp_),
            pp=np.array(pp_),
            vp=np.array(vp_),
            cp=np.array(cp_),
            ep=np.array(ep_),
            dp=dp_,
            microbatch=np.array(mb),
            # A hair less before rounding up, against errors in the last digit.
            microbatches=np.maximum(np.ceil(batch / (dp_ * mb) - 1e-9), 1.0),
            recompute=np.array(rc, np.int8),
            sharding=np.array(sh, np.int8),
            shard_group=np.array(group),
            sequence_parallel=np.array(parallel, np.bool_),
        )


def expert_split(t: Transformers | Transformer, tp: Array) -> Array:
    """Tensor-parallel ranks one expert is cut into.

    Experts at least as wide as the model are cut like dense feed-forwards (Mixtral, Grok); narrower ones stay
    whole and the ranks take different tokens, as in Megatron-Core.
    """
    return np.where(t.expert_ffn >= t.hidden, tp, 1.0)


def rank_parameters(t: Transformers, layouts: Layouts, layers: Array) -> tuple[Array, Array]:
    """Parameters of ``layers`` average layers that one rank holds: dense ones, and those of routed experts.

    Dense matrices are cut over tp, experts dealt over ep and cut as ``expert_split`` says: Megatron-Core's
    tensor and expert parallelism (arXiv 1909.08053, 2104.04473). Replicas hold the same again.
    """
    routed = t.moe_layers / t.layers * t.routed_parameters
    dense = t.layer_parameters - routed
    return layers * dense / layouts.tp, layers * routed / (layouts.ep * expert_split(t, layouts.tp))
