"""torchtitan, NeMo AutoModel and OLMo-core: PyTorch's own parallelism under three sets of names."""

from __future__ import annotations

import math

from isocost.files.imports.settings.rules.common import COPIES, put_architecture, put_optimizer
from isocost.files.imports.settings.run import Run
from isocost.files.imports.settings.settled import replicas

LOOPED = ("interleaved", "zbv", "dualpipe", "loopedbfs")
"""Schedules that put two stages on a rank unless told otherwise."""


def torchtitan(run: Run) -> None:
    """All three generations of torchtitan's settings."""
    name, flavor = run.get("model_name"), run.get("flavor")
    if name is not None:
        run.model["name"] = f"{name} {flavor}" if flavor is not None else str(name)
    _titan_batch(run)
    _titan_replicas(run)
    _titan_pipeline(run)
    mode = run.word("checkpointing")
    found = run.trainer.words["recompute"].get(mode)
    if found is None:
        run.problems.append(
            "activation_checkpoint.mode: none, selective, full or memory_budget is expected, got "
            f"{mode[:40]!r}."
        )
    if mode == "memory_budget":
        run.note("a memory budget chooses what is recomputed; it is taken for selective")
    run.put("recompute", found, "checkpointing")
    run.put("precision", _titan_precision(run), "converters", "float8", "mx_recipe", "dtype")
    run.put("offload", "parameters" if run.get("offload_cpu") else "none", "offload_cpu")
    put_optimizer(run)
    if run.word("dtype") == "bfloat16" and run.get("optimizer") == "adamw":
        run.put("optimizer", "adamw-bf16", "dtype")


def _titan_batch(run: Run) -> None:
    """Microbatch and batch, counted in sequences until 2026-08 and in tokens since."""
    sequence, pp = run.count("sequence"), run.count("pp") or 1
    local = run.count("local_batch")
    of = ("local_batch",)
    if (tokens := run.count("microbatch_tokens")) and sequence:
        local, of = max(tokens // sequence, 1), ("microbatch_tokens",)
        if tokens % sequence:
            run.note(f"a microbatch of {tokens:,} tokens is no whole number of {sequence:,}-token sequences")
        run.put("microbatch", local, *of)
        rank_batch = local * (run.count("pp_microbatches") or (pp if pp > 1 else 1))
    elif pp > 1:
        old = run.count("old_microbatches")
        micro = max((local or 1) // old, 1) if old and local else run.count("pp_microbatch")
        run.put("microbatch", micro, "old_microbatches", "pp_microbatch")
        rank_batch = local or 1
    else:
        run.put("microbatch", local, *of)
        rank_batch = local or 1
    total = run.count("total_batch")
    if (step := run.count("step_tokens")) and sequence:
        total = step // sequence
        run.put("global_batch", total, "step_tokens")
    elif total is not None:
        run.put("global_batch", total, "total_batch")
    run.extra["rank_batch"] = rank_batch


def _titan_replicas(run: Run) -> None:
    """Replicas, and what they split."""
    shard, copies, pp = run.get("shard"), run.count("replicas") or 1, run.count("pp") or 1
    dp = replicas(run)
    if isinstance(shard, int) and shard >= 1:
        if dp is None:
            dp = shard * copies
            degrees = [run.count(name) or 1 for name in ("tp", "pp", "cp")]
            run.put("dp", dp, "shard", "replicas", origin="reckoned")
            if run.count("gpus") is None:
                run.put("gpus", dp * math.prod(degrees), origin="reckoned")
        elif dp != shard * copies:
            run.problems.append(
                f"data_parallel degrees {copies} x {shard} do not agree with the {dp:,} replicas that fit."
            )
        sharded = shard * (run.count("cp") or 1) > 1
    else:
        # The rest of the accelerators: more than one unless it is known otherwise.
        sharded = dp is None or dp * (run.count("cp") or 1) // copies > 1
    if run.count("global_batch") is None and dp is not None:
        run.put("global_batch", run.extra["rank_batch"] * dp, origin="reckoned")
    policy = run.word("reshard")
    keep = policy in ("never", "false") or (policy in ("default", "") and pp > 1)
    run.put(
        "sharding", "none" if not sharded else "zero2" if keep else "zero3", "reshard", "shard", "replicas"
    )
    if sharded and copies > 1:
        run.note(COPIES)
    if sharded and keep and policy in ("default", ""):
        run.note("with a pipeline the default keeps parameters after the forward pass: ZeRO-2")


def _titan_pipeline(run: Run) -> None:
    pp = run.count("pp") or 1
    if pp == 1:
        return
    schedule = run.word("schedule")
    run.extra["pipeline"] = schedule
    looped = any(word in schedule for word in LOOPED)
    each = run.count("layers_per_stage")
    points = run.get("split_points")
    if each is not None:
        run.extra["stage_rule"] = (each, run.get("first_less") or 0, run.get("last_less") or 0)
        run.put("vp", None)
        run.note(
            f"stages hold {each} layers, so the virtual pipeline follows from the model's number of layers"
        )
    elif isinstance(points, list) and points and points != [True]:
        run.put("vp", (len(points) + 1) // pp if (len(points) + 1) % pp == 0 else None, "split_points")
    else:
        run.put("vp", 2 if looped else None, "schedule")


def _titan_precision(run: Run) -> str:
    converters = " ".join(str(each).lower() for each in run.get("converters") or ())
    if "nvfp4" in converters:
        return "nvfp4"
    if "mx" in converters:
        recipe = run.word("mx_recipe")
        return "mxfp8" if "fp4" not in recipe else "mxfp4"
    if "float8" in converters or "fp8" in converters or run.get("float8"):
        return "fp8"
    mixed = run.word("mixed") if "mixed" in run.facts else "bfloat16"
    if run.word("dtype") == "bfloat16":
        run.note("training.dtype bfloat16: parameters and optimizer states are 16-bit too")
        return "bf16"
    return "fp32" if mixed == "float32" else "fp16" if mixed == "float16" else "bf16"


def automodel(run: Run) -> None:
    """NeMo AutoModel."""
    if run.get("model_name") is not None:
        run.model["name"] = run.get("model_name")
    strategy = run.word("strategy")
    if (run.count("pp") or 1) > 1 and run.count("pp_microbatch"):
        run.put("microbatch", run.count("pp_microbatch"), "pp_microbatch")
    dp = run.count("dp")
    if dp is not None and run.count("gpus") is None:
        degrees = [run.count(name) or 1 for name in ("tp", "pp", "cp")]
        run.put("gpus", dp * math.prod(degrees), origin="reckoned")
    run.put("sharding", "none" if "ddp" in strategy and "fsdp" not in strategy else "zero3", "strategy")
    _titan_pipeline(run)
    run.put("recompute", "full" if run.get("checkpointing") else "none", "checkpointing")
    dtype = run.word("dtype").removeprefix("torch.")
    plain = {"bfloat16": "bf16", "bf16": "bf16", "float16": "fp16", "float32": "fp32"}.get(dtype, "bf16")
    run.put("precision", "fp8" if run.get("fp8_on") else plain, "fp8_on", "dtype")
    run.put("offload", "none")
    if run.count("packed"):
        run.put("packing", True, "packed")
    rank = run.count("lora_rank")
    run.put("method", "lora" if rank else "full", "lora_rank")
    put_optimizer(run)


def olmo(run: Run) -> None:
    """OLMo-core, whose batches are tokens."""
    run.put("swiglu", True)
    put_architecture(run)
    sequence = run.count("sequence")
    if sequence and (tokens := run.count("microbatch_tokens")):
        run.put("microbatch", max(tokens // sequence, 1), "microbatch_tokens")
    if sequence and (tokens := run.count("step_tokens")):
        run.put("global_batch", tokens // sequence, "step_tokens")
    unit = run.word("duration_unit")
    if (length := run.count("duration")) is not None:
        if unit.endswith("tokens"):
            run.put("tokens", length, "duration")
        elif unit.endswith("steps"):
            run.put("steps", length, "duration")
    name = run.word("dp_name")
    run.put("sharding", {"ddp": "none", "fsdp": "zero3", "hsdp": "zero3"}.get(name), "dp_name")
    if name == "hsdp":
        run.note(COPIES)
    if not name:
        run.note("how replicas split their states is the script's, which is not known here")
    mode = run.word("ac_mode")
    run.put("recompute", ("full" if mode.endswith("full") else "selective") if mode else None, "ac_mode")
    plain = {"float32": "fp32", "float16": "fp16"}.get(run.word("parameter_type"), "bf16")
    run.put("precision", "fp8" if run.get("float8") else plain, "float8", "parameter_type")
    run.extra["pipeline"] = run.word("schedule")
    looped = any(word in run.word("schedule") for word in LOOPED)
    run.put("vp", 2 if looped and (run.count("pp") or 1) > 1 else None, "schedule")
    run.put("offload", "none")
    put_optimizer(run)
