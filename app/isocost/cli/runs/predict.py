"""``isocost predict``: what the model says of runs described in a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from isocost.cli.arguments import command_parser, refuse_same
from isocost.cli.output import write

if TYPE_CHECKING:
    from isocost.catalog import Catalog

DESCRIPTION = (
    "Predict every row of a CSV table of runs and write the table with the predictions appended. Training "
    "rows need the columns model, gpu, n_gpus and seq_len; a layout (tp, pp, vp, cp, ep, micro_batch, "
    "recompute, zero_or_fsdp...) is used where given and searched where blank; date and framework tell "
    "which software ran; models that are not known are described by n_layers, d_model, n_heads... "
    "Optional columns: attention_kernel (FA2, FA3, cuDNN, flash, masked or unfused; by framework and date "
    "where blank), document_len (mean tokens of documents packed into a sequence, attention within each), "
    "overlap (off where traffic waits), matmul_tflops (a large product measured on the part, in the row's "
    "number format), schedule (of the pipeline: 1f1b, zero-bubble, zbv, v-half or dualpipe), lora_rank, "
    "lora_targets (modules that have adapters: 'q_proj v_proj', attention, all-linear; by framework where "
    "blank), optimizer (adamw, adamw_8bit, paged_adamw_8bit, lion, muon...; by framework where blank), stack "
    "(vendor, open or research; by framework where blank), network_gbit_s (between nodes, per accelerator and"
    " direction; the catalogue's where blank) and gpus_per_node. Generation rows need model, gpu, n_gpus, "
    "precision, isl, osl and metric; batch_or_concurrency is the number of sequences running at once, or of "
    "requests that are sent all at once and timed until the last has ended ('1000 requests at once', 'rate "
    "inf'); notes that name ShareGPT let the answers vary in length."
)
TRAINING = ("model", "gpu", "n_gpus", "seq_len")
GENERATION = ("model", "gpu", "n_gpus", "precision", "isl", "osl", "metric")


def run(arguments: Sequence[str]) -> int:
    """Write the predictions of a table. Raises FileError, UsageError, CatalogError."""
    parser = command_parser("predict", DESCRIPTION)
    parser.add_argument("runs", metavar="RUNS.csv", type=Path, help="table of runs")
    parser.add_argument("-o", "--output", metavar="OUT.csv", type=Path, required=True, help="table to write")
    parser.add_argument(
        "--kind", choices=("training", "generation"), default="training", help="(default: training)"
    )
    chosen = parser.parse_args(arguments)
    write(_predicted(chosen.runs, chosen.output, chosen.kind))
    return 0


def _predicted(runs: Path, output: Path, kind: str) -> str:
    from isocost.cli.plans import open_catalog
    from isocost.cli.runs.tables import open_table
    from isocost.files import FileError, ensure_writable, table_text, write_atomically

    names, rows = open_table(runs, TRAINING if kind == "training" else GENERATION, kind)
    refuse_same(runs, output)
    ensure_writable(output)
    found = (_training if kind == "training" else _generation)(rows, open_catalog())
    # A column of the table's own with the name of one of ours is kept beside it.
    kept = {name.casefold(): f"{name} (given)" if name in found[0] else name for name in names}
    table = [
        {**{kept[name]: cell for name, cell in row.items()}, **new}
        for row, new in zip(rows, found, strict=True)
    ]
    text = table_text([*kept.values(), *found[0]], table)
    try:
        write_atomically(output, text.encode())
    except OSError as error:
        raise FileError(output, f"cannot be written: {error.strerror or error}.") from error
    first = next(iter(found[0]))
    done = sum(1 for new in found if new[first])
    left = "" if done == len(rows) else "; column note says why the others are not"
    return f"{done} of {len(rows)} rows predicted{left}. Written to {output}."


def _training(rows: Sequence[Mapping[str, str]], catalog: Catalog) -> list[dict[str, str]]:
    from isocost.evidence.table import predict

    return [
        {
            "predicted_tokens_per_s_per_gpu": _number(found.tokens_per_s),
            "predicted_peak_memory_gb": _number(found.peak_memory_gb),
            "predicted_reserved_memory_gb": _number(found.reserved_memory_gb),
            "predicted_memory_low_gb": _number(found.memory_low_gb),
            "predicted_memory_high_gb": _number(found.memory_high_gb),
            "fits": found.fits or "",
            "evidence": found.evidence or "",
            "predicted_p10": _number(found.p10),
            "predicted_p90": _number(found.p90),
            "layout_source": found.layout_source,
            "note": found.note,
        }
        for found in predict(rows, catalog)
    ]


def _generation(rows: Sequence[Mapping[str, str]], catalog: Catalog) -> list[dict[str, str]]:
    from isocost.catalog import CatalogError
    from isocost.evidence.generation import predict_row

    results = []
    for row in rows:
        try:
            found = predict_row(row, catalog)
        except (CatalogError, ValueError, LookupError, ArithmeticError) as error:  # its own row alone
            values = ("", "", "", str(error) or type(error).__name__)
        else:
            rate, low, high = found.tokens_per_second_per_gpu, found.p10, found.p90
            values = (_number(rate), _number(low), _number(high), found.note)
        columns = ("predicted_tok_s_per_gpu", "predicted_p10", "predicted_p90", "note")
        results.append(dict(zip(columns, values, strict=True)))
    return results


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.6g}"
