# ruff: noqa: E501 - files stand here as people write them
"""Settings as people really have them: older and newer keys, other forms, half files, wrong types."""

from __future__ import annotations

import pytest

from isocost.files.imports import Given, NotUnderstoodError
from isocost.files.imports.settings.reader import SettingsReader
from isocost.files.imports.source import SourceFile

READER = SettingsReader()


def read(name: str, text: str, **given: int):
    file = SourceFile(name, text)
    assert READER.knows(file)
    return READER.read(file, Given(**given)).as_json()


MEGATRON = {
    "one line without a script": (
        "--tensor-model-parallel-size 2 --pipeline-model-parallel-size 1 --micro-batch-size 4 "
        "--global-batch-size 256 --seq-length 2048 --fp16",
        {"tp": 2, "pp": 1, "microbatch": 4, "precision": "fp16", "sharding": "none", "gpus": None},
    ),
    "underscores and equals": (
        "python pretrain_gpt.py --tensor_model_parallel_size=8 --micro_batch_size=1 --global_batch_size=64 "
        "--seq_length=4096 --bf16 --fp8_format=hybrid --fp8_recipe=blockwise",
        {"tp": 8, "microbatch": 1, "precision": "fp8", "framework": "megatron-lm"},
    ),
    "mxfp8, fsdp, expert parallel": (
        "torchrun --nproc_per_node=8 --nnodes=32 pretrain_gpt.py --num-experts 64 --moe-router-topk 6 "
        "--expert-model-parallel-size 32 --micro-batch-size 2 --global-batch-size 1024 --seq-length 4096 --bf16 "
        "--use-megatron-fsdp --data-parallel-sharding-strategy optim_grads --fp8-format e4m3 --fp8-recipe mxfp8",
        {"gpus": 256, "dp": 256, "ep": 32, "sharding": "zero2", "precision": "mxfp8", "tp": 1},
    ),
    "fsdp by the line's own default": (
        "torchrun --nproc_per_node 8 pretrain_gpt.py --micro-batch-size 1 --seq-length 1024 --use-custom-fsdp",
        {"gpus": 8, "sharding": "zero3", "precision": "fp32", "global_batch_sequences": None},
    ),
    "layers of a virtual stage": (
        "torchrun --nproc_per_node 8 --nnodes 4 pretrain_gpt.py --num-layers 96 --pipeline-model-parallel-size 8 "
        "--num-layers-per-virtual-pipeline-stage 4 --micro-batch-size 1 --global-batch-size 128 --seq-length 2048",
        {"vp": 3, "dp": 4},
    ),
    "a layout of stages": (
        "pretrain_gpt.py --num-layers 61 --pipeline-model-parallel-size 16 --micro-batch-size 1 --seq-length 4096 "
        "--pipeline-model-parallel-layout 'Et*3|(tt|)*29,m|L'",
        {"vp": 2, "pp": 16},
    ),
    "old names": (
        "deepspeed --num_gpus 8 --num_nodes 2 pretrain_gpt.py --model-parallel-size 4 --checkpoint-activations "
        "--batch-size 2 --seq-length 1024 --fp16 --train-iters 100 --num-layers 24",
        {"gpus": 16, "tp": 4, "recompute": "full", "microbatch": 2, "dp": 4},
    ),
    "offload, muon, samples": (
        "pretrain_gpt.py --micro-batch-size 1 --global-batch-size 8 --seq-length 1024 --train-samples 1000 --bf16 "
        "--optimizer muon --optimizer-cpu-offload --use-distributed-optimizer --recompute-granularity selective",
        {"offload": "optimizer", "optimizer": "muon", "tokens": 1_024_000, "recompute": "selective"},
    ),
    "a batch job": (
        "#!/bin/bash\n#SBATCH --nodes=16\n#SBATCH --gpus-per-node=4\nexport MASTER=$(hostname)\n"
        'ARGS="--tensor-model-parallel-size ${TP:-2} --micro-batch-size 1"\n'
        "srun python pretrain_gpt.py $ARGS --global-batch-size $((16*8)) --seq-length 4096 --bf16 2>&1 | tee log",
        {"gpus": 64, "tp": 2, "global_batch_sequences": 128, "dp": 32},
    ),
    "a value the shell would know": (
        "pretrain_gpt.py --tensor-model-parallel-size $TP --micro-batch-size 1 --seq-length 4096 --bf16",
        {"tp": None, "microbatch": 1},
    ),
}


@pytest.mark.parametrize("case", MEGATRON)
def test_megatron(case: str) -> None:
    text, expected = MEGATRON[case]
    found = read("run.sh", text)
    assert {name: found[name] for name in expected} == expected


CONDITIONS = """#!/bin/bash
TOKENIZER=${2:-"MOCK"}  # or a path
DTYPE="fp8"
HALF=1
NODES=$((2*(HALF+0)))
PAR=(
    --tensor-model-parallel-size 2
    # --pipeline-model-parallel-size 4 is not set
)
RUN=( --nproc_per_node 8 --nnodes $NODES )
EXTRA=()
if [[ "$DTYPE" == "fp8" ]]; then
    EXTRA+=( "--fp8-format hybrid" "--fp8-recipe tensorwise" )
elif [ "$DTYPE" = "fp4" ]; then
    EXTRA+=( "--fp4-format e2m1" )
else
    EXTRA+=( --fp16 )
fi
if [ $NODES -gt 4 ] || [[ -z "$TOKENIZER" ]]; then
    EXTRA+=( --use-distributed-optimizer )
fi
if [ ! -f "$SOMETHING" ]; then exit 1; fi
if [[ "$HOST" == "big" ]]; then
    EXTRA+=( --context-parallel-size 8 )
fi
torchrun ${RUN[@]} examples/pretrain_gpt.py ${PAR[@]} ${EXTRA[@]} --micro-batch-size 1 --seq-length 4096 --bf16
"""


def test_conditions_on_plain_words_are_followed_and_others_said() -> None:
    found = read("run.sh", CONDITIONS)
    values = [found[name] for name in ("gpus", "tp", "pp", "cp", "precision", "sharding")]
    assert values == [16, 2, 1, 1, "fp8", "none"]
    assert any("EXTRA" in note and "condition" in note for note in found["notes"])


def test_grouped_queries_count_only_with_their_flag() -> None:
    shape = (
        "pretrain_gpt.py --num-layers 32 --hidden-size 4096 --num-attention-heads 32 --ffn-hidden-size 11008 "
        "--num-query-groups 8 --swiglu --disable-bias-linear --normalization RMSNorm --micro-batch-size 1 "
        "--position-embedding-type rope --untie-embeddings-and-output-weights --vocab-size 32000 --seq-length 4096"
    )
    assert read("a.sh", shape)["model"]["parameters"] == 6_738_415_616
    grouped = read("a.sh", f"{shape} --group-query-attention")["model"]
    assert grouped["kv_heads"] == 8
    assert grouped["parameters"] < 6_738_415_616


def test_experts_and_latent_attention_are_counted() -> None:
    found = read(
        "a.sh",
        "pretrain_gpt.py --num-layers 61 --hidden-size 7168 --num-attention-heads 128 --ffn-hidden-size 18432 "
        "--swiglu --disable-bias-linear --normalization RMSNorm --position-embedding-type rope "
        "--untie-embeddings-and-output-weights --vocab-size 129280 --seq-length 4096 --micro-batch-size 1 "
        "--num-experts 256 --moe-router-topk 8 --moe-ffn-hidden-size 2048 --moe-layer-freq '([0]*3+[1]*58)' "
        "--moe-shared-expert-intermediate-size 2048 --multi-latent-attention --q-lora-rank 1536 "
        "--kv-lora-rank 512 --qk-head-dim 128 --qk-pos-emb-head-dim 64 --v-head-dim 128",
    )["model"]
    assert found["moe_layers"] == 58
    assert found["parameters"] == pytest.approx(671.03e9, rel=1e-4)
    assert found["active_parameters"] == pytest.approx(37.5e9, rel=0.01)


YAML_KINDS = {
    "megatron arguments in YAML": (
        "MODEL_ARGS:\n  --tensor-model-parallel-size: 4\n  --micro-batch-size: 2\n  --global-batch-size: 64\n"
        "  --bf16: true\n  --seq-length: 4096\n",
        {"framework": "megatron-lm", "tp": 4, "microbatch": 2, "precision": "bf16"},
    ),
    "bridge that leaves things to its recipe": (
        "model:\n  tensor_model_parallel_size: 4\ntrain:\n  global_batch_size: 512\n  micro_batch_size: 2\n"
        "mixed_precision: bf16_with_mxfp8_mixed\n",
        {"framework": "megatron-bridge", "tp": 4, "pp": None, "sharding": None, "recompute": None, "precision": "mxfp8"},
    ),
    "bridge with an adapter": (
        "model: {tensor_model_parallel_size: 1}\ntrain: {micro_batch_size: 1, global_batch_size: 32}\n"
        "peft: {dim: 16, alpha: 32}\nmixed_precision: bf16_mixed\nddp: {use_distributed_optimizer: false}\n",
        {"task": "sft", "lora_rank": 16, "method": "lora", "sharding": "none", "precision": "bf16"},
    ),
    "nemo 1 with references and fp8": (
        "trainer: {devices: 8, num_nodes: 4, precision: bf16, max_steps: 1e3}\n"
        "model:\n  micro_batch_size: 1\n  global_batch_size: ${mul:${trainer.num_nodes},32}\n"
        "  encoder_seq_length: 8192\n  tensor_model_parallel_size: ${trainer.devices}\n  fp8: true\n"
        "  activations_checkpoint_granularity: full\n  activations_checkpoint_method: block\n"
        "  activations_checkpoint_num_layers: 2\n  num_layers: 32\n  optim: {name: fused_adam}\n",
        {"gpus": 32, "tp": 8, "precision": "fp8", "recompute": "full", "sharding": "none", "global_batch_sequences": 128},
    ),
    "accelerate alone": (
        "compute_environment: LOCAL_MACHINE\ndistributed_type: FSDP\nnum_processes: 16\nnum_machines: 2\n"
        "mixed_precision: bf16\nfsdp_config:\n  fsdp_version: 2\n  fsdp_reshard_after_forward: false\n",
        {"framework": "accelerate", "gpus": 16, "sharding": "zero2", "precision": "bf16", "task": None},
    ),
    "axolotl with every degree": (
        "base_model: meta-llama/Llama-3.1-8B\nsequence_len: 16384\nsample_packing: false\nmicro_batch_size: 2\n"
        "gradient_accumulation_steps: 2\nbf16: true\nfsdp_version: 2\n"
        "fsdp_config: {reshard_after_forward: false}\ndp_shard_size: 4\ndp_replicate_size: 2\n"
        "context_parallel_size: 2\nadapter:\n",
        {
            "gpus": 16, "dp": 8, "cp": 2, "sharding": "zero2", "method": "full", "packing": False,
            "global_batch_sequences": 32, "recompute": "none",
        },
    ),
    "axolotl with the words of the first fsdp": (
        "base_model: x/y-7b\nsequence_len: 2048\nmicro_batch_size: 1\nbf16: auto\nadapter: lora\nlora_r: 8\n"
        "fsdp: [full_shard, auto_wrap]\nfsdp_config: {fsdp_offload_params: true, fsdp_sharding_strategy: SHARD_GRAD_OP}\n"
        "gradient_checkpointing: offload\noptimizer: paged_adamw_8bit\n",
        {"sharding": "zero3", "offload": "parameters+activations", "recompute": "full", "optimizer": "adamw-8bit-paged"},
    ),
    "llama-factory's defaults": (
        "model_name_or_path: Qwen/Qwen3-8B\nstage: sft\ntemplate: qwen3\ndataset: mine\nbf16: true\n"
        "quantization_bit: 4\nper_device_train_batch_size: 1\ngradient_accumulation_steps: 16\n",
        {
            "method": "qlora", "lora_rank": 8, "sequence": 2048, "packing": False, "recompute": "full",
            "sharding": "none", "epochs": 3,
        },
    ),
    "llama-factory in pure bf16 with offload": (
        "model_name_or_path: a/b\nfinetuning_type: full\nstage: pt\ndataset: c4\ncutoff_len: 8192\npure_bf16: true\n"
        "deepspeed: examples/deepspeed/ds_z3_offload_config.json\ndisable_gradient_checkpointing: true\n",
        {"task": "pretrain", "optimizer": "adamw-bf16", "sharding": "zero3", "offload": "parameters", "recompute": "none"},
    ),
    "trl's defaults": (
        "model_name_or_path: Qwen/Qwen2.5-0.5B\ndataset_name: trl-lib/Capybara\npacking: false\nmax_steps: 100\n",
        {"framework": "trl", "precision": "bf16", "recompute": "full", "sequence": 1024, "microbatch": 8},
    ),
    "trl in four bits": (
        "model_name_or_path: a/b-7b\nuse_peft: true\nload_in_4bit: true\nper_device_train_batch_size: 2\n"
        "max_seq_length: 512\nfp16: true\n",
        {"method": "qlora", "lora_rank": 16, "precision": "fp16", "sequence": 512},
    ),
    "hf with fsdp of the fifth version": (
        "output_dir: out\nper_device_train_batch_size: 4\nfsdp: true\n"
        "fsdp_config: {version: 2, reshard_after_forward: true, cpu_offload: true}\nbf16: 'true'\nmax_steps: '10'\n",
        {"framework": "hf", "sharding": "zero3", "offload": "parameters", "precision": "bf16", "epochs": None},
    ),
    "maxtext whose axis is the rest": (
        "base_config: base.yml\nmodel_name: llama2-7b\nper_device_batch_size: 4\nmax_target_length: 4096\n"
        "ici_fsdp_parallelism: -1\nici_tensor_parallelism: 2\nquantization: fp8\nremat_policy: minimal\n",
        {"gpus": None, "tp": 2, "sharding": "zero3", "precision": "fp8", "recompute": "selective", "dp": None},
    ),
    "automodel": (
        "step_scheduler: {global_batch_size: 64, local_batch_size: 2, max_steps: 100}\n"
        "model: {pretrained_model_name_or_path: meta-llama/Llama-3.2-1B}\n"
        "distributed: {strategy: fsdp2, dp_size: 8, tp_size: 2, activation_checkpointing: true}\n"
        "dataset: {seq_length: 4096}\npeft: {dim: 8}\n",
        {"framework": "automodel", "gpus": 16, "dp": 8, "tp": 2, "recompute": "full", "lora_rank": 8},
    ),
    "nemo-rl on dtensor": (
        "grpo: {num_prompts_per_step: 32, num_generations_per_prompt: 16, async_grpo: {enabled: true}}\n"
        "policy:\n  model_name: Qwen/Qwen2.5-1.5B\n  train_global_batch_size: 512\n  train_micro_batch_size: 4\n"
        "  max_total_sequence_length: 512\n  dtensor_cfg: {enabled: true, tensor_parallel_size: 2, cpu_offload: true}\n"
        "cluster: {gpus_per_node: 8, num_nodes: 1}\n",
        {"gpus": 8, "tp": 2, "dp": 4, "sharding": "zero3", "offload": "parameters", "recompute": "none"},
    ),
    "nemo-rl over a parent": (
        "defaults: grpo_math_1B.yaml\ngrpo: {num_prompts_per_step: 64, num_generations_per_prompt: 16}\n"
        "policy:\n  train_global_batch_size: 256\n  train_micro_batch_size: 1\n"
        "  megatron_cfg: {enabled: true, tensor_model_parallel_size: 4}\n",
        {"tp": 4, "pp": None, "precision": None, "recompute": None, "dp": None, "gpus": None},
    ),
    "ms-swift in YAML": (
        "model: Qwen/Qwen3-4B\ntrain_type: full\ntorch_dtype: bfloat16\nmax_length: 4096\ndeepspeed: zero3_offload\n"
        "per_device_train_batch_size: 1\ngradient_accumulation_steps: 8\nnum_train_epochs: 2\ngradient_checkpointing: false\n",
        {"framework": "ms-swift", "method": "full", "sharding": "zero3", "offload": "parameters", "recompute": "none"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", YAML_KINDS)
def test_yaml(case: str) -> None:
    text, expected = YAML_KINDS[case]
    found = read("run.yaml", text)
    assert {name: found[name] for name in expected} == expected
    assert found["problems"] == []


OTHERS = {
    "torchtitan in the middle of 2025": (
        "t.toml",
        '[model]\nname = "deepseek_v3"\nflavor = "16B"\n[training]\nlocal_batch_size = 4\nseq_len = 4096\nsteps = 100\n'
        "[parallelism]\ndata_parallel_shard_degree = 8\nexpert_parallel_degree = 4\ncontext_parallel_degree = 2\n"
        '[activation_checkpoint]\nmode = "none"\n',
        {},
        {"gpus": 16, "dp": 8, "cp": 2, "ep": 4, "sharding": "zero3", "recompute": "none", "global_batch_sequences": 32},
    ),
    "torchtitan's flags since 2026": (
        "t.sh",
        "NGPU=64 torchrun --nproc_per_node=8 --nnodes=8 -m torchtitan.train --module llama3 "
        "--training.num_tokens_per_microbatch_per_dp_rank 16384 --training.max_context_length 8192 "
        "--training.num_tokens_per_train_step 4194304 --parallelism.tensor_parallel_degree 4",
        {},
        {"gpus": 64, "tp": 4, "dp": 16, "microbatch": 2, "global_batch_sequences": 512, "sequence": 8192},
    ),
    "torchtitan's Python function": (
        "config.py",
        "def llama3_8b():\n    return Trainer(\n        training=TrainingConfig(local_batch_size=2, seq_len=8192, steps=1000),\n"
        "        parallelism=ParallelismConfig(tensor_parallel_degree=8, pipeline_parallel_degree=2),\n    )\n",
        {"gpus": 64},
        {"tp": 8, "pp": 2, "dp": 4, "sharding": "zero2", "microbatch": 1, "framework": "torchtitan"},
    ),
    "torchtitan on one accelerator": (
        "t.toml",
        "[training]\nbatch_size = 1\nseq_len = 2048\n[parallelism]\ntensor_parallel_degree = 1\n",
        {"gpus": 1},
        {"dp": 1, "sharding": "none", "global_batch_sequences": 1},
    ),
    "deepspeed with three numbers": (
        "ds.json",
        '{"train_batch_size": 256, "train_micro_batch_size_per_gpu": 4, "gradient_accumulation_steps": 8, // a comment\n'
        '"bf16": {"enabled": true}, "zero_optimization": {"stage": 2, "cpu_offload": true},}',
        {},
        {"dp": 8, "gpus": None, "sharding": "zero2", "offload": "optimizer", "precision": "bf16"},
    ),
    "deepspeed to infinity": (
        "ds.json",
        '{"zero_optimization": {"stage": 3, "offload_param": {"device": "nvme"}, "offload_optimizer": {"device": "cpu"}},'
        '"fp16": {"enabled": true}, "optimizer": {"type": "Lion"}, "tensor_parallel": {"autotp_size": 4}}',
        {},
        {"sharding": "zero3", "offload": "parameters", "precision": "fp16", "optimizer": "lion", "tp": 4},
    ),
    "megatron-swift": (
        "m.sh",
        "NPROC_PER_NODE=8 NNODES=2 megatron sft --model Qwen/Qwen3-30B-A3B --expert_model_parallel_size 8 "
        "--micro_batch_size 1 --global_batch_size 16 --recompute_granularity full --max_length 8192 --packing true",
        {},
        {"gpus": 16, "ep": 8, "sharding": "zero1", "recompute": "full", "method": "full", "lora_rank": None, "dp": 16},
    ),
    "ms-swift whose accumulation is chosen": (
        "m.sh",
        "NPROC_PER_NODE=4 swift sft --model a/b --tuner_type lora --torch_dtype bfloat16 --max_length 1024",
        {},
        {"gpus": 4, "global_batch_sequences": 16, "lora_rank": 8, "sharding": "none"},
    ),
    "nanochat with its own ratio": (
        "n.sh",
        "torchrun --standalone --nproc_per_node=8 -m scripts.base_train -- --depth=12 --device_batch_size=32 --fp8",
        {},
        {"gpus": 8, "precision": "fp8", "global_batch_sequences": None, "microbatch": 32, "sharding": "zero2"},
    ),
    "nanoGPT's file": (
        "train_gpt2.py",
        "# config\nbatch_size = 12\nblock_size = 1024\ngradient_accumulation_steps = 5 * 8\nmax_iters = 600000\n"
        "n_layer = 12\nn_head = 12\nn_embd = 768\nwandb_run_name = 'gpt2-124M'\n",
        {"gpus": 8},
        {"framework": "nanogpt", "global_batch_sequences": 480, "batch_tokens": 491_520, "dp": 8, "sharding": "none"},
    ),
    "llm.c": (
        "l.sh",
        "mpirun -np 8 ./train_gpt2cu -i 'dev/*.bin' -b 64 -t 1024 -d 524288 -r 0 -z 1 -x 18865 -e d12",
        {},
        {"framework": "llm.c", "gpus": 8, "microbatch": 64, "global_batch_sequences": 512, "sharding": "zero1"},
    ),
    "OLMo-core": (
        "o.sh",
        "torchrun --nproc-per-node=8 --nnodes=16 src/scripts/train/OLMo2-7B.py train run cluster "
        "--data_loader.global_batch_size=4194304 --dataset.sequence_length=4096 "
        "--train_module.rank_microbatch_size=8192 --train_module.dp_config.name=hsdp "
        "--train_module.float8_config.enabled=true --trainer.max_duration.value=5e12 "
        "--trainer.max_duration.unit=tokens",
        {},
        {"gpus": 128, "microbatch": 2, "global_batch_sequences": 1024, "precision": "fp8", "tokens": 5_000_000_000_000},
    ),
    "verl on Megatron": (
        "v.sh",
        "python3 -m verl.trainer.main_ppo --config-name='ppo_megatron_trainer.yaml' algorithm.adv_estimator=gae "
        "data.train_batch_size=1024 data.max_prompt_length=1024 data.max_response_length=1024 "
        "actor_rollout_ref.actor.strategy=megatron actor_rollout_ref.actor.megatron.tensor_model_parallel_size=4 "
        "actor_rollout_ref.actor.megatron.pipeline_model_parallel_size=2 "
        "actor_rollout_ref.actor.megatron.virtual_pipeline_model_parallel_size=2 "
        "actor_rollout_ref.actor.ppo_mini_batch_size=256 actor_rollout_ref.actor.ppo_micro_batch_size_per_gpu=4 "
        "trainer.n_gpus_per_node=8 trainer.nnodes=2 $@",
        {},
        {"gpus": 16, "tp": 4, "pp": 2, "vp": 2, "dp": 2, "sharding": "zero1", "global_batch_sequences": 256},
    ),
    "OpenRLHF before its dots": (
        "r.sh",
        "python3 -m openrlhf.cli.train_ppo_ray --actor_num_nodes 1 --actor_num_gpus_per_node 8 "
        "--vllm_num_engines 4 --pretrain OpenRLHF/Llama-3-8b-sft --micro_train_batch_size 8 --train_batch_size 128 "
        "--rollout_batch_size 1024 --n_samples_per_prompt 2 --zero_stage 3 --advantage_estimator rloo "
        "--prompt_max_len 1024 --generate_max_len 2048 --adam_offload --gradient_checkpointing",
        {},
        {"gpus": 8, "sharding": "zero3", "offload": "optimizer", "recompute": "full", "sequence": 3072, "microbatch": 8},
    ),
    "a train.py of one's own": (
        "t.sh",
        "deepspeed --num_gpus=8 train.py --model_name_or_path a/b-7b --per_device_train_batch_size 4 "
        "--gradient_accumulation_steps 2 --bf16 True --gradient_checkpointing --max_seq_length 2048 "
        "--deepspeed ds_config_zero2.json",
        {},
        {"framework": "hf", "gpus": 8, "microbatch": 4, "global_batch_sequences": 64, "sharding": "zero2", "recompute": "full"},
    ),
    "a command whose settings stand elsewhere": (
        "t.sh",
        "accelerate launch --num_processes 8 -m axolotl.cli.train config.yml --micro_batch_size 2",
        {},
        {"framework": "axolotl", "gpus": 8, "microbatch": 2, "precision": None, "tp": None, "sequence": None},
    ),
    "nemo 2 overrides": (
        "n.sh",
        "nemo llm pretrain --factory llama3_8b trainer.num_nodes=2 trainer.devices=8 "
        "trainer.strategy.tensor_model_parallel_size=2 data.global_batch_size=512 data.micro_batch_size=1",
        {},
        {"framework": "nemo", "gpus": 16, "tp": 2, "global_batch_sequences": 512, "pp": None},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", OTHERS)
def test_other_forms(case: str) -> None:
    name, text, given, expected = OTHERS[case]
    found = read(name, text, **given)
    assert {key: found[key] for key in expected} == expected
    assert found["problems"] == []


@pytest.mark.parametrize("change", [
    lambda text: "\ufeff" + text,
    lambda text: text.replace("\n", "\r\n"),
    lambda text: text.replace("\n", "\r"),
    lambda text: text + "\n# a comment at the end",
    lambda text: "\n\n" + text.rstrip(),
], ids=["bom", "crlf", "cr", "comment", "blank lines"])  # fmt: skip
def test_the_same_text_by_other_editors(change) -> None:
    text, expected = YAML_KINDS["axolotl with every degree"]
    found = read("run.yaml", change(text))
    assert {name: found[name] for name in expected} == expected
    script = "torchrun --nproc_per_node 8 pretrain_gpt.py \\\n --micro-batch-size 1 \\\n --seq-length 1024 --bf16\n"
    assert read("run.sh", change(script))["gpus"] == 8


WRONG = {
    "a word for a number": ("run.yaml", "base_model: x\nsequence_len: long\nmicro_batch_size: 1\n", "sequence_len"),
    "half a sequence": ("run.yaml", "base_model: x\nsequence_len: 10.5\nmicro_batch_size: 1\n", "sequence_len"),
    "a list for a degree": ("t.toml", "[parallelism]\ntensor_parallel_degree = [1, 2]\n[training]\nseq_len = 1\n", "tensor_parallel_degree"),
    "a stage there is none of": ("d.json", '{"zero_optimization": {"stage": 7}}', "zero_optimization.stage"),
    "layers that do not divide": (
        "m.sh",
        "pretrain_gpt.py --num-layers 10 --pipeline-model-parallel-size 4 --num-layers-per-virtual-pipeline-stage 2 --micro-batch-size 1",
        "10 layers do not divide",
    ),
    "more heads than width": (
        "m.sh",
        "pretrain_gpt.py --num-layers 2 --hidden-size 4 --num-attention-heads 8 --micro-batch-size 1 --vocab-size 9",
        "does not hold 8 heads",
    ),
    "a batch that does not divide": (
        "m.sh",
        "torchrun --nproc_per_node 8 pretrain_gpt.py --micro-batch-size 3 --global-batch-size 100 --seq-length 10",
        "does not divide by microbatch",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said_with_its_place_and_the_rest_is_read(case: str) -> None:
    name, text, place = WRONG[case]
    found = read(name, text)
    assert any(place in each for each in found["problems"])
    assert found["framework"]


REFUSED = {
    "broken YAML": ("r.yaml", "base_model: [1, 2\nmicro_batch_size: 3", "line"),
    "broken TOML": ("r.toml", "[training\nseq_len = 1", "TOML"),
    "broken JSON": ("r.json", '{"zero_optimization": ', "line 1"),
    "too deep": ("r.yaml", "a: " + "[" * 100, "deep"),
    "too deep JSON": ("r.json", '{"zero_optimization":' * 3000, "deep"),
    "a variable that doubles itself": (
        "r.sh", "A=xxxxxxxxxxxxxxxx\n" + 'A="$A$A"\n' * 40 + "pretrain_gpt.py --num-layers $A", "grow",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_read_is_refused_in_a_sentence(case: str) -> None:
    name, text, place = REFUSED[case]
    with pytest.raises(NotUnderstoodError, match=place):
        READER.read(SourceFile(name, text), Given())


@pytest.mark.parametrize(("name", "text"), [
    ("config.json", '{"model_type": "llama", "hidden_size": 4096, "num_hidden_layers": 32}'),
    ("plan.yaml", "isocost: 1\nname: A plan\nscenarios: []\n"),
    ("prices.csv", "provider,instance,gpu_id\naws,p5,h100\n"),
    ("train.log", "torchrun pretrain_gpt.py --num-layers 2\niteration 1/ 10 | elapsed time per iteration (ms): 9\n"),
    ("trainer_state.json", '{"log_history": [{"step": 1, "loss": 2.0}], "max_steps": 10, "train_batch_size": 4}'),
    ("notes.txt", "We met at noon: nothing was said."),
])  # fmt: skip
def test_other_files_are_none_of_these(name: str, text: str) -> None:
    assert not READER.knows(SourceFile(name, text))


def test_nothing_of_a_file_is_run(tmp_path) -> None:
    marker = tmp_path / "ran"
    for name, text in (
        (
            "a.sh",
            f"X=$(touch {marker})\n`touch {marker}`\npretrain_gpt.py --micro-batch-size $(touch {marker})",
        ),
        ("a.py", f"import os\nos.system('touch {marker}')\nbatch_size = 4\nblock_size = 8\nn_layer = 1\n"),
        (
            "a.yaml",
            f"base_model: !!python/object/apply:os.system ['touch {marker}']\nmicro_batch_size: 1\nadapter: lora\n",
        ),
    ):
        READER.read(SourceFile(name, text), Given())
    assert not marker.exists()


def test_given_figures_do_not_change_what_the_file_says() -> None:
    found = read("run.sh", MEGATRON["underscores and equals"][0], gpus=64, sequence=999, batch=7)
    assert (found["gpus"], found["sequence"], found["global_batch_sequences"]) == (64, 4096, 64)
    assert any("4,096" in note and "999" in note for note in found["notes"])
