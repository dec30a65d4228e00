# ruff: noqa: E501 - files stand here as people write them
"""Forms in which settings are written (shell, YAML, Python, references), and shapes of models that stand in them."""

from __future__ import annotations

import pytest

from isocost.files.imports import Given, NotUnderstoodError
from isocost.files.imports.settings.reader import SettingsReader
from isocost.files.imports.source import SourceFile
from tests.files.imports.test_settings_kinds import read
from tests.files.imports.test_settings_words import Case, check

RUN = "torchrun --nproc_per_node 8 pretrain_gpt.py --micro-batch-size 1 --seq-length 4096 --bf16"
SHELL = {
    "sums": Case(
        "m.sh",
        f"A=$((2 + 3 * 4 + 6 / 3 % 5))\nB=$((-(-$A)))\n{RUN} --global-batch-size $B --train-iters $((100 // 3))",
        {"global_batch_sequences": 16, "gpus": 8, "tokens": 33 * 16 * 4096},
    ),
    "sums that are none": Case(
        "m.sh",
        f"{RUN} --global-batch-size $((8 / 0)) --train-iters $((2 ** 3))",
        {"global_batch_sequences": None, "tokens": None},
        problem="global_batch_size: a whole number is expected, got '$((8 / 0))'.",
    ),
    "a sum larger than any batch": Case(
        "m.sh",
        f"{RUN} --global-batch-size $((999999999999 * 999999999999))",
        {"global_batch_sequences": None},
        problem="global_batch_size",
    ),
    "a sum that is no sum": Case("m.sh", f"{RUN} --global-batch-size $((8 +))", {"global_batch_sequences": None}, problem="global_batch_size"),
    "a sum without end": Case(
        "m.sh", f"{RUN} --global-batch-size $(({'1+' * 150}1))", {"global_batch_sequences": None}, problem="global_batch_size"
    ),
    "a default with variables in it": Case(
        "m.sh",
        f"BASE=16\n{RUN} --global-batch-size ${{BATCH:-$((${{BASE}} * 2))}} --tensor-model-parallel-size ${{TP:-${{ALSO:-2}}}}",
        {"global_batch_sequences": 32, "tp": 2},
    ),
    "a default with words around its variable": Case(
        "m.sh", f"KIND=select\n{RUN} --recompute-granularity ${{WHAT:-${{KIND}}ive}}", {"recompute": "selective"}
    ),
    "what is left of a name": Case(
        "m.sh", f"{RUN} --global-batch-size ${{BATCH%.*}}", {"global_batch_sequences": None}, problem="global_batch_size"
    ),
    "a document and a loop": Case(
        "m.sh",
        "cat <<END > notes.txt\n--tensor-model-parallel-size 8\nEND\nfor i in 1 2 3; do\n  echo $i --tp 4\ndone\n" + RUN,
        {"tp": 1, "gpus": 8},
    ),
    "both ends of a condition": Case(
        "m.sh",
        f"N=4\nif [ $N -ge 2 ] && [ $N -le 8 ]; then\n  TP=2\nelse\n  TP=8\nfi\n{RUN} --tensor-model-parallel-size $TP",
        {"tp": 2},
    ),
    "one end of a condition that is not met": Case(
        "m.sh",
        f"N=4\nif [ $N -lt 2 ] || [ $N -ne 4 ] || test $N -eq 5; then\n  TP=2\nelse\n  TP=8\nfi\n{RUN} --tensor-model-parallel-size $TP",
        {"tp": 8},
    ),
    "a condition that is denied": Case(
        "m.sh", f'N=4\nif [ ! $N -eq 5 ] && [ -n "$N" ]; then TP=4; fi\n{RUN} --tensor-model-parallel-size $TP', {"tp": 4}
    ),
    "a condition by a pattern": Case(
        "m.sh",
        f'KIND=h100\nTP=2\nif [[ "$KIND" == h* ]]; then\n  TP=8\nfi\n{RUN} --tensor-model-parallel-size $TP',
        {"tp": 2},
        "TP",
    ),
    "conditions of words nobody has": Case(
        "m.sh",
        f"TP=2\nif [ $A -gt b ] && [ c -gt 1 ]; then\n  TP=8\nfi\nif grep -q x file; then\n  TP=4\nfi\nif [ a b ]; then TP=16; fi\n"
        f"{RUN} --tensor-model-parallel-size $TP",
        {"tp": 2},
        "TP",
    ),
    "of two that may hold one holds": Case(
        "m.sh",
        f"N=4\nif [ -f ours ] || [ $N -eq 4 ]; then\n  TP=4\nfi\nif [ -f ours ] && [ $N -eq 5 ]; then\n  TP=8\nfi\n{RUN} --tensor-model-parallel-size $TP",
        {"tp": 4},
    ),
    "quotes that do not end": Case("m.sh", f"{RUN} --optimizer 'adam", {"optimizer": "adamw"}),
    "a command within a word": Case(
        "m.sh", f"{RUN} --train-iters `cat steps`", {"tokens": None}, problem="train_iters: a whole number is expected"
    ),
    "a command that only a shell could run, with flags of its own": Case(
        "m.sh",
        f"{RUN} --train-iters $(python ours.py --tensor-model-parallel-size 4 $(nproc))",
        {"tokens": None, "tp": 1},
        problem="train_iters: a whole number is expected, got '$(python ours.py --tensor-model-parallel-size 4 $(nproc))'.",
    ),
    "such a command among a variable's words": Case(
        "m.sh",
        f'ARGS="--train-iters `ours -n 4` --tensor-model-parallel-size $(count gpus) --context-parallel-size 2"\n{RUN} $ARGS',
        {"tokens": None, "tp": None, "cp": 2},
        problem="tensor_model_parallel_size: a whole number is expected, got '$(count gpus)'.",
    ),
    "such a command in a variable no command uses": Case(
        "m.sh",
        'ARGS="--micro-batch-size 1 --seq-length 4096 --train-iters $(ours --tensor-model-parallel-size 4) --bf16"',
        {"tokens": None, "tp": 1, "precision": "bf16"},
        problem="train_iters: a whole number is expected, got '$(ours --tensor-model-parallel-size 4)'.",
    ),
    "accelerate's own words before the script": Case(
        "m.sh",
        "accelerate launch --num_processes 8 --mixed_precision bf16 train.py --per_device_train_batch_size 4 --output_dir out --max_steps 5",
        {"gpus": 8, "microbatch": 4},
    ),
}  # fmt: skip

TREES = {
    "references": Case(
        "n.yaml",
        "trainer: {devices: 8, num_nodes: 2, precision: bf16}\nscale: {nodes: 4, eight: 8}\n"
        "model:\n  micro_batch_size: ${div:${scale.eight},4}\n  global_batch_size: ${multiply:${scale.nodes},${scale.eight}}\n"
        "  encoder_seq_length: ${oc.env:SEQUENCE,4096}\n  tensor_model_parallel_size: ${oc.select:scale.none,2}\n"
        "  pipeline_model_parallel_size: ${oc.select:.micro_batch_size,9}\n  context_parallel_size: ${.expert_model_parallel_size}\n"
        "  expert_model_parallel_size: 1\n",
        {"gpus": 16, "microbatch": 2, "global_batch_sequences": 32, "sequence": 4096, "tp": 2, "pp": 2, "cp": 1},
    ),
    "what has to be given": Case(
        "n.yaml",
        "trainer: {devices: 8, num_nodes: 2, precision: bf16}\nmodel:\n  micro_batch_size: ???\n  global_batch_size: 16\n",
        {"microbatch": None, "global_batch_sequences": 16},
        "model.micro_batch_size: has to be given (???)",
    ),
    "references that lead nowhere": Case(
        "n.yaml",
        "trainer: {devices: 8, num_nodes: 2, precision: bf16}\nlist: [1, 2]\nmodel:\n  micro_batch_size: ${nowhere}\n  global_batch_size: 16\n"
        "  encoder_seq_length: ${model.encoder_seq_length}\n  tensor_model_parallel_size: ${div:4,0}\n"
        "  pipeline_model_parallel_size: ${ours:1,2}\n  context_parallel_size: ${oc.env:CP}\n  num_layers: 1${list}\n  hidden_size: 1${\n",
        {"microbatch": None, "sequence": None, "cp": 1, "pp": 1, "tp": 1},
        "model.encoder_seq_length: ${model.encoder_seq_length} is not resolved",
    ),
    "a half": Case(
        "n.yaml",
        "trainer: {devices: 8, num_nodes: 2, precision: bf16}\nmodel:\n  micro_batch_size: ${div:3,2}\n  global_batch_size: 16\n",
        {"microbatch": None},
        problem="model.micro_batch_size: a whole number is expected, got 1.5.",
    ),
    "an anchor": Case(
        "a.yaml",
        "base_model: a/b-7b\nsequence_len: &len 4096\nmicro_batch_size: 1\nadapter: lora\n",
        {"microbatch": 1},
        "sequence_len: anchors, aliases and tags are not read",
    ),
    "values of every kind": Case(
        "a.yaml",
        "base_model: a/b-7b\nsequence_len: 4096\nmicro_batch_size: 1\nadapter: lora\ncreated: 2026-01-02\nlimit: .inf\n"
        "datasets:\n  - {path: a, type: b}\n",
        {"sequence": 4096, "method": "lora"},
    ),
    "a flag as a number and as a word": Case(
        "t.yaml",
        "output_dir: out\nper_device_train_batch_size: 4\nbf16: 1\nfp16: 'off'\ngradient_checkpointing: sometimes\n",
        {"precision": "bf16", "recompute": "none"},
        problem="gradient_checkpointing: true or false is expected, got 'sometimes'.",
    ),
    "a number of a word, and a list of one": Case(
        "t.yaml",
        "output_dir: out\nper_device_train_batch_size: 4\nnum_train_epochs: many\noptim: [adamw]\n",
        {"epochs": None},
        problem="num_train_epochs: a number is expected, got 'many'.\noptim: one word is expected, got a list.",
    ),
    "a count beyond counting": Case(
        "t.yaml",
        "output_dir: out\nper_device_train_batch_size: 10000000000000000\n",
        {"microbatch": None},
        problem="per_device_train_batch_size: a whole number from 1 to 1e15 is expected, got 10000000000000000.",
    ),
    "a product beyond counting": Case(
        "m.sh",
        "pretrain_gpt.py --micro-batch-size 1 --global-batch-size 900000000000000 --seq-length 900000000000000",
        {"batch_tokens": None, "sequence": 900_000_000_000_000},
        problem="batch tokens: what the file says comes to more than 1e18.",
    ),
    "a long word": Case(
        "d.json",
        '{"train_batch_size": "' + "x" * 80 + '", "zero_optimization": {"stage": 1}}',
        {"sharding": "zero1"},
        problem="train_batch_size: a whole number is expected, got '" + "x" * 55 + "....",
    ),
    "devices by their names": Case(
        "n.yaml",
        "trainer: {devices: [0, 1, 2, 3], num_nodes: 2, precision: bf16}\nmodel: {micro_batch_size: 1, global_batch_size: 16}\n",
        {"gpus": 8, "dp": 8},
    ),
    "devices left open": Case(
        "n.yaml",
        "trainer: {devices: -1, num_nodes: 2, precision: bf16}\nmodel: {micro_batch_size: 1, global_batch_size: 16}\n",
        {"gpus": None, "dp": None},
        "gpus",
    ),
    "degrees that do not divide": Case(
        "n.yaml",
        "trainer: {devices: 8, num_nodes: 1, precision: bf16}\nmodel: {micro_batch_size: 1, global_batch_size: 16, tensor_model_parallel_size: 3}\n",
        {"gpus": 8, "dp": None},
        problem="8 accelerators do not divide by tp 3 x pp 1 x cp 1.",
    ),
    "DeepSpeed written out in a trainer's file": Case(
        "t.yaml",
        "output_dir: out\nper_device_train_batch_size: 4\nbf16: true\nmax_steps: 10\n"
        "deepspeed: {zero_optimization: {stage: 3, offload_param: {device: cpu}}, train_micro_batch_size_per_gpu: auto}\n",
        {"sharding": "zero3", "offload": "parameters", "microbatch": 4},
    ),
    "a batch that is given": Case(
        "m.sh",
        "pretrain_gpt.py --micro-batch-size 1 --seq-length 4096 --bf16",
        {"global_batch_sequences": 64, "batch_tokens": 262_144},
        given={"batch": 64},
    ),
    "a Python file with more than settings": Case(
        "train.py",
        "import os\nclass A:\n    batch_size = 12\nblock_size = 1024\nn_layer, n_head = 12, 12\nn_embd = 4 * 192\nmax_iters = -(-100)\n"
        "path = os.path.join('a', b'c')\nos.environ['x'] = 'y'\nbetas = (0.9, 0.95)\nf(*a)(k=1)\n",
        {"microbatch": 12, "sequence": 1024, "global_batch_sequences": 480, "tokens": 49_152_000},
    ),
}  # fmt: skip

BARE = "pretrain_gpt.py --micro-batch-size 1 --seq-length 4096"
ROTARY = f"{BARE} --swiglu --disable-bias-linear --normalization RMSNorm --position-embedding-type rope"
SHAPES = {
    "GPT-2 with every bias": (
        f"{BARE} --num-layers 12 --hidden-size 768 --num-attention-heads 12 --vocab-size 50257 --max-position-embeddings 1024",
        {"parameters": 124_439_808, "ffn": 3072},
    ),
    "Qwen2.5 0.5B, biases of queries, keys and values": (
        f"{ROTARY} --num-layers 24 --hidden-size 896 --num-attention-heads 14 --group-query-attention --num-query-groups 2 "
        "--ffn-hidden-size 4864 --vocab-size 151936 --add-qkv-bias",
        {"parameters": 494_032_768, "kv_heads": 2},
    ),
    "Qwen3 0.6B, norms of queries and keys": (
        f"{ROTARY} --num-layers 28 --hidden-size 1024 --num-attention-heads 16 --group-query-attention --num-query-groups 8 "
        "--kv-channels 128 --ffn-hidden-size 3072 --vocab-size 151936 --qk-layernorm",
        {"parameters": 596_049_920, "head_dim": 128},
    ),
    "a gated width of Megatron's own, and a vocabulary padded for tp 8": (
        f"{ROTARY} --num-layers 2 --hidden-size 4096 --num-attention-heads 32 --vocab-size 32001 --tensor-model-parallel-size 8",
        {"ffn": 10880, "vocabulary_padded": 32768},
    ),
    "no vocabulary": (
        f"{ROTARY} --num-layers 2 --hidden-size 512 --num-attention-heads 8 --ffn-hidden-size 2048",
        {"parameters_without_vocabulary": 2 * (4 * 512**2 + 3 * 512 * 2048 + 2 * 512) + 512},
    ),
}  # fmt: skip
EXPERTS = (
    f"{ROTARY} --num-layers 4 --hidden-size 512 --num-attention-heads 8 --vocab-size 1000 --num-experts 8"
)
LAYERS = {
    "1": 4,
    "2": 2,
    "3": 2,
    "'[1]*4'": 4,
    "'([0]*1+[1]*3)'": 3,
    "'2*[1,0]'": 2,
    "'[0,1,1,0]'": 2,
    "'(0,1,1,1)'": 3,
    "'2 '": 2,
}
WRONG_LAYERS = (
    "'[1]*5'",
    "'[2]*4'",
    "'[0]*99999999'",
    "'(1+2)'",
    "'[x]*4'",
    "'f(4)'",
    "'[1]-[0]'",
    "'['",
    "'[1]*-1'",
    "True",
)
WRONG_SHAPES = {
    "a width beyond any": (
        f"{ROTARY} --num-layers 2 --hidden-size 1000000000 --num-attention-heads 8",
        "a width or a number of layers beyond 1e8 is no model's.",
    ),
    "groups that do not divide": (
        f"{ROTARY} --num-layers 2 --hidden-size 512 --num-attention-heads 8 --group-query-attention --num-query-groups 3",
        "3 query groups do not divide 8 heads.",
    ),
    "more experts for a token than there are": (f"{EXPERTS} --moe-router-topk 9", "a token cannot be sent to 9 of 8 experts."),
}  # fmt: skip


@pytest.mark.parametrize("name", [*SHELL, *TREES])
def test_a_form_is_read_as_its_own_program_reads_it(name: str) -> None:
    check((SHELL | TREES)[name])


@pytest.mark.parametrize("name", SHAPES)
def test_a_shape_is_counted_to_the_last_weight(name: str) -> None:
    text, expected = SHAPES[name]
    found = read("m.sh", text)
    assert {key: found["model"][key] for key in expected} == expected
    assert found["problems"] == []


@pytest.mark.parametrize(("text", "layers"), LAYERS.items())
def test_layers_with_experts_are_a_number_or_a_list(text: str, layers: int) -> None:
    assert read("m.sh", f"{EXPERTS} --moe-layer-freq {text}")["model"]["moe_layers"] == layers


@pytest.mark.parametrize("text", WRONG_LAYERS)
def test_a_list_of_other_layers_is_said(text: str) -> None:
    (said,) = read("m.sh", f"{EXPERTS} --moe-layer-freq {text}")["problems"]
    assert said.startswith("moe_layer_freq: a number, or a list of 4 zeros and ones")


def test_every_n_th_layer_of_a_file_has_experts() -> None:
    text = (
        "model: {num_layers: 4, hidden_size: 512, num_attention_heads: 8, vocab_size: 1000, num_moe_experts: 8, "
        "moe_layer_freq: %s}\ntrain: {micro_batch_size: 1, global_batch_size: 8}\n"
    )
    assert read("b.yaml", text % "2")["model"]["moe_layers"] == 2
    assert read("b.yaml", text % "null")["model"]["moe_layers"] == 4


@pytest.mark.parametrize("name", WRONG_SHAPES)
def test_a_shape_no_model_has_is_said_and_not_counted(name: str) -> None:
    text, said = WRONG_SHAPES[name]
    found = read("m.sh", text)
    assert found["model"] is None
    assert said in "\n".join(found["problems"])


REFUSED = {
    "a list": ("a.yaml", "- base_model: x\n- micro_batch_size: 1\n", "settings are a group of keys at the top"),
    "two documents": ("a.yaml", "base_model: x\n---\nmicro_batch_size: 1\n", "more than one YAML document"),
    "letters without end": ("a.yaml", "# " + "x" * 3_000_000 + "\nbase_model: x\n", "letters, this text is longer"),
    "keys without end": (
        "a.json", "{" + ",".join(f'"k{at}": 1' for at in range(20_001)) + "}", "settings hold at most 20,000 keys",
    ),
    "TOML too deep": ("a.toml", "a = " + "[" * 5000, "TOML"),
    "Python that is none": ("a.py", "batch_size = (\nblock_size = 8\n", "no key of it is one of the frameworks"),
    "keys of nobody": ("a.yaml", "colour: red\n", "no key of it is one of the frameworks"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_are_no_settings_is_refused_in_a_sentence(name: str) -> None:
    file, text, said = REFUSED[name]
    with pytest.raises(NotUnderstoodError, match=said):
        SettingsReader().read(SourceFile(file, text), Given())


FORMS = {
    "DeepSpeed without a suffix": ('{"zero_optimization": {"stage": 3}}', "deepspeed"),
    "a script without a suffix": (f"#!/bin/bash\n{RUN}\n", "megatron-lm"),
    "overrides without a suffix": (
        "trainer.strategy.tensor_model_parallel_size=4\ndata.global_batch_size=8\n",
        "nemo",
    ),
    "TOML without a suffix": ("[training]\nseq_len = 2048\nlocal_batch_size = 2\n", "torchtitan"),
    "YAML without a suffix": ("base_model: x/y\nsequence_len: 2048\nadapter: lora\n", "axolotl"),
    "Python without a suffix": ("batch_size = 12\nblock_size = 1024\nn_layer = 12\n", "nanogpt"),
}


@pytest.mark.parametrize("name", FORMS)
def test_a_form_is_told_by_its_lines(name: str) -> None:
    text, framework = FORMS[name]
    assert read("settings.txt", text)["framework"] == framework
