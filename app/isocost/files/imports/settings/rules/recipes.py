"""Trainers whose runs are a file of recipes: torchtune, LitGPT, nanotron, LLM Foundry."""

from __future__ import annotations

import math
import re

from isocost.files.imports.settings.rules.common import STAGES, put_architecture, put_optimizer, whole_world
from isocost.files.imports.settings.rules.hugging import fsdp_sharding, tuned
from isocost.files.imports.settings.run import Fact, Run
from isocost.files.imports.settings.settled import replicas

_TUNED = re.compile(r"^(q?)(lora|dora)_")
_VERSION = re.compile(r"^(?:qwen2_5|llama3_[1-3])(?=_)")
_DURATION = re.compile(r"([0-9][0-9_.e+]*)(ba|ep|tok)")


def torchtune(run: Run) -> None:
    """torchtune: plain 16 bits, and FSDP on more than one device."""
    builder = run.word("component").rpartition(".")[2]
    if builder:
        run.model["name"] = _torchtune_name(_TUNED.sub("", builder))
    adapters = _TUNED.match(builder)
    if adapters is not None and adapters[1]:
        run.put("four_bits", True, "component")
    if adapters is not None:
        modules = [*(run.get("lora_modules") or ()), *(("mlp",) if run.get("lora_mlp") else ())]
        run.put("lora_targets", modules or None, "lora_modules", "lora_mlp")
    tuned(run, "full" if adapters is None else "dora" if run.get("dora") else adapters[2])
    plain = run.word("dtype") in ("bf16", "bfloat16")
    run.put("precision", "bf16-true" if plain else "fp32", "dtype")
    run.put("recompute", "full" if run.get("checkpointing") else "none", "checkpointing")
    _fsdp_on_several(run)
    places = [
        word
        for word, name in (("parameters", "fsdp_offload"), ("activations", "checkpoint_offload"))
        if run.get(name)
    ]
    run.put("offload", "+".join(places) or "none", "fsdp_offload", "checkpoint_offload")
    put_optimizer(run)
    if plain and run.get("optimizer") == "adamw":
        run.put("optimizer", "adamw-bf16", "dtype")
    if (each := run.count("steps_per_epoch")) is not None:
        run.put("steps", round(each * (run.get("epochs") or 1)), "steps_per_epoch", "epochs")
        run.facts.pop("epochs", None)
    if "dpo" in run.word("loss"):
        run.extra["pairs"] = "dpo"
        run.note("a batch counts pairs of answers, two sequences each")


def _torchtune_name(builder: str) -> str:
    """ "llama3_1_8b" -> "llama3.1-8b", "qwen2_5_1_5b_base" -> "qwen2.5-1.5b-base"."""
    version = _VERSION.sub(lambda found: found[0].replace("_", "."), builder)
    return re.sub(r"(?<=_[0-9])_(?=[0-9]b)", ".", version).replace("_", "-")


def _fsdp_on_several(run: Run) -> None:
    """Everything is split over the replicas, where there are several."""
    dp = replicas(run)
    run.put(
        "sharding",
        "none" if dp == 1 else "zero2" if run.get("fsdp_reshard") is False else "zero3",
        "fsdp_reshard",
    )


def _put_precision(run: Run) -> None:
    """The number format in a plan's word; one that no plan has is kept and named."""
    word = run.word("precision_word")
    run.put("precision", run.trainer.words["precision"].get(word, word or None), "precision_word")


def litgpt(run: Run) -> None:
    """LitGPT: FSDP on several devices; a fine-tune recomputes whole layers there."""
    from_nothing = run.said("from_nothing") and "checkpoint_dir" not in run.keys
    run.extra["task"] = "pretrain" if from_nothing else "sft"
    if name := str(run.get("model_name") or "").strip().rstrip("/"):
        run.model["name"] = name.rpartition("checkpoints/")[2]
    bits = 4 if "4" in run.word("quantize") else 8 if "8" in run.word("quantize") else None
    rank = run.count("lora_rank")
    if rank is not None:
        parts = ("query", "key", "value", "projection", "mlp")
        words = {"query": "q_proj", "key": "k_proj", "value": "v_proj", "projection": "o_proj", "mlp": "mlp"}
        run.put(
            "lora_targets",
            [words[part] for part in parts if run.get(f"lora_{part}")],
            *(f"lora_{part}" for part in parts),
        )
    tuned(run, "lora" if rank is not None else "full", bits)
    _put_precision(run)
    several = replicas(run) != 1
    run.put("recompute", "full" if several and not from_nothing else "none")
    run.put("sharding", "zero3" if several else "none")
    run.put("offload", "none")
    put_optimizer(run)
    if run.get("precision") == "bf16-true" and run.get("optimizer") == "adamw":
        run.put("optimizer", "adamw-bf16", "precision_word")
    if run.count("tokens") is None:
        run.facts.pop("tokens", None)


def nanotron(run: Run) -> None:
    """nanotron, whose weights are kept in 32 bits beside those of 16."""
    run.put("swiglu", run.word("activation") == "silu", "activation")
    put_architecture(run)
    dtype = run.word("dtype")
    run.put("precision", {"bfloat16": "bf16", "float16": "fp16", "float32": "fp32"}.get(dtype), "dtype")
    stage = run.get("zero")
    run.put("sharding", STAGES.get(stage) if isinstance(stage, int) else None, "zero")
    run.put("recompute", "full" if run.get("recompute_layer") else "none", "recompute_layer")
    run.put("offload", "none")
    if run.word("engine") in ("afab", "") and (run.count("pp") or 1) > 1:
        run.extra["pipeline"] = "gpipe"
    put_optimizer(run)
    if run.count("dp") is not None:
        whole_world(run, math.prod(run.count(name) or 1 for name in ("dp", "tp", "pp", "cp")))


def foundry(run: Run) -> None:
    """LLM Foundry."""
    if name := str(run.get("model_name") or "").strip():
        run.model["name"] = name
    run.facts["ffn"] = Fact(round((run.get("ratio") or 4) * (run.count("hidden") or 0)) or None, "reckoned")
    run.put("swiglu", "glu" in run.word("ffn_type"), "ffn_type")
    run.facts["positions"] = Fact("" if run.get("alibi") else "learned_absolute", "default")
    put_architecture(run)
    if run.word("finetuning") == "finetuning" or run.count("lora_rank"):
        run.extra["task"] = "sft"
        run.put("packing", run.word("packing") not in ("", "false"), "packing")
        tuned(run, "lora" if run.count("lora_rank") else "full")
    else:
        run.facts.pop("packing", None)
    _put_precision(run)
    if run.said("fsdp_strategy"):
        fsdp_sharding(run)
    else:
        run.put("sharding", "none")
    run.put("recompute", "full" if run.get("checkpointing") else "none", "checkpointing")
    run.put("offload", "activations" if run.get("checkpoint_offload") else "none", "checkpoint_offload")
    put_optimizer(run)
    _duration(run)


def _duration(run: Run) -> None:
    """ "63900ba" are batches, "1ep" epochs, "2e12tok" tokens."""
    told = run.word("duration")
    found = _DURATION.fullmatch(told)
    if found is None:
        if told:
            run.note(f"max_duration {told[:40]}: batches (ba), epochs (ep) or tokens (tok) are read")
        return
    name = {"ba": "steps", "ep": "epochs", "tok": "tokens"}[found[2]]
    try:
        value = float(found[1])
    except ValueError:
        run.note(f"max_duration {told[:40]}: its number is not read")
        return
    run.put(name, value if name == "epochs" else round(value), "duration")
