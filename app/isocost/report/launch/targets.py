"""The frameworks a plan's layout can be written for, each as text that its own users would write."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from isocost.files.tree import dump_tree
from isocost.report.launch.wanted import Wanted

WIDEST = 96
"""Letters of a line."""
UNEVEN = "num_layers_in_first_pipeline_stage"
"""Megatron-core's field that deals layers out unevenly."""


LABELS = {
    "megatron": "Megatron-LM",
    "torchtitan": "torchtitan",
    "deepspeed": "DeepSpeed + HF",
    "axolotl": "axolotl",
    "nemo-rl": "NeMo-RL",
    "verl": "verl",
}
"""What each target is called."""


@dataclass(frozen=True, slots=True)
class Body:
    """Settings of one framework, without the comments in front."""

    name: str
    """Of a file of this form."""
    body: str
    assumed: tuple[str, ...] = ()
    first: str | None = None
    """A line that has to stand before any other."""


# Megatron-LM


def megatron(run: Wanted) -> Body:
    """A line of torchrun for pretrain_gpt.py."""
    groups = [
        [f"--nproc-per-node {run.per_node}", f"--nnodes {run.nodes}", "pretrain_gpt.py"],
        _megatron_layout(run),
        _megatron_model(run) if run.exact else [],
        [
            f"--micro-batch-size {run.microbatch}", f"--global-batch-size {run.batch}",
            f"--seq-length {run.sequence}", f"--max-position-embeddings {run.sequence}",
            *([] if run.tokens is None else [f"--train-samples {max(round(run.tokens / run.sequence), 1)}"]),
        ],
        _megatron_numbers(run),
        _megatron_states(run),
        _megatron_recompute(run),
    ]  # fmt: skip
    lines = " \\\n  ".join(line for group in groups for line in _wrapped(group))
    assumed = ["the tokenizer, data, learning rate and checkpoints are yours to add"]
    if not run.exact:
        assumed.append(
            "the plan has the model's size alone: its shape is yours to add (--num-layers and so on)"
        )
    if run.shape.attention == "hybrid" or run.shape.state_width:
        assumed.append("the hybrid's layer pattern is yours to add (--hybrid-layer-pattern)")
    if run.tuning is not None and run.tuning.method != "full":
        assumed.append(f"adapters ({run.tuning.method}) are Megatron-Bridge's, not pretrain_gpt.py's")
    assumed += divisions(run, "--decoder-first-pipeline-num-layers")
    first = "export CUDA_DEVICE_MAX_CONNECTIONS=1" if _wants_one_queue(run) else None
    body = f"torchrun {lines}"
    if first:
        assumed.append("CUDA_DEVICE_MAX_CONNECTIONS=1 is for Hopper and before")
        body = f"{first}\n{body}"
    return Body("launch.sh", body, tuple(assumed), "#!/bin/bash")


def _wrapped(flags: Sequence[str]) -> list[str]:
    """Flags in lines that fit a page."""
    lines: list[str] = []
    for flag in flags:
        if lines and len(lines[-1]) + len(flag) < WIDEST:
            lines[-1] += f" {flag}"
        else:
            lines.append(flag)
    return lines


def _wants_one_queue(run: Wanted) -> bool:
    return (run.tp > 1 or run.cp > 1) and run.sharding not in ("zero2", "zero3")


def _megatron_layout(run: Wanted) -> list[str]:
    flags = [f"--tensor-model-parallel-size {run.tp}", f"--pipeline-model-parallel-size {run.pp}"]
    if run.pp > 1 and run.vp > 1:
        flags.append(f"--num-virtual-stages-per-pipeline-rank {run.vp}")
    flags.append(f"--context-parallel-size {run.cp}")
    if run.tp > 1:
        flags.append("--sequence-parallel")
    if run.shape.is_moe:
        flags += [f"--expert-model-parallel-size {run.ep}", "--expert-tensor-parallel-size 1"]
        flags += ["--moe-token-dispatcher-type alltoall", "--moe-grouped-gemm"]
    return flags


def _megatron_model(run: Wanted) -> list[str]:
    shape = run.shape
    flags = [f"--num-layers {shape.layers:.0f}", f"--hidden-size {shape.hidden:.0f}"]
    flags += [f"--num-attention-heads {shape.heads:.0f}", f"--ffn-hidden-size {shape.ffn:.0f}"]
    if shape.attention == "mla":
        flags += ["--multi-latent-attention", f"--kv-lora-rank {shape.kv_lora_rank:.0f}"]
        flags += [f"--q-lora-rank {shape.q_lora_rank:.0f}"] if shape.q_lora_rank else []
        flags += [f"--qk-head-dim {shape.qk_nope_dim:.0f}", f"--qk-pos-emb-head-dim {shape.qk_rope_dim:.0f}"]
        flags.append(f"--v-head-dim {shape.v_head_dim:.0f}")
    else:
        flags.append(f"--kv-channels {shape.head_dim:.0f}")
        if shape.kv_heads < shape.heads:
            flags += ["--group-query-attention", f"--num-query-groups {shape.kv_heads:.0f}"]
    flags += ["--swiglu"] if shape.gated else []
    flags += ["--normalization RMSNorm", "--disable-bias-linear"]
    flags.append("--position-embedding-type " + ("learned_absolute" if shape.learned_positions else "rope"))
    flags += [] if shape.tied_embeddings else ["--untie-embeddings-and-output-weights"]
    flags.append(f"--vocab-size {shape.vocabulary:.0f}")
    if shape.is_moe:
        flags += [f"--num-experts {shape.experts:.0f}", f"--moe-router-topk {shape.top_k:.0f}"]
        flags.append(f"--moe-ffn-hidden-size {shape.expert_ffn:.0f}")
        dense = round(shape.layers - shape.moe_layers)
        if dense > 0:
            flags.append(f"--moe-layer-freq '([0]*{dense}+[1]*{shape.moe_layers:.0f})'")
        if shape.shared_experts:
            flags.append(
                f"--moe-shared-expert-intermediate-size {shape.shared_experts * shape.expert_ffn:.0f}"
            )
    return flags


def _megatron_numbers(run: Wanted) -> list[str]:
    return {
        "fp32": [],
        "fp16": ["--fp16"],
        "fp8": ["--bf16", "--fp8-format hybrid", "--fp8-recipe tensorwise"],
        "mxfp8": ["--bf16", "--fp8-format e4m3", "--fp8-recipe mxfp8"],
        "nvfp4": ["--bf16", "--fp4-format e2m1", "--fp4-recipe nvfp4"],
    }.get(run.precision, ["--bf16"])


def _megatron_states(run: Wanted) -> list[str]:
    if run.sharding in ("zero2", "zero3"):
        strategy = "optim_grads" if run.sharding == "zero2" else "optim_grads_params"
        flags = ["--use-megatron-fsdp", "--use-distributed-optimizer"]
        flags += [f"--data-parallel-sharding-strategy {strategy}", "--ckpt-format fsdp_dtensor"]
    elif run.sharding == "zero1":
        flags = ["--use-distributed-optimizer", "--overlap-grad-reduce", "--overlap-param-gather"]
    else:
        flags = ["--overlap-grad-reduce"]
    if run.offload == "optimizer":
        flags += ["--optimizer-cpu-offload", "--use-precision-aware-optimizer"]
    return flags


def _megatron_recompute(run: Wanted) -> list[str]:
    if run.recompute == "full":
        return ["--recompute-granularity full", "--recompute-method uniform", "--recompute-num-layers 1"]
    if run.recompute == "selective":
        return ["--recompute-granularity selective", "--recompute-modules core_attn"]
    return []


def divisions(run: Wanted, uneven: str | None) -> list[str]:
    """What does not divide as frameworks ask for, each as a sentence; ``uneven``: what deals out layers."""
    shape, found = run.shape, []
    if not run.exact:
        return []
    stages = run.pp * run.vp
    if shape.heads % run.tp:
        found.append(f"{shape.heads:.0f} heads do not divide by tp {run.tp}: choose one that does")
    if uneven is not None and shape.layers % stages:
        found.append(
            f"{shape.layers:.0f} layers do not divide into {stages} stages: "
            f"say how many the first and last have ({uneven})"
        )
    if run.ep > 1 and shape.experts % run.ep:
        found.append(f"{shape.experts:.0f} experts do not divide by ep {run.ep}: choose one that does")
    if run.cp > 1 and run.sequence % (2 * run.cp):
        found.append(f"a sequence of {run.sequence} does not divide by 2 x cp {run.cp}: pad it")
    if run.vp > 1 and run.accumulation % run.pp:
        found.append(f"{run.accumulation} microbatches do not divide by pp {run.pp}, as virtual stages want")
    return found


# torchtitan


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
    assumed = ["model.name and flavor are the ones torchtitan has registered; check them"]
    if run.recompute == "selective":
        groups["activation_checkpoint"]["selective_ac_option"] = "op"
    if run.pp > 1:
        groups["parallelism"] |= _titan_stages(run)
        assumed.append("a step has all its microbatches in one pass of the pipeline")
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
    assumed.append("TOML until 2026-02-23; after it the same names are flags: --training.steps, and so on")
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


# The family of Hugging Face's Trainer


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
        "bf16": {"enabled": _sixteen(run) == "bf16"},
        "fp16": {"enabled": _sixteen(run) == "fp16"},
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
        "bf16": _sixteen(run) == "bf16",
        "fp16": _sixteen(run) == "fp16",
        "gradient_checkpointing": run.recompute != "none",
        "optim": _hf_optimizer(run),
    }
    if run.cp > 1:
        tree["parallelism_config"] = {"cp_size": run.cp}
    if run.tuning is not None and run.tuning.method != "full":
        tree |= {"use_peft": True, "lora_r": round(run.tuning.rank)}
        tree |= {"load_in_4bit": True} if run.tuning.method == "qlora" else {}
    tree["deepspeed"] = engine
    assumed = [
        *named(run),
        f"started on {run.gpus:,} processes: deepspeed --num_nodes {run.nodes} --num_gpus {run.per_node}",
        "what stands under deepspeed: is the DeepSpeed JSON, and may be a file of its own",
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
        "bf16": _sixteen(run) == "bf16",
        "fp16": _sixteen(run) == "fp16",
        "gradient_checkpointing": run.recompute != "none",
    }
    if run.recompute == "selective":
        tree["selective_checkpointing"] = True
    if run.precision == "fp8":
        tree["fp8"] = True
    if run.precision == "bf16-true":
        tree["bfloat16"] = True
    if run.tuning is not None and run.tuning.method in ("lora", "qlora"):
        tree |= {"adapter": run.tuning.method, "lora_r": round(run.tuning.rank), "lora_target_linear": True}
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


def _length(run: Wanted, steps: str, epochs: str) -> dict[str, Any]:
    if run.tuning is not None:
        return {epochs: run.tuning.epochs}
    return {steps: run.steps} if run.steps is not None else {}


def _sixteen(run: Wanted) -> str:
    """The 16-bit format beneath a precision; fp32 where there is none."""
    return run.precision if run.precision in ("fp16", "fp32", "tf32") else "bf16"


_HF_OPTIMIZERS = {
    "adamw-8bit": "adamw_bnb_8bit", "adamw-8bit-paged": "paged_adamw_8bit",
    "adamw-paged": "paged_adamw_32bit",
    "adafactor": "adafactor", "sgd": "sgd", "lion": "lion_32bit", "muon": "muon",
}  # fmt: skip


def _hf_optimizer(run: Wanted) -> str:
    held = run.tuning.optimizer if run.tuning is not None else "adamw"
    return _HF_OPTIMIZERS.get(held, "adamw_torch_fused")


def model_name(run: Wanted) -> str:
    """The model's name for a framework that loads it from the hub."""
    return run.hub or run.model.name or "your-org/your-model"


def named(run: Wanted) -> list[str]:
    """What is to be said of that name."""
    return [] if run.hub else [f"{model_name(run)} stands for the model's name or folder"]


# Reinforcement learning


def nemo_rl(run: Wanted) -> Body:
    """NeMo-RL with its Megatron backend."""
    megatron_cfg: dict[str, Any] = {
        "enabled": True,
        "tensor_model_parallel_size": run.tp,
        "pipeline_model_parallel_size": run.pp,
        "context_parallel_size": run.cp,
        "expert_model_parallel_size": run.ep,
        "expert_tensor_parallel_size": 1,
        "sequence_parallel": run.tp > 1,
        "activation_checkpointing": run.recompute != "none",
        "optimizer": {
            "optimizer": "adam",
            "use_distributed_optimizer": run.sharding != "none",
            "optimizer_cpu_offload": run.offload == "optimizer",
        },
    }
    if run.recompute != "none":
        megatron_cfg["recompute_granularity"] = run.recompute
    if run.precision in ("fp8", "mxfp8"):
        recipe = "blockwise" if run.precision == "fp8" else "mxfp8"
        megatron_cfg["fp8_cfg"] = {"enabled": True, "fp8": "e4m3", "fp8_recipe": recipe}
    words = {"fp32": "float32", "fp16": "float16"}
    policy: dict[str, Any] = {
        "model_name": model_name(run),
        "train_global_batch_size": run.batch,
        "train_micro_batch_size": run.microbatch,
        "max_total_sequence_length": run.sequence,
        "precision": words.get(run.precision, "bfloat16"),
        "sequence_packing": {"enabled": True},
        "make_sequence_length_divisible_by": (2 * run.cp if run.cp > 1 else 1) * run.tp,
        "optimizer": None,
        "scheduler": None,
        "dtensor_cfg": {"enabled": False},
        "megatron_cfg": megatron_cfg,
    }
    tree: dict[str, Any] = {}
    if run.rl is not None:
        tree["grpo"] = {
            "num_prompts_per_step": round(run.rl.prompts),
            "num_generations_per_prompt": round(run.rl.group),
            "max_num_steps": max(round(sum(phase.steps for phase in run.rl.phases)), 1),
        }
        policy["generation"] = {"vllm_cfg": {"tensor_parallel_size": min(run.tp, run.per_node)}}
    else:
        tree["sft"] = {"max_num_steps": run.steps or 1}
    tree |= {"policy": policy, "cluster": {"gpus_per_node": run.per_node, "num_nodes": run.nodes}}
    assumed = [
        *named(run),
        "sequence packing is on, which context parallel needs",
        "put it over a shipped recipe with defaults:, which holds all the rest",
    ]
    if run.rl is not None:
        assumed.append("generation is given the trainer's tensor parallel; its own may be smaller")
    return Body("launch.yaml", dump_tree(tree).rstrip(), (*assumed, *divisions(run, UNEVEN)))


def verl(run: Wanted) -> Body:
    """verl's overrides: FSDP where that is the layout, Megatron for all others."""
    group = max(round(run.rl.group), 1) if run.rl is not None else 1
    mini = max(run.batch // group, 1)
    prompts = round(run.rl.prompts) if run.rl is not None else mini
    prompt = round(run.rl.prompt_tokens) if run.rl is not None else 0
    actor = "actor_rollout_ref.actor"
    fsdp = (
        run.tp == run.pp == run.ep == 1
        and run.sharding in ("zero2", "zero3")
        and run.recompute != "selective"
    )
    parameters, optimizer = run.offload == "parameters", run.offload in ("optimizer", "parameters")
    keys: dict[str, Any] = {
        "algorithm.adv_estimator": _estimator(run),
        "data.train_batch_size": prompts,
        "data.max_prompt_length": prompt,
        "data.max_response_length": run.sequence - prompt,
        "actor_rollout_ref.model.path": model_name(run),
        f"{actor}.strategy": "fsdp2" if fsdp else "megatron",
        f"{actor}.ppo_mini_batch_size": mini,
        f"{actor}.ppo_micro_batch_size_per_gpu": run.microbatch,
    }
    keys |= (
        _verl_fsdp(run, actor, parameters, optimizer)
        if fsdp
        else _verl_megatron(run, actor, parameters, optimizer)
    )
    keys |= {
        "actor_rollout_ref.rollout.name": "vllm",
        "actor_rollout_ref.rollout.tensor_model_parallel_size": min(run.tp, run.per_node),
        "actor_rollout_ref.rollout.n": group,
        "trainer.nnodes": run.nodes,
        "trainer.n_gpus_per_node": run.per_node,
    }
    if run.rl is not None:
        keys["trainer.total_training_steps"] = max(round(sum(phase.steps for phase in run.rl.phases)), 1)
    config = [] if fsdp else ["--config-name=ppo_megatron_trainer.yaml"]
    body = " \\\n  ".join(["python3 -m verl.trainer.main_ppo", *config, *_overrides(keys)])
    assumed = [
        *named(run),
        "a mini-batch counts prompts; the reference policy and a critic take the actor's layout",
        "rollouts are given the trainer's tensor parallel; theirs may be smaller",
    ]
    return Body("launch.sh", body, (*assumed, *divisions(run, UNEVEN)), "#!/bin/bash")


def _estimator(run: Wanted) -> str:
    held = run.rl.algorithm if run.rl is not None else "grpo"
    words = {"ppo": "gae", "rloo": "rloo", "reinforce": "reinforce_plus_plus"}
    return words.get(held, "grpo")


def _verl_fsdp(run: Wanted, actor: str, parameters: bool, optimizer: bool) -> dict[str, Any]:
    return {
        "actor_rollout_ref.model.enable_gradient_checkpointing": run.recompute == "full",
        f"{actor}.ulysses_sequence_parallel_size": run.cp,
        f"{actor}.fsdp_config.reshard_after_forward": run.sharding == "zero3",
        f"{actor}.fsdp_config.param_offload": parameters,
        f"{actor}.fsdp_config.optimizer_offload": optimizer,
    }


def _verl_megatron(run: Wanted, actor: str, parameters: bool, optimizer: bool) -> dict[str, Any]:
    part = f"{actor}.megatron"
    keys: dict[str, Any] = {
        f"{part}.tensor_model_parallel_size": run.tp,
        f"{part}.pipeline_model_parallel_size": run.pp,
        f"{part}.virtual_pipeline_model_parallel_size": run.vp if run.vp > 1 else None,
        f"{part}.context_parallel_size": run.cp,
        f"{part}.expert_model_parallel_size": run.ep,
        f"{part}.expert_tensor_parallel_size": 1,
        f"{part}.param_offload": parameters,
        f"{part}.optimizer_offload": optimizer,
    }
    override = f"+{part}.override_transformer_config"
    if run.recompute != "none":
        keys[f"{override}.recompute_granularity"] = run.recompute
    if run.recompute == "full":
        keys |= {f"{override}.recompute_method": "uniform", f"{override}.recompute_num_layers": 1}
    return keys


def _overrides(keys: Mapping[str, Any]) -> Sequence[str]:
    """``key=value`` as hydra reads them; text with blanks between quotes for the shell."""
    lines = []
    for key, value in keys.items():
        if value is None:
            lines.append(f"{key}=null")
        elif isinstance(value, str):
            plain = "".join(letter for letter in value if letter.isprintable()).replace("'", "")
            lines.append(
                f"{key}={plain}"
                if plain.replace("/", "").replace("-", "").replace("_", "").replace(".", "").isalnum()
                else f"'{key}={plain}'"
            )
        else:
            lines.append(f"{key}={value}")
    return lines


_PLAIN = re.compile(r"[\w./-]+")

TARGETS: Mapping[str, Callable[[Wanted], Body]] = {
    "megatron": megatron,
    "torchtitan": torchtitan,
    "deepspeed": deepspeed,
    "axolotl": axolotl,
    "nemo-rl": nemo_rl,
    "verl": verl,
}
"""By the name of --for."""
