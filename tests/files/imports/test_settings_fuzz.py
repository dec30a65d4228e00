# ruff: noqa: E501, PT017 - rows of words; a refusal is one of two right answers
"""Settings broken in any way: a sentence that names the file, or values that a plan can hold."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from isocost.catalog import load
from isocost.files.errors import FileError
from isocost.files.imports import Given, NotUnderstoodError, read_file
from isocost.files.imports.settings.reader import SettingsReader
from isocost.files.imports.source import SourceFile
from isocost.files.loading import parse_project
from isocost.files.saving import project_text
from isocost.plan.inputs.starting import new_project
from isocost.plan.project.project import Place

SAMPLES = sorted(
    p for p in (Path(__file__).parent / "samples" / "settings").iterdir() if p.name != "expect.json"
)
CATALOG = load(Path("no user files"))
NEW = new_project(CATALOG)
PIECES = (
    b"{", b"}", b"[", b"]", b":", b'"', b"'", b"${", b"$((", b"))", b"$(", b"`", b"\\", b"\n", b"\r", b"\t", b"--",
    b"=", b"#", b"9" * 30, b"9" * 5000, b"1e400", b"-1", b"0", b"null", b"true", b"nan", b"inf", b"auto", b"\x00",
    b"\xff", b"&a", b"*a", b"!!x", b"<<EOF\n", b"|", b";", b"1_000", b"0.5", b"???", b"${.x}", b"(" * 20,
)  # fmt: skip
MUTATIONS = 15
"""Of each sample; tens of thousands were run by hand."""


def mutated(data: bytes, chance: random.Random) -> bytes:
    """The bytes with a few pieces put in, taken out, doubled or cut off."""
    made = bytearray(data)
    for _ in range(chance.choice([1, 1, 2, 5])):
        at = chance.randrange(len(made) + 1)
        match chance.randrange(4):
            case 0:
                made[at:at] = chance.choice(PIECES)
            case 1:
                del made[at : at + chance.randrange(40)]
            case 2:
                made[at:at] = made[at : at + chance.randrange(60)] * chance.choice([1, 30])
            case _:
                del made[at + chance.randrange(400) :]
    return bytes(made)


def assert_bearable(path: Path) -> None:
    """The file is refused in a sentence with its name, or comes to values that a plan can hold."""
    try:
        found = read_file(path, Given(gpus=64))
    except FileError as problem:
        refused = str(problem)
        assert str(path) in refused
        return
    json.dumps(dict(found.as_json()), allow_nan=False)
    assert found.finding()
    assert all(line.label for line in found.lines())
    try:
        changed = found.change(NEW, CATALOG, Place())
    except NotUnderstoodError as refusal:
        assert str(refusal).endswith(".")
        return
    assert parse_project(project_text(changed), CATALOG) == changed


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
def test_broken_samples(sample: Path, tmp_path: Path) -> None:
    chance = random.Random(sample.name)
    path = tmp_path / sample.name
    for _ in range(MUTATIONS):
        path.write_bytes(mutated(sample.read_bytes(), chance))
        assert_bearable(path)


words = st.sampled_from([
    "tensor_model_parallel_size", "micro_batch_size", "seq_length", "base_model", "sequence_len", "zero_optimization",
    "stage", "parallelism", "training", "model", "trainer", "train", "grpo", "policy", "optim", "fsdp", "deepspeed",
    "per_device_train_batch_size", "per_device_batch_size", "ici_fsdp_parallelism", "num_layers", "hidden_size",
    "num_attention_heads", "vocab_size", "num_experts", "moe_layer_freq", "micro_batch_size", "devices", "num_nodes",
])  # fmt: skip
values = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**20), 10**20), st.integers(0, 64), st.floats(allow_nan=True),
    st.text(max_size=12), st.sampled_from(["auto", "full", "bf16", "([0]*3+[1]*58)", "${.x}", "1e-4"]),
)  # fmt: skip
trees = st.recursive(
    st.dictionaries(words, values, max_size=6),
    lambda inner: st.dictionaries(words, st.one_of(values, inner, st.lists(values, max_size=3)), max_size=6),
    max_leaves=20,
)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tree=trees, gpus=st.sampled_from([None, 1, 13, 64, 10**7]))
def test_any_tree_of_their_words(tree, gpus) -> None:
    file = SourceFile("any.json", json.dumps(tree))
    reader = SettingsReader()
    if not reader.knows(file):
        return
    found = reader.read(file, Given(gpus=gpus))
    json.dumps(dict(found.as_json()), allow_nan=False)
    if found.task is not None:
        try:
            changed = found.change(NEW, CATALOG, Place())
        except NotUnderstoodError as refusal:  # a method or an optimizer that no plan has
            assert str(refusal).endswith(".")
            return
        assert parse_project(project_text(changed), CATALOG) == changed


@settings(max_examples=120, deadline=None)
@given(text=st.text(alphabet="ab-=$(){}[]\"'\\\n\t #;|&<>`:,.*0159 ", max_size=200))
def test_any_shell_text(text: str) -> None:
    file = SourceFile("run.sh", f"pretrain_gpt.py --micro-batch-size 1 --seq-length 10 {text}")
    try:
        found = SettingsReader().read(file, Given())
    except NotUnderstoodError as refusal:
        assert str(refusal).endswith(".")
    else:
        json.dumps(dict(found.as_json()), allow_nan=False)
