# ruff: noqa: E501 - files stand here as people write them
"""Files of recipes: torchtune, LitGPT, nanotron, LLM Foundry."""

from __future__ import annotations

import pytest

from isocost.files.imports import Given, NotUnderstoodError
from isocost.files.imports.source import SourceFile
from tests.files.imports.test_settings_kinds import READER
from tests.files.imports.test_settings_words import Case, check

TORCHTUNE = """
tokenizer: {_component_: torchtune.models.llama3.llama3_tokenizer, max_seq_len: 4096}
model:
  _component_: torchtune.models.llama3_1.lora_llama3_1_8b
  lora_attn_modules: ['q_proj', 'v_proj']
  apply_lora_to_mlp: False
  lora_rank: 8
checkpointer: {_component_: torchtune.training.FullModelHFCheckpointer, model_type: LLAMA3}
dataset: {_component_: torchtune.datasets.alpaca_cleaned_dataset, packed: True}
batch_size: 2
optimizer: {_component_: torch.optim.AdamW, fused: True, lr: 3e-4}
loss: {_component_: torchtune.modules.loss.CEWithChunkedOutputLoss}
epochs: 1
max_steps_per_epoch: null
gradient_accumulation_steps: 32
dtype: bf16
enable_activation_checkpointing: False
"""
LITGPT = """
checkpoint_dir: checkpoints/meta-llama/Llama-3.2-1B
out_dir: out/finetune/lora-llama-3.2-1B
precision: bf16-true
devices: 4
num_nodes: 1
lora_r: 16
lora_query: true
lora_value: true
data: {class_path: litgpt.data.Alpaca2k}
train: {save_interval: 800, log_interval: 1, global_batch_size: 64, micro_batch_size: 4, epochs: 2, max_seq_length: 1024}
eval: {interval: 25}
"""
NANOTRON = """
checkpoints: {checkpoint_interval: 10}
general: {project: debug, run: smol}
model:
  dtype: bfloat16
  model_config: {hidden_act: silu, hidden_size: 2048, intermediate_size: 8192, is_llama_config: true,
    num_attention_heads: 32, num_hidden_layers: 24, num_key_value_heads: 32, tie_word_embeddings: true, vocab_size: 49152}
optimizer: {accumulate_grad_in_fp32: true, optimizer_factory: {name: adamW}, zero_stage: 1}
parallelism: {dp: 32, pp: 2, pp_engine: 1f1b, tp: 2, tp_mode: REDUCE_SCATTER}
tokens: {batch_accumulation_per_replica: 4, micro_batch_size: 8, sequence_length: 2048, train_steps: 500000}
"""
FOUNDRY = """
max_seq_len: 2048
model: {name: mpt_causal_lm, d_model: 4096, n_heads: 32, n_layers: 32, expansion_ratio: 4, max_seq_len: "${max_seq_len}",
  vocab_size: 50368}
train_loader: {name: text, dataset: {max_seq_len: "${max_seq_len}"}}
optimizer: {name: decoupled_adamw, lr: 1.2e-4}
max_duration: 63900ba
eval_interval: 5000ba
global_train_batch_size: 1024
device_train_microbatch_size: 8
precision: amp_bf16
fsdp_config: {sharding_strategy: FULL_SHARD, mixed_precision: PURE, activation_checkpointing: true}
"""

RECIPES = {
    "torchtune's adapters": Case(
        "8B_lora.yaml",
        TORCHTUNE,
        {
            "framework": "torchtune", "task": "sft", "model": {"name": "llama3.1-8b"}, "method": "lora", "lora_rank": 8,
            "lora_targets": "query-value", "microbatch": 2, "global_batch_sequences": 128, "sequence": 4096, "packing": True,
            "precision": "bf16-true", "recompute": "none", "sharding": "zero3", "optimizer": "adamw-bf16", "epochs": 1,
        },
        given={"gpus": 2},
    ),
    "torchtune's adapters over 4 bits on one device": Case(
        "8B_qlora_single_device.yaml",
        TORCHTUNE.replace("lora_llama3_1_8b", "qlora_llama3_1_8b"),
        {"method": "qlora", "sharding": "none", "global_batch_sequences": 64},
        given={"gpus": 1},
    ),
    "torchtune's whole model, so many steps": Case(
        "1.5B_full.yaml",
        TORCHTUNE.replace("llama3_1.lora_llama3_1_8b", "qwen2_5.qwen2_5_1_5b_base")
        .replace("max_steps_per_epoch: null", "max_steps_per_epoch: 100")
        .replace("torch.optim.AdamW", "bitsandbytes.optim.PagedAdamW8bit"),
        {
            "model": {"name": "qwen2.5-1.5b-base"}, "method": "full", "tokens": 100 * 64 * 4096, "epochs": None,
            "optimizer": "adamw-8bit-paged",
        },
        given={"gpus": 1},
    ),
    "LitGPT's adapters": Case(
        "config.yaml",
        LITGPT,
        {
            "framework": "litgpt", "task": "sft", "model": {"name": "meta-llama/Llama-3.2-1B"}, "gpus": 4, "method": "lora",
            "lora_rank": 16, "lora_targets": "query-value", "microbatch": 4, "global_batch_sequences": 64, "sequence": 1024,
            "precision": "bf16-true", "recompute": "full", "sharding": "zero3", "epochs": 2,
        },
    ),
    "LitGPT's adapters over 4 bits": Case(
        "config.yaml",
        LITGPT.replace("devices: 4", "devices: 1\nquantize: bnb.nf4-dq"),
        {"method": "qlora", "gpus": 1, "recompute": "none", "sharding": "none"},
    ),
    "LitGPT from nothing": Case(
        "pretrain.yaml",
        "model_name: tiny-llama-1.1b\nout_dir: out\nprecision: bf16-mixed\ndevices: 8\nnum_nodes: 8\n"
        "train: {global_batch_size: 512, micro_batch_size: 4, max_tokens: 3000000000000, lr_warmup_steps: 2000}\n",
        {
            "task": "pretrain", "model": {"name": "tiny-llama-1.1b"}, "gpus": 64, "tokens": 3_000_000_000_000,
            "precision": "bf16", "sharding": "zero3", "recompute": "none", "method": "full",
        },
    ),
    "nanotron": Case(
        "config.yaml",
        NANOTRON,
        {
            "framework": "nanotron", "task": "pretrain", "gpus": 128, "tp": 2, "pp": 2, "dp": 32, "microbatch": 8,
            "global_batch_sequences": 1024, "sequence": 2048, "tokens": 500_000 * 1024 * 2048, "sharding": "zero1",
            "precision": "bf16",
        },
    ),
    "nanotron on others than it says": Case(
        "config.yaml", NANOTRON, {"gpus": 8}, problem="the degrees are those of 128 accelerators, not of 8", given={"gpus": 8}
    ),
    "LLM Foundry": Case(
        "mpt-7b.yaml",
        FOUNDRY,
        {
            "framework": "llm-foundry", "task": "pretrain", "global_batch_sequences": 1024, "microbatch": 8, "sequence": 2048,
            "tokens": 63_900 * 1024 * 2048, "precision": "bf16", "sharding": "zero3", "recompute": "full",
        },
    ),
    "LLM Foundry's fine-tune of epochs": Case(
        "finetune.yaml",
        FOUNDRY.replace("63900ba", "2ep").replace("name: text", "name: finetuning").replace(
            "name: mpt_causal_lm", "name: hf_causal_lm, pretrained_model_name_or_path: mosaicml/mpt-7b"
        ),
        {"task": "sft", "epochs": 2, "method": "full", "tokens": None},
    ),
    "LLM Foundry by a clock": Case(
        "mpt.yaml", FOUNDRY.replace("63900ba", "3h"), {"tokens": None}, "max_duration 3h: batches (ba), epochs (ep) or tokens"
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", RECIPES.values(), ids=RECIPES)
def test_recipes_say_what_they_say(case: Case) -> None:
    check(case)


UNREAD = {
    "GPT-NeoX": (
        "6-9B.yml",
        '{"pipe-parallel-size": 1, "model-parallel-size": 2, "num-layers": 32, "hidden-size": 4096, "seq-length": 2048, '
        '"train_micro_batch_size_per_gpu": 16, "gradient_accumulation_steps": 2, "zero_optimization": {"stage": 1}}',
    ),
    "slime": (
        "run.sh",
        "python3 train.py --hf-checkpoint /root/Qwen3-4B --tensor-model-parallel-size 2 --rollout-batch-size 32 --num-rollout 3000 "
        "--rollout-max-response-len 8192 --global-batch-size 256 --recompute-granularity full\n",
    ),
    "XTuner": (
        "qlora.py",
        "max_length = 2048\npack_to_max_length = True\nbatch_size = 1\naccumulative_counts = 16\nmax_epochs = 3\n",
    ),
    "Open Instruct": (
        "dpo.yaml",
        "model_name_or_path: allenai/x\ndataset_mixer_list: a 1.0\nper_device_train_batch_size: 1\nmax_seq_length: 2048\ndpo_beta: 5\n",
    ),
}


@pytest.mark.parametrize(("label", "file"), UNREAD.items(), ids=UNREAD)
def test_settings_of_others_are_named_and_not_taken_for_a_framework_that_is_read(
    label: str, file: tuple[str, str]
) -> None:
    source = SourceFile(*file)
    assert READER.knows(source)
    with pytest.raises(NotUnderstoodError, match=f"settings of {label}, which are not read"):
        READER.read(source, Given())
