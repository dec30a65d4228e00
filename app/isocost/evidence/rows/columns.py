"""Columns of the tables of runs that are read: what others of a user's table say is left out, and said."""

from __future__ import annotations

from collections.abc import Iterable

from isocost.catalog.names import nearest_name
from isocost.language import listed, tr

SPEED = "tokens_per_s_per_gpu"
"""Tokens a second per accelerator, as measured."""

TRAINING_READ = frozenset(
    (
        *("id", "source", "notes", "date", "framework", "stack", "kind", "optimizer"),
        *("lora_rank", "lora_targets"),
        *("model", "n_layers", "d_model", "n_heads", "n_kv_heads", "d_ff", "vocab", "ffn_type"),
        *("n_experts", "moe_layers", "top_k", "n_shared_experts", "d_ff_expert"),
        *("gpu", "n_gpus", "gpus_per_node", "network_gbit_s", "matmul_tflops", "precision"),
        *("seq_len", "document_len", "global_batch_seqs", "micro_batch", "attention_kernel"),
        *("tp", "pp", "vp", "cp", "ep", "zero_or_fsdp", "seq_parallel", "schedule", "overlap", "recompute"),
        *(SPEED, "step_time_s", "peak_memory_gb"),
    )
)
GENERATION_READ = frozenset(
    (
        *("model", "gpu", "n_gpus", "precision", "isl", "osl", "metric", "parallelism"),
        *("batch_or_concurrency", "framework", "date", "source", "notes"),
    )
)
_OURS = ("predicted_", "column ")
"""Beginnings of names of columns that a prediction wrote, or that a table left without one."""

NAMED = 8
"""Columns that are named; of more it is said how many."""


def unread(names: Iterable[str], read: frozenset[str]) -> str:
    """A sentence on columns of a table that say nothing here; empty = all are read.

    What is near the name of a column that is read, and that the table lacks, is asked about.
    """
    given = {name.casefold() for name in names}
    left = [name for name in names if name.casefold() not in read and not name.casefold().startswith(_OURS)]
    if not left:
        return ""
    lacking = sorted(read - given)
    told = []
    for name in left[:NAMED]:
        near = nearest_name(name, lacking)
        told.append(name if near is None else tr("{name} (meant {near}?)", name=name, near=near))
    if len(left) > NAMED:
        told.append(tr("{count} more", count=len(left) - NAMED))
    return tr("columns that are not read: {list}.", list=listed(told))
