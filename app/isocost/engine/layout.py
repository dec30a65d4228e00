"""Parallel layouts as a struct of arrays.

A layout says how ``accelerators`` devices share one training step: ``tp`` x ``cp`` x ``pp`` x ``dp`` of them
work, the rest (fewer than one replica) stand idle. Expert parallelism takes its ranks from the same devices:
``ep`` of the ``tp`` x ``cp`` x ``dp`` that hold one pipeline stage share the experts. Experts narrower than
the model stay whole; wider ones are also cut over ``tp``, like a dense feed-forward.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from isocost.engine.records import Recompute, Sharding

FloatArray = NDArray[np.float64]

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

    accelerators: FloatArray
    """Devices paid for."""
    tp: FloatArray
    """Tensor parallel."""
    pp: FloatArray
    """Pipeline stages."""
    vp: FloatArray
    """Model chunks a stage interleaves (1 = plain 1F1B)."""
    cp: FloatArray
    """Context parallel: devices that share one sequence."""
    ep: FloatArray
    """Expert parallel."""
    dp: FloatArray
    """Data parallel replicas."""
    microbatch: FloatArray
    """Sequences a replica processes at once."""
    microbatches: FloatArray
    """Microbatches a replica processes in one step (gradient accumulation)."""
    recompute: NDArray[np.int8]
    """0 none, 1 selective (attention and cheap elementwise), 2 full (each layer from its input)."""
    sharding: NDArray[np.int8]
    """0 none, 1 optimizer states (ZeRO-1), 2 and gradients (ZeRO-2), 3 and weights (ZeRO-3, FSDP)."""
    shard_group: FloatArray
    """Devices over which ``sharding`` spreads states: dp * cp, or fewer when groups hold replicas."""
    sequence_parallel: NDArray[np.bool_]
    """Whether norms and dropout are split along the sequence within the tensor-parallel group."""

    def __len__(self) -> int:
        return len(self.tp)

    @property
    def model_parallel(self) -> FloatArray:
        """Devices that hold one replica: tp * pp * cp."""
        return self.tp * self.pp * self.cp

    @property
    def expert_replicas(self) -> FloatArray:
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
        (rounded up), ``shard_group`` all of dp * cp, ``sequence_parallel`` whether tp > 1.
        """
        n, batch, tp_, pp_, vp_, cp_, ep_, mb, rc, sh = np.broadcast_arrays(
            *(np.atleast_1d(np.asarray(a, float)) for a in (accelerators, global_batch, tp, pp, vp, cp, ep)),
            *(np.atleast_1d(np.asarray(a, float)) for a in (microbatch, recompute, sharding)),
        )
        replicas = np.maximum(np.floor(n / (tp_ * pp_ * cp_)), 1.0) if dp is None else dp
        dp_ = np.array(np.broadcast_to(np.asarray(replicas, float), n.shape))
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
            microbatches=np.maximum(np.ceil(batch / (dp_ * mb) - 1e-9), 1.0),
            recompute=np.array(rc, np.int8),
            sharding=np.array(sh, np.int8),
            shard_group=np.array(group),
            sequence_parallel=np.array(parallel, np.bool_),
        )
