"""What the words of a table of runs mean, as frameworks, papers and drivers spell them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from isocost.catalog.vocabulary import vocabulary
from isocost.engine.records import (
    ADAPTED_MATRICES,
    AdaptedMatrix,
    AttentionKernel,
    Method,
    Offload,
    Optimizer,
    Precision,
    Recompute,
    Schedule,
    Sharding,
    Stack,
)
from isocost.language import tr
from isocost.quantities.units import KIBI

BLANK = frozenset({"", "-", "--", "/", "?", "n/a", "na", "nan", "unknown", "not stated"})
"""Cells that say nothing."""


class UnknownWordError(ValueError):
    """A word of a cell that nothing is known of: where the cell need not be given, it can be left out."""


_NO = frozenset({"none", "no", "off", "false", "0", "disabled", "without"})
_YES = frozenset(
    {"full", "yes", "on", "true", "1", "enabled", "all", "block", "layer", "uniform", "checkpoint"}
)

_FLAGGED = frozenset({"1", "1.0", "true", "yes", "on", "enabled", "y", "t"})

_DENIED = re.compile(r"\b(no|not|without|w/o|non)[\s-]+[\w.-]+|[\w.-]+[\s=:]+(off|false|disabled)\b")
"""A word and that it does not hold: "no FSDP", "fsdp=off"."""

SERVERS_APART = -1.0
"""Shard group of hybrid sharding that names no number: one or a few servers."""


_NEEDED = ("n_gpus", "seq_len")
"""Columns of which nothing is no answer."""


def number(text: str, name: str) -> float | None:
    """A positive number, thousands apart or not; a sequence may end in k = 1,024 tokens, a vocabulary in
    k = 1,000. What stands in brackets after it is no part of it ("16 (2 nodes)"). None for a blank and, where
    there need be none, for "none" and 0.

    Raises ValueError naming the column.
    """
    value = text.strip()
    if value.casefold() in BLANK:
        return None
    value = re.sub(r"(?<=\w)\s*\([^()]*\)$", "", value)
    plain = re.sub(r"(?<=\d)[,_\s](?=\d{3}(\D|$))", "", value)
    if name not in _NEEDED and re.fullmatch(r"none|null|0+(\.0*)?", plain.casefold()):
        return None
    scale = 1.0
    if name in ("seq_len", "vocab") and plain[-1:].casefold() == "k":
        plain, scale = plain[:-1], KIBI if name == "seq_len" else 1000.0
    try:
        found = float(plain) * scale
    except ValueError:
        raise ValueError(tr("{name} is {value!r}, not a number.", name=name, value=value)) from None
    if not 0 < found < 1e18:
        raise ValueError(tr("{name} is {value}: it must be positive.", name=name, value=value))
    return found


def _held(words: str) -> str:
    """The words without those that are denied."""
    return " ".join(_DENIED.sub(" ", words).split())


def flag(text: str, name: str = "this") -> bool | None:
    """Yes or no; None for a blank. Raises UnknownWordError naming the column for another word."""
    words = text.strip().casefold()
    if words in _NO:
        return False
    if words not in BLANK and words not in _FLAGGED:
        raise UnknownWordError(tr("{name} is {text}: use yes or no.", name=name, text=text.strip()))
    return True if words in _FLAGGED else None


_ON_THE_WIRE = re.compile(r"\b\w+[\s-]*(comm\w*|all-?gather\w*|dispatch|cache|kv|optimi[sz]er\w*|states?)\b")
"""A format of what is sent or kept, not of what is multiplied: "fp8 all-gather"."""

_KEPT_IN_4_BITS = r"nf4|int4|\b4-?bit"
"""Formats of weights that are multiplied in 16 bits."""

_FORMATS: tuple[tuple[str, Precision], ...] = (
    (r"nvfp4|(?<!mx)fp4", "nvfp4"),
    (r"mx-?fp8|fp8-?mx", "mxfp8"),
    (r"fp8|float8|e4m3|e5m2", "fp8"),
    (rf"bf16|bfloat16|{_KEPT_IN_4_BITS}", "bf16"),
    (r"fp16|float16|half|\b16\b", "fp16"),
    (r"amp|mixed", "bf16"),
    (r"tf32", "tf32"),
    (r"fp32|float32|\b32\b", "fp32"),
)
"""Patterns of a number format, the narrowest first: a run in "bf16+fp8" multiplies in 8 bits. Weights kept in
4 bits are multiplied in 16."""


def precision(text: str) -> Precision:
    """The number format of the matrix multiplies; bf16 for a blank. Raises ValueError for an unknown one."""
    if text.strip().casefold() in BLANK:
        return "bf16"
    words = re.sub(r"[\s_]+", "-", _ON_THE_WIRE.sub(" ", _held(text.casefold())).strip())
    if "mxfp4" not in words:
        for pattern, found in _FORMATS:
            if re.search(pattern, words):
                return found
    raise ValueError(
        tr("precision is {text}: use one of fp32, tf32, fp16, bf16, fp8, mxfp8, nvfp4.", text=text.strip())
    )


def kept_in_4_bits(text: str) -> bool:
    """Whether the number format of a row is one that weights are kept in, not multiplied in."""
    return re.search(_KEPT_IN_4_BITS, re.sub(r"[\s_]+", "-", _held(text.casefold()))) is not None


def pure_16_bit(text: str) -> Optimizer | None:
    """The optimizer of training whose weights are 16-bit throughout ("bf16-true", "pure bf16"); else None."""
    return "adamw-bf16" if re.search(r"\bpure|bf16[\s_-]true", text.casefold()) else None


def sharding(text: str) -> tuple[Sharding | None, float | None]:
    """How states are spread, and over how many accelerators when that is named; SERVERS_APART for a hybrid.

    Stages by number or name ("ZeRO-3", "FSDP2", "HSDP", "SHARD_GRAD_OP", "distributed optimizer", "DDP"); the
    group by "(8)", "shard 64" or "FSDP 192". Raises UnknownWordError for other words.
    """
    words = text.strip().casefold()
    if words in BLANK:
        return None, None
    words = _held(words).strip(" ()") or "none"
    if "infinity" in words or "nvme" in words:
        raise ValueError(
            tr(
                "zero_or_fsdp is {text}: states on disks are not modelled; use ZeRO-3 offload for "
                "those in the host's memory.",
                text=text.strip(),
            )
        )
    flat = re.sub(r"[\s_\-]+", "", words)
    hybrid = any(word in flat for word in ("hsdp", "hybrid", "mics"))
    found = re.search(
        r"(?:\(|(?:shard|group|fsdp|mics)[\s=]+)(?:(?:shard|group)[\s=]+)?(\d+)\b(?!\s*nodes?)", words
    )
    group = float(found.group(1)) if found else SERVERS_APART if hybrid else None
    stages: tuple[tuple[str, Sharding], ...] = (
        (r"gradop|zero(stage)?2|stage2|^2$|^zerooffload", "zero2"),
        (r"fsdp|hsdp|fully?shard|hybridshard|mics|zero(stage)?3|zero\+\+|hpz|stage3|^3$", "zero3"),
        (r"distributedoptimi[sz]er|distopt|zero(stage)?1|stage1|^1$", "zero1"),
        (r"^(ddp|dp|noshard|none|no|off|false|0)|zero(stage)?0|stage0|dataparallel", "none"),
    )
    for pattern, stage in stages:
        if re.search(pattern, flat):
            return stage, None if stage == "none" else group
    raise UnknownWordError(
        tr("zero_or_fsdp is {text}: use none, ZeRO-1, ZeRO-2, ZeRO-3, FSDP or HSDP.", text=text.strip())
    )


def offload(sharding: str, framework: str) -> Offload:
    """What the words for sharding, or a framework's name, say waits in the host's memory.

    "optimizer CPU offload", "ZeRO-Offload" and "ZeRO-2 offload" keep the optimizer's states there; "FSDP CPU
    offload" and "ZeRO-3 offload" the weights too. Raises ValueError for experts computed on the host.
    """
    if "ktransformers" in framework.casefold():
        raise ValueError(
            tr(
                "framework is {framework}: experts computed by the host are not modelled.",
                framework=framework.strip(),
            )
        )
    words = _held(f"{sharding} {framework}".casefold())
    if "offload" not in words or re.search(r"activation\w*[\s\w]*offload", words):
        return "none"
    flat = re.sub(r"[\s_\-]+", "", words)
    weights = re.search(r"param|weight|zero(stage)?3\+?(cpu)?offload|(fsdp|hsdp)\d?\+?(cpu)?offload", flat)
    return "states" if weights else "optimizer"


_LIBRARIES = (
    "Liger",
    "DeepEP",
    "HybridEP",
    "FlexAttn",
    "FlexAttention",
    "interleaved",
    "autocast",
    "power-limited",
)
"""Kernels, libraries and schedules of a run that no column has, as notes name them."""

_BY_ROWS = ("rowwise", "row-wise", "by rows", "per-row")
"""How 8-bit operands are scaled, as precisions and notes name it."""


def software(framework: str, notes: str) -> str:
    """A framework's name with what its row's notes say was beside it: ``_LIBRARIES`` and ``_BY_ROWS``."""
    told, name = _held(notes.casefold()), framework.casefold()
    words = (*_LIBRARIES, *_BY_ROWS)
    beside = [each for each in words if each.casefold() in told and each.casefold() not in name]
    return " + ".join([framework, *beside]) if framework.strip() else framework


def casting(precision: str) -> str:
    """A number format as it is written, with PyTorch's word beside the one it replaced: "bf16_amp"."""
    named = re.search(r"(?<![a-z])amp(?![a-z])", _held(precision.casefold()))
    return f"{precision}; autocast" if named else precision


def compiled(framework: str, notes: str) -> bool:
    """Whether a compiler made a run's kernels, by its framework's name or its notes."""
    return "compile" in _held(f"{framework} {notes}".casefold())


_KERNELS: tuple[tuple[str, bool, AttentionKernel | None], ...] = (
    (r"unfused|eager|math|naive|^none$", False, None),
    (r"mask|mem(ory)?-?eff", True, "masked"),
    (r"fa-?2|flash-?attention-?2|flash-?attn-?2|xformers|triton|flex", True, "fa2"),
    (
        r"fa-?[34]|flash-?attention-?[34]|flash-?attn-?[34]|cudnn|transformer-?engine|^te$|splash|aiter|ck",
        True,
        "tuned",
    ),
    (r"flash|sdpa|fused|efficient", True, None),
)
"""Patterns of kernels of attention: whether scores stay out of memory, and which it is where that is said."""


def attention_kernel(text: str) -> tuple[bool | None, AttentionKernel | None]:
    """Whether attention is fused and by which kernel; None twice for a blank.

    Raises UnknownWordError for another word.
    """
    words = re.sub(r"[\s_]+", "-", text.strip().casefold())
    if text.strip().casefold() in BLANK:
        return None, None
    for pattern, fused, kernel in _KERNELS:
        if re.search(pattern, words):
            return fused, kernel
    raise UnknownWordError(
        tr("attention_kernel is {text}: use unfused, masked, FA2, FA3, cuDNN or flash.", text=text.strip())
    )


_SCHEDULES: tuple[tuple[str, Schedule], ...] = (
    ("dualpipe", "dualpipe"),
    ("vhalf", "v-half"),
    ("zbv|vzb|zerobubblev", "zbv"),
    ("zerobubble|zb", "zero-bubble"),
    ("1f1b|interleav|none|^no$", "1f1b"),
)
"""Patterns of pipeline schedules, without separators, the first that matches."""


def schedule(text: str) -> Schedule:
    """The order of a pipeline's passes; 1F1B, interleaved or not, for a blank.

    Raises UnknownWordError for another word.
    """
    words = re.sub(r"[\s_\-]+", "", text.casefold())
    if text.strip().casefold() in BLANK:
        return "1f1b"
    for pattern, found in _SCHEDULES:
        if re.search(pattern, words):
            return found
    raise UnknownWordError(
        tr("schedule is {text}: use 1f1b, zero-bubble, zbv, v-half or dualpipe.", text=text.strip())
    )


_PARTS = re.compile(
    r"att|norm|act|mlp|ffn|feed|moe|expert|rout|core|layer|block|mla|proj|loss|logit|glu|rope|\bops?\b|\d|save|"
    r"partial|some|dot|minimal|polic|remat|custom|sac|\bac\b|checkpoint|recompu|matmul|linear|kv|qkv"
)
"""Words that tell of recomputation at all: parts of a layer, counts, policies."""


def recompute(text: str) -> Recompute | None:
    """How much of the forward pass is repeated; None for a blank.

    Words that name parts of a layer ("core_attn", "norm, act") are selective recomputation, and a number of
    layers ("21 of 80 layers") is the full one of these: :func:`recompute_share`. Raises
    UnknownWordError for words that tell of none.
    """
    words = text.strip().casefold()
    if words in BLANK:
        return None
    if words in _NO or re.match(r"(no|not|without|w/o|none)\b", words):
        return "none"
    if "selective" in words:
        return "selective"
    if layer_inputs_offloaded(text) or _OF_LAYERS.search(words):
        return "full"
    plain = words in _YES or "full" in words or re.search(r"(gradient|activation)\w*\s*checkpoint", words)
    if not plain and not _PARTS.search(words):
        raise UnknownWordError(tr("recompute is {text}: use none, selective or full.", text=text.strip()))
    return "full" if plain else "selective"


_OF_LAYERS = re.compile(r"\b(\d+)\s*(?:of|/|out of)\s*(\d+)\s*layers?\b")
"""Layers that are recomputed as a whole: "full, 21 of 80 layers"."""

_RECOMPUTED = re.compile(rf"(?:recomput|checkpoint)\w*[^.;\d]*{_OF_LAYERS.pattern}")


def recompute_share(text: str) -> float | None:
    """Share of the layers that full recomputation repeats ("recompute: full, 21 of 80 layers"); None where
    no number of layers is named."""
    found = _RECOMPUTED.search(text.casefold())
    repeated, layers = (float(each) for each in found.groups()) if found else (0.0, 0.0)
    return repeated / layers if 0.0 < repeated <= layers else None


_BEYOND_CORE = r"\b(\w*norm\w*|\w*_act|act|mlp|moe|ffn|mla_up_proj|shared_experts)\b"
"""Parts of a layer beside core attention, as Megatron-LM's ``recompute_modules`` names them."""


def recomputes_more_than_attention(recompute: str, notes: str = "") -> bool:
    """Whether selective recomputation is said to repeat other parts of a layer than core attention.

    In its column ("layernorm, moe_act"), or in notes beside the word ("moe_act and layernorm recomputed").
    """
    told = rf"recomput[^.;]*{_BEYOND_CORE}|{_BEYOND_CORE}[^.;]*recomput"
    return bool(re.search(_BEYOND_CORE, recompute.casefold()) or re.search(told, notes.casefold()))


_DOCUMENTS = re.compile(r"\bdocuments?\b[^.;\d]*(\d[\d,.]*\s*k?)\s*tokens")


def document(notes: str) -> float | None:
    """Mean tokens of documents that notes say are packed and masked apart; None where they do not.

    >>> document("packed documents of about 10K tokens"), document("packed")
    (10000.0, None)
    """
    told = notes.casefold()
    found = _DOCUMENTS.search(told) if re.search(r"\bpacked|\bmasked", told) else None
    if found is None or re.search(r"across documents|not masked|unmasked", told):
        return None
    size = found.group(1).replace(" ", "")
    return float(size.rstrip("k").replace(",", "")) * (1e3 if size.endswith("k") else 1.0)


def layer_inputs_offloaded(text: str) -> bool:
    """Whether recomputation keeps the inputs of layers in the host's memory: "unsloth", "full, offload"."""
    words = _held(text.casefold())
    return "selective" not in words and ("unsloth" in words or "offload" in words)


_TOLD_APART = frozenset({"grpo", "ppo", "rlhf"})
"""Words that :func:`method` has a sentence of its own for."""


_TRAINED = re.compile(r"train|tun|sft|full|cpt|continu|anneal|instruct|context|bench|dense|moe|base")
"""Words of training that changes all weights."""


def method(text: str) -> Method:
    """What is trained: adapters ("LoRA", "PEFT"), adapters over 4-bit weights, or all weights.

    Raises ValueError for work that is no training step, and UnknownWordError for words that tell of no work.
    """
    words = _held(text.casefold())
    if other := re.search(r"inference|serving|generation|rollout|grpo|ppo|rlhf", words):
        raise ValueError(
            tr("kind is {group}: only steps of training are predicted here.", group=other.group())
        )
    for word in re.findall(r"[a-z]+", words):
        row = None if word in _TOLD_APART else vocabulary().row("tuning.method", word)
        if row is not None and row.refused:
            raise ValueError(tr("kind is {word}: {refused}", word=word, refused=row.refused))
    if "qlora" in words:
        return "qlora"
    if any(word in words for word in ("lora", "dora", "peft", "adapter")):
        return "lora"
    if words and words not in BLANK and not _TRAINED.search(words):
        raise UnknownWordError(tr("kind is {text}: use pretrain, sft, lora or qlora.", text=text.strip()))
    return "full"


_QKV: tuple[AdaptedMatrix, ...] = ("query", "key", "value")

_ADAPTED: tuple[tuple[str, tuple[AdaptedMatrix, ...]], ...] = (
    (r"all|all-?linear|linear|target-?linear", ADAPTED_MATRICES),
    (r"attention|attn|self-?attn", (*_QKV, "output")),
    (r"mlp|ffn|feed-?forward|experts?", ("up", "down")),
    (r"(w|c-?attn|attention-?|linear-?)?qkv(-?proj)?|c-?attn|w-?pack|query-?key-?value", _QKV),
    (r"w?q|query|(linear-?)?q(-?[ab])?-?proj|(linear-)?q-(down|up)-proj", ("query",)),
    (r"w?k|key|k-?proj", ("key",)),
    (r"w?v|value|v-?proj", ("value",)),
    (r"kv|kv-?[ab]-?proj(-?with-?mqa)?|linear-kv-(down|up)-proj", ("key", "value")),
    (r"w?o|o-?proj|out(put)?(-?proj)?|projection|linear-proj|(attention-)?dense|attn-?c-?proj", ("output",)),
    (r"gate|up|(gate|up|gate-?up)-?proj|w[13]|(linear-)?fc-?1|c-?fc|dense-h-to-4h", ("up",)),
    (r"down|down-?proj|w2|(linear-)?fc-?2|dense-4h-to-h|mlp-?c-?proj", ("down",)),
    (r"c-?proj", ("output", "down")),
    (r"lm-?head|head|embed(ding|-?tokens)?|norm|and", ()),
)
"""Patterns of a module's name and the matrices of a layer it stands for; tables have no adapters here."""


def lora_targets(text: str) -> frozenset[AdaptedMatrix] | None:
    """The matrices that have adapters, by modules' names ("q_proj v_proj", "all-linear"); None for a blank.

    Raises UnknownWordError naming the first name that is none.
    """
    found: set[AdaptedMatrix] = set()
    if text.strip().casefold() in BLANK:
        return None
    for name in re.findall(r"[^\s,;+/|&\[\]()'\"]+", text.casefold()):
        plain = re.sub(r"[._]+", "-", name).strip("-")
        matched = next((what for pattern, what in _ADAPTED if re.fullmatch(pattern, plain)), None)
        if matched is None:
            raise UnknownWordError(
                tr(
                    "lora_targets is {text}: {name} is no module known; use all-linear, attention, mlp or "
                    "names such as q_proj, o_proj and up_proj.",
                    text=text.strip(),
                    name=name,
                )
            )
        found.update(matched)
    return frozenset(found) or None


def gated(text: str) -> bool:
    """Whether a feed-forward has a gate (SwiGLU, GeGLU), as it has where nothing is said."""
    words = text.casefold()
    if "non-gated" in words or "not gated" in words:
        return False
    return "glu" in words or "gated" in words or not re.search(r"gelu|relu|mlp|2[\s-]*matri", words)


def stack(text: str) -> Stack | None:
    """The software tier; None for a blank. Raises UnknownWordError for another word."""
    tiers: dict[str, Stack] = {"vendor": "vendor", "open": "open", "research": "research"}
    word = text.strip().casefold()
    if word not in BLANK and word not in tiers:
        raise UnknownWordError(tr("stack is {text}: use vendor, open or research.", text=text.strip()))
    return tiers.get(word)


_MAKERS = r"^(nvidia|amd|intel|google|aws|huawei|apple|geforce|tesla|instinct|cloud|habana)[\s_\-]+"


def accelerator_spellings(label: str) -> Iterator[str]:
    """The label, then without brackets, makers' names and how many there are: "8x NVIDIA H100 (80GB)"."""
    yield label
    plain = re.sub(r"[()]", " ", label).strip()
    plain = re.sub(r"^\d+\s*[x×*]\s*", "", plain)
    while True:
        yield plain
        shorter = re.sub(_MAKERS, "", plain, flags=re.IGNORECASE)
        if shorter == plain:
            break
        plain = shorter
    yield from _by_parts(label)


_FILLERS = re.compile(
    r"nvidia|amd|intel|google|aws|huawei|dgx|hgx|oam|gpus?|tensor|core|accelerators?|chips?|nvl(36|72)|nodes?"
    r"|server|superpod|pod"
)
"""Words beside a part's name that do not change which part it is."""


def memory_named(label: str) -> float | None:
    """Gigabytes a label names ("A100 40GB", "H100-80G"); None when it names none."""
    found = re.search(r"(?<![a-z\d.])(\d{2,3})\s*gi?b?\b", label.casefold())
    return float(found.group(1)) if found else None


def _by_parts(label: str) -> Iterator[str]:
    """Name, form factor and memory in the orders they are written in, without what stands beside them."""
    plain = re.sub(r"\(.*?\)", " ", label.casefold())
    words = [w for w in re.findall(r"[a-z0-9.]+", plain) if not _FILLERS.fullmatch(w)]
    words = [w for w in words if not re.fullmatch(r"\d+x?|x\d+|\d+gi?b?|hbm\w*", w)]
    form = next((w for w in words if re.fullmatch(r"pcie|nvl|sxm\d?", w)), "")
    name = "-".join(w for w in words if w != form)
    size = memory_named(plain)
    memory = f"{size:.0f}gb" if size else ""
    form = form.rstrip("0123456789")
    for parts in ((name, form, memory), (name, memory, form), (name, form), (name, memory)):
        yield "-".join(part for part in parts if part)
    if form != "pcie" and form != "nvl":
        yield name
