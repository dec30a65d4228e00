"""Fine-tunes in settings become what they are in a plan, or are refused: never plain full tuning unsaid."""

from __future__ import annotations

import pytest

from isocost.catalog import load
from isocost.files.imports import Given, read_file
from isocost.files.imports.source import NotUnderstoodError
from isocost.plan.answer.estimate import estimate
from isocost.plan.inputs.starting import new_project
from isocost.plan.project.project import Place

CATALOG = load()
FACTORY = """model_name_or_path: meta-llama/Llama-3.1-8B-Instruct
do_train: true
cutoff_len: 2048
per_device_train_batch_size: 1
gradient_accumulation_steps: 8
num_train_epochs: 3.0
"""
AXOLOTL = """base_model: NousResearch/Meta-Llama-3.1-8B
lora_r: 32
sequence_len: 4096
sample_packing: true
micro_batch_size: 2
gradient_accumulation_steps: 4
num_epochs: 3
bf16: auto
"""


def made(tmp_path, text: str):
    """The plan of a file of settings on 8 accelerators."""
    path = tmp_path / ("run.sh" if " --" in text else "run.yaml")
    path.write_text(text, encoding="utf-8")
    return read_file(path, Given(gpus=8)).change(new_project(CATALOG), CATALOG, Place())


@pytest.mark.parametrize(
    ("text", "method", "optimizer"),
    [
        (f"{FACTORY}finetuning_type: lora\nbf16: true", "lora", "adamw"),
        (f"{FACTORY}finetuning_type: lora\nquantization_bit: 4", "qlora", "adamw"),
        (f"{FACTORY}finetuning_type: lora\nquantization_bit: 8", "lora-8bit", "adamw"),
        (f"{FACTORY}finetuning_type: lora\nuse_dora: true", "dora", "adamw"),
        (f"{FACTORY}finetuning_type: full\nuse_muon: true", "full", "muon"),
        (f"{AXOLOTL}adapter: lora\nload_in_8bit: true\noptimizer: adamw_bnb_8bit", "lora-8bit", "adamw-8bit"),
        (f"{AXOLOTL}adapter: lora\npeft_use_dora: true", "dora", "adamw"),
    ],
)
def test_a_fine_tune_is_what_it_is(tmp_path, text, method, optimizer):
    tuning = made(tmp_path, text).scenarios[0].stages[0].tuning
    assert (tuning.method, tuning.optimizer) == (method, optimizer)


@pytest.mark.parametrize(
    "text",
    [
        f"{FACTORY}finetuning_type: freeze",
        f"{FACTORY}finetuning_type: oft",
        f"{FACTORY}finetuning_type: full\nuse_galore: true",
        f"{FACTORY}finetuning_type: full\nuse_badam: true",
        f"{FACTORY}finetuning_type: lora\nquantization_bit: 4\nuse_dora: true",
        f"{FACTORY}finetuning_type: lora\nquantization_bit: 3",
        f"{FACTORY}finetuning_type: lora\nstage: ppo",
        f"{AXOLOTL}optimizer: galore_adamw",
        f"{AXOLOTL}unfrozen_parameters: [^lm_head.weight$]",
        f"{AXOLOTL}adapter: lora\nrl: grpo",
    ],
)
def test_what_no_plan_has_is_refused(tmp_path, text):
    with pytest.raises(NotUnderstoodError, match=r"is not taken: .*\.$"):
        made(tmp_path, text)


def test_weights_in_eight_bits_are_said_in_the_estimate(tmp_path):
    project = made(tmp_path, f"{FACTORY}finetuning_type: lora\nquantization_bit: 8\nbf16: true")
    said = [notice.message for notice in estimate(project, CATALOG).warnings]
    assert any(message.startswith("LoRA over 8-bit weights is computed as LoRA") for message in said)


@pytest.mark.parametrize(("loss", "objective"), [("orpo", "orpo"), ("simpo", "orpo"), ("sigmoid", "dpo")])
def test_pairs_are_of_the_loss_that_is_named(tmp_path, loss, objective):
    text = f"{FACTORY}finetuning_type: lora\nstage: dpo\npref_loss: {loss}"
    assert made(tmp_path, text).scenarios[0].stages[0].preference.objective == objective


TRL = (
    "--model_name_or_path Qwen/Qwen2.5-7B --per_device_train_batch_size 4 --gradient_accumulation_steps 2 "
    "--bf16 --max_length 2048 --max_steps 500"
)
SWIFT = "--model Qwen/Qwen2.5-7B --train_type full --per_device_train_batch_size 2 --torch_dtype bfloat16"
OPENRLHF = (
    "--pretrain Qwen/Qwen2.5-7B --train_batch_size 128 --micro_train_batch_size 2 --bf16 --zero_stage 3 "
    "--max_len 2048"
)


@pytest.mark.parametrize(
    ("text", "objective", "batch"),
    [
        (f"trl kto {TRL}", "kto", 32),
        (f"trl orpo {TRL}", "orpo", 64),
        (f"trl reward {TRL}", "reward-model", 64),
        (f"python examples/run_kto_qwen.py {TRL}", "kto", 32),
        (f"accelerate launch trl/scripts/cpo.py --loss_type simpo {TRL}", "orpo", 64),
        (f"accelerate launch trl/scripts/dpo.py --loss_type ipo {TRL}", "dpo", 64),
        (f"python train.py --desirable_weight 1.0 --beta 0.1 {TRL}", "kto", 32),
        (f"swift rlhf {SWIFT}", "dpo", 16),
        (f"swift rlhf --rlhf_type kto {SWIFT}", "kto", 8),
        (f"swift rlhf --rlhf_type rm {SWIFT}", "reward-model", 16),
        (f"deepspeed --module openrlhf.cli.train_rm {OPENRLHF}", "reward-model", 128),
        (f"deepspeed --module openrlhf.cli.train_kto {OPENRLHF}", "kto", 64),
        (f"{AXOLOTL}rl: kto", "kto", 32),
        (f"{AXOLOTL}rl: ipo", "dpo", 64),
        (f"{AXOLOTL}reward_model: true", "reward-model", 64),
        (f"{FACTORY}finetuning_type: lora\nstage: kto", "kto", 32),
        (f"{FACTORY}finetuning_type: lora\nstage: rm", "reward-model", 64),
    ],
)
def test_a_trainer_of_preferences_is_what_it_is(tmp_path, text, objective, batch):
    (stage,) = made(tmp_path, text).scenarios[0].stages
    assert (stage.preference.objective, stage.preference.batch_pairs) == (objective, batch)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"trl cpo {TRL}", "cpo: reckoned as orpo, which has its work"),
        (f"trl kto {TRL}", "a batch counts single answers"),
        (f"{AXOLOTL}rl: ipo", "ipo: reckoned as dpo, which has its work"),
        (f"{FACTORY}finetuning_type: lora\nstage: dpo\npref_loss: hinge", "hinge: reckoned as dpo"),
    ],
)
def test_an_objective_that_stands_for_another_is_said(tmp_path, text, said):
    assert said in made(tmp_path, text).scenarios[0].stages[0].note


@pytest.mark.parametrize(
    "text",
    [
        *(f"trl {each} {TRL}" for each in ("ppo", "rloo", "gkd", "nash_md", "xpo", "online_dpo", "prm")),
        f"swift rlhf --rlhf_type ppo {SWIFT}",
        f"swift rlhf --rlhf_type gkd {SWIFT}",
        f"deepspeed --module openrlhf.cli.train_kd {OPENRLHF}",
        f"{AXOLOTL}process_reward_model: true",
    ],
)
def test_a_trainer_of_what_is_no_fine_tune_is_refused(tmp_path, text):
    with pytest.raises(NotUnderstoodError, match=r"is not taken: .*\.$"):
        made(tmp_path, text)


def test_all_parameters_in_16_bits(tmp_path):
    project = made(tmp_path, f"{FACTORY}finetuning_type: full\nuse_muon: true\npure_bf16: true")
    assert project.scenarios[0].stages[0].data.precision == "bf16-true"


@pytest.mark.parametrize(
    ("named", "sharding"),
    [("ds_z3_offload_config.json", "zero3-offload"), ("ds_z3_config.json", "zero3"),
     ("ds_z2_offload_config.json", "zero-offload")],
)  # fmt: skip
def test_states_in_the_hosts_memory_are_offloaded(tmp_path, named, sharding):
    project = made(tmp_path, f"{FACTORY}finetuning_type: full\ndeepspeed: examples/deepspeed/{named}")
    assert project.scenarios[0].layout.sharding == sharding
