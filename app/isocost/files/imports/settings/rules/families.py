"""Single programs: MaxText, nanochat, nanoGPT, llm.c."""

from __future__ import annotations

import math
from typing import Any

from isocost.files.imports.settings.rules.common import put_architecture
from isocost.files.imports.settings.run import Fact, Run

_TENSOR = ("tensor", "tensor_transpose", "tensor_sequence", "sequence")
_REPLICAS = ("data", "fsdp", "fsdp_transpose", "expert")
_AXES = (*_TENSOR, *_REPLICAS, "context", "pipeline", "autoregressive")
_NANOCHAT_VOCABULARY = 32_768
_NANOGPT_VOCABULARY = 50_304
_LARGEST_AXIS = 10**8


def maxtext(run: Run) -> None:
    """MaxText, whose axes multiply within and between slices."""
    axes = {name: _axis(run, name) for name in _AXES}
    if run.get("model_name") not in (None, "default"):
        run.model["name"] = run.get("model_name")
    elif run.count("layers") and run.count("hidden"):
        run.put("swiglu", len(run.get("activations") or (0, 0)) > 1, "activations")
        put_architecture(run)
    _maxtext_world(run, axes)
    run.put("tp", math.prod(axes[name][0] or 1 for name in _TENSOR), *_names(_TENSOR))
    run.put("pp", axes["pipeline"][0] or 1, *_names(("pipeline",)))
    run.put("cp", axes["context"][0] or 1, *_names(("context",)))
    run.put("ep", axes["expert"][0] or 1, *_names(("expert",)))
    run.put("vp", run.count("repeats"), "repeats")
    gpus, each = run.count("gpus"), run.get("per_device")
    if gpus and isinstance(each, float) and each > 0:
        sequences = each * gpus * (run.count("accumulation") or 1)
        run.put(
            "global_batch",
            round(sequences) if math.isclose(sequences, round(sequences)) else None,
            "per_device",
        )
    run.facts.pop("accumulation", None)  # it is in the batch, and a microbatch is not said
    sharded = axes["fsdp"][0] is None or (axes["fsdp"][0] or 1) * (axes["fsdp_transpose"][0] or 1) > 1
    run.put("sharding", "zero3" if sharded else "none", *_names(("fsdp", "fsdp_transpose")))
    _maxtext_numbers(run)


def _names(axes: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{part}_{axis}" for axis in axes for part in ("ici", "dcn"))


def _axis(run: Run, axis: str) -> tuple[int | None, bool]:
    """Degree of an axis within and between slices, and whether the file has it; None = the rest (-1)."""
    degree: int | None = 1
    for part in ("ici", "dcn"):
        key = f"{part}_{axis}_parallelism"
        value = run.keys.get(key)
        default = -1 if key in ("ici_fsdp_parallelism", "dcn_data_parallelism") else 1
        if value is not None:
            run.used.add(key)
            if (
                isinstance(value, bool)
                or not isinstance(value, int)
                or not (value == -1 or 1 <= value <= _LARGEST_AXIS)
            ):
                run.problems.append(f"{key}: a whole number or -1 is expected, got {str(value)[:40]!r}.")
                value = default
            run.facts[f"{part}_{axis}"] = Fact(value, "file", key)
        else:
            value = default
        degree = None if value == -1 or degree is None else degree * value
    return degree, any(f"{part}_{axis}" in run.facts for part in ("ici", "dcn"))


def _maxtext_world(run: Run, axes: dict[str, tuple[int | None, bool]]) -> None:
    """Devices: the product of the axes, where none of them is the rest; between slices 1 unless said."""
    product = 1
    for name in _AXES:
        for part in ("ici", "dcn"):
            fact = run.facts.get(f"{part}_{name}")
            value = fact.value if fact is not None else 1
            if fact is None and part == "ici" and name == "fsdp":
                value = -1
            product = -1 if value == -1 or product == -1 else product * value
    if product > 0 and run.count("gpus") is None:
        run.put("gpus", product, origin="reckoned")
    open_axes = product <= 0
    if open_axes and run.count("gpus") is None:
        run.note("one axis takes the rest of the devices (-1), and their number is not in the file")


def _maxtext_numbers(run: Run) -> None:
    remat = run.word("remat")
    found = run.trainer.words["recompute"].get(remat.replace("save_dot_except_mlpwi", "save_dot_except_mlp"))
    if found is None:
        run.note(f"remat_policy {remat[:40]}: is not known here")
    run.put("recompute", found, "remat")
    places = [
        word
        for word, on in (
            ("optimizer", run.get("offload_optimizer")),
            ("parameters", run.get("offload_parameters")),
            ("activations", "offloaded" in remat),
        )
        if on
    ]
    run.put("offload", "+".join(places) or "none", "offload_optimizer", "offload_parameters", "remat")
    kind = run.word("quantization")
    quantized = run.trainer.words["precision"].get(kind)
    if kind and quantized is None:
        run.note(f"quantization {kind[:40]}: is no precision a plan has")
    plain = {"float32": "fp32", "float16": "fp16"}.get(run.word("dtype"), "bf16")
    run.put("precision", quantized or plain, "quantization", "dtype")
    named = run.word("optimizer")
    optimizer = run.trainer.words["optimizer"].get(named, named)
    if optimizer == "adamw" and run.word("weight_dtype") == "bfloat16":
        optimizer = "adamw-bf16"
    run.put("optimizer", optimizer, "optimizer", "weight_dtype")


def nanochat(run: Run) -> None:
    """nanochat, whose model follows from its depth."""
    layers, width = run.count("depth") or 20, run.count("head_dim") or 128
    hidden = math.ceil(layers * (run.count("aspect") or 64) / width) * width
    if layers <= 10_000:
        run.model.update({"layers": layers, "hidden": hidden, "heads": hidden // width})
        run.model[f"parameters_if_vocabulary_{_NANOCHAT_VOCABULARY}"] = (
            12 * layers * hidden**2
            + 2 * _NANOCHAT_VOCABULARY * hidden
            + math.ceil(layers / 2) * _NANOCHAT_VOCABULARY * hidden
        )
        run.extra["parameters"] = run.model[f"parameters_if_vocabulary_{_NANOCHAT_VOCABULARY}"]
    sequence = run.count("sequence")
    if (tokens := run.count("step_tokens")) and sequence:
        run.put("global_batch", tokens // sequence, "step_tokens")
        run.put("tokens", tokens * (run.count("steps") or 0) or None, "step_tokens")
    else:
        run.note("the batch follows a law of nanochat's own, which is not reckoned here")
    if run.count("steps") is None:
        if (run.get("flops") or -1) > 0:
            run.note("the number of steps follows from target_flops")
        elif layers <= 10_000:
            matrices = 12 * layers * hidden**2 + _NANOCHAT_VOCABULARY * hidden
            run.put("tokens", round((run.get("ratio") or 12) * matrices), "ratio", origin="reckoned")
    run.put("precision", "fp8" if run.get("fp8_on") else "bf16", "fp8_on")
    run.put("recompute", "none")
    run.put("sharding", "zero2")
    run.put("offload", "none")
    run.put("optimizer", "muon+adamw")


def nanogpt(run: Run) -> None:
    """nanoGPT: plain data parallelism."""
    run.facts |= {"ffn": Fact(4 * (run.count("hidden") or 768), "default"), "tied": Fact(True, "default")}
    run.facts |= {"biases": run.facts["bias"], "vocabulary": Fact(_NANOGPT_VOCABULARY, "default")}
    run.facts |= {
        "positions": Fact("learned_absolute", "default"),
        "normalization": Fact("layernorm" if run.get("bias") else "", "default"),
    }
    put_architecture(run)
    gpus, accumulation, micro = run.count("gpus"), run.count("accumulation"), run.count("microbatch")
    run.facts.pop("accumulation", None)
    if accumulation and micro:
        # It counts over all processes, so that the batch does not depend on their number.
        run.put("global_batch", accumulation * micro, "accumulation", "microbatch", origin="reckoned")
    if gpus and accumulation and accumulation % gpus:
        run.problems.append(
            f"gradient_accumulation_steps {accumulation} does not divide by {gpus:,} processes."
        )
    dtype = run.word("dtype")
    run.put("precision", {"bfloat16": "bf16", "float16": "fp16", "float32": "fp32"}.get(dtype), "dtype")
    run.put("recompute", "none")
    run.put("sharding", "none")
    run.put("offload", "none")
    run.put("optimizer", "adamw")


def llmc(run: Run) -> None:
    """llm.c's short flags."""
    sequence = run.count("sequence")
    if (tokens := run.count("step_tokens")) and sequence:
        run.put("global_batch", tokens // sequence, "step_tokens")
    elif run.count("dp") is None:
        run.put("accumulation", 1)
    run.put("precision", "bf16")
    stage: Any = run.get("stage")
    run.put("sharding", {0: "none", 1: "zero1", 2: "zero2", 3: "zero3"}.get(stage), "stage")
    level = run.get("recompute_level")
    run.put("recompute", "selective" if level in (1, 2) else "none", "recompute_level")
    if level in (1, 2):
        run.note("only activation functions (and norms) are recomputed: less than selective does elsewhere")
    name = run.word("model_name")
    if name.startswith("d") and name[1:].isdigit() and 1 <= int(name[1:4] or 0) <= 999:
        run.model["name"] = f"GPT-2 depth {name[1:]}"
        run.model["layers"] = int(name[1:4])
    run.put("offload", "none")
    run.put("optimizer", "adamw")
