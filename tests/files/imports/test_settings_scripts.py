# ruff: noqa: E501 - files stand here as people write them
"""Scripts and notebooks of TRL, Transformers, PEFT and Unsloth: settings that are arguments of Python's classes."""

from __future__ import annotations

import json

import pytest

from isocost.files.imports.source import SourceFile
from tests.files.imports.test_settings_kinds import READER, read
from tests.files.imports.test_settings_words import Case, check

UNSLOTH = """
from unsloth import FastLanguageModel
max_seq_length = 2048
model, tokenizer = FastLanguageModel.from_pretrained(
    model_name = "unsloth/Meta-Llama-3.1-8B-bnb-4bit", max_seq_length = max_seq_length, dtype = None, load_in_4bit = True,
)
model = FastLanguageModel.get_peft_model(
    model, r = 16, lora_alpha = 16, use_gradient_checkpointing = "unsloth",
    target_modules = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"],
)
trainer = SFTTrainer(
    model = model, train_dataset = dataset, dataset_text_field = "text", max_seq_length = max_seq_length, packing = False,
    args = TrainingArguments(
        per_device_train_batch_size = 2, gradient_accumulation_steps = 4, max_steps = 60, optim = "adamw_8bit",
        fp16 = not is_bfloat16_supported(), bf16 = is_bfloat16_supported(), output_dir = "outputs",
    ),
)
"""
UNSLOTH_SAYS = {
    "framework": "hf", "task": "sft", "model": {"name": "unsloth/Meta-Llama-3.1-8B-bnb-4bit"}, "method": "qlora",
    "lora_rank": 16, "lora_targets": "all-linear", "microbatch": 2, "global_batch_sequences": 8, "sequence": 2048,
    "precision": "bf16", "recompute": "full", "offload": "activations", "optimizer": "adamw-8bit", "packing": False,
    "tokens": 60 * 8 * 2048,
}  # fmt: skip

SCRIPTS = {
    "adapters over 4 bits with TRL": Case(
        "train.py",
        """
model_id = "meta-llama/Llama-3.1-8B"
max_len = 4096
quantized = BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_compute_dtype=torch.bfloat16)
model = AutoModelForCausalLM.from_pretrained(model_id, quantization_config=quantized, torch_dtype=torch.bfloat16)
tokenizer = AutoTokenizer.from_pretrained("somebody/else")
peft_config = LoraConfig(r=64, lora_alpha=16, target_modules="all-linear", task_type="CAUSAL_LM")
args = SFTConfig(
    output_dir="out", num_train_epochs=1, per_device_train_batch_size=4, gradient_accumulation_steps=8, max_length=max_len,
    packing=True, learning_rate=2e-4, bf16=True, optim="paged_adamw_8bit", warmup_ratio=0.1, lr_scheduler_type="cosine",
    logging_steps=10, save_strategy="epoch", report_to="wandb",
)
SFTTrainer(model=model, args=args, peft_config=peft_config, train_dataset=dataset).train()
""",
        {
            "framework": "trl", "task": "sft", "model": {"name": "meta-llama/Llama-3.1-8B"}, "method": "qlora",
            "lora_rank": 64, "lora_targets": "all-linear", "microbatch": 4, "global_batch_sequences": 256, "sequence": 4096,
            "epochs": 1, "packing": True, "optimizer": "adamw-8bit-paged", "recompute": "full", "precision": "bf16",
        },
        given={"gpus": 8},
    ),
    "Unsloth's": Case("train.py", UNSLOTH, UNSLOTH_SAYS, given={"gpus": 1}),
    "pairs": Case(
        "train.py",
        'model = AutoModelForCausalLM.from_pretrained("Qwen/Qwen2.5-7B-Instruct")\n'
        "args = DPOConfig(per_device_train_batch_size=2, gradient_accumulation_steps=8, beta=0.1, num_train_epochs=1)\n",
        {"framework": "trl", "model": {"name": "Qwen/Qwen2.5-7B-Instruct"}, "method": "full", "global_batch_sequences": 32},
        "a batch counts pairs of answers",
        given={"gpus": 2},
    ),
    "pairs with arguments of Transformers, as it was": Case(
        "train.py",
        'args = TrainingArguments(per_device_train_batch_size=1, gradient_accumulation_steps=4, output_dir="x")\n'
        "DPOTrainer(model, ref_model, args=args, beta=0.1, train_dataset=data)\n",
        {"framework": "trl"},
        "a batch counts pairs of answers",
    ),
    "rollouts": Case(
        "train.py",
        "args = GRPOConfig(num_generations=8, per_device_train_batch_size=8, max_completion_length=1024, max_steps=500)\n"
        'GRPOTrainer(model="Qwen/Qwen2-0.5B-Instruct", reward_funcs=f, args=args, train_dataset=data)\n',
        {
            "task": "rl", "model": {"name": "Qwen/Qwen2-0.5B-Instruct"},
            "rl": {"algorithm": "grpo", "prompts": 8, "group": 8, "updates_per_round": 1, "response_cap": 1024, "steps": 500},
        },
        given={"gpus": 8},
    ),
    "a trainer alone": Case(
        "train.py",
        'SFTTrainer(model="Qwen/Qwen3-0.6B", train_dataset=load_dataset("trl-lib/Capybara")).train()\n',
        {"framework": "trl", "model": {"name": "Qwen/Qwen3-0.6B"}, "microbatch": 8, "recompute": "full", "method": "full"},
    ),
    "what a command's arguments are by default": Case(
        "train.py",
        """
parser = argparse.ArgumentParser()
parser.add_argument("--model_name", type=str, default="mistralai/Mistral-7B-v0.1")
parser.add_argument("-b", "--batch-size", type=int, default=4)
args = parser.parse_args()
model = AutoModelForCausalLM.from_pretrained(args.model_name, load_in_8bit=True, torch_dtype=torch.float16)
model = get_peft_model(model, LoraConfig(lora_alpha=32, target_modules=["q_proj", "v_proj"]))
TrainingArguments(per_device_train_batch_size=args.batch_size, gradient_accumulation_steps=64 // args.batch_size, fp16=True)
""",
        {
            "model": {"name": "mistralai/Mistral-7B-v0.1"}, "method": "lora-8bit", "lora_rank": 8, "lora_targets": "query-value",
            "microbatch": 4, "global_batch_sequences": 64, "precision": "fp16",
        },
        given={"gpus": 1},
    ),
    "what is reckoned as it runs is no default": Case(
        "train.py",
        "TrainingArguments(output_dir='x', per_device_train_batch_size=best(), gradient_accumulation_steps=2, bf16=True)\n",
        {"microbatch": None, "precision": "bf16"},
        "per_device_train_batch_size: it is reckoned when the file runs, and not read",
    ),
    "a name that is given two values": Case(
        "train.py",
        "n = 2\nif big:\n    n = 8\nTrainingArguments(output_dir='x', per_device_train_batch_size=n, bf16=True)\n",
        {"microbatch": None},
        "per_device_train_batch_size: it is reckoned",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", SCRIPTS.values(), ids=SCRIPTS)
def test_scripts_say_what_they_say(case: Case) -> None:
    check(case)


def test_a_notebook_is_its_code() -> None:
    cells = [
        {"cell_type": "markdown", "source": ["# per_device_train_batch_size = 64"]},
        {"cell_type": "code", "source": ["%%capture\n", "!pip install unsloth\n"]},
        {"cell_type": "code", "source": UNSLOTH.splitlines(keepends=True)},
    ]
    found = read("Llama3.1_(8B)-Alpaca.ipynb", json.dumps({"cells": cells, "nbformat": 4}), gpus=1)
    assert {key: found[key] for key in UNSLOTH_SAYS} == UNSLOTH_SAYS


@pytest.mark.parametrize("text", ['{"cells": 3}', '{"cells": [1, {"cell_type": "code"}]}', "[]", "", "{"])
def test_a_notebook_without_code_is_no_settings(text: str) -> None:
    assert not READER.knows(SourceFile("a.ipynb", text))
