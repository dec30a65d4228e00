"""Columns of a table of runs that nothing is read from are named."""

from __future__ import annotations

import pytest

from isocost.catalog import load
from isocost.evidence.generation import predict_row
from isocost.evidence.rows.columns import GENERATION_READ, TRAINING_READ, unread
from isocost.evidence.rows.measured_rows import run_from_row

CATALOG = load()


class Watched(dict[str, str]):
    """A row that remembers what was asked of it, whether it has it or not."""

    def __init__(self, **cells: str) -> None:
        super().__init__(cells)
        self.asked: set[str] = set()

    def get(self, key, default=None):
        self.asked.add(key)
        return super().get(key, default)


def test_all_columns_of_serving_that_are_read_are_declared():
    row = Watched(
        model="Llama 3.1 8B", gpu="H100", n_gpus="1", precision="FP8", isl="128", osl="128", metric="output"
    )
    predict_row(row, CATALOG)
    assert row.asked == GENERATION_READ


@pytest.mark.parametrize("name", sorted(TRAINING_READ - {"id", "source", "notes", "model", "gpu"}))
def test_each_column_of_training_that_is_declared_is_read(name):
    row = {"model": "Ours", "gpu": "H100", "n_gpus": "8", "seq_len": "4096", "n_experts": "8"}
    row |= {"n_layers": "16", "d_model": "1024", "n_heads": "16", "precision": "bf16", "kind": "lora"}
    odd = {"ffn_type": "gelu", "framework": "Megatron-LM", "date": "2021", "recompute": "full"}
    odd |= {"zero_or_fsdp": "ZeRO-3", "precision": "fp8", "kind": "sft", "optimizer": "lion"}
    odd |= {"attention_kernel": "unfused", "stack": "vendor", "overlap": "off", "schedule": "dualpipe"}
    odd |= {"seq_parallel": "yes", "gpus_per_node": "4", "step_time_s": "3"}
    if name == "step_time_s":
        row["global_batch_seqs"] = "64"
    plain = run_from_row(row, CATALOG)
    assert run_from_row(row | {name: odd.get(name, "2")}, CATALOG) != plain


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("model", "GPU", "Seq_Len", "notes", "predicted_p10"), ""),
        (("model", "method"), "columns that are not read: method."),
        (
            ("model", "global_batch", "method"),
            "columns that are not read: global_batch (meant global_batch_seqs?) and method.",
        ),
        (tuple(f"x{n}y" for n in range(10)), "and 2 more."),
    ],
)
def test_what_is_not_read_is_named(names, said):
    told = unread(names, TRAINING_READ)
    assert told == said or (len(names) == 10 and told.endswith(said))
