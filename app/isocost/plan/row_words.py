"""What the words of a table of runs mean, as frameworks, papers and drivers spell them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from isocost.engine.records import Method, Precision, Recompute, Sharding

BLANK = frozenset({"", "-", "--", "/", "?", "n/a", "na", "nan", "unknown", "not stated"})
"""Cells that say nothing."""

_NO = frozenset({"none", "no", "off", "false", "0", "disabled", "without"})
_YES = frozenset(
    {"full", "yes", "on", "true", "1", "enabled", "all", "block", "layer", "uniform", "checkpoint"}
)

WITHIN_NODE = -1.0
"""Shard group of hybrid sharding that names no number: the accelerators of a node."""


def number(text: str, name: str) -> float | None:
    """A positive number, thousands apart or not; a sequence may end in k = 1,024 tokens. None for a blank.

    Raises ValueError naming the column.
    """
    value = text.strip()
    if value.casefold() in BLANK:
        return None
    plain = re.sub(r"(?<=\d)[,_\s](?=\d{3}(\D|$))", "", value)
    scale = 1.0
    if name == "seq_len" and plain[-1:].casefold() == "k":
        plain, scale = plain[:-1], 1024.0
    try:
        found = float(plain) * scale
    except ValueError:
        raise ValueError(f"{name} is {value!r}, not a number.") from None
    if not 0 < found < 1e18:
        raise ValueError(f"{name} is {value}: it must be positive.")
    return found


def flag(text: str) -> bool | None:
    """Yes or no; None for a blank or another word."""
    words = text.strip().casefold()
    return True if words in ("1", "true", "yes", "on") else False if words in _NO else None


_FORMATS: tuple[tuple[str, Precision], ...] = (
    (r"nvfp4|(?<!mx)fp4", "nvfp4"),
    (r"mx-?fp8|fp8-?mx", "mxfp8"),
    (r"fp8|float8|e4m3|e5m2", "fp8"),
    (r"bf16|bfloat16", "bf16"),
    (r"fp16|float16|half|\b16\b", "fp16"),
    (r"amp|mixed", "bf16"),
    (r"fp32|float32|tf32|\b32\b", "fp32"),
)
"""Patterns of a number format, the narrowest first: a run in "bf16+fp8" multiplies in 8 bits."""


def precision(text: str) -> Precision:
    """The number format of the matrix multiplies; bf16 for a blank. Raises ValueError for an unknown one."""
    words = re.sub(r"[\s_]+", "-", text.strip().casefold())
    if words in BLANK:
        return "bf16"
    if "mxfp4" not in words:
        for pattern, found in _FORMATS:
            if re.search(pattern, words):
                return found
    raise ValueError(f"precision is {text.strip()}: use one of fp32, fp16, bf16, fp8, mxfp8, nvfp4.")


def sharding(text: str) -> tuple[Sharding | None, float | None]:
    """How states are spread, and over how many accelerators when that is named; WITHIN_NODE for a hybrid.

    Stages by number or name ("ZeRO-3", "FSDP2", "HSDP", "SHARD_GRAD_OP", "distributed optimizer", "DDP"); the
    group by "(8)", "shard 64" or "FSDP 192". Raises ValueError for other words.
    """
    words = text.strip().casefold()
    flat = re.sub(r"[\s_\-]+", "", words)
    if words in BLANK:
        return None, None
    hybrid = "hsdp" in flat or "hybrid" in flat
    found = re.search(r"(?:\(|(?:shard|group|fsdp)[\s=]+)(?:(?:shard|group)[\s=]+)?(\d+)\b", words)
    group = float(found.group(1)) if found else WITHIN_NODE if hybrid else None
    stages: tuple[tuple[str, Sharding], ...] = (
        (r"gradop|zero(stage)?2|stage2|^2$", "zero2"),
        (r"fsdp|hsdp|fullshard|hybridshard|zero(stage)?3|zero\+\+|stage3|^3$", "zero3"),
        (r"distributedoptimi[sz]er|distopt|zero(stage)?1|stage1|^1$", "zero1"),
        (r"^(ddp|dp|noshard|none|no|off|0)|zero(stage)?0|stage0|dataparallel", "none"),
    )
    for pattern, stage in stages:
        if re.search(pattern, flat):
            return stage, None if stage == "none" else group
    raise ValueError(f"zero_or_fsdp is {text.strip()}: use none, ZeRO-1, ZeRO-2, ZeRO-3, FSDP or HSDP.")


def recompute(text: str) -> Recompute | None:
    """How much of the forward pass is repeated; None for a blank.

    Words that name parts of a layer ("core_attn", "norm, act") are selective recomputation.
    """
    words = text.strip().casefold()
    if words in BLANK:
        return None
    if words in _NO:
        return "none"
    if "selective" in words:
        return "selective"
    plain = words in _YES or "full" in words or "gradient checkpoint" in words
    return "full" if plain else "selective"


def method(text: str) -> Method:
    """What is trained: adapters ("LoRA", "PEFT"), adapters over 4-bit weights, or all weights."""
    words = text.casefold()
    if "qlora" in words:
        return "qlora"
    return "lora" if any(word in words for word in ("lora", "peft", "adapter")) else "full"


_MAKERS = r"^(nvidia|amd|intel|google|aws|huawei|apple|geforce|tesla|instinct|cloud|habana)[\s_\-]+"
_SUFFIXES = r"[\s_\-]+(instruct|base|hf|it|pt|chat|v\d+(\.\d+)?|\d{4}|pretrain(ing)?|sft|fp8|bf16)$"


def accelerator_spellings(label: str) -> Iterator[str]:
    """The label, then without brackets, makers' names and how many there are: "8x NVIDIA H100 (80GB)"."""
    yield label
    plain = re.sub(r"[()]", " ", label).strip()
    plain = re.sub(r"^\d+\s*[x×*]\s*", "", plain)
    while True:
        yield plain
        shorter = re.sub(_MAKERS, "", plain, flags=re.IGNORECASE)
        if shorter == plain:
            return
        plain = shorter


def model_spellings(name: str) -> Iterator[str]:
    """The name, then without its maker's folder and the words that tell releases of one shape apart.

    "meta-llama/Meta-Llama-3-8B-Instruct" is tried as Meta-Llama-3-8B-Instruct and Meta-Llama-3-8B too.
    """
    yield name
    plain = re.sub(r"[()]", " ", name.rsplit("/", 1)[-1]).strip()
    while True:
        yield plain
        shorter = re.sub(_SUFFIXES, "", plain, flags=re.IGNORECASE).strip()
        if shorter == plain or not shorter:
            return
        plain = shorter
