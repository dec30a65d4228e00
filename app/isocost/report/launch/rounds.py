"""Reinforcement learning: NeMo-RL, verl."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from isocost.files.tree import dump_tree
from isocost.language import tr
from isocost.report.launch.body import UNEVEN, Body, divisions, model_name, named
from isocost.report.launch.wanted import Wanted

_PLAIN = re.compile(r"[\w./-]+")


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
        tr("sequence packing is on, which context parallel needs"),
        tr("put it over a shipped recipe with defaults:, which holds all the rest"),
    ]
    if run.rl is not None:
        assumed.append(tr("generation is given the trainer's tensor parallel; its own may be smaller"))
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
        tr("a mini-batch counts prompts; the reference policy and a critic take the actor's layout"),
        tr("rollouts are given the trainer's tensor parallel; theirs may be smaller"),
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
