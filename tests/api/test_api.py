"""Isocost from Python says what the command line does, to the last digit and in the same sentences."""

from __future__ import annotations

import doctest
import inspect
import json
import math
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

import isocost
from isocost.api import asking, frames, plans, sweeping
from isocost.cli import main
from isocost.files import load_project

PLANS = ("startup-7b", "smollm3-programme", "minimax-m1-rl", "lora-70b-one-node")


def printed(capsys, *arguments):
    assert main([*arguments, "--format", "json"]) == 0
    return json.loads(capsys.readouterr().out)


def refused(capsys, *arguments):
    assert main(list(arguments)) == 2
    return capsys.readouterr().err.removeprefix("isocost: ").strip()


@pytest.mark.parametrize("name", PLANS)
def test_an_estimate_is_that_of_the_command_line(name, capsys):
    told, found = printed(capsys, "estimate", name), isocost.estimate(name)
    for key, value in told["total"].items():
        if key != "hours_of":
            assert getattr(found.total, key) == value
    for key, value in told["range"]["cost_usd"].items() if told["range"] else ():
        assert getattr(found.range.cost_usd, key) == value
    stages = [each for each in found.stages if each.enabled]
    assert len(stages) == len(told["stages"])
    for stage, row in zip(stages, told["stages"], strict=True):
        for key in ("name", "cost_usd", "gpu_hours", "wall_days", "mfu", "count", "fits", "goodput"):
            assert getattr(stage, key) == row[key]
    assert [each.cost_usd for each in found.ledger] == [each["cost_usd"] for each in told["ledger"]]
    assert [each.code for each in found.warnings] == [each["code"] for each in told["warnings"]]


def test_a_solution_is_that_of_the_command_line(capsys):
    arguments = ["solve", "startup-7b", "--for", "tokens", "--budget", "300000", "--deadline", "20"]
    told = printed(capsys, *arguments)
    found = isocost.solve("startup-7b", "tokens", budget_usd=300_000, deadline_days=20)
    assert (found.value, found.feasible, found.unit) == (told["value"], told["feasible"], told["unit"])
    for key in ("cost_usd", "wall_days", "gpu_hours", "count", "accelerator", "tokens", "mfu", "loss"):
        assert getattr(found.choice, key) == told["estimate"][key]
    assert [each.value for each in found.scan] == [each["value"] for each in told["scan"]]


def test_risk_is_that_of_the_command_line(capsys):
    told = printed(capsys, "risk", "startup-7b", "--samples", "2000", "--seed", "5", "--budget", "1M")
    found = isocost.risk("startup-7b", samples=2000, seed=5)
    for figure in ("cost_usd", "wall_days", "programme_days", "gpu_hours", "energy_kwh"):
        for key, value in told[figure].items():
            assert getattr(getattr(found, figure), key) == value
    assert found.chance_over(1e6) == told["chance"]["over_budget"]
    assert (found.ask_usd, found.with_reserve_usd) == (told["ask_usd"], told["with_reserve_usd"])


def test_an_explanation_is_that_of_the_command_line(capsys):
    told = printed(capsys, "explain", "startup-7b", "stages.0.mfu")
    found = isocost.explain("startup-7b", "stages.0.mfu")
    assert (found.value, found.unit, len(found.inputs)) == (told["value"], told["unit"], len(told["inputs"]))
    assert "stages.0.mfu" in isocost.figures("startup-7b")


def test_a_prediction_is_that_of_the_command_line(tmp_path):
    table, out = tmp_path / "runs.csv", tmp_path / "out.csv"
    table.write_text(
        "model,gpu,n_gpus,seq_len,precision,tp,pp,micro_batch,global_batch_seqs\n"
        "Llama 3 8B,H100,64,8192,bf16,1,1,1,256\nNo such model,H100,64,8192,bf16,,,,\n"
    )
    assert main(["predict", str(table), "-o", str(out)]) == 0
    first = out.read_text().splitlines()[1].split(",")
    known, unknown = isocost.predict(table)
    assert f"{known.tokens_per_s:.6g}" in first
    row = {"Model": "Llama 3 8B", "gpu": "H100", "n_gpus": 64.0, "seq_len": 8192, "precision": "bf16"}
    row |= {"tp": 1, "pp": 1, "micro_batch": 1.0, "global_batch_seqs": 256, "note": math.nan}
    assert isocost.predict([row]) == (known,)
    assert unknown.tokens_per_s is None
    assert "No such model" in unknown.note
    serving = {"model": "Llama 3.1 8B", "gpu": "H100", "n_gpus": 1, "precision": "FP8"}
    serving |= {"isl": 128, "osl": 2048, "metric": "output"}
    good, bad = isocost.predict([serving, serving | {"model": "Unheard-of"}], "generation")
    assert good.p10 < good.tokens_per_second_per_gpu < good.p90
    assert math.isnan(bad.p10)
    assert "Unheard-of" in bad.note
    with pytest.raises(isocost.PlanError, match="row 0: missing are gpu, n_gpus"):
        isocost.predict([{"model": "Llama 3 8B"}])


def test_curves_pass_through_the_plan():
    found = isocost.estimate("startup-7b")
    own, *others = isocost.curves("startup-7b")
    at = own.counts.tolist().index(found.stages[0].count)
    assert own.cost_usd[at] == pytest.approx(found.total.cost_usd, abs=0.005)
    assert len({each.accelerator for each in (own, *others)}) == len(others) + 1 > 5
    assert isocost.curves("startup-7b", others=False)[0].accelerator == own.accelerator


def test_a_sweep_is_the_table_of_the_command_line(tmp_path):
    out = tmp_path / "out.csv"
    vary = {"tokens": "1T..4T:3", "count": [64, 256], "accelerator": ["h100-sxm", "ascend-910b"]}
    arguments = [
        "--vary",
        "tokens=1T..4T:3",
        "--vary",
        "count=64,256",
        "--vary",
        "accelerator=h100,ascend-910b",
    ]
    assert main(["sweep", "startup-7b", *arguments, "-o", str(out)]) == 0
    with ThreadPoolExecutor(2) as pool:
        found = isocost.sweep("startup-7b", vary, executor=pool, workers=2)
    columns = isocost.to_columns(found)
    heading, *rows = [line.split(",") for line in out.read_text().splitlines()]
    assert list(columns) == heading
    costs = [row[heading.index("cost_usd")] for row in rows]
    assert [("" if math.isnan(each) else repr(float(each))) for each in columns["cost_usd"]] == costs
    assert [each for each in columns["note"] if each] == ["No price of Ascend 910B is known."] * 6
    assert found.cost_usd.reshape(found.shape).shape == (3, 2, 2)


def test_a_changed_plan_is_the_file_with_that_value(tmp_path, capsys):
    plan = isocost.load("startup-7b").change({"tokens": "3T", "accelerator": "B200", "count": 100})
    path = tmp_path / "plan.yaml"
    plan.save(path)
    assert load_project(path, plan.catalog) == plan.project
    told = printed(capsys, "estimate", str(path))
    assert isocost.estimate(plan).total.cost_usd == told["total"]["cost_usd"]
    assert plan.get("hardware.count") == 104
    assert plan.get("price") == plan.catalog.default_price("b200").usd_per_gpu_hour
    typed = plan.change({"price": "$2.50"})
    assert typed.scenario.price.supplier == "your input"
    assert plan.get("price") != typed.get("price") == 2.5


def test_one_stage_alone_is_changed_by_its_name():
    plan = isocost.load("smollm3-programme")
    key = f"{plan.stages[0]}/hardware.count"
    changed = plan.change({key: 64})
    assert changed.get(key) == 64
    assert changed.get("hardware.count") == plan.get("hardware.count")


def test_scenarios_are_asked_by_name():
    plan = isocost.load("distil-instead-of-rl")
    first, second = plan.scenarios[:2]
    assert isocost.estimate(plan, second) == isocost.estimate(plan.of(second))
    assert isocost.estimate(plan, second) != isocost.estimate(plan, first)


SAME_WORDS = {
    ("estimate", "startup-8b"): lambda: isocost.estimate("startup-8b"),
    ("solve", "startup-7b", "--for", "budget"): lambda: isocost.solve("startup-7b", "budget"),
    ("explain", "startup-7b", "total.cost"): lambda: isocost.explain("startup-7b", "total.cost"),
    ("estimate", "startup-7b", "--scenario", "No"): lambda: isocost.load("startup-7b", "No"),
    ("sweep", "startup-7b", "--vary", "tokns=1", "-o", "x.csv"): lambda: isocost.sweep(
        "startup-7b", {"tokns": [1]}
    ),
}


@pytest.mark.parametrize("arguments", SAME_WORDS)
def test_what_is_refused_is_refused_in_the_same_sentence(arguments, capsys):
    with pytest.raises((ValueError, isocost.FileError)) as caught:
        SAME_WORDS[arguments]()
    assert refused(capsys, *arguments).endswith(str(caught.value))


REFUSED = {
    "did you mean 'data.tokens'": lambda: isocost.load("startup-7b").get("data.tokns"),
    "must lie between": lambda: isocost.load("startup-7b").change({"efficiency.mfu": 3.0}),
    "expected a number": lambda: isocost.load("startup-7b").change({"tokens": [1]}),
    "an input to vary": lambda: isocost.sweep("startup-7b", {}),
    "expected values": lambda: isocost.sweep("startup-7b", {"tokens": 5}),
    "at least one": lambda: isocost.risk("startup-7b", samples=0),
    "budget_usd: Budget must lie": lambda: isocost.solve("startup-7b", "tokens", budget_usd=-1.0),
    "no result that makes a table": lambda: isocost.to_columns("text"),
    "training or generation": lambda: isocost.predict([], "serving"),
}


@pytest.mark.parametrize("words", REFUSED)
def test_what_cannot_be_asked_is_said(words):
    with pytest.raises(ValueError, match=words):
        REFUSED[words]()


def results():
    yield isocost.estimate("startup-7b")
    yield isocost.curves("startup-7b", others=False)[0]
    yield isocost.curves("startup-7b")
    yield isocost.solve("startup-7b", "tokens", budget_usd=300_000)
    yield isocost.risk("startup-7b", samples=100)
    yield isocost.explain("startup-7b", "total.cost_usd")
    yield isocost.sweep("startup-7b", {"tokens": [1e12, 2e12]})
    yield isocost.predict([{"model": "Llama 3 8B", "gpu": "H100", "n_gpus": 8, "seq_len": 4096}])


def test_every_result_makes_columns_of_one_length():
    for each in results():
        columns = isocost.to_columns(each)
        assert len({len(values) for values in columns.values()}) == 1, type(each)


def test_every_result_makes_a_frame():
    pandas = pytest.importorskip("pandas", reason="pandas is not installed")
    for each in results():
        frame, columns = isocost.to_frame(each), isocost.to_columns(each)
        assert isinstance(frame, pandas.DataFrame)
        assert list(frame.columns) == list(columns)
    frame = isocost.to_frame(isocost.sweep("startup-7b", {"tokens": [1e12, 2e12]}))
    assert np.all(np.diff(frame["cost_usd"]) > 0)


def test_a_frame_without_pandas_is_an_error_in_words(monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match="pip install pandas"):
        isocost.to_frame(isocost.estimate("startup-7b"))


def test_importing_loads_nothing_and_no_question_loads_qt(python, isocost_environment):
    code = (
        "import sys, isocost\n"
        "assert not {'numpy', 'msgspec', 'isocost.api'} & set(sys.modules)\n"
        "isocost.sweep('startup-7b', {'price': [1.0, 2.0]}); isocost.risk('startup-7b', samples=10)\n"
        "isocost.curves('startup-7b', others=False); isocost.solve('startup-7b', 'tokens', budget_usd=3e5)\n"
        "isocost.explain('startup-7b', 'total.cost_usd'); isocost.presets()\n"
        "assert not [name for name in sys.modules if name.startswith(('PySide6', 'pyqtgraph', 'pandas'))]\n"
    )
    done = subprocess.run([python, "-c", code], env=isocost_environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("module", [isocost, asking, frames, plans, sweeping], ids=lambda each: each.__name__)
def test_examples_in_docstrings_are_what_comes(module):
    found = doctest.testmod(module)
    assert found.attempted
    assert not found.failed


def test_everything_offered_is_there_documented_and_typed():
    declared = Path(inspect.getfile(isocost)).with_suffix(".pyi").read_text()
    for name in isocost.__all__:
        if name == "__version__":
            continue
        offered = getattr(isocost, name)
        assert inspect.getdoc(offered)
        assert f"import {name} as {name}\n" in declared
        if inspect.isfunction(offered):
            assert "return" in offered.__annotations__
    assert set(isocost.__all__) <= set(dir(isocost))
    with pytest.raises(AttributeError, match="no attribute 'estimates'"):
        isocost.estimates  # noqa: B018
