"""The family of Hugging Face's Trainer: DeepSpeed, axolotl."""

from __future__ import annotations

from typing import Any

from isocost.files.tree import dump_tree
from isocost.language import tr
from isocost.plan.physics.resolve import ADAPTED
from isocost.plan.values import Tuning
from isocost.report.launch.body import Body, model_name, named, sixteen
from isocost.report.launch.wanted import Wanted

_HF_OPTIMIZERS = {
    "adamw-8bit": "adamw_bnb_8bit", "adamw-8bit-paged": "paged_adamw_8bit",
    "adamw-paged": "paged_adamw_32bit",
    "adafactor": "adafactor", "sgd": "sgd", "lion": "lion_32bit", "muon": "muon",
}  # fmt: skip


def deepspeed(run: Wanted) -> Body:
    """TrainingArguments with DeepSpeed's own settings within."""
    zero: dict[str, Any] = {"stage": int(run.sharding[-1]) if run.sharding != "none" else 0}
    zero |= {"overlap_comm": True, "contiguous_gradients": True}
    if run.offload in ("optimizer", "parameters"):
        zero["offload_optimizer"] = {"device": "cpu"}
    if run.offload == "parameters":
        zero["offload_param"] = {"device": "cpu"}
    engine: dict[str, Any] = {
        "train_micro_batch_size_per_gpu": run.microbatch,
        "gradient_accumulation_steps": run.accumulation,
        "train_batch_size": run.batch,
        "bf16": {"enabled": sixteen(run) == "bf16"},
        "fp16": {"enabled": sixteen(run) == "fp16"},
        "zero_optimization": zero,
    }
    if run.tp > 1:
        engine["tensor_parallel"] = {"autotp_size": run.tp}
    tree: dict[str, Any] = {
        "model_name_or_path": model_name(run),
        "per_device_train_batch_size": run.microbatch,
        "gradient_accumulation_steps": run.accumulation,
        **_length(run, "max_steps", "num_train_epochs"),
        "max_length": run.sequence,
        "bf16": sixteen(run) == "bf16",
        "fp16": sixteen(run) == "fp16",
        "gradient_checkpointing": run.recompute != "none",
        "optim": _hf_optimizer(run),
    }
    if run.cp > 1:
        tree["parallelism_config"] = {"cp_size": run.cp}
    if run.tuning is not None and run.tuning.method != "full":
        tree |= {"use_peft": True, "lora_r": round(run.tuning.rank)}
        tree["lora_target_modules"] = _modules(run.tuning) or "all-linear"
        tree |= {"load_in_4bit": True} if run.tuning.method == "qlora" else {}
    tree["deepspeed"] = engine
    assumed = [
        *named(run),
        tr(
            "started on {gpus:,} processes: deepspeed --num_nodes {nodes} --num_gpus {per_node}",
            gpus=run.gpus,
            nodes=run.nodes,
            per_node=run.per_node,
        ),
        tr("what stands under deepspeed: is the DeepSpeed JSON, and may be a file of its own"),
    ]
    return Body("launch.yaml", dump_tree(tree).rstrip(), tuple(assumed))


def axolotl(run: Wanted) -> Body:
    """axolotl's YAML."""
    sharded = run.sharding in ("zero2", "zero3")
    tree: dict[str, Any] = {
        "base_model": model_name(run),
        "sequence_len": run.sequence,
        "sample_packing": run.tuning is None or run.tuning.packing > 0.5,
        "micro_batch_size": run.microbatch,
        "gradient_accumulation_steps": run.accumulation,
        **_length(run, "max_steps", "num_epochs"),
        "optimizer": _hf_optimizer(run),
        "bf16": sixteen(run) == "bf16",
        "fp16": sixteen(run) == "fp16",
        "gradient_checkpointing": run.recompute != "none",
    }
    if run.recompute == "selective":
        tree["selective_checkpointing"] = True
    if run.precision == "fp8":
        tree["fp8"] = True
    if run.precision == "bf16-true":
        tree["bfloat16"] = True
    if run.tuning is not None and run.tuning.method in ("lora", "qlora"):
        tree |= {"adapter": run.tuning.method, "lora_r": round(run.tuning.rank)}
        modules = _modules(run.tuning)
        tree |= {"lora_target_modules": modules} if modules else {"lora_target_linear": True}
        tree |= {"load_in_4bit": True} if run.tuning.method == "qlora" else {}
    tree["flash_attention"] = True
    assumed = named(run)
    if sharded:
        tree["fsdp_version"] = 2
        tree["fsdp_config"] = {
            "reshard_after_forward": run.sharding == "zero3",
            "offload_params": run.offload == "parameters",
            "auto_wrap_policy": "TRANSFORMER_BASED_WRAP",
            "transformer_layer_cls_to_wrap": "LlamaDecoderLayer",
        }
        assumed.append("transformer_layer_cls_to_wrap is the class of the model's layer; check it")
    elif run.sharding == "zero1":
        tree["deepspeed"] = "deepspeed_configs/zero1.json"
        assumed.append(
            "deepspeed_configs/zero1.json is the one axolotl ships (axolotl fetch deepspeed_configs)"
        )
    tree |= {"dp_shard_size": run.dp if sharded else 1, "dp_replicate_size": 1 if sharded else run.dp}
    tree |= {"context_parallel_size": run.cp, "tensor_parallel_size": run.tp}
    if run.ep > 1:
        tree["expert_parallel_size"] = run.ep
    return Body("launch.yaml", dump_tree(tree).rstrip(), tuple(assumed))


def _modules(tuning: Tuning) -> list[str]:
    """Modules that have adapters, as most models of Transformers call them; none = all linear ones."""
    names = {"query": "q_proj", "key": "k_proj", "value": "v_proj", "output": "o_proj"}
    return [] if tuning.targets == "all-linear" else [names[each] for each in ADAPTED[tuning.targets]]


def _length(run: Wanted, steps: str, epochs: str) -> dict[str, Any]:
    if run.tuning is not None:
        return {epochs: run.tuning.epochs}
    return {steps: run.steps} if run.steps is not None else {}


def _hf_optimizer(run: Wanted) -> str:
    held = run.tuning.optimizer if run.tuning is not None else "adamw"
    return _HF_OPTIMIZERS.get(held, "adamw_torch_fused")
