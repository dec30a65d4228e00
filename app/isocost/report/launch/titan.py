"""torchtitan: TOML."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from isocost.language import tr
from isocost.report.launch.body import Body, divisions
from isocost.report.launch.wanted import Wanted


def torchtitan(run: Wanted) -> Body:
    """TOML as torchtitan read it until 2026-02-23; its later flags have the same names."""
    name, _, flavor = (run.model.name or "").rpartition(" ")
    sharded = run.sharding != "none"
    groups: dict[str, dict[str, Any]] = {
        "model": {"name": name or run.model.name or "your-model", "flavor": flavor or "your-flavor"},
        "training": {
            "local_batch_size": run.microbatch * (run.accumulation if run.pp > 1 else 1),
            "global_batch_size": run.batch,
            "seq_len": run.sequence,
            "steps": run.steps or 1,
        },
        "parallelism": {
            "data_parallel_replicate_degree": 1 if sharded else run.dp,
            "data_parallel_shard_degree": run.dp if sharded else 1,
            "tensor_parallel_degree": run.tp,
            "pipeline_parallel_degree": run.pp,
            "context_parallel_degree": run.cp,
            "expert_parallel_degree": run.ep,
            "fsdp_reshard_after_forward": "always" if run.sharding == "zero3" else "never",
        },
        "activation_checkpoint": {"mode": run.recompute},
        "optimizer": {"name": "AdamW"},
    }
    assumed = [tr("model.name and flavor are the ones torchtitan has registered; check them")]
    if run.recompute == "selective":
        groups["activation_checkpoint"]["selective_ac_option"] = "op"
    if run.pp > 1:
        groups["parallelism"] |= _titan_stages(run)
        assumed.append(tr("a step has all its microbatches in one pass of the pipeline"))
    if run.precision in ("fp8", "mxfp8"):
        kind = "float8" if run.precision == "fp8" else "mx"
        groups["model"]["converters"] = [f"quantize.linear.{kind}"]
        recipe = "rowwise" if run.precision == "fp8" else "mxfp8"
        groups[f"quantize.linear.{kind}"] = {"recipe_name": recipe}
        groups["compile"] = {"enable": True}
    elif run.precision == "bf16-true":
        groups["training"]["dtype"] = "bfloat16"
    if run.offload != "none":
        groups["training"]["enable_cpu_offload"] = True
        assumed.append("enable_cpu_offload keeps parameters, gradients and optimizer on the host")
    assumed += divisions(run, None)
    assumed.append(
        tr("TOML until 2026-02-23; after it the same names are flags: --training.steps, and so on")
    )
    return Body("launch.toml", _toml(groups), tuple(assumed))


def _titan_stages(run: Wanted) -> dict[str, Any]:
    """A schedule with the plan's chunks on a rank; two are what looped schedules have by themselves."""
    keys: dict[str, Any] = {"pipeline_parallel_microbatch_size": run.microbatch}
    if run.vp == 1:
        return {"pipeline_parallel_schedule": "1F1B", **keys}
    keys = {"pipeline_parallel_schedule": "Interleaved1F1B", **keys}
    layers, stages = round(run.shape.layers), run.pp * run.vp
    each = next((n for n in range(1, layers + 3) if math.ceil((layers + 2) / n) == stages), None)
    if run.exact and run.vp > 2 and each is not None:
        keys["pipeline_parallel_layers_per_stage"] = each
    return keys


def _toml(groups: Mapping[str, Mapping[str, Any]]) -> str:
    blocks = []
    for name, values in groups.items():
        blocks.append(
            "\n".join([f"[{name}]", *(f"{key} = {_toml_value(value)}" for key, value in values.items())])
        )
    return "\n\n".join(blocks)


def _toml_value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return f"[{', '.join(map(_toml_value, value))}]"
    return str(value) if isinstance(value, int | float) else _quoted(str(value))


def _quoted(text: str) -> str:
    """Text between quotes, its own and what no line holds taken out."""
    plain = "".join(letter for letter in text if letter.isprintable())
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'
