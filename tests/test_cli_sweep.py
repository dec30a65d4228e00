"""``isocost sweep``: the table, what an interrupted one leaves, and what it refuses."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import msgspec
import pytest

from isocost.cli import main
from isocost.cli.progress import bar, left
from isocost.files import load_project, save_project
from isocost.files.sweeps import part as part_module
from isocost.files.sweeps.part import SUFFIX
from isocost.paths import presets
from isocost.plan.project.project import replace_stage

SLOW = ["--vary", "parameters=1B..70B:180", "--vary", "price=1..4:3"]
"""Parts of a second or so each, more than are done at once."""
TWO_PARTS = ["--vary", "parameters=1B..70B:70", "--vary", "count=64,512"]
SMALL = ["--vary", "tokens=1T,2T", "--vary", "count=64,300", "--vary", "price=1,2.5"]


def swept(output, *arguments, plan="startup-7b"):
    return main(["sweep", plan, *arguments, "-o", str(output)])


def rows_of(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def estimated(plan, capsys):
    capsys.readouterr()
    assert main(["estimate", str(plan), "--format", "json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_rows_are_what_estimate_says_of_that_plan_to_the_last_digit(tmp_path, capsys):
    out = tmp_path / "out.csv"
    assert swept(out, *SMALL) == 0
    assert "8 points priced" in capsys.readouterr().out
    rows = rows_of(out)
    keys = ("data.tokens", "hardware.count", "price.usd_per_gpu_hour")
    assert [tuple(float(row[key]) for key in keys) for row in rows[:3]] == [
        (1e12, 64, 1.0),
        (1e12, 64, 2.5),
        (1e12, 300, 1.0),
    ]
    row = rows[2]
    text = (presets() / "startup-7b.yaml").read_text()
    plan = tmp_path / "plan.yaml"
    written = []
    for line in text.splitlines():
        key = line.strip().partition(":")[0]
        new = {"tokens": "1e12", "count": "300", "usd_per_gpu_hour": "1.0"}.get(key)
        written.append(line if new is None else f"{line.partition(':')[0]}: {new}")
    plan.write_text("\n".join(written))
    found = estimated(plan, capsys)
    for key in ("cost_usd", "wall_days", "gpu_hours", "energy_kwh", "co2_kg"):
        assert float(row[key]) == found["total"][key]
    assert float(row["mfu"]) == found["stages"][0]["mfu"]
    assert int(row["accelerators"]) == found["stages"][0]["count"] == 304
    assert row["fits"] == "yes"
    assert not (tmp_path / f"out.csv{SUFFIX}").exists()


def test_names_that_spreadsheets_would_run_are_quoted(tmp_path):
    project = load_project(presets() / "startup-7b.yaml")
    (stage,) = project.scenarios[0].stages
    plan, out = tmp_path / "plan.yaml", tmp_path / "out.csv"
    save_project(replace_stage(project, msgspec.structs.replace(stage, name="=cmd()")), plan)
    assert swept(out, "--vary", "=cmd()/data.tokens=1T,2T", plan=str(plan)) == 0
    assert out.read_text().startswith("'=cmd()/data.tokens,cost_usd,")


LISTENING = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)


@pytest.fixture
def command(python, isocost_environment, repository):
    def made(output, *arguments):
        line = [python, "-m", "isocost.cli", "sweep", "startup-7b", *arguments, "-o", str(output)]
        return subprocess.Popen(
            line,
            env=isocost_environment,
            cwd=repository,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            # A shell's background job ignores Ctrl+C, and so would what it starts.
            preexec_fn=None
            if sys.platform == "win32"
            else partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
        )

    return made


def until_begun(output, process):
    """Wait until a part is kept."""
    done = output.with_name(f"{output.name}{SUFFIX}") / "done"
    end = time.monotonic() + 120
    while not (done.exists() and done.stat().st_size):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.01)


def children(group):
    """Processes of a session that are still there."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if fields[3] == str(group) and fields[0] != "Z":
            found.append(folder.name)
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGINT])
def test_a_sweep_that_is_ended_leaves_no_process_and_goes_on_to_the_same_bytes(sign, tmp_path, command):
    whole, broken = tmp_path / "whole.csv", tmp_path / "broken.csv"
    process = command(broken, *SLOW, "--workers", "2")
    until_begun(broken, process)
    os.killpg(process.pid, sign) if sign == signal.SIGINT else process.kill()
    _, said = process.communicate(timeout=60)
    end = time.monotonic() + 30
    while children(process.pid):
        assert time.monotonic() < end, "a worker outlived its sweep"
        time.sleep(0.05)
    assert not broken.exists()
    if sign == signal.SIGINT:
        assert process.returncode == 130
        assert "the same command goes on from there" in said
        assert "Traceback" not in said
    assert swept(broken, *SLOW, "--workers", "1") == 0
    assert swept(whole, *SLOW, "--workers", "1") == 0
    assert broken.read_bytes() == whole.read_bytes()
    assert [each.name for each in tmp_path.iterdir() if each.name not in ("whole.csv", "broken.csv")] == []


@pytest.fixture
def interrupted(tmp_path, monkeypatch, capsys):
    """A sweep of which one part is there."""
    out = tmp_path / "out.csv"
    kept = part_module.Part.keep

    def keep(self, part, priced):
        if self.done:
            raise KeyboardInterrupt
        kept(self, part, priced)

    monkeypatch.setattr(part_module.Part, "keep", keep)
    assert swept(out, *SLOW, "--workers", "1") == 130
    monkeypatch.setattr(part_module.Part, "keep", kept)
    capsys.readouterr()
    return out


def test_figures_or_lines_that_a_crash_has_torn_are_worked_out_again(interrupted, tmp_path, capsys):
    folder = interrupted.with_name(f"out.csv{SUFFIX}")
    with open(folder / "figures", "r+b") as file:
        file.seek(100)
        file.write(b"torn")
    with open(folder / "done", "ab") as file:
        file.write(b"[1,12345")
    assert swept(interrupted, *SLOW, "--workers", "1") == 0
    whole = tmp_path / "whole.csv"
    assert swept(whole, *SLOW, "--workers", "1") == 0
    assert interrupted.read_bytes() == whole.read_bytes()


def test_another_grid_or_plan_is_refused_in_words_until_one_begins_anew(interrupted, capsys):
    other = ["--vary", "parameters=1B..80B:100", "--vary", "price=1..4:3"]
    assert swept(interrupted, *other, "--workers", "1") == 2
    assert "is of other inputs or other values" in capsys.readouterr().err
    assert swept(interrupted, *SLOW, plan="llama-3.1-405b") == 2
    assert "is of another plan" in capsys.readouterr().err
    assert swept(interrupted, "--vary", "tokens=1T,2T", "--restart") == 0
    assert len(rows_of(interrupted)) == 2


def test_a_sweep_of_which_nobody_can_tell_whose_it_is_is_refused(interrupted, capsys):
    (interrupted.with_name(f"out.csv{SUFFIX}") / part_module.IDENTITY).write_text('{"isocost": ')
    assert swept(interrupted, *SLOW) == 2
    assert "is of another version of Isocost" in capsys.readouterr().err
    assert not interrupted.exists()


def test_a_folder_that_no_sweep_has_left_is_not_thrown_away(tmp_path, capsys):
    folder = tmp_path / f"out.csv{SUFFIX}"
    folder.mkdir()
    (folder / "thesis.tex").write_text("ten years")
    assert swept(tmp_path / "out.csv", "--vary", "tokens=1T", "--restart") == 2
    assert "not what a sweep leaves" in capsys.readouterr().err
    assert (folder / "thesis.tex").read_text() == "ten years"


def test_two_sweeps_do_not_write_one_table(interrupted, tmp_path, capsys):
    fcntl = pytest.importorskip("fcntl")
    with open(interrupted.with_name(f"out.csv{SUFFIX}") / "done", "rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert swept(interrupted, *SLOW) == 2
    assert "another sweep is writing there" in capsys.readouterr().err


@pytest.mark.skipif(not hasattr(os, "posix_fallocate"), reason="room is taken by writing here")
def test_a_full_disk_is_said_before_the_work(tmp_path, monkeypatch, capsys):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    assert swept(tmp_path / "out.csv", *SMALL) == 2
    assert "no space left on device" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_fills_up_loses_nothing_that_is_kept(interrupted, monkeypatch, capsys):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(part_module, "_write", full)
    assert swept(interrupted, *SLOW, "--workers", "1") == 2
    assert "no space left on device" in capsys.readouterr().err
    monkeypatch.undo()
    assert swept(interrupted, *SLOW, "--workers", "1") == 0
    assert "540 points priced" in capsys.readouterr().out


REFUSED = {
    ("--vary", "tokns=1T"): "did you mean 'tokens'?",
    ("--vary", "tokens=1T", "--workers", "none"): "--workers",
    ("--vary", "tokens=1T", "--scenario", "Nope"): "unknown scenario",
    ("--vary", "tokens=1T", "--vary", "data.tokens=2T"): "varied twice",
    (): "--vary",
}


@pytest.mark.parametrize("arguments", REFUSED)
def test_what_is_wrong_is_one_sentence_and_writes_nothing(arguments, tmp_path, capsys):
    assert swept(tmp_path / "out.csv", *arguments) == 2
    said = capsys.readouterr().err
    assert REFUSED[arguments] in said
    assert said.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_table_has_a_name_that_says_its_form(tmp_path, capsys):
    assert swept(tmp_path / "out.xlsx", "--vary", "tokens=1T") == 2
    assert "ends in .csv or .parquet" in capsys.readouterr().err


def test_parquet_holds_what_csv_does(tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")
    arguments = [*SMALL, "--vary", "accelerator=h100-sxm,ascend-910b"]
    assert swept(tmp_path / "out.parquet", *arguments) == 0
    assert swept(tmp_path / "out.csv", *arguments) == 0
    table, rows = parquet.read_table(tmp_path / "out.parquet"), rows_of(tmp_path / "out.csv")
    assert table.column_names == list(rows[0])
    assert table["cost_usd"].to_pylist() == [
        float(row["cost_usd"]) if row["cost_usd"] else None for row in rows
    ]
    assert table["fits"].to_pylist() == [row["fits"] == "yes" for row in rows]
    assert table["note"].to_pylist() == [row["note"] or None for row in rows]
    assert table["hardware.accelerator"].to_pylist() == [row["hardware.accelerator"] for row in rows]


def test_a_dask_cluster_writes_the_same_bytes(tmp_path, python, isocost_environment, repository):
    pytest.importorskip("distributed", reason="Dask is not installed")
    begin = (
        "import sys, time\nfrom distributed import LocalCluster\n"
        "if __name__ == '__main__':\n"
        "    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:\n"
        "        print(cluster.scheduler_address, flush=True)\n        sys.stdin.read()\n"
    )
    script = tmp_path / "cluster.py"
    script.write_text(begin)
    with subprocess.Popen(
        [python, str(script)],
        env=isocost_environment,
        cwd=repository,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as cluster:
        address = cluster.stdout.readline().strip()
        assert swept(tmp_path / "dask.csv", *TWO_PARTS, "--dask", address) == 0
        cluster.stdin.close()
    assert swept(tmp_path / "pool.csv", *TWO_PARTS, "--workers", "2") == 0
    assert (tmp_path / "dask.csv").read_bytes() == (tmp_path / "pool.csv").read_bytes()


def test_the_bar_says_how_far_it_is_and_how_long_it_takes():
    assert bar(1000, 250, "points", 10.0) == f"[{'=' * 6}{' ' * 18}] 250 of 1,000 points, 1 min left"
    assert bar(1000, 1000, "points", 10.0).endswith("1,000 of 1,000 points")
    assert [left(each) for each in (0.2, 59.0, 61.0, 3000.0)] == ["1 s", "59 s", "1 min", "50 min"]
