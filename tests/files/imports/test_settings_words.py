# ruff: noqa: E501 - files stand here as people write them
"""What single words of a framework's settings come to: every value by its name, or the sentence that is said."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest

from tests.files.imports.test_settings_kinds import read


class Case(NamedTuple):
    """A file, what is read of it, and what is said of it."""

    file: str
    text: str
    expected: Mapping[str, Any]
    says: str = ""
    """Part of a note, or of what is missing."""
    problem: str = ""
    """Part of what is wrong; empty = nothing is."""
    given: Mapping[str, int] = MappingProxyType({})


def check(case: Case) -> None:
    """Read a case's file and hold it against what is expected."""
    found = read(case.file, case.text, **case.given)
    assert {key: found.get(key) for key in case.expected} == case.expected
    assert case.says in "\n".join([*found["notes"], *found["needs"]])
    if case.problem:
        assert case.problem in "\n".join(found["problems"])
    else:
        assert found["problems"] == []


DEEPSPEED = {
    "a second copy within a node": Case(
        "ds.json",
        '{"zero_optimization": {"stage": 3, "zero_hpz_partition_size": 8}, "bf16": {"enabled": true}}',
        {"sharding": "zero3", "offload": "none"},
        "ZeRO++ holds a second copy of the weights within a node",
    ),
    "MiCS": Case(
        "ds.json",
        '{"zero_optimization": {"stage": 3, "mics_shard_size": 8}, "fp16": {"enabled": true}}',
        {"sharding": "zero3", "precision": "fp16"},
        "MiCS splits states within groups",
    ),
    "autocast of torch": Case(
        "ds.json",
        '{"train_batch_size": 8, "torch_autocast": {"enabled": true, "dtype": "bfloat16"}}',
        {"precision": "bf16", "sharding": "none", "global_batch_sequences": 8},
    ),
    "autocast to float16": Case(
        "ds.json",
        '{"train_batch_size": 8, "torch_autocast": {"enabled": true, "dtype": "float16"}}',
        {"precision": "fp16"},
    ),
    "everything in 32 bits": Case(
        "ds.json", '{"train_batch_size": 8, "zero_optimization": {"stage": 1}}', {"precision": "fp32", "sharding": "zero1"}
    ),
    "the trainer's own precision": Case(
        "ds.json",
        '{"train_micro_batch_size_per_gpu": "auto", "bf16": {"enabled": "auto"}, "zero_optimization": {"stage": 2}}',
        {"precision": None, "microbatch": None, "sharding": "zero2"},
        '"auto" is filled by the arguments of the trainer',
    ),
    "three numbers that contradict": Case(
        "ds.json",
        '{"train_batch_size": 250, "train_micro_batch_size_per_gpu": 4, "gradient_accumulation_steps": 8}',
        {"dp": None},
        problem="train_batch_size 250 does not divide by microbatch 4 x accumulation 8.",
    ),
    "other accelerators than the three numbers have": Case(
        "ds.json",
        '{"train_batch_size": 256, "train_micro_batch_size_per_gpu": 4, "gradient_accumulation_steps": 8}',
        {"gpus": 16, "dp": 16},
        problem="train_batch_size 256 is that of 8 replicas, not of 16.",
        given={"gpus": 16},
    ),
    "the accelerators the three numbers have": Case(
        "ds.json",
        '{"train_batch_size": 256, "train_micro_batch_size_per_gpu": 4, "gradient_accumulation_steps": 8}',
        {"gpus": 8, "dp": 8, "global_batch_sequences": 256},
        given={"gpus": 8},
    ),
    "the microbatch that two numbers leave": Case(
        "ds.json",
        '{"train_batch_size": 256, "gradient_accumulation_steps": 4, "zero_optimization": {"stage": 1}}',
        {"microbatch": 8, "dp": 8},
        given={"gpus": 8},
    ),
    "a pipeline cut by the script": Case(
        "ds.json",
        '{"train_batch_size": 256, "zero_optimization": {"stage": 1}, "pipeline": {"stages": 4}}',
        {"sharding": "zero1", "pp": 1},
        "pipeline stages are cut by the script",
    ),
    "the optimizer in the host's memory, by its old name": Case(
        "ds.json",
        '{"zero_optimization": {"stage": 2, "cpu_offload": true, "cpu_offload_params": false}}',
        {"offload": "optimizer"},
    ),
    "an optimizer no plan has": Case(
        "ds.json",
        '{"train_batch_size": 8, "optimizer": {"type": "Lamb"}}',
        {"optimizer": "lamb"},
        "optimizer lamb: is not computed; a plan has AdamW's states in its place",
    ),
}  # fmt: skip

ACCELERATE = {
    "DeepSpeed's stage": Case(
        "a.yaml",
        "compute_environment: LOCAL_MACHINE\ndistributed_type: DEEPSPEED\nnum_processes: 8\nmixed_precision: bf16\n"
        "deepspeed_config:\n  zero_stage: 3\n  offload_optimizer_device: cpu\n  offload_param_device: none\n",
        {"sharding": "zero3", "offload": "optimizer", "gpus": 8, "precision": "bf16", "recompute": None},
        "the trainer's arguments are in another file",
    ),
    "DeepSpeed's own file by its name": Case(
        "a.yaml",
        "compute_environment: LOCAL_MACHINE\ndistributed_type: DEEPSPEED\nnum_processes: 8\n"
        "deepspeed_config:\n  deepspeed_config_file: configs/zero2_bf16.json\n",
        {"sharding": "zero2", "precision": None},
        "the stage is read from the name configs/zero2_bf16.json",
    ),
    "DeepSpeed's own file whose name tells nothing": Case(
        "a.yaml",
        "compute_environment: LOCAL_MACHINE\ndistributed_type: DEEPSPEED\nnum_processes: 8\n"
        "deepspeed_config:\n  deepspeed_config_file: ours.json\n",
        {"sharding": None},
        "the stage is in ours.json, which is not at hand",
    ),
    "plain replicas": Case(
        "a.yaml",
        "compute_environment: LOCAL_MACHINE\ndistributed_type: MULTI_GPU\nnum_processes: 4\nnum_machines: 1\nmixed_precision: 'no'\n",
        {"sharding": "none", "gpus": 4, "precision": "fp32", "offload": "none"},
    ),
    "Megatron's degrees": Case(
        "a.yaml",
        "compute_environment: LOCAL_MACHINE\ndistributed_type: MEGATRON_LM\nnum_processes: 16\nmixed_precision: bf16\n"
        "megatron_lm_config:\n  megatron_lm_tp_degree: 4\n  megatron_lm_pp_degree: 2\n",
        {"tp": 4, "pp": 2, "dp": 2, "sharding": "none", "recompute": None},
    ),
    "Megatron's distributed optimizer": Case(
        "a.yaml",
        "compute_environment: LOCAL_MACHINE\ndistributed_type: MEGATRON_LM\nnum_processes: 16\nmixed_precision: bf16\n"
        "megatron_lm_config:\n  megatron_lm_tp_degree: 2\n  megatron_lm_use_distributed_optimizer: true\n"
        "  megatron_lm_recompute_activations: true\n",
        {"tp": 2, "dp": 8, "sharding": "zero1", "recompute": "selective"},
    ),
    "FSDP's first version, recomputing": Case(
        "a.yaml",
        "compute_environment: LOCAL_MACHINE\ndistributed_type: FSDP\nnum_processes: 8\nmixed_precision: bf16\nfsdp_config:\n"
        "  fsdp_sharding_strategy: HYBRID_SHARD\n  fsdp_offload_params: true\n  fsdp_activation_checkpointing: true\n",
        {"sharding": "zero3", "offload": "parameters", "recompute": "full"},
        "states are split within groups that hold copies of the model",
    ),
    "FSDP's second version, not recomputing": Case(
        "a.yaml",
        "compute_environment: LOCAL_MACHINE\ndistributed_type: FSDP\nnum_processes: 8\nmixed_precision: bf16\nfsdp_config:\n"
        "  fsdp_version: 2\n  fsdp_reshard_after_forward: true\n  fsdp_activation_checkpointing: false\n",
        {"sharding": "zero3", "recompute": "none"},
    ),
    "FSDP's words in numbers": Case(
        "a.yaml",
        "compute_environment: LOCAL_MACHINE\ndistributed_type: FSDP\nnum_processes: 8\nfsdp_config:\n  fsdp_sharding_strategy: 2\n",
        {"sharding": "zero2"},
    ),
}  # fmt: skip

TRAINER = {
    "a deepspeed file that offloads weights": Case(
        "t.yaml",
        "output_dir: out\nper_device_train_batch_size: 4\ndeepspeed: ds_z3_offload.json\nbf16: true\nmax_steps: 10\n",
        {"sharding": "zero3", "offload": "parameters"},
    ),
    "a deepspeed file that offloads the optimizer": Case(
        "t.yaml",
        "output_dir: out\nper_device_train_batch_size: 4\ndeepspeed: configs/zero2_offload.json\nfp16: true\nmax_steps: 10\n",
        {"sharding": "zero2", "offload": "optimizer", "precision": "fp16"},
    ),
    "adapters": Case(
        "t.yaml",
        "output_dir: out\nper_device_train_batch_size: 4\nuse_peft: true\nlora_r: 64\nload_in_4bit: true\nbf16: true\n",
        {"method": "qlora", "lora_rank": 64, "epochs": 3, "sharding": "none"},
    ),
    "weights loaded in 16 bits": Case(
        "t.yaml",
        "output_dir: out\nper_device_train_batch_size: 4\ntorch_dtype: bfloat16\nmax_steps: 10\n",
        {"precision": "fp32"},
        "the model may be loaded in 16 bits while bf16 is off",
    ),
    "TF32": Case(
        "t.yaml", "output_dir: out\nper_device_train_batch_size: 4\ntf32: true\nmax_steps: 10\n", {"precision": "tf32"}
    ),
    "degrees that make the processes": Case(
        "t.yaml",
        "output_dir: out\nper_device_train_batch_size: 2\nbf16: true\nmax_steps: 10\nmax_length: 8192\n"
        "parallelism_config: {dp_replicate_size: 2, dp_shard_size: 4, tp_size: 2, cp_size: 2}\n",
        {"gpus": 32, "tp": 2, "cp": 2, "dp": 8, "sharding": "zero3", "global_batch_sequences": 16},
    ),
    "degrees of replicas alone": Case(
        "t.yaml",
        "output_dir: out\nper_device_train_batch_size: 2\nbf16: true\nmax_steps: 10\nparallelism_config: {dp_replicate_size: 8}\n",
        {"gpus": None, "sharding": "none", "recompute": "none"},
    ),
    "sequences split two ways": Case(
        "t.yaml",
        "output_dir: out\nper_device_train_batch_size: 2\nbf16: true\nparallelism_config: {sp_size: 2, cp_size: 2}\n",
        {"cp": 4},
    ),
    "recomputing that keeps its inputs in the host": Case(
        "t.yaml",
        "output_dir: out\nper_device_train_batch_size: 2\nbf16: true\ngradient_checkpointing: true\n"
        "gradient_checkpointing_kwargs: {offload: true}\n",
        {"recompute": "full", "offload": "activations"},
    ),
    "FSDP in words with a hybrid": Case(
        "t.yaml",
        "output_dir: out\nper_device_train_batch_size: 2\nbf16: true\nfsdp: hybrid_shard auto_wrap offload\n",
        {"sharding": "zero3", "offload": "parameters"},
        "states are split within groups",
    ),
    "an empty FSDP": Case(
        "t.yaml", "output_dir: out\nper_device_train_batch_size: 2\nbf16: true\nfsdp: ''\n", {"sharding": "none"}
    ),
}  # fmt: skip

TRL = {
    "rollouts": Case(
        "g.sh",
        "accelerate launch --num_processes 8 -m trl.scripts.grpo --model_name_or_path Qwen/Qwen2.5-1.5B "
        "--per_device_train_batch_size 16 --gradient_accumulation_steps 4 --num_generations 16 "
        "--max_completion_length 2048 --max_prompt_length 512 --num_iterations 2 --max_steps 200 --deepspeed z3.json",
        {
            "task": "rl", "sequence": 2560, "batch_tokens": None, "tokens": None, "gpus": 8,
            "rl": {"algorithm": "grpo", "prompts": 32, "group": 16, "updates_per_round": 2, "response_cap": 2048, "steps": 200},
        },
        "a batch counts responses",
    ),
    "rollouts on accelerators nobody counts": Case(
        "g.yaml",
        "model_name_or_path: a/b\nnum_generations: 8\nmax_prompt_length: 256\nlearning_rate: 1e-6\n",
        {
            "task": "rl", "sequence": 768,
            "rl": {"algorithm": "grpo", "prompts": None, "group": 8, "updates_per_round": 1, "response_cap": 512, "steps": None},
        },
        "how replicas split their states is in accelerate's file",
    ),
    "pairs": Case(
        "d.sh",
        "trl dpo --model_name_or_path a/b-7b --per_device_train_batch_size 2 --beta 0.1 --max_length 2048 --fp16",
        {"task": "sft", "method": "full", "lora_rank": None, "precision": "fp16", "sequence": 2048},
        "a batch counts pairs of answers, two sequences each",
    ),
    "a model of rewards": Case(
        "r.sh",
        "trl reward --model_name_or_path a/b-7b --per_device_train_batch_size 2 --use_peft --lora_r 32",
        {"task": "sft", "method": "lora", "lora_rank": 32},
        "a batch counts pairs of answers",
    ),
}  # fmt: skip

AXOLOTL = {
    "weights in 16 bits": Case(
        "a.yaml",
        "base_model: x/y-7b\nsequence_len: 2048\nmicro_batch_size: 1\nbfloat16: true\noptimizer: adamw_torch\n",
        {"precision": "bf16-true", "optimizer": "adamw-bf16", "method": "full", "lora_rank": None},
    ),
    "matrices in 8 bits, some recomputed": Case(
        "a.yaml",
        "base_model: x/y-7b\nsequence_len: 2048\nmicro_batch_size: 1\nbf16: true\nfp8: true\ngradient_checkpointing: true\n"
        "selective_checkpointing: true\nactivation_offloading: true\n",
        {"precision": "fp8", "recompute": "selective", "offload": "activations"},
    ),
    "some of the parameters": Case(
        "a.yaml",
        "base_model: x/y-7b\nsequence_len: 2048\nmicro_batch_size: 1\nunfrozen_parameters:\n  - ^lm_head.weight$\n",
        {"method": "freeze"},
    ),
    "other accelerators than the degrees make": Case(
        "a.yaml",
        "base_model: x/y-7b\nsequence_len: 2048\nmicro_batch_size: 1\ndp_shard_size: 4\ntensor_parallel_size: 2\n",
        {"gpus": 16},
        problem="the degrees are those of 8 accelerators, not of 16.",
        given={"gpus": 16},
    ),
    "pairs": Case(
        "a.yaml",
        "base_model: x/y-7b\nsequence_len: 2048\nmicro_batch_size: 1\nrl: orpo\nadapter: lora\nlora_r: 16\n",
        {"task": "sft", "method": "lora"},
        "a batch counts pairs of answers",
    ),
    "rollouts": Case(
        "a.yaml",
        "base_model: x/y-7b\nsequence_len: 2048\nmicro_batch_size: 1\nrl: grpo\n",
        {"task": "sft"},
        "grpo: what it does beside following examples is not read from this file",
    ),
    "an adapter of another kind": Case(
        "a.yaml",
        "base_model: x/y-7b\nsequence_len: 2048\nmicro_batch_size: 1\nadapter: llama-adapter\n",
        {"method": "llama-adapter"},
    ),
}  # fmt: skip

FACTORY = {
    "Megatron's adapter in 8 bits": Case(
        "f.yaml",
        "model_name_or_path: a/b\nstage: pt\nfinetuning_type: full\ncutoff_len: 4096\nuse_mca: true\nbf16: true\nfp8: true\n"
        "tensor_model_parallel_size: 4\npipeline_model_parallel_size: 2\n",
        {"tp": 4, "pp": 2, "precision": "fp8", "task": "pretrain", "packing": True},
        "the Megatron adapter trains it, with Megatron's own names",
    ),
    "an optimizer that is not computed": Case(
        "f.yaml",
        "model_name_or_path: a/b\nfinetuning_type: full\nstage: sft\ncutoff_len: 2048\nuse_galore: true\n",
        {"optimizer": "galore", "method": "full"},
    ),
    "Muon": Case(
        "f.yaml",
        "model_name_or_path: a/b\nfinetuning_type: full\nstage: sft\ncutoff_len: 2048\nuse_muon: true\n",
        {"optimizer": "muon"},
    ),
    "some layers": Case(
        "f.yaml",
        "model_name_or_path: a/b\nfinetuning_type: freeze\nstage: sft\ncutoff_len: 2048\n",
        {"method": "freeze"},
    ),
    "pairs": Case(
        "f.yaml",
        "model_name_or_path: a/b\nfinetuning_type: lora\nstage: dpo\ncutoff_len: 2048\n",
        {"method": "lora", "lora_rank": 8, "task": "sft"},
        "a batch counts pairs of answers",
    ),
    "PPO": Case(
        "f.yaml",
        "model_name_or_path: a/b\nfinetuning_type: lora\nstage: ppo\ncutoff_len: 2048\n",
        {"task": "sft"},
        "ppo: what it does beside following examples is not read from this file",
    ),
    "adapters trained on text": Case(
        "f.yaml",
        "model_name_or_path: a/b\nfinetuning_type: lora\nstage: pt\ncutoff_len: 2048\n",
        {"task": "sft", "packing": True},
    ),
}  # fmt: skip

SWIFT = {
    "training on text": Case(
        "s.sh",
        "NPROC_PER_NODE=8 swift pt --model a/b --tuner_type full --torch_dtype bfloat16 --max_length 4096 "
        "--gradient_accumulation_steps 4 --fsdp fsdp2",
        {"task": "pretrain", "method": "full", "sharding": "zero3", "lora_rank": None, "global_batch_sequences": 32},
    ),
    "training on text, by its module": Case(
        "s.sh",
        "torchrun --nproc_per_node 8 -m swift.cli.pt --model a/b --tuner_type full --torch_dtype float16 --max_length 4096",
        {"task": "pretrain", "precision": "fp16"},
    ),
    "training on text under Megatron": Case(
        "s.sh",
        "NPROC_PER_NODE=8 megatron pt --model a/b --micro_batch_size 1 --global_batch_size 64 --max_length 4096 --train_iters 100",
        {"task": "pretrain", "method": "full", "tokens": 26_214_400},
        "a batch counts sequences after packing",
    ),
    "pairs": Case(
        "s.sh",
        "NPROC_PER_NODE=8 swift rlhf --rlhf_type dpo --model a/b --torch_dtype bfloat16 --max_length 2048",
        {"task": "sft", "method": "lora"},
        "a batch counts pairs of answers",
    ),
    "pairs under Megatron": Case(
        "s.sh",
        "NPROC_PER_NODE=8 megatron rlhf --rlhf_type dpo --model a/b --micro_batch_size 1 --global_batch_size 64 --max_length 4096",
        {"task": "sft"},
        "a batch counts pairs of answers",
    ),
    "rollouts": Case(
        "s.sh",
        "NPROC_PER_NODE=8 swift rlhf --rlhf_type grpo --model a/b --torch_dtype bfloat16 --max_length 2048",
        {"task": "sft"},
        "grpo: what it does beside following examples is not read from this file",
    ),
    "the precision of the model's file": Case(
        "s.sh",
        "NPROC_PER_NODE=8 swift sft --model a/b --max_length 2048 --quant_bits 4",
        {"precision": None, "method": "qlora"},
        "the precision is that of the model's own file",
    ),
    "its own words for 16 bits": Case(
        "s.sh",
        "NPROC_PER_NODE=8 megatron sft --model a/b --micro_batch_size 1 --global_batch_size 64 --max_length 4096 --torch_dtype float16",
        {"precision": "fp16", "task": "sft"},
    ),
}  # fmt: skip

FAMILIES = {
    **{f"DeepSpeed: {name}": case for name, case in DEEPSPEED.items()},
    **{f"accelerate: {name}": case for name, case in ACCELERATE.items()},
    **{f"Trainer: {name}": case for name, case in TRAINER.items()},
    **{f"TRL: {name}": case for name, case in TRL.items()},
    **{f"axolotl: {name}": case for name, case in AXOLOTL.items()},
    **{f"LLaMA-Factory: {name}": case for name, case in FACTORY.items()},
    **{f"ms-swift: {name}": case for name, case in SWIFT.items()},
}


@pytest.mark.parametrize("name", FAMILIES)
def test_a_word_is_what_the_framework_means_by_it(name: str) -> None:
    check(FAMILIES[name])
