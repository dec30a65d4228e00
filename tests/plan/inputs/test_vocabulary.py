"""Words of training as frameworks spell them: taken, computed as something said, or refused in words."""

from __future__ import annotations

import csv
import re
from typing import get_args

import pytest

from isocost.catalog import load
from isocost.catalog.entries.measured_training import stack_of
from isocost.catalog.vocabulary import vocabulary
from isocost.engine.peaks import matmul_peak
from isocost.evidence.rows import words
from isocost.evidence.rows.measured_rows import run_from_row
from isocost.files.errors import ContentError
from isocost.files.loading import parse_project
from isocost.files.saving import project_text
from isocost.paths import resource
from isocost.plan.answer.estimate import Estimate, estimate
from isocost.plan.inputs.table import CHOICES
from isocost.plan.kinds import KINDS
from isocost.plan.project.programme import OperatorName
from isocost.plan.values import PrecisionName, TuningMethod, TuningOptimizer

CATALOG = load()


def plan(tuning: str = "", data: str = "", kind: str = "sft", scenario: str = "") -> str:
    return f"""isocost: 1
name: A plan
scenarios:
- name: One
  model: Qwen/Qwen3-8B
  hardware: {{accelerator: h100-sxm, count: 8}}
  price: {{usd_per_gpu_hour: 2.0}}
  {scenario}
  stages:
  - kind: {kind}
    name: Run
    data: {{tokens: 100M, batch_tokens: 500K{data}}}
    {tuning and f"tuning: {{{tuning}}}"}
"""


def estimated(text: str) -> Estimate:
    project = parse_project(text, CATALOG)
    assert parse_project(project_text(project), CATALOG) == project
    return estimate(project, CATALOG)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("adamw_torch_fused", "adamw"),
        ("adamw_8bit", "adamw-8bit"),
        ("adamw_bnb_8bit", "adamw-8bit"),
        ("8-bit Adam", "adamw-8bit"),
        ("paged_adamw_8bit", "adamw-8bit-paged"),
        ("paged_adamw_32bit", "adamw-paged"),
        ("adafactor", "adafactor"),
        ("lion", "lion"),
        ("sgd", "sgd"),
        ("muon", "muon"),
        ("dist_muon", "muon"),
    ],
)
def test_optimizers_as_frameworks_spell_them(typed, meant):
    stage = parse_project(plan(f"optimizer: {typed}"), CATALOG).scenarios[0].stages[0]
    assert stage.tuning.optimizer == meant
    row = {"model": "Qwen3 8B", "gpu": "h100", "n_gpus": "8", "seq_len": "4096", "optimizer": typed}
    computed = vocabulary().computed("tuning.optimizer", meant)
    assert run_from_row(row, CATALOG).work.optimizer == computed


PINNED = "layout: {tp: 1, pp: 1, cp: 1, microbatch: 1, recompute: full, sharding: zero3}"


def test_an_optimizer_takes_the_memory_of_its_states():
    def gigabytes(name: str) -> float:
        parts = estimated(plan(f"optimizer: {name}", scenario=PINNED)).stages[0].memory.parts
        return next(part.amount for part in parts if part.name == "Optimizer") / 1e9

    adamw = gigabytes("adamw")
    for name, share in (("lion", 8 / 12), ("muon", 8 / 12), ("adafactor", 4 / 12), ("sgd", 4 / 12)):
        assert gigabytes(name) == pytest.approx(share * adamw, rel=0.01), name


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("bf16-mixed", "bf16"),
        ("bf16-true", "bf16-true"),
        ("fp32", "fp32"),
        ("32-true", "fp32"),
        ("tf32", "tf32"),
        ("mxfp4", "mxfp4"),
    ],
)
def test_precisions_as_frameworks_spell_them(typed, meant):
    stage = parse_project(plan(data=f", precision: {typed}"), CATALOG).scenarios[0].stages[0]
    assert stage.data.precision == meant


def test_fp32_is_not_tf32():
    h100 = CATALOG.accelerator("H100").spec
    assert matmul_peak(h100, "fp32") == pytest.approx(66.9e12)
    assert matmul_peak(h100, "tf32") == pytest.approx(494.7e12)
    hours = [
        estimated(plan(data=f", precision: {each}")).total.gpu_hours for each in ("fp32", "tf32", "bf16")
    ]
    assert hours[0] > 3 * hours[1] > 3 * hours[2]


def test_weights_in_16_bits_throughout_take_less_memory():
    mixed, pure = (
        estimated(plan(data=f", precision: {each}", scenario=PINNED)).stages[0].memory.total
        for each in ("bf16", "bf16-true")
    )
    assert pure < 0.7 * mixed
    warnings = estimated(plan(data=", precision: bf16-true")).warnings
    assert not [notice for notice in warnings if notice.field == "data.precision"]
    assert words.pure_16_bit("bf16-true") == words.pure_16_bit("pure bf16") == "adamw-bf16"
    assert words.pure_16_bit("bf16-mixed") is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (plan(data=", precision: int8"), "data.precision: 'int8' is not taken: Weights kept in that format"),
        (plan(data=", precision: 8bit"), "multiplied in 16 bits: use bf16"),
        (plan("method: dpo"), "tuning.method: 'dpo' is not taken: DPO is a kind of stage, kind: preference"),
        (plan("method: orpo"), "preference.objective orpo"),
        (plan("method: freeze"), "Training some of the layers is not modelled"),
        (plan("method: galore"), "not modelled; full with optimizer adamw-8bit bounds"),
        (plan("method: badam"), "one block of layers at a time is not modelled"),
        (plan("optimizer: deepspeed_cpu_adam"), "the host's processor is not modelled"),
        (plan("optimizer: nonsense"), "unknown value 'nonsense'"),
        (plan(kind="dpo"), "It is kind: preference"),
        (plan(scenario="layout: {sharding: MiCS}"), "Groups of accelerators that hold all states"),
    ],
)
def test_what_is_not_modelled_is_refused_in_words(text, said):
    with pytest.raises(ContentError) as refused:
        parse_project(text, CATALOG)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("text", "field", "said"),
    [
        (plan(scenario="layout: {sharding: ZeRO-Infinity}"), "layout.sharding", "computed as ZeRO-3"),
        (plan(scenario="layout: {sharding: hpZ}"), "layout.sharding", "second copy of the weights"),
        (plan(data=", precision: mxfp4").replace("h100-sxm", "b200"), "data.precision", "as NVFP4"),
        (plan("optimizer: paged_adamw_32bit"), "tuning.optimizer", "as if they stayed"),
        (plan("method: dora"), "tuning.method", "computed as LoRA"),
    ],
)
def test_what_is_understood_but_not_modelled_is_said(text, field, said):
    found = [n for n in estimated(text).warnings if n.code == "not-modelled"]
    assert [(notice.field, said in notice.message) for notice in found] == [(field, True)]


def test_a_format_the_accelerator_lacks_is_said_once():
    (told,) = [n for n in estimated(plan(data=", precision: mxfp4")).warnings if n.field == "data.precision"]
    assert told.message == "H100 has no MXFP4; the estimate uses FP8."


@pytest.mark.parametrize("word", ["ZeRO-Offload", "zero3-offload"])
def test_states_on_the_host_are_computed_and_nothing_is_left_to_say(word):
    here, host = (estimated(plan(scenario=f"layout: {{sharding: {each}}}")) for each in ("zero3", word))
    assert not [n for n in host.warnings if n.code == "not-modelled"]
    assert host.total.wall_days > here.total.wall_days


def test_a_model_says_what_its_shape_leaves_out():
    text = plan().replace("Qwen/Qwen3-8B", "DeepSeek-V4-Flash")
    assert "model-unmodelled" in {notice.code for notice in estimated(text).warnings}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "mistralai/Pixtral-12B-2409",
            "is taken as Mistral Nemo 12B: not modelled is its encoder of pictures.",
        ),
        ("Qwen/Qwen3-VL-8B-Thinking", "is taken as Qwen3 8B: not modelled is its encoder of pictures."),
        ("Qwen/Qwen3-Omni-30B-A3B-Instruct", "not modelled is what it sees, hears and speaks with."),
        ("zai-org/GLM-4.5V", "not modelled is its encoder of pictures."),
        ("meta-llama/Llama-3.2-11B-Vision", "solved from the size of both."),
        ("Qwen/Qwen2-Audio-7B", "not modelled is its encoder of sound."),
    ],
)
def test_a_model_that_sees_or_hears_says_that_its_text_part_is_planned(name, said):
    (told,) = [
        n for n in estimated(plan().replace("Qwen/Qwen3-8B", name)).warnings if n.code == "model-unmodelled"
    ]
    assert told.field == "model.name"
    assert told.message.endswith(said)


@pytest.mark.parametrize("name", ["Qwen/Qwen3-8B", "meta-llama/Llama-3.1-8B", "deepseek-ai/DeepSeek-V3"])
def test_of_a_model_of_text_nothing_of_the_kind_is_said(name):
    told = estimated(plan().replace("Qwen/Qwen3-8B", name)).warnings
    assert "model-unmodelled" not in {notice.code for notice in told}


def test_a_framework_names_the_tier_that_its_measured_runs_have():
    named = {w.word: w.value for (field, _), w in vocabulary().words.items() if field == "efficiency.stack"}
    assert {"megatron", "nanotron", "axolotl"} <= set(named)
    assert {word: stack_of(word) for word in named} == named


@pytest.mark.parametrize(
    ("path", "word", "meant"),
    [
        ("site.operator", "on-prem", "own-room"),
        ("site.operator", "AWS", "hyperscaler"),
        ("site.operator", "colo", "colocation"),
        ("efficiency.attention", "mem_efficient", "fa2"),
        ("layout.recompute", "yes", "full"),
        ("data.precision", "hybrid", "fp8"),
        ("data.precision", "O2", "fp16"),
        ("layout.sharding", "optimizer-state-sharding", "zero1"),
    ],
)
def test_words_of_operators_and_of_switches(path, word, meant):
    row = vocabulary().row(path, word)
    assert row is not None
    assert (row.value, row.refused) == (meant, "")


@pytest.mark.parametrize(
    ("path", "word", "cure"),
    [
        ("site.operator", "cloud", "specialist"),
        ("efficiency.attention", "ring attention", "layout.cp"),
        ("layout.recompute", "mlp", "selective"),
        ("rl.algorithm", "expert-iteration", "kind: generation"),
        ("tuning.method", "LLaMA-Pro", "lora"),
    ],
)
def test_words_of_other_methods_name_what_would_be_right(path, word, cure):
    row = vocabulary().row(path, word)
    assert row is not None
    assert row.value == ""
    assert cure in row.refused


@pytest.mark.parametrize(
    ("hardware", "told"),
    [
        ("8xH100", []),
        ("3 H100", ["3 H100 are not rented: up to 8 they come by 1, 2, 4 or 8; 4 is used."]),
        (
            "2x p5.48xlarge",
            ["p5.48xlarge holds 8 H100. A plan counts single GPUs: 16 here, 2 x p5.48xlarge."],
        ),
        ("2 gfx942", ["gfx942 is taken as MI300X; MI325X and MI308X have the same architecture."]),
        ("2x GB200 NVL72", []),
    ],
)
def test_a_number_of_accelerators_says_of_its_name_what_the_name_holds(hardware, told):
    text = re.sub(r"hardware: .*", f"hardware: {hardware}", plan())
    fields = ("hardware.count", "hardware.accelerator")
    codes = ("better-count", "does-not-fit")
    found = [n for n in estimated(text).warnings if n.field in fields and n.code not in codes]
    assert [notice.message for notice in found] == told


def test_renting_and_async_are_understood():
    scenario = parse_project(plan(scenario="supply: {mode: rent}"), CATALOG).scenarios[0]
    assert scenario.supply.mode == "on-demand"
    tree = plan(kind="rl").replace(
        "    data: {tokens: 100M, batch_tokens: 500K}\n", "    rl: {schedule: async}\n"
    )
    assert parse_project(tree, CATALOG).scenarios[0].stages[0].rl.schedule == "asynchronous"


@pytest.mark.parametrize(
    ("text", "method"), [("full", "full"), ("LoRA r=16", "lora"), ("dora", "lora"), ("pretrain", "full")]
)
def test_kinds_of_a_table_are_read(text, method):
    assert words.method(text) == method


@pytest.mark.parametrize("text", ["dpo", "orpo", "freeze", "galore", "badam", "DPO full"])
def test_kinds_of_a_table_are_never_plain_full_tuning(text):
    with pytest.raises(ValueError, match="kind is"):
        words.method(text)


def test_the_group_of_mics_is_read():
    assert words.sharding("MiCS 16") == ("zero3", 16.0)
    with pytest.raises(ValueError, match="not modelled"):
        words.sharding("ZeRO-Infinity")


def test_every_word_leads_to_one_of_a_plan_or_says_why_not():
    with resource("vocabulary.csv").open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    for row in rows:
        known = KINDS if row["field"] == "kind" else CHOICES[row["field"]].options
        if row["field"] == "site.operator":
            known = get_args(OperatorName)
        assert row["refused"] or row["value"] in known, row
        assert not (row["said"] and row["word"] not in known), row


@pytest.mark.parametrize("change", [str.upper, str.title, str.casefold])
def test_a_plans_own_words_are_taken_in_any_case(change):
    words = {
        "tuning.method": get_args(TuningMethod), "tuning.optimizer": get_args(TuningOptimizer),
    }  # fmt: skip
    for path, known in words.items():
        section, name = path.split(".")
        for word in known:
            (stage,) = parse_project(plan(f"{name}: {change(word)}"), CATALOG).scenarios[0].stages
            assert getattr(getattr(stage, section), name) == word
    for word in get_args(PrecisionName):
        (stage,) = parse_project(plan(data=f", precision: {change(word)}"), CATALOG).scenarios[0].stages
        assert stage.data.precision == word
    for word in ("sft", "pretrain"):
        assert parse_project(plan(kind=change(word)), CATALOG).scenarios[0].stages


@pytest.mark.parametrize("word", ["MiCS 8", "mics_shard_size_8", "cpu-offload"])
def test_what_no_sharding_is_says_what_would_be(word):
    with pytest.raises(ContentError, match="zero3"):
        parse_project(plan(scenario=f"layout: {{sharding: {word}}}"), CATALOG)


@pytest.mark.parametrize(
    ("path", "word", "meant"),
    [
        ("layout.sharding", "ds_z3", "zero3"), ("layout.sharding", "deepspeed-zero3", "zero3"),
        ("layout.sharding", "ZeRO stage 3", "zero3"), ("tuning.method", "rslora", "lora"),
        ("tuning.method", "pissa", "lora"), ("data.precision", "fp8_blockwise", "fp8"),
        ("rl.algorithm", "gspo", "grpo"), ("rl.algorithm", "reinforce++", "reinforce"),
        ("efficiency.attention", "fa3", "tuned"), ("efficiency.attention", "flash_attention_2", "fa2"),
        ("efficiency.attention", "sdpa", "fa2"),
    ],
)  # fmt: skip
def test_words_of_frameworks_are_resolved(path, word, meant):
    row = vocabulary().row(path, word)
    assert row is not None
    assert row.value == meant


@pytest.mark.parametrize(("path", "word"), [("tuning.optimizer", "adamw_torch_4bit"), ("kind", "kto")])
def test_words_that_are_none_say_what_would_be(path, word):
    row = vocabulary().row(path, word)
    assert row is not None
    assert row.refused.endswith(".")


@pytest.mark.parametrize(
    ("path", "word", "meant"),
    [
        ("tuning.optimizer", "ao_adamw_8bit", "adamw-8bit"),
        ("tuning.optimizer", "torch.optim.AdamW", "adamw"),
        ("data.precision", "bf16_full", "bf16-true"), ("data.precision", "no", "fp32"),
        ("layout.sharding", "deepspeed_stage_3_offload", "zero3-offload"),
        ("layout.sharding", "optim_grads_params", "zero3"), ("layout.recompute", "core_attn", "selective"),
        ("supply.mode", "on-premises", "own"), ("kind", "synthetic-data", "generation"),
        ("kind", "eval", "evaluation"),
    ],
)  # fmt: skip
def test_more_words_of_frameworks_are_resolved(path, word, meant):
    row = vocabulary().row(path, word)
    assert row is not None
    assert row.value == meant


@pytest.mark.parametrize(
    ("path", "word"),
    [
        ("tuning.optimizer", "zerooneadam"), ("tuning.optimizer", "nadam"), ("tuning.method", "fourierft"),
        ("tuning.method", "relora"), ("layout.sharding", "hybrid_shard_zero2"), ("data.precision", "fp64"),
    ],
)  # fmt: skip
def test_more_words_that_are_none_say_what_would_be(path, word):
    row = vocabulary().row(path, word)
    assert row is not None
    assert row.refused.endswith(".")


@pytest.mark.parametrize(
    ("path", "word", "meant"),
    [
        ("layout.schedule", "ZBVZeroBubble", "zbv"),
        ("layout.schedule", "zb-h1", "zero-bubble"),
        ("layout.schedule", "Schedule1F1B", "1f1b"),
        ("tuning.method", "qlora-4bit", "qlora"),
        ("tuning.method", "lora 4bit", "qlora"),
        ("tuning.method", "LoRA-bf16", "lora"),
        ("layout.sharding", "fsdp-offload", "zero3-offload"),
        ("data.precision", "torchao.float8", "fp8"),
        ("data.precision", "te-fp8", "fp8"),
        ("rl.algorithm", "Dr. GRPO", "grpo"),
        ("rl.algorithm", "VAPO", "ppo"),
        ("rl.algorithm", "reinforce_plus_plus_baseline", "grpo"),
        ("rl.schedule", "partial rollout", "asynchronous"),
        ("rl.schedule", "1-off", "one-step"),
        ("preference.objective", "sppo", "dpo"),
        ("supply.mode", "1 year", "reserved"),
        ("supply.mode", "bare metal", "on-demand"),
        ("supply.mode", "hybrid", "mixed"),
    ],
)
def test_words_of_frameworks_and_suppliers(path, word, meant):
    row = vocabulary().row(path, word)
    assert row is not None
    assert (row.value, row.refused) == (meant, "")


@pytest.mark.parametrize(
    ("path", "word", "cure"),
    [
        ("supply.mode", "3yr", "supply.term_months: 36"),
        ("supply.mode", "three-year", "supply.term_months: 36"),
        ("supply.mode", "grant", "price.usd_per_gpu_hour: 0"),
        ("layout.schedule", "DualPipeV", "zbv"),
        ("layout.schedule", "chimera", "1f1b"),
        ("layout.sharding", "deepspeed", "zero3"),
        ("tuning.method", "gptq-lora", "qlora"),
        ("rl.schedule", "disaggregated", "rl.generation_share"),
        ("rl.algorithm", "rlhf", "grpo"),
        ("preference.objective", "ppo", "kind: rl"),
        ("tuning.optimizer", "dion", "muon"),
    ],
)
def test_words_that_say_too_little_or_more_than_a_plan_has_name_what_would_be_right(path, word, cure):
    row = vocabulary().row(path, word)
    assert row is not None
    assert row.value == ""
    assert cure in row.refused


def test_three_years_are_not_taken_for_one():
    with pytest.raises(ContentError, match=r"supply\.term_months: 36"):
        parse_project(plan(scenario="supply: {mode: 3yr}"), CATALOG)
