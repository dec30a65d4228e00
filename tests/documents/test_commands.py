"""Every command that a document shows is run as it is written."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from isocost.cli import COMMANDS, main
from isocost.paths import presets

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "tests" / "files" / "imports" / "samples"
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]

RUNS = """model,gpu,n_gpus,seq_len,precision,global_batch_seqs,framework,tokens_per_s_per_gpu
Llama 3 8B,H100,64,8192,bf16,256,FSDP,8900
"""
SERVED = """model,precision,gpu,n_gpus,parallelism,isl,osl,batch_or_concurrency,metric
Llama 3.1 8B,FP8,H100,1,TP1,128,2048,max load,output
"""
FILES = {
    "config.json": SAMPLES / "config-llama-tied.json",
    "train.sh": SAMPLES / "settings" / "megatron-dense.sh",
    "run.log": SAMPLES / "megatron-lm.log",
    "record.csv": ROOT / "tests" / "deciding" / "run_record.csv",
    "plan.yaml": presets() / "startup-7b.yaml",
}
"""What the reader of a page has at hand, by the names the pages use."""


def blocks(text: str) -> str:
    """The lines that a reader can copy: fenced as shell, or indented."""
    fenced = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    indented = re.findall(r"^ {4}\S.*$", re.sub(r"```.*?```", "", text, flags=re.DOTALL), re.MULTILINE)
    return "\n".join([*fenced, *indented])


def commands() -> list[str]:
    """Every command of ours in the documents, once."""
    found = (line.strip() for page in PAGES for line in blocks(page.read_text("utf-8")).splitlines())
    bare = (line.partition("  #")[0].strip().removeprefix(".venv/bin/") for line in found)
    ours = (line for line in bare if re.match(r"isocost \w", line))
    return list(dict.fromkeys(ours))


@pytest.fixture
def desk(tmp_path, monkeypatch) -> Path:
    """A folder with the files that the pages name."""
    monkeypatch.chdir(tmp_path)
    for name, sample in FILES.items():
        shutil.copyfile(sample, tmp_path / name)
    for name, text in (("runs.csv", RUNS), ("my-runs.csv", RUNS), ("serving.csv", SERVED)):
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.mark.parametrize("line", commands())
def test_a_command_of_the_documents_does_what_it_says(line, desk, capsys, qapp):
    words = shlex.split(line)
    assert words[1] in COMMANDS
    named = [words[at + 1] for at, word in enumerate(words) if word in ("-o", "--csv")]
    for name in named:
        (desk / name).unlink(missing_ok=True)
    before = set(desk.iterdir())
    assert main(words[1:]) == 0, capsys.readouterr().err
    for name in named:
        assert (desk / name).stat().st_size > 0
    assert {each.name for each in set(desk.iterdir()) - before} <= set(named)
    if "-o" not in words:
        assert capsys.readouterr().out.strip()


def test_every_command_is_shown_by_a_document():
    shown = {shlex.split(line)[1] for line in commands()}
    assert set(COMMANDS) <= shown
