"""Megatron-LM and what is built on it: Megatron-Bridge, NeMo, Megatron-SWIFT."""

from __future__ import annotations

import re

from isocost.files.imports.settings.rules.common import put_architecture, put_optimizer
from isocost.files.imports.settings.run import Run

_LONGEST_LAYOUT = 10_000
_MOST_STAGES = 100_000


def megatron(run: Run) -> None:
    """Megatron-LM's own arguments."""
    if run.word("hybrid"):
        run.note("a hybrid's layer pattern is not read; its shape is not known from these settings")
        run.need("model")
    else:
        _with_shape(run, grouped=False)
    _common(run)
    run.put("sharding", _sharding(run), "distributed_optimizer", "megatron_fsdp", "torch_fsdp")
    for old in ("expert_tensor_parallel_size",):
        run.used.add(old)


def bridge(run: Run) -> None:
    """Megatron-Bridge: the same fields, where silence means the recipe's value."""
    run.put("swiglu", run.get("swiglu"), "swiglu")
    _with_shape(run)
    if run.said("data_sequence") and run.said("sequence") and run.get("data_sequence") != run.get("sequence"):
        run.problems.append(
            f"model.seq_length {run.get('sequence'):,} and the dataset's {run.get('data_sequence'):,} "
            "must agree."
        )
    _common(run, silent=None)
    known = any(
        run.get(each) is not None for each in ("distributed_optimizer", "megatron_fsdp", "torch_fsdp")
    )
    run.put(
        "sharding", _sharding(run) if known else None, "distributed_optimizer", "megatron_fsdp", "torch_fsdp"
    )
    missing = [name for name in ("tp", "pp", "cp", "ep", "recompute", "sharding") if run.get(name) is None]
    if missing:
        run.note(f"{', '.join(missing)}: not in the file, so as the recipe has it, which is not known here")


def nemo(run: Run) -> None:
    """NeMo 1."""
    run.put("swiglu", run.word("activation").endswith("glu"), "activation")
    _with_shape(run)
    if run.get("fp8_on"):
        run.put("fp8", run.get("fp8") or "on", "fp8_on")
    else:
        run.facts.pop("fp8", None)
    _common(run, word=run.word("precision_word"))
    name = run.word("optimizer_word")
    sharded = "distributed" in name
    if run.get("fsdp"):
        run.put(
            "sharding", {"full": "zero3", "hybrid": "zero3"}.get(run.word("fsdp_strategy"), "zero2"), "fsdp"
        )
    else:
        run.put("sharding", "zero1" if sharded else "none", "optimizer_word")
    if run.word("peft") not in ("", "none"):
        run.extra["task"] = "sft"
        run.put("method", "lora", "peft")


def nemo2(run: Run) -> None:
    """NeMo 2's overrides."""
    run.put("swiglu", None)
    if factory := run.word("factory"):
        run.model["name"] = factory.replace("_", " ")
    _common(run, word=run.word("precision_word") or None, silent=None)
    if not run.word("precision_word") and not run.get("fp8"):
        run.put("precision", None)
    held = run.get("distributed_optimizer")
    run.put("sharding", None if held is None else "zero1" if held else "none", "distributed_optimizer")
    run.note("what is not overridden is as the recipe has it, which is not known here")


def megatron_swift(run: Run) -> None:
    """Megatron-SWIFT: Megatron's names, batches of packed sequences."""
    from isocost.files.imports.settings.rules.hugging import swift_task, tuned

    run.extra["task"] = "sft"
    if run.word("model_name"):
        run.model["name"] = run.get("model_name")
    if run.get("bf16") is None and run.get("fp16") is None:
        run.put("bf16", run.word("dtype") in ("bfloat16", "bf16"), "dtype")
        run.put("fp16", run.word("dtype") in ("float16", "fp16"), "dtype")
    _common(run)
    run.put("sharding", "zero1" if run.get("distributed_optimizer") else "none", "distributed_optimizer")
    tuned(run, run.word("method"))
    swift_task(run, run.word("method"))
    run.note("a batch counts sequences after packing")


# What they share


def _with_shape(run: Run, *, grouped: bool = True) -> None:
    found = put_architecture(run, grouped=grouped)
    if found is not None and found.vocabulary is None:
        run.need("vocabulary")
        run.note("the vocabulary is the tokenizer's, which is not in the file: parameters are without it")


def _common(run: Run, *, word: str | None = None, silent: str | None = "none") -> None:
    """Virtual pipeline, precision, recompute, offload and optimizer; ``silent``: recompute when not named."""
    run.put("vp", _virtual(run), "vp", "layers_per_chunk", "pipeline_layout")
    _precision(run, word)
    _recompute(run, silent)
    places = [
        name
        for name, on in (
            ("optimizer", run.get("offload_optimizer")),
            ("activations", run.get("offload_activations") or run.count("offload_layers")),
        )
        if on
    ]
    run.put(
        "offload", "+".join(places) or "none", "offload_optimizer", "offload_activations", "offload_layers"
    )
    run.put("optimizer_word", run.get("optimizer"), "optimizer")
    put_optimizer(run, "adamw")
    if run.get("rampup"):
        run.note("the batch grows at the start of the run; what is read is the final one")
    rank = run.count("lora_rank")
    if rank is not None and run.word("method") in ("", "lora") and run.trainer.task == "pretrain":
        run.extra["task"] = "sft"
        run.put("method", "lora", "lora_rank")


def _virtual(run: Run) -> int | None:
    """Chunks of layers a stage interleaves."""
    pp, layers = run.count("pp") or 1, run.count("layers")
    if run.count("vp") is not None:
        return run.count("vp")
    if layout := run.get("pipeline_layout"):
        stages = layout_stages(str(layout))
        if stages is None or stages % pp:
            run.problems.append(
                f"pipeline_model_parallel_layout: stages that divide by pp {pp} are expected, got "
                f"{str(layout)[:60]!r}."
            )
            return None
        return stages // pp
    chunk = run.count("layers_per_chunk")
    if chunk is None:
        return None
    if layers is None:
        run.note("virtual stages follow from the number of layers, which is not in the file")
        run.need("layers")
        return None
    if layers % (pp * chunk):
        run.problems.append(
            f"{layers} layers do not divide into pp {pp} x {chunk} layers of a virtual stage."
        )
        return None
    return layers // pp // chunk


def layout_stages(layout: str) -> int | None:
    """Stages of a pipeline layout such as ``Et*3|(tt|)*29|m|L``; None where it is none or too long."""
    text = re.sub(r"[\s,]", "", layout)
    if len(text) > _LONGEST_LAYOUT or not re.fullmatch(r"[A-Za-z0-9|()*]+", text):
        return None
    stack, count = [0], 0
    at = 0
    while at < len(text):
        letter = text[at]
        at += 1
        if letter == "(":
            stack.append(0)
            continue
        if letter == ")":
            if len(stack) == 1:
                return None
            count = stack.pop()
        elif letter == "|":
            count = 1
        elif letter == "*":
            return None
        else:
            count = 0
        repeat = re.compile(r"\*(\d{1,6})").match(text, at)
        times = int(repeat.group(1)) if repeat else 1
        at = repeat.end() if repeat else at
        stack[-1] += count * times
        if stack[-1] > _MOST_STAGES:
            return None
    return stack[0] + 1 if len(stack) == 1 else None


def _precision(run: Run, word: str | None) -> None:
    mixed = run.word("mixed")
    if mixed:
        run.put("precision", _mixed(mixed), "mixed")
        if run.get("precision") is None:
            run.note(f"mixed_precision {mixed[:60]}: is not known here")
        return
    run.asked |= {"bf16", "fp16"}  # what narrower formats stand beside
    eight, four = run.word("fp8"), run.word("fp4")
    if four and four not in ("none", "false"):
        run.put("precision", "nvfp4", "fp4")
    elif eight and eight not in ("none", "false"):
        run.put("precision", "mxfp8" if "mxfp8" in run.word("fp8_recipe") else "fp8", "fp8")
    elif word is not None:
        run.put("precision", _word_precision(word), "precision_word")
    elif run.get("bf16") is None and run.get("fp16") is None and run.trainer.rules == "bridge":
        run.put("precision", None)
    else:
        run.put(
            "precision", "bf16" if run.get("bf16") else "fp16" if run.get("fp16") else "fp32", "bf16", "fp16"
        )


def _mixed(name: str) -> str | None:
    """Megatron-Bridge's names, and those of families that end alike."""
    for part, precision in (
        ("nvfp4", "nvfp4"),
        ("mxfp8", "mxfp8"),
        ("fp8", "fp8"),
        ("bf16", "bf16"),
        ("fp16", "fp16"),
    ):
        if part in name:
            return precision
    return None


def _word_precision(word: str) -> str | None:
    if "bf16" in word or "bfloat16" in word:
        return "bf16"
    if word.startswith("16") or "fp16" in word or "float16" in word:
        return "fp16"
    return "fp32" if word.startswith("32") or "float32" in word or "fp32" in word else None


def _recompute(run: Run, silent: str | None) -> None:
    of = ("recompute_granularity", "recompute_activations", "checkpoint_activations", "d_checkpointing")
    granularity = run.word("recompute_granularity")
    if run.get("recompute_activations"):
        granularity = granularity or "selective"
    elif run.get("checkpoint_activations"):
        granularity = granularity or "full"
    if granularity in ("none", "null"):
        granularity = ""
    if granularity not in ("", "full", "selective"):
        run.problems.append(
            f"recompute granularity: full or selective is expected, got {granularity[:40]!r}."
        )
        granularity = ""
    run.put("recompute", granularity or silent, *of)
    layers, each = run.count("layers"), run.count("recompute_layers")
    if granularity == "full" and run.word("recompute_method") == "block" and each:
        stage = layers // (run.count("pp") or 1) if layers else None
        if stage is None or each < stage:
            run.note(f"only {each} layers of a stage are recomputed; a plan recomputes all or none")


def _sharding(run: Run) -> str:
    if run.get("megatron_fsdp"):
        word = run.word("sharding_strategy") or "optim_grads_params"
        found = run.trainer.words["strategy"].get(word)
        if found is None:
            run.problems.append(
                "data_parallel_sharding_strategy: no_shard, optim, optim_grads or optim_grads_params "
                f"is expected, got {word[:40]!r}."
            )
        return found or "zero3"
    if run.get("torch_fsdp"):
        return "zero3"
    return "zero1" if run.get("distributed_optimizer") else "none"
