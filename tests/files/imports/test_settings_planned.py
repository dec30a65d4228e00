# ruff: noqa: E501 - files stand here as people write them
"""A stage of a plan as settings have it: every value, and in its note what a plan has no words for."""

from __future__ import annotations

from functools import reduce
from typing import Any

import pytest
from msgspec.structs import replace

from isocost.catalog import load
from isocost.files.imports import Given, NotUnderstoodError
from isocost.files.imports.settings.reader import SettingsReader
from isocost.files.imports.source import SourceFile
from isocost.plan.inputs.defaults import new_stage
from isocost.plan.inputs.starting import new_project
from isocost.plan.project.project import Place, Project, replace_scenario

CATALOG = load()
NEW = new_project(CATALOG)


def brought(name: str, text: str, project: Project = NEW, at: Place | None = None, **given: int) -> Project:
    """The project after the settings came into it."""
    found = SettingsReader().read(SourceFile(name, text), Given(**given))
    return found.change(project, CATALOG, at or Place())


def held(project: Project, path: str, stage: int = 0) -> Any:
    """A value of a plan: of the scenario, or ``stage.`` of one of its stages."""
    scenario = project.scenarios[0]
    first, *rest = path.split(".")
    start = scenario.stages[stage] if first == "stage" else getattr(scenario, first)
    return reduce(getattr, rest, start)


MOE = (
    "pretrain_gpt.py --num-layers 24 --hidden-size 2048 --num-attention-heads 16 --ffn-hidden-size 5632 --swiglu "
    "--disable-bias-linear --normalization RMSNorm --position-embedding-type rope --untie-embeddings-and-output-weights "
    "--vocab-size 151936 --seq-length 4096 --micro-batch-size 1 --num-experts 60 --moe-router-topk 4 "
    "--moe-ffn-hidden-size 1408 --bf16"
)
AXOLOTL = "base_model: meta-llama/Llama-3.1-8B\nsequence_len: 4096\nmicro_batch_size: 1\nbf16: true\n"
TITAN = """[model]
name = "llama3"
flavor = "70B"
[training]
global_batch_size = 64
seq_len = 8192
steps = 100
[parallelism]
tensor_parallel_degree = 4
pipeline_parallel_degree = 4
pipeline_parallel_schedule = "{schedule}"
"""

PLANS = {
    "the shape of experts": (
        "m.sh",
        f"torchrun --nproc_per_node 8 --nnodes 4 {MOE} --moe-shared-expert-intermediate-size 5632 --global-batch-size 64 "
        "--train-iters 1000 --expert-model-parallel-size 4 --use-distributed-optimizer",
        {
            "model.shape.experts": 60, "model.shape.top_k": 4, "model.shape.expert_ffn": 1408, "model.shape.shared_experts": 4,
            "model.shape.moe_layers": 24, "hardware.count": 32, "layout.ep": 4, "layout.sharding": "zero1", "layout.vp": 1,
            "stage.data.tokens": 262_144_000.0, "stage.data.sequence": 4096, "stage.data.batch_tokens": 262_144.0,
        },
        "from file: accelerators 32",
    ),
    "a shared expert that is no whole number of the others": (
        "m.sh",
        f"{MOE} --moe-shared-expert-intermediate-size 5000",
        {"model.shape.shared_experts": 5000 / 1408, "stage.data.sequence": 4096},
        "framework's default: tensor parallel 1",
    ),
    "a learned table of positions": (
        "m.sh",
        "pretrain_gpt.py --num-layers 12 --hidden-size 768 --num-attention-heads 12 --vocab-size 50257 --max-position-embeddings 1024 "
        "--seq-length 1024 --micro-batch-size 4",
        {"model.shape.layers": 12, "model.shape.learned_positions": 1024, "stage.data.precision": "fp32"},
        "sequence (tokens) 1024",
    ),
    "latent attention": (
        "m.sh",
        f"{MOE} --multi-latent-attention --q-lora-rank 1536 --kv-lora-rank 512 --qk-head-dim 128 "
        "--qk-pos-emb-head-dim 64 --v-head-dim 128",
        {
            "model.shape.q_lora_rank": 1536, "model.shape.kv_lora_rank": 512, "model.shape.qk_nope_dim": 128,
            "model.shape.qk_rope_dim": 64, "model.shape.v_head_dim": 128,
        },
        "sequence (tokens) 4096",
    ),
    "a known key that nothing is made of": (
        "m.sh",
        f"{MOE} --window-size 1024,0 --recompute-granularity selective --recompute-modules core_attn mlp",
        {"model.shape.window": None, "layout.recompute": "selective"},
        "window_size",
    ),
    "the order of a pipeline": (
        "t.toml",
        TITAN.format(schedule="ZBVZeroBubble"),
        {"layout.schedule": "zbv", "layout.pp": 4, "layout.vp": None},
        "pipeline parallel 4",
    ),
    "an order of a pipeline that no plan has": (
        "t.toml",
        TITAN.format(schedule="DualPipeV"),
        {"layout.schedule": None, "layout.pp": 4},
        "pipeline schedule dualpipev is reckoned as 1f1b: Its waits and what it holds are not modelled",
    ),
    "a size in a name, with what is active": (
        "a.yaml",
        AXOLOTL.replace("meta-llama/Llama-3.1-8B", "ours/Novel-42B-A4B"),
        {"model.parameters": 42e9, "model.active_parameters": 4e9, "stage.data.tokens": new_stage("sft", CATALOG).data.tokens},
        "42 billion parameters, read in the name Novel-42B-A4B",
    ),
    "a name that tells no size": (
        "a.yaml",
        AXOLOTL.replace("meta-llama/Llama-3.1-8B", "ours/novel"),
        {"model.parameters": NEW.scenarios[0].model.parameters},
        "the model ours/novel is not in the catalogue: the plan's stays",
    ),
    "a size no plan has": (
        "a.yaml",
        AXOLOTL.replace("meta-llama/Llama-3.1-8B", "ours/novel-0.01m"),
        {"model.parameters": NEW.scenarios[0].model.parameters},
        "not taken: ",
    ),
    "a model by its depth": (
        "n.sh",
        "torchrun --nproc_per_node=8 -m scripts.base_train -- --depth=20 --device-batch-size=32 --total-batch-size=524288 --num-iterations=1000",
        {"model.parameters": 12 * 20 * 1280.0**2 + 12 * 32768 * 1280, "stage.data.tokens": 524_288_000.0},
        "optimizer muon+adamw: pre-training is reckoned with AdamW's states",
    ),
    "adapters, unpacked, with an optimizer in 8 bits": (
        "a.yaml",
        AXOLOTL + "adapter: lora\nlora_r: 32\nnum_epochs: 2\noptimizer: adamw_bnb_8bit\nsample_packing: false\ngradient_checkpointing: offload\n",
        {
            "model.name": "Llama 3.1 8B", "stage.tuning.method": "lora", "stage.tuning.rank": 32.0, "stage.tuning.epochs": 2.0,
            "stage.tuning.optimizer": "adamw-8bit", "stage.tuning.packing": 0.35, "layout.recompute": "full", "layout.microbatch": 1,
        },
        "activations kept in the host's memory are not reckoned",
    ),
    "adapters of some matrices": (
        "a.yaml",
        AXOLOTL + "adapter: lora\nlora_r: 8\nlora_target_modules: [q_proj, v_proj]\n",
        {"stage.tuning.method": "lora", "stage.tuning.rank": 8.0, "stage.tuning.targets": "query-value"},
        "axolotl settings",
    ),
    "adapters of matrices that a plan cannot name": (
        "a.yaml",
        AXOLOTL + "adapter: qlora\nload_in_4bit: true\nlora_r: 8\nlora_target_modules: [q_proj, k_proj]\n",
        {"stage.tuning.method": "qlora", "stage.tuning.targets": "attention"},
        "adapters of q_proj k_proj: those of attention are the nearest that a plan has",
    ),
    "adapters of modules nobody knows": (
        "a.yaml",
        AXOLOTL + "adapter: lora\nlora_r: 8\nlora_target_modules: [wibble]\n",
        {"stage.tuning.targets": "all-linear"},
        "wibble is no module known",
    ),
    "weights in 16 bits, packed, in steps": (
        "a.yaml",
        AXOLOTL.replace("bf16", "bfloat16") + "sample_packing: true\nmax_steps: 100\ndp_shard_size: 8\n",
        {
            "stage.data.precision": "bf16-true", "stage.tuning.method": "full", "stage.tuning.packing": 0.95, "stage.tuning.epochs": 1.0,
            "stage.data.tokens": 3_276_800.0, "hardware.count": 8,
        },
        "reckoned: ",
    ),
    "states a plan cannot keep in the host": (
        "m.sh",
        "torchrun --nproc_per_node 8 pretrain_gpt.py --micro-batch-size 1 --seq-length 4096 --optimizer-cpu-offload --bf16",
        {"layout.sharding": "none"},
        "none with optimizer in the host's memory: a plan has no such layout",
    ),
    "an optimizer kept in the host": (
        "f.yaml",
        "model_name_or_path: meta-llama/Llama-3.1-8B\nfinetuning_type: full\nstage: sft\ncutoff_len: 2048\ndeepspeed: ds_z2_offload_config.json\n",
        {"layout.sharding": "zero-offload"},
        "",
    ),
    "adapters in pre-training": (
        "f.yaml",
        "model_name_or_path: meta-llama/Llama-3.1-8B\nfinetuning_type: full\nstage: pt\ncutoff_len: 2048\nuse_muon: true\n",
        {"stage.data.sequence": 2048},
        "optimizer muon: pre-training is reckoned with AdamW's states",
    ),
    "a plan's count in whole replicas": (
        "m.sh",
        "pretrain_gpt.py --micro-batch-size 1 --seq-length 4096 --tensor-model-parallel-size 8 --pipeline-model-parallel-size 3 --bf16",
        {"hardware.count": 264, "layout.pp": 3, "layout.tp": 8},
        "accelerators are not in the file: the plan's count stays, in whole replicas",
    ),
    "pairs": (
        "f.yaml",
        "model_name_or_path: meta-llama/Llama-3.1-8B\nfinetuning_type: lora\nstage: dpo\ncutoff_len: 2048\nbf16: true\n"
        "per_device_train_batch_size: 2\ngradient_accumulation_steps: 8\n",
        {
            "stage.preference.objective": "dpo", "stage.preference.precision": "bf16", "stage.preference.batch_pairs": 128.0,
            "stage.tuning.method": "lora", "stage.tuning.rank": 8.0, "hardware.count": 8,
        },
        "pairs and their lengths are not in the file: the plan's stay",
        {"gpus": 8},
    ),
    "rollouts": (
        "v.sh",
        "python3 -m verl.trainer.main_ppo algorithm.adv_estimator=rloo data.train_batch_size=512 data.max_response_length=8192 "
        "actor_rollout_ref.actor.ppo_mini_batch_size=128 actor_rollout_ref.rollout.n=8 trainer.total_training_steps=300 "
        "actor_rollout_ref.model.path=Qwen/Qwen2.5-7B actor_rollout_ref.model.lora_rank=32 trainer.nnodes=2 trainer.n_gpus_per_node=8",
        {
            "stage.rl.algorithm": "rloo", "stage.rl.prompts": 512.0, "stage.rl.group": 8.0, "stage.rl.updates_per_round": 4.0,
            "stage.rl.phases": "1 of 300 steps, to 8192", "hardware.count": 16, "layout.tp": None,
        },
        "adapters: reinforcement learning is reckoned with every weight",
    ),
    "rollouts of an algorithm no plan has": (
        "n.yaml",
        "grpo: {num_prompts_per_step: 32, num_generations_per_prompt: 16, adv_estimator: {name: ours}, async_grpo: {enabled: true}}\n"
        "policy:\n  model_name: Qwen/Qwen2.5-7B\n  train_global_batch_size: 512\n  dtensor_cfg: {enabled: true}\n",
        {"stage.rl.algorithm": new_stage("rl", CATALOG).rl.algorithm, "stage.rl.schedule": "asynchronous"},
        "ours: is no algorithm a plan has; the plan's stays",
    ),
    "stages of so many layers": (
        "t.toml",
        '[model]\nname = "llama3"\nflavor = "70B"\n[training]\nlocal_batch_size = 8\nseq_len = 8192\n[parallelism]\n'
        "pipeline_parallel_degree = 4\npipeline_parallel_layers_per_stage = 11\n",
        {"layout.vp": 2, "layout.pp": 4},
        "",
    ),
    "stages that do not divide": (
        "t.toml",
        '[model]\nname = "llama3"\nflavor = "70B"\n[training]\nlocal_batch_size = 8\nseq_len = 8192\n[parallelism]\n'
        "pipeline_parallel_degree = 4\npipeline_parallel_layers_per_stage = 10\n",
        {"layout.vp": None, "layout.pp": 4},
        "9 stages of 10 layers do not divide by pp 4; the search chooses",
    ),
    "stages of a model nobody names": (
        "t.toml",
        "[training]\nlocal_batch_size = 8\nseq_len = 8192\n[parallelism]\npipeline_parallel_degree = 4\npipeline_parallel_layers_per_stage = 10\n",
        {"layout.vp": None, "layout.pp": 4},
        "no model in the file: the plan's stays",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", PLANS)
def test_a_new_plan_becomes_the_stage_of_the_settings(case: str) -> None:
    name, text, expected, said, *given = PLANS[case]
    project = brought(name, text, **(given[0] if given else {}))
    found = {path: held(project, path) for path in expected}
    if "stage.rl.phases" in found:
        (phase,) = found["stage.rl.phases"]
        assert max(phase.mean_start, phase.mean_end) <= phase.cap / 2
        found["stage.rl.phases"] = f"1 of {phase.steps:.0f} steps, to {phase.cap:.0f}"
    assert found == expected
    assert said in held(project, "stage.note")
    assert len(project.scenarios[0].stages) == 1


def test_a_plan_is_named_by_the_model_or_by_the_trainer() -> None:
    assert brought("a.yaml", AXOLOTL).name == "Llama-3.1-8B"
    assert brought("m.sh", "pretrain_gpt.py --micro-batch-size 1 --seq-length 4096").name == "Megatron-LM run"
    assert brought("a.yaml", AXOLOTL, replace(NEW, name="Ours")).name == "Ours"


def test_a_plan_of_several_stages_gets_the_one_more_or_has_its_own_changed() -> None:
    mine = replace(NEW, name="Mine")
    more = brought("a.yaml", f"{AXOLOTL}dp_shard_size: 8\n", mine)
    stages = more.scenarios[0].stages
    assert [stage.__struct_config__.tag for stage in stages] == ["pretrain", "sft"]
    assert stages[0] == mine.scenarios[0].stages[0]
    assert (stages[1].model.name, stages[1].hardware.count, stages[1].layout.microbatch) == (
        "Llama 3.1 8B",
        8,
        1,
    )
    assert more.scenarios[0].model == mine.scenarios[0].model

    again = brought("a.yaml", f"{AXOLOTL}dp_shard_size: 16\n", more)
    assert len(again.scenarios[0].stages) == 2
    assert again.scenarios[0].stages[1].hardware.count == 16
    at_it = brought("a.yaml", f"{AXOLOTL}dp_shard_size: 32\n", again, Place(0, 1))
    assert at_it.scenarios[0].stages[1].hardware.count == 32


def test_a_stage_more_has_a_name_of_its_own() -> None:
    scenario = NEW.scenarios[0]
    tuned = new_stage("sft", CATALOG)
    namesake = replace(scenario.stages[0], name=tuned.name)
    project = replace(replace_scenario(NEW, replace(scenario, stages=(namesake,)), scenario=0), name="Mine")
    added = brought("a.yaml", AXOLOTL, project).scenarios[0].stages
    assert [stage.name for stage in added] == [tuned.name, f"{tuned.name} 2"]


def test_half_of_a_run_is_no_stage() -> None:
    with pytest.raises(NotUnderstoodError, match="together with the trainer's arguments"):
        brought("ds.json", '{"zero_optimization": {"stage": 3}, "bf16": {"enabled": true}}')
