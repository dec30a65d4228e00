"""Say which predictions of a fixed grid moved since the last commit, and by how much, beside the anchors.

Run with ``make accuracy``. The grid is of models, accelerators, counts, number formats, software and lengths
as people plan them; ``tests/validation/predictions.csv`` keeps what is predicted, so that a change of the
model shows in ``git diff`` where it was meant to act and where it was not. No floor is checked here: a
prediction that moves is neither better nor worse by that, which measured runs say (``docs/accuracy.md``).
"""

from __future__ import annotations

import csv
import io
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from isocost.catalog import Catalog, load
from isocost.engine.architecture import training_flops_per_token
from isocost.evidence.generation import predict_row
from isocost.evidence.rows.measured_rows import run_from_row
from isocost.evidence.table import predict

ROOT = Path(__file__).resolve().parent.parent
KEPT = Path("tests/validation/predictions.csv")
COLUMNS = ("run", "tokens_per_s_per_gpu", "peak_memory_gb", "layout")
MOVED = 1e-3
"""Smallest share a figure moves by that is told: below it are the last digits of a processor."""
SHOWN = 40
"""Of the largest moves."""

MODELS = (
    "Llama 3.2 1B", "Llama 3.1 8B", "Qwen2.5 32B", "Llama 3.1 70B", "Llama 3.1 405B", "Mixtral 8x7B",
    "Qwen3 30B-A3B", "DeepSeek-V3",
)  # fmt: skip
ACCELERATORS = ("a100-sxm-80gb", "h100-sxm", "h200", "b200", "gb200", "mi300x", "tpu-v5p")
COUNTS = (8, 64, 1024)
SERVING = ("h100-sxm", "h200", "b200", "mi300x")
SERVED = {"Llama 3.1 8B": 1, "Llama 3.1 70B": 4, "Llama 3.1 405B": 8}
"""Accelerators that hold one copy."""
LENGTHS = ((1024, 1024), (128, 2048), (8192, 1024))

DEEPSEEK = {
    "model": "DeepSeek-V3", "gpu": "h800-sxm", "n_gpus": "2048", "seq_len": "4096", "precision": "fp8",
    "micro_batch": "1", "global_batch_seqs": "15360", "stack": "vendor",
}  # fmt: skip
LLAMA = {
    "model": "Llama 3.1 405B", "gpu": "h100-sxm", "n_gpus": "16384", "seq_len": "8192", "precision": "bf16",
    "date": "2024-05", "tp": "8", "pp": "16", "micro_batch": "1", "global_batch_seqs": "2048",
    "stack": "vendor",
}  # fmt: skip
HOURS, MFU = 180e3, 0.41
"""As published: H800-hours a trillion tokens (arXiv 2412.19437), of 16,384 H100 (arXiv 2407.21783)."""
H100_PEAK = 989.4e12


@dataclass(frozen=True, slots=True)
class Move:
    """One figure of the grid that is another than before."""

    run: str
    figure: str
    before: float
    after: float

    @property
    def share(self) -> float:
        """By how much, of what it was; infinite where it was nothing."""
        return self.after / self.before - 1.0 if self.before else float("inf")


def training() -> Iterator[dict[str, str]]:
    """Training runs of the grid, layouts left to the search."""
    for model, gpu, count in product(MODELS, ACCELERATORS, COUNTS):
        yield _run(model, gpu, count)
    for model, gpu, count in product(MODELS, ("h100-sxm", "b200"), (64, 1024)):
        yield _run(model, gpu, count, precision="fp8")
    for model, stack in product(MODELS, ("vendor", "research")):
        yield _run(model, "h100-sxm", 64, stack=stack)
    for model, gpu in product(MODELS, ("h100-sxm", "b200")):
        yield _run(model, gpu, 256, seq_len="32768", global_batch_seqs="128")
    for model, count in product(MODELS, (1, 8)):
        yield _run(model, "h100-sxm", count, kind="lora", lora_rank="16", global_batch_seqs="32")


def _run(model: str, gpu: str, count: int, **other: str) -> dict[str, str]:
    usual = {"seq_len": "4096", "precision": "bf16", "stack": "open", "global_batch_seqs": "1024"}
    return {"model": model, "gpu": gpu, "n_gpus": str(count), **usual, **other}


def generation() -> Iterator[dict[str, str]]:
    """Serving runs of the grid."""
    for model, gpu, (read, written) in product(SERVED, SERVING, LENGTHS):
        count = SERVED[model]
        yield {
            "model": model, "gpu": gpu, "n_gpus": str(count), "parallelism": f"TP{count}", "precision": "FP8",
            "isl": str(read), "osl": str(written), "batch_or_concurrency": "max load", "metric": "output",
        }  # fmt: skip


def called(row: Mapping[str, str]) -> str:
    """A run as its line is called: what sets it apart from the others."""
    return " | ".join(f"{name} {value}" for name, value in row.items())


def predicted(catalog: Catalog) -> list[dict[str, str]]:
    """A line for each run of the grid; a figure that cannot be predicted is empty."""
    rows = list(training())
    lines = [
        {
            "run": called(row),
            "tokens_per_s_per_gpu": _figure(found.tokens_per_s),
            "peak_memory_gb": _figure(found.peak_memory_gb),
            "layout": found.layout,
        }
        for row, found in zip(rows, predict(rows, catalog), strict=True)
    ]
    for row in generation():
        rate = predict_row(row, catalog).tokens_per_second_per_gpu
        lines.append({"run": called(row), "tokens_per_s_per_gpu": _figure(rate)})
    return lines


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.6g}"


def written(lines: list[dict[str, str]]) -> str:
    """The lines as the file keeps them."""
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    return buffer.getvalue()


def read(text: str) -> dict[str, dict[str, str]]:
    """Lines of the file, by their run."""
    return {line["run"]: line for line in csv.DictReader(io.StringIO(text))}


def moves(before: str, after: str) -> list[Move]:
    """Figures that moved from one file to the other, the largest first; new runs are no move."""
    old, found = read(before), []
    for run, line in read(after).items():
        for figure in COLUMNS[1:3]:
            was, now = (float(each.get(figure) or 0.0) for each in (old.get(run, {}), line))
            if run in old and abs(now - was) > MOVED * was:
                found.append(Move(run, figure, was, now))
    return sorted(found, key=lambda each: -abs(each.share))


def anchors(catalog: Catalog) -> list[str]:
    """The two published figures that no constant is fitted to, a line each."""
    free, own, llama = predict(
        [
            DEEPSEEK,
            {**DEEPSEEK, "framework": "HAI-LLM (DualPipe)", "date": "2024-12", "pp": "16", "ep": "64"},
            LLAMA,
        ],
        catalog,
    )
    lines = []
    for found, words in ((free, "layout left free"), (own, "its own framework and layout")):
        hours = 1e12 / (found.tokens_per_s or float("nan")) / 3600.0
        off = hours / HOURS - 1.0
        lines.append(
            f"DeepSeek-V3, {words}: {hours:,.0f} H800-hours a trillion tokens, {off:+.1%} of published"
        )
    flops = training_flops_per_token(run_from_row(LLAMA, catalog).transformer, 8192.0).total
    mfu = (llama.tokens_per_s or float("nan")) * float(flops) / H100_PEAK
    return [*lines, f"Llama 3.1 405B, TP8 PP16: MFU {mfu:.1%}, {mfu / MFU - 1.0:+.1%} of published"]


def committed() -> str:
    """The file as it was last committed; empty = it was not, or there is no git."""
    command = ["git", "show", f"HEAD:{KEPT.as_posix()}"]
    try:
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return ""


def told(before: str, after: str) -> list[str]:
    """What moved, in lines."""
    if not before:
        return ["No predictions were committed before."]
    found, old, new = moves(before, after), read(before), read(after)
    layouts = sum(old[run]["layout"] != line["layout"] for run, line in new.items() if run in old)
    runs = len({each.run for each in found})
    lines = [
        f"{runs} of {len(new)} predictions moved by more than {MOVED:.1%} since the last commit; "
        f"{layouts} have another layout, {len(new.keys() - old.keys())} are new, "
        f"{len(old.keys() - new.keys())} are gone."
    ]
    lines += [
        f"  {each.share:+8.1%}  {each.before:,.6g} -> {each.after:,.6g} {each.figure}  {each.run}"
        for each in found[:SHOWN]
    ]
    return lines + ([f"  ... and {len(found) - SHOWN} figures more"] if len(found) > SHOWN else [])


def main() -> None:
    """Predict the grid, say what moved, keep it."""
    catalog = load()
    after = written(predicted(catalog))
    print("\n".join([*told(committed(), after), "Anchors:", *(f"  {each}" for each in anchors(catalog))]))
    (ROOT / KEPT).write_text(after, encoding="utf-8")


if __name__ == "__main__":
    main()
