"""Files somebody brings without saying what they are: a plan, a model, runs, a record, quotes."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from isocost.catalog import load
from isocost.files import FileError
from isocost.files.imports.logs import RunLog
from isocost.files.imports.opening import project_of_model
from isocost.files.imports.own import calibration_in, log_in, quotes_in, record_in
from isocost.files.imports.prices import PriceList
from isocost.files.loading import is_plan
from isocost.plan.inputs.starting import new_project
from isocost.plan.project.currency import typed_in
from isocost.plan.project.project import Currency, Place
from tests.files.imports.logs.test_steady import megatron, mllog, times

CATALOG = load()
MONEY = typed_in(Currency(), CATALOG)
TODAY = date(2026, 11, 30)
RUNS = (
    "model,gpu,n_gpus,tp,pp,global_batch,seq_len,tokens_per_s_per_gpu\n"
    "Llama 3.1 8B,H100 SXM,64,2,1,512,8192,9500\nLlama 3.1 8B,H100 SXM,128,2,1,512,8192,9300\n"
)
LLAMA = {
    "model_type": "llama", "hidden_size": 4096, "num_hidden_layers": 32, "num_attention_heads": 32,
    "num_key_value_heads": 8, "intermediate_size": 14336, "vocab_size": 128256,
}  # fmt: skip


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str, str], Path]:
    """Writes a file, and tells where."""

    def write(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text, "utf-8")
        return path

    return write


@pytest.mark.parametrize(
    ("name", "text", "plan"),
    [
        ("mine.isocost", "anything", True),
        ("mine.yaml", "# Ours.\nisocost: 1\nname: Mine\n", True),
        ("mine.json", '{\n  "isocost": 1}', True),
        ("run.yaml", "base_model: x\nmicro_batch_size: 1\n", False),
        ("config.json", json.dumps(LLAMA), False),
        ("train.log", megatron(times(3)), False),
    ],
)
def test_a_plan_is_told_by_its_own_keys(name: str, text: str, plan: bool, file) -> None:
    assert is_plan(file(name, text)) is plan


def test_what_is_not_there_is_opened_to_have_that_said(tmp_path: Path) -> None:
    assert is_plan(tmp_path / "gone.yaml")
    assert not is_plan(tmp_path / "gone.json"), "a model may still be in it"
    assert not is_plan(tmp_path), "a folder may hold a model"
    assert is_plan(Path("nul\0l.yaml"))


def test_a_models_file_or_its_folder_is_a_plan_of_that_model(file, tmp_path: Path) -> None:
    path = file("config.json", json.dumps(LLAMA))
    for given in (path, tmp_path):
        project = project_of_model(given, CATALOG)
        assert project is not None
        assert project.scenarios[0].model.shape.layers == 32
        assert project.scenarios[0].hardware == new_project(CATALOG).scenarios[0].hardware
    assert project_of_model(file("run.json", '{"train_batch_size": 8}'), CATALOG) is None
    assert project_of_model(file("run.yaml", "base_model: x\n"), CATALOG) is None
    with pytest.raises(FileError, match="must divide the 32 heads"):
        project_of_model(file("config.json", json.dumps(LLAMA | {"num_key_value_heads": 5})), CATALOG)


def test_runs_are_a_table_of_ours_or_a_log(file) -> None:
    project = new_project(CATALOG)
    found, log = calibration_in(file("runs.csv", RUNS), project, Place(), CATALOG, TODAY.isoformat())
    assert log is None
    assert len(found.runs) == 2
    found, log = calibration_in(
        file("run.log", megatron(times(30))), project, Place(), CATALOG, TODAY.isoformat()
    )
    assert isinstance(log, RunLog)
    (run,) = found.runs
    assert run.measured == pytest.approx(log.beside(project, CATALOG, Place()).figures.tokens_per_s_per_gpu)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("runs.csv", "model,gpus\nLlama 3.1 8B,8\n", "column"),
        ("run.log", megatron([71.0]), "no steady speed|warm-up|no speed"),
    ],
)
def test_runs_that_tell_no_speed_are_refused_naming_the_file(name: str, text: str, said: str, file) -> None:
    path = file(name, text)
    with pytest.raises(FileError, match=said) as refused:
        calibration_in(path, new_project(CATALOG), Place(), CATALOG, TODAY.isoformat())
    assert str(refused.value).startswith(str(path))


def test_a_record_is_a_table_of_ours_or_a_log(file) -> None:
    record = record_in(file("record.csv", "hours,tokens\n10,1e9\n20,2e9\n"))
    assert [(each.hours, each.tokens) for each in record.readings] == [(10.0, 1e9), (20.0, 2e9)]
    record = record_in(file("run.log", mllog([4.0] * 30)))
    assert len(record.readings) > 20
    assert log_in(file("record.csv", "hours,tokens\n10,1e9\n")) is None


def test_quotes_are_a_text_of_ones_own_or_a_catalogue_of_prices(file) -> None:
    quotes = quotes_in(file("quotes.txt", "H100 SXM at Nebius, $2.10, 2026-11-01\n"), CATALOG, MONEY, TODAY)
    (row,) = quotes.rows
    assert (row.card.accelerator, row.card.usd_per_gpu_hour) == ("h100-sxm", 2.10)
    gpuhunt = (
        "instance_name,location,price,cpu,memory,gpu_count,gpu_name,gpu_memory,spot,disk_size,gpu_vendor\n"
        "8xH100,eu,24.0,192,1600,8,H100,80,False,100,nvidia\n"
    )
    assert isinstance(quotes_in(file("nebius.csv", gpuhunt), CATALOG, MONEY, TODAY), PriceList)
    with pytest.raises(FileError, match=r"nebius\.csv"):
        quotes_in(file("nebius.csv", gpuhunt.partition("\n")[0] + "\n"), CATALOG, MONEY, TODAY)
