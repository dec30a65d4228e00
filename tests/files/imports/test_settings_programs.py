# ruff: noqa: E501 - files stand here as people write them
"""Settings of Megatron and what is built on it, of PyTorch's own trainers, of reinforcement learning and of single programs, word by word."""

from __future__ import annotations

import pytest

from tests.files.imports.test_settings_words import Case, check

MEGATRON = {
    "a hybrid": Case(
        "m.sh",
        "pretrain_mamba.py --hybrid-layer-pattern 'M-M*-' --hidden-size 4096 --micro-batch-size 1 --seq-length 4096 --bf16",
        {"model": None, "microbatch": 1, "precision": "bf16"},
        "a hybrid's layer pattern is not read",
    ),
    "4 bits": Case(
        "m.sh", "pretrain_gpt.py --micro-batch-size 1 --seq-length 4096 --bf16 --fp4-format e2m1", {"precision": "nvfp4"}
    ),
    "virtual stages as they are": Case(
        "m.sh",
        "pretrain_gpt.py --micro-batch-size 1 --seq-length 4096 --pipeline-model-parallel-size 4 --num-virtual-stages-per-pipeline-rank 3",
        {"vp": 3, "pp": 4, "precision": "fp32"},
    ),
    "a layout that is not cut evenly": Case(
        "m.sh",
        "pretrain_gpt.py --micro-batch-size 1 --seq-length 4096 --pipeline-model-parallel-size 4 "
        "--pipeline-model-parallel-layout 'Et|t|tL'",
        {"vp": None, "pp": 4},
        problem="pipeline_model_parallel_layout: stages that divide by pp 4 are expected, got 'Et|t|tL'.",
    ),
    "a layout that is none": Case(
        "m.sh",
        "pretrain_gpt.py --micro-batch-size 1 --seq-length 4096 --pipeline-model-parallel-layout 'Et|(tt|'",
        {"vp": None},
        problem="pipeline_model_parallel_layout",
    ),
    "a layout closed too often": Case(
        "m.sh",
        "pretrain_gpt.py --micro-batch-size 1 --seq-length 4096 --pipeline-model-parallel-layout 'Et|tt)|L'",
        {"vp": None},
        problem="pipeline_model_parallel_layout",
    ),
    "a layout of stars": Case(
        "m.sh",
        "pretrain_gpt.py --micro-batch-size 1 --seq-length 4096 --pipeline-model-parallel-layout 'E**2|L'",
        {"vp": None},
        problem="pipeline_model_parallel_layout",
    ),
    "a layout without end": Case(
        "m.sh",
        "pretrain_gpt.py --micro-batch-size 1 --seq-length 4096 --pipeline-model-parallel-layout '((t|)*999)*999|L'",
        {"vp": None},
        problem="pipeline_model_parallel_layout",
    ),
    "layers of a virtual stage without layers": Case(
        "m.sh",
        "pretrain_gpt.py --micro-batch-size 1 --seq-length 4096 --pipeline-model-parallel-size 4 --num-layers-per-virtual-pipeline-stage 2",
        {"vp": None},
        "virtual stages follow from the number of layers, which is not in the file",
    ),
    "the old word for selective": Case(
        "m.sh",
        "pretrain_gpt.py --micro-batch-size 1 --seq-length 4096 --recompute-activations --use-torch-fsdp2",
        {"recompute": "selective", "sharding": "zero3"},
    ),
    "no recomputing, in words": Case(
        "m.sh", "pretrain_gpt.py --micro-batch-size 1 --seq-length 4096 --recompute-granularity none", {"recompute": "none"}
    ),
    "a granularity there is none of": Case(
        "m.sh",
        "pretrain_gpt.py --micro-batch-size 1 --seq-length 4096 --recompute-granularity half",
        {"recompute": "none"},
        problem="recompute granularity: full or selective is expected, got 'half'.",
    ),
    "some layers of a stage": Case(
        "m.sh",
        "pretrain_gpt.py --num-layers 32 --pipeline-model-parallel-size 4 --micro-batch-size 1 --seq-length 4096 "
        "--recompute-granularity full --recompute-method block --recompute-num-layers 2",
        {"recompute": "full"},
        "only 2 layers of a stage are recomputed; a plan recomputes all or none",
    ),
    "every layer of a stage": Case(
        "m.sh",
        "pretrain_gpt.py --num-layers 32 --pipeline-model-parallel-size 4 --micro-batch-size 1 --seq-length 4096 "
        "--recompute-granularity full --recompute-method block --recompute-num-layers 8",
        {"recompute": "full"},
    ),
    "a strategy there is none of": Case(
        "m.sh",
        "pretrain_gpt.py --micro-batch-size 1 --seq-length 4096 --use-megatron-fsdp --data-parallel-sharding-strategy most",
        {"sharding": "zero3"},
        problem="data_parallel_sharding_strategy: no_shard, optim, optim_grads or optim_grads_params is expected, got 'most'.",
    ),
    "a batch that grows": Case(
        "m.sh",
        "pretrain_gpt.py --micro-batch-size 1 --global-batch-size 256 --seq-length 4096 --rampup-batch-size 32 32 1000000",
        {"global_batch_sequences": 256},
        "the batch grows at the start of the run",
    ),
    "activations in the host": Case(
        "m.sh",
        "pretrain_gpt.py --micro-batch-size 1 --seq-length 4096 --optimizer-cpu-offload --cpu-offloading-num-layers 4",
        {"offload": "optimizer+activations"},
    ),
    "Bridge whose lengths contradict": Case(
        "b.yaml",
        "model: {seq_length: 4096, tensor_model_parallel_size: 2}\ntrain: {micro_batch_size: 1, global_batch_size: 8}\n"
        "dataset: {sequence_length: 8192}\n",
        {"sequence": 4096, "tp": 2},
        problem="model.seq_length 4,096 and the dataset's 8,192 must agree.",
    ),
    "Bridge with every degree": Case(
        "b.yaml",
        "model: {tensor_model_parallel_size: 2, pipeline_model_parallel_size: 2, context_parallel_size: 1, "
        "expert_model_parallel_size: 1, recompute_granularity: selective, bf16: true}\n"
        "train: {micro_batch_size: 1, global_batch_size: 8}\nddp: {use_distributed_optimizer: true}\n",
        {"sharding": "zero1", "precision": "bf16", "recompute": "selective", "tp": 2, "pp": 2},
    ),
    "Bridge's own word for a precision": Case(
        "b.yaml",
        "model: {tensor_model_parallel_size: 2}\ntrain: {micro_batch_size: 1, global_batch_size: 8}\nmixed_precision: ours\n",
        {"precision": None},
        "mixed_precision ours: is not known here",
    ),
    "Bridge without a precision": Case(
        "b.yaml",
        "model: {tensor_model_parallel_size: 2}\ntrain: {micro_batch_size: 1, global_batch_size: 8}\n",
        {"precision": None},
    ),
    "NeMo with FSDP and adapters": Case(
        "n.yaml",
        "trainer: {devices: 8, num_nodes: 1, precision: 16-mixed}\nmodel: {micro_batch_size: 1, global_batch_size: 8, "
        "encoder_seq_length: 4096, fsdp: true, fsdp_sharding_strategy: grad, peft: {peft_scheme: lora, lora_tuning: {adapter_dim: 32}}}\n",
        {"sharding": "zero2", "method": "lora", "lora_rank": 32, "task": "sft", "precision": "fp16"},
    ),
    "NeMo in 32 bits": Case(
        "n.yaml",
        "trainer: {devices: 8, num_nodes: 1, precision: 32}\nmodel: {micro_batch_size: 1, global_batch_size: 8, "
        "encoder_seq_length: 4096, optim: {name: distributed_fused_adam}, fsdp: false}\n",
        {"sharding": "zero1", "precision": "fp32", "task": "pretrain"},
    ),
    "NeMo 2's precision": Case(
        "n.sh",
        "nemo llm finetune --factory llama3_8b trainer.num_nodes=1 trainer.devices=8 data.global_batch_size=64 "
        "data.micro_batch_size=1 trainer.plugins.precision=bf16-mixed optim.config.use_distributed_optimizer=false peft.dim=16",
        {"precision": "bf16", "sharding": "none", "lora_rank": 16, "task": "sft"},
    ),
}  # fmt: skip

TITAN = {
    "a mode there is none of": Case(
        "t.toml",
        '[training]\nlocal_batch_size = 1\nseq_len = 2048\n[activation_checkpoint]\nmode = "half"\n',
        {"recompute": None},
        problem="activation_checkpoint.mode: none, selective, full or memory_budget is expected, got 'half'.",
    ),
    "a budget of memory": Case(
        "t.toml",
        '[training]\nlocal_batch_size = 1\nseq_len = 2048\n[activation_checkpoint]\nmode = "memory_budget"\n',
        {"recompute": "selective"},
        "a memory budget chooses what is recomputed; it is taken for selective",
    ),
    "everything in 16 bits": Case(
        "t.toml",
        '[training]\nlocal_batch_size = 1\nseq_len = 2048\ndtype = "bfloat16"\nenable_cpu_offload = true\n',
        {"precision": "bf16", "optimizer": "adamw-bf16", "offload": "parameters"},
        "training.dtype bfloat16: parameters and optimizer states are 16-bit too",
    ),
    "matrices in 16 bits of the other kind": Case(
        "t.toml", '[training]\nlocal_batch_size = 1\nseq_len = 2048\nmixed_precision_param = "float32"\n', {"precision": "fp32"}
    ),
    "FP8 of 2024": Case(
        "t.toml", "[training]\nbatch_size = 1\nseq_len = 2048\n[float8]\nenable_float8_linear = true\n", {"precision": "fp8"}
    ),
    "MXFP8": Case(
        "t.toml",
        '[model]\nconverters = ["mx"]\n[training]\nlocal_batch_size = 1\nseq_len = 2048\n[mx]\nrecipe_name = "mxfp8"\n',
        {"precision": "mxfp8"},
    ),
    "NVFP4": Case(
        "t.toml",
        '[model]\nconverters = ["quantize.linear.nvfp4"]\n[training]\nlocal_batch_size = 1\nseq_len = 2048\n',
        {"precision": "nvfp4"},
    ),
    "a microbatch of tokens that is cut": Case(
        "t.sh",
        "torchrun --nproc_per_node=8 --nnodes=1 -m torchtitan.train --training.num_tokens_per_microbatch_per_dp_rank 10000 "
        "--training.max_context_length 4096 --parallelism.pipeline_parallel_degree 2 --parallelism.num_pp_microbatches 4",
        {"microbatch": 2, "pp": 2, "dp": 4, "global_batch_sequences": 32, "sharding": "zero2"},
        "a microbatch of 10,000 tokens is no whole number of 4,096-token sequences",
    ),
    "microbatches of the first pipelines": Case(
        "t.toml",
        "[training]\nbatch_size = 8\nseq_len = 2048\n[experimental]\npipeline_parallel_degree = 2\npipeline_parallel_microbatches = 4\n",
        {"microbatch": 2, "pp": 2, "vp": None},
    ),
    "a stated batch": Case(
        "t.toml",
        "[training]\nlocal_batch_size = 2\nglobal_batch_size = 64\nseq_len = 2048\n[parallelism]\ndata_parallel_shard_degree = 8\n",
        {"global_batch_sequences": 64, "dp": 8, "gpus": 8},
    ),
    "degrees that do not agree": Case(
        "t.toml",
        "[training]\nlocal_batch_size = 1\nseq_len = 2048\n[parallelism]\ndata_parallel_shard_degree = 4\ntensor_parallel_degree = 2\n",
        {"gpus": 32, "dp": 16},
        problem="data_parallel degrees 1 x 4 do not agree with the 16 replicas that fit.",
        given={"gpus": 32},
    ),
    "copies of shards": Case(
        "t.toml",
        "[training]\nlocal_batch_size = 1\nseq_len = 2048\n[parallelism]\ndata_parallel_shard_degree = 8\ndata_parallel_replicate_degree = 2\n",
        {"gpus": 16, "dp": 16, "sharding": "zero3"},
        "states are split within groups that hold copies of the model",
    ),
    "copies alone": Case(
        "t.toml",
        "[training]\nlocal_batch_size = 1\nseq_len = 2048\n[parallelism]\ndata_parallel_shard_degree = 1\ndata_parallel_replicate_degree = 8\n",
        {"gpus": 8, "dp": 8, "sharding": "none"},
    ),
    "parameters that stay": Case(
        "t.toml",
        '[training]\nlocal_batch_size = 1\nseq_len = 2048\n[parallelism]\ndata_parallel_shard_degree = 8\nfsdp_reshard_after_forward = "never"\n',
        {"sharding": "zero2"},
    ),
    "a looped pipeline": Case(
        "t.toml",
        '[training]\nlocal_batch_size = 8\nseq_len = 2048\n[parallelism]\npipeline_parallel_degree = 4\npipeline_parallel_schedule = "Interleaved1F1B"\n',
        {"vp": 2, "microbatch": 1},
    ),
    "points at which layers are split": Case(
        "t.toml",
        "[training]\nlocal_batch_size = 8\nseq_len = 2048\n[parallelism]\npipeline_parallel_degree = 2\n"
        'pipeline_parallel_split_points = ["layers.8", "layers.16", "layers.24", "layers.28", "layers.30"]\n',
        {"vp": 3},
    ),
    "points that give stages unlike in number": Case(
        "t.toml",
        "[training]\nlocal_batch_size = 8\nseq_len = 2048\n[parallelism]\npipeline_parallel_degree = 2\n"
        'pipeline_parallel_split_points = ["layers.8", "layers.16"]\n',
        {"vp": None},
    ),
    "layers of a stage": Case(
        "t.toml",
        "[training]\nlocal_batch_size = 8\nseq_len = 2048\n[parallelism]\npipeline_parallel_degree = 2\npipeline_parallel_layers_per_stage = 4\n",
        {"vp": None},
        "stages hold 4 layers, so the virtual pipeline follows from the model's number of layers",
    ),
}  # fmt: skip

AUTOMODEL = {
    "a looped pipeline of packed sequences": Case(
        "a.yaml",
        "step_scheduler: {global_batch_size: 64, local_batch_size: 8}\nmodel: {pretrained_model_name_or_path: a/b, torch_dtype: torch.float16}\n"
        "distributed: {strategy: ddp, dp_size: 4, pp_size: 2, pipeline: {pp_schedule: Interleaved1F1B, pp_microbatch_size: 2}}\n"
        "packed_sequence: {packed_sequence_size: 8192}\n",
        {
            "gpus": 8, "pp": 2, "vp": 2, "microbatch": 2, "sharding": "none", "packing": True, "sequence": 8192,
            "precision": "fp16", "method": "full", "lora_rank": None,
        },
    ),
    "in 8 bits": Case(
        "a.yaml",
        "step_scheduler: {global_batch_size: 64, local_batch_size: 8}\ndistributed: {strategy: megatron_fsdp, dp_size: 8}\nfp8: {enabled: true}\n",
        {"precision": "fp8", "sharding": "zero3", "gpus": 8, "dp": 8},
    ),
}  # fmt: skip

OLMO = {
    "a run in steps": Case(
        "o.sh",
        "torchrun --nproc-per-node=8 src/scripts/train/OLMo3-7B.py train --data_loader.global_batch_size=4194304 "
        "--dataset.sequence_length=8192 --train_module.rank_microbatch_size=16384 --trainer.max_duration.value=1000 "
        "--trainer.max_duration.unit=steps --train_module.ac_config.mode=full --train_module.pp_config.degree=2 "
        "--train_module.pp_config.schedule=Interleaved1F1B",
        {
            "gpus": 8, "pp": 2, "vp": 2, "dp": 4, "microbatch": 2, "global_batch_sequences": 512, "tokens": 4_194_304_000,
            "recompute": "full", "sharding": None,
        },
        "how replicas split their states is the script's, which is not known here",
    ),
    "in epochs, with a shape": Case(
        "o.yaml",
        "model: {d_model: 4096, n_layers: 32, vocab_size: 100352, block: {attention: {n_heads: 32}, feed_forward: {hidden_size: 11008}}}\n"
        "train_module: {rank_microbatch_size: 8192, dp_config: {name: hsdp, param_dtype: float32}, ac_config: {mode: selected_modules}}\n"
        "data_loader: {global_batch_size: 4194304}\ndataset: {sequence_length: 4096}\ntrainer: {max_duration: {value: 1, unit: epochs}}\n",
        {"sharding": "zero3", "precision": "fp32", "recompute": "selective", "tokens": None, "microbatch": 2},
        "states are split within groups that hold copies of the model",
    ),
}  # fmt: skip

MAXTEXT = {
    "every device said": Case(
        "m.yaml",
        "base_config: base.yml\nmodel_name: llama3-8b\nper_device_batch_size: 2\nmax_target_length: 8192\nsteps: 100\n"
        "ici_fsdp_parallelism: 8\nici_tensor_parallelism: 2\ndcn_data_parallelism: 2\nnum_pipeline_repeats: 2\n",
        {
            "gpus": 32, "tp": 2, "dp": 16, "vp": 2, "global_batch_sequences": 64, "tokens": 52_428_800, "sharding": "zero3",
            "microbatch": None,
        },
    ),
    "half a sequence a device": Case(
        "m.yaml",
        "base_config: base.yml\nmodel_name: llama3-8b\nper_device_batch_size: 0.3\nmax_target_length: 8192\n"
        "ici_fsdp_parallelism: 8\ndcn_data_parallelism: 1\n",
        {"gpus": 8, "global_batch_sequences": None},
    ),
    "a policy and a quantization of its own": Case(
        "m.yaml",
        "base_config: base.yml\nmodel_name: llama3-8b\nper_device_batch_size: 1\nremat_policy: ours\nquantization: int8\ndtype: float32\n",
        {"recompute": None, "precision": "fp32"},
        "remat_policy ours: is not known here\nquantization int8: is no precision a plan has",
    ),
    "states in the host": Case(
        "m.yaml",
        "base_config: base.yml\nmodel_name: llama3-8b\nper_device_batch_size: 1\nremat_policy: minimal_offloaded\n"
        "optimizer_memory_host_offload: true\nparameter_memory_host_offload: true\nweight_dtype: bfloat16\n",
        {"recompute": "selective", "offload": "optimizer+parameters+activations", "optimizer": "adamw-bf16"},
    ),
    "an axis of words": Case(
        "m.yaml",
        "base_config: base.yml\nmodel_name: llama3-8b\nper_device_batch_size: 1\nici_tensor_parallelism: many\n",
        {"tp": 1},
        problem="ici_tensor_parallelism: a whole number or -1 is expected, got 'many'.",
    ),
    "a shape": Case(
        "m.yaml",
        "base_config: base.yml\nper_device_batch_size: 1\nbase_emb_dim: 2048\nbase_num_query_heads: 16\nbase_num_kv_heads: 16\n"
        "base_mlp_dim: 8192\nbase_num_decoder_layers: 16\nmlp_activations: [silu, linear]\nlogits_via_embedding: true\n",
        {
            "model": {
                "layers": 16, "hidden": 2048, "heads": 16, "kv_heads": 16, "head_dim": 128, "ffn": 8192, "vocabulary": 32000,
                "vocabulary_padded": 32000, "parameters": 1_139_345_408, "active_parameters": 1_139_345_408,
            }
        },
    ),
}  # fmt: skip

SINGLE = {
    "nanochat told how far to go": Case(
        "n.sh",
        "torchrun --nproc_per_node=8 -m scripts.base_train -- --depth=20 --device-batch-size=32 --total-batch-size=524288 --num-iterations=1000",
        {"global_batch_sequences": 256, "tokens": 524_288_000, "precision": "bf16"},
    ),
    "nanochat told how much to compute": Case(
        "n.sh",
        "torchrun --nproc_per_node=8 -m scripts.base_train -- --depth=20 --device-batch-size=32 --target-flops=1e19",
        {"tokens": None},
        "the number of steps follows from target_flops",
    ),
    "nanochat deeper than any": Case(
        "n.sh",
        "torchrun --nproc_per_node=8 -m scripts.base_train -- --depth=20000 --device-batch-size=32",
        {"model": None, "tokens": None},
    ),
    "nanoGPT on a number that does not divide": Case(
        "train.py",
        "batch_size = 12\nblock_size = 1024\ngradient_accumulation_steps = 40\nmax_iters = 100\nn_layer = 12\nn_head = 12\nn_embd = 768\ndtype = 'float16'\n",
        {"global_batch_sequences": 480, "precision": "fp16"},
        problem="gradient_accumulation_steps 40 does not divide by 3 processes.",
        given={"gpus": 3},
    ),
    "nanoGPT without a shape": Case(
        "train.py",
        "batch_size = 12\nblock_size = 1024\nmax_iters = 100\nn_layer = 12\nn_head = 1000\nn_embd = 768\n",
        {"model": None, "sharding": "none"},
        problem="a hidden size of 768 does not hold 1000 heads",
    ),
    "llm.c without a batch": Case(
        "l.sh", "mpirun -np 8 ./train_gpt2cu -b 16 -t 1024 -r 1 -z 0 -e d24", {
            "global_batch_sequences": 128, "recompute": "selective", "sharding": "none", "dp": 8,
        },
        "only activation functions (and norms) are recomputed",
    ),
    "llm.c on nobody knows how many": Case(
        "l.sh", "./train_gpt2cu -b 16 -t 1024 -r 0 -e gpt2_124M.bin", {
            "gpus": None, "global_batch_sequences": None, "recompute": "none", "model": None,
        },
    ),
}  # fmt: skip

VERL = {
    "Megatron that recomputes and offloads": Case(
        "v.sh",
        "python3 -m verl.trainer.main_ppo actor_rollout_ref.actor.strategy=megatron data.train_batch_size=512 "
        "actor_rollout_ref.actor.ppo_mini_batch_size=128 actor_rollout_ref.rollout.n=8 algorithm.adv_estimator=grpo "
        "actor_rollout_ref.actor.use_kl_loss=True actor_rollout_ref.actor.use_dynamic_bsz=True "
        "actor_rollout_ref.actor.megatron.override_transformer_config.recompute_granularity=selective "
        "actor_rollout_ref.actor.megatron.param_offload=True trainer.nnodes=1 trainer.n_gpus_per_node=8",
        {
            "recompute": "selective", "offload": "parameters", "microbatch": None, "global_batch_sequences": 1024,
            "rl": {"algorithm": "grpo-kl", "prompts": 512, "group": 8, "updates_per_round": 4, "response_cap": 512, "prompt_cap": 512},
        },
        "microbatches are filled up to a number of tokens (use_dynamic_bsz)",
    ),
    "FSDP that keeps parameters": Case(
        "v.sh",
        "python3 -m verl.trainer.main_ppo actor_rollout_ref.actor.strategy=fsdp2 data.train_batch_size=512 "
        "actor_rollout_ref.actor.fsdp_config.reshard_after_forward=False actor_rollout_ref.actor.fsdp_config.optimizer_offload=True "
        "actor_rollout_ref.model.enable_gradient_checkpointing=False actor_rollout_ref.actor.ulysses_sequence_parallel_size=2 "
        "actor_rollout_ref.model.lora_rank=32 trainer.nnodes=1 trainer.n_gpus_per_node=8",
        {"sharding": "zero2", "offload": "optimizer", "recompute": "none", "cp": 2, "dp": 4, "lora_rank": 32, "global_batch_sequences": None},
        "the mean length of a response, which sets the cost, is in no settings",
    ),
    "fine-tuning": Case(
        "v.sh",
        "torchrun --nproc_per_node=8 -m verl.trainer.fsdp_sft_trainer data.train_batch_size=256 data.micro_batch_size_per_gpu=4 "
        "data.max_length=2048 model.partial_pretrain=Qwen/Qwen2.5-7B",
        {"task": "sft", "sequence": 2048, "global_batch_sequences": 256, "microbatch": 4, "batch_tokens": 524_288, "lora_rank": None},
    ),
}  # fmt: skip

NEMO_RL = {
    "both trainers on": Case(
        "n.yaml",
        "grpo: {num_prompts_per_step: 32, num_generations_per_prompt: 16}\npolicy:\n  train_global_batch_size: 512\n"
        "  dtensor_cfg: {enabled: true}\n  megatron_cfg: {enabled: true, activation_checkpointing: true, recompute_granularity: selective, "
        "peft: {enabled: true, dim: 32}, fp8_cfg: {enabled: true, fp8_recipe: mxfp8}, "
        "optimizer: {optimizer: adam, use_distributed_optimizer: false, optimizer_cpu_offload: true}}\n"
        "cluster: {gpus_per_node: 8, num_nodes: 1}\n",
        {"recompute": "selective", "precision": "mxfp8", "sharding": "none", "offload": "optimizer", "lora_rank": 32, "optimizer": "adamw"},
        problem="dtensor_cfg and megatron_cfg are both enabled; exactly one of them may be.",
    ),
    "fine-tuning": Case(
        "n.yaml",
        "sft: {max_num_steps: 60}\npolicy:\n  model_name: a/b\n  train_global_batch_size: 32\n  train_micro_batch_size: 1\n"
        "  max_total_sequence_length: 1024\n  dtensor_cfg: {enabled: true, activation_checkpointing: true}\ncluster: {gpus_per_node: 1, num_nodes: 1}\n",
        {"task": "sft", "tokens": 1_966_080, "recompute": "full", "sharding": "zero3"},
    ),
    "PPO": Case(
        "n.yaml",
        "ppo: {num_prompts_per_step: 32, num_generations_per_prompt: 1}\npolicy:\n  train_global_batch_size: 8\n"
        "  train_micro_batch_size: 1\n  precision: float32\n  dtensor_cfg: {enabled: true}\ncluster: {gpus_per_node: 8, num_nodes: 1}\n",
        {"precision": "fp32", "rl": {"algorithm": "ppo", "prompts": 32, "group": 1, "updates_per_round": 4}},
    ),
}  # fmt: skip

OPENRLHF = {
    "pairs": Case(
        "o.sh",
        "deepspeed --num_gpus 8 --module openrlhf.cli.train_dpo --pretrain a/b-8b --micro_train_batch_size 1 --train_batch_size 256 "
        "--max_len 8192 --zero_stage 3 --bf16 --lora_rank 64",
        {"task": "sft", "sharding": "zero3", "sequence": 8192, "global_batch_sequences": 256, "lora_rank": 64, "rl": None},
    ),
    "fine-tuning": Case(
        "o.sh",
        "deepspeed --num_gpus 8 --module openrlhf.cli.train_sft --pretrain a/b-8b --micro_train_batch_size 2 --train_batch_size 256 "
        "--max_len 2048 --zero_stage 2",
        {"task": "sft", "sharding": "zero2", "sequence": 2048, "microbatch": 2},
    ),
    "engines beside the actor": Case(
        "o.sh",
        "python3 -m openrlhf.cli.train_ppo_ray --actor.num_nodes 1 --actor.num_gpus_per_node 4 --vllm.num_engines 2 "
        "--vllm.tensor_parallel_size 2 --rollout.batch_size 128 --rollout.n_samples_per_prompt 8 --train.batch_size 256 "
        "--algo.advantage.estimator group_norm --train.async_enable --data.max_len 4096",
        {
            "gpus": 4, "sequence": 4096,
            "rl": {"algorithm": "grpo", "prompts": 128, "group": 8, "updates_per_round": 4, "schedule": "asynchronous"},
        },
        "generation has 2 engines of tp 2 beside the accelerators of the actor",
    ),
    "engines where the actor is": Case(
        "o.sh",
        "python3 -m openrlhf.cli.train_ppo_ray --actor.num_nodes 1 --actor.num_gpus_per_node 8 --vllm.num_engines 8 "
        "--rollout.batch_size 128 --train.batch_size 128 --train.colocate_all --ds.bf16 false",
        {"gpus": 8, "precision": "fp32", "sequence": None},
    ),
}  # fmt: skip

PROGRAMS = {
    f"{label}: {name}": case
    for label, cases in {
        "Megatron": MEGATRON,
        "torchtitan": TITAN, "AutoModel": AUTOMODEL, "OLMo-core": OLMO, "MaxText": MAXTEXT, "alone": SINGLE,
        "verl": VERL, "NeMo-RL": NEMO_RL, "OpenRLHF": OPENRLHF,
    }.items()
    for name, case in cases.items()
}  # fmt: skip


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_s_word_is_what_it_means_there(name: str) -> None:
    check(PROGRAMS[name])
