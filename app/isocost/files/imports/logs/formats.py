"""What the lines of each framework's log look like: a row a format, a pattern a figure.

The forms are those of the programs' own sources, which the rows name; nothing depends on the order of the
figures in a line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from isocost.files.imports.logs.series import MemoryKind
from isocost.quantities.units import GIGA, KIBI

MEBI, GIBI = KIBI**2, KIBI**3
_N = r"(\d[\d,]*(?:\.\d+)?(?:[eE][-+]?\d+)?)"
_ALONE = r"(?<![\d.,])"
"""Before a pattern that begins with a number: without it a line of digits takes the square of its length."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a line: where it stands, and in which unit."""

    what: str
    """A column of a run's records, a fact of its layout, or a kind of memory."""
    pattern: re.Pattern[str]
    scale: float = 1.0


@dataclass(frozen=True, slots=True)
class LineFormat:
    """A framework's log."""

    name: str
    mark: str
    """Stands in every line with a record."""
    figures: tuple[Figure, ...]
    facts: tuple[tuple[str, Figure], ...] = ()
    """Figures of other lines, each with what marks its line."""
    warm_up: int = 0
    follows: str = ""
    """Where a record is a line and those beneath it: the mark of those."""
    trains: bool = True
    per_microbatch: bool = False
    """Whether a line is of one microbatch, and several make a step."""
    variants: tuple[tuple[str, str], ...] = ()
    """(mark, name): another name where a mark stands anywhere in the log."""
    note: str = ""


def _f(what: str, pattern: str, scale: float = 1.0) -> Figure:
    return Figure(what, re.compile(pattern), scale)


def _memory(kind: MemoryKind, pattern: str, scale: float) -> Figure:
    return _f(kind, pattern, scale)


def _argument(name: str, fact: str) -> tuple[str, Figure]:
    return "....", _f(fact, rf"(?<![\w-]){name} \.{{2,}} {_N}")


_MEGATRON_ARGUMENTS = tuple(
    _argument(name, fact)
    for name, fact in (
        ("world_size", "gpus"),
        ("tensor_model_parallel_size", "tp"),
        ("pipeline_model_parallel_size", "pp"),
        ("virtual_pipeline_model_parallel_size", "vp"),
        ("context_parallel_size", "cp"),
        ("expert_model_parallel_size", "ep"),
        ("micro_batch_size", "microbatch"),
        ("global_batch_size", "batch"),
        ("seq_length", "sequence"),
    )
)


def _torchtitan(speed: str) -> LineFormat:
    """torchtitan/components/metrics.py, which called its speed wps until 2024; trainer.py says the batch."""
    return LineFormat(
        "torchtitan",
        f"{speed}:",
        (
            _f("step", r"step:\s*(\d+)"),
            _f("rate", rf"{speed}:\s*{_N}"),
            _f("mfu", rf"mfu:\s*{_N}%", 0.01),
            _memory("max reserved", rf"memory:\s*{_N}GiB", GIBI),
        ),
        (
            ("initialized with", _f("batch", r"global batch size (\d+)")),
            ("initialized with", _f("sequence", r"sequence length (\d+)")),
        ),
    )


LINE_FORMATS: tuple[LineFormat, ...] = (
    LineFormat(  # megatron/training/training.py: training_log; train_utils.py of Megatron-Bridge
        "megatron-lm",
        "elapsed time per iteration (ms):",
        (
            _f("step", r"iteration\s+(\d+)\s*/"),
            _f("seconds", rf"elapsed time per iteration \(ms\):\s*{_N}", 1e-3),
            _f("batch", rf"global batch size:\s*{_N}"),
            _f("seen", rf"consumed samples:\s*{_N}"),
        ),
        (
            *_MEGATRON_ARGUMENTS,
            ("using world size:", _f("gpus", rf"using world size:\s*{_N}")),
            ("using world size:", _f("tp", rf"tensor-model-parallel size:\s*{_N}")),
            ("using world size:", _f("pp", rf"pipeline-model-parallel size:\s*{_N}")),
            ("using world size:", _f("cp", rf"(?<!hierarchical )context-parallel size:\s*{_N}")),
            ("memory (MB)", _memory("max allocated", rf"\| max allocated:\s*{_N}", MEBI)),
            ("memory (MB)", _memory("max reserved", rf"\| max reserved:\s*{_N}", MEBI)),
            ("memory (GB)", _memory("max allocated", rf"mem-max-allocated-gigabytes:\s*{_N}", GIGA)),
            ("memory (GB)", _memory("max active", rf"mem-max-active-gigabytes:\s*{_N}", GIGA)),
            ("memory (GB)", _memory("max reserved", rf"mem-max-reserved-gigabytes:\s*{_N}", GIGA)),
        ),
        variants=(("Step Time :", "megatron-bridge"), ("mem-max-allocated-gigabytes", "megatron-bridge")),
    ),
    LineFormat(  # nemo/lightning/pytorch/callbacks/progress_printer.py; NeMo 1 draws a bar
        "nemo2",
        "train_step_timing in s",
        (
            _f("step", rf"global_step[:=]\s*{_N}"),
            _f("seconds", rf"train_step_timing in s[:=]\s*{_N}"),
            _f("batch", rf"global_batch_size[:=]\s*{_N}"),
            _f("seen", rf"consumed_samples[:=]\s*{_N}"),
        ),
        variants=(("v_num=", "nemo1"),),
    ),
    LineFormat(  # nemo_automodel/recipes/llm/train_ft.py; its bracket divides by dp x cp alone
        "automodel",
        "/gpu)",
        (
            _f("step", r"step\s+(\d+)"),
            _f("total_rate", rf"tps\s+{_N}\("),
            _memory("max allocated", rf"mem\s+{_N}\s*GiB", GIBI),
        ),
    ),
    _torchtitan("tps"),
    _torchtitan("wps"),
    LineFormat(  # src/maxtext/common/metric_logger.py
        "maxtext",
        "completed step:",
        (
            _f("step", r"completed step:\s*(\d+)"),
            _f("seconds", rf"seconds:\s*{_N}"),
            _f("rate", rf"Tokens/s/device:\s*{_N}"),
            _f("step_tokens", rf"total_weights:\s*{_N}"),
        ),
        note="A device is a JAX device: of TPU v2, v3 and v7x it is half a chip.",
    ),
    LineFormat(  # src/olmo_core/train/callbacks: a line with the step, figures beneath it
        "olmo-core",
        "[step=",
        (_f("step", r"\[step=(\d+)/"),),
        follows="throughput/device/TPS=",
        facts=(
            ("GPU active mem", _memory("max active", rf"GPU active mem \(GiB\)={_N}", GIBI)),
            ("GPU reserved mem", _memory("max reserved", rf"GPU reserved mem \(GiB\)={_N}", GIBI)),
        ),
    ),
    LineFormat(  # deepspeed/utils/timer.py; config.py prints batch and world size
        "deepspeed",
        "SamplesPerSec=",
        (
            _f("step", r"global_step=(\d+)|\d/(\d+), SamplesPerSec"),
            _f("sequences_rate", rf"(?:Curr|[\s,])SamplesPerSec={_N}"),
            _memory("max allocated", rf"MaxMemAllocated={_N}\s*GB", GIBI),
        ),
        (
            _argument("train_batch_size", "batch"),
            _argument("train_micro_batch_size_per_gpu", "microbatch"),
            _argument("world_size", "gpus"),
            ("Max_MA", _memory("max allocated", rf"Max_MA\s+{_N}\s*GB", GIBI)),
            ("Max_CA", _memory("max reserved", rf"Max_CA\s+{_N}\s*GB", GIBI)),
        ),
    ),
    LineFormat(  # scripts/base_train.py of nanochat
        "nanochat",
        "tok/sec:",
        (
            _f("step", r"step\s+(\d+)"),
            _f("seconds", rf"dt:\s*{_N}\s*ms", 1e-3),
            _f("total_rate", rf"tok/sec:\s*{_N}"),
            _f("mfu", rf"mfu:\s*{_N}", 0.01),
        ),
        (
            ("Peak memory usage", _memory("max allocated", rf"Peak memory usage:\s*{_N}\s*MiB", MEBI)),
            ("micro-batch / rank", _f("microbatch", r"micro-batch / rank:\s*(\d+) x")),
            ("micro-batch / rank", _f("sequence", r"micro-batch / rank:\s*\d+ x (\d+)")),
            ("Total batch size", _f("step_tokens", rf"Total batch size {_N}")),
        ),
        warm_up=11,
    ),
    LineFormat(  # train_gpt2.cu of llm.c; the table of its parameters stands first
        "llm.c",
        "tok/s",
        (
            _f("step", r"step\s+(\d+)"),
            _f("seconds", rf"{_ALONE}{_N}\s*ms\b", 1e-3),
            _f("total_rate", rf"{_ALONE}{_N}\s*tok/s"),
            _f("mfu", rf"{_ALONE}{_N}% \w+ MFU", 0.01),
        ),
        (
            ("num_processes", _f("gpus", rf"num_processes\s*\|\s*{_N}")),
            ("sequence length", _f("sequence", rf"sequence length T?\s*\|\s*{_N}")),
            ("micro batch size", _f("microbatch", rf"micro batch size B?\s*\|\s*{_N}")),
            ("total batch size", _f("step_tokens", rf"total batch size\s*\|\s*{_N}")),
        ),
        warm_up=1,
    ),
    LineFormat(  # train.py of nanoGPT
        "nanogpt",
        "iter ",
        (
            _f("step", r"iter (\d+): loss"),
            _f("seconds", rf", time {_N}\s*ms", 1e-3),
            _f("mfu", rf"mfu {_N}%", 0.01),
        ),
        (("tokens per iteration", _f("step_tokens", rf"tokens per iteration will be:\s*{_N}")),),
        warm_up=5,
        note="The MFU is against the 312 TFLOP/s of an A100, whatever ran.",
    ),
    LineFormat(  # console logger of verl: every figure of a step in one line
        "verl",
        "perf/throughput:",
        (
            _f("step", r"step:\s*(\d+)"),
            _f("rate", rf"perf/throughput:\s*{_N}"),
            _f("seconds", rf"perf/time_per_step:\s*{_N}"),
            _f("step_tokens", rf"perf/total_num_tokens:\s*{_N}"),
            _memory("max allocated", rf"perf/max_memory_allocated_gb:\s*{_N}", GIBI),
            _memory("max reserved", rf"perf/max_memory_reserved_gb:\s*{_N}", GIBI),
        ),
        trains=False,
        note="A step of reinforcement learning: text is written in it as well as trained on.",
    ),
    LineFormat(  # NeMo-RL: a block of lines a step
        "nemo-rl",
        "Total step time:",
        (_f("seconds", rf"Total step time:\s*{_N}s"),),
        follows="E2E (Tokens/sec/gpu):",
        trains=False,
        note="A step of reinforcement learning: text is written in it as well as trained on.",
    ),
    LineFormat(  # prime-rl
        "prime-rl",
        "tokens/s",
        (
            _f("step", r"Step (\d+) \|"),
            _f("total_rate", rf"Throughput {_N} tokens/s"),
            _f("mfu", rf"MFU {_N}\s*%", 0.01),
            _memory("max reserved", rf"Peak Mem\. {_N}/", GIBI),
        ),
    ),
    LineFormat(  # litgpt/pretrain.py: a line a microbatch
        "litgpt",
        "iter time:",
        (
            _f("step", r"step (\d+)"),
            _f("iteration", r"iter (\d+)"),
            _f("seconds", rf"iter time:\s*{_N}\s*ms", 1e-3),
        ),
        per_microbatch=True,
    ),
)
"""In the order in which they are tried: where a log holds lines of two, the first is what it is."""

FOLLOWING = {
    "olmo-core": _f("rate", r"throughput/device/TPS=(\d[\d,]*(?:\.\d+)?(?:[eE][-+]?\d+)?[KMBT]?)"),
    "nemo-rl": _f("rate", rf"E2E \(Tokens/sec/gpu\):\s*{_N}"),
}
"""The figure of the lines beneath a record's own."""
